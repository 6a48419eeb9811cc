//! Compares what was seen with what was expected, and names precisely what differs.

use serde_json::{Value, json};

use crate::Simulator;

/// Operations whose names begin with one of these only read.
const READS: [&str; 7] = ["Describe", "Get", "List", "BatchGet", "Filter", "Head", "Assume"];

/// The longest text of a value that is repeated.
const LONGEST: usize = 600;

/// Returns what differs first between an expectation and what was seen; `None` if `seen` has all that is expected.
///
/// Members that are not expected do not count. `"*text*"` expects a text that has `text` in it. `null` expects that there is no such
/// member. A list expects as many entries.
pub fn difference(expected: &Value, seen: &Value) -> Option<String> {
    differ("", expected, seen)
}

fn differ(path: &str, expected: &Value, seen: &Value) -> Option<String> {
    let unlike = |what: &str| Some(format!("{}expected {what}, seen {}", at(path), short(seen)));
    match (expected, seen) {
        (Value::Object(expected), Value::Object(seen)) => expected.iter().find_map(|(name, expected)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match seen.get(name) {
                Some(seen) => differ(&path, expected, seen),
                None if expected.is_null() => None,
                None => Some(format!("{path}: expected {}, and it is not there", short(expected))),
            }
        }),
        (Value::Array(expected), Value::Array(seen)) => {
            let mut pairs = expected.iter().zip(seen).enumerate();
            pairs.find_map(|(index, (expected, seen))| differ(&format!("{path}[{index}]"), expected, seen)).or_else(
                || match expected.len().cmp(&seen.len()) {
                    std::cmp::Ordering::Equal => None,
                    std::cmp::Ordering::Less => {
                        let first = expected.len();
                        Some(format!("{path}[{first}]: not expected: {}", short(&seen[first])))
                    }
                    std::cmp::Ordering::Greater => {
                        let first = seen.len();
                        Some(format!("{path}[{first}]: expected {}, and it is not there", short(&expected[first])))
                    }
                },
            )
        }
        (Value::String(text), Value::String(seen)) => match part(text) {
            Some(part) if seen.contains(part) => None,
            Some(part) => unlike(&format!("a text with {part:?}")),
            None if text == seen => None,
            None => unlike(&short(expected)),
        },
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ if expected == seen => None,
        _ => unlike(&short(expected)),
    }
}

/// The text between two `*`.
fn part(text: &str) -> Option<&str> {
    text.strip_prefix('*')?.strip_suffix('*')
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl Simulator {
    /// Returns all that differs between what was expected of a verb and what was seen; empty if nothing does.
    ///
    /// `expect` may have: `end`, how it ended; `events`, which came in this order, with others between them; `never`, events that
    /// did not come; `writes`, the calls that write; `invocations`; `calls`, how many there were at most; and `late`, how many
    /// seconds after a deployment is complete its success is reported at most (2 if not given). `seen` has `end`, which is
    /// `{outcome}` or `{error, detail, message}`, `events`, and the name of the `verb`. `again` is how a second call ended. Values are
    /// compared as [`difference`] does.
    pub fn check(&self, expect: &Value, seen: &Value) -> Vec<String> {
        let events = seen["events"].as_array().map_or(&[][..], Vec::as_slice);
        let calls = self.calls();
        let calls: Vec<&Value> = calls.as_array().into_iter().flatten().filter(|call| call["by"] != "script").collect();
        let is_read =
            |call: &Value| READS.iter().any(|verb| call["operation"].as_str().unwrap_or("").starts_with(verb));
        let writes: Value = calls.iter().filter(|call| !is_read(call)).map(|call| (*call).clone()).collect();
        let most = expect["calls"].as_u64().filter(|most| calls.len() as u64 > *most);
        let invocations = self.invocations();
        let parts =
            [("end", &seen["end"]), ("again", &seen["again"]), ("writes", &writes), ("invocations", &invocations)]
                .into_iter()
                .filter(|(name, _)| !expect[*name].is_null())
                .filter_map(|(name, seen)| differ(name, &expect[name], seen));
        parts
            .chain(wrong_last(&seen["end"], events))
            .chain(missing_event(&expect["events"], events))
            .chain(events.iter().enumerate().filter_map(|(index, event)| unwanted(&expect["never"], index, event)))
            .chain(most.map(|most| format!("calls: expected at most {most}, seen {}", calls.len())))
            .chain(self.early_or_late(seen, events, expect["late"].as_f64().unwrap_or(2.0)))
            .collect()
    }

    /// A success is reported no sooner than it is true, and not more than `late` seconds after.
    fn early_or_late(&self, seen: &Value, events: &[Value], late: f64) -> Option<String> {
        let success = events.iter().find(|event| event["type"] == "succeeded")?;
        let all = self.deployments();
        // A deployment that is rolled back gives way to another one, which must be complete.
        let is_it = |one: &&Value| seen["verb"] == "rollback" || is_the_deployment(one, success);
        let one = all.as_array().into_iter().flatten().rev().find(is_it);
        let now = self.clock().now().as_secs_f64();
        match one.filter(|one| one["state"] == "completed").and_then(|one| one["finished"].as_f64()) {
            // It was complete before: the success is of the number of its tasks, or of nothing to do.
            Some(finished) if finished < 0.0 || (0.0..=late).contains(&(now - finished)) => None,
            Some(finished) => {
                Some(format!("success was reported at {now}, and the deployment was complete at {finished}"))
            }
            None => Some(format!(
                "success was reported of a deployment that is not complete: {}",
                one.map_or("none".into(), short)
            )),
        }
    }
}

/// An order whose deployment has left the list is known by its service deployment.
fn is_the_deployment(one: &Value, success: &Value) -> bool {
    [&one["deployment"], &one["record"]].contains(&&success["deployment"])
}

/// A failure is the last event, and the last event is a failure only if the verb ended with one.
fn wrong_last(end: &Value, events: &[Value]) -> Option<String> {
    let last = events.last()?;
    // Of many services, each has an end of its own.
    if last["event"].is_object() {
        let has_failed = events.iter().any(|event| event["event"]["type"] == "failed");
        return (has_failed == end["error"].is_null())
            .then(|| "a service has failed, or the end says so, and not both".to_owned());
    }
    if end["error"].is_null() {
        return (last["type"] == "failed").then(|| "the last event is a failure, and the end is none".to_owned());
    }
    let failed = json!({"type": "failed", "code": end["error"], "text": end["message"], "detail": end["detail"]});
    differ("the last event", &failed, last)
}

/// The first expected event that did not come after those before it.
fn missing_event(expected: &Value, events: &[Value]) -> Option<String> {
    let mut from = 0;
    for (place, expected) in expected.as_array().into_iter().flatten().enumerate() {
        let rest = &events[from..];
        let Some(found) = rest.iter().position(|event| difference(expected, event).is_none()) else {
            let unlike: Vec<String> = rest
                .iter()
                .enumerate()
                .filter(|(_, event)| event["type"] == expected["type"])
                .filter_map(|(index, event)| differ(&format!("event {}", from + index), expected, event))
                .collect();
            let why =
                if unlike.is_empty() { format!("none of this type among {}", kinds(rest)) } else { unlike.join("; ") };
            return Some(format!("events[{place}]: no such event from {from} on: {}: {why}", short(expected)));
        };
        from += found + 1;
    }
    None
}

fn kinds(events: &[Value]) -> String {
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    format!("[{}]", kinds.join(", "))
}

fn unwanted(never: &Value, index: usize, event: &Value) -> Option<String> {
    let never = never.as_array()?.iter().find(|never| difference(never, event).is_none())?;
    Some(format!("event {index} must not come: {} is like {}", short(event), short(never)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_first_is_said_with_its_place() {
        for (expected, seen, said) in [
            (json!({"a": 1}), json!({"a": 1.0, "b": 2}), None),
            (json!({"a": null}), json!({}), None),
            (json!("*b*"), json!("abc"), None),
            (json!("*"), json!("*"), None),
            (json!([1, {"a": "x"}]), json!([1, {"a": "x", "b": 1}]), None),
            (json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}}), Some("a.b[1]: expected 2, seen 3")),
            (json!({"a": true}), json!({}), Some("a: expected true, and it is not there")),
            (json!({"a": null}), json!({"a": 1}), Some("a: expected null, seen 1")),
            (json!("*b*"), json!("ac"), Some("expected a text with \"b\", seen \"ac\"")),
            (json!([1]), json!([1, 2]), Some("[1]: not expected: 2")),
            (json!([1, 2]), json!([1]), Some("[1]: expected 2, and it is not there")),
            (json!({"a": []}), json!({"a": {}}), Some("a: expected [], seen {}")),
        ] {
            assert_eq!(difference(&expected, &seen).as_deref(), said, "{expected} {seen}");
        }
    }

    #[test]
    fn events_are_expected_in_their_order() {
        let events = [json!({"type": "a", "n": 1}), json!({"type": "b"}), json!({"type": "a", "n": 2})];
        assert_eq!(missing_event(&json!([{"type": "a"}, {"type": "a", "n": 2}]), &events), None);
        let text = missing_event(&json!([{"type": "b"}, {"type": "a", "n": 1}]), &events).unwrap_or_default();
        assert!(
            text.starts_with("events[1]: no such event from 2 on") && text.ends_with("event 2.n: expected 1, seen 2"),
            "{text}"
        );
        let text = missing_event(&json!([{"type": "c"}]), &events).unwrap_or_default();
        assert!(text.ends_with("none of this type among [a, b, a]"), "{text}");
        assert!(unwanted(&json!([{"type": "b"}]), 1, &events[1]).is_some());
    }

    #[test]
    fn a_failure_is_the_last_event() {
        let end = json!({"error": "failed", "message": "m", "detail": {}});
        let last = json!({"type": "failed", "code": "failed", "text": "m", "detail": {}});
        assert_eq!(wrong_last(&end, std::slice::from_ref(&last)), None);
        assert!(wrong_last(&end, &[json!({"type": "failed", "code": "stopped", "text": "m", "detail": {}})]).is_some());
        assert!(wrong_last(&json!({"outcome": {}}), &[last]).is_some());
    }
}
