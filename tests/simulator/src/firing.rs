//! Decides what comes of a schedule or a rule whose time has come: one call a due time, written down, and performed where it is ECS's.
//!
//! Calls always arrive: retries, dead letters and windows are not modelled.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::api;
use crate::model::Model;

/// Makes all calls that are due now.
pub(crate) fn fire(model: &mut Model) {
    let (now, base) = (model.now, model.epoch(0.0));
    let is_due = |due: Option<f64>| due.is_some_and(|due| due <= now);
    for index in 0..model.calls.schedules.len() {
        if is_due(model.calls.schedules[index].due) {
            model.calls.schedules[index].plan(now, base);
            let document = model.calls.schedules[index].document.clone();
            scheduled(model, &document);
        }
    }
    // One that has made its last call goes, where it was told to.
    let is_over = |document: &Value| document["ActionAfterCompletion"] == "DELETE" && document["State"] != "DISABLED";
    model.calls.schedules.retain(|timed| timed.due.is_some() || !is_over(&timed.document));
    for index in 0..model.calls.rules.len() {
        if is_due(model.calls.rules[index].due) {
            model.calls.rules[index].plan(now, base);
            let timed = model.calls.rules[index].clone();
            timed.targets.iter().for_each(|target| ruled(model, &timed.document, target));
        }
    }
}

fn scheduled(model: &mut Model, document: &Value) {
    let target = &document["Target"];
    let arn = target["Arn"].as_str().unwrap_or_default();
    let input = target["Input"].as_str().map(|text| read(&filled(model, document, text))).unwrap_or_default();
    let mut call = json!({
        "at": model.now, "schedule": document["Name"], "group": document["GroupName"], "route": "scheduler", "target": arn,
    });
    if !input.is_null() {
        call["input"] = input.clone();
    }
    if target["EcsParameters"].is_object() {
        perform(model, &mut call, "RunTask", &run_task(arn, &target["EcsParameters"], &input));
    } else if let Some(action) = arn.split(":aws-sdk:ecs:").nth(1) {
        perform(model, &mut call, &recased(action, char::to_ascii_uppercase), &lowered(&input));
    }
    model.calls.invocations.push(call);
}

/// With what Scheduler knows of the call in the place of its keywords.
fn filled(model: &mut Model, document: &Value, text: &str) -> String {
    let time = Timestamp::from_second(model.epoch(model.now).round() as i64).unwrap_or_default();
    let id = model.ids.hex(16);
    [
        ("schedule-arn", document["Arn"].as_str().unwrap_or_default()),
        ("scheduled-time", &time.to_string()),
        ("execution-id", &id),
        ("attempt-number", "1"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<aws.scheduler.{name}>"), value))
}

/// A rule's call of an address, as it would be made: there is no network.
fn ruled(model: &mut Model, document: &Value, target: &Value) {
    let arn = target["Arn"].as_str().unwrap_or_default();
    let mut call = json!({"at": model.now, "schedule": document["Name"], "route": "rule", "target": arn});
    if let Some(destination) = model.calls.destinations.iter().find(|known| known["ApiDestinationArn"] == arn) {
        call["http"] = json!({
            "method": destination["HttpMethod"],
            "url": destination["InvocationEndpoint"],
            "headers": target["HttpParameters"]["HeaderParameters"],
            "query": target["HttpParameters"]["QueryStringParameters"],
            "connection": destination["ConnectionArn"],
        });
    }
    if let Some(input) = target["Input"].as_str() {
        call["input"] = read(input);
    }
    model.calls.invocations.push(call);
}

/// The one place where a schedule reaches ECS.
fn perform(model: &mut Model, call: &mut Value, operation: &str, input: &Value) {
    call["operation"] = json!(operation);
    match api::perform(model, "ecs", operation, input) {
        Ok(_) => {}
        Err(error) => call["error"] = json!(error.code),
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

/// What Scheduler makes of EcsParameters: the input of RunTask, with the overrides out of Input.
fn run_task(cluster: &str, parameters: &Value, input: &Value) -> Value {
    let mut run = Map::new();
    run.insert("cluster".to_owned(), json!(cluster));
    for (name, value) in parameters.as_object().into_iter().flatten() {
        let name = match name.as_str() {
            "TaskDefinitionArn" => "taskDefinition".to_owned(),
            "TaskCount" => "count".to_owned(),
            name => recased(name, char::to_ascii_lowercase),
        };
        let value = if name == "tags" || name == "networkConfiguration" { lowered(value) } else { value.clone() };
        run.insert(name, value);
    }
    if input.is_object() {
        run.insert("overrides".to_owned(), input.clone());
    }
    Value::Object(run)
}

/// A universal target's input has capitals where ECS has none.
fn lowered(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let lower = |(name, value): (&String, &Value)| (recased(name, char::to_ascii_lowercase), lowered(value));
            Value::Object(members.iter().map(lower).collect())
        }
        Value::Array(items) => items.iter().map(lowered).collect(),
        other => other.clone(),
    }
}

fn recased(name: &str, case: fn(&char) -> char) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| case(&first)).into_iter().chain(letters).collect()
}
