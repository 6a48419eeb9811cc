//! The members of a task definition, after botocore's model of RegisterTaskDefinition.

use super::Shape::{Any, Apart, Fields, Filled, Flag, List, Open, Text, Texts, Whole, Word};
use super::{Default, Empty, Field, Shape, may, must, or, read_only, units, word};

pub(super) const ANY_NUMBER: Shape = Whole(i64::MIN, i64::MAX);
pub(super) const FROM_ZERO: Shape = Whole(0, i64::MAX);
pub(super) const UNBOUNDED: usize = usize::MAX;
pub(super) const TEXT_LIST: Shape = List(&Text, UNBOUNDED);
const FILLED_LIST: Shape = List(&Filled, UNBOUNDED);
const DISABLED: &str = r#""DISABLED""#;
pub(super) const SWITCH: Shape = Word(&["ENABLED", "DISABLED"]);
pub(super) const NAME_VALUE: Shape = Fields(&[word("name"), word("value")]);
/// The tags of anything that has tags.
pub(super) const TAGS: Shape = List(&Fields(&[word("key"), word("value")]), 50);
/// `valueFrom` is no member of a variable in ECS: another rule reports it with the right place.
const VARIABLE: Shape = Fields(&[word("name"), word("value"), word("valueFrom")]);
const SECRET: Shape = Fields(&[must("name", Text).empty(Empty::Value), must("valueFrom", Text).empty(Empty::Value)]);

/// An optional list whose order means nothing, and the members that tell its entries apart.
const fn set(name: &'static str, shape: Shape, keys: &'static [&'static str]) -> Field {
    may(name, shape).unordered(keys)
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
        must("containerDefinitions", Apart(&CONTAINER, 10)).unordered(&["name"]),
        set("volumes", List(&VOLUME, UNBOUNDED), &["name"]),
        set("placementConstraints", List(&CONSTRAINT, 10), &["type", "expression"]),
        set("requiresCompatibilities", List(&LAUNCH, UNBOUNDED), &[]),
        may("cpu", Text).spelled(|text| units(text, "vcpu")),
        may("memory", Text).spelled(|text| units(text, "gb")),
        // ECS answers "Tags can not be empty.", but describes an untagged definition with an empty list.
        set("tags", TAGS, &["key"]).empty(Empty::LeftOut),
        may("pidMode", Word(&["host", "task"])),
        may("ipcMode", Word(&["host", "task", "none"])),
        may("proxyConfiguration", PROXY),
        may("inferenceAccelerators", List(&ACCELERATOR, UNBOUNDED)),
        may("ephemeralStorage", Fields(&[must("sizeInGiB", Whole(21, 200))])),
        may("runtimePlatform", PLATFORM),
        may("enableFaultInjection", Flag),
        may("trustedExecutionConfiguration", TRUSTED),
        read_only("taskDefinitionArn"),
        read_only("revision"),
        read_only("status"),
        read_only("requiresAttributes"),
        read_only("compatibilities"),
        read_only("registeredAt"),
        read_only("registeredBy"),
        read_only("deregisteredAt"),
        read_only("deleteRequestedAt"),
    ]);

pub(crate) const LAUNCH_TYPES: [&str; 4] = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"];
pub(super) const LAUNCH: Shape = Word(&LAUNCH_TYPES);
const CONSTRAINT: Shape = Fields(&[may("type", Word(&["memberOf"])).empty(Empty::Refused), word("expression")]);
const PLATFORM: Shape =
    Fields(&[may("cpuArchitecture", Word(&["X86_64", "ARM64"])), may("operatingSystemFamily", Word(&SYSTEMS))]);
const ACCELERATOR: Shape = Fields(&[must("deviceName", Text), must("deviceType", Text)]);
const PROXY: Shape = Fields(&[
    or(r#""APPMESH""#, may("type", Word(&["APPMESH"]))),
    must("containerName", Text),
    set("properties", List(&NAME_VALUE, UNBOUNDED), &["name"]),
]);
const TRUSTED: Shape = Fields(&[
    must("isolationMode", Word(&["SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX"])),
    may("attestationPolicy", Any),
]);

pub(crate) const VOLUME: Shape = Fields(&[
    word("name"),
    // "host.sourcePath should not be blank."
    // Empty, it is the same as absent, and beside another kind ECS counts it as a second one.
    may("host", Fields(&[may("sourcePath", Text).empty(Empty::Refused)])).empty(Empty::LeftOut),
    // Empty, it still makes a Docker volume.
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

/// A container. Members that other rules require are not required here.
pub(crate) const CONTAINER: Shape = Fields(&[
    word("name"),
    word("image"),
    // ECS's console once wrote an empty one, which means that there are none.
    may("repositoryCredentials", Fields(&[must("credentialsParameter", Text).empty(Empty::LeftOut)])),
    or("0", may("cpu", FROM_ZERO)),
    // No container can have 0: some servers and tools write an absent value like this.
    or("0", may("memory", FROM_ZERO)),
    or("0", may("memoryReservation", FROM_ZERO)),
    may("links", FILLED_LIST),
    set("portMappings", List(&PORT, UNBOUNDED), &["containerPort", "containerPortRange", "protocol"]),
    or("true", may("essential", Flag)),
    may("restartPolicy", RESTART),
    may("entryPoint", TEXT_LIST),
    may("command", TEXT_LIST),
    set("environment", List(&VARIABLE, UNBOUNDED), &["name"]).dropped_without("value"),
    may("environmentFiles", List(&FILE, 10)),
    set("mountPoints", List(&MOUNT, UNBOUNDED), &["containerPath"]),
    may("volumesFrom", List(&Fields(&[word("sourceContainer"), may("readOnly", Flag)]), UNBOUNDED)),
    may("linuxParameters", LINUX),
    set("secrets", List(&SECRET, UNBOUNDED), &["name"]),
    set("dependsOn", List(&DEPENDENCY, UNBOUNDED), &["containerName"]),
    may("startTimeout", FROM_ZERO),
    // On EC2 the agent's ECS_CONTAINER_STOP_TIMEOUT sets the default.
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
    set("ulimits", List(&ULIMIT, UNBOUNDED), &["name"]),
    may("logConfiguration", LOGGING),
    may("healthCheck", HEALTH),
    set("systemControls", List(&Fields(&[word("namespace"), word("value")]), UNBOUNDED), &["namespace"]),
    set("resourceRequirements", List(&RESOURCE, UNBOUNDED), &["type"]),
    may("firelensConfiguration", FIRELENS),
    may("credentialSpecs", List(&Text, 1)),
]);

pub(super) const FILE: Shape = Fields(&[must("value", Text).empty(Empty::Value), must("type", Word(&["s3"]))]);
const PORT: Shape = Fields(&[
    // The rules of ports check their ranges.
    may("containerPort", ANY_NUMBER),
    may("hostPort", ANY_NUMBER).default(Default::HostPort),
    or(r#""tcp""#, may("protocol", Open(&["tcp", "udp"]))),
    may("name", Text),
    may("appProtocol", Word(&["http", "http2", "grpc"])),
    may("containerPortRange", Text),
]);
const RESTART: Shape = Fields(&[
    must("enabled", Flag),
    set("ignoredExitCodes", List(&ANY_NUMBER, 50), &[]),
    or("300", may("restartAttemptPeriod", Whole(60, 1800))),
]);
const MOUNT: Shape = Fields(&[word("sourceVolume"), word("containerPath"), may("readOnly", Flag)]);
const DEPENDENCY: Shape = Fields(&[
    must("containerName", Text).empty(Empty::Value),
    must("condition", Word(&["START", "COMPLETE", "SUCCESS", "HEALTHY"])),
]);
const LINUX: Shape = Fields(&[
    may("capabilities", Fields(&[set("add", FILLED_LIST, &[]), set("drop", FILLED_LIST, &[])])),
    set("devices", List(&DEVICE, UNBOUNDED), &["hostPath", "containerPath"]),
    may("initProcessEnabled", Flag),
    may("sharedMemorySize", ANY_NUMBER),
    may("tmpfs", List(&TMPFS, UNBOUNDED)),
    may("maxSwap", FROM_ZERO),
    or("60", may("swappiness", Whole(0, 100))),
]);
const DEVICE: Shape = Fields(&[
    must("hostPath", Text),
    may("containerPath", Text).default(Default::SameAs("hostPath")),
    or(r#"["read","write","mknod"]"#, set("permissions", List(&Word(&["read", "write", "mknod"]), UNBOUNDED), &[])),
]);
const TMPFS: Shape = Fields(&[must("containerPath", Text), must("size", ANY_NUMBER), may("mountOptions", TEXT_LIST)]);
/// The ulimits of Linux. Another rule refuses any other.
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
pub(super) const LOGGING: Shape = Fields(&[
    must("logDriver", Word(&LOG_DRIVERS)),
    may("options", Texts),
    set("secretOptions", List(&SECRET, UNBOUNDED), &["name"]),
]);
const HEALTH: Shape = Fields(&[
    may("command", TEXT_LIST),
    or("30", may("interval", Whole(5, 300))),
    // Sources disagree about its upper bound, so another rule checks it.
    or("5", may("timeout", ANY_NUMBER)),
    or("3", may("retries", Whole(1, 10))),
    or("0", may("startPeriod", Whole(0, 300))),
]);
pub(super) const RESOURCE: Shape = Fields(&[
    must("type", Word(&["GPU", "InferenceAccelerator", "NeuronDevice"])),
    must("value", Text),
    may("sharingStrategy", Fields(&[may("nvidiaMps", MPS)])),
]);
const MPS: Shape = Fields(&[must("memory", Whole(1, i64::MAX)), may("maxComputePercent", Whole(1, 100))]);
const FIRELENS: Shape = Fields(&[must("type", Word(&["fluentd", "fluentbit"])), may("options", Texts)]);
