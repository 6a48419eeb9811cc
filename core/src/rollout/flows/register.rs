//! A definition alone: as far as a revision of it, and no further.

use super::plan;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::context::{Events, Halt, persist};
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::redact::words::Words;
use crate::rollout::prepare::Ready;
use crate::rollout::workflow::{Verb, Workflow};
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
        let (is_plan, secrets) = (register.plan, Words::of(&register));
        let (mut work, events) = Workflow::uncancelled(self.clone(), register.into_deployment(), Verb::Register);
        let end = match Box::pin(work.settle_definition(is_plan)).await {
            Ok(is_to_come) => Ok(work.settled(is_to_come, &events)),
            Err(halt) => Err(Box::pin(work.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked)),
        };
        secrets.hide_in(work.cx.secrets.hide_in(end))
    }
}

impl Workflow {
    /// Goes as far as there is a revision; as a plan, as far as the call that would make one. Whether that call is still to come.
    async fn settle_definition(&mut self, is_plan: bool) -> Result<bool, Halt> {
        self.check().await?;
        self.locate().await?;
        self.read_definitions().await?;
        let Ready::Register(definition) = self.settle().await? else { return Ok(false) };
        if persist!(self, self.find_registered(&definition).await)? {
            return Ok(false);
        }
        self.look_up_before_a_write().await?;
        if !is_plan {
            self.register(&definition).await?;
        }
        Ok(is_plan)
    }

    /// `is_to_come`: whether there would be a call that makes a revision.
    fn settled(&mut self, is_to_come: bool, events: &Events) -> RegisterOutcome {
        let mut findings = self.prepared.warnings.clone();
        while let Some(event) = events.take() {
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
            definition: self.order.definition.clone(),
            previous: previous.map(|revision| revision.arn),
            changes,
            findings,
            planned: if is_to_come { vec![planned] } else { Vec::new() },
            calls: self.cx.attempts.calls,
        }
    }
}
