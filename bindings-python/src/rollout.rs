//! `Rollout` in Python: one object, iterable and awaitable in both of Python's ways.

use std::sync::Arc;
use std::time::Duration;

use ecs_rollout::Running;
use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::prelude::*;
use pyo3_async_runtimes::tokio::{future_into_py, get_runtime};
use tokio::time::timeout;

use crate::convert::{exception, to_python};

/// A deployment on its way.
#[pyclass(frozen, module = "ecs_rollout")]
pub(crate) struct Rollout(Arc<Running>);

/// How long Ctrl-C waits at most.
const SIGNALS: Duration = Duration::from_millis(50);

impl Rollout {
    pub(crate) fn new(running: Running) -> Self {
        Self(Arc::new(running))
    }

    /// Waits without the GIL, and lets Ctrl-C through, which stops the watching.
    fn block<F>(&self, py: Python<'_>, wait: impl Fn(Arc<Running>) -> F) -> PyResult<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        loop {
            let turn = wait(Arc::clone(&self.0));
            if let Ok(found) = py.detach(|| get_runtime().block_on(async { timeout(SIGNALS, turn).await })) {
                return Ok(found);
            }
            py.check_signals().inspect_err(|_| self.0.cancel())?;
        }
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
        let running = Arc::clone(&self.0);
        future_into_py(py, async move {
            match running.next().await {
                Some(event) => Python::attach(|py| to_python(py, &event).map(Bound::unbind)),
                None => Err(PyStopAsyncIteration::new_err(())),
            }
        })
    }

    fn __await__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let running = Arc::clone(&self.0);
        let future = future_into_py(py, async move {
            let end = running.outcome().await;
            Python::attach(|py| match end {
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
