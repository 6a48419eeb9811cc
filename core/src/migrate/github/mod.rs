//! Workflows and composite actions of GitHub: which steps are AWS's, which of them are one deployment, and what takes their place.

mod deploy;
mod inputs;
mod others;
mod render;
mod write;

use super::command::Call;
use super::report::Converted;
use super::shell;
use super::source::{Edit, Source};
use super::text;
use super::yaml::{Kind, Node, wrong};
use crate::error::Error;
use crate::options::names;
use inputs::{Inputs, Variables};

/// A step of a job or of a composite action.
struct Step<'a> {
    node: &'a Node,
    action: Option<Action>,
    /// Whether its inputs stand elsewhere in the file, by an alias.
    is_aliased: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Credentials,
    Login,
    Render,
    Deploy,
    Express,
}

/// The actions, by the end of their repository's name.
const ACTIONS: [(&str, Action); 5] = [
    ("aws-actions/configure-aws-credentials", Action::Credentials),
    ("aws-actions/amazon-ecr-login", Action::Login),
    ("aws-actions/amazon-ecs-render-task-definition", Action::Render),
    ("aws-actions/amazon-ecs-deploy-task-definition", Action::Deploy),
    ("aws-actions/amazon-ecs-deploy-express-service", Action::Express),
];

/// What becomes of a step.
enum Fate {
    Kept,
    Removed,
    /// The lines of its script, and variables of its environment.
    Script(Vec<String>, Vec<(String, String)>),
}

/// The workflow that is read.
struct Workflow<'a> {
    name: &'a str,
    source: &'a Source<'a>,
    /// The text of the job: steps are named within it alone.
    job: &'a str,
    container: Option<&'a str>,
    is_composite: bool,
}

/// Whether a document is a workflow or a composite action.
pub(crate) fn is_it(root: &Node) -> bool {
    root.get("jobs").is_some() || root.get("runs").is_some_and(|runs| runs.get("steps").is_some())
}

/// Converts the steps of a file. The changes to the file are beside what is to be said of each.
pub(crate) fn convert(
    name: &str,
    source: &Source<'_>,
    root: &Node,
    container: Option<&str>,
) -> Result<(Vec<Converted>, Vec<Edit>), Error> {
    let (mut all, mut edits) = (Vec::new(), Vec::new());
    let jobs = root.get("jobs").map_or(&[][..], Node::map).iter().map(|(_, job)| job);
    for job in jobs.chain(root.get("runs")) {
        let Some(list) = job.get("steps") else { continue };
        let text = &source.text[job.text.start..source.start(source.last_line(job) + 1)];
        let workflow = Workflow { name, source, job: text, container, is_composite: root.get("runs").is_some() };
        let steps: Vec<Step<'_>> = list.list().iter().map(Step::of).collect();
        let (converted, changed) = workflow.job(&steps)?;
        all.extend(converted);
        edits.extend(changed);
    }
    Ok((all, edits))
}

impl<'a> Step<'a> {
    fn of(node: &'a Node) -> Self {
        let uses = node.word("uses").and_then(|uses| uses.split('@').next());
        let action = ACTIONS.iter().find(|(name, _)| uses.is_some_and(|uses| uses.eq_ignore_ascii_case(name)));
        let with = node.get("with");
        let is_aliased = with.is_some_and(|with| matches!(with.kind, Kind::Alias) || with.get("<<").is_some());
        Self {
            node,
            action: action.map(|(_, action)| *action).filter(|_| !is_aliased),
            is_aliased: action.is_some() && is_aliased,
        }
    }

    fn place(&self) -> (usize, usize) {
        let at = self.node.entry("uses").map_or(self.node, |(_, uses)| uses);
        (at.line, at.column)
    }

    fn from(&self) -> String {
        self.node.word("uses").unwrap_or_default().to_owned()
    }

    /// What decides whether the step runs, and what its failure means.
    fn conditions(&self) -> [Option<&'a str>; 2] {
        [self.node.word("if"), self.node.word("continue-on-error")]
    }
}

/// The step whose output an expression is.
fn step_of(expression: &str, output: &str) -> Option<String> {
    let inner = expression.trim().strip_prefix("${{")?.strip_suffix("}}")?.trim();
    let rest = inner.strip_prefix("steps.")?;
    rest.strip_suffix(&format!(".outputs.{output}")).map(str::to_owned)
}

/// A path as our command line recognizes it: with a dot or a slash, which a family does not have.
fn as_file(path: &str) -> String {
    match text::has_variable(path) || path.contains(['.', '/']) {
        true => path.to_owned(),
        false => format!("./{path}"),
    }
}

/// The text of a file, as a shell reads it.
fn document_of_file(path: &str) -> String {
    text::variable(&format!("$(cat {})", text::word(path)))
}

impl Workflow<'_> {
    /// The steps of one job.
    fn job(&self, steps: &[Step<'_>]) -> Result<(Vec<Converted>, Vec<Edit>), Error> {
        let mut reports: Vec<Option<Converted>> = steps.iter().map(|_| None).collect();
        let mut fates: Vec<Fate> = steps.iter().map(|_| Fate::Kept).collect();
        let mut edits = Vec::new();
        let mut used: Vec<usize> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            match step.action {
                Some(Action::Deploy) => used.extend(self.deployment(steps, at, &mut reports, &mut fates)?),
                Some(Action::Login) => self.login(step, &mut reports[at], &mut fates[at])?,
                Some(Action::Credentials | Action::Express) => self.kept(step, &mut reports[at])?,
                Some(Action::Render) => {}
                None if step.is_aliased => {
                    let mut report = Converted::new(step.from(), step.place());
                    report.keep("its inputs stand elsewhere, by an alias: write them out");
                    reports[at] = Some(report);
                }
                None => {
                    let (converted, changed) = self.script(step);
                    edits.extend(changed);
                    reports[at] = converted.into_iter().reduce(merged);
                }
            }
        }
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.action == Some(Action::Render)) {
            let is_free = reports[at].as_ref().is_none_or(|report| report.kept.is_none());
            if reports[at].is_none() || (is_free && self.reads_elsewhere(steps, at, &used)) {
                self.render(step, &mut reports[at], &mut fates[at])?;
            }
        }
        edits.extend(write::steps(self, steps, &mut fates, &mut reports, !edits.is_empty()));
        Ok((reports.into_iter().flatten().collect(), edits))
    }

    /// Names inputs that the action does not have: GitHub ignores them with a warning.
    fn check(&self, inputs: &Inputs<'_>, known: &[&str], report: &mut Converted) {
        for (name, node) in inputs.names() {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let hint = names::suggestion(name, known);
                report.without(format!(
                    "{}:{}:{}: the action has no input `{name}`{hint}",
                    self.name, node.line, node.column
                ));
            }
        }
    }

    /// A deployment with the render steps before it. Returns the steps whose work it takes over.
    fn deployment(
        &self,
        steps: &[Step<'_>],
        at: usize,
        reports: &mut [Option<Converted>],
        fates: &mut [Fate],
    ) -> Result<Vec<usize>, Error> {
        let variables = Variables::of(self.source.text);
        let mut report = Converted::new(steps[at].from(), steps[at].place());
        let mut call = Call::new("deploy");
        let chain = self.chain(steps, at);
        let mut parts: Vec<(usize, Converted)> = Vec::new();
        for (number, part) in chain.iter().enumerate() {
            let inputs = Inputs::of(self.name, steps[*part].node, &variables);
            let mut of_part = Converted::new(steps[*part].from(), steps[*part].place());
            self.check(&inputs, &render::INPUTS, &mut of_part);
            render::apply(&inputs, &mut call, &mut of_part, number > 0)?;
            if steps[*part].conditions() != steps[at].conditions() {
                of_part.keep("its `if` or `continue-on-error` is another one than that of the deploy step");
            }
            parts.push((*part, of_part));
        }
        let download = chain.first().and_then(|first| self.download(steps, *first, &mut call));
        let inputs = Inputs::of(self.name, steps[at].node, &variables);
        self.check(&inputs, &deploy::INPUTS, &mut report);
        deploy::apply(&inputs, &mut call, &mut report, !chain.is_empty())?;
        if let Some(id) = steps[at].node.word("id")
            && self.job.contains(&format!("steps.{id}.outputs."))
        {
            report.change(format!("outputs of the step `{id}` have the names that they had, and more: `changed`, `verdict`, `deployment`, `previous`"));
        }
        report.becomes(&call);
        if let Some(why) = parts.iter().find_map(|(_, part)| part.kept.clone()) {
            report.keep(format!("a render step before it stays: {why}"));
        }
        if report.kept.is_some() {
            parts.iter_mut().for_each(|(_, part)| part.keep("the deploy step that takes its output stays"));
        }
        let is_kept = report.kept.is_some();
        for (part, of_part) in parts {
            fates[part] = if is_kept { Fate::Kept } else { Fate::Removed };
            reports[part].get_or_insert(of_part);
        }
        if let Some(download) = download.filter(|_| !is_kept) {
            let mut of_part = Converted::new(
                "aws ecs describe-task-definition",
                (steps[download].node.line, steps[download].node.column),
            );
            of_part.input("--task-definition", "`--definition`: the newest revision, as the command gave it");
            reports[download] = Some(of_part);
            fates[download] = Fate::Removed;
        }
        if !is_kept {
            fates[at] = Fate::Script(vec![call.line("  ")], variables.into_all());
        }
        reports[at] = Some(report);
        Ok(if is_kept { Vec::new() } else { chain.into_iter().chain([at]).collect() })
    }

    /// The render steps whose output a deploy step takes, the first one first.
    fn chain(&self, steps: &[Step<'_>], at: usize) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut step = &steps[at];
        while let Some(id) = step
            .node
            .get("with")
            .and_then(|with| with.word("task-definition"))
            .and_then(|given| step_of(given, "task-definition"))
        {
            let found = steps[..at].iter().position(|step| {
                step.action == Some(Action::Render) && step.node.word("id").is_some_and(|known| known == id)
            });
            let Some(found) = found.filter(|found| !chain.contains(found)) else { break };
            chain.push(found);
            step = &steps[found];
        }
        chain.reverse();
        chain
    }

    /// The step that only downloads the file that a render step begins with; its task definition becomes the call's.
    fn download(&self, steps: &[Step<'_>], render: usize, call: &mut Call) -> Option<usize> {
        let file = steps[render].node.get("with")?.word("task-definition")?;
        let bare = |path: &str| path.trim().trim_start_matches("./").to_owned();
        // It is written once and read once.
        if self.source.text.matches(&bare(file)).count() != 2 {
            return None;
        }
        let (at, family) = steps[..render].iter().enumerate().find_map(|(at, step)| {
            let (family, to) = shell::download(step.node.word("run")?)?;
            (bare(&to) == bare(file) && step.conditions() == steps[render].conditions()).then_some((at, family))
        })?;
        // A variable of that step is not one of the deploy step.
        if steps[at].node.get("env").is_some() || family.contains("${{") {
            return None;
        }
        call.set("definition", family);
        Some(at)
    }

    /// Whether a render step's output is read by others than the deployments that take it over.
    fn reads_elsewhere(&self, steps: &[Step<'_>], at: usize, used: &[usize]) -> bool {
        let Some(id) = steps[at].node.word("id") else { return false };
        let output = format!("steps.{id}.outputs.task-definition");
        let inside = used.iter().filter(|number| {
            let with = steps[**number].node.get("with").and_then(|with| with.word("task-definition"));
            with.is_some_and(|given| given.contains(&output))
        });
        self.job.matches(&output).count() > inside.count()
    }

    /// A render step of its own, whose file other steps read.
    fn render(&self, step: &Step<'_>, report: &mut Option<Converted>, fate: &mut Fate) -> Result<(), Error> {
        let variables = Variables::of(self.source.text);
        let inputs = Inputs::of(self.name, step.node, &variables);
        let mut own = Converted::new(step.from(), step.place());
        let mut call = Call::new("render");
        self.check(&inputs, &render::INPUTS, &mut own);
        render::apply(&inputs, &mut call, &mut own, false)?;
        let file = step.node.get("with").and_then(|with| with.word("task-definition"));
        if file.is_none() {
            own.keep("`render` takes a file and calls nothing: of a task definition in AWS, deploy or register it with the same options");
        }
        own.becomes(&call);
        *fate = if own.kept.is_some() {
            Fate::Kept
        } else {
            Fate::Script(others::render_script(&call), variables.into_all())
        };
        *report = Some(own);
        Ok(())
    }

    fn login(&self, step: &Step<'_>, report: &mut Option<Converted>, fate: &mut Fate) -> Result<(), Error> {
        let variables = Variables::of(self.source.text);
        let inputs = Inputs::of(self.name, step.node, &variables);
        let mut own = Converted::new(step.from(), step.place());
        self.check(&inputs, &others::LOGIN, &mut own);
        let call = others::login(&inputs, &mut own);
        own.becomes(&call);
        let id = step.node.word("id").unwrap_or("\0");
        if self.job.contains(&format!("steps.{id}.outputs.docker_")) {
            own.keep("another step reads its outputs `docker_username_…` or `docker_password_…`");
        }
        let is_read = self.job.contains(&format!("steps.{id}.outputs.registry"));
        if own.kept.is_none() {
            *fate = Fate::Script(others::login_script(&call, is_read), variables.into_all());
        }
        *report = Some(own);
        Ok(())
    }

    fn kept(&self, step: &Step<'_>, report: &mut Option<Converted>) -> Result<(), Error> {
        let variables = Variables::of(self.source.text);
        let inputs = Inputs::of(self.name, step.node, &variables);
        let mut own = Converted::new(step.from(), step.place());
        if step.action == Some(Action::Express) {
            inputs.needed("image")?;
            self.check(&inputs, &others::EXPRESS, &mut own);
            others::express(&inputs, &mut own);
        } else {
            self.check(&inputs, &others::of_credentials(), &mut own);
            others::credentials(&inputs, &mut own);
        }
        *report = Some(own);
        Ok(())
    }

    /// The commands of a script.
    fn script(&self, step: &Step<'_>) -> (Vec<Converted>, Vec<Edit>) {
        let Some(run) = step.node.get("run") else { return (Vec::new(), Vec::new()) };
        let is_bash = step.node.word("shell").is_none_or(|shell| shell.contains("sh") && !shell.contains("pwsh"));
        let (is_plain, is_block) = match &run.kind {
            Kind::Scalar { is_plain, is_block, .. } => (*is_plain, *is_block),
            _ => (false, false),
        };
        // A folded scalar has other lines than its script.
        let key = step.node.entry("run").map_or(run.text.start, |(key, _)| key.text.end);
        let is_folded = is_block && self.source.text[key..].trim_start_matches([':', ' ']).starts_with('>');
        if !is_bash || is_folded || !(is_plain || is_block) {
            return (Vec::new(), Vec::new());
        }
        let range = run.text.start..self.source.end(run);
        if is_block {
            return shell::convert(self.source, range, self.container, None);
        }
        // A script of one line becomes a block, where a command may have several.
        let column = step.node.entry("run").map_or(1, |(key, _)| key.column);
        let margin = " ".repeat(column + 1);
        let (all, mut edits) = shell::convert(self.source, range.clone(), self.container, Some(&margin));
        if !edits.is_empty() {
            edits.push(Edit { range: range.start..range.start, text: format!("|\n{margin}") });
        }
        (all, edits)
    }
}

/// The commands of one script are one entry each; here they are kept together.
fn merged(mut one: Converted, other: Converted) -> Converted {
    one.from = format!("{}; {}", one.from, other.from);
    one.commands.extend(other.commands);
    other.inputs.into_iter().for_each(|input| one.input(input.name, input.option));
    other.changes.into_iter().for_each(|what| one.change(what));
    other.without.into_iter().for_each(|what| one.without(what));
    one.kept = one.kept.or(other.kept);
    one
}

/// An error for a file that is neither a workflow nor a composite action.
pub(crate) fn refuse(name: &str, root: &Node) -> Error {
    wrong(
        name,
        root,
        "neither a workflow (`jobs`), a composite action (`runs.steps`), a configuration of ecspresso (`service`, `task_definition`) nor a manifest of copilot (`name`, `type`)",
    )
}
