//! What differs between two task definitions once the defaults that ECS writes in by itself are set aside.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// One difference.
#[derive(Clone, PartialEq, Serialize)]
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

/// The place only: values may be secrets.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({})", self.path)
    }
}

/// Lists whose order means nothing, by their place (names of members, without indexes), with the members that tell
/// their entries apart; none: the entry itself does. In other lists, such as `command`, the order counts.
const SETS: [(&str, &[&str]); 14] = [
    ("/containerDefinitions", &["name"]),
    ("/containerDefinitions/environment", &["name"]),
    ("/containerDefinitions/secrets", &["name"]),
    ("/containerDefinitions/logConfiguration/secretOptions", &["name"]),
    ("/containerDefinitions/portMappings", &["containerPort", "containerPortRange", "protocol"]),
    ("/containerDefinitions/mountPoints", &["containerPath"]),
    ("/containerDefinitions/dependsOn", &["containerName"]),
    ("/containerDefinitions/ulimits", &["name"]),
    ("/containerDefinitions/systemControls", &["namespace"]),
    ("/volumes", &["name"]),
    ("/tags", &["key"]),
    ("/proxyConfiguration/properties", &["name"]),
    ("/requiresCompatibilities", &[]),
    ("/placementConstraints", &["type", "expression"]),
];

/// Members that ECS fills in when they are absent, by their place; the values are JSON texts.
const DEFAULTS: [(&str, &str); 14] = [
    ("/containerDefinitions/cpu", "0"),
    ("/containerDefinitions/essential", "true"),
    ("/containerDefinitions/versionConsistency", "\"enabled\""),
    ("/containerDefinitions/portMappings/protocol", "\"tcp\""),
    ("/containerDefinitions/healthCheck/interval", "30"),
    ("/containerDefinitions/healthCheck/timeout", "5"),
    ("/containerDefinitions/healthCheck/retries", "3"),
    ("/containerDefinitions/healthCheck/startPeriod", "0"),
    ("/containerDefinitions/mountPoints/readOnly", "false"),
    ("/containerDefinitions/volumesFrom/readOnly", "false"),
    ("/enableFaultInjection", "false"),
    ("/networkMode", "\"bridge\""),
    ("/volumes/efsVolumeConfiguration/rootDirectory", "\"/\""),
    ("/volumes/host", "{}"),
];

/// Members that are no different absent or empty. Elsewhere an empty value may mean something: an empty
/// `dockerVolumeConfiguration` makes another kind of volume.
const EMPTIES: [&str; 24] = [
    "/volumes",
    "/placementConstraints",
    "/requiresCompatibilities",
    "/inferenceAccelerators",
    "/tags",
    "/containerDefinitions/environment",
    "/containerDefinitions/environmentFiles",
    "/containerDefinitions/secrets",
    "/containerDefinitions/portMappings",
    "/containerDefinitions/mountPoints",
    "/containerDefinitions/volumesFrom",
    "/containerDefinitions/links",
    "/containerDefinitions/dependsOn",
    "/containerDefinitions/dnsServers",
    "/containerDefinitions/dnsSearchDomains",
    "/containerDefinitions/extraHosts",
    "/containerDefinitions/dockerSecurityOptions",
    "/containerDefinitions/ulimits",
    "/containerDefinitions/systemControls",
    "/containerDefinitions/resourceRequirements",
    "/containerDefinitions/credentialSpecs",
    "/containerDefinitions/dockerLabels",
    "/containerDefinitions/logConfiguration/options",
    "/containerDefinitions/logConfiguration/secretOptions",
];

/// The changes from `before` to `after`.
pub(super) fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    let at = At { path: String::new(), place: String::new() };
    compare_objects(&at, &normal(before), &normal(after), &mut changes);
    changes
}

/// Both documents without what ECS fills in, the newer in the order of the older where order means nothing.
pub(super) fn aligned(before: &Map<String, Value>, after: &Map<String, Value>) -> (Value, Value) {
    let before = Value::Object(normal(before));
    let after = align("", &before, Value::Object(normal(after)));
    (before, after)
}

fn align(place: &str, before: &Value, after: Value) -> Value {
    let set = SETS.iter().find(|(known, _)| *known == place);
    match (before, after, set) {
        (Value::Object(before), Value::Object(mut after), _) => {
            let kept = before.iter().filter_map(|(name, old)| {
                let new = after.shift_remove(name)?;
                Some((name.clone(), align(&format!("{place}/{name}"), old, new)))
            });
            let mut aligned: Map<_, _> = kept.collect();
            aligned.extend(after);
            Value::Object(aligned)
        }
        (Value::Array(before), Value::Array(after), Some((_, keys))) => {
            let mut left: Vec<_> = numbered(&after, keys).into_iter().zip(after).collect();
            let kept = numbered(before, keys).into_iter().zip(before).filter_map(|(key, old)| {
                let at = left.iter().position(|(other, _)| *other == key)?;
                Some(align(place, old, left.remove(at).1))
            });
            let mut aligned: Vec<_> = kept.collect();
            aligned.extend(left.into_iter().map(|(_, new)| new));
            Value::Array(aligned)
        }
        (_, after, _) => after,
    }
}

/// The document without what ECS fills in. Lists keep all their entries, so that indexes stay true.
fn normal(document: &Map<String, Value>) -> Map<String, Value> {
    let mode = document.get("networkMode").and_then(Value::as_str).unwrap_or("bridge");
    let mut normal = normal_object("", document, mode);
    for (member, unit) in [("cpu", "vcpu"), ("memory", "gb")] {
        if let Some(Value::String(text)) = normal.get_mut(member) {
            *text = units(text, unit);
        }
    }
    normal
}

fn normal_object(place: &str, object: &Map<String, Value>, mode: &str) -> Map<String, Value> {
    let mut normal = Map::new();
    for (name, value) in object {
        let place_of = format!("{place}/{name}");
        let value = normal_value(&place_of, value, mode);
        if !(is_default(&place_of, &value) || is_same_port(&place_of, &value, object, mode)) {
            normal.insert(name.clone(), value);
        }
    }
    normal
}

fn normal_value(place: &str, value: &Value, mode: &str) -> Value {
    match value {
        Value::Object(object) => Value::Object(normal_object(place, object, mode)),
        Value::Array(list) => Value::Array(list.iter().map(|entry| normal_value(place, entry, mode)).collect()),
        other => other.clone(),
    }
}

/// A null is as absent anywhere: ECS does not give it back.
fn is_default(place: &str, value: &Value) -> bool {
    let is_empty = match value {
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    let known = DEFAULTS.iter().find(|(known, _)| *known == place);
    value.is_null()
        || (is_empty && EMPTIES.contains(&place))
        || known.is_some_and(|(_, text)| serde_json::from_str::<Value>(text).is_ok_and(|default| default == *value))
}

/// The host port that ECS writes in: the container's own in awsvpc and host mode, none (0) in bridge mode.
fn is_same_port(place: &str, value: &Value, mapping: &Map<String, Value>, mode: &str) -> bool {
    place == "/containerDefinitions/portMappings/hostPort"
        && match mode {
            "awsvpc" | "host" => mapping.get("containerPort") == Some(value),
            _ => value.as_u64() == Some(0),
        }
}

/// The task's `cpu` in units or `memory` in MiB, as ECS writes it back; `None` where it is absent or no text or number.
pub(super) fn size(document: &Map<String, Value>, member: &str) -> Option<String> {
    match document.get(member)? {
        Value::String(text) => Some(units(text, if member == "cpu" { "vcpu" } else { "gb" })),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A task's cpu or memory as ECS writes it back: `"1 vCPU"` is `1024`, `"2GB"` is `2048`.
fn units(text: &str, unit: &str) -> String {
    let number = text.trim().to_lowercase().strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    match number.map(|number| number * 1024.0) {
        Some(whole) if whole.fract() == 0.0 => whole.to_string(),
        _ => text.to_owned(),
    }
}

/// What differs between two documents of any kind: every list in its order, nothing set aside.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    // No place of a task definition's begins like this.
    compare(&At { path: String::new(), place: "#".to_owned() }, before, after, &mut changes);
    changes
}

/// Where a value stands: by a JSON Pointer, and by the names of members alone.
struct At {
    path: String,
    place: String,
}

impl At {
    fn member(&self, name: &str) -> Self {
        // A member's name as a step of a JSON Pointer (RFC 6901).
        let step = name.replace('~', "~0").replace('/', "~1");
        Self { path: format!("{}/{step}", self.path), place: format!("{}/{name}", self.place) }
    }

    fn entry(&self, index: usize) -> Self {
        Self { path: format!("{}/{index}", self.path), place: self.place.clone() }
    }

    fn change(&self, before: Option<&Value>, after: Option<&Value>) -> Change {
        Change { path: self.path.clone(), before: before.cloned(), after: after.cloned() }
    }
}

fn compare(at: &At, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    let set = SETS.iter().find(|(place, _)| *place == at.place);
    match (before, after, set) {
        (Value::Object(before), Value::Object(after), _) => compare_objects(at, before, after, changes),
        (Value::Array(before), Value::Array(after), Some((_, keys))) => {
            compare_sets(at, keys, (before, after), changes)
        }
        _ if before == after => {}
        _ => changes.push(at.change(Some(before), Some(after))),
    }
}

fn compare_objects(at: &At, before: &Map<String, Value>, after: &Map<String, Value>, changes: &mut Vec<Change>) {
    for (name, old) in before {
        match after.get(name) {
            Some(new) => compare(&at.member(name), old, new, changes),
            None => changes.push(at.member(name).change(Some(old), None)),
        }
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        changes.push(at.member(name).change(None, Some(new)));
    }
}

fn compare_sets(at: &At, keys: &[&str], (before, after): (&[Value], &[Value]), changes: &mut Vec<Change>) {
    // Entries that share a key are told apart by their turn, so that none is passed over.
    let before_keys = numbered(before, keys);
    let after_keys = numbered(after, keys);
    for (from, key) in before_keys.iter().enumerate() {
        match after_keys.iter().position(|other| other == key) {
            Some(to) => compare(&at.entry(to), &before[from], &after[to], changes),
            None => changes.push(at.entry(from).change(Some(&before[from]), None)),
        }
    }
    for (to, _) in after_keys.iter().enumerate().filter(|(_, key)| !before_keys.contains(key)) {
        changes.push(at.entry(to).change(None, Some(&after[to])));
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
    fn a_null_is_no_change_anywhere_nor_is_a_default_of_the_task() {
        let sent = json!({
            "family": "api", "pidMode": null, "novelty": {"a": null},
            "containerDefinitions": [{"name": "a", "startTimeout": null, "logConfiguration": null, "command": null,
                "environment": [{"name": "A", "value": null}], "healthCheck": {"command": ["CMD", "x"], "startPeriod": null}}],
            "volumes": [{"name": "v", "host": null, "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]
        });
        let described = json!({
            "family": "api", "novelty": {}, "networkMode": "bridge",
            "containerDefinitions": [{"name": "a", "environment": [{"name": "A"}], "healthCheck": {"command": ["CMD", "x"]}}],
            "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/"}}]
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

    #[test]
    fn what_ecs_tells_apart_is_a_change() {
        let with = |members: Value| {
            let mut document =
                json!({"networkMode": "bridge", "containerDefinitions": [{"name": "a"}], "volumes": [{"name": "v"}]});
            json_patch::merge(&mut document, &members);
            document
        };
        for (before, after) in [
            (json!({}), json!({"volumes": [{"name": "v", "dockerVolumeConfiguration": {}}]})),
            (json!({}), json!({"novelty": {}})),
            (json!({}), json!({"novelty": []})),
            (json!({"novelty": [null]}), json!({"novelty": []})),
            (json!({"networkMode": null}), json!({"networkMode": "awsvpc"})),
            (
                json!({"novelty": {"tags": [{"key": "a"}, {"key": "b"}]}}),
                json!({"novelty": {"tags": [{"key": "b"}, {"key": "a"}]}}),
            ),
            (json!({}), json!({"novelty": {"healthCheck": {"interval": 30}}})),
            (json!({"cpu": "256"}), json!({"cpu": 256})),
            (json!({"cpu": "1024"}), json!({"cpu": "1GB"})),
            (json!({"cpu": "256"}), json!({"cpu": ".2504 vCPU"})),
            (
                json!({"networkMode": "host", "containerDefinitions": [{"name": "a", "portMappings": [{"containerPort": 80, "hostPort": 0}]}]}),
                json!({"networkMode": "host", "containerDefinitions": [{"name": "a", "portMappings": [{"containerPort": 80}]}]}),
            ),
            (json!({}), json!({"containerDefinitions": [{"name": "a", "healthCheck": {}}]})),
            (
                json!({"containerDefinitions": [{"name": "a", "command": ["x"]}]}),
                json!({"containerDefinitions": [{"name": "a", "command": []}]}),
            ),
        ] {
            assert_ne!(diff(&with(before.clone()), &with(after.clone())), json!([]), "{before} {after}");
        }
    }
}
