use serde_json::json;

use super::*;
use crate::error::finding::Level;

fn found(of: Settings, given: Value) -> Vec<String> {
    let findings = of.findings(given.as_object().unwrap(), "settings");
    let letter = |finding: &Finding| if finding.level == Level::Error { "E" } else { "W" };
    findings.iter().map(|finding| format!("{} {} {}", letter(finding), finding.rule, finding.path)).collect()
}

#[test]
fn shapes_of_settings() {
    let ebs = |volume: Value| json!({"volumeConfigurations": [{"name": "v", "managedEBSVolume": volume}]});
    let network = |network: Value| json!({"networkConfiguration": {"awsvpcConfiguration": network}});
    for (of, given, expected) in [
        (Settings::Run, json!({"networkConfiguration": "y"}), vec!["E type settings.networkConfiguration"]),
        (
            Settings::Run,
            network(json!({"subnets": "s"})),
            vec!["E type settings.networkConfiguration.awsvpcConfiguration.subnets"],
        ),
        (
            Settings::Run,
            network(json!({"subnets": []})),
            vec!["E empty settings.networkConfiguration.awsvpcConfiguration.subnets"],
        ),
        (
            Settings::Run,
            network(json!({"subnets": ["s", 1]})),
            vec!["E type settings.networkConfiguration.awsvpcConfiguration.subnets[1]"],
        ),
        (
            Settings::Run,
            network(json!({"subnets": [""], "securityGroups": ["sg-1", " sg-2"], "assignPublicIp": "DISABLED"})),
            vec![
                "E empty settings.networkConfiguration.awsvpcConfiguration.subnets[0]",
                "E empty settings.networkConfiguration.awsvpcConfiguration.securityGroups[1]",
            ],
        ),
        (
            Settings::Service,
            network(json!({"subnets": ["[\"subnet-1\"]", "subnet-1,subnet-2", "undefined"]})),
            vec![
                "E empty settings.networkConfiguration.awsvpcConfiguration.subnets[0]",
                "E empty settings.networkConfiguration.awsvpcConfiguration.subnets[1]",
                "E empty settings.networkConfiguration.awsvpcConfiguration.subnets[2]",
            ],
        ),
        (
            Settings::Service,
            json!({"deploymentConfiguration": {"alarms": {"alarmNames": ["a b", ""]}}}),
            vec![
                "E empty settings.deploymentConfiguration.alarms.alarmNames[1]",
                "E missing settings.deploymentConfiguration.alarms.enable",
                "E missing settings.deploymentConfiguration.alarms.rollback",
            ],
        ),
        (
            Settings::Service,
            json!({"serviceRegistries": [{"registryArn": ""}, {}], "loadBalancers": [{"targetGroupArn": "", "containerName": "a"}]}),
            vec![
                "E empty settings.serviceRegistries[0].registryArn",
                "E empty settings.loadBalancers[0].targetGroupArn",
            ],
        ),
        (Settings::Run, json!({"launchType": "", "tags": []}), vec!["W empty settings.launchType"]),
        (
            Settings::Run,
            json!({"tags": [{"key": "aws:x", "value": "y"}, {"key": "a", "value": "!"}, {"key": "a"}]}),
            vec!["E tag settings.tags[0].key", "E tag settings.tags[1].value", "E tag settings.tags[2].key"],
        ),
        (Settings::Run, json!({"launchtype": "EC2"}), vec!["E unknown_member settings.launchtype"]),
        (
            Settings::Run,
            ebs(json!({"roleArn": "r", "sizeInGiB": 10, "terminationPolicy": {"deleteOnTermination": true}})),
            vec![],
        ),
        (
            Settings::Run,
            ebs(json!({"roleArn": "r", "sizeInGiB": "10"})),
            vec!["E type settings.volumeConfigurations[0].managedEBSVolume.sizeInGiB"],
        ),
        (
            Settings::Service,
            ebs(json!({"sizeInGiB": 10})),
            vec!["E missing settings.volumeConfigurations[0].managedEBSVolume.roleArn"],
        ),
        (Settings::Service, json!({"volumeConfigurations": {}}), vec!["E type settings.volumeConfigurations"]),
        (
            Settings::Service,
            json!({"volumeConfigurations": [], "loadBalancers": [], "capacityProviderStrategy": []}),
            vec![],
        ),
        (
            Settings::Service,
            json!({"propagateTags": "", "enableExecuteCommand": "true"}),
            vec!["W empty settings.propagateTags", "E type settings.enableExecuteCommand"],
        ),
        (
            Settings::Service,
            json!({"deploymentConfiguration": {"maximumPercnt": 200}}),
            vec!["E unknown_member settings.deploymentConfiguration.maximumPercnt"],
        ),
        (
            Settings::Service,
            json!({"serviceConnectConfiguration": {"enabled": true, "services": [{"portname": "p", "portName": "p"}]}}),
            vec!["E unknown_member settings.serviceConnectConfiguration.services[0].portname"],
        ),
        (
            Settings::Overrides,
            json!({"containerOverrides": [{"name": "a", "memory": "64"}], "cpu": 256}),
            vec!["E type settings.containerOverrides[0].memory", "E type settings.cpu"],
        ),
        (
            Settings::Overrides,
            json!({"containerOverrides": [{"name": "a", "comand": ["x"]}]}),
            vec!["E unknown_member settings.containerOverrides[0].comand"],
        ),
    ] {
        assert_eq!(found(of, given.clone()), expected, "{given}");
    }
}

#[test]
fn what_ecs_refuses_empty_is_not_sent() {
    for (of, given, sent) in [
        (Settings::Run, json!({"tags": [], "launchType": "", "group": "g"}), json!({"group": "g"})),
        (
            Settings::Service,
            json!({"platformVersion": "", "loadBalancers": [], "placementStrategy": []}),
            json!({"loadBalancers": [], "placementStrategy": []}),
        ),
        (Settings::Overrides, json!({"taskRoleArn": "", "cpu": "1"}), json!({"cpu": "1"})),
        (
            Settings::Overrides,
            json!({"containerOverrides": [{"name": "a", "environment": [{"name": "A", "value": ""}], "command": []}]}),
            json!({"containerOverrides": [{"name": "a", "environment": [{"name": "A", "value": ""}], "command": []}]}),
        ),
    ] {
        assert_eq!(Value::Object(of.sendable(given.as_object().unwrap())), sent, "{given}");
    }
}
