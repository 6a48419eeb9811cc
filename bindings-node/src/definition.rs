//! `TaskDefinition` in JavaScript: documents, changes and findings are JSON text.

use napi::Result;
use napi_derive::napi;

use crate::convert::{exception, from_js, to_js};

/// An ECS task definition as a JSON document.
#[napi]
pub struct TaskDefinition(ecs_rollout::TaskDefinition);

#[napi]
impl TaskDefinition {
    #[napi(factory)]
    pub fn parse(text: String) -> Result<Self> {
        text.parse().map(Self).map_err(|error| exception(&error))
    }

    #[napi(factory)]
    pub fn of(document: String) -> Result<Self> {
        ecs_rollout::TaskDefinition::new(from_js(&document)?).map(Self).map_err(|error| exception(&error))
    }

    #[napi(factory)]
    pub fn load(path: String) -> Result<Self> {
        ecs_rollout::TaskDefinition::load(path).map(Self).map_err(|error| exception(&error))
    }

    #[napi]
    pub fn render(&self, changes: String) -> Result<TaskDefinition> {
        ecs_rollout::Changes::from_value(from_js(&changes)?)
            .and_then(|changes| self.0.render(&changes))
            .map(Self)
            .map_err(|error| exception(&error))
    }

    #[napi]
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }

    #[napi]
    pub fn validate(&self) -> Result<String> {
        to_js(&self.0.validate())
    }

    #[napi]
    pub fn diff_text(&self, other: &TaskDefinition, color: Option<bool>) -> String {
        self.0.diff_text(&other.0, color)
    }

    #[napi]
    pub fn diff(&self, other: &TaskDefinition) -> Result<String> {
        to_js(&self.0.diff(&other.0))
    }
}

/// The variables that a file in dotenv form sets, as JSON text.
#[napi]
pub fn dotenv(path: String) -> Result<String> {
    to_js(&ecs_rollout::dotenv(path).map_err(|error| exception(&error))?)
}
