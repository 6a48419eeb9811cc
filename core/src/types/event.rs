//! The events of a rollout, as one enum.

use serde::Serialize;

use crate::error::Error;
pub use crate::error::end::{Outcome, RunningImage, ServiceEnd, ServiceFailure, Warning};
use crate::error::failure::StoppedContainer;
use crate::error::finding::Change;
use crate::texts::{Texts, texts};

/// One step or observation of a rollout.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "the outcome comes once, at the end")]
#[non_exhaustive]
pub enum Event {
    /// The service was found and can be deployed, or a task can be run. Nothing is written yet.
    #[non_exhaustive]
    Started {
        /// The service's name; empty for a task that is run without one.
        service: String,
        /// The cluster's name.
        cluster: String,
        /// How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, or CODE_DEPLOY; TASK where
        /// none is, and a task is run.
        strategy: String,
        /// The ARN of the task definition that the service runs now.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A problem that does not stop the rollout.
    #[non_exhaustive]
    Warning {
        /// The kind of warning, as one word.
        code: String,
        /// The problem, and what to do about it.
        text: String,
    },
    /// The revision of the task definition to deploy exists (RegisterTaskDefinition).
    #[non_exhaustive]
    Registered {
        /// Its ARN.
        definition: String,
        /// True if an equal revision existed, so that none was made.
        reused: bool,
        /// The changes from what the service runs, or from the definition that was named. Values that are, or may be, secrets
        /// are not shown. Absent if there are none, or nothing to compare with.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        changes: Vec<Change>,
    },
    /// AWS has accepted the deployment (UpdateService, or CodeDeploy's CreateDeployment). The verdict is about this deployment alone.
    #[non_exhaustive]
    Updated {
        /// The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy.
        deployment: String,
        /// The ARN of the service deployment, if ECS returned it at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        arn: Option<String>,
    },
    /// The progress of the deployment (DescribeServices). Sent when a number changes.
    #[non_exhaustive]
    Progress {
        /// Tasks that the deployment shall run.
        desired: u64,
        /// Tasks of the deployment that run.
        running: u64,
        /// Tasks of the deployment that are starting.
        pending: u64,
        /// Tasks of the deployment that failed in a row.
        failed: u64,
        /// Tasks of earlier deployments that still run.
        previous: u64,
        /// Progress in percent, 0 to 100; 100 only at the end.
        percent: u64,
    },
    /// The deployment has entered a stage of its strategy.
    #[non_exhaustive]
    Stage {
        /// ECS's name of the stage, or CodeDeploy's of its lifecycle event; TERMINATION_WAIT is its wait after the last one.
        stage: String,
    },
    /// The weights of the traffic to the new tasks have changed, in percent.
    #[non_exhaustive]
    Traffic {
        /// The part of the production traffic.
        production: f64,
        /// The part of the test traffic; absent if it is not shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        test: Option<f64>,
    },
    /// The deployment waits for a person or a program.
    #[non_exhaustive]
    Paused {
        /// The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment.
        stage: String,
        /// The id of the hook to continue.
        #[serde(skip_serializing_if = "Option::is_none")]
        hook: Option<String>,
        /// When the wait ends by itself, in seconds since 1970.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<f64>,
        /// What happens then: ROLLBACK or CONTINUE; of CodeDeploy STOP_DEPLOYMENT.
        #[serde(skip_serializing_if = "Option::is_none")]
        action: Option<String>,
    },
    /// The service is live, and is watched for so many seconds more before the rollout goes on: `bake` of `deploy_all`.
    #[non_exhaustive]
    Baking {
        /// The seconds.
        seconds: f64,
    },
    /// A message of ECS about the service (its `events`).
    #[non_exhaustive]
    Message {
        /// Time of the message, in seconds since 1970.
        at: f64,
        /// The message.
        text: String,
    },
    /// A task of this deployment stopped, and not because it was replaced (DescribeTasks).
    #[non_exhaustive]
    Stopped {
        /// The task's id.
        task: String,
        /// The kind of cause, as one word, such as `image_missing`.
        kind: String,
        /// ECS's `stoppedReason`.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How its containers ended.
        containers: Vec<StoppedContainer>,
        /// The last lines of its log, oldest first.
        log: Vec<String>,
    },
    /// A one-off task has a new status (DescribeTasks).
    #[non_exhaustive]
    Task {
        /// The task's id.
        task: String,
        /// ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED.
        status: String,
        /// HEALTHY or UNHEALTHY, if its containers have health checks.
        #[serde(skip_serializing_if = "Option::is_none")]
        health: Option<String>,
    },
    /// A line of the log of a task (GetLogEvents, FilterLogEvents), some seconds after it was written.
    #[non_exhaustive]
    Log {
        /// The task's id.
        task: String,
        /// The container's name.
        container: String,
        /// One line, without colours.
        text: String,
        /// When it was written, in seconds since 1970.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<f64>,
    },
    /// The removal of a service goes on (DescribeServices). Sent when its status or a number changes.
    #[non_exhaustive]
    Removing {
        /// ACTIVE, DRAINING or INACTIVE.
        status: String,
        /// Tasks that the service shall run.
        desired: u64,
        /// Tasks that run.
        running: u64,
        /// Tasks that are starting.
        pending: u64,
    },
    /// A line of output of the builder of an image, without the values of build arguments and secrets.
    #[non_exhaustive]
    Building {
        /// One line.
        text: String,
    },
    /// The progress of a push, in bytes. Sent a few times a second.
    #[non_exhaustive]
    Pushing {
        /// Bytes sent.
        sent: u64,
        /// Bytes that the registry had already.
        skipped: u64,
        /// Bytes of the whole image.
        total: u64,
    },
    /// A call to AWS failed for a transient reason, and is repeated.
    #[non_exhaustive]
    Retrying {
        /// The AWS operation.
        operation: String,
        /// AWS's error code, or a word for a failure of the connection.
        code: String,
        /// Seconds until the next attempt.
        delay: f64,
    },
    /// The end: the request is live and complete.
    Succeeded(Outcome),
    /// The end: the error of `outcome`.
    #[non_exhaustive]
    Failed {
        /// The error's code.
        code: String,
        /// The error's text.
        text: String,
        /// The error's data.
        detail: serde_json::Value,
    },
}

texts! {
    FleetEvent: event;
    FleetOutcome: outcome;
}

impl Texts for Event {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Warning { text, .. }
            | Self::Message { text, .. }
            | Self::Log { text, .. }
            | Self::Building { text } => text.each(act),
            Self::Stopped { reason, containers, log, .. } => {
                reason.each(act);
                containers.each(act);
                log.each(act);
            }
            Self::Failed { text, detail, .. } => {
                text.each(act);
                detail.each(act);
            }
            Self::Succeeded(outcome) => outcome.each(act),
            _ => {}
        }
    }
}

impl Event {
    pub(crate) fn failed(error: &Error) -> Self {
        Self::Failed { code: error.code(), text: error.to_string(), detail: error.detail() }
    }
}

/// An event of one of many services.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetEvent {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// The name that was given for it in the rollout; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The region that was given for it; absent for the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account that was given for it, by itself or in the role; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The event. The last one of each service is `succeeded` or `failed`, unless `wait` is false. A
    /// service that is taken back has `failed` after its `succeeded`.
    pub event: Event,
}

/// The outcome of one of many services.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetOutcome {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// The name that was given for it in the rollout; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The region that was given for it; absent for the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account that was given for it, by itself or in the role; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its outcome.
    pub outcome: Outcome,
}
