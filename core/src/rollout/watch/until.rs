//! Ends the watch before the verdict: at a hook that waits or at a stage, where `until` asks for it; and stops at the hooks at which
//! tasks are to run.

use serde_json::Value;

use super::ecs::Next;
use super::lifecycle::{self, Pause};
use crate::error::Error;
use crate::json::{list, text};
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::workflow::Workflow;
use crate::types::stages::{self, LIVE, PAUSED};

impl Workflow {
    /// Where the watch is to end, if that is before the verdict.
    fn until(&self) -> Option<&str> {
        self.request.until.as_deref().filter(|until| *until != LIVE)
    }

    /// Refuses to watch for what deployments of this service do not come to, before anything is written.
    pub(crate) fn refuse_unreachable(&self) -> Result<(), Error> {
        let needs_pause = self.until() == Some(PAUSED) || !self.request.at_pause.is_empty();
        let option = match self.until() {
            Some(_) => "until",
            // On the way back, hooks that wait are only continued.
            None if needs_pause && self.found.instead_of.is_none() => "at_pause",
            _ => return Ok(()),
        };
        let refuse = |why: String| Err(Error::invalid(option, format!("service {:?} {why}", self.found.before.name)));
        match self.found.kind {
            Kind::CodeDeploy => refuse("is deployed by CodeDeploy, which has neither ECS's stages nor its hooks".to_owned()),
            Kind::Rolling | Kind::Recorded => {
                refuse("deploys by ROLLING, which has neither stages nor pauses: BLUE_GREEN, LINEAR and CANARY have".to_owned())
            }
            Kind::Staged if self.records.is_refused() => refuse(
                "shows its stages and pauses only by the service-deployment API, which is refused here: allow \
                 ecs:ListServiceDeployments, DescribeServiceDeployments and DescribeServiceRevisions"
                    .to_owned(),
            ),
            Kind::Staged if needs_pause && self.pauses().is_some_and(|pauses| pauses.is_empty()) => refuse(
                "has no hook of the target type PAUSE in deploymentConfiguration.lifecycleHooks, so that no deployment waits: add \
                 one with `settings`"
                    .to_owned(),
            ),
            Kind::Staged => Ok(()),
        }
    }

    /// The stages at which a PAUSE hook waits, by the request or the service; `None` if neither shows the configuration.
    fn pauses(&self) -> Option<Vec<String>> {
        let configurations = [
            self.request.settings.get("deploymentConfiguration"),
            self.prepared.service.get("deploymentConfiguration"),
        ];
        let shown: Vec<&Value> = configurations.into_iter().flatten().filter(|one| one.is_object()).collect();
        // It is not known whether UpdateService replaces the hooks that are there if it is given none.
        let given = shown.iter().find(|one| one["lifecycleHooks"].is_array());
        given.map(|one| lifecycle::pauses(one)).or_else(|| (!shown.is_empty()).then(Vec::new))
    }

    /// Refuses to wait for another hook after the one that is to be continued, if no other comes.
    pub(crate) fn refuse_last_pause(&self, record: &Value, pause: &Pause) -> Result<(), Error> {
        let (Some(PAUSED), Some(present)) = (self.until(), stages::place(&pause.stage)) else { return Ok(()) };
        let waits_here =
            list(record, "lifecycleHookDetails").iter().filter(|hook| hook["status"] == "AWAITING_ACTION").count();
        let configuration = &record["deploymentConfiguration"];
        let is_later = |stage: &String| stages::place(stage).is_none_or(|place| place > present);
        if !configuration["lifecycleHooks"].is_array()
            || waits_here > 1
            || lifecycle::pauses(configuration).iter().any(is_later)
        {
            return Ok(());
        }
        let text =
            format!("the hook that waits in {} is the last PAUSE hook: give a later stage or \"live\"", pause.stage);
        Err(Error::invalid("until", text))
    }

    /// The end of the watch, or the pause at which tasks are to run, if our record shows that it has come to either.
    pub(crate) fn stops_at(&mut self, record: &Value) -> Option<Next> {
        if self.is_rolling_back() || !lifecycle::goes_forward(record) || self.tasks.has_failed() {
            return None;
        }
        let pause = lifecycle::pause(record).filter(|pause| !self.watched.answered.iter().any(|known| known.is(pause)));
        let until = self.until();
        let reached = match until {
            Some(PAUSED) => pause.as_ref().map(|_| PAUSED.to_owned()),
            Some(stage) if lifecycle::has_come_to(record, stage) => Some(text(record, "lifecycleStage")),
            _ => None,
        };
        if let Some(reached) = reached {
            return Some(Next::End(Conclusion::Reached { reached }));
        }
        // Without its id it cannot be continued.
        let pause = pause.filter(|pause| pause.hook.is_some() && !self.request.at_pause.is_empty())?;
        Some(Next::AtPause(pause))
    }

    /// Warns if the watch was to end at a pause, and the deployment is live without one that was seen.
    pub(crate) fn warn_of_no_pause(&mut self) {
        if self.until() == Some(PAUSED) && self.watched.is_watching {
            let text = "no look has shown a hook that waits: the deployment is live, and `reached` is \"live\"";
            self.cx.warn("until", text);
        }
    }
}
