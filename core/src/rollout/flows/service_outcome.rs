//! Builds the outcome of a service: the outcome of its deployment, with the findings and changes.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::operation::Operation;
use crate::definition::validate::availability::{self, ServiceFacts};
use crate::error::Error;
use crate::error::finding::Change;
use crate::error::finding::{Finding, Level};
use crate::json::list;
use crate::rollout::prepare::Ready;
use crate::rollout::service::autoscaling::Autoscaling;
use crate::rollout::workflow::Workflow;
use crate::types::event::Outcome;
use crate::types::service::ServiceOutcome;

/// How long the look for the zones of the tasks may take, on the system's clock.
const TASKS: Duration = Duration::from_secs(6);

impl Workflow {
    /// Creates the service or changes it to what is requested, and watches that to the verdict.
    pub(crate) async fn keep_service(&mut self) -> Result<ServiceOutcome, Error> {
        let end = self.deploy().await;
        let outcome = Box::pin(self.finish(end)).await?;
        Ok(self.with_zones(outcome).await)
    }

    /// The plan of that: everything before the first write.
    pub(crate) async fn plan_service(&mut self) -> Result<ServiceOutcome, Error> {
        let ready = match self.prepare_service().await {
            Ok(ready) => ready,
            Err(halt) => return Err(Box::pin(self.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked)),
        };
        if ready == Ready::Unchanged && !self.is_to_be_tagged() {
            let outcome = self.succeed();
            return Ok(self.with_zones(outcome).await);
        }
        let plan = self.planned(matches!(ready, Ready::Register(_) | Ready::Order));
        let outcome = Outcome { changed: !plan.calls.is_empty(), deployment: None, ..self.outcome() };
        Ok(ServiceOutcome { planned: plan.calls, ..self.service_of(outcome, &[]) })
    }

    async fn prepare_service(&mut self) -> Result<Ready, Halt> {
        self.check().await?;
        loop {
            let ready = match self.prepare().await {
                Ok(Ready::Unchanged) => self.assure().await.map(|()| Ready::Unchanged),
                ready => ready,
            };
            match ready {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                ready => return ready,
            }
        }
    }

    async fn with_zones(&mut self, outcome: Outcome) -> ServiceOutcome {
        // Without changes in a plan, and without waiting, tasks are not looked at.
        let zones = if self.request.wait { self.zones().await } else { Vec::new() };
        self.service_of(Outcome { calls: self.cx.attempts.calls, ..outcome }, &zones)
    }

    fn service_of(&self, outcome: Outcome, zones: &[String]) -> ServiceOutcome {
        let providing = self.providing.as_ref();
        let definition = self.planned(false).definition.changes.into_iter();
        let definition = definition.map(|change| Change { path: format!("/taskDefinition{}", change.path), ..change });
        let changes = providing.map(|providing| providing.changes.clone()).unwrap_or_default();
        ServiceOutcome {
            outcome,
            created: self.creates() || providing.is_some_and(|providing| providing.is_lost && self.order.changed),
            service: providing.and_then(|providing| providing.arn.clone()),
            changes: definition.chain(changes).collect(),
            findings: self.service_wide_findings(zones),
            planned: Vec::new(),
        }
    }

    /// Warnings about the definition and the service as it will be, those that it has had for long included.
    fn service_wide_findings(&self, zones: &[String]) -> Vec<Finding> {
        let Some(rendered) = &self.prepared.rendered else { return Vec::new() };
        let (definition, service) = (rendered.to_value(), self.service_after());
        let least = match self.found.autoscaling {
            Autoscaling::Within { min, .. } => Some(min),
            _ => None,
        };
        // Of an Express service, all but the definition is ECS's own.
        let is_express = self.is_express();
        let mut findings = if is_express { rendered.validate() } else { rendered.validate_for(&service) };
        findings.retain(|finding| finding.level == Level::Warning);
        if !is_express {
            findings.extend(availability::availability(Some(&definition), &service, &ServiceFacts { least, zones }));
        }
        let others = self.prepared.warnings.iter().filter(|one| !findings.contains(one)).cloned().collect::<Vec<_>>();
        findings.extend(others);
        findings
    }

    /// The availability zones of the running tasks (ListTasks, DescribeTasks), one for each task; none if not available.
    async fn zones(&mut self) -> Vec<String> {
        let look = tokio::time::timeout(TASKS, Box::pin(self.see_tasks())).await;
        look.ok().flatten().unwrap_or_default()
    }

    async fn see_tasks(&mut self) -> Option<Vec<String>> {
        let (cluster, service) = (self.request.cluster.clone(), self.request.service.clone());
        let input = json!({"cluster": cluster, "serviceName": service, "desiredStatus": "RUNNING"});
        let listed = self.call(Operation::ListTasks, &input).await.ok()?.ok()?;
        let arns = list(&listed, "taskArns");
        if arns.is_empty() {
            return None;
        }
        let input = json!({"cluster": cluster, "tasks": arns});
        let described = self.call(Operation::DescribeTasks, &input).await.ok()?.ok()?;
        let running = list(&described, "tasks").iter().filter(|task| task["lastStatus"] == "RUNNING");
        Some(running.filter_map(|task| task["availabilityZone"].as_str().map(str::to_owned)).collect())
    }

    /// The input of TagResource, if tags are to be written.
    pub(crate) fn planned_tagging(&self) -> Option<Value> {
        self.is_to_be_tagged().then(|| self.tagging())
    }
}
