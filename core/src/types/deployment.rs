//! Options of the verbs that are about a deployment: `deploy`, `watch`, `rollback`, `resume`.

pub(crate) mod check;

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::stages::read_until;
use super::task::OneOffTask;
use crate::definition::TaskDefinition;
use crate::definition::changes::{Changes, ContainerChange};
use crate::error::Error;
use crate::options::define::options;
pub use crate::options::read::parse_options;
use crate::options::verify::Verify;
use crate::redact::word;

options! {
    /// Options of `deploy`.
    pub struct Deployment(cluster, service) {
        use service;
        use cluster in new;
        use definition;
        use images;
        use containers;
        use patch;
        use variables;
        /// Members of UpdateService, passed through.
        pub settings: Map<String, Value>,
        /// How many tasks to run. Default: not sent, so that an autoscaler keeps control of the number. If it is given and an
        /// autoscaler is set (DescribeScalableTargets), or that cannot be read, there is a warning.
        pub desired: Option<u32>,
        use force;
        use pin;
        use require;
        use verify;
        use wait;
        use timeout;
        use unknown;
        use recover;
        use failures;
        use codedeploy;
        use before;
        /// Tasks that run to their end while the deployment waits at a PAUSE hook, such as a smoke test of the new tasks: one after
        /// the other, at each hook that waits. If all end well, the deployment continues; if one fails, times out or cannot be run,
        /// it is rolled back (ContinueServiceDeployment, or StopServiceDeployment if the hook waits no more), and the error names the
        /// task. An error if the service has no PAUSE hook. A process that was killed continues with the same request. On the way
        /// back by `recover`, hooks are continued without the tasks. Their time does not count to `timeout`.
        pub at_pause: Vec<OneOffTask>,
        /// Tasks that run to their end once the deployment is live, one after the other, with the task definition that is deployed.
        /// One that fails, times out or cannot be run is a failed deployment (`failed`), which `recover` answers. If nothing changes,
        /// they run as well, unless ECS still shows that they have ended well for the same deployment (about an hour). Their time
        /// does not count to `timeout`.
        pub after: Vec<OneOffTask>,
        use until;
        use unset;
    }
}

impl Deployment {
    /// Whether tags become digests, of all images or of some.
    pub(crate) fn pins(&self) -> bool {
        self.pin || !self.require.is_empty()
    }
}

options! {
    /// Options of `watch`: watches a deployment that somebody else began.
    pub struct Watch(cluster, service) {
        use service;
        use cluster in new;
        /// The id of the deployment, `ecs-svc/…`, or `d-…` if CodeDeploy deploys. Default: the newest.
        pub deployment: Option<String>,
        use until;
        use timeout;
        use failures;
        use unset;
    }
}

options! {
    /// Options of `rollback`: goes back to what ran before.
    pub struct Rollback(cluster, service) {
        use service;
        use cluster in new;
        /// The task definition to go back to: a family, `family:revision` or an ARN. Default: a deployment that is in progress is
        /// turned back; otherwise the task definition of the last complete deployment before the present one
        /// (ListServiceDeployments), or if that cannot be read, the newest ACTIVE revision before the present one, with a warning.
        pub to: Option<String>,
        use wait;
        use timeout;
        use failures;
        use unset;
    }
}

options! {
    /// Options of `resume`: lets a deployment go on that waits at a hook.
    pub struct Resume(cluster, service) {
        use service;
        use cluster in new;
        /// The id of the hook, from the event `paused`. Default: the hook that waits. Not for a service that CodeDeploy deploys.
        pub hook: Option<String>,
        /// `"paused"` is the next hook that waits, after the one that is continued.
        use until;
        use wait;
        use timeout;
        use unset;
    }
}

/// A task definition by name, or as a document.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Definition {
    /// A family (its latest ACTIVE revision), `family:revision`, or an ARN.
    Name(String),
    /// A whole document.
    Document(Map<String, Value>),
}

/// What to do when a rollout fails or times out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Recover {
    /// Leave the service as it is.
    #[default]
    Leave,
    /// Go back to the previous task definition, and wait for that.
    Rollback,
}

/// What to do with a member that is probably a misspelling of a member that ECS has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unknown {
    /// Refuse it before anything is written.
    #[default]
    Refuse,
    /// Send it as it is, with a warning.
    Allow,
}

options! {
    /// Where and how AWS CodeDeploy deploys the service (CreateDeployment). The defaults are what ECS's console makes.
    pub struct CodeDeploy {
        /// The application's name. Default: `AppECS-<cluster>-<service>`, each of both names cut at 47 characters; if CodeDeploy has
        /// no such application, the one that deployed the service last. An application that does not exist is an error before
        /// anything is written (GetDeploymentGroup).
        pub application: Option<String>,
        /// The deployment group's name. Default: `DgpECS-<cluster>-<service>`, as for the application. A group that deploys another
        /// service is an error.
        pub group: Option<String>,
        /// The AppSpec: a document, or JSON or YAML text. The ARN of the task definition is put into every target service; all else
        /// stays as it is, with hooks and members that are not known here. `recover` goes back without the hooks. Default: made
        /// from the service's load balancer, platform version and capacity provider strategy. An AppSpec that CodeDeploy would
        /// refuse is an error with its place.
        pub appspec: Option<impl Into<Value>>,
        /// The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. Default: the group's.
        pub config: Option<String>,
        /// A description of the deployment, at most 512 characters. More than 256, which CodeDeploy documents, is a warning.
        /// Default: a text that names the task definition.
        pub description: Option<String>,
    }
}

impl Deployment {
    /// Reads the options from a document, as the bindings do.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option that is unknown, missing or of a wrong type; it names the option.
    pub fn from_value(options: Value) -> Result<Self, Error> {
        parse_options("options", options)
    }

    /// The changes to the task definition.
    pub(crate) fn changes(&self) -> Changes {
        Changes {
            images: self.images.clone(),
            containers: self.containers.clone(),
            patch: self.patch.clone(),
            variables: self.variables.clone(),
        }
    }
}

impl From<&str> for Definition {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for Definition {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<&TaskDefinition> for Definition {
    fn from(definition: &TaskDefinition) -> Self {
        Self::Document(definition.members().clone())
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(&word(name)),
            Self::Document(document) => write!(f, "document of family {:?}", document.get("family")),
        }
    }
}

/// By hand: an untagged enum buffers numbers in a way that loses their spelling.
impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Name(name)),
            Value::Object(document) => Ok(Self::Document(document)),
            other => {
                let kind = crate::json::kind(&other);
                Err(serde::de::Error::custom(format!("{kind} given, a text or an object expected")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_are_those_of_the_contract() {
        let read = Deployment::from_value(json!({"service": "api"})).unwrap();
        assert_eq!(read, Deployment::new("default", "api"));
        assert!(read.verify == Verify::Images && read.wait && !read.force && !read.pin && read.desired.is_none());
        assert_eq!((read.timeout, read.recover), (1800.0, Recover::Leave));
    }

    #[test]
    fn wrong_options_are_named() {
        for (options, text) in [
            (json!({"service": "a", "image": {}}), r#"options: unknown option "image": did you mean "images"?"#),
            (json!({"service": "a", "zzz": 1}), r#"options: unknown option "zzz": known are service, cluster"#),
            (
                json!({"service": "a", "containers": {"api": {"enviroment": {}}}}),
                r#"containers.api: unknown option "enviroment": did you mean "environment"?"#,
            ),
            (json!({"cluster": "a"}), r#"options: the option "service" is needed"#),
            (
                json!({"service": "a", "containers": {"api": {"environment": {"PORT": 3000}}}}),
                "containers.api.environment.PORT: a number given, a text expected; put it into quotes",
            ),
            (
                json!({"service": "a", "images": "hunter2"}),
                "images: a text given, an object expected; give {container: image}",
            ),
            (json!({"service": "a", "desired": -1}), "desired: a whole number of 0 or more expected"),
            (json!({"service": "a", "definition": 7}), "definition: a number given"),
            (
                json!({"service": "a", "containers": {"api": {"command": null}}}),
                "containers.api.command: null given, a list expected",
            ),
            (json!({"service": "a", "recover": "maybe"}), "recover"),
            (json!([]), "options: "),
        ] {
            let error = Deployment::from_value(options.clone()).unwrap_err();
            assert_eq!(error.code(), "invalid");
            assert!(error.to_string().contains(text), "{options}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
