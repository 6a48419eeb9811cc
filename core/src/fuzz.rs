//! What reads a stranger's bytes, one function a reader, for the fuzz targets. Each panics where a promise does not hold.

use std::path::Path;

use serde_json::Value;

pub use crate::aws::fuzz::{answer_of_json, answer_of_xml};
pub use crate::ecr::fuzz::{challenge, image, manifest, range};

/// How deep a document is nested.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Whether a file lies in a folder, whatever links lead there.
pub(crate) fn is_in(path: &Path, folder: &Path) -> bool {
    std::fs::canonicalize(path).is_ok_and(|path| path.starts_with(folder))
}
