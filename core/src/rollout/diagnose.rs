//! Why tasks stopped: from what ECS says of each (DescribeTasks) to causes with a remedy. Pure.

use serde_json::Value;

use super::snapshot::{last, list, text};
use crate::error::{Cause, StoppedContainer};

/// A task of our deployment that stopped, and not because it was replaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoppedTask {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) containers: Vec<StoppedContainer>,
    /// The container that made the task stop, where one did.
    failing: Option<String>,
    stopped: f64,
}

/// Words in ECS's reasons, the kind they mean, and what to do about it. The first that fits counts, so that the narrower
/// stand before the wider.
const KINDS: [(&str, &str, &str); 26] = [
    ("exec format error", "platform_mismatch", "build the image for the platform in runtimePlatform, or change that"),
    (
        "descriptor matching platform",
        "platform_mismatch",
        "build the image for the platform in runtimePlatform, or change that",
    ),
    (
        "no match for platform",
        "platform_mismatch",
        "build the image for the platform in runtimePlatform, or change that",
    ),
    (
        "unable to pull secrets",
        "secret_denied",
        "check the secret's ARN, and that the execution role may read it and the subnets have a way to it",
    ),
    ("unable to retrieve secret", "secret_denied", "check the secret's ARN, and that the execution role may read it"),
    ("log group does not exist", "log_group_missing", "create the log group, or set awslogs-create-group"),
    (
        "failed to download env files",
        "environment_file",
        "check the file's ARN, and that the execution role may read it",
    ),
    ("toomanyrequests", "registry_limit", "pull through an ECR pull-through cache, or log in to the registry"),
    (
        "pull access denied",
        "registry_denied",
        "let the execution role read the repository, or correct the image's reference",
    ),
    (
        "CannotPullContainerAuth",
        "registry_denied",
        "let the execution role read the repository, or correct the credentials",
    ),
    ("no space left on device", "disk_full", "give the task more ephemeral storage, or make the image smaller"),
    ("manifest unknown", "image_missing", "push the image, or correct its reference"),
    ("not found", "image_missing", "push the image, or correct its reference"),
    (
        "i/o timeout",
        "registry_unreachable",
        "give the subnets a way to the registry: NAT, or VPC endpoints for ECR and S3",
    ),
    ("CannotPull", "pull_failed", "see the reason: the registry did not give the image"),
    ("OutOfMemory", "out_of_memory", "give the container more memory, or make it use less"),
    (
        "ELB health checks",
        "load_balancer_unhealthy",
        "see why the health check's path does not answer; lengthen the grace period if it starts slowly",
    ),
    (
        "container health checks",
        "unhealthy",
        "run the health check's command in the container; lengthen startPeriod if it starts slowly",
    ),
    ("Essential container in task exited", "exited", "see the container's log for why it ended"),
    ("network interface", "network", "check the subnets' free addresses and the security groups"),
    ("Create Network Interface", "network", "check the subnets' free addresses and the security groups"),
    ("Capacity is unavailable", "capacity", "try again later, or allow more availability zones"),
    ("assume the role", "role", "let ecs-tasks.amazonaws.com assume the task's roles"),
    ("CannotStartContainer", "cannot_start", "check the command and entry point"),
    ("CannotCreateContainer", "cannot_start", "check the container's settings"),
    ("ResourceInitializationError", "initialization", "see the reason: the task's resources could not be set up"),
];

/// The tasks of a DescribeTasks answer that stopped for a reason of their own, newest first.
pub(crate) fn stopped_tasks(answer: &Value, deployment: &str) -> Vec<StoppedTask> {
    let mut stopped: Vec<_> = list(answer, "tasks")
        .iter()
        .filter(|task| task["startedBy"] == deployment && !is_replaced(task))
        .map(stopped_task)
        .collect();
    stopped.sort_by(|one, other| other.stopped.total_cmp(&one.stopped));
    stopped
}

/// Stopped by the service scheduler in favour of another, by a person, or by Spot: no failure of the task's.
fn is_replaced(task: &Value) -> bool {
    let reason = text(task, "stoppedReason");
    reason.starts_with("Scaling activity initiated by")
        || matches!(task["stopCode"].as_str(), Some("UserInitiated" | "SpotInterruption" | "TerminationNotice"))
}

fn stopped_task(task: &Value) -> StoppedTask {
    let containers: Vec<_> = list(task, "containers").iter().map(stopped_container).collect();
    let failing = containers.iter().max_by_key(|container| blame(container)).filter(|container| blame(container) > 0);
    let reason = Some(text(task, "stoppedReason")).filter(|reason| !reason.is_empty());
    let words = containers.iter().filter_map(|container| container.reason.as_deref()).chain(reason.as_deref());
    let words: Vec<&str> = words.collect();
    StoppedTask {
        id: last(&text(task, "taskArn")).to_owned(),
        kind: classify(&words),
        failing: failing.map(|container| container.name.clone()),
        reason,
        containers,
        stopped: task["stoppedAt"].as_f64().unwrap_or_default(),
    }
}

fn stopped_container(container: &Value) -> StoppedContainer {
    StoppedContainer {
        name: text(container, "name"),
        exit: container["exitCode"].as_i64(),
        reason: Some(text(container, "reason")).filter(|reason| !reason.is_empty()),
    }
}

/// How likely it is that this container made the task stop: one with words of its own before one with an exit code,
/// and those that were merely told to stop last.
fn blame(container: &StoppedContainer) -> u8 {
    match (&container.reason, container.exit) {
        (Some(_), _) => 4,
        (None, Some(0)) => 1,
        (None, Some(137 | 143)) => 2,
        (None, Some(_)) => 3,
        (None, None) => 0,
    }
}

fn classify(words: &[&str]) -> &'static str {
    let known = KINDS.iter().find(|(pattern, ..)| words.iter().any(|text| text.contains(pattern)));
    known.map_or("other", |(_, kind, _)| *kind)
}

/// Tasks grouped by why they stopped, the most frequent cause first.
pub(crate) fn causes(stopped: &[StoppedTask]) -> Vec<Cause> {
    let mut causes: Vec<(Cause, Key)> = Vec::new();
    for task in stopped {
        let key = Key::of(task);
        match causes.iter_mut().find(|(_, other)| *other == key) {
            Some((cause, _)) => cause.tasks.push(task.id.clone()),
            None => causes.push((cause(task), key)),
        }
    }
    causes.sort_by_key(|(cause, _)| std::cmp::Reverse(cause.tasks.len()));
    causes.into_iter().map(|(cause, _)| cause).collect()
}

/// What makes two stopped tasks stop for the same cause.
#[derive(PartialEq)]
struct Key {
    kind: &'static str,
    failing: Option<String>,
    exit: Option<i64>,
}

impl Key {
    fn of(task: &StoppedTask) -> Self {
        let failing = failing_container(task);
        Self { kind: task.kind, failing: task.failing.clone(), exit: failing.and_then(|container| container.exit) }
    }
}

fn failing_container(task: &StoppedTask) -> Option<&StoppedContainer> {
    task.containers.iter().find(|container| Some(&container.name) == task.failing.as_ref())
}

fn cause(task: &StoppedTask) -> Cause {
    let container = failing_container(task);
    let words = container.and_then(|container| container.reason.as_deref()).or(task.reason.as_deref());
    let advice = KINDS.iter().find(|(_, kind, _)| *kind == task.kind).map(|(.., advice)| (*advice).to_owned());
    Cause {
        kind: task.kind.to_owned(),
        summary: summary(container, words),
        advice,
        tasks: vec![task.id.clone()],
        containers: task.containers.clone(),
        log: Vec::new(),
    }
}

fn summary(container: Option<&StoppedContainer>, words: Option<&str>) -> String {
    let words = words.unwrap_or("a task stopped and ECS gives no reason");
    match container {
        Some(StoppedContainer { name, exit: Some(exit), .. }) => {
            format!("container {name:?} exited with code {exit}{}: {words}", exit_meaning(*exit))
        }
        Some(StoppedContainer { name, .. }) => format!("container {name:?}: {words}"),
        None => words.to_owned(),
    }
}

fn exit_meaning(exit: i64) -> &'static str {
    match exit {
        126 => " (the command cannot be executed)",
        127 => " (the command was not found)",
        134 => " (SIGABRT)",
        137 => " (SIGKILL: out of memory, or it did not stop in time)",
        139 => " (SIGSEGV)",
        143 => " (SIGTERM)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(id: &str, at: f64, reason: &str, containers: Value) -> Value {
        json!({"taskArn": format!("arn:aws:ecs:r:1:task/c/{id}"), "startedBy": "ecs-svc/2", "stoppedReason": reason, "stoppedAt": at,
            "stopCode": "EssentialContainerExited", "containers": containers})
    }

    #[test]
    fn stopped_tasks_become_causes_with_advice() {
        let exited = || json!([{"name": "api", "exitCode": 1}, {"name": "redis", "exitCode": 143}]);
        let pull = "CannotPullContainerError: pull image manifest has been retried 5 time(s): app:9: not found";
        let answer = json!({"tasks": [
            task("a", 1.0, "Essential container in task exited", exited()),
            task("b", 3.0, pull, json!([{"name": "api"}, {"name": "redis"}])),
            task("c", 2.0, "Essential container in task exited", exited()),
            task("d", 9.0, "Scaling activity initiated by (deployment ecs-svc/2)", json!([])),
            {"taskArn": "x/e", "startedBy": "ecs-svc/1", "stoppedReason": pull},
        ]});
        let stopped = stopped_tasks(&answer, "ecs-svc/2");
        assert_eq!(
            stopped.iter().map(|task| (task.id.as_str(), task.kind)).collect::<Vec<_>>(),
            [("b", "image_missing"), ("c", "exited"), ("a", "exited")]
        );
        let causes = causes(&stopped);
        assert_eq!(causes.len(), 2);
        assert_eq!(causes[0].tasks, ["c", "a"]);
        assert_eq!(causes[0].summary, "container \"api\" exited with code 1: Essential container in task exited");
        assert_eq!(causes[1].summary, pull);
        assert!(causes[1].advice.as_deref().unwrap().contains("push the image"));
    }

    #[test]
    fn every_kind_is_told_by_its_words() {
        for (words, kind) in [
            ("CannotStartContainerError: exec /app: exec format error", "platform_mismatch"),
            (
                "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
                "platform_mismatch",
            ),
            ("CannotPullContainerError: toomanyrequests: limit", "registry_limit"),
            ("CannotPullContainerError: dial tcp: i/o timeout", "registry_unreachable"),
            ("CannotPullECRContainerError: manifest unknown", "image_missing"),
            ("CannotPullContainerError: pull access denied for x, repository does not exist", "registry_denied"),
            ("CannotPullContainerError: write: no space left on device", "disk_full"),
            ("CannotPullContainerError: something else", "pull_failed"),
            ("ResourceInitializationError: unable to pull secrets or registry auth: i/o timeout", "secret_denied"),
            ("ResourceInitializationError: failed to invoke EFS utils", "initialization"),
            ("ResourceInitializationError: unable to pull secrets or registry auth: AccessDenied", "secret_denied"),
            (
                "ResourceInitializationError: failed to initialize logging driver: ResourceNotFoundException: The specified log group does not exist",
                "log_group_missing",
            ),
            ("OutOfMemoryError: Container killed due to memory usage", "out_of_memory"),
            ("Task failed ELB health checks in (target-group arn)", "load_balancer_unhealthy"),
            ("Task failed container health checks", "unhealthy"),
            ("Timeout waiting for network interface provisioning to complete.", "network"),
            ("something new", "other"),
        ] {
            assert_eq!(classify(&[words]), kind, "{words}");
        }
    }
}
