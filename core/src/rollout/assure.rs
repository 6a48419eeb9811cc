//! Confirms "unchanged" by a second source: a single look may come from a replica that is behind.

use std::time::Duration;

use super::machine::{Goal, Machine, State, Step};
use super::service::snapshot::{self, ServiceView};
use super::service::strategy::Kind;

/// The pause before the second look.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause before the service is read again, where its record contradicts the look.
const CATCHES_UP: Duration = Duration::from_secs(2);
/// How often the service is found anew because the look at it was behind.
const BEHIND: u32 = 5;

/// How the newest record compares with a look at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The record is of the same deployment, and SUCCESSFUL.
    Same,
    /// The record is of a newer deployment: the look is stale.
    Newer,
    /// No record, or one that does not decide.
    None,
}

impl Machine {
    /// The service runs as asked, as far as one look shows. A second source must confirm that.
    pub(crate) fn unchanged(&self) -> State {
        State::Assure { looks: 0 }
    }

    /// Asks the newest record (ListServiceDeployments), or where that does not help looks again (DescribeServices).
    pub(crate) async fn assure(&mut self, looks: u32) -> Step {
        if looks > 0 {
            return self.look_twice().await;
        }
        let word = match self.kind {
            Kind::CodeDeploy => self.newest_of_codedeploy(),
            _ => self.newest_record().await?,
        };
        match word {
            Word::Same => self.assured(),
            Word::Newer if self.is_worth_finding_anew() => Ok(self.find_anew()),
            Word::Newer | Word::None => {
                self.pause = Some(PAUSE);
                Ok(State::Assure { looks: 1 })
            }
        }
    }

    /// What one look has shown is so.
    fn assured(&mut self) -> Step {
        self.prepared.is_assured = true;
        match self.goal.clone() {
            Goal::Watch { deployment } => self.join_other(deployment.as_deref()),
            _ => Ok(self.succeed()),
        }
    }

    async fn look_twice(&mut self) -> Step {
        let answer = self.describe_service().await?;
        let look = snapshot::service(&answer).map(|service| {
            let service = serde_json::Value::Object(service.clone());
            ServiceView::of(&service)
        });
        match look {
            Some(look) if self.is_the_same(&look) => self.assured(),
            // The service has changed: compare again.
            _ => Ok(self.find_anew()),
        }
    }

    fn is_the_same(&self, look: &ServiceView) -> bool {
        let id = |look: &ServiceView| {
            look.primary().map(|primary| (primary.id.clone(), primary.definition.clone(), primary.state.clone()))
        };
        let before = &self.before;
        (&look.status, &look.definition, look.desired) == (&before.status, &before.definition, before.desired)
            && id(look) == id(before)
            && !look.is_torn()
    }

    /// Whether the service may be found anew once more, because an answer was behind.
    pub(crate) fn is_worth_finding_anew(&self) -> bool {
        self.prepared.behind < BEHIND
    }

    /// Starts again with DescribeServices.
    pub(crate) fn find_anew(&mut self) -> State {
        self.prepared.find_anew();
        (self.tags, self.definition, self.case) = (Default::default(), None, None);
        self.records.find_anew();
        self.pause = Some(CATCHES_UP);
        State::Find
    }
}
