//! Decides what keeps a task from starting, when that shows, and what ECS says about it.

use serde_json::Value;

use super::definition::Definition;
use super::ids::Place;

/// What keeps a task from starting. The names are those of the library's causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    ImageMissing,
    PlatformMismatch,
    ExecFormat,
    RegistryDenied,
    RegistryUnreachable,
    RegistryLimit,
    DiskFull,
    SecretDenied,
    SecretMissing,
    EnvironmentFile,
    LogGroupMissing,
    Volume,
    Network,
    NetworkAddress,
    Role,
    Capacity,
    PlacementCpu,
    PlacementMemory,
    PlacementPort,
}

const NAMES: [(&str, Failure); 19] = [
    ("image_missing", Failure::ImageMissing),
    ("platform_mismatch", Failure::PlatformMismatch),
    ("exec_format", Failure::ExecFormat),
    ("registry_denied", Failure::RegistryDenied),
    ("registry_unreachable", Failure::RegistryUnreachable),
    ("registry_limit", Failure::RegistryLimit),
    ("disk_full", Failure::DiskFull),
    ("secret_denied", Failure::SecretDenied),
    ("secret_missing", Failure::SecretMissing),
    ("environment_file", Failure::EnvironmentFile),
    ("log_group_missing", Failure::LogGroupMissing),
    ("volume", Failure::Volume),
    ("network", Failure::Network),
    ("network_address", Failure::NetworkAddress),
    ("role", Failure::Role),
    ("capacity", Failure::Capacity),
    ("placement_cpu", Failure::PlacementCpu),
    ("placement_memory", Failure::PlacementMemory),
    ("placement_port", Failure::PlacementPort),
];

/// When a failure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    /// There is no task at all, only a service event.
    Placement,
    /// The task ends before any container is there; only the task has a reason.
    Resources,
    /// The container has the reason, and the task repeats it.
    Pull,
    /// The same, when the container's turn comes.
    Start,
}

/// What the texts are about.
pub(crate) struct Subject<'a> {
    pub(crate) place: &'a Place,
    pub(crate) definition: &'a Definition,
    pub(crate) container: &'a Value,
    pub(crate) subnet: &'a str,
}

impl Failure {
    pub(crate) fn read(name: &str) -> Option<Failure> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, failure)| *failure)
    }

    pub(crate) fn names() -> String {
        NAMES.map(|(name, _)| name).join(", ")
    }

    pub(crate) fn moment(self) -> Moment {
        use Failure::*;
        match self {
            Role | Capacity | PlacementCpu | PlacementMemory | PlacementPort => Moment::Placement,
            SecretDenied | SecretMissing | EnvironmentFile | LogGroupMissing | Volume | Network | NetworkAddress => {
                Moment::Resources
            }
            ImageMissing | PlatformMismatch | RegistryDenied | RegistryUnreachable | RegistryLimit | DiskFull => {
                Moment::Pull
            }
            ExecFormat => Moment::Start,
        }
    }

    /// Whether a round that made no task counts as a failed launch: one that was refused does, one that waits for room
    /// does not.
    pub(crate) fn counts(self) -> bool {
        self == Failure::Role
    }

    /// What RunTask gives as the reason where there is no place for a task; absent where it refuses the whole call instead.
    pub(crate) fn unplaced(self) -> Option<&'static str> {
        match self {
            Failure::PlacementCpu => Some("RESOURCE:CPU"),
            Failure::PlacementMemory => Some("RESOURCE:MEMORY"),
            Failure::PlacementPort => Some("RESOURCE:PORTS"),
            Failure::Capacity => {
                Some("Capacity is unavailable at this time. Please try again later or in a different availability zone")
            }
            _ => None,
        }
    }

    pub(crate) fn text(self, subject: &Subject<'_>) -> String {
        match self.moment() {
            Moment::Placement => self.placement(subject),
            Moment::Resources => self.resources(subject),
            Moment::Pull => {
                let (retries, text) = self.pull(subject);
                format!("CannotPullContainerError: {retries} time(s): {text}")
            }
            Moment::Start => "CannotStartContainerError: Error response from daemon: failed to create task for \
                              container: failed to create shim task: OCI runtime create failed: runc create failed: \
                              unable to start container process: exec /docker-entrypoint.sh: exec format error"
                .to_owned(),
        }
    }

    fn pull(self, subject: &Subject<'_>) -> (&'static str, String) {
        const MANIFEST: &str = "pull image manifest has been retried 5";
        let image = text(subject.container, "image");
        let (host, path) = address(image);
        match self {
            Failure::PlatformMismatch => {
                let arm =
                    subject.definition.document.get("runtimePlatform").and_then(|value| value.get("cpuArchitecture"));
                let platform = if arm.is_some_and(|arm| arm == "ARM64") { "linux/arm64" } else { "linux/amd64" };
                (MANIFEST, format!("image Manifest does not contain descriptor matching platform '{platform}'"))
            }
            Failure::RegistryDenied => (
                "pull image manifest has been retried 1",
                format!(
                    "failed to resolve ref {image}: pull access denied, repository does not exist or may require \
                     authorization: authorization failed: no basic auth credentials"
                ),
            ),
            Failure::RegistryUnreachable => (
                MANIFEST,
                format!(
                    "failed to resolve ref {image}: failed to do request: Head \"https://{host}{path}\": dial tcp \
                     52.94.0.1:443: i/o timeout"
                ),
            ),
            Failure::RegistryLimit => (
                MANIFEST,
                format!(
                    "httpReadSeeker: failed open: unexpected status code https://{host}{path}: 429 Too Many Requests - \
                     Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit \
                     by authenticating and upgrading: https://www.docker.com/increase-rate-limit"
                ),
            ),
            Failure::DiskFull => (
                "ref pull has been retried 1",
                "failed to copy: failed to extract layer: write /var/lib/containerd/io.containerd.content.v1.content: \
                 no space left on device"
                    .to_owned(),
            ),
            _ => (MANIFEST, format!("failed to resolve ref {image}: {image}: not found")),
        }
    }

    fn resources(self, subject: &Subject<'_>) -> String {
        let first = |list: &str, member: &str| {
            let items = subject.container.get(list).and_then(Value::as_array);
            items.and_then(|items| items.first()?.get(member)?.as_str()).unwrap_or_default().to_owned()
        };
        match self {
            Failure::SecretDenied | Failure::SecretMissing => self.secret(subject, &first("secrets", "valueFrom")),
            Failure::EnvironmentFile => format!(
                "ResourceInitializationError: failed to download env files: file download command: non empty error \
                 stream: service call has been retried 5 time(s): failed to download {}: NoSuchKey: The specified key \
                 does not exist.",
                first("environmentFiles", "value")
            ),
            Failure::LogGroupMissing => "ResourceInitializationError: failed to initialize logging driver: failed to \
                                         create Cloudwatch log stream: ResourceNotFoundException: The specified log \
                                         group does not exist."
                .to_owned(),
            Failure::Volume => {
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: \
                                stderr: mount.nfs4: Connection timed out : unsuccessful EFS utils command execution; \
                                code: 32"
                    .to_owned()
            }
            Failure::NetworkAddress => format!(
                "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled \
                 in subnet '{}': InsufficientFreeAddressesInSubnet",
                subject.subnet
            ),
            _ => "Timeout waiting for network interface provisioning to complete.".to_owned(),
        }
    }

    /// Secrets Manager and Parameter Store are told apart by the reference.
    fn secret(self, subject: &Subject<'_>, from: &str) -> String {
        const HEAD: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";
        let role = subject.definition.text("executionRoleArn").unwrap_or("ecsTaskExecutionRole");
        let role = role.rsplit('/').next().unwrap_or(role);
        let user = subject.place.principal(&format!("assumed-role/{role}")).replace(":iam:", ":sts:");
        let secrets = from.is_empty() || from.contains(":secretsmanager:");
        let denied = |action: &str| {
            format!(
                "AccessDeniedException: User: {user} is not authorized to perform: {action} on resource: {from} because \
                 no identity-based policy allows the {action} action"
            )
        };
        match (secrets, self) {
            (true, Failure::SecretDenied) => format!(
                "{HEAD} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch \
                 secret {from} from secrets manager: {}",
                denied("secretsmanager:GetSecretValue")
            ),
            (true, _) => format!(
                "{HEAD} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch \
                 secret {from} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the \
                 specified secret."
            ),
            (false, Failure::SecretDenied) => format!(
                "{HEAD} unable to retrieve secrets from ssm: service call has been retried 1 time(s): {}",
                denied("ssm:GetParameters")
            ),
            (false, _) => format!(
                "{HEAD} unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm \
                 parameters: {from}"
            ),
        }
    }

    fn placement(self, subject: &Subject<'_>) -> String {
        const NOWHERE: &str = "was unable to place a task because no container instance met all of its requirements. \
                               The closest matching (container-instance 0123456789abcdef0123456789abcdef)";
        match self {
            Failure::PlacementCpu => format!("{NOWHERE} has insufficient CPU units available."),
            Failure::PlacementMemory => format!("{NOWHERE} has insufficient memory available."),
            Failure::PlacementPort => format!("{NOWHERE} is already using a port required by your task."),
            Failure::Role => {
                let named = subject.definition.text("executionRoleArn").or(subject.definition.text("taskRoleArn"));
                let role = named.map_or_else(|| subject.place.principal("role/ecsTaskExecutionRole"), str::to_owned);
                format!(
                    "failed to launch a task with (error ECS was unable to assume the role '{role}' that was provided \
                     for this task. Please verify that the role being passed has the proper trust relationship and \
                     permissions and that your IAM user has permissions to pass this role.)."
                )
            }
            _ => "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or \
                  in a different availability zone."
                .to_owned(),
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The registry's host, and the path of the manifest there.
fn address(image: &str) -> (&str, String) {
    let (name, tag) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((image, "latest"));
    match name.split_once('/').filter(|(host, _)| host.contains(['.', ':'])) {
        Some((host, repository)) => (host, format!("/v2/{repository}/manifests/{tag}")),
        None if name.contains('/') => ("registry-1.docker.io", format!("/v2/{name}/manifests/{tag}")),
        None => ("registry-1.docker.io", format!("/v2/library/{name}/manifests/{tag}")),
    }
}
