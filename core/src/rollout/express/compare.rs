//! Compares the requested members of an Express service, its task definition aside, with what ECS describes. Pure.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::definition::schema::compare::is_same;
use crate::definition::schema::{EXPRESS, Shape};
use crate::json::list;

/// Members that are no part of the task definition and that can change.
pub(crate) const CHANGEABLE: [&str; 3] = ["healthCheckPath", "networkConfiguration", "scalingTarget"];

/// The members to send: those in which the request differs from what is described. `added`: the security groups that ECS has added,
/// if they are known. A described network is never sent back: ECS's own group is in it.
pub(crate) fn differing(
    asked: &Map<String, Value>,
    described: &Map<String, Value>,
    added: Option<&[String]>,
) -> Map<String, Value> {
    let is_given = |member: &&&str| asked.get(**member).is_some_and(|value| !value.is_null());
    let differs = |member: &&str| {
        let (asked, described) = (asked.get(*member)?, described.get(*member).unwrap_or(&Value::Null));
        let value = match *member {
            "networkConfiguration" => (!is_same_network(asked, described, added)).then(|| asked.clone()),
            // What is not given stays as it is.
            "scalingTarget" => Some(merged(described, asked)).filter(|merged| !is_equal(member, described, merged)),
            _ => (asked != described).then(|| asked.clone()),
        };
        Some(((*member).to_owned(), value?))
    };
    // A member that the schema does not know is one that `unknown: "allow"` has let through.
    let unknown = asked.keys().map(String::as_str).filter(|member| EXPRESS.field(member).is_none());
    let members: Vec<&str> = CHANGEABLE.into_iter().chain(unknown).collect();
    members.iter().filter(is_given).filter_map(differs).collect()
}

fn is_equal(member: &str, one: &Value, other: &Value) -> bool {
    let of = |value: &Value| Map::from_iter([(member.to_owned(), value.clone())]);
    let shape: &'static Shape = &EXPRESS;
    is_same(shape, &of(one), &of(other))
}

fn merged(described: &Value, asked: &Value) -> Value {
    let mut merged = described.as_object().cloned().unwrap_or_default();
    let asked = asked.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    merged.extend(asked.map(|(member, value)| (member.clone(), value.clone())));
    Value::Object(merged)
}

fn is_same_network(asked: &Value, described: &Value, added: Option<&[String]>) -> bool {
    let texts = |value: &Value, member: &str| -> Vec<String> {
        let mut texts: Vec<String> = list(value, member).iter().filter_map(Value::as_str).map(str::to_owned).collect();
        texts.sort();
        texts
    };
    let has = |member: &str| asked.get(member).is_some_and(|value| !value.is_null());
    if has("subnets") && texts(asked, "subnets") != texts(described, "subnets") {
        return false;
    }
    if !has("securityGroups") {
        return true;
    }
    let (asked, described) = (texts(asked, "securityGroups"), texts(described, "securityGroups"));
    let is_asked = |group: &&String| asked.contains(group);
    let is_there = asked.iter().all(|group| described.contains(group));
    let mut others = described.iter().filter(|group| !is_asked(group));
    is_there
        && match added {
            Some(added) => others.all(|group| added.contains(group)),
            // ECS adds one.
            None => others.count() <= 1,
        }
}

/// The security groups that ECS manages for a service, by an answer of DescribeServiceRevisions; `None` if it shows none.
pub(crate) fn added_groups(answer: &Value) -> Option<Vec<String>> {
    let resources = list(answer, "serviceRevisions").iter().map(|one| &one["ecsManagedResources"]);
    let groups = resources.flat_map(|one| list(one, "serviceSecurityGroups")).filter_map(|one| one["arn"].as_str());
    let groups: Vec<String> = groups.map(|arn| crate::arn::last(arn).to_owned()).collect();
    (!groups.is_empty()).then_some(groups)
}

/// The newest described configuration of this task definition; if none has it, the newest of all.
pub(crate) fn configuration<'a>(described: &'a Value, definition: Option<&str>) -> Option<&'a Map<String, Value>> {
    let all = list(described, "activeConfigurations");
    let order = |one: &&Value| {
        let is_own = one["taskDefinitionArn"].as_str() == definition;
        (is_own, crate::json::time(one, "createdAt").unwrap_or_default())
    };
    all.iter().max_by(|one, other| order(one).partial_cmp(&order(other)).unwrap_or(Ordering::Equal))?.as_object()
}

/// The URL of the service, by its described configurations: the public one first. ECS gives the host alone, behind its HTTPS listener.
pub(crate) fn endpoint(described: &Value, definition: Option<&str>) -> Option<String> {
    let own = configuration(described, definition).into_iter();
    let all = own.chain(list(described, "activeConfigurations").iter().filter_map(Value::as_object));
    let mut paths: Vec<Value> =
        all.flat_map(|one| one.get("ingressPaths").and_then(Value::as_array).into_iter().flatten()).cloned().collect();
    paths.retain(|path| path["endpoint"].as_str().is_some_and(|host| !host.is_empty()));
    paths.sort_by_key(|path| path["accessType"] != json!("PUBLIC"));
    let host = paths.first()?["endpoint"].as_str()?;
    Some(if host.contains("://") { host.to_owned() } else { format!("https://{host}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let described = json!({"healthCheckPath": "/", "networkConfiguration": {"subnets": ["a", "b"], "securityGroups": ["x", "ecs"]},
            "scalingTarget": {"minTaskCount": 1, "maxTaskCount": 20, "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60}});
        let own = ["ecs".to_owned()];
        for (asked, added, expected) in [
            (json!({}), None, json!({})),
            (json!({"healthCheckPath": "/", "cpu": "512"}), None, json!({})),
            (json!({"healthCheckPath": "/health"}), None, json!({"healthCheckPath": "/health"})),
            (json!({"future": {"x": 1}, "absent": null}), None, json!({"future": {"x": 1}})),
            (json!({"scalingTarget": {"minTaskCount": 1}}), None, json!({})),
            (
                json!({"scalingTarget": {"maxTaskCount": 5}}),
                None,
                json!({"scalingTarget": {"minTaskCount": 1, "maxTaskCount": 5, "autoScalingMetric": "AVERAGE_CPU",
                    "autoScalingTargetValue": 60}}),
            ),
            (json!({"networkConfiguration": {"subnets": ["b", "a"]}}), None, json!({})),
            (json!({"networkConfiguration": {"securityGroups": ["x"]}}), Some(&own[..]), json!({})),
            (json!({"networkConfiguration": {"securityGroups": ["x"]}}), None, json!({})),
            (
                json!({"networkConfiguration": {"securityGroups": []}}),
                Some(&own[..]),
                json!({"networkConfiguration": {"securityGroups": []}}),
            ),
            (
                json!({"networkConfiguration": {"securityGroups": ["y"]}}),
                Some(&own[..]),
                json!({"networkConfiguration": {"securityGroups": ["y"]}}),
            ),
        ] {
            let found = differing(asked.as_object().unwrap(), described.as_object().unwrap(), added);
            assert_eq!(Value::Object(found), expected, "{asked}");
        }
    }

    /// An update of the scaling alone has the definition of the one before it.
    #[test]
    fn the_newest_configuration_of_a_definition_counts() {
        let one = |definition: &str, created: f64| json!({"taskDefinitionArn": definition, "createdAt": created});
        let described = json!({"activeConfigurations": [one("t:1", 1.0), one("t:1", 3.0), one("t:2", 2.0)]});
        for (definition, created) in [(Some("t:1"), 3.0), (Some("t:2"), 2.0), (Some("t:9"), 3.0), (None, 3.0)] {
            assert_eq!(configuration(&described, definition).unwrap()["createdAt"], created);
        }
    }

    #[test]
    fn the_endpoint_is_ecs_own() {
        let path = |kind: &str, host: &str| json!({"accessType": kind, "endpoint": host});
        for (paths, expected) in [
            (json!([path("PUBLIC", "we-1.ecs.eu-central-1.on.aws")]), Some("https://we-1.ecs.eu-central-1.on.aws")),
            (json!([path("PUBLIC", "https://a.example/")]), Some("https://a.example/")),
            (json!([path("PRIVATE", "inner"), path("PUBLIC", "outer")]), Some("https://outer")),
            (json!([path("PUBLIC", "")]), None),
            (json!([]), None),
        ] {
            let described = json!({"activeConfigurations": [{"taskDefinitionArn": "t:2", "ingressPaths": paths}]});
            assert_eq!(endpoint(&described, Some("t:2")).as_deref(), expected);
        }
        assert_eq!(endpoint(&json!({}), None), None);
    }
}
