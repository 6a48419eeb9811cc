//! Decides what CodeDeploy answers.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Answer, ApiError, Input, show_sets};
use crate::appspec;
use crate::model::Model;
use crate::model::codedeploy::{Deploy, Group, STEPS, Status, Step, weights};
use crate::model::service::{Service, State};

const ALL_AT_ONCE: &str = "CodeDeployDefault.ECSAllAtOnce";

fn error(code: &str, text: impl Into<String>) -> ApiError {
    ApiError::new(&format!("{code}Exception"), text)
}

fn group(model: &Model, input: &Input<'_>, member: &str) -> Result<Group, ApiError> {
    let text = |name: &str, code: &str| {
        input.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| error(code, format!("{name} is required.")))
    };
    let application = text("applicationName", "ApplicationNameRequired")?;
    let name = text(member, "DeploymentGroupNameRequired")?;
    let mut own = model.groups.iter().filter(|group| group.application == application).peekable();
    if own.peek().is_none() {
        return Err(error("ApplicationDoesNotExist", format!("No application found for name: {application}")));
    }
    let missing = || error("DeploymentGroupDoesNotExist", format!("No Deployment Group found for name: {name}"));
    own.find(|group| group.name == name).cloned().ok_or_else(missing)
}

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    let mut group = group(model, input, "deploymentGroupName")?;
    if input.text("description")?.is_some_and(|text| text.len() > 256) {
        return Err(error("DescriptionTooLong", "The description is too long."));
    }
    if let Some(config) = input.text("deploymentConfigName")? {
        config.clone_into(&mut group.config);
    }
    configuration(&group.config)?;
    let (spec, sha256) = revision(input)?;
    let active = |service: &Service| service.is(&group.cluster, &group.service) && service.state == State::Active;
    let found = model.services.iter().position(active);
    let missing = || error("InvalidECSService", "The Amazon ECS service identifier is not valid.");
    let index = found.filter(|index| model.services[*index].controller() == "CODE_DEPLOY").ok_or_else(missing)?;
    if let Some(running) = model.services[index].codedeploying() {
        let text = format!("The Deployment Group '{}' already has an active Deployment '{}'", group.name, running.id);
        return Err(error("DeploymentLimitExceeded", text));
    }
    let set = model.services[index].deployments.first().map(|set| set.id().to_owned()).unwrap_or_default();
    let definition = spec.definition.clone();
    let mut deploy = Deploy::new(model.ids.codedeploy(), group, spec, set, model.now);
    deploy.sha256 = sha256;
    deploy.description = input.text("description")?.map(str::to_owned);
    if let Some(rollback) = input.value("autoRollbackConfiguration") {
        let listed = |name: &str| rollback["events"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        let enabled = rollback["enabled"] == true;
        let events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
        deploy.undo = events.map(|name| enabled && listed(name));
    }
    if let Some(alarms) = input.value("overrideAlarmConfiguration").filter(|value| value["enabled"] == true) {
        let names = alarms["alarms"].as_array().into_iter().flatten();
        deploy.alarms = names.filter_map(|alarm| alarm["name"].as_str().map(str::to_owned)).collect();
    }
    let id = deploy.id.clone();
    model.services[index].begin_codedeploy(deploy, &definition);
    Ok(json!({ "deploymentId": id }))
}

/// The AppSpec that is sent, and the digest that shows.
fn revision(input: &Input<'_>) -> Result<(appspec::AppSpec, Option<String>), ApiError> {
    let revision = input.value("revision").ok_or_else(|| error("RevisionRequired", "The revision is required."))?;
    let content = match revision["revisionType"].as_str() {
        Some("AppSpecContent") => &revision["appSpecContent"],
        Some("String") => &revision["string"],
        _ => return Err(error("InvalidRevision", "The revision type is not supported for ECS deployments.")),
    };
    let text = content["content"].as_str().unwrap_or_default();
    let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    if content["sha256"].as_str().is_some_and(|sent| sent != digest) {
        return Err(error("InvalidRevision", "The SHA256 hash of the AppSpec content does not match."));
    }
    let spec = appspec::read(text);
    let spec = spec.map_err(|why| error("InvalidRevision", format!("The AppSpec file can not be read: {why}.")))?;
    Ok((spec, Some(digest)))
}

/// The deployments of a group, newest first.
pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let group = group(model, input, "deploymentGroupName")?;
    let wanted: Vec<&str> = input.list("includeOnlyStatuses")?.iter().filter_map(Value::as_str).collect();
    let range = input.value("createTimeRange");
    let bound = |member: &str, open: f64| range.and_then(|range| range[member].as_f64()).unwrap_or(open);
    let (from, to) = (bound("start", f64::NEG_INFINITY), bound("end", f64::INFINITY));
    let is_listed = |deploy: &&Deploy| {
        let at = model.stamp(deploy.created).as_f64().unwrap_or_default();
        (wanted.is_empty() || wanted.contains(&deploy.status.name())) && (from..=to).contains(&at)
    };
    let ids: Vec<&str> = deploys(model, &group).rev().filter(is_listed).map(|deploy| deploy.id.as_str()).collect();
    Ok(json!({ "deployments": ids }))
}

/// The deployments of a group, oldest first.
fn deploys<'a>(model: &'a Model, group: &Group) -> impl DoubleEndedIterator<Item = &'a Deploy> + use<'a> {
    let (application, name) = (group.application.clone(), group.name.clone());
    let all = model.services.iter().flat_map(|service| &service.deploys);
    all.filter(move |deploy| deploy.group.application == application && deploy.group.name == name)
}

/// What a group shows of its last deployment.
fn last(model: &Model, deploy: &Deploy) -> Value {
    let mut shown = json!({
        "deploymentId": deploy.id, "status": deploy.status.name(), "createTime": model.stamp(deploy.created),
    });
    if let Some(at) = deploy.finished {
        shown["endTime"] = model.stamp(at);
    }
    shown
}

fn find<'a>(model: &'a Model, input: &Input<'_>) -> Result<(&'a Service, &'a Deploy), ApiError> {
    let id =
        input.text("deploymentId")?.ok_or_else(|| error("DeploymentIdRequired", "The deployment ID is required."))?;
    let known = |service: &'a Service| Some((service, service.deploys.iter().find(|deploy| deploy.id == id)?));
    let missing = || error("DeploymentDoesNotExist", format!("The deployment {id} could not be found"));
    model.services.iter().find_map(known).ok_or_else(missing)
}

pub(super) fn get(model: &mut Model, input: &Input<'_>) -> Answer {
    let (_, deploy) = find(model, input)?;
    let mut overview = Map::new();
    for name in ["Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready"] {
        overview.insert(name.to_owned(), json!(u8::from(target_status(deploy) == name)));
    }
    let digest = deploy.sha256.as_ref().filter(|_| !deploy.group.no_digest);
    let mut shown = json!({
        "applicationName": deploy.group.application,
        "deploymentGroupName": deploy.group.name,
        "deploymentConfigName": deploy.group.config,
        "deploymentId": deploy.id,
        "revision": { "revisionType": "AppSpecContent", "appSpecContent": { "sha256": digest } },
        "status": deploy.status.name(),
        "createTime": model.stamp(deploy.created),
        "deploymentOverview": overview,
        "creator": if deploy.undoes.is_some() { "codeDeployRollback" } else { "user" },
        "ignoreApplicationStopFailures": false,
        "autoRollbackConfiguration": rollback_configuration(deploy.undo),
        "updateOutdatedInstancesOnly": false,
        "deploymentStyle": { "deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL" },
        "blueGreenDeploymentConfiguration": blue_green(&deploy.group),
        "instanceTerminationWaitTimeStarted": deploy.step >= Step::TerminationWait && deploy.undoes.is_none(),
        "fileExistsBehavior": "DISALLOW",
        "deploymentStatusMessages": [],
        "computePlatform": "ECS",
    });
    if deploy.status != Status::Created {
        shown["startTime"] = model.stamp(deploy.created + 1.0);
    }
    if let Some(at) = deploy.finished {
        shown["completeTime"] = model.stamp(at);
    }
    if let Some(text) = &deploy.description {
        shown["description"] = json!(text);
    }
    if let Some((code, text)) = &deploy.error {
        shown["errorInformation"] = json!({ "code": code, "message": text });
    }
    if let Some(other) = &deploy.undone_by {
        let text = format!("Deployment rolled back by {other}.");
        shown["rollbackInfo"] = json!({ "rollbackDeploymentId": other, "rollbackMessage": text });
    }
    if let Some(other) = &deploy.undoes {
        let text = format!("This deployment rolls back {other}.");
        shown["rollbackInfo"] = json!({ "rollbackTriggeringDeploymentId": other, "rollbackMessage": text });
    }
    Ok(json!({ "deploymentInfo": shown }))
}

fn rollback_configuration(undo: [bool; 3]) -> Value {
    let names = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
    let events: Vec<&str> = names.into_iter().zip(undo).filter(|(_, on)| *on).map(|(name, _)| name).collect();
    json!({ "enabled": !events.is_empty(), "events": events })
}

fn blue_green(group: &Group) -> Value {
    let ready = match group.ready {
        None => json!({ "actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0 }),
        Some(minutes) => json!({ "actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": minutes.round() as u64 }),
    };
    json!({
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE", "terminationWaitTimeInMinutes": group.termination.round() as u64,
        },
        "deploymentReadyOption": ready,
    })
}

fn target_id(deploy: &Deploy) -> String {
    format!("{}:{}", deploy.group.cluster, deploy.group.service)
}

fn target_status(deploy: &Deploy) -> &'static str {
    match deploy.status {
        Status::Created => "Pending",
        Status::Stopped => "Failed",
        other => other.name(),
    }
}

pub(super) fn targets(model: &mut Model, input: &Input<'_>) -> Answer {
    let (_, deploy) = find(model, input)?;
    Ok(json!({ "targetIds": [target_id(deploy)] }))
}

pub(super) fn target(model: &mut Model, input: &Input<'_>) -> Answer {
    let (service, deploy) = find(model, input)?;
    if input.text("targetId")?.is_some_and(|id| id != target_id(deploy)) {
        return Err(error("DeploymentTargetDoesNotExist", "The target could not be found."));
    }
    let sets = service.deployments.iter().map(|set| {
        let mut shown = show_sets::counts(service, set);
        let green = deploy.green.as_deref() == Some(set.id());
        // Sic: that is how the member is spelt.
        shown["identifer"] = json!(set.id());
        shown["taskSetLabel"] = json!(if green { "Green" } else { "Blue" });
        shown["trafficWeight"] = json!(if green { deploy.weight } else { 100.0 - deploy.weight });
        shown
    });
    let shown = json!({
        "deploymentId": deploy.id,
        "targetId": target_id(deploy),
        "targetArn": service.arn,
        "lastUpdatedAt": model.stamp(deploy.finished.unwrap_or(deploy.since())),
        "lifecycleEvents": events(model, deploy),
        "status": target_status(deploy),
        "taskSetsInfo": sets.collect::<Value>(),
    });
    Ok(json!({ "deploymentTarget": { "deploymentTargetType": "ECSTarget", "ecsTarget": shown } }))
}

fn events(model: &Model, deploy: &Deploy) -> Value {
    let one = |(step, name): &(Step, Option<&str>)| {
        let mut shown = json!({ "lifecycleEventName": (*name)? });
        let began = deploy.entered.get(*step as usize).filter(|_| deploy.undoes.is_none());
        let ended = deploy.entered.get(*step as usize + 1).copied();
        let status = match (began, ended, deploy.status) {
            (Some(_), Some(_), _) => "Succeeded",
            (Some(_), None, Status::Failed | Status::Stopped) => "Failed",
            (Some(_), None, Status::Created) => "Pending",
            (Some(_), None, _) => "InProgress",
            (None, _, status) if status.terminal() => "Skipped",
            (None, _, _) => "Pending",
        };
        shown["status"] = json!(status);
        if let Some(at) = began {
            shown["startTime"] = model.stamp(*at);
        }
        if let Some(at) = began.and(ended.or(deploy.finished)) {
            shown["endTime"] = model.stamp(at);
        }
        Some(shown)
    };
    STEPS.iter().filter_map(one).collect()
}

pub(super) fn get_group(model: &mut Model, input: &Input<'_>) -> Answer {
    let group = group(model, input, "deploymentGroupName")?;
    let attempted = deploys(model, &group).next_back();
    let successful = deploys(model, &group).rev().find(|deploy| deploy.status == Status::Succeeded);
    let mut answer = json!({ "deploymentGroupInfo": {
        "applicationName": group.application,
        "deploymentGroupId": "00000000-0000-4000-8000-000000000000",
        "deploymentGroupName": group.name,
        "deploymentConfigName": group.config,
        "serviceRoleArn": model.place.principal("role/ecsCodeDeployRole"),
        "autoRollbackConfiguration": rollback_configuration([group.rollback; 3]),
        "deploymentStyle": { "deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL" },
        "blueGreenDeploymentConfiguration": blue_green(&group),
        "computePlatform": "ECS",
        "ecsServices": [{ "serviceName": group.service, "clusterName": group.cluster }],
    } });
    for (member, deploy) in [("lastAttemptedDeployment", attempted), ("lastSuccessfulDeployment", successful)] {
        if let Some(deploy) = deploy {
            answer["deploymentGroupInfo"][member] = last(model, deploy);
        }
    }
    Ok(answer)
}

fn configuration(name: &str) -> Result<Vec<(f64, f64)>, ApiError> {
    let missing =
        || error("DeploymentConfigDoesNotExist", format!("No Deployment Configuration found for name: {name}"));
    weights(name).ok_or_else(missing)
}

pub(super) fn get_config(_: &mut Model, input: &Input<'_>) -> Answer {
    let name = input.text("deploymentConfigName")?.unwrap_or(ALL_AT_ONCE);
    let weights = configuration(name)?;
    let (percent, minutes) = (weights[0].0.round() as u64, (weights[0].1 / 60.0).round() as u64);
    let routing = match weights.len() {
        1 => json!({ "type": "AllAtOnce" }),
        _ if name.contains("Canary") => {
            json!({ "type": "TimeBasedCanary", "timeBasedCanary": { "canaryPercentage": percent, "canaryInterval": minutes } })
        }
        _ => {
            json!({ "type": "TimeBasedLinear", "timeBasedLinear": { "linearPercentage": percent, "linearInterval": minutes } })
        }
    };
    Ok(json!({ "deploymentConfigInfo": {
        "deploymentConfigId": "00000000-0000-4000-8000-000000000000",
        "deploymentConfigName": name,
        "computePlatform": "ECS",
        "trafficRoutingConfig": routing,
    } }))
}

/// The service and the deployment, where it still goes on.
fn running(model: &Model, input: &Input<'_>) -> Result<(usize, String), ApiError> {
    let (service, deploy) = find(model, input)?;
    if deploy.status.terminal() {
        return Err(error("DeploymentAlreadyCompleted", format!("The deployment {} is already completed.", deploy.id)));
    }
    let index = model
        .services
        .iter()
        .position(|known| known.arn == service.arn && known.deploys.iter().any(|one| one.id == deploy.id));
    Ok((index.unwrap_or_default(), deploy.id.clone()))
}

pub(super) fn stop(model: &mut Model, input: &Input<'_>) -> Answer {
    let (index, _) = running(model, input)?;
    let sent = input.value("autoRollbackEnabled").map(|_| input.flag("autoRollbackEnabled")).transpose()?;
    let now = model.now;
    model.with_service(index, |service, around| {
        let Some(deploy) = service.deploys.last_mut() else { return };
        deploy.status = Status::Stopped;
        deploy.error = Some(("MANUAL_STOP", "The deployment was stopped by a user.".to_owned()));
        deploy.finished = Some(now);
        let back = sent.unwrap_or(deploy.undo[2]);
        service.end_codedeploy("stopped", back, around);
    });
    Ok(json!({ "status": "Succeeded", "statusMessage": "No more traffic is being shifted." }))
}

pub(super) fn resume(model: &mut Model, input: &Input<'_>) -> Answer {
    let (index, _) = running(model, input)?;
    let step = match input.text("deploymentWaitType")? {
        None | Some("READY_WAIT") => Step::ReadyWait,
        Some("TERMINATION_WAIT") => Step::TerminationWait,
        Some(_) => return Err(error("InvalidDeploymentWaitType", "The wait type is invalid.")),
    };
    let waiting = model.services[index].codedeploying().is_some_and(|deploy| deploy.step == step);
    if !waiting {
        return Err(error("DeploymentIsNotInReadyState", "The deployment is not in a state that can be continued."));
    }
    if let Some(deploy) = model.services[index].deploys.last_mut() {
        deploy.resumed = true;
    }
    Ok(json!({}))
}
