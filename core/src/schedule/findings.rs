//! Warnings about a schedule that EventBridge takes but that is risky, each with its place and its remedy. Pure.

use serde_json::{Map, Value};

use crate::calendar::timetable::Timetable;
use crate::definition::schema::Shape;
use crate::error::finding::{Finding, Level};
use crate::options::names::suggestion;

/// How far ahead changes of the clocks are checked: two years, in seconds.
const AHEAD: i64 = 2 * 366 * 86_400;

/// The schedule to check.
pub(crate) struct Subject<'a> {
    /// The schedule, or the rule.
    pub(crate) whole: &'a Value,
    pub(crate) target: &'a Value,
    pub(crate) table: Option<&'a Timetable>,
    /// Whether it is created now, so that a rate of Scheduler begins now.
    pub(crate) begins: bool,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let Subject { whole, target, table, begins, now } = subject;
    let mut found = Vec::new();
    let mut warn = |rule: &str, path: &str, text: String, advice: &str| {
        let (rule, path, advice) = (rule.to_owned(), path.to_owned(), advice.to_owned());
        found.push(Finding { level: Level::Warning, rule, path, text, advice });
    };
    if target["DeadLetterConfig"]["Arn"].is_null() {
        let text = "a call that fails finally is lost without a trace".to_owned();
        warn("deadletter_missing", "/Target/DeadLetterConfig", text, "give `deadletter`, a queue of SQS");
    }
    if target["Arn"].as_str().is_some_and(|arn| arn.contains(":lambda:")) {
        let text = "Lambda retries a failed function twice, in addition to the schedule's retries, and any call may be made twice".to_owned();
        warn(
            "repeated_calls",
            "/Target/Arn",
            text,
            "make the function idempotent, or set the function's own retries to 0",
        );
    }
    if *begins && table.is_some_and(Timetable::is_rate) && whole["StartDate"].is_null() && whole["State"] != "DISABLED"
    {
        let text = "a rate makes its first call at once".to_owned();
        warn("rate_begins_at_once", "/ScheduleExpression", text, "give `start` for a later first call");
    }
    if let Some((time, is_skipped)) = table.and_then(|table| table.odd(*now, now + AHEAD)) {
        let text = match is_skipped {
            true => format!("{time} is a time that the clocks skip: no call is made"),
            false => format!("{time} occurs twice when the clocks go back: one call is made"),
        };
        warn("clocks_change", "/ScheduleExpressionTimezone", text, "choose a time that every day has once, or UTC");
    }
    found
}

/// Reports members that are probably a misspelt known one. They are sent as they are.
pub(crate) fn lookalikes(place: &str, members: &Map<String, Value>, shape: &Shape) -> Vec<Finding> {
    let known = shape.fields().iter().filter(|field| !field.is_read_only && field.option.is_none());
    let known: Vec<&str> = known.map(|field| field.name).collect();
    let is_new = |name: &&String| !known.contains(&name.as_str());
    let near = members.keys().filter(is_new).filter_map(|name| {
        let hint = suggestion(name, &known);
        hint.strip_prefix(": did you mean").map(|hint| Finding {
            level: Level::Warning,
            rule: "unknown_member".to_owned(),
            path: format!("{place}/{name}"),
            text: format!("{name:?} is no member that is known; it is sent as it is"),
            advice: format!("did you mean{hint}"),
        })
    });
    near.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definition::schema::{SCHEDULE, TASK_PARAMETERS};

    #[test]
    fn each_rule_finds_its_own() {
        const NOW: i64 = 1_795_737_600;
        let rules = |expression: &str, zone: &str, whole: Value, target: Value, begins: bool| {
            let table = Timetable::parse(expression, zone).unwrap();
            let subject = Subject { whole: &whole, target: &target, table: Some(&table), begins, now: NOW };
            findings(&subject).into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        let (queue, lambda) =
            (json!({"Arn": "a", "DeadLetterConfig": {"Arn": "q"}}), json!({"Arn": "arn:aws:lambda:r:1:function:f"}));
        for (expression, zone, whole, target, begins, expected) in [
            ("cron(0 9 * * ? *)", "Europe/Berlin", json!({}), queue.clone(), true, vec![]),
            ("cron(0 9 * * ? *)", "UTC", json!({}), lambda, true, vec!["deadletter_missing", "repeated_calls"]),
            ("cron(30 2 * * ? *)", "Europe/Berlin", json!({}), queue.clone(), true, vec!["clocks_change"]),
            ("rate(1 day)", "UTC", json!({}), queue.clone(), true, vec!["rate_begins_at_once"]),
            ("rate(1 day)", "UTC", json!({}), queue.clone(), false, vec![]),
            ("rate(1 day)", "UTC", json!({"StartDate": 1}), queue.clone(), true, vec![]),
            ("rate(1 day)", "UTC", json!({"State": "DISABLED"}), queue, true, vec![]),
        ] {
            assert_eq!(rules(expression, zone, whole, target, begins), expected, "{expression} in {zone}");
        }
    }

    #[test]
    fn only_what_is_nearly_a_member_is_told() {
        let members = json!({"KmsKeyARN": "k", "KmsKeyArn": "k", "SomethingNew": 1});
        let found = lookalikes("/settings", members.as_object().unwrap(), &SCHEDULE);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].path.as_str(), found[0].advice.as_str()),
            ("/settings/KmsKeyARN", "did you mean \"KmsKeyArn\"?")
        );
        let members = json!({"LanchType": "EC2", "Unheard": 1});
        assert_eq!(lookalikes("", members.as_object().unwrap(), &TASK_PARAMETERS).len(), 1);
    }
}
