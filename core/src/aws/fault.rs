//! What one failed attempt means: whether it may pass, and which error it becomes if it does not.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ecs::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::Operation;
use crate::error::Error;

/// A failed attempt at a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) operation: Operation,
    pub(crate) kind: FaultKind,
    /// AWS's error code; a word of ours where AWS said nothing.
    pub(crate) code: String,
    pub(crate) text: String,
    request: Option<String>,
}

/// What kind of failure it is, as far as that decides what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Too many requests; passes. The call was not performed.
    Throttled,
    /// AWS or something in between failed; passes. The call may have been performed.
    Server,
    /// The endpoint could not be connected to. The call was not performed.
    Unreachable,
    /// The connection broke, or no answer came in time. The call may have been performed.
    Broken,
    /// The answer is no JSON. The call may have been performed.
    Unreadable,
    /// The other side does not know the operation.
    Unoffered,
    /// No credentials, expired or not accepted.
    Credentials,
    /// A permission is missing.
    Denied,
    /// AWS says no, and will say so again.
    Rejected,
}

const THROTTLED: [&str; 13] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "BandwidthLimitExceeded",
    "TransactionInProgressException",
    "EC2ThrottledException",
];
const CREDENTIALS: [&str; 9] = [
    "ExpiredTokenException",
    "ExpiredToken",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "MissingAuthenticationTokenException",
    "MissingAuthenticationToken",
    "IncompleteSignatureException",
    "SignatureDoesNotMatch",
];
const SERVER: [&str; 6] = [
    "ServerException",
    "InternalFailure",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "RequestTimeout",
    "RequestTimeoutException",
];
const UNOFFERED: [&str; 4] =
    ["UnknownOperationException", "UnsupportedFeatureException", "UnsupportedOperationException", "InvalidAction"];

/// The code of a fault that came before AWS was asked.
const LOCAL_CREDENTIALS: &str = "credentials";

/// Where the SDK looks for credentials, in its order.
const PLACES: &str = "none in the environment (AWS_ACCESS_KEY_ID), the profile of the shared config files (AWS_PROFILE), \
    web identity (AWS_WEB_IDENTITY_TOKEN_FILE), or the metadata of a container or an instance";

/// A ClientException that passes, and that no SDK retries.
const CONCURRENT: &str = "Too many concurrent attempts to create a new revision";

impl Fault {
    pub(super) fn of<E>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let fault =
            |kind, code: &str, text: String| Self { operation, kind, code: code.to_owned(), text, request: None };
        let credentials = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>());
        if matches!(credentials, Some(CredentialsError::ProviderTimedOut(_))) {
            return Self::late(operation);
        }
        if credentials.is_some() {
            return fault(FaultKind::Credentials, LOCAL_CREDENTIALS, deepest(error));
        }
        match error {
            SdkError::DispatchFailure(failure) => {
                let text = deepest(error);
                let refused = text.contains("refused") || text.contains("dns error") || text.contains("lookup");
                let connecting = refused || (failure.is_timeout() && text.contains("connect"));
                fault(if connecting { FaultKind::Unreachable } else { FaultKind::Broken }, "network", text)
            }
            SdkError::TimeoutError(_) => Self::late(operation),
            SdkError::ResponseError(context) if context.raw().status().is_success() => Self::unreadable(operation),
            SdkError::ResponseError(context) => Self::wordless(operation, context.raw().status().as_u16()),
            SdkError::ServiceError(context) => Self::said(operation, context.err(), context.raw()),
            _ => fault(FaultKind::Rejected, "configuration", deepest(error)),
        }
    }

    fn said<E: ProvideErrorMetadata>(operation: Operation, error: &E, raw: &HttpResponse) -> Self {
        let status = raw.status().as_u16();
        let Some(code) = error.code() else { return Self::wordless(operation, status) };
        // Affixes: `namespace#Name` in the body, `Name:http://…` in the header.
        let code = code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or(code);
        let text = error.message().unwrap_or("no text").to_owned();
        let kind = match code {
            _ if THROTTLED.contains(&code) || status == 429 => FaultKind::Throttled,
            _ if text.contains(CONCURRENT) => FaultKind::Throttled,
            _ if CREDENTIALS.contains(&code) => FaultKind::Credentials,
            "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => FaultKind::Denied,
            _ if UNOFFERED.contains(&code) => FaultKind::Unoffered,
            _ if SERVER.contains(&code) || status >= 500 => FaultKind::Server,
            _ => FaultKind::Rejected,
        };
        let request = raw.request_id().map(str::to_owned);
        Self { operation, kind, code: code.to_owned(), text, request }
    }

    pub(crate) fn unreadable(operation: Operation) -> Self {
        let text = "the answer is not what ECS answers".to_owned();
        Self { operation, kind: FaultKind::Unreadable, code: "unreadable".to_owned(), text, request: None }
    }

    /// An answer of HTTP alone, as of a gateway, or of a server that does not know the operation. Only those of the
    /// service-deployment API are commonly unknown.
    fn wordless(operation: Operation, status: u16) -> Self {
        let kind = match operation {
            Operation::ListServiceDeployments
            | Operation::DescribeServiceDeployments
            | Operation::DescribeServiceRevisions => FaultKind::Unoffered,
            _ if status >= 500 => FaultKind::Server,
            _ => FaultKind::Rejected,
        };
        let text = format!("HTTP status {status} without an error of AWS");
        Self { operation, kind, code: "http".to_owned(), text, request: None }
    }

    /// No answer came in time.
    pub(crate) fn late(operation: Operation) -> Self {
        let text = "no answer in time".to_owned();
        Self { operation, kind: FaultKind::Broken, code: "timeout".to_owned(), text, request: None }
    }

    /// Whether the call may have been performed although no proper answer came.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.kind, FaultKind::Server | FaultKind::Broken | FaultKind::Unreadable)
    }

    fn credentials(&self) -> String {
        if self.code == LOCAL_CREDENTIALS {
            return format!("{PLACES} ({})", self.text);
        }
        format!("AWS does not accept them: {}: {}; sign in again", self.code, self.text)
    }

    /// The error it becomes once it is not tried again.
    pub(crate) fn into_error(self, endpoint: &str) -> Error {
        let operation = self.operation.name().to_owned();
        match self.kind {
            FaultKind::Throttled => Error::Throttled { operation, text: self.text },
            FaultKind::Unreachable | FaultKind::Broken => {
                Error::Network { operation, endpoint: endpoint.to_owned(), text: self.text }
            }
            FaultKind::Credentials => Error::Credentials { text: self.credentials() },
            FaultKind::Denied => Error::Denied { operation, text: self.text },
            FaultKind::Server | FaultKind::Unreadable | FaultKind::Unoffered | FaultKind::Rejected => {
                Error::Aws { operation, name: self.code, text: self.text, request: self.request }
            }
        }
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The words of the error at the bottom of the chain: those above only say that something failed.
fn deepest(error: &(dyn StdError + 'static)) -> String {
    let words = chain(error).last().map(ToString::to_string).unwrap_or_default();
    // An error is one line; the SDK lists what it tried on several.
    words.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
