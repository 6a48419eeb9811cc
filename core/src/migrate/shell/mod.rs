//! Commands of a shell: the AWS CLI, and both tools that are called `ecs-deploy`.

mod aws;
mod bash;
pub(crate) mod lexer;
mod python;
mod shorthand;

use std::ops::Range;

use super::command::Call;
use super::report::Converted;
use super::source::{Edit, Source};
use lexer::Command;

/// What a command becomes.
pub(crate) enum Became {
    /// Other calls, one a line.
    Calls(Vec<Call>),
    /// Nothing: another command does its work.
    Nothing,
}

/// A command that is converted.
pub(crate) struct Draft {
    pub(crate) report: Converted,
    pub(crate) became: Became,
    /// What is replaced.
    pub(crate) range: Range<usize>,
}

/// A script: its commands, and the container that is meant where a tool names none.
pub(crate) struct Script<'a> {
    pub(crate) commands: &'a [Command],
    pub(crate) container: Option<&'a str>,
}

/// Converts the commands of a script within a file. The changes to the file are beside what is to be said of each. `margin`: what
/// stands before each line, where the script's own lines do not tell.
pub(crate) fn convert(
    source: &Source<'_>,
    range: Range<usize>,
    container: Option<&str>,
    margin: Option<&str>,
) -> (Vec<Converted>, Vec<Edit>) {
    let text = &source.text[range.clone()];
    let commands = lexer::commands(text);
    let script = Script { commands: &commands, container };
    let (mut all, mut edits) = (Vec::new(), Vec::new());
    for (at, command) in commands.iter().enumerate() {
        let Some(mut draft) = of_command(&script, at) else { continue };
        let begin = range.start + draft.range.start;
        (draft.report.line, draft.report.column) = source.place(begin);
        if command.is_mixed {
            draft.report.keep("a redirection stands between its words");
        }
        let line = source.line(source.line_at(begin));
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let margin = margin.unwrap_or(&line[..indent]);
        let calls = match &draft.became {
            Became::Calls(calls) => calls.as_slice(),
            Became::Nothing => &[],
        };
        calls.iter().for_each(|call| draft.report.becomes(call));
        if draft.report.kept.is_none() {
            let lines: Vec<String> = calls.iter().map(|call| call.line(&format!("{margin}  "))).collect();
            let replaced = begin..range.start + draft.range.end;
            match lines.is_empty() {
                true => edits.push(without_line(source, replaced)),
                false => edits.push(Edit { range: replaced, text: lines.join(&format!("\n{margin}")) }),
            }
        }
        all.push(draft.report);
    }
    (all, edits)
}

/// Takes a command away, with its line if nothing else stands there.
fn without_line(source: &Source<'_>, range: Range<usize>) -> Edit {
    let (first, last) = (source.line_at(range.start), source.line_at(range.end.saturating_sub(1)));
    let before = &source.text[source.start(first)..range.start];
    let behind = source.text[range.end..source.start(last + 1)].trim();
    match before.trim().is_empty() && (behind.is_empty() || behind.starts_with('#') || behind.starts_with('>')) {
        true => Edit { range: source.start(first)..source.start(last + 1), text: String::new() },
        false => Edit { range, text: "true".to_owned() },
    }
}

fn of_command(script: &Script<'_>, at: usize) -> Option<Draft> {
    let command = &script.commands[at];
    let name = command.words[0].text.rsplit('/').next().unwrap_or_default();
    match name {
        "aws" => aws::convert(script, at),
        "ecs-deploy" | "ecs-deploy.sh" | "ecs_deploy" | "ecs_deploy.sh" => Some(bash::convert(script, at)),
        "ecs" => python::convert(script, at),
        _ => None,
    }
}

/// The family and the file of a script that downloads a task definition, and does nothing else.
pub(crate) fn download(script: &str) -> Option<(String, String)> {
    match lexer::commands(script).as_slice() {
        [command] => aws::download(command),
        _ => None,
    }
}

/// The change to the image of a container that the tool does not name.
pub(crate) fn set_image(script: &Script<'_>, call: &mut Call, report: &mut Converted, image: &str) {
    if script.container.is_none() {
        report.keep(
            "it changes the image of every container that fits: say which container is meant, with `--container NAME`",
        );
    }
    let container = script.container.unwrap_or("CONTAINER");
    call.set(&format!("images/{container}"), image);
}
