//! The task definition as a JSON document, in the form that can be registered.
//!
//! Members that this version does not know pass through unchanged: AWS may have added them.

pub(crate) mod changes;
pub(crate) mod diff_text;
pub(crate) mod displaced;
pub(crate) mod dotenv;
pub(crate) mod json;
pub(crate) mod load;
pub(crate) mod mistaken;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod render;
pub(crate) mod schema;
pub(crate) mod tfstate;
pub(crate) mod validate;
pub(crate) mod variables;
pub(crate) mod yaml;

use std::fmt;

use indexmap::IndexMap;
use serde_json::{Map, Value};

pub use crate::error::finding::Change;
pub use crate::error::finding::{Finding, Level};
pub use crate::options::source::{Source, Variable};
pub use dotenv::dotenv;
pub(crate) use load::parse;
pub(crate) use validate::availability::ServiceFacts;
pub(crate) use validate::service::service_findings;

use crate::error::Error;
use crate::json::{kind, word as text};
use changes::Changes;
use schema::TASK;

/// The most values a document may have: they take a few hundred bytes of memory each.
const VALUES: usize = 100_000;
const TOO_MANY: &str = "more than 100000 values";
/// Why a number is refused (see [`crate::json`]). It is not repeated: it may be a secret.
const INEXACT: &str =
    "this number cannot be kept exactly in 64 bits: write it with fewer digits, or as a text in quotes";
/// The most containers a document may have: a hundred times what ECS takes.
const CONTAINERS: usize = 1000;

/// An ECS task definition in the form that can be registered.
///
/// It is a JSON document from end to end: members unknown to this library, the order of members and the values of numbers stay
/// as they came. A number that 64 bits cannot hold exactly is refused with its place; a number may get another spelling (`1.10`
/// becomes `1.1`). The members that only ECS writes (`revision`, `status` and the like) are
/// left out, and `tags` beside a described definition are taken in, except AWS's own.
#[derive(Clone, PartialEq)]
pub struct TaskDefinition {
    document: Map<String, Value>,
}

/// Looks up a variable that the changes do not give.
type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl TaskDefinition {
    /// Makes a definition from a document: a task definition, or the answer of DescribeTaskDefinition with one in it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it is no object or has no containers.
    pub fn new(document: Value) -> Result<Self, Error> {
        if let Some(what) = mistaken::document(&document) {
            return Err(Error::invalid("task definition", what));
        }
        if Size::of(&document).values > VALUES {
            return Err(Error::invalid("task definition", TOO_MANY));
        }
        let is_answer = document.get("taskDefinition").is_some_and(Value::is_object);
        let mut document = unwrap(document)?;
        if is_answer || document.keys().any(|member| TASK.is_read_only(member)) {
            strip_described_tags(&mut document);
        }
        TASK.strip_read_only(&mut document);
        check_shape(&document)?;
        Ok(Self { document })
    }

    /// Applies changes, and fills in variables from those given and then from `lookup`.
    ///
    /// The patch comes first, then the containers' changes, then images, then variables.
    pub(crate) fn rendered(mut self, changes: &Changes, lookup: &Lookup<'_>) -> Result<Self, Error> {
        render::apply(&mut self.document, changes)?;
        check_shape(&self.document)?;
        let Some(variables) = &changes.variables else { return Ok(self) };
        if let Some((name, _)) = variables.iter().find(|(_, variable)| variable.text().is_none()) {
            let text = "it is looked up in AWS or a file, which the verbs alone do: give its text";
            return Err(Error::invalid(format!("variables.{name}"), text));
        }
        let given = |name: &str| variables.get(name).and_then(Variable::text).map(str::to_owned);
        let lookup = |name: &str| given(name).or_else(|| lookup(name));
        let mut document = Value::Object(self.document);
        variables::fill(&mut document, "", &lookup)?;
        Self::new(document)
    }

    /// Warnings about changes that are probably mistakes: a variable that replaces a secret of its name, or the reverse, and a
    /// patch that removes a misspelt member.
    pub(crate) fn displaced(&self, changes: &Changes) -> Vec<Finding> {
        let idle = changes.patch.as_ref().map(|patch| validate::idle_removals(&self.document, patch));
        displaced::displaced(&self.document, changes).into_iter().chain(idle.unwrap_or_default()).collect()
    }

    /// Finds all mistakes at once: what ECS would refuse (errors), and what it takes but is risky (warnings).
    pub fn validate(&self) -> Vec<Finding> {
        validate::findings(&self.document)
    }

    /// Finds members that are a misspelt known member: one letter wrong, or in another case. ECS would ignore them.
    ///
    /// They are errors, and among the findings of [`TaskDefinition::validate`] too.
    pub fn near_misses(&self) -> Vec<Finding> {
        validate::near_misses(&self.document)
    }

    /// [`TaskDefinition::validate`], and conflicts between this definition and a service's settings.
    ///
    /// `service` is an object with members of CreateService, UpdateService or DescribeServices. With the member
    /// `service` it is an UpdateService: there an absent member means that the service keeps what it has, elsewhere
    /// that it has nothing. Paths of findings about it begin with `/service`.
    pub fn validate_for(&self, service: &Value) -> Vec<Finding> {
        let mut findings = self.validate();
        match service {
            Value::Object(service) => findings.extend(service_findings(&self.document, service)),
            other => findings.push(Finding {
                level: Level::Error,
                rule: "type".to_owned(),
                path: "/service".to_owned(),
                text: format!("{} given, an object expected", kind(other)),
                advice: "give the service's settings as an object".to_owned(),
            }),
        }
        findings
    }

    /// Lists the changes from this definition to `other`. Defaults that ECS fills in are no change.
    pub fn diff(&self, other: &Self) -> Vec<Change> {
        schema::compare::changes(&TASK, &self.document, &other.document)
    }

    /// Shows the changes from this definition to `other` as unified text; empty if there are none.
    ///
    /// Values that look like secrets are replaced by numbers, the same number for the same value. `color`: whether to
    /// color it; `None`: color it if standard output is a terminal and `NO_COLOR` is not set.
    pub fn diff_text(&self, other: &Self, color: Option<bool>) -> String {
        diff_text::text(&self.document, &other.document, color)
    }

    /// Returns the definition as it is sent to ECS: without nulls, and without empty members that ECS refuses where absent
    /// is meant. [`TaskDefinition::validate`] names each text that is left out.
    #[must_use]
    pub fn registrable(&self) -> Self {
        Self { document: validate::registrable(&self.document) }
    }

    /// The document.
    pub fn to_value(&self) -> Value {
        Value::Object(self.document.clone())
    }

    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.document
    }

    /// The document, without a copy.
    pub fn into_value(self) -> Value {
        Value::Object(self.document)
    }

    /// The document as indented JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.document).unwrap_or_default()
    }

    /// The family's name.
    pub fn family(&self) -> Option<&str> {
        self.document.get("family")?.as_str()
    }

    /// The images by container.
    pub(crate) fn images(&self) -> IndexMap<String, String> {
        let own = |container: &Value, name: &str| text(container, name).map(str::to_owned);
        containers(&self.document).iter().filter_map(|one| own(one, "name").zip(own(one, "image"))).collect()
    }

    fn container_names(&self) -> Vec<String> {
        names(containers(&self.document))
    }
}

impl fmt::Display for TaskDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// Names only: environment values may be secrets.
impl fmt::Debug for TaskDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskDefinition")
            .field("family", &self.family())
            .field("containers", &self.container_names())
            .finish_non_exhaustive()
    }
}

/// Removes tags that ECS describes but does not take: AWS's own (`aws:`), and an empty list.
fn strip_described_tags(document: &mut Map<String, Value>) {
    let Some(Value::Array(tags)) = document.get_mut("tags") else { return };
    tags.retain(|tag| !text(tag, "key").is_some_and(is_own_tag));
    if tags.is_empty() {
        document.shift_remove("tags");
    }
}

/// Whether a tag's key is one that only AWS may give.
fn is_own_tag(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// Takes the definition out of `{"taskDefinition": …, "tags": …}`.
fn unwrap(document: Value) -> Result<Map<String, Value>, Error> {
    let Value::Object(mut outer) = document else {
        return Err(Error::invalid("task definition", format!("{} given, an object expected", kind(&document))));
    };
    match outer.get("taskDefinition") {
        Some(Value::Object(_)) if !outer.contains_key("containerDefinitions") => {}
        _ => return Ok(outer),
    }
    let Some(Value::Object(mut inner)) = outer.shift_remove("taskDefinition") else { return Ok(outer) };
    if let Some(tags) = outer.shift_remove("tags").filter(|tags| !tags.is_null()) {
        inner.entry("tags").or_insert(tags);
    }
    if let Some((stray, _)) = outer.into_iter().find(|(member, _)| inner.contains_key(member)) {
        let text = "it is given both inside `taskDefinition` and outside: remove the one outside";
        return Err(Error::invalid(format!("/{stray}"), text));
    }
    Ok(inner)
}

fn check_shape(document: &Map<String, Value>) -> Result<(), Error> {
    let path = "/containerDefinitions";
    let Some(value) = document.get("containerDefinitions") else {
        return Err(Error::invalid(path, "missing: a task definition needs a list of containers"));
    };
    let Some(list) = value.as_array() else {
        return Err(Error::invalid(path, format!("{} given, a list of containers expected", kind(value))));
    };
    if list.is_empty() {
        return Err(Error::invalid(path, "empty: a task definition needs at least one container"));
    }
    if list.len() > CONTAINERS {
        return Err(Error::invalid(path, format!("{} containers: ECS takes 10", list.len())));
    }
    match list.iter().enumerate().find(|(_, container)| !container.is_object()) {
        Some((at, other)) => {
            Err(Error::invalid(format!("{path}/{at}"), format!("{} given, an object expected", kind(other))))
        }
        None => Ok(()),
    }
}

fn containers(document: &Map<String, Value>) -> &[Value] {
    document.get("containerDefinitions").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn names(containers: &[Value]) -> Vec<String> {
    containers.iter().filter_map(|container| text(container, "name").map(str::to_owned)).collect()
}

/// The size of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Size {
    values: usize,
    /// The bytes of its texts.
    bytes: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let mut size = Self { values: 1, bytes: 0 };
        match value {
            Value::Array(list) => list.iter().for_each(|inner| size.add(Self::of(inner))),
            Value::Object(map) => map.iter().for_each(|(name, inner)| {
                size.bytes += name.len();
                size.add(Self::of(inner));
            }),
            Value::String(text) => size.bytes = text.len(),
            _ => {}
        }
        size
    }

    fn add(&mut self, other: Self) {
        self.values += other.values;
        self.bytes += other.bytes;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_described_definition_is_unwrapped_and_made_registrable() {
        let answer = json!({
            "taskDefinition": {
                "taskDefinitionArn": "arn", "revision": 7, "status": "ACTIVE", "family": "api",
                "containerDefinitions": [{"name": "api", "image": "app:1", "dockerLabels": {}, "new": {"b": 1, "a": 2}}],
                "requiresAttributes": [], "compatibilities": ["EC2"], "registeredAt": 1.5, "registeredBy": "me",
                "deregisteredAt": 2, "deleteRequestedAt": 3, "novelty": [null]
            },
            "tags": [{"key": "team", "value": ""}]
        });
        let expected = r#"{"family":"api","containerDefinitions":[{"name":"api","image":"app:1","dockerLabels":{},"new":{"b":1,"a":2}}],"novelty":[null],"tags":[{"key":"team","value":""}]}"#;
        assert_eq!(TaskDefinition::new(answer).unwrap().to_value().to_string(), expected);
    }

    #[test]
    fn tags_that_only_ecs_may_give_do_not_come_back() {
        let own = json!([{"key": "aws:cloudformation:stack-name", "value": "s"}, {"key": "AWS:x", "value": ""}]);
        let both = json!([{"key": "team", "value": "a"}, {"key": "aws:x", "value": ""}]);
        let team = json!([{"key": "team", "value": "a"}]);
        let containers = json!([{"name": "a", "image": "a:1"}]);
        for (tags, left) in [(json!([]), None), (json!(null), None), (own.clone(), None), (both, Some(team))] {
            // An answer of DescribeTaskDefinition, and one that somebody has unwrapped.
            for answer in [
                json!({"taskDefinition": {"family": "f", "containerDefinitions": containers}, "tags": tags}),
                json!({"family": "f", "revision": 3, "containerDefinitions": containers, "tags": tags}),
            ] {
                let definition = TaskDefinition::new(answer).unwrap().registrable().to_value();
                assert_eq!(definition.get("tags"), left.as_ref(), "{tags}");
            }
        }
        // Given by a person, they are an error.
        let written =
            TaskDefinition::new(json!({"family": "f", "containerDefinitions": containers, "tags": own})).unwrap();
        assert_eq!(written.validate().iter().filter(|finding| finding.rule == "tag").count(), 2);
    }

    #[test]
    fn what_is_no_definition_is_refused_with_its_place() {
        for (document, place) in [
            (json!([]), "task definition: a list"),
            (json!({}), "/containerDefinitions: missing"),
            (json!({"containerDefinitions": {}}), "/containerDefinitions: an object"),
            (json!({"containerDefinitions": []}), "/containerDefinitions: empty"),
            (
                json!({"containerDefinitions": vec![json!({}); CONTAINERS + 1]}),
                "/containerDefinitions: 1001 containers",
            ),
            (json!({"containerDefinitions": [{}], "a": vec![0; VALUES]}), "task definition: more than 100000 values"),
            (json!({"containerDefinitions": [{}, 1]}), "/containerDefinitions/1: a number"),
            (json!({"taskDefinition": {"cpu": "1"}, "cpu": "2"}), "/cpu: it is given both"),
        ] {
            let error = TaskDefinition::new(document).unwrap_err();
            assert_eq!(error.code(), "invalid");
            assert!(error.to_string().contains(place), "{error}");
        }
    }

    #[test]
    fn debug_tells_no_values() {
        let definition = TaskDefinition::new(json!({
            "family": "api", "containerDefinitions": [{"name": "api", "environment": [{"name": "KEY", "value": "hunter2"}]}]
        }));
        assert!(!format!("{definition:?}").contains("hunter2"));
    }
}
