//! The program `ecs-rollout` in Python: the crate's own, with the simulator that this library has already.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code.
#[pyfunction]
pub(crate) fn command_line(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| ecs_rollout::cli::main(arguments, &ecs_rollout_simulator::ForCommandLine))
}
