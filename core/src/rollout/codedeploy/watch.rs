//! Watches from the order to the verdict: looks at the deployment, and where useful at its target and the service; emits what is new;
//! and ends with CodeDeploy's verdict.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::{Next, Step, is_passing};
use std::time::Duration;

use serde_json::{Value, json};

use super::polling::{self, Phase};
use super::verdict::{self, Verdict};
use super::{group, progress};
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::rollout::service::snapshot::{self, ServiceView};
use crate::rollout::verdict::conclusion::{Conclusion, Decision};
use crate::rollout::verdict::failures;
use crate::rollout::verdict::judge::{self, Tracked};
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// The time between two looks at the target while the deployment is in progress.
const TARGET: Duration = Duration::from_secs(5);
/// The time between two looks at the service: while its tasks start, and later.
const STARTING: Duration = Duration::from_secs(30);
const LATER: Duration = Duration::from_secs(300);
/// How long a rollback that is promised may take to appear.
const ROLLBACK: Duration = Duration::from_secs(10);
/// How long a deployment may be left out before it counts as gone.
const GONE: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(2);

impl Workflow {
    pub(crate) async fn look_at_codedeploy(&mut self) -> Step {
        let Some(id) = self.codedeploy.deployment.id.clone() else { return self.look_at_count().await };
        let info = match self.deployment(&id).await? {
            Ok(info) => info,
            Err(fault) if self.may_appear(&fault) => return Ok(self.look_again(SOON)),
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.codedeploy.deployment.unseen = None;
        self.codedeploy.deployment.created = self.codedeploy.deployment.created.or_else(|| info["createTime"].as_f64());
        let waits = group::Waits::of(&info);
        if waits != group::Waits::default() {
            self.codedeploy.waits = waits;
        }
        let verdict = verdict::judge(&id, &info);
        if self.is_target_due(&info, &verdict) {
            self.look_at_target(&id).await?;
        }
        let now = self.cx.seconds();
        if !self.codedeploy.deployment.is_rollback_deployment {
            for event in self.codedeploy.lifecycle.info(&info, now) {
                self.emit(event);
            }
        }
        if let Some(end) = self.look_at_service_too(&verdict).await? {
            return end;
        }
        self.follow_codedeploy(verdict).await
    }

    /// Whether a deployment that is not shown may only be left out by a stale read.
    pub(crate) fn may_appear(&mut self, fault: &ApiError) -> bool {
        if fault.code != super::MISSING {
            return false;
        }
        let now = self.cx.elapsed();
        let since = *self.codedeploy.deployment.unseen.get_or_insert(now);
        now.saturating_sub(since) < GONE
    }

    fn is_target_due(&self, info: &Value, verdict: &Verdict) -> bool {
        let known = &self.codedeploy;
        let has_news = !known.lifecycle.is_through() && !matches!(info["status"].as_str(), Some("Created" | "Queued"));
        let is_late = known.looks.targeted.is_none_or(|at| self.cx.elapsed().saturating_sub(at) >= TARGET);
        let is_waiting = info["status"] == "Ready" || info["instanceTerminationWaitTimeStarted"] == true;
        let is_turning = *verdict != Verdict::Pending || is_waiting;
        has_news
            && !known.looks.is_target_refused
            && !known.deployment.is_stopping
            && !known.deployment.is_rollback_deployment
            && (is_late || is_turning)
    }

    /// Looks at the target, which only shows the progress (GetDeploymentTarget).
    pub(crate) async fn look_at_target(&mut self, id: &str) -> Result<(), Halt> {
        self.codedeploy.looks.targeted = Some(self.cx.elapsed());
        let target = format!("{}:{}", self.found.before.cluster, self.found.before.name);
        let input = json!({"deploymentId": id, "targetId": target});
        match self.call(Operation::GetDeploymentTarget, &input).await? {
            Ok(answer) => {
                let (created, now) = (self.codedeploy.deployment.created, self.cx.seconds());
                let target = &answer["deploymentTarget"]["ecsTarget"];
                for event in self.codedeploy.lifecycle.target(target, created, now) {
                    self.emit(event);
                }
            }
            Err(fault) if is_passing(&fault) => {}
            Err(fault) => {
                self.codedeploy.looks.is_target_refused = true;
                self.cx.warn("target", format!("the stages are not reported: {}: {}", fault.code, fault.text));
            }
        }
        Ok(())
    }

    /// Looks at the service if that is useful: its events, its tasks, and which task set is live. Returns the end, if this is one.
    async fn look_at_service_too(&mut self, verdict: &Verdict) -> Result<Option<Step>, Halt> {
        let apart = if self.codedeploy.lifecycle.is_installing() { STARTING } else { LATER };
        let since = self.codedeploy.looks.listed.unwrap_or(self.watched.begun);
        let is_due = match verdict {
            Verdict::Succeeded => !self.codedeploy.deployment.is_confirmed,
            Verdict::Pending | Verdict::FailedMayRollBack { .. } => self.cx.elapsed().saturating_sub(since) >= apart,
            _ => !self.codedeploy.deployment.is_stopping,
        };
        if !is_due {
            return Ok(None);
        }
        let answer = self.describe_service().await?;
        self.codedeploy.looks.listed = Some(self.cx.elapsed());
        let Some(service) = snapshot::service(&answer) else {
            // If CodeDeploy has reached a verdict on ours, it counts.
            let is_open = matches!(verdict, Verdict::Pending | Verdict::FailedMayRollBack { .. });
            let is_missing = snapshot::is_missing(&answer) && is_open;
            let next = if is_missing { self.see_standing(None, true) } else { None };
            return Ok(next.map(|next| self.look_soon_too(next)));
        };
        let look = ServiceView::of(&Value::Object(service.clone()));
        self.confirm_definition(&look);
        let Some(ours) = self.as_set() else { return Ok(None) };
        for event in judge::events(&ours, &mut self.watched.known_events, None, &look, 0) {
            if matches!(event, Event::Message { .. }) {
                self.emit(event);
            }
        }
        self.read_events(&ours, &look, service);
        self.watched.live = look.primary().map(|primary| primary.definition.clone());
        if let Some(next) = self.see_standing(Some(&look), false).filter(|_| *verdict != Verdict::Succeeded) {
            return Ok(Some(self.look_soon_too(next)));
        }
        let keeps_failing =
            || failures::keeps_failing(self.request.failures, self.watched.collected.hopeless(), &ours, &look);
        if *verdict == Verdict::Pending && keeps_failing() {
            let reason = "its tasks keep stopping for a cause that waiting does not cure; CodeDeploy would try for an hour and \
                still continues: `rollback` stops it";
            return Ok(Some(Ok(Next::End(Conclusion::Failed { reason: Some(reason.to_owned()) }))));
        }
        Ok(None)
    }

    /// Notes whether the service is still there. Returns the decision if it is not.
    pub(crate) fn see_standing(&mut self, look: Option<&ServiceView>, is_missing: bool) -> Option<Decision> {
        let now = self.cx.elapsed();
        self.tracker.as_mut()?.standing(look, is_missing, now)
    }

    /// Looks again, or ends: there is no record that could be asked.
    pub(crate) fn follow_standing(&mut self, next: Decision) -> Step {
        match next {
            Decision::Again(pause) => Ok(self.look_again(pause)),
            next => self.follow(next, None),
        }
    }

    /// The same, with the service looked at next time as well.
    fn look_soon_too(&mut self, next: Decision) -> Step {
        self.codedeploy.looks.listed = None;
        self.follow_standing(next)
    }

    /// Our deployment as the task set that it is in ECS.
    fn as_set(&self) -> Option<Tracked> {
        let ours = self.ours()?;
        Some(Tracked { id: self.starter(&ours.id), ..ours.clone() })
    }

    /// Reads the definition of the deployment from its task set.
    fn confirm_definition(&mut self, look: &ServiceView) {
        let Some(id) = self.codedeploy.deployment.id.clone() else { return };
        let set = look.deployments.iter().find(|set| set.external.as_ref() == Some(&id));
        let Some(set) = set.cloned() else { return };
        self.codedeploy.lifecycle.set = Some(set.id);
        if self.order.definition.is_none() {
            self.order.definition = Some(set.definition.clone());
            self.watch_codedeploy(id);
        }
        self.codedeploy.deployment.is_confirmed = self.order.definition.as_ref() == Some(&set.definition);
    }

    async fn follow_codedeploy(&mut self, verdict: Verdict) -> Step {
        if self.codedeploy.deployment.is_stopping {
            return self.follow_stopped(verdict).await;
        }
        match verdict {
            Verdict::Pending => Ok(self.look_on()),
            Verdict::Succeeded => {
                if let Some(progress) = self.codedeploy.lifecycle.complete() {
                    self.emit(progress);
                }
                Ok(Next::End(Conclusion::Succeeded))
            }
            Verdict::FailedMayRollBack { reason } => Ok(self.await_rollback(Conclusion::Failed { reason })),
            Verdict::Failed { reason } => Ok(Next::End(Conclusion::Failed { reason })),
            Verdict::RolledBack { reason, .. } => Ok(self.rolled_back(Conclusion::RolledBack { reason })),
            Verdict::Stopped { reason, by: Some(_) } => Ok(self.rolled_back(Conclusion::Stopped { reason })),
            Verdict::Stopped { reason, by: None } => Ok(Next::End(Conclusion::Stopped { reason })),
        }
    }

    /// Evaluates a rollback. The service may be stale: what is live then is the restored task set.
    fn rolled_back(&mut self, conclusion: Conclusion) -> Next {
        if self.watched.live.is_none() || self.watched.live == self.order.definition {
            let other = |former: &String| Some(former) != self.order.definition.as_ref();
            let former = self.codedeploy.deployment.former.clone().or_else(|| self.found.before.definition.clone());
            self.watched.live = former.filter(other);
        }
        Next::End(conclusion)
    }

    /// Waits for a rollback that is promised; without one the end is as it is.
    pub(crate) fn await_rollback(&mut self, otherwise: Conclusion) -> Next {
        let now = self.cx.elapsed();
        let since = *self.codedeploy.deployment.failing.get_or_insert(now);
        if now.saturating_sub(since) >= ROLLBACK {
            return Next::End(otherwise);
        }
        self.look_again(SOON)
    }

    /// Looks again after the pause; first at the tasks that stopped, if it is time.
    pub(crate) fn look_on(&mut self) -> Next {
        let known = &self.codedeploy;
        let phase = match known.deployment.is_rollback_deployment || known.deployment.is_stopping {
            true => Phase::RollingBack,
            false => known.lifecycle.phase(&known.waits, known.deployment.began),
        };
        let (now, begun) = (self.cx.seconds(), self.watched.begun.as_secs_f64());
        // A little shorter by chance, so that many rollouts begun together do not look together.
        self.cx.timing.pause = Some(polling::next_look(phase, now, now - begun).mul_f64(1.0 - fastrand::f64() * 0.03));
        if !self.watched.collected.pace.is_due(0, self.cx.elapsed()) {
            return Next::Look;
        }
        Next::Collect { then: self.cx.timing.pause.take() }
    }

    /// Another deployment than the one watched so far is watched from now on.
    pub(crate) fn watch_instead(&mut self, id: String, definition: Option<String>) {
        (self.codedeploy.deployment.created, self.codedeploy.deployment.began) = (None, None);
        (self.codedeploy.lifecycle, self.codedeploy.deployment.failing) =
            (progress::LifecycleProgress::default(), None);
        self.order.definition = definition;
        self.watch_codedeploy(id.clone());
        self.emit(Event::Updated { deployment: id, arn: None });
    }
}
