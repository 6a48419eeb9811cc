//! Scales a service with Application Auto Scaling: options, outcome, and the verb `scale`.

pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod policy;
pub(crate) mod resolution;
pub(crate) mod scale;
pub(crate) mod state;
pub(crate) mod tracking;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::options::define::options;
use crate::options::read::given;
use crate::types::plan::PlannedCall;

options! {
    /// The options of `scale`: the range of a service, and what scales it. With the service alone it only reads.
    pub struct Scale(cluster, service) {
        use service;
        use cluster in new;
        /// The fewest tasks. Needed, with `max`, for a service that is not scaled yet; a service outside of the range is moved into
        /// it at once.
        pub min: Option<u32>,
        /// The most tasks.
        pub max: Option<u32>,
        /// The CPU utilisation to keep to, in percent of what tasks reserve: the policy `<service>-cpu`. `null` removes it.
        #[serde(deserialize_with = "given")]
        pub cpu: Option<Option<f64>>,
        /// The same for memory: the policy `<service>-memory`.
        #[serde(deserialize_with = "given")]
        pub memory: Option<Option<f64>>,
        /// The requests a minute to keep each task to, as its Application Load Balancer counts them: the policy
        /// `<service>-requests`. `null` removes it. Not for a service that CODE_DEPLOY deploys.
        #[serde(deserialize_with = "given")]
        pub requests: Option<Option<f64>>,
        /// The target group whose requests count, by its ARN or name. Needed where the service has several.
        pub target: Option<String>,
        /// Seconds after a step of scaling before the next, for `cpu`, `memory` and `requests`. Stays as it is unless given; AWS
        /// takes 300 for a new policy.
        pub cooldown: Option<Cooldown>,
        /// Seconds between two values of the metrics of `cpu` and `memory`: 60, or 20 for scaling that begins sooner. A policy keeps
        /// its own unless given; a new one has 60. With 20, the service must publish them: `settings` of `deploy` or `service` with
        /// `monitoring` (a finding says where it does not).
        pub resolution: Option<u32>,
        /// Further policies: inputs of PutScalingPolicy. The members that name the service are filled in. One that exists
        /// under its name with the same meaning is not written again.
        pub policies: Vec<Map<String, Value>>,
        /// Scheduled actions: inputs of PutScheduledAction, in the same way. `StartTime` and `EndTime` are seconds since 1970.
        pub actions: Vec<Map<String, Value>>,
        /// Which scaling is suspended: all or none of it, or one by one.
        pub suspended: Option<Suspend>,
        /// What to remove: `true` for all scaling of the service, otherwise the names of policies and scheduled actions.
        pub remove: Option<Remove>,
        /// The ARN of the role that scales. AWS's service-linked role, unless given.
        pub role: Option<String>,
        use plan;
        use unset;
    }
}

options! {
    /// Seconds after a step of scaling before the next.
    #[derive(Copy, Eq)]
    pub struct Cooldown {
        /// After tasks have been taken away.
        #[serde(rename = "in")]
        pub inward: Option<u32>,
        /// After tasks have been added.
        #[serde(rename = "out")]
        pub outward: Option<u32>,
    }
}

/// Which scaling to suspend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Suspend {
    /// All of it, or none.
    All(bool),
    /// One by one; what is not given stays.
    Some(Suspending),
}

options! {
    /// Which scaling to suspend, one by one.
    #[derive(Copy, Eq)]
    pub struct Suspending {
        /// Taking tasks away.
        #[serde(rename = "in")]
        pub inward: Option<bool>,
        /// Adding tasks.
        #[serde(rename = "out")]
        pub outward: Option<bool>,
        /// Scheduled actions.
        pub scheduled: Option<bool>,
    }
}

/// What to remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Remove {
    /// All scaling of the service: its scalable target, and with it policies and actions.
    All(bool),
    /// The policies and scheduled actions of these names. One that is not there is removed already.
    Some(Vec<String>),
}

/// How a service is scaled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScaleOutcome {
    /// Whether something was written; with `plan`, whether something would be.
    pub changed: bool,
    /// The service's name.
    pub service: String,
    /// The fewest tasks; absent where the service is not scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The most tasks; absent where the service is not scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The service's desired count before anything was written.
    pub desired: u64,
    /// The service's running count at that time.
    pub running: u64,
    /// The scaling policies.
    pub policies: Vec<ScalingPolicy>,
    /// The scheduled actions.
    pub actions: Vec<ScheduledAction>,
    /// Which scaling is suspended.
    pub suspended: Suspended,
    /// What changed, or with `plan` would change: `/min`, `/max`, `/role`, `/suspended/in`, `/policies/NAME`, `/actions/NAME`.
    pub changes: Vec<Change>,
    /// Warnings: what AWS takes, but is risky.
    pub findings: Vec<Finding>,
    /// With `plan`, the calls that would write, in order; otherwise none.
    pub planned: Vec<PlannedCall>,
    /// How many calls it took, failed ones included.
    pub calls: u64,
}

/// A scaling policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScalingPolicy {
    /// Its name.
    pub name: String,
    /// TargetTrackingScaling, StepScaling, PredictiveScaling, or a newer type of AWS.
    #[serde(rename = "type")]
    pub kind: String,
    /// The predefined metric that it tracks, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The target value, if it tracks one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Its ARN; absent where it would be made first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The names of the CloudWatch alarms that AWS created for it. Do not edit them.
    pub alarms: Vec<String>,
}

/// A scheduled action: a change of the range at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScheduledAction {
    /// Its name.
    pub name: String,
    /// When: `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule: String,
    /// The time zone of the schedule; UTC where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The fewest tasks from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The most tasks from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Its ARN; absent where it would be made first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// Which scaling of a service is suspended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Suspended {
    /// Taking tasks away.
    #[serde(rename = "in")]
    pub inward: bool,
    /// Adding tasks.
    #[serde(rename = "out")]
    pub outward: bool,
    /// Scheduled actions.
    pub scheduled: bool,
}

impl Suspended {
    /// The `SuspendedState` of RegisterScalableTarget.
    fn state(self) -> Value {
        serde_json::json!({
            "DynamicScalingInSuspended": self.inward,
            "DynamicScalingOutSuspended": self.outward,
            "ScheduledScalingSuspended": self.scheduled,
        })
    }
}

/// Read by hand: the error of an untagged enum would not name the wrong option.
impl<'de> Deserialize<'de> for Suspend {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(all) => Ok(Self::All(all)),
            other => Suspending::deserialize(other).map(Self::Some).map_err(serde::de::Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for Remove {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(all) => Ok(Self::All(all)),
            other => Vec::deserialize(other).map(Self::Some).map_err(serde::de::Error::custom),
        }
    }
}
crate::texts::texts! {
    ScaleOutcome: findings;
}
