//! A rollout that failed, as data: how far it came, why tasks stopped, what runs now.

use std::fmt;

use serde::Serialize;

use super::Error;
use super::end::ServiceEnd;

/// A rollout that failed: which, why, and what runs now.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Failure {
    /// The service's name.
    pub service: String,
    /// The id of the deployment, `ecs-svc/…`; absent if none had begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The ARN of the task definition that was to be deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The progress when the time was over; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<LastSeen>,
    /// The place of the tasks in the request, such as `before[0]`; absent for `run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why tasks of this deployment stopped, most frequent first.
    pub causes: Vec<Cause>,
    /// The ARN of the task definition that the service runs now, or goes back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<String>,
    /// The one-off tasks that were started.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskOutcome>,
    /// True if the service was to be removed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removal: bool,
    /// How the way back by `recover` ended, if it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
}

/// The progress of a rollout when it was last seen. What was never seen is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LastSeen {
    /// ECS's `lastStatus` of a one-off task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The stage of its strategy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Tasks that it shall run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<u64>,
    /// Tasks that run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<u64>,
    /// Tasks that are starting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<u64>,
    /// Tasks that failed in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// The last message of ECS about the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl fmt::Display for LastSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.status.as_ref().map(|status| format!("the task is {status}")));
        parts.extend(self.stage.as_ref().map(|stage| format!("stage {stage}")));
        if let (Some(running), Some(desired)) = (self.running, self.desired) {
            let (pending, failed) = (self.pending.unwrap_or_default(), self.failed.unwrap_or_default());
            parts.push(format!("{running} of {desired} tasks run, {pending} start, {failed} failed"));
        }
        parts.extend(self.message.as_ref().map(|message| format!("last message of ECS {message:?}")));
        f.write_str(&parts.join(", "))
    }
}

/// The way back after a rollout that failed or timed out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Recovery {
    /// The ARN of the previous task definition.
    pub definition: String,
    /// The id of the deployment that goes back; absent if none began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// Why it is not live and complete again; absent if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Many services of which at least one failed: the first error, and how each ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FleetFailure {
    /// The error of the first service that failed, in the order of the request.
    pub first: Error,
    /// How each service ended, in the order of the request.
    pub services: Vec<ServiceEnd>,
}

impl fmt::Display for FleetFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |is: fn(&ServiceEnd) -> bool| self.services.iter().filter(|end| is(end)).count();
        let well = count(|end| end.outcome.is_some());
        let skipped = count(|end| !end.begun);
        let failed = count(|end| end.begun && end.outcome.is_none());
        let all = self.services.len();
        if skipped == all {
            let wrong = count(|end| end.error.is_some());
            return write!(f, "{}; {wrong} of {all} services cannot be deployed, and nothing was written", self.first);
        }
        write!(f, "{}; of {all} services {well} ended well, {failed} failed, {skipped} were not begun", self.first)
    }
}

impl std::error::Error for FleetFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.first)
    }
}

impl Failure {
    pub(crate) fn line(&self, what: &str) -> String {
        let of = self.place.as_ref().map_or_else(String::new, |place| format!(" of {place}"));
        let mut line = match &self.deployment {
            Some(id) => format!("deployment {id} of service {:?} {what}", self.service),
            None if !self.tasks.is_empty() => {
                let ids: Vec<&str> = self.tasks.iter().map(|task| crate::arn::last(&task.task)).collect();
                match ids.as_slice() {
                    [only] => format!("task {only}{of} {what}"),
                    many => format!("one of {} tasks ({}){of} {what}", many.len(), many.join(", ")),
                }
            }
            None if self.removal => format!("removal of service {:?} {what}", self.service),
            // Of no deployment, such as a push.
            None if self.service.is_empty() => format!("what was begun {what}"),
            None => format!("deployment of service {:?} {what}", self.service),
        };
        if let Some(reason) = &self.reason {
            line.push_str(&format!(": {}", reason.trim_end_matches('.')));
        }
        if let Some(cause) = self.causes.first() {
            line.push_str(&format!("; {}", cause.summary));
        }
        if let Some(last) = &self.last {
            line.push_str(&format!("; at the last look: {last}"));
        }
        match &self.recovery {
            Some(Recovery { definition, error: None, .. }) => line.push_str(&format!("; {definition} is live again")),
            Some(Recovery { definition, error: Some(error), .. }) => {
                line.push_str(&format!("; going back to {definition} failed: {error}"));
            }
            None => {}
        }
        line
    }
}

/// One reason why tasks stopped, were not created, or are unhealthy: from stopped tasks (DescribeTasks), service events
/// (DescribeServices), targets (DescribeTargetHealth) and logs (GetLogEvents).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Cause {
    /// A word for the kind of cause. While pulling: `image_missing`, `platform_mismatch`, `registry_denied`,
    /// `registry_unreachable`, `registry_limit`, `disk_full`, `pull_failed`. Before a container runs: `secret_missing`,
    /// `secret_denied`, `environment_file`, `log_group_missing`, `log_denied`, `volume`, `network`, `cannot_start`,
    /// `dependency`. At its end: `exited`, `out_of_memory`, `killed`, `segmentation_fault`, `terminated`, `unhealthy`,
    /// `load_balancer_unhealthy`. Without a task: `capacity`, `placement`, `role`, `deadlock`, `start_throttled`,
    /// `throttled`. Of a one-off task: `stopped` by somebody, `interrupted` where its capacity was taken away. What is not
    /// known: `other`.
    pub kind: String,
    /// What happened, in one line, with names; ECS's text if nothing better is known.
    pub summary: String,
    /// What to do about it; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The ids of the tasks concerned, newest first; empty if none was created.
    pub tasks: Vec<String>,
    /// The containers of the newest task that stopped; empty if none did.
    pub containers: Vec<StoppedContainer>,
    /// The last lines of the failing container's log (at most 50, without colours), oldest first; empty where there is none
    /// or it may not be read.
    pub log: Vec<String>,
}

/// How a container of a stopped task ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StoppedContainer {
    /// The container's name.
    pub name: String,
    /// Its exit code; absent if it never started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<i64>,
    /// ECS's `reason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A one-off task.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskOutcome {
    /// Its ARN.
    pub task: String,
    /// ECS's `lastStatus`, as it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// ECS's `stopCode`; absent if it has not stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// ECS's `stoppedReason`; absent if it has not stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its containers, and how each ended.
    pub containers: Vec<StoppedContainer>,
}
