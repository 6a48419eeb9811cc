//! Looks at a deployment until there is a verdict.

pub(crate) mod ecs;
pub(crate) mod lifecycle;
pub(crate) mod polling;
pub(crate) mod record;
pub(crate) mod service_deployments;
pub(crate) mod shared;
pub(crate) mod shown;
pub(crate) mod until;
