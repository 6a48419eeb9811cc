//! Evaluates looks at a service that CodeDeploy deploys: whether the service is still there, and whose task set is live. CodeDeploy's
//! own answers hold the verdict. One look alone may be of a replica that is behind.

use std::time::Duration;

use super::{SOON, Tracker};
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::verdict::conclusion::{Conclusion, Decision};

impl Tracker {
    /// The decision if the service is missing or is being deleted; `None` if it is ACTIVE.
    pub(crate) fn standing(&mut self, look: Option<&ServiceView>, is_missing: bool, now: Duration) -> Option<Decision> {
        let Some(look) = look else { return Some(self.gone(is_missing, now)) };
        self.lasting.missing.end();
        if matches!(look.status.as_str(), "DRAINING" | "INACTIVE") {
            return Some(self.inactive(look.status.clone(), now));
        }
        self.lasting.inactive.end();
        None
    }

    /// The decision if the task set of another deployment is live (its id and definition), or none is.
    pub(crate) fn displaced_by(&mut self, other: Option<(String, String)>, now: Duration) -> Decision {
        let Some((by, definition)) = other else {
            self.lasting.displaced.end();
            return Decision::Wait;
        };
        match self.lasting.displaced.see(by.clone(), now).0 < SOON {
            true => Decision::Again(SOON),
            false => Decision::End(Conclusion::Superseded { by, definition }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::verdict::judge::Tracked;

    fn tracker() -> Tracker {
        Tracker::new(Tracked { id: "d-1".to_owned(), definition: "td:1".to_owned(), ..Tracked::default() })
    }

    #[test]
    fn one_look_ends_nothing_and_two_apart_neither() {
        let at = Duration::from_secs;
        let look = |status: &str| ServiceView { status: status.to_owned(), ..ServiceView::default() };
        let (gone, there) = (look("INACTIVE"), look("ACTIVE"));
        let inactive = Decision::End(Conclusion::Inactive { status: "INACTIVE".to_owned() });
        let mut tracker = tracker();
        assert_eq!(tracker.standing(Some(&gone), false, at(0)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(Some(&there), false, at(2)), None);
        assert_eq!(tracker.standing(Some(&gone), false, at(4)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(Some(&gone), false, at(6)), Some(inactive));
        assert_eq!(tracker.standing(None, true, at(10)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(None, false, at(12)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(None, true, at(14)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(None, true, at(23)), Some(Decision::Again(SOON)));
        assert_eq!(tracker.standing(None, true, at(24)), Some(Decision::End(Conclusion::Missing)));
        let other = || Some(("d-2".to_owned(), "td:2".to_owned()));
        let end = Conclusion::Superseded { by: "d-2".to_owned(), definition: "td:2".to_owned() };
        assert_eq!(tracker.displaced_by(other(), at(30)), Decision::Again(SOON));
        assert_eq!(tracker.displaced_by(None, at(32)), Decision::Wait);
        assert_eq!(tracker.displaced_by(other(), at(34)), Decision::Again(SOON));
        assert_eq!(tracker.displaced_by(other(), at(36)), Decision::End(end));
    }
}
