//! `Client` in Python, and the functions that use the default one.

use std::sync::OnceLock;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::convert::{exception, options, to_python};
use crate::definition::TaskDefinition;
use crate::rollout::{Rollout, runtime, wait};

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

    #[pyo3(signature = (**deployment))]
    fn plan<'py>(&self, py: Python<'py>, deployment: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        plan_with(py, &self.0, deployment)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The client that the module's functions use.
fn standard() -> &'static ecs_rollout::Client {
    static STANDARD: OnceLock<ecs_rollout::Client> = OnceLock::new();
    STANDARD.get_or_init(|| ecs_rollout::Client::new(ecs_rollout::Options::default()))
}

/// Deploys with the default client.
#[pyfunction]
#[pyo3(signature = (**deployment))]
pub(crate) fn deploy(py: Python<'_>, deployment: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
    start(py, standard(), deployment)
}

/// Plans with the default client.
#[pyfunction]
#[pyo3(signature = (**deployment))]
pub(crate) fn plan<'py>(py: Python<'py>, deployment: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    plan_with(py, standard(), deployment)
}

fn plan_with<'py>(
    py: Python<'py>,
    client: &ecs_rollout::Client,
    deployment: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let deployment =
        ecs_rollout::Deployment::from_value(deployment_of(deployment)?).map_err(|error| exception(py, &error))?;
    let client = client.clone();
    let planning = runtime()?.spawn(async move { client.plan(deployment).await });
    match wait(py, planning)? {
        Ok(Ok(plan)) => to_python(py, &plan),
        Ok(Err(error)) => Err(exception(py, &error)),
        Err(panic) => Err(PyRuntimeError::new_err(panic.to_string())),
    }
}

/// A definition goes as its own document: numbers that Python's floats cannot hold would not survive as values.
fn deployment_of(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Value> {
    let Some(arguments) = arguments else { return options(None) };
    let Some(definition) = arguments.get_item("definition")? else { return options(Some(arguments)) };
    let Ok(definition) = definition.cast::<TaskDefinition>() else { return options(Some(arguments)) };
    let rest = arguments.copy()?;
    rest.del_item("definition")?;
    let mut options = options(Some(&rest))?;
    options["definition"] = definition.borrow().document();
    Ok(options)
}

fn start(py: Python<'_>, client: &ecs_rollout::Client, deployment: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
    let deployment =
        ecs_rollout::Deployment::from_value(deployment_of(deployment)?).map_err(|error| exception(py, &error))?;
    let _runtime = runtime()?.enter();
    Ok(Rollout::new(client.deploy(deployment).spawn()))
}
