//! From options and environment to a connection: region, credentials, role, endpoint.

use std::time::Duration;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ecs::config::{Builder, Credentials, SharedCredentialsProvider};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::assume_role::RoleChain;
use super::connector::Connections;
use super::credentials::CredentialCache;
use super::id_token::IdToken;
use super::operation::Service;
use super::{Aws, endpoint, environment, mistaken, proxy, unfound};
use crate::error::Error;
use crate::http::Http;
use crate::options::define::options;
use crate::redact;

options! {
    /// How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK.
    #[derive(Eq)]
    pub struct ClientOptions {
        /// The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given.
        pub region: Option<String>,
        /// The profile in the shared config files. `AWS_PROFILE`, unless given.
        pub profile: Option<String>,
        /// The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given.
        /// With either, unless it is a host of AWS's, no registry is asked but those of this machine.
        pub endpoint: Option<String>,
        /// The account that every call must be signed for: twelve digits. Where the credentials are of another account, no verb calls
        /// anything, so that nothing is read or written there (GetCallerIdentity, once each time credentials are fetched; a role's
        /// account is in what STS answers). `push` and `build` write to no other account's registry of ECR either. Any account, unless
        /// given.
        pub account: Option<String>,
        /// The ARN of a role to assume before anything is called (AssumeRole; AssumeRoleWithWebIdentity with `oidc`). It is assumed
        /// anew before it expires, however long a wait takes.
        pub role: Option<String>,
        /// ARNs of roles to assume on the way to `role`, in this order.
        pub via: Vec<String>,
        /// The session's name, as CloudTrail shows it: 2 to 64 of letters, digits and `_+=,.@-`. `ecs-rollout`, unless given.
        pub session: Option<String>,
        /// Session tags for AssumeRole of `role` (it has to allow sts:TagSession).
        pub tags: IndexMap<String, String>,
        /// Seconds that each session of `role` lasts: 900 to 43200, and at most what the role allows (`MaxSessionDuration`); at most
        /// 3600 where it is assumed with the credentials of another role. 3600, unless given. A wait may be longer: the role is assumed
        /// anew.
        pub duration: Option<u32>,
        /// The external id that the trust policy of `role` asks for (`sts:ExternalId`): 2 to 1224 of letters, digits and `_+=,.@:/-`.
        pub external: Option<String>,
        /// The source identity of the session, as CloudTrail shows it in all that the session does: 2 to 64 of letters, digits and
        /// `_+=,.@-`. The first role that is assumed gets it and those after it keep it; their trust policies have to allow
        /// sts:SetSourceIdentity.
        pub identity: Option<String>,
        /// A session policy, as a document: the session of `role` may do only what both the role and this policy allow. At most 2048
        /// characters.
        pub policy: Map<String, Value>,
        /// ARNs of managed policies that limit the session of `role` in the same way: at most 10.
        pub managed: Vec<String>,
        /// Whether the first of the roles is assumed with the ID token of a job of GitHub Actions (`permissions: id-token: write`),
        /// so that no secret of AWS need be stored. Unless given: where GitHub offers a token and neither `profile` nor the
        /// environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_…) names other
        /// credentials.
        pub oidc: Option<bool>,
        /// Where the ID token of another CI system is that the first of the roles is assumed with: the name of an environment variable
        /// (`CIRCLE_OIDC_TOKEN_V2` of CircleCI, or the name under `id_tokens` in a job of GitLab), or the path of a file, with at least
        /// one `/`, `\` or `.` in it. A file is read each time the role is assumed. The token itself is no value for it.
        pub token: Option<String>,
        /// For whom GitHub's token is, as the identity provider in IAM names it: `sts.amazonaws.com`, unless given; in China mostly
        /// `sts.amazonaws.com.cn`.
        pub audience: Option<String>,
    }
}

/// Where the credentials come from that sign the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialSource {
    /// From the environment and the options of the client.
    Environment,
    /// They are made up: the server checks no signatures.
    Dummy,
}

/// The SDK waits without end by default; a look that hangs must become a look that failed.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(20);

impl Aws {
    pub(crate) async fn connect(options: &ClientOptions, source: CredentialSource) -> Result<Self, Error> {
        Self::connect_in(options, source, unfound::environment).await
    }

    /// With an environment of its own for region and GitHub's token. All else is as the SDK finds it.
    pub(crate) async fn connect_in(
        options: &ClientOptions,
        source: CredentialSource,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        mistaken::check(options)?;
        proxy::check(&environment)?;
        let issuer = issuer(options, source, &environment)?;
        let of_environment = if options.region.is_none() { environment::region(&environment)? } else { None };
        let options = &ClientOptions { region: options.region.clone().or(of_environment), ..options.clone() };
        let config = load(options, source).await?;
        for service in Service::ALL {
            if let Some(url) = endpoint::configured(&config, service).filter(|_| options.endpoint.is_none()) {
                environment::check_endpoint(&environment::endpoint_place(service, &environment), &url)?;
            }
        }
        let is_region_chosen = config.region().is_some();
        if let (Some(region), None) = (config.region(), &options.region) {
            environment::check_region("region in the profile", region.as_ref())?;
        }
        let endpoint = endpoint::configured(&config, Service::Ecs);
        let region = match (config.region(), &endpoint) {
            (Some(region), _) => region.clone(),
            // A server of somebody's own does not care for the region; the signature needs a name.
            (None, Some(_)) => Region::from_static("us-east-1"),
            (None, None) => {
                if let Some(text) = unfound::profile_mistake(options.profile.as_deref()).await {
                    return Err(Error::Credentials { text, begun: None });
                }
                let is_empty = std::env::var_os("AWS_REGION").is_some_and(|value| value.is_empty());
                let text = match is_empty {
                    true => {
                        "no AWS region: AWS_REGION is empty: set it, or give the client's option `region`, or a region in the profile"
                    }
                    false => {
                        "no AWS region: give the client's option `region`, or set AWS_REGION, or a region in the profile"
                    }
                };
                return Err(Error::invalid("region", text));
            }
        };
        let config = config.into_builder().region(region.clone()).build();
        let cache = CredentialCache::new(options.clone(), source, &config, steps(options), issuer);
        let provider = SharedCredentialsProvider::new(cache.clone());
        let config =
            config.into_builder().credentials_provider(provider).identity_cache(IdentityCache::no_cache()).build();
        let mut builder = Builder::from(&config).retry_config(RetryConfig::disabled()).timeout_config(timeouts());
        // The SDK takes an empty variable for a URL, and panics on it.
        builder.set_endpoint_url(endpoint.clone());
        let ecs = aws_sdk_ecs::Client::from_conf(builder.build());
        let is_by_hand = endpoint.is_some();
        let endpoint = endpoint.as_deref().map(redact::url).unwrap_or_else(|| format!("ECS in {region}"));
        let is_stand_in = endpoint::is_stand_in(&config);
        Ok(Self {
            ecs,
            config,
            credentials: cache,
            region: region.to_string(),
            endpoint,
            is_stand_in,
            is_by_hand,
            is_region_chosen,
        })
    }
}

pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build()
}

/// The roles in the order they are assumed in.
fn steps(options: &ClientOptions) -> RoleChain {
    RoleChain {
        roles: options.via.iter().chain(&options.role).cloned().collect(),
        session: options.session.clone().unwrap_or_else(|| "ecs-rollout".to_owned()),
        tags: options.tags.clone(),
        duration: options.duration,
        external: options.external.clone(),
        identity: options.identity.clone(),
        policy: (!options.policy.is_empty()).then(|| Value::Object(options.policy.clone()).to_string()),
        managed: options.managed.clone(),
    }
}

/// What names credentials that are meant before GitHub's token is.
const OTHERS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// Who gives the token that the first role is assumed with; `None` where it is not assumed with one.
fn issuer(
    options: &ClientOptions,
    source: CredentialSource,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<IdToken>, Error> {
    let others = || options.profile.is_some() || OTHERS.iter().any(|name| environment(name).is_some());
    let is_wanted =
        options.oidc.unwrap_or_else(|| options.role.is_some() && source == CredentialSource::Environment && !others());
    let issuer = match &options.token {
        Some(place) => Some(IdToken::at(place, &environment)?),
        None => is_wanted.then(|| IdToken::of_github(&environment, options.audience.as_deref())).flatten(),
    };
    if options.oidc == Some(true) && issuer.is_none() {
        let text = "there is no ID token: it is for a job of GitHub Actions with `permissions: id-token: write`; that of another CI \
                    system is named by `token`";
        return Err(Error::invalid("oidc", text));
    }
    if issuer.is_some() && options.via.is_empty() {
        let untaken = [
            ("tags", "tags", !options.tags.is_empty()),
            ("external", "external id", options.external.is_some()),
            ("identity", "source identity", options.identity.is_some()),
        ];
        if let Some((name, what, _)) = untaken.into_iter().find(|(.., is_given)| *is_given) {
            let text = format!(
                "a role that is assumed with a token takes no {what}: put a role of its own before it, in `via`"
            );
            return Err(Error::invalid(name, text));
        }
    }
    Ok(issuer)
}

pub(crate) async fn load(options: &ClientOptions, source: CredentialSource) -> Result<SdkConfig, Error> {
    let http = SharedHttpClient::new(Connections(Http::new()?));
    // Retries for credentials are the SDK's own. They are set here because an unknown AWS_RETRY_MODE makes the SDK panic.
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .retry_config(RetryConfig::standard());
    // A variable that is empty would be the profile's name, and the region.
    let is_blank = |name: &str| std::env::var(name).is_ok_and(|value| value.trim().is_empty());
    let profile = options.profile.clone().or_else(|| is_blank("AWS_PROFILE").then(|| "default".to_owned()));
    loader = match &options.region {
        Some(region) => loader.region(Region::new(region.clone())),
        None => loader.region(region_of_profile(profile.as_deref(), &http)),
    };
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if source == CredentialSource::Dummy {
        loader = loader.credentials_provider(Credentials::new("simulator", "simulator", None, None, "simulator"));
    }
    let config = loader.load().await;
    Ok(match &options.profile {
        Some(profile) if source == CredentialSource::Environment => of_profile(profile, http, config),
        _ => config,
    })
}

/// The region where neither the client's option nor the environment has one: the profile's, or that of the instance.
fn region_of_profile(profile: Option<&str>, http: &SharedHttpClient) -> RegionProviderChain {
    let place = ProviderConfig::without_region().with_http_client(http.clone());
    let mut file = ProfileFileRegionProvider::builder().configure(&place);
    if let Some(profile) = profile {
        file = file.profile_name(profile);
    }
    RegionProviderChain::first_try(file.build()).or_else(ImdsRegionProvider::builder().configure(&place).build())
}

/// With the credentials of a profile: where it is asked for it is meant, whatever keys the environment holds.
fn of_profile(profile: &str, http: SharedHttpClient, config: SdkConfig) -> SdkConfig {
    // The region is where a role that the profile names is assumed.
    let place = ProviderConfig::without_region().with_region(config.region().cloned()).with_http_client(http);
    let credentials = ProfileFileCredentialsProvider::builder().configure(&place).profile_name(profile).build();
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(options: ClientOptions) -> ClientOptions {
        ClientOptions { role: Some("arn:aws:iam::123456789012:role/deploy".to_owned()), ..options }
    }

    const GITHUB: [&str; 2] = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

    #[test]
    fn githubs_token_is_used_where_nothing_else_is_meant() {
        let none = ClientOptions::default;
        for (options, names, expected) in [
            (role(none()), &GITHUB as &[_], Ok(true)),
            (role(none()), &[], Ok(false)),
            (role(none()), &GITHUB[..1], Ok(false)),
            (none(), &GITHUB, Ok(false)),
            (role(none()), &[GITHUB[0], GITHUB[1], "AWS_ACCESS_KEY_ID"], Ok(false)),
            (role(none()), &[GITHUB[0], GITHUB[1], "AWS_PROFILE"], Ok(false)),
            (role(ClientOptions { profile: Some("p".to_owned()), ..none() }), &GITHUB, Ok(false)),
            (role(ClientOptions { oidc: Some(false), ..none() }), &GITHUB, Ok(false)),
            (
                role(ClientOptions { oidc: Some(true), ..none() }),
                &[GITHUB[0], GITHUB[1], "AWS_ACCESS_KEY_ID"],
                Ok(true),
            ),
            (role(ClientOptions { oidc: Some(true), ..none() }), &[], Err("id-token: write")),
            (
                role(ClientOptions { tags: IndexMap::from([("a".to_owned(), "b".to_owned())]), ..none() }),
                &GITHUB,
                Err("via"),
            ),
        ] {
            let environment = |name: &str| names.contains(&name).then(|| "http://127.0.0.1/?a=b".to_owned());
            let found = issuer(&options, CredentialSource::Environment, environment).map(|issuer| issuer.is_some());
            match expected {
                Ok(expected) => assert_eq!(found, Ok(expected), "{options:?} {names:?}"),
                Err(text) => assert!(found.as_ref().is_err_and(|error| error.to_string().contains(text)), "{found:?}"),
            }
        }
    }
}
