//! Many services through `deploy_all`: one poller, one order, one end.

use ecs_rollout::{DeployAll, Deployment, Error, Event, FleetEvent, FleetFailure};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// A simulator with so many services, `s0` and on, all of the family `api`.
fn simulator(count: usize) -> Simulator {
    let service = |at: usize| json!({"serviceName": format!("s{at}"), "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1});
    let services: Vec<Value> = (0..count).map(service).collect();
    let definition =
        json!({"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1", "memory": 64}]});
    let world = json!({"speed": 0, "clusters": ["prod"], "definitions": [definition], "services": services,
        "images": {"api:bad": {"exit": {"code": 1, "after": 1}}}});
    Simulator::start(world).unwrap()
}

fn deployment(at: usize, image: &str) -> Deployment {
    let mut deployment = Deployment::new("prod", format!("s{at}")).image("api", image);
    (deployment.failures, deployment.timeout) = (Some(2), 600.0);
    deployment
}

fn operations(simulator: &Simulator) -> Vec<String> {
    let calls = simulator.calls();
    calls.as_array().unwrap().iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
}

/// The services that failed, and the codes of their errors.
fn failures(events: &[FleetEvent]) -> Vec<(&str, &str)> {
    events
        .iter()
        .filter_map(|event| match &event.event {
            Event::Failed { code, .. } => Some((event.service.as_str(), code.as_str())),
            _ => None,
        })
        .collect()
}

fn failure(end: Result<usize, Error>) -> FleetFailure {
    match end {
        Err(Error::Fleet(failure)) => *failure,
        other => panic!("{other:?}"),
    }
}

async fn run(simulator: &Simulator, all: DeployAll) -> (Vec<FleetEvent>, Result<usize, Error>) {
    let mut rollouts = simulator.client().deploy_all(all);
    let mut events = Vec::new();
    while let Some(event) = rollouts.next().await {
        events.push(event);
    }
    let end = rollouts.outcome().await;
    (events, end.map(|outcomes| outcomes.len()))
}

#[tokio::test]
async fn twenty_five_services_are_looked_at_in_tens() {
    let simulator = simulator(25);
    let (events, end) = run(&simulator, DeployAll::new((0..25).map(|at| deployment(at, ":2")))).await;
    assert_eq!(end, Ok(25));
    let succeeded = events.iter().filter(|event| matches!(event.event, Event::Succeeded(_))).count();
    assert_eq!(succeeded, 25);
    let looks = simulator.calls();
    let looks = looks.as_array().unwrap().iter().filter(|call| call["operation"] == "DescribeServices");
    let sizes: Vec<usize> = looks.map(|call| call["input"]["services"].as_array().unwrap().len()).collect();
    assert!(sizes.iter().all(|size| *size <= 10));
    // Each is found by itself, and then a look is shared by ten.
    assert!(sizes.iter().filter(|size| **size == 1).count() <= 25 + 10, "{sizes:?}");
    assert!(sizes.len() <= 25 + 40, "{} looks", sizes.len());
    let truth = simulator.deployments();
    assert_eq!(truth.as_array().unwrap().iter().filter(|one| one["state"] == "completed").count(), 50);
}

#[tokio::test]
async fn a_service_given_by_its_arn_is_looked_for_in_its_own_cluster() {
    let simulator = simulator(2);
    let arn = |at: usize| format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/s{at}");
    let deployment = |at: usize| Deployment::new("default", arn(at)).image("api", ":2").failures(2).timeout(600.0);
    let (events, end) = run(&simulator, DeployAll::new(vec![deployment(0), deployment(1)])).await;
    assert_eq!(end, Ok(2), "{events:?}");
}

#[tokio::test]
async fn nothing_is_written_before_all_have_been_checked() {
    let simulator = simulator(3);
    let missing = Deployment::new("prod", "nope").image("api", ":2");
    let all = DeployAll::new(vec![deployment(0, ":2"), missing, deployment(2, ":2")]);
    let (_, end) = run(&simulator, all).await;
    let failure = failure(end);
    assert!(matches!(failure.first, Error::ServiceMissing { .. }), "{failure:?}");
    assert_eq!(failure.services.iter().map(|end| end.begun).collect::<Vec<_>>(), [false, true, false]);
    assert!(operations(&simulator).iter().all(|operation| operation.starts_with("Describe")));
}

#[tokio::test]
async fn one_after_the_other_stops_at_a_failure() {
    let simulator = simulator(3);
    let mut all = DeployAll::new(vec![deployment(0, ":2"), deployment(1, ":bad"), deployment(2, ":2")]);
    all.parallel = Some(1);
    let (events, end) = run(&simulator, all.clone()).await;
    assert_eq!(failures(&events), [("s1", "failed"), ("s2", "cancelled")]);
    let error = end.unwrap_err();
    assert_eq!((error.code().as_str(), &error.detail()["service"]), ("failed", &json!("s1")));
    assert!(error.to_string().ends_with("of 3 services 1 ended well, 1 failed, 1 were not begun"), "{error}");
    // Whoever catches the error has the whole result: what is live, what failed, what was never begun.
    let services = error.detail()["services"].clone();
    let ends = [0, 1, 2].map(|at| (services[at]["begun"].clone(), services[at]["error"]["code"].clone()));
    assert_eq!(ends, [(json!(true), Value::Null), (json!(true), json!("failed")), (json!(false), json!("cancelled"))]);
    assert_eq!(services[0]["outcome"]["changed"], true);
    all.stop = false;
    let (events, end) = run(&simulator, all).await;
    assert!(failure(end).services[2].outcome.is_some());
    assert_eq!(failures(&events), [("s1", "failed")]);
}

#[tokio::test]
async fn dropped_all_of_them_still_begin() {
    let simulator = simulator(3);
    let mut all = DeployAll::new((0..3).map(|at| deployment(at, ":2")));
    all.parallel = Some(1);
    let handle = simulator.client().deploy_all(all).spawn();
    handle.release();
    let end = handle.outcome().await;
    let orders = operations(&simulator).iter().filter(|operation| *operation == "UpdateService").count();
    assert_eq!(orders, 3, "{end:?}");
}

#[tokio::test]
async fn what_cannot_be_right_is_said_with_its_place() {
    let simulator = simulator(1);
    for (all, text) in [
        (
            DeployAll::new(vec![deployment(0, ":2"), deployment(0, ":3")]),
            "services[1].service: service \"s0\" is given twice",
        ),
        (DeployAll::new([deployment(0, ":2")]).parallel(0), "parallel: 0 starts none"),
        (DeployAll::default(), "services: empty"),
        (DeployAll::new(vec![Deployment::new("prod", "")]), "services[0].service: empty"),
    ] {
        let (_, end) = run(&simulator, all).await;
        assert!(end.clone().unwrap_err().to_string().contains(text), "{end:?}");
    }
    assert!(operations(&simulator).is_empty());
}
