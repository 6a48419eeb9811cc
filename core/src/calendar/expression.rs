//! Parses a schedule expression of EventBridge: `rate`, `cron` or `at`. Pure.

use jiff::civil::DateTime;

use super::cron::Cron;
use super::crontab;

/// The longest that EventBridge takes.
const LONGEST: usize = 256;

const UNITS: [(&str, &str, i64); 3] = [("minute", "minutes", 60), ("hour", "hours", 3600), ("day", "days", 86_400)];

/// A parsed schedule expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// Every so many seconds.
    Rate(i64),
    /// At every matching time.
    Cron(Cron),
    /// Once.
    At(DateTime),
}

impl Expression {
    /// Parses an expression. The error names the wrong part and what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("{} characters long: EventBridge takes at most {LONGEST}", text.len()));
        }
        match inside(text) {
            Some(("rate", inner)) => rate(inner).map(Self::Rate),
            Some(("at", inner)) => at(inner).map(Self::At),
            Some(("cron", inner)) if crontab::is_unix(inner) => Err(unix_instead(inner)),
            Some(("cron", inner)) => Cron::parse(inner).map(Self::Cron),
            _ if crontab::is_unix(text) => Err(unix_instead(text)),
            _ => Err(format!(
                "{text:?} is none of rate(5 minutes), cron(0 9 ? * MON-FRI *) and at(2030-01-31T09:00:00), in lower case"
            )),
        }
    }
}

/// An expression of five fields as EventBridge writes it; any other as it is.
pub(crate) fn converted(text: &str) -> Result<String, String> {
    let inner = match inside(text) {
        Some(("cron", inner)) => inner,
        _ => text,
    };
    if crontab::is_unix(inner) { crontab::convert(inner) } else { Ok(text.to_owned()) }
}

/// The word before the parentheses, and the text between them.
fn inside(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('(')?;
    Some((word, rest.strip_suffix(')')?.trim()))
}

fn unix_instead(text: &str) -> String {
    match crontab::convert(text) {
        Ok(converted) => format!(
            "{text:?} is a cron of Unix, with five fields; EventBridge's has six, counts SUN=1 to SAT=7 and has ? in one of its \
             day fields: write {converted:?}, or give `convert: true`"
        ),
        Err(why) => why,
    }
}

fn rate(inner: &str) -> Result<i64, String> {
    let write = "write rate(5 minutes), with minutes, hours or days";
    let Some((count, unit)) = inner.split_once(' ') else { return Err(format!("rate({inner}): {write}")) };
    let unit = unit.trim();
    let value: i64 = match count.parse::<u32>() {
        Ok(value) if value > 0 => value.into(),
        _ => return Err(format!("rate({inner}): {count:?} is no whole number above 0: {write}")),
    };
    let known = UNITS.iter().find(|(one, many, _)| [*one, *many].contains(&unit));
    let Some((one, many, seconds)) = known else {
        return Err(format!("rate({inner}): {unit:?} is no unit of it: {write}; nothing is shorter than a minute"));
    };
    match (value, unit) {
        (1, unit) if unit != *one => Err(format!("rate({inner}): one is singular: write rate(1 {one})")),
        (2.., unit) if unit != *many => {
            Err(format!("rate({inner}): more than one is plural: write rate({value} {many})"))
        }
        _ => Ok(value * seconds),
    }
}

fn at(inner: &str) -> Result<DateTime, String> {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = |(byte, wanted): (u8, &u8)| if *wanted == b'd' { byte.is_ascii_digit() } else { byte == *wanted };
    let write = "write at(2030-01-31T09:00:00), without a zone: that is the option `timezone`";
    if inner.len() != shape.len() || !inner.bytes().zip(shape).all(fits) {
        return Err(format!("at({inner}): {write}"));
    }
    inner.parse().map_err(|_| format!("at({inner}): there is no such date and time: {write}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_must_be_written() {
        for (text, seconds) in [
            ("rate(1 minute)", 60),
            ("rate(5 minutes)", 300),
            ("rate(1 hour)", 3600),
            ("rate(12 hours)", 43_200),
            ("rate(1 day)", 86_400),
            ("rate(7 days)", 604_800),
        ] {
            assert_eq!(Expression::parse(text), Ok(Expression::Rate(seconds)), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_remedy() {
        for (text, remedy) in [
            ("rate(1 minutes)", "write rate(1 minute)"),
            ("rate(5 minute)", "write rate(5 minutes)"),
            ("rate(0 minutes)", "above 0"),
            ("rate(-5 minutes)", "above 0"),
            ("rate(1.5 hours)", "above 0"),
            ("rate(30 seconds)", "nothing is shorter than a minute"),
            ("rate(5minutes)", "write rate(5 minutes)"),
            ("rate(5 minutes 3 hours)", "no unit"),
            ("every 5 minutes", "is none of"),
            ("Rate(5 minutes)", "in lower case"),
            ("cron(0 9 ? * MON-FRI *", "is none of"),
            ("", "is none of"),
            ("at(2030-01-31T09:00:00Z)", "`timezone`"),
            ("at(2030-01-31 09:00:00)", "write at("),
            ("at(2030-02-30T09:00:00)", "no such date"),
            ("at(2030-01-31T24:00:00)", "no such date"),
            ("*/5 * * * *", "write \"cron(*/5 * * * ? *)\", or give `convert: true`"),
            ("cron(0 9 * * 1-5)", "write \"cron(0 9 ? * MON-FRI *)\""),
            ("@daily", "write \"cron(0 0 * * ? *)\""),
        ] {
            let said = Expression::parse(text).unwrap_err();
            assert!(said.contains(remedy), "{text}: {said}");
        }
        assert!(
            Expression::parse(&format!("cron({} * * * ? *)", "0,".repeat(200))).unwrap_err().contains("at most 256")
        );
    }

    #[test]
    fn what_is_of_eventbridge_already_is_not_converted() {
        for text in ["rate(5 minutes)", "cron(0 9 ? * MON-FRI *)", "at(2030-01-31T09:00:00)", "nonsense"] {
            assert_eq!(converted(text).as_deref(), Ok(text));
        }
        assert_eq!(converted("cron(0 9 * * 1-5)").as_deref(), Ok("cron(0 9 ? * MON-FRI *)"));
    }
}
