//! Starts tasks (RunTask) and stops them (StopTask): a run with the same key is joined, and an order without an answer is repeated
//! with the same token.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use super::queue::{Act, Step, Then, ids};
use super::verdict::{self, Earlier, End};
use super::{polling, same};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::{list, text};
use crate::rollout::diagnose;
use crate::rollout::workflow::{Verb, Workflow};
use crate::token::token;
use crate::types::event::Event;

/// Pages of stopped tasks to go through at most.
const PAGES: usize = 5;
/// Looks for the tasks of an order that is known to be taken, and the pause between them.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);
/// Attempts at stopping a task.
const ATTEMPTS: usize = 6;

impl Workflow {
    /// Joins the run of that name that is in progress or has ended well.
    pub(crate) async fn find_run(&mut self) -> Step {
        let tasks = self.named_tasks().await?;
        let Some(current) = &mut self.tasks.current else { return Ok(Then::Over) };
        current.start.has_looked_for = true;
        current.other_runs = tasks.iter().map(|task| text(task, "taskArn")).collect();
        let count = current.spec.task.count as usize;
        let described = diagnose::Described { definition: Some(&current.definition), service: None };
        let decider = current.composed.decider.as_deref();
        match verdict::earlier(tasks, count, |task| verdict::end(task, decider, described) == End::Well) {
            Earlier::Ours(tasks) => {
                // A name that is derived from the input is unique to it.
                if self.tasks.current.as_ref().is_some_and(|current| current.spec.name.is_some()) {
                    self.refuse_another(&tasks).await?;
                }
                self.join_run(tasks).await
            }
            // First the definition must be decided.
            Earlier::None if self.order.definition.is_none() => Ok(Then::NeedsDefinition),
            Earlier::None => Ok(Then::Act(Act::Order)),
        }
    }

    /// Refuses a run under that key that did not run what is requested now.
    async fn refuse_another(&mut self, tasks: &[Value]) -> Result<(), Halt> {
        let (Some(task), Some(current)) = (tasks.first(), &self.tasks.current) else { return Ok(()) };
        let mut differs = same::overrides(task, &current.composed.input);
        let (name, arn) = (current.name.clone(), text(task, "taskDefinitionArn"));
        if let (false, Some(asked)) = (arn.is_empty(), self.prepared.rendered.clone()) {
            let known = [&self.prepared.given, &self.prepared.current].into_iter().flatten();
            let known = known.filter(|revision| revision.arn == arn).map(|one| one.definition.clone()).next();
            let ran = match known {
                Some(definition) => Some(definition),
                None => match self.describe(&arn).await {
                    Ok(revision) => Some(revision.definition),
                    Err(Halt::Fail(error)) if matches!(*error, Error::DefinitionMissing { .. }) => None,
                    Err(setback) => return Err(setback),
                },
            };
            differs.extend(same::definition(&arn, ran.as_ref(), &asked));
        }
        if differs.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{name:?} is the key of a run that differs from this request: task {} differs in {}; give each run its own key",
            ids(&[text(task, "taskArn")]),
            differs.join(", ")
        );
        Err(Error::invalid("key", text).into())
    }

    async fn join_run(&mut self, tasks: Vec<Value>) -> Step {
        let Some(current) = &mut self.tasks.current else { return Ok(Then::Over) };
        let missing = (current.spec.task.count as usize).saturating_sub(tasks.len());
        current.start.unstarted = vec!["it was not started".to_owned(); missing];
        self.emit_changes(&tasks);
        if self.tasks.is_plan() {
            self.keep_tasks(tasks);
            return Ok(self.task_ended());
        }
        let is_over = tasks.iter().all(|task| task["lastStatus"] == "STOPPED");
        self.keep_tasks(tasks);
        match (is_over, self.waits_for_tasks()) {
            // Fewer than requested is no success, even without waiting.
            _ if missing > 0 && !self.waits_for_tasks() => Err(Box::pin(self.tasks_failed()).await),
            (true, _) | (_, false) => Ok(self.task_ended()),
            _ => self.follow_tasks(),
        }
    }

    fn keep_tasks(&mut self, tasks: Vec<Value>) {
        let now = self.cx.now();
        if let Some(current) = &mut self.tasks.current {
            (current.tasks, current.started) = (tasks, now);
        }
    }

    /// The tasks with that name that ECS still knows. `startedBy` must be the only filter where it is used, so stopped tasks are
    /// dropped afterwards.
    async fn named_tasks(&mut self) -> Result<Vec<Value>, Halt> {
        let Some(current) = &self.tasks.current else { return Ok(Vec::new()) };
        let (cluster, name) = (self.request.cluster.clone(), current.name.clone());
        let (count, family) = (current.spec.task.count as usize, text(&current.definition, "family"));
        let running = self.listed(json!({"cluster": cluster, "startedBy": name}), 1).await?;
        let mut tasks = self.described(&running).await?;
        if tasks.len() < count {
            let stopped = json!({"cluster": cluster, "family": family, "desiredStatus": "STOPPED"});
            let stopped: Vec<String> = self.listed(stopped, PAGES).await?;
            let stopped: Vec<String> = stopped.into_iter().filter(|arn| !running.contains(arn)).collect();
            tasks.extend(self.described(&stopped).await?);
        }
        tasks.retain(|task| task["startedBy"] == *name);
        Ok(tasks)
    }

    async fn listed(&mut self, mut input: Value, pages: usize) -> Result<Vec<String>, Halt> {
        let mut arns = Vec::new();
        for _ in 0..pages {
            let page = match self.call(Operation::ListTasks, &input).await? {
                Ok(page) => page,
                Err(fault) => return Err(self.setback(fault).await),
            };
            arns.extend(list(&page, "taskArns").iter().filter_map(|arn| arn.as_str().map(str::to_owned)));
            match page["nextToken"].as_str() {
                Some(next) => input["nextToken"] = json!(next),
                None => break,
            }
        }
        Ok(arns)
    }

    async fn described(&mut self, arns: &[String]) -> Result<Vec<Value>, Halt> {
        let mut tasks = Vec::new();
        for some in arns.chunks(100) {
            let input = json!({"cluster": self.request.cluster, "tasks": some});
            match self.call(Operation::DescribeTasks, &input).await? {
                Ok(answer) => tasks.extend(list(&answer, "tasks").iter().cloned()),
                Err(fault) => return Err(self.setback(fault).await),
            }
        }
        Ok(tasks)
    }

    pub(crate) async fn run_tasks(&mut self) -> Step {
        let Some(current) = &self.tasks.current else { return Ok(Then::Over) };
        let mut input = Value::Object(current.composed.input.clone());
        input["taskDefinition"] = json!(self.order.definition);
        input["startedBy"] = json!(current.name);
        input["clientToken"] = json!(current.start.token);
        let answer = match self.call(Operation::RunTask, &input).await? {
            Ok(answer) => answer,
            // The token is known with another input: the tasks that it started are ours.
            Err(fault) if fault.code == "ConflictException" => {
                return Ok(Then::Act(Act::Adopt { looks: 0, refused: None }));
            }
            Err(fault) => {
                let is_ambiguous = fault.is_ambiguous();
                self.tasks.current.iter_mut().for_each(|current| current.start.maybe_started |= is_ambiguous);
                return match self.setback(fault).await {
                    // It may have begun them all the same.
                    Halt::Fail(error) if is_ambiguous => Ok(Then::Act(Act::Adopt { looks: 0, refused: Some(error) })),
                    setback => Err(setback),
                };
            }
        };
        let (tasks, failures) = (list(&answer, "tasks").to_vec(), list(&answer, "failures"));
        if !answer["tasks"].is_array() && failures.is_empty() {
            return Err(self.setback(ApiError::unreadable(Operation::RunTask)).await);
        }
        let reason = |failure: &Value| match (text(failure, "reason"), text(failure, "detail")) {
            (reason, detail) if reason.is_empty() && detail.is_empty() => "it was not started".to_owned(),
            (reason, detail) if detail.is_empty() => reason,
            (reason, detail) => format!("{reason}: {detail}"),
        };
        let mut unstarted: Vec<String> = failures.iter().map(reason).collect();
        let count = self.tasks.current.as_ref().map_or(0, |current| current.spec.task.count as usize);
        // A task that is neither in the answer nor among its failures was not started.
        let answered = tasks.len() + unstarted.len();
        unstarted
            .resize(unstarted.len() + count.saturating_sub(answered), "RunTask left it out of its answer".to_owned());
        self.started_tasks(tasks, unstarted).await
    }

    async fn started_tasks(&mut self, tasks: Vec<Value>, unstarted: Vec<String>) -> Step {
        let Some(current) = &mut self.tasks.current else { return Ok(Then::Over) };
        current.start.orders += 1;
        let orders = current.start.orders;
        if tasks.is_empty()
            && unstarted.iter().all(|reason| diagnose::wants_room(reason))
            && let Some(delay) = polling::order_again(orders)
        {
            // The same token would get the same answer.
            current.start.token = token();
            let code = unstarted.first().cloned().unwrap_or_default();
            self.emit(Event::Retrying { operation: "RunTask".to_owned(), code, delay: delay.as_secs_f64() });
            self.cx.timing.pause = Some(delay);
            return Ok(Then::Act(Act::Order));
        }
        let is_short = !unstarted.is_empty();
        current.start.unstarted = unstarted;
        // A task before a deployment does not count as its order.
        self.order.changed |= self.verb == Verb::Run && !tasks.is_empty();
        self.emit_changes(&tasks);
        self.keep_tasks(tasks);
        match (is_short, self.waits_for_tasks()) {
            (true, _) => Err(Box::pin(self.tasks_failed()).await),
            (false, true) => self.follow_tasks(),
            (false, false) => Ok(self.task_ended()),
        }
    }

    /// Whether tasks are waited for: those before a deployment are, whether or not the deployment is.
    fn waits_for_tasks(&self) -> bool {
        self.request.wait || self.verb != Verb::Run
    }

    /// Follows the tasks; the first look comes after the pause.
    fn follow_tasks(&mut self) -> Step {
        if self.tasks.current.as_ref().is_some_and(|current| current.open().is_empty()) {
            return Ok(Then::Act(Act::Rest { rounds: 0 }));
        }
        self.cx.attempts.failed = 0;
        self.look_at_tasks_later();
        Ok(Then::Act(Act::Look))
    }

    /// Finds the tasks of an accepted order, by their name.
    pub(crate) async fn adopt_tasks(&mut self, looks: u32, refused: Option<Box<Error>>) -> Step {
        let mut tasks = self.named_tasks().await?;
        let Some(current) = &self.tasks.current else { return Ok(Then::Over) };
        tasks.retain(|task| !current.other_runs.contains(&text(task, "taskArn")));
        if tasks.is_empty() && looks >= LOOKS {
            if let Some(error) = refused {
                return Err(Halt::Fail(error));
            }
            let text = "the token of the order is in use, and no task of it is to be found: run it again".to_owned();
            let (operation, name) = ("RunTask".to_owned(), "ConflictException".to_owned());
            return Err(Error::Aws { operation, name, text, request: None, begun: None }.into());
        }
        // The list may show some of them later.
        if tasks.len() < current.spec.task.count as usize && looks < LOOKS {
            self.cx.timing.pause = Some(PAUSE);
            return Ok(Then::Act(Act::Adopt { looks: looks + 1, refused }));
        }
        let missing = (current.spec.task.count as usize).saturating_sub(tasks.len());
        self.started_tasks(tasks, vec!["it was not started".to_owned(); missing]).await
    }

    /// Stops the running tasks (StopTask); a warning names those that cannot be stopped.
    pub(crate) async fn stop_tasks(&mut self) -> Result<(), Halt> {
        (self.cx.timing.overruns, self.cx.timing.is_winding_up) = (true, true);
        self.cx.succeeded();
        let open = self.tasks.current.as_ref().map(super::queue::TaskRun::open).unwrap_or_default();
        for arn in open {
            let reason = "ecs-rollout: no longer waited for";
            let input = json!({"cluster": self.request.cluster, "task": arn, "reason": reason});
            while let Err(fault) = self.call(Operation::StopTask, &input).await? {
                if passes(&fault) && self.cx.attempts.failed < ATTEMPTS {
                    let setback = self.setback(fault).await;
                    self.or_retry(setback).await?;
                    continue;
                }
                let (code, text) = (&fault.code, &fault.text);
                let text = format!("task {} may go on: StopTask failed: {code}: {text}", ids(&[arn]));
                self.cx.warn("stop", text);
                break;
            }
            self.cx.succeeded();
        }
        Ok(())
    }
}

fn passes(fault: &ApiError) -> bool {
    !matches!(
        fault.kind,
        ApiErrorKind::Credentials | ApiErrorKind::Denied | ApiErrorKind::Rejected | ApiErrorKind::NotOffered
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::aws::tests::Loopback;
    use crate::client::Client;
    use crate::clock::SystemClock;
    use crate::error::Error;
    use crate::options::verify::Verify;
    use crate::types::task::Run;
    use serde_json::{Value, json};

    /// A server on which the token of every order is known already: its task is `tasks`, seen only once it was ordered.
    async fn conflicting(tasks: Value) -> Loopback {
        let is_ordered = AtomicBool::new(false);
        Loopback::with(move |seen| {
            let target = seen.header("x-amz-target").to_owned();
            let definition = json!({"taskDefinitionArn": "arn:aws:ecs:r:1:task-definition/job:1", "family": "job", "status": "ACTIVE",
                "containerDefinitions": [{"name": "job", "image": "job:1"}]});
            let asked: Value = serde_json::from_slice(&seen.body).unwrap();
            let is_by_name = asked["startedBy"] == "ci/7";
            let (status, answer) = match target.rsplit('.').next().unwrap() {
                "DescribeTaskDefinition" => (200, json!({ "taskDefinition": definition })),
                "RunTask" => {
                    is_ordered.store(true, Ordering::SeqCst);
                    (400, json!({"__type": "ConflictException", "message": "The provided clientToken is already in use"}))
                }
                "ListTasks" if is_by_name && is_ordered.load(Ordering::SeqCst) => {
                    let arns: Vec<Value> = tasks.as_array().unwrap().iter().map(|task| task["taskArn"].clone()).collect();
                    (200, json!({ "taskArns": arns }))
                }
                "ListTasks" => (200, json!({"taskArns": []})),
                "DescribeTasks" => (200, json!({ "tasks": tasks })),
                other => panic!("{other} is not asked"),
            };
            (status, vec![("content-type", "application/x-amz-json-1.1".to_owned())], answer.to_string())
        })
        .await
    }

    fn run(
        loopback: &Loopback,
        clock: Arc<dyn crate::clock::Clock>,
    ) -> crate::engine::stream::Rollout<crate::types::event::Event, crate::types::outcome::RunOutcome> {
        let run = Run { key: Some("ci/7".to_owned()), verify: Verify::Nothing, ..Run::of_definition("prod", "job") };
        Client::local(&loopback.url, clock).run(run)
    }

    #[tokio::test]
    async fn an_order_whose_token_is_known_already_is_found_by_its_name() {
        let task = json!({"taskArn": "arn:aws:ecs:r:1:task/prod/t1", "startedBy": "ci/7", "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited", "containers": [{"name": "job", "exitCode": 0}]});
        let loopback = conflicting(json!([task])).await;
        let ran = run(&loopback, Arc::new(SystemClock::default())).outcome().await.unwrap();
        assert_eq!((ran.changed, ran.tasks[0].task.as_str()), (true, "arn:aws:ecs:r:1:task/prod/t1"));
    }

    /// A clock on which no wait takes any time.
    struct Skipping(std::sync::Mutex<std::time::Duration>);

    impl crate::clock::Clock for Skipping {
        fn now(&self) -> std::time::Duration {
            *self.0.lock().unwrap()
        }

        fn sleep(&self, duration: std::time::Duration) -> futures_util::future::BoxFuture<'static, ()> {
            *self.0.lock().unwrap() += duration;
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn one_that_is_never_found_is_an_error() {
        let loopback = conflicting(json!([])).await;
        let error = run(&loopback, Arc::new(Skipping(std::sync::Mutex::default()))).outcome().await.unwrap_err();
        assert!(matches!(&error, Error::Aws { name, .. } if name == "ConflictException"), "{error}");
    }
}
