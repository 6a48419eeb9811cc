//! Reads files of variables in dotenv form, for `environment`. Nothing in a value is substituted: `$` is a `$`.

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;

use super::changes::Entries;
use super::mistaken;
use crate::error::Error;
use crate::file;

/// Reads a file of variables in dotenv form, for `environment` of a container.
///
/// Lines are `NAME=value`, with `export` in front or not; `#` begins a comment; values in double or single quotes may have
/// several lines; a quote within a value that has none around it is an error. A `$` is a `$`: nothing is substituted, so that a password with one in it stays whole.
/// The file has at most 8 MiB. A pipe is read to its end, for 60 seconds at most; a folder or device is refused.
///
/// # Errors
/// [`Error::Invalid`] with the file's name and line where it cannot be read, is malformed or sets a variable twice.
///
/// ```no_run
/// # fn main() -> Result<(), ecs_rollout::Error> {
/// let mut changes = ecs_rollout::Changes::default();
/// changes.containers.entry("api".to_owned()).or_default().environment = ecs_rollout::dotenv(".env")?;
/// # Ok(()) }
/// ```
pub fn dotenv(path: impl AsRef<Path>) -> Result<IndexMap<String, Option<String>>, Error> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let bytes = file::read(path).map_err(|error| Error::invalid(&name, format!("the file cannot be read: {error}")))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::invalid(&name, mistaken::bytes(&bytes)))?;
    parse(&name, text)
}

/// The variables that a text in dotenv form sets; `name` is the text's name in errors.
pub(crate) fn parse(name: &str, text: &str) -> Result<Entries, Error> {
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(Error::invalid(
            format!("{name}:{line}"),
            "NUL, which no variable can hold: save the file as UTF-8",
        ));
    }
    let stand_in = stand_in(text);
    let text = hide_dollars(text.trim_start_matches('\u{feff}').trim_end(), stand_in) + "\n";
    if let Some(line) = stray_quote(&text) {
        let why =
            "a quote within a value: put quotes of the other kind around the whole value, or a backslash before it";
        return Err(Error::invalid(format!("{name}:{line}"), why));
    }
    let mut entries: Entries = IndexMap::new();
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (variable, value) = entry.map_err(|error| malformed(name, &text, &error))?;
        let value = value.replace(stand_in, "$");
        if entries.insert(variable.clone(), Some(value)).is_some() {
            return Err(Error::invalid(name, format!("{variable} is set twice: remove one")));
        }
    }
    Ok(entries)
}

/// A private-use character of Unicode that does not occur in the text.
fn stand_in(text: &str) -> char {
    // One pass over the text: it may contain all of them but the last.
    let private = '\u{e000}'..='\u{f8ff}';
    let there: HashSet<char> = text.chars().filter(|letter| private.contains(letter)).collect();
    private.clone().find(|letter| !there.contains(letter)).unwrap_or('\u{f8ff}')
}

/// The parser substitutes variables: each `$` that is not escaped is replaced by another character first.
fn hide_dollars(text: &str, stand_in: char) -> String {
    let mut is_escaped = false;
    text.chars()
        .map(|letter| {
            let shown = if letter == '$' && !is_escaped { stand_in } else { letter };
            is_escaped = letter == '\\' && !is_escaped;
            shown
        })
        .collect()
}

/// The line of a quote inside a value that is not quoted. The parser would remove it, and all text up to the next quote, even
/// if that is some lines further down.
fn stray_quote(text: &str) -> Option<usize> {
    enum At {
        Name,
        Start,
        Value,
        Quoted(char),
        Comment,
    }
    let (mut at, mut line, mut before, mut is_escaped) = (At::Name, 1, '\n', false);
    for letter in text.chars() {
        at = match (at, letter) {
            (At::Quoted(quote), _) if letter == quote && (quote == '\'' || !is_escaped) => At::Value,
            (At::Quoted(quote), _) => At::Quoted(quote),
            (_, '\n') => At::Name,
            (At::Name, '=') => At::Start,
            (At::Name, '#') => At::Comment,
            (At::Start | At::Value, '#') if before.is_whitespace() => At::Comment,
            (At::Start, '\'' | '"') => At::Quoted(letter),
            (At::Value, '\'' | '"') if !is_escaped => return Some(line),
            (At::Start, _) if !letter.is_whitespace() => At::Value,
            (at, _) => at,
        };
        is_escaped = letter == '\\' && !is_escaped;
        line += usize::from(letter == '\n');
        before = letter;
    }
    None
}

/// The parser's own error text contains the line, and the line may contain a secret.
fn malformed(name: &str, text: &str, error: &dotenvy::Error) -> Error {
    let why = "not in dotenv form: NAME=value expected, with quotes around a value that has spaces or several lines";
    let line = match error {
        dotenvy::Error::LineParse(line, _) => text.find(line.as_str()).map(|at| text[..at].matches('\n').count() + 1),
        _ => None,
    };
    match line {
        Some(line) => Error::invalid(format!("{name}:{line}"), why),
        None => Error::invalid(name, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_arrive_whole() {
        let text = "\u{feff}# comment\nA=1\nexport B = two\nEMPTY=\nPASS=pa$word$\nQ=\"a b=c\\n$HOME ${X}\" # why\nS='\\$x \\n$'\nE=\\$5\n\
                    MULTI=\"one\ntwo\"\nURL=https://x/?a=b#c\nJSON='{\"a\": \"ü\"}'\n\
                    # don't\nC=1 # it's\nI=it\\'s\nO=\"it's \\\"so\\\"\" \nLAST=1 ";
        let entries = parse("x", text).unwrap();
        let pairs: Vec<_> = entries.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap())).collect();
        let expected = [
            ("A", "1"),
            ("B", "two"),
            ("EMPTY", ""),
            ("PASS", "pa$word$"),
            ("Q", "a b=c\n$HOME ${X}"),
            ("S", "\\$x \\n$"),
            ("E", "$5"),
            ("MULTI", "one\ntwo"),
            ("URL", "https://x/?a=b#c"),
            ("JSON", "{\"a\": \"ü\"}"),
            ("C", "1"),
            ("I", "it's"),
            ("O", "it's \"so\""),
            ("LAST", "1"),
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn mistakes_are_told_by_their_line_and_without_it() {
        for (text, told) in [
            ("A=1\nhunter2 x\n", "invalid input: .env:2: not in dotenv form"),
            ("A=\"hunter2\n", "invalid input: .env:1: not in dotenv form"),
            ("A=don't\nB=it's\n", "invalid input: .env:1: a quote within a value"),
            ("B=1\nA={\"hunter2\": 1}", "invalid input: .env:2: a quote within a value"),
            ("A=\"one\ntwo\"'hunter2'\n", "invalid input: .env:2: a quote within a value"),
            ("A=hunter2\nA=2", "invalid input: .env: A is set twice"),
            ("A=1\nB=\0hunter2", "invalid input: .env:2: NUL"),
            // UTF-16 without a byte-order mark.
            ("A\0=\0x\0\n\0", "invalid input: .env:1: NUL"),
        ] {
            let error = parse(".env", text).unwrap_err();
            assert!(error.to_string().starts_with(told) && !format!("{error:?}").contains("hunter2"), "{error}");
        }
    }
}
