//! How work that writes is ended from outside: at once, or after the write that is on its way, but never with another one begun.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::error::Error;

tokio::task_local! {
    /// What ends the work that this task does.
    static OWN: Interrupt;
}

/// Ends a call, such as `Client::register`, without leaving it unknown what was written: a future that
/// is dropped may cut a write off, this waits for it and begins no other. Cheap to clone.
///
/// ```no_run
/// # async fn stop(client: ecs_rollout::Client, register: ecs_rollout::Register) -> Result<(), ecs_rollout::Error> {
/// let interrupt = ecs_rollout::Interrupt::default();
/// let call = tokio::spawn(interrupt.clone().run(async move { client.register(register).await }));
/// interrupt.stop();
/// # drop(call);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    is_stopped: bool,
    /// Writes that are on their way.
    writing: usize,
    has_written: bool,
}

impl Interrupt {
    /// Does the work to its end, or until it is stopped: the end is [`Error::Cancelled`] then.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn run<T>(self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let shared = Arc::clone(&self.shared);
        OWN.scope(self, async move {
            tokio::select! {
                biased;
                () = shared.stopped() => Err(Error::Cancelled(Box::default())),
                end = work => end,
            }
        })
        .await
    }

    /// Ends the work as soon as nothing that it writes is on its way. Whether it ends with nothing written at all.
    pub fn stop(&self) -> bool {
        let mut state = self.shared.state();
        state.is_stopped = true;
        self.shared.news.notify_waiters();
        !state.has_written
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn stopped(&self) {
        loop {
            let news = self.news.notified();
            if matches!(*self.state(), State { is_stopped: true, writing: 0, .. }) {
                return;
            }
            news.await;
        }
    }
}

/// A write that is on its way as long as this is there.
pub(crate) struct Writing(Option<Interrupt>);

impl Writing {
    /// Begins a write. Where the work has been stopped this never ends: it is the work that does.
    pub(crate) async fn begin() -> Self {
        let Ok(own) = OWN.try_with(Interrupt::clone) else { return Self(None) };
        let is_stopped = {
            let mut state = own.shared.state();
            state.writing += usize::from(!state.is_stopped);
            state.has_written |= !state.is_stopped;
            state.is_stopped
        };
        if is_stopped {
            std::future::pending::<()>().await;
        }
        Self(Some(own))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(own) = &self.0 {
            own.shared.state().writing -= 1;
            own.shared.news.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Work of two writes, each of which ends when it is told to; how many it has begun.
    async fn two_writes(begun: Arc<Mutex<Vec<u32>>>, go_on: Arc<Notify>) -> Result<(), Error> {
        for number in [1, 2] {
            let _writing = Writing::begin().await;
            begun.lock().unwrap().push(number);
            go_on.notified().await;
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_write_on_its_way_is_the_last() {
        for stop_at in [0, 1, 2, 3] {
            let (begun, go_on, interrupt) = (Arc::default(), Arc::new(Notify::new()), Interrupt::default());
            let work = tokio::spawn(interrupt.clone().run(two_writes(Arc::clone(&begun), Arc::clone(&go_on))));
            let mut is_clean = None;
            for step in 0..3 {
                if step == stop_at {
                    is_clean = Some(interrupt.stop());
                }
                // On one thread: the work goes as far as it can.
                tokio::task::yield_now().await;
                go_on.notify_one();
            }
            let is_cancelled = matches!(work.await.unwrap(), Err(Error::Cancelled(_)));
            // Work that has nothing more to do has done it.
            assert_eq!(is_cancelled, stop_at < 2, "{stop_at}");
            assert_eq!(begun.lock().unwrap().len(), stop_at.min(2), "{stop_at}");
            assert_eq!(is_clean, [Some(true), Some(false), Some(false), None][stop_at], "{stop_at}");
        }
    }

    #[tokio::test]
    async fn what_only_looks_ends_at_once() {
        let interrupt = Interrupt::default();
        let work = tokio::spawn(interrupt.clone().run(std::future::pending::<Result<(), Error>>()));
        tokio::task::yield_now().await;
        assert!(interrupt.stop());
        assert!(matches!(work.await.unwrap(), Err(Error::Cancelled(_))));
    }
}
