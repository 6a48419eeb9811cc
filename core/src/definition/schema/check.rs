//! Types, ranges and words of the members that are known.

use serde_json::{Map, Value};

use crate::definition::kind;
use crate::definition::path::Place;
use crate::definition::validate::{Found, choice, whole};
use crate::error::finding::Level;
use crate::options::unset;

/// What a value has to look like.
pub(crate) enum Shape {
    /// Anything at all.
    Any,
    Flag,
    Text,
    /// A text that stands for something there is, such as an alarm's name: not blank, no white space at its ends, no list as text.
    Filled,
    /// Such a text without white space, commas and quotes in it.
    Id,
    /// One of some words. AWS adds words, so another one is a warning, unless only its case or its `-` and `_` differ.
    Word(&'static [&'static str]),
    /// One of some words. ECS takes any other, too, so another one is a warning.
    Open(&'static [&'static str]),
    /// A whole number, from, to.
    Whole(i64, i64),
    /// A number, from, to.
    Number(f64, f64),
    /// An object of texts whose members are the user's.
    Texts,
    /// A list of at most so many entries.
    List(&'static Shape, usize),
    /// Such a list whose entries are checked one by one elsewhere.
    Apart(&'static Shape, usize),
    Fields(&'static [Field]),
}

/// A member of a structure.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    is_required: bool,
    empty: Option<Empty>,
    default: Option<Default>,
}

/// What ECS makes of a member that is given but empty: `""`, `[]` or `{}`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Empty {
    /// A value of its own, another one than absent. It is sent; where it is wrong, a rule of its own says so.
    Value,
    /// The same as absent. ECS takes it, and writes it into what it describes, so it is sent.
    Taken,
    /// It means absent, but ECS refuses it, so it is never sent. A text that is left out is a warning: a variable may have been
    /// empty. A list or an object is left out without a word, since nothing was in it.
    LeftOut,
    /// ECS refuses it, and nothing says what is meant instead: an error.
    Refused,
}

/// What ECS uses, and may write into what it describes, where a member is absent.
#[derive(Clone, Copy)]
pub(crate) enum Default {
    /// A value, as JSON text.
    Json(&'static str),
    /// Any of these texts, which name the same.
    Texts(&'static [&'static str]),
    /// A value where the task is for Fargate alone; elsewhere the host's configuration decides.
    OnFargate(&'static str),
    /// What another member of the same object says.
    SameAs(&'static str),
    /// The port of the container in network mode awsvpc and host, 0 (any port) in others.
    HostPort,
}

pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: false, empty: None, default: None }
}

pub(crate) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: true, empty: None, default: None }
}

impl Field {
    pub(crate) const fn empty(self, empty: Empty) -> Self {
        Self { empty: Some(empty), ..self }
    }

    pub(crate) const fn default(self, default: Default) -> Self {
        Self { default: Some(default), ..self }
    }

    /// What the member means when it is empty. Source where nothing else is noted: facts about what ECS refuses
    /// (aws/amazon-ecs-cli#667, openfresh/ecs-formation#74, aws-actions/amazon-ecs-deploy-task-definition#52) and about what it
    /// describes: lists and maps come back empty, texts do not.
    pub(crate) fn on_empty(&self) -> Empty {
        let usual = match self.shape {
            Shape::Text | Shape::Filled | Shape::Id | Shape::Word(_) | Shape::Open(_) if self.is_required => {
                Empty::Refused
            }
            Shape::Text | Shape::Filled | Shape::Id | Shape::Word(_) | Shape::Open(_) => Empty::LeftOut,
            _ => Empty::Taken,
        };
        self.empty.unwrap_or(usual)
    }

    /// What stands for the absent member, if something does. A flag that is absent is `false`, unless something else is noted.
    pub(crate) fn on_absent(&self) -> Option<Default> {
        let is_flag = matches!(self.shape, Shape::Flag) && !self.is_required;
        self.default.or(is_flag.then_some(Default::Json("false")))
    }
}

/// Whether a value is an empty text, list or object.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

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
            // A size is no secret, and quotes are all that it lacks.
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

/// What a variable that is not set, or a list that was never taken apart, leaves in the place of a name.
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
        ("the text has white space, commas or quotes in it", "give each as an entry of its own")
    } else {
        return;
    };
    found.error("empty", place, why, advice);
}

fn between(from: impl ToString, to: impl ToString) -> String {
    format!("use a number from {} to {}", from.to_string(), to.to_string())
}

/// `misspelt` is the level of a word that is a known one but for its case and its `-` and `_`: AWS adds no such word. ECS says
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
        found.error("too_many", place, text, format!("leave {most} at most"));
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
