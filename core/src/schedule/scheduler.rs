//! A schedule of EventBridge Scheduler: what is there with what is asked for put over it, since UpdateSchedule replaces the whole.

use serde_json::{Map, Value, json};

use super::check::Asked;
use super::reconcile::{Resource, Write};
use crate::aws::operation::Operation;
use crate::calendar::timetable::Timetable;
use crate::definition::schema::compare::{changes_as_written, differences};
use crate::definition::schema::{SCHEDULE, TARGET};
use crate::error::Error;

/// How long ago a StartDate may be, in seconds: AWS says five minutes.
const LATEST: i64 = 240;

/// A schedule that is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) asked: &'a Asked<'a>,
    /// The target as a merge patch.
    pub(crate) target: Option<Map<String, Value>>,
    /// So that a creation that is repeated is one.
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Resource for Wanted<'_> {
    fn look(&self) -> (Operation, Value) {
        look(self.asked)
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let whole = self.whole(there)?;
        let changes = match there {
            Some(there) => changes_as_written(&SCHEDULE, there, &whole),
            None => differences(&json!({}), &whole),
        };
        if there.is_some() && changes.is_empty() {
            return Ok(None);
        }
        self.check_times(&whole)?;
        let mut whole = whole;
        // AWS takes no start that is past, and one that is past says nothing more.
        if there.is_some() && self.is_past(&whole["StartDate"]) {
            whole.as_object_mut().map(|all| all.shift_remove("StartDate"));
        }
        let operation = if there.is_some() { Operation::UpdateSchedule } else { Operation::CreateSchedule };
        let mut input = whole;
        input["ClientToken"] = self.token.clone().into();
        Ok(Some(Write { operation, input, changes }))
    }
}

fn look(asked: &Asked<'_>) -> (Operation, Value) {
    (Operation::GetSchedule, json!({"Name": asked.request.name, "GroupName": asked.request.group}))
}

impl Wanted<'_> {
    /// The whole schedule as it must be sent.
    pub(crate) fn whole(&self, there: Option<&Value>) -> Result<Value, Error> {
        let request = self.asked.request;
        let mut whole = json!({"Name": request.name, "GroupName": request.group});
        match there.and_then(Value::as_object) {
            Some(there) => {
                let kept = there.iter().filter(|(name, _)| !SCHEDULE.is_read_only(name));
                for (name, value) in kept {
                    whole[name] = value.clone();
                }
            }
            None => self.check_new()?,
        }
        json_patch::merge(&mut whole, &self.members(there.is_none()));
        let before = whole["Target"].take();
        whole["Target"] = self.target(before);
        json_patch::merge(&mut whole, &Value::Object(request.settings.clone()));
        if there.is_some() && whole["Target"]["Arn"].is_null() {
            return Err(Error::invalid("target", "the schedule that is there has none: give one"));
        }
        Ok(whole)
    }

    fn check_new(&self) -> Result<(), Error> {
        let request = self.asked.request;
        let needed = [
            ("expression", request.expression.is_some()),
            ("target", request.target.is_some()),
            (
                "role",
                request.role.is_some() || self.target.as_ref().is_some_and(|target| target.contains_key("RoleArn")),
            ),
        ];
        match needed.into_iter().find(|(_, is_given)| !is_given) {
            Some((option, _)) => Err(Error::invalid(
                option,
                format!("needed: there is no schedule {:?} in group {:?} yet", request.name, request.group),
            )),
            None => Ok(()),
        }
    }

    /// What is asked for beside the target; with what a new schedule has where nothing is said.
    fn members(&self, is_new: bool) -> Value {
        let (asked, request) = (self.asked, self.asked.request);
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<Value>| value.map(|value| members.insert(name.to_owned(), value));
        set("ScheduleExpression", asked.expression.as_deref().map(Value::from));
        set("ScheduleExpressionTimezone", request.timezone.as_deref().map(Value::from));
        // What has begun by then goes on without it.
        let start = asked.start.map(seconds).filter(|start| is_new || !self.is_past(start));
        set("StartDate", start);
        set("EndDate", asked.end.map(seconds));
        let enabled = request.enabled.or(is_new.then_some(true));
        set("State", enabled.map(|enabled| if enabled { "ENABLED" } else { "DISABLED" }.into()));
        set("Description", request.description.as_deref().map(Value::from));
        set("ActionAfterCompletion", request.once.map(|once| if once { "DELETE" } else { "NONE" }.into()));
        // Null takes the minutes away where the window is off.
        let flexible = request.flexible.or(is_new.then_some(0));
        set(
            "FlexibleTimeWindow",
            flexible.map(|minutes| match minutes {
                0 => json!({"Mode": "OFF", "MaximumWindowInMinutes": null}),
                _ => json!({"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes}),
            }),
        );
        Value::Object(members)
    }

    /// Whether AWS refuses a StartDate: one of more than five minutes ago.
    fn is_past(&self, start: &Value) -> bool {
        start.as_f64().is_some_and(|start| start <= (self.now - LATEST) as f64)
    }

    /// The same thing called: its members that are not given stay. Another: it is new but for how it is called.
    fn target(&self, before: Value) -> Value {
        let request = self.asked.request;
        let mut target = before;
        if let Some(patch) = &self.target {
            let is_other = patch.get("Arn").is_some_and(|arn| *arn != target["Arn"]);
            if let (Value::Object(members), true) = (&mut target, is_other) {
                members.retain(|name, _| is_delivery(name));
            }
            json_patch::merge(&mut target, &Value::Object(patch.clone()));
        }
        json_patch::merge(&mut target, &called(request));
        target
    }

    fn check_times(&self, whole: &Value) -> Result<(), Error> {
        let Some(table) = table(whole) else { return Ok(()) };
        let now = self.now.max(whole["StartDate"].as_f64().unwrap_or_default() as i64);
        if whole["State"] == "DISABLED" || table.after(now - 1, now).is_some() {
            return Ok(());
        }
        let text = if table.is_once() { "that time is past" } else { "no time is left: the last it names is past" };
        Err(Error::invalid(
            "expression",
            format!("{}: {text}", whole["ScheduleExpression"].as_str().unwrap_or_default()),
        ))
    }
}

/// With what, how often and what becomes of it otherwise; the same for a target of Scheduler's and of a rule.
pub(crate) fn called(request: &super::request::Schedule) -> Value {
    let mut members = Map::new();
    if let Some(role) = &request.role {
        members.insert("RoleArn".to_owned(), role.clone().into());
    }
    if let Some(retry) = request.retry {
        let all = [("MaximumRetryAttempts", retry.attempts), ("MaximumEventAgeInSeconds", retry.age)];
        let given = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        members.insert("RetryPolicy".to_owned(), Value::Object(given.collect()));
    }
    if let Some(queue) = &request.deadletter {
        members.insert("DeadLetterConfig".to_owned(), json!({"Arn": queue}));
    }
    Value::Object(members)
}

/// When a schedule fires; `None` where this crate cannot read what somebody else wrote.
pub(crate) fn table(whole: &Value) -> Option<Timetable> {
    let zone = whole["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC");
    Timetable::parse(whole["ScheduleExpression"].as_str()?, zone).ok()
}

/// Whole seconds as they are written without a fraction.
fn seconds(seconds: f64) -> Value {
    if seconds.fract() == 0.0 { json!(seconds as i64) } else { json!(seconds) }
}

/// Whether a member of a target says how it is called, and not what is called.
pub(crate) fn is_delivery(member: &str) -> bool {
    TARGET.field(member).is_some_and(|field| field.is_delivery)
}

/// A schedule that is to be no more.
pub(crate) struct Gone<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) token: String,
}

impl Resource for Gone<'_> {
    fn look(&self) -> (Operation, Value) {
        look(self.asked)
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let Some(there) = there else { return Ok(None) };
        let (_, mut input) = look(self.asked);
        input["ClientToken"] = self.token.clone().into();
        let changes = differences(&json!({"Arn": there["Arn"]}), &json!({}));
        Ok(Some(Write { operation: Operation::DeleteSchedule, input, changes }))
    }
}

/// A group that must be there.
pub(crate) struct Group<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) token: String,
}

impl Resource for Group<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::GetScheduleGroup, json!({"Name": self.asked.request.group}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let request = self.asked.request;
        match there {
            Some(_) => Ok(None),
            None if !request.create => Err(Error::invalid(
                "group",
                format!("there is no schedule group {:?}: `create: true` makes it", request.group),
            )),
            None => {
                let input = json!({"Name": request.group, "ClientToken": self.token});
                let changes = differences(&json!({}), &json!({"GroupName": request.group}));
                Ok(Some(Write { operation: Operation::CreateScheduleGroup, input, changes }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::check::check;
    use crate::schedule::request::Schedule;

    const NOW: i64 = 1_795_737_600;

    fn there() -> Value {
        json!({
            "Arn": "arn:aws:scheduler:r:1:schedule/default/n", "Name": "n", "GroupName": "default", "CreationDate": 1.0, "LastModificationDate": 2.0,
            "ScheduleExpression": "rate(5 minutes)", "ScheduleExpressionTimezone": "UTC", "State": "DISABLED", "Description": "by hand",
            "StartDate": serde_json::from_str::<Value>("1.8E9").unwrap(), "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}, "KmsKeyArn": "k", "SomethingNew": serde_json::from_str::<Value>("{\"A\": 1.50}").unwrap(),
            "Target": {
                "Arn": "arn:aws:lambda:r:1:function:f", "RoleArn": "arn:aws:iam::1:role/s", "Input": "{\"a\": 1, \"b\": 2}",
                "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}, "DeadLetterConfig": {"Arn": "q"},
            },
        })
    }

    /// The write that comes of options over what is there: its operation, and the changes by their places.
    fn write(
        options: Value,
        target: Option<Value>,
        there: Option<&Value>,
    ) -> Result<Option<(String, Value, Vec<String>)>, Error> {
        let mut options = options;
        options["name"] = json!("n");
        let request = Schedule::from_value(options).unwrap();
        let asked = check(&request)?;
        let target = target.and_then(|target| target.as_object().cloned());
        let wanted = Wanted { asked: &asked, target, token: "t".to_owned(), now: NOW };
        let write = wanted.write(there)?;
        Ok(write.map(|write| {
            let paths = write.changes.into_iter().map(|change| change.path).collect();
            (write.operation.name().to_owned(), write.input, paths)
        }))
    }

    #[test]
    fn what_is_not_asked_for_stays_and_all_of_it_is_sent() {
        let (operation, input, changes) =
            write(json!({"expression": "rate(10 minutes)"}), None, Some(&there())).unwrap().unwrap();
        assert_eq!((operation.as_str(), changes), ("UpdateSchedule", vec!["/ScheduleExpression".to_owned()]));
        let mut expected = there();
        expected["ScheduleExpression"] = json!("rate(10 minutes)");
        expected["ClientToken"] = json!("t");
        SCHEDULE.strip_read_only(expected.as_object_mut().unwrap());
        assert_eq!(input, expected);
        assert!(input.to_string().contains("\"A\":1.50"), "{input}");
    }

    #[test]
    fn a_start_that_is_past_is_not_sent_again() {
        let mut begun = there();
        begun["StartDate"] = json!(NOW - 86_400);
        let (_, input, changes) = write(json!({"description": "new"}), None, Some(&begun)).unwrap().unwrap();
        assert_eq!((input.get("StartDate"), changes), (None, vec!["/Description".to_owned()]));
        // Given again, it is what began it, and no change.
        begun.as_object_mut().unwrap().remove("StartDate");
        for start in [json!(NOW - 86_400), json!(NOW - 300)] {
            assert!(write(json!({ "start": start }), None, Some(&begun)).unwrap().is_none());
        }
        let (_, input, _) = write(json!({"start": NOW + 60}), None, Some(&begun)).unwrap().unwrap();
        assert_eq!(input["StartDate"], json!(NOW + 60));
    }

    #[test]
    fn what_is_taken_away_and_comes_back_by_itself_is_no_change() {
        let mut plain = there();
        for (name, word) in
            [("State", "ENABLED"), ("ScheduleExpressionTimezone", "UTC"), ("ActionAfterCompletion", "NONE")]
        {
            plain[name] = json!(word);
        }
        let settings = json!({"State": null, "ScheduleExpressionTimezone": null, "ActionAfterCompletion": null});
        assert!(write(json!({ "settings": settings }), None, Some(&plain)).unwrap().is_none());
    }

    #[test]
    fn what_is_there_already_is_not_written() {
        let function = json!({"Arn": "arn:aws:lambda:r:1:function:f", "Input": "{\"b\":2,\"a\":1}"});
        for (options, target) in [
            (json!({}), None),
            (
                json!({"expression": "rate(5 minutes)", "timezone": "UTC", "enabled": false, "description": "by hand"}),
                None,
            ),
            (json!({"start": 1_800_000_000, "flexible": 5}), None),
            (json!({"start": "2027-01-15T08:00:00Z"}), None),
            (
                json!({"role": "arn:aws:iam::1:role/s", "retry": {"attempts": 3}, "settings": {"KmsKeyArn": "k", "Other": null}}),
                None,
            ),
            (json!({}), Some(function)),
        ] {
            assert!(write(options.clone(), target, Some(&there())).unwrap().is_none(), "{options}");
        }
    }

    #[test]
    fn each_option_changes_its_member() {
        let lambda = |arn: &str| Some(json!({"Arn": arn}));
        for (options, target, expected) in [
            (json!({"enabled": true}), None, vec!["/State"]),
            (
                json!({"flexible": 0}),
                None,
                vec!["/FlexibleTimeWindow/Mode", "/FlexibleTimeWindow/MaximumWindowInMinutes"],
            ),
            (json!({"once": true}), None, vec!["/ActionAfterCompletion"]),
            (json!({"retry": {"age": 60}}), None, vec!["/Target/RetryPolicy/MaximumEventAgeInSeconds"]),
            (json!({"deadletter": "arn:aws:sqs:r:1:q"}), None, vec!["/Target/DeadLetterConfig/Arn"]),
            (json!({"settings": {"StartDate": null, "KmsKeyArn": null}}), None, vec!["/StartDate", "/KmsKeyArn"]),
            // The same function: its input stays. Another: it goes.
            (json!({}), lambda("arn:aws:lambda:r:1:function:f"), vec![]),
            (json!({}), lambda("arn:aws:lambda:r:1:function:g"), vec!["/Target/Arn", "/Target/Input"]),
            (json!({}), Some(json!({"Arn": "arn:aws:lambda:r:1:function:f", "Input": null})), vec!["/Target/Input"]),
        ] {
            let mut changes =
                write(options.clone(), target, Some(&there())).unwrap().map_or(Vec::new(), |(_, _, changes)| changes);
            let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
            changes.sort();
            expected.sort();
            assert_eq!(changes, expected, "{options}");
        }
    }

    #[test]
    fn a_new_one_needs_what_it_cannot_be_without() {
        let role = "arn:aws:iam::1:role/s";
        let target = Some(json!({"Arn": "arn:aws:lambda:r:1:function:f"}));
        let lambda = json!({"lambda": "arn:aws:lambda:r:1:function:f"});
        let full = json!({"expression": "rate(1 day)", "target": lambda, "role": role});
        for (missing, text) in
            [("expression", "expression: needed"), ("target", "target: needed"), ("role", "role: needed")]
        {
            let mut options = full.clone();
            options.as_object_mut().unwrap().remove(missing);
            let error = write(options, target.clone(), None).err().unwrap().to_string();
            assert!(error.contains(text) && error.contains("no schedule \"n\" in group \"default\" yet"), "{error}");
        }
        let (operation, input, _) = write(full, target, None).unwrap().unwrap();
        assert_eq!(operation, "CreateSchedule");
        assert_eq!(
            input,
            json!({
                "Name": "n", "GroupName": "default", "ScheduleExpression": "rate(1 day)", "State": "ENABLED", "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": "arn:aws:lambda:r:1:function:f", "RoleArn": role}, "ClientToken": "t",
            })
        );
    }

    #[test]
    fn a_time_that_is_past_is_not_written_but_may_be_there() {
        let (past, role) = ("at(2026-11-01T00:00:00)", "arn:aws:iam::1:role/s");
        let target = json!({"Arn": "arn:aws:lambda:r:1:function:f"});
        let options =
            |expression: &str| json!({"expression": expression, "role": role, "target": {"lambda": target["Arn"]}});
        for expression in [past, "cron(0 0 1 1 ? 2020)"] {
            let error = write(options(expression), Some(target.clone()), None).err().unwrap().to_string();
            assert!(error.contains("past"), "{error}");
        }
        let mut there = there();
        there["ScheduleExpression"] = json!(past);
        assert!(write(options(past), Some(target.clone()), Some(&there)).unwrap().is_none());
        // In its own time zone it is still to come.
        let mut west = options("at(2026-11-26T20:00:00)");
        west["timezone"] = json!("America/New_York");
        assert!(write(west, Some(target), None).unwrap().is_some());
    }
}
