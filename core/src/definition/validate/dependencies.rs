//! Rules about containers that name one another: dependencies, links and volumes taken over.

use serde_json::Value;

use super::{Container, Found, Task, is_set, list, repeated, text};
use crate::definition::path::Place;

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    dependencies(task, container, found);
    links(task, container, found);
    let place = container.place();
    let place = place.member("volumesFrom");
    for (at, source) in list(container.get("volumesFrom")).iter().enumerate() {
        if source.is_object() && source.get("sourceContainer").is_none_or(Value::is_null) {
            let text = "the entry names no container to take volumes from";
            found.error("volumes_from", &place.at(at).member("sourceContainer"), text, advice(task));
        } else if let Some(name) = text(source, "sourceContainer").filter(|name| task.container(name).is_none()) {
            let text = format!("there is no container {name:?} to take volumes from");
            found.error("volumes_from", &place.at(at).member("sourceContainer"), text, advice(task));
        }
    }
}

fn advice(task: &Task) -> String {
    let names: Vec<_> = task.containers.iter().filter_map(|container| container.name).collect();
    format!("name a container of this task definition ({})", names.join(", "))
}

fn dependencies(task: &Task, container: &Container, found: &mut Found) {
    let dependencies = list(container.get("dependsOn"));
    let top = container.place();
    let top = top.member("dependsOn");
    for (at, dependency) in dependencies.iter().enumerate() {
        let Some(name) = text(dependency, "containerName") else { continue };
        let place = top.at(at);
        match task.container(name) {
            None => {
                let text = format!("there is no container {name:?} to depend on");
                found.error("depends_on", &place.member("containerName"), text, advice(task));
            }
            Some(target) if Some(name) == container.name => {
                let text = format!("the container {} depends on itself", target.label());
                found.error("depends_on", &place.member("containerName"), text, "remove the entry");
            }
            Some(target) => condition(target, name, text(dependency, "condition"), &place, found),
        }
    }
    for at in repeated(dependencies.iter().map(|dependency| text(dependency, "containerName"))) {
        let name = text(&dependencies[at], "containerName").unwrap_or_default();
        let text = format!("{name:?} is listed twice as a dependency");
        found.warning("depends_on_repeated", &top.at(at).member("containerName"), text, "keep one of the two entries");
    }
}

fn condition(target: &Container, name: &str, condition: Option<&str>, place: &Place, found: &mut Found) {
    let place = place.member("condition");
    match condition {
        Some("HEALTHY") if !is_set(target.get("healthCheck")) => {
            // ECS does not look at a HEALTHCHECK of the image.
            let text = format!("{name:?} has no health check, so it never becomes HEALTHY");
            found.error("depends_on", &place, text, format!("give {name:?} a healthCheck, or wait for START"));
        }
        Some(condition @ ("COMPLETE" | "SUCCESS")) if target.is_essential => {
            let text = format!("{name:?} is essential: the task ends with it, so nothing can wait for {condition}");
            found.error("depends_on", &place, text, format!("set essential of {name:?} to false"));
        }
        _ => {}
    }
}

/// The container of a link: `name` or `name:alias`.
fn linked(link: &str) -> &str {
    link.split_once(':').map_or(link, |(name, _)| name)
}

fn links(task: &Task, container: &Container, found: &mut Found) {
    let links = list(container.get("links"));
    let place = container.place();
    let place = place.member("links");
    // On Fargate the member as a whole is refused.
    match task.network {
        "awsvpc" if !links.is_empty() && !task.is_fargate => {
            let text = "links cannot be used with network mode awsvpc";
            found.error("links", &place, text, "remove links: containers reach one another at localhost");
        }
        "host" | "none" if !links.is_empty() => {
            let text = format!("links have no effect with network mode {}", task.network);
            found.warning("links", &place, text, "remove links, or use network mode bridge");
        }
        _ => {}
    }
    for (at, link) in links.iter().enumerate() {
        if let Some(name) = link.as_str().map(linked).filter(|name| task.container(name).is_none()) {
            let text = format!("there is no container {name:?} to link to");
            found.error("links", &place.at(at), text, advice(task));
        }
    }
}

/// Cycles of `dependsOn` and of `links`, each reported once, at its first container.
pub(crate) fn check_cycles(task: &Task, found: &mut Found) {
    let dependencies = |at: usize| entries(task, at, "dependsOn", |entry| text(entry, "containerName"));
    for cycle in cycles(task.containers.len(), dependencies) {
        let text = format!("containers wait for one another: {}", names(task, &cycle));
        let advice = "remove one of the dependencies";
        found.error("depends_on_cycle", &Place::container(cycle[0]).member("dependsOn"), text, advice);
    }
    let links = |at: usize| entries(task, at, "links", |entry| entry.as_str().map(linked));
    for cycle in cycles(task.containers.len(), links) {
        let text = format!("containers are linked in a circle: {}", names(task, &cycle));
        found.error("links_cycle", &Place::container(cycle[0]).member("links"), text, "remove one of the links");
    }
}

/// The containers that one names in a list, except itself: other rules report that.
fn entries<'a>(
    task: &Task<'a>,
    at: usize,
    member: &str,
    name: impl Fn(&'a serde_json::Value) -> Option<&'a str>,
) -> Vec<usize> {
    let entries = list(task.containers[at].get(member)).iter();
    let itself = (member == "dependsOn").then_some(at);
    entries.filter_map(|entry| task.named.get(name(entry)?).copied()).filter(|to| Some(*to) != itself).collect()
}

fn names(task: &Task, cycle: &[usize]) -> String {
    let round = cycle.iter().chain(cycle.first());
    round.filter_map(|at| task.containers[*at].name).collect::<Vec<_>>().join(" → ")
}

/// The cycles among `count` nodes: nodes without successors are removed until each remaining one has a successor;
/// a walk from any of them then ends in a cycle, which is removed in turn.
fn cycles(count: usize, edges: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let mut next: Vec<Vec<usize>> = (0..count).map(edges).collect();
    let mut cycles = Vec::new();
    if next.iter().all(Vec::is_empty) {
        return cycles;
    }
    let mut left: Vec<bool> = vec![true; count];
    loop {
        prune(&mut next, &mut left);
        let Some(mut at) = left.iter().position(|left| *left) else { return cycles };
        let mut walk = Vec::new();
        let begin = loop {
            if let Some(begin) = walk.iter().position(|seen| *seen == at) {
                break begin;
            }
            walk.push(at);
            at = next[at][0];
        };
        let mut cycle = walk.split_off(begin);
        let first = cycle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(first, _)| first);
        cycle.rotate_left(first);
        cycle.iter().for_each(|node| left[*node] = false);
        cycles.push(cycle);
    }
}

fn prune(next: &mut [Vec<usize>], left: &mut [bool]) {
    loop {
        let mut is_done = true;
        for at in 0..next.len() {
            next[at].retain(|to| left[*to]);
            if left[at] && next[at].is_empty() {
                left[at] = false;
                is_done = false;
            }
        }
        if is_done {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{found, table};

    /// Containers a, b, c with a patch each; all have a health check.
    fn three(patches: [Value; 3]) -> Value {
        let mut list = ["a", "b", "c"].map(
            |name| json!({"name": name, "image": "a:1", "memory": 64, "healthCheck": {"command": ["CMD-SHELL", "true"]}}),
        );
        list.iter_mut().zip(&patches).for_each(|(container, patch)| json_patch::merge(container, patch));
        json!({"containerDefinitions": list})
    }

    fn on(name: &str, condition: &str) -> Value {
        json!({"dependsOn": [{"containerName": name, "condition": condition}]})
    }

    #[test]
    fn dependencies() {
        let none = || json!({});
        table(
            found,
            [
                (three([on("b", "HEALTHY"), on("c", "START"), none()]), &[]),
                (three([on("b", "SUCCESS"), json!({"essential": false}), none()]), &[]),
                (three([on("b", "SUCCESS"), none(), none()]), &["E depends_on #0/dependsOn/0/condition"]),
                (three([on("b", "COMPLETE"), none(), none()]), &["E depends_on #0/dependsOn/0/condition"]),
                (
                    three([on("b", "HEALTHY"), json!({"healthCheck": null}), none()]),
                    &["E depends_on #0/dependsOn/0/condition"],
                ),
                (three([on("d", "START"), none(), none()]), &["E depends_on #0/dependsOn/0/containerName"]),
                (three([on("a", "START"), none(), none()]), &["E depends_on #0/dependsOn/0/containerName"]),
                (three([on("b", "READY"), none(), none()]), &["W unknown_value #0/dependsOn/0/condition"]),
                (
                    three([
                        json!({"dependsOn": [{"containerName": "b", "condition": "START"}, {"containerName": "b", "condition": "HEALTHY"}]}),
                        none(),
                        none(),
                    ]),
                    &["W depends_on_repeated #0/dependsOn/1/containerName"],
                ),
                (three([none(), on("c", "START"), on("b", "START")]), &["E depends_on_cycle #1/dependsOn"]),
                (three([on("b", "START"), on("c", "START"), on("a", "START")]), &["E depends_on_cycle #0/dependsOn"]),
            ],
        );
    }

    #[test]
    fn links_and_volumes() {
        let links = |links: &[&str]| json!({"links": links});
        let host = |mut document: Value, mode: &str| {
            document["networkMode"] = json!(mode);
            document
        };
        table(
            found,
            [
                (three([links(&["b:x", "c"]), links(&["c"]), json!({})]), &[]),
                (three([links(&["x:b"]), json!({}), json!({})]), &["E links #0/links/0"]),
                (three([links(&["b"]), links(&["a:x"]), json!({})]), &["E links_cycle #0/links"]),
                (three([links(&["a"]), json!({}), json!({})]), &["E links_cycle #0/links"]),
                (host(three([links(&["b"]), json!({}), json!({})]), "awsvpc"), &["E links #0/links"]),
                (host(three([links(&["b"]), json!({}), json!({})]), "host"), &["W links #0/links"]),
                (three([json!({"volumesFrom": [{"sourceContainer": "b"}]}), json!({}), json!({})]), &[]),
                (
                    three([json!({"volumesFrom": [{}]}), json!({}), json!({})]),
                    &["E volumes_from #0/volumesFrom/0/sourceContainer"],
                ),
                (
                    three([json!({"volumesFrom": [{"sourceContainer": "x"}]}), json!({}), json!({})]),
                    &["E volumes_from #0/volumesFrom/0/sourceContainer"],
                ),
            ],
        );
    }
}
