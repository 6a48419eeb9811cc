//! The end of all: the outcome of each service, or the first failure with the end of each.

use super::Deployments;
use super::member::Member;
use crate::error::Error;
use crate::error::failure::FleetFailure;
use crate::types::event::FleetOutcome;

impl Deployments {
    /// The end, if all have ended.
    pub(super) fn end(&self) -> Option<Result<Vec<FleetOutcome>, Error>> {
        if let Some(refused) = &self.refused {
            return Some(Err(refused.clone()));
        }
        let is_over = self.members.iter().all(|member| member.phase.is_over() && member.end.is_some());
        if !self.is_begun || !is_over || !self.on.is_empty() || self.goes_back() {
            return None;
        }
        Some(match self.first_failed().and_then(|first| self.members[first].error()) {
            Some(first) => {
                let services = self.members.iter().filter_map(Member::service_end).collect();
                Err(Error::Fleet(Box::new(FleetFailure { first: first.clone(), services })))
            }
            None => Ok(self.members.iter().filter_map(Member::outcome).collect()),
        })
    }

    /// Whether there is something left to be taken back.
    fn goes_back(&self) -> bool {
        self.rules.recovers
            && !self.cancellation.is_cancelled()
            && self.members.iter().any(Member::has_failed)
            && self.members.iter().any(Member::is_to_go_back)
    }

    /// The first that failed, in the order of the request: itself, rather than because of another.
    pub(super) fn first_failed(&self) -> Option<usize> {
        let failures = || (0..self.members.len()).filter(|at| self.members[*at].has_failed());
        let is_cancelled = |at: usize| matches!(self.members[at].error(), Some(Error::Cancelled(_)));
        let is_own = |at: &usize| !self.members[*at].is_taken_back && !is_cancelled(*at);
        failures().find(is_own).or_else(|| failures().next())
    }
}
