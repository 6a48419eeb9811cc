# Printed by tests/contract.rs. Do not edit.
"""The verbs, with their options, defaults and docs."""

from __future__ import annotations

from ._call import asks, begins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from typing import Any

    from ._credential import Credential
    from ._rollout import Rollout
    from .types import (
        BuildOutcome,
        CodeDeploy,
        ContainerChange,
        Cooldown,
        Definition,
        Deployment,
        Event,
        FleetEvent,
        FleetOutcome,
        Identity,
        ImageInfo,
        OneOffTask,
        Outcome,
        Plan,
        PushOutcome,
        Recover,
        RegisterOutcome,
        Remove,
        Route,
        RunOutcome,
        ScaleOutcome,
        Scan,
        ScheduleOutcome,
        ScheduleRetry,
        ScheduleTarget,
        ServiceOutcome,
        Suspend,
        Timestamp,
        Unknown,
    )


class Rollouts:
    """The verbs with events and an outcome."""

    @begins
    def deploy(
        self,
        *,
        service: str,
        cluster: str = "default",
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
    ) -> Rollout:
        """Deploys a task definition to a service and watches it to the verdict (DescribeServices,
        DescribeTaskDefinition, RegisterTaskDefinition, UpdateService, DescribeServices). Starts at once.

        Where AWS CodeDeploy deploys the service, the order goes there (GetDeploymentGroup, ListDeployments,
        CreateDeployment, GetDeployment, GetDeploymentTarget), and the verdict is CodeDeploy's.

        An image given by the tag that runs already is compared by digest (DescribeServiceRevisions, ListTasks and
        DescribeTasks; BatchGetImage, or the registry): a tag that names another image now is deployed anew.

        With `desired`, it is looked whether an autoscaler will take it back (DescribeScalableTargets).

        Nothing happens until the rollout is polled or spawned; nothing is written to AWS before every input has been
        checked.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
        `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the definition names roles, for each of
        them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
        `ecs:ListTasks`, `iam:PassRole` (`before`); `ecs:StopTask` (`stop`); `ecs:StopServiceDeployment`,
        `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys
        the service).
        """
        raise NotImplementedError

    @begins
    def watch(
        self,
        *,
        service: str,
        cluster: str = "default",
        deployment: str | None = None,
        timeout: float = 1800.0,
        failures: int | None = None,
    ) -> Rollout:
        """Watches a deployment that somebody else began, to the same verdict as one's own (DescribeServices). Writes
        nothing. Starts at once.

        IAM actions: `ecs:DescribeServices`; `codedeploy:GetDeployment` (CodeDeploy deploys the service).
        """
        raise NotImplementedError

    @begins
    def rollback(
        self,
        *,
        service: str,
        cluster: str = "default",
        to: str | None = None,
        wait: bool = True,
        timeout: float = 1800.0,
        failures: int | None = None,
    ) -> Rollout:
        """Goes back to what a service ran before, and watches that to the verdict: success is that it is live and
        complete again. Starts at once.

        A deployment on its way is turned round (ContinueServiceDeployment, StopServiceDeployment; CodeDeploy's
        StopDeployment); where that does not apply, the earlier definition is deployed (UpdateService,
        CreateDeployment).

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `iam:PassRole` (the
        definition names roles, for each of them); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (a
        deployment is on its way); `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`,
        `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision`, `codedeploy:StopDeployment`
        (CodeDeploy deploys the service).
        """
        raise NotImplementedError

    @begins
    def resume(
        self,
        *,
        service: str,
        cluster: str = "default",
        hook: str | None = None,
        wait: bool = True,
        timeout: float = 1800.0,
    ) -> Rollout:
        """Lets a deployment go on that waits at a hook (ContinueServiceDeployment, CodeDeploy's ContinueDeployment), and
        watches it to the verdict. Starts at once.

        IAM actions: `ecs:DescribeServices`; `ecs:ContinueServiceDeployment` (a deployment in stages waits);
        `codedeploy:ContinueDeployment`, `codedeploy:GetDeployment` (CodeDeploy deploys the service).
        """
        raise NotImplementedError

    @begins
    def deploy_all(
        self,
        *,
        services: list[Deployment],
        parallel: int | None = None,
        stop: bool = True,
    ) -> Rollout[FleetEvent, list[FleetOutcome]]:
        """Deploys to many services and watches them with one poller: ten services a call (DescribeServices), one
        allowance of calls. Starts at once.

        None of those that begin together is written to before all of them have been checked. The outcome is that of
        all: the first bad end, or what each has come to in the order asked for.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
        `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the definition names roles, for each of
        them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
        `ecs:ListTasks`, `iam:PassRole` (`before`); `ecs:StopTask` (`stop`); `ecs:StopServiceDeployment`,
        `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys
        the service).
        """
        raise NotImplementedError

    @begins
    def service(
        self,
        *,
        service: str | None = None,
        cluster: str | None = None,
        settings: Mapping[str, Any] = {},
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        plan: bool = False,
    ) -> Rollout[Event, ServiceOutcome]:
        """Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict
        (DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource, and what `deploy`
        stands on; for its findings ListTasks and DescribeTasks). Starts at once.

        Of a service that is there, only the members given are compared, and only those that differ are sent; what
        only another service could be (launch type, scheduling strategy, role, deployment controller) is refused by
        name. Given again after its process was killed, it joins its own deployment: no second service, no second
        revision.

        IAM actions: `ecs:CreateService` (the service is not there); `ecs:TagResource` (`settings.tags`);
        `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition` (the
        definition changes); `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the
        definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
        `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision`
        (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole`
        (`before`); `ecs:StopTask` (`stop`); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`);
        `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys the service).
        """
        raise NotImplementedError

    @begins
    def run(
        self,
        *,
        cluster: str = "default",
        service: str | None = None,
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        pin: bool = False,
        verify: bool = True,
        command: list[str] | None = None,
        container: str | None = None,
        environment: Mapping[str, str] = {},
        overrides: Mapping[str, Any] = {},
        settings: Mapping[str, Any] = {},
        count: int = 1,
        key: str | None = None,
        wait: bool = True,
        timeout: float = 1800.0,
        stop: bool = False,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> Rollout[Event, RunOutcome]:
        """Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it
        ended (RunTask, DescribeTasks, GetLogEvents; with a name ListTasks; DescribeServices, DescribeTaskDefinition
        and RegisterTaskDefinition as for `deploy`; StopTask where that is asked for). Starts at once.

        Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds
        no room for any task is given again, up to five times within some 75 s. The error is `TaskFailedError` with
        what ended how, the causes and the last lines of the log; cancelled or timed out, tasks go on unless `stop`
        says otherwise, and the error names them.

        IAM actions: `ecs:DescribeTaskDefinition`, `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`;
        `ecs:DescribeServices` (`service`); `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the
        definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the
        new revision); `ecs:StopTask` (`stop`); `ecs:TagResource` (`settings.tags`).
        """
        raise NotImplementedError

    @begins
    def push(
        self,
        *,
        path: str,
        image: str,
        select: str | None = None,
        mount: list[str] = [],
        create: bool = False,
        immutable: bool = False,
        tags: list[str] = [],
        scan: Scan | None = None,
        lifecycle: Any = None,
        timeout: float = 3600.0,
    ) -> Rollout[Event, PushOutcome]:
        """Pushes an image from a file to a registry, without an engine: what the registry has already is not sent
        (ecr:GetAuthorizationToken, BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart,
        CompleteLayerUpload, PutImage; with `create` also CreateRepository, GetLifecyclePolicy and PutLifecyclePolicy,
        with `scan` DescribeImageScanFindings and StartImageScan). Starts at once.

        IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
        `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`,
        `ecr:GetDownloadUrlForLayer`; `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy`
        (`create`); `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).

        Errors: At the end: `InvalidError` for a file that holds no whole image, `PushFailedError`, `DeniedError`,
        `ThrottledError`, `NetworkError`, `TimedOutError`.
        """
        raise NotImplementedError

    @begins
    def build(
        self,
        *,
        context: str,
        file: str | None = None,
        platforms: list[str] = [],
        args: Mapping[str, str] = {},
        secrets: Mapping[str, str] = {},
        target: str | None = None,
        builder: str | None = None,
        options: list[str] = [],
        layout: str | None = None,
        image: str | None = None,
        tags: list[str] = [],
        create: bool = False,
        scan: Scan | None = None,
        timeout: float = 3600.0,
    ) -> Rollout[Event, BuildOutcome]:
        """Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does where `image` is
        given. Nothing that is given is read by a shell. Of a builder that says a great deal, only the first of it is
        told. Starts at once.

        IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
        `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`,
        `ecr:GetDownloadUrlForLayer`; `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy`
        (`create`); `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).

        Errors: At the end: `UnsupportedError` where no builder is installed, `InvalidError`, `PushFailedError` with
        the builder's last lines, `TimedOutError`, and those of `push`.
        """
        raise NotImplementedError


class Verbs(Rollouts):
    """All verbs."""

    @asks
    def plan(
        self,
        *,
        service: str,
        cluster: str = "default",
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
    ) -> Plan:
        """Says what `deploy` would do with the same request at this moment, without writing anything (DescribeServices,
        DescribeTaskDefinition).

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.

        Errors: What `deploy` would refuse.
        """
        raise NotImplementedError

    @asks
    def scale(
        self,
        *,
        service: str,
        cluster: str = "default",
        min: int | None = None,
        max: int | None = None,
        cpu: float | None = None,
        memory: float | None = None,
        requests: float | None = None,
        target: str | None = None,
        cooldown: Cooldown | None = None,
        policies: list[Mapping[str, Any]] = [],
        actions: list[Mapping[str, Any]] = [],
        suspended: Suspend | None = None,
        remove: Remove | None = None,
        role: str | None = None,
        plan: bool = False,
    ) -> ScaleOutcome:
        """Scales a service as asked, and says how it stands (DescribeServices, DescribeScalableTargets,
        DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget, PutScalingPolicy,
        DeleteScalingPolicy, PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests`
        DescribeTargetGroups).

        Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing
        is ever written. A write that is cut off is made up for when the same is asked for again: each one names what
        it sets.

        IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
        `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
        `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
        `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
        `memory`, `requests` or `policies`); `elasticloadbalancing:DescribeTargetGroups` (`requests` without
        `target`); `application-autoscaling:PutScheduledAction` (`actions`);
        `application-autoscaling:DeleteScalingPolicy`, `application-autoscaling:DeleteScheduledAction`,
        `application-autoscaling:DeregisterScalableTarget`, `cloudwatch:DeleteAlarms` (`remove`, or `null` for a
        policy); `iam:CreateServiceLinkedRole` (the account has never scaled a service).

        Errors: `InvalidError` before anything is written; `ServiceMissingError`, `ServiceInactiveError`,
        `ClusterMissingError`; `UnsupportedError` for a DAEMON, and for `requests` where CODE_DEPLOY deploys;
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """
        raise NotImplementedError

    @asks
    def register(
        self,
        *,
        cluster: str = "default",
        service: str | None = None,
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        pin: bool = False,
        verify: bool = True,
        force: bool = False,
        timeout: float = 1800.0,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> RegisterOutcome:
        """Registers a revision of a task definition, unless an equal one is the family's newest or was given by name
        (DescribeTaskDefinition, RegisterTaskDefinition; DescribeServices with `service`). Nothing runs it.

        IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes);
        `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags,
        which are copied to the new revision); `ecs:DescribeServices` (`service`).

        Errors: What `deploy` refuses of a definition: `InvalidError` with its findings, `ContainerMissingError`,
        `ImageMissingError`, `DefinitionMissingError`; and what AWS says.
        """
        raise NotImplementedError

    @asks
    def schedule(
        self,
        *,
        name: str,
        group: str = "default",
        create: bool = False,
        route: Route | None = None,
        expression: str | None = None,
        convert: bool = False,
        timezone: str | None = None,
        start: Timestamp | None = None,
        end: Timestamp | None = None,
        flexible: int | None = None,
        enabled: bool | None = None,
        description: str | None = None,
        target: ScheduleTarget | None = None,
        role: str | None = None,
        retry: ScheduleRetry | None = None,
        deadletter: str | None = None,
        once: bool | None = None,
        settings: Mapping[str, Any] = {},
        remove: bool = False,
        count: int = 5,
        timeout: float = 300.0,
        plan: bool = False,
    ) -> ScheduleOutcome:
        """Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is
        asked for and leaves all else as it is (GetSchedule, CreateSchedule, UpdateSchedule). What is there as asked
        is not written.

        A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API destination and a
        connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection,
        DescribeApiDestination, CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`:
        DeleteSchedule; RemoveTargets, DeleteRule, DeleteApiDestination, DeleteConnection. A task looks at its service
        (DescribeServices), a group at itself (GetScheduleGroup, CreateScheduleGroup).

        IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole`
        (target `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup`,
        `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices` (target `task` with
        `service`); `events:DescribeRule`, `events:ListTargetsByRule`, `events:PutRule`, `events:PutTargets`,
        `events:RemoveTargets`, `events:DescribeApiDestination`, `events:CreateApiDestination`,
        `events:UpdateApiDestination`, `events:DescribeConnection`, `events:CreateConnection`,
        `events:UpdateConnection`, `secretsmanager:CreateSecret`, `secretsmanager:UpdateSecret`, `iam:PassRole`
        (target `http`); `events:DeleteRule`, `events:DeleteApiDestination`, `events:DeleteConnection`,
        `secretsmanager:DeleteSecret` (target `http`, and `remove`).

        Errors: `InvalidError` before anything is written; `ServiceMissingError`, `ClusterMissingError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """
        raise NotImplementedError

    @asks
    def login(self, *, registries: list[str] = [], write: bool = False) -> list[Credential]:
        """Fetches credentials for registries of ECR (ecr:GetAuthorizationToken, ecr-public:GetAuthorizationToken), and
        writes them into Docker's configuration if asked. They are kept for the client's life, and fetched again
        before they expire.

        IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
        (public.ecr.aws).

        Errors: `InvalidError` for what is no registry of ECR or a configuration that cannot be read or written,
        `DeniedError`, `CredentialsError`.
        """
        raise NotImplementedError

    @asks
    def resolve(self, image: str, *, timeout: float = 300.0) -> ImageInfo:
        """Says what an image reference names: digest, platforms, size (ECR's DescribeImages and BatchGetImage; any other
        registry's own API, anonymously or as Docker's configuration says).

        IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR).

        Errors: `ImageMissingError` with the nearest tags, `InvalidError` for what is no reference, `DeniedError`,
        `ThrottledError`, `NetworkError`, `TimedOutError`.
        """
        raise NotImplementedError

    @asks
    def exists(self, image: str, *, timeout: float = 300.0) -> bool:
        """Whether the registry has such an image. One call: ECR's BatchGetImage, or HEAD of the manifest.

        IAM actions: `ecr:BatchGetImage` (images in ECR).

        Errors: As of `resolve`, but for `ImageMissingError`.
        """
        raise NotImplementedError

    @asks
    def whoami(self) -> Identity:
        """Says who the calls are signed by (GetCallerIdentity, which needs no permission; no call of its own where a
        role is assumed).

        Errors: `CredentialsError`, `ThrottledError`, `NetworkError`.
        """
        raise NotImplementedError


class AioVerbs(Rollouts):
    """All verbs, for asyncio."""

    @asks
    def plan(
        self,
        *,
        service: str,
        cluster: str = "default",
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
    ) -> Coroutine[Any, Any, Plan]:
        """Says what `deploy` would do with the same request at this moment, without writing anything (DescribeServices,
        DescribeTaskDefinition).

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.

        Errors: What `deploy` would refuse.
        """
        raise NotImplementedError

    @asks
    def scale(
        self,
        *,
        service: str,
        cluster: str = "default",
        min: int | None = None,
        max: int | None = None,
        cpu: float | None = None,
        memory: float | None = None,
        requests: float | None = None,
        target: str | None = None,
        cooldown: Cooldown | None = None,
        policies: list[Mapping[str, Any]] = [],
        actions: list[Mapping[str, Any]] = [],
        suspended: Suspend | None = None,
        remove: Remove | None = None,
        role: str | None = None,
        plan: bool = False,
    ) -> Coroutine[Any, Any, ScaleOutcome]:
        """Scales a service as asked, and says how it stands (DescribeServices, DescribeScalableTargets,
        DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget, PutScalingPolicy,
        DeleteScalingPolicy, PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests`
        DescribeTargetGroups).

        Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing
        is ever written. A write that is cut off is made up for when the same is asked for again: each one names what
        it sets.

        IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
        `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
        `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
        `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
        `memory`, `requests` or `policies`); `elasticloadbalancing:DescribeTargetGroups` (`requests` without
        `target`); `application-autoscaling:PutScheduledAction` (`actions`);
        `application-autoscaling:DeleteScalingPolicy`, `application-autoscaling:DeleteScheduledAction`,
        `application-autoscaling:DeregisterScalableTarget`, `cloudwatch:DeleteAlarms` (`remove`, or `null` for a
        policy); `iam:CreateServiceLinkedRole` (the account has never scaled a service).

        Errors: `InvalidError` before anything is written; `ServiceMissingError`, `ServiceInactiveError`,
        `ClusterMissingError`; `UnsupportedError` for a DAEMON, and for `requests` where CODE_DEPLOY deploys;
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """
        raise NotImplementedError

    @asks
    def register(
        self,
        *,
        cluster: str = "default",
        service: str | None = None,
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        pin: bool = False,
        verify: bool = True,
        force: bool = False,
        timeout: float = 1800.0,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> Coroutine[Any, Any, RegisterOutcome]:
        """Registers a revision of a task definition, unless an equal one is the family's newest or was given by name
        (DescribeTaskDefinition, RegisterTaskDefinition; DescribeServices with `service`). Nothing runs it.

        IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes);
        `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags,
        which are copied to the new revision); `ecs:DescribeServices` (`service`).

        Errors: What `deploy` refuses of a definition: `InvalidError` with its findings, `ContainerMissingError`,
        `ImageMissingError`, `DefinitionMissingError`; and what AWS says.
        """
        raise NotImplementedError

    @asks
    def schedule(
        self,
        *,
        name: str,
        group: str = "default",
        create: bool = False,
        route: Route | None = None,
        expression: str | None = None,
        convert: bool = False,
        timezone: str | None = None,
        start: Timestamp | None = None,
        end: Timestamp | None = None,
        flexible: int | None = None,
        enabled: bool | None = None,
        description: str | None = None,
        target: ScheduleTarget | None = None,
        role: str | None = None,
        retry: ScheduleRetry | None = None,
        deadletter: str | None = None,
        once: bool | None = None,
        settings: Mapping[str, Any] = {},
        remove: bool = False,
        count: int = 5,
        timeout: float = 300.0,
        plan: bool = False,
    ) -> Coroutine[Any, Any, ScheduleOutcome]:
        """Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is
        asked for and leaves all else as it is (GetSchedule, CreateSchedule, UpdateSchedule). What is there as asked
        is not written.

        A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API destination and a
        connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection,
        DescribeApiDestination, CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`:
        DeleteSchedule; RemoveTargets, DeleteRule, DeleteApiDestination, DeleteConnection. A task looks at its service
        (DescribeServices), a group at itself (GetScheduleGroup, CreateScheduleGroup).

        IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole`
        (target `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup`,
        `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices` (target `task` with
        `service`); `events:DescribeRule`, `events:ListTargetsByRule`, `events:PutRule`, `events:PutTargets`,
        `events:RemoveTargets`, `events:DescribeApiDestination`, `events:CreateApiDestination`,
        `events:UpdateApiDestination`, `events:DescribeConnection`, `events:CreateConnection`,
        `events:UpdateConnection`, `secretsmanager:CreateSecret`, `secretsmanager:UpdateSecret`, `iam:PassRole`
        (target `http`); `events:DeleteRule`, `events:DeleteApiDestination`, `events:DeleteConnection`,
        `secretsmanager:DeleteSecret` (target `http`, and `remove`).

        Errors: `InvalidError` before anything is written; `ServiceMissingError`, `ClusterMissingError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """
        raise NotImplementedError

    @asks
    def login(self, *, registries: list[str] = [], write: bool = False) -> Coroutine[Any, Any, list[Credential]]:
        """Fetches credentials for registries of ECR (ecr:GetAuthorizationToken, ecr-public:GetAuthorizationToken), and
        writes them into Docker's configuration if asked. They are kept for the client's life, and fetched again
        before they expire.

        IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
        (public.ecr.aws).

        Errors: `InvalidError` for what is no registry of ECR or a configuration that cannot be read or written,
        `DeniedError`, `CredentialsError`.
        """
        raise NotImplementedError

    @asks
    def resolve(self, image: str, *, timeout: float = 300.0) -> Coroutine[Any, Any, ImageInfo]:
        """Says what an image reference names: digest, platforms, size (ECR's DescribeImages and BatchGetImage; any other
        registry's own API, anonymously or as Docker's configuration says).

        IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR).

        Errors: `ImageMissingError` with the nearest tags, `InvalidError` for what is no reference, `DeniedError`,
        `ThrottledError`, `NetworkError`, `TimedOutError`.
        """
        raise NotImplementedError

    @asks
    def exists(self, image: str, *, timeout: float = 300.0) -> Coroutine[Any, Any, bool]:
        """Whether the registry has such an image. One call: ECR's BatchGetImage, or HEAD of the manifest.

        IAM actions: `ecr:BatchGetImage` (images in ECR).

        Errors: As of `resolve`, but for `ImageMissingError`.
        """
        raise NotImplementedError

    @asks
    def whoami(self) -> Coroutine[Any, Any, Identity]:
        """Says who the calls are signed by (GetCallerIdentity, which needs no permission; no call of its own where a
        role is assumed).

        Errors: `CredentialsError`, `ThrottledError`, `NetworkError`.
        """
        raise NotImplementedError
