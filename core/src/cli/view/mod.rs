//! What a person sees while a command works: state of each service in, lines out. Pure.

pub(crate) mod frame;
pub(crate) mod lines;
pub(crate) mod looking;
pub(crate) mod outcome;
pub(crate) mod summary;

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::Value;

use super::style::plain;
use crate::arn;

/// So many of the last messages, and of the last lines that a builder wrote, are shown.
const MESSAGES: usize = 2;

/// A service, or whatever else a command works on, as its events have shown it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct State {
    /// What it is about, such as `api in prod`.
    pub(crate) title: String,
    pub(crate) strategy: Option<String>,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) stage: Option<String>,
    /// What else is known of it, by the type of the event.
    pub(crate) facts: IndexMap<&'static str, String>,
    pub(crate) messages: VecDeque<String>,
    /// One-off tasks by their id: the status of each.
    pub(crate) tasks: IndexMap<String, String>,
    pub(crate) has_begun: bool,
    /// Whether it ended well; `None` while it goes on.
    pub(crate) end: Option<bool>,
}

/// Tasks of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) desired: u64,
    pub(crate) running: u64,
    pub(crate) pending: u64,
    pub(crate) failed: u64,
    pub(crate) previous: u64,
    pub(crate) percent: u64,
}

impl Numbers {
    fn of(event: &Value) -> Self {
        let number = |name: &str| event[name].as_u64().unwrap_or_default();
        Self {
            desired: number("desired"),
            running: number("running"),
            pending: number("pending"),
            failed: number("failed"),
            previous: number("previous"),
            percent: number("percent").min(100),
        }
    }

    /// In words: what is 0 is left out.
    pub(crate) fn text(self) -> String {
        let mut text = format!("{} of {} run", self.running, self.desired);
        for (number, what) in [(self.pending, "starting"), (self.failed, "failed"), (self.previous, "of before")] {
            if number > 0 {
                text.push_str(&format!(", {number} {what}"));
            }
        }
        text
    }
}

impl State {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Takes in an event.
    pub(crate) fn take(&mut self, event: &Value) {
        let word = |name: &str| plain(event[name].as_str().unwrap_or_default());
        let kind = event["type"].as_str().unwrap_or_default();
        if kind != "retrying" {
            self.facts.shift_remove("retrying");
        }
        match kind {
            "started" => {
                self.strategy = Some(word("strategy"));
                if !word("service").is_empty() {
                    self.title = format!("{} in {}", word("service"), word("cluster"));
                }
            }
            "updated" => self.has_begun = true,
            "progress" => self.numbers = Some(Numbers::of(event)),
            "stage" => {
                self.stage = Some(word("stage"));
                self.facts.shift_remove("paused");
            }
            "task" => {
                let status = match event["health"].as_str() {
                    Some(health) => format!("{} {}", word("status"), plain(health)),
                    None => word("status"),
                };
                self.tasks.insert(short(&word("task")).to_owned(), status);
            }
            "message" | "building" => {
                self.messages.push_back(word("text"));
                if self.messages.len() > MESSAGES {
                    self.messages.pop_front();
                }
            }
            "traffic" | "paused" | "pushing" | "retrying" => {
                let known = ["traffic", "paused", "pushing", "retrying"].into_iter().find(|known| *known == kind);
                if let (Some(known), Some(text)) = (known, lines::line(event)) {
                    self.facts.insert(known, text);
                }
            }
            "succeeded" => self.end = Some(true),
            "failed" => self.end = Some(false),
            _ => {}
        }
    }

    /// What was last seen of it, in one line.
    pub(crate) fn at_present(&self) -> String {
        let stage = self.stage.as_ref().map(|stage| format!("stage {stage}"));
        let numbers = self.numbers.map(Numbers::text);
        let tasks = self.tasks.iter().map(|(task, status)| format!("task {task} {status}"));
        let parts: Vec<String> =
            numbers.into_iter().chain(stage).chain(tasks).chain(self.facts.values().cloned()).collect();
        match parts.is_empty() {
            true => self.title.clone(),
            false => format!("{}: {}", self.title, parts.join(", ")),
        }
    }
}

/// The end of an id or ARN, which differs from that of any other.
pub(crate) fn short(id: &str) -> &str {
    let last = arn::last(id);
    &last[..last.floor_char_boundary(12)]
}

/// A duration for a person.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{}:{:02} min", whole / 60, whole % 60),
        _ => format!("{}:{:02} h", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
