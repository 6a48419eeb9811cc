//! Finds the log of a container, and selects the lines to show.

use serde_json::Value;

use crate::json::{list, text};

/// Lines that are shown of one log.
const LINES: usize = 50;
/// Characters that are shown of one line.
const WIDTH: usize = 1000;

/// The place of a container's log, for the one log driver whose logs AWS can return: awslogs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogSource<'a> {
    group: &'a str,
    region: Option<&'a str>,
    prefix: Option<&'a str>,
}

/// The place of one container's log, as GetLogEvents takes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Log {
    pub(crate) group: String,
    pub(crate) region: Option<String>,
    pub(crate) stream: String,
}

impl<'a> LogSource<'a> {
    pub(crate) fn of(configuration: &'a Value) -> Option<Self> {
        if configuration["logDriver"] != "awslogs" {
            return None;
        }
        let option = |name: &str| configuration["options"][name].as_str().filter(|value| !value.is_empty());
        let (region, prefix) = (option("awslogs-region"), option("awslogs-stream-prefix"));
        Some(Self { group: option("awslogs-group")?, region, prefix })
    }

    /// The log of a container of one task. Without a prefix the stream has the name of the container in the runtime.
    pub(crate) fn log(&self, container: &str, task: &str, runtime: Option<&str>) -> Option<Log> {
        let stream = match self.prefix {
            Some(prefix) => format!("{prefix}/{container}/{task}"),
            None => runtime?.to_owned(),
        };
        Some(Log { group: self.group.to_owned(), region: self.region.map(str::to_owned), stream })
    }
}

impl Log {
    /// The input of GetLogEvents for its end.
    pub(crate) fn input(&self) -> Value {
        serde_json::json!({
            "logGroupName": self.group, "logStreamName": self.stream, "limit": LINES, "startFromHead": false
        })
    }
}

/// The last lines of a GetLogEvents answer, oldest first, as a terminal would show them without colours.
pub(crate) fn lines(answer: &Value) -> Vec<String> {
    let messages = list(answer, "events").iter().map(|event| text(event, "message"));
    let mut lines: Vec<String> = messages.flat_map(|message| message.lines().map(line).collect::<Vec<_>>()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.split_off(lines.len().saturating_sub(LINES))
}

/// All lines of a GetLogEvents answer, with the time in seconds since 1970 at which each was written.
pub(crate) fn spoken(answer: &Value) -> Vec<(Option<f64>, String)> {
    let events = list(answer, "events").iter();
    events
        .flat_map(|event| {
            let at = event["timestamp"].as_f64().map(|at| at / 1000.0);
            let message = text(event, "message");
            message.trim_end().lines().map(|raw| (at, plain(raw))).collect::<Vec<_>>()
        })
        .collect()
}

fn line(raw: &str) -> String {
    clipped(&plain(raw))
}

/// Without colours, and what else a terminal would not show.
fn plain(raw: &str) -> String {
    let shown: String = console::strip_ansi_codes(raw).chars().filter(|c| !c.is_control() || *c == '\t').collect();
    shown.trim_end().to_owned()
}

/// A line cut to the length that a cause shows.
pub(crate) fn clipped(shown: &str) -> String {
    match shown.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &shown[..at]),
        None => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_log_is_where_its_driver_puts_it() {
        let options = json!({"awslogs-group": "/a", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"});
        let configuration = json!({"logDriver": "awslogs", "options": options});
        let log = LogSource::of(&configuration).unwrap().log("api", "t1", None).unwrap();
        assert_eq!((log.stream.as_str(), log.region.as_deref()), ("ecs/api/t1", Some("eu-west-1")));
        let configuration = json!({"logDriver": "awslogs", "options": {"awslogs-group": "/a"}});
        let source = LogSource::of(&configuration).unwrap();
        assert_eq!(source.log("api", "t1", Some("c0ffee")).unwrap().stream, "c0ffee");
        assert_eq!(source.log("api", "t1", None), None);
        for other in [json!(null), json!({"logDriver": "json-file"}), json!({"logDriver": "awslogs", "options": {}})] {
            assert_eq!(LogSource::of(&other), None, "{other}");
        }
    }

    #[test]
    fn every_line_is_spoken_with_its_time_and_whole() {
        let long = "x".repeat(WIDTH + 5);
        let event = |at: u64, message: &str| json!({"timestamp": at, "message": message});
        let answer = json!({"events": [event(1500, "\u{1b}[1ma\u{1b}[0m\r\n  b\n"), event(2000, &long), event(2500, ""), {"message": "c"}]});
        let expected = [(Some(1.5), "a"), (Some(1.5), "  b"), (Some(2.0), &long), (None, "c")];
        let expected: Vec<_> = expected.into_iter().map(|(at, line)| (at, line.to_owned())).collect();
        assert_eq!(spoken(&answer), expected);
    }

    #[test]
    fn lines_are_plain_and_bounded() {
        let event = |message: String| json!({ "message": message });
        let long = "é".repeat(WIDTH + 5);
        let answer = json!({"events": [event("\u{1b}[31mError\u{1b}[0m: a\r\nb".to_owned()), event(long), event("\n".to_owned())]});
        let shown = lines(&answer);
        assert_eq!((shown[0].as_str(), shown[1].as_str(), shown.len()), ("Error: a", "b", 3));
        assert_eq!(shown[2].chars().count(), WIDTH + 1);
        let many: Vec<_> = (0..60).map(|number| event(number.to_string())).collect();
        let shown = lines(&json!({ "events": many }));
        assert_eq!((shown.len(), shown[0].as_str()), (LINES, "10"));
        assert!(lines(&json!({})).is_empty());
    }
}
