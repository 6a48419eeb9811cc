//! Services that ECS manages whole (Express Mode): what they answer, refuse, and how their deployments end.

use std::time::Duration;

use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web";
const ALARM: &str = "ecs-express-prod-web-faults";

fn role(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

fn input() -> Value {
    json!({"cluster": "prod", "serviceName": "web", "infrastructureRoleArn": role("infra"), "executionRoleArn": role("exec"),
        "primaryContainer": {"image": "web:1", "environment": [{"name": "A", "value": "1"}]}, "scalingTarget": {"minTaskCount": 2}})
}

fn own() -> Value {
    json!({"family": "shop", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "executionRoleArn": role("exec"),
        "containerDefinitions": [{"name": "Main", "image": "web:7", "portMappings": [{"containerPort": 80, "name": "http"}]}]})
}

fn start() -> Simulator {
    let world = json!({"speed": 0, "clusters": ["prod"], "express": [input()], "definitions": [own()],
        "images": {"crash:1": {"exit": {"code": 1, "after": 1}}}});
    Simulator::start(world).expect("the world is sound")
}

fn ok(simulator: &Simulator, operation: &str, input: Value) -> Value {
    simulator.call(operation, input).unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

fn update(simulator: &Simulator, mut input: Value) -> Value {
    input["serviceArn"] = json!(SERVICE);
    ok(simulator, "UpdateExpressGatewayService", input)["service"].take()
}

fn describe(simulator: &Simulator) -> Value {
    ok(simulator, "DescribeExpressGatewayService", json!({"serviceArn": SERVICE, "include": ["TAGS"]}))["service"]
        .take()
}

fn record(simulator: &Simulator) -> Value {
    let arn = describe(simulator)["currentDeployment"].clone();
    ok(simulator, "DescribeServiceDeployments", json!({"serviceDeploymentArns": [arn]}))["serviceDeployments"][0].take()
}

fn ended(simulator: &Simulator) -> Value {
    for _ in 0..4000 {
        simulator.clock().advance(Duration::from_millis(250));
        let record = record(simulator);
        if record["finishedAt"].is_number() {
            return record;
        }
    }
    panic!("it does not end: {}", record(simulator));
}

#[test]
fn what_it_answers() {
    let simulator = start();
    let shown =
        ok(&simulator, "DescribeServices", json!({"cluster": "prod", "services": ["web"]}))["services"][0].take();
    assert_eq!((&shown["resourceManagementType"], &shown["taskDefinition"]), (&json!("ECS"), &Value::Null));
    assert_eq!(
        shown["deployments"][0]["taskDefinition"],
        "arn:aws:ecs:eu-central-1:123456789012:task-definition/prod-web:1"
    );
    assert_eq!((&shown["deploymentConfiguration"]["strategy"], &shown["desiredCount"]), (&json!("CANARY"), &json!(2)));
    let service = describe(&simulator);
    let configuration = &service["activeConfigurations"][0];
    assert_eq!((&configuration["cpu"], &configuration["memory"]), (&json!("1024"), &json!("2048")));
    assert_eq!(configuration["primaryContainer"]["containerPort"], 80);
    assert_eq!(configuration["healthCheckPath"], "/");
    assert_eq!(configuration["scalingTarget"]["maxTaskCount"], 20);
    let endpoint = configuration["ingressPaths"][0]["endpoint"].as_str().unwrap_or_default();
    assert!(endpoint.starts_with("we-") && endpoint.ends_with(".ecs.eu-central-1.on.aws"), "{endpoint}");
    assert_eq!((&service["tags"], &service["status"]["statusCode"]), (&json!([]), &json!("ACTIVE")));
    let revision = json!({"serviceRevisionArns": [configuration["serviceRevisionArn"]]});
    let revision = ok(&simulator, "DescribeServiceRevisions", revision)["serviceRevisions"][0].take();
    let groups = &configuration["networkConfiguration"]["securityGroups"];
    let added = revision["ecsManagedResources"]["serviceSecurityGroups"][0]["arn"].as_str().unwrap_or_default();
    assert!(added.ends_with(groups[0].as_str().unwrap_or("?")), "{added} {groups}");
}

#[test]
fn an_update_is_a_canary_of_its_own_revision() {
    let simulator = start();
    let target = update(&simulator, json!({"primaryContainer": {"image": "web:2"}}))["targetConfiguration"].take();
    // The container is replaced as a whole.
    assert_eq!(target["primaryContainer"].get("environment"), None);
    assert_eq!(record(&simulator)["targetServiceRevision"]["arn"], target["serviceRevisionArn"]);
    let done = ended(&simulator);
    assert_eq!((&done["status"], &done["alarms"]["alarmNames"]), (&json!("SUCCESSFUL"), &json!([ALARM])));
    // The same once more is a deployment, too.
    update(&simulator, json!({"primaryContainer": {"image": "web:2"}}));
    assert_eq!(record(&simulator)["status"], "PENDING");
    let target = update(&simulator, json!({"scalingTarget": {"maxTaskCount": 4}}))["targetConfiguration"].take();
    assert_eq!(target["scalingTarget"]["minTaskCount"], 2);
    let targets = json!({"ServiceNamespace": "ecs", "ResourceIds": ["service/prod/web"]});
    let scaled =
        ok(&simulator, "application-autoscaling:DescribeScalableTargets", targets)["ScalableTargets"][0].take();
    assert_eq!((&scaled["MinCapacity"], &scaled["MaxCapacity"]), (&json!(2), &json!(4)));
    let target = update(&simulator, json!({"taskDefinitionArn": "shop:1"}))["targetConfiguration"].take();
    assert_eq!(target["primaryContainer"]["image"], "web:7");
}

#[test]
fn alarms_and_crashes_take_it_back() {
    for (image, alarm, reason) in [("web:2", true, "alarm"), ("crash:1", false, "circuit breaker")] {
        let simulator = start();
        if alarm {
            simulator.add(json!({"alarms": {ALARM: {"from": 60, "to": 90}}})).expect("a sound world");
        }
        update(&simulator, json!({"primaryContainer": {"image": image}}));
        let done = ended(&simulator);
        assert_eq!(done["status"], "ROLLBACK_SUCCESSFUL", "{image}");
        assert!(done["statusReason"].as_str().is_some_and(|text| text.contains(reason)), "{done}");
        assert_eq!(done["alarms"]["triggeredAlarmNames"], if alarm { json!([ALARM]) } else { json!([]) });
        assert_eq!(describe(&simulator)["activeConfigurations"][0]["primaryContainer"]["image"], "web:1");
    }
}

#[test]
fn a_stop_may_be_seen_on_its_way() {
    let simulator = start();
    simulator.add(json!({"stopping": 10})).expect("a sound world");
    update(&simulator, json!({"primaryContainer": {"image": "web:2"}}));
    let first = record(&simulator)["serviceDeploymentArn"].clone();
    update(&simulator, json!({"primaryContainer": {"image": "web:3"}}));
    let status = |simulator: &Simulator| {
        let input = json!({"serviceDeploymentArns": [first]});
        ok(simulator, "DescribeServiceDeployments", input)["serviceDeployments"][0]["status"].take()
    };
    assert_eq!(status(&simulator), "STOP_REQUESTED");
    simulator.clock().advance(Duration::from_secs(11));
    assert_eq!(status(&simulator), "STOPPED");
}

#[test]
fn a_change_of_the_scaling_alone_may_begin_no_deployment() {
    let simulator = start();
    simulator.add(json!({"express_in_place": true})).expect("a sound world");
    let before = (record(&simulator), describe(&simulator)["activeConfigurations"][0]["serviceRevisionArn"].take());
    let target = update(&simulator, json!({"scalingTarget": {"maxTaskCount": 4}}))["targetConfiguration"].take();
    assert_eq!((record(&simulator), &target["serviceRevisionArn"]), (before.0, &before.1));
    let shown = describe(&simulator)["activeConfigurations"][0]["scalingTarget"].take();
    assert_eq!((&shown["minTaskCount"], &shown["maxTaskCount"]), (&json!(2), &json!(4)));
    // With anything else there is one.
    let more = json!({"scalingTarget": {"maxTaskCount": 5}, "healthCheckPath": "/health"});
    assert_ne!(update(&simulator, more)["targetConfiguration"]["serviceRevisionArn"], target["serviceRevisionArn"]);
}

#[test]
fn the_default_cluster_is_made_with_the_service() {
    let simulator = Simulator::start(json!({"speed": 0, "clusters": ["prod"]})).expect("the world is sound");
    let mut input = input();
    input["cluster"] = json!("none");
    let (_, error) = simulator.call("CreateExpressGatewayService", input.clone()).expect_err("no such cluster");
    assert_eq!(error["__type"], "ClusterNotFoundException");
    input["cluster"] = Value::Null;
    let service = ok(&simulator, "CreateExpressGatewayService", input)["service"].take();
    assert_eq!(service["serviceArn"], "arn:aws:ecs:eu-central-1:123456789012:service/default/web");
}

#[test]
fn what_is_refused() {
    let simulator = start();
    ok(
        &simulator,
        "RegisterTaskDefinition",
        json!({"family": "side", "containerDefinitions": [{"name": "api", "image": "i", "memory": 64}]}),
    );
    let mut ports = own();
    ports["family"] = json!("ports");
    ports["containerDefinitions"][0]["portMappings"] =
        json!([{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "b"}]);
    ok(&simulator, "RegisterTaskDefinition", ports);
    let new = |changes: Value| {
        let mut input = input();
        input["serviceName"] = json!("other");
        for (member, value) in changes.as_object().into_iter().flatten() {
            input[member] = value.clone();
        }
        ("CreateExpressGatewayService", input)
    };
    let change = |mut changes: Value| {
        changes["serviceArn"] = json!(SERVICE);
        ("UpdateExpressGatewayService", changes)
    };
    let missing = "arn:aws:ecs:eu-central-1:123456789012:service/prod/none";
    for ((operation, input), code, text) in [
        (new(json!({"infrastructureRoleArn": null})), "InvalidParameterException", "infrastructureRoleArn"),
        (new(json!({"executionRoleArn": ""})), "InvalidParameterException", "executionRoleArn"),
        (new(json!({"primaryContainer": null})), "InvalidParameterException", "primaryContainer can not be null"),
        (new(json!({"primaryContainer": {"image": " "}})), "InvalidParameterException", "image can not be blank"),
        (
            new(json!({"primaryContainer": {"image": "i", "containerPort": 0}})),
            "InvalidParameterException",
            "containerPort",
        ),
        (new(json!({"primaryContainer": {"image": 7}})), "SerializationException", "String"),
        (new(json!({"taskDefinitionArn": "shop:1"})), "InvalidParameterException", "you cannot also specify"),
        (new(json!({"serviceName": "web"})), "InvalidParameterException", "not idempotent"),
        (new(json!({"serviceName": "we b"})), "InvalidParameterException", "the name may have"),
        (new(json!({"cpu": "256", "memory": "8192"})), "ClientException", ""),
        (new(json!({"cpuArchitecture": "arm"})), "InvalidParameterException", "cpuArchitecture"),
        (new(json!({"healthCheckPath": "health"})), "InvalidParameterException", "forward slash"),
        (
            new(json!({"scalingTarget": {"minTaskCount": 3, "maxTaskCount": 2}})),
            "InvalidParameterException",
            "maxTaskCount",
        ),
        (new(json!({"scalingTarget": {"autoScalingMetric": "CPU"}})), "InvalidParameterException", "autoScalingMetric"),
        (new(json!({"cluster": "none"})), "ClusterNotFoundException", ""),
        (change(json!({"taskDefinitionArn": "side:1"})), "InvalidParameterException", "container named Main"),
        (change(json!({"taskDefinitionArn": "ports:1"})), "InvalidParameterException", "single TCP port"),
        (change(json!({"taskDefinitionArn": "none:1"})), "ClientException", "TaskDefinition not found"),
        (("UpdateExpressGatewayService", json!({"serviceArn": missing})), "ServiceNotFoundException", ""),
        (("UpdateExpressGatewayService", json!({})), "InvalidParameterException", "serviceArn"),
        (
            ("DescribeExpressGatewayService", json!({"serviceArn": missing})),
            "ResourceNotFoundException",
            "Resource not found",
        ),
        (("DeleteExpressGatewayService", json!({"serviceArn": missing})), "ServiceNotFoundException", ""),
        (
            (
                "UpdateService",
                json!({"cluster": "prod", "service": "web", "deploymentConfiguration": {"strategy": "ROLLING"}}),
            ),
            "InvalidParameterException",
            "deploymentConfiguration",
        ),
    ] {
        let (_, error) = simulator.call(operation, input.clone()).expect_err(&format!("{operation} {input}"));
        let said = error["message"].as_str().unwrap_or_default();
        assert!(error["__type"] == code && said.contains(text), "{operation} {input}: {error}");
    }
    ok(&simulator, "DeleteExpressGatewayService", json!({"serviceArn": SERVICE}));
    let (_, error) =
        simulator.call("UpdateExpressGatewayService", json!({"serviceArn": SERVICE})).expect_err("it drains");
    assert_eq!(
        (&error["__type"], &error["message"]),
        (&json!("ServiceNotActiveException"), &json!("Service is in DRAINING status"))
    );
    let (_, error) = simulator.call("CreateExpressGatewayService", input()).expect_err("it drains");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("still Draining")), "{error}");
}
