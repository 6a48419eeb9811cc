//! Periodic calls made by EventBridge: what is asked for, what is there, and the difference.
//!
//! `expression`, `cron`, `days`, `unix` and `timetable` read expressions; `request`, `targets`, `check` and `sound` are what is asked for;
//! `target` says it in AWS's words; `scheduler`, `rule` and `connection` compare it with what is there, and `reconcile` makes the calls.

pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod findings;
pub(crate) mod reconcile;
pub(crate) mod request;
pub(crate) mod rule;
pub(crate) mod scheduler;
pub(crate) mod sound;
pub(crate) mod target;
pub(crate) mod targets;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::Error;
use crate::error::finding::Change;
use crate::error::finding::Finding;
use crate::redact::words::Words;
use crate::types::plan::PlannedCall;
use check::{Asked, check};
use findings::{Kind, Subject};
use reconcile::{Act, Applied, Resource};
use scheduler::{Gone, Group, Wanted};

pub use crate::calendar::timetable::Timetable;
pub use request::{Route, Schedule, ScheduleRetry, Timestamp};
pub use targets::{
    ConnectionBasic, ConnectionKey, ConnectionLogin, HttpConnection, HttpTarget, NamedTarget, ScheduleTarget,
    TaskTarget,
};

/// What has become of a schedule, or with `plan` would.
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
    /// When, as EventBridge has it; absent where there is no schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The time zone; absent where there is no schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The next times, ISO 8601 with the offset; none where it is disabled. EventBridge calls within a minute of each, and within
    /// the window where the schedule is flexible. A rate's are reckoned from when the schedule was made, or begins.
    pub next: Vec<String>,
    /// What changes: `path` is a JSON Pointer into the input of CreateSchedule or PutRule, a rule's target under `/Target`.
    /// Secrets are not shown.
    pub changes: Vec<Change>,
    /// What EventBridge takes but you may regret.
    pub findings: Vec<Finding>,
    /// With `plan` the calls that would write, in order, otherwise none. Secrets are not shown.
    pub planned: Vec<PlannedCall>,
    /// How many calls were made.
    pub calls: u32,
}

/// What there is in the end.
struct End {
    settled: Applied,
    /// Absent where there is none any more.
    whole: Option<Value>,
    target: Value,
}

impl Client {
    /// Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is asked for and
    /// leaves all else as it is (GetSchedule, CreateSchedule, UpdateSchedule). What is there as asked is not written.
    ///
    /// A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API destination and a connection
    /// (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection, DescribeApiDestination,
    /// CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`: DeleteSchedule; RemoveTargets, DeleteRule,
    /// DeleteApiDestination, DeleteConnection. A task looks at its service (DescribeServices), a group at itself
    /// (GetScheduleGroup, CreateScheduleGroup).
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
    /// `invalid` before anything is written; `service_missing`, `cluster_missing`, `denied`, `credentials`, `throttled`,
    /// `network`, `aws`.
    pub async fn schedule(&self, schedule: Schedule) -> Result<ScheduleOutcome, Error> {
        Words::of(&schedule).hide_in(self.scheduled(schedule).await)
    }

    async fn scheduled(&self, schedule: Schedule) -> Result<ScheduleOutcome, Error> {
        let asked = check(&schedule)?;
        let mut act = Act::new(self, schedule.timeout, schedule.plan);
        let now = i64::try_from(self.clock().epoch().as_secs()).unwrap_or(i64::MAX);
        let end = match (schedule.chosen_route(), schedule.remove) {
            (Route::Scheduler, false) => put(&mut act, &asked, now).await?,
            (Route::Rule, false) => {
                let ruled = rule::put(&mut act, &asked).await?;
                End { settled: ruled.rule, whole: Some(ruled.whole), target: ruled.target }
            }
            (Route::Scheduler, true) => {
                let settled = act.settle(&Gone { asked: &asked, token: token() }).await?;
                End { settled, whole: None, target: Value::Null }
            }
            (Route::Rule, true) => {
                End { settled: rule::remove(&mut act, &asked).await?, whole: None, target: Value::Null }
            }
        };
        Ok(outcome(act, &schedule, end, now))
    }
}

/// The group first: a schedule in one that is missing is missing too.
async fn put(act: &mut Act<'_>, asked: &Asked<'_>, now: i64) -> Result<End, Error> {
    let request = asked.request;
    let target = target::aim(act, request).await?;
    let wanted = Wanted { asked, target, token: token(), now };
    let there = act.see(&wanted).await?;
    // What is wrong is told before the group is made.
    wanted.write(there.as_ref())?;
    if there.is_none() && request.group != "default" {
        act.settle(&Group { asked, token: token() }).await?;
    }
    let settled = act.settle_from(&wanted, there).await?;
    let whole = wanted.whole(settled.there.as_ref())?;
    Ok(End { settled, target: whole["Target"].clone(), whole: Some(whole) })
}

fn token() -> String {
    format!("{:032x}", fastrand::u128(..))
}

fn outcome(act: Act<'_>, request: &Schedule, end: End, now: i64) -> ScheduleOutcome {
    let End { settled, whole, target } = end;
    let route = request.chosen_route();
    let created = settled.is_written && settled.is_new;
    let mut outcome = ScheduleOutcome {
        changed: !act.planned.is_empty(),
        created,
        arn: settled.text(&["ScheduleArn", "RuleArn", "Arn"]),
        route,
        expression: None,
        timezone: None,
        next: Vec::new(),
        changes: act.changes,
        findings: Vec::new(),
        planned: if act.is_plan { act.planned } else { Vec::new() },
        calls: act.calls,
    };
    let Some(whole) = whole else { return outcome };
    let table = scheduler::table(&whole);
    let member = |name: &str| whole[name].as_str().map(str::to_owned);
    outcome.expression = member("ScheduleExpression");
    outcome.timezone = Some(member("ScheduleExpressionTimezone").unwrap_or_else(|| "UTC".to_owned()));
    let begun = settled.there.as_ref().and_then(|there| there["CreationDate"].as_f64()).map(|date| date as i64);
    outcome.next = table.as_ref().map_or(Vec::new(), |table| next(table, &whole, begun, (route, now), request.count));
    let begins = created && route == Route::Scheduler;
    outcome.findings =
        findings::findings(&Subject { whole: &whole, target: &target, table: table.as_ref(), begins, now });
    outcome.findings.extend(lookalikes(request));
    outcome
}

fn lookalikes(request: &Schedule) -> Vec<Finding> {
    let mut found = findings::lookalikes("/settings", &request.settings, Kind::Settings);
    match &request.target {
        Some(ScheduleTarget::Document(document)) => {
            found.extend(findings::lookalikes("/target", document, Kind::Target))
        }
        Some(ScheduleTarget::Named(named)) => {
            let none = Map::new();
            let settings = named.task.as_ref().map_or(&none, |task| &task.settings);
            found.extend(findings::lookalikes("/target/task/settings", settings, Kind::Task));
        }
        None => {}
    }
    found
}

/// The next times. A rate of Scheduler's begins with a call, a rule's with a pause.
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
