//! Decides what is refused of a service: its network, load balancers, capacity and percents, alone and against its definition.

use serde_json::{Map, Value};

use super::{list, text, whole};
use crate::api::{ApiError, invalid};
use crate::model::definition::Definition;

pub(super) fn check(input: &Map<String, Value>) -> Result<(), ApiError> {
    let is_filled = |member: &str| input.get(member).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if input.get("launchType").is_some_and(|kind| !kind.is_null()) && is_filled("capacityProviderStrategy") {
        return Err(invalid("Specify either Launch Type or Capacity Provider Strategy, but not both."));
    }
    if let Some(grace) = input.get("healthCheckGracePeriodSeconds").and_then(Value::as_i64)
        && !(0..=2_147_483_647).contains(&grace)
    {
        return Err(invalid("healthCheckGracePeriodSeconds must be between 0 and 2147483647."));
    }
    let settings = Value::Object(input.clone());
    let has_target = |one: &Value| !text(one, "targetGroupArn").is_empty() || !text(one, "loadBalancerName").is_empty();
    if !list(&settings, "loadBalancers").iter().all(has_target) {
        return Err(invalid("A load balancer needs a targetGroupArn or a loadBalancerName."));
    }
    let has_both = |one: &Value| !text(one, "targetGroupArn").is_empty() && !text(one, "loadBalancerName").is_empty();
    if list(&settings, "loadBalancers").iter().any(has_both) {
        return Err(invalid("A load balancer cannot have both a targetGroupArn and a loadBalancerName."));
    }
    let balancers = list(&settings, "loadBalancers");
    if balancers.iter().enumerate().any(|(at, one)| balancers[..at].contains(one)) {
        return Err(invalid("loadBalancers can not hold the same target group for the same port more than once."));
    }
    let has_registry = |one: &Value| !text(one, "registryArn").trim().is_empty();
    if !list(&settings, "serviceRegistries").iter().all(has_registry) {
        return Err(invalid("A service registry needs a registryArn."));
    }
    check_network(input)?;
    check_configuration(input)?;
    super::strategy::check_strategy(input)
}

/// Where tasks are to run: capacity providers and platform version. 1.0.0 is one of Windows alone.
pub(super) fn check_place(input: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    let is_windows = definition.is_some_and(|definition| super::is_windows(&definition.document));
    let is_known = |version: &str| matches!(version, "LATEST" | "1.4.0") || (version == "1.0.0" && is_windows);
    if let Some(version) = input.get("platformVersion").and_then(Value::as_str).filter(|version| !is_known(version)) {
        return Err(ApiError::new(
            "PlatformUnknownException",
            format!("The platform version {version} does not exist."),
        ));
    }
    check_strategy(input)
}

/// What is refused of a service that is to be made.
pub(super) fn check_new(input: &Map<String, Value>) -> Result<(), ApiError> {
    let given = |member: &str| input.get(member).and_then(Value::as_str).unwrap_or_default();
    if !super::task::is_name(given("serviceName")) {
        return Err(invalid("Unable to create a service: the name may have up to 255 letters, digits, - and _."));
    }
    if given("clientToken").len() > 36 {
        return Err(invalid("clientToken can have at most 36 characters."));
    }
    let is_external = input.get("deploymentController").is_some_and(|one| text(one, "type") == "EXTERNAL");
    let is_uncounted = input.get("desiredCount").is_none_or(Value::is_null);
    if given("schedulingStrategy") != "DAEMON" && !is_external && is_uncounted {
        return Err(invalid("desiredCount is required with the scheduling strategy REPLICA."));
    }
    match given("schedulingStrategy") == "DAEMON" && given("launchType") == "FARGATE" {
        true => Err(invalid("The daemon scheduling strategy is not supported with the launch type FARGATE.")),
        false => Ok(()),
    }
}

/// What Fargate has no container instances for.
pub(super) fn check_placement(settings: &Map<String, Value>) -> Result<(), ApiError> {
    let is_fargate = settings.get("launchType").is_some_and(|kind| kind == "FARGATE");
    let is_filled = |member: &str| settings.get(member).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    match is_fargate && (is_filled("placementStrategy") || is_filled("placementConstraints")) {
        true => Err(invalid("Placement strategies and constraints are not supported with the launch type FARGATE.")),
        false => Ok(()),
    }
}

/// Volumes that are given at launch are those that the definition leaves to it.
pub(super) fn check_volumes(settings: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    let Some(definition) = definition else { return Ok(()) };
    let (settings, document) = (Value::Object(settings.clone()), Value::Object(definition.document.clone()));
    let is_left = |name: &str| {
        list(&document, "volumes")
            .iter()
            .any(|one| text(one, "name") == name && super::is_on(one, "configuredAtLaunch"))
    };
    let configured = list(&settings, "volumeConfigurations");
    let names: Vec<&str> = configured.iter().map(|one| text(one, "name")).collect();
    if let Some(name) = names.iter().find(|name| !is_left(name)) {
        return Err(invalid(format!("The volume {name} is not configured at launch in the task definition.")));
    }
    if let Some((at, name)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(invalid(format!("The volume {name} is configured more than once (volumeConfigurations[{at}]).")));
    }
    let is_type = |kind: &str| matches!(kind, "" | "gp2" | "gp3" | "io1" | "io2" | "sc1" | "st1" | "standard");
    let kinds = configured.iter().map(|one| text(one.get("managedEBSVolume").unwrap_or(&Value::Null), "volumeType"));
    if let Some(kind) = kinds.into_iter().find(|kind| !is_type(kind)) {
        return Err(invalid(format!("{kind} is not a valid volume type of Amazon EBS.")));
    }
    let left = list(&document, "volumes").iter().filter(|one| super::is_on(one, "configuredAtLaunch"));
    match left.map(|one| text(one, "name")).find(|name| !names.contains(name)) {
        Some(name) => Err(invalid(format!(
            "The volume {name} is configured at launch: volumeConfigurations must be provided for it."
        ))),
        None => Ok(()),
    }
}

fn check_strategy(input: &Map<String, Value>) -> Result<(), ApiError> {
    let items = input.get("capacityProviderStrategy").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let number = |item: &Value, member: &str| whole(item, member).unwrap_or_default();
    let is_legal = |item: &Value| {
        !text(item, "capacityProvider").is_empty()
            && (0..=1000).contains(&number(item, "weight"))
            && (0..=100_000).contains(&number(item, "base"))
    };
    if items.len() > 20 || !items.iter().all(is_legal) {
        return Err(invalid("The specified capacity provider strategy is invalid."));
    }
    if items.iter().filter(|item| number(item, "base") > 0).count() > 1 {
        return Err(invalid("Only one capacity provider in a strategy can have a base defined."));
    }
    // A weight that is not given is 0. A provider that stands alone without one is not known to be refused.
    let is_alone = items.len() == 1 && items[0].get("weight").is_none_or(Value::is_null);
    let is_weighed = is_alone || items.iter().any(|item| number(item, "weight") > 0);
    match items.is_empty() || is_weighed {
        true => Ok(()),
        false => Err(invalid("At least one capacity provider in a strategy must have a weight greater than 0.")),
    }
}

/// Whether it can be the id of anything.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The subnets and groups of a network configuration.
pub(super) fn check_network(input: &Map<String, Value>) -> Result<(), ApiError> {
    let network = input.get("networkConfiguration").and_then(|network| network.get("awsvpcConfiguration"));
    let Some(network) = network.filter(|network| !network.is_null()) else { return Ok(()) };
    let blank = |member: &str| list(network, member).iter().filter_map(Value::as_str).find(|id| !is_id(id));
    if let Some(id) = blank("subnets") {
        return Err(invalid(format!(
            "Error retrieving subnet information for [{id}]: The subnet ID '{id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
        )));
    }
    if let Some(id) = blank("securityGroups") {
        return Err(invalid(format!(
            "Error retrieving security group information for [{id}]: The security group '{id}' does not exist (ErrorCode: \
             InvalidGroup.NotFound)"
        )));
    }
    match (list(network, "subnets").len(), list(network, "securityGroups").len()) {
        (0, _) => Err(invalid("subnets can not be empty.")),
        (17.., _) => Err(invalid("subnets can have at most 16 items.")),
        (_, 6..) => Err(invalid("securityGroups can have at most 5 items.")),
        _ => Ok(()),
    }
}

fn check_configuration(input: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(configuration) = input.get("deploymentConfiguration").filter(|one| !one.is_null()) else { return Ok(()) };
    let breaker = configuration.get("deploymentCircuitBreaker").filter(|breaker| !breaker.is_null());
    let lacks = |member: &&str| breaker.is_some_and(|breaker| !breaker.get(*member).is_some_and(Value::is_boolean));
    if let Some(member) = ["enable", "rollback"].iter().find(|member| lacks(member)) {
        return Err(invalid(format!("deploymentCircuitBreaker.{member} should not be null.")));
    }
    let alarms = configuration.get("alarms").filter(|alarms| !alarms.is_null());
    let lacks = |member: &&str| alarms.is_some_and(|alarms| alarms.get(*member).is_none_or(Value::is_null));
    if let Some(member) = ["alarmNames", "enable", "rollback"].iter().find(|member| lacks(member)) {
        return Err(invalid(format!("alarms.{member} should not be null.")));
    }
    if alarms.is_some_and(|alarms| {
        list(alarms, "alarmNames").iter().any(|name| name.as_str().unwrap_or_default().trim().is_empty())
    }) {
        return Err(invalid("alarms.alarmNames can not hold an empty name."));
    }
    let (least, most) = (whole(configuration, "minimumHealthyPercent"), whole(configuration, "maximumPercent"));
    if least.is_some_and(i64::is_negative) || most.is_some_and(|most| most < 1) {
        return Err(invalid("minimumHealthyPercent and maximumPercent can not be negative."));
    }
    let criteria = configuration.get("earlySuccessCriteria").unwrap_or(&Value::Null);
    if whole(criteria, "healthyPercent").zip(least).is_some_and(|(healthy, least)| healthy < least) {
        return Err(invalid("earlySuccessCriteria.healthyPercent must be at least minimumHealthyPercent."));
    }
    let is_daemon = input.get("schedulingStrategy").is_some_and(|strategy| strategy == "DAEMON");
    match most.is_some_and(|most| most < 100) && !is_daemon {
        true => Err(invalid("maximumPercent must be at least 100.")),
        false => Ok(()),
    }
}

/// A network that does not fit the revision that the service is to run.
pub(super) fn check_mode(settings: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    let Some(definition) = definition else { return Ok(()) };
    let is_vpc = definition.text("networkMode") == Some("awsvpc");
    let network = settings.get("networkConfiguration").and_then(|network| network.get("awsvpcConfiguration"));
    let has_network = network.is_some_and(|network| !network.is_null());
    if is_vpc && !has_network {
        return Err(invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified."));
    }
    if !is_vpc && has_network {
        return Err(invalid("Network Configuration is not valid for the given networkMode of this task definition."));
    }
    Ok(())
}

/// A revision that is not for Fargate. Sources: aws/aws-cli#3983, sil-org/ecs-deploy#134, oranmoshai/ecsServiceRestart#2, all of
/// UpdateService.
pub(super) fn check_launch_type(
    settings: &Map<String, Value>,
    definition: Option<&Definition>,
) -> Result<(), ApiError> {
    let is_fargate = settings.get("launchType").is_some_and(|kind| kind == "FARGATE");
    match is_fargate && definition.is_some_and(|definition| !definition.fargate()) {
        true => Err(invalid("Task definition does not support launch_type FARGATE.")),
        false => Ok(()),
    }
}

/// Service Connect offers ports by the names of the revision's port mappings.
pub(super) fn check_connect(settings: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    let connect = settings.get("serviceConnectConfiguration").filter(|connect| super::is_on(connect, "enabled"));
    let (Some(connect), Some(definition)) = (connect, definition) else { return Ok(()) };
    let is_named = |port: &str| {
        let mut mappings = definition.containers().iter().flat_map(|container| list(container, "portMappings"));
        mappings.any(|mapping| text(mapping, "name") == port)
    };
    match list(connect, "services").iter().map(|one| text(one, "portName")).find(|port| !is_named(port)) {
        Some(port) => Err(invalid(format!(
            "The portName {port} of serviceConnectConfiguration is not the name of a port mapping in the task definition."
        ))),
        None => Ok(()),
    }
}

/// Load balancers that do not fit the revision that the service is to run.
pub(super) fn check_balancers(settings: &Map<String, Value>, definition: Option<&Definition>) -> Result<(), ApiError> {
    let Some(definition) = definition else { return Ok(()) };
    let settings = Value::Object(settings.clone());
    for balancer in list(&settings, "loadBalancers") {
        check_balancer(balancer, definition)?;
    }
    Ok(())
}

fn check_balancer(balancer: &Value, definition: &Definition) -> Result<(), ApiError> {
    let name = text(balancer, "containerName");
    let port = whole(balancer, "containerPort");
    let Some(container) = definition.containers().iter().find(|container| text(container, "name") == name) else {
        return Err(invalid(format!("The container {name} does not exist in the task definition.")));
    };
    let is_it = |mapping: &&Value| whole(mapping, "containerPort") == port;
    let in_range = |mapping: &&Value| {
        let range = text(mapping, "containerPortRange").split_once('-');
        let ends = range.and_then(|(from, to)| Some((from.parse::<i64>().ok()?, to.parse::<i64>().ok()?)));
        ends.zip(port).is_some_and(|((from, to), port)| (from..=to).contains(&port))
    };
    let mappings = list(container, "portMappings");
    match mappings.iter().filter(is_it).count() {
        0 if mappings.iter().any(|mapping| in_range(&mapping)) => Ok(()),
        0 => Err(invalid(format!(
            "The container {name} did not have a container port {} defined.",
            port.map_or_else(|| "null".to_owned(), |port| port.to_string())
        ))),
        1 => Ok(()),
        _ => Err(invalid(format!(
            "Container port {} is used in more than one port mapping for container {name}.",
            port.unwrap_or_default()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(input: Value) -> Option<String> {
        let input = input.as_object()?;
        check(input).and_then(|()| check_place(input, None)).err().map(|error| error.text)
    }

    #[test]
    fn services_alone() {
        let network =
            |subnets: usize| json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": vec!["s"; subnets]}}});
        for (input, expected) in [
            (json!({}), None),
            (network(1), None),
            (network(0), Some("subnets can not be empty.")),
            (network(17), Some("at most 16")),
            (
                json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": [""]}}}),
                Some("The subnet ID '' does not exist"),
            ),
            (
                json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"], "securityGroups": [" sg-1"]}}}),
                Some("The security group ' sg-1' does not exist"),
            ),
            (json!({"serviceRegistries": [{"registryArn": ""}]}), Some("needs a registryArn")),
            (
                json!({"deploymentConfiguration": {"alarms": {"alarmNames": ["a"]}}}),
                Some("alarms.enable should not be null."),
            ),
            (
                json!({"deploymentConfiguration": {"alarms": {"alarmNames": [""], "enable": true, "rollback": true}}}),
                Some("can not hold an empty name"),
            ),
            (
                json!({"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "a"}]}),
                Some("Specify either Launch Type"),
            ),
            (json!({"launchType": "EC2", "capacityProviderStrategy": []}), None),
            (json!({"capacityProviderStrategy": [{"capacityProvider": "a", "weight": 0}]}), Some("greater than 0")),
            (
                json!({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true}}}),
                Some("deploymentCircuitBreaker.rollback"),
            ),
            (json!({"deploymentConfiguration": {"maximumPercent": 50}}), Some("at least 100")),
            (
                json!({"deploymentConfiguration": {"minimumHealthyPercent": 100, "earlySuccessCriteria": {"enable": true, "healthyPercent": 50}}}),
                Some("at least minimumHealthyPercent"),
            ),
            (json!({"loadBalancers": [{"targetGroupArn": "t", "loadBalancerName": "l"}]}), Some("cannot have both")),
            (json!({"loadBalancers": [{"targetGroupArn": "t"}, {"targetGroupArn": "t"}]}), Some("more than once")),
        ] {
            let refused = refusal(input.clone());
            assert_eq!(refused.is_some(), expected.is_some(), "{input}: {refused:?}");
            assert!(refused.unwrap_or_default().contains(expected.unwrap_or_default()), "{input}");
        }
    }

    #[test]
    fn new_services() {
        for (members, expected) in [
            (json!({"desiredCount": 0}), None),
            (json!({}), Some("desiredCount is required")),
            (json!({"schedulingStrategy": "REPLICA", "desiredCount": null}), Some("desiredCount is required")),
            (json!({"schedulingStrategy": "DAEMON"}), None),
            (json!({"deploymentController": {"type": "EXTERNAL"}}), None),
        ] {
            let mut input = members.clone();
            input["serviceName"] = json!("api");
            let refused = input.as_object().and_then(|input| check_new(input).err()).map(|error| error.text);
            assert_eq!(refused.is_some(), expected.is_some(), "{members}: {refused:?}");
            assert!(refused.unwrap_or_default().contains(expected.unwrap_or_default()), "{members}");
        }
    }

    fn definition(document: Value) -> Definition {
        Definition {
            family: "f".to_owned(),
            revision: 1,
            arn: "arn".to_owned(),
            document: document.as_object().cloned().unwrap_or_default(),
            tags: Vec::new(),
        }
    }

    #[test]
    fn service_connect_names_a_port_mapping() {
        let document =
            json!({"containerDefinitions": [{"name": "a", "portMappings": [{"containerPort": 80, "name": "web"}]}]});
        let definition = definition(document);
        for (enabled, port, is_refused) in [(true, "web", false), (true, "api", true), (false, "api", false)] {
            let connect =
                json!({"serviceConnectConfiguration": {"enabled": enabled, "services": [{"portName": port}]}});
            let refused = connect.as_object().and_then(|settings| check_connect(settings, Some(&definition)).err());
            assert_eq!(refused.is_some(), is_refused, "{connect}");
        }
    }

    #[test]
    fn load_balancers_name_one_port_of_a_container() {
        let ports = json!([{"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}, {"containerPort": 80}, {"containerPortRange": "90-99"}]);
        let document = json!({"networkMode": "bridge", "containerDefinitions": [{"name": "a", "portMappings": ports}]});
        let definition = definition(document);
        for (name, port, expected) in [
            ("a", 80, None),
            ("a", 95, None),
            ("a", 53, Some("Container port 53 is used in more than one port mapping for container a.")),
            ("a", 81, Some("The container a did not have a container port 81 defined.")),
            ("b", 80, Some("The container b does not exist")),
        ] {
            let settings =
                json!({"loadBalancers": [{"targetGroupArn": "t", "containerName": name, "containerPort": port}]});
            let refused = settings.as_object().and_then(|settings| check_balancers(settings, Some(&definition)).err());
            let text = refused.map(|error| error.text);
            assert_eq!(text.is_some(), expected.is_some(), "{name} {port}: {text:?}");
            assert!(text.unwrap_or_default().contains(expected.unwrap_or_default()));
        }
    }
}
