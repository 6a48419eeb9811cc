//! How a rollout ended: its outcome, or its error as data.

use serde::Serialize;

use super::Error;
use crate::texts::texts;

/// Something that does not stop a rollout but that a person should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Warning {
    /// A word for the kind of warning.
    pub code: String,
    /// What, and what to do.
    pub text: String,
}

/// What a rollout has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Outcome {
    /// Whether a deployment was begun or a setting changed; false where the service already ran as asked.
    pub changed: bool,
    /// The ARN of the task definition that the service runs.
    pub definition: String,
    /// The ARN of the task definition that it ran before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The id of the deployment, `ecs-svc/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// All that were events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted.
    pub calls: u64,
}

/// How one of many services has ended: with an outcome, or with an error.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceEnd {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// Whether it was begun. False: another service failed before, and nothing was written to AWS for this one.
    pub begun: bool,
    /// Its outcome; absent where it failed or was not begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Its error; absent where it ended well.
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
