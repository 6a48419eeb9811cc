//! How a rollout of a service is told to its caller: the outcome of a deployment with what was found and changed around it.

use std::time::Duration;

use futures_util::stream::{self, Stream};
use serde_json::{Value, json};

use crate::aws::operation::Operation;
use crate::definition::validate::availability::{self, ServiceFacts};
use crate::engine::stream::Item;
use crate::error::finding::Change;
use crate::error::finding::{Finding, Level};
use crate::json::list;
use crate::rollout::machine::{Machine, State};
use crate::rollout::service::autoscaling::Autoscaling;
use crate::types::event::{Event, Outcome};
use crate::types::service::ServiceOutcome;

/// How long the tasks may be looked at for where they run, on the wall.
const TASKS: Duration = Duration::from_secs(6);

/// RoleChain until there is something to tell, and so on to the end; for a plan, to the first write.
pub(crate) fn items(machine: Machine) -> impl Stream<Item = Item<Event, ServiceOutcome>> + Send {
    stream::unfold(Some(machine), |machine| async move {
        let mut machine = machine?;
        loop {
            if let Some(event) = machine.take_event() {
                return Some((Item::Event(event), Some(machine)));
            }
            let end = match machine.end() {
                Some(Ok(outcome)) => Some(Ok(Box::pin(machine.serviced(outcome)).await)),
                Some(Err(error)) => Some(Err(error)),
                None if machine.is_planned() => Some(Ok(machine.planned_service())),
                None => None,
            };
            match end {
                Some(end) => return Some((Item::End(machine.secrets.hide_in(end)), None)),
                None => machine.step().await,
            }
        }
    })
}

impl Machine {
    /// Whether a plan has come to what it is not to do.
    fn is_planned(&self) -> bool {
        let is_plan = self.providing.as_ref().is_some_and(|providing| providing.is_plan());
        is_plan && (self.is_writing() || matches!(self.state, State::Look))
    }

    fn planned_service(&self) -> ServiceOutcome {
        let plan = self.planned(self.gives_order());
        let outcome = Outcome {
            changed: !plan.calls.is_empty(),
            definition: self.definition.clone().unwrap_or_default(),
            previous: self.before.definition.clone(),
            deployment: None,
            warnings: self.warnings(),
            seconds: (self.elapsed_seconds() * 1000.0).round() / 1000.0,
            calls: self.calls,
        };
        ServiceOutcome { planned: plan.calls, ..self.service_of(outcome, &[]) }
    }

    async fn serviced(&mut self, outcome: Outcome) -> ServiceOutcome {
        // A plan of a service that is as asked, and one that nobody waits for, say nothing of tasks.
        let zones = if self.request.wait { self.zones().await } else { Vec::new() };
        self.service_of(Outcome { calls: self.calls, ..outcome }, &zones)
    }

    fn service_of(&self, outcome: Outcome, zones: &[String]) -> ServiceOutcome {
        let providing = self.providing.as_ref();
        let definition = self.planned(false).definition.changes.into_iter();
        let definition = definition.map(|change| Change { path: format!("/taskDefinition{}", change.path), ..change });
        let changes = providing.map(|providing| providing.changes.clone()).unwrap_or_default();
        ServiceOutcome {
            outcome,
            created: self.creates(),
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
        let least = match self.autoscaling {
            Autoscaling::Within { min, .. } => Some(min),
            _ => None,
        };
        let mut findings = rendered.validate_for(&service);
        findings.retain(|finding| finding.level == Level::Warning);
        findings.extend(availability::availability(Some(&definition), &service, &ServiceFacts { least, zones }));
        let told = self.prepared.warnings.iter().filter(|told| !findings.contains(told)).cloned().collect::<Vec<_>>();
        findings.extend(told);
        findings
    }

    /// The availability zones of the tasks that run (ListTasks, DescribeTasks), one a task; none where that is not to be had.
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

    /// Whether the state it is in leads to an order.
    fn gives_order(&self) -> bool {
        matches!(self.state, State::Register(_) | State::Update | State::Create | State::Tag { ordering: true })
    }

    /// TagResource, where tags are to be written.
    pub(crate) fn planned_tagging(&self) -> Option<Value> {
        self.is_to_be_tagged().then(|| self.tagging())
    }
}
