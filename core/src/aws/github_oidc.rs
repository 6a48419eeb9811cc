//! The ID token of a job of GitHub Actions, for which AWS gives the credentials of a role.

use std::fmt;

use serde_json::Value;

use super::connect::ATTEMPT;
use super::fault::{ApiError, ApiErrorKind};
use super::operation::Operation;
use crate::http::{Http, root_cause};

/// Where the token is fetched, and with what.
#[derive(Clone)]
pub(crate) struct GithubToken {
    /// With the audience in it.
    url: reqwest::Url,
    bearer: String,
}

/// The token's audience, unless the identity provider in IAM names another.
const AUDIENCE: &str = "sts.amazonaws.com";

impl GithubToken {
    /// As the job's environment names it. A job without the permission `id-token: write` has none.
    pub(crate) fn of(environment: impl Fn(&str) -> Option<String>, audience: Option<&str>) -> Option<Self> {
        let mut url: reqwest::Url = environment("ACTIONS_ID_TOKEN_REQUEST_URL")?.parse().ok()?;
        url.query_pairs_mut().append_pair("audience", audience.unwrap_or(AUDIENCE));
        let bearer = environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN").filter(|bearer| !bearer.is_empty())?;
        Some(Self { url, bearer })
    }

    /// Fetches a token: each is good for some minutes.
    pub(crate) async fn token(&self) -> Result<String, ApiError> {
        let refused = |kind, text: String| {
            let text = format!("GitHub gives no ID token: {text}");
            ApiError::of_role(Operation::AssumeRoleWithWebIdentity, kind, text)
        };
        let http = Http::new().map_err(|error| refused(ApiErrorKind::Rejected, error.to_string()))?;
        let broken = |error: reqwest::Error| {
            let kind = if error.is_connect() { ApiErrorKind::Unreachable } else { ApiErrorKind::ConnectionLost };
            refused(kind, root_cause(&error))
        };
        let answer = http
            .request(reqwest::Method::GET, self.url.clone())
            .bearer_auth(&self.bearer)
            .timeout(ATTEMPT)
            .send()
            .await
            .map_err(broken)?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(broken)?;
        match status {
            200..300 => {
                let whole: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                let token = whole["value"].as_str().map(str::to_owned);
                token.ok_or_else(|| refused(ApiErrorKind::Rejected, "its answer has none".to_owned()))
            }
            429 => Err(refused(ApiErrorKind::Throttled, "HTTP status 429".to_owned())),
            500.. => Err(refused(ApiErrorKind::Server, format!("HTTP status {status}"))),
            _ => {
                let text = format!("HTTP status {status}; the job needs `permissions: id-token: write`");
                Err(refused(ApiErrorKind::Rejected, text))
            }
        }
    }
}

/// Without the bearer token.
impl fmt::Debug for GithubToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GithubToken").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}
