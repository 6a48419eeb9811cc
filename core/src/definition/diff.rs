//! What differs between two task definitions once the defaults that ECS writes in by itself are set aside.

use serde::Serialize;
use serde_json::{Map, Value};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Where: a JSON Pointer into the newer document; into the older one where the newer has no such place.
    pub path: String,
    /// The older value; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The newer value; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Lists whose order means nothing, with the members that tell their entries apart; none: the entry itself does.
/// `dependsOn` and the like are sets; `command` and `environmentFiles` are not: there the order counts.
const SETS: [(&str, &[&str]); 18] = [
    ("containerDefinitions", &["name"]),
    ("environment", &["name"]),
    ("secrets", &["name"]),
    ("secretOptions", &["name"]),
    ("portMappings", &["containerPort", "containerPortRange", "protocol"]),
    ("mountPoints", &["containerPath"]),
    ("volumesFrom", &["sourceContainer"]),
    ("volumes", &["name"]),
    ("dependsOn", &["containerName"]),
    ("ulimits", &["name"]),
    ("systemControls", &["namespace"]),
    ("extraHosts", &["hostname"]),
    ("tags", &["key"]),
    ("properties", &["name"]),
    ("resourceRequirements", &["type"]),
    ("requiresCompatibilities", &[]),
    ("placementConstraints", &["type", "expression"]),
    ("inferenceAccelerators", &["deviceName"]),
];

/// Members that ECS fills in when they are absent, by the member they stand in; texts are JSON.
const DEFAULTS: [(&str, &str, &str); 12] = [
    ("containerDefinitions", "cpu", "0"),
    ("containerDefinitions", "essential", "true"),
    ("containerDefinitions", "versionConsistency", "\"enabled\""),
    ("portMappings", "protocol", "\"tcp\""),
    ("portMappings", "hostPort", "0"),
    ("healthCheck", "interval", "30"),
    ("healthCheck", "timeout", "5"),
    ("healthCheck", "retries", "3"),
    ("healthCheck", "startPeriod", "0"),
    ("mountPoints", "readOnly", "false"),
    ("volumesFrom", "readOnly", "false"),
    ("", "enableFaultInjection", "false"),
];

/// The changes from `before` to `after`.
pub(super) fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    compare_objects("", "", &normal(before), &normal(after), &mut changes);
    changes
}

/// The document without what ECS fills in. Lists keep all their entries, so that indexes stay true.
fn normal(document: &Map<String, Value>) -> Map<String, Value> {
    let same_ports = matches!(document.get("networkMode").and_then(Value::as_str), Some("awsvpc" | "host"));
    let mut normal = normal_object("", document, same_ports);
    for member in ["cpu", "memory"] {
        if let Some(number) = normal.get(member).and_then(units) {
            normal.insert(member.to_owned(), Value::String(number));
        }
    }
    normal
}

fn normal_object(member: &str, object: &Map<String, Value>, same_ports: bool) -> Map<String, Value> {
    let mut normal = Map::new();
    for (name, value) in object {
        let value = normal_value(name, value, same_ports);
        let is_default = DEFAULTS.iter().any(|(owner, field, text)| {
            *owner == member
                && field == name
                && serde_json::from_str::<Value>(text).is_ok_and(|default| default == value)
        });
        let is_copy =
            same_ports && member == "portMappings" && name == "hostPort" && object.get("containerPort") == Some(&value);
        if !(is_empty(&value) || is_default || is_copy) {
            normal.insert(name.clone(), value);
        }
    }
    normal
}

fn normal_value(member: &str, value: &Value, same_ports: bool) -> Value {
    match value {
        Value::Object(object) => Value::Object(normal_object(member, object, same_ports)),
        Value::Array(list) => {
            let entries = list.iter().map(|entry| match entry {
                Value::Object(object) => Value::Object(normal_object(member, object, same_ports)),
                other => other.clone(),
            });
            Value::Array(entries.collect())
        }
        other => other.clone(),
    }
}

/// What ECS does not tell from an absent member.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// A task's cpu or memory as ECS writes it back: `"1 vCPU"` is `1024`, `"2GB"` is `2048`.
pub(super) fn units(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let number = text.strip_suffix("vcpu").or_else(|| text.strip_suffix("gb"));
    match number {
        Some(number) => number.trim().parse::<f64>().ok().map(|number| (number * 1024.0).round().to_string()),
        None => Some(text),
    }
}

fn compare(path: &str, member: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => compare_objects(path, member, before, after, changes),
        (Value::Array(before), Value::Array(after)) => match SETS.iter().find(|(name, _)| *name == member) {
            Some((_, keys)) => compare_sets(path, member, keys, (before, after), changes),
            None if before == after => {}
            None => changes.push(change(path, Some(&before.clone().into()), Some(&after.clone().into()))),
        },
        _ if before == after => {}
        _ => changes.push(change(path, Some(before), Some(after))),
    }
}

fn compare_objects(
    path: &str,
    _member: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changes: &mut Vec<Change>,
) {
    for (name, old) in before {
        let path = format!("{path}/{}", escape(name));
        match after.get(name) {
            Some(new) => compare(&path, name, old, new, changes),
            None => changes.push(change(&path, Some(old), None)),
        }
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        changes.push(change(&format!("{path}/{}", escape(name)), None, Some(new)));
    }
}

fn compare_sets(path: &str, member: &str, keys: &[&str], lists: (&[Value], &[Value]), changes: &mut Vec<Change>) {
    let (before, after) = lists;
    // Entries that share a key are told apart by their turn, so that none is passed over.
    let before_keys = numbered(before, keys);
    let after_keys = numbered(after, keys);
    for (at, key) in before_keys.iter().enumerate() {
        match after_keys.iter().position(|other| other == key) {
            Some(to) => compare(&format!("{path}/{to}"), member, &before[at], &after[to], changes),
            None => changes.push(change(&format!("{path}/{at}"), Some(&before[at]), None)),
        }
    }
    for (at, _) in after_keys.iter().enumerate().filter(|(_, key)| !before_keys.contains(key)) {
        changes.push(change(&format!("{path}/{at}"), None, Some(&after[at])));
    }
}

fn numbered(list: &[Value], keys: &[&str]) -> Vec<(String, usize)> {
    let mut numbered: Vec<(String, usize)> = Vec::new();
    for entry in list {
        let parts: Vec<&Value> =
            if keys.is_empty() { vec![entry] } else { keys.iter().map(|key| &entry[*key]).collect() };
        let key = serde_json::to_string(&parts).unwrap_or_default();
        let turn = numbered.iter().filter(|(other, _)| *other == key).count();
        numbered.push((key, turn));
    }
    numbered
}

fn change(path: &str, before: Option<&Value>, after: Option<&Value>) -> Change {
    Change { path: path.to_owned(), before: before.cloned(), after: after.cloned() }
}

/// A member's name as a step of a JSON Pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn diff(before: &Value, after: &Value) -> Value {
        let changes = changes(before.as_object().unwrap(), after.as_object().unwrap());
        serde_json::to_value(changes).unwrap()
    }

    #[test]
    fn what_ecs_fills_in_is_no_change() {
        let sent = json!({
            "family": "api", "networkMode": "awsvpc", "cpu": "1 vCPU", "memory": "2GB", "requiresCompatibilities": ["FARGATE", "EC2"],
            "containerDefinitions": [
                {"name": "a", "image": "a:1", "portMappings": [{"containerPort": 80}], "environment": [{"name": "A", "value": ""}, {"name": "B", "value": "2"}],
                 "healthCheck": {"command": ["CMD", "x"]}},
                {"name": "b", "image": "b"}
            ]
        });
        let described = json!({
            "cpu": "1024", "memory": "2048", "family": "api", "networkMode": "awsvpc", "volumes": [], "placementConstraints": [], "tags": [],
            "requiresCompatibilities": ["EC2", "FARGATE"],
            "containerDefinitions": [
                {"name": "b", "image": "b", "cpu": 0, "essential": true, "environment": [], "mountPoints": [], "volumesFrom": []},
                {"name": "a", "image": "a:1", "cpu": 0, "essential": true, "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
                 "environment": [{"value": "2", "name": "B"}, {"name": "A", "value": ""}],
                 "healthCheck": {"command": ["CMD", "x"], "interval": 30, "timeout": 5, "retries": 3}}
            ]
        });
        assert_eq!(diff(&sent, &described), json!([]));
        assert_eq!(diff(&described, &sent), json!([]));
    }

    #[test]
    fn every_change_is_found_with_its_place() {
        let before = json!({"cpu": "256", "new": {"x/y": [1, 2]}, "containerDefinitions": [
            {"name": "a", "command": ["x", "y"], "environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}], "essential": false},
            {"name": "b"}]});
        let after = json!({"cpu": "512", "new": {"x/y": [2, 1]}, "containerDefinitions": [
            {"name": "c"},
            {"name": "a", "command": ["y", "x"], "environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "3"}]}]});
        assert_eq!(
            diff(&before, &after),
            json!([
                {"path": "/cpu", "before": "256", "after": "512"},
                {"path": "/new/x~1y", "before": [1, 2], "after": [2, 1]},
                {"path": "/containerDefinitions/1/command", "before": ["x", "y"], "after": ["y", "x"]},
                {"path": "/containerDefinitions/1/environment/1/value", "before": "2", "after": "3"},
                {"path": "/containerDefinitions/1/essential", "before": false},
                {"path": "/containerDefinitions/1", "before": {"name": "b"}},
                {"path": "/containerDefinitions/0", "after": {"name": "c"}},
            ])
        );
    }
}
