//! What of a request can be told to be wrong without asking AWS.

use serde_json::{Map, Value};

use super::request::{Route, Schedule, Timestamp};
use super::sound::{arn, check_target};
use super::targets::ScheduleTarget;
use crate::calendar::expression::converted;
use crate::calendar::timetable::{Timetable, moment, zone};
use crate::error::Error;

/// A request that may be right, with its times read.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Schedule,
    /// As EventBridge writes it.
    pub(crate) expression: Option<String>,
    /// Seconds since 1970.
    pub(crate) start: Option<f64>,
    pub(crate) end: Option<f64>,
}

/// Members of CreateSchedule that have an option of their own, and its name.
const OWN: [(&str, &str); 13] = [
    ("Name", "name"),
    ("GroupName", "group"),
    ("ScheduleExpression", "expression"),
    ("ScheduleExpressionTimezone", "timezone"),
    ("StartDate", "start"),
    ("EndDate", "end"),
    ("FlexibleTimeWindow", "flexible"),
    ("State", "enabled"),
    ("Description", "description"),
    ("Target", "target"),
    ("RoleArn", "role"),
    ("ActionAfterCompletion", "once"),
    ("EventBusName", "name"),
];

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
    if request.chosen_route() == Route::Rule {
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
        if request.chosen_route() == Route::Rule {
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
    // Null removes what its option can only set.
    let own = OWN.iter().find(|(member, _)| settings.get(*member).is_some_and(|value| !value.is_null()));
    if let Some((member, option)) = own {
        return Err(Error::invalid(format!("settings.{member}"), format!("is given by an option: use `{option}`")));
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

/// What a rule cannot do has another route.
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schedule::targets::HttpConnection;

    const LAMBDA: &str = "arn:aws:lambda:eu-central-1:1:function:f";

    fn said(mut options: Value) -> String {
        options["name"] = options.get("name").cloned().unwrap_or(json!("n"));
        let request = match Schedule::from_value(options) {
            Ok(request) => request,
            Err(error) => return error.to_string(),
        };
        match check(&request) {
            Ok(_) => "sound".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_cannot_be_right_is_told_with_its_place_and_remedy() {
        let http = |rest: Value| {
            let mut http = json!({"url": "https://a.example", "connection": "c"});
            http.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            json!({"http": http})
        };
        for (options, text) in [
            (json!({"name": "a b"}), "name: \"a b\": give 1 to 64"),
            (json!({"expresion": "rate(1 day)"}), "unknown option \"expresion\": did you mean \"expression\"?"),
            (json!({"expression": "*/5 * * * *"}), "expression: \"*/5 * * * *\" is a cron of Unix"),
            (json!({"expression": "0 9 1 * 1", "convert": true}), "make two schedules"),
            (json!({"expression": "cron(0 9 * * * *)"}), "exactly one of the two is ?"),
            (json!({"expression": "cron(0 0 30 2 ? *)"}), "never fire"),
            (
                json!({"expression": "rate(1 day)", "timezone": "Europe/Berln"}),
                "timezone: no time zone \"Europe/Berln\": did you mean",
            ),
            (json!({"start": "soon"}), "start: give ISO 8601"),
            (json!({"start": true}), "start: a boolean given, ISO 8601 or seconds since 1970 expected"),
            (json!({"start": 200, "end": 100}), "end: is not after `start`"),
            (json!({"start": "2030-01-02", "end": "2030-01-01T12:00:00Z"}), "end: is not after `start`"),
            (json!({"expression": "at(2030-01-01T00:00:00)", "end": 5}), "leave `start` and `end` away"),
            (json!({"flexible": 1441}), "flexible: "),
            (json!({"retry": {"attempts": 186}}), "retry.attempts: give 0 to 185"),
            (json!({"retry": {"age": 59}}), "retry.age: give seconds, 60 to 86400"),
            (json!({"retry": {"atempts": 1}}), "retry: unknown option \"atempts\": did you mean \"attempts\"?"),
            (json!({"role": "scheduler"}), "role: \"scheduler\" is no ARN of iam"),
            (json!({"deadletter": LAMBDA}), "is no ARN of sqs"),
            (json!({"settings": {"State": "DISABLED"}}), "settings.State: is given by an option: use `enabled`"),
            (json!({"target": {}}), "target: give exactly one of"),
            (json!({"target": {"lambda": LAMBDA, "call": "ecs:updateService"}}), "target: give exactly one of"),
            (json!({"target": {"lamda": LAMBDA}}), "target: unknown option \"lamda\": did you mean \"lambda\"?"),
            (json!({"target": {"arn": LAMBDA}}), "target: a document of Scheduler's has `Arn`, with a capital"),
            (json!({"target": {"lambda": "f"}}), "target.lambda: \"f\" is no ARN of lambda"),
            (json!({"target": {"Arn": 7}}), "target.Arn: a string expected"),
            (json!({"target": 7}), "target: a number given, an object expected"),
            (json!({"target": {"call": "updateService"}}), "give service:operation"),
            (json!({"target": {"call": "ecs:describeServices"}}), "only looks"),
            (json!({"target": {"call": "ecs:ListTasks"}}), "only looks"),
            (json!({"target": {"task": {"cluster": "c"}}}), "target.task.definition: needed"),
            (
                json!({"target": {"task": {"cluster": "c", "service": "s", "count": 11}}}),
                "target.task.count: give 1 to 10",
            ),
            (
                json!({"target": {"task": {"cluster": "c", "service": "s", "command": ["x"]}}}),
                "target.task.container: needed",
            ),
            (
                json!({"target": {"task": {"cluster": "c", "servce": "s"}}}),
                "task: unknown option \"servce\": did you mean \"service\"?",
            ),
            (json!({"target": {"task": {"cluster": "c", "service": "s"}, "input": {}}}), "give `task.overrides`"),
            (
                json!({"target": http(json!({"url": "http://a.example"}))}),
                "target.http.url: give an address with https://",
            ),
            (json!({"target": http(json!({"method": "FETCH"}))}), "target.http.method: \"FETCH\" is none of GET"),
            (json!({"target": http(json!({"connection": {}}))}), "exactly one of key and basic"),
            (
                json!({"target": http(json!({"connection": {"AuthorizationType": "BASIC"}}))}),
                "AuthParameters: an object expected",
            ),
            (json!({"target": http(json!({"refresh": true}))}), "the connection is another's"),
            (
                json!({"target": http(json!({})), "timezone": "Europe/Berlin"}),
                "timezone: a rule is in UTC: use EventBridge Scheduler with a Lambda",
            ),
            (
                json!({"target": http(json!({})), "expression": "at(2030-01-01T00:00:00)"}),
                "a rule cannot call once: use EventBridge Scheduler",
            ),
            (json!({"target": http(json!({})), "end": 5}), "end: a rule has no such thing"),
            (json!({"target": http(json!({})), "route": "scheduler"}), "Scheduler cannot call an address"),
            (json!({"target": {"lambda": LAMBDA}, "route": "rule"}), "a rule calls `http` alone"),
            (json!({"timeout": 0}), "timeout: "),
            (json!({"count": 1001}), "count: give at most 1000"),
        ] {
            let said = said(options.clone());
            assert!(said.contains(text), "{options}: {said}");
        }
    }

    #[test]
    fn what_may_be_right_passes() {
        for options in [
            json!({"expression": "*/5 * * * *", "convert": true}),
            json!({"expression": "cron(0 9 ? * MON-FRI *)", "timezone": "Europe/Berlin", "start": "2030-01-01", "end": 2e9}),
            json!({"settings": {"EndDate": null, "KmsKeyArn": "k", "SomethingNew": 1}}),
            json!({"target": {"Arn": "arn:aws:sqs:r:1:q", "SqsParameters": {"MessageGroupId": "g"}}}),
            json!({"target": {"lambda": LAMBDA, "input": null}}),
            json!({"target": {"http": {"url": "https://a.example/x", "connection": {"key": {"header": "x", "value": "s"}}}}, "timezone": "UTC"}),
            json!({"remove": true, "route": "rule"}),
        ] {
            assert_eq!(said(options.clone()), "sound", "{options}");
        }
    }

    #[test]
    fn secrets_are_in_no_debug_text() {
        let options = json!({"name": "n", "target": {"http": {
            "url": "https://a.example/s3cret", "headers": {"x": "s3cret"}, "body": {"p": "s3cret"}, "query": {"q": "s3cret"},
            "connection": {"key": {"header": "x", "value": "s3cret"}},
        }}});
        let request = Schedule::from_value(options).unwrap();
        let whole = format!("{request:?} {:?} {:?}", request.target, request.http());
        assert!(!whole.contains("s3cret"), "{whole}");
        let document = json!({"name": "n", "target": {"Arn": "a", "Input": "s3cret"}});
        assert!(!format!("{:?}", Schedule::from_value(document).unwrap().target).contains("s3cret"));
        let basic = ConnectionOf(json!({"basic": {"user": "u", "password": "s3cret"}})).read();
        assert!(!format!("{basic:?}").contains("s3cret"));
    }

    struct ConnectionOf(Value);

    impl ConnectionOf {
        fn read(self) -> HttpConnection {
            serde_json::from_value(self.0).unwrap()
        }
    }
}
