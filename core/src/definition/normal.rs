//! A task definition as it compares: without what is equal to absent, and with one spelling for what has several.
//!
//! What ECS fills in, and what a server may write empty, stands in the tables of members; nothing here knows them one by one.

use serde_json::{Map, Value};

use super::schema::check::{Default, Empty, Field, Shape, is_empty};
use super::schema::tables::TASK;
use super::validate::whole;

/// The document as it compares. Lists keep all their entries, so that indexes stay true.
pub(crate) fn normal(document: &Map<String, Value>) -> Map<String, Value> {
    let Shape::Fields(fields) = &TASK else { return document.clone() };
    let mut normal = normal_object(fields, document, &Task::read(document));
    for (member, unit) in [("cpu", "vcpu"), ("memory", "gb")] {
        if let Some(Value::String(text)) = normal.get_mut(member) {
            *text = units(text, unit);
        }
    }
    normal
}

/// What a default may depend on.
struct Task<'a> {
    network: &'a str,
    is_fargate_alone: bool,
}

impl<'a> Task<'a> {
    fn read(document: &'a Map<String, Value>) -> Self {
        let launch = document.get("requiresCompatibilities").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Self {
            network: document.get("networkMode").and_then(Value::as_str).unwrap_or("bridge"),
            is_fargate_alone: !launch.is_empty() && launch.iter().all(|launch| launch == "FARGATE"),
        }
    }
}

fn normal_object(fields: &'static [Field], object: &Map<String, Value>, task: &Task) -> Map<String, Value> {
    let mut normal = Map::new();
    for (name, value) in object {
        let field = fields.iter().find(|field| field.name == name);
        let value = normal_value(field.map_or(&Shape::Any, |field| &field.shape), value, task);
        if !is_absent(field, &value, object, task) {
            normal.insert(name.clone(), value);
        }
    }
    normal
}

fn normal_value(shape: &Shape, value: &Value, task: &Task) -> Value {
    match (shape, value) {
        (Shape::Fields(fields), Value::Object(object)) => Value::Object(normal_object(fields, object, task)),
        (_, Value::Object(object)) => Value::Object(normal_object(&[], object, task)),
        (Shape::List(entry, _) | Shape::Apart(entry, _), Value::Array(list)) => {
            Value::Array(list.iter().map(|value| normal_value(entry, value, task)).collect())
        }
        (_, Value::Array(list)) => {
            Value::Array(list.iter().map(|value| normal_value(&Shape::Any, value, task)).collect())
        }
        // Any other word is taken for the first: a protocol that is not udp is tcp, and comes back as that.
        (Shape::Open(words), Value::String(text)) if !text.is_empty() => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text)).or(words.first());
            Value::String(known.map_or_else(|| text.clone(), |word| (*word).to_owned()))
        }
        (Shape::Word(words) | Shape::Open(words), Value::String(text)) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            Value::String(known.map_or_else(|| text.clone(), |word| (*word).to_owned()))
        }
        (Shape::Whole(..), Value::Number(_)) => whole(value).map_or_else(|| value.clone(), Value::from),
        (_, other) => other.clone(),
    }
}

/// Whether a member is as if it were absent. A null is, anywhere: ECS does not give it back.
fn is_absent(field: Option<&Field>, value: &Value, owner: &Map<String, Value>, task: &Task) -> bool {
    let Some(field) = field else { return value.is_null() };
    // A variable without a value is dropped by ECS, and so is a list of nothing else.
    let is_dropped = field.name == "environment"
        && value.as_array().is_some_and(|list| list.iter().all(|entry| entry.get("value").is_none()));
    let is_void = is_dropped || (is_empty(value) && field.on_empty() != Empty::Value);
    value.is_null() || is_void || field.on_absent().is_some_and(|default| is_default(default, value, owner, task))
}

/// Whether two values are equal. The lists among the defaults are sets.
fn is_same(default: &Value, value: &Value) -> bool {
    match (default, value) {
        (Value::Array(default), Value::Array(value)) => {
            default.len() == value.len() && default.iter().all(|entry| value.contains(entry))
        }
        _ => default == value,
    }
}

fn is_default(default: Default, value: &Value, owner: &Map<String, Value>, task: &Task) -> bool {
    let is = |text: &str| serde_json::from_str::<Value>(text).is_ok_and(|default| is_same(&default, value));
    match default {
        Default::Json(text) => is(text),
        Default::Texts(texts) => texts.iter().any(|text| value == text),
        Default::SameAs(member) => owner.get(member) == Some(value),
        Default::OnFargate(text) => task.is_fargate_alone && is(text),
        Default::HostPort => {
            let is_container_port = owner.get("containerPort").and_then(whole) == whole(value);
            match task.network {
                // Any port that the host chooses is not to be had here.
                "awsvpc" => is_container_port || whole(value) == Some(0),
                "host" => is_container_port,
                _ => whole(value) == Some(0),
            }
        }
    }
}

/// The task's `cpu` in units or `memory` in MiB, as ECS writes it back; `None` where it is absent or no text or number.
pub(crate) fn size(document: &Map<String, Value>, member: &str) -> Option<String> {
    match document.get(member)? {
        Value::String(text) => Some(units(text, if member == "cpu" { "vcpu" } else { "gb" })),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A task's cpu or memory as ECS writes it back: `"1 vCPU"` is `1024`, `"2GB"` is `2048`.
pub(crate) fn units(text: &str, unit: &str) -> String {
    let number = text.trim().to_lowercase().strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    match number.map(|number| number * 1024.0) {
        Some(whole) if whole.fract() == 0.0 => whole.to_string(),
        _ => text.to_owned(),
    }
}
