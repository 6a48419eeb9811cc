//! Decides what Elastic Load Balancing answers: target groups, and the health of tasks as targets.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Answer, ApiError, Input};
use crate::model::Model;
use crate::model::task::{Phase, Task};

/// The health of a target: state, reason and description.
type Health = (&'static str, Option<(&'static str, &'static str)>);

pub(super) fn health(model: &mut Model, input: &Input<'_>) -> Answer {
    let group = input.need("TargetGroupArn")?;
    let mut known = false;
    let mut found = Vec::new();
    for service in &model.services {
        let Some((_, port)) = service.target_groups().into_iter().find(|(arn, _)| arn == group) else { continue };
        known = true;
        for task in &service.tasks {
            let Some(health) = of_task(task, model.now) else { continue };
            let id = task.interface.as_ref().map_or("i-0123456789abcdef0", |[_, _, address]| address.as_str());
            found.push((id.to_owned(), port, health));
        }
    }
    if !known {
        return Err(ApiError::new("TargetGroupNotFound", "One or more target groups not found"));
    }
    let wanted = |name: &str| name.starts_with("Targets.member.") && name.ends_with(".Id");
    let asked: Vec<&str> =
        input.members().iter().filter(|(name, _)| wanted(name)).filter_map(|(_, id)| id.as_str()).collect();
    let shown: Vec<Value> = match asked.is_empty() {
        true => found.iter().map(|(id, port, health)| describe(id, *port, *health)).collect(),
        false => asked
            .into_iter()
            .map(|id| match found.iter().find(|(known, _, _)| known == id) {
                Some((id, port, health)) => describe(id, *port, *health),
                None => describe(
                    id,
                    80,
                    ("unused", Some(("Target.NotRegistered", "Target is not registered to the target group"))),
                ),
            })
            .collect(),
    };
    Ok(json!({ "TargetHealthDescriptions": shown }))
}

/// Target groups are those of services; each belongs to a load balancer of its own name.
pub(super) fn groups(model: &mut Model, input: &Input<'_>) -> Answer {
    let all = model.services.iter().flat_map(|service| {
        let kind = if service.settings.contains_key("networkConfiguration") { "ip" } else { "instance" };
        service.target_groups().into_iter().map(move |(arn, port)| (arn, port, kind))
    });
    let all: Vec<_> = all.collect();
    let wanted = |name: &str| name.starts_with("TargetGroupArns.member.");
    let asked: Vec<&str> =
        input.members().iter().filter(|(name, _)| wanted(name)).filter_map(|(_, arn)| arn.as_str()).collect();
    let listed = model.resources.as_deref().map(|resources| &resources.target_groups);
    if let Some(listed) = listed.filter(|listed| !listed.is_empty()) {
        return listed_groups(listed, &asked);
    }
    if asked.iter().any(|arn| !all.iter().any(|(known, _, _)| known == arn)) {
        return Err(ApiError::new("TargetGroupNotFound", "One or more target groups not found"));
    }
    let shown = all.iter().filter(|(arn, _, _)| asked.is_empty() || asked.contains(&arn.as_str()));
    let shown = shown.map(|(arn, port, kind)| {
        let name = arn.rsplit('/').nth(1).unwrap_or_default();
        let balancer = arn.replace(":targetgroup/", ":loadbalancer/app/");
        json!({
            "TargetGroupArn": arn,
            "TargetGroupName": name,
            "Protocol": "HTTP",
            "Port": port,
            "VpcId": "vpc-0123456789abcdef0",
            "HealthCheckProtocol": "HTTP",
            "HealthCheckPort": "traffic-port",
            "HealthCheckEnabled": true,
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2,
            "HealthCheckPath": "/",
            "Matcher": { "HttpCode": "200" },
            "LoadBalancerArns": [balancer],
            "TargetType": kind,
        })
    });
    Ok(json!({ "TargetGroups": shown.collect::<Vec<_>>() }))
}

/// The target groups that a world lists: no others are there.
fn listed_groups(listed: &BTreeMap<String, Map<String, Value>>, asked: &[&str]) -> Answer {
    if asked.iter().any(|arn| !listed.contains_key(*arn)) {
        return Err(ApiError::new("TargetGroupNotFound", "One or more target groups not found"));
    }
    let shown = listed.iter().filter(|(arn, _)| asked.is_empty() || asked.contains(&arn.as_str())).map(|(arn, own)| {
        let mut shown = json!({
            "TargetGroupArn": arn,
            "Protocol": "HTTP",
            "Port": 80,
            "HealthCheckPort": "traffic-port",
            "LoadBalancerArns": [arn.replace(":targetgroup/", ":loadbalancer/app/")],
            "TargetType": "ip",
        });
        if let Some(members) = shown.as_object_mut() {
            members.extend(own.clone());
        }
        shown
    });
    Ok(json!({ "TargetGroups": shown.collect::<Vec<_>>() }))
}

/// The health of a task as a target; nothing when it is none.
fn of_task(task: &Task, now: f64) -> Option<Health> {
    let doubted = task.doubted_from().is_some_and(|at| now >= at);
    match task.phase {
        Phase::Running if task.healthy => Some(("healthy", None)),
        Phase::Running if doubted => {
            Some(("unhealthy", Some(("Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"))))
        }
        Phase::Running if task.running.is_some_and(|at| now - at < 1.0) => {
            Some(("initial", Some(("Elb.RegistrationInProgress", "Target registration is in progress"))))
        }
        Phase::Running => Some(("initial", Some(("Elb.InitialHealthChecking", "Initial health checks in progress")))),
        Phase::Stopping if task.running.is_some() => {
            Some(("draining", Some(("Target.DeregistrationInProgress", "Target deregistration is in progress"))))
        }
        _ => None,
    }
}

fn describe(id: &str, port: i64, (state, why): Health) -> Value {
    let mut health = json!({ "State": state });
    if let Some((reason, text)) = why {
        health["Reason"] = json!(reason);
        health["Description"] = json!(text);
    }
    json!({ "Target": { "Id": id, "Port": port }, "HealthCheckPort": port.to_string(), "TargetHealth": health })
}
