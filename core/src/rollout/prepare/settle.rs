//! Compares the rendered definition with what the service runs, and decides what to do.

use crate::engine::context::{Halt, persist};
use serde_json::Value;

use super::Revision;
use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::rollout::service::settings;
use crate::rollout::service::snapshot::DeploymentView;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge::{InPlaceChange, Tracked};
use crate::rollout::verdict::tracker::Tracker;
use crate::rollout::watch::service_deployments::ActiveServiceDeployment;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::event::Event;

/// How many times the service is read again before a deployment in stages that it shows in progress counts as such.
const BUSY: u32 = 2;

/// What is to be done once everything is checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ready {
    /// Nothing: the service runs as asked, as far as one look shows.
    Unchanged,
    /// Watch: a deployment of the requested definition is in progress.
    Joined,
    /// To register the definition, and then to give the order.
    Register(Box<TaskDefinition>),
    /// To give the order.
    Order,
}

impl Workflow {
    /// Renders the definition, checks all that can be checked, and compares with what there is.
    pub(crate) async fn settle(&mut self) -> Result<Ready, Halt> {
        self.render()?;
        // Pinned, the images are other ones than those written: that comes before anything is compared.
        if self.request.pin {
            Box::pin(self.check_images()).await?;
        }
        self.compare().await
    }

    /// Compares with what there is; from here on nothing but AWS itself can refuse.
    pub(crate) async fn compare(&mut self) -> Result<Ready, Halt> {
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(Ready::Order) };
        let running = self.found.before.definition.clone();
        let runs = |revision: &Revision| running.as_deref() == Some(revision.arn.as_str());
        let equal = [&self.prepared.given, &self.prepared.current]
            .into_iter()
            .flatten()
            .find(|revision| revision.definition.diff(&rendered).is_empty())
            .cloned();
        if matches!(self.verb, Verb::Run | Verb::Register) {
            return Ok(self.compare_alone(rendered, equal));
        }
        if self.compares_tags(equal.as_ref().is_some_and(runs)) {
            persist!(self, Box::pin(self.compare_tags()).await)?;
        }
        let ready = match self.found.kind {
            Kind::CodeDeploy => Box::pin(self.decide_codedeploy(rendered, equal)).await?,
            _ => self.compare_service(rendered, equal)?,
        };
        if matches!(ready, Ready::Register(_) | Ready::Order) {
            self.look_up_before_a_write().await?;
        }
        Ok(ready)
    }

    fn compare_service(&mut self, rendered: TaskDefinition, equal: Option<Revision>) -> Result<Ready, Halt> {
        let Some(revision) = equal else {
            self.refuse_to_interfere()?;
            return Ok(Ready::Register(Box::new(rendered)));
        };
        // The service names what it is to run, its PRIMARY deployment what it runs or is about to run.
        let primary = self.found.before.primary().filter(|primary| primary.definition == revision.arn).cloned();
        let runs_already = Some(&revision.arn) == self.found.before.definition.as_ref();
        let is_ours = |record: &ActiveServiceDeployment| record.definition.as_ref() == Some(&revision.arn);
        let is_joined = runs_already && self.is_as_asked() && self.records.running.as_ref().is_none_or(is_ours);
        self.order.definition = Some(revision.arn.clone());
        if let (true, Some(primary)) = (is_joined, primary) {
            return Ok(self.join(&primary));
        }
        self.refuse_to_interfere()?;
        if !revision.is_active {
            // It runs, but nothing new can be begun with it.
            self.order.definition = None;
            return Ok(Ready::Register(Box::new(rendered)));
        }
        if !runs_already {
            self.emit(Event::Registered { definition: revision.arn, reused: true });
        }
        Ok(Ready::Order)
    }

    /// The same without a service.
    fn compare_alone(&mut self, rendered: TaskDefinition, equal: Option<Revision>) -> Ready {
        let is_forced = self.verb == Verb::Register && self.request.force;
        let Some(revision) = equal.filter(|revision| revision.is_active && !is_forced) else {
            return Ready::Register(Box::new(rendered));
        };
        self.emit(Event::Registered { definition: revision.arn.clone(), reused: true });
        self.order.definition = Some(revision.arn);
        Ready::Order
    }

    /// Whether to look again before a deployment in stages counts as in progress.
    fn doubts_record(&self) -> bool {
        let is_complete = self.found.before.deployments.iter().all(|one| one.is("COMPLETED"));
        let contradicts = self.records.running.is_some() && is_complete;
        // One look alone may be of a replica that is behind.
        if contradicts { self.may_start_over() } else { self.prepared.trust.behind < BUSY }
    }

    /// Refuses to interrupt a deployment in stages of somebody else, unless `force` allows it.
    fn refuse_to_interfere(&mut self) -> Result<(), Halt> {
        if !self.interferes() {
            return Ok(());
        }
        if self.doubts_record() {
            return Err(self.start_over());
        }
        let which = self.records.running.as_ref().map_or_else(String::new, |record| format!(" ({})", record.arn));
        let text = format!(
            "service {:?} has a deployment in stages in progress, which this one would interrupt{which}: \
             wait for its end (`watch`), roll back first (`rollback`), or give `force`",
            self.found.before.name
        );
        Err(Error::Unsupported { text }.into())
    }

    /// Whether the order would interrupt a deployment in stages of somebody else.
    fn interferes(&self) -> bool {
        let is_on_its_way = match (self.found.kind, &self.records.running) {
            (Kind::Staged, Some(_)) => true,
            // Without the API: the list shows that another is being replaced.
            (Kind::Staged, None) if !self.has_records() => {
                self.found.before.deployments.len() > 1
                    && !self.found.before.primary().is_some_and(|primary| primary.is("COMPLETED"))
            }
            // The record of the deployment that the list shows in progress may not exist yet.
            (Kind::Staged, None) => {
                let is_moving = |primary: &DeploymentView| primary.is("IN_PROGRESS");
                self.found.before.deployments.len() > 1
                    && self.found.before.primary().is_some_and(is_moving)
                    && !self.is_primary_over()
            }
            _ => false,
        };
        let is_rollback = self.verb == Verb::Rollback || self.found.instead_of.is_some();
        let only_scales = self.request.desired.is_some() && self.replaces_nothing();
        is_on_its_way && !self.request.force && !is_rollback && !only_scales
    }

    fn replaces_nothing(&self) -> bool {
        self.order.definition.is_some() && self.order.definition == self.found.before.definition
    }

    /// Joins: the service runs as requested, or will. An earlier run of this very request may have begun it.
    fn join(&mut self, primary: &DeploymentView) -> Ready {
        let desired = self.request.desired.map(u64::from);
        let is_short = desired.is_some_and(|desired| primary.running != desired);
        let ours = self.ours_of(primary);
        let is_complete = match self.has_records() {
            // Its record may not be listed yet.
            true => self.records.running.is_none() && !primary.is("IN_PROGRESS"),
            false => primary.is("COMPLETED"),
        };
        // The deployment is complete, but without the requested number of tasks: an earlier run did not wait for it.
        let changed_in_place = (is_complete && is_short).then_some(InPlaceChange { desired });
        self.watch_over(Tracked { changed_in_place: changed_in_place.or(ours.changed_in_place.clone()), ..ours });
        self.records.own.arn = self.records.of_primary();
        if self.records.own.arn.is_none() && self.has_records() {
            // Its record may have ended, and so be among those that are known.
            self.records.forget();
        }
        if is_complete && (!is_short || !self.request.wait) {
            self.warn_of_missing_tasks(primary);
        }
        self.warn_of_nothing_asked();
        if is_complete && !is_short { Ready::Unchanged } else { Ready::Joined }
    }

    /// Warns if somebody else has changed the number of tasks since the order.
    pub(crate) fn warn_of_other_number(&mut self) {
        let runs = self.tracker.as_ref().and_then(Tracker::other_number);
        if let Some((runs, asked)) = runs.zip(self.request.desired) {
            let text = format!(
                "service {:?} runs {runs} tasks and not {asked}: an autoscaler or somebody has changed the number since the order; \
                 `scale` sets the limits of an autoscaler",
                self.found.before.name
            );
            self.cx.warn("desired_changed", text);
        }
    }

    /// Warns if the service runs fewer tasks than desired: it runs the requested definition, but may answer no requests.
    pub(crate) fn warn_of_missing_tasks(&mut self, primary: &DeploymentView) {
        let (running, desired) = (primary.running, primary.desired);
        if running < desired {
            let text = format!(
                "nothing is deployed, as service {:?} has this definition already, but only {running} of its {desired} tasks run; \
                 give `desired` to wait for them, or `force` for a new deployment",
                self.found.before.name
            );
            self.cx.warn("tasks_missing", text);
        }
    }

    /// A setting of the service. Volumes and Service Connect are in its deployment, not in the service itself.
    pub(crate) fn setting(&self, member: &str) -> Option<&Value> {
        let service = &self.prepared.service;
        let deployments = service.get("deployments").and_then(Value::as_array);
        let primary = || deployments?.iter().find(|deployment| deployment["status"] == "PRIMARY");
        service.get(member).or_else(|| primary().and_then(|primary| primary.get(member)))
    }

    pub(crate) fn is_set(&self, member: &str, asked: &Value) -> bool {
        let set = self.setting(member).cloned().unwrap_or_default();
        settings::is_set(member, &set, asked)
    }

    /// Whether the service, running the right definition, is as asked in all else.
    fn is_as_asked(&self) -> bool {
        !self.request.force
            && !self.has_moved_tags()
            && self.request.desired.is_none_or(|desired| u64::from(desired) == self.found.before.desired)
            && self.request.settings.iter().all(|(member, asked)| self.is_set(member, asked))
            // A failed deployment does not run, whatever the service names.
            && !self.has_failed()
    }
}
