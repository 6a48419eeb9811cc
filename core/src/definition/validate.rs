//! What ECS would refuse, found before it is asked: all findings at once, each with its place and its remedy.

use serde::Serialize;
use serde_json::{Map, Value};

use super::containers;
use crate::image;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// ECS refuses it, or a task of it cannot start.
    Error,
    /// ECS takes it, but it is probably not what you want.
    Warning,
}

/// Something about a task definition that is wrong or risky.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// The name of the rule.
    pub rule: String,
    /// Where: a JSON Pointer into the document.
    pub path: String,
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub advice: String,
}

/// Task sizes on Fargate: cpu units, then the memory in MiB that goes with them, from, to, step.
/// Source: the AWS developer guide, "Fargate task CPU and memory".
const FARGATE: [(u64, u64, u64, u64); 8] = [
    (256, 512, 1024, 512),
    (256, 2048, 2048, 1024),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

/// All findings, in the order of the document's containers.
pub(super) fn findings(document: &Map<String, Value>) -> Vec<Finding> {
    let mut found = Found::default();
    family(document, &mut found);
    fargate(document, &mut found);
    essential(document, &mut found);
    for (at, container) in containers(document).iter().enumerate() {
        let place = format!("/containerDefinitions/{at}");
        identity(document, at, container, &place, &mut found);
        variables(document, container, &place, &mut found);
        dependencies(document, container, &place, &mut found);
        ports(document, container, &place, &mut found);
        logging(document, container, &place, &mut found);
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn error(&mut self, rule: &str, path: impl Into<String>, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Error, rule, path.into(), text.into(), advice.into());
    }

    fn warning(&mut self, rule: &str, path: impl Into<String>, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Warning, rule, path.into(), text.into(), advice.into());
    }

    fn push(&mut self, level: Level, rule: &str, path: String, text: String, advice: String) {
        self.0.push(Finding { level, rule: rule.to_owned(), path, text, advice });
    }
}

fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_fargate(document: &Map<String, Value>) -> bool {
    entries(document.get("requiresCompatibilities")).iter().any(|entry| entry == "FARGATE")
}

fn entries(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str()
}

fn family(document: &Map<String, Value>, found: &mut Found) {
    match document.get("family").and_then(Value::as_str) {
        Some(name) if is_name(name) => {}
        Some(name) => found.error(
            "family",
            "/family",
            format!("{name:?} is not the name of a family"),
            "use 1 to 255 letters, digits, hyphens and underscores",
        ),
        None => found.error("family", "/family", "the family is missing", "name the family as a text"),
    }
}

fn fargate(document: &Map<String, Value>, found: &mut Found) {
    if !is_fargate(document) {
        return;
    }
    if document.get("networkMode").and_then(Value::as_str) != Some("awsvpc") {
        let text = "Fargate runs tasks in network mode awsvpc alone";
        found.error("fargate_network", "/networkMode", text, "set networkMode to \"awsvpc\"");
    }
    let size = |member, unit| document.get(member)?.as_str().map(|text| super::diff::units(text, unit));
    let (Some(cpu), Some(memory)) = (size("cpu", "vcpu"), size("memory", "gb")) else {
        for member in
            ["cpu", "memory"].into_iter().filter(|member| !document.get(*member).is_some_and(Value::is_string))
        {
            let text = format!("Fargate needs the task's {member}");
            found.error(
                "fargate_size",
                format!("/{member}"),
                text,
                format!("set {member} at the task level, as a text"),
            );
        }
        return;
    };
    fargate_size(&cpu, &memory, found);
}

fn fargate_size(cpu: &str, memory: &str, found: &mut Found) {
    let (Ok(units), Ok(mib)) = (cpu.parse::<u64>(), memory.parse::<u64>()) else {
        let text = format!("cpu {cpu:?} with memory {memory:?} is not a size");
        found.error("fargate_size", "/cpu", text, "give cpu in units (\"256\") or vCPU, memory in MiB (\"512\") or GB");
        return;
    };
    let rows: Vec<_> = FARGATE.iter().filter(|row| row.0 == units).collect();
    if rows.is_empty() {
        let text = format!("cpu {units} is not offered on Fargate");
        found.error("fargate_size", "/cpu", text, "use 256, 512, 1024, 2048, 4096, 8192 or 16384");
    } else if !rows.iter().any(|(_, from, to, step)| (*from..=*to).contains(&mib) && (mib - from) % step == 0) {
        let offered = match units {
            256 => "512, 1024 or 2048".to_owned(),
            _ => rows.iter().map(|(_, from, to, step)| format!("{from} to {to} in steps of {step}")).collect(),
        };
        let text = format!("memory {mib} is not offered with cpu {units}");
        found.error("fargate_size", "/memory", text, format!("use {offered}"));
    }
}

fn essential(document: &Map<String, Value>, found: &mut Found) {
    if containers(document).iter().all(|container| container["essential"] == false) {
        let text = "no container is essential";
        found.error(
            "essential",
            "/containerDefinitions",
            text,
            "leave essential away, or true, for at least one container",
        );
    }
}

fn identity(document: &Map<String, Value>, at: usize, container: &Value, place: &str, found: &mut Found) {
    match text(container, "name") {
        Some(name) if !is_name(name) => found.error(
            "container_name",
            format!("{place}/name"),
            format!("{name:?} is not the name of a container"),
            "use 1 to 255 letters, digits, hyphens and underscores",
        ),
        Some(name) if containers(document)[..at].iter().any(|other| text(other, "name") == Some(name)) => found.error(
            "container_name",
            format!("{place}/name"),
            format!("a second container is named {name:?}"),
            "give each container a name of its own",
        ),
        Some(_) => {}
        None => found.error("container_name", format!("{place}/name"), "the container has no name", "name it"),
    }
    match text(container, "image").map(image::check) {
        Some(Ok(())) => {}
        Some(Err(why)) => found.error("image", format!("{place}/image"), why, "correct the image reference"),
        None => {
            found.error("image", format!("{place}/image"), "the container has no image", "give its image reference")
        }
    }
}

fn variables(document: &Map<String, Value>, container: &Value, place: &str, found: &mut Found) {
    let secrets = entries(container.get("secrets"));
    let environment = entries(container.get("environment"));
    for (at, secret) in secrets.iter().enumerate() {
        let Some(name) = text(secret, "name") else { continue };
        if environment.iter().any(|entry| text(entry, "name") == Some(name))
            || secrets[..at].iter().any(|other| text(other, "name") == Some(name))
        {
            let what = format!("{name} is set a second time, as a secret");
            found.error("secret_name", format!("{place}/secrets/{at}/name"), what, "keep one of the two entries");
        }
    }
    for (at, entry) in environment.iter().enumerate() {
        match text(entry, "name") {
            None | Some("") => {
                let path = format!("{place}/environment/{at}/name");
                found.error(
                    "environment_name",
                    path,
                    "an environment variable has no name",
                    "name it, or remove the entry",
                );
            }
            Some(name) if environment[..at].iter().any(|other| text(other, "name") == Some(name)) => {
                let what = format!("{name} is set a second time; which value wins is not defined");
                found.warning(
                    "environment_name",
                    format!("{place}/environment/{at}/name"),
                    what,
                    "keep one of the entries",
                );
            }
            Some(_) => {}
        }
    }
    if !secrets.is_empty() && !document.contains_key("executionRoleArn") {
        let what = "secrets need an execution role to be read with";
        found.error("execution_role", format!("{place}/secrets"), what, "set executionRoleArn at the task level");
    }
}

fn dependencies(document: &Map<String, Value>, container: &Value, place: &str, found: &mut Found) {
    for (at, dependency) in entries(container.get("dependsOn")).iter().enumerate() {
        let Some(name) = text(dependency, "containerName") else { continue };
        let path = format!("{place}/dependsOn/{at}");
        let target = containers(document).iter().find(|other| text(other, "name") == Some(name));
        match (target, text(dependency, "condition")) {
            (None, _) => {
                let what = format!("there is no container {name:?} to depend on");
                found.error(
                    "depends_on",
                    format!("{path}/containerName"),
                    what,
                    "name a container of this task definition",
                );
            }
            (Some(target), Some("HEALTHY")) if target.get("healthCheck").is_none() => {
                let what = format!("{name:?} has no health check, so it never becomes HEALTHY");
                found.error(
                    "depends_on",
                    format!("{path}/condition"),
                    what,
                    format!("give {name:?} a healthCheck, or wait for START"),
                );
            }
            (Some(target), Some(condition @ ("COMPLETE" | "SUCCESS"))) if target["essential"] != false => {
                let what = format!("{name:?} is essential: the task ends with it, so nothing can wait for {condition}");
                found.error(
                    "depends_on",
                    format!("{path}/condition"),
                    what,
                    format!("set essential of {name:?} to false"),
                );
            }
            _ => {}
        }
    }
}

fn ports(document: &Map<String, Value>, container: &Value, place: &str, found: &mut Found) {
    let awsvpc = document.get("networkMode").and_then(Value::as_str) == Some("awsvpc");
    for (at, mapping) in entries(container.get("portMappings")).iter().enumerate() {
        let path = format!("{place}/portMappings/{at}");
        let (port, host) = (mapping.get("containerPort"), mapping.get("hostPort"));
        if port.is_some_and(|port| !port.as_u64().is_some_and(|port| (1..=65535).contains(&port))) {
            found.error(
                "container_port",
                format!("{path}/containerPort"),
                "not a port",
                "use a number from 1 to 65535",
            );
        }
        if awsvpc && host.is_some() && host != port {
            let what = "with network mode awsvpc the host port is the container port";
            found.error("host_port", format!("{path}/hostPort"), what, "leave hostPort away");
        }
    }
}

fn logging(document: &Map<String, Value>, container: &Value, place: &str, found: &mut Found) {
    let Some(configuration) = container.get("logConfiguration") else { return };
    if text(configuration, "logDriver") != Some("awslogs") {
        return;
    }
    let mut needed = vec!["awslogs-group", "awslogs-region"];
    if is_fargate(document) {
        needed.push("awslogs-stream-prefix");
        if !document.contains_key("executionRoleArn") {
            let what = "awslogs on Fargate needs an execution role to write with";
            found.error(
                "execution_role",
                format!("{place}/logConfiguration"),
                what,
                "set executionRoleArn at the task level",
            );
        }
    }
    for option in needed.into_iter().filter(|option| configuration["options"].get(option).is_none()) {
        let path = format!("{place}/logConfiguration/options");
        found.error("awslogs", path, format!("the option {option} is missing"), format!("set {option}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_that_is_wrong_is_found_at_once() {
        let document = json!({
            "family": "a b", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "1500",
            "containerDefinitions": [
                {"name": "a", "image": "A:1", "essential": false, "secrets": [{"name": "X", "valueFrom": "y"}], "environment": [{"name": "X", "value": "1"}, {"value": "2"}]},
                {"name": "a", "image": "a", "essential": false, "dependsOn": [{"containerName": "a", "condition": "HEALTHY"}, {"containerName": "z", "condition": "START"}],
                 "portMappings": [{"containerPort": 0}], "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r"}}}
            ]
        });
        let found: Vec<_> = findings(document.as_object().unwrap()).into_iter().map(|f| (f.rule, f.path)).collect();
        let expected = [
            ("family", "/family"),
            ("fargate_network", "/networkMode"),
            ("fargate_size", "/memory"),
            ("essential", "/containerDefinitions"),
            ("image", "/containerDefinitions/0/image"),
            ("secret_name", "/containerDefinitions/0/secrets/0/name"),
            ("environment_name", "/containerDefinitions/0/environment/1/name"),
            ("execution_role", "/containerDefinitions/0/secrets"),
            ("container_name", "/containerDefinitions/1/name"),
            ("depends_on", "/containerDefinitions/1/dependsOn/0/condition"),
            ("depends_on", "/containerDefinitions/1/dependsOn/1/containerName"),
            ("container_port", "/containerDefinitions/1/portMappings/0/containerPort"),
            ("execution_role", "/containerDefinitions/1/logConfiguration"),
            ("awslogs", "/containerDefinitions/1/logConfiguration/options"),
        ];
        assert_eq!(found, expected.map(|(rule, path)| (rule.to_owned(), path.to_owned())));
    }

    #[test]
    fn every_fargate_size_is_told_from_its_neighbours() {
        for (cpu, memory, offered) in [
            ("256", "512", true),
            (".25 vCPU", "0.5 GB", true),
            ("256", "1536", false),
            ("256", "2048", true),
            ("512", "512", false),
            ("1024", "2048", true),
            ("1 vCPU", "2GB", true),
            ("4096", "30720", true),
            ("4096", "31744", false),
            ("8192", "20480", true),
            ("8192", "21504", false),
            ("16384", "122880", true),
            ("300", "512", false),
        ] {
            let document = json!({"family": "f", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": cpu, "memory": memory,
                "containerDefinitions": [{"name": "a", "image": "a"}]});
            assert_eq!(findings(document.as_object().unwrap()).is_empty(), offered, "{cpu} {memory}");
        }
    }
}
