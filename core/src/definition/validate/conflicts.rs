//! Finds ports, and names of port mappings, that are given twice.

use serde_json::Value;

use super::ports::is_port;
use super::{Container, Found, Task, list, repeated, text, whole};
use crate::definition::path::Place;

/// One of the task definition's port mappings.
struct Mapping<'a> {
    container: &'a Container<'a>,
    at: usize,
    value: &'a Value,
}

impl Mapping<'_> {
    /// `UDP` and anything else that is not `udp` is TCP to ECS.
    fn protocol(&self) -> &'static str {
        if text(self.value, "protocol") == Some("udp") { "udp" } else { "tcp" }
    }

    fn tell(&self, member: &str, tell: impl FnOnce(&Place)) {
        let place = self.container.place();
        let place = place.member("portMappings");
        tell(&place.at(self.at).member(member));
    }
}

/// Ports and names that must be unique in a task, or in a container.
pub(crate) fn check(task: &Task, found: &mut Found) {
    let mappings: Vec<_> = task.containers.iter().flat_map(mappings).collect();
    for at in repeated(mappings.iter().map(|m| text(m.value, "name").filter(|name| !name.is_empty()))) {
        mappings[at].tell("name", |place| {
            let text = format!("a second port mapping is named {:?}", text(mappings[at].value, "name").unwrap_or(""));
            found.error("port_name", place, text, "give each port mapping of the task a different name");
        });
    }
    if matches!(task.network, "bridge" | "host") {
        host_ports(task, &mappings, found);
    }
    if task.network == "host" {
        return;
    }
    // Containers of an awsvpc task share one network, those of a bridge task each have their own.
    let is_shared = task.network == "awsvpc";
    let container_port = |m: &Mapping| {
        let owner = if is_shared { 0 } else { m.container.at };
        Some((owner, m.value.get("containerPort").and_then(whole)?, m.protocol()))
    };
    for at in repeated(mappings.iter().map(container_port)) {
        mappings[at].tell("containerPort", |place| {
            let port = mappings[at].value.get("containerPort").and_then(whole).unwrap_or_default();
            let (protocol, whose) = (mappings[at].protocol(), if is_shared { "task" } else { "container" });
            let text = format!("{protocol} port {port} is mapped twice in the {whose}");
            found.warning("port_conflict", place, text, "use another port: only one process can listen on it");
        });
    }
}

/// Host ports: ECS refuses one that is given twice, in any container.
fn host_ports(task: &Task, mappings: &[Mapping], found: &mut Found) {
    // In network mode host a port of the container is the one of the host.
    let member = |m: &Mapping| match task.network {
        "host" if !m.value.get("hostPort").is_some_and(Value::is_number) => "containerPort",
        _ => "hostPort",
    };
    let port = |m: &Mapping| m.value.get(member(m)).and_then(whole).filter(|port| is_port(*port));
    for at in repeated(mappings.iter().map(|m| Some((port(m)?, m.protocol())))) {
        let mapping = &mappings[at];
        mapping.tell(member(mapping), |place| {
            let (protocol, port) = (mapping.protocol(), port(mapping).unwrap_or_default());
            let text = format!("{protocol} host port {port} is mapped twice in the task");
            let advice = match task.network {
                "host" => "use another port",
                _ => "use another host port, or 0 to have one chosen",
            };
            found.error("port_conflict", place, text, advice);
        });
    }
}

fn mappings<'a>(container: &'a Container<'a>) -> impl Iterator<Item = Mapping<'a>> {
    let list = list(container.get("portMappings"));
    list.iter().enumerate().map(move |(at, value)| Mapping { container, at, value })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{container, found, table};

    fn two(network: &str, first: &Value, second: &Value) -> Value {
        json!({"networkMode": network, "containerDefinitions": [
            {"name": "a", "image": "a:1", "memory": 64, "portMappings": [first]},
            {"name": "b", "image": "a:1", "memory": 64, "portMappings": [second]}]})
    }

    #[test]
    fn conflicts() {
        let port = |port: u16| json!({"containerPort": port});
        let host = |host: u16| json!({"containerPort": 80, "hostPort": host});
        let mut both = container(&json!({"portMappings": [port(80), port(80)]}));
        both["networkMode"] = json!("bridge");
        table(
            found,
            [
                (
                    two(
                        "bridge",
                        &json!({"containerPort": 80, "name": "a"}),
                        &json!({"containerPort": 81, "name": "a"}),
                    ),
                    &["E port_name #1/portMappings/0/name"],
                ),
                (two("awsvpc", &port(80), &port(81)), &[]),
                (two("awsvpc", &port(80), &json!({"containerPort": 80, "protocol": "udp"})), &[]),
                (two("awsvpc", &port(80), &port(80)), &["W port_conflict #1/portMappings/0/containerPort"]),
                (two("bridge", &port(80), &port(80)), &[]),
                (two("bridge", &host(0), &host(0)), &[]),
                (two("bridge", &host(80), &host(80)), &["E port_conflict #1/portMappings/0/hostPort"]),
                (
                    two("bridge", &host(80), &json!({"containerPort": 81, "hostPort": 80})),
                    &["E port_conflict #1/portMappings/0/hostPort"],
                ),
                (two("bridge", &host(80), &json!({"containerPort": 80, "hostPort": 80, "protocol": "udp"})), &[]),
                (two("host", &host(80), &host(80)), &["E port_conflict #1/portMappings/0/hostPort"]),
                (two("host", &port(80), &host(80)), &["E port_conflict #1/portMappings/0/hostPort"]),
                (two("host", &port(80), &port(80)), &["E port_conflict #1/portMappings/0/containerPort"]),
                (two("host", &port(80), &port(81)), &[]),
                (both, &["W port_conflict #0/portMappings/1/containerPort"]),
            ],
        );
    }
}
