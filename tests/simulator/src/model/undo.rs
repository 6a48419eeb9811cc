//! Decides when a deployment is given up, by the breaker, an alarm, a hook or a request, and what becomes of it then.

use serde_json::Value;

use super::events::{self, reason};
use super::record::{Status, Watched};
use super::service::{Around, Rollout, Service};

/// Why a deployment is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Breaker,
    Alarm,
    Hook,
    Request,
}

impl Cause {
    /// The reason as a service deployment shows it.
    pub(crate) fn record(self) -> &'static str {
        match self {
            Cause::Breaker => "Service deployment rolled back because the circuit breaker threshold was exceeded.",
            Cause::Alarm => "Service deployment rolled back because an alarm was detected.",
            Cause::Hook => "Service deployment rolled back because a lifecycle hook failed.",
            Cause::Request => "Service deployment rolled back because of a stop request.",
        }
    }

    /// The reason as the failed deployment shows it.
    fn rollout(self) -> &'static str {
        match self {
            Cause::Breaker => reason::BROKEN,
            Cause::Alarm => reason::ALARMED,
            Cause::Hook => reason::HOOKED,
            Cause::Request => "a rollback was requested",
        }
    }

    fn event(self, deployment: &str) -> Option<String> {
        match self {
            Cause::Breaker => Some(events::failed(deployment, "tasks failed to start")),
            Cause::Alarm => Some(events::failed(deployment, "alarm detected")),
            Cause::Hook => Some(events::failed(deployment, "lifecycle hook failed")),
            Cause::Request => None,
        }
    }

    /// The reason of the deployment that goes back to `target`, as `deployment`.
    pub(crate) fn going_back(self, target: &str, deployment: &str) -> String {
        match self {
            Cause::Breaker => reason::rolling_back("circuit breaker", target),
            Cause::Alarm => reason::rolling_back("alarm", target),
            Cause::Hook => reason::rolling_back("lifecycle hook", target),
            Cause::Request => reason::in_progress(deployment),
        }
    }
}

impl Service {
    /// Gives up the running deployment if there is a reason to.
    pub(crate) fn judge(&mut self, around: &mut Around<'_>) {
        let Some(primary) = self.deployments.first() else { return };
        let (index, rollback) = (primary.record, primary.rollback);
        if self.records[index].status == Status::RollbackRequested && !rollback {
            return self.give_up(Cause::Request, true, around);
        }
        if primary.rollout != Rollout::InProgress {
            return;
        }
        let breaker = self.breaker();
        let counted = primary.counted;
        if !rollback {
            self.records[index].breaker.failures = counted;
            self.records[index].breaker.threshold = breaker.threshold;
        }
        if breaker.enable && counted >= breaker.threshold {
            self.records[index].breaker.status = "TRIGGERED";
            return self.give_up(Cause::Breaker, breaker.rollback, around);
        }
        if !rollback && self.alarmed(index, around) {
            let back = self.alarm_setting("rollback");
            return self.give_up(Cause::Alarm, back, around);
        }
        let begun = self.records[index].status == Status::InProgress;
        if !rollback && begun && self.step_stages(around) {
            self.give_up(Cause::Hook, true, around);
        }
    }

    fn alarm_setting(&self, name: &str) -> bool {
        let configuration = self.settings.get("deploymentConfiguration");
        let setting = configuration.and_then(|value| value.get("alarms")).and_then(|value| value.get(name));
        setting.and_then(Value::as_bool).unwrap_or(false)
    }

    pub(crate) fn watches_alarms(&self) -> bool {
        self.alarm_setting("enable")
    }

    /// The alarms that a deployment beginning now watches: one that is on already is not regarded.
    pub(crate) fn watched(&self, around: &Around<'_>) -> Watched {
        let configuration = self.settings.get("deploymentConfiguration");
        let names = configuration.and_then(|value| value.pointer("/alarms/alarmNames")).and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
        let names: Vec<String> = names.collect();
        let ignored = names.iter().filter(|name| around.outside.alarms.on(name, around.now)).cloned().collect();
        let status = if self.watches_alarms() { "MONITORING" } else { "DISABLED" };
        Watched { status, names, ignored, triggered: Vec::new() }
    }

    fn alarmed(&mut self, record: usize, around: &Around<'_>) -> bool {
        let watched = &mut self.records[record].alarms;
        if watched.status != "MONITORING" {
            return false;
        }
        let on = |name: &&String| !watched.ignored.contains(name) && around.outside.alarms.on(name, around.now);
        let triggered: Vec<String> = watched.names.iter().filter(on).cloned().collect();
        if triggered.is_empty() {
            return false;
        }
        watched.status = "TRIGGERED";
        watched.triggered = triggered;
        true
    }

    /// Ends the running deployment: undone if that is wanted and there is something to go back to, or left as it is.
    fn give_up(&mut self, cause: Cause, back: bool, around: &mut Around<'_>) {
        let primary = &mut self.deployments[0];
        let (id, index, rollback) = (primary.id().to_owned(), primary.record, primary.rollback);
        let back = back && !rollback && self.completed.is_some();
        let state = match (cause, back) {
            (Cause::Request, _) => "stopped",
            (_, true) => "rolled_back",
            (_, false) => "failed",
        };
        if let Some(event) = cause.event(&id) {
            primary.rollout = Rollout::Failed;
            primary.reason = cause.rollout().to_owned();
            primary.updated = around.now;
            self.say(around, &event);
        }
        self.finish(&id, state, Some(cause.rollout().to_owned()), around.now);
        let record = &mut self.records[index];
        if back {
            if cause != Cause::Request {
                record.reason = Some(cause.record().to_owned());
            }
            record.stages.iter_mut().for_each(super::native::Stages::undo);
            self.roll_back(cause, around);
        } else if rollback {
            record.set(Status::RollbackFailed, around.now);
        } else {
            record.set(Status::Stopped, around.now);
        }
    }

    /// Moves a native strategy's stages on; whether a hook ended it.
    fn step_stages(&mut self, around: &Around<'_>) -> bool {
        let primary = &self.deployments[0];
        let index = primary.record;
        let own = |serving: bool| {
            let fits = |task: &&super::task::Task| {
                task.active() && task.deployment == *primary.id() && (task.serving() || !serving)
            };
            self.tasks.iter().filter(fits).count() as u64
        };
        let scaled = own(true) == self.desired && own(false) == self.desired;
        let id = primary.id().to_owned();
        let Some(stages) = &mut self.records[index].stages else { return false };
        let before = stages.stage;
        let refused = stages.advance(around.now, scaled, &around.outside.hooks);
        let (moved, live) = (stages.stage != before, stages.live);
        if moved {
            self.records[index].updated = around.now;
        }
        if let Some(since) = live {
            self.note_live(&id, since);
        }
        refused
    }
}
