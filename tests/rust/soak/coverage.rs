//! Decides which kinds of worlds a rollout has met: what was drawn counts only where it came about.

use serde_json::Value;

use super::Trial;

/// All kinds.
pub const KINDS: [&str; 42] = [
    "stale",
    "replica",
    "replica of the service",
    "replica of the records",
    "replica of the tasks",
    "replica for minutes",
    "torn: deployments",
    "torn: service",
    "torn: primary_last",
    "torn: primary_first",
    "pages of records",
    "denied for a while",
    "denied to the end",
    "proxy 200",
    "proxy 302",
    "proxy 307",
    "proxy 400",
    "proxy 403",
    "proxy 404",
    "proxy 407",
    "proxy 502",
    "proxy 503",
    "proxy: performed",
    "made again before",
    "made again meanwhile",
    "order: other definition",
    "order: old definition",
    "order: same definition",
    "order: forced",
    "order: desired",
    "order: stop",
    "order: in our second",
    "order: over a failed one",
    "order: as a rollback starts",
    "order: over a completed one",
    "fewer tasks than asked",
    "lists of tasks late",
    "one of a batch denied",
    "list late",
    "list without state",
    "list early",
    "lost order",
];

/// Whether a call of the library satisfies something.
fn any(trial: &Trial<'_>, is: impl Fn(&Value) -> bool) -> bool {
    trial.calls.iter().any(|call| is(call))
}

fn is_of(call: &Value, operations: &[&str]) -> bool {
    operations.iter().any(|operation| call["operation"] == *operation)
}

/// The kinds that a rollout has met.
pub(super) fn met(trial: &Trial<'_>) -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| is_met(trial, kind)).collect()
}

fn is_met(trial: &Trial<'_>, kind: &str) -> bool {
    let shown = |how: &str| any(trial, |call| call["shown"] == how);
    let faults = || trial.world["faults"].as_array().into_iter().flatten();
    let replica = |operations: &[&str]| any(trial, |call| call["shown"] == "replica" && is_of(call, operations));
    match kind {
        "stale" | "replica" => shown(kind),
        "replica of the service" => replica(&["DescribeServices"]),
        "replica of the records" => {
            replica(&["ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions"])
        }
        "replica of the tasks" | "lists of tasks late" => replica(&["ListTasks", "DescribeTasks"]),
        "replica for minutes" => {
            let replicas = || trial.world["replicas"].as_array().into_iter().flatten();
            let is_long = |one: &Value| one["lag"].as_f64().is_none_or(|lag| lag >= 60.0) && one["from"].is_number();
            shown("replica") && replicas().any(is_long)
        }
        "pages of records" => {
            any(trial, |call| call["input"]["nextToken"].is_string() && is_of(call, &["ListServiceDeployments"]))
        }
        "denied for a while" | "denied to the end" => {
            let is_bounded = kind == "denied for a while";
            let is_it = |fault: &&Value| fault["kind"] == "denied" && fault["to"].is_number() == is_bounded;
            let hit = |fault: &Value| {
                any(trial, |call| call["error"] == "AccessDeniedException" && call["operation"] == fault["operation"])
            };
            faults().filter(is_it).any(hit)
        }
        "proxy: performed" => {
            let performed = faults().any(|fault| fault["kind"] == "proxy" && fault["performed"] == true);
            performed
                && any(trial, |call| {
                    call["error"] == "proxy" && is_of(call, &["UpdateService", "RegisterTaskDefinition"])
                })
        }
        "fewer tasks than asked" => {
            trial.world["run_short"].as_u64() > Some(0) && any(trial, |call| call["operation"] == "RunTask")
        }
        "one of a batch denied" => any(trial, |call| {
            call["error"] == "AccessDeniedException"
                && call["input"]["services"].as_array().is_some_and(|all| all.len() > 1)
        }),
        "lost order" => any(trial, |call| call["error"] == "lost" && is_of(call, &["UpdateService"])),
        _ if kind.starts_with("torn: ") => {
            let is_it = |fault: &Value| {
                fault["kind"] == "torn" && kind.ends_with(fault["old"].as_str().unwrap_or("deployments"))
            };
            shown("torn") && faults().any(is_it)
        }
        _ if kind.starts_with("proxy ") => {
            let status = kind["proxy ".len()..].parse::<u64>().unwrap_or_default();
            any(trial, |call| call["error"] == "proxy" && call["status"] == status)
        }
        _ if kind.starts_with("list ") => is_list_met(trial, kind),
        _ => is_order_met(trial, kind),
    }
}

/// Whether the service was looked at while its list of deployments did not say what was.
fn is_list_met(trial: &Trial<'_>, kind: &str) -> bool {
    let truth = trial.simulator.deployments();
    let looked = |from: f64, to: f64| {
        any(trial, |call| {
            is_of(call, &["DescribeServices"]) && call["at"].as_f64().is_some_and(|at| (from..to).contains(&at))
        })
    };
    let mut own = truth.as_array().into_iter().flatten().filter(|one| one["created"].as_f64() >= Some(trial.start));
    match kind {
        "list late" => {
            let lag = trial.world["list_lag"].as_f64().unwrap_or_default();
            own.any(|one| one["finished"].as_f64().is_some_and(|at| looked(at, at + lag)))
        }
        "list without state" => trial.world["rolling_rollout_state"] == false && own.next().is_some(),
        _ => {
            let early = trial.world["list_early"] == true && trial.world["list_rollout_state"] == true;
            let bake = |one: &Value| Some((one["live"].as_f64()?, one["finished"].as_f64().unwrap_or(f64::INFINITY)));
            let is_staged = trial.world["services"][0]["deploymentConfiguration"]["strategy"] != "ROLLING";
            early && is_staged && own.filter_map(bake).any(|(live, finished)| looked(live, finished))
        }
    }
}

/// Whether somebody else's call of that kind was performed.
fn is_order_met(trial: &Trial<'_>, kind: &str) -> bool {
    let ordered = trial.calls.iter().find(|call| is_of(call, &["UpdateService"])).and_then(|call| call["at"].as_f64());
    let truth = trial.simulator.deployments();
    let came_to = |state: &str, at: f64, within: f64| {
        let mut all = truth.as_array().into_iter().flatten().filter(|one| one["state"] == state);
        all.any(|one| {
            one["finished"].as_f64().is_some_and(|end| end >= trial.start && (end..=end + within).contains(&at))
        })
    };
    let is_it = |call: &&&Value| {
        let at = call["at"].as_f64().unwrap_or_default();
        let (input, is_meanwhile) = (&call["input"], ordered.is_some_and(|ordered| at >= ordered));
        let defined = |text: &str| input["taskDefinition"].as_str().is_some_and(|name| name.ends_with(text));
        let is_update = is_of(call, &["UpdateService"]) && is_meanwhile;
        match kind {
            "made again before" => is_of(call, &["CreateService"]) && !is_meanwhile,
            "made again meanwhile" => is_of(call, &["CreateService"]) && is_meanwhile,
            "order: other definition" => is_update && defined(":2"),
            "order: old definition" => is_update && defined(":1"),
            "order: same definition" => is_update && defined(":3"),
            "order: forced" => is_update && input["forceNewDeployment"] == true,
            "order: desired" => is_update && input["desiredCount"].is_number(),
            "order: stop" => is_of(call, &["StopServiceDeployment"]),
            "order: in our second" => is_update && ordered.is_some_and(|ordered| at - ordered < 1.0),
            "order: over a failed one" => is_update && came_to("failed", at, 60.0),
            "order: as a rollback starts" => {
                is_update && (came_to("rolled_back", at, 1.0) || came_to("stopped", at, 1.0))
            }
            "order: over a completed one" => is_update && came_to("completed", at, 60.0),
            _ => false,
        }
    };
    trial.others.iter().filter(|call| call["status"] == 200).any(|call| is_it(&call))
}
