//! Validates a target without calling AWS.

use serde_json::Value;

use super::targets::{HttpConnection, HttpTarget, NamedTarget, TaskTarget};
use crate::error::Error;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The first words of operations that only read, which Scheduler does not take.
const LOOKS: [&str; 5] = ["get", "describe", "list", "batchget", "head"];

pub(crate) fn check_target(named: &NamedTarget) -> Result<(), Error> {
    let given = [named.lambda.is_some(), named.task.is_some(), named.call.is_some(), named.http.is_some()];
    if given.iter().filter(|is_given| **is_given).count() != 1 {
        return Err(Error::invalid(
            "target",
            "give exactly one of lambda, task, call and http, or a document with Arn",
        ));
    }
    if named.input.is_some() && (named.task.is_some() || named.http.is_some()) {
        let instead = if named.task.is_some() { "task.overrides" } else { "http.body" };
        return Err(Error::invalid("target.input", format!("is for lambda and call: give `{instead}`")));
    }
    if let Some(function) = &named.lambda {
        arn("target.lambda", "lambda", function)?;
    }
    if let Some(call) = &named.call {
        operation(call)?;
    }
    named.task.as_ref().map_or(Ok(()), task)?;
    named.http.as_ref().map_or(Ok(()), http)
}

fn operation(call: &str) -> Result<(), Error> {
    let wrong = |text: String| Err(Error::invalid("target.call", text));
    let Some((service, action)) = call.split_once(':') else {
        return wrong(format!("{call:?}: give service:operation, such as ecs:updateService"));
    };
    let is_service =
        !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_action = !action.is_empty() && action.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_service || !is_action {
        return wrong(format!("{call:?}: give service:operation, such as ecs:updateService"));
    }
    let lower = action.to_lowercase();
    match LOOKS.iter().any(|look| lower.starts_with(look)) {
        true => wrong(format!("{call:?} only looks, and nobody would see what it shows: Scheduler does not take it")),
        false => Ok(()),
    }
}

fn task(task: &TaskTarget) -> Result<(), Error> {
    if task.cluster.is_empty() {
        return Err(Error::invalid("target.task.cluster", "empty: give a name or an ARN"));
    }
    if task.service.is_none() && task.definition.is_none() {
        return Err(Error::invalid("target.task.definition", "needed, unless `service` is given"));
    }
    if task.count.is_some_and(|count| !(1..=10).contains(&count)) {
        return Err(Error::invalid("target.task.count", "give 1 to 10"));
    }
    match (&task.container, &task.command) {
        (None, Some(_)) => Err(Error::invalid("target.task.container", "needed: which container is the command for?")),
        (Some(_), None) => {
            Err(Error::invalid("target.task.command", "needed beside `container`; other overrides go into `overrides`"))
        }
        _ => Ok(()),
    }
}

fn http(http: &HttpTarget) -> Result<(), Error> {
    if !http.url.starts_with("https://") || http.url.len() <= "https://".len() {
        return Err(Error::invalid(
            "target.http.url",
            "give an address with https://, which EventBridge can reach from outside",
        ));
    }
    if !METHODS.contains(&http.method.as_str()) {
        return Err(Error::invalid(
            "target.http.method",
            format!("{:?} is none of {}", http.method, METHODS.join(", ")),
        ));
    }
    if http.rate == Some(0) {
        return Err(Error::invalid("target.http.rate", "give 1 or more calls a second"));
    }
    match &http.connection {
        HttpConnection::Login(login) if login.key.is_some() == login.basic.is_some() => Err(Error::invalid(
            "target.http.connection",
            "give exactly one of key and basic, a name, or a document of AWS",
        )),
        HttpConnection::Document(document) if !document.get("AuthParameters").is_some_and(Value::is_object) => {
            Err(Error::invalid("target.http.connection.AuthParameters", "an object expected"))
        }
        HttpConnection::Name(text)
            if text.is_empty() || text.starts_with("arn:") && connection_name(text).is_none() =>
        {
            Err(Error::invalid("target.http.connection", "give the name or the ARN of a connection"))
        }
        HttpConnection::Name(_) if http.refresh => {
            Err(Error::invalid("target.http.refresh", "there is no secret here: the connection is another's"))
        }
        _ => Ok(()),
    }
}

/// The name in a connection's ARN: `…:connection/NAME/ID`; a name stays as it is.
pub(crate) fn connection_name(text: &str) -> Option<&str> {
    if !text.starts_with("arn:") {
        return Some(text);
    }
    text.split_once(":connection/")?.1.split('/').next().filter(|name| !name.is_empty())
}

pub(crate) fn arn(option: &str, service: &str, text: &str) -> Result<(), Error> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, found, _, _, resource]
            if !partition.is_empty() && found == service && !resource.is_empty() =>
        {
            Ok(())
        }
        _ => Err(Error::invalid(option, format!("{text:?} is no ARN of {service}"))),
    }
}
