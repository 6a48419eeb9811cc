//! All errors, as one enum: each variant is a code that scripts rely on, with its data.

pub(crate) mod called;
mod display;
pub(crate) mod end;
pub(crate) mod failure;
pub(crate) mod finding;
mod together;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::texts::{Texts, texts};
use called::Called;
use display::{goes_on, nearest_tags, placed, restored};
pub(crate) use display::{list, said};
use failure::{Cause, Failure, FleetFailure, LastSeen, Recovery, StoppedContainer, TaskOutcome};
use finding::Finding;

/// Codes of errors with which an AWS service failed itself: the call may succeed later.
pub(crate) const SERVER_ERRORS: [&str; 6] = [
    "ServerException",
    "InternalFailure",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "RequestTimeout",
    "RequestTimeoutException",
];

/// Why a call or a rollout failed.
///
/// `code` is stable, so that a script can branch on it; the members beside it carry the data. The errors of other libraries are not
/// kept as `source`, as they may hold secrets: their text is part of `text`, with secrets removed. Only an error about many services
/// has a source: the error of the first service that failed.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", content = "detail", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Error {
    /// The request is wrong; nothing has been written to AWS.
    #[error("invalid input: {text}")]
    #[non_exhaustive]
    Invalid {
        /// Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// What is wrong and what to do about it.
        text: String,
        /// All errors of the task definition, or of the options of many services, if there are several; otherwise empty.
        findings: Vec<Finding>,
    },
    /// The task definition has no container of that name.
    #[error("{}no container {container:?} in the task definition: it has {}", placed(place.as_ref()), list(known))]
    #[non_exhaustive]
    ContainerMissing {
        /// The name in the request.
        container: String,
        /// The names that exist.
        known: Vec<String>,
        /// The place in the request, such as `before[0].container`; absent if the name is the place.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<String>,
    },
    /// The registry has no such image.
    #[error("image {image} is not in its registry{}", nearest_tags(nearest))]
    #[non_exhaustive]
    ImageMissing {
        /// The container with this image, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// The whole image reference.
        image: String,
        /// Tags in the same repository that come nearest.
        nearest: Vec<String>,
    },
    /// ECR has moved the image to its archive, or is restoring it from there: it cannot be pulled.
    #[error("image {image} is {status} in ECR and cannot be pulled: {}", restored(status))]
    #[non_exhaustive]
    ImageArchived {
        /// The container with this image, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// The whole image reference.
        image: String,
        /// ECR's status of it: ARCHIVED or ACTIVATING.
        status: String,
    },
    /// The image lacks what `require` asks for, such as a signature.
    #[error(
        "image {image} lacks {}, which `require` asks for: attached to it is {}; sign or attest it, and deploy again",
        list(missing),
        list(found)
    )]
    #[non_exhaustive]
    ImageRefused {
        /// The container with this image, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// The whole image reference.
        image: String,
        /// What is missing, as `require` has it; of a signing profile with the reason.
        missing: Vec<String>,
        /// The types of what is attached to it.
        found: Vec<String>,
    },
    /// The image was not built for the platform that the task definition asks for.
    #[error(
        "image {image} is not built for {wanted}: it offers {}; build it for that platform too, or set runtimePlatform",
        list(offered)
    )]
    #[non_exhaustive]
    PlatformMismatch {
        /// The container that would run it.
        container: String,
        /// The whole image reference.
        image: String,
        /// The platform needed, as `os/architecture`.
        wanted: String,
        /// The platforms the image offers.
        offered: Vec<String>,
    },
    /// There is no such task definition (family, revision or ARN), or it is INACTIVE.
    #[error("task definition {definition} does not exist: {}; check its name and the region, or give a whole document", text.trim_end_matches('.'))]
    #[non_exhaustive]
    DefinitionMissing {
        /// The family, `family:revision` or ARN in the request.
        definition: String,
        /// ECS's error text.
        text: String,
    },
    /// The cluster has no such service.
    #[error(
        "no service {service:?} in cluster {cluster:?}{called}; check `service` and `cluster`, and the client's region and credentials"
    )]
    #[non_exhaustive]
    ServiceMissing {
        /// The service in the request.
        service: String,
        /// The cluster in which it was searched.
        cluster: String,
        /// Where that is.
        #[serde(flatten)]
        called: Called,
    },
    /// The service is not ACTIVE: it is being deleted, or is deleted.
    #[error(
        "service {service:?} in cluster {cluster:?} is {status}, not ACTIVE; the verb `service` creates it anew once it is INACTIVE"
    )]
    #[non_exhaustive]
    ServiceInactive {
        /// The service in the request.
        service: String,
        /// The cluster it is in.
        cluster: String,
        /// DRAINING or INACTIVE.
        status: String,
    },
    /// The account and region of the client have no such cluster.
    #[error("no cluster {cluster:?}{called}; check `cluster`, and the client's region and credentials (`whoami`)")]
    #[non_exhaustive]
    ClusterMissing {
        /// The cluster in the request.
        cluster: String,
        /// Where it was searched.
        #[serde(flatten)]
        called: Called,
    },
    /// This cannot be done with a service of that kind, or not by this version; nothing has been written to AWS.
    #[error("not supported: {text}")]
    #[non_exhaustive]
    Unsupported {
        /// What, and what to do instead.
        text: String,
    },
    /// The caller's credentials lack a permission.
    #[error("{operation} was denied: {text}; allow it in an IAM policy of the caller, see `whoami`{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Denied {
        /// The AWS operation.
        operation: String,
        /// AWS's error text; it names the missing permission.
        text: String,
        /// What had been begun before; absent if nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// There are no credentials, or they are expired or not accepted.
    #[error("no usable AWS credentials: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Credentials {
        /// What was found, where it was searched, and what to do.
        text: String,
        /// What had been begun before; absent if nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// AWS throttled the calls until the end.
    #[error("{operation} was throttled to the end: {text}; try again later, with fewer at once{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Throttled {
        /// The AWS operation.
        operation: String,
        /// AWS's error text.
        text: String,
        /// What had been begun before; absent if nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// The endpoint could not be reached, or broke off.
    #[error("{operation} got no answer from {endpoint}: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Network {
        /// The AWS operation.
        operation: String,
        /// The endpoint's URL where it was set by hand, otherwise the region's ECS.
        endpoint: String,
        /// What failed.
        text: String,
        /// What had been begun before; absent if nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// Any other error of AWS, with its code and text.
    #[error("{operation} failed: {name}: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Aws {
        /// The AWS operation.
        operation: String,
        /// AWS's own error code.
        name: String,
        /// AWS's own text.
        text: String,
        /// The id to give to AWS support.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<String>,
        /// What had been begun before; absent if nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// ECS marked the deployment as failed and did not roll back.
    #[error("{}", .0.line("failed"))]
    Failed(Box<Failure>),
    /// ECS rolled the deployment back to an earlier one, or is doing so.
    #[error("{}", .0.line("was rolled back"))]
    RolledBack(Box<Failure>),
    /// Another deployment replaced this one before it was complete.
    #[error("{}", .failure.line(&format!("was superseded by {by}")))]
    #[non_exhaustive]
    Superseded {
        /// The id of the deployment that replaced it.
        by: String,
        /// The deployment that was replaced.
        #[serde(flatten)]
        failure: Box<Failure>,
    },
    /// At least one of many services failed (`deploy_all`). Code and data are those of the first one that failed, in the order of
    /// the request; `services` in its data is the whole result.
    #[error(transparent)]
    #[serde(skip)]
    Fleet(Box<FleetFailure>),
    /// The deployment was stopped by another caller.
    #[error("{}", .0.line("was stopped"))]
    Stopped(Box<Failure>),
    /// The deployment did not end within `timeout`; ECS goes on with it.
    #[error("{}", .failure.line(&format!("did not end within {seconds} s")))]
    #[non_exhaustive]
    TimedOut {
        /// The `timeout`, in seconds.
        seconds: f64,
        /// The deployment as it was last seen.
        #[serde(flatten)]
        failure: Box<Failure>,
    },
    /// The caller cancelled the wait. A deployment that has begun goes on; a push or a build stops.
    #[error("{}", .0.line("is no longer watched: cancelled"))]
    Cancelled(Box<Failure>),
    /// A one-off task did not start, or its exit code was not 0. If it was to run before a deployment, nothing is deployed.
    #[error("{}", .0.line("did not end well"))]
    TaskFailed(Box<Failure>),
    /// The registry did not accept the image.
    #[error("push of {image} failed: {text}")]
    #[non_exhaustive]
    PushFailed {
        /// The image reference.
        image: String,
        /// The registry's error text.
        text: String,
    },
}

texts! {
    Failure: reason last causes tasks recovery;
    LastSeen: message;
    Recovery: error;
    FleetFailure: first services;
    Cause: summary advice containers log;
    StoppedContainer: reason;
    TaskOutcome: reason containers;
    Finding: text advice;
}

impl Texts for Error {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Invalid { path, text, findings } => {
                path.each(act);
                text.each(act);
                findings.each(act);
            }
            Self::ImageMissing { image, .. }
            | Self::ImageArchived { image, .. }
            | Self::ImageRefused { image, .. }
            | Self::PlatformMismatch { image, .. } => image.each(act),
            Self::DefinitionMissing { definition: one, text } | Self::PushFailed { image: one, text } => {
                one.each(act);
                text.each(act);
            }
            Self::Network { endpoint, text, begun, .. } => {
                endpoint.each(act);
                text.each(act);
                begun.each(act);
            }
            Self::Unsupported { text } => text.each(act),
            Self::Denied { text, begun, .. }
            | Self::Credentials { text, begun }
            | Self::Throttled { text, begun, .. }
            | Self::Aws { text, begun, .. } => {
                text.each(act);
                begun.each(act);
            }
            Self::Failed(failure)
            | Self::RolledBack(failure)
            | Self::Superseded { failure, .. }
            | Self::Stopped(failure)
            | Self::TimedOut { failure, .. }
            | Self::Cancelled(failure)
            | Self::TaskFailed(failure) => failure.each(act),
            Self::Fleet(all) => all.each(act),
            Self::ContainerMissing { .. }
            | Self::ServiceMissing { .. }
            | Self::ServiceInactive { .. }
            | Self::ClusterMissing { .. } => {}
        }
    }
}

impl Error {
    /// The error's code as scripts see it, such as `rolled_back`.
    pub fn code(&self) -> String {
        self.parts().0
    }

    /// The error's data as scripts see it: an object.
    pub fn detail(&self) -> Value {
        self.parts().1
    }

    /// The rollout that this error is about: how far it came, and why tasks stopped. `None` if none had begun.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure)
            | Self::RolledBack(failure)
            | Self::Superseded { failure, .. }
            | Self::Stopped(failure)
            | Self::TimedOut { failure, .. }
            | Self::Cancelled(failure)
            | Self::TaskFailed(failure) => Some(failure),
            Self::Denied { begun, .. }
            | Self::Credentials { begun, .. }
            | Self::Throttled { begun, .. }
            | Self::Network { begun, .. }
            | Self::Aws { begun, .. } => begun.as_deref(),
            Self::Fleet(fleet) => fleet.first.failure(),
            Self::Invalid { .. }
            | Self::ContainerMissing { .. }
            | Self::ImageMissing { .. }
            | Self::ImageArchived { .. }
            | Self::ImageRefused { .. }
            | Self::PlatformMismatch { .. }
            | Self::DefinitionMissing { .. }
            | Self::ServiceMissing { .. }
            | Self::ServiceInactive { .. }
            | Self::ClusterMissing { .. }
            | Self::Unsupported { .. }
            | Self::PushFailed { .. } => None,
        }
    }

    /// Whether the same request may succeed later without a change: the network failed, AWS throttled the calls, or failed itself.
    ///
    /// Each call was repeated already until the deadline, or for as long as its verb repeats calls. False if that is not known.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Network { .. } => true,
            Self::Aws { name, .. } => SERVER_ERRORS.contains(&name.as_str()),
            Self::Fleet(fleet) => fleet.first.is_transient(),
            _ => false,
        }
    }

    fn parts(&self) -> (String, Value) {
        if let Self::Fleet(fleet) = self {
            let (code, mut detail) = fleet.first.parts();
            // Every detail is an object, but for a variant without data.
            if !detail.is_object() {
                detail = Value::Object(Map::new());
            }
            detail["services"] = serde_json::to_value(&fleet.services).unwrap_or_default();
            return (code, detail);
        }
        let mut whole = serde_json::to_value(self).unwrap_or_default();
        let code = whole["code"].as_str().unwrap_or("aws").to_owned();
        (code, whole["detail"].take())
    }

    /// With what had been begun when the watching ended for another reason than the rollout's own end.
    pub(crate) fn with_begun(mut self, failure: Failure) -> Self {
        if let Self::Denied { begun, .. }
        | Self::Credentials { begun, .. }
        | Self::Throttled { begun, .. }
        | Self::Network { begun, .. }
        | Self::Aws { begun, .. } = &mut self
        {
            *begun = Some(Box::new(failure));
        }
        self
    }

    /// The same error about one of many requests: its place in front.
    pub(crate) fn within(self, place: &str) -> Self {
        match self {
            Self::Invalid { path, text, findings } => Self::Invalid {
                text: format!("{place}.{text}"),
                path: path.map(|path| format!("{place}.{path}")),
                findings,
            },
            other => other,
        }
    }

    /// The error after a panic.
    pub(crate) fn panicked() -> Self {
        let text = "this is a fault of ecs_rollout, and not of what was asked; the panic is on standard error: please report it. \
            What was begun at AWS goes on: `watch` joins a deployment";
        Self::Aws {
            operation: "ecs_rollout".to_owned(),
            name: "Panic".to_owned(),
            text: text.to_owned(),
            request: None,
            begun: None,
        }
    }

    /// Awaits a call, and turns a panic into an error.
    ///
    /// # Errors
    /// The error of the call, or [`Error::Aws`] with the name `Panic` if it panicked.
    #[doc(hidden)]
    pub async fn guarded<T>(call: impl Future<Output = Result<T, Self>>) -> Result<T, Self> {
        AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(Self::panicked()))
    }

    /// What is wrong at a place in the request; of the request itself, if the path is empty.
    #[doc(hidden)]
    pub fn invalid(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        match path.is_empty() {
            true => Self::Invalid { path: None, text, findings: Vec::new() },
            false => Self::Invalid { text: format!("{path}: {text}"), path: Some(path), findings: Vec::new() },
        }
    }
}
