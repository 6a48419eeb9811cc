//! What `run` and `register` come to.

use serde::Serialize;

use super::event::Warning;
use super::plan::PlannedCall;
use crate::error::failure::TaskOutcome;
use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::texts::texts;

/// What a run has come to: every task has ended well, or is started where nobody waits.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RunOutcome {
    /// Whether tasks were started; false where a run of the same `key` was joined. For a plan: whether they would be.
    pub changed: bool,
    /// The ARN of the task definition; absent in a plan where it would be registered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The tasks.
    pub tasks: Vec<TaskOutcome>,
    /// All that were events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted.
    pub calls: u64,
    /// The calls that would write, in order; empty where it is no plan.
    pub planned: Vec<PlannedCall>,
    /// What changes in the task definition, from that which was given by name or is the service's. Values that are, or may be,
    /// secrets are not shown.
    pub changes: Vec<Change>,
}

texts! {
    RunOutcome: tasks warnings;
    RegisterOutcome: findings;
}

/// What `register` has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RegisterOutcome {
    /// Whether a revision was made; false where an equal one was there. For a plan: whether one would be.
    pub changed: bool,
    /// The ARN of the revision; absent in a plan that would make one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The ARN of the family's newest ACTIVE revision before; absent where there was none, or no need to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// What changes from that to this one. Values that are, or may be, secrets are not shown.
    pub changes: Vec<Change>,
    /// What ECS would take but you would regret; what it would refuse is an error instead.
    pub findings: Vec<Finding>,
    /// The calls that would write, in order; empty where it is no plan.
    pub planned: Vec<PlannedCall>,
    /// How many calls to ECS it took, failed ones included. Looks at images are not counted.
    pub calls: u64,
}
