//! How a rollout ended: its outcome, or its error as data.

use serde::Serialize;

use super::Error;
use crate::texts::texts;

/// A problem that does not stop a rollout.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Warning {
    /// The kind of warning, as one word.
    pub code: String,
    /// The problem, and what to do about it.
    pub text: String,
}

/// The outcome of a rollout.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Outcome {
    /// True if a deployment was begun or a setting changed; false if the service ran as requested already.
    pub changed: bool,
    /// The ARN of the task definition that the service runs.
    pub definition: String,
    /// The ARN of the task definition that it ran before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The id of the deployment, `ecs-svc/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted.
    pub calls: u64,
}

/// How one of many services ended: with an outcome, or with an error.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceEnd {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// False if another service failed before, so that nothing was written to AWS for this one.
    pub begun: bool,
    /// Its outcome; absent if it failed or was not begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Its error; absent if it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ServiceFailure>,
}

/// The error of one of many services.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceFailure {
    /// The error's code.
    pub code: String,
    /// The error's text.
    pub text: String,
    /// The error's data.
    pub detail: serde_json::Value,
}

impl ServiceFailure {
    pub(crate) fn of(error: &Error) -> Self {
        Self { code: error.code(), text: error.to_string(), detail: error.detail() }
    }
}

texts! {
    Warning: text;
    Outcome: warnings;
    ServiceEnd: outcome error;
    ServiceFailure: text detail;
}
