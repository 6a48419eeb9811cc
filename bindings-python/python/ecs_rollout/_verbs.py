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
        CheckOutcome,
        CodeDeploy,
        ContainerChange,
        Cooldown,
        Definition,
        Event,
        Explanation,
        ExportOutcome,
        FleetEvent,
        FleetOutcome,
        FleetPlan,
        FleetService,
        Identity,
        ImageInfo,
        LogsOutcome,
        OneOffTask,
        Outcome,
        Plan,
        PolicyOutcome,
        PruneOutcome,
        PushOutcome,
        Recover,
        RegisterOutcome,
        RemovalOutcome,
        Remove,
        Revision,
        RevisionStatus,
        Route,
        RunOutcome,
        ScaleOutcome,
        Scan,
        ScheduleOutcome,
        ScheduleRetry,
        ScheduleTarget,
        ServiceOutcome,
        StatusOutcome,
        Suspend,
        Timestamp,
        Trust,
        Unknown,
        Variable,
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
        variables: Mapping[str, Variable] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        at_pause: list[OneOffTask] = [],
        after: list[OneOffTask] = [],
        until: str | None = None,
    ) -> Rollout:
        """Deploys a task definition to a service, and watches the deployment until its end is known. Starts at once.

        Success means that the deployment which this call began, known by its id, is live and complete. Nothing is
        written to AWS before all options have been checked. If the service already runs what is asked, nothing is
        written and the outcome has `changed: false`. An image given by the tag that already runs is compared by
        digest: if the tag names another image now, that image is deployed.

        If CodeDeploy deploys the service, the deployment is created there, and CodeDeploy decides how it ended. With
        `desired`, there is a warning if an autoscaler sets the number of tasks.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
        `ecs:RegisterTaskDefinition` (the definition changes); `ecs:UpdateExpressGatewayService`,
        `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`,
        `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service
        whole); `iam:PassRole` (the definition names roles, for each of them); `iam:PassRole` (`settings` name roles,
        for each of them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
        `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or `after`); `ecs:StopTask` (`stop`);
        `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`); `ecs:StopServiceDeployment`,
        `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys
        the service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with
        images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from
        outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from
        a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: `InvalidError` for a wrong option or document, with its findings. `FailedError`, `RolledBackError`,
        `SupersededError`, `StoppedError`, `TimedOutError` or `CancelledError` if the deployment does not become live
        and complete, with the causes. `TaskFailedError` if a task of `before` fails. `ContainerMissingError`,
        `ImageMissingError`, `ImageArchivedError`, `ImageRefusedError`, `PlatformMismatchError`,
        `DefinitionMissingError`, `ServiceMissingError`, `ServiceInactiveError`, `ClusterMissingError` and
        `UnsupportedError` before anything is written. `DeniedError`, `CredentialsError`, `ThrottledError`,
        `NetworkError` and `AwsError` if AWS does not answer as needed.
        """
        raise NotImplementedError

    @begins
    def watch(
        self,
        *,
        service: str,
        cluster: str = "default",
        deployment: str | None = None,
        until: str | None = None,
        timeout: float = 1800.0,
        failures: int | None = None,
    ) -> Rollout:
        """Watches a deployment that somebody else began, until its end is known as in `deploy`. Writes nothing. Starts
        at once.

        IAM actions: `ecs:DescribeServices`; `codedeploy:GetDeployment` (CodeDeploy deploys the service);
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole).

        Errors: Those of `deploy`.
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
        """Goes back to what a service ran before, and watches until that is live and complete again. Starts at once.

        A deployment in progress is turned back where ECS or CodeDeploy can do that. Otherwise the earlier task
        definition is deployed.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
        `ecs:UpdateExpressGatewayService`, `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`,
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole); `iam:PassRole` (the definition names roles, for each of them);
        `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (a deployment is on its way);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision`, `codedeploy:StopDeployment` (CodeDeploy deploys the service);
        `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in
        ECR).

        Errors: Those of `deploy`. `InvalidError` if no earlier task definition is known.
        """
        raise NotImplementedError

    @begins
    def resume(
        self,
        *,
        service: str,
        cluster: str = "default",
        hook: str | None = None,
        until: str | None = None,
        wait: bool = True,
        timeout: float = 1800.0,
    ) -> Rollout:
        """Lets a deployment go on that waits at a lifecycle hook, and watches it until its end is known. Starts at once.

        IAM actions: `ecs:DescribeServices`; `ecs:ContinueServiceDeployment` (a deployment in stages waits);
        `codedeploy:ContinueDeployment`, `codedeploy:GetDeployment` (CodeDeploy deploys the service).

        Errors: Those of `deploy`. `InvalidError` if no deployment waits at a hook, or at another hook.
        """
        raise NotImplementedError

    @begins
    def deploy_all(
        self,
        *,
        file: str | None = None,
        defaults: Mapping[str, Any] = {},
        services: list[FleetService] = [],
        variables: Mapping[str, str] = {},
        parallel: int | None = None,
        stop: bool = True,
        bake: float | None = None,
        recover: Recover = "leave",
    ) -> Rollout[FleetEvent, list[FleetOutcome]]:
        """Deploys to many services at once, and watches them together: ten services with each call, and one rate limit
        for all of an account and region. Starts at once.

        The services may come from a file, wait for each other (`needs`, `wave`), and be of several regions and
        accounts. All options are checked before anything is written, and each service that waits for others is
        checked with AWS, too; so are services that begin together. The outcome is a list in the order of the request.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
        `ecs:RegisterTaskDefinition` (the definition changes); `ecs:UpdateExpressGatewayService`,
        `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`,
        `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service
        whole); `iam:PassRole` (the definition names roles, for each of them); `iam:PassRole` (`settings` name roles,
        for each of them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
        `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or `after`); `ecs:StopTask` (`stop`);
        `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`); `ecs:StopServiceDeployment`,
        `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys
        the service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with
        images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from
        outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from
        a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets);
        `sts:AssumeRole` (`role` of a service).

        Errors: `InvalidError` for wrong options, with all that is wrong in its findings. Otherwise the first failure,
        with how the other services ended; each as of `deploy`. `FailedError` and `SupersededError` also for a service
        that does not stay live for `bake` seconds, and `RolledBackError` for one that was live and is taken back by
        `recover`.
        """
        raise NotImplementedError

    @begins
    def service(
        self,
        *,
        service: str | None = None,
        cluster: str | None = None,
        settings: Mapping[str, Any] = {},
        express: Mapping[str, Any] | None = None,
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, Variable] | None = None,
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        plan: bool = False,
    ) -> Rollout[Event, ServiceOutcome]:
        """Creates a service, or changes it to what is asked, and watches the deployment until its end is known. Starts
        at once.

        If the service exists, only the given members are compared, and only those that differ are sent. A member that
        only a new service can have (launch type, scheduling strategy, role, deployment controller) is refused by
        name. If the process was killed, the same call finds its own deployment again: it creates no second service
        and no second revision.

        IAM actions: `ecs:CreateService` (the service is not there); `ecs:CreateExpressGatewayService`,
        `ecs:RegisterTaskDefinition` (`express`, and the service is not there); `ecs:CreateCluster` (`express`, and
        there is no cluster `default`, which ECS creates); `iam:PassRole` (`express` names roles, for each of them);
        `ecs:TagResource` (`settings.tags` or `express.tags`); `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`,
        `ecs:UpdateService`; `ecs:RegisterTaskDefinition` (the definition changes); `ecs:UpdateExpressGatewayService`,
        `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`,
        `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service
        whole); `iam:PassRole` (the definition names roles, for each of them); `iam:PassRole` (`settings` name roles,
        for each of them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
        `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
        `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
        `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or `after`); `ecs:StopTask` (`stop`);
        `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`); `ecs:StopServiceDeployment`,
        `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys
        the service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with
        images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from
        outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from
        a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `deploy`.
        """
        raise NotImplementedError

    @begins
    def logs(
        self,
        *,
        service: str | None = None,
        task: str | None = None,
        cluster: str = "default",
        container: str | None = None,
        since: float | None = None,
        filter: str | None = None,
        follow: bool = False,
        duration: float | None = None,
    ) -> Rollout[Event, LogsOutcome]:
        """Reports the lines of all containers of a service's tasks, or of one task, as events `log`: those of the last
        time, and with `follow` those that come. Each event names task, container and time. Starts at once.

        Lines are read where the log driver awslogs has put them (GetLogEvents, or with `filter` FilterLogEvents). A
        container whose lines go elsewhere is a warning. A cancelled wait ends with `cancelled`.

        IAM actions: `ecs:DescribeServices`, `ecs:ListTasks` (`service`); `ecs:DescribeTasks`,
        `ecs:DescribeTaskDefinition`; `logs:GetLogEvents` (no `filter`); `logs:FilterLogEvents` (`filter`).

        Errors: `ServiceMissingError`, `ClusterMissingError` and `ContainerMissingError`. `CancelledError`.
        `InvalidError`, `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @begins
    def remove(
        self,
        *,
        service: str,
        cluster: str = "default",
        timeout: float = 1800.0,
        plan: bool = False,
    ) -> Rollout[Event, RemovalOutcome]:
        """Removes a service: its scalable target with policies and scheduled actions, then its tasks, which drain, then
        the service itself. Ends once it is gone. A service that is gone already is `changed: false`. Task
        definitions, load balancers and log groups stay. Starts at once.

        If it is cancelled or times out, what was written stays written, and the same call goes on.

        IAM actions: `ecs:DescribeServices`; `ecs:UpdateService`, `ecs:DeleteService` (the service is there).

        Errors: `UnsupportedError` for a service that ECS manages as a whole (Express Mode), and for one whose task
        sets another controller keeps. `InvalidError` while CodeDeploy deploys. `ClusterMissingError`, `TimedOutError`
        and `CancelledError`. `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
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
        variables: Mapping[str, Variable] | None = None,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        command: list[str] | None = None,
        container: str | None = None,
        environment: Mapping[str, str] = {},
        overrides: Mapping[str, Any] = {},
        settings: Mapping[str, Any] = {},
        count: int = 1,
        stop: bool = False,
        key: str | None = None,
        wait: bool = True,
        timeout: float = 1800.0,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> Rollout[Event, RunOutcome]:
        """Runs a task to its end, such as a migration, and reports the lines of its log and how it ended. Starts at
        once.

        Success means that every task has stopped and that the main container of each exited with code 0. If there is
        no room for any task, the call is repeated up to five times within about 75 seconds. If it is cancelled or
        times out, the tasks go on unless `stop` is set, and the error names them.

        IAM actions: `ecs:DescribeTaskDefinition`, `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`;
        `ecs:DescribeServices` (`service`); `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the
        definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the
        new revision); `ecs:StopTask` (`stop`); `ecs:TagResource` (`settings.tags` or `express.tags`);
        `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in
        ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of
        stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of
        Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: `TaskFailedError` with the exit codes, the causes and the last lines of the log. `TimedOutError` and
        `CancelledError`. Those of `deploy` that come before anything is written.
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
        exclude: list[str] = [],
        tags: list[str] = [],
        scan: Scan | None = None,
        lifecycle: Any = None,
        timeout: float = 3600.0,
    ) -> Rollout[Event, PushOutcome]:
        """Pushes an image from a file to a registry, without Docker. Cancelling stops it. Starts at once.

        What the registry already has is not sent. The manifest is sent last, so that no tag ever names an incomplete
        image.

        IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
        `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`,
        `ecr:GetDownloadUrlForLayer`; `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy`
        (`create`); `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).

        Errors: `InvalidError` for a file that holds no whole image. `PushFailedError`, `DeniedError`,
        `ThrottledError`, `NetworkError` and `TimedOutError`.
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
        """Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does if `image` is given.
        Cancelling stops the builder, and so does the end of this process. Starts at once.

        No shell reads what is given. If the builder writes very much, only the first part becomes events.

        IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
        `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`,
        `ecr:GetDownloadUrlForLayer`; `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy`
        (`create`); `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).

        Errors: `UnsupportedError` if no builder is installed. `InvalidError`. `PushFailedError` with the builder's
        last lines. `TimedOutError`, and those of `push`.
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
        variables: Mapping[str, Variable] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        at_pause: list[OneOffTask] = [],
        after: list[OneOffTask] = [],
        until: str | None = None,
    ) -> Plan:
        """Returns what `deploy` would do with the same options now. Writes nothing.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM);
        `cloudformation:DescribeStacks` (`variables` from outputs of stacks); `cloudformation:ListExports`
        (`variables` from exports); `s3:GetObject` (`variables` from a state of Terraform on S3);
        `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `deploy` that come before anything is written.
        """
        raise NotImplementedError

    @asks
    def check(
        self,
        *,
        service: str | None = None,
        cluster: str = "default",
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, Variable] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool | Literal["all"] = "all",
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        at_pause: list[OneOffTask] = [],
        after: list[OneOffTask] = [],
        until: str | None = None,
        require: Mapping[str, list[str]] = {},
    ) -> CheckOutcome:
        """Checks that a deployment with these options could start its tasks: the documents, the images, and all that
        they refer to. Writes nothing, and reads no value of a secret or a parameter.

        Looked up are roles and whether ECS may assume them (iam:GetRole), secrets (DescribeSecret), parameters
        (DescribeParameters), log groups (DescribeLogGroups), environment files (s3:HeadObject), target groups and
        their type (DescribeTargetGroups), the cluster and its capacity providers (DescribeClusters), file systems and
        access points of EFS (DescribeFileSystems, DescribeAccessPoints); several at once. What may not be looked at
        is a finding of the level `skipped`, never an error.

        IAM actions: `ecs:DescribeServices` (`service`); `ecs:DescribeTaskDefinition` (a definition that is named, or
        the service's); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`,
        with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables`
        from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables`
        from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `plan`; but what is wrong in the documents, or is missing, is a finding.
        """
        raise NotImplementedError

    @asks
    def plan_all(
        self,
        *,
        file: str | None = None,
        defaults: Mapping[str, Any] = {},
        services: list[FleetService] = [],
        variables: Mapping[str, str] = {},
        parallel: int | None = None,
        stop: bool = True,
        bake: float | None = None,
        recover: Recover = "leave",
    ) -> list[FleetPlan]:
        """Returns what `deploy_all` would do with the same options now: the plan of each service, in the order of the
        request. Writes nothing.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM);
        `cloudformation:DescribeStacks` (`variables` from outputs of stacks); `cloudformation:ListExports`
        (`variables` from exports); `s3:GetObject` (`variables` from a state of Terraform on S3);
        `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets); `sts:AssumeRole` (`role` of a
        service).

        Errors: Those of `deploy_all` that come before anything is written. If several services cannot be deployed,
        the error is that of the first, and `services` in its detail has all of them.
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
        resolution: int | None = None,
        policies: list[Mapping[str, Any]] = [],
        actions: list[Mapping[str, Any]] = [],
        suspended: Suspend | None = None,
        remove: Remove | None = None,
        role: str | None = None,
        plan: bool = False,
    ) -> ScaleOutcome:
        """Sets how a service scales, and returns how it scales then.

        Only what differs is written: the same call a second time writes nothing, and with the service alone nothing
        is ever written. If a write was cut off, the same call completes it. `None` for `cpu`, `memory` or `requests`
        removes that policy.

        IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
        `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
        `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
        `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
        `memory`, `requests`, `cooldown`, `resolution` or `policies`); `elasticloadbalancing:DescribeTargetGroups`
        (`requests` without `target`); `application-autoscaling:PutScheduledAction` (`actions`);
        `application-autoscaling:DeleteScalingPolicy`, `application-autoscaling:DeleteScheduledAction`,
        `application-autoscaling:DeregisterScalableTarget`, `cloudwatch:DeleteAlarms` (`remove`, or `None` for a
        policy); `iam:CreateServiceLinkedRole` (the account has never scaled a service).

        Errors: `InvalidError` before anything is written. `ServiceMissingError`, `ServiceInactiveError` and
        `ClusterMissingError`. `UnsupportedError` for a DAEMON service, and for `requests` if CodeDeploy deploys the
        service. `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def status(
        self,
        *,
        service: str,
        cluster: str = "default",
        deployments: int = 10,
        events: int = 10,
    ) -> StatusOutcome:
        """Reports what a service runs and since when, how its tasks are, which deployment is in progress, how the last
        ones ended, and ECS's last events. Writes nothing.

        Only the service itself must be readable (DescribeServices). What else may not be read is a warning in the
        outcome.

        IAM actions: `ecs:DescribeServices`.

        Errors: `ServiceMissingError` and `ClusterMissingError`. `InvalidError`, `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def explain(
        self,
        *,
        service: str | None = None,
        cluster: str = "default",
        deployment: str | None = None,
    ) -> Explanation:
        """Explains why an earlier deployment failed, from its record, ECS's events, the tasks that stopped, and logs.
        Says in `missing` what is gone: ECS keeps stopped tasks for about an hour, 100 events of a service, and
        records for 90 days. Writes nothing.

        IAM actions: `ecs:DescribeServices`.

        Errors: `ServiceMissingError` and `ClusterMissingError`. `InvalidError` if there is no such deployment, or
        none at all. `UnsupportedError` if CodeDeploy deploys the service. `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def export(
        self,
        *,
        service: str,
        cluster: str = "default",
        folder: str | None = None,
        overwrite: bool = False,
    ) -> ExportOutcome:
        """Exports what a service runs as documents that `deploy`, `service` and `scale` take, and that they plan as no
        change: the task definition, the service with its tags, and its scaling. Writes nothing to AWS, and files only
        with `folder`.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.

        Errors: `ServiceMissingError`, `ServiceInactiveError` and `ClusterMissingError`. `UnsupportedError` for a
        service that ECS manages as a whole, and for one without a task definition. `InvalidError`, `DeniedError`,
        `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def revisions(self, *, family: str, status: RevisionStatus = "ACTIVE", limit: int = 20) -> list[Revision]:
        """Lists the revisions of a task definition, newest first, each with its status, its images, and when and by whom
        it was registered. Writes nothing.

        IAM actions: `ecs:DescribeTaskDefinition`, `ecs:ListTaskDefinitions`.

        Errors: `DefinitionMissingError` if the family has no revision of that status. `InvalidError`, `DeniedError`,
        `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def prune(self, *, family: str, keep: int = 10, plan: bool = False) -> PruneOutcome:
        """Deregisters old revisions of a task definition, beyond the newest `keep`. None goes that a service, a
        deployment in progress, a task that runs, or a schedule or rule of EventBridge uses, in any cluster of the
        client's account and region.

        A deregistered revision can no longer be run or deployed; `revisions` still shows it. What else may name a
        revision, such as a state machine or a pipeline, is not looked at. What may not be looked at is the error
        `denied`, and nothing is deregistered. If a call was cut off, the same call completes it.

        IAM actions: `ecs:ListTaskDefinitions`; `ecs:ListClusters`, `ecs:ListServices`, `ecs:DescribeServices`,
        `ecs:ListTasks`, `ecs:DescribeTasks`, `scheduler:ListSchedules`, `scheduler:GetSchedule`,
        `events:ListEventBuses`, `events:ListRuleNamesByTarget`, `events:ListTargetsByRule` (there are more revisions
        than `keep`); `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions`
        (a deployment of the family is in progress); `ecs:DeregisterTaskDefinition` (revisions go).

        Errors: `DefinitionMissingError` if the family has no ACTIVE revision. `InvalidError`, `UnsupportedError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
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
        variables: Mapping[str, Variable] | None = None,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        force: bool = False,
        timeout: float = 1800.0,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> RegisterOutcome:
        """Registers a revision of a task definition, and does not run it. If the family's newest revision, or the one
        given by name, is equal, that one is used.

        IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes);
        `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags,
        which are copied to the new revision); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ecs:DescribeServices` (`service`);
        `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of
        stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of
        Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `deploy` about a task definition: `InvalidError` with its findings, `ContainerMissingError`,
        `ImageMissingError`, `ImageArchivedError`, `DefinitionMissingError`. `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
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
        """Creates or changes a schedule of EventBridge, which calls a target periodically or once. Options that are not
        given stay as they are. What exists as requested is not written.

        A target `lambda`, `task` or `call` becomes a schedule of EventBridge Scheduler. Scheduler cannot call a URL:
        a target `http` becomes a rule with an API destination and a connection. `remove` deletes all of them.

        IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole`
        (target `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup` (a
        group other than `default`); `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices`
        (target `task` with `service`); `events:DescribeRule`, `events:ListTargetsByRule`, `events:RemoveTargets`,
        `events:DescribeApiDestination`, `events:DescribeConnection`, `events:PutRule`, `events:PutTargets`,
        `events:CreateApiDestination`, `events:UpdateApiDestination`, `events:CreateConnection`,
        `events:UpdateConnection`, `secretsmanager:CreateSecret`, `secretsmanager:UpdateSecret`, `iam:PassRole`
        (target `http`); `events:DeleteRule`, `events:DeleteApiDestination`, `events:DeleteConnection`,
        `secretsmanager:DeleteSecret` (target `http`, and `remove`).

        Errors: `InvalidError` before anything is written. `ServiceMissingError`, `ClusterMissingError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def login(self, *, registries: list[str] = [], write: bool = False) -> list[Credential]:
        """Gets credentials for registries of Amazon ECR, and writes them into Docker's configuration if asked. The
        client keeps them, and gets new ones before they expire after twelve hours.

        IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
        (public.ecr.aws).

        Errors: `InvalidError` for what is no registry of ECR, or for a configuration that cannot be read or written.
        `DeniedError`, `CredentialsError`, `ThrottledError` and `NetworkError`.
        """
        raise NotImplementedError

    @asks
    def resolve(self, image: str, *, timeout: float = 300.0, require: list[str] = []) -> ImageInfo:
        """Returns what an image reference names: digest, platforms and size. It asks ECR, or the API of any other
        registry with the credentials of Docker's configuration or none.

        IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR);
        `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in
        ECR).

        Errors: `ImageMissingError` with the nearest tags. `ImageArchivedError` for an image in ECR's archive.
        `ImageRefusedError` for one that lacks what `require` asks for. `InvalidError` for what is no reference.
        `DeniedError`, `ThrottledError` and `NetworkError`. `TimedOutError` after `timeout` seconds, however slowly
        the registry goes on answering.
        """
        raise NotImplementedError

    @asks
    def exists(self, image: str, *, timeout: float = 300.0, require: list[str] = []) -> bool:
        """Returns whether a registry has an image that can be pulled, with one call. An image in ECR's archive is none:
        `resolve` tells it apart, and a push restores it.

        IAM actions: `ecr:BatchGetImage` (images in ECR).

        Errors: Those of `resolve`, without `ImageMissingError` and `ImageArchivedError`.
        """
        raise NotImplementedError

    @asks
    def whoami(self) -> Identity:
        """Returns the account and the user or role that sign the calls (GetCallerIdentity, which needs no permission).

        Errors: `CredentialsError`, `ThrottledError` and `NetworkError`.
        """
        raise NotImplementedError

    @asks
    def policy(
        self,
        *,
        verb: str,
        request: Mapping[str, Any] | None = None,
        account: str | None = None,
        region: str | None = None,
        codedeploy: bool | None = None,
        express: bool | None = None,
        trust: Trust | None = None,
    ) -> PolicyOutcome:
        """Returns the least IAM policy for a verb or a request, with resources and conditions: what it needs, and apart
        from that what it can do without. With `trust`, the trust policy for the jobs of a CI system as well. No call
        is made.

        Errors: `InvalidError` for an unknown verb, or options that the verb does not have.
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
        variables: Mapping[str, Variable] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        at_pause: list[OneOffTask] = [],
        after: list[OneOffTask] = [],
        until: str | None = None,
    ) -> Coroutine[Any, Any, Plan]:
        """Returns what `deploy` would do with the same options now. Writes nothing.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM);
        `cloudformation:DescribeStacks` (`variables` from outputs of stacks); `cloudformation:ListExports`
        (`variables` from exports); `s3:GetObject` (`variables` from a state of Terraform on S3);
        `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `deploy` that come before anything is written.
        """
        raise NotImplementedError

    @asks
    def check(
        self,
        *,
        service: str | None = None,
        cluster: str = "default",
        definition: Definition | None = None,
        images: Mapping[str, str] = {},
        containers: Mapping[str, ContainerChange] = {},
        patch: Mapping[str, Any] | None = None,
        variables: Mapping[str, Variable] | None = None,
        settings: Mapping[str, Any] = {},
        desired: int | None = None,
        force: bool = False,
        pin: bool = False,
        verify: bool | Literal["all"] = "all",
        wait: bool = True,
        timeout: float = 1800.0,
        unknown: Unknown = "refuse",
        recover: Recover = "leave",
        failures: int | None = None,
        codedeploy: CodeDeploy | None = None,
        before: list[OneOffTask] = [],
        at_pause: list[OneOffTask] = [],
        after: list[OneOffTask] = [],
        until: str | None = None,
        require: Mapping[str, list[str]] = {},
    ) -> Coroutine[Any, Any, CheckOutcome]:
        """Checks that a deployment with these options could start its tasks: the documents, the images, and all that
        they refer to. Writes nothing, and reads no value of a secret or a parameter.

        Looked up are roles and whether ECS may assume them (iam:GetRole), secrets (DescribeSecret), parameters
        (DescribeParameters), log groups (DescribeLogGroups), environment files (s3:HeadObject), target groups and
        their type (DescribeTargetGroups), the cluster and its capacity providers (DescribeClusters), file systems and
        access points of EFS (DescribeFileSystems, DescribeAccessPoints); several at once. What may not be looked at
        is a finding of the level `skipped`, never an error.

        IAM actions: `ecs:DescribeServices` (`service`); `ecs:DescribeTaskDefinition` (a definition that is named, or
        the service's); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`,
        with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables`
        from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables`
        from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `plan`; but what is wrong in the documents, or is missing, is a finding.
        """
        raise NotImplementedError

    @asks
    def plan_all(
        self,
        *,
        file: str | None = None,
        defaults: Mapping[str, Any] = {},
        services: list[FleetService] = [],
        variables: Mapping[str, str] = {},
        parallel: int | None = None,
        stop: bool = True,
        bake: float | None = None,
        recover: Recover = "leave",
    ) -> Coroutine[Any, Any, list[FleetPlan]]:
        """Returns what `deploy_all` would do with the same options now: the plan of each service, in the order of the
        request. Writes nothing.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
        `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode:
        ECS manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM);
        `cloudformation:DescribeStacks` (`variables` from outputs of stacks); `cloudformation:ListExports`
        (`variables` from exports); `s3:GetObject` (`variables` from a state of Terraform on S3);
        `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets); `sts:AssumeRole` (`role` of a
        service).

        Errors: Those of `deploy_all` that come before anything is written. If several services cannot be deployed,
        the error is that of the first, and `services` in its detail has all of them.
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
        resolution: int | None = None,
        policies: list[Mapping[str, Any]] = [],
        actions: list[Mapping[str, Any]] = [],
        suspended: Suspend | None = None,
        remove: Remove | None = None,
        role: str | None = None,
        plan: bool = False,
    ) -> Coroutine[Any, Any, ScaleOutcome]:
        """Sets how a service scales, and returns how it scales then.

        Only what differs is written: the same call a second time writes nothing, and with the service alone nothing
        is ever written. If a write was cut off, the same call completes it. `None` for `cpu`, `memory` or `requests`
        removes that policy.

        IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
        `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
        `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
        `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
        `memory`, `requests`, `cooldown`, `resolution` or `policies`); `elasticloadbalancing:DescribeTargetGroups`
        (`requests` without `target`); `application-autoscaling:PutScheduledAction` (`actions`);
        `application-autoscaling:DeleteScalingPolicy`, `application-autoscaling:DeleteScheduledAction`,
        `application-autoscaling:DeregisterScalableTarget`, `cloudwatch:DeleteAlarms` (`remove`, or `None` for a
        policy); `iam:CreateServiceLinkedRole` (the account has never scaled a service).

        Errors: `InvalidError` before anything is written. `ServiceMissingError`, `ServiceInactiveError` and
        `ClusterMissingError`. `UnsupportedError` for a DAEMON service, and for `requests` if CodeDeploy deploys the
        service. `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def status(
        self,
        *,
        service: str,
        cluster: str = "default",
        deployments: int = 10,
        events: int = 10,
    ) -> Coroutine[Any, Any, StatusOutcome]:
        """Reports what a service runs and since when, how its tasks are, which deployment is in progress, how the last
        ones ended, and ECS's last events. Writes nothing.

        Only the service itself must be readable (DescribeServices). What else may not be read is a warning in the
        outcome.

        IAM actions: `ecs:DescribeServices`.

        Errors: `ServiceMissingError` and `ClusterMissingError`. `InvalidError`, `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def explain(
        self,
        *,
        service: str | None = None,
        cluster: str = "default",
        deployment: str | None = None,
    ) -> Coroutine[Any, Any, Explanation]:
        """Explains why an earlier deployment failed, from its record, ECS's events, the tasks that stopped, and logs.
        Says in `missing` what is gone: ECS keeps stopped tasks for about an hour, 100 events of a service, and
        records for 90 days. Writes nothing.

        IAM actions: `ecs:DescribeServices`.

        Errors: `ServiceMissingError` and `ClusterMissingError`. `InvalidError` if there is no such deployment, or
        none at all. `UnsupportedError` if CodeDeploy deploys the service. `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def export(
        self,
        *,
        service: str,
        cluster: str = "default",
        folder: str | None = None,
        overwrite: bool = False,
    ) -> Coroutine[Any, Any, ExportOutcome]:
        """Exports what a service runs as documents that `deploy`, `service` and `scale` take, and that they plan as no
        change: the task definition, the service with its tags, and its scaling. Writes nothing to AWS, and files only
        with `folder`.

        IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.

        Errors: `ServiceMissingError`, `ServiceInactiveError` and `ClusterMissingError`. `UnsupportedError` for a
        service that ECS manages as a whole, and for one without a task definition. `InvalidError`, `DeniedError`,
        `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def revisions(
        self,
        *,
        family: str,
        status: RevisionStatus = "ACTIVE",
        limit: int = 20,
    ) -> Coroutine[Any, Any, list[Revision]]:
        """Lists the revisions of a task definition, newest first, each with its status, its images, and when and by whom
        it was registered. Writes nothing.

        IAM actions: `ecs:DescribeTaskDefinition`, `ecs:ListTaskDefinitions`.

        Errors: `DefinitionMissingError` if the family has no revision of that status. `InvalidError`, `DeniedError`,
        `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def prune(self, *, family: str, keep: int = 10, plan: bool = False) -> Coroutine[Any, Any, PruneOutcome]:
        """Deregisters old revisions of a task definition, beyond the newest `keep`. None goes that a service, a
        deployment in progress, a task that runs, or a schedule or rule of EventBridge uses, in any cluster of the
        client's account and region.

        A deregistered revision can no longer be run or deployed; `revisions` still shows it. What else may name a
        revision, such as a state machine or a pipeline, is not looked at. What may not be looked at is the error
        `denied`, and nothing is deregistered. If a call was cut off, the same call completes it.

        IAM actions: `ecs:ListTaskDefinitions`; `ecs:ListClusters`, `ecs:ListServices`, `ecs:DescribeServices`,
        `ecs:ListTasks`, `ecs:DescribeTasks`, `scheduler:ListSchedules`, `scheduler:GetSchedule`,
        `events:ListEventBuses`, `events:ListRuleNamesByTarget`, `events:ListTargetsByRule` (there are more revisions
        than `keep`); `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions`
        (a deployment of the family is in progress); `ecs:DeregisterTaskDefinition` (revisions go).

        Errors: `DefinitionMissingError` if the family has no ACTIVE revision. `InvalidError`, `UnsupportedError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
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
        variables: Mapping[str, Variable] | None = None,
        pin: bool = False,
        require: Mapping[str, list[str]] = {},
        verify: bool | Literal["all"] = True,
        force: bool = False,
        timeout: float = 1800.0,
        plan: bool = False,
        unknown: Unknown = "refuse",
    ) -> Coroutine[Any, Any, RegisterOutcome]:
        """Registers a revision of a task definition, and does not run it. If the family's newest revision, or the one
        given by name, is equal, that one is used.

        IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes);
        `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags,
        which are copied to the new revision); `ecr:BatchGetImage`, `ecr:ListImageReferrers`,
        `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ecs:DescribeServices` (`service`);
        `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of
        stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of
        Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).

        Errors: Those of `deploy` about a task definition: `InvalidError` with its findings, `ContainerMissingError`,
        `ImageMissingError`, `ImageArchivedError`, `DefinitionMissingError`. `DeniedError`, `CredentialsError`,
        `ThrottledError`, `NetworkError` and `AwsError`.
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
        """Creates or changes a schedule of EventBridge, which calls a target periodically or once. Options that are not
        given stay as they are. What exists as requested is not written.

        A target `lambda`, `task` or `call` becomes a schedule of EventBridge Scheduler. Scheduler cannot call a URL:
        a target `http` becomes a rule with an API destination and a connection. `remove` deletes all of them.

        IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole`
        (target `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup` (a
        group other than `default`); `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices`
        (target `task` with `service`); `events:DescribeRule`, `events:ListTargetsByRule`, `events:RemoveTargets`,
        `events:DescribeApiDestination`, `events:DescribeConnection`, `events:PutRule`, `events:PutTargets`,
        `events:CreateApiDestination`, `events:UpdateApiDestination`, `events:CreateConnection`,
        `events:UpdateConnection`, `secretsmanager:CreateSecret`, `secretsmanager:UpdateSecret`, `iam:PassRole`
        (target `http`); `events:DeleteRule`, `events:DeleteApiDestination`, `events:DeleteConnection`,
        `secretsmanager:DeleteSecret` (target `http`, and `remove`).

        Errors: `InvalidError` before anything is written. `ServiceMissingError`, `ClusterMissingError`,
        `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError` and `AwsError`.
        """
        raise NotImplementedError

    @asks
    def login(self, *, registries: list[str] = [], write: bool = False) -> Coroutine[Any, Any, list[Credential]]:
        """Gets credentials for registries of Amazon ECR, and writes them into Docker's configuration if asked. The
        client keeps them, and gets new ones before they expire after twelve hours.

        IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
        (public.ecr.aws).

        Errors: `InvalidError` for what is no registry of ECR, or for a configuration that cannot be read or written.
        `DeniedError`, `CredentialsError`, `ThrottledError` and `NetworkError`.
        """
        raise NotImplementedError

    @asks
    def resolve(
        self,
        image: str,
        *,
        timeout: float = 300.0,
        require: list[str] = [],
    ) -> Coroutine[Any, Any, ImageInfo]:
        """Returns what an image reference names: digest, platforms and size. It asks ECR, or the API of any other
        registry with the credentials of Docker's configuration or none.

        IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR);
        `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in
        ECR).

        Errors: `ImageMissingError` with the nearest tags. `ImageArchivedError` for an image in ECR's archive.
        `ImageRefusedError` for one that lacks what `require` asks for. `InvalidError` for what is no reference.
        `DeniedError`, `ThrottledError` and `NetworkError`. `TimedOutError` after `timeout` seconds, however slowly
        the registry goes on answering.
        """
        raise NotImplementedError

    @asks
    def exists(self, image: str, *, timeout: float = 300.0, require: list[str] = []) -> Coroutine[Any, Any, bool]:
        """Returns whether a registry has an image that can be pulled, with one call. An image in ECR's archive is none:
        `resolve` tells it apart, and a push restores it.

        IAM actions: `ecr:BatchGetImage` (images in ECR).

        Errors: Those of `resolve`, without `ImageMissingError` and `ImageArchivedError`.
        """
        raise NotImplementedError

    @asks
    def whoami(self) -> Coroutine[Any, Any, Identity]:
        """Returns the account and the user or role that sign the calls (GetCallerIdentity, which needs no permission).

        Errors: `CredentialsError`, `ThrottledError` and `NetworkError`.
        """
        raise NotImplementedError

    @asks
    def policy(
        self,
        *,
        verb: str,
        request: Mapping[str, Any] | None = None,
        account: str | None = None,
        region: str | None = None,
        codedeploy: bool | None = None,
        express: bool | None = None,
        trust: Trust | None = None,
    ) -> Coroutine[Any, Any, PolicyOutcome]:
        """Returns the least IAM policy for a verb or a request, with resources and conditions: what it needs, and apart
        from that what it can do without. With `trust`, the trust policy for the jobs of a CI system as well. No call
        is made.

        Errors: `InvalidError` for an unknown verb, or options that the verb does not have.
        """
        raise NotImplementedError
