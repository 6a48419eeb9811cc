//! Decides what is remembered of a deployment: its service deployment, its service revision, and the truth about it.

use serde_json::{Map, Value};

use super::native::Stages;

/// Statuses of a service deployment, by their names in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    InProgress,
    RollbackRequested,
    RollbackInProgress,
    Successful,
    Stopped,
    RollbackSuccessful,
    RollbackFailed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::InProgress => "IN_PROGRESS",
            Status::RollbackRequested => "ROLLBACK_REQUESTED",
            Status::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Status::Successful => "SUCCESSFUL",
            Status::Stopped => "STOPPED",
            Status::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Status::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    pub(crate) fn terminal(self) -> bool {
        use Status::{RollbackFailed, RollbackSuccessful, Stopped, Successful};
        matches!(self, Successful | Stopped | RollbackSuccessful | RollbackFailed)
    }
}

/// A service deployment. A rollback is none of its own: it is part of the one that it undoes.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) arn: String,
    /// The revision it brings, by number.
    pub(crate) target: String,
    pub(crate) sources: Vec<String>,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) created: f64,
    pub(crate) started: Option<f64>,
    pub(crate) finished: Option<f64>,
    pub(crate) updated: f64,
    pub(crate) rollback: Option<Rollback>,
    pub(crate) breaker: Breaker,
    pub(crate) alarms: Watched,
    pub(crate) configuration: Value,
    pub(crate) cleaning: bool,
    /// Where it is, under a native strategy.
    pub(crate) stages: Option<Stages>,
}

/// The alarms of a deployment.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) status: &'static str,
    pub(crate) names: Vec<String>,
    pub(crate) ignored: Vec<String>,
    pub(crate) triggered: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Rollback {
    pub(crate) reason: String,
    pub(crate) started: f64,
    pub(crate) revision: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Breaker {
    pub(crate) status: &'static str,
    pub(crate) failures: u64,
    pub(crate) threshold: u64,
}

impl Record {
    /// Whether it shows that it is to stop, for so many seconds after it was stopped.
    pub(crate) fn is_stopping(&self, now: f64, seconds: f64) -> bool {
        self.status == Status::Stopped && self.finished.is_some_and(|at| at >= 0.0 && now < at + seconds)
    }

    pub(crate) fn set(&mut self, status: Status, now: f64) {
        self.status = status;
        self.updated = now;
        if status.terminal() {
            self.finished = Some(now);
            if self.breaker.status == "MONITORING" {
                self.breaker.status = "MONITORING_COMPLETE";
            }
            if self.alarms.status == "MONITORING" {
                self.alarms.status = "MONITORING_COMPLETE";
            }
        }
    }
}

/// A service revision: what a deployment was made of.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    pub(crate) number: String,
    pub(crate) arn: String,
    pub(crate) definition: String,
    pub(crate) created: f64,
    pub(crate) settings: Map<String, Value>,
    /// Container, image and digest.
    pub(crate) images: Vec<[String; 3]>,
}

/// What really became of a deployment, for tests to compare a verdict with.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) deployment: String,
    /// The ARN of its service deployment. A rollback has none of its own.
    pub(crate) record: Option<String>,
    pub(crate) definition: String,
    /// Who began it, where that was no caller over HTTP: `rollback` or `script`.
    pub(crate) by: Option<&'static str>,
    pub(crate) created: f64,
    /// Since when all that the service does is done by it.
    pub(crate) live: Option<f64>,
    pub(crate) finished: Option<f64>,
    pub(crate) state: &'static str,
    pub(crate) reason: Option<String>,
}
