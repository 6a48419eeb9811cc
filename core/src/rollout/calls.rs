//! One attempt at a call: how long it may take, whether it is tried again, and which error it is otherwise.

use std::time::Duration;

use serde_json::{Value, json};

use super::machine::{Halt, Machine, State};
use super::watch::polling::{self, RetryPolicy};
use crate::arn::last;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::types::event::Event;

/// How long an answer may take on the wall: that of a look, and that of a call that only explains a verdict.
const LOOK: Duration = Duration::from_secs(8);
const EXPLANATION: Duration = Duration::from_secs(4);

/// Whether an answer of DescribeServices is about another service.
fn shows_another(answer: &Value, service: &str) -> bool {
    let shown = answer["services"][0]["serviceName"].as_str();
    shown.is_some_and(|shown| last(shown) != last(service))
}

impl Machine {
    /// One attempt at a call.
    pub(crate) async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.wait_for_allowance().await;
        let answer = self.attempt_at(operation, input).await?;
        match &answer {
            Ok(answer) => {
                self.answered.insert(operation);
                self.learn(operation, answer);
                self.client.allowance().answered();
            }
            Err(fault) if fault.kind == ApiErrorKind::Throttled => self.client.allowance().throttled(),
            Err(_) => {}
        }
        Ok(answer)
    }

    /// What a definition holds for secret is in no text from now on, as nothing of the request is.
    pub(crate) fn learn(&mut self, operation: Operation, answer: &Value) {
        if operation == Operation::DescribeTaskDefinition {
            self.secrets.learn_registered(&answer["taskDefinition"]);
        }
    }

    /// Waits until a call may be made.
    pub(crate) async fn wait_for_allowance(&self) {
        let wait = self.client.allowance().take(self.client.clock().now());
        if !wait.is_zero() {
            self.client.clock().sleep(wait).await;
        }
    }

    async fn attempt_at(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.calls += 1;
        // On the wall, whatever the clock: an answer that does not come must not outlast the deadline. A write is left
        // to the connection's own limit: whether it was done would be unknown.
        let limit = if self.is_ending() { EXPLANATION } else { LOOK.min(self.left() + Duration::from_millis(500)) };
        let aws = self.client.aws().await?;
        if self.is_writing() {
            return Ok(Box::pin(aws.call(operation, input)).await);
        }
        // In a box: every step that calls would be as large.
        let answer = tokio::time::timeout(limit, Box::pin(aws.call(operation, input))).await;
        Ok(answer.unwrap_or_else(|_| Err(ApiError::late(operation))))
    }

    /// What a failed attempt leads to: another after a pause, or the error it is.
    pub(crate) async fn setback(&mut self, fault: ApiError) -> Halt {
        let is_search = matches!(&self.state, State::CodeDeploy(act) if act.is_search());
        let is_search = is_search || self.tasks.has_begun();
        let is_begun = self.case.is_some()
            || self.instead_of.is_some()
            || is_search
            || matches!(self.state, State::Confirm { .. });
        let stake = if is_begun { RetryPolicy::UntilDeadline } else { RetryPolicy::FailFast };
        // A write that was refused is refused; a look may be refused by a proxy, or for want of a permission that is on its way.
        let stake = if self.is_writing() { RetryPolicy::of_write(stake) } else { stake };
        let Some(delay) =
            polling::retry_after(&fault, stake, self.attempt + 1, self.answered.contains(&fault.operation))
        else {
            return self.fatal(fault).await.into();
        };
        self.attempt += 1;
        self.retry(fault, delay)
    }

    /// Another attempt after a pause, whatever the failure: what answered once will answer again.
    pub(crate) fn wait_out(&mut self, fault: ApiError) -> Halt {
        self.attempt += 1;
        let delay = polling::wait_out(self.attempt);
        self.retry(fault, delay)
    }

    fn retry(&mut self, fault: ApiError, delay: Duration) -> Halt {
        self.last_fault = Some(format!("{} failed last: {}: {}", fault.operation.name(), fault.code, fault.text));
        self.tell(Event::Retrying {
            operation: fault.operation.name().to_owned(),
            code: fault.code,
            delay: delay.as_secs_f64(),
        });
        self.pause = Some(delay);
        Halt::Retry
    }

    async fn fatal(&mut self, fault: ApiError) -> Error {
        // In a box, and not by itself once more: the look that it takes may find no cluster either.
        if fault.code == "ClusterNotFoundException"
            && let Err(Halt::Fail(elsewhere)) = Box::pin(self.refuse_elsewhere()).await
        {
            return *elsewhere;
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        match (fault.code.as_str(), self.client.aws().await) {
            ("ClusterNotFoundException", _) => Error::ClusterMissing { cluster, called: self.client.called() },
            ("ServiceNotFoundException", _) => Error::ServiceMissing { service, cluster, called: self.client.called() },
            ("ServiceNotActiveException", _) => {
                Error::ServiceInactive { service, cluster, status: "DRAINING or INACTIVE".to_owned() }
            }
            (_, Ok(aws)) => fault.into_error(aws.endpoint()),
            (_, Err(error)) => error,
        }
    }

    /// DescribeServices of the service.
    pub(crate) async fn describe_service(&mut self) -> Result<Value, Halt> {
        let mut input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        // Tags are compared once, and not shown unless they are asked for.
        if self.providing.is_some() && matches!(self.state, State::Find) {
            input["include"] = json!(["TAGS"]);
        }
        match self.call(Operation::DescribeServices, &input).await? {
            // Something else has answered, or a proxy what it had kept.
            Ok(answer) if shows_another(&answer, &self.request.service) => {
                Err(self.setback(ApiError::unreadable(Operation::DescribeServices)).await)
            }
            Ok(answer) => Ok(answer),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    pub(crate) fn service_missing(&self) -> Error {
        if let Err(elsewhere) = self.check_called() {
            return elsewhere;
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        Error::ServiceMissing { service, cluster, called: self.client.called() }
    }
}
