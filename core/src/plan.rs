//! What a deployment would do, without doing it: the shape of it, and how it reads for a person.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::definition::{Change, Finding, hide_secrets};

/// What `deploy` would do with the same request at this moment. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// Whether `deploy` would write anything to AWS.
    pub changed: bool,
    /// What happens to the task definition.
    pub definition: PlannedDefinition,
    /// What changes in the service: `path` is a JSON Pointer into the input of UpdateService.
    pub settings: Vec<Change>,
    /// What ECS would take but you would regret; what it would refuse is an error instead.
    pub findings: Vec<Finding>,
    /// The images that change.
    pub images: Vec<PlannedImage>,
    /// The calls that write, in order. None: the service runs as asked already.
    pub calls: Vec<PlannedCall>,
}

/// What happens to the task definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedDefinition {
    /// The ARN of the revision that the service runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The ARN of the revision that it would run; absent where it would be registered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What changes from the one to the other.
    pub changes: Vec<Change>,
}

/// An image that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedImage {
    /// The container's name.
    pub container: String,
    /// The image that it runs now; absent where there is no such container yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The image that it would run.
    pub to: String,
    /// The digest that the new image names now, where that was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A call that writes.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedCall {
    /// The operation of AWS.
    pub operation: String,
    /// Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment
    /// of one that is not registered yet.
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
        let last = |arn: &str| crate::rollout::last(arn).to_owned();
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

/// One change on one line.
fn line(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    let show = |value: &Value| shown(&change.path, value);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => writeln!(f, "  ~ {}: {} -> {}", change.path, show(before), show(after)),
        (None, Some(after)) => writeln!(f, "  + {}: {}", change.path, show(after)),
        (Some(before), None) => writeln!(f, "  - {}: {}", change.path, show(before)),
        (None, None) => Ok(()),
    }
}

/// Members whose values may hold secrets that do not look like any.
const UNSHOWN: [&str; 3] = ["environment", "command", "entryPoint"];

/// A value without secrets: what is printed ends in a log.
fn shown(path: &str, value: &Value) -> String {
    let (place, name) = path.rsplit_once('/').unwrap_or_default();
    if place == "/containerDefinitions" || path.split('/').any(|step| UNSHOWN.contains(&step)) {
        return "(not shown)".to_owned();
    }
    // With its name, which may tell that it is one.
    let mut named = json!({ name: value });
    conceal(&mut named);
    hide_secrets(&mut named);
    named[name].to_string()
}

fn conceal(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                match UNSHOWN.contains(&name.as_str()) {
                    true => *inner = json!("(not shown)"),
                    false => conceal(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(conceal),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_has_no_secrets() {
        let container = json!({"name": "a", "environment": [{"name": "A", "value": "hunter2"}]});
        for (path, value, expected) in [
            ("/cpu", json!("512"), r#""512""#),
            ("/containerDefinitions/0/image", json!("a:2"), r#""a:2""#),
            ("/containerDefinitions/0/environment/1/value", json!("hunter2"), "(not shown)"),
            ("/containerDefinitions/0", container.clone(), "(not shown)"),
            ("/containerDefinitions", json!([container]), r#"[{"name":"a","environment":"(not shown)"}]"#),
            ("/containerDefinitions/0/command", json!(["--password", "hunter2"]), "(not shown)"),
            ("/containerDefinitions/0/entryPoint", json!(["hunter2"]), "(not shown)"),
            (
                "/containerDefinitions/0/healthCheck",
                json!({"command": ["CMD", "hunter2"], "retries": 3}),
                r#"{"command":"(not shown)","retries":3}"#,
            ),
            ("/containerDefinitions/0/logConfiguration/options/splunk-token", json!("hunter2-0123"), r#""(hidden 1)""#),
            (
                "/containerDefinitions/0/logConfiguration",
                json!({"options": {"splunk-token": "hunter2-0123", "tag": "t"}}),
                r#"{"options":{"splunk-token":"(hidden 1)","tag":"t"}}"#,
            ),
            ("/containerDefinitions/0/dockerLabels/api_password", json!("hunter2x"), r#""(hidden 1)""#),
            (
                "/volumes/0/dockerVolumeConfiguration",
                json!({"driverOpts": {"password": "hunter2x"}}),
                r#"{"driverOpts":{"password":"(hidden 1)"}}"#,
            ),
        ] {
            assert_eq!(shown(path, &value), expected, "{path}");
        }
        let call = PlannedCall { operation: "RunTask".to_owned(), input: Some(json!({"overrides": {"A": "hunter2"}})) };
        assert_eq!(format!("{call:?}"), r#"PlannedCall { operation: "RunTask", input: Some(["overrides"]) }"#);
    }
}
