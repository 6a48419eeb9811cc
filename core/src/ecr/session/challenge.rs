//! How a registry asks for authentication: its challenge, and the answer that has the token. Pure.

use reqwest::Url;
use serde_json::Value;

/// The authentication that a challenge asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// User and password, as HTTP's Basic authorization has them.
    Password,
    /// A token from this URL.
    Token(Url),
}

/// Reads a challenge; `None` where it asks for something else.
pub(crate) fn wanted(challenge: &str) -> Option<Wanted> {
    let (scheme, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Wanted::Password);
    }
    let parameters = parameters(rest);
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut realm = parameter("realm").and_then(|realm| Url::parse(realm).ok())?;
    if !scheme.eq_ignore_ascii_case("bearer") || !realm.has_host() {
        return None;
    }
    for name in ["service", "scope"] {
        if let Some(value) = parameter(name) {
            realm.query_pairs_mut().append_pair(name, value);
        }
    }
    Some(Wanted::Token(realm))
}

/// The token in the answer of a token service.
pub(crate) fn token(answer: &[u8]) -> Option<String> {
    let whole: Value = serde_json::from_slice(answer).unwrap_or_default();
    whole["token"].as_str().or_else(|| whole["access_token"].as_str()).map(str::to_owned)
}

/// `key="value",key=value`, as in a challenge.
pub(crate) fn parameters(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((key, rest)) = text.split_once('=') {
        let key = key.trim_matches(|c: char| c == ',' || c.is_whitespace()).to_ascii_lowercase();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        found.push((key, value.to_owned()));
        text = rest;
    }
    found
}
