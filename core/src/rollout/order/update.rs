//! The order (UpdateService): what is in it, and which deployment it began. One without an answer is looked for before it is
//! given again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::definition::schema::{SERVICE, Update};
use crate::error::Error;
use crate::json;
use crate::json::text;
use crate::rollout::machine::{Halt, Machine, State, Step};
use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge::{InPlaceChange, Tracked};
use crate::rollout::watch::service_deployments::Traced;
use crate::types::event::Event;

/// Looks after which an order of settings alone has begun no deployment.
const BEGUN_NONE: u32 = 5;

/// Looks in a row that must report the service as MISSING before it counts as deleted.
const MISSING: u32 = 6;
/// Looks after which an order that got no answer was not taken.
const NOT_TAKEN: u32 = 6;
/// The same where the records may not be read.
const NOT_LISTED: u32 = 12;
/// Looks after which it stays unknown whether it was.
const UNKNOWN: u32 = 30;

impl Machine {
    pub(crate) async fn update(&mut self) -> Step {
        if self.kind == Kind::CodeDeploy {
            return Box::pin(self.update_codedeploy()).await;
        }
        let input = self.order();
        let answer = match self.call(Operation::UpdateService, &input).await? {
            Ok(answer) if answer["service"].is_object() => Ok(answer),
            // Something else has answered.
            Ok(_) => Err(ApiError::unreadable(Operation::UpdateService)),
            Err(fault) => Err(fault),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                let is_ambiguous = fault.is_ambiguous();
                return match self.setback(fault).await {
                    // What begins nothing is given again as it is: twice is as good as once.
                    setback if is_ambiguous && (self.begins() || self.begins_by_settings()) => {
                        self.confirm_lost(setback)
                    }
                    setback => Err(setback),
                };
            }
        };
        Ok(self.taken(&answer["service"]))
    }

    /// What follows from the service that the answer to an order shows.
    pub(crate) fn taken(&mut self, service: &Value) -> State {
        self.changed = true;
        self.note_service(service);
        let service = ServiceView::of(service);
        // The answer to our own order shows ours as PRIMARY.
        let is_ours = |primary: &&DeploymentView| {
            self.before.deployment(&primary.id).is_none() && Some(&primary.definition) == self.definition.as_ref()
        };
        match service.primary().filter(is_ours).cloned().or_else(|| self.of_this_order(&service, 0)) {
            Some(ours) => self.updated(&ours, &service),
            // The order is taken, but the answer does not show its deployment: a look will.
            None if self.request.wait => State::Confirm { taken: true, looks: 0, refused: None },
            None => self.ordered(),
        }
    }

    /// The input of UpdateService.
    pub(crate) fn order(&self) -> Value {
        let mut order = json!({"cluster": self.request.cluster, "service": self.request.service});
        let primary_failed = self.has_failed() || self.runs_another();
        // ECS refuses a change of this one without a new deployment.
        let strategy = "capacityProviderStrategy";
        let moves = self.request.settings.get(strategy).is_some_and(|asked| !self.is_set(strategy, asked));
        let forced =
            self.request.force || self.has_moved_tags() || moves || (primary_failed && !self.replaces_definition());
        if self.replaces_definition() || forced {
            order["taskDefinition"] = json!(self.definition);
        }
        if let Some(desired) = self.request.desired {
            order["desiredCount"] = json!(desired);
        }
        if forced {
            order["forceNewDeployment"] = json!(true);
        }
        for (member, value) in &self.request.settings {
            order[member] = value.clone();
        }
        order
    }

    fn replaces_definition(&self) -> bool {
        self.definition != self.before.definition
    }

    /// Whether the PRIMARY deployment runs another definition than the service says: it was gone back to.
    fn runs_another(&self) -> bool {
        self.before.primary().is_some_and(|primary| Some(&primary.definition) != self.before.definition.as_ref())
    }

    /// Whether the order begins a deployment, as far as its own members tell; some settings do, too.
    fn begins(&self) -> bool {
        self.order().get("taskDefinition").is_some()
    }

    /// Whether a setting changes that ECS begins a deployment for.
    fn begins_by_settings(&self) -> bool {
        let begins = |member: &str| SERVICE.field(member).is_some_and(|field| field.update == Update::Begins);
        let changes = |(member, asked): (&String, &Value)| begins(member) && !self.is_set(member, asked);
        self.request.settings.iter().any(changes)
    }

    /// The deployment that the order began: one that carries our definition, and is new where the order begins one, or has
    /// become PRIMARY. `looks`: how many have not shown it.
    fn of_this_order(&self, look: &ServiceView, looks: u32) -> Option<DeploymentView> {
        let carries = |deployment: &&DeploymentView| Some(&deployment.definition) == self.definition.as_ref();
        let was_primary = |id: &str| self.before.deployment(id).is_some_and(|before| before.status == "PRIMARY");
        let is_new = |deployment: &&DeploymentView| {
            self.before.deployment(&deployment.id).is_none()
                || (deployment.status == "PRIMARY" && !was_primary(&deployment.id))
        };
        let new = look.deployments.iter().filter(|deployment| carries(deployment) && is_new(deployment));
        // Where somebody else has ordered the same since, theirs is the newer one.
        let at = |deployment: &DeploymentView| deployment.created.unwrap_or(f64::INFINITY);
        let newest = new.min_by(|one, other| at(one).total_cmp(&at(other)));
        let must_begin = self.begins() || (self.begins_by_settings() && looks < BEGUN_NONE);
        let found = if must_begin { newest } else { newest.or_else(|| look.primary().filter(carries)) };
        found.cloned()
    }

    /// Looks whether an order that got no proper answer was taken, before it is given again or its failure is the end.
    pub(crate) fn confirm_lost(&mut self, setback: Halt) -> Step {
        let refused = match setback {
            Halt::Retry => None,
            Halt::Fail(error) => Some(error),
        };
        self.retry_from(State::Confirm { taken: false, looks: 0, refused })
    }

    /// Looks for the deployment of an order. One that got no answer may not have been taken: it is given again, once
    /// looks have shown that there is no such deployment.
    pub(crate) async fn confirm(&mut self, taken: bool, looks: u32, refused: Option<Box<Error>>) -> Step {
        let answer = self.describe_service().await?;
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let look = ServiceView::of(&service);
        self.note_service(&service);
        if let Some(ours) = self.of_this_order(&look, looks) {
            return Ok(self.updated(&ours, &look));
        }
        // One that was deleted before says nothing of one that was to be created.
        let is_former = self.creates() && look.status == "INACTIVE";
        // Both times are AWS's own.
        let is_earlier = look.created.zip(self.before.created).is_some_and(|(shown, before)| shown < before);
        let is_gone = matches!(look.status.as_str(), "DRAINING" | "INACTIVE") && !is_former && !is_earlier;
        let is_missing = snapshot::is_missing(&answer) && !self.creates();
        self.records.gone = if is_gone || is_missing { self.records.gone + 1 } else { 0 };
        if is_missing && self.records.gone >= MISSING {
            return Err(self.service_missing().into());
        }
        // One look may be of a service that was there before.
        if is_gone && self.records.gone > 1 {
            let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
            return Err(Error::ServiceInactive { service, cluster, status: look.status }.into());
        }
        // What does not show the service shows nothing of its deployments; one to be created is not there yet.
        let looks = if look.status.is_empty() && !self.creates() { looks } else { looks + 1 };
        // Given twice, an order may undo what somebody else has ordered since: a stale look must not be enough.
        if let Some(since) = self.begun_since(&look) {
            // Another look may be older.
            self.records.since = Some(since);
        }
        let mut is_known = true;
        // It may have been taken and undone since, which the list does not show.
        if looks > 0 && looks.is_multiple_of(NOT_TAKEN) {
            let since = self.records.since.clone();
            match (self.record_of_order(since.as_ref().and_then(|since| since.created)).await?, since) {
                (Traced::Found(record), _) => return Ok(self.updated_by_record(&record)),
                // Given again, the order would undo what somebody has deployed over it.
                (Traced::Denied, Some(by)) => return Err(self.overtaken(&by).into()),
                (Traced::Behind, Some(by)) if looks >= UNKNOWN => return Err(self.overtaken(&by).into()),
                (Traced::Behind, _) => is_known = looks >= UNKNOWN,
                // The list alone may be behind.
                (Traced::Denied, None) => is_known = looks >= NOT_LISTED,
                _ => {}
            }
        }
        if !taken && looks >= NOT_TAKEN && is_known && looks.is_multiple_of(NOT_TAKEN) {
            return match refused {
                Some(error) => Err(Halt::Fail(error)),
                None => self.retry_from(self.ordering()),
            };
        }
        self.pause = Some(Duration::from_secs(2));
        self.retry_from(State::Confirm { taken, looks, refused })
    }

    /// The PRIMARY deployment of somebody else that has begun since the service was found.
    fn begun_since(&self, look: &ServiceView) -> Option<DeploymentView> {
        let primary = look.primary().filter(|primary| self.before.deployment(&primary.id).is_none())?;
        let newest = self.before.deployments.iter().filter_map(|one| one.created).reduce(f64::max);
        // Without times, what was not there before is taken to be newer.
        newest.zip(primary.created).is_none_or(|(before, since)| since > before).then(|| primary.clone())
    }

    /// The order got no answer, and another deployment has begun since.
    fn overtaken(&self, by: &DeploymentView) -> Error {
        if let Some(reason) = by.reason.as_ref().filter(|reason| reason.contains("rolling back")) {
            // Tracked was taken: ECS has gone back from it.
            let mut failure = Box::new(self.failure());
            (failure.reason, failure.restored) = (Some(reason.clone()), Some(by.definition.clone()));
            return Error::RolledBack(failure);
        }
        let (by, definition) = (by.id.clone(), by.definition.clone());
        let mut failure = Box::new(self.failure());
        let text = format!(
            "UpdateService got no answer, deployment {by} has begun since, and it is not known whether ours was taken before it; deploy again \
             to replace {by}"
        );
        failure.reason = Some(text);
        failure.restored = Some(definition);
        Error::Superseded { by, failure }
    }

    /// The order was taken, and only the record of its deployment is left of that: it stands for the deployment.
    fn updated_by_record(&mut self, record: &Value) -> State {
        self.changed = true;
        let arn = text(record, "serviceDeploymentArn");
        let stand_in =
            DeploymentView { id: arn.clone(), created: json::time(record, "createdAt"), ..DeploymentView::default() };
        let ours = self.ours_of(&stand_in);
        self.watch_over(ours);
        self.records.ours = Some(arn.clone());
        self.tell(Event::Updated { deployment: arn.clone(), arn: Some(arn) });
        self.begin_watching()
    }

    fn updated(&mut self, primary: &DeploymentView, look: &ServiceView) -> State {
        self.changed = true;
        let mut ours = self.ours_of(primary);
        ours.service = look.created.or(ours.service);
        // One that keeps no state and was there before is changed in place, too, where the order begins none.
        // What was on its way may have come to its end before the order.
        let is_known =
            self.before.deployment(&primary.id).is_some_and(|before| before.state.is_none() || primary.is("COMPLETED"));
        if is_known && !self.begins() && self.records.running.is_none() {
            ours.changed_in_place = Some(InPlaceChange { desired: self.request.desired.map(u64::from) });
        }
        // What another has begun since the service was found is older than ours, if ours is PRIMARY now.
        if primary.status == "PRIMARY" {
            let others = || look.deployments.iter().filter(|other| other.id != primary.id);
            ours.older.extend(others().map(|other| other.id.clone()));
            ours.earlier.extend(others().filter_map(|other| other.created));
        }
        self.watch_over(ours);
        self.tell(Event::Updated { deployment: primary.id.clone(), arn: None });
        self.begin_watching()
    }

    pub(crate) fn ours_of(&self, primary: &DeploymentView) -> Tracked {
        let before = self.before.deployment(&primary.id);
        let desired = self.request.desired.map(u64::from);
        let definition = self.definition.clone().unwrap_or_default();
        let older =
            self.before.deployments.iter().map(|deployment| deployment.id.clone()).filter(|id| *id != primary.id);
        let others = self.before.deployments.iter().filter(|one| one.id != primary.id);
        Tracked {
            id: primary.id.clone(),
            previous: self.before.definition.clone().filter(|previous| *previous != definition),
            definition,
            created: primary.created,
            older: older.collect(),
            earlier: others.filter_map(|one| one.created).collect(),
            service: self.before.created,
            before: self.before.changed(),
            changed_in_place: before.filter(|before| before.is("COMPLETED")).map(|_| InPlaceChange { desired }),
        }
    }
}
