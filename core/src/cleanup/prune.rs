//! Deregisters old revisions of a task definition, none that anything uses.

use serde::Serialize;
use serde_json::json;

use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::inspect::revisions::family;
use crate::inspect::session::Session;
use crate::options::define::options;
use crate::texts::texts;
use crate::types::plan::PlannedCall;

use super::usage::Usage;

/// How long the look at a whole account may take, in seconds.
const WHOLE: f64 = 3600.0;

options! {
    /// The options of `prune`.
    pub struct Prune(family) {
        /// The family: its name, or the name or ARN of one of its revisions.
        pub family: String,
        /// How many of the newest revisions stay, whether or not they are used; at least 1.
        #[serde(default = "ten")]
        pub keep: u32 = ten(),
        use plan;
        use unset;
    }
}

fn ten() -> u32 {
    10
}

/// Which revisions were deregistered, and why the others stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PruneOutcome {
    /// Whether revisions were deregistered; with `plan`, whether some would be.
    pub changed: bool,
    /// The family.
    pub family: String,
    /// The ARNs of the revisions that were deregistered, oldest first; with `plan`, those that would be.
    pub removed: Vec<String>,
    /// The revisions that stay, newest first.
    pub kept: Vec<KeptRevision>,
    /// With `plan`, the calls that would write, in order; otherwise none.
    pub planned: Vec<PlannedCall>,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

/// A revision that stays.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeptRevision {
    /// Its ARN.
    pub definition: String,
    /// Why: one of the newest, or what uses it.
    pub why: Vec<String>,
}

texts! {
    PruneOutcome: ;
}

impl Client {
    /// Deregisters old revisions of a task definition, beyond the newest `keep`. None goes that a service, a deployment in progress, a
    /// task that runs, or a schedule or rule of EventBridge uses, in any cluster of the client's account and region.
    ///
    /// A deregistered revision can no longer be run or deployed; `revisions` still shows it. What else may name a revision, such as a
    /// state machine or a pipeline, is not looked at. What may not be looked at is the error `denied`, and nothing is deregistered. If a
    /// call was cut off, the same call completes it.
    ///
    /// # Errors
    /// `definition_missing` if the family has no ACTIVE revision. `invalid`, `unsupported`, `denied`, `credentials`, `throttled`,
    /// `network` and `aws`.
    pub async fn prune(&self, prune: Prune) -> Result<PruneOutcome, Error> {
        let family = family("family", &prune.family)?;
        if prune.keep == 0 {
            let text = "at least 1 expected: the newest revision is what the family's name stands for";
            return Err(Error::invalid("keep", text));
        }
        let mut session = Session::of_value(self.clone()).lasting(WHOLE);
        let end = session.prune(&prune, family).await;
        session.end(end)
    }
}

impl Session {
    async fn prune(&mut self, prune: &Prune, family: String) -> Result<PruneOutcome, Halt> {
        let revisions = self.list_revisions(&family, "ACTIVE", usize::MAX).await?;
        if revisions.is_empty() {
            let text = "it has no ACTIVE revision".to_owned();
            return Err(Error::DefinitionMissing { definition: family, text }.into());
        }
        let keep = prune.keep as usize;
        // What stays in any case needs no lookup.
        let usage = match revisions.len() > keep {
            true => self.usage(&family).await?,
            false => Usage::of(&family),
        };
        let (removed, kept) = usage.decide(&revisions, keep);
        let mut planned = Vec::new();
        for arn in &removed {
            let input = json!({"taskDefinition": arn});
            match prune.plan {
                true => planned.push(PlannedCall::new(Operation::DeregisterTaskDefinition, Some(input))),
                false => drop(self.need(Operation::DeregisterTaskDefinition, &input).await?),
            }
        }
        let changed = !removed.is_empty();
        Ok(PruneOutcome { changed, family, removed, kept, planned, calls: self.cx.attempts.calls })
    }
}
