//! Validates task definitions and services without calling AWS: all findings at once, each with its place and its remedy.
//!
//! The rules look at members they know by name and ignore everything else. A member of the wrong type is a finding
//! of [`shape`]; all other rules treat it as absent.

pub(crate) mod availability;
pub(crate) mod conflicts;
pub(crate) mod container;
pub(crate) mod dependencies;
pub(crate) mod deployment;
pub(crate) mod empties;
pub(crate) mod environment;
pub(crate) mod fargate;
pub(crate) mod image;
pub(crate) mod logging;
pub(crate) mod members;
pub(crate) mod placement;
pub(crate) mod ports;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod task;
pub(crate) mod volumes;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::containers;
pub(crate) use super::path::Place;
use super::schema::{self, check as shape};
use crate::error::finding::{Finding, Level};
use crate::json::{member as get, word as text};

/// All findings: those of the task first, then container by container, then those between containers.
pub(crate) fn findings(document: &Map<String, Value>) -> Vec<Finding> {
    // All rules but those of types and names check the document that would be sent.
    let sent = empties::without(&schema::TASK, document);
    let task = Task::read(&sent);
    let mut found = Found::default();
    shape::check_object(&schema::TASK, document, &Place::ROOT, &mut found);
    members::check_task(document, &mut found);
    task::check(&task, &mut found);
    fargate::check(&task, &mut found);
    volumes::check(&task, &mut found);
    for (container, given) in task.containers.iter().zip(containers(document)) {
        shape::check(&schema::CONTAINER, given, &container.place(), &mut found);
        members::check_container(given, &container.place(), &mut found);
        container::check(&task, container, &mut found);
        fargate::check_container(&task, container, &mut found);
        environment::check(&task, container, &mut found);
        dependencies::check(&task, container, &mut found);
        ports::check(&task, container, &mut found);
        logging::check(&task, container, &mut found);
        volumes::check_mounts(&task, container, &mut found);
    }
    dependencies::check_cycles(&task, &mut found);
    conflicts::check(&task, &mut found);
    logging::check_router(&task, &mut found);
    found.0
}

/// The document as ECS takes it; see [`empties`].
pub(crate) fn registrable(document: &Map<String, Value>) -> Map<String, Value> {
    empties::sent(&schema::TASK, document)
}

/// The misspelt members of a task definition, all of them errors.
pub(crate) fn near_misses(document: &Map<String, Value>) -> Vec<Finding> {
    members::near_misses(document)
}

/// Removals in a patch of a member that is not there, if ECS has no member of that name.
pub(crate) fn idle_removals(document: &Map<String, Value>, patch: &Map<String, Value>) -> Vec<Finding> {
    members::idle_removals(document, patch)
}

#[derive(Default)]
pub(crate) struct Found(Vec<Finding>);

impl Found {
    pub(crate) fn error(&mut self, rule: &str, place: &Place, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Error, rule, place, text, advice);
    }

    pub(crate) fn warning(&mut self, rule: &str, place: &Place, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Warning, rule, place, text, advice);
    }

    pub(crate) fn push(
        &mut self,
        level: Level,
        rule: &str,
        place: &Place,
        text: impl Into<String>,
        advice: impl Into<String>,
    ) {
        let (text, advice) = (text.into(), advice.into());
        self.0.push(Finding { level, rule: rule.to_owned(), path: place.to_string(), text, advice });
    }
}

/// The facts about a task definition that several rules use.
pub(crate) struct Task<'a> {
    document: &'a Map<String, Value>,
    containers: Vec<Container<'a>>,
    /// The first container of each name.
    named: HashMap<&'a str, usize>,
    /// Whether it may run on Fargate, alone or among other launch types. Fargate's rules hold in both cases.
    is_fargate: bool,
    is_windows: bool,
    /// Whether it may be for Windows: by default it is for any system on EC2, and for Linux on Fargate.
    may_be_windows: bool,
    /// `bridge` where none is given.
    network: &'a str,
    has_execution_role: bool,
}

pub(crate) struct Container<'a> {
    at: usize,
    value: &'a Value,
    name: Option<&'a str>,
    /// Default: true.
    is_essential: bool,
}

impl<'a> Task<'a> {
    fn read(document: &'a Map<String, Value>) -> Self {
        let member = |name| document.get(name).and_then(Value::as_str);
        let containers: Vec<_> = containers(document).iter().enumerate().map(Container::read).collect();
        let mut named = HashMap::with_capacity(containers.len());
        for container in &containers {
            if let Some(name) = container.name {
                named.entry(name).or_insert(container.at);
            }
        }
        let system = document.get("runtimePlatform").and_then(|platform| text(platform, "operatingSystemFamily"));
        let is_fargate = list(document.get("requiresCompatibilities")).iter().any(|entry| entry == "FARGATE");
        let is_windows = system.is_some_and(|system| system.starts_with("WINDOWS"));
        Self {
            document,
            containers,
            named,
            is_fargate,
            is_windows,
            may_be_windows: is_windows || (system.is_none() && !is_fargate),
            network: member("networkMode").unwrap_or("bridge"),
            has_execution_role: member("executionRoleArn").is_some_and(|role| !role.is_empty()),
        }
    }

    fn container(&self, name: &str) -> Option<&Container<'a>> {
        self.containers.get(*self.named.get(name)?)
    }
}

impl<'a> Container<'a> {
    fn read((at, value): (usize, &'a Value)) -> Self {
        Self {
            at,
            value,
            name: text(value, "name"),
            is_essential: get(value, "essential") != Some(&Value::Bool(false)),
        }
    }

    fn get(&self, member: &str) -> Option<&'a Value> {
        get(self.value, member)
    }

    fn place(&self) -> Place<'static> {
        Place::container(self.at)
    }

    /// Its name in messages.
    fn label(&self) -> String {
        self.name.map_or_else(|| format!("number {}", self.at), |name| format!("{name:?}"))
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number without a fraction, however it is spelt.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and within 2^53")]
        Some(number as i64)
    })
}

/// Whether a member has a value that is not empty. ECS describes absent members as empty lists and objects.
fn is_set(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(object)) => !object.is_empty(),
        Some(_) => true,
    }
}

/// Whether `text` can name a family, a container, a volume or a service.
fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

const NAME_ADVICE: &str = "use 1 to 255 letters, digits, hyphens and underscores";

/// The indexes of the entries that repeat an earlier one, in order; entries without a key are passed over.
fn repeated<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> Vec<usize> {
    let mut sorted: Vec<_> = keys.enumerate().filter_map(|(at, key)| Some((key?, at))).collect();
    sorted.sort_unstable();
    let mut repeats: Vec<_> = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
    repeats.sort_unstable();
    repeats
}

/// `a, b or c`.
pub(crate) fn choice<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} or {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests;
