//! How values cross: as JSON text through Python's own `json`, so that both sides see the same document.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde::Serialize;
use serde_json::Value;

use crate::definition::TaskDefinition;

/// A value of ours as Python's dicts, lists and scalars.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|error| PyTypeError::new_err(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}

/// A value of ours as a document.
pub(crate) fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A Python value as a document. A `TaskDefinition` in it stands for its document; dates, which boto3 gives, and
/// paths for their text.
pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    let settings = PyDict::new(py);
    settings.set_item("default", wrap_pyfunction!(stand_in, py)?)?;
    settings.set_item("allow_nan", false)?;
    let text = py.import("json")?.call_method("dumps", (value,), Some(&settings));
    let text = text.map_err(|error| match misfit(value, "", 0) {
        Some((path, why)) => misplaced(py, &path, &why),
        None => unusable(py, &error.value(py).to_string()),
    })?;
    let text = text.cast::<PyString>()?.to_str()?.to_owned();
    serde_json::from_str(&text).map_err(|error| unusable(py, &error.to_string()))
}

/// Depths to look into: what holds itself has no end.
const DEEP: usize = 64;

/// Where a value is that is no JSON, and what to give instead. It is never repeated: it may be a secret.
fn misfit(value: &Bound<'_, PyAny>, path: &str, depth: usize) -> Option<(String, String)> {
    if depth > DEEP {
        return Some((path.to_owned(), "it holds itself".to_owned()));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return dict.iter().find_map(|(name, value)| match name.extract::<String>() {
            Ok(name) if path.is_empty() => misfit(&value, &name, depth + 1),
            Ok(name) => misfit(&value, &format!("{path}.{name}"), depth + 1),
            Err(_) => Some((path.to_owned(), "the names in a dict are texts".to_owned())),
        });
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let mut entries = value.try_iter().ok()?.flatten().enumerate();
        return entries.find_map(|(at, entry)| misfit(&entry, &format!("{path}[{at}]"), depth + 1));
    }
    let kind = value.get_type().name().map_or_else(|_| "value".to_owned(), |name| name.to_string());
    let why = if value.is_instance_of::<PyFloat>() {
        let is_finite = value.extract::<f64>().is_ok_and(f64::is_finite);
        (!is_finite).then(|| "a number without an end, or none at all, was given: give a finite number".to_owned())?
    } else if is_convertible(value) {
        return None;
    } else if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() {
        format!("{kind} given, a text expected: decode it first")
    } else if value.hasattr("total_seconds").unwrap_or(false) {
        format!("a {kind} given: give its total_seconds()")
    } else if value.is_callable() {
        "a function given, and none is called: iterate over what the verb returns to see its events".to_owned()
    } else if value.hasattr("__await__").unwrap_or(false) {
        format!("a {kind} given: await it first")
    } else if value.hasattr("__iter__").unwrap_or(false) {
        format!("a {kind} given: give a list or a dict")
    } else {
        format!("a {kind} given, which is no JSON value")
    };
    Some((path.to_owned(), why))
}

/// Whether a value that holds no others has a form in JSON.
fn is_convertible(value: &Bound<'_, PyAny>) -> bool {
    let has = |member: &str| value.hasattr(member).unwrap_or(false);
    value.is_none()
        || value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyInt>()
        || value.cast::<TaskDefinition>().is_ok()
        || has("isoformat")
        || has("__fspath__")
}

/// The exception for a value that is no JSON, at its place.
fn misplaced(py: Python<'_>, path: &str, why: &str) -> PyErr {
    exception(py, &ecs_rollout::Error::invalid(path, why))
}

/// The exception for a value that is no JSON.
fn unusable(py: Python<'_>, why: &str) -> PyErr {
    misplaced(py, "", &format!("a value given is no JSON: {why}"))
}

/// What `json` calls for a value that it does not know.
#[pyfunction]
fn stand_in<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(definition) = value.cast::<TaskDefinition>() {
        return definition.borrow().to_dict(value.py());
    }
    if value.hasattr("isoformat")? {
        return value.call_method0("isoformat");
    }
    if value.hasattr("__fspath__")? {
        return value.call_method0("__fspath__");
    }
    Err(PyTypeError::new_err(format!("a {} is no JSON value", value.get_type().name()?)))
}

/// A word of a request as it may be printed.
#[pyfunction]
pub(crate) fn printable(text: &str) -> String {
    ecs_rollout::printable(text)
}

/// Keyword arguments as a document of options.
pub(crate) fn options(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Value> {
    match arguments {
        Some(arguments) => from_python(arguments.as_any()),
        None => Ok(Value::Object(serde_json::Map::new())),
    }
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
