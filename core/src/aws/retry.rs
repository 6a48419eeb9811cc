//! Calls that are made again: which failures pass, how long to wait, and the one loop that does it.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::fault::{ApiError, ApiErrorKind};
use crate::clock::Clock;

/// A failure that may pass by itself.
pub(crate) trait Transient {
    /// Whether the same call may succeed when it is made again.
    fn is_transient(&self) -> bool;
}

/// Makes a call, and again after the pause that `pause` gives for its failure and the number of attempts so far. It ends with
/// the first success, with a failure that `pause` gives none for, and with a failure once `deadline` has passed.
///
/// Both times are of `clock`. `pause` sees each failure, so that it is the place to count, to slow down and to send an event.
pub(crate) async fn retry<T, E, F: Future<Output = Result<T, E>>>(
    clock: &dyn Clock,
    deadline: Option<Duration>,
    mut pause: impl FnMut(&E, usize) -> Option<Duration>,
    mut call: impl FnMut() -> F,
) -> Result<T, E> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pause(&error, attempt) else { return Err(error) };
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(clock.now()));
        if left.is_zero() {
            return Err(error);
        }
        clock.sleep(pause.min(left)).await;
    }
}

/// The pauses of a call that is made a few times where its failure passes.
pub(crate) fn transient<E: Transient>(attempts: usize) -> impl Fn(&E, usize) -> Option<Duration> {
    move |error, attempt| (attempt < attempts && error.is_transient()).then(|| backoff(0.4, attempt))
}

/// A pause that begins with `first` seconds and grows with the attempts, of which there has been one or more.
pub(crate) fn backoff(first: f64, attempt: usize) -> Duration {
    let delays = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs_f64(first))
        .with_factor(1.6)
        .with_max_delay(Duration::from_secs(15))
        .without_max_times()
        .build();
    let delay = delays.into_iter().nth(attempt.clamp(1, 50) - 1).unwrap_or_default();
    // Shorter by chance, so that callers who were refused together do not come back together.
    delay.mul_f64(1.0 - fastrand::f64() * 0.3)
}

/// What a failed attempt interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryPolicy {
    /// Nothing has begun: a clear error soon is better than waiting.
    FailFast,
    /// A deployment is under way: only permission, credentials and the deadline end the watching.
    UntilDeadline,
    /// The same, and the attempt is a write: what refuses it will refuse it again.
    Write,
}

impl RetryPolicy {
    /// The policy of a write under this one.
    pub(crate) fn of_write(self) -> Self {
        if self == Self::UntilDeadline { Self::Write } else { self }
    }
}

/// Codes of what may be gone for good, or only missing in a replica that is behind.
const GONE: [&str; 3] = ["ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"];

/// How long to wait before attempt number `attempt` + 1, counted from 1; `None` where there is no further one.
/// `has_answered`: whether the same operation has been answered before.
pub(crate) fn retry_after(
    error: &ApiError,
    policy: RetryPolicy,
    attempt: usize,
    has_answered: bool,
) -> Option<Duration> {
    let is_gone = GONE.contains(&error.code.as_str());
    let (first, most) = match (error.kind, policy) {
        (ApiErrorKind::Credentials, _) => return None,
        (ApiErrorKind::Rejected, RetryPolicy::FailFast) if is_gone => (1.0, 1),
        (ApiErrorKind::Denied | ApiErrorKind::Rejected | ApiErrorKind::NotOffered, RetryPolicy::FailFast) => {
            return None;
        }
        (ApiErrorKind::Denied | ApiErrorKind::Rejected, RetryPolicy::Write) => return None,
        // A policy that was just changed takes up to a minute to be the same everywhere.
        (ApiErrorKind::Denied, RetryPolicy::UntilDeadline) => (1.0, if has_answered { 7 } else { 2 }),
        (ApiErrorKind::Rejected, RetryPolicy::UntilDeadline) if is_gone => (1.5, 4),
        (ApiErrorKind::Foreign, RetryPolicy::FailFast | RetryPolicy::Write) => (0.4, 3),
        (ApiErrorKind::Unreachable, RetryPolicy::FailFast) => (0.2, 3),
        (ApiErrorKind::Throttled, RetryPolicy::FailFast) => (1.0, 30),
        (ApiErrorKind::Server | ApiErrorKind::ConnectionLost | ApiErrorKind::Unreadable, RetryPolicy::FailFast) => {
            (0.4, 9)
        }
        (ApiErrorKind::Throttled, _) => (1.0, usize::MAX),
        // The answer that was not seen may be the one that shows the end.
        (_, RetryPolicy::UntilDeadline | RetryPolicy::Write) => (0.4, usize::MAX),
    };
    (attempt <= most).then(|| backoff(first, attempt))
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::aws::operation::Operation;
    use crate::clock::tests::Leaping;

    fn late() -> ApiError {
        ApiError::late(Operation::DescribeServices)
    }

    #[tokio::test]
    async fn a_call_is_made_until_it_succeeds_or_nothing_more_is_to_be_hoped_for() {
        let no_endpoint = || ApiError::unplaced(Operation::DescribeServices, "no endpoint".to_owned());
        for (failures, last, attempts, calls) in
            [(0, None, 3, 1), (2, None, 3, 3), (3, None, 3, 3), (9, None, 3, 3), (1, Some(no_endpoint()), 3, 2)]
        {
            let clock = Leaping::default();
            let mut made = 0;
            let answer = retry(&clock, None, transient(attempts), || {
                made += 1;
                ready(match &last {
                    Some(last) if made > failures => Err(last.clone()),
                    _ if made > failures => Ok(made),
                    _ => Err(late()),
                })
            });
            let answer = answer.await;
            assert_eq!(made, calls);
            let expected = if failures >= attempts { Err(late()) } else { last.map_or(Ok(made), Err) };
            assert_eq!(answer, expected);
        }
    }

    #[tokio::test]
    async fn nothing_is_attempted_after_the_deadline_and_no_pause_goes_beyond_it() {
        let clock = Leaping::default();
        let (mut calls, deadline) = (0, Duration::from_secs(25));
        let pause = |_: &ApiError, _| Some(Duration::from_secs(10));
        let answer: Result<(), _> = retry(&clock, Some(deadline), pause, || {
            calls += 1;
            ready(Err(late()))
        })
        .await;
        // At 0, 10, 20 and 25 s.
        assert_eq!((answer, calls, clock.now()), (Err(late()), 4, deadline));
    }

    #[test]
    fn pauses_grow_up_to_a_limit() {
        for (attempt, longest) in [(0, 1.0), (1, 1.0), (2, 1.6), (3, 2.56), (50, 15.0), (usize::MAX, 15.0)] {
            let pause = backoff(1.0, attempt).as_secs_f64();
            assert!((longest * 0.7 - 1e-6..=longest + 1e-6).contains(&pause), "{attempt}: {pause}");
        }
    }
}
