//! The states of a rollout and the step from one to the next: one attempt at one thing, then either the next state or
//! the same one again after a pause.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
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
use crate::request::Deployment;

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
    },
    /// Look at the deployment (DescribeServices).
    Look,
    /// Ask the service-deployment API about a verdict that the deployments list leaves open.
    Witness(Verdict),
    /// Collect the tasks that stopped (ListTasks, DescribeTasks); then go on looking, or end.
    Collect(Option<Box<Conclusion>>),
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
    cancel: Arc<Notify>,
    events: VecDeque<Event>,
    /// To wait before the next step.
    pub(super) pause: Option<Duration>,
    /// Failed attempts in a row.
    pub(super) attempt: usize,
    last_fault: Option<String>,
    calls: u64,
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
            cancel: Arc::default(),
            events: VecDeque::new(),
            pause: None,
            attempt: 0,
            last_fault: None,
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

    /// What ends the watching when it is notified.
    pub(super) fn canceller(&self) -> Arc<Notify> {
        Arc::clone(&self.cancel)
    }

    /// Does the next thing. Once the end has come, nothing.
    pub(super) async fn step(&mut self) {
        // A write is never cut off: whether it was done would be unknown.
        if self.is_writing() && self.pause.is_none() {
            return self.advance().await;
        }
        let cancel = self.canceller();
        tokio::select! {
            biased;
            () = cancel.notified() => self.state = State::Done(Box::new(Err(Error::Cancelled(Box::new(self.failure()))))),
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
            self.state = self.time_out();
            return;
        }
        match self.take(self.state.clone()).await {
            Ok(next) => {
                self.attempt = 0;
                self.state = next;
            }
            Err(Setback::Again) => {}
            Err(Setback::Fatal(error)) => self.state = State::Done(Box::new(Err(*error))),
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
            State::Confirm { taken } => self.confirm(taken).await,
            State::Look => self.look().await,
            State::Witness(open) => self.witness(open).await,
            State::Collect(conclusion) => self.collect(conclusion).await,
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

    /// Goes to another state in the middle of an attempt that goes on there.
    pub(super) fn goto(&mut self, state: State) {
        self.state = state;
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
        matches!(self.state, State::Done(_) | State::Collect(Some(_)))
    }

    /// The time left until the deadline.
    pub(super) fn left(&self) -> Duration {
        Duration::from_secs_f64(self.request.timeout.clamp(0.0, 1e9)).saturating_sub(self.elapsed())
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.client.clock().now().saturating_sub(self.started)
    }

    /// One attempt at a call.
    pub(super) async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, Fault>, Setback> {
        self.calls += 1;
        // On the wall, whatever the clock: an answer that does not come must not outlast the deadline. A write is left
        // to the connection's own limit: whether it was done would be unknown.
        let limit = self.left() + Duration::from_millis(500);
        let aws = self.client.aws().await?;
        if self.is_writing() {
            return Ok(aws.call(operation, input).await);
        }
        let answer = tokio::time::timeout(limit, aws.call(operation, input)).await;
        Ok(answer.unwrap_or_else(|_| Err(Fault::late(operation))))
    }

    /// What a failed attempt leads to: another after a pause, or the error it is.
    pub(super) async fn setback(&mut self, fault: Fault) -> Setback {
        let stake = if self.ours.is_some() { Stake::Watching } else { Stake::Preparing };
        self.attempt += 1;
        let Some(delay) = pace::retry_after(&fault, stake, self.attempt) else {
            return match self.fatal(fault).await {
                Ok(error) | Err(error) => error.into(),
            };
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

    async fn fatal(&self, fault: Fault) -> Result<Error, Error> {
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        Ok(match fault.code.as_str() {
            "ClusterNotFoundException" => Error::ClusterMissing { cluster },
            "ServiceNotFoundException" => Error::ServiceMissing { service, cluster },
            "ServiceNotActiveException" => Error::ServiceInactive { service, cluster, status: "not active".to_owned() },
            _ => fault.into_error(self.client.aws().await?.endpoint()),
        })
    }

    fn time_out(&mut self) -> State {
        let conclusion = Conclusion::TimedOut { reason: self.last_fault.take() };
        if self.ours.is_some() { State::Collect(Some(Box::new(conclusion))) } else { self.conclude(conclusion) }
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
            ..Failure::default()
        }
    }
}
