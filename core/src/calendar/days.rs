//! The days of a month that a day field of cron matches: by number, by weekday, from the end, or near a weekday. Pure.

use jiff::civil::{Date, Weekday};

use super::cron::date;

/// One item of a day field. Days of the week are SUN=1 to SAT=7.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Day {
    /// `15`.
    OfMonth(i8),
    /// `L`, and `L-3` for three days before it.
    FromLast(i8),
    /// `LW`: the last of Monday to Friday.
    LastWeekday,
    /// `15W`: of Monday to Friday the one nearest to it, in the same month.
    Nearest(i8),
    /// `MON`.
    OfWeek(i8),
    /// `6L`: the last Friday.
    LastOfWeek(i8),
    /// `6#3`: the third Friday.
    Turn(i8, i8),
}

/// The days of a month that match any of the items, in order.
pub(crate) fn days(items: &[Day], year: i16, month: i16) -> Vec<Date> {
    let Some(first) = date(year, month, 1) else { return Vec::new() };
    let last = first.last_of_month();
    let all = (1..=last.day()).filter_map(|day| date(year, month, day));
    all.filter(|day| items.iter().any(|item| item.fits(*day, last))).collect()
}

impl Day {
    fn fits(self, day: Date, last: Date) -> bool {
        let weekday = day.weekday().to_sunday_one_offset();
        match self {
            Self::OfMonth(number) => day.day() == number,
            Self::FromLast(before) => day.day() == last.day() - before,
            Self::LastWeekday => nearest(last, last) == day,
            Self::Nearest(number) => {
                date(day.year(), day.month().into(), number).is_some_and(|wanted| nearest(wanted, last) == day)
            }
            Self::OfWeek(number) => weekday == number,
            Self::LastOfWeek(number) => weekday == number && day.day() > last.day() - 7,
            Self::Turn(number, turn) => weekday == number && (day.day() - 1) / 7 + 1 == turn,
        }
    }
}

/// The day itself, or beside a weekend the nearest day of the same month that is none.
fn nearest(wanted: Date, last: Date) -> Date {
    let day = wanted.day();
    let moved = match wanted.weekday() {
        Weekday::Saturday if day == 1 => 3,
        Weekday::Saturday => day - 1,
        Weekday::Sunday if day == last.day() => day - 2,
        Weekday::Sunday => day + 1,
        _ => day,
    };
    date(wanted.year(), wanted.month().into(), moved).unwrap_or(wanted)
}
