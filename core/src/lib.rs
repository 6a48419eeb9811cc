//! Takes a container image into production on Amazon ECS and tells the truth about what happened.
//!
//! [`Client::deploy`] takes a [`Deployment`] and gives a [`Rollout`]: a stream of [`Event`]s that ends in an [`Outcome`] or an
//! [`Error`]. Success is said of the deployment that was begun alone, by its id, once it is live and complete.
//!
//! ```no_run
//! # #[tokio::main] async fn main() -> Result<(), ecs_rollout::Error> {
//! use ecs_rollout::{Client, Deployment};
//!
//! let client = Client::from_env().await;
//! let mut rollout = client.deploy(Deployment::new("prod", "api").image("api", ":v2"));
//! while let Some(event) = rollout.next().await {
//!     println!("{event:?}");
//! }
//! println!("{} is live", rollout.outcome().await?.definition);
//! # Ok(()) }
//! ```
//!
//! A [`TaskDefinition`] is a JSON document from end to end: what this crate does not know passes through untouched.

#![forbid(unsafe_code)]

mod arn;
mod aws;
mod called;
mod client;
mod clock;
mod definition;
mod ecr;
mod error;
mod event;
mod file;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod identity;
mod image;
mod interrupt;
mod loopback;
mod option_names;
mod permissions;
mod plan;
mod ran;
mod read;
mod redact;
mod request;
mod rollout;
mod scaling;
mod schedule;
mod service;
mod task;
mod unset;

pub use aws::Options;
pub use called::Called;
pub use client::Client;
pub use clock::{Clock, Wall};
pub use definition::{Change, Changes, ContainerChange, Finding, Level, LoggingChange, TaskDefinition, dotenv};
pub use ecr::{
    Build, Building, Built, Credential, Login, Lookup, Push, Pushed, Pushing, Resolved, Scan, Scanned, Severity,
};
pub use error::{Cause, Error, Failure, FleetFailure, LastSeen, Recovery, StoppedContainer};
pub use event::{Event, Outcome, ServiceEnd, ServiceEvent, ServiceFailure, ServiceOutcome, Warning};
pub use identity::Identity;
pub use interrupt::Interrupt;
pub use permissions::{Grant, permission_verbs, permissions};
pub use plan::{Plan, PlannedCall, PlannedDefinition, PlannedImage};
pub use ran::{Ran, RanTask, Registered};
#[doc(hidden)]
pub use redact::word as printable;
pub use request::{CodeDeploy, Definition, DeployAll, Deployment, Recover, Resume, Rollback, Unknown, Watch, read};
pub use rollout::{Rollout, Rollouts, Running};
pub use scaling::{Cooldown, Remove, Scale, Scaled, ScalingPolicy, ScheduledAction, Suspend, Suspended, Suspending};
pub use schedule::{
    ConnectionBasic, ConnectionKey, ConnectionLogin, HttpConnection, HttpTarget, Moment, NamedTarget, Route, Schedule,
    ScheduleRetry, ScheduleTarget, Scheduled, TaskTarget, Timetable,
};
pub use service::{Service, Serviced};
pub use task::{OneOff, Register, Run};
