//! Schedules and rules: what is refused, and when they fire. Times are written out: they are not reckoned by what is tested.

mod common;

use common::{code, ok, wait};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/s";
const LAMBDA: &str = "arn:aws:lambda:eu-central-1:123456789012:function:f";

fn start(more: Value) -> Simulator {
    let mut world = json!({"speed": 0, "date": "2026-10-24T22:00:00Z"});
    world.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Simulator::start(world).expect("the world is sound")
}

fn schedule(expression: &str, more: Value) -> Value {
    let mut input = json!({
        "Name": "n", "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": LAMBDA, "RoleArn": ROLE},
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// The times of the calls, in simulated seconds.
fn times(simulator: &Simulator) -> Vec<f64> {
    let all = simulator.invocations();
    all.as_array().unwrap().iter().map(|call| call["at"].as_f64().unwrap()).collect()
}

#[test]
fn calls_come_once_a_due_time_however_time_passes() {
    let hour = 3600.0;
    for (expression, more, passes, expected) in [
        // At once, and then from there on.
        ("rate(5 minutes)", json!({}), 601.0, vec![0.0, 300.0, 600.0]),
        ("rate(1 hour)", json!({"StartDate": 1_792_882_800}), 2.5 * hour, vec![hour, 2.0 * hour]),
        ("rate(1 hour)", json!({"EndDate": 1_792_882_800}), 5.0 * hour, vec![0.0, hour]),
        ("rate(5 minutes)", json!({"State": "DISABLED"}), hour, vec![]),
        // It is midnight in Berlin; on this day 02:30 comes at 00:30 UTC and again at 01:30 UTC, and once is enough.
        ("cron(30 2 25 10 ? *)", json!({"ScheduleExpressionTimezone": "Europe/Berlin"}), 24.0 * hour, vec![2.5 * hour]),
        (
            "cron(0 0,3 * * ? *)",
            json!({"ScheduleExpressionTimezone": "Europe/Berlin"}),
            26.0 * hour,
            vec![4.0 * hour, 25.0 * hour],
        ),
        ("at(2026-10-25T00:00:00)", json!({}), 24.0 * hour, vec![2.0 * hour]),
        (
            "at(2026-10-25T00:00:00)",
            json!({"ScheduleExpressionTimezone": "America/New_York"}),
            24.0 * hour,
            vec![6.0 * hour],
        ),
    ] {
        for steps in [1, 7, 100] {
            let simulator = start(json!({}));
            ok(&simulator, "scheduler:CreateSchedule", schedule(expression, more.clone()));
            (0..steps).for_each(|_| {
                wait(&simulator, passes / f64::from(steps));
                times(&simulator);
            });
            assert_eq!(times(&simulator), expected, "{expression} {more} in {steps}");
        }
    }
}

#[test]
fn an_update_replaces_the_whole_and_counts_anew() {
    let simulator = start(json!({}));
    ok(
        &simulator,
        "scheduler:CreateSchedule",
        schedule("rate(1 hour)", json!({"Description": "d", "State": "DISABLED"})),
    );
    wait(&simulator, 100.0);
    ok(&simulator, "scheduler:UpdateSchedule", schedule("rate(10 minutes)", json!({})));
    let seen = ok(&simulator, "scheduler:GetSchedule", json!({"Name": "n"}));
    assert_eq!((&seen["State"], seen.get("Description")), (&json!("ENABLED"), None));
    wait(&simulator, 600.0);
    assert_eq!(times(&simulator), [100.0, 700.0]);
    ok(&simulator, "scheduler:DeleteSchedule", json!({"Name": "n"}));
    wait(&simulator, 6000.0);
    assert_eq!(times(&simulator), [100.0, 700.0]);
}

#[test]
fn one_that_is_over_goes_where_it_was_told_to() {
    for (after, is_there) in [("DELETE", false), ("NONE", true)] {
        let simulator = start(json!({}));
        let more = json!({"ActionAfterCompletion": after});
        ok(&simulator, "scheduler:CreateSchedule", schedule("at(2026-10-24T22:01:00)", more));
        wait(&simulator, 61.0);
        assert_eq!(times(&simulator), [60.0]);
        assert_eq!(simulator.call("scheduler:GetSchedule", json!({"Name": "n"})).is_ok(), is_there, "{after}");
    }
}

#[test]
fn what_is_wrong_is_refused_as_scheduler_does() {
    let simulator = start(json!({"roles": {ROLE: 50}}));
    let refuse = |input: Value| code(&simulator, "scheduler:CreateSchedule", input);
    assert_eq!(refuse(schedule("rate(1 hour)", json!({}))), "ValidationException");
    wait(&simulator, 50.0);
    for input in [
        schedule("rate(1 hours)", json!({})),
        schedule("cron(0 9 * * * *)", json!({})),
        schedule("at(2026-10-24T21:59:00)", json!({})),
        schedule("rate(1 hour)", json!({"ScheduleExpressionTimezone": "Mars/Base"})),
        schedule("rate(1 hour)", json!({"FlexibleTimeWindow": null})),
        schedule("rate(1 hour)", json!({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}})),
        schedule("rate(1 hour)", json!({"Target": {"Arn": LAMBDA}})),
        schedule("rate(1 hour)", json!({"Name": "a b"})),
    ] {
        assert_eq!(refuse(input.clone()), "ValidationException", "{input}");
    }
    let (status, error) =
        simulator.call("scheduler:CreateSchedule", schedule("rate(1 hour)", json!({"GroupName": "g"}))).unwrap_err();
    assert_eq!(
        (status, &error["__type"], &error["message"]),
        (404, &json!("ResourceNotFoundException"), &json!("Schedule group g does not exist."))
    );
    let mut first = schedule("rate(1 hour)", json!({"ClientToken": "t"}));
    ok(&simulator, "scheduler:CreateSchedule", first.clone());
    // The same creation again is the same creation.
    ok(&simulator, "scheduler:CreateSchedule", first.clone());
    first["ClientToken"] = json!("u");
    let (status, error) = simulator.call("scheduler:CreateSchedule", first).unwrap_err();
    assert_eq!((status, &error["__type"]), (409, &json!("ConflictException")));
    let (status, error) =
        simulator.call("scheduler:UpdateSchedule", schedule("rate(1 hour)", json!({"Name": "m"}))).unwrap_err();
    assert_eq!((status, &error["message"]), (404, &json!("Schedule m does not exist.")));
}

#[test]
fn what_is_ecs_s_is_performed() {
    let simulator = common::start(1, json!({}));
    let call = |operation: &str| format!("arn:aws:scheduler:::aws-sdk:ecs:{operation}");
    let target =
        |arn: String, input: Value| json!({"Target": {"Arn": arn, "RoleArn": ROLE, "Input": input.to_string()}});
    let scale = target(call("updateService"), json!({"Cluster": "prod", "Service": "api", "DesiredCount": 3}));
    ok(&simulator, "scheduler:CreateSchedule", schedule("rate(1 day)", scale));
    assert_eq!(simulator.invocations()[0]["operation"], "UpdateService");
    assert_eq!(common::service(&simulator)["desiredCount"], 3);
    let mut missing = schedule("rate(1 day)", target(call("updateService"), json!({"Service": "none"})));
    missing["Name"] = json!("m");
    ok(&simulator, "scheduler:CreateSchedule", missing);
    assert_eq!(simulator.invocations()[1]["error"], "ClusterNotFoundException");
}

#[test]
fn keywords_in_an_input_are_filled_in() {
    let simulator = start(json!({}));
    let text = r#"{"time": "<aws.scheduler.scheduled-time>", "key": "<aws.scheduler.schedule-arn>/<aws.scheduler.attempt-number>"}"#;
    let target = json!({"Target": {"Arn": LAMBDA, "RoleArn": ROLE, "Input": text}});
    ok(&simulator, "scheduler:CreateSchedule", schedule("at(2026-10-24T22:01:00)", target));
    wait(&simulator, 100.0);
    let key = "arn:aws:scheduler:eu-central-1:123456789012:schedule/default/n/1";
    assert_eq!(simulator.invocations()[0]["input"], json!({"time": "2026-10-24T22:01:00Z", "key": key}));
}

#[test]
fn a_failed_entry_is_in_an_answer_of_success() {
    let simulator = start(json!({}));
    ok(&simulator, "events:PutRule", json!({"Name": "r", "ScheduleExpression": "rate(1 minute)"}));
    for input in [
        json!({"Rule": "r", "Targets": [{"Id": "1"}]}),
        json!({"Rule": "r", "Targets": [{"Id": "1", "Arn": "arn:aws:events:r:1:api-destination/d/1"}]}),
    ] {
        assert_eq!(code(&simulator, "events:PutTargets", input), "ValidationException");
    }
    assert_eq!(
        code(&simulator, "events:PutRule", json!({"Name": "s", "ScheduleExpression": "at(2030-01-01T00:00:00)"})),
        "ValidationException"
    );
    // A rule's rate begins with a pause.
    ok(&simulator, "events:PutTargets", json!({"Rule": "r", "Targets": [{"Id": "1", "Arn": LAMBDA}]}));
    wait(&simulator, 125.0);
    assert_eq!(times(&simulator), [60.0, 120.0]);
}
