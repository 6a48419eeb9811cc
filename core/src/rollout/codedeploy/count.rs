//! Waits for the number of tasks of a service of CodeDeploy that was changed without a deployment: it is done once so many run.

use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::watch::ecs::{Next, Step};
use crate::rollout::workflow::Workflow;

/// What one look shows of the number of tasks.
#[derive(Debug, Clone, PartialEq)]
enum Count {
    Reached,
    Open,
    /// A newer task set is live, which runs something else.
    Displaced(Box<DeploymentView>),
}

/// `before`: the service when the number was ordered.
fn judge(before: &ServiceView, desired: u64, look: &ServiceView) -> Count {
    let Some((known, live)) = before.primary().zip(look.primary()).filter(|_| !look.is_torn()) else {
        return Count::Open;
    };
    if live.definition == known.definition {
        let is_reached = live.running == desired && live.desired == desired;
        return if is_reached { Count::Reached } else { Count::Open };
    }
    let is_older = before.deployment(&live.id).is_some()
        || live.created.zip(known.created).is_some_and(|(live, known)| live < known);
    // No deployment was in progress that could roll back to it: the look is stale.
    if is_older { Count::Open } else { Count::Displaced(Box::new(live.clone())) }
}

impl Workflow {
    /// Looks at the service (DescribeServices).
    pub(crate) async fn look_at_count(&mut self) -> Step {
        let answer = self.describe_service().await?;
        let look = snapshot::service(&answer).map(|service| ServiceView::of(&service.clone().into()));
        let is_missing = snapshot::is_missing(&answer);
        if let Some(next) = self.see_standing(look.as_ref(), is_missing) {
            return self.follow_standing(next);
        }
        let desired = self.request.desired.map_or(self.found.before.desired, u64::from);
        let look = look.unwrap_or_default();
        let now = self.cx.elapsed();
        let by = match judge(&self.found.before, desired, &look) {
            Count::Reached => return Ok(Next::End(Conclusion::Succeeded)),
            Count::Open => None,
            Count::Displaced(other) => Some((other.external.unwrap_or(other.id), other.definition)),
        };
        match self.tracker.as_mut().map_or(Decision::Wait, |tracker| tracker.displaced_by(by, now)) {
            Decision::Wait => Ok(self.look_on()),
            next => self.follow_standing(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn look(sets: &[Value]) -> ServiceView {
        ServiceView::of(&json!({"status": "ACTIVE", "deploymentController": {"type": "CODE_DEPLOY"}, "taskSets": sets}))
    }

    fn set(id: &str, status: &str, created: Option<f64>, running: u64) -> Value {
        json!({"id": id, "status": status, "taskDefinition": format!("td:{id}"), "createdAt": created,
            "runningCount": running, "computedDesiredCount": 4})
    }

    #[test]
    fn only_a_newer_task_set_supersedes() {
        let before = look(&[set("2", "PRIMARY", Some(20.0), 2), set("1", "ACTIVE", None, 2)]);
        let other = |id: &str, created| look(&[set(id, "PRIMARY", created, 4)]);
        for (look, expected) in [
            (other("2", Some(20.0)), "reached"),
            (look(&[set("2", "PRIMARY", Some(20.0), 3)]), "open"),
            (other("0", Some(10.0)), "open"),
            (other("1", None), "open"),
            (look(&[set("3", "PRIMARY", Some(30.0), 4), set("2", "PRIMARY", Some(20.0), 4)]), "open"),
            (look(&[]), "open"),
            (other("3", Some(30.0)), "displaced"),
            (other("3", None), "displaced"),
        ] {
            let count = match judge(&before, 4, &look) {
                Count::Reached => "reached",
                Count::Open => "open",
                Count::Displaced(_) => "displaced",
            };
            assert_eq!(count, expected, "{look:?}");
        }
    }
}
