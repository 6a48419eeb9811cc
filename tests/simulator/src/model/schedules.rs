//! Decides what schedules, rules and what they call consist of, and when the next of them is due.

use std::collections::BTreeMap;

use ecs_rollout::Timetable;
use serde_json::{Map, Value};

/// All of EventBridge at one moment. Times are simulated seconds since the start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedules {
    /// Groups of schedules beside `default`, as GetScheduleGroup shows them.
    pub(crate) groups: Vec<Value>,
    pub(crate) schedules: Vec<Timed>,
    pub(crate) rules: Vec<Timed>,
    pub(crate) connections: Vec<Connection>,
    /// API destinations, as DescribeApiDestination shows them.
    pub(crate) destinations: Vec<Value>,
    /// From when on a role can be assumed, where that is not always.
    pub(crate) roles: BTreeMap<String, f64>,
    /// What was called, in order.
    pub(crate) invocations: Vec<Value>,
}

/// A schedule or a rule.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    /// As it is shown.
    pub(crate) document: Value,
    /// Of a rule.
    pub(crate) targets: Vec<Value>,
    /// The token that it was created with.
    pub(crate) token: Option<String>,
    /// Absent where it calls nothing, or no more.
    pub(crate) due: Option<f64>,
    /// What a rate counts from.
    pub(crate) since: f64,
}

/// A connection: what is shown of it, and from when on it may be used.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) document: Map<String, Value>,
    pub(crate) authorized: f64,
}

impl Timed {
    /// Its expression on its calendar; nothing for a rule that waits for events.
    fn table(&self) -> Option<Timetable> {
        let zone = self.document["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC");
        Timetable::parse(self.document["ScheduleExpression"].as_str()?, zone).ok()
    }

    /// Finds its next time after `now`. `base` is the calendar's time at the start; a rule's rate begins with a pause.
    pub(crate) fn plan(&mut self, now: f64, base: f64) {
        let date = |name: &str| self.document[name].as_f64();
        let start = date("StartDate");
        // The calendar counts whole seconds.
        let since = start.unwrap_or_else(|| (base + self.since).floor()) as i64;
        let begun = start.map_or(base + now, |start| (base + now).max(start - 1.0));
        let next = self.table().and_then(|table| table.after(begun.floor() as i64, since));
        let next = next.map(|next| next as f64).filter(|next| date("EndDate").is_none_or(|end| *next <= end));
        self.due = next.filter(|_| self.document["State"] != "DISABLED").map(|next| (next - base).max(0.0));
    }

    /// A rate of Scheduler's makes its first call at once.
    pub(crate) fn begin(&mut self, now: f64, base: f64) {
        self.since = now;
        self.plan(now, base);
        let text = self.document["ScheduleExpression"].as_str().unwrap_or_default();
        let at_once = text.starts_with("rate(") && self.document["StartDate"].is_null();
        if at_once && self.document["State"] != "DISABLED" {
            self.due = Some(now);
        }
    }
}

impl Schedules {
    /// When the next of all is due.
    pub(crate) fn due(&self) -> Option<f64> {
        let all = self.schedules.iter().chain(&self.rules).filter_map(|timed| timed.due);
        all.min_by(f64::total_cmp)
    }

    pub(crate) fn assumable(&self, role: &str, now: f64) -> bool {
        self.roles.get(role).is_none_or(|from| now >= *from)
    }
}
