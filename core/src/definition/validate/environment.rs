//! Rules about environment variables, secrets and files of variables. No finding shows a value.

use serde_json::Value;

use super::{Container, Found, Task, get, is_set, list, repeated, text};
use crate::definition::path::Place;
use crate::redact::secrets;

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    secrets(container, found);
    environment(container, found);
    files(container, found);
    credentials(container, found);
    execution_role(task, container, found);
}

fn secrets(container: &Container, found: &mut Found) {
    let (secrets, place) = (list(container.get("secrets")), container.place());
    if secrets.is_empty() {
        return;
    }
    let place = place.member("secrets");
    let mut variables: Vec<_> =
        list(container.get("environment")).iter().filter_map(|entry| text(entry, "name")).collect();
    variables.sort_unstable();
    let repeats = repeated(secrets.iter().map(|secret| text(secret, "name")));
    for (at, secret) in secrets.iter().enumerate() {
        let (here, name) = (place.at(at), text(secret, "name"));
        match name {
            Some(name) if name.trim().is_empty() => {
                found.error("secret_name", &here.member("name"), "the secret has no name", "name its variable")
            }
            Some(name) if name.contains(['=', '\0']) => {
                let text = "the name of a secret's variable holds \"=\" or NUL";
                found.error("secret_name", &here.member("name"), text, "name the variable alone");
            }
            Some(name) if repeats.contains(&at) || variables.binary_search(&name).is_ok() => {
                let text = format!("{name} is set twice, as a variable and as a secret");
                found.error("secret_name", &here.member("name"), text, "keep one of the two entries");
            }
            _ => {}
        }
        source(secret, "valueFrom", &here, found);
    }
}

fn environment(container: &Container, found: &mut Found) {
    let (environment, place) = (list(container.get("environment")), container.place());
    let place = place.member("environment");
    let names: Vec<_> = environment.iter().map(|entry| get(entry, "name").filter(|name| !name.is_null())).collect();
    let named = |at: usize| names[at].and_then(Value::as_str);
    let repeats = repeated((0..names.len()).map(|at| named(at).filter(|name| !name.is_empty())));
    for (at, entry) in environment.iter().enumerate().filter(|(_, entry)| entry.is_object()) {
        let name = named(at).unwrap_or_default();
        if name.contains(['=', '\0']) {
            let text = "the name of an environment variable holds \"=\" or NUL";
            found.error("environment_name", &place.at(at).member("name"), text, "put what is behind it into value");
        } else if names[at].is_none() || names[at].and_then(Value::as_str).is_some_and(|name| name.trim().is_empty()) {
            let text = "an environment variable has no name";
            found.error("environment_name", &place.at(at).member("name"), text, "name it, or remove the entry");
        } else if repeats.binary_search(&at).is_ok() {
            let text = format!("{name} is set twice; which value wins is not defined");
            found.warning("environment_name", &place.at(at).member("name"), text, "keep one of the entries");
        }
        value(entry, name, &place.at(at), found);
        if let Some(why) = secrets::secret(name, text(entry, "value").unwrap_or_default()) {
            let text = format!("{name} {why}, in plain text for all who may describe the task definition");
            let advice = "keep it in Secrets Manager or SSM and name it in secrets";
            found.warning("plain_secret", &place.at(at).member("value"), text, advice);
        }
    }
}

/// A variable without a value. ECS takes the entry and drops the variable, so the container starts without it.
fn value(entry: &Value, name: &str, place: &Place, found: &mut Found) {
    if is_set(get(entry, "valueFrom")) {
        let text = format!("{name} has valueFrom, which ECS ignores in environment");
        found.error("environment_value", &place.member("valueFrom"), text, "move the entry to secrets");
    } else if get(entry, "value").is_none_or(Value::is_null) {
        // Not an error: ECS registers it, and tools that render optional variables write such entries.
        let text = format!("{name} has no value, so ECS drops it: the container starts without it");
        let advice = "give it a value (\"\" is one), or remove the entry";
        found.warning("environment_value", &place.member("value"), text, advice);
    }
}

fn files(container: &Container, found: &mut Found) {
    let place = container.place();
    let place = place.member("environmentFiles");
    for (at, file) in list(container.get("environmentFiles")).iter().enumerate() {
        let Some(value) = text(file, "value") else { continue };
        let object = arn(value).filter(|arn| arn.service == "s3").map(|arn| arn.resource);
        let is_object = object
            .and_then(|object| object.split_once('/'))
            .is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty());
        let advice = "use arn:aws:s3:::BUCKET/FILE.env";
        if !is_object {
            let text = format!("{value:?} is not the ARN of an S3 object");
            found.error("environment_file", &place.at(at).member("value"), text, advice);
        } else if !value.ends_with(".env") {
            let text = format!("{value:?} does not end in .env");
            found.error("environment_file", &place.at(at).member("value"), text, advice);
        }
    }
}

fn credentials(container: &Container, found: &mut Found) {
    let parameter = container.get("repositoryCredentials").and_then(|c| text(c, "credentialsParameter"));
    let is_secret = |arn: Arn| arn.service == "secretsmanager" && arn.resource.starts_with("secret:");
    // A name is taken too, in the task's region.
    if parameter.is_some_and(|text| text.is_empty() || (text.starts_with("arn:") && !arn(text).is_some_and(is_secret)))
    {
        let place = container.place();
        let place = place.member("repositoryCredentials");
        let text = "credentialsParameter is neither the ARN nor the name of a secret";
        let advice = "use arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX";
        found.error("secret_source", &place.member("credentialsParameter"), text, advice);
    }
}

/// Members that need the execution role; without it the registration or the task's start fails.
fn execution_role(task: &Task, container: &Container, found: &mut Found) {
    if task.has_execution_role {
        return;
    }
    let place = container.place();
    for (member, what) in [
        ("secrets", "secrets need"),
        ("environmentFiles", "environment files need"),
        ("repositoryCredentials", "credentials of a registry need"),
    ] {
        if is_set(container.get(member)) {
            let text = format!("{what} an execution role to be read with");
            found.error("execution_role", &place.member(member), text, "set executionRoleArn at the task level");
        }
    }
}

/// An ARN in parts: `arn:partition:service:region:account:resource`.
struct Arn<'a> {
    service: &'a str,
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

fn arn(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") || !parts.next()?.starts_with("aws") {
        return None;
    }
    Some(Arn { service: parts.next()?, region: parts.next()?, account: parts.next()?, resource: parts.next()? })
}

/// Checks where a secret's value is read from. ECS reads it only when a task starts.
pub(crate) fn source(secret: &Value, member: &str, place: &Place, found: &mut Found) {
    let Some(from) = text(secret, member) else { return };
    let place = place.member(member);
    let advice = "use a secret's full ARN, a parameter's ARN, or the name of a parameter in the task's region";
    match bad_source(from) {
        Some((true, why)) => found.error("secret_source", &place, why, advice),
        Some((false, why)) => found.warning("secret_source", &place, why, advice),
        None => {}
    }
}

/// Whether it is an error, and why. The text itself is not shown: it may be the secret's value.
fn bad_source(from: &str) -> Option<(bool, &'static str)> {
    if from.contains("${") {
        return Some((
            true,
            "valueFrom holds a variable that is not filled in: fill in ${…}, or give the option `variables`",
        ));
    }
    if crate::options::unset::is_word(from) {
        return Some((true, "valueFrom is what a variable that is not set gives"));
    }
    let is_name_letter = |b: u8| b.is_ascii_alphanumeric() || b"_.-/:".contains(&b);
    if !from.starts_with("arn:") {
        let is_name = (1..=2048).contains(&from.len()) && from.bytes().all(is_name_letter);
        if !is_name {
            return Some((true, "valueFrom is neither an ARN nor the name of an SSM parameter"));
        }
        let why = "valueFrom looks like the secret itself, and ECS takes it for the name of an SSM parameter";
        return secrets::is_plain_secret(from).then_some((false, why));
    }
    let Some(arn) = arn(from).filter(|arn| !arn.region.is_empty() && !arn.account.is_empty()) else {
        return Some((true, "valueFrom is not a whole ARN: arn:PARTITION:SERVICE:REGION:ACCOUNT:…"));
    };
    let has_account = arn.account.len() == 12 && arn.account.bytes().all(|b| b.is_ascii_digit());
    match arn.service {
        // ECS registers a placeholder, as AWS's own examples have it.
        "ssm" | "secretsmanager" if !has_account => {
            Some((false, "the account in valueFrom is not of 12 digits: is it a placeholder?"))
        }
        "ssm" if arn.resource.strip_prefix("parameter/").is_some_and(|name| !name.is_empty()) => None,
        "ssm" => Some((true, "valueFrom is an ARN of SSM, but not of a parameter (parameter/NAME)")),
        "secretsmanager" => bad_secret(arn.resource),
        _ => Some((true, "valueFrom is an ARN of neither Secrets Manager nor SSM")),
    }
}

/// `secret:NAME-XXXXXX`, or that with `:json-key:version-stage:version-id`, in which all colons are kept.
fn bad_secret(resource: &str) -> Option<(bool, &'static str)> {
    let Some(rest) = resource.strip_prefix("secret:") else {
        return Some((true, "valueFrom is an ARN of Secrets Manager, but not of a secret (secret:NAME-SUFFIX)"));
    };
    let mut parts = rest.split(':');
    let name = parts.next().unwrap_or_default();
    if name.is_empty() || !matches!(parts.count(), 0 | 3) {
        return Some((true, "write :json-key:version-stage:version-id after the secret's name, with all three colons"));
    }
    let has_suffix = name.rsplit_once('-').is_some_and(|(name, suffix)| {
        !name.is_empty() && suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    (!has_suffix).then_some((false, "valueFrom seems to lack the six characters that end a secret's full ARN"))
}

#[cfg(test)]
mod tests;
