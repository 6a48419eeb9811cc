// Printed by tests/contract.rs. Do not edit.

import type { TaskDefinition } from './index.js'

/** The `detail` of an error with the code `aws`. */
export interface AwsDetail {
  /** The AWS operation. */
  operation: string
  /** AWS's own error code. */
  name: string
  /** AWS's own text. */
  text: string
  /** The id to give to AWS support. */
  request?: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** The service is live, and is watched for so many seconds more before the rollout goes on: `bake` of `deploy_all`. */
export interface BakingEvent {
  type: 'baking'
  /** The seconds. */
  seconds: number
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

/** A line of output of the builder of an image, without the values of build arguments and secrets. */
export interface BuildingEvent {
  type: 'building'
  /** One line. */
  text: string
}

/** The `detail` of an error with the code `cancelled`. */
export interface CancelledDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** One reason why tasks stopped, were not created, or are unhealthy: from stopped tasks (DescribeTasks), service events (DescribeServices), targets (DescribeTargetHealth) and logs (GetLogEvents). */
export interface Cause {
  /** A word for the kind of cause. While pulling: `image_missing`, `platform_mismatch`, `registry_denied`, `registry_unreachable`, `registry_limit`, `disk_full`, `pull_failed`. Before a container runs: `secret_missing`, `secret_denied`, `environment_file`, `log_group_missing`, `log_denied`, `volume`, `network`, `cannot_start`, `dependency`. At its end: `exited`, `out_of_memory`, `killed`, `segmentation_fault`, `terminated`, `unhealthy`, `load_balancer_unhealthy`. Without a task: `capacity`, `placement`, `role`, `deadlock`, `start_throttled`, `throttled`. Of a one-off task: `stopped` by somebody, `interrupted` where its capacity was taken away. What is not known: `other`. */
  kind: string
  /** What happened, in one line, with names; ECS's text if nothing better is known. */
  summary: string
  /** What to do about it; absent if that is not known. */
  advice?: string
  /** The ids of the tasks concerned, newest first; empty if none was created. */
  tasks: Array<string>
  /** The containers of the newest task that stopped; empty if none did. */
  containers: Array<StoppedContainer>
  /** The last lines of the failing container's log (at most 50, without colours), oldest first; empty where there is none or it may not be read. */
  log: Array<string>
}

/** One difference. */
export interface Change {
  /** Where: a JSON Pointer into the newer document, or into the older one if the newer has no such place. */
  path: string
  /** The older value; absent if there was none. */
  before?: unknown
  /** The newer value; absent if there is none. */
  after?: unknown
}

/** Changes to a task definition. */
export interface Changes {
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
}

/** Options of `check`: those of `deploy`. Options of the order and the watch are taken, and change nothing. */
export interface Check {
  /** The service that would be deployed: its name or ARN. Default: the definition is checked alone, with `settings` as the service that would be created. */
  service?: string | null
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** Members of UpdateService, or without `service` of CreateService. */
  settings?: Record<string, unknown>
  /** How many tasks would run. */
  desired?: number | null
  /** Begin a new deployment although nothing changed. */
  force?: boolean
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What is looked up: `"all"`; `true`, the images alone; `false`, nothing: the documents are checked alone. */
  verify?: boolean | 'all'
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
  /** What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that. */
  recover?: Recover
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
  /** How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService). */
  codedeploy?: CodeDeploy | null
  /** Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`. */
  before?: Array<OneOffTask>
  /** As for `deploy`. */
  at_pause?: Array<OneOffTask>
  /** As for `deploy`. */
  after?: Array<OneOffTask>
  /** Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. */
  until?: string | null
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
}

/** Outcome of `check`. */
export interface CheckOutcome {
  /** False if there is a finding of the level `error`: with it, a deployment would be refused, or its tasks would not start. */
  ok: boolean
  /** All findings: those of the documents, and those of what they refer to. Of the level `skipped`: what was not looked at. */
  findings: Array<Finding>
  /** How many references were looked up, or were to be: roles, secrets, log groups, … Images are not counted. */
  references: number
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to AWS, with failed ones. Calls about images are not counted. */
  calls: number
}

/** How to reach AWS. What is not given comes from the environment and the shared config files, as with every AWS SDK. */
export interface ClientOptions {
  /** The region. `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, unless given. */
  region?: string | null
  /** The profile in the shared config files. `AWS_PROFILE`, unless given. */
  profile?: string | null
  /** The URL to call instead of AWS's own, for every service. `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, unless given. With either, unless it is a host of AWS's, no registry is asked but those of this machine. */
  endpoint?: string | null
  /** The account that every call must be signed for: twelve digits. Where the credentials are of another account, no verb calls anything, so that nothing is read or written there (GetCallerIdentity, once each time credentials are fetched; a role's account is in what STS answers). `push` and `build` write to no other account's registry of ECR either. Any account, unless given. */
  account?: string | null
  /** The ARN of a role to assume before anything is called (AssumeRole; AssumeRoleWithWebIdentity with `oidc`). It is assumed anew before it expires, however long a wait takes. */
  role?: string | null
  /** ARNs of roles to assume on the way to `role`, in this order. */
  via?: Array<string>
  /** The session's name, as CloudTrail shows it: 2 to 64 of letters, digits and `_+=,.@-`. `ecs-rollout`, unless given. */
  session?: string | null
  /** Session tags for AssumeRole of `role` (it has to allow sts:TagSession). */
  tags?: Record<string, string>
  /** Seconds that each session of `role` lasts: 900 to 43200, and at most what the role allows (`MaxSessionDuration`); at most 3600 where it is assumed with the credentials of another role. 3600, unless given. A wait may be longer: the role is assumed anew. */
  duration?: number | null
  /** The external id that the trust policy of `role` asks for (`sts:ExternalId`): 2 to 1224 of letters, digits and `_+=,.@:/-`. */
  external?: string | null
  /** The source identity of the session, as CloudTrail shows it in all that the session does: 2 to 64 of letters, digits and `_+=,.@-`. The first role that is assumed gets it and those after it keep it; their trust policies have to allow sts:SetSourceIdentity. */
  identity?: string | null
  /** A session policy, as a document: the session of `role` may do only what both the role and this policy allow. At most 2048 characters. */
  policy?: Record<string, unknown>
  /** ARNs of managed policies that limit the session of `role` in the same way: at most 10. */
  managed?: Array<string>
  /** Whether the first of the roles is assumed with the ID token of a job of GitHub Actions (`permissions: id-token: write`), so that no secret of AWS need be stored. Unless given: where GitHub offers a token and neither `profile` nor the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_…) names other credentials. */
  oidc?: boolean | null
  /** Where the ID token of another CI system is that the first of the roles is assumed with: the name of an environment variable (`CIRCLE_OIDC_TOKEN_V2` of CircleCI, or the name under `id_tokens` in a job of GitLab), or the path of a file, with at least one `/`, `\` or `.` in it. A file is read each time the role is assumed. The token itself is no value for it. */
  token?: string | null
  /** For whom GitHub's token is, as the identity provider in IAM names it: `sts.amazonaws.com`, unless given; in China mostly `sts.amazonaws.com.cn`. */
  audience?: string | null
}

/** The `detail` of an error with the code `cluster_missing`. */
export interface ClusterMissingDetail {
  /** The cluster in the request. */
  cluster: string
  /** The region; absent if only an endpoint is known. */
  region?: string
  /** The account; absent if no ARN and no role names it. */
  account?: string
  /** The URL that was called instead of AWS; absent if AWS was called. */
  endpoint?: string
}

/** Where and how AWS CodeDeploy deploys the service (CreateDeployment). The defaults are what ECS's console makes. */
export interface CodeDeploy {
  /** The application's name. Default: `AppECS-<cluster>-<service>`, each of both names cut at 47 characters; if CodeDeploy has no such application, the one that deployed the service last. An application that does not exist is an error before anything is written (GetDeploymentGroup). */
  application?: string | null
  /** The deployment group's name. Default: `DgpECS-<cluster>-<service>`, as for the application. A group that deploys another service is an error. */
  group?: string | null
  /** The AppSpec: a document, or JSON or YAML text. The ARN of the task definition is put into every target service; all else stays as it is, with hooks and members that are not known here. `recover` goes back without the hooks. Default: made from the service's load balancer, platform version and capacity provider strategy. An AppSpec that CodeDeploy would refuse is an error with its place. */
  appspec?: unknown
  /** The deployment configuration's name, such as `CodeDeployDefault.ECSCanary10Percent5Minutes`. Default: the group's. */
  config?: string | null
  /** A description of the deployment, at most 512 characters. More than 256, which CodeDeploy documents, is a warning. Default: a text that names the task definition. */
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

/** Changes to one container. Maps merge by name: `null` removes an entry, and `"*": null` first removes all that were there. Lists replace. */
export interface ContainerChange {
  /** A whole image reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  image?: string | null
  /** Environment variables by name. */
  environment?: Record<string, string | null>
  /** Secrets by the name of their variable: the ARN of the secret, or the name of an SSM parameter. */
  secrets?: Record<string, string | null>
  /** ARNs of the environment files on S3, in order. They replace the files of the task definition. */
  files?: Array<string> | null
  /** Docker labels by name. */
  labels?: Record<string, string | null>
  /** The container's log configuration. */
  logging?: LoggingChange | null
  /** The command. It replaces the command of the task definition. */
  command?: Array<string> | null
  /** The entry point. It replaces the entry point of the task definition. */
  entrypoint?: Array<string> | null
  /** The user to run as: `user`, `user:group`, `uid` or `uid:gid`. */
  user?: string | null
  /** CPU units reserved for the container. */
  cpu?: number | null
  /** The container's hard memory limit, in MiB. */
  memory?: number | null
  /** Members of the container's `healthCheck`, with ECS's names; `null` removes one. */
  health?: Record<string, unknown> | null
}

/** The `detail` of an error with the code `container_missing`. */
export interface ContainerMissingDetail {
  /** The name in the request. */
  container: string
  /** The names that exist. */
  known: Array<string>
  /** The place in the request, such as `before[0].container`; absent if the name is the place. */
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
  /** What was found, where it was searched, and what to do. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A task definition by name, or as a document. */
export type Definition = string | Record<string, unknown> | TaskDefinition

/** The `detail` of an error with the code `definition_missing`. */
export interface DefinitionMissingDetail {
  /** The family, `family:revision` or ARN in the request. */
  definition: string
  /** ECS's error text. */
  text: string
}

/** The `detail` of an error with the code `denied`. */
export interface DeniedDetail {
  /** The AWS operation. */
  operation: string
  /** AWS's error text; it names the missing permission. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** Options of `deploy_all`: many services at once, watched by one poller. */
export interface DeployAll {
  /** The name of a file with these options, JSON or YAML. In it, `definition` may name a file, which is read from the folder of this one, and `${NAME}` in a text is filled in. Instead of `services` and `defaults`; what is given beside it counts before the file, but for `stop: true` and `recover: "leave"`, which are the defaults. A mistake is an error with file, line and column. */
  file?: string | null
  /** Options that every service has which does not give them itself: objects are merged, member by member. Only in a document; a service that is made with its setters gets its options there. */
  defaults?: Record<string, unknown>
  /** The services and the options of each, in the order in which they begin. */
  services?: Array<FleetService>
  /** Values for `${NAME}` in the texts of `file`; the environment has the others. In `definition`, `containers` and `patch`, the `variables` of the service are filled in instead. Only with `file`. */
  variables?: Record<string, string>
  /** How many are deployed at the same time. Default: all. */
  parallel?: number | null
  /** If a service fails, begin no other. What has begun goes on to its end. Services of later waves, and those that need the one that failed, do not begin in any case. */
  stop?: boolean
  /** How many seconds the services of a wave are watched once all of them are live, before the next wave begins; the last wave too. A task that fails meanwhile, or a deployment that is replaced, is an error (DescribeServices, ListTasks, DescribeTasks). Default: none. */
  bake?: number | null
  /** What to do if a service fails: `"leave"` the others as they are, or `"rollback"` the services that this call has deployed, those that began last first, and wait for that. It is `recover` of each service, too. A service that was rolled back has the error `rolled_back`. */
  recover?: Recover
}

/** Options of `deploy`. */
export interface Deployment {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** Members of UpdateService, passed through. */
  settings?: Record<string, unknown>
  /** How many tasks to run. Default: not sent, so that an autoscaler keeps control of the number. If it is given and an autoscaler is set (DescribeScalableTargets), or that cannot be read, there is a warning. */
  desired?: number | null
  /** Begin a new deployment although nothing changed. */
  force?: boolean
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
  /** What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing. */
  verify?: boolean | 'all'
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
  /** What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that. */
  recover?: Recover
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
  /** How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService). */
  codedeploy?: CodeDeploy | null
  /** Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`. */
  before?: Array<OneOffTask>
  /** Tasks that run to their end while the deployment waits at a PAUSE hook, such as a smoke test of the new tasks: one after the other, at each hook that waits. If all end well, the deployment continues; if one fails, times out or cannot be run, it is rolled back (ContinueServiceDeployment, or StopServiceDeployment if the hook waits no more), and the error names the task. An error if the service has no PAUSE hook. A process that was killed continues with the same request. On the way back by `recover`, hooks are continued without the tasks. Their time does not count to `timeout`. */
  at_pause?: Array<OneOffTask>
  /** Tasks that run to their end once the deployment is live, one after the other, with the task definition that is deployed. One that fails, times out or cannot be run is a failed deployment (`failed`), which `recover` answers. If nothing changes, they run as well, unless ECS still shows that they have ended well for the same deployment (about an hour). Their time does not count to `timeout`. */
  after?: Array<OneOffTask>
  /** Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. */
  until?: string | null
}

/** One step or observation of a rollout. */
export type Event =
  | StartedEvent
  | WarningEvent
  | RegisteredEvent
  | UpdatedEvent
  | ProgressEvent
  | StageEvent
  | TrafficEvent
  | PausedEvent
  | BakingEvent
  | MessageEvent
  | StoppedEvent
  | TaskEvent
  | LogEvent
  | RemovingEvent
  | BuildingEvent
  | PushingEvent
  | RetryingEvent
  | SucceededEvent
  | FailedEvent

/** The options of `explain`: of a service, or of one deployment. */
export interface Explain {
  /** The service: its name or ARN. Needed unless `deployment` is an ARN, which names it. */
  service?: string | null
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The deployment: its id `ecs-svc/…`, or the ARN of its service deployment, or that ARN's last part. Default: the newest that failed, was rolled back, stopped or superseded; if none did, the newest. */
  deployment?: string | null
}

/** Why an earlier deployment ended as it did. */
export interface Explanation {
  /** The service's name. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** `succeeded`, `in_progress`, or the code of the error that it would have been: `failed`, `rolled_back`, `stopped`, `superseded`. */
  verdict: string
  /** ECS's reason. */
  reason?: string
  /** The ARN of the service deployment; absent if the records may not be read. */
  record?: string
  /** The id of the deployment, `ecs-svc/…`; absent once the service does not list it any more. */
  deployment?: string
  /** The ARN of the task definition that it brought. */
  definition?: string
  /** When it was created, in seconds since 1970. */
  created?: number
  /** When it ended, in seconds since 1970; absent if it has not, or if the records may not be read. */
  finished?: number
  /** The ARN of the service deployment that took its place, if it is `superseded`. */
  by?: string
  /** Why its tasks stopped, were not created, or are unhealthy, most frequent first: as in the error of a rollout that failed. */
  causes: Array<Cause>
  /** What can no longer be had, or may not be read, and why. Empty if nothing is missing. */
  missing: Array<string>
  /** The events `warning`. */
  warnings: Array<Warning>
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** The options of `export`. */
export interface Export {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** A folder to write `taskdef.json`, `service.json` and `scaling.json` into; it is made if it is not there. Default: nothing is written. */
  folder?: string | null
  /** Replace files of these names. Default: a file that is there is an error before any call. */
  overwrite?: boolean
}

/** What a service runs, as documents that the verbs take. */
export interface ExportOutcome {
  /** The service's name. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** The ARN of the task definition. */
  definition: string
  /** `taskdef.json`: the task definition with its tags, for `definition` of `deploy`, `service` and `register`. Values of its environment variables are shown. */
  taskdef: unknown
  /** `service.json`: the service, for `settings` of `service`. Without `taskDefinition`: give `taskdef` as `definition`. */
  settings: unknown
  /** `scaling.json`: the options of `scale` beside `service` and `cluster`. Absent if the service is not scaled, or if its scaling may not be read. */
  scaling?: unknown
  /** The paths of the files that were written. */
  files: Array<string>
  /** What is not in the documents. */
  warnings: Array<Warning>
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** The `detail` of an error with the code `failed`. */
export interface FailedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** The end: the error of `outcome`. */
export interface FailedEvent {
  type: 'failed'
  /** The error's code. */
  code: string
  /** The error's text. */
  text: string
  /** The error's data. */
  detail: unknown
}

/** A rollout that failed: which, why, and what runs now. */
export interface Failure {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A mistake or a risk in a task definition. */
export interface Finding {
  /** Its severity. */
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
  /** The name that was given for it in the rollout; absent if none was. */
  name?: string
  /** The region that was given for it; absent for the client's. */
  region?: string
  /** The account that was given for it, by itself or in the role; absent if none was. */
  account?: string
  /** The event. The last one of each service is `succeeded` or `failed`, unless `wait` is false. A service that is taken back has `failed` after its `succeeded`. */
  event: Event
}

/** The outcome of one of many services. */
export interface FleetOutcome {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** The name that was given for it in the rollout; absent if none was. */
  name?: string
  /** The region that was given for it; absent for the client's. */
  region?: string
  /** The account that was given for it, by itself or in the role; absent if none was. */
  account?: string
  /** Its outcome. */
  outcome: Outcome
}

/** The plan of one of many services. */
export interface FleetPlan {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** The name that was given for it in the rollout; absent if none was. */
  name?: string
  /** The region that was given for it; absent for the client's. */
  region?: string
  /** The account that was given for it, by itself or in the role; absent if none was. */
  account?: string
  /** The number of its wave. */
  wave: number
  /** Its plan. */
  plan: Plan
}

/** A service of `deploy_all`: the options of `deploy`, the service's place in the order, and where it is. */
export interface FleetService {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The name by which `needs` of other services names it. Default: the service's own name. */
  name?: string | null
  /** The services that must be live before this one begins, by their names. If one of them fails, this one does not begin. */
  needs?: Array<string>
  /** The number of its wave, 1 or more. A wave begins once all services of the waves before it are live and, with `bake`, were watched. Default: 1. */
  wave?: number | null
  /** Its region. Default: the client's. */
  region?: string | null
  /** Its account. If the calls for it are signed in another account, that is an error before anything is written (GetCallerIdentity). Default: whichever account the credentials are of. */
  account?: string | null
  /** The role to assume for it (AssumeRole, with the client's credentials): an ARN, or the role's name together with `account`. Default: the client's. */
  role?: string | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** Members of UpdateService, passed through. */
  settings?: Record<string, unknown>
  /** How many tasks to run, as for `deploy`. Default: not sent. */
  desired?: number | null
  /** Begin a new deployment although nothing changed. */
  force?: boolean
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
  /** What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing. */
  verify?: boolean | 'all'
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
  /** What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that. */
  recover?: Recover
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
  /** How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService). */
  codedeploy?: CodeDeploy | null
  /** Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`. */
  before?: Array<OneOffTask>
  /** Tasks that run to their end while the deployment waits at a PAUSE hook, as for `deploy`. */
  at_pause?: Array<OneOffTask>
  /** Tasks that run to their end once the deployment is live, as for `deploy`. Which services come first is given as `needs`. */
  after?: Array<OneOffTask>
  /** Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. */
  until?: string | null
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

/** The `detail` of an error with the code `image_archived`. */
export interface ImageArchivedDetail {
  /** The container with this image, if there is one. */
  container?: string
  /** The whole image reference. */
  image: string
  /** ECR's status of it: ARCHIVED or ACTIVATING. */
  status: string
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
  /** The size that the registry keeps, in bytes; absent if the registry does not return it. */
  size?: number
  /** When it was pushed, in seconds since 1970. Only ECR gives it. */
  pushed?: number
  /** With `require`, the types of what was seen to be attached to it; none of it is verified. Otherwise empty. */
  attached?: Array<string>
}

/** The `detail` of an error with the code `image_missing`. */
export interface ImageMissingDetail {
  /** The container with this image, if there is one. */
  container?: string
  /** The whole image reference. */
  image: string
  /** Tags in the same repository that come nearest. */
  nearest: Array<string>
}

/** The `detail` of an error with the code `image_refused`. */
export interface ImageRefusedDetail {
  /** The container with this image, if there is one. */
  container?: string
  /** The whole image reference. */
  image: string
  /** What is missing, as `require` has it; of a signing profile with the reason. */
  missing: Array<string>
  /** The types of what is attached to it. */
  found: Array<string>
}

/** The `detail` of an error with the code `invalid`. */
export interface InvalidDetail {
  /** Where: a dotted path in the request, a JSON Pointer in a document, or a file's name with line and column. */
  path?: string
  /** What is wrong and what to do about it. */
  text: string
  /** All errors of the task definition, or of the options of many services, if there are several; otherwise empty. */
  findings: Array<Finding>
}

/** A revision that stays. */
export interface KeptRevision {
  /** Its ARN. */
  definition: string
  /** Why: one of the newest, or what uses it. */
  why: Array<string>
}

/** The progress of a rollout when it was last seen. What was never seen is absent. */
export interface LastSeen {
  /** ECS's `lastStatus` of a one-off task. */
  status?: string
  /** The stage of its strategy. */
  stage?: string
  /** Tasks that it shall run. */
  desired?: number
  /** Tasks that run. */
  running?: number
  /** Tasks that are starting. */
  pending?: number
  /** Tasks that failed in a row. */
  failed?: number
  /** The last message of ECS about the service. */
  message?: string
}

/** The severity of a finding. */
export type Level = 'error' | 'warning' | 'skipped'

/** The deployment that is live and complete. */
export interface LiveDeployment {
  /** The ARN of its task definition. */
  definition?: string
  /** Its images by container: with digests from its service revision, otherwise as the task definition has them. Absent if neither may be read. */
  images?: Record<string, RunningImage>
  /** Its id, `ecs-svc/…`; of CodeDeploy that of the task set. */
  deployment: string
  /** The ARN of its service deployment; absent if it is older than 90 days, or if the records may not be read. */
  record?: string
  /** When it was created, in seconds since 1970. */
  created?: number
  /** Since when it is live and complete, in seconds since 1970; absent if no record tells. */
  since?: number
}

/** A line of the log of a task (GetLogEvents, FilterLogEvents), some seconds after it was written. */
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

/** The log of one container of one task. */
export interface LogStream {
  /** The task's id. */
  task: string
  /** The container's name. */
  container: string
  /** The log group. */
  group: string
  /** The log stream. */
  stream: string
  /** How many lines were reported. */
  lines: number
}

/** Changes to a container's log configuration. */
export interface LoggingChange {
  /** The log driver, such as `awslogs`. Needed if the container has no log configuration yet. */
  driver?: string | null
  /** Options of the driver by name. */
  options?: Record<string, string | null>
  /** Options with secret values: the ARN of the secret, or the name of an SSM parameter. */
  secrets?: Record<string, string | null>
}

/** Which credentials `login` fetches. */
export interface Login {
  /** The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. Default: the caller's own registry in the client's region. */
  registries?: Array<string>
  /** Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs. */
  write?: boolean
}

/** The options of `logs`: of a service's tasks, or of one task. */
export interface Logs {
  /** The service: its name or ARN. Its tasks that run, and those that stopped within about the last hour. */
  service?: string | null
  /** One task: its id or ARN, in place of `service`. ECS knows a task that has stopped for about an hour. */
  task?: string | null
  /** The cluster: its name or ARN. */
  cluster?: string
  /** Only this container. Default: all. */
  container?: string | null
  /** Lines of so many seconds back. Default: 600 for a service, and all for a task. */
  since?: number | null
  /** A filter pattern of CloudWatch, such as `ERROR` or `{ $.level = "error" }` (FilterLogEvents). Default: every line. */
  filter?: string | null
  /** Go on with the lines that come: until the task has stopped, the service is gone, or the wait is cancelled. */
  follow?: boolean
  /** With `follow`, end after so many seconds. Default: no limit. */
  duration?: number | null
}

/** Which lines were read. */
export interface LogsOutcome {
  /** How many lines were reported. */
  lines: number
  /** The logs that were read, by task and container. */
  streams: Array<LogStream>
  /** Containers whose lines cannot be read, and why. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`. */
export interface Lookup {
  /** The image's reference: `registry/repository:tag`, or with a digest. */
  image: string
  /** Seconds after which it is given up, however slowly the registry goes on answering. */
  timeout?: number
  /** Of `resolve`: what must be attached to it: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. That it is attached is checked, and not who made it or what it says. */
  require?: Array<string>
}

/** A message of ECS about the service (its `events`). */
export interface MessageEvent {
  type: 'message'
  /** Time of the message, in seconds since 1970. */
  at: number
  /** The message. */
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
  /** The AWS operation. */
  operation: string
  /** The endpoint's URL where it was set by hand, otherwise the region's ECS. */
  endpoint: string
  /** What failed. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A task that runs to its end: how it differs from the task definition that it runs. */
export interface OneOffTask {
  /** The command of one container, in place of its own. `container` names the container. */
  command?: Array<string> | null
  /** The container that gets `command` and `environment`, and whose exit code decides. Default: the only container, or the first essential one. If no container gets another command, every essential container decides. */
  container?: string | null
  /** Variables of that container, added to those of the task definition. A variable that is there is replaced. */
  environment?: Record<string, string>
  /** AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters. */
  overrides?: Record<string, unknown>
  /** Members of RunTask, passed through: `networkConfiguration`, `launchType`, `group`, `tags`, … Default of network and launch type: those of the service. */
  settings?: Record<string, unknown>
  /** How many tasks, 1 to 10. Each must end well. */
  count?: number
  /** Stop the tasks (StopTask) when nobody waits for them any more: cancelled, timed out, or not all of `count` started. Default: they go on, and the error names them. */
  stop?: boolean
  /** Seconds until it counts as failed. */
  timeout?: number
}

/** A deployment in progress. */
export interface OngoingDeployment {
  /** The ARN of its task definition. */
  definition?: string
  /** Its id, `ecs-svc/…`; of CodeDeploy `d-…`. */
  deployment: string
  /** The ARN of its service deployment. */
  record?: string
  /** When it was created, in seconds since 1970. */
  created?: number
  /** ECS's status of the service deployment, such as IN_PROGRESS or ROLLBACK_IN_PROGRESS. */
  status?: string
  /** The stage of its strategy. */
  stage?: string
  /** The id of the hook at which it waits to be continued (`resume`). */
  hook?: string
  /** When that wait ends by itself, in seconds since 1970. */
  expires?: number
  /** Tasks that it shall run. */
  desired: number
  /** Tasks of it that run. */
  running: number
  /** Tasks of it that are starting. */
  pending: number
  /** Tasks of it that failed in a row. */
  failed: number
}

/** The outcome of a rollout. */
export interface Outcome {
  /** True if a deployment was begun or a setting changed; false if the service ran as requested already. */
  changed: boolean
  /** How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched. */
  reached?: string
  /** The ARN of the task definition that the deployment brings, or that the service runs already. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it. */
  record?: string
  /** The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched. */
  images?: Record<string, RunningImage>
  /** The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read. */
  endpoint?: string
  /** The page of the service's deployments in AWS's console; absent in a partition whose console is not known. */
  console?: string
  /** The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen. */
  stages?: Record<string, number>
  /** The events `warning`, in their order. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted. */
  calls: number
}

/** A deployment of the last 90 days. */
export interface PastDeployment {
  /** `succeeded`, `in_progress`, or the code of the error that it would have been: `failed`, `rolled_back`, `stopped`, `superseded`. */
  verdict: string
  /** ECS's reason. */
  reason?: string
  /** The ARN of the service deployment; absent if the records may not be read. */
  record?: string
  /** The id of the deployment, `ecs-svc/…`; absent once the service does not list it any more. */
  deployment?: string
  /** The ARN of the task definition that it brought. */
  definition?: string
  /** When it was created, in seconds since 1970. */
  created?: number
  /** When it ended, in seconds since 1970; absent if it has not, or if the records may not be read. */
  finished?: number
  /** The ARN of the service deployment that took its place, if it is `superseded`. */
  by?: string
}

/** The deployment waits for a person or a program. */
export interface PausedEvent {
  type: 'paused'
  /** The stage it waits in; READY_WAIT where CodeDeploy waits for ContinueDeployment. */
  stage: string
  /** The id of the hook to continue. */
  hook?: string
  /** When the wait ends by itself, in seconds since 1970. */
  expires?: number
  /** What happens then: ROLLBACK or CONTINUE; of CodeDeploy STOP_DEPLOYMENT. */
  action?: string
}

/** What `deploy` would do with the same request now. Nothing has been written. */
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
  /** Risks that ECS would accept. What ECS would refuse is an error instead. */
  findings: Array<Finding>
  /** The images that change. */
  images: Array<PlannedImage>
  /** The calls that write, in order. Empty if the service runs as requested already. */
  calls: Array<PlannedCall>
}

/** A call that writes. */
export interface PlannedCall {
  /** The AWS operation. */
  operation: string
  /** Its input; absent for RegisterTaskDefinition, whose input is the definition itself, and for CreateDeployment of one that is not registered yet. Secrets are not shown. */
  input?: unknown
}

/** What happens to the task definition. */
export interface PlannedDefinition {
  /** The ARN of the revision that the service runs now. */
  from?: string
  /** The ARN of the revision that it would run; absent if it would be registered first. */
  to?: string
  /** Changes from the one to the other. Values that are, or may be, secrets are not shown; `diff` of the definitions shows them. */
  changes: Array<Change>
}

/** An image that changes. */
export interface PlannedImage {
  /** The container's name. */
  container: string
  /** The image that it runs now; absent if there is no such container yet. */
  from?: string
  /** The image that it would run. */
  to: string
  /** The digest of the new image, if it was looked up. */
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

/** Options of `policy`: which verb, and what it is asked for. */
export interface Policy {
  /** The verb whose calls are to be allowed, such as `deploy`. */
  verb: string
  /** The options of that verb, as it is going to be called with. Default: none, so that the policy allows any service, and has everything that the verb may need. */
  request?: Record<string, unknown> | null
  /** The account's twelve digits. Default: that of the first ARN or image of ECR in the request, otherwise `*`. */
  account?: string | null
  /** The region. Default: that of the first ARN or image of ECR in the request, otherwise `*`. */
  region?: string | null
  /** Whether CodeDeploy deploys the service. Default: true if the request has `codedeploy`; otherwise it is not known, and the policy allows both. */
  codedeploy?: boolean | null
  /** Whether ECS manages the service whole (Express Mode). Default: true if the request has `express`; otherwise it is not known, and the policy allows both. */
  express?: boolean | null
  /** The CI system whose jobs may assume the role, for its trust policy. Default: no trust policy. */
  trust?: Trust | null
}

/** The outcome of `policy`. */
export interface PolicyOutcome {
  /** The policy without which calls fail, as IAM takes it. */
  required: unknown
  /** The policy of the optional actions; `statements` shows what is missing without them. */
  optional: unknown
  /** The statements of both policies, and why they are there. */
  statements: Array<PolicyStatement>
  /** The role's trust policy, if `trust` was given. */
  trust?: unknown
  /** What to know before the policies are used, such as what is `*` because it is not known. */
  notes: Array<string>
}

/** A statement of a policy, and why it is there. */
export interface PolicyStatement {
  /** Its `Sid`. */
  sid: string
  /** The actions, such as `ecs:UpdateService`. */
  actions: Array<string>
  /** The resources: ARNs, with `*` for what is not known or changes. */
  resources: Array<string>
  /** The condition, as IAM has it. */
  condition?: unknown
  /** Whether a call fails without it. */
  required: boolean
  /** When it is needed; empty: always. */
  when: Array<string>
  /** What is missing without it; empty: a call fails with the error `denied`. */
  without: Array<string>
}

/** The progress of the deployment (DescribeServices). Sent when a number changes. */
export interface ProgressEvent {
  type: 'progress'
  /** Tasks that the deployment shall run. */
  desired: number
  /** Tasks of the deployment that run. */
  running: number
  /** Tasks of the deployment that are starting. */
  pending: number
  /** Tasks of the deployment that failed in a row. */
  failed: number
  /** Tasks of earlier deployments that still run. */
  previous: number
  /** Progress in percent, 0 to 100; 100 only at the end. */
  percent: number
}

/** The options of `prune`. */
export interface Prune {
  /** The family: its name, or the name or ARN of one of its revisions. */
  family: string
  /** How many of the newest revisions stay, whether or not they are used; at least 1. */
  keep?: number
  /** Write nothing, and return what would be written. */
  plan?: boolean
}

/** Which revisions were deregistered, and why the others stay. */
export interface PruneOutcome {
  /** Whether revisions were deregistered; with `plan`, whether some would be. */
  changed: boolean
  /** The family. */
  family: string
  /** The ARNs of the revisions that were deregistered, oldest first; with `plan`, those that would be. */
  removed: Array<string>
  /** The revisions that stay, newest first. */
  kept: Array<KeptRevision>
  /** With `plan`, the calls that would write, in order; otherwise none. */
  planned: Array<PlannedCall>
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** What `push` is asked for. */
export interface Push {
  /** The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped. */
  path: string
  /** Where it goes: `registry/repository:tag`. */
  image: string
  /** Which image is meant where the file holds several: its name or tag there. */
  select?: string | null
  /** Repositories of the same registry that may have some of its layers already: these are taken over then, and not sent. ECR does so where its account setting BLOB_MOUNTING is ENABLED; a warning says where layers were sent all the same. */
  mount?: Array<string>
  /** Make ECR's repository if it is not there. One that is there stays as it is. Where a repository creation template for CREATE_ON_PUSH covers it, ECR makes it with the template's settings, unless `immutable`, `exclude` or `lifecycle` is given. */
  create?: boolean
  /** With `create`: a tag, once given, names its image for ever. */
  immutable?: boolean
  /** With `create`: tags for which the opposite of `immutable` holds, such as `latest` or `dev-*`; five at most. */
  exclude?: Array<string>
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
  /** The registry's error text. */
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
  /** Bytes that were there already, or were taken over from a repository of `mount`. */
  skipped: number
  /** Bytes of these that were taken over from a repository of `mount`. */
  mounted: number
  /** What ECR found in it, where it was waited for. */
  scanned?: Scanned
  /** All that were events `warning`, in their order. */
  warnings: Array<Warning>
  /** How long it took, in seconds. */
  seconds: number
}

/** The progress of a push, in bytes. Sent a few times a second. */
export interface PushingEvent {
  type: 'pushing'
  /** Bytes sent. */
  sent: number
  /** Bytes that the registry had already. */
  skipped: number
  /** Bytes of the whole image. */
  total: number
}

/** What to do when a rollout fails or times out. */
export type Recover = 'leave' | 'rollback'

/** The way back after a rollout that failed or timed out. */
export interface Recovery {
  /** The ARN of the previous task definition. */
  definition: string
  /** The id of the deployment that goes back; absent if none began. */
  deployment?: string
  /** Why it is not live and complete again; absent if it is. */
  error?: string
}

/** Options of `register`: makes a revision of a task definition, and runs nothing. */
export interface Register {
  /** The cluster of `service`: its name or ARN. */
  cluster?: string
  /** The service whose task definition is the base if `definition` is not given: its name or ARN. */
  service?: string | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
  /** What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing. */
  verify?: boolean | 'all'
  /** Make a new revision although an equal one is there. */
  force?: boolean
  /** Seconds from the start until the call ends with `timed_out`. */
  timeout?: number
  /** Write nothing, and return what would be written. */
  plan?: boolean
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
}

/** The outcome of `register`. */
export interface RegisterOutcome {
  /** True if a revision was made; false if an equal one existed. With `plan`: whether one would be made. */
  changed: boolean
  /** The ARN of the revision; absent with `plan` if one would be made. */
  definition?: string
  /** The ARN of the family's newest ACTIVE revision before; absent if there was none, or it was not read. */
  previous?: string
  /** Changes from that revision to this one. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
  /** Risks that ECS would accept. What ECS would refuse is an error instead. */
  findings: Array<Finding>
  /** With `plan`, the calls that would write, in order; otherwise empty. */
  planned: Array<PlannedCall>
  /** Number of calls to ECS, with failed ones. Calls about images are not counted. */
  calls: number
}

/** The revision of the task definition to deploy exists (RegisterTaskDefinition). */
export interface RegisteredEvent {
  type: 'registered'
  /** Its ARN. */
  definition: string
  /** True if an equal revision existed, so that none was made. */
  reused: boolean
  /** The changes from what the service runs, or from the definition that was named. Values that are, or may be, secrets are not shown. Absent if there are none, or nothing to compare with. */
  changes?: Array<Change>
}

/** The options of `remove`. */
export interface Removal {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. The removal goes on at AWS: the same call joins it. */
  timeout?: number
  /** Write nothing, and return what would be written. */
  plan?: boolean
}

/** How the removal of a service ended. */
export interface RemovalOutcome {
  /** Whether something was written; false if the service was gone, or being deleted by somebody else. With `plan`, whether something would be. */
  changed: boolean
  /** The service's name. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** ECS's status of the service: INACTIVE, or MISSING once ECS shows it no more. With `plan`, its status now. */
  status: string
  /** With `plan`, the calls that would write, in order; otherwise none. */
  planned: Array<PlannedCall>
  /** The events `warning`, in their order, such as what of the service is left. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** What to remove. */
export type Remove = boolean | Array<string>

/** The removal of a service goes on (DescribeServices). Sent when its status or a number changes. */
export interface RemovingEvent {
  type: 'removing'
  /** ACTIVE, DRAINING or INACTIVE. */
  status: string
  /** Tasks that the service shall run. */
  desired: number
  /** Tasks that run. */
  running: number
  /** Tasks that are starting. */
  pending: number
}

/** Options of `resume`: lets a deployment go on that waits at a hook. */
export interface Resume {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The id of the hook, from the event `paused`. Default: the hook that waits. Not for a service that CodeDeploy deploys. */
  hook?: string | null
  /** Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. `"paused"` is the next hook that waits, after the one that is continued. */
  until?: string | null
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
}

/** A call to AWS failed for a transient reason, and is repeated. */
export interface RetryingEvent {
  type: 'retrying'
  /** The AWS operation. */
  operation: string
  /** AWS's error code, or a word for a failure of the connection. */
  code: string
  /** Seconds until the next attempt. */
  delay: number
}

/** A revision of a task definition. */
export interface Revision {
  /** Its ARN. */
  definition: string
  /** Its number. */
  revision: number
  /** ACTIVE, INACTIVE or DELETE_IN_PROGRESS. */
  status: string
  /** When it was registered, in seconds since 1970; absent if the server does not tell. */
  registered?: number
  /** The ARN of who registered it. */
  by?: string
  /** When it was deregistered, in seconds since 1970; absent if it is ACTIVE. */
  deregistered?: number
  /** Its images by container. */
  images: Record<string, string>
}

/** Which revisions to list. */
export type RevisionStatus = 'ACTIVE' | 'INACTIVE' | 'ALL'

/** The options of `revisions`. */
export interface Revisions {
  /** The family: its name, or the name or ARN of one of its revisions. */
  family: string
  /** Which revisions: `"ACTIVE"`, `"INACTIVE"` or `"ALL"`. */
  status?: RevisionStatus
  /** How many, newest first; at most 1000. Each is one call (DescribeTaskDefinition). */
  limit?: number
}

/** Options of `rollback`: goes back to what ran before. */
export interface Rollback {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The task definition to go back to: a family, `family:revision` or an ARN. Default: a deployment that is in progress is turned back; otherwise the task definition of the last complete deployment before the present one (ListServiceDeployments), or if that cannot be read, the newest ACTIVE revision before the present one, with a warning. */
  to?: string | null
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
}

/** The `detail` of an error with the code `rolled_back`. */
export interface RolledBackDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** Who makes the call. */
export type Route = 'scheduler' | 'rule'

/** Options of `run`: a task that runs to its end, such as a migration. */
export interface Run {
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The service whose task definition, network, launch type or capacity providers, and platform version are used if they are not given: its name or ARN. */
  service?: string | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. A task definition that changes is registered, unless an equal revision is there. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
  /** What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing. */
  verify?: boolean | 'all'
  /** The command of one container, in place of its own. `container` names the container. */
  command?: Array<string> | null
  /** The container that gets `command` and `environment`, and whose exit code decides. Default: the only container, or the first essential one. If no container gets another command, every essential container decides. */
  container?: string | null
  /** Variables of that container, added to those of the task definition. A variable that is there is replaced. */
  environment?: Record<string, string>
  /** AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together may have 8192 characters. */
  overrides?: Record<string, unknown>
  /** Members of RunTask, passed through: `networkConfiguration`, `launchType`, `group`, `tags`, … Default of network and launch type: those of the service. */
  settings?: Record<string, unknown>
  /** How many tasks, 1 to 10. Each must end well. */
  count?: number
  /** Stop the tasks (StopTask) when nobody waits for them any more: cancelled, timed out, or not all of `count` started. Default: they go on, and the error names them. */
  stop?: boolean
  /** An idempotency key: at most 128 letters, numbers, `-`, `_` and `/`, sent as RunTask's `startedBy`. The same key means the same run: a run that goes on, or ended well within about an hour, is joined, and nothing is written; a run that failed is repeated. An error if that run had another definition or other overrides; it names what differs. An error if the key ends in nothing or in `None`, `undefined` or `null`. Default: a new key for each run. */
  key?: string | null
  /** Wait until the tasks have ended. False: end once they are started. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** Write nothing, and return what would be written. */
  plan?: boolean
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
}

/** The outcome of `run`: every task ended well, or was started if `wait` is false. */
export interface RunOutcome {
  /** True if tasks were started; false if a run of the same `key` was joined. With `plan`: whether they would be. */
  changed: boolean
  /** The ARN of the task definition; absent with `plan` if it would be registered first. */
  definition?: string
  /** The tasks. */
  tasks: Array<TaskOutcome>
  /** The events `warning`, in their order. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted. */
  calls: number
  /** With `plan`, the calls that would write, in order; otherwise empty. */
  planned: Array<PlannedCall>
  /** Changes in the task definition, from the named one or the service's. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
}

/** The image of a container that runs. */
export interface RunningImage {
  /** The reference in the task definition. */
  image: string
  /** The digest that it named when the deployment began; absent if ECS does not show it. */
  digest?: string
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
  /** Seconds between two values of the metrics of `cpu` and `memory`: 60, or 20 for scaling that begins sooner. A policy keeps its own unless given; a new one has 60. With 20, the service must publish them: `settings` of `deploy` or `service` with `monitoring` (a finding says where it does not). */
  resolution?: number | null
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
  /** Write nothing, and return what would be written. */
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
  /** The predefined metric that it tracks, if it does. */
  metric?: string
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
  /** Write nothing, and return what would be written. */
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

/** Options of `service`: creates a service, or changes the service that is there, and deploys it. */
export interface Service {
  /** The service: its name or ARN. Default: `serviceName` of `settings`. */
  service?: string | null
  /** The cluster: its name or ARN. Default: `cluster` of `settings`, otherwise `"default"`. */
  cluster?: string | null
  /** The service as a document: members of CreateService and UpdateService, passed through. It may hold `serviceName`, `cluster`, `taskDefinition` and `desiredCount`, so that one file has everything. An option beside it must have the same value. If the service is there, only the given members are compared, and only members that differ are sent. `null` changes nothing, as in ECS; an empty list removes. Tags are compared key by key; tags that are not given stay. */
  settings?: Record<string, unknown>
  /** Makes it an Express service, whose load balancer, scaling, alarms and canary ECS manages: members of CreateExpressGatewayService and UpdateExpressGatewayService, in place of `settings` and `desired`. A new one needs `infrastructureRoleArn`, and `executionRoleArn` with `primaryContainer` unless it runs a `definition`. Of a service that is there, only the given members are compared, at every level; what differs is sent. It may hold `serviceName`, `cluster` and `tags`. Default: a service of your own. */
  express?: Record<string, unknown> | null
  /** The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now. A service that is not there yet needs one, here or as `taskDefinition`. */
  definition?: Definition | null
  /** New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository. */
  images?: Record<string, string>
  /** Changes by container. Maps merge by name and `null` removes; `files` and `command` replace. */
  containers?: Record<string, ContainerChange>
  /** A JSON Merge Patch (RFC 7396) over the whole task definition. */
  patch?: Record<string, unknown> | null
  /** Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text, or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${` itself. Default: texts stay as they are. */
  variables?: Record<string, Variable> | null
  /** How many tasks to run. Always sent, although an autoscaler may have set another number. `desiredCount` of `settings` is the number to create the service with; later it is sent only if no autoscaler sets the number. A new service with the scheduling strategy REPLICA needs one of the two. */
  desired?: number | null
  /** Begin a new deployment although nothing changed. */
  force?: boolean
  /** Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an error. */
  pin?: boolean
  /** What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or the registry). */
  require?: Record<string, Array<string>>
  /** What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage). Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does. If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a warning. `false`: nothing. */
  verify?: boolean | 'all'
  /** Wait until the verdict. False: end once AWS has accepted the order. */
  wait?: boolean
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not know. */
  unknown?: Unknown
  /** What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task definition and wait for that. A service that was just created has nothing to go back to. */
  recover?: Recover
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
  /** How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService). */
  codedeploy?: CodeDeploy | null
  /** Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the same request is made again, a task that still runs or ended well is not run twice. Their time does not count to `timeout`. If the service is not there, the tasks run with its settings. */
  before?: Array<OneOffTask>
  /** Write nothing, and return what would be written. */
  plan?: boolean
}

/** How one of many services ended: with an outcome, or with an error. */
export interface ServiceEnd {
  /** The service's name or ARN, as it was given. */
  service: string
  /** The cluster's name or ARN, as it was given. */
  cluster: string
  /** The name that was given for it in the rollout; absent if none was. */
  name?: string
  /** The region that was given for it; absent for the client's. */
  region?: string
  /** The account that was given for it, by itself or in the role; absent if none was. */
  account?: string
  /** False if another service failed before, so that nothing was written to AWS for this one. */
  begun: boolean
  /** Its outcome; absent if it failed or was not begun. */
  outcome?: Outcome
  /** Its error; absent if it succeeded. */
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
  /** The service in the request. */
  service: string
  /** The cluster it is in. */
  cluster: string
  /** DRAINING or INACTIVE. */
  status: string
}

/** A message of ECS about a service. */
export interface ServiceMessage {
  /** Its time, in seconds since 1970. */
  at: number
  /** The message. */
  text: string
}

/** The `detail` of an error with the code `service_missing`. */
export interface ServiceMissingDetail {
  /** The service in the request. */
  service: string
  /** The cluster in which it was searched. */
  cluster: string
  /** The region; absent if only an endpoint is known. */
  region?: string
  /** The account; absent if no ARN and no role names it. */
  account?: string
  /** The URL that was called instead of AWS; absent if AWS was called. */
  endpoint?: string
}

/** Outcome of `service`. */
export interface ServiceOutcome {
  /** True if a deployment was begun or a setting changed; false if the service ran as requested already. */
  changed: boolean
  /** How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched. */
  reached?: string
  /** The ARN of the task definition that the deployment brings, or that the service runs already. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it. */
  record?: string
  /** The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched. */
  images?: Record<string, RunningImage>
  /** The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read. */
  endpoint?: string
  /** The page of the service's deployments in AWS's console; absent in a partition whose console is not known. */
  console?: string
  /** The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen. */
  stages?: Record<string, number>
  /** The events `warning`, in their order. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted. */
  calls: number
  /** Whether the service was not there before; with `plan`, whether it would be created. */
  created: boolean
  /** The service's ARN; absent where it is not there yet. */
  service?: string
  /** What changed, or with `plan` would change: `path` is a JSON Pointer into the input of CreateService or UpdateService, or of the operations of Express Mode; `/tags/KEY` is a tag, and `/taskDefinition` goes on into the definition. Values that are, or may be, secrets are not shown. */
  changes: Array<Change>
  /** What ECS takes but you would regret: of the definition, of the settings, and what keeps the service from surviving the loss of a task or of an availability zone. */
  findings: Array<Finding>
  /** With `plan`, the calls that would write, in order; otherwise none. Secrets are not shown. */
  planned: Array<PlannedCall>
}

/** How bad a vulnerability is, the worst first. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'informational'

/** Where the value of a variable is looked up: give one of `ssm`, `cloudformation`, `export`, `tfstate` and `secret`.  Each place is looked up once a request, before anything is written; all that is missing is in one error. The value of a secret is never looked up: a SecureString, a sensitive value of Terraform and the like are refused. */
export interface Source {
  /** The name or ARN of a parameter of SSM, of the type String or StringList; with `:version` or `:label` that version (GetParameters). A StringList has commas between its values. */
  ssm?: string | null
  /** `stack.Output`: the output of a stack of CloudFormation (DescribeStacks). */
  cloudformation?: string | null
  /** The name of an export of CloudFormation (ListExports). */
  export?: string | null
  /** A state of Terraform, a file or `s3://bucket/key` (GetObject), of format version 4: Terraform 0.12 and later, and OpenTofu. Goes with `address`. */
  tfstate?: string | null
  /** What of `tfstate`: `output.name`, or an attribute of a resource, such as `aws_vpc.main.id`, `data.aws_subnet.a[0].id` or `module.net.aws_subnet.a["x"].id`. */
  address?: string | null
  /** The name of a secret of Secrets Manager, whose ARN is the value (DescribeSecret). */
  secret?: string | null
  /** The region of what is looked up. The client's, unless given. */
  region?: string | null
}

/** The deployment has entered a stage of its strategy. */
export interface StageEvent {
  type: 'stage'
  /** ECS's name of the stage, or CodeDeploy's of its lifecycle event; TERMINATION_WAIT is its wait after the last one. */
  stage: string
}

/** The service was found and can be deployed, or a task can be run. Nothing is written yet. */
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

/** The options of `status`. */
export interface Status {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** How many of the last deployments to report, newest first; at most 100. */
  deployments?: number
  /** How many of ECS's events to report, newest first; ECS keeps 100 of a service. */
  events?: number
}

/** What a service runs, and how it is. */
export interface StatusOutcome {
  /** The service's name. */
  service: string
  /** The cluster's name. */
  cluster: string
  /** The service's ARN. */
  arn: string
  /** ACTIVE, DRAINING or INACTIVE. */
  status: string
  /** How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, CODE_DEPLOY or EXTERNAL. */
  strategy: string
  /** The deployment that is live and complete; absent if there is none. */
  live?: LiveDeployment
  /** The deployment in progress; absent if there is none. */
  ongoing?: OngoingDeployment
  /** The service's tasks. */
  tasks: TaskCounts
  /** The last deployments with their verdicts, newest first. ECS keeps the records of 90 days. */
  deployments: Array<PastDeployment>
  /** ECS's last events about the service, newest first. */
  events: Array<ServiceMessage>
  /** What could not be looked at. */
  warnings: Array<Warning>
  /** Number of calls to AWS, with failed ones. */
  calls: number
}

/** How a container of a stopped task ended. */
export interface StoppedContainer {
  /** The container's name. */
  name: string
  /** Its exit code; absent if it never started. */
  exit?: number
  /** ECS's `reason`. */
  reason?: string
}

/** The `detail` of an error with the code `stopped`. */
export interface StoppedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A task of this deployment stopped, and not because it was replaced (DescribeTasks). */
export interface StoppedEvent {
  type: 'stopped'
  /** The task's id. */
  task: string
  /** The kind of cause, as one word, such as `image_missing`. */
  kind: string
  /** ECS's `stoppedReason`. */
  reason?: string
  /** How its containers ended. */
  containers: Array<StoppedContainer>
  /** The last lines of its log, oldest first. */
  log: Array<string>
}

/** The end: the request is live and complete. */
export interface SucceededEvent {
  type: 'succeeded'
  /** True if a deployment was begun or a setting changed; false if the service ran as requested already. */
  changed: boolean
  /** How far the deployment was seen to come: `"live"` (live and complete), `"paused"` (it waits at a hook), or ECS's name of the stage at which `until` ended the watch. Absent if it was not watched. */
  reached?: string
  /** The ARN of the task definition that the deployment brings, or that the service runs already. */
  definition: string
  /** The ARN of the task definition that it ran before. */
  previous?: string
  /** The id of the deployment, `ecs-svc/…`. */
  deployment?: string
  /** The ARN of the service deployment, which is ECS's record of the deployment; absent if no look has shown it. */
  record?: string
  /** The images of the deployment by container, from its service revision (DescribeServiceRevisions, at most one call more); absent if that may not be read, if ECS keeps none, or if the deployment was not watched. */
  images?: Record<string, RunningImage>
  /** The URL of an Express service, as ECS gives it (DescribeExpressGatewayService, at most one call more); absent for any other service, or if that may not be read. */
  endpoint?: string
  /** The page of the service's deployments in AWS's console; absent in a partition whose console is not known. */
  console?: string
  /** The seconds of each stage, in their order and as the looks have shown them. Absent if the deployment has no stages, or if none was seen. */
  stages?: Record<string, number>
  /** The events `warning`, in their order. */
  warnings: Array<Warning>
  /** Duration in seconds. */
  seconds: number
  /** Number of calls to ECS and other AWS services, with failed ones. Calls about images are not counted. */
  calls: number
}

/** The `detail` of an error with the code `superseded`. */
export interface SupersededDetail {
  /** The id of the deployment that replaced it. */
  by: string
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
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

/** The tasks of a service. */
export interface TaskCounts {
  /** Tasks that the service shall run. */
  desired: number
  /** Tasks that run. */
  running: number
  /** Tasks that are starting. */
  pending: number
  /** Tasks that are HEALTHY; absent if tasks may not be listed. */
  healthy?: number
  /** Tasks that are UNHEALTHY. */
  unhealthy?: number
  /** Tasks whose health is UNKNOWN: no container has a health check, or none has answered yet. */
  unknown?: number
}

/** A one-off task has a new status (DescribeTasks). */
export interface TaskEvent {
  type: 'task'
  /** The task's id. */
  task: string
  /** ECS's `lastStatus`: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED. */
  status: string
  /** HEALTHY or UNHEALTHY, if its containers have health checks. */
  health?: string
}

/** The `detail` of an error with the code `task_failed`. */
export interface TaskFailedDetail {
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A one-off task. */
export interface TaskOutcome {
  /** Its ARN. */
  task: string
  /** ECS's `lastStatus`, as it was last seen. */
  status?: string
  /** ECS's `stopCode`; absent if it has not stopped. */
  stop?: string
  /** ECS's `stoppedReason`; absent if it has not stopped. */
  reason?: string
  /** Its containers, and how each ended. */
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
  /** The AWS operation. */
  operation: string
  /** AWS's error text. */
  text: string
  /** The service's name. */
  service?: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes?: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** The `detail` of an error with the code `timed_out`. */
export interface TimedOutDetail {
  /** The `timeout`, in seconds. */
  seconds: number
  /** The service's name. */
  service: string
  /** The id of the deployment, `ecs-svc/…`; absent if none had begun. */
  deployment?: string
  /** The ARN of the task definition that was to be deployed. */
  definition?: string
  /** Why: the reason that ECS gives, or for a time-out what failed last; absent if neither is known. */
  reason?: string
  /** The progress when the time was over; absent otherwise. */
  last?: LastSeen
  /** The place of the tasks in the request, such as `before[0]`; absent for `run`. */
  place?: string
  /** Why tasks of this deployment stopped, most frequent first. */
  causes: Array<Cause>
  /** The ARN of the task definition that the service runs now, or goes back to. */
  restored?: string
  /** The one-off tasks that were started. */
  tasks?: Array<TaskOutcome>
  /** True if the service was to be removed. */
  removal?: boolean
  /** How the way back by `recover` ended, if it was begun. */
  recovery?: Recovery
}

/** A moment: ISO 8601, or seconds since 1970. */
export type Timestamp = string | number

/** The weights of the traffic to the new tasks have changed, in percent. */
export interface TrafficEvent {
  type: 'traffic'
  /** The part of the production traffic. */
  production: number
  /** The part of the test traffic; absent if it is not shown. */
  test?: number
}

/** Which jobs of a CI system may assume a role, for its trust policy. */
export interface Trust {
  /** The CI system. */
  provider: TrustProvider
  /** GitHub: `owner/name`, or with their ids `owner@1/name@2`. GitLab: the project's path, `group/project`. CircleCI: the project's id. */
  repository: string
  /** The jobs of this branch; `*` stands for any characters. */
  branch?: string | null
  /** The jobs of this tag. Not for CircleCI. */
  tag?: string | null
  /** The jobs with this environment. GitHub alone. */
  environment?: string | null
  /** The organization's id. CircleCI alone, and needed there. */
  organization?: string | null
  /** The token's audience. Default: `sts.amazonaws.com` for GitHub, the host's address for GitLab, the organization's id for CircleCI. */
  audience?: string | null
  /** The host of the provider, such as `gitlab.example.com`. Default: that of the public service. */
  host?: string | null
}

/** A CI system whose jobs have an OIDC token. */
export type TrustProvider = 'github' | 'gitlab' | 'circleci'

/** What to do with a member that is probably a misspelling of a member that ECS has. */
export type Unknown = 'refuse' | 'allow'

/** The `detail` of an error with the code `unsupported`. */
export interface UnsupportedDetail {
  /** What, and what to do instead. */
  text: string
}

/** AWS has accepted the deployment (UpdateService, or CodeDeploy's CreateDeployment). The verdict is about this deployment alone. */
export interface UpdatedEvent {
  type: 'updated'
  /** The id of the deployment, `ecs-svc/…`, or `d-…` of CodeDeploy. */
  deployment: string
  /** The ARN of the service deployment, if ECS returned it at once. */
  arn?: string
}

/** The value of a variable. */
export type Variable = string | Source

/** A problem that does not stop a rollout. */
export interface Warning {
  /** The kind of warning, as one word. */
  code: string
  /** The problem, and what to do about it. */
  text: string
}

/** A problem that does not stop the rollout. */
export interface WarningEvent {
  type: 'warning'
  /** The kind of warning, as one word. */
  code: string
  /** The problem, and what to do about it. */
  text: string
}

/** Options of `watch`: watches a deployment that somebody else began. */
export interface Watch {
  /** The service: its name or ARN. */
  service: string
  /** The cluster: its name or ARN. */
  cluster?: string
  /** The id of the deployment, `ecs-svc/…`, or `d-…` if CodeDeploy deploys. Default: the newest. */
  deployment?: string | null
  /** Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN, LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`. */
  until?: string | null
  /** Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does not come, the end is up to 20 seconds later. */
  timeout?: number
  /** Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired tasks, at least 3 and at most 200. */
  failures?: number | null
}

/** The `detail` of an error, by its `code`. */
export interface ErrorDetails {
  /** The request is wrong; nothing has been written to AWS. */
  invalid: InvalidDetail
  /** The task definition has no container of that name. */
  container_missing: ContainerMissingDetail
  /** The registry has no such image. */
  image_missing: ImageMissingDetail
  /** ECR has moved the image to its archive, or is restoring it from there: it cannot be pulled. */
  image_archived: ImageArchivedDetail
  /** The image lacks what `require` asks for, such as a signature. */
  image_refused: ImageRefusedDetail
  /** The image was not built for the platform that the task definition asks for. */
  platform_mismatch: PlatformMismatchDetail
  /** There is no such task definition (family, revision or ARN), or it is INACTIVE. */
  definition_missing: DefinitionMissingDetail
  /** The cluster has no such service. */
  service_missing: ServiceMissingDetail
  /** The service is not ACTIVE: it is being deleted, or is deleted. */
  service_inactive: ServiceInactiveDetail
  /** The account and region of the client have no such cluster. */
  cluster_missing: ClusterMissingDetail
  /** This cannot be done with a service of that kind, or not by this version; nothing has been written to AWS. */
  unsupported: UnsupportedDetail
  /** The caller's credentials lack a permission. */
  denied: DeniedDetail
  /** There are no credentials, or they are expired or not accepted. */
  credentials: CredentialsDetail
  /** AWS throttled the calls until the end. */
  throttled: ThrottledDetail
  /** The endpoint could not be reached, or broke off. */
  network: NetworkDetail
  /** Any other error of AWS, with its code and text. */
  aws: AwsDetail
  /** ECS marked the deployment as failed and did not roll back. */
  failed: FailedDetail
  /** ECS rolled the deployment back to an earlier one, or is doing so. */
  rolled_back: RolledBackDetail
  /** Another deployment replaced this one before it was complete. */
  superseded: SupersededDetail
  /** The deployment was stopped by another caller. */
  stopped: StoppedDetail
  /** The deployment did not end within `timeout`; ECS goes on with it. */
  timed_out: TimedOutDetail
  /** The caller cancelled the wait. A deployment that has begun goes on; a push or a build stops. */
  cancelled: CancelledDetail
  /** A one-off task did not start, or its exit code was not 0. If it was to run before a deployment, nothing is deployed. */
  task_failed: TaskFailedDetail
  /** The registry did not accept the image. */
  push_failed: PushFailedDetail
}

/** The `code` of an error. */
export type ErrorCode = keyof ErrorDetails
