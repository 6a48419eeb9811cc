from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, Unpack

from typing_extensions import TypeVar

from .types import (
    Build, Built, Change, Changes, DeployAll, Deployment, Event, Finding, Identity, Login, Options, Outcome, Plan, Push,
    Pushed, Ran, Register, Registered, Resolved, Resume, Rollback, Run, Scale, Scaled, Schedule, Scheduled, Service,
    ServiceEvent, ServiceOutcome, Serviced, Watch,
)

__version__: str

class TaskDefinition:
    """An ECS task definition in the form that can be registered.

    It is a JSON document from end to end: members unknown to this library and the order of members stay as they came.
    The members that only ECS writes are left out, and `tags` beside a described definition are taken in.
    """

    def __new__(cls, document: Mapping[str, Any] | str) -> Self:
        """Takes a document, an answer of DescribeTaskDefinition around one, or JSON or YAML text.

        Raises `Invalid` where it is no object or has no containers.
        """

    @staticmethod
    def load(path: str | PathLike[str]) -> TaskDefinition:
        """Reads a file, JSON or YAML.

        Raises `Invalid` with the file's name, line and column where it cannot be read.
        """

    def render(self, **changes: Unpack[Changes]) -> TaskDefinition:
        """The definition with changes applied; this one stays as it is.

        Raises `ContainerMissing` where a change names a container that is not there, `Invalid` where an image
        reference is malformed or a patch leaves no valid document.
        """

    def to_dict(self) -> dict[str, Any]:
        """The document, as RegisterTaskDefinition takes it."""

    def to_json(self) -> str:
        """The document as indented JSON text."""

    def validate(self) -> list[Finding]:
        """What ECS would refuse, and what it would take but you would regret, all at once."""

    def diff(self, other: TaskDefinition) -> list[Change]:
        """What changes from this definition to `other`, after what ECS fills in by itself is set aside."""

    def diff_text(self, other: TaskDefinition, color: bool | None = None) -> str:
        """What changes from this definition to `other` as unified text, for people: empty where nothing does.

        Values that look like secrets are hidden; another value is hidden under another number. `color`: whether to
        colour it; `None`: where standard output is a terminal and `NO_COLOR` is not set.
        """

    def __eq__(self, other: object) -> bool: ...

_E = TypeVar("_E", default=Event)
_O = TypeVar("_O", default=Outcome)

class Rollout(Iterator[_E], AsyncIterator[_E], Generic[_E, _O]):
    """A deployment on its way: iterable in both ways, and awaitable. Each event is given out once.

    Dropping it stops the watching, never the deployment; so does Ctrl-C.
    """

    def outcome(self) -> _O:
        """Waits for the end and says what it was. Can be called at any time and again; it always says the same.

        Raises the error that kept the deployment from being live and complete.
        """

    def cancel(self) -> None:
        """Stops the watching; the end is `Cancelled` unless it has come already. A deployment that has begun goes on,
        and so does a task, unless `stop` says otherwise; a push or a build stops.
        """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _E: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _E: ...
    def __await__(self) -> Generator[Any, None, _O]: ...

class Credential:
    """What a registry lets one in with. Printing it shows no secret."""

    @property
    def registry(self) -> str:
        """The registry's host."""

    @property
    def user(self) -> str:
        """The user's name."""

    @property
    def expires(self) -> float:
        """Until when it is good, in seconds since 1970."""

    @property
    def file(self) -> Path | None:
        """The file it was written to."""

    @property
    def shadowed(self) -> str | None:
        """What keeps other programs from using what was written."""

    def password(self) -> str:
        """The password."""

    def masks(self) -> list[str]:
        """What GitHub Actions is to hide in all that is printed afterwards: one command a line, to be printed first."""

class Client:
    """A connection to Amazon ECS in one account and region. Nothing is called before it is used."""

    def __init__(self, **settings: Unpack[Options]) -> None:
        """Takes settings; what is not given comes from the environment. Raises `Invalid` where one is unknown."""

    def deploy(self, **options: Unpack[Deployment]) -> Rollout:
        """Deploys a task definition to a service and watches it to the verdict. Starts at once.

        Stands on DescribeServices, DescribeTaskDefinition, RegisterTaskDefinition and UpdateService. Nothing is written
        to AWS before every input has been checked. Raises `Invalid` where an option is unknown or of a wrong type.
        """

    def deploy_all(self, **options: Unpack[DeployAll]) -> Rollout[ServiceEvent, list[ServiceOutcome]]:
        """Deploys to many services and watches them with one poller: ten services a call, one allowance of calls.

        Starts at once. None of those that begin together is written to before all of them have been checked. The outcome is
        that of all: it raises the first bad end, or is what each has come to in the order asked for. Stands on what `deploy`
        stands on.
        """

    def login(self, **options: Unpack[Login]) -> list[Credential]:
        """Gets in to registries of Amazon ECR: tokens are good for twelve hours and kept for the client's life.

        Stands on GetAuthorizationToken. Raises `Invalid` where a registry is none of ECR's, `Denied`, `Credentials`.
        """

    def resolve(self, image: str) -> Resolved:
        """Says what an image reference names: digest, platforms, size.

        Stands on ECR's BatchGetImage and DescribeImages, or the registry's own API. Raises `ImageMissing` with the nearest
        tags, `Invalid` for what is no reference.
        """

    def exists(self, image: str) -> bool:
        """Whether the registry has such an image: one call. Raises as `resolve` does, but for `ImageMissing`."""

    def whoami(self) -> Identity:
        """Says who the calls are signed by.

        Stands on GetCallerIdentity, which needs no permission; no call of its own where a role is assumed. Raises `Credentials`,
        `Throttled`, `Network`.
        """

    def build(self, **options: Unpack[Build]) -> Rollout[Event, Built]:
        """Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does where `image` is given.

        Starts at once; cancelling stops the builder. No shell is involved. The outcome raises `Unsupported` where no builder is
        installed, `Invalid`, `PushFailed` with the builder's last lines, and what that of `push` raises.
        """

    def push(self, **options: Unpack[Push]) -> Rollout[Event, Pushed]:
        """Pushes an image from a file to a registry, without an engine. Starts at once; cancelling stops it.

        What the registry has already is not sent; the manifest goes last, so that nothing half-made has a name. Stands on
        GetAuthorizationToken and the registry's own API (ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart,
        CompleteLayerUpload, PutImage), with `create` on CreateRepository, GetLifecyclePolicy and PutLifecyclePolicy. The outcome
        raises `Invalid` for a file that holds no whole image, `PushFailed`, `Denied`, `Throttled`, `Network`.
        """

    def service(self, **options: Unpack[Service]) -> Rollout[Event, Serviced]:
        """Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict.

        Starts at once. Of a service that is there, only the members given are compared, and only those that differ are sent;
        what only another service could be (launch type, scheduling strategy, role, deployment controller) is refused by name.
        Given again after its process was killed, it joins its own deployment: no second service, no second revision. Stands on
        DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource and what `deploy` stands on; for its
        findings ListTasks and DescribeTasks. The outcome raises what that of `deploy` raises.
        """

    def scale(self, **options: Unpack[Scale]) -> Scaled:
        """Scales a service as asked, and says how it stands.

        Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing is ever
        written. `None` for `cpu`, `memory` or `requests` removes that policy. Stands on DescribeServices and Application Auto
        Scaling: DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget,
        PutScalingPolicy, DeleteScalingPolicy, PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests`
        DescribeTargetGroups. Raises `Invalid` before anything is written, `ServiceMissing`, `ServiceInactive`, `ClusterMissing`,
        `Unsupported` for a DAEMON and for `requests` where CODE_DEPLOY deploys, `Denied`, `Credentials`, `Throttled`, `Network`, `Aws`.
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

    def run(self, **options: Unpack[Run]) -> Rollout[Event, Ran]:
        """Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended.
        Starts at once.

        Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no room for
        any task is given again, up to five times within some 75 s. The outcome raises `TaskFailed`: what ended how, the causes and
        the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the error names them.
        Stands on RunTask, DescribeTasks, GetLogEvents; with a name on ListTasks; on DescribeServices, DescribeTaskDefinition and
        RegisterTaskDefinition as `deploy`; on StopTask where that is asked for.
        """

    def register(self, **options: Unpack[Register]) -> Registered:
        """Registers a revision of a task definition, unless an equal one is the family's newest or was given by name. Nothing runs
        it.

        Stands on DescribeTaskDefinition and RegisterTaskDefinition, with `service` on DescribeServices. Raises what `deploy`
        refuses of a definition (`Invalid` with its findings, `ContainerMissing`, `ImageMissing`, `DefinitionMissing`), and what AWS says.
        """

    def resume(self, **options: Unpack[Resume]) -> Rollout:
        """Lets a deployment go on that waits at a hook, and watches it to the verdict. Starts at once.

        Stands on ContinueServiceDeployment.
        """

    def plan(self, **options: Unpack[Deployment]) -> Plan:
        """Says what `deploy` would do with the same request at this moment, without writing anything.

        Stands on DescribeServices and DescribeTaskDefinition. Raises what `deploy` would refuse.
        """

    def schedule(self, **options: Unpack[Schedule]) -> Scheduled:
        """Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is asked for
        and leaves all else as it is. What is there as asked is not written.

        Stands on GetSchedule, CreateSchedule, UpdateSchedule, and GetScheduleGroup and CreateScheduleGroup for a group,
        DescribeServices for a task. A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API
        destination and a connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection,
        DescribeApiDestination, CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`: DeleteSchedule;
        RemoveTargets, DeleteRule, DeleteApiDestination, DeleteConnection. Raises `Invalid` before anything is written,
        `ServiceMissing`, `ClusterMissing`, `Denied`, `Credentials`, `Throttled`, `Network`, `Aws`.
        """

def deploy(**options: Unpack[Deployment]) -> Rollout:
    """`Client.deploy` with the default client: the environment's settings."""

def dotenv(path: str | PathLike[str]) -> dict[str, str]:
    """Reads a file of variables in dotenv form, for `environment` of a container.

    Lines are `NAME=value`, with `export` in front or not; `#` begins a comment; values in double or single quotes may have
    several lines; a quote within a value that has none around it is an error. A `$` is a `$`: nothing is substituted.

    Raises `Invalid` with the file's name and line where it cannot be read, is malformed or sets a variable twice.
    """

def plan(**options: Unpack[Deployment]) -> Plan:
    """`Client.plan` with the default client: the environment's settings."""

def schedule(**options: Unpack[Schedule]) -> Scheduled:
    """`Client.schedule` with the default client: the environment's settings."""

def service(**options: Unpack[Service]) -> Rollout[Event, Serviced]:
    """`Client.service` with the default client: the environment's settings."""

def scale(**options: Unpack[Scale]) -> Scaled:
    """`Client.scale` with the default client: the environment's settings."""

def watch(**options: Unpack[Watch]) -> Rollout:
    """`Client.watch` with the default client: the environment's settings."""

def rollback(**options: Unpack[Rollback]) -> Rollout:
    """`Client.rollback` with the default client: the environment's settings."""

def run(**options: Unpack[Run]) -> Rollout[Event, Ran]:
    """`Client.run` with the default client: the environment's settings."""

def register(**options: Unpack[Register]) -> Registered:
    """`Client.register` with the default client: the environment's settings."""

def resume(**options: Unpack[Resume]) -> Rollout:
    """`Client.resume` with the default client: the environment's settings."""

def deploy_all(**options: Unpack[DeployAll]) -> Rollout[ServiceEvent, list[ServiceOutcome]]:
    """`Client.deploy_all` with the default client: the environment's settings."""

def build(**options: Unpack[Build]) -> Rollout[Event, Built]:
    """`Client.build` with the default client: the environment's settings."""

def push(**options: Unpack[Push]) -> Rollout[Event, Pushed]:
    """`Client.push` with the default client: the environment's settings."""

def login(**options: Unpack[Login]) -> list[Credential]:
    """`Client.login` with the default client: the environment's settings."""

def resolve(image: str) -> Resolved:
    """`Client.resolve` with the default client: the environment's settings."""

def exists(image: str) -> bool:
    """`Client.exists` with the default client: the environment's settings."""

def whoami() -> Identity:
    """`Client.whoami` with the default client: the environment's settings."""

class Simulator:
    """The ECS control plane in small, served from this process on a clock of its own.

    `world`, or its members by name, is its state and behaviour: clusters, definitions, services, images, faults, script,
    and `speed`, how many simulated seconds pass in a second; 0 lets time pass only as `client()` waits, so that a rollout takes no time.
    """

    def __init__(self, world: Mapping[str, Any] | None = None, **members: Any) -> None: ...
    @property
    def endpoint(self) -> str:
        """Where it serves, as an endpoint URL for any AWS SDK."""

    @property
    def now(self) -> float:
        """Simulated seconds since it started."""

    def client(self) -> Client:
        """A client for it, with made-up credentials, that waits by its clock."""

    def advance(self, seconds: float) -> None:
        """Lets simulated seconds pass."""

    def add(self, world: Mapping[str, Any]) -> None:
        """Adds to its world."""

    def calls(self) -> list[dict[str, Any]]:
        """The calls that came, in order: `at`, `operation`, `input`, `status`."""

    def truth(self) -> list[dict[str, Any]]:
        """What really became of every deployment."""

    def invocations(self) -> list[dict[str, Any]]:
        """The calls that schedules and rules made, in order: `at`, `schedule`, `group`, `route`, `target`, `input`, `http`,
        `operation`, `error`."""

    def close(self) -> None:
        """Stops it."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
