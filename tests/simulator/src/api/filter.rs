//! Decides what FilterLogEvents answers: the lines of named streams that fit a pattern, in the order of time.

use serde_json::{Value, json};

use super::logs::{PAGE, lines};
use super::{Answer, ApiError, Input, invalid};
use crate::model::Model;

/// Streams that one call may name.
const STREAMS: usize = 100;

pub(super) fn filter_events(model: &mut Model, input: &Input<'_>) -> Answer {
    let group = match input.text("logGroupName")? {
        Some(name) => name,
        None => input.need("logGroupIdentifier")?.split(":log-group:").last().unwrap_or_default(),
    };
    let streams = input.texts("logStreamNames")?;
    if streams.len() > STREAMS {
        return Err(invalid("logStreamNames must have between 1 and 100 elements."));
    }
    if streams.is_empty() {
        // Which streams a group has is not kept here.
        return Err(ApiError::new(
            "UnsupportedOperationException",
            "The simulator models FilterLogEvents with logStreamNames alone.",
        ));
    }
    let limit = input.count("limit")?.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(invalid("limit must be between 1 and 10000."));
    }
    let bound = |name: &str| Ok::<_, ApiError>(input.count(name)?.map(|at| at as i64));
    let (from, to) = (bound("startTime")?, bound("endTime")?);
    let pattern = Pattern::read(input.text("filterPattern")?.unwrap_or_default())?;
    let mut events = Vec::new();
    for stream in streams {
        for (number, (at, line)) in lines(model, group, stream)?.into_iter().enumerate() {
            let stamp = (model.epoch(at) * 1000.0).round() as i64;
            let is_within = from.is_none_or(|from| stamp >= from) && to.is_none_or(|to| stamp < to);
            if is_within && pattern.fits(&line) {
                let id = format!("{stamp:020}{stream}{number:08}");
                events.push((
                    stamp,
                    json!({ "logStreamName": stream, "timestamp": stamp, "message": line,
                    "ingestionTime": stamp, "eventId": id }),
                ));
            }
        }
    }
    events.sort_by_key(|(stamp, _)| *stamp);
    let first = match input.text("nextToken")? {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| invalid("The specified nextToken is invalid."))?,
    };
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let shown: Value = events.iter().skip(first).take(size).map(|(_, event)| event.clone()).collect();
    let mut answer = json!({ "events": shown, "searchedLogStreams": [] });
    if events.len() > first.saturating_add(size) {
        answer["nextToken"] = json!((first + size).to_string());
    }
    Ok(answer)
}

/// A filter pattern: of terms, or of one comparison of a member of JSON.
enum Pattern {
    Terms { all: Vec<String>, any: Vec<String>, none: Vec<String> },
    Member { path: Vec<String>, is_equal: bool, value: Value },
}

impl Pattern {
    fn read(text: &str) -> Result<Pattern, ApiError> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix('{') {
            let inner = inner.strip_suffix('}').ok_or_else(wrong)?.trim();
            let (path, is_equal, value) = match inner.split_once("!=") {
                Some((path, value)) => (path, false, value),
                None => inner.split_once('=').map(|(path, value)| (path, true, value)).ok_or_else(wrong)?,
            };
            let path = path.trim().strip_prefix("$.").ok_or_else(wrong)?;
            let value = value.trim();
            let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            return Ok(Pattern::Member { path: path.split('.').map(str::to_owned).collect(), is_equal, value });
        }
        if text.starts_with('[') {
            return Err(wrong());
        }
        let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
        for term in terms(text)? {
            match (term.strip_prefix('?'), term.strip_prefix('-')) {
                (Some(rest), _) => any.push(rest.to_owned()),
                (_, Some(rest)) => none.push(rest.to_owned()),
                _ => all.push(term),
            }
        }
        Ok(Pattern::Terms { all, any, none })
    }

    fn fits(&self, line: &str) -> bool {
        match self {
            Pattern::Terms { all, any, none } => {
                let has = |term: &String| line.contains(term.as_str());
                all.iter().all(has) && (any.is_empty() || any.iter().any(has)) && !none.iter().any(has)
            }
            Pattern::Member { path, is_equal, value } => {
                let Ok(document) = serde_json::from_str::<Value>(line) else { return false };
                let member = path.iter().try_fold(&document, |inner, name| inner.get(name));
                member.is_some_and(|member| (member == value) == *is_equal)
            }
        }
    }
}

fn wrong() -> ApiError {
    invalid("Invalid filter pattern")
}

/// The words of a pattern; a quoted one may have blanks.
fn terms(text: &str) -> Result<Vec<String>, ApiError> {
    let (mut terms, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let sign = if rest.starts_with(['?', '-']) { &rest[..1] } else { "" };
        let body = &rest[sign.len()..];
        let (term, after) = match body.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(wrong)?,
            None => {
                let end = body.find(char::is_whitespace).unwrap_or(body.len());
                let (term, after) = body.split_at(end);
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                if term.is_empty() || !term.chars().all(is_word) {
                    return Err(wrong());
                }
                (term, after)
            }
        };
        terms.push(format!("{sign}{term}"));
        rest = after.trim_start();
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_chooses_lines() {
        for (pattern, line, expected) in [
            ("", "anything", true),
            ("ERROR", "an ERROR here", true),
            ("ERROR", "an error here", false),
            ("ERROR here", "an ERROR here", true),
            ("?ERROR ?WARN", "a WARN", true),
            ("?ERROR ?WARN", "an INFO", false),
            ("ERROR -skip", "ERROR skip", false),
            ("\"an ERROR\"", "an ERROR", true),
            ("{ $.level = \"error\" }", "{\"level\": \"error\"}", true),
            ("{ $.a.b = 3 }", "{\"a\": {\"b\": 3}}", true),
            ("{ $.a.b != 3 }", "{\"a\": {\"b\": 3}}", false),
            ("{ $.level = \"error\" }", "no JSON", false),
        ] {
            let read = Pattern::read(pattern).unwrap_or_else(|error| panic!("{pattern}: {}", error.text));
            assert_eq!(read.fits(line), expected, "{pattern}: {line}");
        }
        for pattern in ["{ $.a", "{ a = 1 }", "[a, b]", "a:b", "\"a"] {
            assert!(Pattern::read(pattern).is_err(), "{pattern}");
        }
    }
}
