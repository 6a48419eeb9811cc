//! Decides what the service scheduler does in one tick: tasks that are started, replaced and stopped.

use super::breaker::pause;
use super::definition::Definition;
use super::events;
use super::failure::{Failure, Moment, Subject};
use super::native::Stage;
use super::record::{Record, Status};
use super::service::{Around, Deployment, Rollout, Service, Source, State};
use super::task::{Change, Phase, Setting, Sick, Task};

/// A service deployment is PENDING for so long before it begins.
pub(crate) const PENDING: f64 = 1.0;
/// No deployment completes sooner than this, and none leaves the list sooner after it was replaced: the control plane
/// needs its time, and what it shows meanwhile can be seen.
pub(crate) const SETTLE: f64 = 2.0;
/// After so many failures in a row the scheduler says that it cannot start tasks.
const IMPAIRED: u64 = 3;
/// How long a message that repeats is kept back, in seconds.
pub(crate) const REPEATED: f64 = 6.0 * 3600.0;

impl Service {
    pub(crate) fn tick(&mut self, around: &mut Around<'_>) {
        if self.state == State::Inactive {
            return;
        }
        if self.state == State::Draining && self.tasks.iter().all(|task| task.phase == Phase::Stopped) {
            self.state = State::Inactive;
            self.ended = Some(around.now);
            self.deployments.clear();
            return;
        }
        self.step_tasks(around);
        if self.controller() == "CODE_DEPLOY" {
            return self.tick_sets(around);
        }
        self.follow_records(around.now);
        self.judge(around);
        let stopped = self.stop_tasks(around);
        let started = self.start_tasks(around);
        if !stopped && !started {
            self.tell_deadlock(around);
        }
        self.settle_down(around);
        self.put_away(around.now);
    }

    fn step_tasks(&mut self, around: &mut Around<'_>) {
        let changes: Vec<Change> = self.tasks.iter_mut().map(|task| task.step(around.now)).collect();
        let ran = changes.iter().filter(|change| change.ran).count();
        if ran > 0 {
            for (group, _) in self.target_groups() {
                self.say(around, &events::registered(ran, &group));
            }
        }
        for (index, change) in changes.iter().enumerate() {
            if let Some(sick) = change.sick {
                self.stop_sick(index, sick, around);
            }
        }
        let reset = self.breaker().reset;
        for deployment in &mut self.deployments {
            let all = self.tasks.iter().zip(&changes);
            let own: Vec<Change> =
                all.filter(|(task, _)| task.deployment == *deployment.id()).map(|(_, change)| *change).collect();
            deployment.count(&own, reset, around.now);
        }
        self.tell_impaired(around);
    }

    /// Health that never came: the scheduler stops the task.
    fn stop_sick(&mut self, index: usize, sick: Sick, around: &mut Around<'_>) {
        let id = self.tasks[index].id.clone();
        let checked = sick == Sick::Container && self.tasks[index].checked();
        // Without a health check of its own, only a load balancer can have found out.
        let text = match self.balancer().filter(|_| !checked) {
            Some(balancer) => {
                let reason = match sick {
                    Sick::Target => "Health checks failed with these codes: [404]",
                    Sick::Container => "Health checks failed",
                };
                self.say(around, &balancer.unhealthy(&id, reason));
                format!("Task failed ELB health checks in ({})", balancer.name())
            }
            None => {
                self.say(around, &events::container_unhealthy(&id));
                "Task failed container health checks".to_owned()
            }
        };
        let own = self.tasks[index].containers.iter().find_map(|one| one.behaviour.stopped_reason.clone());
        self.tasks[index].stop(around.now, "ServiceSchedulerInitiated", &own.unwrap_or(text));
        self.tell_stopped(&[id], around);
    }

    fn tell_stopped(&mut self, ids: &[String], around: &mut Around<'_>) {
        let tasks: Vec<&Task> = self.tasks.iter().filter(|task| ids.contains(&task.id)).collect();
        let text = events::stopped(&tasks);
        for (group, _) in self.target_groups() {
            self.say(around, &events::deregistered(ids.len(), &group));
            self.say(around, &events::draining(ids.len()));
        }
        self.say(around, &text);
    }

    fn tell_impaired(&mut self, around: &mut Around<'_>) {
        let Some(primary) = self.deployments.first_mut() else { return };
        let impaired = primary.failed >= IMPAIRED;
        let told = std::mem::replace(&mut primary.impaired, impaired);
        if impaired && !told {
            self.say(around, events::IMPAIRED);
        }
    }

    /// Service deployments that begin, and rollbacks that were asked for.
    fn follow_records(&mut self, now: f64) {
        // Older ones are superseded, and no longer pending.
        let due = |record: &Record| record.status == Status::Pending && now - record.created >= PENDING;
        if !self.records.last().is_some_and(due) {
            return;
        }
        if let Some(record) = self.records.last_mut() {
            record.started = Some(now);
            record.set(Status::InProgress, now);
            record.stages.iter_mut().for_each(|stages| stages.begin(now));
        }
    }

    /// Stops what is too much: tasks of older deployments while enough healthy ones are left, the PRIMARY's surplus.
    fn stop_tasks(&mut self, around: &mut Around<'_>) -> bool {
        let Some(primary) = self.deployments.first() else { return false };
        let (id, frozen) = (primary.id().to_owned(), primary.rollout == Rollout::Failed);
        let (lower, upper) = self.bounds();
        let chosen = match (frozen, self.stage()) {
            (true, _) => self.surplus(upper, |_| true),
            // The live revision is left alone until all is decided.
            (false, Some(stage)) if stage < Stage::CleanUp => {
                let live = self.completed.as_ref().map(|source| source.deployment.clone());
                let mut chosen = self.surplus(self.desired, |task| task.deployment == id);
                let all = self.tasks.iter().enumerate().filter(|(_, task)| task.active() && task.deployment != id);
                chosen.extend(all.filter(|(_, task)| Some(&task.deployment) != live.as_ref()).map(|(index, _)| index));
                chosen
            }
            (false, _) => {
                let mut chosen = self.surplus(self.desired, |task| task.deployment == id);
                chosen.extend(self.replaceable(&id, lower));
                chosen
            }
        };
        self.stop_chosen(chosen, &id, around)
    }

    /// Stops tasks by their index, in the name of a deployment.
    pub(crate) fn stop_chosen(&mut self, chosen: Vec<usize>, id: &str, around: &mut Around<'_>) -> bool {
        if chosen.is_empty() {
            return false;
        }
        let mut ids = Vec::new();
        for index in chosen {
            let task = &mut self.tasks[index];
            let text = format!("Scaling activity initiated by (deployment {id})");
            task.stop(around.now, "ServiceSchedulerInitiated", &text);
            ids.push(task.id.clone());
        }
        self.steady = false;
        self.tell_stopped(&ids, around);
        true
    }

    /// Of the active tasks that `fits`, those past `limit`: the ones that serve least first, the newest first.
    pub(crate) fn surplus(&self, limit: u64, fits: impl Fn(&Task) -> bool) -> Vec<usize> {
        let mut active: Vec<usize> =
            (0..self.tasks.len()).filter(|&i| self.tasks[i].active() && fits(&self.tasks[i])).collect();
        active.sort_by_key(|&i| (self.tasks[i].serving(), std::cmp::Reverse(i)));
        let past = active.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        active.truncate(past);
        active
    }

    /// Tasks of older deployments that can go: those that do not serve, and as many others as `lower` allows.
    fn replaceable(&self, primary: &str, lower: u64) -> Vec<usize> {
        let serving = self.tasks.iter().filter(|task| task.serving()).count() as u64;
        let mut free = serving.saturating_sub(lower);
        let mut chosen = Vec::new();
        for (index, task) in self.tasks.iter().enumerate() {
            if !task.active() || task.deployment == primary {
                continue;
            }
            if !task.serving() {
                chosen.push(index);
            } else if free > 0 {
                free -= 1;
                chosen.push(index);
            }
        }
        chosen
    }

    fn start_tasks(&mut self, around: &mut Around<'_>) -> bool {
        let (_, upper) = self.bounds();
        let Some(primary) = self.deployments.first() else { return false };
        if primary.rollout == Rollout::Failed || around.now < primary.next_start || self.state != State::Active {
            return false;
        }
        let stage = self.stage();
        let kept = stage.is_some_and(|stage| stage < Stage::CleanUp) && self.keep_live(around);
        if stage.is_some_and(|stage| stage < Stage::ScaleUp) {
            return kept;
        }
        let primary = &self.deployments[0];
        let id = primary.id().to_owned();
        let active = self.tasks.iter().filter(|task| task.active()).count() as u64;
        let own = self.tasks.iter().filter(|task| task.active() && task.deployment == id).count() as u64;
        // A service that has completed is not in a rollout: its maximum does not keep it from its desired count. Nor
        // does it keep a native strategy from standing beside what is live.
        let upper = match (primary.rollout, stage) {
            (Rollout::Completed, _) => upper.max(self.desired),
            (_, Some(_)) => u64::MAX,
            _ => upper,
        };
        let count = self.desired.saturating_sub(own).min(upper.saturating_sub(active));
        let source = primary.source.clone();
        self.add_tasks(&source, count, around) || kept
    }

    /// Under a native strategy what is live keeps its count until it is cleaned up.
    fn keep_live(&mut self, around: &mut Around<'_>) -> bool {
        let Some(live) = self.completed.clone() else { return false };
        let own = self.tasks.iter().filter(|task| task.active() && task.deployment == live.deployment).count() as u64;
        let count = self.desired.saturating_sub(own);
        self.deployments.iter().any(|deployment| *deployment.id() == live.deployment)
            && self.add_tasks(&live, count, around)
    }

    pub(crate) fn add_tasks(&mut self, source: &Source, count: u64, around: &mut Around<'_>) -> bool {
        let Some(definition) = around.definition(&source.definition).filter(|_| count > 0) else {
            return false;
        };
        let index = self.deployments.iter().position(|known| *known.id() == source.deployment).unwrap_or_default();
        if self.tell_unplaced(index, definition, around) {
            return false;
        }
        let first = self.tasks.len();
        for _ in 0..count {
            let task = Task::new(definition, &source.deployment, &self.setting(around), around);
            let revision = self.revisions.iter().rev().find(|revision| revision.number == source.revision);
            let mut task = task.pinned(revision.map(|revision| revision.images.as_slice()).unwrap_or_default());
            task.zone = self.emptiest_zone();
            self.interrupted += u64::from(task.doomed());
            self.tasks.push(task);
        }
        self.steady = false;
        let text = events::started(&self.tasks[first..].iter().collect::<Vec<_>>());
        self.say(around, &text);
        true
    }

    /// Whether there is no place for tasks of `definition`. Only an event says so, once as long as it lasts.
    fn tell_unplaced(&mut self, index: usize, definition: &Definition, around: &mut Around<'_>) -> bool {
        let placement = |container: &serde_json::Value| -> Option<(Failure, String)> {
            let behaviour = around.images.of(container);
            let failure = behaviour.fail.filter(|failure| failure.moment() == Moment::Placement)?;
            let subject = Subject { place: around.place, definition, container, subnet: "" };
            Some((failure, behaviour.reason.clone().unwrap_or_else(|| failure.text(&subject))))
        };
        let found = definition.containers().iter().find_map(placement);
        let primary = &mut self.deployments[index];
        let Some((failure, text)) = found else {
            primary.unplaced = None;
            return false;
        };
        let repeated =
            primary.unplaced.as_ref().is_some_and(|(at, known)| *known == text && around.now - at < REPEATED);
        primary.launch_failures += 1;
        primary.next_start = around.now + pause(primary.launch_failures).max(1.0);
        if failure.counts() {
            primary.failed += 1;
            primary.counted += 1;
        }
        if !repeated {
            primary.unplaced = Some((around.now, text.clone()));
            self.say(around, &text);
        }
        true
    }

    /// What the service adds to a task of its own.
    pub(crate) fn setting(&self, around: &Around<'_>) -> Setting {
        let network = self.settings.get("networkConfiguration");
        let subnet = network.and_then(|value| value.pointer("/awsvpcConfiguration/subnets/0"));
        let forbear = self.settings.get("healthCheckGracePeriodSeconds").and_then(serde_json::Value::as_f64);
        Setting {
            cluster: self.cluster.clone(),
            subnet: subnet.and_then(serde_json::Value::as_str).unwrap_or("subnet-0123456789abcdef0").to_owned(),
            balanced: self.balancer().is_some(),
            forbear: forbear.unwrap_or(0.0),
            drain: around.outside.drain,
            interrupted: self.interrupted,
        }
    }

    /// The availability zone with the fewest of its tasks: tasks are spread over those of its subnets, or over two.
    pub(crate) fn emptiest_zone(&self) -> u8 {
        let network = self.settings.get("networkConfiguration");
        let subnets = network.and_then(|value| value.pointer("/awsvpcConfiguration/subnets")?.as_array());
        let zones = subnets.map_or(2, |subnets| subnets.len().clamp(1, 6) as u8);
        let load = |zone: &u8| self.tasks.iter().filter(|task| task.active() && task.zone == *zone).count();
        (0..zones).min_by_key(load).unwrap_or_default()
    }

    /// Percents between which nothing can move are said once.
    fn tell_deadlock(&mut self, around: &mut Around<'_>) {
        let (lower, upper) = self.bounds();
        let Some(primary) = self.deployments.first() else { return };
        let id = primary.id();
        let waiting = self.tasks.iter().any(|task| !matches!(task.phase, Phase::Stopped) && !task.settled());
        let older = self.tasks.iter().any(|task| task.active() && task.deployment != id);
        let stuck = self.stage().is_none() && lower >= self.desired && upper <= self.desired && older && !waiting;
        if !stuck || primary.deadlocked || primary.rollout != Rollout::InProgress {
            return;
        }
        self.deployments[0].deadlocked = true;
        self.say(around, events::DEADLOCK);
    }
}

impl Deployment {
    fn count(&mut self, changes: &[Change], reset: bool, now: f64) {
        let (mut launch, mut ran) = (false, false);
        for change in changes {
            if change.failed.is_some() {
                self.failed += 1;
                self.counted += 1;
            }
            if change.healed {
                self.failed = 0;
                self.counted = if reset { 0 } else { self.counted };
            }
            launch |= change.failed == Some(true);
            ran |= change.ran;
        }
        if ran {
            self.launch_failures = 0;
        }
        if launch {
            self.launch_failures += 1;
            self.next_start = now + pause(self.launch_failures);
        }
    }
}
