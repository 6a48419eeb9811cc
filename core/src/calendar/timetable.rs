//! The times at which a schedule fires in its time zone. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::expression::Expression;
use crate::error::Error;
use crate::options::names::suggestion;

/// The times of a schedule expression in a time zone. Nothing is called: the time zones are part of this crate.
///
/// ```
/// use ecs_rollout::Timetable;
///
/// let weekdays = Timetable::parse("cron(0 9 ? * MON-FRI *)", "Europe/Berlin")?;
/// let next = weekdays.after(1_795_737_600, 0).expect("there is one"); // after Friday, 27 November 2026 00:00 UTC
/// assert_eq!(weekdays.show(next), "2026-11-27T09:00:00+01:00");
/// # Ok::<(), ecs_rollout::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timetable {
    expression: Expression,
    zone: TimeZone,
}

impl Timetable {
    /// Reads an expression: `rate(…)`, `cron(…)` with six fields, or `at(…)`; and an IANA time zone.
    ///
    /// # Errors
    /// `invalid`, with the field that is wrong and what to write instead.
    pub fn parse(expression: &str, timezone: &str) -> Result<Self, Error> {
        let expression = Expression::parse(expression).map_err(|text| Error::invalid("expression", text))?;
        Ok(Self { expression, zone: zone(timezone)? })
    }

    /// The next time later than a moment; both in seconds since 1970. A rate counts from `since`, which is its first time itself.
    ///
    /// A time on the calendar that the clocks skip in spring is left out, and one that comes twice in autumn is the first of the
    /// two alone, as EventBridge Scheduler has it.
    pub fn after(&self, moment: i64, since: i64) -> Option<i64> {
        match &self.expression {
            Expression::Rate(_) if moment < since => Some(since),
            Expression::Rate(every) => {
                (moment - since).checked_div(*every)?.checked_add(1)?.checked_mul(*every)?.checked_add(since)
            }
            Expression::At(at) => self.moment(*at).filter(|at| *at > moment),
            Expression::Cron(cron) => {
                let mut at = self.civil(moment)?;
                loop {
                    at = cron.next(at)?;
                    match self.once(at) {
                        Some(found) if found > moment => return Some(found),
                        // Skipped by the clocks, or in the first of two like hours, which is over.
                        _ => {}
                    }
                }
            }
        }
    }

    /// A moment as people in the time zone write it: ISO 8601, with the offset from UTC.
    pub fn show(&self, moment: i64) -> String {
        let Ok(moment) = Timestamp::from_second(moment) else { return moment.to_string() };
        moment.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// A time on this calendar as a moment; where the clocks skip it, as much later.
    pub(crate) fn moment(&self, at: DateTime) -> Option<i64> {
        self.zone.to_ambiguous_timestamp(at).compatible().ok().map(Timestamp::as_second)
    }

    pub(crate) fn is_rate(&self) -> bool {
        matches!(self.expression, Expression::Rate(_))
    }

    pub(crate) fn is_once(&self) -> bool {
        matches!(self.expression, Expression::At(_))
    }

    /// The first time after a moment that the clocks skip, or that comes twice: as on the calendar, and whether it is skipped.
    pub(crate) fn odd(&self, moment: i64, until: i64) -> Option<(String, bool)> {
        let Expression::Cron(cron) = &self.expression else { return None };
        let start = Timestamp::from_second(moment).ok()?;
        let changes = self.zone.following(start).take_while(|change| change.timestamp().as_second() <= until);
        for change in changes.filter(|change| change.timestamp().as_second() > moment) {
            // A day around each change of the clocks holds all that it can touch.
            let around = change.timestamp().as_second();
            let (mut at, end) = (self.civil(around - 86_400)?, self.civil(around + 86_400)?);
            while let Some(next) = cron.next(at).filter(|next| *next < end) {
                match self.zone.to_ambiguous_timestamp(next).offset() {
                    AmbiguousOffset::Unambiguous { .. } => at = next,
                    AmbiguousOffset::Gap { .. } => return Some((next.to_string(), true)),
                    AmbiguousOffset::Fold { .. } => return Some((next.to_string(), false)),
                }
            }
        }
        None
    }

    fn civil(&self, moment: i64) -> Option<DateTime> {
        let moment = Timestamp::from_second(moment).ok()?;
        Some(self.zone.to_datetime(moment))
    }

    fn once(&self, at: DateTime) -> Option<i64> {
        let ambiguous = self.zone.to_ambiguous_timestamp(at);
        match ambiguous.offset() {
            AmbiguousOffset::Gap { .. } => None,
            _ => ambiguous.earlier().ok().map(Timestamp::as_second),
        }
    }
}

/// A time zone by its IANA name.
pub(crate) fn zone(name: &str) -> Result<TimeZone, Error> {
    let known = TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name));
    known.ok_or_else(|| {
        let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let near: Vec<&str> = all.iter().map(String::as_str).collect();
        let hint = suggestion(name, &near);
        let hint =
            if hint.starts_with(": did") { hint } else { ": give an IANA name such as Europe/Berlin".to_owned() };
        Error::invalid("timezone", format!("no time zone {name:?}{hint}"))
    })
}

/// Reads a moment: seconds since 1970, or ISO 8601; without an offset in the time zone given.
pub(crate) fn moment(text: &str, zone: &TimeZone) -> Option<f64> {
    let exact = text.parse::<Timestamp>().ok();
    let found = exact.or_else(|| zone.to_ambiguous_timestamp(text.parse::<DateTime>().ok()?).compatible().ok())?;
    Some(found.as_millisecond() as f64 / 1000.0)
}

#[cfg(test)]
mod tests;
