//! How a rollout ended: its outcome, or its error as data.

use indexmap::IndexMap;
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
    /// How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the
    /// stage at which `until` ended the watch. Absent if it was not watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<String>,
    /// The ARN of the task definition that the deployment brings, or that the service runs already.
    pub definition: String,
    /// The ARN of the task definition that it ran before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The id of the deployment, `ecs-svc/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more);
    /// absent if that may not be read, if ECS keeps none, or if the deployment was not watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<IndexMap<String, RunningImage>>,
    /// The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other
    /// service, or if that may not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The page of the service's deployments in AWS's console; absent in a partition whose console is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none
    /// was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<IndexMap<String, f64>>,
    /// The events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted.
    pub calls: u64,
}

/// The image of a container that runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RunningImage {
    /// The reference in the task definition.
    pub image: String,
    /// The digest that it named when the deployment began; absent if ECS does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
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
    /// The name that was given for it in the rollout; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The region that was given for it; absent for the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account that was given for it, by itself or in the role; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
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
