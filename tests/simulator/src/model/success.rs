//! Decides when a rollout is complete, and the service steady.

use serde_json::Value;

use super::Outside;
use super::events::{self, reason};
use super::native::Stage;
use super::record::Status;
use super::rollout::SETTLE;
use super::service::{Around, Rollout, Service, State};
use super::task::{Phase, Task};

impl Service {
    /// Completes a rollout, says that the service is steady, and forgets deployments that are drained.
    pub(super) fn settle_down(&mut self, around: &mut Around<'_>) {
        let Some(primary) = self.deployments.first() else { return };
        let id = primary.id().to_owned();
        let serving = self.tasks.iter().filter(|task| task.serving() && task.deployment == id).count() as u64;
        let active = self.tasks.iter().filter(|task| task.active() && task.deployment == id).count() as u64;
        let left = |task: &Task, id: &str| task.phase != Phase::Stopped && task.deployment == id;
        let others = self.tasks.iter().any(|task| task.phase != Phase::Stopped && task.deployment != id);
        let enough = serving == self.desired && active == self.desired;
        let record = primary.record;
        let running = primary.rollout == Rollout::InProgress && self.state == State::Active;
        self.records[record].cleaning = enough && others;
        if running && self.success(serving, enough, others) && self.baked(around) {
            self.complete(around);
        }
        if !self.steady && enough && !others && self.deployments[0].rollout == Rollout::Completed {
            self.steady = true;
            self.say(around, events::STEADY);
        }
        let (now, tasks) = (around.now, &self.tasks);
        self.deployments.retain(|deployment| {
            let seen = deployment.replaced.is_none_or(|at| now - at < SETTLE);
            seen || tasks.iter().any(|task| left(task, deployment.id()))
        });
    }

    /// Whether a running deployment has reached what it is for.
    fn success(&self, serving: u64, enough: bool, others: bool) -> bool {
        if self.stage().is_some_and(|stage| stage < Stage::CleanUp) {
            return false;
        }
        match self.early() {
            Some((share, deferred)) => serving >= share && (deferred || !others),
            None => enough && !others,
        }
    }

    /// Where earlySuccessCriteria are given: how many healthy tasks make a success, and whether old tasks may be left.
    fn early(&self) -> Option<(u64, bool)> {
        let criteria = self.settings.get("deploymentConfiguration")?.get("earlySuccessCriteria")?;
        let percent = criteria.get("healthyPercent").and_then(Value::as_f64).unwrap_or(100.0);
        let deferred = criteria.get("sourceServiceRevisionCleanup").is_some_and(|name| name == "DEFERRED");
        let share = (self.desired as f64 * percent / 100.0).ceil() as u64;
        let enabled = criteria.get("enable").and_then(Value::as_bool).unwrap_or(false);
        (enabled && !self.deployments[0].rollback).then_some((share, deferred))
    }

    pub(crate) fn bake_seconds(&self, outside: &Outside) -> f64 {
        let configuration = self.settings.get("deploymentConfiguration");
        let minutes = configuration.and_then(|value| value.get("bakeTimeInMinutes")).and_then(Value::as_f64);
        minutes.map_or(outside.bake, |minutes| minutes * 60.0)
    }

    /// Whether it was there for long enough: a moment, or as long as its alarms are to be watched.
    fn baked(&mut self, around: &Around<'_>) -> bool {
        let staged = self.stage().is_some();
        let bake = self.bake_seconds(around.outside);
        let watched = self.watches_alarms() && !staged && !self.deployments[0].rollback;
        let primary = &mut self.deployments[0];
        if around.now - primary.created < SETTLE {
            return false;
        }
        let since = *primary.baking.get_or_insert(around.now);
        if !watched {
            return true;
        }
        let id = primary.id().to_owned();
        self.note_live(&id, since);
        around.now - since >= bake
    }

    /// Where the running deployment is under a native strategy; a rollback is never under one.
    pub(crate) fn stage(&self) -> Option<Stage> {
        let primary = self.deployments.first()?;
        let running = primary.rollout == Rollout::InProgress && !primary.rollback;
        Some(self.records[primary.record].stages.as_ref().filter(|_| running)?.stage)
    }

    fn complete(&mut self, around: &mut Around<'_>) {
        let now = around.now;
        if !self.tasks.iter().any(|task| task.phase != Phase::Stopped && task.deployment != *self.deployments[0].id()) {
            self.deployments.truncate(1);
        }
        let primary = &mut self.deployments[0];
        primary.rollout = Rollout::Completed;
        primary.updated = now;
        primary.reason = reason::completed(&primary.source.deployment);
        self.completed = Some(primary.source.clone());
        let (id, record, rollback) = (primary.id().to_owned(), primary.record, primary.rollback);
        let status = if rollback { Status::RollbackSuccessful } else { Status::Successful };
        self.records[record].set(status, now);
        self.note_live(&id, now);
        self.finish(&id, "completed", None, now);
        self.say(around, &events::completed(&id));
        self.steady = false;
    }
}
