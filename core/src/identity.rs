//! The identity that signs the calls.

use serde::Serialize;
use serde_json::json;

use crate::arn;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;

/// Who the calls are signed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Identity {
    /// The account's twelve digits.
    pub account: String,
    /// The ARN of the user or of the role's session.
    pub arn: String,
    /// The unique id of the user, or the role's and the session's name after a colon.
    pub user: String,
}

impl Client {
    /// Returns the account and the user or role that sign the calls (GetCallerIdentity, which needs no permission).
    ///
    /// # Errors
    /// `credentials`, `throttled` and `network`.
    pub async fn whoami(&self) -> Result<Identity, Error> {
        const OPERATION: Operation = Operation::GetCallerIdentity;
        let aws = self.aws().await?;
        let assumed = aws.assumed().await.map_err(|fault| fault.into_error(aws.endpoint()))?;
        if let Some((arn, user)) = assumed {
            return Ok(Identity { account: arn::account(&arn).unwrap_or_default().to_owned(), arn, user });
        }
        let answer = self.ask(aws.region(), OPERATION, &json!({})).await?;
        let member = |name: &str| answer[name].as_str().map(str::to_owned);
        match (member("Account"), member("Arn"), member("UserId")) {
            (Some(account), Some(arn), Some(user)) => Ok(Identity { account, arn, user }),
            _ => Err(ApiError::unreadable(OPERATION).into_error(aws.endpoint())),
        }
    }
}
