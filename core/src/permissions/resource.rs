//! The resources and conditions of each action, as AWS's service authorization reference has them.

use serde_json::{Value, json};

use super::named::{Named, UNKNOWN, arn_condition};
use super::{Purpose, referred, values};

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
pub(crate) fn scope(action: &str, purpose: Purpose, named: &Named<'_>) -> Option<Scope> {
    let (service, operation) = action.split_once(':')?;
    if purpose == Purpose::Values {
        return values::resources(action, named).map(Scope::of);
    }
    match service {
        "ecs" => ecs(operation, purpose, named),
        "ecr" => ecr(operation, named),
        "codedeploy" => codedeploy(operation, named),
        "application-autoscaling" => scaling(operation, named),
        "scheduler" => scheduler(operation, named),
        "events" => events(operation, named),
        _ => other(action, purpose, named),
    }
}

fn ecs(operation: &str, purpose: Purpose, named: &Named<'_>) -> Option<Scope> {
    let (cluster, service) = (named.cluster_name(), &named.service);
    let in_cluster = |scope: Scope| match &named.cluster {
        Some(name) => scope.when(arn_condition("ecs:cluster", &named.arn("ecs", &format!("cluster/{name}")))),
        None => scope,
    };
    let of_service =
        |kind: &str, rest: &str| Scope::one(named.arn("ecs", &format!("{kind}/{cluster}/{service}{rest}")));
    let task = || Scope::one(named.arn("ecs", &format!("task/{cluster}/*")));
    let scope = match operation {
        "DescribeServices"
        | "UpdateService"
        | "CreateService"
        | "DeleteService"
        | "ListServiceDeployments"
        | "CreateExpressGatewayService"
        | "UpdateExpressGatewayService"
        | "DescribeExpressGatewayService" => of_service("service", ""),
        "CreateCluster" => Scope::any(),
        "DescribeServiceDeployments" | "StopServiceDeployment" | "ContinueServiceDeployment" => {
            of_service("service-deployment", "/*")
        }
        "DescribeServiceRevisions" => of_service("service-revision", "/*"),
        "DescribeClusters" => Scope::one(named.arn("ecs", &format!("cluster/{cluster}"))),
        // These take no resource.
        "DescribeTaskDefinition"
        | "RegisterTaskDefinition"
        | "DeregisterTaskDefinition"
        | "ListTaskDefinitions"
        | "ListClusters"
        | "ListServices" => Scope::any(),
        "ListTasks" => in_cluster(Scope::any()),
        "DescribeTasks" | "StopTask" => in_cluster(task()),
        "RunTask" => in_cluster(Scope::one(named.arn("ecs", &format!("task-definition/{}:*", named.family())))),
        "TagResource" => match (purpose, named.verb) {
            (Purpose::Settings, "run") => created(task(), "RunTask"),
            (Purpose::Settings, _) => of_service("service", ""),
            _ => {
                let family = format!("task-definition/{}:*", named.family());
                created(Scope::one(named.arn("ecs", &family)), "RegisterTaskDefinition")
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

fn ecr(operation: &str, named: &Named<'_>) -> Option<Scope> {
    match operation {
        "GetAuthorizationToken" | "DescribePullThroughCacheRules" | "DescribeRepositoryCreationTemplates" => {
            Some(Scope::any())
        }
        "BatchGetImage"
        | "DescribeImages"
        | "GetDownloadUrlForLayer"
        | "ListImages"
        | "ListImageReferrers"
        | "DescribeImageSigningStatus"
        | "BatchCheckLayerAvailability"
        | "InitiateLayerUpload"
        | "UploadLayerPart"
        | "CompleteLayerUpload"
        | "PutImage"
        | "CreateRepository"
        | "GetLifecyclePolicy"
        | "PutLifecyclePolicy"
        | "DescribeImageScanFindings"
        | "StartImageScan" => Some(Scope::of(named.repositories())),
        _ => None,
    }
}

fn codedeploy(operation: &str, named: &Named<'_>) -> Option<Scope> {
    let application = named.codedeploy("application", "AppECS");
    let group = named.codedeploy("group", "DgpECS");
    let one = |resource: String| Scope::one(named.arn("codedeploy", &resource));
    let scope = match operation {
        "CreateDeployment" | "GetDeployment" | "GetDeploymentGroup" | "ListDeployments" => {
            one(format!("deploymentgroup:{application}/{group}"))
        }
        "RegisterApplicationRevision" => one(format!("application:{application}")),
        "GetDeploymentConfig" => {
            let config = named.request["codedeploy"]["config"].as_str().unwrap_or(UNKNOWN);
            one(format!("deploymentconfig:{config}"))
        }
        // These take no resource.
        "StopDeployment" | "ContinueDeployment" | "ListDeploymentTargets" | "GetDeploymentTarget" => Scope::any(),
        _ => return None,
    };
    Some(scope)
}

fn scaling(operation: &str, named: &Named<'_>) -> Option<Scope> {
    match operation {
        "DescribeScalableTargets" | "DescribeScalingPolicies" | "DescribeScheduledActions" => Some(Scope::any()),
        "RegisterScalableTarget"
        | "PutScalingPolicy"
        | "PutScheduledAction"
        | "DeleteScalingPolicy"
        | "DeleteScheduledAction"
        | "DeregisterScalableTarget" => {
            let scope = Scope::one(named.arn("application-autoscaling", "scalable-target/*"));
            Some(scope.when(json!({"StringEquals": {"application-autoscaling:service-namespace": "ecs"}})))
        }
        _ => None,
    }
}

fn scheduler(operation: &str, named: &Named<'_>) -> Option<Scope> {
    let word = |option: &str, default: &'static str| named.request[option].as_str().unwrap_or(default).to_owned();
    let resource = match operation {
        // Every schedule is looked at.
        "ListSchedules" => return Some(Scope::any()),
        "GetSchedule" if named.verb == "prune" => format!("schedule/{UNKNOWN}/{UNKNOWN}"),
        "GetSchedule" | "CreateSchedule" | "UpdateSchedule" | "DeleteSchedule" => {
            format!("schedule/{}/{}", word("group", "default"), word("name", UNKNOWN))
        }
        "GetScheduleGroup" | "CreateScheduleGroup" => format!("schedule-group/{}", word("group", "default")),
        _ => return None,
    };
    Some(Scope::one(named.arn("scheduler", &resource)))
}

fn events(operation: &str, named: &Named<'_>) -> Option<Scope> {
    let name = named.request["name"].as_str().unwrap_or(UNKNOWN);
    // A target may name a connection of another name.
    let connection = named.arn("events", "connection/*");
    let destination = named.arn("events", &format!("api-destination/{name}/*"));
    let scope = match operation {
        // These take no resource.
        "ListEventBuses" | "ListRuleNamesByTarget" => Scope::any(),
        "DescribeRule" | "ListTargetsByRule" | "PutRule" | "PutTargets" | "RemoveTargets" | "DeleteRule" => {
            Scope::one(named.arn("events", &format!("rule/{name}")))
        }
        "CreateApiDestination" | "UpdateApiDestination" => Scope::of(vec![destination, connection]),
        "DescribeApiDestination" | "DeleteApiDestination" => Scope::one(destination),
        "DescribeConnection" => Scope::one(connection),
        "CreateConnection" | "UpdateConnection" | "DeleteConnection" => {
            Scope::one(named.arn("events", &format!("connection/{name}/*")))
        }
        _ => return None,
    };
    Some(scope)
}

fn other(action: &str, purpose: Purpose, named: &Named<'_>) -> Option<Scope> {
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let scope = match action {
        "elasticloadbalancing:DescribeTargetHealth" | "elasticloadbalancing:DescribeTargetGroups" => Scope::any(),
        "iam:GetRole" => Scope::of(roles(named)),
        "secretsmanager:DescribeSecret"
        | "ssm:DescribeParameters"
        | "logs:DescribeLogGroups"
        | "s3:GetObject"
        | "s3:ListBucket"
        | "elasticfilesystem:DescribeFileSystems"
        | "elasticfilesystem:DescribeAccessPoints" => Scope::of(referred::resources(action, named)?),
        "cloudwatch:DescribeAlarms" => Scope::any(),
        "cloudwatch:PutMetricAlarm" | "cloudwatch:DeleteAlarms" => {
            let alarm = format!("alarm:TargetTracking-service/{}/{}-*", named.cluster_name(), named.service);
            Scope::one(named.arn("cloudwatch", &alarm))
        }
        "sts:AssumeRole" => Scope::one(assumed(named)),
        "ecr-public:GetAuthorizationToken" => Scope::any(),
        "sts:GetServiceBearerToken" => Scope::any().when(equals("sts:AWSServiceName", "ecr-public.amazonaws.com")),
        "logs:GetLogEvents" => Scope::of(
            named
                .log_groups()
                .iter()
                .map(|group| named.arn("logs", &format!("log-group:{group}:log-stream:*")))
                .collect(),
        ),
        "logs:FilterLogEvents" => Scope::of(
            named
                .log_groups()
                .iter()
                .flat_map(|group| ["", ":*"].map(|rest| named.arn("logs", &format!("log-group:{group}{rest}"))))
                .collect(),
        ),
        "secretsmanager:CreateSecret" | "secretsmanager:UpdateSecret" | "secretsmanager:DeleteSecret" => {
            let name = named.request["name"].as_str().unwrap_or(UNKNOWN);
            Scope::one(named.arn("secretsmanager", &format!("secret:events!connection/{name}/*")))
        }
        "iam:PassRole" => passed(purpose, named),
        "iam:CreateServiceLinkedRole" => {
            let name = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";
            Scope::one(global(named, name))
                .when(equals("iam:AWSServiceName", "ecs.application-autoscaling.amazonaws.com"))
        }
        _ => return None,
    };
    Some(scope)
}

/// The roles that the documents name.
fn roles(named: &Named<'_>) -> Vec<String> {
    let all = named.task_roles().into_iter().chain(named.settings_roles());
    let arns = all.map(|role| if role.starts_with("arn:") { role } else { global(named, &format!("role/{role}")) });
    let mut arns: Vec<String> = arns.collect();
    arns.sort();
    arns.dedup();
    arns
}

/// The role that is assumed for a service: its ARN, or its name in the service's account.
fn assumed(named: &Named<'_>) -> String {
    let text = |name: &str| named.request[name].as_str();
    match (text("role"), text("account")) {
        (Some(role), _) if role.starts_with("arn:") => role.to_owned(),
        (role, account) => {
            format!("arn:*:iam::{}:role/{}", account.unwrap_or(UNKNOWN), role.unwrap_or(UNKNOWN))
        }
    }
}

/// The roles that are passed, and to whom.
fn passed(purpose: Purpose, named: &Named<'_>) -> Scope {
    let (roles, principal) = match purpose {
        Purpose::Definition | Purpose::Values => (named.task_roles(), "ecs-tasks.amazonaws.com"),
        Purpose::Settings => (named.settings_roles(), "ecs.amazonaws.com"),
        // The infrastructure role goes to ECS, the two others to its tasks.
        Purpose::Express => {
            let principals =
                json!({"StringEquals": {"iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"]}});
            return Scope::of(named.express_roles()).when(principals);
        }
        Purpose::Principal(principal) => {
            let role = named.request["role"].as_str().unwrap_or(UNKNOWN);
            (vec![role.to_owned()], principal)
        }
    };
    let arn = |role: &String| match role.starts_with("arn:") {
        true => role.clone(),
        // A task definition may name a role without its ARN.
        false => global(named, &format!("role/{role}")),
    };
    Scope::of(roles.iter().map(arn).collect()).when(json!({"StringEquals": {"iam:PassedToService": principal}}))
}

/// The ARN of a resource of IAM, which has no region.
fn global(named: &Named<'_>, resource: &str) -> String {
    format!("arn:{}:iam::{}:{resource}", named.partition, named.account)
}
