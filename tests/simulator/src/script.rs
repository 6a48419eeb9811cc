//! Decides what somebody else calls, and when: at a time, or when something has come about.

use serde_json::Value;

use crate::api::check_operation;
use crate::model::Model;
use crate::reader::{Reader, WorldError, expected};

/// What a call of the script waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The first call of that name over HTTP that was performed.
    Call(String),
    /// The first deployment since the start that came to that state.
    State(&'static str),
}

const STATES: [&str; 5] = ["completed", "failed", "rolled_back", "superseded", "stopped"];

impl After {
    fn read(name: &str, place: &str) -> Result<After, WorldError> {
        if let Some(state) = STATES.iter().find(|state| **state == name) {
            return Ok(After::State(state));
        }
        let or = |what: String| expected(place, &format!("one of {}, or {what}", STATES.join(", ")));
        check_operation(None, name).map_err(or)?;
        Ok(After::Call(name.to_owned()))
    }
}

/// A call that somebody else makes.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    /// Seconds after the start, or after what it waits for.
    at: f64,
    after: Option<After>,
    pub(crate) operation: String,
    pub(crate) input: Value,
}

impl Scripted {
    pub(crate) fn read(value: &Value, place: &str) -> Result<Scripted, WorldError> {
        let reader = Reader::new(value, place, &["at", "after", "operation", "input"])?;
        let need = |name: &str| expected(&reader.place(name), "to be given");
        let after = reader.text("after")?.map(|name| After::read(name, &reader.place("after"))).transpose()?;
        let at = reader.number("at")?.or(after.as_ref().map(|_| 0.0)).ok_or_else(|| need("at"))?;
        let operation = reader.text("operation")?.ok_or_else(|| need("operation"))?;
        let (service, name) = operation.split_once(':').unwrap_or(("ecs", operation));
        check_operation(Some(service), name).map_err(|what| expected(&reader.place("operation"), &what))?;
        let input = reader.object("input")?.cloned().map_or(Value::Null, Value::Object);
        Ok(Scripted { at, after, operation: operation.to_owned(), input })
    }
}

/// All that is still to be called.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Those whose time is known, sorted by it.
    timed: Vec<Scripted>,
    /// Those that wait for something.
    waiting: Vec<Scripted>,
}

impl Script {
    pub(crate) fn extend(&mut self, more: Vec<Scripted>) {
        let (waiting, timed): (Vec<_>, Vec<_>) = more.into_iter().partition(|one| one.after.is_some());
        self.waiting.extend(waiting);
        self.timed.extend(timed);
        self.timed.sort_by(|a, b| a.at.total_cmp(&b.at));
    }

    /// When the next one is due.
    pub(crate) fn due(&self) -> f64 {
        self.timed.first().map_or(f64::INFINITY, |next| next.at)
    }

    pub(crate) fn next(&mut self) -> Scripted {
        self.timed.remove(0)
    }

    /// Whether a call waits for what no call brings about, so that every step has to be looked at.
    pub(crate) fn waits_for_state(&self) -> bool {
        self.waiting.iter().any(|one| matches!(one.after, Some(After::State(_))))
    }

    /// A call was performed: what waits for it has its time now.
    pub(crate) fn performed(&mut self, operation: &str, now: f64) {
        self.release(now, |after| matches!(after, After::Call(known) if known == operation));
    }

    /// Looks at what has become of deployments.
    pub(crate) fn look(&mut self, model: &Model) {
        if self.waits_for_state() {
            let came_to = |state: &str| model.has_come_to(state);
            self.release(model.now, |after| matches!(after, After::State(state) if came_to(state)));
        }
    }

    fn release(&mut self, now: f64, is_there: impl Fn(&After) -> bool) {
        let is_ready = |one: &mut Scripted| one.after.as_ref().is_some_and(&is_there);
        let ready: Vec<Scripted> = self.waiting.extract_if(.., is_ready).collect();
        self.extend(ready.into_iter().map(|one| Scripted { at: now + one.at, after: None, ..one }).collect());
    }
}
