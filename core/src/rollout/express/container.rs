//! Translates between a task definition and the members of the Express API that make one. Pure.

use serde_json::{Map, Value, json};

use crate::definition::TaskDefinition;
use crate::definition::schema::{TASK, compare};
use crate::json::list;

/// The container that gets the traffic.
pub(crate) const MAIN: &str = "Main";

/// Members of a container that `primaryContainer` has too, under the same name.
const SAME: [&str; 5] = ["image", "command", "environment", "secrets", "repositoryCredentials"];
/// All members of `primaryContainer` that come from a task definition.
const PARTS: [&str; 7] =
    ["image", "command", "environment", "secrets", "repositoryCredentials", "containerPort", "awsLogsConfiguration"];
/// Members of the task itself that the Express API has too, under the same name.
const TOP: [&str; 4] = ["cpu", "memory", "executionRoleArn", "taskRoleArn"];

/// What a new service gets where a request does not say, by the developer guide: the check of a request needs a value.
const NEW: [(&str, &str); 2] = [("cpu", "1024"), ("memory", "2048")];

/// Applies the members of a request to a task definition that ECS made.
pub(crate) fn applied(mut document: Map<String, Value>, asked: &Map<String, Value>) -> Map<String, Value> {
    for member in TOP {
        if let Some(value) = asked.get(member).filter(|value| !value.is_null()) {
            document.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(architecture) = asked.get("cpuArchitecture").filter(|value| !value.is_null()) {
        let platform = document.entry("runtimePlatform").or_insert_with(|| json!({}));
        platform["cpuArchitecture"] = architecture.clone();
    }
    let (Some(Value::Object(container)), Some(main)) = (asked.get("primaryContainer"), main_of(&mut document)) else {
        return document;
    };
    for (member, value) in container.iter().filter(|(_, value)| !value.is_null()) {
        match member.as_str() {
            "containerPort" => {
                let name = value.as_i64().map_or_else(String::new, |port| format!("main-{port}-tcp"));
                main["portMappings"] =
                    json!([{"containerPort": value, "hostPort": value, "protocol": "tcp", "name": name}]);
            }
            "awsLogsConfiguration" => {
                main["logConfiguration"]["logDriver"] = json!("awslogs");
                for (from, to) in LOGS {
                    if let Some(value) = value.get(from).filter(|value| !value.is_null()) {
                        main["logConfiguration"]["options"][to] = value.clone();
                    }
                }
            }
            _ if SAME.contains(&member.as_str()) => main[member] = value.clone(),
            // No member of a task definition: see [`beside`].
            _ => {}
        }
    }
    document
}

/// The members of a requested `primaryContainer` that no task definition has, as far as they differ from the described one.
pub(crate) fn beside(asked: &Map<String, Value>, described: &Map<String, Value>) -> Map<String, Value> {
    let container = asked.get("primaryContainer").and_then(Value::as_object).into_iter().flatten();
    let is_beside = |(member, value): &(&String, &Value)| {
        !PARTS.contains(&member.as_str()) && !value.is_null() && described.get(*member) != Some(value)
    };
    container.filter(is_beside).map(|(member, value)| (member.clone(), value.clone())).collect()
}

/// Members of `awsLogsConfiguration`, and the options of the log driver.
const LOGS: [(&str, &str); 2] = [("logGroup", "awslogs-group"), ("logStreamPrefix", "awslogs-stream-prefix")];

/// The task definition that ECS will make for a new service, as far as it can be known.
pub(crate) fn made(family: &str, asked: &Map<String, Value>) -> Map<String, Value> {
    let document = json!({
        "family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{"name": MAIN, "essential": true,
            "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp", "name": "main-80-tcp"}]}],
    });
    let mut document = document.as_object().cloned().unwrap_or_default();
    document.extend(NEW.map(|(member, value)| (member.to_owned(), json!(value))));
    applied(document, asked)
}

fn main_of(document: &mut Map<String, Value>) -> Option<&mut Value> {
    let containers = document.get_mut("containerDefinitions").and_then(Value::as_array_mut)?;
    containers.iter_mut().find(|container| container["name"] == MAIN)
}

/// Whether a definition is the customer's own, by its family and its form. `managed`: the family of ECS's. A service with an own
/// definition shows a `primaryContainer` as well, which ECS derives from it: that it is shown decides nothing.
pub(crate) fn is_own(definition: &TaskDefinition, managed: &str) -> bool {
    let document = definition.to_value();
    let is_main = matches!(list(&document, "containerDefinitions"), [main] if main["name"] == MAIN);
    definition.family() != Some(managed) || !is_main || !list(&document, "volumes").is_empty()
}

/// Why ECS does not take a definition for an Express service: the place, and what it needs there.
pub(crate) fn unfit(definition: &TaskDefinition) -> Option<(&'static str, String)> {
    let document = definition.to_value();
    let Some(main) = list(&document, "containerDefinitions").iter().find(|one| one["name"] == MAIN) else {
        let names: Vec<&str> =
            list(&document, "containerDefinitions").iter().filter_map(|one| one["name"].as_str()).collect();
        let text =
            format!("it has no container {MAIN:?}, to which ECS sends the traffic: its containers are {names:?}");
        return Some(("/containerDefinitions", text));
    };
    let is_tcp = |port: &&Value| port["protocol"].as_str().is_none_or(|protocol| protocol != "udp");
    let ports: Vec<&Value> = list(main, "portMappings").iter().filter(is_tcp).collect();
    let is_named =
        |port: &Value| port["containerPort"].is_number() && port["name"].as_str().is_some_and(|name| !name.is_empty());
    if !matches!(ports.as_slice(), [port] if is_named(port)) {
        let text = format!(
            "the container {MAIN:?} has {} TCP port mappings: it needs exactly one, with `containerPort` and `name`",
            ports.len()
        );
        return Some(("/containerDefinitions", text));
    }
    let is_fargate = list(&document, "requiresCompatibilities").iter().any(|one| one == "FARGATE");
    (!is_fargate)
        .then(|| ("/requiresCompatibilities", "it lacks \"FARGATE\": Express services run on Fargate".to_owned()))
}

/// The `primaryContainer` of a definition.
pub(crate) fn container_of(document: &Value) -> Map<String, Value> {
    let Some(main) = list(document, "containerDefinitions").iter().find(|one| one["name"] == MAIN) else {
        return Map::new();
    };
    let is_filled = |value: &&Value| !value.is_null() && **value != json!([]) && **value != json!({});
    let mut container = Map::new();
    for member in SAME {
        if let Some(value) = main.get(member).filter(is_filled) {
            container.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(port) = list(main, "portMappings").first().and_then(|port| port.get("containerPort")) {
        container.insert("containerPort".to_owned(), port.clone());
    }
    let options = &main["logConfiguration"]["options"];
    let logs: Map<String, Value> =
        LOGS.iter().filter_map(|(to, from)| Some(((*to).to_owned(), options.get(*from)?.clone()))).collect();
    if !logs.is_empty() {
        container.insert("awsLogsConfiguration".to_owned(), Value::Object(logs));
    }
    container
}

/// The members of UpdateExpressGatewayService that make the definition `after` of `before`; the error is the JSON Pointer of a change
/// that none of them can make. `described`: the `primaryContainer` that ECS shows. It is sent as a whole: whether ECS keeps what a
/// request leaves out of it is not documented.
pub(crate) fn members(
    before: &TaskDefinition,
    after: &TaskDefinition,
    described: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let rest = compare::changes(&TASK, &stripped(before.members()), &stripped(after.members()));
    if let Some(change) = rest.into_iter().next() {
        return Err(change.path);
    }
    let (old, new) = (before.to_value(), after.to_value());
    let mut members = Map::new();
    for member in TOP {
        match (&old[member], &new[member]) {
            (before, after) if before == after => {}
            (_, Value::Null) => return Err(format!("/{member}")),
            (_, after) => drop(members.insert(member.to_owned(), after.clone())),
        }
    }
    let architecture = |document: &Value| {
        let given = document["runtimePlatform"]["cpuArchitecture"].as_str().filter(|word| !word.is_empty());
        given.unwrap_or("X86_64").to_owned()
    };
    if architecture(&old) != architecture(&new) {
        members.insert("cpuArchitecture".to_owned(), json!(architecture(&new)));
    }
    let (old, new) = (container_of(&old), container_of(&new));
    if PARTS.iter().any(|part| old.get(*part) != new.get(*part)) {
        members.insert("primaryContainer".to_owned(), Value::Object(changed(described, &old, &new)));
    }
    Ok(members)
}

fn changed(described: &Map<String, Value>, old: &Map<String, Value>, new: &Map<String, Value>) -> Map<String, Value> {
    let mut container = if described.is_empty() { old.clone() } else { described.clone() };
    for part in PARTS.iter().filter(|part| old.get(**part) != new.get(**part)) {
        let value = match (new.get(*part), *part) {
            (Some(value), _) => value.clone(),
            // An empty list removes, whatever ECS makes of an absent one.
            (None, "command" | "environment" | "secrets") => json!([]),
            (None, _) => {
                container.shift_remove(*part);
                continue;
            }
        };
        container.insert((*part).to_owned(), value);
    }
    container
}

/// A definition without all that the Express API can change.
fn stripped(document: &Map<String, Value>) -> Map<String, Value> {
    let mut document = document.clone();
    for member in TOP.iter().chain(&["family", "tags"]) {
        document.shift_remove(*member);
    }
    if let Some(platform) = document.get_mut("runtimePlatform").and_then(Value::as_object_mut) {
        platform.shift_remove("cpuArchitecture");
        platform.retain(|member, value| member != "operatingSystemFamily" || *value != "LINUX");
    }
    if document.get("runtimePlatform").is_some_and(|platform| *platform == json!({})) {
        document.shift_remove("runtimePlatform");
    }
    if let Some(main) = main_of(&mut document).and_then(Value::as_object_mut) {
        for member in SAME {
            main.shift_remove(member);
        }
        if let Some(Value::Array(ports)) = main.get_mut("portMappings")
            && let [Value::Object(port)] = ports.as_mut_slice()
        {
            port.retain(|member, _| !matches!(member.as_str(), "containerPort" | "hostPort" | "name"));
        }
        if let Some(options) = main.get_mut("logConfiguration").and_then(|one| one.get_mut("options")?.as_object_mut())
        {
            options.retain(|option, _| !LOGS.iter().any(|(_, known)| known == option));
        }
    }
    document
}

#[cfg(test)]
mod tests;
