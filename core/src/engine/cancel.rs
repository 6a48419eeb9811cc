//! Ends work from outside.

use tokio_util::sync::CancellationToken;

/// Signals that a rollout is to end: its caller cancelled it, or dropped every handle.
#[derive(Debug, Default)]
pub(crate) struct Cancellation {
    cancelled: CancellationToken,
    dropped: CancellationToken,
}

impl Cancellation {
    /// Ends the rollout at the next moment at which that leaves nothing unknown.
    pub(crate) fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// Ends the rollout once its order is placed: every handle was dropped.
    pub(crate) fn detach(&self) {
        self.dropped.cancel();
    }

    /// True if cancelled by the caller, false if only dropped.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Waits until the rollout is to end. `goes_on`: being dropped does not end it, as its order must still be given.
    pub(crate) async fn requested(&self, goes_on: bool) {
        tokio::select! {
            () = self.cancelled.cancelled() => {}
            () = self.dropped.cancelled(), if !goes_on => {}
        }
    }
}
