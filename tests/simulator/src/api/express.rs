//! Decides what services answer that ECS manages whole (Express Mode): load balancer, scaling, alarm and canary are ECS's own.

use serde_json::{Map, Value, json};

use super::services::{definition, find};
use super::{Answer, ApiError, Input, invalid, object, show};
use crate::model::Model;
use crate::model::events::Events;
use crate::model::express::{self, Express};
use crate::model::record::Revision;
use crate::model::service::{Service, State};
use crate::model::shelf::Shelf;
use crate::rules;

/// Members of a request that belong to a configuration, and are no part of the task definition.
const CONFIGURED: [&str; 3] = ["healthCheckPath", "networkConfiguration", "scalingTarget"];

/// The metric of Application Auto Scaling for each of Express Mode.
const METRICS: [(&str, &str); 3] = [
    ("AVERAGE_CPU", "ECSServiceAverageCPUUtilization"),
    ("AVERAGE_MEMORY", "ECSServiceAverageMemoryUtilization"),
    ("REQUEST_COUNT_PER_TARGET", "ALBRequestCountPerTarget"),
];

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    // ECS creates the default cluster, if there is none. Source: the developer guide.
    if matches!(input.text("cluster")?, None | Some("default")) {
        model.add_cluster("default").active = true;
    }
    let cluster = input.cluster(model)?;
    // The first configurations of a world are checked as any.
    rules::express::check(input.members(), true)?;
    let name = match input.text("serviceName")? {
        Some(name) => name.to_owned(),
        None => format!("express-{}", model.ids.hex(8)),
    };
    match find(model, &cluster, &name).map(|index| model.services[index].state) {
        Some(State::Active) => return Err(invalid("Creation of service was not idempotent.")),
        Some(State::Draining) => return Err(invalid("Unable to Start a service that is still Draining.")),
        Some(State::Inactive) | None => {}
    }
    let role = input.need("infrastructureRoleArn")?;
    let express = Express::new(role, &cluster, &name, &model.place, &mut model.ids, model.now);
    let task = task_definition(model, input, None, [&cluster, &name, &express.log_group])?;
    let configuration = configured(&Map::new(), input);
    let scaling = scaling(&configuration);
    let network = configuration.get("networkConfiguration").cloned().unwrap_or_default();
    model.services.push(Service {
        arn: model.place.arn(&format!("service/{cluster}/{name}")),
        settings: express::settings(&cluster, &name, &network, &express.group),
        name: name.clone(),
        cluster: cluster.clone(),
        state: State::Active,
        ended: None,
        desired: scaling.0,
        created: model.now,
        tags: input.list("tags")?.to_vec(),
        token: None,
        express: Some(express),
        deployments: Vec::new(),
        completed: None,
        records: Shelf::default(),
        revisions: Shelf::default(),
        tasks: Vec::new(),
        gone: std::collections::VecDeque::new(),
        events: Events::default(),
        steady: false,
        interrupted: 0,
        truths: Shelf::default(),
        deploys: Shelf::default(),
    });
    let index = model.services.len() - 1;
    deploy(model, index, &task, configuration);
    scale(model, &cluster, &name, scaling)?;
    Ok(object([("service", service(model, &model.services[index], true))]))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let arn = input.need("serviceArn")?;
    let tags = input.with_tags()?;
    // Source: several public issues quote these words.
    let missing = || ApiError::new("ResourceNotFoundException", "Resource not found");
    let index = managed(model, arn).ok_or_else(missing)?;
    Ok(object([("service", service(model, &model.services[index], tags))]))
}

pub(super) fn update(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = active(model, input.need("serviceArn")?)?;
    rules::express::check(input.members(), false)?;
    let (cluster, name) = (model.services[index].cluster.clone(), model.services[index].name.clone());
    let primary = model.services[index].deployments.first();
    let [running, revision] =
        primary.map(|one| [one.source.definition.clone(), one.source.revision.clone()]).unwrap_or_default();
    let Some(express) = model.services[index].express.clone() else { return Err(invalid("Resource not found")) };
    let task = task_definition(model, input, Some(&running), [&cluster, &name, &express.log_group])?;
    let configuration = configured(&express.configuration(&revision), input);
    if input.value("networkConfiguration").is_some() {
        let network = configuration.get("networkConfiguration").cloned().unwrap_or_default();
        let settings = express::settings(&cluster, &name, &network, &express.group);
        let network = settings.get("networkConfiguration").cloned().unwrap_or_default();
        model.services[index].settings.insert("networkConfiguration".to_owned(), network);
    }
    if input.value("scalingTarget").is_some() {
        scale(model, &cluster, &name, scaling(&configuration))?;
    }
    // Not known: whether a change of the scaling alone begins a deployment.
    let is_in_place = model.outside.express_in_place
        && input.members().keys().all(|member| matches!(member.as_str(), "serviceArn" | "scalingTarget"));
    if is_in_place {
        if let Some(express) = &mut model.services[index].express {
            express.reconfigure(&revision, configuration, model.now);
        }
    } else {
        // The same once more begins a deployment, too. Source: what users of the CLI write of it.
        deploy(model, index, &task, configuration);
    }
    let service = &model.services[index];
    let mut shown = summary(model, service);
    let target = service.deployments.first().map(|primary| primary.source.revision.clone()).unwrap_or_default();
    shown.insert("targetConfiguration".to_owned(), configuration_of(model, service, &target));
    Ok(json!({ "service": shown }))
}

pub(super) fn delete(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = active(model, input.need("serviceArn")?)?;
    let now = model.now;
    let service = &mut model.services[index];
    service.retire("stopped", Some("the service was deleted".to_owned()), now);
    service.state = State::Draining;
    service.desired = 0;
    let (cluster, name) = (service.cluster.clone(), service.name.clone());
    model.scaling.retain(|target| target.cluster != cluster || target.service != name);
    Ok(object([("service", self::service(model, &model.services[index], false))]))
}

/// The newest service of this ARN that ECS manages whole.
fn managed(model: &Model, arn: &str) -> Option<usize> {
    find(model, "", arn).filter(|index| model.services[*index].express.is_some())
}

fn active(model: &Model, arn: &str) -> Result<usize, ApiError> {
    let index = managed(model, arn).ok_or_else(|| ApiError::new("ServiceNotFoundException", "Service not found."))?;
    let text = match model.services[index].state {
        State::Active => return Ok(index),
        State::Draining => "Service is in DRAINING status",
        State::Inactive => "Cannot perform this operation on a service in INACTIVE status",
    };
    Err(ApiError::new("ServiceNotActiveException", text))
}

/// The task definition to run: the customer's own, the one that ECS registers for the request, or the running one.
fn task_definition(
    model: &mut Model,
    input: &Input<'_>,
    running: Option<&str>,
    [cluster, name, log_group]: [&str; 3],
) -> Result<String, ApiError> {
    if let Some(reference) = input.text("taskDefinitionArn")? {
        let arn = definition(model, reference)?;
        model.definition(&arn).map_or(Ok(()), rules::express::check_definition)?;
        return Ok(arn);
    }
    if let Some(running) = running.filter(|_| !express::defines(input.members())) {
        return Ok(running.to_owned());
    }
    let former = running.and_then(|arn| model.definition(arn));
    let family = format!("{cluster}-{name}");
    let made = express::definition(input.members(), former, [&family, log_group, &model.place.region]);
    Ok(model.register(&made)?.arn.clone())
}

fn configured(former: &Map<String, Value>, input: &Input<'_>) -> Map<String, Value> {
    let mut configuration = former.clone();
    configuration.entry("healthCheckPath").or_insert_with(|| json!("/"));
    let defaults = json!({"minTaskCount": 1, "maxTaskCount": 20, "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60});
    configuration.entry("scalingTarget").or_insert(defaults);
    for member in CONFIGURED {
        match (configuration.get_mut(member), input.value(member)) {
            (Some(Value::Object(known)), Some(Value::Object(given))) => known.extend(given.clone()),
            (_, Some(given)) => drop(configuration.insert(member.to_owned(), given.clone())),
            _ => {}
        }
    }
    configuration
}

/// Least and most tasks, metric and target.
fn scaling(configuration: &Map<String, Value>) -> (u64, u64, String, f64) {
    let target = configuration.get("scalingTarget").cloned().unwrap_or_default();
    let count = |member: &str, default: u64| target[member].as_u64().unwrap_or(default);
    let metric = target["autoScalingMetric"].as_str().unwrap_or("AVERAGE_CPU").to_owned();
    (
        count("minTaskCount", 1),
        count("maxTaskCount", 20),
        metric,
        target["autoScalingTargetValue"].as_f64().unwrap_or(60.0),
    )
}

fn deploy(model: &mut Model, index: usize, task: &str, configuration: Map<String, Value>) {
    let now = model.now;
    model.with_service(index, |service, around| {
        service.deploy(task, around);
        let revision = service.deployments.first().map(|one| one.source.revision.clone()).unwrap_or_default();
        if let Some(express) = &mut service.express {
            express.updated = now;
            express.configurations.push((revision, configuration));
        }
    });
}

/// The scalable target and the policy that ECS makes.
fn scale(
    model: &mut Model,
    cluster: &str,
    name: &str,
    (min, max, metric, target): (u64, u64, String, f64),
) -> Result<(), ApiError> {
    let resource = json!({"ServiceNamespace": "ecs", "ResourceId": format!("service/{cluster}/{name}"),
        "ScalableDimension": "ecs:service:DesiredCount"});
    let perform = |model: &mut Model, operation: &str, more: Value| -> Result<(), ApiError> {
        let mut input = resource.as_object().cloned().unwrap_or_default();
        input.extend(more.as_object().cloned().unwrap_or_default());
        super::perform(model, "application-autoscaling", operation, &Value::Object(input)).map(drop)
    };
    perform(model, "RegisterScalableTarget", json!({"MinCapacity": min, "MaxCapacity": max}))?;
    let predefined = METRICS.iter().find(|(known, _)| *known == metric).map_or("", |(_, predefined)| predefined);
    let policy = json!({"PolicyName": format!("{name}-express"), "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": predefined}}});
    perform(model, "PutScalingPolicy", policy)
}

/// What both kinds of answers have.
fn summary(model: &Model, service: &Service) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("cluster", json!(service.cluster));
    put("serviceName", json!(service.name));
    put("serviceArn", json!(service.arn));
    put("status", json!({"statusCode": show::status(service.state)}));
    put("createdAt", model.stamp(service.created));
    put("updatedAt", model.stamp(service.express.as_ref().map_or(service.created, |express| express.updated)));
    shown
}

fn service(model: &Model, service: &Service, tags: bool) -> Value {
    let mut shown = summary(model, service);
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    if let Some(express) = &service.express {
        put("infrastructureRoleArn", json!(express.role));
    }
    if let Some(record) = service.records.last() {
        put("currentDeployment", json!(record.arn));
    }
    let mut revisions: Vec<&str> = service.deployments.iter().map(|one| one.source.revision.as_str()).collect();
    revisions.dedup();
    put("activeConfigurations", revisions.into_iter().map(|one| configuration_of(model, service, one)).collect());
    if tags {
        put("tags", json!(service.tags));
    }
    Value::Object(shown)
}

/// The configuration of a revision as it is described, with the security group that ECS adds.
fn configuration_of(model: &Model, service: &Service, revision: &str) -> Value {
    let Some(express) = &service.express else { return Value::Null };
    let known = service.revisions.iter().find(|known| known.number == revision);
    let task = known.map(|known| known.definition.clone()).unwrap_or_default();
    let mut shown = Map::new();
    shown.insert("serviceRevisionArn".to_owned(), json!(service.revision_arn(revision)));
    shown.insert("taskDefinitionArn".to_owned(), json!(task));
    shown.extend(model.definition(&task).map(express::derived).unwrap_or_default());
    shown.extend(express.configuration(revision));
    let network = service.settings.get("networkConfiguration").and_then(|one| one.get("awsvpcConfiguration"));
    let network = network.cloned().unwrap_or_default();
    let network = json!({"securityGroups": network["securityGroups"], "subnets": network["subnets"]});
    shown.insert("networkConfiguration".to_owned(), network);
    shown.insert("ingressPaths".to_owned(), json!([{"accessType": "PUBLIC", "endpoint": express.endpoint}]));
    shown.insert("createdAt".to_owned(), known.map(|known| model.stamp(known.created)).unwrap_or_default());
    Value::Object(shown)
}

/// What a service revision shows of what ECS manages for it.
pub(super) fn resources(model: &Model, service: &Service, revision: &Revision) -> Map<String, Value> {
    let Some(express) = &service.express else { return Map::new() };
    let at = model.stamp(revision.created);
    let made = |arn: String| json!({"arn": arn, "status": "ACTIVE", "updatedAt": at});
    let of = |kind: &str, resource: String| model.place.arn_of(kind, &resource);
    let mut group = made(of("logs", format!("log-group:{}", express.log_group)));
    group["logGroupName"] = json!(express.log_group);
    let balancer =
        of("elasticloadbalancing", format!("loadbalancer/app/ecs-express-gateway-alb-{}/0", &express.group[3..11]));
    let resources = json!({
        "ingressPaths": [{"accessType": "PUBLIC", "endpoint": express.endpoint, "loadBalancer": made(balancer)}],
        "metricAlarms": [made(of("cloudwatch", format!("alarm:{}", express::alarm(&service.cluster, &service.name))))],
        "serviceSecurityGroups": [made(of("ec2", format!("security-group/{}", express.group)))],
        "logGroups": [group],
    });
    Map::from_iter([("ecsManagedResources".to_owned(), resources)])
}
