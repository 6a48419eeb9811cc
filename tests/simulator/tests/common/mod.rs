//! What the tests share: one service in steady state, and shorthands for asking about it.
#![allow(dead_code, reason = "every test file uses some of it")]

pub(crate) mod http;

use std::time::Duration;

use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// A definition of family `api` with one container.
pub(crate) fn definition(image: &str) -> Value {
    let ports = json!([{ "containerPort": 80 }, { "containerPort": 3000 }]);
    json!({ "family": "api", "containerDefinitions": [{ "name": "api", "memory": 64, "image": image, "portMappings": ports }] })
}

/// A world with `prod/api` running `api:1`, with revisions for good and bad images: `api:2` works.
pub(crate) fn world(desired: u64, configuration: Value) -> Value {
    json!({
        "speed": 0,
        "clusters": ["prod"],
        "definitions": (["good", "better", "missing", "crash", "sick", "memory"].map(definition)),
        "services": [{
            "cluster": "prod", "serviceName": "api", "taskDefinition": "api:1", "desiredCount": desired,
            "deploymentConfiguration": configuration,
        }],
        "images": {
            "missing": { "missing": true },
            "crash": { "exit": { "code": 3, "after": 1.0, "reason": "boom" } },
            "sick": { "unhealthy": true, "grace": 5.0 },
            "memory": { "memory": true },
        },
    })
}

pub(crate) const MISSING: &str = "api:3";
pub(crate) const CRASH: &str = "api:4";
pub(crate) const SICK: &str = "api:5";
pub(crate) const MEMORY: &str = "api:6";

pub(crate) fn start(desired: u64, configuration: Value) -> Simulator {
    Simulator::start(world(desired, configuration)).expect("the world is sound")
}

pub(crate) fn breaker(rollback: bool) -> Value {
    json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": rollback } })
}

pub(crate) fn ok(simulator: &Simulator, operation: &str, input: Value) -> Value {
    simulator.call(operation, input).unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

pub(crate) fn code(simulator: &Simulator, operation: &str, input: Value) -> String {
    let (_, error) = simulator.call(operation, input).expect_err("it is refused");
    error["__type"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn update(simulator: &Simulator, mut input: Value) -> Value {
    input["cluster"] = json!("prod");
    input["service"] = json!("api");
    ok(simulator, "UpdateService", input)["service"].take()
}

pub(crate) fn service(simulator: &Simulator) -> Value {
    ok(simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["api"] }))["services"][0].take()
}

pub(crate) fn wait(simulator: &Simulator, seconds: f64) {
    simulator.clock().advance(Duration::from_secs_f64(seconds));
}

/// Steps by ticks until `reached` says so; the service as it is then.
pub(crate) fn until(simulator: &Simulator, reached: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..4000 {
        let seen = service(simulator);
        if reached(&seen) {
            return seen;
        }
        wait(simulator, 0.25);
    }
    panic!("not reached: {:#}", service(simulator));
}

pub(crate) fn primary_is(state: &str) -> impl Fn(&Value) -> bool {
    move |service| service["deployments"][0]["rolloutState"] == *state
}

/// The messages of the service's events, oldest first.
pub(crate) fn messages(service: &Value) -> Vec<String> {
    let all = service["events"].as_array().expect("events");
    all.iter().rev().map(|event| event["message"].as_str().unwrap_or_default().to_owned()).collect()
}

pub(crate) fn said(service: &Value, part: &str) -> usize {
    messages(service).iter().filter(|message| message.contains(part)).count()
}

pub(crate) fn stopped_tasks(simulator: &Simulator) -> Vec<Value> {
    let input = json!({ "cluster": "prod", "serviceName": "api", "desiredStatus": "STOPPED" });
    let arns = ok(simulator, "ListTasks", input)["taskArns"].take();
    if arns == json!([]) {
        return Vec::new();
    }
    let described = ok(simulator, "DescribeTasks", json!({ "cluster": "prod", "tasks": arns }));
    described["tasks"].as_array().cloned().unwrap_or_default()
}

/// The newest service deployment, described.
pub(crate) fn newest(simulator: &Simulator) -> Value {
    let list = ok(simulator, "ListServiceDeployments", json!({ "cluster": "prod", "service": "api" }));
    let arn = list["serviceDeployments"][0]["serviceDeploymentArn"].clone();
    ok(simulator, "DescribeServiceDeployments", json!({ "serviceDeploymentArns": [arn] }))["serviceDeployments"][0]
        .take()
}

pub(crate) fn states(simulator: &Simulator) -> Vec<String> {
    let truth = simulator.deployments();
    let all = truth.as_array().expect("truth");
    all.iter().map(|entry| entry["state"].as_str().unwrap_or_default().to_owned()).collect()
}
