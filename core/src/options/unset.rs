//! Finds the words that a language writes for a variable that is not set, such as `undefined`. Pure.

/// The words, in lower case.
const WORDS: [&str; 9] = ["undefined", "null", "none", "nil", "nan", "true", "false", "[object object]", "<nil>"];

/// What to ask where a text is empty, or the word for nothing.
pub(crate) const NOT_SET: &str = "is the variable that it comes from not set?";

/// Whether a text is only such a word.
pub(crate) fn is_word(text: &str) -> bool {
    WORDS.contains(&text.to_lowercase().as_str())
}

/// Whether a text is empty, or only such a word.
pub(crate) fn is_nothing(text: &str) -> bool {
    text.trim().is_empty() || is_word(text.trim())
}

/// What was not filled in of a text that is put together with `-`, `_` and `/`: it is such a word or ends in one, or has nothing
/// where a part is to be. `true` and `false` are words of many a name, so that only the whole is refused for them.
pub(crate) fn in_name(name: &str) -> Option<&'static str> {
    if is_nothing(name) {
        return Some("it is what a variable that is not set gives");
    }
    let separators = ['-', '_'];
    for part in name.split('/') {
        if part.is_empty() || part.starts_with(separators) || part.ends_with(separators) {
            return Some("a part of it is empty");
        }
        let last = part.rsplit(separators).next().unwrap_or_default();
        if is_word(last) && !matches!(last.to_lowercase().as_str(), "true" | "false") {
            return Some("it ends in what a variable that is not set gives");
        }
    }
    None
}

/// What was not filled in of a tag that is put together, or that stands for one to come. `none` and `nil` are parts of many a tag, so
/// that only Python's own spelling is refused as one.
pub(crate) fn in_tag(tag: &str) -> Option<&'static str> {
    let separators = ['-', '_', '.'];
    if tag.ends_with(separators) {
        return Some("ends where a part was to come");
    }
    if ["todo", "changeme", "change-me", "replace-me", "replace_me"].contains(&tag.to_lowercase().as_str()) {
        return Some("is a placeholder");
    }
    let last = tag.rsplit(separators).next().unwrap_or_default();
    let is_unset = last == "None" || matches!(last.to_lowercase().as_str(), "undefined" | "null");
    (is_unset && last != tag).then_some("ends in what a variable that is not set gives")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_filled_in_is_told_from_names() {
        for name in [
            "None",
            "undefined",
            "null",
            "NaN",
            "true",
            "release-None",
            "release-undefined",
            "ci/null",
            "ci/None/migrate",
            "release-",
            "release_",
            "ci/",
            "ci//7",
            "/7",
            "-7",
        ] {
            assert!(in_name(name).is_some(), "{name}");
        }
        for name in ["ci/7", "release-1", "none-the-less", "undefined-columns-7", "a--b", "is-true", "7"] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_not_filled_in_is_told_from_tags() {
        for tag in ["sha-", "v1-null", "latest-undefined", "TODO", "release-None", "v1."] {
            assert!(in_tag(tag).is_some(), "{tag}");
        }
        for tag in ["v1", "sha-0a1b2c3", "linux-none", "none", "nullable", "v1-nonnull", "todo-app"] {
            assert_eq!(in_tag(tag), None, "{tag}");
        }
    }
}
