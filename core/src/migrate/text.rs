//! Texts with variables in them: what a shell or a CI system puts in when the command runs.
//!
//! A variable stands between two characters of Unicode's private use area, so that a request with variables is a plain document.

use serde_json::Value;

const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';
/// A variable whose text is JSON, and goes into a document without quotes.
const BEGIN_JSON: char = '\u{e002}';
const END_JSON: char = '\u{e003}';

/// A variable, as a shell has it: `$NAME`, `${NAME}`, `$(command)`.
pub(crate) fn variable(shell: &str) -> String {
    format!("{BEGIN}{shell}{END}")
}

/// A variable whose text is JSON.
pub(crate) fn json_variable(shell: &str) -> String {
    format!("{BEGIN_JSON}{shell}{END_JSON}")
}

pub(crate) fn has_variable(text: &str) -> bool {
    text.contains([BEGIN, BEGIN_JSON])
}

/// The text as a person reads it.
pub(crate) fn shown(text: &str) -> String {
    text.replace([BEGIN, END, BEGIN_JSON, END_JSON], "")
}

/// The document with its variables as a person reads them.
pub(crate) fn shown_document(document: &Value) -> Value {
    match document {
        Value::String(text) => Value::String(shown(text)),
        Value::Array(list) => list.iter().map(shown_document).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| (shown(name), shown_document(value))).collect(),
        other => other.clone(),
    }
}

/// The text in lines; a variable stays in its line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The text as one word of a shell.
pub(crate) fn word(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if has_variable(text) {
        return format!("\"{}\"", in_double_quotes(text));
    }
    match !text.is_empty() && text.chars().all(is_safe) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

fn in_double_quotes(text: &str) -> String {
    let mut written = String::new();
    let mut is_variable = false;
    for c in text.chars() {
        match c {
            BEGIN | BEGIN_JSON => is_variable = true,
            END | END_JSON => is_variable = false,
            '"' | '\\' | '$' | '`' if !is_variable => written.extend(['\\', c]),
            _ => written.push(c),
        }
    }
    written
}

/// A document as JSON text, still with its variables.
pub(crate) fn json(document: &Value) -> String {
    let text = document.to_string();
    let (mut written, mut rest) = (String::new(), text.as_str());
    // A variable is written as the shell has it, not as JSON escapes it.
    while let Some(start) = rest.find([BEGIN, BEGIN_JSON]) {
        let begin = rest[start..].chars().next().unwrap_or(BEGIN);
        let end = if begin == BEGIN { END } else { END_JSON };
        let length = rest[start..].find(end).map_or(rest.len() - start, |at| at + end.len_utf8());
        let variable = rest[start..start + length].replace("\\\"", "\"").replace("\\\\", "\\");
        let before = &rest[..start];
        let is_whole = begin == BEGIN_JSON && before.ends_with('"') && rest[start + length..].starts_with('"');
        written.push_str(if is_whole { &before[..before.len() - 1] } else { before });
        written.push_str(&variable);
        rest = &rest[start + length + usize::from(is_whole)..];
    }
    written + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_means_the_same_to_a_shell() {
        let name = variable("$NAME");
        for (text, expected) in [
            ("api=:v2".to_owned(), "api=:v2"),
            ("a b".to_owned(), "'a b'"),
            ("it's".to_owned(), r"'it'\''s'"),
            (String::new(), "''"),
            (format!("api={name}"), "\"api=$NAME\""),
            (format!("{name} \"x\" $5"), "\"$NAME \\\"x\\\" \\$5\""),
        ] {
            assert_eq!(word(&text), expected);
        }
    }

    #[test]
    fn a_variable_of_json_has_no_quotes() {
        let document =
            json!({"a": format!("x{}", variable("$(cat \"f\")")), "b": json_variable("$TAGS"), "c": "\"q\""});
        assert_eq!(shown(&json(&document)), r#"{"a":"x$(cat "f")","b":$TAGS,"c":"\"q\""}"#);
        assert_eq!(word(&json(&json!({"b": json_variable("$T")}))), r#""{\"b\":$T}""#);
        assert_eq!(shown_document(&document)["b"], "$TAGS");
    }
}
