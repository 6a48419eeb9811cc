//! Validates a request without calling AWS.

use serde_json::{Map, Value};

use super::request::{Route, Schedule, Timestamp};
use super::targets::{HttpConnection, HttpTarget, NamedTarget, ScheduleTarget, TaskTarget};
use crate::arn::parse;
use crate::calendar::expression::converted;
use crate::calendar::timetable::{Timetable, moment, zone};
use crate::definition::schema::{RULE, SCHEDULE};
use crate::error::Error;

/// A request without mistakes that can be found without AWS, with its times parsed.
pub(crate) struct Checked<'a> {
    pub(crate) request: &'a Schedule,
    /// In EventBridge's spelling.
    pub(crate) expression: Option<String>,
    /// Seconds since 1970.
    pub(crate) start: Option<f64>,
    pub(crate) end: Option<f64>,
}

pub(crate) fn check(request: &Schedule) -> Result<Checked<'_>, Error> {
    name("name", &request.name)?;
    name("group", &request.group)?;
    if !(request.timeout.is_finite() && request.timeout > 0.0) {
        return Err(Error::invalid("timeout", "give a number of seconds above 0"));
    }
    if request.count > 1000 {
        return Err(Error::invalid("count", "give at most 1000"));
    }
    own_options(&request.settings)?;
    if request.chosen_route() == Route::Rule {
        rule(request)?;
    } else if request.http().is_some() {
        let text =
            "Scheduler cannot call an address: omit `route` for a rule that can, or call a Lambda function that does";
        return Err(Error::invalid("route", text));
    }
    ranges(request)?;
    match &request.target {
        Some(ScheduleTarget::Named(named)) => check_target(named)?,
        Some(ScheduleTarget::Document(document)) if !document["Arn"].is_string() => {
            return Err(Error::invalid("target.Arn", "a string expected"));
        }
        _ => {}
    }
    times(request)
}

fn times(request: &Schedule) -> Result<Checked<'_>, Error> {
    let timezone = request.timezone.as_deref().unwrap_or("UTC");
    let calendar = zone(timezone)?;
    let expression = match request.expression.as_deref().map(str::trim) {
        Some(text) if request.convert => Some(converted(text).map_err(|text| Error::invalid("expression", text))?),
        text => text.map(str::to_owned),
    };
    let table = expression.as_deref().map(|expression| Timetable::parse(expression, timezone)).transpose()?;
    let read = |option: &str, given: &Option<Timestamp>| match given {
        None => Ok(None),
        Some(Timestamp::Seconds(seconds)) if *seconds >= 0.0 => Ok(Some(*seconds)),
        Some(Timestamp::Text(text)) if moment(text, &calendar).is_some() => Ok(moment(text, &calendar)),
        Some(_) => {
            Err(Error::invalid(option, "give ISO 8601, such as 2030-01-31T09:00:00+01:00, or seconds since 1970"))
        }
    };
    let (start, end) = (read("start", &request.start)?, read("end", &request.end)?);
    if let Some(table) = table.filter(Timetable::is_once) {
        if request.chosen_route() == Route::Rule {
            let text = "a rule cannot call once: use EventBridge Scheduler with a Lambda function that makes the call";
            return Err(Error::invalid("expression", text));
        }
        if table.after(0, 0).is_none() || start.or(end).is_some() {
            return Err(Error::invalid("expression", "at(…) is the time itself: omit `start` and `end`"));
        }
    }
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Err(Error::invalid("end", "is not after `start`")),
        _ => Ok(Checked { request, expression, start, end }),
    }
}

fn name(option: &str, text: &str) -> Result<(), Error> {
    let is_sound = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if is_sound && (1..=64).contains(&text.len()) {
        return Ok(());
    }
    Err(Error::invalid(option, format!("{text:?}: give 1 to 64 letters, digits, - _ and .")))
}

fn own_options(settings: &Map<String, Value>) -> Result<(), Error> {
    // Null is allowed: it removes what the option can only set.
    let own = settings.iter().filter(|(_, value)| !value.is_null()).find_map(|(member, _)| {
        let option = SCHEDULE.option(member).or_else(|| RULE.option(member))?;
        Some((member, option))
    });
    if let Some((member, option)) = own {
        return Err(Error::invalid(format!("settings.{member}"), format!("is given by an option: use `{option}`")));
    }
    if settings.contains_key("ClientToken") {
        return Err(Error::invalid("settings.ClientToken", "each call has its own: omit it"));
    }
    Ok(())
}

fn ranges(request: &Schedule) -> Result<(), Error> {
    if request.flexible.is_some_and(|minutes| minutes > 1440) {
        return Err(Error::invalid("flexible", "give minutes, 1 to 1440, or 0 for none"));
    }
    if let Some(retry) = request.retry {
        if retry.attempts.is_some_and(|attempts| attempts > 185) {
            return Err(Error::invalid("retry.attempts", "give 0 to 185"));
        }
        if retry.age.is_some_and(|age| !(60..=86_400).contains(&age)) {
            return Err(Error::invalid("retry.age", "give seconds, 60 to 86400"));
        }
    }
    if request.description.as_ref().is_some_and(|text| text.chars().count() > 512) {
        return Err(Error::invalid("description", "longer than 512 characters"));
    }
    for (option, service, text) in [("role", "iam", &request.role), ("deadletter", "sqs", &request.deadletter)] {
        text.as_deref().map_or(Ok(()), |text| arn(option, service, text))?;
    }
    Ok(())
}

/// Refuses options that a rule does not have, and advises another way.
fn rule(request: &Schedule) -> Result<(), Error> {
    let instead = "use EventBridge Scheduler with a Lambda function that makes the call";
    if request.timezone.as_deref().is_some_and(|zone| zone != "UTC") {
        return Err(Error::invalid("timezone", format!("a rule is in UTC: {instead}")));
    }
    if request.target.is_some() && request.http().is_none() {
        return Err(Error::invalid("route", "a rule calls `http` only: omit `route` for any other target"));
    }
    let only = [
        ("start", request.start.is_some()),
        ("end", request.end.is_some()),
        ("flexible", request.flexible.is_some_and(|minutes| minutes > 0)),
        ("once", request.once == Some(true)),
        ("group", request.group != "default"),
    ];
    match only.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(Error::invalid(option, format!("a rule does not have this option: {instead}"))),
        None => Ok(()),
    }
}

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
        true => wrong(format!("{call:?} only reads, which Scheduler does not take")),
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
            Err(Error::invalid("target.http.refresh", "a connection that is only named has no secret here"))
        }
        _ => Ok(()),
    }
}

/// The name in a connection's ARN: `…:connection/NAME/ID`; a name stays as it is.
pub(crate) fn connection_name(text: &str) -> Option<&str> {
    if !text.starts_with("arn:") {
        return Some(text);
    }
    parse(text).filter(|arn| arn.kind() == "connection")?.segment(1)
}

pub(crate) fn arn(option: &str, service: &str, text: &str) -> Result<(), Error> {
    match parse(text) {
        Some(arn) if !arn.partition.is_empty() && arn.service == service && !arn.resource.is_empty() => Ok(()),
        _ => Err(Error::invalid(option, format!("{text:?} is no ARN of {service}"))),
    }
}

#[cfg(test)]
mod tests;
