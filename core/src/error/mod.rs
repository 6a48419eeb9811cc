//! What can go wrong, as one enum: each variant is a code that scripts rely on, with its data.

pub(crate) mod called;
pub(crate) mod end;
pub(crate) mod failure;
pub(crate) mod finding;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::texts::{Texts, texts};
use called::Called;
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
    /// What was asked for cannot be right; nothing has been written to AWS.
    #[error("invalid input: {text}")]
    #[non_exhaustive]
    Invalid {
        /// Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// What is wrong and what to do about it.
        text: String,
        /// All that is wrong with the task definition, where that is the reason; otherwise none.
        findings: Vec<Finding>,
    },
    /// The task definition has no container of that name.
    #[error("{}no container {container:?} in the task definition: it has {}", placed(place.as_ref()), list(known))]
    #[non_exhaustive]
    ContainerMissing {
        /// The name asked for.
        container: String,
        /// The names there are.
        known: Vec<String>,
        /// Where it stands in what was asked, such as `before[0].container`; absent where the name is the place.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<String>,
    },
    /// The registry has no such image.
    #[error("image {image} is not in its registry{}", nearest_tags(nearest))]
    #[non_exhaustive]
    ImageMissing {
        /// The container that would run it, where one would.
        #[serde(skip_serializing_if = "Option::is_none")]
        container: Option<String>,
        /// The whole image reference.
        image: String,
        /// Tags in the same repository that come nearest.
        nearest: Vec<String>,
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
        /// The family, `family:revision` or ARN asked for.
        definition: String,
        /// What ECS said.
        text: String,
    },
    /// The cluster has no such service.
    #[error(
        "no service {service:?} in cluster {cluster:?}{called}; check `service` and `cluster`, and the client's region and credentials"
    )]
    #[non_exhaustive]
    ServiceMissing {
        /// The service asked for.
        service: String,
        /// The cluster it was looked for in.
        cluster: String,
        /// Where that is.
        #[serde(flatten)]
        called: Called,
    },
    /// The service is there but not ACTIVE: it is being deleted, or is deleted.
    #[error(
        "service {service:?} in cluster {cluster:?} is {status}, not ACTIVE; the verb `service` creates it anew once it is INACTIVE"
    )]
    #[non_exhaustive]
    ServiceInactive {
        /// The service asked for.
        service: String,
        /// The cluster it is in.
        cluster: String,
        /// DRAINING or INACTIVE.
        status: String,
    },
    /// There is no such cluster where the client calls.
    #[error("no cluster {cluster:?}{called}; check `cluster`, and the client's region and credentials (`whoami`)")]
    #[non_exhaustive]
    ClusterMissing {
        /// The cluster asked for.
        cluster: String,
        /// Where it was looked for.
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
    #[error("{operation} was denied: {text}; allow it in a policy of the caller, whom `whoami` names{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Denied {
        /// The operation of AWS.
        operation: String,
        /// What AWS said; it names the missing permission.
        text: String,
        /// What had been begun when it happened; absent where nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// There are no credentials, or they are expired or not accepted.
    #[error("no usable AWS credentials: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Credentials {
        /// What was found, where it was looked for, and what to do.
        text: String,
        /// What had been begun when it happened; absent where nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// AWS kept saying that requests come too fast.
    #[error("{operation} was throttled to the end: {text}; try again later, with fewer at once{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Throttled {
        /// The operation of AWS.
        operation: String,
        /// What AWS said.
        text: String,
        /// What had been begun when it happened; absent where nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// The endpoint could not be reached, or broke off.
    #[error("{operation} got no answer from {endpoint}: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Network {
        /// The operation of AWS.
        operation: String,
        /// The endpoint's URL where it was set by hand, otherwise the region's ECS.
        endpoint: String,
        /// What failed.
        text: String,
        /// What had been begun when it happened; absent where nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// Anything else that AWS refused, in its own words.
    #[error("{operation} failed: {name}: {text}{}", goes_on(begun.as_deref()))]
    #[non_exhaustive]
    Aws {
        /// The operation of AWS.
        operation: String,
        /// AWS's own error code.
        name: String,
        /// AWS's own text.
        text: String,
        /// The id to give to AWS support.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<String>,
        /// What had been begun when it happened; absent where nothing had.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        begun: Option<Box<Failure>>,
    },
    /// ECS gave up on the deployment and did not go back.
    #[error("{}", .0.line("failed"))]
    Failed(Box<Failure>),
    /// ECS gave up on the deployment and went, or is going, back to an earlier one.
    #[error("{}", .0.line("was rolled back"))]
    RolledBack(Box<Failure>),
    /// Another deployment took the place of this one before it was complete.
    #[error("{}", .failure.line(&format!("was superseded by {by}")))]
    #[non_exhaustive]
    Superseded {
        /// The id of the deployment that took over.
        by: String,
        /// The deployment that lost its place.
        #[serde(flatten)]
        failure: Box<Failure>,
    },
    /// One or more of many services did not end well (`deploy_all`). Code and data are those of the first one that failed, in
    /// the order asked for; `services` in its data is the whole result.
    #[error(transparent)]
    #[serde(skip)]
    Fleet(Box<FleetFailure>),
    /// Somebody stopped the deployment.
    #[error("{}", .0.line("was stopped"))]
    Stopped(Box<Failure>),
    /// The deployment did not reach its end in the time given; ECS goes on with it.
    #[error("{}", .failure.line(&format!("did not end within {seconds} s")))]
    #[non_exhaustive]
    TimedOut {
        /// The time given, in seconds.
        seconds: f64,
        /// The deployment as it was last seen.
        #[serde(flatten)]
        failure: Box<Failure>,
    },
    /// The watching was cancelled; a deployment that has begun goes on, all else stops.
    #[error("{}", .0.line("is no longer watched: cancelled"))]
    Cancelled(Box<Failure>),
    /// A one-off task did not start, or ended with an exit code other than 0; before a deployment, nothing of that is written.
    #[error("{}", .0.line("did not end well"))]
    TaskFailed(Box<Failure>),
    /// The registry did not take the image.
    #[error("push of {image} failed: {text}")]
    #[non_exhaustive]
    PushFailed {
        /// The image reference.
        image: String,
        /// What the registry said.
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
            Self::ImageMissing { image, .. } | Self::PlatformMismatch { image, .. } => image.each(act),
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

    /// With the place of what was asked for in front, where it is one of many.
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

    /// Something panicked: whatever it is, it is no end that anybody asked for.
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

    /// What a call comes to, also where it panics.
    ///
    /// # Errors
    /// The call's own; [`Error::Aws`] with the name `Panic` where it panicked.
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

/// What goes on although the watching has ended, and the way on.
fn goes_on(begun: Option<&Failure>) -> String {
    let Some(begun) = begun else { return String::new() };
    match &begun.deployment {
        Some(id) => format!("; deployment {id} of service {:?} goes on unwatched: `watch` joins it", begun.service),
        None => {
            format!("; what was ordered of service {:?} goes on, if ECS has taken it: `watch` joins it", begun.service)
        }
    }
}

/// A place in front of what is wrong there.
fn placed(place: Option<&String>) -> String {
    place.map_or_else(String::new, |place| format!("{place}: "))
}

fn nearest_tags(tags: &[String]) -> String {
    match tags {
        [] => ": push it first, or correct the tag".to_owned(),
        tags => format!(": push it first, or correct the tag; the nearest are {}", list(tags)),
    }
}

/// So much of what a stranger says stands in an error.
const SAID: usize = 2000;

/// A stranger's words as an error has them: one line without control characters, which a terminal would obey, and not without an end.
pub(crate) fn said(text: &str) -> String {
    let words: Vec<&str> = text.split(char::is_control).map(str::trim).filter(|words| !words.is_empty()).collect();
    let mut line = words.join(" ");
    if line.len() > SAID {
        line.truncate(line.floor_char_boundary(SAID));
        line.push('…');
    }
    line
}

/// The names of a list for a person: `"a", "b" and "c"`.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        [one] => format!("{one:?}"),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(|name| format!("{name:?}")).collect();
            format!("{} and {last:?}", most.join(", "))
        }
    }
}
