//! Compares scaling policies and scheduled actions: what AWS uses for an absent member is no difference. Pure.

use serde_json::{Map, Value, json};

use crate::definition::schema::{Shape, compare};

/// How the member with a policy's configuration ends; it begins with the policy's type.
const CONFIGURATION: &str = "PolicyConfiguration";

/// The type of a policy that does not name it.
pub(crate) fn kind(policy: &Map<String, Value>) -> &str {
    let given = policy.iter().filter(|(_, value)| !value.is_null());
    given.filter_map(|(member, _)| member.strip_suffix(CONFIGURATION)).next().unwrap_or("StepScaling")
}

/// Whether what is there means the same as what is asked for. Both are members of `shape`.
pub(crate) fn is_same(shape: &'static Shape, there: &Map<String, Value>, asked: &Map<String, Value>) -> bool {
    compare::is_same(shape, &typed(shape, there), &typed(shape, asked))
}

/// A policy with its type.
fn typed(shape: &Shape, document: &Map<String, Value>) -> Map<String, Value> {
    let mut typed = comparable(shape, document);
    if document.contains_key("PolicyName") {
        typed.entry("PolicyType").or_insert_with(|| json!(kind(document)));
    }
    typed
}

/// A document without what names the service and what only AWS writes.
pub(crate) fn comparable(shape: &Shape, document: &Map<String, Value>) -> Map<String, Value> {
    let is_aside = |member: &str| shape.is_read_only(member) || shape.option(member).is_some();
    let kept = document.iter().filter(|(member, _)| !is_aside(member));
    kept.map(|(member, value)| (member.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::schema::{ACTION, POLICY};

    #[test]
    fn what_aws_fills_in_is_no_change() {
        let tracking = |more: Value| {
            let mut configuration =
                json!({"TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "M"}});
            json_patch::merge(&mut configuration, &more);
            json!({"PolicyName": "p", "TargetTrackingScalingPolicyConfiguration": configuration})
        };
        let shown = json!({"PolicyARN": "a", "PolicyName": "p", "PolicyType": "TargetTrackingScaling", "Alarms": [], "CreationTime": 1.5,
            "ResourceId": "service/c/s", "TargetTrackingScalingPolicyConfiguration":
                {"PredefinedMetricSpecification": {"PredefinedMetricType": "M"}, "TargetValue": 50.0, "DisableScaleIn": false, "ScaleInCooldown": 300}});
        let action = |more: Value| {
            let mut action = json!({"ScheduledActionName": "n", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 1}});
            json_patch::merge(&mut action, &more);
            action
        };
        for (there, asked, expected) in [
            (shown.clone(), tracking(json!({})), true),
            (shown.clone(), tracking(json!({"ScaleOutCooldown": 300})), true),
            (shown.clone(), tracking(json!({"ScaleOutCooldown": 60})), false),
            (shown.clone(), tracking(json!({"TargetValue": 51})), false),
            (shown.clone(), tracking(json!({"DisableScaleIn": true})), false),
            (shown, tracking(json!({"Future": {"x": 1}})), false),
            (action(json!({"Timezone": "UTC", "ScheduledActionARN": "a"})), action(json!({})), true),
            (action(json!({"StartTime": 1.0})), action(json!({"StartTime": 1})), true),
            (action(json!({"StartTime": 1.0})), action(json!({})), false),
            (action(json!({})), action(json!({"ScalableTargetAction": {"MaxCapacity": 3}})), false),
        ] {
            let (there, asked) = (there.as_object().unwrap(), asked.as_object().unwrap());
            let shape = if there.contains_key("PolicyName") { &POLICY } else { &ACTION };
            assert_eq!(is_same(shape, there, asked), expected, "{there:?} {asked:?}");
        }
    }
}
