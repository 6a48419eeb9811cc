//! Counts since when, and in how many looks in a row, something has been shown.

use std::time::Duration;

/// Something that one look after another has shown, since when, and how often.
#[derive(Debug, Clone)]
pub(crate) struct Lasting<T>(Option<(T, Duration, u32)>);

impl<T> Default for Lasting<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: PartialEq> Lasting<T> {
    /// Notes what a look shows. Returns since when all looks have shown it, and how many.
    pub(crate) fn see(&mut self, shown: T, now: Duration) -> (Duration, u32) {
        let (since, times) = match &self.0 {
            Some((known, since, times)) if *known == shown => (*since, times + 1),
            _ => (now, 1),
        };
        self.0 = Some((shown, since, times));
        (now.saturating_sub(since), times)
    }

    pub(crate) fn end(&mut self) {
        self.0 = None;
    }
}
