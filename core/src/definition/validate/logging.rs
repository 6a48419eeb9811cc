//! Rules about a container's log configuration.

use serde_json::Value;

use super::{Container, Found, Task, choice, environment, get, is_set, list, text};
use crate::definition::path::Place;

/// Source: cfn-lint's table of log options.
const AWSLOGS: [&str; 8] = [
    "awslogs-create-group",
    "awslogs-datetime-format",
    "awslogs-group",
    "awslogs-multiline-pattern",
    "awslogs-region",
    "awslogs-stream-prefix",
    "max-buffer-size",
    "mode",
];

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    let Some(logging) = container.get("logConfiguration").filter(|logging| logging.is_object()) else { return };
    let place = container.place();
    let place = place.member("logConfiguration");
    let secrets = list(get(logging, "secretOptions"));
    let secrets_place = place.member("secretOptions");
    for (at, secret) in secrets.iter().enumerate() {
        environment::source(secret, "valueFrom", &secrets_place.at(at), found);
    }
    if !secrets.is_empty() && !task.has_execution_role {
        let text = "secrets need an execution role to be read with";
        found.error("execution_role", &secrets_place, text, "set executionRoleArn at the task level");
    }
    if text(logging, "logDriver") == Some("awslogs") {
        awslogs(task, logging, &place, found);
    }
}

fn awslogs(task: &Task, logging: &Value, place: &Place, found: &mut Found) {
    if task.is_fargate && !task.has_execution_role {
        let text = "awslogs on Fargate needs an execution role to write with";
        found.error("execution_role", place, text, "set executionRoleArn at the task level");
    }
    let options = get(logging, "options");
    let option = |name: &str| options.and_then(|options| get(options, name));
    let place = place.member("options");
    let needed = ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"];
    let needed = if task.is_fargate { &needed[..] } else { &needed[..2] };
    for name in needed.iter().filter(|name| !is_set(option(name)) && !is_secret(logging, name)) {
        found.error("awslogs", &place, format!("the option {name} is missing"), format!("set {name}"));
    }
    for name in options.and_then(Value::as_object).into_iter().flat_map(|options| options.keys()) {
        if !AWSLOGS.contains(&name.as_str()) {
            let text = format!("{name:?} is not a known option of awslogs");
            found.warning("log_option", &place.member(name), text, format!("use {}", choice(AWSLOGS)));
        }
    }
    if is_set(option("awslogs-datetime-format")) && is_set(option("awslogs-multiline-pattern")) {
        let text = "awslogs-datetime-format and awslogs-multiline-pattern exclude each other";
        found.warning("log_option", &place.member("awslogs-multiline-pattern"), text, "keep one of the two");
    }
    if let Some(mode) =
        option("mode").and_then(Value::as_str).filter(|mode| !["blocking", "non-blocking"].contains(mode))
    {
        let text = format!("{mode:?} is not a mode of logging");
        found.warning("log_option", &place.member("mode"), text, "use blocking or non-blocking");
    }
    if option("awslogs-create-group").and_then(Value::as_str).is_some_and(|flag| flag.eq_ignore_ascii_case("true")) {
        let text =
            "creating the log group takes logs:CreateLogGroup, which AmazonECSTaskExecutionRolePolicy does not give";
        let advice = "allow logs:CreateLogGroup to the execution role, or create the group beforehand";
        found.warning("awslogs_create_group", &place.member("awslogs-create-group"), text, advice);
    }
}

fn is_secret(logging: &Value, name: &str) -> bool {
    list(get(logging, "secretOptions")).iter().any(|secret| text(secret, "name") == Some(name))
}

/// FireLens takes one router for all containers that log through it.
pub(crate) fn check_router(task: &Task, found: &mut Found) {
    let routes = |container: &&Container| is_set(container.get("firelensConfiguration"));
    let mut routers = task.containers.iter().filter(routes);
    let first = routers.next();
    for second in routers {
        let text = format!("{} is a second FireLens router", second.label());
        found.error("firelens", &second.place().member("firelensConfiguration"), text, "keep one of them");
    }
    if first.is_some() {
        return;
    }
    for container in &task.containers {
        let driver = container.get("logConfiguration").and_then(|logging| text(logging, "logDriver"));
        if driver == Some("awsfirelens") {
            let place = container.place();
            let place = place.member("logConfiguration");
            let text = "awsfirelens needs a container with a firelensConfiguration, and there is none";
            found.error("firelens", &place.member("logDriver"), text, "add a log router container, or use awslogs");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{container, found, found_on_fargate, table};

    fn logging(options: Value) -> Value {
        let mut all = json!({"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p"});
        json_patch::merge(&mut all, &options);
        container(&json!({"logConfiguration": {"logDriver": "awslogs", "options": all}}))
    }

    #[test]
    fn awslogs() {
        const OPTIONS: &str = "#0/logConfiguration/options";
        let (group, prefix) = (json!({"awslogs-group": null}), json!({"awslogs-stream-prefix": null}));
        table(
            found,
            [
                (logging(json!({"mode": "non-blocking", "max-buffer-size": "25m"})), &[]),
                (logging(group.clone()), &["E awslogs #0/logConfiguration/options"]),
                (logging(prefix.clone()), &[]),
                (logging(json!({"awslogs-regoin": "x"})), &["W log_option #0/logConfiguration/options/awslogs-regoin"]),
                (logging(json!({"a/b~c": "x"})), &["W log_option #0/logConfiguration/options/a~1b~0c"]),
                (logging(json!({"mode": "fast"})), &["W log_option #0/logConfiguration/options/mode"]),
                (
                    logging(json!({"awslogs-datetime-format": "x", "awslogs-multiline-pattern": "y"})),
                    &["W log_option #0/logConfiguration/options/awslogs-multiline-pattern"],
                ),
                (
                    logging(json!({"awslogs-create-group": "true"})),
                    &["W awslogs_create_group #0/logConfiguration/options/awslogs-create-group"],
                ),
                (
                    container(&json!({"logConfiguration": {"logDriver": "awslogs"}})),
                    &["E awslogs #0/logConfiguration/options", "E awslogs #0/logConfiguration/options"],
                ),
            ],
        );
        assert_eq!(found_on_fargate(&logging(prefix)), [format!("E awslogs {OPTIONS}")]);
        let mut no_role = logging(json!({}));
        no_role["executionRoleArn"] = Value::Null;
        assert_eq!(found_on_fargate(&no_role), ["E execution_role #0/logConfiguration"]);
    }

    #[test]
    fn other_drivers() {
        let driver = |driver: &str| container(&json!({"logConfiguration": {"logDriver": driver}}));
        let secret = json!({"logDriver": "splunk", "secretOptions": [{"name": "splunk-token", "valueFrom": "a b"}]});
        table(
            found,
            [
                (driver("json-file"), &[]),
                (driver("loki"), &["W unknown_value #0/logConfiguration/logDriver"]),
                (driver("awsfirelens"), &["E firelens #0/logConfiguration/logDriver"]),
                (
                    container(&json!({"logConfiguration": secret})),
                    &[
                        "E secret_source #0/logConfiguration/secretOptions/0/valueFrom",
                        "E execution_role #0/logConfiguration/secretOptions",
                    ],
                ),
                (
                    container(
                        &json!({"logConfiguration": {"logDriver": "awsfirelens"}, "firelensConfiguration": {"type": "fluentbit"}}),
                    ),
                    &[],
                ),
                (
                    json!({"containerDefinitions": [
                        {"name": "a", "image": "a:1", "memory": 64, "firelensConfiguration": {"type": "fluentbit"}},
                        {"name": "b", "image": "a:1", "memory": 64, "firelensConfiguration": {"type": "fluentd"}}]}),
                    &["E firelens #1/firelensConfiguration"],
                ),
            ],
        );
    }
}
