//! Reads the health of tasks that still run: from ECS (DescribeTasks), and from Elastic Load Balancing (DescribeTargetHealth).

use serde_json::Value;

use super::Signature;
use super::described::Described;
use super::owner::Owner;
use super::service_event::ReportedFailure;
use super::stopped_task::{Ended, unbalanced};
use super::task::id;
use crate::json::{list, text};

/// The tasks of ours in a DescribeTasks answer that run, or are to, and are not well.
pub(crate) fn unready(answer: &Value, owner: &Owner, described: Described<'_>) -> Vec<ReportedFailure> {
    let ours = list(answer, "tasks").iter().filter(|task| owner.owns(task));
    let reported =
        |task: &Value| Some(ReportedFailure { clue: Ended::of(task, described).unready()?, tasks: vec![id(task)] });
    ours.filter_map(reported).collect()
}

/// The unhealthy targets of one group with the addresses of our tasks. Targets that are instances have no task's address: they may
/// belong to any task.
pub(crate) fn sick_targets(
    answer: &Value,
    group: &str,
    ours: &[(String, String)],
    described: Described<'_>,
) -> Vec<ReportedFailure> {
    let targets = list(answer, "TargetHealthDescriptions").iter();
    targets
        .filter(|target| target["TargetHealth"]["State"].as_str().is_some_and(|state| state.starts_with("unhealthy")))
        .filter_map(|target| {
            let address = text(&target["Target"], "Id");
            let (_, task) = ours.iter().find(|(known, _)| *known == address)?;
            let clue = Signature { detail: reason(&target["TargetHealth"]), ..unbalanced(Some(group), described) };
            Some(ReportedFailure { clue, tasks: vec![task.clone()] })
        })
        .collect()
}

/// The description with the code that AWS's manual explains.
fn reason(health: &Value) -> Option<String> {
    match (health["Description"].as_str(), health["Reason"].as_str()) {
        (Some(description), Some(code)) => Some(format!("{description} ({code})")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_our_unhealthy_targets_count() {
        let target = |address: &str, state: &str| json!({"Target": {"Id": address, "Port": "80"}, "TargetHealth": {"State": state, "Reason": "Target.Timeout", "Description": "Request timed out"}});
        let answer = json!({"TargetHealthDescriptions": [target("10.0.0.1", "unhealthy"), target("10.0.0.2", "initial"),
            target("10.0.0.9", "unhealthy"), {"Target": {"Id": "10.0.0.3"}, "TargetHealth": {"State": "unhealthy"}}]});
        let ours: Vec<_> = (1..4).map(|n| (format!("10.0.0.{n}"), format!("t{n}"))).collect();
        let found = sick_targets(&answer, "tg", &ours, Described::default());
        assert_eq!(found.iter().map(|one| one.tasks[0].as_str()).collect::<Vec<_>>(), ["t1", "t3"]);
        assert_eq!(found[0].clue.detail.as_deref(), Some("Request timed out (Target.Timeout)"));
        assert_eq!((found[0].clue.subject.as_deref(), found[1].clue.detail.as_deref()), (Some("tg"), None));
    }

    #[test]
    fn a_task_that_runs_may_be_unhealthy_or_wait() {
        let definition = json!({"containerDefinitions": [{"name": "redis"}, {"name": "api", "dependsOn": [{"containerName": "redis", "condition": "HEALTHY"}]}]});
        let described = Described { definition: Some(&definition), service: None };
        let container = |name: &str, status: &str, health: &str| json!({"name": name, "lastStatus": status, "healthStatus": health});
        let task = |redis: Value, api: Value| json!({"tasks": [{"taskArn": "x/t1", "startedBy": "ecs-svc/2", "containers": [redis, api]}]});
        for (redis, api, expected) in [
            (
                container("redis", "RUNNING", "HEALTHY"),
                container("api", "RUNNING", "UNHEALTHY"),
                Some(("unhealthy", Some("api"))),
            ),
            (
                container("redis", "RUNNING", "UNKNOWN"),
                container("api", "PENDING", "UNKNOWN"),
                Some(("dependency", Some("redis"))),
            ),
            (container("redis", "PENDING", "UNKNOWN"), container("api", "PENDING", "UNKNOWN"), None),
            (container("redis", "RUNNING", "HEALTHY"), container("api", "PENDING", "UNKNOWN"), None),
            (container("redis", "RUNNING", "HEALTHY"), container("api", "RUNNING", "UNKNOWN"), None),
        ] {
            let answer = task(redis, api);
            let found = unready(&answer, &Owner::of("ecs-svc/2"), described);
            let found = found.first().map(|one| (one.clue.kind.name(), one.clue.container.as_deref()));
            assert_eq!(found, expected, "{answer}");
        }
    }
}
