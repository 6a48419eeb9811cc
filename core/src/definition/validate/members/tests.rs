use serde_json::json;

use super::*;
use crate::definition::validate::testing::{container, found, table};

#[test]
fn a_misspelt_member_is_an_error_at_every_level() {
    const WRONG: [&str; 9] = [
        "enviroment",
        "Environment",
        "environments",
        "port_mappings",
        "helthCheck",
        "dependson",
        "entrypoint",
        "memoryReservations",
        "readOnlyRootFilesystem",
    ];
    for name in WRONG {
        let document = container(&json!({ name: [] }));
        assert_eq!(found(&document), [format!("E unknown_member #0/{name}")]);
    }
    table(
        found,
        [
            (json!({"cpus": "256"}), &["E unknown_member /cpus"]),
            (json!({"CPU": "256"}), &["E unknown_member /CPU"]),
            (json!({"ContainerDefinitions": []}), &["E unknown_member /ContainerDefinitions"]),
            (
                json!({"runtimePlatform": {"cpuArchitectur": "ARM64"}}),
                &["E unknown_member /runtimePlatform/cpuArchitectur"],
            ),
            (
                container(&json!({"portMappings": [{"containerPort": 80, "hostport": 80}]})),
                &["E unknown_member #0/portMappings/0/hostport"],
            ),
            (
                container(&json!({"healthCheck": {"command": ["CMD", "a"], "startperiod": 9}})),
                &["E unknown_member #0/healthCheck/startperiod"],
            ),
        ],
    );
}

#[test]
fn what_may_be_new_is_a_warning_and_a_note_is_nothing() {
    table(
        found,
        [
            (json!({"novelty": {"cpus": 1}}), &["W unknown_member /novelty"]),
            (json!({"$schema": "x", "_comment": "x", "//": "x"}), &[]),
            (json!({"logConfiguration": {}}), &["W unknown_member /logConfiguration"]),
            (container(&json!({"executionRoleArn": "x"})), &["W unknown_member #0/executionRoleArn"]),
            (container(&json!({"dockerLabels": {"labelz": "x"}})), &[]),
        ],
    );
    let document = json!({"logConfiguration": {}, "containerDefinitions": [{}]});
    let mut found = Found::default();
    check_task(document.as_object().unwrap(), &mut found);
    assert_eq!(found.0[0].advice, "move it to a container");
}

#[test]
fn a_setting_that_stands_too_high_is_told_with_its_place() {
    for (name, expected) in [
        ("maximumPercent", "give it within deploymentConfiguration.maximumPercent"),
        ("minHealthyPercent", "give it within deploymentConfiguration.minimumHealthyPercent"),
        ("circuitBreaker", "give it within deploymentConfiguration.deploymentCircuitBreaker"),
        ("deploymentCircuitBreaker", "give it within deploymentConfiguration.deploymentCircuitBreaker"),
        ("strategy", "give it within deploymentConfiguration.strategy"),
        ("bakeTimeInMinutes", "give it within deploymentConfiguration.bakeTimeInMinutes"),
        ("subnets", "give it within networkConfiguration.awsvpcConfiguration.subnets"),
        ("security_groups", "give it within networkConfiguration.awsvpcConfiguration.securityGroups"),
        ("assignPublicIp", "give it within networkConfiguration.awsvpcConfiguration.assignPublicIp"),
        ("awsvpcConfiguration", "give it within networkConfiguration.awsvpcConfiguration"),
        ("enableEcsExec", "write \"enableExecuteCommand\""),
    ] {
        let given = json!({ name: [] });
        let mut found = Found::default();
        check_object(&schema::SERVICE, given.as_object().unwrap(), &Place::top("settings"), &mut found);
        let advice: Vec<_> = found.0.iter().map(|finding| (finding.level, finding.advice.as_str())).collect();
        assert_eq!(advice, [(Level::Error, expected)], "{name}");
    }
    let given = json!({"deploymentConfiguration": {"circuitBreaker": {}}});
    let mut found = Found::default();
    check_object(&schema::SERVICE, given.as_object().unwrap(), &Place::top("settings"), &mut found);
    assert_eq!(found.0[0].advice, "write \"deploymentCircuitBreaker\"");
    // In several places, or in none.
    for name in ["rollback", "type", "newMember"] {
        assert_eq!(inner(&[], name), None);
        assert_eq!(inner(schema::SERVICE.fields(), name), None);
    }
}

#[test]
fn a_patch_that_removes_nothing_is_reported() {
    let document = json!({"cpu": "256", "novelty": 1, "runtimePlatform": {"cpuArchitecture": "ARM64"}});
    let removed = |patch: Value| {
        let found = idle_removals(document.as_object().unwrap(), patch.as_object().unwrap());
        found.into_iter().map(|finding| format!("{} {}", finding.path, finding.advice)).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(removed(json!({"cpu": null, "novelty": null, "memory": null, "new": {"a": null}})), none);
    assert_eq!(
        removed(json!({"memroy": null, "runtimePlatform": {"cpuArch": null}})),
        [
            "/memroy write \"memory\", if that is meant",
            "/runtimePlatform/cpuArch check its name, or remove it from the patch",
        ]
    );
}

/// A new member of AWS's that is a letter off an old one would be an error: at least none of today's is.
#[test]
fn no_known_member_is_like_another() {
    fn each(shape: &'static Shape) {
        match shape {
            Shape::Fields(fields) => {
                for (at, field) in fields.iter().enumerate() {
                    let others = fields.iter().enumerate().filter(|(other, _)| *other != at);
                    for (_, other) in others {
                        let slips = strsim::damerau_levenshtein(&plain(other.name), &plain(field.name));
                        assert!(slips > 1, "{} {}", other.name, field.name);
                    }
                    each(&field.shape);
                }
            }
            Shape::List(entry, _) | Shape::Apart(entry, _) => each(entry),
            _ => {}
        }
    }
    each(&schema::TASK);
    each(&schema::SERVICE);
    each(&schema::RUN);
}
