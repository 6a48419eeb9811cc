//! What a pipeline is shown beside the log: annotations, outputs, a summary, a test report. Which system runs the program is told by
//! its variables.

pub(crate) mod deployment_status;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod outputs;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::history::History;
use super::printer::Printer;
use super::report;
use super::variables;

/// The system that runs the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum System {
    GitHub,
    GitLab,
    /// Its log has neither groups nor annotations.
    CircleCi,
    #[default]
    None,
}

impl System {
    /// The first of them that has set its variable.
    pub(crate) fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_set = |name: &str| variable(name).as_deref() == Some("true");
        match () {
            () if is_set("GITHUB_ACTIONS") => Self::GitHub,
            () if is_set("GITLAB_CI") => Self::GitLab,
            () if is_set("CIRCLECI") => Self::CircleCi,
            () => Self::None,
        }
    }
}

/// The files that a command writes at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) report: Option<String>,
    pub(crate) junit: Option<String>,
    /// Whether a job's page gets a summary.
    pub(crate) has_summary: bool,
}

/// Writes all that is written at the end of a command. What cannot be written is a warning: the verdict stands without.
pub(crate) fn write(history: &History, files: &Files, printer: &Printer) {
    let mut wrong = Vec::new();
    let mut keep = |path: &str, end: std::io::Result<()>| {
        wrong.extend(end.err().map(|error| format!("{path}: the file cannot be written: {error}")));
    };
    if let Some(path) = &files.report {
        keep(path, create(path, &report::page(history)));
    }
    if let Some(path) = &files.junit {
        keep(path, create(path, &junit::file(history)));
    }
    if printer.system() == System::GitHub {
        if let Some(path) = variables::value("GITHUB_OUTPUT") {
            let lines: String = outputs::all(history).iter().map(|(name, value)| github::output(name, value)).collect();
            keep(&path, append(&path, &lines));
        }
        if let Some(path) = variables::value("GITHUB_STEP_SUMMARY").filter(|_| files.has_summary) {
            let there = fs::metadata(&path).map_or(0, |file| file.len() as usize);
            keep(
                &path,
                append(&path, &markdown::cut(&markdown::summary(history), markdown::MOST.saturating_sub(there))),
            );
        }
    }
    wrong.iter().for_each(|text| printer.warning(text));
}

pub(crate) fn create(path: &str, text: &str) -> std::io::Result<()> {
    if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn append(path: &str, text: &str) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_variable() {
        let of = |name: &'static str, value: &'static str| {
            System::of(&move |asked: &str| (asked == name).then(|| value.to_owned()))
        };
        assert_eq!(of("GITHUB_ACTIONS", "true"), System::GitHub);
        assert_eq!(of("GITLAB_CI", "true"), System::GitLab);
        assert_eq!(of("CIRCLECI", "true"), System::CircleCi);
        assert_eq!((of("GITHUB_ACTIONS", "false"), of("CI", "true")), (System::None, System::None));
    }
}
