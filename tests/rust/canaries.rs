//! Secrets planted wherever a user may give one (`tests/canaries.json`) come out nowhere: not in events, outcomes, errors, nor in
//! what `Debug` and `Display` say of them and of the requests.

use std::fmt::Debug;
use std::path::Path;

use ecs_rollout::{Client, Error, Options, Rollout, TaskDefinition, read};
use ecs_rollout_simulator::Simulator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn canaries() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("canaries.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// All that comes out, as whoever prints or logs it would see it.
#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    fn add(&mut self, one: &impl Debug) {
        self.0.extend([format!("{one:?}"), format!("{one:#?}")]);
    }

    fn add_document(&mut self, one: &impl Serialize) {
        self.0.push(serde_json::to_string(one).unwrap());
    }

    fn add_error(&mut self, error: &Error) {
        self.add(error);
        // That of many has no form of its own.
        self.0.extend(serde_json::to_string(error));
        self.0.extend([error.to_string(), error.detail().to_string()]);
    }
}

/// A request as it was read.
fn request<T: DeserializeOwned + Debug>(case: &Value, seen: &mut Seen) -> Result<T, Error> {
    let request: T = read("options", case["request"].clone())?;
    seen.add(&request);
    Ok(request)
}

async fn follow<E, O>(rollout: Rollout<E, O>, case: &Value, seen: &mut Seen) -> Result<(), Error>
where
    E: Serialize + Debug + Send + 'static,
    O: Serialize + Debug + Clone + Send + 'static,
{
    seen.add(&rollout);
    let running = rollout.spawn();
    while let Some(event) = running.next().await {
        seen.add(&event);
        seen.add_document(&event);
        seen.add(&running);
        let event = serde_json::to_value(&event).unwrap();
        if event["type"].is_string() && event["type"] == case["cancel"]["type"] {
            running.cancel();
        }
    }
    value(running.outcome().await, seen)?;
    seen.add(&running);
    Ok(())
}

fn value<O: Serialize + Debug>(end: Result<O, Error>, seen: &mut Seen) -> Result<(), Error> {
    let outcome = end?;
    seen.add(&outcome);
    seen.add_document(&outcome);
    Ok(())
}

async fn ask(client: &Client, case: &Value, seen: &mut Seen) -> Result<(), Error> {
    let image = case["request"].as_str().unwrap_or_default();
    match case["verb"].as_str().unwrap() {
        "deploy" => follow(client.deploy(request(case, seen)?), case, seen).await,
        "deploy_all" => follow(client.deploy_all(request(case, seen)?), case, seen).await,
        "run" => follow(client.run(request(case, seen)?), case, seen).await,
        "service" => follow(client.service(request(case, seen)?), case, seen).await,
        "watch" => follow(client.watch(request(case, seen)?), case, seen).await,
        "push" => follow(client.push(request(case, seen)?), case, seen).await,
        "plan" => {
            let plan = client.plan(request(case, seen)?).await?;
            seen.0.push(plan.to_string());
            value(Ok(plan), seen)
        }
        "register" => value(client.register(request(case, seen)?).await, seen),
        "schedule" => value(client.schedule(request(case, seen)?).await, seen),
        "scale" => value(client.scale(request(case, seen)?).await, seen),
        "resolve" => value(client.resolve(image).await, seen),
        "exists" => value(client.exists(image).await, seen),
        other => panic!("{other} is no verb"),
    }
}

#[tokio::test]
async fn no_secret_comes_out() {
    let whole = canaries();
    let (canary, cases) = (whole["canary"].as_str().unwrap(), whole["cases"].as_array().unwrap());
    let mut told = Vec::new();
    let mut ends = [0, 0];
    for case in cases {
        let simulator = Simulator::start(whole["world"].clone()).unwrap();
        let (client, mut seen) = (simulator.client(), Seen::default());
        seen.add(&client);
        let end = Box::pin(ask(&client, case, &mut seen)).await;
        ends[usize::from(end.is_err())] += 1;
        if let Err(error) = &end {
            seen.add_error(error);
        }
        let leaks = seen.0.iter().filter(|text| text.contains(canary));
        told.extend(leaks.map(|text| format!("{}: {text}", case["about"])));
    }
    assert!(told.is_empty(), "{}\n{}", told.len(), told.join("\n"));
    // A table of errors alone would prove little.
    assert!(ends[0] >= 20 && ends[1] >= 40, "{ends:?}");
}

#[test]
fn options_and_definitions_tell_no_secret() {
    let mut seen = Seen::default();
    let options = json!({"endpoint": "http://user:C4n4ry@127.0.0.1:1", "tags": {"a": "C4n4ry"}});
    seen.add(&read::<Options>("client", options).unwrap());
    let definition = |value: &str| {
        let container =
            json!({"name": "a", "image": "a:1", "command": [value], "environment": [{"name": "A", "value": value}]});
        TaskDefinition::new(json!({"family": "f", "containerDefinitions": [container]})).unwrap()
    };
    let (before, after) = (definition("C4n4ry-1"), definition("C4n4ry-2"));
    seen.add(&before);
    seen.add(&before.diff(&after));
    seen.0.push(before.diff_text(&after, Some(true)));
    assert!(!before.diff(&after).is_empty());
    assert!(seen.0.iter().all(|text| !text.contains("C4n4ry")), "{:?}", seen.0);
}
