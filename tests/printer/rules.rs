//! The page of validation rules: each rule of the core's sources with its levels, and a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const HEAD: &str = "<!-- Printed by tests/contract.rs. Do not edit. -->\n";

/// What each rule checks.
const RULES: &[(&str, &str)] = &[
    ("app_protocol", "`appProtocol` needs a port with a name."),
    ("awslogs", "The log driver awslogs has the options it needs: group and region, on Fargate a stream prefix, too."),
    ("awslogs_create_group", "`awslogs-create-group` needs a permission that the usual execution role lacks."),
    ("awsvpc_refused", "Members that ECS refuses in the network mode awsvpc, such as links and hostname."),
    ("bake_time", "`bakeTimeInMinutes` is there where the strategy needs it, and in its range."),
    (
        "capacity_provider",
        "The capacity provider strategy can be fulfilled: weights, kinds that go together, no launch type beside it.",
    ),
    ("client_token", "`clientToken` has the length that ECS takes."),
    ("configured_at_launch", "At most one volume is configured at launch, and it has nothing else."),
    (
        "container_memory",
        "Memory of a container: a limit or a reservation where one is needed, and the limit above the reservation.",
    ),
    ("container_name", "Each container has a name of its own, of the characters that ECS takes."),
    ("container_port", "Each port mapping has a container port from 1 to 65535."),
    ("cpu_sum", "The containers together ask for no more cpu than the task has."),
    ("credential_spec", "A credential specification has one of the forms that ECS knows."),
    ("depends_on", "`dependsOn` names another container that exists, with a condition that can come true."),
    ("depends_on_cycle", "Containers do not wait for each other in a circle."),
    ("depends_on_repeated", "A container is named once in `dependsOn`."),
    ("deployment_downtime", "The percents leave tasks running while the new ones start."),
    ("deployment_stuck", "The percents leave room to start or to stop a task."),
    ("dns_search_domain", "A DNS search domain is a domain's name."),
    ("docker_volume", "Members of a Docker volume that go together."),
    ("early_success", "Early success has the members and the values that ECS takes."),
    ("efs_volume", "Members of an EFS volume that go together: an access point and IAM need encryption in transit."),
    ("empty", "Texts and lists that ECS refuses when they are empty."),
    ("environment_file", "An environment file is an object of S3 by its ARN, and ends in `.env`."),
    ("environment_name", "Each variable of the environment has a name, once."),
    ("environment_value", "A variable without a value is dropped by ECS."),
    ("essential", "At least one container is essential."),
    ("execute_command", "ECS Exec needs a task role."),
    ("execution_role", "Secrets, private images and logs on Fargate need an execution role."),
    ("family", "The family has the characters that ECS takes."),
    ("fargate_network", "Fargate needs the network mode awsvpc."),
    ("fargate_refused", "Members that Fargate refuses."),
    ("fargate_size", "The task's cpu and memory are a pair that Fargate has."),
    ("fargate_timeout", "`startTimeout` and `stopTimeout` are in Fargate's range."),
    ("fargate_unsupported", "Members that Fargate ignores or does not have."),
    ("fargate_windows", "Sizes and systems of Windows on Fargate."),
    ("firelens", "The log driver awsfirelens needs one log router in the task."),
    ("grace_period", "A grace period needs something that checks health."),
    ("grace_period_short", "The grace period is as long as the containers' start."),
    ("health_check", "A health check has a command and values in their ranges."),
    ("host_port", "The host port fits the network mode."),
    ("image", "The image is a reference that can be pulled."),
    ("image_tag", "The image has a tag or a digest, and not both."),
    ("launch_type", "The launch type fits `requiresCompatibilities`."),
    ("links", "Links name other containers, and exist in the network mode bridge alone."),
    ("links_cycle", "Containers are not linked in a circle."),
    ("load_balancer", "Each load balancer of the service names a target group, a container and one of its ports."),
    ("log_driver", "The log driver exists on Fargate."),
    ("log_option", "The options of the log driver are known and go together."),
    ("memory_sum", "The containers together ask for no more memory than the task has."),
    ("missing", "Members that must be there."),
    ("mount_path", "Each mount has a path in the container, absolute, once."),
    ("mount_volume", "Each mount names a volume of the task."),
    (
        "network_configuration",
        "The service has a network configuration where the network mode needs one, and none elsewhere.",
    ),
    ("no_breaker", "The service has a circuit breaker or alarms."),
    ("no_health_check", "Something checks the health of the tasks."),
    ("placement", "Constraints and strategies of placement exist for the launch type."),
    ("plain_secret", "The value of a variable looks like a secret."),
    ("platform_version", "The platform version exists, and only on Fargate."),
    ("port_conflict", "No two containers listen on the same port where they share a network."),
    ("port_mapping", "Members of a port mapping that go together."),
    ("port_name", "The name of a port is unique, of the characters that ECS takes."),
    ("port_range", "A range of ports goes upwards, within 1 to 65535, and overlaps with no other."),
    ("proxy", "The proxy configuration names a container of the task."),
    ("range", "Numbers are in the range that ECS takes."),
    ("read_only", "Members that only AWS writes are left out."),
    ("rebalancing", "Rebalancing between availability zones fits the service."),
    ("rebalancing_off", "Rebalancing between availability zones is on."),
    ("reserved_port", "The host port is not one that the instance itself uses."),
    ("role", "A role is given by its name or ARN."),
    ("scheduling_strategy", "The scheduling strategy fits launch type and controller."),
    ("secret_name", "Each secret has a name of its own, also among the variables."),
    ("secret_source", "A secret comes from Secrets Manager or Parameter Store, by a full ARN or a parameter's name."),
    ("security_option", "A Docker security option has one of the forms that ECS knows."),
    ("service_connect", "Service Connect names ports of the task definition."),
    ("service_name", "The service's name has the characters that ECS takes."),
    ("single_subnet", "The service has two subnets or more."),
    ("single_task", "The service runs two tasks or more."),
    ("single_zone", "The subnets are in two availability zones or more."),
    ("spot_only", "Not all capacity is Spot."),
    ("tag", "Tags have keys and values that AWS takes."),
    ("task_size", "The task's cpu and memory are numbers in the range of the launch type."),
    ("too_large", "The whole document is small enough for ECS."),
    ("too_many", "Lists are no longer than ECS takes."),
    ("traffic_shift", "The strategy has the members that it needs, and load balancers that can shift traffic."),
    ("type", "Values have the type of their member."),
    ("ulimit", "A limit is one that ECS knows, and its soft value is not above the hard one."),
    ("unknown_member", "A member is known to ECS. An error where the name is probably misspelt."),
    ("unknown_value", "A word is one that the member takes."),
    (
        "variable_source",
        "A value of `variables` that is looked up is there, and is no secret; see [values](../values.md).",
    ),
    ("volume_configuration", "Volumes that are configured at launch are configured in the service."),
    ("volume_kind", "A volume is of one kind."),
    ("volume_name", "Each volume has a name of its own."),
    ("volume_unused", "Each volume is mounted."),
    ("volumes_from", "`volumesFrom` names another container of the task."),
    ("vpc_lattice", "VPC Lattice names ports of the task definition."),
    ("windows_refused", "Members that ECS refuses for Windows."),
    ("windows_unsupported", "Members that Windows ignores."),
];

/// What each rule about a reference looks up, with its levels but `skipped`, which all have.
const REFERENCES: &[(&str, &str, &str)] = &[
    (
        "access_point_check",
        "error",
        "An access point of EFS is there, is available, and is of the volume's file system.",
    ),
    ("capacity_provider_check", "error", "A capacity provider of the service's strategy is one of the cluster's."),
    ("cluster_check", "error", "The cluster is there and ACTIVE."),
    (
        "file_check",
        "error",
        "A file of S3 is there: environment variables, Fluent Bit's configuration, a credential specification.",
    ),
    ("file_system_check", "error", "A file system of EFS is there, and is not deleted."),
    ("image_check", "error", "An image in ECR is there, and fits the platform."),
    ("log_group_check", "error", "A log group is there, unless the log driver creates it (`awslogs-create-group`)."),
    ("parameter_check", "error", "A parameter of Parameter Store is there, with the version that is asked for."),
    (
        "role_check",
        "error, warning",
        "A role is there, and its trust policy lets ECS assume it. Of another account: a warning.",
    ),
    (
        "secret_check",
        "error",
        "A secret of Secrets Manager is there, is not to be deleted, and has the version that is asked for.",
    ),
    (
        "target_group_check",
        "error, warning",
        "A target group is there, has the type of target that the network mode needs, and a load balancer. A health check at a port that no container maps is a warning.",
    ),
];

pub(crate) fn page() -> String {
    let levels = levels();
    let mut page = format!(
        "{HEAD}\n# Validation rules\n\nWhat `validate`, `plan`, `register`, `deploy` and `service` check without a call. `rule` of a finding is \
         one of these. An *error* is refused before anything is written: ECS would refuse it, or a task could not start. A *warning* is \
         accepted by ECS, and probably a mistake.\n\n| rule | level | what it checks |\n|---|---|---|\n"
    );
    for (rule, text) in RULES {
        if let Some(levels) = levels.get(*rule) {
            let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
            page.push_str(&format!("| `{rule}` | {} | {text} |\n", levels.join(", ")));
        }
    }
    page.push_str(
        "\n## What is looked up\n\nWhat `check` asks AWS, and every verb with `verify: \"all\"` before it writes. Each has the level `skipped` \
         where it may not be looked at. More: [checks before a write](../checks.md).\n\n| rule | level | what it checks |\n|---|---|---|\n",
    );
    for (rule, levels, text) in REFERENCES {
        page.push_str(&format!("| `{rule}` | {levels} | {text} |\n"));
    }
    page
}

/// Each rule that the sources name, with its levels.
fn levels() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    found.insert("unknown_member".into(), ["error".into(), "warning".into()].into());
    // Of the request, and looked up before the document is checked.
    found.insert("variable_source".into(), ["error".into()].into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/definition");
    for folder in [root.join("validate"), root.join("schema")] {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.extension().is_none_or(|extension| extension != "rs") || entry.ends_with("tests.rs") {
                continue;
            }
            let source = fs::read_to_string(&entry).unwrap();
            let code = source.split("mod tests {").next().unwrap_or_default();
            for (call, levels) in [
                (".error(", ["error"].as_slice()),
                (".warning(", &["warning"]),
                (".push(level,", &["error", "warning"]),
            ] {
                for rest in code.split(call).skip(1) {
                    if let Some(rule) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                        found
                            .entry(rule.to_owned())
                            .or_default()
                            .extend(levels.iter().map(|level| (*level).to_owned()));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn every_rule_of_a_reference_has_a_sentence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/rollout");
    let sources = ["references/mod.rs", "prepare/lookups.rs"].map(|file| fs::read_to_string(root.join(file)).unwrap());
    let words = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let found: BTreeSet<&str> = words.filter(|word| word.ends_with("_check")).collect();
    let known: BTreeSet<&str> = REFERENCES.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(found, known);
}

#[test]
fn every_rule_has_a_sentence() {
    let known: BTreeSet<&str> = RULES.iter().map(|(rule, _)| *rule).collect();
    let levels = levels();
    let found: BTreeSet<&str> = levels.keys().map(String::as_str).collect();
    let missing: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a sentence {missing:?}, not in the sources {gone:?}");
    assert!(found.len() > 80);
}
