//! Decides which of several replicas answers a read of ECS, and how far that one is behind.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::{check_operation, reads};
use crate::reader::{Reader, WorldError, expected};

/// One replica of the world document.
#[derive(Clone, Debug)]
struct Replica {
    /// Seconds that it is behind. Absent: it stands still at `from`.
    lag: Option<f64>,
    from: f64,
    to: f64,
    /// The reads that it answers late; none named: all of them.
    operations: Vec<String>,
}

impl Replica {
    fn read(value: &Value, place: &str) -> Result<Replica, WorldError> {
        let reader = Reader::new(value, place, &["lag", "from", "to", "operations"])?;
        let operations = reader.texts("operations")?;
        for (index, operation) in operations.iter().enumerate() {
            let known = check_operation(Some("ecs"), operation);
            let known = if reads(operation) { known } else { Err("an operation that reads".to_owned()) };
            known.map_err(|what| expected(&format!("{}[{index}]", reader.place("operations")), &what))?;
        }
        let (lag, from) = (reader.number("lag")?, reader.number("from")?);
        if lag.is_none() && from.is_none() {
            return Err(expected(place, "`lag`, or the moment `from` at which it stands still"));
        }
        let to = reader.number("to")?.unwrap_or(f64::INFINITY);
        Ok(Replica { lag, from: from.unwrap_or(0.0), to, operations })
    }

    /// The moment that it shows.
    fn moment(&self, operation: &str, now: f64) -> f64 {
        let is_late = (self.from..self.to).contains(&now)
            && (self.operations.is_empty() || self.operations.iter().any(|known| known == operation));
        match self.lag {
            _ if !is_late => now,
            Some(lag) => now - lag,
            None => self.from,
        }
    }
}

/// All replicas. They answer in turn, each operation for itself, so that its answers go back and forth in time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replicas {
    all: Vec<Replica>,
    turns: BTreeMap<String, usize>,
}

impl Replicas {
    pub(crate) fn read(values: &[Value], place: &str) -> Result<Replicas, WorldError> {
        let read = |(index, value)| Replica::read(value, &format!("{place}[{index}]"));
        let all = values.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Replicas { all, turns: BTreeMap::new() })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The moment that the next answer to a read of ECS shows, where that is not the present.
    pub(crate) fn moment(&mut self, (service, operation): (&str, &str), now: f64) -> Option<f64> {
        if self.all.is_empty() || service != "ecs" || !reads(operation) {
            return None;
        }
        let turn = self.turns.entry(operation.to_owned()).or_default();
        let replica = &self.all[*turn % self.all.len()];
        *turn += 1;
        Some(replica.moment(operation, now)).filter(|moment| *moment < now)
    }
}
