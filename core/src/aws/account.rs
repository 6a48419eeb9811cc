//! The guard of the option `account`: credentials of another account sign no call.
//!
//! It stands where credentials are fetched, so that no verb, no library of AWS's and no later renewal passes by it.

use aws_config::SdkConfig;
use aws_sdk_ecs::config::{Credentials, SharedCredentialsProvider};
use serde_json::json;

use super::assume_role::{self, User};
use super::fault::{ApiError, ApiErrorKind};
use super::operation::Operation;
use crate::arn;

const OPERATION: Operation = Operation::GetCallerIdentity;

/// Refuses credentials of another account. `user` is the session of a role; without one, STS is asked.
pub(crate) async fn check(
    config: &SdkConfig,
    account: &str,
    credentials: &Credentials,
    user: Option<&User>,
) -> Result<(), ApiError> {
    let arn = match user {
        Some(user) => user.arn.clone(),
        None => ask(config, credentials).await?,
    };
    match arn::account(&arn) {
        Some(own) if own == account => Ok(()),
        own => {
            let own = own.unwrap_or("unknown");
            let text = format!(
                "they are {arn} of account {own}, and the client's `account` allows {account} alone: nothing was called there; give \
                 credentials or a `role` of {account}, or correct `account`"
            );
            Err(ApiError::of_role(OPERATION, ApiErrorKind::Credentials, text))
        }
    }
}

/// The ARN of whose credentials they are.
async fn ask(config: &SdkConfig, credentials: &Credentials) -> Result<String, ApiError> {
    let mut builder = config.to_builder();
    builder.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials.clone())));
    match assume_role::ask(&builder.build(), OPERATION, &json!({})).await {
        Ok(answer) => answer["Arn"].as_str().map(str::to_owned).ok_or_else(|| ApiError::unreadable(OPERATION)),
        Err(refusal) if refusal.kind == ApiErrorKind::Credentials => {
            Err(ApiError::of_role(OPERATION, refusal.kind, refusal.credentials()))
        }
        Err(refusal) => {
            let text = format!(
                "their account is not known, which `account` asks for: {} failed: {}: {}",
                OPERATION.name(),
                refusal.code,
                refusal.text
            );
            Err(ApiError::of_role(OPERATION, refusal.kind, text))
        }
    }
}
