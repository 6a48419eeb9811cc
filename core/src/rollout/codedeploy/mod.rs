//! Services that AWS CodeDeploy deploys. ECS refuses to change what they run, so CodeDeploy gets the order, and the verdict is
//! CodeDeploy's on the deployment whose id it returned.
//!
//! The service's own settings and its number of tasks are still changed through ECS (UpdateService). That comes first, while no
//! deployment is in progress: during a deployment, a changed number can make it fail.

pub(crate) mod appspec;
pub(crate) mod count;
pub(crate) mod group;
pub(crate) mod input;
pub(crate) mod locate;
pub(crate) mod order;
pub(crate) mod polling;
pub(crate) mod progress;
pub(crate) mod stop;
pub(crate) mod verdict;
pub(crate) mod watch;

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use super::service::snapshot::ServiceView;
use super::service::strategy::Kind;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::CodeDeploy;
use crate::types::plan::PlannedCall;
use appspec::AppSpec;
use group::{Names, Waits};
use progress::LifecycleProgress;

/// CodeDeploy's error code for an unknown deployment.
const MISSING: &str = "DeploymentDoesNotExistException";

/// What is known about CodeDeploy's deployments of the service.
#[derive(Debug, Default)]
pub(crate) struct CodeDeployState {
    names: Names,
    spec: Option<AppSpec>,
    waits: Waits,
    others: OtherDeployments,
    /// True once an order got no answer.
    is_lost: bool,
    /// True once the order has changed the number of tasks and the settings.
    is_amended: bool,
    deployment: WatchedDeployment,
    lifecycle: LifecycleProgress,
    looks: LookTimes,
}

/// The deployments that were there before the order.
#[derive(Debug, Default)]
struct OtherDeployments {
    /// The one in progress.
    running: Option<String>,
    /// The newest, whatever its status is.
    newest: Option<String>,
    /// Those that were listed, and have ended.
    over: Vec<String>,
}

/// The deployment that is watched.
#[derive(Debug, Default)]
struct WatchedDeployment {
    id: Option<String>,
    /// When it was created, by CodeDeploy's clock.
    created: Option<f64>,
    /// When it was ordered, in seconds since the start of the rollout.
    began: Option<f64>,
    /// True while it is being stopped.
    is_stopping: bool,
    /// True if it is the deployment that rolls another back.
    is_rollback_deployment: bool,
    /// The definition that a rollback restores.
    former: Option<String>,
    /// Since when it is failed with a rollback to come.
    failing: Option<Duration>,
    /// Since when CodeDeploy does not show it.
    unseen: Option<Duration>,
    /// True once the service has shown that it carries our definition.
    is_confirmed: bool,
}

/// When which look was made last.
#[derive(Debug, Default)]
struct LookTimes {
    /// GetDeploymentTarget.
    targeted: Option<Duration>,
    /// True if GetDeploymentTarget was refused: it is not called again.
    is_target_refused: bool,
    /// DescribeServices.
    listed: Option<Duration>,
}

impl Workflow {
    /// Validates the options for CodeDeploy without a call.
    pub(crate) fn check_codedeploy(&mut self) -> Result<(), Error> {
        let Some(CodeDeploy { appspec, description, application, group, config }) = &self.request.codedeploy else {
            return Ok(());
        };
        input::check_description(description.as_deref())?;
        for (option, given) in [("application", application), ("group", group), ("config", config)] {
            if given.as_deref().is_some_and(|name| name.trim().is_empty()) {
                return Err(Error::invalid(format!("codedeploy.{option}"), "empty: give a name, or omit it"));
            }
        }
        let long = input::long_description(description.as_deref());
        let spec = appspec.as_ref().map(AppSpec::read).transpose()?;
        self.codedeploy.spec = if self.verb == Verb::Rollback { spec.map(AppSpec::without_hooks) } else { spec };
        if let Some(text) = long {
            self.cx.warn("long_description", text);
        }
        Ok(())
    }

    /// Refuses options that do not fit the service's deployment controller, before anything is written.
    pub(crate) fn check_codedeployed(&mut self, service: &Value) -> Result<(), Error> {
        let name = &self.found.before.name;
        match (self.found.kind, &self.request.codedeploy, &self.verb) {
            (Kind::CodeDeploy, _, Verb::Deploy | Verb::Rollback) => {}
            (Kind::CodeDeploy, ..) | (_, None, _) => return Ok(()),
            (_, Some(_), _) => {
                let controller = service["deploymentController"]["type"].as_str().unwrap_or("ECS");
                let text = format!("service {name:?} is deployed by {controller}, not by CodeDeploy: omit it");
                return Err(Error::invalid("codedeploy", text));
            }
        }
        input::check_settings(&self.request.settings, service)?;
        if self.codedeploy.spec.is_none() {
            let refuse = |why: String| Error::Unsupported { text: format!("service {name:?} {why}") };
            self.codedeploy.spec = Some(AppSpec::derive(service).map_err(refuse)?);
        }
        if let Some(text) = self.codedeploy.spec.as_ref().and_then(|spec| spec.loses(service)) {
            self.cx.warn("appspec", text);
        }
        Ok(())
    }

    /// The id of the live deployment or task set.
    fn live_id(&self) -> Option<String> {
        let primary = self.found.before.primary()?;
        Some(primary.external.clone().unwrap_or_else(|| primary.id.clone()))
    }

    /// The id of what started the tasks of a deployment: the task set, if CodeDeploy made it.
    pub(crate) fn starter(&self, deployment: &str) -> String {
        let set = self
            .codedeploy
            .lifecycle
            .set
            .clone()
            .filter(|_| self.codedeploy.deployment.id.as_deref() == Some(deployment));
        set.unwrap_or_else(|| deployment.to_owned())
    }

    /// The deployment's document (GetDeployment).
    async fn deployment(&mut self, id: &str) -> Result<Result<Value, ApiError>, Halt> {
        let answer = self.call(Operation::GetDeployment, &json!({"deploymentId": id})).await?;
        Ok(answer.map(|mut answer| answer.get_mut("deploymentInfo").map(Value::take).unwrap_or_default()))
    }

    /// Reads the service again before the next decision.
    async fn find_again(&mut self) -> Result<(), Halt> {
        let answer = self.describe_service().await?;
        if let Some(service) = super::service::snapshot::service(&answer) {
            self.found.before = ServiceView::of(&Value::Object(service.clone()));
            self.prepared.service = service.clone();
        }
        Ok(())
    }

    /// The calls of an order, for a plan.
    pub(crate) fn planned_codedeploy(&self) -> Vec<PlannedCall> {
        let amend = self.needs_amending().then(|| PlannedCall::new(Operation::UpdateService, Some(self.amendment())));
        let creation = || self.order.definition.as_ref().map(|definition| self.creation(definition));
        let create = self.needs_deployment().then(|| PlannedCall::new(Operation::CreateDeployment, creation()));
        amend.into_iter().chain(create).collect()
    }
}
