//! Shows the difference of two task definitions as unified text, with secrets hidden.

use std::io::IsTerminal;

use console::Style;
use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};

use super::schema::{TASK, compare};
use crate::redact;

/// Lines that did not change, before and after those that did.
const CONTEXT: usize = 3;

/// The difference as unified text; empty if there is none. `color`: whether to color it; `None`: color it if
/// standard output is a terminal and `NO_COLOR` is not set.
pub(crate) fn text(before: &Map<String, Value>, after: &Map<String, Value>, color: Option<bool>) -> String {
    let color = color.unwrap_or_else(|| std::io::stdout().is_terminal() && console::colors_enabled());
    let (before, after) = compare::aligned(&TASK, before, after);
    let (before, after) = redact::both(&before, &after);
    let (before, after) = (pretty(&before), pretty(&after));
    let lines = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut text = String::new();
    for hunk in lines.unified_diff().context_radius(CONTEXT).iter_hunks() {
        push(&mut text, Style::new().cyan(), color, &hunk.header().to_string());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', Style::new().red()),
                ChangeTag::Insert => ('+', Style::new().green()),
                ChangeTag::Equal => (' ', Style::new()),
            };
            push(&mut text, style, color, &format!("{sign}{}", change.value().trim_end_matches('\n')));
        }
    }
    text
}

fn push(text: &mut String, style: Style, color: bool, line: &str) {
    text.push_str(&style.force_styling(color).apply_to(line.trim_end_matches('\n')).to_string());
    text.push('\n');
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unified(before: &Value, after: &Value, color: bool) -> String {
        text(before.as_object().unwrap(), after.as_object().unwrap(), Some(color))
    }

    #[test]
    fn it_shows_what_changes_and_no_secret() {
        let before = json!({"family": "api", "cpu": "1 vCPU", "containerDefinitions": [
            {"name": "api", "image": "app:1", "environment": [{"name": "DB_PASSWORD", "value": "hunter2x"}, {"name": "MODE", "value": "a"}, {"name": "OLD", "value": ""}]},
            {"name": "redis", "image": "redis:7", "essential": true, "command": ["x", "ghp_0123456789012345678901234567890123456789"]}]});
        let after = json!({"cpu": "1024", "family": "api", "containerDefinitions": [
            {"name": "redis", "image": "redis:7", "command": ["x", "ghp_0123456789012345678901234567890123456789"]},
            {"image": "app:2", "name": "api", "environment": [{"name": "MODE", "value": "b"}, {"name": "DB_PASSWORD", "value": "hunter3x"}]}]});
        let text = unified(&before, &after, false);
        let changed: Vec<&str> = text.lines().filter(|line| line.starts_with(['+', '-'])).map(str::trim_end).collect();
        let expected = [
            r#"-      "image": "app:1","#,
            r#"+      "image": "app:2","#,
            r#"-          "value": "(hidden 1)""#,
            r#"+          "value": "(hidden 5)""#,
            r#"-          "value": "(hidden 2)""#,
            "-        },",
            "-        {",
            r#"-          "name": "OLD","#,
            r#"-          "value": "(hidden 3)""#,
            r#"+          "value": "(hidden 6)""#,
        ];
        assert_eq!(changed, expected, "{text}");
        assert!(!text.contains("hunter") && !text.contains("ghp_") && !text.contains('\u{1b}'));
        let colored = unified(&before, &after, true);
        assert!(colored.contains("\u{1b}[32m+      \"image\": \"app:2\",\u{1b}[0m"), "{colored:?}");
        assert_eq!(unified(&before, &before, true), "");
    }
}
