//! Image references: what is a valid one, and how a tag or digest takes the place of another.

use oci_spec::distribution::{ParseError, Reference};

/// Checks `text` to be an image reference: `[registry/]repository[:tag][@digest]`.
///
/// The error says what is wrong with it, in a few words.
pub(crate) fn check(text: &str) -> Result<(), String> {
    match plain(text) {
        Some(_) => Ok(()),
        None => parse(text).map(drop),
    }
}

/// Applies a change to an image reference. `:tag` and `@sha256:…` keep the repository as it is
/// written in `current`, port and all, and drop its old tag and digest; anything else is a whole reference.
pub(crate) fn change(current: Option<&str>, change: &str) -> Result<String, String> {
    if !change.starts_with([':', '@']) {
        check(change)?;
        return Ok(change.to_owned());
    }
    // Behind a short repository it would pass for a port and a path.
    if change.contains('/') {
        return Err(format!("{change:?} is neither a tag nor a digest: expected \":tag\" or \"@sha256:digest\""));
    }
    let current = current.ok_or("there is no image to take the repository from: give a whole reference")?;
    let repository = repository(current)?;
    // The repository is known to be well formed: what is new is checked behind the shortest there is.
    check(&format!("x{change}")).map_err(|_| reason_for(&format!("{repository}{change}")))?;
    Ok(format!("{repository}{change}"))
}

/// The reference without its tag and digest, spelt as it is.
fn repository(text: &str) -> Result<&str, String> {
    if let Some(repository) = plain(text) {
        return Ok(repository);
    }
    Ok(without_version(text, &parse(text)?))
}

fn without_version<'a>(text: &'a str, reference: &Reference) -> &'a str {
    let mut rest = text;
    if let Some(digest) = reference.digest() {
        rest = rest.strip_suffix(digest).and_then(|rest| rest.strip_suffix('@')).unwrap_or(rest);
    }
    // A missing tag is read as `latest`: it is there only if it is written.
    if let Some(tag) = reference.tag() {
        rest = rest.strip_suffix(tag).and_then(|rest| rest.strip_suffix(':')).unwrap_or(rest);
    }
    rest
}

/// The longest repository and tag that are looked at here.
const LONGEST: usize = 255;

/// The repository of what is sure to be a reference; `None` where only the grammar can tell. Its regular expression takes a
/// hundred times as long, so it is left to those that are unusual: with a port, or with neither tag nor digest.
fn plain(text: &str) -> Option<&str> {
    let (tagged, digest) = text.split_once('@').map_or((text, None), |(tagged, digest)| (tagged, Some(digest)));
    let (name, tag) = tagged.rsplit_once(':').map_or((tagged, None), |(name, tag)| (name, Some(tag)));
    // An underscore cannot be in a host's name.
    let host = name.split('/').next().unwrap_or_default();
    let is_plain = tagged.len() <= LONGEST
        && (tag.is_some() || digest.is_some())
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_sha256)
        && !host.contains('_')
        && name.split('/').all(is_word);
    is_plain.then_some(name)
}

fn is_word(word: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut was_inner = false;
    let is_alternating = word.bytes().all(|b| {
        let is_fit = is_inner(b) || (was_inner && matches!(b, b'.' | b'_' | b'-'));
        was_inner = is_inner(b);
        is_fit
    });
    is_alternating && was_inner
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn is_sha256(digest: &str) -> bool {
    let is_hex = |hex: &str| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digest.strip_prefix("sha256:").is_some_and(is_hex)
}

/// Why a text is no image reference.
fn reason_for(text: &str) -> String {
    parse(text).err().unwrap_or_else(|| format!("{text:?} is not an image reference"))
}

/// The reference taken apart.
pub(crate) fn parse(text: &str) -> Result<Reference, String> {
    let reference = text.parse::<Reference>().map_err(|error| reason(text, &error))?;
    let hex = reference.digest().and_then(|digest| digest.split_once(':')).map_or("", |(_, hex)| hex);
    if hex.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(format!("{text:?} is not an image reference: a digest is written in lower case"));
    }
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!("{text:?} is an image id, not an image reference"));
    }
    Ok(reference)
}

fn reason(text: &str, error: &ParseError) -> String {
    let why = match error {
        // Not repeated: such a URL may hold a password.
        _ if text.contains("://") => return "an image reference is no URL: leave the scheme away".to_owned(),
        ParseError::NameEmpty => "it is empty".to_owned(),
        ParseError::ReferenceInvalidFormat if text.trim() != text => "it has white space at an end".to_owned(),
        ParseError::ReferenceInvalidFormat if text.to_lowercase().parse::<Reference>().is_ok() => {
            "a repository is written in lower case".to_owned()
        }
        ParseError::ReferenceInvalidFormat => "expected [registry/]repository[:tag][@sha256:digest]".to_owned(),
        other => other.to_string(),
    };
    format!("{text:?} is not an image reference: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const NEW: &str = "@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn a_tag_or_digest_takes_the_place_of_the_old_one() {
        for (current, with, expected) in [
            ("app", ":2", "app:2".to_owned()),
            ("app:1", ":2", "app:2".to_owned()),
            ("latest", ":2", "latest:2".to_owned()),
            ("app:latest", ":2", "app:2".to_owned()),
            ("localhost:5000/app", ":2", "localhost:5000/app:2".to_owned()),
            ("localhost:5000/app:1", NEW, format!("localhost:5000/app{NEW}")),
            (&format!("app{OLD}"), ":2.0", "app:2.0".to_owned()),
            (&format!("r.example/a/b:1{OLD}"), NEW, format!("r.example/a/b{NEW}")),
            (&format!("r.example/a/b:1{OLD}"), &format!(":3{NEW}"), format!("r.example/a/b:3{NEW}")),
            ("public.ecr.aws/docker/library/redis:7-alpine", ":8", "public.ecr.aws/docker/library/redis:8".to_owned()),
            ("1.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "nginx:1", "nginx:1".to_owned()),
        ] {
            assert_eq!(change(Some(current), with).as_deref(), Ok(expected.as_str()), "{current} {with}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_with_a_reason() {
        for (current, with, reason) in [
            (Some("app:1"), "App:2", "lower case"),
            (Some("app:1"), " app:2", "white space"),
            (Some("app:1"), ":", "expected"),
            (Some("app:1"), ":a b", "expected"),
            (Some("x"), ":4/x", "neither a tag nor a digest"),
            (Some("app:1"), "@sha256:abcd", "expected"),
            (Some("app:1"), &OLD.to_uppercase().replace("SHA", "sha"), "lower case"),
            (Some("app:1"), "", "empty"),
            (None, ":2", "whole reference"),
            (Some("not an image"), ":2", "expected"),
        ] {
            let error = change(current, with).unwrap_err();
            assert!(error.contains(reason), "{current:?} {with:?}: {error}");
        }
    }

    /// Every text of up to six letters of an alphabet that has all the grammar's special cases, alone and with a digest.
    #[test]
    fn what_is_plain_is_a_reference_and_has_its_repository() {
        let same = |text: &str| {
            let Some(plain) = plain(text) else { return };
            let reference = parse(text);
            assert_eq!(
                reference.map(|reference| without_version(text, &reference).to_owned()),
                Ok(plain.to_owned()),
                "{text}"
            );
        };
        let mut texts = vec![String::new()];
        for _ in 0..6 {
            let longer = texts.iter().flat_map(|text| "a0A.-_/:".chars().map(move |letter| format!("{text}{letter}")));
            texts = longer.collect();
            for text in &texts {
                same(text);
            }
        }
        for text in texts.iter().filter_map(|text| text.strip_prefix("aa")) {
            same(&format!("{text}{OLD}"));
        }
        for text in [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:v1.0_x",
            "redis:7-alpine",
            &format!("a/b{OLD}"),
            &format!("a:1{OLD}"),
        ] {
            assert!(plain(text).is_some(), "{text}");
        }
        for text in [
            "app",
            "app@sha256:ab",
            "a:80/b",
            "A/b:1",
            "a_b/c:1",
            "a/b_c:",
            "a..b:1",
            ":1",
            "a b:1",
            OLD,
            &format!("a{}", OLD.to_uppercase()),
            &format!("a{OLD}a"),
            &format!("a{OLD}{OLD}"),
            &format!("{}:1", "a".repeat(255)),
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
