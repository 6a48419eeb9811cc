//! Which words name a version, so that they are more likely a tag than an image. Pure.

/// Words that name a version, and no image of Docker Hub.
const VERSIONS: [&str; 20] = [
    "latest",
    "stable",
    "main",
    "master",
    "trunk",
    "head",
    "develop",
    "development",
    "dev",
    "test",
    "testing",
    "staging",
    "stage",
    "prod",
    "production",
    "release",
    "edge",
    "nightly",
    "canary",
    "current",
];

/// Prefixes of a number or a commit in a tag.
const BEFORE_VERSIONS: [&str; 10] =
    ["sha-", "git-", "commit-", "build-", "pr-", "main-", "master-", "release-", "prod-", "dev-"];

/// Whether a word is a version or a commit, as no image of Docker Hub is called.
pub(crate) fn is_version(word: &str) -> bool {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_commit =
        word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit()) && word.contains(|c: char| c.is_ascii_digit());
    let is_marked =
        || BEFORE_VERSIONS.iter().any(|before| word.strip_prefix(before).is_some_and(|rest| !rest.is_empty()));
    VERSIONS.contains(&word)
        || is_number(word)
        || word.strip_prefix('v').is_some_and(is_number)
        || is_commit
        || is_marked()
}
