//! The public API of `ecs-rollout`, one line an item, as `tests/public-api.txt` has it: a change shows, and is either meant or undone.
//!
//! To print anew: `ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-tests --test api`.

mod api {
    pub(crate) mod items;
    pub(crate) mod signature;
}

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use api::items::Crate;

/// Formats of rustdoc's JSON in which all that is read here is the same.
const FORMATS: std::ops::RangeInclusive<u64> = 56..=57;

/// What the public API has of other crates, and why. Everything else is a type of its own.
const FOREIGN: [(&str, &str); 7] = [
    ("futures_core::future::BoxFuture", "a clock is a trait object, whose `sleep` is a future in a box"),
    ("futures_core::stream::Stream", "a rollout is a stream of events, to be used with any library for streams"),
    (
        "indexmap::map::IndexMap",
        "maps that are written as they were given: the order of variables and containers is the user's",
    ),
    ("serde_core::de::Deserialize", "options are read from any format"),
    ("serde_core::ser::Serialize", "events and outcomes are written in any format"),
    ("serde_json::map::Map", "AWS's documents are JSON objects whose members keep their order"),
    ("serde_json::value::Value", "AWS's documents are JSON"),
];

/// The crate's documentation as rustdoc's JSON, without its dependencies.
fn documented() -> Crate {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut rustdoc = Command::new(env!("CARGO"));
    // What this test's own cargo has set: build scripts look at it, and would compile their crates again.
    let set = std::env::vars_os().map(|(name, _)| name);
    let is_own =
        |name: &OsString| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own));
    set.filter(is_own).for_each(|name| {
        rustdoc.env_remove(name);
    });
    let status = rustdoc
        .args(["rustdoc", "--locked", "--quiet", "--package", "ecs-rollout", "--lib", "--", "--cap-lints", "allow"])
        .args(["-Z", "unstable-options", "--output-format", "json"])
        .env("RUSTDOC", root.join("tests/rust/api/rustdoc.sh"))
        .current_dir(&root)
        .status()
        .unwrap();
    assert!(status.success(), "rustdoc failed");
    // The test itself is `target/debug/deps/api-…`.
    let test = std::env::current_exe().unwrap();
    let file = std::fs::read_to_string(test.ancestors().nth(3).unwrap().join("doc/ecs_rollout.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&file).unwrap();
    let format = document["format_version"].as_u64().unwrap();
    assert!(FORMATS.contains(&format), "rustdoc writes format {format}: read its changes, and add it to FORMATS");
    Crate(document)
}

#[test]
fn the_public_api_changes_only_on_purpose() {
    let documented = documented();
    let mut foreign = BTreeSet::new();
    let text = documented.items(&mut foreign).join("\n") + "\n";
    let listed: BTreeSet<String> = FOREIGN.iter().map(|(path, _)| (*path).to_owned()).collect();
    let new: Vec<_> = foreign.symmetric_difference(&listed).collect();
    assert!(new.is_empty(), "types of other crates that are not both in the public API and in FOREIGN: {new:?}");
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("public-api.txt");
    if std::env::var_os("ECS_ROLLOUT_PRINT").is_some() {
        std::fs::write(&snapshot, &text).unwrap();
    }
    let known = std::fs::read_to_string(&snapshot).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (now, before) = (lines(&text), lines(&known));
    let new = now.difference(&before).map(|line| format!("+ {line}"));
    let changes: Vec<_> = before.difference(&now).map(|line| format!("- {line}")).chain(new).collect();
    assert!(
        text == known,
        "the public API has changed:\n{}\nIf that is meant: ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-tests --test api",
        changes.join("\n")
    );
}
