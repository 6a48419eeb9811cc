//! Services that AWS CodeDeploy deploys: ECS refuses to change what they run, so the order goes to CodeDeploy, and the verdict
//! is CodeDeploy's on the deployment whose id it gave.
//!
//! The service's own settings and its number of tasks stay ECS's business. They are changed first (UpdateService), while
//! nothing is on its way: in the middle of a deployment a changed number can make it fail.

pub(crate) mod appspec;
pub(crate) mod count;
pub(crate) mod group;
pub(crate) mod input;
pub(crate) mod locate;
pub(crate) mod order;
pub(crate) mod polling;
pub(crate) mod progress;
pub(crate) mod turn;
pub(crate) mod verdict;
pub(crate) mod watch;

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::machine::{Goal, Halt, Machine, State, Step};
use super::service::snapshot::ServiceView;
use super::service::strategy::Kind;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::types::deployment::CodeDeploy;
use crate::types::plan::PlannedCall;
use appspec::AppSpec;
use group::{Names, Waits};
use progress::LifecycleProgress;

/// CodeDeploy's word for a deployment that it does not have.
const MISSING: &str = "DeploymentDoesNotExistException";

/// A step of a rollout that CodeDeploy does.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Read the deployment group (GetDeploymentGroup).
    Group,
    /// Read under which names the service was deployed last (GetDeployment).
    Names { id: String },
    /// See whether a deployment is on its way (ListDeployments).
    Running,
    /// See whether one of those listed still is (GetDeployment): the list may be behind.
    Listed { ids: Vec<String> },
    /// See whether the deployment on its way is ours (GetDeployment, DescribeServices). `lost`: an order of ours that got no
    /// answer may have begun it.
    Whose { id: String, looks: u32, lost: Option<Search> },
    /// Give the order (CreateDeployment).
    Create,
    /// Look for the deployment of an order that got no answer (ListDeployments, GetDeploymentGroup).
    Lost(Search),
    /// Watch a deployment that somebody else began (GetDeployment).
    Join { id: String },
    /// See whether a deployment on its way can be turned round (GetDeployment).
    Turn { id: String },
    /// Turn it round (StopDeployment).
    Stop { id: String },
    /// See whether a deployment waits to be let go on (GetDeployment).
    Ready { id: String },
    /// Let it go on (ContinueDeployment). `is_lost`: an earlier attempt got no answer.
    Continue { id: String, is_lost: bool },
}

/// The search for the deployment of an order that got no answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// Looks that have not shown it.
    looks: u32,
    /// The error if it was not taken.
    refused: Option<Box<Error>>,
}

impl Act {
    pub(crate) fn is_write(&self) -> bool {
        matches!(self, Self::Create | Self::Stop { .. } | Self::Continue { .. })
    }

    /// Whether something may have begun whose id is looked for.
    pub(crate) fn is_search(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Whose { lost: Some(_), .. })
    }
}

/// What is known of the service's way through CodeDeploy.
#[derive(Debug, Default)]
pub(crate) struct Known {
    names: Names,
    spec: Option<AppSpec>,
    waits: Waits,
    /// The deployment that was on its way before the order, and the newest, whatever came of it.
    running: Option<String>,
    newest: Option<String>,
    /// Deployments of others that were listed, and have come to their end.
    over: Vec<String>,
    /// Whether an order got no answer.
    is_lost: bool,
    /// Whether the number of tasks and the settings have been changed by the order.
    is_amended: bool,
    /// The deployment that is watched.
    ours: Option<String>,
    /// When it was created, by CodeDeploy's clock and in seconds since the start.
    created: Option<f64>,
    began: Option<f64>,
    told: LifecycleProgress,
    /// Whether it is being turned round, and whether it is itself the way back.
    is_turned: bool,
    is_return: bool,
    /// The definition that is gone back to.
    former: Option<String>,
    /// When a bad end was seen first whose rollback was still to come.
    failing: Option<Duration>,
    /// Since when the deployment is not shown.
    unseen: Option<Duration>,
    /// Whether the service has shown that the deployment carries our definition.
    is_confirmed: bool,
    targeted: Option<Duration>,
    is_target_refused: bool,
    listed: Option<Duration>,
}

impl Machine {
    /// Does the act. Each is a future of its own size: without a box, the largest would be paid for at every step.
    pub(crate) fn codedeploy(&mut self, act: Act) -> BoxFuture<'_, Step> {
        match act {
            Act::Group => Box::pin(self.deployment_group()),
            Act::Names { id } => Box::pin(self.former_names(id)),
            Act::Running => Box::pin(self.deployment_on_its_way()),
            Act::Listed { ids } => Box::pin(self.still_on_its_way(ids)),
            Act::Whose { id, looks, lost } => Box::pin(self.whose(id, looks, lost)),
            Act::Create => Box::pin(self.create_deployment()),
            Act::Lost(search) => Box::pin(self.find_lost(search)),
            Act::Join { id } => Box::pin(self.join_deployment(id)),
            Act::Turn { id } => Box::pin(self.turn_deployment(id)),
            Act::Stop { id } => Box::pin(self.stop_deployment(id)),
            Act::Ready { id } => Box::pin(self.ready_deployment(id)),
            Act::Continue { id, is_lost } => Box::pin(self.continue_deployment(id, is_lost)),
        }
    }

    /// What can be told to be wrong with the options without a call.
    pub(crate) fn check_codedeploy(&mut self) -> Result<(), Error> {
        let Some(CodeDeploy { appspec, description, application, group, config }) = &self.request.codedeploy else {
            return Ok(());
        };
        input::check_description(description.as_deref())?;
        for (option, given) in [("application", application), ("group", group), ("config", config)] {
            if given.as_deref().is_some_and(|name| name.trim().is_empty()) {
                return Err(Error::invalid(format!("codedeploy.{option}"), "empty: give a name, or leave it away"));
            }
        }
        let long = input::long_description(description.as_deref());
        let spec = appspec.as_ref().map(AppSpec::read).transpose()?;
        self.codedeploy.spec = if self.goal == Goal::Back { spec.map(AppSpec::without_hooks) } else { spec };
        if let Some(text) = long {
            self.warn("long_description", text);
        }
        Ok(())
    }

    /// What cannot be right for a service of that kind, before anything is written.
    pub(crate) fn check_codedeployed(&mut self, service: &Value) -> Result<(), Error> {
        let name = &self.before.name;
        match (self.kind, &self.request.codedeploy, &self.goal) {
            (Kind::CodeDeploy, _, Goal::Deploy | Goal::Back) => {}
            (Kind::CodeDeploy, ..) | (_, None, _) => return Ok(()),
            (_, Some(_), _) => {
                let controller = service["deploymentController"]["type"].as_str().unwrap_or("ECS");
                let text = format!("service {name:?} is deployed by {controller}, not by CodeDeploy: leave it away");
                return Err(Error::invalid("codedeploy", text));
            }
        }
        input::check_settings(&self.request.settings)?;
        if self.codedeploy.spec.is_none() {
            let refuse = |why: String| Error::Unsupported { text: format!("service {name:?} {why}") };
            self.codedeploy.spec = Some(AppSpec::derive(service).map_err(refuse)?);
        }
        if let Some(text) = self.codedeploy.spec.as_ref().and_then(|spec| spec.loses(service)) {
            self.warn("appspec", text);
        }
        Ok(())
    }

    /// The deployment or task set that runs what is live.
    fn live_id(&self) -> Option<String> {
        let primary = self.before.primary()?;
        Some(primary.external.clone().unwrap_or_else(|| primary.id.clone()))
    }

    /// The id of what started the tasks of a deployment: the task set, where CodeDeploy made it.
    pub(crate) fn starter(&self, deployment: &str) -> String {
        let set = self.codedeploy.told.set.clone().filter(|_| self.codedeploy.ours.as_deref() == Some(deployment));
        set.unwrap_or_else(|| deployment.to_owned())
    }

    /// GetDeployment; the document that stands in the answer.
    async fn deployment(&mut self, id: &str) -> Result<Result<Value, ApiError>, Halt> {
        let answer = self.call(Operation::GetDeployment, &json!({"deploymentId": id})).await?;
        Ok(answer.map(|mut answer| answer.get_mut("deploymentInfo").map(Value::take).unwrap_or_default()))
    }

    /// Reads the service anew, before something else is decided about it.
    async fn find_again(&mut self) -> Result<(), Halt> {
        let answer = self.describe_service().await?;
        if let Some(service) = super::service::snapshot::service(&answer) {
            self.before = ServiceView::of(&Value::Object(service.clone()));
            self.prepared.service = service.clone();
        }
        Ok(())
    }

    /// What an order would call, as a plan tells it.
    pub(crate) fn planned_codedeploy(&self) -> Vec<PlannedCall> {
        let amend = self.needs_amending().then(|| PlannedCall::new(Operation::UpdateService, Some(self.amendment())));
        let creation = || self.definition.as_ref().map(|definition| self.creation(definition));
        let create = self.needs_deployment().then(|| PlannedCall::new(Operation::CreateDeployment, creation()));
        amend.into_iter().chain(create).collect()
    }
}

/// The state that an act is.
fn act(act: Act) -> State {
    State::CodeDeploy(Box::new(act))
}
