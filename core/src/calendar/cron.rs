//! Parses the six fields of a cron expression, and finds the next time that matches. Pure.
//!
//! minutes, hours, day of month, month, day of week, year: `, - * /` everywhere, `? L W` in the day of month, `? L #` in the day
//! of week, whose days are SUN=1 to SAT=7. Exactly one of the two days is `?`.

use jiff::civil::{Date, DateTime};

use super::days::{Day, days};

/// The six fields, each as its matching values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cron {
    minutes: Vec<i16>,
    hours: Vec<i16>,
    days: Vec<Day>,
    months: Vec<i16>,
    years: Vec<i16>,
}

/// A field: its name, its least and greatest value, and names for values, the first of which is the least.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) least: i16,
    pub(crate) most: i16,
    pub(crate) names: &'static [&'static str],
}

pub(crate) const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
pub(crate) const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

pub(crate) const MINUTES: Field = Field { name: "minutes", least: 0, most: 59, names: &[] };
pub(crate) const HOURS: Field = Field { name: "hours", least: 0, most: 23, names: &[] };
pub(crate) const OF_MONTH: Field = Field { name: "day of month", least: 1, most: 31, names: &[] };
pub(crate) const MONTH: Field = Field { name: "month", least: 1, most: 12, names: &MONTHS };
pub(crate) const OF_WEEK: Field = Field { name: "day of week", least: 1, most: 7, names: &WEEKDAYS };
const YEAR: Field = Field { name: "year", least: 1970, most: 2199, names: &[] };

impl Cron {
    pub(crate) fn parse(inner: &str) -> Result<Self, String> {
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minutes, hours, of_month, month, of_week, year] = fields[..] else {
            return Err(format!(
                "cron({inner}): {} fields, six expected: minutes, hours, day of month, month, day of week, year; such as cron(0 9 ? * MON-FRI *)",
                fields.len()
            ));
        };
        let cron = Self {
            minutes: MINUTES.values(minutes)?,
            hours: HOURS.values(hours)?,
            days: days_of(of_month, of_week)?,
            months: MONTH.values(month)?,
            years: YEAR.values(year)?,
        };
        match cron.next(DateTime::constant(1969, 12, 31, 23, 59, 59, 0)) {
            Some(_) => Ok(cron),
            None => Err(format!("cron({inner}): no such day exists in its months and years: it would never fire")),
        }
    }

    /// The first time after `after` that matches.
    pub(crate) fn next(&self, after: DateTime) -> Option<DateTime> {
        let (day, time) = (after.date(), after.time());
        let is_later = |hour: i16, minute: i16| (hour, minute) > (time.hour().into(), time.minute().into());
        for &year in self.years.iter().filter(|&&year| year >= day.year()) {
            for &month in self.months.iter().filter(|&&month| (year, month) >= (day.year(), day.month().into())) {
                let found = days(&self.days, year, month).into_iter().filter(|found| *found >= day).find_map(|found| {
                    let times =
                        self.hours.iter().flat_map(|&hour| self.minutes.iter().map(move |&minute| (hour, minute)));
                    let mut times = times.filter(|&(hour, minute)| found > day || is_later(hour, minute));
                    times.next().map(|(hour, minute)| found.at(hour as i8, minute as i8, 0, 0))
                });
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

fn days_of(of_month: &str, of_week: &str) -> Result<Vec<Day>, String> {
    match (of_month, of_week) {
        ("?", "?") => {
            Err("day of month and day of week are both ?: exactly one of them is; write * for the other".to_owned())
        }
        (_, "?") => items(of_month).map(of_month_item).collect::<Result<Vec<_>, _>>().map(|all| all.concat()),
        ("?", _) => items(of_week).map(of_week_item).collect::<Result<Vec<_>, _>>().map(|all| all.concat()),
        ("*", _) => Err(format!(
            "day of month * with day of week {of_week}: exactly one of the two is ?; write ? for the day of month"
        )),
        _ => Err(format!(
            "day of month {of_month} with day of week {of_week}: exactly one of the two is ?; write ? for the one that does not count"
        )),
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
}

fn of_month_item(item: &str) -> Result<Vec<Day>, String> {
    if item == "LW" {
        return Ok(vec![Day::LastWeekday]);
    }
    if let Some(rest) = item.strip_prefix('L') {
        let before = match rest {
            "" => Some(0),
            _ => {
                rest.strip_prefix('-').and_then(|before| before.parse().ok()).filter(|before| (0..31).contains(before))
            }
        };
        return before.map(|before| vec![Day::FromLast(before)]).ok_or_else(|| OF_MONTH.wrong(item));
    }
    if let Some(day) = item.strip_suffix('W') {
        return Ok(vec![Day::Nearest(OF_MONTH.value(day)? as i8)]);
    }
    Ok(OF_MONTH.item(item)?.into_iter().map(|day| Day::OfMonth(day as i8)).collect())
}

fn of_week_item(item: &str) -> Result<Vec<Day>, String> {
    if item == "L" {
        return Ok(vec![Day::OfWeek(OF_WEEK.most as i8)]);
    }
    if let Some(day) = item.strip_suffix('L') {
        return Ok(vec![Day::LastOfWeek(OF_WEEK.value(day)? as i8)]);
    }
    if let Some((day, turn)) = item.split_once('#') {
        let turn: Option<i8> = turn.parse().ok().filter(|turn| (1..=5).contains(turn));
        let turn = turn.ok_or_else(|| format!("day of week {item}: after # give which of the month, 1 to 5"))?;
        return Ok(vec![Day::Turn(OF_WEEK.value(day)? as i8, turn)]);
    }
    Ok(OF_WEEK.item(item)?.into_iter().map(|day| Day::OfWeek(day as i8)).collect())
}

impl Field {
    /// All values of a list, in order.
    pub(crate) fn values(&self, text: &str) -> Result<Vec<i16>, String> {
        let mut values = items(text).map(|item| self.item(item)).collect::<Result<Vec<_>, _>>()?.concat();
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    /// The values of `*`, `a`, `a-b`, and each of them with `/step`.
    fn item(&self, item: &str) -> Result<Vec<i16>, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => {
                let step = step.parse::<i16>().ok().filter(|step| *step > 0);
                (range, Some(step.ok_or_else(|| format!("{} {item}: after / give a step of 1 or more", self.name))?))
            }
            None => (item, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None if step.is_some() => (self.value(range)?, self.most),
            None => (self.value(range)?, self.value(range)?),
        };
        let step = step.unwrap_or(1);
        // A range that goes over the end begins again: FRI-MON.
        let length = if from <= to { to - from } else { to - from + (self.most - self.least + 1) };
        let wrapped = |value: i16| if value > self.most { value - (self.most - self.least + 1) } else { value };
        Ok((0..=length).step_by(step as usize).map(|far| wrapped(from + far)).collect())
    }

    fn value(&self, text: &str) -> Result<i16, String> {
        if let Some(at) = self.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return Ok(self.least + at as i16);
        }
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse::<i16>().ok().filter(|_| is_number);
        value.filter(|value| (self.least..=self.most).contains(value)).ok_or_else(|| self.wrong(text))
    }

    fn wrong(&self, text: &str) -> String {
        let (name, least, most) = (self.name, self.least, self.most);
        match (text, self.names) {
            ("?", _) => format!("{name} ?: only the day of month or the day of week may be ?; write *"),
            ("0", [first, ..]) if self.most == 7 => {
                format!(
                    "{name} 0: EventBridge counts {first}=1 to SAT=7, one more than Unix: write {first}, and see to the other days too"
                )
            }
            (_, [first, .., last]) => format!("{name} {text:?}: expected {least} to {most}, or {first} to {last}"),
            _ => format!("{name} {text:?}: expected {least} to {most}"),
        }
    }
}

/// A day of the calendar; `None` where there is no such day.
pub(crate) fn date(year: i16, month: i16, day: i8) -> Option<Date> {
    Date::new(year, month as i8, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first times after a moment, without their seconds.
    fn times(inner: &str, after: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(inner).unwrap_or_else(|error| panic!("{inner}: {error}"));
        let mut at: DateTime = after.parse().unwrap();
        let next = || cron.next(at).inspect(|next| at = *next);
        std::iter::from_fn(next).take(count).map(|time| time.strftime("%Y-%m-%dT%H:%M").to_string()).collect()
    }

    #[test]
    fn times_come_as_the_calendar_has_them() {
        for (inner, after, expected) in [
            // As AWS's own guide explains them.
            ("0 10 * * ? *", "2026-11-27T10:00:00", vec!["2026-11-28T10:00", "2026-11-29T10:00"]),
            ("15 12 * * ? *", "2026-11-27T12:14:59", vec!["2026-11-27T12:15", "2026-11-28T12:15"]),
            ("0 18 ? * MON-FRI *", "2026-11-27T18:00:00", vec!["2026-11-30T18:00", "2026-12-01T18:00"]),
            ("0 8 1 * ? *", "2026-11-27T00:00:00", vec!["2026-12-01T08:00", "2027-01-01T08:00"]),
            ("0/15 * * * ? *", "2026-11-27T23:40:00", vec!["2026-11-27T23:45", "2026-11-28T00:00"]),
            ("0/10 * ? * MON-FRI *", "2026-11-27T23:50:00", vec!["2026-11-30T00:00", "2026-11-30T00:10"]),
            ("0/5 8-17 ? * MON-FRI *", "2026-11-27T17:55:00", vec!["2026-11-30T08:00", "2026-11-30T08:05"]),
            ("15 10 ? * 6L 2022-2023", "2022-01-01T00:00:00", vec!["2022-01-28T10:15", "2022-02-25T10:15"]),
            // Days that depend on the month.
            ("0 0 L * ? *", "2027-01-31T00:00:00", vec!["2027-02-28T00:00", "2027-03-31T00:00"]),
            ("0 0 L-2 * ? *", "2028-02-01T00:00:00", vec!["2028-02-27T00:00", "2028-03-29T00:00"]),
            ("0 0 LW * ? *", "2026-02-01T00:00:00", vec!["2026-02-27T00:00", "2026-03-31T00:00"]),
            // 1 August 2026 is a Saturday, 15 November 2026 a Sunday, 31 May 2026 a Sunday.
            ("0 0 1W 8 ? *", "2026-07-01T00:00:00", vec!["2026-08-03T00:00", "2027-08-02T00:00"]),
            ("0 0 15W 11 ? *", "2026-11-01T00:00:00", vec!["2026-11-16T00:00", "2027-11-15T00:00"]),
            ("0 0 31W 5 ? *", "2026-05-01T00:00:00", vec!["2026-05-29T00:00", "2027-05-31T00:00"]),
            ("0 9 ? * 2#1 *", "2026-11-27T00:00:00", vec!["2026-12-07T09:00", "2027-01-04T09:00"]),
            ("0 9 ? * MON#5 *", "2026-11-27T00:00:00", vec!["2026-11-30T09:00", "2027-03-29T09:00"]),
            ("0 0 ? * L *", "2026-11-27T00:00:00", vec!["2026-11-28T00:00", "2026-12-05T00:00"]),
            ("0 0 29 2 ? *", "2026-01-01T00:00:00", vec!["2028-02-29T00:00", "2032-02-29T00:00"]),
            // Lists, steps, names in any case, and ranges over the end.
            ("0 0 ? jan,Jul sun *", "2026-11-27T00:00:00", vec!["2027-01-03T00:00", "2027-01-10T00:00"]),
            ("0 22-1 * * ? *", "2026-11-27T22:30:00", vec!["2026-11-27T23:00", "2026-11-28T00:00", "2026-11-28T01:00"]),
            (
                "0 0 ? * FRI-MON *",
                "2026-11-27T00:00:00",
                vec!["2026-11-28T00:00", "2026-11-29T00:00", "2026-11-30T00:00"],
            ),
            ("5,5,1 0 * * ? *", "2026-11-27T00:02:00", vec!["2026-11-27T00:05", "2026-11-28T00:01"]),
            ("0 0 1 1 ? 2030/100", "2026-01-01T00:00:00", vec!["2030-01-01T00:00", "2130-01-01T00:00"]),
            ("59 23 31 12 ? 2199", "2199-12-31T23:58:00", vec!["2199-12-31T23:59"]),
        ] {
            assert_eq!(times(inner, after, expected.len()), expected, "{inner}");
        }
        assert_eq!(times("59 23 31 12 ? 2199", "2199-12-31T23:59:00", 1), Vec::<String>::new());
    }

    #[test]
    fn each_mistake_names_its_field_and_its_remedy() {
        for (inner, remedy) in [
            ("0 9 * * * *", "day of month * with day of week *"),
            ("0 9 ? * ? *", "both ?"),
            ("0 9 1 * MON *", "write ? for the one that does not count"),
            ("0 9 ? * 0 *", "counts SUN=1 to SAT=7"),
            ("0 9 ? * 0-4 *", "counts SUN=1"),
            ("0 9 ? * 8 *", "day of week \"8\": expected 1 to 7, or SUN to SAT"),
            ("60 9 * * ? *", "minutes \"60\": expected 0 to 59"),
            ("0 24 * * ? *", "hours \"24\": expected 0 to 23"),
            ("0 9 32 * ? *", "day of month \"32\""),
            ("0 9 0 * ? *", "day of month \"0\": expected 1 to 31"),
            ("0 9 L-31 * ? *", "day of month \"L-31\""),
            ("0 9 * 13 ? *", "month \"13\": expected 1 to 12, or JAN to DEC"),
            ("0 9 * * ? 1969", "year \"1969\": expected 1970 to 2199"),
            ("? 9 * * ? *", "minutes ?"),
            ("*/0 9 * * ? *", "step of 1 or more"),
            ("*/x 9 * * ? *", "step of 1 or more"),
            ("+5 9 * * ? *", "minutes \"+5\""),
            ("0 9 ? * MON#6 *", "1 to 5"),
            ("0 9 ? * #1 *", "day of week \"\""),
            ("0 9 W * ? *", "day of month \"\""),
            ("0,,5 9 * * ? *", "minutes \"\""),
            ("0 9 30 2 ? *", "never fire"),
            ("0 9 29 2 ? 2027", "never fire"),
            ("0 9 * ? *", "5 fields, six expected"),
            ("", "0 fields"),
        ] {
            let said = Cron::parse(inner).unwrap_err();
            assert!(said.contains(remedy), "{inner}: {said}");
        }
    }
}
