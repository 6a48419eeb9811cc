//! What goes into the verbs and what comes out of them: plain data, no I/O.

pub(crate) mod check;
pub(crate) mod deployment;
pub(crate) mod event;
pub(crate) mod fleet;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod service;
pub(crate) mod stages;
pub(crate) mod task;
