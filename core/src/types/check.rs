//! Options and outcome of `check`.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use super::deployment::{CodeDeploy, Definition, Deployment, Recover, Unknown};
use super::stages::read_until;
use super::task::OneOffTask;
use crate::definition::changes::ContainerChange;
use crate::error::finding::{Finding, Level};
use crate::options::define::{moved, options};
use crate::options::verify::Verify;
use crate::texts::texts;

options! {
    /// Options of `check`: those of `deploy`. Options of the order and the watch are taken, and change nothing.
    pub struct Check {
        /// The service that would be deployed: its name or ARN. Default: the definition is checked alone, with `settings` as the
        /// service that would be created.
        pub service: Option<String>,
        use cluster;
        use definition;
        use images;
        use containers;
        use patch;
        use variables;
        /// Members of UpdateService, or without `service` of CreateService.
        pub settings: Map<String, Value>,
        /// How many tasks would run.
        pub desired: Option<u32>,
        use force;
        use pin;
        /// What is looked up: `"all"`; `true`, the images alone; `false`, nothing: the documents are checked alone.
        #[serde(default = "crate::options::verify::all")]
        pub verify: Verify = Verify::All,
        use wait;
        use timeout;
        use unknown;
        use recover;
        use failures;
        use codedeploy;
        use before;
        /// As for `deploy`.
        pub at_pause: Vec<OneOffTask>,
        /// As for `deploy`.
        pub after: Vec<OneOffTask>,
        use until;
        use unset;
    }
}

impl Check {
    /// What a deployment to `service` in `cluster` would need.
    pub fn of_service(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self::default().cluster(cluster).service(service)
    }

    /// What a task definition alone needs: a family, `family:revision`, an ARN, or a document.
    pub fn of_definition(definition: impl Into<Definition>) -> Self {
        Self::default().definition(definition)
    }

    /// The same as a deployment.
    pub(crate) fn into_deployment(self) -> Deployment {
        moved!(self => Deployment {
            definition, images, containers, patch, variables, settings, desired, force, pin, verify, wait, timeout, unknown,
            recover, failures, codedeploy, before, at_pause, after, until, unset;
            ..Deployment::new(self.cluster, self.service.unwrap_or_default())
        })
    }
}

/// Outcome of `check`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CheckOutcome {
    /// False if there is a finding of the level `error`: with it, a deployment would be refused, or its tasks would not start.
    pub ok: bool,
    /// All findings: those of the documents, and those of what they refer to. Of the level `skipped`: what was not looked at.
    pub findings: Vec<Finding>,
    /// How many references were looked up, or were to be: roles, secrets, log groups, … Images are not counted.
    pub references: u64,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to AWS, with failed ones. Calls about images are not counted.
    pub calls: u64,
}

impl CheckOutcome {
    /// With these findings.
    pub(crate) fn of(findings: Vec<Finding>) -> Self {
        Self { ok: findings.iter().all(|finding| finding.level != Level::Error), findings, ..Self::default() }
    }
}

texts! {
    CheckOutcome: findings;
}
