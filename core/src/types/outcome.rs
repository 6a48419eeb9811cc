//! Outcomes of `run` and `register`.

use serde::Serialize;

use super::event::Warning;
use super::plan::PlannedCall;
use crate::error::failure::TaskOutcome;
use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::texts::texts;

/// The outcome of `run`: every task ended well, or was started if `wait` is false.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RunOutcome {
    /// True if tasks were started; false if a run of the same `key` was joined. With `plan`: whether they would be.
    pub changed: bool,
    /// The ARN of the task definition; absent with `plan` if it would be registered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The tasks.
    pub tasks: Vec<TaskOutcome>,
    /// The events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted.
    pub calls: u64,
    /// With `plan`, the calls that would write, in order; otherwise empty.
    pub planned: Vec<PlannedCall>,
    /// Changes in the task definition, from the named one or the service's. Values that are, or may be, secrets are not shown.
    pub changes: Vec<Change>,
}

texts! {
    RunOutcome: tasks warnings;
    RegisterOutcome: findings;
}

/// The outcome of `register`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RegisterOutcome {
    /// True if a revision was made; false if an equal one existed. With `plan`: whether one would be made.
    pub changed: bool,
    /// The ARN of the revision; absent with `plan` if one would be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The ARN of the family's newest ACTIVE revision before; absent if there was none, or it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Changes from that revision to this one. Values that are, or may be, secrets are not shown.
    pub changes: Vec<Change>,
    /// Risks that ECS would accept. What ECS would refuse is an error instead.
    pub findings: Vec<Finding>,
    /// With `plan`, the calls that would write, in order; otherwise empty.
    pub planned: Vec<PlannedCall>,
    /// Number of calls to ECS, with failed ones. Calls about images are not counted.
    pub calls: u64,
}
