//! Decides what ECS makes of a service that it manages whole (Express Mode): its task definition, its strategy, its alarm, its names.
//!
//! The defaults are those of the developer guide: 1024 CPU units, 2048 MiB, port 80, the path `/`, 1 to 20 tasks at 60 % CPU, and a canary
//! of 5 % with two bake times of 3 minutes. The names of what ECS makes beside the service (alarm, security group, load balancer) are not
//! known from any source: they are made up here.

use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::ids::{Ids, Place};

/// The container that gets the traffic.
pub(crate) const MAIN: &str = "Main";

/// What ECS keeps of a service that it manages whole.
#[derive(Clone, Debug)]
pub(crate) struct Express {
    pub(crate) role: String,
    /// The host of its endpoint.
    pub(crate) endpoint: String,
    /// The security group that ECS adds to those that are given.
    pub(crate) group: String,
    pub(crate) log_group: String,
    pub(crate) updated: f64,
    /// Health check path, network and scaling of each revision, by its number.
    pub(crate) configurations: Vec<(String, Map<String, Value>)>,
}

impl Express {
    pub(crate) fn new(role: &str, cluster: &str, name: &str, place: &Place, ids: &mut Ids, now: f64) -> Express {
        let start: String = name.chars().filter(char::is_ascii_lowercase).take(2).collect();
        let (id, suffix) = (ids.hex(32), ids.hex(4));
        Express {
            role: role.to_owned(),
            endpoint: format!("{start}-{id}.ecs.{}.{}", place.region, place.on()),
            group: format!("sg-{}", ids.hex(17)),
            log_group: format!("/aws/ecs/{cluster}/{name}-{suffix}"),
            updated: now,
            configurations: Vec::new(),
        }
    }

    /// Changes the configuration of a revision that is there.
    pub(crate) fn reconfigure(&mut self, revision: &str, configuration: Map<String, Value>, now: f64) {
        self.updated = now;
        self.configurations.retain(|(number, _)| number != revision);
        self.configurations.push((revision.to_owned(), configuration));
    }

    /// The configuration of a revision. One that was not begun by the Express API has that of the revision before it.
    pub(crate) fn configuration(&self, revision: &str) -> Map<String, Value> {
        let known = self.configurations.iter().find(|(number, _)| number == revision);
        known.or(self.configurations.last()).map(|(_, configuration)| configuration.clone()).unwrap_or_default()
    }
}

/// The name of the alarm that rolls back deployments of a service.
pub(crate) fn alarm(cluster: &str, name: &str) -> String {
    format!("ecs-express-{cluster}-{name}-faults")
}

/// The settings of such a service, as CreateService would take them.
pub(crate) fn settings(cluster: &str, name: &str, network: &Value, group: &str) -> Map<String, Value> {
    let groups = list(network, "securityGroups").iter().cloned().chain([json!(group)]).collect::<Vec<_>>();
    let subnets = match list(network, "subnets") {
        [] => json!(["subnet-0de1a000000000001", "subnet-0de1a000000000002"]),
        given => json!(given),
    };
    let settings = json!({
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        "deploymentConfiguration": {
            "strategy": "CANARY",
            "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3},
            "bakeTimeInMinutes": 3,
            "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            "alarms": {"alarmNames": [alarm(cluster, name)], "enable": true, "rollback": true},
        },
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": subnets, "securityGroups": groups, "assignPublicIp": "ENABLED",
        }},
    });
    settings.as_object().cloned().unwrap_or_default()
}

/// The members of the two requests that make a task definition.
const OF_DEFINITION: [&str; 6] =
    ["primaryContainer", "executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture"];

/// Whether a request changes the task definition.
pub(crate) fn defines(input: &Map<String, Value>) -> bool {
    OF_DEFINITION.iter().any(|member| input.get(*member).is_some_and(|value| !value.is_null()))
}

/// The task definition that ECS registers for a request; `former`: what the service ran before, whose values stay where none is given.
/// Whether ECS keeps a member of `primaryContainer` that a request leaves out is not known: here the container is replaced as a whole.
pub(crate) fn definition(
    input: &Map<String, Value>,
    former: Option<&Definition>,
    [family, log_group, region]: [&str; 3],
) -> Map<String, Value> {
    let before = former.map(derived).unwrap_or_default();
    let value = |member: &str, default: Value| {
        let given = input.get(member).or_else(|| before.get(member)).filter(|value| !value.is_null());
        given.cloned().unwrap_or(default)
    };
    let container = value("primaryContainer", Value::Null);
    let port = container["containerPort"].as_i64().unwrap_or(80);
    let logs = &container["awsLogsConfiguration"];
    let mut main = json!({
        "name": MAIN,
        "image": container["image"],
        "essential": true,
        "portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp", "name": format!("main-{port}-tcp")}],
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": logs["logGroup"].as_str().unwrap_or(log_group),
            "awslogs-region": region,
            "awslogs-stream-prefix": logs["logStreamPrefix"].as_str().unwrap_or("ecs"),
        }},
    });
    for member in ["command", "environment", "secrets", "repositoryCredentials"] {
        if let Some(value) = container.get(member).filter(|value| !value.is_null() && **value != json!([])) {
            main[member] = value.clone();
        }
    }
    let mut made = json!({
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": value("cpu", json!("1024")),
        "memory": value("memory", json!("2048")),
        "executionRoleArn": value("executionRoleArn", Value::Null),
        "runtimePlatform": {
            "operatingSystemFamily": "LINUX", "cpuArchitecture": value("cpuArchitecture", json!("X86_64")),
        },
        "containerDefinitions": [main],
    });
    let role = value("taskRoleArn", Value::Null);
    if !role.is_null() {
        made["taskRoleArn"] = role;
    }
    made.as_object().cloned().unwrap_or_default()
}

/// What the API shows of a task definition, be it the customer's or ECS's own.
pub(crate) fn derived(definition: &Definition) -> Map<String, Value> {
    let document = Value::Object(definition.document.clone());
    let mut shown = Map::new();
    for member in ["executionRoleArn", "taskRoleArn", "cpu", "memory"] {
        if let Some(value) = definition.document.get(member) {
            shown.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(architecture) = document.pointer("/runtimePlatform/cpuArchitecture") {
        shown.insert("cpuArchitecture".to_owned(), architecture.clone());
    }
    let Some(main) = definition.containers().iter().find(|one| one["name"] == MAIN) else { return shown };
    let mut container = json!({"image": main["image"], "containerPort": main["portMappings"][0]["containerPort"]});
    let options = &main["logConfiguration"]["options"];
    if options["awslogs-group"].is_string() {
        container["awsLogsConfiguration"] =
            json!({"logGroup": options["awslogs-group"], "logStreamPrefix": options["awslogs-stream-prefix"]});
    }
    for member in ["command", "environment", "secrets", "repositoryCredentials"] {
        if let Some(value) = main.get(member).filter(|value| !value.is_null() && **value != json!([])) {
            container[member] = value.clone();
        }
    }
    shown.insert("primaryContainer".to_owned(), container);
    shown
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
