//! `Client` in Python, and the functions that use the default one.

use std::sync::OnceLock;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::convert::{exception, from_python, options, to_python};
use crate::credential::Credential;
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
    fn deploy_all(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::deploy_all)
    }

    #[pyo3(signature = (**options))]
    fn login<'py>(&self, py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        login_with(py, &self.0, options)
    }

    fn resolve<'py>(&self, py: Python<'py>, image: String) -> PyResult<Bound<'py, PyAny>> {
        resolve_with(py, &self.0, image)
    }

    fn whoami<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        whoami_with(py, &self.0)
    }

    fn exists(&self, py: Python<'_>, image: String) -> PyResult<bool> {
        exists_with(py, &self.0, image)
    }

    #[pyo3(signature = (**options))]
    fn build(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::build)
    }

    #[pyo3(signature = (**options))]
    fn push(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::push)
    }

    #[pyo3(signature = (**options))]
    fn service(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::service)
    }

    #[pyo3(signature = (**options))]
    fn scale<'py>(&self, py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        ask(py, &self.0, options, |client, asked| async move { client.scale(asked).await })
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

    #[pyo3(signature = (**options))]
    fn run(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Rollout> {
        start(py, &self.0, options, ecs_rollout::Client::run)
    }

    #[pyo3(signature = (**options))]
    fn register<'py>(&self, py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        ask(py, &self.0, options, |client, asked| async move { client.register(asked).await })
    }

    #[pyo3(signature = (**deployment))]
    fn plan<'py>(&self, py: Python<'py>, deployment: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        ask(py, &self.0, deployment, |client, asked| async move { client.plan(asked).await })
    }

    #[pyo3(signature = (**options))]
    fn schedule<'py>(&self, py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        ask(py, &self.0, options, |client, asked| async move { client.schedule(asked).await })
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

function! { build deploy deploy_all push service watch rollback resume run }

/// The same for a verb that ends in a value.
macro_rules! value {
    ($($verb:ident)+) => {$(
        #[pyfunction]
        #[pyo3(signature = (**options))]
        pub(crate) fn $verb<'py>(
            py: Python<'py>,
            options: Option<&Bound<'py, PyDict>>,
        ) -> PyResult<Bound<'py, PyAny>> {
            ask(py, standard(), options, |client, asked| async move { client.$verb(asked).await })
        }
    )+};
}

value! { plan register scale schedule }

/// Logs in with the default client.
#[pyfunction]
#[pyo3(signature = (**options))]
pub(crate) fn login<'py>(py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    login_with(py, standard(), options)
}

/// Resolves with the default client.
#[pyfunction]
pub(crate) fn resolve(py: Python<'_>, image: String) -> PyResult<Bound<'_, PyAny>> {
    resolve_with(py, standard(), image)
}

/// Looks for an image with the default client.
#[pyfunction]
pub(crate) fn exists(py: Python<'_>, image: String) -> PyResult<bool> {
    exists_with(py, standard(), image)
}

/// Says who one is with the default client.
#[pyfunction]
pub(crate) fn whoami(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    whoami_with(py, standard())
}

/// Asks for a value with the options of a verb.
fn ask<'py, T, O, F>(
    py: Python<'py>,
    client: &ecs_rollout::Client,
    options: Option<&Bound<'py, PyDict>>,
    verb: impl FnOnce(ecs_rollout::Client, T) -> F,
) -> PyResult<Bound<'py, PyAny>>
where
    T: DeserializeOwned,
    O: Serialize + Send + 'static,
    F: Future<Output = Result<O, ecs_rollout::Error>> + Send + 'static,
{
    to_python(py, &finish(py, verb(client.clone(), read(py, options)?))?)
}

fn whoami_with<'py>(py: Python<'py>, client: &ecs_rollout::Client) -> PyResult<Bound<'py, PyAny>> {
    let client = client.clone();
    to_python(py, &finish(py, async move { client.whoami().await })?)
}

fn login_with<'py>(
    py: Python<'py>,
    client: &ecs_rollout::Client,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let login = read(py, options)?;
    let client = client.clone();
    let credentials = finish(py, async move { client.login(login).await })?;
    let credentials: PyResult<Vec<_>> = credentials.into_iter().map(|one| Bound::new(py, Credential(one))).collect();
    Ok(PyList::new(py, credentials?)?.into_any())
}

fn resolve_with<'py>(py: Python<'py>, client: &ecs_rollout::Client, image: String) -> PyResult<Bound<'py, PyAny>> {
    let client = client.clone();
    to_python(py, &finish(py, async move { client.resolve(&image).await })?)
}

fn exists_with(py: Python<'_>, client: &ecs_rollout::Client, image: String) -> PyResult<bool> {
    let client = client.clone();
    finish(py, async move { client.exists(&image).await })
}

/// Waits for the end of something that tells nothing on the way.
fn finish<T: Send + 'static>(
    py: Python<'_>,
    action: impl Future<Output = Result<T, ecs_rollout::Error>> + Send + 'static,
) -> PyResult<T> {
    match wait(py, runtime()?.spawn(action))? {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(exception(py, &error)),
        Err(panic) => Err(PyRuntimeError::new_err(panic.to_string())),
    }
}

fn read<T: DeserializeOwned>(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<T> {
    ecs_rollout::read("options", deployment_of(options)?).map_err(|error| exception(py, &error))
}

/// A definition goes as its own document, of each of several services as well: numbers that Python's floats cannot hold would not
/// survive as values.
fn deployment_of(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Value> {
    let Some(arguments) = arguments else { return options(None) };
    let rest = arguments.copy()?;
    let definition =
        arguments.get_item("definition")?.and_then(|one| Some(one.cast::<TaskDefinition>().ok()?.borrow().document()));
    let services = arguments.get_item("services")?.map(|list| services_of(&list)).transpose()?.flatten();
    let whole: Vec<_> = [("definition", definition), ("services", services)]
        .into_iter()
        .filter_map(|(name, document)| Some((name, document?)))
        .collect();
    for (name, _) in &whole {
        rest.del_item(name)?;
    }
    let mut options = options(Some(&rest))?;
    for (name, document) in whole {
        options[name] = document;
    }
    Ok(options)
}

/// The deployments in a list or tuple; `None` where it is neither.
fn services_of(services: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if !(services.is_instance_of::<PyList>() || services.is_instance_of::<PyTuple>()) {
        return Ok(None);
    }
    let read = |one: PyResult<Bound<'_, PyAny>>| match one?.cast_into::<PyDict>() {
        Ok(deployment) => deployment_of(Some(&deployment)),
        Err(other) => from_python(&other.into_inner()),
    };
    Ok(Some(Value::Array(services.try_iter()?.map(read).collect::<PyResult<_>>()?)))
}

/// Starts a verb with its options.
fn start<T: DeserializeOwned, E: Serialize + Send + 'static, O: Serialize + Clone + Send + 'static>(
    py: Python<'_>,
    client: &ecs_rollout::Client,
    options: Option<&Bound<'_, PyDict>>,
    verb: fn(&ecs_rollout::Client, T) -> ecs_rollout::Rollout<E, O>,
) -> PyResult<Rollout> {
    let options = read(py, options)?;
    let _runtime = runtime()?.enter();
    Ok(Rollout::new(verb(client, options).documents().spawn()))
}
