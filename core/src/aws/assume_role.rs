//! Assumes roles: AssumeRole with credentials, AssumeRoleWithWebIdentity with a token.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_ecs::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_types::date_time::{DateTime, Format};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::fault::{ApiError, ApiErrorKind};
use super::id_token::Claims;
use super::operation::Operation;
use super::retry::{retry, transient};
use super::{connect, endpoint, protocol, transport};
use crate::clock::SystemClock;

/// Roles to assume one after the other, and as what.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RoleChain {
    pub(crate) roles: Vec<String>,
    pub(crate) session: String,
    /// The rest but the source identity is for the last role alone.
    pub(crate) tags: IndexMap<String, String>,
    pub(crate) duration: Option<u32>,
    pub(crate) external: Option<String>,
    /// The session policy as JSON text.
    pub(crate) policy: Option<String>,
    pub(crate) managed: Vec<String>,
    /// What the first AssumeRole sets, and later sessions keep.
    pub(crate) identity: Option<String>,
}

impl RoleChain {
    /// The input that AssumeRole and AssumeRoleWithWebIdentity share.
    fn input(&self, at: usize) -> Value {
        let mut input = json!({"RoleArn": self.roles[at], "RoleSessionName": self.session});
        if at + 1 == self.roles.len() {
            // A null is left away.
            input["DurationSeconds"] = json!(self.duration);
            input["Policy"] = json!(self.policy);
            let managed = self.managed.iter().map(|arn| json!({"arn": arn}));
            input["PolicyArns"] = managed.collect();
        }
        input
    }
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

/// Assumes the first role with the token of an identity provider that it trusts. The call is not signed: there are no credentials yet.
pub(crate) async fn with_token(config: &SdkConfig, chain: &RoleChain, token: &str) -> Result<Assumed, ApiError> {
    let operation = Operation::AssumeRoleWithWebIdentity;
    let mut input = chain.input(0);
    input["WebIdentityToken"] = json!(token);
    let role = &chain.roles[0];
    let refusal = match ask(config, operation, &input).await {
        Ok(answer) => return read(operation, role, &answer),
        Err(refusal) => refusal,
    };
    let said = format!("{}: {}", refusal.code, refusal.text);
    let of_claims = Claims::of(token).and_then(|claims| claims.remedy(&said));
    let remedy = of_claims.unwrap_or_else(|| remedy(operation, &refusal).to_owned());
    Err(refused(role, &refusal, &remedy))
}

/// Assumes a role of the chain with credentials that are allowed to. `is_first`: no role was assumed before with AssumeRole.
pub(crate) async fn assume(
    config: &SdkConfig,
    chain: &RoleChain,
    at: usize,
    credentials: Credentials,
    is_first: bool,
) -> Result<Assumed, ApiError> {
    let operation = Operation::AssumeRole;
    let mut input = chain.input(at);
    if at + 1 == chain.roles.len() {
        input["ExternalId"] = json!(chain.external);
        input["Tags"] = chain.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    }
    if is_first {
        input["SourceIdentity"] = json!(chain.identity);
    }
    let mut builder = config.to_builder();
    builder.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
    let role = &chain.roles[at];
    match ask(&builder.build(), operation, &input).await {
        Ok(answer) => read(operation, role, &answer),
        Err(refusal) => Err(refused(role, &refusal, remedy(operation, &refusal))),
    }
}

/// The error of a role that is refused.
fn refused(role: &str, refusal: &ApiError, remedy: &str) -> ApiError {
    let ApiError { operation, kind, code, text, .. } = refusal;
    ApiError::of_role(*operation, *kind, format!("{} of {role} failed: {code}: {text}{remedy}", operation.name()))
}

/// Calls STS, and again where a failure passes.
pub(crate) async fn ask(config: &SdkConfig, operation: Operation, input: &Value) -> Result<Value, ApiError> {
    let clock = SystemClock::default();
    retry(&clock, None, transient(ATTEMPTS), || once(config, operation, input)).await
}

/// What to do about a role that is refused, after a semicolon.
fn remedy(operation: Operation, refusal: &ApiError) -> &'static str {
    let says = |mark: &str| refusal.text.contains(mark);
    match (operation, refusal.code.as_str()) {
        (Operation::AssumeRoleWithWebIdentity, "AccessDenied") => {
            "; the role's trust policy has to allow the token's `sub` (repository and branch or environment) and `aud`"
        }
        (Operation::AssumeRoleWithWebIdentity, "InvalidIdentityToken") => {
            "; IAM needs an identity provider for the token's issuer and for its audience (`audience`)"
        }
        (_, "AccessDenied") if says("sts:TagSession") => {
            "; the trust policy and the caller's have to allow sts:TagSession, for `tags`"
        }
        (_, "AccessDenied") if says("sts:SetSourceIdentity") => {
            "; the trust policy and the caller's have to allow sts:SetSourceIdentity, for `identity`"
        }
        (_, "AccessDenied") => {
            "; the role's trust policy and a policy of the caller both have to allow it; a trust policy may ask for an external id (`external`)"
        }
        (_, "ValidationError") if says("MaxSessionDuration") => {
            "; make `duration` shorter, or the role's MaxSessionDuration longer"
        }
        (_, "ValidationError") if says("role chaining") => {
            "; the credentials are a role's already: `duration` is at most 3600 then"
        }
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

fn read(operation: Operation, role: &str, answer: &Value) -> Result<Assumed, ApiError> {
    let text = format!("{} of {role} has an answer without credentials", operation.name());
    assumed(answer).ok_or_else(|| ApiError::of_role(operation, ApiErrorKind::Rejected, text))
}

fn assumed(answer: &Value) -> Option<Assumed> {
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
