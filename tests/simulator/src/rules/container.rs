//! Decides what is refused of one container: its name and image, variables, secrets, logging, health check and mounts.

use serde_json::{Map, Value};

use super::task::is_name;
use super::{client, containers, is_windows, list, network_mode, text, whole};
use crate::api::{ApiError, invalid};

const LONGEST_IMAGE: usize = 255;

pub(super) fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    let mut names: Vec<&str> = Vec::new();
    for container in containers(input) {
        let name = text(container, "name");
        check_identity(container)?;
        if names.contains(&name) {
            return Err(client(format!("Container name '{name}' is used more than once.")));
        }
        names.push(name);
        check_variables(container)?;
        check_logging(container)?;
        check_health(container)?;
        check_smaller(container)?;
        check_network_names(container, is_windows(input))?;
        if network_mode(input) == "awsvpc" {
            check_awsvpc(container)?;
        }
    }
    let is_firelens = |container: &Value| container.get("firelensConfiguration").is_some_and(|one| !one.is_null());
    if containers(input).iter().filter(|container| is_firelens(container)).count() > 1 {
        return Err(client("Only one container of a task can have a firelensConfiguration."));
    }
    let routes = |container: &Value| {
        text(container.get("logConfiguration").unwrap_or(&Value::Null), "logDriver") == "awsfirelens"
    };
    match containers(input).iter().any(routes) && !containers(input).iter().any(is_firelens) {
        true => Err(client(
            "When a firelens log driver is specified, you must also specify a container with a firelensConfiguration.",
        )),
        false => Ok(()),
    }
}

fn check_identity(container: &Value) -> Result<(), ApiError> {
    for member in ["name", "image"] {
        if text(container, member).is_empty() {
            return Err(client(format!("Container.{member} should not be null or empty.")));
        }
    }
    if !is_name(text(container, "name")) {
        return Err(client("Container.name contains invalid characters."));
    }
    let image = text(container, "image");
    if image.chars().count() > LONGEST_IMAGE {
        return Err(client("Container.image is longer than 255 characters."));
    }
    if !image.is_ascii() || image.chars().any(char::is_whitespace) {
        return Err(client("Container.image repository contains invalid characters."));
    }
    Ok(())
}

fn check_variables(container: &Value) -> Result<(), ApiError> {
    let mut taken: Vec<&str> = Vec::new();
    for variable in list(container, "environment") {
        let name = text(variable, "name");
        if name.trim().is_empty() {
            return Err(client("Environment variable name cannot be null or blank."));
        }
        taken.push(name);
    }
    for secret in list(container, "secrets") {
        let name = text(secret, "name");
        if name.trim().is_empty() {
            return Err(client("The secret name cannot be null or blank."));
        }
        if text(secret, "valueFrom").trim().is_empty() {
            return Err(client(format!("The 'valueFrom' of the secret '{name}' cannot be null or blank.")));
        }
        if taken.contains(&name) {
            return Err(client(format!(
                "The secret name must be unique and not shared with any new or existing environment variables set on \
                 the container, such as '{name}'."
            )));
        }
        taken.push(name);
    }
    let files = list(container, "environmentFiles");
    if files.len() > 10 {
        return Err(client("At most 10 environment files can be specified for a container."));
    }
    let is_file = |file: &Value| {
        let value = text(file, "value");
        value.starts_with("arn:") && value.contains(":s3:::") && value.ends_with(".env") && text(file, "type") == "s3"
    };
    match files.iter().all(is_file) {
        true => Ok(()),
        false => Err(client(
            "Invalid environment file: give the ARN of an object in S3 whose name ends in .env, of type s3.",
        )),
    }
}

fn check_logging(container: &Value) -> Result<(), ApiError> {
    let Some(logging) = container.get("logConfiguration").filter(|logging| !logging.is_null()) else { return Ok(()) };
    let driver = text(logging, "logDriver");
    if driver.is_empty() {
        return Err(client("LogConfiguration.logDriver should not be null or empty."));
    }
    let options = logging.get("options").unwrap_or(&Value::Null);
    let lacks = |option: &&str| text(options, option).is_empty();
    match driver == "awslogs" && ["awslogs-region", "awslogs-group"].iter().any(lacks) {
        true => Err(client("Log driver awslogs requires options: awslogs-region, awslogs-group")),
        false => Ok(()),
    }
}

/// Bounds of a health check. Source: the API reference; of the time-out, where sources disagree, the wider one.
const BOUNDS: [(&str, i64, i64); 4] =
    [("interval", 5, 300), ("timeout", 2, 120), ("retries", 1, 10), ("startPeriod", 0, 300)];

fn check_health(container: &Value) -> Result<(), ApiError> {
    let Some(check) = container.get("healthCheck").filter(|check| !check.is_null()) else { return Ok(()) };
    let name = text(container, "name");
    if list(check, "command").is_empty() {
        return Err(client(format!("Invalid setting for container '{name}'. The health check needs a command.")));
    }
    for (member, least, most) in BOUNDS {
        if whole(check, member).is_some_and(|value| !(least..=most).contains(&value)) {
            return Err(client(format!(
                "Invalid setting for container '{name}'. healthCheck.{member} must be between {least} and {most}."
            )));
        }
    }
    Ok(())
}

/// Members of structures that ECS cannot do without.
const NEEDED: [(&str, &str); 10] = [
    ("restartPolicy", "enabled"),
    ("repositoryCredentials", "credentialsParameter"),
    ("firelensConfiguration", "type"),
    ("ulimits", "name"),
    ("ulimits", "softLimit"),
    ("ulimits", "hardLimit"),
    ("extraHosts", "hostname"),
    ("extraHosts", "ipAddress"),
    ("resourceRequirements", "type"),
    ("resourceRequirements", "value"),
];

fn check_smaller(container: &Value) -> Result<(), ApiError> {
    for (member, needed) in NEEDED {
        let owners = match container.get(member) {
            Some(Value::Array(entries)) => entries.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        let lacks = |owner: &Value| owner.get(needed).is_none_or(|value| value.is_null() || value == "");
        if owners.iter().any(lacks) {
            return Err(client(format!("{member}.{needed} should not be null or empty.")));
        }
    }
    let restart = container.get("restartPolicy").unwrap_or(&Value::Null);
    if whole(restart, "restartAttemptPeriod").is_some_and(|period| !(60..=1800).contains(&period)) {
        return Err(client("restartAttemptPeriod must be between 60 and 1800 seconds."));
    }
    let linux = container.get("linuxParameters").unwrap_or(&Value::Null);
    if whole(linux, "swappiness").is_some_and(|value| !(0..=100).contains(&value)) {
        return Err(client("swappiness must be between 0 and 100."));
    }
    for member in ["cpu", "memory", "memoryReservation", "startTimeout", "stopTimeout"] {
        if whole(container, member).is_some_and(i64::is_negative) {
            return Err(invalid(format!("Invalid '{member}' setting for container '{}'.", text(container, "name"))));
        }
    }
    let absolute = |mount: &Value| {
        let path = text(mount, "containerPath");
        path.starts_with('/') || path.get(1..2) == Some(":") || path.starts_with("\\\\")
    };
    match list(container, "mountPoints").iter().all(absolute) {
        true => Ok(()),
        false => Err(client("MountPoint.containerPath must be an absolute path.")),
    }
}

/// Names in the network and in the domain, of which Windows has none of its own.
fn check_network_names(container: &Value, is_windows: bool) -> Result<(), ApiError> {
    let name = text(container, "name");
    if list(container, "credentialSpecs").len() > 1 {
        return Err(client(format!(
            "Invalid setting for container '{name}'. credentialSpecs can have at most 1 item."
        )));
    }
    let is_domain = |domain: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        domain.len() <= 254 && domain.bytes().all(legal) && domain.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    if let Some(domain) =
        list(container, "dnsSearchDomains").iter().filter_map(Value::as_str).find(|one| !is_domain(one))
    {
        return Err(client(format!("Invalid setting for container '{name}'. Invalid dnsSearchDomain '{domain}'.")));
    }
    let lists = ["dnsServers", "dnsSearchDomains"].into_iter().find(|member| !list(container, member).is_empty());
    let member = lists.or((!text(container, "hostname").is_empty()).then_some("hostname"));
    match member.filter(|_| is_windows) {
        Some(member) => Err(client(format!("{member} is not supported for Windows containers."))),
        None => Ok(()),
    }
}

/// A task with a network interface of its own has one name, and the hosts of its network.
fn check_awsvpc(container: &Value) -> Result<(), ApiError> {
    if !list(container, "links").is_empty() {
        return Err(client("Links are not supported when networkMode=awsvpc."));
    }
    if !text(container, "hostname").is_empty() {
        return Err(client("The hostname is not supported when networkMode=awsvpc."));
    }
    match list(container, "extraHosts").is_empty() {
        true => Ok(()),
        false => Err(client("Extra hosts are not supported when networkMode=awsvpc.")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{container, table};
    use super::*;

    #[test]
    fn containers_alone() {
        table(
            check,
            [
                (json!({}), None),
                (container(json!({"name": ""})), Some("Container.name should not be null or empty.")),
                (container(json!({"image": ""})), Some("Container.image should not be null or empty.")),
                (container(json!({"image": "a:ü"})), Some("invalid characters")),
                (container(json!({"name": "a.b"})), Some("invalid characters")),
                (
                    container(json!({"environment": [{"name": " ", "value": "1"}]})),
                    Some("Environment variable name cannot be null or blank."),
                ),
                (container(json!({"environment": [{"name": "A"}]})), None),
                (
                    container(
                        json!({"environment": [{"name": "A", "value": "1"}], "secrets": [{"name": "A", "valueFrom": "/a"}]}),
                    ),
                    Some("such as 'A'."),
                ),
                (container(json!({"secrets": [{"name": "A", "valueFrom": ""}]})), Some("'valueFrom'")),
                (container(json!({"environmentFiles": [{"value": "arn:aws:s3:::b/a.env", "type": "s3"}]})), None),
                (
                    container(json!({"environmentFiles": [{"value": "s3://b/a.env", "type": "s3"}]})),
                    Some("Invalid environment file"),
                ),
                (
                    container(json!({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}}})),
                    Some("requires options"),
                ),
                (container(json!({"logConfiguration": {"logDriver": "json-file"}})), None),
                (container(json!({"logConfiguration": {"logDriver": "awsfirelens"}})), Some("firelensConfiguration")),
                (container(json!({"healthCheck": {"command": []}})), Some("needs a command")),
                (
                    container(json!({"healthCheck": {"command": ["CMD", "x"], "interval": 4}})),
                    Some("between 5 and 300"),
                ),
                (container(json!({"credentialSpecs": ["credentialspec:a", "credentialspec:b"]})), Some("at most 1")),
                (container(json!({"dnsSearchDomains": ["a_b"]})), Some("Invalid dnsSearchDomain")),
                (container(json!({"dnsServers": ["1.1.1.1"]})), None),
                (container(json!({"restartPolicy": {}})), Some("restartPolicy.enabled")),
                (container(json!({"stopTimeout": -1})), Some("Invalid 'stopTimeout' setting for container 'a'.")),
                (container(json!({"ulimits": [{"name": "nofile", "softLimit": 1}]})), Some("ulimits.hardLimit")),
                (container(json!({"extraHosts": [{"hostname": "h"}]})), Some("extraHosts.ipAddress")),
                (container(json!({"mountPoints": [{"containerPath": "data"}]})), Some("absolute path")),
                (container(json!({"mountPoints": [{"containerPath": "C:\\data"}]})), None),
            ],
        );
        let mut windows = container(json!({"dnsServers": ["1.1.1.1"]}));
        windows["runtimePlatform"] = json!({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"});
        table(check, [(windows, Some("dnsServers is not supported for Windows containers."))]);
        let router = |name: &str| json!({"name": name, "image": "l:1", "firelensConfiguration": {"type": "fluentbit"}});
        table(check, [(json!({"containerDefinitions": [router("l"), router("m")]}), Some("Only one container"))]);
        let two = container(json!({}))["containerDefinitions"][0].clone();
        table(check, [(json!({"containerDefinitions": [two, two]}), Some("used more than once"))]);
        let mut vpc = container(json!({"links": ["b"]}));
        vpc["networkMode"] = json!("awsvpc");
        table(check, [(vpc, Some("Links are not supported when networkMode=awsvpc."))]);
    }
}
