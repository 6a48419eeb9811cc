//! Decides which task definitions are refused and how an accepted one reads back.

use serde_json::{Map, Value, json};

use super::Model;
use crate::api::ApiError;
use crate::rules;

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
        rules::register(input, self.outside.strict)?;
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

/// CPU units or MiB of a text such as `1024`, `1 vCPU` or `2GB`.
pub(crate) fn plain(text: &str, unit: &str) -> Option<u64> {
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
    drop_nulls(&mut document);
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

fn drop_nulls(members: &mut Map<String, Value>) {
    members.retain(|_, value| !value.is_null());
    for value in members.values_mut() {
        match value {
            Value::Object(inner) => drop_nulls(inner),
            Value::Array(entries) => entries.iter_mut().filter_map(Value::as_object_mut).for_each(drop_nulls),
            _ => {}
        }
    }
}

fn fill(container: &mut Map<String, Value>, vpc: bool) {
    // A variable without a value is taken, and dropped in silence.
    if let Some(Value::Array(variables)) = container.get_mut("environment") {
        variables.retain(|variable| variable.get("value").is_some());
    }
    if let Some(Value::Object(capabilities)) =
        container.get_mut("linuxParameters").and_then(|it| it.get_mut("capabilities"))
    {
        for member in ["add", "drop"] {
            capabilities.entry(member).or_insert_with(|| json!([]));
        }
    }
    container.entry("cpu").or_insert_with(|| json!(0));
    container.entry("essential").or_insert_with(|| json!(true));
    for member in ["environment", "mountPoints", "volumesFrom", "portMappings", "systemControls"] {
        container.entry(member).or_insert_with(|| json!([]));
    }
    let Some(Value::Array(ports)) = container.get_mut("portMappings") else { return };
    for port in ports.iter_mut().filter_map(Value::as_object_mut) {
        // Whatever is not udp is taken for tcp, and shown as that.
        if port.get("protocol").is_none_or(|protocol| protocol != "udp") {
            port.insert("protocol".to_owned(), json!("tcp"));
        }
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
