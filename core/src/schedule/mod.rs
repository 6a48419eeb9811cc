//! The verb `schedule`: periodic calls by EventBridge, created or changed as requested.
//!
//! `request` and `targets` are the options, `check` validates them, and `target` builds AWS's document. `scheduler`, `rule` and
//! `connection` compare it with what exists, and `reconcile` makes the calls.

pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod findings;
pub(crate) mod reconcile;
pub(crate) mod request;
pub(crate) mod rule;
pub(crate) mod scheduler;
pub(crate) mod target;
pub(crate) mod targets;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::definition::schema::{SCHEDULE, TARGET, TASK_PARAMETERS};
use crate::error::Error;
use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::redact::words::Words;
use crate::token::token;
use crate::types::plan::PlannedCall;
use check::{Checked, check};
use findings::Subject;
use reconcile::{Applied, Reconciler, Resource};
use scheduler::{Deleted, Desired, Group};

pub use crate::calendar::timetable::Timetable;
pub use request::{Route, Schedule, ScheduleRetry, Timestamp};
pub use targets::{
    ConnectionBasic, ConnectionKey, ConnectionLogin, HttpConnection, HttpTarget, NamedTarget, ScheduleTarget,
    TaskTarget,
};

/// The outcome of `schedule`, or with `plan` what it would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScheduleOutcome {
    /// Whether anything was, or would be, written.
    pub changed: bool,
    /// Whether the schedule is new.
    pub created: bool,
    /// The ARN of the schedule or rule; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Who makes the call.
    pub route: Route,
    /// The expression in EventBridge's spelling; absent if there is no schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The time zone; absent if there is no schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The next times, ISO 8601 with the offset; none where it is disabled. EventBridge calls within a minute of each, and within
    /// the window where the schedule is flexible. A rate's are reckoned from when the schedule was made, or begins.
    pub next: Vec<String>,
    /// What changes: `path` is a JSON Pointer into the input of CreateSchedule or PutRule, a rule's target under `/Target`.
    /// Secrets are not shown.
    pub changes: Vec<Change>,
    /// Warnings: what EventBridge takes, but is risky.
    pub findings: Vec<Finding>,
    /// With `plan` the calls that would write, in order, otherwise none. Secrets are not shown.
    pub planned: Vec<PlannedCall>,
    /// How many calls were made.
    pub calls: u32,
}

/// The schedule or rule after the call.
struct End {
    applied: Applied,
    /// Absent if it was deleted.
    whole: Option<Value>,
    target: Value,
}

impl Client {
    /// Creates or changes a schedule of EventBridge, which calls a target periodically or once. Options that are not given stay
    /// as they are. What exists as requested is not written.
    ///
    /// A target `lambda`, `task` or `call` becomes a schedule of EventBridge Scheduler. Scheduler cannot call a URL: a target
    /// `http` becomes a rule with an API destination and a connection. `remove` deletes all of them.
    ///
    /// ```no_run
    /// # async fn nightly(client: ecs_rollout::Client) -> Result<(), ecs_rollout::Error> {
    /// use ecs_rollout::Schedule;
    /// use serde_json::json;
    ///
    /// let nightly = Schedule::from_value(json!({
    ///     "name": "nightly", "expression": "cron(30 3 ? * MON-FRI *)", "timezone": "Europe/Berlin",
    ///     "role": "arn:aws:iam::123456789012:role/scheduler",
    ///     "target": {"lambda": "arn:aws:lambda:eu-central-1:123456789012:function:call", "input": {"path": "/cron/nightly"}},
    /// }))?;
    /// println!("next: {:?}", client.schedule(nightly).await?.next);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `invalid` before anything is written. `service_missing`, `cluster_missing`, `denied`, `credentials`, `throttled`,
    /// `network` and `aws`.
    pub async fn schedule(&self, schedule: Schedule) -> Result<ScheduleOutcome, Error> {
        Words::of(&schedule).hide_in(self.scheduled(schedule).await)
    }

    async fn scheduled(&self, schedule: Schedule) -> Result<ScheduleOutcome, Error> {
        let checked = check(&schedule)?;
        let mut reconciler = Reconciler::new(self, schedule.timeout, schedule.plan);
        let now = i64::try_from(self.clock().epoch().as_secs()).unwrap_or(i64::MAX);
        let end = match (schedule.chosen_route(), schedule.remove) {
            (Route::Scheduler, false) => put(&mut reconciler, &checked, now).await?,
            (Route::Rule, false) => {
                let rule = rule::put(&mut reconciler, &checked).await?;
                End { applied: rule.rule, whole: Some(rule.whole), target: rule.target }
            }
            (Route::Scheduler, true) => {
                let applied = reconciler.apply(&Deleted { checked: &checked, token: token() }).await?;
                End { applied, whole: None, target: Value::Null }
            }
            (Route::Rule, true) => {
                End { applied: rule::remove(&mut reconciler, &checked).await?, whole: None, target: Value::Null }
            }
        };
        Ok(outcome(reconciler, &schedule, end, now))
    }
}

/// Creates the group first if needed: a schedule in a missing group is missing too.
async fn put(reconciler: &mut Reconciler<'_>, checked: &Checked<'_>, now: i64) -> Result<End, Error> {
    let request = checked.request;
    let target = target::target_patch(reconciler, request).await?;
    let desired = Desired { checked, target, token: token(), now };
    let there = reconciler.describe(&desired).await?;
    // Mistakes are reported before the group is created.
    desired.write(there.as_ref())?;
    if there.is_none() && request.group != "default" {
        reconciler.apply(&Group { checked, token: token() }).await?;
    }
    let applied = reconciler.apply_from(&desired, there).await?;
    let whole = desired.whole(applied.there.as_ref())?;
    Ok(End { applied, target: whole["Target"].clone(), whole: Some(whole) })
}

fn outcome(reconciler: Reconciler<'_>, request: &Schedule, end: End, now: i64) -> ScheduleOutcome {
    let End { applied, whole, target } = end;
    let route = request.chosen_route();
    let created = applied.is_written && applied.is_new;
    let mut outcome = ScheduleOutcome {
        changed: !reconciler.planned.is_empty(),
        created,
        arn: applied.text(&["ScheduleArn", "RuleArn", "Arn"]),
        route,
        expression: None,
        timezone: None,
        next: Vec::new(),
        changes: reconciler.changes,
        findings: Vec::new(),
        planned: if reconciler.is_plan { reconciler.planned } else { Vec::new() },
        calls: reconciler.calls,
    };
    let Some(whole) = whole else { return outcome };
    let table = scheduler::table(&whole);
    let member = |name: &str| whole[name].as_str().map(str::to_owned);
    outcome.expression = member("ScheduleExpression");
    outcome.timezone = Some(member("ScheduleExpressionTimezone").unwrap_or_else(|| "UTC".to_owned()));
    let begun = applied.there.as_ref().and_then(|there| there["CreationDate"].as_f64()).map(|date| date as i64);
    outcome.next = table.as_ref().map_or(Vec::new(), |table| next(table, &whole, begun, (route, now), request.count));
    let begins = created && route == Route::Scheduler;
    outcome.findings =
        findings::findings(&Subject { whole: &whole, target: &target, table: table.as_ref(), begins, now });
    outcome.findings.extend(lookalikes(request));
    outcome
}

fn lookalikes(request: &Schedule) -> Vec<Finding> {
    let mut found = findings::lookalikes("/settings", &request.settings, &SCHEDULE);
    match &request.target {
        Some(ScheduleTarget::Document(document)) => found.extend(findings::lookalikes("/target", document, &TARGET)),
        Some(ScheduleTarget::Named(named)) => {
            let none = Map::new();
            let settings = named.task.as_ref().map_or(&none, |task| &task.settings);
            found.extend(findings::lookalikes("/target/task/settings", settings, &TASK_PARAMETERS));
        }
        None => {}
    }
    found
}

/// The next times. A rate of Scheduler begins with a call, a rate of a rule with a pause.
fn next(table: &Timetable, whole: &Value, begun: Option<i64>, (route, now): (Route, i64), count: u32) -> Vec<String> {
    if whole["State"] == "DISABLED" {
        return Vec::new();
    }
    let start = whole["StartDate"].as_f64().map(|date| date as i64);
    let since = start.or(begun).unwrap_or(now);
    let end = whole["EndDate"].as_f64().map_or(i64::MAX, |date| date as i64);
    let is_first_call = table.is_rate() && route == Route::Scheduler;
    let mut at = now.max(start.unwrap_or(i64::MIN).saturating_sub(1)) - i64::from(is_first_call && since >= now);
    let times = std::iter::from_fn(|| table.after(at, since).inspect(|next| at = *next));
    times.take_while(|time| *time <= end).take(count as usize).map(|time| table.show(time)).collect()
}
crate::texts::texts! {
    ScheduleOutcome: findings;
}
