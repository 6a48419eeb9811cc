//! Judges one look at our deployment: events and a verdict. Pure, and the only place where a verdict is reached.
//!
//! Only our deployment, by its id, can succeed: it is PRIMARY, carries our definition, and is COMPLETED by its state or by an event.
//! Absence is never evidence: an empty list, a service not found, or a deployment that a stale read leaves out.

use std::collections::HashSet;

use serde_json::Value;

use crate::json::{list, time};
use crate::rollout::service::snapshot::{DeploymentView, EcsEvent, ServiceView};
use crate::types::event::Event;

/// The deployment that the verdict is about, fixed by the answer of UpdateService before any look.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tracked {
    pub(crate) id: String,
    /// The ARN of the definition it carries.
    pub(crate) definition: String,
    /// ECS's `createdAt` of the deployment, in seconds since 1970.
    pub(crate) created: Option<f64>,
    /// The ids of the deployments that were there before: they are older than ours whatever a look shows.
    pub(crate) older: Vec<String>,
    /// When those were created, in seconds since 1970.
    pub(crate) earlier: Vec<f64>,
    /// The ARN of the definition that ran before, if it was another.
    pub(crate) previous: Option<String>,
    /// ECS's `createdAt` of its service, in seconds since 1970.
    pub(crate) service: Option<f64>,
    /// When ECS had changed anything last before the order, in seconds since 1970.
    pub(crate) before: Option<f64>,
    /// Set if the order began no deployment and only changed in place one that was there.
    pub(crate) changed_in_place: Option<InPlaceChange>,
}

/// The goal of an order that begins no deployment: the deployment is COMPLETED from the start, or keeps no state, and the order is
/// done once its tasks run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InPlaceChange {
    /// The number of tasks requested. Without one, an autoscaler may change it.
    pub(crate) desired: Option<u64>,
}

impl InPlaceChange {
    fn is_reached(&self, our: &DeploymentView) -> bool {
        our.running == our.desired && self.desired.is_none_or(|desired| our.desired == desired)
    }
}

/// The verdict on a deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Nothing decisive yet.
    Pending,
    /// It is live and complete.
    Succeeded,
    /// ECS failed it, without a rollback.
    Failed { reason: Option<String> },
    /// ECS failed it and may still roll back: a second look will show which.
    FailedMayRollBack { reason: Option<String> },
    /// ECS rolled back to an earlier deployment.
    RolledBack { reason: Option<String> },
    /// It was stopped.
    Stopped { reason: Option<String> },
    /// Another deployment is PRIMARY. The list alone does not decide how ours ended.
    NotPrimary { by: String, definition: String, taker: Successor },
    /// ECS failed it, and another deployment, which is not clearly the rollback, is PRIMARY.
    Overtaken { reason: Option<String> },
    /// Its tasks keep stopping, and nothing in ECS will ever call it FAILED.
    Hopeless { reason: String },
    /// No evidence: the parts of the look are of different moments, or it shows a former service of the same name.
    Stale,
    /// It is not listed, and no newer one is: a stale read, or it is gone.
    NotListed,
    /// The service is being deleted, or is deleted.
    Inactive { status: String },
}

/// The owner of the deployment that replaced ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Successor {
    /// A newer one without any sign of a rollback: somebody else's.
    Stranger,
    /// A newer one without a reason or state, with the previous definition: probably the rollback.
    Silent,
    /// One that was there before ours.
    Older,
    /// The rollback of ours, by ECS's own reason or events.
    Rollback,
}

/// The verdict of one look.
pub(crate) fn judge(ours: &Tracked, look: &ServiceView) -> Verdict {
    // Both times are AWS's own.
    let is_former = look.created.zip(ours.service).is_some_and(|(shown, ours)| shown < ours);
    if look.is_torn() || is_former {
        return Verdict::Stale;
    }
    if matches!(look.status.as_str(), "DRAINING" | "INACTIVE") {
        return Verdict::Inactive { status: look.status.clone() };
    }
    match (look.deployment(&ours.id), look.primary()) {
        (Some(our), Some(primary)) if our.id == primary.id => judge_primary(ours, our, look),
        (our, Some(primary)) => judge_displaced(ours, our, primary, look),
        (Some(our), None) if our.is("FAILED") => failed(ours, our, look),
        (_, None) => Verdict::NotListed,
    }
}

fn judge_primary(ours: &Tracked, our: &DeploymentView, look: &ServiceView) -> Verdict {
    match our.state.as_deref() {
        Some("COMPLETED") if our.definition != ours.definition => Verdict::Pending,
        Some("COMPLETED")
            if ours.changed_in_place.as_ref().is_some_and(|changed_in_place| !changed_in_place.is_reached(our)) =>
        {
            Verdict::Pending
        }
        Some("COMPLETED") => Verdict::Succeeded,
        Some("FAILED") => failed(ours, our, look),
        // The event may come before the state.
        _ if ours.changed_in_place.is_none()
            && our.definition == ours.definition
            && has_completion_event(ours, look) =>
        {
            Verdict::Succeeded
        }
        // Some services keep no state. Nothing is being deployed here: only the number of tasks was changed.
        None if ours.definition == our.definition
            && look.deployments.len() == 1
            && ours.changed_in_place.as_ref().is_some_and(|changed_in_place| changed_in_place.is_reached(our)) =>
        {
            Verdict::Succeeded
        }
        _ => Verdict::Pending,
    }
}

fn failed(ours: &Tracked, our: &DeploymentView, look: &ServiceView) -> Verdict {
    let reason = our.reason.clone();
    // A look may leave out the circuit breaker's settings, and hold the event of the rollback.
    let rolls_back = !look.configuration.is_shown && rolling_back(ours, look).is_some();
    // The first deployment of a service has nothing to roll back to.
    let is_first = ours.older.is_empty() && ours.previous.is_none() && look.deployments.len() == 1;
    match (look.rolls_back_from(our) || rolls_back) && !is_first {
        true => Verdict::FailedMayRollBack { reason },
        false => Verdict::Failed { reason },
    }
}

/// Another deployment than ours is PRIMARY.
fn judge_displaced(
    ours: &Tracked,
    our: Option<&DeploymentView>,
    primary: &DeploymentView,
    look: &ServiceView,
) -> Verdict {
    let taker = taker(ours, primary, look);
    let is_rolled_back = taker != Successor::Stranger;
    let has_failed = our.is_some_and(|our| our.is("FAILED")) || giving_up(ours, look).is_some();
    // ECS rolls back nothing that it fails for this reason: the rollback is that of another deployment, which no look has shown.
    let words = giving_up(ours, look).filter(|words| look.leaves_failed(words));
    if let Some(words) = words.filter(|_| is_rolled_back) {
        return Verdict::Failed { reason: Some(words.to_owned()) };
    }
    if let Some(other) = between(ours, primary, look).filter(|_| is_rolled_back) {
        if has_failed {
            let words = our.and_then(|our| our.reason.as_deref()).or_else(|| giving_up(ours, look));
            return Verdict::Failed { reason: words.map(str::to_owned) };
        }
        return Verdict::NotPrimary {
            by: other.id.clone(),
            definition: other.definition.clone(),
            taker: Successor::Stranger,
        };
    }
    match our {
        None if taker == Successor::Older => Verdict::NotListed,
        // The reason of the failed deployment explains more than that of the rollback.
        Some(our) if our.is("FAILED") && is_rolled_back => Verdict::RolledBack { reason: our.reason.clone() },
        // The rollback at least carries the previous definition.
        Some(our) if our.is("FAILED") && look.rolls_back_from(our) && is_previous(ours, primary) => {
            Verdict::RolledBack { reason: our.reason.clone() }
        }
        Some(our) if our.is("FAILED") => Verdict::Overtaken { reason: our.reason.clone() },
        _ if !is_rolled_back && giving_up(ours, look).is_some_and(|words| !look.rolls_back_for(words)) => {
            Verdict::Failed { reason: giving_up(ours, look).map(str::to_owned) }
        }
        _ => Verdict::NotPrimary { by: primary.id.clone(), definition: primary.definition.clone(), taker },
    }
}

fn taker(ours: &Tracked, primary: &DeploymentView, look: &ServiceView) -> Successor {
    if is_rollback(ours, primary, look) {
        return Successor::Rollback;
    }
    // Both times are AWS's own.
    let is_older =
        ours.older.contains(&primary.id) || primary.created.zip(ours.created).is_some_and(|(other, ours)| other < ours);
    if is_older { Successor::Older } else { Successor::Stranger }
}

/// The time of the first event of a rollback since ours began, in seconds since 1970.
pub(crate) fn rolling_back(ours: &Tracked, look: &ServiceView) -> Option<f64> {
    let is_rollback = |message: &&EcsEvent| is_since(ours, message.at) && message.text.contains("rolling back");
    look.messages.iter().filter(is_rollback).map(|message| message.at).reduce(f64::min)
}

/// The deployment that ECS's events name as the target of the rollback, if they name exactly one since ours began.
pub(crate) fn rolling_back_to<'a>(ours: &Tracked, look: &'a ServiceView) -> Option<&'a str> {
    let mut named = look.messages.iter().filter(|message| is_since(ours, message.at)).filter_map(|message| {
        let (_, rest) = message.text.split_once("rolling back to deployment ")?;
        Some(rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-/".contains(c))).next().unwrap_or_default())
    });
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// A deployment that came after ours and before the PRIMARY one: ECS rolled back that one, not ours.
fn between<'a>(ours: &Tracked, primary: &DeploymentView, look: &'a ServiceView) -> Option<&'a DeploymentView> {
    let began_then = |at: f64| {
        let apart = |one: &DeploymentView| one.created.map_or(f64::INFINITY, |created| (created - at).abs());
        let near = look.deployments.iter().filter(|one| apart(one) < SAME);
        near.min_by(|one, other| apart(one).total_cmp(&apart(other)))
    };
    // Somebody may have deployed since the rollback.
    let back = rolling_back(ours, look).and_then(began_then).filter(|one| one.id != ours.id).unwrap_or(primary);
    let (begun, taken) = ours.created.zip(back.created)?;
    let is_between = |one: &&DeploymentView| {
        let is_other = ![&ours.id, &primary.id, &back.id].contains(&&one.id) && !ours.older.contains(&one.id);
        is_other && one.created.is_some_and(|created| created >= begun && created < taken)
    };
    look.deployments.iter().find(is_between)
}

fn is_previous(ours: &Tracked, primary: &DeploymentView) -> bool {
    ours.previous.as_ref() == Some(&primary.definition)
}

/// Whether a PRIMARY deployment is ours or ECS's rollback, and not somebody else's.
pub(crate) fn is_ours_or_back(ours: &Tracked, primary: &DeploymentView, look: &ServiceView) -> bool {
    let is_named = |message: &EcsEvent| message.text.contains("rolling back") && names(&message.text, &primary.id);
    primary.id == ours.id
        || ours.older.contains(&primary.id)
        || primary.reason.as_deref().is_some_and(|reason| reason.contains("rolling back"))
        || (taker(ours, primary, look) == Successor::Rollback
            && (is_previous(ours, primary) || look.messages.iter().any(is_named)))
}

/// Whether ECS reports that it failed ours and that `primary` is the rollback. Its events name the target of the rollback, which is an
/// older deployment, or the new one that repeats it. A rollback of another deployment does not count.
fn is_rollback(ours: &Tracked, primary: &DeploymentView, look: &ServiceView) -> bool {
    if gave_up_on_another(ours, look) {
        return false;
    }
    let rolls_back = |message: &EcsEvent| {
        let names_older = ours.older.iter().any(|older| names(&message.text, older));
        let is_to_ours = names(&message.text, &ours.id);
        message.text.contains("rolling back") && !is_to_ours && (is_rollback_event(message, primary) || names_older)
    };
    // If ECS does not roll back by itself, a deployment that replaced a failed one is somebody else's.
    let gave_up = |text: &str| {
        let is_of_ours = text.contains("deployment failed") && names(text, &ours.id);
        is_of_ours && look.rolls_back_for(text) && look.deployment(&ours.id).is_none_or(|our| look.rolls_back_from(our))
    };
    let says_so = |message: &EcsEvent| rolls_back(message) || (gave_up(&message.text) && !is_strange(ours, primary));
    primary.reason.as_deref().is_some_and(|reason| reason.contains("rolling back"))
        || look.messages.iter().any(|message| is_since(ours, message.at) && says_so(message))
}

/// Whether the event of a rollback is about this deployment: it names it, or both have the same time.
fn is_rollback_event(message: &EcsEvent, deployment: &DeploymentView) -> bool {
    let begins = deployment.created.is_some_and(|created| (created - message.at).abs() < CLEARLY);
    begins || names(&message.text, &deployment.id)
}

/// Whether ECS failed another deployment since ours began, and not ours: the rollback is of that one.
fn gave_up_on_another(ours: &Tracked, look: &ServiceView) -> bool {
    let since = || look.messages.iter().filter(|message| is_since(ours, message.at));
    let is_failure = |text: &str| text.contains("deployment failed");
    since().any(|message| is_failure(&message.text))
        && !since().any(|message| is_failure(&message.text) && names(&message.text, &ours.id))
}

/// Whether a deployment carries a definition that did not run before ours, so that it is no rollback.
fn is_strange(ours: &Tracked, primary: &DeploymentView) -> bool {
    ours.previous.as_ref().is_some_and(|previous| *previous != primary.definition) && !ours.older.contains(&primary.id)
}

/// The text of ECS's event that ours failed, if there is one.
pub(crate) fn giving_up<'a>(ours: &Tracked, look: &'a ServiceView) -> Option<&'a str> {
    let is_of_ours = |text: &str| text.contains("deployment failed") && names(text, &ours.id);
    look.messages.iter().map(|message| message.text.as_str()).find(|text| is_of_ours(text))
}

/// Whether a look shows that ours was complete, although another may be PRIMARY now.
pub(crate) fn was_complete(ours: &Tracked, look: &ServiceView) -> bool {
    look.deployment(&ours.id).is_some_and(|our| our.is("COMPLETED") && our.definition == ours.definition)
}

/// Whether a service event shows that ours is or was complete.
pub(crate) fn has_completion_event(ours: &Tracked, look: &ServiceView) -> bool {
    // ECS rolls back only to a deployment that was complete.
    let shows_completion = |text: &str| text.contains("deployment completed") || text.contains("rolling back to");
    look.messages.iter().any(|message| shows_completion(&message.text) && names(&message.text, &ours.id))
}

/// Whether a text names a deployment.
pub(crate) fn names(text: &str, id: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-/".contains(c))).any(|word| word == id)
}

/// Whether a time is after ours began. Both times are AWS's own.
fn is_since(ours: &Tracked, at: f64) -> bool {
    // Without that time: after the last change that ECS had made before the order.
    ours.created.map_or_else(|| ours.before.is_none_or(|before| at > before), |created| at >= created)
}

/// The verdict of the service-deployment API on our deployment (DescribeServiceDeployments), if it is decisive.
pub(crate) fn judge_service_deployment(record: &Value) -> Verdict {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let reason = with_alarms(text(&record["statusReason"]).or_else(|| text(&record["rollback"]["reason"])), record);
    let tripped = record["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
        || !list(&record["alarms"], "triggeredAlarmNames").is_empty()
        || list(record, "lifecycleHookDetails")
            .iter()
            .any(|hook| hook["status"] == "FAILED" || hook["status"] == "TIMED_OUT");
    match record["status"].as_str() {
        Some("SUCCESSFUL") => Verdict::Succeeded,
        // It was being rolled back when another deployment replaced it.
        Some("STOPPED")
            if record["rollback"].is_object()
                || reason.as_ref().is_some_and(|reason| reason.contains("rolled back")) =>
        {
            Verdict::RolledBack { reason }
        }
        Some("STOPPED") if tripped => Verdict::Failed { reason },
        Some("STOPPED") => Verdict::Stopped { reason },
        // It is in neither state: a person must repair it.
        Some("ROLLBACK_FAILED") => Verdict::Failed { reason },
        Some(status) if status.starts_with("ROLLBACK_") => Verdict::RolledBack { reason },
        _ => Verdict::Pending,
    }
}

/// The reason with the alarms that ended the deployment, which ECS names apart from it.
fn with_alarms(reason: Option<String>, record: &Value) -> Option<String> {
    let alarms = list(&record["alarms"], "triggeredAlarmNames").iter().filter_map(Value::as_str);
    let alarms: Vec<&str> =
        alarms.filter(|name| !reason.as_deref().is_some_and(|reason| reason.contains(name))).collect();
    if alarms.is_empty() {
        return reason;
    }
    let named = format!("alarm: {}", alarms.join(", "));
    Some(reason.map_or(named.clone(), |reason| format!("{} ({named})", reason.trim_end_matches('.'))))
}

/// The verdict of the record on a deployment that is to be rolled back.
pub(crate) fn judge_rollback(record: &Value) -> Verdict {
    let reason = record["statusReason"].as_str().map(str::to_owned);
    match record["status"].as_str() {
        Some("ROLLBACK_SUCCESSFUL") => Verdict::Succeeded,
        Some("ROLLBACK_FAILED") => Verdict::Failed { reason },
        Some("SUCCESSFUL") => {
            Verdict::Failed { reason: Some("the deployment was complete before it could be rolled back".to_owned()) }
        }
        Some("STOPPED") => Verdict::Stopped { reason },
        _ => Verdict::Pending,
    }
}

/// The records that were created within some seconds of our deployment. Both times are AWS's own.
pub(crate) fn together<'a>(ours: &Tracked, records: &'a [Value]) -> Vec<&'a Value> {
    let Some(created) = ours.created else { return Vec::new() };
    // A record that was created nearer to an earlier deployment belongs to that.
    let is_earlier = |record: &Value| ours.earlier.iter().any(|at| apart(record, *at) < apart(record, created));
    let is_ours =
        |record: &&Value| apart(record, created) <= TOGETHER && !is_earlier(record) && !ended_before(record, created);
    records.iter().filter(is_ours).collect()
}

/// The record created nearest to a moment, no more than some seconds from it.
pub(crate) fn nearest_to(at: f64, records: &[Value]) -> Option<&Value> {
    let near = records.iter().filter(|record| apart(record, at) <= TOGETHER);
    near.min_by(|one, other| apart(one, at).total_cmp(&apart(other, at)))
}

/// The record of ListServiceDeployments that belongs to our deployment, if its revision cannot be described: the one created nearest
/// to it, no more than a second apart. Both times are AWS's own, so the local clock does not matter.
pub(crate) fn find_service_deployment<'a>(ours: &Tracked, answer: &'a Value) -> Option<&'a Value> {
    let created = ours.created?;
    nearest(ours, &together(ours, list(answer, "serviceDeployments")))
        .filter(|record| apart(record, created) <= AT_ONCE)
}

/// Whether one record was created clearly nearer to our deployment than all others.
pub(crate) fn is_clear(ours: &Tracked, answer: &Value) -> bool {
    let created = ours.created.unwrap_or_default();
    let mut near: Vec<f64> = list(answer, "serviceDeployments").iter().map(|record| apart(record, created)).collect();
    near.sort_by(f64::total_cmp);
    match near.as_slice() {
        [] => false,
        [only] => *only <= TOGETHER,
        [first, second, ..] => *first <= TOGETHER && second - first > CLEARLY,
    }
}

/// The record of the deployment for which ours was stopped: the first that was created while ours was in progress. All times are AWS's
/// own.
pub(crate) fn successor<'a>(ours: &Value, records: &'a [Value]) -> Option<&'a Value> {
    let at = time;
    let began = at(ours, "createdAt")?;
    let ended = ended(ours).unwrap_or(f64::INFINITY);
    let is_within = |record: &&Value| at(record, "createdAt").is_some_and(|at| at >= began && at <= ended + SAME);
    let is_other = |record: &&Value| record["serviceDeploymentArn"] != ours["serviceDeploymentArn"];
    let created = |record: &Value| at(record, "createdAt").unwrap_or_default();
    records.iter().filter(is_other).filter(is_within).min_by(|one, other| created(one).total_cmp(&created(other)))
}

/// When a record ended, in seconds since 1970.
pub(crate) fn ended(record: &Value) -> Option<f64> {
    time(record, "finishedAt").or_else(|| time(record, "stoppedAt"))
}

/// The record created nearest to our deployment; `None` if two are equally near.
pub(crate) fn nearest<'a>(ours: &Tracked, records: &[&'a Value]) -> Option<&'a Value> {
    let created = ours.created.unwrap_or_default();
    let near = |record: &Value| apart(record, created);
    let nearest = records.iter().copied().min_by(|one, other| near(one).total_cmp(&near(other)))?;
    let is_alone = records.iter().filter(|record| near(record) <= near(nearest)).count() == 1;
    is_alone.then_some(nearest)
}

/// Whether a record was created clearly before our deployment, so that it is that of a former one. Both times are AWS's own.
pub(crate) fn is_former(ours: &Tracked, record: &Value) -> bool {
    let is_earlier = |created: f64| ours.earlier.iter().any(|at| apart(record, *at) < apart(record, created));
    let both = time(record, "createdAt").zip(ours.created);
    both.is_some_and(|(at, ours)| at < ours - TOGETHER || is_earlier(ours) || ended_before(record, ours))
}

/// Whether a record ended before a moment: it does not belong to a deployment that was created then.
fn ended_before(record: &Value, created: f64) -> bool {
    ended(record).is_some_and(|ended| ended < created)
}

fn apart(record: &Value, created: f64) -> f64 {
    time(record, "createdAt").map_or(f64::INFINITY, |at| (at - created).abs())
}

/// By how much nearer one record must be than another to be clearly nearer, in seconds.
pub(crate) const CLEARLY: f64 = 0.1;
/// The most time between the end of a deployment and the beginning of its replacement, in seconds.
pub(crate) const SAME: f64 = 0.5;
/// The most time between a deployment and its record if its revision cannot be described, in seconds.
const AT_ONCE: f64 = 1.0;
/// The most time between the creation of a deployment and of its record, in seconds.
pub(crate) const TOGETHER: f64 = 5.0;

/// The events that a look gives. `known`: the ids of the service events that were given before; those of this look are added.
pub(crate) fn events(
    ours: &Tracked,
    known: &mut HashSet<String>,
    last: Option<&Event>,
    look: &ServiceView,
    most_previous: u64,
) -> Vec<Event> {
    let progress = progress(ours, look, most_previous).filter(|progress| Some(progress) != last);
    // ECS lists the newest first.
    let fresh = look.messages.iter().rev().filter(|message| known.insert(message.id.clone()));
    let fresh: Vec<_> = fresh.map(|message| Event::Message { at: message.at, text: message.text.clone() }).collect();
    progress.into_iter().chain(fresh).collect()
}

/// `most_previous`: the most tasks of earlier deployments that were seen running.
fn progress(ours: &Tracked, look: &ServiceView, most_previous: u64) -> Option<Event> {
    let our = look.deployment(&ours.id)?;
    let previous = look.running_beside(&ours.id);
    let done = our.running.min(our.desired).saturating_add(most_previous.saturating_sub(previous));
    let percent = match judge(ours, look) {
        Verdict::Succeeded => 100,
        _ => done.saturating_mul(99).checked_div(our.desired.saturating_add(most_previous)).unwrap_or(99),
    };
    Some(Event::Progress {
        desired: our.desired,
        running: our.running,
        pending: our.pending,
        failed: our.failed,
        previous,
        percent,
    })
}

#[cfg(test)]
mod tests;
