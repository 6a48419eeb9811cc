//! Watching what somebody else began, letting go on what waits, and going back.

use serde_json::json;

use super::verdict::{self, Verdict};
use super::{Act, act};
use crate::arn::last;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::rollout::flows::rollback::superseded;
use crate::rollout::machine::{Goal, Machine, State, Step};
use crate::rollout::verdict::conclusion::Conclusion;
use crate::types::deployment::Definition;
use crate::types::event::Event;

const COMPLETED: &str = "DeploymentAlreadyCompletedException";

impl Machine {
    /// Watches the newest deployment, or the one of the task set that is named.
    pub(crate) fn join_codedeploy(&mut self, id: Option<&str>) -> Step {
        let chosen = match id {
            Some(id) => self.before.deployment(id).ok_or_else(|| self.not_listed(id))?.external.clone(),
            None => {
                let known = &self.codedeploy;
                let newest = known.running.clone().or_else(|| known.newest.clone());
                newest.or_else(|| self.before.primary()?.external.clone())
            }
        };
        if let Some(id) = chosen {
            return Ok(act(Act::Join { id }));
        }
        // Nothing was ever deployed: what runs came with the service.
        self.definition = self.before.definition.clone();
        if let Some(id) = self.live_id() {
            self.watch_codedeploy(id);
        }
        Ok(self.succeed())
    }

    pub(crate) async fn join_deployment(&mut self, id: String) -> Step {
        let id = id.as_str();
        let info = match self.deployment(id).await? {
            Ok(info) => info,
            Err(fault) if fault.code == super::MISSING => {
                let text = format!("CodeDeploy has no deployment {id:?} in this account and region");
                return Err(Error::invalid("deployment", text).into());
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        let is_named = matches!(&self.goal, Goal::Watch { deployment: Some(named) } if named == id);
        // A way back is nobody's deployment: what was watched for is the one that failed.
        if let (false, Some(undone)) = (is_named, verdict::undone(&info)) {
            return Ok(act(Act::Join { id: undone }));
        }
        if is_named {
            self.check_target(id).await?;
        }
        let set = self.before.deployments.iter().find(|set| set.external.as_deref() == Some(id));
        self.definition = set.map(|set| set.definition.clone());
        self.codedeploy.former = self.other_than(id);
        self.codedeploy.created = info["createTime"].as_f64();
        self.watch_codedeploy(id.to_owned());
        self.tell(Event::Updated { deployment: id.to_owned(), arn: None });
        self.watched.begun = self.elapsed();
        Ok(if self.request.wait { State::Look } else { self.ordered() })
    }

    /// Whether the deployment that was named deploys this service.
    async fn check_target(&mut self, id: &str) -> Result<(), crate::rollout::machine::Halt> {
        let target = format!("{}:{}", self.before.cluster, self.before.name);
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
        let others = || self.before.deployments.iter().filter(|set| set.external.as_deref() != Some(id));
        let other = others().find(|set| set.status == "PRIMARY").or_else(|| others().next());
        other.map(|other| other.definition.clone())
    }

    /// Finds what waits.
    pub(crate) fn resume_codedeploy(&mut self) -> Step {
        if let Goal::Resume { hook: Some(hook) } = &self.goal {
            let text = format!("{hook:?} is none: a deployment of CodeDeploy waits at no hook that could be named");
            return Err(Error::invalid("hook", text).into());
        }
        match self.codedeploy.running.clone() {
            Some(id) => Ok(act(Act::Ready { id })),
            None => Err(self.nothing_waits().into()),
        }
    }

    pub(crate) async fn ready_deployment(&mut self, id: String) -> Step {
        match self.deployment(&id).await? {
            Ok(info) if info["status"] == "Ready" => Ok(act(Act::Continue { id, is_lost: false })),
            Ok(_) => Err(self.nothing_waits().into()),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    pub(crate) async fn continue_deployment(&mut self, id: String, is_lost: bool) -> Step {
        let input = json!({"deploymentId": id, "deploymentWaitType": "READY_WAIT"});
        match self.call(Operation::ContinueDeployment, &input).await? {
            Ok(_) => {}
            // An attempt that got no answer has let it go on.
            Err(fault) if is_lost && fault.code == "DeploymentIsNotInReadyStateException" => {}
            Err(fault) => {
                let is_lost = is_lost || fault.is_ambiguous();
                return match self.setback(fault).await {
                    crate::rollout::machine::Halt::Retry => self.retry_from(act(Act::Continue { id, is_lost })),
                    fatal => Err(fatal),
                };
            }
        }
        self.changed = true;
        Ok(act(Act::Join { id }))
    }

    /// Going back while a deployment is on its way turns that round.
    pub(crate) fn turn_codedeploy(&mut self) -> Option<Step> {
        let id = self.codedeploy.running.clone()?;
        if self.instead_of.as_ref().is_some_and(|ours| ours.id != id) {
            return Some(Err(superseded(id, None, self.failure()).into()));
        }
        let former = self.other_than(&id);
        if let (Some(Definition::Name(to)), Some(former)) = (&self.request.definition, &former)
            && !is_named(to, former)
        {
            let text = format!(
                "service {:?} is in the middle of a deployment of CodeDeploy ({id}) that can only go back to {former}: go \
                 back without `to` first",
                self.before.name
            );
            return Some(Err(Error::Unsupported { text }.into()));
        }
        self.codedeploy.former = former;
        Some(Ok(act(Act::Turn { id })))
    }

    pub(crate) async fn turn_deployment(&mut self, id: String) -> Step {
        let info = match self.deployment(&id).await? {
            Ok(info) => info,
            Err(fault) => return Err(self.setback(fault).await),
        };
        if verdict::undone(&info).is_some() {
            return Ok(self.watch_return(id));
        }
        if verdict::is_over(&info) {
            return self.back_again(None).await;
        }
        Ok(act(Act::Stop { id }))
    }

    pub(crate) async fn stop_deployment(&mut self, id: String) -> Step {
        let input = json!({"deploymentId": id, "autoRollbackEnabled": true});
        match self.call(Operation::StopDeployment, &input).await? {
            Ok(_) => {}
            // It came to its end meanwhile, or an attempt that got no answer has stopped it: a look tells.
            Err(fault) if fault.code == COMPLETED => {}
            Err(fault) => return Err(self.setback(fault).await),
        }
        self.changed = true;
        self.codedeploy.is_turned = true;
        self.definition = self.codedeploy.former.clone();
        self.watch_codedeploy(id);
        Ok(self.begin_looking())
    }

    /// What comes of a deployment that was to be turned round.
    pub(crate) async fn follow_turned(&mut self, verdict: Verdict) -> Step {
        match verdict {
            Verdict::RolledBack { by, .. } | Verdict::Stopped { by: Some(by), .. } => Ok(self.watch_return(by)),
            Verdict::Pending => Ok(self.look_on()),
            Verdict::Succeeded => self.back_again(None).await,
            Verdict::Stopped { .. } | Verdict::Failed { .. } | Verdict::FailedMayRollBack { .. } => {
                let former = self.codedeploy.former.clone();
                match self.await_rollback(Conclusion::Stopped { reason: None }) {
                    State::Look => Ok(State::Look),
                    // Nothing goes back: what ran before is asked for, which may be what runs.
                    _ => self.back_again(former).await,
                }
            }
        }
    }

    fn watch_return(&mut self, id: String) -> State {
        (self.codedeploy.is_turned, self.codedeploy.is_return) = (false, true);
        // The task set that is gone back to was made by another deployment.
        self.codedeploy.is_confirmed = true;
        let former = self.codedeploy.former.clone();
        self.watch_instead(id, former);
        self.begin_looking()
    }

    /// Nothing is on its way any more: what ran before, or `to`, is deployed.
    async fn back_again(&mut self, to: Option<String>) -> Step {
        self.find_again().await?;
        (self.codedeploy.running, self.codedeploy.is_turned, self.codedeploy.ours) = (None, false, None);
        (self.case, self.definition) = (None, None);
        if let Some(to) = to {
            self.request.definition = Some(Definition::Name(to));
        }
        Ok(State::Back)
    }
}

/// Whether a family, `family:revision` or ARN names this revision.
fn is_named(name: &str, revision: &str) -> bool {
    let short = last(revision);
    name == revision || name == short || short.split(':').next() == Some(name)
}
