//! Validates a request without calling AWS.

use serde_json::{Map, Value};

use super::request::{Route, Schedule, Timestamp};
use super::sound::{arn, check_target};
use super::targets::ScheduleTarget;
use crate::calendar::expression::converted;
use crate::calendar::timetable::{Timetable, moment, zone};
use crate::definition::schema::{RULE, SCHEDULE};
use crate::error::Error;

/// A request without mistakes that can be found without AWS, with its times parsed.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Schedule,
    /// In EventBridge's spelling.
    pub(crate) expression: Option<String>,
    /// Seconds since 1970.
    pub(crate) start: Option<f64>,
    pub(crate) end: Option<f64>,
}

pub(crate) fn check(request: &Schedule) -> Result<Asked<'_>, Error> {
    name("name", &request.name)?;
    name("group", &request.group)?;
    if !(request.timeout.is_finite() && request.timeout > 0.0) {
        return Err(Error::invalid("timeout", "give a number of seconds above 0"));
    }
    if request.count > 1000 {
        return Err(Error::invalid("count", "give at most 1000"));
    }
    own_options(&request.settings)?;
    if request.route() == Route::Rule {
        rule(request)?;
    } else if request.http().is_some() {
        let text = "Scheduler cannot call an address: leave `route` away for a rule that can, or call a Lambda function that does";
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

fn times(request: &Schedule) -> Result<Asked<'_>, Error> {
    let timezone = request.timezone.as_deref().unwrap_or("UTC");
    let calendar = zone(timezone)?;
    let expression = match request.expression.as_deref().map(str::trim) {
        Some(text) if request.convert => Some(converted(text).map_err(|text| Error::invalid("expression", text))?),
        text => text.map(str::to_owned),
    };
    let table = expression.as_deref().map(|expression| Timetable::parse(expression, timezone)).transpose()?;
    let read = |option: &str, asked: &Option<Timestamp>| match asked {
        None => Ok(None),
        Some(Timestamp::Seconds(seconds)) if *seconds >= 0.0 => Ok(Some(*seconds)),
        Some(Timestamp::Text(text)) if moment(text, &calendar).is_some() => Ok(moment(text, &calendar)),
        Some(_) => {
            Err(Error::invalid(option, "give ISO 8601, such as 2030-01-31T09:00:00+01:00, or seconds since 1970"))
        }
    };
    let (start, end) = (read("start", &request.start)?, read("end", &request.end)?);
    if let Some(table) = table.filter(Timetable::is_once) {
        if request.route() == Route::Rule {
            let text = "a rule cannot call once: use EventBridge Scheduler with a Lambda function that makes the call";
            return Err(Error::invalid("expression", text));
        }
        if table.after(0, 0).is_none() || start.or(end).is_some() {
            return Err(Error::invalid("expression", "at(…) says by itself when: leave `start` and `end` away"));
        }
    }
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Err(Error::invalid("end", "is not after `start`")),
        _ => Ok(Asked { request, expression, start, end }),
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
        return Err(Error::invalid(format!("settings.{member}"), format!("has an option of its own: use `{option}`")));
    }
    if settings.contains_key("ClientToken") {
        return Err(Error::invalid("settings.ClientToken", "each call has its own: leave it away"));
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
        return Err(Error::invalid("route", "a rule calls `http` alone: leave `route` away for any other target"));
    }
    let only = [
        ("start", request.start.is_some()),
        ("end", request.end.is_some()),
        ("flexible", request.flexible.is_some_and(|minutes| minutes > 0)),
        ("once", request.once == Some(true)),
        ("group", request.group != "default"),
    ];
    match only.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(Error::invalid(option, format!("a rule has no such thing: {instead}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
