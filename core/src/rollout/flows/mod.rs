//! The verbs, each from its request to its outcome.

pub(crate) mod bake;
pub(crate) mod check;
pub(crate) mod deploy;
pub(crate) mod deploy_all;
pub(crate) mod plan;
pub(crate) mod register;
pub(crate) mod resume;
pub(crate) mod rollback;
pub(crate) mod run;
pub(crate) mod service;
pub(crate) mod service_outcome;
pub(crate) mod watch;
