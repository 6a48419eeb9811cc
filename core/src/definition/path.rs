//! The place of a finding as a JSON Pointer. It becomes text only when a finding is reported.

use std::fmt;

use crate::json::pointer_step;

/// A JSON Pointer (RFC 6901) in steps, each of which knows the one before it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    before: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Container(usize),
    Member(&'a str),
    At(usize),
}

impl Place<'static> {
    /// The task definition itself.
    pub(crate) const ROOT: Self = Place { before: None, step: Step::Root };

    pub(crate) const fn container(at: usize) -> Self {
        Place { before: None, step: Step::Container(at) }
    }
}

impl<'a> Place<'a> {
    /// A member of the task definition.
    pub(crate) const fn top(name: &'a str) -> Self {
        Place { before: None, step: Step::Member(name) }
    }

    pub(crate) const fn member<'b>(&'b self, name: &'b str) -> Place<'b> {
        Place { before: Some(self), step: Step::Member(name) }
    }

    /// Whether it is a size of a task or container.
    pub(crate) fn is_size(&self) -> bool {
        matches!(self.step, Step::Member("cpu" | "memory"))
    }

    pub(crate) const fn at<'b>(&'b self, at: usize) -> Place<'b> {
        Place { before: Some(self), step: Step::At(at) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            before.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Container(at) => write!(f, "/containerDefinitions/{at}"),
            Step::At(at) => write!(f, "/{at}"),
            Step::Member(name) => write!(f, "/{}", pointer_step(name)),
        }
    }
}
