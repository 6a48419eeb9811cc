//! Watches from the order to the verdict: looks at the service or at the record of its deployment, emits what is new, and ends with
//! the tracker's conclusion.

use crate::engine::context::{Halt, persist};
use std::collections::HashSet;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Map, Value};

use super::lifecycle::Pause;
use super::polling::{self, Phase, Progress};
use super::shown::Shown;
use crate::aws::fault::ApiError;
use crate::error::Error;
use crate::error::failure::LastSeen;
use crate::rollout::diagnose::evidence::Collected;
use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::service::strategy::{self, Kind};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::verdict::failures;
use crate::rollout::verdict::judge::{self, Tracked};
use crate::rollout::verdict::tracker::Tracker;
use crate::rollout::workflow::Workflow;
use crate::types::event::{Event, Outcome};

/// Steps past the deadline in which the last observation is followed up.
const OVERTIME: u32 = 5;

/// The next step while a deployment is watched.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// Look at the deployment.
    Look,
    /// Ask the service-deployment API about a verdict that the list of deployments leaves open.
    Ask,
    /// Find what replaced a deployment whose record has failed (DescribeServices).
    Settle(Box<Value>),
    /// Collect the tasks that stopped (ListTasks, DescribeTasks), then look after this pause.
    Collect { then: Option<Duration> },
    /// Run tasks while the deployment waits at a hook, and continue it or roll it back.
    AtPause(Pause),
    /// It is over.
    End(Conclusion),
    /// Nothing is in progress any more: deploy the earlier definition.
    DeployFormer,
}

pub(crate) type Step = Result<Next, Halt>;

/// What the looks so far have shown.
#[derive(Default)]
pub(crate) struct Watched {
    /// When the order was taken.
    pub(crate) begun: Duration,
    /// The ids of the service events that are known.
    pub(crate) known_events: HashSet<String>,
    looks: u32,
    progress: Option<Event>,
    phase: Option<(Phase, Duration)>,
    /// The most tasks of earlier deployments that ran at the same time.
    most_previous: u64,
    /// The definition of the PRIMARY task set in the last look, if CodeDeploy deploys.
    pub(crate) live: Option<String>,
    /// Why tasks stopped.
    pub(crate) collected: Collected,
    /// The progress so far.
    pub(crate) last: Option<LastSeen>,
    /// True once the deployment is watched.
    pub(crate) is_watching: bool,
    /// The pauses that were answered, or are being answered.
    pub(crate) answered: Vec<Pause>,
    /// The members of an outcome beside the verdict.
    pub(crate) shown: Shown,
}

impl Watched {
    /// Notes the progress that an event shows.
    pub(crate) fn note(&mut self, event: &Event) {
        match event {
            Event::Progress { desired, running, pending, failed, .. } => {
                let last = self.last.get_or_insert_default();
                (last.desired, last.running) = (Some(*desired), Some(*running));
                (last.pending, last.failed) = (Some(*pending), Some(*failed));
            }
            Event::Stage { stage } | Event::Paused { stage, .. } => {
                self.last.get_or_insert_default().stage = Some(stage.clone());
            }
            Event::Message { text, .. } => self.last.get_or_insert_default().message = Some(text.clone()),
            _ => {}
        }
    }

    /// Calls that count as looks.
    pub(crate) fn spent(&mut self, calls: u32) {
        self.looks += calls;
    }
}

impl Workflow {
    pub(crate) fn ours(&self) -> Option<&Tracked> {
        self.tracker.as_ref().map(Tracker::ours)
    }

    /// Begins to watch a deployment.
    pub(crate) fn watch_over(&mut self, ours: Tracked) {
        let by_record = self.has_records() && ours.changed_in_place.is_none();
        // A deployment from before the order may be complete without the requested number of tasks.
        let counted = self.request.desired.filter(|_| self.found.before.deployment(&ours.id).is_some());
        let mut tracker = Tracker::new(ours);
        tracker.knows(&self.found.before.deployments);
        tracker.goes_by_record(by_record);
        tracker.expects(self.typical_seconds());
        tracker.needs(counted.map(u64::from), self.found.before.desired);
        if self.found.kind == Kind::Staged && !by_record {
            tracker.doubts_list();
        }
        self.tracker = Some(tracker);
    }

    /// Begins to count the time of the deployment; the first look comes after the pause.
    pub(crate) fn begin_watching(&mut self) {
        self.watched.begun = self.cx.elapsed();
        if self.request.wait {
            self.look_later(None);
        }
    }

    /// Watches our deployment until there is a conclusion; `None` if nothing is in progress any more and the earlier definition is to
    /// be deployed.
    pub(crate) async fn watch(&mut self) -> Result<Option<Conclusion>, Halt> {
        self.cx.is_past_preparing();
        self.cx.set_detachable();
        self.watched.is_watching = true;
        let (mut next, mut overtime) = (Next::Look, 0);
        loop {
            match next {
                Next::End(conclusion) => return Ok(Some(conclusion)),
                Next::DeployFormer => {
                    // What follows is a new order, with no time beyond the deadline.
                    (self.cx.timing.is_last_look, self.cx.timing.is_followed_up) = (false, false);
                    return Ok(None);
                }
                _ => {}
            }
            let step = match self.looks_with_others(&next) {
                true => Box::pin(self.look_with_others()).await,
                false => {
                    self.cx.sleep_pause().await?;
                    self.check_deadline(&next, &mut overtime)?;
                    self.go_on_with(&next).await
                }
            };
            match step {
                Ok(then) => {
                    self.cx.succeeded();
                    next = then;
                }
                Err(Halt::Retry) => {}
                Err(halt) => return Err(halt),
            }
        }
    }

    async fn go_on_with(&mut self, next: &Next) -> Step {
        match next {
            Next::Look => self.look().await,
            Next::Ask => self.ask_service_deployment().await,
            Next::Settle(record) => self.settle_record(record).await,
            Next::Collect { then } => {
                self.collect(None).await?;
                self.cx.timing.pause = *then;
                Ok(Next::Look)
            }
            Next::AtPause(pause) => self.answer_pause(pause).boxed().await,
            Next::End(_) | Next::DeployFormer => Ok(next.clone()),
        }
    }

    /// Past the deadline, the truth may have come since the last look: one more, and what that leaves open is asked, but no further.
    fn check_deadline(&mut self, next: &Next, overtime: &mut u32) -> Result<(), Halt> {
        if !self.cx.left().is_zero() {
            return Ok(());
        }
        let is_open = match next {
            Next::Look => !self.cx.timing.is_last_look,
            Next::Ask | Next::Settle(_) => *overtime < OVERTIME,
            _ => false,
        };
        if !is_open {
            return Err(Halt::Deadline);
        }
        self.cx.timing.is_last_look |= matches!(next, Next::Look);
        self.cx.timing.is_followed_up = true;
        *overtime += 1;
        Ok(())
    }

    async fn look(&mut self) -> Step {
        self.count_look();
        if self.found.kind == Kind::CodeDeploy {
            return Box::pin(self.look_at_codedeploy()).await;
        }
        if self.goes_by_record() && (!self.is_list_due() || self.cx.left().is_zero()) {
            return self.look_at_record().await;
        }
        self.look_at_service(None).await
    }

    pub(crate) fn count_look(&mut self) {
        self.watched.looks += 1;
    }

    /// Looks at the service (DescribeServices). `pause`: before the next look, if it is not the usual one.
    pub(crate) async fn look_at_service(&mut self, pause: Option<Duration>) -> Step {
        let answer = self.describe_service().await?;
        self.shown(&answer, pause)
    }

    /// Handles an answer of DescribeServices about the service.
    pub(crate) fn shown(&mut self, answer: &Value, pause: Option<Duration>) -> Step {
        self.list_was_seen();
        let now = self.cx.elapsed();
        let Some(service) = snapshot::service(answer) else {
            let is_missing = snapshot::is_missing(answer);
            let next = self.tracker.as_mut().map_or(Decision::Wait, |tracker| tracker.look(None, is_missing, now));
            return self.follow(next, None);
        };
        let (look, next) = self.see(service);
        let step = self.follow(next, Some(&look));
        if let (Some(pause), true) = (pause, self.cx.timing.pause.is_some()) {
            self.cx.timing.pause = Some(pause);
        }
        step
    }

    /// Evaluates one look at the service, and emits what is new in it.
    pub(crate) fn see(&mut self, service: &Map<String, Value>) -> (ServiceView, Decision) {
        let whole = Value::Object(service.clone());
        let mut look = ServiceView::of(&whole);
        look.complete_from(&self.found.before);
        self.find_strategy(&whole);
        self.watched.shown.note_service(service, false);
        if let Some(tracker) = &mut self.tracker {
            tracker.adopt_listed(&look);
        }
        let Some(ours) = self.ours().cloned() else { return (look, Decision::Wait) };
        self.watched.most_previous = self.watched.most_previous.max(look.running_beside(&ours.id));
        let by_record = self.goes_by_record();
        let Watched { known_events, progress, most_previous, .. } = &mut self.watched;
        for event in judge::events(&ours, known_events, progress.as_ref(), &look, *most_previous) {
            match &event {
                // For a deployment in stages, its record shows more.
                Event::Progress { .. } if by_record => continue,
                Event::Progress { .. } => self.watched.progress = Some(event.clone()),
                _ => {}
            }
            self.emit(event);
        }
        self.read_events(&ours, &look, service);
        let now = self.cx.elapsed();
        let next = self.tracker.as_mut().map_or(Decision::Wait, |tracker| tracker.look(Some(&look), false, now));
        (look, next)
    }

    /// A service that was found without its strategy may turn out to deploy in stages: its record decides then.
    fn find_strategy(&mut self, service: &Value) {
        let is_staged = matches!(strategy::kind(service, &self.request.settings), Ok((Kind::Staged, _)));
        let may_be = self.found.kind == Kind::Rolling && !self.found.before.configuration.is_shown && is_staged;
        if let (true, Some(tracker)) = (may_be && !self.records.is_refused(), &mut self.tracker) {
            self.found.kind = Kind::Staged;
            tracker.goes_by_record(true);
        }
    }

    /// Follows the decision of a look.
    pub(crate) fn follow(&mut self, next: Decision, look: Option<&ServiceView>) -> Step {
        let now = self.cx.elapsed();
        match next {
            // The deadline has passed and the list has not decided: the record may have.
            Decision::Wait | Decision::Again(_)
                if self.cx.timing.is_last_look
                    && self.tracker.as_mut().is_some_and(|tracker| tracker.asks_at_deadline(now)) =>
            {
                Ok(Next::Ask)
            }
            Decision::Wait => Ok(self.go_on(look)),
            Decision::Again(pause) => Ok(self.look_again(pause)),
            Decision::Ask => Ok(Next::Ask),
            Decision::End(Conclusion::Missing) => Err(self.service_missing().into()),
            Decision::End(Conclusion::Inactive { status }) => {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                Err(Error::ServiceInactive { service, cluster, status }.into())
            }
            Decision::End(conclusion) => Ok(Next::End(conclusion)),
        }
    }

    pub(crate) fn look_again(&mut self, pause: Duration) -> Next {
        self.cx.timing.pause = Some(pause);
        Next::Look
    }

    fn go_on(&mut self, look: Option<&ServiceView>) -> Next {
        self.look_later(look);
        let (Some(ours), Some(look)) = (self.ours(), look) else { return Next::Look };
        if failures::keeps_failing(self.request.failures, self.watched.collected.hopeless(), ours, look) {
            let reason = "its tasks keep stopping for a cause that waiting does not cure, and nothing in ECS ends it: \
                          it has neither circuit breaker nor alarms";
            return match self.tracker.as_mut().map_or(Decision::Wait, |tracker| tracker.hopeless(reason)) {
                Decision::End(conclusion) => Next::End(conclusion),
                _ => {
                    // At once: meanwhile somebody may stop it.
                    self.cx.timing.pause = None;
                    Next::Ask
                }
            };
        }
        let failed = look.deployment(&ours.id).map_or(0, |our| our.failed);
        let is_due = self.watched.collected.pace.is_due(failed, self.cx.elapsed());
        if !is_due {
            return Next::Look;
        }
        // Now: the pause is for the look that comes after.
        Next::Collect { then: self.cx.timing.pause.take() }
    }

    /// Sets the pause before the next look.
    pub(crate) fn look_later(&mut self, look: Option<&ServiceView>) {
        let Some(ours) = self.ours().cloned() else { return };
        let now = self.cx.elapsed();
        let phase = match look {
            _ if self.is_rolling_back() => Phase::Settling,
            _ if self.goes_by_record() => polling::staged_phase(self.staged()),
            Some(look) => polling::phase(&ours, look, self.watched.most_previous),
            None => self.watched.phase.map_or(Phase::Starting, |(known, _)| known),
        };
        let since = match self.watched.phase {
            Some((known, since)) if known == phase => since,
            _ => now,
        };
        self.watched.phase = Some((phase, since));
        let failing = look.and_then(|look| look.deployment(&ours.id)).is_some_and(|our| our.failed > 0);
        let begun = self.watched.begun.as_secs_f64();
        let progress = Progress {
            phase,
            elapsed: now.as_secs_f64() - begun,
            in_phase: now.saturating_sub(since).as_secs_f64(),
            looks: self.watched.looks,
            failing,
            typical: self.staged().ends().map(|ends| ends - begun).or_else(|| self.typical_seconds()),
        };
        // A little shorter by chance, so that many rollouts begun together do not look together.
        self.cx.timing.pause = Some(polling::next_look(&progress).mul_f64(1.0 - fastrand::f64() * 0.05));
    }

    /// Ends with a conclusion, and finds why tasks stopped if it is no success.
    pub(crate) async fn end(&mut self, conclusion: Conclusion) -> Result<Outcome, Halt> {
        let conclusion = self.with_failed_check(conclusion);
        match conclusion {
            Conclusion::Succeeded => return Box::pin(self.end_live()).await,
            Conclusion::Reached { reached } => {
                self.find_images().await;
                Box::pin(self.find_endpoint()).await;
                return Ok(Outcome { reached: Some(reached), ..self.outcome() });
            }
            _ => {}
        }
        self.cx.timing.overruns = true;
        let explained = persist!(self, self.collect(Some(&conclusion)).await);
        self.cx.timing.overruns = false;
        explained?;
        self.conclude(conclusion).await
    }

    /// The error of a conclusion. A failed deployment is rolled back, if `recover` is set.
    pub(crate) async fn conclude(&mut self, conclusion: Conclusion) -> Result<Outcome, Halt> {
        let stays_failed = matches!(conclusion, Conclusion::Failed { .. } | Conclusion::TimedOut { .. });
        let error = self.error_of(conclusion);
        let error = if stays_failed { Box::pin(self.recover(error)).await? } else { error };
        Err(Halt::End(Box::new(error)))
    }

    pub(crate) fn error_of(&mut self, conclusion: Conclusion) -> Error {
        let mut failure = Box::new(self.failure());
        // The definition that runs now, unless it is somebody else's.
        let restored = match self.found.kind {
            Kind::CodeDeploy => self.watched.live.clone(),
            _ => self.tracker.as_ref().and_then(Tracker::live).cloned(),
        };
        match conclusion {
            Conclusion::Failed { reason } => {
                failure.reason = reason;
                Error::Failed(failure)
            }
            Conclusion::RolledBack { reason } => {
                // The list may be stale.
                let named = self.tracker.as_ref().and_then(Tracker::restored).cloned();
                let restored = named.or(restored).filter(|live| Some(live) != self.order.definition.as_ref());
                (failure.reason, failure.restored) = (reason, restored.or_else(|| self.restored_by_default()));
                Error::RolledBack(failure)
            }
            Conclusion::Stopped { reason } => {
                // A stopped deployment may be the only one, and a look may be stale.
                let restored = restored.filter(|live| Some(live) != self.order.definition.as_ref());
                (failure.reason, failure.restored) = (reason, restored);
                Error::Stopped(failure)
            }
            Conclusion::Superseded { by, definition } => {
                failure.restored = Some(definition).filter(|definition| !definition.is_empty());
                Error::Superseded { by, failure }
            }
            Conclusion::TimedOut { reason } => {
                failure.last = self.watched.last.clone();
                // A deployment that is rolled back does not continue.
                failure.reason = if self.is_to_recover() { reason } else { Some(self.what_goes_on(reason)) };
                Error::TimedOut { seconds: self.request.timeout, failure }
            }
            // These are not concluded: they have their own error, or none.
            Conclusion::Succeeded | Conclusion::Reached { .. } | Conclusion::Missing | Conclusion::Inactive { .. } => {
                Error::Failed(failure)
            }
        }
    }
}

impl Workflow {
    /// The definition that ECS rolls back to, as far as it was seen before the order: the one that was complete then.
    fn restored_by_default(&self) -> Option<String> {
        let is_alone = self.found.before.deployments.len() == 1;
        let is_complete = |primary: &&DeploymentView| is_alone && (primary.is("COMPLETED") || primary.state.is_none());
        let complete = self.found.before.primary().filter(is_complete);
        complete
            .and_then(|_| self.found.before.definition.clone())
            .filter(|before| Some(before) != self.order.definition.as_ref())
    }

    /// Explains what a time-out leaves behind, and what to do. `fault`: the attempt that failed last.
    fn what_goes_on(&self, fault: Option<String>) -> String {
        let way_on = match self.order.changed || self.tracker.is_some() {
            true => "ECS continues: `watch` joins it, `rollback` rolls back, and a longer `timeout` waits longer",
            false if self.order.is_searching => {
                "it is unknown whether ECS has accepted the order: if so, `watch` joins it; if not, deploy again"
            }
            false => "nothing of the service was written",
        };
        fault.into_iter().chain([way_on.to_owned()]).collect::<Vec<_>>().join("; ")
    }
}

/// Whether a failed attempt may succeed when it is made again.
pub(crate) fn is_passing(fault: &ApiError) -> bool {
    fault.is_transient()
}
