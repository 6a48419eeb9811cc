//! How AWS is called: documents go out and come in untouched, while the SDK signs, resolves and connects.
//!
//! The SDK's own types know only the members of the day it was made. So a call of ECS names the operation through the SDK and
//! carries its body, byte for byte, past them. ECR is called through the SDK's types (`ecr`), every other service with its bytes
//! and a signature alone. Retries are not the SDK's: `retry` has the policies, and the caller decides, because it knows what a
//! repeated write would do.

pub(crate) mod account;
pub(crate) mod assume_role;
pub(crate) mod connect;
mod connector;
pub(crate) mod credential_process;
pub(crate) mod credentials;
#[cfg(test)]
mod credentials_tests;
pub(crate) mod ecr;
pub(crate) mod endpoint;
pub(crate) mod environment;
pub(crate) mod fault;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
pub(crate) mod github_oidc;
pub(crate) mod id_token;
pub(crate) mod lossless;
pub(crate) mod mistaken;
#[cfg(test)]
mod mistakes_tests;
pub(crate) mod operation;
pub(crate) mod protocol;
pub(crate) mod proxy;
pub(crate) mod rate_limiter;
pub(crate) mod retry;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod transport;
pub(crate) mod unfound;

use aws_config::SdkConfig;
use aws_sdk_ecs::Client;
use serde_json::Value;

use crate::error::called::Called;
use crate::interrupt::Writing;
use crate::json;

pub use connect::ClientOptions;
use credentials::CredentialCache;
pub(crate) use fault::{ApiError, ApiErrorKind};
use lossless::Lossless;
pub(crate) use operation::{Operation, Service};

/// A connection to AWS: credentials, region and endpoint are settled.
pub(crate) struct Aws {
    ecs: Client,
    config: SdkConfig,
    credentials: CredentialCache,
    region: String,
    /// ECS's endpoint where it was set by hand, otherwise the region's name for it.
    endpoint: String,
    /// Whether a server in the place of AWS is called, with no registry of AWS behind it.
    is_stand_in: bool,
    /// Whether ECS's endpoint was set by hand.
    is_by_hand: bool,
    /// Whether the region was chosen by option, environment or profile.
    is_region_chosen: bool,
}

macro_rules! typed {
    ($($name:ident $method:ident),+ $(,)?) => {
        impl Aws {
            /// Sends an operation of ECS through the SDK's crate for it; `None` where it is called without.
            async fn send(&self, operation: Operation, lossless: Lossless) -> Option<Result<(), ApiError>> {
                Some(match operation {
                    $(Operation::$name => {
                        let call = self.ecs.$method().customize().interceptor(lossless);
                        Box::pin(call.send()).await.map(drop).map_err(|error| ApiError::of(operation, &error))
                    })+
                    _ => return None,
                })
            }
        }
    };
}

typed! {
    ContinueServiceDeployment continue_service_deployment,
    DescribeServices describe_services,
    DescribeServiceDeployments describe_service_deployments,
    DescribeServiceRevisions describe_service_revisions,
    DescribeTaskDefinition describe_task_definition,
    DescribeTasks describe_tasks,
    ListServiceDeployments list_service_deployments,
    ListTaskDefinitions list_task_definitions,
    ListTasks list_tasks,
    RegisterTaskDefinition register_task_definition,
    RunTask run_task,
    StopServiceDeployment stop_service_deployment,
    StopTask stop_task,
    UpdateService update_service,
}

/// A guard to keep while an operation that writes is on its way.
async fn writing(operation: Operation) -> Option<Writing> {
    if operation.is_write() { Some(Writing::begin().await) } else { None }
}

impl Aws {
    /// Makes one attempt at a call, and another where AWS no longer takes the credentials and there are new ones. The input and
    /// the answer are whole documents, whatever the service's protocol; XML has no types, so that there every leaf is text.
    pub(crate) async fn call(&self, operation: Operation, input: &Value) -> Result<Value, ApiError> {
        if operation.service() != Service::Ecs {
            return Box::pin(self.call_in(&self.region, operation, input)).await;
        }
        self.signed(operation, || self.typed(operation, input)).await
    }

    /// Makes one attempt, and another where AWS no longer takes the credentials and there are new ones.
    async fn signed<T, F: Future<Output = Result<T, ApiError>>>(
        &self,
        operation: Operation,
        attempt: impl Fn() -> F,
    ) -> Result<T, ApiError> {
        let _writing = writing(operation).await;
        let generation = self.credentials.generation().await;
        match attempt().await {
            Err(fault) if fault.is_stale() => {
                self.renew(generation, fault).await?;
                attempt().await
            }
            answer => answer,
        }
    }

    async fn typed(&self, operation: Operation, input: &Value) -> Result<Value, ApiError> {
        let (lossless, answer) = Lossless::new(input);
        let Some(sent) = self.send(operation, lossless).await else {
            return Box::pin(self.untyped(&self.region, operation, input)).await;
        };
        // An answer that the SDK's types cannot hold is still an answer, as long as it is JSON.
        match (sent, answer.take()) {
            (Ok(()) | Err(ApiError { kind: ApiErrorKind::Unreadable, .. }), Some(body)) => {
                let document = json::answer(&body).filter(Value::is_object);
                document.ok_or_else(|| ApiError::unreadable(operation))
            }
            (Ok(()), None) => Err(ApiError::unreadable(operation)),
            (Err(fault), _) => Err(fault),
        }
    }

    /// The same in another region than the connection's.
    pub(crate) async fn call_in(&self, region: &str, operation: Operation, input: &Value) -> Result<Value, ApiError> {
        self.signed(operation, || self.untyped(region, operation, input)).await
    }

    /// Fetches other credentials than those that a call was refused for. The fault is the refusal, or what only passes on the
    /// way to new ones.
    async fn renew(&self, generation: u64, refused: ApiError) -> Result<(), ApiError> {
        match self.credentials.renew(generation).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(refused),
            Err(error) => match ApiError::uncredited(refused.operation, &error) {
                ApiError { kind: ApiErrorKind::Credentials, .. } => Err(refused),
                passing => Err(passing),
            },
        }
    }

    async fn untyped(&self, region: &str, operation: Operation, input: &Value) -> Result<Value, ApiError> {
        let service = operation.service();
        let url = endpoint::url(&self.config, service, region).await;
        let url = url.map_err(|text| ApiError::unplaced(operation, text))?;
        let region = endpoint::signed_region(service, region);
        let endpoint = transport::Endpoint { service, region, url: &url };
        let answer = transport::call(&self.config, &endpoint, connect::timeouts(), operation, input).await?;
        protocol::document(operation, &answer).ok_or_else(|| ApiError::unreadable(operation).at(&url))
    }

    /// ARN and id of the assumed-role session. `None` where no role is assumed.
    pub(crate) async fn assumed(&self) -> Result<Option<(String, String)>, ApiError> {
        let user =
            self.credentials.user().await.map_err(|error| ApiError::uncredited(Operation::AssumeRole, &error))?;
        Ok(user.map(|user| (user.arn, user.id)))
    }

    /// The connection's own region.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether ECS's endpoint was set by hand, so that the region need not be where it is.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.is_by_hand
    }

    /// Where calls go.
    pub(crate) fn called(&self) -> Called {
        Called {
            region: self.is_region_chosen.then(|| self.region.clone()),
            account: self.credentials.account(),
            endpoint: self.is_by_hand.then(|| self.endpoint.clone()),
        }
    }

    pub(crate) fn is_stand_in(&self) -> bool {
        self.is_stand_in
    }

    /// The same, as if AWS itself were called.
    #[cfg(test)]
    pub(crate) fn real(self) -> Self {
        Self { is_stand_in: false, ..self }
    }
}
