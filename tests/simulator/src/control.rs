//! Decides what a call meets: the model brought up to date, the faults, the script, and the log.

use std::collections::VecDeque;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::api::{self, Answer};
use crate::clock::Clock;
use crate::fault::{Faults, Kind};
use crate::firing;
use crate::model::Model;
use crate::model::codedeploy::Group;
use crate::model::ids::short;
use crate::reader::WorldError;
use crate::registry::{self, Asked};
use crate::still::{self, Standstill};
use crate::world::{Scripted, World};

/// How many earlier states are kept for stale answers.
const PAST: usize = 4;

/// The `deploymentId` that stands in a script for the newest deployment of CodeDeploy.
const NEWEST: &str = "newest";

/// Service and operation.
type Named<'a> = (&'a str, &'a str);

/// Service and operation as one text names them: `logs:GetLogEvents`; ECS needs no name.
fn named(operation: &str) -> Named<'_> {
    operation.split_once(':').unwrap_or(("ecs", operation))
}

/// What goes back to the caller.
pub(crate) enum Reply {
    Json(u16, Value),
    Text(u16, &'static str, &'static str),
    /// The connection is closed without an answer.
    Nothing,
}

/// A running simulator without its server.
pub(crate) struct Control {
    model: Model,
    clock: Clock,
    faults: Faults,
    /// Sorted by time.
    script: Vec<Scripted>,
    calls: Vec<Value>,
    /// The model right before each of the last changes of services.
    past: VecDeque<Model>,
    started: Instant,
    standstill: Standstill,
}

impl Control {
    pub(crate) fn new(world: &Value) -> Result<Control, WorldError> {
        let read = World::read(world)?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let base = read.date.unwrap_or(since.as_millis() as f64 / 1000.0);
        let mut control = Control {
            model: Model::new(read.region.as_deref().unwrap_or("eu-central-1"), base),
            clock: Clock::new(read.speed.unwrap_or(1.0), base),
            faults: Faults::default(),
            script: Vec::new(),
            calls: Vec::new(),
            past: VecDeque::new(),
            started: Instant::now(),
            standstill: Standstill::default(),
        };
        if read.clusters.is_none() {
            control.model.add_cluster("default");
        }
        control.take(read)?;
        Ok(control)
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    pub(crate) fn region(&self) -> &str {
        &self.model.place.region
    }

    /// Adds more world. Refused as a whole, or taken as a whole.
    pub(crate) fn add(&mut self, world: &Value) -> Result<(), WorldError> {
        let read = World::read(world)?;
        let late = [("speed", read.speed.is_some()), ("region", read.region.is_some()), ("date", read.date.is_some())];
        if let Some((member, _)) = late.into_iter().find(|(_, given)| *given) {
            return Err(WorldError::Late { member: member.to_owned() });
        }
        self.catch_up();
        self.take(read)
    }

    fn take(&mut self, world: World) -> Result<(), WorldError> {
        let mut model = self.model.clone();
        model.images.merge(world.images);
        model.rouse();
        world.switches.apply(&mut model.outside);
        model.outside.alarms.merge(world.alarms);
        model.outside.hooks.merge(world.hooks);
        model.calls.roles.extend(world.roles);
        model.outside.loads.merge(world.loads);
        for group in world.groups {
            let same = |known: &Group| known.application == group.application && known.name == group.name;
            model.groups.retain(|known| !same(known));
            model.groups.push(group);
        }
        for name in world.clusters.iter().flatten() {
            model.add_cluster(name).active = true;
        }
        for (index, input) in world.definitions.iter().enumerate() {
            let place = format!("world.definitions[{index}]");
            let (input, own) = without_own_tags(input);
            api::perform(&mut model, "ecs", "RegisterTaskDefinition", &input)
                .map_err(|error| refused(&place, &error))?;
            if let Some(newest) = model.definitions.len().checked_sub(1) {
                model.definitions[newest].tags.extend(own);
            }
        }
        // Services that are there already were taken by ECS once: its rules for new ones are not theirs.
        let strict = std::mem::replace(&mut model.outside.strict, false);
        for (index, input) in world.services.iter().enumerate() {
            let cluster = input.get("cluster").and_then(Value::as_str).unwrap_or("default");
            model.add_cluster(short(cluster));
            let place = format!("world.services[{index}]");
            api::perform(&mut model, "ecs", "CreateService", input).map_err(|error| refused(&place, &error))?;
            let index = model.services.len() - 1;
            model.with_service(index, |service, around| service.make_steady(around));
        }
        model.outside.strict = strict;
        self.model = model;
        world.faults.into_iter().for_each(|fault| self.faults.add(fault));
        self.script.extend(world.script);
        self.script.sort_by(|a, b| a.at.total_cmp(&b.at));
        Ok(())
    }

    /// Brings the model to the present, with what others do on the way.
    fn catch_up(&mut self) {
        let now = self.clock.now().as_secs_f64();
        loop {
            let scripted = self.script.first().map_or(f64::INFINITY, |next| next.at);
            let due = self.model.calls.due().unwrap_or(f64::INFINITY);
            if scripted.min(due) > now {
                break;
            }
            if due < scripted {
                self.model.advance_to(due);
                firing::fire(&mut self.model);
                continue;
            }
            let next = self.script.remove(0);
            self.model.advance_to(next.at);
            let (named, mut input) = (named(&next.operation), next.input);
            if input["deploymentId"] == NEWEST {
                input["deploymentId"] = json!(self.model.newest_codedeploy());
            }
            let answer = self.perform(named, &input);
            let status = answer.as_ref().map_or_else(|error| error.status, |_| 200);
            let code = answer.err().map(|error| error.code);
            self.log(self.model.now, named, &input, status, code.as_deref());
            if let Some(entry) = self.calls.last_mut() {
                entry["by"] = json!("script");
            }
        }
        self.model.advance_to(now);
    }

    fn perform(&mut self, (service, operation): Named<'_>, input: &Value) -> Answer {
        if api::changes(operation) {
            self.past.push_back(self.model.clone());
            if self.past.len() > PAST {
                self.past.pop_front();
            }
        }
        api::perform(&mut self.model, service, operation, input)
    }

    /// A call without faults, and without a trace in the log.
    pub(crate) fn call(&mut self, operation: &str, input: &Value) -> Answer {
        self.catch_up();
        self.perform(named(operation), input)
    }

    /// How many simulated seconds the call is held up before it is looked at.
    pub(crate) fn delay(&mut self, operation: &str) -> f64 {
        let now = self.clock.now().as_secs_f64();
        self.faults.delay(operation, now)
    }

    /// A call as it comes over HTTP, at the simulated time `at`.
    pub(crate) fn request(&mut self, at: f64, named: Named<'_>, input: &Value) -> Reply {
        self.catch_up();
        let (service, operation) = named;
        if self.waits_in_vain(operation, input) {
            let error = still::error();
            self.log(at, named, input, error.status, Some(&error.code));
            return Reply::Json(error.status, error.body());
        }
        let (fault, seconds) = self.faults.strike(operation, self.clock.now().as_secs_f64()).unzip();
        if let Some(error) = fault.and_then(|kind| kind.error(service, operation, &self.model.place)) {
            self.log(at, named, input, error.status, Some(&error.code));
            return Reply::Json(error.status, error.body());
        }
        let odd = match fault {
            Some(Kind::Html) => Some((500, Reply::Text(500, "text/html", HTML))),
            Some(Kind::Garbage) => {
                Some((200, Reply::Text(200, "application/x-amz-json-1.1", "It works! {\"not\": json")))
            }
            Some(Kind::Reset) => Some((0, Reply::Nothing)),
            Some(Kind::FailedEntries) => Some((200, Reply::Json(200, failed_entries(input)))),
            _ => None,
        };
        if let (Some(kind), Some((status, reply))) = (fault, odd) {
            self.log(at, named, input, status, Some(kind.name()));
            return reply;
        }
        let answer = match fault {
            Some(Kind::Stale) => self.stale(named, input, seconds.unwrap_or_default()),
            _ => self.perform(named, input),
        };
        let (status, body) = match &answer {
            Ok(value) => (200, value.clone()),
            Err(error) => (error.status, error.body()),
        };
        if fault == Some(Kind::Lost) {
            self.log(at, named, input, 0, Some(Kind::Lost.name()));
            return Reply::Nothing;
        }
        let code = answer.err().map(|error| error.code);
        self.log(at, named, input, status, code.as_deref());
        Reply::Json(status, body)
    }

    fn waits_in_vain(&mut self, operation: &str, input: &Value) -> bool {
        let (now, wall) = (self.clock.now(), self.started.elapsed());
        self.clock.speed() == 0.0 && api::reads(operation) && self.standstill.is_reached(operation, input, now, wall)
    }

    /// Answers from the state as it was: before the first change of the last `seconds`, or before the last change ever.
    fn stale(&mut self, named: Named<'_>, input: &Value, seconds: f64) -> Answer {
        let since = self.model.now - seconds;
        let former = self.past.iter().find(|model| model.now >= since).or_else(|| self.past.back());
        match former {
            Some(model) => api::perform(&mut model.clone(), named.0, named.1, input),
            None => self.perform(named, input),
        }
    }

    pub(crate) fn served_at(&mut self, endpoint: String) {
        self.model.place.endpoint = endpoint;
    }

    /// A request to the registry.
    pub(crate) fn registry(&mut self, asked: &Asked<'_>) -> registry::Answer {
        self.model.registry().answer(asked)
    }

    /// A request that reached us and is no call.
    pub(crate) fn refuse(&mut self, at: f64, named: Named<'_>, input: &Value, error: &api::ApiError) -> Reply {
        self.log(at, named, input, error.status, Some(&error.code));
        Reply::Json(error.status, error.body())
    }

    fn log(&mut self, at: f64, (service, operation): Named<'_>, input: &Value, status: u16, error: Option<&str>) {
        let mut entry = json!({ "at": at, "operation": operation, "input": input, "status": status });
        if let Some(error) = error {
            entry["error"] = json!(error);
        }
        if service != "ecs" {
            entry["service"] = json!(service);
        }
        self.calls.push(entry);
    }

    pub(crate) fn calls(&mut self) -> Value {
        self.catch_up();
        Value::Array(self.calls.clone())
    }

    pub(crate) fn invocations(&mut self) -> Value {
        self.catch_up();
        Value::Array(self.model.calls.invocations.clone())
    }

    pub(crate) fn truth(&mut self) -> Value {
        self.catch_up();
        self.model.truth()
    }
}

/// An answer of success whose every entry failed, as EventBridge's batches have it.
fn failed_entries(input: &Value) -> Value {
    let ids = input["Targets"].as_array().into_iter().flatten().map(|target| &target["Id"]);
    let ids = ids.chain(input["Ids"].as_array().into_iter().flatten());
    let failed =
        |id: &Value| json!({"TargetId": id, "ErrorCode": "InternalException", "ErrorMessage": "it did not work"});
    let entries: Vec<Value> = ids.map(failed).collect();
    json!({"FailedEntryCount": entries.len(), "FailedEntries": entries})
}

const HTML: &str = "<html><head><title>500 Internal Server Error</title></head><body>\
                    <center><h1>500 Internal Server Error</h1></center></body></html>\n";

/// A definition without the tags that AWS gives by itself (CloudFormation's, for one), and those: nobody can send them.
fn without_own_tags(definition: &Value) -> (Value, Vec<Value>) {
    let is_own = |tag: &Value| tag["key"].as_str().is_some_and(|key| key.to_ascii_lowercase().starts_with("aws:"));
    let mut rest = definition.clone();
    let Some(tags) = rest.get_mut("tags").and_then(Value::as_array_mut) else { return (rest, Vec::new()) };
    let own: Vec<Value> = tags.iter().filter(|tag| is_own(tag)).cloned().collect();
    tags.retain(|tag| !is_own(tag));
    if tags.is_empty() && !own.is_empty() {
        rest.as_object_mut().map(|members| members.shift_remove("tags"));
    }
    (rest, own)
}

fn refused(place: &str, error: &api::ApiError) -> WorldError {
    WorldError::Refused { place: place.to_owned(), code: error.code.clone(), text: error.text.clone() }
}
