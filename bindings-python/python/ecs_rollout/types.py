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
    """The AWS operation."""
    name: Required[str]
    """AWS's own error code."""
    text: Required[str]
    """AWS's own text."""
    request: str
    """The id to give to AWS support."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class BakingEvent(TypedDict, total=False):
    """The service is live, and is watched for so many seconds more before the rollout goes on: `bake` of `deploy_all`."""

    type: Required[Literal["baking"]]
    seconds: Required[float]
    """The seconds."""


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
    """A line of output of the builder of an image, without the values of build arguments and secrets."""

    type: Required[Literal["building"]]
    text: Required[str]
    """One line."""


class CancelledDetail(TypedDict, total=False):
    """The `detail` of an error with the code `cancelled`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class Cause(TypedDict, total=False):
    """One reason why tasks stopped, were not created, or are unhealthy: from stopped tasks (DescribeTasks), service events (DescribeServices), targets (DescribeTargetHealth) and logs (GetLogEvents)."""

    kind: Required[str]
    """A word for the kind of cause. While pulling: `image_missing`, `platform_mismatch`, `registry_denied`, `registry_unreachable`, `registry_limit`, `disk_full`, `pull_failed`. Before a container runs: `secret_missing`, `secret_denied`, `environment_file`, `log_group_missing`, `log_denied`, `volume`, `network`, `cannot_start`, `dependency`. At its end: `exited`, `out_of_memory`, `killed`, `segmentation_fault`, `terminated`, `unhealthy`, `load_balancer_unhealthy`. Without a task: `capacity`, `placement`, `role`, `deadlock`, `start_throttled`, `throttled`. Of a one-off task: `stopped` by somebody, `interrupted` where its capacity was taken away. What is not known: `other`."""
    summary: Required[str]
    """What happened, in one line, with names; ECS's text if nothing better is known."""
    advice: str
    """What to do about it; absent if that is not known."""
    tasks: Required[list[str]]
    """The ids of the tasks concerned, newest first; empty if none was created."""
    containers: Required[list[StoppedContainer]]
    """The containers of the newest task that stopped; empty if none did."""
    log: Required[list[str]]
    """The last lines of the failing container's log (at most 50, without colours), oldest first; empty where there is none or it may not be read."""


class Change(TypedDict, total=False):
    """One difference."""

    path: Required[str]
    """Where: a JSON Pointer into the newer document, or into the older one if the newer has no such place."""
    before: Any
    """The older value; absent if there was none."""
    after: Any
    """The newer value; absent if there is none."""


class Changes(TypedDict, total=False):
    """Changes to a task definition."""

    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""


class Check(TypedDict, total=False):
    """Options of `check`: those of `deploy`. Options of the order and the watch are taken, and change nothing."""

    service: str | None
    """The service that would be deployed: its name or ARN. Default: the definition is checked alone, with `settings` as the service that would be created."""
    cluster: str
    """The cluster: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    settings: Mapping[str, Any]
    """Members of UpdateService, or without `service` of CreateService."""
    desired: int | None
    """How many tasks would run."""
    force: bool
    """Begin a new deployment although nothing changed."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    verify: bool | Literal["all"]
    """What is looked up: `"all"`; `true`, the images alone; `false`, nothing: the documents are checked alone."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""
    recover: Recover
    """What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""
    codedeploy: CodeDeploy | None
    """How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService)."""
    before: list[OneOffTask]
    """Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`."""
    at_pause: list[OneOffTask]
    """As for `deploy`."""
    after: list[OneOffTask]
    """As for `deploy`."""
    until: str | None
    """Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""


class CheckOutcome(TypedDict, total=False):
    """Outcome of `check`."""

    ok: Required[bool]
    """False if there is a finding of the level `error`: with it, a deployment would be refused, or its tasks would not start."""
    findings: Required[list[Finding]]
    """All findings: those of the documents, and those of what they refer to. Of the level `skipped`: what was not looked at."""
    references: Required[int]
    """How many references were looked up, or were to be: roles, secrets, log groups, … Images are not counted."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones. Calls about images are not counted."""


class ClientOptions(TypedDict, total=False):
    """How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK."""

    region: str | None
    """The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given."""
    profile: str | None
    """The profile in the shared config files. `AWS_PROFILE`, unless given."""
    endpoint: str | None
    """The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given. With either, unless it is a host of AWS's, no registry is asked but those of this machine."""
    account: str | None
    """The account that every call must be signed for: twelve digits. Where the credentials are of another account, no verb calls anything, so that nothing is read or written there (GetCallerIdentity, once each time credentials are fetched; a role's account is in what STS answers). `push` and `build` write to no other account's registry of ECR either. Any account, unless given."""
    role: str | None
    """The ARN of a role to assume before anything is called (AssumeRole; AssumeRoleWithWebIdentity with `oidc`). It is assumed anew before it expires, however long a wait takes."""
    via: list[str]
    """ARNs of roles to assume on the way to `role`, in this order."""
    session: str | None
    """The session's name, as CloudTrail shows it: 2 to 64 of letters, digits and `_+=,.@-`. `ecs-rollout`, unless given."""
    tags: Mapping[str, str]
    """Session tags for AssumeRole of `role` (it has to allow sts:TagSession)."""
    duration: int | None
    """Seconds that each session of `role` lasts: 900 to 43200, and at most what the role allows (`MaxSessionDuration`); at most 3600 where it is assumed with the credentials of another role. 3600, unless given. A wait may be longer: the role is assumed anew."""
    external: str | None
    """The external id that the trust policy of `role` asks for (`sts:ExternalId`): 2 to 1224 of letters, digits and `_+=,.@:/-`."""
    identity: str | None
    """The source identity of the session, as CloudTrail shows it in all that the session does: 2 to 64 of letters, digits and `_+=,.@-`. The first role that is assumed gets it and those after it keep it; their trust policies have to allow sts:SetSourceIdentity."""
    policy: Mapping[str, Any]
    """A session policy, as a document: the session of `role` may do only what both the role and this policy allow. At most 2048 characters."""
    managed: list[str]
    """ARNs of managed policies that limit the session of `role` in the same way: at most 10."""
    oidc: bool | None
    """Whether the first of the roles is assumed with the ID token of a job of GitHub Actions (`permissions: id-token: write`), so that no secret of AWS need be stored. Unless given: where GitHub offers a token and neither `profile` nor the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_…) names other credentials."""
    token: str | None
    """Where the ID token of another CI system is that the first of the roles is assumed with: the name of an environment variable (`CIRCLE_OIDC_TOKEN_V2` of CircleCI, or the name under `id_tokens` in a job of GitLab), or the path of a file, with at least one `/`, `\` or `.` in it. A file is read each time the role is assumed. The token itself is no value for it."""
    audience: str | None
    """For whom GitHub's token is, as the identity provider in IAM names it: `sts.amazonaws.com`, unless given; in China mostly `sts.amazonaws.com.cn`."""


class ClusterMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `cluster_missing`."""

    cluster: Required[str]
    """The cluster in the request."""
    region: str
    """The region; absent if only an endpoint is known."""
    account: str
    """The account; absent if no ARN and no role names it."""
    endpoint: str
    """The URL that was called instead of AWS; absent if AWS was called."""


class CodeDeploy(TypedDict, total=False):
    """Where and how AWS CodeDeploy deploys the service (CreateDeployment). The defaults are what ECS's console makes."""

    application: str | None
    """The application's name. Default: `AppECS-<cluster>-<service>`, each of both names cut at 47 characters; if CodeDeploy has no such application, the one that deployed the service last. An application that does not exist is an error before anything is written (GetDeploymentGroup)."""
    group: str | None
    """The deployment group's name. Default: `DgpECS-<cluster>-<service>`, as for the application. A group that deploys another service is an error."""
    appspec: Any
    """The AppSpec: a document, or JSON or YAML text. The ARN of the task definition is put into every target service; all else stays as it is, with hooks and members that are not known here. `recover` goes back without the hooks. Default: made from the service's load balancer, platform version and capacity provider strategy. An AppSpec that CodeDeploy would refuse is an error with its place."""
    config: str | None
    """The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. Default: the group's."""
    description: str | None
    """A description of the deployment, at most 512 characters. More than 256, which CodeDeploy documents, is a warning. Default: a text that names the task definition."""


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
    """Changes to one container. Maps merge by name: `null` removes an entry, and `"*": null` first removes all that were there. Lists replace."""

    image: str | None
    """A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    environment: Mapping[str, str | None]
    """Environment variables by name."""
    secrets: Mapping[str, str | None]
    """Secrets by the name of their variable: the ARN of the secret, or the name of an SSM parameter."""
    files: list[str] | None
    """ARNs of the environment files on S3, in order. They replace the files of the task definition."""
    labels: Mapping[str, str | None]
    """Docker labels by name."""
    logging: LoggingChange | None
    """The container's log configuration."""
    command: list[str] | None
    """The command. It replaces the command of the task definition."""
    entrypoint: list[str] | None
    """The entry point. It replaces the entry point of the task definition."""
    user: str | None
    """The user to run as: `user`, `user:group`, `uid` or `uid:gid`."""
    cpu: int | None
    """CPU units reserved for the container."""
    memory: int | None
    """The container's hard memory limit, in MiB."""
    health: Mapping[str, Any] | None
    """Members of the container's `healthCheck`, with ECS's names; `null` removes one."""


class ContainerMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `container_missing`."""

    container: Required[str]
    """The name in the request."""
    known: Required[list[str]]
    """The names that exist."""
    place: str
    """The place in the request, such as `before[0].container`; absent if the name is the place."""


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
    """What was found, where it was searched, and what to do."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class DefinitionMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `definition_missing`."""

    definition: Required[str]
    """The family, `family:revision` or ARN in the request."""
    text: Required[str]
    """ECS's error text."""


class DeniedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `denied`."""

    operation: Required[str]
    """The AWS operation."""
    text: Required[str]
    """AWS's error text; it names the missing permission."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class DeployAll(TypedDict, total=False):
    """Options of `deploy_all`: many services at once, watched by one poller."""

    file: str | None
    """The name of a file with these options, JSON or YAML. In it, `definition` may name a file, which is read from the folder of this one, and `${NAME}` in a text is filled in. Instead of `services` and `defaults`; what is given beside it counts before the file, but for `stop: true` and `recover: "leave"`, which are the defaults. A mistake is an error with file, line and column."""
    defaults: Mapping[str, Any]
    """Options that every service has which does not give them itself: objects are merged, member by member. Only in a document; a service that is made with its setters gets its options there."""
    services: list[FleetService]
    """The services and the options of each, in the order in which they begin."""
    variables: Mapping[str, str]
    """Values for `${NAME}` in the texts of `file`; the environment has the others. In `definition`, `containers` and `patch`, the `variables` of the service are filled in instead. Only with `file`."""
    parallel: int | None
    """How many are deployed at the same time. Default: all."""
    stop: bool
    """If a service fails, begin no other. What has begun goes on to its end. Services of later waves, and those that need the one that failed, do not begin in any case."""
    bake: float | None
    """How many seconds the services of a wave are watched once all of them are live, before the next wave begins; the last wave too. A task that fails meanwhile, or a deployment that is replaced, is an error (DescribeServices, ListTasks, DescribeTasks). Default: none."""
    recover: Recover
    """What to do if a service fails: `"leave"` the others as they are, or `"rollback"` the services that this call has deployed, those that began last first, and wait for that. It is `recover` of each service, too. A service that was rolled back has the error `rolled_back`."""


class Deployment(TypedDict, total=False):
    """Options of `deploy`."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    settings: Mapping[str, Any]
    """Members of UpdateService, passed through."""
    desired: int | None
    """How many tasks to run. Default: not sent, so that an autoscaler keeps control of the number. If it is given and an autoscaler is set (DescribeScalableTargets), or that cannot be read, there is a warning."""
    force: bool
    """Begin a new deployment although nothing changed."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""
    verify: bool | Literal["all"]
    """What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""
    recover: Recover
    """What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""
    codedeploy: CodeDeploy | None
    """How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService)."""
    before: list[OneOffTask]
    """Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`."""
    at_pause: list[OneOffTask]
    """Tasks that run to their end while the deployment waits at a PAUSE hook, such as a smoke test of the new tasks: one after the other, at each hook that waits. If all end well, the deployment continues; if one fails, times out or cannot be run, it is rolled back (ContinueServiceDeployment, or StopServiceDeployment if the hook waits no more), and the error names the task. An error if the service has no PAUSE hook. A process that was killed continues with the same request. On the way back by `recover`, hooks are continued without the tasks. Their time does not count to `timeout`."""
    after: list[OneOffTask]
    """Tasks that run to their end once the deployment is live, one after the other, with the task definition that is deployed. One that fails, times out or cannot be run is a failed deployment (`failed`), which `recover` answers. If nothing changes, they run as well, unless ECS still shows that they have ended well for the same deployment (about an hour). Their time does not count to `timeout`."""
    until: str | None
    """Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`."""


class Explain(TypedDict, total=False):
    """The options of `explain`: of a service, or of one deployment."""

    service: str | None
    """The service: its name or ARN. Needed unless `deployment` is an ARN, which names it."""
    cluster: str
    """The cluster: its name or ARN."""
    deployment: str | None
    """The deployment: its id `ecs-svc/…`, or the ARN of its service deployment, or that ARN's last part. Default: the newest that failed, was rolled back, stopped or superseded; if none did, the newest."""


class Explanation(TypedDict, total=False):
    """Why an earlier deployment ended as it did."""

    service: Required[str]
    """The service's name."""
    cluster: Required[str]
    """The cluster's name."""
    verdict: Required[str]
    """`succeeded`, `in_progress`, or the code of the error that it would have been: `failed`, `rolled_back`, `stopped`, `superseded`."""
    reason: str
    """ECS's reason."""
    record: str
    """The ARN of the service deployment; absent if the records may not be read."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent once the service does not list it any more."""
    definition: str
    """The ARN of the task definition that it brought."""
    created: float
    """When it was created, in seconds since 1970."""
    finished: float
    """When it ended, in seconds since 1970; absent if it has not, or if the records may not be read."""
    by: str
    """The ARN of the service deployment that took its place, if it is `superseded`."""
    causes: Required[list[Cause]]
    """Why its tasks stopped, were not created, or are unhealthy, most frequent first: as in the error of a rollout that failed."""
    missing: Required[list[str]]
    """What can no longer be had, or may not be read, and why. Empty if nothing is missing."""
    warnings: Required[list[Warning]]
    """The events `warning`."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class Export(TypedDict, total=False):
    """The options of `export`."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    folder: str | None
    """A folder to write `taskdef.json`, `service.json` and `scaling.json` into; it is made if it is not there. Default: nothing is written."""
    overwrite: bool
    """Replace files of these names. Default: a file that is there is an error before any call."""


class ExportOutcome(TypedDict, total=False):
    """What a service runs, as documents that the verbs take."""

    service: Required[str]
    """The service's name."""
    cluster: Required[str]
    """The cluster's name."""
    definition: Required[str]
    """The ARN of the task definition."""
    taskdef: Required[Any]
    """`taskdef.json`: the task definition with its tags, for `definition` of `deploy`, `service` and `register`. Values of its environment variables are shown."""
    settings: Required[Any]
    """`service.json`: the service, for `settings` of `service`. Without `taskDefinition`: give `taskdef` as `definition`."""
    scaling: Any
    """`scaling.json`: the options of `scale` beside `service` and `cluster`. Absent if the service is not scaled, or if its scaling may not be read."""
    files: Required[list[str]]
    """The paths of the files that were written."""
    warnings: Required[list[Warning]]
    """What is not in the documents."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class FailedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `failed`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class FailedEvent(TypedDict, total=False):
    """The end: the error of `outcome`."""

    type: Required[Literal["failed"]]
    code: Required[str]
    """The error's code."""
    text: Required[str]
    """The error's text."""
    detail: Required[Any]
    """The error's data."""


class Failure(TypedDict, total=False):
    """A rollout that failed: which, why, and what runs now."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class Finding(TypedDict, total=False):
    """A mistake or a risk in a task definition."""

    level: Required[Level]
    """Its severity."""
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
    name: str
    """The name that was given for it in the rollout; absent if none was."""
    region: str
    """The region that was given for it; absent for the client's."""
    account: str
    """The account that was given for it, by itself or in the role; absent if none was."""
    event: Required[Event]
    """The event. The last one of each service is `succeeded` or `failed`, unless `wait` is false. A service that is taken back has `failed` after its `succeeded`."""


class FleetOutcome(TypedDict, total=False):
    """The outcome of one of many services."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    name: str
    """The name that was given for it in the rollout; absent if none was."""
    region: str
    """The region that was given for it; absent for the client's."""
    account: str
    """The account that was given for it, by itself or in the role; absent if none was."""
    outcome: Required[Outcome]
    """Its outcome."""


class FleetPlan(TypedDict, total=False):
    """The plan of one of many services."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    name: str
    """The name that was given for it in the rollout; absent if none was."""
    region: str
    """The region that was given for it; absent for the client's."""
    account: str
    """The account that was given for it, by itself or in the role; absent if none was."""
    wave: Required[int]
    """The number of its wave."""
    plan: Required[Plan]
    """Its plan."""


class FleetService(TypedDict, total=False):
    """A service of `deploy_all`: the options of `deploy`, the service's place in the order, and where it is."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    name: str | None
    """The name by which `needs` of other services names it. Default: the service's own name."""
    needs: list[str]
    """The services that must be live before this one begins, by their names. If one of them fails, this one does not begin."""
    wave: int | None
    """The number of its wave, 1 or more. A wave begins once all services of the waves before it are live and, with `bake`, were watched. Default: 1."""
    region: str | None
    """Its region. Default: the client's."""
    account: str | None
    """Its account. If the calls for it are signed in another account, that is an error before anything is written (GetCallerIdentity). Default: whichever account the credentials are of."""
    role: str | None
    """The role to assume for it (AssumeRole, with the client's credentials): an ARN, or the role's name together with `account`. Default: the client's."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    settings: Mapping[str, Any]
    """Members of UpdateService, passed through."""
    desired: int | None
    """How many tasks to run, as for `deploy`. Default: not sent."""
    force: bool
    """Begin a new deployment although nothing changed."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""
    verify: bool | Literal["all"]
    """What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""
    recover: Recover
    """What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""
    codedeploy: CodeDeploy | None
    """How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService)."""
    before: list[OneOffTask]
    """Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`."""
    at_pause: list[OneOffTask]
    """Tasks that run to their end while the deployment waits at a PAUSE hook, as for `deploy`."""
    after: list[OneOffTask]
    """Tasks that run to their end once the deployment is live, as for `deploy`. Which services come first is given as `needs`."""
    until: str | None
    """Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`."""


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


class ImageArchivedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `image_archived`."""

    container: str
    """The container with this image, if there is one."""
    image: Required[str]
    """The whole image reference."""
    status: Required[str]
    """ECR's status of it: ARCHIVED or ACTIVATING."""


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
    """The size that the registry keeps, in bytes; absent if the registry does not return it."""
    pushed: float
    """When it was pushed, in seconds since 1970. Only ECR gives it."""
    attached: list[str]
    """With `require`, the types of what was seen to be attached to it; none of it is verified. Otherwise empty."""


class ImageMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `image_missing`."""

    container: str
    """The container with this image, if there is one."""
    image: Required[str]
    """The whole image reference."""
    nearest: Required[list[str]]
    """Tags in the same repository that come nearest."""


class ImageRefusedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `image_refused`."""

    container: str
    """The container with this image, if there is one."""
    image: Required[str]
    """The whole image reference."""
    missing: Required[list[str]]
    """What is missing, as `require` has it; of a signing profile with the reason."""
    found: Required[list[str]]
    """The types of what is attached to it."""


class InvalidDetail(TypedDict, total=False):
    """The `detail` of an error with the code `invalid`."""

    path: str
    """Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column."""
    text: Required[str]
    """What is wrong and what to do about it."""
    findings: Required[list[Finding]]
    """All errors of the task definition, or of the options of many services, if there are several; otherwise empty."""


class KeptRevision(TypedDict, total=False):
    """A revision that stays."""

    definition: Required[str]
    """Its ARN."""
    why: Required[list[str]]
    """Why: one of the newest, or what uses it."""


class LastSeen(TypedDict, total=False):
    """The progress of a rollout when it was last seen. What was never seen is absent."""

    status: str
    """ECS's `lastStatus` of a one-off task."""
    stage: str
    """The stage of its strategy."""
    desired: int
    """Tasks that it shall run."""
    running: int
    """Tasks that run."""
    pending: int
    """Tasks that are starting."""
    failed: int
    """Tasks that failed in a row."""
    message: str
    """The last message of ECS about the service."""


class LiveDeployment(TypedDict, total=False):
    """The deployment that is live and complete."""

    definition: str
    """The ARN of its task definition."""
    images: Mapping[str, RunningImage]
    """Its images by container: with digests from its service revision, otherwise as the task definition has them. Absent if neither may be read."""
    deployment: Required[str]
    """Its id, `ecs-svc/…`; of CodeDeploy that of the task set."""
    record: str
    """The ARN of its service deployment; absent if it is older than 90 days, or if the records may not be read."""
    created: float
    """When it was created, in seconds since 1970."""
    since: float
    """Since when it is live and complete, in seconds since 1970; absent if no record tells."""


class LogEvent(TypedDict, total=False):
    """A line of the log of a task (GetLogEvents, FilterLogEvents), some seconds after it was written."""

    type: Required[Literal["log"]]
    task: Required[str]
    """The task's id."""
    container: Required[str]
    """The container's name."""
    text: Required[str]
    """One line, without colours."""
    at: float
    """When it was written, in seconds since 1970."""


class LogStream(TypedDict, total=False):
    """The log of one container of one task."""

    task: Required[str]
    """The task's id."""
    container: Required[str]
    """The container's name."""
    group: Required[str]
    """The log group."""
    stream: Required[str]
    """The log stream."""
    lines: Required[int]
    """How many lines were reported."""


class LoggingChange(TypedDict, total=False):
    """Changes to a container's log configuration."""

    driver: str | None
    """The log driver, such as `awslogs`. Needed if the container has no log configuration yet."""
    options: Mapping[str, str | None]
    """Options of the driver by name."""
    secrets: Mapping[str, str | None]
    """Options with secret values: the ARN of the secret, or the name of an SSM parameter."""


class Login(TypedDict, total=False):
    """Which credentials `login` fetches."""

    registries: list[str]
    """The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. Default: the caller's own registry in the client's region."""
    write: bool
    """Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs."""


class Logs(TypedDict, total=False):
    """The options of `logs`: of a service's tasks, or of one task."""

    service: str | None
    """The service: its name or ARN. Its tasks that run, and those that stopped within about the last hour."""
    task: str | None
    """One task: its id or ARN, in place of `service`. ECS knows a task that has stopped for about an hour."""
    cluster: str
    """The cluster: its name or ARN."""
    container: str | None
    """Only this container. Default: all."""
    since: float | None
    """Lines of so many seconds back. Default: 600 for a service, and all for a task."""
    filter: str | None
    """A filter pattern of CloudWatch, such as `ERROR` or `{ $.level = "error" }` (FilterLogEvents). Default: every line."""
    follow: bool
    """Go on with the lines that come: until the task has stopped, the service is gone, or the wait is cancelled."""
    duration: float | None
    """With `follow`, end after so many seconds. Default: no limit."""


class LogsOutcome(TypedDict, total=False):
    """Which lines were read."""

    lines: Required[int]
    """How many lines were reported."""
    streams: Required[list[LogStream]]
    """The logs that were read, by task and container."""
    warnings: Required[list[Warning]]
    """Containers whose lines cannot be read, and why."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class Lookup(TypedDict, total=False):
    """What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`."""

    image: Required[str]
    """The image's reference: `registry/repository:tag`, or with a digest."""
    timeout: float
    """Seconds after which it is given up, however slowly the registry goes on answering."""
    require: list[str]
    """Of `resolve`: what must be attached to it: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. That it is attached is checked, and not who made it or what it says."""


class MessageEvent(TypedDict, total=False):
    """A message of ECS about the service (its `events`)."""

    type: Required[Literal["message"]]
    at: Required[float]
    """Time of the message, in seconds since 1970."""
    text: Required[str]
    """The message."""


NamedTarget = TypedDict(
    "NamedTarget",
    {
        # The ARN of a Lambda function, alias or version. It is called asynchronously, so that Lambda repeats a failure twice itself.
        "lambda": "str | None",
        # A task of ECS (RunTask).
        "task": "TaskTarget | None",
        # Any operation of AWS that does not only read, as `service:operation`, such as `ecs:updateService`.
        "call": "str | None",
        # An endpoint over HTTPS, by a rule of EventBridge and an API destination: no code, but UTC only, a public address, and an answer within 5 seconds.
        "http": "HttpTarget | None",
        # The input of `lambda` or `call`: any JSON. Scheduler fills in `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>`, in any of its texts. For a call AWS wants the members with a capital, such as `DesiredCount`.
        "input": "Any",
    },
    total=False,
)
"""The target of a schedule: exactly one of `lambda`, `task`, `call` and `http`."""


class NetworkDetail(TypedDict, total=False):
    """The `detail` of an error with the code `network`."""

    operation: Required[str]
    """The AWS operation."""
    endpoint: Required[str]
    """The endpoint's URL where it was set by hand, otherwise the region's ECS."""
    text: Required[str]
    """What failed."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class OneOffTask(TypedDict, total=False):
    """A task that runs to its end: how it differs from the task definition that it runs."""

    command: list[str] | None
    """The command of one container, in place of its own. `container` names the container."""
    container: str | None
    """The container that gets `command` and `environment`, and whose exit code decides. Default: the only container, or the first essential one. If no container gets another command, every essential container decides."""
    environment: Mapping[str, str]
    """Variables of that container, added to those of the task definition. A variable that is there is replaced."""
    overrides: Mapping[str, Any]
    """AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters."""
    settings: Mapping[str, Any]
    """Members of RunTask, passed through: `networkConfiguration`, `launchType`, `group`, `tags`, … Default of network and launch type: those of the service."""
    count: int
    """How many tasks, 1 to 10. Each must end well."""
    stop: bool
    """Stop the tasks (StopTask) when nobody waits for them any more: cancelled, timed out, or not all of `count` started. Default: they go on, and the error names them."""
    timeout: float
    """Seconds until it counts as failed."""


class OngoingDeployment(TypedDict, total=False):
    """A deployment in progress."""

    definition: str
    """The ARN of its task definition."""
    deployment: Required[str]
    """Its id, `ecs-svc/…`; of CodeDeploy `d-…`."""
    record: str
    """The ARN of its service deployment."""
    created: float
    """When it was created, in seconds since 1970."""
    status: str
    """ECS's status of the service deployment, such as IN_PROGRESS or ROLLBACK_IN_PROGRESS."""
    stage: str
    """The stage of its strategy."""
    hook: str
    """The id of the hook at which it waits to be continued (`resume`)."""
    expires: float
    """When that wait ends by itself, in seconds since 1970."""
    desired: Required[int]
    """Tasks that it shall run."""
    running: Required[int]
    """Tasks of it that run."""
    pending: Required[int]
    """Tasks of it that are starting."""
    failed: Required[int]
    """Tasks of it that failed in a row."""


class Outcome(TypedDict, total=False):
    """The outcome of a rollout."""

    changed: Required[bool]
    """True if a deployment was begun or a setting changed; false if the service ran as requested already."""
    reached: str
    """How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched."""
    definition: Required[str]
    """The ARN of the task definition that the deployment brings, or that the service runs already."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    record: str
    """The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it."""
    images: Mapping[str, RunningImage]
    """The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched."""
    endpoint: str
    """The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read."""
    console: str
    """The page of the service's deployments in AWS's console; absent in a partition whose console is not known."""
    stages: Mapping[str, float]
    """The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen."""
    warnings: Required[list[Warning]]
    """The events `warning`, in their order."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted."""


class PastDeployment(TypedDict, total=False):
    """A deployment of the last 90 days."""

    verdict: Required[str]
    """`succeeded`, `in_progress`, or the code of the error that it would have been: `failed`, `rolled_back`, `stopped`, `superseded`."""
    reason: str
    """ECS's reason."""
    record: str
    """The ARN of the service deployment; absent if the records may not be read."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent once the service does not list it any more."""
    definition: str
    """The ARN of the task definition that it brought."""
    created: float
    """When it was created, in seconds since 1970."""
    finished: float
    """When it ended, in seconds since 1970; absent if it has not, or if the records may not be read."""
    by: str
    """The ARN of the service deployment that took its place, if it is `superseded`."""


class PausedEvent(TypedDict, total=False):
    """The deployment waits for a person or a program."""

    type: Required[Literal["paused"]]
    stage: Required[str]
    """The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment."""
    hook: str
    """The id of the hook to continue."""
    expires: float
    """When the wait ends by itself, in seconds since 1970."""
    action: str
    """What happens then: ROLLBACK or CONTINUE; of CodeDeploy STOP_DEPLOYMENT."""


class Plan(TypedDict, total=False):
    """What `deploy` would do with the same request now. Nothing has been written."""

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
    """Risks that ECS would accept. What ECS would refuse is an error instead."""
    images: Required[list[PlannedImage]]
    """The images that change."""
    calls: Required[list[PlannedCall]]
    """The calls that write, in order. Empty if the service runs as requested already."""


class PlannedCall(TypedDict, total=False):
    """A call that writes."""

    operation: Required[str]
    """The AWS operation."""
    input: Any
    """Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment of one that is not registered yet. Secrets are not shown."""


PlannedDefinition = TypedDict(
    "PlannedDefinition",
    {
        # The ARN of the revision that the service runs now.
        "from": "str",
        # The ARN of the revision that it would run; absent if it would be registered first.
        "to": "str",
        # Changes from the one to the other. Values that are, or may be, secrets are not shown; `diff` of the definitions shows them.
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
        # The image that it runs now; absent if there is no such container yet.
        "from": "str",
        # The image that it would run.
        "to": "Required[str]",
        # The digest of the new image, if it was looked up.
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


class Policy(TypedDict, total=False):
    """Options of `policy`: which verb, and what it is asked for."""

    verb: Required[str]
    """The verb whose calls are to be allowed, such as `deploy`."""
    request: Mapping[str, Any] | None
    """The options of that verb, as it is going to be called with. Default: none, so that the policy allows any service, and has everything that the verb may need."""
    account: str | None
    """The account's twelve digits. Default: that of the first ARN or image of ECR in the request, otherwise `*`."""
    region: str | None
    """The region. Default: that of the first ARN or image of ECR in the request, otherwise `*`."""
    codedeploy: bool | None
    """Whether CodeDeploy deploys the service. Default: true if the request has `codedeploy`; otherwise it is not known, and the policy allows both."""
    express: bool | None
    """Whether ECS manages the service whole (Express Mode). Default: true if the request has `express`; otherwise it is not known, and the policy allows both."""
    trust: Trust | None
    """The CI system whose jobs may assume the role, for its trust policy. Default: no trust policy."""


class PolicyOutcome(TypedDict, total=False):
    """The outcome of `policy`."""

    required: Required[Any]
    """The policy without which calls fail, as IAM takes it."""
    optional: Required[Any]
    """The policy of the optional actions; `statements` shows what is missing without them."""
    statements: Required[list[PolicyStatement]]
    """The statements of both policies, and why they are there."""
    trust: Any
    """The role's trust policy, if `trust` was given."""
    notes: Required[list[str]]
    """What to know before the policies are used, such as what is `*` because it is not known."""


class PolicyStatement(TypedDict, total=False):
    """A statement of a policy, and why it is there."""

    sid: Required[str]
    """Its `Sid`."""
    actions: Required[list[str]]
    """The actions, such as `ecs:UpdateService`."""
    resources: Required[list[str]]
    """The resources: ARNs, with `*` for what is not known or changes."""
    condition: Any
    """The condition, as IAM has it."""
    required: Required[bool]
    """Whether a call fails without it."""
    when: Required[list[str]]
    """When it is needed; empty: always."""
    without: Required[list[str]]
    """What is missing without it; empty: a call fails with the error `denied`."""


class ProgressEvent(TypedDict, total=False):
    """The progress of the deployment (DescribeServices). Sent when a number changes."""

    type: Required[Literal["progress"]]
    desired: Required[int]
    """Tasks that the deployment shall run."""
    running: Required[int]
    """Tasks of the deployment that run."""
    pending: Required[int]
    """Tasks of the deployment that are starting."""
    failed: Required[int]
    """Tasks of the deployment that failed in a row."""
    previous: Required[int]
    """Tasks of earlier deployments that still run."""
    percent: Required[int]
    """Progress in percent, 0 to 100; 100 only at the end."""


class Prune(TypedDict, total=False):
    """The options of `prune`."""

    family: Required[str]
    """The family: its name, or the name or ARN of one of its revisions."""
    keep: int
    """How many of the newest revisions stay, whether or not they are used; at least 1."""
    plan: bool
    """Write nothing, and return what would be written."""


class PruneOutcome(TypedDict, total=False):
    """Which revisions were deregistered, and why the others stay."""

    changed: Required[bool]
    """Whether revisions were deregistered; with `plan`, whether some would be."""
    family: Required[str]
    """The family."""
    removed: Required[list[str]]
    """The ARNs of the revisions that were deregistered, oldest first; with `plan`, those that would be."""
    kept: Required[list[KeptRevision]]
    """The revisions that stay, newest first."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise none."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class Push(TypedDict, total=False):
    """What `push` is asked for."""

    path: Required[str]
    """The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped."""
    image: Required[str]
    """Where it goes: `registry/repository:tag`."""
    select: str | None
    """Which image is meant where the file holds several: its name or tag there."""
    mount: list[str]
    """Repositories of the same registry that may have some of its layers already: these are taken over then, and not sent. ECR does so where its account setting BLOB_MOUNTING is ENABLED; a warning says where layers were sent all the same."""
    create: bool
    """Make ECR's repository if it is not there. One that is there stays as it is. Where a repository creation template for CREATE_ON_PUSH covers it, ECR makes it with the template's settings, unless `immutable`, `exclude` or `lifecycle` is given."""
    immutable: bool
    """With `create`: a tag, once given, names its image for ever."""
    exclude: list[str]
    """With `create`: tags for which the opposite of `immutable` holds, such as `latest` or `dev-*`; five at most."""
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
    """The registry's error text."""


class PushOutcome(TypedDict, total=False):
    """What a push has come to."""

    image: Required[str]
    """The image by its digest, fit for a task definition."""
    digest: Required[str]
    """The digest: of the index where there are several platforms."""
    sent: Required[int]
    """Bytes that were sent."""
    skipped: Required[int]
    """Bytes that were there already, or were taken over from a repository of `mount`."""
    mounted: Required[int]
    """Bytes of these that were taken over from a repository of `mount`."""
    scanned: Scanned
    """What ECR found in it, where it was waited for."""
    warnings: Required[list[Warning]]
    """All that were events `warning`, in their order."""
    seconds: Required[float]
    """How long it took, in seconds."""


class PushingEvent(TypedDict, total=False):
    """The progress of a push, in bytes. Sent a few times a second."""

    type: Required[Literal["pushing"]]
    sent: Required[int]
    """Bytes sent."""
    skipped: Required[int]
    """Bytes that the registry had already."""
    total: Required[int]
    """Bytes of the whole image."""


class Recovery(TypedDict, total=False):
    """The way back after a rollout that failed or timed out."""

    definition: Required[str]
    """The ARN of the previous task definition."""
    deployment: str
    """The id of the deployment that goes back; absent if none began."""
    error: str
    """Why it is not live and complete again; absent if it is."""


class Register(TypedDict, total=False):
    """Options of `register`: makes a revision of a task definition, and runs nothing."""

    cluster: str
    """The cluster of `service`: its name or ARN."""
    service: str | None
    """The service whose task definition is the base if `definition` is not given: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""
    verify: bool | Literal["all"]
    """What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing."""
    force: bool
    """Make a new revision although an equal one is there."""
    timeout: float
    """Seconds from the start until the call ends with `timed_out`."""
    plan: bool
    """Write nothing, and return what would be written."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""


class RegisterOutcome(TypedDict, total=False):
    """The outcome of `register`."""

    changed: Required[bool]
    """True if a revision was made; false if an equal one existed. With `plan`: whether one would be made."""
    definition: str
    """The ARN of the revision; absent with `plan` if one would be made."""
    previous: str
    """The ARN of the family's newest ACTIVE revision before; absent if there was none, or it was not read."""
    changes: Required[list[Change]]
    """Changes from that revision to this one. Values that are, or may be, secrets are not shown."""
    findings: Required[list[Finding]]
    """Risks that ECS would accept. What ECS would refuse is an error instead."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise empty."""
    calls: Required[int]
    """Number of calls to ECS, with failed ones. Calls about images are not counted."""


class RegisteredEvent(TypedDict, total=False):
    """The revision of the task definition to deploy exists (RegisterTaskDefinition)."""

    type: Required[Literal["registered"]]
    definition: Required[str]
    """Its ARN."""
    reused: Required[bool]
    """True if an equal revision existed, so that none was made."""
    changes: list[Change]
    """The changes from what the service runs, or from the definition that was named. Values that are, or may be, secrets are not shown. Absent if there are none, or nothing to compare with."""


class Removal(TypedDict, total=False):
    """The options of `remove`."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. The removal goes on at AWS: the same call joins it."""
    plan: bool
    """Write nothing, and return what would be written."""


class RemovalOutcome(TypedDict, total=False):
    """How the removal of a service ended."""

    changed: Required[bool]
    """Whether something was written; false if the service was gone, or being deleted by somebody else. With `plan`, whether something would be."""
    service: Required[str]
    """The service's name."""
    cluster: Required[str]
    """The cluster's name."""
    status: Required[str]
    """ECS's status of the service: INACTIVE, or MISSING once ECS shows it no more. With `plan`, its status now."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise none."""
    warnings: Required[list[Warning]]
    """The events `warning`, in their order, such as what of the service is left."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class RemovingEvent(TypedDict, total=False):
    """The removal of a service goes on (DescribeServices). Sent when its status or a number changes."""

    type: Required[Literal["removing"]]
    status: Required[str]
    """ACTIVE, DRAINING or INACTIVE."""
    desired: Required[int]
    """Tasks that the service shall run."""
    running: Required[int]
    """Tasks that run."""
    pending: Required[int]
    """Tasks that are starting."""


class Resume(TypedDict, total=False):
    """Options of `resume`: lets a deployment go on that waits at a hook."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    hook: str | None
    """The id of the hook, from the event `paused`. Default: the hook that waits. Not for a service that CodeDeploy deploys."""
    until: str | None
    """Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. `"paused"` is the next hook that waits, after the one that is continued."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""


class RetryingEvent(TypedDict, total=False):
    """A call to AWS failed for a transient reason, and is repeated."""

    type: Required[Literal["retrying"]]
    operation: Required[str]
    """The AWS operation."""
    code: Required[str]
    """AWS's error code, or a word for a failure of the connection."""
    delay: Required[float]
    """Seconds until the next attempt."""


class Revision(TypedDict, total=False):
    """A revision of a task definition."""

    definition: Required[str]
    """Its ARN."""
    revision: Required[int]
    """Its number."""
    status: Required[str]
    """ACTIVE, INACTIVE or DELETE_IN_PROGRESS."""
    registered: float
    """When it was registered, in seconds since 1970; absent if the server does not tell."""
    by: str
    """The ARN of who registered it."""
    deregistered: float
    """When it was deregistered, in seconds since 1970; absent if it is ACTIVE."""
    images: Required[Mapping[str, str]]
    """Its images by container."""


class Revisions(TypedDict, total=False):
    """The options of `revisions`."""

    family: Required[str]
    """The family: its name, or the name or ARN of one of its revisions."""
    status: RevisionStatus
    """Which revisions: `"ACTIVE"`, `"INACTIVE"` or `"ALL"`."""
    limit: int
    """How many, newest first; at most 1000. Each is one call (DescribeTaskDefinition)."""


class Rollback(TypedDict, total=False):
    """Options of `rollback`: goes back to what ran before."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    to: str | None
    """The task definition to go back to: a family, `family:revision` or an ARN. Default: a deployment that is in progress is turned back; otherwise the task definition of the last complete deployment before the present one (ListServiceDeployments), or if that cannot be read, the newest ACTIVE revision before the present one, with a warning."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""


class RolledBackDetail(TypedDict, total=False):
    """The `detail` of an error with the code `rolled_back`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class Run(TypedDict, total=False):
    """Options of `run`: a task that runs to its end, such as a migration."""

    cluster: str
    """The cluster: its name or ARN."""
    service: str | None
    """The service whose task definition, network, launch type or capacity providers, and platform version are used if they are not given: its name or ARN."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. A task definition that changes is registered, unless an equal revision is there."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""
    verify: bool | Literal["all"]
    """What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing."""
    command: list[str] | None
    """The command of one container, in place of its own. `container` names the container."""
    container: str | None
    """The container that gets `command` and `environment`, and whose exit code decides. Default: the only container, or the first essential one. If no container gets another command, every essential container decides."""
    environment: Mapping[str, str]
    """Variables of that container, added to those of the task definition. A variable that is there is replaced."""
    overrides: Mapping[str, Any]
    """AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters."""
    settings: Mapping[str, Any]
    """Members of RunTask, passed through: `networkConfiguration`, `launchType`, `group`, `tags`, … Default of network and launch type: those of the service."""
    count: int
    """How many tasks, 1 to 10. Each must end well."""
    stop: bool
    """Stop the tasks (StopTask) when nobody waits for them any more: cancelled, timed out, or not all of `count` started. Default: they go on, and the error names them."""
    key: str | None
    """An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means the same run: a run that goes on, or ended well within about an hour, is joined, and nothing is written; a run that failed is repeated. An error if that run had another definition or other overrides; it names what differs. An error if the key ends in nothing or in `None`, `undefined` or `null`. Default: a new key for each run."""
    wait: bool
    """Wait until the tasks have ended. False: end once they are started."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    plan: bool
    """Write nothing, and return what would be written."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""


class RunOutcome(TypedDict, total=False):
    """The outcome of `run`: every task ended well, or was started if `wait` is false."""

    changed: Required[bool]
    """True if tasks were started; false if a run of the same `key` was joined. With `plan`: whether they would be."""
    definition: str
    """The ARN of the task definition; absent with `plan` if it would be registered first."""
    tasks: Required[list[TaskOutcome]]
    """The tasks."""
    warnings: Required[list[Warning]]
    """The events `warning`, in their order."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise empty."""
    changes: Required[list[Change]]
    """Changes in the task definition, from the named one or the service's. Values that are, or may be, secrets are not shown."""


class RunningImage(TypedDict, total=False):
    """The image of a container that runs."""

    image: Required[str]
    """The reference in the task definition."""
    digest: str
    """The digest that it named when the deployment began; absent if ECS does not show it."""


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
    resolution: int | None
    """Seconds between two values of the metrics of `cpu` and `memory`: 60, or 20 for scaling that begins sooner. A policy keeps its own unless given; a new one has 60. With 20, the service must publish them: `settings` of `deploy` or `service` with `monitoring` (a finding says where it does not)."""
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
    """Write nothing, and return what would be written."""


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
    metric: str
    """The predefined metric that it tracks, if it does."""
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
    """Write nothing, and return what would be written."""


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
    """Options of `service`: creates a service, or changes the service that is there, and deploys it."""

    service: str | None
    """The service: its name or ARN. Default: `serviceName` of `settings`."""
    cluster: str | None
    """The cluster: its name or ARN. Default: `cluster` of `settings`, otherwise `"default"`."""
    settings: Mapping[str, Any]
    """The service as a document: members of CreateService and UpdateService, passed through. It may hold `serviceName`, `cluster`, `taskDefinition` and `desiredCount`, so that one file has everything. An option beside it must have the same value. If the service is there, only the given members are compared, and only members that differ are sent. `null` changes nothing, as in ECS; an empty list removes. Tags are compared key by key; tags that are not given stay."""
    express: Mapping[str, Any] | None
    """Makes it an Express service, whose load balancer, scaling, alarms and canary ECS manages: members of CreateExpressGatewayService and UpdateExpressGatewayService, in place of `settings` and `desired`. A new one needs `infrastructureRoleArn`, and `executionRoleArn` with `primaryContainer` unless it runs a `definition`. Of a service that is there, only the given members are compared, at every level; what differs is sent. It may hold `serviceName`, `cluster` and `tags`. Default: a service of your own."""
    definition: Definition | None
    """The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. A service that is not there yet needs one, here or as `taskDefinition`."""
    images: Mapping[str, str]
    """New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository."""
    containers: Mapping[str, ContainerChange]
    """Changes by container. Maps merge by name and `null` removes; `files` and `command` replace."""
    patch: Mapping[str, Any] | None
    """A JSON Merge Patch (RFC 7396) over the whole task definition."""
    variables: Mapping[str, Variable] | None
    """Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are."""
    desired: int | None
    """How many tasks to run. Always sent, although an autoscaler may have set another number. `desiredCount` of `settings` is the number to create the service with; later it is sent only if no autoscaler sets the number. A new service with the scheduling strategy REPLICA needs one of the two."""
    force: bool
    """Begin a new deployment although nothing changed."""
    pin: bool
    """Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error."""
    require: Mapping[str, list[str]]
    """What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry)."""
    verify: bool | Literal["all"]
    """What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing."""
    wait: bool
    """Wait until the verdict. False: end once AWS has accepted the order."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    unknown: Unknown
    """What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know."""
    recover: Recover
    """What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that. A service that was just created has nothing to go back to."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""
    codedeploy: CodeDeploy | None
    """How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService)."""
    before: list[OneOffTask]
    """Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`. If the service is not there, the tasks run with its settings."""
    plan: bool
    """Write nothing, and return what would be written."""


class ServiceEnd(TypedDict, total=False):
    """How one of many services ended: with an outcome, or with an error."""

    service: Required[str]
    """The service's name or ARN, as it was given."""
    cluster: Required[str]
    """The cluster's name or ARN, as it was given."""
    name: str
    """The name that was given for it in the rollout; absent if none was."""
    region: str
    """The region that was given for it; absent for the client's."""
    account: str
    """The account that was given for it, by itself or in the role; absent if none was."""
    begun: Required[bool]
    """False if another service failed before, so that nothing was written to AWS for this one."""
    outcome: Outcome
    """Its outcome; absent if it failed or was not begun."""
    error: ServiceFailure
    """Its error; absent if it succeeded."""


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
    """The service in the request."""
    cluster: Required[str]
    """The cluster it is in."""
    status: Required[str]
    """DRAINING or INACTIVE."""


class ServiceMessage(TypedDict, total=False):
    """A message of ECS about a service."""

    at: Required[float]
    """Its time, in seconds since 1970."""
    text: Required[str]
    """The message."""


class ServiceMissingDetail(TypedDict, total=False):
    """The `detail` of an error with the code `service_missing`."""

    service: Required[str]
    """The service in the request."""
    cluster: Required[str]
    """The cluster in which it was searched."""
    region: str
    """The region; absent if only an endpoint is known."""
    account: str
    """The account; absent if no ARN and no role names it."""
    endpoint: str
    """The URL that was called instead of AWS; absent if AWS was called."""


class ServiceOutcome(TypedDict, total=False):
    """Outcome of `service`."""

    changed: Required[bool]
    """True if a deployment was begun or a setting changed; false if the service ran as requested already."""
    reached: str
    """How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched."""
    definition: Required[str]
    """The ARN of the task definition that the deployment brings, or that the service runs already."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    record: str
    """The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it."""
    images: Mapping[str, RunningImage]
    """The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched."""
    endpoint: str
    """The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read."""
    console: str
    """The page of the service's deployments in AWS's console; absent in a partition whose console is not known."""
    stages: Mapping[str, float]
    """The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen."""
    warnings: Required[list[Warning]]
    """The events `warning`, in their order."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted."""
    created: Required[bool]
    """Whether the service was not there before; with `plan`, whether it would be created."""
    service: str
    """The service's ARN; absent where it is not there yet."""
    changes: Required[list[Change]]
    """What changed, or with `plan` would change: `path` is a JSON Pointer into the input of CreateService or UpdateService, or of the operations of Express Mode; `/tags/KEY` is a tag, and `/taskDefinition` goes on into the definition. Values that are, or may be, secrets are not shown."""
    findings: Required[list[Finding]]
    """What ECS takes but you would regret: of the definition, of the settings, and what keeps the service from surviving the loss of a task or of an availability zone."""
    planned: Required[list[PlannedCall]]
    """With `plan`, the calls that would write, in order; otherwise none. Secrets are not shown."""


class Source(TypedDict, total=False):
    """Where the value of a variable is looked up: give one of `ssm`, `cloudformation`, `export`, `tfstate` and `secret`.  Each place is looked up once a request, before anything is written; all that is missing is in one error. The value of a secret is never looked up: a SecureString, a sensitive value of Terraform and the like are refused."""

    ssm: str | None
    """The name or ARN of a parameter of SSM, of the type String or StringList; with `:version` or `:label` that version (GetParameters). A StringList has commas between its values."""
    cloudformation: str | None
    """`stack.Output`: the output of a stack of CloudFormation (DescribeStacks)."""
    export: str | None
    """The name of an export of CloudFormation (ListExports)."""
    tfstate: str | None
    """A state of Terraform, a file or `s3://bucket/key` (GetObject), of format version 4: Terraform 0.12 and later, and OpenTofu. Goes with `address`."""
    address: str | None
    """What of `tfstate`: `output.name`, or an attribute of a resource, such as `aws_vpc.main.id`, `data.aws_subnet.a[0].id` or `module.net.aws_subnet.a["x"].id`."""
    secret: str | None
    """The name of a secret of Secrets Manager, whose ARN is the value (DescribeSecret)."""
    region: str | None
    """The region of what is looked up. The client's, unless given."""


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
"""The service was found and can be deployed, or a task can be run. Nothing is written yet."""


class Status(TypedDict, total=False):
    """The options of `status`."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    deployments: int
    """How many of the last deployments to report, newest first; at most 100."""
    events: int
    """How many of ECS's events to report, newest first; ECS keeps 100 of a service."""


class StatusOutcome(TypedDict, total=False):
    """What a service runs, and how it is."""

    service: Required[str]
    """The service's name."""
    cluster: Required[str]
    """The cluster's name."""
    arn: Required[str]
    """The service's ARN."""
    status: Required[str]
    """ACTIVE, DRAINING or INACTIVE."""
    strategy: Required[str]
    """How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, CODE_DEPLOY or EXTERNAL."""
    live: LiveDeployment
    """The deployment that is live and complete; absent if there is none."""
    ongoing: OngoingDeployment
    """The deployment in progress; absent if there is none."""
    tasks: Required[TaskCounts]
    """The service's tasks."""
    deployments: Required[list[PastDeployment]]
    """The last deployments with their verdicts, newest first. ECS keeps the records of 90 days."""
    events: Required[list[ServiceMessage]]
    """ECS's last events about the service, newest first."""
    warnings: Required[list[Warning]]
    """What could not be looked at."""
    calls: Required[int]
    """Number of calls to AWS, with failed ones."""


class StoppedContainer(TypedDict, total=False):
    """How a container of a stopped task ended."""

    name: Required[str]
    """The container's name."""
    exit: int
    """Its exit code; absent if it never started."""
    reason: str
    """ECS's `reason`."""


class StoppedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `stopped`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class StoppedEvent(TypedDict, total=False):
    """A task of this deployment stopped, and not because it was replaced (DescribeTasks)."""

    type: Required[Literal["stopped"]]
    task: Required[str]
    """The task's id."""
    kind: Required[str]
    """The kind of cause, as one word, such as `image_missing`."""
    reason: str
    """ECS's `stoppedReason`."""
    containers: Required[list[StoppedContainer]]
    """How its containers ended."""
    log: Required[list[str]]
    """The last lines of its log, oldest first."""


class SucceededEvent(TypedDict, total=False):
    """The end: the request is live and complete."""

    type: Required[Literal["succeeded"]]
    changed: Required[bool]
    """True if a deployment was begun or a setting changed; false if the service ran as requested already."""
    reached: str
    """How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched."""
    definition: Required[str]
    """The ARN of the task definition that the deployment brings, or that the service runs already."""
    previous: str
    """The ARN of the task definition that it ran before."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`."""
    record: str
    """The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it."""
    images: Mapping[str, RunningImage]
    """The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched."""
    endpoint: str
    """The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read."""
    console: str
    """The page of the service's deployments in AWS's console; absent in a partition whose console is not known."""
    stages: Mapping[str, float]
    """The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen."""
    warnings: Required[list[Warning]]
    """The events `warning`, in their order."""
    seconds: Required[float]
    """Duration in seconds."""
    calls: Required[int]
    """Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted."""


class SupersededDetail(TypedDict, total=False):
    """The `detail` of an error with the code `superseded`."""

    by: Required[str]
    """The id of the deployment that replaced it."""
    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


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


class TaskCounts(TypedDict, total=False):
    """The tasks of a service."""

    desired: Required[int]
    """Tasks that the service shall run."""
    running: Required[int]
    """Tasks that run."""
    pending: Required[int]
    """Tasks that are starting."""
    healthy: int
    """Tasks that are HEALTHY; absent if tasks may not be listed."""
    unhealthy: int
    """Tasks that are UNHEALTHY."""
    unknown: int
    """Tasks whose health is UNKNOWN: no container has a health check, or none has answered yet."""


class TaskEvent(TypedDict, total=False):
    """A one-off task has a new status (DescribeTasks)."""

    type: Required[Literal["task"]]
    task: Required[str]
    """The task's id."""
    status: Required[str]
    """ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED."""
    health: str
    """HEALTHY or UNHEALTHY, if its containers have health checks."""


class TaskFailedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `task_failed`."""

    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class TaskOutcome(TypedDict, total=False):
    """A one-off task."""

    task: Required[str]
    """Its ARN."""
    status: str
    """ECS's `lastStatus`, as it was last seen."""
    stop: str
    """ECS's `stopCode`; absent if it has not stopped."""
    reason: str
    """ECS's `stoppedReason`; absent if it has not stopped."""
    containers: Required[list[StoppedContainer]]
    """Its containers, and how each ended."""


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
    """The AWS operation."""
    text: Required[str]
    """AWS's error text."""
    service: str
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: list[Cause]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class TimedOutDetail(TypedDict, total=False):
    """The `detail` of an error with the code `timed_out`."""

    seconds: Required[float]
    """The `timeout`, in seconds."""
    service: Required[str]
    """The service's name."""
    deployment: str
    """The id of the deployment, `ecs-svc/…`; absent if none had begun."""
    definition: str
    """The ARN of the task definition that was to be deployed."""
    reason: str
    """Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known."""
    last: LastSeen
    """The progress when the time was over; absent otherwise."""
    place: str
    """The place of the tasks in the request, such as `before[0]`; absent for `run`."""
    causes: Required[list[Cause]]
    """Why tasks of this deployment stopped, most frequent first."""
    restored: str
    """The ARN of the task definition that the service runs now, or goes back to."""
    tasks: list[TaskOutcome]
    """The one-off tasks that were started."""
    removal: bool
    """True if the service was to be removed."""
    recovery: Recovery
    """How the way back by `recover` ended, if it was begun."""


class TrafficEvent(TypedDict, total=False):
    """The weights of the traffic to the new tasks have changed, in percent."""

    type: Required[Literal["traffic"]]
    production: Required[float]
    """The part of the production traffic."""
    test: float
    """The part of the test traffic; absent if it is not shown."""


class Trust(TypedDict, total=False):
    """Which jobs of a CI system may assume a role, for its trust policy."""

    provider: Required[TrustProvider]
    """The CI system."""
    repository: Required[str]
    """GitHub: `owner/name`, or with their ids `owner@1/name@2`. GitLab: the project's path, `group/project`. CircleCI: the project's id."""
    branch: str | None
    """The jobs of this branch; `*` stands for any characters."""
    tag: str | None
    """The jobs of this tag. Not for CircleCI."""
    environment: str | None
    """The jobs with this environment. GitHub alone."""
    organization: str | None
    """The organization's id. CircleCI alone, and needed there."""
    audience: str | None
    """The token's audience. Default: `sts.amazonaws.com` for GitHub, the host's address for GitLab, the organization's id for CircleCI."""
    host: str | None
    """The host of the provider, such as `gitlab.example.com`. Default: that of the public service."""


class UnsupportedDetail(TypedDict, total=False):
    """The `detail` of an error with the code `unsupported`."""

    text: Required[str]
    """What, and what to do instead."""


class UpdatedEvent(TypedDict, total=False):
    """AWS has accepted the deployment (UpdateService, or CodeDeploy's CreateDeployment). The verdict is about this deployment alone."""

    type: Required[Literal["updated"]]
    deployment: Required[str]
    """The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy."""
    arn: str
    """The ARN of the service deployment, if ECS returned it at once."""


class Warning(TypedDict, total=False):
    """A problem that does not stop a rollout."""

    code: Required[str]
    """The kind of warning, as one word."""
    text: Required[str]
    """The problem, and what to do about it."""


class WarningEvent(TypedDict, total=False):
    """A problem that does not stop the rollout."""

    type: Required[Literal["warning"]]
    code: Required[str]
    """The kind of warning, as one word."""
    text: Required[str]
    """The problem, and what to do about it."""


class Watch(TypedDict, total=False):
    """Options of `watch`: watches a deployment that somebody else began."""

    service: Required[str]
    """The service: its name or ARN."""
    cluster: str
    """The cluster: its name or ARN."""
    deployment: str | None
    """The id of the deployment, `ecs-svc/…`, or `d-…` if CodeDeploy deploys. Default: the newest."""
    until: str | None
    """Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`."""
    timeout: float
    """Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later."""
    failures: int | None
    """Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200."""


Definition = Union[str, Mapping[str, Any], "TaskDefinition"]
"""A task definition by name, or as a document."""


Event = Union[
    StartedEvent,
    WarningEvent,
    RegisteredEvent,
    UpdatedEvent,
    ProgressEvent,
    StageEvent,
    TrafficEvent,
    PausedEvent,
    BakingEvent,
    MessageEvent,
    StoppedEvent,
    TaskEvent,
    LogEvent,
    RemovingEvent,
    BuildingEvent,
    PushingEvent,
    RetryingEvent,
    SucceededEvent,
    FailedEvent,
]
"""One step or observation of a rollout."""


HttpConnection = str | ConnectionLogin | Mapping[str, Any]
"""The credentials of an endpoint."""


Level = Literal["error", "warning", "skipped"]
"""The severity of a finding."""


Recover = Literal["leave", "rollback"]
"""What to do when a rollout fails or times out."""


Remove = bool | list[str]
"""What to remove."""


RevisionStatus = Literal["ACTIVE", "INACTIVE", "ALL"]
"""Which revisions to list."""


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


TrustProvider = Literal["github", "gitlab", "circleci"]
"""A CI system whose jobs have an OIDC token."""


Unknown = Literal["refuse", "allow"]
"""What to do with a member that is probably a misspelling of a member that ECS has."""


Variable = str | Source
"""The value of a variable."""
