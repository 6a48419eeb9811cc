//! Places the order: decides, makes the calls, and finds the deployment that it began. An order without an answer is looked for before
//! it is repeated; one in progress already is joined if it is ours.

use crate::engine::context::{Halt, persist};
use crate::rollout::watch::ecs::is_passing;
use std::time::Duration;

use serde_json::{Value, json};

use super::verdict::{self, Fingerprint, Owner};
use super::{appspec, input};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::error::failure::Failure;
use crate::json::{list, text};
use crate::rollout::prepare::assure::Word;
use crate::rollout::prepare::{Ready, Revision};
use crate::rollout::service::snapshot;
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// One deployment at a time in a group.
const LIMIT: &str = "DeploymentLimitExceededException";
/// Looks that must not show a deployment before its order is repeated, and the pause between them.
const LOOKS: u32 = 2;
const PAUSE: Duration = Duration::from_secs(2);
/// Looks at a deployment that does not show yet whose it is, and at one that has ended: it will show little more.
const UNKNOWN: u32 = 20;
const UNKNOWN_OVER: u32 = 3;

impl Workflow {
    /// Decides what is to be done. `equal`: a registered revision that is equal to the requested one.
    pub(crate) async fn decide_codedeploy(
        &mut self,
        rendered: TaskDefinition,
        equal: Option<Revision>,
    ) -> Result<Ready, Halt> {
        if let Some(spec) = &self.codedeploy.spec {
            spec.check_against(&rendered.to_value())?;
        }
        let runs = |revision: &Revision| Some(&revision.arn) == self.found.before.definition.as_ref();
        let Some(revision) = equal
            .filter(|revision| revision.is_active || (runs(revision) && !self.request.force && !self.has_moved_tags()))
        else {
            return Ok(Ready::Register(Box::new(rendered)));
        };
        let runs_already = runs(&revision);
        self.order.definition = Some(revision.arn.clone());
        if let Some(id) = self.codedeploy.others.running.clone() {
            self.join_if_ours(id, false).await?;
            return Ok(Ready::Joined);
        }
        if !self.needs_deployment() && !self.needs_amending() {
            return Ok(self.runs_as_asked());
        }
        if !runs_already {
            self.tell_registered(revision.arn, true);
        }
        Ok(Ready::Order)
    }

    fn runs_as_asked(&mut self) -> Ready {
        if let Some(id) = self.live_id() {
            self.watch_codedeploy(id);
        }
        if let Some(primary) = self.found.before.primary().cloned() {
            self.warn_of_missing_tasks(&primary);
        }
        Ready::Unchanged
    }

    /// Whether the deployment group's newest deployment is the one that the service shows as live.
    pub(crate) fn newest_of_codedeploy(&self) -> Word {
        match (&self.codedeploy.others.newest, self.live_id()) {
            (Some(newest), Some(live)) if *newest == live => Word::Same,
            _ => Word::None,
        }
    }

    /// Refuses to register: another deployment is in progress, and it cannot deploy a revision that does not exist yet.
    pub(crate) fn refuse_to_register(&self) -> Result<(), Error> {
        match &self.codedeploy.others.running {
            Some(id) => Err(self.is_busy(id)),
            None => Ok(()),
        }
    }

    fn is_busy(&self, id: &str) -> Error {
        let text = format!(
            "service {:?} is in the middle of another deployment of CodeDeploy ({id}), which does one at a time: let it end \
             (`watch`), or go back first (`rollback`)",
            self.found.before.name
        );
        Error::Unsupported { text }
    }

    pub(crate) fn needs_deployment(&self) -> bool {
        self.request.force
            || self.has_moved_tags()
            || self.order.definition.is_none()
            || self.order.definition != self.found.before.definition
    }

    /// Whether the number of tasks or a setting is not as asked.
    pub(crate) fn needs_amending(&self) -> bool {
        self.request.desired.is_some_and(|desired| u64::from(desired) != self.found.before.desired)
            || self.request.settings.iter().any(|(member, asked)| !self.is_set(member, asked))
    }

    /// The input of UpdateService, for the part that CodeDeploy does not handle.
    pub(crate) fn amendment(&self) -> Value {
        let mut order = json!({"cluster": self.request.cluster, "service": self.request.service});
        if let Some(desired) = self.request.desired {
            order["desiredCount"] = json!(desired);
        }
        let sent = self.request.settings.iter().filter(|(member, _)| input::is_taken(member));
        for (member, value) in sent {
            order[member] = value.clone();
        }
        order
    }

    /// The input of CreateDeployment.
    pub(crate) fn creation(&self, definition: &str) -> Value {
        let content = self.codedeploy.spec.as_ref().map(|spec| spec.content(definition)).unwrap_or_default();
        input::create(&self.request, &self.codedeploy.names, &content, definition)
    }

    /// Places the order: first with ECS, then with CodeDeploy.
    pub(crate) async fn update_codedeploy(&mut self) -> Result<(), Halt> {
        if let Some(id) = self.codedeploy.others.running.clone() {
            return self.join_if_ours(id, false).await.map(drop);
        }
        if self.needs_amending() && !self.codedeploy.is_amended {
            // Given twice it is as good as once.
            while let Err(fault) = self.call(Operation::UpdateService, &self.amendment()).await? {
                let setback = self.setback(fault).await;
                self.or_retry(setback).await?;
            }
            self.cx.succeeded();
            (self.codedeploy.is_amended, self.order.changed) = (true, true);
        }
        if self.needs_deployment() {
            return self.create_deployment().await;
        }
        if let Some(id) = self.live_id() {
            self.watch_codedeploy(id.clone());
            self.codedeploy.deployment.id = None;
            self.emit(Event::Updated { deployment: id, arn: None });
            self.begin_looking();
        }
        Ok(())
    }

    /// Gives the order to CodeDeploy (CreateDeployment). One without an answer is looked for before it is given again.
    async fn create_deployment(&mut self) -> Result<(), Halt> {
        loop {
            let definition = self.order.definition.clone().unwrap_or_default();
            let fault = match self.call(Operation::CreateDeployment, &self.creation(&definition)).await? {
                Ok(answer) if !text(&answer, "deploymentId").is_empty() => {
                    self.codedeploy.deployment.began = Some(self.cx.seconds());
                    self.begun(text(&answer, "deploymentId"));
                    return Ok(());
                }
                Ok(_) => ApiError::unreadable(Operation::CreateDeployment),
                Err(fault) => fault,
            };
            let is_ambiguous = fault.is_ambiguous();
            let failed = self.cx.attempts.failed + 1;
            let is_found = if fault.code == LIMIT {
                self.join_busy(&fault).await?
            } else {
                self.codedeploy.is_lost |= is_ambiguous;
                if fault.code == "unreadable" {
                    self.cx.timing.pause = Some(PAUSE);
                    self.find_lost(None).await?
                } else {
                    match self.setback(fault).await {
                        Halt::Retry if is_ambiguous => self.find_lost(None).await?,
                        Halt::Fail(error) if is_ambiguous => self.find_lost(Some(error)).await?,
                        setback => {
                            self.or_retry(setback).await?;
                            false
                        }
                    }
                }
            };
            // The attempts at the order count together.
            self.cx.attempts.failed = failed;
            if is_found {
                return Ok(());
            }
        }
    }

    /// Handles CodeDeploy's answer that a deployment is in progress, which names it. Returns whether it is ours.
    async fn join_busy(&mut self, fault: &ApiError) -> Result<bool, Halt> {
        let words = fault.text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let named = words.rev().find(|word| word.starts_with("d-") && word.len() > 6).map(str::to_owned);
        // It may be that of an attempt that got no answer.
        if let Some(id) = named
            && self.join_if_ours(id, self.codedeploy.is_lost).await?
        {
            return Ok(true);
        }
        self.find_lost(None).await
    }

    /// Looks for the deployment of an order that got no answer; whether it was found. It is given again once looks have shown none:
    /// CodeDeploy, which does one at a time, would refuse a second one. `refused`: the error if it was not taken.
    async fn find_lost(&mut self, refused: Option<Box<Error>>) -> Result<bool, Halt> {
        self.order.is_searching = true;
        let mut looks = 0;
        loop {
            self.cx.before_retry().await?;
            match persist!(self, self.newest_that_may_be_ours().await)? {
                Some(id) => {
                    if self.join_if_ours(id, true).await? {
                        self.order.is_searching = false;
                        return Ok(true);
                    }
                }
                None if looks + 1 >= LOOKS => match refused {
                    Some(error) => return Err(Halt::Fail(error)),
                    None => {
                        self.order.is_searching = false;
                        return Ok(false);
                    }
                },
                None => {
                    looks += 1;
                    self.cx.timing.pause = Some(PAUSE);
                }
            }
        }
    }

    /// The deployment in progress (ListDeployments), or the newest of the group (GetDeploymentGroup).
    async fn newest_that_may_be_ours(&mut self) -> Result<Option<String>, Halt> {
        let listed = match self.call(Operation::ListDeployments, &input::on_their_way(&self.codedeploy.names)).await? {
            Ok(answer) => {
                let mut ids = list(&answer, "deployments").iter().filter_map(Value::as_str);
                ids.find(|id| !self.is_known_over(id)).map(str::to_owned)
            }
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                return Err(self.setback(fault).await);
            }
            Err(_) => None,
        };
        match listed {
            Some(id) => Ok(Some(id)),
            None => self.newest_of_group().await,
        }
    }

    fn is_known_over(&self, id: &str) -> bool {
        self.codedeploy.others.over.iter().any(|over| over == id)
    }

    /// The newest deployment of the group, if it is new: it may have ended already.
    async fn newest_of_group(&mut self) -> Result<Option<String>, Halt> {
        let names = &self.codedeploy.names;
        let input = json!({"applicationName": names.application, "deploymentGroupName": names.group});
        match self.call(Operation::GetDeploymentGroup, &input).await? {
            Ok(answer) => {
                let newest = answer["deploymentGroupInfo"]["lastAttemptedDeployment"]["deploymentId"].as_str();
                let is_old = |id: &str| Some(id) == self.codedeploy.others.newest.as_deref() || self.is_known_over(id);
                Ok(newest.filter(|id| !is_old(id)).map(str::to_owned))
            }
            Err(fault) if is_passing(&fault) => Err(self.setback(fault).await),
            Err(_) => Ok(None),
        }
    }

    /// Joins the deployment in progress if it deploys our definition (GetDeployment, DescribeServices). Returns false if it is
    /// somebody else's and has ended: it blocks nothing. `is_lost`: an order of ours without an answer may have begun it.
    async fn join_if_ours(&mut self, id: String, is_lost: bool) -> Result<bool, Halt> {
        self.order.is_searching |= is_lost;
        let mut looks = 0;
        loop {
            self.cx.before_retry().await?;
            let (owner, info) = match self.owner_of(&id).await {
                Ok(Some(found)) => found,
                Ok(None) => {
                    self.cx.timing.pause = Some(PAUSE);
                    continue;
                }
                Err(Halt::Retry) => continue,
                Err(halt) => return Err(halt),
            };
            self.cx.succeeded();
            let is_over = verdict::is_over(&info);
            if is_over && !is_lost && self.may_start_over() {
                self.codedeploy.others.over.push(id);
                return Err(self.start_over());
            }
            let patience = if is_over { UNKNOWN_OVER } else { UNKNOWN };
            match owner {
                Owner::Ours => {
                    self.join_ours(id, &info, is_lost)?;
                    self.order.is_searching = false;
                    return Ok(true);
                }
                Owner::Unknown if looks < patience => {
                    looks += 1;
                    self.cx.timing.pause = Some(PAUSE);
                }
                Owner::Unknown if is_lost && is_over => return Err(self.unknown_owner(id, &info).into()),
                Owner::Theirs if is_lost && is_over => {
                    self.codedeploy.others.over.push(id);
                    return Ok(false);
                }
                Owner::Unknown | Owner::Theirs => return Err(self.is_busy(&id).into()),
            }
        }
    }

    /// The owner of a deployment and its document; `None` while it may still appear.
    async fn owner_of(&mut self, id: &str) -> Result<Option<(Owner, Value)>, Halt> {
        let info = match self.deployment(id).await? {
            Ok(info) => info,
            Err(fault) if self.may_appear(&fault) => return Ok(None),
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.codedeploy.deployment.unseen = None;
        let answer = self.describe_service().await?;
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        Ok(Some((verdict::owner(&self.fingerprint(), &info, &service), info)))
    }

    /// The error for a deployment that has ended without showing whether a lost order of ours began it.
    fn unknown_owner(&self, id: String, info: &Value) -> Error {
        let why = verdict::reason(info).map(|reason| format!(" ({reason})")).unwrap_or_default();
        let text = format!(
            "the answer to CreateDeployment was lost, and this one, begun since, has ended as {}{why} without telling whether it was \
             ours: look at it in CodeDeploy, then deploy again",
            text(info, "status")
        );
        Error::Failed(Box::new(Failure { deployment: Some(id), reason: Some(text), ..self.failure() }))
    }

    fn fingerprint(&self) -> Fingerprint {
        let definition = self.order.definition.clone().unwrap_or_default();
        let content = self.codedeploy.spec.as_ref().map(|spec| spec.content(&definition)).unwrap_or_default();
        Fingerprint { definition, sha256: appspec::sha256(&content) }
    }

    fn join_ours(&mut self, id: String, info: &Value, is_lost: bool) -> Result<(), Error> {
        if is_lost {
            self.begun(id);
            return Ok(());
        }
        if self.needs_amending() && !self.codedeploy.is_amended {
            let text = format!(
                "service {:?} is in the middle of a deployment of CodeDeploy ({id}) of that definition: its number of tasks and \
                 its settings are not changed meanwhile; let it end (`watch`) and ask again",
                self.found.before.name
            );
            return Err(Error::Unsupported { text });
        }
        self.codedeploy.deployment.created = info["createTime"].as_f64();
        self.watch_codedeploy(id.clone());
        self.emit(Event::Updated { deployment: id, arn: None });
        self.begin_looking();
        Ok(())
    }

    /// The order has begun this deployment.
    fn begun(&mut self, id: String) {
        self.order.changed = true;
        self.watch_codedeploy(id.clone());
        self.emit(Event::Updated { deployment: id, arn: None });
        self.begin_looking();
    }

    /// From now on the verdict is about this deployment.
    pub(crate) fn watch_codedeploy(&mut self, id: String) {
        self.codedeploy.deployment.id = Some(id.clone());
        let definition = self.order.definition.clone().unwrap_or_default();
        let created = self.codedeploy.deployment.created;
        self.watch_over(Tracked { id, definition, created, ..Tracked::default() });
    }

    /// Begins to count the time of the deployment.
    pub(crate) fn begin_looking(&mut self) {
        self.watched.begun = self.cx.elapsed();
        if self.request.wait {
            self.cx.timing.pause = Some(Duration::from_secs(2));
        }
    }
}
