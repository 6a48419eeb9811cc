//! Decides how a deployment of a service begins: anew, or back to the last one that completed.

use serde_json::Value;

use super::definition::Definition;
use super::events::{self, reason};
use super::native::Stages;
use super::record::{Breaker, Record, Revision, Rollback, Status};
use super::service::{Around, DEPLOYED, Deployment, Service, Source};
use super::undo::Cause;

impl Service {
    /// Begins a deployment of `definition`; one that runs already is superseded.
    pub(crate) fn deploy(&mut self, definition: &str, around: &mut Around<'_>) {
        let source = Source {
            deployment: around.ids.deployment(),
            definition: definition.to_owned(),
            revision: around.ids.digits(),
            settings: self.deployed(),
        };
        self.retire("superseded", Some(format!("superseded by {}", source.deployment)), around.now);
        self.add_revision(&source, around);
        self.add_record(&source, around);
        let text = reason::in_progress(&source.deployment);
        self.become_primary(source, text, self.records.len() - 1, around.now);
    }

    /// Ends the running deployment's story before its time, if there is one.
    pub(crate) fn retire(&mut self, state: &'static str, why: Option<String>, now: f64) {
        let Some(primary) = self.deployments.first() else { return };
        let (record, id) = (primary.record, primary.id().to_owned());
        self.finish(&id, state, why, now);
        if !self.records[record].status.terminal() {
            self.records[record].set(Status::Stopped, now);
        }
    }

    fn add_revision(&mut self, source: &Source, around: &Around<'_>) {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let image = |value: &Value| {
            [text(value, "name"), text(value, "image"), around.images.digest(&text(value, "image"), around.now)]
        };
        let containers = around.definition(&source.definition).map(Definition::containers).unwrap_or_default();
        let path = format!("service-revision/{}/{}/{}", self.cluster, self.name, source.revision);
        self.revisions.push(Revision {
            number: source.revision.clone(),
            arn: around.place.arn(&path),
            definition: source.definition.clone(),
            created: around.now,
            settings: source.settings.clone(),
            images: containers.iter().map(image).collect(),
        });
    }

    fn add_record(&mut self, source: &Source, around: &mut Around<'_>) {
        let path = format!("service-deployment/{}/{}/{}", self.cluster, self.name, around.ids.service_deployment());
        let breaker = self.breaker();
        let mut sources: Vec<String> = Vec::new();
        for deployment in &self.deployments {
            if !sources.contains(&deployment.source.revision) {
                sources.push(deployment.source.revision.clone());
            }
        }
        self.records.push(Record {
            arn: around.place.arn(&path),
            target: source.revision.clone(),
            sources,
            status: Status::Pending,
            reason: None,
            created: around.now,
            started: None,
            finished: None,
            updated: around.now,
            rollback: None,
            breaker: Breaker {
                status: if breaker.enable { "MONITORING" } else { "DISABLED" },
                failures: 0,
                threshold: breaker.threshold,
            },
            alarms: self.watched(around),
            stages: Stages::new(&self.configuration(), around.now, around.ids),
            configuration: self.configuration(),
            cleaning: false,
        });
    }

    fn become_primary(&mut self, source: Source, text: String, record: usize, now: f64) {
        if let Some(former) = self.deployments.first_mut() {
            former.replaced = Some(now);
            former.updated = now;
        }
        self.note_truth(&source.deployment, &source.definition, now);
        let rollback = self.records[record].rollback.is_some();
        if let Some(truth) = self.truths.last_mut().filter(|_| rollback) {
            truth.by = Some("rollback");
        }
        if let Some(truth) = self.truths.last_mut().filter(|_| !rollback) {
            truth.record = Some(self.records[record].arn.clone());
        }
        let primary = Deployment { rollback, ..Deployment::new(source, text, record, now) };
        self.deployments.insert(0, primary);
        self.steady = false;
    }

    /// Goes back to the last deployment that completed. Its tasks that still run are taken over: they are already
    /// what the rollback wants, so it is as fast as there are enough of them.
    pub(crate) fn roll_back(&mut self, cause: Cause, around: &mut Around<'_>) {
        let (Some(target), Some(failed)) = (self.completed.clone(), self.deployments.first()) else { return };
        let record = failed.record;
        let source = Source { deployment: around.ids.deployment(), ..target.clone() };
        for name in DEPLOYED {
            match source.settings.get(name) {
                Some(value) => self.settings.insert(name.to_owned(), value.clone()),
                None => self.settings.shift_remove(name),
            };
        }
        for task in self.tasks.iter_mut().filter(|task| task.deployment == target.deployment) {
            task.deployment.clone_from(&source.deployment);
        }
        self.deployments.retain(|deployment| *deployment.id() != target.deployment);
        let entry = &mut self.records[record];
        entry.rollback = Some(Rollback {
            reason: cause.record().to_owned(),
            started: around.now,
            revision: target.revision.clone(),
        });
        entry.set(Status::RollbackInProgress, around.now);
        let text = cause.going_back(&target.deployment, &source.deployment);
        self.become_primary(source, text, record, around.now);
        self.say(around, &events::rolling_back(&target.deployment));
    }
}
