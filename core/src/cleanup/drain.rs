//! Decides the next step of the removal of a service, from what the last look showed. Pure.

use std::time::Duration;

use serde_json::Value;

use crate::json::{list, number, text, time};

/// How long a look may show another number of tasks than was ordered before the order counts as undone.
const UNDONE: Duration = Duration::from_secs(60);
/// Looks in a row that must show no service before it counts as gone: one may be stale.
const MISSING: u32 = 2;

/// A service as one look shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Look {
    /// ACTIVE, DRAINING or INACTIVE; empty if the service is not shown.
    pub(crate) status: String,
    pub(crate) created: Option<f64>,
    pub(crate) desired: u64,
    pub(crate) running: u64,
    pub(crate) pending: u64,
    /// It has no number of tasks that could be set to 0.
    pub(crate) is_daemon: bool,
    /// It has task sets, which ECS removes with a service only where `force` is given.
    pub(crate) has_sets: bool,
}

impl Look {
    pub(crate) fn of(service: &Value) -> Self {
        Self {
            status: text(service, "status"),
            created: time(service, "createdAt"),
            desired: number(service, "desiredCount"),
            running: number(service, "runningCount"),
            pending: number(service, "pendingCount"),
            is_daemon: service["schedulingStrategy"] == "DAEMON",
            has_sets: !list(service, "taskSets").is_empty(),
        }
    }

    fn is_empty(&self) -> bool {
        self.desired == 0 && self.running == 0 && self.pending == 0
    }
}

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Set the number of tasks to 0.
    ScaleDown,
    /// Delete the service. `force`: although tasks are left.
    Delete { force: bool },
    /// Look again.
    Wait,
    /// It is gone.
    Gone,
}

/// How far the removal is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Removing {
    /// `createdAt` of the service that is removed: one that is created anew under its name is another.
    pub(crate) created: Option<f64>,
    /// When ECS accepted that the number of tasks is 0.
    pub(crate) scaled: Option<Duration>,
    /// Whether ECS has accepted that it is deleted.
    pub(crate) is_deleted: bool,
    missing: u32,
}

impl Removing {
    /// The next step after a look. `None`: the service is not there.
    pub(crate) fn step(&mut self, look: Option<&Look>, now: Duration) -> Step {
        let Some(look) = look else {
            self.missing += 1;
            return if self.missing >= MISSING { Step::Gone } else { Step::Wait };
        };
        self.missing = 0;
        let is_other = look.created.zip(self.created).is_some_and(|(shown, own)| shown != own);
        match look.status.as_str() {
            // A former service of that name.
            "INACTIVE" if is_other => Step::Wait,
            "INACTIVE" => Step::Gone,
            // Somebody has created it anew: what was to be removed is gone.
            _ if is_other && self.is_deleted => Step::Gone,
            "DRAINING" => Step::Wait,
            _ if self.is_deleted => Step::Wait,
            _ if look.is_daemon => Step::Delete { force: true },
            _ if look.is_empty() => Step::Delete { force: look.has_sets },
            _ => self.scale_down(look, now),
        }
    }

    fn scale_down(&self, look: &Look, now: Duration) -> Step {
        match self.scaled {
            None if look.desired > 0 => Step::ScaleDown,
            // Something sets another number again and again.
            Some(scaled) if look.desired > 0 && now.saturating_sub(scaled) >= UNDONE => Step::Delete { force: true },
            _ => Step::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(status: &str, desired: u64, running: u64) -> Look {
        Look { status: status.to_owned(), created: Some(1.0), desired, running, ..Look::default() }
    }

    #[test]
    fn a_service_is_scaled_down_drained_deleted_and_waited_for() {
        let at = Duration::from_secs;
        let mut removing = Removing { created: Some(1.0), ..Removing::default() };
        assert_eq!(removing.step(Some(&look("ACTIVE", 2, 2)), at(0)), Step::ScaleDown);
        removing.scaled = Some(at(0));
        for (shown, now, expected) in [
            // Stale: the number is still the former one.
            (look("ACTIVE", 2, 2), 1, Step::Wait),
            (look("ACTIVE", 0, 2), 2, Step::Wait),
            (Look { pending: 1, ..look("ACTIVE", 0, 0) }, 3, Step::Wait),
            (look("ACTIVE", 0, 0), 4, Step::Delete { force: false }),
            (Look { has_sets: true, ..look("ACTIVE", 0, 0) }, 4, Step::Delete { force: true }),
            (look("ACTIVE", 2, 2), 61, Step::Delete { force: true }),
        ] {
            assert_eq!(removing.step(Some(&shown), at(now)), expected, "{shown:?}");
        }
        removing.is_deleted = true;
        for (shown, expected) in [
            (Some(look("ACTIVE", 0, 0)), Step::Wait),
            (Some(look("DRAINING", 0, 1)), Step::Wait),
            (Some(Look { created: Some(0.5), ..look("INACTIVE", 0, 0) }), Step::Wait),
            (None, Step::Wait),
            (Some(look("DRAINING", 0, 0)), Step::Wait),
            (None, Step::Wait),
            (None, Step::Gone),
            (Some(look("INACTIVE", 0, 0)), Step::Gone),
            (Some(Look { created: Some(9.0), ..look("ACTIVE", 2, 2) }), Step::Gone),
        ] {
            assert_eq!(removing.step(shown.as_ref(), at(70)), expected, "{shown:?}");
        }
    }

    #[test]
    fn what_runs_no_tasks_or_a_task_on_each_instance_is_deleted_at_once() {
        let mut removing = Removing::default();
        assert_eq!(removing.step(Some(&look("ACTIVE", 0, 0)), Duration::ZERO), Step::Delete { force: false });
        let daemon = Look { is_daemon: true, ..look("ACTIVE", 3, 3) };
        assert_eq!(removing.step(Some(&daemon), Duration::ZERO), Step::Delete { force: true });
    }
}
