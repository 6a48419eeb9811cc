//! Lets a deployment go on that waits at a hook, and watches it to the verdict.

use serde_json::json;

use super::watch::UNLISTED;
use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::rollout::machine::{Goal, Machine, State, Step};
use crate::rollout::service::strategy::Kind;
use crate::rollout::watch::ecs::is_passing;
use crate::rollout::watch::lifecycle;
use crate::types::deployment::{Deployment, Resume};
use crate::types::event::Event;

impl Client {
    /// Lets a deployment go on that waits at a lifecycle hook, and watches it until its end is known.
    ///
    /// # Errors
    /// Those of `deploy`. `invalid` if no deployment waits at a hook, or at another hook.
    pub fn resume(&self, resume: Resume) -> Rollout {
        let request = Deployment {
            wait: resume.wait,
            timeout: resume.timeout,
            unset: resume.unset,
            ..Deployment::new(resume.cluster, resume.service)
        };
        Rollout::for_goal(self.clone(), request, Goal::Resume { hook: resume.hook })
    }
}

impl Machine {
    /// Finds the hook that waits (DescribeServiceDeployments).
    pub(crate) async fn resume(&mut self) -> Step {
        if self.kind == Kind::CodeDeploy {
            return self.resume_codedeploy();
        }
        let Some(running) = self.records.running.clone() else {
            // The list of records may be behind.
            return if self.prepared.behind < UNLISTED {
                Ok(self.find_anew())
            } else {
                Err(self.nothing_waits().into())
            };
        };
        let record = match self.describe_record(&running.arn).await? {
            Ok(record) => record.unwrap_or_default(),
            Err(fault) if is_passing(&fault) || fault.kind == ApiErrorKind::Credentials => {
                return Err(self.setback(fault).await);
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        let waiting = lifecycle::waiting_hook(&record).flatten();
        let asked = match &self.goal {
            Goal::Resume { hook } => hook.clone(),
            _ => None,
        };
        let stage = record["lifecycleStage"].as_str().map(str::to_owned);
        // An attempt that got no answer has let it go on. A hook of two stages may keep its id.
        let is_past = self.waited.as_ref().is_some_and(|(hook, at)| (hook, at) != (&waiting, &stage));
        if self.turned.is_some() && is_past {
            self.changed = true;
            return self.watch_on();
        }
        self.waited = Some((waiting.clone(), stage));
        let hook = match (asked, waiting) {
            (Some(asked), Some(waiting)) if asked != waiting => {
                return Err(Error::invalid("hook", format!("{asked:?} does not wait: {waiting:?} does")).into());
            }
            (_, Some(waiting)) => waiting,
            (_, None) => return Err(self.nothing_waits().into()),
        };
        let input = json!({"serviceDeploymentArn": running.arn, "hookId": hook, "action": "CONTINUE"});
        Ok(State::Turn { operation: Operation::ContinueServiceDeployment, input: Box::new(input) })
    }

    pub(crate) fn nothing_waits(&self) -> Error {
        Error::invalid("service", format!("no deployment of service {:?} waits at a hook", self.before.name))
    }

    /// Watches the deployment that has been let go on.
    pub(crate) fn watch_on(&mut self) -> Step {
        let Some(primary) = self.before.primary().cloned() else { return Err(self.not_listed("PRIMARY").into()) };
        self.join_as_ours(&primary);
        self.records.ours = self.records.running.as_ref().map(|record| record.arn.clone());
        if let Some(case) = &mut self.case {
            case.goes_by_record(true);
        }
        self.tell(Event::Updated { deployment: primary.id, arn: self.records.ours.clone() });
        Ok(self.begin_watching())
    }
}
