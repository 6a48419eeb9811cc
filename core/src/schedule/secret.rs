//! What of a document of AWS may be shown: secrets are sent, and appear nowhere else.

use serde_json::{Map, Value};

use crate::definition::{Change, looks_secret};

/// What stands for a secret.
const HIDDEN: &str = "(not shown)";

/// The input of a call as it may be shown, without the token that only this call has.
pub(super) fn document(value: &Value) -> Value {
    let mut shown = shown("", value, 0);
    shown.as_object_mut().map(|members| members.shift_remove("ClientToken"));
    shown
}

/// A change as it may be shown.
pub(super) fn change(change: Change) -> Change {
    let Change { path, before, after } = change;
    let names: Vec<&str> = path.split('/').collect();
    let is_inside =
        |name: &str| WHOLLY.contains(&name) || VALUES.iter().any(|values| values.eq_ignore_ascii_case(name));
    let name = names.iter().find(|name| is_inside(name)).or(names.last()).copied().unwrap_or_default();
    let shown = |value: Option<Value>| value.map(|value| shown(name, &value, 0));
    Change { before: shown(before), after: shown(after), path }
}

/// Members that are nothing but secrets.
const WHOLLY: [&str; 1] = ["AuthParameters"];
/// Members whose values are secrets, by whatever names.
const VALUES: [&str; 4] = ["HeaderParameters", "QueryStringParameters", "headers", "environment"];

/// So often a text may hold a document that holds a text: each of them may be nested as deep as JSON is, and is read by a function
/// that calls itself.
const TEXTS: usize = 4;

/// `texts`: in how many documents that are texts it stands.
fn shown(name: &str, value: &Value, texts: usize) -> Value {
    let is_values = VALUES.iter().any(|values| values.eq_ignore_ascii_case(name));
    match value {
        _ if WHOLLY.contains(&name) => HIDDEN.into(),
        Value::Object(members) if is_values => {
            members.keys().map(|name| (name.clone(), HIDDEN.into())).collect::<Map<_, _>>().into()
        }
        // Of a container: pairs of name and value.
        Value::Array(pairs) if is_values => pairs.iter().map(pair).collect(),
        _ if is_values => HIDDEN.into(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), shown(name, value, texts))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(|item| shown(name, item, texts)).collect(),
        // A document as text, such as a target's Input.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(_) | Value::Array(_)) if texts == TEXTS => HIDDEN.into(),
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => shown(name, &inner, texts + 1).to_string().into(),
            _ if looks_secret(name, text) => HIDDEN.into(),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

fn pair(pair: &Value) -> Value {
    let Value::Object(members) = pair else { return HIDDEN.into() };
    let shown =
        |name: &str, value: &Value| if name.eq_ignore_ascii_case("name") { value.clone() } else { HIDDEN.into() };
    members.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect::<Map<_, _>>().into()
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
            assert!(document(&json!({"Input": text})).to_string().contains(HIDDEN));
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap();
    }

    #[test]
    fn secrets_are_left_out_and_all_else_stays() {
        let environment = json!({"containerOverrides": [{"name": "app", "command": ["run"], "environment": [{"name": "A", "value": "s3cret"}]}]});
        let sent = json!({
            "Name": "n",
            "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "s3cret"}},
            "Target": {
                "Arn": "a",
                "Input": environment.to_string(),
                "HttpParameters": {"HeaderParameters": {"x-token": "s3cret"}, "QueryStringParameters": {"key": "s3cret"}},
            },
            "Other": {"Input": r#"{"password": "s3cret", "headers": {"authorization": "s3cret"}, "url": "https://a"}"#},
        });
        let shown = document(&sent);
        let text = shown.to_string();
        assert!(!text.contains("s3cret"), "{text}");
        for kept in ["\"Arn\":\"a\"", "https://a", "x-token", "authorization", "run"] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        for (path, value) in [
            ("/Target/Input", json!(environment.to_string())),
            ("/HttpParameters/HeaderParameters/x-token", json!("s3cret")),
            ("/AuthParameters/BasicAuthParameters/Password", json!("s3cret")),
        ] {
            let one = Change { path: path.to_owned(), before: None, after: Some(value) };
            let after = change(one).after.unwrap().to_string();
            assert!(!after.contains("s3cret"), "{path}: {after}");
        }
    }
}
