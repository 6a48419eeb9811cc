//! One-off tasks: started, followed with their log lines, and judged by their exit codes.

pub(crate) mod checks;
pub(crate) mod follow;
pub(crate) mod input;
pub(crate) mod logs;
pub(crate) mod outcome;
pub(crate) mod planned;
pub(crate) mod polling;
pub(crate) mod queue;
pub(crate) mod same;
pub(crate) mod start;
pub(crate) mod verdict;
