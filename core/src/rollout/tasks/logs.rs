//! Reads the lines of the containers as they come (GetLogEvents): which streams, how far, and until when. Nothing depends on them:
//! what is not readable is left out, with one warning.

use crate::engine::context::Halt;
use std::collections::VecDeque;

use serde_json::{Value, json};

use super::polling;
use super::queue::{Act, Step, TaskRun, Then};
use super::verdict::End;
use crate::arn::last;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::json::{list, text};
use crate::rollout::diagnose;
use crate::rollout::diagnose::log::Log;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// Streams that are read in one round while tasks run.
const STREAMS: usize = 4;
/// Lines that an answer may have, and answers that are read in one round.
const LINES: usize = 1000;
const PAGES: usize = 10;
/// Pages that are read of a log whose task has ended.
const REST: usize = 40;
/// Bytes of a page that is full: GetLogEvents gives about a megabyte.
const FULL: usize = 800_000;
/// Lines that are kept of each stream, for the cause of a failure.
const KEPT: usize = 50;

/// The log of one container of one task.
pub(crate) struct Stream {
    /// The task's id.
    pub(crate) task: String,
    pub(crate) container: String,
    log: Log,
    /// The token of the next answer.
    next: Option<String>,
    /// The last lines.
    pub(crate) lines: VecDeque<String>,
}

/// The result of reading a stream once.
enum Read {
    /// There may be more now.
    More,
    End,
}

impl TaskRun {
    /// Finds the streams of the containers that decide, as soon as they have one.
    fn find_streams(&mut self) {
        let mut found = Vec::new();
        let (described, decider) = (self.described(), self.decider());
        for task in &self.tasks {
            let id = last(&text(task, "taskArn")).to_owned();
            for container in list(task, "containers") {
                let name = text(container, "name");
                let is_heard = decider.map_or_else(|| described.is_essential(&name), |decider| decider == name);
                let is_known = self.logs.streams.iter().any(|stream| stream.task == id && stream.container == name);
                let log = || described.log(&name)?.log(&name, &id, container["runtimeId"].as_str());
                if let (true, false, Some(log)) = (is_heard, is_known, log()) {
                    let (container, task) = (name.clone(), id.clone());
                    found.push(Stream { task, container, log, next: None, lines: VecDeque::new() });
                }
            }
        }
        self.logs.streams.extend(found);
    }

    /// Finds the failing container's stream, if it is not among those that are read anyway.
    fn find_stream_of(&mut self, task: &str, container: &str) {
        if self.logs.streams.iter().any(|stream| stream.task == task && stream.container == container) {
            return;
        }
        let of = |seen: &&Value| last(&text(seen, "taskArn")) == task;
        let seen = self.tasks.iter().find(of).map(|seen| list(seen, "containers")).unwrap_or_default();
        let runtime = seen.iter().find(|one| one["name"] == container).and_then(|one| one["runtimeId"].as_str());
        let log = self.described().log(container).and_then(|source| source.log(container, task, runtime));
        if let Some(log) = log {
            let (container, task) = (container.to_owned(), task.to_owned());
            self.logs.streams.push(Stream { task, container, log, next: None, lines: VecDeque::new() });
        }
    }
}

impl Workflow {
    /// Reads some of the streams, the others the next time.
    pub(crate) async fn read_some_lines(&mut self) -> Result<(), Halt> {
        let Some(current) = &mut self.tasks.current else { return Ok(()) };
        current.find_streams();
        let (first, all) = (current.logs.next, current.logs.streams.len());
        current.logs.next = (first + STREAMS) % all.max(1);
        for at in (first..first + all.min(STREAMS)).map(|at| at % all.max(1)) {
            self.read_lines(at, PAGES).await?;
        }
        Ok(())
    }

    /// Reads the remaining lines; some may not be available yet.
    pub(crate) async fn read_rest(&mut self, rounds: u32) -> Step {
        let blamed: Vec<_> =
            self.failed_tasks().into_iter().filter_map(|task| Some((task.id, task.clue.container?))).collect();
        let Some(current) = &mut self.tasks.current else { return Ok(Then::Over) };
        current.find_streams();
        for (task, container) in &blamed {
            current.find_stream_of(task, container);
        }
        for at in 0..current.logs.streams.len() {
            if !self.read_lines(at, REST).await? && rounds > 0 {
                self.cx.warn("logs", "a log is too long to be read to its end: its last lines are not reported");
            }
        }
        let Some(current) = &self.tasks.current else { return Ok(Then::Over) };
        let has_lines = |(task, container): &(String, String)| {
            let own = |stream: &&Stream| stream.task == *task && stream.container == *container;
            current.logs.streams.iter().find(own).is_none_or(|stream| !stream.lines.is_empty())
        };
        let log_missing = !blamed.iter().all(has_lines);
        let is_readable = !current.logs.streams.is_empty() && self.watched.collected.may_ask(Operation::GetLogEvents);
        match polling::more_lines(rounds + 1, log_missing).filter(|_| is_readable) {
            Some(pause) => {
                self.cx.timing.pause = Some(pause);
                Ok(Then::Act(Act::Rest { rounds: rounds + 1 }))
            }
            None => self.tasks_over().await,
        }
    }

    async fn tasks_over(&mut self) -> Step {
        let is_well = |current: &TaskRun| {
            current.start.unstarted.is_empty() && current.tasks.iter().all(|task| current.end(task) == End::Well)
        };
        match self.tasks.current.as_ref().is_some_and(is_well) {
            true => Ok(self.task_ended()),
            false => Err(Box::pin(self.tasks_failed()).await),
        }
    }

    /// Reads one stream to its present end, so many pages at most; whether it came there.
    async fn read_lines(&mut self, at: usize, pages: usize) -> Result<bool, Halt> {
        for _ in 0..pages {
            if matches!(self.read_page(at).await?, Read::End) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn read_page(&mut self, at: usize) -> Result<Read, Halt> {
        let Some(stream) = self.tasks.current.as_ref().and_then(|current| current.logs.streams.get(at)) else {
            return Ok(Read::End);
        };
        let (log, next) = (stream.log.clone(), stream.next.clone());
        let mut input = json!({
            "logGroupName": log.group, "logStreamName": log.stream, "startFromHead": true, "limit": LINES
        });
        if let Some(next) = &next {
            input["nextToken"] = json!(next);
        }
        self.cx.wait_for_rate_limit().await;
        let answer = match self.ask(Operation::GetLogEvents, log.region.as_deref(), &input).await? {
            Some(Ok(answer)) => answer,
            Some(Err(fault)) => {
                self.unreadable(&fault);
                return Ok(Read::End);
            }
            None => return Ok(Read::End),
        };
        let lines = diagnose::spoken(&answer);
        let token = answer["nextForwardToken"].as_str().map(str::to_owned);
        // The end leads to itself, and an empty page may have another after it. One that is not full, by lines or by bytes, is the
        // last for now.
        let bytes: usize = lines.iter().map(|(_, line)| line.len()).sum();
        let is_full = lines.is_empty() || lines.len() >= LINES || bytes >= FULL;
        let is_end = token.is_none() || token == next || !is_full;
        let Some(stream) = self.tasks.current.as_mut().and_then(|current| current.logs.streams.get_mut(at)) else {
            return Ok(Read::End);
        };
        stream.next = token.or(next);
        let (task, container) = (stream.task.clone(), stream.container.clone());
        stream.lines.extend(lines.iter().map(|(_, line)| diagnose::clipped(line)));
        let over = stream.lines.len().saturating_sub(KEPT);
        stream.lines.drain(..over);
        for (at, text) in lines {
            self.emit(Event::Log { task: task.clone(), container: container.clone(), text, at });
        }
        Ok(if is_end { Read::End } else { Read::More })
    }

    /// A container that has not started has no log; what passes is tried again with the next look.
    fn unreadable(&mut self, fault: &ApiError) {
        let passes =
            matches!(fault.kind, ApiErrorKind::Throttled | ApiErrorKind::Server | ApiErrorKind::ConnectionLost);
        if fault.code != "ResourceNotFoundException" && !passes {
            self.cannot_explain("the log of a container", fault);
        }
    }
}
