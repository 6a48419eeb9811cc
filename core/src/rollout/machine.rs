//! The states of a rollout and the step from one to the next: one attempt at one thing, then either the next state or
//! the same one again after a pause.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::observe::{Ours, Verdict};
use super::pace::{self, Stake};
use super::prepare::Prepared;
use super::snapshot::Snapshot;
use super::watch::{Conclusion, Watched};
use crate::aws::{Fault, Operation};
use crate::client::Client;
use crate::definition::TaskDefinition;
use crate::error::{Error, Failure};
use crate::event::{Event, Outcome};
use crate::plan::Plan;
use crate::request::Deployment;

/// How long an answer may take on the wall: that of a look, and that of a call that only explains a verdict.
const LOOK: Duration = Duration::from_secs(8);
const EXPLANATION: Duration = Duration::from_secs(4);

/// How a rollout is ended from outside.
#[derive(Default)]
pub(super) struct Leash {
    cancelled: AtomicBool,
    released: AtomicBool,
    news: Notify,
}

impl Leash {
    /// Somebody wants the watching to end.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.news.notify_waiters();
    }

    /// Nobody wants to hear of it any more.
    pub(super) fn release(&self) {
        self.released.store(true, Ordering::SeqCst);
        self.news.notify_waiters();
    }

    async fn pulled(&self, is_on_the_way: bool) {
        loop {
            let news = self.news.notified();
            let released = self.released.load(Ordering::SeqCst) && !is_on_the_way;
            if released || self.cancelled.load(Ordering::SeqCst) {
                return;
            }
            news.await;
        }
    }
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Check what needs no call.
    Check,
    /// Find the service (DescribeServices).
    Find,
    /// Read what it runs now (DescribeTaskDefinition).
    Current,
    /// Read the definition that was named (DescribeTaskDefinition).
    Given,
    /// Render, compare, decide.
    Decide,
    /// See whether an equal revision is there already (DescribeTaskDefinition).
    Latest(Box<TaskDefinition>),
    /// Make a revision (RegisterTaskDefinition).
    Register(Box<TaskDefinition>),
    /// Give the order (UpdateService).
    Update,
    /// Find the deployment of an order whose answer did not show it (DescribeServices).
    Confirm {
        /// Whether the order is known to be taken.
        taken: bool,
        /// Looks that have not shown it.
        looks: u32,
    },
    /// Look at the deployment (DescribeServices).
    Look,
    /// Ask the service-deployment API about a verdict that the deployments list leaves open.
    Witness(Verdict),
    /// Collect the tasks that stopped (ListTasks, DescribeTasks); then end, or go on looking after a pause.
    Collect { conclusion: Option<Box<Conclusion>>, then: Option<Duration> },
    /// The end.
    Done(Box<Result<Outcome, Error>>),
}

/// Why a step did not lead to another state.
pub(super) enum Setback {
    /// Try the same again; the pause is set and the event told.
    Again,
    /// It will not get better.
    Fatal(Box<Error>),
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        Self::Fatal(Box::new(error))
    }
}

pub(super) type Step = Result<State, Setback>;

/// One rollout: the request, what has been found out, and what is next.
pub(super) struct Machine {
    pub(super) client: Client,
    pub(super) request: Deployment,
    state: State,
    leash: Arc<Leash>,
    events: VecDeque<Event>,
    /// To wait before the next step.
    pub(super) pause: Option<Duration>,
    /// Failed attempts in a row.
    pub(super) attempt: usize,
    last_fault: Option<String>,
    is_last_look: bool,
    pub(super) calls: u64,
    started: Duration,
    pub(super) before: Snapshot,
    pub(super) prepared: Prepared,
    /// The definition that is deployed, once it is settled.
    pub(super) definition: Option<String>,
    pub(super) changed: bool,
    pub(super) ours: Option<Ours>,
    pub(super) watched: Watched,
}

impl Machine {
    pub(super) fn new(client: Client, request: Deployment) -> Self {
        let started = client.clock().now();
        Self {
            client,
            request,
            state: State::Check,
            leash: Arc::default(),
            events: VecDeque::new(),
            pause: None,
            attempt: 0,
            last_fault: None,
            is_last_look: false,
            calls: 0,
            started,
            before: Snapshot::default(),
            prepared: Prepared::default(),
            definition: None,
            changed: false,
            ours: None,
            watched: Watched::default(),
        }
    }

    /// What ends the watching from outside.
    pub(super) fn leash(&self) -> Arc<Leash> {
        Arc::clone(&self.leash)
    }

    /// Does the next thing. Once the end has come, nothing.
    pub(super) async fn step(&mut self) {
        // A write is never cut off: whether it was done would be unknown.
        if self.is_writing() && self.pause.is_none() {
            return self.advance().await;
        }
        let leash = self.leash();
        // Nobody listens any more: the order is still given, then there is nothing to watch for.
        let is_on_the_way = self.ours.is_none();
        tokio::select! {
            biased;
            () = leash.pulled(is_on_the_way) => self.state = State::Done(Box::new(Err(Error::Cancelled(Box::new(self.failure()))))),
            () = self.advance() => {}
        }
    }

    async fn advance(&mut self) {
        if let Some(pause) = self.pause {
            let left = self.left();
            self.client.clock().sleep(pause.min(left)).await;
            self.pause = None;
            // A step of its own for what comes after the pause: it may be a write.
            return;
        }
        if self.left().is_zero() && !self.is_ending() {
            // The truth may have come since the last look: one more, then no further.
            if self.is_last_look || !matches!(self.state, State::Look) {
                self.state = self.time_out();
                return;
            }
            self.is_last_look = true;
        }
        match self.take(self.state.clone()).await {
            Ok(next) => {
                self.attempt = 0;
                self.last_fault = None;
                self.state = next;
            }
            Err(Setback::Again) => {}
            Err(Setback::Fatal(error)) => self.state = State::Done(Box::new(Err(*error))),
        }
    }

    /// Goes as far as the first write, and says what would follow.
    pub(super) async fn plan(mut self) -> Result<Plan, Error> {
        loop {
            match &self.state {
                State::Register(_) | State::Update => return Ok(self.planned(true)),
                State::Look => return Ok(self.planned(false)),
                State::Done(end) => return end.as_ref().clone().map(|_| self.planned(false)),
                _ => self.step().await,
            }
        }
    }

    async fn take(&mut self, state: State) -> Step {
        match state {
            State::Check => self.check(),
            State::Find => self.find().await,
            State::Current => self.current().await,
            State::Given => self.given().await,
            State::Decide => self.decide(),
            State::Latest(target) => self.latest(target).await,
            State::Register(target) => self.register(target).await,
            State::Update => self.update().await,
            State::Confirm { taken, looks } => self.confirm(taken, looks).await,
            State::Look => self.look().await,
            State::Witness(open) => self.witness(open).await,
            State::Collect { conclusion, then } => self.collect(conclusion, then).await,
            State::Done(end) => Ok(State::Done(end)),
        }
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn warn(&mut self, code: &str, text: impl Into<String>) {
        self.tell(Event::Warning { code: code.to_owned(), text: text.into() });
    }

    pub(super) fn take_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Goes to `state` without forgetting how many attempts have failed.
    pub(super) fn keep_attempt(&mut self, state: State) -> Step {
        self.state = state;
        Err(Setback::Again)
    }

    /// How it ended, if it has.
    pub(super) fn end(&self) -> Option<Result<Outcome, Error>> {
        match &self.state {
            State::Done(end) => Some(*end.clone()),
            _ => None,
        }
    }

    fn is_writing(&self) -> bool {
        matches!(self.state, State::Register(_) | State::Update)
    }

    fn is_ending(&self) -> bool {
        matches!(self.state, State::Check | State::Done(_) | State::Collect { conclusion: Some(_), .. })
    }

    /// The time left until the deadline.
    pub(super) fn left(&self) -> Duration {
        let timeout = Duration::try_from_secs_f64(self.request.timeout.min(1e9)).unwrap_or_default();
        timeout.saturating_sub(self.elapsed())
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.client.clock().now().saturating_sub(self.started)
    }

    /// One attempt at a call.
    pub(super) async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, Fault>, Setback> {
        self.calls += 1;
        // On the wall, whatever the clock: an answer that does not come must not outlast the deadline. A write is left
        // to the connection's own limit: whether it was done would be unknown.
        let limit = if self.is_ending() { EXPLANATION } else { LOOK.min(self.left() + Duration::from_millis(500)) };
        let aws = self.client.aws().await?;
        if self.is_writing() {
            return Ok(aws.call(operation, input).await);
        }
        let answer = tokio::time::timeout(limit, aws.call(operation, input)).await;
        Ok(answer.unwrap_or_else(|_| Err(Fault::late(operation))))
    }

    /// What a failed attempt leads to: another after a pause, or the error it is.
    pub(super) async fn setback(&mut self, fault: Fault) -> Setback {
        let is_begun = self.ours.is_some() || matches!(self.state, State::Confirm { .. });
        let stake = if is_begun { Stake::Watching } else { Stake::Preparing };
        self.attempt += 1;
        let Some(delay) = pace::retry_after(&fault, stake, self.attempt) else {
            return self.fatal(fault).await.into();
        };
        self.last_fault = Some(format!("{} failed last: {}: {}", fault.operation.name(), fault.code, fault.text));
        self.tell(Event::Retrying {
            operation: fault.operation.name().to_owned(),
            code: fault.code,
            delay: delay.as_secs_f64(),
        });
        self.pause = Some(delay);
        Setback::Again
    }

    async fn fatal(&self, fault: Fault) -> Error {
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        match (fault.code.as_str(), self.client.aws().await) {
            ("ClusterNotFoundException", _) => Error::ClusterMissing { cluster },
            ("ServiceNotFoundException", _) => Error::ServiceMissing { service, cluster },
            ("ServiceNotActiveException", _) => {
                Error::ServiceInactive { service, cluster, status: "DRAINING or INACTIVE".to_owned() }
            }
            (_, Ok(aws)) => fault.into_error(aws.endpoint()),
            (_, Err(error)) => error,
        }
    }

    /// DescribeServices of the service.
    pub(super) async fn describe_service(&mut self) -> Result<Value, Setback> {
        let input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    pub(super) fn service_missing(&self) -> Error {
        Error::ServiceMissing { service: self.request.service.clone(), cluster: self.request.cluster.clone() }
    }

    fn time_out(&mut self) -> State {
        let conclusion = Conclusion::TimedOut { reason: self.last_fault.take() };
        if self.ours.is_some() {
            State::Collect { conclusion: Some(Box::new(conclusion)), then: None }
        } else {
            self.conclude(conclusion)
        }
    }

    /// The end with what was asked for live and complete, or with the order given where nobody waits.
    pub(super) fn succeed(&mut self) -> State {
        let outcome = Outcome {
            changed: self.changed,
            definition: self.definition.clone().unwrap_or_default(),
            previous: self.before.definition.clone(),
            deployment: self.ours.as_ref().map(|ours| ours.id.clone()),
            seconds: (self.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            calls: self.calls,
        };
        if self.request.wait || !self.changed {
            self.tell(Event::Succeeded(outcome.clone()));
        }
        State::Done(Box::new(Ok(outcome)))
    }

    /// What is known of a rollout that does not end well.
    pub(super) fn failure(&self) -> Failure {
        Failure {
            service: if self.before.name.is_empty() { self.request.service.clone() } else { self.before.name.clone() },
            deployment: self.ours.as_ref().map(|ours| ours.id.clone()),
            definition: self.definition.clone(),
            causes: self.causes(),
            ..Failure::default()
        }
    }
}
