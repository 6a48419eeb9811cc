//! Watches a deployment of somebody else, continues a waiting one, and stops or rolls back one.

use crate::engine::context::{Halt, persist};
use crate::rollout::watch::ecs::{Next, Step};
use serde_json::{Value, json};

use super::verdict::{self, Verdict};
use crate::arn::last;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::rollout::flows::rollback::superseded;
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::Definition;
use crate::types::event::{Event, Outcome};

const COMPLETED: &str = "DeploymentAlreadyCompletedException";

impl Workflow {
    /// Watches the newest deployment, or the one that is named by its id or its task set's.
    pub(crate) async fn watch_codedeploy_deployment(&mut self, id: Option<&str>) -> Result<Outcome, Halt> {
        let chosen = match id {
            Some(id) if id.starts_with("d-") => Some(id.to_owned()),
            Some(id) => self.found.before.deployment(id).ok_or_else(|| self.not_listed(id))?.external.clone(),
            None => {
                let known = &self.codedeploy;
                let newest = known.others.running.clone().or_else(|| known.others.newest.clone());
                newest.or_else(|| self.found.before.primary()?.external.clone())
            }
        };
        if let Some(id) = chosen {
            return self.join_and_watch(id).await;
        }
        // Nothing was ever deployed: the running task set came with the service.
        self.order.definition = self.found.before.definition.clone();
        if let Some(id) = self.live_id() {
            self.watch_codedeploy(id);
        }
        Box::pin(self.end_live()).await
    }

    async fn join_and_watch(&mut self, mut id: String) -> Result<Outcome, Halt> {
        while let Some(undone) = persist!(self, self.join_deployment(&id).await)? {
            id = undone;
        }
        self.watch_to_the_end().await
    }

    /// Joins a deployment (GetDeployment). Returns the id of another if this one is its rollback.
    async fn join_deployment(&mut self, id: &str) -> Result<Option<String>, Halt> {
        let info = match self.deployment(id).await? {
            Ok(info) => info,
            Err(fault) if fault.code == super::MISSING => {
                let text = format!("CodeDeploy has no deployment {id:?} in this account and region");
                return Err(Error::invalid("deployment", text).into());
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        let is_named = matches!(&self.verb, Verb::Watch { deployment: Some(named) } if named == id);
        // A rollback deployment has no owner: the one to watch is the one that failed.
        if let (false, Some(undone)) = (is_named, verdict::undone(&info)) {
            return Ok(Some(undone));
        }
        if is_named {
            self.check_target(id).await?;
        }
        let set = self.found.before.deployments.iter().find(|set| set.external.as_deref() == Some(id));
        self.order.definition = set.map(|set| set.definition.clone());
        self.codedeploy.deployment.former = self.other_than(id);
        self.codedeploy.deployment.created = info["createTime"].as_f64();
        self.watch_codedeploy(id.to_owned());
        self.emit(Event::Updated { deployment: id.to_owned(), arn: None });
        self.watched.begun = self.cx.elapsed();
        Ok(None)
    }

    /// Whether the deployment that was named deploys this service.
    async fn check_target(&mut self, id: &str) -> Result<(), Halt> {
        let target = format!("{}:{}", self.found.before.cluster, self.found.before.name);
        let answer = self.call(Operation::ListDeploymentTargets, &json!({"deploymentId": id})).await?;
        let Ok(answer) = answer else { return Ok(()) };
        let targets: Vec<&str> =
            answer["targetIds"].as_array().into_iter().flatten().filter_map(|id| id.as_str()).collect();
        if targets.is_empty() || targets.contains(&target.as_str()) {
            return Ok(());
        }
        let text = format!("{id:?} deploys {}, not {target}", targets.join(", "));
        Err(Error::invalid("deployment", text).into())
    }

    /// The definition that runs beside a deployment.
    fn other_than(&self, id: &str) -> Option<String> {
        let others = || self.found.before.deployments.iter().filter(|set| set.external.as_deref() != Some(id));
        let other = others().find(|set| set.status == "PRIMARY").or_else(|| others().next());
        other.map(|other| other.definition.clone())
    }

    /// Continues the waiting deployment (ContinueDeployment), and watches it.
    pub(crate) async fn resume_codedeploy(&mut self, hook: Option<&str>) -> Result<Outcome, Halt> {
        if let Some(hook) = hook {
            let text = format!("{hook:?} is none: a deployment of CodeDeploy waits at no hook that could be named");
            return Err(Error::invalid("hook", text).into());
        }
        let Some(id) = self.codedeploy.others.running.clone() else { return Err(self.nothing_waits().into()) };
        if !persist!(self, self.is_ready(&id).await)? {
            return Err(self.nothing_waits().into());
        }
        self.continue_deployment(&id).await?;
        self.order.changed = true;
        self.join_and_watch(id).await
    }

    async fn is_ready(&mut self, id: &str) -> Result<bool, Halt> {
        match self.deployment(id).await? {
            Ok(info) => Ok(info["status"] == "Ready"),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    async fn continue_deployment(&mut self, id: &str) -> Result<(), Halt> {
        let input = json!({"deploymentId": id, "deploymentWaitType": "READY_WAIT"});
        let mut is_lost = false;
        while let Err(fault) = self.call(Operation::ContinueDeployment, &input).await? {
            // An attempt without an answer has continued it.
            if is_lost && fault.code == "DeploymentIsNotInReadyStateException" {
                break;
            }
            is_lost |= fault.is_ambiguous();
            let setback = self.setback(fault).await;
            self.or_retry(setback).await?;
        }
        self.cx.succeeded();
        Ok(())
    }

    /// Starts a rollback while a deployment is in progress: that one is stopped.
    pub(crate) fn codedeploy_to_stop(&mut self) -> Result<Option<String>, Error> {
        let Some(id) = self.codedeploy.others.running.clone() else { return Ok(None) };
        if self.found.instead_of.as_ref().is_some_and(|ours| ours.id != id) {
            return Err(superseded(id, None, self.failure()));
        }
        let former = self.other_than(&id);
        if let (Some(Definition::Name(to)), Some(former)) = (&self.request.definition, &former)
            && !is_named(to, former)
        {
            let text = format!(
                "service {:?} is in the middle of a deployment of CodeDeploy ({id}) that can only go back to {former}: go \
                 back without `to` first",
                self.found.before.name
            );
            return Err(Error::Unsupported { text });
        }
        self.codedeploy.deployment.former = former;
        Ok(Some(id))
    }

    /// Stops a deployment in progress so that it is rolled back (GetDeployment, StopDeployment). Returns false if it has ended
    /// meanwhile.
    pub(crate) async fn stop_codedeploy(&mut self, id: String) -> Result<bool, Halt> {
        let info = persist!(self, self.deployment_info(&id).await)?;
        if verdict::undone(&info).is_some() {
            self.watch_rollback_deployment(id);
            return Ok(true);
        }
        if verdict::is_over(&info) {
            persist!(self, self.deploy_former(None).await)?;
            return Ok(false);
        }
        let input = json!({"deploymentId": id, "autoRollbackEnabled": true});
        while let Err(fault) = self.call(Operation::StopDeployment, &input).await? {
            // It has ended meanwhile, or an attempt without an answer has stopped it: a look shows which.
            if fault.code == COMPLETED {
                break;
            }
            let setback = self.setback(fault).await;
            self.or_retry(setback).await?;
        }
        self.cx.succeeded();
        self.order.changed = true;
        self.codedeploy.deployment.is_stopping = true;
        self.order.definition = self.codedeploy.deployment.former.clone();
        self.watch_codedeploy(id);
        self.begin_looking();
        Ok(true)
    }

    async fn deployment_info(&mut self, id: &str) -> Result<Value, Halt> {
        match self.deployment(id).await? {
            Ok(info) => Ok(info),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    /// Follows a deployment that was stopped.
    pub(crate) async fn follow_stopped(&mut self, verdict: Verdict) -> Step {
        match verdict {
            Verdict::RolledBack { by, .. } | Verdict::Stopped { by: Some(by), .. } => {
                self.watch_rollback_deployment(by);
                Ok(Next::Look)
            }
            Verdict::Pending => Ok(self.look_on()),
            Verdict::Succeeded => self.deploy_former(None).await.map(|()| Next::DeployFormer),
            Verdict::Stopped { .. } | Verdict::Failed { .. } | Verdict::FailedMayRollBack { .. } => {
                let former = self.codedeploy.deployment.former.clone();
                match self.await_rollback(Conclusion::Stopped { reason: None }) {
                    Next::Look => Ok(Next::Look),
                    // There is no rollback deployment: request the earlier definition, which may be the running one.
                    _ => self.deploy_former(former).await.map(|()| Next::DeployFormer),
                }
            }
        }
    }

    fn watch_rollback_deployment(&mut self, id: String) {
        (self.codedeploy.deployment.is_stopping, self.codedeploy.deployment.is_rollback_deployment) = (false, true);
        // Another deployment made the task set that is restored.
        self.codedeploy.deployment.is_confirmed = true;
        let former = self.codedeploy.deployment.former.clone();
        self.watch_instead(id, former);
        self.begin_looking();
    }

    /// Nothing is in progress any more: deploy the earlier definition, or `to`.
    async fn deploy_former(&mut self, to: Option<String>) -> Result<(), Halt> {
        self.find_again().await?;
        (self.codedeploy.others.running, self.codedeploy.deployment.is_stopping, self.codedeploy.deployment.id) =
            (None, false, None);
        (self.tracker, self.order.definition) = (None, None);
        if let Some(to) = to {
            self.request.definition = Some(Definition::Name(to));
        }
        Ok(())
    }
}

/// Whether a family, `family:revision` or ARN names this revision.
fn is_named(name: &str, revision: &str) -> bool {
    let short = last(revision);
    name == revision || name == short || short.split(':').next() == Some(name)
}
