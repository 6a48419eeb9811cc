//! The rules of [`crate::definition::schema::check`] and of Fargate, and what holds for all rules together.

use serde_json::{Value, json};

use super::testing::{container, found, found_on_fargate, lines, table};
use super::{choice, findings, whole};
use crate::error::finding::Level;

#[test]
fn all_that_is_wrong_is_found_at_once() {
    let document = json!({
        "family": "a b", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "1500",
        "containerDefinitions": [
            {"name": "a", "image": "A:1", "essential": false, "secrets": [{"name": "X", "valueFrom": "y"}], "environment": [{"name": "X", "value": "1"}, {"value": "2"}]},
            {"name": "a", "image": "a:1", "essential": false, "dependsOn": [{"containerName": "a", "condition": "HEALTHY"}, {"containerName": "z", "condition": "START"}],
             "portMappings": [{"containerPort": 0}], "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r"}}}
        ]
    });
    let expected = [
        "E family /family",
        "E essential /containerDefinitions",
        "E fargate_network /networkMode",
        "E fargate_size /memory",
        "E image #0/image",
        "E secret_name #0/secrets/0/name",
        "E environment_name #0/environment/1/name",
        "E execution_role #0/secrets",
        "E container_name #1/name",
        "E depends_on #1/dependsOn/0/containerName",
        "E depends_on #1/dependsOn/1/containerName",
        "E container_port #1/portMappings/0/containerPort",
        "E execution_role #1/logConfiguration",
        "E awslogs #1/logConfiguration/options",
    ];
    assert_eq!(lines(&findings(document.as_object().unwrap())), expected);
}

#[test]
fn every_fargate_size_is_told_from_its_neighbours() {
    for (cpu, memory, wrong) in [
        ("256", "512", None),
        (".25 vCPU", "0.5 GB", None),
        ("256", "1536", Some(("/memory", "use 512, 1024 or 2048"))),
        ("256", "2048", None),
        ("512", "512", Some(("/memory", "use 1024, 2048, 3072 or 4096"))),
        ("1024", "2048", None),
        ("1 vCPU", "2GB", None),
        ("4096", "30720", None),
        ("4096", "31744", Some(("/memory", "use 8192 to 30720 in steps of 1024"))),
        ("8192", "20480", None),
        ("8192", "21504", Some(("/memory", "use 16384 to 61440 in steps of 4096"))),
        ("16384", "122880", None),
        ("300", "512", Some(("/cpu", "use 256, 512, 1024, 2048, 4096, 8192 or 16384"))),
        ("256", "much", Some(("/memory", "give cpu in units (\"256\") or vCPU, memory in MiB (\"512\") or GB"))),
    ] {
        let document = json!({"family": "f", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE", "EC2"], "cpu": cpu, "memory": memory,
            "containerDefinitions": [{"name": "a", "image": "a:1"}]});
        let found = findings(document.as_object().unwrap());
        let told = found.iter().map(|finding| (finding.path.as_str(), finding.advice.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), wrong.into_iter().collect::<Vec<_>>(), "{cpu} {memory}");
    }
}

#[test]
fn what_fargate_does_not_offer() {
    let inside = |patch: &Value| found_on_fargate(&container(patch));
    table(
        found_on_fargate,
        [
            (json!({}), &[]),
            (json!({"networkMode": null, "cpu": null}), &["E fargate_network /networkMode", "E fargate_size /cpu"]),
            (json!({"ipcMode": "task"}), &["E fargate_refused /ipcMode"]),
            (json!({"placementConstraints": []}), &[]),
            (json!({"placementConstraints": [{"type": "memberOf"}]}), &["E fargate_refused /placementConstraints"]),
            (json!({"pidMode": "task"}), &[]),
            (json!({"pidMode": "host"}), &["E fargate_refused /pidMode"]),
            (
                json!({"inferenceAccelerators": [{"deviceName": "a", "deviceType": "b"}]}),
                &["E fargate_refused /inferenceAccelerators"],
            ),
            (json!({"ephemeralStorage": {"sizeInGiB": 200}}), &[]),
            (json!({"ephemeralStorage": {"sizeInGiB": 20}}), &["E range /ephemeralStorage/sizeInGiB"]),
            (
                json!({"volumes": [{"name": "v", "host": {"sourcePath": "/x"}}, {"name": "w", "dockerVolumeConfiguration": {"scope": "task"}}]}),
                &[
                    "E fargate_refused /volumes/0/host/sourcePath",
                    "E fargate_refused /volumes/1/dockerVolumeConfiguration",
                    "W volume_unused /volumes/0",
                    "W volume_unused /volumes/1",
                ],
            ),
        ],
    );
    table(
        inside,
        [
            (json!({"privileged": false, "links": [], "dnsServers": []}), &[]),
            (json!({"privileged": true}), &["E fargate_refused #0/privileged"]),
            (json!({"extraHosts": [{"hostname": "h", "ipAddress": "1.1.1.1"}]}), &["E fargate_refused #0/extraHosts"]),
            (
                json!({"resourceRequirements": [{"type": "GPU", "value": "1"}]}),
                &["E fargate_refused #0/resourceRequirements/0"],
            ),
            (
                json!({"linuxParameters": {"sharedMemorySize": 64, "capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"], "drop": ["ALL"]}}}),
                &[
                    "E fargate_refused #0/linuxParameters/sharedMemorySize",
                    "E fargate_refused #0/linuxParameters/capabilities/add/1",
                ],
            ),
            (
                json!({"linuxParameters": {"sharedMemorySize": 0, "maxSwap": 0, "swappiness": 0, "devices": []}}),
                &[
                    "E fargate_refused #0/linuxParameters/sharedMemorySize",
                    "E fargate_refused #0/linuxParameters/maxSwap",
                    "E fargate_refused #0/linuxParameters/swappiness",
                ],
            ),
            (json!({"startTimeout": 120, "stopTimeout": 2}), &[]),
            (json!({"startTimeout": 121}), &["E fargate_timeout #0/startTimeout"]),
            (json!({"stopTimeout": 1}), &["E fargate_timeout #0/stopTimeout"]),
            (json!({"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1_048_576}]}), &[]),
            (
                json!({"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1_048_577}, {"name": "core", "softLimit": 1, "hardLimit": 1}]}),
                &["W fargate_unsupported #0/ulimits/0/hardLimit", "W fargate_unsupported #0/ulimits/1/name"],
            ),
            (json!({"logConfiguration": {"logDriver": "splunk"}}), &[]),
            (json!({"logConfiguration": {"logDriver": "json-file"}}), &["E log_driver #0/logConfiguration/logDriver"]),
            (
                json!({"firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "s3"}}}),
                &["E fargate_refused #0/firelensConfiguration/options/config-file-type"],
            ),
            (json!({"systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}]}), &[]),
        ],
    );
    assert!(found(&json!({"pidMode": "host", "ipcMode": "host"})).is_empty());
}

#[test]
fn windows() {
    let on = |system: &str, patch: Value| {
        let mut document = json!({"runtimePlatform": {"operatingSystemFamily": system, "cpuArchitecture": "X86_64"}});
        json_patch::merge(&mut document, &patch);
        found_on_fargate(&document)
    };
    let core = |patch: Value| on("WINDOWS_SERVER_2022_CORE", patch);
    assert!(core(json!({})).is_empty());
    for (patch, expected) in [
        (json!({"cpu": "512", "memory": "1024"}), "E fargate_size /cpu"),
        (
            json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}}),
            "E fargate_windows /runtimePlatform/cpuArchitecture",
        ),
        (json!({"ephemeralStorage": {"sizeInGiB": 30}}), "W fargate_windows /ephemeralStorage"),
        (container(&json!({"user": "app"})), "W windows_unsupported #0/user"),
        (container(&json!({"hostname": "app"})), "E windows_refused #0/hostname"),
        (
            container(&json!({"portMappings": [{"containerPort": 3150}]})),
            "E container_port #0/portMappings/0/containerPort",
        ),
        (
            container(&json!({"logConfiguration": {"logDriver": "splunk"}})),
            "E log_driver #0/logConfiguration/logDriver",
        ),
        (
            container(&json!({"firelensConfiguration": {"type": "fluentbit"}})),
            "E fargate_windows #0/firelensConfiguration",
        ),
    ] {
        assert_eq!(core(patch), [expected]);
    }
    let efs = json!({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "f"}}]});
    assert_eq!(core(efs)[0], "E fargate_windows /volumes/0/efsVolumeConfiguration");
    let doubtful = on("WINDOWS_SERVER_2025_FULL", json!({}));
    assert_eq!(doubtful, ["W fargate_windows /runtimePlatform/operatingSystemFamily"]);
    let ipc = json!({"ipcMode": "task", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}});
    assert_eq!(found(&ipc), ["W windows_unsupported /ipcMode"]);
}

#[test]
fn types_words_and_spelling() {
    table(
        found,
        [
            (json!({"cpu": 256}), &["E type /cpu"]),
            (json!({"cpu": null, "volumes": null}), &[]),
            (json!({"volumes": {}}), &["E type /volumes"]),
            (json!({"volumes": [null, 1]}), &["W type /volumes/0", "E type /volumes/1"]),
            (json!({"enableFaultInjection": "true"}), &["E type /enableFaultInjection"]),
            (json!({"networkMode": "AWSVPC"}), &["E unknown_value /networkMode"]),
            (json!({"requiresCompatibilities": ["EC2", "MOON"]}), &["W unknown_value /requiresCompatibilities/1"]),
            (json!({"novelty": {"deep": [1]}, "tagz": []}), &["W unknown_member /novelty", "E unknown_member /tagz"]),
            (json!({"ContainerDefinitions": []}), &["E unknown_member /ContainerDefinitions"]),
            (json!({"ephemeralStorage": {}}), &["E missing /ephemeralStorage/sizeInGiB"]),
            (container(&json!({"memory": 64.0})), &[]),
            (container(&json!({"memory": 64.5})), &["E type #0/memory"]),
            (container(&json!({"memory": -1})), &["E range #0/memory"]),
            (
                container(&json!({"enviroment": [], "helthcheck": {}, "extra/port": 1})),
                &[
                    "E unknown_member #0/enviroment",
                    "E unknown_member #0/helthcheck",
                    "W unknown_member #0/extra~1port",
                ],
            ),
            (container(&json!({"dockerLabels": {"a/b": 1, "c": "d"}})), &["E type #0/dockerLabels/a~1b"]),
            (container(&json!({"command": ["a", 1]})), &["E type #0/command/1"]),
        ],
    );
    let many: Vec<_> = (0..11).map(|at| json!({"name": format!("c{at}"), "image": "a:1", "memory": 64})).collect();
    assert_eq!(found(&json!({"containerDefinitions": many[..10]})), [""; 0]);
    assert_eq!(found(&json!({"containerDefinitions": many})), ["E too_many /containerDefinitions"]);
}

/// Every value in a document that uses everything, replaced by one of every type: nothing panics.
#[test]
fn no_document_is_too_strange() {
    let full: Value = json!({
        "family": "f", "networkMode": "bridge", "cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"],
        "tags": [{"key": "a", "value": "b"}], "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        "volumes": [{"name": "v", "efsVolumeConfiguration": {"authorizationConfig": {"iam": "ENABLED"}}}],
        "containerDefinitions": [{
            "name": "a", "image": "a:1", "cpu": 1, "memory": 1, "memoryReservation": 1, "links": ["a"],
            "portMappings": [{"containerPort": 1, "hostPort": 1, "containerPortRange": "1-2", "name": "n", "appProtocol": "http"}],
            "environment": [{"name": "TOKEN", "value": "x"}], "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:x"}],
            "environmentFiles": [{"value": "arn", "type": "s3"}], "mountPoints": [{"sourceVolume": "v", "containerPath": "/"}],
            "volumesFrom": [{"sourceContainer": "a"}], "dependsOn": [{"containerName": "a", "condition": "HEALTHY"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"mode": "x"}, "secretOptions": [{}]},
            "healthCheck": {"command": ["CMD-SHELL", ""], "timeout": 1}, "ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}],
            "linuxParameters": {"capabilities": {"add": ["X"]}}, "firelensConfiguration": {"options": {}}, "startTimeout": 1
        }]
    });
    let service = json!({
        "desiredCount": 1, "launchType": "EC2", "loadBalancers": [{"containerName": "a", "containerPort": 1}],
        "deploymentConfiguration": {"strategy": "ROLLING", "minimumHealthyPercent": 100, "maximumPercent": 100},
        "capacityProviderStrategy": [{"capacityProvider": "x", "base": 1}], "networkConfiguration": {"awsvpcConfiguration": {"subnets": []}},
        "serviceConnectConfiguration": {"services": [{"portName": "x"}]}, "volumeConfigurations": [{"name": "v"}],
        "deployments": [{"status": "PRIMARY"}], "deploymentController": {"type": "ECS"}
    });
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!("ä"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"": {}}),
    ];
    for value in strange {
        for document in replaced(&full, &value).iter().filter_map(Value::as_object) {
            findings(document);
            super::service::service_findings(document, service.as_object().unwrap());
        }
        for service in replaced(&service, &value).iter().filter_map(Value::as_object) {
            super::service::service_findings(full.as_object().unwrap(), service);
        }
    }
}

/// The document with each of its values replaced in turn.
fn replaced(document: &Value, by: &Value) -> Vec<Value> {
    let mut all = vec![by.clone()];
    match document {
        Value::Object(object) => {
            for (member, value) in object {
                all.extend(replaced(value, by).into_iter().map(|value| {
                    let mut object = object.clone();
                    object.insert(member.clone(), value);
                    Value::Object(object)
                }));
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                all.extend(replaced(value, by).into_iter().map(|value| {
                    let mut list = list.clone();
                    list[at] = value;
                    Value::Array(list)
                }));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn no_value_of_a_variable_or_secret_is_told() {
    let document = json!({"family": "f", "containerDefinitions": [{"name": "a", "image": "a:1", "memory": 64,
        "environment": [{"name": "PASSWORD", "value": "hunter2"}, {"name": "A", "value": ["hunter2"]}, {"name": "B", "value": "postgres://u:hunter2@h/"}],
        "secrets": [{"name": "S", "valueFrom": "hunter2 is my password"}, {"name": "T", "valueFrom": "arn:hunter2"}]}]});
    let found = findings(document.as_object().unwrap());
    assert_eq!(found.iter().filter(|finding| finding.level == Level::Error).count(), 4);
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn the_example_has_no_findings() {
    let text = include_str!("../../../../examples/nestjs-redis/taskdef.json");
    let document: Value = serde_json::from_str(text).unwrap();
    assert_eq!(lines(&findings(document.as_object().unwrap())), [""; 0]);
}

#[test]
fn numbers_and_choices() {
    assert_eq!(whole(&serde_json::from_str("64.0").unwrap()), Some(64));
    assert_eq!(whole(&serde_json::from_str("1e300").unwrap()), None);
    assert_eq!(whole(&json!(u64::MAX)), None);
    assert_eq!(choice([1, 2, 3]), "1, 2 or 3");
    assert_eq!(choice(["a"]), "a");
}
