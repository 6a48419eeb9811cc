//! The client: a connection to AWS, made with the first call and shared by all that follow.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::aws::connect::{ClientOptions, CredentialSource};
use crate::aws::ecr::Ecr;
use crate::aws::fault::CallError;
use crate::aws::operation::Operation;
use crate::aws::rate_limiter::RateLimiter;
use crate::aws::retry::{retry, transient};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::error::called::Called;
use crate::http::Http;
use crate::image::credential::TokenCache;

/// A connection to Amazon ECS in one account and region. Cheap to clone; nothing is called before it is used.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    options: ClientOptions,
    source: CredentialSource,
    clock: Arc<dyn Clock>,
    rate_limiter: Arc<Mutex<RateLimiter>>,
    aws: OnceCell<Aws>,
    tokens: TokenCache,
    http: OnceLock<Http>,
}

impl Client {
    /// A client with the environment's settings.
    pub async fn from_env() -> Self {
        Self::new(ClientOptions::default())
    }

    /// A client with settings of its own; what is not given comes from the environment.
    pub fn new(options: ClientOptions) -> Self {
        Self::with_clock(options, Arc::new(SystemClock::default()))
    }

    /// A client that waits by another clock than the machine's, such as a simulator's.
    pub fn with_clock(options: ClientOptions, clock: Arc<dyn Clock>) -> Self {
        Self::with(options, CredentialSource::Environment, clock)
    }

    /// A client for a server on this machine that checks no signatures, such as the simulator: its credentials are made up.
    pub fn local(endpoint: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self::local_with(endpoint, ClientOptions::default(), clock)
    }

    /// The same with settings of its own, of which `endpoint` is given in the first argument.
    pub fn local_with(endpoint: impl Into<String>, options: ClientOptions, clock: Arc<dyn Clock>) -> Self {
        let options = ClientOptions { endpoint: Some(endpoint.into()), ..options };
        Self::with(options, CredentialSource::Dummy, clock)
    }

    fn with(options: ClientOptions, source: CredentialSource, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                source,
                clock,
                rate_limiter: Arc::default(),
                aws: OnceCell::new(),
                tokens: TokenCache::default(),
                http: OnceLock::new(),
            }),
        }
    }

    /// The region that was given for it.
    pub(crate) fn region(&self) -> Option<&str> {
        self.inner.options.region.as_deref()
    }

    /// A client of another region, or with a role that is assumed with the credentials of this one. It shares this one's clock, and
    /// the rate limiter of `sharing`, which is of the same account and region.
    pub(crate) fn of_place(&self, region: Option<String>, role: Option<String>, sharing: Option<&Self>) -> Self {
        let mut options = self.inner.options.clone();
        options.region = region.or(options.region);
        if role.is_some() {
            options.via.extend(options.role.take());
            options.role = role;
        }
        let rate_limiter = sharing.map(|other| Arc::clone(&other.inner.rate_limiter)).unwrap_or_default();
        Self {
            inner: Arc::new(Inner {
                options,
                source: self.inner.source,
                clock: Arc::clone(&self.inner.clock),
                rate_limiter,
                aws: OnceCell::new(),
                tokens: TokenCache::default(),
                http: OnceLock::new(),
            }),
        }
    }

    /// The account that all calls have to be of, where that is asked for.
    pub(crate) fn account(&self) -> Option<&str> {
        self.inner.options.account.as_deref()
    }

    /// Where calls go, once one has been made.
    pub(crate) fn called(&self) -> Called {
        self.inner.aws.get().map(Aws::called).unwrap_or_default()
    }

    /// The rate limiter that all rollouts of this client share.
    pub(crate) fn rate_limiter(&self) -> MutexGuard<'_, RateLimiter> {
        self.inner.rate_limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(crate) fn tokens(&self) -> &TokenCache {
        &self.inner.tokens
    }

    /// Whether an endpoint is given in AWS's stead, by the option or the environment, so that nothing may go anywhere else.
    pub(crate) async fn has_endpoint(&self) -> bool {
        self.inner.options.endpoint.is_some() || self.aws().await.is_ok_and(Aws::is_stand_in)
    }

    /// The connections to registries.
    pub(crate) fn http(&self) -> Result<&Http, Error> {
        if let Some(http) = self.inner.http.get() {
            return Ok(http);
        }
        let http = Http::new()?;
        Ok(self.inner.http.get_or_init(|| http))
    }

    #[cfg(test)]
    pub(crate) fn set_http(&self, http: Http) {
        assert!(self.inner.http.set(http).is_ok());
    }

    /// Calls AWS's own services elsewhere than registries, which `endpoint` would keep from being called at all.
    #[cfg(test)]
    pub(crate) fn set_aws(&self, aws: Aws) {
        assert!(self.inner.aws.set(aws.real()).is_ok());
    }

    /// Uses a connection that a test has made.
    #[cfg(test)]
    pub(crate) fn set_connection(&self, aws: Aws) {
        assert!(self.inner.aws.set(aws).is_ok());
    }

    pub(crate) async fn aws(&self) -> Result<&Aws, Error> {
        // In a box: connecting is done once, and every future that calls would be many times its size.
        self.inner.aws.get_or_try_init(|| Box::pin(Aws::connect(&self.inner.options, self.inner.source))).await
    }
}

/// So often a read is attempted where its failure passes.
const ATTEMPTS: usize = 4;

impl Client {
    /// ECR's API in a region.
    pub(crate) async fn ecr<'a>(&'a self, region: &'a str) -> Result<Ecr<'a>, CallError> {
        let aws = self.aws().await.map_err(CallError::Other)?;
        Ok(Ecr { aws, clock: self.clock().as_ref(), region })
    }

    /// Makes a call in a region, and again where its failure passes. Only for calls that may be made twice.
    pub(crate) async fn ask(&self, region: &str, operation: Operation, input: &Value) -> Result<Value, CallError> {
        let aws = self.aws().await.map_err(CallError::Other)?;
        let call = || aws.call_in(region, operation, input);
        let answer = retry(self.clock().as_ref(), None, transient(ATTEMPTS), call).await;
        answer.map_err(|error| CallError::Api(error, aws.endpoint().to_owned()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.inner.options).finish_non_exhaustive()
    }
}
