//! One signed call for every service that has no crate here: the SDK's runtime signs, connects and times out; the bytes are ours.
//!
//! A crate for each service would only name its operations. Three of them (CloudWatch Logs, CodeDeploy, Elastic Load Balancing)
//! took 147 s of CPU time to build, next to 133 s for all else that this crate depends on.

use std::convert::Infallible;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Call;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::{SharedIdentityCache, SharedIdentityResolver};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};

use serde_json::Value;

use super::fault::ApiError;
use super::operation::{Operation, Service};
use super::protocol::{self, Request};

/// An answer before it is understood.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `x-amzn-errortype`.
    pub(crate) error: Option<String>,
    /// The id to give to AWS support.
    pub(crate) request: Option<String>,
    /// The region of S3's bucket.
    pub(crate) bucket_region: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Without the body: it may hold secrets.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.status, self.error)
    }
}

/// Where a call goes: URL, and the service and region that it is signed for.
pub(crate) struct Endpoint<'a> {
    pub(crate) service: Service,
    pub(crate) region: &'a str,
    pub(crate) url: &'a str,
}

/// Makes one attempt, and gives the body of an answer of success.
pub(crate) async fn call(
    config: &SdkConfig,
    endpoint: &Endpoint<'_>,
    timeout: TimeoutConfig,
    operation: Operation,
    input: &Value,
) -> Result<Vec<u8>, ApiError> {
    let sent = send(config, endpoint, timeout, operation, protocol::request(operation, input)).await;
    let answer = sent.map_err(|error| ApiError::silent(operation, &error).at(endpoint.url))?;
    if (200..300).contains(&answer.status) {
        return Ok(answer.body);
    }
    let mut error = match operation {
        Operation::HeadObject => protocol::headed_error(answer.status, answer.request.clone(), answer.bucket_region),
        _ => protocol::parse_error(&answer.body, answer.error.as_deref()),
    };
    error.request = answer.request.or(error.request);
    Err(ApiError::of_answer(operation, answer.status, error).at(endpoint.url))
}

/// Any answer of HTTP is one; the error is that there was none.
async fn send(
    config: &SdkConfig,
    endpoint: &Endpoint<'_>,
    timeout: TimeoutConfig,
    operation: Operation,
    request: Request,
) -> Result<Answer, SdkError<Infallible, HttpResponse>> {
    let mut call = Call::builder()
        .service_name(endpoint.service.signing())
        .operation_name(operation.name())
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint.url)
        .no_retry()
        .timeout_config(timeout)
        .with_connection_poisoning()
        .interceptor(InvocationIdInterceptor::new())
        .interceptor(UserAgentInterceptor::new())
        .runtime_plugin(about(config, endpoint))
        .serializer(to_http)
        .deserializer(from_http);
    call = if operation.is_signed() { call.runtime_plugin(signing(config, endpoint)) } else { call.no_auth() };
    if let Some(http) = config.http_client() {
        call = call.http_client(http);
    }
    if let Some(time) = config.time_source() {
        call = call.time_source(time);
    }
    if let Some(sleep) = config.sleep_impl() {
        call = call.sleep_impl(sleep);
    }
    // Boxed: the orchestrator's future is large.
    Box::pin(call.build().invoke(request)).await
}

/// Names of the service and of this crate, for the user agent.
fn about(config: &SdkConfig, endpoint: &Endpoint<'_>) -> StaticRuntimePlugin {
    let mut layer = Layer::new("about");
    layer.store_put(ApiMetadata::new(endpoint.service.signing(), env!("CARGO_PKG_VERSION")));
    if let Some(app) = config.app_name() {
        layer.store_put(app.clone());
    }
    StaticRuntimePlugin::new().with_config(layer.freeze())
}

fn signing(config: &SdkConfig, endpoint: &Endpoint<'_>) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    let mut signing_options = SigningOptions::default();
    if endpoint.service == Service::S3 {
        // S3 takes the path as it is, and wants the body's checksum.
        signing_options.double_uri_encode = false;
        signing_options.normalize_uri_path = false;
        signing_options.content_sha256_header = true;
    }
    layer.store_put(SigV4OperationSigningConfig {
        signing_options,
        region: Some(SigningRegion::from(Region::new(endpoint.region.to_owned()))),
        name: Some(SigningName::from_static(endpoint.service.signing())),
        ..SigV4OperationSigningConfig::default()
    });
    let mut components = RuntimeComponentsBuilder::new("signing")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )))
        // Shared with the client for ECS, so that credentials are fetched once.
        .with_identity_cache(Some(
            config.identity_cache().unwrap_or_else(|| SharedIdentityCache::new(IdentityCache::no_cache())),
        ));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
    }
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

fn to_http(request: Request) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(request.body.as_slice()));
    http.set_method(request.method)?;
    http.set_uri(request.path)?;
    let headers = http.headers_mut();
    headers.try_insert("content-length", request.body.len().to_string())?;
    headers.try_insert("content-type", request.kind)?;
    if let Some(target) = request.target {
        headers.try_insert("x-amz-target", target)?;
    }
    Ok(http)
}

fn from_http(response: &HttpResponse) -> Result<Answer, OrchestratorError<Infallible>> {
    let header = |names: [&str; 2]| names.iter().find_map(|name| response.headers().get(*name)).map(str::to_owned);
    Ok(Answer {
        status: response.status().as_u16(),
        error: header(["x-amzn-errortype", "x-amzn-error-type"]),
        request: header(["x-amzn-requestid", "x-amz-request-id"]),
        bucket_region: header(["x-amz-bucket-region", "x-amz-bucket-region"]),
        body: response.body().bytes().unwrap_or_default().to_vec(),
    })
}
