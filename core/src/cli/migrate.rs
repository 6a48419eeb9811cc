//! The command `migrate`: shows what the files of other tools are in commands of this program, and writes them so.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use serde_json::json;

use super::arguments::of_program;
use super::exit_codes;
use super::printer::{Output, Printer};
use super::refusal::Refusal;
use crate::error::Error;
use crate::migrate::{self, Migration, Reading};

/// The arguments of the command.
pub(crate) fn arguments(command: Command) -> Command {
    let files = Arg::new("files")
        .value_name("FILE")
        .required(true)
        .num_args(1..)
        .value_hint(ValueHint::FilePath)
        .help("A GitHub workflow or action, a shell script, an ecspresso.yml, or a manifest of Copilot");
    let container = Arg::new("container")
        .long("container")
        .value_name("NAME")
        .help("The container whose image changes, where the other tool names none");
    let write =
        Arg::new("write").long("write").action(ArgAction::SetTrue).help("Change the files in place; comments stay");
    command.args([files, container, write]).args(of_program())
}

/// Reads all files before it writes any.
pub(crate) fn run(matches: &ArgMatches, printer: &Printer) -> Result<u8, Refusal> {
    let container = matches.get_one::<String>("container").map(String::as_str);
    let reading = Reading { container, read: &|path| fs::read_to_string(path) };
    let names = matches.get_many::<String>("files").into_iter().flatten();
    let all = names.map(|name| migrated(name, &reading)).collect::<Result<Vec<_>, Refusal>>()?;
    let is_to_write = matches.get_flag("write");
    if is_to_write {
        check(&all)?;
    }
    for one in &all {
        match printer.output() {
            Output::Json => printer.document(&json!(one)),
            Output::Text => printer.result(one.report().trim_end()),
            Output::Id => one.files.iter().for_each(|(path, _)| printer.result(&path.display().to_string())),
        }
    }
    let files = || all.iter().flat_map(|one| &one.files);
    for (path, text) in files().filter(|_| is_to_write) {
        fs::write(path, text).map_err(|error| refused(path, &error))?;
        printer.line(&format!("written: {}", path.display()));
    }
    if !is_to_write && files().next().is_some() {
        printer.line("nothing is written: --write changes the files");
    }
    Ok(exit_codes::SUCCESS)
}

fn migrated(name: &str, reading: &Reading<'_>) -> Result<Migration, Refusal> {
    let text = fs::read_to_string(name).map_err(|error| refused(Path::new(name), &error))?;
    Ok(migrate::migrate(name, &text, reading)?)
}

/// Refuses to write over a file that is there and is not one of those that were read.
fn check(all: &[Migration]) -> Result<(), Refusal> {
    let is_read = |path: &PathBuf| all.iter().any(|one| Path::new(&one.file) == path);
    let differs = |path: &PathBuf, text: &str| fs::read_to_string(path).is_ok_and(|there| there != text);
    let mut new = all.iter().flat_map(|one| &one.files).filter(|(path, _)| !is_read(path));
    match new.find(|(path, text)| differs(path, text)) {
        Some((path, _)) => {
            let text = format!("{}: there is a file with other text already, and nothing is written", path.display());
            Err(Error::invalid("--write", format!("{text}; move it away first")).into())
        }
        None => Ok(()),
    }
}

fn refused(path: &Path, error: &std::io::Error) -> Refusal {
    let why = match error.kind() {
        ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
        _ => error.to_string(),
    };
    Error::invalid(path.display().to_string(), why).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_other_text_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("ecspresso.yml"), folder.path().join("deploy.yaml"));
        fs::write(&old, "region: eu-central-1\ncluster: prod\nservice: api\ntask_definition: taskdef.json\n").unwrap();
        fs::write(folder.path().join("taskdef.json"), r#"{"family": "api", "containerDefinitions": []}"#).unwrap();
        let reading = Reading { container: None, read: &|path| fs::read_to_string(path) };
        let mut all = vec![migrated(old.to_str().unwrap(), &reading).unwrap()];
        all[0].files = vec![(old.clone(), "changed".to_owned()), (new.clone(), "service: api\n".to_owned())];
        assert_eq!(check(&all), Ok(()));
        fs::write(&new, "service: api\n").unwrap();
        assert_eq!(check(&all), Ok(()), "the same text is there already");
        fs::write(&new, "mine").unwrap();
        let refusal = check(&all).unwrap_err();
        assert_eq!(refusal.exit, exit_codes::INVALID);
        assert!(refusal.text.contains("deploy.yaml"), "{}", refusal.text);
    }
}
