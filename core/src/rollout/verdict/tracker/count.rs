//! Compares the requested number of tasks with the number that the looks show.

use std::time::Duration;

use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::verdict::lasting::Lasting;

/// How long all looks must show another number of tasks than was requested before it counts as set by somebody else.
const CHANGED: Duration = Duration::from_secs(10);

/// The number of tasks that was requested, and what the looks show of it.
#[derive(Debug, Clone, Default)]
pub(super) struct TaskCount {
    /// The number without which ours is not complete.
    needed: Option<u64>,
    /// The service's number before the order.
    former: u64,
    /// True if the last look showed the number that is needed.
    has_needed: bool,
    /// Another number than the requested one, and since when all looks show it.
    another: Lasting<u64>,
    /// That number, once all looks have shown it for long.
    pub(super) other: Option<u64>,
}

impl TaskCount {
    pub(super) fn needs(&mut self, needed: Option<u64>, former: u64) {
        (self.needed, self.former) = (needed, former);
    }

    /// Whether a number is needed that the last look did not show.
    pub(super) fn is_short(&self) -> bool {
        self.needed.is_some() && !self.has_needed
    }

    /// Notes whether a look shows the number that is needed.
    pub(super) fn note(&mut self, ours: &Tracked, look: &ServiceView) {
        let has = |our: &DeploymentView| Some(our.desired) == self.needed && our.running == our.desired;
        self.has_needed = self.other.is_some() || look.deployment(&ours.id).is_some_and(has);
    }

    /// Whether an autoscaler or somebody has set another number since the order: the looks have shown it for long, and all of those
    /// tasks run.
    pub(super) fn is_set_by_another(&mut self, ours: &Tracked, look: &ServiceView, now: Duration) -> bool {
        let asked = ours.changed_in_place.as_ref().map_or(self.needed, |changed_in_place| changed_in_place.desired);
        // A look that is old may show the number from before the order.
        let is_newer = look.changed().zip(ours.before).is_some_and(|(shown, before)| shown > before);
        let is_new = |our: &DeploymentView| our.desired != self.former || is_newer;
        let our = look.deployment(&ours.id).filter(|our| {
            let is_complete = our.is("COMPLETED") || (our.state.is_none() && ours.changed_in_place.is_some());
            is_complete && is_new(our) && asked.is_some_and(|asked| asked != our.desired) && our.running == our.desired
        });
        let Some(our) = our else {
            self.another.end();
            self.other = None;
            return false;
        };
        let is_agreed = self.another.see(our.desired, now).0 >= CHANGED;
        if is_agreed {
            self.other = Some(our.desired);
        }
        is_agreed
    }
}
