//! When to look next, and which failed attempts are tried again. Pure: it is given what is known and says how long to wait.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::observe::Ours;
use super::snapshot::Snapshot;
use crate::aws::{Fault, FaultKind};

/// How far a deployment seems to be, as far as that tells when its end may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Tasks of ours are still to start.
    Starting,
    /// All tasks of ours run; earlier ones do too.
    Replacing,
    /// All tasks of ours run, and those of earlier deployments are going: the end is near.
    Settling,
}

/// What the time of the next look depends on. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    pub(crate) phase: Phase,
    /// Since the deployment began.
    pub(crate) elapsed: f64,
    /// Since the phase began.
    pub(crate) in_phase: f64,
    /// Whether tasks of ours have failed: a verdict may come at any time.
    pub(crate) failing: bool,
    /// How long the service's last rollout took.
    pub(crate) usual: Option<f64>,
    /// Looks so far.
    pub(crate) looks: u32,
}

/// `most_previous`: the most tasks of earlier deployments that were seen running.
pub(crate) fn phase(ours: &Ours, look: &Snapshot, most_previous: u64) -> Phase {
    let previous = look.running_beside(&ours.id);
    match look.deployment(&ours.id) {
        Some(our) if our.running < our.desired || our.pending > 0 => Phase::Starting,
        Some(_) if previous > 0 && previous >= most_previous => Phase::Replacing,
        Some(_) => Phase::Settling,
        None => Phase::Starting,
    }
}

/// How long to wait before the next look.
///
/// Tasks take long to start and nothing ends before they run, so the looks are far apart then. Once all run, the end may
/// come at any time: every two seconds, and every second once the earlier tasks go. Where the service's last rollout
/// tells how long one takes, the looks close in on that time. In all, the number of looks grows with the square root of
/// the time (19 in a minute, 60 in ten): what the start saves, the end may spend.
pub(crate) fn next_look(progress: &Progress) -> Duration {
    let grows_from = |from: f64, share: f64, since: f64| (since * share).clamp(from, 10.0);
    let mut seconds = match progress.phase {
        Phase::Starting if progress.elapsed < 3.0 => 3.0,
        Phase::Starting => grows_from(7.0, 0.1, progress.elapsed),
        Phase::Replacing => grows_from(2.0, 0.05, progress.in_phase),
        Phase::Settling => grows_from(1.0, 0.08, progress.in_phase),
    };
    if progress.failing {
        seconds = seconds.min(3.0);
    }
    let mut near_end = progress.phase == Phase::Settling;
    if let Some(usual) = progress.usual {
        let (from, to) = (usual * 0.97 - 1.0, usual * 1.1 + 3.0);
        near_end |= (from..to).contains(&progress.elapsed);
        if near_end {
            seconds = seconds.min(1.5);
        } else if progress.elapsed < from {
            seconds = seconds.max(4.0).min((from - progress.elapsed).max(1.0));
        }
    }
    let (rate, extra) = if near_end { (2.55, (1.0 + progress.elapsed / 60.0).min(8.0)) } else { (2.45, 0.0) };
    let allowed_at = ((f64::from(progress.looks) + 1.0 - extra).max(0.0) / rate).powi(2);
    Duration::from_secs_f64(seconds.max(allowed_at - progress.elapsed))
}

/// How long the service's last rollout took, in seconds, where its PRIMARY deployment tells.
pub(crate) fn usual_seconds(before: &Snapshot) -> Option<f64> {
    let primary = before.primary().filter(|primary| primary.is("COMPLETED"))?;
    let seconds = primary.updated? - primary.created?;
    // Shorter is no rollout; longer may be an update of another kind, hours later.
    (5.0..3600.0).contains(&seconds).then_some(seconds)
}

/// What a failed attempt interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stake {
    /// Nothing has been begun: a clear error soon is worth more than patience.
    Preparing,
    /// A deployment is under way: only the deadline ends the watching.
    Watching,
}

/// How long to wait before attempt number `attempt` + 1, counted from 1; `None` where it is not tried again.
pub(crate) fn retry_after(fault: &Fault, stake: Stake, attempt: usize) -> Option<Duration> {
    let (first, most) = match (fault.kind, stake) {
        (FaultKind::Credentials | FaultKind::Denied | FaultKind::Rejected | FaultKind::Unoffered, Stake::Preparing) => {
            return None;
        }
        (FaultKind::Credentials | FaultKind::Denied | FaultKind::Rejected, Stake::Watching) => return None,
        (FaultKind::Unreachable, Stake::Preparing) => (0.2, 3),
        (FaultKind::Throttled, Stake::Preparing) => (1.0, 30),
        (FaultKind::Server | FaultKind::Broken | FaultKind::Unreadable, Stake::Preparing) => (0.4, 9),
        (_, Stake::Watching) => (1.0, usize::MAX),
    };
    if attempt > most {
        return None;
    }
    let delays = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs_f64(first))
        .with_factor(1.6)
        .with_max_delay(Duration::from_secs(15))
        .without_max_times()
        .build();
    let delay = delays.into_iter().nth(attempt.min(50) - 1)?;
    // Shorter by chance, so that callers who were refused together do not come back together.
    Some(delay.mul_f64(1.0 - fastrand::f64() * 0.3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until `end`, with all running from `full` and the previous going from `going`: (number, lateness).
    fn watch(full: f64, going: f64, end: f64, usual: Option<f64>) -> (u32, f64) {
        let (mut elapsed, mut looks) = (0.0, 0);
        loop {
            let (phase, since) = match elapsed {
                _ if elapsed < full => (Phase::Starting, 0.0),
                _ if elapsed < going => (Phase::Replacing, full),
                _ => (Phase::Settling, going),
            };
            let progress = Progress { phase, elapsed, in_phase: elapsed - since, failing: false, usual, looks };
            elapsed += next_look(&progress).as_secs_f64();
            looks += 1;
            if elapsed >= end {
                return (looks, elapsed - end);
            }
        }
    }

    #[test]
    fn the_end_is_seen_soon_and_on_few_looks() {
        for (full, going, end, usual, most_looks, latest) in [
            (6.0, 11.0, 12.0, None, 6, 2.0),
            (6.0, 12.0, 12.0, None, 6, 2.0),
            (15.0, 55.0, 60.0, None, 20, 2.0),
            (30.0, 60.0, 60.0, None, 20, 2.0),
            (10.0, 60.0, 60.0, None, 20, 6.0),
            (30.0, 58.0, 60.0, Some(60.0), 20, 1.5),
            (10.0, 60.0, 60.0, Some(60.0), 20, 1.5),
            (40.0, 170.0, 175.0, None, 40, 2.0),
            (60.0, 590.0, 600.0, None, 75, 2.0),
            (60.0, 600.0, 600.0, Some(610.0), 75, 2.0),
        ] {
            let (looks, late) = watch(full, going, end, usual);
            assert!(
                looks <= most_looks && late <= latest,
                "{full} {going} {end} {usual:?}: {looks} looks, {late} late"
            );
        }
    }
}
