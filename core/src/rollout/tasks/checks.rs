//! Runs tasks on the way of a deployment: while it waits at a hook, which their end continues or rolls back, and once it is live.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::queue::{Act, TaskRun, Then, When, ids};
use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::engine::context::{Halt, persist};
use crate::error::Error;
use crate::error::failure::Failure;
use crate::json::list;
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::watch::ecs;
use crate::rollout::watch::lifecycle::{self, Pause};
use crate::rollout::workflow::Workflow;
use crate::types::event::Outcome;

/// The time between two looks at the record while tasks run at a pause.
const RECORD: Duration = Duration::from_secs(15);
/// The pause before a record is read again that was behind.
const SOON: Duration = Duration::from_secs(2);
/// How many times ECS may refuse an answer to a hook: what was read may be older than what ECS knows.
const REFUSALS: u32 = 5;

impl Workflow {
    /// Runs the tasks for a pause, and answers the hook by their end.
    pub(crate) async fn answer_pause(&mut self, pause: &Pause) -> ecs::Step {
        self.watched.answered.push(pause.clone());
        self.run_checks(When::AtPause).boxed().await?;
        // Ended or rolled back meanwhile, it has no hook to answer.
        if !std::mem::take(&mut self.tasks.is_overtaken) {
            self.answer_hook(pause).await?;
        }
        Ok(self.look_again(SOON))
    }

    /// Ends a deployment that is live: once the tasks after it have ended well.
    pub(crate) async fn end_live(&mut self) -> Result<Outcome, Halt> {
        self.run_checks(When::After).boxed().await?;
        if self.tasks.has_failed() {
            let conclusion = self.with_failed_check(Conclusion::Succeeded);
            return Box::pin(self.conclude(conclusion)).await;
        }
        self.find_images().await;
        Ok(self.succeed())
    }

    /// The conclusion with the task that has failed on the way: no deployment ends well without it.
    pub(crate) fn with_failed_check(&self, conclusion: Conclusion) -> Conclusion {
        let Some(what) = self.tasks.failed.as_ref().and_then(|failure| failure.reason.clone()) else {
            return conclusion;
        };
        let with =
            |reason: Option<String>| Some([what.clone()].into_iter().chain(reason).collect::<Vec<_>>().join("; "));
        match conclusion {
            Conclusion::Succeeded | Conclusion::Reached { .. } => {
                Conclusion::Failed { reason: Some(format!("{what}, and the deployment had become live")) }
            }
            Conclusion::Failed { reason } => Conclusion::Failed { reason: with(reason) },
            Conclusion::RolledBack { reason } => Conclusion::RolledBack { reason: with(reason) },
            Conclusion::Stopped { reason } => Conclusion::Stopped { reason: with(reason) },
            Conclusion::TimedOut { reason } => Conclusion::TimedOut { reason: with(reason) },
            other => other,
        }
    }

    /// Runs the tasks of this moment, one after the other, until one fails, which is noted. Its callers erase its type, which is too deep
    /// for the compiler otherwise.
    async fn run_checks(&mut self, when: When) -> Result<(), Halt> {
        // What ran before is known to be good: on the way back to it, hooks are continued without the tasks.
        let goes_back = self.found.instead_of.is_some();
        let specs = self.tasks.later.iter().filter(|spec| spec.when == when && !goes_back).cloned().collect();
        // Those before an order have not run if it was given by another process.
        let before = std::mem::replace(&mut self.tasks.queue, specs);
        while !self.tasks.queue.is_empty() && !self.tasks.has_failed() && !self.tasks.is_overtaken {
            if let Err(halt) = self.run_next_task().await {
                self.note_failed(halt).await?;
            }
        }
        self.tasks.queue = before;
        Ok(())
    }

    /// Notes that the task in progress has failed, was not in time, or cannot be run.
    async fn note_failed(&mut self, halt: Halt) -> Result<(), Halt> {
        let error = match halt {
            Halt::End(error) => *error,
            Halt::Fail(error) => Box::pin(self.tasks_lost(*error)).await,
            Halt::Deadline => Box::pin(self.tasks_timed_out()).await,
            halt => return Err(halt),
        };
        let place = self.leave_task().map(|run| run.spec.place.trim_end_matches('.').to_owned());
        self.tasks.failed = Some(Box::new(failed_check(&error, place)));
        Ok(())
    }

    /// Leaves the task in progress. Its time does not count to the deployment's own.
    pub(crate) fn leave_task(&mut self) -> Option<TaskRun> {
        let run = self.tasks.current.take()?;
        self.tasks.leave(self.cx.now().saturating_sub(run.began), run.spec.when);
        let timing = &mut self.cx.timing;
        (timing.is_last_look, timing.is_followed_up) = (false, false);
        (timing.overruns, timing.is_winding_up, timing.pause) = (false, false, None);
        self.set_deadline();
        Some(run)
    }

    /// Whether the deployment has ended, or is rolled back, while tasks run at its pause (DescribeServiceDeployments).
    pub(crate) async fn is_overtaken(&mut self, then: &Then) -> Result<bool, Halt> {
        let is_at_pause = self.tasks.current.as_ref().is_some_and(|run| run.spec.when == When::AtPause);
        let now = self.cx.now();
        let is_due = self.tasks.record_seen.is_none_or(|at| now.saturating_sub(at) >= RECORD);
        let (true, true, Then::Act(Act::Look)) = (is_at_pause, is_due, then) else { return Ok(false) };
        self.tasks.record_seen = Some(now);
        let Some(arn) = self.records.own.arn.clone() else { return Ok(false) };
        // It is looked at again: what fails is no evidence.
        let Ok(Some(record)) = self.describe_record(&arn).await? else { return Ok(false) };
        self.note_own(&record);
        // Live already, it is still to be known whether the tasks end well.
        if lifecycle::goes_forward(&record) || record["status"] == "SUCCESSFUL" {
            return Ok(false);
        }
        let open = self.tasks.current.as_ref().map(TaskRun::open).unwrap_or_default();
        match self.tasks.current.as_ref().is_some_and(|run| run.spec.task.stop) {
            true => Box::pin(self.stop_tasks()).await?,
            false => self.cx.warn("tasks", format!("no longer watched, and not stopped: {}", ids(&open))),
        }
        self.leave_task();
        self.tasks.is_overtaken = true;
        Ok(true)
    }

    /// Continues a deployment that waits, or rolls it back if a task has failed.
    async fn answer_hook(&mut self, pause: &Pause) -> Result<(), Halt> {
        let (mut refused, mut is_sent) = (0, false);
        loop {
            let failed = self.cx.attempts.failed;
            let Some((operation, input)) = persist!(self, self.answer_to(pause).await)? else {
                // An answer that was lost has done it.
                self.order.changed |= is_sent;
                return Ok(());
            };
            // The attempts at one order count together.
            self.cx.attempts.failed = failed;
            let fault = match self.call(operation, &input).await? {
                Ok(_) => {
                    self.order.changed = true;
                    self.cx.succeeded();
                    return Ok(());
                }
                Err(fault) => fault,
            };
            is_sent |= fault.is_ambiguous();
            if fault.kind == ApiErrorKind::Rejected && refused < REFUSALS {
                refused += 1;
                self.cx.sleep(SOON).await?;
                continue;
            }
            // It is past where it can be turned back: the verdict shows where it is.
            if fault.kind == ApiErrorKind::Rejected && operation == Operation::StopServiceDeployment {
                self.cx.warn("rollback", format!("{} was refused: {}", operation.name(), fault.text));
                return Ok(());
            }
            let setback = self.setback(fault).await;
            self.or_retry(setback).await?;
        }
    }

    /// The order that answers a hook (DescribeServiceDeployments); `None` if there is nothing more to answer.
    async fn answer_to(&mut self, pause: &Pause) -> Result<Option<(Operation, Value)>, Halt> {
        let Some(arn) = self.records.own.arn.clone() else { return Ok(None) };
        let record = match self.describe_record(&arn).await? {
            Ok(Some(record)) => record,
            Ok(None) => {
                self.cx.timing.pause = Some(SOON);
                return Err(Halt::Retry);
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.note_own(&record);
        Ok(answer(&arn, &record, pause, !self.tasks.has_failed()))
    }
}

/// The order that continues a deployment past a pause, or rolls it back; `None` if its record shows that this has been done.
fn answer(arn: &str, record: &Value, pause: &Pause, continues: bool) -> Option<(Operation, Value)> {
    let hooks = list(record, "lifecycleHookDetails").iter();
    let own: Vec<&Value> = hooks.filter(|hook| hook["hookId"].as_str() == pause.hook.as_deref()).collect();
    let is_here = record["lifecycleStage"] == *pause.stage;
    if !lifecycle::goes_forward(record) {
        return None;
    }
    if is_here && own.iter().any(|hook| hook["status"] == "AWAITING_ACTION") {
        let action = if continues { "CONTINUE" } else { "ROLLBACK" };
        let input = json!({"serviceDeploymentArn": arn, "hookId": pause.hook, "action": action});
        return Some((Operation::ContinueServiceDeployment, input));
    }
    // The hook has rolled it back, although the status does not show it yet.
    let rolls_back = |hook: &&Value| {
        hook["status"] == "FAILED" || (hook["status"] == "TIMED_OUT" && hook["timeoutAction"] == "ROLLBACK")
    };
    if continues || own.iter().any(rolls_back) {
        return None;
    }
    // Somebody else has continued it, or its time has.
    Some((Operation::StopServiceDeployment, json!({"serviceDeploymentArn": arn, "stopType": "ROLLBACK"})))
}

/// A task that has failed on the way, as a part of the deployment's failure.
fn failed_check(error: &Error, place: Option<String>) -> Failure {
    let what = match error {
        Error::TimedOut { seconds, .. } => format!("has not ended in {seconds} seconds"),
        _ => "failed".to_owned(),
    };
    let of = place.clone().unwrap_or_default();
    let own = error.failure().cloned().unwrap_or_default();
    let text = match error.failure() {
        Some(failure) if !failure.tasks.is_empty() => {
            Failure { deployment: None, causes: Vec::new(), last: None, ..failure.clone() }.line(&what)
        }
        Some(Failure { reason: Some(reason), .. }) => format!("the task of {of} {what}: {reason}"),
        _ => format!("the task of {of} cannot be run: {error}"),
    };
    Failure { reason: Some(text), place, tasks: own.tasks, causes: own.causes, ..Failure::default() }
}

#[cfg(test)]
mod tests;
