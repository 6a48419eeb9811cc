//! A service that is to be there, whatever happens to the processes that see to it.

use ecs_rollout::{Scale, Service, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn request() -> Service {
    let container = json!({"name": "api", "image": "registry.example/api:1", "memory": 64});
    let definition = json!({"family": "api", "containerDefinitions": [container]});
    let settings =
        json!({"serviceName": "api", "cluster": "prod", "desiredCount": 2, "tags": [{"key": "team", "value": "a"}]});
    parse_options("options", json!({"settings": settings, "definition": definition})).unwrap()
}

fn world(faults: &Value) -> Simulator {
    Simulator::start(json!({"speed": 0, "clusters": ["prod"], "faults": faults})).unwrap()
}

fn count(simulator: &Simulator, operation: &str, input: Value, member: &str) -> usize {
    simulator.call(operation, input).unwrap()[member].as_array().unwrap().len()
}

#[tokio::test]
async fn cut_off_after_any_event_and_run_again_there_is_one_of_each() {
    for lost in ["DeleteCluster", "RegisterTaskDefinition", "CreateService"] {
        for events in 1..12 {
            let simulator = world(&json!([{"operation": lost, "kind": "lost"}]));
            let mut cut_off = simulator.client().service(request());
            for _ in 0..events {
                cut_off.next().await;
            }
            drop(cut_off);
            let outcome = simulator.client().service(request()).outcome().await.unwrap();
            assert_eq!(outcome.outcome.definition.rsplit('/').next(), Some("api:1"), "{lost} {events}");
            let services = count(&simulator, "ListServices", json!({"cluster": "prod"}), "serviceArns");
            let revisions = count(&simulator, "ListTaskDefinitions", json!({}), "taskDefinitionArns");
            let deployments = simulator.deployments().as_array().unwrap().len();
            assert_eq!((services, revisions, deployments), (1, 1, 1), "{lost} {events}");
        }
    }
}

#[tokio::test]
async fn whatever_of_scaling_was_cut_off_is_made_up_for_by_the_next_run() {
    let options = json!({"service": "api", "cluster": "prod", "min": 2, "max": 6, "cpu": 60, "memory": 70,
        "actions": [{"ScheduledActionName": "n", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 3}}]});
    let scale = || parse_options::<Scale>("options", options.clone()).unwrap();
    for (operation, written) in [("RegisterScalableTarget", 4), ("PutScalingPolicy", 3), ("PutScheduledAction", 1)] {
        let simulator = world(&json!([]));
        simulator.client().service(request()).outcome().await.unwrap();
        simulator.add(json!({"faults": [{"operation": operation, "kind": "denied"}]})).unwrap();
        assert_eq!(simulator.client().scale(scale()).await.unwrap_err().code(), "denied");
        let planned = simulator.client().scale(scale().plan(true)).await.unwrap();
        assert_eq!(planned.planned.len(), written, "{operation}");
        let outcome = simulator.client().scale(scale()).await.unwrap();
        assert_eq!((outcome.changes.len(), outcome.policies.len()), (planned.changes.len(), 2), "{operation}");
        assert!(!simulator.client().scale(scale()).await.unwrap().changed);
    }
}

#[tokio::test]
async fn no_secret_is_told_by_debug() {
    let definition = json!({"family": "api", "containerDefinitions": [{"name": "api", "image": "a:1", "memory": 64,
        "environment": [{"name": "TOKEN", "value": "hunter2"}]}]});
    let options = json!({"service": "api", "cluster": "prod", "desired": 1, "definition": definition,
        "settings": {"serviceConnectConfiguration": {"enabled": false, "logConfiguration": {"logDriver": "splunk", "options": {"key": "hunter2"}}}}});
    let request: Service = parse_options("options", options).unwrap();
    assert!(!format!("{request:?}").contains("hunter2"));
    let outcome = world(&json!([])).client().service(request.plan(true)).outcome().await.unwrap();
    assert_eq!(outcome.planned.len(), 2);
    assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
}

/// What DescribeServices answers, given back, asks for nothing: members that only ECS writes are left out, defaults are equal to absent.
#[tokio::test]
async fn a_service_as_described_is_as_asked() {
    let more = [
        json!({}),
        json!({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}}),
        json!({"propagateTags": "SERVICE", "enableECSManagedTags": true, "platformVersion": "LATEST"}),
        json!({"placementStrategy": [{"type": "spread", "field": "instanceId"}], "placementConstraints": []}),
        json!({"loadBalancers": [{"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/0", "containerName": "api", "containerPort": 80}], "healthCheckGracePeriodSeconds": 0}),
    ];
    for settings in more {
        let ports = json!([{"containerPort": 80}]);
        let container = json!({"name": "api", "image": "registry.example/api:1", "memory": 64, "portMappings": ports});
        let mut service = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api", "desiredCount": 2});
        service.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let world = json!({"speed": 0, "clusters": ["prod"], "services": [service],
            "definitions": [{"family": "api", "containerDefinitions": [container]}]});
        let simulator = Simulator::start(world).unwrap();
        let asked = json!({"cluster": "prod", "services": ["api"], "include": ["TAGS"]});
        let described = simulator.call("DescribeServices", asked).unwrap()["services"][0].take();
        for plan in [true, false] {
            let request = json!({"service": "api", "cluster": "prod", "settings": described, "plan": plan});
            let outcome =
                simulator.client().service(parse_options("options", request).unwrap()).outcome().await.unwrap();
            assert!(!outcome.outcome.changed, "{settings}: {:?}", outcome.changes);
        }
    }
}
