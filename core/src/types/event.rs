//! What a rollout tells while it runs, as one enum, and what it has come to at its end.

use serde::Serialize;

use crate::error::Error;
pub use crate::error::end::{Outcome, ServiceEnd, ServiceFailure, Warning};
use crate::error::failure::StoppedContainer;
use crate::texts::{Texts, texts};

/// Something that a rollout did or saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The service has been found and can be deployed to, or a task can be run. Nothing is written yet.
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
    /// Something that does not stop the rollout but that a person should know.
    #[non_exhaustive]
    Warning {
        /// A word for the kind of warning.
        code: String,
        /// What, and what to do.
        text: String,
    },
    /// There is a revision of the task definition to deploy (RegisterTaskDefinition).
    #[non_exhaustive]
    Registered {
        /// Its ARN.
        definition: String,
        /// Whether an equal revision was there already, so that none was made.
        reused: bool,
    },
    /// The order is taken (UpdateService, or CodeDeploy's CreateDeployment). From here on the verdict is about this deployment alone.
    #[non_exhaustive]
    Updated {
        /// The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy.
        deployment: String,
        /// The ARN of the service deployment, where ECS tells it at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        arn: Option<String>,
    },
    /// How far the deployment is (DescribeServices). Told when a number changes.
    #[non_exhaustive]
    Progress {
        /// Tasks that the deployment is to run.
        desired: u64,
        /// Tasks of the deployment that run.
        running: u64,
        /// Tasks of the deployment that are starting.
        pending: u64,
        /// Tasks of the deployment that failed in a row.
        failed: u64,
        /// Tasks of earlier deployments that still run.
        previous: u64,
        /// A measure for a progress bar, 0 to 100; 100 only at the end.
        percent: u64,
    },
    /// The deployment has entered a stage of its strategy.
    #[non_exhaustive]
    Stage {
        /// ECS's name of the stage, or CodeDeploy's of its lifecycle event; TERMINATION_WAIT is its wait after the last one.
        stage: String,
    },
    /// The deployment waits for a person or a program.
    #[non_exhaustive]
    Paused {
        /// The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment.
        stage: String,
        /// The id of the hook to continue.
        #[serde(skip_serializing_if = "Option::is_none")]
        hook: Option<String>,
    },
    /// ECS's own words about the service.
    #[non_exhaustive]
    Message {
        /// When ECS said it, in seconds since 1970.
        at: f64,
        /// What it said.
        text: String,
    },
    /// A task of this deployment stopped, and not because it was replaced (DescribeTasks).
    #[non_exhaustive]
    Stopped {
        /// The task's id.
        task: String,
        /// A word for the kind of cause, such as `image_missing`.
        kind: String,
        /// ECS's own words.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How its containers ended.
        containers: Vec<StoppedContainer>,
        /// The last lines of its log, oldest first.
        log: Vec<String>,
    },
    /// A task that was started moves on (DescribeTasks).
    #[non_exhaustive]
    Task {
        /// The task's id.
        task: String,
        /// ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED.
        status: String,
        /// HEALTHY or UNHEALTHY, where its containers have health checks that say so.
        #[serde(skip_serializing_if = "Option::is_none")]
        health: Option<String>,
    },
    /// A line of the log of a task that was started (GetLogEvents), as it comes: seconds after it was written.
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
    /// What the builder of an image says, without the values of build arguments and secrets.
    #[non_exhaustive]
    Building {
        /// One line.
        text: String,
    },
    /// How far a push is, in bytes. Told as it changes, a few times a second.
    #[non_exhaustive]
    Pushing {
        /// What has been sent.
        sent: u64,
        /// What the registry had already.
        skipped: u64,
        /// What the image is made of.
        total: u64,
    },
    /// A call to AWS failed in a way that passes, and is tried again.
    #[non_exhaustive]
    Retrying {
        /// The operation of AWS.
        operation: String,
        /// AWS's error code, or a word for what happened on the way.
        code: String,
        /// Seconds until the next attempt.
        delay: f64,
    },
    /// The end: what was asked for is live and complete.
    Succeeded(Outcome),
    /// The end: the error that `outcome` raises.
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
    /// What was done or seen. The last one of each service is `succeeded` or `failed`, but where nobody waits for the verdict.
    pub event: Event,
}

/// What one of many services has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetOutcome {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// What it has come to.
    pub outcome: Outcome,
}
