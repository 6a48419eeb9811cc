//! From the order to the verdict: look at the service or at the record of its deployment, tell what is new, and end with what
//! the case concludes.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::polling::{self, Phase, Progress};
use crate::aws::fault::ApiError;
use crate::error::Error;
use crate::error::failure::LastSeen;
use crate::rollout::diagnose::evidence::Collected;
use crate::rollout::machine::{Machine, State, Step};
use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::service::strategy::{self, Kind};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::verdict::failures;
use crate::rollout::verdict::judge::{self, Tracked};
use crate::rollout::verdict::tracker::Tracker;
use crate::types::event::Event;

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
    /// The most tasks of earlier deployments that ran at once.
    most_previous: u64,
    /// The definition of the PRIMARY task set in the last look, where CodeDeploy deploys.
    pub(crate) live: Option<String>,
    /// Why tasks stopped.
    pub(crate) collected: Collected,
    /// How far it has come.
    pub(crate) last: Option<LastSeen>,
}

impl Watched {
    /// Keeps of an event how far the rollout has come.
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

impl Machine {
    pub(crate) fn ours(&self) -> Option<&Tracked> {
        self.case.as_ref().map(Tracker::ours)
    }

    /// Begins to watch a deployment.
    pub(crate) fn watch_over(&mut self, ours: Tracked) {
        let by_record = self.has_records() && ours.changed_in_place.is_none();
        // What was there before the order may be complete without the number of tasks that is asked for.
        let counted = self.request.desired.filter(|_| self.before.deployment(&ours.id).is_some());
        let mut case = Tracker::new(ours);
        case.goes_by_record(by_record);
        case.expects(self.usual_seconds());
        case.needs(counted.map(u64::from), self.before.desired);
        if self.kind == Kind::Staged && !by_record {
            case.doubts_list();
        }
        self.case = Some(case);
    }

    /// The first look comes when the pace says so.
    pub(crate) fn begin_watching(&mut self) -> State {
        self.watched.begun = self.elapsed();
        if !self.request.wait {
            return self.ordered();
        }
        self.look_later(None);
        State::Look
    }

    pub(crate) async fn look(&mut self) -> Step {
        self.count_look();
        if self.kind == Kind::CodeDeploy {
            return Box::pin(self.look_at_codedeploy()).await;
        }
        if self.goes_by_record() && (!self.is_list_due() || self.left().is_zero()) {
            return self.look_at_record().await;
        }
        self.look_at_service(None).await
    }

    pub(crate) fn count_look(&mut self) {
        self.watched.looks += 1;
    }

    /// Looks at the service (DescribeServices). `pause`: before the next look, where the pace does not say.
    pub(crate) async fn look_at_service(&mut self, pause: Option<Duration>) -> Step {
        let answer = self.describe_service().await?;
        self.shown(&answer, pause)
    }

    /// What follows from an answer of DescribeServices about the service.
    pub(crate) fn shown(&mut self, answer: &Value, pause: Option<Duration>) -> Step {
        self.list_was_seen();
        let now = self.elapsed();
        let Some(service) = snapshot::service(answer) else {
            let is_missing = snapshot::is_missing(answer);
            let next = self.case.as_mut().map_or(Decision::Wait, |case| case.look(None, is_missing, now));
            return self.follow(next, None);
        };
        let (look, next) = self.see(service);
        let step = self.follow(next, Some(&look));
        if let (Some(pause), true) = (pause, self.pause.is_some()) {
            self.pause = Some(pause);
        }
        step
    }

    /// Takes in one look at the service, and tells what is new in it.
    pub(crate) fn see(&mut self, service: &Map<String, Value>) -> (ServiceView, Decision) {
        let whole = Value::Object(service.clone());
        let mut look = ServiceView::of(&whole);
        look.complete_from(&self.before);
        self.find_strategy(&whole);
        if let Some(case) = &mut self.case {
            case.adopt_listed(&look);
        }
        let Some(ours) = self.ours().cloned() else { return (look, Decision::Wait) };
        self.watched.most_previous = self.watched.most_previous.max(look.running_beside(&ours.id));
        let by_record = self.goes_by_record();
        let Watched { known_events, progress, most_previous, .. } = &mut self.watched;
        for event in judge::events(&ours, known_events, progress.as_ref(), &look, *most_previous) {
            match &event {
                // Of a deployment in stages, its record tells more.
                Event::Progress { .. } if by_record => continue,
                Event::Progress { .. } => self.watched.progress = Some(event.clone()),
                _ => {}
            }
            self.tell(event);
        }
        self.hear(&ours, &look, service);
        let now = self.elapsed();
        let next = self.case.as_mut().map_or(Decision::Wait, |case| case.look(Some(&look), false, now));
        (look, next)
    }

    /// A service that was found without its strategy may turn out to deploy in stages: its record decides then.
    fn find_strategy(&mut self, service: &Value) {
        let is_staged = matches!(strategy::kind(service, &self.request.settings), Ok((Kind::Staged, _)));
        let may_be = self.kind == Kind::Rolling && !self.before.is_configured && is_staged;
        if let (true, Some(case)) = (may_be && !self.records.is_refused(), &mut self.case) {
            self.kind = Kind::Staged;
            case.goes_by_record(true);
        }
    }

    /// What follows from a look.
    pub(crate) fn follow(&mut self, next: Decision, look: Option<&ServiceView>) -> Step {
        let now = self.elapsed();
        match next {
            // The deadline has passed and the list has not decided: the record may have.
            Decision::Wait | Decision::Again(_)
                if self.is_last_look && self.case.as_mut().is_some_and(|case| case.asks_at_deadline(now)) =>
            {
                Ok(State::AskServiceDeployment)
            }
            Decision::Wait => Ok(self.go_on(look)),
            Decision::Again(pause) => Ok(self.look_again(pause)),
            Decision::Ask => Ok(State::AskServiceDeployment),
            Decision::End(Conclusion::Succeeded) => Ok(self.succeed()),
            Decision::End(Conclusion::Missing) => Err(self.service_missing().into()),
            Decision::End(Conclusion::Inactive { status }) => {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                Err(Error::ServiceInactive { service, cluster, status }.into())
            }
            Decision::End(conclusion) => Ok(end_with(conclusion)),
        }
    }

    pub(crate) fn look_again(&mut self, pause: Duration) -> State {
        self.pause = Some(pause);
        State::Look
    }

    fn go_on(&mut self, look: Option<&ServiceView>) -> State {
        self.look_later(look);
        let (Some(ours), Some(look)) = (self.ours(), look) else { return State::Look };
        if failures::keeps_failing(self.request.failures, self.watched.collected.hopeless(), ours, look) {
            let reason = "its tasks keep stopping for a cause that waiting does not cure, and nothing in ECS ends it: \
                          it has neither circuit breaker nor alarms";
            return match self.case.as_mut().map_or(Decision::Wait, |case| case.hopeless(reason)) {
                Decision::End(conclusion) => end_with(conclusion),
                _ => State::AskServiceDeployment,
            };
        }
        let failed = look.deployment(&ours.id).map_or(0, |our| our.failed);
        let is_due = self.watched.collected.is_due(failed, self.elapsed());
        if !is_due {
            return State::Look;
        }
        // At once: the pause is for the look that comes after.
        State::Collect { conclusion: None, then: self.pause.take() }
    }

    /// Sets the pause before the next look.
    pub(crate) fn look_later(&mut self, look: Option<&ServiceView>) {
        let Some(ours) = self.ours().cloned() else { return };
        let now = self.elapsed();
        let phase = match look {
            _ if self.goes_back() => Phase::Settling,
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
            usual: self.staged().ends().map(|ends| ends - begun).or_else(|| self.usual_seconds()),
        };
        // A little shorter by chance, so that many rollouts begun together do not look together.
        self.pause = Some(polling::next_look(&progress).mul_f64(1.0 - fastrand::f64() * 0.05));
    }

    /// The end that a conclusion is.
    pub(crate) fn conclude(&mut self, conclusion: Conclusion) -> State {
        let mut failure = Box::new(self.failure());
        // What runs now, unless that is somebody else's.
        let restored = match self.kind {
            Kind::CodeDeploy => self.watched.live.clone(),
            _ => self.case.as_ref().and_then(Tracker::live).cloned(),
        };
        let is_left = matches!(conclusion, Conclusion::Failed { .. } | Conclusion::TimedOut { .. });
        let error = match conclusion {
            Conclusion::Failed { reason } => {
                failure.reason = reason;
                Error::Failed(failure)
            }
            Conclusion::RolledBack { reason } => {
                // The list may not have come up to it yet.
                let named = self.case.as_ref().and_then(Tracker::restored).cloned();
                let restored = named.or(restored).filter(|live| Some(live) != self.definition.as_ref());
                (failure.reason, failure.restored) = (reason, restored.or_else(|| self.restored_by_default()));
                Error::RolledBack(failure)
            }
            Conclusion::Stopped { reason } => {
                // What was stopped may be all that there is, and a look may be behind.
                let restored = restored.filter(|live| Some(live) != self.definition.as_ref());
                (failure.reason, failure.restored) = (reason, restored);
                Error::Stopped(failure)
            }
            Conclusion::Superseded { by, definition } => {
                failure.restored = Some(definition).filter(|definition| !definition.is_empty());
                Error::Superseded { by, failure }
            }
            Conclusion::TimedOut { reason } => {
                failure.last = self.watched.last.clone();
                // What is gone back from does not go on.
                failure.reason = if self.is_to_recover() { reason } else { Some(self.what_goes_on(reason)) };
                Error::TimedOut { seconds: self.request.timeout, failure }
            }
            Conclusion::Succeeded | Conclusion::Missing | Conclusion::Inactive { .. } => return State::Look,
        };
        if is_left { self.recover(error) } else { State::Done(Box::new(Err(error))) }
    }
}

impl Machine {
    /// What ECS goes back to, as far as that was seen before the order: what was complete then.
    fn restored_by_default(&self) -> Option<String> {
        let is_alone = self.before.deployments.len() == 1;
        let is_complete = |primary: &&DeploymentView| is_alone && (primary.is("COMPLETED") || primary.state.is_none());
        let complete = self.before.primary().filter(is_complete);
        complete.and_then(|_| self.before.definition.clone()).filter(|before| Some(before) != self.definition.as_ref())
    }

    /// What a time-out leaves behind, and the way on. `fault`: the attempt that failed last.
    fn what_goes_on(&self, fault: Option<String>) -> String {
        let way_on = match self.changed || self.case.is_some() {
            true => "ECS goes on: `watch` joins it, `rollback` goes back, and a longer `timeout` waits longer",
            false if matches!(self.state, State::Confirm { .. }) => {
                "it is not known whether ECS has taken the order: `watch` joins it if so, and the same deploy again gives it if not"
            }
            false => "nothing of the service was written",
        };
        fault.into_iter().chain([way_on.to_owned()]).collect::<Vec<_>>().join("; ")
    }
}

pub(crate) fn end_with(conclusion: Conclusion) -> State {
    State::Collect { conclusion: Some(Box::new(conclusion)), then: None }
}

/// Whether a failed attempt may succeed when it is made again.
pub(crate) fn is_passing(fault: &ApiError) -> bool {
    fault.is_transient()
}
