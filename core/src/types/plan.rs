//! The plan of a deployment, and its text.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::redact;
use crate::texts::texts;

/// What `deploy` would do with the same request now. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// Whether `deploy` would write anything to AWS.
    pub changed: bool,
    /// What happens to the task definition.
    pub definition: PlannedDefinition,
    /// What changes in the service: `path` is a JSON Pointer into the input of UpdateService. Secrets are not shown.
    pub settings: Vec<Change>,
    /// Risks that ECS would accept. What ECS would refuse is an error instead.
    pub findings: Vec<Finding>,
    /// The images that change.
    pub images: Vec<PlannedImage>,
    /// The calls that write, in order. Empty if the service runs as requested already.
    pub calls: Vec<PlannedCall>,
}

/// The plan of one of many services.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetPlan {
    /// The service's name or ARN, as it was given.
    pub service: String,
    /// The cluster's name or ARN, as it was given.
    pub cluster: String,
    /// The name that was given for it in the rollout; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The region that was given for it; absent for the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account that was given for it, by itself or in the role; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The number of its wave.
    pub wave: u32,
    /// Its plan.
    pub plan: Plan,
}

/// What happens to the task definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedDefinition {
    /// The ARN of the revision that the service runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The ARN of the revision that it would run; absent if it would be registered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Changes from the one to the other. Values that are, or may be, secrets are not shown; `diff` of the definitions shows them.
    pub changes: Vec<Change>,
}

/// An image that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedImage {
    /// The container's name.
    pub container: String,
    /// The image that it runs now; absent if there is no such container yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The image that it would run.
    pub to: String,
    /// The digest of the new image, if it was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A call that writes.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedCall {
    /// The AWS operation.
    pub operation: String,
    /// Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment
    /// of one that is not registered yet. Secrets are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
}

/// Names only: an input may hold the values of environment variables.
impl fmt::Debug for PlannedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.input.as_ref().and_then(Value::as_object).map(|input| input.keys().collect::<Vec<_>>());
        f.debug_struct("PlannedCall").field("operation", &self.operation).field("input", &members).finish()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |arn: &str| crate::arn::last(arn).to_owned();
        let from = self.definition.from.as_deref().map_or("none".to_owned(), last);
        let to = self.definition.to.as_deref().map_or("a new revision".to_owned(), last);
        writeln!(f, "service {} in cluster {}", self.service, self.cluster)?;
        match self.calls.is_empty() {
            true => return writeln!(f, "  runs {from} as asked: nothing to do"),
            false => writeln!(f, "  definition: {from} -> {to}")?,
        }
        for change in self.definition.changes.iter().chain(&self.settings) {
            line(f, change)?;
        }
        for finding in &self.findings {
            writeln!(f, "  warning: {}: {}; {}", finding.path, finding.text, finding.advice)?;
        }
        let calls: Vec<&str> = self.calls.iter().map(|call| call.operation.as_str()).collect();
        writeln!(f, "  calls: {}", calls.join(", "))
    }
}

texts! {
    Plan: findings;
    FleetPlan: plan;
}

impl PlannedCall {
    /// A call of an operation of AWS; secrets are removed from its input.
    pub(crate) fn new(operation: impl Into<String>, input: Option<Value>) -> Self {
        Self { operation: operation.into(), input: input.as_ref().map(redact::document) }
    }
}

/// One change on one line.
fn line(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => writeln!(f, "  ~ {}: {} -> {}", change.path, before, after),
        (None, Some(after)) => writeln!(f, "  + {}: {}", change.path, after),
        (Some(before), None) => writeln!(f, "  - {}: {}", change.path, before),
        (None, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_has_no_secrets() {
        let overrides =
            json!({"containerOverrides": [{"name": "a", "environment": [{"name": "A", "value": "hunter2"}]}]});
        let call = PlannedCall::new("RunTask", Some(json!({"overrides": overrides})));
        assert!(!serde_json::to_string(&call).unwrap().contains("hunter2"));
        assert_eq!(format!("{call:?}"), r#"PlannedCall { operation: "RunTask", input: Some(["overrides"]) }"#);
    }
}
