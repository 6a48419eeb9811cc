//! A value that was asked for: there once the call has ended.

use ecs_rollout::Interrupt;
use futures_util::future::BoxFuture;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use serde_json::Value;
use tokio::sync::watch;

use crate::convert::{exception, to_python};
use crate::credential::Credential;
use crate::runtime::{Expected, Live, remember, runtime, wait};

/// What a verb without events gives.
#[derive(Clone)]
pub(crate) enum Found {
    Document(Value),
    Credentials(Vec<ecs_rollout::Credential>),
}

/// Where the answer appears.
pub(crate) type Asked = watch::Receiver<Option<Call>>;

/// The answer to a call that has no events.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Answer {
    asked: Asked,
    /// Ends the call once nobody waits for it.
    interrupt: Interrupt,
}

/// How the call ends.
pub(crate) type Call = Result<Found, ecs_rollout::Error>;

impl Answer {
    /// Asks something that only looks.
    pub(crate) fn look(call: BoxFuture<'static, Call>) -> PyResult<Self> {
        let (sender, asked) = watch::channel(None);
        let interrupt = Interrupt::default();
        let work = interrupt.clone().run(call);
        runtime()?.spawn(async move {
            let found = ecs_rollout::Error::guarded(work).await;
            sender.send_replace(Some(found));
        });
        Ok(Self { asked, interrupt })
    }

    /// Asks something that may write: the interpreter does not end before it has.
    pub(crate) fn write(call: BoxFuture<'static, Call>) -> PyResult<Self> {
        let answer = Self::look(call)?;
        remember(Live::Answer(answer.asked.clone()));
        Ok(answer)
    }
}

#[pymethods]
impl Answer {
    /// Waits for it.
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut asked = self.asked.clone();
        let come = wait(py, Box::pin(async move { drop(asked.wait_for(Option::is_some).await) }));
        come.inspect_err(|_| _ = self.leave())?;
        self.found(py)
    }

    /// It, in a tuple, once it is there.
    fn try_get<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>,)>> {
        runtime()?;
        let is_there = self.asked.borrow().is_some() || self.asked.has_changed().is_err();
        if is_there { Ok(Some((self.found(py)?,))) } else { Ok(None) }
    }

    /// Rings with the token once it is there.
    fn when_there(&self, token: u64) -> PyResult<Expected> {
        let mut asked = self.asked.clone();
        Expected::new(token, async move { drop(asked.wait_for(Option::is_some).await) })
    }

    /// Nobody waits for it any more: a write that is on its way is its last. Whether nothing was written.
    fn leave(&self) -> bool {
        self.interrupt.stop()
    }
}

impl Answer {
    fn found<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = self.asked.borrow().clone();
        match found {
            Some(Ok(Found::Document(value))) => to_python(py, &value),
            Some(Ok(Found::Credentials(all))) => {
                let all: PyResult<Vec<_>> = all.into_iter().map(|one| Bound::new(py, Credential(one))).collect();
                Ok(PyList::new(py, all?)?.into_any())
            }
            Some(Err(error)) => Err(exception(py, &error)),
            None => Err(PyRuntimeError::new_err("the call ended without an answer: this is a fault of ecs_rollout")),
        }
    }
}
