//! Finds why tasks stopped or were never started: from ECS's texts on tasks, service events and targets to causes with a remedy. Pure.
//!
//! Each source becomes a [`Signature`]; signatures of the same failure become one [`Cause`](crate::error::failure::Cause).

pub(crate) mod collector;
pub(crate) mod described;
pub(crate) mod evidence;
pub(crate) mod extract;
pub(crate) mod fetch;
pub(crate) mod kind;
pub(crate) mod log;
pub(crate) mod merge;
pub(crate) mod owner;
pub(crate) mod patterns;
pub(crate) mod running;
pub(crate) mod service_event;
pub(crate) mod stopped_task;
pub(crate) mod summary;
pub(crate) mod task;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod texts;

pub(crate) use described::Described;
pub(crate) use kind::{Kind, is_incurable};
pub(crate) use log::{clipped, lines, spoken};
pub(crate) use merge::causes;
pub(crate) use patterns::shows_platform;
pub(crate) use running::{sick_targets, unready};
pub(crate) use service_event::{concerns, given_up, started, unmade, unstarted, wants_room};
pub(crate) use task::{addresses, failed_task, other_tasks, stopped_tasks};

/// One failure as one source reports it. The summary is made once all sources are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signature {
    pub(crate) kind: Kind,
    /// The container whose failure it is.
    pub(crate) container: Option<String>,
    /// The exit code, if that is the failure.
    pub(crate) exit: Option<i64>,
    /// What failed: an image, a secret, a target group, a role.
    pub(crate) subject: Option<String>,
    /// What another source may add: the reason of a health check, the condition of a dependency.
    pub(crate) detail: Option<String>,
    /// ECS's own text.
    pub(crate) words: Option<String>,
}

impl Signature {
    fn new(kind: Kind) -> Self {
        Self { kind, container: None, exit: None, subject: None, detail: None, words: None }
    }

    /// The container whose log may explain more.
    pub(crate) fn logged(&self) -> Option<&str> {
        self.container.as_deref().filter(|_| kind::has_run(self.kind, self.exit))
    }

    /// Whether both are the same failure, of one task or of two.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let what = |clue: &Self| (clue.kind, clue.exit, clue.container.clone(), clue.subject.clone());
        // Without anything else, their texts tell two unknown failures apart.
        what(self) == what(other) && (self.kind != Kind::Other || self.words == other.words)
    }
}
