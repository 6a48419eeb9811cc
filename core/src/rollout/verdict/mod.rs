//! Turns the looks at a deployment into a verdict. Pure, and the only place where a verdict is reached.

pub(crate) mod baking;
pub(crate) mod conclusion;
pub(crate) mod failures;
pub(crate) mod judge;
pub(crate) mod lasting;
pub(crate) mod past;
pub(crate) mod tracker;
