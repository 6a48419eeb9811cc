//! Takes a container image into production on Amazon ECS and tells the truth about what happened.

#![forbid(unsafe_code)]

mod aws;
mod client;
mod clock;
mod definition;
mod error;
mod event;
mod image;
mod request;
mod rollout;

pub use aws::Options;
pub use client::Client;
pub use clock::{Clock, Wall};
pub use definition::{Change, Changes, ContainerChange, Finding, Level, LoggingChange, TaskDefinition};
pub use error::{Cause, Error, Failure, StoppedContainer};
pub use event::{Event, Outcome};
pub use request::{CodeDeploy, Definition, Deployment, Recover, read};
pub use rollout::{Rollout, Running};
