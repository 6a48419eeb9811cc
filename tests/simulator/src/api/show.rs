//! Decides what a service and its deployments look like in answers.

use serde_json::{Map, Value, json};

use crate::model::Model;
use crate::model::events::reason;
use crate::model::ids::short;
use crate::model::record::Status;
use crate::model::service::{Deployment, Rollout, Service, State};
use crate::model::task::{Phase, Task};

/// Members that show on deployments and service revisions, or nowhere, but not on the service.
const HIDDEN: [&str; 4] = ["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations", "role"];

/// How many of `tasks` run, and how many are on their way.
pub(super) fn tally<'a>(tasks: impl Iterator<Item = &'a Task>) -> (usize, usize) {
    tasks.fold((0, 0), |(running, pending), task| {
        (running + usize::from(task.phase == Phase::Running), pending + usize::from(task.pending()))
    })
}

/// Where tasks with such settings run: launch type or capacity provider strategy, platform version and family.
pub(super) fn platform(model: &Model, settings: &Map<String, Value>, definition: &str) -> Map<String, Value> {
    let mut shown = Map::new();
    let strategy = settings.get("capacityProviderStrategy").filter(|value| **value != json!([]));
    let definition = model.definitions.iter().rev().find(|known| known.arn == definition);
    let fargate = definition.is_some_and(|known| known.fargate());
    let kind = settings.get("launchType").and_then(Value::as_str);
    let kind = kind.unwrap_or(if fargate { "FARGATE" } else { "EC2" });
    match strategy {
        Some(strategy) => shown.insert("capacityProviderStrategy".into(), strategy.clone()),
        None => shown.insert("launchType".into(), json!(kind)),
    };
    if kind == "FARGATE" {
        let version = match settings.get("platformVersion").and_then(Value::as_str) {
            None | Some("LATEST") => "1.4.0",
            Some(version) => version,
        };
        let family = definition.and_then(|known| known.document.get("runtimePlatform"));
        let family = family.and_then(|value| value.get("operatingSystemFamily")).and_then(Value::as_str);
        shown.insert("platformVersion".into(), json!(version));
        shown.insert(
            "platformFamily".into(),
            json!(if family.is_none_or(|f| f == "LINUX") { "Linux" } else { "Windows" }),
        );
    }
    shown
}

pub(super) fn service(model: &Model, service: &Service, tags: bool) -> Value {
    let definition = service.deployments.first().map(|primary| primary.source.definition.clone());
    let definition = definition.or_else(|| service.completed.as_ref().map(|source| source.definition.clone()));
    let (running, pending) = tally(service.tasks.iter());
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("serviceArn", json!(service.arn));
    put("serviceName", json!(service.name));
    put("clusterArn", json!(model.place.arn(&format!("cluster/{}", service.cluster))));
    put("loadBalancers", json!([]));
    put("serviceRegistries", json!([]));
    put("status", json!(status(service.state)));
    put("desiredCount", json!(service.desired));
    put("runningCount", json!(running));
    put("pendingCount", json!(pending));
    for (name, value) in platform(model, &service.settings, definition.as_deref().unwrap_or_default()) {
        // The service shows what was asked for, its deployments and task sets what that is.
        let own = service.settings.get("platformVersion").cloned().unwrap_or_else(|| json!("LATEST"));
        put(&name, if name == "platformVersion" { own } else { value });
    }
    if let Some(definition) = definition.filter(|_| service.express.is_none()) {
        put("taskDefinition", json!(definition));
    }
    if service.controller() == "ECS" {
        put("deployments", service.deployments.iter().map(|d| deployment(model, service, d)).collect());
    } else {
        put("deployments", json!([]));
        put("taskSets", super::show_sets::all(model, service));
    }
    put("events", events(model, service));
    put("createdAt", model.stamp(service.created));
    put("placementConstraints", json!([]));
    put("placementStrategy", json!([]));
    put("schedulingStrategy", json!("REPLICA"));
    put("createdBy", json!(model.place.principal("user/simulator")));
    put("enableECSManagedTags", json!(false));
    put("propagateTags", json!("NONE"));
    put("enableExecuteCommand", json!(false));
    put("availabilityZoneRebalancing", json!(if rebalanced(service) { "ENABLED" } else { "DISABLED" }));
    put("resourceManagementType", json!(if service.express.is_some() { "ECS" } else { "CUSTOMER" }));
    if service.controller() == "ECS" {
        current(service, &mut put);
    }
    if tags {
        put("tags", json!(service.tags));
    }
    for (name, value) in service.settings.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str())) {
        put(name, value.clone());
    }
    if let Some(role) = service.settings.get("role") {
        put("roleArn", role.clone());
    }
    put("deploymentConfiguration", service.configuration());
    if shown.contains_key("capacityProviderStrategy") && shown["capacityProviderStrategy"] != json!([]) {
        shown.shift_remove("launchType");
    }
    shown.retain(|_, value| !value.is_null());
    Value::Object(shown)
}

/// Whether a service that does not say is rebalanced between availability zones: where that can be at all.
fn rebalanced(service: &Service) -> bool {
    let most = service.configuration()["maximumPercent"].as_u64();
    service.controller() == "ECS" && !service.daemon() && !service.classic() && most.is_some_and(|most| most > 100)
}

pub(super) fn status(state: State) -> &'static str {
    match state {
        State::Active => "ACTIVE",
        State::Draining => "DRAINING",
        State::Inactive => "INACTIVE",
    }
}

/// The service deployment that the service names, which is the former one until the newest has begun.
fn current(service: &Service, put: &mut impl FnMut(&str, Value) -> Option<Value>) {
    let begun = service.records.iter().rev().find(|record| record.status != Status::Pending);
    if let Some(record) = begun.or_else(|| service.records.first()) {
        put("currentServiceDeployment", json!(record.arn));
    }
    let mut numbers: Vec<&str> = service.deployments.iter().map(|d| d.source.revision.as_str()).collect();
    numbers.dedup();
    put("currentServiceRevisions", numbers.into_iter().map(|number| revision(service, number)).collect());
}

/// A revision with its task counts, as services and service deployments show it.
pub(super) fn revision(service: &Service, number: &str) -> Value {
    let owners: Vec<&Deployment> = service.deployments.iter().filter(|d| d.source.revision == number).collect();
    let own = |task: &&Task| owners.iter().any(|deployment| *deployment.id() == task.deployment);
    let (running, pending) = tally(service.tasks.iter().filter(own));
    let primary = service.deployments.first().is_some_and(|first| first.source.revision == number);
    let wanted = if primary { service.desired as usize } else { running + pending };
    json!({
        "arn": service.revision_arn(number),
        "requestedTaskCount": wanted,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    })
}

fn deployment(model: &Model, service: &Service, deployment: &Deployment) -> Value {
    let primary = deployment.replaced.is_none();
    let (running, pending) = tally(service.tasks.iter().filter(|task| task.deployment == *deployment.id()));
    let mut shown = json!({
        "id": deployment.id(),
        "status": if primary { "PRIMARY" } else { "ACTIVE" },
        "taskDefinition": deployment.source.definition,
        "desiredCount": if primary { service.desired as usize } else { running + pending },
        "pendingCount": pending,
        "runningCount": running,
        "failedTasks": deployment.failed,
        "createdAt": model.stamp(deployment.created),
        "updatedAt": model.stamp(deployment.updated),
    });
    if let Some(members) = shown.as_object_mut() {
        let native = service.records[deployment.record].stages.is_some();
        let outside = &model.outside;
        let shows = if native { outside.list_rollout_state } else { outside.rolling_rollout_state };
        if !service.classic() && shows {
            // What was there before the start is known to everybody, and that something goes back is always said.
            let is_new = deployment.updated >= 0.0 && !deployment.rollback;
            let is_late = is_new && model.now - deployment.updated < outside.list_lag;
            let stages = service.records[deployment.record].stages.as_ref();
            let is_live = deployment.rollout == Rollout::InProgress && stages.is_some_and(|it| it.live.is_some());
            let (state, reason) = match (is_late, is_live && outside.list_early) {
                (true, _) => (Rollout::InProgress, &reason::in_progress(deployment.id())),
                (_, true) => (Rollout::Completed, &reason::completed(deployment.id())),
                _ => (deployment.rollout, &deployment.reason),
            };
            members.insert("rolloutState".into(), json!(rollout_state(state)));
            members.insert("rolloutStateReason".into(), json!(reason));
        }
        members.extend(platform(model, &service.settings, &deployment.source.definition));
        let outside = ["platformVersion", "loadBalancers", "serviceRegistries"];
        let own = deployment.source.settings.iter().filter(|(name, _)| !outside.contains(&name.as_str()));
        members.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
    shown
}

fn rollout_state(rollout: Rollout) -> &'static str {
    match rollout {
        Rollout::InProgress => "IN_PROGRESS",
        Rollout::Completed => "COMPLETED",
        Rollout::Failed => "FAILED",
    }
}

fn events(model: &Model, service: &Service) -> Value {
    let one = |event: &crate::model::events::Event| {
        let (id, message) = (event.id.as_str().into(), event.message.as_str().into());
        super::object([("id", id), ("createdAt", model.stamp(event.at)), ("message", message)])
    };
    service.events.iter().map(one).collect()
}

/// The failure of something that was asked for and is not there.
pub(super) fn missing(model: &Model, kind: &str, cluster: &str, reference: &str) -> Value {
    let arn = match reference.starts_with("arn:") {
        true => reference.to_owned(),
        false => model.place.arn(&format!("{kind}/{cluster}/{}", short(reference))),
    };
    json!({ "arn": arn, "reason": "MISSING" })
}
