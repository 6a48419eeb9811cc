//! Random tokens: what makes a repeated write the same write, and a name that nobody else has.

/// 32 characters of `0-9` and `a-f`. CreateService takes 36 at most.
pub(crate) fn token() -> String {
    format!("{:032x}", fastrand::u128(..))
}
