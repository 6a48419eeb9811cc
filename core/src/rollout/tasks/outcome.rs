//! Handles failures of tasks: the reason, the tasks, and whether running ones are stopped.

use crate::engine::context::Halt;
use serde_json::Value;

use super::queue::{TaskRun, When, ids};
use super::verdict::{self, End};
use crate::error::Error;
use crate::error::failure::{Cause, Failure, LastSeen};
use crate::json::text;
use crate::rollout::diagnose;
use crate::rollout::diagnose::merge::Evidence;
use crate::rollout::diagnose::task::StoppedTask;
use crate::rollout::workflow::{GOES_ON, Verb, Workflow};

/// Advice if a container was stopped because another essential one had ended, and the option that names the deciding one is missing.
const DECIDER: &str =
    "name the container that decides with `container`, or set essential to false on those that go on until it ends";

impl TaskRun {
    /// The tasks that have ended badly.
    fn failed(&self) -> Vec<StoppedTask> {
        let failed = |task: &Value| match self.end(task) {
            End::Badly(guilty) => Some(diagnose::failed_task(task, &guilty, self.described())),
            End::Open | End::Well => None,
        };
        self.tasks.iter().filter_map(failed).collect()
    }

    fn lines(&self, task: &StoppedTask) -> Vec<String> {
        let container = task.clue.container.as_deref();
        let own =
            |stream: &&super::logs::Stream| stream.task == task.id && Some(stream.container.as_str()) == container;
        self.logs.streams.iter().find(own).map(|stream| stream.lines.iter().cloned().collect()).unwrap_or_default()
    }

    fn causes(&self) -> Vec<Cause> {
        let (stopped, described) = (self.failed(), self.described());
        let reported: Vec<_> =
            self.start.unstarted.iter().map(|reason| diagnose::unstarted(reason, described)).collect();
        let none = std::collections::HashSet::new();
        let evidence = Evidence {
            stopped: &stopped,
            reported: &reported,
            running: &[],
            started: &none,
            other_tasks: &none,
            described,
        };
        let mut causes: Vec<Cause> = diagnose::causes(&evidence).into_iter().map(|(_, cause)| cause).collect();
        for cause in &mut causes {
            let logs = stopped.iter().filter(|task| cause.tasks.contains(&task.id)).map(|task| self.lines(task));
            cause.log = logs.into_iter().find(|lines| !lines.is_empty()).unwrap_or_default();
            let got_sigterm = matches!(cause.kind.as_str(), "terminated" | "killed");
            let siblings_succeeded = cause.containers.iter().any(|container| container.exit == Some(0));
            if got_sigterm && siblings_succeeded && self.decider().is_none() {
                cause.advice = Some(DECIDER.to_owned());
            }
        }
        causes
    }

    /// Warns of tasks that may run although no answer named them.
    fn doubt(&self) -> Option<String> {
        let is_open = self.start.maybe_started && self.tasks.is_empty();
        is_open.then(|| format!("a task that was started all the same has startedBy {:?}", self.name))
    }

    /// The reason, if the tasks themselves show none.
    fn reason(&self) -> Option<String> {
        let (begun, count) = (self.tasks.len(), self.spec.task.count);
        if let Some(reason) = self.start.unstarted.first() {
            return Some(format!("RunTask started {begun} of {count} tasks: {reason}"));
        }
        let open = self.open();
        self.missing.filter(|_| !open.is_empty()).map(|_| format!("ECS does not know {} any more", ids(&open)))
    }
}

impl Workflow {
    pub(crate) fn failed_tasks(&self) -> Vec<StoppedTask> {
        self.tasks.current.as_ref().map(TaskRun::failed).unwrap_or_default()
    }

    /// They have failed: nothing of a deployment after them is written.
    pub(crate) async fn tasks_failed(&mut self) -> Halt {
        for task in self.failed_tasks() {
            let log = self.tasks.current.as_ref().map(|current| current.lines(&task)).unwrap_or_default();
            self.emit(task.event(log));
        }
        let mut failure = self.task_failure();
        let reason = self.tasks.current.as_ref().and_then(TaskRun::reason);
        let is_before = self.tasks.current.as_ref().is_some_and(|current| current.spec.when == When::Before);
        let unwritten = is_before.then(|| "nothing of the service was written".to_owned());
        failure.reason = match (reason, unwritten) {
            (Some(reason), Some(unwritten)) => Some(format!("{reason}; {unwritten}")),
            (reason, unwritten) => reason.or(unwritten),
        };
        Halt::End(Box::new(self.leave_tasks(failure, |failure| Error::TaskFailed(Box::new(failure))).await))
    }

    /// The failure of tasks.
    fn task_failure(&self) -> Failure {
        let Some(current) = &self.tasks.current else { return self.failure() };
        let definition = current.tasks.first().map(|task| text(task, "taskDefinitionArn"));
        Failure {
            // The deployment after them has not begun.
            service: if self.verb == Verb::Run { String::new() } else { self.failure().service },
            definition: definition.filter(|arn| !arn.is_empty()).or_else(|| self.order.definition.clone()),
            place: Some(current.spec.place.trim_end_matches('.').to_owned()).filter(|place| !place.is_empty()),
            tasks: current.tasks.iter().map(verdict::ran).collect(),
            causes: current.causes(),
            ..Failure::default()
        }
    }

    /// The time is over.
    pub(crate) async fn tasks_timed_out(&mut self) -> Error {
        let seconds = self.tasks.current.as_ref().map_or(self.request.timeout, |current| current.spec.task.timeout);
        let mut failure = self.task_failure();
        let status = failure
            .tasks
            .iter()
            .find(|task| task.status.as_deref() != Some("STOPPED"))
            .and_then(|task| task.status.clone());
        failure.last = status.map(|status| LastSeen { status: Some(status), ..LastSeen::default() });
        failure.reason = self.cx.attempts.last_fault.take();
        self.leave_tasks(failure, |failure| Error::TimedOut { seconds, failure: Box::new(failure) }).await
    }

    /// Handles tasks that cannot be watched any more and may still run: they are stopped if `stop` is set, otherwise named.
    pub(crate) async fn tasks_lost(&mut self, error: Error) -> Error {
        let open = self.tasks.current.as_ref().map(TaskRun::open).unwrap_or_default();
        if let Some(doubt) = self.tasks.current.as_ref().and_then(TaskRun::doubt) {
            self.cx.warn("tasks", doubt);
        }
        if self.tasks.current.as_ref().is_some_and(|current| current.spec.task.stop) && !open.is_empty() {
            return self.stopped_tasks(error).await;
        }
        if !open.is_empty() {
            self.cx.warn("tasks", format!("no longer watched, and not stopped: {}", ids(&open)));
        }
        error
    }

    /// Handles a cancellation.
    pub(crate) async fn tasks_cancelled(&mut self) -> Error {
        let mut failure = self.task_failure();
        if self.tasks.current.as_ref().is_some_and(|current| matches!(current.spec.when, When::AtPause | When::After)) {
            failure.deployment = self.ours().map(|ours| ours.id.clone());
            failure.reason = Some(GOES_ON.to_owned());
        }
        let cancelled = |failure| Error::Cancelled(Box::new(failure));
        match self.cx.is_cancelled() {
            true => self.leave_tasks(failure, cancelled).await,
            false => cancelled(failure),
        }
    }

    /// The error, once the running tasks have been stopped.
    async fn stopped_tasks(&mut self, error: Error) -> Error {
        match self.stop_tasks().await {
            Err(Halt::Fail(failed)) => *failed,
            _ => error,
        }
    }

    /// Ends: tasks that still run are stopped if `stop` is set, otherwise named.
    async fn leave_tasks(&mut self, mut failure: Failure, error: impl FnOnce(Failure) -> Error) -> Error {
        let open = self.tasks.current.as_ref().map(TaskRun::open).unwrap_or_default();
        let stops = self.tasks.current.as_ref().is_some_and(|current| current.spec.task.stop);
        if open.is_empty() {
            let doubt = self.tasks.current.as_ref().and_then(TaskRun::doubt);
            failure.reason = match (failure.reason.take(), doubt) {
                (Some(reason), Some(doubt)) => Some(format!("{reason}; {doubt}")),
                (reason, doubt) => reason.or(doubt),
            };
            return error(failure);
        }
        let words = match (stops, open.as_slice()) {
            (true, _) => format!("StopTask was sent for {}", ids(&open)),
            (false, [only]) => format!(
                "it still runs: `aws ecs stop-task --cluster {} --task {}` stops it",
                self.request.cluster,
                ids(std::slice::from_ref(only))
            ),
            (false, _) => format!("{} go on: StopTask stops each of them", ids(&open)),
        };
        failure.reason = Some(match failure.reason.take() {
            Some(reason) => format!("{reason}; {words}"),
            None => words,
        });
        let error = error(failure);
        if stops { self.stopped_tasks(error).await } else { error }
    }
}
