//! `Client` in Python, and the functions that use the default one.

use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_async_runtimes::tokio::get_runtime;

use crate::convert::{exception, options};
use crate::rollout::Rollout;

/// A connection to Amazon ECS in one account and region.
#[pyclass(frozen, module = "ecs_rollout")]
pub(crate) struct Client(pub(crate) ecs_rollout::Client);

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (**settings))]
    fn new(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        ecs_rollout::read("client", options(settings)?)
            .map(|settings| Self(ecs_rollout::Client::new(settings)))
            .map_err(|error| exception(py, &error))
    }

    #[pyo3(signature = (**deployment))]
    fn deploy(&self, py: Python<'_>, deployment: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, deployment)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Deploys with the default client.
#[pyfunction]
#[pyo3(signature = (**deployment))]
pub(crate) fn deploy(py: Python<'_>, deployment: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
    static DEFAULT: OnceLock<ecs_rollout::Client> = OnceLock::new();
    let client = DEFAULT.get_or_init(|| ecs_rollout::Client::new(ecs_rollout::Options::default()));
    start(py, client, deployment)
}

fn start(py: Python<'_>, client: &ecs_rollout::Client, deployment: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
    let deployment =
        ecs_rollout::Deployment::from_value(options(deployment)?).map_err(|error| exception(py, &error))?;
    let _runtime = get_runtime().enter();
    Ok(Rollout::new(client.deploy(deployment).spawn()))
}
