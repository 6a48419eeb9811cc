//! Decides which types the members of a request must have, and which words an enumerated member takes.
//!
//! `shapes.json` is what botocore 1.44.5 says of the requests: for each structure its members, each a structure's name, a list
//! of one type, a map (`"*"`), a word of `a|b`, or one of text, whole, number, flag and any.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::api::{ApiError, invalid};

fn shapes() -> &'static Map<String, Value> {
    static SHAPES: OnceLock<Map<String, Value>> = OnceLock::new();
    SHAPES.get_or_init(|| serde_json::from_str(include_str!("shapes.json")).unwrap_or_default())
}

/// Refuses a member of the wrong type, as the protocol does before ECS sees the request. What is not known passes.
pub(super) fn check_types(structure: &str, input: &Map<String, Value>) -> Result<(), ApiError> {
    walk(structure, input, &mut |_, kind, value| match is_of(kind, value) {
        true => Ok(()),
        false => {
            let text = format!("{} can not be converted to {}", named(value), wanted(kind));
            Err(ApiError::new("SerializationException", text))
        }
    })
}

/// Refuses a word that an enumerated member does not take, an empty one among them.
pub(super) fn check_words(structure: &str, input: &Map<String, Value>) -> Result<(), ApiError> {
    walk(structure, input, &mut |name, kind, value| {
        let (Some(words), Some(word)) = (kind.as_str().filter(|kind| kind.contains('|')), value.as_str()) else {
            return Ok(());
        };
        if words.split('|').any(|known| known == word) || is_tolerated(name, word) {
            return Ok(());
        }
        let known = words.replace('|', ",");
        Err(invalid(format!("{word} is not a valid value for {name}. The value must be one of [{known}]")))
    })
}

/// ECS takes any protocol that is not `udp` for TCP, and a task for Windows on EC2 may name the default network mode.
fn is_tolerated(name: &str, word: &str) -> bool {
    match name {
        "protocol" => !word.is_empty(),
        "networkMode" => matches!(word, "default" | "<default>"),
        _ => false,
    }
}

type Visit<'v> = dyn FnMut(&str, &Value, &Value) -> Result<(), ApiError> + 'v;

fn walk(structure: &str, members: &Map<String, Value>, visit: &mut Visit<'_>) -> Result<(), ApiError> {
    let Some(known) = shapes().get(structure).and_then(Value::as_object) else { return Ok(()) };
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(kind) = known.get(name) {
            walk_value(name, kind, value, visit)?;
        }
    }
    Ok(())
}

fn walk_value(name: &str, kind: &Value, value: &Value, visit: &mut Visit<'_>) -> Result<(), ApiError> {
    visit(name, kind, value)?;
    match (kind, value) {
        (Value::Array(kinds), Value::Array(entries)) => {
            let Some(kind) = kinds.first() else { return Ok(()) };
            entries.iter().filter(|entry| !entry.is_null()).try_for_each(|entry| walk_value(name, kind, entry, visit))
        }
        (Value::Object(kinds), Value::Object(entries)) => {
            let Some(kind) = kinds.get("*") else { return Ok(()) };
            entries.values().filter(|entry| !entry.is_null()).try_for_each(|entry| walk_value(name, kind, entry, visit))
        }
        (Value::String(structure), Value::Object(members)) => walk(structure, members, visit),
        _ => Ok(()),
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(_) => value.is_array(),
        Value::Object(_) => value.is_object(),
        Value::String(kind) => match kind.as_str() {
            "any" => true,
            "text" => value.is_string(),
            "flag" => value.is_boolean(),
            "whole" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            "number" => value.is_number(),
            words if words.contains('|') || words == "s3" => value.is_string(),
            structure => !shapes().contains_key(structure) || value.is_object() || shapes()[structure] == "any",
        },
        _ => true,
    }
}

fn named(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn wanted(kind: &Value) -> &'static str {
    match kind {
        Value::Array(_) => "a List",
        Value::Object(_) => "a Map",
        Value::String(kind) => match kind.as_str() {
            "flag" => "a Boolean",
            "whole" => "an Integer",
            "number" => "a Double",
            structure if shapes().contains_key(structure) => "a Structure",
            _ => "a String",
        },
        _ => "a value",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(structure: &str, input: Value) -> Option<String> {
        let Value::Object(input) = input else { return None };
        let checked = check_types(structure, &input).and_then(|()| check_words(structure, &input));
        checked.err().map(|error| format!("{}: {}", error.code, error.text))
    }

    #[test]
    fn types_and_words() {
        assert!(shapes().len() > 70);
        for (structure, input, expected) in [
            (
                "RunTaskRequest",
                json!({"networkConfiguration": "y"}),
                Some("SerializationException: STRING_VALUE can not be converted to a Structure"),
            ),
            (
                "RunTaskRequest",
                json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": "s"}}}),
                Some("SerializationException: STRING_VALUE can not be converted to a List"),
            ),
            (
                "CreateServiceRequest",
                json!({"volumeConfigurations": {}}),
                Some("SerializationException: START_OBJECT can not be converted to a List"),
            ),
            (
                "CreateServiceRequest",
                json!({"desiredCount": "2"}),
                Some("SerializationException: STRING_VALUE can not be converted to an Integer"),
            ),
            (
                "UpdateServiceRequest",
                json!({"enableExecuteCommand": "true"}),
                Some("SerializationException: STRING_VALUE can not be converted to a Boolean"),
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"cpu": 256}),
                Some("SerializationException: NUMBER_VALUE can not be converted to a String"),
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"containerDefinitions": [{"memory": 64.0, "dockerLabels": {"a": "b"}}], "pidMode": null}),
                None,
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"containerDefinitions": [{"dockerLabels": {"a": 1}}]}),
                Some("SerializationException: NUMBER_VALUE can not be converted to a String"),
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"pidMode": ""}),
                Some(
                    "InvalidParameterException:  is not a valid value for pidMode. The value must be one of [host,task]",
                ),
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"containerDefinitions": [{"portMappings": [{"appProtocol": "HTTP"}]}]}),
                Some(
                    "InvalidParameterException: HTTP is not a valid value for appProtocol. The value must be one of [http,http2,grpc]",
                ),
            ),
            (
                "RegisterTaskDefinitionRequest",
                json!({"networkMode": "<default>", "containerDefinitions": [{"portMappings": [{"protocol": "TCP"}]}]}),
                None,
            ),
            (
                "CreateServiceRequest",
                json!({"propagateTags": "", "launchType": "FARGATE"}),
                Some(
                    "InvalidParameterException:  is not a valid value for propagateTags. The value must be one of [TASK_DEFINITION,SERVICE,NONE]",
                ),
            ),
            ("CreateServiceRequest", json!({"novelty": 1, "deploymentConfiguration": {"novelty": []}}), None),
        ] {
            assert_eq!(refusal(structure, input.clone()).as_deref(), expected, "{input}");
        }
    }
}
