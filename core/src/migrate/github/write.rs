//! The changes to a workflow's file: a step keeps its name, its id and all else; `uses` and `with` become `run` and `env`.

use super::super::report::Converted;
use super::super::source::Edit;
use super::{Fate, Step, Workflow};

/// The changes for the steps of a job. A step that is written in a way that cannot be changed in its place is kept.
pub(crate) fn steps(
    workflow: &Workflow<'_>,
    steps: &[Step<'_>],
    fates: &mut [Fate],
    reports: &mut [Option<Converted>],
    has_scripts: bool,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if !matches!(fates[at], Fate::Kept) && !is_usual(workflow, step) {
            let why =
                "the step is written in brackets, or its first line holds more than its first key: change it by hand";
            // What was one deployment stays one.
            for (fate, report) in
                fates.iter_mut().zip(reports.iter_mut()).filter(|(fate, _)| !matches!(fate, Fate::Kept))
            {
                *fate = Fate::Kept;
                report.iter_mut().for_each(|report| report.keep(why));
            }
            return edits;
        }
    }
    let mut comments = Vec::new();
    for (step, fate) in steps.iter().zip(fates.iter()) {
        match fate {
            Fate::Kept => {}
            Fate::Removed => {
                let (lines, edit) = removed(workflow, step);
                comments.extend(workflow.source.comments(step.node, lines));
                edits.push(edit);
            }
            Fate::Script(script, variables) => edits.extend(replaced(workflow, step, script, variables, &mut comments)),
        }
    }
    let first = steps.iter().zip(fates.iter()).find(|(_, fate)| !matches!(fate, Fate::Kept)).map(|(step, _)| step);
    let first = first.or_else(|| steps.iter().find(|_| has_scripts));
    if let Some(first) = first.filter(|_| !edits.is_empty() || has_scripts)
        && !workflow.source.text.contains("install ecs-rollout")
    {
        edits.push(install(workflow, first));
    }
    edits
}

/// Whether a step's keys stand in lines of their own, the first one behind the dash.
fn is_usual(workflow: &Workflow<'_>, step: &Step<'_>) -> bool {
    let source = workflow.source;
    let line = source.line(source.line_at(step.node.text.start));
    let first = step.node.map().first().and_then(|(key, _)| key.scalar());
    let with = step.node.get("with");
    line.trim_start().starts_with('-')
        && !source.is_flow(step.node)
        && first != Some("with")
        && with.is_none_or(|with| !source.is_flow(with))
        && step.node.get("env").is_none_or(|env| !source.is_flow(env))
}

/// The lines of a step that goes, with the empty line behind it.
fn removed(workflow: &Workflow<'_>, step: &Step<'_>) -> (std::ops::Range<usize>, Edit) {
    let source = workflow.source;
    let (first, mut last) = (source.line_at(step.node.text.start), source.last_line(step.node) + 1);
    let lines = first..last;
    let is_blank = |line: usize| source.start(line) < source.text.len() && source.line(line).trim().is_empty();
    if is_blank(last) && (first == 0 || is_blank(first - 1) || !source.line(first - 1).trim_start().starts_with('-')) {
        last += 1;
    }
    (lines, Edit { range: source.start(first)..source.start(last), text: String::new() })
}

/// The changes to a step that gets a script.
fn replaced(
    workflow: &Workflow<'_>,
    step: &Step<'_>,
    script: &[String],
    variables: &[(String, String)],
    comments: &mut Vec<String>,
) -> Vec<Edit> {
    let source = workflow.source;
    let Some((key, uses)) = step.node.entry("uses") else { return Vec::new() };
    let indent = " ".repeat(key.column - 1);
    let mut edits = Vec::new();
    let with = step.node.entry("with").map(|(key, with)| source.line_at(key.text.start)..source.last_line(with) + 1);
    let mut said = std::mem::take(comments);
    if let Some(lines) = &with {
        said.extend(source.comments(step.node, lines.clone()));
    }
    let mut run = if workflow.is_composite && step.node.get("shell").is_none() {
        format!("shell: bash\n{indent}")
    } else {
        String::new()
    };
    run.push_str("run: |");
    for line in said.iter().map(String::as_str).chain(script.iter().flat_map(|part| part.lines())) {
        run.push_str(&format!("\n{indent}  {line}"));
    }
    let entries: String =
        variables.iter().map(|(name, value)| format!("{indent}  {name}: ${{{{ {value} }}}}\n")).collect();
    let mut block = String::new();
    match step.node.entry("env") {
        _ if entries.is_empty() => {}
        Some((_, env)) => {
            let at = source.start(source.last_line(env) + 1);
            edits.push(Edit { range: at..at, text: entries });
        }
        None => block = format!("{indent}env:\n{entries}"),
    }
    let end_of_uses =
        source.start(source.line_at(uses.text.start)) + source.line(source.line_at(uses.text.start)).len();
    match with {
        Some(lines) => edits.push(Edit { range: source.start(lines.start)..source.start(lines.end), text: block }),
        None if !block.is_empty() => run.push_str(&format!("\n{}", block.trim_end_matches('\n'))),
        None => {}
    }
    edits.push(Edit { range: key.text.start..end_of_uses, text: run });
    edits
}

/// The step that installs the program, before the first one that needs it.
fn install(workflow: &Workflow<'_>, first: &Step<'_>) -> Edit {
    let source = workflow.source;
    let mut line = source.line_at(first.node.text.start);
    let dash = source.line(line).len() - source.line(line).trim_start().len();
    while line > 0 && source.line(line - 1).trim_start().starts_with('#') {
        line -= 1;
    }
    let indent = " ".repeat(dash);
    let shell = if workflow.is_composite { format!("\n{indent}  shell: bash") } else { String::new() };
    let gap = if line > 0 && source.line(line - 1).trim().is_empty() { "\n" } else { "" };
    let version = env!("CARGO_PKG_VERSION");
    let text = format!(
        "{indent}- name: Install ecs-rollout{shell}\n{indent}  run: pipx install ecs-rollout=={version}\n{gap}"
    );
    Edit { range: source.start(line)..source.start(line), text }
}
