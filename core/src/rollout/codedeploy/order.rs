//! The order: what is decided, in which calls it goes out, and which deployment it began. One without an answer is looked for
//! before it is given again, and one that is on its way already is joined if it is ours.

use std::time::Duration;

use serde_json::{Value, json};

use super::verdict::{self, Mark, Owner};
use super::{Act, Search, act, appspec, input};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::error::failure::Failure;
use crate::json::{list, text};
use crate::rollout::assure::Word;
use crate::rollout::machine::{Halt, Machine, State, Step};
use crate::rollout::prepare::Revision;
use crate::rollout::service::snapshot;
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::watch::ecs::is_passing;
use crate::types::event::Event;

/// One deployment at a time in a group.
const LIMIT: &str = "DeploymentLimitExceededException";
/// Looks that must not have shown a deployment before its order is given again, and the pause between them.
const LOOKS: u32 = 2;
const PAUSE: Duration = Duration::from_secs(2);
/// Looks at a deployment that shows nothing yet that tells whose it is, and at one that is over: little more will come.
const UNKNOWN: u32 = 20;
const UNKNOWN_OVER: u32 = 3;

impl Machine {
    /// What there is to do. `equal`: a registered revision that is what was asked for.
    pub(crate) fn decide_codedeploy(&mut self, rendered: TaskDefinition, equal: Option<Revision>) -> Step {
        if let Some(spec) = &self.codedeploy.spec {
            spec.check_against(&rendered.to_value())?;
        }
        let runs = |revision: &Revision| Some(&revision.arn) == self.before.definition.as_ref();
        let Some(revision) = equal
            .filter(|revision| revision.is_active || (runs(revision) && !self.request.force && !self.has_moved_tags()))
        else {
            return Ok(self.writing(State::Latest(Box::new(rendered))));
        };
        let runs_already = runs(&revision);
        self.definition = Some(revision.arn.clone());
        if let Some(id) = self.codedeploy.running.clone() {
            return Ok(act(Act::Whose { id, looks: 0, lost: None }));
        }
        if !self.needs_deployment() && !self.needs_amending() {
            return Ok(self.runs_as_asked());
        }
        if !runs_already {
            self.tell(Event::Registered { definition: revision.arn, reused: true });
        }
        Ok(self.writing(self.ordering()))
    }

    fn runs_as_asked(&mut self) -> State {
        if let Some(id) = self.live_id() {
            self.watch_codedeploy(id);
        }
        if let Some(primary) = self.before.primary().cloned() {
            self.warn_of_missing_tasks(&primary);
        }
        self.unchanged()
    }

    /// Whether the deployment group's newest deployment is the one that the service shows as live.
    pub(crate) fn newest_of_codedeploy(&self) -> Word {
        match (&self.codedeploy.newest, self.live_id()) {
            (Some(newest), Some(live)) if *newest == live => Word::Same,
            _ => Word::None,
        }
    }

    /// Another is on its way, and there is no revision yet that it could deploy for us.
    pub(crate) fn refuse_to_register(&self) -> Result<(), Error> {
        match &self.codedeploy.running {
            Some(id) => Err(self.is_busy(id)),
            None => Ok(()),
        }
    }

    fn is_busy(&self, id: &str) -> Error {
        let text = format!(
            "service {:?} is in the middle of another deployment of CodeDeploy ({id}), which does one at a time: let it end \
             (`watch`), or go back first (`rollback`)",
            self.before.name
        );
        Error::Unsupported { text }
    }

    pub(crate) fn needs_deployment(&self) -> bool {
        self.request.force
            || self.has_moved_tags()
            || self.definition.is_none()
            || self.definition != self.before.definition
    }

    /// Whether the number of tasks or a setting is not as asked.
    pub(crate) fn needs_amending(&self) -> bool {
        self.request.desired.is_some_and(|desired| u64::from(desired) != self.before.desired)
            || self.request.settings.iter().any(|(member, asked)| !self.is_set(member, asked))
    }

    /// The input of UpdateService, for what is not CodeDeploy's.
    pub(crate) fn amendment(&self) -> Value {
        let mut order = json!({"cluster": self.request.cluster, "service": self.request.service});
        if let Some(desired) = self.request.desired {
            order["desiredCount"] = json!(desired);
        }
        for (member, value) in &self.request.settings {
            order[member] = value.clone();
        }
        order
    }

    /// The input of CreateDeployment.
    pub(crate) fn creation(&self, definition: &str) -> Value {
        let content = self.codedeploy.spec.as_ref().map(|spec| spec.content(definition)).unwrap_or_default();
        input::create(&self.request, &self.codedeploy.names, &content, definition)
    }

    /// Gives the order: first what is ECS's, then what is CodeDeploy's.
    pub(crate) async fn update_codedeploy(&mut self) -> Step {
        if let Some(id) = self.codedeploy.running.clone() {
            return Ok(act(Act::Whose { id, looks: 0, lost: None }));
        }
        if self.needs_amending() && !self.codedeploy.is_amended {
            // Given twice it is as good as once.
            if let Err(fault) = self.call(Operation::UpdateService, &self.amendment()).await? {
                return Err(self.setback(fault).await);
            }
            (self.codedeploy.is_amended, self.changed) = (true, true);
        }
        if self.needs_deployment() {
            return Ok(act(Act::Create));
        }
        let Some(id) = self.live_id() else {
            return Ok(if self.request.wait { self.succeed() } else { self.ordered() });
        };
        self.watch_codedeploy(id.clone());
        self.codedeploy.ours = None;
        self.tell(Event::Updated { deployment: id, arn: None });
        Ok(self.begin_looking())
    }

    pub(crate) async fn create_deployment(&mut self) -> Step {
        let definition = self.definition.clone().unwrap_or_default();
        let fault = match self.call(Operation::CreateDeployment, &self.creation(&definition)).await? {
            Ok(answer) if !text(&answer, "deploymentId").is_empty() => {
                self.codedeploy.began = Some(self.elapsed_seconds());
                return Ok(self.begun(text(&answer, "deploymentId")));
            }
            Ok(_) => ApiError::unreadable(Operation::CreateDeployment),
            Err(fault) => fault,
        };
        if fault.code == LIMIT {
            return Ok(self.busy(&fault));
        }
        let is_ambiguous = fault.is_ambiguous();
        self.codedeploy.is_lost |= is_ambiguous;
        if fault.code == "unreadable" {
            self.pause = Some(PAUSE);
            return Ok(act(Act::Lost(Search::default())));
        }
        match self.setback(fault).await {
            Halt::Retry if is_ambiguous => self.retry_from(act(Act::Lost(Search::default()))),
            Halt::Fail(error) if is_ambiguous => {
                self.retry_from(act(Act::Lost(Search { looks: 0, refused: Some(error) })))
            }
            setback => Err(setback),
        }
    }

    /// CodeDeploy says that one is on its way; it names it.
    fn busy(&mut self, fault: &ApiError) -> State {
        let words = fault.text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let named = words.rev().find(|word| word.starts_with("d-") && word.len() > 6).map(str::to_owned);
        // It may be that of an attempt that got no answer.
        let lost = self.codedeploy.is_lost.then(Search::default);
        match named {
            Some(id) => act(Act::Whose { id, looks: 0, lost }),
            None => act(Act::Lost(Search::default())),
        }
    }

    /// Looks for the deployment of an order that got no answer. It is given again once looks have shown none: CodeDeploy, which
    /// does one at a time, would refuse a second one.
    pub(crate) async fn find_lost(&mut self, search: Search) -> Step {
        let listed = match self.call(Operation::ListDeployments, &input::on_their_way(&self.codedeploy.names)).await? {
            Ok(answer) => {
                let mut ids = list(&answer, "deployments").iter().filter_map(Value::as_str);
                ids.find(|id| !self.is_known_over(id)).map(str::to_owned)
            }
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            Err(fault) if fault.kind == ApiErrorKind::Credentials => return Err(self.setback(fault).await),
            Err(_) => None,
        };
        let found = match listed {
            Some(id) => Some(id),
            None => self.newest_of_group().await?,
        };
        match found {
            Some(id) => Ok(act(Act::Whose { id, looks: 0, lost: Some(search) })),
            None if search.looks + 1 >= LOOKS => match search.refused {
                Some(error) => Err(Halt::Fail(error)),
                None => self.retry_from(act(Act::Create)),
            },
            None => {
                self.pause = Some(PAUSE);
                Ok(act(Act::Lost(Search { looks: search.looks + 1, ..search })))
            }
        }
    }

    fn is_known_over(&self, id: &str) -> bool {
        self.codedeploy.over.iter().any(|over| over == id)
    }

    /// The newest deployment of the group, where it was not there before: it may have come to its end already.
    async fn newest_of_group(&mut self) -> Result<Option<String>, Halt> {
        let names = &self.codedeploy.names;
        let input = json!({"applicationName": names.application, "deploymentGroupName": names.group});
        match self.call(Operation::GetDeploymentGroup, &input).await? {
            Ok(answer) => {
                let newest = answer["deploymentGroupInfo"]["lastAttemptedDeployment"]["deploymentId"].as_str();
                let is_old = |id: &str| Some(id) == self.codedeploy.newest.as_deref() || self.is_known_over(id);
                Ok(newest.filter(|id| !is_old(id)).map(str::to_owned))
            }
            Err(fault) if is_passing(&fault) => Err(self.setback(fault).await),
            Err(_) => Ok(None),
        }
    }

    /// Joins the deployment on its way if it deploys our definition. One that is over is in nobody's way.
    pub(crate) async fn whose(&mut self, id: String, looks: u32, lost: Option<Search>) -> Step {
        let info = match self.deployment(&id).await? {
            Ok(info) => info,
            Err(fault) if self.may_appear(&fault) => {
                self.pause = Some(PAUSE);
                return Ok(act(Act::Whose { id, looks, lost }));
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.codedeploy.unseen = None;
        let is_over = verdict::is_over(&info);
        if is_over && lost.is_none() && self.is_worth_finding_anew() {
            self.codedeploy.over.push(id);
            return Ok(self.find_anew());
        }
        let answer = self.describe_service().await?;
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let patience = if is_over { UNKNOWN_OVER } else { UNKNOWN };
        match (verdict::owner(&self.mark(), &info, &service), lost) {
            (Owner::Tracked, lost) => self.join_ours(id, &info, lost.is_some()),
            (Owner::Unknown, lost) if looks < patience => {
                self.pause = Some(PAUSE);
                Ok(act(Act::Whose { id, looks: looks + 1, lost }))
            }
            (Owner::Unknown, Some(_)) if is_over => Err(self.is_nobodys(id, &info).into()),
            (Owner::Theirs, Some(search)) if is_over => {
                self.codedeploy.over.push(id);
                Ok(act(Act::Lost(search)))
            }
            _ => Err(self.is_busy(&id).into()),
        }
    }

    /// What an order that got no answer may have begun is over, and tells nothing of whose it was.
    fn is_nobodys(&self, id: String, info: &Value) -> Error {
        let why = verdict::reason(info).map(|reason| format!(" ({reason})")).unwrap_or_default();
        let text = format!(
            "the answer to CreateDeployment was lost, and this one, begun since, has ended as {}{why} without telling whether it was \
             ours: look at it in CodeDeploy, then deploy again",
            text(info, "status")
        );
        Error::Failed(Box::new(Failure { deployment: Some(id), reason: Some(text), ..self.failure() }))
    }

    fn mark(&self) -> Mark {
        let definition = self.definition.clone().unwrap_or_default();
        let content = self.codedeploy.spec.as_ref().map(|spec| spec.content(&definition)).unwrap_or_default();
        Mark { definition, sha256: appspec::sha256(&content) }
    }

    fn join_ours(&mut self, id: String, info: &Value, is_lost: bool) -> Step {
        if is_lost {
            return Ok(self.begun(id));
        }
        if self.needs_amending() && !self.codedeploy.is_amended {
            let text = format!(
                "service {:?} is in the middle of a deployment of CodeDeploy ({id}) of that definition: its number of tasks and \
                 its settings are not changed meanwhile; let it end (`watch`) and ask again",
                self.before.name
            );
            return Err(Error::Unsupported { text }.into());
        }
        self.codedeploy.created = info["createTime"].as_f64();
        self.watch_codedeploy(id.clone());
        self.tell(Event::Updated { deployment: id, arn: None });
        Ok(self.begin_looking())
    }

    /// The order has begun this deployment.
    fn begun(&mut self, id: String) -> State {
        self.changed = true;
        self.watch_codedeploy(id.clone());
        self.tell(Event::Updated { deployment: id, arn: None });
        self.begin_looking()
    }

    /// From now on the verdict is about this deployment.
    pub(crate) fn watch_codedeploy(&mut self, id: String) {
        self.codedeploy.ours = Some(id.clone());
        let definition = self.definition.clone().unwrap_or_default();
        let created = self.codedeploy.created;
        self.watch_over(Tracked { id, definition, created, ..Tracked::default() });
    }

    pub(crate) fn begin_looking(&mut self) -> State {
        self.watched.begun = self.elapsed();
        if !self.request.wait {
            return self.ordered();
        }
        self.pause = Some(Duration::from_secs(2));
        State::Look
    }
}
