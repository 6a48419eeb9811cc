//! Decides what service deployments and service revisions answer.

use serde_json::{Map, Value, json};

use super::input::paged;
use super::services::demand;
use super::{Answer, ApiError, Input, invalid, show};
use crate::model::Model;
use crate::model::native::{Hook, Outcome, Stage};
use crate::model::record::{Record, Revision, Status};
use crate::model::service::Service;

/// How long ECS keeps a service deployment, in seconds.
const KEPT: f64 = 90.0 * 86_400.0;

/// Whether ECS still has a service deployment. One of what runs since before the start stays.
fn is_kept(model: &Model, record: &Record) -> bool {
    record.finished.is_none_or(|finished| model.now - finished.max(0.0) < KEPT)
}

fn supported(service: &Service) -> Result<(), ApiError> {
    match service.controller() {
        "ECS" => Ok(()),
        other => Err(ApiError::new(
            "UnsupportedFeatureException",
            format!("Service deployments are not supported for services with a {other} deployment controller."),
        )),
    }
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let service = &model.services[demand(model, input, "service")?];
    supported(service)?;
    let wanted = input.texts("status")?;
    let bound = |name: &str| {
        let range = input.value("createdAt").and_then(|value| value.get(name));
        range.and_then(Value::as_f64).map(|epoch| model.unstamp(epoch))
    };
    // Stamps are rounded to milliseconds, so a bound that came from one must include it.
    let (before, after) = (bound("before"), bound("after"));
    let fits = |record: &&Record| {
        is_kept(model, record)
            && (wanted.is_empty() || wanted.contains(&record.status.name()))
            && before.is_none_or(|bound| record.created <= bound + 0.001)
            && after.is_none_or(|bound| record.created >= bound - 0.001)
    };
    let found = service.records.iter().rev().filter(fits).map(|record| brief(model, service, record)).collect();
    let paging = model.outside.pages.of("ListServiceDeployments");
    Ok(paged("serviceDeployments", input.page_of(paging, found, 20)?))
}

/// The members that the list and the description share.
fn common(model: &Model, service: &Service, record: &Record) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("serviceDeploymentArn", json!(record.arn));
    put("serviceArn", json!(service.arn));
    put("clusterArn", json!(model.place.arn(&format!("cluster/{}", service.cluster))));
    put("createdAt", model.stamp(record.created));
    if let Some(at) = record.started {
        put("startedAt", model.stamp(at));
    }
    let is_stopping = record.is_stopping(model.now, model.outside.stopping);
    if let Some(at) = record.finished.filter(|_| !is_stopping) {
        put("finishedAt", model.stamp(at));
    }
    put("status", json!(if is_stopping { "STOP_REQUESTED" } else { record.status.name() }));
    if let Some(reason) = &record.reason {
        put("statusReason", json!(reason));
    }
    shown
}

fn brief(model: &Model, service: &Service, record: &Record) -> Value {
    let mut shown = common(model, service, record);
    shown.insert("targetServiceRevisionArn".into(), json!(service.revision_arn(&record.target)));
    Value::Object(shown)
}

/// Where ARNs lead: the service and the index in one of its lists.
fn locate(model: &Model, is: impl Fn(&Service) -> Option<usize>) -> Option<(&Service, usize)> {
    model.services.iter().find_map(|service| Some((service, is(service)?)))
}

fn described(
    model: &Model,
    input: &Input<'_>,
    [member, answer]: [&str; 2],
    show: impl Fn(&Model, &str) -> Option<Value>,
) -> Answer {
    let arns = input.texts(member)?;
    if arns.is_empty() || arns.len() > 20 {
        return Err(invalid(format!("{member} must have between 1 and 20 elements.")));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in arns {
        match show(model, arn) {
            Some(value) => found.push(value),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    let mut shown = Map::new();
    shown.insert(answer.to_owned(), Value::Array(found));
    shown.insert("failures".to_owned(), Value::Array(failures));
    Ok(Value::Object(shown))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    described(model, input, ["serviceDeploymentArns", "serviceDeployments"], |model, arn| {
        let (service, index) = locate(model, |service| service.records.iter().position(|known| known.arn == arn))?;
        if !is_kept(model, &service.records[index]) {
            return None;
        }
        Some(deployment(model, service, &service.records[index]))
    })
}

fn deployment(model: &Model, service: &Service, record: &Record) -> Value {
    let mut shown = common(model, service, record);
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("updatedAt", model.stamp(record.updated));
    let is_stopping = record.is_stopping(model.now, model.outside.stopping);
    if let (Status::Stopped, Some(at), false) = (record.status, record.finished, is_stopping) {
        put("stoppedAt", model.stamp(at));
    }
    let weights = record.stages.as_ref().map(|stages| [stages.test, stages.production]);
    let sources = record.sources.iter().enumerate().map(|(index, number)| {
        // Older sources than the first were never live.
        let left = weights.filter(|_| index + 1 == record.sources.len()).map(|all| all.map(|weight| 100.0 - weight));
        weighted(show::revision(service, number), left)
    });
    put("sourceServiceRevisions", sources.collect());
    put("targetServiceRevision", weighted(show::revision(service, &record.target), weights));
    if matches!(record.status, Status::InProgress | Status::RollbackRequested | Status::RollbackInProgress) {
        let rolling = if record.cleaning { "CLEAN_UP" } else { "SCALE_UP" };
        let stages = record.stages.as_ref().filter(|_| record.rollback.is_none());
        put("lifecycleStage", json!(stages.map_or(rolling, |stages| stages.stage.name())));
    }
    if let Some(stages) = &record.stages {
        let begun = stages.hooks.iter().filter_map(|hook| Some(hook_details(model, hook, hook.began?)));
        put("lifecycleHookDetails", begun.collect());
    }
    put("deploymentConfiguration", record.configuration.clone());
    if let Some(rollback) = &record.rollback {
        put(
            "rollback",
            json!({
                "reason": rollback.reason,
                "startedAt": model.stamp(rollback.started),
                "serviceRevisionArn": service.revision_arn(&rollback.revision),
            }),
        );
    }
    put(
        "deploymentCircuitBreaker",
        json!({
            "status": record.breaker.status,
            "failureCount": record.breaker.failures,
            "threshold": record.breaker.threshold,
        }),
    );
    put(
        "alarms",
        json!({
            "status": record.alarms.status,
            "alarmNames": record.alarms.names,
            "triggeredAlarmNames": record.alarms.triggered,
        }),
    );
    Value::Object(shown)
}

/// A revision with its weights of test and production traffic, where a strategy shifts it.
fn weighted(mut revision: Value, weights: Option<[f64; 2]>) -> Value {
    if let Some([test, production]) = weights {
        revision["requestedTestTrafficWeight"] = json!(test);
        revision["requestedProductionTrafficWeight"] = json!(production);
    }
    revision
}

fn hook_details(model: &Model, hook: &Hook, began: f64) -> Value {
    let mut shown = json!({
        "hookId": hook.id,
        "targetType": if hook.function.is_some() { "AWS_LAMBDA" } else { "PAUSE" },
        "status": hook.status(),
        "expiresAt": model.stamp(began + hook.timeout),
        "timeoutAction": if hook.lenient { "CONTINUE" } else { "ROLLBACK" },
    });
    if let Some(function) = &hook.function {
        shown["targetArn"] = json!(function);
    }
    shown
}

pub(super) fn revisions(model: &mut Model, input: &Input<'_>) -> Answer {
    described(model, input, ["serviceRevisionArns", "serviceRevisions"], |model, arn| {
        let (service, index) = locate(model, |service| service.revisions.iter().position(|known| known.arn == arn))?;
        Some(revision(model, service, &service.revisions[index]))
    })
}

fn revision(model: &Model, service: &Service, revision: &Revision) -> Value {
    let image = |[container, image, digest]: &[String; 3]| json!({ "containerName": container, "imageDigest": digest, "image": image });
    let mut shown = json!({
        "serviceRevisionArn": revision.arn,
        "serviceArn": service.arn,
        "clusterArn": model.place.arn(&format!("cluster/{}", service.cluster)),
        "taskDefinition": revision.definition,
        "containerImages": revision.images.iter().map(image).collect::<Value>(),
        "guardDutyEnabled": false,
        "createdAt": model.stamp(revision.created),
    });
    if let Some(members) = shown.as_object_mut() {
        members.extend(revision.settings.clone());
        members.extend(super::express::resources(model, service, revision));
        // A revision shows it. Whether a change of it alone makes a new one is not documented: here it does not.
        if let Some(monitoring) = service.settings.get("monitoring") {
            members.insert("monitoring".to_owned(), monitoring.clone());
        }
        members.extend(show::platform(model, &service.settings, &revision.definition));
    }
    shown
}

pub(super) fn stop(model: &mut Model, input: &Input<'_>) -> Answer {
    let arn = input.need("serviceDeploymentArn")?;
    if !matches!(input.text("stopType")?, None | Some("ROLLBACK")) {
        return Err(invalid("Only the stop type ROLLBACK is supported."));
    }
    let now = model.now;
    let own = |service: &Service| service.records.iter().any(|known| known.arn == arn);
    if let Some(service) = model.services.find_mut(own) {
        let back = service.completed.is_some();
        if let Some(record) = service.records.find_mut(|known| known.arn == arn) {
            let late = record.stages.as_ref().is_some_and(|stages| stages.stage == Stage::CleanUp);
            if !matches!(record.status, Status::Pending | Status::InProgress) || !back || late {
                let text = format!("The service deployment can not be stopped in the state {}.", record.status.name());
                return Err(ApiError::new("ConflictException", text));
            }
            record.set(Status::RollbackRequested, now);
            return Ok(json!({ "serviceDeploymentArn": arn }));
        }
    }
    Err(ApiError::new("ServiceDeploymentNotFoundException", "Service deployment not found."))
}

pub(super) fn resume(model: &mut Model, input: &Input<'_>) -> Answer {
    let arn = input.need("serviceDeploymentArn")?;
    let id = input.need("hookId")?;
    let outcome = match input.text("action")? {
        None | Some("CONTINUE") => Outcome::Succeeded,
        Some("ROLLBACK") => Outcome::Failed,
        Some(_) => return Err(invalid("The action must be CONTINUE or ROLLBACK.")),
    };
    let missing = || ApiError::new("ServiceDeploymentNotFoundException", "Service deployment not found.");
    let own = |service: &Service| service.records.iter().any(|known| known.arn == arn);
    let service = model.services.find_mut(own).ok_or_else(missing)?;
    let record = service.records.find_mut(|known| known.arn == arn).ok_or_else(missing)?;
    let live = record.status == Status::InProgress;
    let mut hooks = record.stages.iter_mut().flat_map(|stages| &mut stages.hooks);
    let hook = hooks.find(|hook| live && hook.id == id && hook.waits());
    hook.ok_or_else(|| invalid("The hook is not awaiting an action."))?.outcome = outcome;
    Ok(json!({ "serviceDeploymentArn": arn }))
}
