//! Application Auto Scaling: what it takes and refuses, and how the number of tasks follows load and clock.

mod common;

use common::{code, ok, service, start, update, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const CPU: &str = "ECSServiceAverageCPUUtilization";
const MEMORY: &str = "ECSServiceAverageMemoryUtilization";

/// With what names the service.
fn named(mut input: Value) -> Value {
    input["ServiceNamespace"] = json!("ecs");
    input["ScalableDimension"] = json!("ecs:service:DesiredCount");
    if input.get("ResourceId").is_none() {
        input["ResourceId"] = json!("service/prod/api");
    }
    input
}

fn scaling(simulator: &Simulator, operation: &str, input: Value) -> Value {
    ok(simulator, &format!("application-autoscaling:{operation}"), named(input))
}

fn refused(simulator: &Simulator, operation: &str, input: Value) -> String {
    code(simulator, &format!("application-autoscaling:{operation}"), named(input))
}

fn range(simulator: &Simulator, min: u64, max: u64) -> Value {
    scaling(simulator, "RegisterScalableTarget", json!({ "MinCapacity": min, "MaxCapacity": max }))
}

fn policy(name: &str, metric: &str, target: f64) -> Value {
    let configuration = json!({ "TargetValue": target, "PredefinedMetricSpecification": { "PredefinedMetricType": metric },
        "ScaleOutCooldown": 60, "ScaleInCooldown": 60 });
    json!({ "PolicyName": name, "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration })
}

fn load(simulator: &Simulator, load: Value) {
    simulator.add(json!({ "load": { "api": load } })).expect("a sound world");
}

/// Desired and running.
fn tasks(simulator: &Simulator) -> (u64, u64) {
    let seen = service(simulator);
    (seen["desiredCount"].as_u64().unwrap_or_default(), seen["runningCount"].as_u64().unwrap_or_default())
}

#[test]
fn tasks_follow_the_load_and_come_back() {
    let simulator = start(2, Value::Null);
    range(&simulator, 2, 6);
    let put = scaling(&simulator, "PutScalingPolicy", policy("api-cpu", CPU, 50.0));
    let alarm = |at: usize| put["Alarms"][at]["AlarmName"].as_str().unwrap_or_default().to_owned();
    assert!(alarm(0).starts_with("TargetTracking-service/prod/api-AlarmHigh-"), "{put}");
    assert!(alarm(1).starts_with("TargetTracking-service/prod/api-AlarmLow-"), "{put}");
    load(&simulator, json!(90));
    wait(&simulator, 600.0);
    assert_eq!(tasks(&simulator), (2, 2), "45 percent each is what is wanted");
    // 100 percent each: twice as many are needed, after three minutes above.
    load(&simulator, json!(200));
    wait(&simulator, 130.0);
    assert_eq!(tasks(&simulator).0, 2);
    wait(&simulator, 110.0);
    assert_eq!(tasks(&simulator), (4, 4));
    load(&simulator, json!(1000));
    wait(&simulator, 600.0);
    assert_eq!(tasks(&simulator), (6, 6), "the range is kept");
    load(&simulator, json!(10));
    wait(&simulator, 14.0 * 60.0);
    assert_eq!(tasks(&simulator).0, 6, "fifteen minutes below, not fourteen");
    wait(&simulator, 300.0);
    assert_eq!(tasks(&simulator), (2, 2));
    let seen = scaling(&simulator, "DescribeScalingActivities", json!({}));
    let told: Vec<_> = seen["ScalingActivities"]
        .as_array()
        .expect("activities")
        .iter()
        .map(|one| one["Description"].clone())
        .collect();
    assert_eq!(told[0], "Setting desired count to 2.");
    assert!(seen["ScalingActivities"][0]["Cause"].as_str().is_some_and(|cause| cause.contains(&alarm(1))), "{seen}");
    assert!(
        service(&simulator)["events"][0]["message"]
            .as_str()
            .is_some_and(|text| text.ends_with("has reached a steady state."))
    );
}

#[test]
fn all_policies_agree_to_scale_in_and_one_is_enough_to_scale_out() {
    let simulator = start(2, Value::Null);
    range(&simulator, 1, 8);
    scaling(&simulator, "PutScalingPolicy", policy("cpu", CPU, 50.0));
    scaling(&simulator, "PutScalingPolicy", policy("memory", MEMORY, 50.0));
    load(&simulator, json!([{ "cpu": 10, "memory": 300 }]));
    wait(&simulator, 400.0);
    assert_eq!(tasks(&simulator).0, 6, "the largest count wins");
    wait(&simulator, 3600.0);
    assert_eq!(tasks(&simulator).0, 6, "memory keeps what cpu would take away");
    load(&simulator, json!([{ "cpu": 10, "memory": 20 }]));
    wait(&simulator, 1200.0);
    assert_eq!(tasks(&simulator).0, 1);
}

#[test]
fn metrics_of_high_resolution_come_every_20_seconds_where_they_are_published() {
    let simulator = start(2, Value::Null);
    range(&simulator, 2, 6);
    let high = format!("{CPU}HighResolution");
    scaling(&simulator, "PutScalingPolicy", policy("api-cpu", &high, 50.0));
    load(&simulator, json!(200));
    wait(&simulator, 600.0);
    assert_eq!(tasks(&simulator).0, 2, "nothing is published");
    let metrics = json!([{ "metricNames": ["CPUUtilization"], "resolutionSeconds": 20 }]);
    update(&simulator, json!({ "monitoring": { "metricConfigurations": metrics } }));
    wait(&simulator, 80.0);
    assert_eq!(tasks(&simulator).0, 4);
}

#[test]
fn nothing_is_taken_away_during_a_deployment_or_while_it_is_suspended() {
    let simulator = start(
        4,
        json!({ "alarms": { "alarmNames": ["a"], "enable": true, "rollback": true }, "bakeTimeInMinutes": 60 }),
    );
    range(&simulator, 2, 6);
    scaling(&simulator, "PutScalingPolicy", policy("cpu", CPU, 50.0));
    load(&simulator, json!(10));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 2400.0);
    assert_eq!(tasks(&simulator).0, 4, "a deployment is on its way");
    scaling(&simulator, "RegisterScalableTarget", json!({ "SuspendedState": { "DynamicScalingInSuspended": true } }));
    wait(&simulator, 3600.0);
    assert_eq!(tasks(&simulator).0, 4, "suspended");
    scaling(&simulator, "RegisterScalableTarget", json!({ "SuspendedState": { "DynamicScalingInSuspended": false } }));
    wait(&simulator, 120.0);
    assert_eq!(tasks(&simulator).0, 2);
}

#[test]
fn a_range_moves_the_service_into_it() {
    let simulator = start(2, Value::Null);
    range(&simulator, 3, 5);
    wait(&simulator, 30.0);
    assert_eq!(tasks(&simulator), (3, 3));
    range(&simulator, 1, 2);
    wait(&simulator, 30.0);
    assert_eq!(tasks(&simulator), (2, 2));
    // One end alone leaves the other.
    scaling(&simulator, "RegisterScalableTarget", json!({ "MaxCapacity": 9 }));
    let seen = scaling(&simulator, "DescribeScalableTargets", json!({ "ResourceIds": ["service/prod/api"] }));
    let target = &seen["ScalableTargets"][0];
    assert_eq!((&target["MinCapacity"], &target["MaxCapacity"]), (&json!(1), &json!(9)));
    assert!(
        target["RoleARN"]
            .as_str()
            .is_some_and(|role| role.contains("AWSServiceRoleForApplicationAutoScaling_ECSService"))
    );
}

#[test]
fn scheduled_actions_change_the_range() {
    let simulator = start(2, Value::Null);
    range(&simulator, 2, 4);
    let action = json!({ "ScheduledActionName": "busy", "Schedule": "rate(10 minutes)", "ScalableTargetAction": { "MinCapacity": 4 } });
    scaling(&simulator, "PutScheduledAction", action);
    wait(&simulator, 500.0);
    assert_eq!(tasks(&simulator).0, 2);
    wait(&simulator, 200.0);
    assert_eq!(tasks(&simulator), (4, 4));
    scaling(&simulator, "DeleteScheduledAction", json!({ "ScheduledActionName": "busy" }));
    let seen = scaling(&simulator, "DescribeScheduledActions", json!({}));
    assert_eq!(seen["ScheduledActions"], json!([]));
}

#[test]
fn a_task_that_is_killed_is_replaced() {
    let simulator = start(2, Value::Null);
    let listed = ok(&simulator, "ListTasks", json!({ "cluster": "prod", "serviceName": "api" }));
    ok(&simulator, "StopTask", json!({ "cluster": "prod", "task": listed["taskArns"][0] }));
    wait(&simulator, 2.0);
    assert_eq!(service(&simulator)["runningCount"], 1, "the other one goes on");
    wait(&simulator, 30.0);
    assert_eq!(tasks(&simulator), (2, 2));
    let zones = ok(&simulator, "ListTasks", json!({ "cluster": "prod", "serviceName": "api" }));
    let zones = ok(&simulator, "DescribeTasks", json!({ "cluster": "prod", "tasks": zones["taskArns"] }));
    assert_ne!(zones["tasks"][0]["availabilityZone"], zones["tasks"][1]["availabilityZone"]);
}

#[test]
fn what_is_wrong_is_refused() {
    let simulator = start(2, Value::Null);
    let tracking = || policy("p", CPU, 50.0);
    for (operation, input) in [
        ("PutScalingPolicy", tracking()),
        ("DeleteScalingPolicy", json!({ "PolicyName": "p" })),
        ("DeregisterScalableTarget", json!({})),
        ("PutScheduledAction", json!({ "ScheduledActionName": "n", "Schedule": "rate(1 day)" })),
    ] {
        assert_eq!(refused(&simulator, operation, input), "ObjectNotFoundException", "{operation}");
    }
    for input in [
        json!({ "MinCapacity": 1 }),
        json!({ "MinCapacity": 3, "MaxCapacity": 2 }),
        json!({ "MinCapacity": -1, "MaxCapacity": 2 }),
        json!({ "MinCapacity": 1, "MaxCapacity": 2, "ResourceId": "service/prod/nope" }),
        json!({ "MinCapacity": 1, "MaxCapacity": 2, "ResourceId": "prod/api" }),
    ] {
        assert_eq!(refused(&simulator, "RegisterScalableTarget", input.clone()), "ValidationException", "{input}");
    }
    range(&simulator, 1, 4);
    scaling(&simulator, "PutScalingPolicy", tracking());
    for input in [
        policy("other", CPU, 40.0),
        policy("low", MEMORY, 0.0),
        policy("requests", "ALBRequestCountPerTarget", 10.0),
        json!({ "PolicyName": "none" }),
        json!({ "PolicyName": "two", "StepScalingPolicyConfiguration": {}, "TargetTrackingScalingPolicyConfiguration": {} }),
    ] {
        assert_eq!(refused(&simulator, "PutScalingPolicy", input.clone()), "ValidationException", "{input}");
    }
    let schedule = json!({ "ScheduledActionName": "n", "Schedule": "daily" });
    assert_eq!(refused(&simulator, "PutScheduledAction", schedule), "ValidationException");
    assert_eq!(
        refused(&simulator, "DescribeScalingPolicies", json!({ "NextToken": "x" })),
        "InvalidNextTokenException"
    );
}

#[test]
fn policies_come_in_pages() {
    let simulator = start(2, Value::Null);
    range(&simulator, 1, 4);
    for number in 0..12 {
        let configuration = json!({ "AdjustmentType": "ChangeInCapacity" });
        let name = format!("step-{number}");
        scaling(
            &simulator,
            "PutScalingPolicy",
            json!({ "PolicyName": name, "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": configuration }),
        );
    }
    let first = scaling(&simulator, "DescribeScalingPolicies", json!({}));
    assert_eq!(first["ScalingPolicies"].as_array().map(Vec::len), Some(10));
    let second = scaling(&simulator, "DescribeScalingPolicies", json!({ "NextToken": first["NextToken"] }));
    assert_eq!(second["ScalingPolicies"].as_array().map(Vec::len), Some(2));
    assert!(second.get("NextToken").is_none());
    scaling(&simulator, "DeregisterScalableTarget", json!({}));
    let none = scaling(&simulator, "DescribeScalingPolicies", json!({}));
    assert_eq!(none["ScalingPolicies"], json!([]));
}
