//! Confirms "unchanged" by a second source: a single look may come from a replica that is behind.

use crate::engine::context::{Halt, persist};
use std::time::Duration;

use crate::rollout::service::snapshot::{self, ServiceView};
use crate::rollout::service::strategy::Kind;
use crate::rollout::workflow::Workflow;

/// The pause before the second look.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause before the service is read again if its record contradicts the look.
const CATCHES_UP: Duration = Duration::from_secs(2);
/// How many times the service is read again because a look was stale.
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

impl Workflow {
    /// Confirms that the service runs as requested, as one look shows: by the newest record (ListServiceDeployments), or if that does
    /// not decide, by a second look (DescribeServices).
    pub(crate) async fn assure(&mut self) -> Result<(), Halt> {
        let word = match self.found.kind {
            Kind::CodeDeploy => self.newest_of_codedeploy(),
            _ => persist!(self, self.newest_record().await)?,
        };
        match word {
            Word::Same => {}
            Word::Newer if self.may_start_over() => return Err(self.start_over()),
            Word::Newer | Word::None => {
                self.cx.timing.pause = Some(PAUSE);
                self.cx.before_retry().await?;
                persist!(self, self.look_twice().await)?;
            }
        }
        self.prepared.trust.is_assured = true;
        Ok(())
    }

    async fn look_twice(&mut self) -> Result<(), Halt> {
        let answer = self.describe_service().await?;
        let look = snapshot::service(&answer).map(|service| {
            let service = serde_json::Value::Object(service.clone());
            ServiceView::of(&service)
        });
        match look {
            Some(look) if self.is_the_same(&look) => Ok(()),
            // The service has changed: compare again.
            _ => Err(self.start_over()),
        }
    }

    fn is_the_same(&self, look: &ServiceView) -> bool {
        let id = |look: &ServiceView| {
            look.primary().map(|primary| (primary.id.clone(), primary.definition.clone(), primary.state.clone()))
        };
        let before = &self.found.before;
        (&look.status, &look.definition, look.desired) == (&before.status, &before.definition, before.desired)
            && id(look) == id(before)
            && !look.is_torn()
    }

    /// Whether the service may be read again because an answer was stale.
    pub(crate) fn may_start_over(&self) -> bool {
        self.prepared.trust.behind < BEHIND
    }

    /// Discards all that was read, so that it is read again.
    pub(crate) fn start_over(&mut self) -> Halt {
        self.prepared.start_over();
        (self.order.definition, self.tracker) = (None, None);
        self.records.start_over();
        self.cx.timing.pause = Some(CATCHES_UP);
        Halt::Stale
    }
}
