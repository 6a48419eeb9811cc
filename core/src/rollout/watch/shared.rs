//! Shares looks at services: one call for many that are deployed to at the same time.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::{Next, Step};
use serde_json::{Value, json};

use crate::arn::last;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::engine::fleet::{Call, Shared};
use crate::json::{list, text};
use crate::rollout::service::strategy::Kind;
use crate::rollout::workflow::Workflow;

impl Workflow {
    /// Whether the next step only looks at the service, before the deadline, so that one call can look at it and at others.
    pub(crate) fn looks_with_others(&mut self, next: &Next) -> bool {
        // CodeDeploy's own record is looked at by itself.
        let by_record = (self.goes_by_record() && !self.is_list_due()) || self.found.kind == Kind::CodeDeploy;
        let pause = self.cx.timing.pause.unwrap_or_default();
        matches!(next, Next::Look) && !by_record && pause < self.cx.left() && self.cx.seat().is_some()
    }

    /// Looks at the service, and at others of the fleet that are due; or another looks at it.
    pub(crate) async fn look_with_others(&mut self) -> Step {
        match self.shared_look().await? {
            Some(answer) => {
                self.count_look();
                self.shown(&answer, None)
            }
            None => {
                self.count_look();
                self.look_at_service(None).await
            }
        }
    }

    /// Waits until it is time to look, and looks together with others; `None` if it is to look alone.
    pub(crate) async fn shared_look(&mut self) -> Result<Option<Value>, Halt> {
        let (cluster, service) = (self.request.cluster.clone(), self.request.service.clone());
        let answer = match self.cx.wait_to_look(cluster, service).await? {
            Call::Lead(batch) => self.look_for_all(&batch).await?,
            Call::Answer(answer) => Some(answer),
            _ => None,
        };
        match answer {
            Some(Ok(answer)) => Ok(Some(its_part(&answer, &self.request.service))),
            Some(Err(fault)) => Err(self.setback(fault).await),
            None => Ok(None),
        }
    }

    /// Makes one call for a whole batch (DescribeServices); `None` if each is to look alone.
    async fn look_for_all(&mut self, batch: &[Shared]) -> Result<Option<Result<Value, ApiError>>, Halt> {
        let services: Vec<&str> = batch.iter().map(|one| one.service.as_str()).collect();
        let input = json!({"cluster": self.request.cluster, "services": services});
        let answer = self.call(Operation::DescribeServices, &input).await;
        // One service that may not be looked at denies the call for all.
        let is_denied = matches!(&answer, Ok(Err(fault)) if fault.kind == ApiErrorKind::Denied) && batch.len() > 1;
        let shared = answer.as_ref().ok().filter(|_| !is_denied);
        if let Some(seat) = self.cx.seat() {
            for one in batch {
                seat.answer(one, shared.cloned().map_or(Call::Alone, Call::Answer));
            }
        }
        if is_denied { Ok(None) } else { answer.map(Some) }
    }
}

/// The part of a DescribeServices answer about one service.
fn its_part(answer: &Value, service: &str) -> Value {
    let name = last(service);
    let matches = |one: &&Value| text(one, "serviceName") == name || text(one, "serviceArn") == service;
    let services: Vec<&Value> = list(answer, "services").iter().filter(matches).collect();
    let failures: Vec<&Value> =
        list(answer, "failures").iter().filter(|failure| last(&text(failure, "arn")) == name).collect();
    json!({"services": services, "failures": failures})
}
