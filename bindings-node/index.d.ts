/// <reference lib="esnext.disposable" />

import type {
  Build, BuildOutcome, Change, Changes, DeployAll, Deployment, ErrorCode, ErrorDetails, Event, Finding, Identity, Login, Lookup, ClientOptions, Outcome,
  Plan, Push, PushOutcome, RunOutcome, Register, RegisterOutcome, ImageInfo, Resume, Rollback, Run, Scale, ScaleOutcome, Schedule, ScheduleOutcome, Service, FleetEvent,
  FleetOutcome, ServiceOutcome, Watch,
} from './types.js'

export type * from './types.js'

/**
 * An ECS task definition in the form that can be registered.
 *
 * It is a JSON document from end to end: members unknown to this library and the order of members stay as they came.
 * The members that only ECS writes are left out, and `tags` beside a described definition are taken in.
 */
export class TaskDefinition {
  /**
   * Takes a document, an answer of DescribeTaskDefinition around one, or JSON or YAML text.
   * Throws `invalid` where it is no object or has no containers.
   */
  constructor(document: object | string)
  /**
   * Reads a file, JSON or YAML, of at most 8 MiB, 100,000 values and 1,000 containers. A pipe is read to its end, for 60 seconds
   * at most, in which nothing else runs; a folder or device is refused.
   * Throws `invalid` with the file's name, line and column where it cannot be read.
   */
  static load(path: string | URL): TaskDefinition
  /**
   * The definition with changes applied; this one stays as it is. Throws `container_missing` where a change names a
   * container that is not there, `invalid` where an image reference is malformed or a patch leaves no valid document.
   */
  render(changes?: Changes): TaskDefinition
  /** The document, as RegisterTaskDefinition takes it. */
  toDict(): Record<string, unknown>
  /** The document as indented JSON text. */
  toJson(): string
  /** The document, for `JSON.stringify`. */
  toJSON(): Record<string, unknown>
  /** The document as indented JSON text. */
  toString(): string
  /** What ECS would refuse, and what it would take but you would regret, all at once. */
  validate(): Finding[]
  /** What changes from this definition to `other`, after what ECS fills in by itself is set aside. */
  diff(other: TaskDefinition): Change[]
  /**
   * What changes from this definition to `other` as unified text, for people: empty where nothing does.
   *
   * Values that look like secrets are hidden; another value is hidden under another number. `color`: whether to
   * colour it; not given: where standard output is a terminal and `NO_COLOR` is not set.
   */
  diffText(other: TaskDefinition, color?: boolean): string
}

/** An error of this package with one `code`. */
export interface ErrorOf<C extends ErrorCode> extends Error {
  name: 'EcsRolloutError'
  /** Which error it is. */
  code: C
  /** Its data. */
  detail: ErrorDetails[C]
}

/** What every error of this package is. Its `code` says which: once that is compared, `detail` has the type that goes with it. */
export type EcsRolloutError = { [C in ErrorCode]: ErrorOf<C> }[ErrorCode]

export const EcsRolloutError: {
  new <C extends ErrorCode>(message: string, code: C, detail: ErrorDetails[C]): ErrorOf<C>
  readonly prototype: EcsRolloutError
}

/** A promise of the outcome: see the class. */
export interface Rollout<E = Event, O = Outcome> extends Promise<O> {}

/**
 * A rollout on its way: a promise of its outcome, and an iterable of its events, each given out once.
 *
 * Whoever begins it is to see how it ends: by `await`, or by reading its events to the end, which throws what the outcome
 * throws. A bad end that nobody sees is an unhandled rejection, and the process lives until the rollout has ended; where
 * `process.exit()` ends it before, its status is 1, unless the rollout was cancelled by `cancel()`. Leaving the
 * loop early stops the reading alone. The signal stops the watching, never the deployment: the end is `cancelled`. So does
 * the end of a block with `await using`; there, whoever has not looked gets the error thrown.
 *
 * An error that is awaited is seen, unless Node reports that nobody handled it. What the program takes as a value is its own to
 * look at: what `Promise.allSettled` gives, and the error of one that loses a `Promise.race`.
 */
export class Rollout<E = Event, O = Outcome> implements AsyncIterable<E>, AsyncDisposable, Disposable {
  private constructor()
  /**
   * Waits for the end and says what it was, as `await` does. Can be called at any time and again; it always says the same.
   * Rejects with the error that kept the deployment from being live and complete.
   */
  outcome(): Promise<O>
  /**
   * Stops the watching; the end is `cancelled` unless it has come already, and that is no unhandled rejection. A deployment that
   * has begun goes on, and so does a task, unless `stop` says otherwise; a push or a build stops.
   */
  cancel(): void
  [Symbol.asyncIterator](): AsyncIterator<E, undefined>
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}

/** What a registry lets one in with. Printing it shows no secret. */
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
  /** What GitHub Actions is to hide in all that is printed afterwards: one command a line, to be printed first. */
  masks(): string[]
}

/** How a call is controlled from outside. Anything else is refused. */
export interface Controls {
  /** Stops the watching when it is aborted. */
  signal?: AbortSignal | undefined
}

/** A connection to Amazon ECS in one account and region. Nothing is called before it is used. */
export class Client {
  /** Takes settings; what is not given comes from the environment. Throws `invalid` where one is unknown. */
  constructor(settings?: ClientOptions)
  /**
   * Deploys a task definition to a service and watches it to the verdict. Starts at once.
   *
   * Stands on DescribeServices, DescribeTaskDefinition, RegisterTaskDefinition and UpdateService. Nothing is written
   * to AWS before every input has been checked. Throws `invalid` where an option is unknown or of a wrong type.
   */
  deploy(options: Deployment, controls?: Controls): Rollout
  /**
   * Deploys to many services and watches them with one poller: ten services a call, one allowance of calls. Starts at once.
   *
   * None of those that begin together is written to before all of them have been checked. The outcome is that of all: it
   * rejects with the first bad end, or is what each has come to in the order asked for. Stands on what `deploy` stands on.
   */
  deployAll(options: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>
  /**
   * Gets in to registries of Amazon ECR: tokens are good for twelve hours and kept for the client's life.
   * Stands on GetAuthorizationToken. Rejects with `invalid` where a registry is none of ECR's, `denied`, `credentials`.
   */
  login(options?: Login): Promise<Credential[]>
  /**
   * Says what an image reference names: digest, platforms, size. Stands on ECR's BatchGetImage and DescribeImages, or the
   * registry's own API. Rejects with `image_missing` and the nearest tags, `invalid` for what is no reference, `timed_out`.
   */
  resolve(image: string | Lookup): Promise<ImageInfo>
  /** Whether the registry has such an image: one call. Rejects as `resolve` does, but for `image_missing`. */
  exists(image: string | Lookup): Promise<boolean>
  /**
   * Says who the calls are signed by. Stands on GetCallerIdentity, which needs no permission; no call of its own where a role
   * is assumed. Rejects with `credentials`, `throttled`, `network`.
   */
  whoami(): Promise<Identity>
  /**
   * Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does where `image` is given.
   *
   * Starts at once; cancelling stops the builder, as does the end of this process. Nothing that is given is read by a shell. The
   * outcome rejects with `unsupported` where no builder is installed, `invalid`, `push_failed` with the builder's last lines, and
   * what that of `push` rejects with.
   */
  build(options: Build, controls?: Controls): Rollout<Event, BuildOutcome>
  /**
   * Pushes an image from a file to a registry, without an engine. Starts at once; cancelling stops it.
   *
   * What the registry has already is not sent; the manifest goes last, so that nothing half-made has a name. Stands on
   * GetAuthorizationToken and the registry's own API (ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart,
   * CompleteLayerUpload, PutImage), with `create` on CreateRepository, GetLifecyclePolicy and PutLifecyclePolicy. The outcome
   * rejects with `invalid` for a file that holds no whole image, `push_failed`, `denied`, `throttled`, `network`, `timed_out`.
   */
  push(options: Push, controls?: Controls): Rollout<Event, PushOutcome>
  /**
   * Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict.
   *
   * Starts at once. Of a service that is there, only the members given are compared, and only those that differ are sent;
   * what only another service could be (launch type, scheduling strategy, role, deployment controller) is refused by name.
   * Given again after its process was killed, it joins its own deployment: no second service, no second revision. Stands on
   * DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource and what `deploy` stands on; for its
   * findings ListTasks and DescribeTasks. The outcome rejects with what that of `deploy` rejects with.
   */
  service(options: Service, controls?: Controls): Rollout<Event, ServiceOutcome>
  /**
   * Scales a service as asked, and says how it stands.
   *
   * Only what differs from what is there is written: asked for again, nothing is. With the service alone, nothing is ever
   * written. `null` for `cpu`, `memory` or `requests` removes that policy. Stands on DescribeServices and Application Auto
   * Scaling: DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions; RegisterScalableTarget,
   * PutScalingPolicy, DeleteScalingPolicy, PutScheduledAction, DeleteScheduledAction, DeregisterScalableTarget; for `requests`
   * DescribeTargetGroups. Rejects with `invalid` before anything is written, `service_missing`, `service_inactive`,
   * `cluster_missing`, `unsupported` for a DAEMON and for `requests` where CODE_DEPLOY deploys, `denied`, `credentials`,
   * `throttled`, `network`, `aws`.
   */
  scale(options: Scale): Promise<ScaleOutcome>
  /**
   * Watches a deployment that somebody else began, to the same verdict as one's own. Starts at once and writes nothing.
   * Stands on DescribeServices.
   */
  watch(options: Watch, controls?: Controls): Rollout
  /**
   * Goes back to what a service ran before, and watches that to the verdict. Starts at once.
   *
   * Success is that it is live and complete again. A deployment on its way is turned round; where that does not apply, the
   * earlier definition is deployed. Stands on ContinueServiceDeployment, StopServiceDeployment and UpdateService.
   */
  rollback(options: Rollback, controls?: Controls): Rollout
  /**
   * Lets a deployment go on that waits at a hook, and watches it to the verdict. Starts at once.
   * Stands on ContinueServiceDeployment.
   */
  resume(options: Resume, controls?: Controls): Rollout
  /**
   * Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended.
   * Starts at once.
   *
   * Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no room for
   * any task is given again, up to five times within some 75 s. The outcome rejects with `task_failed`: what ended how, the causes and
   * the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the error names them. Stands on
   * RunTask, DescribeTasks, GetLogEvents; with a name on ListTasks; on DescribeServices, DescribeTaskDefinition and
   * RegisterTaskDefinition as `deploy`; on StopTask where that is asked for.
   */
  run(options: Run, controls?: Controls): Rollout<Event, RunOutcome>
  /**
   * Registers a revision of a task definition, unless an equal one is the family's newest or was given by name. Nothing runs it.
   *
   * Stands on DescribeTaskDefinition and RegisterTaskDefinition, with `service` on DescribeServices. Rejects with what `deploy`
   * refuses of a definition (`invalid` with its findings, `container_missing`, `image_missing`, `definition_missing`), and with what AWS
   * says.
   */
  register(options: Register): Promise<RegisterOutcome>
  /**
   * Says what `deploy` would do with the same request at this moment, without writing anything.
   * Stands on DescribeServices and DescribeTaskDefinition. Rejects with what `deploy` would refuse.
   */
  plan(options: Deployment): Promise<Plan>
  /**
   * Has EventBridge make a call again and again, or once: creates the schedule of that name, or changes what is asked for and
   * leaves all else as it is. What is there as asked is not written.
   *
   * Stands on GetSchedule, CreateSchedule, UpdateSchedule, and GetScheduleGroup and CreateScheduleGroup for a group, DescribeServices
   * for a task. A target `http` takes the other route, since Scheduler calls no addresses: a rule, an API destination and a
   * connection (DescribeRule, ListTargetsByRule, DescribeConnection, CreateConnection, UpdateConnection, DescribeApiDestination,
   * CreateApiDestination, UpdateApiDestination, PutRule, PutTargets). With `remove`: DeleteSchedule; RemoveTargets, DeleteRule,
   * DeleteApiDestination, DeleteConnection. Rejects with `invalid` before anything is written, `service_missing`,
   * `cluster_missing`, `denied`, `credentials`, `throttled`, `network`, `aws`.
   */
  schedule(options: Schedule): Promise<ScheduleOutcome>
}

/**
 * Reads a file of variables in dotenv form, for `environment` of a container.
 *
 * Lines are `NAME=value`, with `export` in front or not; `#` begins a comment; values in double or single quotes may have
 * several lines; a quote within a value that has none around it is an error. A `$` is a `$`: nothing is substituted.
 * The file has at most 8 MiB. A pipe is read to its end, for 60 seconds at most, in which nothing else runs; a folder or device is
 * refused.
 *
 * Throws `invalid` with the file's name and line where it cannot be read, is malformed or sets a variable twice.
 */
export function dotenv(path: string | URL): Record<string, string>

/** `Client.plan` with a client of its own, and the environment's settings at the moment of the call. */
export function plan(options: Deployment): Promise<Plan>

/** `Client.deploy` with a client of its own, and the environment's settings at the moment of the call. */
export function deploy(options: Deployment, controls?: Controls): Rollout

/** `Client.schedule` with a client of its own, and the environment's settings at the moment of the call. */
export function schedule(options: Schedule): Promise<ScheduleOutcome>

/** `Client.service` with a client of its own, and the environment's settings at the moment of the call. */
export function service(options: Service, controls?: Controls): Rollout<Event, ServiceOutcome>

/** `Client.scale` with a client of its own, and the environment's settings at the moment of the call. */
export function scale(options: Scale): Promise<ScaleOutcome>

/** `Client.watch` with a client of its own, and the environment's settings at the moment of the call. */
export function watch(options: Watch, controls?: Controls): Rollout

/** `Client.rollback` with a client of its own, and the environment's settings at the moment of the call. */
export function rollback(options: Rollback, controls?: Controls): Rollout

/** `Client.run` with a client of its own, and the environment's settings at the moment of the call. */
export function run(options: Run, controls?: Controls): Rollout<Event, RunOutcome>

/** `Client.register` with a client of its own, and the environment's settings at the moment of the call. */
export function register(options: Register): Promise<RegisterOutcome>

/** `Client.resume` with a client of its own, and the environment's settings at the moment of the call. */
export function resume(options: Resume, controls?: Controls): Rollout

/** `Client.deployAll` with a client of its own, and the environment's settings at the moment of the call. */
export function deployAll(options: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>

/** `Client.build` with a client of its own, and the environment's settings at the moment of the call. */
export function build(options: Build, controls?: Controls): Rollout<Event, BuildOutcome>

/** `Client.push` with a client of its own, and the environment's settings at the moment of the call. */
export function push(options: Push, controls?: Controls): Rollout<Event, PushOutcome>

/** `Client.login` with a client of its own, and the environment's settings at the moment of the call. */
export function login(options?: Login): Promise<Credential[]>

/** `Client.resolve` with a client of its own, and the environment's settings at the moment of the call. */
export function resolve(image: string | Lookup): Promise<ImageInfo>

/** `Client.exists` with a client of its own, and the environment's settings at the moment of the call. */
export function exists(image: string | Lookup): Promise<boolean>

/** `Client.whoami` with a client of its own, and the environment's settings at the moment of the call. */
export function whoami(): Promise<Identity>
