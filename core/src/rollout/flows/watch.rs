//! Watches a deployment that somebody else began.

use crate::client::Client;
use crate::engine::context::{Halt, persist};
use crate::engine::stream::Rollout;
use crate::types::deployment::{Deployment, Watch};

use crate::error::Error;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::verdict::judge::{self, Tracked};
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::event::{Event, Outcome};

/// How many times the service is read again for a deployment or a hook that it does not show.
pub(crate) const UNLISTED: u32 = 1;

impl Client {
    /// Watches a deployment that somebody else began, until its end is known as in [`deploy`](Self::deploy). Writes nothing.
    ///
    /// # Errors
    /// Those of `deploy`.
    pub fn watch(&self, watch: Watch) -> Rollout {
        let request = Deployment {
            until: watch.until,
            timeout: watch.timeout,
            unset: watch.unset,
            failures: watch.failures,
            ..Deployment::new(watch.cluster, watch.service)
        };
        Rollout::of_verb(self.clone(), request, Verb::Watch { deployment: watch.deployment })
    }
}

impl Workflow {
    /// Watches the deployment of this id, or the newest, to the verdict.
    pub(crate) async fn watch_other(&mut self, id: Option<&str>) -> Result<Outcome, Halt> {
        self.check().await?;
        loop {
            match self.watch_once(id).await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn watch_once(&mut self, id: Option<&str>) -> Result<Outcome, Halt> {
        self.locate().await?;
        if self.found.kind == Kind::CodeDeploy {
            return Box::pin(self.watch_codedeploy_deployment(id)).await;
        }
        let chosen = self.choose(id)?;
        self.join_as_ours(&chosen);
        // The deployment in progress is the newest, not the one that was named.
        let is_newest = self.found.before.primary().is_some_and(|primary| primary.id == chosen.id);
        if let (false, Some(tracker)) = (is_newest, &mut self.tracker) {
            tracker.joined_late();
        }
        // The newest that was complete in one look may not be the newest: the look may be behind.
        let is_settled = chosen.is("COMPLETED") && self.records.running.is_none();
        if id.is_none() && is_settled {
            self.assure().await?;
        }
        self.records.own.arn = self.records.of_primary().filter(|_| is_newest);
        if self.records.own.arn.is_none() && self.has_records() {
            // It has ended: its record is among those that are known.
            self.records.forget();
        }
        self.emit(Event::Updated { deployment: chosen.id.clone(), arn: self.records.own.arn.clone() });
        let conclusion = match rollback_reason(&self.found.before, &chosen) {
            // ECS's rollback deployment has no owner: the one to watch is the one that failed.
            Some(RollbackReason { reason, names_it: true }) => Some(Conclusion::RolledBack { reason: Some(reason) }),
            Some(RollbackReason { reason, .. }) if !persist!(self, self.was_ordered().await)? => {
                Some(Conclusion::RolledBack { reason: Some(reason) })
            }
            _ => self.watch().await?,
        };
        match conclusion {
            Some(conclusion) => self.end(conclusion).await,
            None => Err(self.start_over()),
        }
    }

    /// The deployment of this id, or the newest.
    fn choose(&mut self, id: Option<&str>) -> Result<DeploymentView, Halt> {
        let Some(id) = id else {
            return Ok(self.found.before.primary().cloned().ok_or_else(|| self.not_listed("PRIMARY"))?);
        };
        match self.found.before.deployment(id).cloned() {
            Some(chosen) => Ok(chosen),
            // The look may be older than the deployment.
            None if self.prepared.trust.behind < UNLISTED => Err(self.start_over()),
            None => Err(self.not_listed(id).into()),
        }
    }

    /// Whether a deployment that was created when a rollback began was ordered: then it has its own record (ListServiceDeployments,
    /// DescribeServiceRevisions, DescribeServiceDeployments).
    async fn was_ordered(&mut self) -> Result<bool, Halt> {
        match self.find_record_of_ours().await? {
            Ok(Some(_)) => Ok(true),
            Err(fault) if self.is_worth_asking(&fault) => Err(self.wait_out(fault)),
            Ok(None) | Err(_) => Ok(false),
        }
    }

    pub(crate) fn join_as_ours(&mut self, chosen: &DeploymentView) {
        let is_older = |other: &&DeploymentView| {
            other.id != chosen.id && other.created.zip(chosen.created).is_none_or(|(other, chosen)| other < chosen)
        };
        let older: Vec<&DeploymentView> = self.found.before.deployments.iter().filter(is_older).collect();
        let earlier = older.iter().filter_map(|other| other.created).collect();
        let older = older.iter().map(|other| other.id.clone()).collect();
        self.order.definition = Some(chosen.definition.clone());
        self.watch_over(Tracked {
            id: chosen.id.clone(),
            definition: chosen.definition.clone(),
            created: chosen.created,
            older,
            earlier,
            previous: None,
            service: self.found.before.created,
            before: None,
            changed_in_place: None,
        });
    }

    pub(crate) fn not_listed(&self, id: &str) -> Error {
        let ids: Vec<String> = self.found.before.deployments.iter().map(|one| one.id.clone()).collect();
        let known = crate::error::list(&ids);
        Error::invalid(
            "deployment",
            format!("service {:?} lists no deployment {id:?}: it has {known}", self.found.before.name),
        )
    }
}

/// ECS's reason for a rollback.
struct RollbackReason {
    reason: String,
    /// Whether they name this deployment. Otherwise they are of the moment in which it was created.
    names_it: bool,
}

/// ECS's reason for the rollback, if this deployment is that rollback. All times are AWS's own.
fn rollback_reason(service: &ServiceView, chosen: &DeploymentView) -> Option<RollbackReason> {
    let says_so = |text: &str| text.contains("rolling back");
    if let Some(reason) = chosen.reason.clone().filter(|reason| says_so(reason)) {
        return Some(RollbackReason { reason, names_it: true });
    }
    let others = service.deployments.iter().filter(|other| other.id != chosen.id);
    let is_of_another = others.filter_map(|other| other.reason.as_deref()).any(says_so);
    let began_with_it = |at: f64| chosen.created.is_some_and(|created| (at - created).abs() <= 1.0);
    let since = service.messages.iter().filter(|message| says_so(&message.text) && began_with_it(message.at));
    let mut words = since.map(|message| RollbackReason {
        reason: message.text.clone(),
        names_it: judge::names(&message.text, &chosen.id),
    });
    words.find(|words| words.names_it || !is_of_another)
}
