//! Decides what the control plane consists of and how its time is stepped.

mod begin;
pub(crate) mod breaker;
pub(crate) mod codedeploy;
pub(crate) mod definition;
pub(crate) mod events;
pub(crate) mod express;
pub(crate) mod failure;
pub(crate) mod ids;
pub(crate) mod image;
mod life;
mod lifecycle;
pub(crate) mod load;
pub(crate) mod lone;
pub(crate) mod native;
pub(crate) mod plan;
mod pulse;
pub(crate) mod record;
pub(crate) mod resources;
pub(crate) mod rollout;
pub(crate) mod scaling;
pub(crate) mod schedules;
pub(crate) mod service;
mod sets;
pub(crate) mod shelf;
mod success;
pub(crate) mod task;
pub(crate) mod undo;

use serde_json::{Number, Value, json};

use crate::behaviour::Behaviours;
use crate::outside::{Alarms, Hooks};
use crate::page::Pages;
use definition::Definition;
use ids::{Ids, Place};
use lone::{Lone, Order};
use schedules::Schedules;
use service::{Around, Service};
use shelf::Shelf;

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

/// What is around ECS, and which of its unknown sides it shows.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    pub(crate) alarms: Alarms,
    pub(crate) hooks: Hooks,
    /// How much load there is on services.
    pub(crate) loads: load::Loads,
    /// How long targets are drained before their tasks stop, in seconds.
    pub(crate) drain: f64,
    /// How long alarms are watched where the configuration does not say, in seconds.
    pub(crate) bake: f64,
    /// How many container instances there are: the count of a DAEMON service.
    pub(crate) instances: u64,
    /// What RunTask fails to start next, and why: a reason for each task.
    pub(crate) run_failures: Vec<String>,
    /// How many of the next tasks RunTask does not start, without a word.
    pub(crate) run_short: u64,
    /// Whether deployments under a native strategy show a rollout state.
    pub(crate) list_rollout_state: bool,
    /// Whether rolling deployments do.
    pub(crate) rolling_rollout_state: bool,
    /// How long the list of deployments goes on saying IN_PROGRESS of one that has ended, in seconds.
    pub(crate) list_lag: f64,
    /// Whether the list says COMPLETED of a deployment that has all traffic and is still watched.
    pub(crate) list_early: bool,
    /// In which pages lists come.
    pub(crate) pages: Pages,
    /// What tasks of services show as `startedBy`, as some servers do; empty: nothing. Absent: the deployment's id, as ECS.
    pub(crate) started_by: Option<String>,
    /// Whether what ECS refuses is refused, or only what makes no sense here.
    pub(crate) strict: bool,
    /// How long a service deployment that was stopped shows STOP_REQUESTED, in seconds.
    pub(crate) stopping: f64,
    /// Whether an update of an Express service that changes its scaling alone begins no deployment.
    pub(crate) express_in_place: bool,
    /// Whether UpdateService is refused while a native strategy is at work, rather than superseding it.
    pub(crate) refuse_update: bool,
}

impl Default for Outside {
    fn default() -> Outside {
        Outside {
            alarms: Alarms::default(),
            hooks: Hooks::default(),
            loads: load::Loads::default(),
            drain: 0.0,
            bake: 300.0,
            instances: 1,
            run_failures: Vec::new(),
            run_short: 0,
            list_rollout_state: true,
            rolling_rollout_state: true,
            list_lag: 0.0,
            list_early: false,
            pages: Pages::default(),
            started_by: None,
            strict: true,
            stopping: 0.0,
            express_in_place: false,
            refuse_update: false,
        }
    }
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
    pub(crate) outside: Outside,
    /// Deployment groups of CodeDeploy.
    pub(crate) groups: Vec<codedeploy::Group>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) definitions: Shelf<Definition>,
    pub(crate) services: Shelf<Service>,
    /// What EventBridge calls, and when.
    pub(crate) calls: Schedules,
    /// Services that are scaled.
    pub(crate) scaling: Vec<scaling::Target>,
    /// The last minute in which that was looked at.
    scaled: u64,
    /// Tasks of no service, in the order in which they were started.
    pub(crate) lone: Shelf<Lone>,
    /// What RunTask was asked with a token of its caller.
    orders: Shelf<Order>,
    /// What the account has around ECS, shared by every past of the model. Absent: the world says nothing about it.
    pub(crate) resources: Option<std::sync::Arc<resources::Resources>>,
    /// Images of the registry that a tag was seen to name, by their digests.
    pub(crate) seen: std::collections::BTreeMap<String, image::Image>,
    /// What was pushed, shared by every past of the model.
    pub(crate) registry: std::sync::Arc<std::sync::Mutex<crate::registry::Registry>>,
    /// Until when each service has nothing to do; one that is missing here is due.
    asleep: Vec<f64>,
}

impl Model {
    pub(crate) fn registry(&self) -> std::sync::MutexGuard<'_, crate::registry::Registry> {
        self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn new(place: Place, base: f64) -> Model {
        Model {
            place,
            base,
            now: 0.0,
            ticks: 0,
            ids: Ids::new(),
            images: Behaviours::default(),
            outside: Outside::default(),
            groups: Vec::new(),
            clusters: Vec::new(),
            definitions: Shelf::default(),
            services: Shelf::default(),
            calls: Schedules::default(),
            scaling: Vec::new(),
            scaled: 0,
            lone: Shelf::default(),
            orders: Shelf::default(),
            resources: None,
            seen: std::collections::BTreeMap::new(),
            registry: std::sync::Arc::default(),
            asleep: Vec::new(),
        }
    }

    /// The time as answers carry it: epoch seconds with fractions.
    pub(crate) fn stamp(&self, at: f64) -> Value {
        let seconds = (self.epoch(at) * 1000.0).round() / 1000.0;
        Number::from_f64(seconds).map_or(Value::Null, Value::Number)
    }

    /// The time as epoch seconds.
    pub(crate) fn epoch(&self, at: f64) -> f64 {
        self.base + at
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
            self.asleep.resize(self.services.len(), 0.0);
            let due = self.next_scaling().min(self.lone_due());
            let due = self.asleep.iter().copied().fold(due, f64::min);
            if due > target {
                // Nothing would happen in any of the ticks left, however many there are.
                self.ticks = (target / TICK) as u64;
                break;
            }
            let next = (self.ticks + 1).max((due / TICK).ceil() as u64);
            if next as f64 * TICK > target {
                self.ticks = (target / TICK) as u64;
                break;
            }
            self.ticks = next;
            self.now = next as f64 * TICK;
            self.tick();
        }
        self.now = target;
    }

    /// When the scheduler looks next.
    pub(crate) fn next_tick(&self) -> f64 {
        (self.ticks + 1) as f64 * TICK
    }

    /// Somebody changed something: every service is due again.
    pub(crate) fn rouse(&mut self) {
        self.asleep.clear();
    }

    fn tick(&mut self) {
        if self.next_scaling() <= self.now {
            self.scale();
        }
        for index in 0..self.services.len() {
            if self.asleep[index] > self.now {
                continue;
            }
            let now = self.now;
            self.asleep[index] = self.with_service(index, |service, around| {
                let before = service.pulse();
                service.tick(around);
                if service.pulse() == before { service.wake(now, around.outside) } else { now }
            });
        }
        self.step_lone();
    }

    /// Lends a service together with what the scheduler needs around it.
    pub(crate) fn with_service<T>(&mut self, index: usize, act: impl FnOnce(&mut Service, &mut Around<'_>) -> T) -> T {
        let mut around = Around {
            now: self.now,
            ids: &mut self.ids,
            place: &self.place,
            definitions: &self.definitions,
            images: &self.images,
            outside: &self.outside,
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

    /// How many deployments each service has had.
    pub(crate) fn deployments(&self) -> Vec<usize> {
        self.services.iter().map(|service| service.truths.len()).collect()
    }

    /// Writes down that the script began what was not there `before`: a call begins one deployment at most.
    pub(crate) fn note_script(&mut self, before: &[usize]) {
        for (index, now) in self.deployments().into_iter().enumerate() {
            if now > before.get(index).copied().unwrap_or_default()
                && let Some(truth) = self.services[index].truths.last_mut()
            {
                truth.by = Some("script");
            }
        }
    }

    /// Whether a deployment that began since the start has come to a state.
    pub(crate) fn has_come_to(&self, state: &str) -> bool {
        let mut truths = self.services.iter().flat_map(|service| &service.truths);
        truths.any(|truth| truth.created >= 0.0 && truth.state == state)
    }

    /// The ARN of the newest service deployment of all services.
    pub(crate) fn newest_record(&self) -> Option<&str> {
        let records = self.services.iter().flat_map(|service| &service.records);
        records.max_by(|one, other| one.created.total_cmp(&other.created)).map(|record| record.arn.as_str())
    }

    /// The hook that waits in the service deployment of this ARN.
    pub(crate) fn waiting_hook(&self, arn: &str) -> Option<&str> {
        let mut records = self.services.iter().flat_map(|service| &service.records);
        let stages = records.find(|record| record.arn == arn)?.stages.as_ref()?;
        stages.hooks.iter().find(|hook| hook.waits()).map(|hook| hook.id.as_str())
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
                if let Some(record) = &truth.record {
                    entry["record"] = json!(record);
                }
                if let Some(by) = truth.by {
                    entry["by"] = json!(by);
                }
                if let Some(live) = truth.live {
                    entry["live"] = json!(live);
                }
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
