//! Settings of a service and of a task that is run: whether each member has the shape that its operation takes, before AWS is
//! asked, and the form of them that ECS takes.

use serde_json::{Map, Value};

use super::service::run_findings;
use super::task::check_tags;
use super::{Found, empties, list, members};
use crate::definition::path::Place;
use crate::definition::schema::{self, Shape, check};
use crate::error::finding::Finding;

/// Whose settings they are.
#[derive(Clone, Copy)]
pub(crate) enum Settings {
    /// CreateService and UpdateService.
    Service,
    /// RunTask.
    Run,
    /// The overrides of RunTask.
    Overrides,
}

impl Settings {
    const fn shape(self) -> &'static Shape {
        match self {
            Self::Service => &schema::SERVICE,
            Self::Run => &schema::RUN,
            Self::Overrides => &schema::OVERRIDES,
        }
    }

    /// What is wrong with settings, or risky. Paths begin with `option`, as in `settings.networkConfiguration.awsvpcConfiguration`.
    pub(crate) fn findings(self, given: &Map<String, Value>, option: &str) -> Vec<Finding> {
        let mut found = Found::default();
        let place = Place::top(option);
        check::check_object(self.shape(), given, &place, &mut found);
        members::check_object(self.shape(), given, &place, &mut found);
        if let Some(tags) = given.get("tags").filter(|_| !matches!(self, Self::Overrides)) {
            check_tags(list(Some(tags)), &place.member("tags"), &mut found);
        }
        for finding in &mut found.0 {
            finding.path = dotted(&finding.path);
        }
        found.0
    }

    /// What is wrong, or risky, between a definition and the input of a RunTask of it, besides the shapes. Paths as in [`Self::findings`].
    pub(crate) fn of_run(definition: &Map<String, Value>, input: &Map<String, Value>, option: &str) -> Vec<Finding> {
        let mut found = run_findings(definition, input);
        // Words that are not known have been told of with the shapes.
        found.retain(|finding| finding.rule != "unknown_value");
        for finding in &mut found {
            finding.path = dotted(&format!("/{option}{}", finding.path.trim_start_matches("/service")));
        }
        found
    }

    /// The settings without what ECS refuses empty and takes as absent.
    pub(crate) fn sendable(self, given: &Map<String, Value>) -> Map<String, Value> {
        empties::sent(self.shape(), given)
    }
}

/// A JSON Pointer as the path of an option: members behind dots, indexes in brackets.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').split('/').fold(String::new(), |mut path, step| {
        match step.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
        path
    })
}

#[cfg(test)]
mod tests;
