//! Gives the order for an Express service (UpdateExpressGatewayService), and finds the deployment that it began. The same order twice
//! begins two deployments: one without an answer is looked for before it is given again.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::engine::context::Halt;
use crate::json::{list, text};
use crate::rollout::express::container;
use crate::rollout::prepare::revision_of;
use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::verdict::judge;
use crate::rollout::watch::service_deployments::created as created_at;
use crate::rollout::workflow::Workflow;

/// The pause between looks for the deployment of an order.
const BETWEEN: Duration = Duration::from_secs(2);
/// Looks after which an update has begun no deployment.
const BEGUN_NONE: u32 = 5;

impl Workflow {
    /// The input of UpdateExpressGatewayService: only what differs. With `force` and nothing else, what runs already.
    pub(crate) fn express_input(&self) -> Value {
        let mut input = json!({"serviceArn": self.prepared.service.get("serviceArn")});
        for (member, value) in &self.prepared.express.members {
            input[member] = value.clone();
        }
        let is_other = self.order.definition != self.found.before.definition;
        // Without it, ECS may change the scaling alone, and begin no deployment.
        let runs_anew = self.prepared.express.members.is_empty() || self.request.force || self.has_moved_tags();
        if self.prepared.express.is_own && (is_other || runs_anew) {
            input["taskDefinitionArn"] = json!(self.order.definition);
        }
        if self.registers_itself() && runs_anew && input["primaryContainer"].is_null() {
            input["primaryContainer"] = Value::Object(self.running_container());
        }
        input
    }

    /// The `primaryContainer` of what runs, as ECS shows it or, if it does not, as the definition has it.
    pub(crate) fn running_container(&self) -> Map<String, Value> {
        let of_definition = || {
            let current = self.prepared.current.as_ref().map(|revision| revision.definition.to_value());
            container::container_of(&current.unwrap_or_default())
        };
        self.described_container().unwrap_or_else(of_definition)
    }

    /// Gives the order, and finds out which deployment it began.
    pub(crate) async fn update_express(&mut self) -> Result<(), Halt> {
        let input = self.express_input();
        loop {
            let fault = match self.call(Operation::UpdateExpressGatewayService, &input).await? {
                Ok(answer) if answer["service"].is_object() => {
                    return self.accepted_express(&answer["service"], &answer["service"]["targetConfiguration"]).await;
                }
                // Something else has answered.
                Ok(_) => ApiError::unreadable(Operation::UpdateExpressGatewayService),
                Err(fault) => fault,
            };
            let is_lost = fault.is_ambiguous();
            self.note_unanswered(&fault);
            let setback = self.setback(fault).await;
            self.order.attempts += 1;
            if !is_lost {
                self.or_retry(setback).await?;
            } else if self.find_lost_order(setback).await? {
                return Ok(());
            }
        }
    }

    /// Notes what an answer names of our deployment, its service revision before all, and finds the deployment.
    pub(crate) async fn accepted_express(&mut self, service: &Value, configuration: &Value) -> Result<(), Halt> {
        let named = |member: &str| Some(text(configuration, member)).filter(|arn| !arn.is_empty());
        self.records.own.revision = named("serviceRevisionArn");
        let definition = named("taskDefinitionArn");
        if self.registers_itself() {
            self.order.definition = definition;
        } else {
            self.order.definition = self.order.definition.take().or(definition);
        }
        if !service["serviceArn"].is_null() && self.prepared.service.get("serviceArn").is_none() {
            self.prepared.service.insert("serviceArn".to_owned(), service["serviceArn"].clone());
        }
        let Some(revision) = self.records.own.revision.clone() else {
            // Nothing names our deployment: looks show it.
            return self.accepted(service).await;
        };
        self.order.changed = true;
        self.cx.succeeded();
        self.note_service(service);
        self.confirm_by_revision(&revision).await
    }

    /// Finds the deployment of an order that was taken, by its service revision (ListServiceDeployments, DescribeServices). Without
    /// waiting there is one look.
    async fn confirm_by_revision(&mut self, revision: &str) -> Result<(), Halt> {
        self.order.is_searching = true;
        let mut looks = 0;
        loop {
            match self.look_for_revision(revision, looks).await {
                Ok(true) => break,
                Ok(false) | Err(Halt::Retry) if !self.request.wait => break,
                Ok(false) => (self.cx.timing.pause, looks) = (Some(BETWEEN), looks + 1),
                Err(Halt::Retry) => {}
                Err(halt) => return Err(halt),
            }
            self.cx.before_retry().await?;
        }
        self.order.is_searching = false;
        self.cx.succeeded();
        Ok(())
    }

    /// One look for the record of a revision. `looks`: how many have not shown it.
    async fn look_for_revision(&mut self, revision: &str, looks: u32) -> Result<bool, Halt> {
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(fault) => return Err(self.setback(fault).await),
        };
        let Some(record) = self.record_of_revision(list(&answer, "serviceDeployments"), revision, looks) else {
            return Ok(false);
        };
        let answer = self.describe_service().await?;
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let look = ServiceView::of(&service);
        if self.order.definition.is_none() {
            self.order.definition = self.definition_of(revision.to_owned()).await?;
        }
        // The list has no revisions: the new deployment of the same moment is ours.
        let apart = |one: &DeploymentView| one.created.map_or(f64::INFINITY, |at| (at - created_at(&record)).abs());
        let is_new = |one: &&DeploymentView| {
            self.found.before.deployment(&one.id).is_none() && Some(&one.definition) == self.order.definition.as_ref()
        };
        let near = look.deployments.iter().filter(is_new).filter(|one| apart(one) <= judge::TOGETHER);
        match near.min_by(|one, other| apart(one).total_cmp(&apart(other))).cloned() {
            Some(ours) => {
                self.updated(&ours, &look);
                self.records.own.arn = Some(text(&record, "serviceDeploymentArn"));
            }
            None => self.updated_by_record(&record),
        }
        Ok(true)
    }

    /// The record of our order among those that are listed: the first new one of the revision. Whether ECS begins a deployment for
    /// every update is not documented: if the revision is that of an earlier deployment, and no new record appears, that one stands
    /// for ours.
    fn record_of_revision(&mut self, records: &[Value], revision: &str, looks: u32) -> Option<Value> {
        let carries = |record: &&Value| text(record, "targetServiceRevisionArn") == revision;
        let is_known = |record: &&Value| self.records.known.contains(&text(record, "serviceDeploymentArn"));
        let by_time = |one: &&Value, other: &&Value| created_at(one).total_cmp(&created_at(other));
        let new = records.iter().filter(carries).filter(|record| !is_known(record)).min_by(by_time);
        if new.is_some() {
            return new.cloned();
        }
        let earlier = records.iter().filter(carries).max_by(by_time).filter(|_| looks >= BEGUN_NONE).cloned();
        if earlier.is_some() {
            let text =
                "ECS has begun no deployment for this update: the verdict is that of the deployment that runs already";
            self.cx.warn("no_deployment", text);
        }
        earlier
    }

    /// Learns which definition ECS has made for an order, from those that have appeared since (DescribeTaskDefinition): one that means
    /// what was asked for. `candidates`: their ARNs, oldest first.
    pub(crate) async fn learn_definition(&mut self, candidates: &[String]) -> Result<(), Halt> {
        if !self.registers_itself() || self.order.definition.is_some() {
            return Ok(());
        }
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(()) };
        for arn in candidates.iter().filter(|arn| !arn.is_empty()) {
            let input = json!({"taskDefinition": arn, "include": ["TAGS"]});
            let found = match self.call(Operation::DescribeTaskDefinition, &input).await? {
                Ok(answer) => revision_of(&answer).ok().flatten(),
                Err(fault) if fault.is_transient() => return Err(self.setback(fault).await),
                Err(_) => None,
            };
            let is_same = |made: &TaskDefinition| {
                container::members(&rendered, made, &Map::new()).is_ok_and(|none| none.is_empty())
            };
            if self.creates() || found.is_some_and(|found| is_same(&found.definition)) {
                self.order.definition = Some(arn.clone());
                return Ok(());
            }
        }
        Ok(())
    }

    /// The definitions of the deployments that were not there before the order, oldest first.
    pub(crate) fn new_definitions(&self, look: &ServiceView) -> Vec<String> {
        let is_new = |one: &&DeploymentView| self.found.before.deployment(&one.id).is_none();
        let mut new: Vec<_> = look.deployments.iter().filter(is_new).collect();
        let at = |one: &DeploymentView| one.created.unwrap_or(f64::INFINITY);
        new.sort_by(|one, other| at(one).total_cmp(&at(other)));
        new.into_iter().map(|one| one.definition.clone()).collect()
    }
}
