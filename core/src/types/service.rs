//! Options of `service`, and its outcome.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use super::deployment::{CodeDeploy, Definition, Recover, Unknown};
use super::event::Outcome;
use super::plan::PlannedCall;
use super::task::OneOffTask;
use crate::definition::changes::ContainerChange;
use crate::error::finding::{Change, Finding};
use crate::options::define::options;
use crate::options::verify::Verify;
use crate::texts::texts;

options! {
    /// Options of `service`: creates a service, or changes the service that is there, and deploys it.
    pub struct Service {
        /// The service: its name or ARN. Default: `serviceName` of `settings`.
        pub service: Option<String>,
        /// The cluster: its name or ARN. Default: `cluster` of `settings`, otherwise `"default"`.
        pub cluster: Option<String>,
        /// The service as a document: members of CreateService and UpdateService, passed through. It may hold `serviceName`,
        /// `cluster`, `taskDefinition` and `desiredCount`, so that one file has everything. An option beside it must have the same
        /// value. If the service is there, only the given members are compared, and only members that differ are sent. `null`
        /// changes nothing, as in ECS; an empty list removes. Tags are compared key by key; tags that are not given stay.
        pub settings: Map<String, Value>,
        /// A service that is not there yet needs one, here or as `taskDefinition`.
        use definition;
        use images;
        use containers;
        use patch;
        use variables;
        /// How many tasks to run. Always sent, although an autoscaler may have set another number. `desiredCount` of `settings` is
        /// the number to create the service with; later it is sent only if no autoscaler sets the number. A new service with the
        /// scheduling strategy REPLICA needs one of the two.
        pub desired: Option<u32>,
        use force;
        use pin;
        use verify;
        use wait;
        use timeout;
        use unknown;
        /// A service that was just created has nothing to go back to.
        use recover;
        use failures;
        use codedeploy;
        /// If the service is not there, the tasks run with its settings.
        use before;
        use plan;
        use unset;
    }
}

impl Service {
    /// The service of this document, by name, with every other option at its default.
    pub fn new(cluster: impl Into<String>, service: impl Into<String>, settings: Map<String, Value>) -> Self {
        Self::default().cluster(cluster).service(service).settings(settings)
    }
}

/// Outcome of `service`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceOutcome {
    /// As for `deploy`. With `plan`, whether something would change, and what the service would run; `definition` is empty
    /// where that would be registered first.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Whether the service was not there before; with `plan`, whether it would be created.
    pub created: bool,
    /// The service's ARN; absent where it is not there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What changed, or with `plan` would change: `path` is a JSON Pointer into the input of CreateService or UpdateService;
    /// `/tags/KEY` is a tag, and `/taskDefinition` goes on into the definition. Values that are, or may be,
    /// secrets are not shown.
    pub changes: Vec<Change>,
    /// What ECS takes but you would regret: of the definition, of the settings, and what keeps the service from surviving the
    /// loss of a task or of an availability zone.
    pub findings: Vec<Finding>,
    /// With `plan`, the calls that would write, in order; otherwise none. Secrets are not shown.
    pub planned: Vec<PlannedCall>,
}

texts! {
    ServiceOutcome: outcome findings;
}
