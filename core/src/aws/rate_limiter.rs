//! How many calls a client may make at a time: one allowance for all its rollouts. Pure: it is given the time and says how long
//! to wait.

use std::time::Duration;

/// Calls that may be made at once: a whole rollout's preparation of some services.
const BURST: f64 = 40.0;
/// Calls a second that come back, while AWS is content. ECS gives an account about twice as many for its looks.
const RATE: f64 = 10.0;
/// The fewest calls a second, however often AWS has throttled.
const LEAST: f64 = 0.5;

/// A token bucket that gives less after AWS has throttled, and slowly more again.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    /// Below 0: calls that have been let through ahead of their time, which those after them wait for.
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
    /// Takes the right to one call; how long to wait before it is made.
    pub(crate) fn take(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.rate).min(BURST) - 1.0;
        Duration::from_secs_f64((-self.tokens / self.rate).max(0.0))
    }

    /// AWS said that calls come too fast.
    pub(crate) fn throttled(&mut self) {
        self.tokens = self.tokens.min(0.0);
        self.rate = (self.rate / 2.0).max(LEAST);
    }

    /// AWS answered.
    pub(crate) fn answered(&mut self) {
        self.rate = (self.rate + 0.1).min(RATE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_the_rest_comes_at_the_rate() {
        let mut allowance = RateLimiter::default();
        let waits: Vec<f64> = (0..60).map(|_| allowance.take(Duration::ZERO).as_secs_f64()).collect();
        assert!(waits[..40].iter().all(|wait| *wait == 0.0));
        assert!((waits[40] - 0.1).abs() < 1e-9 && (waits[59] - 2.0).abs() < 1e-9, "{waits:?}");
        assert_eq!(allowance.take(Duration::from_secs(60)), Duration::ZERO);
    }

    #[test]
    fn throttling_halves_the_rate_and_answers_bring_it_back() {
        let mut allowance = RateLimiter::default();
        allowance.throttled();
        assert!((allowance.take(Duration::ZERO).as_secs_f64() - 0.2).abs() < 1e-9);
        (0..20).for_each(|_| allowance.throttled());
        assert!((allowance.rate - LEAST).abs() < 1e-9);
        (0..200).for_each(|_| allowance.answered());
        assert!((allowance.rate - RATE).abs() < 1e-9);
    }
}
