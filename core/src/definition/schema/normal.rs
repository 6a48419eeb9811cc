//! Normalizes a document for comparison: leaves out what means the same as absent, and uses one spelling where there are several.
//!
//! Defaults and the meaning of empty values come from the schema; no member's name is used here.

use serde_json::{Map, Value};

use super::{Default, Empty, Field, Shape, is_empty};
use crate::definition::validate::whole;

/// The normal form of a document. Lists keep all their entries, so that indexes stay valid.
pub(crate) fn normalize(shape: &Shape, document: &Map<String, Value>) -> Map<String, Value> {
    object(shape, document, &Task::read(document))
}

/// What a default of a task definition depends on.
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

fn object(shape: &Shape, object: &Map<String, Value>, task: &Task) -> Map<String, Value> {
    let mut normal = Map::new();
    for (name, given) in object {
        let field = shape.field(name);
        let mut value = value(Shape::of(field), given, task);
        if let (Some(spelling), Value::String(text)) = (field.and_then(|field| field.spelling), &mut value) {
            *text = spelling(text);
        }
        if !is_absent(field, &value, object, task) {
            normal.insert(name.clone(), value);
        }
    }
    normal
}

fn value(shape: &Shape, value: &Value, task: &Task) -> Value {
    match (shape, value) {
        (_, Value::Object(members)) => Value::Object(object(shape, members, task)),
        (_, Value::Array(list)) => {
            Value::Array(list.iter().map(|entry| self::value(shape.entry(), entry, task)).collect())
        }
        (Shape::Word(words) | Shape::Open(words), Value::String(text)) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            // Any other word means the first one: a protocol that is not udp is tcp, and is described as tcp.
            let first = words.first().filter(|_| matches!(shape, Shape::Open(_)) && !text.is_empty());
            Value::String(known.or(first).map_or_else(|| text.clone(), |word| (*word).to_owned()))
        }
        // A number is the same in every spelling.
        (Shape::Number(..), Value::Number(number)) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        (_, Value::Number(_)) => whole(value).map_or_else(|| value.clone(), Value::from),
        (_, other) => other.clone(),
    }
}

/// Whether a member means the same as an absent one. Null always does: ECS does not return it.
fn is_absent(field: Option<&Field>, value: &Value, owner: &Map<String, Value>, task: &Task) -> bool {
    let Some(field) = field else { return value.is_null() };
    let is_void = field.drops_all(value) || field.is_read_only || (is_empty(value) && field.on_empty() != Empty::Value);
    value.is_null() || is_void || field.on_absent().is_some_and(|default| is_default(default, value, owner, task))
}

impl Field {
    /// The value that AWS uses where the member is absent from `owner`, where it is known.
    pub(crate) fn default_in(&self, owner: &Map<String, Value>) -> Option<Value> {
        match self.on_absent()? {
            Default::Without(other, _) if !lacks(owner, other) => None,
            Default::Json(text) | Default::Without(_, text) => serde_json::from_str(text).ok(),
            Default::Texts(texts) => texts.first().map(|text| (*text).into()),
            Default::SameAs(member) => owner.get(member).cloned(),
            Default::OnFargate(_) | Default::HostPort | Default::Unknown => None,
        }
    }

    /// Whether AWS drops an entry of this list, such as a variable without a value.
    pub(super) fn drops(&self, entry: &Value) -> bool {
        self.needed.is_some_and(|member| entry.get(member).is_none())
    }

    fn drops_all(&self, value: &Value) -> bool {
        self.needed.is_some() && value.as_array().is_some_and(|list| list.iter().all(|entry| self.drops(entry)))
    }
}

/// Whether a member is absent or empty.
fn lacks(owner: &Map<String, Value>, member: &str) -> bool {
    owner.get(member).is_none_or(|value| value.is_null() || is_empty(value))
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
        Default::Without(other, text) => lacks(owner, other) && is(text),
        Default::SameAs(member) => owner.get(member) == Some(value),
        Default::OnFargate(text) => task.is_fargate_alone && is(text),
        Default::HostPort => {
            let is_container_port = owner.get("containerPort").and_then(whole) == whole(value);
            match task.network {
                // In awsvpc there is no port that the host chooses.
                "awsvpc" => is_container_port || whole(value) == Some(0),
                "host" => is_container_port,
                _ => whole(value) == Some(0),
            }
        }
        Default::Unknown => false,
    }
}
