//! Creates an Express service (CreateExpressGatewayService). It takes no token: its name makes sure that there is no second one.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::arn::last;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::json::list;
use crate::rollout::flows::service::without_nulls;
use crate::rollout::order::create::{all_of, is_draining, is_there_already};
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::service::strategy::Kind;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// Looks that may leave out a service whose creation got no answer, before it is created again.
const UNSEEN: u32 = 10;
/// The pause before the first of them.
const SOON: Duration = Duration::from_secs(2);

impl Workflow {
    /// Whether ECS will create the cluster with the service: it does so for the cluster `default`. Source: the developer guide, on what
    /// Express Mode creates.
    pub(crate) fn creates_cluster(&self) -> bool {
        self.asked_express().is_some() && last(&self.request.cluster) == "default"
    }

    /// Checks everything before an Express service is created.
    pub(crate) fn begin_creating_express(&mut self) -> Result<(), Error> {
        self.found.kind = Kind::Express;
        let Some(asked) = self.asked_express() else { return Ok(()) };
        let has = |member: &str| asked.get(member).is_some_and(|value| !value.is_null());
        let missing = |member: &str, what: &str| {
            let text = format!("the service does not exist yet: give {what}");
            Err(Error::invalid(format!("express.{member}"), text))
        };
        if !has("infrastructureRoleArn") {
            return missing("infrastructureRoleArn", "the role by which ECS makes load balancer, scaling and alarms");
        }
        let is_own = self.request.definition.is_some();
        if !is_own && !has("primaryContainer") {
            return missing("primaryContainer", "the container to run, or a task definition with `definition`");
        }
        let image = asked.get("primaryContainer").map(|container| &container["image"]);
        if !is_own && image.is_none_or(Value::is_null) {
            return missing("primaryContainer.image", "its image");
        }
        if !is_own && !has("executionRoleArn") {
            return missing("executionRoleArn", "the task execution role");
        }
        let (cluster, name) = (last(&self.request.cluster).to_owned(), last(&self.request.service).to_owned());
        self.found.before = ServiceView { name: name.clone(), cluster: cluster.clone(), ..ServiceView::default() };
        if self.prepared.express.lacks_cluster {
            self.cx.warn("cluster", format!("there is no cluster {cluster:?} here: ECS creates it with the service"));
        }
        let changes = all_of(&self.new_express());
        if let Some(providing) = &mut self.providing {
            providing.changes = changes;
        }
        self.emit(Event::Started { service: name, cluster, strategy: "CANARY".to_owned(), from: None });
        Ok(())
    }

    /// The input of CreateExpressGatewayService.
    pub(crate) fn new_express(&self) -> Value {
        let mut input = json!({"cluster": self.request.cluster, "serviceName": last(&self.request.service)});
        let empty = Map::new();
        for (member, value) in
            without_nulls(self.asked_express().unwrap_or(&empty)).chain(without_nulls(&self.prepared.express.members))
        {
            input[member] = value;
        }
        if self.prepared.express.is_own {
            input["taskDefinitionArn"] = json!(self.order.definition);
        }
        let tags = self.providing.as_ref().map(|providing| &providing.asked.tags).filter(|tags| !tags.is_empty());
        if let Some(tags) = tags {
            input["tags"] = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        }
        input
    }

    /// Creates the service. An order without an answer is looked for by the name.
    pub(crate) async fn create_express(&mut self) -> Result<(), Halt> {
        loop {
            let fault = match self.call(Operation::CreateExpressGatewayService, &self.new_express()).await? {
                Ok(answer) if answer["service"].is_object() => {
                    let service = &answer["service"];
                    // Of a new service there is one configuration.
                    let configuration = list(service, "activeConfigurations").first().cloned().unwrap_or_default();
                    return self.accepted_express(service, &configuration).await;
                }
                Ok(_) => ApiError::unreadable(Operation::CreateExpressGatewayService),
                Err(fault) => fault,
            };
            if is_there_already(&fault) {
                return Err(self.take_theirs(fault).await);
            }
            if is_draining(&fault) {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                return Err(Error::ServiceInactive { service, cluster, status: "DRAINING".to_owned() }.into());
            }
            let is_lost = fault.is_ambiguous();
            let setback = self.setback(fault).await;
            self.order.attempts += 1;
            if is_lost && matches!(setback, Halt::Retry) {
                return Err(self.find_created());
            }
            self.or_retry(setback).await?;
        }
    }

    /// Looks for a service whose creation got no answer: if it is there, it is compared as any other, and its deployment joined.
    fn find_created(&mut self) -> Halt {
        if let Some(providing) = &mut self.providing {
            (providing.creates, providing.awaited, providing.is_lost) = (false, UNSEEN, true);
        }
        self.order.definition = None;
        self.cx.timing.pause = Some(SOON);
        Halt::Stale
    }
}
