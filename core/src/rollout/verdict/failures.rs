//! Decides when to give up on a deployment that nothing in ECS will ever call FAILED.

use super::judge::Tracked;
use crate::rollout::service::snapshot::ServiceView;

/// Whether to give up on a deployment that nothing in ECS will ever call FAILED: as many of its tasks as the caller has
/// limit for have stopped for a cause that waiting does not cure, and it runs no more than it did.
pub(crate) fn keeps_failing(limit: Option<u64>, hopeless: u64, ours: &Tracked, look: &ServiceView) -> bool {
    let Some(our) = look.deployment(&ours.id) else { return false };
    let limit = limit.unwrap_or_else(|| usual_failures(our.desired));
    // ECS's own count goes back to 0 once a task is healthy; where a server keeps none, it is 0 throughout.
    let failed = if our.failed == 0 { hopeless } else { our.failed };
    limit > 0 && !look.configuration.gives_up && hopeless >= limit && failed >= limit && our.running < our.desired
}

/// The number of failed tasks at which ECS's own circuit breaker would give up by default: half of those asked for, at
/// least 3 and at most 200. Sooner would be rash, later is a longer wait for the same end.
fn usual_failures(desired: u64) -> u64 {
    desired.div_ceil(2).clamp(3, 200)
}
