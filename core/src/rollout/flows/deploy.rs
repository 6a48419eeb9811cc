//! Deploys a task definition to one service, or plans that.

use crate::client::Client;
use crate::engine::context::{Halt, persist};
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::redact::words::Words;
use crate::rollout::prepare::Ready;
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::Deployment;
use crate::types::event::Outcome;
use crate::types::plan::Plan;

impl Client {
    /// Deploys a task definition to a service, and watches the deployment until its end is known.
    ///
    /// Success means that the deployment which this call began, known by its id, is live and complete. Nothing is written to
    /// AWS before all options have been checked. If the service already runs what is asked, nothing is written and the
    /// outcome has `changed: false`. An image given by the tag that already runs is compared by digest: if the tag names
    /// another image now, that image is deployed.
    ///
    /// If CodeDeploy deploys the service, the deployment is created there, and CodeDeploy decides how it ended. With `desired`,
    /// there is a warning if an autoscaler sets the number of tasks.
    ///
    /// # Errors
    /// `invalid` for a wrong option or document, with its findings. `failed`, `rolled_back`, `superseded`, `stopped`,
    /// `timed_out` or `cancelled` if the deployment does not become live and complete, with the causes. `task_failed` if a
    /// task of `before` fails. `container_missing`, `image_missing`, `image_archived`, `image_refused`, `platform_mismatch`,
    /// `definition_missing`, `service_missing`, `service_inactive`, `cluster_missing` and `unsupported` before anything is written. `denied`,
    /// `credentials`, `throttled`, `network` and `aws` if AWS does not answer as needed.
    pub fn deploy(&self, deployment: Deployment) -> Rollout {
        Rollout::of_verb(self.clone(), deployment, Verb::Deploy)
    }

    /// Returns what [`deploy`](Self::deploy) would do with the same options now. Writes nothing.
    ///
    /// # Errors
    /// Those of `deploy` that come before anything is written.
    pub async fn plan(&self, deployment: Deployment) -> Result<Plan, Error> {
        let secrets = Words::of(&deployment);
        let (mut work, _events) = Workflow::uncancelled(self.clone(), deployment, Verb::Deploy);
        let plan = match Box::pin(work.plan()).await {
            Ok(plan) => Ok(plan),
            Err(halt) => Err(Box::pin(work.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked)),
        };
        secrets.hide_in(work.cx.secrets.hide_in(plan))
    }
}

impl Workflow {
    /// Deploys the request and watches it to the verdict.
    pub(crate) async fn deploy(&mut self) -> Result<Outcome, Halt> {
        self.check().await?;
        loop {
            match self.deploy_once().await {
                // An answer was behind: all is read again.
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn deploy_once(&mut self) -> Result<Outcome, Halt> {
        self.locate().await?;
        self.see_autoscaling().await?;
        self.deploy_found().await
    }

    /// The same once the service is found.
    pub(crate) async fn deploy_found(&mut self) -> Result<Outcome, Halt> {
        self.read_definitions().await?;
        let mut ready = self.settle().await?;
        loop {
            if !self.give_order(ready.clone()).await? {
                return Ok(self.outcome());
            }
            let conclusion = match ready {
                Ready::Unchanged => Conclusion::Succeeded,
                _ => match self.watch().await? {
                    Some(conclusion) => conclusion,
                    None => return Err(self.start_over()),
                },
            };
            if conclusion != Conclusion::Succeeded || !self.is_to_be_tagged() {
                return self.end(conclusion).await;
            }
            // Without an order, the service is as requested or will be: that is seen again.
            self.cx.timing.is_followed_up = true;
            self.tag().await?;
            self.cx.timing.is_followed_up = false;
            ready = self.compare().await?;
        }
    }

    /// Does all that comes before the watching. Returns false if the result is not waited for.
    async fn give_order(&mut self, ready: Ready) -> Result<bool, Halt> {
        match ready {
            Ready::Unchanged => self.assure().await.map(|()| true),
            Ready::Joined if !self.request.wait && self.is_to_be_tagged() => {
                self.tag().await?;
                Ok(false)
            }
            Ready::Joined => Ok(self.request.wait),
            Ready::Register(definition) => {
                self.register(&definition).await?;
                self.order().await?;
                Ok(self.request.wait)
            }
            Ready::Order => {
                self.order().await?;
                Ok(self.request.wait)
            }
        }
    }

    /// Runs the tasks that come before, and gives the order.
    pub(crate) async fn order(&mut self) -> Result<(), Halt> {
        Box::pin(self.run_tasks_before()).await?;
        if self.creates() && self.is_express() {
            return Box::pin(self.create_express()).await;
        }
        if self.creates() {
            return Box::pin(self.create()).await;
        }
        if self.is_to_be_tagged() {
            self.tag().await?;
        }
        Box::pin(self.update()).await
    }

    /// Reads whether an autoscaler sets the number of tasks, if that matters (DescribeScalableTargets).
    async fn see_autoscaling(&mut self) -> Result<(), Halt> {
        match self.asks_for_autoscaling() {
            true => persist!(self, Box::pin(self.autoscaled()).await),
            false => Ok(()),
        }
    }

    /// The plan: everything before the first write.
    pub(crate) async fn plan(&mut self) -> Result<Plan, Halt> {
        self.check().await?;
        loop {
            match self.prepare().await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                ready => return ready.map(|ready| self.planned(matches!(ready, Ready::Register(_) | Ready::Order))),
            }
        }
    }

    /// Decides what is to be done, without a write.
    pub(crate) async fn prepare(&mut self) -> Result<Ready, Halt> {
        self.locate().await?;
        self.see_autoscaling().await?;
        self.read_definitions().await?;
        let ready = self.settle().await?;
        match ready {
            Ready::Register(definition) if !persist!(self, self.find_registered(&definition).await)? => {
                self.refuse_to_register()?;
                Ok(Ready::Register(definition))
            }
            Ready::Register(_) => Ok(Ready::Order),
            ready => Ok(ready),
        }
    }
}
