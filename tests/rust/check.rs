//! A check is quick and polite: twenty references, a server that takes its time for each answer.

use ecs_rollout::{Check, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// The calls that a check of twenty references may make.
const CALLS: u64 = 25;
/// The seconds that it may take.
const SECONDS: f64 = 2.0;
/// How long the server takes for each answer.
const LATENCY: f64 = 0.1;

/// The world of a scenario in which all is there, with a slow server.
fn slow_world() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/check-all.json")).unwrap();
    let mut world = serde_json::from_str::<Value>(&text).unwrap()["world"].take();
    world["faults"] = json!([{"operation": "*", "kind": "latency", "seconds": LATENCY, "from": 0}]);
    // Slower than the wall, so that the time that a busy machine takes by itself counts little.
    world["speed"] = json!(0.25);
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_references_take_two_seconds_and_twenty_five_calls() {
    let simulator = Simulator::start(slow_world()).unwrap();
    let options = json!({"service": "api", "cluster": "prod", "images": {"api": ":2"}});
    let check: Check = parse_options("options", options).unwrap();
    let outcome = simulator.client().check(check).await.unwrap();
    let calls = simulator.calls();
    let calls = calls.as_array().unwrap();
    assert!(outcome.ok && outcome.findings.is_empty(), "{:?}", outcome.findings);
    assert_eq!(outcome.references, 21);
    assert!(calls.len() as u64 <= CALLS && outcome.calls <= CALLS, "{} calls, {} told", calls.len(), outcome.calls);
    // Three looks at the service come one after the other, and the others several at once.
    assert!((LATENCY * 4.0..=SECONDS).contains(&outcome.seconds), "{} s", outcome.seconds);
    println!("{} references: {} calls, {:.2} s", outcome.references, calls.len(), outcome.seconds);
}
