use serde_json::json;

use super::*;

fn record(stage: &str, running: u64, hook: Option<&str>) -> Value {
    json!({"status": "IN_PROGRESS", "lifecycleStage": stage,
        "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5},
        "targetServiceRevision": {"requestedTaskCount": 2, "runningTaskCount": running},
        "sourceServiceRevisions": [{"runningTaskCount": 2}],
        "lifecycleHookDetails": hook.map(|id| vec![json!({"hookId": id, "status": "AWAITING_ACTION",
            "expiresAt": 1.5e9, "timeoutAction": "ROLLBACK"})])})
}

fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned();
    events.iter().map(name).collect()
}

#[test]
fn stages_and_pauses_are_emitted_once() {
    let mut staged = Staged::default();
    assert_eq!(names(&staged.events(&record("SCALE_UP", 0, None), 1.0)), ["stage", "progress"]);
    assert!(staged.events(&record("SCALE_UP", 0, None), 2.0).is_empty());
    assert_eq!(names(&staged.events(&record("SCALE_UP", 2, None), 3.0)), ["progress"]);
    let paused = staged.events(&record("POST_SCALE_UP", 2, Some("h")), 4.0);
    assert!(staged.is_paused());
    assert_eq!(names(&paused), ["stage", "paused", "progress"]);
    let expected = Event::Paused {
        stage: "POST_SCALE_UP".to_owned(),
        hook: Some("h".to_owned()),
        expires: Some(1.5e9),
        action: Some("ROLLBACK".to_owned()),
    };
    assert_eq!(paused[1], expected);
    assert!(staged.events(&record("POST_SCALE_UP", 2, Some("h")), 5.0).is_empty());
    // The same hook in another stage is another pause.
    assert_eq!(names(&staged.events(&record("BAKE_TIME", 2, Some("h")), 6.0)), ["stage", "paused", "progress"]);
    let _ = staged.events(&record("BAKE_TIME", 2, None), 10.0);
    assert!(!staged.is_paused());
    assert_eq!(staged.ends(), Some(306.0));
}

#[test]
fn a_hook_that_was_continued_is_no_news() {
    let waiting = record("POST_SCALE_UP", 2, Some("h"));
    let mut staged = Staged::default();
    staged.continued(pause(&waiting).unwrap());
    assert_eq!(names(&staged.events(&waiting, 1.0)), ["stage", "progress"]);
}

/// A record in the shift of traffic with these weights of production and test.
fn shifting(configuration: &Value, production: f64, test: f64) -> Value {
    json!({"status": "IN_PROGRESS", "lifecycleStage": "PRODUCTION_TRAFFIC_SHIFT", "deploymentConfiguration": configuration,
        "targetServiceRevision": {"requestedProductionTrafficWeight": production, "requestedTestTrafficWeight": test}})
}

#[test]
fn weights_are_emitted_as_they_change() {
    let configuration = json!({"strategy": "BLUE_GREEN"});
    let mut staged = Staged::default();
    let mut seen = |production: f64, test: f64| {
        let events = staged.events(&shifting(&configuration, production, test), 0.0);
        events.into_iter().filter(|event| matches!(event, Event::Traffic { .. })).collect::<Vec<_>>()
    };
    let traffic = |production: f64, test: f64| vec![Event::Traffic { production, test: Some(test) }];
    assert_eq!(seen(0.0, 0.0), []);
    assert_eq!(seen(0.0, 100.0), traffic(0.0, 100.0));
    assert_eq!(seen(0.0, 100.0), []);
    assert_eq!(seen(100.0, 100.0), traffic(100.0, 100.0));
    // Rolled back.
    assert_eq!(seen(0.0, 0.0), traffic(0.0, 0.0));
}

/// The earliest end of the shift, whether it is first seen at its beginning or in the middle.
#[test]
fn the_end_of_a_shift_counts_its_steps() {
    let linear =
        json!({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 2}});
    let canary =
        json!({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 3}});
    for (configuration, looks, ends) in [
        // 30, 60, 90, 100: three steps are kept.
        (&linear, &[(10.0, 30.0)][..], Some(370.0)),
        (&linear, &[(10.0, 60.0)], Some(250.0)),
        (&linear, &[(10.0, 30.0), (131.0, 60.0), (255.0, 90.0)], Some(370.0)),
        // The steps came sooner than they were first thought to.
        (&linear, &[(100.0, 30.0), (110.0, 60.0)], Some(350.0)),
        (&canary, &[(10.0, 10.0)], Some(190.0)),
        (&canary, &[(10.0, 100.0)], Some(10.0)),
        (&json!({"strategy": "BLUE_GREEN"}), &[(10.0, 100.0)], None),
        (&json!({"strategy": "LINEAR"}), &[(10.0, 30.0)], None),
    ] {
        let mut staged = Staged::default();
        for (now, production) in looks {
            let _ = staged.events(&shifting(configuration, *production, 100.0), *now);
        }
        assert_eq!(staged.ends(), ends, "{configuration} {looks:?}");
    }
}

#[test]
fn a_deployment_has_come_to_a_stage_or_past_it() {
    let at = |stage: &str| json!({"status": "IN_PROGRESS", "lifecycleStage": stage});
    for (present, asked, expected) in [
        ("SCALE_UP", "SCALE_UP", true),
        ("SCALE_UP", "POST_SCALE_UP", false),
        ("BAKE_TIME", "TEST_TRAFFIC_SHIFT", true),
        // A stage that AWS adds later is at no known place.
        ("NEXT_STAGE", "SCALE_UP", false),
    ] {
        assert_eq!(has_come_to(&at(present), asked), expected, "{present} {asked}");
    }
    for (record, expected) in [
        (json!({"status": "IN_PROGRESS"}), true),
        (json!({"status": "IN_PROGRESS", "rollback": {"reason": "r"}}), false),
        (json!({"status": "ROLLBACK_REQUESTED"}), false),
        (json!({"status": "STOP_REQUESTED"}), false),
        (json!({"status": "SUCCESSFUL"}), false),
        (json!({}), false),
    ] {
        assert_eq!(goes_forward(&record), expected, "{record}");
    }
}
