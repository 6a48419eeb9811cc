//! Turns CodeDeploy's documents on a deployment into events, each once. Pure.

use serde_json::Value;

use super::group::Waits;
use super::polling::Phase;
use crate::json::{list, text};
use crate::types::event::Event;

/// The lifecycle events in their order. Others that AWS adds are reported too, but do not move the progress bar.
const LIFECYCLE: [&str; 8] = [
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "AllowTestTraffic",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
];
/// The waits that are no lifecycle events, as ContinueDeployment names them.
const READY: &str = "READY_WAIT";
const TERMINATION: &str = "TERMINATION_WAIT";

/// What has been emitted of a deployment so far.
#[derive(Debug, Default)]
pub(crate) struct LifecycleProgress {
    stages: Vec<String>,
    /// When the present stage was first seen, in seconds since the start.
    since: f64,
    is_ready: bool,
    /// The part of the traffic that the new task set has, in percent.
    traffic: f64,
    progress: Option<Event>,
    percent: u64,
    /// The task set that is made.
    pub(crate) set: Option<String>,
    /// Whether all lifecycle events are over.
    is_through: bool,
    /// When the present stage began, in seconds since the deployment was created, if CodeDeploy shows it.
    began: Option<f64>,
}

impl LifecycleProgress {
    /// The new events of the target (the `ecsTarget` of GetDeploymentTarget). `created`: the deployment's createTime; `now`: seconds
    /// since the start.
    pub(crate) fn target(&mut self, target: &Value, created: Option<f64>, now: f64) -> Vec<Event> {
        let mut events = Vec::new();
        let lifecycle = list(target, "lifecycleEvents");
        let is_begun = |event: &&Value| matches!(event["status"].as_str(), Some("InProgress" | "Succeeded" | "Failed"));
        for event in lifecycle.iter().filter(is_begun) {
            events.extend(self.enter(&text(event, "lifecycleEventName"), now));
            let at = if event["status"] == "InProgress" { &event["startTime"] } else { &event["endTime"] };
            self.began = at.as_f64().zip(created).map(|(at, created)| at - created);
        }
        let is_over = |event: &Value| matches!(event["status"].as_str(), Some("Succeeded" | "Skipped"));
        self.is_through = !lifecycle.is_empty() && lifecycle.iter().all(is_over);
        let green = list(target, "taskSetsInfo").iter().find(|set| set["taskSetLabel"] == "Green");
        if let Some(production) = green.and_then(|set| set["trafficWeight"].as_f64()).filter(|new| *new != self.traffic)
        {
            self.traffic = production;
            events.push(Event::Traffic { production, test: None });
        }
        let progress = self.progress(target);
        if progress.is_some() && progress != self.progress {
            events.extend(progress.clone());
            self.progress = progress;
        }
        events
    }

    /// The new events of the deployment (the `deploymentInfo` of GetDeployment), which come after those of the target.
    pub(crate) fn info(&mut self, info: &Value, now: f64) -> Vec<Event> {
        let mut events = Vec::new();
        let is_ready = info["status"] == "Ready";
        if is_ready && !self.is_ready {
            self.since = now;
            let option = &info["blueGreenDeploymentConfiguration"]["deploymentReadyOption"];
            let action = Some(text(option, "actionOnTimeout")).filter(|action| !action.is_empty());
            events.push(Event::Paused { stage: READY.to_owned(), hook: None, expires: None, action });
        }
        self.is_ready = is_ready;
        if info["instanceTerminationWaitTimeStarted"] == true {
            events.extend(self.enter(TERMINATION, now));
        }
        events
    }

    fn enter(&mut self, stage: &str, now: f64) -> Option<Event> {
        if stage.is_empty() || self.stages.iter().any(|known| known == stage) {
            return None;
        }
        self.stages.push(stage.to_owned());
        self.since = now;
        Some(Event::Stage { stage: stage.to_owned() })
    }

    fn progress(&mut self, target: &Value) -> Option<Event> {
        let sets = list(target, "taskSetsInfo");
        let green = sets.iter().find(|set| set["taskSetLabel"] == "Green")?;
        // Sic: that is how the member is spelt.
        let id = green["identifer"].as_str().or_else(|| green["identifier"].as_str());
        self.set = id.map(str::to_owned).or_else(|| self.set.take());
        let number = |member: &str| green[member].as_u64();
        let previous = sets.iter().filter(|set| set["taskSetLabel"] != "Green");
        let reached = self.stages.iter().filter_map(|stage| LIFECYCLE.iter().position(|known| known == stage)).max();
        let percent = reached.map_or(0, |at| (at as u64 + 1) * 90 / LIFECYCLE.len() as u64);
        self.percent = self.percent.max(percent);
        Some(Event::Progress {
            desired: number("desiredCount")?,
            running: number("runningCount").unwrap_or_default(),
            pending: number("pendingCount").unwrap_or_default(),
            failed: 0,
            previous: previous.filter_map(|set| set["runningCount"].as_u64()).sum(),
            percent: self.percent,
        })
    }

    /// The last progress, at its end.
    pub(crate) fn complete(&self) -> Option<Event> {
        match self.progress.clone()? {
            Event::Progress { desired, running, pending, failed, .. } => {
                Some(Event::Progress { desired, running, pending, failed, previous: 0, percent: 100 })
            }
            _ => None,
        }
    }

    /// Whether the target has no more events.
    pub(crate) fn is_through(&self) -> bool {
        self.is_through
    }

    /// Whether the tasks are still to start.
    pub(crate) fn is_installing(&self) -> bool {
        !self.is_ready && !self.stages.iter().any(|stage| stage == "AfterInstall" || stage == TERMINATION)
    }

    /// The phase, for the time of the next look. `created`: when the deployment was created, in seconds since the start, if known.
    pub(crate) fn phase(&self, waits: &Waits, created: Option<f64>) -> Phase {
        let began = created.zip(self.began).map_or(self.since, |(created, began)| (created + began).min(self.since));
        let until = |seconds: Option<f64>| seconds.map(|seconds| began + seconds);
        let last = self.stages.last().map(String::as_str);
        match last {
            _ if self.is_ready => Phase::Waiting { since: self.since, until: until(waits.ready) },
            Some(TERMINATION) => Phase::Waiting { since: self.since, until: until(waits.termination) },
            _ if self.is_through => Phase::Waiting { since: self.since, until: until(waits.termination) },
            Some("AllowTraffic") => Phase::Moving { since: self.since, until: until(waits.shift) },
            _ if self.is_installing() => Phase::Starting,
            _ => Phase::Moving { since: self.since, until: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(events: &[Event]) -> Vec<String> {
        let name = |event: &Event| match event {
            Event::Stage { stage } => stage.clone(),
            Event::Progress { percent, .. } => percent.to_string(),
            Event::Paused { stage, hook: None, .. } => format!("paused at {stage}"),
            other => format!("{other:?}"),
        };
        events.iter().map(name).collect()
    }

    #[test]
    fn stages_progress_and_waits_are_emitted_once() {
        let target = |statuses: &[&str], running: u64| {
            let events: Vec<Value> = LIFECYCLE.iter().zip(statuses).map(|(name, status)| {
                json!({"lifecycleEventName": name, "status": status, "startTime": 101.0, "endTime": 105.0})
            }).collect();
            json!({"lifecycleEvents": events, "taskSetsInfo": [
                {"taskSetLabel": "Blue", "runningCount": 2, "identifer": "old"},
                {"taskSetLabel": "Green", "desiredCount": 2, "runningCount": running, "identifer": "new"}]})
        };
        let mut progress = LifecycleProgress::default();
        assert_eq!(progress.phase(&Waits::default(), None), Phase::Starting);
        let first = progress.target(&target(&["Succeeded", "InProgress"], 0), Some(100.0), 3.0);
        assert_eq!(names(&first), ["BeforeInstall", "Install", "22"]);
        assert_eq!(progress.set.as_deref(), Some("new"));
        assert!(progress.is_installing());
        assert_eq!(progress.target(&target(&["Succeeded", "InProgress"], 0), Some(100.0), 4.0), []);
        let _ = progress.target(
            &target(&["Succeeded", "Succeeded", "Succeeded", "Succeeded", "Succeeded", "Pending"], 2),
            None,
            6.0,
        );
        assert_eq!(names(&progress.info(&json!({"status": "Ready"}), 7.0)), ["paused at READY_WAIT"]);
        assert_eq!(progress.info(&json!({"status": "Ready"}), 8.0), []);
        let waits = Waits { ready: Some(60.0), termination: Some(300.0), shift: None };
        assert_eq!(progress.phase(&waits, None), Phase::Waiting { since: 7.0, until: Some(67.0) });
        assert_eq!(progress.info(&json!({"status": "InProgress"}), 9.0), []);
        let all = target(&["Succeeded"; 8], 2);
        assert_eq!(
            names(&progress.target(&all, Some(100.0), 12.0)),
            ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic", "90"]
        );
        assert!(progress.is_through());
        // By CodeDeploy's own clock the wait began five seconds after the deployment, which was at 2.
        assert_eq!(progress.phase(&waits, Some(2.0)), Phase::Waiting { since: 12.0, until: Some(307.0) });
        let waiting = json!({"status": "InProgress", "instanceTerminationWaitTimeStarted": true});
        assert_eq!(names(&progress.info(&waiting, 13.0)), ["TERMINATION_WAIT"]);
        assert_eq!(progress.info(&waiting, 14.0), []);
        assert!(matches!(progress.complete(), Some(Event::Progress { percent: 100, .. })));
    }

    #[test]
    fn an_empty_target_emits_nothing() {
        let mut progress = LifecycleProgress::default();
        for target in
            [json!({}), Value::Null, json!({"lifecycleEvents": [{}], "taskSetsInfo": [{"taskSetLabel": "Green"}]})]
        {
            assert_eq!(progress.target(&target, None, 1.0), [], "{target}");
            assert!(!progress.is_through());
        }
        assert_eq!(progress.complete(), None);
    }
}
