//! Decides when a schedule of Application Auto Scaling comes due: `at`, `rate` and `cron`, in UTC.

/// Whether `schedule`, made at `created` of the simulated clock, comes due after `from` and up to `to`, both in epoch seconds and a
/// minute apart at most.
pub(super) fn due(schedule: &str, created: f64, (from, to): (f64, f64)) -> bool {
    let inner = |kind: &str| schedule.strip_prefix(kind)?.strip_suffix(')');
    if let Some(time) = inner("at(") {
        return seconds(time).is_some_and(|at| from < at && at <= to);
    }
    if let Some(rate) = inner("rate(") {
        let Some(every) = every(rate) else { return false };
        let turns = |at: f64| ((at - created) / every).floor();
        return turns(to) > turns(from).max(0.0);
    }
    inner("cron(").is_some_and(|fields| matches(fields, to))
}

fn every(rate: &str) -> Option<f64> {
    let (number, unit) = rate.trim().split_once(' ')?;
    let unit = match unit.trim_end_matches('s') {
        "minute" => 60.0,
        "hour" => 3600.0,
        "day" => 86_400.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok().filter(|number| *number > 0.0)? * unit)
}

/// The epoch seconds of `yyyy-mm-ddThh:mm:ss`.
fn seconds(text: &str) -> Option<f64> {
    let (date, time) = text.split_once('T')?;
    let numbers = |text: &str, mark| text.split(mark).map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>();
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let (&[year, month, day], &[hour, minute, second]) = (date.as_slice(), time.as_slice()) else { return None };
    Some((days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second) as f64)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar: years begin in March, so that the leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the days since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

const MONTHS: &str = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
const WEEKDAYS: &str = "SUNMONTUEWEDTHUFRISAT";

/// Whether the minute of `at` is one of a cron expression: numbers, names, lists, ranges and steps. L, W and # never match.
fn matches(fields: &str, at: f64) -> bool {
    let minutes = (at / 60.0).floor() as i64;
    let day = minutes.div_euclid(1440);
    let (year, month, of_month) = date(day);
    // 1970-01-01 was a Thursday, the fifth day of a week that begins on Sunday.
    let values = [minutes % 60, minutes / 60 % 24, of_month, month, (day + 4).rem_euclid(7) + 1, year];
    let fields: Vec<&str> = fields.split_whitespace().collect();
    fields.len() == values.len()
        && fields.iter().zip(values).all(|(field, value)| field.split(',').any(|one| fits(one, value)))
}

fn fits(field: &str, value: i64) -> bool {
    let (range, step) = field.split_once('/').map_or((field, None), |(range, step)| (range, step.parse::<i64>().ok()));
    let number = |text: &str| {
        let of = |names: &str| names.find(&text.to_uppercase()).map(|at| at as i64 / 3 + 1);
        text.parse().ok().or_else(|| if text.len() == 3 { of(MONTHS).or_else(|| of(WEEKDAYS)) } else { None })
    };
    let (low, high) = match (range, range.split_once('-')) {
        ("*" | "?", _) => (Some(0), Some(i64::MAX)),
        (_, Some((low, high))) => (number(low), number(high)),
        (one, None) if step.is_some() => (number(one), Some(i64::MAX)),
        (one, None) => (number(one), number(one)),
    };
    let (Some(low), Some(high)) = (low, high) else { return false };
    (low..=high).contains(&value) && step.is_none_or(|step| step > 0 && (value - low) % step == 0)
}

#[cfg(test)]
mod tests {
    use super::{date, days, due, seconds};

    #[test]
    fn days_and_dates() {
        for (year, month, day) in [(1970, 1, 1), (2000, 2, 29), (2026, 11, 27), (2100, 3, 1)] {
            assert_eq!(date(days(year, month, day)), (year, month, day));
        }
        assert_eq!(seconds("2000-03-01T00:00:01"), Some(951_868_801.0));
    }

    #[test]
    fn a_schedule_comes_due() {
        // A Friday.
        let at = seconds("2026-11-27T08:30:00").unwrap_or_default();
        for (schedule, expected) in [
            ("at(2026-11-27T08:29:30)", true),
            ("at(2026-11-27T08:30:01)", false),
            ("rate(10 minutes)", true),
            ("rate(7 minutes)", false),
            ("cron(30 8 * * ? *)", true),
            ("cron(0/15 8-18 ? NOV MON-FRI 2026)", true),
            ("cron(30 8 ? * SAT,SUN *)", false),
            ("cron(30 8 28 * ? *)", false),
            ("cron(31 8 * * ? *)", false),
            ("never", false),
        ] {
            assert_eq!(due(schedule, at - 600.0, (at - 60.0, at)), expected, "{schedule}");
        }
    }
}
