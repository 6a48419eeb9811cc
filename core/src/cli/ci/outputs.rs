//! The outputs of a job's step: AWS's own names where its actions have them, and ours. Pure.

use serde_json::{Value, json};

use crate::arn;
use crate::cli::history::{End, History};

/// The names, in the order in which they are written. `action.yml` declares each.
pub(crate) const NAMES: [&str; 10] = [
    "changed",
    "verdict",
    "deployment",
    "image",
    "previous",
    "task-definition-arn",
    "codedeploy-deployment-id",
    "run-task-arn",
    "service-arn",
    "endpoint",
];

/// The outputs that there are. Of many services: a JSON object by service, but `verdict` is that of the whole.
pub(crate) fn all(history: &History) -> Vec<(&'static str, String)> {
    let ends = history.ends();
    let of = |name: &'static str| match ends.as_slice() {
        [end] => one(end, name, history),
        many if name == "verdict" => {
            let bad = many.iter().find(|end| !end.is_good() && end.verdict != "skipped");
            Some(bad.map_or_else(|| "succeeded".to_owned(), |end| end.verdict.clone()))
        }
        many => {
            let each =
                many.iter().filter_map(|end| Some((end.service.clone(), Value::String(one(end, name, history)?))));
            let each: serde_json::Map<_, _> = each.collect();
            (!each.is_empty()).then(|| Value::Object(each).to_string())
        }
    };
    NAMES.iter().filter_map(|name| Some((*name, of(name)?))).collect()
}

fn one(end: &End, name: &str, history: &History) -> Option<String> {
    let definition = end.word("definition");
    match name {
        "changed" => end.data["changed"].as_bool().map(|changed| changed.to_string()),
        "verdict" => Some(end.verdict.clone()),
        "deployment" => end.word("deployment"),
        "image" => image(end),
        "previous" => end.word("previous"),
        "task-definition-arn" => definition,
        "codedeploy-deployment-id" => end.word("deployment").filter(|id| id.starts_with("d-")),
        "run-task-arn" => tasks(&end.data["tasks"]),
        "service-arn" => service(end, definition.as_deref(), history),
        "endpoint" => end.word("endpoint"),
        _ => None,
    }
}

/// The image by its digest: one text of one container, otherwise a JSON object by container.
fn image(end: &End) -> Option<String> {
    if let Some(image) = end.word("image").or_else(|| Some(end.data.pointer("/pushed/image")?.as_str()?.to_owned())) {
        return Some(image);
    }
    let images = end.data["images"].as_object()?;
    let reference = |image: &Value| {
        let (name, digest) = (image["image"].as_str()?, image["digest"].as_str());
        Some(match digest.filter(|_| !name.contains('@')) {
            Some(digest) => format!("{name}@{digest}"),
            None => name.to_owned(),
        })
    };
    let all: Vec<(&String, String)> =
        images.iter().filter_map(|(container, image)| Some((container, reference(image)?))).collect();
    match all.as_slice() {
        [] => None,
        [(_, only)] => Some(only.clone()),
        many => Some(many.iter().map(|(name, image)| ((*name).clone(), json!(image))).collect::<Value>().to_string()),
    }
}

/// A JSON list, as AWS's action has it.
fn tasks(tasks: &Value) -> Option<String> {
    let arns: Vec<&str> = tasks.as_array()?.iter().filter_map(|task| task["task"].as_str()).collect();
    (!arns.is_empty()).then(|| json!(arns).to_string())
}

fn service(end: &End, definition: Option<&str>, history: &History) -> Option<String> {
    if let Some(arn) = end.word("service").filter(|service| service.starts_with("arn:")) {
        return Some(arn);
    }
    let (service, cluster) = end.title.split_once(" in ")?;
    let is_of_service = history.service.is_empty() || arn::last(&history.service) == service;
    let sibling = arn::parse(definition?).filter(|_| is_of_service)?;
    Some(sibling.sibling(&format!("service/{cluster}/{service}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &str = "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:2";

    fn of(end: Value) -> Vec<(&'static str, String)> {
        let history = History {
            command: "deploy".into(),
            service: "api".into(),
            cluster: "prod".into(),
            end,
            ..History::default()
        };
        all(&history)
    }

    #[test]
    fn an_outcome_has_the_names_of_aws_and_ours() {
        let seen = of(
            json!({"type": "succeeded", "changed": true, "reached": "live", "definition": DEFINITION, "previous": "api:1",
            "deployment": "d-ABC", "endpoint": "https://x", "images": {"api": {"image": "r/api:2", "digest": "sha256:1"}}}),
        );
        let expected = [
            ("changed", "true"),
            ("verdict", "succeeded"),
            ("deployment", "d-ABC"),
            ("image", "r/api:2@sha256:1"),
            ("previous", "api:1"),
            ("task-definition-arn", DEFINITION),
            ("codedeploy-deployment-id", "d-ABC"),
            ("service-arn", "arn:aws:ecs:eu-central-1:123456789012:service/prod/api"),
            ("endpoint", "https://x"),
        ];
        assert_eq!(seen, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn what_is_not_known_is_absent() {
        let seen =
            of(json!({"type": "failed", "code": "rolled_back", "text": "t", "detail": {"deployment": "ecs-svc/1"}}));
        assert_eq!(seen, [("verdict", "rolled_back".to_owned()), ("deployment", "ecs-svc/1".to_owned())]);
        let seen = of(json!({"type": "succeeded", "tasks": [{"task": "arn:a"}, {"task": "arn:b"}], "changed": true}));
        assert!(seen.contains(&("run-task-arn", "[\"arn:a\",\"arn:b\"]".to_owned())), "{seen:?}");
    }

    #[test]
    fn many_services_are_an_object() {
        let services = json!([
            {"service": "a", "cluster": "c", "outcome": {"changed": true, "reached": "live", "definition": "a:2"}},
            {"service": "b", "cluster": "c", "error": {"code": "failed", "text": "t", "detail": {}}},
        ]);
        let seen = of(json!({"type": "failed", "code": "failed", "detail": {"services": services}}));
        assert!(
            seen.contains(&("verdict", "failed".to_owned()))
                && seen.contains(&("changed", "{\"a\":\"true\"}".to_owned())),
            "{seen:?}"
        );
    }
}
