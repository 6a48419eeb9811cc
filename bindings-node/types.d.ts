// Printed by tests/contract.rs. Do not edit.

import type { TaskDefinition } from './index.js'

/** The `detail` of an error with the code `aws`. */
export interface AwsDetail {
  /** The operation of AWS. */
  operation: string
  /** AWS's own error code. */
  name: string
  /** AWS's own text. */
  text: string
  /** The id to give to AWS support. */
  request?: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** What `build` is asked for. */
export interface Build {
  /** The folder that is built from. */
  context: string
  /** The Dockerfile. `Dockerfile` or `Containerfile` in `context`, unless given. */
  file?: string | null
  /** What it is to run on, as `os/architecture`. The builder's own, unless given. */
  platforms?: Array<string>
  /** Build arguments. They stay in the image's history: they are no place for secrets. */
  args?: Record<string, string>
  /** Files with secrets by their ids, as `RUN --mount=type=secret,id=…` sees them. */
  secrets?: Record<string, string>
  /** The stage to build. The last, unless given. */
  target?: string | null
  /** `docker`, `podman` or `buildah`, or a path to one. The first that is installed, unless given. */
  builder?: string | null
  /** Further options of that builder's `build`, passed as they are. */
  options?: Array<string>
  /** A folder for the OCI layout, which is not there yet. It is not kept, unless given. */
  layout?: string | null
  /** Where the image is pushed: `registry/repository:tag`. It is not pushed, unless given. */
  image?: string | null
  /** With `image`: further tags, as of `push`. */
  tags?: Array<string>
  /** With `image`: make ECR's repository, as of `push`. */
  create?: boolean
  /** With `image`: what ECR finds in it, as of `push`. */
  scan?: Scan | null
  /** Seconds after which it is given up, the push with it: the builder is ended then. */
  timeout?: number
}

/** What a build has come to. */
export interface BuildOutcome {
  /** The program that built it. */
  builder: string
  /** The image's digest: of the index where there are several platforms. */
  digest: string
  /** The OCI layout, where it is kept. */
  layout?: string
  /** What the push has come to, where it was pushed. */
  pushed?: PushOutcome
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
}

/** What the builder of an image says, without the values of build arguments and secrets. */
export interface BuildingEvent {
  type: 'building'
  /** One line. */
  text: string
}

/** The `detail` of an error with the code `cancelled`. */
export interface CancelledDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** One reason why tasks stopped, were never made, or are not well: from stopped tasks (DescribeTasks), service events (DescribeServices), targets (DescribeTargetHealth) and logs (GetLogEvents). */
export interface Cause {
  /** A word for the kind of cause. While pulling: `image_missing`, `platform_mismatch`, `registry_denied`, `registry_unreachable`, `registry_limit`, `disk_full`, `pull_failed`. Before a container runs: `secret_missing`, `secret_denied`, `environment_file`, `log_group_missing`, `log_denied`, `volume`, `network`, `cannot_start`, `dependency`. At its end: `exited`, `out_of_memory`, `killed`, `segmentation_fault`, `terminated`, `unhealthy`, `load_balancer_unhealthy`. Without a task: `capacity`, `placement`, `role`, `deadlock`, `start_throttled`, `throttled`. Of a one-off task: `stopped` by somebody, `interrupted` where its capacity was taken away. What is not known: `other`. */
  kind: string
  /** What happened, in one line, with its names; ECS's own words where nothing better is known. */
  summary: string
  /** What to do about it; absent where nothing is known. */
  advice?: string
  /** The ids of the tasks concerned, newest first; empty where none was made. */
  tasks: Array<string>
  /** The containers, as seen on the newest of the tasks that stopped; empty where none did. */
  containers: Array<StoppedContainer>
  /** The last lines of the failing container's log (at most 50, without colours), oldest first; empty where there is none or it may not be read. */
  log: Array<string>
}

/** One difference. */
export interface Change {
  /** Where: a JSON Pointer into the newer document; into the older one where the newer has no such place. */
  path: string
  /** The older value; absent where there was none. */
  before?: unknown
  /** The newer value; absent where there is none. */
  after?: unknown
}

/** Changes to a task definition. */
export interface Changes {
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole document. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the document, from these and then from the environment; one that is not set is an error. `$${` stands for `${` itself. Not given: texts stay as they are. */
  variables?: Record<string, string> | null
}

/** How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK. */
export interface ClientOptions {
  /** The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given. */
  region?: string | null
  /** The profile in the shared config files. `AWS_PROFILE`, unless given. */
  profile?: string | null
  /** The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given. With either, unless it is a host of AWS's, no registry is asked but those of this machine. */
  endpoint?: string | null
  /** The ARN of a role to assume before anything is called (AssumeRole; AssumeRoleWithWebIdentity with `oidc`). It is assumed anew before it expires, however long a wait takes. */
  role?: string | null
  /** ARNs of roles to assume on the way to `role`, in this order. */
  via?: Array<string>
  /** The session's name, as CloudTrail shows it: 2 to 64 of letters, digits and `_+=,.@-`. `ecs-rollout`, unless given. */
  session?: string | null
  /** Session tags for AssumeRole of `role` (it has to allow sts:TagSession). */
  tags?: Record<string, string>
  /** Whether the first of the roles is assumed with the ID token of a job of GitHub Actions (`permissions: id-token: write`), so that no secret of AWS need be stored. Unless given: where GitHub offers a token and neither `profile` nor the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_…) names other credentials. */
  oidc?: boolean | null
  /** For whom GitHub's token is, as the identity provider in IAM names it: `sts.amazonaws.com`, unless given; in China mostly `sts.amazonaws.com.cn`. */
  audience?: string | null
}

/** The `detail` of an error with the code `cluster_missing`. */
export interface ClusterMissingDetail {
  /** The cluster asked for. */
  cluster: string
  /** The region; absent where only an endpoint is known. */
  region?: string
  /** The account; absent where no ARN and no role names it. */
  account?: string
  /** The URL that was called in AWS's stead; absent where AWS itself was. */
  endpoint?: string
}

/** Where and how AWS CodeDeploy deploys the service (CreateDeployment). What is not given is what ECS's console would have made. */
export interface CodeDeploy {
  /** The application's name. `AppECS-<cluster>-<service>`, unless given: each of both names cut at 47 characters. Where CodeDeploy has none of that name, the one that the service was deployed with last. One that is not there is an error before anything is written (GetDeploymentGroup). */
  application?: string | null
  /** The deployment group's name. `DgpECS-<cluster>-<service>`, unless given, as for the application. One that deploys another service is an error. */
  group?: string | null
  /** The AppSpec: a document, or JSON or YAML text. The task definition's ARN is put into every target service, all else stays as it is, hooks and members that are not known here included; `recover` goes back without the hooks. Derived from the service's load balancer, platform version and capacity provider strategy, unless given. One that CodeDeploy would refuse is an error with its place. */
  appspec?: unknown
  /** The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. The group's, unless given. */
  config?: string | null
  /** A description of the deployment, at most 512 characters; above 256, which CodeDeploy documents, it is a warning. It says which task definition, unless given. */
  description?: string | null
}

/** HTTP's basic authentication (BASIC). */
export interface ConnectionBasic {
  /** The user's name. */
  user: string
  /** The password. */
  password: string
}

/** A header with a secret value (API_KEY). */
export interface ConnectionKey {
  /** The header's name, such as `x-api-key` or `Authorization`. */
  header: string
  /** Its value. */
  value: string
}

/** A key or a password: exactly one of the two. */
export interface ConnectionLogin {
  /** A header with a secret value. */
  key?: ConnectionKey | null
  /** HTTP's basic authentication. */
  basic?: ConnectionBasic | null
}

/** Changes to one container. Maps merge by name, `null` removes, `"*": null` first removes all that were there; lists replace. */
export interface ContainerChange {
  /** A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  image?: string | null
  /** Environment variables by name. */
  environment?: Record<string, string | null>
  /** Secrets by the name of their variable: the ARN, or the name of an SSM parameter, that holds the value. */
  secrets?: Record<string, string | null>
  /** ARNs of the environment files on S3, in order. They replace those there are. */
  files?: Array<string> | null
  /** Docker labels by name. */
  labels?: Record<string, string | null>
  /** The container's log configuration. */
  logging?: LoggingChange | null
  /** The command. It replaces the one there is. */
  command?: Array<string> | null
  /** The entry point. It replaces the one there is. */
  entrypoint?: Array<string> | null
  /** The user to run as: `user`, `user:group`, `uid` or `uid:gid`. */
  user?: string | null
  /** CPU units reserved for the container. */
  cpu?: number | null
  /** The container's hard memory limit, in MiB. */
  memory?: number | null
  /** Members of the container's `healthCheck`, in AWS's names; `null` removes one. */
  health?: Record<string, unknown> | null
}

/** The `detail` of an error with the code `container_missing`. */
export interface ContainerMissingDetail {
  /** The name asked for. */
  container: string
  /** The names there are. */
  known: Array<string>
  /** Where it stands in what was asked, such as `before[0].container`; absent where the name is the place. */
  place?: string
}

/** Seconds after a step of scaling before the next. */
export interface Cooldown {
  /** After tasks have been taken away. */
  in?: number | null
  /** After tasks have been added. */
  out?: number | null
}

/** The `detail` of an error with the code `credentials`. */
export interface CredentialsDetail {
  /** What was found, where it was looked for, and what to do. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** A task definition by name, or as a document. */
export type Definition = string | Record<string, unknown> | TaskDefinition

/** The `detail` of an error with the code `definition_missing`. */
export interface DefinitionMissingDetail {
  /** The family, `family:revision` or ARN asked for. */
  definition: string
  /** What ECS said. */
  text: string
}

/** The `detail` of an error with the code `denied`. */
export interface DeniedDetail {
  /** The operation of AWS. */
  operation: string
  /** What AWS said; it names the missing permission. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** What `deploy_all` is asked for: many services at once, watched by one poller. */
export interface DeployAll {
  /** What each service is asked for, in the order in which they begin. */
  services: Array<Deployment>
  /** How many are on their way at once. All, unless given. */
  parallel?: number | null
  /** Whether a failure keeps those from beginning that have not begun. What has begun goes on to its end. */
  stop?: boolean
}

/** What `deploy` is asked for. */
export interface Deployment {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment; one that is not set is an error. `$${` stands for `${` itself. Not given: texts stay as they are. */
  variables?: Record<string, string> | null
  /** Members of UpdateService, passed through as they are. */
  settings?: Record<string, unknown>
  /** How many tasks to run. Never sent unless given, so that an autoscaler keeps its hand. Given where one is set to take it back (DescribeScalableTargets), or where that is not to be seen, a warning says so. */
  desired?: number | null
  /** Begin a new deployment although nothing changed. */
  force?: boolean
  /** Replace tags by the digests they name now (ECR's BatchGetImage, or the registry). One that cannot be looked up is an error. */
  pin?: boolean
  /** Look that every ECR image exists and fits the platform before anything is written (BatchGetImage). Where that is not allowed or not answered, a warning says so; a server at an `endpoint` that does not know ECR is not asked for more. */
  verify?: boolean
  /** Watch to the verdict. False ends after the update. */
  wait?: boolean
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of one that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
  /** What to do on failure or time-out. */
  recover?: Recover
  /** How many tasks may stop, for causes that waiting does not cure, before the rollout counts as failed although nothing in ECS will ever say so: where the service has neither circuit breaker nor alarms. 0: never. Not given: as many as ECS's own circuit breaker would allow, half of the tasks asked for, at least 3 and at most 200. */
  failures?: number | null
  /** How to deploy where the service's deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment); an error for any other service. The end comes once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService). */
  codedeploy?: CodeDeploy | null
  /** Tasks that run to their end first, such as a migration, one after the other, with the definition that is deployed: after it is registered and before anything of the service is written (RunTask, DescribeTasks). One that fails is `task_failed`, and nothing is deployed; where nothing changes, none runs. Run again after its process was killed, one that goes on or has ended well is not run twice. Their time does not count to `timeout`. */
  before?: Array<OneOffTask>
}

/** Something that a rollout did or saw. */
export type Event =
  | StartedEvent
  | WarningEvent
  | RegisteredEvent
  | UpdatedEvent
  | ProgressEvent
  | StageEvent
  | PausedEvent
  | MessageEvent
  | StoppedEvent
  | TaskEvent
  | LogEvent
  | BuildingEvent
  | PushingEvent
  | RetryingEvent
  | SucceededEvent
  | FailedEvent

/** The `detail` of an error with the code `failed`. */
export interface FailedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** The end: the error that `outcome` raises. */
export interface FailedEvent {
  type: 'failed'
  /** The error's code. */
  code: string
  /** The error's text. */
  text: string
  /** The error's data. */
  detail: unknown
}

/** A rollout that did not end well: which, why, and what runs now. */
export interface Failure {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** Something about a task definition that is wrong or risky. */
export interface Finding {
  /** How grave it is. */
  level: Level
  /** The name of the rule. */
  rule: string
  /** Where: a JSON Pointer into the document. */
  path: string
  /** What is wrong. */
  text: string
  /** What to do about it. */
  advice: string
}

/** An event of one of many services. */
export interface FleetEvent {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** What was done or seen. The last one of each service is `succeeded` or `failed`, but where nobody waits for the verdict. */
  event: Event
}

/** What one of many services has come to. */
export interface FleetOutcome {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** What it has come to. */
  outcome: Outcome
}

/** The credentials of an endpoint. */
export type HttpConnection = string | ConnectionLogin | Record<string, unknown>

/** An endpoint that a rule calls (CreateConnection, CreateApiDestination). */
export interface HttpTarget {
  /** The address, with `https://`. */
  url: string
  /** GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS. */
  method?: string
  /** Headers. Secrets belong into `connection`: whoever may read the rule can read these. */
  headers?: Record<string, string>
  /** Parameters of the query. */
  query?: Record<string, string>
  /** The body: any JSON. EventBridge's own event, unless given. */
  body?: unknown
  /** The endpoint's credentials. */
  connection: HttpConnection
  /** Calls a second at most. */
  rate?: number | null
  /** Send the connection's secret again. It cannot be read back: without this it is sent when the connection is made, and when something else of it changes. */
  refresh?: boolean
}

/** Who the calls are signed by. */
export interface Identity {
  /** The account's twelve digits. */
  account: string
  /** The ARN of the user or of the role's session. */
  arn: string
  /** The unique id of the user, or the role's and the session's name after a colon. */
  user: string
}

/** What an image reference names at this moment. */
export interface ImageInfo {
  /** The reference with the digest in the tag's place: it names this very image for ever. */
  image: string
  /** The digest: of the index where there are several platforms. */
  digest: string
  /** The manifest's media type. */
  media: string
  /** What it runs on, as `os/architecture` with a variant where there are several. Empty where that is not known. */
  platforms: Array<string>
  /** What the registry keeps of it, in bytes, as far as it says. */
  size?: number
  /** When it was pushed, in seconds since 1970. ECR alone says it. */
  pushed?: number
}

/** The `detail` of an error with the code `image_missing`. */
export interface ImageMissingDetail {
  /** The container that would run it, where one would. */
  container?: string
  /** The whole image reference. */
  image: string
  /** Tags in the same repository that come nearest. */
  nearest: Array<string>
}

/** The `detail` of an error with the code `invalid`. */
export interface InvalidDetail {
  /** Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column. */
  path?: string
  /** What is wrong and what to do about it. */
  text: string
  /** All that is wrong with the task definition, where that is the reason; otherwise none. */
  findings: Array<Finding>
}

/** How far a rollout had come at the last look. What was never seen is absent. */
export interface LastSeen {
  /** ECS's `lastStatus` of a one-off task. */
  status?: string
  /** The stage of its strategy. */
  stage?: string
  /** Tasks that it is to run. */
  desired?: number
  /** Tasks that run. */
  running?: number
  /** Tasks that are starting. */
  pending?: number
  /** Tasks that failed in a row. */
  failed?: number
  /** What ECS said last about the service. */
  message?: string
}

/** How grave a finding is. */
export type Level = 'error' | 'warning'

/** A line of the log of a task that was started (GetLogEvents), as it comes: seconds after it was written. */
export interface LogEvent {
  type: 'log'
  /** The task's id. */
  task: string
  /** The container's name. */
  container: string
  /** One line, without colours. */
  text: string
  /** When it was written, in seconds since 1970. */
  at?: number
}

/** Changes to a container's log configuration. */
export interface LoggingChange {
  /** The log driver, such as `awslogs`. Needed where the container has no log configuration yet. */
  driver?: string | null
  /** Options of the driver by name. */
  options?: Record<string, string | null>
  /** Options whose values are secrets: the ARN, or the name of an SSM parameter, that holds the value. */
  secrets?: Record<string, string | null>
}

/** What `login` is asked for. */
export interface Login {
  /** The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. The caller's own in the client's region, unless given. */
  registries?: Array<string>
  /** Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs. */
  write?: boolean
}

/** What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`. */
export interface Lookup {
  /** The image's reference: `registry/repository:tag`, or with a digest. */
  image: string
  /** Seconds after which it is given up, however slowly the registry goes on answering. */
  timeout?: number
}

/** ECS's own words about the service. */
export interface MessageEvent {
  type: 'message'
  /** When ECS said it, in seconds since 1970. */
  at: number
  /** What it said. */
  text: string
}

/** The target of a schedule: exactly one of `lambda`, `task`, `call` and `http`. */
export interface NamedTarget {
  /** The ARN of a Lambda function, alias or version. It is called asynchronously, so that Lambda repeats a failure twice itself. */
  lambda?: string | null
  /** A task of ECS (RunTask). */
  task?: TaskTarget | null
  /** Any operation of AWS that does not only read, as `service:operation`, such as `ecs:updateService`. */
  call?: string | null
  /** An endpoint over HTTPS, by a rule of EventBridge and an API destination: no code, but UTC only, a public address, and an answer within 5 seconds. */
  http?: HttpTarget | null
  /** The input of `lambda` or `call`: any JSON. Scheduler fills in `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>`, in any of its texts. For a call AWS wants the members with a capital, such as `DesiredCount`. */
  input?: unknown
}

/** The `detail` of an error with the code `network`. */
export interface NetworkDetail {
  /** The operation of AWS. */
  operation: string
  /** The endpoint's URL where it was set by hand, otherwise the region's ECS. */
  endpoint: string
  /** What failed. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** A task that runs to its end: what of it is special, beside the task definition that it runs. */
export interface OneOffTask {
  /** The command of one container, instead of its own: `container`'s. */
  command?: Array<string> | null
  /** The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or the first essential one, for these two; and where none has another command, every essential container decides. */
  container?: string | null
  /** Variables of that container, beside or instead of those of the definition. */
  environment?: Record<string, string>
  /** AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters. */
  overrides?: Record<string, unknown>
  /** Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and launch type are the service's, unless given. */
  settings?: Record<string, unknown>
  /** How many tasks, 1 to 10. Each must end well. */
  count?: number
  /** Seconds after which it counts as failed. */
  timeout?: number
  /** Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count` not started. Otherwise they go on, and the error says which. */
  stop?: boolean
}

/** What a rollout has come to. */
export interface Outcome {
  /** Whether a deployment was begun or a setting changed; false where the service already ran as asked. */
  changed: boolean
  /** The ARN of the task definition that the service runs. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
  /** How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted. */
  calls: number
}

/** The deployment waits for a person or a program. */
export interface PausedEvent {
  type: 'paused'
  /** The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment. */
  stage: string
  /** The id of the hook to continue. */
  hook?: string
}

/** What `deploy` would do with the same request at this moment. Nothing has been written. */
export interface Plan {
  /** The service's name. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** Whether `deploy` would write anything to AWS. */
  changed: boolean
  /** What happens to the task definition. */
  definition: PlannedDefinition
  /** What changes in the service: `path` is a JSON Pointer into the input of UpdateService. Secrets are not shown. */
  settings: Array<Change>
  /** What ECS would take but you would regret; what it would refuse is an error instead. */
  findings: Array<Finding>
  /** The images that change. */
  images: Array<PlannedImage>
  /** The calls that write, in order. None: the service runs as asked already. */
  calls: Array<PlannedCall>
}

/** A call that writes. */
export interface PlannedCall {
  /** The operation of AWS. */
  operation: string
  /** Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment of one that is not registered yet. Secrets are not shown. */
  input?: unknown
}

/** What happens to the task definition. */
export interface PlannedDefinition {
  /** The ARN of the revision that the service runs now. */
  from?: string
  /** The ARN of the revision that it would run; absent where it would be registered first. */
  to?: string
  /** What changes from the one to the other. Values that are, or may be, secrets are not shown: `diff` of the definitions does. */
  changes: Array<Change>
}

/** An image that changes. */
export interface PlannedImage {
  /** The container's name. */
  container: string
  /** The image that it runs now; absent where there is no such container yet. */
  from?: string
  /** The image that it would run. */
  to: string
  /** The digest that the new image names now, where that was looked up. */
  digest?: string
}

/** The `detail` of an error with the code `platform_mismatch`. */
export interface PlatformMismatchDetail {
  /** The container that would run it. */
  container: string
  /** The whole image reference. */
  image: string
  /** The platform needed, as `os/architecture`. */
  wanted: string
  /** The platforms the image offers. */
  offered: Array<string>
}

/** How far the deployment is (DescribeServices). Told when a number changes. */
export interface ProgressEvent {
  type: 'progress'
  /** Tasks that the deployment is to run. */
  desired: number
  /** Tasks of the deployment that run. */
  running: number
  /** Tasks of the deployment that are starting. */
  pending: number
  /** Tasks of the deployment that failed in a row. */
  failed: number
  /** Tasks of earlier deployments that still run. */
  previous: number
  /** A measure for a progress bar, 0 to 100; 100 only at the end. */
  percent: number
}

/** What `push` is asked for. */
export interface Push {
  /** The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped. */
  path: string
  /** Where it goes: `registry/repository:tag`. */
  image: string
  /** Which image is meant where the file holds several: its name or tag there. */
  select?: string | null
  /** Repositories of the same registry that may have some of its layers already: they are not sent then. */
  mount?: Array<string>
  /** Make ECR's repository if it is not there. One that is there stays as it is. */
  create?: boolean
  /** With `create`: a tag, once given, names its image for ever. */
  immutable?: boolean
  /** Further tags that the image gets in the same repository. */
  tags?: Array<string>
  /** Wait for the vulnerabilities that ECR finds in it, and fail where they are too bad (DescribeImageScanFindings, StartImageScan). With `create`, the repository looks into each image that is pushed. */
  scan?: Scan | null
  /** With `create`: ECR's lifecycle policy, a document. A repository that has another keeps it, with a warning. */
  lifecycle?: unknown
  /** Seconds after which it is given up, the wait for a scan with it. What the registry has by then it keeps. */
  timeout?: number
}

/** The `detail` of an error with the code `push_failed`. */
export interface PushFailedDetail {
  /** The image reference. */
  image: string
  /** What the registry said. */
  text: string
}

/** What a push has come to. */
export interface PushOutcome {
  /** The image by its digest, fit for a task definition. */
  image: string
  /** The digest: of the index where there are several platforms. */
  digest: string
  /** Bytes that were sent. */
  sent: number
  /** Bytes that were there already. */
  skipped: number
  /** What ECR found in it, where it was waited for. */
  scanned?: Scanned
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
}

/** How far a push is, in bytes. Told as it changes, a few times a second. */
export interface PushingEvent {
  type: 'pushing'
  /** What has been sent. */
  sent: number
  /** What the registry had already. */
  skipped: number
  /** What the image is made of. */
  total: number
}

/** What to do when a rollout fails or runs out of time. */
export type Recover = 'leave' | 'rollback'

/** A way back after a rollout that failed or ran out of time. */
export interface Recovery {
  /** The ARN of the task definition that was gone back to. */
  definition: string
  /** The id of the deployment that went back; absent where none began. */
  deployment?: string
  /** What kept it from being live and complete again; absent where it is. */
  error?: string
}

/** What `register` is asked for: a revision of a task definition, and nothing that runs it. */
export interface Register {
  /** The cluster of `service`: its name or ARN. */
  cluster?: string
  /** The service whose definition is the base, where `definition` is not given: its name or ARN. */
  service?: string | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given. */
  definition?: Definition | null
  /** As for `deploy`. */
  images?: Record<string, string>
  /** As for `deploy`. */
  containers?: Record<string, ContainerChange>
  /** As for `deploy`. */
  patch?: Record<string, unknown> | null
  /** As for `deploy`. */
  variables?: Record<string, string> | null
  /** As for `deploy`. */
  pin?: boolean
  /** As for `deploy`. */
  verify?: boolean
  /** A new revision although an equal one is there. */
  force?: boolean
  /** Seconds from the start after which it is given up. */
  timeout?: number
  /** Say what would be written, and write nothing. */
  plan?: boolean
  /** As for `deploy`. */
  unknown?: Unknown
}

/** What `register` has come to. */
export interface RegisterOutcome {
  /** Whether a revision was made; false where an equal one was there. For a plan: whether one would be. */
  changed: boolean
  /** The ARN of the revision; absent in a plan that would make one. */
  definition?: string
  /** The ARN of the family's newest ACTIVE revision before; absent where there was none, or no need to look. */
  previous?: string
  /** What changes from that to this one. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
  /** What ECS would take but you would regret; what it would refuse is an error instead. */
  findings: Array<Finding>
  /** The calls that would write, in order; empty where it is no plan. */
  planned: Array<PlannedCall>
  /** How many calls to ECS it took, failed ones included. Looks at images are not counted. */
  calls: number
}

/** There is a revision of the task definition to deploy (RegisterTaskDefinition). */
export interface RegisteredEvent {
  type: 'registered'
  /** Its ARN. */
  definition: string
  /** Whether an equal revision was there already, so that none was made. */
  reused: boolean
}

/** What to remove. */
export type Remove = boolean | Array<string>

/** What `resume` is asked for: to let a deployment go on that waits at a hook. */
export interface Resume {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The id of the hook, as the event `paused` tells it. The one that waits, unless given. Where CodeDeploy deploys there is none to give. */
  hook?: string | null
  /** Watch to the verdict. False ends after the order. */
  wait?: boolean
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
}

/** A call to AWS failed in a way that passes, and is tried again. */
export interface RetryingEvent {
  type: 'retrying'
  /** The operation of AWS. */
  operation: string
  /** AWS's error code, or a word for what happened on the way. */
  code: string
  /** Seconds until the next attempt. */
  delay: number
}

/** What `rollback` is asked for: to go back to what ran before. */
export interface Rollback {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The task definition to go back to: a family, `family:revision` or an ARN. Unless given: a deployment on its way is turned round, otherwise the definition of the last complete deployment before the present one; where that is not told (ListServiceDeployments), the newest ACTIVE revision before the present one, with a warning. */
  to?: string | null
  /** Watch to the verdict. False ends after the order. */
  wait?: boolean
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** As for `deploy`. */
  failures?: number | null
}

/** The `detail` of an error with the code `rolled_back`. */
export interface RolledBackDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** Who makes the call. */
export type Route = 'scheduler' | 'rule'

/** What `run` is asked for: a task that runs to its end, such as a migration. */
export interface Run {
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The service that definition, network, launch type or capacity providers, and platform version are taken from, as far as they are not given: its name or ARN. */
  service?: string | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. What the service runs now, unless given. */
  definition?: Definition | null
  /** As for `deploy`. A definition that changes is registered, unless an equal revision is there. */
  images?: Record<string, string>
  /** As for `deploy`. */
  containers?: Record<string, ContainerChange>
  /** As for `deploy`. */
  patch?: Record<string, unknown> | null
  /** As for `deploy`. */
  variables?: Record<string, string> | null
  /** As for `deploy`. */
  pin?: boolean
  /** As for `deploy`. */
  verify?: boolean
  /** The command of one container, instead of its own: `container`'s. */
  command?: Array<string> | null
  /** The container that `command` and `environment` are for, and whose exit code decides. Unless given: the only one, or the first essential one, for these two; and where none has another command, every essential container decides. */
  container?: string | null
  /** Variables of that container, beside or instead of those of the definition. */
  environment?: Record<string, string>
  /** AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters. */
  overrides?: Record<string, unknown>
  /** Members of RunTask, passed through as they are: `networkConfiguration`, `launchType`, `group`, `tags`, … Network and launch type are the service's, unless given. */
  settings?: Record<string, unknown>
  /** How many tasks, 1 to 10. Each must end well. */
  count?: number
  /** An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means the same run: one that goes on or has ended well within about an hour is joined, and nothing is written; one that has failed is run again. One that ran another definition or with other overrides is an error that names what differs, as is a key that ends in nothing or in `None`, `undefined` or `null`. Default: a key of its own for each run. */
  key?: string | null
  /** Follow it to its end. False ends once it is started. */
  wait?: boolean
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** Whether the tasks are stopped (StopTask) where they are no longer waited for: cancelled, timed out, or some of `count` not started. Otherwise they go on, and the error says which. */
  stop?: boolean
  /** Say what would be written, and write nothing. */
  plan?: boolean
  /** As for `deploy`. */
  unknown?: Unknown
}

/** What a run has come to: every task has ended well, or is started where nobody waits. */
export interface RunOutcome {
  /** Whether tasks were started; false where a run of the same `key` was joined. For a plan: whether they would be. */
  changed: boolean
  /** The ARN of the task definition; absent in a plan where it would be registered first. */
  definition?: string
  /** The tasks. */
  tasks: Array<TaskOutcome>
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
  /** How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted. */
  calls: number
  /** The calls that would write, in order; empty where it is no plan. */
  planned: Array<PlannedCall>
  /** What changes in the task definition, from that which was given by name or is the service's. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
}

/** The options of `scale`: the range of a service, and what scales it. With the service alone it only reads. */
export interface Scale {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The fewest tasks. Needed, with `max`, for a service that is not scaled yet; a service outside of the range is moved into it at once. */
  min?: number | null
  /** The most tasks. */
  max?: number | null
  /** The CPU utilisation to keep to, in percent of what tasks reserve: the policy `<service>-cpu`. `null` removes it. */
  cpu?: number | null
  /** The same for memory: the policy `<service>-memory`. */
  memory?: number | null
  /** The requests a minute to keep each task to, as its Application Load Balancer counts them: the policy `<service>-requests`. `null` removes it. Not for a service that CODE_DEPLOY deploys. */
  requests?: number | null
  /** The target group whose requests count, by its ARN or name. Needed where the service has several. */
  target?: string | null
  /** Seconds after a step of scaling before the next, for `cpu`, `memory` and `requests`. Stays as it is unless given; AWS takes 300 for a new policy. */
  cooldown?: Cooldown | null
  /** Further policies: inputs of PutScalingPolicy. The members that name the service are filled in. One that exists under its name with the same meaning is not written again. */
  policies?: Array<Record<string, unknown>>
  /** Scheduled actions: inputs of PutScheduledAction, in the same way. `StartTime` and `EndTime` are seconds since 1970. */
  actions?: Array<Record<string, unknown>>
  /** Which scaling is suspended: all or none of it, or one by one. */
  suspended?: Suspend | null
  /** What to remove: `true` for all scaling of the service, otherwise the names of policies and scheduled actions. */
  remove?: Remove | null
  /** The ARN of the role that scales. AWS's service-linked role, unless given. */
  role?: string | null
  /** Write nothing; return what would be written. */
  plan?: boolean
}

/** How a service is scaled. */
export interface ScaleOutcome {
  /** Whether something was written; with `plan`, whether something would be. */
  changed: boolean
  /** The service's name. */
  service: string
  /** The fewest tasks; absent where the service is not scaled. */
  min?: number
  /** The most tasks; absent where the service is not scaled. */
  max?: number
  /** The service's desired count before anything was written. */
  desired: number
  /** The service's running count at that time. */
  running: number
  /** The scaling policies. */
  policies: Array<ScalingPolicy>
  /** The scheduled actions. */
  actions: Array<ScheduledAction>
  /** Which scaling is suspended. */
  suspended: Suspended
  /** What changed, or with `plan` would change: `/min`, `/max`, `/role`, `/suspended/in`, `/policies/NAME`, `/actions/NAME`. */
  changes: Array<Change>
  /** Warnings: what AWS takes, but is risky. */
  findings: Array<Finding>
  /** With `plan`, the calls that would write, in order; otherwise none. */
  planned: Array<PlannedCall>
  /** How many calls it took, failed ones included. */
  calls: number
}

/** A scaling policy. */
export interface ScalingPolicy {
  /** Its name. */
  name: string
  /** TargetTrackingScaling, StepScaling, PredictiveScaling, or a newer type of AWS. */
  type: string
  /** The target value, if it tracks one. */
  target?: number
  /** Its ARN; absent where it would be made first. */
  arn?: string
  /** The names of the CloudWatch alarms that AWS created for it. Do not edit them. */
  alarms: Array<string>
}

/** What is made of the vulnerabilities that ECR finds in an image. */
export interface Scan {
  /** The lowest severity that fails the push, once ECR has found something of it. Nothing does unless given: all is counted. */
  fail?: Severity | null
  /** How long to wait for what ECR finds, in seconds: 0 or more. */
  wait?: number
}

/** What ECR found in an image, over all its platforms. */
export interface Scanned {
  /** How many vulnerabilities there are by severity, as ECR names it in lower case. */
  counts: Record<string, number>
  /** The digests of those images that ECR has looked at. */
  images: Array<string>
}

/** The options of `schedule`. An option that is not given leaves the existing value. */
export interface Schedule {
  /** The schedule's name, in its group; for the route `rule` the name of the rule, its API destination and its connection. */
  name: string
  /** The schedule group. */
  group?: string
  /** Create the group where it is missing. */
  create?: boolean
  /** Who makes the call: EventBridge Scheduler, or a rule of EventBridge, as a target `http` needs it. Follows from the target, and is Scheduler without one. */
  route?: Route | null
  /** When: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` with six fields and SUN=1, or `at(2030-01-31T09:00:00)`. Needed for a new schedule. */
  expression?: string | null
  /** Take an expression with the five fields of Unix's cron, such as `0 9 * * 1-5`, and convert it. */
  convert?: boolean
  /** The IANA time zone that `cron` and `at` are in, daylight saving included. UTC where a new schedule has none. */
  timezone?: string | null
  /** The start: ISO 8601, without an offset in the `timezone` given and otherwise UTC, or seconds since 1970. A rate's first call. */
  start?: Timestamp | null
  /** The end, in the same form as `start`. */
  end?: Timestamp | null
  /** Within how many minutes of its time a call may be made, 1 to 1440; 0 at its time. */
  flexible?: number | null
  /** Whether calls are made. A new schedule makes them. */
  enabled?: boolean | null
  /** A description. */
  description?: string | null
  /** The target. Needed for a new schedule. */
  target?: ScheduleTarget | null
  /** The ARN of the role that makes the call: `scheduler.amazonaws.com` must be allowed to assume it, `events.amazonaws.com` for the route `rule`; and you to pass it (iam:PassRole). Needed for a new schedule. One that is not assumable yet is waited for. */
  role?: string | null
  /** The retry policy. */
  retry?: ScheduleRetry | null
  /** The ARN of the SQS queue that gets the calls that failed finally (DeadLetterConfig). */
  deadletter?: string | null
  /** Delete the schedule once its last call is made (ActionAfterCompletion). */
  once?: boolean | null
  /** Further members of CreateSchedule, or PutRule for the route `rule`, passed through as they are; `null` removes one, such as `{"EndDate": null}`. */
  settings?: Record<string, unknown>
  /** Delete the schedule (DeleteSchedule), or the rule with its targets and what this library created for it. A missing one is no error. Only `name`, `group`, `route` and the kind of `target` matter then. */
  remove?: boolean
  /** How many of the next times to show, at most 1000. */
  count?: number
  /** The deadline in seconds. */
  timeout?: number
  /** Write nothing; return what would be written. */
  plan?: boolean
}

/** The outcome of `schedule`, or with `plan` what it would be. */
export interface ScheduleOutcome {
  /** Whether anything was, or would be, written. */
  changed: boolean
  /** Whether the schedule is new. */
  created: boolean
  /** The ARN of the schedule or rule; absent where there is none. */
  arn?: string
  /** Who makes the call. */
  route: Route
  /** The expression in EventBridge's spelling; absent if there is no schedule. */
  expression?: string
  /** The time zone; absent if there is no schedule. */
  timezone?: string
  /** The next times, ISO 8601 with the offset; none where it is disabled. EventBridge calls within a minute of each, and within the window where the schedule is flexible. A rate's are reckoned from when the schedule was made, or begins. */
  next: Array<string>
  /** What changes: `path` is a JSON Pointer into the input of CreateSchedule or PutRule, a rule's target under `/Target`. Secrets are not shown. */
  changes: Array<Change>
  /** Warnings: what EventBridge takes, but is risky. */
  findings: Array<Finding>
  /** With `plan` the calls that would write, in order, otherwise none. Secrets are not shown. */
  planned: Array<PlannedCall>
  /** How many calls were made. */
  calls: number
}

/** The retry policy (RetryPolicy). */
export interface ScheduleRetry {
  /** The most retries, 0 to 185 (MaximumRetryAttempts). */
  attempts?: number | null
  /** The longest age of a call, in seconds, 60 to 86400 (MaximumEventAgeInSeconds). */
  age?: number | null
}

/** The target of a schedule. */
export type ScheduleTarget = NamedTarget | Record<string, unknown>

/** A scheduled action: a change of the range at a time. */
export interface ScheduledAction {
  /** Its name. */
  name: string
  /** When: `at(…)`, `rate(…)` or `cron(…)`. */
  schedule: string
  /** The time zone of the schedule; UTC where absent. */
  timezone?: string
  /** The fewest tasks from then on. */
  min?: number
  /** The most tasks from then on. */
  max?: number
  /** Its ARN; absent where it would be made first. */
  arn?: string
}

/** What `service` is asked for: a service that is there, is set as asked, and runs what is asked. */
export interface Service {
  /** The service: its name or ARN. May be left away where `settings` has `serviceName`. */
  service?: string | null
  /** The cluster: its name or ARN. That of `settings`, and then `"default"`, unless given. */
  cluster?: string | null
  /** The service as a document: members of CreateService and UpdateService, passed through as they are. It may hold `serviceName`, `cluster`, `taskDefinition` and `desiredCount`, so that one file says all; what an option says as well must be the same. Of a service that is there, only members that are given are compared, and only those that differ are sent. `null` is no change, as to ECS; an empty list removes. Tags are brought up to date key by key; tags that are not given stay. */
  settings?: Record<string, unknown>
  /** The task definition, as for `deploy`. A service that is not there yet needs one, here or as `taskDefinition`. */
  definition?: Definition | null
  /** As for `deploy`. */
  images?: Record<string, string>
  /** As for `deploy`. */
  containers?: Record<string, ContainerChange>
  /** As for `deploy`. */
  patch?: Record<string, unknown> | null
  /** As for `deploy`. */
  variables?: Record<string, string> | null
  /** How many tasks to run, whatever an autoscaler has made of it: always sent. `desiredCount` of `settings` is how many to create the service with; later it is sent only where no autoscaler has its hand on the number. A new REPLICA service needs one of the two: how many tasks are paid for is nothing to guess. */
  desired?: number | null
  /** As for `deploy`. */
  force?: boolean
  /** As for `deploy`. */
  pin?: boolean
  /** As for `deploy`. */
  verify?: boolean
  /** Watch to the verdict. False ends after the order. */
  wait?: boolean
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** As for `deploy`. */
  unknown?: Unknown
  /** As for `deploy`. A service that was just created has nothing to go back to. */
  recover?: Recover
  /** As for `deploy`. */
  failures?: number | null
  /** As for `deploy`. */
  codedeploy?: CodeDeploy | null
  /** As for `deploy`. Before a service that is not there, they run as its settings would have its tasks run. */
  before?: Array<OneOffTask>
  /** Write nothing, and say what would be written. */
  plan?: boolean
}

/** How one of many services has ended: with an outcome, or with an error. */
export interface ServiceEnd {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** Whether it was begun. False: another service failed before, and nothing was written to AWS for this one. */
  begun: boolean
  /** Its outcome; absent where it failed or was not begun. */
  outcome?: Outcome
  /** Its error; absent where it ended well. */
  error?: ServiceFailure
}

/** The error of one of many services. */
export interface ServiceFailure {
  /** The error's code. */
  code: string
  /** The error's text. */
  text: string
  /** The error's data. */
  detail: unknown
}

/** The `detail` of an error with the code `service_inactive`. */
export interface ServiceInactiveDetail {
  /** The service asked for. */
  service: string
  /** The cluster it is in. */
  cluster: string
  /** DRAINING or INACTIVE. */
  status: string
}

/** The `detail` of an error with the code `service_missing`. */
export interface ServiceMissingDetail {
  /** The service asked for. */
  service: string
  /** The cluster it was looked for in. */
  cluster: string
  /** The region; absent where only an endpoint is known. */
  region?: string
  /** The account; absent where no ARN and no role names it. */
  account?: string
  /** The URL that was called in AWS's stead; absent where AWS itself was. */
  endpoint?: string
}

/** What `service` has come to. */
export interface ServiceOutcome {
  /** Whether a deployment was begun or a setting changed; false where the service already ran as asked. */
  changed: boolean
  /** The ARN of the task definition that the service runs. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
  /** How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted. */
  calls: number
  /** Whether the service was not there before; with `plan`, whether it would be created. */
  created: boolean
  /** The service's ARN; absent where it is not there yet. */
  service?: string
  /** What changed, or with `plan` would change: `path` is a JSON Pointer into the input of CreateService or UpdateService; `/tags/KEY` is a tag, and `/taskDefinition` goes on into the definition. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
  /** What ECS takes but you would regret: of the definition, of the settings, and what keeps the service from surviving the loss of a task or of an availability zone. */
  findings: Array<Finding>
  /** With `plan`, the calls that would write, in order; otherwise none. Secrets are not shown. */
  planned: Array<PlannedCall>
}

/** How bad a vulnerability is, the worst first. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'informational'

/** The deployment has entered a stage of its strategy. */
export interface StageEvent {
  type: 'stage'
  /** ECS's name of the stage, or CodeDeploy's of its lifecycle event; TERMINATION_WAIT is its wait after the last one. */
  stage: string
}

/** The service has been found and can be deployed to, or a task can be run. Nothing is written yet. */
export interface StartedEvent {
  type: 'started'
  /** The service's name; empty for a task that is run without one. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, or CODE_DEPLOY; TASK where none is, and a task is run. */
  strategy: string
  /** The ARN of the task definition that the service runs now. */
  from?: string
}

/** How a container of a stopped task ended. */
export interface StoppedContainer {
  /** The container's name. */
  name: string
  /** Its exit code; absent where it never started. */
  exit?: number
  /** ECS's own words about it. */
  reason?: string
}

/** The `detail` of an error with the code `stopped`. */
export interface StoppedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** A task of this deployment stopped, and not because it was replaced (DescribeTasks). */
export interface StoppedEvent {
  type: 'stopped'
  /** The task's id. */
  task: string
  /** A word for the kind of cause, such as `image_missing`. */
  kind: string
  /** ECS's own words. */
  reason?: string
  /** How its containers ended. */
  containers: Array<StoppedContainer>
  /** The last lines of its log, oldest first. */
  log: Array<string>
}

/** The end: what was asked for is live and complete. */
export interface SucceededEvent {
  type: 'succeeded'
  /** Whether a deployment was begun or a setting changed; false where the service already ran as asked. */
  changed: boolean
  /** The ARN of the task definition that the service runs. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
  /** How many calls to ECS and the services beside it it took, failed ones included. Looks at images are not counted. */
  calls: number
}

/** The `detail` of an error with the code `superseded`. */
export interface SupersededDetail {
  /** The id of the deployment that took over. */
  by: string
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** Which scaling to suspend. */
export type Suspend = boolean | Suspending

/** Which scaling of a service is suspended. */
export interface Suspended {
  /** Taking tasks away. */
  in: boolean
  /** Adding tasks. */
  out: boolean
  /** Scheduled actions. */
  scheduled: boolean
}

/** Which scaling to suspend, one by one. */
export interface Suspending {
  /** Taking tasks away. */
  in?: boolean | null
  /** Adding tasks. */
  out?: boolean | null
  /** Scheduled actions. */
  scheduled?: boolean | null
}

/** A task that was started moves on (DescribeTasks). */
export interface TaskEvent {
  type: 'task'
  /** The task's id. */
  task: string
  /** ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED. */
  status: string
  /** HEALTHY or UNHEALTHY, where its containers have health checks that say so. */
  health?: string
}

/** The `detail` of an error with the code `task_failed`. */
export interface TaskFailedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** A task that was run. */
export interface TaskOutcome {
  /** Its ARN. */
  task: string
  /** ECS's `lastStatus`, as it was last seen. */
  status?: string
  /** ECS's `stopCode`; absent where it has not stopped. */
  stop?: string
  /** ECS's `stoppedReason`; absent where it has not stopped. */
  reason?: string
  /** Its containers: how each has ended, as far as it has. */
  containers: Array<StoppedContainer>
}

/** A task of ECS that a schedule starts (RunTask). */
export interface TaskTarget {
  /** The cluster: its name or ARN. */
  cluster: string
  /** A service whose network, launch type or capacity providers, platform version and family it takes (DescribeServices). */
  service?: string | null
  /** A family, `family:revision` or an ARN. A family runs the newest ACTIVE revision each time. The service's family, unless given. */
  definition?: string | null
  /** How many tasks, 1 to 10. */
  count?: number | null
  /** The container that `command` is for. */
  container?: string | null
  /** The command of `container`. */
  command?: Array<string> | null
  /** The `overrides` of RunTask, in ECS's spelling. */
  overrides?: Record<string, unknown> | null
  /** Further members of Scheduler's EcsParameters, as Scheduler spells them (`LaunchType`, `NetworkConfiguration`, …). */
  settings?: Record<string, unknown>
}

/** The `detail` of an error with the code `throttled`. */
export interface ThrottledDetail {
  /** The operation of AWS. */
  operation: string
  /** What AWS said. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** The `detail` of an error with the code `timed_out`. */
export interface TimedOutDetail {
  /** The time given, in seconds. */
  seconds: number
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent where none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to run. */
  definition?: string
  /** Why: in ECS's own words, or for a time-out what failed last; absent where neither is known. */
  reason?: string
  /** How far it had come when time ran out; absent otherwise. */
  last?: LastSeen
  /** Where the tasks stand in what was asked, such as `before[0]`; absent where they are all of it. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs, or goes back to, now. */
  restored?: string
  /** The tasks that were started, where it is about one-off tasks. */
  tasks?: Array<TaskOutcome>
  /** What came of going back, where `recover` asked for it and it was begun. */
  recovery?: Recovery
}

/** A moment: ISO 8601, or seconds since 1970. */
export type Timestamp = string | number

/** What to do with a member that is probably a misspelling of one that ECS has. */
export type Unknown = 'refuse' | 'allow'

/** The `detail` of an error with the code `unsupported`. */
export interface UnsupportedDetail {
  /** What, and what to do instead. */
  text: string
}

/** The order is taken (UpdateService, or CodeDeploy's CreateDeployment). From here on the verdict is about this deployment alone. */
export interface UpdatedEvent {
  type: 'updated'
  /** The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy. */
  deployment: string
  /** The ARN of the service deployment, where ECS tells it at once. */
  arn?: string
}

/** Something that does not stop a rollout but that a person should know. */
export interface Warning {
  /** A word for the kind of warning. */
  code: string
  /** What, and what to do. */
  text: string
}

/** Something that does not stop the rollout but that a person should know. */
export interface WarningEvent {
  type: 'warning'
  /** A word for the kind of warning. */
  code: string
  /** What, and what to do. */
  text: string
}

/** What `watch` is asked for: to watch a deployment that somebody else began. */
export interface Watch {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The id of the deployment, `ecs-svc/…`, or `d-…` where CodeDeploy deploys. The newest, unless given. */
  deployment?: string | null
  /** Seconds from the start after which the watching ends. A write that is on its way is never cut off: where its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** As for `deploy`. */
  failures?: number | null
}

/** The `detail` of an error, by its `code`. */
export interface ErrorDetails {
  /** What was asked for cannot be right; nothing has been written to AWS. */
  invalid: InvalidDetail
  /** The task definition has no container of that name. */
  container_missing: ContainerMissingDetail
  /** The registry has no such image. */
  image_missing: ImageMissingDetail
  /** The image was not built for the platform that the task definition asks for. */
  platform_mismatch: PlatformMismatchDetail
  /** There is no such task definition (family, revision or ARN), or it is INACTIVE. */
  definition_missing: DefinitionMissingDetail
  /** The cluster has no such service. */
  service_missing: ServiceMissingDetail
  /** The service is there but not ACTIVE: it is being deleted, or is deleted. */
  service_inactive: ServiceInactiveDetail
  /** There is no such cluster where the client calls. */
  cluster_missing: ClusterMissingDetail
  /** This cannot be done with a service of that kind, or not by this version; nothing has been written to AWS. */
  unsupported: UnsupportedDetail
  /** The caller's credentials lack a permission. */
  denied: DeniedDetail
  /** There are no credentials, or they are expired or not accepted. */
  credentials: CredentialsDetail
  /** AWS kept saying that requests come too fast. */
  throttled: ThrottledDetail
  /** The endpoint could not be reached, or broke off. */
  network: NetworkDetail
  /** Anything else that AWS refused, in its own words. */
  aws: AwsDetail
  /** ECS gave up on the deployment and did not go back. */
  failed: FailedDetail
  /** ECS gave up on the deployment and went, or is going, back to an earlier one. */
  rolled_back: RolledBackDetail
  /** Another deployment took the place of this one before it was complete. */
  superseded: SupersededDetail
  /** Somebody stopped the deployment. */
  stopped: StoppedDetail
  /** The deployment did not reach its end in the time given; ECS goes on with it. */
  timed_out: TimedOutDetail
  /** The watching was cancelled; a deployment that has begun goes on, all else stops. */
  cancelled: CancelledDetail
  /** A one-off task did not start, or ended with an exit code other than 0; before a deployment, nothing of that is written. */
  task_failed: TaskFailedDetail
  /** The registry did not take the image. */
  push_failed: PushFailedDetail
}

/** The `code` of an error. */
export type ErrorCode = keyof ErrorDetails
