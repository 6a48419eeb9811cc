//! The credentials that sign the calls, kept valid for as long as a wait takes: fetched once for all calls, again before
//! they expire, and once more when AWS does not take them any longer.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_ecs::config::Credentials;
use futures_util::FutureExt;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::assume_role::{self, Assumed, RoleChain, User};
use super::connect::{self, ATTEMPT, ClientOptions, CredentialSource};
use super::fault::ApiError;
use super::id_token::IdToken;
use super::{account, environment, unfound};

/// Credentials that are about to expire are fetched again.
const MARGIN: Duration = Duration::from_secs(120);
/// The pause after a failed fetch, while the cached credentials are still valid.
const PAUSE: Duration = Duration::from_secs(10);

/// Gives the SDK credentials. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CredentialCache(Arc<Inner>);

struct Inner {
    options: ClientOptions,
    source: CredentialSource,
    /// How STS is reached. Without credentials.
    config: SdkConfig,
    steps: RoleChain,
    /// What the first of the roles is assumed with, instead of the credentials that the SDK finds.
    issuer: Option<IdToken>,
    kept: Mutex<Cached>,
}

#[derive(Default)]
struct Cached {
    /// What finds the credentials that all begins with; looked for anew once it is gone.
    base: Option<SharedCredentialsProvider>,
    current: Option<Current>,
    /// How often credentials were fetched.
    generation: u64,
    /// Until when the cached credentials are used without another fetch, because one has just failed.
    quiet: Option<Instant>,
}

struct Current {
    credentials: Credentials,
    /// Absent where no role was assumed, or STS did not say.
    user: Option<User>,
}

impl CredentialCache {
    /// `config` is as the SDK loaded it.
    pub(crate) fn new(
        options: ClientOptions,
        source: CredentialSource,
        config: &SdkConfig,
        steps: RoleChain,
        issuer: Option<IdToken>,
    ) -> Self {
        let base = config.credentials_provider();
        let mut config = config.to_builder();
        config.set_credentials_provider(None);
        let kept = Mutex::new(Cached { base, ..Cached::default() });
        Self(Arc::new(Inner { options, source, config: config.build(), steps, issuer, kept }))
    }

    /// The session of the role that was assumed; `None` where there is no role, or STS did not give it. It takes no call of its own.
    pub(crate) async fn user(&self) -> Result<Option<User>, CredentialsError> {
        let mut kept = self.0.kept.lock().await;
        self.0.valid(&mut kept).await?;
        Ok(kept.current.as_ref().and_then(|current| current.user.clone()))
    }

    /// The account that is asked for, or that of the role that was assumed; `None` where neither is known at this moment.
    pub(crate) fn account(&self) -> Option<String> {
        if let Some(account) = &self.0.options.account {
            return Some(account.clone());
        }
        let kept = self.0.kept.try_lock().ok()?;
        let user = kept.current.as_ref()?.user.as_ref()?;
        crate::arn::account(&user.arn).map(str::to_owned)
    }

    /// How often credentials were fetched.
    pub(crate) async fn generation(&self) -> u64 {
        self.0.kept.lock().await.generation
    }

    /// Fetches new credentials after AWS refused those of this generation. True if there are new ones; the error is why none could
    /// be fetched.
    pub(crate) async fn renew(&self, generation: u64) -> Result<bool, CredentialsError> {
        let mut kept = self.0.kept.lock().await;
        // The call itself may have been the reason for one time more; for two there was another that was refused.
        if kept.generation > generation + 1 {
            return Ok(kept.current.is_some());
        }
        let Some(refused) = kept.current.take() else { return Ok(false) };
        kept.base = None;
        let new = self.0.valid(&mut kept).await?;
        Ok(new.access_key_id() != refused.credentials.access_key_id())
    }

    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        // Held while asking, so that many calls at once ask once.
        let mut kept = self.0.kept.lock().await;
        self.0.valid(&mut kept).await
    }
}

impl Inner {
    /// Credentials that are valid for a while yet.
    async fn valid(&self, kept: &mut Cached) -> Result<Credentials, CredentialsError> {
        let holds = |current: &&Current, margin| {
            current.credentials.expiry().is_none_or(|expiry| SystemTime::now() + margin < expiry)
        };
        let margin = if kept.quiet.is_some_and(|until| Instant::now() < until) { Duration::ZERO } else { MARGIN };
        if let Some(current) = kept.current.as_ref().filter(|current| holds(current, margin)) {
            return Ok(current.credentials.clone());
        }
        // In a box: it is done seldom, and every future that calls would be many generation its size.
        match in_time(ATTEMPT, Box::pin(self.fetch(&mut kept.base))).await {
            Ok((credentials, user)) => {
                kept.current = Some(Current { credentials: credentials.clone(), user });
                kept.generation += 1;
                Ok(credentials)
            }
            // What fails now may work before it matters.
            Err(error) => match kept.current.as_ref().filter(|current| holds(current, Duration::ZERO)) {
                Some(current) => {
                    kept.quiet = Some(Instant::now() + PAUSE);
                    Ok(current.credentials.clone())
                }
                None => Err(error),
            },
        }
    }

    async fn fetch(
        &self,
        base: &mut Option<SharedCredentialsProvider>,
    ) -> Result<(Credentials, Option<User>), CredentialsError> {
        let (credentials, user) = self.fetch_any(base).await?;
        if let Some(account) = &self.options.account {
            account::check(&self.config, account, &credentials, user.as_ref()).await.map_err(|refusal| {
                // Files and environment may have others by the next time.
                *base = None;
                CredentialsError::provider_error(refusal)
            })?;
        }
        Ok((credentials, user))
    }

    /// The credentials of the last role, whatever their account.
    async fn fetch_any(
        &self,
        base: &mut Option<SharedCredentialsProvider>,
    ) -> Result<(Credentials, Option<User>), CredentialsError> {
        let refused = CredentialsError::provider_error;
        let mut roles = (0..self.steps.roles.len()).peekable();
        let (mut credentials, mut user) = match &self.issuer {
            Some(issuer) if roles.next().is_some() => {
                let token = issuer.token().await.map_err(refused)?;
                let assumed = assume_role::with_token(&self.config, &self.steps, &token).await.map_err(refused)?;
                (assumed.credentials, assumed.user)
            }
            _ => (self.provided(base).await?, None),
        };
        let first = roles.peek().copied();
        for at in roles {
            let is_first = first == Some(at);
            let assumed = assume_role::assume(&self.config, &self.steps, at, credentials, is_first).await;
            Assumed { credentials, user } = assumed.map_err(refused)?;
        }
        Ok((credentials, user))
    }

    async fn provided(&self, base: &mut Option<SharedCredentialsProvider>) -> Result<Credentials, CredentialsError> {
        let provided = match self.found(base).await {
            // The SDK panics on a variable of an endpoint that is set and empty, here and there.
            Ok(provider) => AssertUnwindSafe(provider.provide_credentials()).catch_unwind().await,
            Err(error) => Ok(Err(error)),
        };
        let refused = |text| CredentialsError::provider_error(ApiError::uncredentialed(text));
        match provided {
            Err(_) => Err(refused(unfound::panicked())),
            Ok(Ok(credentials)) => match environment::unsound(&credentials, unfound::environment) {
                Some(text) => Err(refused(text)),
                None => Ok(credentials),
            },
            Ok(Err(error)) => Err(unfound::explain(&self.options, error).await),
        }
    }

    /// What finds the credentials that all begins with. Looked for anew, it sees what has changed in files and environment.
    async fn found(
        &self,
        base: &mut Option<SharedCredentialsProvider>,
    ) -> Result<SharedCredentialsProvider, CredentialsError> {
        if base.is_none() {
            let options =
                ClientOptions { region: self.config.region().map(ToString::to_string), ..self.options.clone() };
            let found = connect::load(&options, self.source).await.map_err(CredentialsError::provider_error)?;
            *base = found.credentials_provider();
        }
        base.clone().ok_or_else(CredentialsError::not_loaded_no_source)
    }
}

/// A provider of credentials may hang, such as a program of the user's own.
async fn in_time<T>(
    limit: Duration,
    fetched: impl Future<Output = Result<T, CredentialsError>>,
) -> Result<T, CredentialsError> {
    timeout(limit, fetched).await.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(limit)))
}

impl ProvideCredentials for CredentialCache {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

/// Without the credentials.
impl fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialCache").field("roles", &self.0.steps.roles).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::fault::ApiErrorKind;
    use crate::aws::operation::Operation;

    #[tokio::test]
    async fn credentials_that_never_come_are_a_failure_that_passes() {
        let error = in_time(Duration::ZERO, std::future::pending::<Result<(), _>>()).await.unwrap_err();
        assert_eq!(ApiError::uncredited(Operation::DescribeServices, &error).kind, ApiErrorKind::ConnectionLost);
    }
}
