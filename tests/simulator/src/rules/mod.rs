//! Decides what ECS refuses of a request, in its own words where a source has them. One answer names one problem, as with ECS.
//!
//! None of these rules calls the library that is tested against them. A world that is not `strict` is spared all but the oldest.

mod container;
mod fargate;
mod network;
mod service;
mod shape;
mod strategy;
mod task;

use serde_json::{Map, Value};

use crate::api::{ApiError, invalid};
use crate::model::definition::Definition;

/// RegisterTaskDefinition.
pub(crate) fn register(input: &Map<String, Value>, strict: bool) -> Result<(), ApiError> {
    let structure = "RegisterTaskDefinitionRequest";
    shape::check_types(structure, input)?;
    task::check_names(input)?;
    if !strict {
        return Ok(());
    }
    shape::check_words(structure, input)?;
    task::check(input)?;
    container::check(input)?;
    network::check(input)?;
    fargate::check(input)
}

/// CreateService, with the revision that it is to run.
pub(crate) fn create_service(input: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    shape::check_types("CreateServiceRequest", input)?;
    shape::check_words("CreateServiceRequest", input)?;
    check_tags(input)?;
    service::check_new(input)?;
    service::check_place(input, definition)?;
    service::check(input)?;
    service::check_placement(input)?;
    service::check_volumes(input, definition)?;
    service::check_mode(input, definition)?;
    service::check_launch_type(input, definition)?;
    service::check_connect(input, definition)?;
    service::check_balancers(input, definition)
}

/// UpdateService: what is sent by itself, and the service as it would be (`settings`) with the revision that it is to run, where
/// that is what changes.
pub(crate) fn update_service(
    input: &Map<String, Value>,
    settings: &Map<String, Value>,
    before: Option<&Definition>,
    after: Option<&Definition>,
) -> Result<(), ApiError> {
    shape::check_types("UpdateServiceRequest", input)?;
    shape::check_words("UpdateServiceRequest", input)?;
    service::check_place(input, after)?;
    service::check(input)?;
    let mode = |definition: Option<&Definition>| definition.and_then(|one| one.text("networkMode")).map(str::to_owned);
    if input.contains_key("networkConfiguration") || mode(before) != mode(after) {
        service::check_mode(settings, after)?;
    }
    if input.contains_key("taskDefinition") {
        service::check_launch_type(settings, after)?;
    }
    if input.contains_key("taskDefinition") || input.contains_key("volumeConfigurations") {
        service::check_volumes(settings, after)?;
    }
    service::check_connect(settings, after)?;
    service::check_balancers(settings, after)
}

/// RunTask.
pub(crate) fn run_task(input: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    shape::check_types("RunTaskRequest", input)?;
    shape::check_words("RunTaskRequest", input)?;
    check_tags(input)?;
    if input.get("clientToken").and_then(Value::as_str).is_some_and(|token| token.len() > 64) {
        return Err(invalid("clientToken can have at most 64 characters."));
    }
    let overrides = input.get("overrides").map_or(0, |overrides| overrides.to_string().chars().count());
    if overrides > 8192 {
        return Err(invalid("Overrides can have at most 8192 characters."));
    }
    let overrides = input.get("overrides").unwrap_or(&Value::Null);
    let mut variables = list(overrides, "containerOverrides").iter().flat_map(|one| list(one, "environment"));
    if variables.any(|variable| text(variable, "name").trim().is_empty()) {
        return Err(invalid("Environment variable name cannot be null or blank."));
    }
    service::check_place(input, definition)?;
    service::check_placement(input)?;
    service::check_volumes(input, definition)?;
    service::check_network(input)
}

/// Tags that go along with something new. Source: kayac/ecspresso PR 296 and others.
fn check_tags(input: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(tags) = input.get("tags").and_then(Value::as_array) else { return Ok(()) };
    if tags.is_empty() {
        return Err(client("Tags can not be empty."));
    }
    if tags.len() > 50 {
        return Err(invalid("Tags can not have more than 50 elements."));
    }
    let mut keys: Vec<&str> = Vec::new();
    for tag in tags {
        let key = tag.get("key").and_then(Value::as_str).unwrap_or_default();
        let value = tag.get("value").and_then(Value::as_str).unwrap_or_default();
        let is_legal =
            |text: &str| text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c));
        if !is_legal(key) || !is_legal(value) {
            return Err(invalid(
                "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.",
            ));
        }
        let is_own = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 || is_own || keys.contains(&key) {
            return Err(invalid(
                "Some tags contain invalid keys or values: the key is missing, too long, reserved or repeated.",
            ));
        }
        keys.push(key);
    }
    Ok(())
}

fn client(text: impl Into<String>) -> ApiError {
    ApiError::new("ClientException", text)
}

fn list<'a>(owner: &'a Value, member: &str) -> &'a [Value] {
    owner.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(owner: &'a Value, member: &str) -> &'a str {
    owner.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn is_on(owner: &Value, member: &str) -> bool {
    owner.get(member).and_then(Value::as_bool).unwrap_or(false)
}

fn whole(owner: &Value, member: &str) -> Option<i64> {
    let number = owner.get(member)?;
    number.as_i64().or_else(|| number.as_f64().map(|number| number as i64))
}

fn containers(input: &Map<String, Value>) -> &[Value] {
    input.get("containerDefinitions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_fargate(input: &Map<String, Value>) -> bool {
    let compatibilities = input.get("requiresCompatibilities").and_then(Value::as_array);
    compatibilities.is_some_and(|all| all.iter().any(|one| one == "FARGATE"))
}

fn is_windows(input: &Map<String, Value>) -> bool {
    let platform = input.get("runtimePlatform").unwrap_or(&Value::Null);
    text(platform, "operatingSystemFamily").starts_with("WINDOWS")
}

/// The network mode that counts: bridge, unless one is given.
fn network_mode(input: &Map<String, Value>) -> &str {
    match input.get("networkMode").and_then(Value::as_str) {
        None | Some("" | "default" | "<default>") => "bridge",
        Some(mode) => mode,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use serde_json::{Map, Value, json};

    use super::ApiError;

    /// What a rule refuses of a definition with these members over one that is right.
    pub(crate) fn refusal(rule: fn(&Map<String, Value>) -> Result<(), ApiError>, members: Value) -> Option<String> {
        let mut input = json!({"family": "f", "containerDefinitions": [{"name": "a", "image": "a:1", "memory": 64}]});
        for (name, value) in members.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        rule(input.as_object()?).err().map(|error| error.text)
    }

    /// The same with these members of its only container.
    pub(crate) fn container(members: Value) -> Value {
        let mut container = json!({"name": "a", "image": "a:1", "memory": 64});
        for (name, value) in members.as_object().into_iter().flatten() {
            container[name] = value.clone();
        }
        json!({ "containerDefinitions": [container] })
    }

    pub(crate) fn table(
        rule: fn(&Map<String, Value>) -> Result<(), ApiError>,
        rows: impl IntoIterator<Item = (Value, Option<&'static str>)>,
    ) {
        for (members, expected) in rows {
            let refused = refusal(rule, members.clone());
            let is_right = match (&refused, expected) {
                (None, None) => true,
                (Some(text), Some(expected)) => text.contains(expected),
                _ => false,
            };
            assert!(is_right, "{members}: {refused:?}, expected {expected:?}");
        }
    }
}
