//! Deployments that do not go well: the circuit breaker, rollbacks, and what the tasks say.

mod common;

use common::{
    CRASH, MEMORY, MISSING, SICK, breaker, code, newest, ok, primary_is, said, service, start, states, stopped_tasks,
    until, update, wait,
};
use serde_json::{Value, json};

#[test]
fn the_breaker_fails_without_rollback() {
    let simulator = start(2, breaker(false));
    let id = update(&simulator, json!({ "taskDefinition": MISSING }))["deployments"][0]["id"].clone();
    let failed = until(&simulator, primary_is("FAILED"));
    assert_eq!(failed["deployments"][0]["id"], id);
    assert_eq!(failed["deployments"][0]["status"], "PRIMARY");
    assert_eq!(
        failed["deployments"][0]["rolloutStateReason"],
        "ECS deployment circuit breaker: tasks failed to start."
    );
    wait(&simulator, 60.0);
    let later = service(&simulator);
    assert_eq!(later["deployments"][0]["failedTasks"], failed["deployments"][0]["failedTasks"]);
    assert_eq!(later["deployments"][1]["runningCount"], 2);
    assert_eq!(said(&later, "deployment failed: tasks failed to start."), 1);
    assert_eq!(said(&later, "is unable to consistently start tasks successfully."), 1);
    let record = newest(&simulator);
    assert_eq!(record["status"], "STOPPED");
    assert_eq!(record["deploymentCircuitBreaker"]["status"], "TRIGGERED");
    assert_eq!(record["deploymentCircuitBreaker"]["threshold"], 3);
    assert_eq!(states(&simulator), ["completed", "failed"]);
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    until(&simulator, primary_is("COMPLETED"));
    assert_eq!(states(&simulator), ["completed", "failed", "completed"]);
}

#[test]
fn the_breaker_rolls_back() {
    let simulator = start(2, breaker(true));
    let former = service(&simulator)["deployments"][0]["id"].clone();
    let target = newest(&simulator)["targetServiceRevision"]["arn"].clone();
    let id = update(&simulator, json!({ "taskDefinition": SICK }))["deployments"][0]["id"].clone();
    let rolling = until(&simulator, |seen| seen["deployments"][0]["id"] != id);
    let [primary, failed] = [&rolling["deployments"][0], &rolling["deployments"][1]];
    assert_eq!(rolling["deployments"].as_array().map(Vec::len), Some(2));
    assert_eq!([&primary["status"], &primary["rolloutState"]], ["PRIMARY", "IN_PROGRESS"]);
    assert_ne!(primary["id"], former);
    let text = former.as_str().unwrap_or_default();
    assert_eq!(
        primary["rolloutStateReason"],
        format!("ECS deployment circuit breaker: rolling back to deploymentId {text}.")
    );
    assert!(primary["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:1")));
    assert_eq!(rolling["taskDefinition"], primary["taskDefinition"]);
    assert_eq!([&failed["id"], &failed["status"], &failed["rolloutState"]], [&id, &json!("ACTIVE"), &json!("FAILED")]);
    let record = newest(&simulator);
    assert_eq!(record["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(record["rollback"]["serviceRevisionArn"], target);
    let done = until(&simulator, primary_is("COMPLETED"));
    assert_eq!(done["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["deployments"][0]["id"], primary["id"]);
    assert_eq!(said(&done, &format!("rolling back to deployment {text}.")), 1);
    assert_eq!(said(&done, "failed container health checks."), 4);
    assert_eq!(newest(&simulator)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(states(&simulator), ["completed", "rolled_back", "completed"]);
}

#[test]
fn a_rollback_is_never_rolled_back() {
    let simulator = start(
        1,
        json!({
            "minimumHealthyPercent": 0, "maximumPercent": 100,
            "deploymentCircuitBreaker": { "enable": true, "rollback": true },
        }),
    );
    simulator.add(json!({ "images": { "good": { "missing": true } } })).expect("a sound world");
    update(&simulator, json!({ "taskDefinition": MISSING }));
    let failed = until(&simulator, primary_is("FAILED"));
    assert!(failed["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:1")));
    assert_eq!(newest(&simulator)["status"], "ROLLBACK_FAILED");
    assert_eq!(states(&simulator), ["completed", "rolled_back", "failed"]);
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to() {
    let simulator = start(1, json!({}));
    let configuration = breaker(true);
    let input = json!({
        "cluster": "prod", "serviceName": "new", "taskDefinition": CRASH, "desiredCount": 1,
        "deploymentConfiguration": configuration,
    });
    ok(&simulator, "CreateService", input);
    wait(&simulator, 60.0);
    let seen = ok(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["new"] }));
    assert_eq!(seen["services"][0]["deployments"][0]["rolloutState"], "FAILED");
    assert_eq!(seen["services"][0]["deployments"][0]["status"], "PRIMARY");
}

#[test]
fn without_a_breaker_it_tries_for_ever() {
    let simulator = start(1, json!({}));
    update(&simulator, json!({ "taskDefinition": MISSING }));
    wait(&simulator, 1200.0);
    let seen = service(&simulator);
    assert_eq!(seen["deployments"][0]["rolloutState"], "IN_PROGRESS");
    let tries = seen["deployments"][0]["failedTasks"].as_u64().expect("a count");
    assert!((8..14).contains(&tries), "the pauses grow: {tries}");
    assert_eq!(said(&seen, "is unable to consistently start tasks successfully."), 1);
}

fn first_stopped(definition: &str, seconds: f64) -> Value {
    let simulator = start(1, json!({}));
    let id = update(&simulator, json!({ "taskDefinition": definition }))["deployments"][0]["id"].clone();
    wait(&simulator, seconds);
    let own = stopped_tasks(&simulator).into_iter().find(|task| task["startedBy"] == id);
    let task = own.expect("a stopped task");
    assert_eq!([&task["lastStatus"], &task["desiredStatus"]], ["STOPPED", "STOPPED"]);
    assert_eq!(task["group"], "service:api");
    task
}

#[test]
fn tasks_say_why_they_stopped() {
    let missing = first_stopped(MISSING, 3.0);
    assert_eq!(missing["stopCode"], "TaskFailedToStart");
    assert_eq!(
        missing["stoppedReason"],
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref missing: \
         missing: not found"
    );
    assert!(missing["containers"][0].get("exitCode").is_none());
    assert!(missing.get("startedAt").is_none());
    let crash = first_stopped(CRASH, 4.0);
    assert_eq!(crash["stopCode"], "EssentialContainerExited");
    assert_eq!(crash["stoppedReason"], "Essential container in task exited");
    assert_eq!(crash["containers"][0]["exitCode"], 3);
    assert_eq!(crash["containers"][0]["reason"], "boom");
    let memory = first_stopped(MEMORY, 4.0);
    assert_eq!(memory["containers"][0]["exitCode"], 137);
    assert_eq!(memory["containers"][0]["reason"], "OutOfMemoryError: Container killed due to memory usage");
    let sick = first_stopped(SICK, 9.0);
    assert_eq!(sick["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(sick["stoppedReason"], "Task failed container health checks");
    assert_eq!(sick["healthStatus"], "UNHEALTHY");
}

#[test]
fn normal_replacement_is_told_apart() {
    let simulator = start(1, json!({}));
    let id = update(&simulator, json!({ "taskDefinition": "api:2" }))["deployments"][0]["id"].clone();
    until(&simulator, primary_is("COMPLETED"));
    let stopped = stopped_tasks(&simulator);
    assert_eq!(stopped.len(), 1);
    let id = id.as_str().unwrap_or_default();
    assert_eq!(stopped[0]["stoppedReason"], format!("Scaling activity initiated by (deployment {id})"));
    wait(&simulator, 3601.0);
    assert!(stopped_tasks_arns(&simulator).is_empty(), "they are forgotten after an hour");
}

fn stopped_tasks_arns(simulator: &ecs_rollout_simulator::Simulator) -> Vec<Value> {
    let input = json!({ "cluster": "prod", "desiredStatus": "STOPPED" });
    ok(simulator, "ListTasks", input)["taskArns"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_stop_request_rolls_back() {
    let simulator = start(2, json!({}));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 3.0);
    let arn = newest(&simulator)["serviceDeploymentArn"].clone();
    let input = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
    assert_eq!(ok(&simulator, "StopServiceDeployment", input.clone())["serviceDeploymentArn"], arn);
    assert_eq!(newest(&simulator)["status"], "ROLLBACK_REQUESTED");
    wait(&simulator, 0.5);
    assert_eq!(newest(&simulator)["status"], "ROLLBACK_IN_PROGRESS");
    let done = until(&simulator, primary_is("COMPLETED"));
    assert!(done["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:1")));
    assert_eq!(newest(&simulator)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(code(&simulator, "StopServiceDeployment", input), "ConflictException");
    assert_eq!(states(&simulator), ["completed", "stopped", "completed"]);
}

#[test]
fn a_stopped_task_is_replaced() {
    let simulator = start(2, json!({}));
    let arns = ok(&simulator, "ListTasks", json!({ "cluster": "prod", "serviceName": "api" }))["taskArns"].take();
    let task = ok(&simulator, "StopTask", json!({ "cluster": "prod", "task": arns[0], "reason": "why not" }));
    assert_eq!(task["task"]["desiredStatus"], "STOPPED");
    wait(&simulator, 0.5);
    let stopping = stopped_tasks(&simulator);
    assert_eq!(stopping[0]["lastStatus"], "STOPPING");
    wait(&simulator, 10.0);
    let stopped = stopped_tasks(&simulator);
    assert_eq!([&stopped[0]["stopCode"], &stopped[0]["stoppedReason"]], ["UserInitiated", "why not"]);
    assert_eq!(service(&simulator)["runningCount"], 2);
}

#[test]
fn the_threshold_can_be_set() {
    let configuration = json!({ "deploymentCircuitBreaker": {
        "enable": true, "rollback": false, "thresholdConfiguration": { "type": "COUNT", "value": 1 },
    } });
    let simulator = start(1, configuration);
    update(&simulator, json!({ "taskDefinition": MISSING }));
    wait(&simulator, 3.0);
    assert_eq!(service(&simulator)["deployments"][0]["rolloutState"], "FAILED");
    assert_eq!(newest(&simulator)["deploymentCircuitBreaker"]["failureCount"], 1);
}
