//! The way in: how AWS is reached is settled once, on the first call, and shared by all that follow.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::aws::connect::{Options, Signer};
use crate::aws::rate_limiter::Allowance;
use crate::clock::{Clock, Wall};
use crate::ecr::login::Tokens;
use crate::error::Error;
use crate::error::called::Called;
use crate::http::Http;
use crate::rollout::Rollout;
use crate::rollout::flows::deploy_all::Rollouts;
use crate::rollout::machine::Goal;
use crate::types::deployment::{Definition, DeployAll, Deployment, Resume, Rollback, Watch};
use crate::types::event::Event;
use crate::types::outcome::{Ran, Registered};
use crate::types::plan::Plan;
use crate::types::service::{Service, Serviced};
use crate::types::task::{Register, Run};

/// A connection to Amazon ECS in one account and region. Cheap to clone; nothing is called before it is used.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    signer: Signer,
    clock: Arc<dyn Clock>,
    allowance: Mutex<Allowance>,
    aws: OnceCell<Aws>,
    tokens: Tokens,
    http: OnceLock<Http>,
}

impl Client {
    /// A client with the environment's settings.
    pub async fn from_env() -> Self {
        Self::new(Options::default())
    }

    /// A client with settings of its own; what is not given comes from the environment.
    pub fn new(options: Options) -> Self {
        Self::with_clock(options, Arc::new(Wall::default()))
    }

    /// A client that waits by another clock than the machine's, such as a simulator's.
    pub fn with_clock(options: Options, clock: Arc<dyn Clock>) -> Self {
        Self::with(options, Signer::Caller, clock)
    }

    /// A client for a server on this machine that checks no signatures, such as the simulator: its credentials are made up.
    pub fn local(endpoint: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        let options = Options { endpoint: Some(endpoint.into()), ..Options::default() };
        Self::with(options, Signer::Nobody, clock)
    }

    fn with(options: Options, signer: Signer, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                signer,
                clock,
                allowance: Mutex::default(),
                aws: OnceCell::new(),
                tokens: Tokens::default(),
                http: OnceLock::new(),
            }),
        }
    }

    /// Deploys a task definition to a service and watches it to the verdict
    /// (DescribeServices, DescribeTaskDefinition, RegisterTaskDefinition, UpdateService, DescribeServices).
    ///
    /// Where AWS CodeDeploy deploys the service, the order goes there (GetDeploymentGroup, ListDeployments, CreateDeployment,
    /// GetDeployment, GetDeploymentTarget), and the verdict is CodeDeploy's.
    ///
    /// An image given by the tag that runs already is compared by digest (DescribeServiceRevisions, ListTasks and DescribeTasks;
    /// BatchGetImage, or the registry): a tag that names another image now is deployed anew.
    ///
    /// With `desired`, it is looked whether an autoscaler will take it back (DescribeScalableTargets).
    ///
    /// Nothing happens until the rollout is polled or spawned; nothing is written to AWS before every
    /// input has been checked.
    pub fn deploy(&self, deployment: Deployment) -> Rollout {
        Rollout::new(self.clone(), deployment)
    }

    /// Deploys to many services and watches them with one poller: ten services a call (DescribeServices), one allowance of calls.
    ///
    /// None of those that begin together is written to before all of them have been checked. The outcome is that of all: the
    /// first bad end, or what each has come to in the order asked for.
    pub fn deploy_all(&self, all: DeployAll) -> Rollouts {
        Rollouts::of_many(self.clone(), all)
    }

    /// Creates a service where it is not there, otherwise brings it to what is asked, and watches that to the verdict
    /// (DescribeServices, DescribeScalableTargets, CreateService, UpdateService, TagResource, and what `deploy` stands on; for its
    /// findings ListTasks and DescribeTasks).
    ///
    /// Of a service that is there, only the members given are compared, and only those that differ are sent; what only another
    /// service could be (launch type, scheduling strategy, role, deployment controller) is refused by name. Given again after
    /// its process was killed, it joins its own deployment: no second service, no second revision.
    pub fn service(&self, service: Service) -> Rollout<Event, Serviced> {
        Rollout::of_service(self.clone(), service)
    }

    /// Watches a deployment that somebody else began, to the same verdict as one's own (DescribeServices). Writes nothing.
    pub fn watch(&self, watch: Watch) -> Rollout {
        let request = Deployment {
            timeout: watch.timeout,
            unset: watch.unset,
            failures: watch.failures,
            ..Deployment::new(watch.cluster, watch.service)
        };
        Rollout::for_goal(self.clone(), request, Goal::Watch { deployment: watch.deployment })
    }

    /// Goes back to what a service ran before, and watches that to the verdict: success is that it is live and complete again.
    ///
    /// A deployment on its way is turned round (ContinueServiceDeployment, StopServiceDeployment; CodeDeploy's
    /// StopDeployment); where that does not apply, the earlier definition is deployed (UpdateService, CreateDeployment).
    pub fn rollback(&self, rollback: Rollback) -> Rollout {
        let request = Deployment {
            definition: rollback.to.map(Definition::Name),
            wait: rollback.wait,
            timeout: rollback.timeout,
            unset: rollback.unset,
            failures: rollback.failures,
            ..Deployment::new(rollback.cluster, rollback.service)
        };
        Rollout::for_goal(self.clone(), request, Goal::Back)
    }

    /// Lets a deployment go on that waits at a hook (ContinueServiceDeployment, CodeDeploy's ContinueDeployment), and
    /// watches it to the verdict.
    pub fn resume(&self, resume: Resume) -> Rollout {
        let request = Deployment {
            wait: resume.wait,
            timeout: resume.timeout,
            unset: resume.unset,
            ..Deployment::new(resume.cluster, resume.service)
        };
        Rollout::for_goal(self.clone(), request, Goal::Resume { hook: resume.hook })
    }

    /// Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended
    /// (RunTask, DescribeTasks, GetLogEvents; with a name ListTasks; DescribeServices, DescribeTaskDefinition and
    /// RegisterTaskDefinition as for `deploy`; StopTask where that is asked for).
    ///
    /// Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no room
    /// for any task is given again, up to five times within some 75 s. The error is [`Error::TaskFailed`] with what ended how, the
    /// causes and the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the error
    /// names them.
    pub fn run(&self, run: Run) -> Rollout<Event, Ran> {
        Rollout::of_task(self.clone(), run)
    }

    /// Registers a revision of a task definition, unless an equal one is the family's newest or was given by name
    /// (DescribeTaskDefinition, RegisterTaskDefinition; DescribeServices with `service`). Nothing runs it.
    ///
    /// # Errors
    /// What `deploy` refuses of a definition: [`Error::Invalid`] with its findings, [`Error::ContainerMissing`],
    /// [`Error::ImageMissing`], [`Error::DefinitionMissing`]; and what AWS says.
    pub async fn register(&self, register: Register) -> Result<Registered, Error> {
        Rollout::register(self.clone(), register).await
    }

    /// Says what [`deploy`](Self::deploy) would do with the same request at this moment, without writing anything
    /// (DescribeServices, DescribeTaskDefinition).
    ///
    /// # Errors
    /// What `deploy` would refuse.
    pub async fn plan(&self, deployment: Deployment) -> Result<Plan, Error> {
        Rollout::plan(self.clone(), deployment).await
    }

    /// Where calls go, once one has been made.
    pub(crate) fn called(&self) -> Called {
        self.inner.aws.get().map(Aws::called).unwrap_or_default()
    }

    /// The allowance of calls that all rollouts of this client share.
    pub(crate) fn allowance(&self) -> MutexGuard<'_, Allowance> {
        self.inner.allowance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    /// Whether an endpoint is given in AWS's stead, by the option or the environment, so that nothing may go anywhere else.
    pub(crate) async fn has_endpoint(&self) -> bool {
        self.inner.options.endpoint.is_some() || self.aws().await.is_ok_and(Aws::is_stand_in)
    }

    /// The connections to registries.
    pub(crate) fn http(&self) -> Result<&Http, Error> {
        if let Some(http) = self.inner.http.get() {
            return Ok(http);
        }
        let http = Http::new()?;
        Ok(self.inner.http.get_or_init(|| http))
    }

    #[cfg(test)]
    pub(crate) fn set_http(&self, http: Http) {
        assert!(self.inner.http.set(http).is_ok());
    }

    /// Calls AWS's own services elsewhere than registries, which `endpoint` would keep from being called at all.
    #[cfg(test)]
    pub(crate) fn set_aws(&self, aws: Aws) {
        assert!(self.inner.aws.set(aws.real()).is_ok());
    }

    /// Calls what a test has connected to.
    #[cfg(test)]
    pub(crate) fn set_connection(&self, aws: Aws) {
        assert!(self.inner.aws.set(aws).is_ok());
    }

    pub(crate) async fn aws(&self) -> Result<&Aws, Error> {
        // In a box: connecting is done once, and every future that calls would be many times its size.
        self.inner.aws.get_or_try_init(|| Box::pin(Aws::connect(&self.inner.options, self.inner.signer))).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.inner.options).finish_non_exhaustive()
    }
}
