//! `Simulator` in Python: a method is called by its name, with its arguments.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::client::Client;
use crate::convert::{exception, from_python, to_python};

type Running = ecs_rollout_simulator::Simulator;

/// A simulator that runs in this process.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Simulator {
    running: Mutex<Option<Running>>,
    /// Where its threads are: they do not come along when a process forks.
    process: u32,
}

impl Simulator {
    /// Whether it belongs to the process that this one was forked from.
    fn is_foreign(&self) -> bool {
        self.process != std::process::id()
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Option<Running>) -> Option<T>) -> PyResult<T> {
        let text = match self.is_foreign() {
            true => "the simulator was started before this process was forked: start one here",
            false => "the simulator is closed",
        };
        let used =
            (!self.is_foreign()).then(|| use_it(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner)));
        used.flatten().ok_or_else(|| PyRuntimeError::new_err(text))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if self.is_foreign() {
            // Its end waits for threads that are not here.
            let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(running.take());
        }
    }
}

#[pymethods]
impl Simulator {
    #[new]
    fn new(world: &Bound<'_, PyAny>) -> PyResult<Self> {
        let simulator = Running::start(from_python(world)?);
        let simulator = simulator.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { running: Mutex::new(Some(simulator)), process: std::process::id() })
    }

    fn client(&self, settings: &Bound<'_, PyDict>) -> PyResult<Client> {
        let py = settings.py();
        let settings =
            ecs_rollout::parse_options("client", from_python(settings)?).map_err(|error| exception(py, &error))?;
        self.with(|one| one.as_ref().map(|simulator| Client(simulator.client_with(settings))))
    }

    /// Calls a method by its name.
    #[pyo3(signature = (method, *arguments))]
    fn ask<'py>(
        &self,
        method: &str,
        arguments: Vec<Bound<'py, PyAny>>,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = arguments.iter().map(from_python).collect::<PyResult<_>>()?;
        let answer = self.with(|one| one.as_ref().map(|simulator| simulator.ask(method, arguments)))?;
        to_python(py, &answer.map_err(PyValueError::new_err)?)
    }

    fn close(&self) {
        // Closed already, or another process's.
        let _ = self.with(|one| one.take().map(|simulator| simulator.close()));
    }
}

#[pyfunction]
pub(crate) fn difference(expected: &Bound<'_, PyAny>, seen: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    Ok(ecs_rollout_simulator::difference(&from_python(expected)?, &from_python(seen)?))
}
