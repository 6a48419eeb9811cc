//! How values cross: as JSON text through Python's own `json`, so that both sides see the same document.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use serde::Serialize;
use serde_json::Value;

/// A value of ours as Python's dicts, lists and scalars.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|error| PyTypeError::new_err(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}

/// A Python value as a document.
pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    let convert = py.import("ecs_rollout._convert")?;
    let text = convert.call_method1("to_text", (value,))?;
    let text: &str = text.extract()?;
    if !ecs_rollout::keeps_numbers(text) {
        convert.call_method1("refuse_inexact", (value,))?;
    }
    serde_json::from_str(text).map_err(|error| {
        let text = format!("a value given is no JSON: {error}");
        exception(py, &ecs_rollout::Error::Invalid { path: None, text, findings: Vec::new() })
    })
}

/// Our error as the exception of its code.
pub(crate) fn exception(py: Python<'_>, error: &ecs_rollout::Error) -> PyErr {
    let raise = || -> PyResult<PyErr> {
        let classes = py.import("ecs_rollout.errors")?.getattr("BY_CODE")?;
        let class = classes.get_item(error.code())?;
        let detail = to_python(py, &error.detail())?;
        Ok(PyErr::from_value(class.call1((error.to_string(), detail))?))
    };
    raise().unwrap_or_else(|failure| failure)
}
