use super::*;
use crate::schedule::check::check;
use crate::schedule::request::Schedule;

const NOW: i64 = 1_795_737_600;

fn there() -> Value {
    json!({
        "Arn": "arn:aws:scheduler:r:1:schedule/default/n", "Name": "n", "GroupName": "default", "CreationDate": 1.0, "LastModificationDate": 2.0,
        "ScheduleExpression": "rate(5 minutes)", "ScheduleExpressionTimezone": "UTC", "State": "DISABLED", "Description": "by hand",
        "StartDate": serde_json::from_str::<Value>("1.8E9").unwrap(), "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}, "KmsKeyArn": "k", "SomethingNew": serde_json::from_str::<Value>("{\"A\": 1.5}").unwrap(),
        "Target": {
            "Arn": "arn:aws:lambda:r:1:function:f", "RoleArn": "arn:aws:iam::1:role/s", "Input": "{\"a\": 1, \"b\": 2}",
            "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}, "DeadLetterConfig": {"Arn": "q"},
        },
    })
}

/// The write that comes of options over what is there: its operation, and the changes by their places.
fn write(
    options: Value,
    target: Option<Value>,
    there: Option<&Value>,
) -> Result<Option<(String, Value, Vec<String>)>, Error> {
    let mut options = options;
    options["name"] = json!("n");
    let request = Schedule::from_value(options).unwrap();
    let checked = check(&request)?;
    let target = target.and_then(|target| target.as_object().cloned());
    let wanted = Desired { checked: &checked, target, token: "t".to_owned(), now: NOW };
    let write = wanted.write(there)?;
    Ok(write.map(|write| {
        let paths = write.changes.into_iter().map(|change| change.path).collect();
        (write.operation.name().to_owned(), write.input, paths)
    }))
}

#[test]
fn what_is_not_asked_for_stays_and_all_of_it_is_sent() {
    let (operation, input, changes) =
        write(json!({"expression": "rate(10 minutes)"}), None, Some(&there())).unwrap().unwrap();
    assert_eq!((operation.as_str(), changes), ("UpdateSchedule", vec!["/ScheduleExpression".to_owned()]));
    let mut expected = there();
    expected["ScheduleExpression"] = json!("rate(10 minutes)");
    expected["ClientToken"] = json!("t");
    SCHEDULE.strip_read_only(expected.as_object_mut().unwrap());
    assert_eq!(input, expected);
    assert!(input.to_string().contains("\"A\":1.5"), "{input}");
}

#[test]
fn a_start_that_is_past_is_not_sent_again() {
    let mut begun = there();
    begun["StartDate"] = json!(NOW - 86_400);
    let (_, input, changes) = write(json!({"description": "new"}), None, Some(&begun)).unwrap().unwrap();
    assert_eq!((input.get("StartDate"), changes), (None, vec!["/Description".to_owned()]));
    // Given again, it is what began it, and no change.
    begun.as_object_mut().unwrap().remove("StartDate");
    for start in [json!(NOW - 86_400), json!(NOW - 300)] {
        assert!(write(json!({ "start": start }), None, Some(&begun)).unwrap().is_none());
    }
    let (_, input, _) = write(json!({"start": NOW + 60}), None, Some(&begun)).unwrap().unwrap();
    assert_eq!(input["StartDate"], json!(NOW + 60));
}

#[test]
fn what_is_taken_away_and_comes_back_by_itself_is_no_change() {
    let mut plain = there();
    for (name, word) in [("State", "ENABLED"), ("ScheduleExpressionTimezone", "UTC"), ("ActionAfterCompletion", "NONE")]
    {
        plain[name] = json!(word);
    }
    let settings = json!({"State": null, "ScheduleExpressionTimezone": null, "ActionAfterCompletion": null});
    assert!(write(json!({ "settings": settings }), None, Some(&plain)).unwrap().is_none());
}

#[test]
fn what_is_there_already_is_not_written() {
    let function = json!({"Arn": "arn:aws:lambda:r:1:function:f", "Input": "{\"b\":2,\"a\":1}"});
    for (options, target) in [
        (json!({}), None),
        (json!({"expression": "rate(5 minutes)", "timezone": "UTC", "enabled": false, "description": "by hand"}), None),
        (json!({"start": 1_800_000_000, "flexible": 5}), None),
        (json!({"start": "2027-01-15T08:00:00Z"}), None),
        (
            json!({"role": "arn:aws:iam::1:role/s", "retry": {"attempts": 3}, "settings": {"KmsKeyArn": "k", "Other": null}}),
            None,
        ),
        (json!({}), Some(function)),
    ] {
        assert!(write(options.clone(), target, Some(&there())).unwrap().is_none(), "{options}");
    }
}

#[test]
fn each_option_changes_its_member() {
    let lambda = |arn: &str| Some(json!({"Arn": arn}));
    for (options, target, expected) in [
        (json!({"enabled": true}), None, vec!["/State"]),
        (json!({"flexible": 0}), None, vec!["/FlexibleTimeWindow/Mode", "/FlexibleTimeWindow/MaximumWindowInMinutes"]),
        (json!({"once": true}), None, vec!["/ActionAfterCompletion"]),
        (json!({"retry": {"age": 60}}), None, vec!["/Target/RetryPolicy/MaximumEventAgeInSeconds"]),
        (json!({"deadletter": "arn:aws:sqs:r:1:q"}), None, vec!["/Target/DeadLetterConfig/Arn"]),
        (json!({"settings": {"StartDate": null, "KmsKeyArn": null}}), None, vec!["/StartDate", "/KmsKeyArn"]),
        // The same function: its input stays. Another: it goes.
        (json!({}), lambda("arn:aws:lambda:r:1:function:f"), vec![]),
        (json!({}), lambda("arn:aws:lambda:r:1:function:g"), vec!["/Target/Arn", "/Target/Input"]),
        (json!({}), Some(json!({"Arn": "arn:aws:lambda:r:1:function:f", "Input": null})), vec!["/Target/Input"]),
    ] {
        let mut changes =
            write(options.clone(), target, Some(&there())).unwrap().map_or(Vec::new(), |(_, _, changes)| changes);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        changes.sort();
        expected.sort();
        assert_eq!(changes, expected, "{options}");
    }
}

#[test]
fn a_new_one_needs_what_it_cannot_be_without() {
    let role = "arn:aws:iam::1:role/s";
    let target = Some(json!({"Arn": "arn:aws:lambda:r:1:function:f"}));
    let lambda = json!({"lambda": "arn:aws:lambda:r:1:function:f"});
    let full = json!({"expression": "rate(1 day)", "target": lambda, "role": role});
    for (missing, text) in
        [("expression", "expression: needed"), ("target", "target: needed"), ("role", "role: needed")]
    {
        let mut options = full.clone();
        options.as_object_mut().unwrap().remove(missing);
        let error = write(options, target.clone(), None).err().unwrap().to_string();
        assert!(error.contains(text) && error.contains("no schedule \"n\" in group \"default\" yet"), "{error}");
    }
    let (operation, input, _) = write(full, target, None).unwrap().unwrap();
    assert_eq!(operation, "CreateSchedule");
    assert_eq!(
        input,
        json!({
            "Name": "n", "GroupName": "default", "ScheduleExpression": "rate(1 day)", "State": "ENABLED", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:lambda:r:1:function:f", "RoleArn": role}, "ClientToken": "t",
        })
    );
}

#[test]
fn a_time_that_is_past_is_not_written_but_may_be_there() {
    let (past, role) = ("at(2026-11-01T00:00:00)", "arn:aws:iam::1:role/s");
    let target = json!({"Arn": "arn:aws:lambda:r:1:function:f"});
    let options =
        |expression: &str| json!({"expression": expression, "role": role, "target": {"lambda": target["Arn"]}});
    for expression in [past, "cron(0 0 1 1 ? 2020)"] {
        let error = write(options(expression), Some(target.clone()), None).err().unwrap().to_string();
        assert!(error.contains("past"), "{error}");
    }
    let mut there = there();
    there["ScheduleExpression"] = json!(past);
    assert!(write(options(past), Some(target.clone()), Some(&there)).unwrap().is_none());
    // In its own time zone it is still to come.
    let mut west = options("at(2026-11-26T20:00:00)");
    west["timezone"] = json!("America/New_York");
    assert!(write(west, Some(target), None).unwrap().is_some());
}
