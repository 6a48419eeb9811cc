//! Rules about what a service survives: the loss of a task, an availability zone or a Spot task, and a failed deployment.
//!
//! Source: the section on availability of the facts sheet (I.2, I.4, I.5), which reads the API reference and the developer guide.

use serde_json::Value;

use super::service::{SERVICE, Service};
use super::{Container, Found, Task, deployment, is_set, list, text, whole};
use crate::definition::path::Place;
use crate::error::finding::Finding;

/// What is known of a service beside its document.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ServiceFacts<'a> {
    /// The fewest tasks that its autoscaler leaves, where it has one.
    pub(crate) least: Option<i64>,
    /// The availability zones of its running tasks, one a task; none where they are not known.
    pub(crate) zones: &'a [String],
}

/// The findings about a service as DescribeServices shows it, or as CreateService is given it. `definition`: what it runs, where
/// that is known. With a definition, `service_findings` checks whether tasks can start and stop; without one, this does.
pub(crate) fn availability(definition: Option<&Value>, service: &Value, facts: &ServiceFacts) -> Vec<Finding> {
    let mut found = Found::default();
    let Some(document) = service.as_object() else { return found.0 };
    let empty = serde_json::Map::new();
    let definition = definition.and_then(Value::as_object);
    let task = Task::read(definition.unwrap_or(&empty));
    let service = Service::read(document, &task);
    tasks(&service, facts, &mut found);
    zones(&service, facts, &mut found);
    if definition.is_some() {
        checks(&task, &service, &mut found);
        grace(&task, &service, &mut found);
    } else {
        percents(&service, &mut found);
    }
    breaker(&service, &mut found);
    rebalancing(&service, &mut found);
    spot(&service, &mut found);
    found.0
}

/// Percents that let no task start or stop, or that stop all tasks.
fn percents(service: &Service, found: &mut Found) {
    let mut all = Found::default();
    deployment::check(service, &mut all);
    found.0.extend(all.0.into_iter().filter(|finding| finding.rule.starts_with("deployment_")));
}

fn tasks(service: &Service, facts: &ServiceFacts, found: &mut Found) {
    if service.is_daemon {
        return;
    }
    match (facts.least, service.get("desiredCount").and_then(whole)) {
        (Some(least), _) if least < 2 => {
            let place = Place::top("scaling");
            let text = format!("the autoscaler may leave {least} tasks: the service does not survive the loss of one");
            found.warning("single_task", &place.member("min"), text, "scale with a `min` of 2 or more");
        }
        (None, Some(1)) => {
            let text = "1 task: when it stops, nothing runs until another has started";
            found.warning("single_task", &SERVICE.member("desiredCount"), text, "run 2 tasks or more");
        }
        _ => {}
    }
}

fn zones(service: &Service, facts: &ServiceFacts, found: &mut Found) {
    let network = SERVICE.member("networkConfiguration");
    let vpc = network.member("awsvpcConfiguration");
    let subnets = service.get("networkConfiguration").and_then(|network| network.get("awsvpcConfiguration"));
    if subnets.is_some_and(|vpc| list(vpc.get("subnets")).len() == 1) {
        let text = "one subnet lies in one availability zone: the service does not survive the loss of that zone";
        found.warning("single_subnet", &vpc.member("subnets"), text, "give subnets of two availability zones or more");
        return;
    }
    let Some((first, others)) = facts.zones.split_first() else { return };
    if !others.is_empty() && others.iter().all(|zone| zone == first) {
        let text = format!("all {} running tasks are in the availability zone {first}", facts.zones.len());
        let advice = "give subnets, or instances, of two availability zones, and turn availabilityZoneRebalancing on";
        found.warning("single_zone", &vpc.member("subnets"), text, advice);
    }
}

/// Whether a health check is on: a definition can turn the image's check off.
fn has_check(container: &Container) -> bool {
    let check = container.get("healthCheck");
    let command = check.and_then(|check| check.get("command"));
    is_set(check) && list(command).first().is_none_or(|first| first != "NONE")
}

fn is_balanced(service: &Service) -> bool {
    is_set(service.get("loadBalancers")) || is_set(service.get("vpcLatticeConfigurations"))
}

fn checks(task: &Task, service: &Service, found: &mut Found) {
    if is_balanced(service) || task.containers.iter().any(has_check) {
        return;
    }
    let text = "nothing checks health: ECS takes a task for healthy once it has run for 40 s, whatever it does";
    let advice = "give a container a healthCheck, or put the service behind a load balancer";
    found.warning("no_health_check", &Place::ROOT.member("containerDefinitions"), text, advice);
}

fn grace(task: &Task, service: &Service, found: &mut Found) {
    let grace = service.get("healthCheckGracePeriodSeconds").and_then(whole).unwrap_or(0);
    if !is_balanced(service) {
        return;
    }
    let longest = task.containers.iter().filter(|container| has_check(container)).map(|container| {
        let member =
            |name, usual| container.get("healthCheck").and_then(|it| it.get(name)).and_then(whole).unwrap_or(usual);
        let (start, interval, retries) = (member("startPeriod", 0), member("interval", 30), member("retries", 3));
        (start.saturating_add(interval.saturating_mul(retries)), start, interval, retries, container.label())
    });
    let Some((seconds, start, interval, retries, name)) = longest.max() else { return };
    if grace < seconds {
        let text = format!(
            "a grace period of {grace} s, but container {name} may take {seconds} s to be found healthy or not (startPeriod {start} + \
             interval {interval} x retries {retries}): the load balancer may have its task stopped before"
        );
        let advice = format!("set healthCheckGracePeriodSeconds to {seconds} or more");
        found.warning("grace_period_short", &SERVICE.member("healthCheckGracePeriodSeconds"), text, advice);
    }
}

fn breaker(service: &Service, found: &mut Found) {
    let configuration = service.get("deploymentConfiguration").unwrap_or(&Value::Null);
    let is_rolling = text(configuration, "strategy").unwrap_or("ROLLING") == "ROLLING";
    let is_on =
        |watchdog: &str| configuration.get(watchdog).is_some_and(|it| it.get("enable") == Some(&Value::Bool(true)));
    if service.controller != "ECS" || !is_rolling || is_on("deploymentCircuitBreaker") || is_on("alarms") {
        return;
    }
    let text = "neither a circuit breaker nor alarms: ECS never fails a deployment whose tasks do not start";
    let advice = "set deploymentCircuitBreaker to {\"enable\": true, \"rollback\": true}";
    let place = SERVICE.member("deploymentConfiguration");
    found.warning("no_breaker", &place.member("deploymentCircuitBreaker"), text, advice);
}

/// New services have it on; a service that does not show it was created before rebalancing existed.
fn rebalancing(service: &Service, found: &mut Found) {
    let configuration = service.get("deploymentConfiguration").unwrap_or(&Value::Null);
    let maximum = configuration.get("maximumPercent").and_then(whole).unwrap_or(200);
    let is_classic = list(service.get("loadBalancers")).iter().any(|one| is_set(one.get("loadBalancerName")));
    let applies = service.controller == "ECS" && !service.is_daemon && !is_classic && maximum > 100;
    let is_off = match service.text("availabilityZoneRebalancing") {
        Some(switch) => switch == "DISABLED",
        None => service.is_described,
    };
    if applies && is_off {
        let text = "tasks that all run in one availability zone stay there";
        let advice = "set availabilityZoneRebalancing to \"ENABLED\"";
        found.warning("rebalancing_off", &SERVICE.member("availabilityZoneRebalancing"), text, advice);
    }
}

fn spot(service: &Service, found: &mut Found) {
    let providers = list(service.get("capacityProviderStrategy"));
    let named = |name: &'static str| providers.iter().filter(move |one| text(one, "capacityProvider") == Some(name));
    let number = |item: &Value, member| item.get(member).and_then(whole).unwrap_or(0);
    let is_used = |item: &&Value| number(item, "weight") > 0 || number(item, "base") > 0;
    let has_base = named("FARGATE").any(|item| number(item, "base") > 0);
    if named("FARGATE_SPOT").filter(is_used).count() == 0 || has_base {
        return;
    }
    let text = "FARGATE_SPOT without a base on demand: where Spot runs out of capacity, all tasks may go at once";
    found.warning(
        "spot_only",
        &SERVICE.member("capacityProviderStrategy"),
        text,
        "also give FARGATE a base of 1 or more",
    );
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::definition::validate::testing::lines;

    /// A service that survives all of it, with `patch` merged into it.
    fn service(patch: &Value) -> Value {
        let mut service = json!({
            "serviceArn": "s",
            "desiredCount": 2,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a", "b"]}},
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}},
            "availabilityZoneRebalancing": "ENABLED",
            "loadBalancers": [{"targetGroupArn": "t"}],
        });
        json_patch::merge(&mut service, patch);
        service
    }

    fn definition(check: Value) -> Value {
        json!({"containerDefinitions": [{"name": "a", "healthCheck": check}, {"name": "b"}]})
    }

    fn found(patch: &Value, facts: &ServiceFacts) -> Vec<String> {
        lines(&availability(Some(&definition(Value::Null)), &service(patch), facts))
    }

    #[test]
    fn what_a_service_survives() {
        let strategy = |providers: Value| json!({"capacityProviderStrategy": providers});
        let spot = json!({"capacityProvider": "FARGATE_SPOT", "weight": 1});
        let demand = |base: u8| json!({"capacityProvider": "FARGATE", "weight": 1, "base": base});
        let network = json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a"]}}});
        const REBALANCING: &[&str] = &["W rebalancing_off /service/availabilityZoneRebalancing"];
        for (patch, expected) in [
            (json!({}), &[] as &[&str]),
            (json!({"desiredCount": 1}), &["W single_task /service/desiredCount"]),
            (json!({"desiredCount": 0}), &[]),
            (json!({"desiredCount": 1, "schedulingStrategy": "DAEMON"}), &[]),
            (network, &["W single_subnet /service/networkConfiguration/awsvpcConfiguration/subnets"]),
            (json!({"loadBalancers": []}), &["W no_health_check /containerDefinitions"]),
            (json!({"loadBalancers": [], "vpcLatticeConfigurations": [{"portName": "p"}]}), &[]),
            (
                json!({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": false}}}),
                &["W no_breaker /service/deploymentConfiguration/deploymentCircuitBreaker"],
            ),
            (json!({"deploymentConfiguration": {"deploymentCircuitBreaker": null, "alarms": {"enable": true}}}), &[]),
            (json!({"deploymentConfiguration": {"deploymentCircuitBreaker": null, "strategy": "CANARY"}}), &[]),
            (
                json!({"deploymentConfiguration": {"deploymentCircuitBreaker": null}, "deploymentController": {"type": "CODE_DEPLOY"}}),
                &[],
            ),
            (json!({"availabilityZoneRebalancing": "DISABLED"}), REBALANCING),
            (json!({"availabilityZoneRebalancing": null}), REBALANCING),
            (json!({"availabilityZoneRebalancing": null, "serviceArn": null}), &[]),
            (json!({"availabilityZoneRebalancing": null, "deploymentConfiguration": {"maximumPercent": 100}}), &[]),
            (json!({"availabilityZoneRebalancing": null, "loadBalancers": [{"loadBalancerName": "old"}]}), &[]),
            (strategy(json!([spot])), &["W spot_only /service/capacityProviderStrategy"]),
            (strategy(json!([spot, demand(0)])), &["W spot_only /service/capacityProviderStrategy"]),
            (strategy(json!([spot, demand(1)])), &[]),
            (strategy(json!([demand(0)])), &[]),
        ] {
            assert_eq!(found(&patch, &ServiceFacts::default()), expected, "{patch}");
        }
    }

    #[test]
    fn what_is_beside_the_document_counts() {
        let zones = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (one, two, alone) = (zones(&["a", "a"]), zones(&["a", "b"]), zones(&["a"]));
        for (facts, patch, expected) in [
            (
                ServiceFacts { least: Some(1), zones: &[] },
                json!({"desiredCount": 4}),
                &["W single_task /scaling/min"] as &[&str],
            ),
            // It is the autoscaler that decides.
            (ServiceFacts { least: Some(2), zones: &[] }, json!({"desiredCount": 1}), &[]),
            (
                ServiceFacts { least: None, zones: &one },
                json!({}),
                &["W single_zone /service/networkConfiguration/awsvpcConfiguration/subnets"],
            ),
            (ServiceFacts { least: None, zones: &two }, json!({}), &[]),
            (ServiceFacts { least: None, zones: &alone }, json!({}), &[]),
        ] {
            assert_eq!(found(&patch, &facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn a_grace_period_lasts_until_health_is_known() {
        let told = |check: Value, grace: u32| {
            let service = service(&json!({"healthCheckGracePeriodSeconds": grace}));
            availability(Some(&definition(check)), &service, &ServiceFacts::default())
        };
        let check = json!({"command": ["CMD", "true"], "interval": 10, "retries": 2, "startPeriod": 40});
        assert!(told(check.clone(), 60).is_empty());
        let short = told(check, 59);
        assert_eq!(lines(&short), ["W grace_period_short /service/healthCheckGracePeriodSeconds"]);
        assert!(short[0].text.contains("59 s") && short[0].text.contains("may take 60 s"), "{}", short[0].text);
        assert_eq!(lines(&told(json!({"command": ["CMD", "true"]}), 0)).len(), 1);
        assert!(told(json!({"command": ["NONE"]}), 0).is_empty());
        // Without a definition nothing is said of its checks.
        assert!(availability(None, &service(&json!({"loadBalancers": []})), &ServiceFacts::default()).is_empty());
    }

    #[test]
    fn percents_are_looked_at_where_nobody_else_does() {
        let percents = json!({"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}});
        let found = availability(None, &service(&percents), &ServiceFacts::default());
        assert_eq!(lines(&found), ["W deployment_stuck /service/deploymentConfiguration"]);
        assert!(self::found(&percents, &ServiceFacts::default()).is_empty());
    }
}
