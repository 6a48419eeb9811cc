//! `Rollout` in Python: one object, iterable and awaitable in both of Python's ways.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyStopAsyncIteration};
use pyo3::prelude::*;
use pyo3_async_runtimes::tokio::{future_into_py, get_runtime};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::convert::{exception, to_python};

/// A deployment on its way.
#[pyclass(frozen, generic, module = "ecs_rollout")]
pub(crate) struct Rollout(Arc<Running>);

/// Events and outcome cross as documents, whichever verb they are of.
type Running = ecs_rollout::Running<Value, Value>;

/// How long Ctrl-C waits at most.
const SIGNALS: Duration = Duration::from_millis(50);

impl Rollout {
    pub(crate) fn new(running: Running) -> Self {
        Self(Arc::new(running))
    }

    /// Waits; Ctrl-C stops the watching.
    fn block<F>(&self, py: Python<'_>, until: impl Fn(Arc<Running>) -> F) -> PyResult<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        wait(py, pin!(until(Arc::clone(&self.0)))).inspect_err(|_| self.0.cancel())
    }
}

/// With the GIL, unless the interpreter has ended meanwhile: then nobody is there to hear.
fn attached<T>(tell: impl FnOnce(Python<'_>) -> PyResult<T>) -> PyResult<T> {
    Python::try_attach(tell).unwrap_or_else(|| Err(PyRuntimeError::new_err("the interpreter has ended")))
}

/// The runtime that everything runs on. Its threads do not come along when a process forks.
pub(crate) fn runtime() -> PyResult<&'static Runtime> {
    static OWNER: OnceLock<u32> = OnceLock::new();
    let process = std::process::id();
    if *OWNER.get_or_init(|| process) != process {
        let text =
            "ecs_rollout was used before this process was forked: use multiprocessing's \"spawn\" instead of \"fork\"";
        return Err(PyRuntimeError::new_err(text));
    }
    Ok(get_runtime())
}

/// Waits without the GIL, and lets Ctrl-C through.
pub(crate) fn wait<F>(py: Python<'_>, mut future: F) -> PyResult<F::Output>
where
    F: Future<Output: Send> + Unpin + Send,
{
    let runtime = runtime()?;
    loop {
        if let Ok(found) = py.detach(|| runtime.block_on(async { timeout(SIGNALS, &mut future).await })) {
            return Ok(found);
        }
        py.check_signals()?;
    }
}

#[pymethods]
impl Rollout {
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.block(py, |running| async move { running.outcome().await })? {
            Ok(outcome) => to_python(py, &outcome),
            Err(error) => Err(exception(py, &error)),
        }
    }

    fn cancel(&self) {
        self.0.cancel();
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.block(py, |running| async move { running.next().await })?.map(|event| to_python(py, &event)).transpose()
    }

    fn __aiter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __anext__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime()?;
        let running = Arc::clone(&self.0);
        future_into_py(py, async move {
            match running.next().await {
                Some(event) => attached(|py| to_python(py, &event).map(Bound::unbind)),
                None => Err(PyStopAsyncIteration::new_err(())),
            }
        })
    }

    fn __await__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime()?;
        let running = Arc::clone(&self.0);
        let future = future_into_py(py, async move {
            let end = running.outcome().await;
            attached(|py| match end {
                Ok(outcome) => to_python(py, &outcome).map(Bound::unbind),
                Err(error) => Err(exception(py, &error)),
            })
        })?;
        future.call_method0("__await__")
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
