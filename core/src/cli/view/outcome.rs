//! A result as text: any document, with the forms that changes, findings and planned calls have everywhere. Pure.

use serde_json::{Map, Value};

use crate::cli::links;
use crate::cli::style::{Look, Role, plain};

/// Members that are moments, in seconds since 1970.
const MOMENTS: [&str; 11] = [
    "expires",
    "pushed",
    "at",
    "next",
    "created",
    "started",
    "finished",
    "stopped",
    "since",
    "registered",
    "deregistered",
];

/// A document as text, its members aligned.
pub(crate) fn text(document: &Value, look: Look) -> String {
    let mut lines = Vec::new();
    match document {
        Value::Object(members) => object(members, look, 0, &mut lines),
        Value::Array(list) => list.iter().for_each(|one| entry(one, "", look, 0, &mut lines)),
        one => lines.push(scalar("", one, look)),
    }
    lines.join("\n")
}

fn object(members: &Map<String, Value>, look: Look, depth: usize, lines: &mut Vec<String>) {
    let is_shown = |value: &Value| match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    let shown: Vec<_> = members.iter().filter(|(_, value)| is_shown(value)).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let indent = "  ".repeat(depth);
    for (name, value) in shown {
        let label = look.paint(Role::Faint, &format!("{:width$}", plain(name)));
        match value {
            Value::Object(inner) => {
                lines.push(format!("{indent}{}", label.trim_end()));
                object(inner, look, depth + 1, lines);
            }
            Value::Array(list) if list.iter().all(|one| !one.is_object() && !one.is_array()) => {
                let words: Vec<String> = list.iter().map(|one| scalar(name, one, look)).collect();
                lines.push(format!("{indent}{label}  {}", words.join(", ")));
            }
            Value::Array(list) => {
                lines.push(format!("{indent}{}", label.trim_end()));
                list.iter().for_each(|one| entry(one, name, look, depth + 1, lines));
            }
            one => lines.push(format!("{indent}{label}  {}", scalar(name, one, look))),
        }
    }
}

/// One entry of a list.
fn entry(value: &Value, name: &str, look: Look, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) => match known(value, look) {
            Some(line) => lines.push(format!("{indent}{line}")),
            None => {
                let mut own = Vec::new();
                object(members, look, 0, &mut own);
                let marked = own.iter().enumerate().map(|(at, line)| {
                    let mark = if at == 0 { "- " } else { "  " };
                    format!("{indent}{mark}{line}")
                });
                lines.extend(marked);
            }
        },
        one => lines.push(format!("{indent}{}", scalar(name, one, look))),
    }
}

/// What has a form of its own: a change, a finding, a call, a warning.
fn known(value: &Value, look: Look) -> Option<String> {
    let word = |name: &str| value[name].as_str().map(plain);
    let members = value.as_object()?;
    let is = |names: &[&str]| names.iter().all(|name| members.contains_key(*name));
    if is(&["path"]) && members.keys().all(|name| ["path", "before", "after"].contains(&name.as_str())) {
        return Some(change(value, look));
    }
    if is(&["level", "rule", "path", "text", "advice"]) {
        return Some(finding(value, look));
    }
    if is(&["operation"]) && members.keys().all(|name| ["operation", "input"].contains(&name.as_str())) {
        return word("operation");
    }
    if is(&["code", "text"]) && members.len() == 2 {
        return Some(format!("{} ({})", word("text")?, word("code")?));
    }
    None
}

/// A change on one line.
pub(crate) fn change(change: &Value, look: Look) -> String {
    let path = plain(change["path"].as_str().unwrap_or_default());
    let value = |name: &str| change.get(name).filter(|value| !value.is_null()).map(|value| plain(&value.to_string()));
    match (value("before"), value("after")) {
        (Some(before), Some(after)) => look.paint(Role::Caution, &format!("~ {path}: {before} -> {after}")),
        (None, Some(after)) => look.paint(Role::Good, &format!("+ {path}: {after}")),
        (Some(before), None) => look.paint(Role::Bad, &format!("- {path}: {before}")),
        (None, None) => path,
    }
}

/// A finding on one line.
pub(crate) fn finding(finding: &Value, look: Look) -> String {
    let word = |name: &str| plain(finding[name].as_str().unwrap_or_default());
    let level = word("level");
    let role = if level == "error" { Role::Bad } else { Role::Caution };
    format!(
        "{} {}: {}; {} ({})",
        look.paint(role, &format!("{level}:")),
        word("path"),
        word("text"),
        word("advice"),
        word("rule")
    )
}

fn scalar(name: &str, value: &Value, look: Look) -> String {
    match value {
        Value::String(text) => look.link(&plain(text), links::page(text).as_deref()),
        Value::Number(number) if MOMENTS.contains(&name) => {
            number.as_f64().and_then(moment).unwrap_or_else(|| number.to_string())
        }
        Value::Number(number) if name == "seconds" => format!("{:.1}", number.as_f64().unwrap_or_default()),
        other => other.to_string(),
    }
}

/// A moment as ISO 8601 in UTC; `None` where it is no time of these days.
pub(super) fn moment(seconds: f64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds as i64).ok().filter(|_| seconds > 1e9)?;
    Some(time.to_string())
}

/// The id in an outcome: the first of these places that holds one. `*` in a place stands for each entry.
pub(crate) fn id(outcome: &Value, places: &[&str]) -> Option<String> {
    places.iter().find_map(|place| {
        let found = match place.split_once("/*") {
            Some((list, rest)) => {
                let entries = outcome.pointer(list)?.as_array()?;
                let each: Vec<String> = entries.iter().filter_map(|one| word(one.pointer(rest)?)).collect();
                each.join("\n")
            }
            None => word(outcome.pointer(place)?)?,
        };
        Some(found).filter(|found| !found.is_empty())
    })
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(plain(text)),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}
