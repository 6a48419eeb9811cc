//! The part of a DescribeServices answer that a verdict is made from. Every member may be absent.

use super::strategy::is_express;
use crate::arn::last;
use crate::json::{list, number, text, time};
use serde_json::{Map, Value};

/// One service as one look shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ServiceView {
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// ACTIVE, DRAINING or INACTIVE.
    pub(crate) status: String,
    /// `createdAt`, in seconds since 1970: a service created again under the same name is another.
    pub(crate) created: Option<f64>,
    pub(crate) definition: Option<String>,
    pub(crate) desired: u64,
    pub(crate) deployments: Vec<DeploymentView>,
    pub(crate) messages: Vec<EcsEvent>,
    pub(crate) configuration: Configuration,
}

/// The service's deploymentConfiguration.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Configuration {
    /// True if the look holds a deploymentConfiguration.
    pub(crate) is_shown: bool,
    /// How long both revisions run on once all traffic is shifted, in seconds.
    pub(crate) bake: f64,
    /// True if a deployment may be successful while tasks of the earlier one still run.
    pub(crate) succeeds_early: bool,
    /// True if ECS can fail a deployment by itself: the service has a circuit breaker or alarms.
    pub(crate) gives_up: bool,
    /// True if the circuit breaker rolls back.
    by_breaker: bool,
    /// True if alarms roll back.
    by_alarms: bool,
}

impl Configuration {
    fn of(configuration: &Value) -> Self {
        let has = |watchdog: &str| configuration[watchdog]["enable"] == true;
        let rolls_back = |watchdog: &str| has(watchdog) && configuration[watchdog]["rollback"] == true;
        Self {
            is_shown: configuration.is_object(),
            bake: configuration["bakeTimeInMinutes"].as_f64().unwrap_or_default() * 60.0,
            succeeds_early: has("earlySuccessCriteria"),
            gives_up: has("deploymentCircuitBreaker") || has("alarms"),
            by_breaker: rolls_back("deploymentCircuitBreaker"),
            by_alarms: rolls_back("alarms"),
        }
    }

    /// Whether ECS rolls back a deployment that it has failed.
    pub(crate) fn rolls_back(&self) -> bool {
        self.by_breaker || self.by_alarms
    }
}

/// One entry of a service's deployments.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DeploymentView {
    pub(crate) id: String,
    /// PRIMARY, ACTIVE, INACTIVE, or a value that AWS adds later.
    pub(crate) status: String,
    pub(crate) definition: String,
    pub(crate) desired: u64,
    pub(crate) running: u64,
    pub(crate) pending: u64,
    pub(crate) failed: u64,
    /// IN_PROGRESS, COMPLETED, FAILED; absent if ECS keeps none.
    pub(crate) state: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created: Option<f64>,
    pub(crate) updated: Option<f64>,
    /// For a task set: the id of the CodeDeploy deployment that made it.
    pub(crate) external: Option<String>,
}

/// One service event.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct EcsEvent {
    pub(crate) id: String,
    pub(crate) at: f64,
    pub(crate) text: String,
}

impl ServiceView {
    pub(crate) fn of(service: &Value) -> Self {
        let deployments = list(service, "deployments").iter().map(DeploymentView::of);
        // With CodeDeploy, task sets take the place of deployments.
        let sets = list(service, "taskSets").iter().filter(|_| is_codedeploy(service)).map(DeploymentView::of_set);
        let deployments: Vec<DeploymentView> = deployments.chain(sets).collect();
        // A service that ECS manages whole names no definition: its PRIMARY deployment does.
        let is_named_there = is_codedeploy(service) || (is_express(service) && service["taskDefinition"].is_null());
        let primary = deployments.iter().find(|deployment| deployment.status == "PRIMARY" && is_named_there);
        let live = primary.map(|primary| primary.definition.clone());
        Self {
            name: text(service, "serviceName"),
            cluster: last(&text(service, "clusterArn")).to_owned(),
            status: text(service, "status"),
            created: time(service, "createdAt"),
            definition: live.or_else(|| service["taskDefinition"].as_str().map(str::to_owned)),
            desired: number(service, "desiredCount"),
            deployments,
            messages: list(service, "events").iter().map(EcsEvent::of).collect(),
            configuration: Configuration::of(&service["deploymentConfiguration"]),
        }
    }

    /// Fills in the deploymentConfiguration from an earlier look if this one leaves it out.
    pub(crate) fn complete_from(&mut self, earlier: &Self) {
        if !self.configuration.is_shown && earlier.configuration.is_shown {
            self.configuration = earlier.configuration;
        }
    }

    /// Whether ECS rolls back a deployment that it failed for this reason: the circuit breaker and alarms have a setting each.
    pub(crate) fn rolls_back_from(&self, failed: &DeploymentView) -> bool {
        failed.reason.as_deref().map_or(self.configuration.rolls_back(), |reason| self.rolls_back_for(reason))
    }

    /// Whether ECS rolls back for this reason, given in the state of a deployment or in a service event.
    pub(crate) fn rolls_back_for(&self, reason: &str) -> bool {
        match reason {
            reason if reason.contains("alarm") => self.configuration.by_alarms,
            reason if reason.contains("circuit breaker") || reason.contains("tasks failed to start") => {
                self.configuration.by_breaker
            }
            _ => self.configuration.rolls_back(),
        }
    }

    /// Whether the circuit breaker or an alarm failed a deployment for this reason, and is set not to roll back. What fails for
    /// another reason, such as a lifecycle hook, is rolled back without any setting.
    pub(crate) fn leaves_failed(&self, reason: &str) -> bool {
        let is_of_setting =
            ["alarm", "circuit breaker", "tasks failed to start"].iter().any(|mark| reason.contains(mark));
        self.configuration.is_shown && is_of_setting && !self.rolls_back_for(reason)
    }

    pub(crate) fn primary(&self) -> Option<&DeploymentView> {
        self.deployments.iter().find(|deployment| deployment.status == "PRIMARY")
    }

    /// Whether the parts of this look are of different moments: a service has one PRIMARY deployment.
    pub(crate) fn is_torn(&self) -> bool {
        self.deployments.iter().filter(|deployment| deployment.status == "PRIMARY").count() > 1
    }

    /// The newest time of this look, in seconds since 1970; `None` if it holds no times.
    pub(crate) fn changed(&self) -> Option<f64> {
        let of_deployments = self.deployments.iter().flat_map(|one| [one.created, one.updated]).flatten();
        of_deployments.chain(self.messages.iter().map(|message| message.at)).filter(|at| *at > 0.0).reduce(f64::max)
    }

    pub(crate) fn deployment(&self, id: &str) -> Option<&DeploymentView> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    /// The number of tasks that run for other deployments than `id`.
    pub(crate) fn running_beside(&self, id: &str) -> u64 {
        let others = self.deployments.iter().filter(|deployment| deployment.id != id);
        others.fold(0, |sum, deployment| sum.saturating_add(deployment.running))
    }
}

impl DeploymentView {
    fn of(deployment: &Value) -> Self {
        Self {
            id: text(deployment, "id"),
            status: text(deployment, "status"),
            definition: text(deployment, "taskDefinition"),
            desired: number(deployment, "desiredCount"),
            running: number(deployment, "runningCount"),
            pending: number(deployment, "pendingCount"),
            failed: number(deployment, "failedTasks"),
            state: deployment["rolloutState"].as_str().map(str::to_owned),
            reason: deployment["rolloutStateReason"].as_str().map(str::to_owned),
            created: time(deployment, "createdAt"),
            updated: time(deployment, "updatedAt"),
            external: None,
        }
    }

    fn of_set(set: &Value) -> Self {
        let external = set["externalId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
        Self { desired: number(set, "computedDesiredCount"), external, ..Self::of(set) }
    }

    pub(crate) fn is(&self, state: &str) -> bool {
        self.state.as_deref() == Some(state)
    }
}

impl EcsEvent {
    fn of(event: &Value) -> Self {
        let (id, at, message) =
            (text(event, "id"), time(event, "createdAt").unwrap_or_default(), text(event, "message"));
        // Without an id, time and text identify the event.
        let id = if id.is_empty() { format!("{at} {message}") } else { id };
        Self { id, at, text: message }
    }
}

/// The service of a DescribeServices answer; `None` if it is not in it.
pub(crate) fn service(answer: &Value) -> Option<&Map<String, Value>> {
    list(answer, "services").first()?.as_object()
}

/// Whether a DescribeServices answer reports the service as MISSING.
pub(crate) fn is_missing(answer: &Value) -> bool {
    list(answer, "failures").iter().any(|failure| failure["reason"] == "MISSING")
}

/// Whether AWS CodeDeploy deploys the service.
pub(crate) fn is_codedeploy(service: &Value) -> bool {
    service["deploymentController"]["type"] == "CODE_DEPLOY"
}
