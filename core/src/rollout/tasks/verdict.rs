//! Whether a task of no service has ended well. Pure.

use serde_json::Value;

use crate::error::failure::StoppedContainer;
use crate::error::failure::TaskOutcome;
use crate::json::{list, text};
use crate::rollout::diagnose::described::Described;

/// The end that a look shows of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// It still runs.
    Open,
    Well,
    /// With the containers that ended wrongly; none if the task itself was stopped, or never began.
    Badly(Vec<String>),
}

/// Stop codes that no container of the task has caused.
const ENDED: [&str; 6] = [
    "TaskFailedToStart",
    "UserInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
    "ServiceSchedulerInitiated",
];

/// Exit codes of a container that was asked to stop, and of one that was killed because it did not.
const STOPPED: [i64; 2] = [143, 137];

/// How a task has ended. `decider`: the container whose exit code decides; the other essential ones may have been stopped because it
/// ended. Without one, each essential container must have ended by itself.
pub(crate) fn end(task: &Value, decider: Option<&str>, described: Described<'_>) -> End {
    if task["lastStatus"] != "STOPPED" {
        return End::Open;
    }
    let containers = list(task, "containers");
    if ENDED.iter().any(|code| task["stopCode"] == *code) || containers.is_empty() {
        return End::Badly(Vec::new());
    }
    let is_guilty = |container: &&Value| {
        let name = text(container, "name");
        let is_decider = decider.is_some_and(|decider| decider == name);
        let exit = container["exitCode"].as_i64();
        match exit {
            Some(0) => false,
            _ if is_decider => true,
            _ if !described.is_essential(&name) => false,
            Some(exit) if decider.is_some() && STOPPED.contains(&exit) => is_out_of_memory(container),
            _ => true,
        }
    };
    let guilty: Vec<String> = containers.iter().filter(is_guilty).map(|container| text(container, "name")).collect();
    let lacks_decider = decider.is_some_and(|decider| !containers.iter().any(|one| one["name"] == decider));
    if guilty.is_empty() && !lacks_decider { End::Well } else { End::Badly(guilty) }
}

/// Whether ECS reports that the container was killed for its memory.
fn is_out_of_memory(container: &Value) -> bool {
    text(container, "reason").to_lowercase().contains("memory")
}

/// A task as it was last seen.
pub(crate) fn ran(task: &Value) -> TaskOutcome {
    let given = |member: &str| Some(text(task, member)).filter(|text| !text.is_empty());
    let container = |one: &Value| StoppedContainer {
        name: text(one, "name"),
        exit: one["exitCode"].as_i64(),
        reason: Some(text(one, "reason")).filter(|reason| !reason.is_empty()),
    };
    TaskOutcome {
        task: text(task, "taskArn"),
        status: given("lastStatus"),
        stop: given("stopCode"),
        reason: given("stoppedReason"),
        containers: list(task, "containers").iter().map(container).collect(),
    }
}

/// An earlier run with the same key.
#[derive(Debug, PartialEq)]
pub(crate) enum Earlier {
    /// It is in progress, or has ended well: these are its tasks.
    Ours(Vec<Value>),
    /// There is none, or it failed.
    None,
}

/// The newest run among the tasks of one name: as many as were requested. `well`: whether a task has ended well.
pub(crate) fn earlier(mut tasks: Vec<Value>, count: usize, well: impl Fn(&Value) -> bool) -> Earlier {
    tasks.sort_by(|one, other| created(other).total_cmp(&created(one)));
    tasks.truncate(count);
    let goes_on = tasks.iter().any(|task| task["lastStatus"] != "STOPPED");
    let is_whole = tasks.len() == count && tasks.iter().all(well);
    if goes_on || is_whole { Earlier::Ours(tasks) } else { Earlier::None }
}

fn created(task: &Value) -> f64 {
    task["createdAt"].as_f64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_ends_well_when_what_decides_does() {
        let definition =
            json!({"containerDefinitions": [{"name": "job"}, {"name": "redis"}, {"name": "log", "essential": false}]});
        let described = Described { definition: Some(&definition), service: None };
        let guilty = |names: &[&str]| End::Badly(names.iter().map(|name| (*name).to_owned()).collect());
        let exited = "EssentialContainerExited";
        for (code, exits, decider, expected) in [
            (exited, json!([0, 0, 1]), None, End::Well),
            (exited, json!([0, 143, null]), None, guilty(&["redis"])),
            (exited, json!([0, 143, null]), Some("job"), End::Well),
            (exited, json!([0, 137, 0]), Some("job"), End::Well),
            (exited, json!([0, 1, 0]), Some("job"), guilty(&["redis"])),
            (exited, json!([0, null, 0]), Some("job"), guilty(&["redis"])),
            (exited, json!([143, 0, 0]), Some("job"), guilty(&["job"])),
            (exited, json!([1, 143, 0]), Some("job"), guilty(&["job"])),
            (exited, json!([null, 0, 0]), Some("job"), guilty(&["job"])),
            (exited, json!([0, 0, 5]), Some("log"), guilty(&["log"])),
            (exited, json!([143, 143, 0]), Some("log"), End::Well),
            (exited, json!([0, 0, 0]), Some("gone"), guilty(&[])),
            ("", json!([0, 0, 0]), None, End::Well),
            ("SomethingNew", json!([0, 0, 0]), None, End::Well),
            ("UserInitiated", json!([0, 0, 0]), None, guilty(&[])),
            ("SpotInterruption", json!([0, 0, 0]), Some("job"), guilty(&[])),
            ("TaskFailedToStart", json!([null, null, null]), None, guilty(&[])),
        ] {
            let container = |(name, exit): (&str, &Value)| json!({"name": name, "exitCode": exit});
            let containers: Vec<Value> =
                ["job", "redis", "log"].into_iter().zip(exits.as_array().unwrap()).map(container).collect();
            let task = json!({"lastStatus": "STOPPED", "stopCode": code, "containers": containers});
            assert_eq!(end(&task, decider, described), expected, "{code} {exits} {decider:?}");
            let going = json!({"lastStatus": "DEPROVISIONING", "stopCode": code, "containers": containers});
            assert_eq!(end(&going, decider, described), End::Open);
        }
        let memory = json!({"lastStatus": "STOPPED", "containers": [{"name": "job", "exitCode": 0},
            {"name": "redis", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]});
        assert_eq!(end(&memory, Some("job"), described), guilty(&["redis"]));
        assert_eq!(end(&json!({"lastStatus": "STOPPED"}), None, described), guilty(&[]));
    }

    #[test]
    fn the_newest_run_of_a_name_is_joined_unless_it_failed() {
        let task =
            |created: u64, status: &str, exit: u64| json!({"createdAt": created, "lastStatus": status, "exit": exit});
        let (failed, well, on) = (task(1, "STOPPED", 1), task(2, "STOPPED", 0), task(3, "RUNNING", 0));
        for (tasks, count, expected) in [
            (vec![], 1, Earlier::None),
            (vec![failed.clone()], 1, Earlier::None),
            (vec![failed.clone(), well.clone()], 1, Earlier::Ours(vec![well.clone()])),
            (vec![failed.clone(), well.clone()], 2, Earlier::None),
            (vec![well.clone()], 2, Earlier::None),
            (vec![well.clone(), on.clone()], 2, Earlier::Ours(vec![on.clone(), well.clone()])),
            (vec![failed, on.clone()], 1, Earlier::Ours(vec![on])),
        ] {
            let shown = format!("{tasks:?} {count}");
            assert_eq!(earlier(tasks, count, |task| task["exit"] == 0), expected, "{shown}");
        }
    }
}
