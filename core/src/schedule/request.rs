//! The options of `schedule`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::options::define::options;
use crate::options::read::parse_options;

use super::targets::{HttpTarget, ScheduleTarget, mistyped};

options! {
    /// The options of `schedule`. An option that is not given leaves the existing value.
    pub struct Schedule(name) {
        /// The schedule's name, in its group; for the route `rule` the name of the rule, its API destination and its connection.
        pub name: String,
        /// The schedule group.
        #[serde(default = "default_group")]
        pub group: String = default_group(),
        /// Create the group where it is missing.
        pub create: bool,
        /// Who makes the call: EventBridge Scheduler, or a rule of EventBridge, as a target `http` needs it. Follows from the target,
        /// and is Scheduler without one.
        pub route: Option<Route>,
        /// When: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` with six fields and SUN=1, or `at(2030-01-31T09:00:00)`. Needed for a
        /// new schedule.
        pub expression: Option<String>,
        /// Take an expression with the five fields of Unix's cron, such as `0 9 * * 1-5`, and convert it.
        pub convert: bool,
        /// The IANA time zone that `cron` and `at` are in, daylight saving included. UTC where a new schedule has none.
        pub timezone: Option<String>,
        /// The start: ISO 8601, without an offset in the `timezone` given and otherwise UTC, or seconds since 1970. A rate's first
        /// call.
        pub start: Option<impl Into<Timestamp>>,
        /// The end, in the same form as `start`.
        pub end: Option<impl Into<Timestamp>>,
        /// Within how many minutes of its time a call may be made, 1 to 1440; 0 at its time.
        pub flexible: Option<u32>,
        /// Whether calls are made. A new schedule makes them.
        pub enabled: Option<bool>,
        /// A description.
        pub description: Option<String>,
        /// The target. Needed for a new schedule.
        pub target: Option<impl Into<ScheduleTarget>>,
        /// The ARN of the role that makes the call: `scheduler.amazonaws.com` must be allowed to assume it, `events.amazonaws.com` for
        /// the route `rule`; and you to pass it (iam:PassRole). Needed for a new schedule. One that is not assumable yet is waited for.
        pub role: Option<String>,
        /// The retry policy.
        pub retry: Option<ScheduleRetry>,
        /// The ARN of the SQS queue that gets the calls that failed finally (DeadLetterConfig).
        pub deadletter: Option<String>,
        /// Delete the schedule once its last call is made (ActionAfterCompletion).
        pub once: Option<bool>,
        /// Further members of CreateSchedule, or PutRule for the route `rule`, passed through as they are; `null` removes one, such
        /// as `{"EndDate": null}`.
        pub settings: Map<String, Value>,
        /// Delete the schedule (DeleteSchedule), or the rule with its targets and what this library created for it. A missing one is
        /// no error. Only `name`, `group`, `route` and the kind of `target` matter then.
        pub remove: bool,
        /// How many of the next times to show, at most 1000.
        #[serde(default = "default_count")]
        pub count: u32 = default_count(),
        /// The deadline in seconds.
        #[serde(default = "default_timeout")]
        pub timeout: f64 = default_timeout(),
        use plan;
    }
}

fn default_group() -> String {
    "default".to_owned()
}

fn default_count() -> u32 {
    5
}

fn default_timeout() -> f64 {
    300.0
}

/// Who makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Route {
    /// EventBridge Scheduler.
    Scheduler,
    /// A scheduled rule of EventBridge: UTC only, and no `at`.
    Rule,
}

/// A moment: ISO 8601, or seconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Timestamp {
    /// ISO 8601.
    Text(String),
    /// Seconds since 1970.
    Seconds(f64),
}

options! {
    /// The retry policy (RetryPolicy).
    #[derive(Copy)]
    pub struct ScheduleRetry {
        /// The most retries, 0 to 185 (MaximumRetryAttempts).
        pub attempts: Option<u32>,
        /// The longest age of a call, in seconds, 60 to 86400 (MaximumEventAgeInSeconds).
        pub age: Option<u32>,
    }
}

impl Schedule {
    /// Reads the options from a document, as the bindings do.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an option is unknown, missing or of a wrong type; it names the option.
    pub fn from_value(options: Value) -> Result<Self, Error> {
        parse_options("options", options)
    }

    pub(crate) fn http(&self) -> Option<&HttpTarget> {
        match &self.target {
            Some(ScheduleTarget::Named(named)) => named.http.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn chosen_route(&self) -> Route {
        let usual = if self.http().is_some() { Route::Rule } else { Route::Scheduler };
        self.route.unwrap_or(usual)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Timestamp {
    fn from(seconds: f64) -> Self {
        Self::Seconds(seconds)
    }
}

/// Read by hand: an untagged enum loses the spelling of numbers.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Number(number) if number.as_f64().is_some() => {
                Ok(Self::Seconds(number.as_f64().unwrap_or_default()))
            }
            other => Err(mistyped(&other, "ISO 8601 or seconds since 1970")),
        }
    }
}
