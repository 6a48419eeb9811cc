//! A failed attempt at a call: its kind, whether it is transient, and the error that it becomes.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ecs::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::credential_process;
use super::operation::{Operation, Service};
use super::protocol::{ErrorBody, strip_namespace};
use super::proxy;
use super::retry::Transient;
use super::unfound;
use crate::error::{Error, SERVER_ERRORS};

/// A failed attempt at a call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct ApiError {
    pub(crate) operation: Operation,
    pub(crate) kind: ApiErrorKind,
    /// AWS's error code; a word of ours where AWS said nothing.
    pub(crate) code: String,
    pub(crate) text: String,
    request: Option<String>,
    /// Where the call went, if not to the connection's own endpoint.
    endpoint: Option<String>,
}

/// What kind of failure it is, as far as that decides what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiErrorKind {
    /// Too many requests; passes. The call was not performed.
    Throttled,
    /// AWS or something in between failed; passes. The call may have been performed.
    Server,
    /// The endpoint could not be connected to. The call was not performed.
    Unreachable,
    /// The connection broke, or no answer came in time. The call may have been performed.
    ConnectionLost,
    /// The answer is no JSON. The call may have been performed.
    Unreadable,
    /// The other side does not know the operation.
    NotOffered,
    /// No credentials, expired or not accepted.
    Credentials,
    /// A permission is missing.
    Denied,
    /// AWS refuses the call, and would refuse it again.
    Rejected,
    /// An answer of HTTP alone that is none of AWS's: a proxy's, or that of a wrong endpoint. The call may have been performed.
    Foreign,
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
const CREDENTIALS: [&str; 10] = [
    "RequestExpired",
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
const UNOFFERED: [&str; 4] =
    ["UnknownOperationException", "UnsupportedFeatureException", "UnsupportedOperationException", "InvalidAction"];

/// The code of a fault that came before AWS was asked.
const LOCAL_CREDENTIALS: &str = "credentials";

/// The code of a role that was not to be had.
const ROLE: &str = "role";

/// Codes of credentials that can be fetched anew.
const STALE: [&str; 5] =
    ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId", "RequestExpired"];

/// A ClientException that passes, and that no SDK retries.
const CONCURRENT: &str = "Too many concurrent attempts to create a new revision";

impl ApiError {
    /// A failure of a call through the SDK's crate for its service.
    pub(crate) fn of<E>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        match error {
            SdkError::ResponseError(context) if context.raw().status().is_success() => Self::unreadable(operation),
            SdkError::ResponseError(context) => {
                Self::of_answer(operation, context.raw().status().as_u16(), ErrorBody::default())
            }
            SdkError::ServiceError(context) => {
                let (error, raw) = (context.err(), context.raw());
                let body = ErrorBody {
                    code: error.code().map(|code| strip_namespace(code).to_owned()),
                    text: error.message().map(str::to_owned),
                    request: raw.request_id().map(str::to_owned),
                };
                Self::of_answer(operation, raw.status().as_u16(), body)
            }
            _ => Self::silent(operation, error),
        }
    }

    fn new(operation: Operation, kind: ApiErrorKind, code: &str, text: String) -> Self {
        Self { operation, kind, code: code.to_owned(), text, request: None, endpoint: None }
    }

    /// No answer: the call failed before or on the way.
    pub(crate) fn silent<E: StdError + 'static>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Self {
        if let Some(credentials) = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>()) {
            return Self::uncredited(operation, credentials);
        }
        let text = deepest(error);
        match error {
            // What cannot be sent as it is will never be.
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                Self::new(operation, ApiErrorKind::Rejected, "configuration", text)
            }
            SdkError::DispatchFailure(failure) => {
                let refused = text.contains("refused") || text.contains("dns error") || text.contains("lookup");
                let connecting = refused || (failure.is_timeout() && text.contains("connect"));
                let kind = if connecting { ApiErrorKind::Unreachable } else { ApiErrorKind::ConnectionLost };
                Self::new(operation, kind, "network", text)
            }
            SdkError::TimeoutError(_) => Self::late(operation),
            // The answer broke off.
            SdkError::ResponseError(_) => Self::new(operation, ApiErrorKind::ConnectionLost, "network", text),
            _ => Self::new(operation, ApiErrorKind::Rejected, "configuration", text),
        }
    }

    /// There are no credentials to sign the call with.
    pub(crate) fn uncredited(operation: Operation, error: &CredentialsError) -> Self {
        if matches!(error, CredentialsError::ProviderTimedOut(_)) {
            return Self::late(operation);
        }
        match chain(error).find_map(|error| error.downcast_ref::<Self>()) {
            Some(refused) if refused.is_transient() => Self::of_role(operation, refused.kind, refused.text.clone()),
            Some(refused) => Self::of_role(operation, ApiErrorKind::Credentials, refused.text.clone()),
            None => Self::new(operation, ApiErrorKind::Credentials, LOCAL_CREDENTIALS, deepest(error)),
        }
    }

    /// There are no credentials of a role, or none that a role could be assumed with.
    pub(crate) fn of_role(operation: Operation, kind: ApiErrorKind, text: String) -> Self {
        Self::new(operation, kind, ROLE, text)
    }

    /// There are no credentials to begin with.
    pub(crate) fn uncredentialed(text: String) -> Self {
        Self::of_role(Operation::AssumeRole, ApiErrorKind::Credentials, text)
    }

    /// Whether the same call may succeed when it is made again: AWS or the network failed, and said nothing about the call itself.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ApiErrorKind::Throttled | ApiErrorKind::Server | ApiErrorKind::Unreachable | ApiErrorKind::ConnectionLost
        )
    }

    /// Whether AWS may have taken these credentials before.
    pub(crate) fn is_stale(&self) -> bool {
        self.kind == ApiErrorKind::Credentials && STALE.contains(&self.code.as_str())
    }

    /// The service has no endpoint in that region.
    pub(crate) fn unplaced(operation: Operation, text: String) -> Self {
        Self::new(operation, ApiErrorKind::Rejected, "configuration", text)
    }

    /// The failure that an answer with a status other than 2xx is.
    pub(crate) fn of_answer(operation: Operation, status: u16, body: ErrorBody) -> Self {
        let Some(code) = body.code else { return Self::wordless(operation, status) };
        let text = body.text.unwrap_or_else(|| "no text".to_owned());
        let code = code.as_str();
        let kind = match code {
            // A quota, which some SDKs take for a rate.
            "LimitExceededException" => ApiErrorKind::Rejected,
            _ if THROTTLED.contains(&code) || status == 429 => ApiErrorKind::Throttled,
            _ if text.contains(CONCURRENT) => ApiErrorKind::Throttled,
            _ if CREDENTIALS.contains(&code) => ApiErrorKind::Credentials,
            "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => ApiErrorKind::Denied,
            _ if UNOFFERED.contains(&code) => ApiErrorKind::NotOffered,
            // As local stand-ins for AWS say it.
            _ if status == 501 && (operation.is_optional() || operation.service() != Service::Ecs) => {
                ApiErrorKind::NotOffered
            }
            _ if SERVER_ERRORS.contains(&code) || status >= 500 => ApiErrorKind::Server,
            // ECS names an exception. Anything else comes from a gateway on the way.
            _ if operation.service() == Service::Ecs && !code.ends_with("Exception") => ApiErrorKind::Foreign,
            _ => ApiErrorKind::Rejected,
        };
        Self { request: body.request, ..Self::new(operation, kind, code, text) }
    }

    /// An answer of success that is no document.
    pub(crate) fn unreadable(operation: Operation) -> Self {
        // A server that knows only ECS may answer anything to anything.
        let is_other = !matches!(operation.service(), Service::Ecs | Service::Events | Service::Scheduler);
        let kind = if is_other { ApiErrorKind::NotOffered } else { ApiErrorKind::Unreadable };
        let text = format!("the answer is not what {} answers", operation.service().id());
        Self::new(operation, kind, "unreadable", text)
    }

    /// An answer of HTTP alone, as of a gateway, or of a server that does not know the operation. ECS's core is always known.
    fn wordless(operation: Operation, status: u16) -> Self {
        let kind = match status {
            429 => ApiErrorKind::Throttled,
            // What something on the way says: too late, too early, nobody behind it.
            408 | 425 | 502..=504 => ApiErrorKind::Server,
            // A write that something else answers may have been performed.
            _ if operation.is_optional() && !operation.is_write() => ApiErrorKind::NotOffered,
            501 if operation.service() != Service::Ecs => ApiErrorKind::NotOffered,
            500.. => ApiErrorKind::Server,
            300..=405 | 407 => ApiErrorKind::Foreign,
            // ECS's own refusals have words.
            400..=499 if operation.service() == Service::Ecs => ApiErrorKind::Foreign,
            _ => ApiErrorKind::Rejected,
        };
        Self::new(operation, kind, "http", format!("HTTP status {status} without an error of AWS"))
    }

    /// Says where the call went, where that is not ECS's endpoint.
    pub(crate) fn at(self, endpoint: &str) -> Self {
        Self { endpoint: Some(endpoint.to_owned()), ..self }
    }

    /// No answer came in time.
    pub(crate) fn late(operation: Operation) -> Self {
        Self::new(operation, ApiErrorKind::ConnectionLost, "timeout", "no answer in time".to_owned())
    }

    /// Whether AWS itself answered: the answer carries the id of the request.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.request.is_some()
    }

    /// Whether the call may have been performed although no proper answer came.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(
            self.kind,
            ApiErrorKind::Server | ApiErrorKind::ConnectionLost | ApiErrorKind::Unreadable | ApiErrorKind::Foreign
        )
    }

    /// Why credentials are not accepted, with what to do.
    pub(crate) fn credentials(&self) -> String {
        match self.code.as_str() {
            LOCAL_CREDENTIALS | ROLE => return self.text.clone(),
            _ => {}
        }
        let remedy = match self.code.as_str() {
            "UnrecognizedClientException" | "InvalidClientTokenId" => {
                "AWS does not know this access key: check AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN for temporary keys"
            }
            "InvalidSignatureException" | "SignatureDoesNotMatch" | "IncompleteSignatureException" => {
                "the secret access key does not belong to the access key, or this machine's clock is wrong"
            }
            "RequestExpired" => "this machine's clock is wrong, or the credentials have expired: sign in again",
            _ => "they have expired: sign in again",
        };
        format!("AWS does not accept them: {}: {}; {remedy}", self.code, self.text)
    }

    /// The error it becomes once it is not tried again. `endpoint` is the connection's own.
    pub(crate) fn into_error(self, endpoint: &str) -> Error {
        let operation = self.operation.name().to_owned();
        match self.kind {
            ApiErrorKind::Throttled => Error::Throttled { operation, text: self.text, begun: None },
            ApiErrorKind::Unreachable | ApiErrorKind::ConnectionLost => {
                let endpoint = self.endpoint.unwrap_or_else(|| endpoint.to_owned());
                let text = match proxy::of(&endpoint, unfound::environment) {
                    Some((proxy, variable)) => {
                        let remedy = "check that it is right and runs, or name the host in NO_PROXY";
                        format!("{}; the call goes through the proxy {proxy} of {variable}: {remedy}", self.text)
                    }
                    None => format!("{}{}", self.text, network_remedy(&self.text)),
                };
                Error::Network { operation, endpoint, text, begun: None }
            }
            ApiErrorKind::Credentials => Error::Credentials { text: self.credentials(), begun: None },
            ApiErrorKind::Denied => Error::Denied { operation, text: self.text, begun: None },
            ApiErrorKind::Server
            | ApiErrorKind::Unreadable
            | ApiErrorKind::NotOffered
            | ApiErrorKind::Rejected
            | ApiErrorKind::Foreign => {
                let mut text = self.text;
                // What answers so is most often no endpoint of AWS's.
                if matches!(self.code.as_str(), "http" | "unreadable") {
                    let endpoint = self.endpoint.as_deref().unwrap_or(endpoint);
                    let service = self.operation.service().id();
                    text = format!(
                        "{text}; check that {endpoint} is an endpoint of {service}, and http or https as it should be"
                    );
                }
                Error::Aws { operation, name: self.code, text, request: self.request, begun: None }
            }
        }
    }
}

impl Transient for ApiError {
    fn is_transient(&self) -> bool {
        self.is_transient()
    }
}

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// It was not made, or it failed although the status of its answer is success.
    Other(Error),
    /// It failed. With the connection's endpoint, which the error names.
    Api(ApiError, String),
}

impl CallError {
    /// The failure of the call, where it was made.
    pub(crate) fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Other(_) => None,
            Self::Api(error, _) => Some(error),
        }
    }

    /// Whether the call failed with this code of AWS.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.api().is_some_and(|error| error.code == code)
    }

    /// Whether the other side does not know the operation.
    pub(crate) fn is_not_offered(&self) -> bool {
        self.api().is_some_and(|error| error.kind == ApiErrorKind::NotOffered)
    }
}

impl Transient for CallError {
    fn is_transient(&self) -> bool {
        self.api().is_some_and(ApiError::is_transient)
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Other(error) => error,
            CallError::Api(error, endpoint) => error.into_error(&endpoint),
        }
    }
}

/// What to do about a connection that failed with these words, after a semicolon.
fn network_remedy(words: &str) -> &'static str {
    let has = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
    if has(&["InvalidContentType", "corrupt message", "wrong version number", "record overflow"]) {
        "; the server does not speak TLS: write http:// instead of https:// in the endpoint"
    } else if has(&["certificate", "UnknownIssuer"]) {
        "; this machine does not trust the server's certificate"
    } else if has(&["dns error", "lookup", "No such host"]) {
        "; the host is not known: check the client's `region` or `endpoint`, and the network"
    } else if has(&["refused"]) {
        "; nothing listens there: check the host and port of the endpoint, and whether the server runs"
    } else if has(&["no answer in time", "timed out"]) {
        "; check the network, the proxy, and the security group of a VPC endpoint"
    } else {
        ""
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The text of the innermost error, as the SDK has it: the outer ones only say that something failed.
pub(crate) fn bottom(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The same in one line and without secrets.
pub(crate) fn deepest(error: &(dyn StdError + 'static)) -> String {
    let words = bottom(error);
    if credential_process::is_about(&words) {
        return credential_process::explain(&words, None);
    }
    // An error is one line; the SDK lists what it tried on several.
    words.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
