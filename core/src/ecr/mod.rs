//! Images before they run: credentials of registries, the digest behind a reference, checks, building and pushing.

pub(crate) mod attached;
pub(crate) mod build;
pub(crate) mod builder;
pub(crate) mod docker_config;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
pub(crate) mod login;
pub(crate) mod manifest;
pub(crate) mod push;
pub(crate) mod repository;
pub(crate) mod require;
pub(crate) mod resolve;
pub(crate) mod scan;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod verify;

use std::time::Duration;

use crate::error::Error;
use crate::error::failure::Failure;

pub use build::{Build, BuildOutcome, Building};
pub use login::Login;
pub use push::{Push, PushOutcome, Pushing};
pub(crate) use resolve::digests;
pub use resolve::{ImageInfo, Lookup};
pub use scan::{Scan, Scanned, Severity};
pub(crate) use verify::verify;

/// What comes of work within so many seconds. They are the wall's, as sockets and builders go by it. `what` is the work in words.
async fn within<T>(seconds: f64, what: String, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    if !(seconds.is_finite() && seconds > 0.0) {
        return Err(Error::invalid("timeout", "give a number of seconds above 0"));
    }
    let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4);
    // In a box, as it is large.
    tokio::time::timeout(limit, Box::pin(work)).await.unwrap_or_else(|_| {
        let failure = Failure { reason: Some(what), ..Failure::default() };
        Err(Error::TimedOut { seconds, failure: Box::new(failure) })
    })
}
