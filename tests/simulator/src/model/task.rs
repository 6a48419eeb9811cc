//! Decides what a task and its containers are, and what they show of themselves.

use std::sync::Arc;

use serde_json::Value;

use super::definition::Definition;
use super::failure::Subject;
use super::plan::Plan;
use super::service::Around;
use crate::behaviour::{Behaviour, Exit};

/// How long a stopped task can still be described, in seconds.
pub(crate) const KEPT: f64 = 3600.0;
/// What a container is given to stop where its definition does not say, in seconds; then it is killed.
const STOP_TIMEOUT: f64 = 30.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Provisioning,
    Pending,
    Running,
    Stopping,
    Stopped,
}

#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) digest: String,
    pub(crate) essential: bool,
    pub(crate) checked: bool,
    pub(crate) cpu: String,
    pub(crate) memory: Option<String>,
    pub(crate) reservation: Option<String>,
    pub(crate) runtime: String,
    pub(crate) id: String,
    pub(crate) exit: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) ended: bool,
    /// Its log group and stream prefix, where it writes to CloudWatch.
    pub(crate) logs: Option<[String; 2]>,
    pub(super) stop_timeout: f64,
    pub(crate) behaviour: Arc<Behaviour>,
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) definition: String,
    /// The deployment that counts it; a rollback takes over the tasks of the deployment it goes back to.
    pub(crate) deployment: String,
    pub(crate) started_by: String,
    pub(crate) containers: Vec<Container>,
    pub(super) plan: Plan,
    pub(crate) phase: Phase,
    pub(crate) created: f64,
    pub(crate) running: Option<f64>,
    pub(crate) healthy: bool,
    pub(crate) unhealthy: bool,
    /// Until so long after RUNNING nobody minds that it is not healthy.
    pub(super) forbear: f64,
    /// It is a target of a load balancer.
    pub(super) balanced: bool,
    /// When its capacity is taken away, counted from RUNNING.
    pub(super) spot: Option<f64>,
    /// How long it is drained before it is told to stop.
    pub(super) drain: f64,
    pub(crate) stopping: Option<f64>,
    pub(crate) stopped: Option<f64>,
    pub(crate) stop_code: Option<&'static str>,
    pub(crate) stopped_reason: Option<String>,
    /// Its availability zone: 0 is the region's `a`.
    pub(crate) zone: u8,
    /// Its network interface: id, attachment id, address.
    pub(crate) interface: Option<[String; 3]>,
    pub(crate) cpu: Option<String>,
    pub(crate) memory: Option<String>,
    /// It is no service's: its containers are stopped one after the other once one of them has ended.
    pub(super) alone: bool,
}

/// What the service that a task is made for adds to it.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) cluster: String,
    pub(crate) subnet: String,
    pub(crate) balanced: bool,
    pub(crate) forbear: f64,
    pub(crate) drain: f64,
    /// How many of its tasks lost their capacity.
    pub(crate) interrupted: u64,
}

/// Whose health made the scheduler give a task up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sick {
    Container,
    Target,
}

/// What happened to a task in one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Change {
    pub(crate) ran: bool,
    pub(crate) healed: bool,
    /// It failed before (true) or after (false) it ran.
    pub(crate) failed: Option<bool>,
    /// The scheduler gave up on its health.
    pub(crate) sick: Option<Sick>,
}

impl Task {
    pub(crate) fn new(definition: &Definition, deployment: &str, setting: &Setting, around: &mut Around<'_>) -> Task {
        let values = definition.containers();
        let containers: Vec<Container> = values.iter().map(|value| Container::new(value, around)).collect();
        let behaviours: Vec<Arc<Behaviour>> = containers.iter().map(|one| Arc::clone(&one.behaviour)).collect();
        let id = around.ids.hex(32);
        let vpc = definition.text("networkMode") == Some("awsvpc");
        let interface = vpc.then(|| [format!("eni-0{}", around.ids.hex(16)), around.ids.uuid(), around.ids.address()]);
        let place = around.place;
        let arn = place.arn(&format!("task/{}/{id}", setting.cluster));
        let subject =
            |index: usize| Subject { place, definition, container: &values[index], subnet: setting.subnet.as_str() };
        let spots = behaviours.iter().filter_map(|one| one.spot).filter(|spot| setting.interrupted < spot.count);
        Task {
            definition: definition.arn.clone(),
            deployment: deployment.to_owned(),
            started_by: deployment.to_owned(),
            plan: Plan::new(values, &behaviours, &arn, subject),
            containers,
            phase: Phase::Provisioning,
            created: around.now,
            running: None,
            healthy: false,
            unhealthy: false,
            forbear: setting.forbear,
            balanced: setting.balanced,
            spot: spots.map(|spot| spot.after).reduce(f64::min),
            drain: if setting.balanced { setting.drain } else { 0.0 },
            stopping: None,
            stopped: None,
            stop_code: None,
            stopped_reason: None,
            interface,
            zone: 0,
            cpu: definition.text("cpu").map(str::to_owned),
            memory: definition.text("memory").map(str::to_owned),
            alone: false,
            id,
        }
    }

    /// With the digests that the revision of its service resolved: container, image and digest.
    pub(super) fn pinned(mut self, images: &[[String; 3]]) -> Task {
        for container in &mut self.containers {
            if let Some([_, _, digest]) = images.iter().find(|[name, _, _]| *name == container.name) {
                container.digest.clone_from(digest);
            }
        }
        self
    }

    /// The same as a task of no service.
    pub(super) fn alone(self) -> Task {
        Task { alone: true, ..self }
    }

    /// Whether its capacity will be taken away.
    pub(crate) fn doomed(&self) -> bool {
        self.spot.is_some()
    }

    /// Wanted, and not on its way out.
    pub(crate) fn active(&self) -> bool {
        !matches!(self.phase, Phase::Stopping | Phase::Stopped)
    }

    pub(crate) fn pending(&self) -> bool {
        matches!(self.phase, Phase::Provisioning | Phase::Pending)
    }

    pub(crate) fn serving(&self) -> bool {
        self.phase == Phase::Running && self.healthy
    }

    /// Whether nothing will happen to it by itself.
    pub(crate) fn settled(&self) -> bool {
        let ends = |container: &Container| container.behaviour.exit.is_some() && !container.ended;
        match self.phase {
            Phase::Stopped => true,
            Phase::Running => self.healthy && self.spot.is_none() && !self.containers.iter().any(ends),
            _ => false,
        }
    }

    /// When a container began or will begin, if ever.
    pub(crate) fn begin(&self, index: usize) -> Option<f64> {
        self.plan.begins[index].map(|after| self.created + after)
    }

    pub(crate) fn begun(&self, index: usize, now: f64) -> bool {
        let until = self.stopping.unwrap_or(now).min(now);
        let container = &self.containers[index];
        // One that ended without a code failed to start.
        let ran = !container.ended || container.exit.is_some();
        ran && self.begin(index).is_some_and(|at| at <= until) && self.phase != Phase::Provisioning
    }

    /// Tells a task to stop; one that is stopping already keeps its first reason.
    pub(crate) fn stop(&mut self, now: f64, code: &'static str, reason: &str) {
        if self.active() {
            self.phase = Phase::Stopping;
            self.stopping = Some(now);
            self.stop_code = Some(code);
            self.stopped_reason = Some(reason.to_owned());
        }
    }

    /// Puts the task where it has been running and healthy for long.
    pub(crate) fn settle(&mut self, since: f64) {
        self.created = since;
        self.running = Some(since + self.plan.base);
        self.phase = Phase::Running;
        self.healthy = true;
        self.spot = None;
        self.plan.fails = None;
        self.plan.running = Some(self.plan.base);
        self.plan.begins = vec![Some(self.plan.base); self.containers.len()];
        // It ran before the story began, so whatever its image does, it did not do it to this task.
        self.containers.iter_mut().for_each(|container| {
            let (stop, log) = (container.behaviour.stop, container.behaviour.log.clone());
            container.behaviour = Arc::new(Behaviour { stop, log, ..Behaviour::default() });
        });
    }

    pub(crate) fn last_status(&self, now: f64) -> &'static str {
        let stop = self.stop_seconds().max(f64::EPSILON);
        let part = self.stopping.map_or(0.0, |since| (now - since - self.drain) / stop);
        match self.phase {
            Phase::Provisioning => "PROVISIONING",
            Phase::Pending if self.alone && now - self.created >= self.plan.base * 0.75 => "ACTIVATING",
            Phase::Pending => "PENDING",
            Phase::Running => "RUNNING",
            Phase::Stopping if part < 0.25 => "DEACTIVATING",
            Phase::Stopping if part < 0.75 => "STOPPING",
            Phase::Stopping => "DEPROVISIONING",
            Phase::Stopped => "STOPPED",
        }
    }

    /// Whether some container has a health check that ECS watches.
    pub(crate) fn checked(&self) -> bool {
        self.containers.iter().any(|container| container.checked)
    }

    pub(crate) fn health(&self) -> &'static str {
        match (self.checked(), self.unhealthy, self.healthy) {
            (_, true, _) => "UNHEALTHY",
            (true, false, true) => "HEALTHY",
            _ => "UNKNOWN",
        }
    }

    /// The health of one container, by its own image.
    pub(crate) fn container_health(&self, index: usize, now: f64) -> &'static str {
        let container = &self.containers[index];
        let since = self.begin(index).filter(|_| container.checked && !container.ended).map(|at| now - at);
        match (since, container.behaviour.unhealthy) {
            (Some(_), Some(_)) if self.unhealthy => "UNHEALTHY",
            (Some(since), None) if since >= container.behaviour.healthy => "HEALTHY",
            _ => "UNKNOWN",
        }
    }

    pub(crate) fn visible(&self, now: f64) -> bool {
        self.stopped.is_none_or(|stopped| now - stopped < KEPT)
    }
}

impl Container {
    fn new(definition: &Value, around: &mut Around<'_>) -> Container {
        let text = |member: &str| definition.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let size = |member: &str| definition.get(member).and_then(Value::as_i64).map(|n| n.to_string());
        let logging = definition.get("logConfiguration").filter(|value| value["logDriver"] == "awslogs");
        let option = |name: &str| logging?.get("options")?.get(name)?.as_str().map(str::to_owned);
        let image = text("image");
        Container {
            name: text("name"),
            digest: around.images.digest(&image, around.now),
            essential: definition.get("essential").and_then(Value::as_bool).unwrap_or(true),
            checked: definition.get("healthCheck").is_some_and(Value::is_object),
            cpu: size("cpu").unwrap_or_else(|| "0".to_owned()),
            memory: size("memory"),
            reservation: size("memoryReservation"),
            runtime: around.ids.hex(32),
            id: around.ids.uuid(),
            exit: None,
            reason: None,
            ended: false,
            logs: option("awslogs-group").zip(option("awslogs-stream-prefix")).map(|(group, prefix)| [group, prefix]),
            stop_timeout: definition.get("stopTimeout").and_then(Value::as_f64).unwrap_or(STOP_TIMEOUT),
            behaviour: around.images.of(definition),
            image,
        }
    }

    pub(super) fn exit_with(&mut self, exit: &Exit) {
        self.exit = Some(exit.code);
        self.reason = exit.reason.clone().or_else(|| self.behaviour.reason.clone());
        self.ended = true;
    }
}
