//! Decides when each container of a task begins, by what it depends on, and whether the task comes to run at all.

use std::sync::Arc;

use serde_json::Value;

use super::failure::{Moment, Subject};
use crate::behaviour::Behaviour;

/// How long a dependency may take where the definition does not say, in seconds.
const START_TIMEOUT: f64 = 180.0;

/// What is known of a task's start when it is created; the times are seconds from there.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// When the images are there and the first containers begin.
    pub(crate) base: f64,
    /// Absent: never.
    pub(crate) begins: Vec<Option<f64>>,
    /// When all have begun. Absent: never.
    pub(crate) running: Option<f64>,
    pub(crate) fails: Option<Fails>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fails {
    pub(crate) at: f64,
    /// The container that says why, and what it says.
    pub(crate) container: Option<(usize, String)>,
    pub(crate) stopped: String,
}

/// What becomes of one dependency: met after so long, or given up after so long.
enum Wait {
    Met(f64),
    Never(f64),
    Unknown,
}

impl Plan {
    /// `subject` makes what the texts of a container are about.
    pub(crate) fn new<'a>(
        containers: &[Value],
        behaviours: &[Arc<Behaviour>],
        arn: &str,
        subject: impl Fn(usize) -> Subject<'a>,
    ) -> Plan {
        let base = behaviours.iter().map(|behaviour| behaviour.start).fold(0.0, f64::max);
        let (begins, given_up) = begins(containers, behaviours, base);
        let all: Option<Vec<f64>> = begins.iter().copied().collect();
        let mut failures: Vec<Fails> = Vec::new();
        for (index, behaviour) in behaviours.iter().enumerate() {
            let Some(failure) = behaviour.fail else { continue };
            let own = behaviour.reason.clone().unwrap_or_else(|| failure.text(&subject(index)));
            let (at, container) = match failure.moment() {
                Moment::Placement => continue,
                Moment::Resources => (Some(base), None),
                Moment::Pull => (Some(base), Some((index, own.clone()))),
                Moment::Start => (begins[index], Some((index, own.clone()))),
            };
            let stopped = behaviour.stopped_reason.clone().unwrap_or(own);
            failures.extend(at.map(|at| Fails { at, container, stopped }));
        }
        failures.extend(given_up.map(|(index, at)| Fails {
            at,
            container: Some((
                index,
                format!("TaskDependencyError: Task dependencies cannot be resolved, taskArn: {arn}"),
            )),
            stopped: "Task failed to start".to_owned(),
        }));
        // Of those at the same time, the ones without a container come first: they are there before any image is.
        failures.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.container.is_some().cmp(&b.container.is_some())));
        Plan {
            base,
            begins,
            running: all.map(|all| all.into_iter().fold(base, f64::max)),
            fails: failures.into_iter().next(),
        }
    }
}

/// When each container begins, and the first one that gives up waiting with the time when it does.
fn begins(containers: &[Value], behaviours: &[Arc<Behaviour>], base: f64) -> (Vec<Option<f64>>, Option<(usize, f64)>) {
    let mut begins: Vec<Option<f64>> = vec![None; containers.len()];
    let mut given_up: Option<(usize, f64)> = None;
    // Each round settles at least one container, unless they wait for each other.
    for _ in 0..containers.len() {
        for (index, container) in
            containers.iter().enumerate().filter(|(i, _)| begins[*i].is_none()).collect::<Vec<_>>()
        {
            let dependencies = container.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
            let mut begin = Some(base);
            for dependency in dependencies {
                match wait(dependency, containers, behaviours, &begins) {
                    Wait::Met(at) => begin = begin.map(|known| known.max(at)),
                    Wait::Never(at) => {
                        begin = None;
                        if given_up.is_none_or(|(_, known)| at < known) {
                            given_up = Some((index, at));
                        }
                    }
                    Wait::Unknown => begin = None,
                }
            }
            begins[index] = begin;
        }
    }
    (begins, given_up)
}

fn wait(dependency: &Value, containers: &[Value], behaviours: &[Arc<Behaviour>], begins: &[Option<f64>]) -> Wait {
    let name = dependency.get("containerName");
    let found = containers.iter().position(|container| container.get("name") == name);
    let Some((index, begun)) = found.and_then(|index| Some((index, begins[index]?))) else { return Wait::Unknown };
    let behaviour = &behaviours[index];
    let timeout = containers[index].get("startTimeout").and_then(Value::as_f64).unwrap_or(START_TIMEOUT);
    let exit = behaviour.exit.as_ref();
    let after = match dependency.get("condition").and_then(Value::as_str).unwrap_or("START") {
        "HEALTHY" if behaviour.unhealthy.is_some() => None,
        "HEALTHY" => Some(behaviour.healthy),
        "COMPLETE" => exit.map(|exit| exit.after),
        "SUCCESS" => exit.filter(|exit| exit.code == 0).map(|exit| exit.after),
        _ => Some(0.0),
    };
    match after.filter(|after| *after <= timeout) {
        Some(after) => Wait::Met(begun + after),
        None => Wait::Never(begun + timeout),
    }
}
