//! `cargo run -p ecs-rollout-tests --bin pace`: how late the end of a rollout is seen, and on how many calls, on simulated rollouts
//! of 30 s, 3, 10 and 30 minutes. Each service has been deployed before; each rollout takes up to 5 % more or less than that one.

use ecs_rollout::{Deployment, Error};
use ecs_rollout_simulator::Simulator;
use fastrand::Rng;
use serde_json::{Value, json};

const EACH: usize = 60;

/// A rollout that takes about so many seconds: most of it until tasks start, until they are healthy, or until earlier ones go.
fn image(random: &mut Rng, seconds: f64) -> (f64, f64) {
    let start = seconds * (0.1 + 0.5 * random.f64());
    (start, seconds - start)
}

fn world(first: (f64, f64), then: (f64, f64), stop: f64) -> Value {
    let behaviour = |(start, healthy): (f64, f64)| json!({"start": start, "healthy": healthy, "stop": stop});
    json!({"speed": 0, "clusters": ["prod"],
        "definitions": [{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1", "memory": 64,
            "healthCheck": {"command": ["CMD", "true"]}}]}],
        "services": [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2}],
        "images": {"api:1": behaviour(first), "api:2": behaviour(first), "api:3": behaviour(then)}})
}

async fn deploy(simulator: &Simulator, tag: &str) -> Result<(f64, u64), Error> {
    let mut request = Deployment::new("prod", "api").image("api", tag);
    request.timeout = 7200.0;
    let outcome = simulator.client().deploy(request).outcome().await?;
    let now = simulator.clock().now().as_secs_f64();
    let truth = simulator.deployments();
    let ours = truth.as_array().into_iter().flatten().find(|one| one["deployment"] == json!(outcome.deployment));
    let finished = ours.and_then(|ours| ours["finished"].as_f64()).unwrap_or(f64::NAN);
    Ok((now - finished, outcome.calls))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut random = Rng::with_seed(1);
    fastrand::seed(1);
    for seconds in [30.0, 180.0, 600.0, 1800.0] {
        let (mut late, mut calls) = (Vec::new(), Vec::new());
        for _ in 0..EACH {
            let stop = (seconds * 0.1 * random.f64()).min(25.0);
            let first = image(&mut random, seconds - stop);
            let factor = 0.95 + 0.1 * random.f64();
            let simulator =
                Simulator::start(world(first, (first.0 * factor, first.1 * factor), stop)).expect("a sound world");
            deploy(&simulator, ":2").await?;
            let (lateness, count) = deploy(&simulator, ":3").await?;
            late.push(lateness);
            calls.push(count);
        }
        late.sort_by(f64::total_cmp);
        calls.sort_unstable();
        let at = |part: f64| late[(part * (EACH - 1) as f64) as usize];
        println!(
            "{seconds:6} s: late {:.2} s at the median, {:.2} s at 95 %, {:.2} s at most; {} calls at the median, {} at most",
            at(0.5),
            at(0.95),
            at(1.0),
            calls[EACH / 2],
            calls[EACH - 1]
        );
    }
    Ok(())
}
