use serde_json::{Value, json};

use crate::definition::validate::testing::{definition, found_with, found_with_service as found, table};

#[test]
fn network_and_identity() {
    const NETWORK: &str = "/service/networkConfiguration";
    table(
        found,
        [
            (json!({}), &[]),
            (json!({"networkConfiguration": null}), &["E network_configuration /service/networkConfiguration"]),
            (json!({"networkConfiguration": null, "deploymentController": {"type": "EXTERNAL"}}), &[]),
            (json!({"networkConfiguration": null, "service": "s"}), &[]),
            (
                json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}),
                &["E empty /service/networkConfiguration/awsvpcConfiguration/subnets"],
            ),
            (
                json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": vec!["s"; 17], "securityGroups": vec!["g"; 6]}}}),
                &[
                    "E too_many /service/networkConfiguration/awsvpcConfiguration/subnets",
                    "E too_many /service/networkConfiguration/awsvpcConfiguration/securityGroups",
                ],
            ),
            (json!({"serviceName": "a b"}), &["E service_name /service/serviceName"]),
            (json!({"clientToken": "x".repeat(36)}), &[]),
            (json!({"clientToken": "x".repeat(37)}), &["E client_token /service/clientToken"]),
            (json!({"desiredCount": "2"}), &["E type /service/desiredCount"]),
            (json!({"desiredcount": 2}), &["E unknown_member /service/desiredcount"]),
        ],
    );
    let bridge = json!({"containerDefinitions": [{"name": "a", "image": "a:1"}]});
    let network = json!({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}});
    assert_eq!(found_with(&bridge, &network), [format!("E network_configuration {NETWORK}")]);
    assert!(found_with(&bridge, &json!({})).is_empty());
}

#[test]
fn ports_that_the_service_relies_on() {
    let balancer = |name: &str, port: u16| json!({"targetGroupArn": "t", "containerName": name, "containerPort": port});
    let balancers = |list: Vec<Value>| json!({"loadBalancers": list});
    let connect = |name: &str, enabled: bool| json!({"serviceConnectConfiguration": {"enabled": enabled, "services": [{"portName": name}]}});
    table(
        found,
        [
            (balancers(vec![balancer("a", 80), balancer("a", 99)]), &[]),
            (
                json!({"loadBalancers": [{"targetGroupArn": "t"}]}),
                &[
                    "E load_balancer /service/loadBalancers/0/containerName",
                    "E load_balancer /service/loadBalancers/0/containerPort",
                ],
            ),
            (balancers(vec![balancer("b", 80)]), &["E load_balancer /service/loadBalancers/0/containerName"]),
            (balancers(vec![balancer("a", 81)]), &["E load_balancer /service/loadBalancers/0/containerPort"]),
            (
                balancers(
                    (80..86)
                        .map(|_| balancer("a", 80))
                        .enumerate()
                        .map(|(at, mut one)| {
                            one["targetGroupArn"] = json!(format!("t{at}"));
                            one
                        })
                        .collect(),
                ),
                &["W load_balancer /service/loadBalancers"],
            ),
            (balancers(vec![balancer("a", 80); 2]), &["E load_balancer /service/loadBalancers/1"]),
            (
                json!({"loadBalancers": [{"targetGroupArn": "t", "loadBalancerName": "l", "containerName": "a", "containerPort": 80}]}),
                &["E load_balancer /service/loadBalancers/0"],
            ),
            (
                json!({"deploymentController": {"type": "CODE_DEPLOY"}, "loadBalancers": [balancer("a", 80), balancer("a", 90)]}),
                &["W load_balancer /service/loadBalancers"],
            ),
            (
                json!({"serviceRegistries": [{"containerName": "b", "containerPort": 80}]}),
                &["W service_registry /service/serviceRegistries/0/containerName"],
            ),
            (connect("web", true), &[]),
            (connect("api", false), &[]),
            (connect("api", true), &["E service_connect /service/serviceConnectConfiguration/services/0/portName"]),
            (
                json!({"vpcLatticeConfigurations": [{"roleArn": "r", "targetGroupArn": "t", "portName": "x"}]}),
                &["W vpc_lattice /service/vpcLatticeConfigurations/0/portName"],
            ),
            (json!({"healthCheckGracePeriodSeconds": 60}), &["W grace_period /service/healthCheckGracePeriodSeconds"]),
            (json!({"healthCheckGracePeriodSeconds": 0}), &[]),
            (json!({"healthCheckGracePeriodSeconds": 60, "service": "s"}), &[]),
            (json!({"healthCheckGracePeriodSeconds": 60, "loadBalancers": [balancer("a", 80)]}), &[]),
            (json!({"healthCheckGracePeriodSeconds": -1}), &["E range /service/healthCheckGracePeriodSeconds"]),
            (json!({"enableExecuteCommand": true}), &["W execute_command /service/enableExecuteCommand"]),
            (json!({"enableExecuteCommand": false}), &[]),
        ],
    );
}

#[test]
fn volumes_match_both_ways() {
    const VOLUMES: &str = "/service/volumeConfigurations";
    let mut with_volume = definition();
    with_volume["volumes"] = json!([{"name": "v", "configuredAtLaunch": true}, {"name": "w"}]);
    let network = json!({"awsvpcConfiguration": {"subnets": ["s"]}});
    let service = |name: &str| json!({"networkConfiguration": network, "volumeConfigurations": [{"name": name}]});
    let described = json!({"networkConfiguration": network, "serviceArn": "s",
        "deployments": [{"status": "PRIMARY", "volumeConfigurations": [{"name": "v"}]}]});
    assert!(found_with(&with_volume, &service("v")).is_empty());
    assert!(found_with(&with_volume, &described).is_empty());
    assert!(found_with(&with_volume, &json!({"service": "s"})).is_empty());
    let twice = json!({"networkConfiguration": network, "volumeConfigurations": [{"name": "v"}, {"name": "v"}]});
    assert_eq!(found_with(&with_volume, &twice), [format!("E volume_configuration {VOLUMES}/1/name")]);
    assert_eq!(
        found_with(&with_volume, &service("w")),
        [format!("E volume_configuration {VOLUMES}/0/name"), format!("E volume_configuration {VOLUMES}")]
    );
}
