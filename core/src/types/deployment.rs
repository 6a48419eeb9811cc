//! What a caller asks for: options and their defaults.

pub(crate) mod check;

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::task::OneOffTask;
use crate::definition::TaskDefinition;
use crate::definition::render::{Changes, ContainerChange};
use crate::error::Error;
use crate::options::read::Unset;
pub use crate::options::read::parse_options;
use crate::redact::word;

/// What `deploy` is asked for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The service: its name or ARN.
    pub service: String,
    /// The cluster: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Definition>,
    /// New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub images: IndexMap<String, String>,
    /// Changes by container. Maps merge by name and `null` removes; `files` and `command` replace.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub containers: IndexMap<String, ContainerChange>,
    /// A JSON Merge Patch (RFC 7396) over the whole task definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Map<String, Value>>,
    /// Fills in `${NAME}` in every text of the task definition, from these and then from the environment; one that is not set
    /// is an error. `$${` stands for `${` itself. Not given: texts stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<IndexMap<String, String>>,
    /// Members of UpdateService, passed through as they are.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    /// How many tasks to run. Never sent unless given, so that an autoscaler keeps its hand. Given where one is set to take it
    /// back (DescribeScalableTargets), or where that is not to be seen, a warning says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// Begin a new deployment although nothing changed.
    #[serde(default)]
    pub force: bool,
    /// Replace tags by the digests they name now (ECR's BatchGetImage, or the registry). One that cannot be looked up is an error.
    #[serde(default)]
    pub pin: bool,
    /// Look that every ECR image exists and fits the platform before anything is written (BatchGetImage). Where that is not
    /// allowed or not answered, a warning says so; a server at an `endpoint` that does not know ECR is not asked for more.
    #[serde(default = "yes")]
    pub verify: bool,
    /// Watch to the verdict. False ends after the update.
    #[serde(default = "yes")]
    pub wait: bool,
    /// Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not
    /// come, the end is up to 20 seconds later.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of one that ECS has:
    /// `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know.
    #[serde(default)]
    pub unknown: Unknown,
    /// What to do on failure or time-out.
    #[serde(default)]
    pub recover: Recover,
    /// How many tasks may stop, for causes that waiting does not cure, before the rollout counts as failed although nothing in
    /// ECS will ever say so: where the service has neither circuit breaker nor alarms. 0: never. Not given: as many as
    /// ECS's own circuit breaker would allow, half of the tasks asked for, at least 3 and at most 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u64>,
    /// How to deploy where the service's deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment); an error for
    /// any other service. The end comes once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its
    /// waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codedeploy: Option<CodeDeploy>,
    /// Tasks that run to their end first, such as a migration, one after the other, with the definition that is deployed: after
    /// it is registered and before anything of the service is written (RunTask, DescribeTasks). One that fails is `task_failed`,
    /// and nothing is deployed; where nothing changes, none runs. Run again after its process was killed, one that goes on or
    /// has ended well is not run twice. Their time does not count to `timeout`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<OneOffTask>,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

/// What `deploy_all` is asked for: many services at once, watched by one poller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeployAll {
    /// What each service is asked for, in the order in which they begin.
    pub services: Vec<Deployment>,
    /// How many are on their way at once. All, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<usize>,
    /// Whether a failure keeps those from beginning that have not begun. What has begun goes on to its end.
    #[serde(default = "yes")]
    pub stop: bool,
}

/// What `watch` is asked for: to watch a deployment that somebody else began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// The service: its name or ARN.
    pub service: String,
    /// The cluster: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The id of the deployment, `ecs-svc/…`, or `d-…` where CodeDeploy deploys. The newest, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not
    /// come, the end is up to 20 seconds later.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u64>,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

/// What `rollback` is asked for: to go back to what ran before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The service: its name or ARN.
    pub service: String,
    /// The cluster: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The task definition to go back to: a family, `family:revision` or an ARN. Unless given: a deployment on its way is
    /// turned round, otherwise the definition of the last complete deployment before the present one; where that is not
    /// told (ListServiceDeployments), the newest ACTIVE revision before the present one, with a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Watch to the verdict. False ends after the order.
    #[serde(default = "yes")]
    pub wait: bool,
    /// Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not
    /// come, the end is up to 20 seconds later.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u64>,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

/// What `resume` is asked for: to let a deployment go on that waits at a hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The service: its name or ARN.
    pub service: String,
    /// The cluster: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The id of the hook, as the event `paused` tells it. The one that waits, unless given. Where CodeDeploy deploys there is
    /// none to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<String>,
    /// Watch to the verdict. False ends after the order.
    #[serde(default = "yes")]
    pub wait: bool,
    /// Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not
    /// come, the end is up to 20 seconds later.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

/// A task definition by name, or as a document.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Definition {
    /// A family (its latest ACTIVE revision), `family:revision`, or an ARN.
    Name(String),
    /// A whole document.
    Document(Map<String, Value>),
}

/// What to do when a rollout fails or runs out of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Recover {
    /// Leave it to ECS and to people.
    #[default]
    Leave,
    /// Go back to the previous definition, and wait for that.
    Rollback,
}

/// What to do with a member that is probably a misspelling of one that ECS has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Refuse it before anything is written.
    #[default]
    Refuse,
    /// Send it as it is, with a warning.
    Allow,
}

/// Where and how AWS CodeDeploy deploys the service (CreateDeployment). What is not given is what ECS's console would have made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CodeDeploy {
    /// The application's name. `AppECS-<cluster>-<service>`, unless given: each of both names cut at 47 characters. Where
    /// CodeDeploy has none of that name, the one that the service was deployed with last. One that is not there is an error
    /// before anything is written (GetDeploymentGroup).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The deployment group's name. `DgpECS-<cluster>-<service>`, unless given, as for the application. One that deploys another
    /// service is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The AppSpec: a document, or JSON or YAML text. The task definition's ARN is put into every target service, all else stays
    /// as it is, hooks and members that are not known here included; `recover` goes back without the hooks. Derived from the service's load balancer, platform
    /// version and capacity provider strategy, unless given. One that CodeDeploy would refuse is an error with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appspec: Option<Value>,
    /// The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. The group's, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// A description of the deployment, at most 512 characters; above 256, which CodeDeploy documents, it is a
    /// warning. It says which task definition, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

pub(crate) fn default_cluster() -> String {
    "default".to_owned()
}

pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn default_timeout() -> f64 {
    1800.0
}

impl DeployAll {
    /// All of these at once.
    pub fn new(services: Vec<Deployment>) -> Self {
        Self { services, parallel: None, stop: true }
    }

    /// All that can be told to be wrong without asking AWS.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.services.is_empty() {
            return Err(Error::invalid("services", "empty: nothing would be deployed; give at least one service"));
        }
        if self.parallel == Some(0) {
            return Err(Error::invalid("parallel", "0 begins none: give 1 or more, or leave it away"));
        }
        for (at, deployment) in self.services.iter().enumerate() {
            deployment.check().map_err(|error| error.within(&format!("services[{at}]")))?;
            let is_same =
                |other: &Deployment| other.service == deployment.service && other.cluster == deployment.cluster;
            if self.services[..at].iter().any(is_same) {
                let text =
                    format!("service {:?} is there twice: one of the two would end superseded", deployment.service);
                return Err(Error::invalid(format!("services[{at}].service"), text));
            }
        }
        Ok(())
    }
}

impl Watch {
    /// The newest deployment of `service` in `cluster`.
    pub fn new(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            cluster: cluster.into(),
            deployment: None,
            timeout: default_timeout(),
            failures: None,
            unset: Unset::default(),
        }
    }
}

impl Rollback {
    /// What ran in `service` of `cluster` before.
    pub fn new(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            cluster: cluster.into(),
            to: None,
            wait: true,
            timeout: default_timeout(),
            failures: None,
            unset: Unset::default(),
        }
    }
}

impl Resume {
    /// Whatever waits in `service` of `cluster`.
    pub fn new(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            cluster: cluster.into(),
            hook: None,
            wait: true,
            timeout: default_timeout(),
            unset: Unset::default(),
        }
    }
}

impl Deployment {
    /// A deployment of `service` in `cluster`, with every other option at its default.
    pub fn new(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            cluster: cluster.into(),
            definition: None,
            images: IndexMap::new(),
            containers: IndexMap::new(),
            patch: None,
            variables: None,
            settings: Map::new(),
            desired: None,
            force: false,
            pin: false,
            verify: true,
            wait: true,
            timeout: default_timeout(),
            unknown: Unknown::Refuse,
            recover: Recover::Leave,
            failures: None,
            codedeploy: None,
            before: Vec::new(),
            unset: Unset::default(),
        }
    }

    /// Reads the options from a document, as the bindings do.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an option is unknown, missing or of a wrong type; it names the option.
    pub fn from_value(options: Value) -> Result<Self, Error> {
        parse_options("options", options)
    }

    /// With a new image for a container: a whole reference, or `":tag"` / `"@sha256:…"`.
    #[must_use]
    pub fn image(mut self, container: impl Into<String>, image: impl Into<String>) -> Self {
        self.images.insert(container.into(), image.into());
        self
    }

    /// With a whole task definition instead of the one that the service runs.
    #[must_use]
    pub fn definition(mut self, definition: &TaskDefinition) -> Self {
        if let Value::Object(document) = definition.to_value() {
            self.definition = Some(Definition::Document(document));
        }
        self
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

/// Names only: values may be secrets.
impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("service", &self.service)
            .field("cluster", &self.cluster)
            .field("definition", &self.definition)
            .field("changes", &self.changes())
            .field("settings", &self.settings.keys().collect::<Vec<_>>())
            .field("desired", &self.desired)
            .field("force", &self.force)
            .field("before", &self.before)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
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

/// Told apart by hand: an untagged enum buffers numbers in a way that loses their spelling.
impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Name(name)),
            Value::Object(document) => Ok(Self::Document(document)),
            other => {
                let kind = crate::definition::kind(&other);
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
        assert!(read.verify && read.wait && !read.force && !read.pin && read.desired.is_none());
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
