//! Decides which task definitions are refused and how an accepted one reads back.

use serde_json::{Map, Value, json};

use super::Model;
use crate::api::ApiError;

/// A registered revision.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) family: String,
    pub(crate) revision: u64,
    pub(crate) arn: String,
    /// As DescribeTaskDefinition answers it, unknown members included.
    pub(crate) document: Map<String, Value>,
    pub(crate) tags: Vec<Value>,
}

impl Definition {
    pub(crate) fn active(&self) -> bool {
        self.document.get("status").and_then(Value::as_str) == Some("ACTIVE")
    }

    pub(crate) fn containers(&self) -> &[Value] {
        list(&self.document, "containerDefinitions")
    }

    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.document.get(member).and_then(Value::as_str)
    }

    pub(crate) fn fargate(&self) -> bool {
        list(&self.document, "requiresCompatibilities").iter().any(|item| item == "FARGATE")
    }
}

impl Model {
    /// Registers `input` as the next revision of its family.
    pub(crate) fn register(&mut self, input: &Map<String, Value>) -> Result<&Definition, ApiError> {
        check(input)?;
        let family = input.get("family").and_then(Value::as_str).unwrap_or_default().to_owned();
        let of_family = self.definitions.iter().filter(|known| known.family == family);
        let revision = of_family.map(|known| known.revision).max().unwrap_or(0) + 1;
        let arn = self.place.arn(&format!("task-definition/{family}:{revision}"));
        let mut document = read_back(input);
        let tags = match document.shift_remove("tags") {
            Some(Value::Array(tags)) => tags,
            _ => Vec::new(),
        };
        document.insert("taskDefinitionArn".into(), json!(arn));
        document.insert("revision".into(), json!(revision));
        document.insert("status".into(), json!("ACTIVE"));
        document.insert("requiresAttributes".into(), attributes(&document));
        document.insert("compatibilities".into(), compatibilities(&document));
        document.insert("registeredAt".into(), self.stamp(self.now));
        document.insert("registeredBy".into(), json!(self.place.principal("user/simulator")));
        self.definitions.push(Definition { family, revision, arn, document, tags });
        Ok(&self.definitions[self.definitions.len() - 1])
    }

    /// What `reference` means: a family (its latest ACTIVE revision), `family:revision` or an ARN.
    pub(crate) fn definition(&self, reference: &str) -> Option<&Definition> {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        if reference.contains('/') && !reference.starts_with("arn:") {
            return None;
        }
        match name.split_once(':') {
            Some((family, revision)) => {
                let revision: u64 = revision.parse().ok()?;
                self.definitions.iter().find(|known| known.family == family && known.revision == revision)
            }
            None => {
                let fitting = self.definitions.iter().filter(|known| known.family == name && known.active());
                fitting.max_by_key(|known| known.revision)
            }
        }
    }
}

pub(crate) fn list<'a>(object: &'a Map<String, Value>, member: &str) -> &'a [Value] {
    object.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn refused(text: impl Into<String>) -> ApiError {
    ApiError::new("ClientException", text)
}

/// The checks whose texts are known. The server reports one problem per call and stops.
fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    for member in ["family", "cpu", "memory", "networkMode", "taskRoleArn", "executionRoleArn"] {
        if input.get(member).is_some_and(Value::is_number) {
            return Err(ApiError::new("SerializationException", "NUMBER_VALUE can not be converted to a String"));
        }
    }
    let family = input.get("family").and_then(Value::as_str).unwrap_or_default();
    if family.is_empty() {
        return Err(refused("Family should not be null or empty."));
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if family.len() > 255 || !family.chars().all(legal) {
        return Err(refused("Invalid 'family' setting for task."));
    }
    let containers = list(input, "containerDefinitions");
    if containers.is_empty() {
        return Err(refused("Container list cannot be empty."));
    }
    containers.iter().try_for_each(check_container)?;
    let secret = |container: &Value| container.get("secrets").and_then(Value::as_array).is_some_and(|s| !s.is_empty());
    let role = input.get("executionRoleArn").and_then(Value::as_str).unwrap_or_default();
    if containers.iter().any(secret) && role.is_empty() {
        return Err(refused(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
        ));
    }
    check_ports(input)?;
    check_size(input)
}

fn check_container(container: &Value) -> Result<(), ApiError> {
    for member in ["name", "image"] {
        if container.get(member).and_then(Value::as_str).unwrap_or_default().is_empty() {
            return Err(refused(format!("Container.{member} should not be null or empty.")));
        }
    }
    let named = |member: &str| -> Vec<String> {
        let items = container.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(|item| item.get("name")?.as_str().map(str::to_owned)).collect()
    };
    let mut taken = named("environment");
    for name in named("secrets") {
        if taken.contains(&name) {
            return Err(refused(format!(
                "The secret name must be unique and not shared with any new or existing environment variables set on \
                 the container, such as '{name}'."
            )));
        }
        taken.push(name);
    }
    Ok(())
}

fn check_ports(input: &Map<String, Value>) -> Result<(), ApiError> {
    if input.get("networkMode").and_then(Value::as_str) != Some("awsvpc") {
        return Ok(());
    }
    for container in list(input, "containerDefinitions") {
        for port in container.get("portMappings").and_then(Value::as_array).into_iter().flatten() {
            let number = |member: &str| port.get(member).and_then(Value::as_i64);
            if number("hostPort").is_some() && number("hostPort") != number("containerPort") {
                return Err(refused(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
                ));
            }
        }
    }
    Ok(())
}

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

fn check_size(input: &Map<String, Value>) -> Result<(), ApiError> {
    if !list(input, "requiresCompatibilities").iter().any(|item| item == "FARGATE") {
        return Ok(());
    }
    let size = |member: &str, unit| match input.get(member).and_then(Value::as_str) {
        None => Err(refused(format!("Fargate requires that '{member}' be defined at the task level."))),
        Some(text) => plain(text, unit).ok_or_else(|| refused(format!("Invalid '{member}' setting for task."))),
    };
    let (cpu, memory) = (size("cpu", "VCPU")?, size("memory", "GB")?);
    let fits = |&(units, least, greatest, step): &(u64, u64, u64, u64)| {
        // 1536 is on the step of the smallest size, but not offered.
        cpu == units && (least..=greatest).contains(&memory) && memory % step == 0 && (cpu, memory) != (256, 1536)
    };
    match SIZES.iter().any(fits) {
        true => Ok(()),
        false => Err(refused("No Fargate configuration exists for given values.")),
    }
}

/// CPU units or MiB of a text such as `1024`, `1 vCPU` or `2GB`.
fn plain(text: &str, unit: &str) -> Option<u64> {
    let text = text.trim().to_ascii_uppercase();
    match text.strip_suffix(unit) {
        None => text.parse().ok(),
        Some(number) => {
            let number: f64 = number.trim().parse().ok().filter(|n: &f64| (0.0..1_000_000.0).contains(n))?;
            Some((number * 1024.0).round() as u64)
        }
    }
}

/// What ECS fills in: integer texts for sizes, defaults and empty lists of containers, and empty lists of the task.
fn read_back(input: &Map<String, Value>) -> Map<String, Value> {
    let mut document = input.clone();
    document.retain(|_, value| !value.is_null());
    for (member, unit) in [("cpu", "VCPU"), ("memory", "GB")] {
        let units = document.get(member).and_then(Value::as_str).and_then(|text| plain(text, unit));
        if let Some(units) = units {
            document.insert(member.into(), json!(units.to_string()));
        }
    }
    let vpc = document.get("networkMode").and_then(Value::as_str) == Some("awsvpc");
    if let Some(Value::Array(containers)) = document.get_mut("containerDefinitions") {
        containers.iter_mut().filter_map(Value::as_object_mut).for_each(|container| fill(container, vpc));
    }
    for member in ["volumes", "placementConstraints"] {
        document.entry(member).or_insert_with(|| json!([]));
    }
    document
}

fn fill(container: &mut Map<String, Value>, vpc: bool) {
    container.retain(|_, value| !value.is_null());
    container.entry("cpu").or_insert_with(|| json!(0));
    container.entry("essential").or_insert_with(|| json!(true));
    for member in ["environment", "mountPoints", "volumesFrom"] {
        container.entry(member).or_insert_with(|| json!([]));
    }
    let Some(Value::Array(ports)) = container.get_mut("portMappings") else { return };
    for port in ports.iter_mut().filter_map(Value::as_object_mut) {
        port.entry("protocol").or_insert_with(|| json!("tcp"));
        if let Some(inside) = port.get("containerPort").cloned().filter(|_| vpc) {
            port.entry("hostPort").or_insert(inside);
        }
    }
}

fn compatibilities(document: &Map<String, Value>) -> Value {
    let mut names = vec![json!("EC2")];
    names.extend(list(document, "requiresCompatibilities").iter().filter(|name| *name != "EC2").cloned());
    Value::Array(names)
}

fn attributes(document: &Map<String, Value>) -> Value {
    let mut names = vec!["com.amazonaws.ecs.capability.docker-remote-api.1.18"];
    if document.get("networkMode").and_then(Value::as_str) == Some("awsvpc") {
        names.push("ecs.capability.task-eni");
    }
    Value::Array(names.into_iter().map(|name| json!({ "name": name })).collect())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn sizes_in_words() {
        assert_eq!(plain("1 vCPU", "VCPU"), Some(1024));
        assert_eq!(plain(".25 vcpu", "VCPU"), Some(256));
        assert_eq!(plain("2GB", "GB"), Some(2048));
        assert_eq!(plain("512", "GB"), Some(512));
        assert_eq!(plain("much", "GB"), None);
    }
}
