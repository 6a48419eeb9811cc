//! Places the order (UpdateService), and finds the deployment that it began. An order without an answer is looked for before it is
//! repeated.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use super::lost::Traced;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::definition::schema::{SERVICE, Update};
use crate::error::Error;
use crate::json;
use crate::json::text;
use crate::rollout::service::snapshot::{self, DeploymentView, ServiceView};
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge::{self, InPlaceChange, Tracked};
use crate::rollout::watch::service_deployments::created as created_at;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// Looks after which an order of settings alone has begun no deployment.
const BEGUN_NONE: u32 = 5;

/// Looks in a row that must report the service as MISSING before it counts as deleted.
const MISSING: u32 = 6;
/// Looks after which an order that got no answer was not taken.
const NOT_TAKEN: u32 = 6;
/// The same if the records may not be read.
const NOT_LISTED: u32 = 12;
/// Looks after which it stays unknown whether it was.
const UNKNOWN: u32 = 30;

/// How long an order without any answer must not be seen before it is given again: all looks may be of replicas that are behind.
const UNSEEN: Duration = Duration::from_secs(35);

/// A search that takes so long may find a newer deployment of the same definition instead.
const LONG: Duration = Duration::from_secs(8);

/// The pause between looks for an order at first, and that later.
const BETWEEN: Duration = Duration::from_secs(2);
const LATER: Duration = Duration::from_secs(5);

/// The result of a look for an order.
enum Sought {
    Found,
    NotTaken,
    Unknown,
}

impl Workflow {
    /// Gives the order (UpdateService), and finds out which deployment it began.
    pub(crate) async fn update(&mut self) -> Result<(), Halt> {
        if self.found.kind == Kind::CodeDeploy {
            return Box::pin(self.update_codedeploy()).await;
        }
        if self.is_express() {
            return Box::pin(self.update_express()).await;
        }
        loop {
            let fault = match self.call(Operation::UpdateService, &self.update_input()).await? {
                Ok(answer) if answer["service"].is_object() => return self.accepted(&answer["service"]).await,
                // Something else has answered.
                Ok(_) => ApiError::unreadable(Operation::UpdateService),
                Err(fault) => fault,
            };
            // An order that begins no deployment is simply repeated: twice has the same effect as once.
            let is_lost = fault.is_ambiguous() && (self.begins() || self.begins_by_settings());
            self.note_unanswered(&fault);
            let setback = self.setback(fault).await;
            self.order.attempts += 1;
            if !is_lost {
                self.or_retry(setback).await?;
            } else if self.find_lost_order(setback).await? {
                return Ok(());
            }
        }
    }

    /// Notes how long an order that failed is to be looked for.
    pub(crate) fn note_unanswered(&mut self, fault: &ApiError) {
        // A failure that AWS itself reports hardly ever hides an accepted order.
        self.order.search.at_least = if fault.is_of_aws() { Duration::ZERO } else { UNSEEN };
    }

    /// Waits for the next attempt, if there is to be one.
    pub(crate) async fn or_retry(&mut self, setback: Halt) -> Result<(), Halt> {
        match setback {
            Halt::Retry => self.cx.before_retry().await,
            halt => Err(halt),
        }
    }

    /// Finds the deployment of an order that was taken: in the answer to it, or by looks.
    pub(crate) async fn accepted(&mut self, service: &Value) -> Result<(), Halt> {
        self.order.changed = true;
        self.cx.succeeded();
        self.note_service(service);
        let service = ServiceView::of(service);
        // The answer to our own order shows ours as PRIMARY.
        let is_ours = |primary: &&DeploymentView| {
            self.found.before.deployment(&primary.id).is_none()
                && Some(&primary.definition) == self.order.definition.as_ref()
        };
        match service.primary().filter(is_ours).cloned().or_else(|| self.of_this_order(&service, 0)) {
            Some(ours) => self.updated(&ours, &service),
            // The order is taken, but the answer does not show its deployment: a look will.
            None if self.request.wait => drop(Box::pin(self.confirm(true, None)).await?),
            None => {}
        }
        Ok(())
    }

    /// The input of UpdateService.
    pub(crate) fn update_input(&self) -> Value {
        let mut order = json!({"cluster": self.request.cluster, "service": self.request.service});
        let primary_failed = self.has_failed() || self.runs_another();
        // ECS refuses a change of this one without a new deployment.
        let strategy = "capacityProviderStrategy";
        let moves = self.request.settings.get(strategy).is_some_and(|asked| !self.is_set(strategy, asked));
        let forced =
            self.request.force || self.has_moved_tags() || moves || (primary_failed && !self.replaces_definition());
        if self.replaces_definition() || forced {
            order["taskDefinition"] = json!(self.order.definition);
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
        self.order.definition != self.found.before.definition
    }

    /// Whether the PRIMARY deployment runs another definition than the service names: it was rolled back.
    fn runs_another(&self) -> bool {
        self.found
            .before
            .primary()
            .is_some_and(|primary| Some(&primary.definition) != self.found.before.definition.as_ref())
    }

    /// Whether the order begins a deployment by its own members; some settings do so too.
    fn begins(&self) -> bool {
        self.is_express() || self.update_input().get("taskDefinition").is_some()
    }

    /// Whether a setting changes that ECS begins a deployment for.
    fn begins_by_settings(&self) -> bool {
        let begins = |member: &str| SERVICE.field(member).is_some_and(|field| field.update == Update::Begins);
        let changes = |(member, asked): (&String, &Value)| begins(member) && !self.is_set(member, asked);
        self.request.settings.iter().any(changes)
    }

    /// The deployment that the order began: it carries our definition, and is new if the order begins one, or has become PRIMARY.
    /// `looks`: how many have not shown it.
    fn of_this_order(&self, look: &ServiceView, looks: u32) -> Option<DeploymentView> {
        let carries = |deployment: &&DeploymentView| Some(&deployment.definition) == self.order.definition.as_ref();
        let was_primary = |id: &str| self.found.before.deployment(id).is_some_and(|before| before.status == "PRIMARY");
        let is_new = |deployment: &&DeploymentView| {
            self.found.before.deployment(&deployment.id).is_none()
                || (deployment.status == "PRIMARY" && !was_primary(&deployment.id))
        };
        let new = look.deployments.iter().filter(|deployment| carries(deployment) && is_new(deployment));
        // If somebody else has ordered the same since, theirs is the newer one.
        let at = |deployment: &DeploymentView| deployment.created.unwrap_or(f64::INFINITY);
        let newest = new.min_by(|one, other| at(one).total_cmp(&at(other)));
        let must_begin = self.begins() || (self.begins_by_settings() && looks < BEGUN_NONE);
        let found = if must_begin { newest } else { newest.or_else(|| look.primary().filter(carries)) };
        found.cloned()
    }

    /// Looks whether an order that got no proper answer was taken, before it is given again or its failure is the end. Whether it was.
    pub(crate) async fn find_lost_order(&mut self, setback: Halt) -> Result<bool, Halt> {
        let refused = match setback {
            Halt::Fail(error) => Some(error),
            Halt::Retry => None,
            halt => return Err(halt),
        };
        Box::pin(self.confirm(false, refused)).await
    }

    /// Looks for the deployment of an order. Returns false if looks have shown that there is none, and the order is to be repeated.
    /// `taken`: the order is known to be accepted. `refused`: the error if it was not.
    async fn confirm(&mut self, taken: bool, refused: Option<Box<Error>>) -> Result<bool, Halt> {
        self.order.is_searching = true;
        self.order.search.begun = self.cx.now();
        let mut looks = 0;
        loop {
            self.cx.before_retry().await?;
            match self.look_for_order(&mut looks).await {
                Ok(Sought::Found) => break,
                Ok(Sought::NotTaken) if !taken => match refused {
                    Some(error) => return Err(Halt::Fail(error)),
                    None => {
                        self.order.is_searching = false;
                        // Looks that failed in between are no attempts at the order.
                        self.cx.attempts.failed = self.order.attempts;
                        return Ok(false);
                    }
                },
                Ok(Sought::NotTaken | Sought::Unknown) => {
                    let is_soon = self.searched() < LONG || self.order.search.at_least.is_zero();
                    self.cx.timing.pause = Some(if is_soon { BETWEEN } else { LATER });
                }
                Err(Halt::Retry) => {}
                Err(halt) => return Err(halt),
            }
        }
        self.order.is_searching = false;
        self.cx.succeeded();
        Ok(true)
    }

    /// How long the order has been looked for.
    fn searched(&self) -> Duration {
        self.cx.now().saturating_sub(self.order.search.begun)
    }

    /// One look for the deployment of an order (DescribeServices), and now and then one for its record.
    async fn look_for_order(&mut self, looks: &mut u32) -> Result<Sought, Halt> {
        let answer = self.describe_service().await?;
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let look = ServiceView::of(&service);
        self.note_service(&service);
        let new = self.new_definitions(&look);
        Box::pin(self.learn_definition(&new)).await?;
        if let Some(ours) = self.of_this_order(&look, *looks) {
            return self.found_in_list(&ours, &look).await;
        }
        // A service that was deleted before is no evidence about one that is to be created.
        let is_former = self.creates() && look.status == "INACTIVE";
        // Both times are AWS's own.
        let is_earlier = look.created.zip(self.found.before.created).is_some_and(|(shown, before)| shown < before);
        let is_gone = matches!(look.status.as_str(), "DRAINING" | "INACTIVE") && !is_former && !is_earlier;
        let is_missing = snapshot::is_missing(&answer) && !self.creates();
        self.order.search.gone = if is_gone || is_missing { self.order.search.gone + 1 } else { 0 };
        if is_missing && self.order.search.gone >= MISSING {
            return Err(self.service_missing().into());
        }
        // One look may be of a service that was there before.
        if is_gone && self.order.search.gone > 1 {
            let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
            return Err(Error::ServiceInactive { service, cluster, status: look.status }.into());
        }
        // An answer without the service is no evidence about its deployments; a service to be created is not there yet.
        *looks += u32::from(!look.status.is_empty() || self.creates());
        let looks = *looks;
        // A repeated order could undo what somebody else has ordered since: one stale look must not be enough.
        if let Some(since) = self.begun_since(&look) {
            // Another look may be older.
            self.order.search.since = Some(since);
        }
        let is_early = self.searched() < self.order.search.at_least;
        let is_due = match self.order.search.at_least.is_zero() {
            true => looks.is_multiple_of(NOT_TAKEN),
            false => looks == NOT_TAKEN || !is_early,
        };
        if looks == 0 || !is_due {
            return Ok(Sought::Unknown);
        }
        // It may have been accepted and undone since, which the list does not show.
        let since = self.order.search.since.clone();
        Ok(match (self.record_of_order(since.as_ref().and_then(|since| since.created)).await?, since) {
            (Traced::Found(record), _) => {
                self.updated_by_record(&record);
                Sought::Found
            }
            // A repeated order would undo what somebody has deployed over it.
            (Traced::Denied, Some(by)) => return Err(self.overtaken(&by).into()),
            (Traced::Behind, Some(by)) if looks >= UNKNOWN => return Err(self.overtaken(&by).into()),
            (Traced::Behind, _) if looks < UNKNOWN => Sought::Unknown,
            _ if is_early => Sought::Unknown,
            // The list alone may be behind.
            (Traced::Denied, None) if looks < NOT_LISTED => Sought::Unknown,
            _ => Sought::NotTaken,
        })
    }

    /// Takes over the deployment that a look shows. After a long search it may be the repetition of ours by somebody else, with which
    /// ours has left the list: then the records show an older one.
    async fn found_in_list(&mut self, listed: &DeploymentView, look: &ServiceView) -> Result<Sought, Halt> {
        if self.searched() >= LONG
            && let Some(created) = listed.created
            && let Traced::Found(record) = self.record_of_order(None).await?
            && created_at(&record) < created - judge::TOGETHER
        {
            self.updated_by_record(&record);
            return Ok(Sought::Found);
        }
        self.updated(listed, look);
        Ok(Sought::Found)
    }

    /// The PRIMARY deployment of somebody else that has begun since the service was read.
    fn begun_since(&self, look: &ServiceView) -> Option<DeploymentView> {
        let primary = look.primary().filter(|primary| self.found.before.deployment(&primary.id).is_none())?;
        let newest = self.found.before.deployments.iter().filter_map(|one| one.created).reduce(f64::max);
        // Without times, a deployment that was not there before counts as newer.
        newest.zip(primary.created).is_none_or(|(before, since)| since > before).then(|| primary.clone())
    }

    /// The order got no answer, and another deployment has begun since.
    fn overtaken(&self, by: &DeploymentView) -> Error {
        if let Some(reason) = by.reason.as_ref().filter(|reason| reason.contains("rolling back")) {
            // Ours was accepted: ECS has rolled it back.
            let mut failure = Box::new(self.failure());
            (failure.reason, failure.restored) = (Some(reason.clone()), Some(by.definition.clone()));
            return Error::RolledBack(failure);
        }
        let (by, definition) = (by.id.clone(), by.definition.clone());
        let mut failure = Box::new(self.failure());
        let operation =
            if self.is_express() { Operation::UpdateExpressGatewayService } else { Operation::UpdateService };
        let text = format!(
            "{} got no answer, deployment {by} has begun since, and it is unknown whether ECS accepted ours before it; \
             deploy again to replace {by}",
            operation.name()
        );
        failure.reason = Some(text);
        failure.restored = Some(definition);
        Error::Superseded { by, failure }
    }

    /// Records that the order was accepted, if only its record is left: the record stands for the deployment.
    pub(crate) fn updated_by_record(&mut self, record: &Value) {
        self.order.changed = true;
        let arn = text(record, "serviceDeploymentArn");
        let stand_in =
            DeploymentView { id: arn.clone(), created: json::time(record, "createdAt"), ..DeploymentView::default() };
        let ours = self.ours_of(&stand_in);
        self.watch_over(ours);
        self.records.own.arn = Some(arn.clone());
        self.emit(Event::Updated { deployment: arn.clone(), arn: Some(arn) });
        self.begin_watching();
    }

    pub(crate) fn updated(&mut self, primary: &DeploymentView, look: &ServiceView) {
        self.order.changed = true;
        let mut ours = self.ours_of(primary);
        ours.service = look.created.or(ours.service);
        // A deployment that keeps no state and was there before is changed in place too, if the order begins none. A deployment in
        // progress may have ended before the order.
        let is_known = self
            .found
            .before
            .deployment(&primary.id)
            .is_some_and(|before| before.state.is_none() || primary.is("COMPLETED"));
        if is_known && !self.begins() && self.records.running.is_none() {
            ours.changed_in_place = Some(InPlaceChange { desired: self.request.desired.map(u64::from) });
        }
        // A deployment that another has begun since the service was read is older than ours, if ours is PRIMARY now.
        if primary.status == "PRIMARY" {
            let others = || look.deployments.iter().filter(|other| other.id != primary.id);
            ours.older.extend(others().map(|other| other.id.clone()));
            ours.earlier.extend(others().filter_map(|other| other.created));
        }
        self.watch_over(ours);
        self.emit(Event::Updated { deployment: primary.id.clone(), arn: None });
        self.begin_watching();
    }

    pub(crate) fn ours_of(&self, primary: &DeploymentView) -> Tracked {
        let before = self.found.before.deployment(&primary.id);
        let desired = self.request.desired.map(u64::from);
        let definition = self.order.definition.clone().unwrap_or_default();
        let older =
            self.found.before.deployments.iter().map(|deployment| deployment.id.clone()).filter(|id| *id != primary.id);
        let others = self.found.before.deployments.iter().filter(|one| one.id != primary.id);
        Tracked {
            id: primary.id.clone(),
            previous: self.found.before.definition.clone().filter(|previous| *previous != definition),
            definition,
            created: primary.created,
            older: older.collect(),
            earlier: others.filter_map(|one| one.created).collect(),
            service: self.found.before.created,
            before: self.found.before.changed(),
            changed_in_place: before.filter(|before| before.is("COMPLETED")).map(|_| InPlaceChange { desired }),
        }
    }
}
