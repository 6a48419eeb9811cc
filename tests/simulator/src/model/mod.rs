//! Decides what the control plane consists of and how its time is stepped.

pub(crate) mod breaker;
pub(crate) mod definition;
pub(crate) mod events;
pub(crate) mod ids;
pub(crate) mod record;
pub(crate) mod rollout;
pub(crate) mod service;
pub(crate) mod task;

use serde_json::{Number, Value, json};

use crate::behaviour::Behaviours;
use definition::Definition;
use ids::{Ids, Place};
use service::{Around, Service};

/// Seconds between two looks of the scheduler.
const TICK: f64 = 0.25;

#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) active: bool,
    pub(crate) settings: serde_json::Map<String, Value>,
    pub(crate) tags: Vec<Value>,
}

/// The whole control plane at one moment. Times are simulated seconds since the start.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) place: Place,
    /// The wall's epoch seconds at time zero.
    base: f64,
    pub(crate) now: f64,
    ticks: u64,
    pub(crate) ids: Ids,
    pub(crate) images: Behaviours,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) services: Vec<Service>,
}

impl Model {
    pub(crate) fn new(region: &str, base: f64) -> Model {
        Model {
            place: Place { region: region.to_owned() },
            base,
            now: 0.0,
            ticks: 0,
            ids: Ids::new(),
            images: Behaviours::default(),
            clusters: Vec::new(),
            definitions: Vec::new(),
            services: Vec::new(),
        }
    }

    /// The time as answers carry it: epoch seconds with fractions.
    pub(crate) fn stamp(&self, at: f64) -> Value {
        let seconds = ((self.base + at) * 1000.0).round() / 1000.0;
        Number::from_f64(seconds).map_or(Value::Null, Value::Number)
    }

    /// The simulated time of an epoch time that a caller sent.
    pub(crate) fn unstamp(&self, epoch: f64) -> f64 {
        epoch - self.base
    }

    /// Steps everything up to `target`.
    pub(crate) fn advance_to(&mut self, target: f64) {
        if target <= self.now {
            return;
        }
        loop {
            let next = (self.ticks + 1) as f64 * TICK;
            if next > target {
                break;
            }
            if self.services.iter().all(Service::quiet) {
                // Nothing would happen in any of these ticks, however many there are.
                self.ticks = (target / TICK) as u64;
                break;
            }
            self.ticks += 1;
            self.now = next;
            self.tick();
        }
        self.now = target;
    }

    fn tick(&mut self) {
        for index in 0..self.services.len() {
            self.with_service(index, |service, around| service.tick(around));
        }
    }

    /// Lends a service together with what the scheduler needs around it.
    pub(crate) fn with_service<T>(&mut self, index: usize, act: impl FnOnce(&mut Service, &mut Around<'_>) -> T) -> T {
        let mut around = Around {
            now: self.now,
            ids: &mut self.ids,
            place: &self.place,
            definitions: &self.definitions,
            images: &self.images,
        };
        act(&mut self.services[index], &mut around)
    }

    pub(crate) fn add_cluster(&mut self, name: &str) -> &mut Cluster {
        let known = self.clusters.iter().position(|cluster| cluster.name == name);
        let index = known.unwrap_or_else(|| {
            let arn = self.place.arn(&format!("cluster/{name}"));
            let (settings, tags) = (serde_json::Map::new(), Vec::new());
            self.clusters.push(Cluster { name: name.to_owned(), arn, active: true, settings, tags });
            self.clusters.len() - 1
        });
        &mut self.clusters[index]
    }

    /// What became of every deployment of every service.
    pub(crate) fn truth(&self) -> Value {
        let mut all = Vec::new();
        for service in &self.services {
            for truth in &service.truths {
                let mut entry = json!({
                    "cluster": service.cluster,
                    "service": service.name,
                    "deployment": truth.deployment,
                    "definition": truth.definition,
                    "created": truth.created,
                    "state": truth.state,
                });
                if let Some(finished) = truth.finished {
                    entry["finished"] = json!(finished);
                }
                if let Some(reason) = &truth.reason {
                    entry["reason"] = json!(reason);
                }
                all.push(entry);
            }
        }
        Value::Array(all)
    }
}
