//! The way over from other tools: reads their files, and writes the same as commands of `ecs-rollout`.
//!
//! Read are workflows and composite actions of GitHub with AWS's actions, scripts with the AWS CLI or `ecs-deploy`, configurations of
//! ecspresso, and manifests of Copilot. Pure but for the files that a configuration names, which the caller reads.

mod command;
mod copilot;
mod ecspresso;
mod github;
mod report;
mod shell;
mod source;
mod text;
mod yaml;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::Error;
pub use command::Command;
pub use report::{Converted, Input};
use source::Source;

/// A file that was read, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Migration {
    /// The file.
    pub file: String,
    /// The tool that it is for: `github`, `shell`, `ecspresso` or `copilot`.
    pub kind: &'static str,
    /// Its steps or commands, in their order.
    pub converted: Vec<Converted>,
    /// The files as they are to be: this one, if something changes in its place, and those that are written beside it.
    pub files: Vec<(PathBuf, String)>,
}

/// How a file is read.
pub struct Reading<'a> {
    /// The container that is meant where a tool names none.
    pub container: Option<&'a str>,
    /// Reads a file that the configuration names; its path is relative as the configuration's own.
    pub read: &'a dyn Fn(&Path) -> std::io::Result<String>,
}

/// Reads a file of another tool. `name` is its path: what stands beside it is found there, and errors begin with it.
///
/// # Errors
/// [`Error::Invalid`] with file, line and column where the file is not what the tool takes.
pub fn migrate(name: &str, text: &str, reading: &Reading<'_>) -> Result<Migration, Error> {
    let made = |kind, converted, files| Migration { file: name.to_owned(), kind, converted, files };
    let changed = |new: String| if new == text { Vec::new() } else { vec![(PathBuf::from(name), new)] };
    let source = Source::new(text);
    let is_yaml = [".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    if !is_yaml && !text.trim_start().starts_with('{') {
        let (converted, edits) = shell::convert(&source, 0..text.len(), reading.container, None);
        return Ok(made("shell", converted, changed(source::apply(text, edits))));
    }
    let readable = ecspresso::without_blocks(text);
    let root = match yaml::read(name, text) {
        Ok(root) => root,
        // The templates of ecspresso are no YAML.
        Err(error) => match yaml::read(name, &readable).ok().filter(ecspresso::is_it) {
            Some(root) => root,
            None => return Err(error),
        },
    };
    if github::is_it(&root) {
        let (converted, edits) = github::convert(name, &source, &root, reading.container)?;
        return Ok(made("github", converted, changed(source::apply(text, edits))));
    }
    if ecspresso::is_it(&root) {
        let (report, files) = ecspresso::convert(name, text, &root, reading.read)?;
        return Ok(made("ecspresso", vec![report], files));
    }
    if copilot::is_it(&root) {
        return Ok(made("copilot", copilot::convert(name, &root)?, Vec::new()));
    }
    Err(github::refuse(name, &root))
}

impl Migration {
    /// What a person reads: each command in ours, its inputs and options, what is different, and what has no counterpart.
    pub fn report(&self) -> String {
        let mut lines = Vec::new();
        for one in &self.converted {
            lines.push(format!("{}:{}:{}: {}", self.file, one.line, one.column, one.from));
            for command in &one.commands {
                lines.extend(command.line.lines().map(|line| format!("  {line}")));
            }
            let width = one.inputs.iter().map(|input| input.name.chars().count()).max().unwrap_or_default();
            lines.extend(one.inputs.iter().map(|input| format!("    {:width$} -> {}", input.name, input.option)));
            lines.extend(one.changes.iter().map(|what| format!("  different: {what}")));
            lines.extend(one.without.iter().map(|what| format!("  without counterpart: {what}")));
            lines.extend(one.kept.iter().map(|why| format!("  stays as it is: {why}")));
            lines.push(String::new());
        }
        if self.converted.is_empty() {
            lines.push(format!("{}: no command of another tool is in it", self.file));
        }
        lines.join("\n").trim_end().to_owned() + "\n"
    }
}
