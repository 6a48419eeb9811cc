//! Applies changes to a definition: existing entries change in place, new ones are added at the end, nothing else moves.

use serde_json::{Map, Value, json};

use super::changes::{Changes, ContainerChange, Entries, LoggingChange, check_variables};
use super::{names, text};
use crate::error::Error;
use crate::image::reference;
use crate::json::kind;

/// The name that means all entries.
const ALL: &str = "*";

/// Applies the patch, then the containers' changes, then images.
pub(crate) fn apply(document: &mut Map<String, Value>, changes: &Changes) -> Result<(), Error> {
    if let Some(patch) = &changes.patch {
        merge(document, patch);
        super::schema::TASK.strip_read_only(document);
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

/// Applies a JSON Merge Patch and keeps the order of members.
fn merge(document: &mut Map<String, Value>, patch: &Map<String, Value>) {
    remove_nulled(document, patch);
    let mut whole = Value::Object(std::mem::take(document));
    json_patch::merge(&mut whole, &Value::Object(patch.clone()));
    if let Value::Object(merged) = whole {
        *document = merged;
    }
}

/// Removes the members that the patch removes, in order: `json_patch` would move the last member into the gap.
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
    // ECS refuses a name that is both a variable and a secret; the one that is set now wins.
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
        return Err(Error::invalid(path, format!("logConfiguration is {}, not an object", kind(slot))));
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

/// Handles `*`, which means all entries: it can only remove them.
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
        return Err(Error::invalid(path, format!("{list} is {}, not a list", kind(slot))));
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

/// Removes from a list of `{name, …}` the names that were just set in the other list.
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
        return Err(Error::invalid(path, format!("{map} is {}, not an object", kind(slot))));
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
