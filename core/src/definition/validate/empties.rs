//! The form of a task definition that ECS takes: without nulls, and without what is empty where ECS refuses that but absent is
//! meant. What an empty member means stands in the tables, member by member.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::definition::schema::{Empty, Field, Shape, is_empty};

/// The object without what ECS refuses empty. Lists keep all their entries, so that indexes stay true.
pub(crate) fn without<'a>(shape: &Shape, object: &'a Map<String, Value>) -> Cow<'a, Map<String, Value>> {
    match is_clean_object(shape, object) {
        true => Cow::Borrowed(object),
        false => Cow::Owned(clean_object(shape, object.clone())),
    }
}

/// The same without nulls in lists too, which ECS's lists cannot hold. A list that was full of them is an empty one.
pub(crate) fn sent(shape: &Shape, object: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = without(shape, object).into_owned();
    sent.values_mut().for_each(without_nulls);
    match is_clean_object(shape, &sent) {
        true => sent,
        false => clean_object(shape, sent),
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|entry| !entry.is_null());
            list.iter_mut().for_each(without_nulls);
        }
        Value::Object(object) => object.values_mut().for_each(without_nulls),
        _ => {}
    }
}

/// Whether a member is not to be sent.
fn is_left_out(field: Option<&Field>, value: &Value) -> bool {
    value.is_null() || (is_empty(value) && field.is_some_and(|field| field.on_empty() == Empty::LeftOut))
}

fn is_clean_object(shape: &Shape, object: &Map<String, Value>) -> bool {
    object.iter().all(|(name, value)| {
        let field = shape.field(name);
        !is_left_out(field, value) && is_clean(field.map_or(&Shape::Any, |field| &field.shape), value)
    })
}

fn is_clean(shape: &Shape, value: &Value) -> bool {
    match value {
        Value::Object(object) => is_clean_object(shape, object),
        Value::Array(list) => list.iter().all(|value| is_clean(shape.entry(), value)),
        _ => true,
    }
}

fn clean_object(shape: &Shape, object: Map<String, Value>) -> Map<String, Value> {
    let clean = |(name, value): (String, Value)| {
        let field = shape.field(&name);
        if is_left_out(field, &value) {
            return None;
        }
        let was_empty = is_empty(&value);
        let value = clean_value(field.map_or(&Shape::Any, |field| &field.shape), value);
        // An object in which nothing is left says nothing either.
        let is_emptied = field.is_some() && value.is_object() && is_empty(&value) && !was_empty;
        (!is_emptied).then_some((name, value))
    };
    object.into_iter().filter_map(clean).collect()
}

fn clean_value(shape: &Shape, value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(clean_object(shape, object)),
        Value::Array(list) => Value::Array(list.into_iter().map(|value| clean_value(shape.entry(), value)).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
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
                    volume(
                        json!({"dockerVolumeConfiguration": {}, "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}),
                    ),
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
                (
                    container(&json!({"logConfiguration": {"logDriver": ""}})),
                    &["E empty #0/logConfiguration/logDriver"],
                ),
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
}
