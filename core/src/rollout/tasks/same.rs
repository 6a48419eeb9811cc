//! Compares a task that was begun under a key with the request. Differences are named, but never their values: they may be secrets.
//! Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::arn;
use crate::definition::TaskDefinition;
use crate::definition::schema::{CONTAINER_OVERRIDE, OVERRIDES};

/// Places of a definition to name at most.
const PLACES: usize = 3;

/// The overrides in which a task (DescribeTasks) differs from this input of RunTask. None if the server does not show them.
pub(crate) fn overrides(task: &Value, input: &Map<String, Value>) -> Vec<String> {
    let Some(ran) = task["overrides"].as_object() else { return Vec::new() };
    let none = Map::new();
    let asked = input.get("overrides").and_then(Value::as_object).unwrap_or(&none);
    let mut differs: Vec<String> = OVERRIDES
        .names()
        .filter(|member| *member != "containerOverrides")
        .filter(|member| !is_same(member, ran.get(*member), asked.get(*member)))
        .map(str::to_owned)
        .collect();
    let (ran, asked) = (containers(ran), containers(asked));
    let nothing = Value::Null;
    for name in ran.keys().chain(asked.keys().filter(|name| !ran.contains_key(*name))) {
        let (ran, asked) = (*ran.get(name).unwrap_or(&&nothing), *asked.get(name).unwrap_or(&&nothing));
        for member in CONTAINER_OVERRIDE.names().filter(|member| !matches!(*member, "name" | "environment")) {
            if !is_same(member, ran.get(member), asked.get(member)) {
                differs.push(format!("the {member} of container {name:?}"));
            }
        }
        let (ran, asked) = (variables(ran), variables(asked));
        let all = ran.keys().chain(asked.keys().filter(|variable| !ran.contains_key(*variable)));
        let others: Vec<String> =
            all.filter(|variable| ran.get(*variable) != asked.get(*variable)).map(|one| (*one).to_owned()).collect();
        if !others.is_empty() {
            differs.push(format!("the environment of container {name:?} ({})", others.join(", ")));
        }
    }
    differs
}

/// The differences between the definition that a task ran (with this ARN; `None` if it is gone) and the requested one.
pub(crate) fn definition(arn: &str, ran: Option<&TaskDefinition>, asked: &TaskDefinition) -> Option<String> {
    let arn = arn::last(arn);
    let Some(ran) = ran else { return Some(format!("its definition {arn}, which is not there any more")) };
    let changes = ran.diff(asked);
    let places: Vec<&str> = changes.iter().take(PLACES).map(|change| change.path.as_str()).collect();
    let more = changes.len().saturating_sub(PLACES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more places") };
    (!changes.is_empty()).then(|| format!("its definition {arn} ({}{more})", places.join(", ")))
}

fn containers(overrides: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    let all = overrides.get("containerOverrides").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| Some((one["name"].as_str()?, one))).collect()
}

fn variables(container: &Value) -> BTreeMap<&str, &Value> {
    let all = container.get("environment").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| Some((one["name"].as_str()?, &one["value"]))).collect()
}

/// Empty and absent are the same, a number in any spelling, and a role by its name or ARN.
fn is_same(member: &str, ran: Option<&Value>, asked: Option<&Value>) -> bool {
    let is_void = |value: &&Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    let (ran, asked) = (ran.filter(|one| !is_void(one)), asked.filter(|one| !is_void(one)));
    let (Some(ran), Some(asked)) = (ran, asked) else { return ran.is_none() && asked.is_none() };
    match member {
        "cpu" => number(ran, "vcpu") == number(asked, "vcpu"),
        "memory" => number(ran, "gb") == number(asked, "gb"),
        "taskRoleArn" | "executionRoleArn" => {
            ran == asked || ran.as_str().map(arn::last) == asked.as_str().map(arn::last)
        }
        _ => ran == asked,
    }
}

/// A size as ECS writes it: in units of cpu, or in MiB.
fn number(size: &Value, unit: &str) -> String {
    match size {
        Value::String(text) => crate::definition::schema::units(text, unit),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_ecs_fills_in_is_no_difference() {
        let ran = json!({"overrides": {"cpu": "1024", "inferenceAcceleratorOverrides": [], "containerOverrides": [
            {"name": "redis"}, {"name": "api", "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}], "command": ["a"]}]}});
        let asked = json!({"overrides": {"cpu": "1 vCPU", "containerOverrides": [
            {"name": "api", "command": ["a"], "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}]}});
        assert_eq!(overrides(&ran, asked.as_object().unwrap()), Vec::<String>::new());
        // Servers that show no overrides.
        assert_eq!(overrides(&json!({}), asked.as_object().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn what_differs_is_named_without_its_value() {
        let asked = json!({"overrides": {"containerOverrides": [
            {"name": "api", "command": ["a"], "environment": [{"name": "A", "value": "hunter2"}]}]}});
        for (ran, expected) in [
            (json!({}), r#"the command of container "api", the environment of container "api" (A)"#),
            (
                json!({"containerOverrides": [{"name": "api", "command": ["a"]}]}),
                r#"the environment of container "api" (A)"#,
            ),
            (
                json!({"memory": "512", "containerOverrides": [{"name": "redis", "cpu": 7}, asked["overrides"]["containerOverrides"][0]]}),
                r#"memory, the cpu of container "redis""#,
            ),
            (
                json!({"containerOverrides": [{"name": "api", "command": ["a"], "environment": [
                    {"name": "A", "value": "x"}, {"name": "Z", "value": "x"}]}]}),
                r#"the environment of container "api" (A, Z)"#,
            ),
        ] {
            let differs = overrides(&json!({ "overrides": ran }), asked.as_object().unwrap()).join(", ");
            assert_eq!(differs, expected, "{ran}");
        }
    }

    #[test]
    fn a_definition_differs_in_its_places() {
        let of = |image: &str| {
            let document =
                json!({"family": "job", "containerDefinitions": [{"name": "job", "image": image, "memory": 64}]});
            TaskDefinition::new(document).unwrap()
        };
        let arn = "arn:aws:ecs:r:1:task-definition/job:1";
        assert_eq!(definition(arn, Some(&of("job:1")), &of("job:1")), None);
        let differs = definition(arn, Some(&of("job:1")), &of("job:2"));
        assert_eq!(differs.as_deref(), Some("its definition job:1 (/containerDefinitions/0/image)"));
        assert!(definition(arn, None, &of("job:2")).unwrap().contains("not there any more"));
    }
}
