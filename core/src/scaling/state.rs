//! The scaling of a service, read from the answers of Application Auto Scaling. Pure.

use serde_json::{Map, Value};

use super::check::DIMENSION;
use super::resolution::tracked_base;
use super::{ScalingPolicy, ScheduledAction, Suspended};

/// A service's scalable target with its policies and scheduled actions, as documents of AWS.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ScalingState {
    /// Absent if the service is not scaled.
    pub(crate) target: Option<Map<String, Value>>,
    pub(crate) policies: Vec<Map<String, Value>>,
    pub(crate) actions: Vec<Map<String, Value>>,
}

impl ScalingState {
    /// The scaling of a service, from whole lists. Some servers ignore the filter.
    pub(crate) fn of(resource: &str, targets: Vec<Value>, policies: Vec<Value>, actions: Vec<Value>) -> Self {
        let own = |all: Vec<Value>| {
            let is = |one: &Map<String, Value>, member: &str, own: &str| one.get(member).is_none_or(|it| it == own);
            let documents = all.into_iter().filter_map(|one| match one {
                Value::Object(one) => Some(one),
                _ => None,
            });
            documents.filter(move |one| is(one, "ResourceId", resource) && is(one, "ScalableDimension", DIMENSION))
        };
        Self { target: own(targets).next(), policies: own(policies).collect(), actions: own(actions).collect() }
    }

    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let target = self.target.as_ref()?;
        // Some servers write 2.0.
        let whole = |member: &str| target.get(member)?.as_f64().map(|number| number as i64);
        Some((whole("MinCapacity")?, whole("MaxCapacity")?))
    }

    pub(crate) fn suspended(&self) -> Suspended {
        let state = self.target.as_ref().and_then(|target| target.get("SuspendedState"));
        let is = |member: &str| state.is_some_and(|state| state[member] == true);
        Suspended {
            inward: is("DynamicScalingInSuspended"),
            outward: is("DynamicScalingOutSuspended"),
            scheduled: is("ScheduledScalingSuspended"),
        }
    }

    pub(crate) fn policy(&self, name: &str) -> Option<&Map<String, Value>> {
        self.policies.iter().find(|policy| policy.get("PolicyName").is_some_and(|known| known == name))
    }

    /// The policies that track a predefined metric, at whichever resolution.
    pub(crate) fn tracking(&self, metric: &str) -> impl Iterator<Item = &str> {
        let tracks = move |policy: &&Map<String, Value>| tracked_base(policy) == Some(metric);
        self.policies.iter().filter(tracks).filter_map(|policy| policy.get("PolicyName")?.as_str())
    }

    pub(crate) fn shown_policies(&self) -> Vec<ScalingPolicy> {
        let shown = |policy: &Map<String, Value>| {
            let alarms = policy.get("Alarms").and_then(Value::as_array).into_iter().flatten();
            let configuration = policy.get("TargetTrackingScalingPolicyConfiguration");
            ScalingPolicy {
                name: text(policy, "PolicyName").unwrap_or_default(),
                kind: text(policy, "PolicyType").unwrap_or_else(|| super::policy::kind(policy).to_owned()),
                metric: super::resolution::tracked(policy).map(str::to_owned),
                target: configuration.and_then(|it| it["TargetValue"].as_f64()),
                arn: text(policy, "PolicyARN"),
                alarms: alarms.filter_map(|alarm| alarm["AlarmName"].as_str().map(str::to_owned)).collect(),
            }
        };
        self.policies.iter().map(shown).collect()
    }

    pub(crate) fn shown_actions(&self) -> Vec<ScheduledAction> {
        let shown = |action: &Map<String, Value>| {
            let target = action.get("ScalableTargetAction");
            ScheduledAction {
                name: text(action, "ScheduledActionName").unwrap_or_default(),
                schedule: text(action, "Schedule").unwrap_or_default(),
                timezone: text(action, "Timezone"),
                min: target.and_then(|target| target["MinCapacity"].as_i64()),
                max: target.and_then(|target| target["MaxCapacity"].as_i64()),
                arn: text(action, "ScheduledActionARN"),
            }
        };
        self.actions.iter().map(shown).collect()
    }
}

fn text(document: &Map<String, Value>, member: &str) -> Option<String> {
    document.get(member)?.as_str().map(str::to_owned)
}
