//! Runs a scenario of `tests/scenarios` through the crate, on the simulator.
//!
//! A scenario holds what is asked, how the world behaves, and what is expected. The runners of the three languages read the same files:
//! each calls the verb, collects its events, and gives both to [`Simulator::check`]. `after` seconds pass before the verb, `later`
//! seconds after it. `client` are settings of the client. With `first`, another request of the same verb runs before; with `again`, the same request runs a second time.

pub mod soak;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ecs_rollout::{Client, ClientOptions, Error, parse_options};
use ecs_rollout_simulator::{Simulator, difference};
use serde_json::{Value, json};

/// Where the scenarios are.
pub fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// A scenario that ended as it must.
pub struct Ran {
    /// The verb.
    pub verb: String,
    /// What it was asked for, and before that.
    pub requests: Vec<Value>,
    /// The calls that it made, as the simulator logged them.
    pub calls: Vec<Value>,
}

impl Ran {
    /// The IAM actions of the calls.
    pub fn actions(&self) -> BTreeSet<String> {
        self.calls.iter().map(action).collect()
    }
}

/// The IAM action of a call: `service:Operation`.
///
/// # Panics
/// If it is no call of the simulator's log.
pub fn action(call: &Value) -> String {
    let (service, operation) = (call["service"].as_str().unwrap_or("ecs"), call["operation"].as_str().unwrap());
    match (service, operation) {
        // S3 allows a look at an object to whoever may read it.
        ("s3", "HeadObject") => "s3:GetObject".to_owned(),
        _ => format!("{service}:{operation}"),
    }
}

/// Runs one scenario, and returns its verb with the calls that it made; the error names all that differs.
///
/// # Panics
/// If the file is no scenario.
pub async fn run(file: &Path) -> Result<Ran, String> {
    let mut scenario: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    if let Some(name) = scenario["request"]["file"].as_str() {
        // It stands beside the scenarios.
        let path = file.parent().unwrap().join(name);
        scenario["request"]["file"] = json!(path);
    }
    let simulator = Simulator::start(scenario["world"].clone()).map_err(|error| error.to_string())?;
    let pass = |seconds: &Value| {
        simulator.clock().advance(Duration::from_secs_f64(seconds.as_f64().unwrap_or_default()));
    };
    let settings = match scenario["client"].as_object() {
        Some(settings) => parse_options("client", settings.clone().into()).map_err(|error| error.to_string())?,
        None => ClientOptions::default(),
    };
    let client = simulator.client_with(settings);
    pass(&scenario["after"]);
    if !scenario["first"].is_null() {
        // Whatever its end is.
        let _ = follow(&client, &scenario, &scenario["first"]).await;
    }
    let (end, events) = follow(&client, &scenario, &scenario["request"]).await;
    let mut seen = json!({"verb": verb(&scenario), "end": shown(&end), "events": events});
    if !scenario["expect"]["again"].is_null() {
        seen["again"] = shown(&follow(&client, &scenario, &scenario["request"]).await.0);
    }
    pass(&scenario["later"]);
    let wrong = simulator.check(&scenario["expect"], &seen);
    match wrong.is_empty() {
        true => {
            let requests = [&scenario["first"], &scenario["request"]].into_iter().filter(|request| !request.is_null());
            Ok(Ran {
                verb: verb(&scenario).to_owned(),
                requests: requests.cloned().collect(),
                calls: calls(&simulator),
            })
        }
        false => Err(format!("{}\nseen: {seen:#}", wrong.join("\n"))),
    }
}

fn verb(scenario: &Value) -> &str {
    scenario["verb"].as_str().unwrap_or("deploy")
}

/// The calls of the crate, of the services that the simulator has.
fn calls(simulator: &Simulator) -> Vec<Value> {
    let calls = simulator.calls();
    // Of a service that the simulator does not have, the operation is the raw name of the target.
    let is_own = |call: &&Value| call["by"].is_null() && !call["operation"].as_str().unwrap().contains('.');
    calls.as_array().unwrap().iter().filter(is_own).cloned().collect()
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

/// The answer to a mistake: the error's text or, if a `warning` is expected, the texts of the warnings of that code.
pub async fn answer_to(simulator: &Simulator, mistake: &Value) -> String {
    let (end, events) = follow(&simulator.client(), mistake, &mistake["request"]).await;
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

/// Calls the scenario's verb, and collects its end and its events. The first event like `cancel` cancels it.
async fn follow(client: &Client, scenario: &Value, request: &Value) -> (Result<Value, Error>, Vec<Value>) {
    let mut events = Vec::new();
    let running = match client.call(verb(scenario), request.clone()) {
        Ok(begun) => begun.rollout.spawn(),
        Err(error) => return (Err(error), events),
    };
    while let Some(event) = running.next().await {
        if !scenario["cancel"].is_null() && difference(&scenario["cancel"], &event).is_none() {
            running.cancel();
        }
        events.push(event);
    }
    (running.outcome().await, events)
}
