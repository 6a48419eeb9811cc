//! From options and environment to a connection: region, credentials, role, endpoint.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ecs::config::{Builder, Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use serde::{Deserialize, Serialize};

use super::{Aws, Service, endpoint};
use crate::error::Error;

/// How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The profile in the shared config files. `AWS_PROFILE`, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The ARN of a role to assume (AssumeRole) before anything is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Whose credentials sign the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The caller's, from the environment.
    Caller,
    /// Nobody's: the server checks no signatures.
    Nobody,
}

/// The SDK waits without end by default; a look that hangs must become a look that failed.
const ATTEMPT: Duration = Duration::from_secs(20);

impl Aws {
    pub(crate) async fn connect(options: &Options, signer: Signer) -> Result<Self, Error> {
        check(options)?;
        let config = load(options, signer).await;
        let endpoint = endpoint::configured(&config, Service::Ecs);
        let region = match (config.region(), &endpoint) {
            (Some(region), _) => region.clone(),
            // A server of somebody's own does not care for the region; the signature needs a name.
            (None, Some(_)) => Region::from_static("us-east-1"),
            (None, None) => {
                let text = "no AWS region: give the option `region`, or set AWS_REGION, or a region in the profile";
                return Err(Error::invalid("region", text));
            }
        };
        let mut config = config.into_builder().region(region.clone()).build();
        if let Some(role) = &options.role {
            let provider =
                AssumeRoleProvider::builder(role).session_name("ecs-rollout").configure(&config).build().await;
            config = config.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build();
        }
        let builder = Builder::from(&config).retry_config(RetryConfig::disabled()).timeout_config(timeouts());
        let ecs = aws_sdk_ecs::Client::from_conf(builder.build());
        let endpoint = endpoint.unwrap_or_else(|| format!("ECS in {region}"));
        Ok(Self { ecs, config, region: region.to_string(), endpoint })
    }
}

pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build()
}

fn check(options: &Options) -> Result<(), Error> {
    if let Some(endpoint) = &options.endpoint {
        if endpoint.contains('@') {
            return Err(Error::invalid(
                "endpoint",
                "a URL with a user in it is not taken: leave user and password away",
            ));
        }
        if endpoint.contains(char::is_whitespace) {
            return Err(Error::invalid("endpoint", format!("{endpoint:?} has white space in it")));
        }
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
            return Err(Error::invalid("endpoint", format!("{endpoint:?} is no URL: write http://host:port")));
        }
    }
    let is_region = |region: &str| !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let Some(region) = options.region.as_ref().filter(|region| !is_region(region)) {
        return Err(Error::invalid("region", format!("{region:?} is no region: write for instance eu-central-1")));
    }
    match &options.role {
        Some(role) if !role.starts_with("arn:") => {
            Err(Error::invalid("role", format!("{role:?} is no ARN: write arn:aws:iam::<account>:role/<name>")))
        }
        _ => Ok(()),
    }
}

async fn load(options: &Options, signer: Signer) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    // Retries for credentials are the SDK's own. They are set here because an unknown AWS_RETRY_MODE makes the SDK panic.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .retry_config(RetryConfig::standard());
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(profile) = &options.profile {
        // A profile that is asked for is meant, whatever keys the environment holds.
        let provider = ProviderConfig::without_region().with_http_client(http);
        let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    if signer == Signer::Nobody {
        loader = loader.credentials_provider(Credentials::new("simulator", "simulator", None, None, "simulator"));
    }
    loader.load().await
}
