//! Decides what the task sets of a service look like that is not looked after by ECS.

use serde_json::{Value, json};

use super::show::{platform, tally};
use crate::model::Model;
use crate::model::service::{Deployment, Rollout, Service};

/// What a task set shows here and to CodeDeploy.
pub(super) fn counts(service: &Service, set: &Deployment) -> Value {
    let (running, pending) = tally(service.tasks.iter().filter(|task| task.deployment == *set.id()));
    let primary = service.deployments.first().is_some_and(|first| first.id() == set.id());
    let status = match (set.replaced, primary) {
        (Some(_), _) => "DRAINING",
        (None, true) => "PRIMARY",
        (None, false) => "ACTIVE",
    };
    let desired = if set.replaced.is_some() { 0 } else { service.desired };
    json!({ "status": status, "desiredCount": desired, "pendingCount": pending, "runningCount": running })
}

pub(super) fn all(model: &Model, service: &Service) -> Value {
    service.deployments.iter().map(|set| one(model, service, set)).collect()
}

fn one(model: &Model, service: &Service, set: &Deployment) -> Value {
    let counts = counts(service, set);
    let steady = set.rollout == Rollout::Completed && counts["runningCount"] == counts["desiredCount"];
    let scale = if set.replaced.is_some() { 0.0 } else { 100.0 };
    let mut shown = json!({
        "id": set.id(),
        "taskSetArn": model.place.arn(&format!("task-set/{}/{}/{}", service.cluster, service.name, set.id())),
        "serviceArn": service.arn,
        "clusterArn": model.place.arn(&format!("cluster/{}", service.cluster)),
        "status": counts["status"],
        "taskDefinition": set.source.definition,
        "computedDesiredCount": counts["desiredCount"],
        "pendingCount": counts["pendingCount"],
        "runningCount": counts["runningCount"],
        "createdAt": model.stamp(set.created),
        "updatedAt": model.stamp(set.updated),
        "scale": { "value": scale, "unit": "PERCENT" },
        "stabilityStatus": if steady { "STEADY_STATE" } else { "STABILIZING" },
        "loadBalancers": service.settings.get("loadBalancers").cloned().unwrap_or_else(|| json!([])),
    });
    let Some(members) = shown.as_object_mut() else { return shown };
    if service.controller() == "CODE_DEPLOY" {
        members.insert("startedBy".into(), json!("CODE_DEPLOY"));
    }
    if let Some(by) = &set.external {
        members.insert("externalId".into(), json!(by));
    }
    members.extend(platform(model, &service.settings, &set.source.definition));
    let network = set.source.settings.get("networkConfiguration");
    members.extend(network.map(|value| ("networkConfiguration".into(), value.clone())));
    shown
}
