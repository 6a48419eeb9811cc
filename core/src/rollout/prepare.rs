//! From the request to the order: find, render, check, register, update. Nothing is written before all is checked, and
//! a write without an answer is looked for before it is repeated.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::machine::{Machine, Setback, State, Step};
use super::observe::Ours;
use super::snapshot::{self, Deployed, Snapshot, last, text};
use crate::aws::{Fault, FaultKind, Operation};
use crate::definition::{Finding, Level, TaskDefinition};
use crate::error::Error;
use crate::event::Event;
use crate::request::Definition;

/// What has been found out on the way to the order.
#[derive(Default)]
pub(super) struct Prepared {
    /// The service as ECS describes it.
    service: Map<String, Value>,
    /// What it runs now.
    current: Option<Revision>,
    /// The definition that was named.
    given: Option<Revision>,
}

/// A registered definition.
#[derive(Clone)]
struct Revision {
    arn: String,
    definition: TaskDefinition,
}

impl Machine {
    /// What can be told to be wrong without a call.
    pub(super) fn check(&mut self) -> Step {
        self.request.check()?;
        if let Some(Definition::Document(document)) = &self.request.definition {
            let rendered = TaskDefinition::new(Value::Object(document.clone()))?.render(&self.request.changes())?;
            refuse(errors(&rendered, None))?;
        }
        // A service's ARN names its cluster.
        let segments: Vec<&str> = self.request.service.split('/').collect();
        if let (true, [_, cluster, _]) = (self.request.cluster == "default", segments.as_slice()) {
            self.request.cluster = (*cluster).to_owned();
        }
        Ok(State::Find)
    }

    pub(super) async fn find(&mut self) -> Step {
        let input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        let answer = match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Err(self.setback(fault).await),
        };
        let Some(service) = snapshot::service(&answer) else { return Err(self.service_missing().into()) };
        self.prepared.service = service.clone();
        let service = Value::Object(service.clone());
        self.before = Snapshot::of(&service);
        let strategy = self.check_service(&service)?;
        self.tell(Event::Started {
            service: self.before.name.clone(),
            cluster: self.before.cluster.clone(),
            strategy,
            from: self.before.definition.clone(),
        });
        let by_name_alone = self.is_by_name_alone();
        Ok(match (&self.request.definition, &self.before.definition) {
            (_, Some(_)) if !by_name_alone => State::Current,
            (Some(Definition::Name(_)), _) => State::Given,
            _ => State::Decide,
        })
    }

    fn service_missing(&self) -> Error {
        Error::ServiceMissing { service: self.request.service.clone(), cluster: self.request.cluster.clone() }
    }

    /// The service's strategy, if it is one that can be deployed to.
    fn check_service(&self, service: &Value) -> Result<String, Error> {
        let (name, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        if self.before.status != "ACTIVE" {
            let status = self.before.status.clone();
            return Err(Error::ServiceInactive { service: name, cluster, status });
        }
        let controller = service["deploymentController"]["type"].as_str().unwrap_or("ECS");
        let strategy = service["deploymentConfiguration"]["strategy"].as_str().unwrap_or("ROLLING");
        let is_classic = snapshot::list(service, "loadBalancers")
            .iter()
            .any(|balancer| !text(balancer, "loadBalancerName").is_empty());
        let kind = match (controller, strategy) {
            ("ECS", "ROLLING") if is_classic => "behind a Classic Load Balancer".to_owned(),
            ("ECS", "ROLLING") => return Ok(strategy.to_owned()),
            ("ECS", strategy) => format!("with the deployment strategy {strategy}"),
            (controller, _) => format!("with the deployment controller {controller}"),
        };
        Err(Error::Unsupported {
            text: format!("service {name:?} is {kind}; this version deploys ROLLING services of the controller ECS"),
        })
    }

    /// Whether a registered definition is to be deployed as it is.
    fn is_by_name_alone(&self) -> bool {
        matches!(self.request.definition, Some(Definition::Name(_))) && self.request.changes().is_empty()
    }

    pub(super) async fn current(&mut self) -> Step {
        let name = self.before.definition.clone().unwrap_or_default();
        self.prepared.current = Some(self.describe(&name).await?);
        Ok(match &self.request.definition {
            Some(Definition::Name(_)) => State::Given,
            _ => State::Decide,
        })
    }

    pub(super) async fn given(&mut self) -> Step {
        let Some(Definition::Name(name)) = self.request.definition.clone() else { return Ok(State::Decide) };
        self.prepared.given = Some(self.describe(&name).await?);
        Ok(State::Decide)
    }

    async fn describe(&mut self, name: &str) -> Result<Revision, Setback> {
        let input = json!({"taskDefinition": name, "include": ["TAGS"]});
        let answer = match self.call(Operation::DescribeTaskDefinition, &input).await? {
            Ok(answer) => answer,
            Err(fault) if is_missing(&fault) => {
                return Err(Error::DefinitionMissing { definition: name.to_owned(), text: fault.text }.into());
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        Ok(revision(&answer)?)
    }

    /// Renders and compares; from here on nothing but AWS itself can refuse.
    pub(super) fn decide(&mut self) -> Step {
        let rendered = self.render()?;
        let running = self.before.definition.clone();
        let equal = [&self.prepared.given, &self.prepared.current]
            .into_iter()
            .flatten()
            .find(|revision| revision.definition.diff(&rendered).is_empty())
            .map(|revision| revision.arn.clone());
        let Some(arn) = equal else { return Ok(State::Latest(Box::new(rendered))) };
        let runs_already = running.as_deref() == Some(arn.as_str());
        if !runs_already {
            self.tell(Event::Registered { definition: arn.clone(), reused: true });
        }
        self.definition = Some(arn);
        if !(runs_already && self.is_as_asked()) {
            return Ok(State::Update);
        }
        let Some(primary) = self.before.primary().cloned() else { return Ok(self.succeed()) };
        self.ours = Some(self.ours(&primary));
        // The same deployment may be under way, begun by an earlier run of this very request: it is joined.
        Ok(if primary.is("COMPLETED") || !self.request.wait { self.succeed() } else { State::Look })
    }

    /// The definition to deploy, checked. What ECS has taken once is not refused for what it already had.
    fn render(&mut self) -> Result<TaskDefinition, Error> {
        let changes = self.request.changes();
        let (base, known) = match (&self.request.definition, &self.prepared) {
            (Some(Definition::Document(document)), _) => (TaskDefinition::new(Value::Object(document.clone()))?, false),
            (Some(_), Prepared { given: Some(revision), .. }) | (None, Prepared { current: Some(revision), .. }) => {
                (revision.definition.clone(), true)
            }
            _ => return Err(Error::invalid("definition", "the service runs no task definition yet: give one")),
        };
        let rendered = base.render(&changes)?;
        let base = known.then_some(&base);
        refuse(errors(&rendered, base))?;
        for finding in new_findings(&rendered, base, Level::Warning) {
            self.warn(&finding.rule, format!("{}: {}; {}", finding.path, finding.text, finding.advice));
        }
        Ok(rendered)
    }

    /// Whether the service, running the right definition, is as asked in all else.
    fn is_as_asked(&self) -> bool {
        let primary = self.before.primary();
        let volumes = self.prepared.service.get("deployments").and_then(|list| list.get(0)).unwrap_or(&Value::Null);
        let is_set = |(member, asked): (&String, &Value)| {
            // Volumes and Service Connect are told of a deployment, not of its service.
            let set = self.prepared.service.get(member).or_else(|| volumes.get(member));
            set.is_some_and(|set| contains(set, asked))
        };
        !self.request.force
            && self.request.desired.is_none_or(|desired| u64::from(desired) == self.before.desired)
            && self.request.settings.iter().all(is_set)
            // What failed does not run, whatever the service says it is to run.
            && !primary.is_some_and(|primary| primary.is("FAILED"))
    }

    /// An equal revision may be there already: from a run that was cut off, or of a service that shares the family.
    pub(super) async fn latest(&mut self, target: Box<TaskDefinition>) -> Step {
        let family = target.family().unwrap_or_default().to_owned();
        let input = json!({"taskDefinition": family, "include": ["TAGS"]});
        match self.call(Operation::DescribeTaskDefinition, &input).await? {
            Ok(answer) => {
                // One that cannot be read as a definition is not equal to ours.
                let equal = revision(&answer).ok().filter(|latest| latest.definition.diff(&target).is_empty());
                let Some(latest) = equal else { return Ok(State::Register(target)) };
                Ok(self.registered(latest.arn, true))
            }
            Err(fault) if is_missing(&fault) || fault.kind == FaultKind::Denied => Ok(State::Register(target)),
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    pub(super) async fn register(&mut self, target: Box<TaskDefinition>) -> Step {
        let answer = match self.call(Operation::RegisterTaskDefinition, &target.to_value()).await? {
            Ok(answer) => answer,
            Err(fault) => {
                let is_ambiguous = fault.is_ambiguous();
                // It may have been done: the next attempt begins by looking for it.
                return match self.setback(fault).await {
                    Setback::Again if is_ambiguous => self.keep_attempt(State::Latest(target)),
                    setback => Err(setback),
                };
            }
        };
        let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
        Ok(self.registered(arn, false))
    }

    fn registered(&mut self, arn: String, reused: bool) -> State {
        self.tell(Event::Registered { definition: arn.clone(), reused });
        self.definition = Some(arn);
        State::Update
    }

    pub(super) async fn update(&mut self) -> Step {
        let input = self.order();
        let answer = match self.call(Operation::UpdateService, &input).await? {
            Ok(answer) => answer,
            Err(fault) => {
                let is_ambiguous = fault.is_ambiguous();
                return match self.setback(fault).await {
                    Setback::Again if is_ambiguous => self.keep_attempt(State::Confirm { taken: false }),
                    setback => Err(setback),
                };
            }
        };
        let service = Snapshot::of(&answer["service"]);
        match service.primary().filter(|primary| self.is_of_this_order(primary)).cloned() {
            Some(primary) => Ok(self.updated(&primary)),
            None if self.request.wait => Ok(self.confirm_later()),
            None => {
                self.changed = true;
                Ok(self.succeed())
            }
        }
    }

    /// The input of UpdateService.
    fn order(&self) -> Value {
        let mut order = json!({"cluster": self.request.cluster, "service": self.request.service});
        let failed = self.before.primary().is_some_and(|primary| primary.is("FAILED"));
        let forced = self.request.force || (failed && !self.replaces_definition());
        if self.replaces_definition() || forced {
            order["taskDefinition"] = json!(self.definition);
        }
        if let Some(desired) = self.request.desired {
            order["desiredCount"] = json!(desired);
        }
        if forced {
            order["forceNewDeployment"] = json!(true);
        }
        for (member, value) in &self.request.settings {
            order[member] = value.clone();
        }
        order
    }

    fn replaces_definition(&self) -> bool {
        self.definition != self.before.definition
    }

    /// Whether a PRIMARY deployment can be the one that the order began: it carries our definition, and is new where
    /// the order begins a new one.
    fn is_of_this_order(&self, primary: &Deployed) -> bool {
        let begins = self.order().get("taskDefinition").is_some();
        let is_old = self.before.deployment(&primary.id).is_some();
        Some(&primary.definition) == self.definition.as_ref() && !(begins && is_old)
    }

    /// The order is taken, but the answer does not show its deployment: a later look will.
    fn confirm_later(&mut self) -> State {
        self.pause = Some(Duration::from_secs(2));
        State::Confirm { taken: true }
    }

    /// Looks for the deployment of an order. One that got no answer may not have been taken: it is given again, once a
    /// look has shown that there is no such deployment.
    pub(super) async fn confirm(&mut self, taken: bool) -> Step {
        let input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        let answer = match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Err(self.setback(fault).await),
        };
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let look = Snapshot::of(&service);
        match look.primary().filter(|primary| self.is_of_this_order(primary)).cloned() {
            Some(primary) => Ok(self.updated(&primary)),
            None if taken => Ok(self.confirm_later()),
            None => self.keep_attempt(State::Update),
        }
    }

    fn updated(&mut self, primary: &Deployed) -> State {
        self.changed = true;
        self.ours = Some(self.ours(primary));
        self.watched.begun = self.elapsed();
        self.tell(Event::Updated { deployment: primary.id.clone(), arn: None });
        if !self.request.wait {
            return self.succeed();
        }
        self.look_later(None);
        State::Look
    }

    fn ours(&self, primary: &Deployed) -> Ours {
        let older =
            self.before.deployments.iter().map(|deployment| deployment.id.clone()).filter(|id| *id != primary.id);
        Ours {
            id: primary.id.clone(),
            definition: primary.definition.clone(),
            created: primary.created,
            older: older.collect(),
            is_amended: self.before.deployment(&primary.id).is_some_and(|before| before.is("COMPLETED")),
        }
    }

    /// Goes to `state` without forgetting how many attempts have failed.
    fn keep_attempt(&mut self, state: State) -> Step {
        self.goto(state);
        Err(Setback::Again)
    }
}

/// A DescribeTaskDefinition answer as a registered definition that can be deployed.
fn revision(answer: &Value) -> Result<Revision, Error> {
    let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
    if answer["taskDefinition"]["status"] == "INACTIVE" || answer["taskDefinition"]["status"] == "DELETE_IN_PROGRESS" {
        let text = "it is INACTIVE: name an ACTIVE revision".to_owned();
        return Err(Error::DefinitionMissing { definition: last(&arn).to_owned(), text });
    }
    // What stands beside these two in the answer is not the definition's.
    let whole = json!({"taskDefinition": answer["taskDefinition"], "tags": answer["tags"]});
    Ok(Revision { arn, definition: TaskDefinition::new(whole)? })
}

fn is_missing(fault: &Fault) -> bool {
    fault.kind == FaultKind::Rejected && fault.code == "ClientException"
}

fn errors(rendered: &TaskDefinition, base: Option<&TaskDefinition>) -> Vec<Finding> {
    new_findings(rendered, base, Level::Error)
}

/// The findings that the definition did not have before it was rendered.
fn new_findings(rendered: &TaskDefinition, base: Option<&TaskDefinition>, level: Level) -> Vec<Finding> {
    let known = base.map(TaskDefinition::validate).unwrap_or_default();
    rendered.validate().into_iter().filter(|finding| finding.level == level && !known.contains(finding)).collect()
}

fn refuse(findings: Vec<Finding>) -> Result<(), Error> {
    let Some(first) = findings.first() else { return Ok(()) };
    let more = match findings.len() {
        1 => String::new(),
        many => format!(" (and {} more findings)", many - 1),
    };
    let text = format!("{}: {}; {}{more}", first.path, first.text, first.advice);
    Err(Error::Invalid { path: Some(first.path.clone()), text, findings })
}

/// Whether all that is asked for is set: members that were not asked for do not count.
fn contains(set: &Value, asked: &Value) -> bool {
    match (set, asked) {
        (Value::Object(set), Value::Object(asked)) => {
            asked.iter().all(|(member, asked)| set.get(member).is_some_and(|set| contains(set, asked)))
        }
        (Value::Array(set), Value::Array(asked)) => {
            set.len() == asked.len() && set.iter().zip(asked).all(|(set, asked)| contains(set, asked))
        }
        (set, asked) => set == asked,
    }
}
