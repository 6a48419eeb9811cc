//! Converts a cron of Unix, with five fields, to EventBridge's six. Pure.

use super::cron::{Cron, WEEKDAYS};

/// Words that mean five fields.
const WORDS: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// Whether a text has the five fields of Unix's cron, or is a word for them.
pub(crate) fn is_unix(text: &str) -> bool {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let is_field = |field: &&str| field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*,-/".contains(&byte));
    (fields.len() == 5 && fields.iter().all(is_field) && !fields[0].bytes().any(|byte| byte.is_ascii_alphabetic()))
        || (text.starts_with('@') && WORDS.iter().any(|(word, _)| *word == text))
}

/// Converts it to EventBridge's form. The error is why no single expression means the same.
pub(crate) fn convert(text: &str) -> Result<String, String> {
    let text = WORDS.iter().find(|(word, _)| *word == text).map_or(text, |(_, fields)| fields);
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minutes, hours, of_month, month, of_week] = fields[..] else {
        return Err(format!("{text:?} has {} fields, not five", fields.len()));
    };
    let week = weekdays(of_week)?;
    let month = month.to_uppercase();
    let (of_month, of_week) = match (of_month, week.as_str()) {
        (_, "*") => (of_month, "?"),
        ("*", _) => ("?", week.as_str()),
        _ => {
            return Err(format!(
                "{text:?} fires when either its day of month or its day of week fits, which no one expression of EventBridge says: \
                 make two schedules, cron({minutes} {hours} {of_month} {month} ? *) and cron({minutes} {hours} ? {month} {week} *)"
            ));
        }
    };
    let inner = format!("{minutes} {hours} {of_month} {month} {of_week} *");
    Cron::parse(&inner)?;
    Ok(format!("cron({inner})"))
}

/// Days of the week by their names, which are the same in both systems.
fn weekdays(text: &str) -> Result<String, String> {
    let mut is_on = [false; 7];
    for item in text.split(',') {
        item_of_week(item, &mut is_on).ok_or_else(|| {
            format!(
                "day of week {item:?}: in a cron of Unix it is 0 to 7, where both 0 and 7 are Sunday, or SUN to SAT"
            )
        })?;
    }
    if is_on == [true; 7] {
        return Ok("*".to_owned());
    }
    let mut names: Vec<String> = Vec::new();
    let mut at = 0;
    while at < 7 {
        let length = is_on[at..].iter().take_while(|is_on| **is_on).count();
        match length {
            0 => at += 1,
            1 | 2 => names.extend(WEEKDAYS[at..at + length].iter().map(|name| (*name).to_owned())),
            _ => names.push(format!("{}-{}", WEEKDAYS[at], WEEKDAYS[at + length - 1])),
        }
        at += length;
    }
    Ok(names.join(","))
}

/// Marks the days of `*`, `a`, `a-b`, and each of them with `/step`.
fn item_of_week(item: &str, is_on: &mut [bool; 7]) -> Option<()> {
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let step = step.map_or(Some(1), |step| step.parse::<usize>().ok().filter(|step| *step > 0))?;
    let (from, to) = match range.split_once('-') {
        _ if range == "*" => (0, 6),
        Some((from, to)) => (weekday(from)?, weekday(to)?),
        None if item != range => (weekday(range)?, 6),
        None => (weekday(range)?, weekday(range)?),
    };
    // Sunday ends a range as 7: FRI-SUN.
    let to = if to < from && to == 0 { 7 } else { to };
    (from..=to).step_by(step).for_each(|day| is_on[day % 7] = true);
    (from <= to).then_some(())
}

fn weekday(text: &str) -> Option<usize> {
    let named = WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(text));
    named.or_else(|| text.parse().ok().filter(|day| *day <= 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_fields_become_six() {
        for (unix, expected) in [
            ("*/5 * * * *", "cron(*/5 * * * ? *)"),
            ("0 9 * * 1-5", "cron(0 9 ? * MON-FRI *)"),
            ("0 9 * * 0", "cron(0 9 ? * SUN *)"),
            ("0 9 * * 7", "cron(0 9 ? * SUN *)"),
            ("0 9 * * 5-7", "cron(0 9 ? * SUN,FRI,SAT *)"),
            ("0 9 * * fri-sun", "cron(0 9 ? * SUN,FRI,SAT *)"),
            ("0 9 * * */2", "cron(0 9 ? * SUN,TUE,THU,SAT *)"),
            ("0 9 * * 0-6", "cron(0 9 * * ? *)"),
            ("0 9 * * 1,3", "cron(0 9 ? * MON,WED *)"),
            ("30 4 1,15 * *", "cron(30 4 1,15 * ? *)"),
            ("0 0 1 jan *", "cron(0 0 1 JAN ? *)"),
            ("0-30/10 8-18 * 1-6 *", "cron(0-30/10 8-18 * 1-6 ? *)"),
            ("@hourly", "cron(0 * * * ? *)"),
            ("@weekly", "cron(0 0 ? * SUN *)"),
            ("@annually", "cron(0 0 1 1 ? *)"),
        ] {
            assert!(is_unix(unix), "{unix}");
            assert_eq!(convert(unix).as_deref(), Ok(expected), "{unix}");
        }
    }

    #[test]
    fn what_cannot_be_said_in_one_is_told() {
        for (unix, why) in [
            ("0 9 1 * 1", "make two schedules, cron(0 9 1 * ? *) and cron(0 9 ? * MON *)"),
            ("0 9 * * 8", "0 to 7"),
            ("0 9 * * 5-2", "0 to 7"),
            ("0 9 * * */0", "0 to 7"),
            ("61 9 * * *", "minutes \"61\""),
            ("0 9 30 2 *", "never fire"),
        ] {
            let said = convert(unix).unwrap_err();
            assert!(said.contains(why), "{unix}: {said}");
        }
        for text in ["0 9 ? * MON *", "0 9 * * ? *", "rate(5 minutes)", "call me at five please", "@reboot", "0 9 * *"]
        {
            assert!(!is_unix(text), "{text}");
        }
    }
}
