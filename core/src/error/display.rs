//! Writes the parts of an error's text.

use super::failure::Failure;

/// What goes on although the wait has ended, and how to join it.
pub(super) fn goes_on(begun: Option<&Failure>) -> String {
    let Some(begun) = begun else { return String::new() };
    match &begun.deployment {
        Some(id) => format!("; deployment {id} of service {:?} goes on unwatched: `watch` joins it", begun.service),
        None => {
            format!("; what was ordered of service {:?} goes on, if ECS has taken it: `watch` joins it", begun.service)
        }
    }
}

/// The place of an error, in front of its text.
pub(super) fn placed(place: Option<&String>) -> String {
    place.map_or_else(String::new, |place| format!("{place}: "))
}

/// The way back from ECR's archive.
pub(super) fn restored(status: &str) -> &'static str {
    match status {
        "ACTIVATING" => "it is being restored, so try again when it is ACTIVE",
        _ => "push it again, or restore it (`aws ecr update-image-storage-class --target-storage-class STANDARD`)",
    }
}

pub(super) fn nearest_tags(tags: &[String]) -> String {
    match tags {
        [] => ": push it first, or correct the tag".to_owned(),
        tags => format!(": push it first, or correct the tag; the nearest are {}", list(tags)),
    }
}

/// The longest foreign text in an error, in bytes.
const SAID: usize = 2000;

/// A foreign text as it stands in an error: one line of limited length, without control characters, which a terminal would obey.
pub(crate) fn said(text: &str) -> String {
    let words: Vec<&str> = text.split(char::is_control).map(str::trim).filter(|words| !words.is_empty()).collect();
    let mut line = words.join(" ");
    if line.len() > SAID {
        line.truncate(line.floor_char_boundary(SAID));
        line.push('…');
    }
    line
}

/// The names of a list for a person: `"a", "b" and "c"`.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        [one] => format!("{one:?}"),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(|name| format!("{name:?}")).collect();
            format!("{} and {last:?}", most.join(", "))
        }
    }
}
