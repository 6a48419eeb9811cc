//! Looks at the tasks once (DescribeTasks): emits what is new, and sets the pause before the next look.

use std::time::Duration;

use serde_json::{Value, json};

use super::polling::{self, Phase, Progress};
use super::queue::{Act, Step, TaskRun, Then};
use crate::arn::last;
use crate::aws::operation::Operation;
use crate::json::{list, text};
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

impl TaskRun {
    fn phase(&self) -> Phase {
        let open = || self.tasks.iter().filter(|task| task["lastStatus"] != "STOPPED");
        let is = |task: &Value, status: &[&str]| status.iter().any(|status| task["lastStatus"] == *status);
        if open().all(|task| task["desiredStatus"] == "STOPPED") {
            return Phase::Stopping;
        }
        match open().any(|task| is(task, &["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"])) {
            true => Phase::Running,
            false => Phase::Starting,
        }
    }
}

impl Workflow {
    pub(crate) async fn look_at_tasks(&mut self) -> Step {
        let Some(current) = &self.tasks.current else { return Ok(Then::Over) };
        let arns: Vec<String> = current.open();
        if arns.is_empty() {
            return Ok(Then::Act(Act::Rest { rounds: 0 }));
        }
        let input = json!({"cluster": self.request.cluster, "tasks": arns});
        let answer = match self.call(Operation::DescribeTasks, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Err(self.setback(fault).await),
        };
        let seen = list(&answer, "tasks").to_vec();
        let is_whole = arns.iter().all(|arn| seen.iter().any(|task| text(task, "taskArn") == *arn));
        self.emit_changes(&seen);
        let now = self.cx.now();
        let Some(current) = &mut self.tasks.current else { return Ok(Then::Over) };
        current.looks += 1;
        for task in seen {
            if let Some(known) = current.tasks.iter_mut().find(|known| known["taskArn"] == task["taskArn"]) {
                *known = task;
            }
        }
        // A task that ECS does not know may be too new or too old: only time shows which.
        let since = *current.missing.get_or_insert(now);
        if is_whole {
            current.missing = None;
        } else if polling::is_gone(now.saturating_sub(since)) {
            return Err(Box::pin(self.tasks_failed()).await);
        }
        if current.open().is_empty() {
            return Ok(Then::Act(Act::Rest { rounds: 0 }));
        }
        if polling::reads_logs(current.looks, current.phase()) {
            self.read_some_lines().await?;
        }
        self.look_at_tasks_later();
        Ok(Then::Act(Act::Look))
    }

    pub(crate) fn look_at_tasks_later(&mut self) {
        let now = self.cx.now();
        let Some(current) = &self.tasks.current else { return };
        let elapsed = now.saturating_sub(current.started).as_secs_f64();
        let next = polling::next_look(&Progress { phase: current.phase(), elapsed, looks: current.looks });
        // One look too late is still better than none.
        self.cx.timing.pause = Some(next.max(Duration::from_millis(500)));
    }

    /// Emits what has changed since the tasks were last seen.
    pub(crate) fn emit_changes(&mut self, seen: &[Value]) {
        let known = self.tasks.current.as_ref().map(|current| current.tasks.clone()).unwrap_or_default();
        for task in seen {
            let before = known.iter().find(|known| known["taskArn"] == task["taskArn"]);
            let is_news = |member: &str| before.is_none_or(|before| before[member] != task[member]);
            if is_news("lastStatus") || is_news("healthStatus") {
                let health = text(task, "healthStatus");
                self.emit(Event::Task {
                    task: last(&text(task, "taskArn")).to_owned(),
                    status: text(task, "lastStatus"),
                    health: Some(health).filter(|health| !matches!(health.as_str(), "" | "UNKNOWN")),
                });
            }
        }
    }
}
