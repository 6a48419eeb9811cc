//! Rolling deployments that go well, and everything that moves tasks without failing.

mod common;

use common::{messages, newest, ok, primary_is, said, service, start, states, until, update, wait};
use serde_json::{Value, json};

#[test]
fn world_services_are_steady() {
    let simulator = start(2, json!({}));
    let seen = service(&simulator);
    assert_eq!(seen["runningCount"], 2);
    assert_eq!(seen["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(messages(&seen), ["(service api) has reached a steady state."]);
    assert_eq!(newest(&simulator)["status"], "SUCCESSFUL");
    assert_eq!(newest(&simulator)["sourceServiceRevisions"], json!([]));
    assert_eq!(newest(&simulator)["deploymentCircuitBreaker"]["threshold"], 3);
    assert_eq!(states(&simulator), ["completed"]);
}

#[test]
fn a_deployment_completes() {
    let simulator = start(2, json!({}));
    let old = newest(&simulator);
    let begun = update(&simulator, json!({ "taskDefinition": "api:2" }));
    let id = begun["deployments"][0]["id"].clone();
    assert_eq!(begun["deployments"][0]["status"], "PRIMARY");
    assert_eq!(begun["deployments"][0]["rolloutStateReason"], format!("ECS deployment {} in progress.", text(&id)));
    assert_eq!(begun["deployments"][1]["status"], "ACTIVE");
    assert_eq!(begun["taskDefinition"], "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:2");
    assert_eq!(newest(&simulator)["status"], "PENDING");
    assert_eq!(begun["currentServiceDeployment"], old["serviceDeploymentArn"]);
    wait(&simulator, 3.0);
    let seen = service(&simulator);
    assert_eq!(newest(&simulator)["status"], "IN_PROGRESS");
    assert_eq!(seen["currentServiceDeployment"], newest(&simulator)["serviceDeploymentArn"]);
    assert_eq!(seen["deployments"][0]["runningCount"], 2);
    assert_eq!(seen["runningCount"], 4);
    let done = until(&simulator, primary_is("COMPLETED"));
    assert_eq!(done["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["deployments"][0]["id"], id);
    assert_eq!(done["deployments"][0]["rolloutStateReason"], format!("ECS deployment {} completed.", text(&id)));
    let said = messages(&done);
    assert!(said[1].starts_with("(service api) has started 2 tasks: (task "), "{said:?}");
    assert!(said[2].starts_with("(service api) has stopped 2 running tasks: (task "), "{said:?}");
    assert_eq!(said[3], format!("(service api) (deployment {}) deployment completed.", text(&id)));
    assert_eq!(said[4], "(service api) has reached a steady state.");
    assert_eq!(newest(&simulator)["status"], "SUCCESSFUL");
    assert_eq!(newest(&simulator)["deploymentCircuitBreaker"]["status"], "DISABLED");
    assert_eq!(states(&simulator), ["completed", "completed"]);
    assert_eq!(simulator.deployments()[1]["deployment"], id);
    assert!(simulator.deployments()[1]["finished"].as_f64().is_some_and(|at| (6.0..9.0).contains(&at)));
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

#[test]
fn two_runs_are_the_same() {
    let run = || {
        let simulator = start(3, json!({}));
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        wait(&simulator, 30.0);
        let seen = service(&simulator);
        (seen["deployments"][0]["id"].clone(), messages(&seen))
    };
    assert_eq!(run(), run());
}

/// The fewest running and the most active tasks seen while a rollout went on, and how it ended.
fn extremes(desired: u64, minimum: u64, maximum: u64) -> (u64, u64, String) {
    let simulator = start(desired, json!({ "minimumHealthyPercent": minimum, "maximumPercent": maximum }));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let (mut fewest, mut most) = (u64::MAX, 0);
    for _ in 0..400 {
        wait(&simulator, 0.25);
        let seen = service(&simulator);
        let running = seen["runningCount"].as_u64().expect("a count");
        fewest = fewest.min(running);
        most = most.max(running + seen["pendingCount"].as_u64().expect("a count"));
    }
    (fewest, most, states(&simulator)[1].clone())
}

#[test]
fn percents_bound_a_rollout() {
    let done = "completed".to_owned();
    assert_eq!(extremes(4, 100, 200), (4, 8, done.clone()));
    assert_eq!(extremes(4, 100, 125), (4, 5, done.clone()));
    assert_eq!(extremes(2, 50, 100), (1, 2, done.clone()));
    assert_eq!(extremes(1, 0, 100), (0, 1, done.clone()));
    assert_eq!(extremes(1, 100, 200), (1, 2, done));
}

#[test]
fn percents_between_which_nothing_moves_are_told_once() {
    for (desired, minimum, maximum) in [(1, 100, 100), (3, 100, 125), (2, 75, 100)] {
        let simulator = start(desired, json!({ "minimumHealthyPercent": minimum, "maximumPercent": maximum }));
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        wait(&simulator, 120.0);
        let seen = service(&simulator);
        assert_eq!(said(&seen, "was unable to stop or start tasks during a deployment because of"), 1);
        assert_eq!(states(&simulator)[1], "in_progress");
        assert_eq!(seen["deployments"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn the_same_definition_starts_nothing_unless_forced() {
    let simulator = start(2, json!({}));
    let before = service(&simulator)["deployments"][0]["id"].clone();
    let same = update(&simulator, json!({ "taskDefinition": "api:1", "enableExecuteCommand": true }));
    assert_eq!(same["deployments"][0]["id"], before);
    assert_eq!(same["enableExecuteCommand"], true);
    let kept = update(&simulator, json!({ "deploymentConfiguration": { "maximumPercent": 150 } }));
    assert_eq!(kept["deployments"][0]["id"], before);
    assert_eq!(kept["deploymentConfiguration"]["maximumPercent"], 150);
    assert_eq!(kept["deploymentConfiguration"]["minimumHealthyPercent"], 100);
    let forced = update(&simulator, json!({ "forceNewDeployment": true }));
    assert_ne!(forced["deployments"][0]["id"], before);
    assert_eq!(forced["deployments"][0]["taskDefinition"], forced["deployments"][1]["taskDefinition"]);
    until(&simulator, primary_is("COMPLETED"));
    let registries = json!([{ "registryArn": "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1" }]);
    let moved = update(&simulator, json!({ "serviceRegistries": registries }));
    assert_ne!(moved["deployments"][0]["id"], forced["deployments"][0]["id"]);
    let again = update(&simulator, json!({ "serviceRegistries": registries, "volumeConfigurations": [] }));
    assert_eq!(moved["deployments"][0]["id"], again["deployments"][0]["id"]);
}

#[test]
fn the_desired_count_scales_without_a_deployment() {
    let simulator = start(2, json!({}));
    let before = service(&simulator)["deployments"][0]["id"].clone();
    update(&simulator, json!({ "desiredCount": 4 }));
    wait(&simulator, 10.0);
    let seen = service(&simulator);
    assert_eq!(seen["runningCount"], 4);
    assert_eq!(seen["deployments"][0]["id"], before);
    assert_eq!(said(&seen, "steady state"), 2);
    update(&simulator, json!({ "desiredCount": 0 }));
    wait(&simulator, 10.0);
    assert_eq!(service(&simulator)["runningCount"], 0);
    assert_eq!(states(&simulator), ["completed"]);
}

#[test]
fn a_newer_update_supersedes() {
    let simulator = start(2, json!({}));
    let first = update(&simulator, json!({ "taskDefinition": "api:2" }))["deployments"][0]["id"].clone();
    let first_arn = newest(&simulator)["serviceDeploymentArn"].clone();
    wait(&simulator, 1.5);
    let second = update(&simulator, json!({ "taskDefinition": "api:1", "forceNewDeployment": true }));
    assert_eq!(second["deployments"].as_array().map(Vec::len), Some(3));
    assert_eq!(second["deployments"][1]["id"], first);
    assert_eq!(second["deployments"][1]["status"], "ACTIVE");
    let done = until(&simulator, primary_is("COMPLETED"));
    assert_eq!(done["deployments"][0]["id"], second["deployments"][0]["id"]);
    assert_eq!(states(&simulator), ["completed", "superseded", "completed"]);
    let stopped = ok(&simulator, "DescribeServiceDeployments", json!({ "serviceDeploymentArns": [first_arn] }));
    assert_eq!(stopped["serviceDeployments"][0]["status"], "STOPPED");
}

#[test]
fn target_groups_are_told_of() {
    let simulator = start(0, json!({}));
    let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef";
    let balancer = json!({ "targetGroupArn": group, "containerName": "api", "containerPort": 80 });
    update(&simulator, json!({ "loadBalancers": [balancer], "desiredCount": 1 }));
    wait(&simulator, 20.0);
    update(&simulator, json!({ "desiredCount": 0 }));
    wait(&simulator, 20.0);
    let seen = service(&simulator);
    assert_eq!(said(&seen, &format!("registered 1 targets in (target-group {group})")), 2);
    assert_eq!(said(&seen, &format!("deregistered 1 targets in (target-group {group})")), 1);
    assert_eq!(said(&seen, "has begun draining connections on 1 tasks."), 1);
}
