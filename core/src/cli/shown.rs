//! Shows what a command does while it does it: drawn in place on a terminal, a line a change anywhere else.

use std::time::{Duration, Instant};

use indexmap::IndexMap;
use indicatif::ProgressBar;
use serde_json::Value;

use super::printer::{Output, Printer};
use super::style::{Role, cut};
use super::view::frame::{Moment, frame};
use super::view::{State, lines, looking};

/// So long nothing is said where nothing changes.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// The least time between two lines of a push.
const PUSHING: Duration = Duration::from_secs(5);

/// A command as it is shown.
pub(crate) struct Shown<'a> {
    printer: &'a Printer,
    /// By service; one for a command that is not about many.
    states: IndexMap<String, (State, ProgressBar)>,
    /// What it is about before its first event.
    title: String,
    begun: Instant,
    said: Instant,
    tick: usize,
    /// Whether the lines of containers are the result, and not only what goes on.
    is_of_logs: bool,
    /// Whether a question stands on the terminal, which nothing draws over.
    is_held: bool,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(printer: &'a Printer, title: impl Into<String>) -> Self {
        let now = Instant::now();
        let states = IndexMap::new();
        let title = title.into();
        Self { printer, states, title, begun: now, said: now, tick: 0, is_of_logs: false, is_held: false }
    }

    /// The same of a command whose result is the lines of containers.
    pub(crate) fn of_logs(self, is_of_logs: bool) -> Self {
        Self { is_of_logs, ..self }
    }

    /// Takes in an event of a verb, or of one of many services.
    pub(crate) fn take(&mut self, event: &Value) {
        if self.printer.output() == Output::Json {
            self.printer.document(event);
        }
        let (name, own) = match event.get("event") {
            Some(own) => (event["service"].as_str().unwrap_or_default(), own),
            None => ("", event),
        };
        let title = if name.is_empty() { &self.title } else { name };
        let (state, _) = self.states.entry(name.to_owned()).or_insert_with(|| (State::new(title), self.printer.bar()));
        state.take(own);
        if self.is_of_logs && own["type"] == "log" {
            let line = looking::log_line(own).filter(|_| self.printer.output() == Output::Text);
            line.into_iter().for_each(|line| self.printer.result(&line));
        } else if let Some(line) = lines::line(own) {
            self.say(name, own["type"].as_str().unwrap_or_default(), line);
        }
        if own["type"] == "failed" && !name.is_empty() {
            self.say(name, "failed", own["text"].as_str().map(super::style::plain).unwrap_or_default());
        }
        self.draw();
    }

    /// Writes the line of an event; on a terminal only what is worth keeping.
    fn say(&mut self, name: &str, kind: &str, line: String) {
        let is_kept = matches!(kind, "warning" | "stopped" | "log" | "building" | "failed");
        let is_push = kind == "pushing" && self.said.elapsed() < PUSHING;
        if self.printer.is_live() && (!is_kept || self.is_held) || is_push {
            return;
        }
        let look = self.printer.err();
        let line = match kind {
            "warning" => look.paint(Role::Caution, &line),
            "stopped" | "failed" => look.paint(Role::Bad, &line),
            _ => line,
        };
        match name {
            "" => self.printer.line(&line),
            name => self.printer.line(&format!("{name}: {line}")),
        }
        self.said = Instant::now();
    }

    /// Lets time pass: the drawing moves, and a log gets a line if it has had none for long.
    pub(crate) fn pass(&mut self) {
        self.tick += 1;
        if self.printer.is_live() {
            self.draw();
        } else if is_due(self.said, Instant::now()) {
            self.said = Instant::now();
            for (state, _) in self.states.values().filter(|(state, _)| state.end.is_none()) {
                self.printer.line(&format!("still at it: {}", state.at_present()));
            }
        }
    }

    fn draw(&self) {
        if !self.printer.is_live() || self.is_held {
            return;
        }
        let moment = Moment { tick: self.tick, seconds: self.begun.elapsed().as_secs_f64() };
        for (state, bar) in self.states.values() {
            bar.set_message(frame(state, self.printer.err(), self.printer.width(), moment).join("\n"));
        }
    }

    /// Asks a question in place of the drawing.
    pub(crate) fn ask(&mut self, question: &str) {
        self.clear();
        self.is_held = true;
        let text = self.printer.err().paint(Role::Caution, &cut(question, 4 * self.printer.width()));
        self.printer.line(&text);
    }

    /// Goes on drawing.
    pub(crate) fn go_on(&mut self) {
        self.is_held = false;
        for (_, bar) in self.states.values_mut() {
            *bar = self.printer.bar();
        }
        self.draw();
    }

    /// Whether anything has begun at AWS.
    pub(crate) fn has_begun(&self) -> bool {
        self.states.values().any(|(state, _)| state.has_begun || !state.tasks.is_empty())
    }

    /// Removes the drawing.
    pub(crate) fn clear(&self) {
        self.states.values().for_each(|(_, bar)| bar.finish_and_clear());
        self.printer.clear();
    }
}

/// Whether nothing was said for so long that a log needs a line.
fn is_due(said: Instant, now: Instant) -> bool {
    now.duration_since(said) >= HEARTBEAT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_every_half_minute_at_most() {
        let said = Instant::now();
        assert!(!is_due(said, said + Duration::from_secs(29)));
        assert!(is_due(said, said + Duration::from_secs(30)));
    }
}
