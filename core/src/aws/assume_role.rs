//! Assumes roles: AssumeRole with credentials, AssumeRoleWithWebIdentity with a token.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_ecs::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_types::date_time::{DateTime, Format};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::fault::{ApiError, ApiErrorKind};
use super::operation::Operation;
use super::retry::{retry, transient};
use super::{connect, endpoint, protocol, transport};
use crate::clock::SystemClock;

/// Roles to assume one after the other, and as what.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RoleChain {
    pub(crate) roles: Vec<String>,
    pub(crate) session: String,
    pub(crate) tags: IndexMap<String, String>,
}

/// What STS answers.
pub(crate) struct Assumed {
    pub(crate) credentials: Credentials,
    /// Absent where STS, or a server in its place, does not give it.
    pub(crate) user: Option<User>,
}

/// The assumed-role session: ARN and id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User {
    pub(crate) arn: String,
    pub(crate) id: String,
}

const ATTEMPTS: usize = 3;

/// Assumes a role with the token of an identity provider that it trusts. The call is not signed: there are no credentials yet.
pub(crate) async fn with_token(
    config: &SdkConfig,
    steps: &RoleChain,
    role: &str,
    token: &str,
) -> Result<Assumed, ApiError> {
    let input = json!({"RoleArn": role, "RoleSessionName": steps.session, "WebIdentityToken": token});
    ask(config, Operation::AssumeRoleWithWebIdentity, role, &input).await
}

/// Assumes a role with credentials that are allowed to.
pub(crate) async fn assume(
    config: &SdkConfig,
    steps: &RoleChain,
    role: &str,
    credentials: Credentials,
    tags: Option<&IndexMap<String, String>>,
) -> Result<Assumed, ApiError> {
    let tags: Vec<_> = tags.into_iter().flatten().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let input = json!({"RoleArn": role, "RoleSessionName": steps.session, "Tags": tags});
    let mut builder = config.to_builder();
    builder.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
    ask(&builder.build(), Operation::AssumeRole, role, &input).await
}

async fn ask(config: &SdkConfig, operation: Operation, role: &str, input: &Value) -> Result<Assumed, ApiError> {
    let clock = SystemClock::default();
    match retry(&clock, None, transient(ATTEMPTS), || once(config, operation, input)).await {
        Ok(answer) => {
            let text = format!("{} of {role} has an answer without credentials", operation.name());
            read(&answer).ok_or_else(|| ApiError::of_role(operation, ApiErrorKind::Rejected, text))
        }
        Err(ApiError { kind, code, text, .. }) => {
            let text = format!("{} of {role} failed: {code}: {text}{}", operation.name(), remedy(operation, &code));
            Err(ApiError::of_role(operation, kind, text))
        }
    }
}

/// What to do about a role that is refused, after a semicolon.
fn remedy(operation: Operation, code: &str) -> &'static str {
    match (operation, code) {
        (Operation::AssumeRoleWithWebIdentity, "AccessDenied") => {
            "; the role's trust policy has to allow the token's `sub` (repository and branch or environment) and `aud`"
        }
        (Operation::AssumeRoleWithWebIdentity, "InvalidIdentityToken") => {
            "; IAM needs an identity provider for the token's issuer and for its audience (`audience`)"
        }
        (_, "AccessDenied") => "; the role's trust policy and a policy of the caller both have to allow it",
        (_, "ExpiredToken" | "ExpiredTokenException") => "; the credentials that assume it have expired: sign in again",
        _ => "",
    }
}

async fn once(config: &SdkConfig, operation: Operation, input: &Value) -> Result<Value, ApiError> {
    let region = config.region().map_or("us-east-1", AsRef::as_ref);
    let url = endpoint::url(config, operation.service(), region).await;
    let url = url.map_err(|text| ApiError::unplaced(operation, text))?;
    let endpoint = transport::Endpoint { service: operation.service(), region, url: &url };
    let answer = transport::call(config, &endpoint, connect::timeouts(), operation, input).await?;
    protocol::document(operation, &answer).ok_or_else(|| ApiError::unreadable(operation))
}

fn read(answer: &Value) -> Option<Assumed> {
    let text = |place: &str| answer.pointer(place)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    // A server that stands in for STS may not say when they expire: then they hold until they are refused.
    let expiry =
        text("/Credentials/Expiration").and_then(|text| DateTime::from_str(&text, Format::DateTimeWithOffset).ok());
    let credentials = Credentials::new(
        text("/Credentials/AccessKeyId")?,
        text("/Credentials/SecretAccessKey")?,
        text("/Credentials/SessionToken"),
        expiry.and_then(|expiry| SystemTime::try_from(expiry).ok()),
        "ecs-rollout",
    );
    let user = text("/AssumedRoleUser/Arn").zip(text("/AssumedRoleUser/AssumedRoleId"));
    let user = user.map(|(arn, id)| User { arn, id });
    Some(Assumed { credentials, user })
}
