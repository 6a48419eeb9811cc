//! What `run`, `register` and the tasks before a deployment are asked for.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::deployment::{Definition, Deployment, Unknown, default_cluster, default_timeout, yes};
use crate::definition::render::{ContainerChange, check_variables};
use crate::definition::schema::RUN;
use crate::error::Error;
use crate::options::read::Unset;

/// A task that runs to its end: what of it is special, beside the task definition that it runs.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OneOffTask {
    /// The command of one container, instead of its own: `container`'s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or
    /// the first essential one, for these two; and where none has another command, every essential container decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Variables of that container, beside or instead of those of the definition.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub environment: IndexMap<String, String>,
    /// AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may
    /// have 8192 characters.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub overrides: Map<String, Value>,
    /// Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and
    /// launch type are the service's, unless given.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    /// How many tasks, 1 to 10. Each must end well.
    #[serde(default = "one")]
    pub count: u32,
    /// Seconds after which it counts as failed.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count`
    /// not started. Otherwise they go on, and the error says which.
    #[serde(default)]
    pub stop: bool,
}

/// What `run` is asked for: a task that runs to its end, such as a migration.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The cluster: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The service that definition, network, launch type or capacity providers, and platform version are taken from, as far as
    /// they are not given: its name or ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Definition>,
    /// As for `deploy`. A definition that changes is registered, unless an equal revision is there.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub images: IndexMap<String, String>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub containers: IndexMap<String, ContainerChange>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Map<String, Value>>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<IndexMap<String, String>>,
    /// As for `deploy`.
    #[serde(default)]
    pub pin: bool,
    /// As for `deploy`.
    #[serde(default = "yes")]
    pub verify: bool,
    /// The command of one container, instead of its own: `container`'s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or
    /// the first essential one, for these two; and where none has another command, every essential container decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Variables of that container, beside or instead of those of the definition.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub environment: IndexMap<String, String>,
    /// AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may
    /// have 8192 characters.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub overrides: Map<String, Value>,
    /// Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and
    /// launch type are the service's, unless given.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    /// How many tasks, 1 to 10. Each must end well.
    #[serde(default = "one")]
    pub count: u32,
    /// An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means
    /// the same run: one that goes on or has ended well within about an hour is joined, and nothing is written; one that has
    /// failed is run again. One that ran another definition or with other overrides is an error that names what differs, as
    /// is a key that ends in nothing or in `None`, `undefined` or `null`. Default: a key of its own for each run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Follow it to its end. False ends once it is started.
    #[serde(default = "yes")]
    pub wait: bool,
    /// Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not
    /// come, the end is up to 20 seconds later.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count`
    /// not started. Otherwise they go on, and the error says which.
    #[serde(default)]
    pub stop: bool,
    /// Say what would be written, and write nothing.
    #[serde(default)]
    pub plan: bool,
    /// As for `deploy`.
    #[serde(default)]
    pub unknown: Unknown,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

/// What `register` is asked for: a revision of a task definition, and nothing that runs it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The cluster of `service`: its name or ARN.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The service whose definition is the base, where `definition` is not given: its name or ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Definition>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub images: IndexMap<String, String>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub containers: IndexMap<String, ContainerChange>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Map<String, Value>>,
    /// As for `deploy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<IndexMap<String, String>>,
    /// As for `deploy`.
    #[serde(default)]
    pub pin: bool,
    /// As for `deploy`.
    #[serde(default = "yes")]
    pub verify: bool,
    /// A new revision although an equal one is there.
    #[serde(default)]
    pub force: bool,
    /// Seconds from the start after which it is given up.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// Say what would be written, and write nothing.
    #[serde(default)]
    pub plan: bool,
    /// As for `deploy`.
    #[serde(default)]
    pub unknown: Unknown,
    /// What was given as `null` or empty, each a warning.
    #[doc(hidden)]
    #[serde(skip, default = "crate::options::read::unset")]
    pub unset: Unset,
}

fn one() -> u32 {
    1
}

impl Default for OneOffTask {
    fn default() -> Self {
        Self {
            command: None,
            container: None,
            environment: IndexMap::new(),
            overrides: Map::new(),
            settings: Map::new(),
            count: one(),
            timeout: default_timeout(),
            stop: false,
        }
    }
}

impl Run {
    /// A task of what `service` in `cluster` runs.
    pub fn of_service(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self { service: Some(service.into()), ..Self::new(cluster, None) }
    }

    /// A task of a definition that is registered: a family, `family:revision` or an ARN.
    pub fn of_definition(cluster: impl Into<String>, definition: impl Into<String>) -> Self {
        Self::new(cluster, Some(Definition::Name(definition.into())))
    }

    fn new(cluster: impl Into<String>, definition: Option<Definition>) -> Self {
        Self {
            cluster: cluster.into(),
            service: None,
            definition,
            images: IndexMap::new(),
            containers: IndexMap::new(),
            patch: None,
            variables: None,
            pin: false,
            verify: true,
            command: None,
            container: None,
            environment: IndexMap::new(),
            overrides: Map::new(),
            settings: Map::new(),
            count: one(),
            key: None,
            wait: true,
            timeout: default_timeout(),
            stop: false,
            plan: false,
            unknown: Unknown::Refuse,
            unset: Unset::default(),
        }
    }

    /// With another command, of the deciding container.
    #[must_use]
    pub fn command<T: Into<String>>(mut self, command: impl IntoIterator<Item = T>) -> Self {
        self.command = Some(command.into_iter().map(Into::into).collect());
        self
    }

    /// As what leads to a definition, and what runs it.
    pub(crate) fn split(self) -> (Deployment, OneOffTask) {
        let task = OneOffTask {
            command: self.command,
            container: self.container,
            environment: self.environment,
            overrides: self.overrides,
            settings: self.settings,
            count: self.count,
            timeout: self.timeout,
            stop: self.stop,
        };
        let deployment = Deployment {
            definition: self.definition,
            images: self.images,
            containers: self.containers,
            patch: self.patch,
            variables: self.variables,
            pin: self.pin,
            verify: self.verify,
            wait: self.wait,
            timeout: self.timeout,
            unknown: self.unknown,
            unset: self.unset,
            ..Deployment::new(self.cluster, self.service.unwrap_or_default())
        };
        (deployment, task)
    }
}

impl Register {
    /// As what leads to a definition.
    pub(crate) fn into_deployment(self) -> Deployment {
        Deployment {
            definition: self.definition,
            images: self.images,
            containers: self.containers,
            patch: self.patch,
            variables: self.variables,
            pin: self.pin,
            verify: self.verify,
            force: self.force,
            timeout: self.timeout,
            unknown: self.unknown,
            unset: self.unset,
            ..Deployment::new(self.cluster, self.service.unwrap_or_default())
        }
    }
}

impl OneOffTask {
    /// What can be told to be wrong without a definition. `place`: where it stands in what was asked, with a dot after it.
    pub(crate) fn check(&self, place: &str) -> Result<(), Error> {
        let wrong = |option: &str, text: &str| Err(Error::invalid(format!("{place}{option}"), text));
        if !(1..=10).contains(&self.count) {
            return wrong("count", "RunTask starts 1 to 10 tasks");
        }
        if !(self.timeout.is_finite() && self.timeout > 0.0) {
            return wrong("timeout", "give a number of seconds above 0");
        }
        if self.command.as_ref().is_some_and(Vec::is_empty) {
            return wrong("command", "empty: give the words of a command, or leave it away");
        }
        let variables = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        check_variables(&format!("{place}environment"), variables)?;
        let overridden = self.overrides.get("containerOverrides").and_then(Value::as_array).into_iter().flatten();
        for (at, container) in overridden.enumerate() {
            let entries = container.get("environment").and_then(Value::as_array).into_iter().flatten();
            let text = |entry: &'_ Value, member: &str| {
                entry.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let entries: Vec<_> = entries.map(|entry| (text(entry, "name"), text(entry, "value"))).collect();
            let variables = entries.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            check_variables(&format!("{place}overrides.containerOverrides[{at}].environment"), variables)?;
        }
        let own = RUN.names().filter(|member| self.settings.contains_key(*member));
        if let Some((member, option)) = own.filter_map(|member| Some((member, RUN.option(member)?))).next() {
            return wrong(&format!("settings.{member}"), &format!("has an option of its own: use `{option}`"));
        }
        if self.settings.contains_key("clientToken") {
            return wrong("settings.clientToken", "every order has a token of its own: use `key` to name a run");
        }
        let is_set =
            |member: &str| self.settings.get(member).is_some_and(|value| !value.is_null() && *value != json!([]));
        if is_set("launchType") && is_set("capacityProviderStrategy") {
            return wrong("settings", "launchType and capacityProviderStrategy exclude each other: leave one away");
        }
        Ok(())
    }
}

/// Refuses a key that ECS does not take as `startedBy`.
pub(crate) fn check_key(name: &str) -> Result<(), Error> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
    if name.is_empty() || name.len() > 128 || !name.bytes().all(is_legal) {
        let text = "give 1 to 128 letters, numbers, hyphens, underscores and forward slashes";
        return Err(Error::invalid("key", text));
    }
    match crate::options::unset::in_name(name) {
        Some(why) => {
            let text = format!(
                "{name:?} would be the key of every run that is started so, and join one that was another: {why}; {}",
                crate::options::unset::NOT_SET
            );
            Err(Error::invalid("key", text))
        }
        None => Ok(()),
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for OneOffTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneOff")
            .field("container", &self.container)
            .field("environment", &self.environment.keys().collect::<Vec<_>>())
            .field("overrides", &self.overrides.keys().collect::<Vec<_>>())
            .field("settings", &self.settings.keys().collect::<Vec<_>>())
            .field("count", &self.count)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (deployment, task) = self.clone().split();
        f.debug_struct("Run")
            .field("definition", &deployment)
            .field("task", &task)
            .field("key", &self.key)
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deployment = self.clone().into_deployment();
        f.debug_struct("Register").field("definition", &deployment).field("plan", &self.plan).finish_non_exhaustive()
    }
}
