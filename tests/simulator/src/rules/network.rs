//! Decides what is refused of port mappings, which depends on the network mode.

use serde_json::{Map, Value};

use super::{client, containers, list, network_mode, text, whole};
use crate::api::ApiError;

pub(super) fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    let mode = network_mode(input);
    let mut hosts: Vec<(i64, &str)> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for container in containers(input) {
        let mappings = list(container, "portMappings");
        if mode == "none" && !mappings.is_empty() {
            return Err(client("Port mappings are not supported when networkMode=none."));
        }
        check_ranges(mappings)?;
        for mapping in mappings {
            check_mapping(mode, text(container, "name"), mapping)?;
            let name = text(mapping, "name");
            if !name.is_empty() && names.contains(&name) {
                return Err(client(format!("Port mapping name '{name}' is used more than once in task.")));
            }
            names.push(name);
            if let Some(host) = host_port(mode, mapping) {
                let protocol = if text(mapping, "protocol") == "udp" { "UDP" } else { "TCP" };
                if hosts.contains(&(host, protocol)) {
                    return Err(client(format!("{protocol} host port '{host}' is mapped multiple times in task.")));
                }
                hosts.push((host, protocol));
            }
        }
    }
    Ok(())
}

/// The port of the container instance that a mapping takes. Tasks with a network interface of their own take none of it.
fn host_port(mode: &str, mapping: &Value) -> Option<i64> {
    match mode {
        "bridge" => whole(mapping, "hostPort").filter(|port| *port > 0),
        "host" => whole(mapping, "hostPort").filter(|port| *port > 0).or_else(|| whole(mapping, "containerPort")),
        _ => None,
    }
}

fn check_mapping(mode: &str, container: &str, mapping: &Value) -> Result<(), ApiError> {
    let (port, host) = (whole(mapping, "containerPort"), whole(mapping, "hostPort"));
    let range = text(mapping, "containerPortRange");
    match (port, range) {
        (None, "") => return Err(client(format!("Invalid 'containerPort' setting for container '{container}'."))),
        (None, range) => return check_range(mode, range, host),
        (Some(_), "") => {}
        (Some(_), _) => return Err(client("containerPort and containerPortRange cannot both be specified.")),
    }
    if port.is_none_or(|port| !(1..=65535).contains(&port)) {
        return Err(client(format!("Invalid 'containerPort' setting for container '{container}'.")));
    }
    if host.is_some_and(|host| !(0..=65535).contains(&host)) {
        return Err(client(format!("Invalid 'hostPort' setting for container '{container}'.")));
    }
    if mode == "awsvpc" && host.is_some() && host != port {
        return Err(client("When networkMode=awsvpc, the host ports and container ports in port mappings must match."));
    }
    if mode == "host" && host.is_some_and(|host| host != 0) && host != port {
        return Err(client("When networkMode=host, the host ports and container ports in port mappings must match."));
    }
    let name = text(mapping, "name");
    let is_legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    match name.len() > 64 || name.starts_with('-') || !name.chars().all(is_legal) {
        true => Err(client(format!("Invalid port mapping name '{name}'."))),
        false => Ok(()),
    }
}

/// Ranges of one container may not overlap.
fn check_ranges(mappings: &[Value]) -> Result<(), ApiError> {
    let ends = |mapping: &Value| {
        let (from, to) = text(mapping, "containerPortRange").split_once('-')?;
        Some((from.parse::<u16>().ok()?, to.parse::<u16>().ok()?))
    };
    let ranges: Vec<_> = mappings.iter().filter_map(ends).collect();
    let overlap =
        |(at, one): (usize, &(u16, u16))| ranges[..at].iter().any(|other| one.0 <= other.1 && other.0 <= one.1);
    match ranges.iter().enumerate().any(overlap) {
        true => Err(client("The containerPortRange values of a container can not overlap.")),
        false => Ok(()),
    }
}

fn check_range(mode: &str, range: &str, host: Option<i64>) -> Result<(), ApiError> {
    let ends = range.split_once('-').and_then(|(from, to)| Some((from.parse::<u16>().ok()?, to.parse::<u16>().ok()?)));
    if mode == "host" || mode == "none" {
        return Err(client(format!("containerPortRange is not supported when networkMode={mode}.")));
    }
    match host.is_some() || ends.is_none_or(|(from, to)| from == 0 || from >= to) {
        true => Err(client(format!("Invalid containerPortRange '{range}'."))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{container, table};
    use super::*;

    #[test]
    fn mappings() {
        let ports = |mode: &str, mappings: Value| {
            let mut input = container(json!({ "portMappings": mappings }));
            input["networkMode"] = json!(mode);
            input
        };
        table(
            check,
            [
                (ports("bridge", json!([{"containerPort": 80}])), None),
                (
                    ports("bridge", json!([{"hostPort": 80}])),
                    Some("Invalid 'containerPort' setting for container 'a'."),
                ),
                (ports("bridge", json!([{"containerPort": 0}])), Some("Invalid 'containerPort'")),
                (
                    ports(
                        "bridge",
                        json!([{"containerPort": 80, "hostPort": 3000}, {"containerPort": 81, "hostPort": 3000}]),
                    ),
                    Some("TCP host port '3000' is mapped multiple times in task."),
                ),
                (
                    ports(
                        "bridge",
                        json!([{"containerPort": 80, "hostPort": 0}, {"containerPort": 81, "hostPort": 0}]),
                    ),
                    None,
                ),
                (
                    ports(
                        "bridge",
                        json!([{"containerPort": 53, "hostPort": 53}, {"containerPort": 53, "hostPort": 53, "protocol": "udp"}]),
                    ),
                    None,
                ),
                (
                    ports("host", json!([{"containerPort": 80}, {"containerPort": 80, "hostPort": 80}])),
                    Some("TCP host port '80'"),
                ),
                (ports("awsvpc", json!([{"containerPort": 80, "hostPort": 81}])), Some("must match")),
                (ports("awsvpc", json!([{"containerPortRange": "80-90"}])), None),
                (ports("awsvpc", json!([{"containerPortRange": "90-80"}])), Some("Invalid containerPortRange")),
                (
                    ports("bridge", json!([{"containerPortRange": "80-90"}, {"containerPortRange": "90-91"}])),
                    Some("can not overlap"),
                ),
                (ports("none", json!([{"containerPort": 80}])), Some("networkMode=none")),
                (ports("awsvpc", json!([{"containerPort": 80, "name": "Web"}])), Some("Invalid port mapping name")),
                (
                    ports("awsvpc", json!([{"containerPort": 80, "name": "w"}, {"containerPort": 81, "name": "w"}])),
                    Some("used more than once"),
                ),
            ],
        );
    }
}
