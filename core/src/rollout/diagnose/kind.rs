//! The kinds of causes: what each is called, whether waiting cures it, and what to do about it. One table.

/// Whether a cause goes away while one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cure {
    /// It may.
    Waiting,
    /// Every task that is started will end the same.
    Change,
}

macro_rules! kinds {
    ($($variant:ident $name:literal $cure:ident $advice:expr;)+) => {
        /// The kind of a cause.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Kind { $($variant),+ }

        impl Kind {
            #[cfg(any(test, feature = "schema"))]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code of the kind, for scripts.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The advice, as far as the kind alone decides it.
            pub(crate) fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice),+ }
            }

            fn cure(self) -> Cure {
                match self { $(Self::$variant => Cure::$cure),+ }
            }
        }
    };
}

kinds! {
    ImageMissing "image_missing" Change
        "push the image, or correct the reference in the task definition";
    PlatformMismatch "platform_mismatch" Change
        "build the image for the platform in runtimePlatform (docker buildx build --platform), or change runtimePlatform";
    RegistryDenied "registry_denied" Change
        "let the execution role pull (AmazonECSTaskExecutionRolePolicy, and the repository's policy from another account), give \
         repositoryCredentials, or correct the image's reference: a repository that does not exist looks the same";
    // A missing route stays missing, but a registry that is down comes back, and ECS's prose is the same for both.
    RegistryUnreachable "registry_unreachable" Waiting
        "give the tasks a way to the registry: a NAT gateway or assignPublicIp, or VPC endpoints ecr.api, ecr.dkr and s3; check the \
         security group's outbound rules";
    // The window of the limit passes.
    RegistryLimit "registry_limit" Waiting
        "pull through an ECR pull-through cache, copy the image to a registry of yours, or log in to the registry (repositoryCredentials)";
    PullFailed "pull_failed" Waiting
        "pull the image by hand with the execution role's rights to see what the registry answers";
    // An instance of EC2 cleans up, and the next task may be placed on another; the kind alone does not tell it from Fargate.
    DiskFull "disk_full" Waiting
        "give the task more ephemeralStorage (Fargate) or the instance more disk, or make the image smaller";
    SecretMissing "secret_missing" Change
        "create the secret or parameter in the task's region, or correct valueFrom (ARN, JSON key, version)";
    SecretDenied "secret_denied" Change
        "let the execution role (not the task role) read it: secretsmanager:GetSecretValue or ssm:GetParameters, and kms:Decrypt \
         for a key of your own";
    EnvironmentFile "environment_file" Change
        "check the file's ARN in environmentFiles, and that the execution role has s3:GetObject and s3:GetBucketLocation";
    LogGroupMissing "log_group_missing" Change
        "create the log group in awslogs-region, or set awslogs-create-group to true and let the execution role logs:CreateLogGroup";
    LogDenied "log_denied" Change
        "let the execution role logs:CreateLogStream and logs:PutLogEvents (and logs:CreateLogGroup for awslogs-create-group)";
    LogDriver "log_driver" Change
        "correct logConfiguration: awslogs-region must be the name of a region (eu-central-1), and every option must be one of the \
         driver's";
    Volume "volume" Change
        "check the file system's or volume's id, that its security group lets the tasks in (NFS: port 2049), that each subnet has a \
         mount target, and the task role's rights with IAM authorization";
    // At start; see `StoppedTask::keeps_failing` for those that ran before.
    Exited "exited" Change
        "see the container's log for why it ended";
    CannotStart "cannot_start" Change
        "check the container's command, entryPoint, workingDirectory, user and mount points against the image";
    OutOfMemory "out_of_memory" Change
        "give the container (memory) or the task more memory, or make it use less";
    // Memory is the usual reason even if ECS does not name it: at start it happens again.
    Killed "killed" Change
        "check the container's memory against its limit; if it was asked to stop, let it end on SIGTERM or raise stopTimeout";
    SegmentationFault "segmentation_fault" Change
        "see the container's log; a native module built for another base image or processor is the usual reason";
    // Somebody sent it a signal: nothing shows that this happens again.
    Terminated "terminated" Waiting
        "find in the container's log what stopped it: a process inside the task sent it SIGTERM";
    // A container that was too slow, or that waits for something which is down, may pass the next time. ECS's prose is the same as for
    // a check that can never pass, and ECS tries again too.
    Unhealthy "unhealthy" Waiting
        "run the health check's command in the container; lengthen startPeriod if the container starts slowly";
    LoadBalancerUnhealthy "load_balancer_unhealthy" Waiting
        "check that the container answers on the target group's port and path with the codes it wants, and that its security group \
         lets the load balancer in; raise healthCheckGracePeriodSeconds if it starts slowly";
    Dependency "dependency" Change
        "see the log of the container that is waited for; check its health check, and raise its startTimeout if it is slow";
    Capacity "capacity" Waiting
        "try again later, allow more subnets in other availability zones, mix in another capacity provider, or ask for a higher \
         Fargate quota";
    // Room comes when other tasks end or the capacity provider adds instances.
    Placement "placement" Waiting
        "add container instances, ask for less cpu and memory, or loosen placement constraints";
    // The next task may be placed on another instance.
    PortTaken "port_taken" Waiting
        "use dynamic host ports (hostPort 0) or the network mode awsvpc, or stop the other process that uses the port on the instance";
    // The role or the group may be corrected beside the deployment, and ECS tries again.
    TargetGroup "target_group" Waiting
        "check that the target group exists, is in the tasks' VPC and has the target type ip for the network mode awsvpc (instance \
         otherwise), and that ECS's role may register targets";
    Runtime "runtime" Waiting
        "see the ECS agent and the container runtime of the instance: they do not answer in time; on Fargate, ECS starts another task";
    // Addresses are released and interfaces come late; ECS's prose for a missing route is the same.
    Network "network" Waiting
        "check the subnets' free addresses and routes (NAT gateway or VPC endpoints), the security groups, and the account's limit \
         of network interfaces";
    Role "role" Change
        "let ecs-tasks.amazonaws.com assume executionRoleArn and taskRoleArn (trust policy), and check that both roles exist";
    // Of one-off tasks alone: of a service, another takes its place.
    Stopped "stopped" Waiting
        "see who stopped it (CloudTrail: StopTask), and run it again";
    Interrupted "interrupted" Waiting
        "run it again (ECS itself replaces a task of a service); capacity other than Spot is not reclaimed";
    // An autoscaler may change the number of tasks, but nothing shows that it will.
    Deadlock "deadlock" Change
        "raise maximumPercent or lower minimumHealthyPercent in deploymentConfiguration, or use more tasks";
    // The echo of another cause.
    StartThrottled "start_throttled" Waiting
        "see why the tasks stop: ECS starts them more and more rarely until one stays";
    Throttled "throttled" Waiting
        "wait: ECS tries again by itself; deploy fewer services at once";
    Other "other" Waiting
        "look up ECS's text in its developer guide under troubleshooting; the events of the service and the log of the container \
         may explain more";
}

/// The kinds as data: name, advice, and whether the cause may go away while one waits. What the reference is printed from.
#[cfg(feature = "schema")]
#[doc(hidden)]
pub fn diagnosis_kinds() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    Kind::ALL.iter().map(|kind| (kind.name(), kind.advice(), !is_incurable(*kind)))
}

/// Whether waiting does not help: every further task stops for the same cause until somebody changes something.
///
/// In doubt it is false: failing a deployment too early loses it, failing it late costs time.
pub(crate) fn is_incurable(kind: Kind) -> bool {
    kind.cure() == Cure::Change
}

/// Whether a container has run, so that it may have a log.
pub(crate) fn has_run(kind: Kind, exit: Option<i64>) -> bool {
    use Kind::*;
    exit.is_some() || matches!(kind, Unhealthy | LoadBalancerUnhealthy | Dependency | OutOfMemory)
}

/// The advice for the error names of ECS's agent, if the text after the name is not known.
const ERRORS: [(&str, &str); 10] = [
    ("ResourceInitializationError", "see ECS's words: the task's resources could not be set up"),
    ("CannotInspectContainerError", "see the instance's ECS agent and container runtime: they do not answer"),
    ("CannotStopContainerError", "see the instance's ECS agent and container runtime: they do not answer"),
    ("DockerTimeoutError", "see the load and the disk of the instance: its container runtime does not answer in time"),
    ("DockerStateError", "see the container runtime of the instance"),
    ("ContainerRuntimeError", "try again; if it persists, see the image's and the container's settings"),
    ("ContainerRuntimeTimeoutError", "try again; the container runtime did not answer in time"),
    ("ContainerVanishedError", "see the instance: something outside ECS removed the container"),
    ("InternalError", "try again; if it persists, ask AWS support"),
    (
        "Internal error",
        "use subnets in availability zones that Fargate has; if they are, try again, then ask AWS support",
    ),
];

/// The advice for an error whose name is in ECS's text.
pub(crate) fn advice_by_name(words: &str) -> Option<&'static str> {
    ERRORS.iter().find(|(name, _)| words.contains(name)).map(|(_, advice)| *advice)
}

/// The meaning of exit codes, and the advice for each.
pub(crate) const EXITS: [(i64, &str, &str); 5] = [
    (
        0,
        "it ended, and a service's essential container must not",
        "let its command stay in the foreground, or set essential to false if it is to end",
    ),
    (125, "the container runtime failed", "see the container's settings and the instance's container runtime"),
    (126, "the command cannot be executed", "make the file that command or entryPoint names executable in the image"),
    (127, "the command was not found", "correct command or entryPoint, or put the program into the image"),
    (
        134,
        "SIGABRT: it aborted itself",
        "see the container's log; runtimes end so when their heap is full (Node: --max-old-space-size)",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_advice() {
        let names: HashSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.advice().len() > 20, "{kind:?}");
        }
    }

    #[test]
    fn what_passes_is_waited_for() {
        use Kind::*;
        for kind in
            [Capacity, RegistryLimit, Network, RegistryUnreachable, StartThrottled, LoadBalancerUnhealthy, Other]
        {
            assert!(!is_incurable(kind), "{kind:?}");
        }
        for kind in
            [ImageMissing, PlatformMismatch, RegistryDenied, SecretMissing, SecretDenied, Exited, Role, Dependency]
        {
            assert!(is_incurable(kind), "{kind:?}");
        }
    }
}
