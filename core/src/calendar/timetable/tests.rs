use super::*;

fn at(text: &str) -> i64 {
    moment(text, &TimeZone::UTC).unwrap() as i64
}

fn times(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let table = Timetable::parse(expression, zone).unwrap();
    let (mut now, since) = (at(after), at("2026-01-01T00:00:30Z"));
    let next = || table.after(now, since).inspect(|next| now = *next);
    std::iter::from_fn(next).take(count).map(|next| table.show(next)).collect()
}

#[test]
fn times_keep_to_the_clocks_of_their_zone() {
    for (expression, zone, after, expected) in [
        ("cron(0 9 ? * MON-FRI *)", "UTC", "2026-11-27T09:00:00Z", vec!["2026-11-30T09:00:00+00:00"]),
        // In winter and in summer at nine, which is another moment.
        ("cron(0 9 29 * ? *)", "Europe/Berlin", "2026-03-01T00:00:00Z", vec!["2026-03-29T09:00:00+02:00"]),
        ("cron(0 9 28 * ? *)", "Europe/Berlin", "2026-03-01T00:00:00Z", vec!["2026-03-28T09:00:00+01:00"]),
        // The clocks skip 02:00 to 03:00 on 29 March 2026.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2026-03-28T00:00:00Z",
            vec!["2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00"],
        ),
        // 02:00 to 03:00 comes twice on 25 October 2026: it fires in the first, and not again.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            vec!["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
        ),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T01:10:00Z", vec!["2026-10-26T02:30:00+01:00"]),
        ("cron(0 0 * * ? *)", "Asia/Kathmandu", "2026-01-01T00:00:00Z", vec!["2026-01-02T00:00:00+05:45"]),
        // A rate counts from its beginning, clocks or not.
        (
            "rate(1 day)",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            vec!["2026-03-29T01:00:30+01:00", "2026-03-30T02:00:30+02:00"],
        ),
        (
            "rate(5 minutes)",
            "UTC",
            "2025-12-31T00:00:00Z",
            vec!["2026-01-01T00:00:30+00:00", "2026-01-01T00:05:30+00:00"],
        ),
        ("rate(5 minutes)", "UTC", "2026-01-01T00:05:30Z", vec!["2026-01-01T00:10:30+00:00"]),
        ("at(2026-07-01T09:00:00)", "America/New_York", "2026-01-01T00:00:00Z", vec!["2026-07-01T09:00:00-04:00"]),
        ("at(2026-07-01T09:00:00)", "America/New_York", "2026-07-01T13:00:00Z", vec![]),
    ] {
        let count = expected.len().max(1);
        assert_eq!(times(expression, zone, after, count), expected, "{expression} in {zone} after {after}");
    }
}

#[test]
fn what_the_clocks_skip_or_double_is_known() {
    let odd = |expression: &str, zone: &str| {
        let table = Timetable::parse(expression, zone).unwrap();
        table.odd(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))
    };
    let (spring, autumn) = ("2026-03-29T02:30:00".to_owned(), "2026-10-25T02:30:00".to_owned());
    assert_eq!(odd("cron(30 2 * * ? *)", "Europe/Berlin"), Some((spring, true)));
    assert_eq!(odd("cron(30 2 ? 10 * *)", "Europe/Berlin"), Some((autumn, false)));
    assert_eq!(odd("cron(30 9 * * ? *)", "Europe/Berlin"), None);
    assert_eq!(odd("cron(30 2 ? * MON *)", "Europe/Berlin"), None);
    assert_eq!(odd("cron(30 2 * * ? *)", "UTC"), None);
    assert_eq!(odd("cron(30 2 * * ? *)", "Asia/Tokyo"), None);
    assert_eq!(odd("rate(1 hour)", "Europe/Berlin"), None);
}

#[test]
fn a_zone_that_is_none_is_told_with_the_nearest() {
    for (name, hint) in [
        ("Europe/Berln", "did you mean \"Europe/Berlin\"?"),
        ("europe/berlin", "did you mean \"Europe/Berlin\"?"),
        ("Middle-earth/The_Shire_of_the_Hobbits", "give an IANA name"),
        ("", "give an IANA name"),
    ] {
        let error = Timetable::parse("rate(1 day)", name).unwrap_err();
        assert_eq!(error.code(), "invalid");
        assert!(error.to_string().contains(hint), "{error}");
    }
    for name in ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia", "Etc/GMT+5"] {
        zone(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn moments_are_read_in_their_zone() {
    let berlin = zone("Europe/Berlin").unwrap();
    for (text, expected) in [
        ("2026-07-01T00:00:00Z", Some(1_782_864_000.0)),
        ("2026-07-01T02:00:00+02:00", Some(1_782_864_000.0)),
        ("2026-07-01T02:00:00", Some(1_782_864_000.0)),
        ("2026-07-01", Some(1_782_856_800.0)),
        ("tomorrow", None),
    ] {
        assert_eq!(moment(text, &berlin), expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_refused_or_names_its_times_in_order(
        text in r"(cron|rate|at)\(([0-9]{1,2}|[*?LW]|[0-9]L|[0-9]{1,2}W|[0-9]#[0-9]|[0-9]-[0-9]|\*/[0-9]{1,2}|MON|FEB|[ ,/#-]|minutes){1,9}( [*?0-9L]{1,2}){0,5}\)|\PC{0,40}",
        start in 0i64..7_000_000_000,
    ) {
        let Ok(table) = Timetable::parse(&text, "Europe/Berlin") else { return Ok(()) };
        let mut last = start - 1;
        for _ in 0..5 {
            let Some(next) = table.after(last, start) else { break };
            proptest::prop_assert!(next > last, "{}: {} after {}", text, next, last);
            last = next;
        }
    }
}

/// croner's reading of the same fields, which nobody here wrote. It is left to both to say what is no expression.
#[test]
fn anothers_reading_of_cron_is_the_same() {
    use croner::Direction;
    use croner::parser::{CronParser, Seconds, Year};
    let parser =
        CronParser::builder().seconds(Seconds::Required).year(Year::Required).alternative_weekdays(true).build();
    let pick = |random: &mut fastrand::Rng, from: &[&str]| from[random.usize(..from.len())].to_owned();
    let (mut compared, start) = (0, "2026-01-15T10:07:00Z");
    for seed in 0..3000 {
        let random = &mut fastrand::Rng::with_seed(seed);
        let minutes = pick(random, &["*", "0", "*/15", "5-20/5", "59", "1,2,40"]);
        let hours = pick(random, &["*", "9", "8-18", "0/6", "23", "1,13"]);
        let month = pick(random, &["*", "2", "JAN-MAR", "*/5", "12", "JUN,NOV"]);
        let year = pick(random, &["*", "2026-2030", "2028"]);
        let (of_month, of_week) = if random.bool() {
            (pick(random, &["*", "1", "31", "L", "15W", "*/7", "28-31", "29"]), "?".to_owned())
        } else {
            ("?".to_owned(), pick(random, &["MON-FRI", "1", "7", "6L", "2#1", "SUN,WED", "4#5", "SAT", "2-4"]))
        };
        let fields = format!("{minutes} {hours} {of_month} {month} {of_week} {year}");
        let Ok(theirs) = parser.parse(&format!("0 {fields}")) else { continue };
        let Ok(ours) = Timetable::parse(&format!("cron({fields})"), "UTC") else { continue };
        let from = start.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC);
        let theirs: Vec<i64> = theirs
            .iter_from(from, Direction::Forward)
            .filter(|time| time.timestamp().as_second() > at(start))
            .take(4)
            .map(|time| time.timestamp().as_second())
            .collect();
        let mut now = at(start);
        let ours: Vec<i64> = std::iter::from_fn(|| ours.after(now, 0).inspect(|next| now = *next)).take(4).collect();
        assert_eq!(ours, theirs, "{fields}");
        compared += 1;
    }
    assert!(compared > 2000, "{compared}");
}
