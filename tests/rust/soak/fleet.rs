//! Many services at once, of which the caller may not see one.

use ecs_rollout::{DeployAll, Deployment, Error};
use fastrand::Rng;
use serde_json::{Value, json};

use super::Trial;

/// How many services there are.
const COUNT: usize = 4;

pub(super) fn world(random: &mut Rng) -> Value {
    let container = json!({"name": "api", "image": "registry.example/api:1", "memory": 64});
    let service = |at: usize| json!({"serviceName": format!("s{at}"), "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1});
    let from = random.u64(0..20);
    let mut denied = json!({"operation": "DescribeServices", "kind": "denied", "service": format!("s{}", random.usize(..COUNT)), "from": from});
    if random.u8(..3) == 0 {
        denied["to"] = json!(from + random.u64(1..20));
    }
    json!({
        "speed": 0, "clusters": ["prod"], "services": (0..COUNT).map(service).collect::<Value>(),
        "definitions": [{"family": "api", "containerDefinitions": [container]}],
        "images": {"registry.example/api:2": {"start": random.u64(1..40)}},
        "faults": [denied],
    })
}

pub(super) fn request() -> DeployAll {
    let one = |at: usize| Deployment::new("prod", format!("s{at}")).image("api", ":2").timeout(600.0);
    DeployAll::new((0..COUNT).map(one)).stop(false)
}

/// What may not be seen is denied, and says nothing about the others: those are complete.
pub(super) fn judge(trial: &Trial<'_>, end: Result<(), &Error>) -> Result<u64, String> {
    let truth = trial.simulator.deployments();
    let is_complete = |service: &str| {
        let mut all = truth.as_array().into_iter().flatten();
        all.any(|one| one["service"] == service && one["created"].as_f64() >= Some(0.0) && one["state"] == "completed")
    };
    let fault = &trial.world["faults"][0];
    let denied = fault["service"].as_str().unwrap_or_default();
    let Err(error) = end else {
        let open: Vec<String> = (0..COUNT).map(|at| format!("s{at}")).filter(|name| !is_complete(name)).collect();
        return if open.is_empty() { Ok(0) } else { Err(format!("success, and {open:?} are not complete")) };
    };
    let Error::Fleet(failure) = error else { return Err(format!("unexpected {}", error.code())) };
    for one in &failure.services {
        let code = one.error.as_ref().map_or("succeeded", |error| error.code.as_str());
        match code {
            "succeeded" if is_complete(&one.service) => {}
            "denied" if one.service == denied => {}
            _ => return Err(format!("{} is {code}, denied is {denied}", one.service)),
        }
    }
    Ok(0)
}
