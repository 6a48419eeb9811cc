//! What the record of our deployment adds to the looks.

use serde_json::json;

use super::*;

#[test]
fn a_stopped_record_was_rolled_back_if_the_event_came_before_the_next_deployment() {
    let look = |deployments: Value, back: f64| {
        let words =
            json!([{"id": "e", "createdAt": back, "message": "(service api) rolling back to deployment ecs-svc/0."}]);
        ServiceView::of(&json!({"status": "ACTIVE", "deployments": deployments, "events": words}))
    };
    let stopped = json!({"status": "STOPPED", "finishedAt": 111.0});
    for (back, successor, expected) in [
        (105.0, 110.0, Conclusion::RolledBack { reason: None }),
        (112.0, 110.0, Conclusion::Superseded { by: "ecs-svc/12".to_owned(), definition: "td:12".to_owned() }),
    ] {
        let mut tracker = Tracker::new(ours());
        tracker.succeeded_by("record".to_owned(), successor, Some("td:12".to_owned()));
        let look = look(json!([deployed(12, "PRIMARY", "IN_PROGRESS")]), back);
        assert_eq!(tracker.look(Some(&look), false, Duration::ZERO), Decision::Ask);
        assert_eq!(tracker.saw_service_deployment(Some(&stopped), Duration::ZERO), Decision::End(expected), "{back}");
    }
}

#[test]
fn a_stopped_record_waits_for_a_look_that_is_as_new() {
    let whole = json!({"status": "STOPPED", "finishedAt": 130.0, "targetServiceRevision": {}});
    let brief = json!({"status": "STOPPED", "finishedAt": 130.0});
    let look = |updated: f64| {
        let mut ours = deployed(2, "PRIMARY", "IN_PROGRESS");
        ours["updatedAt"] = json!(updated);
        ServiceView::of(&active(json!([ours])))
    };
    let stopped = || Decision::End(Conclusion::Stopped { reason: None });
    for (record, updated, at, expected) in [
        (&whole, 129.0, 2, Decision::Again(SOON)),
        (&whole, 129.0, 14, Decision::Again(SOON)),
        (&whole, 129.0, 15, stopped()),
        (&whole, 130.0, 2, stopped()),
        (&brief, 129.0, 59, Decision::Again(SOON)),
        (&brief, 129.0, 60, stopped()),
        (&brief, 130.0, 2, stopped()),
    ] {
        let mut tracker = Tracker::new(ours());
        tracker.goes_by_record(true);
        tracker.look(Some(&look(updated)), false, Duration::ZERO);
        assert_eq!(tracker.saw_service_deployment(Some(record), Duration::ZERO), Decision::Again(SOON));
        tracker.look(Some(&look(updated)), false, Duration::from_secs(at));
        assert_eq!(
            tracker.saw_service_deployment(Some(record), Duration::from_secs(at)),
            expected,
            "{record} {updated} {at}"
        );
    }
}

#[test]
fn a_record_that_runs_outweighs_the_list() {
    let mut tracker = Tracker::new(ours());
    tracker.goes_by_record(true);
    let done = ServiceView::of(&json!({"status": "ACTIVE", "deployments": [deployed(2, "PRIMARY", "COMPLETED")]}));
    assert_eq!(tracker.look(Some(&done), false, Duration::ZERO), Decision::Wait);
    assert_eq!(tracker.saw_service_deployment(Some(&json!({"status": "IN_PROGRESS"})), Duration::ZERO), Decision::Wait);
    assert_eq!(
        tracker.saw_service_deployment(Some(&json!({"status": "SUCCESSFUL"})), Duration::ZERO),
        Decision::End(Conclusion::Succeeded)
    );
    assert_eq!(
        tracker.saw_service_deployment(Some(&json!({"status": "STOPPED"})), Duration::ZERO),
        Decision::End(Conclusion::Succeeded)
    );
}

#[test]
fn a_stop_in_whose_place_nothing_was_begun_ends_at_once() {
    let record = json!({"status": "STOPPED", "finishedAt": 130.0});
    let look = active(json!([deployed(2, "PRIMARY", "IN_PROGRESS")]));
    for (is_unreplaced, expected) in
        [(true, Decision::End(Conclusion::Stopped { reason: None })), (false, Decision::Again(SOON))]
    {
        let mut tracker = Tracker::new(ours());
        assert_eq!(tracker.look(Some(&ServiceView::of(&look)), false, Duration::ZERO), Decision::Wait);
        if is_unreplaced {
            tracker.was_not_replaced();
        }
        assert_eq!(tracker.saw_service_deployment(Some(&record), Duration::from_secs(1)), expected);
    }
}

#[test]
fn what_the_looks_have_shown_to_begin_meanwhile_replaced_a_stopped_deployment() {
    let words = |at: f64| json!([{"id": "e", "createdAt": at, "message": "(service api) rolling back to deployment ecs-svc/9."}]);
    let look = |deployments: Value, events: Value| {
        ServiceView::of(&json!({"status": "ACTIVE", "deployments": deployments, "events": events}))
    };
    let by = |id: u32| Conclusion::Superseded { by: format!("ecs-svc/{id}"), definition: format!("td:{id}") };
    let stopped = |at: f64| json!({"status": "STOPPED", "finishedAt": at});
    // (the looks, when our record ended, the conclusion); ours began at 100, deployment N at 98 + N.
    for (looks, ended, expected) in [
        // The first of two, although the second is PRIMARY now.
        (
            vec![
                (json!([deployed(12, "PRIMARY", "IN_PROGRESS")]), json!([])),
                (json!([deployed(20, "PRIMARY", "IN_PROGRESS")]), json!([])),
            ],
            110.0,
            by(12),
        ),
        // ECS rolled back two seconds after the end of ours: another one.
        (vec![(json!([deployed(15, "PRIMARY", "COMPLETED")]), words(113.0))], 111.0, by(15)),
    ] {
        let mut tracker = Tracker::new(ours());
        for (deployments, events) in looks {
            tracker.look(Some(&look(deployments, events)), false, Duration::ZERO);
        }
        assert_eq!(tracker.saw_service_deployment(Some(&stopped(ended)), Duration::ZERO), Decision::End(expected));
    }
}

#[test]
fn a_record_nearer_to_another_deployment_that_was_seen_is_not_ours() {
    let record = |created: f64| json!({"serviceDeploymentArn": "r", "createdAt": created, "status": "IN_PROGRESS"});
    let looks = [
        active(json!([deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "ACTIVE", "COMPLETED")])),
        active(json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")])),
    ];
    for (seen, created, is_ours) in [(1, 100.75, true), (2, 100.2, true), (2, 100.75, false), (2, 101.0, false)] {
        let mut tracker = Tracker::new(ours());
        for look in &looks[..seen] {
            tracker.look(Some(&ServiceView::of(look)), false, Duration::ZERO);
        }
        let answer = json!({"serviceDeployments": [record(created)]});
        let found = judge::find_service_deployment(&tracker.ours_among_seen(), &answer);
        assert_eq!(found.is_some(), is_ours, "{seen} {created}");
    }
}
