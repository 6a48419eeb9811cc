//! The rooms of `core/src` stand on one another in one direction: a room names rooms of earlier rows only.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, from the ground up.
const LAYERS: &[&[&str]] = &[
    &["arn", "clock", "file", "json", "texts", "token"],
    &["error"],
    &["interrupt"],
    &["http", "redact"],
    &["options"],
    &["image"],
    &["definition"],
    &["types", "calendar", "aws"],
    &["client"],
    &["engine"],
    &["ecr"],
    &["identity"],
    &["rollout"],
    &["scaling", "schedule"],
    &["inspect"],
    &["cleanup"],
    &["migrate", "permissions"],
    &["fuzz", "verbs"],
    &["cli"],
];

fn rooms() -> impl Iterator<Item = (usize, &'static str)> {
    LAYERS.iter().enumerate().flat_map(|(row, rooms)| rooms.iter().map(move |room| (row, *room)))
}

fn row(room: &str) -> Option<usize> {
    rooms().find(|(_, known)| *known == room).map(|(row, _)| row)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// What code names after `crate::`, without the tests at a file's end.
fn named(text: &str) -> BTreeSet<&str> {
    let code = text.split("mod tests {").next().unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = |part: &'_ str| part.trim_start().find(|c| !is_part(c)).map_or(part.trim_start().len(), |end| end);
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        for part in list.map_or_else(|| vec![rest], |list| list.split(',').collect()) {
            names.insert(&part.trim_start()[..word(part)]);
        }
    }
    names
}

/// Which room names which other room that is no row below its own.
fn violations() -> BTreeSet<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let mut found = BTreeSet::new();
    for path in sources(&source) {
        let inner = path.strip_prefix(&source).unwrap();
        let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = first.strip_suffix(".rs").unwrap_or(first);
        if room == "lib" || inner.to_str().is_some_and(|path| path.contains("tests")) {
            continue;
        }
        let own = row(room).unwrap_or_else(|| panic!("{room} has no row: a new room gets one in LAYERS"));
        let text = fs::read_to_string(&path).unwrap();
        // What is no room is named through the crate's face.
        let others = named(&text).into_iter().filter(|name| *name != room);
        let upwards = others.filter(|name| row(name).is_none_or(|other| other >= own)).map(str::to_owned);
        found.extend(upwards.map(|name| (room.to_owned(), name)));
    }
    found
}

#[test]
fn no_room_names_one_above_it_or_beside_it() {
    let found = violations();
    assert!(found.is_empty(), "these go up or sideways: {found:?}");
}
