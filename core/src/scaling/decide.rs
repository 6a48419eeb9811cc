//! Decides which calls scale a service as requested: what is there already as requested is not written. Pure.

use serde_json::{Map, Value, json};

use super::check::{DIMENSION, NAMESPACE};
use super::policy::{comparable, is_same, kind};
use super::resolution::refuse_rivals;
use super::state::ScalingState;
use super::tracking::{METRICS, target_of, tracking};
use super::{Remove, Scale, Suspend, Suspended};
use crate::aws::operation::Operation;
use crate::definition::schema::{ACTION, POLICY, Shape};
use crate::error::Error;
use crate::error::finding::Change;
use crate::json::pointer_step;

/// The service that is scaled.
pub(crate) struct Scaling<'a> {
    pub(crate) name: &'a str,
    /// `service/<cluster>/<name>`.
    pub(crate) resource: String,
    /// The `ResourceLabel` of its target group, if requests are counted.
    pub(crate) label: Option<String>,
}

/// A call that writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    pub(crate) operation: Operation,
    pub(crate) input: Value,
}

/// The calls to make, and the service's scaling after them.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScalingChanges {
    pub(crate) writes: Vec<Write>,
    pub(crate) changes: Vec<Change>,
    pub(crate) after: ScalingState,
}

pub(crate) fn decide(scale: &Scale, scaling: &Scaling, state: &ScalingState) -> Result<ScalingChanges, Error> {
    let mut decided = ScalingChanges { after: state.clone(), ..ScalingChanges::default() };
    if scale.remove == Some(Remove::All(true)) {
        decided.remove_all(scaling);
        return Ok(decided);
    }
    let removed = removed(scale, scaling);
    decided.target(scale, scaling)?;
    for name in &removed {
        decided.remove(scaling, name);
    }
    let tracking = tracking(scale, scaling, state, &removed)?;
    for policy in tracking.into_iter().chain(scale.policies.iter().cloned()) {
        decided.put(scaling, &POLICIES, with_type(policy));
    }
    refuse_rivals(&scale.policies, &decided.after)?;
    for action in &scale.actions {
        decided.put(scaling, &ACTIONS, action.clone());
    }
    Ok(decided)
}

/// A policy as PutScalingPolicy takes it.
fn with_type(mut policy: Map<String, Value>) -> Map<String, Value> {
    if !policy.contains_key("PolicyType") {
        policy.insert("PolicyType".to_owned(), json!(kind(&policy)));
    }
    policy
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

    /// Sets the range and the other members of the scalable target.
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
        before.policies.iter().for_each(|policy| self.removed(&POLICIES, policy));
        before.actions.iter().for_each(|action| self.removed(&ACTIONS, action));
        self.write(scaling, Operation::DeregisterScalableTarget, json!({}));
    }

    fn removed(&mut self, kind: &Kind, before: &Map<String, Value>) {
        self.change(kind.path(before), Some(kind.shown(before)), None);
    }

    /// Removes a policy or a scheduled action; one that is not there is ignored.
    fn remove(&mut self, scaling: &Scaling, name: &str) {
        for kind in [&POLICIES, &ACTIONS] {
            let Some(before) = kind.find(&mut self.after, name).cloned() else { continue };
            self.removed(kind, &before);
            kind.all(&mut self.after).retain(|known| *known != before);
            self.write(scaling, kind.delete, json!({kind.name: name}));
        }
    }

    /// Makes or changes a policy or a scheduled action. One that is replaced keeps its ARN, its alarms and its place.
    fn put(&mut self, scaling: &Scaling, kind: &Kind, mut document: Map<String, Value>) {
        let name = kind.name_of(&document).to_owned();
        let before = kind.find(&mut self.after, &name).cloned();
        if before.as_ref().is_some_and(|before| is_same(kind.shape, before, &document)) {
            return;
        }
        self.change(kind.path(&document), before.as_ref().map(|one| kind.shown(one)), Some(kind.shown(&document)));
        self.write(scaling, kind.put, Value::Object(document.clone()));
        for member in [kind.arn, "Alarms"] {
            if let Some(value) = before.as_ref().and_then(|before| before.get(member)) {
                document.insert(member.to_owned(), value.clone());
            }
        }
        match kind.find(&mut self.after, &name) {
            Some(known) => *known = document,
            None => kind.all(&mut self.after).push(document),
        }
    }
}

/// Policies or scheduled actions, as AWS has them.
struct Kind {
    path: &'static str,
    shape: &'static Shape,
    name: &'static str,
    arn: &'static str,
    put: Operation,
    delete: Operation,
}

const POLICIES: Kind = Kind {
    path: "policies",
    shape: &POLICY,
    name: "PolicyName",
    arn: "PolicyARN",
    put: Operation::PutScalingPolicy,
    delete: Operation::DeleteScalingPolicy,
};
const ACTIONS: Kind = Kind {
    path: "actions",
    shape: &ACTION,
    name: "ScheduledActionName",
    arn: "ScheduledActionARN",
    put: Operation::PutScheduledAction,
    delete: Operation::DeleteScheduledAction,
};

impl Kind {
    fn all<'a>(&self, state: &'a mut ScalingState) -> &'a mut Vec<Map<String, Value>> {
        if self.path == POLICIES.path { &mut state.policies } else { &mut state.actions }
    }

    fn name_of<'a>(&self, document: &'a Map<String, Value>) -> &'a str {
        document.get(self.name).and_then(Value::as_str).unwrap_or_default()
    }

    fn find<'a>(&self, state: &'a mut ScalingState, name: &str) -> Option<&'a mut Map<String, Value>> {
        self.all(state).iter_mut().find(|one| one.contains_key(self.name) && self.name_of(one) == name)
    }

    fn path(&self, document: &Map<String, Value>) -> String {
        format!("/{}/{}", self.path, pointer_step(self.name_of(document)))
    }

    /// A document as a change shows it.
    fn shown(&self, document: &Map<String, Value>) -> Value {
        Value::Object(comparable(self.shape, document))
    }
}

/// Whether the request needs a scalable target.
fn asks_for_target(scale: &Scale) -> bool {
    let has_metric = METRICS.iter().any(|(option, _)| target_of(scale, option).flatten().is_some());
    scale.min.is_some()
        || scale.max.is_some()
        || has_metric
        || scale.resolution.is_some()
        || scale.suspended.is_some()
        || scale.role.is_some()
        || !(scale.policies.is_empty() && scale.actions.is_empty())
}

/// The requested range; a bound that is not given stays.
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

#[cfg(test)]
mod tests;
