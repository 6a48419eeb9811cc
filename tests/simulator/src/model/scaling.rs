//! Decides how Application Auto Scaling changes the number of a service's tasks: by load, and by the clock.

use ecs_rollout::Timetable;
use serde_json::{Map, Value, json};

use super::Model;
use super::service::{Rollout, Service, State};
use super::task::Phase;

/// Metrics come once a minute, which is so many ticks.
const MINUTE: f64 = 60.0;
const USUAL: u64 = 3;
/// Seconds between two values of the metrics of high resolution. How much sooner AWS acts on them is not documented: here
/// after as many values as on the others.
const TICK: f64 = 20.0;
const HIGH: &str = "HighResolution";
/// So many minutes above the target before tasks are added, and below it before they are taken away: the evaluation periods of
/// the alarms that target tracking makes.
const ABOVE: u32 = 3;
const BELOW: u32 = 15;
/// What counts as below: the low alarm's threshold as a part of the target.
const LOW: f64 = 0.9;
/// Seconds between two steps where a policy does not say.
const COOLDOWN: f64 = 300.0;

/// A policy of a scalable target.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) alarms: Vec<String>,
    pub(crate) created: f64,
    /// Type and configuration as they were sent.
    pub(crate) document: Map<String, Value>,
    above: u32,
    below: u32,
}

/// A scheduled action of a scalable target.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) created: f64,
    pub(crate) document: Map<String, Value>,
}

/// A service that is scaled.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) cluster: String,
    pub(crate) service: String,
    pub(crate) arn: String,
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) role: Option<String>,
    /// In, out, scheduled.
    pub(crate) suspended: [bool; 3],
    pub(crate) created: f64,
    pub(crate) policies: Vec<Policy>,
    pub(crate) actions: Vec<Action>,
    /// Newest last.
    pub(crate) activities: Vec<Value>,
    /// When tasks were last added, and last changed in number.
    out: Option<f64>,
    moved: Option<f64>,
}

impl Policy {
    pub(crate) fn new(name: &str, arn: String, created: f64) -> Policy {
        Policy { name: name.to_owned(), arn, alarms: Vec::new(), created, document: Map::new(), above: 0, below: 0 }
    }

    pub(crate) fn tracking(&self) -> Option<&Value> {
        self.document.get("TargetTrackingScalingPolicyConfiguration")
    }

    /// The predefined metric it tracks.
    pub(crate) fn metric(&self) -> Option<&str> {
        self.tracking()?.pointer("/PredefinedMetricSpecification/PredefinedMetricType")?.as_str()
    }

    /// Whether its metric has a value every 20 seconds.
    fn is_fast(&self) -> bool {
        self.metric().is_some_and(|metric| metric.ends_with(HIGH))
    }

    fn cooldown(&self, member: &str) -> f64 {
        self.tracking().and_then(|tracking| tracking.get(member)?.as_f64()).unwrap_or(COOLDOWN)
    }

    fn only_out(&self) -> bool {
        self.tracking().is_some_and(|tracking| tracking.get("DisableScaleIn") == Some(&Value::Bool(true)))
    }

    /// Takes in a minute's value of its metric, and says how many tasks it would keep to the target with.
    fn weigh(&mut self, value: Option<f64>, running: u64) -> Option<u64> {
        let target = self.tracking()?.get("TargetValue")?.as_f64()?;
        let Some(value) = value else {
            (self.above, self.below) = (0, 0);
            return None;
        };
        self.above = if value > target { self.above + 1 } else { 0 };
        self.below = if value < target * LOW { self.below + 1 } else { 0 };
        Some((running as f64 * value / target).ceil() as u64)
    }
}

impl Target {
    pub(crate) fn new(cluster: &str, service: &str, arn: String, created: f64) -> Target {
        Target {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            arn,
            min: 0,
            max: 0,
            role: None,
            suspended: [false; 3],
            created,
            policies: Vec::new(),
            actions: Vec::new(),
            activities: Vec::new(),
            out: None,
            moved: None,
        }
    }

    pub(crate) fn resource(&self) -> String {
        format!("service/{}/{}", self.cluster, self.service)
    }

    /// What a minute's load leads to: the number of tasks and why, where it changes.
    fn track(&mut self, around: &Minute) -> Option<(u64, String)> {
        let Minute { running, desired, now, .. } = *around;
        let mut wanted = Vec::new();
        for policy in self.policies.iter_mut().filter(|policy| around.is_whole || policy.is_fast()) {
            // A metric of high resolution has values only where the service publishes it.
            let metric = policy.metric().filter(|metric| around.publishes(metric));
            let value = metric.and_then(|metric| around.load.of(metric));
            let value = value.filter(|_| running > 0).map(|load| load / running as f64);
            if let Some(count) = policy.weigh(value, running) {
                wanted.push((count, &*policy));
            }
        }
        let since = |then: Option<f64>| then.map_or(f64::INFINITY, |then| now - then);
        let why = |policy: &Policy, alarm: usize| {
            let name = policy.alarms.get(alarm).map_or("", String::as_str);
            format!("monitor alarm {name} in state ALARM triggered policy {}", policy.name)
        };
        let up = wanted.iter().filter(|(_, policy)| policy.above >= ABOVE).max_by_key(|(count, _)| *count);
        if let Some((count, policy)) = up.filter(|(count, _)| (*count).min(self.max) > desired) {
            let may = !self.suspended[1] && since(self.out) >= policy.cooldown("ScaleOutCooldown");
            return may.then(|| ((*count).min(self.max), why(policy, 0)));
        }
        let all_low = wanted.iter().filter(|(_, policy)| !policy.only_out()).all(|(_, policy)| policy.below >= BELOW);
        let down = wanted.iter().filter(|(_, policy)| !policy.only_out()).max_by_key(|(count, _)| *count);
        let (count, policy) = down.filter(|(count, _)| all_low && (*count).max(self.min) < desired)?;
        let may = !self.suspended[0] && !around.deploying && since(self.moved) >= policy.cooldown("ScaleInCooldown");
        may.then(|| ((*count).max(self.min), why(policy, 1)))
    }

    /// What a due scheduled action makes of the range; one that happens once is gone afterwards.
    fn by_clock(&mut self, from: f64, to: f64) -> Option<String> {
        let due = |action: &Action| {
            let time = |member: &str| action.document.get(member).and_then(Value::as_f64);
            let open = time("StartTime").is_none_or(|start| to >= start) && time("EndTime").is_none_or(|end| to < end);
            let text = |member: &str| action.document.get(member).and_then(Value::as_str);
            let zone = text("Timezone").unwrap_or("UTC");
            let Ok(table) = Timetable::parse(text("Schedule").unwrap_or_default(), zone) else { return false };
            let next = table.after((from as i64).max(action.created as i64), action.created as i64);
            open && next.is_some_and(|next| next as f64 <= to)
        };
        if self.suspended[2] {
            return None;
        }
        let action = self.actions.iter().find(|action| due(action)).cloned()?;
        let capacity = |member: &str| action.document.get("ScalableTargetAction")?.get(member)?.as_u64();
        self.min = capacity("MinCapacity").unwrap_or(self.min);
        self.max = capacity("MaxCapacity").unwrap_or(self.max).max(self.min);
        let schedule = action.document.get("Schedule").and_then(Value::as_str).unwrap_or_default();
        if schedule.starts_with("at(") {
            self.actions.retain(|known| known.name != action.name);
        }
        Some(format!("scheduled action name {} was triggered", action.name))
    }
}

/// What a minute shows of a service.
struct Minute {
    now: f64,
    running: u64,
    desired: u64,
    deploying: bool,
    load: super::load::Moment,
    /// Whether metrics of the usual resolution have a value, too.
    is_whole: bool,
    /// The service's `monitoring`.
    monitoring: Value,
}

impl Minute {
    fn publishes(&self, metric: &str) -> bool {
        let Some(base) = metric.strip_suffix(HIGH) else { return true };
        let name = base.trim_start_matches("ECSServiceAverage");
        let all = self.monitoring["metricConfigurations"].as_array();
        let is = |one: &Value| {
            let names = one["metricNames"].as_array();
            one["resolutionSeconds"] == TICK as u64
                && names.is_some_and(|names| names.iter().any(|known| known == name))
        };
        all.is_some_and(|all| all.iter().any(is))
    }
}

impl Model {
    /// When the next minute is to be looked at; never where nothing is scaled.
    pub(super) fn next_scaling(&self) -> f64 {
        let works = |target: &Target| {
            let tracks = target.policies.iter().any(|policy| policy.tracking().is_some());
            !target.actions.is_empty() || (tracks && self.outside.loads.has(&target.cluster, &target.service))
        };
        if !self.scaling.iter().any(works) {
            return f64::INFINITY;
        }
        let is_fast = self.scaling.iter().any(|target| target.policies.iter().any(Policy::is_fast));
        let step = if is_fast { 1 } else { USUAL };
        let (after, seconds) = ((self.scaled / step + 1) * step, step as f64 * TICK);
        (after as f64 * TICK).max((self.now / seconds).ceil() * seconds)
    }

    /// One minute of Application Auto Scaling, or one tick where a policy has metrics of high resolution.
    pub(super) fn scale(&mut self) {
        let before = self.scaled as f64 * TICK;
        self.scaled = (self.now / TICK) as u64;
        for at in 0..self.scaling.len() {
            let (from, to) = (self.epoch(before.max(self.now - MINUTE)), self.epoch(self.now));
            let target = &mut self.scaling[at];
            let clock = target.by_clock(from, to);
            let Some((index, minute)) = self.minute(at) else { continue };
            if let Some(why) = clock {
                self.clamp(at, index, &why);
                continue;
            }
            if let Some((count, why)) = self.scaling[at].track(&minute) {
                self.set_desired(at, index, count, &why);
            }
        }
    }

    fn minute(&self, at: usize) -> Option<(usize, Minute)> {
        let target = &self.scaling[at];
        let index = self.scaled_service(&target.cluster, &target.service)?;
        let service = &self.services[index];
        let running = service.tasks.iter().filter(|task| task.phase == Phase::Running).count() as u64;
        let deploying = service.deployments.first().is_some_and(|primary| primary.rollout == Rollout::InProgress);
        let load = self.outside.loads.at(&target.cluster, &target.service, self.now);
        let is_whole = self.scaled.is_multiple_of(USUAL);
        let monitoring = service.settings.get("monitoring").cloned().unwrap_or_default();
        let (now, desired) = (self.now, service.desired);
        Some((index, Minute { now, running, desired, deploying, load, is_whole, monitoring }))
    }

    /// The service that a target is of, as long as it is there.
    pub(crate) fn scaled_service(&self, cluster: &str, name: &str) -> Option<usize> {
        let is =
            |service: &Service| service.cluster == cluster && service.name == name && service.state == State::Active;
        self.services.iter().position(is)
    }

    /// Moves a service into its range.
    pub(crate) fn clamp(&mut self, at: usize, index: usize, why: &str) {
        let (min, max) = (self.scaling[at].min, self.scaling[at].max);
        let desired = self.services[index].desired;
        self.set_desired(at, index, desired.clamp(min, max), why);
    }

    fn set_desired(&mut self, at: usize, index: usize, count: u64, why: &str) {
        let now = self.now;
        let service = &mut self.services[index];
        if service.desired == count {
            return;
        }
        let grows = count > service.desired;
        service.desired = count;
        service.steady = false;
        if let Some(asleep) = self.asleep.get_mut(index) {
            *asleep = 0.0;
        }
        let (id, stamp) = (self.ids.uuid(), self.stamp(now));
        let target = &mut self.scaling[at];
        target.moved = Some(now);
        if grows {
            target.out = Some(now);
        }
        let activity = json!({
            "ActivityId": id,
            "ServiceNamespace": "ecs",
            "ResourceId": target.resource(),
            "ScalableDimension": "ecs:service:DesiredCount",
            "Description": format!("Setting desired count to {count}."),
            "Cause": why,
            "StartTime": stamp,
            "EndTime": stamp,
            "StatusCode": "Successful",
            "StatusMessage": format!("Successfully set desired count to {count}. Change successfully fulfilled by ecs."),
        });
        target.activities.push(activity);
    }
}
