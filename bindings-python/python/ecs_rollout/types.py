# Printed by tests/contract.rs. Do not edit.
"""The types of what goes in and comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Required, TypedDict, Union

if TYPE_CHECKING:
    from ._native import TaskDefinition


class AwsDetail(TypedDict, total=False):
    """The `detail` of an error with the code `aws`."""

    operation: Required[str]
    """The operation of AWS."""
    name: Required[str]
    """AWS's own error code."""
    text: Required[str]
    """AWS's own text."""
    request: str
    """The id to give to AWS support."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class Build(TypedDict, total=False):
    """What `build` is asked for."""

    context: Required[str]
    """The folder that is built from."""
    file: str | None
    """The Dockerfile. `Dockerfile` or `Containerfile` in `context`, unless given."""
    platforms: list[str]
    """What it is to run on, as `os/architecture`. The builder's own, unless given."""
    args: Mapping[str, str]
    """Build arguments. They stay in the image's history: they are no place for secrets."""
    secrets: Mapping[str, str]
    """Files with secrets by their ids, as `RUN --mount=type=secret,id=…` sees them."""
    target: str | None
    """The stage to build. The last, unless given."""
    builder: str | None
    """`docker`, `podman` or `buildah`, or a path to one. The first that is installed, unless given."""
    options: list[str]
    """Further options of that builder's `build`, passed as they are."""
    layout: str | None
    """A folder for the OCI layout, which is not there yet. It is not kept, unless given."""
    image: str | None
    """Where the image is pushed: `registry/repository:tag`. It is not pushed, unless given."""
    tags: list[str]
    """With `image`: further tags, as of `push`."""
    create: bool
    """With `image`: make ECR's repository, as of `push`."""
    scan: Scan | None
    """With `image`: what ECR finds in it, as of `push`."""
    timeout: float
    """Seconds after which it is given up, the push with it: the builder is ended then."""


class BuildOutcome(TypedDict, total=False):
    """What a build has come to."""

    builder: Required[str]
    """The program that built it."""
    digest: Required[str]
    """The image's digest: of the index where there are several platforms."""
    layout: str
    """The OCI layout, where it is kept."""
    pushed: PushOutcome
    """What the push has come to, where it was pushed."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""


class BuildingEvent(TypedDict, total=False):
    """What the builder of an image says, without the values of build arguments and secrets."""

    type: Required[Literal["building"]]
    text: Required[str]
    """One line."""


class CancelledDetail(TypedDict, total=False):
    """The `detail` of an error with the code `cancelled`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class Cause(TypedDict, total=False):
    """One reason why tasks stopped, were never made, or are not well: from stopped tasks (DescribeTasks), service events (DescribeServices), targets (DescribeTargetHealth) and logs (GetLogEvents)."""

    kind: Required[str]
    """A word for the kind of cause. While pulling: `image_missing`, `platform_mismatch`, `registry_denied`, `registry_unreachable`, `registry_limit`, `disk_full`, `pull_failed`. Before a container runs: `secret_missing`, `secret_denied`, `environment_file`, `log_group_missing`, `log_denied`, `volume`, `network`, `cannot_start`, `dependency`. At its end: `exited`, `out_of_memory`, `killed`, `segmentation_fault`, `terminated`, `unhealthy`, `load_balancer_unhealthy`. Without a task: `capacity`, `placement`, `role`, `deadlock`, `start_throttled`, `throttled`. Of a one-off task: `stopped` by somebody, `interrupted` where its capacity was taken away. What is not known: `other`."""
    summary: Required[str]
    """What happened, in one line, with its names; ECS's own words where nothing better is known."""
    advice: str
    """What to do about it; absent where nothing is known."""
    tasks: Required[list[str]]
    """The ids of the tasks concerned, newest first; empty where none was made."""
    containers: Required[list[StoppedContainer]]
    """The containers, as seen on the newest of the tasks that stopped; empty where none did."""
    log: Required[list[str]]
    """The last lines of the failing container's log (at most 50, without colours), oldest first; empty where there is none or it may not be read."""


class Change(TypedDict, total=False):
    """One difference."""

    path: Required[str]
    """Where: a JSON Pointer into the newer document; into the older one where the newer has no such place."""
    before: Any
    """The older value; absent where there was none."""
    after: Any
    """The newer value; absent where there is none."""


class Changes(TypedDict, total=False):
    """Changes to a task definition."""

    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole document."""
    variables: Mapping[str, str] | None
    """Fills in `${NAME}` in every text of the document, from these and then from the environment; one that is not set is an error. `$${` stands for `${` itself. Not given: texts stay as they are."""


class ClientOptions(TypedDict, total=False):
    """How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK."""

    region: str | None
    """The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given."""
    profile: str | None
    """The profile in the shared config files. `AWS_PROFILE`, unless given."""
    endpoint: str | None
    """The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given. With either, unless it is a host of AWS's, no registry is asked but those of this machine."""
    role: str | None
    """The ARN of a role to assume before anything is called (AssumeRole; AssumeRoleWithWebIdentity with `oidc`). It is assumed anew before it expires, however long a wait takes."""
    via: list[str]
    """ARNs of roles to assume on the way to `role`, in this order."""
    session: str | None
    """The session's name, as CloudTrail shows it: 2 to 64 of letters, digits and `_+=,.@-`. `ecs-rollout`, unless given."""
    tags: Mapping[str, str]
    """Session tags for AssumeRole of `role` (it has to allow sts:TagSession)."""
    oidc: bool | None
    """Whether the first of the roles is assumed with the ID token of a job of GitHub Actions (`permissions: id-token: write`), so that no secret of AWS need be stored. Unless given: where GitHub offers a token and neither `profile` nor the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_…) names other credentials."""
    audience: str | None
    """For whom GitHub's token is, as the identity provider in IAM names it: `sts.amazonaws.com`, unless given; in China mostly `sts.amazonaws.com.cn`."""


class ClusterMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `cluster_missing`."""

    cluster: Required[str]
    """The cluster asked for."""
    region: str
    """The region; absent where only an endpoint is known."""
    account: str
    """The account; absent where no ARN and no role names it."""
    endpoint: str
    """The URL that was called in AWS's stead; absent where AWS itself was."""


class CodeDeploy(TypedDict, total=False):
    """Where and how AWS CodeDeploy deploys the service (CreateDeployment). What is not given is what ECS's console would have made."""

    application: str | None
    """The application's name. `AppECS-<cluster>-<service>`, unless given: each of both names cut at 47 characters. Where CodeDeploy has none of that name, the one that the service was deployed with last. One that is not there is an error before anything is written (GetDeploymentGroup)."""
    group: str | None
    """The deployment group's name. `DgpECS-<cluster>-<service>`, unless given, as for the application. One that deploys another service is an error."""
    appspec: Any
    """The AppSpec: a document, or JSON or YAML text. The task definition's ARN is put into every target service, all else stays as it is, hooks and members that are not known here included; `recover` goes back without the hooks. Derived from the service's load balancer, platform version and capacity provider strategy, unless given. One that CodeDeploy would refuse is an error with its place."""
    config: str | None
    """The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. The group's, unless given."""
    description: str | None
    """A description of the deployment, at most 512 characters; above 256, which CodeDeploy documents, it is a warning. It says which task definition, unless given."""


class ConnectionBasic(TypedDict, total=False):
    """HTTP's basic authentication (BASIC)."""

    user: Required[str]
    """The user's name."""
    password: Required[str]
    """The password."""


class ConnectionKey(TypedDict, total=False):
    """A header with a secret value (API_KEY)."""

    header: Required[str]
    """The header's name, such as `x-api-key` or `Authorization`."""
    value: Required[str]
    """Its value."""


class ConnectionLogin(TypedDict, total=False):
    """A key or a password: exactly one of the two."""

    key: ConnectionKey | None
    """A header with a secret value."""
    basic: ConnectionBasic | None
    """HTTP's basic authentication."""


class ContainerChange(TypedDict, total=False):
    """Changes to one container. Maps merge by name, `null` removes, `"*": null` first removes all that were there; lists replace."""

    image: str | None
    """A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    environment: Mapping[str, str | None]
    """Environment variables by name."""
    secrets: Mapping[str, str | None]
    """Secrets by the name of their variable: the ARN, or the name of an SSM parameter, that holds the value."""
    files: list[str] | None
    """ARNs of the environment files on S3, in order. They replace those there are."""
    labels: Mapping[str, str | None]
    """Docker labels by name."""
    logging: LoggingChange | None
    """The container's log configuration."""
    command: list[str] | None
    """The command. It replaces the one there is."""
    entrypoint: list[str] | None
    """The entry point. It replaces the one there is."""
    user: str | None
    """The user to run as: `user`, `user:group`, `uid` or `uid:gid`."""
    cpu: int | None
    """CPU units reserved for the container."""
    memory: int | None
    """The container's hard memory limit, in MiB."""
    health: Mapping[str, Any] | None
    """Members of the container's `healthCheck`, in AWS's names; `null` removes one."""


class ContainerMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `container_missing`."""

    container: Required[str]
    """The name asked for."""
    known: Required[list[str]]
    """The names there are."""
    place: str
    """Where it stands in what was asked, such as `before[0].container`; absent where the name is the place."""


Cooldown = TypedDict(
    "Cooldown",
    {
        # After tasks have been taken away.
        "in": "int | None",
        # After tasks have been added.
        "out": "int | None",
    },
    total=False,
)
"""Seconds after a step of scaling before the next."""


class CredentialsDetail(TypedDict, total=False):
    """The `detail` of an error with the code `credentials`."""

    text: Required[str]
    """What was found, where it was looked for, and what to do."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class DefinitionMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `definition_missing`."""

    definition: Required[str]
    """The family, `family:revision` or ARN asked for."""
    text: Required[str]
    """What ECS said."""


class DeniedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `denied`."""

    operation: Required[str]
    """The operation of AWS."""
    text: Required[str]
    """What AWS said; it names the missing permission."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class DeployAll(TypedDict, total=False):
    """What `deploy_all` is asked for: many services at once, watched by one poller."""

    services: Required[list[Deployment]]
    """What each service is asked for, in the order in which they begin."""
    parallel: int | None
    """How many are on their way at once. All, unless given."""
    stop: bool
    """Whether a failure keeps those from beginning that have not begun. What has begun goes on to its end."""


class Deployment(TypedDict, total=False):
    """What `deploy` is asked for."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, str] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment; one that is not set is an error. `$${` stands for `${` itself. Not given: texts stay as they are."""
    settings: Mapping[str, Any]
    """Members of UpdateService, passed through as they are."""
    desired: int | None
    """How many tasks to run. Never sent unless given, so that an autoscaler keeps its hand. Given where one is set to take it back (DescribeScalableTargets), or where that is not to be seen, a warning says so."""
    force: bool
    """Begin a new deployment although nothing changed."""
    pin: bool
    """Replace tags by the digests they name now (ECR's BatchGetImage, or the registry). One that cannot be looked up is an error."""
    verify: bool
    """Look that every ECR image exists and fits the platform before anything is written (BatchGetImage). Where that is not allowed or not answered, a warning says so; a server at an `endpoint` that does not know ECR is not asked for more."""
    wait: bool
    """Watch to the verdict. False ends after the update."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of one that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""
    recover: Recover
    """What to do on failure or time-out."""
    failures: int | None
    """How many tasks may stop, for causes that waiting does not cure, before the rollout counts as failed although nothing in ECS will ever say so: where the service has neither circuit breaker nor alarms. 0: never. Not given: as many as ECS's own circuit breaker would allow, half of the tasks asked for, at least 3 and at most 200."""
    codedeploy: CodeDeploy | None
    """How to deploy where the service's deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment); an error for any other service. The end comes once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService)."""
    before: list[OneOffTask]
    """Tasks that run to their end first, such as a migration, one after the other, with the definition that is deployed: after it is registered and before anything of the service is written (RunTask, DescribeTasks). One that fails is `task_failed`, and nothing is deployed; where nothing changes, none runs. Run again after its process was killed, one that goes on or has ended well is not run twice. Their time does not count to `timeout`."""


class FailedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `failed`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class FailedEvent(TypedDict, total=False):
    """The end: the error that `outcome` raises."""

    type: Required[Literal["failed"]]
    code: Required[str]
    """The error's code."""
    text: Required[str]
    """The error's text."""
    detail: Required[Any]
    """The error's data."""


class Failure(TypedDict, total=False):
    """A rollout that did not end well: which, why, and what runs now."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class Finding(TypedDict, total=False):
    """Something about a task definition that is wrong or risky."""

    level: Required[Level]
    """How grave it is."""
    rule: Required[str]
    """The name of the rule."""
    path: Required[str]
    """Where: a JSON Pointer into the document."""
    text: Required[str]
    """What is wrong."""
    advice: Required[str]
    """What to do about it."""


class FleetEvent(TypedDict, total=False):
    """An event of one of many services."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    event: Required[Event]
    """What was done or seen. The last one of each service is `succeeded` or `failed`, but where nobody waits for the verdict."""


class FleetOutcome(TypedDict, total=False):
    """What one of many services has come to."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    outcome: Required[Outcome]
    """What it has come to."""


class HttpTarget(TypedDict, total=False):
    """An endpoint that a rule calls (CreateConnection, CreateApiDestination)."""

    url: Required[str]
    """The address, with `https://`."""
    method: str
    """GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS."""
    headers: Mapping[str, str]
    """Headers. Secrets belong into `connection`: whoever may read the rule can read these."""
    query: Mapping[str, str]
    """Parameters of the query."""
    body: Any
    """The body: any JSON. EventBridge's own event, unless given."""
    connection: Required[HttpConnection]
    """The endpoint's credentials."""
    rate: int | None
    """Calls a second at most."""
    refresh: bool
    """Send the connection's secret again. It cannot be read back: without this it is sent when the connection is made, and when something else of it changes."""


class Identity(TypedDict, total=False):
    """Who the calls are signed by."""

    account: Required[str]
    """The account's twelve digits."""
    arn: Required[str]
    """The ARN of the user or of the role's session."""
    user: Required[str]
    """The unique id of the user, or the role's and the session's name after a colon."""


class ImageInfo(TypedDict, total=False):
    """What an image reference names at this moment."""

    image: Required[str]
    """The reference with the digest in the tag's place: it names this very image for ever."""
    digest: Required[str]
    """The digest: of the index where there are several platforms."""
    media: Required[str]
    """The manifest's media type."""
    platforms: Required[list[str]]
    """What it runs on, as `os/architecture` with a variant where there are several. Empty where that is not known."""
    size: int
    """What the registry keeps of it, in bytes, as far as it says."""
    pushed: float
    """When it was pushed, in seconds since 1970. ECR alone says it."""


class ImageMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `image_missing`."""

    container: str
    """The container that would run it, where one would."""
    image: Required[str]
    """The whole image reference."""
    nearest: Required[list[str]]
    """Tags in the same repository that come nearest."""


class InvalidDetail(TypedDict, total=False):
    """The `detail` of an error with the code `invalid`."""

    path: str
    """Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column."""
    text: Required[str]
    """What is wrong and what to do about it."""
    findings: Required[list[Finding]]
    """All that is wrong with the task definition, where that is the reason; otherwise none."""


class LastSeen(TypedDict, total=False):
    """How far a rollout had come at the last look. What was never seen is absent."""

    status: str
    """ECS's `lastStatus` of a one-off task."""
    stage: str
    """The stage of its strategy."""
    desired: int
    """Tasks that it is to run."""
    running: int
    """Tasks that run."""
    pending: int
    """Tasks that are starting."""
    failed: int
    """Tasks that failed in a row."""
    message: str
    """What ECS said last about the service."""


class LogEvent(TypedDict, total=False):
    """A line of the log of a task that was started (GetLogEvents), as it comes: seconds after it was written."""

    type: Required[Literal["log"]]
    task: Required[str]
    """The task's id."""
    container: Required[str]
    """The container's name."""
    text: Required[str]
    """One line, without colours."""
    at: float
    """When it was written, in seconds since 1970."""


class LoggingChange(TypedDict, total=False):
    """Changes to a container's log configuration."""

    driver: str | None
    """The log driver, such as `awslogs`. Needed where the container has no log configuration yet."""
    options: Mapping[str, str | None]
    """Options of the driver by name."""
    secrets: Mapping[str, str | None]
    """Options whose values are secrets: the ARN, or the name of an SSM parameter, that holds the value."""


class Login(TypedDict, total=False):
    """What `login` is asked for."""

    registries: list[str]
    """The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. The caller's own in the client's region, unless given."""
    write: bool
    """Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs."""


class Lookup(TypedDict, total=False):
    """What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`."""

    image: Required[str]
    """The image's reference: `registry/repository:tag`, or with a digest."""
    timeout: float
    """Seconds after which it is given up, however slowly the registry goes on answering."""


class MessageEvent(TypedDict, total=False):
    """ECS's own words about the service."""

    type: Required[Literal["message"]]
    at: Required[float]
    """When ECS said it, in seconds since 1970."""
    text: Required[str]
    """What it said."""


class NamedTarget(TypedDict, total=False):
    """The target of a schedule: exactly one of `lambda`, `task`, `call` and `http`."""

    lambda: str | None
    """The ARN of a Lambda function, alias or version. It is called asynchronously, so that Lambda repeats a failure twice itself."""
    task: TaskTarget | None
    """A task of ECS (RunTask)."""
    call: str | None
    """Any operation of AWS that does not only read, as `service:operation`, such as `ecs:updateService`."""
    http: HttpTarget | None
    """An endpoint over HTTPS, by a rule of EventBridge and an API destination: no code, but UTC only, a public address, and an answer within 5 seconds."""
    input: Any
    """The input of `lambda` or `call`: any JSON. Scheduler fills in `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>`, in any of its texts. For a call AWS wants the members with a capital, such as `DesiredCount`."""


class NetworkDetail(TypedDict, total=False):
    """The `detail` of an error with the code `network`."""

    operation: Required[str]
    """The operation of AWS."""
    endpoint: Required[str]
    """The endpoint's URL where it was set by hand, otherwise the region's ECS."""
    text: Required[str]
    """What failed."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class OneOffTask(TypedDict, total=False):
    """A task that runs to its end: what of it is special, beside the task definition that it runs."""

    command: list[str] | None
    """The command of one container, instead of its own: `container`'s."""
    container: str | None
    """The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or the first essential one, for these two; and where none has another command, every essential container decides."""
    environment: Mapping[str, str]
    """Variables of that container, beside or instead of those of the definition."""
    overrides: Mapping[str, Any]
    """AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters."""
    settings: Mapping[str, Any]
    """Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and launch type are the service's, unless given."""
    count: int
    """How many tasks, 1 to 10. Each must end well."""
    timeout: float
    """Seconds after which it counts as failed."""
    stop: bool
    """Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count` not started. Otherwise they go on, and the error says which."""


class Outcome(TypedDict, total=False):
    """What a rollout has come to."""

    changed: Required[bool]
    """Whether a deployment was begun or a setting changed; false where the service already ran as asked."""
    definition: Required[str]
    """The ARN of the task definition that the service runs."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""
    calls: Required[int]
    """How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted."""


class PausedEvent(TypedDict, total=False):
    """The deployment waits for a person or a program."""

    type: Required[Literal["paused"]]
    stage: Required[str]
    """The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment."""
    hook: str
    """The id of the hook to continue."""


class Plan(TypedDict, total=False):
    """What `deploy` would do with the same request at this moment. Nothing has been written."""

    service: Required[str]
    """The service's name."""
    cluster: Required[str]
    """The cluster's name."""
    changed: Required[bool]
    """Whether `deploy` would write anything to AWS."""
    definition: Required[PlannedDefinition]
    """What happens to the task definition."""
    settings: Required[list[Change]]
    """What changes in the service: `path` is a JSON Pointer into the input of UpdateService. Secrets are not shown."""
    findings: Required[list[Finding]]
    """What ECS would take but you would regret; what it would refuse is an error instead."""
    images: Required[list[PlannedImage]]
    """The images that change."""
    calls: Required[list[PlannedCall]]
    """The calls that write, in order. None: the service runs as asked already."""


class PlannedCall(TypedDict, total=False):
    """A call that writes."""

    operation: Required[str]
    """The operation of AWS."""
    input: Any
    """Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment of one that is not registered yet. Secrets are not shown."""


PlannedDefinition = TypedDict(
    "PlannedDefinition",
    {
        # The ARN of the revision that the service runs now.
        "from": "str",
        # The ARN of the revision that it would run; absent where it would be registered first.
        "to": "str",
        # What changes from the one to the other. Values that are, or may be, secrets are not shown: `diff` of the definitions does.
        "changes": "Required[list[Change]]",
    },
    total=False,
)
"""What happens to the task definition."""


PlannedImage = TypedDict(
    "PlannedImage",
    {
        # The container's name.
        "container": "Required[str]",
        # The image that it runs now; absent where there is no such container yet.
        "from": "str",
        # The image that it would run.
        "to": "Required[str]",
        # The digest that the new image names now, where that was looked up.
        "digest": "str",
    },
    total=False,
)
"""An image that changes."""


class PlatformMismatchDetail(TypedDict, total=False):
    """The `detail` of an error with the code `platform_mismatch`."""

    container: Required[str]
    """The container that would run it."""
    image: Required[str]
    """The whole image reference."""
    wanted: Required[str]
    """The platform needed, as `os/architecture`."""
    offered: Required[list[str]]
    """The platforms the image offers."""


class ProgressEvent(TypedDict, total=False):
    """How far the deployment is (DescribeServices). Told when a number changes."""

    type: Required[Literal["progress"]]
    desired: Required[int]
    """Tasks that the deployment is to run."""
    running: Required[int]
    """Tasks of the deployment that run."""
    pending: Required[int]
    """Tasks of the deployment that are starting."""
    failed: Required[int]
    """Tasks of the deployment that failed in a row."""
    previous: Required[int]
    """Tasks of earlier deployments that still run."""
    percent: Required[int]
    """A measure for a progress bar, 0 to 100; 100 only at the end."""


class Push(TypedDict, total=False):
    """What `push` is asked for."""

    path: Required[str]
    """The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped."""
    image: Required[str]
    """Where it goes: `registry/repository:tag`."""
    select: str | None
    """Which image is meant where the file holds several: its name or tag there."""
    mount: list[str]
    """Repositories of the same registry that may have some of its layers already: they are not sent then."""
    create: bool
    """Make ECR's repository if it is not there. One that is there stays as it is."""
    immutable: bool
    """With `create`: a tag, once given, names its image for ever."""
    tags: list[str]
    """Further tags that the image gets in the same repository."""
    scan: Scan | None
    """Wait for the vulnerabilities that ECR finds in it, and fail where they are too bad (DescribeImageScanFindings, StartImageScan). With `create`, the repository looks into each image that is pushed."""
    lifecycle: Any
    """With `create`: ECR's lifecycle policy, a document. A repository that has another keeps it, with a warning."""
    timeout: float
    """Seconds after which it is given up, the wait for a scan with it. What the registry has by then it keeps."""


class PushFailedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `push_failed`."""

    image: Required[str]
    """The image reference."""
    text: Required[str]
    """What the registry said."""


class PushOutcome(TypedDict, total=False):
    """What a push has come to."""

    image: Required[str]
    """The image by its digest, fit for a task definition."""
    digest: Required[str]
    """The digest: of the index where there are several platforms."""
    sent: Required[int]
    """Bytes that were sent."""
    skipped: Required[int]
    """Bytes that were there already."""
    scanned: Scanned
    """What ECR found in it, where it was waited for."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""


class PushingEvent(TypedDict, total=False):
    """How far a push is, in bytes. Told as it changes, a few times a second."""

    type: Required[Literal["pushing"]]
    sent: Required[int]
    """What has been sent."""
    skipped: Required[int]
    """What the registry had already."""
    total: Required[int]
    """What the image is made of."""


class Recovery(TypedDict, total=False):
    """A way back after a rollout that failed or ran out of time."""

    definition: Required[str]
    """The ARN of the task definition that was gone back to."""
    deployment: str
    """The id of the deployment that went back; absent where none began."""
    error: str
    """What kept it from being live and complete again; absent where it is."""


class Register(TypedDict, total=False):
    """What `register` is asked for: a revision of a task definition, and nothing that runs it."""

    cluster: str
    """The cluster of `service`: its name or ARN."""
    service: str | None
    """The service whose definition is the base, where `definition` is not given: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given."""
    images: Mapping[str, str]
    """As for `deploy`."""
    containers: Mapping[str, ContainerChange]
    """As for `deploy`."""
    patch: Mapping[str, Any] | None
    """As for `deploy`."""
    variables: Mapping[str, str] | None
    """As for `deploy`."""
    pin: bool
    """As for `deploy`."""
    verify: bool
    """As for `deploy`."""
    force: bool
    """A new revision although an equal one is there."""
    timeout: float
    """Seconds from the start after which it is given up."""
    plan: bool
    """Say what would be written, and write nothing."""
    unknown: Unknown
    """As for `deploy`."""


class RegisterOutcome(TypedDict, total=False):
    """What `register` has come to."""

    changed: Required[bool]
    """Whether a revision was made; false where an equal one was there. For a plan: whether one would be."""
    definition: str
    """The ARN of the revision; absent in a plan that would make one."""
    previous: str
    """The ARN of the family's newest ACTIVE revision before; absent where there was none, or no need to look."""
    changes: Required[list[Change]]
    """What changes from that to this one. Values that are, or may be, secrets are not shown."""
    findings: Required[list[Finding]]
    """What ECS would take but you would regret; what it would refuse is an error instead."""
    planned: Required[list[PlannedCall]]
    """The calls that would write, in order; empty where it is no plan."""
    calls: Required[int]
    """How many calls to ECS it took, failed ones included. Looks at images are not counted."""


class RegisteredEvent(TypedDict, total=False):
    """There is a revision of the task definition to deploy (RegisterTaskDefinition)."""

    type: Required[Literal["registered"]]
    definition: Required[str]
    """Its ARN."""
    reused: Required[bool]
    """Whether an equal revision was there already, so that none was made."""


class Resume(TypedDict, total=False):
    """What `resume` is asked for: to let a deployment go on that waits at a hook."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    hook: str | None
    """The id of the hook, as the event `paused` tells it. The one that waits, unless given. Where CodeDeploy deploys there is none to give."""
    wait: bool
    """Watch to the verdict. False ends after the order."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""


class RetryingEvent(TypedDict, total=False):
    """A call to AWS failed in a way that passes, and is tried again."""

    type: Required[Literal["retrying"]]
    operation: Required[str]
    """The operation of AWS."""
    code: Required[str]
    """AWS's error code, or a word for what happened on the way."""
    delay: Required[float]
    """Seconds until the next attempt."""


class Rollback(TypedDict, total=False):
    """What `rollback` is asked for: to go back to what ran before."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    to: str | None
    """The task definition to go back to: a family, `family:revision` or an ARN. Unless given: a deployment on its way is turned round, otherwise the definition of the last complete deployment before the present one; where that is not told (ListServiceDeployments), the newest ACTIVE revision before the present one, with a warning."""
    wait: bool
    """Watch to the verdict. False ends after the order."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""
    failures: int | None
    """As for `deploy`."""


class RolledBackDetail(TypedDict, total=False):
    """The `detail` of an error with the code `rolled_back`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class Run(TypedDict, total=False):
    """What `run` is asked for: a task that runs to its end, such as a migration."""

    cluster: str
    """The cluster: its name or ARN."""
    service: str | None
    """The service that definition, network, launch type or capacity providers, and platform version are taken from, as far as they are not given: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given."""
    images: Mapping[str, str]
    """As for `deploy`. A definition that changes is registered, unless an equal revision is there."""
    containers: Mapping[str, ContainerChange]
    """As for `deploy`."""
    patch: Mapping[str, Any] | None
    """As for `deploy`."""
    variables: Mapping[str, str] | None
    """As for `deploy`."""
    pin: bool
    """As for `deploy`."""
    verify: bool
    """As for `deploy`."""
    command: list[str] | None
    """The command of one container, instead of its own: `container`'s."""
    container: str | None
    """The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or the first essential one, for these two; and where none has another command, every essential container decides."""
    environment: Mapping[str, str]
    """Variables of that container, beside or instead of those of the definition."""
    overrides: Mapping[str, Any]
    """AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters."""
    settings: Mapping[str, Any]
    """Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and launch type are the service's, unless given."""
    count: int
    """How many tasks, 1 to 10. Each must end well."""
    key: str | None
    """An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means the same run: one that goes on or has ended well within about an hour is joined, and nothing is written; one that has failed is run again. One that ran another definition or with other overrides is an error that names what differs, as is a key that ends in nothing or in `None`, `undefined` or `null`. Default: a key of its own for each run."""
    wait: bool
    """Follow it to its end. False ends once it is started."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""
    stop: bool
    """Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count` not started. Otherwise they go on, and the error says which."""
    plan: bool
    """Say what would be written, and write nothing."""
    unknown: Unknown
    """As for `deploy`."""


class RunOutcome(TypedDict, total=False):
    """What a run has come to: every task has ended well, or is started where nobody waits."""

    changed: Required[bool]
    """Whether tasks were started; false where a run of the same `key` was joined. For a plan: whether they would be."""
    definition: str
    """The ARN of the task definition; absent in a plan where it would be registered first."""
    tasks: Required[list[TaskOutcome]]
    """The tasks."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""
    calls: Required[int]
    """How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted."""
    planned: Required[list[PlannedCall]]
    """The calls that would write, in order; empty where it is no plan."""
    changes: Required[list[Change]]
    """What changes in the task definition, from that which was given by name or is the service's. Values that are, or may be, secrets are not shown."""


class Scale(TypedDict, total=False):
    """The options of `scale`: the range of a service, and what scales it. With the service alone it only reads."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    min: int | None
    """The fewest tasks. Needed, with `max`, for a service that is not scaled yet; a service outside of the range is moved into it at once."""
    max: int | None
    """The most tasks."""
    cpu: float | None
    """The CPU utilisation to keep to, in percent of what tasks reserve: the policy `<service>-cpu`. `null` removes it."""
    memory: float | None
    """The same for memory: the policy `<service>-memory`."""
    requests: float | None
    """The requests a minute to keep each task to, as its Application Load Balancer counts them: the policy `<service>-requests`. `null` removes it. Not for a service that CODE_DEPLOY deploys."""
    target: str | None
    """The target group whose requests count, by its ARN or name. Needed where the service has several."""
    cooldown: Cooldown | None
    """Seconds after a step of scaling before the next, for `cpu`, `memory` and `requests`. Stays as it is unless given; AWS takes 300 for a new policy."""
    policies: list[Mapping[str, Any]]
    """Further policies: inputs of PutScalingPolicy. The members that name the service are filled in. One that exists under its name with the same meaning is not written again."""
    actions: list[Mapping[str, Any]]
    """Scheduled actions: inputs of PutScheduledAction, in the same way. `StartTime` and `EndTime` are seconds since 1970."""
    suspended: Suspend | None
    """Which scaling is suspended: all or none of it, or one by one."""
    remove: Remove | None
    """What to remove: `true` for all scaling of the service, otherwise the names of policies and scheduled actions."""
    role: str | None
    """The ARN of the role that scales. AWS's service-linked role, unless given."""
    plan: bool
    """Write nothing; return what would be written."""


class ScaleOutcome(TypedDict, total=False):
    """How a service is scaled."""

    changed: Required[bool]
    """Whether something was written; with `plan`, whether something would be."""
    service: Required[str]
    """The service's name."""
    min: int
    """The fewest tasks; absent where the service is not scaled."""
    max: int
    """The most tasks; absent where the service is not scaled."""
    desired: Required[int]
    """The service's desired count before anything was written."""
    running: Required[int]
    """The service's running count at that time."""
    policies: Required[list[ScalingPolicy]]
    """The scaling policies."""
    actions: Required[list[ScheduledAction]]
    """The scheduled actions."""
    suspended: Required[Suspended]
    """Which scaling is suspended."""
    changes: Required[list[Change]]
    """What changed, or with `plan` would change: `/min`, `/max`, `/role`, `/suspended/in`, `/policies/NAME`, `/actions/NAME`."""
    findings: Required[list[Finding]]
    """Warnings: what AWS takes, but is risky."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise none."""
    calls: Required[int]
    """How many calls it took, failed ones included."""


class ScalingPolicy(TypedDict, total=False):
    """A scaling policy."""

    name: Required[str]
    """Its name."""
    type: Required[str]
    """TargetTrackingScaling, StepScaling, PredictiveScaling, or a newer type of AWS."""
    target: float
    """The target value, if it tracks one."""
    arn: str
    """Its ARN; absent where it would be made first."""
    alarms: Required[list[str]]
    """The names of the CloudWatch alarms that AWS created for it. Do not edit them."""


class Scan(TypedDict, total=False):
    """What is made of the vulnerabilities that ECR finds in an image."""

    fail: Severity | None
    """The lowest severity that fails the push, once ECR has found something of it. Nothing does unless given: all is counted."""
    wait: float
    """How long to wait for what ECR finds, in seconds: 0 or more."""


class Scanned(TypedDict, total=False):
    """What ECR found in an image, over all its platforms."""

    counts: Required[Mapping[str, int]]
    """How many vulnerabilities there are by severity, as ECR names it in lower case."""
    images: Required[list[str]]
    """The digests of those images that ECR has looked at."""


class Schedule(TypedDict, total=False):
    """The options of `schedule`. An option that is not given leaves the existing value."""

    name: Required[str]
    """The schedule's name, in its group; for the route `rule` the name of the rule, its API destination and its connection."""
    group: str
    """The schedule group."""
    create: bool
    """Create the group where it is missing."""
    route: Route | None
    """Who makes the call: EventBridge Scheduler, or a rule of EventBridge, as a target `http` needs it. Follows from the target, and is Scheduler without one."""
    expression: str | None
    """When: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` with six fields and SUN=1, or `at(2030-01-31T09:00:00)`. Needed for a new schedule."""
    convert: bool
    """Take an expression with the five fields of Unix's cron, such as `0 9 * * 1-5`, and convert it."""
    timezone: str | None
    """The IANA time zone that `cron` and `at` are in, daylight saving included. UTC where a new schedule has none."""
    start: Timestamp | None
    """The start: ISO 8601, without an offset in the `timezone` given and otherwise UTC, or seconds since 1970. A rate's first call."""
    end: Timestamp | None
    """The end, in the same form as `start`."""
    flexible: int | None
    """Within how many minutes of its time a call may be made, 1 to 1440; 0 at its time."""
    enabled: bool | None
    """Whether calls are made. A new schedule makes them."""
    description: str | None
    """A description."""
    target: ScheduleTarget | None
    """The target. Needed for a new schedule."""
    role: str | None
    """The ARN of the role that makes the call: `scheduler.amazonaws.com` must be allowed to assume it, `events.amazonaws.com` for the route `rule`; and you to pass it (iam:PassRole). Needed for a new schedule. One that is not assumable yet is waited for."""
    retry: ScheduleRetry | None
    """The retry policy."""
    deadletter: str | None
    """The ARN of the SQS queue that gets the calls that failed finally (DeadLetterConfig)."""
    once: bool | None
    """Delete the schedule once its last call is made (ActionAfterCompletion)."""
    settings: Mapping[str, Any]
    """Further members of CreateSchedule, or PutRule for the route `rule`, passed through as they are; `null` removes one, such as `{"EndDate": null}`."""
    remove: bool
    """Delete the schedule (DeleteSchedule), or the rule with its targets and what this library created for it. A missing one is no error. Only `name`, `group`, `route` and the kind of `target` matter then."""
    count: int
    """How many of the next times to show, at most 1000."""
    timeout: float
    """The deadline in seconds."""
    plan: bool
    """Write nothing; return what would be written."""


class ScheduleOutcome(TypedDict, total=False):
    """The outcome of `schedule`, or with `plan` what it would be."""

    changed: Required[bool]
    """Whether anything was, or would be, written."""
    created: Required[bool]
    """Whether the schedule is new."""
    arn: str
    """The ARN of the schedule or rule; absent where there is none."""
    route: Required[Route]
    """Who makes the call."""
    expression: str
    """The expression in EventBridge's spelling; absent if there is no schedule."""
    timezone: str
    """The time zone; absent if there is no schedule."""
    next: Required[list[str]]
    """The next times, ISO 8601 with the offset; none where it is disabled. EventBridge calls within a minute of each, and within the window where the schedule is flexible. A rate's are reckoned from when the schedule was made, or begins."""
    changes: Required[list[Change]]
    """What changes: `path` is a JSON Pointer into the input of CreateSchedule or PutRule, a rule's target under `/Target`. Secrets are not shown."""
    findings: Required[list[Finding]]
    """Warnings: what EventBridge takes, but is risky."""
    planned: Required[list[PlannedCall]]
    """With `plan` the calls that would write, in order, otherwise none. Secrets are not shown."""
    calls: Required[int]
    """How many calls were made."""


class ScheduleRetry(TypedDict, total=False):
    """The retry policy (RetryPolicy)."""

    attempts: int | None
    """The most retries, 0 to 185 (MaximumRetryAttempts)."""
    age: int | None
    """The longest age of a call, in seconds, 60 to 86400 (MaximumEventAgeInSeconds)."""


class ScheduledAction(TypedDict, total=False):
    """A scheduled action: a change of the range at a time."""

    name: Required[str]
    """Its name."""
    schedule: Required[str]
    """When: `at(…)`, `rate(…)` or `cron(…)`."""
    timezone: str
    """The time zone of the schedule; UTC where absent."""
    min: int
    """The fewest tasks from then on."""
    max: int
    """The most tasks from then on."""
    arn: str
    """Its ARN; absent where it would be made first."""


class Service(TypedDict, total=False):
    """What `service` is asked for: a service that is there, is set as asked, and runs what is asked."""

    service: str | None
    """The service: its name or ARN. May be left away where `settings` has `serviceName`."""
    cluster: str | None
    """The cluster: its name or ARN. That of `settings`, and then `"default"`, unless given."""
    settings: Mapping[str, Any]
    """The service as a document: members of CreateService and UpdateService, passed through as they are. It may hold `serviceName`, `cluster`, `taskDefinition` and `desiredCount`, so that one file says all; what an option says as well must be the same. Of a service that is there, only members that are given are compared, and only those that differ are sent. `null` is no change, as to ECS; an empty list removes. Tags are brought up to date key by key; tags that are not given stay."""
    definition: Definition | None
    """The task definition, as for `deploy`. A service that is not there yet needs one, here or as `taskDefinition`."""
    images: Mapping[str, str]
    """As for `deploy`."""
    containers: Mapping[str, ContainerChange]
    """As for `deploy`."""
    patch: Mapping[str, Any] | None
    """As for `deploy`."""
    variables: Mapping[str, str] | None
    """As for `deploy`."""
    desired: int | None
    """How many tasks to run, whatever an autoscaler has made of it: always sent. `desiredCount` of `settings` is how many to create the service with; later it is sent only where no autoscaler has its hand on the number. A new REPLICA service needs one of the two: how many tasks are paid for is nothing to guess."""
    force: bool
    """As for `deploy`."""
    pin: bool
    """As for `deploy`."""
    verify: bool
    """As for `deploy`."""
    wait: bool
    """Watch to the verdict. False ends after the order."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """As for `deploy`."""
    recover: Recover
    """As for `deploy`. A service that was just created has nothing to go back to."""
    failures: int | None
    """As for `deploy`."""
    codedeploy: CodeDeploy | None
    """As for `deploy`."""
    before: list[OneOffTask]
    """As for `deploy`. Before a service that is not there, they run as its settings would have its tasks run."""
    plan: bool
    """Write nothing, and say what would be written."""


class ServiceEnd(TypedDict, total=False):
    """How one of many services has ended: with an outcome, or with an error."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    begun: Required[bool]
    """Whether it was begun. False: another service failed before, and nothing was written to AWS for this one."""
    outcome: Outcome
    """Its outcome; absent where it failed or was not begun."""
    error: ServiceFailure
    """Its error; absent where it ended well."""


class ServiceFailure(TypedDict, total=False):
    """The error of one of many services."""

    code: Required[str]
    """The error's code."""
    text: Required[str]
    """The error's text."""
    detail: Required[Any]
    """The error's data."""


class ServiceInactiveDetail(TypedDict, total=False):
    """The `detail` of an error with the code `service_inactive`."""

    service: Required[str]
    """The service asked for."""
    cluster: Required[str]
    """The cluster it is in."""
    status: Required[str]
    """DRAINING or INACTIVE."""


class ServiceMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `service_missing`."""

    service: Required[str]
    """The service asked for."""
    cluster: Required[str]
    """The cluster it was looked for in."""
    region: str
    """The region; absent where only an endpoint is known."""
    account: str
    """The account; absent where no ARN and no role names it."""
    endpoint: str
    """The URL that was called in AWS's stead; absent where AWS itself was."""


class ServiceOutcome(TypedDict, total=False):
    """What `service` has come to."""

    changed: Required[bool]
    """Whether a deployment was begun or a setting changed; false where the service already ran as asked."""
    definition: Required[str]
    """The ARN of the task definition that the service runs."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""
    calls: Required[int]
    """How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted."""
    created: Required[bool]
    """Whether the service was not there before; with `plan`, whether it would be created."""
    service: str
    """The service's ARN; absent where it is not there yet."""
    changes: Required[list[Change]]
    """What changed, or with `plan` would change: `path` is a JSON Pointer into the input of CreateService or UpdateService; `/tags/KEY` is a tag, and `/taskDefinition` goes on into the definition. Values that are, or may be, secrets are not shown."""
    findings: Required[list[Finding]]
    """What ECS takes but you would regret: of the definition, of the settings, and what keeps the service from surviving the loss of a task or of an availability zone."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise none. Secrets are not shown."""


class StageEvent(TypedDict, total=False):
    """The deployment has entered a stage of its strategy."""

    type: Required[Literal["stage"]]
    stage: Required[str]
    """ECS's name of the stage, or CodeDeploy's of its lifecycle event; TERMINATION_WAIT is its wait after the last one."""


StartedEvent = TypedDict(
    "StartedEvent",
    {
        "type": "Required[Literal['started']]",
        # The service's name; empty for a task that is run without one.
        "service": "Required[str]",
        # The cluster's name.
        "cluster": "Required[str]",
        # How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, or CODE_DEPLOY; TASK where none is, and a task is run.
        "strategy": "Required[str]",
        # The ARN of the task definition that the service runs now.
        "from": "str",
    },
    total=False,
)
"""The service has been found and can be deployed to, or a task can be run. Nothing is written yet."""


class StoppedContainer(TypedDict, total=False):
    """How a container of a stopped task ended."""

    name: Required[str]
    """The container's name."""
    exit: int
    """Its exit code; absent where it never started."""
    reason: str
    """ECS's own words about it."""


class StoppedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `stopped`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class StoppedEvent(TypedDict, total=False):
    """A task of this deployment stopped, and not because it was replaced (DescribeTasks)."""

    type: Required[Literal["stopped"]]
    task: Required[str]
    """The task's id."""
    kind: Required[str]
    """A word for the kind of cause, such as `image_missing`."""
    reason: str
    """ECS's own words."""
    containers: Required[list[StoppedContainer]]
    """How its containers ended."""
    log: Required[list[str]]
    """The last lines of its log, oldest first."""


class SucceededEvent(TypedDict, total=False):
    """The end: what was asked for is live and complete."""

    type: Required[Literal["succeeded"]]
    changed: Required[bool]
    """Whether a deployment was begun or a setting changed; false where the service already ran as asked."""
    definition: Required[str]
    """The ARN of the task definition that the service runs."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""
    calls: Required[int]
    """How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted."""


class SupersededDetail(TypedDict, total=False):
    """The `detail` of an error with the code `superseded`."""

    by: Required[str]
    """The id of the deployment that took over."""
    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


Suspended = TypedDict(
    "Suspended",
    {
        # Taking tasks away.
        "in": "Required[bool]",
        # Adding tasks.
        "out": "Required[bool]",
        # Scheduled actions.
        "scheduled": "Required[bool]",
    },
    total=False,
)
"""Which scaling of a service is suspended."""


Suspending = TypedDict(
    "Suspending",
    {
        # Taking tasks away.
        "in": "bool | None",
        # Adding tasks.
        "out": "bool | None",
        # Scheduled actions.
        "scheduled": "bool | None",
    },
    total=False,
)
"""Which scaling to suspend, one by one."""


class TaskEvent(TypedDict, total=False):
    """A task that was started moves on (DescribeTasks)."""

    type: Required[Literal["task"]]
    task: Required[str]
    """The task's id."""
    status: Required[str]
    """ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED."""
    health: str
    """HEALTHY or UNHEALTHY, where its containers have health checks that say so."""


class TaskFailedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `task_failed`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class TaskOutcome(TypedDict, total=False):
    """A task that was run."""

    task: Required[str]
    """Its ARN."""
    status: str
    """ECS's `lastStatus`, as it was last seen."""
    stop: str
    """ECS's `stopCode`; absent where it has not stopped."""
    reason: str
    """ECS's `stoppedReason`; absent where it has not stopped."""
    containers: Required[list[StoppedContainer]]
    """Its containers: how each has ended, as far as it has."""


class TaskTarget(TypedDict, total=False):
    """A task of ECS that a schedule starts (RunTask)."""

    cluster: Required[str]
    """The cluster: its name or ARN."""
    service: str | None
    """A service whose network, launch type or capacity providers, platform version and family it takes (DescribeServices)."""
    definition: str | None
    """A family, `family:revision` or an ARN. A family runs the newest ACTIVE revision each time. The service's family, unless given."""
    count: int | None
    """How many tasks, 1 to 10."""
    container: str | None
    """The container that `command` is for."""
    command: list[str] | None
    """The command of `container`."""
    overrides: Mapping[str, Any] | None
    """The `overrides` of RunTask, in ECS's spelling."""
    settings: Mapping[str, Any]
    """Further members of Scheduler's EcsParameters, as Scheduler spells them (`LaunchType`, `NetworkConfiguration`, …)."""


class ThrottledDetail(TypedDict, total=False):
    """The `detail` of an error with the code `throttled`."""

    operation: Required[str]
    """The operation of AWS."""
    text: Required[str]
    """What AWS said."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class TimedOutDetail(TypedDict, total=False):
    """The `detail` of an error with the code `timed_out`."""

    seconds: Required[float]
    """The time given, in seconds."""
    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent where none had begun."""
    definition: str
    """The ARN of the task definition that was to run."""
    reason: str
    """Why: in ECS's own words, or for a time-out what failed last; absent where neither is known."""
    last: LastSeen
    """How far it had come when time ran out; absent otherwise."""
    place: str
    """Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs, or goes back to, now."""
    tasks: list[TaskOutcome]
    """The tasks that were started, where it is about one-off tasks."""
    recovery: Recovery
    """What came of going back, where `recover` asked for it and it was begun."""


class UnsupportedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `unsupported`."""

    text: Required[str]
    """What, and what to do instead."""


class UpdatedEvent(TypedDict, total=False):
    """The order is taken (UpdateService, or CodeDeploy's CreateDeployment). From here on the verdict is about this deployment alone."""

    type: Required[Literal["updated"]]
    deployment: Required[str]
    """The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy."""
    arn: str
    """The ARN of the service deployment, where ECS tells it at once."""


class Warning(TypedDict, total=False):
    """Something that does not stop a rollout but that a person should know."""

    code: Required[str]
    """A word for the kind of warning."""
    text: Required[str]
    """What, and what to do."""


class WarningEvent(TypedDict, total=False):
    """Something that does not stop the rollout but that a person should know."""

    type: Required[Literal["warning"]]
    code: Required[str]
    """A word for the kind of warning."""
    text: Required[str]
    """What, and what to do."""


class Watch(TypedDict, total=False):
    """What `watch` is asked for: to watch a deployment that somebody else began."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    deployment: str | None
    """The id of the deployment, `ecs-svc/…`, or `d-…` where CodeDeploy deploys. The newest, unless given."""
    timeout: float
    """Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later."""
    failures: int | None
    """As for `deploy`."""


Definition = Union[str, Mapping[str, Any], "TaskDefinition"]
"""A task definition by name, or as a document."""


Event = Union[
    StartedEvent,
    WarningEvent,
    RegisteredEvent,
    UpdatedEvent,
    ProgressEvent,
    StageEvent,
    PausedEvent,
    MessageEvent,
    StoppedEvent,
    TaskEvent,
    LogEvent,
    BuildingEvent,
    PushingEvent,
    RetryingEvent,
    SucceededEvent,
    FailedEvent,
]
"""Something that a rollout did or saw."""


HttpConnection = str | ConnectionLogin | Mapping[str, Any]
"""The credentials of an endpoint."""


Level = Literal["error", "warning"]
"""How grave a finding is."""


Recover = Literal["leave", "rollback"]
"""What to do when a rollout fails or runs out of time."""


Remove = bool | list[str]
"""What to remove."""


Route = Literal["scheduler", "rule"]
"""Who makes the call."""


ScheduleTarget = NamedTarget | Mapping[str, Any]
"""The target of a schedule."""


Severity = Literal["critical", "high", "medium", "low", "informational"]
"""How bad a vulnerability is, the worst first."""


Suspend = bool | Suspending
"""Which scaling to suspend."""


Timestamp = str | float
"""A moment: ISO 8601, or seconds since 1970."""


Unknown = Literal["refuse", "allow"]
"""What to do with a member that is probably a misspelling of one that ECS has."""
