//! Takes a container image into production on Amazon ECS and tells the truth about what happened.

#![forbid(unsafe_code)]

mod clock;
mod definition;
mod error;
mod event;
mod image;
mod request;

pub use clock::{Clock, Wall};
pub use definition::{Change, Changes, ContainerChange, Finding, Level, LoggingChange, TaskDefinition};
pub use error::{Cause, Error, Failure, StoppedContainer};
pub use event::{Event, Outcome};
pub use request::{CodeDeploy, Definition, Deployment, Recover, read};
