//! Decides which operations there are and what an error looks like.

mod around;
mod attached;
mod clusters;
mod codedeploy;
mod definitions;
mod deployments;
pub(crate) mod ecr;
mod events;
mod express;
mod filter;
mod input;
mod logs;
mod repositories;
mod revise;
mod run;
mod scaling;
mod scheduler;
mod services;
mod show;
mod show_sets;
mod tags;
mod targets;
mod tasks;

use serde_json::{Map, Value, json};

use crate::model::Model;
pub(crate) use input::Input;

/// An answer of an operation.
pub(crate) type Answer = Result<Value, ApiError>;

/// An error as ECS answers it.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) text: String,
    /// What it is about, where its shape has that.
    pub(crate) resources: Vec<String>,
}

impl ApiError {
    pub(crate) fn new(code: &str, text: impl Into<String>) -> ApiError {
        ApiError { status: 400, code: code.to_owned(), text: text.into(), resources: Vec::new() }
    }

    pub(crate) fn with_status(self, status: u16) -> ApiError {
        ApiError { status, ..self }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "__type": self.code, "message": self.text });
        if !self.resources.is_empty() {
            body["resourceIds"] = json!(self.resources);
        }
        body
    }
}

/// An object of values that are there already. `json!` would write out and read each of them again.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A parameter whose value makes no sense.
pub(crate) fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", text)
}

pub(crate) fn reads(operation: &str) -> bool {
    ["Describe", "List", "Get", "BatchGet", "Filter", "Head"].iter().any(|verb| operation.starts_with(verb))
}

/// Performs one operation of a service on the model as it is now.
pub(crate) fn perform(model: &mut Model, service: &str, operation: &str, input: &Value) -> Answer {
    let empty = Map::new();
    let members = match input {
        Value::Object(members) => members,
        Value::Null => &empty,
        _ => {
            return Err(ApiError::new("SerializationException", "Start of structure or map found where not expected."));
        }
    };
    let input = Input::new(members);
    if !reads(operation) {
        model.rouse();
    }
    match service {
        "codedeploy" => perform_codedeploy(model, operation, &input),
        "ecr" => perform_ecr(model, operation, &input),
        "sts" => perform_sts(model, operation),
        "logs" if operation == "DescribeLogGroups" => around::perform(model, (service, operation), &input),
        "iam" | "secretsmanager" | "ssm" | "s3" | "elasticfilesystem" | "cloudformation" => {
            around::perform(model, (service, operation), &input)
        }
        "logs" => perform_logs(model, operation, &input),
        "elasticloadbalancing" => perform_balancing(model, operation, &input),
        "scheduler" => perform_scheduler(model, operation, &input),
        "events" => perform_events(model, operation, &input),
        "application-autoscaling" => perform_scaling(model, operation, &input),
        _ => perform_ecs(model, operation, &input),
    }
}

/// The operations that are modelled, by service.
const OPERATIONS: [(&str, &[&str]); 15] = [
    (
        "ecs",
        &[
            "CreateCluster",
            "DescribeClusters",
            "ListClusters",
            "DeleteCluster",
            "RegisterTaskDefinition",
            "DescribeTaskDefinition",
            "DeregisterTaskDefinition",
            "ListTaskDefinitions",
            "ListTaskDefinitionFamilies",
            "CreateService",
            "DescribeServices",
            "UpdateService",
            "DeleteService",
            "ListServices",
            "ListTasks",
            "DescribeTasks",
            "RunTask",
            "StopTask",
            "ListServiceDeployments",
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "StopServiceDeployment",
            "ContinueServiceDeployment",
            "TagResource",
            "UntagResource",
            "ListTagsForResource",
            "CreateExpressGatewayService",
            "DescribeExpressGatewayService",
            "UpdateExpressGatewayService",
            "DeleteExpressGatewayService",
        ],
    ),
    (
        "codedeploy",
        &[
            "CreateDeployment",
            "GetDeployment",
            "ListDeployments",
            "GetDeploymentTarget",
            "ListDeploymentTargets",
            "GetDeploymentGroup",
            "GetDeploymentConfig",
            "StopDeployment",
            "ContinueDeployment",
        ],
    ),
    (
        "ecr",
        &[
            "GetAuthorizationToken",
            "BatchGetImage",
            "DescribeImages",
            "ListImages",
            "ListImageReferrers",
            "DescribeImageSigningStatus",
            "GetDownloadUrlForLayer",
            "DescribePullThroughCacheRules",
            "CreateRepository",
            "DescribeRepositories",
            "GetLifecyclePolicy",
            "PutLifecyclePolicy",
            "CreateRepositoryCreationTemplate",
            "DescribeRepositoryCreationTemplates",
            "PutAccountSetting",
        ],
    ),
    ("sts", &["GetCallerIdentity"]),
    ("logs", &["GetLogEvents", "FilterLogEvents", "DescribeLogGroups"]),
    ("iam", &["GetRole"]),
    ("secretsmanager", &["DescribeSecret"]),
    ("ssm", &["GetParameters", "DescribeParameters"]),
    ("s3", &["HeadObject", "GetObject"]),
    ("elasticfilesystem", &["DescribeFileSystems", "DescribeAccessPoints"]),
    ("cloudformation", &["DescribeStacks", "ListExports"]),
    ("elasticloadbalancing", &["DescribeTargetGroups", "DescribeTargetHealth"]),
    (
        "scheduler",
        &[
            "CreateSchedule",
            "UpdateSchedule",
            "GetSchedule",
            "DeleteSchedule",
            "ListSchedules",
            "CreateScheduleGroup",
            "GetScheduleGroup",
            "DeleteScheduleGroup",
            "ListScheduleGroups",
        ],
    ),
    (
        "events",
        &[
            "PutRule",
            "DescribeRule",
            "DeleteRule",
            "PutTargets",
            "ListEventBuses",
            "ListRuleNamesByTarget",
            "ListTargetsByRule",
            "RemoveTargets",
            "CreateConnection",
            "UpdateConnection",
            "DescribeConnection",
            "DeleteConnection",
            "CreateApiDestination",
            "UpdateApiDestination",
            "DescribeApiDestination",
            "DeleteApiDestination",
        ],
    ),
    (
        "application-autoscaling",
        &[
            "RegisterScalableTarget",
            "DeregisterScalableTarget",
            "DescribeScalableTargets",
            "PutScalingPolicy",
            "DeleteScalingPolicy",
            "DescribeScalingPolicies",
            "PutScheduledAction",
            "DeleteScheduledAction",
            "DescribeScheduledActions",
            "DescribeScalingActivities",
        ],
    ),
];

/// Refuses an operation that the simulator does not model: nothing would ever come of it. `service`: the only one it may be of.
pub(crate) fn check_operation(service: Option<&str>, operation: &str) -> Result<(), String> {
    let services = || OPERATIONS.iter().filter(|(known, _)| service.is_none_or(|service| service == *known));
    let mut known = services().flat_map(|(_, operations)| operations.iter());
    if known.any(|known| *known == operation) {
        return Ok(());
    }
    if services().next().is_none() {
        let names: Vec<&str> = OPERATIONS.iter().map(|(service, _)| *service).collect();
        return Err(format!("one of the services {}", names.join(", ")));
    }
    let all = services().flat_map(|(_, operations)| operations.iter().copied());
    let nearest = all.min_by_key(|known| distance(&known.to_lowercase(), &operation.to_lowercase()));
    Err(format!("an operation that the simulator models, such as {}", nearest.unwrap_or_default()))
}

/// How many letters have to be put in, taken out or changed to make one text of another.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (index, same) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *same);
            before = row[index + 1];
            row[index + 1] = changed.min(before + 1).min(row[index] + 1);
        }
    }
    row[other.len()]
}

fn unknown(operation: &str) -> ApiError {
    ApiError::new("UnknownOperationException", format!("The simulator does not model {operation}."))
}

fn perform_codedeploy(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "CreateDeployment" => codedeploy::create(model, input),
        "GetDeployment" => codedeploy::get(model, input),
        "ListDeployments" => codedeploy::list(model, input),
        "GetDeploymentTarget" => codedeploy::target(model, input),
        "ListDeploymentTargets" => codedeploy::targets(model, input),
        "GetDeploymentGroup" => codedeploy::get_group(model, input),
        "GetDeploymentConfig" => codedeploy::get_config(model, input),
        "StopDeployment" => codedeploy::stop(model, input),
        "ContinueDeployment" => codedeploy::resume(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_ecr(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "GetAuthorizationToken" => ecr::token(model, input),
        "BatchGetImage" => ecr::batch_get(model, input),
        "DescribeImages" => ecr::describe(model, input),
        "ListImages" => ecr::list(model, input),
        "ListImageReferrers" => attached::referrers(model, input),
        "DescribeImageSigningStatus" => attached::signings(model, input),
        "GetDownloadUrlForLayer" => ecr::layer(model, input),
        "DescribePullThroughCacheRules" => ecr::cache_rules(model, input),
        "CreateRepository" => repositories::create(model, input),
        "DescribeRepositories" => repositories::describe(model, input),
        "GetLifecyclePolicy" => repositories::lifecycle(model, input),
        "PutLifecyclePolicy" => repositories::put_lifecycle(model, input),
        "CreateRepositoryCreationTemplate" => repositories::create_template(model, input),
        "DescribeRepositoryCreationTemplates" => repositories::templates(model, input),
        "PutAccountSetting" => repositories::put_setting(model, input),
        _ => Err(unknown(operation)),
    }
}

/// Whoever calls is the one user there is.
fn perform_sts(model: &Model, operation: &str) -> Answer {
    match operation {
        "GetCallerIdentity" => Ok(object([
            ("Arn", json!(model.place.principal("user/simulator"))),
            ("UserId", json!("AIDASIMULATEDUSER0000")),
            ("Account", json!(model.place.account)),
        ])),
        _ => Err(unknown(operation)),
    }
}

fn perform_logs(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "GetLogEvents" => logs::get_events(model, input),
        "FilterLogEvents" => filter::filter_events(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_balancing(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "DescribeTargetGroups" => targets::groups(model, input),
        "DescribeTargetHealth" => targets::health(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_scheduler(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "CreateSchedule" => scheduler::create(model, input),
        "UpdateSchedule" => scheduler::update(model, input),
        "GetSchedule" => scheduler::get(model, input),
        "DeleteSchedule" => scheduler::delete(model, input),
        "ListSchedules" => scheduler::list(model, input),
        "CreateScheduleGroup" => scheduler::create_group(model, input),
        "GetScheduleGroup" => scheduler::get_group(model, input),
        "DeleteScheduleGroup" => scheduler::delete_group(model, input),
        "ListScheduleGroups" => scheduler::list_groups(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_events(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "PutRule" => events::put_rule(model, input),
        "DescribeRule" => events::describe_rule(model, input),
        "DeleteRule" => events::delete_rule(model, input),
        "PutTargets" => events::put_targets(model, input),
        "ListEventBuses" => events::list_buses(model, input),
        "ListRuleNamesByTarget" => events::list_rules_by_target(model, input),
        "ListTargetsByRule" => events::list_targets(model, input),
        "RemoveTargets" => events::remove_targets(model, input),
        "CreateConnection" => events::create_connection(model, input),
        "UpdateConnection" => events::update_connection(model, input),
        "DescribeConnection" => events::describe_connection(model, input),
        "DeleteConnection" => events::delete_connection(model, input),
        "CreateApiDestination" => events::create_destination(model, input),
        "UpdateApiDestination" => events::update_destination(model, input),
        "DescribeApiDestination" => events::describe_destination(model, input),
        "DeleteApiDestination" => events::delete_destination(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_scaling(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "RegisterScalableTarget" => scaling::register(model, input),
        "DeregisterScalableTarget" => scaling::deregister(model, input),
        "DescribeScalableTargets" => scaling::targets(model, input),
        "PutScalingPolicy" => scaling::put_policy(model, input),
        "DeleteScalingPolicy" => scaling::delete_policy(model, input),
        "DescribeScalingPolicies" => scaling::policies(model, input),
        "PutScheduledAction" => scaling::put_action(model, input),
        "DeleteScheduledAction" => scaling::delete_action(model, input),
        "DescribeScheduledActions" => scaling::actions(model, input),
        "DescribeScalingActivities" => scaling::activities(model, input),
        _ => Err(unknown(operation)),
    }
}

fn perform_ecs(model: &mut Model, operation: &str, input: &Input<'_>) -> Answer {
    match operation {
        "CreateCluster" => clusters::create(model, input),
        "DescribeClusters" => clusters::describe(model, input),
        "ListClusters" => clusters::list(model, input),
        "DeleteCluster" => clusters::delete(model, input),
        "RegisterTaskDefinition" => definitions::register(model, input),
        "DescribeTaskDefinition" => definitions::describe(model, input),
        "DeregisterTaskDefinition" => definitions::deregister(model, input),
        "ListTaskDefinitions" => definitions::list(model, input),
        "ListTaskDefinitionFamilies" => definitions::families(model, input),
        "CreateService" => services::create(model, input),
        "DescribeServices" => services::describe(model, input),
        "UpdateService" => revise::update(model, input),
        "DeleteService" => services::delete(model, input),
        "ListServices" => services::list(model, input),
        "ListTasks" => tasks::list(model, input),
        "DescribeTasks" => tasks::describe(model, input),
        "RunTask" => run::run(model, input),
        "StopTask" => tasks::stop(model, input),
        "ListServiceDeployments" => deployments::list(model, input),
        "DescribeServiceDeployments" => deployments::describe(model, input),
        "DescribeServiceRevisions" => deployments::revisions(model, input),
        "StopServiceDeployment" => deployments::stop(model, input),
        "ContinueServiceDeployment" => deployments::resume(model, input),
        "TagResource" => tags::tag(model, input),
        "UntagResource" => tags::untag(model, input),
        "ListTagsForResource" => tags::list(model, input),
        "CreateExpressGatewayService" => express::create(model, input),
        "DescribeExpressGatewayService" => express::describe(model, input),
        "UpdateExpressGatewayService" => express::update(model, input),
        "DeleteExpressGatewayService" => express::delete(model, input),
        _ => Err(unknown(operation)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Place;

    #[test]
    fn every_operation_that_is_listed_is_modelled() {
        for (service, operations) in OPERATIONS {
            for operation in operations {
                let mut model = Model::new(Place::new("eu-central-1", None), 0.0);
                let answer = perform(&mut model, service, operation, &json!({}));
                let is_unknown = answer.is_err_and(|error| error.code == "UnknownOperationException");
                assert!(!is_unknown, "{service}:{operation}");
                assert_eq!(check_operation(Some(service), operation), Ok(()));
            }
        }
    }

    #[test]
    fn an_operation_that_is_not_modelled_is_refused_with_the_nearest() {
        for (service, operation, expected) in [
            (Some("ecs"), "UpdateServices", "such as UpdateService"),
            (None, "describe_tasks", "such as DescribeTasks"),
            (None, "getLogEvents", "such as GetLogEvents"),
            (Some("lambda"), "Invoke", "one of the services ecs, codedeploy"),
        ] {
            let refused = check_operation(service, operation).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
