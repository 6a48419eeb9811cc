//! Rules about a service's deployments: percents that let no task start or stop, and shifts of traffic.

use serde_json::Value;

use super::service::{SERVICE, Service};
use super::{Found, is_set, list, text, whole};

pub(crate) fn check(service: &Service, found: &mut Found) {
    let configuration = service.get("deploymentConfiguration").unwrap_or(&Value::Null);
    let strategy = text(configuration, "strategy").unwrap_or("ROLLING");
    // With the other controllers the percents are stored and not used.
    if service.controller == "ECS" {
        match strategy {
            "ROLLING" => percents(service, configuration, found),
            strategy => shift(service, configuration, strategy, found),
        }
    }
    rebalancing(service, configuration, found);
    early_success(configuration, found);
}

/// Source: the API reference of DeploymentEarlySuccessCriteria.
fn early_success(configuration: &Value, found: &mut Found) {
    let Some(criteria) = configuration.get("earlySuccessCriteria") else { return };
    let healthy = criteria.get("healthyPercent").and_then(whole);
    let least = configuration.get("minimumHealthyPercent").and_then(whole);
    if let Some((healthy, least)) = healthy.zip(least).filter(|(healthy, least)| healthy < least) {
        let text = format!("healthyPercent {healthy} is below minimumHealthyPercent {least}");
        let place = SERVICE.member("deploymentConfiguration");
        let place = place.member("earlySuccessCriteria");
        found.error("early_success", &place.member("healthyPercent"), text, format!("use {least} or more"));
    }
}

/// How many tasks a rolling deployment keeps at least and may have at most.
struct Bounds {
    least: i64,
    most: i64,
}

impl Bounds {
    /// Source: the API reference on minimumHealthyPercent, which rounds up, and maximumPercent, which rounds down.
    fn of(desired: i64, minimum: i64, maximum: i64) -> Self {
        let share = |percent: i64| i128::from(desired) * i128::from(percent);
        let count = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
        Self { least: count((share(minimum) + 99).div_euclid(100)), most: count(share(maximum).div_euclid(100)) }
    }
}

fn percents(service: &Service, configuration: &Value, found: &mut Found) {
    let percent = |member| configuration.get(member).and_then(whole);
    if service.is_daemon
        || (!service.is_whole && percent("minimumHealthyPercent").and(percent("maximumPercent")).is_none())
    {
        return;
    }
    let minimum = percent("minimumHealthyPercent").unwrap_or(100);
    let maximum = percent("maximumPercent").unwrap_or(200);
    let place = SERVICE.member("deploymentConfiguration");
    let Some(desired) = service.get("desiredCount").and_then(whole) else {
        if minimum >= 100 && maximum <= 100 {
            let text = format!(
                "minimumHealthyPercent {minimum} with maximumPercent {maximum} lets no task stop and none start"
            );
            found.warning(
                "deployment_stuck",
                &place,
                text,
                "raise maximumPercent to 200, or lower minimumHealthyPercent",
            );
        }
        return;
    };
    if desired <= 0 {
        return;
    }
    let Bounds { least, most } = Bounds::of(desired, minimum, maximum);
    let what = format!(
        "of {desired} tasks minimumHealthyPercent {minimum} keeps {least} and maximumPercent {maximum} allows {most}"
    );
    if least >= desired && most <= desired {
        let text = format!("{what}: no task can stop and none can start");
        // ECS takes such settings, and reports later that it cannot deploy: a warning.
        found.warning("deployment_stuck", &place, text, way_out(desired));
    } else if least <= 0 && most <= desired {
        let advice = "raise maximumPercent to 200 and minimumHealthyPercent to 100";
        found.warning("deployment_downtime", &place, format!("{what}: all stop before the new ones start"), advice);
    } else if least <= 0 {
        let advice = "raise minimumHealthyPercent to 100";
        found.warning("deployment_downtime", &place, format!("{what}: there may be none for a while"), advice);
    }
}

/// The smallest step up that allows one more task.
fn way_out(desired: i64) -> String {
    let percent = (i128::from(desired) + 1) * 100;
    let percent = percent.div_euclid(i128::from(desired)) + i128::from(percent.rem_euclid(i128::from(desired)) > 0);
    format!("raise maximumPercent to {percent} or more, or lower minimumHealthyPercent")
}

/// BLUE_GREEN, LINEAR and CANARY.
fn shift(service: &Service, configuration: &Value, strategy: &str, found: &mut Found) {
    let place = SERVICE.member("deploymentConfiguration");
    let place = place.member("bakeTimeInMinutes");
    match configuration.get("bakeTimeInMinutes").and_then(whole) {
        None if strategy == "BLUE_GREEN" && configuration.get("bakeTimeInMinutes").is_none_or(Value::is_null) => {
            let advice = "give the minutes for which both revisions stay up; 0 is allowed";
            found.error("bake_time", &place, "BLUE_GREEN needs bakeTimeInMinutes", advice);
        }
        // The range is not confirmed.
        Some(minutes) if !(0..=1440).contains(&minutes) => {
            let text = format!("{minutes} minutes of bake time, 0 to 1440 are known to be allowed");
            found.warning("bake_time", &place, text, "use 0 to 1440");
        }
        _ => {}
    }
    if !["BLUE_GREEN", "LINEAR", "CANARY"].contains(&strategy) {
        return;
    }
    let place = SERVICE.member("loadBalancers");
    for (at, balancer) in list(service.get("loadBalancers")).iter().enumerate() {
        if !is_set(balancer.get("advancedConfiguration")) {
            let text = format!("{strategy} shifts traffic, which takes a second target group and a listener rule");
            let advice = "give alternateTargetGroupArn, productionListenerRule and roleArn in advancedConfiguration";
            found.error("traffic_shift", &place.at(at).member("advancedConfiguration"), text, advice);
        }
    }
}

/// Rebalancing starts a task before it stops one. That it needs this is not confirmed, so it is a warning.
fn rebalancing(service: &Service, configuration: &Value, found: &mut Found) {
    if service.text("availabilityZoneRebalancing") != Some("ENABLED") {
        return;
    }
    let maximum = configuration.get("maximumPercent").and_then(whole).filter(|maximum| *maximum <= 100);
    let text = match maximum {
        _ if service.is_daemon => "rebalancing of availability zones is not for DAEMON".to_owned(),
        _ if service.controller == "CODE_DEPLOY" => {
            "rebalancing of availability zones is not for CODE_DEPLOY".to_owned()
        }
        Some(maximum) => format!("rebalancing of availability zones needs a maximumPercent above 100, not {maximum}"),
        None => return,
    };
    let advice = "set availabilityZoneRebalancing to \"DISABLED\", or raise maximumPercent";
    found.warning("rebalancing", &SERVICE.member("availabilityZoneRebalancing"), text, advice);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::service::service_findings;
    use crate::definition::validate::testing::{definition, found_with, found_with_service as found, table};

    #[test]
    fn early_success_is_no_earlier_than_the_least() {
        let of = |healthy: i64| json!({"deploymentConfiguration": {"minimumHealthyPercent": 100, "earlySuccessCriteria": {"enable": true, "healthyPercent": healthy}}});
        table(
            found,
            [
                (of(100), &[]),
                (of(50), &["E early_success /service/deploymentConfiguration/earlySuccessCriteria/healthyPercent"]),
            ],
        );
    }

    /// The table of I.4 in the facts sheet, row by row.
    #[test]
    fn percents_that_get_stuck_or_go_down() {
        for (desired, minimum, maximum, rule) in [
            (4, 50, 200, None),
            (4, 100, 200, None),
            (4, 100, 125, None),
            (3, 100, 125, Some("W deployment_stuck")),
            (2, 75, 100, Some("W deployment_stuck")),
            (2, 50, 100, None),
            (1, 100, 200, None),
            (1, 100, 100, Some("W deployment_stuck")),
            (1, 0, 100, Some("W deployment_downtime")),
            (1, 0, 200, Some("W deployment_downtime")),
            (0, 100, 100, None),
            (i64::MAX, 100, 100, Some("W deployment_stuck")),
        ] {
            let service = json!({"desiredCount": desired, "deploymentConfiguration": {"minimumHealthyPercent": minimum, "maximumPercent": maximum}});
            let expected: Vec<_> =
                rule.map(|rule| format!("{rule} /service/deploymentConfiguration")).into_iter().collect();
            assert_eq!(found(&service), expected, "{service}");
        }
    }

    #[test]
    fn the_numbers_are_told() {
        let service = json!({"service": "s", "desiredCount": 3, "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 125}});
        let found = service_findings(definition().as_object().unwrap(), service.as_object().unwrap());
        assert_eq!(
            found[0].text,
            "of 3 tasks minimumHealthyPercent 100 keeps 3 and maximumPercent 125 allows 3: no task can stop and none can start"
        );
        assert_eq!(found[0].advice, "raise maximumPercent to 134 or more, or lower minimumHealthyPercent");
    }

    #[test]
    fn what_is_not_a_rolling_deployment_of_a_replica() {
        let percents = |minimum: u8, maximum: u8| json!({"minimumHealthyPercent": minimum, "maximumPercent": maximum});
        let balancer = |advanced: Value| json!([{"targetGroupArn": "t", "containerName": "a", "containerPort": 80, "advancedConfiguration": advanced}]);
        let strategy = |strategy: &str| json!({"strategy": strategy, "bakeTimeInMinutes": 5});
        table(
            found,
            [
                (
                    json!({"deploymentConfiguration": percents(100, 100)}),
                    &["W deployment_stuck /service/deploymentConfiguration"],
                ),
                (json!({"service": "s", "deploymentConfiguration": {"maximumPercent": 100}}), &[]),
                (
                    json!({"deploymentConfiguration": percents(100, 100), "deploymentController": {"type": "CODE_DEPLOY"}}),
                    &[],
                ),
                (
                    json!({"deploymentConfiguration": {"strategy": "BLUE_GREEN"}}),
                    &["E bake_time /service/deploymentConfiguration/bakeTimeInMinutes"],
                ),
                (json!({"deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0}}), &[]),
                (
                    json!({"deploymentConfiguration": {"strategy": "CANARY", "bakeTimeInMinutes": 1441, "canaryConfiguration": {"canaryPercent": 0.05}}}),
                    &[
                        "E range /service/deploymentConfiguration/canaryConfiguration/canaryPercent",
                        "W bake_time /service/deploymentConfiguration/bakeTimeInMinutes",
                    ],
                ),
                (
                    json!({"deploymentConfiguration": {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}}}),
                    &["E range /service/deploymentConfiguration/linearConfiguration/stepPercent"],
                ),
                (
                    json!({"deploymentConfiguration": {"strategy": "RANDOM"}}),
                    &["W unknown_value /service/deploymentConfiguration/strategy"],
                ),
                (
                    json!({"deploymentConfiguration": strategy("BLUE_GREEN"), "loadBalancers": balancer(json!({"roleArn": "r"}))}),
                    &[],
                ),
                (
                    json!({"deploymentConfiguration": strategy("CANARY"), "loadBalancers": balancer(json!(null))}),
                    &["E traffic_shift /service/loadBalancers/0/advancedConfiguration"],
                ),
                (
                    json!({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true}}}),
                    &["E missing /service/deploymentConfiguration/deploymentCircuitBreaker/rollback"],
                ),
                (
                    json!({"availabilityZoneRebalancing": "ENABLED", "deploymentConfiguration": percents(50, 100)}),
                    &["W rebalancing /service/availabilityZoneRebalancing"],
                ),
                (json!({"availabilityZoneRebalancing": "ENABLED", "deploymentConfiguration": percents(50, 101)}), &[]),
            ],
        );
        let daemon = json!({"schedulingStrategy": "DAEMON", "deploymentConfiguration": percents(100, 100)});
        assert!(found_with(&json!({"containerDefinitions": [{"name": "a", "image": "a:1"}]}), &daemon).is_empty());
    }
}
