//! The region, account and endpoint that were called.

use std::fmt;

use serde::Serialize;

/// The region, account and endpoint that were called. What is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Called {
    /// The region; absent if only an endpoint is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account; absent if no ARN and no role names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The URL that was called instead of AWS; absent if AWS was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// The rest of a sentence, with a space before it; empty where nothing is known.
impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(account) = &self.account {
            write!(f, " in account {account}")?;
        }
        if let Some(region) = &self.region {
            write!(f, " in region {region}")?;
        }
        if let Some(endpoint) = &self.endpoint {
            write!(f, " at {endpoint}")?;
        }
        Ok(())
    }
}
