//! Checks what a deployment or a definition would need, and writes nothing.

use serde_json::Value;

use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::redact::words::Words;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::check::{Check, CheckOutcome};

impl Client {
    /// Checks that a deployment with these options could start its tasks: the documents, the images, and all that they refer to.
    /// Writes nothing, and reads no value of a secret or a parameter.
    ///
    /// Looked up are roles and whether ECS may assume them (iam:GetRole), secrets (DescribeSecret), parameters
    /// (DescribeParameters), log groups (DescribeLogGroups), environment files (s3:HeadObject), target groups and their type
    /// (DescribeTargetGroups), the cluster and its capacity providers (DescribeClusters), file systems and access points of EFS
    /// (DescribeFileSystems, DescribeAccessPoints); several at once. What may not be looked at is a finding of the level `skipped`,
    /// never an error.
    ///
    /// # Errors
    /// Those of `plan`; but what is wrong in the documents, or is missing, is a finding.
    pub async fn check(&self, check: Check) -> Result<CheckOutcome, Error> {
        let secrets = Words::of(&check);
        let verb = if check.service.is_some() { Verb::Deploy } else { Verb::Register };
        let (mut work, _events) = Workflow::uncancelled(self.clone(), check.into_deployment(), verb);
        work.prepared.lookups.gathers = true;
        let end = match Box::pin(work.look_all_up()).await {
            Ok(()) => Ok(work.looked_up()),
            Err(halt) => Err(Box::pin(work.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked)),
        };
        secrets.hide_in(work.cx.secrets.hide_in(end))
    }
}

impl Workflow {
    async fn look_all_up(&mut self) -> Result<(), Halt> {
        self.check().await?;
        loop {
            match self.look_up_once().await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn look_up_once(&mut self) -> Result<(), Halt> {
        self.locate().await?;
        self.read_definitions().await?;
        self.render()?;
        if self.request.pin {
            Box::pin(self.check_images()).await?;
        }
        self.check_settings_alone()?;
        self.look_up_before_a_write().await
    }

    /// Checks the definition together with the service that is not there yet.
    fn check_settings_alone(&mut self) -> Result<(), Error> {
        let Some(rendered) = self.prepared.rendered.as_ref().filter(|_| self.verb == Verb::Register) else {
            return Ok(());
        };
        if self.request.settings.is_empty() {
            return Ok(());
        }
        let known = rendered.validate();
        let all = rendered.validate_for(&Value::Object(self.request.settings.clone()));
        let (wrong, risky) = self.judge(all.into_iter().filter(|finding| !known.contains(finding)).collect());
        self.prepared.warnings.extend(risky);
        self.refuse_or_gather(wrong)
    }

    fn looked_up(&mut self) -> CheckOutcome {
        let mut findings = std::mem::take(&mut self.prepared.lookups.gathered);
        findings.append(&mut self.prepared.warnings);
        CheckOutcome {
            references: self.prepared.lookups.references.unwrap_or_default(),
            seconds: (self.cx.seconds() * 1000.0).round() / 1000.0,
            calls: self.cx.attempts.calls,
            ..CheckOutcome::of(findings)
        }
    }
}
