//! What a language writes for a variable that is not set: the words, and where they stand in a text. Pure.

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
}
