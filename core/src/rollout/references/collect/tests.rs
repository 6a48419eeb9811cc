use serde_json::json;

use super::*;

fn found(definition: &Value, place: &Place<'_>) -> Vec<(String, Target)> {
    references(definition, place).into_iter().map(|one| (one.path, one.target)).collect()
}

fn secret(id: &str, stage: Option<&str>, version: Option<&str>) -> Target {
    let own = |text: &str| text.to_owned();
    Target::Secret {
        id: own(id),
        region: arn::parse(id).map(|arn| own(arn.region)),
        stage: stage.map(own),
        version: version.map(own),
    }
}

fn parameter(names: &[&str], region: Option<&str>, account: Option<&str>, selector: Option<&str>) -> Target {
    let own = |text: &str| text.to_owned();
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Target::Parameter { names, region: region.map(own), account: account.map(own), selector: selector.map(own) }
}

/// Where a secret comes from is told by its ARN (ecspresso#202: not all are parameters).
#[test]
fn a_secret_is_of_secrets_manager_or_a_parameter() {
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
    for (from, expected) in [
        (SECRET, secret(SECRET, None, None)),
        (&format!("{SECRET}:password::"), secret(SECRET, None, None)),
        (&format!("{SECRET}:password:AWSPREVIOUS:"), secret(SECRET, Some("AWSPREVIOUS"), None)),
        (&format!("{SECRET}:::1-2"), secret(SECRET, None, Some("1-2"))),
        ("token", parameter(&["token"], None, None, None)),
        ("/prod/token:3", parameter(&["/prod/token"], None, None, Some("3"))),
        (
            "arn:aws:ssm:eu-west-1:123456789012:parameter/token",
            parameter(&["token", "/token"], Some("eu-west-1"), Some("123456789012"), None),
        ),
        (
            "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b:live",
            parameter(&["/a/b"], Some("cn-north-1"), Some("123456789012"), Some("live")),
        ),
    ] {
        let definition = json!({"containerDefinitions": [{"secrets": [{"name": "A", "valueFrom": from}]}]});
        let all = found(&definition, &Place::default());
        assert_eq!(all, [("/containerDefinitions/0/secrets/0/valueFrom".to_owned(), expected)], "{from}");
    }
}

#[test]
fn each_place_of_a_definition_and_a_service_is_known() {
    let definition = json!({
        "networkMode": "awsvpc", "executionRoleArn": "execution", "taskRoleArn": "",
        "containerDefinitions": [{
            "name": "api", "portMappings": [{"containerPort": 3000}],
            "repositoryCredentials": {"credentialsParameter": "hub"},
            "environmentFiles": [{"value": "arn:aws:s3:::files/api/prod.env", "type": "s3"}, {"value": "arn:aws:s3:::files"}],
            "logConfiguration": {"logDriver": "awslogs",
                "options": {"awslogs-group": "/ecs/api", "awslogs-region": "eu-west-1", "awslogs-create-group": "true"}}
        }, {"logConfiguration": {"logDriver": "splunk", "options": {"awslogs-group": "x"},
            "secretOptions": [{"name": "splunk-token", "valueFrom": "splunk"}]}}],
        "volumes": [{"name": "data", "efsVolumeConfiguration":
            {"fileSystemId": "fs-1", "authorizationConfig": {"accessPointId": "fsap-1"}}}, {"name": "scratch"}]
    });
    let group = |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/1");
    let service = json!({
        "loadBalancers": [{"targetGroupArn": group("blue"), "containerPort": 3000, "advancedConfiguration":
            {"alternateTargetGroupArn": group("green"), "roleArn": "balancing"}}],
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}],
        "volumeConfigurations": [{"name": "ebs", "managedEBSVolume": {"roleArn": "volumes"}}]
    });
    let settings = vec!["loadBalancers".to_owned()];
    let place = Place { cluster: "prod", looks_for_cluster: true, service, settings, overrides: Vec::new() };
    let own = |text: &str| text.to_owned();
    let role = |role: &str, principal| Target::Role { role: role.to_owned(), principal };
    let target = |name: &str| Target::Group { arn: group(name), kind: "ip", ports: vec![3000], is_new: true };
    let expected = [
        ("/executionRoleArn", role("execution", TASKS)),
        ("/containerDefinitions/0/repositoryCredentials/credentialsParameter", secret("hub", None, None)),
        (
            "/containerDefinitions/0/logConfiguration/options/awslogs-group",
            Target::LogGroup { name: own("/ecs/api"), region: Some(own("eu-west-1")), is_created: true },
        ),
        (
            "/containerDefinitions/0/environmentFiles/0/value",
            Target::File { bucket: own("files"), key: own("api/prod.env") },
        ),
        (
            "/containerDefinitions/1/logConfiguration/secretOptions/0/valueFrom",
            parameter(&["splunk"], None, None, None),
        ),
        ("/volumes/0/efsVolumeConfiguration/fileSystemId", Target::FileSystem { id: own("fs-1") }),
        (
            "/volumes/0/efsVolumeConfiguration/authorizationConfig/accessPointId",
            Target::AccessPoint { id: own("fsap-1"), file_system: own("fs-1") },
        ),
        ("/service/cluster", Target::Cluster { cluster: own("prod") }),
        ("/service/loadBalancers/0/targetGroupArn", target("blue")),
        ("/service/loadBalancers/0/advancedConfiguration/alternateTargetGroupArn", target("green")),
        ("/service/loadBalancers/0/advancedConfiguration/roleArn", role("balancing", ECS)),
        (
            "/service/capacityProviderStrategy/0/capacityProvider",
            Target::CapacityProvider { cluster: own("prod"), name: own("FARGATE_SPOT") },
        ),
        ("/service/volumeConfigurations/0/managedEBSVolume/roleArn", role("volumes", ECS)),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(path, target)| (path.to_owned(), target)).collect();
    assert_eq!(found(&definition, &place), expected);
}

#[test]
fn less_common_places_are_known_too() {
    let parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/gmsa/spec";
    let definition = json!({
        "containerDefinitions": [{
            "firelensConfiguration": {"type": "fluentbit",
                "options": {"config-file-type": "s3", "config-file-value": "arn:aws:s3:::files/fluent.conf"}},
            "credentialSpecs": ["credentialspecdomainless:arn:aws:s3:::files/spec.json", format!("credentialspec:{parameter}")]
        }, {"firelensConfiguration": {"options": {"config-file-type": "file", "config-file-value": "/extra.conf"}}}],
        "volumes": [{"name": "share", "fsxWindowsFileServerVolumeConfiguration":
            {"authorizationConfig": {"credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:fsx-AbCdEf"}}}]
    });
    let service = json!({
        "vpcLatticeConfigurations": [{"roleArn": "lattice"}],
        "deploymentConfiguration": {"lifecycleHooks": [{"roleArn": "hook"}]},
        "serviceConnectConfiguration": {"services": [{"tls": {"roleArn": "tls"}}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/connect"}}}
    });
    let overrides = vec![("/before/0/overrides".to_owned(), json!({"taskRoleArn": "migration"}))];
    let place = Place { cluster: "prod", service, overrides, ..Place::default() };
    let paths: Vec<_> = found(&definition, &place).into_iter().map(|(path, target)| (path, target.rule().0)).collect();
    let expected = [
        ("/containerDefinitions/0/firelensConfiguration/options/config-file-value", "file_check"),
        ("/containerDefinitions/0/credentialSpecs/0", "file_check"),
        ("/containerDefinitions/0/credentialSpecs/1", "parameter_check"),
        ("/volumes/0/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter", "secret_check"),
        ("/service/vpcLatticeConfigurations/0/roleArn", "role_check"),
        ("/service/deploymentConfiguration/lifecycleHooks/0/roleArn", "role_check"),
        ("/service/serviceConnectConfiguration/logConfiguration/options/awslogs-group", "log_group_check"),
        ("/service/serviceConnectConfiguration/services/0/tls/roleArn", "role_check"),
        ("/before/0/overrides/taskRoleArn", "role_check"),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(path, rule)| (path.to_owned(), rule)).collect();
    assert_eq!(paths, expected);
}
