//! Checks settings of a service and of a task that is run against the schema, before AWS is
//! called, and makes the form of them that ECS takes.

use serde_json::{Map, Value};

use super::service::run_findings;
use super::task::check_tags;
use super::{Found, empties, list, members};
use crate::definition::path::Place;
use crate::definition::schema::{self, Shape, check};
use crate::error::finding::Finding;

/// The operation that takes the settings.
#[derive(Clone, Copy)]
pub(crate) enum Settings {
    /// CreateService and UpdateService.
    Service,
    /// RunTask.
    Run,
    /// The overrides of RunTask.
    Overrides,
    /// CreateExpressGatewayService and UpdateExpressGatewayService.
    Express,
}

impl Settings {
    const fn shape(self) -> &'static Shape {
        match self {
            Self::Service => &schema::SERVICE,
            Self::Run => &schema::RUN,
            Self::Overrides => &schema::OVERRIDES,
            Self::Express => &schema::EXPRESS,
        }
    }

    /// Checks settings. Paths begin with `option`, as in `settings.networkConfiguration.awsvpcConfiguration`.
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

    /// Checks a definition together with the input of RunTask for it, types aside. Paths as in [`Self::findings`].
    pub(crate) fn of_run(definition: &Map<String, Value>, input: &Map<String, Value>, option: &str) -> Vec<Finding> {
        let mut found = run_findings(definition, input);
        // The check of types has reported unknown words already.
        found.retain(|finding| finding.rule != "unknown_value");
        for finding in &mut found {
            finding.path = dotted(&format!("/{option}{}", finding.path.trim_start_matches("/service")));
        }
        found
    }

    /// The settings without empty members that ECS refuses and that mean absent.
    pub(crate) fn sendable(self, given: &Map<String, Value>) -> Map<String, Value> {
        empties::sent(self.shape(), given)
    }
}

/// A JSON Pointer as the path of an option: members after dots, indexes in brackets.
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
