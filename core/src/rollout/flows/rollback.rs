//! Rolls back: after a rollout that failed, if `recover` is set, and as a verb.
//!
//! A deployment in stages is rolled back itself (ContinueServiceDeployment, StopServiceDeployment). For any other, the earlier
//! definition is deployed.

use crate::client::Client;
use crate::engine::context::{Halt, persist};
use crate::engine::stream::Rollout;
use crate::rollout::watch::ecs::is_passing;
use crate::types::deployment::Rollback;
use serde_json::{Map, Value, json};

use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::error::failure::{Failure, Recovery};
use crate::rollout::service::snapshot::DeploymentView;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge::Tracked;
use crate::rollout::watch::lifecycle;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::{CodeDeploy, Definition, Deployment, Recover};
use crate::types::event::{Event, Outcome};

/// Looks that may leave out the deployment to roll back before it counts as gone: they may be stale, and what they show is the
/// definition to restore.
const STALE: u32 = 5;

/// How a service is rolled back.
enum RollbackMethod {
    /// By an update to the earlier definition.
    Update,
    /// By this order to ECS.
    Turn { operation: Operation, input: Value },
    /// By CodeDeploy, which does this deployment.
    CodeDeploy(String),
    /// It is being rolled back already.
    Watch,
}

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
        Rollout::of_verb(self.clone(), request, Verb::Rollback)
    }
}

impl Workflow {
    /// Rolls back, and watches that to the verdict.
    pub(crate) async fn roll_back(&mut self) -> Result<Outcome, Halt> {
        self.check().await?;
        loop {
            match self.roll_back_once().await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn roll_back_once(&mut self) -> Result<Outcome, Halt> {
        self.locate().await?;
        loop {
            let failed = self.cx.attempts.failed;
            let way = persist!(self, self.rollback_method().await)?;
            // The attempts at one order count together.
            self.cx.attempts.failed = if self.order.unanswered.is_some() { failed } else { 0 };
            let end = match way {
                RollbackMethod::Update => return self.deploy_found().await,
                RollbackMethod::Watch => None,
                RollbackMethod::CodeDeploy(id) => Some(Box::pin(self.stop_codedeploy(id)).await?),
                RollbackMethod::Turn { operation, input } => match self.stop_or_continue(operation, &input).await? {
                    true => None,
                    false => continue,
                },
            };
            if end == Some(false) {
                // Nothing is in progress any more: deploy the earlier definition.
                continue;
            }
            if end.is_none() {
                self.watch_rollback()?;
            }
            if !self.request.wait {
                return Ok(self.outcome());
            }
            if let Some(conclusion) = self.watch().await? {
                return self.end(conclusion).await;
            }
        }
    }

    /// Rolls back after a rollout that failed, if `recover` is set and there is something to roll back to. Returns the error, with the
    /// result of the rollback.
    pub(crate) async fn recover(&mut self, error: Error) -> Result<Error, Halt> {
        let because = error.code();
        self.recover_from(error, &because).await
    }

    /// The same, for a reason that may be another than the error.
    pub(crate) async fn recover_from(&mut self, mut error: Error, because: &str) -> Result<Error, Halt> {
        let (true, Some(previous)) = (self.is_to_recover(), self.former_definition()) else { return Ok(error) };
        self.cx.warn("recovering", format!("{because}: rolling back to {previous}"));
        let mut request = Deployment::new(&self.request.cluster, &self.request.service);
        (request.timeout, request.failures) = (self.request.timeout, self.request.failures);
        // What is missing now was there when it ran: only a missing image keeps the way back from being begun.
        request.verify = self.request.verify.looks_at_images().into();
        // The way back passes the same hooks, and is continued there.
        request.at_pause.clone_from(&self.request.at_pause);
        request.settings = self.former_settings();
        request.codedeploy = self.request.codedeploy.clone().map(|options| CodeDeploy { description: None, ..options });
        request.definition = Some(Definition::Name(previous));
        let turns_round = self.has_records() || self.found.kind == Kind::CodeDeploy;
        let verb = if turns_round { Verb::Rollback } else { Verb::Deploy };
        let mut back = Box::new(Self::new(self.cx.part(), request, verb));
        back.found.expected = self.listed_as().map(|id| (id, STALE));
        back.found.instead_of = self.ours().cloned();
        let end = if turns_round { Box::pin(back.roll_back()).await } else { Box::pin(back.deploy()).await };
        let end = Box::pin(back.finish(end)).await;
        self.cx.take_over(&mut back.cx);
        if matches!(end, Err(Error::Cancelled(_))) {
            return Err(Halt::Cancelled);
        }
        let recovery = Recovery {
            definition: back
                .order
                .definition
                .clone()
                .or_else(|| self.found.before.definition.clone())
                .unwrap_or_default(),
            deployment: back.ours().map(|ours| ours.id.clone()),
            error: end.as_ref().err().map(ToString::to_string),
        };
        if let Error::Failed(failure) | Error::TimedOut { failure, .. } | Error::RolledBack(failure) = &mut error {
            failure.restored = recovery.error.is_none().then(|| recovery.definition.clone());
            failure.recovery = Some(recovery);
        }
        Ok(error)
    }

    /// Whether the service is rolled back if the order fails.
    pub(crate) fn is_to_recover(&self) -> bool {
        self.request.recover == Recover::Rollback && self.order.changed && self.former_definition().is_some()
    }

    /// The definition that ran before the order: that of a complete deployment, if ECS had failed the newest.
    fn former_definition(&self) -> Option<String> {
        let is_other = |definition: &&String| Some(*definition) != self.order.definition.as_ref();
        let mut complete =
            self.found.before.deployments.iter().filter(|one| one.is("COMPLETED")).map(|one| &one.definition);
        let former = match self.has_failed() {
            true => complete.find(is_other),
            false => self.found.before.definition.as_ref().filter(is_other),
        };
        former.cloned()
    }

    /// The id under which the service lists our deployment. For a task set of CodeDeploy it is another id, once the task set exists.
    pub(crate) fn listed_as(&self) -> Option<String> {
        let id = &self.ours()?.id;
        let listed = self.starter(id);
        (self.found.kind != Kind::CodeDeploy || listed != *id).then_some(listed)
    }

    /// The settings that the order changed, with their former values.
    fn former_settings(&self) -> Map<String, Value> {
        let changed = self.request.settings.keys().filter(|member| !self.request.settings[*member].is_null());
        let former = changed.filter_map(|member| Some((member.clone(), self.setting(member)?.clone())));
        former.collect()
    }

    /// Refuses to roll back over a deployment that somebody else has begun meanwhile.
    pub(crate) fn refuse_to_take_over(&self) -> Result<(), Error> {
        let (Some(ours), Some(Definition::Name(target))) = (&self.found.instead_of, &self.request.definition) else {
            return Ok(());
        };
        // For a deployment of CodeDeploy, its own id shows the owner.
        if self.found.kind == Kind::CodeDeploy {
            return Ok(());
        }
        let is_old = |other: &DeploymentView| {
            other.id == ours.id
                || ours.older.contains(&other.id)
                || other.created.zip(ours.created).is_some_and(|(other, ours)| other < ours)
        };
        let is_known = |definition: &String| *definition == ours.definition || definition == target;
        let primary = self.found.before.primary().filter(|primary| !is_old(primary) && primary.definition != *target);
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

    /// Decides how to roll back the service as it is: stop the deployment in progress, or update to the earlier definition.
    async fn rollback_method(&mut self) -> Result<RollbackMethod, Halt> {
        let is_given = self.request.definition.is_some();
        if let Some(id) = self.codedeploy_to_stop()? {
            return Ok(RollbackMethod::CodeDeploy(id));
        }
        let running = self.records.running.clone();
        // A definition that is named is restored by an update, unless a deployment in stages is in progress.
        if let Some(running) = running.filter(|_| !is_given || self.found.kind != Kind::Rolling) {
            return self.method_for_running(&running.arn).await;
        }
        if is_given {
            return Ok(RollbackMethod::Update);
        }
        let previous = match self.last_success().await? {
            Some(previous) => Some(previous),
            None => self.revision_before().await?.inspect(|guess| {
                let text = format!(
                    "the definition that was deployed before is unknown (allow ecs:ListServiceDeployments, \
                     DescribeServiceRevisions): rolling back to {guess}, the newest ACTIVE revision before the present one; `to` names another"
                );
                self.cx.warn("rollback", text);
            }),
        };
        let Some(previous) = previous else {
            let text = "no earlier definition of this service is known: name the one to go back to";
            return Err(Error::invalid("to", text).into());
        };
        self.request.definition = Some(Definition::Name(previous));
        Ok(RollbackMethod::Update)
    }

    /// Decides how a deployment in progress is rolled back (DescribeServiceDeployments).
    async fn method_for_running(&mut self, arn: &str) -> Result<RollbackMethod, Halt> {
        let record = match self.describe_record(arn).await? {
            Ok(record) => record.unwrap_or_default(),
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.records.own.arn = Some(arn.to_owned());
        let hook = lifecycle::pause(&record).and_then(|pause| pause.hook);
        Ok(match (hook, record["status"].as_str()) {
            (_, Some(status)) if status.starts_with("ROLLBACK") => RollbackMethod::Watch,
            (Some(hook), _) => RollbackMethod::Turn {
                operation: Operation::ContinueServiceDeployment,
                input: json!({"serviceDeploymentArn": arn, "hookId": hook, "action": "ROLLBACK"}),
            },
            _ => RollbackMethod::Turn {
                operation: Operation::StopServiceDeployment,
                input: json!({"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}),
            },
        })
    }

    /// Stops or continues a deployment (StopServiceDeployment, ContinueServiceDeployment). Returns false if that may have been done,
    /// or is impossible: then the flow decides again.
    pub(crate) async fn stop_or_continue(&mut self, operation: Operation, input: &Value) -> Result<bool, Halt> {
        let goes_on = matches!(self.verb, Verb::Resume { .. });
        loop {
            let fault = match self.call(operation, input).await? {
                Ok(_) => {
                    self.order.changed = true;
                    return Ok(true);
                }
                Err(fault) => fault,
            };
            // It may have been accepted: look at the deployment before the order is repeated.
            if fault.is_ambiguous() {
                self.order.unanswered = Some(Box::new(input.clone()));
                let setback = self.setback(fault).await;
                return self.or_retry(setback).await.map(|()| false);
            }
            let is_refused = matches!(fault.kind, ApiErrorKind::Rejected | ApiErrorKind::NotOffered);
            // It has ended meanwhile, or cannot be stopped: deploy the earlier definition.
            if is_refused && !goes_on {
                self.cx.warn("rollback", format!("{} was refused: {}", fault.operation.name(), fault.text));
                // Its record is not the record of the deployment that follows.
                (self.records.running, self.records.own.arn) = (None, None);
                return Ok(false);
            }
            let setback = self.setback(fault).await;
            self.or_retry(setback).await?;
        }
    }

    fn watch_rollback(&mut self) -> Result<(), Halt> {
        let Some(primary) = self.found.before.primary().cloned() else { return Err(self.not_listed("PRIMARY").into()) };
        self.order.changed |= self.order.unanswered.is_some();
        let is_complete = |other: &&DeploymentView| other.id != primary.id && other.is("COMPLETED");
        let others = || self.found.before.deployments.iter().filter(|other| other.id != primary.id);
        // Its record shows it at the end.
        let restored = self.found.before.deployments.iter().find(is_complete).or_else(|| others().next());
        self.order.definition = restored.map(|restored| restored.definition.clone());
        self.watch_over(Tracked { definition: primary.definition.clone(), ..self.ours_of(&primary) });
        if let Some(tracker) = &mut self.tracker {
            tracker.rolls_back();
        }
        self.emit(Event::Updated { deployment: primary.id, arn: self.records.own.arn.clone() });
        self.begin_watching();
        Ok(())
    }

    /// The definition of the last complete deployment, other than what the service is to run now.
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
        let current = self.found.before.definition.clone();
        Ok(by_time.map(|(_, definition)| definition.clone()).find(|definition| Some(definition) != current.as_ref()))
    }

    /// The newest ACTIVE revision of the service's family that is older than the running one (ListTaskDefinitions).
    async fn revision_before(&mut self) -> Result<Option<String>, Halt> {
        let current = self.found.before.definition.clone().unwrap_or_default();
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
