//! Turns a history of looks and service deployments into one conclusion: it decides when one look is enough, when a second is
//! needed, and when the service-deployment API is asked.
//!
//! Pure: it is given what was seen and the time. A conclusion, once reached, stays.
//! A *record* is a service deployment as ListServiceDeployments or DescribeServiceDeployments return it; the *list* is `deployments`
//! of DescribeServices.

mod count;
mod events;
mod questions;
mod record;
mod seen;
mod settle;
mod standing;

use std::time::Duration;

use serde_json::Value;

use super::conclusion::{Conclusion, Decision};
use super::judge::{self, Successor, Tracked, Verdict};
use super::lasting::Lasting;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use count::TaskCount;
use events::EcsEvents;
use questions::Questions;
use record::{Record, Replacement};
use seen::{Seen, SeenDeployment};

/// Looks in a row that must leave our deployment out before the record is asked: fewer may be stale reads.
const UNSEEN: u32 = 3;
/// How long the looks must leave it out before it counts as gone, if no record answers.
const GONE: Duration = Duration::from_secs(60);
/// How long all looks must report the service as MISSING before it counts as deleted.
const MISSING: Duration = Duration::from_secs(10);
/// How long looks must agree on what one look alone does not settle, if no record answers.
const AGREED: Duration = Duration::from_secs(1);
/// How long a FAILED deployment may stay PRIMARY before the record is asked whether the rollback comes.
const ROLLBACK_BEGINS: Duration = Duration::from_secs(2);
/// How long to wait for the rollback if no record answers, or if the record still runs.
const ROLLBACK_COMES: Duration = Duration::from_secs(15);
/// How late the event of a rollback may come, if no record answers.
const WORDLESS: Duration = Duration::from_secs(10);
/// How long the list may take to show why a record is STOPPED.
const WORDS: Duration = Duration::from_secs(15);
/// The same if only the list of records shows that ours is STOPPED, and no look is as new as the end of ours.
const BRIEF_BEHIND: Duration = Duration::from_secs(60);
/// How long our record may still run while the list already shows a newer deployment as PRIMARY.
const CATCHES_UP: Duration = Duration::from_secs(10);
/// How long after the bake time COMPLETED in the list counts without a service event that confirms it.
const BAKED: Duration = Duration::from_secs(60);
/// The pause before the next look at something that one look does not settle.
const SOON: Duration = Duration::from_secs(2);

/// One deployment, and what looks, events and its record have shown of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tracker {
    ours: Tracked,
    /// True if another deployment was PRIMARY already when the watching began.
    is_late: bool,
    /// True if the goal is that the deployment is rolled back.
    rolls_back: bool,
    events: EcsEvents,
    seen: Seen,
    lasting: Observations,
    record: Record,
    questions: Questions,
    count: TaskCount,
    /// The verdict of the list that the record is asked about.
    open: Option<Verdict>,
    /// Since when the deployment is FAILED with a rollback to come, and ECS's reason.
    failing: Option<(Duration, Option<String>)>,
    concluded: Option<Conclusion>,
}

/// Observations that one look alone does not settle, each with the time since when it lasts.
#[derive(Debug, Clone, Default)]
struct Observations {
    /// Our deployment is not listed.
    not_listed: Lasting<()>,
    /// The service is not in the answer.
    missing: Lasting<()>,
    /// The service is DRAINING or INACTIVE.
    inactive: Lasting<String>,
    /// The deployment of this id has taken the place of ours.
    displaced: Lasting<String>,
    /// The record is STOPPED.
    stopped: Lasting<()>,
    /// Ours is COMPLETED in the list.
    complete: Lasting<()>,
}

impl Observations {
    /// Ends those that a look with this verdict does not show.
    fn end_unless(&mut self, verdict: &Verdict) {
        self.missing.end();
        if *verdict != Verdict::NotListed {
            self.not_listed.end();
        }
        if !matches!(verdict, Verdict::Inactive { .. }) {
            self.inactive.end();
        }
        if *verdict != Verdict::Succeeded {
            self.complete.end();
        }
        if !matches!(verdict, Verdict::NotPrimary { .. } | Verdict::NotListed) {
            self.displaced.end();
        }
    }
}

impl Tracker {
    pub(crate) fn new(ours: Tracked) -> Self {
        Self { ours, ..Self::default() }
    }

    pub(crate) fn ours(&self) -> &Tracked {
        &self.ours
    }

    /// Our deployment, with the times of all others that were seen: a record that was created nearer to one of them is not ours.
    pub(crate) fn ours_among_seen(&self) -> Tracked {
        let mut ours = self.ours.clone();
        let others = self.seen.deployments.iter().filter(|one| one.id != ours.id).map(|one| one.created);
        ours.earlier.extend(others.collect::<Vec<_>>());
        ours
    }

    pub(crate) fn is_by_record(&self) -> bool {
        self.record.decides
    }

    pub(crate) fn is_rolling_back(&self) -> bool {
        self.rolls_back
    }

    /// Sets how long rollouts of this service typically take, in seconds.
    pub(crate) fn expects(&mut self, typical: Option<f64>) {
        self.questions.typical = typical;
    }

    /// Sets the number of tasks that was asked of a deployment which was there before the order: without them it is not complete.
    /// `former`: the service's number before.
    pub(crate) fn needs(&mut self, desired: Option<u64>, former: u64) {
        self.count.needs(desired, former);
    }

    /// The definition that the service runs if it is ours or that of ECS's rollback; never somebody else's.
    pub(crate) fn live(&self) -> Option<&String> {
        self.seen.live.as_ref()
    }

    /// Waits for the rollback of the deployment from now on; only the record shows its end.
    pub(crate) fn rolls_back(&mut self) {
        (self.rolls_back, self.record.decides) = (true, true);
    }

    /// Sets whether the record or the list decides from now on.
    pub(crate) fn goes_by_record(&mut self, by_record: bool) {
        self.record.decides = by_record;
    }

    /// The list decides because the record was refused: the record is asked once more before COMPLETED in the list counts.
    pub(crate) fn doubts_list(&mut self) {
        self.record.was_refused = true;
    }

    /// Replaces the record's ARN by the deployment's own id, once the list shows the deployment.
    pub(crate) fn adopt_listed(&mut self, look: &ServiceView) {
        let Some(created) = self.ours.created.filter(|_| self.ours.id.contains(":service-deployment/")) else { return };
        let apart = |one: &DeploymentView| one.created.map_or(f64::INFINITY, |at| (at - created).abs());
        let ours = look.deployments.iter().filter(|one| one.definition == self.ours.definition);
        let ours = ours.filter(|one| !self.ours.older.contains(&one.id) && apart(one) <= judge::TOGETHER);
        if let Some(one) = ours.min_by(|one, other| apart(one).total_cmp(&apart(other))) {
            (self.ours.id, self.ours.created) = (one.id.clone(), one.created);
        }
    }

    /// Notes the definition that ECS rolled back to, by the record.
    pub(crate) fn rolled_back_to(&mut self, definition: String) {
        self.record.restored = Some(definition);
    }

    /// Whether the last question to the service-deployment API had no answer.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.questions.unanswered > 0
    }

    pub(crate) fn has_successor(&self) -> bool {
        self.record.successor.is_some()
    }

    /// Notes the record of the newer deployment for which ours was stopped.
    pub(crate) fn succeeded_by(&mut self, arn: String, created: f64, definition: Option<String>) {
        self.record.successor = Some(Replacement { arn, created, definition });
    }

    /// Notes that a list of records which shows the end of ours shows none that was begun in its place.
    pub(crate) fn was_not_replaced(&mut self) {
        self.record.is_unreplaced = true;
    }

    /// Notes that another deployment was PRIMARY already when the watching began: ours is not live, whatever its record shows.
    pub(crate) fn joined_late(&mut self) {
        self.is_late = true;
    }

    /// Evaluates one look at the service; `None` if the answer does not hold the service.
    pub(crate) fn look(&mut self, look: Option<&ServiceView>, is_missing: bool, now: Duration) -> Decision {
        if let Some(concluded) = &self.concluded {
            return Decision::End(concluded.clone());
        }
        let next = match look {
            Some(look) => self.evaluate(look, now),
            None => self.gone(is_missing, now),
        };
        self.keep(next)
    }

    /// Evaluates our record (DescribeServiceDeployments); `None` if there is none, or if it cannot be read.
    pub(crate) fn saw_service_deployment(&mut self, record: Option<&Value>, now: Duration) -> Decision {
        if let Some(concluded) = &self.concluded {
            return Decision::End(concluded.clone());
        }
        let judge = if self.rolls_back { judge::judge_rollback } else { judge::judge_service_deployment };
        let verdict = record.map(judge);
        self.record.read(record);
        self.questions.count(verdict.is_some());
        if !matches!(verdict, Some(Verdict::Stopped { .. })) {
            self.lasting.stopped.end();
        }
        let open = self.open.take().filter(|_| !self.rolls_back);
        let next = self.settle(verdict, open, now);
        self.keep(next)
    }

    fn keep(&mut self, next: Decision) -> Decision {
        if next == Decision::End(Conclusion::Succeeded) && self.count.is_short() {
            return Decision::Wait;
        }
        if let Decision::End(conclusion) = &next {
            self.concluded = Some(conclusion.clone());
        }
        next
    }

    fn evaluate(&mut self, look: &ServiceView, now: Duration) -> Decision {
        let verdict = self.without_reason(judge::judge(&self.ours, look), look);
        self.seen.note_deployments(&self.ours, look);
        self.events.read(&self.ours, look);
        // The next look probably reaches another replica.
        if verdict == Verdict::Stale {
            return Decision::Again(AGREED);
        }
        let verdict = self.not_of_another(verdict);
        let is_other_number = self.count.is_set_by_another(&self.ours, look, now);
        let verdict = if verdict == Verdict::Pending && is_other_number { Verdict::Succeeded } else { verdict };
        self.count.note(&self.ours, look);
        self.seen.note(&self.ours, look, !self.record.was_refused && !self.record.decides);
        self.lasting.end_unless(&verdict);
        match verdict {
            Verdict::Pending => self.wait_or_ask(look, now),
            Verdict::Inactive { status } => self.inactive(status, now),
            // During a rollback the list is no evidence; without one, it is at most a reason to ask for the record.
            _ if self.rolls_back => Decision::Wait,
            Verdict::NotListed => self.not_listed(look, now),
            Verdict::Succeeded if self.record.decides => Decision::Wait,
            verdict if self.record.decides => self.ask(verdict),
            Verdict::Succeeded if self.record.was_refused => match self.may_be_baking(look, now) {
                true => self.wait_or_ask(look, now),
                false => self.ask(verdict),
            },
            Verdict::Succeeded => Decision::End(Conclusion::Succeeded),
            Verdict::Failed { reason } => Decision::End(Conclusion::Failed { reason }),
            Verdict::RolledBack { reason } => Decision::End(Conclusion::RolledBack { reason }),
            Verdict::Stopped { reason } => Decision::End(Conclusion::Stopped { reason }),
            Verdict::FailedMayRollBack { .. } => self.await_rollback(verdict, now),
            Verdict::NotPrimary { .. } | Verdict::Overtaken { .. } | Verdict::Hopeless { .. } | Verdict::Stale => {
                self.ask(verdict)
            }
        }
    }

    /// Takes over which deployments there were before the order: an event of ECS may name one of them.
    pub(crate) fn knows(&mut self, former: &[DeploymentView]) {
        self.seen.note_all(former);
    }

    /// The definition that ECS rolled back to, if its record, or its events and the looks, name it.
    pub(crate) fn restored(&self) -> Option<&String> {
        let named = self.events.rolling_back_to.as_ref().and_then(|id| self.seen.find(id));
        // The deployment that began at the event of the rollback repeats what is restored.
        let rollback = || self.events.rolling_back_at.and_then(|at| self.seen.begun_at(at, &self.ours));
        self.record.restored.as_ref().or_else(|| named.or_else(rollback).map(|one| &one.definition))
    }

    /// Corrects the verdict if ECS rolls back another deployment than ours: an earlier look has shown one that came after ours and
    /// before the event of the rollback.
    fn not_of_another(&self, verdict: Verdict) -> Verdict {
        let begun = self.ours.created.zip(self.events.rolling_back_at);
        let (Verdict::NotPrimary { by, taker: Successor::Rollback, .. }, Some((begun, back))) = (&verdict, begun)
        else {
            return verdict;
        };
        if self.events.gave_up.is_some() {
            return verdict;
        }
        let is_another = |one: &&SeenDeployment| {
            let is_other = one.id != self.ours.id && one.id != *by && !self.ours.older.contains(&one.id);
            is_other && one.created >= begun && one.created < back
        };
        match self.seen.deployments.iter().find(is_another) {
            Some(other) => Verdict::NotPrimary {
                by: other.id.clone(),
                definition: other.definition.clone(),
                taker: Successor::Stranger,
            },
            None => verdict,
        }
    }

    /// The number of tasks that somebody else has set since the order.
    pub(crate) fn other_number(&self) -> Option<u64> {
        self.count.other
    }

    /// Corrects the verdict on a service that may have rolled back without an event: the previous definition has replaced ours, and no
    /// state contradicts that.
    fn without_reason(&self, verdict: Verdict, look: &ServiceView) -> Verdict {
        let our_state = look.deployment(&self.ours.id).and_then(|our| our.state.as_deref());
        let names_no_reason = |primary: &DeploymentView| primary.reason.is_none() || primary.is("COMPLETED");
        let is_silent = our_state.is_none() && look.primary().is_some_and(names_no_reason);
        match verdict {
            Verdict::NotPrimary { by, definition, taker: Successor::Stranger }
                if is_silent && look.configuration.rolls_back() && self.ours.previous.as_ref() == Some(&definition) =>
            {
                Verdict::NotPrimary { by, definition, taker: Successor::Silent }
            }
            verdict => verdict,
        }
    }

    /// Whether a deployment in stages that is COMPLETED in the list may still be rolled back: no event shows that it is complete, and
    /// the bake time is not over.
    fn may_be_baking(&mut self, look: &ServiceView, now: Duration) -> bool {
        let since = self.lasting.complete.see((), now).0;
        // Tasks of the earlier revision run until the bake time is over, and while traffic is on it or a hook waits.
        let may_roll_back = since.as_secs_f64() < look.configuration.bake + BAKED.as_secs_f64()
            || look.running_beside(&self.ours.id) > 0;
        !self.seen.was_complete && may_roll_back
    }

    fn ask(&mut self, verdict: Verdict) -> Decision {
        self.open = Some(verdict);
        Decision::Ask
    }

    /// Waits, or asks for the record if all tasks run or the list has been unchanged for long.
    fn wait_or_ask(&mut self, look: &ServiceView, now: Duration) -> Decision {
        if !self.questions.is_due(&self.ours, look, now) || !self.may_ask() {
            return Decision::Wait;
        }
        self.questions.asked_at(now);
        self.ask(Verdict::Pending)
    }

    /// Whether the list decides, and there is a record to ask for.
    fn may_ask(&self) -> bool {
        !self.record.decides && self.ours.changed_in_place.is_none()
    }

    /// Whether to ask for the record once more although the deadline has passed.
    pub(crate) fn asks_at_deadline(&mut self, now: Duration) -> bool {
        let is_fresh = self.questions.are_fresh(now);
        self.questions.asked_at(now);
        self.may_ask() && self.concluded.is_none() && !is_fresh
    }

    /// Evaluates that tasks keep stopping. The record is read first: the deployment may have been complete before.
    pub(crate) fn hopeless(&mut self, reason: &str) -> Decision {
        let reason = reason.to_owned();
        if self.seen.was_complete && !self.record.decides {
            return self.keep(Decision::End(Conclusion::Succeeded));
        }
        if self.ours.changed_in_place.is_some() || self.questions.are_futile() {
            return self.keep(Decision::End(Conclusion::Failed { reason: Some(reason) }));
        }
        self.ask(Verdict::Hopeless { reason })
    }

    fn await_rollback(&mut self, failing: Verdict, now: Duration) -> Decision {
        let since = self.failing_since(now);
        if let Verdict::FailedMayRollBack { reason } = &failing {
            self.failing = Some((since, reason.clone()));
        }
        if now.saturating_sub(since) >= ROLLBACK_BEGINS {
            return self.ask(failing);
        }
        Decision::Again(ROLLBACK_BEGINS / 2)
    }

    fn failing_since(&self, now: Duration) -> Duration {
        self.failing.as_ref().map_or(now, |(since, _)| *since)
    }

    /// The conclusion at the deadline if ECS has failed the deployment and its rollback has not begun.
    pub(crate) fn at_deadline(&self) -> Option<Conclusion> {
        let (_, reason) = self.failing.as_ref()?;
        Some(Conclusion::Failed { reason: reason.clone() })
    }

    fn not_listed(&mut self, look: &ServiceView, now: Duration) -> Decision {
        let (since, times) = self.lasting.not_listed.see((), now);
        match look.primary() {
            // Until it counts as gone, only the record can decide.
            Some(primary) if since >= GONE && !self.is_old(look) => {
                let (by, definition) = (primary.id.clone(), primary.definition.clone());
                self.ask(Verdict::NotPrimary { by, definition, taker: Successor::Older })
            }
            Some(_) if times >= UNSEEN => self.ask(Verdict::NotListed),
            _ => Decision::Again(SOON),
        }
    }

    /// Whether a look shows nothing newer than what was there before the order: then it is stale, however long it stays so.
    fn is_old(&self, look: &ServiceView) -> bool {
        look.changed().zip(self.ours.before).is_some_and(|(shown, before)| shown <= before)
    }

    /// One look alone may be of a service that was there before, or of a replica that is behind.
    fn inactive(&mut self, status: String, now: Duration) -> Decision {
        let (since, _) = self.lasting.inactive.see(status.clone(), now);
        if since < SOON { Decision::Again(SOON) } else { Decision::End(Conclusion::Inactive { status }) }
    }

    /// Evaluates an answer without the service.
    fn gone(&mut self, is_missing: bool, now: Duration) -> Decision {
        if !is_missing {
            self.lasting.missing.end();
        } else if self.lasting.missing.see((), now).0 >= MISSING {
            return Decision::End(Conclusion::Missing);
        }
        Decision::Again(SOON)
    }
}

#[cfg(test)]
mod tests;
