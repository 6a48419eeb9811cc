//! Secrets planted wherever a user may give one (`tests/canaries.json`) come out nowhere: not in events, outcomes, errors, nor in
//! what `Debug` and `Display` say of them and of the requests.

use std::fmt::Debug;
use std::path::Path;

use ecs_rollout::{Client, ClientOptions, Error, Rollout, TaskDefinition, parse_options};
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
    let request: T = parse_options("options", case["request"].clone())?;
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
        "check" => value(client.check(request(case, seen)?).await, seen),
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

/// What was never given, but stands in the definition that is registered, is as secret: in the log of what fails, as it is and encoded.
#[tokio::test]
async fn a_registered_secret_comes_out_nowhere() {
    let log = json!([
        "DB_PASSWORD=hunter2pass rejected",
        "postgres://app:s3cr3tw0rd@db/x: no",
        "Basic YXBwOmh1bnRlcjJwYXNz",
        "p@ss/word9 is p%40ss%2Fword9",
        "argv: serve --api-key=k3yk3yk3y"
    ]);
    let secrets = ["hunter2pass", "s3cr3tw0rd", "h1bnRlcjJwYXNz", "p@ss/word9", "p%40ss%2Fword9", "k3yk3yk3y"];
    let definition = |image: &str| {
        json!({"family": "api", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "containerDefinitions": [{"name": "api", "image": image, "command": ["serve", "--api-key=k3yk3yk3y"],
                "environment": [{"name": "DB_PASSWORD", "value": "hunter2pass"}, {"name": "OTHER_SECRET", "value": "p@ss/word9"},
                    {"name": "DATABASE_URL", "value": "postgres://app:s3cr3tw0rd@db/x"}],
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/api",
                    "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs"}}}]})
    };
    let service = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1,
        "launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}});
    let order = json!({"cluster": "prod", "service": "api", "taskDefinition": "api:2"});
    let begun = json!([{"at": 0, "operation": "UpdateService", "input": order}]);
    let of = |mut request: Value| {
        (request["service"], request["cluster"], request["timeout"]) = ("api".into(), "prod".into(), 120.into());
        request
    };
    let named = of(json!({"definition": "api:2", "verify": false}));
    for (verb, request, script) in [
        ("deploy", named.clone(), json!([])),
        ("deploy", of(json!({"images": {"api": ":2"}, "verify": false})), json!([])),
        ("deploy_all", json!({"services": [named]}), json!([])),
        ("watch", of(json!({})), begun),
        ("run", of(json!({"definition": "api:2", "container": "api"})), json!([])),
        ("plan", of(json!({"definition": "api:2", "patch": {"cpu": "512", "memory": "1024"}})), json!([])),
    ] {
        let world = json!({"speed": 0, "clusters": ["prod"], "services": [service], "script": script,
            "definitions": [definition("registry.example/api:1"), definition("registry.example/api:2")],
            "images": {"registry.example/api:2": {"exit": {"code": 1, "after": 2}, "log": log}}});
        let simulator = Simulator::start(world).unwrap();
        let mut seen = Seen::default();
        let case = json!({"verb": verb, "request": request});
        if let Err(error) = Box::pin(ask(&simulator.client(), &case, &mut seen)).await {
            seen.add_error(&error);
        }
        let told = seen.0.join("\n");
        assert_eq!(told.contains("rejected"), verb != "plan", "{verb}: {told}");
        for secret in secrets {
            assert!(!told.contains(secret), "{verb}: {secret}: {told}");
        }
    }
}

#[test]
fn options_and_definitions_tell_no_secret() {
    let mut seen = Seen::default();
    let options = json!({"endpoint": "http://user:C4n4ry@127.0.0.1:1", "tags": {"a": "C4n4ry"}});
    seen.add(&parse_options::<ClientOptions>("client", options).unwrap());
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
