//! Judges a deployment that is live and is watched for a while longer. Pure.

use super::conclusion::Conclusion;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};

/// What is known of the deployment since it is live.
#[derive(Debug, Clone, Default)]
pub(crate) struct Baking {
    /// The id under which the service lists it; `None` until the first look, where nothing was deployed.
    id: Option<String>,
    created: Option<f64>,
    /// Its count of failed tasks in the last look.
    failed: Option<u64>,
}

impl Baking {
    /// The deployment of this id, or the one that the first look shows.
    pub(crate) fn of(id: Option<String>) -> Self {
        Self { id, ..Self::default() }
    }

    /// Evaluates a look; `None` if it shows no failure.
    pub(crate) fn look(&mut self, look: &ServiceView) -> Option<Conclusion> {
        if look.status != "ACTIVE" && !look.status.is_empty() {
            return Some(Conclusion::Failed { reason: Some(format!("the service is {}", look.status)) });
        }
        // Of several moments, or without what decides: it is no evidence.
        let primary = look.primary().filter(|_| !look.is_torn())?;
        let id = self.id.get_or_insert_with(|| primary.id.clone()).clone();
        if primary.id != id {
            return self
                .is_older(primary, look)
                .then(|| Conclusion::Superseded { by: primary.id.clone(), definition: primary.definition.clone() });
        }
        self.created = self.created.or(primary.created);
        if primary.is("FAILED") {
            return Some(Conclusion::Failed { reason: primary.reason.clone() });
        }
        let before = self.failed.replace(primary.failed);
        before.filter(|before| primary.failed > *before).map(|before| failed_tasks(primary.failed - before))
    }

    /// Whether ours is older than the PRIMARY deployment of this look, which is not a stale one from before ours.
    fn is_older(&self, primary: &DeploymentView, look: &ServiceView) -> bool {
        let ours = self.created.or_else(|| self.id.as_ref().and_then(|id| look.deployment(id)?.created));
        match (ours, primary.created) {
            (Some(ours), Some(other)) => other > ours,
            _ => self.failed.is_some(),
        }
    }
}

/// The failure of so many tasks.
pub(crate) fn failed_tasks(count: u64) -> Conclusion {
    let reason = match count {
        1 => "a task has failed since it was live".to_owned(),
        count => format!("{count} tasks have failed since it was live"),
    };
    Conclusion::Failed { reason: Some(reason) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn look(primary: &str, created: f64, failed: u64, state: &str) -> Value {
        json!({"status": "ACTIVE", "deployments": [
            {"id": primary, "status": "PRIMARY", "taskDefinition": "api:2", "createdAt": created, "failedTasks": failed, "rolloutState": state}
        ]})
    }

    fn judged(looks: &[Value]) -> Option<Conclusion> {
        let mut baking = Baking::of(Some("ecs-svc/2".to_owned()));
        looks.iter().find_map(|look| baking.look(&ServiceView::of(look)))
    }

    #[test]
    fn only_what_is_new_and_ours_is_a_failure() {
        let ours = |failed| look("ecs-svc/2", 20.0, failed, "COMPLETED");
        let superseded = Conclusion::Superseded { by: "ecs-svc/3".to_owned(), definition: "api:2".to_owned() };
        let failed = |text: &str| Some(Conclusion::Failed { reason: Some(text.to_owned()) });
        for (looks, expected) in [
            (vec![ours(0), ours(0)], None),
            // Failures from before it was live.
            (vec![ours(2), ours(2), ours(0)], None),
            (vec![ours(2), ours(0), ours(1)], failed("a task has failed since it was live")),
            (vec![ours(0), ours(3)], failed("3 tasks have failed since it was live")),
            (vec![ours(0), look("ecs-svc/3", 30.0, 0, "IN_PROGRESS")], Some(superseded.clone())),
            // A stale look from before ours.
            (vec![ours(0), look("ecs-svc/1", 10.0, 0, "COMPLETED"), ours(0)], None),
            (vec![look("ecs-svc/1", 10.0, 0, "COMPLETED"), ours(0)], None),
            (vec![look("ecs-svc/2", 20.0, 0, "FAILED")], Some(Conclusion::Failed { reason: None })),
            (vec![ours(0), json!({"status": "ACTIVE", "deployments": []})], None),
            (vec![json!({"status": "DRAINING"})], failed("the service is DRAINING")),
        ] {
            assert_eq!(judged(&looks), expected, "{looks:?}");
        }
    }

    #[test]
    fn a_service_that_ran_as_asked_is_known_by_its_first_look() {
        let mut baking = Baking::of(None);
        assert_eq!(baking.look(&ServiceView::of(&look("ecs-svc/1", 1.0, 0, "COMPLETED"))), None);
        let next = baking.look(&ServiceView::of(&look("ecs-svc/2", 2.0, 0, "IN_PROGRESS")));
        assert!(matches!(next, Some(Conclusion::Superseded { .. })), "{next:?}");
    }
}
