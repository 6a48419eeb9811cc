//! Every way in which a task can fail, in the words of ECS.

mod common;

use common::{code, messages, ok, primary_is, said, service, start, states, stopped_tasks, until, update, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef";

/// A service whose next revision, `api:2`, has the containers given; the first is the one that runs already.
fn with(containers: Value, images: Value, extra: Value) -> Simulator {
    let mut service = json!({
        "cluster": "prod", "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 1,
    });
    for (name, value) in extra.as_object().into_iter().flatten() {
        service[name] = value.clone();
    }
    let definition = |containers: Value| json!({ "family": "api", "networkMode": "awsvpc", "executionRoleArn": "arn:aws:iam::1:role/run", "containerDefinitions": containers });
    let simulator = Simulator::start(json!({
        "speed": 0, "clusters": ["prod"], "services": [service], "images": images,
        "definitions": [definition(json!([{ "name": "api", "memory": 64, "image": "good", "portMappings": [{ "containerPort": 3000 }] }])), definition(containers)],
    }))
    .expect("the world is sound");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    simulator
}

fn one(behaviour: Value) -> Simulator {
    let container = json!({
        "name": "api", "memory": 64, "image": "host.example/team/api:2", "portMappings": [{ "containerPort": 3000 }],
        "secrets": [{ "name": "A", "valueFrom": "arn:aws:secretsmanager:eu-central-1:1:secret:a" }],
        "environmentFiles": [{ "type": "s3", "value": "arn:aws:s3:::bucket/a.env" }],
    });
    with(json!([container]), json!({ "host.example/*": behaviour }), json!({}))
}

fn first(simulator: &Simulator) -> Value {
    let own = stopped_tasks(simulator)
        .into_iter()
        .find(|task| task["taskDefinitionArn"].as_str().is_some_and(|arn| arn.ends_with("api:2")));
    own.unwrap_or_else(|| panic!("no task stopped: {:#?}", messages(&service(simulator))))
}

#[test]
fn tasks_that_fail_to_start() {
    for (kind, part, container) in [
        (
            "image_missing",
            "retried 5 time(s): failed to resolve ref host.example/team/api:2: host.example/team/api:2: not found",
            true,
        ),
        ("platform_mismatch", "image Manifest does not contain descriptor matching platform 'linux/amd64'", true),
        ("exec_format", "CannotStartContainerError: Error response from daemon", true),
        ("registry_denied", "pull access denied", true),
        (
            "registry_unreachable",
            "Head \"https://host.example/v2/team/api/manifests/2\": dial tcp 52.94.0.1:443: i/o timeout",
            true,
        ),
        ("registry_limit", "toomanyrequests", true),
        ("disk_full", "no space left on device", true),
        (
            "secret_denied",
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm",
            false,
        ),
        ("secret_missing", "ResourceNotFoundException: Secrets Manager can't find the specified secret.", false),
        ("environment_file", "failed to download arn:aws:s3:::bucket/a.env", false),
        ("log_group_missing", "The specified log group does not exist.", false),
        ("volume", "failed to invoke EFS utils", false),
        ("network", "Timeout waiting for network interface provisioning to complete.", false),
        ("network_address", "Unexpected EC2 error while attempting to Create Network Interface", false),
    ] {
        let simulator = one(json!({ "fail": kind }));
        wait(&simulator, 3.0);
        let task = first(&simulator);
        assert_eq!(task["stopCode"], "TaskFailedToStart", "{kind}");
        assert!(task["stoppedReason"].as_str().is_some_and(|text| text.contains(part)), "{kind}: {task:#}");
        assert_eq!(task["containers"][0].get("reason").is_some(), container, "{kind}");
        assert!(task["containers"][0].get("exitCode").is_none() && task.get("startedAt").is_none(), "{kind}");
        assert_eq!(service(&simulator)["deployments"][0]["failedTasks"], 1, "{kind}");
    }
}

#[test]
fn texts_can_be_given() {
    let simulator = one(json!({ "fail": "volume", "reason": "a new text", "stopped_reason": "another" }));
    wait(&simulator, 3.0);
    assert_eq!(first(&simulator)["stoppedReason"], "another");
    let simulator = one(json!({ "fail": "capacity", "reason": "has no luck." }));
    wait(&simulator, 3.0);
    assert_eq!(said(&service(&simulator), "(service api) has no luck."), 1);
    let simulator = one(json!({ "exit": { "code": 139 }, "reason": "Segmentation fault", "stopped_reason": "odd" }));
    wait(&simulator, 4.0);
    let task = first(&simulator);
    assert_eq!([&task["containers"][0]["reason"], &task["stoppedReason"]], ["Segmentation fault", "odd"]);
    let odd = Simulator::start(json!({ "images": { "a": { "fail": "luck" } } })).err().map(|error| error.to_string());
    assert!(odd.is_some_and(|text| text.starts_with("world.images.a.fail: expected one of image_missing, ")));
}

#[test]
fn what_finds_no_place_is_only_an_event() {
    for (kind, part, failed) in [
        ("capacity", "was unable to place a task. Reason: Capacity is unavailable at this time.", 0),
        (
            "placement_cpu",
            "met all of its requirements. The closest matching (container-instance 0123456789abcdef0123456789abcdef) has insufficient CPU units available",
            0,
        ),
        ("placement_memory", "has insufficient memory available", 0),
        ("placement_port", "is already using a port required by your task", 0),
        ("role", "ECS was unable to assume the role 'arn:aws:iam::1:role/run' that was provided for this task.", 5),
    ] {
        let simulator = one(json!({ "fail": kind }));
        wait(&simulator, 10.0);
        let seen = service(&simulator);
        assert_eq!(said(&seen, part), 1, "{kind}: {:?}", messages(&seen));
        assert_eq!(seen["deployments"][0]["failedTasks"], failed, "{kind}");
        assert_eq!(seen["deployments"][0]["rolloutState"], "IN_PROGRESS");
        assert!(stopped_tasks(&simulator).is_empty(), "{kind}");
        simulator.add(json!({ "images": { "host.example/*": {} } })).expect("a sound world");
        until(&simulator, primary_is("COMPLETED"));
    }
}

fn balanced(behaviour: Value, balancer: Value) -> (Simulator, Value) {
    let simulator = with(
        json!([{ "name": "api", "memory": 64, "image": "bad", "portMappings": [{ "containerPort": 3000 }] }]),
        json!({ "bad": behaviour }),
        json!({ "loadBalancers": [balancer] }),
    );
    wait(&simulator, 9.0);
    let task = first(&simulator);
    (simulator, task)
}

#[test]
fn load_balancers_find_tasks_unhealthy() {
    let balancer = json!({ "targetGroupArn": GROUP, "containerName": "api", "containerPort": 3000 });
    let (simulator, task) = balanced(json!({ "load_balancer": "unhealthy", "grace": 5 }), balancer);
    assert_eq!(task["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(task["stoppedReason"], format!("Task failed ELB health checks in (target-group {GROUP})"));
    let id = task["taskArn"].as_str().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    let text = format!(
        "(service api) (task {id}) (port 3000) is unhealthy in (target-group {GROUP}) due to (reason Health checks failed \
         with these codes: [404])"
    );
    assert_eq!(said(&service(&simulator), &text), 1);
    let classic = json!({ "loadBalancerName": "old", "containerName": "api", "containerPort": 3000 });
    let (simulator, task) = balanced(json!({ "load_balancer": "unhealthy", "grace": 5 }), classic);
    assert_eq!(task["stoppedReason"], "Task failed ELB health checks in (elb old)");
    assert!(service(&simulator)["deployments"][0].get("rolloutState").is_none());
}

#[test]
fn targets_have_health() {
    let balancer = json!({ "targetGroupArn": GROUP, "containerName": "api", "containerPort": 3000 });
    let simulator = with(
        json!([{ "name": "api", "memory": 64, "image": "bad", "portMappings": [{ "containerPort": 3000 }] }]),
        json!({ "bad": { "load_balancer": "unhealthy", "grace": 10, "stop": 5 } }),
        json!({ "loadBalancers": [balancer] }),
    );
    let health = |group: &str| {
        let answer = ok(&simulator, "elasticloadbalancing:DescribeTargetHealth", json!({ "TargetGroupArn": group }));
        let all = answer["TargetHealthDescriptions"].as_array().cloned().unwrap_or_default();
        let text = |target: &Value| {
            let health = &target["TargetHealth"];
            format!("{} {}", health["State"].as_str().unwrap_or_default(), health["Reason"].as_str().unwrap_or("-"))
        };
        all.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(health(GROUP), ["healthy -"]);
    let mut seen = Vec::new();
    for _ in 0..5 {
        wait(&simulator, 2.9);
        seen.push(health(GROUP)[1..].join(","));
    }
    assert_eq!(
        seen,
        [
            "initial Elb.RegistrationInProgress",
            "initial Elb.InitialHealthChecking",
            "unhealthy Target.ResponseCodeMismatch",
            "unhealthy Target.ResponseCodeMismatch",
            "draining Target.DeregistrationInProgress,initial Elb.RegistrationInProgress",
        ]
    );
    assert_eq!(
        code(&simulator, "elasticloadbalancing:DescribeTargetHealth", json!({ "TargetGroupArn": "no" })),
        "TargetGroupNotFound"
    );
}

#[test]
fn a_dependency_that_is_never_healthy_keeps_others_from_starting() {
    let containers = json!([
        { "name": "api", "memory": 64, "image": "app", "dependsOn": [{ "containerName": "redis", "condition": "HEALTHY" }] },
        { "name": "redis", "memory": 64, "image": "redis", "startTimeout": 30, "healthCheck": { "command": ["CMD", "ping"] } },
    ]);
    let simulator = with(containers, json!({ "redis": { "unhealthy": true, "log": ["booting"] } }), json!({}));
    wait(&simulator, 31.0);
    let seen = service(&simulator);
    assert_eq!([&seen["deployments"][0]["pendingCount"], &seen["deployments"][0]["runningCount"]], [1, 0]);
    wait(&simulator, 1.5);
    let task = first(&simulator);
    assert_eq!([&task["stopCode"], &task["stoppedReason"]], ["TaskFailedToStart", "Task failed to start"]);
    assert!(task["containers"][0]["reason"].as_str().is_some_and(|text| text.starts_with("TaskDependencyError: ")));
    assert!(task["containers"][0].get("exitCode").is_none());
    assert_eq!(task["containers"][1]["exitCode"], 143);
}

#[test]
fn a_dependency_makes_its_dependents_wait() {
    let containers = json!([
        { "name": "api", "memory": 64, "image": "app", "dependsOn": [
            { "containerName": "redis", "condition": "HEALTHY" }, { "containerName": "migrate", "condition": "SUCCESS" },
        ] },
        { "name": "redis", "memory": 64, "image": "redis", "healthCheck": { "command": ["CMD", "ping"] } },
        { "name": "migrate", "memory": 64, "image": "migrate", "essential": false },
    ]);
    let images = |code: u64| json!({ "migrate": { "exit": { "code": code, "after": 9 } } });
    let simulator = with(containers.clone(), images(0), json!({}));
    wait(&simulator, 10.9);
    assert_eq!(service(&simulator)["deployments"][0]["runningCount"], 0);
    wait(&simulator, 0.5);
    assert_eq!(service(&simulator)["deployments"][0]["runningCount"], 1);
    until(&simulator, primary_is("COMPLETED"));
    let simulator = with(containers, images(1), json!({}));
    wait(&simulator, 190.0);
    assert_eq!(first(&simulator)["stoppedReason"], "Task failed to start");
}

#[test]
fn it_shows_which_container_ended() {
    let containers = json!([
        { "name": "side", "memory": 64, "image": "side", "essential": false }, { "name": "api", "memory": 64, "image": "bad" },
        { "name": "slow", "memory": 64, "image": "slow", "stopTimeout": 5 },
    ]);
    let images = json!({ "bad": { "exit": { "code": 137, "after": 3 } }, "slow": { "stop": 60 }, "side": { "exit": { "code": 0 } } });
    let simulator = with(containers, images, json!({}));
    wait(&simulator, 6.0);
    let task = first(&simulator);
    let codes: Vec<_> = (0..3).map(|i| task["containers"][i]["exitCode"].clone()).collect();
    assert_eq!(codes, [0, 137, 137]);
    assert_eq!(task["stopCode"], "EssentialContainerExited");
    assert!(task["containers"][1].get("reason").is_none(), "killed, and not for its memory");
}

#[test]
fn spot_takes_a_task_away() {
    let simulator = with(
        json!([{ "name": "api", "memory": 64, "image": "app" }]),
        json!({ "app": { "spot": { "after": 20 } } }),
        json!({}),
    );
    until(&simulator, primary_is("COMPLETED"));
    wait(&simulator, 30.0);
    let task = first(&simulator);
    assert_eq!([&task["stopCode"], &task["stoppedReason"]], ["SpotInterruption", "Your Spot Task was interrupted."]);
    let seen = service(&simulator);
    assert_eq!([&seen["runningCount"], &seen["deployments"][0]["failedTasks"]], [1, 0]);
    wait(&simulator, 300.0);
    assert_eq!(stopped_tasks(&simulator).len(), 2, "once, beside the one that was replaced");
    assert_eq!(states(&simulator), ["completed", "completed"]);
}

#[test]
fn draining_makes_a_rollout_long() {
    let simulator = start(1, json!({}));
    simulator.add(json!({ "drain": 300 })).expect("a sound world");
    let balancer = json!({ "targetGroupArn": GROUP, "containerName": "api", "containerPort": 80 });
    update(&simulator, json!({ "taskDefinition": "api:2", "loadBalancers": [balancer] }));
    until(&simulator, primary_is("COMPLETED"));
    let former = simulator.deployments()[1]["finished"].as_f64().unwrap_or_default();
    assert!(former < 10.0, "the old task was none of a target group: {former}");
    update(&simulator, json!({ "forceNewDeployment": true }));
    wait(&simulator, 100.0);
    let seen = service(&simulator);
    assert_eq!(
        [&seen["deployments"][0]["runningCount"], &seen["deployments"][0]["rolloutState"]],
        [&json!(1), &json!("IN_PROGRESS")]
    );
    assert_eq!(stopped_tasks(&simulator)[1]["lastStatus"], "DEACTIVATING");
    wait(&simulator, 220.0);
    assert_eq!(states(&simulator)[2], "completed");
}

#[test]
fn an_hour_of_failures_is_cheap() {
    let simulator = one(json!({ "fail": "image_missing" }));
    let began = std::time::Instant::now();
    wait(&simulator, 36_000.0);
    service(&simulator);
    assert!(began.elapsed().as_millis() < 500, "ten hours took {:?}", began.elapsed());
}
