//! Changes or creates the service, and finds the deployment that this began.

pub(crate) mod create;
pub(crate) mod lost;
pub(crate) mod update;
