//! Rollouts: from a request to the verdict on the deployment that it began.

pub(crate) mod assure;
pub(crate) mod calls;
pub(crate) mod caution;
pub(crate) mod codedeploy;
pub(crate) mod diagnose;
pub(crate) mod elsewhere;
pub(crate) mod flows;
pub(crate) mod order;
pub(crate) mod prepare;
pub(crate) mod service;
pub(crate) mod shapes;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod verdict;
pub(crate) mod watch;
pub(crate) mod workflow;

pub use crate::engine::handle::RolloutHandle;
pub use flows::deploy_all::Rollouts;
