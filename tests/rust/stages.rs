//! Deployments in stages: what only a process that is killed, faults in bulk, or many services can show.

use std::time::Duration;

use ecs_rollout::{DeployAll, Deployment, Error, Event, OneOffTask, Watch};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// A simulator with a service that waits at a pause (`staged`) and one that does not (`rolling`).
fn simulator(more: Value) -> Simulator {
    let logging = json!({"logDriver": "awslogs", "options": {"awslogs-group": "/a", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs"}});
    let container = json!({"name": "api", "memory": 64, "image": "api:1", "logConfiguration": logging});
    let definition = json!({"family": "api", "containerDefinitions": [container]});
    let pause = json!({"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "timeoutConfiguration": {"timeoutInMinutes": 60, "action": "ROLLBACK"}});
    let staged = json!({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "lifecycleHooks": [pause]});
    let service = |name: &str, configuration: &Value| json!({"serviceName": name, "cluster": "prod", "taskDefinition": "api", "desiredCount": 1, "deploymentConfiguration": configuration});
    let commands =
        json!({"well": {"exit": {"code": 0, "after": 20}, "log": ["a"]}, "badly": {"exit": {"code": 1, "after": 20}}});
    let mut world = json!({"speed": 0, "clusters": ["prod"], "definitions": [definition],
        "services": [service("staged", &staged), service("rolling", &json!({}))], "images": {"api:*": {"commands": commands}}});
    for (name, value) in more.as_object().into_iter().flatten() {
        world[name] = value.clone();
    }
    Simulator::start(world).unwrap()
}

fn task(command: &str) -> OneOffTask {
    OneOffTask::default().command([command])
}

fn deployment(service: &str) -> Deployment {
    Deployment::new("prod", service).image("api", ":2")
}

fn performed(simulator: &Simulator, operation: &str) -> usize {
    let calls = simulator.calls();
    calls.as_array().unwrap().iter().filter(|call| call["operation"] == operation && call["status"] != 400).count()
}

/// Dropped after any of its events and begun again, a deployment runs its tasks once, and is continued once.
#[tokio::test]
async fn killed_at_any_moment_and_run_again_nothing_runs_twice() {
    for kill in 0..80 {
        let simulator = simulator(json!({}));
        let request = || deployment("staged").at_pause([task("well")]).after([task("well")]);
        let mut rollout = simulator.client().deploy(request());
        let mut is_over = false;
        for _ in 0..kill {
            is_over = rollout.next().await.is_none();
        }
        drop(rollout);
        simulator.clock().advance(Duration::from_secs(3));
        let outcome = simulator.client().deploy(request()).outcome().await.unwrap();
        assert!(outcome.definition.ends_with("api:2"), "{kill}");
        assert_eq!(outcome.reached.as_deref(), Some("live"), "{kill}");
        let writes = ["UpdateService", "ContinueServiceDeployment", "RunTask"].map(|name| performed(&simulator, name));
        assert_eq!(writes, [1, 1, 2], "{kill}");
        if is_over {
            assert!(kill > 20, "a rollout emits more than {kill} events");
            return;
        }
    }
    panic!("it never ended");
}

/// Killed at any moment, `watch` with the same `until` comes to the same.
#[tokio::test]
async fn a_watch_comes_to_where_the_deploy_would_have() {
    for until in ["paused", "POST_TEST_TRAFFIC_SHIFT"] {
        for kill in 3..20 {
            let simulator = simulator(json!({}));
            let mut rollout = simulator.client().deploy(deployment("staged").until(until));
            let mut is_over = false;
            for _ in 0..kill {
                is_over = rollout.next().await.is_none();
            }
            drop(rollout);
            let watch = Watch::new("prod", "staged").until(until);
            let outcome = simulator.client().watch(watch).outcome().await.unwrap();
            assert_eq!(outcome.reached.as_deref(), Some(until), "{kill}");
            assert!(outcome.definition.ends_with("api:2"), "{kill}");
            if is_over {
                break;
            }
        }
    }
}

/// Each call on the way fails in each way that passes: the same end, the same answer to the hook, and one task.
#[tokio::test]
async fn no_failure_that_passes_changes_the_end() {
    let operations = [
        "ContinueServiceDeployment",
        "DescribeServiceDeployments",
        "ListServiceDeployments",
        "RunTask",
        "DescribeTasks",
    ];
    for operation in operations {
        for kind in ["throttle", "server_error", "reset", "lost"] {
            for (command, end) in [("well", "live"), ("badly", "rolled_back")] {
                let faults = json!([{"operation": operation, "kind": kind, "skip": 1, "count": 2},
                    {"operation": operation, "kind": kind, "from": 60, "to": 64}]);
                let simulator = simulator(json!({ "faults": faults }));
                let mut rollout = simulator.client().deploy(deployment("staged").at_pause([task(command)]));
                let seen = match rollout.outcome().await {
                    Ok(outcome) => outcome.reached.unwrap(),
                    Err(error) => error.code(),
                };
                assert_eq!(seen, end, "{operation} {kind} {command}");
                let all = json!({"cluster": "prod", "family": "api", "desiredStatus": "STOPPED"});
                let stopped = simulator.call("ListTasks", all).unwrap();
                let input = json!({"cluster": "prod", "tasks": stopped["taskArns"]});
                let tasks = simulator.call("DescribeTasks", input).unwrap();
                let is_own =
                    |task: &&Value| task["startedBy"].as_str().is_some_and(|by| by.starts_with("ecs-rollout/"));
                assert_eq!(
                    tasks["tasks"].as_array().unwrap().iter().filter(is_own).count(),
                    1,
                    "{operation} {kind} {command}"
                );
            }
        }
    }
}

/// Of many services each ends where it was asked to, and no event says that one is live which is not.
#[tokio::test]
async fn of_many_services_each_ends_where_it_was_asked_to() {
    let simulator = simulator(json!({}));
    let all = [deployment("staged").until("paused"), deployment("rolling").after([task("well")])];
    let mut rollouts = simulator.client().deploy_all(DeployAll::new(all));
    let mut live = Vec::new();
    while let Some(event) = rollouts.next().await {
        if matches!(event.event, Event::Succeeded(_)) {
            live.push(event.service);
        }
    }
    let outcomes = rollouts.outcome().await.unwrap();
    let reached: Vec<_> = outcomes.iter().map(|one| one.outcome.reached.as_deref()).collect();
    assert_eq!((live, reached), (vec!["rolling".to_owned()], vec![Some("paused"), Some("live")]));
}

#[tokio::test]
async fn of_many_services_one_whose_task_fails_is_the_failure() {
    let simulator = simulator(json!({}));
    let all = [deployment("staged").at_pause([task("well")]), deployment("rolling").after([task("badly")])];
    let error = simulator.client().deploy_all(DeployAll::new(all)).outcome().await.unwrap_err();
    let Error::Fleet(failure) = error else { panic!("{error}") };
    assert_eq!((failure.first.code().as_str(), &failure.first.detail()["place"]), ("failed", &json!("after[0]")));
    let live = failure.services.iter().filter_map(|end| end.outcome.as_ref()?.reached.clone());
    assert_eq!(live.collect::<Vec<_>>(), ["live"]);
}

#[tokio::test]
async fn tasks_on_the_way_are_in_the_plan() {
    let simulator = simulator(json!({}));
    let request = deployment("staged").at_pause([task("well")]).after([task("well")]);
    let plan = simulator.client().plan(request).await.unwrap();
    let operations: Vec<_> = plan.calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(operations, ["RegisterTaskDefinition", "UpdateService", "RunTask", "RunTask"]);
    // They run although nothing changes, unless ECS shows that they have.
    let plan = simulator.client().plan(Deployment::new("prod", "staged").after([task("well")])).await.unwrap();
    assert_eq!((plan.changed, plan.calls.len()), (false, 1));
}

/// The end of a shift in steps is expected by its steps: it is seen soon, and on few looks.
#[tokio::test]
async fn the_end_of_steps_is_seen_soon_and_on_few_calls() {
    for (percent, minutes) in [(10.0, 6), (25.0, 3), (50.0, 10)] {
        let linear = json!({"strategy": "LINEAR", "bakeTimeInMinutes": 0,
            "linearConfiguration": {"stepPercent": percent, "stepBakeTimeInMinutes": minutes}});
        let service = json!([{"serviceName": "staged", "cluster": "prod", "taskDefinition": "api", "desiredCount": 1,
            "deploymentConfiguration": linear}]);
        let simulator = simulator(json!({ "services": service }));
        let outcome = simulator.client().deploy(deployment("staged").timeout(7200.0)).outcome().await.unwrap();
        let one = simulator.deployments().as_array().unwrap().last().cloned().unwrap();
        let finished = one["finished"].as_f64().unwrap();
        let late = simulator.clock().now().as_secs_f64() - finished;
        // The longer it takes, the less a second matters.
        assert!(
            late <= 3.0 + finished * 0.002 && outcome.calls <= 220,
            "{percent} {minutes}: {late} s late, {} calls",
            outcome.calls
        );
        let shift = outcome.stages.unwrap()["PRODUCTION_TRAFFIC_SHIFT"];
        let expected = ((100.0_f64 / percent).ceil() - 1.0) * f64::from(minutes) * 60.0;
        assert!((shift - expected).abs() < 40.0, "{percent} {minutes}: {shift} instead of {expected}");
    }
}
