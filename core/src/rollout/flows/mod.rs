//! The verbs, each from its request to its outcome.

pub(crate) mod deploy_all;
pub(crate) mod join;
pub(crate) mod plan;
pub(crate) mod register;
pub(crate) mod rollback;
pub(crate) mod service;
pub(crate) mod service_end;
