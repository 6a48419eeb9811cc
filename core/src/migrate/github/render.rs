//! `aws-actions/amazon-ecs-render-task-definition`: changes to a task definition.

use serde_json::{Value, json};

use super::super::command::Call;
use super::super::report::Converted;
use super::super::text;
use super::inputs::Inputs;
use crate::error::Error;

/// All inputs of version 1.9.
pub(crate) const INPUTS: [&str; 15] = [
    "task-definition",
    "task-definition-arn",
    "task-definition-family",
    "task-definition-revision",
    "container-name",
    "image",
    "environment-variables",
    "log-configuration-log-driver",
    "log-configuration-options",
    "docker-labels",
    "command",
    "task-role-arn",
    "execution-role-arn",
    "env-files",
    "secrets",
];

/// Puts the changes of a step into a call. `has_base`: an earlier step of the chain has the definition already.
pub(crate) fn apply(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted, has_base: bool) -> Result<(), Error> {
    if !has_base {
        definition(inputs, call, report)?;
    }
    let containers = inputs.needed("container-name")?;
    let containers: Vec<&str> = containers.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let image = inputs.needed("image")?;
    report.input("container-name", "the name before `=` of `--image`, and of the other options of a container");
    report.input("image", "`--image`");
    if image.starts_with("${{") {
        return Err(inputs.wrong("image", "this expression has no end"));
    }
    for container in containers {
        call.set_image(container, &image);
        changes(inputs, call, report, container)?;
    }
    for (input, member) in [("task-role-arn", "taskRoleArn"), ("execution-role-arn", "executionRoleArn")] {
        if let Some(role) = inputs.text(input) {
            call.set(&format!("patch/{member}"), role);
            report.input(input, format!("`--set /{member}=…`"));
        }
    }
    Ok(())
}

/// The base: a file, or a task definition by its name.
fn definition(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted) -> Result<(), Error> {
    let given = ["task-definition", "task-definition-arn", "task-definition-family"].into_iter().find_map(|input| {
        let text = inputs.text(input)?;
        Some((input, text))
    });
    let Some((input, text)) = given else {
        return inputs.needed("task-definition").map(drop);
    };
    let revision = inputs.text("task-definition-revision").filter(|_| input == "task-definition-family");
    report.input(input, "`--definition`");
    match revision {
        Some(revision) => {
            report.input("task-definition-revision", "the number behind `:` in `--definition`");
            call.set("definition", format!("{text}:{revision}"));
        }
        None if input == "task-definition" => call.set("definition", super::as_file(&text)),
        None => call.set("definition", text),
    }
    Ok(())
}

/// The changes to one container.
fn changes(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted, container: &str) -> Result<(), Error> {
    let maps: [(&str, &[&str], &str); 4] = [
        ("environment-variables", &["environment"], "`--env`"),
        ("secrets", &["secrets"], "`--containers '{\"…\": {\"secrets\": {…}}}'`"),
        ("docker-labels", &["labels"], "`--containers '{\"…\": {\"labels\": {…}}}'`"),
        (
            "log-configuration-options",
            &["logging", "options"],
            "`--containers '{\"…\": {\"logging\": {\"options\": {…}}}}'`",
        ),
    ];
    for (input, place, option) in maps {
        let Some(text) = inputs.text(input) else { continue };
        report.input(input, option);
        for line in text::lines(&text) {
            let Some((name, value)) = line.split_once('=') else {
                if text::has_variable(line) {
                    report.keep(format!("`{input}`: which names are in {line} is known when the workflow runs; write them out, a line each"));
                    continue;
                }
                return Err(inputs
                    .wrong(input, &format!("the line {:?} has no `=`: NAME=value is expected", text::shown(line))));
            };
            let place: Vec<&str> = place.iter().copied().chain([name.trim()]).collect();
            call.change(container, &place, value.trim());
        }
    }
    if let Some(files) = inputs.text("env-files") {
        call.change(container, &["files"], text::lines(&files).map(Value::from).collect::<Value>());
        report.input("env-files", "`--containers '{\"…\": {\"files\": […]}}'`");
    }
    if let Some(driver) = inputs.text("log-configuration-log-driver") {
        call.change(container, &["logging", "driver"], driver);
        report.input("log-configuration-log-driver", "`--containers '{\"…\": {\"logging\": {\"driver\": …}}}'`");
    }
    if let Some(command) = inputs.text("command") {
        let words: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
        if words.iter().any(|word| text::has_variable(word)) {
            report.change("`command`: a variable is one word, whatever spaces it has; the action cut it at them");
        }
        call.change(container, &["command"], json!(words));
        report.input("command", "`--containers '{\"…\": {\"command\": […]}}'`");
    }
    Ok(())
}

impl Call {
    fn set_image(&mut self, container: &str, image: &str) {
        let images = self.request.entry("images").or_insert_with(|| json!({}));
        images[container] = json!(image);
    }
}
