//! Decides what things outside of ECS do to a deployment: alarms, and functions that are called as hooks.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::reader::{Reader, WorldError, expected};

/// When each alarm is in ALARM, by its name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alarms(BTreeMap<String, (f64, f64)>);

impl Alarms {
    pub(crate) fn read(members: &Map<String, Value>, place: &str) -> Result<Alarms, WorldError> {
        let read = |(name, value): (&String, &Value)| {
            let reader = Reader::new(value, &format!("{place}.{name}"), &["from", "to"])?;
            let (from, to) = (reader.number("from")?.unwrap_or(0.0), reader.number("to")?.unwrap_or(f64::INFINITY));
            Ok((name.clone(), (from, to)))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Alarms)
    }

    pub(crate) fn merge(&mut self, newer: Alarms) {
        self.0.extend(newer.0);
    }

    pub(crate) fn on(&self, name: &str, now: f64) -> bool {
        self.0.get(name).is_some_and(|(from, to)| (*from..*to).contains(&now))
    }

    /// The times at which one of them changes.
    pub(crate) fn moments(&self) -> impl Iterator<Item = f64> {
        self.0.values().flat_map(|(from, to)| [*from, *to])
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Succeeded,
    Failed,
    /// It never says anything else.
    InProgress,
}

const VERDICTS: [(&str, Verdict); 3] =
    [("SUCCEEDED", Verdict::Succeeded), ("FAILED", Verdict::Failed), ("IN_PROGRESS", Verdict::InProgress)];

/// What functions say when they are called as hooks, and after how many seconds, by their name or ARN.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hooks(BTreeMap<String, (Verdict, f64)>);

impl Hooks {
    pub(crate) fn read(members: &Map<String, Value>, place: &str) -> Result<Hooks, WorldError> {
        let read = |(name, value): (&String, &Value)| {
            let reader = Reader::new(value, &format!("{place}.{name}"), &["result", "seconds"])?;
            let result = reader.text("result")?.unwrap_or("SUCCEEDED");
            let verdict = VERDICTS.iter().find(|(known, _)| *known == result).map(|(_, verdict)| *verdict);
            let verdict =
                verdict.ok_or_else(|| expected(&reader.place("result"), "SUCCEEDED, FAILED or IN_PROGRESS"))?;
            Ok((name.clone(), (verdict, reader.number("seconds")?.unwrap_or(1.0))))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Hooks)
    }

    pub(crate) fn merge(&mut self, newer: Hooks) {
        self.0.extend(newer.0);
    }

    /// One that the world does not know succeeds in a second.
    pub(crate) fn of(&self, function: &str) -> (Verdict, f64) {
        self.0.get(function).copied().unwrap_or((Verdict::Succeeded, 1.0))
    }
}
