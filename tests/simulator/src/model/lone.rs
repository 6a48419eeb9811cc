//! Decides what RunTask starts: tasks of no service, how many of those asked for, and whether it was asked before.

use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::failure::{Moment, Subject};
use super::service::{Around, Service};
use super::task::{Phase, Setting, Task};
use super::{Model, TICK};
use crate::api::{ApiError, Input, invalid};
use crate::rules;

/// A task of no service, and what RunTask said of it.
#[derive(Clone, Debug)]
pub(crate) struct Lone {
    pub(crate) task: Task,
    pub(crate) cluster: String,
    pub(crate) group: String,
    pub(crate) started_by: Option<String>,
    /// Where it runs, as it was sent: launch type, capacity providers, network.
    pub(crate) settings: Map<String, Value>,
    pub(crate) overrides: Value,
    pub(crate) tags: Vec<Value>,
}

/// What RunTask was asked with a token: asked again, it answers the same.
#[derive(Clone, Debug)]
pub(super) struct Order {
    token: String,
    input: Map<String, Value>,
    started: Started,
}

/// What RunTask came to: the ids of the tasks, and the failures as it answers them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Started {
    pub(crate) tasks: Vec<String>,
    pub(crate) failures: Vec<Value>,
}

const SETTINGS: [&str; 5] =
    ["launchType", "capacityProviderStrategy", "platformVersion", "networkConfiguration", "enableExecuteCommand"];

impl Model {
    /// Starts tasks as RunTask does.
    pub(crate) fn run_task(&mut self, members: &Map<String, Value>) -> Result<Started, ApiError> {
        let input = Input::new(members);
        let cluster = input.cluster(self)?;
        let token = input.text("clientToken")?;
        if let Some(order) = token.and_then(|token| self.orders.iter().find(|order| order.token == token)) {
            return match order.input == *members {
                true => Ok(order.started.clone()),
                false => Err(self.conflict(&cluster, &order.started)),
            };
        }
        if self.outside.strict {
            let definition = members.get("taskDefinition").and_then(Value::as_str);
            rules::run_task(members, definition.and_then(|reference| self.definition(reference)))?;
        }
        let definition = self.to_run(&input)?;
        let started_by = input.text("startedBy")?.map(str::to_owned);
        let count = check(&input, &definition, started_by.as_deref())?;
        let kept =
            |name: &&str| Some(((*name).to_owned(), members.get(*name).filter(|value| !value.is_null())?.clone()));
        let usual = format!("family:{}", definition.family);
        let mut tags = input.list("tags")?.to_vec();
        if input.text("propagateTags")? == Some("TASK_DEFINITION") {
            tags.extend(definition.tags.iter().cloned());
        }
        let lone = |task: Task| Lone {
            task,
            cluster: cluster.clone(),
            group: input.text("group").ok().flatten().map_or_else(|| usual.clone(), str::to_owned),
            started_by: started_by.clone(),
            settings: SETTINGS.iter().filter_map(kept).collect(),
            overrides: members.get("overrides").cloned().unwrap_or_else(|| json!({})),
            tags: tags.clone(),
        };
        let subnet = members.get("networkConfiguration").and_then(|it| it.pointer("/awsvpcConfiguration/subnets/0"));
        let subnet = subnet.and_then(Value::as_str).unwrap_or("subnet-0123456789abcdef0");
        let mut started = Started::default();
        let short = count.min(self.outside.run_short);
        self.outside.run_short -= short;
        for _ in short..count {
            match self.start(&definition, started_by.as_deref().unwrap_or_default(), &cluster, subnet)? {
                Ok(task) => {
                    started.tasks.push(task.id.clone());
                    self.lone.push(lone(task));
                }
                Err(reason) => started.failures.push(failure(self, &cluster, &definition, &reason)),
            }
        }
        if let Some(token) = token {
            self.orders.push(Order { token: token.to_owned(), input: members.clone(), started: started.clone() });
        }
        Ok(started)
    }

    fn conflict(&self, cluster: &str, started: &Started) -> ApiError {
        let resources = started.tasks.iter().map(|id| self.place.arn(&format!("task/{cluster}/{id}"))).collect();
        let text = "The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different RunTask request.";
        ApiError { resources, ..ApiError::new("ConflictException", text) }
    }

    /// The definition with the overrides applied.
    fn to_run(&self, input: &Input<'_>) -> Result<Definition, ApiError> {
        let missing = || ApiError::new("ClientException", "TaskDefinition not found.");
        let mut definition = self.definition(input.need("taskDefinition")?).ok_or_else(missing)?.clone();
        if !definition.active() {
            return Err(ApiError::new("ClientException", "TaskDefinition is inactive"));
        }
        let Some(overrides) = input.value("overrides") else { return Ok(definition) };
        for member in ["cpu", "memory", "taskRoleArn", "executionRoleArn"] {
            if let Some(value) = overrides.get(member).filter(|value| !value.is_null()) {
                definition.document.insert(member.to_owned(), value.clone());
            }
        }
        for change in overrides.get("containerOverrides").and_then(Value::as_array).into_iter().flatten() {
            let name = change.get("name").and_then(Value::as_str).unwrap_or_default();
            let containers = definition.document.get_mut("containerDefinitions").and_then(Value::as_array_mut);
            let container = containers.into_iter().flatten().find(|container| container["name"] == name);
            let Some(container) = container else {
                let text = format!("Override for container named {name} is not a container in the TaskDefinition.");
                return Err(invalid(text));
            };
            for member in ["command", "cpu", "memory", "memoryReservation"] {
                if let Some(value) = change.get(member).filter(|value| !value.is_null()) {
                    container[member] = value.clone();
                }
            }
        }
        Ok(definition)
    }

    /// One task; or why there is no place for it.
    fn start(
        &mut self,
        definition: &Definition,
        started_by: &str,
        cluster: &str,
        subnet: &str,
    ) -> Result<Result<Task, String>, ApiError> {
        if !self.outside.run_failures.is_empty() {
            return Ok(Err(self.outside.run_failures.remove(0)));
        }
        let found = definition.containers().iter().find_map(|container| {
            let behaviour = self.images.of(container);
            let failure = behaviour.fail.filter(|failure| failure.moment() == Moment::Placement)?;
            Some((failure, behaviour.reason.clone(), container))
        });
        if let Some((failure, own, container)) = found {
            let subject = Subject { place: &self.place, definition, container, subnet: "" };
            return match own.or_else(|| failure.unplaced().map(str::to_owned)) {
                Some(reason) => Ok(Err(reason)),
                None => Err(ApiError::new("ClientException", failure.text(&subject))),
            };
        }
        let setting = Setting {
            cluster: cluster.to_owned(),
            subnet: subnet.to_owned(),
            balanced: false,
            forbear: 0.0,
            drain: 0.0,
            interrupted: 0,
        };
        let mut around = Around {
            now: self.now,
            ids: &mut self.ids,
            place: &self.place,
            definitions: &self.definitions,
            images: &self.images,
            outside: &self.outside,
        };
        Ok(Ok(Task::new(definition, started_by, &setting, &mut around).alone()))
    }

    /// When the next tick may change something about a task of no service.
    pub(super) fn lone_due(&self) -> f64 {
        let last = self.ticks as f64 * TICK;
        let going = self.lone.iter().filter(|lone| lone.task.phase != Phase::Stopped);
        going.flat_map(|lone| lone.task.moments()).filter(|at| *at > last).fold(f64::INFINITY, f64::min)
    }

    pub(super) fn step_lone(&mut self) {
        let now = self.now;
        for index in 0..self.lone.len() {
            if self.lone[index].task.phase != Phase::Stopped {
                self.lone[index].task.step(now);
            }
        }
    }

    /// Every task that is still known.
    pub(crate) fn all_tasks(&self) -> impl Iterator<Item = &Task> {
        self.services.iter().flat_map(Service::all_tasks).chain(self.lone.iter().map(|lone| &lone.task))
    }
}

/// How many tasks are asked for, and whether they can be.
fn check(input: &Input<'_>, definition: &Definition, started_by: Option<&str>) -> Result<u64, ApiError> {
    let count = input.count("count")?.unwrap_or(1);
    if !(1..=10).contains(&count) {
        return Err(invalid("count must be between 1 and 10."));
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    if started_by.is_some_and(|text| text.len() > 128 || !text.chars().all(legal)) {
        return Err(invalid(
            "startedBy must be at most 128 letters, numbers, hyphens, forward slashes and underscores.",
        ));
    }
    if input.value("launchType").is_some() && !input.list("capacityProviderStrategy")?.is_empty() {
        return Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ));
    }
    let is_vpc = definition.text("networkMode") == Some("awsvpc");
    let network = input.value("networkConfiguration");
    let has_vpc =
        network.and_then(|network| network.get("awsvpcConfiguration")).is_some_and(|network| !network.is_null());
    match (is_vpc, network) {
        (true, _) if !has_vpc => {
            Err(invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified."))
        }
        (false, Some(_)) => {
            Err(invalid("Network Configuration is not valid for the given networkMode of this task definition."))
        }
        _ if input.text("launchType")? == Some("FARGATE") && !definition.fargate() => {
            Err(invalid("Task definition does not support launch_type FARGATE."))
        }
        _ => Ok(count),
    }
}

/// On Fargate there is no container instance to name.
fn failure(model: &Model, cluster: &str, definition: &Definition, reason: &str) -> Value {
    match definition.fargate() {
        true => json!({ "reason": reason }),
        false => {
            let instance = format!("container-instance/{cluster}/0123456789abcdef0123456789abcdef");
            json!({ "arn": model.place.arn(&instance), "reason": reason })
        }
    }
}
