//! Deployments under the strategies BLUE_GREEN, LINEAR and CANARY: stages, weights, hooks, and ways back.

mod common;

use common::{
    CRASH, breaker, code, newest, ok, primary_is, said, service, start, states, stopped_tasks, until, update, wait,
};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const LAMBDA: &str = "arn:aws:lambda:eu-central-1:123456789012:function:check";

fn blue_green(extra: Value) -> Value {
    let mut configuration = json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5 });
    for (name, value) in extra.as_object().into_iter().flatten() {
        configuration[name] = value.clone();
    }
    configuration
}

fn hook(stage: &str) -> Value {
    json!({ "lifecycleHooks": [{ "hookTargetArn": LAMBDA, "roleArn": "arn:aws:iam::1:role/a", "lifecycleStages": [stage] }] })
}

/// The stages that show, in order, with the weights of production traffic, until the deployment ends.
fn follow(simulator: &Simulator) -> (Vec<String>, Value) {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..20_000 {
        let record = newest(simulator);
        if record.get("finishedAt").is_some() {
            return (seen, record);
        }
        let text = |name: &str| record[name].as_str().unwrap_or("-").to_owned();
        let weight = record["targetServiceRevision"]["requestedProductionTrafficWeight"].as_f64().unwrap_or(-1.0);
        let now = format!("{} {weight}", text("lifecycleStage"));
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        wait(simulator, 0.25);
    }
    panic!("it does not end: {seen:?}");
}

#[test]
fn blue_green_goes_through_its_stages() {
    let simulator = start(2, blue_green(json!({})));
    let updated = update(&simulator, json!({ "taskDefinition": "api:2" }));
    assert_eq!([&updated["deployments"][0]["status"], &updated["deployments"][1]["status"]], ["PRIMARY", "ACTIVE"]);
    let (seen, record) = follow(&simulator);
    assert_eq!(
        seen,
        [
            "- 0",
            "RECONCILE_SERVICE 0",
            "PRE_SCALE_UP 0",
            "SCALE_UP 0",
            "POST_SCALE_UP 0",
            "TEST_TRAFFIC_SHIFT 0",
            "POST_TEST_TRAFFIC_SHIFT 0",
            "PRODUCTION_TRAFFIC_SHIFT 100",
            "POST_PRODUCTION_TRAFFIC_SHIFT 100",
            "BAKE_TIME 100",
            "CLEAN_UP 100",
        ]
    );
    assert_eq!(record["status"], "SUCCESSFUL");
    let truth = simulator.deployments()[1].clone();
    let (live, finished) = (truth["live"].as_f64().unwrap_or_default(), truth["finished"].as_f64().unwrap_or_default());
    assert!(live < 20.0 && (300.0..330.0).contains(&finished), "{truth}");
    assert_eq!(service(&simulator)["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(stopped_tasks(&simulator).len(), 2);
}

#[test]
fn both_revisions_stand_until_the_end_of_the_bake() {
    let simulator = start(2, blue_green(json!({})));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 200.0);
    let seen = service(&simulator);
    assert_eq!([&seen["runningCount"], &seen["deployments"][1]["runningCount"]], [4, 2]);
    assert_eq!(seen["deployments"][0]["rolloutState"], "IN_PROGRESS");
    simulator.add(json!({ "list_rollout_state": false })).expect("a sound world");
    assert!(service(&simulator)["deployments"][0].get("rolloutState").is_none());
}

#[test]
fn traffic_is_shifted_in_steps() {
    let linear = json!({ "strategy": "LINEAR", "bakeTimeInMinutes": 0,
        "linearConfiguration": { "stepPercent": 40, "stepBakeTimeInMinutes": 1 } });
    let canary = json!({ "strategy": "CANARY", "bakeTimeInMinutes": 0,
        "canaryConfiguration": { "canaryPercent": 5, "canaryBakeTimeInMinutes": 2 } });
    for (configuration, expected, least) in
        [(linear, vec!["40", "80", "100"], 120.0), (canary, vec!["5", "100"], 120.0)]
    {
        let simulator = start(1, configuration);
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        let (seen, record) = follow(&simulator);
        let weights: Vec<&str> =
            seen.iter().filter_map(|text| text.strip_prefix("PRODUCTION_TRAFFIC_SHIFT ")).collect();
        assert_eq!(weights, expected);
        assert_eq!(record["status"], "SUCCESSFUL");
        let finished = simulator.deployments()[1]["finished"].as_f64().unwrap_or_default();
        assert!((least..least + 30.0).contains(&finished), "{finished}");
    }
}

#[test]
fn a_hook_that_fails_undoes_it() {
    for stage in
        ["PRE_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"]
    {
        let simulator = start(2, blue_green(hook(stage)));
        simulator.add(json!({ "hooks": { LAMBDA: { "result": "FAILED", "seconds": 30 } } })).expect("a sound world");
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        let (seen, record) = follow(&simulator);
        assert!(seen.iter().any(|text| text.starts_with(stage)), "{seen:?}");
        assert_eq!(record["status"], "ROLLBACK_SUCCESSFUL", "{stage}");
        assert_eq!(record["lifecycleHookDetails"][0]["status"], "FAILED");
        assert_eq!(record["targetServiceRevision"]["requestedProductionTrafficWeight"], 0.0);
        assert_eq!(record["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"], 100.0);
        assert_eq!(states(&simulator), ["completed", "rolled_back", "completed"]);
        assert!(service(&simulator)["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:1")));
        assert_eq!(service(&simulator)["runningCount"], 2);
    }
}

#[test]
fn a_hook_that_never_answers_is_timed_out() {
    let mut configuration = hook("POST_SCALE_UP");
    configuration["lifecycleHooks"][0]["timeoutConfiguration"] = json!({ "timeoutInMinutes": 3 });
    let simulator = start(1, blue_green(configuration));
    simulator.add(json!({ "hooks": { LAMBDA: { "result": "IN_PROGRESS" } } })).expect("a sound world");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let (_, record) = follow(&simulator);
    assert_eq!([&record["status"], &record["lifecycleHookDetails"][0]["status"]], ["ROLLBACK_SUCCESSFUL", "TIMED_OUT"]);
}

fn paused(action: &str) -> (Simulator, Value) {
    let pause = json!({ "lifecycleHooks": [{ "targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "timeoutConfiguration": { "timeoutInMinutes": 10, "action": action } }] });
    let simulator = start(1, blue_green(pause));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 60.0);
    let record = newest(&simulator);
    assert_eq!(record["lifecycleStage"], "POST_TEST_TRAFFIC_SHIFT");
    let hook = &record["lifecycleHookDetails"][0];
    assert_eq!([&hook["status"], &hook["targetType"], &hook["timeoutAction"]], ["AWAITING_ACTION", "PAUSE", action]);
    let input = json!({ "serviceDeploymentArn": record["serviceDeploymentArn"], "hookId": hook["hookId"] });
    (simulator, input)
}

#[test]
fn a_pause_waits_for_an_action() {
    let (mut simulator, mut input) = paused("ROLLBACK");
    ok(&simulator, "ContinueServiceDeployment", input.clone());
    assert_eq!(follow(&simulator).1["status"], "SUCCESSFUL");
    assert_eq!(code(&simulator, "ContinueServiceDeployment", input), "InvalidParameterException");
    (simulator, input) = paused("ROLLBACK");
    input["action"] = json!("ROLLBACK");
    ok(&simulator, "ContinueServiceDeployment", input);
    assert_eq!(follow(&simulator).1["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(follow(&paused("ROLLBACK").0).1["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(follow(&paused("CONTINUE").0).1["status"], "SUCCESSFUL");
}

#[test]
fn the_breaker_alarms_and_requests_undo_it() {
    let simulator = start(2, blue_green(breaker(true)));
    update(&simulator, json!({ "taskDefinition": CRASH }));
    let (_, record) = follow(&simulator);
    assert_eq!(
        [&record["status"], &record["deploymentCircuitBreaker"]["status"]],
        ["ROLLBACK_SUCCESSFUL", "TRIGGERED"]
    );
    let simulator = start(2, blue_green(breaker(false)));
    update(&simulator, json!({ "taskDefinition": CRASH }));
    assert_eq!(follow(&simulator).1["status"], "STOPPED");
    assert_eq!(states(&simulator), ["completed", "failed"]);
    let alarms = json!({ "alarms": { "alarmNames": ["errors"], "enable": true, "rollback": true } });
    let simulator = start(2, blue_green(alarms));
    simulator.add(json!({ "alarms": { "errors": { "from": 100 } } })).expect("a sound world");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let (seen, record) = follow(&simulator);
    assert!(seen.contains(&"BAKE_TIME 100".to_owned()), "{seen:?}");
    assert_eq!([&record["status"], &record["alarms"]["triggeredAlarmNames"][0]], ["ROLLBACK_SUCCESSFUL", "errors"]);
    assert_eq!(said(&service(&simulator), "deployment failed: alarm detected."), 1);
    assert!(
        simulator.deployments()[1]["live"].as_f64().is_some_and(|live| live < 100.0),
        "it was live, and then no longer"
    );
    let simulator = start(2, blue_green(json!({})));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 100.0);
    ok(
        &simulator,
        "StopServiceDeployment",
        json!({ "serviceDeploymentArn": newest(&simulator)["serviceDeploymentArn"] }),
    );
    assert_eq!(follow(&simulator).1["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(states(&simulator), ["completed", "stopped", "completed"]);
}

#[test]
fn a_newer_update_supersedes_or_is_refused() {
    let simulator = start(2, blue_green(json!({})));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 20.0);
    simulator.add(json!({ "native_update": "refuse" })).expect("a sound world");
    let input = json!({ "cluster": "prod", "service": "api", "forceNewDeployment": true });
    assert_eq!(code(&simulator, "UpdateService", input), "InvalidParameterException");
    simulator.add(json!({ "native_update": "supersede" })).expect("a sound world");
    update(&simulator, json!({ "forceNewDeployment": true }));
    let seen = until(&simulator, |seen| seen["deployments"].as_array().map(Vec::len) == Some(2));
    assert_eq!(seen["deployments"][1]["runningCount"], 2, "what is live stays");
    until(&simulator, primary_is("COMPLETED"));
    assert_eq!(states(&simulator), ["completed", "superseded", "completed"]);
}
