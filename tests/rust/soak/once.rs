//! One-off tasks of which fewer start than were asked for, looked at through replicas that are behind.

use ecs_rollout::{Error, Run, parse_options};
use fastrand::Rng;
use serde_json::{Value, json};

use super::Trial;
use super::world::one_of;

pub(super) fn world(random: &mut Rng) -> Value {
    let container = json!({"name": "api", "image": "registry.example/api:1", "memory": 64});
    let late = json!({"lag": random.u64(1..40), "operations": one_of(random, &[json!([]), json!(["ListTasks"]), json!(["DescribeTasks"])])});
    json!({
        "speed": 0, "clusters": ["prod"],
        "definitions": [{"family": "api", "containerDefinitions": [container]}],
        "services": [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1}],
        "images": {"registry.example/api:1": {"exit": {"code": one_of(random, &[0, 0, 0, 1]), "after": random.u64(1..40)}}},
        "run_short": one_of(random, &[0, 0, 1, 2]),
        "replicas": one_of(random, &[json!([{"lag": 0}]), json!([{"lag": 0}, late]), json!([late])]),
        "pages": {"ListTasks": {"size": random.u64(1..3), "empty": random.u64(0..2)}},
        "faults": one_of(random, &[json!([]), json!([{"operation": "RunTask", "kind": "lost"}]), json!([{"operation": "DescribeTasks", "kind": "proxy", "status": 403, "from": 3, "to": 20}])]),
    })
}

pub(super) fn request(random: &mut Rng) -> Run {
    parse_options("options", json!({"service": "api", "cluster": "prod", "count": random.u64(1..4), "timeout": 300}))
        .unwrap()
}

/// Success is that all that were asked for ended well; and none is started twice.
pub(super) fn judge<T>(trial: &Trial<'_>, request: &Run, end: Result<&T, &Error>) -> Result<u64, String> {
    let list = |status: &str| {
        let input = json!({"cluster": "prod", "family": "api", "desiredStatus": status, "maxResults": 100});
        let mut all = Vec::new();
        let mut input = input.as_object().unwrap().clone();
        loop {
            let answer = trial.simulator.call("ListTasks", json!(input)).unwrap();
            all.extend(answer["taskArns"].as_array().cloned().unwrap_or_default());
            match answer.get("nextToken") {
                Some(next) => drop(input.insert("nextToken".to_owned(), next.clone())),
                None => return all,
            }
        }
    };
    let arns: Vec<Value> = ["RUNNING", "STOPPED"].into_iter().flat_map(list).collect();
    let tasks = if arns.is_empty() {
        Value::Null
    } else {
        trial.simulator.call("DescribeTasks", json!({"cluster": "prod", "tasks": arns})).unwrap()
    };
    let lone: Vec<&Value> =
        tasks["tasks"].as_array().into_iter().flatten().filter(|task| task["group"] != "service:api").collect();
    let ended_well = lone.iter().filter(|task| task["containers"][0]["exitCode"] == 0).count() as u64;
    let asked = u64::from(request.count);
    if lone.len() as u64 > asked {
        return Err(format!("{} tasks of one order for {asked}", lone.len()));
    }
    match end {
        Ok(_) if ended_well == asked => Ok(0),
        Ok(_) => Err(format!("success of {asked} tasks, of which {ended_well} ended well")),
        Err(Error::TaskFailed(_)) if ended_well < asked => Ok(0),
        Err(other) => Err(format!("unexpected {} with {ended_well} of {asked} ended well", other.code())),
    }
}
