//! Collects why tasks stopped while AWS still knows: when to collect, what to collect, and what to emit.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::is_passing;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::owner::Owner;
use super::task::StoppedTask;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::failure::Cause;
use crate::json::list;
use crate::rollout::prepare::Prepared;
use crate::rollout::service::snapshot::{EcsEvent, ServiceView};
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::workflow::Workflow;

/// Pages of stopped tasks to read at most: the newest may be on any of them.
const PAGES: usize = 5;
/// Attempts at a call that only explains a verdict.
const EXPLAINING: usize = 2;
/// How long everything may take, on the wall, that only explains.
const BUDGET: Duration = Duration::from_secs(12);

impl Workflow {
    /// Reads the causes that a look shows: the service's events since our deployment began, and its settings.
    pub(crate) fn read_events(&mut self, ours: &Tracked, look: &ServiceView, service: &Map<String, Value>) {
        let before: Vec<&str> = self.found.before.messages.iter().map(|message| message.id.as_str()).collect();
        // A changed-in-place deployment began long ago. Both times are AWS's own.
        let began = ours.created.filter(|_| ours.changed_in_place.is_none());
        let is_since = |message: &&EcsEvent| match began {
            Some(began) => message.at >= began,
            None => !before.contains(&message.id.as_str()),
        };
        let (prepared, arn) = (&self.prepared, ours.definition.as_str());
        let collected = &mut self.watched.collected;
        collected.know_deployments(look.deployments.iter().map(|deployment| deployment.id.as_str()));
        collected.know_service(service);
        collected.know_definition(|| deployed(prepared, arn));
        collected.pace.is_short = look.deployment(&ours.id).is_some_and(|our| our.running < our.desired);
        collected.read_events(look.messages.iter().filter(is_since), &ours.id);
    }

    /// Collects the tasks of our deployment that stopped: ECS keeps them for about an hour. `conclusion`: the end that they explain.
    pub(crate) async fn collect(&mut self, conclusion: Option<&Conclusion>) -> Result<(), Halt> {
        // Causes that are known by then are reported; the others are not waited for.
        tokio::time::timeout(BUDGET, self.gather(conclusion)).await.unwrap_or(Ok(()))
    }

    /// Asks for all that explains how it goes or how it ended.
    async fn gather(&mut self, conclusion: Option<&Conclusion>) -> Result<(), Halt> {
        self.find_definition().await?;
        if let Some(reason) = conclusion.and_then(reason) {
            self.watched.collected.read_reason(reason);
        }
        match self.find_stopped().await? {
            Ok(stopped) => self.keep_stopped(stopped).await?,
            Err(fault) if conclusion.is_some() && is_passing(&fault) && self.cx.attempts.failed < EXPLAINING => {
                return Err(self.setback(fault).await);
            }
            Err(fault) => self.cannot_explain("why tasks stopped", &fault),
        }
        match conclusion {
            Some(Conclusion::Superseded { .. } | Conclusion::Stopped { .. }) => self.explain(false).await,
            Some(_) => self.explain(true).await,
            None => Ok(()),
        }
    }

    async fn find_stopped(&mut self) -> Result<Result<Vec<StoppedTask>, ApiError>, Halt> {
        let Some(owner) = self.owner() else { return Ok(Ok(Vec::new())) };
        let mut stopped = Vec::new();
        // `startedBy` must be the only filter where it is used, so tasks of other deployments are dropped afterwards.
        let mut input =
            json!({"cluster": self.request.cluster, "serviceName": self.found.before.name, "desiredStatus": "STOPPED"});
        for _ in 0..PAGES {
            let page = match self.call(Operation::ListTasks, &input).await? {
                Ok(page) => page,
                Err(fault) => return Ok(Err(fault)),
            };
            if let Some(described) = described(&self.request.cluster, &page) {
                match self.call(Operation::DescribeTasks, &described).await? {
                    Ok(answer) => stopped.extend(self.watched.collected.read(&answer, &owner)),
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            match page["nextToken"].as_str() {
                Some(next) => input["nextToken"] = json!(next),
                None => break,
            }
        }
        Ok(Ok(stopped))
    }

    /// What identifies the tasks of our deployment.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let ours = self.ours()?;
        let id = self.starter(&ours.id);
        let before = self.found.before.deployments.iter().map(|deployment| &deployment.id);
        let known = before.chain(&ours.older).chain(self.watched.collected.deployments());
        Some(Owner {
            others: known.filter(|known| **known != id).cloned().collect(),
            id,
            group: format!("service:{}", self.found.before.name),
            definition: ours.definition.clone(),
            created: ours.created,
        })
    }

    /// Emits each stopped task once, oldest first; the first one of each cause with its log.
    async fn keep_stopped(&mut self, stopped: Vec<StoppedTask>) -> Result<(), Halt> {
        let news: Vec<_> = stopped.into_iter().filter(|task| !self.watched.collected.has(&task.id)).collect();
        for task in news.into_iter().rev() {
            let log = self.first_log(&task).await?;
            let task = self.watched.collected.keep(task);
            self.emit(task.event(log));
        }
        Ok(())
    }

    /// Warns once for each operation that something will stay unknown. It is not called again, unless AWS was only busy: an
    /// unreachable endpoint would cost the wait each time.
    pub(crate) fn cannot_explain(&mut self, what: &str, fault: &ApiError) {
        let is_busy = matches!(fault.kind, ApiErrorKind::Throttled | ApiErrorKind::Server);
        if self.watched.collected.give_up(fault.operation, is_busy) {
            let (operation, code, text) = (fault.operation.name(), &fault.code, &fault.text);
            self.cx.warn("diagnosis", format!("{what} is not known: {operation} failed: {code}: {text}"));
        }
    }

    /// Why tasks stopped, as far as it is known.
    pub(crate) fn causes(&self) -> Vec<Cause> {
        let causes = self.watched.collected.causes();
        causes.into_iter().map(|(_, cause)| cause).collect()
    }
}

/// ECS's reason for the end of the deployment.
fn reason(conclusion: &Conclusion) -> Option<&str> {
    match conclusion {
        Conclusion::Failed { reason }
        | Conclusion::RolledBack { reason }
        | Conclusion::Stopped { reason }
        | Conclusion::TimedOut { reason } => reason.as_deref(),
        _ => None,
    }
}

/// The definition that is deployed, if it has been read or made.
fn deployed(prepared: &Prepared, arn: &str) -> Option<Value> {
    let revisions = [&prepared.given, &prepared.current].into_iter().flatten();
    let revision = revisions.filter(|revision| revision.arn == arn).map(|revision| &revision.definition).next();
    prepared.rendered.as_ref().or(revision).map(TaskDefinition::to_value)
}

/// The input of DescribeTasks for a page of ListTasks: that has at most as many tasks as DescribeTasks takes.
pub(crate) fn described(cluster: &str, page: &Value) -> Option<Value> {
    let arns = list(page, "taskArns");
    (!arns.is_empty()).then(|| json!({"cluster": cluster, "tasks": arns}))
}

/// The input of ListTasks for the tasks of a service that run.
pub(crate) fn list_running(cluster: &str, service: &str) -> Value {
    json!({"cluster": cluster, "serviceName": service, "desiredStatus": "RUNNING"})
}
