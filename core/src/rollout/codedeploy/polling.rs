//! When to look next at a deployment of CodeDeploy. Pure.
//!
//! Most of the time such a deployment waits, as long as its group sets: then looks are few, and close together once the wait is over.
//! If somebody or an alarm ends a wait early, that is seen after a tenth of the time waited.

use std::time::Duration;

/// The phase of a deployment, for the time of the next look. Times in seconds since the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Phase {
    /// Tasks of the replacement are still to start.
    Starting,
    /// Hooks run, or traffic moves.
    Moving { since: f64, until: Option<f64> },
    /// It waits: to be continued, or before it terminates the replaced tasks.
    Waiting { since: f64, until: Option<f64> },
    /// It is being rolled back.
    RollingBack,
}

/// How long to wait before the next look. `now`: seconds since the start; `elapsed`: since the deployment began.
pub(crate) fn next_look(phase: Phase, now: f64, elapsed: f64) -> Duration {
    let seconds = match phase {
        Phase::Starting if elapsed < 14.0 => 3.0,
        Phase::Starting => (elapsed * 0.08).clamp(5.0, 15.0),
        Phase::RollingBack => (elapsed * 0.05).clamp(2.0, 10.0),
        Phase::Moving { since, until } => timed(now, since, until, (2.0, 15.0)),
        Phase::Waiting { since, until } => timed(now, since, until, (3.0, 300.0)),
    };
    Duration::from_secs_f64(seconds)
}

fn timed(now: f64, since: f64, until: Option<f64>, (least, most): (f64, f64)) -> f64 {
    let patient = ((now - since) * 0.1).clamp(least, most);
    match until {
        // A little after the end: CodeDeploy shows it with a delay.
        Some(until) if until > now => patient.min(until - now + 0.5),
        Some(until) => ((now - until) * 0.1).clamp(1.5, 15.0),
        None => patient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seen_to_its_end_on_few_looks() {
        for (minutes, most) in [(1.0, 20), (5.0, 38), (60.0, 62), (2880.0, 650)] {
            let end = minutes * 60.0;
            let (mut now, mut looks) = (0.0, 0);
            while now < end + 1.0 {
                now += next_look(Phase::Waiting { since: 0.0, until: Some(end) }, now, now).as_secs_f64();
                looks += 1;
            }
            assert!(now - end < 3.0, "{minutes}: {}", now - end);
            assert!(looks <= most, "{minutes}: {looks}");
        }
    }

    #[test]
    fn looks_are_never_idle_nor_frantic() {
        for phase in [
            Phase::Starting,
            Phase::RollingBack,
            Phase::Moving { since: 0.0, until: None },
            Phase::Moving { since: 0.0, until: Some(600.0) },
            Phase::Waiting { since: 0.0, until: None },
        ] {
            for now in 0..5000 {
                let pause = next_look(phase, f64::from(now), f64::from(now)).as_secs_f64();
                assert!((0.5..=300.0).contains(&pause), "{phase:?} {now}: {pause}");
            }
        }
    }
}
