//! Decides what a call meets: the model brought up to date, the faults, the script, and the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::api::{self, Answer};
use crate::clock::Clock;
use crate::elsewhere::{self, Signature};
use crate::fault::{Faults, Kind, Mishap};
use crate::firing;
use crate::model::Model;
use crate::model::codedeploy::Group;
use crate::model::ids::{Place, short};
use crate::past::Past;
use crate::reader::WorldError;
use crate::registry::{self, Asked};
use crate::replica::Replicas;
use crate::repositories::Repository;
use crate::script::Script;
use crate::still::{self, Standstill};
use crate::world::World;

/// What stands in a script for the newest deployment: the `deploymentId` of CodeDeploy's, the `serviceDeploymentArn` of ECS's.
const NEWEST: &str = "newest";
/// What stands in a script for the `hookId` of the hook that waits in that deployment.
const WAITING: &str = "waiting";

/// Service and operation.
type Named<'a> = (&'a str, &'a str);

/// Service and operation as one text names them: `logs:GetLogEvents`; ECS needs no name.
fn named(operation: &str) -> Named<'_> {
    operation.split_once(':').unwrap_or(("ecs", operation))
}

/// What goes back to the caller.
pub(crate) enum Reply {
    Json(u16, Value),
    /// What ECS itself does not say: the headers and the text are all there is.
    Foreign {
        status: u16,
        headers: Vec<(&'static str, String)>,
        text: String,
    },
    /// The connection is closed without an answer.
    Nothing,
}

/// The calls that came, of all accounts and regions in their order.
type Log = Arc<Mutex<Vec<Value>>>;

/// A running simulator without its server.
pub(crate) struct Control {
    model: Model,
    clock: Clock,
    faults: Faults,
    replicas: Replicas,
    script: Script,
    calls: Log,
    /// Other accounts and regions.
    others: Vec<Control>,
    /// It is one of those itself.
    is_other: bool,
    past: Past,
    started: Instant,
    standstill: Standstill,
}

impl Control {
    pub(crate) fn new(world: &Value) -> Result<Control, WorldError> {
        let mut read = World::read(world)?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let base = read.date.unwrap_or(since.as_millis() as f64 / 1000.0);
        let clock = Clock::new(read.speed.unwrap_or(1.0), base);
        let (log, places) = (Log::default(), std::mem::take(&mut read.places));
        let mut control = Control::at(read, base, &clock, &log)?;
        for place in places {
            let other = Control::at(place, base, &clock, &log)?;
            control.others.push(Control { is_other: true, ..other });
        }
        Ok(control)
    }

    /// One account and region.
    fn at(read: World, base: f64, clock: &Clock, log: &Log) -> Result<Control, WorldError> {
        let place = Place::new(read.region.as_deref().unwrap_or("eu-central-1"), read.account.as_deref());
        let mut control = Control {
            model: Model::new(place, base),
            clock: clock.clone(),
            faults: Faults::default(),
            replicas: Replicas::default(),
            script: Script::default(),
            calls: Arc::clone(log),
            others: Vec::new(),
            is_other: false,
            past: Past::default(),
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

    /// The account and region that a call goes to. Any region is the world's own, unless the world has it elsewhere, so that callers
    /// need no region; an account that it does not have in a region has nothing there.
    pub(crate) fn called(&mut self, signature: Option<&Signature>) -> &mut Control {
        let Some(signature) = signature.filter(|_| !self.others.is_empty()) else { return self };
        let account = signature.account.clone().unwrap_or_else(|| self.model.place.account.clone());
        let is_it = |control: &Control| {
            control.model.place.account == account && control.model.place.region == signature.region
        };
        if let Some(at) = self.others.iter().position(is_it) {
            return &mut self.others[at];
        }
        if account == self.model.place.account {
            return self;
        }
        let empty = World { clusters: Some(Vec::new()), ..World::default() };
        let empty = World { region: Some(signature.region.clone()), account: Some(account), ..empty };
        let base = self.clock.epoch().as_secs_f64() - self.clock.now().as_secs_f64();
        match Control::at(empty, base, &self.clock, &self.calls) {
            Ok(mut nothing) => {
                nothing.is_other = true;
                nothing.model.place.endpoint.clone_from(&self.model.place.endpoint);
                self.others.push(nothing);
                let last = self.others.len() - 1;
                &mut self.others[last]
            }
            Err(_) => self,
        }
    }

    /// All accounts.
    pub(crate) fn accounts(&self) -> Vec<String> {
        [self].into_iter().chain(&self.others).map(|control| control.model.place.account.clone()).collect()
    }

    /// AssumeRole, which gives credentials for another account.
    pub(crate) fn assume_role(&mut self, at: f64, accounts: &[String], input: &Value) -> Reply {
        const NAMED: Named<'static> = ("sts", "AssumeRole");
        self.catch_up();
        let mishap = self.faults.strike(NAMED.1, input, self.clock.now().as_secs_f64());
        if let Some(error) = mishap.as_ref().and_then(|mishap| mishap.error(NAMED, &self.model.place)) {
            return self.refuse(at, NAMED, input, &error);
        }
        match elsewhere::assume_role(&self.model.place, accounts, input) {
            Ok(answer) => {
                self.log(at, NAMED, input, 200, None);
                Reply::Json(200, answer)
            }
            Err(error) => self.refuse(at, NAMED, input, &error),
        }
    }

    fn logged(&self) -> MutexGuard<'_, Vec<Value>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn region(&self) -> &str {
        &self.model.place.region
    }

    /// Adds more world. Refused as a whole, or taken as a whole.
    pub(crate) fn add(&mut self, world: &Value) -> Result<(), WorldError> {
        let read = World::read(world)?;
        let late = [
            ("speed", read.speed.is_some()),
            ("region", read.region.is_some()),
            ("account", read.account.is_some()),
            ("date", read.date.is_some()),
            ("places", !read.places.is_empty()),
        ];
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
        model.outside.pages.merge(world.pages);
        model.resources = world.resources.map(std::sync::Arc::new).or(model.resources.take());
        if let Some(names) = world.repositories {
            let mut registry = model.registry();
            registry.repositories.is_strict = true;
            for name in names {
                registry.repositories.make(&name, Repository::default());
            }
        }
        for group in world.groups {
            let same = |known: &Group| known.application == group.application && known.name == group.name;
            model.groups.retain(|known| !same(known));
            model.groups.push(group);
        }
        for name in world.clusters.iter().flatten() {
            model.add_cluster(name).active = true;
        }
        for (cluster, names) in model.resources.clone().iter().flat_map(|resources| &resources.capacity_providers) {
            model.add_cluster(cluster).settings.insert("capacityProviders".to_owned(), json!(names));
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
        let services =
            world.services.iter().enumerate().map(|(index, input)| ("services", index, "CreateService", input));
        let express = world.express.iter().enumerate();
        let express = express.map(|(index, input)| ("express", index, "CreateExpressGatewayService", input));
        for (list, index, operation, input) in services.chain(express) {
            let cluster = input.get("cluster").and_then(Value::as_str).unwrap_or("default");
            model.add_cluster(short(cluster));
            let place = format!("world.{list}[{index}]");
            api::perform(&mut model, "ecs", operation, input).map_err(|error| refused(&place, &error))?;
            let index = model.services.len() - 1;
            model.with_service(index, |service, around| service.make_steady(around));
        }
        model.outside.strict = strict;
        self.model = model;
        self.past.keep(&self.model);
        world.faults.into_iter().for_each(|fault| self.faults.add(fault));
        self.replicas = world.replicas.unwrap_or(std::mem::take(&mut self.replicas));
        self.script.extend(world.script);
        Ok(())
    }

    /// Brings the model to the present, with what others do on the way.
    fn catch_up(&mut self) {
        let now = self.clock.now().as_secs_f64();
        loop {
            self.script.look(&self.model);
            let scripted = self.script.due();
            let due = self.model.calls.due().unwrap_or(f64::INFINITY);
            let next = scripted.min(due);
            let step = self.model.next_tick();
            if self.script.waits_for_state() && step < next && step <= now {
                self.model.advance_to(step);
                continue;
            }
            if next > now {
                break;
            }
            self.model.advance_to(next);
            if due < scripted {
                firing::fire(&mut self.model);
                self.past.keep(&self.model);
            } else {
                self.call_of_script();
            }
        }
        self.model.advance_to(now);
        if self.faults.look_back() || !self.replicas.is_empty() {
            self.past.mark(&self.model);
        }
    }

    /// Makes the next call of the script.
    fn call_of_script(&mut self) {
        let next = self.script.next();
        let (named, mut input) = (named(&next.operation), next.input);
        if input["deploymentId"] == NEWEST {
            input["deploymentId"] = json!(self.model.newest_codedeploy());
        }
        if input["serviceDeploymentArn"] == NEWEST {
            input["serviceDeploymentArn"] = json!(self.model.newest_record());
        }
        if input["hookId"] == WAITING {
            input["hookId"] =
                json!(self.model.waiting_hook(input["serviceDeploymentArn"].as_str().unwrap_or_default()));
        }
        let before = self.model.deployments();
        let answer = self.perform(named, &input);
        self.model.note_script(&before);
        let status = answer.as_ref().map_or_else(|error| error.status, |_| 200);
        let code = answer.err().map(|error| error.code);
        self.log(self.model.now, named, &input, status, code.as_deref());
        self.note("by", "script");
    }

    fn perform(&mut self, (service, operation): Named<'_>, input: &Value) -> Answer {
        let answer = api::perform(&mut self.model, service, operation, input);
        if answer.is_ok() && !api::reads(operation) {
            self.past.keep(&self.model);
        }
        answer
    }

    /// A call without faults, and without a trace in the log.
    pub(crate) fn call(&mut self, operation: &str, input: &Value) -> Answer {
        self.catch_up();
        self.perform(named(operation), input)
    }

    /// How many simulated seconds the call is held up before it is looked at.
    pub(crate) fn delay(&mut self, operation: &str, input: &Value) -> f64 {
        let now = self.clock.now().as_secs_f64();
        self.faults.delay(operation, input, now)
    }

    /// A call as it comes over HTTP, at the simulated time `at`.
    pub(crate) fn request(&mut self, at: f64, named: Named<'_>, input: &Value) -> Reply {
        self.catch_up();
        if self.waits_in_vain(named.1, input) {
            return self.refuse(at, named, input, &still::error());
        }
        let mishap = self.faults.strike(named.1, input, self.clock.now().as_secs_f64());
        if let Some(error) = mishap.as_ref().and_then(|mishap| mishap.error(named, &self.model.place)) {
            return self.refuse(at, named, input, &error);
        }
        if let Some((status, reply)) = mishap.as_ref().and_then(|mishap| self.instead(mishap, input)) {
            if mishap.as_ref().is_some_and(|mishap| mishap.kind == Kind::Proxy && mishap.foreign.performed) {
                let _ = self.answer(named, input, None);
            }
            self.log(at, named, input, status, mishap.map(|mishap| mishap.kind.name()));
            return reply;
        }
        let (answer, shown) = self.answer(named, input, mishap.as_ref());
        if mishap.is_some_and(|mishap| mishap.kind == Kind::Lost) {
            self.log(at, named, input, 0, Some(Kind::Lost.name()));
            return Reply::Nothing;
        }
        let (status, body) = match &answer {
            Ok(value) => (200, value.clone()),
            Err(error) => (error.status, error.body()),
        };
        let code = answer.err().map(|error| error.code);
        self.log(at, named, input, status, code.as_deref());
        if let Some(shown) = shown {
            self.note("shown", shown);
        }
        Reply::Json(status, body)
    }

    /// What comes back instead of an answer of AWS's, with its status for the log.
    fn instead(&self, mishap: &Mishap, input: &Value) -> Option<(u16, Reply)> {
        let text = |status: u16, kind: &str, text: &str| {
            let headers = vec![("content-type", kind.to_owned())];
            (status, Reply::Foreign { status, headers, text: text.to_owned() })
        };
        match mishap.kind {
            Kind::Html => Some(text(500, "text/html", HTML)),
            Kind::Garbage => Some(text(200, "application/x-amz-json-1.1", "It works! {\"not\": json")),
            Kind::Reset => Some((0, Reply::Nothing)),
            Kind::FailedEntries => Some((200, Reply::Json(200, failed_entries(input)))),
            Kind::Proxy => {
                let (status, headers) = (mishap.foreign.status, mishap.foreign.headers(&self.model.place.endpoint));
                Some((status, Reply::Foreign { status, headers, text: mishap.foreign.text() }))
            }
            _ => None,
        }
    }

    /// The answer, and how it was old, where that made it another one than that of the moment.
    fn answer(&mut self, named: Named<'_>, input: &Value, mishap: Option<&Mishap>) -> (Answer, Option<&'static str>) {
        let old = mishap.filter(|mishap| matches!(mishap.kind, Kind::Stale | Kind::Torn));
        let now = self.model.now;
        let moment = match old {
            Some(mishap) => Some(now - mishap.seconds),
            None => self.replicas.moment(named, now),
        };
        let answer = self.perform(named, input);
        if answer.is_ok() {
            self.script.performed(named.1, now);
        }
        let Some(mut former) = moment.and_then(|moment| self.past.at(moment)) else { return (answer, None) };
        let was = api::perform(&mut former, named.0, named.1, input);
        let shown = match (old, &answer, was) {
            (Some(Mishap { kind: Kind::Torn, part, .. }), Ok(now), Ok(was)) => Ok(part.torn(now.clone(), &was)),
            (Some(Mishap { kind: Kind::Torn, .. }), _, _) => answer.clone(),
            (_, _, was) => was,
        };
        let differs = match (&shown, &answer) {
            (Ok(shown), Ok(now)) => shown != now,
            (Err(shown), Err(now)) => shown.code != now.code,
            _ => true,
        };
        (shown, differs.then_some(old.map_or("replica", |mishap| mishap.kind.name())))
    }

    fn waits_in_vain(&mut self, operation: &str, input: &Value) -> bool {
        let (now, wall) = (self.clock.now(), self.started.elapsed());
        self.clock.speed() == 0.0 && api::reads(operation) && self.standstill.is_reached(operation, input, now, wall)
    }

    pub(crate) fn served_at(&mut self, endpoint: String) {
        for other in &mut self.others {
            other.served_at(endpoint.clone());
        }
        self.model.place.endpoint = endpoint;
        self.past = Past::default();
        self.past.keep(&self.model);
    }

    /// A request to the registry.
    pub(crate) fn registry(&mut self, asked: &Asked<'_>) -> registry::Answer {
        self.catch_up();
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
        let place = &self.model.place;
        if self.is_other {
            (entry["region"], entry["account"]) = (json!(place.region), json!(place.account));
        }
        self.logged().push(entry);
    }

    /// Writes more down about the call that was logged last.
    fn note(&mut self, name: &str, value: &str) {
        if let Some(entry) = self.logged().last_mut() {
            entry[name] = json!(value);
        }
    }

    pub(crate) fn calls(&mut self) -> Value {
        self.catch_up();
        self.others.iter_mut().for_each(Control::catch_up);
        Value::Array(self.logged().clone())
    }

    pub(crate) fn invocations(&mut self) -> Value {
        self.catch_up();
        Value::Array(self.model.calls.invocations.clone())
    }

    pub(crate) fn deployments(&mut self) -> Value {
        self.catch_up();
        let mut all = self.model.truth();
        for other in &mut self.others {
            let mut deployments = other.deployments();
            let place = &other.model.place;
            for one in deployments.as_array_mut().into_iter().flatten() {
                (one["region"], one["account"]) = (json!(place.region), json!(place.account));
            }
            if let (Value::Array(all), Value::Array(deployments)) = (&mut all, deployments) {
                all.extend(deployments);
            }
        }
        all
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
