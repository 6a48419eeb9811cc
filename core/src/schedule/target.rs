//! Builds `Target` of CreateSchedule from the options, as a merge patch over an existing one.

use serde_json::{Map, Value, json};

use super::reconcile::Reconciler;
use super::request::Schedule;
use super::targets::{NamedTarget, ScheduleTarget, TaskTarget};
use crate::arn::{self, without_revision};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::list;

/// The target as a merge patch over the existing one; `None` if none is given. For a task like a service's
/// the service is read (DescribeServices).
pub(crate) async fn target_patch(
    reconciler: &mut Reconciler<'_>,
    request: &Schedule,
) -> Result<Option<Map<String, Value>>, Error> {
    let named = match &request.target {
        None => return Ok(None),
        Some(ScheduleTarget::Document(document)) => return Ok(Some(document.clone())),
        Some(ScheduleTarget::Named(named)) => named,
    };
    let region = reconciler.client.aws().await?.region().to_owned();
    let place = Place { role: request.role.as_deref(), region: &region };
    if let Some(task) = &named.task {
        let service = match &task.service {
            Some(service) => Some(describe(reconciler, &task.cluster, service).await?),
            None => None,
        };
        return run(task, service.as_ref(), &place).map(Some);
    }
    let arn = match (&named.lambda, &named.call) {
        (Some(function), _) => function.clone(),
        (_, Some(call)) => sdk_call_arn(call, &place),
        _ => String::new(),
    };
    Ok(Some(with_input(arn, named)))
}

/// The region, account and partition of the target, as far as they are known.
struct Place<'a> {
    role: Option<&'a str>,
    region: &'a str,
}

impl Place<'_> {
    /// The role is in the same partition and account as its targets.
    fn partition(&self) -> &str {
        self.role.and_then(arn::parse).map_or_else(|| arn::partition(self.region), |role| role.partition)
    }

    fn account(&self) -> Option<&str> {
        self.role.and_then(arn::account)
    }
}

fn sdk_call_arn(call: &str, place: &Place<'_>) -> String {
    let (service, action) = call.split_once(':').unwrap_or((call, ""));
    let (first, rest) = action.split_at(action.chars().next().map_or(0, char::len_utf8));
    format!("arn:{}:scheduler:::aws-sdk:{service}:{}{rest}", place.partition(), first.to_lowercase())
}

fn with_input(arn: String, named: &NamedTarget) -> Map<String, Value> {
    let mut target = Map::new();
    target.insert("Arn".to_owned(), arn.into());
    match &named.input {
        None => {}
        Some(Value::Null) => drop(target.insert("Input".to_owned(), Value::Null)),
        Some(input) => drop(target.insert("Input".to_owned(), input.to_string().into())),
    }
    target
}

async fn describe(reconciler: &mut Reconciler<'_>, cluster: &str, service: &str) -> Result<Value, Error> {
    let input = json!({"cluster": cluster, "services": [service]});
    let mut answer = match reconciler.look(Operation::DescribeServices, &input).await {
        Err(error) if error.is("ClusterNotFoundException") => {
            return Err(Error::ClusterMissing { cluster: cluster.to_owned(), called: reconciler.client.called() });
        }
        answer => answer?,
    };
    match answer.pointer_mut("/services/0").map(Value::take) {
        Some(found @ Value::Object(_)) => Ok(found),
        _ => {
            let (service, cluster) = (service.to_owned(), cluster.to_owned());
            Err(Error::ServiceMissing { service, cluster, called: reconciler.client.called() })
        }
    }
}

/// A task: the target is the cluster, and the rest is in EcsParameters, whose members have capitals, unlike those further in
/// (awsvpcConfiguration, capacity providers, placement).
fn run(task: &TaskTarget, service: Option<&Value>, place: &Place<'_>) -> Result<Map<String, Value>, Error> {
    let cluster = cluster(task, service, place)?;
    let mut parameters = service.map(of_service).unwrap_or_default();
    let family = service.and_then(definition_of).map(|arn| without_revision(arn).to_owned());
    let definition = match &task.definition {
        Some(name) if name.starts_with("arn:") => Some(name.clone()),
        Some(name) => Some(sibling_arn(&cluster, &format!("task-definition/{name}"))),
        None => family,
    };
    let definition =
        definition.ok_or_else(|| Error::invalid("target.task.definition", "needed, unless `service` is given"))?;
    parameters.insert("TaskDefinitionArn".to_owned(), definition.into());
    if let Some(count) = task.count {
        parameters.insert("TaskCount".to_owned(), count.into());
    }
    // ECS takes one of the two: a given one replaces the service's.
    for (given, other) in [("LaunchType", "CapacityProviderStrategy"), ("CapacityProviderStrategy", "LaunchType")] {
        if task.settings.get(given).is_some_and(|value| !value.is_null()) && !task.settings.contains_key(other) {
            parameters.insert(other.to_owned(), Value::Null);
        }
    }
    let mut parameters = Value::Object(parameters);
    parameters.as_object_mut().into_iter().for_each(|all| all.extend(task.settings.clone()));
    let mut target = Map::new();
    target.insert("Arn".to_owned(), cluster.into());
    target.insert("EcsParameters".to_owned(), parameters);
    if let Some(overrides) = overrides(task) {
        target.insert("Input".to_owned(), Value::Object(overrides).to_string().into());
    }
    Ok(target)
}

/// The definition that a service runs. A service that ECS manages whole (Express Mode) names none: its PRIMARY deployment does.
fn definition_of(service: &Value) -> Option<&str> {
    let primary = list(service, "deployments").iter().find(|one| one["status"] == "PRIMARY");
    service["taskDefinition"].as_str().or_else(|| primary?["taskDefinition"].as_str())
}

fn cluster(task: &TaskTarget, service: Option<&Value>, place: &Place<'_>) -> Result<String, Error> {
    if task.cluster.starts_with("arn:") {
        return Ok(task.cluster.clone());
    }
    if let Some(arn) = service.and_then(|service| service["clusterArn"].as_str()) {
        return Ok(arn.to_owned());
    }
    let Some(account) = place.account() else {
        return Err(Error::invalid(
            "target.task.cluster",
            "its account is not known without `role`: give the cluster's ARN",
        ));
    };
    Ok(format!("arn:{}:ecs:{}:{account}:cluster/{}", place.partition(), place.region, task.cluster))
}

/// Another resource of the cluster's account and region.
fn sibling_arn(cluster: &str, resource: &str) -> String {
    arn::parse(cluster).map_or_else(|| resource.to_owned(), |cluster| cluster.sibling(resource))
}

/// The network and placement of the service's tasks. There is either a launch type or capacity providers; `null` removes the other.
fn of_service(service: &Value) -> Map<String, Value> {
    let is_given = |value: &&Value| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty);
    let member = |name: &str| service.get(name).filter(is_given).cloned();
    let mut parameters = Map::new();
    let mut set = |name: &str, value: Option<Value>| value.map(|value| parameters.insert(name.to_owned(), value));
    let strategy = member("capacityProviderStrategy");
    let launch = member("launchType").filter(|_| strategy.is_none());
    set("LaunchType", Some(launch.unwrap_or_default()));
    set("CapacityProviderStrategy", Some(strategy.unwrap_or_default()));
    if let Some(network) = service["networkConfiguration"]["awsvpcConfiguration"].as_object() {
        let network: Map<String, Value> = network.iter().map(|(name, value)| (capital(name), value.clone())).collect();
        set("NetworkConfiguration", Some(json!({"awsvpcConfiguration": network})));
    }
    set("PlatformVersion", member("platformVersion"));
    set("PlacementConstraints", member("placementConstraints"));
    set("PlacementStrategy", member("placementStrategy"));
    parameters
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

/// RunTask's overrides, with the command for its container.
fn overrides(task: &TaskTarget) -> Option<Map<String, Value>> {
    let mut overrides = task.overrides.clone();
    if let (Some(container), Some(command)) = (&task.container, &task.command) {
        let all = overrides.get_or_insert_default().entry("containerOverrides").or_insert_with(|| json!([]));
        if let Value::Array(all) = all {
            match all.iter_mut().find(|one| one["name"] == **container) {
                Some(one) => one["command"] = json!(command),
                None => all.push(json!({"name": container, "command": command})),
            }
        }
    }
    overrides
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: Option<&str> = Some("arn:aws-cn:iam::123456789012:role/s");

    #[test]
    fn a_call_is_an_arn_of_its_partition() {
        for (call, role, region, expected) in [
            ("ecs:updateService", None, "eu-central-1", "arn:aws:scheduler:::aws-sdk:ecs:updateService"),
            ("ecs:UpdateService", None, "eu-central-1", "arn:aws:scheduler:::aws-sdk:ecs:updateService"),
            ("sqs:sendMessage", ROLE, "eu-central-1", "arn:aws-cn:scheduler:::aws-sdk:sqs:sendMessage"),
            ("sqs:sendMessage", None, "us-gov-west-1", "arn:aws-us-gov:scheduler:::aws-sdk:sqs:sendMessage"),
            ("sqs:sendMessage", None, "eusc-de-east-1", "arn:aws-eusc:scheduler:::aws-sdk:sqs:sendMessage"),
            ("sqs:sendMessage", None, "us-isob-east-1", "arn:aws-iso-b:scheduler:::aws-sdk:sqs:sendMessage"),
        ] {
            assert_eq!(sdk_call_arn(call, &Place { role, region }), expected);
        }
    }

    #[test]
    fn an_input_keeps_its_numbers_as_they_are_spelt() {
        let options = r#"{"name": "n", "target": {"lambda": "arn:aws:lambda:r:1:function:f", "input": {"b": 1.10, "a": 18446744073709551615}}}"#;
        let request = Schedule::from_value(serde_json::from_str(options).unwrap()).unwrap();
        let Some(ScheduleTarget::Named(named)) = &request.target else { panic!("it is named") };
        assert_eq!(with_input("f".to_owned(), named)["Input"], r#"{"b":1.1,"a":18446744073709551615}"#);
    }

    #[test]
    fn a_task_takes_after_its_service() {
        let service = json!({
            "clusterArn": "arn:aws:ecs:r:1:cluster/prod",
            "taskDefinition": "arn:aws:ecs:r:1:task-definition/api:7",
            "launchType": "FARGATE", "platformVersion": "1.4.0", "placementConstraints": [],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}},
        });
        let task = TaskTarget {
            cluster: "prod".to_owned(),
            container: Some("api".to_owned()),
            command: Some(vec!["report".to_owned()]),
            settings: [("PropagateTags".to_owned(), json!("TASK_DEFINITION"))].into_iter().collect(),
            ..TaskTarget::new("")
        };
        let target = run(&task, Some(&service), &Place { role: None, region: "r" }).unwrap();
        assert_eq!(
            Value::Object(target),
            json!({
                "Arn": "arn:aws:ecs:r:1:cluster/prod",
                "EcsParameters": {
                    "LaunchType": "FARGATE", "CapacityProviderStrategy": null,
                    "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}},
                    "PlatformVersion": "1.4.0",
                    "TaskDefinitionArn": "arn:aws:ecs:r:1:task-definition/api",
                    "PropagateTags": "TASK_DEFINITION",
                },
                "Input": r#"{"containerOverrides":[{"name":"api","command":["report"]}]}"#,
            })
        );
    }

    #[test]
    fn an_express_service_has_its_definition_in_a_deployment() {
        let of = |status: &str, definition: &str| json!({"status": status, "taskDefinition": definition});
        let service = json!({"clusterArn": "arn:aws:ecs:r:1:cluster/prod", "resourceManagementType": "ECS",
            "deployments": [of("ACTIVE", "arn:aws:ecs:r:1:task-definition/old:1"), of("PRIMARY", "arn:aws:ecs:r:1:task-definition/prod-web:2")]});
        let target = run(&TaskTarget::new(""), Some(&service), &Place { role: None, region: "r" }).unwrap();
        assert_eq!(target["EcsParameters"]["TaskDefinitionArn"], "arn:aws:ecs:r:1:task-definition/prod-web");
    }

    #[test]
    fn a_task_without_a_service_is_where_its_role_is() {
        let task = |cluster: &str, definition: Option<&str>| TaskTarget {
            cluster: cluster.to_owned(),
            definition: definition.map(str::to_owned),
            count: Some(2),
            ..TaskTarget::new("")
        };
        let run = |task: &TaskTarget, role| run(task, None, &Place { role, region: "cn-north-1" });
        let target = run(&task("prod", Some("report:3")), ROLE).unwrap();
        assert_eq!(target["Arn"], "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod");
        let definition = "arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/report:3";
        assert_eq!(target["EcsParameters"], json!({"TaskDefinitionArn": definition, "TaskCount": 2}));
        assert!(run(&task("prod", Some("report")), None).unwrap_err().to_string().contains("give the cluster's ARN"));
        assert!(
            run(&task("arn:aws:ecs:r:1:cluster/a", None), None).unwrap_err().to_string().contains("unless `service`")
        );
    }

    #[test]
    fn a_command_goes_to_its_container_beside_other_overrides() {
        let task = TaskTarget {
            container: Some("b".to_owned()),
            command: Some(vec!["x".to_owned()]),
            overrides:
                json!({"cpu": "512", "containerOverrides": [{"name": "a", "cpu": 1}, {"name": "b", "memory": 2}]})
                    .as_object()
                    .cloned(),
            ..TaskTarget::new("")
        };
        let expected = json!({"cpu": "512", "containerOverrides": [{"name": "a", "cpu": 1}, {"name": "b", "memory": 2, "command": ["x"]}]});
        assert_eq!(overrides(&task).map(Value::Object), Some(expected));
        assert_eq!(overrides(&TaskTarget::new("")), None);
    }
}
