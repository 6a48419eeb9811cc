//! Ends work from outside.

use std::future::poll_fn;
use std::task::Poll;

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

    /// Waits until the rollout is to end. `goes_on`: being dropped does not end it, as there is something that it must still do. It is
    /// asked whenever the task is polled.
    pub(crate) async fn requested(&self, goes_on: impl Fn() -> bool) {
        tokio::select! {
            () = self.cancelled.cancelled() => {}
            () = async {
                self.dropped.cancelled().await;
                poll_fn(|_| if goes_on() { Poll::Pending } else { Poll::Ready(()) }).await;
            } => {}
        }
    }
}
