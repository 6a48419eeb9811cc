//! Reads the document of a rollout, `rollout.yaml`, and says all that is wrong with it, each with line and column.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::definition::{self, TaskDefinition, place, variables};
use crate::error::Error;
use crate::file;
use crate::options::read::{parse_options, with_defaults};
use crate::types::deployment::Recover;
use crate::types::fleet::{DeployAll, FleetService};

/// Members of a service in which the service's own `variables` are filled in, and those of the document are not.
const OF_DEFINITION: [&str; 3] = ["definition", "containers", "patch"];

/// The options with the services of their file, checked.
pub(crate) fn resolve(asked: DeployAll) -> Result<DeployAll, Error> {
    let Some(path) = asked.file.clone() else {
        if !asked.variables.is_empty() {
            let text = "these fill in a `file`: give each service its `variables`";
            return Err(Error::invalid("variables", text));
        }
        return asked.check().map(|()| asked);
    };
    for (option, is_given) in [("services", !asked.services.is_empty()), ("defaults", !asked.defaults.is_empty())] {
        if is_given {
            return Err(Error::invalid(option, "`file` has them: leave one of the two away"));
        }
    }
    let document = Document::read(Path::new(&path))?;
    document.options(asked).map_err(|mistakes| {
        let placed = mistakes.into_iter().map(|error| document.placed(error)).collect();
        Error::together(placed).err().unwrap_or_else(Error::panicked)
    })
}

/// A document that has been read.
struct Document {
    name: String,
    folder: PathBuf,
    text: String,
    members: Map<String, Value>,
}

impl Document {
    fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let unreadable = |error| Error::invalid(&name, format!("the file cannot be read: {error}"));
        let bytes = file::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::invalid(&name, "the file is not UTF-8"))?;
        let Value::Object(members) = definition::parse(&name, &text)? else {
            return Err(Error::invalid(format!("{name}:1:1"), "a rollout is an object with `services`"));
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { name, folder, text, members })
    }

    /// The options in it, with those that are given beside it; or all that is wrong.
    fn options(&self, asked: DeployAll) -> Result<DeployAll, Vec<Error>> {
        let mut mistakes = Vec::new();
        let mut own = self.members.clone();
        let defaults = own.shift_remove("defaults").unwrap_or_else(|| json!({}));
        let services = own.shift_remove("services").unwrap_or_else(|| json!([]));
        if own.contains_key("file") {
            mistakes.push(Error::invalid("file", "a rollout's file names no other"));
        }
        let mut all = parse_options::<DeployAll>("options", Value::Object(own)).unwrap_or_else(|error| {
            mistakes.push(error);
            DeployAll::default()
        });
        all.variables.extend(asked.variables.clone());
        mistakes.extend(self.mistake_of_defaults(&defaults));
        let Value::Array(services) = services else {
            mistakes.push(Error::invalid("services", "a list is expected: write each service as `- service: NAME`"));
            return Err(mistakes);
        };
        for (at, service) in services.iter().enumerate() {
            match self.service(&with_defaults(&defaults, service), &all) {
                Ok(service) => all.services.push(service),
                Err(error) => {
                    mistakes.push(within(error, &format!("services[{at}]")));
                    // It keeps its number, and its name, so that those of the others are right.
                    all.services.push(stand_in(service));
                }
            }
        }
        let is_read = mistakes.is_empty();
        // What could not be read was said already.
        let known: Vec<String> = mistakes.iter().filter_map(path_of).collect();
        let is_news = |error: &Error| {
            is_read || path_of(error).is_none_or(|path| !known.iter().any(|known| is_of_same_service(&path, known)))
        };
        all.file = None;
        let all = beside(all, &asked);
        mistakes.extend(all.mistakes().into_iter().filter(is_news));
        if mistakes.is_empty() { Ok(DeployAll { variables: Default::default(), ..all }) } else { Err(mistakes) }
    }

    fn mistake_of_defaults(&self, defaults: &Value) -> Option<Error> {
        let Value::Object(members) = defaults else {
            return Some(Error::invalid("defaults", "an object of options is expected"));
        };
        if let Some(name) = ["service", "name", "needs"].into_iter().find(|name| members.contains_key(*name)) {
            return Some(Error::invalid(format!("defaults.{name}"), "each service has its own"));
        }
        let mut one = without_texts_to_fill(defaults);
        one["service"] = json!("service");
        parse_options::<FleetService>("options", one).err().map(|error| within(error, "defaults"))
    }

    /// A service with its variables filled in and its definition read.
    fn service(&self, given: &Value, all: &DeployAll) -> Result<FleetService, Error> {
        let mut given = given.clone();
        let lookup = |name: &str| all.variables.get(name).cloned().or_else(|| std::env::var(name).ok());
        for (name, member) in given.as_object_mut().into_iter().flatten() {
            if !OF_DEFINITION.contains(&name.as_str()) {
                variables::fill(member, name, &lookup)?;
            }
        }
        if let Some(name) = given.get("definition").and_then(Value::as_str).and_then(file_name) {
            given["definition"] = TaskDefinition::load(self.folder.join(name))?.into_value();
        }
        parse_options("options", given)
    }

    /// An error with the place in the file in front.
    fn placed(&self, error: Error) -> Error {
        let Error::Invalid { path: Some(path), text, findings } = error else { return error };
        // A file that the document names: its place is there.
        if !is_option(&path) {
            return Error::Invalid { path: Some(path), text, findings };
        }
        let position = place::find(&self.text, &self.path_in_text(&path), &text).unwrap_or((1, 1));
        let path = format!("{}:{}:{}", self.name, position.0, position.1);
        Error::Invalid { text: format!("{path}: {text}"), path: Some(path), findings }
    }

    /// Where an option stands: with its service, or with the defaults.
    fn path_in_text(&self, path: &str) -> String {
        let parts = path.strip_prefix("services[").and_then(|rest| rest.split_once(']'));
        let Some((number, rest)) = parts else { return path.to_owned() };
        let member = rest.trim_start_matches('.').split(['.', '[', '/']).next().unwrap_or_default();
        let is_own = |services: &Value| {
            let service = number.parse::<usize>().ok().and_then(|number| services.get(number));
            service.is_some_and(|service| service.get(member).is_some())
        };
        let is_default = self.members.get("defaults").is_some_and(|defaults| defaults.get(member).is_some());
        match is_default && !self.members.get("services").is_some_and(is_own) {
            true => format!("defaults{rest}"),
            false => path.to_owned(),
        }
    }
}

/// Options that are given beside a file count before it.
fn beside(of_file: DeployAll, asked: &DeployAll) -> DeployAll {
    DeployAll {
        parallel: asked.parallel.or(of_file.parallel),
        bake: asked.bake.or(of_file.bake),
        stop: asked.stop && of_file.stop,
        recover: if asked.recover == Recover::Rollback { Recover::Rollback } else { of_file.recover },
        ..of_file
    }
}

/// The name of a file in place of a family: a family has neither dots nor slashes.
fn file_name(text: &str) -> Option<&str> {
    match text.strip_prefix('@') {
        Some(name) => Some(name),
        None => (!text.starts_with("arn:") && !text.contains("${") && text.contains(['.', '/'])).then_some(text),
    }
}

/// The defaults without what is filled in for each service, so that the others can be checked.
fn without_texts_to_fill(value: &Value) -> Value {
    let mut value = value.clone();
    let is_open = |member: &Value| member.to_string().contains("${");
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, member| OF_DEFINITION.contains(&name.as_str()) || !is_open(member));
        members.retain(|name, member| {
            name != "definition" || member.as_str().is_none_or(|text| file_name(text).is_none())
        });
    }
    value
}

/// In place of a service that cannot be read.
fn stand_in(service: &Value) -> FleetService {
    let text = |name: &str| service.get(name).and_then(Value::as_str).map(str::to_owned);
    let one = FleetService::new("default", text("service").unwrap_or_default());
    match text("name") {
        Some(name) => one.name(name),
        None => one,
    }
}

/// An error about one of many: its place in front, in place of the word for the whole.
fn within(error: Error, place: &str) -> Error {
    match error {
        Error::Invalid { path: Some(path), text, findings } if path == "options" => {
            let text = format!("{place}{}", text.strip_prefix("options").unwrap_or(&text));
            Error::Invalid { path: Some(place.to_owned()), text, findings }
        }
        Error::Invalid { path: Some(path), text, findings } if !is_option(&path) => {
            Error::Invalid { path: Some(path), text, findings }
        }
        error => error.within(place),
    }
}

/// Whether a path is one of an option, and not the name of a file.
fn is_option(path: &str) -> bool {
    let first = path.split(['.', '[', '/', ':']).next().unwrap_or_default();
    !path.contains(':') && first.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn path_of(error: &Error) -> Option<String> {
    match error {
        Error::Invalid { path, .. } => path.clone(),
        _ => None,
    }
}

/// Whether two paths are about the same of the services.
fn is_of_same_service(one: &str, other: &str) -> bool {
    let service = |path: &str| path.split_once(']').map(|(service, _)| service.to_owned());
    service(one).is_some() && service(one) == service(other)
}

#[cfg(test)]
mod tests;
