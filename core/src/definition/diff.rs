//! What differs between two task definitions in their normal form: what is equal to absent is no difference.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::normal::normal;
use crate::error::finding::Change;

/// Lists whose order means nothing, by their place (names of members, without indexes), with the members that tell
/// their entries apart; none: the entry itself does. In other lists, such as `command`, the order counts.
const SETS: [(&str, &[&str]); 20] = [
    ("/containerDefinitions", &["name"]),
    ("/containerDefinitions/environment", &["name"]),
    ("/containerDefinitions/secrets", &["name"]),
    ("/containerDefinitions/logConfiguration/secretOptions", &["name"]),
    ("/containerDefinitions/portMappings", &["containerPort", "containerPortRange", "protocol"]),
    ("/containerDefinitions/mountPoints", &["containerPath"]),
    ("/containerDefinitions/dependsOn", &["containerName"]),
    ("/containerDefinitions/ulimits", &["name"]),
    ("/containerDefinitions/systemControls", &["namespace"]),
    ("/containerDefinitions/resourceRequirements", &["type"]),
    ("/containerDefinitions/restartPolicy/ignoredExitCodes", &[]),
    ("/containerDefinitions/linuxParameters/devices", &["hostPath", "containerPath"]),
    ("/containerDefinitions/linuxParameters/devices/permissions", &[]),
    ("/containerDefinitions/linuxParameters/capabilities/add", &[]),
    ("/containerDefinitions/linuxParameters/capabilities/drop", &[]),
    ("/volumes", &["name"]),
    ("/tags", &["key"]),
    ("/proxyConfiguration/properties", &["name"]),
    ("/requiresCompatibilities", &[]),
    ("/placementConstraints", &["type", "expression"]),
];

/// The changes from `before` to `after`.
pub(crate) fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    let at = At { path: String::new(), place: String::new() };
    compare_objects(&at, &normal(before), &normal(after), &mut changes);
    changes
}

/// Both documents in their normal form, the newer in the order of the older where order means nothing.
pub(crate) fn aligned(before: &Map<String, Value>, after: &Map<String, Value>) -> (Value, Value) {
    let before = Value::Object(normal(before));
    let after = align("", &before, Value::Object(normal(after)));
    (align("", &before, before.clone()), after)
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
            let places = by_key(numbered(&after, keys));
            let mut left: Vec<_> = after.into_iter().map(Some).collect();
            let kept = numbered(before, keys).into_iter().zip(before).filter_map(|(key, old)| {
                let new = left[*places.get(&key)?].take()?;
                Some(align(place, old, new))
            });
            let mut aligned: Vec<_> = kept.collect();
            aligned.extend(left.into_iter().flatten());
            aligned.retain(|entry| !is_void(place, entry));
            Value::Array(aligned)
        }
        (_, after, _) => after,
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
    let known: HashSet<&Key> = before_keys.iter().collect();
    let is_new = |to: usize, key| !known.contains(key) && !is_void(&at.place, &after[to]);
    let new: Vec<usize> = (0..after.len()).filter(|to| is_new(*to, &after_keys[*to])).collect();
    let places = by_key(after_keys);
    for (from, key) in before_keys.iter().enumerate() {
        match places.get(key) {
            Some(to) => compare(&at.entry(*to), &before[from], &after[*to], changes),
            None if is_void(&at.place, &before[from]) => {}
            None => changes.push(at.entry(from).change(Some(&before[from]), None)),
        }
    }
    changes.extend(new.into_iter().map(|to| at.entry(to).change(None, Some(&after[to]))));
}

/// Whether an entry is as if it were absent: ECS takes a variable without a value, and drops it.
fn is_void(place: &str, entry: &Value) -> bool {
    place == "/containerDefinitions/environment" && entry.get("value").is_none()
}

/// What tells an entry of a set from the others, and which it is of those that share it.
type Key = (String, usize);

fn numbered(list: &[Value], keys: &[&str]) -> Vec<Key> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let number = |entry: &Value| {
        let parts: Vec<&Value> =
            if keys.is_empty() { vec![entry] } else { keys.iter().map(|key| &entry[*key]).collect() };
        let key = serde_json::to_string(&parts).unwrap_or_default();
        let next = turns.entry(key.clone()).or_default();
        *next += 1;
        (key, *next)
    };
    list.iter().map(number).collect()
}

/// Where each entry stands.
fn by_key(numbered: Vec<Key>) -> HashMap<Key, usize> {
    numbered.into_iter().enumerate().map(|(at, key)| (key, at)).collect()
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

    /// What servers fill in, member by member: first what is sent, then what may be described.
    #[test]
    fn empty_and_default_are_equal_to_absent() {
        let container = |members: Value| json!({"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "containerDefinitions": [members]});
        let volume = |volume: Value| json!({"containerDefinitions": [{"name": "a"}], "volumes": [{"name": "v", "efsVolumeConfiguration": volume}]});
        let task = |mut members: Value| {
            members["containerDefinitions"] = json!([{"name": "a"}]);
            members
        };
        for (sent, described) in [
            (
                container(json!({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}})),
                container(
                    json!({"linuxParameters": {"capabilities": {"add": [], "drop": ["ALL"]}, "devices": [], "tmpfs": [], "initProcessEnabled": false}}),
                ),
            ),
            (
                container(json!({"portMappings": [{"containerPort": 80, "protocol": "http"}]})),
                container(json!({"portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]})),
            ),
            (
                container(
                    json!({"linuxParameters": {"devices": [{"hostPath": "/d"}]}, "restartPolicy": {"enabled": true, "ignoredExitCodes": [1, 2]}}),
                ),
                container(
                    json!({"linuxParameters": {"devices": [{"hostPath": "/d", "containerPath": "/d", "permissions": ["mknod", "read", "write"]}]}, "restartPolicy": {"enabled": true, "ignoredExitCodes": [2, 1]}}),
                ),
            ),
            (
                container(
                    json!({"linuxParameters": {"devices": [{"hostPath": "/d", "permissions": ["read", "write"]}]}}),
                ),
                container(
                    json!({"linuxParameters": {"devices": [{"hostPath": "/d", "permissions": ["write", "read"]}]}}),
                ),
            ),
            (
                json!({"proxyConfiguration": {"containerName": "a"}}),
                json!({"proxyConfiguration": {"type": "APPMESH", "containerName": "a"}}),
            ),
            (container(json!({})), container(json!({"linuxParameters": {"capabilities": {"add": [], "drop": []}}}))),
            (
                container(json!({})),
                container(json!({"command": [], "entryPoint": [], "ulimits": [], "systemControls": []})),
            ),
            (
                container(json!({})),
                container(
                    json!({"interactive": false, "pseudoTerminal": false, "privileged": false, "readonlyRootFilesystem": false,
                    "disableNetworking": false, "stopTimeout": 30, "workingDirectory": "", "user": "", "hostname": ""}),
                ),
            ),
            (
                container(json!({"restartPolicy": {"enabled": true}})),
                container(
                    json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": [], "restartAttemptPeriod": 300}}),
                ),
            ),
            (
                container(json!({"logConfiguration": {"logDriver": "awslogs"}})),
                container(json!({"logConfiguration": {"logDriver": "awslogs", "options": {}, "secretOptions": []}})),
            ),
            (
                container(json!({"environment": [{"name": "A"}, {"name": "B", "value": "1"}]})),
                container(json!({"environment": [{"name": "B", "value": "1"}]})),
            ),
            (
                container(json!({"portMappings": [{"containerPort": 80, "protocol": "TCP"}]})),
                container(
                    json!({"portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp", "name": "", "appProtocol": ""}]}),
                ),
            ),
            (
                container(json!({"portMappings": [{"containerPort": 80}]})),
                container(json!({"portMappings": [{"containerPort": 80, "hostPort": 0}]})),
            ),
            (container(json!({})), container(json!({"memory": 0, "memoryReservation": 0}))),
            (container(json!({"memory": 64})), container(json!({"memory": 64.0}))),
            (
                volume(json!({"fileSystemId": "fs-1"})),
                volume(
                    json!({"fileSystemId": "fs-1", "rootDirectory": "/", "transitEncryption": "DISABLED", "authorizationConfig": {"iam": "DISABLED", "accessPointId": ""}}),
                ),
            ),
            (
                task(json!({})),
                task(
                    json!({"executionRoleArn": "", "taskRoleArn": "", "pidMode": "", "ipcMode": "", "networkMode": "bridge",
                "enableFaultInjection": false, "volumes": [], "placementConstraints": [], "inferenceAccelerators": [], "tags": []}),
                ),
            ),
            (task(json!({"networkMode": "<default>"})), task(json!({"networkMode": "default"}))),
            (
                task(json!({"volumes": [{"name": "v"}]})),
                task(json!({"volumes": [{"name": "v", "host": {}, "configuredAtLaunch": false}]})),
            ),
        ] {
            assert_eq!(diff(&sent, &described), json!([]), "{sent} {described}");
            assert_eq!(diff(&described, &sent), json!([]), "{sent} {described}");
            let text = crate::definition::diff_text::text(
                sent.as_object().unwrap(),
                described.as_object().unwrap(),
                Some(false),
            );
            assert_eq!(text, "", "{sent} {described}");
        }
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
            (
                json!({"containerDefinitions": [{"name": "a", "environment": [{"name": "A", "value": ""}]}]}),
                json!({"containerDefinitions": [{"name": "a"}]}),
            ),
            (
                json!({"containerDefinitions": [{"name": "a", "environment": [{"name": "A", "value": ""}]}]}),
                json!({"containerDefinitions": [{"name": "a", "environment": [{"name": "A"}]}]}),
            ),
            // Outside of Fargate the agent's configuration decides.
            (json!({}), json!({"containerDefinitions": [{"name": "a", "stopTimeout": 30}]})),
            (json!({}), json!({"containerDefinitions": [{"name": "a", "readonlyRootFilesystem": true}]})),
            (json!({}), json!({"containerDefinitions": [{"name": "a", "essential": false}]})),
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
            (
                json!({"containerDefinitions": [{"name": "a", "command": ["x"]}]}),
                json!({"containerDefinitions": [{"name": "a", "command": []}]}),
            ),
        ] {
            assert_ne!(diff(&with(before.clone()), &with(after.clone())), json!([]), "{before} {after}");
        }
    }
}
