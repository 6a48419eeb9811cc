//! Why tasks stopped, as far as AWS can be asked while it still knows: when to collect, what, and what to tell of it.

use std::time::Duration;

use serde_json::json;

use super::case::Conclusion;
use super::diagnose::{self, StoppedTask};
use super::machine::{Machine, Setback, State, Step};
use super::snapshot::list;
use super::watch::is_passing;
use crate::aws::{Fault, Operation};
use crate::error::Cause;
use crate::event::Event;

/// How far apart stopped tasks are collected while the deployment goes on.
const COLLECT: Duration = Duration::from_secs(10);
/// Pages of stopped tasks to go through at most: the newest stand anywhere in them.
const PAGES: usize = 5;
/// Attempts at a call that only explains a verdict.
const EXPLAINING: usize = 2;

/// What has been collected so far.
#[derive(Default)]
pub(super) struct Collected {
    /// The count of failed tasks when stopped tasks were collected last, and when that was.
    last: Option<(u64, Duration)>,
    /// Newest first, as causes list them.
    stopped: Vec<StoppedTask>,
    warned: bool,
}

impl Collected {
    /// Whether it is time to collect: tasks have failed that were not there the last time. Then this is the last time.
    pub(super) fn is_due(&mut self, failed: u64, now: Duration) -> bool {
        let is_news =
            self.last.is_none_or(|(known, at)| failed != known && now.saturating_sub(at) >= COLLECT) && failed > 0;
        if is_news {
            self.last = Some((failed, now));
        }
        is_news
    }
}

impl Collected {
    /// How many tasks have stopped for a cause that waiting does not cure.
    pub(super) fn hopeless(&self) -> u64 {
        self.stopped.len() as u64
    }
}

impl Machine {
    /// Collects the tasks of our deployment that stopped: ECS keeps them for about an hour.
    pub(super) async fn collect(&mut self, conclusion: Option<Box<Conclusion>>, then: Option<Duration>) -> Step {
        match self.find_stopped().await? {
            Ok(stopped) => self.keep_stopped(stopped),
            Err(fault) if conclusion.is_some() && is_passing(&fault) && self.attempt < EXPLAINING => {
                return Err(self.setback(fault).await);
            }
            Err(fault) if !self.watched.collected.warned => {
                self.watched.collected.warned = true;
                let (operation, code, text) = (fault.operation.name(), fault.code, fault.text);
                self.warn("diagnosis", format!("why tasks stopped is not known: {operation} failed: {code}: {text}"));
            }
            Err(_) => {}
        }
        self.pause = then;
        Ok(match conclusion {
            Some(conclusion) => self.conclude(*conclusion),
            None => State::Look,
        })
    }

    async fn find_stopped(&mut self) -> Result<Result<Vec<StoppedTask>, Fault>, Setback> {
        let Some(ours) = self.ours().cloned() else { return Ok(Ok(Vec::new())) };
        let mut stopped = Vec::new();
        // `startedBy` must be the only filter where it is used, so the deployment is told apart afterwards.
        let mut input =
            json!({"cluster": self.request.cluster, "serviceName": self.before.name, "desiredStatus": "STOPPED"});
        for _ in 0..PAGES {
            let page = match self.call(Operation::ListTasks, &input).await? {
                Ok(page) => page,
                Err(fault) => return Ok(Err(fault)),
            };
            // A page has at most as many tasks as DescribeTasks takes.
            let arns = list(&page, "taskArns");
            if !arns.is_empty() {
                let described = json!({"cluster": self.request.cluster, "tasks": arns});
                match self.call(Operation::DescribeTasks, &described).await? {
                    Ok(answer) => stopped.extend(diagnose::stopped_tasks(&answer, &ours.id)),
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            match page["nextToken"].as_str() {
                Some(next) => input["nextToken"] = json!(next),
                None => break,
            }
        }
        Ok(Ok(stopped))
    }

    fn keep_stopped(&mut self, stopped: Vec<StoppedTask>) {
        for task in stopped.into_iter().rev() {
            if self.watched.collected.stopped.iter().any(|known| known.id == task.id) {
                continue;
            }
            self.tell(Event::Stopped {
                task: task.id.clone(),
                kind: task.kind.to_owned(),
                reason: task.reason.clone(),
                containers: task.containers.clone(),
                log: Vec::new(),
            });
            // Newest first, as causes list them.
            self.watched.collected.stopped.insert(0, task);
        }
    }

    /// Why tasks stopped, as far as it is known.
    pub(super) fn causes(&self) -> Vec<Cause> {
        diagnose::causes(&self.watched.collected.stopped)
    }
}
