//! Reads the record of a deployment that goes through stages (DescribeServiceDeployments). Pure.

use serde_json::Value;

use crate::json::{list, text, time};
use crate::types::event::Event;
use crate::types::stages::{self, STAGES};

/// States in which nothing more happens.
const OVER: [&str; 4] = ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

const MINUTE: f64 = 60.0;

/// What has been emitted of the record so far.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    stage: Option<String>,
    /// When the present stage is over at the earliest, in seconds since the start, if the deployment's configuration sets it.
    ends: Option<f64>,
    /// The parts of production and test traffic, in percent.
    traffic: Option<(f64, Option<f64>)>,
    /// The hook that was reported as waiting.
    pause: Option<Pause>,
    progress: Option<Event>,
    percent: u64,
}

/// A hook that waits to be continued.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Pause {
    /// The stage it waits in; empty if ECS does not show it.
    pub(crate) stage: String,
    /// Its id, if ECS shows it.
    pub(crate) hook: Option<String>,
    /// When the wait ends by itself, in seconds since 1970.
    pub(crate) expires: Option<f64>,
    /// What happens then.
    pub(crate) action: Option<String>,
}

impl Pause {
    /// Whether both are the same wait. A hook of two stages may keep its id.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.stage == other.stage && self.hook == other.hook
    }

    fn event(&self) -> Event {
        let stage = if self.stage.is_empty() { "unknown" } else { &self.stage };
        Event::Paused {
            stage: stage.to_owned(),
            hook: self.hook.clone(),
            expires: self.expires,
            action: self.action.clone(),
        }
    }
}

/// Whether a record's deployment has ended.
pub(crate) fn is_over(record: &Value) -> bool {
    record["status"].as_str().is_some_and(|status| OVER.contains(&status))
}

/// Whether a record's deployment is in progress.
pub(crate) fn is_running(record: &Value) -> bool {
    !is_over(record) && record["status"].is_string() && record["finishedAt"].is_null()
}

/// How long a record's deployment took, in seconds.
pub(crate) fn seconds(record: &Value) -> Option<f64> {
    let began = time(record, "startedAt").or_else(|| time(record, "createdAt"))?;
    Some(time(record, "finishedAt")? - began)
}

/// The hook that waits to be continued, if one does.
pub(crate) fn pause(record: &Value) -> Option<Pause> {
    let hook = list(record, "lifecycleHookDetails").iter().find(|hook| hook["status"] == "AWAITING_ACTION")?;
    let member = |name: &str| Some(text(hook, name)).filter(|text| !text.is_empty());
    Some(Pause {
        stage: text(record, "lifecycleStage"),
        hook: member("hookId"),
        expires: time(hook, "expiresAt"),
        action: member("timeoutAction"),
    })
}

/// The stages at which hooks of a deployment configuration wait to be continued.
pub(crate) fn pauses(configuration: &Value) -> Vec<String> {
    let hooks = list(configuration, "lifecycleHooks").iter().filter(|hook| hook["targetType"] == "PAUSE");
    let stages = hooks.flat_map(|hook| list(hook, "lifecycleStages"));
    stages.filter_map(|stage| stage.as_str().map(str::to_owned)).collect()
}

/// Whether a record's deployment goes on towards its target: it has not ended, and is not stopped or rolled back.
pub(crate) fn goes_forward(record: &Value) -> bool {
    matches!(record["status"].as_str(), Some("PENDING" | "IN_PROGRESS")) && !record["rollback"].is_object()
}

/// Whether a record's deployment has come to a stage or past it.
pub(crate) fn has_come_to(record: &Value, stage: &str) -> bool {
    let present = text(record, "lifecycleStage");
    let both = stages::place(&present).zip(stages::place(stage));
    present == stage || both.is_some_and(|(present, stage)| present >= stage)
}

impl Staged {
    /// The new events of the record. `now`: seconds since the start.
    pub(crate) fn events(&mut self, record: &Value, now: f64) -> Vec<Event> {
        let mut events = Vec::new();
        let stage = record["lifecycleStage"].as_str().map(str::to_owned);
        if let Some(stage) = stage.filter(|stage| self.stage.as_ref() != Some(stage)) {
            self.ends = lasts(record, &stage).map(|lasts| now + lasts);
            self.stage = Some(stage.clone());
            events.push(Event::Stage { stage });
        }
        events.extend(self.traffic(record, now));
        let pause = pause(record);
        let is_known = pause.as_ref().zip(self.pause.as_ref()).is_some_and(|(one, known)| one.is(known));
        events.extend(pause.as_ref().filter(|_| !is_known).map(Pause::event));
        self.pause = pause;
        let progress = self.progress(record);
        if progress.is_some() && progress != self.progress {
            events.extend(progress.clone());
            self.progress = progress;
        }
        events
    }

    /// The present stage.
    pub(crate) fn stage(&self) -> Option<&str> {
        self.stage.as_deref()
    }

    /// Whether it waits to be continued.
    pub(crate) fn is_paused(&self) -> bool {
        self.pause.is_some()
    }

    /// Notes a hook that was continued: a look that still shows it as waiting is stale.
    pub(crate) fn continued(&mut self, pause: Pause) {
        self.pause = Some(pause);
    }

    /// When the present stage is over at the earliest, in seconds since the start, if known.
    pub(crate) fn ends(&self) -> Option<f64> {
        self.ends
    }

    /// The new weights of traffic, if they have changed. A deployment begins without any.
    fn traffic(&mut self, record: &Value, now: f64) -> Option<Event> {
        let target = &record["targetServiceRevision"];
        let (production, test) =
            (target["requestedProductionTrafficWeight"].as_f64()?, target["requestedTestTrafficWeight"].as_f64());
        let (before, before_test) = self.traffic.unwrap_or_default();
        if (production, test.unwrap_or_default()) == (before, before_test.unwrap_or_default()) {
            return None;
        }
        self.traffic = Some((production, test));
        if production > before && self.stage.as_deref() == Some("PRODUCTION_TRAFFIC_SHIFT") {
            let left = shift_left(record, production).map(|left| now + left);
            self.ends = self.ends.zip(left).map(|(known, left)| known.min(left)).or(left);
        }
        Some(Event::Traffic { production, test })
    }

    fn progress(&mut self, record: &Value) -> Option<Event> {
        let target = &record["targetServiceRevision"];
        let number = |member: &str| target[member].as_u64();
        let (desired, running) = (number("requestedTaskCount")?, number("runningTaskCount").unwrap_or_default());
        let previous = list(record, "sourceServiceRevisions").iter().filter_map(|one| one["runningTaskCount"].as_u64());
        let at = self.stage.as_deref().and_then(stages::place).unwrap_or(0);
        let is_done = record["status"] == "SUCCESSFUL";
        let percent = if is_done { 100 } else { (at as u64 * 99) / STAGES.len() as u64 };
        self.percent = self.percent.max(percent);
        Some(Event::Progress {
            desired,
            running,
            pending: number("pendingTaskCount").unwrap_or_default(),
            failed: record["deploymentCircuitBreaker"]["failureCount"].as_u64().unwrap_or_default(),
            previous: previous.fold(0, u64::saturating_add),
            percent: self.percent,
        })
    }
}

/// How long a stage lasts at least, in seconds, if the configuration sets it.
fn lasts(record: &Value, stage: &str) -> Option<f64> {
    match stage {
        "BAKE_TIME" => record["deploymentConfiguration"]["bakeTimeInMinutes"].as_f64().map(|minutes| minutes * MINUTE),
        "PRODUCTION_TRAFFIC_SHIFT" => shift_left(record, 0.0),
        // Hooks and drained tasks aside, these take seconds.
        "POST_PRODUCTION_TRAFFIC_SHIFT" | "CLEAN_UP" => Some(0.0),
        _ => None,
    }
}

/// How long the shift of traffic still lasts at this part of it, in seconds: each step is kept for its time, but not the last one. It
/// is not documented whether ECS repeats the stage at each step: the weights show the same.
fn shift_left(record: &Value, production: f64) -> Option<f64> {
    let configuration = &record["deploymentConfiguration"];
    match text(configuration, "strategy").as_str() {
        "CANARY" if production >= 100.0 => Some(0.0),
        "CANARY" => {
            configuration["canaryConfiguration"]["canaryBakeTimeInMinutes"].as_f64().map(|minutes| minutes * MINUTE)
        }
        "LINEAR" => {
            let linear = &configuration["linearConfiguration"];
            let (step, bake) = (linear["stepPercent"].as_f64()?, linear["stepBakeTimeInMinutes"].as_f64()?);
            let left = ((100.0 - production.max(step)) / step.max(0.1)).ceil().max(0.0);
            Some(left * bake * MINUTE)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
