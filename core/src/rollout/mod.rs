//! Rollouts: from a request to the verdict on the deployment that it began.

pub(crate) mod calls;
pub(crate) mod codedeploy;
pub(crate) mod diagnose;
pub(crate) mod document;
pub(crate) mod express;
pub(crate) mod flows;
pub(crate) mod order;
pub(crate) mod prepare;
pub(crate) mod references;
pub(crate) mod service;
pub(crate) mod tasks;
pub(crate) mod verdict;
pub(crate) mod watch;
pub(crate) mod workflow;

pub use crate::engine::handle::RolloutHandle;
pub use flows::deploy_all::Rollouts;
