use serde_json::json;

use super::*;

const OURS: &str = "ecs-svc/2";
const OLD: &str = "ecs-svc/1";

fn ours() -> Tracked {
    Tracked {
        id: OURS.to_owned(),
        definition: "td:2".to_owned(),
        created: Some(100.0),
        older: vec![OLD.to_owned()],
        earlier: Vec::new(),
        previous: Some("td:1".to_owned()),
        service: None,
        before: None,
        changed_in_place: None,
    }
}

fn deployed(id: &str, status: &str, definition: &str, state: &str, reason: &str) -> Value {
    json!({"id": id, "status": status, "taskDefinition": definition, "rolloutState": state, "rolloutStateReason": reason})
}

fn look(deployments: &[Value]) -> ServiceView {
    ServiceView::of(&json!({"status": "ACTIVE", "deployments": deployments}))
}

fn name(verdict: &Verdict) -> String {
    let debug = format!("{verdict:?}");
    debug.split([' ', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn what_the_circuit_breaker_does_not_roll_back_has_failed_whatever_is_rolled_back_since() {
    let service = |rolls_back: bool| {
        ServiceView::of(&json!({
            "status": "ACTIVE",
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": rolls_back}},
            "deployments": [deployed("ecs-svc/4", "PRIMARY", "td:1", "IN_PROGRESS", "")],
            "events": [
                {"id": "b", "createdAt": 105.0, "message": "(service api) rolling back to deployment ecs-svc/1."},
                {"id": "a", "createdAt": 103.0,
                 "message": "(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start."},
            ],
        }))
    };
    assert_eq!(name(&judge(&ours(), &service(false))), "Failed");
    assert_eq!(name(&judge(&ours(), &service(true))), "NotPrimary");
}

#[test]
fn what_a_lifecycle_hook_fails_is_rolled_back_without_any_setting() {
    let service = ServiceView::of(&json!({
        "status": "ACTIVE",
        "deploymentConfiguration": {"strategy": "BLUE_GREEN"},
        "deployments": [deployed("ecs-svc/4", "PRIMARY", "td:1", "IN_PROGRESS", "")],
        "events": [
            {"id": "b", "createdAt": 105.0, "message": "(service api) rolling back to deployment ecs-svc/1."},
            {"id": "a", "createdAt": 103.0,
             "message": "(service api) (deployment ecs-svc/2) deployment failed: lifecycle hook failed."},
        ],
    }));
    assert_eq!(name(&judge(&ours(), &service)), "NotPrimary");
}

#[test]
fn every_shape_of_the_list_has_its_verdict() {
    let old_active = deployed(OLD, "ACTIVE", "td:1", "COMPLETED", "");
    let back = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
    let failed = "ECS deployment circuit breaker: tasks failed to start.";
    for (deployments, expected) in [
        // Ours is PRIMARY.
        (vec![deployed(OURS, "PRIMARY", "td:2", "IN_PROGRESS", ""), old_active.clone()], "Pending"),
        (vec![deployed(OURS, "PRIMARY", "td:2", "COMPLETED", "")], "Succeeded"),
        (vec![deployed(OURS, "PRIMARY", "td:2", "COMPLETED", ""), old_active.clone()], "Succeeded"),
        (vec![deployed(OURS, "PRIMARY", "td:9", "COMPLETED", "")], "Pending"),
        (vec![deployed(OURS, "PRIMARY", "td:2", "SOMETHING_NEW", "")], "Pending"),
        (
            vec![
                json!({"id": OURS, "status": "PRIMARY", "taskDefinition": "td:2", "runningCount": 2, "desiredCount": 2}),
            ],
            "Pending",
        ),
        (vec![deployed(OURS, "PRIMARY", "td:2", "FAILED", failed)], "Failed"),
        // Another is PRIMARY.
        (
            vec![
                deployed("ecs-svc/3", "PRIMARY", "td:1", "IN_PROGRESS", back),
                deployed(OURS, "ACTIVE", "td:2", "FAILED", failed),
            ],
            "RolledBack",
        ),
        (vec![deployed("ecs-svc/3", "PRIMARY", "td:1", "IN_PROGRESS", back)], "NotPrimary"),
        (
            vec![deployed("ecs-svc/3", "PRIMARY", "td:1", "COMPLETED", "ECS deployment ecs-svc/3 completed.")],
            "NotPrimary",
        ),
        (
            vec![
                deployed("ecs-svc/3", "PRIMARY", "td:3", "IN_PROGRESS", ""),
                deployed(OURS, "ACTIVE", "td:2", "IN_PROGRESS", ""),
            ],
            "NotPrimary",
        ),
        (vec![deployed("ecs-svc/3", "PRIMARY", "td:2", "COMPLETED", "")], "NotPrimary"),
        (
            vec![
                deployed(OLD, "PRIMARY", "td:1", "IN_PROGRESS", ""),
                deployed(OURS, "ACTIVE", "td:2", "IN_PROGRESS", ""),
            ],
            "NotPrimary",
        ),
        // Ours is not shown.
        (vec![deployed(OLD, "PRIMARY", "td:1", "COMPLETED", "")], "NotListed"),
        (vec![deployed(OLD, "PRIMARY", "td:2", "COMPLETED", "")], "NotListed"),
        (vec![deployed(OURS, "ACTIVE", "td:2", "COMPLETED", "")], "NotListed"),
        (vec![], "NotListed"),
    ] {
        let snapshot = look(&deployments);
        assert_eq!(name(&judge(&ours(), &snapshot)), expected, "{deployments:?}");
    }
}

#[test]
fn an_amended_deployment_is_there_once_its_tasks_run() {
    for (state, asked, desired, running, others, expected) in [
        (Some("COMPLETED"), Some(4), 4, 4, 0, "Succeeded"),
        (Some("COMPLETED"), Some(4), 4, 3, 0, "Pending"),
        (Some("COMPLETED"), Some(4), 2, 2, 0, "Pending"),
        // Without a requested number, an autoscaler may change it meanwhile.
        (Some("COMPLETED"), None, 3, 3, 0, "Succeeded"),
        (Some("COMPLETED"), None, 3, 2, 0, "Pending"),
        // One that keeps no state.
        (None, Some(4), 4, 4, 0, "Succeeded"),
        (None, Some(4), 4, 4, 1, "Pending"),
        (None, None, 3, 2, 0, "Pending"),
    ] {
        let ours = Tracked { changed_in_place: Some(InPlaceChange { desired: asked }), ..ours() };
        let mut our = json!({"id": OURS, "status": "PRIMARY", "taskDefinition": "td:2", "desiredCount": desired,
            "runningCount": running});
        if let Some(state) = state {
            our["rolloutState"] = json!(state);
        }
        let deployments: Vec<Value> =
            std::iter::once(our).chain((0..others).map(|_| deployed(OLD, "ACTIVE", "td:1", "", ""))).collect();
        assert_eq!(name(&judge(&ours, &look(&deployments))), expected, "{state:?} {asked:?} {desired} {running}");
    }
}

#[test]
fn the_breaker_and_alarms_promise_a_rollback_each_for_itself() {
    let (alarm, breaker) =
        ("ECS deployment alarm: alarm detected.", "ECS deployment circuit breaker: tasks failed to start.");
    for (by_breaker, by_alarms, reason, expected) in [
        (true, false, alarm, "Failed"),
        (true, false, breaker, "FailedMayRollBack"),
        (false, true, alarm, "FailedMayRollBack"),
        (false, true, breaker, "Failed"),
        (true, false, "", "FailedMayRollBack"),
    ] {
        let watchdog = |rollback: bool| json!({"enable": true, "rollback": rollback});
        let service = json!({"status": "ACTIVE", "deployments": [deployed(OURS, "PRIMARY", "td:2", "FAILED", reason)],
            "deploymentConfiguration": {"deploymentCircuitBreaker": watchdog(by_breaker), "alarms": watchdog(by_alarms)}});
        assert_eq!(name(&judge(&ours(), &ServiceView::of(&service))), expected, "{by_breaker} {by_alarms} {reason}");
    }
}

#[test]
fn a_failure_waits_for_the_rollback_that_ecs_has_promised() {
    let service = json!({"status": "ACTIVE", "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}},
        "deployments": [deployed(OURS, "PRIMARY", "td:2", "FAILED", "x")]});
    assert_eq!(judge(&ours(), &ServiceView::of(&service)), Verdict::FailedMayRollBack { reason: Some("x".to_owned()) });
}

#[test]
fn a_rollback_is_recognized_by_service_events_too() {
    let service = json!({"status": "ACTIVE", "deployments": [deployed("ecs-svc/3", "PRIMARY", "td:1", "COMPLETED", "done")],
        "events": [{"id": "e", "createdAt": 101.0, "message": "(service api) rolling back to deployment ecs-svc/1."}]});
    assert_eq!(name(&judge(&ours(), &ServiceView::of(&service))), "NotPrimary");
    assert!(matches!(
        judge(&ours(), &ServiceView::of(&service)),
        Verdict::NotPrimary { taker: Successor::Rollback, .. }
    ));
}

#[test]
fn a_service_that_goes_away_is_no_success() {
    for status in ["DRAINING", "INACTIVE"] {
        let service = json!({"status": status, "deployments": [deployed(OURS, "PRIMARY", "td:2", "COMPLETED", "")]});
        assert_eq!(name(&judge(&ours(), &ServiceView::of(&service))), "Inactive");
    }
}

#[test]
fn the_service_deployment_api_is_read_by_status() {
    for (record, expected) in [
        (json!({"status": "SUCCESSFUL"}), "Succeeded"),
        (json!({"status": "STOPPED"}), "Stopped"),
        (json!({"status": "STOPPED", "deploymentCircuitBreaker": {"status": "TRIGGERED"}}), "Failed"),
        (json!({"status": "STOPPED", "alarms": {"triggeredAlarmNames": ["a"]}}), "Failed"),
        (json!({"status": "STOPPED", "lifecycleHookDetails": [{"status": "FAILED"}]}), "Failed"),
        (json!({"status": "STOPPED", "rollback": {"reason": "x"}}), "RolledBack"),
        (
            json!({"status": "STOPPED", "statusReason": "Service deployment rolled back because of a stop request."}),
            "RolledBack",
        ),
        (json!({"status": "STOPPED", "lifecycleHookDetails": [{"status": "TIMED_OUT"}]}), "Failed"),
        (json!({"status": "STOPPED", "lifecycleHookDetails": [{"status": "SUCCEEDED"}]}), "Stopped"),
        (json!({"status": "ROLLBACK_REQUESTED"}), "RolledBack"),
        (json!({"status": "ROLLBACK_IN_PROGRESS"}), "RolledBack"),
        (json!({"status": "ROLLBACK_SUCCESSFUL"}), "RolledBack"),
        (json!({"status": "ROLLBACK_FAILED"}), "Failed"),
        (json!({"status": "PENDING"}), "Pending"),
        (json!({"status": "IN_PROGRESS"}), "Pending"),
        (json!({"status": "SOMETHING_NEW"}), "Pending"),
        (json!({}), "Pending"),
    ] {
        assert_eq!(name(&judge_service_deployment(&record)), expected, "{record}");
    }
}

#[test]
fn the_witness_is_the_record_created_with_ours() {
    let answer = json!({"serviceDeployments": [
        {"serviceDeploymentArn": "later", "createdAt": 140.0}, {"serviceDeploymentArn": "ours", "createdAt": 100.4},
        {"serviceDeploymentArn": "near", "createdAt": 98.0}, {"serviceDeploymentArn": "timeless"}]});
    assert_eq!(find_service_deployment(&ours(), &answer).unwrap()["serviceDeploymentArn"], "ours");
    assert_eq!(find_service_deployment(&ours(), &json!({"serviceDeployments": [{"createdAt": 90.0}]})), None);
    // A record created nearer to an earlier deployment is that one's.
    let ours_after = Tracked { earlier: vec![97.9], ..ours() };
    assert_eq!(find_service_deployment(&ours_after, &json!({"serviceDeployments": [{"createdAt": 98.0}]})), None);
    assert!(
        is_former(&ours_after, &json!({"createdAt": 98.0})) && !is_former(&ours_after, &json!({"createdAt": 99.5}))
    );
    // Of two that are equally near, none is known to be ours.
    let twins = json!({"serviceDeployments": [{"createdAt": 99.0}, {"createdAt": 101.0}]});
    assert_eq!(find_service_deployment(&ours(), &twins), None);
    for (created, expected) in [(json!(94.0), true), (json!(95.0), false), (json!(300.0), false), (json!(null), false)]
    {
        assert_eq!(is_former(&ours(), &json!({ "createdAt": created })), expected, "{created}");
    }
}

#[test]
fn of_several_records_created_with_ours_all_are_looked_at() {
    let records = [json!({"createdAt": 99.0}), json!({"createdAt": 101.0}), json!({"createdAt": 140.0}), json!({})];
    assert_eq!(together(&ours(), &records).len(), 2);
}

#[test]
fn the_successor_may_have_begun_in_the_same_moment() {
    let record = |arn: &str, created: f64| json!({"serviceDeploymentArn": arn, "createdAt": created});
    let mut own = record("ours", 100.0);
    own["finishedAt"] = json!(100.0);
    for (other, expected) in [(100.0, true), (100.5, true), (101.0, false), (99.9, false)] {
        let records = [own.clone(), record("other", other)];
        assert_eq!(successor(&own, &records).is_some(), expected, "{other}");
    }
}

#[test]
fn ecs_rolls_back_by_the_setting_of_what_failed() {
    let watchdog = |rollback: bool| json!({"enable": true, "rollback": rollback});
    for (by_breaker, by_alarms, words, expected) in [
        (false, true, "tasks failed to start.", "Failed"),
        (true, false, "tasks failed to start.", "NotPrimary"),
        (false, true, "alarm detected.", "NotPrimary"),
        (true, false, "alarm detected.", "Failed"),
    ] {
        let service = json!({"status": "ACTIVE", "deployments": [deployed("ecs-svc/3", "PRIMARY", "td:1", "IN_PROGRESS", "")],
            "events": [{"id": "e", "createdAt": 101.0, "message": format!("(service api) (deployment {OURS}) deployment failed: {words}")}],
            "deploymentConfiguration": {"deploymentCircuitBreaker": watchdog(by_breaker), "alarms": watchdog(by_alarms)}});
        assert_eq!(name(&judge(&ours(), &ServiceView::of(&service))), expected, "{by_breaker} {by_alarms} {words}");
    }
}

#[test]
fn ecs_rolls_back_the_deployment_that_came_after_ours() {
    let at = |mut one: Value, created: f64| {
        one["createdAt"] = json!(created);
        one
    };
    let back = at(deployed("ecs-svc/9", "PRIMARY", "td:1", "IN_PROGRESS", ""), 110.0);
    let next = at(deployed("ecs-svc/3", "ACTIVE", "td:3", "IN_PROGRESS", ""), 105.0);
    let events =
        json!([{"id": "e", "createdAt": 110.0, "message": "(service api) rolling back to deployment ecs-svc/1."}]);
    let service = |deployments: Value| {
        ServiceView::of(&json!({"status": "ACTIVE", "deployments": deployments, "events": events}))
    };
    let by = |verdict: Verdict| match verdict {
        Verdict::NotPrimary { by, taker, .. } => (by, taker),
        other => panic!("{other:?}"),
    };
    let theirs = by(judge(&ours(), &service(json!([back, next]))));
    assert_eq!(theirs, ("ecs-svc/3".to_owned(), Successor::Stranger));
    assert_eq!(by(judge(&ours(), &service(json!([back])))), ("ecs-svc/9".to_owned(), Successor::Rollback));
    // Somebody has deployed after the rollback.
    let late = at(deployed("ecs-svc/11", "PRIMARY", "td:7", "IN_PROGRESS", ""), 112.0);
    let back = at(deployed("ecs-svc/9", "ACTIVE", "td:1", "IN_PROGRESS", ""), 110.0);
    assert_eq!(by(judge(&ours(), &service(json!([late, back])))), ("ecs-svc/11".to_owned(), Successor::Rollback));
}

#[test]
fn new_events_are_emitted_once() {
    let service = |running: u64, events: Value| {
        ServiceView::of(&json!({"status": "ACTIVE", "events": events, "deployments": [
            {"id": OURS, "status": "PRIMARY", "taskDefinition": "td:2", "desiredCount": 2, "runningCount": running, "pendingCount": 2 - running, "failedTasks": 0, "rolloutState": "IN_PROGRESS"},
            {"id": OLD, "status": "ACTIVE", "runningCount": 2}]}))
    };
    let a = json!({"id": "a", "createdAt": 1.0, "message": "A"});
    let b = json!({"id": "b", "createdAt": 2.0, "message": "B"});
    let mut known = HashSet::from(["a".to_owned()]);
    let first = events(&ours(), &mut known, None, &service(0, json!([a])), 2);
    let quiet = Event::Progress { desired: 2, running: 0, pending: 2, failed: 0, previous: 2, percent: 0 };
    assert_eq!(first, std::slice::from_ref(&quiet));
    assert_eq!(events(&ours(), &mut known, Some(&quiet), &service(0, json!([a])), 2), []);
    let after = service(1, json!([b, a]));
    let progress = Event::Progress { desired: 2, running: 1, pending: 1, failed: 0, previous: 2, percent: 24 };
    assert_eq!(
        events(&ours(), &mut known, Some(&quiet), &after, 2),
        [progress.clone(), Event::Message { at: 2.0, text: "B".to_owned() }]
    );
    assert_eq!(events(&ours(), &mut known, Some(&progress), &after, 2), []);
}

#[test]
fn a_record_that_ended_before_ours_began_is_that_of_a_former_deployment() {
    for (finished, is_ours) in [(json!(99.0), false), (json!(101.0), true), (Value::Null, true)] {
        let record = json!({"createdAt": 98.0, "finishedAt": finished, "status": "SUCCESSFUL"});
        assert_eq!(together(&ours(), std::slice::from_ref(&record)).len(), usize::from(is_ours), "{record}");
        assert_eq!(is_former(&ours(), &record), !is_ours, "{record}");
    }
}
