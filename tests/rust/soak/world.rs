//! Decides what worlds there are: a service of any kind, an image that behaves somehow, others who interfere, and faults.

use ecs_rollout::{Deployment, parse_options};
use fastrand::Rng;
use serde_json::{Value, json};

/// When a rollout begins in a world that has a past, in seconds.
const LATER: u64 = 600;

pub(super) fn one_of<T: Clone>(random: &mut Rng, choices: &[T]) -> T {
    choices[random.usize(..choices.len())].clone()
}

/// A world, and when the rollout begins in it.
pub(super) fn world(random: &mut Rng) -> (Value, f64) {
    let desired = random.u64(0..=4);
    let configuration = configuration(random);
    let service = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": desired,
        "deploymentConfiguration": configuration});
    let definition = |image: &str| {
        let container =
            json!({"name": "api", "image": format!("registry.example/api:{image}"), "memory": 64, "essential": true});
        json!({"family": "api", "containerDefinitions": [container]})
    };
    let has_past = random.u8(..3) == 0;
    let start = if has_past { LATER } else { 0 };
    let mut script = if has_past { past(random, &service) } else { Vec::new() };
    let mut is_made_again = false;
    if random.u8(..5) < 2 {
        (0..random.u8(1..3)).for_each(|_| script.extend(order(random, start)));
    } else if random.u8(..8) == 0 {
        script.extend(made_again(random, start, &service));
        is_made_again = true;
    }
    // Tasks that end at once, so that the service can be made again at once.
    let stop = if is_made_again { 0 } else { random.u64(0..30) };
    let mut world = json!({
        "speed": 0, "clusters": ["prod"],
        "definitions": [definition("1"), definition("9")],
        "services": [service],
        "images": {"registry.example/api:2": behaviour(random), "registry.example/api:1": {"stop": stop}, "registry.example/api:9": {"stop": stop}},
        "alarms": if random.u8(..8) == 0 { json!({"errors": {"from": start + random.u64(5..60)}}) } else { json!({}) },
        "bake": random.u64(10..90), "list_rollout_state": random.bool(), "drain": random.u64(0..20),
        "hooks": {"check": {"result": one_of(random, &["SUCCEEDED", "SUCCEEDED", "FAILED"]), "seconds": random.u64(1..20)}},
        "faults": faults(random, start), "script": script, "list_early": random.u8(..3) == 0,
    });
    if is_made_again {
        world["drain"] = json!(0);
    }
    suit(&mut world);
    for _ in 0..one_of(random, &[0, 1, 1, 2, 3]) {
        oddity(random, start, &mut world);
    }
    (world, start as f64)
}

/// A call that waits for a failure or a way back needs a deployment that comes to it.
fn suit(world: &mut Value) {
    let waits =
        |state: &str| world["script"].as_array().is_some_and(|all| all.iter().any(|step| step["after"] == state));
    let (is_failing, goes_back) = (waits("failed"), waits("rolled_back"));
    if is_failing || goes_back {
        world["images"]["registry.example/api:2"] = json!({"exit": {"code": 1, "after": 1}});
        let service = &mut world["services"][0];
        service["desiredCount"] = json!(service["desiredCount"].as_u64().unwrap_or_default().max(1));
        service["deploymentConfiguration"]["deploymentCircuitBreaker"] = json!({"enable": true, "rollback": goes_back});
    } else if waits("completed") {
        world["images"]["registry.example/api:2"] = json!({"start": 3, "healthy": 3});
    }
}

/// One more way in which answers are not what they seem.
fn oddity(random: &mut Rng, start: u64, world: &mut Value) {
    let soon = start + random.u64(0..40);
    match random.u8(..8) {
        0 => {
            let count = random.usize(2..5);
            let mut replicas: Vec<Value> = (0..count).map(|_| replica(random, start)).collect();
            random.shuffle(&mut replicas);
            world["replicas"] = json!(replicas);
        }
        1 => {
            let old = one_of(random, &["deployments", "service", "primary_last", "primary_first"]);
            let fault = json!({"kind": "torn", "old": old, "seconds": random.u64(3..60), "count": random.u64(1..4), "skip": random.u64(0..9),
                "from": start});
            world["faults"].as_array_mut().unwrap().push(fault);
        }
        2 => {
            let order = one_of(random, &["usual", "reversed", "mixed"]);
            let paging = json!({"size": random.u64(1..4), "empty": random.u64(0..3), "order": order});
            world["pages"] = json!({"ListServiceDeployments": paging, "ListTasks": paging});
        }
        3 => {
            let operations = [
                "DescribeServices",
                "ListServiceDeployments",
                "DescribeServiceDeployments",
                "DescribeServiceRevisions",
                "ListTasks",
            ];
            let fault = json!({"operation": one_of(random, &operations), "kind": "denied", "from": soon, "to": soon + random.u64(1..40)});
            world["faults"].as_array_mut().unwrap().push(fault);
        }
        4..=6 => {
            let status = one_of(random, &[200, 302, 307, 400, 403, 404, 407, 502, 503]);
            let body = one_of(random, &["html", "empty", "json", "code"]);
            let operations = [
                "*",
                "DescribeServices",
                "ListServiceDeployments",
                "DescribeServiceDeployments",
                "UpdateService",
                "RegisterTaskDefinition",
            ];
            let mut fault = json!({"operation": one_of(random, &operations), "kind": "proxy", "status": status, "body": body,
                "performed": random.bool()});
            if random.bool() {
                (fault["count"], fault["skip"]) = (json!(random.u64(1..4)), json!(random.u64(0..9)));
            } else {
                (fault["from"], fault["to"]) = (json!(soon), json!(soon + random.u64(1..60)));
            }
            world["faults"].as_array_mut().unwrap().push(fault);
        }
        _ => {
            world["list_lag"] = json!(one_of(random, &[20.0, 120.0, 1e9]));
            world["rolling_rollout_state"] = json!(random.bool());
        }
    }
}

fn replica(random: &mut Rng, start: u64) -> Value {
    let from = start + random.u64(0..60);
    let operations = [
        json!([]),
        json!(["DescribeServices"]),
        json!(["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions"]),
        json!(["ListTasks", "DescribeTasks", "DescribeTaskDefinition"]),
    ];
    let operations = one_of(random, &operations);
    match random.u8(..5) {
        0 => json!({"lag": 0}),
        1 => json!({"lag": random.u64(1..5), "operations": operations}),
        2 => json!({"lag": random.u64(5..30), "operations": operations}),
        3 => {
            json!({"lag": random.u64(60..200), "from": from, "to": from + random.u64(20..200), "operations": operations})
        }
        _ => json!({"from": from, "to": from + random.u64(20..200), "operations": operations}),
    }
}

fn update(input: Value) -> Value {
    let mut whole = json!({"cluster": "prod", "service": "api"});
    whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    whole
}

/// What happened before the rollout: another definition and the old one again, or a service made again under its name.
fn past(random: &mut Rng, service: &Value) -> Vec<Value> {
    if random.u8(..3) == 0 {
        return made_again(random, 0, service);
    }
    let step = |at: u64, input: Value| json!({"at": at, "operation": "UpdateService", "input": update(input)});
    let mut steps = vec![step(random.u64(0..60), json!({"taskDefinition": "api:2"}))];
    if random.bool() {
        steps.push(step(random.u64(100..LATER - 20), json!({"taskDefinition": "api:1"})));
    }
    if random.bool() {
        steps.push(step(random.u64(100..LATER), json!({"forceNewDeployment": true})));
    }
    steps
}

fn made_again(random: &mut Rng, from: u64, service: &Value) -> Vec<Value> {
    let at = from + random.u64(1..60);
    let delete = json!({"cluster": "prod", "service": "api", "force": true});
    // While it is still DRAINING the first is refused.
    [at + 1, at + random.u64(2..40), at + 90]
        .map(|again| json!({"at": again, "operation": "CreateService", "input": service}))
        .into_iter()
        .chain([json!({"at": at, "operation": "DeleteService", "input": delete})])
        .collect()
}

/// What somebody else does meanwhile, at every moment.
fn order(random: &mut Rng, start: u64) -> Vec<Value> {
    let input = match random.u8(..8) {
        0 => json!({"taskDefinition": "api:2"}),
        1 => json!({"taskDefinition": "api:1"}),
        2 => json!({"taskDefinition": "api:1", "forceNewDeployment": true}),
        3 => json!({"forceNewDeployment": true}),
        4 => json!({"desiredCount": random.u64(0..4)}),
        5 => json!({"taskDefinition": "api:3", "forceNewDeployment": true}),
        6 => json!({"serviceDeploymentArn": "newest"}),
        _ => json!({"taskDefinition": "api:2", "desiredCount": random.u64(1..4)}),
    };
    let is_stop = input["serviceDeploymentArn"].is_string();
    let (operation, input) = if is_stop { ("StopServiceDeployment", input) } else { ("UpdateService", update(input)) };
    let delay = one_of(random, &[0.0, 0.25, 0.5, 1.0, 3.0, 8.0, 20.0, 45.0]);
    match random.u8(..8) {
        0 => vec![json!({"at": start + random.u64(1..60), "operation": operation, "input": input})],
        1 => vec![json!({"after": "failed", "at": delay / 4.0, "operation": operation, "input": input})],
        2 => vec![json!({"after": "rolled_back", "at": delay / 4.0, "operation": operation, "input": input})],
        3 => vec![json!({"after": "stopped", "at": delay, "operation": operation, "input": input})],
        4 => vec![json!({"after": "completed", "at": delay / 16.0, "operation": operation, "input": input})],
        _ => vec![json!({"after": "UpdateService", "at": delay, "operation": operation, "input": input})],
    }
}

fn configuration(random: &mut Rng) -> Value {
    let (lower, upper) = one_of(random, &[(100, 200), (50, 200), (0, 100), (100, 150)]);
    let mut configuration = json!({"minimumHealthyPercent": lower, "maximumPercent": upper});
    if random.bool() {
        configuration["deploymentCircuitBreaker"] = json!({"enable": true, "rollback": random.bool()});
    }
    if random.u8(..5) == 0 {
        configuration["alarms"] = json!({"alarmNames": ["errors"], "enable": true, "rollback": random.bool()});
    }
    let strategy = one_of(random, &["ROLLING", "ROLLING", "ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]);
    configuration["strategy"] = json!(strategy);
    if strategy == "ROLLING" {
        return configuration;
    }
    configuration["bakeTimeInMinutes"] = json!(random.u64(0..3));
    configuration["linearConfiguration"] = json!({"stepPercent": 50.0, "stepBakeTimeInMinutes": random.u64(0..2)});
    configuration["canaryConfiguration"] = json!({"canaryPercent": 10.0, "canaryBakeTimeInMinutes": random.u64(0..2)});
    match strategy {
        "LINEAR" => drop(configuration.as_object_mut().map(|members| members.remove("canaryConfiguration"))),
        "CANARY" => drop(configuration.as_object_mut().map(|members| members.remove("linearConfiguration"))),
        _ => {
            let members = configuration.as_object_mut();
            members.map(|members| (members.remove("canaryConfiguration"), members.remove("linearConfiguration")));
        }
    }
    if random.u8(..3) == 0 {
        let stage = one_of(random, &["PRE_SCALE_UP", "POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"]);
        configuration["lifecycleHooks"] =
            json!([{"hookTargetArn": "check", "roleArn": "r", "lifecycleStages": [stage]}]);
    }
    configuration
}

fn behaviour(random: &mut Rng) -> Value {
    let (start, healthy) = (random.u64(1..30), random.u64(1..30));
    match random.u8(..12) {
        0 => json!({"exit": {"code": 1, "after": random.u64(0..20)}}),
        1 => json!({"unhealthy": true, "grace": random.u64(5..30)}),
        2 => json!({"missing": true}),
        3 => json!({"memory": true}),
        4 => json!({"start": random.u64(60..900)}),
        5 => json!({"spot": {"after": random.u64(1..10)}, "start": start, "healthy": healthy}),
        6 => json!({"fail": one_of(random, &["secret_denied", "network", "capacity", "log_group_missing", "role"])}),
        _ => json!({"start": start, "healthy": healthy}),
    }
}

fn faults(random: &mut Rng, start: u64) -> Value {
    let count = one_of(random, &[0, 1, 2, 4]);
    (0..count).map(|_| fault(random, start)).collect()
}

fn fault(random: &mut Rng, start: u64) -> Value {
    let reads = ["DescribeServices", "ListServiceDeployments", "DescribeServiceDeployments", "ListTasks", "*"];
    let from = start + random.u64(0..90);
    match random.u8(..9) {
        0 => {
            json!({"operation": one_of(random, &reads), "kind": "throttle", "from": from, "to": from + random.u64(1..20)})
        }
        1 => {
            json!({"operation": one_of(random, &reads), "kind": "server_error", "count": random.u64(1..4), "skip": random.u64(0..9)})
        }
        2 => {
            json!({"operation": one_of(random, &reads), "kind": "reset", "count": random.u64(1..4), "skip": random.u64(0..9)})
        }
        3 => {
            json!({"operation": "DescribeServices", "kind": "stale", "count": random.u64(1..4), "skip": random.u64(1..12),
            "seconds": random.u64(1..15)})
        }
        4 => json!({"operation": one_of(random, &["UpdateService", "RegisterTaskDefinition"]), "kind": "lost"}),
        5 => json!({"operation": one_of(random, &["UpdateService", "RegisterTaskDefinition"]), "kind": "reset"}),
        6 => {
            json!({"operation": "*", "kind": "latency", "seconds": random.u64(1..5), "count": random.u64(1..5), "skip": random.u64(0..9)})
        }
        7 => {
            json!({"operation": one_of(random, &["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions", "ListTasks"]),
            "kind": "denied", "from": 0})
        }
        _ => {
            json!({"operation": "DescribeServices", "kind": one_of(random, &["html", "garbage", "expired"]), "count": 1,
            "skip": random.u64(0..20)})
        }
    }
}

pub(super) fn request(random: &mut Rng) -> Deployment {
    let mut request =
        json!({"service": "api", "cluster": "prod", "images": {"api": ":2"}, "timeout": random.u64(60..1800)});
    if random.u8(..6) == 0 {
        request["recover"] = json!("rollback");
    }
    if random.u8(..6) == 0 {
        request["force"] = json!(true);
    }
    if random.u8(..6) == 0 {
        request["failures"] = json!(random.u64(0..6));
    }
    parse_options("options", request).unwrap()
}
