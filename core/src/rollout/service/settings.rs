//! Whether a service is set as asked: what counts as equal in the members of UpdateService. Pure.

use serde_json::{Map, Value, json};

/// Members of UpdateService: the newest API known here. Others are sent as they are, with a warning.
pub(crate) const KNOWN: [&str; 24] = [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "cluster",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "forceNewDeployment",
    "gatewayConnectors",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "monitoring",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "service",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "taskDefinition",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// What may be meant by a member that UpdateService is not known to have. What has an option of its own is not advised as a member.
pub(crate) fn hint(member: &str) -> String {
    let options = crate::options::names::beside_settings();
    if let Some(meant) = crate::options::names::meant(member, options) {
        return format!("the option of that name stands beside `settings`{meant}");
    }
    let own = crate::types::deployment::check::OWN_OPTIONS.map(|(member, _)| member);
    let known: Vec<&str> = KNOWN.into_iter().filter(|known| !own.contains(known)).collect();
    match crate::options::names::suggestion(member, &known).split_once(": did you mean ") {
        Some((_, nearest)) => format!("did you mean {nearest}"),
        None => "check its name".to_owned(),
    }
}

/// Lists whose order means nothing to ECS.
const UNORDERED: [&str; 3] = ["capacityProviderStrategy", "loadBalancers", "placementConstraints"];
/// Lists of names whose order means nothing.
const SETS: [&str; 3] = ["subnets", "securityGroups", "alarmNames"];

/// What a service is that does not show a member, so that asking for it is no change.
/// Source: the API reference of CreateService on each member's default.
const UNSAID: [(&str, &str); 6] = [
    ("propagateTags", "\"NONE\""),
    ("enableExecuteCommand", "false"),
    ("enableECSManagedTags", "false"),
    ("healthCheckGracePeriodSeconds", "0"),
    ("platformVersion", "\"LATEST\""),
    ("serviceConnectConfiguration", "{\"enabled\":false}"),
];

/// Whether a member that a service does not show is as asked all the same.
pub(crate) fn is_unsaid(member: &str, asked: &Value) -> bool {
    let asked = asked.to_string();
    UNSAID.iter().any(|(known, unsaid)| *known == member && *unsaid == asked)
}

/// Whether a member is set as asked.
pub(crate) fn is_set(member: &str, set: &Value, asked: &Value) -> bool {
    // ECS takes an explicit null as no change.
    asked.is_null() || equal(&normal(member, set), &normal(member, asked), is_merged(member))
}

fn equal(set: &Value, asked: &Value, is_merged: bool) -> bool {
    match (set, asked) {
        (Value::Object(set), Value::Object(asked)) if is_merged => {
            asked.iter().all(|(member, asked)| set.get(member).is_some_and(|set| equal(set, asked, true)))
        }
        (set, asked) => set == asked,
    }
}

/// What a setting is once ECS has taken what is asked.
pub(crate) fn taken(set: &Value, asked: &Value, is_merged: bool) -> Value {
    match (set, asked) {
        (set, Value::Null) => set.clone(),
        (Value::Object(set), Value::Object(asked)) if is_merged => {
            let mut taken = set.clone();
            for (member, asked) in asked {
                let inner = taken.entry(member.clone()).or_insert(Value::Null);
                *inner = self::taken(inner, asked, true);
            }
            Value::Object(taken)
        }
        (_, asked) => asked.clone(),
    }
}

/// Whether ECS merges this member of UpdateService into what is set; it replaces the others.
pub(crate) fn is_merged(member: &str) -> bool {
    member == "deploymentConfiguration"
}

/// Without what ECS does not tell from an absent member.
fn normal(member: &str, value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| (name.clone(), normal(name, value)));
            let is_default = |name: &str, value: &Value| match name {
                "assignPublicIp" => value == "DISABLED",
                // Of a capacity provider strategy.
                "base" | "weight" => value.as_f64() == Some(0.0),
                _ => false,
            };
            let kept: Map<String, Value> =
                members.filter(|(name, value)| !(is_empty(value) || is_default(name, value))).collect();
            Value::Object(kept)
        }
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(|entry| normal("", entry)).collect();
            if SETS.contains(&member) || UNORDERED.contains(&member) {
                list.sort_by_key(Value::to_string);
            }
            if list.is_empty() { Value::Null } else { Value::Array(list) }
        }
        // ECS spells the fields of a placement strategy its own way.
        Value::String(text) if member == "field" => match text.to_lowercase().as_str() {
            "host" => json!("instanceid"),
            lower => json!(lower),
        },
        // A number is the same in every spelling.
        Value::Number(number) => match number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15) {
            Some(whole) => json!(whole as i64),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_is_taken_as_ecs_takes_it() {
        let set =
            json!({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5, "alarms": {"enable": true, "rollback": true}});
        for (asked, is_merged, expected) in [
            (
                json!({"minimumHealthyPercent": 50, "bakeTimeInMinutes": null, "alarms": {"rollback": false}}),
                true,
                json!({
                    "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5, "alarms": {"enable": true, "rollback": false},
                    "minimumHealthyPercent": 50
                }),
            ),
            (json!(null), true, set.clone()),
            (json!(null), false, set.clone()),
            (json!({"a": 1}), false, json!({"a": 1})),
        ] {
            assert_eq!(taken(&set, &asked, is_merged), expected, "{asked}");
        }
        assert_eq!(taken(&Value::Null, &json!({"a": 1}), true), json!({"a": 1}));
    }

    #[test]
    fn equal_settings_are_told_from_different_ones() {
        let network = |value: Value| json!({ "awsvpcConfiguration": value });
        for (set, asked, is_merged, expected) in [
            (json!(true), json!(true), false, true),
            (json!(null), json!(true), false, false),
            (json!(5), json!(null), false, true),
            (json!(null), json!([]), false, true),
            (json!([1]), json!([]), false, false),
            (
                network(json!({"subnets": ["a", "b"], "assignPublicIp": "DISABLED"})),
                network(json!({"subnets": ["b", "a"]})),
                false,
                true,
            ),
            (
                network(json!({"subnets": ["a"], "securityGroups": ["x"]})),
                network(json!({"subnets": ["a"]})),
                false,
                false,
            ),
            (json!({"maximumPercent": 200, "minimumHealthyPercent": 100}), json!({"maximumPercent": 200}), true, true),
            (json!({"maximumPercent": 200}), json!({"maximumPercent": 150}), true, false),
            (
                json!([{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]),
                json!([{"capacityProvider": "FARGATE", "weight": 1}]),
                false,
                true,
            ),
        ] {
            let member = if is_merged { "deploymentConfiguration" } else { "networkConfiguration" };
            assert_eq!(is_set(member, &set, &asked), expected, "{set} {asked}");
        }
        let providers = |first: &str, second: &str| json!([{"capacityProvider": first}, {"capacityProvider": second}]);
        for (member, set, asked, expected) in [
            ("capacityProviderStrategy", providers("A", "B"), providers("B", "A"), true),
            ("capacityProviderStrategy", providers("A", "B"), providers("B", "C"), false),
            (
                "placementStrategy",
                json!([{"type": "spread", "field": "instanceId"}, {"type": "binpack", "field": "MEMORY"}]),
                json!([{"type": "spread", "field": "host"}, {"type": "binpack", "field": "memory"}]),
                true,
            ),
            // In which order tasks are placed does mean something.
            (
                "placementStrategy",
                json!([{"type": "spread", "field": "host"}, {"type": "random"}]),
                json!([{"type": "random"}, {"type": "spread", "field": "host"}]),
                false,
            ),
            ("healthCheckGracePeriodSeconds", json!(60), json!(60.0), true),
            ("healthCheckGracePeriodSeconds", json!(60), json!(60.5), false),
        ] {
            assert_eq!(is_set(member, &set, &asked), expected, "{member} {set} {asked}");
        }
    }
}
