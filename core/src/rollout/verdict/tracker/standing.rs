//! What looks at a service of CodeDeploy come to, whose verdict is not in them: whether the service is still there, and whose task set
//! is live. One look alone may be of a replica that is behind.

use std::time::Duration;

use super::{SOON, Tracker};
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::verdict::conclusion::{Conclusion, Decision};

impl Tracker {
    /// What follows where the service is missing, or on its way out; `None` where the look shows it as it should be.
    pub(crate) fn standing(&mut self, look: Option<&ServiceView>, is_missing: bool, now: Duration) -> Option<Decision> {
        let Some(look) = look else { return Some(self.gone(is_missing, now)) };
        self.missing.end();
        if matches!(look.status.as_str(), "DRAINING" | "INACTIVE") {
            return Some(self.inactive(look.status.clone(), now));
        }
        self.inactive.end();
        None
    }

    /// What follows where another's task set is live (its id and definition), or none is any more.
    pub(crate) fn displaced_by(&mut self, other: Option<(String, String)>, now: Duration) -> Decision {
        let Some((by, definition)) = other else {
            self.displaced.end();
            return Decision::Wait;
        };
        match self.displaced.see(by.clone(), now).0 < SOON {
            true => Decision::Again(SOON),
            false => Decision::End(Conclusion::Superseded { by, definition }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::verdict::judge::Tracked;

    fn case() -> Tracker {
        Tracker::new(Tracked { id: "d-1".to_owned(), definition: "td:1".to_owned(), ..Tracked::default() })
    }

    #[test]
    fn one_look_ends_nothing_nor_do_two_that_another_parts() {
        let at = Duration::from_secs;
        let look = |status: &str| ServiceView { status: status.to_owned(), ..ServiceView::default() };
        let (gone, there) = (look("INACTIVE"), look("ACTIVE"));
        let inactive = Decision::End(Conclusion::Inactive { status: "INACTIVE".to_owned() });
        let mut case = case();
        assert_eq!(case.standing(Some(&gone), false, at(0)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(Some(&there), false, at(2)), None);
        assert_eq!(case.standing(Some(&gone), false, at(4)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(Some(&gone), false, at(6)), Some(inactive));
        assert_eq!(case.standing(None, true, at(10)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(None, false, at(12)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(None, true, at(14)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(None, true, at(23)), Some(Decision::Again(SOON)));
        assert_eq!(case.standing(None, true, at(24)), Some(Decision::End(Conclusion::Missing)));
        let other = || Some(("d-2".to_owned(), "td:2".to_owned()));
        let end = Conclusion::Superseded { by: "d-2".to_owned(), definition: "td:2".to_owned() };
        assert_eq!(case.displaced_by(other(), at(30)), Decision::Again(SOON));
        assert_eq!(case.displaced_by(None, at(32)), Decision::Wait);
        assert_eq!(case.displaced_by(other(), at(34)), Decision::Again(SOON));
        assert_eq!(case.displaced_by(other(), at(36)), Decision::End(end));
    }
}
