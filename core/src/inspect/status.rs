//! Reports what a service runs, how its tasks are, what is going on, and how its last deployments ended.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::history::{History, PastDeployment, target};
use super::live::{live, ongoing};
use super::session::{Named, Session, filter, place};
use crate::arn::last;
use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::json::{list, number, text};
use crate::options::define::options;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView, is_codedeploy};
use crate::rollout::service::strategy;
use crate::rollout::verdict::judge;
use crate::rollout::watch::lifecycle;
use crate::texts::texts;
use crate::types::event::{RunningImage, Warning};

/// The most deployments that can be asked for.
const DEPLOYMENTS: u32 = 100;

options! {
    /// The options of `status`.
    pub struct Status(cluster, service) {
        use service;
        use cluster in new;
        /// How many of the last deployments to report, newest first; at most 100.
        #[serde(default = "ten")]
        pub deployments: u32 = ten(),
        /// How many of ECS's events to report, newest first; ECS keeps 100 of a service.
        #[serde(default = "ten")]
        pub events: u32 = ten(),
        use unset;
    }
}

fn ten() -> u32 {
    10
}

/// What a service runs, and how it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StatusOutcome {
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// The service's ARN.
    pub arn: String,
    /// ACTIVE, DRAINING or INACTIVE.
    pub status: String,
    /// How tasks are replaced: ROLLING, BLUE_GREEN, LINEAR, CANARY, CODE_DEPLOY or EXTERNAL.
    pub strategy: String,
    /// The deployment that is live and complete; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveDeployment>,
    /// The deployment in progress; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ongoing: Option<OngoingDeployment>,
    /// The service's tasks.
    pub tasks: TaskCounts,
    /// The last deployments with their verdicts, newest first. ECS keeps the records of 90 days.
    pub deployments: Vec<PastDeployment>,
    /// ECS's last events about the service, newest first.
    pub events: Vec<ServiceMessage>,
    /// What could not be looked at.
    pub warnings: Vec<Warning>,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

/// The deployment that is live and complete.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LiveDeployment {
    /// The ARN of its task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Its images by container: with digests from its service revision, otherwise as the task definition has them. Absent if neither
    /// may be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<IndexMap<String, RunningImage>>,
    /// Its id, `ecs-svc/…`; of CodeDeploy that of the task set.
    pub deployment: String,
    /// The ARN of its service deployment; absent if it is older than 90 days, or if the records may not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// When it was created, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<f64>,
    /// Since when it is live and complete, in seconds since 1970; absent if no record tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<f64>,
}

/// A deployment in progress.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OngoingDeployment {
    /// The ARN of its task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Its id, `ecs-svc/…`; of CodeDeploy `d-…`.
    pub deployment: String,
    /// The ARN of its service deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// When it was created, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<f64>,
    /// ECS's status of the service deployment, such as IN_PROGRESS or ROLLBACK_IN_PROGRESS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The stage of its strategy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The id of the hook at which it waits to be continued (`resume`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook: Option<String>,
    /// When that wait ends by itself, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<f64>,
    /// Tasks that it shall run.
    pub desired: u64,
    /// Tasks of it that run.
    pub running: u64,
    /// Tasks of it that are starting.
    pub pending: u64,
    /// Tasks of it that failed in a row.
    pub failed: u64,
}

/// The tasks of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskCounts {
    /// Tasks that the service shall run.
    pub desired: u64,
    /// Tasks that run.
    pub running: u64,
    /// Tasks that are starting.
    pub pending: u64,
    /// Tasks that are HEALTHY; absent if tasks may not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy: Option<u64>,
    /// Tasks that are UNHEALTHY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy: Option<u64>,
    /// Tasks whose health is UNKNOWN: no container has a health check, or none has answered yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<u64>,
}

/// A message of ECS about a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceMessage {
    /// Its time, in seconds since 1970.
    pub at: f64,
    /// The message.
    pub text: String,
}

texts! {
    ServiceMessage: text;
    StatusOutcome: deployments events warnings;
}

impl Client {
    /// Reports what a service runs and since when, how its tasks are, which deployment is in progress, how the last ones ended,
    /// and ECS's last events. Writes nothing.
    ///
    /// Only the service itself must be readable (DescribeServices). What else may not be read is a warning in the outcome.
    ///
    /// # Errors
    /// `service_missing` and `cluster_missing`. `invalid`, `denied`, `credentials`, `throttled`, `network` and `aws`.
    pub async fn status(&self, status: Status) -> Result<StatusOutcome, Error> {
        let named = Named::new(&status.service, &status.cluster)?;
        if status.deployments > DEPLOYMENTS {
            return Err(Error::invalid("deployments", format!("at most {DEPLOYMENTS} can be reported")));
        }
        let mut session = Session::of_value(self.clone());
        let end = session.status(&status, &named).await;
        session.end(end)
    }
}

impl Session {
    async fn status(&mut self, status: &Status, named: &Named) -> Result<StatusOutcome, Halt> {
        let service = self.service(named, &[]).await?;
        let view = ServiceView::of(&service);
        let history = match is_codedeploy(&service) {
            true => {
                let text = "CodeDeploy deploys this service, and ECS keeps no records of its deployments: only what the service lists \
                            is known";
                self.cx.warn("records", text);
                History::default()
            }
            false => self.history(named, status.deployments.max(1) as usize).await?,
        };
        let mut live = live(&view).map(|one| living(one, &history));
        if let Some(live) = &mut live {
            self.find_images(live, &history).await?;
        }
        let mut deployments = match history.is_known {
            true => history.records.iter().map(|record| history.shown(record, &view)).collect(),
            false => History::listed(&view),
        };
        deployments.truncate(status.deployments as usize);
        let messages = view.messages.iter().take(status.events as usize);
        let (name, cluster) = place(&service);
        Ok(StatusOutcome {
            arn: text(&service, "serviceArn"),
            status: text(&service, "status"),
            strategy: strategy(&service),
            live,
            ongoing: going_on(&view, &history),
            tasks: self.counts(&service, named).await?,
            deployments,
            events: messages.map(|message| ServiceMessage { at: message.at, text: message.text.clone() }).collect(),
            warnings: self.cx.warnings.clone(),
            calls: self.cx.attempts.calls,
            service: name,
            cluster,
        })
    }

    /// Completes what is live with its images: of its revision, or as its task definition has them.
    async fn find_images(&mut self, live: &mut LiveDeployment, history: &History) -> Result<(), Halt> {
        let record =
            history.records.iter().find(|record| live.record.as_deref() == record["serviceDeploymentArn"].as_str());
        if let Some(revision) = record.and_then(|record| history.revision(&target(record))) {
            live.definition = live.definition.take().or_else(|| Some(revision.definition.clone()));
            live.images = Some(revision.images.clone()).filter(|images| !images.is_empty());
        }
        let (None, Some(name)) = (&live.images, &live.definition) else { return Ok(()) };
        match self.definition(name).await? {
            Ok(definition) => live.images = Some(images(&definition)),
            Err(fault) => self.unknown("images", "which images run is not known", &fault),
        }
        Ok(())
    }

    /// Counts the tasks by their health (ListTasks, DescribeTasks).
    async fn counts(&mut self, service: &Value, named: &Named) -> Result<TaskCounts, Halt> {
        let counted = |member: &str| number(service, member);
        let mut counts = TaskCounts {
            desired: counted("desiredCount"),
            running: counted("runningCount"),
            pending: counted("pendingCount"),
            ..TaskCounts::default()
        };
        if text(service, "status") == "INACTIVE" {
            return Ok(counts);
        }
        let of_service = filter(json!({"serviceName": named.service, "desiredStatus": "RUNNING"}));
        match self.tasks(&named.cluster, &of_service).await? {
            Ok(tasks) => {
                let count = |health: &str| Some(tasks.iter().filter(|task| health_of(task) == health).count() as u64);
                (counts.healthy, counts.unhealthy) = (count("HEALTHY"), count("UNHEALTHY"));
                counts.unknown = count("UNKNOWN");
            }
            Err(fault) => self.unknown("health", "how the tasks are is not known", &fault),
        }
        Ok(counts)
    }
}

fn health_of(task: &Value) -> &str {
    task["healthStatus"].as_str().filter(|health| matches!(*health, "HEALTHY" | "UNHEALTHY")).unwrap_or("UNKNOWN")
}

/// The images of a task definition, by container.
fn images(definition: &Value) -> IndexMap<String, RunningImage> {
    let containers = list(definition, "containerDefinitions").iter();
    containers.map(|one| (text(one, "name"), RunningImage { image: text(one, "image"), digest: None })).collect()
}

/// How the service replaces tasks.
fn strategy(service: &Value) -> String {
    let controller = text(&service["deploymentController"], "type");
    strategy::kind(service, &Map::new()).map_or(controller, |(_, strategy)| strategy)
}

fn filled(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn living(one: &DeploymentView, history: &History) -> LiveDeployment {
    let record = history.record_of(one);
    LiveDeployment {
        definition: filled(&one.definition),
        images: None,
        deployment: one.id.clone(),
        record: record.map(|record| text(record, "serviceDeploymentArn")),
        created: one.created,
        since: record.filter(|record| record["status"] == "SUCCESSFUL").and_then(judge::ended),
    }
}

/// The deployment in progress: as the service lists it, or as only its record shows it.
fn going_on(view: &ServiceView, history: &History) -> Option<OngoingDeployment> {
    let listed = ongoing(view);
    let running = history.records.iter().find(|record| lifecycle::is_running(record));
    let record = listed.and_then(|one| history.record_of(one)).or(running);
    let deployment = match (listed, record) {
        (Some(one), _) => one.external.clone().unwrap_or_else(|| one.id.clone()),
        (None, Some(record)) => last(&text(record, "serviceDeploymentArn")).to_owned(),
        (None, None) => return None,
    };
    let pause = record.and_then(lifecycle::pause);
    let member = |name: &str| record.and_then(|record| filled(record[name].as_str().unwrap_or_default()));
    let counts = listed.cloned().unwrap_or_default();
    Some(OngoingDeployment {
        definition: filled(&counts.definition).or_else(|| history.definition(record?)),
        deployment,
        record: member("serviceDeploymentArn"),
        created: counts.created.or_else(|| crate::json::time(record?, "createdAt")),
        status: member("status"),
        stage: member("lifecycleStage"),
        hook: pause.as_ref().and_then(|pause| pause.hook.clone()),
        expires: pause.and_then(|pause| pause.expires),
        desired: counts.desired,
        running: counts.running,
        pending: counts.pending,
        failed: counts.failed,
    })
}
