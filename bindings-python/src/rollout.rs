//! A verb that was begun: waiting for its events and its end, with and without blocking.

use std::pin::pin;
use std::sync::Arc;

use ecs_rollout::{Begun, Interrupt};
use futures_util::FutureExt;
use pyo3::prelude::*;
use serde_json::Value;

use crate::convert::{exception, to_python};
use crate::runtime::{Expected, remember, runtime, wait};

/// Events and outcome are documents, whichever verb they are of.
pub(crate) type RolloutHandle = Arc<ecs_rollout::RolloutHandle<Value, Value>>;

/// A verb that runs in the background.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Rollout {
    running: RolloutHandle,
    /// Ends a verb that gives a value alone. All others are cancelled or released.
    interrupt: Option<Interrupt>,
    /// The verb with its subject.
    #[pyo3(get)]
    call: String,
}

impl Rollout {
    pub(crate) fn of(begun: Begun) -> Self {
        let running = Arc::new(begun.rollout.spawn());
        if begun.writes {
            remember(&running, begun.interrupt.is_none());
        }
        Self { running, interrupt: begun.interrupt, call: begun.call }
    }

    /// Waits; Ctrl-C ends the watching, or the call.
    fn block<F>(&self, py: Python<'_>, until: impl Fn(RolloutHandle) -> F) -> PyResult<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        wait(py, pin!(until(Arc::clone(&self.running)))).inspect_err(|_| _ = self.cancel())
    }
}

impl Drop for Rollout {
    fn drop(&mut self) {
        if self.interrupt.is_none() {
            self.running.release();
        }
    }
}

fn outcome_of<'py>(py: Python<'py>, end: &Result<Value, ecs_rollout::Error>) -> PyResult<Bound<'py, PyAny>> {
    end.as_ref().map_err(|error| exception(py, error)).and_then(|outcome| to_python(py, outcome))
}

#[pymethods]
impl Rollout {
    /// Waits for the end.
    pub(crate) fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome_of(py, &self.block(py, |running| async move { running.outcome().await })?)
    }

    /// Waits for the next event; none at the end.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.block(py, |running| async move { running.next().await })?.map(|event| to_python(py, &event)).transpose()
    }

    /// The outcome in a tuple, if the end has come.
    fn try_outcome<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>,)>> {
        runtime()?;
        self.running.outcome().now_or_never().map(|end| Ok((outcome_of(py, &end)?,))).transpose()
    }

    /// The next event, or none at the end, in a tuple, if it is there.
    fn try_next<'py>(&self, py: Python<'py>) -> PyResult<Option<(Option<Bound<'py, PyAny>>,)>> {
        runtime()?;
        let next = self.running.next().now_or_never();
        next.map(|event| Ok((event.map(|event| to_python(py, &event)).transpose()?,))).transpose()
    }

    /// Rings with the token once there is an event or the end.
    fn when_next(&self, token: u64) -> PyResult<Expected> {
        let running = Arc::clone(&self.running);
        Expected::new(token, async move { running.ready().await })
    }

    /// Rings with the token at the end.
    fn when_ended(&self, token: u64) -> PyResult<Expected> {
        let running = Arc::clone(&self.running);
        Expected::new(token, async move { drop(running.outcome().await) })
    }

    /// Ends the watching. A verb that gives a value alone ends after the write that is on its way: true if it wrote nothing.
    fn cancel(&self) -> bool {
        let Some(interrupt) = &self.interrupt else {
            self.running.cancel();
            return false;
        };
        interrupt.stop()
    }
}
