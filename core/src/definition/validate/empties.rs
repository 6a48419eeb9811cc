//! Makes the form of a task definition that ECS takes: without nulls, and without empty members that ECS refuses where absent is
//! meant. The schema has the meaning of an empty member.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::definition::schema::{Empty, Field, Shape, is_empty};

/// The object without the empty members that ECS refuses. Lists keep all their entries, so that indexes stay valid.
pub(crate) fn without<'a>(shape: &Shape, object: &'a Map<String, Value>) -> Cow<'a, Map<String, Value>> {
    match is_clean_object(shape, object) {
        true => Cow::Borrowed(object),
        false => Cow::Owned(clean_object(shape, object.clone())),
    }
}

/// The same without nulls in lists, which ECS refuses. A list of nothing but nulls becomes empty.
pub(crate) fn sent(shape: &Shape, object: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = without(shape, object).into_owned();
    sent.values_mut().for_each(without_nulls);
    match is_clean_object(shape, &sent) {
        true => sent,
        false => clean_object(shape, sent),
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|entry| !entry.is_null());
            list.iter_mut().for_each(without_nulls);
        }
        Value::Object(object) => object.values_mut().for_each(without_nulls),
        _ => {}
    }
}

/// Whether a member is not to be sent.
fn is_left_out(field: Option<&Field>, value: &Value) -> bool {
    value.is_null() || (is_empty(value) && field.is_some_and(|field| field.on_empty() == Empty::LeftOut))
}

fn is_clean_object(shape: &Shape, object: &Map<String, Value>) -> bool {
    object.iter().all(|(name, value)| {
        let field = shape.field(name);
        !is_left_out(field, value) && is_clean(field.map_or(&Shape::Any, |field| &field.shape), value)
    })
}

fn is_clean(shape: &Shape, value: &Value) -> bool {
    match value {
        Value::Object(object) => is_clean_object(shape, object),
        Value::Array(list) => list.iter().all(|value| is_clean(shape.entry(), value)),
        _ => true,
    }
}

fn clean_object(shape: &Shape, object: Map<String, Value>) -> Map<String, Value> {
    let clean = |(name, value): (String, Value)| {
        let field = shape.field(&name);
        if is_left_out(field, &value) {
            return None;
        }
        let was_empty = is_empty(&value);
        let value = clean_value(field.map_or(&Shape::Any, |field| &field.shape), value);
        // An object that has become empty is left out too.
        let is_emptied = field.is_some() && value.is_object() && is_empty(&value) && !was_empty;
        (!is_emptied).then_some((name, value))
    };
    object.into_iter().filter_map(clean).collect()
}

fn clean_value(shape: &Shape, value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(clean_object(shape, object)),
        Value::Array(list) => Value::Array(list.into_iter().map(|value| clean_value(shape.entry(), value)).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
