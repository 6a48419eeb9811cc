//! What only shows over HTTP: the protocol, faults, the log, the script, the admin pages and the clock.

mod common;

use std::time::Duration;

use common::http::{describe, post, send};
use common::{ok, service, start, states, update, wait, world};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn with_fault(fault: Value) -> Simulator {
    let mut world = world(1, json!({}));
    world["faults"] = json!([fault]);
    Simulator::start(world).expect("the world is sound")
}

fn primary(answer: &str) -> String {
    let body: Value = serde_json::from_str(answer).expect("JSON");
    body["services"][0]["deployments"][0]["taskDefinition"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_protocol() {
    let simulator = start(1, json!({}));
    let (status, head, body) = describe(&simulator).expect("an answer");
    assert_eq!(status, 200);
    assert!(head.contains("content-type: application/x-amz-json-1.1") && head.contains("x-amzn-requestid: "), "{head}");
    assert!(primary(&body).ends_with("api:1"));
    let (status, _, body) =
        post(&simulator, "DescribeServices", &json!({ "cluster": "no", "services": ["a"] })).expect("an answer");
    assert_eq!(
        (status, body.as_str()),
        (400, r#"{"__type":"ClusterNotFoundException","message":"Cluster not found."}"#)
    );
    let unsigned =
        send(&simulator, "POST / HTTP/1.1\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n", "{}");
    assert!(
        unsigned.is_some_and(|(status, _, body)| status == 403 && body.contains("MissingAuthenticationTokenException"))
    );
    let odd = send(&simulator, "POST / HTTP/1.1\r\nX-Amz-Target: Other.Thing\r\nAuthorization: x\r\n", "{}");
    assert!(odd.is_some_and(|(status, _, body)| status == 400 && body.contains("UnknownOperationException")));
    let calls = simulator.calls();
    assert_eq!(
        calls[0],
        json!({
            "at": 0.0, "operation": "DescribeServices", "input": { "cluster": "prod", "services": ["api"] }, "status": 200,
        })
    );
    assert_eq!(calls[1]["error"], "ClusterNotFoundException");
    assert_eq!(calls.as_array().map(Vec::len), Some(4));
}

#[test]
fn faults_that_answer() {
    for (kind, status, part) in [
        ("throttle", 400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#),
        ("server_error", 500, "ServerException"),
        ("denied", 400, "is not authorized to perform: ecs:DescribeServices on resource: "),
        ("expired", 400, "ExpiredTokenException"),
        ("busy", 400, "Too many concurrent attempts to create a new revision of the specified family."),
        ("html", 500, "<html>"),
        ("garbage", 200, "not\": json"),
    ] {
        let simulator = with_fault(json!({ "operation": "DescribeServices", "kind": kind }));
        let answer = describe(&simulator).expect("an answer");
        assert_eq!(answer.0, status, "{kind}");
        assert!(answer.2.contains(part), "{kind}: {}", answer.2);
        assert_eq!(describe(&simulator).map(|answer| answer.0), Some(200), "{kind}: once");
        assert_eq!(simulator.calls()[0]["status"], status, "{kind}");
    }
}

#[test]
fn faults_that_do_not_answer() {
    let forced = json!({ "cluster": "prod", "service": "api", "forceNewDeployment": true });
    for (kind, deployments) in [("reset", 1), ("lost", 2)] {
        let simulator = with_fault(json!({ "operation": "*", "kind": kind }));
        assert!(post(&simulator, "UpdateService", &forced).is_none(), "{kind}");
        assert_eq!(service(&simulator)["deployments"].as_array().map(Vec::len), Some(deployments), "{kind}");
        assert_eq!(simulator.calls()[0]["error"], kind);
        assert_eq!(simulator.calls()[0]["input"], forced);
    }
}

#[test]
fn faults_are_bounded() {
    let simulator = with_fault(json!({ "kind": "throttle", "skip": 1, "count": 2 }));
    let seen: Vec<Option<u16>> = (0..4).map(|_| describe(&simulator).map(|answer| answer.0)).collect();
    assert_eq!(seen, [Some(200), Some(400), Some(400), Some(200)]);
    let simulator = with_fault(json!({ "kind": "throttle", "from": 3.0, "to": 5.0 }));
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(describe(&simulator).map(|answer| answer.0));
        wait(&simulator, 1.0);
    }
    assert_eq!(
        seen.iter().map(|status| *status == Some(400)).collect::<Vec<_>>(),
        [false, false, false, true, true, false, false]
    );
}

#[test]
fn stale_answers_show_the_past() {
    let simulator = with_fault(json!({ "kind": "stale", "from": 0.0, "to": 2.0 }));
    assert!(primary(&describe(&simulator).expect("an answer").2).ends_with("api:1"));
    let input = json!({ "cluster": "prod", "service": "api", "taskDefinition": "api:2" });
    let updated = post(&simulator, "UpdateService", &input).expect("an answer");
    assert!(updated.2.contains("api:2"));
    assert!(primary(&describe(&simulator).expect("an answer").2).ends_with("api:1"));
    wait(&simulator, 2.0);
    assert!(primary(&describe(&simulator).expect("an answer").2).ends_with("api:2"));
}

#[test]
fn latency_moves_the_clock() {
    let simulator = with_fault(json!({ "kind": "latency", "seconds": 2.5 }));
    describe(&simulator).expect("an answer");
    assert_eq!(simulator.clock().now(), Duration::from_millis(2500));
}

#[test]
fn the_script_is_somebody_else() {
    let mut world = world(1, json!({}));
    world["script"] = json!([
        { "at": 5.1, "operation": "UpdateService", "input": { "cluster": "prod", "service": "api", "taskDefinition": "api:1" } },
        { "at": 50.0, "operation": "DeleteService", "input": { "cluster": "prod", "service": "api" } },
    ]);
    let simulator = Simulator::start(world).expect("the world is sound");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 60.0);
    assert_eq!(states(&simulator), ["completed", "superseded", "completed"]);
    assert_eq!(simulator.deployments()[1]["finished"], 5.1);
    let calls = simulator.calls();
    assert_eq!([&calls[0]["by"], &calls[0]["status"]], [&json!("script"), &json!(200)]);
    assert_eq!(calls[1]["error"], "InvalidParameterException");
}

#[test]
fn admin_pages() {
    let simulator = start(1, json!({}));
    let page = |method: &str, page: &str, body: &str| {
        let (status, _, body) =
            send(&simulator, &format!("{method} /_simulator{page} HTTP/1.1\r\n"), body).expect("an answer");
        (status, serde_json::from_str::<Value>(&body).expect("JSON"))
    };
    assert_eq!(page("POST", "/clock", r#"{"advance": 12.5}"#), (200, json!({ "now": 12.5, "speed": 0.0 })));
    assert_eq!(page("GET", "/clock", "").1["now"], 12.5);
    assert_eq!(page("POST", "", r#"{"clusters": ["more"]}"#).0, 200);
    assert_eq!(ok(&simulator, "ListClusters", json!({}))["clusterArns"].as_array().map(Vec::len), Some(2));
    assert_eq!(page("POST", "", r#"{"odd": 1}"#), (400, json!({ "error": "world: unknown member `odd`" })));
    assert_eq!(page("GET", "/deployments", "").1[0]["state"], "completed");
    assert_eq!(page("GET", "/calls", "").1, json!([]));
    assert_eq!(page("GET", "/none", "").0, 404);
}

#[tokio::test]
async fn sleeping_moves_a_clock_that_stands_still() {
    let simulator = start(1, json!({}));
    let clock = simulator.clock();
    let (long, short) = (clock.sleep(Duration::from_secs(10)), clock.sleep(Duration::from_secs(1)));
    assert_eq!(clock.now(), Duration::ZERO);
    long.await;
    assert_eq!(clock.now(), Duration::from_secs(10));
    short.await;
    assert_eq!(clock.now(), Duration::from_secs(10), "it ended while the other slept");
}

#[tokio::test]
async fn a_fast_clock_runs() {
    let mut world = world(1, json!({}));
    world["speed"] = json!(1000);
    let simulator = Simulator::start(world).expect("the world is sound");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    simulator.clock().sleep(Duration::from_secs(30)).await;
    assert_eq!(states(&simulator), ["completed", "completed"]);
}

#[test]
fn other_services_have_their_own_protocols() {
    let simulator = start(1, json!({}));
    let signed = "Authorization: x\r\n";
    let logs = format!("POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.GetLogEvents\r\n{signed}");
    let (status, head, body) =
        send(&simulator, &logs, r#"{"logGroupName":"a","logStreamName":"b"}"#).expect("an answer");
    assert_eq!(status, 400);
    assert!(head.contains("application/x-amz-json-1.1") && body.contains("ResourceNotFoundException"), "{body}");
    let form = format!("POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n{signed}");
    let ask = "Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3Anone";
    let (status, head, body) = send(&simulator, &form, ask).expect("an answer");
    assert_eq!(status, 400);
    assert!(head.contains("text/xml") && body.contains("<Code>TargetGroupNotFound</Code>"), "{body}");
    let calls = simulator.calls();
    assert_eq!([&calls[0]["service"], &calls[1]["service"]], ["logs", "elasticloadbalancing"]);
    assert_eq!(calls[1]["input"], json!({ "TargetGroupArn": "arn:none" }));
}
