//! Reads members of a JSON document; a member that is absent or of another type is no error.

use serde_json::Value;

/// A member of an object. Objects here have few members: a linear search is faster than hashing.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(member, _)| *member == name).map(|(_, value)| value)
}

/// A member that is a text.
pub(crate) fn word<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    member(value, name)?.as_str()
}

/// The entries of a list; none where the member is no list.
pub(crate) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}

/// The text of a member; empty where it is none.
pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

/// A time in seconds since 1970: AWS gives a number, other servers may give a text.
pub(crate) fn time(value: &Value, member: &str) -> Option<f64> {
    let of_text = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| at.as_duration().as_secs_f64());
    value[member].as_f64().or_else(|| of_text(value[member].as_str()?))
}

/// The number of a member; 0 where it is none.
pub(crate) fn number(value: &Value, member: &str) -> u64 {
    value[member].as_u64().unwrap_or_default()
}

/// A member's name as a step of a JSON Pointer (RFC 6901).
pub(crate) fn pointer_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The type of a value, as an error names it; the value itself may be a secret.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
