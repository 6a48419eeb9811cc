//! What is registered comes back from the control plane as what it was, defaults aside: through the crate and the
//! simulator, over random definitions.

use ecs_rollout::{Deployment, TaskDefinition};
use ecs_rollout_simulator::Simulator;
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_container(name: String) -> impl Strategy<Value = Value> {
    let pairs = || prop::collection::btree_map("[A-Z_]{1,8}", "[^\0]{0,12}", 0..4);
    let ports = prop::collection::btree_set(1..65_535_u32, 0..3);
    let health = prop::option::of((prop::option::of(5..300_u32), prop::option::of(1..10_u32)));
    let novelty =
        prop_oneof![Just(json!({})), Just(json!([null, 1.50])), Just(json!("")), any::<i64>().prop_map(Value::from)];
    (pairs(), pairs(), ports, health, any::<Option<bool>>(), prop::collection::vec(".{0,5}", 0..3), novelty).prop_map(
        move |(environment, labels, ports, health, essential, command, novelty)| {
            let environment: Vec<_> =
                environment.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
            let ports: Vec<_> = ports.iter().map(|port| json!({"containerPort": port})).collect();
            let mut container = json!({
                "name": name, "image": format!("registry.example:5000/{name}:1"), "memory": 64, "novelty": novelty,
                "environment": environment, "portMappings": ports, "command": command, "dockerLabels": labels
            });
            if let Some((interval, retries)) = health {
                container["healthCheck"] = json!({"command": ["CMD", "true"]});
                let given = [("interval", interval), ("retries", retries)];
                given.iter().for_each(|(member, value)| {
                    value.iter().for_each(|value| container["healthCheck"][member] = json!(value))
                });
            }
            if name != "c0" {
                essential.iter().for_each(|essential| container["essential"] = json!(essential));
            }
            container
        },
    )
}

fn any_definition() -> impl Strategy<Value = Value> {
    let containers = (1..4_usize)
        .prop_flat_map(|count| (0..count).map(|at| any_container(format!("c{at}")).boxed()).collect::<Vec<_>>());
    let size = prop_oneof![Just(("1 vCPU", "2GB")), Just((".25 vCPU", "512")), Just(("1024", "3 GB"))];
    let tags = prop::collection::btree_map("[a-z]{1,5}", "[a-z]{0,5}", 0..3);
    (containers, size, tags, "[a-z]{1,9}").prop_map(|(containers, (cpu, memory), tags, family)| {
        let tags: Vec<_> = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        json!({
            "family": family, "networkMode": "awsvpc", "cpu": cpu, "memory": memory, "requiresCompatibilities": ["FARGATE", "EC2"],
            "containerDefinitions": containers, "tags": tags, "novelty": {"b": 1, "a": [{}]}
        })
    })
}

fn world() -> Value {
    json!({
        "speed": 0,
        "clusters": ["prod"],
        "definitions": [{"family": "first", "containerDefinitions": [{"name": "c0", "image": "a:1", "memory": 64}]}],
        "services": [{
            "serviceName": "api", "cluster": "prod", "taskDefinition": "first:1", "desiredCount": 1,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
        }]
    })
}

async fn come_back(document: &Value) -> Result<(), TestCaseError> {
    let simulator = Simulator::start(world()).unwrap();
    let client = simulator.client();
    let mut request = Deployment::new("prod", "api").definition(&TaskDefinition::new(document.clone()).unwrap());
    request.wait = false;
    let mut rollout = client.deploy(request.clone());
    while rollout.next().await.is_some() {}
    let outcome = rollout.outcome().await.map_err(|error| TestCaseError::fail(format!("{error}: {document}")))?;
    prop_assert!(outcome.changed);
    // A plan reads what was registered, and compares.
    let plan = client.plan(request).await.unwrap();
    prop_assert!(plan.definition.changes.is_empty() && plan.calls.is_empty(), "{plan:?}");
    // And it is the registrable form that is compared: something else is a change.
    let mut other = document.clone();
    other["containerDefinitions"][0]["novelty"] = json!("something else");
    let plan =
        client.plan(Deployment::new("prod", "api").definition(&TaskDefinition::new(other).unwrap())).await.unwrap();
    prop_assert_eq!(plan.definition.changes.len(), 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_registered_comes_back(document in any_definition()) {
        tokio::runtime::Runtime::new().unwrap().block_on(come_back(&document))?;
    }
}
