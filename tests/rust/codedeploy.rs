//! Deployments of CodeDeploy through the crate, where a scenario cannot know the id, and over many faults: what is said is what
//! became of them, and there is never a second one.

use ecs_rollout::{DeployAll, Deployment, Error, Event, Watch, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const RUNS: u64 = 60;
const TARGETS: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef";

fn world(group: &Value, image: &Value, faults: &Value) -> Value {
    let mut own = json!({"cluster": "prod", "service": "api", "termination_minutes": 1});
    for (name, value) in group.as_object().into_iter().flatten() {
        own[name] = value.clone();
    }
    json!({
        "speed": 0, "clusters": ["prod"], "codedeploy": [own], "faults": faults,
        "images": {"registry.example/api:2": image},
        "definitions": [{"family": "api", "containerDefinitions": [
            {"name": "api", "image": "registry.example/api:1", "memory": 64, "portMappings": [{"containerPort": 3000}]}]}],
        "services": [{
            "serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2,
            "deploymentController": {"type": "CODE_DEPLOY"},
            "loadBalancers": [{"targetGroupArn": TARGETS, "containerName": "api", "containerPort": 3000}]
        }]
    })
}

fn request() -> Deployment {
    let mut request = Deployment::new("prod", "api").image("api", ":2");
    request.verify = false.into();
    request
}

#[tokio::test]
async fn a_deployment_is_watched_by_its_id() {
    let simulator = Simulator::start(world(&json!({}), &json!({}), &json!([]))).unwrap();
    let mut begin = request();
    begin.wait = false;
    let id = simulator.client().deploy(begin).outcome().await.unwrap().deployment.unwrap();
    assert!(id.starts_with("d-"));
    let mut watch = Watch::new("prod", "api");
    watch.deployment = Some(id.clone());
    let outcome = simulator.client().watch(watch).outcome().await.unwrap();
    assert_eq!((outcome.changed, outcome.deployment), (false, Some(id)));
    assert!(outcome.definition.ends_with("api:2"));
}

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len() as u64) as usize]
    }
}

const OPERATIONS: [&str; 9] = [
    "CreateDeployment",
    "GetDeployment",
    "GetDeploymentGroup",
    "GetDeploymentTarget",
    "ListDeployments",
    "DescribeServices",
    "DescribeTaskDefinition",
    "RegisterTaskDefinition",
    "*",
];

fn faults(dice: &mut Dice) -> Value {
    let one = |dice: &mut Dice| {
        let kind = dice.of(&["throttle", "server_error", "reset", "lost", "stale", "latency", "html"]);
        json!({"operation": dice.of(&OPERATIONS), "kind": kind, "skip": dice.roll(6), "count": 1 + dice.roll(3), "seconds": 1 + dice.roll(3)})
    };
    (0..dice.roll(7)).map(|_| one(dice)).collect()
}

async fn run(seed: u64) -> Result<(), String> {
    let mut dice = Dice(seed.wrapping_mul(7919) + 1);
    let faults = faults(&mut dice);
    let is_sound = dice.roll(3) > 0;
    let image = if is_sound { json!({}) } else { json!({"exit": {"code": 1, "after": 1}}) };
    let group = json!({"rollback": dice.roll(2) == 0});
    let simulator = Simulator::start(world(&group, &image, &faults)).unwrap();
    let end = simulator.client().deploy(request()).outcome().await;
    let calls = simulator.calls();
    let made = |call: &&Value| call["operation"] == "CreateDeployment" && call["status"] == 200;
    let made = calls.as_array().unwrap().iter().filter(made).count();
    let truth = simulator.deployments();
    let ours: Vec<&Value> =
        truth.as_array().unwrap().iter().filter(|one| one["deployment"].as_str().unwrap().starts_with("d-")).collect();
    let fail = |what: &str| Err(format!("seed {seed}: {what}: {end:?}\ntruth {truth:#}\nfaults {faults}"));
    if made > 1 || ours.len() > 1 {
        return fail("more than one deployment");
    }
    match (&end, ours.first()) {
        (Ok(outcome), Some(ours)) if outcome.deployment.as_deref() != ours["deployment"].as_str() => {
            fail("another one")
        }
        (Ok(_), Some(ours)) if ours["state"] != "completed" => fail("success before it was true"),
        (Ok(_), None) => fail("success of nothing"),
        (Ok(_), _) => Ok(()),
        // Tasks that keep stopping are told before CodeDeploy tells.
        (Err(Error::Failed(_)), _) if !is_sound => Ok(()),
        (Err(Error::Throttled { .. } | Error::Network { .. } | Error::Aws { .. }), None) => Ok(()),
        (Err(_), _) => fail("no success"),
    }
}

#[tokio::test]
async fn what_is_said_is_what_became_of_it() {
    let (first, count) = match std::env::var("ECS_ROLLOUT_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => (seed, 1),
        None => (0, RUNS),
    };
    let mut failures = Vec::new();
    for seed in first..first + count {
        if let Err(what) = run(seed).await {
            failures.push(what);
        }
    }
    assert!(failures.is_empty(), "{} of {count}\n{}", failures.len(), failures.join("\n\n"));
}

#[tokio::test]
async fn a_plan_says_what_would_be_called_and_calls_none_of_it() {
    let simulator = Simulator::start(world(&json!({}), &json!({}), &json!([]))).unwrap();
    let mut request = request();
    request.desired = Some(3);
    let plan = simulator.client().plan(request).await.unwrap();
    let calls: Vec<&str> = plan.calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(calls, ["RegisterTaskDefinition", "UpdateService", "CreateDeployment"]);
    assert_eq!(plan.calls[1].input, Some(json!({"cluster": "prod", "service": "api", "desiredCount": 3})));
    let again = Deployment::new("prod", "api").force(true);
    let plan = simulator.client().plan(again).await.unwrap();
    let content = plan.calls[0].input.as_ref().map(|input| input["revision"]["appSpecContent"]["content"].to_string());
    assert!(content.is_some_and(|content| content.contains("task-definition/api:1")));
    let calls = simulator.calls();
    let mut operations = calls.as_array().unwrap().iter().map(|call| call["operation"].as_str().unwrap());
    assert!(operations.all(|operation| ["Describe", "Get", "List"].iter().any(|verb| operation.starts_with(verb))));
}

/// The way back begins at once. Where no task set had come to be, it is at its end at once.
#[tokio::test]
async fn nothing_is_waited_for_before_the_way_back() {
    for hook in ["BeforeInstall", "AfterAllowTraffic"] {
        let group = json!({"hooks": {"smoke": {"result": "FAILED", "seconds": 3}}});
        let simulator = Simulator::start(world(&group, &json!({}), &json!([]))).unwrap();
        let spec = json!({"Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {
            "LoadBalancerInfo": {"ContainerName": "api", "ContainerPort": 3000}}}}], "Hooks": [{hook: "smoke"}]});
        let asked = json!({"service": "api", "cluster": "prod", "images": {"api": ":2"}, "verify": false,
            "recover": "rollback", "codedeploy": {"appspec": spec}});
        let mut rollout = simulator.client().deploy(parse_options("options", asked).unwrap());
        let (mut failed, mut ordered) = (None, None);
        while let Some(event) = rollout.next().await {
            let now = simulator.clock().now();
            match event {
                Event::Warning { code, .. } if code == "recovering" => failed = Some(now),
                Event::Updated { .. } | Event::Failed { .. } if failed.is_some() => ordered = ordered.or(Some(now)),
                _ => {}
            }
        }
        let took = ordered.unwrap() - failed.unwrap();
        assert!(took.as_secs_f64() < 4.0, "{hook}: {took:?}");
    }
}

#[tokio::test]
async fn it_is_one_of_many() {
    let simulator = Simulator::start(world(&json!({}), &json!({}), &json!([]))).unwrap();
    let all: DeployAll = parse_options("options", json!({"services": [request()]})).unwrap();
    let outcomes = simulator.client().deploy_all(all).outcome().await.unwrap();
    assert!(outcomes[0].outcome.deployment.as_deref().is_some_and(|id| id.starts_with("d-")));
}
