//! Decides what tasks answer.

use serde_json::{Value, json};

use super::input::paged;
use super::services::find;
use super::{Answer, ApiError, Input, invalid, object, show};
use crate::model::Model;
use crate::model::ids::short;
use crate::model::service::Service;
use crate::model::task::{Phase, Task};

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let only = match input.text("serviceName")? {
        None => None,
        Some(name) => {
            let missing = || ApiError::new("ServiceNotFoundException", "Service not found.");
            Some(model.services[find(model, &cluster, name).ok_or_else(missing)?].arn.as_str())
        }
    };
    let (family, starter) = (input.text("family")?, input.text("startedBy")?);
    let status = input.text("desiredStatus")?.unwrap_or("RUNNING");
    let services = model.services.iter().filter(|service| service.cluster == cluster);
    let own = services.filter(|service| only.is_none_or(|arn| service.arn == arn));
    let mut found = Vec::new();
    for (service, task) in own.flat_map(|service| service.all_tasks().map(move |task| (service, task))) {
        let of_family = |name: &str| short(&task.definition).split(':').next() == Some(name);
        let fits = task.visible(model.now)
            && desired(task) == status
            && family.is_none_or(of_family)
            && starter.is_none_or(|id| task.started_by == id);
        if fits {
            found.push(json!(arn(model, service, task)));
        }
    }
    Ok(paged("taskArns", input.page(found, 100)?))
}

fn desired(task: &Task) -> &'static str {
    if task.active() { "RUNNING" } else { "STOPPED" }
}

fn arn(model: &Model, service: &Service, task: &Task) -> String {
    model.place.arn(&format!("task/{}/{}", service.cluster, task.id))
}

/// The service, by index, and the task that `reference` (id or ARN) means.
fn locate<'a>(model: &'a Model, cluster: &str, reference: &str) -> Option<(usize, &'a Task)> {
    let own = model.services.iter().enumerate().filter(|(_, service)| service.cluster == cluster);
    let id = short(reference);
    let mut all = own.flat_map(|(index, service)| service.all_tasks().map(move |task| (index, task)));
    all.find(|(_, task)| task.id == id && task.visible(model.now))
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
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match locate(model, &cluster, name) {
            Some((service, task)) => found.push(show(model, &model.services[service], task)),
            None => failures.push(show::missing(model, "task", &cluster, name)),
        }
    }
    Ok(object([("tasks", Value::Array(found)), ("failures", Value::Array(failures))]))
}

pub(super) fn stop(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let reference = input.need("task")?;
    let found = locate(model, &cluster, reference).map(|(service, _)| service);
    let missing = || invalid("The referenced task was not found.");
    let service = found.ok_or_else(missing)?;
    let reason = input.text("reason")?.unwrap_or("Task stopped by user");
    let now = model.now;
    let mut running = model.services[service].tasks.iter_mut();
    if let Some(task) = running.find(|task| task.id == short(reference)) {
        task.stop(now, "UserInitiated", reason);
    }
    let (_, task) = locate(model, &cluster, reference).ok_or_else(missing)?;
    Ok(object([("task", show(model, &model.services[service], task))]))
}

fn show(model: &Model, service: &Service, task: &Task) -> Value {
    let arn = arn(model, service, task);
    let zone = char::from(b'a' + task.zone);
    let mut shown = json!({
        "taskArn": arn,
        "clusterArn": model.place.arn(&format!("cluster/{}", service.cluster)),
        "taskDefinitionArn": task.definition,
        "group": format!("service:{}", service.name),
        "startedBy": task.started_by,
        "lastStatus": task.last_status(model.now),
        "desiredStatus": desired(task),
        "healthStatus": task.health(),
        "createdAt": model.stamp(task.created),
        "containers": (0..task.containers.len()).map(|index| container(model, &arn, task, index)).collect::<Value>(),
        "attachments": task.interface.iter().map(|interface| attachment(service, task, interface)).collect::<Value>(),
        "attributes": [{ "name": "ecs.cpu-architecture", "value": "x86_64" }],
        "availabilityZone": format!("{}{zone}", model.place.region),
        "connectivity": "CONNECTED",
        "connectivityAt": model.stamp(task.created),
        "overrides": {
            "containerOverrides": task.containers.iter().map(|one| json!({ "name": one.name })).collect::<Value>(),
            "inferenceAcceleratorOverrides": [],
        },
        "tags": [],
        "version": 1 + task.phase as u8,
        "enableExecuteCommand": service.settings.get("enableExecuteCommand").cloned().unwrap_or(json!(false)),
    });
    let Some(members) = shown.as_object_mut() else { return shown };
    members.extend(show::platform(model, service, &task.definition));
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

fn attachment(service: &Service, task: &Task, [interface, id, address]: &[String; 3]) -> Value {
    let status = match task.phase {
        Phase::Provisioning => "PRECREATED",
        Phase::Stopped => "DELETED",
        _ => "ATTACHED",
    };
    let subnet = service.settings.get("networkConfiguration");
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
