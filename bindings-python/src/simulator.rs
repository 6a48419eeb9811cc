//! `Simulator` in Python.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::convert::{from_python, options, to_python};

/// The ECS control plane in small, served from this process.
#[pyclass(frozen, subclass, module = "ecs_rollout._native")]
pub(crate) struct Simulator {
    running: Mutex<Option<ecs_rollout_simulator::Simulator>>,
    /// Where its threads are: they do not come along when a process forks.
    process: u32,
}

impl Simulator {
    fn lock(&self) -> MutexGuard<'_, Option<ecs_rollout_simulator::Simulator>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it belongs to the process that this one was forked from.
    fn is_foreign(&self) -> bool {
        self.process != std::process::id()
    }

    fn with<T>(&self, use_it: impl FnOnce(&ecs_rollout_simulator::Simulator) -> T) -> PyResult<T> {
        if self.is_foreign() {
            let text = "the simulator was started before this process was forked: start one here";
            return Err(PyRuntimeError::new_err(text));
        }
        self.lock().as_ref().map(use_it).ok_or_else(|| PyRuntimeError::new_err("the simulator is closed"))
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
    #[pyo3(signature = (world=None, **members))]
    fn new(world: Option<&Bound<'_, PyAny>>, members: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut world = world.map_or(Ok(Value::Object(Map::new())), from_python)?;
        if let (Value::Object(world), Value::Object(members)) = (&mut world, options(members)?) {
            world.extend(members);
        }
        let simulator = ecs_rollout_simulator::Simulator::start(world);
        let simulator = simulator.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { running: Mutex::new(Some(simulator)), process: std::process::id() })
    }

    #[getter]
    fn endpoint(&self) -> PyResult<String> {
        self.with(ecs_rollout_simulator::Simulator::endpoint)
    }

    #[getter]
    fn now(&self) -> PyResult<f64> {
        self.with(|simulator| simulator.clock().now().as_secs_f64())
    }

    fn advance(&self, seconds: f64) -> PyResult<()> {
        let time = Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(error.to_string()))?;
        self.with(|simulator| simulator.clock().advance(time))
    }

    fn client(&self) -> PyResult<Client> {
        self.with(|simulator| Client(simulator.client()))
    }

    fn add(&self, world: &Bound<'_, PyAny>) -> PyResult<()> {
        let world = from_python(world)?;
        self.with(|simulator| simulator.add(world))?.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn calls<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.with(ecs_rollout_simulator::Simulator::calls)?)
    }

    fn truth<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.with(ecs_rollout_simulator::Simulator::truth)?)
    }

    fn invocations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.with(ecs_rollout_simulator::Simulator::invocations)?)
    }

    fn close(&self) {
        if self.is_foreign() {
            return;
        }
        if let Some(simulator) = self.lock().take() {
            simulator.close();
        }
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyAny>) {
        self.close();
    }
}
