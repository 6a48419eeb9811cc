//! Decides when a service has to be looked at again, so that time in which nothing happens costs nothing.

use super::Outside;
use super::rollout::{PENDING, REPEATED, SETTLE};
use super::service::{Rollout, Service, State};
use super::task::Task;

/// No service sleeps longer than this unless it is quiet: a bound on what a time that was not thought of can cost.
const LONGEST: f64 = 60.0;

impl Service {
    /// Whether no tick would change anything until somebody calls.
    pub(crate) fn quiet(&self) -> bool {
        let done = self.steady
            && self.codedeploying().is_none()
            && self.deployments.iter().all(|deployment| deployment.rollout == Rollout::Completed);
        self.state == State::Inactive || (self.state == State::Active && done && self.tasks.iter().all(Task::settled))
    }

    /// When the next tick is due after one that changed nothing.
    pub(crate) fn wake(&self, now: f64, outside: &Outside) -> f64 {
        if self.quiet() {
            return f64::INFINITY;
        }
        let tasks = self.tasks.iter().flat_map(Task::moments);
        let deployments = self.deployments.iter().flat_map(|deployment| {
            let unplaced = deployment.unplaced.as_ref().map_or(now, |(at, _)| at + REPEATED);
            let gone = deployment.replaced.map_or(now, |at| at + SETTLE);
            [deployment.next_start, deployment.created + SETTLE, gone, unplaced]
        });
        let baked = self.deployments.first().and_then(|primary| Some(primary.baking? + self.bake_seconds(outside)));
        let stages = self.deployments.first().and_then(|first| self.records[first.record].stages.as_ref());
        let outer = baked.into_iter().chain(stages.map(|stages| stages.until)).chain(outside.alarms.moments());
        let outer = outer.chain(self.codedeploying().map(|deploy| deploy.until));
        let records = self.records.iter().rev().take(2).map(|record| record.created + PENDING);
        let all = tasks.chain(deployments).chain(records).chain(outer);
        all.filter(|at| *at > now).fold(now + LONGEST, f64::min)
    }

    /// Everything by which one tick can lead to another, as one number.
    pub(crate) fn pulse(&self) -> u64 {
        let mut sum = Sum::default();
        sum.add(self.state as u64);
        sum.add(u64::from(self.steady));
        sum.add(self.events.said());
        for task in &self.tasks {
            sum.add(task.phase as u64 * 4 + u64::from(task.healthy) * 2 + u64::from(task.unhealthy));
        }
        for deployment in &self.deployments {
            sum.add(deployment.rollout as u64);
            sum.add(deployment.next_start.to_bits());
            sum.add(deployment.baking.map_or(0, f64::to_bits));
        }
        for deployment in &self.deployments {
            sum.add(u64::from(deployment.replaced.is_some()));
        }
        if let Some(deploy) = self.deploys.last() {
            sum.add(deploy.status as u64 * 16 + deploy.step as u64);
            sum.add(deploy.weight.to_bits());
            sum.add(self.deploys.len() as u64);
        }
        for record in self.records.iter().rev().take(2) {
            sum.add(record.status as u64 * 2 + u64::from(record.cleaning));
            if let Some(stages) = &record.stages {
                sum.add(stages.stage as u64);
                sum.add(stages.production.to_bits());
                stages.hooks.iter().for_each(|hook| sum.add(hook.outcome as u64));
            }
        }
        sum.0
    }
}

#[derive(Default)]
struct Sum(u64);

impl Sum {
    fn add(&mut self, part: u64) {
        self.0 = (self.0 ^ part.wrapping_add(0x9e37_79b9)).wrapping_mul(0x0100_0000_01b3).rotate_left(5);
    }
}
