//! Hides secrets in documents, changes, words and lines before they leave the crate. Pure.
//!
//! A secret is recognized by its member (one whose values are secrets, whatever their names), by its own name, or by its
//! form. All secrets of a request and of the definitions that it uses are remembered, so that no text about it repeats one,
//! whoever wrote the text.

pub(crate) mod secrets;
pub(crate) mod words;

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::finding::Change;
use secrets::looks_secret;

/// The replacement of a value in a document.
const NOT_SHOWN: &str = "(not shown)";

/// Members of which nothing is shown, in any case.
const WHOLLY: [&str; 4] = ["AuthParameters", "connection", "command", "entryPoint"];
/// Members whose names are shown and whose values are not: maps, or lists of pairs.
const VALUES: [&str; 6] = ["environment", "HeaderParameters", "QueryStringParameters", "headers", "query", "variables"];
/// Maps with the places of secrets.
const PLACES: [&str; 2] = ["secrets", "secretOptions"];

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A document without secrets.
pub(crate) fn document(value: &Value) -> Value {
    Redactor::default().value("", value)
}

/// A change without secrets.
pub(crate) fn change(change: Change) -> Change {
    let names: Vec<&str> = change.path.split('/').collect();
    let is_inside = |name: &str| is_one_of(&WHOLLY, name) || is_one_of(&VALUES, name);
    let name = names.iter().find(|name| is_inside(name)).or(names.last()).copied().unwrap_or_default();
    let shown = |value: &Option<Value>| value.as_ref().map(|value| Redactor::default().value(name, value));
    Change { before: shown(&change.before), after: shown(&change.after), path: change.path }
}

/// Changes without secrets.
pub(crate) fn changes(all: Vec<Change>) -> Vec<Change> {
    all.into_iter().map(change).collect()
}

/// Two documents without secrets, for a comparison: a hidden value has a number, the same for the same value.
pub(crate) fn both(before: &Value, after: &Value) -> (Value, Value) {
    let mut redactor = Redactor { is_numbered: true, ..Redactor::default() };
    (redactor.value("", before), redactor.value("", after))
}

/// A given word as a text may repeat it: without the part before an `@` and after the `?` of a URL, and not at all
/// if it looks like a secret.
pub fn word(text: &str) -> String {
    // A document, or a text of several lines, is no word.
    if text.starts_with(['{', '[']) || text.contains(['\n', '\r']) || text.len() > LONGEST {
        return NOT_SHOWN.to_owned();
    }
    let shown = match text.split_once("://") {
        Some(_) => url(text),
        // In an image reference a digest follows the `@`.
        None => match text.rsplit_once('@') {
            Some((_, rest)) if !is_digest(rest) => format!("{NOT_SHOWN}@{rest}"),
            _ => text.to_owned(),
        },
    };
    if looks_secret("", &shown) { NOT_SHOWN.to_owned() } else { shown }
}

/// Writes options for `Debug`: numbers, switches and words are shown, but of an object only the names, and of a list of texts only
/// their number.
pub(crate) fn debug(f: &mut fmt::Formatter<'_>, name: &str, options: &impl Serialize) -> fmt::Result {
    let options = serde_json::to_value(options).unwrap_or_default();
    let mut shown = f.debug_struct(name);
    for (option, value) in options.as_object().into_iter().flatten() {
        shown.field(option, &format_args!("{}", outline(value)));
    }
    shown.finish_non_exhaustive()
}

fn outline(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => word(text).into(),
        Value::Object(members) => members.keys().map(String::as_str).collect(),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            let members = |item: &Value| -> Value {
                item.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), outline(value))).collect()
            };
            items.iter().map(members).collect()
        }
        Value::Array(items) => format!("{} items", items.len()).into(),
    }
}

/// The longest reference that a registry takes has less.
const LONGEST: usize = 1000;

/// Something that was meant as a digest: `sha256:…`, be it whole or not, or what is written for a variable that is not set.
fn is_digest(text: &str) -> bool {
    let is_unset = || ["undefined", "null", "none"].iter().any(|word| text.eq_ignore_ascii_case(word));
    text.is_empty() || (text.starts_with("sha") && !text.contains('/')) || is_unset()
}

/// A URL without user, password and query.
pub(crate) fn url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    // A password may have a slash that should have been escaped: then the text after the colon is no port.
    let has_port = host.split_once(':').is_none_or(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    match (host.rsplit_once('@'), path.rsplit_once('@')) {
        (Some((_, host)), _) => format!("{scheme}://{host}{path}"),
        (None, Some((_, rest))) if !has_port => format!("{scheme}://{rest}"),
        _ => format!("{scheme}://{host}{path}"),
    }
}

/// How many levels of documents in texts are read: each may be nested as deep as JSON allows, and the reader is
/// recursive.
const TEXTS: usize = 4;

/// Hides the secrets of a document, and remembers them.
#[derive(Default)]
struct Redactor {
    is_numbered: bool,
    /// The numbered values, in order.
    numbered: Vec<String>,
    /// Texts that were hidden, with their names.
    hidden: Vec<(String, String)>,
    /// How many documents in texts are around the present one.
    texts: usize,
    /// Whether the place of a secret is trusted to be one, in any form: AWS has registered it.
    is_registered: bool,
}

impl Redactor {
    fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            _ if is_one_of(&WHOLLY, name) => self.whole(name, value),
            Value::Array(pairs) if is_one_of(&VALUES, name) => pairs.iter().map(|pair| self.pair(pair)).collect(),
            Value::Object(members) if is_one_of(&VALUES, name) => {
                members.iter().map(|(name, value)| (name.clone(), self.whole(name, value))).collect()
            }
            _ if is_one_of(&VALUES, name) => self.whole(name, value),
            Value::Object(members) => self.members(name, members),
            Value::Array(items) => items.iter().map(|item| self.value(name, item)).collect(),
            Value::String(text) => self.text(name, text),
            Value::Number(_) => value.clone(),
        }
    }

    fn members(&mut self, name: &str, members: &Map<String, Value>) -> Value {
        let text = |member: &str| members.iter().find(|(name, _)| name.eq_ignore_ascii_case(member))?.1.as_str();
        let own = text("name").or(text("key")).map(str::to_owned);
        let is_place = is_one_of(&PLACES, name);
        let shown = members.iter().map(|(member, value)| {
            let shown = match (value, &own) {
                (Value::String(place), _) if is_place || member.eq_ignore_ascii_case("valueFrom") => {
                    self.place(own.as_deref().unwrap_or(member), place)
                }
                // In a pair, the name decides whether the value is a secret.
                (Value::String(_), Some(own)) if member.eq_ignore_ascii_case("value") => self.value(own, value),
                _ => self.value(member, value),
            };
            (member.clone(), shown)
        });
        shown.collect::<Map<_, _>>().into()
    }

    /// A pair of name and value with its value hidden.
    fn pair(&mut self, pair: &Value) -> Value {
        let Value::Object(members) = pair else { return self.whole("", pair) };
        let is_name = |member: &str| member.eq_ignore_ascii_case("name");
        let own = members.iter().find(|(member, _)| is_name(member)).and_then(|(_, own)| own.as_str());
        let own = own.unwrap_or_default().to_owned();
        let shown = members.iter().map(|(member, value)| {
            (member.clone(), if is_name(member) { value.clone() } else { self.whole(&own, value) })
        });
        shown.collect::<Map<_, _>>().into()
    }

    /// The place of a secret, as an ARN or a path; any other text may be the secret itself.
    fn place(&mut self, name: &str, place: &str) -> Value {
        let is_place = self.is_registered || ["arn:", "/", "$"].iter().any(|start| place.starts_with(start));
        if is_place && !looks_secret("", place) { place.into() } else { self.whole(name, &place.into()) }
    }

    fn text(&mut self, name: &str, text: &str) -> Value {
        // A document as a text, such as a target's Input.
        if text.trim_start().starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str::<Value>(text)
        {
            if self.texts == TEXTS {
                return self.whole(name, &text.into());
            }
            self.texts += 1;
            let shown = self.value(name, &inner);
            self.texts -= 1;
            return if shown == inner { text.into() } else { shown.to_string().into() };
        }
        let is_credential = ["Authorization", "Bearer ", "Basic "].iter().any(|start| text.starts_with(start));
        match is_credential || looks_secret(name, text) || (text.contains('@') && word(text) != text) {
            true => self.whole(name, &text.into()),
            false => text.into(),
        }
    }

    /// Hides a whole value.
    fn whole(&mut self, name: &str, value: &Value) -> Value {
        if value.is_null() {
            return Value::Null;
        }
        self.remember(name, value);
        if !self.is_numbered {
            return NOT_SHOWN.into();
        }
        let text = value.to_string();
        let at = self.numbered.iter().position(|other| *other == text).unwrap_or_else(|| {
            self.numbered.push(text);
            self.numbered.len() - 1
        });
        format!("(hidden {})", at + 1).into()
    }

    fn remember(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) => self.hidden.push((name.to_owned(), text.clone())),
            Value::Array(items) => items.iter().for_each(|item| self.remember(name, item)),
            Value::Object(members) => members.iter().for_each(|(name, value)| self.remember(name, value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_in_a_text_in_a_text_is_not_read_to_the_bottom() {
        let nested = |inner: &str| format!("{}{}{}", "[".repeat(120), json!(inner), "]".repeat(120));
        let once = nested("plain");
        let text = (0..14).fold("plain".to_owned(), |text, _| nested(&text));
        let read = move || {
            assert_eq!(document(&json!({"Input": once})), json!({"Input": once}));
            assert!(document(&json!({"Input": text})).to_string().contains(NOT_SHOWN));
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap();
    }

    #[test]
    fn secrets_are_left_out_and_all_else_stays() {
        let environment = json!({"containerOverrides": [{"name": "app", "command": ["run", "s3cret"],
            "environment": [{"name": "A", "value": "s3cret"}]}]});
        let sent = json!({
            "Name": "n",
            "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "s3cret"}},
            "Target": {
                "Arn": "a",
                "Input": environment.to_string(),
                "HttpParameters": {"HeaderParameters": {"x-token": "s3cret"}, "QueryStringParameters": {"key": "s3cret"}},
            },
            "Other": {"Input": r#"{"password": "s3cret", "headers": {"authorization": "s3cret"}, "url": "https://a"}"#},
            "tags": [{"key": "password", "value": "s3cret"}, {"key": "team", "value": "blue"}],
            "secrets": [{"name": "K", "valueFrom": "s3cret"}, {"name": "P", "valueFrom": "/db/password"}],
            "logConfiguration": {"options": {"splunk-token": "s3cret", "Header": "Authorization Bearer s3cret", "tag": "t"}},
            "healthCheck": {"command": ["CMD", "s3cret"], "retries": 3},
            "image": "user:s3cret@host/x", "endpoint": "https://u:s3cret@host/path",
        });
        let text = document(&sent).to_string();
        assert!(!text.contains("s3cret"), "{text}");
        for kept in [
            "\"Arn\":\"a\"",
            "https://a",
            "x-token",
            "authorization",
            "blue",
            "/db/password",
            "\"tag\":\"t\"",
            "retries",
        ] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        for (path, value) in [
            ("/Target/Input", json!(environment.to_string())),
            ("/HttpParameters/HeaderParameters/x-token", json!("s3cret")),
            ("/AuthParameters/BasicAuthParameters/Password", json!("s3cret")),
            ("/containerDefinitions/0/environment/1/value", json!("s3cret")),
            ("/containerDefinitions/0/command", json!(["--password", "s3cret"])),
            ("/containerDefinitions/0/dockerLabels/api_password", json!("s3cret")),
            ("/containerDefinitions", json!([{"name": "a", "environment": [{"name": "A", "value": "s3cret"}]}])),
        ] {
            let one = Change { path: path.to_owned(), before: None, after: Some(value) };
            let after = change(one).after.unwrap().to_string();
            assert!(!after.contains("s3cret"), "{path}: {after}");
        }
    }

    #[test]
    fn the_same_value_has_the_same_number() {
        let of = |value: &str| json!({"environment": [{"name": "A", "value": value}], "command": ["x"]});
        let (before, after) = both(&of("one"), &of("two"));
        assert_eq!(before, json!({"environment": [{"name": "A", "value": "(hidden 1)"}], "command": "(hidden 2)"}));
        assert_eq!(after, json!({"environment": [{"name": "A", "value": "(hidden 3)"}], "command": "(hidden 2)"}));
    }

    #[test]
    fn words_are_repeated_without_passwords() {
        let digest = format!("host:5000/a@sha256:{}", "a".repeat(64));
        for (word_given, shown) in [
            ("App:2", "App:2"),
            (digest.as_str(), digest.as_str()),
            ("app@sha256:abcd", "app@sha256:abcd"),
            ("user:s3cret@host/x", "(not shown)@host/x"),
            ("user:s3/cret@host/x", "(not shown)@host/x"),
            ("user:s3cret@host", "(not shown)@host"),
            ("https://user:s3cret@host:1/x?token=s3cret#s3cret", "https://host:1/x"),
            ("https://user:s3/cret@host/x", "https://host/x"),
            ("https://s3cret@host", "https://host"),
            ("ghp_0123456789012345678901234567890123456789", "(not shown)"),
        ] {
            let told = word(word_given);
            assert!(!told.contains("s3cret") && !told.contains("cret@"), "{told}");
            assert_eq!(told, shown);
        }
    }
}
