//! Decides what is refused of a service that ECS manages whole (Express Mode). The API reference has the rules, and few of the words.

use serde_json::{Map, Value};

use super::{list, shape, text};
use crate::api::{ApiError, invalid};
use crate::model::definition::Definition;
use crate::model::express::MAIN;

/// What a task definition of one's own says itself.
const BESIDE_DEFINITION: [&str; 6] =
    ["primaryContainer", "executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture"];

/// CreateExpressGatewayService or UpdateExpressGatewayService, by itself. `is_new`: whether the service is to be made.
pub(crate) fn check(input: &Map<String, Value>, is_new: bool) -> Result<(), ApiError> {
    let structure = if is_new { "CreateExpressGatewayServiceRequest" } else { "UpdateExpressGatewayServiceRequest" };
    shape::check_types(structure, input)?;
    shape::check_words(structure, input)?;
    let given = |member: &str| input.get(member).is_some_and(|value| !value.is_null());
    let is_own = given("taskDefinitionArn");
    if is_own && BESIDE_DEFINITION.into_iter().any(given) {
        return Err(invalid(
            "If you provide a task definition ARN, you cannot also specify primaryContainer, executionRoleArn, taskRoleArn, cpu, memory, \
             or cpuArchitecture.",
        ));
    }
    if is_new {
        check_new(input, is_own)?;
    }
    if given("primaryContainer") {
        check_container(&input["primaryContainer"])?;
    }
    if input.get("healthCheckPath").and_then(Value::as_str).is_some_and(|path| !path.starts_with('/')) {
        return Err(invalid("The health check path must start with a forward slash."));
    }
    check_scaling(input.get("scalingTarget").unwrap_or(&Value::Null))
}

fn check_new(input: &Map<String, Value>, is_own: bool) -> Result<(), ApiError> {
    super::check_tags(input)?;
    let name = input.get("serviceName").and_then(Value::as_str);
    if name.is_some_and(|name| !super::task::is_name(name)) {
        return Err(invalid("Unable to create a service: the name may have up to 255 letters, digits, - and _."));
    }
    let role = |member: &str| input.get(member).and_then(Value::as_str).is_some_and(|role| !role.is_empty());
    if !role("infrastructureRoleArn") {
        return Err(invalid("infrastructureRoleArn can not be blank."));
    }
    if !is_own && !role("executionRoleArn") {
        return Err(invalid("executionRoleArn can not be blank."));
    }
    match is_own || input.get("primaryContainer").is_some_and(Value::is_object) {
        true => Ok(()),
        false => Err(invalid("primaryContainer can not be null.")),
    }
}

fn check_container(container: &Value) -> Result<(), ApiError> {
    if text(container, "image").trim().is_empty() {
        return Err(invalid("primaryContainer.image can not be blank."));
    }
    match container["containerPort"].as_i64().is_some_and(|port| !(1..=65535).contains(&port)) {
        true => Err(invalid("primaryContainer.containerPort must be between 1 and 65535.")),
        false => Ok(()),
    }
}

fn check_scaling(scaling: &Value) -> Result<(), ApiError> {
    let count = |member: &str| scaling[member].as_i64();
    if [count("minTaskCount"), count("maxTaskCount")].into_iter().flatten().any(|count| !(0..=5000).contains(&count)) {
        return Err(invalid("scalingTarget: a task count must be between 0 and 5000."));
    }
    match count("minTaskCount").zip(count("maxTaskCount")).is_some_and(|(min, max)| min > max) {
        true => Err(invalid("scalingTarget: maxTaskCount cannot be less than minTaskCount.")),
        false => Ok(()),
    }
}

/// A task definition of one's own: Fargate, and a container Main with one TCP port that has a name.
pub(crate) fn check_definition(definition: &Definition) -> Result<(), ApiError> {
    let main = definition.containers().iter().find(|container| text(container, "name") == MAIN);
    let is_tcp = |port: &&Value| !matches!(port["protocol"].as_str(), Some("udp"));
    let ports: Vec<&Value> =
        main.map(|main| list(main, "portMappings").iter().filter(is_tcp).collect()).unwrap_or_default();
    let has_port =
        matches!(ports.as_slice(), [port] if port["containerPort"].is_i64() && !text(port, "name").is_empty());
    if !has_port {
        return Err(invalid(
            "The task definition must have a container named Main with a single TCP port mapping that includes a container port and port \
             name.",
        ));
    }
    match definition.fargate() {
        true => Ok(()),
        false => Err(invalid("The task definition must have FARGATE compatibility.")),
    }
}
