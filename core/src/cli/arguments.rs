//! What a command line may say: commands and options, made from the table of verbs and the schemas of their requests.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint, value_parser};

use super::commands::{self, Group};
use super::variables;
use crate::options::schema::{self, Described, Kind};
use crate::verbs;

/// The options of a verb's request.
pub(crate) fn of_verb(name: &str) -> Vec<Described> {
    verbs::schema(name).map(|schema| schema::options(&schema)).unwrap_or_default()
}

/// The options of the client.
pub(crate) fn of_client() -> Vec<Described> {
    schema::options(&schema::of::<crate::aws::ClientOptions>())
}

/// The options of a change to a task definition.
pub(crate) fn of_changes() -> Vec<Described> {
    schema::options(&schema::of::<crate::definition::changes::Changes>())
}

/// The ids of arguments: an option of the request, of the client, and what is neither.
pub(crate) fn request_id(name: &str) -> String {
    format!("request.{name}")
}

pub(crate) fn client_id(name: &str) -> String {
    format!("client.{name}")
}

/// The id of the form that turns a switch off.
pub(crate) fn off_id(id: &str) -> String {
    format!("{id}.off")
}

/// The whole program.
pub(crate) fn program() -> Command {
    let root = Command::new("ecs-rollout")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Takes a container image into production on Amazon ECS and tells the truth about what happened.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .help_template("{about}\n\nUsage: ecs-rollout COMMAND [OPTIONS]{after-help}")
        .after_help(overview());
    let help = Command::new("help")
        .about("Show all commands with what they do, or the help of one")
        .arg(Arg::new("command").value_name("COMMAND"));
    let all = commands::all().into_iter().map(|(name, _)| one(name));
    root.subcommands(all).subcommand(help)
}

/// How documents are given.
const DOC: &str = "DOC is JSON, a file (settings.json, @FILE), or one value at its place (/member/member=value).\n\n";

/// The commands by group, and where to read on.
fn overview() -> String {
    let mut text = String::new();
    for (group, title) in Group::ALL {
        let names: Vec<String> =
            commands::all().into_iter().filter(|(_, of)| *of == group).map(|(name, _)| name).collect();
        let mut line = format!("  {title:18}");
        for name in names {
            if line.rsplit('\n').next().unwrap_or_default().len() + name.len() + 1 > 79 {
                line.push_str(&format!("\n  {:18}", ""));
            }
            line.push_str(&format!("{name} "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let (example, _) = commands::ROWS[0].examples[0];
    text.push_str(&format!(
        "\n  {example}\n\n\
         ecs-rollout help             all commands, with what they do\n\
         ecs-rollout help COMMAND     the options of one, with examples\n\
         Any command takes --simulate WORLD.json, to try it without an account."
    ));
    text
}

fn one(name: String) -> Command {
    let row = commands::find(&name);
    let mut command = Command::new(name.clone());
    if let Some(row) = row {
        command = command.about(row.about);
        let example = |(line, what): &(&str, &str)| format!("  # {what}\n  {line}");
        let examples: Vec<String> = row.examples.iter().map(example).collect();
        command = command.after_help(format!("Examples:\n{}", examples.join("\n")));
    }
    // Reading schemas takes time: only those of the command that is called.
    command.defer(|command| {
        let name = command.get_name().to_owned();
        match commands::verb(&name) {
            Some(verb) => of_a_verb(command, verb.name),
            None => super::offline::arguments(command, &name),
        }
    })
}

fn of_a_verb(command: Command, verb: &str) -> Command {
    let options = of_verb(verb);
    let has = |name: &str| options.iter().any(|option| option.name == name);
    let command = with_request(command, &options);
    let file = if has("file") { "request-file" } else { "file" };
    let with_plan = ["plan", "plan_all", "exists"].contains(&verb) || has("plan");
    let own = Arg::new("file").long(file).value_name("FILE").value_hint(ValueHint::FilePath).help(format!(
        "A whole request, JSON or YAML; options of the command line count before it [env: {}]",
        variables::FILE
    ));
    let exit_code = Arg::new("exit-code")
        .long("exit-code")
        .action(ArgAction::SetTrue)
        .help("End with status 3 if there are changes, or what is asked for is not there");
    let has_events = commands::verb(&commands::command(verb)).is_some_and(|verb| verb.event.is_some());
    let command = command.arg(own).args(with_plan.then_some(exit_code)).args(of_program());
    let command = if has_events { command.args(of_reports()) } else { command };
    of_client().into_iter().fold(command, |command, option| {
        let name = if has(&option.name) { format!("client-{}", option.name) } else { option.name.clone() };
        let variable = variables::OF_CLIENT.iter().find(|(known, _)| *known == option.name).map(|(_, name)| *name);
        command.args(arguments(&option, &Form { id: client_id(&option.name), name, variable, heading: Some("Client") }))
    })
}

/// The options of every command.
pub(crate) fn of_program() -> [Arg; 3] {
    let heading = "Program";
    [
        Arg::new("simulate")
            .long("simulate")
            .value_name("WORLD")
            .value_hint(ValueHint::FilePath)
            .help_heading(heading)
            .help(format!(
                "Call a simulator with this world in place of AWS: JSON or YAML, or a file [env: {}]",
                variables::SIMULATE
            )),
        Arg::new("output")
            .long("output")
            .value_name("FORM")
            .value_parser(["text", "json", "id"])
            .help_heading(heading)
            .help(format!(
                "What standard output gets: text, json (events, the outcome last), or id [default: text] [env: {}]",
                variables::OUTPUT
            )),
        Arg::new("quiet")
            .long("quiet")
            .short('q')
            .action(ArgAction::SetTrue)
            .help_heading(heading)
            .help(format!("Write nothing to standard error but errors [env: {}]", variables::QUIET)),
    ]
}

/// The options of every command that has events.
fn of_reports() -> [Arg; 3] {
    let file = |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_hint(ValueHint::FilePath);
    let described = |argument: Arg, help: String| argument.help(help).help_heading("Program");
    [
        described(
            file("report"),
            format!("Write a report of what happened: one page of HTML [env: {}]", variables::REPORT),
        ),
        described(file("junit"), format!("Write the verdict as a JUnit file [env: {}]", variables::JUNIT)),
        described(
            Arg::new("no-summary").long("no-summary").action(ArgAction::SetTrue),
            format!("Write no summary where GitHub Actions runs the command [env: {}=0]", variables::SUMMARY),
        ),
    ]
}

/// The options of a request, its subject as the first word, and the short forms that stand for members of options.
pub(crate) fn with_request(mut command: Command, options: &[Described]) -> Command {
    let find = |name: &str| options.iter().find(|option| option.name == name);
    if let Some(subject) = subject(options) {
        let argument =
            Arg::new("subject").value_name(subject.name.to_uppercase()).help(first_sentence(&subject.doc).to_owned());
        command = command.arg(argument.conflicts_with(request_id(&subject.name)));
    }
    if options.iter().any(|option| matches!(option.kind, Kind::Document | Kind::Documents)) {
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        command = command.after_help(format!("{DOC}{examples}"));
    }
    for option in options {
        let variable = variables::OF_VERBS.iter().find(|(known, _)| *known == option.name).map(|(_, name)| *name);
        command = command.args(arguments(
            option,
            &Form { id: request_id(&option.name), name: commands::command(&option.name), variable, heading: None },
        ));
    }
    if find("containers").is_some() {
        let help = match find("environment") {
            Some(_) => "A variable, KEY=VALUE for the container of the command, CONTAINER.KEY=VALUE in the definition",
            None => "A variable of a container, CONTAINER.KEY=VALUE",
        };
        command = command
            .arg(Arg::new("env").long("env").value_name("CONTAINER.KEY=VALUE").action(ArgAction::Append).help(help));
    }
    if find("patch").is_some() {
        let help = "A value in the task definition, by its place: /cpu=512; short for --patch";
        command =
            command.arg(Arg::new("set").long("set").value_name("/PLACE=VALUE").action(ArgAction::Append).help(help));
    }
    if find("command").is_some_and(|command| command.kind == Kind::List) {
        let trailing = Arg::new("trailing").value_name("COMMAND").num_args(1..).last(true);
        command = command.arg(trailing.conflicts_with(request_id("command")).help("The command, as its words"));
    }
    command
}

/// The option that may be given as the first word: the first that is needed, otherwise the service.
pub(crate) fn subject(options: &[Described]) -> Option<&Described> {
    let needed = options.iter().find(|option| option.is_required);
    needed.or_else(|| options.iter().find(|option| option.name == "service"))
}

fn singular(name: &str) -> Option<String> {
    match name.strip_suffix("ies") {
        Some(start) => Some(format!("{start}y")),
        None => name.strip_suffix('s').map(str::to_owned),
    }
}

/// How an option is given.
struct Form<'a> {
    id: String,
    /// Its name, without dashes in front.
    name: String,
    variable: Option<&'a str>,
    heading: Option<&'static str>,
}

/// The arguments of an option. One that may be given several times has the name of one value; its own name stands for it, too.
fn arguments(option: &Described, form: &Form<'_>) -> Vec<Arg> {
    let mut notes = String::new();
    if let Some(default) = option.default.as_ref().filter(|value| !is_nothing(value)) {
        notes.push_str(&format!(" [default: {}]", default.as_str().map_or_else(|| default.to_string(), str::to_owned)));
    }
    notes.extend(form.variable.map(|name| format!(" [env: {name}]")));
    let described = |argument: Arg| {
        let short = format!("{}{notes}", first_sentence(&option.doc));
        argument.help(short).long_help(format!("{}{notes}", option.doc)).help_heading(form.heading)
    };
    let plain = Arg::new(form.id.clone()).long(form.name.clone());
    let one = singular(&form.name);
    let repeated = |argument: Arg| match &one {
        Some(one) => argument.long(one.clone()).alias(form.name.clone()).action(ArgAction::Append),
        None => argument.action(ArgAction::Append),
    };
    let value_name = one.as_ref().unwrap_or(&form.name).trim_start_matches("client-").to_uppercase();
    let argument = match &option.kind {
        Kind::Boolean => return switch(option, plain, form, described),
        Kind::Switch(word) => return switch_or(word, plain, form, described),
        Kind::Any if option.name == "definition" => plain.value_name("NAME or FILE").value_hint(ValueHint::FilePath),
        Kind::Text | Kind::Any => plain.value_name(form.name.trim_start_matches("client-").to_uppercase()),
        Kind::Number => plain.value_name("NUMBER").value_parser(number).allow_hyphen_values(true),
        Kind::Word(words) => plain.value_name("WORD").value_parser(PossibleValuesParser::new(words.clone())),
        Kind::List => repeated(plain).value_name(value_name),
        Kind::Map if option.name == "images" => repeated(plain).value_name("CONTAINER=IMAGE"),
        Kind::Map => repeated(plain).value_name("NAME=VALUE"),
        Kind::Document | Kind::Documents => plain.value_name("DOC").action(ArgAction::Append),
    };
    vec![described(argument)]
}

/// A switch and its opposite, of which help shows the one that changes something.
fn switch(
    option: &Described,
    plain: Arg,
    Form { id, name, .. }: &Form<'_>,
    described: impl Fn(Arg) -> Arg,
) -> Vec<Arg> {
    let is_on = option.default == Some(true.into());
    let on = plain
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .value_parser(value_parser!(bool))
        .hide_possible_values(true)
        .value_name("BOOL")
        .hide(is_on);
    let off = Arg::new(off_id(id)).long(format!("no-{name}")).action(ArgAction::SetTrue).hide(!is_on);
    let off = off.conflicts_with(id.clone());
    match is_on {
        true => vec![on, described(off).help(format!("Do not: {}", first_sentence(&option.doc)))],
        false => vec![described(on), off],
    }
}

/// A switch that may also be a word, and its opposite.
fn switch_or(word: &str, plain: Arg, form: &Form<'_>, described: impl Fn(Arg) -> Arg) -> Vec<Arg> {
    let values = PossibleValuesParser::new(["true", "false", word].map(str::to_owned));
    let on = plain.num_args(0..=1).require_equals(true).default_missing_value("true").value_parser(values);
    let off = Arg::new(off_id(&form.id)).long(format!("no-{}", form.name)).action(ArgAction::SetTrue);
    let off = off.conflicts_with(form.id.clone()).help(format!("The same as --{}=false", form.name));
    vec![described(on.value_name("WORD")), off.help_heading(form.heading)]
}

/// A default that is nothing to speak of.
fn is_nothing(value: &serde_json::Value) -> bool {
    value.is_null()
        || value.is_boolean()
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn number(text: &str) -> Result<serde_json::Number, String> {
    text.parse().map_err(|_| "a number is expected".to_owned())
}

/// The first sentence of a doc, without the stop at its end.
fn first_sentence(doc: &str) -> &str {
    let end = doc.find(". ").unwrap_or(doc.len());
    doc[..end].trim_end_matches('.')
}

#[cfg(test)]
mod tests;
