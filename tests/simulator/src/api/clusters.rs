//! Decides what clusters answer.

use serde_json::{Value, json};

use super::input::paged;
use super::{Answer, ApiError, Input};
use crate::model::ids::short;
use crate::model::service::State;
use crate::model::task::Phase;
use crate::model::{Cluster, Model};

const STORED: [&str; 5] =
    ["settings", "configuration", "capacityProviders", "defaultCapacityProviderStrategy", "serviceConnectDefaults"];

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = input.text("clusterName")?.unwrap_or("default");
    let tags = input.list("tags")?.to_vec();
    let cluster = model.add_cluster(name);
    if !cluster.active {
        *cluster = Cluster { active: true, settings: serde_json::Map::new(), tags: Vec::new(), ..cluster.clone() };
    }
    for member in STORED {
        if let Some(value) = input.value(member) {
            cluster.settings.insert(member.to_owned(), value.clone());
        }
    }
    cluster.tags.extend(tags);
    let cluster = cluster.clone();
    Ok(json!({ "cluster": show(model, &cluster, true) }))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let mut names = input.texts("clusters")?;
    if names.is_empty() {
        names.push("default");
    }
    let tags = input.with_tags()?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match model.clusters.iter().find(|cluster| cluster.name == short(name)) {
            Some(cluster) => found.push(show(model, cluster, tags)),
            None => {
                let arn = model.place.arn(&format!("cluster/{}", short(name)));
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            }
        }
    }
    Ok(json!({ "clusters": found, "failures": failures }))
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let active = model.clusters.iter().filter(|cluster| cluster.active);
    Ok(paged("clusterArns", input.page(active.map(|cluster| json!(cluster.arn)).collect(), 100)?))
}

pub(super) fn delete(model: &mut Model, input: &Input<'_>) -> Answer {
    input.need("cluster")?;
    let name = input.cluster(model)?;
    let used = model.services.iter().any(|service| service.cluster == name && service.state != State::Inactive);
    if used {
        return Err(ApiError::new(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        ));
    }
    let cluster = model.add_cluster(&name);
    cluster.active = false;
    let cluster = cluster.clone();
    Ok(json!({ "cluster": show(model, &cluster, false) }))
}

fn show(model: &Model, cluster: &Cluster, tags: bool) -> Value {
    let services = || model.services.iter().filter(|service| service.cluster == cluster.name);
    let tasks = |fits: fn(&crate::model::task::Task) -> bool| {
        services().flat_map(|service| &service.tasks).filter(|task| fits(task)).count()
    };
    let mut shown = json!({
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": if cluster.active { "ACTIVE" } else { "INACTIVE" },
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": tasks(|task| task.phase == Phase::Running),
        "pendingTasksCount": tasks(|task| task.pending()),
        "activeServicesCount": services().filter(|service| service.state == State::Active).count(),
        "statistics": [],
        "tags": if tags { cluster.tags.clone() } else { Vec::new() },
        "settings": [{ "name": "containerInsights", "value": "disabled" }],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    });
    if let Some(members) = shown.as_object_mut() {
        members.extend(cluster.settings.clone());
    }
    shown
}
