//! Reads ECS's service events: failures that never start a task, and the health of tasks that still run.

use super::described::Described;
use super::kind::Kind;
use super::patterns::classify;
use super::stopped_task::{subject, unbalanced};
use super::{Signature, extract};

/// A failure that a service event reports.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReportedFailure {
    pub(crate) clue: Signature,
    /// The tasks that it names.
    pub(crate) tasks: Vec<String>,
}

/// Whether a message may be about a deployment (or task set): one that names another is not.
pub(crate) fn concerns(message: &str, id: &str) -> bool {
    let (prefix, text) = split(message);
    let is_other = |named: &str| named != id;
    let set = extract::between(prefix, "taskSet ", ")");
    !set.is_some_and(is_other) && !extract::all_between(text, "(deployment ", ")").any(is_other)
}

/// The tasks that an event reports as started.
pub(crate) fn started(message: &str) -> Vec<String> {
    let text = split(message).1;
    if !text.starts_with("has started") {
        return Vec::new();
    }
    extract::all_between(text, "(task ", ")").map(str::to_owned).collect()
}

/// Splits an event into `(service NAME) ` or `(service NAME, taskSet ID) ` and the rest.
fn split(message: &str) -> (&str, &str) {
    match message.strip_prefix("(service ").and_then(|rest| rest.split_once(") ")) {
        Some((_, text)) => message.split_at(message.len() - text.len()),
        None => ("", message),
    }
}

/// Words of which every failure contains one.
const TROUBLE: [&str; 9] =
    ["fail", "unhealthy", "error", "unable", "missing", "throttle", "could not", "cannot", "can't"];
/// The verdict on a deployment, which has its own place in the error.
const VERDICTS: [&str; 3] = ["deployment failed", "rolling back", "deployment completed"];

/// The failure that ECS names as its reason for failing a deployment; `None` if it only reports that tasks failed.
pub(crate) fn given_up(reason: &str, described: Described<'_>) -> Option<ReportedFailure> {
    classify(reason)?;
    Some(ReportedFailure { clue: clue(reason, described), tasks: Vec::new() })
}

/// The failure that an event reports, if any.
pub(crate) fn unmade(message: &str, described: Described<'_>) -> Option<ReportedFailure> {
    let text = split(message).1;
    let lower = text.to_lowercase();
    if VERDICTS.iter().any(|verdict| lower.contains(verdict)) {
        return given_up(text, described);
    }
    if !TROUBLE.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let tasks = extract::all_between(text, "(task ", ")").map(str::to_owned).collect();
    Some(ReportedFailure { clue: clue(text, described), tasks })
}

/// RunTask's failure reasons of one word, about container instances.
const PLACES: [&str; 3] = ["AGENT", "LOCATION", "ATTRIBUTE"];

/// Why RunTask did not start a task, by the reason that it gives.
pub(crate) fn unstarted(reason: &str, described: Described<'_>) -> ReportedFailure {
    let clue = match PLACES.contains(&reason) {
        true => Signature {
            subject: Some(lacking(reason).to_owned()),
            words: Some(reason.to_owned()),
            ..Signature::new(Kind::Placement)
        },
        false => clue(reason, described),
    };
    ReportedFailure { clue, tasks: Vec::new() }
}

/// Whether a task that RunTask did not start for that reason may find room later.
pub(crate) fn wants_room(reason: &str) -> bool {
    matches!(classify(reason), Some(Kind::Capacity | Kind::Placement))
}

fn clue(text: &str, described: Described<'_>) -> Signature {
    if text.contains("is unhealthy in (") {
        let group =
            extract::between(text, "in (target-group ", ")").or_else(|| extract::between(text, "in (elb ", ")"));
        // The reason is in parentheses, and may contain some itself.
        let reason = text.split_once("due to (reason ").map(|(_, rest)| rest.trim_end_matches('.'));
        let reason = reason.map(|reason| reason.strip_suffix(')').unwrap_or(reason).to_owned());
        return Signature { detail: reason, ..unbalanced(group, described) };
    }
    let kind = classify(text).unwrap_or(Kind::Other);
    let words = Some(text.trim_end_matches('.').to_owned());
    let (container, subject) = match kind {
        Kind::Unhealthy => (described.only_checked().or(described.only_container()).map(str::to_owned), None),
        Kind::Placement => (None, Some(lacking(text).to_owned())),
        _ => subject(kind, text, None, described),
    };
    Signature { container, subject, words, ..Signature::new(kind) }
}

/// What container instances lack.
fn lacking(text: &str) -> &'static str {
    const LACKS: [(&str, &str); 13] = [
        ("insufficient CPU", "cpu"),
        ("insufficient memory", "memory"),
        ("already using a port", "a host port"),
        ("encountered error \"AGENT\"", "a connected agent"),
        ("No Container Instances were found", "room, as there is none in the cluster"),
        ("missing an attribute", "an attribute"),
        ("RESOURCE:CPU", "the cpu that the task asks for"),
        ("RESOURCE:MEMORY", "the memory that the task asks for"),
        ("RESOURCE:PORTS", "the host port that the task asks for"),
        ("RESOURCE:GPU", "the GPU that the task asks for"),
        ("RESOURCE:ENI", "a free network interface for the task"),
        ("AGENT", "a connected agent"),
        ("ATTRIBUTE", "the attributes that the task asks for"),
    ];
    LACKS.iter().find(|(words, _)| text.contains(words)).map_or("what the task requires", |(_, lack)| lack)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_have_their_kinds() {
        for (text, kind) in [
            (
                "was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1) has insufficient CPU units available.",
                Some(Kind::Placement),
            ),
            ("was unable to place a task. Reason: Capacity is unavailable at this time.", Some(Kind::Capacity)),
            ("was unable to place a task. Reason: Internal error.", Some(Kind::Other)),
            (
                "failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.)",
                Some(Kind::Role),
            ),
            (
                "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update it.",
                Some(Kind::Deadlock),
            ),
            ("is unable to consistently start tasks successfully.", Some(Kind::StartThrottled)),
            ("operations are being throttled on elb. Will try again later.", Some(Kind::Throttled)),
            ("(task t1) failed container health checks.", Some(Kind::Unhealthy)),
            (
                "(task t1) (port 80) is unhealthy in (target-group tg) due to (reason Request timed out).",
                Some(Kind::LoadBalancerUnhealthy),
            ),
            ("failed to register targets in (target-group tg) with (error X)", Some(Kind::TargetGroup)),
            (
                "(deployment ecs-svc/2) deployment failed: unable to resolve the image digest of r/api:9.",
                Some(Kind::ImageMissing),
            ),
            ("has reached a steady state.", None),
            ("has started 1 tasks: (task t1).", None),
            ("(deployment ecs-svc/2) deployment failed: tasks failed to start.", None),
            ("rolling back to deployment ecs-svc/1.", None),
        ] {
            let reported = unmade(&format!("(service error-prone) {text}"), Described::default());
            assert_eq!(reported.map(|reported| reported.clue.kind), kind, "{text}");
        }
    }

    #[test]
    fn what_was_not_started_has_a_reason() {
        let capacity =
            "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        for (reason, kind, subject, waits) in [
            ("RESOURCE:CPU", Kind::Placement, Some("the cpu that the task asks for"), true),
            ("RESOURCE:MEMORY", Kind::Placement, Some("the memory that the task asks for"), true),
            ("AGENT", Kind::Placement, Some("a connected agent"), false),
            ("LOCATION", Kind::Placement, Some("what the task requires"), false),
            ("RESOURCE:ENI", Kind::Placement, Some("a free network interface for the task"), true),
            (capacity, Kind::Capacity, None, true),
            ("INACTIVE", Kind::Other, None, false),
        ] {
            let clue = unstarted(reason, Described::default()).clue;
            assert_eq!((clue.kind, clue.subject.as_deref(), clue.words.as_deref()), (kind, subject, Some(reason)));
            assert_eq!(wants_room(reason), waits, "{reason}");
        }
    }

    #[test]
    fn a_target_group_shows_why() {
        let service = json!({"loadBalancers": [{"targetGroupArn": "tg", "containerName": "api", "containerPort": 80}]});
        let message = "(service api) (task t1) (port 80) is unhealthy in (target-group tg) due to (reason Health checks failed with these codes: [404]).";
        let reported = unmade(message, Described { definition: None, service: Some(&service) }).unwrap();
        assert_eq!(reported.tasks, ["t1"]);
        assert_eq!((reported.clue.container.as_deref(), reported.clue.subject.as_deref()), (Some("api"), Some("tg")));
        assert_eq!(reported.clue.detail.as_deref(), Some("Health checks failed with these codes: [404]"));
        let message = "(service api) (instance i-1) is unhealthy in (elb e) due to (reason Instance has failed)";
        let reported = unmade(message, Described::default()).unwrap();
        assert_eq!(
            (reported.clue.subject.as_deref(), reported.clue.detail.as_deref()),
            (Some("e"), Some("Instance has failed"))
        );
    }

    #[test]
    fn a_message_about_another_deployment_is_not_ours() {
        for (message, expected) in [
            ("(service api) has started 1 tasks: (task t1).", true),
            ("(service api) (deployment ecs-svc/2) deployment failed", true),
            ("(service api) (deployment ecs-svc/1) deployment failed", false),
            ("(service api, taskSet ecs-svc/2) was unable", true),
            ("(service api, taskSet ecs-svc/1) was unable", false),
        ] {
            assert_eq!(concerns(message, "ecs-svc/2"), expected, "{message}");
        }
        assert_eq!(started("(service api) has started 2 tasks: (task a) (task b)."), ["a", "b"]);
        assert!(started("(service api) has stopped 1 running tasks: (task a).").is_empty());
    }
}
