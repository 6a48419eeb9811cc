//! The Python module `ecs_rollout._native`: the crate's names in Python, and nothing that decides.

mod client;
mod command_line;
mod convert;
mod definition;
mod rollout;
mod runtime;
mod simulator;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<client::Client>()?;
    module.add_class::<definition::TaskDefinition>()?;
    module.add_class::<simulator::Simulator>()?;
    module.add_function(wrap_pyfunction!(command_line::command_line, module)?)?;
    module.add_function(wrap_pyfunction!(definition::dotenv, module)?)?;
    module.add_function(wrap_pyfunction!(runtime::end_all, module)?)?;
    module.add_function(wrap_pyfunction!(runtime::heard, module)?)?;
    module.add_function(wrap_pyfunction!(runtime::hush, module)?)?;
    module.add_function(wrap_pyfunction!(simulator::difference, module)?)
}
