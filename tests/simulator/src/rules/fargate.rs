//! Decides what is refused of a task definition that is to run on Fargate.

use serde_json::{Map, Value};

use super::task::check_storage;
use super::{client, containers, is_fargate, is_on, is_windows, list, text, whole};
use crate::api::ApiError;
use crate::model::definition::plain;

/// Fargate's sizes: CPU units, then least, greatest and step of the memory in MiB.
const SIZES: [(u64, u64, u64, u64); 7] = [
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

/// Members of a container that Fargate has no instance for.
const LISTS: [&str; 5] = ["dnsServers", "dnsSearchDomains", "dockerSecurityOptions", "extraHosts", "links"];
/// Members of `linuxParameters` that it does not support.
const LINUX: [&str; 4] = ["maxSwap", "swappiness", "devices", "sharedMemorySize"];

pub(super) fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    if !is_fargate(input) {
        return Ok(());
    }
    check_size(input)?;
    if input.get("networkMode").and_then(Value::as_str) != Some("awsvpc") {
        return Err(client("Fargate only supports network mode ‘awsvpc’."));
    }
    check_storage(input)?;
    let given = |member: &str| input.get(member).and_then(Value::as_str).unwrap_or_default();
    if given("pidMode") == "host" {
        return Err(client(
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
        ));
    }
    if !given("ipcMode").is_empty() {
        return Err(unsupported("ipcMode"));
    }
    let is_filled = |member: &str| input.get(member).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if let Some(member) = ["placementConstraints", "inferenceAccelerators"].into_iter().find(|member| is_filled(member))
    {
        return Err(unsupported(member));
    }
    let volumes = input.get("volumes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for volume in volumes {
        if !text(volume.get("host").unwrap_or(&Value::Null), "sourcePath").is_empty() {
            return Err(unsupported("sourcePath"));
        }
        for member in ["dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration"] {
            if volume.get(member).is_some_and(|value| !value.is_null()) {
                return Err(unsupported(member));
            }
        }
    }
    let architecture = text(input.get("runtimePlatform").unwrap_or(&Value::Null), "cpuArchitecture");
    if is_windows(input) && !matches!(architecture, "" | "X86_64") {
        return Err(client("Fargate tasks for Windows only support the cpuArchitecture X86_64."));
    }
    let has_role = !given("executionRoleArn").is_empty();
    containers(input).iter().try_for_each(|container| check_container(container, has_role, is_windows(input)))
}

fn unsupported(member: &str) -> ApiError {
    client(format!("Fargate compatible task definitions do not support {member}"))
}

fn check_container(container: &Value, has_role: bool, is_windows: bool) -> Result<(), ApiError> {
    if let Some(member) = LISTS.into_iter().find(|member| !list(container, member).is_empty()) {
        return Err(unsupported(member));
    }
    if let Some(member) = ["privileged", "disableNetworking"].into_iter().find(|member| is_on(container, member)) {
        return Err(unsupported(member));
    }
    if list(container, "resourceRequirements").iter().any(|one| text(one, "type") == "GPU") {
        return Err(unsupported("resourceRequirements of type GPU"));
    }
    let linux = container.get("linuxParameters").unwrap_or(&Value::Null);
    let is_given = |member: &&str| match linux.get(*member) {
        None | Some(Value::Null) => false,
        Some(Value::Array(entries)) => !entries.is_empty(),
        Some(_) => true,
    };
    if let Some(member) = LINUX.iter().find(|member| is_given(member)) {
        return Err(unsupported(member));
    }
    let capabilities = linux.get("capabilities").unwrap_or(&Value::Null);
    if list(capabilities, "add").iter().any(|capability| capability != "SYS_PTRACE") {
        return Err(client(
            "Fargate compatible task definitions only support SYS_PTRACE among the capabilities to add",
        ));
    }
    for member in ["startTimeout", "stopTimeout"] {
        if whole(container, member).is_some_and(|seconds| !(2..=120).contains(&seconds)) {
            return Err(client(format!("Fargate compatible task definitions allow a {member} of 2 to 120 seconds.")));
        }
    }
    check_logging(container, has_role, is_windows)?;
    let image = text(container, "image");
    let is_ecr = image.split('/').next().is_some_and(|host| host.contains(".dkr.ecr") || host.contains(".dkr-ecr"));
    match is_ecr && !has_role {
        true => Err(client("Fargate requires task definition to have execution role ARN to support ECR images.")),
        false => Ok(()),
    }
}

fn check_logging(container: &Value, has_role: bool, is_windows: bool) -> Result<(), ApiError> {
    let router = container.get("firelensConfiguration").and_then(|router| router.get("options"));
    if router.is_some_and(|options| text(options, "config-file-type") == "s3") {
        return Err(client("Fargate compatible task definitions only support config-file-type 'file' for FireLens."));
    }
    let logging = container.get("logConfiguration").unwrap_or(&Value::Null);
    let driver = text(logging, "logDriver");
    let is_known = matches!(driver, "" | "awslogs" | "splunk" | "awsfirelens");
    if !is_known || (is_windows && driver == "awsfirelens") {
        return Err(unsupported(&format!("the log driver {driver}")));
    }
    if driver != "awslogs" {
        return Ok(());
    }
    if !has_role {
        return Err(client(
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        ));
    }
    match text(logging.get("options").unwrap_or(&Value::Null), "awslogs-stream-prefix").is_empty() {
        true => Err(client("Log driver awslogs requires the option awslogs-stream-prefix for Fargate tasks.")),
        false => Ok(()),
    }
}

fn check_size(input: &Map<String, Value>) -> Result<(), ApiError> {
    let size = |member: &str, unit| match input.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()) {
        None => Err(client(format!("Fargate requires that '{member}' be defined at the task level."))),
        Some(text) => plain(text, unit).ok_or_else(|| client(format!("Invalid '{member}' setting for task."))),
    };
    let (cpu, memory) = (size("cpu", "VCPU")?, size("memory", "GB")?);
    let fits = |&(units, least, greatest, step): &(u64, u64, u64, u64)| {
        // 1536 is on the step of the smallest size, but not offered.
        cpu == units && (least..=greatest).contains(&memory) && memory % step == 0 && (cpu, memory) != (256, 1536)
    };
    let is_offered = !is_windows(input) || (1024..=4096).contains(&cpu);
    match is_offered && SIZES.iter().any(fits) {
        true => Ok(()),
        false => Err(client("No Fargate configuration exists for given values.")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{container, table};
    use super::*;

    fn on_fargate(members: Value) -> Value {
        let mut input =
            json!({"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"});
        for (name, value) in members.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    }

    #[test]
    fn what_fargate_does_not_do() {
        let of = |members: Value| on_fargate(container(members));
        table(
            check,
            [
                (on_fargate(json!({})), None),
                (on_fargate(json!({"cpu": null})), Some("Fargate requires that 'cpu' be defined at the task level.")),
                (on_fargate(json!({"cpu": "much"})), Some("Invalid 'cpu' setting for task.")),
                (on_fargate(json!({"memory": "768"})), Some("No Fargate configuration exists for given values.")),
                (on_fargate(json!({"networkMode": null})), Some("Fargate only supports network mode")),
                (on_fargate(json!({"pidMode": "host"})), Some("do not support pidMode 'host'")),
                (on_fargate(json!({"pidMode": "task"})), None),
                (on_fargate(json!({"ephemeralStorage": {"sizeInGiB": 20}})), Some("between 21 and 200")),
                (
                    on_fargate(json!({"volumes": [{"name": "v", "host": {"sourcePath": "/v"}}]})),
                    Some("do not support sourcePath"),
                ),
                (
                    of(json!({"linuxParameters": {"sharedMemorySize": 64}})),
                    Some("Fargate compatible task definitions do not support sharedMemorySize"),
                ),
                (of(json!({"linuxParameters": {"capabilities": {"drop": ["ALL"]}, "devices": []}})), None),
                (of(json!({"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}})), Some("SYS_PTRACE")),
                (of(json!({"privileged": true})), Some("do not support privileged")),
                (of(json!({"privileged": false, "links": []})), None),
                (of(json!({"stopTimeout": 121})), Some("2 to 120 seconds")),
                (of(json!({"startTimeout": 1})), Some("2 to 120 seconds")),
                (
                    on_fargate(
                        json!({"cpu": "1024", "memory": "2048", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "ARM64"}}),
                    ),
                    Some("X86_64"),
                ),
                (
                    of(json!({"firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "s3"}}})),
                    Some("config-file-type"),
                ),
                (of(json!({"logConfiguration": {"logDriver": "json-file"}})), Some("log driver json-file")),
                (
                    of(json!({"logConfiguration": {"logDriver": "awslogs"}})),
                    Some("execution role ARN to support log driver awslogs."),
                ),
                (
                    of(json!({"image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/a:1"})),
                    Some("to support ECR images."),
                ),
            ],
        );
        table(check, [(container(json!({"privileged": true})), None)]);
    }
}
