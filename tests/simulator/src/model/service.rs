//! Decides what a service is made of.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Outside;
use super::breaker::Settings;
use super::codedeploy::Deploy;
use super::definition::Definition;
use super::events::{self, Balancer, Events, reason};
use super::express::Express;
use super::ids::{Ids, Place, short};
use super::record::{Record, Revision, Status, Truth};
use super::shelf::Shelf;
use super::task::{Phase, Task};
use crate::behaviour::Behaviours;

/// Members whose change starts a deployment; they belong to a service revision.
pub(crate) const DEPLOYED: [&str; 7] = [
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rollout {
    InProgress,
    Completed,
    Failed,
}

/// What a rollback needs to know about the deployment it goes back to.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) deployment: String,
    pub(crate) definition: String,
    pub(crate) revision: String,
    /// The deploying members as they were then.
    pub(crate) settings: Map<String, Value>,
}

/// One entry of the service's `deployments`.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) source: Source,
    pub(crate) created: f64,
    pub(crate) updated: f64,
    /// Since when it is no longer PRIMARY.
    pub(crate) replaced: Option<f64>,
    pub(crate) rollout: Rollout,
    pub(crate) reason: String,
    /// Consecutive failures, as `failedTasks` shows them.
    pub(crate) failed: u64,
    /// Failures as the circuit breaker counts them.
    pub(crate) counted: u64,
    pub(crate) launch_failures: u32,
    pub(crate) next_start: f64,
    pub(crate) impaired: bool,
    pub(crate) deadlocked: bool,
    /// Since when no place is found for its tasks, and what was said about it.
    pub(crate) unplaced: Option<(f64, String)>,
    /// Since when its tasks are there and its alarms are watched to the end.
    pub(crate) baking: Option<f64>,
    pub(crate) rollback: bool,
    /// Its service deployment, by index.
    pub(crate) record: usize,
    /// The CodeDeploy deployment that made it as a task set.
    pub(crate) external: Option<String>,
}

impl Deployment {
    pub(crate) fn new(source: Source, reason: String, record: usize, now: f64) -> Deployment {
        Deployment {
            source,
            created: now,
            updated: now,
            replaced: None,
            rollout: Rollout::InProgress,
            reason,
            failed: 0,
            counted: 0,
            launch_failures: 0,
            next_start: now,
            impaired: false,
            deadlocked: false,
            unplaced: None,
            baking: None,
            rollback: false,
            record,
            external: None,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.source.deployment
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Draining,
    Inactive,
}

/// A service. The first of its deployments is the PRIMARY.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) cluster: String,
    pub(crate) arn: String,
    pub(crate) state: State,
    pub(crate) ended: Option<f64>,
    pub(crate) desired: u64,
    pub(crate) created: f64,
    /// Members of CreateService and UpdateService that are kept as they were sent.
    pub(crate) settings: Map<String, Value>,
    pub(crate) tags: Vec<Value>,
    pub(crate) token: Option<String>,
    /// Set: ECS manages it whole.
    pub(crate) express: Option<Express>,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) completed: Option<Source>,
    pub(crate) records: Shelf<Record>,
    pub(crate) revisions: Shelf<Revision>,
    /// Tasks that are not stopped.
    pub(crate) tasks: Vec<Task>,
    /// Stopped tasks, in the order in which they stopped: nothing happens to them, so they are not stepped.
    pub(crate) gone: VecDeque<Arc<Task>>,
    pub(crate) events: Events,
    pub(crate) steady: bool,
    /// How many of its tasks were or will be interrupted by Spot.
    pub(crate) interrupted: u64,
    pub(crate) truths: Shelf<Truth>,
    /// Deployments of CodeDeploy; only the last one can go on.
    pub(crate) deploys: Shelf<Deploy>,
}

/// What the scheduler needs around a service.
pub(crate) struct Around<'a> {
    pub(crate) now: f64,
    pub(crate) ids: &'a mut Ids,
    pub(crate) place: &'a Place,
    pub(crate) definitions: &'a Shelf<Definition>,
    pub(crate) images: &'a Behaviours,
    pub(crate) outside: &'a Outside,
}

impl<'a> Around<'a> {
    pub(crate) fn definition(&self, arn: &str) -> Option<&'a Definition> {
        self.definitions.iter().rev().find(|known| known.arn == arn)
    }
}

impl Service {
    /// All tasks, stopped ones first.
    pub(crate) fn all_tasks(&self) -> impl Iterator<Item = &Task> {
        self.gone.iter().map(|task| &**task).chain(&self.tasks)
    }

    /// Sets stopped tasks apart, and forgets those that stopped too long ago.
    pub(crate) fn put_away(&mut self, now: f64) {
        let stopped = |task: &mut Task| task.phase == Phase::Stopped;
        self.gone.extend(self.tasks.extract_if(.., stopped).map(Arc::new));
        while self.gone.front().is_some_and(|task| !task.visible(now)) {
            self.gone.pop_front();
        }
    }

    pub(crate) fn say(&mut self, around: &mut Around<'_>, text: &str) {
        self.events.say(around.ids, around.now, &self.name, text);
    }

    /// CODE_DEPLOY and EXTERNAL services show task sets instead of deployments.
    pub(crate) fn controller(&self) -> &str {
        let kind = self.settings.get("deploymentController").and_then(|value| value.get("type"));
        kind.and_then(Value::as_str).unwrap_or("ECS")
    }

    pub(crate) fn daemon(&self) -> bool {
        self.settings.get("schedulingStrategy").is_some_and(|name| name == "DAEMON")
    }

    fn percent(&self, member: &str, usual: u64) -> u64 {
        let configuration = self.settings.get("deploymentConfiguration");
        configuration.and_then(|value| value.get(member)).and_then(Value::as_u64).unwrap_or(usual)
    }

    /// The fewest healthy and the most active tasks that a rollout may come to.
    pub(crate) fn bounds(&self) -> (u64, u64) {
        let (least, most) = self.usual_percents();
        let lower = self.desired.saturating_mul(self.percent("minimumHealthyPercent", least)).div_ceil(100);
        (lower, self.desired.saturating_mul(self.percent("maximumPercent", most)) / 100)
    }

    fn usual_percents(&self) -> (u64, u64) {
        if self.daemon() { (0, 100) } else { (100, 200) }
    }

    pub(crate) fn breaker(&self) -> Settings {
        Settings::read(self.settings.get("deploymentConfiguration"), self.desired)
    }

    pub(crate) fn target_groups(&self) -> Vec<(String, i64)> {
        let balancers = self.settings.get("loadBalancers").and_then(Value::as_array).into_iter().flatten();
        let group = |value: &Value| {
            let port = value.get("containerPort").and_then(Value::as_i64).unwrap_or(80);
            Some((value.get("targetGroupArn")?.as_str()?.to_owned(), port))
        };
        balancers.filter_map(group).collect()
    }

    /// The load balancer that finds tasks unhealthy: the first one.
    pub(crate) fn balancer(&self) -> Option<Balancer> {
        let first = self.settings.get("loadBalancers").and_then(Value::as_array)?.first()?;
        let text = |name: &str| first.get(name).and_then(Value::as_str).map(str::to_owned);
        let port = first.get("containerPort").and_then(Value::as_i64).unwrap_or(80);
        let group = text("targetGroupArn").map(|arn| Balancer::Group { arn, port });
        group.or_else(|| text("loadBalancerName").map(|name| Balancer::Classic { name }))
    }

    /// Behind a Classic Load Balancer no rollout state is shown.
    pub(crate) fn classic(&self) -> bool {
        matches!(self.balancer(), Some(Balancer::Classic { .. }))
    }

    /// The members of the settings that belong to a revision.
    pub(crate) fn deployed(&self) -> Map<String, Value> {
        let own = |name: &&str| Some(((*name).to_owned(), self.settings.get(*name)?.clone()));
        DEPLOYED.iter().filter_map(own).collect()
    }

    /// The truth about a deployment begins.
    pub(crate) fn note_truth(&mut self, deployment: &str, definition: &str, now: f64) {
        self.truths.push(Truth {
            record: None,
            deployment: deployment.to_owned(),
            definition: definition.to_owned(),
            by: None,
            created: now,
            live: None,
            finished: None,
            state: "in_progress",
            reason: None,
        });
    }

    /// Writes down since when all that the service does is done by a deployment.
    pub(crate) fn note_live(&mut self, deployment: &str, since: f64) {
        let open = |truth: &Truth| truth.deployment == deployment && truth.finished.is_none() && truth.live.is_none();
        if let Some(truth) = self.truths.find_mut(open) {
            truth.live.get_or_insert(since);
        }
    }

    /// Writes down the end of a deployment; the first end is the true one.
    pub(crate) fn finish(&mut self, deployment: &str, state: &'static str, why: Option<String>, now: f64) {
        let open = self.truths.find_mut(|truth| truth.deployment == deployment && truth.finished.is_none());
        if let Some(truth) = open {
            truth.finished = Some(now);
            truth.state = state;
            truth.reason = why;
        }
    }

    /// The deployment configuration as answers show it, defaults filled in.
    pub(crate) fn configuration(&self) -> Value {
        let mut shown = Map::new();
        shown.insert("deploymentCircuitBreaker".into(), json!({ "enable": false, "rollback": false }));
        let (least, most) = self.usual_percents();
        shown.insert("maximumPercent".into(), json!(most));
        shown.insert("minimumHealthyPercent".into(), json!(least));
        if let Some(Value::Object(sent)) = self.settings.get("deploymentConfiguration") {
            shown.extend(sent.clone());
        }
        shown.entry("strategy").or_insert_with(|| json!("ROLLING"));
        Value::Object(shown)
    }

    pub(crate) fn revision_arn(&self, number: &str) -> String {
        let known = self.revisions.iter().rev().find(|revision| revision.number == number);
        known.map(|revision| revision.arn.clone()).unwrap_or_default()
    }

    /// Turns a service that was just made into one that has been running for a day.
    pub(crate) fn make_steady(&mut self, around: &mut Around<'_>) {
        const DAY: f64 = 86_400.0;
        let (began, done) = (around.now - DAY, around.now - DAY + 60.0);
        let Some(primary) = self.deployments.first_mut() else { return };
        primary.created = began;
        primary.updated = done;
        primary.rollout = Rollout::Completed;
        primary.reason = reason::completed(&primary.source.deployment);
        let source = primary.source.clone();
        if let Some(definition) = around.definition(&source.definition) {
            let setting = self.setting(around);
            for _ in 0..self.desired {
                let mut task = Task::new(definition, &source.deployment, &setting, around);
                task.settle(began);
                task.zone = self.emptiest_zone();
                self.tasks.push(task);
            }
        }
        for record in self.records.iter_mut() {
            record.created = began;
            record.started = Some(began);
            record.set(Status::Successful, done);
            record.stages = None;
        }
        self.revisions.iter_mut().for_each(|revision| revision.created = began);
        for truth in self.truths.iter_mut() {
            truth.created = began;
            truth.live = Some(done);
        }
        self.finish(&source.deployment, "completed", None, done);
        self.created = began;
        self.completed = Some(source);
        self.steady = true;
        self.events = Events::default();
        self.events.say(around.ids, done, &self.name, events::STEADY);
    }

    /// Whether `reference` (name or ARN) means this service.
    pub(crate) fn is(&self, cluster: &str, reference: &str) -> bool {
        match reference.starts_with("arn:") {
            true => self.arn == reference,
            false => self.cluster == cluster && self.name == short(reference),
        }
    }
}
