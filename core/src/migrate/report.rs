//! What became of each command of another tool: ours, its inputs, what is different, and what has no counterpart.

use serde::Serialize;

use super::command::{Call, Command};
use super::text;

/// A step or a command of another tool, and what takes its place.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Converted {
    /// Where it is: line and column, from 1.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What it was, such as `aws-actions/amazon-ecs-deploy-task-definition`.
    pub from: String,
    /// What takes its place; none if another step does its work, or if there is no counterpart.
    pub commands: Vec<Command>,
    /// Its inputs and the options that they became.
    pub inputs: Vec<Input>,
    /// What is different from before.
    pub changes: Vec<String>,
    /// What has no counterpart, and is not needed for the same result.
    pub without: Vec<String>,
    /// Why it stays as it is, if it does. It can be changed by hand as `commands` show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

/// An input of another tool, and our option.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Input {
    /// Its name there.
    pub name: String,
    /// Our option, or what takes its place.
    pub option: String,
}

impl Converted {
    pub(crate) fn new(from: impl Into<String>, (line, column): (usize, usize)) -> Self {
        Self { from: from.into(), line, column, ..Self::default() }
    }

    pub(crate) fn input(&mut self, name: impl Into<String>, option: impl Into<String>) {
        let input = Input { name: text::shown(&name.into()), option: option.into() };
        if !self.inputs.contains(&input) {
            self.inputs.push(input);
        }
    }

    /// Something that is different, once.
    pub(crate) fn change(&mut self, what: impl Into<String>) {
        push(&mut self.changes, what.into());
    }

    pub(crate) fn without(&mut self, what: impl Into<String>) {
        push(&mut self.without, what.into());
    }

    /// It stays as it is, for the first of the reasons.
    pub(crate) fn keep(&mut self, why: impl Into<String>) {
        self.kept.get_or_insert(text::shown(&why.into()));
    }

    pub(crate) fn becomes(&mut self, call: &Call) {
        self.commands.push(call.command());
    }
}

fn push(list: &mut Vec<String>, text: String) {
    let text = text::shown(&text);
    if !list.contains(&text) {
        list.push(text);
    }
}

/// What is different for every deployment, whatever made it before.
pub(crate) const VERDICT: &str = "a deployment that ECS rolls back, that fails, or that another one takes the place of ends \
                                  with an error and its cause; waiting for stability called it a success";
