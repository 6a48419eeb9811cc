//! What the looks at a deployment come to, one after another: when one look is enough, when a second is needed, when the
//! service-deployment API is asked. Pure: it is given what was seen and the time, and what it has once concluded stands.

mod standing;

use std::time::Duration;

use serde_json::Value;

use super::conclusion::{Conclusion, Decision};
use super::judge::{self, Successor, Tracked, Verdict};
use super::lasting::Lasting;
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};

/// Looks in a row that must leave our deployment out before that is asked about: fewer may be stale reads.
const UNSEEN: u32 = 3;
/// How long it must have been left out before it counts as gone where nobody can be asked.
const GONE: Duration = Duration::from_secs(60);
/// How long all looks must report the service as MISSING before it counts as deleted.
const MISSING: Duration = Duration::from_secs(10);
/// How long looks must agree on what one look alone does not settle, where nobody can be asked.
const AGREED: Duration = Duration::from_secs(1);
/// How long a FAILED deployment may stay PRIMARY before it is asked whether the rollback that ECS has promised comes.
const ROLLBACK_BEGINS: Duration = Duration::from_secs(2);
/// How long the promise is waited for where nobody can be asked, or the record does not say that it is over.
const ROLLBACK_COMES: Duration = Duration::from_secs(15);
/// How long the words that ECS goes back may take, where nobody can be asked.
const WORDLESS: Duration = Duration::from_secs(10);
/// How long the list may take to show why a record is STOPPED.
const WORDS: Duration = Duration::from_secs(15);
/// The same where only the list of records says that ours is STOPPED, and no look is as new as the end of ours.
const BRIEF_BEHIND: Duration = Duration::from_secs(60);
/// How long our record may still run while the list already shows a newer deployment as PRIMARY.
const CATCHES_UP: Duration = Duration::from_secs(10);
/// How long after the bake time COMPLETED in the list counts without a service event that confirms it.
const BAKED: Duration = Duration::from_secs(60);
/// How long all looks must show another number of tasks than was asked for before somebody else has set it.
const CHANGED: Duration = Duration::from_secs(10);
/// How long all tasks may run without COMPLETED in the list before the record is asked.
const COMPLETE: Duration = Duration::from_secs(8);
/// How long the list may stay unchanged before the record is asked.
const STILL: Duration = Duration::from_secs(300);
/// How much longer than usual a rollout may take before the record is asked because the list stays unchanged.
const UNUSUAL: f64 = 1.2;
/// After so many questions without an answer, the record is asked less and less often while the list is undecided.
const UNANSWERED: u32 = 3;
/// The pause before the next look at something that one look does not settle.
const SOON: Duration = Duration::from_secs(2);

/// One deployment and what has been seen of it.
#[derive(Debug, Clone)]
pub(crate) struct Tracker {
    ours: Tracked,
    /// Whether the service-deployment API alone can say that it is complete.
    by_record: bool,
    /// Whether the record is asked once more before COMPLETED in the list counts: the list decides only because the record was refused.
    doubts_list: bool,
    /// Whether it was not PRIMARY any more when the watching began.
    is_late: bool,
    /// Whether it is to be rolled back.
    goes_back: bool,
    /// The verdict of the list that the API is asked about.
    open: Option<Verdict>,
    unseen: Lasting<()>,
    missing: Lasting<()>,
    inactive: Lasting<String>,
    displaced: Lasting<String>,
    stopped: Lasting<()>,
    complete: Lasting<()>,
    /// FAILED with a rollback to come, and ECS's words.
    failing: Option<(Duration, Option<String>)>,
    /// The counts of all deployments, to see since when nothing has changed.
    still: Lasting<Vec<(String, u64, u64, u64)>>,
    /// How long rollouts of this service usually take, in seconds, and when the first look was.
    usual: Option<f64>,
    begun: Option<Duration>,
    /// When the record was asked last while the list was undecided, and how often in a row it was not available.
    asked: Option<Duration>,
    unanswered: u32,
    /// Whether tasks of ours were seen to fail.
    has_failed: bool,
    /// ECS's words that it gave up on ours.
    gave_up: Option<String>,
    /// Whether the record is one of the list, which says less, and whether ECS gives up on deployments by itself.
    list_only: bool,
    gives_up: bool,
    /// When our record came to its end, and the newest time that a look has shown. Both are AWS's own.
    ended: Option<f64>,
    shown: Option<f64>,
    /// When the service's events first said that ECS goes back.
    went_back: Option<f64>,
    /// The time of the service's newest event.
    spoken: Option<f64>,
    /// The record for which ours was stopped: its ARN, when it was created, and the definition.
    successor: Option<(String, f64, Option<String>)>,
    /// Whether ours was complete, by the state that the list showed or by an event.
    was_complete: bool,
    /// Ids, times and definitions of the deployments that were seen.
    seen: Vec<(String, f64, String)>,
    /// What the service runs, where that is ours, or what ECS went back to.
    live: Option<String>,
    /// What ECS went back to, by its record, and the deployment that its events name.
    restored: Option<String>,
    back_to: Option<String>,
    /// The number of tasks without which ours is not what was asked for, and whether the last look has shown them.
    needed: Option<u64>,
    former: u64,
    has_needed: bool,
    /// Another number of tasks than was asked for, since when the looks agree on it, and once they have agreed for long.
    another: Lasting<u64>,
    other_number: Option<u64>,
    /// Whether the list of records is as new as the end of ours, and shows none that replaced it.
    is_unreplaced: bool,
    concluded: Option<Conclusion>,
}

impl Tracker {
    pub(crate) fn new(ours: Tracked) -> Self {
        Self {
            ours,
            by_record: false,
            doubts_list: false,
            is_late: false,
            goes_back: false,
            open: None,
            unseen: Lasting(None),
            missing: Lasting(None),
            inactive: Lasting(None),
            displaced: Lasting(None),
            stopped: Lasting(None),
            complete: Lasting(None),
            failing: None,
            still: Lasting(None),
            usual: None,
            begun: None,
            asked: None,
            unanswered: 0,
            has_failed: false,
            gave_up: None,
            list_only: false,
            gives_up: false,
            ended: None,
            shown: None,
            went_back: None,
            spoken: None,
            successor: None,
            was_complete: false,
            seen: Vec::new(),
            live: None,
            restored: None,
            back_to: None,
            needed: None,
            former: 0,
            has_needed: false,
            another: Lasting(None),
            other_number: None,
            is_unreplaced: false,
            concluded: None,
        }
    }

    pub(crate) fn ours(&self) -> &Tracked {
        &self.ours
    }

    pub(crate) fn is_by_record(&self) -> bool {
        self.by_record
    }

    pub(crate) fn is_going_back(&self) -> bool {
        self.goes_back
    }

    /// How long rollouts of this service usually take, in seconds.
    pub(crate) fn expects(&mut self, usual: Option<f64>) {
        self.usual = usual;
    }

    /// So many tasks are asked of a deployment that was there before the order: without them, complete is not what was asked for.
    /// `former`: the service's number before.
    pub(crate) fn needs(&mut self, desired: Option<u64>, former: u64) {
        (self.needed, self.former) = (desired, former);
    }

    /// The definition that the service runs as far as that is ours, or what ECS went back to; never somebody else's.
    pub(crate) fn live(&self) -> Option<&String> {
        self.live.as_ref()
    }

    /// It is to be rolled back: that is what is waited for, and only the record tells it.
    pub(crate) fn goes_back(&mut self) {
        (self.goes_back, self.by_record) = (true, true);
    }

    /// From now on the record of the service-deployment API decides, or the list does again.
    pub(crate) fn goes_by_record(&mut self, by_record: bool) {
        self.by_record = by_record;
    }

    /// The list decides because the record was refused: the record is asked once more before COMPLETED in the list counts.
    pub(crate) fn doubts_list(&mut self) {
        self.doubts_list = true;
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

    /// Notes what ECS went back to, by the record.
    pub(crate) fn went_back_to(&mut self, definition: String) {
        self.restored = Some(definition);
    }

    /// Whether the record was asked for and was not available.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.unanswered > 0
    }

    pub(crate) fn has_successor(&self) -> bool {
        self.successor.is_some()
    }

    /// Notes the record of the newer deployment for which ours was stopped.
    pub(crate) fn succeeded_by(&mut self, arn: String, created: f64, definition: Option<String>) {
        self.successor = Some((arn, created, definition));
    }

    /// Notes that a list of records which shows the end of ours shows none that was begun in its place.
    pub(crate) fn was_not_replaced(&mut self) {
        self.is_unreplaced = true;
    }

    /// Notes that another deployment was PRIMARY already when the watching began: ours is not live, whatever its record shows.
    pub(crate) fn joined_late(&mut self) {
        self.is_late = true;
    }

    /// Takes in one look at the service; `None` where the answer does not hold it.
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

    /// Takes in the record of our deployment (DescribeServiceDeployments); `None` where there is none, or nobody to ask.
    pub(crate) fn saw_service_deployment(&mut self, record: Option<&Value>, now: Duration) -> Decision {
        if let Some(concluded) = &self.concluded {
            return Decision::End(concluded.clone());
        }
        let judge = if self.goes_back { judge::judge_rollback } else { judge::judge_service_deployment };
        let said = record.map(judge);
        self.ended = record.and_then(judge::ended);
        self.list_only = record.is_some_and(|record| !record["targetServiceRevision"].is_object());
        self.unanswered = if said.is_some() { 0 } else { self.unanswered + 1 };
        if !matches!(said, Some(Verdict::Stopped { .. })) {
            self.stopped.end();
        }
        let open = self.open.take().filter(|_| !self.goes_back);
        let next = self.settle(said, open, now);
        self.keep(next)
    }

    fn keep(&mut self, next: Decision) -> Decision {
        if next == Decision::End(Conclusion::Succeeded) && self.needed.is_some() && !self.has_needed {
            return Decision::Wait;
        }
        if let Decision::End(conclusion) = &next {
            self.concluded = Some(conclusion.clone());
        }
        next
    }

    fn evaluate(&mut self, look: &ServiceView, now: Duration) -> Decision {
        let verdict = self.without_words(judge::judge(&self.ours, look), look);
        self.hear(look);
        // Another replica answers the next look, most likely.
        if verdict == Verdict::Stale {
            return Decision::Again(AGREED);
        }
        let verdict = self.not_of_another(verdict);
        let verdict = self.with_another_number(verdict, look, now);
        self.note(&verdict, look);
        match verdict {
            Verdict::Pending => self.wait_or_ask(look, now),
            Verdict::Inactive { status } => self.inactive(status, now),
            // On the way back the list says nothing that counts; ahead, it gives a reason to ask the record, no more.
            _ if self.goes_back => Decision::Wait,
            Verdict::NotListed => self.unseen(look, now),
            Verdict::Succeeded if self.by_record => Decision::Wait,
            verdict if self.by_record => self.ask(verdict),
            Verdict::Succeeded if self.doubts_list => match self.may_be_baking(look, now) {
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

    /// Keeps what the service's events say. They are true whatever else of the look is old.
    fn hear(&mut self, look: &ServiceView) {
        self.meet(look);
        self.back_to = judge::rolling_back_to(&self.ours, look).map(str::to_owned).or(self.back_to.take());
        self.was_complete |= self.ours.changed_in_place.is_none() && judge::has_completion_event(&self.ours, look);
        self.went_back = judge::rolling_back(&self.ours, look).into_iter().chain(self.went_back).reduce(f64::min);
        self.spoken = look.messages.iter().map(|message| message.at).chain(self.spoken).reduce(f64::max);
        self.gave_up = judge::giving_up(&self.ours, look).map(str::to_owned).or(self.gave_up.take());
    }

    /// Keeps what a look shows beside its verdict.
    fn note(&mut self, verdict: &Verdict, look: &ServiceView) {
        let has = |our: &DeploymentView| Some(our.desired) == self.needed && our.running == our.desired;
        self.has_needed = self.other_number.is_some() || look.deployment(&self.ours.id).is_some_and(has);
        self.has_failed |= look.deployment(&self.ours.id).is_some_and(|our| our.failed > 0);
        // The list may say so before the bake time is over.
        let may_tell = !self.doubts_list && !self.by_record && self.ours.changed_in_place.is_none();
        self.was_complete |= may_tell && judge::was_complete(&self.ours, look);
        self.gives_up = look.gives_up;
        self.shown = look.changed().into_iter().chain(self.shown).reduce(f64::max);
        self.missing.end();
        if *verdict != Verdict::NotListed {
            self.unseen.end();
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
        let is_known = |primary: &&DeploymentView| judge::is_ours_or_back(&self.ours, primary, look);
        self.live = look.primary().filter(is_known).map(|primary| primary.definition.clone());
    }

    /// Keeps which deployments there are: what a deployment deploys, and when it was created, never changes.
    fn meet(&mut self, look: &ServiceView) {
        for one in &look.deployments {
            if let Some(created) = one.created.filter(|_| !self.seen.iter().any(|(id, ..)| *id == one.id)) {
                self.seen.push((one.id.clone(), created, one.definition.clone()));
            }
        }
    }

    /// The definition that ECS went back to, as far as its record or its events and the looks name it.
    pub(crate) fn restored(&self) -> Option<&String> {
        let named = self.back_to.as_ref();
        let seen = named.and_then(|id| self.seen.iter().find(|(known, ..)| known == id));
        self.restored.as_ref().or_else(|| seen.map(|(_, _, definition)| definition))
    }

    /// What ECS goes back from is not ours, where an earlier look has shown another deployment that came before the words.
    fn not_of_another(&self, verdict: Verdict) -> Verdict {
        let begun = self.ours.created.zip(self.went_back);
        match (&verdict, begun) {
            (Verdict::NotPrimary { by, taker: Successor::Rollback, .. }, Some((begun, back)))
                if self.gave_up.is_none() =>
            {
                let is_it = |(id, created, _): &&(String, f64, String)| {
                    let is_other = *id != self.ours.id && id != by && !self.ours.older.contains(id);
                    is_other && *created >= begun && *created < back
                };
                let other = self.seen.iter().find(is_it);
                other.map_or_else(
                    || verdict.clone(),
                    |(id, _, definition)| Verdict::NotPrimary {
                        by: id.clone(),
                        definition: definition.clone(),
                        taker: Successor::Stranger,
                    },
                )
            }
            _ => verdict,
        }
    }

    /// The number of tasks that somebody else has set since ours was asked for.
    pub(crate) fn other_number(&self) -> Option<u64> {
        self.other_number
    }

    /// An autoscaler or somebody may have set another number of tasks since: what was asked for has been there, and all of those run.
    fn with_another_number(&mut self, verdict: Verdict, look: &ServiceView, now: Duration) -> Verdict {
        let asked =
            self.ours.changed_in_place.as_ref().map_or(self.needed, |changed_in_place| changed_in_place.desired);
        // The number from before the order may be shown by a look that is old.
        let is_newer = look.changed().zip(self.ours.before).is_some_and(|(shown, before)| shown > before);
        let is_new = |our: &DeploymentView| our.desired != self.former || is_newer;
        let our = look.deployment(&self.ours.id).filter(|our| {
            let is_complete = our.is("COMPLETED") || (our.state.is_none() && self.ours.changed_in_place.is_some());
            is_complete && is_new(our) && asked.is_some_and(|asked| asked != our.desired) && our.running == our.desired
        });
        let Some(our) = our else {
            self.another.end();
            self.other_number = None;
            return verdict;
        };
        if self.another.see(our.desired, now).0 < CHANGED {
            return verdict;
        }
        self.other_number = Some(our.desired);
        if verdict == Verdict::Pending { Verdict::Succeeded } else { verdict }
    }

    /// A service that may have gone back without a word about it: what ran before has taken the place of ours, and ECS keeps no
    /// state that says otherwise.
    fn without_words(&self, verdict: Verdict, look: &ServiceView) -> Verdict {
        let our_state = look.deployment(&self.ours.id).and_then(|our| our.state.as_deref());
        let tells_nothing = |primary: &DeploymentView| primary.reason.is_none() || primary.is("COMPLETED");
        let is_silent = our_state.is_none() && look.primary().is_some_and(tells_nothing);
        match verdict {
            Verdict::NotPrimary { by, definition, taker: Successor::Stranger }
                if is_silent && look.rolls_back && self.ours.previous.as_ref() == Some(&definition) =>
            {
                Verdict::NotPrimary { by, definition, taker: Successor::Silent }
            }
            verdict => verdict,
        }
    }

    /// Whether a deployment in stages that the list calls COMPLETED may still be rolled back: no event says that it is complete, and the
    /// bake time is not over.
    fn may_be_baking(&mut self, look: &ServiceView, now: Duration) -> bool {
        let since = self.complete.see((), now).0;
        // Tasks of the earlier revision run until the bake time is over: while there is traffic on it, or a hook waits, too.
        let may_go_back =
            since.as_secs_f64() < look.bake + BAKED.as_secs_f64() || look.running_beside(&self.ours.id) > 0;
        !self.was_complete && may_go_back
    }

    fn ask(&mut self, verdict: Verdict) -> Decision {
        self.open = Some(verdict);
        Decision::Ask
    }

    /// Waits, or asks the record where all tasks run or the list has been unchanged for long.
    fn wait_or_ask(&mut self, look: &ServiceView, now: Duration) -> Decision {
        let count = |one: &DeploymentView| (one.id.clone(), one.running, one.pending, one.failed);
        let (still, _) = self.still.see(look.deployments.iter().map(count).collect(), now);
        let asks = !self.by_record && self.ours.changed_in_place.is_none();
        let pause = if self.is_complete(look) || self.succeeds_early(look) { COMPLETE } else { STILL };
        // Less and less often: what takes its time will take some more, and what gives no answer may go on so.
        let apart = pause.max(still / if self.unanswered < UNANSWERED { 3 } else { 2 });
        let is_due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= apart);
        // What takes no longer than rollouts of this service usually do is not asked about, unless it looks complete.
        let begun = *self.begun.get_or_insert(now);
        let is_usual = self.usual.is_some_and(|usual| (now.saturating_sub(begun)).as_secs_f64() < usual * UNUSUAL);
        let is_early = is_usual && pause == STILL;
        if !asks || still < pause || !is_due || is_early {
            return Decision::Wait;
        }
        self.asked = Some(now);
        self.ask(Verdict::Pending)
    }

    /// Whether ECS may call ours successful before the list does: the service has criteria of early success, and tasks of ours run.
    fn succeeds_early(&self, look: &ServiceView) -> bool {
        look.succeeds_early && look.deployment(&self.ours.id).is_some_and(|our| our.running > 0)
    }

    /// Whether all tasks of ours run and no other deployment is left; only COMPLETED is missing.
    fn is_complete(&self, look: &ServiceView) -> bool {
        let runs = |our: &DeploymentView| our.running == our.desired && our.pending == 0;
        look.deployments.len() == 1 && look.deployment(&self.ours.id).is_some_and(runs)
    }

    /// Whether to ask the record once more although the deadline has passed.
    pub(crate) fn asks_at_deadline(&mut self, now: Duration) -> bool {
        let asks = !self.by_record && self.ours.changed_in_place.is_none() && self.concluded.is_none();
        let is_fresh = self.asked.is_some_and(|asked| now.saturating_sub(asked) < SOON);
        self.asked = Some(now);
        asks && !is_fresh
    }

    /// The tasks keep stopping. The record is asked first: the deployment may have been complete before.
    pub(crate) fn hopeless(&mut self, reason: &str) -> Decision {
        let reason = reason.to_owned();
        if self.was_complete && !self.by_record {
            return self.keep(Decision::End(Conclusion::Succeeded));
        }
        if self.ours.changed_in_place.is_some() || self.unanswered >= UNANSWERED {
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

    /// What is known although time is over: ECS gave up on it, and the rollback that was promised has not come.
    pub(crate) fn at_deadline(&self) -> Option<Conclusion> {
        let (_, reason) = self.failing.as_ref()?;
        Some(Conclusion::Failed { reason: reason.clone() })
    }

    fn unseen(&mut self, look: &ServiceView, now: Duration) -> Decision {
        let (since, times) = self.unseen.see((), now);
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
        let (since, _) = self.inactive.see(status.clone(), now);
        if since < SOON { Decision::Again(SOON) } else { Decision::End(Conclusion::Inactive { status }) }
    }

    /// The service itself is not in the answer.
    fn gone(&mut self, is_missing: bool, now: Duration) -> Decision {
        if !is_missing {
            self.missing.end();
        } else if self.missing.see((), now).0 >= MISSING {
            return Decision::End(Conclusion::Missing);
        }
        Decision::Again(SOON)
    }
}

mod settle;
#[cfg(test)]
mod tests;
