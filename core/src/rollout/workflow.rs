//! One rollout in progress: the request, what the phases have found, and its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;

use super::codedeploy;
use super::flows::service::DesiredService;
use super::prepare::Prepared;
use super::service::autoscaling::Autoscaling;
use super::service::snapshot::{DeploymentView, ServiceView};
use super::service::strategy::Kind;
use super::tasks::queue::Tasks;
use super::verdict::conclusion::Conclusion;
use super::verdict::judge::Tracked;
use super::verdict::tracker::Tracker;
use super::watch::ecs::Watched;
use super::watch::service_deployments::ServiceDeployments;
use crate::client::Client;
use crate::engine::cancel::Cancellation;
use crate::engine::context::{Context, Events, Halt};
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::error::failure::Failure;
use crate::redact::words::Words;
use crate::types::deployment::Deployment;
use crate::types::event::{Event, Outcome};
use crate::types::stages::LIVE;

/// Why a service is not written to, because another has failed.
const NOT_BEGUN: &str = "not begun, because ";

/// What a rollout that is cancelled leaves behind.
pub(crate) const GOES_ON: &str = "the deployment continues: `watch` joins it, `rollback` rolls back";

/// The verb of a rollout.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verb {
    /// Deploy the request.
    Deploy,
    /// Watch a deployment that somebody else began: the one with this id, or the newest.
    Watch { deployment: Option<String> },
    /// Roll back to what ran before.
    Rollback,
    /// Continue a deployment that waits at this hook, or at any.
    Resume { hook: Option<String> },
    /// Run a task of the definition.
    Run,
    /// Register the definition, and no more.
    Register,
}

impl Rollout {
    /// A rollout of this verb.
    pub(crate) fn of_verb(client: Client, request: Deployment, verb: Verb) -> Self {
        let secrets = Words::of(&request);
        Self::of_flow(secrets, move |events, cancellation| {
            async move {
                let cx = Context::new(client, events, cancellation, None);
                Workflow::new(cx, request, verb).run_to_the_end().await
            }
            .boxed()
        })
    }
}

/// One rollout: its context, the request, and what the phases have found.
pub(crate) struct Workflow {
    pub(crate) cx: Context,
    pub(crate) request: Deployment,
    pub(crate) verb: Verb,
    pub(crate) found: Found,
    pub(crate) prepared: Prepared,
    pub(crate) order: Order,
    /// The tracker of our deployment, once there is one.
    pub(crate) tracker: Option<Tracker>,
    pub(crate) records: ServiceDeployments,
    pub(crate) watched: Watched,
    pub(crate) codedeploy: codedeploy::CodeDeployState,
    /// Tasks that run to their end.
    pub(crate) tasks: Tasks,
    /// The service that is to exist, for the verb `service`.
    pub(crate) providing: Option<Box<DesiredService>>,
}

/// The service as it was found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) before: ServiceView,
    pub(crate) autoscaling: Autoscaling,
    /// A deployment that the service is known to have, and how many looks may leave it out: they are stale.
    pub(crate) expected: Option<(String, u32)>,
    /// The deployment that is rolled back, during a rollback.
    pub(crate) instead_of: Option<Tracked>,
}

/// The order, and how far it is known to be done.
#[derive(Default)]
pub(crate) struct Order {
    /// The definition that is deployed, once it is settled.
    pub(crate) definition: Option<String>,
    pub(crate) changed: bool,
    /// How often it was placed and failed.
    pub(crate) attempts: usize,
    /// Whether tags were written, which is no order.
    pub(crate) is_tagged: bool,
    /// True while an order without an answer is looked for: ECS may have accepted it.
    pub(crate) is_searching: bool,
    pub(crate) search: Search,
    /// The input of a StopServiceDeployment or ContinueServiceDeployment call without an answer: ECS may have accepted it.
    pub(crate) unanswered: Option<Box<Value>>,
    /// The hook that was to be continued, and its stage.
    pub(crate) waited: Option<(Option<String>, Option<String>)>,
}

/// What the looks for an order without an answer have shown.
#[derive(Default)]
pub(crate) struct Search {
    /// When the looks began, on the client's clock.
    pub(crate) begun: Duration,
    /// How long the order is looked for at least before it counts as not taken.
    pub(crate) at_least: Duration,
    /// The deployment of somebody else that has begun since.
    pub(crate) since: Option<DeploymentView>,
    /// How many looks in a row have shown no service, or one that is being deleted.
    pub(crate) gone: u32,
}

impl Workflow {
    pub(crate) fn new(mut cx: Context, request: Deployment, verb: Verb) -> Self {
        let tasks = Tasks::of(&request);
        if matches!(verb, Verb::Watch { .. }) {
            cx.set_detachable();
        }
        let mut work = Self {
            cx,
            request,
            verb,
            found: Found::default(),
            prepared: Prepared::default(),
            order: Order::default(),
            tracker: None,
            records: ServiceDeployments::default(),
            watched: Watched::default(),
            codedeploy: codedeploy::CodeDeployState::default(),
            tasks,
            providing: None,
        };
        work.set_deadline();
        work
    }

    /// Runs the verb to its end.
    pub(crate) async fn run_to_the_end(mut self) -> Result<Outcome, Error> {
        self.run_whole().await
    }

    /// The same, so that it can go on afterwards.
    pub(crate) async fn run_whole(&mut self) -> Result<Outcome, Error> {
        let end = match self.verb.clone() {
            Verb::Watch { deployment } => Box::pin(self.watch_other(deployment.as_deref())).await,
            Verb::Rollback => Box::pin(self.roll_back()).await,
            Verb::Resume { hook } => Box::pin(self.resume(hook.as_deref())).await,
            Verb::Deploy | Verb::Run | Verb::Register => Box::pin(self.deploy()).await,
        };
        let end = Box::pin(self.finish(end)).await;
        self.cx.secrets.hide_in(end)
    }

    /// A workflow that nothing ends from outside.
    pub(crate) fn uncancelled(client: Client, request: Deployment, verb: Verb) -> (Self, Events) {
        let events = Events::kept();
        let cx = Context::new(client, events.clone(), Arc::<Cancellation>::default(), None);
        (Self::new(cx, request, verb), events)
    }

    /// The time is that of the request, and what tasks before the order took does not count.
    pub(crate) fn set_deadline(&mut self) {
        let timeout = Duration::try_from_secs_f64(self.request.timeout.min(1e9)).unwrap_or_default();
        let deadline = self.cx.started() + timeout + self.tasks.spent();
        self.cx.ends_at(self.tasks.deadline().unwrap_or(deadline));
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.watched.note(&event);
        if let Event::Stage { stage } = &event {
            self.watched.shown.enter(stage, self.cx.seconds());
        }
        self.cx.emit(event);
    }

    /// The outcome or the error that the end of a flow is.
    pub(crate) async fn finish(&mut self, end: Result<Outcome, Halt>) -> Result<Outcome, Error> {
        let mut end = end;
        loop {
            let halt = match end {
                Ok(outcome) => return Ok(outcome),
                Err(halt) => halt,
            };
            end = match halt {
                Halt::End(error) => return Err(*error),
                Halt::Fail(error) => return Err(Box::pin(self.failed(*error)).await),
                Halt::Cancelled => return Err(Box::pin(self.cancelled()).await),
                Halt::LeftOut => return Err(Self::not_begun(&self.request.service, None)),
                // Outside of a loop that tries again, neither is an end: the time is over before the next attempt.
                Halt::Deadline | Halt::Retry | Halt::Stale => Box::pin(self.timed_out()).await,
            };
        }
    }

    /// Completes an error: with what had begun, and with the tasks that still run.
    async fn failed(&mut self, error: Error) -> Error {
        let is_begun = self.order.changed || self.tracker.is_some() || self.order.is_searching;
        let error = if is_begun { error.with_begun(self.failure()) } else { error };
        Box::pin(self.tasks_lost(error)).await
    }

    async fn cancelled(&mut self) -> Error {
        if self.tasks.is_waiting() {
            return Box::pin(self.tasks_cancelled()).await;
        }
        let mut failure = self.failure();
        failure.reason = (self.tracker.is_some() || self.order.changed).then(|| GOES_ON.to_owned());
        Error::Cancelled(Box::new(failure))
    }

    /// The end of a service that is not written to, because another has failed: this one, if it is known.
    pub(crate) fn not_begun(service: &str, other: Option<&str>) -> Error {
        let other = other.map_or_else(|| "another service".to_owned(), |other| format!("service {other:?}"));
        let reason = Some(format!("{NOT_BEGUN}{other} failed before"));
        Error::Cancelled(Box::new(Failure { service: service.to_owned(), reason, ..Failure::default() }))
    }

    pub(crate) fn is_not_begun(error: &Error) -> bool {
        matches!(error, Error::Cancelled(failure) if failure.reason.as_deref().is_some_and(|reason| reason.starts_with(NOT_BEGUN)))
    }

    async fn timed_out(&mut self) -> Result<Outcome, Halt> {
        if self.tasks.is_waiting() {
            return Err(Halt::End(Box::new(Box::pin(self.tasks_timed_out()).await)));
        }
        let known = self.tracker.as_ref().and_then(Tracker::at_deadline);
        let last_fault = self.cx.attempts.last_fault.take();
        let conclusion = known.unwrap_or(Conclusion::TimedOut { reason: last_fault });
        match self.tracker.is_some() {
            true => Box::pin(self.end(conclusion)).await,
            false => Box::pin(self.conclude(conclusion)).await,
        }
    }

    /// Ends with success: the request is live and complete.
    pub(crate) fn succeed(&mut self) -> Outcome {
        self.warn_of_other_number();
        self.warn_of_no_pause();
        let outcome = Outcome { reached: Some(LIVE.to_owned()), ..self.outcome() };
        self.emit(Event::Succeeded(outcome.clone()));
        outcome
    }

    pub(crate) fn outcome(&self) -> Outcome {
        Outcome {
            changed: self.order.changed || self.order.is_tagged,
            reached: None,
            definition: self.order.definition.clone().unwrap_or_default(),
            previous: self.found.before.definition.clone(),
            deployment: self.ours().map(|ours| ours.id.clone()),
            record: self.record_arn(),
            images: self.watched.shown.images(),
            endpoint: self.endpoint(),
            console: self.console(),
            stages: self.watched.shown.stages(self.cx.seconds()),
            warnings: self.cx.warnings.clone(),
            seconds: (self.cx.seconds() * 1000.0).round() / 1000.0,
            calls: self.cx.attempts.calls,
        }
    }

    /// The failure of the rollout, as far as it is known.
    pub(crate) fn failure(&self) -> Failure {
        let check = self.tasks.failed.as_deref().cloned().unwrap_or_default();
        Failure {
            service: if self.found.before.name.is_empty() {
                self.request.service.clone()
            } else {
                self.found.before.name.clone()
            },
            deployment: self.ours().map(|ours| ours.id.clone()),
            definition: self.order.definition.clone(),
            place: check.place,
            tasks: check.tasks,
            causes: check.causes.into_iter().chain(self.causes()).collect(),
            ..Failure::default()
        }
    }
}
