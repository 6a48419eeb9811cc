//! What containers wrote, as CloudWatch Logs tells it.

mod common;

use common::{code, ok, update, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn start() -> Simulator {
    let definition = |image: &str| {
        json!({ "family": "api", "containerDefinitions": [{
        "name": "api", "memory": 64, "image": image,
        "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/api", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs" } },
    }] })
    };
    let lines: Vec<String> = (0..5).map(|number| format!("line {number}")).collect();
    let simulator = Simulator::start(json!({
        "speed": 0, "clusters": ["prod"], "definitions": [definition("good"), definition("bad"), definition("missing")],
        "services": [{ "cluster": "prod", "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 1 }],
        "images": { "bad": { "exit": { "code": 1, "after": 6 }, "log": lines }, "missing": { "missing": true, "log": ["no"] } },
    }))
    .expect("the world is sound");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    simulator
}

/// The id of the newest task.
fn newest(simulator: &Simulator) -> String {
    let arns = ok(simulator, "ListTasks", json!({ "cluster": "prod" }))["taskArns"].take();
    let last = arns.as_array().and_then(|arns| arns.last()).and_then(Value::as_str).unwrap_or_default();
    last.rsplit('/').next().unwrap_or_default().to_owned()
}

fn read(simulator: &Simulator, task: &str, extra: Value) -> (Vec<String>, Value) {
    let mut input = json!({ "logGroupName": "/ecs/api", "logStreamName": format!("ecs/api/{task}") });
    for (name, value) in extra.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    let answer = ok(simulator, "logs:GetLogEvents", input);
    let all = answer["events"].as_array().cloned().unwrap_or_default();
    (
        all.iter().map(|event| event["message"].as_str().unwrap_or_default().to_owned()).collect(),
        answer["nextForwardToken"].clone(),
    )
}

#[test]
fn lines_come_while_a_container_runs() {
    let simulator = start();
    wait(&simulator, 1.0);
    let task = newest(&simulator);
    let input = json!({ "logGroupName": "/ecs/api", "logStreamName": format!("ecs/api/{task}") });
    assert_eq!(code(&simulator, "logs:GetLogEvents", input), "ResourceNotFoundException");
    wait(&simulator, 3.5);
    assert_eq!(read(&simulator, &task, json!({})).0, ["line 0", "line 1"]);
    wait(&simulator, 60.0);
    assert_eq!(read(&simulator, &task, json!({})).0.len(), 5);
    let (last, _) = read(&simulator, &task, json!({ "limit": 2 }));
    assert_eq!(last, ["line 3", "line 4"]);
    let (head, token) = read(&simulator, &task, json!({ "limit": 3, "startFromHead": true }));
    assert_eq!(head, ["line 0", "line 1", "line 2"]);
    let (rest, end) = read(&simulator, &task, json!({ "limit": 3, "nextToken": token }));
    assert_eq!(rest, ["line 3", "line 4"]);
    let (none, same) = read(&simulator, &task, json!({ "nextToken": end.clone() }));
    assert_eq!((none.len(), same), (0, end));
}

#[test]
fn what_never_ran_wrote_nothing() {
    let simulator = start();
    update(&simulator, json!({ "taskDefinition": "api:3" }));
    wait(&simulator, 0.5);
    let task = newest(&simulator);
    wait(&simulator, 3.0);
    let input = |group: &str| json!({ "logGroupName": group, "logStreamName": format!("ecs/api/{task}") });
    for (group, what) in [("/ecs/api", "stream"), ("/other", "group")] {
        let (status, error) = simulator.call("logs:GetLogEvents", input(group)).expect_err("it is refused");
        assert_eq!((status, &error["message"]), (400, &json!(format!("The specified log {what} does not exist."))));
    }
}
