//! Rollouts in bulk, each made from a seed: a random world, random faults, and the simulator's own truth to hold the verdict
//! against. A seed always makes the same rollout, so that one that fails can be replayed alone.

use std::collections::BTreeMap;

use ecs_rollout::{Deployment, Error, Outcome, Recovery, read};
use ecs_rollout_simulator::Simulator;
use fastrand::Rng;
use serde_json::{Value, json};

const NEW: &str = "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:2";

/// What came of one seed, or of many.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rollouts made.
    pub rollouts: u64,
    /// How they ended: `succeeded` or an error's code.
    pub ends: BTreeMap<String, u64>,
    /// Faults that the simulator injected, by kind.
    pub faults: BTreeMap<String, u64>,
    /// Calls made.
    pub calls: u64,
    /// Revisions made twice because the answer to the first was lost.
    pub extra_revisions: u64,
    /// What was wrong, with its seed.
    pub wrong: Vec<String>,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.rollouts += other.rollouts;
        self.calls += other.calls;
        self.extra_revisions += other.extra_revisions;
        other.ends.into_iter().for_each(|(end, count)| *self.ends.entry(end).or_default() += count);
        other.faults.into_iter().for_each(|(kind, count)| *self.faults.entry(kind).or_default() += count);
        self.wrong.extend(other.wrong);
    }
}

/// Makes the rollout of one seed.
///
/// # Panics
/// Where the simulator cannot be started.
pub fn run(seed: u64) -> Tally {
    // The library's jitter, too, is the seed's.
    fastrand::seed(seed);
    let mut random = Rng::with_seed(seed);
    let world = world(&mut random);
    let request = request(&mut random);
    let simulator = Simulator::start(world.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{world:#}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let end = runtime.block_on(async { simulator.client().deploy(request.clone()).outcome().await });
    let mut tally = Tally { rollouts: 1, ..Tally::default() };
    let code = end.as_ref().map_or_else(Error::code, |_| "succeeded".to_owned());
    tally.ends.insert(code, 1);
    let calls = simulator.calls();
    let calls: Vec<&Value> = calls.as_array().into_iter().flatten().filter(|call| call["by"] != "script").collect();
    tally.calls = calls.len() as u64;
    for fault in calls.iter().filter_map(|call| call["error"].as_str()) {
        *tally.faults.entry(fault.to_owned()).or_default() += 1;
    }
    let judged = judge(&simulator, &request, &end, &world).and_then(|()| {
        tally.extra_revisions = check_writes(&simulator, &calls)?;
        Ok(())
    });
    if let Err(what) = judged {
        tally.wrong.push(format!("seed {seed}: {what}; {end:?}; of {world}"));
    }
    tally
}

fn one_of<T: Clone>(random: &mut Rng, choices: &[T]) -> T {
    choices[random.usize(..choices.len())].clone()
}

/// A service of any kind, an image that behaves somehow, others who interfere, and faults.
fn world(random: &mut Rng) -> Value {
    let desired = random.u64(0..=4);
    let configuration = configuration(random);
    let service = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": desired,
        "deploymentConfiguration": configuration});
    let container = json!({"name": "api", "image": "registry.example/api:1", "memory": 64, "essential": true});
    json!({
        "speed": 0, "clusters": ["prod"],
        "definitions": [{"family": "api", "containerDefinitions": [container]}],
        "services": [service],
        "images": {"registry.example/api:2": behaviour(random), "registry.example/api:1": {"stop": random.u64(0..30)}},
        "alarms": if random.u8(..8) == 0 { json!({"errors": {"from": random.u64(5..60)}}) } else { json!({}) },
        "bake": random.u64(10..90), "list_rollout_state": random.bool(), "drain": random.u64(0..20),
        "hooks": {"check": {"result": one_of(random, &["SUCCEEDED", "SUCCEEDED", "FAILED"]), "seconds": random.u64(1..20)}},
        "faults": faults(random), "script": script(random),
    })
}

fn configuration(random: &mut Rng) -> Value {
    let (lower, upper) = one_of(random, &[(100, 200), (50, 200), (0, 100), (100, 150)]);
    let mut configuration = json!({"minimumHealthyPercent": lower, "maximumPercent": upper});
    if random.bool() {
        configuration["deploymentCircuitBreaker"] = json!({"enable": true, "rollback": random.bool()});
    }
    if random.u8(..5) == 0 {
        configuration["alarms"] = json!({"alarmNames": ["errors"], "enable": true, "rollback": random.bool()});
    }
    let strategy = one_of(random, &["ROLLING", "ROLLING", "ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]);
    configuration["strategy"] = json!(strategy);
    if strategy == "ROLLING" {
        return configuration;
    }
    configuration["bakeTimeInMinutes"] = json!(random.u64(0..3));
    configuration["linearConfiguration"] = json!({"stepPercent": 50.0, "stepBakeTimeInMinutes": random.u64(0..2)});
    configuration["canaryConfiguration"] = json!({"canaryPercent": 10.0, "canaryBakeTimeInMinutes": random.u64(0..2)});
    match strategy {
        "LINEAR" => drop(configuration.as_object_mut().map(|members| members.remove("canaryConfiguration"))),
        "CANARY" => drop(configuration.as_object_mut().map(|members| members.remove("linearConfiguration"))),
        _ => {
            let members = configuration.as_object_mut();
            members.map(|members| (members.remove("canaryConfiguration"), members.remove("linearConfiguration")));
        }
    }
    if random.u8(..3) == 0 {
        let stage = one_of(random, &["PRE_SCALE_UP", "POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"]);
        configuration["lifecycleHooks"] =
            json!([{"hookTargetArn": "check", "roleArn": "r", "lifecycleStages": [stage]}]);
    }
    configuration
}

fn behaviour(random: &mut Rng) -> Value {
    let (start, healthy) = (random.u64(1..30), random.u64(1..30));
    match random.u8(..12) {
        0 => json!({"exit": {"code": 1, "after": random.u64(0..20)}}),
        1 => json!({"unhealthy": true, "grace": random.u64(5..30)}),
        2 => json!({"missing": true}),
        3 => json!({"memory": true}),
        4 => json!({"start": random.u64(60..900)}),
        5 => json!({"spot": {"after": random.u64(1..10)}, "start": start, "healthy": healthy}),
        6 => json!({"fail": one_of(random, &["secret_denied", "network", "capacity", "log_group_missing", "role"])}),
        _ => json!({"start": start, "healthy": healthy}),
    }
}

/// What somebody else does meanwhile.
fn script(random: &mut Rng) -> Value {
    let at = random.u64(1..60);
    let input = match random.u8(..10) {
        0 => json!({"cluster": "prod", "service": "api", "taskDefinition": "api:1"}),
        1 => json!({"cluster": "prod", "service": "api", "forceNewDeployment": true}),
        2 => json!({"cluster": "prod", "service": "api", "desiredCount": random.u64(0..4)}),
        _ => return json!([]),
    };
    json!([{"at": at, "operation": "UpdateService", "input": input}])
}

fn faults(random: &mut Rng) -> Value {
    let count = one_of(random, &[0, 1, 2, 4]);
    (0..count).map(|_| fault(random)).collect()
}

fn fault(random: &mut Rng) -> Value {
    let reads = ["DescribeServices", "ListServiceDeployments", "DescribeServiceDeployments", "ListTasks", "*"];
    let from = random.u64(0..90);
    match random.u8(..9) {
        0 => {
            json!({"operation": one_of(random, &reads), "kind": "throttle", "from": from, "to": from + random.u64(1..20)})
        }
        1 => {
            json!({"operation": one_of(random, &reads), "kind": "server_error", "count": random.u64(1..4), "skip": random.u64(0..9)})
        }
        2 => {
            json!({"operation": one_of(random, &reads), "kind": "reset", "count": random.u64(1..4), "skip": random.u64(0..9)})
        }
        3 => {
            json!({"operation": "DescribeServices", "kind": "stale", "count": random.u64(1..4), "skip": random.u64(1..12),
            "seconds": random.u64(1..15)})
        }
        4 => json!({"operation": one_of(random, &["UpdateService", "RegisterTaskDefinition"]), "kind": "lost"}),
        5 => json!({"operation": one_of(random, &["UpdateService", "RegisterTaskDefinition"]), "kind": "reset"}),
        6 => {
            json!({"operation": "*", "kind": "latency", "seconds": random.u64(1..5), "count": random.u64(1..5), "skip": random.u64(0..9)})
        }
        7 => {
            json!({"operation": one_of(random, &["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions", "ListTasks"]),
            "kind": "denied", "from": 0})
        }
        _ => {
            json!({"operation": "DescribeServices", "kind": one_of(random, &["html", "garbage", "expired"]), "count": 1,
            "skip": random.u64(0..20)})
        }
    }
}

fn request(random: &mut Rng) -> Deployment {
    let mut request =
        json!({"service": "api", "cluster": "prod", "images": {"api": ":2"}, "timeout": random.u64(60..1800)});
    if random.u8(..6) == 0 {
        request["recover"] = json!("rollback");
    }
    if random.u8(..6) == 0 {
        request["force"] = json!(true);
    }
    if random.u8(..6) == 0 {
        request["failures"] = json!(random.u64(0..6));
    }
    read("options", request).unwrap()
}

/// Whether nobody says how the deployment goes: the list shows no state, and the records may not be listed.
fn is_untold(world: &Value) -> bool {
    let strategy = &world["services"][0]["deploymentConfiguration"]["strategy"];
    *strategy != "ROLLING" && world["list_rollout_state"] == false && is_unrecorded(world)
}

/// Whether the records of deployments may not be listed.
fn is_unrecorded(world: &Value) -> bool {
    let is_denied = |fault: &Value| fault["kind"] == "denied" && fault["operation"] == "ListServiceDeployments";
    world["faults"].as_array().is_some_and(|all| all.iter().any(is_denied))
}

/// Whether what was said is what happened.
fn judge(
    simulator: &Simulator,
    request: &Deployment,
    end: &Result<Outcome, Error>,
    world: &Value,
) -> Result<(), String> {
    let now = simulator.clock().now().as_secs_f64();
    let (is_unrecorded, is_untold) = (is_unrecorded(world), is_untold(world));
    let truth = simulator.truth();
    let of = |id: &Option<String>| {
        let id = id.clone()?;
        truth.as_array()?.iter().find(|one| one["deployment"] == id.as_str()).cloned()
    };
    let said = |id: &Option<String>, states: &[&str]| {
        let Some(truth) = of(id) else { return Err("of a deployment that there is not".to_owned()) };
        let state = truth["state"].as_str().unwrap_or_default();
        if states.contains(&state) { Ok(truth) } else { Err(format!("it is {truth}")) }
    };
    match end {
        Ok(outcome) => {
            let truth = said(&outcome.deployment, &["completed"])?;
            let finished = truth["finished"].as_f64().unwrap_or(f64::INFINITY);
            if finished > now || (truth["definition"] != outcome.definition.as_str()) || outcome.definition != NEW {
                return Err(format!("said at {now} of {truth}"));
            }
            // The earlier a rollout may end unnoticed, the less it is a verdict; faults may hide the end for a while.
            Ok(())
        }
        Err(Error::RolledBack(failure)) => said(&failure.deployment, &["rolled_back", "stopped"]).map(drop),
        // Complete and then replaced between two looks, which only the records tell.
        Err(Error::Superseded { failure, .. }) if is_unrecorded => {
            said(&failure.deployment, &["superseded", "stopped", "completed"]).map(drop)
        }
        Err(Error::Superseded { failure, .. }) => said(&failure.deployment, &["superseded", "stopped"]).map(drop),
        Err(Error::Stopped(failure)) => said(&failure.deployment, &["stopped", "superseded"]).map(drop),
        // Given up on for good by ECS, or by `failures` where nothing in ECS ever does; recovered from, it is superseded.
        Err(Error::Failed(failure)) => {
            let states: &[&str] = match &failure.recovery {
                Some(Recovery { error: None, .. }) => &["failed", "superseded", "rolled_back", "stopped"],
                Some(_) => &["failed", "superseded", "rolled_back", "stopped", "in_progress"],
                // Somebody may have begun another while the causes were looked for.
                None => &["failed", "in_progress", "rolled_back", "superseded"],
            };
            said(&failure.deployment, states).map(drop)
        }
        Err(Error::TimedOut { failure, .. }) => {
            let Some(truth) = of(&failure.deployment) else { return Ok(()) };
            let deadline = request.timeout;
            let finished = truth["finished"].as_f64().unwrap_or(f64::INFINITY);
            // What ended long before the time was up should have been seen.
            match truth["state"].as_str() {
                Some("completed" | "rolled_back") if finished < deadline - 60.0 && !is_untold => {
                    Err(format!("out of time, but {truth}"))
                }
                _ => Ok(()),
            }
        }
        // Only what waiting does not cure ends it otherwise.
        Err(Error::Credentials { .. } | Error::Denied { .. } | Error::Unsupported { .. }) => Ok(()),
        Err(other) => Err(format!("unexpected {}", other.code())),
    }
}

/// No second deployment, and a second revision only where the answer to the first was lost: how many of those.
fn check_writes(simulator: &Simulator, calls: &[&Value]) -> Result<u64, String> {
    let truth = simulator.truth();
    let mine = truth.as_array().into_iter().flatten().filter(|one| {
        one["created"].as_f64().is_some_and(|at| at >= 0.0)
            && one["definition"].as_str().is_some_and(|arn| !arn.ends_with(":1"))
    });
    let by_others = simulator.calls();
    let forced =
        by_others.as_array().into_iter().flatten().filter(|call| {
            call["by"] == "script" && call["input"]["forceNewDeployment"] == true && call["status"] == 200
        });
    let (mine, forced) = (mine.count(), forced.count());
    if mine > 1 + forced {
        return Err(format!("{mine} deployments of one order"));
    }
    let input = json!({"familyPrefix": "api"});
    let answer = simulator.call("ListTaskDefinitions", input).map_err(|(_, error)| error.to_string())?;
    let revisions = answer["taskDefinitionArns"].as_array().map_or(0, Vec::len) as u64;
    let lost =
        calls.iter().filter(|call| call["operation"] == "RegisterTaskDefinition" && call["error"] == "lost").count();
    let extra = revisions.saturating_sub(2);
    if extra > lost as u64 { Err(format!("{extra} revisions more, {lost} answers lost")) } else { Ok(extra) }
}

/// Makes the rollouts of many seeds on all processors.
pub fn run_many(seeds: std::ops::Range<u64>) -> Tally {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut own = Tally::default();
            loop {
                let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if seed >= seeds.end {
                    return own;
                }
                own.add(run(seed));
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().for_each(|thread| tally.add(thread.join().unwrap_or_default()));
    });
    tally
}
