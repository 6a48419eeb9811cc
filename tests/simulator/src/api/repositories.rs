//! Decides what Amazon ECR answers about repositories, the templates that make them, and the registry's settings.

use serde_json::{Value, json};

use super::{Answer, ApiError, Input, invalid, object};
use crate::model::Model;
use crate::model::ids::Place;
use crate::repositories::{Repository, missing, mutability};

/// ECR's pattern of names.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let ends = |end: Option<char>| end.is_some_and(|one| one.is_ascii_lowercase() || one.is_ascii_digit());
        let is_known = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || "._-".contains(one);
        ends(part.chars().next()) && ends(part.chars().last()) && part.chars().all(is_known)
    };
    (2..=256).contains(&name.len()) && name.split('/').all(is_part)
}

fn need_name<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    let name = input.need(member)?;
    match is_name(name) {
        true => Ok(name),
        false => Err(invalid(format!(
            "Invalid parameter at '{member}' failed to satisfy constraint: 'must satisfy regular expression \
             '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''"
        ))),
    }
}

fn not_there(name: &str) -> ApiError {
    ApiError::new("RepositoryNotFoundException", missing(name))
}

fn filters(input: &Input<'_>) -> Result<(String, Vec<String>), ApiError> {
    let filters = input.list("imageTagMutabilityExclusionFilters")?;
    mutability(input.value("imageTagMutability"), filters).map_err(invalid)
}

fn shown(model: &Model, name: &str, repository: &Repository) -> Value {
    let filter = |filter: &String| json!({"filterType": "WILDCARD", "filter": filter});
    json!({
        "repositoryArn": model.place.arn_of("ecr", &format!("repository/{name}")),
        "registryId": Place::ACCOUNT,
        "repositoryName": name,
        "repositoryUri": format!("{}.dkr.ecr.{}.amazonaws.com/{name}", Place::ACCOUNT, model.place.region),
        "createdAt": model.stamp(model.now),
        "imageTagMutability": repository.mutability,
        "imageTagMutabilityExclusionFilters": repository.filters.iter().map(filter).collect::<Value>(),
    })
}

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need_name(input, "repositoryName")?;
    let (mutability, filters) = filters(input)?;
    let repository = Repository { mutability, filters, ..Repository::default() };
    let is_new = model.registry().repositories.make(name, repository.clone());
    if !is_new {
        let text =
            format!("The repository with name '{name}' already exists in the registry with id '{}'", Place::ACCOUNT);
        return Err(ApiError::new("RepositoryAlreadyExistsException", text));
    }
    Ok(object([("repository", shown(model, name, &repository))]))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let mut names: Vec<String> = input.texts("repositoryNames")?.into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        names = model.registry().repositories.names();
    }
    let mut found = Vec::new();
    for name in names {
        let repository = model.registry().repositories.get(&name).cloned().ok_or_else(|| not_there(&name))?;
        found.push(shown(model, &name, &repository));
    }
    Ok(object([("repositories", Value::Array(found))]))
}

pub(super) fn lifecycle(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need_name(input, "repositoryName")?;
    let registry = model.registry();
    let repository = registry.repositories.get(name).ok_or_else(|| not_there(name))?;
    let text = format!("Lifecycle policy does not exist for the repository with name '{name}'");
    let policy = repository.lifecycle.clone().ok_or_else(|| ApiError::new("LifecyclePolicyNotFoundException", text))?;
    Ok(object([("repositoryName", json!(name)), ("lifecyclePolicyText", json!(policy))]))
}

pub(super) fn put_lifecycle(model: &mut Model, input: &Input<'_>) -> Answer {
    let (name, text) = (need_name(input, "repositoryName")?, input.need("lifecyclePolicyText")?);
    if serde_json::from_str::<Value>(text).ok().is_none_or(|policy| !policy["rules"].is_array()) {
        return Err(invalid(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure'",
        ));
    }
    let mut registry = model.registry();
    let repository = registry.repositories.get_mut(name).ok_or_else(|| not_there(name))?;
    repository.lifecycle = Some(text.to_owned());
    Ok(object([("repositoryName", json!(name)), ("lifecyclePolicyText", json!(text))]))
}

pub(super) fn create_template(model: &mut Model, input: &Input<'_>) -> Answer {
    let prefix = input.need("prefix")?;
    if prefix != "ROOT" && !is_name(prefix) {
        return Err(invalid("Invalid parameter at 'prefix' failed to satisfy constraint"));
    }
    let purposes = input.texts("appliedFor")?;
    let known = ["REPLICATION", "PULL_THROUGH_CACHE", "CREATE_ON_PUSH"];
    if purposes.is_empty() || !purposes.iter().all(|purpose| known.contains(purpose)) {
        return Err(invalid(format!(
            "Invalid parameter at 'appliedFor' failed to satisfy constraint: 'Member must satisfy enum value set: {}'",
            json!(known)
        )));
    }
    filters(input)?;
    if !model.registry().repositories.keep_template(prefix, input.members().clone()) {
        let text = format!("The repository creation template with prefix '{prefix}' already exists");
        return Err(ApiError::new("TemplateAlreadyExistsException", text));
    }
    let members = input.members().clone();
    Ok(object([("registryId", json!(Place::ACCOUNT)), ("repositoryCreationTemplate", Value::Object(members))]))
}

pub(super) fn templates(model: &mut Model, input: &Input<'_>) -> Answer {
    let wanted = input.texts("prefixes")?;
    let all = model.registry().repositories.templates();
    let is = |one: &Value| wanted.is_empty() || wanted.iter().any(|prefix| one["prefix"] == *prefix);
    let found: Vec<Value> = all.into_iter().filter(is).collect();
    Ok(object([("registryId", json!(Place::ACCOUNT)), ("repositoryCreationTemplates", Value::Array(found))]))
}

/// BLOB_MOUNTING alone means something here.
pub(super) fn put_setting(model: &mut Model, input: &Input<'_>) -> Answer {
    let (name, value) = (input.need("name")?, input.need("value")?);
    if name != "BLOB_MOUNTING" || !["ENABLED", "DISABLED"].contains(&value) {
        return Err(invalid(format!("Invalid account setting {name} or value {value}")));
    }
    model.registry().repositories.does_mount = value == "ENABLED";
    Ok(object([("name", json!(name)), ("value", json!(value))]))
}
