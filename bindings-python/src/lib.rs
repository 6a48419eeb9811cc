//! The Python module `ecs_rollout._native`: the crate's names in Python, and nothing that decides.

mod client;
mod convert;
mod credential;
mod definition;
mod rollout;
mod simulator;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<client::Client>()?;
    module.add_class::<credential::Credential>()?;
    module.add_class::<definition::TaskDefinition>()?;
    module.add_class::<rollout::Rollout>()?;
    module.add_class::<simulator::Simulator>()?;
    module.add_function(wrap_pyfunction!(client::deploy, module)?)?;
    module.add_function(wrap_pyfunction!(client::deploy_all, module)?)?;
    module.add_function(wrap_pyfunction!(client::build, module)?)?;
    module.add_function(wrap_pyfunction!(client::push, module)?)?;
    module.add_function(wrap_pyfunction!(client::login, module)?)?;
    module.add_function(wrap_pyfunction!(client::resolve, module)?)?;
    module.add_function(wrap_pyfunction!(client::exists, module)?)?;
    module.add_function(wrap_pyfunction!(client::whoami, module)?)?;
    module.add_function(wrap_pyfunction!(client::service, module)?)?;
    module.add_function(wrap_pyfunction!(client::scale, module)?)?;
    module.add_function(wrap_pyfunction!(client::watch, module)?)?;
    module.add_function(wrap_pyfunction!(client::rollback, module)?)?;
    module.add_function(wrap_pyfunction!(client::resume, module)?)?;
    module.add_function(wrap_pyfunction!(client::run, module)?)?;
    module.add_function(wrap_pyfunction!(client::register, module)?)?;
    module.add_function(wrap_pyfunction!(client::plan, module)?)?;
    module.add_function(wrap_pyfunction!(client::schedule, module)?)?;
    module.add_function(wrap_pyfunction!(definition::dotenv, module)?)
}
