//! Services that CodeDeploy looks after.

mod common;

use common::{code, ok, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef";

fn start(group: Value) -> Simulator {
    let definition = |image: &str| {
        json!({ "family": "api", "containerDefinitions": [{
            "name": "api", "memory": 64, "image": image, "portMappings": [{ "containerPort": 3000 }],
        }] })
    };
    let mut own = json!({ "cluster": "prod", "service": "api", "termination_minutes": 5 });
    for (name, value) in group.as_object().into_iter().flatten() {
        own[name] = value.clone();
    }
    Simulator::start(json!({
        "speed": 0, "clusters": ["prod"], "codedeploy": [own],
        "definitions": [definition("good"), definition("better"), definition("crash")],
        "images": { "crash": { "exit": { "code": 1 } } },
        "services": [{
            "cluster": "prod", "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 2,
            "deploymentController": { "type": "CODE_DEPLOY" },
            "loadBalancers": [{ "targetGroupArn": GROUP, "containerName": "api", "containerPort": 3000 }],
        }],
    }))
    .expect("the world is sound")
}

fn spec(revision: u64, hooks: &Value) -> String {
    json!({ "version": 1, "Resources": [{ "TargetService": { "Type": "AWS::ECS::Service", "Properties": {
        "TaskDefinition": format!("arn:aws:ecs:eu-central-1:123456789012:task-definition/api:{revision}"),
        "LoadBalancerInfo": { "ContainerName": "api", "ContainerPort": 3000 },
    } } }], "Hooks": hooks })
    .to_string()
}

fn request(content: &str) -> Value {
    json!({
        "applicationName": "AppECS-prod-api", "deploymentGroupName": "DgpECS-prod-api",
        "revision": { "revisionType": "AppSpecContent", "appSpecContent": { "content": content } },
    })
}

fn create(simulator: &Simulator, revision: u64, hooks: &Value) -> String {
    let answer = ok(simulator, "codedeploy:CreateDeployment", request(&spec(revision, hooks)));
    answer["deploymentId"].as_str().unwrap_or_default().to_owned()
}

fn deployment(simulator: &Simulator, id: &str) -> Value {
    ok(simulator, "codedeploy:GetDeployment", json!({ "deploymentId": id }))["deploymentInfo"].take()
}

fn target(simulator: &Simulator, id: &str) -> Value {
    let ids = ok(simulator, "codedeploy:ListDeploymentTargets", json!({ "deploymentId": id }))["targetIds"].take();
    assert_eq!(ids, json!(["prod:api"]));
    let input = json!({ "deploymentId": id, "targetId": ids[0] });
    ok(simulator, "codedeploy:GetDeploymentTarget", input)["deploymentTarget"]["ecsTarget"].take()
}

fn service(simulator: &Simulator) -> Value {
    ok(simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["api"] }))["services"][0].take()
}

/// The last of the truth about a deployment.
fn truth(simulator: &Simulator, id: &str) -> Value {
    let all = simulator.deployments();
    all.as_array().and_then(|all| all.iter().find(|one| one["deployment"] == id)).cloned().unwrap_or_default()
}

fn events(target: &Value) -> Vec<String> {
    let text = |event: &Value| event["status"].as_str().unwrap_or_default().to_owned();
    target["lifecycleEvents"].as_array().map(|all| all.iter().map(text).collect()).unwrap_or_default()
}

#[test]
fn it_replaces_the_task_set() {
    let simulator = start(json!({}));
    assert_eq!(service(&simulator)["deployments"], json!([]));
    let former = service(&simulator)["taskSets"][0]["id"].clone();
    let id = create(&simulator, 2, &json!([]));
    assert!(id.starts_with("d-") && id.len() == 11);
    assert_eq!(deployment(&simulator, &id)["status"], "Created");
    let again = code(&simulator, "codedeploy:CreateDeployment", request(&spec(2, &json!([]))));
    assert_eq!(again, "DeploymentLimitExceededException");
    wait(&simulator, 60.0);
    assert_eq!(deployment(&simulator, &id)["status"], "InProgress");
    let seen = service(&simulator);
    let [green, blue] = [&seen["taskSets"][0], &seen["taskSets"][1]];
    assert_eq!([&green["status"], &blue["status"], &blue["id"]], [&json!("PRIMARY"), &json!("ACTIVE"), &former]);
    assert_eq!([&green["externalId"], &seen["runningCount"]], [&json!(id), &json!(4)]);
    assert!(seen["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:2")));
    let target = target(&simulator, &id);
    assert_eq!(events(&target), ["Succeeded"; 8]);
    let sets = &target["taskSetsInfo"];
    assert_eq!(
        [&sets[0]["taskSetLabel"], &sets[0]["trafficWeight"], &sets[0]["identifer"]],
        [&json!("Green"), &json!(100.0), &green["id"]]
    );
    wait(&simulator, 280.0);
    let done = deployment(&simulator, &id);
    assert_eq!([&done["status"], &done["creator"]], ["Succeeded", "user"]);
    assert!(done["revision"]["appSpecContent"].get("content").is_none());
    assert_eq!(service(&simulator)["taskSets"].as_array().map(Vec::len), Some(1));
    let truth = truth(&simulator, &id);
    assert_eq!(truth["state"], "completed");
    let (live, end) = (truth["live"].as_f64().unwrap_or_default(), truth["finished"].as_f64().unwrap_or_default());
    assert!(live < 15.0 && (300.0..330.0).contains(&end), "{truth}");
    let next = create(&simulator, 1, &json!([]));
    wait(&simulator, 400.0);
    assert_eq!(deployment(&simulator, &next)["status"], "Succeeded");
}

#[test]
fn traffic_moves_in_steps() {
    let simulator =
        start(json!({ "config": "CodeDeployDefault.ECSLinear10PercentEvery1Minutes", "termination_minutes": 0 }));
    let id = create(&simulator, 2, &json!([]));
    wait(&simulator, 200.0);
    let shown = target(&simulator, &id);
    let green =
        shown["taskSetsInfo"].as_array().and_then(|all| all.iter().find(|set| set["taskSetLabel"] == "Green")).cloned();
    assert_eq!(green.map(|set| set["trafficWeight"].clone()), Some(json!(40.0)));
    wait(&simulator, 400.0);
    assert_eq!(deployment(&simulator, &id)["status"], "Succeeded");
    assert!(truth(&simulator, &id)["finished"].as_f64().is_some_and(|at| (545.0..565.0).contains(&at)));
    let config = ok(
        &simulator,
        "codedeploy:GetDeploymentConfig",
        json!({ "deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent15Minutes" }),
    );
    assert_eq!(
        config["deploymentConfigInfo"]["trafficRoutingConfig"]["timeBasedCanary"],
        json!({ "canaryPercentage": 10, "canaryInterval": 15 })
    );
}

#[test]
fn a_hook_that_fails_makes_a_rollback() {
    let simulator = start(json!({ "rollback": true, "hooks": { "check": { "result": "FAILED", "seconds": 30 } } }));
    let id = create(&simulator, 2, &json!([{ "BeforeAllowTraffic": "check" }]));
    wait(&simulator, 60.0);
    let failed = deployment(&simulator, &id);
    assert_eq!([&failed["status"], &failed["errorInformation"]["code"]], ["Failed", "HOOK_EXECUTION_FAILURE"]);
    assert_eq!(events(&target(&simulator, &id))[4..], ["Succeeded", "Failed", "Skipped", "Skipped"]);
    let other = failed["rollbackInfo"]["rollbackDeploymentId"].as_str().unwrap_or_default().to_owned();
    let rollback = deployment(&simulator, &other);
    assert_eq!([&rollback["status"], &rollback["creator"]], ["Succeeded", "codeDeployRollback"]);
    assert_eq!(rollback["rollbackInfo"]["rollbackTriggeringDeploymentId"], *id);
    let seen = service(&simulator);
    assert_eq!([&seen["runningCount"], &seen["taskSets"][0]["status"]], [&json!(2), &json!("PRIMARY")]);
    assert!(seen["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:1")));
    assert_eq!([&truth(&simulator, &id)["state"], &truth(&simulator, &other)["state"]], ["rolled_back", "completed"]);
}

#[test]
fn a_replacement_that_never_gets_healthy_times_out() {
    let simulator = start(json!({}));
    let id = create(&simulator, 3, &json!([]));
    wait(&simulator, 3500.0);
    assert_eq!(deployment(&simulator, &id)["status"], "InProgress");
    wait(&simulator, 200.0);
    let failed = deployment(&simulator, &id);
    assert_eq!([&failed["status"], &failed["errorInformation"]["code"]], ["Failed", "TIMEOUT"]);
    assert_eq!(truth(&simulator, &id)["state"], "failed");
    assert_eq!(service(&simulator)["taskSets"][0]["runningCount"], 2, "what was there is left alone");
    let next = create(&simulator, 2, &json!([]));
    wait(&simulator, 400.0);
    assert_eq!(deployment(&simulator, &next)["status"], "Succeeded");
    assert_eq!(service(&simulator)["taskSets"].as_array().map(Vec::len), Some(1));
}

#[test]
fn it_waits_to_be_continued() {
    let simulator = start(json!({ "ready_minutes": 10 }));
    let id = create(&simulator, 2, &json!([]));
    wait(&simulator, 60.0);
    assert_eq!(deployment(&simulator, &id)["status"], "Ready");
    let go = |kind: &str| json!({ "deploymentId": id, "deploymentWaitType": kind });
    assert_eq!(
        code(&simulator, "codedeploy:ContinueDeployment", go("TERMINATION_WAIT")),
        "DeploymentIsNotInReadyStateException"
    );
    ok(&simulator, "codedeploy:ContinueDeployment", go("READY_WAIT"));
    wait(&simulator, 10.0);
    assert_eq!(deployment(&simulator, &id)["instanceTerminationWaitTimeStarted"], true);
    ok(&simulator, "codedeploy:ContinueDeployment", go("TERMINATION_WAIT"));
    wait(&simulator, 10.0);
    assert_eq!(deployment(&simulator, &id)["status"], "Succeeded");
    let left = create(&simulator, 1, &json!([]));
    wait(&simulator, 700.0);
    assert_eq!(deployment(&simulator, &left)["status"], "Stopped");
}

#[test]
fn it_can_be_stopped_and_undone() {
    for (back, states) in [(false, ["stopped", ""]), (true, ["stopped", "completed"])] {
        let simulator = start(json!({}));
        let id = create(&simulator, 2, &json!([]));
        wait(&simulator, 60.0);
        ok(&simulator, "codedeploy:StopDeployment", json!({ "deploymentId": id, "autoRollbackEnabled": back }));
        let stopped = deployment(&simulator, &id);
        assert_eq!(stopped["status"], "Stopped");
        let other = stopped["rollbackInfo"]["rollbackDeploymentId"].as_str().unwrap_or_default();
        wait(&simulator, 30.0);
        assert_eq!(
            [&truth(&simulator, &id)["state"], &truth(&simulator, other)["state"]]
                .map(|state| state.as_str().unwrap_or_default()),
            states
        );
        let input = json!({ "deploymentId": id });
        assert_eq!(code(&simulator, "codedeploy:StopDeployment", input), "DeploymentAlreadyCompletedException");
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let simulator = start(json!({}));
    let sound = request(&spec(2, &json!([])));
    let with = |pointer: &str, value: Value| {
        let mut input = sound.clone();
        if let Some(place) = input.pointer_mut(pointer) {
            *place = value;
        }
        code(&simulator, "codedeploy:CreateDeployment", input)
    };
    assert_eq!(with("/applicationName", json!("no")), "ApplicationDoesNotExistException");
    assert_eq!(with("/deploymentGroupName", json!("no")), "DeploymentGroupDoesNotExistException");
    assert_eq!(with("/revision", Value::Null), "RevisionRequiredException");
    assert_eq!(with("/revision/appSpecContent/content", json!("{}")), "InvalidRevisionException");
    let mut wrong = sound.clone();
    wrong["revision"]["appSpecContent"]["sha256"] = json!("00");
    assert_eq!(code(&simulator, "codedeploy:CreateDeployment", wrong), "InvalidRevisionException");
    assert_eq!(
        code(&simulator, "codedeploy:GetDeployment", json!({ "deploymentId": "d-NONE" })),
        "DeploymentDoesNotExistException"
    );
    let group = json!({ "applicationName": "AppECS-prod-api", "deploymentGroupName": "DgpECS-prod-api" });
    let group = ok(&simulator, "codedeploy:GetDeploymentGroup", group)["deploymentGroupInfo"].take();
    assert_eq!(group["ecsServices"][0], json!({ "serviceName": "api", "clusterName": "prod" }));
    let mut missing = sound;
    missing["revision"]["appSpecContent"]["content"] = json!(spec(9, &json!([])));
    let id =
        ok(&simulator, "codedeploy:CreateDeployment", missing)["deploymentId"].as_str().unwrap_or_default().to_owned();
    wait(&simulator, 5.0);
    assert_eq!(deployment(&simulator, &id)["errorInformation"]["code"], "ECS_UPDATE_ERROR");
}

#[test]
fn deployments_are_listed_by_status() {
    let simulator = start(json!({}));
    let list = |statuses: Value| {
        let input = json!({
            "applicationName": "AppECS-prod-api", "deploymentGroupName": "DgpECS-prod-api", "includeOnlyStatuses": statuses,
        });
        ok(&simulator, "codedeploy:ListDeployments", input)["deployments"].take()
    };
    assert_eq!(list(json!([])), json!([]));
    let id = create(&simulator, 2, &json!([]));
    assert_eq!(list(json!(["Created", "InProgress"])), json!([id]));
    assert_eq!(list(json!(["Succeeded"])), json!([]));
    wait(&simulator, 400.0);
    assert_eq!(list(json!(["Created", "InProgress"])), json!([]));
    assert_eq!(list(json!(["Succeeded"])), json!([id]));
    let names = json!({ "applicationName": "AppECS-prod-api", "deploymentGroupName": "DgpECS-prod-api" });
    let group = ok(&simulator, "codedeploy:GetDeploymentGroup", names)["deploymentGroupInfo"].take();
    assert_eq!(
        [&group["lastAttemptedDeployment"]["deploymentId"], &group["lastSuccessfulDeployment"]["status"]],
        [&json!(id), &json!("Succeeded")]
    );
}
