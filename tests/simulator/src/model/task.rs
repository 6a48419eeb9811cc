//! Decides the life of one task: when it runs, becomes healthy, fails, stops, and what it says about it.

use serde_json::Value;

use super::definition::Definition;
use super::failure::Subject;
use super::ids::digest;
use super::plan::{Fails, Plan};
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
    stop_timeout: f64,
    pub(crate) behaviour: Behaviour,
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) definition: String,
    /// The deployment that counts it; a rollback takes over the tasks of the deployment it goes back to.
    pub(crate) deployment: String,
    pub(crate) started_by: String,
    pub(crate) containers: Vec<Container>,
    plan: Plan,
    pub(crate) phase: Phase,
    pub(crate) created: f64,
    pub(crate) running: Option<f64>,
    pub(crate) healthy: bool,
    pub(crate) unhealthy: bool,
    /// Until so long after RUNNING nobody minds that it is not healthy.
    forbear: f64,
    /// It is a target of a load balancer.
    balanced: bool,
    /// When its capacity is taken away, counted from RUNNING.
    spot: Option<f64>,
    /// How long it is drained before it is told to stop.
    drain: f64,
    pub(crate) stopping: Option<f64>,
    pub(crate) stopped: Option<f64>,
    pub(crate) stop_code: Option<&'static str>,
    pub(crate) stopped_reason: Option<String>,
    /// Its network interface: id, attachment id, address.
    pub(crate) interface: Option<[String; 3]>,
    pub(crate) cpu: Option<String>,
    pub(crate) memory: Option<String>,
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
        let behaviours: Vec<Behaviour> = containers.iter().map(|one| one.behaviour.clone()).collect();
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
            cpu: definition.text("cpu").map(str::to_owned),
            memory: definition.text("memory").map(str::to_owned),
            id,
        }
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

    /// From the stop signal to the end of the last container.
    fn stop_seconds(&self) -> f64 {
        let long = |container: &Container| container.behaviour.stop.min(container.stop_timeout);
        self.containers.iter().map(long).fold(0.0, f64::max)
    }

    /// When every container is healthy, from the task's creation. Absent: never.
    fn healthy_after(&self) -> Option<f64> {
        let off = |container: &Container| {
            container.behaviour.unhealthy.is_some() || (self.balanced && container.behaviour.off_balance.is_some())
        };
        if self.containers.iter().any(off) {
            return None;
        }
        let all = self.containers.iter().zip(&self.plan.begins);
        let after: Option<Vec<f64>> = all.map(|(one, begin)| Some((*begin)? + one.behaviour.healthy)).collect();
        after.map(|after| after.into_iter().fold(0.0, f64::max))
    }

    /// When the scheduler gives up on its health, from RUNNING, and whose health it is.
    fn gives_up(&self) -> Option<(f64, Sick)> {
        let shortest = |pick: fn(&Behaviour) -> Option<f64>| {
            let all = self.containers.iter().filter_map(|container| pick(&container.behaviour));
            all.reduce(f64::min).map(|grace| grace.max(self.forbear))
        };
        let own = shortest(|behaviour| behaviour.unhealthy).map(|at| (at, Sick::Container));
        let target = shortest(|behaviour| behaviour.off_balance).filter(|_| self.balanced).map(|at| (at, Sick::Target));
        match (own, target) {
            (Some(own), Some(target)) => Some(if target.0 < own.0 { target } else { own }),
            (own, target) => own.or(target),
        }
    }

    /// Since when its load balancer finds it unhealthy: some time before the scheduler acts on it.
    pub(crate) fn doubted_from(&self) -> Option<f64> {
        let all = self.containers.iter().filter_map(|one| one.behaviour.off_balance.or(one.behaviour.unhealthy));
        Some(self.running? + all.reduce(f64::min)? / 2.0)
    }

    /// Moves the task to where it is at `now`.
    pub(crate) fn step(&mut self, now: f64) -> Change {
        let mut change = Change::default();
        let age = now - self.created;
        if self.phase == Phase::Provisioning && age >= self.plan.base / 4.0 {
            self.phase = Phase::Pending;
        }
        if self.phase == Phase::Pending && age >= self.plan.base {
            self.step_starting(now, age, &mut change);
        }
        if let (Phase::Running, Some(since)) = (self.phase, self.running) {
            self.step_running(now, now - since, &mut change);
        }
        let stop = self.drain + self.stop_seconds();
        if self.phase == Phase::Stopping && self.stopping.is_some_and(|since| now - since >= stop) {
            self.end(now);
        }
        change
    }

    fn step_starting(&mut self, now: f64, age: f64, change: &mut Change) {
        if let Some(fails) = self.plan.fails.clone().filter(|fails| age >= fails.at) {
            self.fail_to_start(fails, now);
            change.failed = Some(true);
        } else if self.step_exits(now) {
            change.failed = Some(true);
        } else if self.plan.running.is_some_and(|running| age >= running) {
            self.phase = Phase::Running;
            self.running = Some(now);
            change.ran = true;
        }
    }

    /// Containers that end by themselves; whether the task ends with one of them.
    fn step_exits(&mut self, now: f64) -> bool {
        let age = now - self.created;
        for (container, begin) in self.containers.iter_mut().zip(&self.plan.begins).filter(|(one, _)| !one.ended) {
            let exit = container.behaviour.exit.clone();
            if let Some(exit) = exit.filter(|exit| begin.is_some_and(|begin| age >= begin + exit.after)) {
                container.exit_with(&exit);
            }
        }
        let Some(ended) = self.containers.iter().find(|container| container.essential && container.ended) else {
            return false;
        };
        let usual = || "Essential container in task exited".to_owned();
        self.stopped_reason = Some(ended.behaviour.stopped_reason.clone().unwrap_or_else(usual));
        self.stop_code = Some("EssentialContainerExited");
        self.stopping = Some(now);
        self.end(now);
        true
    }

    fn step_running(&mut self, now: f64, since: f64, change: &mut Change) {
        let age = now - self.created;
        let gives_up = self.gives_up().filter(|(at, _)| since >= *at);
        if self.step_exits(now) {
            change.failed = Some(false);
        } else if self.spot.is_some_and(|after| since >= after) {
            self.stop(now, "SpotInterruption", "Your Spot Task was interrupted.");
        } else if !self.healthy && self.healthy_after().is_some_and(|after| age >= after) {
            self.healthy = true;
            change.healed = true;
        } else if let Some((_, sick)) = gives_up {
            self.unhealthy = sick == Sick::Container;
            change.failed = Some(false);
            change.sick = Some(sick);
        }
    }

    /// The times at which a step may change something, past and future.
    pub(crate) fn moments(&self) -> impl Iterator<Item = f64> {
        let after = |since: Option<f64>, seconds: Option<f64>| Some(since? + seconds?);
        let mut all = vec![
            Some(self.created + self.plan.base / 4.0),
            Some(self.created + self.plan.base),
            after(Some(self.created), self.plan.running),
            after(Some(self.created), self.plan.fails.as_ref().map(|fails| fails.at)),
            after(Some(self.created), self.healthy_after()),
            after(self.running, self.gives_up().map(|(at, _)| at)),
            after(self.running, self.spot),
            after(self.stopping, Some(self.drain + self.stop_seconds())),
        ];
        for (index, container) in self.containers.iter().enumerate() {
            let exit = container.behaviour.exit.as_ref().filter(|_| !container.ended);
            all.push(after(self.begin(index), exit.map(|exit| exit.after)));
        }
        all.into_iter().flatten()
    }

    fn fail_to_start(&mut self, fails: Fails, now: f64) {
        if let Some((index, reason)) = fails.container {
            self.containers[index].reason = Some(reason);
            // The one that says why never ran, even though its time had come.
            self.containers[index].ended = true;
        }
        self.stop_code = Some("TaskFailedToStart");
        self.stopped_reason = Some(fails.stopped);
        self.stopping = Some(now);
        let pulled = now - self.created > self.plan.base;
        if !pulled {
            self.containers.iter_mut().for_each(|container| container.ended = true);
        }
        self.end(now);
    }

    /// Everything has ended: what was told to stop did so, or was killed when its time was over.
    fn end(&mut self, now: f64) {
        for index in 0..self.containers.len() {
            let begun = self.begun(index, now);
            let container = &mut self.containers[index];
            if !container.ended {
                let killed = container.behaviour.stop > container.stop_timeout;
                container.exit = begun.then_some(if killed { 137 } else { 143 });
                container.ended = true;
            }
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
        self.running = Some(since + self.plan.base);
        self.phase = Phase::Running;
        self.healthy = true;
        self.spot = None;
        self.plan.fails = None;
        self.plan.running = Some(self.plan.base);
        self.plan.begins = vec![Some(self.plan.base); self.containers.len()];
        // It ran before the story began, so whatever its image does, it did not do it to this task.
        self.containers.iter_mut().for_each(|container| {
            let Behaviour { stop, ref log, .. } = container.behaviour;
            container.behaviour = Behaviour { stop, log: log.clone(), ..Behaviour::default() };
        });
    }

    pub(crate) fn last_status(&self, now: f64) -> &'static str {
        let stop = self.stop_seconds().max(f64::EPSILON);
        let part = self.stopping.map_or(0.0, |since| (now - since - self.drain) / stop);
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
            digest: digest(&image),
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
            behaviour: around.images.of(&image),
            image,
        }
    }

    fn exit_with(&mut self, exit: &Exit) {
        self.exit = Some(exit.code);
        self.reason = exit.reason.clone().or_else(|| self.behaviour.reason.clone());
        self.ended = true;
    }
}
