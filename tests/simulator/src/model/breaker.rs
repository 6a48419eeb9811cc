//! Decides how many failures the deployment circuit breaker bears, and how the scheduler paces itself after failures.

use serde_json::Value;

/// The member `deploymentCircuitBreaker`, read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) enable: bool,
    pub(crate) rollback: bool,
    /// Whether a healthy task sets the count back.
    pub(crate) reset: bool,
    pub(crate) threshold: u64,
}

impl Settings {
    pub(crate) fn read(configuration: Option<&Value>, desired: u64) -> Settings {
        let breaker = configuration.and_then(|value| value.get("deploymentCircuitBreaker"));
        let flag = |name: &str| breaker.and_then(|value| value.get(name)).and_then(Value::as_bool);
        Settings {
            enable: flag("enable").unwrap_or(false),
            rollback: flag("rollback").unwrap_or(false),
            reset: flag("resetOnHealthyTask").unwrap_or(true),
            threshold: threshold(breaker.and_then(|value| value.get("thresholdConfiguration")), desired),
        }
    }
}

fn threshold(configuration: Option<&Value>, desired: u64) -> u64 {
    let kind = configuration.and_then(|value| value.get("type")).and_then(Value::as_str);
    let value = configuration.and_then(|value| value.get("value")).and_then(Value::as_f64).unwrap_or(50.0);
    let share = (desired as f64 * value / 100.0).ceil() as u64;
    match kind {
        Some("COUNT") => value as u64,
        Some("UNBOUNDED_PERCENT") => share,
        _ => share.clamp(3, 200),
    }
}

/// Seconds to wait before the next start after so many rounds of launch failures in a row.
pub(crate) fn pause(rounds: u32) -> f64 {
    match rounds {
        0 | 1 => 0.0,
        more => f64::from(2_u32.pow((more - 2).min(10))).min(900.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{pause, threshold};
    use serde_json::json;

    #[test]
    fn thresholds() {
        for (configuration, desired, expected) in [
            (None, 1, 3),
            (None, 25, 13),
            (None, 400, 200),
            (None, 800, 200),
            (Some(json!({"type": "COUNT", "value": 1})), 25, 1),
            (Some(json!({"type": "UNBOUNDED_PERCENT", "value": 10})), 800, 80),
            (Some(json!({"type": "BOUNDED_PERCENT", "value": 10})), 10, 3),
        ] {
            assert_eq!(threshold(configuration.as_ref(), desired), expected, "{configuration:?} {desired}");
        }
    }

    #[test]
    fn pauses_grow() {
        assert_eq!((0..6).map(pause).collect::<Vec<_>>(), [0.0, 0.0, 1.0, 2.0, 4.0, 8.0]);
        assert_eq!(pause(50), 900.0);
    }
}
