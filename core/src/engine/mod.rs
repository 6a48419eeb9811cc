//! The base of every verb: the context of a flow, its events as a stream, in the foreground or the background, cancellation, and many
//! flows on one clock.

pub(crate) mod background;
pub(crate) mod cancel;
pub(crate) mod context;
pub(crate) mod fleet;
pub(crate) mod handle;
pub(crate) mod stream;
