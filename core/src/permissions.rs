//! The IAM actions of each verb, in one table. README's lists and the verb `policy` are made from it, and tests compare it with the calls.

pub(crate) mod condition;
pub(crate) mod named;
pub(crate) mod policy;
pub(crate) mod referred;
pub(crate) mod resource;
pub(crate) mod statement;
pub(crate) mod trust;
pub(crate) mod values;

use condition::Rule;
use condition::Test::{Absent, Given, Has, Is, IsNot, Null};

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
    /// Evaluates `when` over a request.
    pub(crate) rule: Rule,
    /// Whose roles are passed, and what is tagged.
    pub(crate) purpose: Purpose,
}

/// Whose roles are passed, and what is tagged: `iam:PassRole` and `ecs:TagResource` have other resources for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The task definition.
    Definition,
    /// The `settings` of the service or the task.
    Settings,
    /// The option `express`: the roles of the definition that ECS makes, and the one by which it makes all else.
    Express,
    /// Application Auto Scaling, EventBridge Scheduler, or EventBridge: the principal that gets the role.
    Principal(&'static str),
    /// The values of `variables` that are looked up.
    Values,
}

const fn always(actions: &'static [&'static str]) -> Grant {
    optional("", actions, "")
}

const fn when(when: &'static str, actions: &'static [&'static str]) -> Grant {
    optional(when, actions, "")
}

const fn optional(when: &'static str, actions: &'static [&'static str], without: &'static str) -> Grant {
    Grant { actions, when, without, rule: Rule::Open, purpose: Purpose::Definition }
}

impl Grant {
    /// With a rule that evaluates `when` over a request. Without a rule, the grant is in the policy of every request.
    const fn needed_if(self, rule: Rule) -> Self {
        Self { rule, ..self }
    }

    const fn about(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }
}

// Rules over the members of a request.
/// The definition may be another one than before.
const CHANGES: Rule = Rule::Any(&[
    Given("/images"),
    Given("/containers"),
    Given("/patch"),
    Given("/variables"),
    Given("/pin"),
    Given("/definition"),
]);
const REGISTERED: Rule = Rule::Any(&[
    Given("/images"),
    Given("/containers"),
    Given("/patch"),
    Given("/variables"),
    Given("/pin"),
    Given("/definition"),
    Given("/force"),
]);
const RECOVERED: Rule = Rule::Any(&[Is("/recover", "rollback")]);
const CHECKED: Rule = Rule::Any(&[IsNot("/verify", "false"), Given("/pin")]);
const CONTAINERS_OR_DEFINITION: Rule =
    Rule::Any(&[Given("/images"), Given("/containers"), Given("/definition"), Given("/patch"), Given("/variables")]);
const ECR_IMAGE: Rule = Rule::Any(&[Has("/image", ".dkr.ecr"), Has("/image", ".dkr-ecr"), Absent("/image")]);
const OF_SCHEDULER: Rule = Rule::All(&[Absent("/target/http"), IsNot("/route", "rule")]);
const WRITTEN_BY_SCHEDULER: Rule = Rule::All(&[Absent("/target/http"), IsNot("/route", "rule"), Absent("/remove")]);
const REMOVED_BY_SCHEDULER: Rule = Rule::All(&[Absent("/target/http"), IsNot("/route", "rule"), Given("/remove")]);
const OF_EVENTS: Rule = Rule::Any(&[Given("/target/http"), Is("/route", "rule")]);

// Read by every verb that is about a service.
const SERVICE: Grant = always(&["ecs:DescribeServices"]);
const DEFINITION: Grant = always(&["ecs:DescribeTaskDefinition"]);
const REGISTER: Grant = when("the definition changes", &["ecs:RegisterTaskDefinition"]).needed_if(CHANGES);
const UPDATE: Grant = always(&["ecs:UpdateService"]);
const EXPRESS_MODE: &str = "Express Mode: ECS manages the service whole";
// ECS registers the definition on behalf of the caller. Source: the policy in the README of AWS's own action.
const EXPRESS: Grant =
    when(EXPRESS_MODE, &["ecs:UpdateExpressGatewayService", "ecs:RegisterTaskDefinition"]).needed_if(Rule::Express);
const EXPRESS_LOOK: Grant = optional(EXPRESS_MODE, &["ecs:DescribeExpressGatewayService"], "no `endpoint` is reported")
    .needed_if(Rule::Express);
const EXPRESS_READ: Grant = when(EXPRESS_MODE, &["ecs:DescribeExpressGatewayService"]).needed_if(Rule::Express);
// Without them there is no verdict, and the verb is refused.
const EXPRESS_RECORDS: Grant = when(EXPRESS_MODE, RECORDS.actions).needed_if(Rule::Express);
const PASS: Grant = when("the definition names roles, for each of them", &["iam:PassRole"]);
const TAGS: Grant =
    when("the definition has tags, which are copied to the new revision", &["ecs:TagResource"]).needed_if(CHANGES);
const RECORDS: Grant = optional(
    "deployments in stages, or another deployment takes the place of ours",
    &["ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions"],
    "the list of deployments decides: no stages, and a rollback may look like another's deployment; a service behind a Classic Load Balancer and an Express service are refused",
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
)
.needed_if(CONTAINERS_OR_DEFINITION);
const IMAGES: Grant = optional(
    "`verify` or `pin`, with images in ECR",
    &["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"],
    "a warning says that the image was not checked; with `pin` an error",
)
.needed_if(CHECKED);
const REFERENCES: Grant = optional(
    "`verify: \"all\"`, for what the documents refer to",
    referred::LOOKS,
    "a warning says what was not looked at",
)
.needed_if(Rule::Any(&[Is("/verify", "all")]));
const CHECKED_REFERENCES: Grant = optional(
    "what the documents refer to",
    referred::LOOKS,
    "a finding of the level `skipped` says what was not looked at",
)
.needed_if(Rule::All(&[IsNot("/verify", "false"), IsNot("/verify", "true")]));
const NEAREST: Grant = optional(
    "an image is missing",
    &["ecr:ListImages", "ecr:DescribePullThroughCacheRules"],
    "the error does not name the nearest tags, and an image that a pull-through cache would fetch counts as missing",
)
.needed_if(CHECKED);
const REQUIRED: Grant = when(
    "`require`, with images in ECR",
    &["ecr:BatchGetImage", "ecr:ListImageReferrers", "ecr:DescribeImageSigningStatus"],
)
.needed_if(Rule::Any(&[Given("/require")]));
const REGISTRY: Grant = optional(
    "the registry is asked because ECR's API is not allowed",
    &["ecr:GetAuthorizationToken"],
    "no other way to the image",
)
.needed_if(CHECKED);
const CODEDEPLOY: Grant = when(
    "CodeDeploy deploys the service",
    &[
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:RegisterApplicationRevision",
    ],
)
.needed_if(Rule::CodeDeploy);
const CODEDEPLOY_LOOKS: Grant = optional(
    "CodeDeploy deploys the service",
    &[
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListDeployments",
        "codedeploy:ListDeploymentTargets",
        "codedeploy:GetDeploymentTarget",
    ],
    "the group is not checked before, a deployment on its way is not joined, and there are no events `stage`",
)
.needed_if(Rule::CodeDeploy);
const CODEDEPLOY_WATCH: Grant =
    when("CodeDeploy deploys the service", &["codedeploy:GetDeployment"]).needed_if(Rule::CodeDeploy);
const CODEDEPLOY_STOP: Grant =
    when("CodeDeploy deploys the service", &["codedeploy:StopDeployment"]).needed_if(Rule::CodeDeploy);
const CODEDEPLOY_BACK: Grant = when("`recover`, and CodeDeploy deploys the service", &["codedeploy:StopDeployment"])
    .needed_if(Rule::Both(&RECOVERED, &Rule::CodeDeploy));
const AUTOSCALING: Grant = optional(
    "`desired`",
    &["application-autoscaling:DescribeScalableTargets"],
    "a warning says that it is not known whether an autoscaler sets the number of tasks",
)
.needed_if(Rule::Any(&[Given("/desired")]));
const RECOVER: Grant =
    when("`recover`", &["ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"]).needed_if(RECOVERED);
const ONE_OFF: Rule = Rule::Any(&[Given("/before"), Given("/at_pause"), Given("/after")]);
const TASKS: Grant =
    when("`before`, `at_pause` or `after`", &["ecs:RunTask", "ecs:DescribeTasks", "ecs:ListTasks", "iam:PassRole"])
        .needed_if(ONE_OFF);
const TASKS_LOG: Grant =
    optional("`before`, `at_pause` or `after`", &["logs:GetLogEvents"], "there are no lines of the log")
        .needed_if(ONE_OFF);
const AT_PAUSE: Grant = when("`at_pause`", &["ecs:ContinueServiceDeployment", "ecs:StopServiceDeployment"])
    .needed_if(Rule::Any(&[Given("/at_pause")]));
const DIGESTS: Grant = optional("", &["ecs:DescribeServiceRevisions"], "the outcome has no `images`");
const SETTINGS_ROLES: Grant = when("`settings` name roles, for each of them", &["iam:PassRole"])
    .needed_if(Rule::SettingsRoles)
    .about(Purpose::Settings);
const SETTINGS_TAGS: Grant = when("`settings.tags` or `express.tags`", &["ecs:TagResource"])
    .needed_if(Rule::Any(&[
        Given("/express/tags"),
        Given("/settings/tags"),
        Given("/settings/service/tags"),
        Given("/settings/services/*/tags"),
    ]))
    .about(Purpose::Settings);
const STOP: Grant = when("`stop`", &["ecs:StopTask"]).needed_if(Rule::Any(&[
    Given("/stop"),
    Given("/before/*/stop"),
    Given("/at_pause/*/stop"),
    Given("/after/*/stop"),
]));
const LOGIN: Grant = always(&["ecr:GetAuthorizationToken"]);
const LOGIN_PUBLIC: Grant = when("public.ecr.aws", &["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"])
    .needed_if(Rule::Any(&[Has("/registries", "ecr-public"), Has("/registries", "public.ecr")]));
const LOOK: Grant = when("images in ECR", &["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"])
    .needed_if(ECR_IMAGE);
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
const CREATE: Grant = when("`create`", &["ecr:CreateRepository", "ecr:GetLifecyclePolicy", "ecr:PutLifecyclePolicy"])
    .needed_if(Rule::Any(&[Given("/create"), Given("/lifecycle")]));
const TEMPLATES: Grant = optional(
    "`create`, for ECR's repository creation templates",
    &["ecr:DescribeRepositoryCreationTemplates"],
    "the repository is made without a template, and a warning says so",
)
.needed_if(Rule::Any(&[Given("/create")]));
const SCAN: Grant =
    when("`scan`", &["ecr:DescribeImageScanFindings", "ecr:StartImageScan"]).needed_if(Rule::Any(&[Given("/scan")]));

const DEPLOY: &[Grant] = &[
    SERVICE,
    DEFINITION,
    REGISTER,
    UPDATE,
    EXPRESS,
    EXPRESS_READ,
    EXPRESS_RECORDS,
    PASS,
    SETTINGS_ROLES,
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
    REQUIRED,
    REGISTRY,
    REFERENCES,
    MOVED,
    AUTOSCALING,
    CODEDEPLOY_LOOKS,
];
const ASSUME: Grant = when("`role` of a service", &["sts:AssumeRole"]).needed_if(Rule::Any(&[Given("/role")]));
const BAKE: Grant = optional(
    "`bake`",
    &["ecs:ListTasks", "ecs:DescribeTasks"],
    "a task that stops while its wave bakes counts only if ECS counts it as failed",
)
.needed_if(Rule::Any(&[Given("/bake")]));
const PLAN: &[Grant] = &[
    SERVICE,
    DEFINITION,
    EXPRESS_READ,
    EXPRESS_RECORDS,
    RECORDS,
    IMAGES,
    NEAREST,
    REQUIRED,
    REGISTRY,
    REFERENCES,
    MOVED,
    AUTOSCALING,
    CODEDEPLOY_LOOKS,
];
const SERVICES: &[Grant] = &[
    when("the service is not there", &["ecs:CreateService"]),
    when("`express`, and the service is not there", &["ecs:CreateExpressGatewayService", "ecs:RegisterTaskDefinition"])
        .needed_if(Rule::Any(&[Given("/express")])),
    when("`express`, and there is no cluster `default`, which ECS creates", &["ecs:CreateCluster"])
        .needed_if(Rule::All(&[Given("/express"), Absent("/cluster"), Absent("/express/cluster")])),
    when("`express` names roles, for each of them", &["iam:PassRole"])
        .needed_if(Rule::Any(&[Given("/express")]))
        .about(Purpose::Express),
    SETTINGS_TAGS,
    optional(
        "`settings.desiredCount`",
        &["application-autoscaling:DescribeScalableTargets"],
        "a warning says that it is not known whether an autoscaler sets the number of tasks",
    )
    .needed_if(Rule::Any(&[
        Given("/settings/desiredCount"),
        Given("/settings/service/desiredCount"),
        Given("/settings/services/*/desiredCount"),
    ])),
];
const SCALE: &[Grant] = &[
    SERVICE,
    always(&[
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
    ]),
    when("the range or `suspended` changes", &["application-autoscaling:RegisterScalableTarget"]).needed_if(Rule::Any(
        &[
            Given("/min"),
            Given("/max"),
            Is("/min", "0"),
            Is("/max", "0"),
            Is("/suspended", "false"),
            Given("/suspended"),
        ],
    )),
    when("`role`", &["iam:PassRole"])
        .needed_if(Rule::Any(&[Given("/role")]))
        .about(Purpose::Principal("application-autoscaling.amazonaws.com")),
    when(
        "`cpu`, `memory`, `requests`, `cooldown`, `resolution` or `policies`",
        &["application-autoscaling:PutScalingPolicy", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"],
    )
    .needed_if(Rule::Any(&[
        Given("/cpu"),
        Given("/memory"),
        Given("/requests"),
        Given("/cooldown"),
        Given("/resolution"),
        Given("/policies"),
    ])),
    optional(
        "a policy tracks a metric of high resolution",
        &["ecs:DescribeServiceRevisions"],
        "a finding says that it is not known whether the service publishes the metric",
    )
    .needed_if(Rule::Any(&[Given("/cpu"), Given("/memory"), Given("/resolution"), Given("/policies")])),
    when("`requests` without `target`", &["elasticloadbalancing:DescribeTargetGroups"])
        .needed_if(Rule::All(&[Given("/requests"), Absent("/target")])),
    when("`actions`", &["application-autoscaling:PutScheduledAction"]).needed_if(Rule::Any(&[Given("/actions")])),
    when(
        "`remove`, or `null` for a policy",
        &[
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeleteScheduledAction",
            "application-autoscaling:DeregisterScalableTarget",
            "cloudwatch:DeleteAlarms",
        ],
    )
    .needed_if(Rule::Any(&[Given("/remove"), Null("/cpu"), Null("/memory"), Null("/requests")])),
    when("the account has never scaled a service", &["iam:CreateServiceLinkedRole"])
        .needed_if(Rule::All(&[Absent("/role"), Absent("/remove")])),
];
const SCHEDULE: &[Grant] = &[
    when("target `lambda`, `task` or `call`", &["scheduler:GetSchedule"]).needed_if(OF_SCHEDULER),
    when(
        "target `lambda`, `task` or `call`",
        &["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "iam:PassRole"],
    )
    .needed_if(WRITTEN_BY_SCHEDULER)
    .about(Purpose::Principal("scheduler.amazonaws.com")),
    when("`remove`", &["scheduler:DeleteSchedule"]).needed_if(REMOVED_BY_SCHEDULER),
    when("a group other than `default`", &["scheduler:GetScheduleGroup"])
        .needed_if(Rule::All(&[Given("/group"), IsNot("/group", "default")])),
    when("`create` with a group", &["scheduler:CreateScheduleGroup"]).needed_if(Rule::Any(&[Given("/create")])),
    when("target `task` with `service`", &["ecs:DescribeServices"])
        .needed_if(Rule::Any(&[Given("/target/task/service")])),
    when(
        "target `http`",
        &[
            "events:DescribeRule",
            "events:ListTargetsByRule",
            "events:RemoveTargets",
            "events:DescribeApiDestination",
            "events:DescribeConnection",
        ],
    )
    .needed_if(OF_EVENTS),
    when(
        "target `http`",
        &[
            "events:PutRule",
            "events:PutTargets",
            "events:CreateApiDestination",
            "events:UpdateApiDestination",
            "events:CreateConnection",
            "events:UpdateConnection",
            "secretsmanager:CreateSecret",
            "secretsmanager:UpdateSecret",
            "iam:PassRole",
        ],
    )
    .needed_if(Rule::Written(&OF_EVENTS))
    .about(Purpose::Principal("events.amazonaws.com")),
    when(
        "target `http`, and `remove`",
        &["events:DeleteRule", "events:DeleteApiDestination", "events:DeleteConnection", "secretsmanager:DeleteSecret"],
    )
    .needed_if(Rule::Removed(&OF_EVENTS)),
];

const HISTORY: Grant = optional(
    "ECS deploys the service",
    &["ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions"],
    "a warning; the list of deployments has to do: no verdicts on earlier ones, no digests",
);
const STATUS: &[Grant] = &[
    SERVICE,
    HISTORY,
    optional("", &["ecs:ListTasks", "ecs:DescribeTasks"], "a warning; how many tasks are healthy is not reported"),
    optional("no digests are to be had", &["ecs:DescribeTaskDefinition"], "a warning; no images"),
];
const EXPLAIN: &[Grant] = &[
    SERVICE,
    HISTORY,
    optional(
        "",
        &["ecs:ListTasks", "ecs:DescribeTasks", "ecs:DescribeTaskDefinition", "logs:GetLogEvents"],
        "a warning, and a line in `missing`",
    ),
];
const LOGS: &[Grant] = &[
    when("`service`", &["ecs:DescribeServices", "ecs:ListTasks"]).needed_if(Rule::Any(&[Given("/service")])),
    always(&["ecs:DescribeTasks", "ecs:DescribeTaskDefinition"]),
    when("no `filter`", &["logs:GetLogEvents"]).needed_if(Rule::All(&[Absent("/filter")])),
    when("`filter`", &["logs:FilterLogEvents"]).needed_if(Rule::Any(&[Given("/filter")])),
];
const EXPORT: &[Grant] = &[
    SERVICE,
    DEFINITION,
    optional(
        "",
        &[
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "application-autoscaling:DescribeScheduledActions",
        ],
        "a warning; there is no `scaling`",
    ),
];
const PRUNE: &[Grant] = &[
    always(&["ecs:ListTaskDefinitions"]),
    when(
        "there are more revisions than `keep`",
        &[
            "ecs:ListClusters",
            "ecs:ListServices",
            "ecs:DescribeServices",
            "ecs:ListTasks",
            "ecs:DescribeTasks",
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "events:ListEventBuses",
            "events:ListRuleNamesByTarget",
            "events:ListTargetsByRule",
        ],
    ),
    when(
        "a deployment of the family is in progress",
        &["ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions"],
    ),
    when("revisions go", &["ecs:DeregisterTaskDefinition"]).needed_if(Rule::All(&[Absent("/plan")])),
];
const REMOVE: &[Grant] = &[
    SERVICE,
    when("the service is there", &["ecs:UpdateService", "ecs:DeleteService"]).needed_if(Rule::All(&[Absent("/plan")])),
    optional(
        "the service is scaled",
        &["application-autoscaling:DescribeScalableTargets"],
        "a warning says that a scalable target may be left",
    ),
    optional(
        "the service is scaled",
        &["application-autoscaling:DeregisterScalableTarget", "cloudwatch:DeleteAlarms"],
        "a warning says that the scalable target is left",
    )
    .needed_if(Rule::All(&[Absent("/plan")])),
];

/// What looks the values of `variables` up.
const VALUES: &[Grant] = &[
    when("`variables` from SSM", &["ssm:GetParameters"])
        .needed_if(Rule::Any(&[Given("/variables/*/ssm")]))
        .about(Purpose::Values),
    when("`variables` from outputs of stacks", &["cloudformation:DescribeStacks"])
        .needed_if(Rule::Any(&[Given("/variables/*/cloudformation")]))
        .about(Purpose::Values),
    when("`variables` from exports", &["cloudformation:ListExports"])
        .needed_if(Rule::Any(&[Given("/variables/*/export")]))
        .about(Purpose::Values),
    when("`variables` from a state of Terraform on S3", &["s3:GetObject"])
        .needed_if(Rule::Any(&[Has("/variables/*/tfstate", "s3://")]))
        .about(Purpose::Values),
    when("`variables` that are ARNs of secrets", &["secretsmanager:DescribeSecret"])
        .needed_if(Rule::Any(&[Given("/variables/*/secret")]))
        .about(Purpose::Values),
];

/// Each verb with its grants; those of another verb that it includes come first.
const VERBS: &[(&str, &[&[Grant]])] = &[
    ("deploy", &[DEPLOY, VALUES]),
    ("plan", &[PLAN, VALUES]),
    (
        "check",
        &[
            &[
                when("`service`", &["ecs:DescribeServices"]).needed_if(Rule::Any(&[Given("/service")])),
                when("a definition that is named, or the service's", &["ecs:DescribeTaskDefinition"]),
                CHECKED_REFERENCES,
                RECORDS,
                IMAGES,
                NEAREST,
                REQUIRED,
                REGISTRY,
                CODEDEPLOY_LOOKS,
            ],
            VALUES,
        ],
    ),
    (
        "watch",
        &[&[
            SERVICE,
            CODEDEPLOY_WATCH,
            RECORDS,
            EXPRESS_LOOK,
            EXPRESS_RECORDS,
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
            EXPRESS,
            EXPRESS_READ,
            EXPRESS_RECORDS,
            PASS,
            when("a deployment is on its way", &["ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"]),
            optional("nothing else names what ran before", &["ecs:ListTaskDefinitions"], "`to` must name the revision")
                .needed_if(Rule::All(&[Absent("/to")])),
            CODEDEPLOY,
            CODEDEPLOY_STOP,
            RECORDS,
            DIGESTS,
            REASON,
            CODEDEPLOY_LOOKS,
            IMAGES,
            NEAREST,
            REQUIRED,
            REGISTRY,
        ]],
    ),
    (
        "resume",
        &[&[
            SERVICE,
            when("a deployment in stages waits", &["ecs:ContinueServiceDeployment"]),
            when("CodeDeploy deploys the service", &["codedeploy:ContinueDeployment", "codedeploy:GetDeployment"])
                .needed_if(Rule::CodeDeploy),
            RECORDS,
            DIGESTS,
            REASON,
            CODEDEPLOY_LOOKS,
            optional("a deployment fails", &["ecs:DescribeTaskDefinition"], "the error names neither images nor logs"),
        ]],
    ),
    ("deploy_all", &[DEPLOY, VALUES, &[ASSUME, BAKE]]),
    ("plan_all", &[PLAN, VALUES, &[ASSUME]]),
    ("service", &[SERVICES, DEPLOY, VALUES]),
    ("scale", &[SCALE]),
    ("status", &[STATUS]),
    ("explain", &[EXPLAIN]),
    ("logs", &[LOGS]),
    ("export", &[EXPORT]),
    ("revisions", &[&[DEFINITION, always(&["ecs:ListTaskDefinitions"])]]),
    ("prune", &[PRUNE]),
    ("remove", &[REMOVE]),
    (
        "run",
        &[
            &[
                DEFINITION,
                always(&["ecs:RunTask", "ecs:DescribeTasks", "ecs:ListTasks"]),
                when("`service`", &["ecs:DescribeServices"]).needed_if(Rule::Any(&[Given("/service")])),
                REGISTER,
                PASS,
                TAGS,
                STOP,
                SETTINGS_TAGS,
                optional("`wait`", &["logs:GetLogEvents"], "there are no lines of the log")
                    .needed_if(Rule::All(&[IsNot("/wait", "false")])),
                IMAGES,
                NEAREST,
                REQUIRED,
                REGISTRY,
                REFERENCES,
            ],
            VALUES,
        ],
    ),
    (
        "register",
        &[
            &[
                DEFINITION,
                REGISTER.needed_if(REGISTERED),
                PASS,
                TAGS.needed_if(REGISTERED),
                IMAGES,
                NEAREST,
                REQUIRED,
                REGISTRY,
                REFERENCES,
                when("`service`", &["ecs:DescribeServices"]).needed_if(Rule::Any(&[Given("/service")])),
            ],
            VALUES,
        ],
    ),
    ("schedule", &[SCHEDULE]),
    ("login", &[&[LOGIN, LOGIN_PUBLIC]]),
    ("resolve", &[&[LOOK, NEAREST, REQUIRED, REGISTRY]]),
    ("exists", &[&[when("images in ECR", &["ecr:BatchGetImage"]).needed_if(ECR_IMAGE), REGISTRY]]),
    ("push", &[&[PUSH, CREATE, TEMPLATES, SCAN]]),
    ("build", &[&[PUSH, CREATE, TEMPLATES, SCAN]]),
    ("whoami", &[&[]]),
    ("policy", &[&[]]),
];

/// The verbs of the table, in the order of README.
#[doc(hidden)]
pub fn permission_verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|(verb, _)| *verb)
}

/// The IAM actions that a verb needs; empty for a verb that needs none. No call is made.
///
/// `deploy_all` and `plan_all` need theirs for each service.
///
/// ```
/// let deploy = ecs_rollout::permissions("deploy");
/// assert!(deploy.iter().any(|grant| grant.actions.contains(&"ecs:UpdateService")));
/// ```
#[must_use]
pub fn permissions(verb: &str) -> Vec<Grant> {
    let groups = VERBS.iter().find(|(known, _)| *known == verb).map_or(&[][..], |(_, groups)| groups);
    groups.iter().flat_map(|group| group.iter().copied()).collect()
}
