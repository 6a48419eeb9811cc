//! Decides how a task gets on as time passes: what starts, heals, ends and fails by itself, and when.

use super::plan::Fails;
use super::task::{Change, Container, Phase, Sick, Task};
use crate::behaviour::Behaviour;

impl Task {
    /// From the stop signal to the end of the last container.
    pub(super) fn stop_seconds(&self) -> f64 {
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
        match self.alone {
            true => self.phase = Phase::Stopping,
            false => self.end(now),
        }
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
}
