//! Finds settings that only a new service can have, and tags that differ. Pure.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::arn::last;
use crate::definition::schema::SERVICE;

/// The members, as texts for a person, in which the service differs and cannot be changed.
pub(crate) fn unlike(service: &Map<String, Value>, asked: &Map<String, Value>) -> Vec<String> {
    let differing = asked.iter().filter_map(|(member, asked)| {
        let shown = shown(service, member);
        let is_same = word(member, asked).is_some_and(|asked| shown.as_deref() == Some(asked));
        let asked = printable(member, asked);
        (!is_same).then(|| match shown {
            Some(shown) => format!("{member} is {shown:?}, {asked} is asked for"),
            None => format!("it has no {member}, {asked} is asked for"),
        })
    });
    differing.collect()
}

/// The value of a member if it is one word: a role is the same by its name and by its ARN.
fn word<'a>(member: &str, value: &'a Value) -> Option<&'a str> {
    match member {
        "deploymentController" => value["type"].as_str(),
        "role" => value.as_str().map(last),
        _ => value.as_str(),
    }
}

/// The requested value, as far as an error may repeat it: a word that is none of ECS's may be a secret.
fn printable(member: &str, asked: &Value) -> String {
    let is_of_ecs =
        |word: &&str| member == "role" || word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b == b'2');
    word(member, asked).filter(is_of_ecs).map_or_else(|| "something else".to_owned(), |word| format!("{word:?}"))
}

fn shown(service: &Map<String, Value>, member: &str) -> Option<String> {
    // DescribeServices names this one differently.
    let name = if member == "role" { "roleArn" } else { member };
    let shown = service.get(name).and_then(|value| word(member, value)).map(str::to_owned);
    let default = || word(member, &SERVICE.field(member)?.default_in(service)?).map(str::to_owned);
    shown.or_else(default)
}

/// The tags to write: key, value, and the value that there is.
pub(crate) fn tags(
    service: &Map<String, Value>,
    asked: &IndexMap<String, String>,
) -> Vec<(String, String, Option<String>)> {
    let set = service.get("tags").and_then(Value::as_array).map_or(&[] as &[_], Vec::as_slice);
    let value = |key: &str| {
        let tag = set.iter().find(|tag| tag["key"] == key)?;
        Some(tag["value"].as_str().unwrap_or_default().to_owned())
    };
    let differing = asked.iter().map(|(key, asked)| (key.clone(), asked.clone(), value(key)));
    differing.filter(|(_, asked, set)| set.as_ref() != Some(asked)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_takes_another_service() {
        let providers = json!([{"capacityProvider": "FARGATE", "weight": 1}]);
        for (service, asked, expected) in [
            (json!({"launchType": "FARGATE"}), json!({"launchType": "FARGATE"}), ""),
            (
                json!({"launchType": "EC2"}),
                json!({"launchType": "FARGATE"}),
                "launchType is \"EC2\", \"FARGATE\" is asked for",
            ),
            (
                json!({}),
                json!({"launchType": "EC2", "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"}}),
                "",
            ),
            (
                json!({"capacityProviderStrategy": providers}),
                json!({"launchType": "EC2"}),
                "it has no launchType, \"EC2\"",
            ),
            (json!({"capacityProviderStrategy": []}), json!({"launchType": "EC2"}), ""),
            (json!({}), json!({"schedulingStrategy": "DAEMON"}), "schedulingStrategy is \"REPLICA\", \"DAEMON\""),
            (
                json!({"deploymentController": {"type": "ECS"}}),
                json!({"deploymentController": {"type": "EXTERNAL"}}),
                "deploymentController is \"ECS\", \"EXTERNAL\"",
            ),
            (json!({"roleArn": "arn:aws:iam::1:role/r"}), json!({"role": "r"}), ""),
            (
                json!({"roleArn": "arn:aws:iam::1:role/r"}),
                json!({"role": "arn:aws:iam::1:role/q"}),
                "role is \"r\", \"q\"",
            ),
            (json!({}), json!({"role": "q"}), "it has no role"),
        ] {
            let found = unlike(service.as_object().unwrap(), asked.as_object().unwrap()).join("; ");
            assert!(
                found.starts_with(expected) && found.is_empty() == expected.is_empty(),
                "{service} {asked}: {found}"
            );
        }
    }

    #[test]
    fn tags_that_differ() {
        let service = json!({"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "c"}]});
        let asked = ["a=1", "b=3", "c=", "d=4"].iter().filter_map(|tag| tag.split_once('='));
        let asked = asked.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let found = tags(service.as_object().unwrap(), &asked);
        let text = |text: &str| text.to_owned();
        assert_eq!(found, [(text("b"), text("3"), Some(text("2"))), (text("d"), text("4"), None)]);
    }
}
