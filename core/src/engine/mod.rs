//! What every verb stands on: the context that a flow works with, its events as a stream, in the foreground or the background, its end
//! from outside, and many flows on one clock.

pub(crate) mod background;
pub(crate) mod cancel;
pub(crate) mod context;
pub(crate) mod fleet;
pub(crate) mod handle;
pub(crate) mod stream;
