//! Decides how the task sets of a service are kept that CodeDeploy looks after. The first one is the PRIMARY.

use super::events;
use super::service::{Around, Deployment, Rollout, Service, Source, State};
use super::task::Phase;
use crate::appspec::AppSpec;

impl Service {
    pub(crate) fn tick_sets(&mut self, around: &mut Around<'_>) {
        self.step_codedeploy(around);
        for index in 0..self.deployments.len() {
            let set = &self.deployments[index];
            let (source, idle) = (set.source.clone(), around.now < set.next_start || self.state != State::Active);
            let wanted = if set.replaced.is_some() { 0 } else { self.desired };
            let own = |task: &super::task::Task| task.active() && task.deployment == source.deployment;
            let active = self.tasks.iter().filter(|task| own(task)).count() as u64;
            if active > wanted {
                let chosen = self.surplus(wanted, own);
                self.stop_chosen(chosen, &source.deployment, around);
            } else if active < wanted && !idle {
                self.add_tasks(&source, wanted - active, around);
            }
        }
        self.settle_sets(around);
        self.put_away(around.now);
    }

    fn settle_sets(&mut self, around: &mut Around<'_>) {
        let tasks = &self.tasks;
        let left = |id: &str| tasks.iter().any(|task| task.phase != Phase::Stopped && task.deployment == id);
        self.deployments.retain(|set| set.replaced.is_none() || left(set.id()));
        let mut all = true;
        for set in &mut self.deployments {
            let own = tasks.iter().filter(|task| task.serving() && task.deployment == *set.id()).count() as u64;
            if own >= self.desired && set.rollout == Rollout::InProgress {
                set.rollout = Rollout::Completed;
                set.updated = around.now;
            }
            all &= own == self.desired && set.replaced.is_none();
        }
        let first = self.deployments.first().map(|set| (set.id().to_owned(), set.source.clone(), set.rollout));
        if let Some((id, source, Rollout::Completed)) = first {
            self.completed = Some(source);
            // The first task set is none of CodeDeploy's; the truth about it goes by its own id.
            self.note_live(&id, around.now);
            self.finish(&id, "completed", None, around.now);
        }
        if !self.steady && all && self.codedeploying().is_none() {
            self.steady = true;
            self.say(around, events::STEADY);
        }
    }

    /// A new task set beside the PRIMARY.
    pub(crate) fn add_set(&mut self, spec: &AppSpec, by: &str, around: &mut Around<'_>) -> String {
        let mut settings = self.deployed();
        if let Some(network) = &spec.network {
            settings.insert("networkConfiguration".to_owned(), network.clone());
        }
        let source = Source {
            deployment: around.ids.deployment(),
            definition: spec.definition.clone(),
            revision: around.ids.digits(),
            settings,
        };
        let id = source.deployment.clone();
        let mut set = Deployment::new(source, String::new(), 0, around.now);
        set.external = Some(by.to_owned());
        self.deployments.push(set);
        id
    }

    pub(crate) fn make_primary(&mut self, id: &str, now: f64) {
        let Some(index) = self.deployments.iter().position(|set| *set.id() == *id).filter(|index| *index > 0) else {
            return;
        };
        let mut set = self.deployments.remove(index);
        set.updated = now;
        self.deployments.insert(0, set);
    }
}
