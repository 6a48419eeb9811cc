//! The IAM actions of each verb, in one table. README's lists are printed from it, and tests compare it with the calls.

/// Actions that a verb needs together, for one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The actions, as a policy writes them.
    pub actions: &'static [&'static str],
    /// When they are needed: an option, or what the service has; empty: always.
    pub when: &'static str,
    /// What is missing without them; empty: the call fails with the error `denied`.
    pub without: &'static str,
}

const fn always(actions: &'static [&'static str]) -> Grant {
    Grant { actions, when: "", without: "" }
}

const fn when(when: &'static str, actions: &'static [&'static str]) -> Grant {
    Grant { actions, when, without: "" }
}

const fn optional(when: &'static str, actions: &'static [&'static str], without: &'static str) -> Grant {
    Grant { actions, when, without }
}

// Read by every verb that is about a service.
const SERVICE: Grant = always(&["ecs:DescribeServices"]);
const DEFINITION: Grant = always(&["ecs:DescribeTaskDefinition"]);
const REGISTER: Grant = when("the definition changes", &["ecs:RegisterTaskDefinition"]);
const UPDATE: Grant = always(&["ecs:UpdateService"]);
const PASS: Grant = when("the definition names roles, for each of them", &["iam:PassRole"]);
const TAGS: Grant = when("the definition has tags, which are copied to the new revision", &["ecs:TagResource"]);
const RECORDS: Grant = optional(
    "deployments in stages, or another deployment takes the place of ours",
    &["ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions"],
    "the list of deployments decides: no stages, and a rollback may look like another's deployment; a service behind a Classic Load Balancer is refused",
);
const REASON: Grant = optional(
    "a deployment fails",
    &["ecs:ListTasks", "ecs:DescribeTasks", "logs:GetLogEvents", "elasticloadbalancing:DescribeTargetHealth"],
    "the error does not say why tasks stopped, or without the last lines of the log",
);
const MOVED: Grant = optional(
    "a mutable tag is given that the service runs already",
    &["ecs:DescribeServiceRevisions", "ecs:ListTasks", "ecs:DescribeTasks", "ecr:BatchGetImage"],
    "a warning says that it is not known whether the tag has moved",
);
const IMAGES: Grant = optional(
    "`verify` or `pin`, with images in ECR",
    &["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"],
    "a warning says that the image was not checked; with `pin` an error",
);
const NEAREST: Grant = optional(
    "an image is missing",
    &["ecr:ListImages", "ecr:DescribePullThroughCacheRules"],
    "the error does not name the nearest tags, and an image that a pull-through cache would fetch counts as missing",
);
const REGISTRY: Grant = optional(
    "the registry is asked because ECR's API is not allowed",
    &["ecr:GetAuthorizationToken"],
    "no other way to the image",
);
const CODEDEPLOY: Grant = when(
    "CodeDeploy deploys the service",
    &[
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:RegisterApplicationRevision",
    ],
);
const CODEDEPLOY_LOOKS: Grant = optional(
    "CodeDeploy deploys the service",
    &[
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListDeployments",
        "codedeploy:ListDeploymentTargets",
        "codedeploy:GetDeploymentTarget",
    ],
    "the group is not checked before, a deployment on its way is not joined, and there are no events `stage`",
);
const CODEDEPLOY_WATCH: Grant = when("CodeDeploy deploys the service", &["codedeploy:GetDeployment"]);
const CODEDEPLOY_STOP: Grant = when("CodeDeploy deploys the service", &["codedeploy:StopDeployment"]);
const CODEDEPLOY_BACK: Grant = when("`recover`, and CodeDeploy deploys the service", &["codedeploy:StopDeployment"]);
const AUTOSCALING: Grant = optional(
    "`desired`",
    &["application-autoscaling:DescribeScalableTargets"],
    "a warning says that it is not known whether an autoscaler sets the number of tasks",
);
const RECOVER: Grant = when("`recover`", &["ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"]);
const TASKS: Grant =
    when("`before`, `at_pause` or `after`", &["ecs:RunTask", "ecs:DescribeTasks", "ecs:ListTasks", "iam:PassRole"]);
const TASKS_LOG: Grant =
    optional("`before`, `at_pause` or `after`", &["logs:GetLogEvents"], "there are no lines of the log");
const AT_PAUSE: Grant = when("`at_pause`", &["ecs:ContinueServiceDeployment", "ecs:StopServiceDeployment"]);
const DIGESTS: Grant = optional("", &["ecs:DescribeServiceRevisions"], "the outcome has no `images`");
const STOP: Grant = when("`stop`", &["ecs:StopTask"]);
const LOGIN: Grant = always(&["ecr:GetAuthorizationToken"]);
const LOGIN_PUBLIC: Grant = when("public.ecr.aws", &["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]);
const LOOK: Grant = when("images in ECR", &["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]);
const PUSH: Grant = always(&[
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
]);
const CREATE: Grant = when("`create`", &["ecr:CreateRepository", "ecr:GetLifecyclePolicy", "ecr:PutLifecyclePolicy"]);
const SCAN: Grant = when("`scan`", &["ecr:DescribeImageScanFindings", "ecr:StartImageScan"]);

const DEPLOY: &[Grant] = &[
    SERVICE,
    DEFINITION,
    REGISTER,
    UPDATE,
    PASS,
    TAGS,
    CODEDEPLOY,
    TASKS,
    STOP,
    AT_PAUSE,
    RECOVER,
    CODEDEPLOY_BACK,
    RECORDS,
    REASON,
    DIGESTS,
    TASKS_LOG,
    IMAGES,
    NEAREST,
    REGISTRY,
    MOVED,
    AUTOSCALING,
    CODEDEPLOY_LOOKS,
];
const SERVICES: &[Grant] = &[
    when("the service is not there", &["ecs:CreateService"]),
    when("`settings.tags`", &["ecs:TagResource"]),
    optional(
        "`settings.desiredCount`",
        &["application-autoscaling:DescribeScalableTargets"],
        "a warning says that it is not known whether an autoscaler sets the number of tasks",
    ),
];
const SCALE: &[Grant] = &[
    SERVICE,
    always(&[
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
    ]),
    when("the range or `suspended` changes", &["application-autoscaling:RegisterScalableTarget"]),
    when("`role`", &["iam:PassRole"]),
    when(
        "`cpu`, `memory`, `requests` or `policies`",
        &["application-autoscaling:PutScalingPolicy", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"],
    ),
    when("`requests` without `target`", &["elasticloadbalancing:DescribeTargetGroups"]),
    when("`actions`", &["application-autoscaling:PutScheduledAction"]),
    when(
        "`remove`, or `null` for a policy",
        &[
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeleteScheduledAction",
            "application-autoscaling:DeregisterScalableTarget",
            "cloudwatch:DeleteAlarms",
        ],
    ),
    when("the account has never scaled a service", &["iam:CreateServiceLinkedRole"]),
];
const SCHEDULE: &[Grant] = &[
    when(
        "target `lambda`, `task` or `call`",
        &["scheduler:GetSchedule", "scheduler:CreateSchedule", "scheduler:UpdateSchedule", "iam:PassRole"],
    ),
    when("`remove`", &["scheduler:DeleteSchedule"]),
    when("`create` with a group", &["scheduler:GetScheduleGroup", "scheduler:CreateScheduleGroup"]),
    when("target `task` with `service`", &["ecs:DescribeServices"]),
    when(
        "target `http`",
        &[
            "events:DescribeRule",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:DescribeApiDestination",
            "events:CreateApiDestination",
            "events:UpdateApiDestination",
            "events:DescribeConnection",
            "events:CreateConnection",
            "events:UpdateConnection",
            "secretsmanager:CreateSecret",
            "secretsmanager:UpdateSecret",
            "iam:PassRole",
        ],
    ),
    when(
        "target `http`, and `remove`",
        &["events:DeleteRule", "events:DeleteApiDestination", "events:DeleteConnection", "secretsmanager:DeleteSecret"],
    ),
];

/// Each verb with its grants; those of another verb that it includes come first.
const VERBS: &[(&str, &[&[Grant]])] = &[
    ("deploy", &[DEPLOY]),
    ("plan", &[&[SERVICE, DEFINITION, RECORDS, IMAGES, NEAREST, REGISTRY, MOVED, AUTOSCALING, CODEDEPLOY_LOOKS]]),
    (
        "watch",
        &[&[
            SERVICE,
            CODEDEPLOY_WATCH,
            RECORDS,
            DIGESTS,
            REASON,
            optional("a deployment fails", &["ecs:DescribeTaskDefinition"], "the error names neither images nor logs"),
            CODEDEPLOY_LOOKS,
        ]],
    ),
    (
        "rollback",
        &[&[
            SERVICE,
            DEFINITION,
            UPDATE,
            PASS,
            when("a deployment is on its way", &["ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"]),
            optional("nothing else names what ran before", &["ecs:ListTaskDefinitions"], "`to` must name the revision"),
            CODEDEPLOY,
            CODEDEPLOY_STOP,
            RECORDS,
            DIGESTS,
            REASON,
            CODEDEPLOY_LOOKS,
            IMAGES,
            NEAREST,
            REGISTRY,
        ]],
    ),
    (
        "resume",
        &[&[
            SERVICE,
            when("a deployment in stages waits", &["ecs:ContinueServiceDeployment"]),
            when("CodeDeploy deploys the service", &["codedeploy:ContinueDeployment", "codedeploy:GetDeployment"]),
            RECORDS,
            DIGESTS,
            REASON,
            CODEDEPLOY_LOOKS,
            optional("a deployment fails", &["ecs:DescribeTaskDefinition"], "the error names neither images nor logs"),
        ]],
    ),
    ("service", &[SERVICES, DEPLOY]),
    ("scale", &[SCALE]),
    (
        "run",
        &[&[
            DEFINITION,
            always(&["ecs:RunTask", "ecs:DescribeTasks", "ecs:ListTasks"]),
            when("`service`", &["ecs:DescribeServices"]),
            REGISTER,
            PASS,
            TAGS,
            STOP,
            when("`settings.tags`", &["ecs:TagResource"]),
            optional("`wait`", &["logs:GetLogEvents"], "there are no lines of the log"),
            IMAGES,
            NEAREST,
            REGISTRY,
        ]],
    ),
    (
        "register",
        &[&[DEFINITION, REGISTER, PASS, TAGS, IMAGES, NEAREST, REGISTRY, when("`service`", &["ecs:DescribeServices"])]],
    ),
    ("schedule", &[SCHEDULE]),
    ("login", &[&[LOGIN, LOGIN_PUBLIC]]),
    ("resolve", &[&[LOOK, NEAREST, REGISTRY]]),
    ("exists", &[&[when("images in ECR", &["ecr:BatchGetImage"]), REGISTRY]]),
    ("push", &[&[PUSH, CREATE, SCAN]]),
    ("build", &[&[PUSH, CREATE, SCAN]]),
    ("whoami", &[&[]]),
];

/// The verbs of the table, in the order of README.
#[doc(hidden)]
pub fn permission_verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|(verb, _)| *verb)
}

/// The IAM actions that a verb needs; empty for a verb that needs none. No call is made.
///
/// `deploy_all` needs what `deploy` needs, for each service.
///
/// ```
/// let deploy = ecs_rollout::permissions("deploy");
/// assert!(deploy.iter().any(|grant| grant.actions.contains(&"ecs:UpdateService")));
/// ```
#[must_use]
pub fn permissions(verb: &str) -> Vec<Grant> {
    let verb = if verb == "deploy_all" { "deploy" } else { verb };
    let groups = VERBS.iter().find(|(known, _)| *known == verb).map_or(&[][..], |(_, groups)| groups);
    groups.iter().flat_map(|group| group.iter().copied()).collect()
}
