//! Decides how often the service deployment is read while the list of deployments is undecided.

use std::time::Duration;

use super::SOON;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::verdict::lasting::Lasting;

/// How long all tasks may run without COMPLETED in the list before the service deployment is read.
pub(super) const COMPLETE: Duration = Duration::from_secs(8);
/// How long the list may stay unchanged before the service deployment is read.
const UNCHANGED: Duration = Duration::from_secs(300);
/// An unchanged list is no reason to ask until a rollout takes this many times as long as is typical.
const LONGER: f64 = 1.2;
/// After this many questions without an answer, questions become rarer more quickly.
const UNANSWERED: u32 = 3;

/// When the service deployment was read, and how long nothing has changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Questions {
    /// The last time that it was read while the list was undecided.
    asked: Option<Duration>,
    /// How many times in a row there was no answer.
    pub(super) unanswered: u32,
    /// How long rollouts of this service typically take, in seconds.
    pub(super) typical: Option<f64>,
    /// When the first look was made.
    begun: Option<Duration>,
    /// The counts of all deployments (id, running, pending, failed), and since when they are unchanged.
    unchanged: Lasting<Vec<(String, u64, u64, u64)>>,
}

impl Questions {
    /// Counts an answer, or that there was none.
    pub(super) fn count(&mut self, is_answered: bool) {
        self.unanswered = if is_answered { 0 } else { self.unanswered + 1 };
    }

    /// Whether several questions in a row had no answer.
    pub(super) fn are_futile(&self) -> bool {
        self.unanswered >= UNANSWERED
    }

    /// Whether to ask after this look: all tasks run, or the list has been unchanged for long.
    pub(super) fn is_due(&mut self, ours: &Tracked, look: &ServiceView, now: Duration) -> bool {
        let count = |one: &DeploymentView| (one.id.clone(), one.running, one.pending, one.failed);
        let (unchanged, _) = self.unchanged.see(look.deployments.iter().map(count).collect(), now);
        let pause = if is_complete(ours, look) || succeeds_early(ours, look) { COMPLETE } else { UNCHANGED };
        // Ask less and less often: a slow rollout stays slow for some time, and an API without an answer may stay so.
        let apart = pause.max(unchanged / if self.are_futile() { 2 } else { 3 });
        let is_due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= apart);
        // Do not ask before the typical time has passed, unless the deployment looks complete.
        let begun = *self.begun.get_or_insert(now);
        let is_typical =
            self.typical.is_some_and(|typical| (now.saturating_sub(begun)).as_secs_f64() < typical * LONGER);
        let is_early = is_typical && pause == UNCHANGED;
        unchanged >= pause && is_due && !is_early
    }

    pub(super) fn asked_at(&mut self, now: Duration) {
        self.asked = Some(now);
    }

    /// Whether the last question was a moment ago.
    pub(super) fn are_fresh(&self, now: Duration) -> bool {
        self.asked.is_some_and(|asked| now.saturating_sub(asked) < SOON)
    }
}

/// Whether ECS may call ours successful before the list does: the service has criteria of early success, and tasks of ours run.
fn succeeds_early(ours: &Tracked, look: &ServiceView) -> bool {
    look.configuration.succeeds_early && look.deployment(&ours.id).is_some_and(|our| our.running > 0)
}

/// Whether all tasks of ours run and no other deployment is left; only COMPLETED is missing.
fn is_complete(ours: &Tracked, look: &ServiceView) -> bool {
    let runs = |our: &DeploymentView| our.running == our.desired && our.pending == 0;
    look.deployments.len() == 1 && look.deployment(&ours.id).is_some_and(runs)
}
