use serde_json::json;

use super::*;
use crate::definition::validate::testing::{container, found, found_on_fargate, table};
use crate::definition::validate::{findings, registrable};
use crate::error::finding::Level;

fn sent(document: &Value) -> Value {
    Value::Object(registrable(document.as_object().unwrap()))
}

#[test]
fn what_ecs_refuses_empty_is_not_sent() {
    let given = json!({
        "family": "f", "taskRoleArn": "", "executionRoleArn": "", "networkMode": "", "pidMode": "", "ipcMode": "", "cpu": "", "memory": "",
        "tags": [], "proxyConfiguration": null, "runtimePlatform": {"cpuArchitecture": "", "operatingSystemFamily": ""},
        "volumes": [
            {"name": "v", "host": null, "efsVolumeConfiguration": {
                "fileSystemId": "fs-1", "rootDirectory": "", "transitEncryption": "", "authorizationConfig": {"accessPointId": "", "iam": ""}}},
            {"name": "d", "host": {}, "dockerVolumeConfiguration": {}}
        ],
        "containerDefinitions": [{
            "name": "a", "image": "a:1", "hostname": "", "user": "", "workingDirectory": "", "versionConsistency": "",
            "repositoryCredentials": {"credentialsParameter": ""}, "memory": 64, "startTimeout": null,
            "portMappings": [{"containerPort": 80, "name": "", "appProtocol": "", "protocol": "", "containerPortRange": ""}, null],
            "linuxParameters": {"devices": [{"hostPath": "/d", "containerPath": ""}]}
        }]
    });
    let expected = json!({
        "family": "f",
        "volumes": [
            {"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
            {"name": "d", "dockerVolumeConfiguration": {}}
        ],
        "containerDefinitions": [{
            "name": "a", "image": "a:1", "memory": 64, "portMappings": [{"containerPort": 80}],
            "linuxParameters": {"devices": [{"hostPath": "/d"}]}
        }]
    });
    assert_eq!(sent(&given).to_string(), expected.to_string());
    // Each text that is left out is a warning at its place, and nothing is an error.
    let found = findings(given.as_object().unwrap());
    assert_eq!(
        found.iter().filter(|finding| finding.level == Level::Error).collect::<Vec<_>>(),
        [] as [&crate::error::finding::Finding; 0]
    );
    assert_eq!(found.iter().filter(|finding| finding.rule == "empty").count(), 23);
}

#[test]
fn what_is_a_value_or_comes_from_ecs_is_sent_as_it_is() {
    let text = json!({
        "novelty": {"a": "", "b": [], "c": {}}, "volumes": [], "placementConstraints": [], "requiresCompatibilities": [],
        "tags": [{"key": "a", "value": ""}],
        "containerDefinitions": [{
            "environment": [{"name": "A", "value": ""}, {"name": "B"}], "command": ["", "x"], "entryPoint": [""], "links": [],
            "mountPoints": [], "volumesFrom": [], "secrets": [], "dockerLabels": {"a": ""}, "linuxParameters": {"capabilities": {"add": []}},
            "logConfiguration": {"logDriver": "awslogs", "options": {"a": ""}, "secretOptions": []}
        }]
    });
    assert_eq!(sent(&text).to_string(), text.to_string());
    let tags = json!({"tags": []});
    assert_eq!((sent(&tags), found(&tags)), (json!({}), vec![]));
    let tags = json!({"tags": [null]});
    assert_eq!((sent(&tags), found(&tags)), (json!({}), vec!["W type /tags/0".to_owned()]));
}

#[test]
fn what_is_refused_empty_is_an_error() {
    let volume = |volume: Value| {
        let mut document = container(&json!({"mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]}));
        let mut whole = json!({"name": "v"});
        json_patch::merge(&mut whole, &volume);
        document["volumes"] = json!([whole]);
        document
    };
    table(
        found,
        [
            (volume(json!({"host": {"sourcePath": ""}})), &["E empty /volumes/0/host/sourcePath"]),
            (
                volume(json!({"efsVolumeConfiguration": {"fileSystemId": ""}})),
                &["E empty /volumes/0/efsVolumeConfiguration/fileSystemId"],
            ),
            (volume(json!({"host": {"sourcePath": " "}})), &["E empty /volumes/0/host/sourcePath"]),
            (
                volume(json!({"dockerVolumeConfiguration": {}, "efsVolumeConfiguration": {"fileSystemId": "fs-1"}})),
                &["E volume_kind /volumes/0"],
            ),
            (json!({"pidMode": " "}), &["E empty /pidMode"]),
            (
                container(&json!({"secrets": [{"name": " ", "valueFrom": "/a"}]})),
                &["E secret_name #0/secrets/0/name", "E execution_role #0/secrets"],
            ),
            (
                container(&json!({"secrets": [{"name": "A=B", "valueFrom": "/a"}]})),
                &["E secret_name #0/secrets/0/name", "E execution_role #0/secrets"],
            ),
            (
                container(&json!({"healthCheck": {"command": [null]}})),
                &["W type #0/healthCheck/command/0", "E health_check #0/healthCheck/command"],
            ),
            (
                container(&json!({"ulimits": [{"name": "nofiles", "softLimit": 1, "hardLimit": 1}]})),
                &["E ulimit #0/ulimits/0/name"],
            ),
            (json!({"requiresCompatibilities": [""]}), &["E empty /requiresCompatibilities/0"]),
            (container(&json!({"logConfiguration": {"logDriver": ""}})), &["E empty #0/logConfiguration/logDriver"]),
            (
                container(&json!({"extraHosts": [{"hostname": "h", "ipAddress": ""}]})),
                &["E empty #0/extraHosts/0/ipAddress"],
            ),
        ],
    );
    // The rules look at what would be sent.
    assert_eq!(
        found_on_fargate(&json!({"cpu": "", "networkMode": ""})),
        ["W empty /networkMode", "W empty /cpu", "E fargate_network /networkMode", "E fargate_size /cpu"]
    );
}
