//! Findings about a document, and changes in one.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// ECS refuses it, or a task of it cannot start.
    Error,
    /// ECS accepts it, but it is probably a mistake.
    Warning,
    /// It was not checked: what it is about may not be looked at, or could not be.
    Skipped,
}

/// A mistake or a risk in a task definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// Its severity.
    pub level: Level,
    /// The name of the rule.
    pub rule: String,
    /// Where: a JSON Pointer into the document.
    pub path: String,
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub advice: String,
}

impl Finding {
    /// The rule of all findings about a member that is not known, errors and warnings.
    pub const UNKNOWN_MEMBER: &'static str = "unknown_member";
}

/// One difference.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Change {
    /// Where: a JSON Pointer into the newer document, or into the older one if the newer has no such place.
    pub path: String,
    /// The older value; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The newer value; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The place only: values may be secrets.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({})", self.path)
    }
}
