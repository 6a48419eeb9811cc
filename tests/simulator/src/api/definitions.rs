//! Decides what task definitions answer.

use serde_json::{Value, json};

use super::input::paged;
use super::{Answer, ApiError, Input, invalid, object};
use crate::model::Model;
use crate::model::definition::Definition;

pub(super) fn register(model: &mut Model, input: &Input<'_>) -> Answer {
    let definition = model.register(input.members())?;
    Ok(show(definition, !definition.tags.is_empty()))
}

fn show(definition: &Definition, tags: bool) -> Value {
    let mut answer = object([("taskDefinition", Value::Object(definition.document.clone()))]);
    if tags {
        answer["tags"] = json!(definition.tags);
    }
    answer
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let tags = input.with_tags()?;
    let missing = || ApiError::new("ClientException", "Unable to describe task definition.");
    let definition = model.definition(input.need("taskDefinition")?).ok_or_else(missing)?;
    Ok(show(definition, tags))
}

pub(super) fn deregister(model: &mut Model, input: &Input<'_>) -> Answer {
    let reference = input.need("taskDefinition")?;
    if !reference.contains(':') {
        return Err(invalid(format!("Invalid revision number. Number: {reference}")));
    }
    let missing = || ApiError::new("ClientException", "The specified task definition does not exist.");
    let arn = model.definition(reference).ok_or_else(missing)?.arn.clone();
    let stamp = model.stamp(model.now);
    let found = model.definitions.find_mut(|known| known.arn == arn).ok_or_else(missing)?;
    found.document.insert("status".into(), json!("INACTIVE"));
    found.document.insert("deregisteredAt".into(), stamp);
    Ok(show(found, false))
}

fn has_status(definition: &Definition, status: &str) -> bool {
    definition.text("status") == Some(status)
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let status = input.text("status")?.unwrap_or("ACTIVE");
    let family = input.text("familyPrefix")?;
    let fits = |known: &&Definition| has_status(known, status) && family.is_none_or(|name| known.family == name);
    let mut found: Vec<&Definition> = model.definitions.iter().filter(fits).collect();
    found.sort_by(|a, b| (&a.family, a.revision).cmp(&(&b.family, b.revision)));
    if input.text("sort")? == Some("DESC") {
        found.reverse();
    }
    Ok(paged("taskDefinitionArns", input.page(found.iter().map(|known| json!(known.arn)).collect(), 100)?))
}

pub(super) fn families(model: &mut Model, input: &Input<'_>) -> Answer {
    let prefix = input.text("familyPrefix")?.unwrap_or_default();
    let status = input.text("status")?.unwrap_or("ALL");
    let active = |family: &str| model.definitions.iter().any(|known| known.family == family && known.active());
    let fits = |family: &str| match status {
        "ACTIVE" => active(family),
        "INACTIVE" => !active(family),
        _ => true,
    };
    let mut names: Vec<&str> = model.definitions.iter().map(|known| known.family.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|family| family.starts_with(prefix) && fits(family));
    Ok(paged("families", input.page(names.into_iter().map(|name| json!(name)).collect(), 100)?))
}
