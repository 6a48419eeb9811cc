//! Real texts of ECS and its agents, as users have published them, and the kind that each means.

use serde_json::json;

use super::merge::Evidence;
use super::patterns::classify;
use super::*;

const SECRETS: &str = "ResourceInitializationError: unable to pull secrets or registry auth: ";
const RETRIEVAL: &str =
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";
const LOGGER: &str = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ";
const EFS: &str = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ";
const PLACE: &str =
    "(service api) was unable to place a task because no container instance met all of its requirements. ";
const PULL: &str = "CannotPullContainerError: ";
const START: &str = "CannotStartContainerError: ";

/// The beginning of a text, the rest of it, and the kind.
const TEXTS: &[(&str, &str, Kind)] = &[
    (LOGGER, "MissingEndpoint: 'Endpoint' configuration is required for this service : exit status 1", Kind::LogDriver),
    (
        LOGGER,
        "AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: logs:CreateLogStream",
        Kind::LogDenied,
    ),
    (
        LOGGER,
        "RequestError: send request failed caused by: Post \"https://logs.undefined.amazonaws.com/\": dial tcp: lookup logs.undefined.amazonaws.com on 172.31.0.2:53: no such host : exit status 1",
        Kind::LogDriver,
    ),
    (
        LOGGER,
        "RequestError: send request failed caused by: Post \"https://logs.us-east-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
        Kind::Network,
    ),
    (
        LOGGER,
        "operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, ResourceNotFoundException: The specified log group does not exist.",
        Kind::LogGroupMissing,
    ),
    (
        LOGGER,
        "operation error CloudWatch Logs: CreateLogStream, failed to resolve service endpoint, endpoint rule error, Invalid Configuration: Missing Region",
        Kind::LogDriver,
    ),
    (LOGGER, "ThrottlingException: Rate exceeded", Kind::Throttled),
    (
        "ResourceInitializationError: failed to validate logger args: ",
        "The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed",
        Kind::Network,
    ),
    (
        START,
        "Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. status code: 400",
        Kind::LogGroupMissing,
    ),
    (
        START,
        "API error (500): failed to initialize logging driver: ResourceNotFoundException: The specified log group does not exist.",
        Kind::LogGroupMissing,
    ),
    (
        START,
        "Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: NoCredentialProviders: no valid providers in chain",
        Kind::LogDenied,
    ),
    (
        START,
        "Error response from daemon: failed to initialize logging driver: dial tcp 127.0.0.1:24224: connect: connection refused",
        Kind::Network,
    ),
    (START, "Error response from daemon: unknown log opt 'awslogs-colour' for awslogs log driver", Kind::LogDriver),
    (
        PULL,
        "pull image manifest has been retried 1 time(s): failed to resolve ref 1.dkr.ecr.us-west-2.amazonaws.com/otel:latest@sha256:863: unexpected status from HEAD request to https://1.dkr.ecr.us-west-2.amazonaws.com/v2/otel/blobs/sha256:863: 403 Forbidden",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/sha256:8795: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "inspect image has been retried 1 time(s): failed to resolve ref \"xxxxx.xxx\": unexpected status code [manifests 6981141]: 403 Forbidden",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "Error response from daemon: pull access denied for 1.dkr.ecr.us-east-1.amazonaws.com/foo/app, repository does not exist or may require 'docker login'",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "Error response from daemon: denied: Your authorization token has expired. Reauthenticate and try again.",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "API error (404): repository serverless-batch not found: does not exist or no pull access",
        Kind::RegistryDenied,
    ),
    (
        PULL,
        "The task can't pull the image. Check that the role has the permissions to pull images from the registry. Error response from daemon: pull access denied for x",
        Kind::RegistryDenied,
    ),
    (
        "CannotPullECRContainerError: ",
        "NoCredentialProviders: no valid providers in chain. Deprecated.",
        Kind::RegistryDenied,
    ),
    (
        "CannotPullECRContainerError: ",
        "ThrottlingException: Rate exceeded status code: 400, request id: 75567eb3",
        Kind::Throttled,
    ),
    (PULL, "Could not reach any registry endpoint", Kind::RegistryUnreachable),
    (
        PULL,
        "API error (500): Get https://1.dkr.ecr.ap-southeast-2.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        Kind::RegistryUnreachable,
    ),
    (
        PULL,
        "pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/u/r:latest: failed to do request: Head \"https://registry-1.docker.io/v2/u/r/manifests/latest\": dial tcp 44.205.64.79:443: i/o timeout",
        Kind::RegistryUnreachable,
    ),
    (
        PULL,
        "Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: TLS handshake timeout",
        Kind::RegistryUnreachable,
    ),
    (PULL, "context canceled", Kind::RegistryUnreachable),
    (
        PULL,
        "The task cannot pull r/x:1 from the registry r/x:1. There is a connection issue between the task and the registry. Check your task network configuration.",
        Kind::RegistryUnreachable,
    ),
    (PULL, "Tag latest not found in repository docker.io/library/owncloud", Kind::ImageMissing),
    (PULL, "API error (404): repository 1.dkr.ecr.us-east-1.amazonaws.com/r/i not found", Kind::ImageMissing),
    (
        PULL,
        "pull image manifest has been retried 7 time(s): failed to resolve ref 1.dkr.ecr.us-east-1.amazonaws.com/t:latest@sha256:11f7: 1.dkr.ecr.us-east-1.amazonaws.com/t:latest@sha256:11f7: not found",
        Kind::ImageMissing,
    ),
    (
        "CannotPullImageManifestError: ",
        "Error response from daemon: manifest unknown: Requested image not found",
        Kind::ImageMissing,
    ),
    ("InternalError: ", "failed to normalize image reference \"Dockerfile\"", Kind::ImageMissing),
    (PULL, "invalid reference format", Kind::ImageMissing),
    (
        PULL,
        "inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/amazon/aws-for-fluent-bit/manifests/sha256:330a",
        Kind::PullFailed,
    ),
    (PULL, "image Manifest does not contain descriptor matching platform 'linux/amd64'.", Kind::PlatformMismatch),
    (
        PULL,
        "ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: failed to extract layer sha256:c023: write /x: no space left on device: unknown",
        Kind::DiskFull,
    ),
    (PULL, "write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device", Kind::DiskFull),
    (
        "CannotCreateContainerError: ",
        "API error (500): devmapper: Thin Pool has 4350 free data blocks which is less than minimum required 4454 free data blocks.",
        Kind::DiskFull,
    ),
    (
        PULL,
        "You have reached your pull rate limit. You may increase the limit by authenticating and upgrading",
        Kind::RegistryLimit,
    ),
    (PULL, "pull image manifest has been retried 5 time(s): toomanyrequests: Rate exceeded", Kind::RegistryLimit),
    (
        RETRIEVAL,
        "unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadli...",
        Kind::Network,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: u is not authorized to perform: ssm:GetParameters",
        Kind::SecretDenied,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /wishkit/key",
        Kind::SecretMissing,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secrets from ssm: service call has been retried 1 time(s): Invalid parameters: /a, /b",
        Kind::SecretMissing,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character '\\'' looking for beginning of value",
        Kind::SecretMissing,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:r:1:secret:x from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400",
        Kind::SecretDenied,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:r:1:secret:x from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.",
        Kind::Network,
    ),
    (
        RETRIEVAL,
        "unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key url",
        Kind::SecretMissing,
    ),
    (
        SECRETS,
        "failed to fetch secret x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT.",
        Kind::SecretMissing,
    ),
    (
        SECRETS,
        "unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager.",
        Kind::Network,
    ),
    (
        SECRETS,
        "The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, request send failed",
        Kind::RegistryUnreachable,
    ),
    (
        RETRIEVAL,
        "unable to retrieve ecr registry auth: service call has been retried 5 time(s): RequestError: send request failed caused by: Post https://api.ecr....",
        Kind::RegistryUnreachable,
    ),
    (
        "ResourceInitializationError: failed to download env files: ",
        "file download command: non empty error stream: RequestCanceled: request context canceled caused by: context deadline exceeded",
        Kind::Network,
    ),
    (
        "ResourceInitializationError: failed to download env files: ",
        "file download command: non empty error stream: AccessDenied: Access Denied status code: 403",
        Kind::EnvironmentFile,
    ),
    (
        EFS,
        "Failed to resolve \"fs-0867.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct",
        Kind::Volume,
    ),
    (EFS, "mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32", Kind::Volume),
    (EFS, "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'", Kind::Volume),
    (
        EFS,
        "b'mount.nfs4: mounting fs-1.efs.r.amazonaws.com:/grafana failed, reason given by server: No such file or directory'",
        Kind::Volume,
    ),
    (
        START,
        "API error (500): Cannot start container 54b6: [8] System error: exec: \"node index.js -i 0\": executable file not found in $PATH",
        Kind::CannotStart,
    ),
    (
        START,
        "Error response from daemon: OCI runtime create failed: container_linux.go:348: starting container process caused \"exec: \\\"/bin/sh -c\\\": no such file or directory\": unknown",
        Kind::CannotStart,
    ),
    (
        START,
        "Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:8080 failed: port is already allocated",
        Kind::PortTaken,
    ),
    (START, "standard_init_linux.go:228: exec user process caused: exec format error", Kind::PlatformMismatch),
    ("", "CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s", Kind::Runtime),
    ("", "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s", Kind::Runtime),
    ("", "DockerTimeoutError: Could not transition to started; timed out after waiting 8m0s", Kind::Runtime),
    (
        "",
        "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: context canceled",
        Kind::Runtime,
    ),
    ("", "OutOfMemoryError: Container killed due to memory usage", Kind::OutOfMemory),
    ("", "Task failed container health checks", Kind::Unhealthy),
    (
        "",
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/n/a6)",
        Kind::LoadBalancerUnhealthy,
    ),
    ("", "Timeout waiting for network interface provisioning to complete.", Kind::Network),
    (
        "",
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
        Kind::Network,
    ),
    ("", "Host EC2 (instance i-0123456789abcdef0) terminated.", Kind::Interrupted),
    (
        "",
        "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
        Kind::Role,
    ),
    (PLACE, "Reason: No Container Instances were found in your cluster.", Kind::Placement),
    (
        PLACE,
        "The closest matching container-instance 476c is missing an attribute required by your task.",
        Kind::Placement,
    ),
    (PLACE, "The closest matching (container-instance 476c) encountered error \"AGENT\".", Kind::Placement),
    ("", "(service api) was unable to place a task. Reason: RESOURCE:ENI.", Kind::Placement),
    (
        "",
        "(service api) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently",
        Kind::Capacity,
    ),
    (
        "",
        "(service api) was unable to place a task. Reason: The requested MEMORY configuration is above your limit.",
        Kind::Capacity,
    ),
    (
        "",
        "(service api) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
        Kind::Capacity,
    ),
    ("", "(service api) operations are being throttled on elb. Will try again later.", Kind::Throttled),
    ("", "(service api) is unable to consistently start tasks successfully.", Kind::StartThrottled),
    (
        "",
        "(service api) was unable to stop or start tasks during a deployment because of the service deployment configuration.",
        Kind::Deadlock,
    ),
    (
        "",
        "(service api) failed to register targets in (target-group arn) with (error The following targets are not in the target group VPC: 10.0.0.1)",
        Kind::TargetGroup,
    ),
    // The digest of a tag, in a text that AWS may use for it.
    ("", "ECS deployment ecs-svc/2 failed: unable to resolve image digest for r/api:2.", Kind::ImageMissing),
    ("", "Image digest resolution failed: r/api:2", Kind::ImageMissing),
    ("", "The image r/api:2 could not be found while resolving image digests.", Kind::ImageMissing),
    ("", "ECS could not resolve the image digest of r/api:2: AccessDeniedException", Kind::RegistryDenied),
    ("", "ECS could not resolve the image digest of r/api:2: i/o timeout", Kind::RegistryUnreachable),
];

#[test]
fn real_texts_of_ecs_have_the_right_kind() {
    let wrong: Vec<String> = TEXTS
        .iter()
        .map(|(beginning, rest, kind)| (format!("{beginning}{rest}"), kind))
        .filter(|(text, kind)| classify(text) != Some(**kind))
        .map(|(text, kind)| format!("{kind:?}, not {:?}: {text}", classify(&text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TEXTS.len(), wrong.join("\n"));
}

/// Texts that are no failure themselves: the reason is elsewhere.
#[test]
fn a_verdict_without_a_failure_has_no_kind() {
    for text in [
        "ECS deployment circuit breaker: tasks failed to start.",
        "ECS deployment ecs-svc/5386320934964759578 completed.",
        "ECS deployment ecs-svc/7851020056849183687 in progress.",
        "(service api) (deployment ecs-svc/2) deployment failed: alarm detected.",
        "(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start.",
        "(service api) rolling back to deployment ecs-svc/1.",
        "Essential container in task exited",
        "Task failed to start",
        "its tasks keep stopping for a cause that waiting does not cure",
    ] {
        assert_eq!(classify(text), None, "{text}");
    }
}

/// The summary contains the names of images and secrets, whatever names them.
#[test]
fn a_reason_names_what_it_is_about() {
    let definition = json!({"containerDefinitions": [
        {"name": "api", "image": "r/api:2", "secrets": [{"name": "DB", "valueFrom": "/x/y"}]}, {"name": "redis", "image": "redis:7"}]});
    let described = Described { definition: Some(&definition), service: None };
    let summary = |reason: &str| {
        let reported = [given_up(reason, described).expect(reason)];
        let (started, other_tasks) = Default::default();
        let evidence = Evidence {
            stopped: &[],
            reported: &reported,
            running: &[],
            started: &started,
            other_tasks: &other_tasks,
            described,
        };
        causes(&evidence).remove(0).1.summary
    };
    for (reason, expected) in [
        (
            "ECS deployment failed: unable to resolve image digest: r/api:2",
            "image r/api:2 of container \"api\" is not in its registry",
        ),
        ("unable to resolve image digest: r/api:2, redis:7", "images r/api:2, redis:7 are not in their registry"),
        ("Image digest resolution failed", "one of the images r/api:2, redis:7 is not in its registry"),
        (
            "ResourceInitializationError: unable to retrieve secrets from ssm: Invalid parameters: /x/y",
            "secret /x/y (DB of container \"api\") does not exist",
        ),
        (
            "ResourceInitializationError: unable to retrieve secrets from ssm: invalid ssm parameters: /x/y,/x/z",
            "secrets /x/y, /x/z do not exist",
        ),
    ] {
        assert!(summary(reason).starts_with(expected), "{reason}\n{}", summary(reason));
    }
}
