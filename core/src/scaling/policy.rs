//! When two policies or scheduled actions say the same: what AWS takes a member for that is not there. Pure.

use serde_json::{Map, Number, Value, json};

/// The configurations of a policy, and the type that each is of.
const KINDS: [(&str, &str); 3] = [
    ("TargetTrackingScalingPolicyConfiguration", "TargetTrackingScaling"),
    ("StepScalingPolicyConfiguration", "StepScaling"),
    ("PredictiveScalingPolicyConfiguration", "PredictiveScaling"),
];

/// Members of an input of PutScalingPolicy; others are sent with a warning.
pub(crate) const POLICY: [&str; 8] = [
    "PolicyName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyType",
    KINDS[0].0,
    KINDS[1].0,
    KINDS[2].0,
];

/// Members of an input of PutScheduledAction.
pub(crate) const ACTION: [&str; 9] = [
    "ScheduledActionName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "Schedule",
    "Timezone",
    "StartTime",
    "EndTime",
    "ScalableTargetAction",
];

/// What AWS puts beside what it was given.
const SHOWN: [&str; 5] = ["PolicyARN", "ScheduledActionARN", "Alarms", "CreationTime", "ResourceId"];

/// The type of a policy that does not name it.
pub(crate) fn kind(policy: &Map<String, Value>) -> &'static str {
    let has = |member: &str| policy.get(member).is_some_and(|value| !value.is_null());
    KINDS.iter().find(|(member, _)| has(member)).map_or("StepScaling", |(_, kind)| kind)
}

/// Whether what is there says what is asked.
pub(crate) fn is_same(there: &Map<String, Value>, asked: &Map<String, Value>) -> bool {
    document(there) == document(asked)
}

fn document(given: &Map<String, Value>) -> Value {
    let mut document = given.clone();
    document.retain(|member, _| !SHOWN.contains(&member.as_str()));
    if document.contains_key("PolicyName") {
        document.entry("PolicyType").or_insert_with(|| json!(kind(given)));
    }
    normal(&Value::Object(document))
}

/// What a member is that is not there. Source: the API reference; the cooldowns are those of ECS.
fn is_unsaid(member: &str, value: &Value) -> bool {
    match member {
        "ScaleInCooldown" | "ScaleOutCooldown" | "Cooldown" => value.as_f64() == Some(300.0),
        "DisableScaleIn" => value == false,
        "MetricAggregationType" => value == "Average",
        "MetricIntervalLowerBound" | "MetricIntervalUpperBound" => value.is_null(),
        "ReturnData" => value == true,
        "Timezone" => value == "UTC",
        "Dimensions" => value == &json!([]),
        "Mode" => value == "ForecastOnly",
        "MaxCapacityBreachBehavior" => value == "HonorMaxCapacity",
        "SchedulingBufferTime" => value.as_f64() == Some(300.0),
        _ => value.is_null(),
    }
}

/// Without what says nothing, its members in one order, and numbers in one spelling.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept: Vec<(&String, Value)> = members
                .iter()
                .filter(|(member, value)| !(is_unsaid(member, value) || value.is_null()))
                .map(|(member, value)| (member, normal(value)))
                .collect();
            kept.sort_by_key(|(member, _)| *member);
            Value::Object(kept.into_iter().map(|(member, value)| (member.clone(), value)).collect())
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Number(number) => number.as_f64().and_then(Number::from_f64).map_or(value.clone(), Value::Number),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(is_same(there, asked), expected, "{there:?} {asked:?}");
        }
    }
}
