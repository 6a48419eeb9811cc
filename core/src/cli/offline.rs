//! The commands that are no verbs: documents without AWS, completions.

use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use serde_json::{Value, json};

use super::arguments::{self, of_changes, of_program};
use super::printer::{Output, Printer};
use super::refusal::Refusal;
use super::view::outcome;
use super::{exit_codes, request, value};
use crate::definition::changes::Changes;
use crate::definition::{Level, TaskDefinition};
use crate::options::read::parse_options;
use crate::redact;

/// The arguments of a command that is no verb.
pub(crate) fn arguments(command: Command, name: &str) -> Command {
    let file = |id: &'static str| Arg::new(id).value_hint(ValueHint::FilePath);
    let command = match name {
        "render" => {
            let options = of_changes();
            let command = arguments::with_request(command, &options);
            command.arg(file("document").value_name("FILE").required(true).help("The task definition, JSON or YAML"))
        }
        "validate" => command
            .arg(file("document").value_name("FILE").required(true).help("The task definition, JSON or YAML"))
            .arg(
                file("service")
                    .long("service")
                    .value_name("JSON or FILE")
                    .help("The service's settings, to check both together"),
            ),
        "diff" => command
            .arg(file("before").value_name("BEFORE").required(true).help("The older task definition, JSON or YAML"))
            .arg(file("after").value_name("AFTER").required(true).help("The newer one"))
            .arg(
                Arg::new("exit-code")
                    .long("exit-code")
                    .action(ArgAction::SetTrue)
                    .help("End with status 3 if there are changes"),
            ),
        "simulate" => {
            return command
                .arg(
                    file("world")
                        .value_name("WORLD")
                        .help("The world: a file, JSON or YAML; an empty one if not given"),
                )
                .arg(
                    Arg::new("port")
                        .long("port")
                        .value_name("NUMBER")
                        .value_parser(value_parser!(u16))
                        .help("The port; any free one if not given"),
                )
                .arg(
                    Arg::new("speed")
                        .long("speed")
                        .value_name("NUMBER")
                        .value_parser(value_parser!(f64))
                        .help("Simulated seconds in a second, where the world does not say it [default: 1]"),
                );
        }
        "migrate" => return super::migrate::arguments(command),
        "report" => return super::report_command::arguments(command),
        "completions" => {
            return command.arg(
                Arg::new("shell").value_name("SHELL").required(true).value_parser(PossibleValuesParser::new([
                    "bash",
                    "elvish",
                    "fish",
                    "powershell",
                    "zsh",
                ])),
            );
        }
        _ => command,
    };
    command.args(of_program())
}

/// The command `render`.
pub(crate) fn render(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let definition = TaskDefinition::load(path(matches, "document"))?;
    let changes: Changes = parse_options("options", Value::Object(request::given(&of_changes(), matches)?))?;
    let rendered = definition.into_rendered(&changes)?;
    match printer.output() {
        Output::Text => printer.result(&rendered.to_json()),
        Output::Json => printer.document(&rendered.into_value()),
        Output::Id => printer.result(rendered.family().unwrap_or_default()),
    }
    Ok(exit_codes::SUCCESS)
}

/// The command `validate`.
pub(crate) fn validate(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let definition = TaskDefinition::load(path(matches, "document"))?;
    let service = matches.get_one::<String>("service").map(|text| value::document("service", text)).transpose()?;
    let findings = match service {
        Some(service) => definition.validate_for(&service),
        None => definition.validate(),
    };
    let is_refused = findings.iter().any(|finding| finding.level == Level::Error);
    match printer.output() {
        Output::Json => printer.document(&json!(findings)),
        _ if findings.is_empty() => printer.result("nothing found"),
        _ => findings.iter().for_each(|finding| printer.result(&outcome::finding(&json!(finding), printer.out()))),
    }
    Ok(if is_refused { exit_codes::INVALID } else { exit_codes::SUCCESS })
}

/// The command `diff`.
pub(crate) fn diff(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let (before, after) = (path(matches, "before"), path(matches, "after"));
    let (before, after) = (TaskDefinition::load(before)?, TaskDefinition::load(after)?);
    let changes = before.diff(&after);
    let is_changed = !changes.is_empty();
    match printer.output() {
        Output::Json => printer.document(&json!(redact::changes(changes))),
        _ if !is_changed => printer.line("no changes"),
        _ => printer.result(before.diff_text(&after, Some(printer.out().has_color)).trim_end()),
    }
    let is_asked = matches.get_flag("exit-code");
    Ok(if is_changed && is_asked { exit_codes::CHANGES } else { exit_codes::SUCCESS })
}

/// The command `completions`.
pub(crate) fn completions(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let shell = matches.get_one::<String>("shell").map(String::as_str).unwrap_or_default();
    let shell: clap_complete::Shell = shell.parse().map_err(|text: String| Refusal::usage(text, None))?;
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut arguments::program(), "ecs-rollout", &mut text);
    printer.result(String::from_utf8_lossy(&text).trim_end());
    Ok(exit_codes::SUCCESS)
}

fn path<'a>(matches: &'a ArgMatches, id: &str) -> &'a Path {
    Path::new(matches.get_one::<String>(id).map(String::as_str).unwrap_or_default())
}
