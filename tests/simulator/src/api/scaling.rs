//! Decides what Application Auto Scaling answers about services of ECS.

use serde_json::{Map, Value, json};

use super::{Answer, ApiError, Input};
use crate::model::Model;
use crate::model::scaling::{Action, Policy, Target};

const DIMENSION: &str = "ecs:service:DesiredCount";
const CONFIGURATIONS: [(&str, &str); 3] = [
    ("TargetTrackingScalingPolicyConfiguration", "TargetTrackingScaling"),
    ("StepScalingPolicyConfiguration", "StepScaling"),
    ("PredictiveScalingPolicyConfiguration", "PredictiveScaling"),
];

fn wrong(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}

fn need<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    let null = || {
        let name = format!("{}{}", member[..1].to_lowercase(), &member[1..]);
        wrong(format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    };
    input.text(member)?.filter(|text| !text.is_empty()).ok_or_else(null)
}

fn namespace(input: &Input<'_>) -> Result<(), ApiError> {
    match need(input, "ServiceNamespace")? {
        "ecs" => Ok(()),
        other => Err(wrong(format!("The simulator scales no services of the namespace {other}."))),
    }
}

/// Cluster and service of a resource.
fn resource<'a>(input: &Input<'a>) -> Result<(&'a str, &'a str), ApiError> {
    namespace(input)?;
    let id = need(input, "ResourceId")?;
    if need(input, "ScalableDimension")? != DIMENSION {
        return Err(wrong(format!("Unsupported service namespace, resource type or scalable dimension for {id}")));
    }
    let parts = id.strip_prefix("service/").and_then(|rest| rest.split_once('/'));
    parts.ok_or_else(|| wrong(format!("Invalid resource ID {id}: service/clusterName/serviceName expected")))
}

fn known(model: &Model, input: &Input<'_>) -> Result<usize, ApiError> {
    let (cluster, service) = resource(input)?;
    let missing = || {
        let text = format!(
            "No scalable target registered for service namespace: ecs, resource ID: service/{cluster}/{service}, scalable \
             dimension: {DIMENSION}"
        );
        ApiError::new("ObjectNotFoundException", text)
    };
    let is = |target: &Target| target.cluster == cluster && target.service == service;
    model.scaling.iter().position(is).ok_or_else(missing)
}

pub(super) fn register(model: &mut Model, input: &Input<'_>) -> Answer {
    let (cluster, name) = resource(input)?;
    let service = model.scaled_service(cluster, name);
    let service = service.ok_or_else(|| wrong(format!("ECS service doesn't exist: service/{cluster}/{name}")))?;
    if model.services[service].daemon() {
        return Err(wrong("ECS services with the DAEMON scheduling strategy cannot be scaled."));
    }
    let at = known(model, input).ok();
    let before = at.map(|at| (model.scaling[at].min, model.scaling[at].max)).unzip();
    let (min, max) = (capacity(input, "MinCapacity")?.or(before.0), capacity(input, "MaxCapacity")?.or(before.1));
    let (Some(min), Some(max)) = (min, max) else {
        return Err(wrong("MinCapacity and MaxCapacity are required to register a new scalable target"));
    };
    if min > max {
        return Err(wrong("Maximum capacity cannot be less than minimum capacity"));
    }
    let role = input.text("RoleARN")?.map(str::to_owned);
    let states = ["DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"];
    let state = input.value("SuspendedState");
    let states = states.map(|member| state.and_then(|state| state.get(member)).and_then(Value::as_bool));
    let at = at.unwrap_or_else(|| {
        let id = model.ids.hex(32);
        let arn = model.place.arn_of("application-autoscaling", &format!("scalable-target/{id}"));
        model.scaling.push(Target::new(cluster, name, arn, model.now));
        model.scaling.len() - 1
    });
    let target = &mut model.scaling[at];
    (target.min, target.max) = (min, max);
    target.role = role.or(target.role.take());
    for (kept, given) in target.suspended.iter_mut().zip(states) {
        *kept = given.unwrap_or(*kept);
    }
    let arn = target.arn.clone();
    model.clamp(at, service, "minimum or maximum capacity was changed");
    Ok(json!({ "ScalableTargetARN": arn }))
}

fn capacity(input: &Input<'_>, member: &str) -> Result<Option<u64>, ApiError> {
    input.count(member).map_err(|error| wrong(error.text))
}

pub(super) fn deregister(model: &mut Model, input: &Input<'_>) -> Answer {
    let at = known(model, input)?;
    model.scaling.remove(at);
    Ok(json!({}))
}

pub(super) fn targets(model: &mut Model, input: &Input<'_>) -> Answer {
    namespace(input)?;
    let ids = input.texts("ResourceIds")?;
    let fits = |target: &&Target| ids.is_empty() || ids.contains(&target.resource().as_str());
    let found = model.scaling.iter().filter(fits).map(|target| target_shown(model, target)).collect();
    page("ScalableTargets", found, 50, input)
}

fn target_shown(model: &Model, target: &Target) -> Value {
    let linked = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";
    let [inward, outward, scheduled] = target.suspended;
    json!({
        "ServiceNamespace": "ecs",
        "ResourceId": target.resource(),
        "ScalableDimension": DIMENSION,
        "MinCapacity": target.min,
        "MaxCapacity": target.max,
        "RoleARN": target.role.clone().unwrap_or_else(|| model.place.principal(linked)),
        "CreationTime": model.stamp(target.created),
        "SuspendedState": {
            "DynamicScalingInSuspended": inward,
            "DynamicScalingOutSuspended": outward,
            "ScheduledScalingSuspended": scheduled,
        },
        "ScalableTargetARN": target.arn,
    })
}

/// The policy's type and configuration, where they go together.
fn configuration(input: &Input<'_>) -> Result<Map<String, Value>, ApiError> {
    let given: Vec<_> = CONFIGURATIONS.iter().filter(|(member, _)| input.value(member).is_some()).collect();
    let [(member, kind)] = given.as_slice() else {
        return Err(wrong("You must specify exactly one scaling policy configuration"));
    };
    if input.text("PolicyType")?.unwrap_or("StepScaling") != *kind {
        return Err(wrong(format!("You must specify a policy type of {kind} for {member}")));
    }
    let value = input.value(member).cloned().unwrap_or_default();
    if *kind == "TargetTrackingScaling" {
        if !value["TargetValue"].as_f64().is_some_and(|target| target > 0.0) {
            return Err(wrong("TargetValue must be greater than 0"));
        }
        let metric = &value["PredefinedMetricSpecification"];
        let custom = &value["CustomizedMetricSpecification"];
        if metric.is_null() == custom.is_null() {
            return Err(wrong(
                "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified",
            ));
        }
        if metric["PredefinedMetricType"] == "ALBRequestCountPerTarget" && metric["ResourceLabel"].is_null() {
            return Err(wrong("You must specify a ResourceLabel for predefined metric type ALBRequestCountPerTarget"));
        }
    }
    let members = [("PolicyType".to_owned(), json!(kind)), ((*member).to_owned(), value)];
    Ok(members.into_iter().collect())
}

pub(super) fn put_policy(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need(input, "PolicyName")?;
    let at = known(model, input)?;
    let document = configuration(input)?;
    let mut policy = match model.scaling[at].policies.iter().find(|known| known.name == name) {
        Some(known) => known.clone(),
        None => {
            let id = model.ids.uuid();
            let text = format!("scalingPolicy:{id}:resource/ecs/{}:policyName/{name}", model.scaling[at].resource());
            Policy::new(name, model.place.arn_of("autoscaling", &text), model.now)
        }
    };
    policy.document = document;
    if policy.metric() == Some("ALBRequestCountPerTarget") {
        let target = &model.scaling[at];
        let service = model.scaled_service(&target.cluster, &target.service);
        if service.is_some_and(|index| model.services[index].controller() == "CODE_DEPLOY") {
            return Err(wrong(
                "ALBRequestCountPerTarget is not supported for services with the CODE_DEPLOY controller",
            ));
        }
    }
    let same = |known: &&Policy| known.name != name && known.metric().is_some() && known.metric() == policy.metric();
    if model.scaling[at].policies.iter().find(same).is_some() {
        return Err(wrong("Only one TargetTrackingScaling policy for a given metric specification is allowed."));
    }
    if policy.alarms.is_empty() && policy.tracking().is_some() {
        let resource = model.scaling[at].resource();
        let mut alarm = |end: &str| format!("TargetTracking-{resource}-Alarm{end}-{}", model.ids.uuid());
        policy.alarms = vec![alarm("High"), alarm("Low")];
    }
    let answer = json!({ "PolicyARN": policy.arn, "Alarms": alarms(model, &policy) });
    let policies = &mut model.scaling[at].policies;
    match policies.iter_mut().find(|known| known.name == name) {
        Some(known) => *known = policy,
        None => policies.push(policy),
    }
    Ok(answer)
}

fn alarms(model: &Model, policy: &Policy) -> Value {
    let arn = |name: &str| model.place.arn_of("cloudwatch", &format!("alarm:{name}"));
    policy.alarms.iter().map(|name| json!({ "AlarmName": name, "AlarmARN": arn(name) })).collect()
}

pub(super) fn policies(model: &mut Model, input: &Input<'_>) -> Answer {
    let names = input.texts("PolicyNames")?;
    let fits = |policy: &&Policy| names.is_empty() || names.contains(&policy.name.as_str());
    let mut found = Vec::new();
    for target in chosen(model, input)? {
        for policy in target.policies.iter().filter(fits) {
            let mut shown = located(target, &policy.document);
            shown["PolicyName"] = json!(policy.name);
            shown["PolicyARN"] = json!(policy.arn);
            shown["Alarms"] = alarms(model, policy);
            shown["CreationTime"] = model.stamp(policy.created);
            found.push(shown);
        }
    }
    page("ScalingPolicies", found, 10, input)
}

/// The targets that a request is about: one, or all.
fn chosen<'a>(model: &'a Model, input: &Input<'_>) -> Result<Vec<&'a Target>, ApiError> {
    namespace(input)?;
    let id = input.text("ResourceId")?;
    Ok(model.scaling.iter().filter(|target| id.is_none_or(|id| target.resource() == id)).collect())
}

fn located(target: &Target, document: &Map<String, Value>) -> Value {
    let mut shown = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": target.resource(),
        "ScalableDimension": DIMENSION,
    });
    document.iter().for_each(|(member, value)| shown[member] = value.clone());
    shown
}

pub(super) fn delete_policy(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need(input, "PolicyName")?;
    let at = known(model, input)?;
    let policies = &mut model.scaling[at].policies;
    let found = policies.iter().position(|known| known.name == name);
    let missing = || ApiError::new("ObjectNotFoundException", format!("No scaling policy found with name {name}"));
    policies.remove(found.ok_or_else(missing)?);
    Ok(json!({}))
}

pub(super) fn put_action(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need(input, "ScheduledActionName")?;
    let at = known(model, input)?;
    let own = ["ServiceNamespace", "ResourceId", "ScalableDimension", "ScheduledActionName"];
    let members = input.members().iter().filter(|(member, value)| !own.contains(&member.as_str()) && !value.is_null());
    let document: Map<String, Value> = members.map(|(member, value)| (member.clone(), value.clone())).collect();
    let schedule = document.get("Schedule").and_then(Value::as_str).unwrap_or_default();
    if !["at(", "rate(", "cron("].iter().any(|kind| schedule.starts_with(kind) && schedule.ends_with(')')) {
        return Err(wrong(format!("Invalid schedule expression: {schedule}")));
    }
    let target = &model.scaling[at];
    let known = target.actions.iter().find(|known| known.name == name);
    let (arn, created) = match known {
        Some(known) => (known.arn.clone(), known.created),
        None => {
            let id = model.ids.uuid();
            let text = format!("scheduledAction:{id}:resource/ecs/{}:scheduledActionName/{name}", target.resource());
            (model.place.arn_of("autoscaling", &text), model.epoch(model.now))
        }
    };
    let action = Action { name: name.to_owned(), arn, created, document };
    let actions = &mut model.scaling[at].actions;
    match actions.iter_mut().find(|known| known.name == name) {
        Some(known) => *known = action,
        None => actions.push(action),
    }
    Ok(json!({}))
}

pub(super) fn actions(model: &mut Model, input: &Input<'_>) -> Answer {
    let names = input.texts("ScheduledActionNames")?;
    let fits = |action: &&Action| names.is_empty() || names.contains(&action.name.as_str());
    let mut found = Vec::new();
    for target in chosen(model, input)? {
        for action in target.actions.iter().filter(fits) {
            let mut shown = located(target, &action.document);
            shown["ScheduledActionName"] = json!(action.name);
            shown["ScheduledActionARN"] = json!(action.arn);
            shown["CreationTime"] = json!(action.created);
            found.push(shown);
        }
    }
    page("ScheduledActions", found, 50, input)
}

pub(super) fn delete_action(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = need(input, "ScheduledActionName")?;
    let at = known(model, input)?;
    let actions = &mut model.scaling[at].actions;
    let found = actions.iter().position(|known| known.name == name);
    let missing = || ApiError::new("ObjectNotFoundException", format!("No scheduled action found with name {name}"));
    actions.remove(found.ok_or_else(missing)?);
    Ok(json!({}))
}

pub(super) fn activities(model: &mut Model, input: &Input<'_>) -> Answer {
    let found = chosen(model, input)?;
    // Newest first.
    let found = found.into_iter().flat_map(|target| target.activities.iter().rev().cloned()).collect();
    page("ScalingActivities", found, 50, input)
}

/// The page that is asked for, with the token of the next one.
fn page(member: &str, all: Vec<Value>, usual: u64, input: &Input<'_>) -> Answer {
    let size = input.count("MaxResults").map_err(|error| wrong(error.text))?.unwrap_or(usual);
    if !(1..=50).contains(&size) {
        return Err(wrong("MaxResults must be between 1 and 50"));
    }
    let offset = match input.text("NextToken")? {
        None => 0,
        Some(token) => {
            token.parse::<usize>().map_err(|_| ApiError::new("InvalidNextTokenException", "Invalid token"))?
        }
    };
    let end = offset.saturating_add(size as usize);
    let mut answer = json!({ member: all.iter().skip(offset).take(size as usize).collect::<Vec<_>>() });
    if all.len() > end {
        answer["NextToken"] = json!(end.to_string());
    }
    Ok(answer)
}
