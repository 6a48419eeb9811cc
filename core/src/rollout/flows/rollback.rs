//! Going back: after a rollout that failed, where that was asked for, and as a verb of its own.
//!
//! A deployment in stages is turned round where it is (ContinueServiceDeployment, StopServiceDeployment); anything else is
//! updated to the definition that ran before, by a rollout of its own.

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::types::deployment::Rollback;
use serde_json::{Map, Value, json};

use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::error::failure::{Failure, Recovery};
use crate::rollout::machine::{Goal, Halt, Machine, State, Step};
use crate::rollout::service::snapshot::DeploymentView;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::watch::ecs::is_passing;
use crate::rollout::watch::lifecycle;
use crate::types::deployment::{CodeDeploy, Definition, Deployment, Recover};
use crate::types::event::Event;

/// Looks that may leave out the deployment that is gone back from, before it counts as gone: they may be stale, and what they
/// show is what is to be gone back to.
const STALE: u32 = 5;

impl Client {
    /// Goes back to what a service ran before, and watches until that is live and complete again.
    ///
    /// A deployment in progress is turned back where ECS or CodeDeploy can do that. Otherwise the earlier task definition is
    /// deployed.
    ///
    /// # Errors
    /// Those of `deploy`. `invalid` if no earlier task definition is known.
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
}

impl Machine {
    /// After a rollout that did not end well: back, if that was asked for and there is something to go back to.
    pub(crate) fn recover(&mut self, error: Error) -> State {
        let (true, Some(previous)) = (self.is_to_recover(), self.former_definition()) else {
            return State::Done(Box::new(Err(error)));
        };
        self.warn("recovering", format!("{}: going back to {previous}", error.code()));
        let mut request = Deployment::new(&self.request.cluster, &self.request.service);
        (request.timeout, request.failures) = (self.request.timeout, self.request.failures);
        request.verify = self.request.verify;
        request.settings = self.former_settings();
        request.codedeploy = self.request.codedeploy.clone().map(|options| CodeDeploy { description: None, ..options });
        let goal = match self.has_records() || self.kind == Kind::CodeDeploy {
            true => Goal::Back,
            false => Goal::Deploy,
        };
        request.definition = Some(Definition::Name(previous));
        let mut back = Self::new(self.client.clone(), request);
        back.goal = goal;
        back.expected = self.listed_as().map(|id| (id, STALE));
        back.instead_of = self.ours().cloned();
        self.back = Some(Box::new(back));
        State::Recover(Box::new(error))
    }

    /// Whether the service is to go back where the order does not end well.
    pub(crate) fn is_to_recover(&self) -> bool {
        self.request.recover == Recover::Rollback && self.changed && self.former_definition().is_some()
    }

    /// The definition that ran before the order: that of a deployment which was complete, where ECS had given up on the newest.
    fn former_definition(&self) -> Option<String> {
        let is_other = |definition: &&String| Some(*definition) != self.definition.as_ref();
        let mut complete = self.before.deployments.iter().filter(|one| one.is("COMPLETED")).map(|one| &one.definition);
        let former = match self.has_failed() {
            true => complete.find(is_other),
            false => self.before.definition.as_ref().filter(is_other),
        };
        former.cloned()
    }

    /// The id under which the service lists our deployment. A task set of CodeDeploy's has one of its own, once it has come to be.
    fn listed_as(&self) -> Option<String> {
        let id = &self.ours()?.id;
        let listed = self.starter(id);
        (self.kind != Kind::CodeDeploy || listed != *id).then_some(listed)
    }

    /// What the order changed in the service, as it was before.
    fn former_settings(&self) -> Map<String, Value> {
        let changed = self.request.settings.keys().filter(|member| !self.request.settings[*member].is_null());
        let former = changed.filter_map(|member| Some((member.clone(), self.setting(member)?.clone())));
        former.collect()
    }

    /// One step on the way back; at its end, the error that led here with what came of it.
    pub(crate) async fn go_back(&mut self, error: Box<Error>) -> Step {
        let Some(back) = &mut self.back else { return Ok(State::Done(Box::new(Err(*error)))) };
        Box::pin(back.step()).await;
        // Waited for outside, where one of many does not keep the others waiting.
        self.pause = back.pause.take().map(|pause| back.pausing(pause));
        let mut events = Vec::new();
        while let Some(event) = back.take_event() {
            if !matches!(event, Event::Started { .. } | Event::Succeeded(_)) {
                events.push(event);
            }
        }
        let end = back.end();
        let recovery = end.as_ref().map(|end| Recovery {
            definition: back.definition.clone().or_else(|| self.before.definition.clone()).unwrap_or_default(),
            deployment: back.ours().map(|ours| ours.id.clone()),
            error: end.as_ref().err().map(ToString::to_string),
        });
        for event in events {
            match event {
                Event::Warning { code, text } => self.warn(&code, text),
                event => self.tell(event),
            }
        }
        let Some(recovery) = recovery else { return Ok(State::Recover(error)) };
        let mut error = *error;
        if let Error::Failed(failure) | Error::TimedOut { failure, .. } = &mut error {
            failure.restored = recovery.error.is_none().then(|| recovery.definition.clone());
            failure.recovery = Some(recovery);
        }
        Ok(State::Done(Box::new(Err(error))))
    }

    /// On the way back from a deployment of ours, one that somebody else has begun meanwhile is left alone.
    pub(crate) fn refuse_to_take_over(&self) -> Result<(), Error> {
        let (Some(ours), Some(Definition::Name(target))) = (&self.instead_of, &self.request.definition) else {
            return Ok(());
        };
        // Whose a deployment of CodeDeploy is, its own id says.
        if self.kind == Kind::CodeDeploy {
            return Ok(());
        }
        let is_old = |other: &DeploymentView| {
            other.id == ours.id
                || ours.older.contains(&other.id)
                || other.created.zip(ours.created).is_some_and(|(other, ours)| other < ours)
        };
        let is_known = |definition: &String| *definition == ours.definition || definition == target;
        let primary = self.before.primary().filter(|primary| !is_old(primary) && primary.definition != *target);
        let by_list = primary.map(|primary| (primary.id.clone(), primary.definition.clone()));
        let by_record = self.records.running.as_ref().and_then(|record| {
            let definition = record.definition.clone().filter(|definition| !is_known(definition))?;
            Some((record.arn.clone(), definition))
        });
        match by_list.or(by_record) {
            Some((by, definition)) => Err(superseded(by, Some(definition), self.failure())),
            None => Ok(()),
        }
    }

    /// What going back means for the service as it is: turn the deployment on its way round, or update to what ran before.
    pub(crate) async fn back(&mut self) -> Step {
        let is_given = self.request.definition.is_some();
        if let Some(turn) = self.turn_codedeploy() {
            return turn;
        }
        let running = self.records.running.clone();
        // A definition that is named is gone back to by an update, unless stages are to be turned round.
        if let Some(running) = running.filter(|_| !is_given || self.kind != Kind::Rolling) {
            return self.turn_round(&running.arn).await;
        }
        if is_given {
            return Ok(State::Current);
        }
        let previous = match self.last_success().await? {
            Some(previous) => Some(previous),
            None => self.revision_before().await?.inspect(|guess| {
                let text = format!(
                    "which definition was deployed before is not told (ecs:ListServiceDeployments, DescribeServiceRevisions): going \
                     back to {guess}, the newest ACTIVE revision before the present one; `to` names another"
                );
                self.warn("rollback", text);
            }),
        };
        let Some(previous) = previous else {
            let text = "no earlier definition of this service is known: name the one to go back to";
            return Err(Error::invalid("to", text).into());
        };
        self.request.definition = Some(Definition::Name(previous));
        Ok(State::Current)
    }

    /// Turns a deployment on its way round (DescribeServiceDeployments; ContinueServiceDeployment or StopServiceDeployment).
    async fn turn_round(&mut self, arn: &str) -> Step {
        let record = match self.describe_record(arn).await? {
            Ok(record) => record.unwrap_or_default(),
            Err(fault) => return Err(self.setback(fault).await),
        };
        let hook = lifecycle::waiting_hook(&record).flatten();
        let order = match (hook, record["status"].as_str()) {
            (_, Some(status)) if status.starts_with("ROLLBACK") => None,
            (Some(hook), _) => Some((
                Operation::ContinueServiceDeployment,
                json!({"serviceDeploymentArn": arn, "hookId": hook, "action": "ROLLBACK"}),
            )),
            _ => Some((Operation::StopServiceDeployment, json!({"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}))),
        };
        self.records.ours = Some(arn.to_owned());
        match order {
            Some((operation, input)) => {
                let turn = State::Turn { operation, input: Box::new(input) };
                if self.turned.is_some() { self.retry_from(turn) } else { Ok(turn) }
            }
            None => self.watch_way_back(),
        }
    }

    /// Gives the order to turn round or to go on, and watches what comes of it.
    pub(crate) async fn turn(&mut self, operation: Operation, input: &Value) -> Step {
        match self.call(operation, input).await? {
            Ok(_) => self.changed = true,
            // It may have been taken: what became of the deployment is looked at before it is ordered again.
            Err(fault) if fault.is_ambiguous() => {
                self.turned = Some(Box::new(input.clone()));
                return match self.setback(fault).await {
                    Halt::Retry if matches!(self.goal, Goal::Resume { .. }) => self.retry_from(State::Resume),
                    Halt::Retry => self.retry_from(State::Back),
                    fatal => Err(fatal),
                };
            }
            Err(fault) if is_passing(&fault) || matches!(self.goal, Goal::Resume { .. }) => {
                return Err(self.setback(fault).await);
            }
            // It came to its end meanwhile, or cannot be stopped: what ran before is deployed again.
            Err(fault) if matches!(fault.kind, ApiErrorKind::Rejected | ApiErrorKind::NotOffered) => {
                self.warn("rollback", format!("{} was refused: {}", fault.operation.name(), fault.text));
                // Its record is not that of what is deployed instead.
                (self.records.running, self.records.ours) = (None, None);
                return Ok(State::Back);
            }
            Err(fault) => return Err(self.setback(fault).await),
        }
        match self.goal {
            Goal::Resume { .. } => self.watch_on(),
            _ => self.watch_way_back(),
        }
    }

    fn watch_way_back(&mut self) -> Step {
        let Some(primary) = self.before.primary().cloned() else { return Err(self.not_listed("PRIMARY").into()) };
        self.changed |= self.turned.is_some();
        let is_complete = |other: &&DeploymentView| other.id != primary.id && other.is("COMPLETED");
        let others = || self.before.deployments.iter().filter(|other| other.id != primary.id);
        // Its record says it in the end.
        let restored = self.before.deployments.iter().find(is_complete).or_else(|| others().next());
        self.definition = restored.map(|restored| restored.definition.clone());
        self.watch_over(Tracked { definition: primary.definition.clone(), ..self.ours_of(&primary) });
        if let Some(case) = &mut self.case {
            case.goes_back();
        }
        self.tell(Event::Updated { deployment: primary.id, arn: self.records.ours.clone() });
        Ok(self.begin_watching())
    }

    /// The definition of the last deployment that was complete, other than what the service is to run now.
    async fn last_success(&mut self) -> Result<Option<String>, Halt> {
        let revisions = self.records.successes.clone();
        if revisions.is_empty() {
            return Ok(None);
        }
        let definitions = match self.definitions_of(&revisions).await? {
            Ok(definitions) => definitions,
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            Err(_) => return Ok(None),
        };
        let by_time = revisions.iter().filter_map(|revision| definitions.iter().find(|(arn, _)| arn == revision));
        let current = self.before.definition.clone();
        Ok(by_time.map(|(_, definition)| definition.clone()).find(|definition| Some(definition) != current.as_ref()))
    }

    /// The newest ACTIVE revision of the service's family that is older than what it runs (ListTaskDefinitions).
    async fn revision_before(&mut self) -> Result<Option<String>, Halt> {
        let current = self.before.definition.clone().unwrap_or_default();
        let Some((family, number)) = family_and_revision(&current) else { return Ok(None) };
        let input = json!({"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"});
        let answer = match self.call(Operation::ListTaskDefinitions, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Err(self.setback(fault).await),
        };
        let arns = crate::json::list(&answer, "taskDefinitionArns").iter().filter_map(Value::as_str);
        let older = arns.filter_map(|arn| {
            let (its_family, its_number) = family_and_revision(arn)?;
            (its_family == family && its_number < number).then_some((its_number, arn.to_owned()))
        });
        Ok(older.max_by_key(|(number, _)| *number).map(|(_, arn)| arn))
    }
}

pub(crate) fn superseded(by: String, restored: Option<String>, failure: Failure) -> Error {
    Error::Superseded { by, failure: Box::new(Failure { restored, ..failure }) }
}

/// `api` and 7 of an ARN or name that ends in `api:7`.
fn family_and_revision(definition: &str) -> Option<(&str, u64)> {
    let (family, number) = crate::arn::last(definition).rsplit_once(':')?;
    Some((family, number.parse().ok()?))
}
