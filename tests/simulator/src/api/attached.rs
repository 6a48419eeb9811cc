//! Decides what Amazon ECR answers about what is attached to an image: its referrers, and its managed signatures.

use serde_json::{Value, json};

use super::ecr::repository;
use super::{Answer, ApiError, Input, invalid, object};
use crate::model::Model;

/// The world's words about the image of a digest: those of the tag that was seen to name it, or of the digest itself.
fn said<'a>(model: &'a Model, base: &str, digest: &str, of: impl Fn(&'a str) -> Vec<Value>) -> Vec<Value> {
    let is_it = |pattern: &&&str| {
        let is_of_base = pattern.starts_with(&format!("{base}:")) || pattern.starts_with(&format!("{base}@"));
        is_of_base && (pattern.ends_with(digest) || model.images.digest(pattern, model.now) == digest)
    };
    let patterns = model.images.patterns();
    let named: Vec<&str> = patterns.iter().filter(is_it).copied().collect();
    named.into_iter().flat_map(of).collect()
}

pub(super) fn referrers(model: &mut Model, input: &Input<'_>) -> Answer {
    let (_, _, base) = repository(model, input)?;
    let digest = input.value("subjectId").and_then(|subject| subject["imageDigest"].as_str()).map(str::to_owned);
    let digest = digest.filter(|digest| digest.starts_with("sha256:"));
    let digest = digest.ok_or_else(|| invalid("Invalid parameter at 'subjectId' failed to satisfy constraint"))?;
    let filter = input.value("filter");
    let types: Vec<&str> = filter
        .and_then(|filter| filter["artifactTypes"].as_array())
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let status = filter.and_then(|filter| filter["artifactStatus"].as_str()).unwrap_or("ACTIVE");
    let size = input.count("maxResults")?.unwrap_or(50);
    if !(1..=50).contains(&size) {
        return Err(invalid(
            "Invalid parameter at 'maxResults' failed to satisfy constraint: 'must be between 1 and 50'",
        ));
    }
    let images = &model.images;
    let all = said(model, &base, &digest, |pattern| images.of(&json!({ "image": pattern })).referrers.clone());
    let shown = |(at, one): (usize, Value)| {
        let mut shown = json!({"digest": format!("sha256:{at:064x}"), "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "size": 1000, "artifactStatus": "ACTIVE"});
        one.as_object().into_iter().flatten().for_each(|(name, value)| shown[name] = value.clone());
        shown
    };
    let fits = |one: &Value| {
        let is_type = types.is_empty() || types.iter().any(|kind| one["artifactType"] == *kind);
        is_type && (status == "ANY" || one["artifactStatus"] == status)
    };
    let found: Vec<Value> = all.into_iter().enumerate().map(shown).filter(fits).collect();
    let offset = match input.text("nextToken")? {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| invalid("Invalid parameter at 'nextToken'"))?,
    };
    let end = offset.saturating_add(size as usize);
    let mut answer = object([("referrers", found.iter().skip(offset).take(size as usize).cloned().collect())]);
    if found.len() > end {
        answer["nextToken"] = json!(end.to_string());
    }
    Ok(answer)
}

pub(super) fn signings(model: &mut Model, input: &Input<'_>) -> Answer {
    let (account, name, base) = repository(model, input)?;
    let id = input.value("imageId").cloned().unwrap_or_default();
    let digest = match (id["imageDigest"].as_str(), id["imageTag"].as_str()) {
        (Some(digest), _) => digest.to_owned(),
        (None, Some(tag)) => model.images.digest(&format!("{base}:{tag}"), model.now),
        (None, None) => return Err(ApiError::new("InvalidParameterException", "Invalid parameter at 'imageId'")),
    };
    let images = &model.images;
    let all = said(model, &base, &digest, |pattern| images.of(&json!({ "image": pattern })).signings.clone());
    Ok(object([
        ("repositoryName", json!(name)),
        ("registryId", json!(account)),
        ("imageId", id),
        ("signingStatuses", Value::Array(all)),
    ]))
}
