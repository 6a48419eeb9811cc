//! The service as it is: its state, its settings, how it deploys.

pub(crate) mod autoscaling;
pub(crate) mod compare;
pub(crate) mod settings;
pub(crate) mod snapshot;
pub(crate) mod spec;
pub(crate) mod strategy;
