//! Decides when to look next, and which failed attempts are repeated. Pure.

use std::time::Duration;

use super::lifecycle::Staged;
use crate::aws::retry::backoff;
pub(crate) use crate::aws::retry::{RetryPolicy, retry_after};
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::verdict::judge::Tracked;

/// The phase of a deployment, for the time of the next look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Tasks of ours are still to start.
    Starting,
    /// All tasks of ours run; earlier ones do too.
    Replacing,
    /// All tasks of ours run, and those of earlier deployments are going: the end is near.
    Settling,
    /// It waits to be continued.
    Paused,
}

/// Looks that a rollout of a minute may take, and the seconds over which they are spread: a little more than the minute, for the look
/// that sees its end.
const MINUTE: (u32, f64) = (20, 62.0);

/// How looks gather around a time when the end is expected.
struct PollProfile {
    /// The pause between looks around that time, in seconds.
    close: f64,
    /// How far from it they are close together, as a part of the typical length.
    around: f64,
    /// By how much the pause grows with each second away from there.
    steepness: f64,
}

impl PollProfile {
    /// A short rollout has few looks to spend before its end, a long one many seconds around its end.
    fn of(typical: f64) -> Self {
        match typical {
            ..120.0 => Self { close: 1.5, around: 0.032, steepness: 0.5 },
            ..900.0 => Self { close: 1.7, around: 0.032, steepness: 0.18 },
            _ => Self { close: 1.85, around: 0.0415, steepness: 0.45 },
        }
    }
}

/// What the time of the next look depends on. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    pub(crate) phase: Phase,
    /// Since the deployment began.
    pub(crate) elapsed: f64,
    /// Since the phase began.
    pub(crate) in_phase: f64,
    /// Looks since the deployment began.
    pub(crate) looks: u32,
    /// Whether tasks of ours have failed: a verdict may come at any time.
    pub(crate) failing: bool,
    /// How long the service's last rollout took.
    pub(crate) typical: Option<f64>,
}

/// `most_previous`: the most tasks of earlier deployments that were seen running.
pub(crate) fn phase(ours: &Tracked, look: &ServiceView, most_previous: u64) -> Phase {
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
/// The pause before the next look. Nothing ends before the tasks run, so the looks are far apart while they start. Once all run, the
/// end may come at any time: the remaining looks of the first minute are spread evenly over the rest of it, and after that the longer
/// the rollout takes, the less a second matters. Once the earlier tasks stop, the end is near. If earlier rollouts of the service show
/// how long one takes, looks are saved before that time and close together around it; a wrong expectation costs seconds, never the
/// verdict.
pub(crate) fn next_look(progress: &Progress) -> Duration {
    let without = unexpecting(progress);
    let mut seconds = match progress.typical {
        Some(typical) => expecting(progress, typical, without),
        None => without,
    };
    if progress.failing {
        seconds = seconds.min(3.0);
    }
    Duration::from_secs_f64(seconds)
}

/// The pause without a history of earlier rollouts, in seconds.
fn unexpecting(progress: &Progress) -> f64 {
    let Progress { phase, elapsed, in_phase, looks, .. } = *progress;
    let spread = (elapsed < 60.0).then(|| (MINUTE.1 - elapsed) / f64::from(MINUTE.0.saturating_sub(looks).max(1)));
    // A rollout of seconds is seen to its end closely: few looks have been made by then.
    let close = 1.8 + (elapsed - 14.0).max(0.0) * 0.2;
    match (phase, spread) {
        (Phase::Starting, _) if elapsed < 2.0 => 3.0,
        (Phase::Starting, _) if elapsed < 14.0 => 4.0,
        (Phase::Starting, Some(_)) => 5.0,
        (Phase::Starting, None) => (elapsed * 0.1).clamp(7.0, 15.0),
        (Phase::Replacing, Some(spread)) => spread.max(2.0).min(close),
        (Phase::Replacing, None) => (elapsed * 0.055).clamp(2.0, 20.0),
        (Phase::Settling, Some(spread)) => spread.max(1.5).min(close),
        (Phase::Paused, _) => (in_phase * 0.1).clamp(3.0, 15.0),
        (Phase::Settling, None) => (in_phase * 0.2).min(elapsed * 0.04).max(elapsed * 0.002).clamp(1.5, 20.0),
    }
}

/// The pause if earlier rollouts took `typical` seconds; `without`: the pause without a history.
fn expecting(progress: &Progress, typical: f64, without: f64) -> f64 {
    let Progress { phase, elapsed, .. } = *progress;
    if phase == Phase::Paused {
        return without;
    }
    let habit = PollProfile::of(typical);
    let around = (typical * habit.around).max(2.0);
    let distance = ((elapsed - typical).abs() - around).max(0.0);
    let is_before = elapsed < typical;
    // A rollout that takes far longer than the typical time is of another kind.
    if !is_before && distance > typical * 0.3 + 10.0 {
        return without;
    }
    let least = if phase == Phase::Starting { 3.0 } else { habit.close };
    let approach = (distance * habit.steepness).max(least);
    let saved = match (is_before, elapsed < 60.0) {
        // A rollout of seconds is normal, however long the last one took.
        (true, true) if typical > 90.0 && elapsed > 12.0 => without * 2.2,
        (true, true) if typical > 40.0 && elapsed > 30.0 => without * 1.35,
        (true, true) if typical > 40.0 && phase == Phase::Starting && (2.0..14.0).contains(&elapsed) => {
            without.max(5.0)
        }
        (true, true) if typical > 20.0 && typical <= 40.0 && elapsed > 9.0 => without * 1.2,
        (true, false) => (elapsed * 0.2).clamp(without, without * 3.3),
        _ => without,
    };
    // Never past the time when looks are to be close together.
    let to_window = typical - around - elapsed;
    let seconds = saved.min(approach);
    if to_window > 0.0 { seconds.min(to_window.max(least)) } else { seconds }
}

/// How long the service's last rollout took, in seconds, if its PRIMARY deployment shows it: by the event that it was complete, or by
/// its last change.
pub(crate) fn typical_seconds(before: &ServiceView) -> Option<f64> {
    let primary = before.primary().filter(|primary| primary.is("COMPLETED"))?;
    let is_completion = |text: &str| text.contains(&primary.id) && text.contains("deployment completed");
    let completed = before.messages.iter().find(|message| is_completion(&message.text)).map(|message| message.at);
    let seconds = completed.or(primary.updated)? - primary.created?;
    // Shorter is no rollout; longer may be an update of another kind, hours later.
    (5.0..3600.0).contains(&seconds).then_some(seconds)
}

/// How long rollouts of a service usually take, in seconds, by how long earlier ones took, newest first: the middle of the
/// last few.
pub(crate) fn typical_of(took: impl Iterator<Item = f64>) -> Option<f64> {
    let mut took: Vec<f64> = took.filter(|seconds| *seconds >= 5.0).take(5).collect();
    took.sort_by(f64::total_cmp);
    took.get(took.len() / 2).copied()
}

/// The phase of a deployment that goes through stages.
pub(crate) fn staged_phase(staged: &Staged) -> Phase {
    match staged.stage() {
        _ if staged.is_paused() => Phase::Paused,
        Some("CLEAN_UP") => Phase::Settling,
        Some("RECONCILE_SERVICE" | "PRE_SCALE_UP" | "SCALE_UP") | None => Phase::Starting,
        Some(_) => Phase::Replacing,
    }
}

/// How long to wait after this many attempts that failed.
pub(crate) fn wait_out(attempts: usize) -> Duration {
    backoff(0.4, attempts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until `end`, with all running from `full` and the previous going from `going`: (number, lateness).
    fn watch(full: f64, going: f64, end: f64, typical: Option<f64>) -> (u32, f64) {
        let (mut elapsed, mut looks) = (0.0, 0);
        loop {
            let (phase, since) = match elapsed {
                _ if elapsed < full => (Phase::Starting, 0.0),
                _ if elapsed < going => (Phase::Replacing, full),
                _ => (Phase::Settling, going),
            };
            let progress = Progress { phase, elapsed, in_phase: elapsed - since, looks, failing: false, typical };
            elapsed += next_look(&progress).as_secs_f64();
            looks += 1;
            if elapsed >= end {
                return (looks, elapsed - end);
            }
        }
    }

    /// A rollout of up to a minute, of any shape: at most 20 looks, and the end seen within 3.7 s.
    #[test]
    fn every_minute_is_seen_soon_and_on_few_looks() {
        for end in 12..=60 {
            for full in 6..=end - 5 {
                for going in full..=end {
                    let (looks, late) = watch(f64::from(full), f64::from(going), f64::from(end), None);
                    assert!(looks <= 20 && late <= 3.7, "{full} {going} {end}: {looks} looks, {late} late");
                }
            }
        }
    }

    /// Rollouts of a service that has been deployed before, each up to 5 % longer or shorter than typical, of any shape.
    #[test]
    fn the_usual_end_is_seen_within_a_second_on_few_looks() {
        let mut random = fastrand::Rng::with_seed(7);
        for (typical, most_looks) in [(30.0, 15), (180.0, 40), (600.0, 75), (1800.0, 140)] {
            let (mut lateness, mut counts) = (Vec::new(), Vec::new());
            for _ in 0..2000 {
                let end = typical * (0.95 + 0.1 * random.f64());
                let full = end * (0.2 + 0.7 * random.f64());
                let going = full + (end - full) * random.f64();
                let (looks, late) = watch(full, going, end, Some(typical));
                lateness.push(late);
                counts.push(looks);
            }
            lateness.sort_by(f64::total_cmp);
            counts.sort_unstable();
            let (median, most) = (lateness[1000], lateness[1900]);
            assert!(median <= 1.0 && most <= 3.0, "{typical}: late {median} at the median, {most} at 95 %");
            let (most, extreme) = (counts[1900], counts[1999]);
            assert!(
                most <= most_looks && extreme <= most_looks + 3,
                "{typical}: {most} looks at 95 %, {extreme} at most"
            );
        }
    }

    /// Without a history of earlier rollouts, the number of looks is bounded too.
    #[test]
    fn an_unknown_end_is_seen_on_few_looks() {
        let mut random = fastrand::Rng::with_seed(7);
        for (end, most_looks, latest) in [(30.0, 15, 3.7), (180.0, 51, 11.0), (600.0, 75, 21.0), (1800.0, 145, 21.0)] {
            for _ in 0..2000 {
                let full = end * (0.2 + 0.7 * random.f64());
                let going = full + (end - full) * random.f64();
                let (looks, late) = watch(full, going, end, None);
                assert!(looks <= most_looks && late <= latest, "{full} {going} {end}: {looks} looks, {late} late");
            }
        }
    }

    /// A wrong history: the end is seen a little later, no more.
    #[test]
    fn a_wrong_expectation_costs_seconds() {
        for end in [20.0, 45.0, 60.0, 150.0, 400.0] {
            for typical in [8.0, 30.0, 100.0, 300.0, 3000.0] {
                let (looks, late) = watch(end * 0.4, end * 0.8, end, Some(typical));
                let (_, without) = watch(end * 0.4, end * 0.8, end, None);
                assert!(
                    looks <= 75 && late <= (without + 2.0).max(end * 0.12),
                    "{end} {typical}: {looks} looks, {late} late"
                );
            }
        }
    }

    #[test]
    fn what_earlier_rollouts_took_is_their_middle() {
        assert_eq!(typical_of([60.0, 2.0, 70.0, 50.0].into_iter()), Some(60.0));
        assert_eq!(typical_of([].into_iter()), None);
    }

    #[test]
    fn the_end_is_seen_soon_and_on_few_looks() {
        for (full, going, end, typical, most_looks, latest) in [
            (6.0, 11.0, 12.0, None, 5, 2.0),
            (6.0, 12.0, 12.0, None, 5, 2.0),
            (12.0, 30.0, 30.0, None, 10, 2.0),
            (20.0, 25.0, 30.0, None, 10, 2.0),
            (20.0, 40.0, 45.0, None, 20, 1.5),
            (15.0, 55.0, 60.0, None, 20, 2.0),
            (30.0, 60.0, 60.0, None, 20, 2.0),
            (30.0, 58.0, 60.0, None, 20, 2.0),
            (10.0, 60.0, 60.0, None, 20, 2.0),
            (10.0, 20.0, 60.0, None, 20, 2.0),
            (50.0, 60.0, 60.0, None, 20, 2.0),
            (30.0, 58.0, 60.0, Some(60.0), 20, 1.5),
            (10.0, 60.0, 60.0, Some(60.0), 20, 1.5),
            (40.0, 170.0, 175.0, None, 45, 2.0),
            (30.0, 100.0, 180.0, None, 55, 5.0),
            (30.0, 180.0, 180.0, None, 50, 8.0),
            (60.0, 590.0, 600.0, None, 75, 5.0),
            (60.0, 600.0, 600.0, Some(610.0), 75, 2.0),
        ] {
            let (looks, late) = watch(full, going, end, typical);
            assert!(
                looks <= most_looks && late <= latest + 1e-9,
                "{full} {going} {end} {typical:?}: {looks} looks, {late} late"
            );
        }
    }
}
