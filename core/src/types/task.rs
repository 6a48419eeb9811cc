//! Options of `run` and `register`, and of the tasks before a deployment.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::deployment::{Definition, Deployment, Unknown};
use crate::definition::changes::{ContainerChange, check_variables};
use crate::definition::schema::RUN;
use crate::error::Error;
use crate::options::define::{moved, options};
use crate::options::verify::Verify;

options! {
    /// A task that runs to its end: how it differs from the task definition that it runs.
    pub struct OneOffTask {
        use task;
        /// Seconds until it counts as failed.
        #[serde(default = "crate::options::define::default_timeout")]
        pub timeout: f64 = crate::options::define::default_timeout(),
    }
}

options! {
    /// Options of `run`: a task that runs to its end, such as a migration.
    pub struct Run {
        use cluster;
        /// The service whose task definition, network, launch type or capacity providers, and platform version are used if they
        /// are not given: its name or ARN.
        pub service: Option<String>,
        use definition;
        /// A task definition that changes is registered, unless an equal revision is there.
        use images;
        use containers;
        use patch;
        use variables;
        use pin;
        use verify;
        use task;
        /// An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means
        /// the same run: a run that goes on, or ended well within about an hour, is joined, and nothing is written; a run that
        /// failed is repeated. An error if that run had another definition or other overrides; it names what differs. An error
        /// if the key ends in nothing or in `None`, `undefined` or `null`. Default: a new key for each run.
        pub key: Option<String>,
        /// Wait until the tasks have ended. False: end once they are started.
        #[serde(default = "crate::options::define::yes")]
        pub wait: bool = true,
        use timeout;
        use plan;
        use unknown;
        use unset;
    }
}

options! {
    /// Options of `register`: makes a revision of a task definition, and runs nothing.
    pub struct Register {
        /// The cluster of `service`: its name or ARN.
        #[serde(default = "crate::options::define::default_cluster")]
        pub cluster: String = crate::options::define::default_cluster(),
        /// The service whose task definition is the base if `definition` is not given: its name or ARN.
        pub service: Option<String>,
        use definition;
        use images;
        use containers;
        use patch;
        use variables;
        use pin;
        use verify;
        /// Make a new revision although an equal one is there.
        pub force: bool,
        /// Seconds from the start until the call ends with `timed_out`.
        #[serde(default = "crate::options::define::default_timeout")]
        pub timeout: f64 = crate::options::define::default_timeout(),
        use plan;
        use unknown;
        use unset;
    }
}

impl Run {
    /// A task of what `service` in `cluster` runs.
    pub fn of_service(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self::default().cluster(cluster).service(service)
    }

    /// A task of a task definition: a family, `family:revision`, an ARN, or a document.
    pub fn of_definition(cluster: impl Into<String>, definition: impl Into<Definition>) -> Self {
        Self::default().cluster(cluster).definition(definition)
    }

    /// The options of the task definition, and those of the task.
    pub(crate) fn split(self) -> (Deployment, OneOffTask) {
        let task = moved!(self => OneOffTask {
            command, container, environment, overrides, settings, count, timeout, stop
        });
        let deployment = moved!(self => Deployment {
            definition, images, containers, patch, variables, pin, verify, wait, timeout, unknown, unset;
            ..Deployment::new(self.cluster, self.service.unwrap_or_default())
        });
        (deployment, task)
    }
}

impl Register {
    /// A revision of what `service` in `cluster` runs.
    pub fn of_service(cluster: impl Into<String>, service: impl Into<String>) -> Self {
        Self::default().cluster(cluster).service(service)
    }

    /// A revision of a task definition: a family, `family:revision`, an ARN, or a document.
    pub fn of_definition(definition: impl Into<Definition>) -> Self {
        Self::default().definition(definition)
    }

    /// The options of the task definition.
    pub(crate) fn into_deployment(self) -> Deployment {
        moved!(self => Deployment {
            definition, images, containers, patch, variables, pin, verify, force, timeout, unknown, unset;
            ..Deployment::new(self.cluster, self.service.unwrap_or_default())
        })
    }
}

impl OneOffTask {
    /// Checks the options without a task definition. `place`: its place in the request, with a dot at the end.
    pub(crate) fn check(&self, place: &str) -> Result<(), Error> {
        let wrong = |option: &str, text: &str| Err(Error::invalid(format!("{place}{option}"), text));
        if !(1..=10).contains(&self.count) {
            return wrong("count", "RunTask starts 1 to 10 tasks");
        }
        if !(self.timeout.is_finite() && self.timeout > 0.0) {
            return wrong("timeout", "give a number of seconds above 0");
        }
        if self.command.as_ref().is_some_and(Vec::is_empty) {
            return wrong("command", "empty: give the words of a command, or omit it");
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
            return wrong(&format!("settings.{member}"), &format!("is given by an option: use `{option}`"));
        }
        if self.settings.contains_key("clientToken") {
            return wrong("settings.clientToken", "each call has its own token: use `key` to name a run");
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
