//! One clear error for an option that is unknown, misspelt, empty or of the wrong type.

pub(crate) mod arn;
pub(crate) mod define;
pub(crate) mod names;
pub(crate) mod read;
#[cfg(feature = "cli")]
pub(crate) mod schema;
pub(crate) mod source;
pub(crate) mod unset;
pub(crate) mod verify;
