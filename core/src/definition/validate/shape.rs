//! Types, ranges and words of the members that are known.

use serde_json::{Map, Value};

use super::{Found, Place, choice, whole};
use crate::definition::kind;

/// What a value has to look like.
pub(super) enum Shape {
    /// Anything at all.
    Any,
    Flag,
    Text,
    /// One of some words. AWS adds words, so another one is a warning.
    Word(&'static [&'static str]),
    /// A whole number, from, to.
    Whole(i64, i64),
    /// A number, from, to.
    Number(f64, f64),
    /// An object of texts whose members are the user's.
    Texts,
    /// A list of at most so many entries.
    List(&'static Shape, usize),
    Fields(&'static [Field]),
}

/// A member of a structure.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    is_required: bool,
}

pub(super) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: false }
}

pub(super) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: true }
}

/// Checks `value`, and what is in it. A null is an absent member: AWS's JSON protocol makes no difference.
pub(super) fn check(shape: &Shape, value: &Value, place: &Place, found: &mut Found) {
    match (shape, value) {
        (Shape::Any, _) | (_, Value::Null) | (Shape::Flag, Value::Bool(_)) | (Shape::Text, Value::String(_)) => {}
        (Shape::Word(words), Value::String(word)) => check_word(words, word, place, found),
        (Shape::Whole(from, to), Value::Number(_)) => check_whole((*from, *to), value, place, found),
        (Shape::Number(from, to), Value::Number(number)) => {
            if !number.as_f64().is_some_and(|number| (*from..=*to).contains(&number)) {
                found.error("range", place, format!("{number} is not between {from} and {to}"), between(from, to));
            }
        }
        (Shape::Texts, Value::Object(object)) => {
            for (name, value) in object {
                check(&Shape::Text, value, &place.member(name), found);
            }
        }
        (Shape::List(entry, most), Value::Array(list)) => check_list(entry, *most, list, place, found),
        (Shape::Fields(fields), Value::Object(object)) => check_fields(fields, object, place, found),
        _ => {
            let expected = expected(shape);
            let text = format!("{} given, {expected} expected", kind(value));
            found.error("type", place, text, format!("write {expected}"));
        }
    }
}

/// [`check`] for an object that is not in a value.
pub(super) fn check_object(shape: &Shape, object: &Map<String, Value>, place: &Place, found: &mut Found) {
    if let Shape::Fields(fields) = shape {
        check_fields(fields, object, place, found);
    }
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "anything",
        Shape::Flag => "true or false",
        Shape::Text | Shape::Word(_) => "a text",
        Shape::Whole(..) => "a whole number",
        Shape::Number(..) => "a number",
        Shape::List(..) => "a list",
        Shape::Texts => "an object of texts",
        Shape::Fields(_) => "an object",
    }
}

fn between(from: impl ToString, to: impl ToString) -> String {
    format!("use a number from {} to {}", from.to_string(), to.to_string())
}

fn check_word(words: &[&str], word: &str, place: &Place, found: &mut Found) {
    if words.contains(&word) {
        return;
    }
    let advice = match words.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        Some(known) => format!("write {known}"),
        None => format!("use {}, unless AWS has added this one", choice(words)),
    };
    found.warning("unknown_value", place, format!("{word:?} is not among the known values"), advice);
}

fn check_whole((from, to): (i64, i64), value: &Value, place: &Place, found: &mut Found) {
    match whole(value) {
        Some(number) if (from..=to).contains(&number) => {}
        Some(number) if to == i64::MAX => {
            found.error("range", place, format!("{number} is below {from}"), format!("use {from} or more"));
        }
        Some(number) => {
            found.error("range", place, format!("{number} is not between {from} and {to}"), between(from, to));
        }
        None => {
            found.error("type", place, format!("{value} is not a whole number"), "write a whole number");
        }
    }
}

fn check_list(entry: &Shape, most: usize, list: &[Value], place: &Place, found: &mut Found) {
    if list.len() > most {
        let text = format!("{} entries, {most} are allowed", list.len());
        found.error("too_many", place, text, format!("leave {most} at most"));
    }
    for (at, value) in list.iter().enumerate() {
        if value.is_null() {
            // Nobody has said what ECS makes of it.
            found.warning("type", &place.at(at), "null given as an entry", "remove the entry");
        }
        check(entry, value, &place.at(at), found);
    }
}

fn check_fields(fields: &[Field], object: &Map<String, Value>, place: &Place, found: &mut Found) {
    for (name, value) in object {
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            check(&field.shape, value, &place.member(name), found);
        }
    }
    for field in fields.iter().filter(|field| field.is_required) {
        if object.get(field.name).is_none_or(Value::is_null) {
            let text = format!("{} is missing", field.name);
            let advice = format!("give {} as {}", field.name, expected(&field.shape));
            found.error("missing", &place.member(field.name), text, advice);
        }
    }
}
