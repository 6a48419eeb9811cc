//! `Client` in Python: a verb is called by its name, with its options.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{exception, from_python};
use crate::rollout::Rollout;
use crate::runtime::runtime;

/// A connection to Amazon ECS in one account and region.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Client(pub(crate) ecs_rollout::Client);

#[pymethods]
impl Client {
    #[new]
    fn new(settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let client = ecs_rollout::parse_options("client", from_python(settings)?).map(ecs_rollout::Client::new);
        client.map(Self).map_err(|error| exception(settings.py(), &error))
    }

    /// Starts a verb.
    fn begin(&self, py: Python<'_>, verb: &str, options: &Bound<'_, PyDict>) -> PyResult<Rollout> {
        let begun = self.0.call(verb, from_python(options)?).map_err(|error| exception(py, &error))?;
        let _runtime = runtime()?.enter();
        Ok(Rollout::of(begun))
    }

    /// Starts a verb and waits for its end, in one call: Ctrl-C comes while it waits, or before anything has begun.
    fn wait<'py>(&self, py: Python<'py>, verb: &str, options: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        self.begin(py, verb, options)?.outcome(py)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
