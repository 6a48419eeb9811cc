use super::*;
use crate::options::read::parse_options;

fn scaling() -> Scaling<'static> {
    let label = Some("app/lb/1/targetgroup/tg/2".to_owned());
    Scaling { name: "api", resource: "service/prod/api".to_owned(), label }
}

fn scaled() -> ScalingState {
    let object = |value: Value| value.as_object().cloned().unwrap();
    let named = json!({"ServiceNamespace": "ecs", "ResourceId": "service/prod/api", "ScalableDimension": DIMENSION});
    let with = |more: Value| {
        let mut all = named.clone();
        json_patch::merge(&mut all, &more);
        object(all)
    };
    ScalingState {
        target: Some(with(json!({"MinCapacity": 2, "MaxCapacity": 4, "RoleARN": "r"}))),
        policies: vec![with(
            json!({"PolicyName": "api-cpu", "PolicyARN": "arn", "PolicyType": "TargetTrackingScaling",
            "Alarms": [{"AlarmName": "high"}], "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
            "ScaleInCooldown": 120, "PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[0].1}}}),
        )],
        actions: vec![with(json!({"ScheduledActionName": "night", "Schedule": "cron(0 22 * * ? *)",
            "ScalableTargetAction": {"MinCapacity": 1}}))],
    }
}

fn decided(state: &ScalingState, mut options: Value) -> Result<ScalingChanges, Error> {
    options["service"] = json!("api");
    let scale: Scale = parse_options("options", options)?;
    decide(&scale, &scaling(), state)
}

/// The operations with what tells their inputs apart, and the paths of the changes.
fn told(state: &ScalingState, options: Value) -> (Vec<String>, Vec<String>) {
    let decided = decided(state, options).unwrap();
    let write = |write: &Write| {
        let name = write.input.get("PolicyName").or(write.input.get("ScheduledActionName"));
        format!("{} {}", write.operation.name(), name.and_then(Value::as_str).unwrap_or("-"))
    };
    let paths = decided.changes.iter().map(|change| change.path.clone()).collect();
    (decided.writes.iter().map(write).collect(), paths)
}

#[test]
fn only_what_differs_is_written() {
    let night = json!({"ScheduledActionName": "night", "Schedule": "cron(0 22 * * ? *)", "ScalableTargetAction": {"MinCapacity": 1}});
    for (state, options, writes, changes) in [
        (ScalingState::default(), json!({}), &[] as &[&str], &[] as &[&str]),
        (ScalingState::default(), json!({"cpu": null, "remove": ["x"]}), &[], &[]),
        (ScalingState::default(), json!({"remove": true}), &[], &[]),
        (
            ScalingState::default(),
            json!({"min": 2, "max": 4, "cpu": 60}),
            &["RegisterScalableTarget -", "PutScalingPolicy api-cpu"],
            &["/min", "/max", "/policies/api-cpu"],
        ),
        (scaled(), json!({"min": 2, "max": 4, "cpu": 60, "actions": [night]}), &[], &[]),
        (scaled(), json!({"max": 6}), &["RegisterScalableTarget -"], &["/max"]),
        (scaled(), json!({"role": "r"}), &[], &[]),
        (scaled(), json!({"role": "q"}), &["RegisterScalableTarget -"], &["/role"]),
        (scaled(), json!({"suspended": false}), &[], &[]),
        (scaled(), json!({"suspended": {"in": true}}), &["RegisterScalableTarget -"], &["/suspended/in"]),
        (scaled(), json!({"cpu": 50}), &["PutScalingPolicy api-cpu"], &["/policies/api-cpu"]),
        (scaled(), json!({"cooldown": {"in": 120}}), &[], &[]),
        (scaled(), json!({"cooldown": {"in": 60}}), &["PutScalingPolicy api-cpu"], &["/policies/api-cpu"]),
        (scaled(), json!({"requests": 1000}), &["PutScalingPolicy api-requests"], &["/policies/api-requests"]),
        (
            scaled(),
            json!({"cpu": null, "remove": ["night", "gone"]}),
            &["DeleteScalingPolicy api-cpu", "DeleteScheduledAction night"],
            &["/policies/api-cpu", "/actions/night"],
        ),
        (
            scaled(),
            json!({"remove": true}),
            &["DeregisterScalableTarget -"],
            &["/min", "/max", "/policies/api-cpu", "/actions/night"],
        ),
    ] {
        let (seen_writes, seen_changes) = told(&state, options.clone());
        assert_eq!(
            (seen_writes, seen_changes),
            (writes.iter().map(ToString::to_string).collect(), changes.iter().map(ToString::to_string).collect()),
            "{options}"
        );
    }
}

#[test]
fn what_is_not_given_stays() {
    let put = decided(&scaled(), json!({"cpu": 50, "cooldown": {"out": 30}})).unwrap();
    let configuration = &put.writes[0].input["TargetTrackingScalingPolicyConfiguration"];
    assert_eq!((&configuration["TargetValue"], &configuration["ScaleInCooldown"]), (&json!(50.0), &json!(120)));
    assert_eq!(configuration["ScaleOutCooldown"], 30);
    // Its ARN and alarms are the same as before.
    assert_eq!(put.after.shown_policies()[0].alarms, ["high"]);
    let range = decided(&scaled(), json!({"max": 9})).unwrap();
    assert_eq!((&range.writes[0].input["MinCapacity"], &range.writes[0].input["MaxCapacity"]), (&json!(2), &json!(9)));
    assert!(range.writes[0].input.get("SuspendedState").is_none() && range.writes[0].input.get("RoleARN").is_none());
    let requests = decided(&scaled(), json!({"requests": 5})).unwrap();
    let specification =
        &requests.writes[0].input["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"];
    assert_eq!(specification["ResourceLabel"], "app/lb/1/targetgroup/tg/2");
    assert_eq!(requests.writes[0].input["ResourceId"], "service/prod/api");
}

#[test]
fn what_cannot_be_is_refused() {
    let mut foreign = scaled();
    foreign.policies[0].insert("PolicyName".to_owned(), json!("console"));
    for (state, options, expected) in [
        (ScalingState::default(), json!({"min": 1}), "max: service \"api\" is not scaled yet"),
        (ScalingState::default(), json!({"cpu": 50}), "min: service \"api\" is not scaled yet"),
        (scaled(), json!({"min": 5}), "min: the service would be scaled from 5 to 4"),
        (scaled(), json!({"max": 1}), "max: the service would be scaled from 2 to 1"),
        (foreign.clone(), json!({"cpu": 50}), "cpu: the policy \"console\" tracks"),
        (foreign.clone(), json!({"cooldown": {"in": 5}}), "cooldown: it needs"),
        (scaled(), json!({"cpu": 50, "remove": ["api-cpu"]}), "remove: \"api-cpu\" is asked for as well"),
        (
            scaled(),
            json!({"cpu": 50, "policies": [{"PolicyName": "api-cpu"}]}),
            "policies: \"api-cpu\" is the policy of `cpu`",
        ),
    ] {
        let error = decided(&state, options.clone()).map(drop).unwrap_err().to_string();
        assert!(error.contains(expected), "{options}: {error}");
    }
    assert!(decided(&foreign, json!({"cpu": 50, "remove": ["console"]})).is_ok());
}
