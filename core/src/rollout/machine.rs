//! The states of a rollout and the step from one to the next: one attempt at one thing, then either the next state or
//! the same one again after a pause.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::codedeploy::{self, Act};
use super::flows::service::DesiredService;
use super::prepare::Prepared;
use super::service::autoscaling::Autoscaling;
use super::service::snapshot::ServiceView;
use super::service::strategy::Kind;
use super::tags::Tags;
use super::tasks::queue::{self, Tasks};
use super::verdict::conclusion::Conclusion;
use super::verdict::judge::Tracked;
use super::verdict::tracker::Tracker;
use super::watch::ecs::Watched;
use super::watch::service_deployments::ServiceDeployments;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::definition::TaskDefinition;
use crate::engine::cancel::Cancellation;
use crate::error::Error;
use crate::error::failure::Failure;
use crate::redact::words::Words;
use crate::types::deployment::Deployment;
use crate::types::event::{Event, Outcome, Warning};
use crate::types::plan::Plan;
use crate::types::service::Service;

/// What a rollout is there for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Goal {
    /// Deploy what is asked for.
    Deploy,
    /// Watch what somebody else began: the deployment of this id, or the newest.
    Watch { deployment: Option<String> },
    /// Go back to what ran before.
    Back,
    /// Let a deployment go on that waits at this hook, or at any.
    Resume { hook: Option<String> },
    /// Run a task of the definition.
    Run,
    /// Register the definition, and no more.
    Register,
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// Check what needs no call.
    Check,
    /// Find the service (DescribeServices).
    Find,
    /// Read what deployments there were (ListServiceDeployments).
    ServiceDeployments,
    /// See whether an autoscaler has its hand on the number of tasks (DescribeScalableTargets).
    Autoscaled,
    /// Read what it runs now (DescribeTaskDefinition).
    Current,
    /// Read the definition that was named (DescribeTaskDefinition).
    Given,
    /// Render and check.
    Decide,
    /// Look at the images (ECR's BatchGetImage, or the registry); then go on.
    Images(Box<State>),
    /// Compare with what there is.
    Compare,
    /// Compare the tags that were given with what runs (DescribeServiceRevisions or DescribeTasks; the registry).
    Tags,
    /// See whether an equal revision is there already (DescribeTaskDefinition).
    Latest(Box<TaskDefinition>),
    /// Make a revision (RegisterTaskDefinition).
    Register(Box<TaskDefinition>),
    /// Make the service (CreateService).
    Create,
    /// Bring the service's tags up to date (TagResource); then give the order, or end.
    Tag { ordering: bool },
    /// Give the order (UpdateService).
    Update,
    /// Find the deployment of an order whose answer did not show it (DescribeServices).
    Confirm {
        /// Whether the order is known to be taken.
        taken: bool,
        /// Looks that have not shown it.
        looks: u32,
        /// The error if it was not taken: the last attempt was answered by something that is not AWS, and is not made again.
        refused: Option<Box<Error>>,
    },
    /// See whether what is about to be called unchanged is so (ListServiceDeployments, or a second DescribeServices).
    Assure { looks: u32 },
    /// See whether somebody ordered a deployment that began with a rollback (ListServiceDeployments).
    Origin { reason: String },
    /// Look at the deployment (DescribeServices).
    Look,
    /// Ask the service-deployment API about a verdict that the deployments list leaves open.
    AskServiceDeployment,
    /// See what took the place of a deployment whose record has come to a bad end (DescribeServices).
    Settle(Box<Value>),
    /// Decide how to go back.
    Back,
    /// Find what waits (DescribeServiceDeployments).
    Resume,
    /// Turn a deployment round, or let it go on (StopServiceDeployment, ContinueServiceDeployment).
    Turn { operation: Operation, input: Box<Value> },
    /// Run tasks: before the order, or nothing else.
    Task(queue::Act),
    /// Do what is done with AWS CodeDeploy.
    CodeDeploy(Box<Act>),
    /// Go back after this error.
    Recover(Box<Error>),
    /// Collect the tasks that stopped (ListTasks, DescribeTasks); then end, or go on looking after a pause.
    Collect {
        /// The end it explains.
        conclusion: Option<Box<Conclusion>>,
        /// The pause after it.
        then: Option<Duration>,
    },
    /// The end.
    Done(Box<Result<Outcome, Error>>),
}

/// Why a step did not lead to another state.
pub(crate) enum Halt {
    /// Try the same again; the pause is set and the event told.
    Retry,
    /// It will not get better.
    Fail(Box<Error>),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Fail(Box::new(error))
    }
}

pub(crate) type Step = Result<State, Halt>;

/// RoleChain after the deadline in which what was seen last is asked about.
const OVERTIME: u32 = 5;

/// One rollout: the request, what has been found out, and what is next.
pub(crate) struct Machine {
    pub(crate) client: Client,
    pub(crate) request: Deployment,
    pub(crate) goal: Goal,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    cancellation: Arc<Cancellation>,
    events: VecDeque<Event>,
    warnings: Vec<Warning>,
    /// What no text of this rollout may repeat of the definitions that were read.
    pub(crate) secrets: Words,
    /// To wait before the next step.
    pub(crate) pause: Option<Duration>,
    /// Failed attempts in a row.
    pub(crate) attempt: usize,
    pub(crate) last_fault: Option<String>,
    /// Whether the deadline has passed and what was seen last is seen to its end.
    pub(crate) is_last_look: bool,
    /// RoleChain since then.
    pub(crate) overtime: u32,
    pub(crate) calls: u64,
    /// The operations that have been answered.
    pub(crate) answered: HashSet<Operation>,
    pub(crate) started: Duration,
    pub(crate) before: ServiceView,
    pub(crate) prepared: Prepared,
    pub(crate) tags: Tags,
    /// The definition that is deployed, once it is settled.
    pub(crate) definition: Option<String>,
    pub(crate) changed: bool,
    /// Whether tags were written, which is no order.
    pub(crate) is_tagged: bool,
    /// Our deployment, once there is one.
    pub(crate) case: Option<Tracker>,
    pub(crate) records: ServiceDeployments,
    pub(crate) watched: Watched,
    pub(crate) codedeploy: codedeploy::Known,
    /// Tasks that run to their end.
    pub(crate) tasks: Tasks,
    /// A deployment that the service is known to have, and how many looks may leave it out: they are stale.
    pub(crate) expected: Option<(String, u32)>,
    /// An order to turn round or to go on that got no answer, and may have been taken.
    pub(crate) turned: Option<Box<Value>>,
    /// The hook that was to go on, and its stage.
    pub(crate) waited: Option<(Option<String>, Option<String>)>,
    /// The service that is to be there, where that is what is asked for.
    pub(crate) providing: Option<Box<DesiredService>>,
    pub(crate) autoscaling: Autoscaling,
    /// The way back after this one failed.
    pub(crate) back: Option<Box<Self>>,
    /// The deployment that is gone back from, on a way back.
    pub(crate) instead_of: Option<Tracked>,
}

impl Machine {
    pub(crate) fn new(client: Client, request: Deployment) -> Self {
        let started = client.clock().now();
        let tasks = Tasks::before(&request.before);
        Self {
            client,
            request,
            goal: Goal::Deploy,
            kind: Kind::default(),
            state: State::Check,
            cancellation: Arc::default(),
            events: VecDeque::new(),
            warnings: Vec::new(),
            secrets: Words::default(),
            pause: None,
            attempt: 0,
            last_fault: None,
            is_last_look: false,
            overtime: 0,
            calls: 0,
            answered: HashSet::new(),
            started,
            before: ServiceView::default(),
            prepared: Prepared::default(),
            tags: Tags::default(),
            definition: None,
            changed: false,
            is_tagged: false,
            case: None,
            records: ServiceDeployments::default(),
            watched: Watched::default(),
            codedeploy: codedeploy::Known::default(),
            tasks,
            expected: None,
            turned: None,
            waited: None,
            providing: None,
            autoscaling: Autoscaling::default(),
            back: None,
            instead_of: None,
        }
    }

    /// A rollout for something else than to deploy.
    pub(crate) fn with_goal(client: Client, request: Deployment, goal: Goal) -> Self {
        Self { goal, ..Self::new(client, request) }
    }

    /// A rollout to a service that is to be there; what cannot be right is its end.
    pub(crate) fn of_service(client: Client, service: Service) -> Self {
        let named = service.service.clone().unwrap_or_default();
        match service.split() {
            Ok((request, asked)) => {
                Self { providing: Some(Box::new(DesiredService::new(asked))), ..Self::new(client, request) }
            }
            Err(error) => {
                let state = State::Done(Box::new(Err(error)));
                Self { state, ..Self::new(client, Deployment::new("default", named)) }
            }
        }
    }

    /// What ends the watching from outside.
    pub(crate) fn cancellation(&self) -> Arc<Cancellation> {
        Arc::clone(&self.cancellation)
    }

    /// Does the next thing. Once the end has come, nothing.
    pub(crate) async fn step(&mut self) {
        // What has been cancelled is still wound up.
        if matches!(self.state, State::Task(queue::Act::Stop(_))) {
            return self.advance().await;
        }
        let cancellation = self.cancellation();
        // A write is never cut off: whether it was done would be unknown. Nor is one begun that nobody wants.
        if self.is_writing() && self.pause.is_none() {
            return if cancellation.is_cancelled() { self.cancel() } else { self.advance().await };
        }
        // Nobody listens any more: the order is still given, then there is nothing to watch for.
        let has_begun = self.goal == Goal::Run && self.tasks.has_begun();
        let is_on_the_way = self.case.is_none() && !has_begun && !matches!(self.goal, Goal::Watch { .. });
        tokio::select! {
            biased;
            () = cancellation.requested(is_on_the_way) => self.cancel(),
            () = self.advance() => {}
        }
    }

    async fn advance(&mut self) {
        if let Some(pause) = self.pause {
            self.client.clock().sleep(self.pausing(pause)).await;
            self.pause = None;
            // A step of its own for what comes after the pause: it may be a write.
            return;
        }
        if self.left().is_zero() && !self.is_ending() {
            // The truth may have come since the last look: one more, and what that leaves open is asked, but no further.
            let is_open = match self.state {
                State::Look | State::Task(queue::Act::Look) => !self.is_last_look,
                State::AskServiceDeployment | State::Settle(_) | State::Tag { ordering: false } => {
                    self.overtime < OVERTIME
                }
                _ => false,
            };
            if !is_open {
                self.state = self.time_out();
                return;
            }
            self.is_last_look |= matches!(self.state, State::Look | State::Task(queue::Act::Look));
            self.overtime += 1;
        }
        let step = Box::pin(self.take(self.state.clone())).await;
        self.apply(step);
    }

    /// How long a pause may be: not past the deadline, but for a way back and the end of tasks, which have a time of their own.
    pub(crate) fn pausing(&self, pause: Duration) -> Duration {
        match self.state {
            State::Recover(_) | State::Task(queue::Act::Rest { .. } | queue::Act::Stop(_)) => pause,
            _ => pause.min(self.left()),
        }
    }

    /// Goes where a step leads.
    pub(crate) fn apply(&mut self, step: Step) {
        match step {
            Ok(next) => {
                self.attempt = 0;
                self.last_fault = None;
                self.state = next;
            }
            Err(Halt::Retry) => {}
            Err(Halt::Fail(error)) => {
                let is_begun = self.changed || self.case.is_some() || matches!(self.state, State::Confirm { .. });
                let error = if is_begun { error.with_begun(self.failure()) } else { *error };
                self.state = self.tasks_lost(error);
            }
        }
    }

    /// Whether the next step only looks at the service, so that one call can look at it and at others.
    pub(crate) fn is_looking(&self) -> bool {
        // CodeDeploy's own record is looked at by itself.
        let by_record = (self.goes_by_record() && !self.is_list_due()) || self.kind == Kind::CodeDeploy;
        matches!(self.state, State::Look) && self.pause.is_none() && !by_record && !self.left().is_zero()
    }

    /// Whether nothing has been settled yet that could be written.
    pub(crate) fn is_preparing(&self) -> bool {
        let is_past = matches!(self.state, State::Confirm { .. } | State::Task(_) | State::Done(_));
        self.case.is_none() && !self.is_writing() && !is_past
    }

    /// The time counts from now on.
    pub(crate) fn begin_at(&mut self, now: Duration) {
        self.started = now;
    }

    /// Ends the watching.
    pub(crate) fn cancel(&mut self) {
        match self.state {
            State::Task(queue::Act::Stop(_)) => return,
            State::Task(_) => {
                self.state = self.tasks_cancelled(self.cancellation.is_cancelled());
                self.pause = None;
                return;
            }
            _ => {}
        }
        let mut failure = self.failure();
        let goes_on = "the deployment goes on: `watch` joins it, `rollback` goes back";
        failure.reason = (self.case.is_some() || self.changed).then(|| goes_on.to_owned());
        self.state = State::Done(Box::new(Err(Error::Cancelled(Box::new(failure)))));
    }

    /// Goes as far as the first write, and says what would follow.
    pub(crate) async fn plan(mut self) -> Result<Plan, Error> {
        let plan = self.go_to_first_write().await;
        self.secrets.hide_in(plan)
    }

    async fn go_to_first_write(&mut self) -> Result<Plan, Error> {
        loop {
            match &self.state {
                State::Register(_) | State::Update => return Ok(self.planned(true)),
                State::Look | State::Assure { .. } => return Ok(self.planned(false)),
                State::Done(end) => return end.as_ref().clone().map(|_| self.planned(false)),
                _ => self.step().await,
            }
        }
    }

    /// The large ones in boxes: every step would be as large as the largest of them.
    async fn take(&mut self, state: State) -> Step {
        match state {
            State::Check => {
                let next = self.check()?;
                Box::pin(self.check_region()).await?;
                Ok(next)
            }
            State::Find => self.find().await,
            State::ServiceDeployments => self.records().await,
            // In boxes, as `codedeploy`'s: few rollouts come to these, and every one would be their size.
            State::Autoscaled => Box::pin(self.autoscaled()).await,
            State::Current => self.current().await,
            State::Given => self.given().await,
            State::Decide => self.decide(),
            State::Images(then) => Box::pin(self.images(*then)).await,
            State::Compare => self.compare(),
            State::Tags => Box::pin(self.compare_tags()).await,
            State::Latest(target) => self.latest(target).await,
            State::Register(_) | State::Task(queue::Act::Order) if self.tasks.is_plan() => Ok(self.planned_run()),
            State::Register(target) => self.register(target).await,
            State::Create | State::Tag { ordering: true } | State::Update if self.tasks.is_due() => self.begin_task(),
            State::Create => Box::pin(self.create()).await,
            State::Tag { ordering } => Box::pin(self.tag(ordering)).await,
            // In a box: every step would be as large as the largest of these.
            State::Update => Box::pin(self.update()).await,
            State::Task(act) => Box::pin(self.task(act)).await,
            State::Confirm { taken, looks, refused } => self.confirm(taken, looks, refused).await,
            State::Assure { looks } => Box::pin(self.assure(looks)).await,
            State::Origin { reason } => Box::pin(self.origin(reason)).await,
            State::Look => Box::pin(self.look()).await,
            State::AskServiceDeployment => self.ask_service_deployment().await,
            State::Settle(record) => self.settle(&record).await,
            State::Back => self.back().await,
            State::Resume => self.resume().await,
            State::Turn { operation, input } => self.turn(operation, &input).await,
            State::CodeDeploy(act) => Box::pin(self.codedeploy(*act)).await,
            State::Recover(error) => Box::pin(self.go_back(error)).await,
            State::Collect { conclusion, then } => Box::pin(self.collect(conclusion, then)).await,
            State::Done(end) => Ok(State::Done(end)),
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.watched.note(&event);
        self.events.push_back(event);
    }

    pub(crate) fn warn(&mut self, code: &str, text: impl Into<String>) {
        let warning = Warning { code: code.to_owned(), text: text.into() };
        // What is decided anew is warned of anew.
        if self.warnings.contains(&warning) {
            return;
        }
        self.tell(Event::Warning { code: warning.code.clone(), text: warning.text.clone() });
        self.warnings.push(warning);
    }

    /// All warnings so far, in their order.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.warnings.clone()
    }

    pub(crate) fn take_event(&mut self) -> Option<Event> {
        self.events.pop_front().map(|event| self.secrets.hide_in(event))
    }

    /// Goes to `state` without forgetting how many attempts have failed.
    pub(crate) fn retry_from(&mut self, state: State) -> Step {
        self.state = state;
        Err(Halt::Retry)
    }

    /// How it ended, if it has.
    pub(crate) fn end(&self) -> Option<Result<Outcome, Error>> {
        match &self.state {
            State::Done(end) => Some(self.secrets.hide_in(*end.clone())),
            _ => None,
        }
    }

    pub(crate) fn is_writing(&self) -> bool {
        matches!(
            self.state,
            State::Register(_) | State::Create | State::Tag { .. } | State::Update | State::Turn { .. }
        ) || matches!(&self.state, State::Task(queue::Act::Order | queue::Act::Stop(_)))
            || matches!(&self.state, State::CodeDeploy(act) if act.is_write())
            || self.back.as_ref().is_some_and(|back| back.is_writing())
    }

    pub(crate) fn is_ending(&self) -> bool {
        matches!(
            self.state,
            State::Check
                | State::Done(_)
                | State::Recover(_)
                | State::Collect { conclusion: Some(_), .. }
                | State::Task(queue::Act::Rest { .. } | queue::Act::Stop(_))
        )
    }

    /// The time left until the deadline.
    pub(crate) fn left(&self) -> Duration {
        if let Some(left) = self.tasks.left(self.client.clock().now()) {
            return left;
        }
        let timeout = Duration::try_from_secs_f64(self.request.timeout.min(1e9)).unwrap_or_default();
        (timeout + self.tasks.spent()).saturating_sub(self.elapsed())
    }

    pub(crate) fn elapsed_seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.client.clock().now().saturating_sub(self.started)
    }

    fn time_out(&mut self) -> State {
        if matches!(self.state, State::Task(_)) {
            return self.tasks_timed_out();
        }
        let known = self.case.as_ref().and_then(Tracker::at_deadline);
        let conclusion = known.unwrap_or_else(|| Conclusion::TimedOut { reason: self.last_fault.take() });
        if self.case.is_some() {
            State::Collect { conclusion: Some(Box::new(conclusion)), then: None }
        } else {
            self.conclude(conclusion)
        }
    }

    /// The end with what was asked for live and complete.
    pub(crate) fn succeed(&mut self) -> State {
        if self.is_to_be_tagged() {
            return State::Tag { ordering: false };
        }
        self.warn_of_other_number();
        let outcome = self.outcome();
        self.tell(Event::Succeeded(outcome.clone()));
        State::Done(Box::new(Ok(outcome)))
    }

    /// The end with the order given, where nobody waits for what comes of it.
    pub(crate) fn ordered(&self) -> State {
        if self.is_to_be_tagged() {
            return State::Tag { ordering: false };
        }
        State::Done(Box::new(Ok(self.outcome())))
    }

    fn outcome(&self) -> Outcome {
        Outcome {
            changed: self.changed || self.is_tagged,
            definition: self.definition.clone().unwrap_or_default(),
            previous: self.before.definition.clone(),
            deployment: self.ours().map(|ours| ours.id.clone()),
            warnings: self.warnings(),
            seconds: (self.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            calls: self.calls,
        }
    }

    /// What is known of a rollout that does not end well.
    pub(crate) fn failure(&self) -> Failure {
        Failure {
            service: if self.before.name.is_empty() { self.request.service.clone() } else { self.before.name.clone() },
            deployment: self.ours().map(|ours| ours.id.clone()),
            definition: self.definition.clone(),
            causes: self.causes(),
            ..Failure::default()
        }
    }
}
