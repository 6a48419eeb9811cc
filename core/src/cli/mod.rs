//! The command line `ecs-rollout`: every verb of the table is a command, with the names and the docs of its options. Nothing here
//! decides about a deployment.
//!
//! [`main`] is the whole program. The binary, Python's `ecs-rollout` and Node's `ecs-rollout` call it.

mod arguments;
mod ci;
mod commands;
pub mod exit_codes;
mod history;
mod links;
mod migrate;
mod offline;
mod printer;
mod question;
mod refusal;
mod report;
mod report_command;
mod request;
mod run;
mod shown;
mod signals;
mod simulate;
mod style;
mod value;
pub mod variables;
mod view;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, error::Error as Misread};

use crate::client::Client;
use crate::options::names;
use crate::options::read::parse_options;
use ci::Files;
use printer::{Output, Printer};
use refusal::Refusal;
pub use simulate::{Simulate, Simulation};

/// Runs the program with these arguments, the first of which is its name, and returns its exit code: one of [`exit_codes`].
///
/// It writes to standard output and standard error, and takes Ctrl-C and SIGTERM for itself while it runs a command.
pub fn main(arguments: impl IntoIterator<Item = impl Into<OsString>>, simulator: &dyn Simulate) -> u8 {
    let given: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let matches = match arguments::program().try_get_matches_from(&given) {
        Ok(matches) => matches,
        Err(misread) => return misread_exit(&misread, &given),
    };
    let Some((command, matches)) = matches.subcommand() else { return exit_codes::USAGE };
    let (output, is_quiet) = match form(matches) {
        Ok(form) => form,
        Err(refusal) => return refused(&refusal),
    };
    let printer = Printer::new(output, is_quiet);
    let set = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    variables::unknown(set).iter().for_each(|warning| printer.warning(warning));
    let end = dispatch(command, matches, simulator, &printer);
    let exit = end.unwrap_or_else(|refusal| run::refuse(&refusal, &printer, true));
    printer.close();
    exit
}

/// Ends before anything was asked for.
fn refused(refusal: &Refusal) -> u8 {
    let printer = Printer::new(Output::Text, false);
    let exit = run::refuse(refusal, &printer, false);
    printer.close();
    exit
}

fn dispatch(command: &str, matches: &ArgMatches, simulator: &dyn Simulate, printer: &Printer) -> Result<u8, Refusal> {
    match command {
        "help" => help(matches, printer),
        "render" => offline::render(matches, printer),
        "validate" => offline::validate(matches, printer),
        "diff" => offline::diff(matches, printer),
        "migrate" => migrate::run(matches, printer),
        "report" => report_command::run(matches, printer),
        "completions" => offline::completions(matches, printer),
        "simulate" => simulate::serve(matches, simulator, printer),
        verb => call(verb, matches, simulator, printer),
    }
}

/// Calls a verb.
fn call(command: &str, matches: &ArgMatches, simulator: &dyn Simulate, printer: &Printer) -> Result<u8, Refusal> {
    let Some(verb) = commands::verb(command) else {
        return Err(Refusal::usage(format!("the command {command:?} is unknown"), None));
    };
    let (command, verb, asked) = match request::of_many(verb.name, matches)? {
        Some((many, asked)) => {
            let verb = commands::verb(many).unwrap_or(verb);
            (many, verb, asked)
        }
        None => (command, verb, request::request(&arguments::of_verb(verb.name), matches)?),
    };
    let settings = request::client(&arguments::of_client(), matches)?;
    let world = one(matches, "simulate").or_else(|| variables::value(variables::SIMULATE));
    // Nobody watches a log: time need not pass.
    let speed = if printer.is_live() { 10.0 } else { 0.0 };
    let simulation = world.map(|world| simulate::start(simulator, &world, 0, speed)).transpose()?;
    if simulation.is_some() && settings.as_object().is_some_and(|settings| !settings.is_empty()) {
        printer.warning("a simulator takes the place of AWS: options of the client are not used");
    }
    let client = match &simulation {
        Some(simulation) => simulation.client.clone(),
        None => Client::new(parse_options("client", settings)?),
    };
    let shows_changes = matches.try_get_one::<bool>("exit-code").ok().flatten().copied().unwrap_or_default();
    if shows_changes && !["plan", "plan_all", "exists"].contains(&verb.name) && asked.options["plan"] != true {
        return Err(Refusal::usage("--exit-code shows what would change: it goes with --plan", None));
    }
    let files = files(matches);
    let job = run::Job { command, verb: verb.name, client, asked, shows_changes, files };
    block_on(run::run(job, printer))
}

/// The files that are written at the end.
fn files(matches: &ArgMatches) -> Files {
    let is_off = matches.try_get_one::<bool>("no-summary").ok().flatten().copied().unwrap_or_default();
    let is_unset = variables::value(variables::SUMMARY).is_some_and(|value| value == "0" || value == "false");
    Files {
        report: one(matches, "report").or_else(|| variables::value(variables::REPORT)),
        junit: one(matches, "junit").or_else(|| variables::value(variables::JUNIT)),
        has_summary: !is_off && !is_unset,
    }
}

/// Runs work on a runtime of its own, which nothing holds up at its end.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| {
        let mut refusal = Refusal::usage(format!("no threads can be had: {error}"), None);
        refusal.exit = exit_codes::UNFORESEEN;
        refusal
    })?;
    let end = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(end)
}

/// What is written, and how much of it.
fn form(matches: &ArgMatches) -> Result<(Output, bool), Refusal> {
    let output = match one(matches, "output").or_else(|| variables::value(variables::OUTPUT)).as_deref() {
        None | Some("text") => Output::Text,
        Some("json") => Output::Json,
        Some("id") => Output::Id,
        Some(_) => return Err(Refusal::usage(format!("{}: text, json or id is expected", variables::OUTPUT), None)),
    };
    let is_set = variables::value(variables::QUIET).is_some_and(|value| value == "1" || value == "true");
    let is_quiet = matches.try_get_one::<bool>("quiet").ok().flatten().copied().unwrap_or_default();
    Ok((output, is_quiet || is_set))
}

fn one(matches: &ArgMatches, id: &str) -> Option<String> {
    matches.try_get_one::<String>(id).ok().flatten().cloned()
}

/// All commands with what they do, or the help of one.
fn help(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let mut program = arguments::program();
    if let Some(name) = matches.get_one::<String>("command") {
        program.build();
        let names: Vec<String> = commands::all().into_iter().map(|(name, _)| name).collect();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let Some(command) = program.find_subcommand_mut(name) else {
            let text = format!("the command {name:?} is unknown{}", names::suggestion(name, &known));
            return Err(Refusal::usage(text, None));
        };
        printer.result(command.render_long_help().to_string().trim_end());
        return Ok(exit_codes::SUCCESS);
    }
    for (name, _) in commands::all() {
        let about = commands::find(&name).map(|row| row.about).unwrap_or_default();
        printer.result(format!("{name:12} {about}").trim_end());
    }
    Ok(exit_codes::SUCCESS)
}

/// Writes what clap has to say: help and version are results, all else is a mistake in the command line.
fn misread_exit(misread: &Misread, given: &[OsString]) -> u8 {
    let printer = Printer::new(Output::Text, false);
    match misread.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printer.result(misread.to_string().trim_end());
            exit_codes::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            printer.error(misread.to_string().trim_end());
            exit_codes::USAGE
        }
        _ => refused(&explained(misread, given)),
    }
}

/// A mistake in the command line: what is wrong in a line, and what is meant.
fn explained(misread: &Misread, given: &[OsString]) -> Refusal {
    let whole = misread.to_string();
    let text = whole.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let word = |kind: ContextKind| match misread.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        Some(ContextValue::Strings(words)) => words.last().map(String::as_str),
        _ => None,
    };
    let hint = match misread.kind() {
        ErrorKind::InvalidSubcommand => {
            let names: Vec<String> = commands::all().into_iter().map(|(name, _)| name).collect();
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            word(ContextKind::InvalidSubcommand).map(|name| names::suggestion(name, &known))
        }
        ErrorKind::UnknownArgument => {
            let meant = word(ContextKind::InvalidArg).and_then(|argument| meant(argument, given));
            meant.or_else(|| word(ContextKind::SuggestedArg).map(|name| format!("did you mean {name}?")))
        }
        ErrorKind::InvalidValue => match misread.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(words)) if !words.is_empty() => Some(format!("give {}", words.join(" or "))),
            _ => None,
        },
        ErrorKind::MissingRequiredArgument => match misread.get(ContextKind::InvalidArg) {
            Some(ContextValue::Strings(words)) => Some(format!("give {}", words.join(" and "))),
            _ => None,
        },
        _ => None,
    };
    Refusal::usage(text.trim_end_matches(':'), hint.map(|hint| hint.trim_start_matches(": ").to_owned()))
}

/// The option that another tool's name for it means, of the verb or of the client.
fn meant(argument: &str, given: &[OsString]) -> Option<String> {
    let name = argument.trim_start_matches('-').split('=').next().unwrap_or_default();
    let verb = given.iter().filter_map(|word| word.to_str()).find_map(commands::verb)?;
    let (of_verb, of_client) = (arguments::of_verb(verb.name), arguments::of_client());
    for options in [&of_verb, &of_client] {
        let known: Vec<&str> = options.iter().map(|option| option.name.as_str()).collect();
        let hint = names::meant(name, &known);
        // The rest of the hint shows how it is given in a script.
        if let Some(option) = hint.as_ref().and_then(|hint| hint.split('"').nth(1)) {
            return Some(format!("did you mean --{}?", commands::command(option)));
        }
    }
    let known: Vec<&str> = of_verb.iter().map(|option| option.name.as_str()).collect();
    names::elsewhere(name, &known)
}
