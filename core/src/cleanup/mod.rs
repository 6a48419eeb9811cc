//! Removes what is no longer needed: old revisions of a task definition, and services.

pub(crate) mod drain;
pub(crate) mod prune;
pub(crate) mod remove;
pub(crate) mod usage;
pub(crate) mod users;

pub use prune::{KeptRevision, Prune, PruneOutcome};
pub use remove::{Removal, RemovalOutcome};
