//! From what AWS answers to causes, as tables.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::merge::Evidence;
use super::owner::Owner;
use super::service_event::ReportedFailure;
use super::*;
use crate::error::failure::Cause;

const OURS: &str = "ecs-svc/2";
const GROUP: &str = "arn:aws:elasticloadbalancing:r:1:targetgroup/web/9";

fn definition() -> Value {
    json!({"memory": "512", "containerDefinitions": [
        {"name": "api", "image": "r/api:2", "dependsOn": [{"containerName": "redis", "condition": "HEALTHY"}, {"containerName": "migrate", "condition": "SUCCESS"}]},
        {"name": "redis", "image": "redis:7", "healthCheck": {"command": ["CMD", "redis-cli", "ping"]}},
        {"name": "migrate", "image": "r/api:2", "essential": false}]})
}

fn service() -> Value {
    json!({"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "api", "containerPort": 3000}]})
}

fn task(code: &str, reason: &str, containers: Value) -> Value {
    json!({"taskArn": "arn:aws:ecs:r:1:task/c/t1", "startedBy": OURS, "stopCode": code, "stoppedReason": reason, "stoppedAt": 9.0,
        "stoppingAt": 5.0, "containers": containers})
}

fn ended(name: &str, exit: impl Into<Value>, reason: &str) -> Value {
    let (exit, reason): (Value, Value) = (exit.into(), if reason.is_empty() { Value::Null } else { json!(reason) });
    json!({"name": name, "exitCode": exit, "reason": reason, "healthStatus": "UNKNOWN"})
}

/// Kind, container and exit code of the cause.
type Expected<'a> = (&'a str, Option<&'a str>, Option<i64>);

fn check(task: &Value, expected: Option<Expected<'_>>) {
    let (definition, service) = (definition(), service());
    let described = Described { definition: Some(&definition), service: Some(&service) };
    let found = super::task::stopped_task(task, described);
    let found = found.as_ref().map(|task| (task.clue.kind.name(), task.clue.container.as_deref(), task.clue.exit));
    assert_eq!(found, expected, "{task:#}");
}

#[test]
fn the_container_that_ended_differs_from_those_stopped_with_it() {
    let essential = "Essential container in task exited";
    let exit = |code: i64| (if code == 0 { Value::from(0) } else { code.into() }, "");
    for (api, redis, expected) in [
        (exit(1), exit(143), ("exited", Some("api"), Some(1))),
        (exit(143), exit(1), ("exited", Some("redis"), Some(1))),
        (exit(0), exit(143), ("exited", Some("api"), Some(0))),
        (exit(0), exit(137), ("killed", Some("redis"), Some(137))),
        (exit(137), exit(0), ("killed", Some("api"), Some(137))),
        (exit(137), exit(2), ("exited", Some("redis"), Some(2))),
        (exit(139), exit(143), ("segmentation_fault", Some("api"), Some(139))),
        (exit(143), exit(143), ("terminated", Some("api"), Some(143))),
        (exit(0), exit(0), ("exited", Some("api"), Some(0))),
        (
            (Value::from(137), "OutOfMemoryError: Container killed due to memory usage"),
            exit(1),
            ("out_of_memory", Some("api"), Some(137)),
        ),
        ((Value::from(1), "went away"), exit(3), ("exited", Some("api"), Some(1))),
    ] {
        let containers = json!([ended("api", api.0, api.1), ended("redis", redis.0, redis.1), ended("migrate", 0, "")]);
        check(&task("EssentialContainerExited", essential, containers), Some(expected));
    }
    // A container that the task does not end with is not why it ended.
    let containers = json!([ended("migrate", 1, ""), ended("api", 0, ""), ended("redis", 143, "")]);
    check(&task("EssentialContainerExited", essential, containers), Some(("exited", Some("api"), Some(0))));
    // SIGKILL after stopTimeout is no separate failure.
    let mut slow = task("EssentialContainerExited", essential, json!([ended("api", 137, ""), ended("redis", 0, "")]));
    slow["executionStoppedAt"] = json!(35.2);
    check(&slow, Some(("exited", Some("redis"), Some(0))));
}

#[test]
fn every_end_has_its_kind() {
    let none = || json!([]);
    let unhealthy = json!([{"name": "api", "healthStatus": "HEALTHY", "exitCode": 143}, {"name": "redis", "healthStatus": "UNHEALTHY", "exitCode": 137}]);
    let waiting = json!([ended("api", Value::Null, ""), ended("redis", 143, "")]);
    let unmet = json!([
        ended("api", Value::Null, "TaskDependencyError: Task dependencies cannot be resolved, taskArn: x"),
        ended("redis", 143, "")
    ]);
    let pull = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref r/api:2: not found";
    for (task, expected) in [
        (
            task("ServiceSchedulerInitiated", "Task failed container health checks", unhealthy),
            Some(("unhealthy", Some("redis"), None)),
        ),
        (
            task(
                "ServiceSchedulerInitiated",
                &format!("Task failed ELB health checks in (target-group {GROUP})"),
                none(),
            ),
            Some(("load_balancer_unhealthy", Some("api"), None)),
        ),
        (task("TaskFailedToStart", "Task failed to start", waiting), Some(("dependency", Some("redis"), None))),
        (task("TaskFailedToStart", "Task failed to start", unmet), Some(("dependency", Some("redis"), None))),
        (
            task("TaskFailedToStart", pull, json!([ended("api", Value::Null, pull), ended("redis", Value::Null, "")])),
            Some(("image_missing", Some("api"), None)),
        ),
        (task("TaskFailedToStart", pull, none()), Some(("image_missing", Some("api"), None))),
        (task("TaskFailedToStart", "BrandNewError: words", none()), Some(("other", None, None))),
        (task("TaskFailedToStart", "", none()), Some(("other", None, None))),
        (
            task("InfrastructureHealth", "Host EC2 (instance i-1) terminated.", none()),
            Some(("interrupted", None, None)),
        ),
        // No failures.
        (
            task(
                "ServiceSchedulerInitiated",
                "Scaling activity initiated by (deployment ecs-svc/3)",
                json!([ended("api", 137, "")]),
            ),
            None,
        ),
        (task("", "Scaling activity initiated by (deployment ecs-svc/3)", none()), None),
        (task("ServiceSchedulerInitiated", "Fewer are wanted in words to come", none()), None),
        (task("UserInitiated", "why not", json!([ended("api", 1, "")])), None),
        (task("SpotInterruption", "Your Spot Task was interrupted.", json!([ended("api", 143, "")])), None),
        (task("", "Your Spot Task was interrupted.", none()), None),
        (task("TerminationNotice", "Host going", none()), None),
    ] {
        check(&task, expected);
    }
}

/// A task of the deployment that exited, by id and time.
fn exited(id: &str, at: f64, code: i64) -> Value {
    let mut task =
        task("EssentialContainerExited", "Essential container in task exited", json!([ended("api", code, "")]));
    (task["taskArn"], task["stoppedAt"]) = (json!(format!("arn/{id}")), json!(at));
    task
}

fn causes_of(tasks: Value, messages: &[&str], running: &[ReportedFailure]) -> Vec<Cause> {
    let (definition, service) = (definition(), service());
    let described = Described { definition: Some(&definition), service: Some(&service) };
    let answer = json!({ "tasks": tasks });
    let stopped = stopped_tasks(&answer, &Owner::of(OURS), described);
    let messages: Vec<String> = messages.iter().map(|text| format!("(service api) {text}")).collect();
    let reported: Vec<ReportedFailure> = messages.iter().filter_map(|text| unmade(text, described)).collect();
    let started: HashSet<String> = messages.iter().flat_map(|text| started(text)).collect();
    let other_tasks: HashSet<String> = other_tasks(&answer, &Owner::of(OURS)).into_iter().collect();
    let evidence = Evidence {
        stopped: &stopped,
        reported: &reported,
        running,
        started: &started,
        other_tasks: &other_tasks,
        described,
    };
    causes(&evidence).into_iter().map(|(_, cause)| cause).collect()
}

fn brief(causes: &[Cause]) -> Vec<(&str, Vec<&str>)> {
    causes.iter().map(|cause| (cause.kind.as_str(), cause.tasks.iter().map(String::as_str).collect())).collect()
}

#[test]
fn equal_causes_are_one_and_the_most_frequent_comes_first() {
    let mut other = exited("x", 9.0, 1);
    other["startedBy"] = json!("ecs-svc/1");
    let tasks = json!([exited("a", 1.0, 1), exited("b", 4.0, 139), exited("c", 2.0, 1), other]);
    let causes = causes_of(tasks, &["is unable to consistently start tasks successfully."], &[]);
    assert_eq!(brief(&causes), [("exited", vec!["c", "a"]), ("segmentation_fault", vec!["b"])]);
    assert_eq!(causes[0].containers[0].exit, Some(1));
}

fn unbalanced(id: &str) -> Value {
    let mut task = task(
        "ServiceSchedulerInitiated",
        &format!("Task failed ELB health checks in (target-group {GROUP})"),
        json!([ended("api", 143, "")]),
    );
    task["taskArn"] = json!(format!("arn/{id}"));
    task
}

#[test]
fn two_sources_of_one_cause_make_one_cause() {
    let sick = |task: &str| {
        format!(
            "(task {task}) (port 3000) is unhealthy in (target-group {GROUP}) due to (reason Health checks failed with these codes: [404])."
        )
    };
    let started = "has started 2 tasks: (task a) (task b).";
    let messages = [sick("b"), sick("a"), sick("old"), started.to_owned()];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    // A task that stopped, one that is still running, and one of an earlier deployment.
    let causes = causes_of(json!([unbalanced("a")]), &messages, &[]);
    assert_eq!(brief(&causes), [("load_balancer_unhealthy", vec!["b", "a"])]);
    assert_eq!(
        causes[0].summary,
        "target group \"web\" finds container \"api\" on port 3000 unhealthy: Health checks failed with these codes: [404]"
    );
    // A task that crashed is unhealthy because of that.
    assert_eq!(
        brief(&causes_of(json!([exited("a", 1.0, 1), exited("b", 2.0, 1)]), &messages, &[])),
        [("exited", vec!["b", "a"])]
    );
    // Only an old task is unhealthy: no cause of ours.
    assert!(causes_of(json!([]), &[&sick("old")], &[]).is_empty());
    // The group's own reason is the newest.
    let described = Described::default();
    let answer = json!({"TargetHealthDescriptions": [{"Target": {"Id": "10.0.0.1"}, "TargetHealth": {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}}]});
    let targets = sick_targets(&answer, GROUP, &[("10.0.0.1".to_owned(), "c".to_owned())], described);
    let causes = causes_of(json!([unbalanced("a")]), &messages, &targets);
    assert_eq!(brief(&causes), [("load_balancer_unhealthy", vec!["c", "b", "a"])]);
    assert!(causes[0].summary.ends_with("Request timed out (Target.Timeout)"));
}

#[test]
fn an_event_that_repeats_why_a_task_stopped_adds_nothing() {
    let pull = "CannotPullContainerError: The task cannot pull r/api:2 from the registry r/api:2. There is a connection issue between the task and the registry.";
    let message = format!("was unable to place a task. Reason: {pull}");
    let tasks = json!([task("TaskFailedToStart", pull, json!([]))]);
    assert_eq!(brief(&causes_of(tasks, &[&message], &[])), [("registry_unreachable", vec!["t1"])]);
    assert_eq!(brief(&causes_of(json!([]), &[&message], &[])), [("registry_unreachable", vec![])]);
}

#[test]
fn what_never_made_a_task_is_a_cause_without_tasks() {
    for (message, kind) in [
        ("was unable to place a task. Reason: Capacity is unavailable at this time.", "capacity"),
        (
            "was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1) is already using a port required by your task.",
            "placement",
        ),
        (
            "was unable to stop or start tasks during a deployment because of the service deployment configuration.",
            "deadlock",
        ),
        ("is unable to consistently start tasks successfully.", "start_throttled"),
        ("was unable to dance.", "other"),
    ] {
        let causes = causes_of(json!([]), &[message, message, "has reached a steady state."], &[]);
        assert_eq!(brief(&causes), [(kind, vec![])]);
        assert!(causes[0].advice.is_some(), "{kind}");
    }
    let causes = causes_of(json!([]), &["was unable to dance."], &[]);
    assert_eq!(causes[0].summary, "was unable to dance");
}

proptest! {
    /// Any text of AWS is read without a panic.
    #[test]
    fn any_words_are_read(words in ".{0,80}", known in prop::sample::select(KNOWN.to_vec()), exit in prop::option::of(-1..300_i64)) {
        for reason in [words.clone(), format!("{known}{words}"), format!("{words}{known}")] {
            let answer = json!({"tasks": [task("EssentialContainerExited", &reason, json!([ended("api", exit, &words)]))]});
            let stopped = stopped_tasks(&answer, &Owner::of(OURS), Described::default());
            prop_assert!(stopped.iter().all(|task| !task.clue.kind.name().is_empty()));
            let causes = causes_of(answer["tasks"].clone(), &[&reason], &[]);
            prop_assert!(causes.iter().all(|cause| !cause.summary.is_empty()));
        }
    }
}

const KNOWN: [&str; 8] = [
    "(service api) (task t1) (port 80) is unhealthy in (target-group ",
    "due to (reason ",
    "CannotPullContainerError: failed to resolve ref ",
    "arn:aws:secretsmanager:",
    "did not contain json key ",
    "invalid ssm parameters: ",
    "(deployment ",
    ") ",
];

/// A task of no service that failed: its kind, and the container it is about.
#[test]
fn a_failed_task_is_explained_by_what_did_not_end_as_it_had_to() {
    let definition =
        json!({"containerDefinitions": [{"name": "job", "image": "r/job:1"}, {"name": "redis", "image": "redis:7"}]});
    let described = Described { definition: Some(&definition), service: None };
    let task = |code: &str, reason: &str, exits: [Option<i64>; 2], words: &str| {
        json!({"taskArn": "arn:task/prod/t1", "stopCode": code, "stoppedReason": reason, "containers": [
            {"name": "job", "exitCode": exits[0]}, {"name": "redis", "exitCode": exits[1], "reason": words}]})
    };
    let ended = "Essential container in task exited";
    for (task, guilty, kind, container) in [
        (task("EssentialContainerExited", ended, [Some(3), Some(143)], ""), &["job"][..], Kind::Exited, Some("job")),
        (
            task("EssentialContainerExited", ended, [Some(0), Some(143)], ""),
            &["redis"],
            Kind::Terminated,
            Some("redis"),
        ),
        (
            task("EssentialContainerExited", ended, [Some(0), Some(139)], ""),
            &["redis"],
            Kind::SegmentationFault,
            Some("redis"),
        ),
        (
            task(
                "EssentialContainerExited",
                ended,
                [Some(0), Some(137)],
                "OutOfMemoryError: Container killed due to memory usage",
            ),
            &["redis"],
            Kind::OutOfMemory,
            Some("redis"),
        ),
        (task("UserInitiated", "Task stopped by user", [Some(143), Some(143)], ""), &[], Kind::Stopped, None),
        (
            task("SpotInterruption", "Your Spot Task was interrupted.", [Some(143), Some(143)], ""),
            &[],
            Kind::Interrupted,
            None,
        ),
        (
            task(
                "TaskFailedToStart",
                "Timeout waiting for network interface provisioning to complete.",
                [None, None],
                "",
            ),
            &[],
            Kind::Network,
            None,
        ),
        (
            task("InfrastructureHealth", "Something happened", [Some(143), Some(143)], ""),
            &[],
            Kind::Terminated,
            Some("job"),
        ),
    ] {
        let guilty: Vec<String> = guilty.iter().map(|name| (*name).to_owned()).collect();
        let failed = failed_task(&task, &guilty, described);
        assert_eq!((failed.clue.kind, failed.clue.container.as_deref()), (kind, container), "{task}");
        assert_eq!((failed.id.as_str(), failed.containers.len()), ("t1", 2));
    }
}
