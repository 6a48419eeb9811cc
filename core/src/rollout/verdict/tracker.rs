//! What the looks at a deployment come to, one after another: when one look is enough, when a second is needed, when the
//! service-deployment API is asked. Pure: it is given what was seen and the time, and what it has once concluded stands.

mod standing;

use std::time::Duration;

use serde_json::Value;

use super::judge::{self, Ours, Taker, Verdict};
use crate::rollout::service::snapshot::{Deployed, Snapshot};

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
/// How long the service's events are waited for where only the list of records says that ours is STOPPED.
const BRIEF_WORDS: Duration = Duration::from_secs(6);
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

/// How the watching ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Conclusion {
    Succeeded,
    Failed {
        reason: Option<String>,
    },
    RolledBack {
        reason: Option<String>,
    },
    Stopped {
        reason: Option<String>,
    },
    Superseded {
        by: String,
        definition: String,
    },
    /// The service is DRAINING or INACTIVE.
    Inactive {
        status: String,
    },
    /// The service is not there any more.
    Missing,
    TimedOut {
        reason: Option<String>,
    },
}

/// What is to be done after a look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    /// Look again when the pace says so.
    Wait,
    /// Look again after so long.
    Again(Duration),
    /// Ask the service-deployment API what it says of ours.
    Ask,
    /// It is over.
    End(Conclusion),
}

/// One deployment and what has been seen of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    ours: Ours,
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
    is_brief: bool,
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

/// Something that one look after another has shown, since when, and how often.
#[derive(Debug, Clone)]
struct Lasting<T>(Option<(T, Duration, u32)>);

impl<T: PartialEq> Lasting<T> {
    /// Notes what is shown now. Returns since when that has been shown without a break, and in how many looks.
    fn see(&mut self, shown: T, now: Duration) -> (Duration, u32) {
        let (since, times) = match &self.0 {
            Some((known, since, times)) if *known == shown => (*since, times + 1),
            _ => (now, 1),
        };
        self.0 = Some((shown, since, times));
        (now.saturating_sub(since), times)
    }

    fn end(&mut self) {
        self.0 = None;
    }
}

impl Case {
    pub(crate) fn new(ours: Ours) -> Self {
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
            is_brief: false,
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

    pub(crate) fn ours(&self) -> &Ours {
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
    pub(crate) fn adopt_listed(&mut self, look: &Snapshot) {
        let Some(created) = self.ours.created.filter(|_| self.ours.id.contains(":service-deployment/")) else { return };
        let apart = |one: &Deployed| one.created.map_or(f64::INFINITY, |at| (at - created).abs());
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
    pub(crate) fn look(&mut self, look: Option<&Snapshot>, is_missing: bool, now: Duration) -> Next {
        if let Some(concluded) = &self.concluded {
            return Next::End(concluded.clone());
        }
        let next = match look {
            Some(look) => self.weigh(look, now),
            None => self.gone(is_missing, now),
        };
        self.keep(next)
    }

    /// Takes in the record of our deployment (DescribeServiceDeployments); `None` where there is none, or nobody to ask.
    pub(crate) fn testimony(&mut self, record: Option<&Value>, now: Duration) -> Next {
        if let Some(concluded) = &self.concluded {
            return Next::End(concluded.clone());
        }
        let judge = if self.goes_back { judge::judge_way_back } else { judge::judge_witness };
        let said = record.map(judge);
        self.ended = record.and_then(judge::ended);
        self.is_brief = record.is_some_and(|record| !record["targetServiceRevision"].is_object());
        self.unanswered = if said.is_some() { 0 } else { self.unanswered + 1 };
        if !matches!(said, Some(Verdict::Stopped { .. })) {
            self.stopped.end();
        }
        let open = self.open.take().filter(|_| !self.goes_back);
        let next = self.settle(said, open, now);
        self.keep(next)
    }

    fn keep(&mut self, next: Next) -> Next {
        if next == Next::End(Conclusion::Succeeded) && self.needed.is_some() && !self.has_needed {
            return Next::Wait;
        }
        if let Next::End(conclusion) = &next {
            self.concluded = Some(conclusion.clone());
        }
        next
    }

    fn weigh(&mut self, look: &Snapshot, now: Duration) -> Next {
        let verdict = self.without_words(judge::judge(&self.ours, look), look);
        self.hear(look);
        // Another replica answers the next look, most likely.
        if verdict == Verdict::Stale {
            return Next::Again(AGREED);
        }
        let verdict = self.not_of_another(verdict);
        let verdict = self.with_another_number(verdict, look, now);
        self.note(&verdict, look);
        match verdict {
            Verdict::Pending => self.wait_or_ask(look, now),
            Verdict::Inactive { status } => self.inactive(status, now),
            // On the way back the list says nothing that counts; ahead, it gives a reason to ask the record, no more.
            _ if self.goes_back => Next::Wait,
            Verdict::Unseen => self.unseen(look, now),
            Verdict::Succeeded if self.by_record => Next::Wait,
            verdict if self.by_record => self.ask(verdict),
            Verdict::Succeeded if self.doubts_list => match self.may_be_baking(look, now) {
                true => self.wait_or_ask(look, now),
                false => self.ask(verdict),
            },
            Verdict::Succeeded => Next::End(Conclusion::Succeeded),
            Verdict::Failed { reason } => Next::End(Conclusion::Failed { reason }),
            Verdict::RolledBack { reason } => Next::End(Conclusion::RolledBack { reason }),
            Verdict::Stopped { reason } => Next::End(Conclusion::Stopped { reason }),
            Verdict::Failing { .. } => self.await_rollback(verdict, now),
            Verdict::Displaced { .. } | Verdict::Overtaken { .. } | Verdict::Hopeless { .. } | Verdict::Stale => {
                self.ask(verdict)
            }
        }
    }

    /// Keeps what the service's events say. They are true whatever else of the look is old.
    fn hear(&mut self, look: &Snapshot) {
        self.meet(look);
        self.back_to = judge::rolling_back_to(&self.ours, look).map(str::to_owned).or(self.back_to.take());
        self.was_complete |= self.ours.amended.is_none() && judge::has_completion_event(&self.ours, look);
        self.went_back = judge::rolling_back(&self.ours, look).into_iter().chain(self.went_back).reduce(f64::min);
        self.spoken = look.messages.iter().map(|message| message.at).chain(self.spoken).reduce(f64::max);
        self.gave_up = judge::giving_up(&self.ours, look).map(str::to_owned).or(self.gave_up.take());
    }

    /// Keeps what a look shows beside its verdict.
    fn note(&mut self, verdict: &Verdict, look: &Snapshot) {
        let has = |our: &Deployed| Some(our.desired) == self.needed && our.running == our.desired;
        self.has_needed = self.other_number.is_some() || look.deployment(&self.ours.id).is_some_and(has);
        self.has_failed |= look.deployment(&self.ours.id).is_some_and(|our| our.failed > 0);
        // The list may say so before the bake time is over.
        let may_tell = !self.doubts_list && !self.by_record && self.ours.amended.is_none();
        self.was_complete |= may_tell && judge::was_complete(&self.ours, look);
        self.gives_up = look.gives_up;
        self.shown = look.changed().into_iter().chain(self.shown).reduce(f64::max);
        self.missing.end();
        if *verdict != Verdict::Unseen {
            self.unseen.end();
        }
        if !matches!(verdict, Verdict::Inactive { .. }) {
            self.inactive.end();
        }
        if *verdict != Verdict::Succeeded {
            self.complete.end();
        }
        if !matches!(verdict, Verdict::Displaced { .. } | Verdict::Unseen) {
            self.displaced.end();
        }
        let is_known = |primary: &&Deployed| judge::is_ours_or_back(&self.ours, primary, look);
        self.live = look.primary().filter(is_known).map(|primary| primary.definition.clone());
    }

    /// Keeps which deployments there are: what a deployment deploys, and when it was created, never changes.
    fn meet(&mut self, look: &Snapshot) {
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
            (Verdict::Displaced { by, taker: Taker::Rollback, .. }, Some((begun, back))) if self.gave_up.is_none() => {
                let is_it = |(id, created, _): &&(String, f64, String)| {
                    let is_other = *id != self.ours.id && id != by && !self.ours.older.contains(id);
                    is_other && *created >= begun && *created < back
                };
                let other = self.seen.iter().find(is_it);
                other.map_or_else(
                    || verdict.clone(),
                    |(id, _, definition)| Verdict::Displaced {
                        by: id.clone(),
                        definition: definition.clone(),
                        taker: Taker::Stranger,
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
    fn with_another_number(&mut self, verdict: Verdict, look: &Snapshot, now: Duration) -> Verdict {
        let asked = self.ours.amended.as_ref().map_or(self.needed, |amended| amended.desired);
        // The number from before the order may be shown by a look that is old.
        let is_newer = look.changed().zip(self.ours.before).is_some_and(|(shown, before)| shown > before);
        let is_new = |our: &Deployed| our.desired != self.former || is_newer;
        let our = look.deployment(&self.ours.id).filter(|our| {
            let is_complete = our.is("COMPLETED") || (our.state.is_none() && self.ours.amended.is_some());
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
    fn without_words(&self, verdict: Verdict, look: &Snapshot) -> Verdict {
        let our_state = look.deployment(&self.ours.id).and_then(|our| our.state.as_deref());
        let tells_nothing = |primary: &Deployed| primary.reason.is_none() || primary.is("COMPLETED");
        let is_silent = our_state.is_none() && look.primary().is_some_and(tells_nothing);
        match verdict {
            Verdict::Displaced { by, definition, taker: Taker::Stranger }
                if is_silent && look.rolls_back && self.ours.previous.as_ref() == Some(&definition) =>
            {
                Verdict::Displaced { by, definition, taker: Taker::Silent }
            }
            verdict => verdict,
        }
    }

    /// Whether a deployment in stages that the list calls COMPLETED may still be rolled back: no event says that it is complete, and the
    /// bake time is not over.
    fn may_be_baking(&mut self, look: &Snapshot, now: Duration) -> bool {
        let since = self.complete.see((), now).0;
        // Tasks of the earlier revision run until the bake time is over: while there is traffic on it, or a hook waits, too.
        let may_go_back =
            since.as_secs_f64() < look.bake + BAKED.as_secs_f64() || look.running_beside(&self.ours.id) > 0;
        !self.was_complete && may_go_back
    }

    fn ask(&mut self, verdict: Verdict) -> Next {
        self.open = Some(verdict);
        Next::Ask
    }

    /// Waits, or asks the record where all tasks run or the list has been unchanged for long.
    fn wait_or_ask(&mut self, look: &Snapshot, now: Duration) -> Next {
        let count = |one: &Deployed| (one.id.clone(), one.running, one.pending, one.failed);
        let (still, _) = self.still.see(look.deployments.iter().map(count).collect(), now);
        let asks = !self.by_record && self.ours.amended.is_none();
        let pause = if self.is_complete(look) || self.succeeds_early(look) { COMPLETE } else { STILL };
        // Less and less often: what takes its time will take some more, and what gives no answer may go on so.
        let apart = pause.max(still / if self.unanswered < UNANSWERED { 3 } else { 2 });
        let is_due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= apart);
        // What takes no longer than rollouts of this service usually do is not asked about, unless it looks complete.
        let begun = *self.begun.get_or_insert(now);
        let is_usual = self.usual.is_some_and(|usual| (now.saturating_sub(begun)).as_secs_f64() < usual * UNUSUAL);
        let is_early = is_usual && pause == STILL;
        if !asks || still < pause || !is_due || is_early {
            return Next::Wait;
        }
        self.asked = Some(now);
        self.ask(Verdict::Pending)
    }

    /// Whether ECS may call ours successful before the list does: the service has criteria of early success, and tasks of ours run.
    fn succeeds_early(&self, look: &Snapshot) -> bool {
        look.succeeds_early && look.deployment(&self.ours.id).is_some_and(|our| our.running > 0)
    }

    /// Whether all tasks of ours run and no other deployment is left; only COMPLETED is missing.
    fn is_complete(&self, look: &Snapshot) -> bool {
        let runs = |our: &Deployed| our.running == our.desired && our.pending == 0;
        look.deployments.len() == 1 && look.deployment(&self.ours.id).is_some_and(runs)
    }

    /// Whether to ask the record once more although the deadline has passed.
    pub(crate) fn asks_at_deadline(&mut self, now: Duration) -> bool {
        let asks = !self.by_record && self.ours.amended.is_none() && self.concluded.is_none();
        let is_fresh = self.asked.is_some_and(|asked| now.saturating_sub(asked) < SOON);
        self.asked = Some(now);
        asks && !is_fresh
    }

    /// The tasks keep stopping. The record is asked first: the deployment may have been complete before.
    pub(crate) fn hopeless(&mut self, reason: &str) -> Next {
        let reason = reason.to_owned();
        if self.was_complete && !self.by_record {
            return self.keep(Next::End(Conclusion::Succeeded));
        }
        if self.ours.amended.is_some() || self.unanswered >= UNANSWERED {
            return self.keep(Next::End(Conclusion::Failed { reason: Some(reason) }));
        }
        self.ask(Verdict::Hopeless { reason })
    }

    fn await_rollback(&mut self, failing: Verdict, now: Duration) -> Next {
        let since = self.failing_since(now);
        if let Verdict::Failing { reason } = &failing {
            self.failing = Some((since, reason.clone()));
        }
        if now.saturating_sub(since) >= ROLLBACK_BEGINS {
            return self.ask(failing);
        }
        Next::Again(ROLLBACK_BEGINS / 2)
    }

    fn failing_since(&self, now: Duration) -> Duration {
        self.failing.as_ref().map_or(now, |(since, _)| *since)
    }

    /// What is known although time is over: ECS gave up on it, and the rollback that was promised has not come.
    pub(crate) fn at_deadline(&self) -> Option<Conclusion> {
        let (_, reason) = self.failing.as_ref()?;
        Some(Conclusion::Failed { reason: reason.clone() })
    }

    fn unseen(&mut self, look: &Snapshot, now: Duration) -> Next {
        let (since, times) = self.unseen.see((), now);
        match look.primary() {
            // Until it counts as gone, only the witness can decide.
            Some(primary) if since >= GONE && !self.is_old(look) => {
                let (by, definition) = (primary.id.clone(), primary.definition.clone());
                self.ask(Verdict::Displaced { by, definition, taker: Taker::Older })
            }
            Some(_) if times >= UNSEEN => self.ask(Verdict::Unseen),
            _ => Next::Again(SOON),
        }
    }

    /// Whether a look shows nothing newer than what was there before the order: then it is stale, however long it stays so.
    fn is_old(&self, look: &Snapshot) -> bool {
        look.changed().zip(self.ours.before).is_some_and(|(shown, before)| shown <= before)
    }

    /// One look alone may be of a service that was there before, or of a replica that is behind.
    fn inactive(&mut self, status: String, now: Duration) -> Next {
        let (since, _) = self.inactive.see(status.clone(), now);
        if since < SOON { Next::Again(SOON) } else { Next::End(Conclusion::Inactive { status }) }
    }

    /// The service itself is not in the answer.
    fn gone(&mut self, is_missing: bool, now: Duration) -> Next {
        if !is_missing {
            self.missing.end();
        } else if self.missing.see((), now).0 >= MISSING {
            return Next::End(Conclusion::Missing);
        }
        Next::Again(SOON)
    }

    /// Combines the open verdict of the list with that of the record (`None`: no record available).
    fn settle(&mut self, said: Option<Verdict>, open: Option<Verdict>, now: Duration) -> Next {
        match (said, open) {
            (Some(Verdict::Succeeded), Some(Verdict::Displaced { by, definition, taker: Taker::Stranger }))
                if self.is_late =>
            {
                Next::End(Conclusion::Superseded { by, definition })
            }
            (Some(Verdict::Succeeded), _) => Next::End(Conclusion::Succeeded),
            (Some(Verdict::Failed { reason }), _) => Next::End(Conclusion::Failed { reason }),
            (Some(Verdict::RolledBack { reason }), _) => Next::End(Conclusion::RolledBack { reason }),
            (Some(Verdict::Stopped { reason }), open) => self.settle_stopped(reason, open, now),
            (Some(_), open) => self.settle_running(open, now),
            // No record is known to be ours, and the list agrees for long.
            (None, Some(Verdict::Displaced { by, definition, taker }))
                if self.by_record && self.displaced.see(by.clone(), now).0 >= GONE =>
            {
                Next::End(self.end_of_displaced(by, definition, taker))
            }
            (None, open) if self.by_record => self.settle_running(open, now),
            (None, open) => self.settle_alone(open, now),
        }
    }

    /// The end by the record of a newer deployment, named by its id if the list has shown it, otherwise by the record's ARN.
    fn replaced(&self) -> Option<Conclusion> {
        let (arn, created, definition) = self.successor.clone()?;
        let is_it =
            |(id, at, _): &&(String, f64, String)| *id != self.ours.id && (at - created).abs() <= judge::TOGETHER;
        let nearest = self
            .seen
            .iter()
            .filter(is_it)
            .min_by(|one, other| (one.1 - created).abs().total_cmp(&(other.1 - created).abs()));
        let by = nearest.map_or(arn, |(id, ..)| id.clone());
        Some(Conclusion::Superseded { by, definition: definition.unwrap_or_default() })
    }

    /// The record is STOPPED: by a person, for a newer deployment, or because ECS gave up on it.
    fn settle_stopped(&mut self, reason: Option<String>, open: Option<Verdict>, now: Duration) -> Next {
        let (since, _) = self.stopped.see((), now);
        // A record of the list does not say whether ECS gave up on it; the service's events do, which one look may leave out.
        let has_words = self.gave_up.is_some() || self.went_back.is_some();
        if self.is_brief && self.gives_up && !has_words && !self.goes_back && since < BRIEF_WORDS {
            return Next::Again(SOON);
        }
        let end = match open {
            // ECS went back from it before anybody deployed again.
            _ if self.went_back_first() => Conclusion::RolledBack { reason },
            _ if self.gave_up.is_none() && self.went_back.is_none() && self.seen_instead().is_some() => {
                let (by, definition) = self.seen_instead().unwrap_or_default();
                Conclusion::Superseded { by, definition }
            }
            Some(Verdict::Displaced { by, definition, taker: Taker::Stranger | Taker::Silent })
                if !self.began_after_the_end(&by) =>
            {
                Conclusion::Superseded { by, definition }
            }
            // ECS went back only after ours had come to its end: from one that was begun in its place.
            Some(Verdict::Displaced { by, definition, taker: Taker::Rollback })
                if self.gave_up.is_none() && self.went_back_after_the_end() =>
            {
                Conclusion::Superseded { by, definition }
            }
            // ECS went back from it, and somebody may have deployed since.
            Some(Verdict::Displaced { taker: Taker::Rollback, .. }) if !self.was_replaced_first() => {
                Conclusion::RolledBack { reason }
            }
            // The list may not have come up to the words that ECS gave it up before.
            _ if self.gave_up.is_none() && self.successor.is_some() && self.is_behind() && since < WORDS => {
                return Next::Again(SOON);
            }
            _ if self.gave_up.is_none() && self.successor.is_some() => {
                return self.replaced().map_or(Next::Wait, Next::End);
            }
            // Nor does the list of records say what stopped it.
            Some(Verdict::Failed { reason } | Verdict::Failing { reason } | Verdict::Overtaken { reason }) => {
                Conclusion::Failed { reason }
            }
            open => match self.gave_up.clone() {
                Some(words) => Conclusion::Failed { reason: reason.or(Some(words)) },
                // The list may not have come up to the deployment that replaces it, or to the words that ECS gave it up.
                None if open.is_none_or(|open| {
                    matches!(open, Verdict::Pending | Verdict::Unseen | Verdict::Hopeless { .. })
                }) && (since < SOON || (self.is_behind() && since < WORDS))
                    && !(self.is_unreplaced && self.gave_up.is_none() && self.went_back.is_none())
                    && !self.goes_back =>
                {
                    return Next::Again(SOON);
                }
                None => Conclusion::Stopped { reason },
            },
        };
        Next::End(end)
    }

    /// The first deployment that the looks have shown to begin while ours was on its way: ours was stopped for it.
    fn seen_instead(&self) -> Option<(String, String)> {
        let (begun, ended) = self.ours.created.zip(self.ended)?;
        let is_it = |(id, created, _): &&(String, f64, String)| {
            let is_other = *id != self.ours.id && !self.ours.older.contains(id);
            is_other && *created >= begun && *created <= ended + judge::SAME
        };
        let first = self.seen.iter().filter(is_it).min_by(|one, other| one.1.total_cmp(&other.1));
        first.map(|(id, _, definition)| (id.clone(), definition.clone()))
    }

    /// How ours ended by the list alone, where another deployment is PRIMARY now.
    fn end_of_displaced(&self, by: String, definition: String, taker: Taker) -> Conclusion {
        let is_back = match taker {
            Taker::Older | Taker::Rollback => true,
            Taker::Silent => self.has_failed && !self.speaks_since(&by),
            Taker::Stranger => false,
        };
        match is_back {
            true => Conclusion::RolledBack { reason: None },
            false if self.was_complete && !self.is_late => Conclusion::Succeeded,
            false => Conclusion::Superseded { by, definition },
        }
    }

    /// Whether the service's events go on since this deployment began: that ECS goes back would be among them.
    fn speaks_since(&self, id: &str) -> bool {
        let begun = self.seen.iter().find(|(known, ..)| known == id).map(|(_, created, _)| *created);
        self.spoken.zip(begun).is_some_and(|(spoken, begun)| spoken > begun)
    }

    /// Whether a deployment began only after our record had come to its end: that was not for this one.
    fn began_after_the_end(&self, id: &str) -> bool {
        let begun = self.seen.iter().find(|(known, ..)| known == id).map(|(_, created, _)| *created);
        begun.zip(self.ended).is_some_and(|(begun, ended)| begun > ended + judge::TOGETHER)
    }

    /// Whether no look has yet shown anything as new as the end of our record.
    fn is_behind(&self) -> bool {
        self.ended.zip(self.shown).is_some_and(|(ended, shown)| shown < ended)
    }

    /// Whether ECS went back before the newer deployment began: it went back from ours.
    fn went_back_first(&self) -> bool {
        let successor = self.successor.as_ref().map(|(_, created, _)| *created);
        self.went_back.zip(successor).is_some_and(|(back, created)| back < created)
    }

    /// Whether ECS said that it goes back only after our record had come to its end.
    fn went_back_after_the_end(&self) -> bool {
        self.went_back.zip(self.ended).is_some_and(|(back, ended)| back > ended + judge::SAME)
    }

    /// Whether a newer deployment had begun when ECS went back: it went back from that one.
    fn was_replaced_first(&self) -> bool {
        let successor = self.successor.as_ref().map(|(_, created, _)| *created);
        successor.is_some_and(|created| self.went_back.is_none_or(|back| created < back))
    }

    /// The record is still running: it outweighs a list that is stale or torn.
    fn settle_running(&mut self, open: Option<Verdict>, now: Duration) -> Next {
        match open {
            Some(Verdict::Displaced { by, definition, taker })
                if taker == Taker::Stranger || (taker == Taker::Silent && !self.has_failed) =>
            {
                let wait = if self.by_record { GONE } else { CATCHES_UP };
                match self.displaced.see(by.clone(), now).0 >= wait {
                    true => Next::End(self.end_of_displaced(by, definition, taker)),
                    false if self.by_record => Next::Wait,
                    false => Next::Again(SOON),
                }
            }
            Some(Verdict::Overtaken { reason }) if !self.by_record => Next::End(Conclusion::Failed { reason }),
            Some(Verdict::Hopeless { reason }) => Next::End(Conclusion::Failed { reason: Some(reason) }),
            Some(Verdict::Succeeded) => {
                // The record is to be had after all.
                self.by_record = true;
                Next::Wait
            }
            Some(Verdict::Failing { reason }) if !self.by_record => self.settle_promised(reason, now),
            None | Some(Verdict::Pending) => Next::Wait,
            Some(_) if self.by_record => Next::Wait,
            Some(_) => Next::Again(SOON),
        }
    }

    /// No record is available: a later look must confirm what one look shows.
    fn settle_alone(&mut self, open: Option<Verdict>, now: Duration) -> Next {
        match open {
            Some(Verdict::Displaced { by, definition, taker }) => {
                // ECS's own words about ours need no second look.
                let is_told = taker == Taker::Rollback && self.gave_up.is_some();
                let agreed = self.displaced.see(by.clone(), now).0;
                if !is_told && agreed < AGREED {
                    return Next::Again(AGREED);
                }
                // The words that ECS goes back may come later.
                if taker == Taker::Silent && agreed < WORDLESS && !self.speaks_since(&by) {
                    return Next::Again(SOON);
                }
                Next::End(self.end_of_displaced(by, definition, taker))
            }
            Some(Verdict::Overtaken { reason }) => Next::End(Conclusion::Failed { reason }),
            Some(Verdict::Hopeless { reason }) => Next::End(Conclusion::Failed { reason: Some(reason) }),
            Some(Verdict::Succeeded) => Next::End(Conclusion::Succeeded),
            Some(Verdict::Failing { reason }) => self.settle_promised(reason, now),
            Some(Verdict::Unseen) => Next::Again(SOON),
            _ => Next::Wait,
        }
    }

    /// ECS has promised to go back, and has not begun to.
    fn settle_promised(&mut self, reason: Option<String>, now: Duration) -> Next {
        match now.saturating_sub(self.failing_since(now)) < ROLLBACK_COMES {
            true => Next::Again(SOON),
            false => Next::End(Conclusion::Failed { reason }),
        }
    }
}

/// Whether to give up on a deployment that nothing in ECS will ever call FAILED: as many of its tasks as the caller has
/// limit for have stopped for a cause that waiting does not cure, and it runs no more than it did.
pub(crate) fn is_hopeless(limit: Option<u64>, hopeless: u64, ours: &Ours, look: &Snapshot) -> bool {
    let Some(our) = look.deployment(&ours.id) else { return false };
    let limit = limit.unwrap_or_else(|| usual_failures(our.desired));
    // ECS's own count goes back to 0 once a task is healthy; where a server keeps none, it is 0 throughout.
    let failed = if our.failed == 0 { hopeless } else { our.failed };
    limit > 0 && !look.gives_up && hopeless >= limit && failed >= limit && our.running < our.desired
}

/// The number of failed tasks at which ECS's own circuit breaker would give up by default: half of those asked for, at
/// least 3 and at most 200. Sooner would be rash, later is a longer wait for the same end.
fn usual_failures(desired: u64) -> u64 {
    desired.div_ceil(2).clamp(3, 200)
}

#[cfg(test)]
mod tests;
