//! Image references, which registry a host is, and the credentials of one.

pub(crate) mod credential;
pub(crate) mod reference;
pub(crate) mod registry;
pub(crate) mod version;
