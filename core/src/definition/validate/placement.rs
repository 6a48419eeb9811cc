//! Rules about where a service's tasks run.

use serde_json::Value;

use super::service::{SERVICE, Service, is_fargate_provider};
use super::{Found, Task, is_set, list, text, whole};
use crate::definition::path::Place;
use crate::definition::schema::LAUNCH_TYPES;
use crate::definition::schema::check::check_word;
use crate::error::finding::Level;

const MOST_PROVIDERS: usize = 20;
const MOST_CONSTRAINTS: usize = 10;

pub(crate) fn check(task: &Task, service: &Service, found: &mut Found) {
    launch_type(task, service, found);
    providers(service, found);
    platform_version(task, service, found);
    constraints(task, service, found);
    daemon(service, found);
}

fn launch_type(task: &Task, service: &Service, found: &mut Found) {
    let place = SERVICE.member("launchType");
    match service.text("launchType") {
        Some("FARGATE_SPOT") => {
            let text = "FARGATE_SPOT is a capacity provider, not a launch type";
            found.error(
                "launch_type",
                &place,
                text,
                "use capacityProviderStrategy [{\"capacityProvider\": \"FARGATE_SPOT\"}]",
            );
        }
        Some(launch) => check_word(&LAUNCH_TYPES, launch, Level::Error, &place, found),
        None => {}
    }
    if service.text("launchType") == Some("FARGATE") && !task.is_fargate {
        on_fargate(task, &place, found);
    }
    if is_set(service.get("launchType")) && is_set(service.get("capacityProviderStrategy")) {
        let text = "launchType and capacityProviderStrategy exclude each other";
        found.error("launch_type", &place, text, "remove one of the two");
    }
}

/// A definition without FARGATE in requiresCompatibilities. ECS answers `Task definition does not support launch_type FARGATE.`
fn on_fargate(task: &Task, place: &Place, found: &mut Found) {
    let lacks = |member: &&str| !is_set(task.document.get(*member));
    let what = match ["cpu", "memory"].iter().find(|member| lacks(member)) {
        _ if task.network != "awsvpc" => "its networkMode is not awsvpc".to_owned(),
        Some(member) => format!("it gives no {member} of the task"),
        None => {
            let text = "the task definition does not name FARGATE in requiresCompatibilities: ECS may refuse it";
            found.warning("launch_type", place, text, "add FARGATE to requiresCompatibilities");
            return;
        }
    };
    let text = format!("the task definition is not for FARGATE: {what}");
    let advice =
        "use a definition with requiresCompatibilities [\"FARGATE\"], awsvpc, cpu and memory, or another launchType";
    found.error("launch_type", place, text, advice);
}

fn providers(service: &Service, found: &mut Found) {
    let strategy = list(service.get("capacityProviderStrategy"));
    let place = SERVICE.member("capacityProviderStrategy");
    let number = |item: &Value, member: &str| item.get(member).and_then(whole).unwrap_or(0);
    if strategy.len() > MOST_PROVIDERS {
        let text = format!("{} capacity providers, {MOST_PROVIDERS} are allowed", strategy.len());
        found.error("capacity_provider", &place, text, format!("keep at most {MOST_PROVIDERS}"));
    }
    for (at, _) in strategy.iter().enumerate().filter(|(_, item)| number(item, "base") > 0).skip(1) {
        let text = "a second capacity provider has a base above 0, one may have";
        found.error("capacity_provider", &place.at(at).member("base"), text, "keep the base of one of them");
    }
    let names: Vec<_> = strategy.iter().filter_map(|item| text(item, "capacityProvider")).collect();
    let on_fargate = names.iter().filter(|name| is_fargate_provider(name)).count();
    if on_fargate > 0 && on_fargate < names.len() {
        let text = "Fargate's capacity providers cannot be mixed with others in one strategy";
        found.error("capacity_provider", &place, text, "use those of Fargate alone, or none of them");
    }
    if !strategy.is_empty() && strategy.iter().all(|item| number(item, "weight") <= 0) {
        let (text, advice) = ("no capacity provider has a weight above 0", "give one of them a weight of 1 or more");
        match strategy.len() {
            // Not confirmed: what ECS does with a single provider without a weight. A weight of 0 is documented to place no task.
            1 if !strategy[0].get("weight").is_some_and(Value::is_number) => {
                found.warning("capacity_provider", &place, text, advice)
            }
            _ => found.error("capacity_provider", &place, text, advice),
        }
    }
}

fn platform_version(task: &Task, service: &Service, found: &mut Found) {
    // Windows has other versions.
    let Some(version) = service.text("platformVersion").filter(|_| !task.is_windows) else { return };
    let place = SERVICE.member("platformVersion");
    match version {
        "" | "LATEST" | "1.4.0" => {}
        "1.0.0" | "1.1.0" | "1.2.0" | "1.3.0" => {
            // 1.3.0 since June 2026. "The platform version 1.3.0 does not exist."
            let text = format!("the platform version {version} is retired, and ECS starts no task on it");
            found.error("platform_version", &place, text, "use LATEST or 1.4.0");
        }
        _ => {
            let text = format!("{version:?} is not among the known platform versions");
            found.warning("platform_version", &place, text, "use LATEST or 1.4.0, unless AWS has added this one");
        }
    }
}

fn constraints(task: &Task, service: &Service, found: &mut Found) {
    let of_service = list(service.get("placementConstraints")).len();
    let of_task = list(task.document.get("placementConstraints")).len();
    let place = SERVICE.member("placementConstraints");
    if of_service > 0 && of_service + of_task > MOST_CONSTRAINTS {
        let text = format!(
            "{of_service} placement constraints and {of_task} of the task definition, {MOST_CONSTRAINTS} are allowed"
        );
        found.error("placement", &place, text, format!("keep at most {MOST_CONSTRAINTS} in both together"));
    }
    for member in ["placementConstraints", "placementStrategy"] {
        if service.is_fargate && is_set(service.get(member)) {
            let text = format!("{member} cannot be used on Fargate");
            found.error("placement", &SERVICE.member(member), text, format!("remove {member}"));
        }
    }
}

fn daemon(service: &Service, found: &mut Found) {
    let refuse = |place: &Place, text: &str, advice: &str, found: &mut Found| {
        found.error("scheduling_strategy", place, text, advice);
    };
    let place = SERVICE.member("schedulingStrategy");
    if !service.is_daemon {
        return;
    }
    if service.is_fargate {
        refuse(&place, "DAEMON is one task on each instance, which Fargate has not", "use REPLICA", found);
    }
    if service.controller != "ECS" {
        let text = format!("DAEMON cannot be used with the deployment controller {}", service.controller);
        refuse(&place, &text, "use REPLICA, or the deployment controller ECS", found);
    }
    // ECS writes this number itself for a daemon.
    if !service.is_described && is_set(service.get("desiredCount")) {
        let text = "DAEMON has as many tasks as there are instances";
        refuse(&SERVICE.member("desiredCount"), text, "remove desiredCount", found);
    }
    if !service.is_fargate && is_set(service.get("placementStrategy")) {
        let text = "DAEMON has one task on each instance, so there is no strategy to place them";
        refuse(&SERVICE.member("placementStrategy"), text, "remove placementStrategy", found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{found_with, found_with_service as found, table};

    fn on_ec2(service: &Value) -> Vec<String> {
        found_with(&json!({"containerDefinitions": [{"name": "a", "image": "a:1"}]}), service)
    }

    #[test]
    fn launch_types_and_providers() {
        const STRATEGY: &str = "E capacity_provider /service/capacityProviderStrategy";
        let provider =
            |name: &str, weight: i32, base: i32| json!({"capacityProvider": name, "weight": weight, "base": base});
        let strategy = |items: Vec<Value>| json!({"capacityProviderStrategy": items});
        table(
            found,
            [
                (json!({"launchType": "FARGATE", "capacityProviderStrategy": []}), &[]),
                (json!({"launchType": "FARGATE_SPOT"}), &["E launch_type /service/launchType"]),
                (json!({"launchType": "LAMBDA"}), &["W unknown_value /service/launchType"]),
                (json!({"launchType": "Fargate"}), &["E unknown_value /service/launchType"]),
                (
                    json!({"schedulingStrategy": "replica", "deploymentConfiguration": {"strategy": "BLUEGREEN"}}),
                    &[
                        "E unknown_value /service/schedulingStrategy",
                        "E unknown_value /service/deploymentConfiguration/strategy",
                    ],
                ),
                (
                    json!({"launchType": "FARGATE", "capacityProviderStrategy": [provider("FARGATE", 1, 0)]}),
                    &["E launch_type /service/launchType"],
                ),
                (strategy(vec![provider("FARGATE", 1, 1), provider("FARGATE_SPOT", 1000, 0)]), &[]),
                (
                    strategy(vec![provider("FARGATE", 1, 1), provider("FARGATE_SPOT", 1, 2)]),
                    &["E capacity_provider /service/capacityProviderStrategy/1/base"],
                ),
                (strategy(vec![provider("FARGATE", 1, 0), provider("own", 1, 0)]), &[STRATEGY]),
                (strategy(vec![provider("FARGATE", 0, 0), provider("FARGATE_SPOT", 0, 0)]), &[STRATEGY]),
                (
                    strategy(vec![json!({"capacityProvider": "FARGATE"})]),
                    &["W capacity_provider /service/capacityProviderStrategy"],
                ),
                (strategy(vec![provider("own", 1, 0); 21]), &[STRATEGY]),
                (
                    strategy(vec![provider("own", 1001, 100_001)]),
                    &[
                        "E range /service/capacityProviderStrategy/0/weight",
                        "E range /service/capacityProviderStrategy/0/base",
                    ],
                ),
                (json!({"platformVersion": "LATEST"}), &[]),
                (json!({"platformVersion": "1.3.0"}), &["E platform_version /service/platformVersion"]),
                (strategy(vec![provider("FARGATE", 0, 0)]), &[STRATEGY]),
                (json!({"platformVersion": "2.0.0"}), &["W platform_version /service/platformVersion"]),
            ],
        );
    }

    #[test]
    fn a_definition_that_is_not_for_fargate() {
        let containers = json!([{"name": "a", "image": "a:1", "memory": 64}]);
        let refused = &["E launch_type /service/launchType"][..];
        for (members, expected) in [
            (json!({"networkMode": "bridge", "cpu": "256", "memory": "512"}), refused),
            (json!({"networkMode": "awsvpc", "cpu": "256"}), refused),
            (json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512"}), &["W launch_type /service/launchType"]),
        ] {
            let mut definition = members.clone();
            definition["containerDefinitions"] = containers.clone();
            let found = found_with(&definition, &json!({"service": "s", "launchType": "FARGATE"}));
            assert_eq!(found, expected, "{members}");
        }
    }

    #[test]
    fn placement_and_daemons() {
        let spread = json!([{"type": "spread", "field": "host"}]);
        let constraint = json!({"type": "distinctInstance"});
        table(
            on_ec2,
            [
                (json!({"placementStrategy": spread, "placementConstraints": [constraint]}), &[]),
                (
                    json!({"placementStrategy": vec![spread[0].clone(); 6], "placementConstraints": vec![constraint.clone(); 11]}),
                    &["E too_many /service/placementStrategy", "E placement /service/placementConstraints"],
                ),
                (json!({"schedulingStrategy": "DAEMON"}), &[]),
                (json!({"schedulingStrategy": "DAEMON", "desiredCount": 3, "serviceArn": "s"}), &[]),
                (
                    json!({"schedulingStrategy": "DAEMON", "desiredCount": 3, "placementStrategy": spread}),
                    &[
                        "E scheduling_strategy /service/desiredCount",
                        "E scheduling_strategy /service/placementStrategy",
                    ],
                ),
                (
                    json!({"schedulingStrategy": "DAEMON", "deploymentController": {"type": "EXTERNAL"}}),
                    &["E scheduling_strategy /service/schedulingStrategy"],
                ),
            ],
        );
        table(
            found,
            [
                (json!({"placementStrategy": spread}), &["E placement /service/placementStrategy"]),
                (json!({"placementConstraints": [constraint]}), &["E placement /service/placementConstraints"]),
                (json!({"schedulingStrategy": "DAEMON"}), &["E scheduling_strategy /service/schedulingStrategy"]),
            ],
        );
    }
}
