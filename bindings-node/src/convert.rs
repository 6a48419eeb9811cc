//! How values cross: as JSON text, which both sides read fastest and in full.

use napi::{Error, Result};
use serde::Serialize;
use serde_json::{Value, json};

/// A value of ours as JSON text.
pub(crate) fn to_js(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}

/// JSON text as a document.
pub(crate) fn from_js(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| Error::from_reason(error.to_string()))
}

/// Our error as one whose message is JSON: `rollout.js` makes an `EcsRolloutError` of it.
pub(crate) fn exception(error: &ecs_rollout::Error) -> Error {
    let parts = json!({"message": error.to_string(), "code": error.code(), "detail": error.detail()});
    Error::from_reason(parts.to_string())
}
