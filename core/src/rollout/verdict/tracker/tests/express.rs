//! Histories of an Express service: the record of our deployment decides, whatever the list shows and however often no answer comes.

use serde_json::json;

use super::*;

const STATES: [&str; 9] = [
    "PENDING",
    "IN_PROGRESS",
    "SUCCESSFUL",
    "STOP_REQUESTED",
    "STOPPED",
    "ROLLBACK_REQUESTED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
];

/// What the list may show while a record has any state: of the moment, of before, of after, or nothing of ours.
fn lists() -> Vec<(&'static str, Value)> {
    let service = |deployments: Value| json!({"status": "ACTIVE", "deployments": deployments});
    let mut back = deployed(3, "PRIMARY", "IN_PROGRESS");
    (back["taskDefinition"], back["rolloutStateReason"]) =
        (json!("td:1"), json!("rolling back to deploymentId ecs-svc/1."));
    vec![
        (
            "own, in progress",
            service(json!([deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "ACTIVE", "COMPLETED")])),
        ),
        ("own, COMPLETED too early", service(json!([deployed(2, "PRIMARY", "COMPLETED")]))),
        ("stale", service(json!([deployed(1, "PRIMARY", "COMPLETED")]))),
        ("foreign", service(json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")]))),
        ("the way back", service(json!([back, deployed(2, "ACTIVE", "FAILED")]))),
    ]
}

/// The end after a minute and a half of such looks; `None` if there is none.
fn end(list: &Value, record: &Value, lost: u32) -> Option<Conclusion> {
    let mut tracker = Tracker::new(ours());
    tracker.goes_by_record(true);
    let look = ServiceView::of(list);
    for step in 0..30 {
        let now = Duration::from_secs(step * 2);
        if let Decision::End(end) = tracker.look(Some(&look), false, now) {
            return Some(end);
        }
        // Throttled, or lost on the way: no answer.
        let answer = (step >= u64::from(lost)).then_some(record);
        if let Decision::End(end) = tracker.saw_service_deployment(answer, now) {
            return Some(end);
        }
    }
    None
}

/// Nine states, five lists, with answers and without at first: ninety histories.
#[test]
fn the_record_is_the_verdict_in_every_history() {
    for state in STATES {
        for (name, list) in lists() {
            let mut record = json!({"status": state, "statusReason": "why", "createdAt": 100.0, "targetServiceRevision": {"arn": "r:2"}});
            if name == "the way back" {
                // ECS writes it into the record before all else.
                record["rollback"] = json!({"serviceRevisionArn": "r:1"});
            }
            for lost in [0, 5] {
                let end = end(&list, &record, lost);
                let is_right = match (state, name) {
                    ("SUCCESSFUL", _) => end == Some(Conclusion::Succeeded),
                    ("ROLLBACK_FAILED", _) => matches!(end, Some(Conclusion::Failed { .. })),
                    // Another deployment has taken the place, or ECS has gone back before it was seen.
                    ("STOPPED", "foreign") => matches!(end, Some(Conclusion::Superseded { .. })),
                    ("STOPPED", "the way back") => matches!(end, Some(Conclusion::RolledBack { .. })),
                    ("STOPPED", _) => matches!(end, Some(Conclusion::Stopped { .. })),
                    ("PENDING" | "IN_PROGRESS" | "STOP_REQUESTED", _) => end.is_none(),
                    _ => matches!(end, Some(Conclusion::RolledBack { .. })),
                };
                assert!(is_right, "{state}, list: {name}, {lost} answers lost: {end:?}");
            }
        }
    }
}

/// Without any answer of the record nothing that the list shows is a success.
#[test]
fn the_list_alone_is_never_a_success() {
    for (name, list) in lists() {
        let end = end(&list, &json!({"status": "SUCCESSFUL"}), u32::MAX);
        assert_ne!(end, Some(Conclusion::Succeeded), "{name}");
    }
}

#[test]
fn alarms_that_rolled_back_are_named() {
    for (reason, alarms, expected) in [
        (
            json!("because an alarm was detected."),
            json!(["faults"]),
            Some("because an alarm was detected (alarm: faults)"),
        ),
        (json!("the alarm faults"), json!(["faults"]), Some("the alarm faults")),
        (Value::Null, json!(["a", "b"]), Some("alarm: a, b")),
        (json!("why"), json!([]), Some("why")),
    ] {
        let record =
            json!({"status": "ROLLBACK_SUCCESSFUL", "statusReason": reason, "alarms": {"triggeredAlarmNames": alarms}});
        let expected = Verdict::RolledBack { reason: expected.map(str::to_owned) };
        assert_eq!(judge::judge_service_deployment(&record), expected);
    }
}
