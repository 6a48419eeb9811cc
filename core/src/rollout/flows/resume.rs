//! Continues a deployment that waits at a hook, and watches it to the verdict.

use crate::engine::context::{Halt, persist};
use serde_json::{Value, json};

use super::watch::UNLISTED;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::rollout::service::strategy::Kind;
use crate::rollout::watch::lifecycle::{self, Pause};
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::{Deployment, Resume};
use crate::types::event::{Event, Outcome};

impl Client {
    /// Lets a deployment go on that waits at a lifecycle hook, and watches it until its end is known.
    ///
    /// # Errors
    /// Those of `deploy`. `invalid` if no deployment waits at a hook, or at another hook.
    pub fn resume(&self, resume: Resume) -> Rollout {
        let request = Deployment {
            until: resume.until,
            wait: resume.wait,
            timeout: resume.timeout,
            unset: resume.unset,
            ..Deployment::new(resume.cluster, resume.service)
        };
        Rollout::of_verb(self.clone(), request, Verb::Resume { hook: resume.hook })
    }
}

impl Workflow {
    /// Continues the waiting deployment, and watches it to the verdict.
    pub(crate) async fn resume(&mut self, hook: Option<&str>) -> Result<Outcome, Halt> {
        self.check().await?;
        loop {
            match self.resume_once(hook).await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn resume_once(&mut self, hook: Option<&str>) -> Result<Outcome, Halt> {
        self.locate().await?;
        if self.found.kind == Kind::CodeDeploy {
            return Box::pin(self.resume_codedeploy(hook)).await;
        }
        loop {
            let failed = self.cx.attempts.failed;
            let Some(input) = persist!(self, self.waiting(hook).await)? else { break };
            // The attempts at one order count together.
            self.cx.attempts.failed = failed;
            if self.stop_or_continue(Operation::ContinueServiceDeployment, &input).await? {
                break;
            }
        }
        self.order.changed = true;
        self.watch_on()?;
        self.watch_to_the_end().await
    }

    /// Finds the waiting hook (DescribeServiceDeployments); `None` if an attempt without an answer has continued it.
    async fn waiting(&mut self, asked: Option<&str>) -> Result<Option<Value>, Halt> {
        let Some(running) = self.records.running.clone() else {
            // The list of records may be behind.
            return Err(match self.prepared.trust.behind < UNLISTED {
                true => self.start_over(),
                false => self.nothing_waits().into(),
            });
        };
        let record = match self.describe_record(&running.arn).await? {
            Ok(record) => record.unwrap_or_default(),
            Err(fault) => return Err(self.setback(fault).await),
        };
        let pause = lifecycle::pause(&record);
        let waiting = pause.as_ref().and_then(|pause| pause.hook.clone());
        let stage = record["lifecycleStage"].as_str().map(str::to_owned);
        // An attempt without an answer has continued it. A hook of two stages may keep its id.
        let is_past = self.order.waited.as_ref().is_some_and(|(hook, at)| (hook, at) != (&waiting, &stage));
        if self.order.unanswered.is_some() && is_past {
            return Ok(None);
        }
        self.order.waited = Some((waiting.clone(), stage));
        if let Some(pause) = pause {
            self.refuse_last_pause(&record, &pause)?;
            self.continuing(pause);
        }
        match (asked, waiting) {
            (Some(asked), Some(waiting)) if asked != waiting => {
                Err(Error::invalid("hook", format!("{asked:?} does not wait: {waiting:?} does")).into())
            }
            (_, Some(hook)) => {
                Ok(Some(json!({"serviceDeploymentArn": running.arn, "hookId": hook, "action": "CONTINUE"})))
            }
            (_, None) => Err(self.nothing_waits().into()),
        }
    }

    /// Notes the hook that is continued: a look that still shows it as waiting is stale, and shows no other pause.
    fn continuing(&mut self, pause: Pause) {
        self.records.own.staged.continued(pause.clone());
        if !self.watched.answered.iter().any(|known| known.is(&pause)) {
            self.watched.answered.push(pause);
        }
    }

    /// Watches to the verdict, if the request waits for it.
    pub(crate) async fn watch_to_the_end(&mut self) -> Result<Outcome, Halt> {
        if !self.request.wait {
            return Ok(self.outcome());
        }
        match self.watch().await? {
            Some(conclusion) => self.end(conclusion).await,
            None => Err(self.start_over()),
        }
    }

    pub(crate) fn nothing_waits(&self) -> Error {
        Error::invalid("service", format!("no deployment of service {:?} waits at a hook", self.found.before.name))
    }

    /// Watches the deployment that was continued.
    fn watch_on(&mut self) -> Result<(), Halt> {
        let Some(primary) = self.found.before.primary().cloned() else { return Err(self.not_listed("PRIMARY").into()) };
        self.join_as_ours(&primary);
        self.records.own.arn = self.records.running.as_ref().map(|record| record.arn.clone());
        if let Some(tracker) = &mut self.tracker {
            tracker.goes_by_record(true);
        }
        self.emit(Event::Updated { deployment: primary.id, arn: self.records.own.arn.clone() });
        self.begin_watching();
        Ok(())
    }
}
