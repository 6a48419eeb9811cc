//! Decides when a deployment has failed that ECS never sets to FAILED.

use super::judge::Tracked;
use crate::rollout::service::snapshot::ServiceView;

/// Whether a deployment that ECS never sets to FAILED has failed: as many of its tasks as `limit` have stopped for a cause that
/// waiting does not cure, and fewer tasks run than are desired.
pub(crate) fn keeps_failing(limit: Option<u64>, hopeless: u64, ours: &Tracked, look: &ServiceView) -> bool {
    let Some(our) = look.deployment(&ours.id) else { return false };
    let limit = limit.unwrap_or_else(|| usual_failures(our.desired));
    // ECS resets its own count to 0 once a task is healthy; a server that keeps no count always shows 0.
    let failed = if our.failed == 0 { hopeless } else { our.failed };
    limit > 0 && !look.configuration.gives_up && hopeless >= limit && failed >= limit && our.running < our.desired
}

/// The number of failed tasks at which ECS's own circuit breaker fails a deployment by default: half of those desired, at least 3 and
/// at most 200. Less would be rash, more is a longer wait for the same end.
fn usual_failures(desired: u64) -> u64 {
    desired.div_ceil(2).clamp(3, 200)
}
