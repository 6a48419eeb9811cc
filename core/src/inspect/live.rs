//! Which deployment of a service is live, and which one is in progress: read from the list of deployments. Pure.

use crate::rollout::service::snapshot::{DeploymentView, ServiceView};

/// The deployment that is live and complete; `None` if none is, such as for a service whose first one is in progress.
pub(crate) fn live(view: &ServiceView) -> Option<&DeploymentView> {
    let newest = |all: Vec<&'_ DeploymentView>| -> Option<String> {
        let newest = all.into_iter().max_by(|one, other| created(one).total_cmp(&created(other)));
        newest.map(|one| one.id.clone())
    };
    let primary = view.primary()?;
    let complete: Vec<_> = view.deployments.iter().filter(|one| one.is("COMPLETED")).collect();
    let id = match (primary.state.as_deref(), complete.is_empty()) {
        (Some("COMPLETED"), _) => Some(primary.id.clone()),
        (_, false) => newest(complete),
        // A deployment that keeps no state, such as a task set: alone with its tasks, it is what runs.
        (None, true) if primary.external.is_some() => Some(primary.id.clone()),
        (None, true) if view.deployments.len() == 1 && primary.running >= primary.desired => Some(primary.id.clone()),
        _ => None,
    };
    id.and_then(|id| view.deployment(&id))
}

/// The deployment in progress.
pub(crate) fn ongoing(view: &ServiceView) -> Option<&DeploymentView> {
    let primary = view.primary()?;
    let is_live = |one: &DeploymentView| live(view).is_some_and(|live| live.id == one.id);
    match primary.state.as_deref() {
        Some("IN_PROGRESS") => Some(primary),
        Some(_) => None,
        // Of two task sets, the one that does not serve yet.
        None if primary.external.is_some() => view.deployments.iter().find(|one| !is_live(one)),
        None if is_live(primary) => None,
        None => Some(primary),
    }
}

fn created(one: &DeploymentView) -> f64 {
    one.created.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn one(id: &str, status: &str, state: Value, created: f64, running: u64) -> Value {
        json!({"id": id, "status": status, "rolloutState": state, "createdAt": created, "desiredCount": 2, "runningCount": running})
    }

    #[test]
    fn live_is_what_was_complete_last_and_in_progress_what_takes_its_place() {
        let (done, going, failed, none) = (json!("COMPLETED"), json!("IN_PROGRESS"), json!("FAILED"), Value::Null);
        for (deployments, expected) in [
            (json!([one("a", "PRIMARY", done.clone(), 1.0, 2)]), (Some("a"), None)),
            // Scaled to another number: complete all the same.
            (json!([one("a", "PRIMARY", done.clone(), 1.0, 1)]), (Some("a"), None)),
            (
                json!([one("b", "PRIMARY", going.clone(), 2.0, 1), one("a", "ACTIVE", done.clone(), 1.0, 2)]),
                (Some("a"), Some("b")),
            ),
            (
                json!([
                    one("c", "PRIMARY", going.clone(), 3.0, 1),
                    one("b", "ACTIVE", going.clone(), 2.0, 1),
                    one("a", "ACTIVE", done.clone(), 1.0, 2)
                ]),
                (Some("a"), Some("c")),
            ),
            (json!([one("a", "PRIMARY", going, 1.0, 0)]), (None, Some("a"))),
            (json!([one("a", "PRIMARY", failed.clone(), 1.0, 0)]), (None, None)),
            (json!([one("b", "PRIMARY", failed, 2.0, 0), one("a", "ACTIVE", done, 1.0, 2)]), (Some("a"), None)),
            (json!([one("a", "PRIMARY", none.clone(), 1.0, 2)]), (Some("a"), None)),
            (json!([one("a", "PRIMARY", none.clone(), 1.0, 1)]), (None, Some("a"))),
            (json!([one("b", "PRIMARY", none.clone(), 2.0, 2), one("a", "ACTIVE", none, 1.0, 2)]), (None, Some("b"))),
            (json!([]), (None, None)),
        ] {
            let view = ServiceView::of(&json!({"deployments": deployments}));
            let found = (live(&view).map(|one| one.id.as_str()), ongoing(&view).map(|one| one.id.as_str()));
            assert_eq!(found, expected, "{deployments}");
        }
    }

    #[test]
    fn of_task_sets_the_primary_one_serves() {
        let set = |id: &str, status: &str| json!({"id": id, "status": status, "externalId": format!("d-{id}"), "taskDefinition": id});
        for (sets, expected) in [
            (json!([set("a", "PRIMARY")]), (Some("a"), None)),
            (json!([set("a", "PRIMARY"), set("b", "ACTIVE")]), (Some("a"), Some("b"))),
        ] {
            let view = ServiceView::of(&json!({"deploymentController": {"type": "CODE_DEPLOY"}, "taskSets": sets}));
            let found = (live(&view).map(|one| one.id.as_str()), ongoing(&view).map(|one| one.id.as_str()));
            assert_eq!(found, expected, "{sets}");
        }
    }
}
