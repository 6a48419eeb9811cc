//! Decides the life of one task: when it runs, becomes healthy, fails, stops, and what it says about it.

use serde_json::Value;

use super::definition::Definition;
use super::ids::{Ids, digest};
use crate::behaviour::{Behaviour, Behaviours, Exit};

/// How long a stopped task can still be described, in seconds.
pub(crate) const KEPT: f64 = 3600.0;

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
    behaviour: Behaviour,
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) definition: String,
    /// The deployment that counts it; a rollback takes over the tasks of the deployment it goes back to.
    pub(crate) deployment: String,
    pub(crate) started_by: String,
    pub(crate) containers: Vec<Container>,
    pub(crate) phase: Phase,
    pub(crate) created: f64,
    pub(crate) running: Option<f64>,
    pub(crate) healthy: bool,
    pub(crate) unhealthy: bool,
    pub(crate) stopping: Option<f64>,
    pub(crate) stopped: Option<f64>,
    pub(crate) stop_code: Option<&'static str>,
    pub(crate) stopped_reason: Option<String>,
    /// Its network interface: id, attachment id, address.
    pub(crate) interface: Option<[String; 3]>,
    pub(crate) cpu: Option<String>,
    pub(crate) memory: Option<String>,
}

/// What happened to a task in one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Change {
    pub(crate) ran: bool,
    pub(crate) healed: bool,
    /// It failed before (true) or after (false) it ran.
    pub(crate) failed: Option<bool>,
    /// The scheduler gave up on its health.
    pub(crate) sick: bool,
}

impl Task {
    pub(crate) fn new(definition: &Definition, deployment: &str, now: f64, ids: &mut Ids, images: &Behaviours) -> Task {
        let containers = definition.containers().iter().map(|value| Container::new(value, ids, images)).collect();
        let vpc = definition.text("networkMode") == Some("awsvpc");
        let interface = vpc.then(|| [format!("eni-0{}", ids.hex(16)), ids.uuid(), ids.address()]);
        Task {
            id: ids.hex(32),
            definition: definition.arn.clone(),
            deployment: deployment.to_owned(),
            started_by: deployment.to_owned(),
            containers,
            phase: Phase::Provisioning,
            created: now,
            running: None,
            healthy: false,
            unhealthy: false,
            stopping: None,
            stopped: None,
            stop_code: None,
            stopped_reason: None,
            interface,
            cpu: definition.text("cpu").map(str::to_owned),
            memory: definition.text("memory").map(str::to_owned),
        }
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
            Phase::Running => self.healthy && !self.containers.iter().any(ends),
            _ => false,
        }
    }

    fn slowest(&self, pick: impl Fn(&Behaviour) -> f64) -> f64 {
        self.containers.iter().map(|container| pick(&container.behaviour)).fold(0.0, f64::max)
    }

    /// Moves the task to where it is at `now`.
    pub(crate) fn step(&mut self, now: f64) -> Change {
        let mut change = Change::default();
        let age = now - self.created;
        let start = self.slowest(|behaviour| behaviour.start);
        if self.phase == Phase::Provisioning && age >= start / 4.0 {
            self.phase = Phase::Pending;
        }
        if self.phase == Phase::Pending && age >= start {
            if let Some(missing) = self.containers.iter().position(|container| container.behaviour.missing) {
                self.fail_to_pull(missing, now);
                change.failed = Some(true);
            } else {
                self.phase = Phase::Running;
                self.running = Some(now);
                change.ran = true;
            }
        }
        if let (Phase::Running, Some(since)) = (self.phase, self.running) {
            self.step_running(now, now - since, &mut change);
        }
        let stop = self.slowest(|behaviour| behaviour.stop);
        if self.phase == Phase::Stopping && self.stopping.is_some_and(|since| now - since >= stop) {
            self.end(now, 143);
        }
        change
    }

    fn step_running(&mut self, now: f64, since: f64, change: &mut Change) {
        for container in self.containers.iter_mut().filter(|container| !container.ended) {
            if let Some(exit) = container.behaviour.exit.clone().filter(|exit| since >= exit.after) {
                container.exit_with(&exit);
            }
        }
        let grace = self.containers.iter().filter_map(|container| container.behaviour.unhealthy).reduce(f64::min);
        let healthy = grace.is_none() && since >= self.slowest(|behaviour| behaviour.healthy);
        if self.containers.iter().any(|container| container.essential && container.ended) {
            self.stop_code = Some("EssentialContainerExited");
            self.stopped_reason = Some("Essential container in task exited".to_owned());
            self.stopping = Some(now);
            self.end(now, 143);
            change.failed = Some(false);
        } else if healthy && !self.healthy {
            self.healthy = true;
            change.healed = true;
        } else if grace.is_some_and(|grace| since >= grace) {
            self.unhealthy = true;
            change.failed = Some(false);
            change.sick = true;
        }
    }

    fn fail_to_pull(&mut self, missing: usize, now: f64) {
        let image = self.containers[missing].image.clone();
        let text = format!(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: \
             {image}: not found"
        );
        self.containers[missing].reason = Some(text.clone());
        self.containers.iter_mut().for_each(|container| container.ended = true);
        self.stop_code = Some("TaskFailedToStart");
        self.stopped_reason = Some(text);
        self.phase = Phase::Stopped;
        self.stopping = Some(now);
        self.stopped = Some(now);
    }

    /// Everything has ended; containers that were told to stop answer with `code`, if they ever ran.
    fn end(&mut self, now: f64, code: i64) {
        let ran = self.running.is_some();
        for container in self.containers.iter_mut().filter(|container| !container.ended) {
            container.exit = ran.then_some(code);
            container.ended = true;
        }
        self.phase = Phase::Stopped;
        self.healthy = false;
        self.stopped = Some(now);
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
        self.running = Some(since + self.slowest(|behaviour| behaviour.start));
        self.phase = Phase::Running;
        self.healthy = true;
        // It ran before the story began, so whatever its image does, it did not do it to this task.
        self.containers.iter_mut().for_each(|container| {
            container.behaviour = Behaviour { stop: container.behaviour.stop, ..Behaviour::default() }
        });
    }

    pub(crate) fn last_status(&self, now: f64) -> &'static str {
        let stop = self.slowest(|behaviour| behaviour.stop).max(f64::EPSILON);
        let part = self.stopping.map_or(0.0, |since| (now - since) / stop);
        match self.phase {
            Phase::Provisioning => "PROVISIONING",
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

    pub(crate) fn visible(&self, now: f64) -> bool {
        self.stopped.is_none_or(|stopped| now - stopped < KEPT)
    }
}

impl Container {
    fn new(definition: &Value, ids: &mut Ids, images: &Behaviours) -> Container {
        let text = |member: &str| definition.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let size = |member: &str| definition.get(member).and_then(Value::as_i64).map(|n| n.to_string());
        let image = text("image");
        Container {
            name: text("name"),
            digest: digest(&image),
            essential: definition.get("essential").and_then(Value::as_bool).unwrap_or(true),
            checked: definition.get("healthCheck").is_some_and(Value::is_object),
            cpu: size("cpu").unwrap_or_else(|| "0".to_owned()),
            memory: size("memory"),
            reservation: size("memoryReservation"),
            runtime: ids.hex(32),
            id: ids.uuid(),
            exit: None,
            reason: None,
            ended: false,
            behaviour: images.of(&image),
            image,
        }
    }

    fn exit_with(&mut self, exit: &Exit) {
        self.exit = Some(exit.code);
        self.reason.clone_from(&exit.reason);
        self.ended = true;
    }
}
