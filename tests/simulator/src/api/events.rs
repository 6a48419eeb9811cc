//! Decides what EventBridge answers: scheduled rules and their targets, connections and API destinations.

use ecs_rollout::Timetable;
use serde_json::{Map, Value, json};

use super::scheduler::{name, refused};
use super::{Answer, ApiError, Input};
use crate::model::Model;
use crate::model::schedules::{Connection, Timed};

/// How long a connection is being authorized, in seconds.
const AUTHORIZING: f64 = 3.0;

fn missing(text: String) -> ApiError {
    ApiError::new("ResourceNotFoundException", text)
}

fn find(model: &Model, name: &str) -> Result<usize, ApiError> {
    let found = model.calls.rules.iter().position(|rule| rule.document["Name"] == name);
    found.ok_or_else(|| missing(format!("Rule {name} does not exist on EventBus default.")))
}

pub(super) fn put_rule(model: &mut Model, input: &Input<'_>) -> Answer {
    let rule = name(input, "Name")?;
    let expression = input.text("ScheduleExpression")?;
    match (expression, input.text("EventPattern")?) {
        (None, None) => return Err(refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")),
        (Some(text), _) if text.starts_with("at(") || Timetable::parse(text, "UTC").is_err() => {
            return Err(refused("Parameter ScheduleExpression is not valid."));
        }
        _ => {}
    }
    let mut document = Map::new();
    document.insert("Name".to_owned(), json!(rule));
    document.insert("Arn".to_owned(), json!(model.place.arn_of("events", &format!("rule/{rule}"))));
    document.insert("EventBusName".to_owned(), json!("default"));
    document.insert("State".to_owned(), json!("ENABLED"));
    let given = input.members().iter().filter(|(name, value)| *name != "Tags" && !value.is_null());
    document.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    let (now, base, document) = (model.now, model.epoch(0.0), Value::Object(document));
    let arn = document["Arn"].clone();
    match find(model, rule) {
        Ok(index) => {
            let timed = &mut model.calls.rules[index];
            if timed.document["ScheduleExpression"] != document["ScheduleExpression"] {
                timed.since = now;
            }
            timed.document = document;
            timed.plan(now, base);
        }
        Err(_) => {
            let mut timed = Timed { document, targets: Vec::new(), token: None, due: None, since: now };
            timed.plan(now, base);
            model.calls.rules.push(timed);
        }
    }
    Ok(json!({ "RuleArn": arn }))
}

pub(super) fn describe_rule(model: &mut Model, input: &Input<'_>) -> Answer {
    Ok(model.calls.rules[find(model, name(input, "Name")?)?].document.clone())
}

pub(super) fn delete_rule(model: &mut Model, input: &Input<'_>) -> Answer {
    let Ok(index) = find(model, name(input, "Name")?) else { return Ok(json!({})) };
    if !model.calls.rules[index].targets.is_empty() {
        return Err(refused("Rule can't be deleted since it has targets."));
    }
    model.calls.rules.remove(index);
    Ok(json!({}))
}

pub(super) fn put_targets(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find(model, name(input, "Rule")?)?;
    for target in input.list("Targets")? {
        let is_address = target["Arn"].as_str().is_some_and(|arn| arn.contains(":api-destination/"));
        if target["Id"].as_str().is_none() || target["Arn"].as_str().is_none() {
            return Err(refused("Each target needs an Id and an Arn."));
        }
        if is_address && target["RoleArn"].is_null() {
            return Err(refused(format!("RoleArn is required for target {}.", target["Arn"])));
        }
        let targets = &mut model.calls.rules[index].targets;
        targets.retain(|known| known["Id"] != target["Id"]);
        targets.push(target.clone());
    }
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

/// The one event bus that there is here.
const BUS: &str = "default";

fn bus(input: &Input<'_>) -> Result<(), ApiError> {
    match input.text("EventBusName")?.map(|name| name.rsplit('/').next().unwrap_or(name)) {
        None | Some(BUS) => Ok(()),
        Some(other) => Err(missing(format!("Event bus {other} does not exist."))),
    }
}

pub(super) fn list_buses(model: &mut Model, input: &Input<'_>) -> Answer {
    let is_it = input.text("NamePrefix")?.is_none_or(|prefix| BUS.starts_with(prefix));
    let shown = json!({ "Name": BUS, "Arn": model.place.arn_of("events", &format!("event-bus/{BUS}")) });
    Ok(json!({ "EventBuses": is_it.then_some(shown).into_iter().collect::<Vec<_>>() }))
}

pub(super) fn list_rules_by_target(model: &mut Model, input: &Input<'_>) -> Answer {
    bus(input)?;
    let arn = input.text("TargetArn")?.filter(|arn| !arn.is_empty());
    let arn = arn.ok_or_else(|| refused("1 validation error detected: Value null at 'targetArn' failed to satisfy constraint: Member must not be null"))?;
    let calls = |rule: &&Timed| rule.targets.iter().any(|target| target["Arn"] == arn);
    let names: Vec<&Value> = model.calls.rules.iter().filter(calls).map(|rule| &rule.document["Name"]).collect();
    Ok(json!({ "RuleNames": names }))
}

pub(super) fn list_targets(model: &mut Model, input: &Input<'_>) -> Answer {
    bus(input)?;
    Ok(json!({ "Targets": model.calls.rules[find(model, name(input, "Rule")?)?].targets }))
}

pub(super) fn remove_targets(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find(model, name(input, "Rule")?)?;
    let ids = input.texts("Ids")?;
    model.calls.rules[index].targets.retain(|target| target["Id"].as_str().is_none_or(|id| !ids.contains(&id)));
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

fn find_connection(model: &Model, name: &str) -> Result<usize, ApiError> {
    let found = model.calls.connections.iter().position(|known| known.document["Name"] == name);
    found.ok_or_else(|| missing(format!("Connection '{name}' does not exist.")))
}

pub(super) fn create_connection(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = name(input, "Name")?;
    if find_connection(model, name).is_ok() {
        return Err(ApiError::new("ResourceAlreadyExistsException", format!("Connection {name} already exists.")));
    }
    let id = model.ids.uuid();
    let mut document = Map::new();
    document.insert("Name".to_owned(), json!(name));
    document
        .insert("ConnectionArn".to_owned(), json!(model.place.arn_of("events", &format!("connection/{name}/{id}"))));
    document.insert("CreationTime".to_owned(), model.stamp(model.now));
    let authorized = model.now + AUTHORIZING;
    model.calls.connections.push(Connection { document, authorized });
    let index = model.calls.connections.len() - 1;
    write_connection(model, index, input)
}

pub(super) fn update_connection(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find_connection(model, name(input, "Name")?)?;
    model.calls.connections[index].authorized = model.now + AUTHORIZING;
    write_connection(model, index, input)
}

fn write_connection(model: &mut Model, index: usize, input: &Input<'_>) -> Answer {
    let now = model.now;
    let connection = &mut model.calls.connections[index];
    for name in ["AuthorizationType", "AuthParameters", "Description"] {
        if let Some(value) = input.value(name) {
            connection.document.insert(name.to_owned(), without_secrets(value));
        }
    }
    Ok(json!({ "ConnectionArn": connection.document["ConnectionArn"], "ConnectionState": state(connection, now) }))
}

fn state(connection: &Connection, now: f64) -> &'static str {
    if now >= connection.authorized { "AUTHORIZED" } else { "AUTHORIZING" }
}

/// A secret goes in and does not come out.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let is_value = members.get("IsValueSecret") == Some(&json!(true));
            let secrets = ["ApiKeyValue", "Password", "ClientSecret"];
            let shown =
                members.iter().filter(|(name, _)| !secrets.contains(&name.as_str()) && (*name != "Value" || !is_value));
            Value::Object(shown.map(|(name, value)| (name.clone(), without_secrets(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

pub(super) fn describe_connection(model: &mut Model, input: &Input<'_>) -> Answer {
    let connection = &model.calls.connections[find_connection(model, name(input, "Name")?)?];
    let mut shown = connection.document.clone();
    shown.insert("ConnectionState".to_owned(), json!(state(connection, model.now)));
    Ok(Value::Object(shown))
}

pub(super) fn delete_connection(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find_connection(model, name(input, "Name")?)?;
    let connection = model.calls.connections.remove(index);
    Ok(json!({ "ConnectionArn": connection.document["ConnectionArn"], "ConnectionState": "DELETING" }))
}

fn find_destination(model: &Model, name: &str) -> Result<usize, ApiError> {
    let found = model.calls.destinations.iter().position(|known| known["Name"] == name);
    found.ok_or_else(|| missing(format!("An api-destination '{name}' does not exist.")))
}

pub(super) fn create_destination(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = name(input, "Name")?;
    if find_destination(model, name).is_ok() {
        let text = format!("An api-destination '{name}' already exists.");
        return Err(ApiError::new("ResourceAlreadyExistsException", text));
    }
    let id = model.ids.uuid();
    let arn = model.place.arn_of("events", &format!("api-destination/{name}/{id}"));
    model.calls.destinations.push(json!({
        "Name": name, "ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE", "InvocationRateLimitPerSecond": 300,
        "CreationTime": model.stamp(model.now),
    }));
    let index = model.calls.destinations.len() - 1;
    write_destination(model, index, input).inspect_err(|_| drop(model.calls.destinations.pop()))
}

pub(super) fn update_destination(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find_destination(model, name(input, "Name")?)?;
    write_destination(model, index, input)
}

fn write_destination(model: &mut Model, index: usize, input: &Input<'_>) -> Answer {
    let connection = input.text("ConnectionArn")?.unwrap_or_default();
    if !model.calls.connections.iter().any(|known| known.document["ConnectionArn"] == connection) {
        return Err(missing(format!("Connection '{connection}' does not exist.")));
    }
    let destination = &mut model.calls.destinations[index];
    for name in ["ConnectionArn", "InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond", "Description"] {
        if let Some(value) = input.value(name) {
            destination[name] = value.clone();
        }
    }
    Ok(json!({ "ApiDestinationArn": destination["ApiDestinationArn"], "ApiDestinationState": "ACTIVE" }))
}

pub(super) fn describe_destination(model: &mut Model, input: &Input<'_>) -> Answer {
    Ok(model.calls.destinations[find_destination(model, name(input, "Name")?)?].clone())
}

pub(super) fn delete_destination(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find_destination(model, name(input, "Name")?)?;
    model.calls.destinations.remove(index);
    Ok(json!({}))
}
