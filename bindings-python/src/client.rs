//! `Client` in Python, and the functions that use the default one.

use std::sync::OnceLock;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::de::DeserializeOwned;
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

    #[pyo3(signature = (**options))]
    fn deploy(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::deploy)
    }

    #[pyo3(signature = (**options))]
    fn watch(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::watch)
    }

    #[pyo3(signature = (**options))]
    fn rollback(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::rollback)
    }

    #[pyo3(signature = (**options))]
    fn resume(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::resume)
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

/// A function of the module for a verb of the default client.
macro_rules! function {
    ($($verb:ident)+) => {$(
        #[pyfunction]
        #[pyo3(signature = (**options))]
        pub(crate) fn $verb(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
            start(py, standard(), options, ecs_rollout::Client::$verb)
        }
    )+};
}

function! { deploy watch rollback resume }

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

/// Starts a verb with its options.
fn start<T: DeserializeOwned>(
    py: Python<'_>,
    client: &ecs_rollout::Client,
    options: Option<&Bound<'_, PyDict>>,
    verb: fn(&ecs_rollout::Client, T) -> ecs_rollout::Rollout,
) -> PyResult<Rollout> {
    let options = ecs_rollout::read("options", deployment_of(options)?).map_err(|error| exception(py, &error))?;
    let _runtime = runtime()?.enter();
    Ok(Rollout::new(verb(client, options).spawn()))
}
