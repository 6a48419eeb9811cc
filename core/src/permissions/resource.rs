//! The resources and conditions of each action, as AWS's service authorization reference has them.

use serde_json::{Value, json};

use super::Purpose;
use super::facts::{Facts, UNKNOWN, arn_condition};

/// What an action is allowed on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scope {
    pub(crate) resources: Vec<String>,
    /// `None` if there is none.
    pub(crate) condition: Option<Value>,
}

impl Scope {
    fn of(resources: Vec<String>) -> Self {
        Self { resources, condition: None }
    }

    fn one(resource: String) -> Self {
        Self::of(vec![resource])
    }

    fn when(self, condition: Value) -> Self {
        Self { condition: Some(condition), ..self }
    }

    fn any() -> Self {
        Self::one(UNKNOWN.to_owned())
    }
}

/// The scope of an action; `None` for an action that this table does not have. Empty resources: nothing is there to allow it on.
pub(crate) fn scope(action: &str, purpose: Purpose, facts: &Facts<'_>) -> Option<Scope> {
    let (service, operation) = action.split_once(':')?;
    match service {
        "ecs" => ecs(operation, purpose, facts),
        "ecr" => ecr(operation, facts),
        "codedeploy" => codedeploy(operation, facts),
        "application-autoscaling" => scaling(operation, facts),
        "scheduler" => scheduler(operation, facts),
        "events" => events(operation, facts),
        _ => other(action, purpose, facts),
    }
}

fn ecs(operation: &str, purpose: Purpose, facts: &Facts<'_>) -> Option<Scope> {
    let (cluster, service) = (facts.cluster_name(), &facts.service);
    let in_cluster = |scope: Scope| match &facts.cluster {
        Some(name) => scope.when(arn_condition("ecs:cluster", &facts.arn("ecs", &format!("cluster/{name}")))),
        None => scope,
    };
    let of_service =
        |kind: &str, rest: &str| Scope::one(facts.arn("ecs", &format!("{kind}/{cluster}/{service}{rest}")));
    let task = || Scope::one(facts.arn("ecs", &format!("task/{cluster}/*")));
    let scope = match operation {
        "DescribeServices" | "UpdateService" | "CreateService" | "DeleteService" | "ListServiceDeployments" => {
            of_service("service", "")
        }
        "DescribeServiceDeployments" | "StopServiceDeployment" | "ContinueServiceDeployment" => {
            of_service("service-deployment", "/*")
        }
        "DescribeServiceRevisions" => of_service("service-revision", "/*"),
        // These take no resource.
        "DescribeTaskDefinition"
        | "RegisterTaskDefinition"
        | "DeregisterTaskDefinition"
        | "ListTaskDefinitions"
        | "ListClusters"
        | "ListServices" => Scope::any(),
        "ListTasks" => in_cluster(Scope::any()),
        "DescribeTasks" | "StopTask" => in_cluster(task()),
        "RunTask" => in_cluster(Scope::one(facts.arn("ecs", &format!("task-definition/{}:*", facts.family())))),
        "TagResource" => match (purpose, facts.verb) {
            (Purpose::Settings, "run") => created(task(), "RunTask"),
            (Purpose::Settings, _) => of_service("service", ""),
            _ => {
                let family = format!("task-definition/{}:*", facts.family());
                created(Scope::one(facts.arn("ecs", &family)), "RegisterTaskDefinition")
            }
        },
        _ => return None,
    };
    Some(scope)
}

/// Tags are set by the call that makes the resource alone.
fn created(scope: Scope, operation: &str) -> Scope {
    scope.when(json!({"StringEquals": {"ecs:CreateAction": operation}}))
}

fn ecr(operation: &str, facts: &Facts<'_>) -> Option<Scope> {
    match operation {
        "GetAuthorizationToken" | "DescribePullThroughCacheRules" => Some(Scope::any()),
        "BatchGetImage"
        | "DescribeImages"
        | "GetDownloadUrlForLayer"
        | "ListImages"
        | "BatchCheckLayerAvailability"
        | "InitiateLayerUpload"
        | "UploadLayerPart"
        | "CompleteLayerUpload"
        | "PutImage"
        | "CreateRepository"
        | "GetLifecyclePolicy"
        | "PutLifecyclePolicy"
        | "DescribeImageScanFindings"
        | "StartImageScan" => Some(Scope::of(facts.repositories())),
        _ => None,
    }
}

fn codedeploy(operation: &str, facts: &Facts<'_>) -> Option<Scope> {
    let application = facts.codedeploy("application", "AppECS");
    let group = facts.codedeploy("group", "DgpECS");
    let one = |resource: String| Scope::one(facts.arn("codedeploy", &resource));
    let scope = match operation {
        "CreateDeployment" | "GetDeployment" | "GetDeploymentGroup" | "ListDeployments" => {
            one(format!("deploymentgroup:{application}/{group}"))
        }
        "RegisterApplicationRevision" => one(format!("application:{application}")),
        "GetDeploymentConfig" => {
            let config = facts.request["codedeploy"]["config"].as_str().unwrap_or(UNKNOWN);
            one(format!("deploymentconfig:{config}"))
        }
        // These take no resource.
        "StopDeployment" | "ContinueDeployment" | "ListDeploymentTargets" | "GetDeploymentTarget" => Scope::any(),
        _ => return None,
    };
    Some(scope)
}

fn scaling(operation: &str, facts: &Facts<'_>) -> Option<Scope> {
    match operation {
        "DescribeScalableTargets" | "DescribeScalingPolicies" | "DescribeScheduledActions" => Some(Scope::any()),
        "RegisterScalableTarget"
        | "PutScalingPolicy"
        | "PutScheduledAction"
        | "DeleteScalingPolicy"
        | "DeleteScheduledAction"
        | "DeregisterScalableTarget" => {
            let scope = Scope::one(facts.arn("application-autoscaling", "scalable-target/*"));
            Some(scope.when(json!({"StringEquals": {"application-autoscaling:service-namespace": "ecs"}})))
        }
        _ => None,
    }
}

fn scheduler(operation: &str, facts: &Facts<'_>) -> Option<Scope> {
    let word = |option: &str, default: &'static str| facts.request[option].as_str().unwrap_or(default).to_owned();
    let resource = match operation {
        // Every schedule is looked at.
        "ListSchedules" => return Some(Scope::any()),
        "GetSchedule" if facts.verb == "prune" => format!("schedule/{UNKNOWN}/{UNKNOWN}"),
        "GetSchedule" | "CreateSchedule" | "UpdateSchedule" | "DeleteSchedule" => {
            format!("schedule/{}/{}", word("group", "default"), word("name", UNKNOWN))
        }
        "GetScheduleGroup" | "CreateScheduleGroup" => format!("schedule-group/{}", word("group", "default")),
        _ => return None,
    };
    Some(Scope::one(facts.arn("scheduler", &resource)))
}

fn events(operation: &str, facts: &Facts<'_>) -> Option<Scope> {
    let name = facts.request["name"].as_str().unwrap_or(UNKNOWN);
    // A target may name a connection of another name.
    let connection = facts.arn("events", "connection/*");
    let destination = facts.arn("events", &format!("api-destination/{name}/*"));
    let scope = match operation {
        // These take no resource.
        "ListEventBuses" | "ListRuleNamesByTarget" => Scope::any(),
        "DescribeRule" | "ListTargetsByRule" | "PutRule" | "PutTargets" | "RemoveTargets" | "DeleteRule" => {
            Scope::one(facts.arn("events", &format!("rule/{name}")))
        }
        "CreateApiDestination" | "UpdateApiDestination" => Scope::of(vec![destination, connection]),
        "DescribeApiDestination" | "DeleteApiDestination" => Scope::one(destination),
        "DescribeConnection" => Scope::one(connection),
        "CreateConnection" | "UpdateConnection" | "DeleteConnection" => {
            Scope::one(facts.arn("events", &format!("connection/{name}/*")))
        }
        _ => return None,
    };
    Some(scope)
}

fn other(action: &str, purpose: Purpose, facts: &Facts<'_>) -> Option<Scope> {
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let scope = match action {
        "elasticloadbalancing:DescribeTargetHealth" | "elasticloadbalancing:DescribeTargetGroups" => Scope::any(),
        "cloudwatch:DescribeAlarms" => Scope::any(),
        "cloudwatch:PutMetricAlarm" | "cloudwatch:DeleteAlarms" => {
            let alarm = format!("alarm:TargetTracking-service/{}/{}-*", facts.cluster_name(), facts.service);
            Scope::one(facts.arn("cloudwatch", &alarm))
        }
        "ecr-public:GetAuthorizationToken" => Scope::any(),
        "sts:GetServiceBearerToken" => Scope::any().when(equals("sts:AWSServiceName", "ecr-public.amazonaws.com")),
        "logs:GetLogEvents" => Scope::of(
            facts
                .log_groups()
                .iter()
                .map(|group| facts.arn("logs", &format!("log-group:{group}:log-stream:*")))
                .collect(),
        ),
        "logs:FilterLogEvents" => Scope::of(
            facts
                .log_groups()
                .iter()
                .flat_map(|group| ["", ":*"].map(|rest| facts.arn("logs", &format!("log-group:{group}{rest}"))))
                .collect(),
        ),
        "secretsmanager:CreateSecret" | "secretsmanager:UpdateSecret" | "secretsmanager:DeleteSecret" => {
            let name = facts.request["name"].as_str().unwrap_or(UNKNOWN);
            Scope::one(facts.arn("secretsmanager", &format!("secret:events!connection/{name}/*")))
        }
        "iam:PassRole" => passed(purpose, facts),
        "iam:CreateServiceLinkedRole" => {
            let name = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";
            Scope::one(global(facts, name))
                .when(equals("iam:AWSServiceName", "ecs.application-autoscaling.amazonaws.com"))
        }
        _ => return None,
    };
    Some(scope)
}

/// The roles that are passed, and to whom.
fn passed(purpose: Purpose, facts: &Facts<'_>) -> Scope {
    let (roles, principal) = match purpose {
        Purpose::Definition => (facts.task_roles(), "ecs-tasks.amazonaws.com"),
        Purpose::Settings => (facts.settings_roles(), "ecs.amazonaws.com"),
        Purpose::Principal(principal) => {
            let role = facts.request["role"].as_str().unwrap_or(UNKNOWN);
            (vec![role.to_owned()], principal)
        }
    };
    let arn = |role: &String| match role.starts_with("arn:") {
        true => role.clone(),
        // A task definition may name a role without its ARN.
        false => global(facts, &format!("role/{role}")),
    };
    Scope::of(roles.iter().map(arn).collect()).when(json!({"StringEquals": {"iam:PassedToService": principal}}))
}

/// The ARN of a resource of IAM, which has no region.
fn global(facts: &Facts<'_>, resource: &str) -> String {
    format!("arn:{}:iam::{}:{resource}", facts.partition, facts.account)
}
