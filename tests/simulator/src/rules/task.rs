//! Decides what is refused of a task definition as a whole: its family, sizes, sums, tags, volumes and dependencies.

use serde_json::{Map, Value};

use super::{check_tags, client, containers, is_fargate, is_on, is_windows, list, text, whole};
use crate::api::{ApiError, invalid};
use crate::model::definition::plain;

/// The size of a task definition as ECS counts it, in bytes.
const LARGEST: usize = 64 * 1024;

pub(super) fn check_names(input: &Map<String, Value>) -> Result<(), ApiError> {
    let family = input.get("family").and_then(Value::as_str).unwrap_or_default();
    if family.is_empty() {
        return Err(client("Family should not be null or empty."));
    }
    if !is_name(family) {
        return Err(client("Invalid 'family' setting for task."));
    }
    if containers(input).is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    if containers(input).len() > 10 {
        return Err(client("Too many containers: a task definition can have at most 10."));
    }
    Ok(())
}

pub(super) fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.len() <= 255 && text.chars().all(legal)
}

pub(super) fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    let whole_size = serde_json::to_string(input).map(|text| text.len()).unwrap_or_default();
    if whole_size > LARGEST {
        return Err(client("Actual length: the task definition is longer than the 65536 bytes that are allowed."));
    }
    check_tags(input)?;
    check_roles(input)?;
    check_members(input)?;
    check_essential(input)?;
    check_sums(input)?;
    check_volumes(input)?;
    check_dependencies(input)
}

/// Members of the task itself: their number, their size, and what they go with.
fn check_members(input: &Map<String, Value>) -> Result<(), ApiError> {
    if input.get("placementConstraints").and_then(Value::as_array).is_some_and(|all| all.len() > 10) {
        return Err(invalid("placementConstraints can have at most 10 items."));
    }
    let cpu = input.get("cpu").and_then(Value::as_str).and_then(|cpu| plain(cpu, "VCPU"));
    if !is_fargate(input) && cpu.is_some_and(|cpu| !(128..=196_608).contains(&cpu)) {
        return Err(client("Invalid 'cpu' setting for task."));
    }
    let proxy = text(input.get("proxyConfiguration").unwrap_or(&Value::Null), "containerName");
    if !proxy.is_empty() && !containers(input).iter().any(|container| text(container, "name") == proxy) {
        return Err(client(format!(
            "The container {proxy} of proxyConfiguration does not exist in the task definition."
        )));
    }
    let trusted = input.get("trustedExecutionConfiguration").unwrap_or(&Value::Null);
    let is_confidential = text(trusted, "isolationMode") == "CONFIDENTIAL_SANDBOX";
    match is_confidential && trusted.get("attestationPolicy").is_none_or(Value::is_null) {
        true => Err(client("attestationPolicy must be provided when isolationMode is CONFIDENTIAL_SANDBOX.")),
        false => Ok(()),
    }
}

/// What only ECS itself does for a task, it does with the execution role.
fn check_roles(input: &Map<String, Value>) -> Result<(), ApiError> {
    if !input.get("executionRoleArn").and_then(Value::as_str).unwrap_or_default().is_empty() {
        return Ok(());
    }
    let needs = |container: &Value| {
        let logging = container.get("logConfiguration").unwrap_or(&Value::Null);
        !list(container, "secrets").is_empty() || !list(logging, "secretOptions").is_empty()
    };
    let is_private = |container: &Value| container.get("repositoryCredentials").is_some_and(|one| !one.is_null());
    if containers(input).iter().any(is_private) {
        return Err(client(
            "When you are specifying repositoryCredentials, you must also specify a value for 'executionRoleArn'.",
        ));
    }
    match containers(input).iter().any(needs) {
        true => Err(client(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
        )),
        false => Ok(()),
    }
}

fn check_essential(input: &Map<String, Value>) -> Result<(), ApiError> {
    let is_essential = |container: &Value| container.get("essential").and_then(Value::as_bool).unwrap_or(true);
    match containers(input).iter().any(is_essential) {
        true => Ok(()),
        false => Err(client("Invalid setting for container list. At least one container must be essential.")),
    }
}

/// Source: the issues named in the facts; equality is allowed.
fn check_sums(input: &Map<String, Value>) -> Result<(), ApiError> {
    if is_windows(input) && !is_fargate(input) {
        return Ok(());
    }
    let limit = |member: &str, unit| {
        let given = input.get(member).and_then(Value::as_str)?;
        plain(given, unit).and_then(|units| i64::try_from(units).ok())
    };
    let sum = |member: &str| containers(input).iter().filter_map(|one| whole(one, member)).fold(0, i64::saturating_add);
    if limit("cpu", "VCPU").is_some_and(|limit| sum("cpu") > limit) {
        return Err(client(
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        ));
    }
    let memory = limit("memory", "GB");
    for container in containers(input) {
        let (name, hard) = (text(container, "name"), whole(container, "memory"));
        if hard.zip(memory).is_some_and(|(hard, memory)| hard > memory) {
            return Err(client(format!("The 'memory' setting for container '{name}' is greater than for the task.")));
        }
        let soft = whole(container, "memoryReservation");
        if hard.zip(soft).is_some_and(|(hard, soft)| soft > hard) {
            return Err(client(format!(
                "Invalid setting for container '{name}'. 'memoryReservation' must be less than or equal to 'memory'."
            )));
        }
        if memory.is_none() && !is_fargate(input) && hard.is_none() && soft.is_none() {
            return Err(client(format!(
                "Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
            )));
        }
    }
    match memory.is_some_and(|memory| sum("memoryReservation") > memory) {
        true => Err(client(
            "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
        )),
        false => Ok(()),
    }
}

/// The kinds of a volume, of which it can be one.
const KINDS: [&str; 5] = [
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
];

fn check_volumes(input: &Map<String, Value>) -> Result<(), ApiError> {
    let volumes = input.get("volumes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for volume in volumes {
        let name = text(volume, "name");
        if !is_name(name) {
            return Err(client("Volume.name should not be null or empty, and may have letters, digits, - and _."));
        }
        if names.contains(&name) {
            return Err(client(format!("Volume name '{name}' is used more than once.")));
        }
        names.push(name);
        let kinds = KINDS.iter().filter(|kind| volume.get(**kind).is_some_and(|kind| !kind.is_null())).count();
        if kinds + usize::from(is_on(volume, "configuredAtLaunch")) > 1 {
            return Err(client("Only one of host, docker, efs and fsx configurations can be specified for a volume."));
        }
        let host = volume.get("host").unwrap_or(&Value::Null);
        if host.get("sourcePath").and_then(Value::as_str).is_some_and(|path| path.trim().is_empty()) {
            return Err(client("host.sourcePath should not be blank."));
        }
        let docker = volume.get("dockerVolumeConfiguration").unwrap_or(&Value::Null);
        if is_on(docker, "autoprovision") && text(docker, "scope") != "shared" {
            return Err(client("autoprovision can only be specified for a volume of scope shared."));
        }
        check_efs(volume.get("efsVolumeConfiguration").unwrap_or(&Value::Null))?;
    }
    if volumes.iter().filter(|volume| is_on(volume, "configuredAtLaunch")).count() > 1 {
        return Err(client("Only one volume can be configured at launch."));
    }
    for container in containers(input) {
        for mount in list(container, "mountPoints") {
            let volume = text(mount, "sourceVolume");
            if !names.contains(&volume) {
                return Err(client(format!("Unknown volume '{volume}'.")));
            }
        }
    }
    Ok(())
}

fn check_efs(efs: &Value) -> Result<(), ApiError> {
    if efs.is_null() {
        return Ok(());
    }
    if text(efs, "fileSystemId").is_empty() {
        return Err(client("EFSVolumeConfiguration.fileSystemId should not be null or empty."));
    }
    let access = efs.get("authorizationConfig").unwrap_or(&Value::Null);
    let has_point = !text(access, "accessPointId").is_empty();
    let is_encrypted = text(efs, "transitEncryption") == "ENABLED";
    if (has_point || text(access, "iam") == "ENABLED") && !is_encrypted {
        return Err(client(
            "EFS transit encryption must be enabled when an access point or IAM authorization is specified.",
        ));
    }
    match has_point && !matches!(text(efs, "rootDirectory"), "" | "/") {
        true => Err(client("rootDirectory must be omitted or set to / when an access point is specified.")),
        false => Ok(()),
    }
}

fn check_dependencies(input: &Map<String, Value>) -> Result<(), ApiError> {
    let all = containers(input);
    let find = |name: &str| all.iter().find(|container| text(container, "name") == name);
    for container in all {
        for dependency in list(container, "dependsOn") {
            let name = text(dependency, "containerName");
            let Some(target) = find(name).filter(|target| text(target, "name") != text(container, "name")) else {
                return Err(client(format!("Invalid container dependency on '{name}'.")));
            };
            let is_essential = target.get("essential").and_then(Value::as_bool).unwrap_or(true);
            match text(dependency, "condition") {
                "SUCCESS" | "COMPLETE" if is_essential => {
                    return Err(client(
                        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
                    ));
                }
                "HEALTHY" if target.get("healthCheck").is_none_or(Value::is_null) => {
                    return Err(client(format!("Container '{name}' needs a health check for the condition HEALTHY.")));
                }
                _ => {}
            }
        }
        for link in list(container, "links").iter().filter_map(Value::as_str) {
            let name = link.split(':').next().unwrap_or_default();
            if find(name).is_none() {
                return Err(client(format!("Unknown container '{name}' in links.")));
            }
        }
        for source in list(container, "volumesFrom") {
            let name = text(source, "sourceContainer");
            if find(name).is_none() {
                return Err(client(format!("Unknown container '{name}' in volumesFrom.")));
            }
        }
    }
    check_cycle(all, |container| {
        let dependencies = list(container, "dependsOn").iter();
        dependencies.map(|dependency| text(dependency, "containerName").to_owned()).collect()
    })
    .map_err(|()| client("Container dependencies should not have a cycle"))?;
    check_cycle(all, |container| {
        let links = list(container, "links").iter().filter_map(Value::as_str);
        links.map(|link| link.split(':').next().unwrap_or_default().to_owned()).collect()
    })
    .map_err(|()| client("Container links should not have a cycle"))
}

/// Takes away the containers that need none that is left, until there are none; what stays is a circle.
fn check_cycle(all: &[Value], needs: impl Fn(&Value) -> Vec<String>) -> Result<(), ()> {
    let mut left: Vec<(&str, Vec<String>)> = all.iter().map(|one| (text(one, "name"), needs(one))).collect();
    loop {
        let names: Vec<String> = left.iter().map(|(name, _)| (*name).to_owned()).collect();
        let before = left.len();
        left.retain(|(_, needs)| needs.iter().any(|need| names.contains(need)));
        match left.len() {
            0 => return Ok(()),
            same if same == before => return Err(()),
            _ => {}
        }
    }
}

/// RegisterTaskDefinition's own limits of ephemeral storage.
pub(super) fn check_storage(input: &Map<String, Value>) -> Result<(), ApiError> {
    let given = input.get("ephemeralStorage").filter(|storage| !storage.is_null());
    if given.is_some_and(|storage| whole(storage, "sizeInGiB").is_none()) {
        return Err(invalid("ephemeralStorage.sizeInGiB should not be null."));
    }
    let storage = given.and_then(|storage| whole(storage, "sizeInGiB"));
    match storage.is_some_and(|size| !(21..=200).contains(&size)) {
        true => Err(invalid("The ephemeral storage size must be between 21 and 200 GiB.")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{container, table};
    use super::*;

    #[test]
    fn names_and_tags() {
        table(
            check_names,
            [
                (json!({}), None),
                (json!({"family": ""}), Some("Family should not be null or empty.")),
                (json!({"family": "a b"}), Some("Invalid 'family' setting for task.")),
                (json!({"containerDefinitions": []}), Some("Container list cannot be empty.")),
            ],
        );
        table(
            check,
            [
                (json!({"tags": []}), Some("Tags can not be empty.")),
                (json!({"tags": null}), None),
                (json!({"tags": [{"key": "a", "value": ""}]}), None),
                (json!({"tags": [{"key": "aws:a", "value": "b"}]}), Some("invalid keys")),
                (json!({"tags": [{"key": "a!", "value": "b"}]}), Some("invalid characters")),
                (json!({"tags": [{"key": "a", "value": "b;c"}]}), Some("invalid characters")),
                (json!({"placementConstraints": vec![json!({"type": "memberOf"}); 11]}), Some("at most 10")),
                (json!({"cpu": "100"}), Some("Invalid 'cpu' setting for task.")),
                (json!({"proxyConfiguration": {"containerName": "x"}}), Some("container x of proxyConfiguration")),
                (
                    json!({"trustedExecutionConfiguration": {"isolationMode": "CONFIDENTIAL_SANDBOX"}}),
                    Some("attestationPolicy"),
                ),
            ],
        );
    }

    #[test]
    fn sums() {
        let two = |first: Value, second: Value| json!({"cpu": "256", "memory": "1 GB", "containerDefinitions": [first, second]});
        let of = |members: Value| container(members)["containerDefinitions"][0].clone();
        table(
            check,
            [
                (two(of(json!({"cpu": 128})), of(json!({"cpu": 128}))), None),
                (two(of(json!({"cpu": 128})), of(json!({"cpu": 129}))), Some("The sum of all container 'cpu' values")),
                (two(of(json!({"memory": 1000})), of(json!({"memory": 1000}))), None),
                (
                    two(of(json!({"memory": 1025})), of(json!({}))),
                    Some("The 'memory' setting for container 'a' is greater than for the task."),
                ),
                (
                    two(
                        of(json!({"memory": null, "memoryReservation": 600})),
                        of(json!({"memory": null, "memoryReservation": 600})),
                    ),
                    Some("The sum of all container 'memoryReservation' values"),
                ),
                (container(json!({"memoryReservation": 64})), None),
                (container(json!({"memoryReservation": 65})), Some("'memoryReservation' must be less")),
                (
                    container(json!({"memory": null})),
                    Some("At least one of 'memory' or 'memoryReservation' must be specified."),
                ),
            ],
        );
    }

    #[test]
    fn volumes() {
        let volume = |volume: Value| json!({ "volumes": [volume] });
        table(
            check,
            [
                (volume(json!({"name": "v", "host": {}})), None),
                (
                    volume(json!({"name": "v", "host": {"sourcePath": ""}})),
                    Some("host.sourcePath should not be blank."),
                ),
                (volume(json!({"name": ""})), Some("Volume.name")),
                (volume(json!({"name": "v", "host": {}, "configuredAtLaunch": true})), Some("Only one of")),
                (
                    volume(json!({"name": "v", "dockerVolumeConfiguration": {"scope": "task", "autoprovision": true}})),
                    Some("autoprovision"),
                ),
                (
                    volume(json!({"name": "v", "host": {}, "efsVolumeConfiguration": {"fileSystemId": "f"}})),
                    Some("Only one of"),
                ),
                (
                    volume(
                        json!({"name": "v", "efsVolumeConfiguration": {"fileSystemId": "f", "authorizationConfig": {"iam": "ENABLED"}}}),
                    ),
                    Some("transit encryption"),
                ),
                (
                    container(json!({"mountPoints": [{"sourceVolume": "w", "containerPath": "/w"}]})),
                    Some("Unknown volume 'w'."),
                ),
            ],
        );
    }

    #[test]
    fn dependencies_and_roles() {
        let pair = |condition: &str, target: Value| {
            let dependent = json!({"name": "b", "image": "b:1", "memory": 64, "dependsOn": [{"containerName": "a", "condition": condition}]});
            json!({"containerDefinitions": [container(target)["containerDefinitions"][0], dependent]})
        };
        table(
            check,
            [
                (pair("START", json!({})), None),
                (pair("SUCCESS", json!({})), Some("cannot be an essential container")),
                (pair("SUCCESS", json!({"essential": false})), None),
                (pair("HEALTHY", json!({})), Some("needs a health check")),
                (
                    container(json!({"dependsOn": [{"containerName": "x", "condition": "START"}]})),
                    Some("dependency on 'x'"),
                ),
                (
                    pair("START", json!({"dependsOn": [{"containerName": "b", "condition": "START"}]})),
                    Some("should not have a cycle"),
                ),
                (
                    container(json!({"repositoryCredentials": {"credentialsParameter": "x"}})),
                    Some("repositoryCredentials, you must also specify"),
                ),
                (container(json!({"essential": false})), Some("At least one container must be essential.")),
                (
                    container(json!({"secrets": [{"name": "A", "valueFrom": "/a"}]})),
                    Some("you must also specify a value for 'executionRoleArn'."),
                ),
            ],
        );
    }
}
