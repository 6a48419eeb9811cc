//! What reads a stranger's bytes, one function a reader, for the fuzz targets. Each panics where a promise does not hold.

pub use crate::aws::fuzz::{answer_of_json, answer_of_xml};
pub use crate::ecr::fuzz::{challenge, image, manifest, range};
