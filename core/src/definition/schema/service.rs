//! The members of a service and of a task that is run, after botocore's models of CreateService, UpdateService, DescribeServices
//! and RunTask.

use super::Shape::{Any, Fields, Filled, Flag, Id, List, Number, Text, Whole, Word};
use super::task_definition::{
    ANY_NUMBER, FILE, FROM_ZERO, LAUNCH, LOGGING, NAME_VALUE, RESOURCE, SWITCH, TAGS, TEXT_LIST, UNBOUNDED,
};
use super::{CodeDeploy, Default, Empty, Field, Shape, Update, may, must, or, read_only};

/// A member that DescribeServices shows, of a known type.
const fn described(name: &'static str, shape: Shape) -> Field {
    Field { shape, ..read_only(name) }
}

/// The members of CreateService, UpdateService and DescribeServices together.
pub(crate) const SERVICE: Shape = Fields(&[
    may("service", Text).option("service"),
    may("serviceName", Text).create_only("a service cannot be renamed: its name is the option `service`"),
    described("serviceArn", Text),
    may("cluster", Text).option("cluster"),
    described("clusterArn", Text),
    may("taskDefinition", Text).option("definition"),
    may("desiredCount", FROM_ZERO).option("desired"),
    described("runningCount", ANY_NUMBER),
    described("pendingCount", ANY_NUMBER),
    described("status", Text),
    // Another rule checks which words are known.
    may("launchType", Text)
        .default(Default::Without("capacityProviderStrategy", r#""EC2""#))
        .create_only("give `capacityProviderStrategy`, or create a new service")
        .immutable(),
    may("capacityProviderStrategy", List(&STRATEGY, UNBOUNDED))
        .unordered(&["capacityProvider"])
        .codedeploy(CodeDeploy::InAppSpec("CapacityProviderStrategy")),
    may("deploymentConfiguration", DEPLOYMENT).update(Update::Merges).codedeploy(CodeDeploy::Taken),
    or(
        r#"{"type":"ECS"}"#,
        may("deploymentController", Fields(&[must("type", Word(&["ECS", "CODE_DEPLOY", "EXTERNAL"]))])),
    )
    .immutable(),
    may("networkConfiguration", NETWORK).begins_deployment().codedeploy(CodeDeploy::InAppSpec("NetworkConfiguration")),
    may("loadBalancers", List(&BALANCER, UNBOUNDED))
        .unordered(&["targetGroupArn", "loadBalancerName", "containerName", "containerPort"])
        .begins_deployment(),
    may("serviceRegistries", List(&REGISTRY, UNBOUNDED)).begins_deployment(),
    or(r#"{"enabled":false}"#, may("serviceConnectConfiguration", CONNECT)).begins_deployment(),
    may("volumeConfigurations", List(&LAUNCH_VOLUME, UNBOUNDED)).begins_deployment(),
    may("vpcLatticeConfigurations", List(&LATTICE, UNBOUNDED)).begins_deployment(),
    may("placementConstraints", List(&SERVICE_CONSTRAINT, UNBOUNDED))
        .unordered(&["type", "expression"])
        .codedeploy(CodeDeploy::Taken),
    may("placementStrategy", List(&PLACEMENT, 5)).codedeploy(CodeDeploy::Taken),
    or("0", may("healthCheckGracePeriodSeconds", Whole(0, 2_147_483_647))).codedeploy(CodeDeploy::Taken),
    or(r#""REPLICA""#, may("schedulingStrategy", Word(&["REPLICA", "DAEMON"])))
        .create_only("create a new service")
        .immutable(),
    or(r#""LATEST""#, may("platformVersion", Text))
        .begins_deployment()
        .codedeploy(CodeDeploy::InAppSpec("PlatformVersion")),
    described("platformFamily", Text),
    may("availabilityZoneRebalancing", SWITCH),
    may("enableExecuteCommand", Flag),
    may("enableECSManagedTags", Flag).codedeploy(CodeDeploy::Taken),
    may("forceNewDeployment", Flag).option("force"),
    or(r#""NONE""#, may("propagateTags", PROPAGATE)).codedeploy(CodeDeploy::Taken),
    // "Tags can not be empty."
    may("tags", TAGS).empty(Empty::LeftOut).create_only("the verb `service` sets the tags of a service"),
    may("role", Text).create_only("create a new service").immutable(),
    described("roleArn", Text),
    may("clientToken", Text).create_only("omit it"),
    described("createdBy", Text),
    read_only("createdAt"),
    read_only("events"),
    read_only("deployments"),
    read_only("taskSets"),
    read_only("currentServiceDeployment"),
    read_only("currentServiceRevisions"),
    described("resourceManagementType", Text),
    may("gatewayConnectors", Any),
    may("monitoring", Any),
]);

const PROPAGATE: Shape = Word(&["TASK_DEFINITION", "SERVICE", "NONE"]);
const LAUNCH_VOLUME: Shape = Fields(&[must("name", Text), may("managedEBSVolume", EBS)]);
const EBS: Shape = Fields(&[
    may("encrypted", Flag).default(Default::Unknown),
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
const EBS_TAGS: Shape =
    Fields(&[must("resourceType", Word(&["volume"])), may("tags", TAGS), may("propagateTags", PROPAGATE)]);
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

/// The members of CreateExpressGatewayService and UpdateExpressGatewayService, after botocore's models.
pub(crate) const EXPRESS: Shape = Fields(&[
    may("serviceName", Text).option("service"),
    may("cluster", Text).option("cluster"),
    may("infrastructureRoleArn", Filled),
    may("executionRoleArn", Filled),
    may("taskRoleArn", Filled),
    may("taskDefinitionArn", Filled),
    may("healthCheckPath", Filled),
    may("primaryContainer", PRIMARY),
    may("networkConfiguration", EXPRESS_NETWORK),
    may("cpu", Text),
    may("memory", Text),
    may("cpuArchitecture", Word(&["X86_64", "ARM64"])),
    may("scalingTarget", SCALING_TARGET),
    may("tags", TAGS).empty(Empty::LeftOut),
    read_only("serviceArn"),
    read_only("status"),
    read_only("currentDeployment"),
    read_only("activeConfigurations"),
    read_only("targetConfiguration"),
    read_only("ingressPaths"),
    read_only("serviceRevisionArn"),
    read_only("createdAt"),
    read_only("updatedAt"),
]);
const PRIMARY: Shape = Fields(&[
    may("image", Filled),
    may("containerPort", Whole(1, 65535)),
    may("awsLogsConfiguration", Fields(&[may("logGroup", Filled), may("logStreamPrefix", Filled)])),
    may("repositoryCredentials", Fields(&[must("credentialsParameter", Filled)])),
    may("command", TEXT_LIST),
    may("environment", List(&NAME_VALUE, UNBOUNDED)).unordered(&["name"]),
    may("secrets", List(&EXPRESS_SECRET, UNBOUNDED)).unordered(&["name"]),
]);
const EXPRESS_SECRET: Shape = Fields(&[must("name", Text), must("valueFrom", Text)]);
const EXPRESS_NETWORK: Shape =
    Fields(&[may("securityGroups", List(&Id, 16)).unordered(&[]), may("subnets", List(&Id, 16)).unordered(&[])]);
const SCALING_TARGET: Shape = Fields(&[
    may("minTaskCount", FROM_ZERO),
    may("maxTaskCount", FROM_ZERO),
    may("autoScalingMetric", Word(&["AVERAGE_CPU", "AVERAGE_MEMORY", "REQUEST_COUNT_PER_TARGET"])),
    may("autoScalingTargetValue", ANY_NUMBER),
]);

/// The members of RunTask.
pub(crate) const RUN: Shape = Fields(&[
    may("capacityProviderStrategy", List(&STRATEGY, UNBOUNDED)),
    may("cluster", Text).option("cluster"),
    may("count", ANY_NUMBER).option("count"),
    may("enableECSManagedTags", Flag),
    may("enableExecuteCommand", Flag),
    may("group", Text),
    may("launchType", LAUNCH),
    may("networkConfiguration", NETWORK),
    may("overrides", OVERRIDES).option("overrides"),
    may("placementConstraints", List(&SERVICE_CONSTRAINT, UNBOUNDED)),
    may("placementStrategy", List(&PLACEMENT, 5)),
    may("platformVersion", Text),
    may("propagateTags", PROPAGATE),
    may("referenceId", Text),
    may("startedBy", Text).option("key"),
    may("tags", TAGS).empty(Empty::LeftOut),
    may("taskDefinition", Text).option("definition"),
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
pub(crate) const CONTAINER_OVERRIDE: Shape = Fields(&[
    must("name", Text),
    may("command", TEXT_LIST),
    may("environment", List(&NAME_VALUE, UNBOUNDED)),
    may("environmentFiles", List(&FILE, 10)),
    may("cpu", FROM_ZERO),
    may("memory", FROM_ZERO),
    may("memoryReservation", FROM_ZERO),
    may("resourceRequirements", List(&RESOURCE, UNBOUNDED)),
]);

const STRATEGY: Shape = Fields(&[
    must("capacityProvider", Id),
    or("0", may("weight", Whole(0, 1000))),
    or("0", may("base", Whole(0, 100_000))),
]);
const AWSVPC: Shape =
    // "subnets can not be empty."
    Fields(&[
        must("subnets", List(&Id, 16)).empty(Empty::Refused).unordered(&[]),
        may("securityGroups", List(&Id, 5)).unordered(&[]),
        or(r#""DISABLED""#, may("assignPublicIp", SWITCH)),
    ]);
const NETWORK: Shape = Fields(&[may("awsvpcConfiguration", AWSVPC)]);
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
/// ECS spells the fields of a placement strategy its own way.
fn field(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "host" => "instanceid".to_owned(),
        lower => lower.to_owned(),
    }
}
const PLACEMENT: Shape =
    Fields(&[may("type", Word(&["random", "spread", "binpack"])), may("field", Text).spelled(field)]);
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
const ALARMS: Shape = Fields(&[
    must("alarmNames", List(&Filled, UNBOUNDED)).unordered(&[]),
    must("enable", Flag),
    must("rollback", Flag),
]);
const BREAKER: Shape = Fields(&[
    must("enable", Flag),
    must("rollback", Flag),
    may("resetOnHealthyTask", Flag).default(Default::Unknown),
    may("thresholdConfiguration", Any),
]);
const LINEAR: Shape = Fields(&[may("stepPercent", Number(3.0, 100.0)), may("stepBakeTimeInMinutes", Whole(0, 1440))]);
const CANARY: Shape =
    Fields(&[may("canaryPercent", Number(0.1, 100.0)), may("canaryBakeTimeInMinutes", Whole(0, 1440))]);
