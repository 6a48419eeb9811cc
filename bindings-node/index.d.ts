// Printed by tests/contract.rs. Do not edit.
/// <reference lib="esnext.disposable" />

import type {
  Build,
  BuildOutcome,
  Change,
  Changes,
  ClientOptions,
  DeployAll,
  Deployment,
  Event,
  Finding,
  FleetEvent,
  FleetOutcome,
  Identity,
  ImageInfo,
  Login,
  Lookup,
  Outcome,
  Plan,
  Push,
  PushOutcome,
  Register,
  RegisterOutcome,
  Resume,
  Rollback,
  Run,
  RunOutcome,
  Scale,
  ScaleOutcome,
  Schedule,
  ScheduleOutcome,
  Service,
  ServiceOutcome,
  Watch,
  ErrorCode,
  ErrorDetails,
} from './types.js'

export type * from './types.js'

/** An error of this package with one `code`. */
export interface ErrorOf<C extends ErrorCode> extends Error {
  name: 'EcsRolloutError'
  /** Which error it is. */
  code: C
  /** Its data. */
  detail: ErrorDetails[C]
}

/** Every error of this package. Compare its `code`: then `detail` has the type that belongs to it. */
export type EcsRolloutError = { [C in ErrorCode]: ErrorOf<C> }[ErrorCode]

export const EcsRolloutError: {
  new <C extends ErrorCode>(message: string, code: C, detail: ErrorDetails[C]): ErrorOf<C>
  readonly prototype: EcsRolloutError
}

/** What controls a call from outside. Anything else is refused. */
export interface Controls {
  /** Stops the watching when it is aborted. */
  signal?: AbortSignal | undefined
}

/**
 * An ECS task definition in the form that can be registered.
 *
 * It is a JSON document from end to end: members unknown to this library, the order of members and the spelling of
 * numbers stay as they came. The members that only ECS writes (`revision`, `status` and the like) are left out, and
 * `tags` beside a described definition are taken in, except AWS's own.
 */
export class TaskDefinition {
  /**
   * Takes a document: a task definition, or an answer of DescribeTaskDefinition around one.
   *
   * Errors: `invalid` where it is no object or has no containers.
   */
  constructor(document: object | string)
  /**
   * Reads a file, JSON or YAML. A file that ends in `.yaml` or `.yml` is YAML; any other is told by its first character.
   * It has at most 8 MiB, 100,000 values and 1,000 containers. A pipe is read to its end, for 60 seconds at most; a
   * folder or device is refused.
   *
   * Errors: `invalid` with the file's name, line and column where it cannot be read.
   */
  static load(path: string | URL): TaskDefinition
  /**
   * The definition with changes applied; this one stays as it is.
   *
   * The patch comes first, then the containers' changes, then images, then variables: those given, and where one is not
   * given the process's environment.
   *
   * Errors: `container_missing` where a change names a container that is not there, `invalid` where an image reference
   * is malformed, a variable is not set or a patch leaves no valid document.
   */
  render(changes?: Changes): TaskDefinition
  /** The document. */
  toObject(): Record<string, unknown>
  /** The document. */
  toJSON(): Record<string, unknown>
  /** The document as indented JSON text. */
  toString(): string
  /** What ECS would refuse (errors), and what it would take but you would regret (warnings), all at once. */
  validate(): Finding[]
  /** What changes from this definition to `other`, after what ECS fills in by itself is set aside. */
  diff(other: TaskDefinition): Change[]
  /**
   * What changes from this definition to `other` as unified text, for people: empty where nothing does.
   *
   * Values that look like secrets are hidden; another value is hidden under another number. `color`: whether to colour
   * it; `undefined`: where standard output is a terminal and `NO_COLOR` is not set.
   */
  diffText(other: TaskDefinition, color?: boolean): string
}

/** What a registry lets one in with. The password is not shown unless it is asked for: `password`. */
export class Credential {
  private constructor()
  /** The registry's host. */
  readonly registry: string
  /** The user's name. */
  readonly user: string
  /** Until when it is good, in seconds since 1970. */
  readonly expires: number
  /** The file it was written to. */
  readonly file?: string
  /** What keeps other programs from using what was written. */
  readonly shadowed?: string
  /** The password. */
  password(): string
  /**
   * The lines that make GitHub Actions hide the secret in all that is printed later (`::add-mask::…`). They hold it:
   * print them first, and nowhere else.
   */
  masks(): string[]
}

/** A promise of the outcome: see the class. */
export interface Rollout<E = Event, O = Outcome> extends Promise<O> {}

/**
 * A rollout that was started: a promise of its outcome, and an iterable of its events, each given out once.
 *
 * Whoever starts it must look at its end: by `await`, or by reading its events to the end, which throws what the outcome throws. A
 * failure that nobody sees is an unhandled rejection, and the process lives until the rollout has ended; if `process.exit()` ends it
 * before, its status is 1, unless the rollout was cancelled by `cancel()`. Leaving the loop early stops the reading alone. The signal
 * stops the watching, never the deployment: the end is `cancelled`. So does the end of a block with `await using`; it throws the error
 * if nobody has looked.
 *
 * An error that is awaited is seen, unless Node reports that nobody handled it. An error that the program takes as a value is the
 * program's own to look at: from `Promise.allSettled`, or of a promise that loses a `Promise.race`.
 */
export class Rollout<E = Event, O = Outcome> implements AsyncIterable<E>, AsyncDisposable, Disposable {
  private constructor()
  /**
   * Waits for the end and says what it was. Always the same, whoever asks.
   *
   * Errors: Whatever kept the deployment from being live and complete.
   */
  outcome(): Promise<O>
  /**
   * Stops the watching; the end is `cancelled` unless it has come already. A deployment that has begun goes on, and so
   * does a task, unless `stop` says otherwise; a push or a build stops.
   */
  cancel(): void
  [Symbol.asyncIterator](): AsyncIterator<E, undefined>
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A connection to Amazon ECS in one account and region. Cheap to clone; nothing is called before it is used. */
export class Client {
  /** A client with settings of its own; what is not given comes from the environment. */
  constructor(settings?: ClientOptions)
  /**
   * Deploys a task definition to a service and watches it to the verdict (DescribeServices, DescribeTaskDefinition,
   * RegisterTaskDefinition, UpdateService, DescribeServices). Starts at once.
   *
   * Where AWS CodeDeploy deploys the service, the order goes there (GetDeploymentGroup, ListDeployments,
   * CreateDeployment, GetDeployment, GetDeploymentTarget), and the verdict is CodeDeploy's.
   *
   * An image given by the tag that runs already is compared by digest (DescribeServiceRevisions, ListTasks and
   * DescribeTasks; BatchGetImage, or the registry): a tag that names another image now is deployed anew.
   *
   * With `desired`, it is looked whether an autoscaler will take it back (DescribeScalableTargets).
   *
   * Nothing happens until the rollout is polled or spawned; nothing is written to AWS before every input has been
   * checked.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition`
   * (the definition changes); `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the
   * definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
   * `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision` (CodeDeploy
   * deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole` (`before`); `ecs:StopTask`
   * (`stop`); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment`
   * (`recover`, and CodeDeploy deploys the service).
   */
  deploy(options: Deployment, controls?: Controls): Rollout
  /**
   * Says what `deploy` would do with the same request at this moment, without writing anything (DescribeServices,
   * DescribeTaskDefinition).
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.
   *
   * Errors: What `deploy` would refuse.
   */
  plan(options: Deployment): Promise<Plan>
  /**
   * Watches a deployment that somebody else began, to the same verdict as one's own (DescribeServices). Writes nothing.
   * Starts at once.
   *
   * IAM actions: `ecs:DescribeServices`; `codedeploy:GetDeployment` (CodeDeploy deploys the service).
   */
  watch(options: Watch, controls?: Controls): Rollout
  /**
   * Goes back to what a service ran before, and watches that to the verdict: success is that it is live and complete
   * again. Starts at once.
   *
   * A deployment on its way is turned round (ContinueServiceDeployment, StopServiceDeployment; CodeDeploy's
   * StopDeployment); where that does not apply, the earlier definition is deployed (UpdateService, CreateDeployment).
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `iam:PassRole` (the
   * definition names roles, for each of them); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (a
   * deployment is on its way); `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`,
   * `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision`, `codedeploy:StopDeployment` (CodeDeploy
   * deploys the service).
   */
  rollback(options: Rollback, controls?: Controls): Rollout
  /**
   * Lets a deployment go on that waits at a hook (ContinueServiceDeployment, CodeDeploy's ContinueDeployment), and
   * watches it to the verdict. Starts at once.
   *
   * IAM actions: `ecs:DescribeServices`; `ecs:ContinueServiceDeployment` (a deployment in stages waits);
   * `codedeploy:ContinueDeployment`, `codedeploy:GetDeployment` (CodeDeploy deploys the service).
   */
  resume(options: Resume, controls?: Controls): Rollout
  /**
   * Deploys to many services and watches them with one poller: ten services a call (DescribeServices), one allowance of
   * calls. Starts at once.
   *
   * None of those that begin together is written to before all of them have been checked. The outcome is that of all:
   * the first bad end, or what each has come to in the order asked for.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition`
   * (the definition changes); `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the
   * definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
   * `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision` (CodeDeploy
   * deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole` (`before`); `ecs:StopTask`
   * (`stop`); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment`
   * (`recover`, and CodeDeploy deploys the service).
   */
  deployAll(options: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>
  /**
   * Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict
   * (DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource, and what `deploy` stands on;
   * for its findings ListTasks and DescribeTasks). Starts at once.
   *
   * Of a service that is there, only the members given are compared, and only those that differ are sent; what only
   * another service could be (launch type, scheduling strategy, role, deployment controller) is refused by name. Given
   * again after its process was killed, it joins its own deployment: no second service, no second revision.
   *
   * IAM actions: `ecs:CreateService` (the service is not there); `ecs:TagResource` (`settings.tags`);
   * `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition` (the
   * definition changes); `iam:PassRole` (the definition names roles, for each of them); `ecs:TagResource` (the
   * definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
   * `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision` (CodeDeploy
   * deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole` (`before`); `ecs:StopTask`
   * (`stop`); `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment`
   * (`recover`, and CodeDeploy deploys the service).
   */
  service(options?: Service, controls?: Controls): Rollout<Event, ServiceOutcome>
  /**
   * Scales a service as asked, and says how it stands (DescribeServices, DescribeScalableTargets,
   * DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget, PutScalingPolicy, DeleteScalingPolicy,
   * PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests` DescribeTargetGroups).
   *
   * Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing is
   * ever written. A write that is cut off is made up for when the same is asked for again: each one names what it sets.
   *
   * IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
   * `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
   * `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
   * `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
   * `memory`, `requests` or `policies`); `elasticloadbalancing:DescribeTargetGroups` (`requests` without `target`);
   * `application-autoscaling:PutScheduledAction` (`actions`); `application-autoscaling:DeleteScalingPolicy`,
   * `application-autoscaling:DeleteScheduledAction`, `application-autoscaling:DeregisterScalableTarget`,
   * `cloudwatch:DeleteAlarms` (`remove`, or `null` for a policy); `iam:CreateServiceLinkedRole` (the account has never
   * scaled a service).
   *
   * Errors: `invalid` before anything is written; `service_missing`, `service_inactive`, `cluster_missing`;
   * `unsupported` for a DAEMON, and for `requests` where CODE_DEPLOY deploys; `denied`, `credentials`, `throttled`,
   * `network`, `aws`.
   */
  scale(options: Scale): Promise<ScaleOutcome>
  /**
   * Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended
   * (RunTask, DescribeTasks, GetLogEvents; with a name ListTasks; DescribeServices, DescribeTaskDefinition and
   * RegisterTaskDefinition as for `deploy`; StopTask where that is asked for). Starts at once.
   *
   * Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no
   * room for any task is given again, up to five times within some 75 s. The error is `task_failed` with what ended how,
   * the causes and the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the
   * error names them.
   *
   * IAM actions: `ecs:DescribeTaskDefinition`, `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`;
   * `ecs:DescribeServices` (`service`); `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the
   * definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the new
   * revision); `ecs:StopTask` (`stop`); `ecs:TagResource` (`settings.tags`).
   */
  run(options?: Run, controls?: Controls): Rollout<Event, RunOutcome>
  /**
   * Registers a revision of a task definition, unless an equal one is the family's newest or was given by name
   * (DescribeTaskDefinition, RegisterTaskDefinition; DescribeServices with `service`). Nothing runs it.
   *
   * IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole`
   * (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the
   * new revision); `ecs:DescribeServices` (`service`).
   *
   * Errors: What `deploy` refuses of a definition: `invalid` with its findings, `container_missing`, `image_missing`,
   * `definition_missing`; and what AWS says.
   */
  register(options?: Register): Promise<RegisterOutcome>
  /**
   * Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is asked
   * for and leaves all else as it is (GetSchedule, CreateSchedule, UpdateSchedule). What is there as asked is not
   * written.
   *
   * A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API destination and a
   * connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection,
   * DescribeApiDestination, CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`:
   * DeleteSchedule; RemoveTargets, DeleteRule, DeleteApiDestination, DeleteConnection. A task looks at its service
   * (DescribeServices), a group at itself (GetScheduleGroup, CreateScheduleGroup).
   *
   * IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole` (target
   * `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup`,
   * `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices` (target `task` with `service`);
   * `events:DescribeRule`, `events:ListTargetsByRule`, `events:PutRule`, `events:PutTargets`, `events:RemoveTargets`,
   * `events:DescribeApiDestination`, `events:CreateApiDestination`, `events:UpdateApiDestination`,
   * `events:DescribeConnection`, `events:CreateConnection`, `events:UpdateConnection`, `secretsmanager:CreateSecret`,
   * `secretsmanager:UpdateSecret`, `iam:PassRole` (target `http`); `events:DeleteRule`, `events:DeleteApiDestination`,
   * `events:DeleteConnection`, `secretsmanager:DeleteSecret` (target `http`, and `remove`).
   *
   * Errors: `invalid` before anything is written; `service_missing`, `cluster_missing`, `denied`, `credentials`,
   * `throttled`, `network`, `aws`.
   */
  schedule(options: Schedule): Promise<ScheduleOutcome>
  /**
   * Fetches credentials for registries of ECR (ecr:GetAuthorizationToken, ecr-public:GetAuthorizationToken), and writes
   * them into Docker's configuration if asked. They are kept for the client's life, and fetched again before they
   * expire.
   *
   * IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
   * (public.ecr.aws).
   *
   * Errors: `invalid` for what is no registry of ECR or a configuration that cannot be read or written, `denied`,
   * `credentials`.
   */
  login(options?: Login): Promise<Credential[]>
  /**
   * Says what an image reference names: digest, platforms, size (ECR's DescribeImages and BatchGetImage; any other
   * registry's own API, anonymously or as Docker's configuration says).
   *
   * IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR).
   *
   * Errors: `image_missing` with the nearest tags, `invalid` for what is no reference, `denied`, `throttled`, `network`,
   * `timed_out`.
   */
  resolve(image: string | Lookup): Promise<ImageInfo>
  /**
   * Whether the registry has such an image. One call: ECR's BatchGetImage, or HEAD of the manifest.
   *
   * IAM actions: `ecr:BatchGetImage` (images in ECR).
   *
   * Errors: As of `resolve`, but for `image_missing`.
   */
  exists(image: string | Lookup): Promise<boolean>
  /**
   * Pushes an image from a file to a registry, without an engine: what the registry has already is not sent
   * (ecr:GetAuthorizationToken, BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload,
   * PutImage; with `create` also CreateRepository, GetLifecyclePolicy and PutLifecyclePolicy, with `scan`
   * DescribeImageScanFindings and StartImageScan). Starts at once.
   *
   * IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
   * `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`;
   * `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy` (`create`);
   * `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).
   *
   * Errors: At the end: `invalid` for a file that holds no whole image, `push_failed`, `denied`, `throttled`, `network`,
   * `timed_out`.
   */
  push(options: Push, controls?: Controls): Rollout<Event, PushOutcome>
  /**
   * Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does where `image` is given.
   * Nothing that is given is read by a shell. Of a builder that says a great deal, only the first of it is told. Starts
   * at once.
   *
   * IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
   * `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`;
   * `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy` (`create`);
   * `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).
   *
   * Errors: At the end: `unsupported` where no builder is installed, `invalid`, `push_failed` with the builder's last
   * lines, `timed_out`, and those of `push`.
   */
  build(options: Build, controls?: Controls): Rollout<Event, BuildOutcome>
  /**
   * Says who the calls are signed by (GetCallerIdentity, which needs no permission; no call of its own where a role is
   * assumed).
   *
   * Errors: `credentials`, `throttled`, `network`.
   */
  whoami(): Promise<Identity>
}

/**
 * Reads a file of variables in dotenv form, for `environment` of a container.
 *
 * Lines are `NAME=value`, with `export` in front or not; `#` begins a comment; values in double or single quotes may
 * have several lines; a quote within a value that has none around it is an error. A `$` is a `$`: nothing is
 * substituted, so that a password with one in it stays whole. The file has at most 8 MiB. A pipe is read to its end, for
 * 60 seconds at most; a folder or device is refused.
 *
 * Errors: `invalid` with the file's name and line where it cannot be read, is malformed or sets a variable twice.
 */
export function dotenv(path: string | URL): Record<string, string>

/** `Client.deploy` with a client of its own, and the environment's settings at the moment of the call. */
export function deploy(options: Deployment, controls?: Controls): Rollout

/** `Client.plan` with a client of its own, and the environment's settings at the moment of the call. */
export function plan(options: Deployment): Promise<Plan>

/** `Client.watch` with a client of its own, and the environment's settings at the moment of the call. */
export function watch(options: Watch, controls?: Controls): Rollout

/** `Client.rollback` with a client of its own, and the environment's settings at the moment of the call. */
export function rollback(options: Rollback, controls?: Controls): Rollout

/** `Client.resume` with a client of its own, and the environment's settings at the moment of the call. */
export function resume(options: Resume, controls?: Controls): Rollout

/** `Client.deployAll` with a client of its own, and the environment's settings at the moment of the call. */
export function deployAll(options: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>

/** `Client.service` with a client of its own, and the environment's settings at the moment of the call. */
export function service(options?: Service, controls?: Controls): Rollout<Event, ServiceOutcome>

/** `Client.scale` with a client of its own, and the environment's settings at the moment of the call. */
export function scale(options: Scale): Promise<ScaleOutcome>

/** `Client.run` with a client of its own, and the environment's settings at the moment of the call. */
export function run(options?: Run, controls?: Controls): Rollout<Event, RunOutcome>

/** `Client.register` with a client of its own, and the environment's settings at the moment of the call. */
export function register(options?: Register): Promise<RegisterOutcome>

/** `Client.schedule` with a client of its own, and the environment's settings at the moment of the call. */
export function schedule(options: Schedule): Promise<ScheduleOutcome>

/** `Client.login` with a client of its own, and the environment's settings at the moment of the call. */
export function login(options?: Login): Promise<Credential[]>

/** `Client.resolve` with a client of its own, and the environment's settings at the moment of the call. */
export function resolve(image: string | Lookup): Promise<ImageInfo>

/** `Client.exists` with a client of its own, and the environment's settings at the moment of the call. */
export function exists(image: string | Lookup): Promise<boolean>

/** `Client.push` with a client of its own, and the environment's settings at the moment of the call. */
export function push(options: Push, controls?: Controls): Rollout<Event, PushOutcome>

/** `Client.build` with a client of its own, and the environment's settings at the moment of the call. */
export function build(options: Build, controls?: Controls): Rollout<Event, BuildOutcome>

/** `Client.whoami` with a client of its own, and the environment's settings at the moment of the call. */
export function whoami(): Promise<Identity>
