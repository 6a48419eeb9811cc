//! Decides how much load there is on a service: as a total, so that more tasks have less of it each.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::reader::{Reader, WorldError, expected};

/// The load from some time on. What is not said is not measured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    at: f64,
    cpu: Option<f64>,
    memory: Option<f64>,
    requests: Option<f64>,
}

/// Load by `service` or `cluster/service`, each sorted by time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads(BTreeMap<String, Vec<Moment>>);

impl Moment {
    /// The total of a predefined metric.
    pub(super) fn of(&self, metric: &str) -> Option<f64> {
        match metric.strip_suffix("HighResolution").unwrap_or(metric) {
            "ECSServiceAverageCPUUtilization" => self.cpu,
            "ECSServiceAverageMemoryUtilization" => self.memory,
            "ALBRequestCountPerTarget" => self.requests,
            _ => None,
        }
    }

    fn read(value: &Value, place: &str) -> Result<Moment, WorldError> {
        let reader = Reader::new(value, place, &["at", "cpu", "memory", "requests"])?;
        Ok(Moment {
            at: reader.number("at")?.unwrap_or(0.0),
            cpu: reader.number("cpu")?,
            memory: reader.number("memory")?,
            requests: reader.number("requests")?,
        })
    }
}

impl Loads {
    pub(crate) fn read(members: &Map<String, Value>, place: &str) -> Result<Loads, WorldError> {
        let read = |(name, value): (&String, &Value)| {
            let place = format!("{place}.{name}");
            let mut moments = match value {
                Value::Number(number) => vec![Moment { cpu: number.as_f64(), ..Moment::default() }],
                Value::Array(items) => {
                    let moment = |(at, item): (usize, &Value)| Moment::read(item, &format!("{place}[{at}]"));
                    items.iter().enumerate().map(moment).collect::<Result<_, _>>()?
                }
                _ => return Err(expected(&place, "a number or a list")),
            };
            moments.sort_by(|one, other| one.at.total_cmp(&other.at));
            Ok((name.clone(), moments))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Loads)
    }

    pub(crate) fn merge(&mut self, newer: Loads) {
        self.0.extend(newer.0);
    }

    fn known(&self, cluster: &str, service: &str) -> Option<&Vec<Moment>> {
        self.0.get(&format!("{cluster}/{service}")).or_else(|| self.0.get(service))
    }

    pub(super) fn has(&self, cluster: &str, service: &str) -> bool {
        self.known(cluster, service).is_some()
    }

    pub(super) fn at(&self, cluster: &str, service: &str, now: f64) -> Moment {
        let moments = self.known(cluster, service).into_iter().flatten();
        moments.take_while(|moment| moment.at <= now).last().copied().unwrap_or_default()
    }
}
