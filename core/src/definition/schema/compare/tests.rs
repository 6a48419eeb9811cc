//! What AWS makes no difference of, and what it does.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::definition::schema::{ACTION, CONTAINER, Empty, POLICY, RULE, RUN, SCHEDULE, SERVICE, TASK};

fn diff(before: &Value, after: &Value) -> Value {
    let changes = changes(&TASK, before.as_object().unwrap(), after.as_object().unwrap());
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
            container(json!({"linuxParameters": {"devices": [{"hostPath": "/d", "permissions": ["read", "write"]}]}})),
            container(json!({"linuxParameters": {"devices": [{"hostPath": "/d", "permissions": ["write", "read"]}]}})),
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
            container(json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": [], "restartAttemptPeriod": 300}})),
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
        let text =
            crate::definition::diff_text::text(sent.as_object().unwrap(), described.as_object().unwrap(), Some(false));
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

/// A value of a shape: `choices` decide which members it has, how long its lists are and which words it uses.
fn value(shape: &Shape, choices: &mut impl Iterator<Item = u8>) -> Value {
    let choice = choices.next().unwrap_or_default();
    let word = |words: &[&str]| json!(words[usize::from(choice) % words.len()]);
    match shape {
        Shape::Any => json!({"a": choice}),
        Shape::Flag => json!(choice.is_multiple_of(2)),
        Shape::Text | Shape::Filled | Shape::Id => json!(format!("{}", 256 + u32::from(choice % 4))),
        Shape::Word(words) | Shape::Open(words) => word(words),
        Shape::Whole(from, to) => json!(i64::from(choice).clamp(*from, *to)),
        Shape::Number(from, to) => json!(f64::from(choice).clamp(*from, *to)),
        Shape::Texts => json!({"a": "b"}),
        Shape::List(entry, _) | Shape::Apart(entry, _) => (0..choice % 3).map(|_| value(entry, choices)).collect(),
        Shape::Fields(fields) => {
            let mut members = Map::new();
            for field in *fields {
                if choices.next().is_some_and(|choice| choice.is_multiple_of(4)) {
                    members.insert(field.name.to_owned(), value(&field.shape, choices));
                }
            }
            Value::Object(members)
        }
    }
}

/// The value with what AWS may add: defaults, members that only it writes, and what is empty where that means absent.
fn described(shape: &Shape, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut all: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), described(shape.member(name), value))).collect();
            for field in shape.fields().iter().filter(|field| !members.contains_key(field.name)) {
                let empty = match &field.shape {
                    Shape::List(..) | Shape::Apart(..) if field.on_empty() != Empty::Value => json!([]),
                    _ if field.is_read_only => json!("written by AWS"),
                    _ => Value::Null,
                };
                all.insert(field.name.to_owned(), field.default_in(members).unwrap_or(empty));
            }
            Value::Object(all)
        }
        Value::Array(list) => list.iter().map(|entry| described(shape.entry(), entry)).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn a_document_is_the_same_with_what_aws_adds(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for shape in [&TASK, &SERVICE, &RUN, &POLICY, &ACTION, &SCHEDULE, &RULE] {
            let sent = value(shape, &mut bytes.iter().copied());
            let shown = described(shape, &sent);
            let (sent, shown) = (sent.as_object().unwrap(), shown.as_object().unwrap());
            prop_assert_eq!(changes(shape, sent, shown), []);
            prop_assert_eq!(changes(shape, shown, sent), []);
            prop_assert!(is_same(shape, sent, sent));
        }
    }

    #[test]
    fn another_value_is_a_change(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for shape in [&TASK, &CONTAINER, &SERVICE, &POLICY, &SCHEDULE] {
            let sent = value(shape, &mut bytes.iter().copied());
            let mut other = sent.clone();
            other["novelty"] = json!(1);
            let found = changes(shape, sent.as_object().unwrap(), other.as_object().unwrap());
            prop_assert_eq!(found, [Change { path: "/novelty".to_owned(), before: None, after: Some(json!(1)) }]);
        }
    }
}
