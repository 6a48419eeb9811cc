//! Calls to ECS: what to note of an answer, which failures are transient, and which error the others are.

use crate::engine::context::Halt;
use serde_json::{Value, json};

use super::watch::polling::{self, RetryPolicy};
use super::workflow::Workflow;
use crate::arn::last;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::error::Error;

/// Whether an answer of DescribeServices is about another service.
fn shows_another(answer: &Value, service: &str) -> bool {
    let shown = answer["services"][0]["serviceName"].as_str();
    shown.is_some_and(|shown| last(shown) != last(service))
}

impl Workflow {
    /// One attempt at a call.
    pub(crate) async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        let answer = match operation.is_write() {
            true => self.cx.write(operation, input).await?,
            false => self.cx.read(operation, input).await?,
        };
        if let Ok(answer) = &answer {
            self.learn(operation, answer);
        }
        Ok(answer)
    }

    /// Registers the secrets of a definition, so that no text contains them from now on.
    pub(crate) fn learn(&mut self, operation: Operation, answer: &Value) {
        if operation == Operation::DescribeTaskDefinition {
            self.cx.secrets.learn_registered(&answer["taskDefinition"]);
        }
        // An Express service has its environment in every answer.
        let express = [
            Operation::CreateExpressGatewayService,
            Operation::DescribeExpressGatewayService,
            Operation::UpdateExpressGatewayService,
        ];
        if express.contains(&operation) {
            self.cx.secrets.learn_registered(&answer["service"]);
        }
    }

    /// Handles a failed attempt: it is repeated after a pause, or becomes an error.
    pub(crate) async fn setback(&mut self, fault: ApiError) -> Halt {
        let is_begun = self.tracker.is_some()
            || self.found.instead_of.is_some()
            || self.order.is_searching
            || self.tasks.has_begun();
        let policy = if is_begun { RetryPolicy::UntilDeadline } else { RetryPolicy::FailFast };
        // A refused write stays refused; a look may be refused by a proxy, or for lack of a permission that is not yet effective.
        let policy = if fault.operation.is_write() { policy.of_write() } else { policy };
        let attempts = &self.cx.attempts;
        let has_answered = attempts.answered.contains(&fault.operation);
        let Some(delay) = polling::retry_after(&fault, policy, attempts.failed + 1, has_answered) else {
            return self.fatal(fault).await.into();
        };
        self.cx.attempts.failed += 1;
        self.cx.retry(fault, delay)
    }

    /// Retries after a pause, whatever the failure is: an operation that was answered once will be answered again.
    pub(crate) fn wait_out(&mut self, fault: ApiError) -> Halt {
        self.cx.attempts.failed += 1;
        let delay = polling::wait_out(self.cx.attempts.failed);
        self.cx.retry(fault, delay)
    }

    async fn fatal(&mut self, fault: ApiError) -> Error {
        // Boxed, and not called again from itself: its own look may find no cluster either.
        if fault.code == "ClusterNotFoundException"
            && let Err(Halt::Fail(elsewhere)) = Box::pin(self.refuse_elsewhere()).await
        {
            return *elsewhere;
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        let client = &self.cx.client;
        match (fault.code.as_str(), client.aws().await) {
            ("ClusterNotFoundException", _) => Error::ClusterMissing { cluster, called: client.called() },
            ("ServiceNotFoundException", _) => Error::ServiceMissing { service, cluster, called: client.called() },
            ("ServiceNotActiveException", _) => {
                Error::ServiceInactive { service, cluster, status: "DRAINING or INACTIVE".to_owned() }
            }
            (_, Ok(aws)) => fault.into_error(aws.endpoint()),
            (_, Err(error)) => error,
        }
    }

    /// DescribeServices of the service.
    pub(crate) async fn describe_service(&mut self) -> Result<Value, Halt> {
        self.describe_service_with(&[]).await
    }

    /// The same with more of it, such as its tags.
    pub(crate) async fn describe_service_with(&mut self, include: &[&str]) -> Result<Value, Halt> {
        let mut input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        if !include.is_empty() {
            input["include"] = json!(include);
        }
        match self.call(Operation::DescribeServices, &input).await? {
            // Another server has answered, or a proxy with an old answer.
            Ok(answer) if shows_another(&answer, &self.request.service) => {
                Err(self.setback(ApiError::unreadable(Operation::DescribeServices)).await)
            }
            Ok(answer) => Ok(answer),
            Err(fault) if fault.code == "ClusterNotFoundException" && self.creates_cluster() => {
                self.prepared.express.lacks_cluster = true;
                Ok(json!({"services": [], "failures": [{"reason": "MISSING"}]}))
            }
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    pub(crate) fn service_missing(&self) -> Error {
        if let Err(elsewhere) = self.check_called() {
            return elsewhere;
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        Error::ServiceMissing { service, cluster, called: self.cx.client.called() }
    }
}
