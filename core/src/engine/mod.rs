//! What every verb stands on: a future whose events are a stream, in the foreground or the background, and its end from outside.

pub(crate) mod background;
pub(crate) mod cancel;
pub(crate) mod handle;
pub(crate) mod stream;
