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
//! [`permissions`] lists the IAM actions that each verb needs.
//!
//! A [`TaskDefinition`] is a JSON document from end to end: what this crate does not know passes through untouched.

#![forbid(unsafe_code)]

mod arn;
mod aws;
mod calendar;
mod cleanup;
#[cfg(feature = "cli")]
pub mod cli;
mod client;
mod clock;
mod definition;
mod ecr;
mod engine;
mod error;
mod file;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod http;
mod identity;
mod image;
mod inspect;
mod interrupt;
mod json;
#[cfg(feature = "migrate")]
#[doc(hidden)]
pub mod migrate;
mod options;
mod permissions;
mod redact;
mod rollout;
mod scaling;
mod schedule;
mod texts;
mod token;
mod types;
mod verbs;

pub use crate::aws::ClientOptions;
pub use crate::cleanup::{KeptRevision, Prune, PruneOutcome, Removal, RemovalOutcome};
pub use crate::client::Client;
pub use crate::clock::{Clock, SystemClock};
pub use crate::definition::changes::{Changes, ContainerChange, LoggingChange};
pub use crate::definition::{Change, Finding, Level, Source, TaskDefinition, Variable, dotenv};
pub use crate::ecr::{
    Build, BuildOutcome, Building, ImageInfo, Login, Lookup, Push, PushOutcome, Pushing, Scan, Scanned, Severity,
};
pub use crate::engine::stream::Rollout;
pub use crate::error::Error;
pub use crate::error::called::Called;
pub use crate::error::failure::TaskOutcome;
pub use crate::error::failure::{Cause, Failure, FleetFailure, LastSeen, Recovery, StoppedContainer};
pub use crate::identity::Identity;
pub use crate::image::credential::Credential;
pub use crate::inspect::{
    Explain, Explanation, Export, ExportOutcome, LiveDeployment, LogStream, Logs, LogsOutcome, OngoingDeployment,
    PastDeployment, Revision, RevisionStatus, Revisions, ServiceMessage, Status, StatusOutcome, TaskCounts,
};
pub use crate::interrupt::Interrupt;
#[doc(hidden)]
pub use crate::json::keeps_numbers;
pub use crate::options::verify::Verify;
pub use crate::permissions::policy::{Policy, PolicyOutcome};
pub use crate::permissions::statement::PolicyStatement;
pub use crate::permissions::trust::{Trust, TrustProvider};
pub use crate::permissions::{Grant, permission_verbs, permissions};
#[doc(hidden)]
pub use crate::redact::word as printable;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use crate::rollout::diagnose::kind::diagnosis_kinds;
pub use crate::rollout::{RolloutHandle, Rollouts};
pub use crate::scaling::{
    Cooldown, Remove, Scale, ScaleOutcome, ScalingPolicy, ScheduledAction, Suspend, Suspended, Suspending,
};
pub use crate::schedule::{
    ConnectionBasic, ConnectionKey, ConnectionLogin, HttpConnection, HttpTarget, NamedTarget, Route, Schedule,
    ScheduleOutcome, ScheduleRetry, ScheduleTarget, TaskTarget, Timestamp, Timetable,
};
pub use crate::types::check::{Check, CheckOutcome};
pub use crate::types::deployment::{
    CodeDeploy, Definition, Deployment, Recover, Resume, Rollback, Unknown, Watch, parse_options,
};
pub use crate::types::event::{
    Event, FleetEvent, FleetOutcome, Outcome, RunningImage, ServiceEnd, ServiceFailure, Warning,
};
pub use crate::types::fleet::{DeployAll, FleetService};
pub use crate::types::outcome::{RegisterOutcome, RunOutcome};
pub use crate::types::plan::{FleetPlan, Plan, PlannedCall, PlannedDefinition, PlannedImage};
pub use crate::types::service::{Service, ServiceOutcome};
pub use crate::types::task::{OneOffTask, Register, Run};
#[doc(hidden)]
pub use crate::verbs::{Begun, VERBS, Verb};
