//! The command `report`: a page from the events that an earlier command wrote with `--output json`.

use std::path::Path;

use clap::{Arg, ArgMatches, Command, ValueHint};

use super::history::History;
use super::printer::Printer;
use super::refusal::Refusal;
use super::{arguments, ci, exit_codes, report};
use crate::error::Error;
use crate::file;

/// The arguments of the command.
pub(crate) fn arguments(command: Command) -> Command {
    let events = Arg::new("events")
        .value_name("EVENTS")
        .required(true)
        .value_hint(ValueHint::FilePath)
        .help("The file of events that `--output json` wrote, one a line");
    let to = Arg::new("report")
        .long("report")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .help("The file that gets the page; standard output if not given");
    let junit = Arg::new("junit")
        .long("junit")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .help("A file that gets the verdict as JUnit has it");
    command.args([events, to, junit]).args(arguments::of_program())
}

/// Draws it. The exit code says whether it could be drawn, not how the rollout ended.
pub(crate) fn run(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let one = |id: &str| matches.get_one::<String>(id).map(String::as_str);
    let name = one("events").unwrap_or_default();
    let unreadable = |why: String| Error::invalid(name, format!("the file cannot be read: {why}"));
    let bytes = file::read(Path::new(name)).map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    let history = History::read(name, &text)?;
    let files = [(one("report"), report::page(&history)), (one("junit"), ci::junit::file(&history))];
    for (path, text) in files.iter().filter_map(|(path, text)| Some(((*path)?, text))) {
        ci::create(path, text).map_err(|error| Error::invalid(path, format!("the file cannot be written: {error}")))?;
        printer.line(&format!("written: {path}"));
    }
    if one("report").is_none() {
        printer.result(files[0].1.trim_end());
    }
    Ok(exit_codes::SUCCESS)
}
