//! Loads task definitions from files and texts; an error has the line and column. Fills in variables from the
//! environment.

use std::path::Path;
use std::str::FromStr;

use serde_json::Value;

use super::changes::Changes;
use super::schema::{Shape, TASK};
use super::{TaskDefinition, json, mistaken, yaml};
use crate::error::Error;
use crate::file;

impl TaskDefinition {
    /// Reads a file, JSON or YAML. A file that ends in `.yaml` or `.yml` is YAML; any other is JSON if it begins with `{` or `[`.
    /// It has at most 8 MiB, 100,000 values and 1,000 containers. A pipe is read to its end, for 60 seconds at most; a folder or
    /// device is refused.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the file's name, line and column where it cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes =
            file::read(path).map_err(|error| Error::invalid(&name, format!("the file cannot be read: {error}")))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::invalid(&name, mistaken::bytes(&bytes)))?;
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        Self::new(read(&name, text, is_yaml)?).map_err(|error| within(&name, error))
    }

    /// Returns the definition with changes applied; this one does not change.
    ///
    /// The patch comes first, then the containers' changes, then images, then variables: those given, and where one is not
    /// given the process's environment.
    ///
    /// # Errors
    /// [`Error::ContainerMissing`] where a change names a container that is not there, [`Error::Invalid`] where
    /// an image reference is malformed, a variable is not set or a patch leaves no valid document.
    pub fn render(&self, changes: &Changes) -> Result<Self, Error> {
        self.clone().into_rendered(changes)
    }

    /// [`TaskDefinition::render`] without a copy.
    ///
    /// # Errors
    /// Those of [`TaskDefinition::render`].
    pub fn into_rendered(self, changes: &Changes) -> Result<Self, Error> {
        self.rendered(changes, &|name| std::env::var(name).ok())
    }
}

/// JSON or YAML text.
impl FromStr for TaskDefinition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(read("task definition", text, false)?)
    }
}

/// Parses the text of a task definition. If it cannot be read, the error names what it seems to be instead.
fn read(name: &str, text: &str, is_yaml: bool) -> Result<Value, Error> {
    check_size(name, text)?;
    let text = text.trim_start_matches('\u{feff}');
    if let Some(what) = mistaken::text(text) {
        return Err(Error::invalid(name, what));
    }
    let is_yaml = is_yaml || !is_json(text);
    let document = if is_yaml { yaml::parse(name, text, &TASK) } else { json::parse(name, text) };
    document.map_err(|error| match (error, mistaken::hint(text)) {
        (Error::Invalid { text, path, findings }, Some(hint)) => {
            Error::Invalid { text: format!("{text}; {hint}"), path, findings }
        }
        (error, _) => error,
    })
}

/// Parses JSON or YAML text; `name` is its name in errors.
pub(crate) fn parse(name: &str, text: &str) -> Result<Value, Error> {
    check_size(name, text)?;
    let text = text.trim_start_matches('\u{feff}');
    if is_json(text) { json::parse(name, text) } else { yaml::parse(name, text, &Shape::Any) }
}

/// Whether a text is JSON rather than YAML, by its first character.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn check_size(name: &str, text: &str) -> Result<(), Error> {
    match text.len() > file::SIZE {
        true => Err(Error::invalid(name, format!("the text is larger than {} MiB", file::SIZE >> 20))),
        false => Ok(()),
    }
}

fn within(name: &str, error: Error) -> Error {
    match error {
        Error::Invalid { text, path, findings } => {
            Error::Invalid { text: format!("{name}: {text}"), path: path.or(Some(name.to_owned())), findings }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_names_line_and_column() {
        let error = "{\n  \"family\": oops\n}".parse::<TaskDefinition>().unwrap_err();
        assert!(error.to_string().contains("task definition:2:13: not JSON: expected value"), "{error}");
        let error = "family: api\ncontainerDefinitions: [a\nb: {".parse::<TaskDefinition>().unwrap_err();
        assert!(error.to_string().contains("task definition:3:"), "{error}");
    }

    #[test]
    fn numbers_leave_with_the_value_they_came_with() {
        let text = r#"{"containerDefinitions":[{"a":256.0,"b":1e+300,"c":18446744073709551615,"d":-0.0,"e":0.1}]}"#;
        let definition: TaskDefinition = text.parse().unwrap();
        assert_eq!(definition.to_value().to_string(), text);
        let error = text.replace("+300", "400").parse::<TaskDefinition>().unwrap_err().to_string();
        assert!(error.contains("task definition:1:41: this number cannot be kept exactly"), "{error}");
    }
}
