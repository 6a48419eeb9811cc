//! `Credential` in Python: what a registry lets one in with, its password only where it is asked for.

use pyo3::prelude::*;

/// What a registry lets one in with.
#[pyclass(frozen, module = "ecs_rollout")]
pub(crate) struct Credential(pub(crate) ecs_rollout::Credential);

#[pymethods]
impl Credential {
    #[getter]
    fn registry(&self) -> &str {
        &self.0.registry
    }

    #[getter]
    fn user(&self) -> &str {
        &self.0.user
    }

    #[getter]
    fn expires(&self) -> f64 {
        self.0.expires
    }

    #[getter]
    fn file(&self) -> Option<std::path::PathBuf> {
        self.0.file.clone()
    }

    #[getter]
    fn shadowed(&self) -> Option<&str> {
        self.0.shadowed.as_deref()
    }

    fn password(&self) -> String {
        self.0.password()
    }

    fn masks(&self) -> Vec<String> {
        self.0.masks()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
