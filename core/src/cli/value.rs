//! Values as they are written on a command line: documents and files of them, `NAME=VALUE`, and one value at a place of a document.

use std::path::Path;

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::definition::schema::Shape;
use crate::definition::{self, TaskDefinition};
use crate::error::Error;
use crate::file;

/// Reads a file of one document, JSON or YAML.
pub(crate) fn read_file(path: &Path) -> Result<(String, Value), Refusal> {
    let name = path.display().to_string();
    let bytes = file::read(path).map_err(|error| Error::invalid(&name, format!("the file cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Error::invalid(&name, "the file is not UTF-8"))?;
    let document = definition::parse(&name, &text)?;
    Ok((text, document))
}

/// A document: JSON or YAML text, or the name of a file, with or without an `@` in front.
pub(crate) fn document(option: &str, text: &str) -> Result<Value, Refusal> {
    if text.trim_start().starts_with(['{', '[']) {
        return Ok(definition::parse(&format!("--{option}"), text)?);
    }
    let path = text.strip_prefix('@').unwrap_or(text);
    if text.starts_with('@') || is_file_name(path) {
        return read_file(Path::new(path)).map(|(_, document)| document);
    }
    let hint = "give JSON, the name of a file (@settings.json), or one value at its place (/member=value)";
    Err(Refusal::usage(format!("--{option}: a document is expected"), Some(hint.to_owned())))
}

/// A value that may be a text, a number or a document.
pub(crate) fn any(option: &str, text: &str) -> Result<Value, Refusal> {
    if text.starts_with('@') || text.trim_start().starts_with(['{', '[']) {
        return document(option, text);
    }
    Ok(scalar(text, &Shape::Any))
}

/// A task definition: a family, `family:revision`, an ARN, a document, or the name of a file, which is read from `folder`.
pub(crate) fn definition(text: &str, folder: &Path) -> Result<Value, Refusal> {
    if text.trim_start().starts_with('{') {
        return Ok(definition::parse("--definition", text)?);
    }
    let path = text.strip_prefix('@').unwrap_or(text);
    // A family has neither dots nor slashes.
    if text.starts_with('@') || (!text.starts_with("arn:") && path.contains(['.', '/'])) {
        return Ok(TaskDefinition::load(folder.join(path))?.into_value());
    }
    Ok(Value::String(text.to_owned()))
}

fn is_file_name(text: &str) -> bool {
    [".json", ".yaml", ".yml"].iter().any(|end| text.ends_with(end))
}

/// `NAME=VALUE` in parts.
pub(crate) fn pair<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Refusal> {
    text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        Refusal::usage(format!("--{option}: NAME=VALUE is expected"), Some(format!("write --{option} NAME=VALUE")))
    })
}

/// `/place=value` in parts; `None` for what is no such thing.
pub(crate) fn placed(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(place, _)| place.starts_with('/') && !place.contains(['{', ' ']))
}

/// Sets a value at a place (JSON Pointer) of a document, whose members are known by a shape where it has one.
pub(crate) fn set(
    option: &str,
    document: &mut Value,
    place: (&str, &str),
    shape: &'static Shape,
) -> Result<(), Refusal> {
    let (pointer, text) = place;
    let (mut at, mut shape) = (document, shape);
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if step.is_empty() {
            return Err(Refusal::usage(format!("--{option} {pointer}: a place has no empty step"), None));
        }
        if matches!(shape, Shape::List(..) | Shape::Apart(..)) || at.is_array() {
            let hint = match option {
                "set" | "patch" => "change a container with --containers '/NAME/member=value', or give the whole list",
                _ => "give the whole list as JSON",
            };
            let text = format!("--{option} {pointer}: a list is replaced as a whole, there is no way into it");
            return Err(Refusal::usage(text, Some(hint.to_owned())));
        }
        shape = shape.member(&step);
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[step.as_str()];
    }
    *at = scalar(text, shape);
    Ok(())
}

/// A value as JSON has it; a text where it is none, or where a text is meant.
fn scalar(text: &str, shape: &Shape) -> Value {
    if shape.is_text() && text != "null" {
        return Value::String(text.to_owned());
    }
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// Puts one document over another: objects member by member, all else as a whole.
pub(crate) fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definition::schema::TASK;

    #[test]
    fn a_place_is_filled_as_its_member_has_it() {
        let mut patch = json!({});
        for place in
            [("/cpu", "512"), ("/runtimePlatform/cpuArchitecture", "ARM64"), ("/novelty", "7"), ("/a~1b", "null")]
        {
            set("set", &mut patch, place, &TASK).unwrap();
        }
        let expected =
            json!({"cpu": "512", "runtimePlatform": {"cpuArchitecture": "ARM64"}, "novelty": 7, "a/b": null});
        assert_eq!(patch, expected);
        let refusal = set("set", &mut patch, ("/containerDefinitions/0/cpu", "1"), &TASK).unwrap_err();
        assert!(refusal.text.contains("a list is replaced as a whole"), "{refusal:?}");
    }

    #[test]
    fn documents_are_merged_member_by_member() {
        let mut under = json!({"images": {"api": ":1", "web": ":1"}, "before": [1], "wait": true});
        merge(&mut under, json!({"images": {"api": ":2"}, "before": [], "patch": null}));
        assert_eq!(under, json!({"images": {"api": ":2", "web": ":1"}, "before": [], "wait": true, "patch": null}));
    }

    #[test]
    fn a_definition_is_a_name_or_a_file() {
        let here = Path::new("/nowhere");
        for name in ["api", "api:7", "arn:aws:ecs:x:1:task-definition/api:7"] {
            assert_eq!(definition(name, here).unwrap(), name);
        }
        for file in ["taskdef.json", "./api", "@api"] {
            assert!(definition(file, here).unwrap_err().text.contains("the file cannot be read"), "{file}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        assert!(document("settings", "cpu=1").unwrap_err().hint.unwrap().contains("/member=value"));
        assert_eq!(document("settings", "{\"a\": 1}").unwrap(), json!({"a": 1}));
        assert!(document("settings", "{a: [}").unwrap_err().text.contains("--settings:1:"));
        assert_eq!(placed("/a/b=c=d"), Some(("/a/b", "c=d")));
        assert_eq!(placed("a=b"), None);
    }
}
