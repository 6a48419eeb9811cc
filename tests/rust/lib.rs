//! Runs a scenario of `tests/scenarios` through the crate, on the simulator.
//!
//! A scenario is what is asked, how the world behaves, and what must come of it. The runners of the three languages read
//! the same files; each is small on purpose. `after` seconds pass before, `later` seconds after the verb; with `again` it is asked a
//! second time, and `invocations` is what schedules called in the end.

pub mod soak;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ecs_rollout::{Client, Error, Rollout, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// Where the scenarios are.
pub fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// Runs one scenario, and returns its verb with the IAM actions of the calls that it made; the error says what did not hold.
///
/// # Panics
/// Where the file is no scenario.
pub async fn run(file: &Path) -> Result<(String, BTreeSet<String>), String> {
    let scenario: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let simulator = Simulator::start(scenario["world"].clone()).map_err(|error| error.to_string())?;
    let mut events = Vec::new();
    simulator.clock().advance(Duration::from_secs_f64(scenario["after"].as_f64().unwrap_or_default()));
    let client = simulator.client();
    // What somebody has asked for before, to its end, whatever that was.
    if !scenario["first"].is_null() {
        let _ = Box::pin(follow(&client, &scenario, &scenario["first"], &mut Vec::new())).await;
    }
    let end = shown(&Box::pin(follow(&client, &scenario, &scenario["request"], &mut events)).await);
    if let Some(expected) = scenario["expect"].get("again") {
        let again = shown(&Box::pin(follow(&client, &scenario, &scenario["request"], &mut Vec::new())).await);
        if !matches(expected, &again) {
            return Err(format!("again: expected {expected:#}\nseen {again:#}"));
        }
    }
    simulator.clock().advance(Duration::from_secs_f64(scenario["later"].as_f64().unwrap_or_default()));
    check(&scenario, &simulator, &end, &events)?;
    Ok((scenario["verb"].as_str().unwrap_or("deploy").to_owned(), actions(&simulator)))
}

/// The IAM actions that the calls of the crate needed: `service:Operation`.
fn actions(simulator: &Simulator) -> BTreeSet<String> {
    let calls = simulator.calls();
    // Of a service that the simulator does not have, the operation is the raw name of the target.
    let is_own = |call: &&Value| call["by"].is_null() && !call["operation"].as_str().unwrap().contains('.');
    calls
        .as_array()
        .unwrap()
        .iter()
        .filter(is_own)
        .map(|call| format!("{}:{}", call["service"].as_str().unwrap_or("ecs"), call["operation"].as_str().unwrap()))
        .collect()
}

/// The world of `tests/mistakes.json`, and the mistakes.
///
/// # Panics
/// Where the file is not what it should be.
pub fn mistakes() -> (Value, Vec<Value>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("mistakes.json");
    let mut whole: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    (whole["world"].take(), whole["mistakes"].as_array().unwrap().clone())
}

/// What a mistake is answered with: the error's text or, where a `warning` is expected, the texts of the warnings of that code.
pub async fn answer_to(simulator: &Simulator, mistake: &Value) -> String {
    let mut events = Vec::new();
    let end = Box::pin(follow(&simulator.client(), mistake, &mistake["request"], &mut events)).await;
    let Some(code) = mistake["warning"].as_str() else {
        return end.err().map_or_else(|| "it was taken".to_owned(), |error| error.to_string());
    };
    let warnings = events.iter().filter(|event| event["type"] == "warning" && event["code"] == code);
    warnings.filter_map(|warning| warning["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// How a verb ended.
fn shown(ended: &Result<Value, Error>) -> Value {
    match ended {
        Ok(outcome) => json!({ "outcome": outcome }),
        Err(error) => json!({"error": error.code(), "detail": error.detail(), "message": error.to_string()}),
    }
}

/// Asks for what the scenario's `verb` says, and takes in its events. It is cancelled with the first that matches `cancel`.
async fn follow(client: &Client, scenario: &Value, request: &Value, events: &mut Vec<Value>) -> Result<Value, Error> {
    let request = request.clone();
    // These end in a value, and tell nothing on the way.
    match scenario["verb"].as_str() {
        Some("register") => return Ok(json!(Box::pin(client.register(parse_options("options", request)?)).await?)),
        Some("schedule") => return Ok(json!(Box::pin(client.schedule(parse_options("options", request)?)).await?)),
        Some("scale") => return Ok(json!(Box::pin(client.scale(parse_options("options", request)?)).await?)),
        _ => {}
    }
    let running = start(client, scenario, request)?.spawn();
    while let Some(event) = running.next().await {
        if !scenario["cancel"].is_null() && matches(&scenario["cancel"], &event) {
            running.cancel();
        }
        events.push(event);
    }
    running.outcome().await
}

/// Begins what the scenario's `verb` says: `deploy`, unless it says so.
fn start(client: &Client, scenario: &Value, request: Value) -> Result<Rollout<Value, Value>, Error> {
    let rollout = match scenario["verb"].as_str().unwrap_or("deploy") {
        "run" => return Ok(client.run(parse_options("options", request)?).into_json()),
        "service" => return Ok(client.service(parse_options("options", request)?).into_json()),
        "deploy" => client.deploy(parse_options("options", request)?),
        "watch" => client.watch(parse_options("options", request)?),
        "rollback" => client.rollback(parse_options("options", request)?),
        "resume" => client.resume(parse_options("options", request)?),
        other => panic!("{other} is no verb"),
    };
    Ok(rollout.into_json())
}

fn check(scenario: &Value, simulator: &Simulator, end: &Value, events: &[Value]) -> Result<(), String> {
    let (expect, verb) = (&scenario["expect"], scenario["verb"].as_str().unwrap_or("deploy"));
    let fail =
        |what: &str, seen: &Value| Err(format!("{what}: expected {expect:#}\nseen {seen:#}\nevents {events:#?}"));
    if !matches(&expect["end"], end) {
        return fail("the end", end);
    }
    check_last(end, events).or_else(|what| fail(&what, end))?;
    // Expected events come in this order; others may stand between them.
    let mut seen = events.iter();
    for expected in expect["events"].as_array().into_iter().flatten() {
        if !seen.any(|event| matches(expected, event)) {
            return fail("events", expected);
        }
    }
    let never = expect["never"].as_array().cloned().unwrap_or_default();
    if let Some(event) = events.iter().find(|event| never.iter().any(|never| matches(never, event))) {
        return fail("an event that must not be", event);
    }
    let calls = simulator.calls();
    let calls: Vec<&Value> = calls.as_array().unwrap().iter().filter(|call| call["by"] != "script").collect();
    if let Some(writes) = expect["writes"].as_array() {
        let is_write =
            |operation: &str| !["Describe", "Get", "List", "BatchGet"].iter().any(|verb| operation.starts_with(verb));
        let written: Vec<&Value> =
            calls.iter().filter(|call| is_write(call["operation"].as_str().unwrap())).copied().collect();
        let same = written.len() == writes.len()
            && writes.iter().zip(&written).all(|(expected, call)| matches(expected, call));
        if !same {
            return fail("writes", &json!(written));
        }
    }
    if !expect["invocations"].is_null() && !matches(&expect["invocations"], &simulator.invocations()) {
        return fail("invocations", &simulator.invocations());
    }
    if expect["calls"].as_u64().is_some_and(|most| calls.len() as u64 > most) {
        return fail("number of calls", &json!(calls.len()));
    }
    check_time(simulator, events, verb, expect["late"].as_f64().unwrap_or(2.0))
        .or_else(|what| fail(&what, &simulator.truth()))
}

/// A failure is the last event, and a success is nothing else.
fn check_last(end: &Value, events: &[Value]) -> Result<(), String> {
    let Some(last) = events.last() else { return Ok(()) };
    let failed = json!({"type": "failed", "code": end["error"], "text": end["message"], "detail": end["detail"]});
    match (end["error"].is_string(), last["type"] == "failed") {
        (true, _) if *last != failed => Err(format!("the last event is to be {failed:#}")),
        (false, true) => Err("the last event is a failure, the end is none".to_owned()),
        _ => Ok(()),
    }
}

/// Success is never said of a deployment before it is true, and not more than `late` seconds after.
fn check_time(simulator: &Simulator, events: &[Value], verb: &str, late: f64) -> Result<(), String> {
    let Some(said) = events.iter().find(|event| event["type"] == "succeeded") else { return Ok(()) };
    let truth = simulator.truth();
    let all = truth.as_array().unwrap();
    // Turned round, a deployment gives way to the one that goes back: that is what must be complete.
    let is_back = |truth: &&Value| verb == "rollback" || truth["deployment"] == said["deployment"];
    let ours = all.iter().rev().find(is_back);
    let now = simulator.clock().now().as_secs_f64();
    match ours.filter(|ours| ours["state"] == "completed").and_then(|ours| ours["finished"].as_f64()) {
        // It was there before: success is said of the number of its tasks, or of nothing to do.
        Some(finished) if finished < 0.0 => Ok(()),
        Some(finished) if (0.0..=late).contains(&(now - finished)) => Ok(()),
        Some(finished) => Err(format!("complete at {finished}, said at {now}")),
        None => Err("success was said of a deployment that is not complete".to_owned()),
    }
}

/// Whether `seen` has all that is expected: members that are not expected do not count, `"*text*"` is a text that holds
/// `text`, and an expected `null` is a member that is not there.
fn matches(expected: &Value, seen: &Value) -> bool {
    match (expected, seen) {
        (Value::Object(expected), Value::Object(seen)) => {
            expected.iter().all(|(name, expected)| match seen.get(name) {
                Some(seen) => matches(expected, seen),
                None => expected.is_null(),
            })
        }
        (Value::Array(expected), Value::Array(seen)) => {
            expected.len() == seen.len() && expected.iter().zip(seen).all(|(expected, seen)| matches(expected, seen))
        }
        (Value::String(expected), Value::String(seen))
            if expected.len() > 1 && expected.starts_with('*') && expected.ends_with('*') =>
        {
            seen.contains(expected.trim_matches('*'))
        }
        (Value::Number(expected), Value::Number(seen)) => expected.as_f64() == seen.as_f64(),
        (expected, seen) => expected == seen,
    }
}
