//! `TaskDefinition` in Python.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::convert::{exception, from_python, to_python};
use crate::runtime::apart;

/// An ECS task definition as a JSON document.
#[pyclass(frozen, eq, module = "ecs_rollout")]
#[derive(Clone, PartialEq)]
pub(crate) struct TaskDefinition(ecs_rollout::TaskDefinition);

#[pymethods]
impl TaskDefinition {
    #[new]
    fn new(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        let made = match document.cast::<PyString>() {
            Ok(text) => text.to_str()?.parse(),
            Err(_) => ecs_rollout::TaskDefinition::new(from_python(document)?),
        };
        made.map(Self).map_err(|error| exception(document.py(), &error))
    }

    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let loaded = apart(py, || ecs_rollout::TaskDefinition::load(path))?;
        loaded.map(Self).map_err(|error| exception(py, &error))
    }

    #[pyo3(signature = (**changes))]
    fn render(&self, py: Python<'_>, changes: Option<Bound<'_, PyDict>>) -> PyResult<Self> {
        ecs_rollout::Changes::from_value(from_python(&changes.unwrap_or_else(|| PyDict::new(py)))?)
            .and_then(|changes| self.0.render(&changes))
            .map(Self)
            .map_err(|error| exception(py, &error))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.to_value())
    }

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    fn validate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.validate())
    }

    fn diff<'py>(&self, py: Python<'py>, other: &Self) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.diff(&other.0))
    }

    #[pyo3(signature = (other, color = None))]
    fn diff_text(&self, other: &Self, color: Option<bool>) -> String {
        self.0.diff_text(&other.0, color)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The variables that a file in dotenv form sets.
#[pyfunction]
pub(crate) fn dotenv(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    let entries = apart(py, || ecs_rollout::dotenv(path))?.map_err(|error| exception(py, &error))?;
    to_python(py, &entries)
}
