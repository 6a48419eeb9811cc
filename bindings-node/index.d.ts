// Printed by tests/contract.rs. Do not edit.
/// <reference lib="esnext.disposable" />

import type {
  Build,
  BuildOutcome,
  Change,
  Changes,
  Check,
  CheckOutcome,
  ClientOptions,
  DeployAll,
  Deployment,
  Event,
  Explain,
  Explanation,
  Export,
  ExportOutcome,
  Finding,
  FleetEvent,
  FleetOutcome,
  FleetPlan,
  Identity,
  ImageInfo,
  Login,
  Logs,
  LogsOutcome,
  Lookup,
  Outcome,
  Plan,
  Policy,
  PolicyOutcome,
  Prune,
  PruneOutcome,
  Push,
  PushOutcome,
  Register,
  RegisterOutcome,
  Removal,
  RemovalOutcome,
  Resume,
  Revision,
  Revisions,
  Rollback,
  Run,
  RunOutcome,
  Scale,
  ScaleOutcome,
  Schedule,
  ScheduleOutcome,
  Service,
  ServiceOutcome,
  Status,
  StatusOutcome,
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
 * It is a JSON document from end to end: members unknown to this library, the order of members and the values of numbers
 * stay as they came. A number that 64 bits cannot hold exactly is refused with its place; a number may get another
 * spelling (`1.10` becomes `1.1`). The members that only ECS writes (`revision`, `status` and the like) are left out,
 * and `tags` beside a described definition are taken in, except AWS's own.
 */
export class TaskDefinition {
  /**
   * Makes a definition from a document: a task definition, or the answer of DescribeTaskDefinition with one in it.
   *
   * Errors: `invalid` where it is no object or has no containers.
   */
  constructor(document: object | string)
  /**
   * Reads a file, JSON or YAML. A file that ends in `.yaml` or `.yml` is YAML; any other is JSON if it begins with `{`
   * or `[`. It has at most 8 MiB, 100,000 values and 1,000 containers. A pipe is read to its end, for 60 seconds at
   * most; a folder or device is refused.
   *
   * Errors: `invalid` with the file's name, line and column where it cannot be read.
   */
  static load(path: string | URL): TaskDefinition
  /**
   * Returns the definition with changes applied; this one does not change.
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
  /** Finds all mistakes at once: what ECS would refuse (errors), and what it takes but is risky (warnings). */
  validate(): Finding[]
  /** Lists the changes from this definition to `other`. Defaults that ECS fills in are no change. */
  diff(other: TaskDefinition): Change[]
  /**
   * Shows the changes from this definition to `other` as unified text; empty if there are none.
   *
   * Values that look like secrets are replaced by numbers, the same number for the same value. `color`: whether to color
   * it; `undefined`: color it if standard output is a terminal and `NO_COLOR` is not set.
   */
  diffText(other: TaskDefinition, color?: boolean): string
}

/** Credentials for one registry. The password is shown only by `password`. */
export class Credential {
  private constructor()
  /** The registry's host. */
  readonly registry: string
  /** The user's name. */
  readonly user: string
  /** When it expires, in seconds since 1970. */
  readonly expires: number
  /** The file it was written to. */
  readonly file?: string
  /** Why other programs will not use what was written: a credential helper that Docker asks first. */
  readonly shadowed?: string
  /** The password. */
  password(): string
  /**
   * Lines that make GitHub Actions hide the secret in all later output (`::add-mask::…`). They contain the secret: print
   * them first, and write them nowhere else.
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
   * Waits for the end and returns the outcome. May be called at any time, and again: the answer stays the same.
   *
   * Errors: The error with which the rollout ended.
   */
  outcome(): Promise<O>
  /**
   * Ends the wait with `cancelled`, unless the rollout has ended already. A deployment that has begun goes on; so does a
   * task, without `stop`; a push or a build stops.
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
   * Deploys a task definition to a service, and watches the deployment until its end is known. Starts at once.
   *
   * Success means that the deployment which this call began, known by its id, is live and complete. Nothing is written
   * to AWS before all options have been checked. If the service already runs what is asked, nothing is written and the
   * outcome has `changed: false`. An image given by the tag that already runs is compared by digest: if the tag names
   * another image now, that image is deployed.
   *
   * If CodeDeploy deploys the service, the deployment is created there, and CodeDeploy decides how it ended. With
   * `desired`, there is a warning if an autoscaler sets the number of tasks.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition`
   * (the definition changes); `ecs:UpdateExpressGatewayService`, `ecs:RegisterTaskDefinition`,
   * `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`,
   * `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service whole); `iam:PassRole` (the definition names
   * roles, for each of them); `iam:PassRole` (`settings` name roles, for each of them); `ecs:TagResource` (the
   * definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
   * `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision` (CodeDeploy
   * deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or
   * `after`); `ecs:StopTask` (`stop`); `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`);
   * `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`,
   * and CodeDeploy deploys the service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus`
   * (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks`
   * (`variables` from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject`
   * (`variables` from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of
   * secrets).
   *
   * Errors: `invalid` for a wrong option or document, with its findings. `failed`, `rolled_back`, `superseded`,
   * `stopped`, `timed_out` or `cancelled` if the deployment does not become live and complete, with the causes.
   * `task_failed` if a task of `before` fails. `container_missing`, `image_missing`, `image_archived`, `image_refused`,
   * `platform_mismatch`, `definition_missing`, `service_missing`, `service_inactive`, `cluster_missing` and
   * `unsupported` before anything is written. `denied`, `credentials`, `throttled`, `network` and `aws` if AWS does not
   * answer as needed.
   */
  deploy(options: Deployment, controls?: Controls): Rollout
  /**
   * Returns what `deploy` would do with the same options now. Writes nothing.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
   * `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS
   * manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus`
   * (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks`
   * (`variables` from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject`
   * (`variables` from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of
   * secrets).
   *
   * Errors: Those of `deploy` that come before anything is written.
   */
  plan(options: Deployment): Promise<Plan>
  /**
   * Checks that a deployment with these options could start its tasks: the documents, the images, and all that they
   * refer to. Writes nothing, and reads no value of a secret or a parameter.
   *
   * Looked up are roles and whether ECS may assume them (iam:GetRole), secrets (DescribeSecret), parameters
   * (DescribeParameters), log groups (DescribeLogGroups), environment files (s3:HeadObject), target groups and their
   * type (DescribeTargetGroups), the cluster and its capacity providers (DescribeClusters), file systems and access
   * points of EFS (DescribeFileSystems, DescribeAccessPoints); several at once. What may not be looked at is a finding
   * of the level `skipped`, never an error.
   *
   * IAM actions: `ecs:DescribeServices` (`service`); `ecs:DescribeTaskDefinition` (a definition that is named, or the
   * service's); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images
   * in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of
   * stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of
   * Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).
   *
   * Errors: Those of `plan`; but what is wrong in the documents, or is missing, is a finding.
   */
  check(options?: Check): Promise<CheckOutcome>
  /**
   * Watches a deployment that somebody else began, until its end is known as in `deploy`. Writes nothing. Starts at
   * once.
   *
   * IAM actions: `ecs:DescribeServices`; `codedeploy:GetDeployment` (CodeDeploy deploys the service);
   * `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS
   * manages the service whole).
   *
   * Errors: Those of `deploy`.
   */
  watch(options: Watch, controls?: Controls): Rollout
  /**
   * Goes back to what a service ran before, and watches until that is live and complete again. Starts at once.
   *
   * A deployment in progress is turned back where ECS or CodeDeploy can do that. Otherwise the earlier task definition
   * is deployed.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`;
   * `ecs:UpdateExpressGatewayService`, `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`,
   * `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS
   * manages the service whole); `iam:PassRole` (the definition names roles, for each of them);
   * `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (a deployment is on its way);
   * `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
   * `codedeploy:RegisterApplicationRevision`, `codedeploy:StopDeployment` (CodeDeploy deploys the service);
   * `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in ECR).
   *
   * Errors: Those of `deploy`. `invalid` if no earlier task definition is known.
   */
  rollback(options: Rollback, controls?: Controls): Rollout
  /**
   * Lets a deployment go on that waits at a lifecycle hook, and watches it until its end is known. Starts at once.
   *
   * IAM actions: `ecs:DescribeServices`; `ecs:ContinueServiceDeployment` (a deployment in stages waits);
   * `codedeploy:ContinueDeployment`, `codedeploy:GetDeployment` (CodeDeploy deploys the service).
   *
   * Errors: Those of `deploy`. `invalid` if no deployment waits at a hook, or at another hook.
   */
  resume(options: Resume, controls?: Controls): Rollout
  /**
   * Deploys to many services at once, and watches them together: ten services with each call, and one rate limit for all
   * of an account and region. Starts at once.
   *
   * The services may come from a file, wait for each other (`needs`, `wave`), and be of several regions and accounts.
   * All options are checked before anything is written, and each service that waits for others is checked with AWS, too;
   * so are services that begin together. The outcome is a list in the order of the request.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`, `ecs:UpdateService`; `ecs:RegisterTaskDefinition`
   * (the definition changes); `ecs:UpdateExpressGatewayService`, `ecs:RegisterTaskDefinition`,
   * `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`,
   * `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service whole); `iam:PassRole` (the definition names
   * roles, for each of them); `iam:PassRole` (`settings` name roles, for each of them); `ecs:TagResource` (the
   * definition has tags, which are copied to the new revision); `codedeploy:CreateDeployment`,
   * `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`, `codedeploy:RegisterApplicationRevision` (CodeDeploy
   * deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or
   * `after`); `ecs:StopTask` (`stop`); `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`);
   * `ecs:StopServiceDeployment`, `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`,
   * and CodeDeploy deploys the service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus`
   * (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks`
   * (`variables` from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject`
   * (`variables` from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of
   * secrets); `sts:AssumeRole` (`role` of a service).
   *
   * Errors: `invalid` for wrong options, with all that is wrong in its findings. Otherwise the first failure, with how
   * the other services ended; each as of `deploy`. `failed` and `superseded` also for a service that does not stay live
   * for `bake` seconds, and `rolled_back` for one that was live and is taken back by `recover`.
   */
  deployAll(options?: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>
  /**
   * Returns what `deployAll` would do with the same options now: the plan of each service, in the order of the request.
   * Writes nothing.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`; `ecs:DescribeExpressGatewayService`,
   * `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS
   * manages the service whole); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus`
   * (`require`, with images in ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks`
   * (`variables` from outputs of stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject`
   * (`variables` from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of
   * secrets); `sts:AssumeRole` (`role` of a service).
   *
   * Errors: Those of `deployAll` that come before anything is written. If several services cannot be deployed, the error
   * is that of the first, and `services` in its detail has all of them.
   */
  planAll(options?: DeployAll): Promise<FleetPlan[]>
  /**
   * Creates a service, or changes it to what is asked, and watches the deployment until its end is known. Starts at
   * once.
   *
   * If the service exists, only the given members are compared, and only those that differ are sent. A member that only
   * a new service can have (launch type, scheduling strategy, role, deployment controller) is refused by name. If the
   * process was killed, the same call finds its own deployment again: it creates no second service and no second
   * revision.
   *
   * IAM actions: `ecs:CreateService` (the service is not there); `ecs:CreateExpressGatewayService`,
   * `ecs:RegisterTaskDefinition` (`express`, and the service is not there); `ecs:CreateCluster` (`express`, and there is
   * no cluster `default`, which ECS creates); `iam:PassRole` (`express` names roles, for each of them);
   * `ecs:TagResource` (`settings.tags` or `express.tags`); `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`,
   * `ecs:UpdateService`; `ecs:RegisterTaskDefinition` (the definition changes); `ecs:UpdateExpressGatewayService`,
   * `ecs:RegisterTaskDefinition`, `ecs:DescribeExpressGatewayService`, `ecs:ListServiceDeployments`,
   * `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (Express Mode: ECS manages the service whole);
   * `iam:PassRole` (the definition names roles, for each of them); `iam:PassRole` (`settings` name roles, for each of
   * them); `ecs:TagResource` (the definition has tags, which are copied to the new revision);
   * `codedeploy:CreateDeployment`, `codedeploy:GetDeployment`, `codedeploy:GetDeploymentConfig`,
   * `codedeploy:RegisterApplicationRevision` (CodeDeploy deploys the service); `ecs:RunTask`, `ecs:DescribeTasks`,
   * `ecs:ListTasks`, `iam:PassRole` (`before`, `at_pause` or `after`); `ecs:StopTask` (`stop`);
   * `ecs:ContinueServiceDeployment`, `ecs:StopServiceDeployment` (`at_pause`); `ecs:StopServiceDeployment`,
   * `ecs:ContinueServiceDeployment` (`recover`); `codedeploy:StopDeployment` (`recover`, and CodeDeploy deploys the
   * service); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in
   * ECR); `ssm:GetParameters` (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of
   * stacks); `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of
   * Terraform on S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).
   *
   * Errors: Those of `deploy`.
   */
  service(options?: Service, controls?: Controls): Rollout<Event, ServiceOutcome>
  /**
   * Sets how a service scales, and returns how it scales then.
   *
   * Only what differs is written: the same call a second time writes nothing, and with the service alone nothing is ever
   * written. If a write was cut off, the same call completes it. `null` for `cpu`, `memory` or `requests` removes that
   * policy.
   *
   * IAM actions: `ecs:DescribeServices`, `application-autoscaling:DescribeScalableTargets`,
   * `application-autoscaling:DescribeScalingPolicies`, `application-autoscaling:DescribeScheduledActions`;
   * `application-autoscaling:RegisterScalableTarget` (the range or `suspended` changes); `iam:PassRole` (`role`);
   * `application-autoscaling:PutScalingPolicy`, `cloudwatch:PutMetricAlarm`, `cloudwatch:DescribeAlarms` (`cpu`,
   * `memory`, `requests`, `cooldown`, `resolution` or `policies`); `elasticloadbalancing:DescribeTargetGroups`
   * (`requests` without `target`); `application-autoscaling:PutScheduledAction` (`actions`);
   * `application-autoscaling:DeleteScalingPolicy`, `application-autoscaling:DeleteScheduledAction`,
   * `application-autoscaling:DeregisterScalableTarget`, `cloudwatch:DeleteAlarms` (`remove`, or `null` for a policy);
   * `iam:CreateServiceLinkedRole` (the account has never scaled a service).
   *
   * Errors: `invalid` before anything is written. `service_missing`, `service_inactive` and `cluster_missing`.
   * `unsupported` for a DAEMON service, and for `requests` if CodeDeploy deploys the service. `denied`, `credentials`,
   * `throttled`, `network` and `aws`.
   */
  scale(options: Scale): Promise<ScaleOutcome>
  /**
   * Reports what a service runs and since when, how its tasks are, which deployment is in progress, how the last ones
   * ended, and ECS's last events. Writes nothing.
   *
   * Only the service itself must be readable (DescribeServices). What else may not be read is a warning in the outcome.
   *
   * IAM actions: `ecs:DescribeServices`.
   *
   * Errors: `service_missing` and `cluster_missing`. `invalid`, `denied`, `credentials`, `throttled`, `network` and
   * `aws`.
   */
  status(options: Status): Promise<StatusOutcome>
  /**
   * Explains why an earlier deployment failed, from its record, ECS's events, the tasks that stopped, and logs. Says in
   * `missing` what is gone: ECS keeps stopped tasks for about an hour, 100 events of a service, and records for 90 days.
   * Writes nothing.
   *
   * IAM actions: `ecs:DescribeServices`.
   *
   * Errors: `service_missing` and `cluster_missing`. `invalid` if there is no such deployment, or none at all.
   * `unsupported` if CodeDeploy deploys the service. `denied`, `credentials`, `throttled`, `network` and `aws`.
   */
  explain(options?: Explain): Promise<Explanation>
  /**
   * Reports the lines of all containers of a service's tasks, or of one task, as events `log`: those of the last time,
   * and with `follow` those that come. Each event names task, container and time. Starts at once.
   *
   * Lines are read where the log driver awslogs has put them (GetLogEvents, or with `filter` FilterLogEvents). A
   * container whose lines go elsewhere is a warning. A cancelled wait ends with `cancelled`.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:ListTasks` (`service`); `ecs:DescribeTasks`, `ecs:DescribeTaskDefinition`;
   * `logs:GetLogEvents` (no `filter`); `logs:FilterLogEvents` (`filter`).
   *
   * Errors: `service_missing`, `cluster_missing` and `container_missing`. `cancelled`. `invalid`, `denied`,
   * `credentials`, `throttled`, `network` and `aws`.
   */
  logs(options?: Logs, controls?: Controls): Rollout<Event, LogsOutcome>
  /**
   * Exports what a service runs as documents that `deploy`, `service` and `scale` take, and that they plan as no change:
   * the task definition, the service with its tags, and its scaling. Writes nothing to AWS, and files only with
   * `folder`.
   *
   * IAM actions: `ecs:DescribeServices`, `ecs:DescribeTaskDefinition`.
   *
   * Errors: `service_missing`, `service_inactive` and `cluster_missing`. `unsupported` for a service that ECS manages as
   * a whole, and for one without a task definition. `invalid`, `denied`, `credentials`, `throttled`, `network` and
   * `aws`.
   */
  export(options: Export): Promise<ExportOutcome>
  /**
   * Lists the revisions of a task definition, newest first, each with its status, its images, and when and by whom it
   * was registered. Writes nothing.
   *
   * IAM actions: `ecs:DescribeTaskDefinition`, `ecs:ListTaskDefinitions`.
   *
   * Errors: `definition_missing` if the family has no revision of that status. `invalid`, `denied`, `credentials`,
   * `throttled`, `network` and `aws`.
   */
  revisions(options: Revisions): Promise<Revision[]>
  /**
   * Deregisters old revisions of a task definition, beyond the newest `keep`. None goes that a service, a deployment in
   * progress, a task that runs, or a schedule or rule of EventBridge uses, in any cluster of the client's account and
   * region.
   *
   * A deregistered revision can no longer be run or deployed; `revisions` still shows it. What else may name a revision,
   * such as a state machine or a pipeline, is not looked at. What may not be looked at is the error `denied`, and
   * nothing is deregistered. If a call was cut off, the same call completes it.
   *
   * IAM actions: `ecs:ListTaskDefinitions`; `ecs:ListClusters`, `ecs:ListServices`, `ecs:DescribeServices`,
   * `ecs:ListTasks`, `ecs:DescribeTasks`, `scheduler:ListSchedules`, `scheduler:GetSchedule`, `events:ListEventBuses`,
   * `events:ListRuleNamesByTarget`, `events:ListTargetsByRule` (there are more revisions than `keep`);
   * `ecs:ListServiceDeployments`, `ecs:DescribeServiceDeployments`, `ecs:DescribeServiceRevisions` (a deployment of the
   * family is in progress); `ecs:DeregisterTaskDefinition` (revisions go).
   *
   * Errors: `definition_missing` if the family has no ACTIVE revision. `invalid`, `unsupported`, `denied`,
   * `credentials`, `throttled`, `network` and `aws`.
   */
  prune(options: Prune): Promise<PruneOutcome>
  /**
   * Removes a service: its scalable target with policies and scheduled actions, then its tasks, which drain, then the
   * service itself. Ends once it is gone. A service that is gone already is `changed: false`. Task definitions, load
   * balancers and log groups stay. Starts at once.
   *
   * If it is cancelled or times out, what was written stays written, and the same call goes on.
   *
   * IAM actions: `ecs:DescribeServices`; `ecs:UpdateService`, `ecs:DeleteService` (the service is there).
   *
   * Errors: `unsupported` for a service that ECS manages as a whole (Express Mode), and for one whose task sets another
   * controller keeps. `invalid` while CodeDeploy deploys. `cluster_missing`, `timed_out` and `cancelled`. `denied`,
   * `credentials`, `throttled`, `network` and `aws`.
   */
  remove(options: Removal, controls?: Controls): Rollout<Event, RemovalOutcome>
  /**
   * Runs a task to its end, such as a migration, and reports the lines of its log and how it ended. Starts at once.
   *
   * Success means that every task has stopped and that the main container of each exited with code 0. If there is no
   * room for any task, the call is repeated up to five times within about 75 seconds. If it is cancelled or times out,
   * the tasks go on unless `stop` is set, and the error names them.
   *
   * IAM actions: `ecs:DescribeTaskDefinition`, `ecs:RunTask`, `ecs:DescribeTasks`, `ecs:ListTasks`;
   * `ecs:DescribeServices` (`service`); `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole` (the
   * definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the new
   * revision); `ecs:StopTask` (`stop`); `ecs:TagResource` (`settings.tags` or `express.tags`); `ecr:BatchGetImage`,
   * `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in ECR); `ssm:GetParameters`
   * (`variables` from SSM); `cloudformation:DescribeStacks` (`variables` from outputs of stacks);
   * `cloudformation:ListExports` (`variables` from exports); `s3:GetObject` (`variables` from a state of Terraform on
   * S3); `secretsmanager:DescribeSecret` (`variables` that are ARNs of secrets).
   *
   * Errors: `task_failed` with the exit codes, the causes and the last lines of the log. `timed_out` and `cancelled`.
   * Those of `deploy` that come before anything is written.
   */
  run(options?: Run, controls?: Controls): Rollout<Event, RunOutcome>
  /**
   * Registers a revision of a task definition, and does not run it. If the family's newest revision, or the one given by
   * name, is equal, that one is used.
   *
   * IAM actions: `ecs:DescribeTaskDefinition`; `ecs:RegisterTaskDefinition` (the definition changes); `iam:PassRole`
   * (the definition names roles, for each of them); `ecs:TagResource` (the definition has tags, which are copied to the
   * new revision); `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with
   * images in ECR); `ecs:DescribeServices` (`service`); `ssm:GetParameters` (`variables` from SSM);
   * `cloudformation:DescribeStacks` (`variables` from outputs of stacks); `cloudformation:ListExports` (`variables` from
   * exports); `s3:GetObject` (`variables` from a state of Terraform on S3); `secretsmanager:DescribeSecret` (`variables`
   * that are ARNs of secrets).
   *
   * Errors: Those of `deploy` about a task definition: `invalid` with its findings, `container_missing`,
   * `image_missing`, `image_archived`, `definition_missing`. `denied`, `credentials`, `throttled`, `network` and `aws`.
   */
  register(options?: Register): Promise<RegisterOutcome>
  /**
   * Creates or changes a schedule of EventBridge, which calls a target periodically or once. Options that are not given
   * stay as they are. What exists as requested is not written.
   *
   * A target `lambda`, `task` or `call` becomes a schedule of EventBridge Scheduler. Scheduler cannot call a URL: a
   * target `http` becomes a rule with an API destination and a connection. `remove` deletes all of them.
   *
   * IAM actions: `scheduler:GetSchedule`, `scheduler:CreateSchedule`, `scheduler:UpdateSchedule`, `iam:PassRole` (target
   * `lambda`, `task` or `call`); `scheduler:DeleteSchedule` (`remove`); `scheduler:GetScheduleGroup` (a group other than
   * `default`); `scheduler:CreateScheduleGroup` (`create` with a group); `ecs:DescribeServices` (target `task` with
   * `service`); `events:DescribeRule`, `events:ListTargetsByRule`, `events:RemoveTargets`,
   * `events:DescribeApiDestination`, `events:DescribeConnection`, `events:PutRule`, `events:PutTargets`,
   * `events:CreateApiDestination`, `events:UpdateApiDestination`, `events:CreateConnection`, `events:UpdateConnection`,
   * `secretsmanager:CreateSecret`, `secretsmanager:UpdateSecret`, `iam:PassRole` (target `http`); `events:DeleteRule`,
   * `events:DeleteApiDestination`, `events:DeleteConnection`, `secretsmanager:DeleteSecret` (target `http`, and
   * `remove`).
   *
   * Errors: `invalid` before anything is written. `service_missing`, `cluster_missing`, `denied`, `credentials`,
   * `throttled`, `network` and `aws`.
   */
  schedule(options: Schedule): Promise<ScheduleOutcome>
  /**
   * Gets credentials for registries of Amazon ECR, and writes them into Docker's configuration if asked. The client
   * keeps them, and gets new ones before they expire after twelve hours.
   *
   * IAM actions: `ecr:GetAuthorizationToken`; `ecr-public:GetAuthorizationToken`, `sts:GetServiceBearerToken`
   * (public.ecr.aws).
   *
   * Errors: `invalid` for what is no registry of ECR, or for a configuration that cannot be read or written. `denied`,
   * `credentials`, `throttled` and `network`.
   */
  login(options?: Login): Promise<Credential[]>
  /**
   * Returns what an image reference names: digest, platforms and size. It asks ECR, or the API of any other registry
   * with the credentials of Docker's configuration or none.
   *
   * IAM actions: `ecr:BatchGetImage`, `ecr:DescribeImages`, `ecr:GetDownloadUrlForLayer` (images in ECR);
   * `ecr:BatchGetImage`, `ecr:ListImageReferrers`, `ecr:DescribeImageSigningStatus` (`require`, with images in ECR).
   *
   * Errors: `image_missing` with the nearest tags. `image_archived` for an image in ECR's archive. `image_refused` for
   * one that lacks what `require` asks for. `invalid` for what is no reference. `denied`, `throttled` and `network`.
   * `timed_out` after `timeout` seconds, however slowly the registry goes on answering.
   */
  resolve(image: string | Lookup): Promise<ImageInfo>
  /**
   * Returns whether a registry has an image that can be pulled, with one call. An image in ECR's archive is none:
   * `resolve` tells it apart, and a push restores it.
   *
   * IAM actions: `ecr:BatchGetImage` (images in ECR).
   *
   * Errors: Those of `resolve`, without `image_missing` and `image_archived`.
   */
  exists(image: string | Lookup): Promise<boolean>
  /**
   * Pushes an image from a file to a registry, without Docker. Cancelling stops it. Starts at once.
   *
   * What the registry already has is not sent. The manifest is sent last, so that no tag ever names an incomplete image.
   *
   * IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
   * `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`;
   * `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy` (`create`);
   * `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).
   *
   * Errors: `invalid` for a file that holds no whole image. `push_failed`, `denied`, `throttled`, `network` and
   * `timed_out`.
   */
  push(options: Push, controls?: Controls): Rollout<Event, PushOutcome>
  /**
   * Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as `push` does if `image` is given.
   * Cancelling stops the builder, and so does the end of this process. Starts at once.
   *
   * No shell reads what is given. If the builder writes very much, only the first part becomes events.
   *
   * IAM actions: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`,
   * `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`;
   * `ecr:CreateRepository`, `ecr:GetLifecyclePolicy`, `ecr:PutLifecyclePolicy` (`create`);
   * `ecr:DescribeImageScanFindings`, `ecr:StartImageScan` (`scan`).
   *
   * Errors: `unsupported` if no builder is installed. `invalid`. `push_failed` with the builder's last lines.
   * `timed_out`, and those of `push`.
   */
  build(options: Build, controls?: Controls): Rollout<Event, BuildOutcome>
  /**
   * Returns the account and the user or role that sign the calls (GetCallerIdentity, which needs no permission).
   *
   * Errors: `credentials`, `throttled` and `network`.
   */
  whoami(): Promise<Identity>
  /**
   * Returns the least IAM policy for a verb or a request, with resources and conditions: what it needs, and apart from
   * that what it can do without. With `trust`, the trust policy for the jobs of a CI system as well. No call is made.
   *
   * Errors: `invalid` for an unknown verb, or options that the verb does not have.
   */
  policy(options: Policy): Promise<PolicyOutcome>
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

/** `Client.check` with a client of its own, and the environment's settings at the moment of the call. */
export function check(options?: Check): Promise<CheckOutcome>

/** `Client.watch` with a client of its own, and the environment's settings at the moment of the call. */
export function watch(options: Watch, controls?: Controls): Rollout

/** `Client.rollback` with a client of its own, and the environment's settings at the moment of the call. */
export function rollback(options: Rollback, controls?: Controls): Rollout

/** `Client.resume` with a client of its own, and the environment's settings at the moment of the call. */
export function resume(options: Resume, controls?: Controls): Rollout

/** `Client.deployAll` with a client of its own, and the environment's settings at the moment of the call. */
export function deployAll(options?: DeployAll, controls?: Controls): Rollout<FleetEvent, FleetOutcome[]>

/** `Client.planAll` with a client of its own, and the environment's settings at the moment of the call. */
export function planAll(options?: DeployAll): Promise<FleetPlan[]>

/** `Client.service` with a client of its own, and the environment's settings at the moment of the call. */
export function service(options?: Service, controls?: Controls): Rollout<Event, ServiceOutcome>

/** `Client.scale` with a client of its own, and the environment's settings at the moment of the call. */
export function scale(options: Scale): Promise<ScaleOutcome>

/** `Client.status` with a client of its own, and the environment's settings at the moment of the call. */
export function status(options: Status): Promise<StatusOutcome>

/** `Client.explain` with a client of its own, and the environment's settings at the moment of the call. */
export function explain(options?: Explain): Promise<Explanation>

/** `Client.logs` with a client of its own, and the environment's settings at the moment of the call. */
export function logs(options?: Logs, controls?: Controls): Rollout<Event, LogsOutcome>

/** `Client.export` with a client of its own, and the environment's settings at the moment of the call. */
declare function export_(options: Export): Promise<ExportOutcome>
export { export_ as export }

/** `Client.revisions` with a client of its own, and the environment's settings at the moment of the call. */
export function revisions(options: Revisions): Promise<Revision[]>

/** `Client.prune` with a client of its own, and the environment's settings at the moment of the call. */
export function prune(options: Prune): Promise<PruneOutcome>

/** `Client.remove` with a client of its own, and the environment's settings at the moment of the call. */
export function remove(options: Removal, controls?: Controls): Rollout<Event, RemovalOutcome>

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

/** `Client.policy` with a client of its own, and the environment's settings at the moment of the call. */
export function policy(options: Policy): Promise<PolicyOutcome>
