//! One-off tasks: what only a process that is killed, or many services, can show.

use std::time::Duration;

use ecs_rollout::{DeployAll, Deployment, Event, OneOffTask, Run};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn simulator(more: Value) -> Simulator {
    let logging = json!({"logDriver": "awslogs", "options": {"awslogs-group": "/a", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs"}});
    let container = json!({"name": "api", "memory": 64, "image": "api:1", "logConfiguration": logging});
    let definition = json!({"family": "api", "containerDefinitions": [container]});
    let service =
        |name: &str| json!({"serviceName": name, "cluster": "prod", "taskDefinition": "api", "desiredCount": 1});
    let commands = json!({"migrate": {"exit": {"code": 0, "after": 20}, "log": ["a", "b", "c", "d"]},
        "fail": {"exit": {"code": 1, "after": 5}}, "forever": {}});
    let mut world = json!({"speed": 0, "clusters": ["prod"], "definitions": [definition],
        "services": [service("s0"), service("s1")], "images": {"api:*": {"commands": commands}}});
    for (name, value) in more.as_object().into_iter().flatten() {
        world[name] = value.clone();
    }
    Simulator::start(world).unwrap()
}

fn task(command: &str) -> OneOffTask {
    OneOffTask::default().command([command])
}

fn deployment(service: &str, commands: &[&str]) -> Deployment {
    let before = commands.iter().map(|command| task(command));
    Deployment::new("prod", service).image("api", ":2").before(before)
}

fn performed(simulator: &Simulator, operation: &str) -> usize {
    let calls = simulator.calls();
    calls.as_array().unwrap().iter().filter(|call| call["operation"] == operation && call["status"] != 400).count()
}

/// Dropped after any of its events and begun again, a deployment runs what comes before it once.
#[tokio::test]
async fn killed_at_any_moment_and_run_again_nothing_runs_twice() {
    for kill in 0..60 {
        let simulator = simulator(json!({}));
        let mut rollout = simulator.client().deploy(deployment("s0", &["migrate"]));
        let mut is_over = false;
        for _ in 0..kill {
            is_over = rollout.next().await.is_none();
        }
        drop(rollout);
        simulator.clock().advance(Duration::from_secs(3));
        let outcome = simulator.client().deploy(deployment("s0", &["migrate"])).outcome().await.unwrap();
        assert!(outcome.definition.ends_with("api:2"), "{kill}");
        let writes = ["RegisterTaskDefinition", "RunTask", "UpdateService"].map(|name| performed(&simulator, name));
        assert_eq!(writes, [1, 1, 1], "{kill}");
        if is_over {
            assert!(kill > 10, "a rollout emits more than {kill} events");
            return;
        }
    }
    panic!("it never ended");
}

/// Deployed by force again, it is another deployment: what comes before it runs again.
#[tokio::test]
async fn another_deployment_of_the_same_revision_runs_it_again() {
    let simulator = simulator(json!({}));
    for runs in 1..3 {
        let forced = deployment("s0", &["migrate"]).force(true);
        simulator.client().deploy(forced).outcome().await.unwrap();
        assert_eq!(performed(&simulator, "RunTask"), runs);
    }
}

#[tokio::test]
async fn of_many_services_each_has_its_own_tasks_before_it() {
    let simulator = simulator(json!({}));
    let all = DeployAll::new(vec![deployment("s0", &["migrate"]), deployment("s1", &["migrate", "fail"])]);
    let mut rollouts = simulator.client().deploy_all(all);
    let mut lines = 0;
    while let Some(event) = rollouts.next().await {
        lines += usize::from(matches!(event.event, Event::Log { .. }));
    }
    let error = rollouts.outcome().await.unwrap_err();
    assert_eq!((error.code().as_str(), &error.detail()["service"]), ("task_failed", &json!("s1")));
    assert_eq!((lines, performed(&simulator, "RunTask")), (8, 3));
    let updated = simulator.calls();
    let updated = updated.as_array().unwrap().iter().filter(|call| call["operation"] == "UpdateService");
    assert_eq!(updated.map(|call| call["input"]["service"].clone()).collect::<Vec<_>>(), [json!("s0")]);
}

/// Cancelled, the tasks that are on their way are stopped where that is asked for, and nothing of the services is written.
#[tokio::test]
async fn cancelled_the_tasks_of_many_services_are_stopped() {
    // The first attempt at stopping fails in passing: being cancelled does not keep from another.
    let faults = json!([{"operation": "StopTask", "kind": "server_error", "count": 1}]);
    let simulator = simulator(json!({"speed": 1, "faults": faults}));
    let mut all = DeployAll::new(vec![deployment("s0", &["forever"]), deployment("s1", &["forever"])]);
    all.services[0].before[0].stop = true;
    let running = simulator.client().deploy_all(all).spawn();
    let mut started = 0;
    while let Some(event) = running.next().await {
        started += usize::from(matches!(event.event, Event::Task { .. }));
        if started == 2 {
            running.cancel();
        }
    }
    assert_eq!(running.outcome().await.unwrap_err().code(), "cancelled");
    assert_eq!(["RunTask", "StopTask", "UpdateService"].map(|name| performed(&simulator, name)), [2, 2, 0]);
}

#[tokio::test]
async fn tasks_before_a_deployment_are_in_its_plan() {
    let simulator = simulator(json!({}));
    let plan = simulator.client().plan(deployment("s0", &["migrate"])).await.unwrap();
    let operations: Vec<_> = plan.calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(operations, ["RegisterTaskDefinition", "RunTask", "UpdateService"]);
    let unchanged = Deployment::new("prod", "s0").before([task("migrate")]);
    assert!(simulator.client().plan(unchanged).await.unwrap().calls.is_empty());
}

/// What is asked for and what is planned tell no values.
#[tokio::test]
async fn secrets_are_in_nothing_that_is_printed() {
    let simulator = simulator(json!({}));
    let environment = [("PASSWORD", "hunter2")];
    let run = Run::of_service("prod", "s0").command(["hunter1"]).environment(environment).plan(true);
    let deployment = deployment("s0", &[]).before([task("hunter1").environment(environment)]);
    let asked = format!("{run:?} {deployment:?}");
    let ran = simulator.client().run(run).outcome().await.unwrap();
    let planned = ran.planned[0].input.as_ref().unwrap();
    let variable = &planned["overrides"]["containerOverrides"][0]["environment"][0];
    assert_eq!(variable, &json!({"name": "PASSWORD", "value": "(not shown)"}));
    let printed = serde_json::to_string(&ran).unwrap();
    let plan = simulator.client().plan(deployment).await.unwrap();
    for text in [asked, printed, format!("{ran:?}"), format!("{plan:?} {plan}"), serde_json::to_string(&plan).unwrap()]
    {
        assert!(!text.contains("hunter") && text.len() > 50, "{text}");
    }
}

/// Whatever the time a task takes: the end is seen soon after it, and a task of up to a minute on few calls.
#[tokio::test]
async fn the_end_is_seen_soon_and_on_few_calls() {
    let mut all_late = Vec::new();
    for seconds in (1..60).step_by(4) {
        let exit = json!({"code": 0, "after": seconds});
        let simulator = simulator(json!({"images": {"api:*": {"exit": exit, "log": ["one", "two"]}}}));
        let ran = simulator.client().run(Run::of_service("prod", "s0")).outcome().await.unwrap();
        let look = simulator.call("DescribeTasks", json!({"cluster": "prod", "tasks": [ran.tasks[0].task]})).unwrap();
        let stamp = |member: &str| look["tasks"][0][member].as_f64().unwrap();
        // Two seconds are left to late lines.
        let late = ran.seconds - (stamp("stoppedAt") - stamp("createdAt")) - 2.0;
        assert!(late <= 4.6 && ran.calls <= 28, "{seconds} s: {late} s late, {} calls", ran.calls);
        all_late.push(late);
    }
    let mean = all_late.iter().sum::<f64>() / all_late.len() as f64;
    assert!(mean < 2.0, "{mean}");
}

/// Each call of a run fails in each way that passes: it ends the same, with one task.
#[tokio::test]
async fn no_failure_that_passes_ends_a_run_or_makes_two_tasks() {
    for operation in
        ["DescribeServices", "DescribeTaskDefinition", "ListTasks", "RunTask", "DescribeTasks", "GetLogEvents"]
    {
        for kind in ["throttle", "server_error", "html", "garbage", "reset", "lost"] {
            for skip in 0..2 {
                let faults = json!([{"operation": operation, "kind": kind, "skip": skip, "count": 2}]);
                let simulator = simulator(json!({ "faults": faults }));
                let run = Run::of_service("prod", "s0").command(["migrate"]).key("ci/1");
                let mut rollout = simulator.client().run(run);
                let mut lines = Vec::new();
                while let Some(event) = rollout.next().await {
                    if let Event::Log { text, .. } = event {
                        lines.push(text);
                    }
                }
                let ran = rollout.outcome().await;
                assert!(ran.is_ok_and(|ran| ran.changed && ran.tasks.len() == 1), "{operation} {kind} {skip}");
                let all = json!({"cluster": "prod", "family": "api", "desiredStatus": "STOPPED"});
                let tasks = simulator.call("ListTasks", all).unwrap()["taskArns"].as_array().unwrap().len();
                assert_eq!(tasks, 1, "{operation} {kind} {skip}");
                // Not answered as CloudWatch does, a log is taken for one that nobody has.
                if !(operation == "GetLogEvents" && ["html", "garbage"].contains(&kind)) {
                    assert_eq!(lines, ["a", "b", "c", "d"], "{operation} {kind} {skip}");
                }
            }
        }
    }
}
