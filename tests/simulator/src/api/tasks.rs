//! Decides what tasks answer.

use serde_json::{Map, Value, json};

use super::input::paged;
use super::services::find;
use super::{Answer, ApiError, Input, invalid, object, show};
use crate::model::Model;
use crate::model::ids::short;
use crate::model::lone::Lone;
use crate::model::task::{Phase, Task};

/// A task with what is around it.
struct Owned<'a> {
    task: &'a Task,
    /// Its service, by index.
    service: Option<usize>,
    cluster: &'a str,
    group: String,
    started_by: Option<&'a str>,
    settings: &'a Map<String, Value>,
    overrides: Option<&'a Value>,
    tags: &'a [Value],
}

/// All tasks of a cluster that are known: those of services, then the others.
fn all<'a>(model: &'a Model, cluster: &str) -> impl Iterator<Item = Owned<'a>> {
    let services = model.services.iter().enumerate().filter(move |(_, service)| service.cluster == cluster);
    let of_services = services.flat_map(move |(index, service)| {
        service.all_tasks().map(move |task| Owned {
            task,
            service: Some(index),
            cluster: &service.cluster,
            group: format!("service:{}", service.name),
            started_by: match &model.outside.started_by {
                Some(other) => Some(other.as_str()).filter(|text| !text.is_empty()),
                None => Some(&task.started_by),
            },
            settings: &service.settings,
            overrides: None,
            tags: &[],
        })
    });
    let lone = model.lone.iter().filter(move |lone| lone.cluster == cluster).map(alone);
    of_services.chain(lone).filter(|owned| owned.task.visible(model.now))
}

fn alone(lone: &Lone) -> Owned<'_> {
    Owned {
        task: &lone.task,
        service: None,
        cluster: &lone.cluster,
        group: lone.group.clone(),
        started_by: lone.started_by.as_deref(),
        settings: &lone.settings,
        overrides: Some(&lone.overrides),
        tags: &lone.tags,
    }
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let only = match input.text("serviceName")? {
        None => None,
        Some(name) => {
            let missing = || ApiError::new("ServiceNotFoundException", "Service not found.");
            Some(find(model, &cluster, name).ok_or_else(missing)?)
        }
    };
    let (family, starter) = (input.text("family")?, input.text("startedBy")?);
    let others = ["serviceName", "family", "desiredStatus", "launchType", "containerInstance"];
    if starter.is_some() && others.iter().any(|filter| input.value(filter).is_some()) {
        return Err(invalid("Specified filters are not supported: startedBy must be the only filter."));
    }
    let status = input.text("desiredStatus")?.unwrap_or("RUNNING");
    let fits = |owned: &Owned<'_>| {
        let of_family = |name: &str| short(&owned.task.definition).split(':').next() == Some(name);
        desired(owned.task) == status
            && only.is_none_or(|service| owned.service == Some(service))
            && family.is_none_or(of_family)
            && starter.is_none_or(|by| owned.started_by == Some(by))
    };
    let found = all(model, &cluster).filter(fits).map(|owned| json!(arn(model, owned.cluster, owned.task))).collect();
    let paging = model.outside.pages.of("ListTasks");
    Ok(paged("taskArns", input.page_of(paging, found, 100)?))
}

fn desired(task: &Task) -> &'static str {
    if task.active() { "RUNNING" } else { "STOPPED" }
}

fn arn(model: &Model, cluster: &str, task: &Task) -> String {
    model.place.arn(&format!("task/{cluster}/{}", task.id))
}

/// The task that `reference` (id or ARN) means.
fn locate<'a>(model: &'a Model, cluster: &str, reference: &str) -> Option<Owned<'a>> {
    let id = short(reference);
    all(model, cluster).find(|owned| owned.task.id == id)
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let names = input.texts("tasks")?;
    if names.is_empty() {
        return Err(invalid("Tasks cannot be empty."));
    }
    if names.len() > 100 {
        return Err(invalid("Tasks cannot have more than 100 elements."));
    }
    let tags = input.with_tags()?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match locate(model, &cluster, name) {
            Some(owned) => found.push(show(model, &owned, tags)),
            None => failures.push(show::missing(model, "task", &cluster, name)),
        }
    }
    Ok(object([("tasks", Value::Array(found)), ("failures", Value::Array(failures))]))
}

pub(super) fn stop(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let reference = input.need("task")?;
    let missing = || invalid("The referenced task was not found.");
    let service = locate(model, &cluster, reference).ok_or_else(missing)?.service;
    let reason = input.text("reason")?.unwrap_or("Task stopped by user");
    let (now, id) = (model.now, short(reference));
    let task = match service {
        Some(service) => model.services[service].tasks.iter_mut().find(|task| task.id == id),
        None => model.lone.find_mut(|lone| lone.task.id == id).map(|lone| &mut lone.task),
    };
    if let Some(task) = task {
        task.stop(now, "UserInitiated", reason);
    }
    let stopped = locate(model, &cluster, reference).ok_or_else(missing)?;
    Ok(object([("task", show(model, &stopped, false))]))
}

pub(super) fn show_lone(model: &Model, lone: &Lone, tags: bool) -> Value {
    show(model, &alone(lone), tags)
}

fn show(model: &Model, owned: &Owned<'_>, tags: bool) -> Value {
    let task = owned.task;
    let arn = arn(model, owned.cluster, task);
    let zone = char::from(b'a' + task.zone);
    let mut shown = json!({
        "taskArn": arn,
        "clusterArn": model.place.arn(&format!("cluster/{}", owned.cluster)),
        "taskDefinitionArn": task.definition,
        "group": owned.group,
        "startedBy": owned.started_by,
        "lastStatus": task.last_status(model.now),
        "desiredStatus": desired(task),
        "healthStatus": task.health(),
        "createdAt": model.stamp(task.created),
        "containers": (0..task.containers.len()).map(|index| container(model, &arn, task, index)).collect::<Value>(),
        "attachments": task.interface.iter().map(|interface| attachment(owned, interface)).collect::<Value>(),
        "attributes": [{ "name": "ecs.cpu-architecture", "value": "x86_64" }],
        "availabilityZone": format!("{}{zone}", model.place.region),
        "connectivity": "CONNECTED",
        "connectivityAt": model.stamp(task.created),
        "overrides": overrides(owned),
        "tags": if tags { json!(owned.tags) } else { json!([]) },
        "version": 1 + task.phase as u8,
        "enableExecuteCommand": owned.settings.get("enableExecuteCommand").cloned().unwrap_or(json!(false)),
    });
    let Some(members) = shown.as_object_mut() else { return shown };
    members.retain(|_, value| !value.is_null());
    members.extend(show::platform(model, owned.settings, &task.definition));
    members.shift_remove("capacityProviderStrategy");
    let times = [
        ("pullStartedAt", task.running.map(|_| task.created)),
        ("pullStoppedAt", task.running),
        ("startedAt", task.running),
        ("stoppingAt", task.stopping),
        ("executionStoppedAt", task.stopped),
        ("stoppedAt", task.stopped),
    ];
    members.extend(times.into_iter().filter_map(|(name, at)| Some((name.to_owned(), model.stamp(at?)))));
    let texts = [
        ("cpu", task.cpu.as_deref()),
        ("memory", task.memory.as_deref()),
        ("stopCode", task.stop_code),
        ("stoppedReason", task.stopped_reason.as_deref()),
    ];
    members.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
    shown
}

/// Every container has an entry, whether or not something of it was overridden.
fn overrides(owned: &Owned<'_>) -> Value {
    let mut shown = owned.overrides.cloned().unwrap_or_else(|| json!({}));
    let sent = shown["containerOverrides"].as_array().cloned().unwrap_or_default();
    let entry =
        |name: &str| sent.iter().find(|one| one["name"] == name).cloned().unwrap_or_else(|| json!({ "name": name }));
    shown["containerOverrides"] = owned.task.containers.iter().map(|one| entry(&one.name)).collect();
    shown["inferenceAcceleratorOverrides"] = json!([]);
    shown
}

fn container(model: &Model, task_arn: &str, task: &Task, index: usize) -> Value {
    let container = &task.containers[index];
    let begun = task.begun(index, model.now);
    let status = match task.phase {
        _ if container.ended => "STOPPED",
        Phase::Pending | Phase::Running | Phase::Stopping if begun => "RUNNING",
        _ => "PENDING",
    };
    let health = task.container_health(index, model.now);
    let path = format!("container/{}/{}", task_arn.split_once(":task/").map_or("", |(_, path)| path), container.id);
    let interfaces = task
        .interface
        .iter()
        .map(|[_, attachment, address]| json!({ "attachmentId": attachment, "privateIpv4Address": address }));
    let mut shown = json!({
        "containerArn": model.place.arn(&path),
        "taskArn": task_arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": status,
        "networkInterfaces": interfaces.collect::<Value>(),
        "healthStatus": health,
        "cpu": container.cpu,
    });
    let started = begun.then_some(());
    let texts = [
        ("imageDigest", started.map(|()| container.digest.as_str())),
        ("runtimeId", started.map(|()| container.runtime.as_str())),
        ("reason", container.reason.as_deref()),
        ("memory", container.memory.as_deref()),
        ("memoryReservation", container.reservation.as_deref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            shown[name] = json!(text);
        }
    }
    if let Some(code) = container.exit {
        shown["exitCode"] = json!(code);
    }
    if task.interface.is_none() && started.is_some() {
        shown["networkBindings"] = json!([]);
    }
    shown
}

fn attachment(owned: &Owned<'_>, [interface, id, address]: &[String; 3]) -> Value {
    let status = match owned.task.phase {
        Phase::Provisioning => "PRECREATED",
        Phase::Stopped => "DELETED",
        _ => "ATTACHED",
    };
    let subnet = owned.settings.get("networkConfiguration");
    let subnet = subnet.and_then(|value| value.pointer("/awsvpcConfiguration/subnets/0")).and_then(Value::as_str);
    json!({
        "id": id,
        "type": "ElasticNetworkInterface",
        "status": status,
        "details": [
            { "name": "subnetId", "value": subnet.unwrap_or("subnet-0123456789abcdef0") },
            { "name": "networkInterfaceId", "value": interface },
            { "name": "privateIPv4Address", "value": address },
        ],
    })
}
