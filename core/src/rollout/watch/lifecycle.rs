//! Reads the record of a deployment that goes through stages (DescribeServiceDeployments). Pure.

use serde_json::Value;

use crate::json::{list, text, time};
use crate::types::event::Event;

/// The stages in their order. Stages that AWS adds later are reported too, but do not move the progress bar.
const STAGES: [&str; 11] = [
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
];

/// States in which nothing more happens.
const OVER: [&str; 4] = ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

/// What has been emitted of the record so far.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    stage: Option<String>,
    /// When the stage was first seen, in seconds since the start.
    since: f64,
    /// How long the stage lasts at least, in seconds, if the deployment's configuration sets it.
    lasts: Option<f64>,
    /// The id of the hook that was reported as waiting.
    hook: Option<String>,
    progress: Option<Event>,
    percent: u64,
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

/// The hook that waits to be continued, if one does: its id if ECS shows it.
pub(crate) fn waiting_hook(record: &Value) -> Option<Option<String>> {
    let hook = list(record, "lifecycleHookDetails").iter().find(|hook| hook["status"] == "AWAITING_ACTION")?;
    Some(hook["hookId"].as_str().map(str::to_owned))
}

impl Staged {
    /// The new events of the record. `now`: seconds since the start.
    pub(crate) fn events(&mut self, record: &Value, now: f64) -> Vec<Event> {
        let mut events = Vec::new();
        let stage = record["lifecycleStage"].as_str().map(str::to_owned);
        if let Some(stage) = stage.clone().filter(|stage| self.stage.as_ref() != Some(stage)) {
            (self.since, self.lasts) = (now, lasts(record, &stage));
            self.stage = Some(stage.clone());
            events.push(Event::Stage { stage });
        }
        let hook = waiting_hook(record);
        let waiting = hook.clone().map(|hook| hook.unwrap_or_default());
        if hook.is_some() && waiting != self.hook {
            let stage = stage.unwrap_or_else(|| "unknown".to_owned());
            events.push(Event::Paused { stage, hook: hook.flatten() });
        }
        self.hook = waiting;
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
        self.hook.is_some()
    }

    /// When the present stage is over at the earliest, in seconds since the start, if known.
    pub(crate) fn ends(&self) -> Option<f64> {
        self.lasts.map(|lasts| self.since + lasts)
    }

    fn progress(&mut self, record: &Value) -> Option<Event> {
        let target = &record["targetServiceRevision"];
        let number = |member: &str| target[member].as_u64();
        let (desired, running) = (number("requestedTaskCount")?, number("runningTaskCount").unwrap_or_default());
        let previous = list(record, "sourceServiceRevisions").iter().filter_map(|one| one["runningTaskCount"].as_u64());
        let at = self.stage.as_deref().and_then(|stage| STAGES.iter().position(|known| *known == stage)).unwrap_or(0);
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

/// How long a stage lasts, in seconds, if the configuration sets it.
fn lasts(record: &Value, stage: &str) -> Option<f64> {
    let configuration = &record["deploymentConfiguration"];
    match (stage, text(configuration, "strategy").as_str()) {
        ("BAKE_TIME", _) => configuration["bakeTimeInMinutes"].as_f64().map(|minutes| minutes * 60.0),
        ("PRODUCTION_TRAFFIC_SHIFT", "CANARY") => {
            configuration["canaryConfiguration"]["canaryBakeTimeInMinutes"].as_f64().map(|minutes| minutes * 60.0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stages_and_pauses_are_emitted_once() {
        let record = |stage: &str, running: u64, hook: Option<&str>| {
            json!({"status": "IN_PROGRESS", "lifecycleStage": stage,
                "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5},
                "targetServiceRevision": {"requestedTaskCount": 2, "runningTaskCount": running},
                "sourceServiceRevisions": [{"runningTaskCount": 2}],
                "lifecycleHookDetails": hook.map(|id| vec![json!({"hookId": id, "status": "AWAITING_ACTION"})])})
        };
        let names = |events: Vec<Event>| {
            let name = |event: &Event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned();
            events.iter().map(name).collect::<Vec<_>>()
        };
        let mut staged = Staged::default();
        assert_eq!(names(staged.events(&record("SCALE_UP", 0, None), 1.0)), ["stage", "progress"]);
        assert!(staged.events(&record("SCALE_UP", 0, None), 2.0).is_empty());
        assert_eq!(names(staged.events(&record("SCALE_UP", 2, None), 3.0)), ["progress"]);
        let paused = staged.events(&record("POST_SCALE_UP", 2, Some("h")), 4.0);
        assert!(staged.is_paused());
        assert_eq!(names(paused), ["stage", "paused", "progress"]);
        assert!(staged.events(&record("POST_SCALE_UP", 2, Some("h")), 5.0).is_empty());
        let _ = staged.events(&record("BAKE_TIME", 2, None), 10.0);
        assert!(!staged.is_paused());
        assert_eq!(staged.ends(), Some(310.0));
    }
}
