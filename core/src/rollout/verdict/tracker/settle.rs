//! Combines what the list of deployments leaves open with what the record says.

use std::time::Duration;

use super::{AGREED, BRIEF_BEHIND, CATCHES_UP, GONE, ROLLBACK_COMES, SOON, Tracker, WORDLESS, WORDS};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::verdict::judge::{self, Successor, Verdict};

impl Tracker {
    /// Combines the open verdict of the list with that of the record (`None`: no record available).
    pub(crate) fn settle(&mut self, said: Option<Verdict>, open: Option<Verdict>, now: Duration) -> Decision {
        match (said, open) {
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
                if self.by_record && self.displaced.see(by.clone(), now).0 >= GONE =>
            {
                Decision::End(self.end_of_displaced(by, definition, taker))
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
    fn settle_stopped(&mut self, reason: Option<String>, open: Option<Verdict>, now: Duration) -> Decision {
        let (since, _) = self.stopped.see((), now);
        // A record of the list does not say whether ECS gave up on it; the service's events do, which one look may leave out.
        let has_words = self.gave_up.is_some() || self.went_back.is_some();
        // What shows nothing as new as the end of ours is behind, or torn.
        let words = if self.is_behind() { BRIEF_BEHIND } else { WORDS };
        if self.list_only && self.gives_up && !has_words && !self.goes_back && since < words {
            return Decision::Again(SOON);
        }
        let words = if self.list_only { BRIEF_BEHIND } else { WORDS };
        if !has_words && let Some((by, definition)) = self.seen_instead() {
            return Decision::End(Conclusion::Superseded { by, definition });
        }
        let end = match open {
            // ECS went back from it before anybody deployed again.
            _ if self.went_back_first() => Conclusion::RolledBack { reason },
            Some(Verdict::NotPrimary { by, definition, taker: Successor::Stranger | Successor::Silent })
                if !self.began_after_the_end(&by) =>
            {
                Conclusion::Superseded { by, definition }
            }
            // ECS went back only after ours had come to its end: from one that was begun in its place.
            Some(Verdict::NotPrimary { by, definition, taker: Successor::Rollback })
                if self.gave_up.is_none() && self.went_back_after_the_end() =>
            {
                Conclusion::Superseded { by, definition }
            }
            // ECS went back from it, and somebody may have deployed since.
            Some(Verdict::NotPrimary { taker: Successor::Rollback, .. }) if !self.was_replaced_first() => {
                Conclusion::RolledBack { reason }
            }
            // The list may not have come up to the words that ECS gave it up before.
            _ if self.gave_up.is_none() && self.successor.is_some() && self.is_behind() && since < words => {
                return Decision::Again(SOON);
            }
            _ if self.gave_up.is_none() && self.successor.is_some() => {
                return self.replaced().map_or(Decision::Wait, Decision::End);
            }
            // Nor does the list of records say what stopped it.
            Some(
                Verdict::Failed { reason } | Verdict::FailedMayRollBack { reason } | Verdict::Overtaken { reason },
            ) => Conclusion::Failed { reason },
            open => match self.gave_up.clone() {
                Some(words) => Conclusion::Failed { reason: reason.or(Some(words)) },
                // The list may not have come up to the deployment that replaces it, or to the words that ECS gave it up.
                None if open.is_none_or(|open| {
                    matches!(open, Verdict::Pending | Verdict::NotListed | Verdict::Hopeless { .. })
                }) && (since < SOON || (self.is_behind() && since < words))
                    && !(self.is_unreplaced && self.gave_up.is_none() && self.went_back.is_none())
                    && !self.goes_back =>
                {
                    return Decision::Again(SOON);
                }
                None => Conclusion::Stopped { reason },
            },
        };
        Decision::End(end)
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
    fn end_of_displaced(&self, by: String, definition: String, taker: Successor) -> Conclusion {
        let is_back = match taker {
            Successor::Older | Successor::Rollback => true,
            Successor::Silent => self.has_failed && !self.speaks_since(&by),
            Successor::Stranger => false,
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
    fn settle_running(&mut self, open: Option<Verdict>, now: Duration) -> Decision {
        match open {
            Some(Verdict::NotPrimary { by, definition, taker })
                if taker == Successor::Stranger || (taker == Successor::Silent && !self.has_failed) =>
            {
                let wait = if self.by_record { GONE } else { CATCHES_UP };
                match self.displaced.see(by.clone(), now).0 >= wait {
                    true => Decision::End(self.end_of_displaced(by, definition, taker)),
                    false if self.by_record => Decision::Wait,
                    false => Decision::Again(SOON),
                }
            }
            Some(Verdict::Overtaken { reason }) if !self.by_record => Decision::End(Conclusion::Failed { reason }),
            Some(Verdict::Hopeless { reason }) => Decision::End(Conclusion::Failed { reason: Some(reason) }),
            Some(Verdict::Succeeded) => {
                // The record is to be had after all.
                self.by_record = true;
                Decision::Wait
            }
            Some(Verdict::FailedMayRollBack { reason }) if !self.by_record => self.settle_promised(reason, now),
            None | Some(Verdict::Pending) => Decision::Wait,
            Some(_) if self.by_record => Decision::Wait,
            Some(_) => Decision::Again(SOON),
        }
    }

    /// No record is available: a later look must confirm what one look shows.
    fn settle_alone(&mut self, open: Option<Verdict>, now: Duration) -> Decision {
        match open {
            Some(Verdict::NotPrimary { by, definition, taker }) => {
                // ECS's own words about ours need no second look.
                let is_told = taker == Successor::Rollback && self.gave_up.is_some();
                let agreed = self.displaced.see(by.clone(), now).0;
                if !is_told && agreed < AGREED {
                    return Decision::Again(AGREED);
                }
                // The words that ECS goes back may come later.
                if taker == Successor::Silent && agreed < WORDLESS && !self.speaks_since(&by) {
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

    /// ECS has promised to go back, and has not begun to.
    fn settle_promised(&mut self, reason: Option<String>, now: Duration) -> Decision {
        match now.saturating_sub(self.failing_since(now)) < ROLLBACK_COMES {
            true => Decision::Again(SOON),
            false => Decision::End(Conclusion::Failed { reason }),
        }
    }
}
