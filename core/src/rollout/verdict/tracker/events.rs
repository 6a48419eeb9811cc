//! Keeps what the service's events have shown of a deployment. They are true even if the rest of a look is stale.

use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::verdict::judge::{self, Tracked};

/// What the service's events have shown so far.
#[derive(Debug, Clone, Default)]
pub(super) struct EcsEvents {
    /// ECS's text that our deployment failed.
    pub(super) gave_up: Option<String>,
    /// When the events first named a rollback.
    pub(super) rolling_back_at: Option<f64>,
    /// The deployment that the events name as the target of the rollback.
    pub(super) rolling_back_to: Option<String>,
    /// The time of the newest event.
    newest: Option<f64>,
}

impl EcsEvents {
    /// Reads the events of one look.
    pub(super) fn read(&mut self, ours: &Tracked, look: &ServiceView) {
        self.rolling_back_to = judge::rolling_back_to(ours, look).map(str::to_owned).or(self.rolling_back_to.take());
        self.rolling_back_at = judge::rolling_back(ours, look).into_iter().chain(self.rolling_back_at).reduce(f64::min);
        self.newest = look.messages.iter().map(|message| message.at).chain(self.newest).reduce(f64::max);
        self.gave_up = judge::giving_up(ours, look).map(str::to_owned).or(self.gave_up.take());
    }

    /// Whether an event names a failure of our deployment or a rollback.
    pub(super) fn explain(&self) -> bool {
        self.gave_up.is_some() || self.rolling_back_at.is_some()
    }

    /// Whether there are events after this moment: an event of a rollback would be among them.
    pub(super) fn continue_after(&self, begun: Option<f64>) -> bool {
        self.newest.zip(begun).is_some_and(|(newest, begun)| newest > begun)
    }
}
