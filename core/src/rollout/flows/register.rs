//! A definition alone: as far as a revision of it, and no further.

use super::plan;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::rollout::machine::{Machine, State};
use crate::types::event::Event;
use crate::types::outcome::RegisterOutcome;
use crate::types::plan::PlannedCall;
use crate::types::task::Register;

impl Client {
    /// Registers a revision of a task definition, and does not run it. If the family's newest revision, or the one given by
    /// name, is equal, that one is used.
    ///
    /// # Errors
    /// Those of `deploy` about a task definition: `invalid` with its findings, `container_missing`, `image_missing`,
    /// `definition_missing`. `denied`, `credentials`, `throttled`, `network` and `aws`.
    pub async fn register(&self, register: Register) -> Result<RegisterOutcome, Error> {
        Rollout::register(self.clone(), register).await
    }
}

impl Machine {
    /// Goes as far as there is a revision; as a plan, as far as the call that would make one.
    pub(crate) async fn settle_definition(mut self, is_plan: bool) -> Result<RegisterOutcome, Error> {
        let settled = self.go_to_definition(is_plan).await;
        self.secrets.hide_in(settled)
    }

    async fn go_to_definition(&mut self, is_plan: bool) -> Result<RegisterOutcome, Error> {
        loop {
            match &self.state {
                State::Register(_) if is_plan => return Ok(self.settled(true)),
                State::Update => return Ok(self.settled(false)),
                State::Done(end) => return end.as_ref().clone().map(|_| self.settled(false)),
                _ => self.step().await,
            }
        }
    }

    /// `is_to_come`: whether there would be a call that makes a revision.
    fn settled(&mut self, is_to_come: bool) -> RegisterOutcome {
        let mut findings = self.prepared.warnings.clone();
        while let Some(event) = self.take_event() {
            if let Event::Warning { code, text } = event
                && !findings.iter().any(|known| known.rule == code)
            {
                let (path, advice) = (String::new(), String::new());
                findings.push(Finding { level: Level::Warning, rule: code, path, text, advice });
            }
        }
        let previous = self.prepared.latest.clone().flatten();
        let rendered = self.prepared.rendered.as_ref();
        let changes = plan::shown(previous.as_ref().map(|revision| &revision.definition), rendered);
        let planned = PlannedCall::new(Operation::RegisterTaskDefinition, None);
        RegisterOutcome {
            changed: self.prepared.is_made || is_to_come,
            definition: self.definition.clone(),
            previous: previous.map(|revision| revision.arn),
            changes,
            findings,
            planned: if is_to_come { vec![planned] } else { Vec::new() },
            calls: self.calls,
        }
    }
}
