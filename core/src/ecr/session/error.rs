//! A registry's refusal, and the error that it becomes.

use serde_json::Value;

use crate::aws::retry::Transient;
use crate::error::{Error, said as line};

/// Why a registry did not do what was asked. It is no [`ApiError`](crate::aws::fault::ApiError): it knows no operation of AWS, and
/// that something is missing is often the answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RegistryError {
    /// It has no such thing.
    Missing(String),
    /// A permission is missing.
    Denied(String),
    /// Too many requests.
    Throttled(String),
    /// No answer, or one of a broken server.
    Network(String),
    /// Anything else: its code, and its words.
    Other(String, String),
    /// It is not asked, because the client has an endpoint of its own.
    Elsewhere,
}

impl Transient for RegistryError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Network(_))
    }
}

impl RegistryError {
    /// The failure that an answer with a status other than 2xx is.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        let whole: Value = serde_json::from_slice(body).unwrap_or_default();
        let (code, said) = (whole["errors"][0]["code"].as_str(), whole["errors"][0]["message"].as_str());
        let text = match (code, said.map(line).filter(|said| !said.is_empty())) {
            (_, Some(said)) => said,
            (Some(code), None) => line(code),
            (None, None) => format!("HTTP status {status}"),
        };
        match (status, code) {
            (404, _) | (_, Some("MANIFEST_UNKNOWN" | "NAME_UNKNOWN" | "BLOB_UNKNOWN")) => Self::Missing(text),
            (429, _) | (_, Some("TOOMANYREQUESTS")) => Self::Throttled(text),
            (401 | 403, _) | (_, Some("DENIED" | "UNAUTHORIZED")) => Self::Denied(text),
            (500.., _) => Self::Network(text),
            (status, code) => Self::Other(code.map_or_else(|| status.to_string(), line), text),
        }
    }

    /// The error of an operation on `image`. `Missing` is most often for the caller to explain.
    pub(crate) fn into_error(self, operation: &str, image: &str, host: &str) -> Error {
        let operation = format!("{operation} {image}");
        match self {
            Self::Denied(text) => Error::Denied { operation, text, begun: None },
            Self::Throttled(text) => Error::Throttled { operation, text, begun: None },
            Self::Network(text) => Error::Network { operation, endpoint: host.to_owned(), text, begun: None },
            Self::Missing(text) => {
                Error::Aws { operation, name: "missing".to_owned(), text, request: None, begun: None }
            }
            Self::Other(name, text) => Error::Aws { operation, name, text, request: None, begun: None },
            Self::Elsewhere => Error::Unsupported {
                text: format!(
                    "{host} is not asked for {image}: with an endpoint in AWS's stead (`endpoint`, AWS_ENDPOINT_URL), no registry is"
                ),
            },
        }
    }
}
