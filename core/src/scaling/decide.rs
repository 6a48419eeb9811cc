//! What is to be written so that a service is scaled as asked: what is there already as asked is left alone. Pure.

use serde_json::{Map, Value, json};

use super::check::{DIMENSION, NAMESPACE};
use super::policy::{is_same, kind};
use super::state::Standing;
use super::tracking::{METRICS, target_of, tracking};
use super::{Remove, Scale, Suspend, Suspended};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::error::finding::Change;

/// The service that is scaled.
pub(crate) struct Scaling<'a> {
    pub(crate) name: &'a str,
    /// `service/<cluster>/<name>`.
    pub(crate) resource: String,
    /// The `ResourceLabel` of its target group, where requests are to count.
    pub(crate) label: Option<String>,
}

/// A call that writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    pub(crate) operation: Operation,
    pub(crate) input: Value,
}

/// What is to be done, and how the service stands afterwards.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScalingChanges {
    pub(crate) writes: Vec<Write>,
    pub(crate) changes: Vec<Change>,
    pub(crate) after: Standing,
}

pub(crate) fn decide(scale: &Scale, scaling: &Scaling, standing: &Standing) -> Result<ScalingChanges, Error> {
    let mut decided = ScalingChanges { after: standing.clone(), ..ScalingChanges::default() };
    if scale.remove == Some(Remove::All(true)) {
        decided.remove_all(scaling);
        return Ok(decided);
    }
    let removed = removed(scale, scaling);
    decided.target(scale, scaling)?;
    for name in &removed {
        decided.remove(scaling, name);
    }
    let tracking = tracking(scale, scaling, standing, &removed)?;
    for policy in tracking.into_iter().chain(scale.policies.iter().cloned()) {
        decided.put_policy(scaling, policy);
    }
    for action in &scale.actions {
        decided.put_action(scaling, action.clone());
    }
    Ok(decided)
}

fn removed(scale: &Scale, scaling: &Scaling) -> Vec<String> {
    let by_option = METRICS.iter().filter(|(option, _)| target_of(scale, option) == Some(None));
    let by_option = by_option.map(|(option, _)| format!("{}-{option}", scaling.name));
    let named = match &scale.remove {
        Some(Remove::Some(names)) => names.clone(),
        _ => Vec::new(),
    };
    by_option.chain(named).collect()
}

impl ScalingChanges {
    fn write(&mut self, scaling: &Scaling, operation: Operation, members: Value) {
        let mut input = json!({
            "ServiceNamespace": NAMESPACE,
            "ResourceId": scaling.resource,
            "ScalableDimension": DIMENSION,
        });
        for (member, value) in members.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            input[member] = value.clone();
        }
        self.writes.push(Write { operation, input });
    }

    fn change(&mut self, path: String, before: Option<Value>, after: Option<Value>) {
        if before != after {
            self.changes.push(Change { path, before, after });
        }
    }

    /// The range, and what else is said of the scalable target.
    fn target(&mut self, scale: &Scale, scaling: &Scaling) -> Result<(), Error> {
        let before = self.after.range();
        if before.is_none() && !asks_for_target(scale) {
            return Ok(());
        }
        let (min, max) = range(scale, scaling, before)?;
        let (was, will) = (self.after.suspended(), suspended(scale, self.after.suspended()));
        let role = scale.role.as_ref().map(|role| json!(role));
        let from = self.changes.len();
        self.change("/min".to_owned(), before.map(|(min, _)| json!(min)), Some(json!(min)));
        self.change("/max".to_owned(), before.map(|(_, max)| json!(max)), Some(json!(max)));
        if role.is_some() {
            let known = self.after.target.as_ref().and_then(|target| target.get("RoleARN").cloned());
            self.change("/role".to_owned(), known, role.clone());
        }
        let pairs =
            [was.inward, was.outward, was.scheduled].into_iter().zip([will.inward, will.outward, will.scheduled]);
        for (name, (was, will)) in ["in", "out", "scheduled"].into_iter().zip(pairs) {
            self.change(format!("/suspended/{name}"), Some(json!(was)), Some(json!(will)));
        }
        if self.changes.len() == from {
            return Ok(());
        }
        let state = (was != will).then(|| will.state());
        let members = json!({"MinCapacity": min, "MaxCapacity": max, "RoleARN": role, "SuspendedState": state});
        let target = self.after.target.get_or_insert_default();
        let told = members.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        told.for_each(|(name, value)| drop(target.insert(name.clone(), value.clone())));
        self.write(scaling, Operation::RegisterScalableTarget, members);
        Ok(())
    }

    fn remove_all(&mut self, scaling: &Scaling) {
        let before = std::mem::take(&mut self.after);
        let Some(target) = &before.target else { return };
        for (path, member) in [("/min", "MinCapacity"), ("/max", "MaxCapacity")] {
            self.change(path.to_owned(), target.get(member).cloned(), None);
        }
        before.shown_policies().iter().for_each(|one| self.removed("policies", &one.name, before.policy(&one.name)));
        before.shown_actions().iter().for_each(|one| self.removed("actions", &one.name, before.action(&one.name)));
        self.write(scaling, Operation::DeregisterScalableTarget, json!({}));
    }

    fn removed(&mut self, kind: &str, name: &str, before: Option<&Map<String, Value>>) {
        self.change(path(kind, name), before.map(said), None);
    }

    /// A policy or a scheduled action; one that is not there is removed already.
    fn remove(&mut self, scaling: &Scaling, name: &str) {
        if let Some(policy) = self.after.policy(name).cloned() {
            self.removed("policies", name, Some(&policy));
            self.after.policies.retain(|known| *known != policy);
            self.write(scaling, Operation::DeleteScalingPolicy, json!({"PolicyName": name}));
        }
        if let Some(action) = self.after.action(name).cloned() {
            self.removed("actions", name, Some(&action));
            self.after.actions.retain(|known| *known != action);
            self.write(scaling, Operation::DeleteScheduledAction, json!({"ScheduledActionName": name}));
        }
    }

    fn put_policy(&mut self, scaling: &Scaling, mut policy: Map<String, Value>) {
        let name = policy.get("PolicyName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !policy.contains_key("PolicyType") {
            policy.insert("PolicyType".to_owned(), json!(kind(&policy)));
        }
        let before = self.after.policy(&name).cloned();
        if before.as_ref().is_some_and(|before| is_same(before, &located(&policy, before))) {
            return;
        }
        self.change(path("policies", &name), before.as_ref().map(said), Some(said(&policy)));
        self.write(scaling, Operation::PutScalingPolicy, Value::Object(policy.clone()));
        replace(&mut self.after.policies, before, policy, "PolicyARN");
    }

    fn put_action(&mut self, scaling: &Scaling, action: Map<String, Value>) {
        let name = action.get("ScheduledActionName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let before = self.after.action(&name).cloned();
        if before.as_ref().is_some_and(|before| is_same(before, &located(&action, before))) {
            return;
        }
        self.change(path("actions", &name), before.as_ref().map(said), Some(said(&action)));
        self.write(scaling, Operation::PutScheduledAction, Value::Object(action.clone()));
        replace(&mut self.after.actions, before, action, "ScheduledActionARN");
    }
}

/// Whether something is asked for that needs a scalable target.
fn asks_for_target(scale: &Scale) -> bool {
    let has_metric = METRICS.iter().any(|(option, _)| target_of(scale, option).flatten().is_some());
    scale.min.is_some()
        || scale.max.is_some()
        || has_metric
        || scale.suspended.is_some()
        || scale.role.is_some()
        || !(scale.policies.is_empty() && scale.actions.is_empty())
}

/// The range that is asked for, with what is not given as it is.
fn range(scale: &Scale, scaling: &Scaling, before: Option<(i64, i64)>) -> Result<(i64, i64), Error> {
    let given = |option: Option<u32>, known: Option<i64>| option.map(i64::from).or(known);
    let min = given(scale.min, before.map(|(min, _)| min));
    let Some((min, max)) = min.zip(given(scale.max, before.map(|(_, max)| max))) else {
        let option = if scale.min.is_none() { "min" } else { "max" };
        let text = format!("service {:?} is not scaled yet: give `min` and `max`", scaling.name);
        return Err(Error::invalid(option, text));
    };
    if min > max {
        let (option, other) = if scale.min.is_some() { ("min", "`max`") } else { ("max", "`min`") };
        let text = format!("the service would be scaled from {min} to {max}: change {other} as well");
        return Err(Error::invalid(option, text));
    }
    Ok((min, max))
}

fn suspended(scale: &Scale, known: Suspended) -> Suspended {
    match scale.suspended {
        None => known,
        Some(Suspend::All(all)) => Suspended { inward: all, outward: all, scheduled: all },
        Some(Suspend::Some(some)) => Suspended {
            inward: some.inward.unwrap_or(known.inward),
            outward: some.outward.unwrap_or(known.outward),
            scheduled: some.scheduled.unwrap_or(known.scheduled),
        },
    }
}

/// With the service's own names, as AWS shows them.
fn located(document: &Map<String, Value>, there: &Map<String, Value>) -> Map<String, Value> {
    let mut located = document.clone();
    for member in ["ServiceNamespace", "ResourceId", "ScalableDimension"] {
        located.shift_remove(member);
        if let Some(value) = there.get(member) {
            located.insert(member.to_owned(), value.clone());
        }
    }
    located
}

/// What a document says, without what names the service and what AWS puts beside it.
fn said(document: &Map<String, Value>) -> Value {
    let aside = [
        "ServiceNamespace",
        "ResourceId",
        "ScalableDimension",
        "PolicyARN",
        "ScheduledActionARN",
        "Alarms",
        "CreationTime",
    ];
    let members = document.iter().filter(|(member, _)| !aside.contains(&member.as_str()));
    Value::Object(members.map(|(member, value)| (member.clone(), value.clone())).collect())
}

/// One that is replaced keeps its ARN and its place.
fn replace(
    all: &mut Vec<Map<String, Value>>,
    before: Option<Map<String, Value>>,
    mut after: Map<String, Value>,
    arn: &str,
) {
    let Some(before) = before else { return all.push(after) };
    for member in [arn, "Alarms"] {
        if let Some(value) = before.get(member) {
            after.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(known) = all.iter_mut().find(|known| **known == before) {
        *known = after;
    }
}

fn path(kind: &str, name: &str) -> String {
    format!("/{kind}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::read::parse_options;

    fn scaling() -> Scaling<'static> {
        let label = Some("app/lb/1/targetgroup/tg/2".to_owned());
        Scaling { name: "api", resource: "service/prod/api".to_owned(), label }
    }

    fn scaled() -> Standing {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let named =
            json!({"ServiceNamespace": "ecs", "ResourceId": "service/prod/api", "ScalableDimension": DIMENSION});
        let with = |more: Value| {
            let mut all = named.clone();
            json_patch::merge(&mut all, &more);
            object(all)
        };
        Standing {
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

    fn decided(standing: &Standing, mut options: Value) -> Result<ScalingChanges, Error> {
        options["service"] = json!("api");
        let scale: Scale = parse_options("options", options)?;
        decide(&scale, &scaling(), standing)
    }

    /// The operations with what tells their inputs apart, and the paths of the changes.
    fn told(standing: &Standing, options: Value) -> (Vec<String>, Vec<String>) {
        let decided = decided(standing, options).unwrap();
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
        for (standing, options, writes, changes) in [
            (Standing::default(), json!({}), &[] as &[&str], &[] as &[&str]),
            (Standing::default(), json!({"cpu": null, "remove": ["x"]}), &[], &[]),
            (Standing::default(), json!({"remove": true}), &[], &[]),
            (
                Standing::default(),
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
            let (seen_writes, seen_changes) = told(&standing, options.clone());
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
        assert_eq!(
            (&range.writes[0].input["MinCapacity"], &range.writes[0].input["MaxCapacity"]),
            (&json!(2), &json!(9))
        );
        assert!(
            range.writes[0].input.get("SuspendedState").is_none() && range.writes[0].input.get("RoleARN").is_none()
        );
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
        for (standing, options, expected) in [
            (Standing::default(), json!({"min": 1}), "max: service \"api\" is not scaled yet"),
            (Standing::default(), json!({"cpu": 50}), "min: service \"api\" is not scaled yet"),
            (scaled(), json!({"min": 5}), "min: the service would be scaled from 5 to 4"),
            (scaled(), json!({"max": 1}), "max: the service would be scaled from 2 to 1"),
            (foreign.clone(), json!({"cpu": 50}), "cpu: the policy \"console\" tracks"),
            (foreign.clone(), json!({"cooldown": {"in": 5}}), "cooldown: it goes with"),
            (scaled(), json!({"cpu": 50, "remove": ["api-cpu"]}), "remove: \"api-cpu\" is asked for as well"),
            (
                scaled(),
                json!({"cpu": 50, "policies": [{"PolicyName": "api-cpu"}]}),
                "policies: \"api-cpu\" is the policy of `cpu`",
            ),
        ] {
            let error = decided(&standing, options.clone()).map(drop).unwrap_err().to_string();
            assert!(error.contains(expected), "{options}: {error}");
        }
        assert!(decided(&foreign, json!({"cpu": 50, "remove": ["console"]})).is_ok());
    }
}
