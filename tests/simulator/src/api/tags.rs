//! Decides what can carry tags, and how they are merged by key.

use serde_json::{Value, json};

use super::{Answer, ApiError, Input};
use crate::model::Model;

fn tags_of<'a>(model: &'a mut Model, arn: &str) -> Result<&'a mut Vec<Value>, ApiError> {
    let missing = || ApiError::new("ResourceNotFoundException", "The specified resource could not be found.");
    if let Some(known) = model.clusters.iter_mut().find(|known| known.arn == arn) {
        return Ok(&mut known.tags);
    }
    if model.services.iter().any(|known| known.arn == arn) {
        let known = model.services.find_mut(|known| known.arn == arn);
        return known.map(|known| &mut known.tags).ok_or_else(missing);
    }
    let known = model.definitions.find_mut(|known| known.arn == arn);
    known.map(|known| &mut known.tags).ok_or_else(missing)
}

pub(super) fn tag(model: &mut Model, input: &Input<'_>) -> Answer {
    let added = input.list("tags")?.to_vec();
    let tags = tags_of(model, input.need("resourceArn")?)?;
    for tag in added {
        tags.retain(|known| known.get("key") != tag.get("key"));
        tags.push(tag);
    }
    Ok(json!({}))
}

pub(super) fn untag(model: &mut Model, input: &Input<'_>) -> Answer {
    let keys = input.texts("tagKeys")?;
    let named = |tag: &Value| tag.get("key").and_then(Value::as_str).is_some_and(|key| keys.contains(&key));
    tags_of(model, input.need("resourceArn")?)?.retain(|tag| !named(tag));
    Ok(json!({}))
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let tags = tags_of(model, input.need("resourceArn")?)?;
    Ok(json!({ "tags": tags }))
}
