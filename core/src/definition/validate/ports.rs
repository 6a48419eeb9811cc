//! Rules about port mappings, which depend on the network mode, and about names in the network.

use serde_json::Value;

use super::{Container, Found, Task, get, is_set, list, text, whole};
use crate::definition::path::Place;

const MOST_RANGES: usize = 100;

/// Ports of an EC2 host that are taken: SSH, Docker, the ECS agent.
const TAKEN: [i64; 6] = [22, 2375, 2376, 51678, 51679, 51680];

/// Where a host's ephemeral ports begin, by Linux's and by Docker's default.
const EPHEMERAL: std::ops::RangeInclusive<i64> = 32768..=65535;

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    let mappings = list(container.get("portMappings"));
    let place = container.place();
    names_in_network(task, container, found);
    let place = place.member("portMappings");
    if task.network == "none" && !mappings.is_empty() {
        let text = "with network mode none no port can be mapped";
        found.error("port_mapping", &place, text, "remove portMappings, or use another network mode");
    }
    for (at, mapping) in mappings.iter().enumerate().filter(|(_, mapping)| mapping.is_object()) {
        let place = place.at(at);
        container_port(task, mapping, &place, found);
        host_port(task, mapping, &place, found);
        name(mapping, &place, found);
        range(task, mapping, &place, found);
    }
    ranges(mappings, &place, found);
}

/// A container of an awsvpc task has its name and hosts from the task's network interface.
fn names_in_network(task: &Task, container: &Container, found: &mut Found) {
    for member in ["hostname", "extraHosts"] {
        // What Fargate or Windows refuses is reported once.
        let is_told = (task.is_fargate && member == "extraHosts") || (task.is_windows && member == "hostname");
        if task.network == "awsvpc" && is_set(container.get(member)) && !is_told {
            let text = format!("{member} cannot be used with network mode awsvpc");
            found.error("awsvpc_refused", &container.place().member(member), text, format!("remove {member}"));
        }
    }
}

pub(crate) fn is_port(number: i64) -> bool {
    (1..=65535).contains(&number)
}

fn container_port(task: &Task, mapping: &Value, place: &Place, found: &mut Found) {
    match get(mapping, "containerPort") {
        None | Some(Value::Null) if !is_set(get(mapping, "containerPortRange")) => {
            let text = "the mapping has neither containerPort nor containerPortRange";
            found.error("port_mapping", place, text, "give one of the two, or remove the mapping");
        }
        Some(port) => match whole(port) {
            Some(3150) if task.is_windows && task.is_fargate => {
                let text = "port 3150 is reserved for Windows on Fargate";
                found.error("container_port", &place.member("containerPort"), text, "use another port");
            }
            Some(port) if !is_port(port) => {
                let text = format!("{port} is not a port");
                found.error("container_port", &place.member("containerPort"), text, "use a number from 1 to 65535");
            }
            _ => {}
        },
        _ => {}
    }
}

fn host_port(task: &Task, mapping: &Value, place: &Place, found: &mut Found) {
    let Some(host) = get(mapping, "hostPort").and_then(whole) else { return };
    let place = place.member("hostPort");
    if !(0..=65535).contains(&host) {
        found.error("host_port", &place, format!("{host} is not a port"), "use a number from 0 to 65535");
        return;
    }
    let port = get(mapping, "containerPort").and_then(whole);
    match (task.network, port) {
        ("awsvpc" | "host", Some(port)) if host != port => {
            let text =
                format!("with network mode {} host port {host} cannot map to container port {port}", task.network);
            // Whether ECS refuses 0, which is any port elsewhere, is not confirmed.
            match host {
                0 => found.warning("host_port", &place, text, "leave hostPort away"),
                _ => found.error("host_port", &place, text, format!("omit hostPort, or set it to {port}")),
            }
        }
        ("bridge", _) if TAKEN.contains(&host) || EPHEMERAL.contains(&host) => {
            let why = if TAKEN.contains(&host) { "taken on an ECS host" } else { "among a host's ephemeral ports" };
            let advice = "use a port below 32768, or 0 to have one chosen";
            found.warning("reserved_port", &place, format!("host port {host} is {why}"), advice);
        }
        _ => {}
    }
}

fn name(mapping: &Value, place: &Place, found: &mut Found) {
    let is_fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    match text(mapping, "name").filter(|name| !name.is_empty()) {
        Some(name) if name.len() > 64 || !name.bytes().all(is_fit) || name.starts_with('-') => {
            let text = format!("{name:?} is not the name of a port mapping");
            let advice = "use 1 to 64 lower-case letters, digits, hyphens and underscores, no hyphen first";
            found.error("port_name", &place.member("name"), text, advice);
        }
        None if is_set(get(mapping, "appProtocol")) => {
            let text = "appProtocol is for Service Connect, which finds a mapping by its name";
            found.warning(
                "app_protocol",
                &place.member("appProtocol"),
                text,
                "name the mapping, or remove appProtocol",
            );
        }
        _ => {}
    }
}

pub(crate) fn bounds(mapping: &Value) -> Option<(i64, i64)> {
    let (from, to) = text(mapping, "containerPortRange")?.split_once('-')?;
    let port = |text: &str| text.trim().parse().ok().filter(|port| is_port(*port));
    Some((port(from)?, port(to)?)).filter(|(from, to)| from < to)
}

fn range(task: &Task, mapping: &Value, place: &Place, found: &mut Found) {
    let Some(range) = text(mapping, "containerPortRange") else { return };
    let place = place.member("containerPortRange");
    if bounds(mapping).is_none() {
        let text = format!("{range:?} is not a range of ports");
        found.error("port_range", &place, text, "write FIRST-LAST, both from 1 to 65535, the first below the last");
    }
    if matches!(task.network, "host" | "none") {
        let text = format!("a range of ports cannot be used with network mode {}", task.network);
        found.error("port_range", &place, text, "map ports one by one, or use network mode bridge or awsvpc");
    }
    for member in ["containerPort", "hostPort"].into_iter().filter(|member| is_set(get(mapping, member))) {
        let text = format!("containerPortRange and {member} cannot be in the same mapping");
        found.error("port_range", &place, text, format!("remove {member}, or give it in a separate mapping"));
    }
}

fn ranges(mappings: &[Value], place: &Place, found: &mut Found) {
    let mut ranges: Vec<_> = mappings.iter().enumerate().filter_map(|(at, m)| Some((bounds(m)?, at))).collect();
    if ranges.len() > MOST_RANGES {
        let text = format!("{} ranges of ports, {MOST_RANGES} are allowed in a container", ranges.len());
        found.error("port_range", place, text, "join ranges");
    }
    ranges.sort_unstable();
    // The furthest end so far: a wide range can overlap more than its neighbour.
    let mut end = 0;
    for ((from, to), at) in ranges {
        if from <= end {
            let text = format!("the ports {from}-{to} overlap another range of the container");
            found.error("port_range", &place.at(at).member("containerPortRange"), text, "make the ranges disjoint");
        }
        end = end.max(to);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{container, found, table};

    fn mapped(network: &str, mappings: &Value) -> Value {
        let mut document = container(&json!({"portMappings": mappings}));
        document["networkMode"] = json!(network);
        document
    }

    #[test]
    fn single_ports() {
        const PORT: &str = "E container_port #0/portMappings/0/containerPort";
        table(
            found,
            [
                (mapped("bridge", &json!([{"containerPort": 65535, "hostPort": 0, "protocol": "udp"}])), &[]),
                (mapped("bridge", &json!([{"containerPort": 65536}])), &[PORT]),
                (mapped("bridge", &json!([{"containerPort": 0}])), &[PORT]),
                (mapped("bridge", &json!([{"containerPort": "80"}])), &["E type #0/portMappings/0/containerPort"]),
                (mapped("bridge", &json!([{"protocol": "tcp"}])), &["E port_mapping #0/portMappings/0"]),
                (
                    mapped("bridge", &json!([{"containerPort": 80, "hostPort": 70000}])),
                    &["E host_port #0/portMappings/0/hostPort"],
                ),
                (mapped("bridge", &json!([{"containerPort": 80, "hostPort": 32767}])), &[]),
                (
                    mapped("bridge", &json!([{"containerPort": 80, "hostPort": 32768}])),
                    &["W reserved_port #0/portMappings/0/hostPort"],
                ),
                (
                    mapped("bridge", &json!([{"containerPort": 22, "hostPort": 22}])),
                    &["W reserved_port #0/portMappings/0/hostPort"],
                ),
                (mapped("awsvpc", &json!([{"containerPort": 80, "hostPort": 80}])), &[]),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "hostPort": 8080}])),
                    &["E host_port #0/portMappings/0/hostPort"],
                ),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "hostPort": 0}])),
                    &["W host_port #0/portMappings/0/hostPort"],
                ),
                (
                    mapped("host", &json!([{"containerPort": 80, "hostPort": 8080}])),
                    &["E host_port #0/portMappings/0/hostPort"],
                ),
                (mapped("none", &json!([{"containerPort": 80}])), &["E port_mapping #0/portMappings"]),
                (mapped("none", &json!([])), &[]),
            ],
        );
    }

    #[test]
    fn names_and_protocols() {
        table(
            found,
            [
                (mapped("awsvpc", &json!([{"containerPort": 80, "name": "_a-1", "appProtocol": "grpc"}])), &[]),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "name": "-a"}])),
                    &["E port_name #0/portMappings/0/name"],
                ),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "name": "Web"}])),
                    &["E port_name #0/portMappings/0/name"],
                ),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "appProtocol": "http"}])),
                    &["W app_protocol #0/portMappings/0/appProtocol"],
                ),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "name": "a", "appProtocol": "HTTP"}])),
                    &["E unknown_value #0/portMappings/0/appProtocol"],
                ),
                (
                    mapped("awsvpc", &json!([{"containerPort": 80, "protocol": "TCP"}])),
                    &["W unknown_value #0/portMappings/0/protocol"],
                ),
            ],
        );
        for (member, value) in
            [("hostname", json!("h")), ("extraHosts", json!([{"hostname": "h", "ipAddress": "1.1.1.1"}]))]
        {
            let mut document = container(&json!({ member: value }));
            assert!(found(&document).is_empty());
            document["networkMode"] = json!("awsvpc");
            assert_eq!(found(&document), [format!("E awsvpc_refused #0/{member}")]);
        }
    }

    #[test]
    fn ranges() {
        const RANGE: &str = "E port_range #0/portMappings/0/containerPortRange";
        let range = |range: &str| json!({"containerPortRange": range});
        table(
            found,
            [
                (mapped("bridge", &json!([range("1-100"), range("101-65535")])), &[]),
                (mapped("awsvpc", &json!([range("5-5")])), &[RANGE]),
                (mapped("awsvpc", &json!([range("80")])), &[RANGE]),
                (mapped("awsvpc", &json!([range("1-65536")])), &[RANGE]),
                (mapped("host", &json!([range("1-2")])), &[RANGE]),
                (mapped("bridge", &json!([{"containerPortRange": "1-2", "hostPort": 1}])), &[RANGE]),
                (mapped("bridge", &json!([{"containerPortRange": "1-2", "containerPort": 9}])), &[RANGE]),
                (
                    mapped("bridge", &json!([range("1-100"), range("2-3"), range("100-101")])),
                    &[
                        "E port_range #0/portMappings/1/containerPortRange",
                        "E port_range #0/portMappings/2/containerPortRange",
                    ],
                ),
            ],
        );
        let many: Vec<_> = (0..101).map(|at| range(&format!("{}-{}", at * 2 + 1, at * 2 + 2))).collect();
        assert_eq!(found(&mapped("bridge", &json!(many))), ["E port_range #0/portMappings"]);
    }
}
