//! Checks a document against the schema: types, ranges and words of the members that are known.

use serde_json::{Map, Value};

use super::{Empty, Field, Shape, is_empty};
use crate::definition::path::Place;
use crate::definition::validate::{Found, choice, whole};
use crate::error::finding::Level;
use crate::json::kind;
use crate::options::unset;

/// Checks `value`, and what is in it. A null is an absent member: AWS's JSON protocol makes no difference.
pub(crate) fn check(shape: &Shape, value: &Value, place: &Place, found: &mut Found) {
    match (shape, value) {
        (Shape::Any, _) | (_, Value::Null) | (Shape::Flag, Value::Bool(_)) | (Shape::Text, Value::String(_)) => {}
        (Shape::Filled | Shape::Id, Value::String(text)) => check_filled(shape, text, place, found),
        (Shape::Word(_) | Shape::Open(_), Value::String(word)) if word.trim().is_empty() => {
            refuse_empty("the value", place, found)
        }
        (Shape::Word(words), Value::String(word)) => check_word(words, word, Level::Error, place, found),
        (Shape::Open(words), Value::String(word)) => check_word(words, word, Level::Warning, place, found),
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
        (Shape::List(entry, most), Value::Array(list)) => {
            check_length(*most, list, place, found);
            check_list(entry, list, place, found);
        }
        (Shape::Apart(_, most), Value::Array(list)) => check_length(*most, list, place, found),
        (Shape::Fields(fields), Value::Object(object)) => check_fields(fields, object, place, found),
        _ => {
            let expected = expected(shape);
            let text = format!("{} given, {expected} expected", kind(value));
            // A size is no secret, and it only needs quotes.
            let advice = match (shape, value) {
                (Shape::Text, Value::Number(size)) if place.is_size() => format!("write \"{size}\", in quotes"),
                _ => format!("write {expected}"),
            };
            found.error("type", place, text, advice);
        }
    }
}

/// [`check`] for an object that is not in a value.
pub(crate) fn check_object(shape: &Shape, object: &Map<String, Value>, place: &Place, found: &mut Found) {
    if let Shape::Fields(fields) = shape {
        check_fields(fields, object, place, found);
    }
}

fn expected(shape: &Shape) -> String {
    let expected = match shape {
        Shape::Word(words) if words.len() <= 3 => return choice(*words),
        Shape::Any => "anything",
        Shape::Flag => "true or false",
        Shape::Text | Shape::Filled | Shape::Id | Shape::Word(_) | Shape::Open(_) => "a text",
        Shape::Whole(..) => "a whole number",
        Shape::Number(..) => "a number",
        Shape::List(..) | Shape::Apart(..) => "a list",
        Shape::Texts => "an object of texts",
        Shape::Fields(_) => "an object",
    };
    expected.to_owned()
}

/// Refuses a text that comes from a variable that is not set, or from a list that was never split.
fn check_filled(shape: &Shape, text: &str, place: &Place, found: &mut Found) {
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '"' | '\'');
    let (why, advice) = if text.trim().is_empty() {
        let advice = "remove it: an empty text that is split at commas gives one empty entry; is the variable that it comes from not set?";
        ("the text is empty, which ECS refuses", advice)
    } else if text.trim() != text {
        ("the text has white space at its start or end", "remove the white space")
    } else if text.starts_with(['[', '{', '"', '\'']) {
        ("the text is a list or object written as text", "where it is JSON, read it into a list first")
    } else if unset::is_word(text) {
        ("the text is what a variable that is not set gives", "set the variable that it comes from, or remove it")
    } else if matches!(shape, Shape::Id) && text.contains(separates) {
        ("the text has white space, commas or quotes in it", "give each as a separate entry")
    } else {
        return;
    };
    found.error("empty", place, why, advice);
}

fn between(from: impl ToString, to: impl ToString) -> String {
    format!("use a number from {} to {}", from.to_string(), to.to_string())
}

/// `misspelt` is the level for a word that differs from a known one only in case, `-` and `_`: AWS adds no such word. ECS answers
/// `AWSVPC is not a valid value for networkMode. The value must be one of […]`.
pub(crate) fn check_word(words: &[&str], word: &str, misspelt: Level, place: &Place, found: &mut Found) {
    if words.contains(&word) {
        return;
    }
    let letters = |word: &str| word.replace(['-', '_', ' '], "").to_ascii_lowercase();
    let (level, advice) = match words.iter().find(|known| letters(known) == letters(word)) {
        Some(known) => (misspelt, format!("write {known}")),
        None => (Level::Warning, format!("use {}, unless AWS has added this one", choice(words))),
    };
    found.push(level, "unknown_value", place, format!("{word:?} is not among the known values"), advice);
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

fn check_length(most: usize, list: &[Value], place: &Place, found: &mut Found) {
    if list.len() > most {
        let text = format!("{} entries, {most} are allowed", list.len());
        found.error("too_many", place, text, format!("keep at most {most}"));
    }
}

fn check_list(entry: &Shape, list: &[Value], place: &Place, found: &mut Found) {
    for (at, value) in list.iter().enumerate() {
        if value.is_null() {
            found.warning("type", &place.at(at), "null given as an entry: it is left out", "remove the entry");
        }
        check(entry, value, &place.at(at), found);
    }
}

fn check_fields(fields: &[Field], object: &Map<String, Value>, place: &Place, found: &mut Found) {
    for (name, value) in object {
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            check_field(field, value, &place.member(name), found);
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

fn check_field(field: &Field, value: &Value, place: &Place, found: &mut Found) {
    match field.on_empty() {
        Empty::LeftOut if value == "" => {
            let text = format!("{} is empty: it is left out, as if it were absent", field.name);
            found.warning("empty", place, text, "remove it, or set the variable that it is made from");
        }
        Empty::Refused if is_empty(value) || is_only_nulls(value) => refuse_empty(field.name, place, found),
        _ => check(&field.shape, value, place, found),
    }
}

/// Whether a list is empty once the nulls in it are left out.
fn is_only_nulls(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_null))
}

fn refuse_empty(what: &str, place: &Place, found: &mut Found) {
    found.error("empty", place, format!("{what} is empty, which ECS refuses"), "give it a value, or remove it");
}
