//! The members of AWS's documents: their types, and the check of a document against them.

pub(crate) mod check;
pub(crate) mod tables;
