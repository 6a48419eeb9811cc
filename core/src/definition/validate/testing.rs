//! What the tests of all rules share.

use serde_json::{Value, json};

use super::findings;
use super::service::service_findings;
use crate::error::finding::{Finding, Level};

/// The findings of a small valid definition with `patch` merged into it, one `E rule path` each;
/// `#0` stands for `/containerDefinitions/0`.
pub(crate) fn found(patch: &Value) -> Vec<String> {
    let mut document = json!({"family": "f", "containerDefinitions": [{"name": "a", "image": "a:1", "memory": 64}]});
    json_patch::merge(&mut document, patch);
    lines(&findings(document.as_object().unwrap()))
}

/// The same for a definition for Fargate.
pub(crate) fn found_on_fargate(patch: &Value) -> Vec<String> {
    let mut document = json!({"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "1024",
        "memory": "2048", "executionRoleArn": "arn:aws:iam::123456789012:role/r"});
    json_patch::merge(&mut document, patch);
    found(&document)
}

/// A patch that merges `patch` into the only container.
pub(crate) fn container(patch: &Value) -> Value {
    let mut container = json!({"name": "a", "image": "a:1", "memory": 64});
    json_patch::merge(&mut container, patch);
    json!({"containerDefinitions": [container]})
}

/// A definition for Fargate with the container `a`, which maps port 80 as `web` and the ports 90 to 99.
pub(crate) fn definition() -> Value {
    json!({"family": "f", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
        "containerDefinitions": [{"name": "a", "image": "a:1",
            "portMappings": [{"containerPort": 80, "name": "web"}, {"containerPortRange": "90-99"}]}]})
}

/// The findings between a definition and a service.
pub(crate) fn found_with(definition: &Value, service: &Value) -> Vec<String> {
    lines(&service_findings(definition.as_object().unwrap(), service.as_object().unwrap()))
}

/// Those of a complete service of [`definition`] with `patch` merged into it.
pub(crate) fn found_with_service(patch: &Value) -> Vec<String> {
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
    let mut service = json!({"serviceName": "s", "networkConfiguration": network});
    json_patch::merge(&mut service, patch);
    found_with(&definition(), &service)
}

pub(crate) fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        assert!(!finding.text.is_empty() && !finding.advice.is_empty(), "{finding:?}");
        let level = if finding.level == Level::Error { "E" } else { "W" };
        format!("{level} {} {}", finding.rule, finding.path.replace("/containerDefinitions/", "#"))
    };
    findings.iter().map(line).collect()
}

/// Checks a table of documents against the findings that each must have.
pub(crate) fn table<const N: usize>(find: impl Fn(&Value) -> Vec<String>, cases: [(Value, &[&str]); N]) {
    for (document, expected) in cases {
        assert_eq!(find(&document), expected, "{document}");
    }
}
