//! Rules about a task definition and a service's settings together.

use serde_json::{Map, Value};

use super::{Container, Found, NAME_ADVICE, Task, is_name, is_set, list, text, whole};
use super::{deployment, empties, members, placement};
use crate::definition::path::Place;
use crate::definition::schema::{self, check};
use crate::error::finding::Finding;
use crate::error::finding::Level;

/// The findings about a service with this definition, without those about the definition alone.
///
/// `service` has members of CreateService, UpdateService or DescribeServices. One with the member `service` is an
/// UpdateService: there an absent member means that the service keeps what it has, elsewhere that it has nothing.
/// Paths into it begin with `/service`, which stands for the document; paths without that lead into the definition.
pub(crate) fn service_findings(definition: &Map<String, Value>, service: &Map<String, Value>) -> Vec<Finding> {
    let mut found = Found::default();
    let sent = empties::without(&schema::TASK, definition);
    let task = Task::read(&sent);
    let service = Service::read(service, &task);
    check::check_object(&schema::SERVICE, service.document, &SERVICE, &mut found);
    members::check_object(&schema::SERVICE, service.document, &SERVICE, &mut found);
    identity(&service, &mut found);
    network(&task, &service, &mut found);
    balancers(&task, &service, &mut found);
    port_names(&task, &service, &mut found);
    volumes(&task, &service, &mut found);
    grace(&task, &service, &mut found);
    execute_command(&task, &service, &mut found);
    placement::check(&task, &service, &mut found);
    deployment::check(&service, &mut found);
    found.0
}

/// The findings about a task that RunTask starts of this definition, with `input` for its settings: network, place and volumes. Paths
/// begin with `/service`, too.
pub(crate) fn run_findings(definition: &Map<String, Value>, input: &Map<String, Value>) -> Vec<Finding> {
    let mut found = Found::default();
    let sent = empties::without(&schema::TASK, definition);
    let task = Task::read(&sent);
    let input = Service::read(input, &task);
    network(&task, &input, &mut found);
    volumes(&task, &input, &mut found);
    placement::check(&task, &input, &mut found);
    found.0
}

pub(crate) const SERVICE: Place = Place::top("service");

/// The facts about a service that several rules use.
pub(crate) struct Service<'a> {
    pub(crate) document: &'a Map<String, Value>,
    /// Whether an absent member means that there is none.
    pub(crate) is_whole: bool,
    /// Whether ECS has written it, and not a person.
    pub(crate) is_described: bool,
    pub(crate) controller: &'a str,
    pub(crate) is_daemon: bool,
    pub(crate) is_fargate: bool,
}

impl<'a> Service<'a> {
    pub(crate) fn read(document: &'a Map<String, Value>, task: &Task) -> Self {
        let member = |name| document.get(name).and_then(Value::as_str);
        let providers = list(document.get("capacityProviderStrategy"));
        let is_fargate_provider = |item: &Value| text(item, "capacityProvider").is_some_and(is_fargate_provider);
        // Without a launch type the definition decides, if it allows only one.
        let is_silent = member("launchType").is_none() && providers.is_empty();
        let is_fargate_alone = task.is_fargate && list(task.document.get("requiresCompatibilities")).len() == 1;
        Self {
            document,
            is_whole: !document.contains_key("service"),
            is_described: document.contains_key("serviceArn"),
            controller: document.get("deploymentController").and_then(|it| text(it, "type")).unwrap_or("ECS"),
            is_daemon: member("schedulingStrategy") == Some("DAEMON"),
            is_fargate: member("launchType") == Some("FARGATE")
                || providers.iter().any(is_fargate_provider)
                || (is_silent && is_fargate_alone),
        }
    }

    pub(crate) fn get(&self, member: &str) -> Option<&'a Value> {
        self.document.get(member)
    }

    pub(crate) fn text(&self, member: &str) -> Option<&'a str> {
        self.get(member)?.as_str()
    }

    /// Whether it is sure that the service has nothing of this name.
    fn lacks(&self, member: &str) -> bool {
        self.is_whole && !is_set(self.get(member))
    }

    /// A member that DescribeServices shows at the deployments alone.
    fn of_deployment(&self, member: &str) -> Option<(&'a Value, bool)> {
        if let Some(value) = self.get(member) {
            return Some((value, true));
        }
        let deployments = list(self.get("deployments"));
        let primary = deployments.iter().find(|deployment| text(deployment, "status") == Some("PRIMARY"))?;
        Some((primary.get(member)?, false))
    }
}

pub(crate) fn is_fargate_provider(name: &str) -> bool {
    matches!(name, "FARGATE" | "FARGATE_SPOT")
}

fn identity(service: &Service, found: &mut Found) {
    if let Some(name) = service.text("serviceName").filter(|name| !is_name(name)) {
        let text = format!("{name:?} is not the name of a service");
        found.error("service_name", &SERVICE.member("serviceName"), text, NAME_ADVICE);
    }
    if let Some(token) = service.text("clientToken").filter(|token| token.chars().count() > 36) {
        let text = format!("the client token has {} characters, 36 are allowed", token.chars().count());
        found.error("client_token", &SERVICE.member("clientToken"), text, "use a UUID");
    }
}

fn network(task: &Task, service: &Service, found: &mut Found) {
    let place = SERVICE.member("networkConfiguration");
    let subnets = service
        .get("networkConfiguration")
        .and_then(|network| network.get("awsvpcConfiguration"))
        .map(|vpc| list(vpc.get("subnets")));
    if task.network != "awsvpc" {
        if is_set(service.get("networkConfiguration")) {
            let text = format!("networkConfiguration needs network mode awsvpc, the task has {}", task.network);
            found.error("network_configuration", &place, text, "remove it, or set networkMode to \"awsvpc\"");
        }
    } else if subnets.is_none() && service.is_whole && service.controller == "ECS" {
        let text = "a task with network mode awsvpc needs a networkConfiguration";
        found.error("network_configuration", &place, text, "give awsvpcConfiguration with subnets and security groups");
    }
}

/// Whether a container maps a port, alone or within a range.
fn maps(container: &Container, port: i64) -> bool {
    list(container.get("portMappings")).iter().any(|mapping| {
        mapping.get("containerPort").and_then(whole) == Some(port)
            || super::ports::bounds(mapping).is_some_and(|(from, to)| (from..=to).contains(&port))
    })
}

fn balancers(task: &Task, service: &Service, found: &mut Found) {
    let balancers = list(service.get("loadBalancers"));
    let top = SERVICE.member("loadBalancers");
    for (at, balancer) in balancers.iter().enumerate() {
        let names = |member| text(balancer, member).is_some_and(|name| !name.is_empty());
        if balancer.is_object() && !names("targetGroupArn") && !names("loadBalancerName") {
            let advice = "give targetGroupArn, or loadBalancerName for a Classic Load Balancer";
            found.error("load_balancer", &top.at(at), "the entry names no target group and no load balancer", advice);
        }
        if balancer.is_object() && names("targetGroupArn") && names("loadBalancerName") {
            let text = "the entry names a target group and a Classic Load Balancer, and ECS takes one of the two";
            found.error("load_balancer", &top.at(at), text, "remove loadBalancerName, or targetGroupArn");
        }
        let same = |earlier: &&Value| {
            let members = ["targetGroupArn", "loadBalancerName", "containerName", "containerPort"];
            names("targetGroupArn") && members.iter().all(|member| earlier.get(*member) == balancer.get(*member))
        };
        if balancers[..at].iter().any(|earlier| same(&earlier)) {
            let text = "the entry is there twice: the same target group for the same port";
            found.error("load_balancer", &top.at(at), text, "keep one of the two");
        }
        // For one without a name ECS answers "The container  does not exist in the task definition."
        for (member, advice) in [
            ("containerName", "name the container that the load balancer sends its requests to"),
            ("containerPort", "give the port of the container, as its portMappings have it"),
        ] {
            if balancer.is_object() && !is_set(balancer.get(member)) {
                let text = format!("the entry has no {member}, without which ECS cannot send requests anywhere");
                found.error("load_balancer", &top.at(at).member(member), text, advice);
            }
        }
        container_and_port(task, balancer, "load_balancer", &top.at(at), found);
    }
    let registries = SERVICE.member("serviceRegistries");
    for (at, registry) in list(service.get("serviceRegistries")).iter().enumerate() {
        container_and_port(task, registry, "service_registry", &registries.at(at), found);
    }
    let most = if service.controller == "CODE_DEPLOY" { 1 } else { 5 };
    if balancers.len() > most {
        let whose = if most == 1 { "with CODE_DEPLOY" } else { "by ECS's quota" };
        let text = format!("{} load balancer entries, {most} allowed {whose}", balancers.len());
        found.warning("load_balancer", &top, text, format!("keep at most {most}"));
    }
}

fn container_and_port(task: &Task, entry: &Value, rule: &str, place: &Place, found: &mut Found) {
    // Cloud Map's entries may name a container alone, which is not known to be checked.
    let level = if rule == "load_balancer" { Level::Error } else { Level::Warning };
    let Some(name) = text(entry, "containerName").filter(|name| !name.is_empty()) else { return };
    let Some(container) = task.container(name) else {
        let text = format!("there is no container {name:?} in the task definition");
        found.push(level, rule, &place.member("containerName"), text, "name a container of the task definition");
        return;
    };
    if let Some(port) = entry.get("containerPort").and_then(whole).filter(|port| !maps(container, *port)) {
        let text = format!("the container {name:?} does not map port {port}");
        let advice = format!("add {port} to its portMappings, or use a port that is there");
        found.push(level, rule, &place.member("containerPort"), text, advice);
    }
    let same = |mapping: &&Value| mapping.get("containerPort") == entry.get("containerPort");
    let mapped = list(container.get("portMappings")).iter().filter(same).count();
    if entry.get("containerPort").is_some_and(Value::is_number) && mapped > 1 {
        // "Container port 53 is used in more than one port mapping for container".
        let text = format!(
            "the container {name:?} maps that port {mapped} times, for tcp and udp, and ECS cannot decide which one to use"
        );
        let advice = "map the port once, or use another port or container for the other protocol";
        found.push(level, rule, &place.member("containerPort"), text, advice);
    }
}

fn port_names(task: &Task, service: &Service, found: &mut Found) {
    let is_known = |name: &str| {
        let mappings = task.containers.iter().flat_map(|container| list(container.get("portMappings")));
        mappings.into_iter().any(|mapping| text(mapping, "name") == Some(name))
    };
    if let Some((connect, true)) = service.of_deployment("serviceConnectConfiguration")
        && connect.get("enabled") != Some(&Value::Bool(false))
    {
        let place = SERVICE.member("serviceConnectConfiguration");
        let place = place.member("services");
        for (at, entry) in list(connect.get("services")).iter().enumerate() {
            if let Some(name) = text(entry, "portName").filter(|name| !is_known(name)) {
                let text = format!("no port mapping of the task definition is named {name:?}");
                let advice = "name a port mapping so, or use a name that is there";
                found.error("service_connect", &place.at(at).member("portName"), text, advice);
            }
        }
    }
    let place = SERVICE.member("vpcLatticeConfigurations");
    for (at, entry) in list(service.get("vpcLatticeConfigurations")).iter().enumerate() {
        if let Some(name) = text(entry, "portName").filter(|name| !is_known(name)) {
            let text = format!("no port mapping of the task definition is named {name:?}");
            let advice = "name a port mapping so, or use a name that is there";
            found.warning("vpc_lattice", &place.at(at).member("portName"), text, advice);
        }
    }
}

/// A volume with `configuredAtLaunch` needs a configuration in the service, and the reverse.
fn volumes(task: &Task, service: &Service, found: &mut Found) {
    let given = service.of_deployment("volumeConfigurations");
    let configured = list(given.map(|(configured, _)| configured));
    let volumes = list(task.document.get("volumes"));
    let at_launch = |volume: &&Value| is_set(volume.get("configuredAtLaunch"));
    let place = SERVICE.member("volumeConfigurations");
    // A configuration that only a running deployment has cannot be pointed to, and is replaced with it.
    for (at, entry) in configured.iter().enumerate().filter(|_| given.is_some_and(|(_, is_own)| is_own)) {
        let Some(name) = text(entry, "name") else { continue };
        if configured[..at].iter().any(|earlier| text(earlier, "name") == Some(name)) {
            let text = format!("the volume {name:?} is configured twice");
            found.error("volume_configuration", &place.at(at).member("name"), text, "keep one of the two");
        } else if !volumes.iter().filter(at_launch).any(|volume| text(volume, "name") == Some(name)) {
            let text = format!("the task definition has no volume {name:?} that is configured at launch");
            let advice = "give the task definition that volume with configuredAtLaunch true, or remove this";
            found.error("volume_configuration", &place.at(at).member("name"), text, advice);
        }
    }
    if !service.is_whole {
        return;
    }
    for name in volumes.iter().filter(at_launch).filter_map(|volume| text(volume, "name")) {
        if !configured.iter().any(|entry| text(entry, "name") == Some(name)) {
            let text = format!("the volume {name:?} is configured at launch, but nothing configures it");
            found.error("volume_configuration", &place, text, format!("add a volumeConfigurations entry {name:?}"));
        }
    }
}

fn grace(task: &Task, service: &Service, found: &mut Found) {
    let Some(seconds) = service.get("healthCheckGracePeriodSeconds").and_then(whole).filter(|s| *s > 0) else { return };
    let is_checked = task.containers.iter().any(|container| is_set(container.get("healthCheck")));
    if !is_checked && service.lacks("loadBalancers") && service.lacks("vpcLatticeConfigurations") {
        let text = format!("a grace period of {seconds} s, but nothing that checks health");
        let advice = "add a load balancer or a container's healthCheck, or remove the grace period";
        found.warning("grace_period", &SERVICE.member("healthCheckGracePeriodSeconds"), text, advice);
    }
}

fn execute_command(task: &Task, service: &Service, found: &mut Found) {
    if is_set(service.get("enableExecuteCommand")) && !is_set(task.document.get("taskRoleArn")) {
        let text = "ECS Exec needs a task role, and the task definition has none";
        let advice = "set taskRoleArn to a role that allows ssmmessages:*, or turn enableExecuteCommand off";
        // The documentation asks for it; that UpdateService refuses it otherwise is not verified.
        found.warning("execute_command", &SERVICE.member("enableExecuteCommand"), text, advice);
    }
}

#[cfg(test)]
mod tests;
