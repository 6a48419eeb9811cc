//! Which operations are called, and how each service wants them sent: one table.

/// A service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(dead_code, reason = "the table holds what the library's verbs come to call, one after the other")]
pub(crate) enum Service {
    Ecs,
    Logs,
    CodeDeploy,
    AutoScaling,
    Events,
    Scheduler,
    LoadBalancing,
    Sts,
    Ecr,
    EcrPublic,
    Iam,
    Ssm,
    SecretsManager,
    S3,
    Efs,
    CloudFormation,
}

/// How a service's operations travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS JSON 1.1, with the prefix of `x-amz-target`.
    Json(&'static str),
    /// AWS Query: a form goes out, XML comes back. With the API's version.
    Query(&'static str),
    /// JSON over paths and methods of HTTP.
    Rest,
}

impl Service {
    pub(crate) const ALL: [Self; 16] = [
        Self::Ecs,
        Self::Logs,
        Self::CodeDeploy,
        Self::AutoScaling,
        Self::Events,
        Self::Scheduler,
        Self::LoadBalancing,
        Self::Sts,
        Self::Ecr,
        Self::EcrPublic,
        Self::Iam,
        Self::Ssm,
        Self::SecretsManager,
        Self::S3,
        Self::Efs,
        Self::CloudFormation,
    ];

    /// The service's name in configuration: `AWS_ENDPOINT_URL_<ID>`, upper case and `_` for a space, and the profile's `services`.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Ecs => "ECS",
            Self::Logs => "CloudWatch Logs",
            Self::CodeDeploy => "CodeDeploy",
            Self::AutoScaling => "Application Auto Scaling",
            Self::Events => "EventBridge",
            Self::Scheduler => "Scheduler",
            Self::LoadBalancing => "Elastic Load Balancing v2",
            Self::Sts => "STS",
            Self::Ecr => "ECR",
            Self::EcrPublic => "ECR PUBLIC",
            Self::Iam => "IAM",
            Self::Ssm => "SSM",
            Self::SecretsManager => "Secrets Manager",
            Self::S3 => "S3",
            Self::Efs => "EFS",
            Self::CloudFormation => "CloudFormation",
        }
    }

    /// The name that a signature is scoped to.
    pub(crate) fn signing(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::Logs => "logs",
            Self::CodeDeploy => "codedeploy",
            Self::AutoScaling => "application-autoscaling",
            Self::Events => "events",
            Self::Scheduler => "scheduler",
            Self::LoadBalancing => "elasticloadbalancing",
            Self::Sts => "sts",
            Self::Ecr => "ecr",
            Self::EcrPublic => "ecr-public",
            Self::Iam => "iam",
            Self::Ssm => "ssm",
            Self::SecretsManager => "secretsmanager",
            Self::S3 => "s3",
            Self::Efs => "elasticfilesystem",
            Self::CloudFormation => "cloudformation",
        }
    }

    pub(crate) fn protocol(self) -> Protocol {
        match self {
            Self::Ecs => Protocol::Json("AmazonEC2ContainerServiceV20141113"),
            Self::Logs => Protocol::Json("Logs_20140328"),
            Self::CodeDeploy => Protocol::Json("CodeDeploy_20141006"),
            Self::AutoScaling => Protocol::Json("AnyScaleFrontendService"),
            Self::Events => Protocol::Json("AWSEvents"),
            Self::Scheduler => Protocol::Rest,
            Self::LoadBalancing => Protocol::Query("2015-12-01"),
            Self::Sts => Protocol::Query("2011-06-15"),
            Self::Ecr => Protocol::Json("AmazonEC2ContainerRegistry_V20150921"),
            Self::EcrPublic => Protocol::Json("SpencerFrontendService"),
            Self::Iam => Protocol::Query("2010-05-08"),
            Self::Ssm => Protocol::Json("AmazonSSM"),
            Self::SecretsManager => Protocol::Json("secretsmanager"),
            Self::S3 | Self::Efs => Protocol::Rest,
            Self::CloudFormation => Protocol::Query("2010-05-15"),
        }
    }
}

/// How an operation of a REST service is sent. `{Member}` in the path is a member of the input, `{Member+}` one whose `/` stay; the
/// members of `query` go into the URL under the name beside them, all others into the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) query: &'static [(&'static str, &'static str)],
}

macro_rules! operations {
    ($($service:ident { $($variant:ident $(as $name:literal)?),+ $(,)? })+) => {
        /// An operation of AWS that is called.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(dead_code, reason = "the table holds what the library's verbs come to call, one after the other")]
        pub(crate) enum Operation { $($($variant,)+)+ }

        impl From<Operation> for String {
            fn from(operation: Operation) -> Self {
                operation.name().to_owned()
            }
        }

        impl Operation {
            /// The operation's name as AWS spells it.
            pub(crate) fn name(self) -> &'static str {
                match self { $($(Self::$variant => operations!(@name $variant $($name)?),)+)+ }
            }

            /// The service it belongs to.
            pub(crate) fn service(self) -> Service {
                match self { $($(Self::$variant)|+ => Service::$service,)+ }
            }
        }
    };
    (@name $variant:ident) => { stringify!($variant) };
    // Where two services have an operation of one name.
    (@name $variant:ident $name:literal) => { $name };
}

operations! {
    Ecs {
        ContinueServiceDeployment,
        CreateExpressGatewayService,
        CreateService,
        DeleteService,
        DeregisterTaskDefinition,
        DescribeClusters,
        DescribeExpressGatewayService,
        DescribeServices,
        DescribeServiceDeployments,
        DescribeServiceRevisions,
        DescribeTaskDefinition,
        DescribeTasks,
        ListClusters,
        ListServiceDeployments,
        ListServices,
        ListTaskDefinitions,
        ListTasks,
        RegisterTaskDefinition,
        RunTask,
        StopServiceDeployment,
        TagResource,
        StopTask,
        UpdateExpressGatewayService,
        UpdateService,
    }
    Logs { DescribeLogGroups, GetLogEvents, FilterLogEvents }
    CodeDeploy {
        CreateDeployment,
        GetApplication,
        GetDeployment,
        GetDeploymentConfig,
        GetDeploymentGroup,
        GetDeploymentTarget,
        ContinueDeployment,
        ListDeployments,
        ListDeploymentTargets,
        StopDeployment,
    }
    AutoScaling {
        DeleteScalingPolicy,
        DeleteScheduledAction,
        DeregisterScalableTarget,
        DescribeScalableTargets,
        DescribeScalingActivities,
        DescribeScalingPolicies,
        DescribeScheduledActions,
        PutScalingPolicy,
        PutScheduledAction,
        RegisterScalableTarget,
    }
    Events {
        CreateApiDestination,
        CreateConnection,
        DeleteApiDestination,
        DeleteConnection,
        DeleteRule,
        DescribeApiDestination,
        DescribeConnection,
        DescribeRule,
        ListEventBuses,
        ListRuleNamesByTarget,
        ListTargetsByRule,
        PutRule,
        PutTargets,
        RemoveTargets,
        UpdateApiDestination,
        UpdateConnection,
    }
    Scheduler {
        CreateSchedule,
        CreateScheduleGroup,
        DeleteSchedule,
        DeleteScheduleGroup,
        GetSchedule,
        GetScheduleGroup,
        ListSchedules,
        ListScheduleGroups,
        UpdateSchedule,
    }
    LoadBalancing { DescribeListeners, DescribeLoadBalancers, DescribeRules, DescribeTargetGroups, DescribeTargetHealth }
    Sts { AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity }
    Ecr {
        BatchGetImage,
        CreateRepository,
        DescribeImages,
        DescribeImageScanFindings,
        DescribeImageSigningStatus,
        DescribePullThroughCacheRules,
        DescribeRepositories,
        DescribeRepositoryCreationTemplates,
        GetAuthorizationToken,
        GetDownloadUrlForLayer,
        GetLifecyclePolicy,
        ListImageReferrers,
        ListImages,
        PutLifecyclePolicy,
        StartImageScan,
    }
    EcrPublic { GetPublicAuthorizationToken as "GetAuthorizationToken" }
    Iam { GetRole }
    Ssm { DescribeParameters, GetParameters }
    SecretsManager { DescribeSecret }
    S3 { GetObject, HeadObject }
    Efs { DescribeAccessPoints, DescribeFileSystems }
    CloudFormation { DescribeStacks, ListExports }
}

impl Operation {
    /// How it is sent, where its service is a REST one.
    pub(crate) fn route(self) -> Option<Route> {
        const NONE: &[(&str, &str)] = &[];
        const PAGE: [(&str, &str); 3] =
            [("NamePrefix", "NamePrefix"), ("NextToken", "NextToken"), ("MaxResults", "MaxResults")];
        const ONE: &[(&str, &str)] = &[("GroupName", "groupName"), ("ClientToken", "clientToken")];
        const MANY: &[(&str, &str)] = &[("GroupName", "ScheduleGroup"), ("State", "State"), PAGE[0], PAGE[1], PAGE[2]];
        const FILE_SYSTEM: &[(&str, &str)] = &[("FileSystemId", "FileSystemId")];
        const ACCESS_POINT: &[(&str, &str)] = &[("AccessPointId", "AccessPointId")];
        let (method, path, query) = match self {
            Self::CreateSchedule => ("POST", "/schedules/{Name}", NONE),
            Self::UpdateSchedule => ("PUT", "/schedules/{Name}", NONE),
            Self::GetSchedule => ("GET", "/schedules/{Name}", ONE),
            Self::DeleteSchedule => ("DELETE", "/schedules/{Name}", ONE),
            Self::ListSchedules => ("GET", "/schedules", MANY),
            Self::CreateScheduleGroup => ("POST", "/schedule-groups/{Name}", NONE),
            Self::GetScheduleGroup => ("GET", "/schedule-groups/{Name}", ONE),
            Self::DeleteScheduleGroup => ("DELETE", "/schedule-groups/{Name}", ONE),
            Self::ListScheduleGroups => ("GET", "/schedule-groups", &PAGE as &[_]),
            Self::GetObject => ("GET", "/{Bucket}/{Key+}", NONE),
            Self::HeadObject => ("HEAD", "/{Bucket}/{Key+}", NONE),
            Self::DescribeFileSystems => ("GET", "/2015-02-01/file-systems", FILE_SYSTEM),
            Self::DescribeAccessPoints => ("GET", "/2015-02-01/access-points", ACCESS_POINT),
            _ => return None,
        };
        Some(Route { method, path, query })
    }

    /// Whether it changes anything.
    pub(crate) fn is_write(self) -> bool {
        !["Describe", "List", "Get", "BatchGet", "Filter", "Assume", "Head"]
            .iter()
            .any(|verb| self.name().starts_with(verb))
    }

    /// Whether it is signed: what one asks for with a token alone is not.
    pub(crate) fn is_signed(self) -> bool {
        self != Self::AssumeRoleWithWebIdentity
    }

    /// Whether a server may well not have it: everything but ECS's core and what makes schedules, which nothing can be done without.
    pub(crate) fn is_optional(self) -> bool {
        !matches!(self.service(), Service::Ecs | Service::Events | Service::Scheduler)
            || matches!(
                self,
                Self::ListServiceDeployments | Self::DescribeServiceDeployments | Self::DescribeServiceRevisions
            )
    }
}
