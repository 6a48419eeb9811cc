//! Keeps what the looks have shown beside their verdicts.

use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use crate::rollout::verdict::judge::{self, Tracked};

/// What the looks have shown so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// All deployments that a look has shown.
    pub(super) deployments: Vec<SeenDeployment>,
    /// The newest time of a look. It is AWS's own.
    newest: Option<f64>,
    /// True once failed tasks of ours were counted.
    pub(super) has_failed: bool,
    /// True once ours was complete, by its state in the list or by an event.
    pub(super) was_complete: bool,
    /// True if the service has a circuit breaker or alarms.
    pub(super) gives_up: bool,
    /// The definition that the service runs, if it is ours or that of ECS's rollback.
    pub(super) live: Option<String>,
}

/// A deployment that was seen. Its time of creation and its definition never change.
#[derive(Debug, Clone)]
pub(super) struct SeenDeployment {
    pub(super) id: String,
    pub(super) created: f64,
    pub(super) definition: String,
}

impl Seen {
    /// Notes which deployments a look shows, and whether its events show that ours was complete.
    pub(super) fn note_deployments(&mut self, ours: &Tracked, look: &ServiceView) {
        self.note_all(&look.deployments);
        self.was_complete |= ours.changed_in_place.is_none() && judge::has_completion_event(ours, look);
    }

    /// Notes which deployments there are.
    pub(super) fn note_all(&mut self, deployments: &[DeploymentView]) {
        for one in deployments {
            if let Some(created) = one.created.filter(|_| self.find(&one.id).is_none()) {
                let (id, definition) = (one.id.clone(), one.definition.clone());
                self.deployments.push(SeenDeployment { id, created, definition });
            }
        }
    }

    /// Notes what a look shows of our deployment and of the service. `trusts_list`: COMPLETED in the list is final.
    pub(super) fn note(&mut self, ours: &Tracked, look: &ServiceView, trusts_list: bool) {
        self.has_failed |= look.deployment(&ours.id).is_some_and(|our| our.failed > 0);
        // The list may show COMPLETED before the bake time is over.
        self.was_complete |= trusts_list && ours.changed_in_place.is_none() && judge::was_complete(ours, look);
        self.gives_up = look.configuration.gives_up;
        self.newest = look.changed().into_iter().chain(self.newest).reduce(f64::max);
        let is_known = |primary: &&DeploymentView| judge::is_ours_or_back(ours, primary, look);
        self.live = look.primary().filter(is_known).map(|primary| primary.definition.clone());
    }

    pub(super) fn find(&self, id: &str) -> Option<&SeenDeployment> {
        self.deployments.iter().find(|known| known.id == id)
    }

    /// When a deployment that was seen began.
    pub(super) fn created(&self, id: &str) -> Option<f64> {
        self.find(id).map(|known| known.created)
    }

    /// The deployment after ours that was created nearest to this moment. Of two at the same moment, ECS's own is the one that carries
    /// what ran before.
    pub(super) fn begun_at(&self, at: f64, ours: &Tracked) -> Option<&SeenDeployment> {
        let apart = |one: &SeenDeployment| (one.created - at).abs();
        let is_newer = |one: &&SeenDeployment| one.id != ours.id && !ours.older.contains(&one.id);
        let near = self.deployments.iter().filter(is_newer).filter(|one| apart(one) <= judge::SAME);
        let is_other = |one: &SeenDeployment| Some(&one.definition) != ours.previous.as_ref();
        near.min_by(|one, other| apart(one).total_cmp(&apart(other)).then_with(|| is_other(one).cmp(&is_other(other))))
    }

    /// Whether a deployment of what ran before ours was created between ours and another one: it may be a rollback.
    pub(super) fn may_have_rolled_back_before(&self, id: &str, ours: &Tracked) -> bool {
        let Some((begun, until)) = ours.created.zip(self.created(id)) else { return false };
        self.deployments.iter().any(|one| {
            let is_other = one.id != ours.id && one.id != id && !ours.older.contains(&one.id);
            is_other && one.created > begun && one.created < until && Some(&one.definition) == ours.previous.as_ref()
        })
    }

    /// Whether all looks so far are older than this moment.
    pub(super) fn is_older_than(&self, at: Option<f64>) -> bool {
        at.zip(self.newest).is_some_and(|(at, newest)| newest < at)
    }
}
