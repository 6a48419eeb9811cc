//! Whether a service that seems to run what was asked for really does: one look alone may be of a replica that is behind.

use std::time::Duration;

use super::kind::Kind;
use super::machine::{Machine, State, Step};
use super::snapshot::{self, Snapshot};

/// The pause before the second look.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a look that a record contradicts is given to come up to it.
const CATCHES_UP: Duration = Duration::from_secs(2);
/// How often the service is found anew because the look at it was behind.
const BEHIND: u32 = 5;

/// What the record of the newest deployment says of a look at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It is of the deployment that the look shows, and complete.
    Same,
    /// It is of a newer deployment.
    Newer,
    /// Nothing that helps.
    None,
}

impl Machine {
    /// The service runs as asked, as far as one look shows: that is said once something else says so, too.
    pub(super) fn unchanged(&self) -> State {
        State::Assure { looks: 0 }
    }

    /// Asks the newest record (ListServiceDeployments), or where that does not help looks again (DescribeServices).
    pub(super) async fn assure(&mut self, looks: u32) -> Step {
        if looks > 0 {
            return self.look_twice().await;
        }
        let word = match self.kind {
            Kind::CodeDeploy => self.newest_of_codedeploy(),
            _ => self.newest_record().await?,
        };
        match word {
            Word::Same => Ok(self.succeed()),
            Word::Newer if self.prepared.behind < BEHIND => Ok(self.find_anew()),
            Word::Newer | Word::None => {
                self.pause = Some(PAUSE);
                Ok(State::Assure { looks: 1 })
            }
        }
    }

    async fn look_twice(&mut self) -> Step {
        let answer = self.describe_service().await?;
        let look = snapshot::service(&answer).map(|service| {
            let service = serde_json::Value::Object(service.clone());
            Snapshot::of(&service)
        });
        match look {
            Some(look) if self.is_the_same(&look) => Ok(self.succeed()),
            // What is there now is compared with what is asked for.
            _ => Ok(self.find_anew()),
        }
    }

    fn is_the_same(&self, look: &Snapshot) -> bool {
        let id = |look: &Snapshot| look.primary().map(|primary| (primary.id.clone(), primary.definition.clone()));
        let before = &self.before;
        (&look.status, &look.definition, look.desired) == (&before.status, &before.definition, before.desired)
            && id(look) == id(before)
            && !look.is_torn()
    }

    /// Begins again with the service as it is now.
    fn find_anew(&mut self) -> State {
        self.prepared.find_anew();
        (self.tags, self.definition, self.case) = (Default::default(), None, None);
        self.records.find_anew();
        self.pause = Some(CATCHES_UP);
        State::Find
    }
}
