//! A schedule of EventBridge Scheduler: the existing one with the request merged over it, since UpdateSchedule replaces the whole.

use serde_json::{Map, Value, json};

use super::check::Checked;
use super::reconcile::{Resource, Write};
use crate::aws::operation::Operation;
use crate::calendar::timetable::Timetable;
use crate::definition::schema::compare::{changes_as_written, differences};
use crate::definition::schema::{SCHEDULE, TARGET};
use crate::error::Error;

/// How long ago a StartDate may be, in seconds: AWS's limit is five minutes.
const LATEST: i64 = 240;

/// A requested schedule.
pub(crate) struct Desired<'a> {
    pub(crate) checked: &'a Checked<'a>,
    /// The target as a merge patch.
    pub(crate) target: Option<Map<String, Value>>,
    /// The ClientToken, so that a repeated creation makes one schedule.
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Resource for Desired<'_> {
    fn look(&self) -> (Operation, Value) {
        look(self.checked)
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
        // AWS refuses a start in the past, and it no longer has an effect.
        if there.is_some() && self.is_past(&whole["StartDate"]) {
            whole.as_object_mut().map(|all| all.shift_remove("StartDate"));
        }
        let operation = if there.is_some() { Operation::UpdateSchedule } else { Operation::CreateSchedule };
        let mut input = whole;
        input["ClientToken"] = self.token.clone().into();
        Ok(Some(Write { operation, input, changes }))
    }
}

fn look(checked: &Checked<'_>) -> (Operation, Value) {
    (Operation::GetSchedule, json!({"Name": checked.request.name, "GroupName": checked.request.group}))
}

impl Desired<'_> {
    /// The whole schedule as it is sent.
    pub(crate) fn whole(&self, there: Option<&Value>) -> Result<Value, Error> {
        let request = self.checked.request;
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
        let request = self.checked.request;
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

    /// The members of the schedule from the options, its target aside; a new schedule has its defaults.
    fn members(&self, is_new: bool) -> Value {
        let (checked, request) = (self.checked, self.checked.request);
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<Value>| value.map(|value| members.insert(name.to_owned(), value));
        set("ScheduleExpression", checked.expression.as_deref().map(Value::from));
        set("ScheduleExpressionTimezone", request.timezone.as_deref().map(Value::from));
        // A schedule that has started by then goes on without it.
        let start = checked.start.map(seconds).filter(|start| is_new || !self.is_past(start));
        set("StartDate", start);
        set("EndDate", checked.end.map(seconds));
        let enabled = request.enabled.or(is_new.then_some(true));
        set("State", enabled.map(|enabled| if enabled { "ENABLED" } else { "DISABLED" }.into()));
        set("Description", request.description.as_deref().map(Value::from));
        set("ActionAfterCompletion", request.once.map(|once| if once { "DELETE" } else { "NONE" }.into()));
        // Null removes the minutes when the window is off.
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

    /// The target. If the same thing is called, members that are not given stay; if another, only role and retries stay.
    fn target(&self, before: Value) -> Value {
        let request = self.checked.request;
        let mut target = before;
        if let Some(patch) = &self.target {
            let is_other = patch.get("Arn").is_some_and(|arn| *arn != target["Arn"]);
            if let (Value::Object(members), true) = (&mut target, is_other) {
                members.retain(|name, _| is_delivery(name));
            }
            json_patch::merge(&mut target, &Value::Object(patch.clone()));
        }
        json_patch::merge(&mut target, &delivery(request));
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

/// The role, the retries and the dead-letter queue of a target, of a schedule as of a rule.
pub(crate) fn delivery(request: &super::request::Schedule) -> Value {
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

/// The times of a schedule; `None` if its expression is not known to this crate.
pub(crate) fn table(whole: &Value) -> Option<Timetable> {
    let zone = whole["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC");
    Timetable::parse(whole["ScheduleExpression"].as_str()?, zone).ok()
}

/// Whole seconds as they are written without a fraction.
fn seconds(seconds: f64) -> Value {
    if seconds.fract() == 0.0 { json!(seconds as i64) } else { json!(seconds) }
}

/// Whether a member is part of how a target is called, and not of what is called.
pub(crate) fn is_delivery(member: &str) -> bool {
    TARGET.field(member).is_some_and(|field| field.is_delivery)
}

/// A schedule that is deleted.
pub(crate) struct Deleted<'a> {
    pub(crate) checked: &'a Checked<'a>,
    pub(crate) token: String,
}

impl Resource for Deleted<'_> {
    fn look(&self) -> (Operation, Value) {
        look(self.checked)
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let Some(there) = there else { return Ok(None) };
        let (_, mut input) = look(self.checked);
        input["ClientToken"] = self.token.clone().into();
        let changes = differences(&json!({"Arn": there["Arn"]}), &json!({}));
        Ok(Some(Write { operation: Operation::DeleteSchedule, input, changes }))
    }
}

/// The schedule group, which must exist.
pub(crate) struct Group<'a> {
    pub(crate) checked: &'a Checked<'a>,
    pub(crate) token: String,
}

impl Resource for Group<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::GetScheduleGroup, json!({"Name": self.checked.request.group}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let request = self.checked.request;
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
mod tests;
