from collections.abc import Coroutine
from typing import Any, Unpack

from ._native import Credential
from ._rollout import Rollout
from .types import (
    Build, BuildOutcome, DeployAll, Deployment, Event, Identity, Login, ClientOptions, Plan, Push, PushOutcome, RunOutcome, Register, RegisterOutcome, ImageInfo,
    Resume, Rollback, Run, Scale, ScaleOutcome, Schedule, ScheduleOutcome, Service, FleetEvent, FleetOutcome, ServiceOutcome, Watch,
)

class Verbs:
    """All that a client can do."""

    def deploy(self, **options: Unpack[Deployment]) -> Rollout:
        """Deploys a task definition to a service and watches it to the verdict. Starts at once.

        Stands on DescribeServices, DescribeTaskDefinition, RegisterTaskDefinition and UpdateService. Nothing is written
        to AWS before every input has been checked. Raises `InvalidError` where an option is unknown or of a wrong type.
        """

    def deploy_all(self, **options: Unpack[DeployAll]) -> Rollout[FleetEvent, list[FleetOutcome]]:
        """Deploys to many services and watches them with one poller: ten services a call, one allowance of calls.

        Starts at once. None of those that begin together is written to before all of them have been checked. The outcome is
        that of all: it raises the first bad end, or is what each has come to in the order asked for. Stands on what `deploy`
        stands on.
        """

    def login(self, **options: Unpack[Login]) -> list[Credential]:
        """Gets in to registries of Amazon ECR: tokens are good for twelve hours and kept for the client's life.

        Stands on GetAuthorizationToken. Raises `InvalidError` where a registry is none of ECR's, `DeniedError`, `CredentialsError`.
        """

    def resolve(self, image: str, *, timeout: float = 300.0) -> ImageInfo:
        """Says what an image reference names: digest, platforms, size.

        Stands on ECR's BatchGetImage and DescribeImages, or the registry's own API. Raises `ImageMissingError` with the nearest
        tags, `InvalidError` for what is no reference, `TimedOutError` after `timeout` seconds, however slowly the registry goes on
        answering.
        """

    def exists(self, image: str, *, timeout: float = 300.0) -> bool:
        """Whether the registry has such an image: one call. Raises as `resolve` does, but for `ImageMissingError`."""

    def whoami(self) -> Identity:
        """Says who the calls are signed by.

        Stands on GetCallerIdentity, which needs no permission; no call of its own where a role is assumed. Raises `CredentialsError`,
        `ThrottledError`, `NetworkError`.
        """

    def build(self, **options: Unpack[Build]) -> Rollout[Event, BuildOutcome]:
        """Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does where `image` is given.

        Starts at once; cancelling stops the builder, as does the end of this process. Nothing that is given is read by a shell. The
        outcome raises `UnsupportedError` where no builder is installed, `InvalidError`, `PushFailedError` with the builder's last
        lines, and what that of `push` raises.
        """

    def push(self, **options: Unpack[Push]) -> Rollout[Event, PushOutcome]:
        """Pushes an image from a file to a registry, without an engine. Starts at once; cancelling stops it.

        What the registry has already is not sent; the manifest goes last, so that nothing half-made has a name. Stands on
        GetAuthorizationToken and the registry's own API (ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart,
        CompleteLayerUpload, PutImage), with `create` on CreateRepository, GetLifecyclePolicy and PutLifecyclePolicy. The outcome
        raises `InvalidError` for a file that holds no whole image, `PushFailedError`, `DeniedError`, `ThrottledError`, `NetworkError`,
        `TimedOutError`.
        """

    def service(self, **options: Unpack[Service]) -> Rollout[Event, ServiceOutcome]:
        """Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict.

        Starts at once. Of a service that is there, only the members given are compared, and only those that differ are sent;
        what only another service could be (launch type, scheduling strategy, role, deployment controller) is refused by name.
        Given again after its process was killed, it joins its own deployment: no second service, no second revision. Stands on
        DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource and what `deploy` stands on; for its
        findings ListTasks and DescribeTasks. The outcome raises what that of `deploy` raises.
        """

    def scale(self, **options: Unpack[Scale]) -> ScaleOutcome:
        """Scales a service as asked, and says how it stands.

        Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing is ever
        written. `None` for `cpu`, `memory` or `requests` removes that policy. Stands on DescribeServices and Application Auto
        Scaling: DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget,
        PutScalingPolicy, DeleteScalingPolicy, PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests`
        DescribeTargetGroups. Raises `InvalidError` before anything is written, `ServiceMissingError`, `ServiceInactiveError`, `ClusterMissingError`,
        `UnsupportedError` for a DAEMON and for `requests` where CODE_DEPLOY deploys, `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """

    def watch(self, **options: Unpack[Watch]) -> Rollout:
        """Watches a deployment that somebody else began, to the same verdict as one's own. Starts at once and writes nothing.

        Stands on DescribeServices.
        """

    def rollback(self, **options: Unpack[Rollback]) -> Rollout:
        """Goes back to what a service ran before, and watches that to the verdict. Starts at once.

        Success is that it is live and complete again. A deployment on its way is turned round; where that does not apply, the
        earlier definition is deployed. Stands on ContinueServiceDeployment, StopServiceDeployment and UpdateService.
        """

    def run(self, **options: Unpack[Run]) -> Rollout[Event, RunOutcome]:
        """Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended.
        Starts at once.

        Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no room for
        any task is given again, up to five times within some 75 s. The outcome raises `TaskFailedError`: what ended how, the causes and
        the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the error names them.
        Stands on RunTask, DescribeTasks, GetLogEvents; with a name on ListTasks; on DescribeServices, DescribeTaskDefinition and
        RegisterTaskDefinition as `deploy`; on StopTask where that is asked for.
        """

    def register(self, **options: Unpack[Register]) -> RegisterOutcome:
        """Registers a revision of a task definition, unless an equal one is the family's newest or was given by name. Nothing runs
        it.

        Stands on DescribeTaskDefinition and RegisterTaskDefinition, with `service` on DescribeServices. Raises what `deploy`
        refuses of a definition (`InvalidError` with its findings, `ContainerMissingError`, `ImageMissingError`, `DefinitionMissingError`), and what AWS says.
        """

    def resume(self, **options: Unpack[Resume]) -> Rollout:
        """Lets a deployment go on that waits at a hook, and watches it to the verdict. Starts at once.

        Stands on ContinueServiceDeployment.
        """

    def plan(self, **options: Unpack[Deployment]) -> Plan:
        """Says what `deploy` would do with the same request at this moment, without writing anything.

        Stands on DescribeServices and DescribeTaskDefinition. Raises what `deploy` would refuse.
        """

    def schedule(self, **options: Unpack[Schedule]) -> ScheduleOutcome:
        """Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is asked for
        and leaves all else as it is. What is there as asked is not written.

        Stands on GetSchedule, CreateSchedule, UpdateSchedule, and GetScheduleGroup and CreateScheduleGroup for a group,
        DescribeServices for a task. A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API
        destination and a connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection,
        DescribeApiDestination, CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`: DeleteSchedule;
        RemoveTargets, DeleteRule, DeleteApiDestination, DeleteConnection. Raises `InvalidError` before anything is written,
        `ServiceMissingError`, `ClusterMissingError`, `DeniedError`, `CredentialsError`, `ThrottledError`, `NetworkError`, `AwsError`.
        """

class Client(Verbs):
    """A connection to Amazon ECS in one account and region. Nothing is called before it is used."""

    def __init__(self, **settings: Unpack[ClientOptions]) -> None:
        """Takes settings; what is not given comes from the environment. Raises `InvalidError` where one is unknown."""

    @property
    def aio(self) -> Aio:
        """The same verbs for asyncio: what they return is awaited, and the event loop goes on meanwhile."""

class Aio:
    """The verbs of a client for asyncio: what they return is awaited, and the event loop goes on meanwhile.

    A rollout is the same as `Client`'s: to be awaited, or read with `async for`. A call starts at once; one that is never
    awaited is a `RuntimeWarning`, and the interpreter's exit status is not 0.
    """

    def deploy(self, **options: Unpack[Deployment]) -> Rollout:
        """`Client.deploy` for asyncio."""

    def deploy_all(self, **options: Unpack[DeployAll]) -> Rollout[FleetEvent, list[FleetOutcome]]:
        """`Client.deploy_all` for asyncio."""

    def login(self, **options: Unpack[Login]) -> Coroutine[Any, Any, list[Credential]]:
        """`Client.login` for asyncio."""

    def resolve(self, image: str, *, timeout: float = 300.0) -> Coroutine[Any, Any, ImageInfo]:
        """`Client.resolve` for asyncio."""

    def exists(self, image: str, *, timeout: float = 300.0) -> Coroutine[Any, Any, bool]:
        """`Client.exists` for asyncio."""

    def whoami(self) -> Coroutine[Any, Any, Identity]:
        """`Client.whoami` for asyncio."""

    def build(self, **options: Unpack[Build]) -> Rollout[Event, BuildOutcome]:
        """`Client.build` for asyncio."""

    def push(self, **options: Unpack[Push]) -> Rollout[Event, PushOutcome]:
        """`Client.push` for asyncio."""

    def service(self, **options: Unpack[Service]) -> Rollout[Event, ServiceOutcome]:
        """`Client.service` for asyncio."""

    def scale(self, **options: Unpack[Scale]) -> Coroutine[Any, Any, ScaleOutcome]:
        """`Client.scale` for asyncio."""

    def watch(self, **options: Unpack[Watch]) -> Rollout:
        """`Client.watch` for asyncio."""

    def rollback(self, **options: Unpack[Rollback]) -> Rollout:
        """`Client.rollback` for asyncio."""

    def run(self, **options: Unpack[Run]) -> Rollout[Event, RunOutcome]:
        """`Client.run` for asyncio."""

    def register(self, **options: Unpack[Register]) -> Coroutine[Any, Any, RegisterOutcome]:
        """`Client.register` for asyncio."""

    def resume(self, **options: Unpack[Resume]) -> Rollout:
        """`Client.resume` for asyncio."""

    def plan(self, **options: Unpack[Deployment]) -> Coroutine[Any, Any, Plan]:
        """`Client.plan` for asyncio."""

    def schedule(self, **options: Unpack[Schedule]) -> Coroutine[Any, Any, ScheduleOutcome]:
        """`Client.schedule` for asyncio."""

moment: Verbs
aio_moment: Aio
