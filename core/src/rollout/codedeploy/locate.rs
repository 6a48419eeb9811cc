//! Where CodeDeploy deploys the service, and what it does there already: read before anything is written.

use serde_json::json;

use super::group::{self, Names, Waits};
use super::{Act, act, input, verdict};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::list;
use crate::rollout::machine::{Goal, Machine, State, Step};
use crate::rollout::watch::ecs::is_passing;

impl Machine {
    /// What is read first of a service that CodeDeploy deploys.
    pub(crate) fn first_act(&mut self) -> State {
        let options = self.request.codedeploy.clone().unwrap_or_default();
        let made = Names::of_console(&self.before.cluster, &self.before.name);
        self.codedeploy.names = Names {
            application: options.application.unwrap_or(made.application),
            group: options.group.unwrap_or(made.group),
        };
        act(match &self.goal {
            Goal::Watch { deployment: Some(id) } if id.starts_with("d-") => Act::Join { id: id.clone() },
            _ => Act::Group,
        })
    }

    pub(crate) async fn deployment_group(&mut self) -> Step {
        let Names { application, group } = &self.codedeploy.names;
        let input = json!({"applicationName": application, "deploymentGroupName": group});
        let answer = match self.call(Operation::GetDeploymentGroup, &input).await? {
            Ok(answer) => answer,
            Err(fault) if fault.kind == ApiErrorKind::Denied => {
                self.warn("group", format!("the deployment group is not looked at: {}", fault.text));
                return Ok(act(Act::Running));
            }
            Err(fault) => return self.group_fault(fault).await,
        };
        let found = &answer["deploymentGroupInfo"];
        group::deploys(found, &self.before.cluster, &self.before.name).map_err(|what| {
            let text =
                format!("{:?} does not deploy service {:?}: {what}", self.codedeploy.names.group, self.before.name);
            Error::invalid("codedeploy.group", text)
        })?;
        self.codedeploy.waits = Waits::of(found);
        self.codedeploy.newest = found["lastAttemptedDeployment"]["deploymentId"].as_str().map(str::to_owned);
        self.warn_of_waits();
        Ok(act(Act::Running))
    }

    /// A deployment may wait longer than anybody watches.
    fn warn_of_waits(&mut self) {
        let (least, timeout) = (self.codedeploy.waits.least(), self.request.timeout);
        if self.goal == Goal::Deploy && self.request.wait && least >= timeout {
            let text = format!(
                "a deployment of group {:?} takes {least} s in waits alone and is watched for {timeout} s: give a longer `timeout`",
                self.codedeploy.names.group
            );
            self.warn("timeout", text);
        }
    }

    async fn group_fault(&mut self, fault: ApiError) -> Step {
        let is_application = fault.code == "ApplicationDoesNotExistException";
        if !is_application && fault.code != "DeploymentGroupDoesNotExistException" {
            return Err(self.setback(fault).await);
        }
        let options = self.request.codedeploy.clone().unwrap_or_default();
        let is_given = options.application.is_some() || options.group.is_some();
        // What runs now was deployed under names that CodeDeploy can tell.
        let made = Names::of_console(&self.before.cluster, &self.before.name);
        let external = self.before.deployments.iter().find_map(|set| set.external.clone());
        if let (false, true, Some(id)) = (is_given, self.codedeploy.names == made, external) {
            return Ok(act(Act::Names { id }));
        }
        if matches!(self.goal, Goal::Watch { .. }) {
            return self.after_find();
        }
        let Names { application, group } = &self.codedeploy.names;
        let (option, what) = match is_application {
            true => ("codedeploy.application", format!("no application {application:?}")),
            false => ("codedeploy.group", format!("no deployment group {group:?} in application {application:?}")),
        };
        let hint =
            if is_given { "" } else { "; the name is the one that ECS's console gives: name the one that is used" };
        Err(Error::invalid(option, format!("CodeDeploy has {what} in this account and region{hint}")).into())
    }

    pub(crate) async fn former_names(&mut self, id: String) -> Step {
        let names = match self.deployment(&id).await? {
            Ok(info) => Names::of_deployment(&info),
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            Err(_) => None,
        };
        match names.filter(|names| *names != self.codedeploy.names) {
            Some(names) => self.codedeploy.names = names,
            // So that the next answer is the last.
            None => {
                self.request.codedeploy.get_or_insert_default().application =
                    Some(self.codedeploy.names.application.clone())
            }
        }
        Ok(act(Act::Group))
    }

    pub(crate) async fn deployment_on_its_way(&mut self) -> Step {
        match self.call(Operation::ListDeployments, &input::on_their_way(&self.codedeploy.names)).await? {
            Ok(answer) => {
                let ids = list(&answer, "deployments").iter().filter_map(|id| id.as_str());
                let ids: Vec<String> = ids.map(str::to_owned).collect();
                self.codedeploy.running = ids.first().cloned();
                // What is over has a meaning of its own where it is watched or turned round.
                if !ids.is_empty() && (self.goal == Goal::Deploy || self.instead_of.is_some()) {
                    return Ok(act(Act::Listed { ids }));
                }
            }
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                return Err(self.setback(fault).await);
            }
            // CodeDeploy itself refuses a second one.
            Err(fault) => self.warn("deployments", format!("what is on its way is not known: {}", fault.text)),
        }
        self.after_find()
    }

    /// The first of those listed that has not come to its end is on its way.
    pub(crate) async fn still_on_its_way(&mut self, mut ids: Vec<String>) -> Step {
        let Some(id) = ids.first().cloned() else {
            self.codedeploy.running = None;
            // What was over may not have been live yet when the service was found.
            self.find_again().await?;
            return self.after_find();
        };
        match self.deployment(&id).await? {
            Ok(info) if info["deploymentId"] == *id && verdict::is_over(&info) => {
                self.codedeploy.over.push(ids.remove(0));
                Ok(act(Act::Listed { ids }))
            }
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                Err(self.setback(fault).await)
            }
            _ => {
                self.codedeploy.running = Some(id);
                self.after_find()
            }
        }
    }
}
