//! RunTask and StopTask: tasks of no service.

mod common;

use common::{code, ok, service, stopped_tasks, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn start(more: Value) -> Simulator {
    let logging = json!({ "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/job", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs" } });
    let mut world = json!({
        "speed": 0, "clusters": ["prod"],
        "definitions": [
            { "family": "job", "containerDefinitions": [
                { "name": "job", "memory": 64, "image": "job:1", "command": ["node", "main.js"], "logConfiguration": logging },
                { "name": "redis", "memory": 64, "image": "redis:7" }] },
            { "family": "vpc", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
              "containerDefinitions": [{ "name": "vpc", "memory": 64, "image": "vpc:1" }] },
            { "family": "volume", "volumes": [{ "name": "data", "configuredAtLaunch": true }],
              "containerDefinitions": [{ "name": "a", "memory": 64, "image": "a:1" }] },
        ],
        "services": [{ "cluster": "prod", "serviceName": "api", "taskDefinition": "job", "desiredCount": 1 }],
        "images": { "job:*": { "commands": {
            "node migrate.js*": { "exit": { "code": 3, "after": 5 }, "log": ["one", "two"], "lag": 2 },
            "node main.js": { "stop": 1 },
        } } },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        world[name] = value.clone();
    }
    Simulator::start(world).expect("the world is sound")
}

fn migrate() -> Value {
    json!({ "cluster": "prod", "taskDefinition": "job", "startedBy": "ci/7", "overrides": { "containerOverrides": [
        { "name": "job", "command": ["node", "migrate.js", "up"], "environment": [{ "name": "A", "value": "1" }] }] } })
}

fn run(simulator: &Simulator, input: Value) -> Value {
    let answer = ok(simulator, "RunTask", input);
    assert_eq!(answer["failures"], json!([]));
    answer["tasks"][0].clone()
}

fn look(simulator: &Simulator, task: &Value) -> Value {
    let input = json!({ "cluster": "prod", "tasks": [task["taskArn"]], "include": ["TAGS"] });
    ok(simulator, "DescribeTasks", input)["tasks"][0].take()
}

#[test]
fn a_task_goes_through_every_status_and_ends_as_its_command_says() {
    let simulator = start(json!({}));
    let task = run(&simulator, migrate());
    assert_eq!(
        (&task["group"], &task["startedBy"], &task["lastStatus"]),
        (&json!("family:job"), &json!("ci/7"), &json!("PROVISIONING"))
    );
    assert_eq!(task["overrides"]["containerOverrides"][0]["command"], json!(["node", "migrate.js", "up"]));
    assert_eq!(task["overrides"]["containerOverrides"][1], json!({ "name": "redis" }));
    let mut seen = vec![task["lastStatus"].clone()];
    for _ in 0..60 {
        wait(&simulator, 0.25);
        let status = look(&simulator, &task)["lastStatus"].take();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    let all =
        ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"];
    assert_eq!(json!(seen), json!(all));
    let ended = look(&simulator, &task);
    assert_eq!(
        (&ended["stopCode"], &ended["stoppedReason"]),
        (&json!("EssentialContainerExited"), &json!("Essential container in task exited"))
    );
    let exits: Vec<_> = ended["containers"].as_array().unwrap().iter().map(|one| one["exitCode"].clone()).collect();
    assert_eq!(exits, [json!(3), json!(143)]);
}

#[test]
fn lines_come_late_and_a_task_without_an_end_runs_for_ever() {
    let simulator = start(json!({}));
    let task = run(&simulator, migrate());
    let id = task["taskArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let lines = |simulator: &Simulator| {
        let input = json!({ "logGroupName": "/ecs/job", "logStreamName": format!("ecs/job/{id}") });
        ok(simulator, "logs:GetLogEvents", input)["events"].as_array().unwrap().len()
    };
    wait(&simulator, 6.0);
    assert_eq!(lines(&simulator), 1);
    wait(&simulator, 3.0);
    assert_eq!(lines(&simulator), 2);
    let server = run(&simulator, json!({ "cluster": "prod", "taskDefinition": "job" }));
    wait(&simulator, 86_400.0);
    assert_eq!(look(&simulator, &server)["lastStatus"], "RUNNING");
    assert_eq!(server["startedBy"], Value::Null);
}

#[test]
fn a_token_is_asked_once() {
    let simulator = start(json!({}));
    let with = |count: u64| {
        let mut input = migrate();
        (input["clientToken"], input["count"]) = (json!("t"), json!(count));
        input
    };
    let first = ok(&simulator, "RunTask", with(2));
    wait(&simulator, 1.0);
    let again = ok(&simulator, "RunTask", with(2));
    assert_eq!(first["tasks"].as_array().unwrap().len(), 2);
    assert_eq!(first["tasks"][1]["taskArn"], again["tasks"][1]["taskArn"]);
    let (status, error) = simulator.call("RunTask", with(3)).unwrap_err();
    assert_eq!((status, &error["__type"]), (400, &json!("ConflictException")));
    assert_eq!(error["resourceIds"], json!([first["tasks"][0]["taskArn"], first["tasks"][1]["taskArn"]]));
}

#[test]
fn what_ecs_refuses_is_refused() {
    let simulator = start(json!({}));
    let vpc = |more: Value| {
        let mut input = json!({ "cluster": "prod", "taskDefinition": "vpc" });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let (_, error) = simulator.call("RunTask", input).unwrap_err();
        error["message"].as_str().unwrap().to_owned()
    };
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-1"] } });
    for (more, text) in [
        (json!({}), "Network Configuration must be provided"),
        (json!({ "networkConfiguration": {} }), "Network Configuration must be provided"),
        (json!({ "networkConfiguration": network, "platformVersion": "1.3.0" }), "1.3.0 does not exist"),
        (
            json!({ "networkConfiguration": network, "capacityProviderStrategy": [{ "capacityProvider": "FARGATE", "weight": 0 }] }),
            "weight greater than 0",
        ),
        (
            json!({ "taskDefinition": "volume", "volumeConfigurations": [{ "name": "data" }, { "name": "data" }] }),
            "configured more than once",
        ),
        (
            json!({ "taskDefinition": "volume", "volumeConfigurations": [{ "name": "data", "managedEBSVolume": { "roleArn": "r", "volumeType": "gp9" } }] }),
            "not a valid volume type",
        ),
        (json!({ "taskDefinition": "volume" }), "data is configured at launch"),
        (json!({ "count": 11 }), "count must be between 1 and 10"),
        (json!({ "startedBy": "a b" }), "startedBy must be"),
        (json!({ "taskDefinition": "job", "networkConfiguration": network }), "not valid for the given networkMode"),
        (json!({ "taskDefinition": "job", "launchType": "FARGATE" }), "does not support launch_type FARGATE"),
        (
            json!({ "launchType": "FARGATE", "capacityProviderStrategy": [{ "capacityProvider": "FARGATE_SPOT" }] }),
            "Specifying both",
        ),
        (
            json!({ "overrides": { "containerOverrides": [{ "name": "web" }] } }),
            "Override for container named web is not",
        ),
        (json!({ "taskDefinition": "none" }), "TaskDefinition not found."),
    ] {
        assert!(vpc(more.clone()).contains(text), "{more}");
    }
    let cluster = json!({ "cluster": "none", "taskDefinition": "job" });
    assert_eq!(code(&simulator, "RunTask", cluster), "ClusterNotFoundException");
}

#[test]
fn what_finds_no_place_is_a_failure_beside_what_starts() {
    let simulator =
        start(json!({ "run_failures": ["RESOURCE:MEMORY"], "images": { "vpc:*": { "fail": "capacity" } } }));
    let mut input = migrate();
    input["count"] = json!(2);
    let answer = ok(&simulator, "RunTask", input);
    assert_eq!(
        (answer["tasks"].as_array().unwrap().len(), &answer["failures"][0]["reason"]),
        (1, &json!("RESOURCE:MEMORY"))
    );
    assert!(answer["failures"][0]["arn"].as_str().unwrap().contains("container-instance/"));
    let network = json!({ "awsvpcConfiguration": { "subnets": ["subnet-1"] } });
    let answer = ok(
        &simulator,
        "RunTask",
        json!({ "cluster": "prod", "taskDefinition": "vpc", "networkConfiguration": network }),
    );
    assert_eq!(answer["tasks"], json!([]));
    assert!(answer["failures"][0]["reason"].as_str().unwrap().starts_with("Capacity is unavailable"));
}

#[test]
fn tasks_are_listed_by_one_filter_or_by_others() {
    let simulator = start(json!({}));
    let task = run(&simulator, migrate());
    let list = |more: Value| {
        let mut input = json!({ "cluster": "prod" });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        ok(&simulator, "ListTasks", input)["taskArns"].as_array().unwrap().clone()
    };
    assert_eq!(list(json!({ "startedBy": "ci/7" })), [task["taskArn"].clone()]);
    assert_eq!(list(json!({ "family": "job" })).len(), 2);
    let both = json!({ "cluster": "prod", "startedBy": "ci/7", "desiredStatus": "STOPPED" });
    assert_eq!(code(&simulator, "ListTasks", both), "InvalidParameterException");
    wait(&simulator, 60.0);
    assert!(list(json!({ "startedBy": "ci/7" })).is_empty());
    assert_eq!(list(json!({ "family": "job", "desiredStatus": "STOPPED" })), [task["taskArn"].clone()]);
    wait(&simulator, 3600.0);
    assert!(list(json!({ "family": "job", "desiredStatus": "STOPPED" })).is_empty());
    let gone = ok(&simulator, "DescribeTasks", json!({ "cluster": "prod", "tasks": [task["taskArn"]] }));
    assert_eq!(gone["failures"], json!([{ "arn": task["taskArn"], "reason": "MISSING" }]));
}

#[test]
fn a_task_is_stopped_and_a_service_replaces_its_own() {
    let simulator = start(json!({}));
    let task = run(&simulator, migrate());
    wait(&simulator, 3.0);
    let stopped = ok(&simulator, "StopTask", json!({ "cluster": "prod", "task": task["taskArn"], "reason": "enough" }));
    assert_eq!(stopped["task"]["desiredStatus"], "STOPPED");
    wait(&simulator, 5.0);
    let ended = look(&simulator, &task);
    assert_eq!(
        (&ended["stopCode"], &ended["stoppedReason"], &ended["lastStatus"]),
        (&json!("UserInitiated"), &json!("enough"), &json!("STOPPED"))
    );
    assert_eq!(ended["containers"][0]["exitCode"], 143);
    let own = ok(&simulator, "ListTasks", json!({ "cluster": "prod", "serviceName": "api" }))["taskArns"][0].take();
    ok(&simulator, "StopTask", json!({ "cluster": "prod", "task": own }));
    wait(&simulator, 30.0);
    assert_eq!((&service(&simulator)["runningCount"], stopped_tasks(&simulator).len()), (&json!(1), 1));
    let missing = json!({ "cluster": "prod", "task": "nothing" });
    assert_eq!(code(&simulator, "StopTask", missing), "InvalidParameterException");
}
