//! `Client` in Python: a verb by its name, with its options.

use ecs_rollout::Lookup;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::{Answer, Call, Found};
use crate::convert::{exception, from_python, options, to_value};
use crate::definition::TaskDefinition;
use crate::rollout::Rollout;
use crate::runtime::runtime;

/// A connection to Amazon ECS in one account and region.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Client(pub(crate) ecs_rollout::Client);

#[pymethods]
impl Client {
    #[new]
    fn new(py: Python<'_>, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        ecs_rollout::parse_options("client", options(Some(settings))?)
            .map(|settings| Self(ecs_rollout::Client::new(settings)))
            .map_err(|error| exception(py, &error))
    }

    /// Starts a verb that has events and an outcome.
    fn begin(&self, py: Python<'_>, verb: &str, options: &Bound<'_, PyDict>) -> PyResult<Rollout> {
        type Client = ecs_rollout::Client;
        match verb {
            "build" => start(py, &self.0, options, Client::build),
            "deploy" => start(py, &self.0, options, Client::deploy),
            "deploy_all" => start(py, &self.0, options, Client::deploy_all),
            "push" => start(py, &self.0, options, Client::push),
            "resume" => start(py, &self.0, options, Client::resume),
            "rollback" => start(py, &self.0, options, Client::rollback),
            "run" => start(py, &self.0, options, Client::run),
            "service" => start(py, &self.0, options, Client::service),
            "watch" => start(py, &self.0, options, Client::watch),
            _ => Err(PyAttributeError::new_err(verb.to_owned())),
        }
    }

    /// Starts a verb that has a value, and nothing to tell on the way.
    fn ask(&self, py: Python<'_>, verb: &str, options: &Bound<'_, PyDict>) -> PyResult<Answer> {
        let client = self.0.clone();
        match verb {
            "exists" => value(py, options, |one: Lookup| async move { client.exists(one).await }, Answer::look),
            "plan" => value(py, options, |one| async move { client.plan(one).await }, Answer::look),
            "resolve" => value(py, options, |one: Lookup| async move { client.resolve(one).await }, Answer::look),
            "whoami" => Answer::look(async move { client.whoami().await.map(document) }.boxed()),
            "register" => value(py, options, |one| async move { client.register(one).await }, Answer::write),
            "scale" => value(py, options, |one| async move { client.scale(one).await }, Answer::write),
            "schedule" => value(py, options, |one| async move { client.schedule(one).await }, Answer::write),
            "login" => {
                let login = read(py, options)?;
                Answer::write(async move { client.login(login).await.map(Found::Credentials) }.boxed())
            }
            _ => Err(PyAttributeError::new_err(verb.to_owned())),
        }
    }

    /// Asks for a value and waits for it, in one call: Ctrl-C comes while it waits, or before anything has begun.
    fn wait<'py>(&self, py: Python<'py>, verb: &str, options: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, verb, options)?.get(py)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn document(value: impl Serialize) -> Found {
    Found::Document(to_value(&value))
}

/// Asks for a value with the options of a verb, by a way that may write or only looks.
fn value<T: DeserializeOwned, O: Serialize, F: Future<Output = Result<O, ecs_rollout::Error>> + Send + 'static>(
    py: Python<'_>,
    options: &Bound<'_, PyDict>,
    verb: impl FnOnce(T) -> F,
    way: fn(BoxFuture<'static, Call>) -> PyResult<Answer>,
) -> PyResult<Answer> {
    let asked = verb(read(py, options)?);
    way(async move { asked.await.map(document) }.boxed())
}

fn read<T: DeserializeOwned>(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<T> {
    ecs_rollout::parse_options("options", deployment_of(options)?).map_err(|error| exception(py, &error))
}

/// A definition goes as its own document, of each of several services as well: numbers that Python's floats cannot hold would not
/// survive as values.
fn deployment_of(arguments: &Bound<'_, PyDict>) -> PyResult<Value> {
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
        Ok(deployment) => deployment_of(&deployment),
        Err(other) => from_python(&other.into_inner()),
    };
    Ok(Some(Value::Array(services.try_iter()?.map(read).collect::<PyResult<_>>()?)))
}

/// Starts a verb with its options.
fn start<T: DeserializeOwned, E: Serialize + Send + 'static, O: Serialize + Clone + Send + 'static>(
    py: Python<'_>,
    client: &ecs_rollout::Client,
    options: &Bound<'_, PyDict>,
    verb: fn(&ecs_rollout::Client, T) -> ecs_rollout::Rollout<E, O>,
) -> PyResult<Rollout> {
    let options = read(py, options)?;
    let _runtime = runtime()?.enter();
    Ok(Rollout::of(verb(client, options).into_json().spawn()))
}
