//! Decides what Amazon ECR answers about images, and that of one repository in each reference.

use serde_json::{Value, json};

use super::{Answer, ApiError, Input, object};
use crate::model::Model;
use crate::model::image::{Image, digest_of};
use crate::repositories::missing;

/// `AWS:` and a password, in Base64: what every caller logs in with.
pub(crate) const TOKEN: &str = "QVdTOnNpbXVsYXRlZC1wYXNzd29yZA==";
/// How long it is valid, in seconds.
const VALID: f64 = 43_200.0;

pub(super) fn token(model: &mut Model, _: &Input<'_>) -> Answer {
    let proxy = format!("https://{}", host(model, &model.place.account));
    let expires = model.stamp(model.now + VALID);
    let data = json!([{"authorizationToken": TOKEN, "expiresAt": expires, "proxyEndpoint": proxy}]);
    Ok(object([("authorizationData", data)]))
}

fn host(model: &Model, account: &str) -> String {
    let suffix = match model.place.region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    format!("{account}.dkr.ecr.{}.{suffix}", model.place.region)
}

/// The repository that is asked about: its registry's account, its name, and what references to it begin with.
pub(super) fn repository<'a>(model: &Model, input: &Input<'a>) -> Result<(String, &'a str, String), ApiError> {
    let account = input.text("registryId")?.unwrap_or(&model.place.account).to_owned();
    let name = input.need("repositoryName")?;
    if !model.registry().repositories.has(name) {
        return Err(ApiError::new("RepositoryNotFoundException", missing(name)));
    }
    let base = format!("{}/{name}", host(model, &account));
    Ok((account, name, base))
}

/// The tag or digest of an image id, and what a reference to it looks like.
fn asked(base: &str, id: &Value) -> Result<(String, bool), &'static str> {
    match (id["imageTag"].as_str(), id["imageDigest"].as_str()) {
        (_, Some(digest)) if !digest.starts_with("sha256:") => Err("InvalidImageDigest"),
        (_, Some(digest)) => Ok((format!("{base}@{digest}"), true)),
        (Some(tag), None) if tag.is_empty() || !tag.is_ascii() => Err("InvalidImageTag"),
        (Some(tag), None) => Ok((format!("{base}:{tag}"), false)),
        (None, None) => Err("MissingDigestAndTag"),
    }
}

/// The image of a reference. By its digest, it is the one that a tag of the repository was seen to name.
fn find(model: &mut Model, reference: &str) -> Option<(String, Image)> {
    let local = reference.split_once('/').map_or(reference, |(_, local)| local);
    if let Some((media, digest, manifest)) = model.registry().manifest(local) {
        return Some((digest, Image { media, manifest, config: None }));
    }
    if let Some((_, digest)) = reference.split_once('@') {
        // A digest names what a tag was seen to name, or what the world names by it.
        let is_named = model.images.patterns().contains(&reference);
        let named = || model.images.image(reference, model.now).filter(|_| is_named);
        return Some((digest.to_owned(), model.seen.get(digest).cloned().or_else(named)?));
    }
    let image = model.images.image(reference, model.now)?;
    let digest = image.digest();
    model.seen.insert(digest.clone(), image.clone());
    Some((digest, image))
}

fn ids(input: &Input<'_>) -> Result<Vec<Value>, ApiError> {
    let ids = input.list("imageIds")?.to_vec();
    match ids.len() > 100 {
        true => Err(super::invalid("imageIds can not have more than 100 elements.")),
        false => Ok(ids),
    }
}

pub(super) fn batch_get(model: &mut Model, input: &Input<'_>) -> Answer {
    let (account, name, base) = repository(model, input)?;
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for id in ids(input)? {
        let mut fail = |code: &str, reason: &str| {
            failures.push(json!({"imageId": id, "failureCode": code, "failureReason": reason}));
        };
        match asked(&base, &id) {
            Err(code) => fail(code, "The image id is not valid."),
            Ok((reference, _)) => match find(model, &reference) {
                None => fail("ImageNotFound", "Requested image not found"),
                Some((digest, image)) => {
                    let mut found = json!({"imageDigest": digest});
                    if let Some(tag) = id["imageTag"].as_str() {
                        found["imageTag"] = json!(tag);
                    }
                    images.push(json!({"registryId": account, "repositoryName": name, "imageId": found,
                        "imageManifest": image.manifest, "imageManifestMediaType": image.media}));
                }
            },
        }
    }
    Ok(object([("images", Value::Array(images)), ("failures", Value::Array(failures))]))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let (account, name, base) = repository(model, input)?;
    let wanted = input.value("filter").and_then(|filter| filter["imageStatus"].as_str()).unwrap_or("ACTIVE");
    if !["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"].contains(&wanted) {
        return Err(super::invalid(format!(
            "imageStatus must be one of ACTIVE, ARCHIVED, ACTIVATING and ANY: {wanted}"
        )));
    }
    let mut details = Vec::new();
    for id in ids(input)? {
        let missing = || {
            let text = format!(
                "The image with imageId {id} does not exist within the repository with name '{name}' in the \
                                registry with id '{account}'"
            );
            ApiError::new("ImageNotFoundException", text)
        };
        let (reference, _) = asked(&base, &id).map_err(super::invalid)?;
        let inactive = model.images.inactive(&reference, model.now);
        let (digest, image, status) = match inactive {
            Some((image, status)) => (image.digest(), image, status),
            None => find(model, &reference)
                .map(|(digest, image)| (digest, image, "ACTIVE".to_owned()))
                .ok_or_else(missing)?,
        };
        // Only images of the wanted status are found; of none is said, active ones are.
        if wanted != "ANY" && wanted != status {
            return Err(missing());
        }
        let tags: Vec<&Value> = id.get("imageTag").into_iter().collect();
        details.push(json!({"registryId": account, "repositoryName": name, "imageDigest": digest, "imageTags": tags,
            "imageSizeInBytes": 1_000_000, "imagePushedAt": model.stamp(0.0), "imageManifestMediaType": image.media,
            "imageStatus": status}));
    }
    Ok(object([("imageDetails", Value::Array(details))]))
}

/// The tags that the world names of the repository, and that are there.
pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let (_, _, base) = repository(model, input)?;
    let is_there = |tag: &&str| model.images.image(&format!("{base}:{tag}"), model.now).is_some();
    let patterns = model.images.patterns();
    let tags = patterns.iter().filter_map(|pattern| pattern.strip_prefix(&format!("{base}:")));
    let ids = tags.filter(|tag| !tag.contains('*')).filter(is_there);
    Ok(object([("imageIds", ids.map(|tag| json!({ "imageTag": tag })).collect())]))
}

/// Where the configuration of an image is to be had: in a registry that serves it, which the simulator is itself.
pub(super) fn layer(model: &mut Model, input: &Input<'_>) -> Answer {
    let digest = input.need("layerDigest")?;
    let configs = model.seen.values().filter_map(|image| image.config.as_deref());
    let config = configs.into_iter().find(|config| digest_of(config) == digest).map(str::to_owned);
    let Some(config) = config else {
        return Err(ApiError::new("LayersNotFoundException", format!("The layer {digest} is not in the repository.")));
    };
    let name = input.need("repositoryName")?;
    model.registry().keep(name, digest, config);
    let url = format!("{}/v2/{name}/blobs/{digest}", model.place.endpoint);
    Ok(object([("downloadUrl", json!(url)), ("layerDigest", json!(digest))]))
}

pub(super) fn cache_rules(_: &mut Model, _: &Input<'_>) -> Answer {
    Ok(object([("pullThroughCacheRules", json!([]))]))
}
