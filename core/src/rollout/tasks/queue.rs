//! Runs tasks to their end, alone or before a deployment: which comes next, under which name, and their outcome.

use crate::engine::context::Halt;
use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::input::{RunInput, RunTaskInput};
pub(crate) use super::logs::Stream;
use super::verdict::End;
use super::{input, verdict};
use crate::arn::last;
use crate::definition::TaskDefinition;
use crate::definition::validate::settings::Settings;
use crate::error::Error;
use crate::error::failure::Failure;
use crate::json::text;
use crate::rollout::codedeploy::appspec::sha256;
use crate::rollout::prepare::refuse;
use crate::rollout::workflow::{Verb, Workflow};
use crate::token::token;
use crate::types::deployment::Deployment;
use crate::types::event::Outcome;
use crate::types::outcome::RunOutcome;
use crate::types::plan::PlannedCall;
use crate::types::task::OneOffTask;

/// The next step for a task.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Find a run of that name that is in progress or has ended well (ListTasks, DescribeTasks).
    Find,
    /// Start the tasks (RunTask).
    Order,
    /// Find the tasks that an order has started if another run holds its token (ListTasks, DescribeTasks).
    Adopt {
        /// Looks that have not shown them.
        looks: u32,
        /// The error if it began none.
        refused: Option<Box<Error>>,
    },
    /// Look at the tasks (DescribeTasks), and read their logs (GetLogEvents).
    Look,
    /// Read the remaining lines of tasks that have ended; so many rounds so far.
    Rest { rounds: u32 },
}

/// The result of a step.
pub(crate) enum Then {
    Act(Act),
    /// The tasks have ended well, or are not waited for.
    Over,
    /// No run of that name is in progress, and there is no definition yet to start one.
    NeedsDefinition,
}

pub(crate) type Step = Result<Then, Halt>;

/// When a task of a rollout is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Before the order.
    Before,
    /// While the deployment waits at a hook.
    AtPause,
    /// Once the deployment is live.
    After,
    /// It is the whole request.
    Alone,
}

/// The tasks of a rollout: those before its order and on its way, or the one that is all there is.
#[derive(Default)]
pub(crate) struct Tasks {
    /// The tasks that have not begun, and are to run next.
    pub(crate) queue: VecDeque<TaskSpec>,
    /// Those that run at each pause, and those that run at the end.
    pub(crate) later: Vec<TaskSpec>,
    /// The task that has failed on the way of the deployment.
    pub(crate) failed: Option<Box<Failure>>,
    /// Our record was last read while tasks ran at a pause.
    pub(crate) record_seen: Option<Duration>,
    /// The deployment has ended, or is rolled back, while tasks ran at a pause.
    pub(crate) is_overtaken: bool,
    /// The task in progress.
    pub(crate) current: Option<TaskRun>,
    /// The outcome of the task, if it is the whole request.
    pub(crate) ran: Option<RunOutcome>,
    /// Whether nothing is written.
    is_plan: bool,
    /// True while the task in progress is waited for.
    is_waiting: bool,
    /// How long those took that have ended: it does not count to the deployment's own time.
    spent: Duration,
}

/// A requested task.
#[derive(Clone)]
pub(crate) struct TaskSpec {
    /// Its path in the request, with a dot after it.
    pub(crate) place: String,
    pub(crate) when: When,
    pub(crate) task: OneOffTask,
    /// The key of the run, if one was given.
    pub(crate) name: Option<String>,
}

/// A task in progress, or several equal ones.
pub(crate) struct TaskRun {
    pub(crate) spec: TaskSpec,
    /// `startedBy`.
    pub(crate) name: String,
    pub(crate) composed: RunTaskInput,
    /// The definition as a document, for what ECS only names.
    pub(crate) definition: Value,
    pub(crate) began: Duration,
    pub(crate) start: StartState,
    /// Tasks with that `startedBy` that belong to another run.
    pub(crate) other_runs: Vec<String>,
    /// The tasks as they were last seen.
    pub(crate) tasks: Vec<Value>,
    /// Since when ECS does not know one of them.
    pub(crate) missing: Option<Duration>,
    /// When the tasks were started, and looks since then.
    pub(crate) started: Duration,
    pub(crate) looks: u32,
    pub(crate) logs: LogStreams,
}

/// How far RunTask has come.
#[derive(Default)]
pub(crate) struct StartState {
    /// `clientToken`: the same token after a lost answer starts no second task.
    pub(crate) token: String,
    /// True once an earlier run of that name was looked for.
    pub(crate) has_looked_for: bool,
    /// True if a RunTask call got no answer, so that tasks may have been started.
    pub(crate) maybe_started: bool,
    /// RunTask calls so far.
    pub(crate) orders: u32,
    /// ECS's reasons for tasks that were not started.
    pub(crate) unstarted: Vec<String>,
}

/// The log streams of the tasks.
#[derive(Default)]
pub(crate) struct LogStreams {
    pub(crate) streams: Vec<Stream>,
    /// The stream to read first next time.
    pub(crate) next: usize,
}

impl Tasks {
    /// Those of a deployment.
    pub(crate) fn of(request: &Deployment) -> Self {
        let specs = |option: &'static str, when: When, tasks: &[OneOffTask]| {
            let spec = move |(at, task): (usize, &OneOffTask)| TaskSpec {
                place: format!("{option}[{at}]."),
                when,
                task: task.clone(),
                name: None,
            };
            tasks.iter().enumerate().map(spec).collect::<Vec<_>>()
        };
        let at_pause = specs("at_pause", When::AtPause, &request.at_pause);
        let after = specs("after", When::After, &request.after);
        let queue = specs("before", When::Before, &request.before).into();
        Self { queue, later: at_pause.into_iter().chain(after).collect(), ..Self::default() }
    }

    /// All that have not begun, in the order in which they run.
    pub(crate) fn all(&self) -> impl Iterator<Item = &TaskSpec> {
        self.queue.iter().chain(&self.later)
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut TaskSpec> {
        self.queue.iter_mut().chain(&mut self.later)
    }

    /// Whether a task on the way of the deployment has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// The one that is all there is.
    pub(crate) fn alone(task: OneOffTask, name: Option<String>, is_plan: bool) -> Self {
        let queue = VecDeque::from([TaskSpec { place: String::new(), when: When::Alone, task, name }]);
        Self { queue, is_plan, ..Self::default() }
    }

    /// Whether one is waited for at the moment.
    pub(crate) fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// Whether some are started, so that only their end is an end.
    pub(crate) fn has_begun(&self) -> bool {
        self.current.as_ref().is_some_and(|current| !current.tasks.is_empty())
    }

    /// The deadline of the task in progress.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let current = self.current.as_ref()?;
        Some(current.began + seconds(current.spec.task.timeout))
    }

    /// The times given to those that are to come, each with the option.
    pub(crate) fn timeouts(&self) -> Vec<(String, f64)> {
        self.all().map(|spec| (format!("{}timeout", spec.place), spec.task.timeout)).collect()
    }

    /// The overrides of all tasks: each place in the request, and the document.
    pub(crate) fn overrides(&self) -> Vec<(String, Value)> {
        let place = |spec: &TaskSpec| format!("/{}overrides", spec.place.replace('[', "/").replace("].", "/"));
        self.all().map(|spec| (place(spec), Value::Object(spec.task.overrides.clone()))).collect()
    }

    /// Leaves the task in progress, which took this long. One that is the whole request has the rollout's own time.
    pub(crate) fn leave(&mut self, took: Duration, when: When) {
        self.is_waiting = false;
        if when != When::Alone {
            self.spent += took;
        }
    }

    pub(crate) fn spent(&self) -> Duration {
        self.spent
    }

    pub(crate) fn is_plan(&self) -> bool {
        self.is_plan
    }

    /// Takes the outcome of the task that is the whole request.
    pub(crate) fn take_ran(&mut self, outcome: Outcome) -> RunOutcome {
        let Outcome { changed, definition, warnings, seconds, calls, .. } = outcome;
        let ran = self.ran.take().unwrap_or(RunOutcome {
            changed,
            definition: Some(definition),
            seconds,
            calls,
            ..RunOutcome::default()
        });
        RunOutcome { warnings, ..ran }
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.min(1e9)).unwrap_or_default()
}

impl TaskRun {
    pub(crate) fn described(&self) -> crate::rollout::diagnose::described::Described<'_> {
        crate::rollout::diagnose::described::Described { definition: Some(&self.definition), service: None }
    }

    pub(crate) fn decider(&self) -> Option<&str> {
        self.composed.decider.as_deref()
    }

    pub(crate) fn end(&self, task: &Value) -> End {
        verdict::end(task, self.decider(), self.described())
    }

    /// The ARNs of the tasks that have not stopped.
    pub(crate) fn open(&self) -> Vec<String> {
        let open = self.tasks.iter().filter(|task| task["lastStatus"] != "STOPPED");
        open.map(|task| text(task, "taskArn")).collect()
    }
}

impl Workflow {
    /// Validates the tasks without a call.
    pub(crate) fn check_tasks(&self) -> Result<(), Error> {
        self.tasks.all().try_for_each(|spec| {
            if let Some(name) = &spec.name {
                crate::types::task::check_key(name)?;
            }
            spec.task.check(&spec.place)
        })
    }

    /// Checks that the inputs of the tasks can be made from the definition, before anything is written.
    pub(crate) fn compose_tasks(&mut self, rendered: &TaskDefinition) -> Result<(), Error> {
        let definition = rendered.to_value();
        let specs: Vec<TaskSpec> = self.tasks.all().cloned().collect();
        for one in &specs {
            let composed = self.compose(one, &definition)?;
            let document = definition.as_object().cloned().unwrap_or_default();
            let found = Settings::of_run(&document, &composed.input, &format!("{}settings", one.place));
            let (wrong, risky) = self.judge(found);
            refuse(wrong)?;
            for finding in risky {
                self.caution(&finding.rule, &finding.path, &finding.text, &finding.advice);
            }
            for (path, hint) in input::unknown(&one.place, &one.task) {
                self.caution("setting", &path, input::UNKNOWN, &hint);
            }
        }
        Ok(())
    }

    pub(crate) fn compose(&self, spec: &TaskSpec, definition: &Value) -> Result<RunTaskInput, Error> {
        let service = self.service_after();
        input::compose(&RunInput {
            place: &spec.place,
            task: &spec.task,
            definition,
            service: service.as_object().unwrap_or(&self.prepared.service),
            cluster: &self.request.cluster,
        })
    }

    /// Whether a run of that name is looked for before there is a definition: joined, it needs none.
    pub(crate) fn looks_for_run(&mut self) -> Result<bool, Error> {
        if self.verb != Verb::Run || self.tasks.queue.front().is_none_or(|spec| spec.name.is_none()) {
            return Ok(false);
        }
        self.next_task()?;
        Ok(true)
    }

    /// Runs the tasks that come before the order, one after the other.
    pub(crate) async fn run_tasks_before(&mut self) -> Result<(), Halt> {
        while !self.tasks.queue.is_empty() {
            self.run_next_task().await?;
        }
        Ok(())
    }

    /// Runs the next task to its end, now that there is a definition to run.
    pub(crate) async fn run_next_task(&mut self) -> Result<(), Halt> {
        if self.tasks.current.is_none() {
            self.next_task()?;
        }
        let has_looked_for = self.tasks.current.as_ref().is_some_and(|current| current.start.has_looked_for);
        self.follow_task(if has_looked_for { Act::Order } else { Act::Find }).await.map(drop)
    }

    /// Joins the run of that name, if one is in progress or has ended well. Returns whether there is one.
    pub(crate) async fn join_named_run(&mut self) -> Result<bool, Halt> {
        self.follow_task(Act::Find).await
    }

    /// Makes one step after the other until the tasks have ended. Returns false if there is no definition yet to start them with.
    async fn follow_task(&mut self, first: Act) -> Result<bool, Halt> {
        self.set_deadline();
        self.tasks.is_waiting = true;
        self.cx.is_past_preparing();
        let mut act = first;
        loop {
            // The last lines, and where the tasks are, are waited for beyond the deadline.
            self.cx.timing.overruns = matches!(act, Act::Rest { .. });
            if self.verb == Verb::Run && self.tasks.has_begun() {
                self.cx.set_detachable();
            }
            self.cx.sleep_pause().await?;
            if self.cx.left().is_zero() && matches!(act, Act::Look) {
                // The truth may have come since the last look: one more, but no further.
                if std::mem::replace(&mut self.cx.timing.is_last_look, true) {
                    return Err(Halt::Deadline);
                }
                self.cx.timing.is_followed_up = true;
            }
            self.cx.check_deadline()?;
            let step = self.do_act(&act).await;
            match step {
                Ok(then) => {
                    self.cx.succeeded();
                    if self.is_overtaken(&then).await? {
                        return Ok(true);
                    }
                    match then {
                        Then::Act(next) => act = next,
                        Then::Over | Then::NeedsDefinition => {
                            (self.tasks.is_waiting, self.cx.timing.overruns) = (false, false);
                            return Ok(matches!(then, Then::Over));
                        }
                    }
                }
                Err(Halt::Retry) => {}
                Err(halt) => return Err(halt),
            }
        }
    }

    async fn do_act(&mut self, act: &Act) -> Step {
        match act {
            Act::Find => Box::pin(self.find_run()).await,
            Act::Order => Box::pin(self.run_tasks()).await,
            Act::Adopt { looks, refused } => Box::pin(self.adopt_tasks(*looks, refused.clone())).await,
            Act::Look => Box::pin(self.look_at_tasks()).await,
            Act::Rest { rounds } => Box::pin(self.read_rest(*rounds)).await,
        }
    }

    fn next_task(&mut self) -> Result<(), Error> {
        let Some(spec) = self.tasks.queue.pop_front() else { return Ok(()) };
        let definition = self.prepared.rendered.as_ref().map(TaskDefinition::to_value).unwrap_or_default();
        let composed = self.compose(&spec, &definition)?;
        let now = self.cx.now();
        // A task that is the whole request has the rollout's own time.
        let began = if self.verb == Verb::Run { self.cx.started() } else { now };
        let token = token();
        let is_own = spec.name.is_none() && self.verb == Verb::Run;
        let name = match &spec.name {
            Some(name) => name.clone(),
            None if is_own => format!("ecs-rollout/{token}"),
            None => self.derived_name(&spec, &composed.input),
        };
        self.tasks.current = Some(TaskRun {
            spec,
            name,
            composed,
            definition,
            began,
            start: StartState { token, has_looked_for: is_own, ..StartState::default() },
            other_runs: Vec::new(),
            tasks: Vec::new(),
            missing: None,
            started: now,
            looks: 0,
            logs: LogStreams::default(),
        });
        Ok(())
    }

    /// A name that the same task of the same deployment gets again after its process was killed. Before the order, the deployment that
    /// runs tells it from a later one of the same revision; after it, our own does.
    fn derived_name(&self, spec: &TaskSpec, input: &Map<String, Value>) -> String {
        let primary = self.found.before.primary().map(|primary| primary.id.clone());
        let deployment = match spec.when {
            When::Before | When::Alone => primary,
            When::AtPause | When::After => self.listed_as().or(primary),
        };
        let pause = self.watched.answered.last().filter(|_| spec.when == When::AtPause);
        let of = json!([
            text(&Value::Object(self.prepared.service.clone()), "serviceArn"),
            self.creates().then(|| self.found.before.name.clone()),
            deployment,
            self.order.definition,
            spec.place,
            input,
        ]);
        let of = pause.map_or(of.to_string(), |pause| format!("{of}{:?}", (&pause.stage, &pause.hook)));
        format!("ecs-rollout/{}", &sha256(&of)[..32])
    }

    /// Continues after a task that ended well, or that is not waited for.
    pub(crate) fn task_ended(&mut self) -> Then {
        let Some(current) = self.leave_task() else { return Then::Over };
        if self.verb == Verb::Run {
            let definition = current.tasks.first().map(|task| text(task, "taskDefinitionArn"));
            self.order.definition = definition.filter(|arn| !arn.is_empty()).or(self.order.definition.take());
            self.tasks.ran =
                Some(RunOutcome { tasks: current.tasks.iter().map(verdict::ran).collect(), ..self.ran(Vec::new()) });
        }
        Then::Over
    }

    pub(crate) fn ran(&self, planned: Vec<PlannedCall>) -> RunOutcome {
        RunOutcome {
            changed: self.order.changed,
            definition: self.order.definition.clone(),
            tasks: Vec::new(),
            warnings: Vec::new(),
            seconds: (self.cx.seconds() * 1000.0).round() / 1000.0,
            calls: self.cx.attempts.calls,
            planned,
            changes: self.definition_changes(),
        }
    }
}

/// The ids of tasks, for a person.
pub(crate) fn ids(arns: &[String]) -> String {
    arns.iter().map(|arn| last(arn)).collect::<Vec<_>>().join(", ")
}
