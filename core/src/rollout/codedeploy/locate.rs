//! Finds the deployment group of the service and its deployments, before anything is written.

use crate::engine::context::{Halt, persist};
use crate::rollout::watch::ecs::is_passing;
use serde_json::json;

use super::group::{self, Names, Waits};
use super::{input, verdict};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::list;
use crate::rollout::workflow::{Verb, Workflow};

impl Workflow {
    /// Reads the deployment group of the service (GetDeploymentGroup) and the deployments in progress (ListDeployments).
    pub(crate) async fn locate_codedeploy(&mut self) -> Result<(), Halt> {
        let options = self.request.codedeploy.clone().unwrap_or_default();
        let made = Names::of_console(&self.found.before.cluster, &self.found.before.name);
        self.codedeploy.names = Names {
            application: options.application.unwrap_or(made.application),
            group: options.group.unwrap_or(made.group),
        };
        // One that is named is looked at as it is.
        if matches!(&self.verb, Verb::Watch { deployment: Some(id) } if id.starts_with("d-")) {
            return Ok(());
        }
        if !persist!(self, self.deployment_group().await)? {
            return Ok(());
        }
        let ids = persist!(self, self.deployments_on_their_way().await)?;
        // To watch, stop or roll back, an ended deployment matters too.
        if ids.is_empty() || (self.verb != Verb::Deploy && self.found.instead_of.is_none()) {
            return Ok(());
        }
        self.skip_those_that_are_over(ids).await
    }

    /// Reads the deployment group. Returns false if there is none, and CodeDeploy's last deployment is to be watched all the same.
    async fn deployment_group(&mut self) -> Result<bool, Halt> {
        let Names { application, group } = &self.codedeploy.names;
        let input = json!({"applicationName": application, "deploymentGroupName": group});
        let answer = match self.call(Operation::GetDeploymentGroup, &input).await? {
            Ok(answer) => answer,
            Err(fault) if fault.kind == ApiErrorKind::Denied => {
                self.cx.warn("group", format!("the deployment group is not looked at: {}", fault.text));
                return Ok(true);
            }
            Err(fault) => return self.group_fault(fault).await,
        };
        let found = &answer["deploymentGroupInfo"];
        group::deploys(found, &self.found.before.cluster, &self.found.before.name).map_err(|what| {
            let text = format!(
                "{:?} does not deploy service {:?}: {what}",
                self.codedeploy.names.group, self.found.before.name
            );
            Error::invalid("codedeploy.group", text)
        })?;
        self.codedeploy.waits = Waits::of(found);
        self.codedeploy.others.newest = found["lastAttemptedDeployment"]["deploymentId"].as_str().map(str::to_owned);
        self.warn_of_waits();
        Ok(true)
    }

    /// Warns if a deployment may wait longer than the timeout.
    fn warn_of_waits(&mut self) {
        let (least, timeout) = (self.codedeploy.waits.least(), self.request.timeout);
        if self.verb == Verb::Deploy && self.request.wait && least >= timeout {
            let text = format!(
                "a deployment of group {:?} takes {least} s in waits alone and is watched for {timeout} s: give a longer `timeout`",
                self.codedeploy.names.group
            );
            self.cx.warn("timeout", text);
        }
    }

    async fn group_fault(&mut self, fault: ApiError) -> Result<bool, Halt> {
        let is_application = fault.code == "ApplicationDoesNotExistException";
        if !is_application && fault.code != "DeploymentGroupDoesNotExistException" {
            return Err(self.setback(fault).await);
        }
        let options = self.request.codedeploy.clone().unwrap_or_default();
        let is_given = options.application.is_some() || options.group.is_some();
        // The names under which the running task set was deployed, as CodeDeploy may know them.
        let made = Names::of_console(&self.found.before.cluster, &self.found.before.name);
        let external = self.found.before.deployments.iter().find_map(|set| set.external.clone());
        if let (false, true, Some(id)) = (is_given, self.codedeploy.names == made, external) {
            persist!(self, self.find_former_names(&id).await)?;
            // The names are others now: the next answer is the last.
            return Box::pin(self.deployment_group()).await;
        }
        if matches!(self.verb, Verb::Watch { .. }) {
            return Ok(false);
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

    /// The names under which the service was deployed last (GetDeployment).
    async fn find_former_names(&mut self, id: &str) -> Result<(), Halt> {
        let names = match self.deployment(id).await? {
            Ok(info) => Names::of_deployment(&info),
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            Err(_) => None,
        };
        match names.filter(|names| *names != self.codedeploy.names) {
            Some(names) => self.codedeploy.names = names,
            // The next answer is then the last.
            None => {
                self.request.codedeploy.get_or_insert_default().application =
                    Some(self.codedeploy.names.application.clone())
            }
        }
        Ok(())
    }

    async fn deployments_on_their_way(&mut self) -> Result<Vec<String>, Halt> {
        match self.call(Operation::ListDeployments, &input::on_their_way(&self.codedeploy.names)).await? {
            Ok(answer) => {
                let ids = list(&answer, "deployments").iter().filter_map(|id| id.as_str());
                let ids: Vec<String> = ids.map(str::to_owned).collect();
                self.codedeploy.others.running = ids.first().cloned();
                Ok(ids)
            }
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                Err(self.setback(fault).await)
            }
            // CodeDeploy itself refuses a second one.
            Err(fault) => {
                self.cx.warn("deployments", format!("deployments in progress are unknown: {}", fault.text));
                Ok(Vec::new())
            }
        }
    }

    /// Takes the first listed deployment that has not ended as the one in progress (GetDeployment): the list may be stale.
    async fn skip_those_that_are_over(&mut self, ids: Vec<String>) -> Result<(), Halt> {
        for id in ids {
            if !persist!(self, self.has_ended(&id).await)? {
                self.codedeploy.others.running = Some(id);
                return Ok(());
            }
            self.codedeploy.others.over.push(id);
        }
        self.codedeploy.others.running = None;
        // The ended deployment may not have been live yet when the service was read.
        persist!(self, self.find_again().await)
    }

    async fn has_ended(&mut self, id: &str) -> Result<bool, Halt> {
        match self.deployment(id).await? {
            Ok(info) => Ok(info["deploymentId"] == *id && verdict::is_over(&info)),
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                Err(self.setback(fault).await)
            }
            Err(_) => Ok(false),
        }
    }
}
