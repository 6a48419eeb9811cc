//! Runs a rollout in the background: it continues whether or not its events are read, and any clone of the handle can cancel it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::cancel::Cancellation;
use super::stream::Rollout;
use crate::error::Error;
use crate::types::event::{Event, Outcome};

/// A rollout in the background, from [`Rollout::spawn`](super::stream::Rollout::spawn).
///
/// Each event is handed out once. Dropping the handle ends the wait, never a deployment: if it has not begun yet, it still begins.
#[must_use = "if the handle is dropped, the wait ends and a failure stays unseen: await its `outcome`"]
pub struct RolloutHandle<E = Event, O = Outcome> {
    shared: Arc<Shared<E, O>>,
    cancellation: Arc<Cancellation>,
}

struct Shared<E, O> {
    progress: Mutex<Progress<E, O>>,
    /// Signals that there is a new event or the end.
    news: Notify,
}

struct Progress<E, O> {
    events: VecDeque<E>,
    end: Option<Result<O, Error>>,
}

impl<E, O> Shared<E, O> {
    fn new() -> Self {
        Self { progress: Mutex::new(Progress { events: VecDeque::new(), end: None }), news: Notify::new() }
    }

    fn progress(&self) -> MutexGuard<'_, Progress<E, O>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, news: impl FnOnce(&mut Progress<E, O>)) {
        news(&mut self.progress());
        self.news.notify_waiters();
    }
}

impl<E: Send + 'static, O: Clone + Send + 'static> RolloutHandle<E, O> {
    pub(crate) fn start(rollout: Rollout<E, O>) -> Self {
        let shared = Arc::new(Shared::new());
        let cancellation = Arc::clone(&rollout.cancellation);
        tokio::spawn(run(rollout, Ending(Arc::clone(&shared))));
        Self { shared, cancellation }
    }

    /// The next event that was not handed out yet; `None` after the last one.
    pub async fn next(&self) -> Option<E> {
        self.wait(|progress| match progress.events.pop_front() {
            Some(event) => Some(Some(event)),
            None if progress.end.is_some() => Some(None),
            None => None,
        })
        .await
    }

    /// Waits until [`next`](Self::next) would return at once. Takes no event.
    pub async fn ready(&self) {
        self.wait(|news| (!news.events.is_empty() || news.end.is_some()).then_some(())).await;
    }

    /// Waits for the end and returns the outcome. May be called at any time, and again: the answer stays the same.
    ///
    /// # Errors
    /// The error with which the rollout ended.
    #[must_use = "only the outcome shows whether the rollout succeeded: await it and check it"]
    pub async fn outcome(&self) -> Result<O, Error> {
        self.wait(|progress| progress.end.clone()).await
    }

    /// Ends the wait with [`Error::Cancelled`], unless the rollout has ended already. A deployment that has begun goes on; so does a
    /// task, without `stop`; a push or a build stops.
    pub fn cancel(&self) {
        self.cancellation.cancel();
    }

    /// Ends the wait as dropping does: a deployment that has not begun yet still begins.
    pub fn release(&self) {
        self.cancellation.detach();
    }

    async fn wait<T>(&self, mut ready: impl FnMut(&mut Progress<E, O>) -> Option<T>) -> T {
        loop {
            // Register before checking, so that no event in between is missed.
            let news = self.shared.news.notified();
            if let Some(found) = ready(&mut self.shared.progress()) {
                return found;
            }
            news.await;
        }
    }
}

/// Sets an end, whatever happens to the task.
struct Ending<E, O>(Arc<Shared<E, O>>);

impl<E, O> Drop for Ending<E, O> {
    fn drop(&mut self) {
        self.0.update(|progress| {
            // A panic drops it too, and is no wish of the caller.
            let end = || if std::thread::panicking() { Error::panicked() } else { Error::Cancelled(Box::default()) };
            progress.end.get_or_insert_with(|| Err(end()));
        });
    }
}

async fn run<E: Send + 'static, O: Clone + Send + 'static>(mut rollout: Rollout<E, O>, ending: Ending<E, O>) {
    while let Some(event) = rollout.next().await {
        ending.0.update(|progress| progress.events.push_back(event));
    }
    let end = rollout.outcome().await;
    ending.0.update(|progress| progress.end = Some(end));
}

impl<E, O> Drop for RolloutHandle<E, O> {
    fn drop(&mut self) {
        self.cancellation.detach();
    }
}

/// Whether it has ended, and with which code: events and outcome are data.
impl<E, O> fmt::Debug for RolloutHandle<E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = super::stream::code(self.shared.progress().end.as_ref());
        f.debug_struct("Running").field("end", &end).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::stream::{self, StreamExt};

    use super::*;
    use crate::engine::stream::Item;

    #[tokio::test]
    async fn a_panic_is_not_called_cancelled() {
        let items = stream::once(async { panic!("for the test") }).map(|(): ()| Item::End(Ok(1))).boxed();
        let rollout: Rollout<(), i32> = Rollout::of_stream(items, Arc::default());
        let error = rollout.spawn().outcome().await.unwrap_err();
        assert!(error.code() == "aws" && error.to_string().contains("this is a fault of ecs_rollout"), "{error}");
    }
}
