//! Reads the lines of one log stream of CloudWatch: those that are new since the last read.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

use super::session::Session;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::json::{list, text};
use crate::rollout::diagnose;
use crate::rollout::diagnose::log::Log;

/// Lines of one answer, and answers of one stream in one round.
const LINES: usize = 10_000;
const PAGES: usize = 100;
/// A filtered read looks so far back again, in milliseconds: lines that are written later may be of an earlier time.
const AGAIN: i64 = 60_000;
/// Rounds in which lines may come after a task has stopped: CloudWatch shows them some seconds late.
const LATE: u32 = 4;
/// Ids of lines that are remembered of one stream, so that none is reported twice.
const KNOWN: usize = 20_000;

/// A line with its time.
pub(crate) struct Line {
    pub(crate) task: String,
    pub(crate) container: String,
    pub(crate) at: Option<f64>,
    pub(crate) text: String,
}

/// Which lines of a stream are read.
pub(crate) struct Wanted<'a> {
    /// From when on, in milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) filter: Option<&'a str>,
}

/// What is read of one stream.
pub(crate) struct Reading {
    pub(crate) task: String,
    pub(crate) container: String,
    pub(crate) log: Log,
    /// When the task was created.
    pub(crate) created: f64,
    /// Whether it is read no more.
    pub(crate) is_done: bool,
    /// Rounds since its task stopped.
    late: u32,
    /// The token of the next answer (GetLogEvents).
    next: Option<String>,
    /// The newest time that was seen (FilterLogEvents), in milliseconds.
    newest: Option<i64>,
    /// The ids of lines that were reported (FilterLogEvents).
    known: (HashSet<String>, VecDeque<String>),
    /// How many lines were reported.
    pub(crate) lines: u64,
    /// CloudWatch has no such group or stream, in its own words.
    pub(crate) missing: Option<String>,
}

impl Session {
    /// Reads the lines of a stream that are new.
    pub(crate) async fn read_lines(
        &mut self,
        reading: &mut Reading,
        wanted: &Wanted<'_>,
        lines: &mut Vec<Line>,
    ) -> Result<(), Halt> {
        let is_whole = match wanted.filter {
            Some(pattern) => self.read_filtered(reading, (wanted.from, pattern), lines).await?,
            None => self.read_stream(reading, wanted.from, lines).await?,
        };
        if !is_whole {
            self.cx.warn("logs", "a log has more lines than are read at once: `since` and `filter` make them fewer");
        }
        Ok(())
    }

    /// Whether the end of the stream was reached.
    async fn read_stream(&mut self, reading: &mut Reading, from: i64, lines: &mut Vec<Line>) -> Result<bool, Halt> {
        for _ in 0..PAGES {
            let mut input = json!({"logGroupName": reading.log.group, "logStreamName": reading.log.stream,
                "startFromHead": true, "limit": LINES, "startTime": from});
            if let Some(next) = &reading.next {
                input["nextToken"] = json!(next);
            }
            let region = reading.log.region.clone();
            let Some(answer) = self.log_answer(reading, region.as_deref(), Operation::GetLogEvents, &input).await?
            else {
                return Ok(true);
            };
            reading.keep(diagnose::spoken(&answer), lines);
            // The end leads to itself. An empty page may have another after it.
            let next = answer["nextForwardToken"].as_str().map(str::to_owned);
            let is_end = next.is_none() || next == reading.next;
            reading.next = next.or(reading.next.take());
            if is_end {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn read_filtered(
        &mut self,
        reading: &mut Reading,
        (first, pattern): (i64, &str),
        lines: &mut Vec<Line>,
    ) -> Result<bool, Halt> {
        let from = reading.newest.map_or(first, |newest| (newest - AGAIN).max(first));
        let mut input = json!({"logGroupName": reading.log.group, "logStreamNames": [reading.log.stream],
            "startTime": from, "filterPattern": pattern, "limit": LINES});
        for _ in 0..PAGES {
            let region = reading.log.region.clone();
            let Some(answer) = self.log_answer(reading, region.as_deref(), Operation::FilterLogEvents, &input).await?
            else {
                return Ok(true);
            };
            for event in list(&answer, "events") {
                reading.newest = reading.newest.max(event["timestamp"].as_i64());
                if reading.is_new(&text(event, "eventId")) {
                    reading.keep(diagnose::spoken(&json!({ "events": [event] })), lines);
                }
            }
            match answer["nextToken"].as_str().filter(|next| !next.is_empty()) {
                Some(next) => input["nextToken"] = json!(next),
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// An answer about a stream; `None` if there is no such stream, such as of a container that has not started.
    async fn log_answer(
        &mut self,
        reading: &mut Reading,
        region: Option<&str>,
        operation: Operation,
        input: &Value,
    ) -> Result<Option<Value>, Halt> {
        match self.call_in(region, operation, input).await? {
            Ok(answer) => {
                reading.missing = None;
                Ok(Some(answer))
            }
            Err(fault) if fault.code == "ResourceNotFoundException" => {
                reading.missing = Some(fault.text);
                Ok(None)
            }
            Err(fault) if is_pattern(&fault) => Err(Error::invalid("filter", fault.text).into()),
            Err(fault) => Err(self.error(fault).await.into()),
        }
    }
}

/// Whether CloudWatch refuses the filter pattern.
fn is_pattern(fault: &ApiError) -> bool {
    fault.operation == Operation::FilterLogEvents && fault.code == "InvalidParameterException"
}

impl Reading {
    pub(crate) fn new(task: &str, container: String, log: Log) -> Self {
        Self {
            task: task.to_owned(),
            container,
            log,
            created: 0.0,
            is_done: false,
            late: 0,
            next: None,
            newest: None,
            known: Default::default(),
            lines: 0,
            missing: None,
        }
    }

    pub(crate) fn created_at(self, created: f64) -> Self {
        Self { created, ..self }
    }

    /// The end of a round: of a task that has stopped, a few more may bring lines.
    pub(crate) fn end_round(&mut self, is_stopped: bool) {
        self.late += u32::from(is_stopped);
        self.is_done = self.late > LATE;
    }

    fn keep(&mut self, spoken: Vec<(Option<f64>, String)>, lines: &mut Vec<Line>) {
        self.lines += spoken.len() as u64;
        let (task, container) = (&self.task, &self.container);
        lines.extend(spoken.into_iter().map(|(at, text)| Line {
            task: task.clone(),
            container: container.clone(),
            at,
            text,
        }));
    }

    /// Whether a line of this id has not been reported.
    fn is_new(&mut self, id: &str) -> bool {
        let (known, order) = &mut self.known;
        if id.is_empty() || !known.insert(id.to_owned()) {
            return id.is_empty();
        }
        order.push_back(id.to_owned());
        if order.len() > KNOWN
            && let Some(oldest) = order.pop_front()
        {
            known.remove(&oldest);
        }
        true
    }
}
