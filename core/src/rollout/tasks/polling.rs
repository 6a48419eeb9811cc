//! When to look at tasks next, when at their logs, and when an order is given again. Pure.

use std::time::Duration;

/// The phase of tasks, for the time of the next look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// None runs yet.
    Starting,
    /// At least one runs: it may end at any time.
    Running,
    /// All that remain were asked to stop, or stop by themselves.
    Stopping,
}

/// Looks at tasks that a minute may take, and the seconds over which they are spread; looks at logs come on top, one for three.
const MINUTE: (u32, f64) = (17, 62.0);

/// What the time of the next look depends on. Times in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) phase: Phase,
    /// Since the tasks were started.
    pub(crate) elapsed: f64,
    /// Looks since then.
    pub(crate) looks: u32,
}

/// How long to wait before the next look. A task of seconds is looked at closely; the remaining looks of the first minute are spread
/// evenly over the rest of it; after that, the longer a task runs, the less a second matters.
pub(crate) fn next_look(progress: &Progress) -> Duration {
    let Progress { phase, elapsed, looks } = *progress;
    let spread = (MINUTE.1 - elapsed) / f64::from(MINUTE.0.saturating_sub(looks).max(1));
    Duration::from_secs_f64(match phase {
        Phase::Stopping => 1.5,
        Phase::Starting if elapsed < 12.0 => 3.0,
        Phase::Starting => (elapsed * 0.1).clamp(4.0, 10.0),
        Phase::Running if elapsed < 12.0 => 2.0,
        Phase::Running if elapsed < 60.0 => spread.clamp(2.0, 4.5),
        Phase::Running => (elapsed * 0.05).clamp(3.0, 15.0),
    })
}

/// Whether lines are read with this look, the first of which is 1: with every third one, and once the tasks stop.
pub(crate) fn reads_logs(looks: u32, phase: Phase) -> bool {
    match phase {
        Phase::Starting => false,
        Phase::Running => looks.is_multiple_of(3),
        Phase::Stopping => looks.is_multiple_of(2),
    }
}

/// How long a task that ECS does not know may still appear: answers are consistent only after a while.
const UNKNOWN: Duration = Duration::from_secs(60);

pub(crate) fn is_gone(missing: Duration) -> bool {
    missing >= UNKNOWN
}

/// How long to wait before RunTask is repeated for lack of capacity, after so many calls; `None` if it is not.
pub(crate) fn order_again(orders: u32) -> Option<Duration> {
    (orders < 5).then(|| Duration::from_secs(5 << orders.saturating_sub(1)))
}

/// How long to wait for lines that are not available yet, after so many rounds of reading them all; `None` if there is no more
/// waiting. CloudWatch shows lines seconds after they were written. `log_missing`: a task failed, and nothing explains why.
pub(crate) fn more_lines(rounds: u32, log_missing: bool) -> Option<Duration> {
    match rounds {
        1 => Some(Duration::from_secs(2)),
        2 if log_missing => Some(Duration::from_secs(4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a task that runs from `start` until `end`: (calls, lateness).
    fn follow(start: f64, end: f64) -> (u32, f64) {
        let (mut elapsed, mut looks, mut reads) = (0.0, 0, 0);
        loop {
            let phase = if elapsed < start { Phase::Starting } else { Phase::Running };
            elapsed += next_look(&Progress { phase, elapsed, looks }).as_secs_f64();
            looks += 1;
            if elapsed >= end {
                return (looks + reads, elapsed - end);
            }
            reads += u32::from(reads_logs(looks, phase));
        }
    }

    #[test]
    fn a_task_of_a_minute_is_followed_on_few_calls() {
        for end in 3..=60 {
            for start in 1..end {
                let (calls, late) = follow(f64::from(start), f64::from(end));
                assert!(calls <= 23 && late <= 4.5, "{start} {end}: {calls} calls, {late} late");
            }
        }
        let late: Vec<f64> = (20..=600).map(|tenth| follow(2.0, f64::from(tenth) / 10.0).1).collect();
        let mean = late.iter().sum::<f64>() / late.len() as f64;
        assert!(mean < 2.1, "{mean}");
    }

    #[test]
    fn a_long_task_is_looked_at_more_and_more_rarely() {
        for (end, most, latest) in [(600.0, 95, 15.0), (3600.0, 360, 15.0)] {
            let (calls, late) = follow(20.0, end);
            assert!(calls <= most && late <= latest, "{end}: {calls} calls, {late} late");
        }
    }

    #[test]
    fn an_order_that_found_no_room_is_given_some_times() {
        let pauses: Vec<_> = (1..8).map_while(order_again).map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40]);
        assert!(!is_gone(Duration::from_secs(59)) && is_gone(Duration::from_secs(60)));
    }

    #[test]
    fn late_lines_are_waited_for() {
        assert_eq!(more_lines(1, false), Some(Duration::from_secs(2)));
        assert_eq!((more_lines(2, false), more_lines(2, true)), (None, Some(Duration::from_secs(4))));
        assert_eq!(more_lines(3, true), None);
    }
}
