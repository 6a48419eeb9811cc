//! Maps ECS's texts to kinds of causes. AWS's prose changes, so a rule asks for a place and a trouble, not for a sentence.

use super::kind::Kind;

/// Words for the place, words for the trouble (none: any), and the kind. The first match counts, so that narrower rules come before
/// wider ones. All in lower case.
struct Rule(&'static [&'static str], &'static [&'static str], Kind);

const ANY: &[&str] = &[];
const REGISTRY_LOGIN: &[&str] =
    &["ecr registry auth", "registry auth from", "cannotpullcontainerauth", "getauthorizationtoken"];
const SECRET: &[&str] = &[
    "retrieve secret",
    "fetch secret",
    "secretsmanager",
    "secrets manager",
    "from ssm",
    "ssm parameters",
    "from asm",
    "parameter store",
    "ssm:",
];
const SECRET_OR_LOGIN: &[&str] = &["pull secrets or registry auth"];
const LOGGING: &[&str] = &["logging driver", "logger args", "log stream", "log group", "cloudwatch"];
const VOLUME: &[&str] = &[
    "efs utils",
    "efs volume",
    "efs file",
    "mount.nfs",
    "createvolume",
    "invalidvolume",
    "ebs volume",
    "fsx",
    "ephemeralstorage provisioning",
];
const PULL: &[&str] = &["cannotpull", "pull image", "failed to resolve ref"];
/// ECS looks up the digest of each image before it starts the tasks of a deployment.
const DIGEST: &[&str] = &[
    "image digest",
    "digest resolution",
    "resolve digest",
    "resolve the digest",
    "resolving digest",
    "image resolution",
    "resolve image",
    "resolve the image",
    "resolve container image",
    "resolve the container image",
    "resolving image",
    "resolving container image",
];
const DRIVER: &[&str] = &["logging driver", "logger args", "log stream", "log opt"];
/// A region or endpoint of awslogs that does not exist.
const NO_ENDPOINT: &[&str] = &[
    "missingendpoint",
    "missingregion",
    "missing region",
    "invalid endpoint",
    "resolve service endpoint",
    "logs.undefined.",
    "logs.null.",
    "logs..",
];

const UNREACHED: &[&str] = &[
    "i/o timeout",
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection issue",
    "no such host",
    "no route to host",
    "network is unreachable",
    "context deadline exceeded",
    "tls handshake timeout",
    "request canceled",
    "send request failed",
    "failed to do request",
    "dial tcp",
    "signal: killed",
    "any registry endpoint",
    "requestcanceled",
    "context canceled",
    "request send failed",
];
const DENIED: &[&str] = &[
    "accessdenied",
    "access denied",
    "not authorized",
    "unauthorized",
    "forbidden",
    "no basic auth",
    "authorization failed",
    "authentication required",
    "insufficient_scope",
    "denied:",
    "access to kms is not allowed",
    "role has the permissions",
    "no pull access",
    "authorization token has expired",
    "nocredentialproviders",
    "no valid providers",
    "refresh cached credentials",
    "failed to load credentials",
];
const ABSENT: &[&str] = &[
    "resourcenotfound",
    "parameternotfound",
    "can't find",
    "cannot find",
    "could not find",
    "invalid ssm parameter",
    "invalid parameter",
    "secret exists",
    "looking for beginning of value",
    "unexpected end of json",
    "did not contain json key",
    "marked for deletion",
    "not found",
    "does not exist",
    "doesn't exist",
];
const NO_IMAGE: &[&str] = &[
    "not found",
    "manifest unknown",
    "name unknown",
    "manifest for",
    "(404)",
    "does not exist",
    "no such image",
    "doesn't exist",
    "could not be found",
    "invalid reference",
    "normalize image reference",
    "parse reference",
];
const MEMORY: &[&str] = &["outofmemory", "out of memory", "out-of-memory", "oomkilled", "memory usage"];

const RULES: &[Rule] = &[
    Rule(&["exec format error"], ANY, Kind::PlatformMismatch),
    Rule(
        &[
            "descriptor matching platform",
            "no match for platform",
            "no matching manifest for",
            "image operating system",
        ],
        ANY,
        Kind::PlatformMismatch,
    ),
    Rule(REGISTRY_LOGIN, DENIED, Kind::RegistryDenied),
    Rule(REGISTRY_LOGIN, UNREACHED, Kind::RegistryUnreachable),
    Rule(SECRET, DENIED, Kind::SecretDenied),
    Rule(SECRET, ABSENT, Kind::SecretMissing),
    Rule(SECRET, UNREACHED, Kind::Network),
    Rule(SECRET_OR_LOGIN, DENIED, Kind::SecretDenied),
    Rule(SECRET_OR_LOGIN, UNREACHED, Kind::Network),
    Rule(&["env file", "environment file"], UNREACHED, Kind::Network),
    Rule(&["env file", "environment file"], ANY, Kind::EnvironmentFile),
    Rule(LOGGING, NO_ENDPOINT, Kind::LogDriver),
    Rule(LOGGING, DENIED, Kind::LogDenied),
    // ECS reports a missing log group also if it cannot reach CloudWatch.
    Rule(LOGGING, UNREACHED, Kind::Network),
    Rule(LOGGING, &["log group does not exist", "resourcenotfound", "cannot find"], Kind::LogGroupMissing),
    Rule(VOLUME, ANY, Kind::Volume),
    Rule(&["toomanyrequests", "too many requests", "pull rate limit"], ANY, Kind::RegistryLimit),
    Rule(&["throttlingexception", "rate exceeded", "operations are being throttled"], ANY, Kind::Throttled),
    Rule(&["no space left on device", "thin pool"], ANY, Kind::DiskFull),
    Rule(DRIVER, ANY, Kind::LogDriver),
    Rule(DIGEST, DENIED, Kind::RegistryDenied),
    Rule(DIGEST, UNREACHED, Kind::RegistryUnreachable),
    Rule(DIGEST, ANY, Kind::ImageMissing),
    Rule(&["normalize image reference", "invalid reference format"], ANY, Kind::ImageMissing),
    Rule(PULL, DENIED, Kind::RegistryDenied),
    Rule(PULL, UNREACHED, Kind::RegistryUnreachable),
    Rule(PULL, NO_IMAGE, Kind::ImageMissing),
    Rule(PULL, ANY, Kind::PullFailed),
    Rule(MEMORY, ANY, Kind::OutOfMemory),
    Rule(&["elb health checks"], ANY, Kind::LoadBalancerUnhealthy),
    Rule(&["container health checks"], ANY, Kind::Unhealthy),
    Rule(&["taskdependencyerror", "dependencies cannot be resolved", "ordering dependency"], ANY, Kind::Dependency),
    Rule(&["assume the role", "assume role", "assume the infrastructure role", "sts:assumerole"], ANY, Kind::Role),
    Rule(
        &[
            "capacity is unavailable",
            "reached the limit on the number of",
            "configuration is above your limit",
            "insufficient capacity",
            "insufficientinstancecapacity",
        ],
        ANY,
        Kind::Capacity,
    ),
    Rule(
        &["no container instance", "resource:cpu", "resource:memory", "resource:ports", "resource:gpu", "resource:eni"],
        ANY,
        Kind::Placement,
    ),
    Rule(&["port is already allocated", "address already in use"], ANY, Kind::PortTaken),
    Rule(&["network interface", "insufficientfreeaddresses", "containernetworkingerror"], ANY, Kind::Network),
    Rule(&["register targets in", "deregister targets"], ANY, Kind::TargetGroup),
    Rule(&["host ec2 (instance"], ANY, Kind::Interrupted),
    Rule(&["cannotstartcontainer", "cannotcreatecontainer", "hostconfigerror"], ANY, Kind::CannotStart),
    Rule(
        &[
            "cannotinspectcontainer",
            "cannotstopcontainer",
            "dockertimeouterror",
            "dockerstateerror",
            "containerruntimeerror",
            "containerruntimetimeouterror",
            "containervanishederror",
        ],
        ANY,
        Kind::Runtime,
    ),
    Rule(&["unable to stop or start tasks during a deployment"], ANY, Kind::Deadlock),
    Rule(&["unable to consistently start tasks"], ANY, Kind::StartThrottled),
];

/// The kind of cause that a text of ECS means, if it is known.
pub(crate) fn classify(text: &str) -> Option<Kind> {
    let text = text.to_lowercase().replace('’', "'");
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    RULES.iter().find(|Rule(place, trouble, _)| has(place) && (trouble.is_empty() || has(trouble))).map(|rule| rule.2)
}

/// The kind of cause that an exit code means, together with the text beside it.
pub(crate) fn classify_exit(exit: i64) -> Kind {
    match exit {
        137 => Kind::Killed,
        139 => Kind::SegmentationFault,
        143 => Kind::Terminated,
        _ => Kind::Exited,
    }
}

/// Whether a log ends with the kernel's message about a program for another platform. ECS knows only the exit code then. Further up,
/// the message may be about a program that the container did not need.
pub(crate) fn shows_platform(lines: &[String]) -> bool {
    lines.iter().rev().take(3).any(|line| line.to_lowercase().contains("exec format error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_text() {
        let auth = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";
        let auth = |rest: &str| format!("{auth} {rest}");
        for (words, kind) in [
            ("CannotStartContainerError: exec /app: exec format error".to_owned(), Some(Kind::PlatformMismatch)),
            (
                "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'".to_owned(),
                Some(Kind::PlatformMismatch),
            ),
            ("CannotPullContainerError: pull image manifest has been retried 5 time(s): toomanyrequests: limit".to_owned(), Some(Kind::RegistryLimit)),
            ("CannotPullContainerError: dial tcp: i/o timeout".to_owned(), Some(Kind::RegistryUnreachable)),
            ("CannotPullContainerError: failed to do request: Head \"https://x\": dial tcp: lookup x: no such host".to_owned(), Some(Kind::RegistryUnreachable)),
            ("CannotPullECRContainerError: manifest unknown".to_owned(), Some(Kind::ImageMissing)),
            ("CannotPullContainerError: API error (404): repository x not found".to_owned(), Some(Kind::ImageMissing)),
            ("CannotPullContainerError: ref pull has been retried 1 time(s): failed to resolve ref r/x:9: r/x:9: not found".to_owned(), Some(Kind::ImageMissing)),
            ("CannotPullContainerError: pull access denied for x, repository does not exist".to_owned(), Some(Kind::RegistryDenied)),
            ("CannotPullContainerError: unexpected status: 403 Forbidden".to_owned(), Some(Kind::RegistryDenied)),
            ("CannotPullContainerError: write: no space left on device".to_owned(), Some(Kind::DiskFull)),
            ("CannotPullContainerError: something else".to_owned(), Some(Kind::PullFailed)),
            (auth("unable to retrieve secret from asm: failed to fetch secret a from secrets manager: AccessDeniedException: User: u is not authorized to perform: secretsmanager:GetSecretValue"), Some(Kind::SecretDenied)),
            (auth("unable to retrieve secret from asm: failed to fetch secret a from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."), Some(Kind::SecretMissing)),
            (auth("unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /a"), Some(Kind::SecretMissing)),
            (auth("unable to retrieve secrets from ssm: AccessDeniedException: not authorized to perform: ssm:GetParameters"), Some(Kind::SecretDenied)),
            (auth("unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager."), Some(Kind::Network)),
            (auth("unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed: i/o timeout"), Some(Kind::RegistryUnreachable)),
            (auth("unable to retrieve ecr registry auth: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken"), Some(Kind::RegistryDenied)),
            (auth("something new"), None),
            ("ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed".to_owned(), Some(Kind::Network)),
            ("ResourceInitializationError: failed to download env files: file download command: NoSuchKey".to_owned(), Some(Kind::EnvironmentFile)),
            ("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4: Connection timed out".to_owned(), Some(Kind::Volume)),
            (
                "ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.".to_owned(),
                Some(Kind::LogGroupMissing),
            ),
            ("ResourceInitializationError: failed to validate logger args: create stream: AccessDeniedException: not authorized to perform: logs:CreateLogStream".to_owned(), Some(Kind::LogDenied)),
            (
                "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed".to_owned(),
                Some(Kind::Network),
            ),
            (
                "CannotPullContainerError: The task cannot pull r/x:1 from the registry r/x:1. There is a connection issue between the task and the registry.".to_owned(),
                Some(Kind::RegistryUnreachable),
            ),
            ("CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to pull images from the registry".to_owned(), Some(Kind::RegistryDenied)),
            ("CannotPullContainerError: The image r/x:1 doesn’t exist".to_owned(), Some(Kind::ImageMissing)),
            ("OutOfMemoryError: Container killed due to memory usage".to_owned(), Some(Kind::OutOfMemory)),
            ("Task failed ELB health checks in (target-group arn)".to_owned(), Some(Kind::LoadBalancerUnhealthy)),
            ("Task failed container health checks".to_owned(), Some(Kind::Unhealthy)),
            ("TaskDependencyError: Task dependencies cannot be resolved, taskArn: a".to_owned(), Some(Kind::Dependency)),
            ("ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.".to_owned(), Some(Kind::Role)),
            ("Timeout waiting for network interface provisioning to complete.".to_owned(), Some(Kind::Network)),
            ("Unexpected EC2 error while attempting to Create Network Interface in subnet 's': InsufficientFreeAddressesInSubnet".to_owned(), Some(Kind::Network)),
            ("Capacity is unavailable at this time. Please try again later".to_owned(), Some(Kind::Capacity)),
            ("was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently".to_owned(), Some(Kind::Capacity)),
            ("was unable to place a task because no container instance met all of its requirements. It has insufficient CPU units available.".to_owned(), Some(Kind::Placement)),
            ("RESOURCE:PORTS".to_owned(), Some(Kind::Placement)),
            ("is unable to consistently start tasks successfully.".to_owned(), Some(Kind::StartThrottled)),
            ("operations are being throttled on ELB. Will try again later.".to_owned(), Some(Kind::Throttled)),
            ("CannotCreateContainerError: no such user".to_owned(), Some(Kind::CannotStart)),
            ("something new".to_owned(), None),
        ] {
            assert_eq!(classify(&words), kind, "{words}");
        }
    }
}
