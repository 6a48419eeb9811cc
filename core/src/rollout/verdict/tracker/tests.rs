mod express;
mod histories;
mod records;

use serde_json::json;

use super::questions::COMPLETE;
use super::*;
use crate::rollout::verdict::failures::keeps_failing;

fn ours() -> Tracked {
    Tracked {
        id: "ecs-svc/2".to_owned(),
        definition: "td:2".to_owned(),
        created: Some(100.0),
        older: vec!["ecs-svc/1".to_owned()],
        earlier: Vec::new(),
        previous: Some("td:1".to_owned()),
        service: None,
        before: None,
        changed_in_place: None,
    }
}

fn deployed(id: u32, status: &str, state: &str) -> Value {
    json!({"id": format!("ecs-svc/{id}"), "status": status, "taskDefinition": format!("td:{id}"), "rolloutState": state,
        "createdAt": 98.0 + f64::from(id), "desiredCount": 2, "runningCount": 1})
}

#[test]
fn repeated_failures_end_the_wait_if_ecs_never_fails_a_deployment() {
    let look = |breaker: bool, desired: u64, failed: u64| {
        ServiceView::of(
            &json!({"status": "ACTIVE", "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": breaker, "rollback": false}},
            "deployments": [{"id": "ecs-svc/2", "status": "PRIMARY", "desiredCount": desired, "runningCount": 0, "failedTasks": failed}]}),
        )
    };
    for (limit, hopeless, breaker, desired, failed, expected) in [
        (None, 3, false, 2, 3, true),
        (None, 2, false, 2, 3, false),
        (None, 3, true, 2, 3, false),
        (None, 3, false, 20, 3, false),
        (None, 10, false, 20, 10, true),
        (None, 3, false, 2, 0, true),
        // A task of ours became healthy meanwhile: ECS counts from 0 again.
        (None, 3, false, 2, 1, false),
        (Some(1), 1, false, 2, 1, true),
        (Some(0), 99, false, 2, 99, false),
    ] {
        assert_eq!(keeps_failing(limit, hopeless, &ours(), &look(breaker, desired, failed)), expected);
    }
}

#[test]
fn an_expected_rollback_is_waited_for_and_seen_without_an_event() {
    let service = |deployments: Value| {
        ServiceView::of(&json!({"status": "ACTIVE", "deployments": deployments,
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}}))
    };
    let failed = service(json!([deployed(2, "PRIMARY", "FAILED")]));
    let mut tracker = Tracker::new(ours());
    assert_eq!(tracker.at_deadline(), None);
    let mut after = |seconds: u64| {
        let now = Duration::from_secs(seconds);
        match tracker.look(Some(&failed), false, now) {
            Decision::Ask => tracker.saw_service_deployment(None, now),
            next => next,
        }
    };
    assert_eq!(after(0), Decision::Again(ROLLBACK_BEGINS / 2));
    assert_eq!(after(4), Decision::Again(SOON));
    assert_eq!(after(14), Decision::Again(SOON));
    assert_eq!(after(15), Decision::End(Conclusion::Failed { reason: None }));
    assert_eq!(tracker.at_deadline(), Some(Conclusion::Failed { reason: None }));

    // The previous definition replaces a deployment whose tasks fail, without an event.
    let mut failing = deployed(2, "PRIMARY", "IN_PROGRESS");
    failing["failedTasks"] = json!(3);
    let mut back = deployed(3, "PRIMARY", "IN_PROGRESS");
    back["taskDefinition"] = json!("td:1");
    for (first, expected) in [
        (failing, Conclusion::RolledBack { reason: None }),
        (
            deployed(2, "PRIMARY", "IN_PROGRESS"),
            Conclusion::Superseded { by: "ecs-svc/3".to_owned(), definition: "td:1".to_owned() },
        ),
    ] {
        let mut tracker = Tracker::new(ours());
        assert_eq!(tracker.look(Some(&service(json!([first]))), false, Duration::ZERO), Decision::Wait);
        assert_eq!(tracker.look(Some(&service(json!([back]))), false, Duration::ZERO), Decision::Ask);
        // One look alone is not enough.
        assert_eq!(tracker.saw_service_deployment(None, Duration::ZERO), Decision::Again(AGREED));
        assert_eq!(tracker.look(Some(&service(json!([back]))), false, AGREED), Decision::Ask);
        // The event of the rollback may come later.
        assert_eq!(tracker.saw_service_deployment(None, AGREED), Decision::Again(SOON));
        assert_eq!(tracker.look(Some(&service(json!([back]))), false, WORDLESS), Decision::Ask);
        assert_eq!(tracker.saw_service_deployment(None, WORDLESS), Decision::End(expected));
    }
}

#[test]
fn newer_events_without_a_rollback_mean_a_deployment_of_somebody_else() {
    let mut back = deployed(3, "PRIMARY", "IN_PROGRESS");
    back["taskDefinition"] = json!("td:1");
    let service = |events: Value| {
        json!({"status": "ACTIVE", "deployments": [back], "events": events,
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}})
    };
    let mut failing = deployed(2, "PRIMARY", "IN_PROGRESS");
    failing["failedTasks"] = json!(1);
    let started = json!([{"id": "e", "createdAt": 101.5, "message": "(service api) has started 1 tasks: (task 1)."}]);
    let looks = [(0, active(json!([failing]))), (1, service(started.clone())), (2, service(started))];
    let by = Conclusion::Superseded { by: "ecs-svc/3".to_owned(), definition: "td:1".to_owned() };
    assert_eq!(after(&mut Tracker::new(ours()), &looks, None), Decision::End(by));
    let words = json!([{"id": "e", "createdAt": 101.5, "message": "(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start."}]);
    let looks = [(0, active(json!([failing]))), (1, service(words))];
    assert_eq!(after(&mut Tracker::new(ours()), &looks, None), Decision::End(Conclusion::RolledBack { reason: None }));
}

#[test]
fn what_was_complete_before_it_was_replaced_is_a_success() {
    let replaced = |state: &str, events: Value| {
        json!({"status": "ACTIVE", "events": events,
            "deployments": [deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", state)]})
    };
    let completed = json!([{"id": "e", "createdAt": 110.0, "message": "(service api) (deployment ecs-svc/2) deployment completed."}]);
    let by = Conclusion::Superseded { by: "ecs-svc/3".to_owned(), definition: "td:3".to_owned() };
    for (look, is_staged, expected) in [
        (replaced("COMPLETED", json!([])), false, Conclusion::Succeeded),
        (replaced("IN_PROGRESS", completed.clone()), false, Conclusion::Succeeded),
        (replaced("IN_PROGRESS", json!([])), false, by.clone()),
        // The list may show COMPLETED before the bake time is over.
        (replaced("COMPLETED", json!([])), true, by),
        (replaced("COMPLETED", completed), true, Conclusion::Succeeded),
    ] {
        let mut tracker = Tracker::new(ours());
        if is_staged {
            tracker.doubts_list();
        }
        assert_eq!(
            after(&mut tracker, &[(0, look.clone()), (1, look.clone())], None),
            Decision::End(expected),
            "{look}"
        );
    }
}

#[test]
fn questions_without_an_answer_become_rarer_and_one_is_asked_at_the_deadline() {
    let mut complete = deployed(2, "PRIMARY", "IN_PROGRESS");
    complete["runningCount"] = json!(2);
    let look = ServiceView::of(&active(json!([complete])));
    let mut tracker = Tracker::new(ours());
    let mut asked = Vec::new();
    for at in 0..4000 {
        let now = Duration::from_secs(at);
        if tracker.look(Some(&look), false, now) == Decision::Ask {
            asked.push(at);
            assert_eq!(tracker.saw_service_deployment(None, now), Decision::Wait);
        }
    }
    assert!((8..=12).contains(&asked.len()), "{asked:?}");
    let apart: Vec<u64> = asked.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(apart.is_sorted(), "{apart:?}");
    assert!(tracker.asks_at_deadline(Duration::from_secs(4000)));
}

/// The decision after the last of some looks, each so many seconds after the start. `record` answers all questions.
fn after(tracker: &mut Tracker, looks: &[(u64, Value)], record: Option<&Value>) -> Decision {
    let mut next = Decision::Wait;
    for (at, service) in looks {
        let now = Duration::from_secs(*at);
        next = match service.is_null() {
            true => tracker.look(None, true, now),
            false => tracker.look(Some(&ServiceView::of(service)), false, now),
        };
        if next == Decision::Ask {
            next = tracker.saw_service_deployment(record, now);
        }
    }
    next
}

fn active(deployments: Value) -> Value {
    json!({"status": "ACTIVE", "deployments": deployments})
}

#[test]
fn one_look_alone_ends_nothing_that_does_not_name_ours() {
    let gone = |at: u64| (at, json!({"status": "INACTIVE", "deployments": []}));
    let fine = |at: u64| (at, active(json!([deployed(2, "PRIMARY", "IN_PROGRESS")])));
    let torn =
        |at: u64| (at, active(json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "PRIMARY", "IN_PROGRESS")])));
    let other =
        |at: u64| (at, active(json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")])));
    let inactive = || Decision::End(Conclusion::Inactive { status: "INACTIVE".to_owned() });
    let by = || Decision::End(Conclusion::Superseded { by: "ecs-svc/3".to_owned(), definition: "td:3".to_owned() });
    for (looks, expected) in [
        (vec![gone(0)], Decision::Again(SOON)),
        (vec![gone(0), fine(1), gone(3)], Decision::Again(SOON)),
        (vec![gone(0), gone(2)], inactive()),
        (vec![torn(0), torn(30)], Decision::Again(AGREED)),
        (vec![other(0)], Decision::Again(AGREED)),
        (vec![other(0), other(1)], by()),
        (vec![(0, Value::Null), (9, Value::Null)], Decision::Again(SOON)),
        (vec![(0, Value::Null), fine(5), (10, Value::Null)], Decision::Again(SOON)),
        (vec![(0, Value::Null), (10, Value::Null)], Decision::End(Conclusion::Missing)),
    ] {
        assert_eq!(after(&mut Tracker::new(ours()), &looks, None), expected, "{looks:?}");
    }
}

#[test]
fn a_former_service_of_the_same_name_is_no_evidence() {
    let mut tracker = Tracker::new(Tracked { service: Some(50.0), ..ours() });
    let former = json!({"status": "INACTIVE", "createdAt": 20.0, "deployments": []});
    assert_eq!(after(&mut tracker, &[(0, former.clone()), (60, former)], None), Decision::Again(AGREED));
    let own = json!({"status": "INACTIVE", "createdAt": 50.0, "deployments": []});
    assert!(matches!(
        after(&mut tracker, &[(61, own.clone()), (63, own)], None),
        Decision::End(Conclusion::Inactive { .. })
    ));
}

#[test]
fn a_record_that_runs_keeps_a_list_that_is_behind_from_ending_it() {
    let running = json!({"status": "IN_PROGRESS"});
    let back = json!({"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "td:1", "createdAt": 99.0});
    let behind = active(json!([back, deployed(2, "ACTIVE", "IN_PROGRESS")]));
    let looks: Vec<(u64, Value)> = (0..60).map(|at| (at * 2, behind.clone())).collect();
    assert_eq!(after(&mut Tracker::new(ours()), &looks, Some(&running)), Decision::Again(SOON));
    let end = after(&mut Tracker::new(ours()), &looks, Some(&json!({"status": "ROLLBACK_SUCCESSFUL"})));
    assert_eq!(end, Decision::End(Conclusion::RolledBack { reason: None }));
}

#[test]
fn a_list_that_does_not_say_so_leaves_it_to_the_record() {
    let mut complete = deployed(2, "PRIMARY", "IN_PROGRESS");
    complete["runningCount"] = json!(2);
    let looks: Vec<(u64, Value)> = [0, 4, 8].map(|at| (at, active(json!([complete])))).to_vec();
    for (status, expected) in [
        ("SUCCESSFUL", Decision::End(Conclusion::Succeeded)),
        ("IN_PROGRESS", Decision::Wait),
        ("ROLLBACK_FAILED", Decision::End(Conclusion::Failed { reason: None })),
    ] {
        let mut tracker = Tracker::new(ours());
        assert_eq!(after(&mut tracker, &looks[..2], None), Decision::Wait, "too early to ask");
        assert_eq!(after(&mut tracker, &looks[2..], Some(&json!({"status": status}))), expected);
    }
}

#[test]
fn a_deployment_of_somebody_else_is_no_rollback_and_never_restored() {
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    let service = |deployments: Value| json!({"status": "ACTIVE", "deployments": deployments, "deploymentConfiguration": breaker});
    let over = service(json!([deployed(9, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "FAILED")]));
    let mut tracker = Tracker::new(ours());
    assert_eq!(after(&mut tracker, &[(0, over)], None), Decision::End(Conclusion::Failed { reason: None }));
    assert_eq!(tracker.live(), None);
    let mut back = deployed(9, "PRIMARY", "IN_PROGRESS");
    (back["taskDefinition"], back["rolloutStateReason"]) =
        (json!("td:1"), json!("rolling back to deploymentId ecs-svc/1."));
    let mut tracker = Tracker::new(ours());
    let back = service(json!([back, deployed(2, "ACTIVE", "FAILED")]));
    assert_eq!(after(&mut tracker, &[(0, back)], None), Decision::End(Conclusion::RolledBack { reason: None }));
    assert_eq!(tracker.live(), Some(&"td:1".to_owned()));
}

#[test]
fn a_list_that_may_be_baking_is_not_believed() {
    let done = |minutes: u64| {
        json!({"status": "ACTIVE", "deployments": [deployed(2, "PRIMARY", "COMPLETED")],
            "deploymentConfiguration": {"bakeTimeInMinutes": minutes}})
    };
    let tracker = || {
        let mut tracker = Tracker::new(ours());
        tracker.doubts_list();
        tracker
    };
    for (minutes, at, expected) in [
        (2, 170, Decision::Wait),
        (2, 180, Decision::End(Conclusion::Succeeded)),
        // Without a bake time, the previous tasks may still be stopping.
        (0, 50, Decision::Wait),
        (0, 60, Decision::End(Conclusion::Succeeded)),
    ] {
        assert_eq!(after(&mut tracker(), &[(0, done(minutes)), (at, done(minutes))], None), expected, "{minutes} {at}");
    }
    let mut with_event = done(2);
    with_event["events"] = json!([{"id": "e", "createdAt": 130.0, "message": "(service api) (deployment ecs-svc/2) deployment completed."}]);
    assert_eq!(after(&mut tracker(), &[(0, with_event)], None), Decision::End(Conclusion::Succeeded));
    // The record is available after all, and decides from then on.
    let running = json!({"status": "IN_PROGRESS"});
    let mut tracker = tracker();
    assert_eq!(after(&mut tracker, &[(0, done(2)), (180, done(2))], Some(&running)), Decision::Wait);
    assert!(tracker.is_by_record());
}

#[test]
fn a_look_without_anything_new_is_stale_however_long() {
    let old =
        json!({"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "td:1", "createdAt": 50.0, "updatedAt": 90.0});
    let looks: Vec<(u64, Value)> = (0..100).map(|at| (at * 2, active(json!([old])))).collect();
    let mut tracker = Tracker::new(Tracked { before: Some(90.0), ..ours() });
    assert_eq!(after(&mut tracker, &looks, None), Decision::Again(SOON));
    // A change that ECS made after the order counts.
    let mut tracker = Tracker::new(Tracked { before: Some(89.0), ..ours() });
    assert_eq!(after(&mut tracker, &looks[..31], None), Decision::Again(AGREED));
    assert_eq!(after(&mut tracker, &looks[31..], None), Decision::End(Conclusion::RolledBack { reason: None }));
}

#[test]
fn complete_without_the_requested_tasks_is_no_success() {
    let look = |running: u64| {
        let mut ours = deployed(2, "PRIMARY", "COMPLETED");
        (ours["desiredCount"], ours["runningCount"]) = (json!(4), json!(running));
        active(json!([ours]))
    };
    let mut tracker = Tracker::new(ours());
    tracker.needs(Some(4), 2);
    assert_eq!(after(&mut tracker, &[(0, look(2)), (5, look(2))], None), Decision::Wait);
    // The status of its record does not count for more.
    let record = json!({"status": "SUCCESSFUL"});
    assert_eq!(tracker.saw_service_deployment(Some(&record), Duration::from_secs(6)), Decision::Wait);
    assert_eq!(after(&mut tracker, &[(8, look(4))], None), Decision::End(Conclusion::Succeeded));
}

#[test]
fn the_record_of_a_service_with_early_success_is_asked_soon() {
    let look = |conf: Value| {
        let deployments = json!([deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "ACTIVE", "COMPLETED")]);
        json!({"status": "ACTIVE", "deployments": deployments, "deploymentConfiguration": conf})
    };
    for (conf, expected) in [
        (json!({"earlySuccessCriteria": {"enable": true, "healthyPercent": 50}}), Decision::Ask),
        (json!({"earlySuccessCriteria": {"enable": false}}), Decision::Wait),
        (json!({}), Decision::Wait),
    ] {
        let mut tracker = Tracker::new(ours());
        let look = ServiceView::of(&look(conf));
        assert_eq!(tracker.look(Some(&look), false, Duration::ZERO), Decision::Wait);
        assert_eq!(tracker.look(Some(&look), false, COMPLETE), expected);
    }
}

#[test]
fn what_the_events_name_is_what_ecs_rolled_back_to() {
    let words =
        json!([{"id": "e", "createdAt": 105.0, "message": "(service api) rolling back to deployment ecs-svc/1."}]);
    // Torn: both are PRIMARY. The definition of a deployment is true all the same.
    let torn = json!({"status": "ACTIVE", "deployments": [deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "PRIMARY", "COMPLETED")]});
    let somebody =
        json!({"status": "ACTIVE", "deployments": [deployed(12, "PRIMARY", "IN_PROGRESS")], "events": words});
    let mut tracker = Tracker::new(ours());
    for look in [torn, somebody] {
        tracker.look(Some(&ServiceView::of(&look)), false, Duration::ZERO);
    }
    assert_eq!(tracker.restored().map(String::as_str), Some("td:1"));
    // The record is surer.
    tracker.rolled_back_to("td:0".to_owned());
    assert_eq!(tracker.restored().map(String::as_str), Some("td:0"));
}

#[test]
fn the_deployment_that_began_with_the_rollback_is_what_ecs_rolled_back_to() {
    let words =
        json!([{"id": "e", "createdAt": 110.0, "message": "(service api) rolling back to deployment ecs-svc/0."}]);
    // Somebody deploys what ran before, after ECS has rolled back to another definition.
    let mut somebody = deployed(13, "PRIMARY", "IN_PROGRESS");
    somebody["taskDefinition"] = json!("td:1");
    let look = |rollback: Value| json!({"status": "ACTIVE", "events": words, "deployments": [somebody, rollback]});
    let mut rollback = deployed(12, "ACTIVE", "IN_PROGRESS");
    for (created, restored) in [(110.0, Some("td:12")), (110.4, Some("td:12")), (109.0, None), (111.0, None)] {
        rollback["createdAt"] = json!(created);
        let mut tracker = Tracker::new(ours());
        tracker.look(Some(&ServiceView::of(&look(rollback.clone()))), false, Duration::ZERO);
        assert_eq!(tracker.restored().map(String::as_str), restored, "{created}");
    }
}

#[test]
fn the_event_of_a_rollback_may_name_a_deployment_from_before_the_order() {
    let words =
        json!([{"id": "e", "createdAt": 110.0, "message": "(service api) rolling back to deployment ecs-svc/5."}]);
    let look = json!({"status": "ACTIVE", "events": words, "deployments": [deployed(13, "PRIMARY", "IN_PROGRESS")]});
    let before = ServiceView::of(&json!({"status": "ACTIVE", "deployments": [deployed(5, "PRIMARY", "COMPLETED")]}));
    let mut tracker = Tracker::new(ours());
    tracker.knows(&before.deployments);
    tracker.look(Some(&ServiceView::of(&look)), false, Duration::ZERO);
    assert_eq!(tracker.restored().map(String::as_str), Some("td:5"));
}

#[test]
fn a_deployment_of_what_ran_before_in_between_may_be_a_rollback_whose_event_comes_later() {
    let words = |at: f64| json!([{"id": "e", "createdAt": at, "message": "(service api) rolling back to deployment ecs-svc/0."}]);
    let mut between = deployed(12, "ACTIVE", "IN_PROGRESS");
    for (definition, at, expected) in [
        ("td:1", Some(110.0), Conclusion::RolledBack { reason: None }),
        ("td:1", None, Conclusion::Superseded { by: "ecs-svc/13".to_owned(), definition: "td:13".to_owned() }),
        ("td:7", Some(90.0), Conclusion::Superseded { by: "ecs-svc/13".to_owned(), definition: "td:13".to_owned() }),
    ] {
        between["taskDefinition"] = json!(definition);
        let mut tracker = Tracker::new(ours());
        let mut next = Decision::Wait;
        for second in 0..30 {
            let now = Duration::from_secs(second);
            let events = at.filter(|_| second >= 5).map_or(json!([]), words);
            let look = json!({"status": "ACTIVE", "events": events,
                "deployments": [deployed(13, "PRIMARY", "IN_PROGRESS"), between]});
            next = tracker.look(Some(&ServiceView::of(&look)), false, now);
            if next == Decision::Ask {
                next = tracker.saw_service_deployment(None, now);
            }
            if matches!(next, Decision::End(_)) {
                break;
            }
        }
        assert_eq!(next, Decision::End(expected), "{definition} {at:?}");
    }
}

#[test]
fn without_a_record_a_rollback_before_the_deployment_of_somebody_else_is_ours() {
    let words = |at: f64| json!([{"id": "e", "createdAt": at, "message": "(service api) rolling back to deployment ecs-svc/0."}]);
    let by = || Conclusion::Superseded { by: "ecs-svc/13".to_owned(), definition: "td:13".to_owned() };
    for (at, expected) in [(105.0, Conclusion::RolledBack { reason: None }), (120.0, by()), (90.0, by())] {
        let look =
            json!({"status": "ACTIVE", "events": words(at), "deployments": [deployed(13, "PRIMARY", "IN_PROGRESS")]});
        let look = ServiceView::of(&look);
        let mut tracker = Tracker::new(ours());
        let mut next = Decision::Wait;
        for second in 0..30 {
            let now = Duration::from_secs(second);
            next = tracker.look(Some(&look), false, now);
            if next == Decision::Ask {
                next = tracker.saw_service_deployment(None, now);
            }
        }
        assert_eq!(next, Decision::End(expected), "{at}");
    }
}

#[test]
fn a_number_set_by_somebody_else_is_no_reason_to_wait() {
    let look = |desired: u64, running: u64, updated: f64| {
        let mut ours = deployed(2, "PRIMARY", "COMPLETED");
        (ours["desiredCount"], ours["runningCount"], ours["updatedAt"]) =
            (json!(desired), json!(running), json!(updated));
        active(json!([ours]))
    };
    // 4 were requested where 2 ran before: (what all looks show, whether that ends the wait)
    for (shown, is_over) in
        [(look(6, 6, 100.0), true), (look(6, 5, 130.0), false), (look(2, 2, 100.0), false), (look(2, 2, 130.0), true)]
    {
        let mut tracker = Tracker::new(Tracked {
            before: Some(120.0),
            changed_in_place: Some(judge::InPlaceChange { desired: Some(4) }),
            ..ours()
        });
        tracker.needs(Some(4), 2);
        let end = after(&mut tracker, &[(0, shown.clone()), (5, shown.clone()), (10, shown.clone())], None);
        let expected = if is_over { Decision::End(Conclusion::Succeeded) } else { Decision::Wait };
        assert_eq!(end, expected, "{shown}");
        assert_eq!(tracker.other_number().is_some(), is_over);
    }
}

#[test]
fn the_list_of_a_deployment_in_stages_is_not_believed_while_earlier_tasks_run() {
    let look = |previous: u64| {
        let mut old = deployed(1, "ACTIVE", "COMPLETED");
        old["runningCount"] = json!(previous);
        active(json!([deployed(2, "PRIMARY", "COMPLETED"), old]))
    };
    for (previous, is_over) in [(2, false), (0, true)] {
        let mut tracker = Tracker::new(ours());
        tracker.doubts_list();
        let looks: Vec<_> = [0, 100, 200].map(|at| (at, look(previous))).into();
        assert_eq!(after(&mut tracker, &looks, None) == Decision::End(Conclusion::Succeeded), is_over, "{previous}");
    }
}

#[test]
fn the_first_deployment_of_a_service_has_nothing_to_go_back_to() {
    let failed = json!({"status": "ACTIVE", "deployments": [deployed(2, "PRIMARY", "FAILED")],
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}});
    for (older, expected) in [
        (vec![], Decision::End(Conclusion::Failed { reason: None })),
        (vec!["ecs-svc/1".to_owned()], Decision::Again(ROLLBACK_BEGINS / 2)),
    ] {
        let mut tracker = Tracker::new(Tracked { older, previous: None, ..ours() });
        assert_eq!(tracker.look(Some(&ServiceView::of(&failed)), false, Duration::ZERO), expected);
    }
}
