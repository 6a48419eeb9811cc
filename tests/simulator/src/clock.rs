//! Decides how simulated time passes: scaled from the wall, or standing still until somebody moves it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The simulator's clock. Clones show the same time.
///
/// With a speed above zero, simulated time runs that many times as fast as the wall. With speed zero it stands still
/// and is moved by [`advance`](Clock::advance) and [`sleep`](Clock::sleep) only, so that tests are exact and take no time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    /// Seconds since 1970 at time zero.
    base: f64,
    speed: f64,
    moved: AtomicU64,
}

impl Clock {
    pub(crate) fn new(speed: f64, base: f64) -> Clock {
        Clock(Arc::new(Inner { started: Instant::now(), base, speed, moved: AtomicU64::new(0) }))
    }

    /// Simulated time since the simulator was started.
    pub fn now(&self) -> Duration {
        let moved = Duration::from_nanos(self.0.moved.load(Ordering::SeqCst));
        moved + self.0.started.elapsed().mul_f64(self.0.speed)
    }

    /// What the simulated calendar says: the time since 1970.
    pub fn epoch(&self) -> Duration {
        Duration::try_from_secs_f64(self.0.base).unwrap_or_default() + self.now()
    }

    /// How many simulated seconds pass in a second of the wall.
    pub fn speed(&self) -> f64 {
        self.0.speed
    }

    /// Moves the simulated time forward by `d`, at any speed.
    pub fn advance(&self, d: Duration) {
        let nanos = u64::try_from(d.as_nanos()).unwrap_or(u64::MAX);
        let _ =
            self.0.moved.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |moved| Some(moved.saturating_add(nanos)));
    }

    /// Sleeps `d` of simulated time. The target is taken when this is called, not when it is first polled, so that
    /// sleeps started together end at their own times. At speed zero it yields once and moves the clock to its target;
    /// at any other speed it needs a tokio runtime with time.
    pub fn sleep(&self, d: Duration) -> impl Future<Output = ()> + Send + 'static {
        let clock = self.clone();
        let target = self.now().saturating_add(d);
        async move {
            if clock.0.speed > 0.0 {
                tokio::time::sleep(d.div_f64(clock.0.speed)).await;
            } else {
                tokio::task::yield_now().await;
                let nanos = u64::try_from(target.as_nanos()).unwrap_or(u64::MAX);
                clock.0.moved.fetch_max(nanos, Ordering::SeqCst);
            }
        }
    }
}
