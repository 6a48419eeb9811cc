//! What of a DescribeServices answer a verdict is made from. All of it may be absent: AWS need not say everything.

use crate::arn::last;
use crate::json::{list, number, text, time};
use serde_json::{Map, Value};

/// One service as one look has shown it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ServiceView {
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// ACTIVE, DRAINING or INACTIVE.
    pub(crate) status: String,
    /// When ECS says the service was created, in seconds since 1970: one made again under the same name is another.
    pub(crate) created: Option<f64>,
    pub(crate) definition: Option<String>,
    pub(crate) desired: u64,
    pub(crate) deployments: Vec<DeploymentView>,
    pub(crate) messages: Vec<EcsEvent>,
    /// How long both revisions run on once all traffic is shifted, in seconds.
    pub(crate) bake: f64,
    /// Whether a deployment may be successful while tasks of the earlier one still run.
    pub(crate) succeeds_early: bool,
    /// Whether the look shows the service's deploymentConfiguration.
    pub(crate) is_configured: bool,
    /// Whether ECS gives up by itself: it has a circuit breaker or alarms.
    pub(crate) gives_up: bool,
    /// Whether ECS goes back by itself when it gives up.
    pub(crate) rolls_back: bool,
    /// Whether it does so for the circuit breaker, and for alarms.
    pub(crate) by_breaker: bool,
    pub(crate) by_alarms: bool,
}

/// One entry of a service's deployments.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DeploymentView {
    pub(crate) id: String,
    /// PRIMARY, ACTIVE, INACTIVE, or what AWS thinks of next.
    pub(crate) status: String,
    pub(crate) definition: String,
    pub(crate) desired: u64,
    pub(crate) running: u64,
    pub(crate) pending: u64,
    pub(crate) failed: u64,
    /// IN_PROGRESS, COMPLETED, FAILED; absent where ECS keeps none.
    pub(crate) state: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created: Option<f64>,
    pub(crate) updated: Option<f64>,
    /// The id of the CodeDeploy deployment that made it, where it is a task set.
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
        let configuration = &service["deploymentConfiguration"];
        let has = |watchdog: &str| configuration[watchdog]["enable"] == true;
        let rolls_back = |watchdog: &str| has(watchdog) && configuration[watchdog]["rollback"] == true;
        let deployments = list(service, "deployments").iter().map(DeploymentView::of);
        // Where CodeDeploy deploys, task sets take the place of deployments.
        let sets = list(service, "taskSets").iter().filter(|_| is_codedeploy(service)).map(DeploymentView::of_set);
        let deployments: Vec<DeploymentView> = deployments.chain(sets).collect();
        let primary = deployments.iter().find(|deployment| deployment.status == "PRIMARY" && is_codedeploy(service));
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
            bake: configuration["bakeTimeInMinutes"].as_f64().unwrap_or_default() * 60.0,
            succeeds_early: has("earlySuccessCriteria"),
            is_configured: configuration.is_object(),
            gives_up: has("deploymentCircuitBreaker") || has("alarms"),
            rolls_back: rolls_back("deploymentCircuitBreaker") || rolls_back("alarms"),
            by_breaker: rolls_back("deploymentCircuitBreaker"),
            by_alarms: rolls_back("alarms"),
        }
    }

    /// Takes what a look leaves out of the service's configuration from an earlier look.
    pub(crate) fn complete_from(&mut self, earlier: &Self) {
        if self.is_configured || !earlier.is_configured {
            return;
        }
        let Self { bake, succeeds_early, is_configured, gives_up, rolls_back, by_breaker, by_alarms, .. } = earlier;
        (self.bake, self.is_configured, self.gives_up) = (*bake, *is_configured, *gives_up);
        self.succeeds_early = *succeeds_early;
        (self.rolls_back, self.by_breaker, self.by_alarms) = (*rolls_back, *by_breaker, *by_alarms);
    }

    /// Whether ECS goes back from a deployment that it gave up on for this reason: the breaker and alarms are set apart.
    pub(crate) fn rolls_back_from(&self, failed: &DeploymentView) -> bool {
        failed.reason.as_deref().map_or(self.rolls_back, |reason| self.rolls_back_for(reason))
    }

    /// Whether ECS goes back where it says this of a failure: in the state of a deployment, or in a service event.
    pub(crate) fn rolls_back_for(&self, words: &str) -> bool {
        match words {
            words if words.contains("alarm") => self.by_alarms,
            words if words.contains("circuit breaker") || words.contains("tasks failed to start") => self.by_breaker,
            _ => self.rolls_back,
        }
    }

    pub(crate) fn primary(&self) -> Option<&DeploymentView> {
        self.deployments.iter().find(|deployment| deployment.status == "PRIMARY")
    }

    /// Whether the parts of this look are of different moments: one service has one PRIMARY deployment.
    pub(crate) fn is_torn(&self) -> bool {
        self.deployments.iter().filter(|deployment| deployment.status == "PRIMARY").count() > 1
    }

    /// When ECS changed anything last that this look shows, in seconds since 1970; `None` where it shows no times.
    pub(crate) fn changed(&self) -> Option<f64> {
        let of_deployments = self.deployments.iter().flat_map(|one| [one.created, one.updated]).flatten();
        of_deployments.chain(self.messages.iter().map(|message| message.at)).filter(|at| *at > 0.0).reduce(f64::max)
    }

    pub(crate) fn deployment(&self, id: &str) -> Option<&DeploymentView> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    /// Tasks that run for any deployment but `id`.
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
        let (id, at, said) = (text(event, "id"), time(event, "createdAt").unwrap_or_default(), text(event, "message"));
        // A server that gives its events no ids means each by what it says and when.
        let id = if id.is_empty() { format!("{at} {said}") } else { id };
        Self { id, at, text: said }
    }
}

/// The service of a DescribeServices answer; `None` where it is not in it.
pub(crate) fn service(answer: &Value) -> Option<&Map<String, Value>> {
    list(answer, "services").first()?.as_object()
}

/// Whether a DescribeServices answer says that there is no such service.
pub(crate) fn is_missing(answer: &Value) -> bool {
    list(answer, "failures").iter().any(|failure| failure["reason"] == "MISSING")
}

/// Whether AWS CodeDeploy deploys the service.
pub(crate) fn is_codedeploy(service: &Value) -> bool {
    service["deploymentController"]["type"] == "CODE_DEPLOY"
}
