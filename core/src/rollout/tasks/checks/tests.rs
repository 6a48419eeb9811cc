use super::*;

/// A record at this stage, with this hook.
fn record(status: &str, stage: &str, hook: Value) -> Value {
    json!({"status": status, "lifecycleStage": stage, "lifecycleHookDetails": [hook]})
}

fn hook(status: &str, action: &str) -> Value {
    json!({"hookId": "h", "status": status, "timeoutAction": action})
}

#[test]
fn a_hook_is_answered_only_while_it_waits() {
    let pause = lifecycle::pause(&record("IN_PROGRESS", "POST_SCALE_UP", hook("AWAITING_ACTION", "ROLLBACK"))).unwrap();
    let stop = Some("StopServiceDeployment ROLLBACK");
    for (record, on_success, on_failure) in [
        (
            record("IN_PROGRESS", "POST_SCALE_UP", hook("AWAITING_ACTION", "ROLLBACK")),
            Some("ContinueServiceDeployment CONTINUE"),
            Some("ContinueServiceDeployment ROLLBACK"),
        ),
        // Somebody else has continued it, or its time has.
        (record("IN_PROGRESS", "POST_SCALE_UP", hook("SUCCEEDED", "ROLLBACK")), None, stop),
        (record("IN_PROGRESS", "BAKE_TIME", hook("TIMED_OUT", "CONTINUE")), None, stop),
        // The same hook waits in a later stage: that is another pause.
        (record("IN_PROGRESS", "BAKE_TIME", hook("AWAITING_ACTION", "ROLLBACK")), None, stop),
        // It is rolled back already.
        (record("IN_PROGRESS", "POST_SCALE_UP", hook("FAILED", "CONTINUE")), None, None),
        (record("IN_PROGRESS", "POST_SCALE_UP", hook("TIMED_OUT", "ROLLBACK")), None, None),
        (record("ROLLBACK_REQUESTED", "POST_SCALE_UP", hook("AWAITING_ACTION", "ROLLBACK")), None, None),
        (record("SUCCESSFUL", "CLEAN_UP", hook("SUCCEEDED", "ROLLBACK")), None, None),
        (record("STOPPED", "POST_SCALE_UP", hook("AWAITING_ACTION", "ROLLBACK")), None, None),
    ] {
        for (continues, expected) in [(true, on_success), (false, on_failure)] {
            let order = answer("arn", &record, &pause, continues).map(|(operation, input)| {
                let what = input["action"].as_str().or_else(|| input["stopType"].as_str());
                format!("{} {}", operation.name(), what.unwrap_or_default())
            });
            assert_eq!(order.as_deref(), expected, "{record} {continues}");
        }
    }
}

#[test]
fn a_task_that_failed_names_its_place() {
    let place = || Some("after[1]".to_owned());
    let denied = Error::Unsupported { text: "no".to_owned() };
    let failed = failed_check(&denied, place());
    assert!(
        failed.reason.as_ref().is_some_and(|text| text.starts_with("the task of after[1] cannot be run: ")),
        "{failed:?}"
    );
    let unstarted = Failure { reason: Some("RunTask started 0 of 1 tasks".to_owned()), ..Failure::default() };
    let failed = failed_check(&Error::TaskFailed(Box::new(unstarted)), place());
    assert_eq!(failed.reason.as_deref(), Some("the task of after[1] failed: RunTask started 0 of 1 tasks"));
    let task =
        crate::error::failure::TaskOutcome { task: "arn:aws:ecs:r:1:task/prod/t1".to_owned(), ..Default::default() };
    let late = Failure { tasks: vec![task], place: place(), ..Failure::default() };
    let failed = failed_check(&Error::TimedOut { seconds: 5.0, failure: Box::new(late) }, place());
    assert_eq!(failed.reason.as_deref(), Some("task t1 of after[1] has not ended in 5 seconds"));
}
