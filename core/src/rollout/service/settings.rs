//! Compares the members of UpdateService: whether a service is set as asked. Pure.

use serde_json::{Map, Value};

use crate::definition::schema::compare::is_same;
use crate::definition::schema::{Field, SERVICE, Update};

/// Whether a member is one of UpdateService: the newest API known here. Others are sent as they are, with a warning.
pub(crate) fn is_known(member: &str) -> bool {
    SERVICE.field(member).is_some_and(Field::is_updatable)
}

/// A guess which member was meant by one that UpdateService does not have. A member that has its own option is not suggested.
pub(crate) fn hint(member: &str) -> String {
    let options = crate::options::names::beside_settings();
    if let Some(meant) = crate::options::names::meant(member, options) {
        return format!("the option of that name belongs beside `settings`{meant}");
    }
    let known = SERVICE.fields().iter().filter(|field| field.is_updatable() && field.option.is_none());
    let known: Vec<&str> = known.map(|field| field.name).collect();
    match crate::options::names::suggestion(member, &known).split_once(": did you mean ") {
        Some((_, nearest)) => format!("did you mean {nearest}"),
        None => "check its name".to_owned(),
    }
}

/// Whether a member is set as requested, after ECS's defaults. A member that the service does not show has its default.
pub(crate) fn is_set(member: &str, set: &Value, asked: &Value) -> bool {
    let of = |value: &Value| Map::from_iter([(member.to_owned(), value.clone())]);
    is_same(&SERVICE, &of(set), &of(&merged(set, asked, is_merged(member))))
}

/// The value of a setting after ECS has applied the request.
pub(crate) fn merged(set: &Value, asked: &Value, is_merged: bool) -> Value {
    match (set, asked) {
        (set, Value::Null) => set.clone(),
        (Value::Object(set), Value::Object(asked)) if is_merged => {
            let mut merged = set.clone();
            for (member, asked) in asked {
                let inner = merged.entry(member.clone()).or_insert(Value::Null);
                *inner = self::merged(inner, asked, true);
            }
            Value::Object(merged)
        }
        (_, asked) => asked.clone(),
    }
}

/// Whether ECS merges this member of UpdateService into the current value; it replaces the others.
pub(crate) fn is_merged(member: &str) -> bool {
    SERVICE.field(member).is_some_and(|field| field.update == Update::Merges)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn requested_settings_are_read_as_ecs_reads_them() {
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
            assert_eq!(merged(&set, &asked, is_merged), expected, "{asked}");
        }
        assert_eq!(merged(&Value::Null, &json!({"a": 1}), true), json!({"a": 1}));
    }

    #[test]
    fn equal_settings_differ_from_others() {
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
        ] {
            let member = if is_merged { "deploymentConfiguration" } else { "networkConfiguration" };
            assert_eq!(is_set(member, &set, &asked), expected, "{set} {asked}");
        }
        let providers = |first: &str, second: &str| json!([{"capacityProvider": first}, {"capacityProvider": second}]);
        for (member, set, asked, expected) in [
            (
                "capacityProviderStrategy",
                json!([{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]),
                json!([{"capacityProvider": "FARGATE", "weight": 1}]),
                true,
            ),
            // A member that the service does not show has its default.
            ("propagateTags", json!(null), json!("NONE"), true),
            ("propagateTags", json!("SERVICE"), json!("NONE"), false),
            ("serviceConnectConfiguration", json!(null), json!({"enabled": false}), true),
            ("platformVersion", json!(null), json!("LATEST"), true),
            // An empty list in a merged member replaces the current one.
            ("deploymentConfiguration", json!({"lifecycleHooks": [{"a": 1}]}), json!({"lifecycleHooks": []}), false),
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
