//! The changes asked for, applied: existing entries change in place, new ones come last, nothing else moves.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{names, text};
use crate::error::Error;
use crate::image::reference;
use crate::options::read::{given, parse_options};
use crate::redact::word;

/// A map that is merged by name: a text sets the entry, `null` removes it, and `"*": null` removes all that were there.
pub(crate) type Entries = IndexMap<String, Option<String>>;

/// The name that stands for all entries.
const ALL: &str = "*";

/// Changes to a task definition.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository.
    pub images: IndexMap<String, String>,
    /// Changes by container.
    pub containers: IndexMap<String, ContainerChange>,
    /// A JSON Merge Patch (RFC 7396) over the whole document.
    pub patch: Option<Map<String, Value>>,
    /// Fills in `${NAME}` in every text of the document, from these and then from the environment; one that is not set is an
    /// error. `$${` stands for `${` itself. Not given: texts stay as they are.
    pub variables: Option<IndexMap<String, String>>,
}

/// Changes to one container. Maps merge by name, `null` removes, `"*": null` first removes all that were there; lists replace.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ContainerChange {
    /// A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub image: Option<String>,
    /// Environment variables by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub environment: Entries,
    /// Secrets by the name of their variable: the ARN, or the name of an SSM parameter, that holds the value.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: Entries,
    /// ARNs of the environment files on S3, in order. They replace those there are.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub files: Option<Vec<String>>,
    /// Docker labels by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub labels: Entries,
    /// Where the container's output goes.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub logging: Option<LoggingChange>,
    /// The command. It replaces the one there is.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub command: Option<Vec<String>>,
    /// The entry point. It replaces the one there is.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub entrypoint: Option<Vec<String>>,
    /// The user to run as: `user`, `user:group`, `uid` or `uid:gid`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub user: Option<String>,
    /// CPU units reserved for the container.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub cpu: Option<u32>,
    /// The container's hard memory limit, in MiB.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub memory: Option<u32>,
    /// Members of the container's `healthCheck`, in AWS's names; `null` removes one.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub health: Option<Map<String, Value>>,
}

/// Changes to a container's log configuration.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LoggingChange {
    /// The log driver, such as `awslogs`. Needed where the container has no log configuration yet.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub driver: Option<String>,
    /// Options of the driver by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub options: Entries,
    /// Options whose values are secrets: the ARN, or the name of an SSM parameter, that holds the value.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: Entries,
}

impl Changes {
    /// Reads the changes from a document, as the bindings do.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an option is unknown or of a wrong type; it names the option.
    pub fn from_value(options: Value) -> Result<Self, Error> {
        parse_options("options", options)
    }

    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty() && self.containers.is_empty() && self.patch.is_none() && self.variables.is_none()
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("images", &self.images.iter().map(|(name, image)| (name, word(image))).collect::<IndexMap<_, _>>())
            .field("containers", &self.containers)
            .field("patch", &self.patch.as_ref().map(|patch| patch.keys().collect::<Vec<_>>()))
            .finish_non_exhaustive()
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for ContainerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerChange")
            .field("image", &self.image.as_deref().map(word))
            .field("environment", &self.environment.keys().collect::<Vec<_>>())
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .field("labels", &self.labels.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for LoggingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggingChange")
            .field("driver", &self.driver)
            .field("options", &self.options.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Applies the patch, then the containers' changes, then images.
pub(crate) fn apply(document: &mut Map<String, Value>, changes: &Changes) -> Result<(), Error> {
    if let Some(patch) = &changes.patch {
        merge(document, patch);
        super::strip_read_only(document);
        super::check_shape(document)?;
    }
    for (name, change) in &changes.containers {
        let container = container(document, name)?;
        if change.image.is_some() && changes.images.contains_key(name) {
            let text = format!("the image of this container is also given as images.{name}: give it once");
            return Err(Error::invalid(format!("containers.{name}.image"), text));
        }
        apply_container(container, &format!("containers.{name}"), change)?;
    }
    for (name, image) in &changes.images {
        set_image(container(document, name)?, &format!("images.{name}"), image)?;
    }
    Ok(())
}

/// JSON Merge Patch that keeps the order of members.
fn merge(document: &mut Map<String, Value>, patch: &Map<String, Value>) {
    remove_nulled(document, patch);
    let mut whole = Value::Object(std::mem::take(document));
    json_patch::merge(&mut whole, &Value::Object(patch.clone()));
    if let Value::Object(merged) = whole {
        *document = merged;
    }
}

/// What the patch removes, removed in order: `json_patch` would put the last member in the gap.
fn remove_nulled(document: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (member, change) in patch {
        match (document.get_mut(member), change) {
            (Some(_), Value::Null) => drop(document.shift_remove(member)),
            (Some(Value::Object(inner)), Value::Object(change)) => remove_nulled(inner, change),
            _ => {}
        }
    }
}

fn container<'a>(document: &'a mut Map<String, Value>, name: &str) -> Result<&'a mut Map<String, Value>, Error> {
    let list =
        document.get_mut("containerDefinitions").and_then(Value::as_array_mut).map_or(&mut [][..], Vec::as_mut_slice);
    let is_it = |container: &Value| container["name"].as_str() == Some(name);
    let Some(at) = list.iter().position(is_it) else {
        return Err(Error::ContainerMissing { container: name.to_owned(), known: names(list), place: None });
    };
    list[at].as_object_mut().ok_or_else(|| Error::invalid(format!("/containerDefinitions/{at}"), "not an object"))
}

fn apply_container(container: &mut Map<String, Value>, path: &str, change: &ContainerChange) -> Result<(), Error> {
    if let Some(image) = &change.image {
        set_image(container, &format!("{path}.image"), image)?;
    }
    let both = change
        .environment
        .iter()
        .find(|(name, value)| value.is_some() && change.secrets.get(*name).is_some_and(Option::is_some));
    if let Some((name, _)) = both {
        return Err(Error::invalid(
            format!("{path}.secrets.{name}"),
            "this name is also set in environment: set it in one",
        ));
    }
    refuse_all(
        path,
        &[("environment", &change.environment), ("secrets", &change.secrets), ("labels", &change.labels)],
    )?;
    for (option, entries) in [("environment", &change.environment), ("secrets", &change.secrets)] {
        let values = entries.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or_default()));
        check_variables(&format!("{path}.{option}"), values)?;
    }
    merge_list(container, "environment", "value", &change.environment, path)?;
    merge_list(container, "secrets", "valueFrom", &change.secrets, path)?;
    // ECS refuses a name that is both; the one set now is the one that is meant.
    remove_set(container, "secrets", &change.environment);
    remove_set(container, "environment", &change.secrets);
    if let Some(files) = &change.files {
        let files = files.iter().map(|file| json!({"value": file, "type": "s3"})).collect();
        container.insert("environmentFiles".to_owned(), Value::Array(files));
    }
    merge_map(container, "dockerLabels", &change.labels, path)?;
    if let Some(logging) = &change.logging {
        apply_logging(container, &format!("{path}.logging"), logging)?;
    }
    let members = [
        ("command", change.command.as_ref().map(|list| json!(list))),
        ("entryPoint", change.entrypoint.as_ref().map(|list| json!(list))),
        ("user", change.user.as_ref().map(|user| json!(user))),
        ("cpu", change.cpu.map(|units| json!(units))),
        ("memory", change.memory.map(|mib| json!(mib))),
    ];
    for (member, value) in members {
        if let Some(value) = value {
            container.insert(member.to_owned(), value);
        }
    }
    if let Some(health) = &change.health {
        merge(container, &Map::from_iter([("healthCheck".to_owned(), Value::Object(health.clone()))]));
    }
    Ok(())
}

fn apply_logging(container: &mut Map<String, Value>, path: &str, change: &LoggingChange) -> Result<(), Error> {
    if container.get("logConfiguration").is_none_or(Value::is_null) {
        container.shift_remove("logConfiguration");
    }
    if !container.contains_key("logConfiguration") && change.driver.is_none() {
        return Err(Error::invalid(format!("{path}.driver"), "needed, as the container has no log configuration yet"));
    }
    let slot = container.entry("logConfiguration").or_insert_with(|| json!({}));
    let Value::Object(configuration) = slot else {
        return Err(Error::invalid(path, format!("logConfiguration is {}, not an object", super::kind(slot))));
    };
    if let Some(driver) = &change.driver {
        configuration.insert("logDriver".to_owned(), json!(driver));
    }
    refuse_all(path, &[("options", &change.options), ("secrets", &change.secrets)])?;
    merge_map(configuration, "options", &change.options, path)?;
    merge_list(configuration, "secretOptions", "valueFrom", &change.secrets, path)
}

fn set_image(container: &mut Map<String, Value>, path: &str, change: &str) -> Result<(), Error> {
    let current = container.get("image").and_then(Value::as_str);
    let image = reference::change(current, change).map_err(|text| Error::invalid(path, text))?;
    container.insert("image".to_owned(), Value::String(image));
    Ok(())
}

/// Refuses variables that no process can be given. What stands behind a `=` in a name may be a secret's value.
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

/// `*` stands for all entries that are there: it removes them, and sets nothing.
fn refuse_all(path: &str, options: &[(&str, &Entries)]) -> Result<(), Error> {
    match options.iter().find(|(_, entries)| entries.get(ALL).is_some_and(Option::is_some)) {
        Some((option, _)) => {
            let text = "there is no such name: with null it removes all that are there";
            Err(Error::invalid(format!("{path}.{option}.{ALL}"), text))
        }
        None => Ok(()),
    }
}

/// Merges into a list of `{name, <member>}` by name.
fn merge_list(
    owner: &mut Map<String, Value>,
    list: &str,
    member: &str,
    changes: &Entries,
    path: &str,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let slot = owner.entry(list).or_insert_with(|| json!([]));
    if slot.is_null() {
        *slot = json!([]);
    }
    let Value::Array(entries) = slot else {
        return Err(Error::invalid(path, format!("{list} is {}, not a list", super::kind(slot))));
    };
    if changes.get(ALL) == Some(&None) {
        entries.clear();
    }
    for (name, value) in changes.iter().filter(|(name, _)| *name != ALL) {
        let is_it = |entry: &Value| text(entry, "name") == Some(name);
        let Some(value) = value else {
            entries.retain(|entry| !is_it(entry));
            continue;
        };
        let mut is_there = false;
        for entry in entries.iter_mut().filter(|entry| is_it(entry)) {
            entry[member] = json!(value);
            is_there = true;
        }
        if !is_there {
            entries.push(json!({"name": name, member: value}));
        }
    }
    Ok(())
}

/// Removes from a list of `{name, …}` those that the other list has just been given.
fn remove_set(owner: &mut Map<String, Value>, list: &str, set: &Entries) {
    if set.is_empty() {
        return;
    }
    if let Some(Value::Array(entries)) = owner.get_mut(list) {
        let is_set = |entry: &Value| text(entry, "name").and_then(|name| set.get(name)).is_some_and(Option::is_some);
        entries.retain(|entry| !is_set(entry));
    }
}

/// Merges into a map of texts.
fn merge_map(owner: &mut Map<String, Value>, map: &str, changes: &Entries, path: &str) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let slot = owner.entry(map).or_insert_with(|| json!({}));
    if slot.is_null() {
        *slot = json!({});
    }
    let Value::Object(entries) = slot else {
        return Err(Error::invalid(path, format!("{map} is {}, not an object", super::kind(slot))));
    };
    if changes.get(ALL) == Some(&None) {
        entries.clear();
    }
    for (name, value) in changes.iter().filter(|(name, _)| *name != ALL) {
        match value {
            None => drop(entries.shift_remove(name)),
            Some(value) => drop(entries.insert(name.clone(), json!(value))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::TaskDefinition;
    use crate::error::finding::Level;

    fn definition() -> TaskDefinition {
        r#"{"family":"api","new":1,"containerDefinitions":[
            {"zz":0,"name":"api","image":"localhost:5000/app:1","environment":[{"name":"A","value":"1","x":2},{"name":"B","value":""}],
             "entryPoint":[""],"command":["sh","-c","","x"],"dockerLabels":{},"logConfiguration":{"logDriver":"awslogs","options":{"a":"1","b":"2","c":"3"}}},
            {"name":"redis","image":"redis"}],"volumes":[{"name":"v","host":{}}],"cpu":"256"}"#
            .parse()
            .unwrap()
    }

    fn render(changes: Value) -> Result<String, Error> {
        let changes: Changes = serde_json::from_value(changes).unwrap();
        definition().render(&changes).map(|rendered| rendered.to_value().to_string())
    }

    #[test]
    fn no_change_is_identity() {
        assert_eq!(render(json!({})).unwrap(), definition().to_value().to_string());
    }

    #[test]
    fn changes_land_in_place_and_new_entries_come_last() {
        let rendered = render(json!({
            "images": {"api": ":2", "redis": "redis:7"},
            "containers": {"api": {
                "environment": {"C": "a=b\n{\"x\":1} ü", "A": "9", "B": null},
                "labels": {"l": ""}, "logging": {"options": {"a": null, "d": "4=5"}}, "files": ["arn:aws:s3:::b/a.env"], "command": ["x", ""]
            }},
            "patch": {"cpu": "512", "new": null, "memory": "1024"}
        }));
        let expected = concat!(
            r#"{"family":"api","containerDefinitions":[{"zz":0,"name":"api","image":"localhost:5000/app:2","#,
            r#""environment":[{"name":"A","value":"9","x":2},{"name":"C","value":"a=b\n{\"x\":1} ü"}],"#,
            r#""entryPoint":[""],"command":["x",""],"dockerLabels":{"l":""},"#,
            r#""logConfiguration":{"logDriver":"awslogs","options":{"b":"2","c":"3","d":"4=5"}},"#,
            r#""environmentFiles":[{"value":"arn:aws:s3:::b/a.env","type":"s3"}]},"#,
            r#"{"name":"redis","image":"redis:7"}],"volumes":[{"name":"v","host":{}}],"cpu":"512","memory":"1024"}"#
        );
        assert_eq!(rendered.unwrap(), expected);
    }

    #[test]
    fn a_whole_map_is_replaced_and_a_name_is_variable_or_secret() {
        let changes = json!({"containers": {"api": {
            "environment": {"*": null, "NEW": ""}, "secrets": {"B": "/b"}, "labels": {"*": null}, "logging": {"options": {"*": null, "z": "9"}},
            "entrypoint": [""], "user": "1:1", "cpu": 0, "memory": 64, "health": {"command": ["CMD", "x"], "retries": null}
        }}});
        let rendered: Value = serde_json::from_str(&render(changes).unwrap()).unwrap();
        let expected = json!({"zz": 0, "name": "api", "image": "localhost:5000/app:1", "environment": [{"name": "NEW", "value": ""}],
            "entryPoint": [""], "command": ["sh", "-c", "", "x"], "dockerLabels": {}, "logConfiguration": {"logDriver": "awslogs", "options": {"z": "9"}},
            "secrets": [{"name": "B", "valueFrom": "/b"}], "user": "1:1", "cpu": 0, "memory": 64, "healthCheck": {"command": ["CMD", "x"]}});
        assert_eq!(rendered["containerDefinitions"][0].to_string(), expected.to_string());
        let changes = json!({"containers": {"api": {"secrets": {"A": "/a"}}}});
        let found = definition().displaced(&Changes::from_value(changes.clone()).unwrap());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].level), ("/containerDefinitions/0/environment/0", Level::Warning));
        let rendered: Value = serde_json::from_str(&render(changes).unwrap()).unwrap();
        assert_eq!(rendered["containerDefinitions"][0]["environment"], json!([{"name": "B", "value": ""}]));
    }

    #[test]
    fn wrong_changes_are_refused() {
        for (changes, text) in [
            (
                json!({"images": {"apo": ":2"}}),
                r#"no container "apo" in the task definition: it has "api" and "redis""#,
            ),
            (json!({"containers": {"x": {}}}), r#"no container "x""#),
            (json!({"images": {"api": "a b"}}), "images.api: \"a b\" is not an image reference"),
            (json!({"images": {"api": ":2"}, "containers": {"api": {"image": ":3"}}}), "give it once"),
            (json!({"containers": {"redis": {"logging": {"options": {"a": "b"}}}}}), "containers.redis.logging.driver"),
            (
                json!({"containers": {"api": {"environment": {"A": "1"}, "secrets": {"A": "/a"}}}}),
                "containers.api.secrets.A: this name is also set",
            ),
            (
                json!({"containers": {"api": {"environment": {"*": "1"}}}}),
                "containers.api.environment.*: there is no such name",
            ),
            (json!({"containers": {"api": {"secrets": {"*": "/a"}}}}), "containers.api.secrets.*: "),
            (json!({"containers": {"api": {"labels": {"*": ""}}}}), "containers.api.labels.*: "),
            (
                json!({"containers": {"api": {"logging": {"options": {"*": "1"}}}}}),
                "containers.api.logging.options.*: ",
            ),
            (
                json!({"containers": {"api": {"logging": {"secrets": {"*": "1"}}}}}),
                "containers.api.logging.secrets.*: ",
            ),
            (json!({"patch": {"containerDefinitions": null}}), "/containerDefinitions: missing"),
        ] {
            let error = render(changes).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
