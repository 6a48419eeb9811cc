//! The inputs of a step, with GitHub's expressions as variables of a shell.

use std::cell::RefCell;

use super::super::text;
use super::super::yaml::{Node, wrong};
use crate::error::Error;

/// Variables of the step's environment that stand for expressions.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    /// Their names and expressions.
    all: RefCell<Vec<(String, String)>>,
    /// The workflow, whose own names are not taken.
    workflow: String,
}

/// Contexts that the runner has as variables.
const OF_RUNNER: [(&str, &str); 9] = [
    ("github.sha", "GITHUB_SHA"),
    ("github.ref_name", "GITHUB_REF_NAME"),
    ("github.repository", "GITHUB_REPOSITORY"),
    ("github.run_id", "GITHUB_RUN_ID"),
    ("github.run_number", "GITHUB_RUN_NUMBER"),
    ("github.actor", "GITHUB_ACTOR"),
    ("github.workspace", "GITHUB_WORKSPACE"),
    ("runner.temp", "RUNNER_TEMP"),
    ("runner.arch", "RUNNER_ARCH"),
];

impl Variables {
    pub(crate) fn of(workflow: &str) -> Self {
        Self { all: RefCell::default(), workflow: workflow.to_owned() }
    }

    pub(crate) fn into_all(self) -> Vec<(String, String)> {
        self.all.into_inner()
    }

    /// A text with its expressions as variables; `hint` names those that are new.
    pub(crate) fn resolve(&self, hint: &str, value: &str) -> String {
        let (mut written, mut rest) = (String::new(), value);
        while let Some(start) = rest.find("${{") {
            let Some(length) = rest[start..].find("}}") else { break };
            let expression = rest[start + 3..start + length].trim();
            written.push_str(&rest[..start]);
            rest = &rest[start + length + 2..];
            let name = self.name(hint, expression);
            // `$A` followed by a letter would be another variable.
            let is_open = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            written.push_str(&text::variable(&if is_open { format!("${{{name}}}") } else { format!("${name}") }));
        }
        written + rest
    }

    fn name(&self, hint: &str, expression: &str) -> String {
        if let Some(name) = expression.strip_prefix("env.").filter(|name| is_name(name)) {
            return name.to_owned();
        }
        if let Some((_, name)) = OF_RUNNER.iter().find(|(context, _)| *context == expression) {
            return (*name).to_owned();
        }
        let mut all = self.all.borrow_mut();
        if let Some((name, _)) = all.iter().find(|(_, known)| known == expression) {
            return name.clone();
        }
        let last = expression.rsplit('.').next().filter(|_| is_path(expression));
        let last = last.map(upper).filter(|name| !is_reserved(name));
        let upper = last.unwrap_or_else(|| upper(hint));
        let is_taken = |name: &str| {
            all.iter().any(|(known, _)| known == name)
                || self.workflow.contains(&format!("env.{name}"))
                || self
                    .workflow
                    .lines()
                    .any(|line| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
        };
        let numbered = (2..).map(|number| format!("{upper}_{number}"));
        let name = std::iter::once(upper.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(upper);
        all.push((name.clone(), expression.to_owned()));
        name
    }
}

/// Whether an expression is a context alone, such as `inputs.service`.
fn is_path(expression: &str) -> bool {
    expression.contains('.') && expression.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// Names that mean something to a shell, to the runner, to AWS's SDKs or to this program.
fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 13] =
        ["PATH", "HOME", "SHELL", "USER", "PWD", "LANG", "IFS", "ENV", "CI", "TMPDIR", "RANDOM", "SECONDS", "BASH_ENV"];
    const STARTS: [&str; 6] = ["AWS_", "GITHUB_", "RUNNER_", "ECS_ROLLOUT_", "LD_", "DOCKER_"];
    WORDS.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || name.starts_with(|c: char| c.is_ascii_digit())
}

fn upper(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// The inputs of a step.
pub(crate) struct Inputs<'a> {
    name: &'a str,
    step: &'a Node,
    with: Option<&'a Node>,
    variables: &'a Variables,
}

impl<'a> Inputs<'a> {
    pub(crate) fn of(name: &'a str, step: &'a Node, variables: &'a Variables) -> Self {
        Self { name, step, with: step.get("with"), variables }
    }

    /// The names that are given.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let entries = self.with.map_or(&[][..], Node::map);
        entries.iter().filter_map(|(key, _)| Some((key.scalar()?, key)))
    }

    /// The node of an input that is not empty. GitHub takes names in upper and lower case alike.
    fn node(&self, input: &str) -> Option<&'a Node> {
        let entries = self.with.map_or(&[][..], Node::map);
        let found = entries.iter().find(|(key, _)| key.scalar().is_some_and(|name| name.eq_ignore_ascii_case(input)));
        found.map(|(_, value)| value).filter(|value| value.scalar().is_none_or(|text| !text.trim().is_empty()))
    }

    /// An input as it is written.
    pub(crate) fn plain(&self, input: &str) -> Option<&'a str> {
        self.node(input)?.scalar()
    }

    /// An input with its expressions as variables.
    pub(crate) fn text(&self, input: &str) -> Option<String> {
        let plain = self.plain(input)?;
        Some(self.variables.resolve(hint(input), plain.trim_end_matches('\n')))
    }

    /// An input that must be given.
    pub(crate) fn needed(&self, input: &str) -> Result<String, Error> {
        let error = || {
            wrong(
                self.name,
                self.with.unwrap_or(self.step),
                format!("the input `{input}` is needed, as the action says"),
            )
        };
        self.text(input).ok_or_else(error)
    }

    /// True, false, or by a variable; false if it is not given.
    pub(crate) fn switch(&self, input: &str) -> Switch {
        match self.text(input) {
            Some(text) if text::has_variable(&text) => Switch::Open(text),
            Some(text) if text.trim().eq_ignore_ascii_case("true") => Switch::On,
            _ => Switch::Off,
        }
    }

    pub(crate) fn wrong(&self, input: &str, text: &str) -> Error {
        wrong(self.name, self.node(input).unwrap_or(self.step), text)
    }
}

/// A boolean input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Switch {
    On,
    Off,
    /// By a variable.
    Open(String),
}

/// The variable for an input's expression.
fn hint(input: &str) -> &str {
    match input {
        "task-definition" => "definition",
        "wait-for-service-stability" => "wait",
        "wait-for-minutes" => "minutes",
        "container-name" => "container",
        "desired-count" => "desired",
        "force-new-deployment" => "force",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_become_variables() {
        let variables = Variables::of("env:\n  IMAGE: x\n");
        let resolved = |hint: &str, value: &str| text::shown(&variables.resolve(hint, value));
        assert_eq!(resolved("service", "${{ env.SERVICE_NAME }}"), "$SERVICE_NAME");
        assert_eq!(resolved("service", "${{ env.A }}_b-${{github.sha}}"), "${A}_b-$GITHUB_SHA");
        assert_eq!(resolved("image", "${{ steps.build.outputs.image }}"), "$IMAGE_2");
        assert_eq!(resolved("image", "x:${{ steps.build.outputs.image }}"), "x:$IMAGE_2");
        assert_eq!(resolved("cluster", "${{ inputs.cluster"), "${{ inputs.cluster");
        assert_eq!(resolved("cluster", "${{ secrets.AWS_CLUSTER }}"), "$CLUSTER");
        assert_eq!(resolved("minutes", "${{ inputs.wait && 10 || 20 }}"), "$MINUTES");
        assert_eq!(variables.into_all()[0], ("IMAGE_2".to_owned(), "steps.build.outputs.image".to_owned()));
    }
}
