//! Combines the open verdict of the list with the verdict of the record.

use std::time::Duration;

use super::{AGREED, BRIEF_BEHIND, CATCHES_UP, GONE, ROLLBACK_COMES, SOON, Tracker, WORDLESS, WORDS};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::verdict::judge::{self, Successor, Verdict};
use crate::rollout::verdict::tracker::seen::SeenDeployment;

impl Tracker {
    /// Combines the open verdict of the list with that of the record (`None`: no record available).
    pub(crate) fn settle(&mut self, record: Option<Verdict>, open: Option<Verdict>, now: Duration) -> Decision {
        match (record, open) {
            (Some(Verdict::Succeeded), Some(Verdict::NotPrimary { by, definition, taker: Successor::Stranger }))
                if self.is_late =>
            {
                Decision::End(Conclusion::Superseded { by, definition })
            }
            (Some(Verdict::Succeeded), _) => Decision::End(Conclusion::Succeeded),
            (Some(Verdict::Failed { reason }), _) => Decision::End(Conclusion::Failed { reason }),
            (Some(Verdict::RolledBack { reason }), _) => Decision::End(Conclusion::RolledBack { reason }),
            (Some(Verdict::Stopped { reason }), open) => self.settle_stopped(reason, open, now),
            (Some(_), open) => self.settle_running(open, now),
            // No record is known to be ours, and the list agrees for long.
            (None, Some(Verdict::NotPrimary { by, definition, taker }))
                if self.record.decides && self.lasting.displaced.see(by.clone(), now).0 >= GONE =>
            {
                Decision::End(self.end_of_displaced(by, definition, taker))
            }
            (None, open) if self.record.decides => self.settle_running(open, now),
            (None, open) => self.settle_alone(open, now),
        }
    }

    /// The conclusion that a newer record replaced ours. It is named by its deployment's id if the list has shown that, otherwise by
    /// the record's ARN.
    fn replaced(&self) -> Option<Conclusion> {
        let successor = self.record.successor.clone()?;
        let apart = |one: &SeenDeployment| (one.created - successor.created).abs();
        let others = self.seen.deployments.iter().filter(|one| one.id != self.ours.id);
        let near = others.filter(|one| apart(one) <= judge::TOGETHER);
        let nearest = near.min_by(|one, other| apart(one).total_cmp(&apart(other)));
        let by = nearest.map_or(successor.arn, |one| one.id.clone());
        Some(Conclusion::Superseded { by, definition: successor.definition.unwrap_or_default() })
    }

    /// Settles a record that is STOPPED: by a person, for a newer deployment, or because ECS failed it.
    fn settle_stopped(&mut self, reason: Option<String>, open: Option<Verdict>, now: Duration) -> Decision {
        let (since, _) = self.lasting.stopped.see((), now);
        // A record of the list does not show whether ECS failed it; the service's events do, and one look may leave them out.
        let has_words = self.events.explain();
        // A look with nothing as new as the end of ours is behind; one with no event since ours began is torn.
        let is_torn = !self.events.continue_after(self.ours.created);
        let words = if self.is_behind() || is_torn { BRIEF_BEHIND } else { WORDS };
        if self.record.list_only && self.seen.gives_up && !has_words && !self.rolls_back && since < words {
            return Decision::Again(SOON);
        }
        let words = if self.record.list_only { BRIEF_BEHIND } else { WORDS };
        if !has_words && let Some((by, definition)) = self.seen_instead() {
            return Decision::End(Conclusion::Superseded { by, definition });
        }
        let end = match open {
            // ECS rolled it back before anybody deployed again.
            _ if self.rolled_back_first() => Conclusion::RolledBack { reason },
            Some(Verdict::NotPrimary { by, definition, taker: Successor::Stranger | Successor::Silent })
                if !self.began_after_the_end(&by) =>
            {
                Conclusion::Superseded { by, definition }
            }
            // The rollback came only after ours had ended: ECS rolled back the one that replaced it.
            Some(Verdict::NotPrimary { by, definition, taker: Successor::Rollback })
                if self.events.gave_up.is_none() && self.rolled_back_after_the_end() =>
            {
                Conclusion::Superseded { by, definition }
            }
            // ECS rolled it back, and somebody may have deployed since.
            Some(Verdict::NotPrimary { taker: Successor::Rollback, .. }) if !self.was_replaced_first() => {
                Conclusion::RolledBack { reason }
            }
            // The list may be older than the event that ECS failed it before.
            _ if self.events.gave_up.is_none()
                && self.record.successor.is_some()
                && self.is_behind()
                && since < words =>
            {
                return Decision::Again(SOON);
            }
            _ if self.events.gave_up.is_none() && self.record.successor.is_some() => {
                return self.replaced().map_or(Decision::Wait, Decision::End);
            }
            // The list of records does not show either what stopped it.
            Some(
                Verdict::Failed { reason } | Verdict::FailedMayRollBack { reason } | Verdict::Overtaken { reason },
            ) => Conclusion::Failed { reason },
            open => match self.events.gave_up.clone() {
                Some(words) => Conclusion::Failed { reason: reason.or(Some(words)) },
                // The list may be older than the deployment that replaces it, or than the event that ECS failed it.
                None if open.is_none_or(|open| {
                    matches!(open, Verdict::Pending | Verdict::NotListed | Verdict::Hopeless { .. })
                }) && (since < SOON || (self.is_behind() && since < words))
                    && (!self.record.is_unreplaced || self.events.explain())
                    && !self.rolls_back =>
                {
                    return Decision::Again(SOON);
                }
                None => Conclusion::Stopped { reason },
            },
        };
        Decision::End(end)
    }

    /// The first deployment that began while ours was in progress, by the looks: ours was stopped for it.
    fn seen_instead(&self) -> Option<(String, String)> {
        let (begun, ended) = self.ours.created.zip(self.record.ended)?;
        let is_between = |one: &&SeenDeployment| {
            let is_other = one.id != self.ours.id && !self.ours.older.contains(&one.id);
            is_other && one.created >= begun && one.created <= ended + judge::SAME
        };
        let between = self.seen.deployments.iter().filter(is_between);
        let first = between.min_by(|one, other| one.created.total_cmp(&other.created));
        first.map(|one| (one.id.clone(), one.definition.clone()))
    }

    /// The end of ours by the list alone, if another deployment is PRIMARY now.
    fn end_of_displaced(&self, by: String, definition: String, taker: Successor) -> Conclusion {
        let is_rolled_back = match taker {
            Successor::Older | Successor::Rollback => true,
            Successor::Silent => self.seen.has_failed && !self.has_events_since(&by),
            // ECS rolled back before the deployment of somebody else began.
            Successor::Stranger => {
                let both = self.events.rolling_back_at.zip(self.seen.created(&by));
                both.is_some_and(|(back, created)| back < created - judge::SAME)
            }
        };
        match is_rolled_back {
            true => Conclusion::RolledBack { reason: None },
            false if self.seen.was_complete && !self.is_late => Conclusion::Succeeded,
            false => Conclusion::Superseded { by, definition },
        }
    }

    /// Whether there are events after this deployment began: an event of a rollback would be among them.
    fn has_events_since(&self, id: &str) -> bool {
        self.events.continue_after(self.seen.created(id))
    }

    /// Whether a deployment began only after our record had ended: ours was not stopped for it.
    fn began_after_the_end(&self, id: &str) -> bool {
        let begun = self.seen.created(id);
        begun.zip(self.record.ended).is_some_and(|(begun, ended)| begun > ended + judge::TOGETHER)
    }

    /// Whether no look yet is as new as the end of our record.
    fn is_behind(&self) -> bool {
        self.seen.is_older_than(self.record.ended)
    }

    /// Whether the rollback came before the newer deployment began: ECS rolled back ours.
    fn rolled_back_first(&self) -> bool {
        let back = self.events.rolling_back_at;
        back.zip(self.record.replaced_at()).is_some_and(|(back, created)| back < created)
    }

    /// Whether the event of the rollback came only after our record had ended.
    fn rolled_back_after_the_end(&self) -> bool {
        self.events.rolling_back_at.zip(self.record.ended).is_some_and(|(back, ended)| back > ended + judge::SAME)
    }

    /// Whether a newer deployment had begun before the rollback: ECS rolled back that one.
    fn was_replaced_first(&self) -> bool {
        let back = self.events.rolling_back_at;
        self.record.replaced_at().is_some_and(|created| back.is_none_or(|back| created < back))
    }

    /// The record is still running: it outweighs a list that is stale or torn.
    fn settle_running(&mut self, open: Option<Verdict>, now: Duration) -> Decision {
        match open {
            Some(Verdict::NotPrimary { by, definition, taker })
                if taker == Successor::Stranger || (taker == Successor::Silent && !self.seen.has_failed) =>
            {
                let wait = if self.record.decides { GONE } else { CATCHES_UP };
                match self.lasting.displaced.see(by.clone(), now).0 >= wait {
                    true => Decision::End(self.end_of_displaced(by, definition, taker)),
                    false if self.record.decides => Decision::Wait,
                    false => Decision::Again(SOON),
                }
            }
            Some(Verdict::Overtaken { reason }) if !self.record.decides => Decision::End(Conclusion::Failed { reason }),
            Some(Verdict::Hopeless { reason }) => Decision::End(Conclusion::Failed { reason: Some(reason) }),
            Some(Verdict::Succeeded) => {
                // The record is available after all.
                self.record.decides = true;
                Decision::Wait
            }
            Some(Verdict::FailedMayRollBack { reason }) if !self.record.decides => self.settle_promised(reason, now),
            None | Some(Verdict::Pending) => Decision::Wait,
            Some(_) if self.record.decides => Decision::Wait,
            Some(_) => Decision::Again(SOON),
        }
    }

    /// No record is available: a later look must confirm what one look shows.
    fn settle_alone(&mut self, open: Option<Verdict>, now: Duration) -> Decision {
        match open {
            Some(Verdict::NotPrimary { by, definition, taker }) => {
                // An event about ours needs no second look.
                let is_certain = taker == Successor::Rollback && self.events.gave_up.is_some();
                let agreed = self.lasting.displaced.see(by.clone(), now).0;
                if !is_certain && agreed < AGREED {
                    return Decision::Again(AGREED);
                }
                // The event of a rollback may come later.
                let may_have = match taker {
                    Successor::Silent => true,
                    Successor::Stranger => self.seen.may_have_rolled_back_before(&by, &self.ours),
                    _ => false,
                };
                if may_have && agreed < WORDLESS && !self.has_events_since(&by) {
                    return Decision::Again(SOON);
                }
                Decision::End(self.end_of_displaced(by, definition, taker))
            }
            Some(Verdict::Overtaken { reason }) => Decision::End(Conclusion::Failed { reason }),
            Some(Verdict::Hopeless { reason }) => Decision::End(Conclusion::Failed { reason: Some(reason) }),
            Some(Verdict::Succeeded) => Decision::End(Conclusion::Succeeded),
            Some(Verdict::FailedMayRollBack { reason }) => self.settle_promised(reason, now),
            Some(Verdict::NotListed) => Decision::Again(SOON),
            _ => Decision::Wait,
        }
    }

    /// ECS is to roll back, and has not begun to.
    fn settle_promised(&mut self, reason: Option<String>, now: Duration) -> Decision {
        match now.saturating_sub(self.failing_since(now)) < ROLLBACK_COMES {
            true => Decision::Again(SOON),
            false => Decision::End(Conclusion::Failed { reason }),
        }
    }
}
