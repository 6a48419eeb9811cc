//! The members of a task definition as data, after botocore's model of RegisterTaskDefinition.

use super::check::Shape::{self, Any, Apart, Fields, Filled, Flag, Id, List, Number, Open, Text, Texts, Whole, Word};
use super::check::{Default, Empty, Field, may, must};

const ANY_NUMBER: Shape = Whole(i64::MIN, i64::MAX);
const FROM_ZERO: Shape = Whole(0, i64::MAX);
const UNBOUNDED: usize = usize::MAX;
const TEXT_LIST: Shape = List(&Text, UNBOUNDED);
const FILLED_LIST: Shape = List(&Filled, UNBOUNDED);
const DISABLED: &str = r#""DISABLED""#;
const SWITCH: Shape = Word(&["ENABLED", "DISABLED"]);
const NAME_VALUE: Shape = Fields(&[word("name"), word("value")]);
/// `valueFrom` is none of its members: a rule of its own says where it belongs.
const VARIABLE: Shape = Fields(&[word("name"), word("value"), word("valueFrom")]);
const SECRET: Shape = Fields(&[must("name", Text).empty(Empty::Value), must("valueFrom", Text).empty(Empty::Value)]);

/// An optional text that means something when it is empty, or about which a rule of its own says what is wrong then.
const fn word(name: &'static str) -> Field {
    may(name, Text).empty(Empty::Value)
}

/// An optional member with the JSON text of its default. Source: the API reference, and what ECS describes.
const fn or(default: &'static str, field: Field) -> Field {
    field.default(Default::Json(default))
}

const SYSTEMS: [&str; 10] = [
    "LINUX",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_20H2_CORE",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
];

/// The task definition; its containers are checked one by one, with [`CONTAINER`].
pub(crate) const TASK: Shape =
    Fields(&[
        word("family"),
        may("taskRoleArn", Filled),
        may("executionRoleArn", Filled),
        // For Windows on EC2 "<default>" is the mode that is meant by none, and comes back as "default".
        may("networkMode", Word(&["bridge", "host", "awsvpc", "none", "default", "<default>"]))
            .default(Default::Texts(&["bridge", "default", "<default>"])),
        must("containerDefinitions", Apart(&CONTAINER, 10)),
        may("volumes", List(&VOLUME, UNBOUNDED)),
        may("placementConstraints", List(&CONSTRAINT, 10)),
        may("requiresCompatibilities", List(&Word(&["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]), UNBOUNDED)),
        may("cpu", Text),
        may("memory", Text),
        // "Tags can not be empty.", says ECS, and yet describes an untagged definition with an empty list.
        may("tags", List(&Fields(&[word("key"), word("value")]), 50)).empty(Empty::LeftOut),
        may("pidMode", Word(&["host", "task"])),
        may("ipcMode", Word(&["host", "task", "none"])),
        may("proxyConfiguration", PROXY),
        may("inferenceAccelerators", List(&ACCELERATOR, UNBOUNDED)),
        may("ephemeralStorage", Fields(&[must("sizeInGiB", Whole(21, 200))])),
        may("runtimePlatform", PLATFORM),
        may("enableFaultInjection", Flag),
        may("trustedExecutionConfiguration", TRUSTED),
    ]);

const CONSTRAINT: Shape = Fields(&[may("type", Word(&["memberOf"])).empty(Empty::Refused), word("expression")]);
const PLATFORM: Shape =
    Fields(&[may("cpuArchitecture", Word(&["X86_64", "ARM64"])), may("operatingSystemFamily", Word(&SYSTEMS))]);
const ACCELERATOR: Shape = Fields(&[must("deviceName", Text), must("deviceType", Text)]);
const PROXY: Shape = Fields(&[
    or(r#""APPMESH""#, may("type", Word(&["APPMESH"]))),
    must("containerName", Text),
    may("properties", List(&NAME_VALUE, UNBOUNDED)),
]);
const TRUSTED: Shape = Fields(&[
    must("isolationMode", Word(&["SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX"])),
    may("attestationPolicy", Any),
]);

const VOLUME: Shape = Fields(&[
    word("name"),
    // "host.sourcePath should not be blank."
    // Empty, it is the same as absent, and beside another kind ECS counts it as a second one.
    may("host", Fields(&[may("sourcePath", Text).empty(Empty::Refused)])).empty(Empty::LeftOut),
    // Empty, it still makes a volume of Docker's.
    may("dockerVolumeConfiguration", DOCKER_VOLUME).empty(Empty::Value),
    may("efsVolumeConfiguration", EFS_VOLUME),
    may("s3filesVolumeConfiguration", S3_FILES_VOLUME),
    may("fsxWindowsFileServerVolumeConfiguration", FSX_VOLUME),
    may("configuredAtLaunch", Flag),
]);
const DOCKER_VOLUME: Shape = Fields(&[
    may("scope", Word(&["task", "shared"])),
    may("autoprovision", Flag),
    may("driver", Text),
    may("driverOpts", Texts),
    may("labels", Texts),
]);
const EFS_VOLUME: Shape = Fields(&[
    must("fileSystemId", Text),
    or(r#""/""#, may("rootDirectory", Text)),
    or(DISABLED, may("transitEncryption", SWITCH)),
    may("transitEncryptionPort", Whole(0, 65535)),
    may("authorizationConfig", Fields(&[may("accessPointId", Text), or(DISABLED, may("iam", SWITCH))])),
]);
const S3_FILES_VOLUME: Shape = Fields(&[
    must("fileSystemArn", Text),
    or(r#""/""#, may("rootDirectory", Text)),
    may("transitEncryptionPort", Whole(0, 65535)),
    may("accessPointArn", Text),
]);
const FSX_VOLUME: Shape = Fields(&[
    must("fileSystemId", Text),
    must("rootDirectory", Text),
    must("authorizationConfig", Fields(&[must("credentialsParameter", Text), must("domain", Text)])),
]);

/// A container. What the rules of its own report better is not required here.
pub(crate) const CONTAINER: Shape = Fields(&[
    word("name"),
    word("image"),
    // ECS's console once wrote an empty one, which means that there are none.
    may("repositoryCredentials", Fields(&[must("credentialsParameter", Text).empty(Empty::LeftOut)])),
    or("0", may("cpu", FROM_ZERO)),
    // No container can have 0: it is how some servers and tools write an absent one.
    or("0", may("memory", FROM_ZERO)),
    or("0", may("memoryReservation", FROM_ZERO)),
    may("links", FILLED_LIST),
    may("portMappings", List(&PORT, UNBOUNDED)),
    or("true", may("essential", Flag)),
    may("restartPolicy", RESTART),
    may("entryPoint", TEXT_LIST),
    may("command", TEXT_LIST),
    may("environment", List(&VARIABLE, UNBOUNDED)),
    may("environmentFiles", List(&FILE, 10)),
    may("mountPoints", List(&MOUNT, UNBOUNDED)),
    may("volumesFrom", List(&Fields(&[word("sourceContainer"), may("readOnly", Flag)]), UNBOUNDED)),
    may("linuxParameters", LINUX),
    may("secrets", List(&SECRET, UNBOUNDED)),
    may("dependsOn", List(&DEPENDENCY, UNBOUNDED)),
    may("startTimeout", FROM_ZERO),
    // On an instance of one's own the agent's ECS_CONTAINER_STOP_TIMEOUT comes first.
    may("stopTimeout", FROM_ZERO).default(Default::OnFargate("30")),
    or(r#""enabled""#, may("versionConsistency", Word(&["enabled", "disabled"]))),
    may("hostname", Text),
    may("user", Text),
    may("workingDirectory", Text),
    may("disableNetworking", Flag),
    may("privileged", Flag),
    may("readonlyRootFilesystem", Flag),
    may("dnsServers", FILLED_LIST),
    may("dnsSearchDomains", FILLED_LIST),
    may("extraHosts", List(&Fields(&[must("hostname", Text), must("ipAddress", Text)]), UNBOUNDED)),
    may("dockerSecurityOptions", TEXT_LIST),
    may("interactive", Flag),
    may("pseudoTerminal", Flag),
    may("dockerLabels", Texts),
    may("ulimits", List(&ULIMIT, UNBOUNDED)),
    may("logConfiguration", LOGGING),
    may("healthCheck", HEALTH),
    may("systemControls", List(&Fields(&[word("namespace"), word("value")]), UNBOUNDED)),
    may("resourceRequirements", List(&RESOURCE, UNBOUNDED)),
    may("firelensConfiguration", FIRELENS),
    may("credentialSpecs", List(&Text, 1)),
]);

const FILE: Shape = Fields(&[must("value", Text).empty(Empty::Value), must("type", Word(&["s3"]))]);
const PORT: Shape = Fields(&[
    // Their ranges are for the rules of ports to tell.
    may("containerPort", ANY_NUMBER),
    may("hostPort", ANY_NUMBER).default(Default::HostPort),
    or(r#""tcp""#, may("protocol", Open(&["tcp", "udp"]))),
    may("name", Text),
    may("appProtocol", Word(&["http", "http2", "grpc"])),
    may("containerPortRange", Text),
]);
const RESTART: Shape = Fields(&[
    must("enabled", Flag),
    may("ignoredExitCodes", List(&ANY_NUMBER, 50)),
    or("300", may("restartAttemptPeriod", Whole(60, 1800))),
]);
const MOUNT: Shape = Fields(&[word("sourceVolume"), word("containerPath"), may("readOnly", Flag)]);
const DEPENDENCY: Shape = Fields(&[
    must("containerName", Text).empty(Empty::Value),
    must("condition", Word(&["START", "COMPLETE", "SUCCESS", "HEALTHY"])),
]);
const LINUX: Shape = Fields(&[
    may("capabilities", Fields(&[may("add", FILLED_LIST), may("drop", FILLED_LIST)])),
    may("devices", List(&DEVICE, UNBOUNDED)),
    may("initProcessEnabled", Flag),
    may("sharedMemorySize", ANY_NUMBER),
    may("tmpfs", List(&TMPFS, UNBOUNDED)),
    may("maxSwap", FROM_ZERO),
    or("60", may("swappiness", Whole(0, 100))),
]);
const DEVICE: Shape = Fields(&[
    must("hostPath", Text),
    may("containerPath", Text).default(Default::SameAs("hostPath")),
    or(r#"["read","write","mknod"]"#, may("permissions", List(&Word(&["read", "write", "mknod"]), UNBOUNDED))),
]);
const TMPFS: Shape = Fields(&[must("containerPath", Text), must("size", ANY_NUMBER), may("mountOptions", TEXT_LIST)]);
/// A rule of its own says that there are no others: they are those of Linux.
pub(crate) const ULIMITS: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];
const ULIMIT: Shape = Fields(&[must("name", Text), must("softLimit", ANY_NUMBER), must("hardLimit", ANY_NUMBER)]);
const LOG_DRIVERS: [&str; 8] =
    ["json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens"];
const LOGGING: Shape = Fields(&[
    must("logDriver", Word(&LOG_DRIVERS)),
    may("options", Texts),
    may("secretOptions", List(&SECRET, UNBOUNDED)),
]);
const HEALTH: Shape = Fields(&[
    may("command", TEXT_LIST),
    or("30", may("interval", Whole(5, 300))),
    // Sources disagree about its upper bound, so a rule of its own tells it.
    or("5", may("timeout", ANY_NUMBER)),
    or("3", may("retries", Whole(1, 10))),
    or("0", may("startPeriod", Whole(0, 300))),
]);
const RESOURCE: Shape = Fields(&[
    must("type", Word(&["GPU", "InferenceAccelerator", "NeuronDevice"])),
    must("value", Text),
    may("sharingStrategy", Fields(&[may("nvidiaMps", MPS)])),
]);
const MPS: Shape = Fields(&[must("memory", Whole(1, i64::MAX)), may("maxComputePercent", Whole(1, 100))]);
const FIRELENS: Shape = Fields(&[must("type", Word(&["fluentd", "fluentbit"])), may("options", Texts)]);

/// The members of CreateService, UpdateService and DescribeServices together.
pub(crate) const SERVICE: Shape = Fields(&[
    may("service", Text),
    may("serviceName", Text),
    may("serviceArn", Text),
    may("cluster", Text),
    may("clusterArn", Text),
    may("taskDefinition", Text),
    may("desiredCount", FROM_ZERO),
    may("runningCount", ANY_NUMBER),
    may("pendingCount", ANY_NUMBER),
    may("status", Text),
    // A rule of its own says which are known.
    may("launchType", Text),
    may("capacityProviderStrategy", List(&STRATEGY, UNBOUNDED)),
    may("deploymentConfiguration", DEPLOYMENT),
    may("deploymentController", Fields(&[must("type", Word(&["ECS", "CODE_DEPLOY", "EXTERNAL"]))])),
    may("networkConfiguration", Fields(&[may("awsvpcConfiguration", AWSVPC)])),
    may("loadBalancers", List(&BALANCER, UNBOUNDED)),
    may("serviceRegistries", List(&REGISTRY, UNBOUNDED)),
    may("serviceConnectConfiguration", CONNECT),
    may("volumeConfigurations", List(&LAUNCH_VOLUME, UNBOUNDED)),
    may("vpcLatticeConfigurations", List(&LATTICE, UNBOUNDED)),
    may("placementConstraints", List(&SERVICE_CONSTRAINT, UNBOUNDED)),
    may("placementStrategy", List(&PLACEMENT, 5)),
    may("healthCheckGracePeriodSeconds", Whole(0, 2_147_483_647)),
    may("schedulingStrategy", Word(&["REPLICA", "DAEMON"])),
    may("platformVersion", Text),
    may("platformFamily", Text),
    may("availabilityZoneRebalancing", SWITCH),
    may("enableExecuteCommand", Flag),
    may("enableECSManagedTags", Flag),
    may("forceNewDeployment", Flag),
    may("propagateTags", PROPAGATE),
    // "Tags can not be empty."
    may("tags", List(&Fields(&[word("key"), word("value")]), 50)).empty(Empty::LeftOut),
    may("role", Text),
    may("roleArn", Text),
    may("clientToken", Text),
    may("createdBy", Text),
    may("createdAt", Any),
    may("events", Any),
    may("deployments", Any),
    may("taskSets", Any),
    may("currentServiceDeployment", Any),
    may("currentServiceRevisions", Any),
    may("resourceManagementType", Text),
    may("gatewayConnectors", Any),
    may("monitoring", Any),
]);

const LAUNCH: Shape = Word(&["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]);
const PROPAGATE: Shape = Word(&["TASK_DEFINITION", "SERVICE", "NONE"]);
const LAUNCH_VOLUME: Shape = Fields(&[must("name", Text), may("managedEBSVolume", EBS)]);
const EBS: Shape = Fields(&[
    may("encrypted", Flag),
    may("kmsKeyId", Text),
    may("volumeType", Word(&["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"])),
    may("sizeInGiB", ANY_NUMBER),
    may("snapshotId", Text),
    may("volumeInitializationRate", ANY_NUMBER),
    may("iops", ANY_NUMBER),
    may("throughput", ANY_NUMBER),
    may("tagSpecifications", List(&EBS_TAGS, UNBOUNDED)),
    must("roleArn", Text),
    may("filesystemType", Word(&["ext3", "ext4", "xfs", "ntfs"])),
    // Of a task that is run; a service ends its volumes with their tasks.
    may("terminationPolicy", Fields(&[must("deleteOnTermination", Flag)])),
]);
const EBS_TAGS: Shape = Fields(&[
    must("resourceType", Word(&["volume"])),
    may("tags", List(&Fields(&[word("key"), word("value")]), 50)),
    may("propagateTags", PROPAGATE),
]);
const CONNECT: Shape = Fields(&[
    must("enabled", Flag),
    may("namespace", Text),
    may("services", List(&CONNECT_SERVICE, UNBOUNDED)),
    may("logConfiguration", LOGGING),
    may("accessLogConfiguration", Any),
    may("containerConfigurations", Any),
]);
const CONNECT_SERVICE: Shape = Fields(&[
    must("portName", Text),
    may("discoveryName", Text),
    may("clientAliases", List(&CONNECT_ALIAS, UNBOUNDED)),
    may("ingressPortOverride", Whole(1, 65535)),
    may("timeout", Any),
    may("tls", Any),
]);
const CONNECT_ALIAS: Shape =
    Fields(&[must("port", Whole(1, 65535)), may("dnsName", Text), may("testTrafficRules", Any)]);

/// The members of RunTask.
pub(crate) const RUN: Shape = Fields(&[
    may("capacityProviderStrategy", List(&STRATEGY, UNBOUNDED)),
    may("cluster", Text),
    may("count", ANY_NUMBER),
    may("enableECSManagedTags", Flag),
    may("enableExecuteCommand", Flag),
    may("group", Text),
    may("launchType", LAUNCH),
    may("networkConfiguration", Fields(&[may("awsvpcConfiguration", AWSVPC)])),
    may("overrides", OVERRIDES),
    may("placementConstraints", List(&SERVICE_CONSTRAINT, UNBOUNDED)),
    may("placementStrategy", List(&PLACEMENT, 5)),
    may("platformVersion", Text),
    may("propagateTags", PROPAGATE),
    may("referenceId", Text),
    may("startedBy", Text),
    may("tags", List(&Fields(&[word("key"), word("value")]), 50)).empty(Empty::LeftOut),
    may("taskDefinition", Text),
    may("clientToken", Text),
    may("volumeConfigurations", List(&LAUNCH_VOLUME, UNBOUNDED)),
]);

/// The overrides of RunTask.
pub(crate) const OVERRIDES: Shape = Fields(&[
    may("containerOverrides", List(&CONTAINER_OVERRIDE, UNBOUNDED)),
    may("cpu", Text),
    may("memory", Text),
    may("executionRoleArn", Filled),
    may("taskRoleArn", Filled),
    may("ephemeralStorage", Fields(&[must("sizeInGiB", Whole(21, 200))])),
    may("inferenceAcceleratorOverrides", Any),
]);
const CONTAINER_OVERRIDE: Shape = Fields(&[
    must("name", Text),
    may("command", TEXT_LIST),
    may("environment", List(&NAME_VALUE, UNBOUNDED)),
    may("environmentFiles", List(&FILE, 10)),
    may("cpu", FROM_ZERO),
    may("memory", FROM_ZERO),
    may("memoryReservation", FROM_ZERO),
    may("resourceRequirements", List(&RESOURCE, UNBOUNDED)),
]);

const STRATEGY: Shape =
    Fields(&[must("capacityProvider", Id), may("weight", Whole(0, 1000)), may("base", Whole(0, 100_000))]);
const AWSVPC: Shape =
    // "subnets can not be empty."
    Fields(&[
        must("subnets", List(&Id, 16)).empty(Empty::Refused),
        may("securityGroups", List(&Id, 5)),
        may("assignPublicIp", SWITCH),
    ]);
const BALANCER: Shape = Fields(&[
    may("targetGroupArn", Id).empty(Empty::Refused),
    may("loadBalancerName", Id).empty(Empty::Refused),
    may("containerName", Text),
    may("containerPort", ANY_NUMBER),
    may("advancedConfiguration", Any),
]);
const REGISTRY: Shape = Fields(&[
    may("registryArn", Id).empty(Empty::Refused),
    may("port", ANY_NUMBER),
    may("containerName", Text),
    may("containerPort", ANY_NUMBER),
]);
const LATTICE: Shape = Fields(&[
    must("roleArn", Text),
    must("targetGroupArn", Text),
    must("portName", Text),
    may("advancedConfiguration", Any),
]);
const SERVICE_CONSTRAINT: Shape =
    Fields(&[may("type", Word(&["distinctInstance", "memberOf"])), may("expression", Text)]);
const PLACEMENT: Shape = Fields(&[may("type", Word(&["random", "spread", "binpack"])), may("field", Text)]);
const DEPLOYMENT: Shape = Fields(&[
    may("strategy", Word(&["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"])),
    may("minimumHealthyPercent", FROM_ZERO),
    may("maximumPercent", FROM_ZERO),
    may("deploymentCircuitBreaker", BREAKER),
    may("alarms", ALARMS),
    may("earlySuccessCriteria", Any),
    // Its range is not confirmed.
    may("bakeTimeInMinutes", ANY_NUMBER),
    may("linearConfiguration", LINEAR),
    may("canaryConfiguration", CANARY),
    may("lifecycleHooks", List(&Any, UNBOUNDED)),
]);
/// Source: the API reference of DeploymentAlarms, all of whose members are required.
const ALARMS: Shape =
    Fields(&[must("alarmNames", List(&Filled, UNBOUNDED)), must("enable", Flag), must("rollback", Flag)]);
const BREAKER: Shape = Fields(&[
    must("enable", Flag),
    must("rollback", Flag),
    may("resetOnHealthyTask", Flag),
    may("thresholdConfiguration", Any),
]);
const LINEAR: Shape = Fields(&[may("stepPercent", Number(3.0, 100.0)), may("stepBakeTimeInMinutes", Whole(0, 1440))]);
const CANARY: Shape =
    Fields(&[may("canaryPercent", Number(0.1, 100.0)), may("canaryBakeTimeInMinutes", Whole(0, 1440))]);
