//! Image references: which are valid, and how a tag or digest replaces another.

use oci_spec::distribution::{ParseError, Reference};

use super::version::is_version;
use crate::options::unset::{self, NOT_SET};
use crate::redact::word;

/// Checks `text` to be an image reference: `[registry/]repository[:tag][@digest]`.
///
/// The error says what is wrong with it, in a few words.
pub(crate) fn check(text: &str) -> Result<(), String> {
    not_filled_in(text)?;
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
        whole(current, change)?;
        return Ok(change.to_owned());
    }
    not_filled_in(change)?;
    // Behind a short repository it would pass for a port and a path.
    if change.contains('/') {
        return Err(format!(
            "{:?} is neither a tag nor a digest: expected \":tag\" or \"@sha256:digest\"",
            word(change)
        ));
    }
    let current = current.ok_or("there is no image to take the repository from: give a whole reference")?;
    let repository = repository(current)?;
    // The repository is known to be well formed: what is new is checked behind the shortest there is.
    check(&format!("x{change}")).map_err(|_| reason_for(&format!("{repository}{change}")))?;
    Ok(format!("{repository}{change}"))
}

/// Whether a text is written as `user:password@host/…`. It is never repeated.
fn has_credentials(text: &str) -> bool {
    let Some((before, after)) = text.rsplit_once('@') else { return false };
    // A URL has its own answer.
    !text.contains("://") && before.contains(':') && !before.contains('/') && after.contains('/')
}

/// Refuses a reference with a part that a script did not fill in, or filled with nothing.
fn not_filled_in(text: &str) -> Result<(), String> {
    if has_credentials(text) {
        let why = "it holds a user and a password, which do not belong into a reference: log in to the registry instead (`login`)";
        return Err(format!("what was given is not an image reference: {why}"));
    }
    if text.trim() != text && !text.trim().is_empty() {
        let why = "it has white space at an end, as the output of a command has a line break: give it without";
        return Err(format!("{:?} is not an image reference: {why}", word(text.trim())));
    }
    let is_template = ["${", "$(", "{{", "<%", "%("].iter().any(|mark| text.contains(mark))
        || text.split('$').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    if is_template {
        let why = "it holds the name of a variable that was not filled in: a shell fills in none between single quotes";
        return Err(format!("{:?} is not an image reference: {why}", word(text)));
    }
    if text.contains('<') && text.contains('>') && !text.ends_with("<nil>") {
        return Err(format!(
            "{:?} is not an image reference: it holds a placeholder; put the image in its place",
            word(text)
        ));
    }
    if let Some(letter) = text.chars().find(|c| !c.is_ascii()) {
        return Err(format!("{:?} is not an image reference: {letter:?} is not an ASCII character", word(text)));
    }
    let (tagged, digest) = text.split_once('@').map_or((text, None), |(tagged, digest)| (tagged, Some(digest)));
    if let Some(part) = unfilled_part(tagged) {
        return Err(format!("{:?} is not an image reference: it holds {part:?}: {NOT_SET}", word(text)));
    }
    let last = tagged.rsplit('/').next().unwrap_or_default();
    // A text that is only such a word has no repository.
    let tag = last.split_once(':').map(|(_, tag)| tag).or((tagged == last && digest.is_none()).then_some(last));
    match (tag, digest) {
        (Some("") | None, Some("")) if digest.is_some() => {
            Err(format!("the digest of {:?} is empty: {NOT_SET}", word(text)))
        }
        (_, Some(digest)) if unset::is_word(digest) => {
            Err(format!("the digest of {:?} is not a digest: {NOT_SET}", word(text)))
        }
        (Some(""), _) if text.is_empty() => Err(format!("the image is empty: {NOT_SET}")),
        (Some(""), _) => Err(format!("the tag of {:?} is empty: {NOT_SET}", word(text))),
        (Some(tag), _) if unset::is_word(tag) => Err(format!("the tag of {:?} is not a tag: {NOT_SET}", word(text))),
        // A text that is only a word is no tag yet.
        (Some(tag), _) if last.contains(':') => match unset::in_tag(tag) {
            Some(why) => Err(format!("the tag of {:?} {why}: {NOT_SET}", word(text))),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A part of the registry's host or of the repository's path that a variable was to fill in. `true` and `false` may be names.
fn unfilled_part(tagged: &str) -> Option<&str> {
    // The tag, and a text that is only a word, are told in words of their own.
    let (path, last) = tagged.rsplit_once('/')?;
    let last = last.split_once(':').map_or(last, |(name, _)| name);
    let (host, _) = path.split_once('/').unwrap_or((path, ""));
    let labels = if host.contains(['.', ':']) { host } else { "" };
    let mut parts = path.split('/').chain(labels.split(['.', ':'])).chain([last]);
    parts.find(|part| unset::is_word(part) && !matches!(part.to_lowercase().as_str(), "true" | "false"))
}

/// Refuses a bare word that is more likely a tag than an image of Docker Hub.
fn whole(current: Option<&str>, change: &str) -> Result<(), String> {
    if let Some(("sha256", _)) = change.split_once(':') {
        return Err(format!(
            "{:?} is a digest and not an image reference: write \"@{shown}\"",
            word(change),
            shown = word(change)
        ));
    }
    let is_of_registry = current.is_some_and(|current| current.contains('/'));
    if change.contains(['/', ':', '@']) || !(is_of_registry || is_version(change)) {
        return Ok(());
    }
    Err(format!(
        "{:?} alone is an image of Docker Hub: write \":{shown}\" for the tag, or \"docker.io/library/{shown}\" for the image",
        word(change),
        shown = word(change)
    ))
}

/// Why a bare word in a document is more likely a tag: an image of a registry stood there, of another name.
pub(crate) fn bare_over(current: &str, new: &str) -> Option<String> {
    let name = repository(current).ok()?.rsplit('/').next().unwrap_or_default();
    match current.contains('/') && name != new {
        true => whole(Some(current), new).err(),
        false => None,
    }
}

/// The repository that an image of Docker Hub takes the place of, although it has the same name and another registry.
pub(crate) fn left(current: Option<&str>, change: &str) -> Option<String> {
    let (now, new) = (repository(current?).ok()?, repository(change).ok()?);
    let (registry, name) = now.rsplit_once('/')?;
    let is_hub = registry == "library"
        || registry.ends_with("docker.io")
        || registry.ends_with("docker/library")
        || registry.ends_with("docker.io/library");
    (name == new && !is_hub).then(|| now.to_owned())
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

fn has_bad_tag(last: &str) -> bool {
    last.split_once(':').is_some_and(|(name, tag)| is_word(name) && !is_tag(tag))
}

/// Why a text is no image reference.
fn reason_for(text: &str) -> String {
    parse(text).err().unwrap_or_else(|| format!("{:?} is not an image reference", word(text)))
}

/// The reference taken apart.
pub(crate) fn parse(text: &str) -> Result<Reference, String> {
    let reference = text.parse::<Reference>().map_err(|error| reason(text, &error))?;
    let hex = reference.digest().and_then(|digest| digest.split_once(':')).map_or("", |(_, hex)| hex);
    if hex.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(format!("{:?} is not an image reference: a digest is written in lower case", word(text)));
    }
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!("{:?} is an image id, not an image reference", word(text)));
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
        ParseError::ReferenceInvalidFormat if text.contains('@') && !text.rsplit('@').next().is_some_and(is_sha256) => {
            "a digest is written sha256: with 64 of the characters 0-9 and a-f".to_owned()
        }
        ParseError::ReferenceInvalidFormat if text.rsplit('/').next().is_some_and(has_bad_tag) => {
            "a tag has up to 128 letters, digits, \"_\", \".\" and \"-\", and begins with none of the last two"
                .to_owned()
        }
        ParseError::ReferenceInvalidFormat => "expected [registry/]repository[:tag][@sha256:digest]".to_owned(),
        other => other.to_string(),
    };
    format!("{:?} is not an image reference: {why}", word(text))
}

#[cfg(test)]
mod tests;
