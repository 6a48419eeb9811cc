//! Changes to a task definition, as options.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::options::define::options;
use crate::options::read::{given, parse_options};

/// A map that is merged by name: a text sets the entry, `null` removes it, and `"*": null` removes all that were there.
pub(crate) type Entries = IndexMap<String, Option<String>>;

options! {
    /// Changes to a task definition.
    pub struct Changes {
        use images;
        use containers;
        use patch;
        use variables;
    }
}

options! {
    /// Changes to one container. Maps merge by name: `null` removes an entry, and `"*": null` first removes all that were there.
    /// Lists replace.
    pub struct ContainerChange {
        /// A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository.
        #[serde(deserialize_with = "given")]
        pub image: Option<String>,
        /// Environment variables by name.
        pub environment: Entries,
        /// Secrets by the name of their variable: the ARN of the secret, or the name of an SSM parameter.
        pub secrets: Entries,
        /// ARNs of the environment files on S3, in order. They replace the files of the task definition.
        #[serde(deserialize_with = "given")]
        pub files: Option<Vec<String>>,
        /// Docker labels by name.
        pub labels: Entries,
        /// The container's log configuration.
        #[serde(deserialize_with = "given")]
        pub logging: Option<LoggingChange>,
        /// The command. It replaces the command of the task definition.
        #[serde(deserialize_with = "given")]
        pub command: Option<Vec<String>>,
        /// The entry point. It replaces the entry point of the task definition.
        #[serde(deserialize_with = "given")]
        pub entrypoint: Option<Vec<String>>,
        /// The user to run as: `user`, `user:group`, `uid` or `uid:gid`.
        #[serde(deserialize_with = "given")]
        pub user: Option<String>,
        /// CPU units reserved for the container.
        #[serde(deserialize_with = "given")]
        pub cpu: Option<u32>,
        /// The container's hard memory limit, in MiB.
        #[serde(deserialize_with = "given")]
        pub memory: Option<u32>,
        /// Members of the container's `healthCheck`, with ECS's names; `null` removes one.
        #[serde(deserialize_with = "given")]
        pub health: Option<Map<String, Value>>,
    }
}

options! {
    /// Changes to a container's log configuration.
    pub struct LoggingChange {
        /// The log driver, such as `awslogs`. Needed if the container has no log configuration yet.
        #[serde(deserialize_with = "given")]
        pub driver: Option<String>,
        /// Options of the driver by name.
        pub options: Entries,
        /// Options with secret values: the ARN of the secret, or the name of an SSM parameter.
        pub secrets: Entries,
    }
}

impl Changes {
    /// Reads the changes from a document, as the bindings do.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an option is unknown or of a wrong type; it names the option.
    pub fn from_value(options: Value) -> Result<Self, Error> {
        parse_options("options", options)
    }

    /// Whether there are no changes.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty() && self.containers.is_empty() && self.patch.is_none() && self.variables.is_none()
    }
}

/// Refuses variables that no process can have. The text after a `=` in a name may be a secret, and is not shown.
pub(crate) fn check_variables<'a>(
    path: &str,
    variables: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), Error> {
    for (name, value) in variables {
        let why = match name.split_once('=') {
            Some((before, _)) => format!("the name of a variable cannot hold \"=\": give {{{before:?}: value}}"),
            None if name.trim().is_empty() => "the name of a variable is empty".to_owned(),
            None if name.contains('\0') => "the name of a variable cannot hold NUL".to_owned(),
            None if value.contains('\0') => format!("the value of {name} holds NUL, which no variable can"),
            None => continue,
        };
        return Err(Error::invalid(path, why));
    }
    Ok(())
}
