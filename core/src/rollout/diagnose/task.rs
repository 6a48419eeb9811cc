//! Reads DescribeTasks: which tasks are ours, which failed, and their addresses.

use serde_json::Value;

use super::Signature;
use super::described::Described;
use super::kind::{Kind, is_incurable};
use super::owner::Owner;
use super::stopped_task::{Ended, subject};
use crate::arn::last;
use crate::error::failure::StoppedContainer;
use crate::json::{list, text};
use crate::types::event::Event;

/// A task that ran at most this long has ended at its start, in seconds. ECS itself counts a task without health checks as healthy
/// after 40 s; a runtime that waits for a database before it fails takes longer.
const START: f64 = 120.0;

/// A task of our deployment that stopped, and not because it was replaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoppedTask {
    pub(crate) id: String,
    pub(crate) clue: Signature,
    pub(crate) reason: Option<String>,
    pub(crate) containers: Vec<StoppedContainer>,
    /// The failing container's id in its runtime.
    pub(crate) runtime: Option<String>,
    pub(crate) stopped: f64,
    /// How long it ran, in seconds; absent if it never ran.
    ran: Option<f64>,
}

impl StoppedTask {
    /// Whether the next task will stop for the same cause, too. One that ran for a while before it ended may not.
    pub(crate) fn keeps_failing(&self) -> bool {
        is_incurable(self.clue.kind) && self.ran.is_none_or(|ran| ran <= START)
    }

    /// As an event, with the last lines of its log.
    pub(crate) fn event(self, log: Vec<String>) -> Event {
        let kind = self.clue.kind.name().to_owned();
        Event::Stopped { task: self.id, kind, reason: self.reason, containers: self.containers, log }
    }

    /// The same task, if its log has shown that its image is for another platform.
    pub(crate) fn on_wrong_platform(&self, described: Described<'_>) -> Self {
        let container = self.clue.container.as_deref();
        let (container, subject) = subject(Kind::PlatformMismatch, "", container, described);
        let words = Some("exec format error".to_owned());
        Self { clue: Signature { container, subject, words, ..Signature::new(Kind::PlatformMismatch) }, ..self.clone() }
    }
}

/// The tasks of a DescribeTasks answer that stopped by a failure, newest first.
pub(crate) fn stopped_tasks(answer: &Value, owner: &Owner, described: Described<'_>) -> Vec<StoppedTask> {
    let ours = list(answer, "tasks").iter().filter(|task| owner.owns(task));
    let mut stopped: Vec<_> = ours.filter_map(|task| stopped_task(task, described)).collect();
    stopped.sort_by(|one, other| other.stopped.total_cmp(&one.stopped));
    stopped
}

/// The ids of the tasks of a DescribeTasks answer that are not of our deployment.
pub(crate) fn other_tasks(answer: &Value, owner: &Owner) -> Vec<String> {
    let others = list(answer, "tasks").iter().filter(|task| !owner.owns(task));
    others.map(id).collect()
}

/// The private addresses of the tasks that ours started, with the tasks' ids: what target groups know them by.
pub(crate) fn addresses(answer: &Value, owner: &Owner) -> Vec<(String, String)> {
    let ours = list(answer, "tasks").iter().filter(|task| owner.owns(task));
    ours.flat_map(|task| {
        let details = list(task, "attachments").iter().flat_map(|attachment| list(attachment, "details"));
        let addresses = details.filter(|detail| detail["name"] == "privateIPv4Address");
        addresses.map(|detail| (text(detail, "value"), id(task))).collect::<Vec<_>>()
    })
    .collect()
}

pub(crate) fn id(task: &Value) -> String {
    last(&text(task, "taskArn")).to_owned()
}

/// Why one task stopped; `None` if it did not fail.
pub(crate) fn stopped_task(task: &Value, described: Described<'_>) -> Option<StoppedTask> {
    let ended = Ended::of(task, described);
    let clue = ended.clue();
    if is_replaced(task, &clue) {
        return None;
    }
    Some(of_task(task, ended, clue))
}

/// Why a task of no service failed. `guilty`: the containers that did not end as they had to.
pub(crate) fn failed_task(task: &Value, guilty: &[String], described: Described<'_>) -> StoppedTask {
    let ended = Ended::of(task, described);
    let clue = ended.clue_of(guilty);
    of_task(task, ended, clue)
}

fn of_task(task: &Value, ended: Ended<'_>, clue: Signature) -> StoppedTask {
    let runtime = |name: &String| {
        let container = list(task, "containers").iter().find(|container| container["name"] == name.as_str())?;
        container["runtimeId"].as_str().map(str::to_owned)
    };
    let time = |member: &str| task[member].as_f64();
    StoppedTask {
        id: id(task),
        runtime: clue.container.as_ref().and_then(runtime),
        reason: Some(ended.reason).filter(|reason| !reason.is_empty()),
        containers: ended.containers,
        clue,
        stopped: time("stoppedAt").or(time("stoppingAt")).unwrap_or_default(),
        ran: time("startedAt").zip(time("stoppingAt").or(time("stoppedAt"))).map(|(from, to)| to - from),
    }
}

/// Reasons that are no failure of the task: it was replaced, or its capacity was taken away.
const REPLACED: [&str; 5] = [
    "Scaling activity initiated by",
    "Your Spot Task was interrupted",
    "Task stopped by user",
    "ECS is performing maintenance",
    "rebalancing",
];

fn is_replaced(task: &Value, clue: &Signature) -> bool {
    let reason = text(task, "stoppedReason");
    match task["stopCode"].as_str() {
        Some("UserInitiated" | "SpotInterruption" | "TerminationNotice") => true,
        _ if REPLACED.iter().any(|words| reason.contains(words)) => true,
        // The scheduler stops tasks for their health or to have fewer of them; an unknown reason is of the second kind, and no
        // failure.
        Some("ServiceSchedulerInitiated") => clue.kind == Kind::Other && !speaks_of_failure(&reason),
        _ => false,
    }
}

fn speaks_of_failure(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("fail") || reason.contains("unhealthy")
}
