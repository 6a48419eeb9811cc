//! Limits how many calls a client makes: one limiter for all its rollouts. Pure: it is given the time and says how long to wait.

use std::time::Duration;

/// Calls that may be made at once: enough to prepare rollouts of several services.
const BURST: f64 = 40.0;
/// Calls a second while AWS throttles none. ECS allows an account about twice as many read calls.
const RATE: f64 = 10.0;
/// The fewest calls a second, however often AWS has throttled.
const LEAST: f64 = 0.5;

/// A token bucket that slows down after AWS has throttled a call, and speeds up slowly as AWS answers.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    /// Below 0 after calls that were allowed ahead of their time: later calls wait for them.
    tokens: f64,
    rate: f64,
    at: Duration,
}

impl Default for RateLimiter {
    fn default() -> Self {
        Self { tokens: BURST, rate: RATE, at: Duration::ZERO }
    }
}

impl RateLimiter {
    /// Acquires the right to one call. Returns how long to wait before the call is made.
    pub(crate) fn acquire(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.rate).min(BURST) - 1.0;
        Duration::from_secs_f64((-self.tokens / self.rate).max(0.0))
    }

    /// Halves the rate, because AWS has throttled a call.
    pub(crate) fn slow_down(&mut self) {
        self.tokens = self.tokens.min(0.0);
        self.rate = (self.rate / 2.0).max(LEAST);
    }

    /// Raises the rate a little, because AWS has answered.
    pub(crate) fn speed_up(&mut self) {
        self.rate = (self.rate + 0.1).min(RATE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_the_rest_comes_at_the_rate() {
        let mut limiter = RateLimiter::default();
        let waits: Vec<f64> = (0..60).map(|_| limiter.acquire(Duration::ZERO).as_secs_f64()).collect();
        assert!(waits[..40].iter().all(|wait| *wait == 0.0));
        assert!((waits[40] - 0.1).abs() < 1e-9 && (waits[59] - 2.0).abs() < 1e-9, "{waits:?}");
        assert_eq!(limiter.acquire(Duration::from_secs(60)), Duration::ZERO);
    }

    #[test]
    fn throttling_halves_the_rate_and_answers_bring_it_back() {
        let mut limiter = RateLimiter::default();
        limiter.slow_down();
        assert!((limiter.acquire(Duration::ZERO).as_secs_f64() - 0.2).abs() < 1e-9);
        (0..20).for_each(|_| limiter.slow_down());
        assert!((limiter.rate - LEAST).abs() < 1e-9);
        (0..200).for_each(|_| limiter.speed_up());
        assert!((limiter.rate - RATE).abs() < 1e-9);
    }
}
