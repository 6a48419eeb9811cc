//! Puts all mistakes of a request into one error.

use super::Error;
use super::finding::{Finding, Level};

impl Error {
    /// One error of many mistakes in a request: the first one, with all of them as its findings.
    pub(crate) fn together(mistakes: Vec<Self>) -> Result<(), Self> {
        let findings: Vec<Finding> = mistakes.iter().filter_map(Self::as_finding).collect();
        let more = mistakes.len().saturating_sub(1);
        match mistakes.into_iter().next() {
            None => Ok(()),
            Some(Self::Invalid { path, text, .. }) if more > 0 => {
                let text = format!("{text}; and {more} more: see `findings`");
                Err(Self::Invalid { path, text, findings })
            }
            Some(only) => Err(only),
        }
    }

    fn as_finding(&self) -> Option<Finding> {
        let Self::Invalid { path, text, .. } = self else { return None };
        let path = path.clone().unwrap_or_default();
        // The text begins with the place.
        let text = text.strip_prefix(path.as_str()).map_or(text.as_str(), |rest| rest.trim_start_matches(": "));
        let (rule, advice) = ("invalid".to_owned(), "correct it in the request".to_owned());
        Some(Finding { level: Level::Error, rule, path, text: text.to_owned(), advice })
    }
}
