//! Rolling deployments under less usual settings: alarms, early success, other kinds of services.

mod common;

use common::{newest, ok, primary_is, said, service, start, states, until, update, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn alarms(rollback: bool, bake: Value) -> Value {
    let alarms = json!({ "alarmNames": ["errors", "latency"], "enable": true, "rollback": rollback });
    json!({ "alarms": alarms, "bakeTimeInMinutes": bake })
}

fn with_alarm(configuration: Value, alarm: Value) -> Simulator {
    let simulator = start(2, configuration);
    simulator.add(json!({ "alarms": { "errors": alarm } })).expect("a sound world");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    simulator
}

#[test]
fn alarms_make_a_rollout_bake() {
    for (bake, least) in [(json!(2), 120.0), (Value::Null, 300.0)] {
        let simulator = with_alarm(alarms(true, bake), json!({ "from": 5000 }));
        until(&simulator, primary_is("COMPLETED"));
        let truth = simulator.deployments()[1].clone();
        let (live, end) = (truth["live"].as_f64().unwrap_or_default(), truth["finished"].as_f64().unwrap_or_default());
        assert!(live < 12.0 && (least..least + 12.0).contains(&end), "{truth}");
        assert_eq!(newest(&simulator)["alarms"]["status"], "MONITORING_COMPLETE");
    }
}

#[test]
fn an_alarm_ends_a_rollout() {
    let simulator = with_alarm(alarms(true, json!(5)), json!({ "from": 60, "to": 70 }));
    let done = until(&simulator, |seen| said(seen, "rolling back to deployment") == 1);
    assert_eq!(said(&done, "deployment failed: alarm detected."), 1);
    until(&simulator, primary_is("COMPLETED"));
    assert_eq!(states(&simulator), ["completed", "rolled_back", "completed"]);
    assert_eq!(newest(&simulator)["alarms"]["status"], "TRIGGERED");
    let simulator = with_alarm(alarms(false, json!(5)), json!({ "from": 60, "to": 70 }));
    until(&simulator, primary_is("FAILED"));
    assert_eq!(states(&simulator), ["completed", "failed"]);
    assert_eq!(newest(&simulator)["status"], "STOPPED");
}

#[test]
fn an_alarm_that_is_on_already_is_not_regarded() {
    let simulator = with_alarm(alarms(true, json!(1)), json!({ "from": 0 }));
    until(&simulator, primary_is("COMPLETED"));
    assert_eq!(states(&simulator), ["completed", "completed"]);
}

#[test]
fn success_may_come_early() {
    let criteria = |cleanup: &str| {
        json!({ "earlySuccessCriteria": {
        "enable": true, "healthyPercent": 100, "sourceServiceRevisionCleanup": cleanup } })
    };
    let simulator = start(2, criteria("DEFERRED"));
    simulator.add(json!({ "images": { "good": { "stop": 20 } } })).expect("a sound world");
    update(&simulator, json!({ "forceNewDeployment": true }));
    until(&simulator, primary_is("COMPLETED"));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let early = until(&simulator, primary_is("COMPLETED"));
    assert_eq!(early["deployments"].as_array().map(Vec::len), Some(2), "the old ones are on their way out");
    until(&simulator, |seen| seen["deployments"].as_array().map(Vec::len) == Some(1));
    update(&simulator, json!({ "deploymentConfiguration": criteria("BLOCKING"), "taskDefinition": "api:1" }));
    let late = until(&simulator, primary_is("COMPLETED"));
    assert_eq!(late["deployments"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_daemon_has_one_task_an_instance() {
    let simulator = Simulator::start(json!({
        "speed": 0, "instances": 3,
        "definitions": [{ "family": "api", "containerDefinitions": [{ "name": "api", "memory": 64, "image": "good" }] }],
        "services": [{ "serviceName": "agent", "taskDefinition": "api", "schedulingStrategy": "DAEMON" }],
    }))
    .expect("the world is sound");
    let sent = json!({ "service": "agent", "desiredCount": 2 });
    assert!(simulator.call("UpdateService", sent).is_err());
    ok(&simulator, "UpdateService", json!({ "service": "agent", "forceNewDeployment": true }));
    wait(&simulator, 60.0);
    let seen = ok(&simulator, "DescribeServices", json!({ "services": ["agent"] }))["services"][0].take();
    assert_eq!([&seen["desiredCount"], &seen["runningCount"]], [3, 3]);
    assert_eq!(
        [&seen["schedulingStrategy"], &seen["deploymentConfiguration"]["maximumPercent"]],
        [&json!("DAEMON"), &json!(100)]
    );
    assert_eq!(states(&simulator), ["completed", "completed"]);
}

#[test]
fn an_external_service_has_no_deployments() {
    let simulator = start(1, json!({}));
    ok(
        &simulator,
        "CreateService",
        json!({ "cluster": "prod", "serviceName": "own", "deploymentController": { "type": "EXTERNAL" } }),
    );
    wait(&simulator, 60.0);
    let seen =
        ok(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["own"] }))["services"][0].take();
    assert_eq!([&seen["deployments"], &seen["taskSets"]], [&json!([]), &json!([])]);
    assert!(seen.get("taskDefinition").is_none());
    let refused =
        simulator.call("UpdateService", json!({ "cluster": "prod", "service": "own", "taskDefinition": "api:1" }));
    assert!(refused.is_err());
    ok(&simulator, "DeleteService", json!({ "cluster": "prod", "service": "own", "force": true }));
    wait(&simulator, 60.0);
    let seen = ok(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["own"] }));
    assert_eq!(seen["services"][0]["status"], "INACTIVE");
}

#[test]
fn nothing_desired_is_soon_done() {
    let simulator = start(0, json!({}));
    update(&simulator, json!({ "taskDefinition": "api:3" }));
    until(&simulator, primary_is("COMPLETED"));
    assert_eq!(service(&simulator)["runningCount"], 0);
}
