//! Whether a text is a schedule that Application Auto Scaling takes. Pure.
//!
//! Source: the API reference of PutScheduledAction: `at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)`, `cron(fields)` with six fields.

/// What is wrong with a schedule, for a person.
pub(super) fn wrong(schedule: &str) -> Option<String> {
    let inner = |kind: &str| schedule.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(time) = inner("at") {
        return (!is_time(time)).then(|| format!("{time:?} is no time: write at(2030-01-31T08:00:00), without a zone"));
    }
    if let Some(rate) = inner("rate") {
        return (!is_rate(rate)).then(|| format!("{rate:?} is no rate: write rate(1 hour) or rate(5 minutes)"));
    }
    if let Some(fields) = inner("cron") {
        return wrong_cron(fields);
    }
    Some(format!("{schedule:?} is no schedule: write at(…), rate(…) or cron(…)"))
}

fn is_time(text: &str) -> bool {
    let (Some((date, time)), true) = (text.split_once('T'), text.len() == 19) else { return false };
    let numbers = |text: &str, mark| text.split(mark).map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
    let date = numbers(date, '-')
        .is_some_and(|all| all.len() == 3 && (1..=12).contains(&all[1]) && (1..=31).contains(&all[2]));
    date && numbers(time, ':').is_some_and(|all| all.len() == 3 && all[0] < 24 && all[1] < 60 && all[2] < 60)
}

fn is_rate(text: &str) -> bool {
    let Some((number, unit)) = text.trim().split_once(' ') else { return false };
    let units = ["minute", "hour", "day"];
    let is_unit = |unit: &str| units.contains(&unit.strip_suffix('s').unwrap_or(unit));
    number.parse::<u32>().is_ok_and(|number| number > 0) && is_unit(unit.trim())
}

const FIELDS: [(&str, u32, u32); 6] = [
    ("minutes", 0, 59),
    ("hours", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 1, 7),
    ("year", 1970, 2199),
];

fn wrong_cron(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let names = FIELDS.map(|(name, _, _)| name).join(", ");
        return Some(format!("cron({text}) has {} fields, six expected: {names}", fields.len()));
    }
    let wrong = fields.iter().zip(FIELDS).find(|(field, (_, least, most))| !is_field(field, *least, *most));
    wrong.map(|(field, (name, least, most))| format!("{field:?} is no {name} of a cron expression: {least} to {most}"))
}

/// Names (MON, JAN) and the marks L, W and # are left to AWS: only numbers are looked at.
fn is_field(field: &str, least: u32, most: u32) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "*?,-/#".contains(c);
    let in_range = |part: &str| part.parse::<u32>().map_or(!part.is_empty(), |number| (least..=most).contains(&number));
    field.chars().all(allowed)
        && field.split(',').all(|item| {
            let range = item.split('/').next().unwrap_or_default();
            range.split('#').next().unwrap_or_default().split('-').all(in_range)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for schedule in [
            "at(2030-01-31T08:00:00)",
            "rate(1 minute)",
            "rate(12 hours)",
            "cron(0 8 * * ? *)",
            "cron(0/15 8-18 ? * MON-FRI *)",
            "cron(0 0 L * ? 2030)",
            "cron(0 8 ? * 2#1 *)",
        ] {
            assert_eq!(wrong(schedule), None, "{schedule}");
        }
        for (schedule, expected) in [
            ("every day", "no schedule"),
            ("at(tomorrow)", "no time"),
            ("at(2030-13-01T08:00:00)", "no time"),
            ("at(2030-01-01T08:00:00Z)", "no time"),
            ("rate(0 minutes)", "no rate"),
            ("rate(5 weeks)", "no rate"),
            ("cron(0 8 * * *)", "5 fields, six expected"),
            ("cron(61 8 * * ? *)", "\"61\" is no minutes"),
            ("cron(0 8 * 13 ? *)", "\"13\" is no month"),
            ("cron(0 8 * ; ? *)", "no month"),
        ] {
            assert!(wrong(schedule).is_some_and(|text| text.contains(expected)), "{schedule}: {:?}", wrong(schedule));
        }
    }
}
