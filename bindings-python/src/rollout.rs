//! `Rollout` in Python, as far as it is native: waiting with and without blocking, and what is there now.

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use pyo3::prelude::*;
use serde_json::Value;

use crate::convert::{exception, to_python};
use crate::runtime::{Expected, Live, remember, runtime, wait};

/// Events and outcome cross as documents, whichever verb they are of.
pub(crate) type RolloutHandle = Arc<ecs_rollout::RolloutHandle<Value, Value>>;

/// A rollout on its way.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Rollout(RolloutHandle);

type End = Result<Value, ecs_rollout::Error>;

impl Rollout {
    pub(crate) fn of(running: ecs_rollout::RolloutHandle<Value, Value>) -> Self {
        let running = Arc::new(running);
        remember(Live::Rollout(Arc::clone(&running)));
        Self(running)
    }

    /// Waits; Ctrl-C stops the watching.
    fn block<F>(&self, py: Python<'_>, until: impl Fn(RolloutHandle) -> F) -> PyResult<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        wait(py, pin!(until(Arc::clone(&self.0)))).inspect_err(|_| self.0.cancel())
    }
}

impl Drop for Rollout {
    fn drop(&mut self) {
        self.0.release();
    }
}

fn outcome_of<'py>(py: Python<'py>, end: &End) -> PyResult<Bound<'py, PyAny>> {
    match end {
        Ok(outcome) => to_python(py, outcome),
        Err(error) => Err(exception(py, error)),
    }
}

#[pymethods]
impl Rollout {
    /// Waits for the end.
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome_of(py, &self.block(py, |running| async move { running.outcome().await })?)
    }

    /// Waits for the next event; none at the end.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.block(py, |running| async move { running.next().await })?.map(|event| to_python(py, &event)).transpose()
    }

    /// The outcome, in a tuple, once it is there.
    fn try_outcome<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>,)>> {
        runtime()?;
        self.0.outcome().now_or_never().map(|end| Ok((outcome_of(py, &end)?,))).transpose()
    }

    /// The next event, or none at the end, in a tuple, once it is there.
    fn try_next<'py>(&self, py: Python<'py>) -> PyResult<Option<(Option<Bound<'py, PyAny>>,)>> {
        runtime()?;
        let next = self.0.next().now_or_never();
        next.map(|event| Ok((event.map(|event| to_python(py, &event)).transpose()?,))).transpose()
    }

    /// Rings with the token once there is an event or the end.
    fn when_next(&self, token: u64) -> PyResult<Expected> {
        let running = Arc::clone(&self.0);
        Expected::new(token, async move { running.ready().await })
    }

    /// Rings with the token at the end.
    fn when_ended(&self, token: u64) -> PyResult<Expected> {
        let running = Arc::clone(&self.0);
        Expected::new(token, async move { drop(running.outcome().await) })
    }

    fn cancel(&self) {
        self.0.cancel();
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
