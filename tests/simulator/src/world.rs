//! Decides what a world document may say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::behaviour::Behaviours;
use crate::fault::Fault;
use crate::model::Outside;
use crate::model::codedeploy::{Group, weights};
use crate::model::load::Loads;
use crate::model::resources::Resources;
use crate::outside::{Alarms, Hooks};
use crate::page::Pages;
use crate::reader::{Reader, WorldError, expected};
use crate::replica::Replicas;
use crate::script::Scripted;

/// A world document, read and checked for its own shape; definitions and services are checked when they are added.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) speed: Option<f64>,
    pub(crate) region: Option<String>,
    pub(crate) account: Option<String>,
    /// The worlds of other accounts and regions.
    pub(crate) places: Vec<World>,
    /// What the calendar says at the start, in seconds since 1970.
    pub(crate) date: Option<f64>,
    /// From when on roles can be assumed.
    pub(crate) roles: BTreeMap<String, f64>,
    /// Absent: the document says nothing about clusters.
    pub(crate) clusters: Option<Vec<String>>,
    pub(crate) switches: Switches,
    pub(crate) alarms: Alarms,
    pub(crate) hooks: Hooks,
    pub(crate) loads: Loads,
    pub(crate) groups: Vec<Group>,
    /// Absent: the document says nothing about what is around ECS.
    pub(crate) resources: Option<Resources>,
    pub(crate) definitions: Vec<Value>,
    pub(crate) services: Vec<Value>,
    /// Services that ECS manages whole.
    pub(crate) express: Vec<Value>,
    pub(crate) images: Behaviours,
    pub(crate) faults: Vec<Fault>,
    /// Absent: the document says nothing about replicas.
    pub(crate) replicas: Option<Replicas>,
    pub(crate) pages: Pages,
    /// The repositories of ECR that are there. Absent: the document says nothing about them.
    pub(crate) repositories: Option<Vec<String>>,
    pub(crate) script: Vec<Scripted>,
}

const KNOWN: [&str; 35] = [
    "resources",
    "account",
    "places",
    "speed",
    "strict",
    "date",
    "roles",
    "region",
    "clusters",
    "definitions",
    "services",
    "express",
    "stopping",
    "express_in_place",
    "images",
    "faults",
    "script",
    "alarms",
    "codedeploy",
    "hooks",
    "drain",
    "bake",
    "instances",
    "run_failures",
    "run_short",
    "list_rollout_state",
    "rolling_rollout_state",
    "list_lag",
    "list_early",
    "pages",
    "replicas",
    "started_by",
    "native_update",
    "load",
    "repositories",
];

/// Single values that say how everything around a service behaves.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    drain: Option<f64>,
    bake: Option<f64>,
    instances: Option<u64>,
    run_failures: Vec<String>,
    run_short: u64,
    list_rollout_state: Option<bool>,
    rolling_rollout_state: Option<bool>,
    list_lag: Option<f64>,
    list_early: Option<bool>,
    stopping: Option<f64>,
    express_in_place: Option<bool>,
    refuse_update: Option<bool>,
    strict: Option<bool>,
    started_by: Option<String>,
}

impl Switches {
    fn read(reader: &Reader<'_>) -> Result<Switches, WorldError> {
        let refuse = match reader.text("native_update")? {
            None => None,
            Some("supersede") => Some(false),
            Some("refuse") => Some(true),
            Some(_) => return Err(expected(&reader.place("native_update"), "supersede or refuse")),
        };
        let switch = |name: &str| reader.flag(name).map(|on| reader.has(name).then_some(on));
        Ok(Switches {
            drain: reader.number("drain")?,
            bake: reader.number("bake")?,
            instances: reader.count("instances")?,
            run_failures: reader.texts("run_failures")?,
            run_short: reader.count("run_short")?.unwrap_or(0),
            list_rollout_state: switch("list_rollout_state")?,
            rolling_rollout_state: switch("rolling_rollout_state")?,
            list_lag: reader.number("list_lag")?,
            list_early: switch("list_early")?,
            stopping: reader.number("stopping")?,
            express_in_place: switch("express_in_place")?,
            refuse_update: refuse,
            started_by: reader.text("started_by")?.map(str::to_owned),
            strict: switch("strict")?,
        })
    }

    pub(crate) fn apply(self, outside: &mut Outside) {
        outside.drain = self.drain.unwrap_or(outside.drain);
        outside.bake = self.bake.unwrap_or(outside.bake);
        outside.instances = self.instances.unwrap_or(outside.instances);
        outside.run_failures.extend(self.run_failures);
        outside.run_short += self.run_short;
        outside.rolling_rollout_state = self.rolling_rollout_state.unwrap_or(outside.rolling_rollout_state);
        outside.list_early = self.list_early.unwrap_or(outside.list_early);
        outside.list_lag = self.list_lag.unwrap_or(outside.list_lag);
        outside.list_rollout_state = self.list_rollout_state.unwrap_or(outside.list_rollout_state);
        outside.started_by = self.started_by.or(outside.started_by.take());
        outside.stopping = self.stopping.unwrap_or(outside.stopping);
        outside.express_in_place = self.express_in_place.unwrap_or(outside.express_in_place);
        outside.refuse_update = self.refuse_update.unwrap_or(outside.refuse_update);
        outside.strict = self.strict.unwrap_or(outside.strict);
    }
}

/// The twelve digits of the account.
fn account(reader: &Reader<'_>) -> Result<Option<String>, WorldError> {
    let account = reader.text("account")?;
    match account.filter(|account| account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit())) {
        Some(_) => Err(expected(&reader.place("account"), "twelve digits")),
        None => Ok(account.map(str::to_owned)),
    }
}

/// Other accounts and regions, on the same clock and calendar.
fn places(reader: &Reader<'_>) -> Result<Vec<World>, WorldError> {
    let read = |(index, value): (usize, &Value)| {
        let place = format!("{}[{index}]", reader.place("places"));
        let world = World::read_at(value, &place)?;
        let late =
            [("speed", world.speed.is_some()), ("date", world.date.is_some()), ("places", !world.places.is_empty())];
        match late.iter().find(|(_, given)| *given) {
            Some((member, _)) => Err(WorldError::Unknown { place, member: (*member).to_owned() }),
            None => Ok(world),
        }
    };
    reader.list("places")?.iter().enumerate().map(read).collect()
}

impl World {
    pub(crate) fn read(value: &Value) -> Result<World, WorldError> {
        World::read_at(value, "world")
    }

    fn read_at(value: &Value, place: &str) -> Result<World, WorldError> {
        if value.is_null() {
            return Ok(World::default());
        }
        let reader = Reader::new(value, place, &KNOWN)?;
        let mut world = World {
            speed: reader.number("speed")?,
            switches: Switches::read(&reader)?,
            region: reader.text("region")?.map(str::to_owned),
            account: account(&reader)?,
            places: places(&reader)?,
            definitions: objects(&reader, "definitions")?,
            services: objects(&reader, "services")?,
            express: objects(&reader, "express")?,
            ..World::default()
        };
        if world.speed.is_some_and(|speed| speed != 0.0 && !(0.001..=1e6).contains(&speed)) {
            return Err(expected("world.speed", "0, or a number from 0.001 to 1e6"));
        }
        if reader.has("clusters") {
            world.clusters = Some(reader.texts("clusters")?);
        }
        if let Some(date) = reader.text("date")? {
            let moment = date
                .parse::<Timestamp>()
                .map_err(|_| expected("world.date", "ISO 8601, such as 2030-01-31T09:00:00Z"))?;
            world.date = Some(moment.as_millisecond() as f64 / 1000.0);
        }
        for (role, from) in reader.object("roles")?.into_iter().flatten() {
            let from = from.as_f64().ok_or_else(|| expected(&format!("world.roles.{role}"), "seconds"))?;
            world.roles.insert(role.clone(), from);
        }
        if let Some(resources) = reader.object("resources")? {
            world.resources = Some(Resources::read(resources, "world.resources")?);
        }
        if let Some(images) = reader.object("images")? {
            world.images = Behaviours::read(images, "world.images")?;
        }
        if let Some(alarms) = reader.object("alarms")? {
            world.alarms = Alarms::read(alarms, "world.alarms")?;
        }
        if let Some(hooks) = reader.object("hooks")? {
            world.hooks = Hooks::read(hooks, "world.hooks")?;
        }
        if let Some(loads) = reader.object("load")? {
            world.loads = Loads::read(loads, "world.load")?;
        }
        if let Some(pages) = reader.object("pages")? {
            world.pages = Pages::read(pages, "world.pages")?;
        }
        if reader.has("repositories") {
            world.repositories = Some(reader.texts("repositories")?);
        }
        if reader.has("replicas") {
            world.replicas = Some(Replicas::read(reader.list("replicas")?, "world.replicas")?);
        }
        for (index, value) in reader.list("faults")?.iter().enumerate() {
            world.faults.push(Fault::read(value, &format!("world.faults[{index}]"))?);
        }
        for (index, value) in reader.list("codedeploy")?.iter().enumerate() {
            let (group, hooks) = group(value, &format!("world.codedeploy[{index}]"))?;
            world.groups.push(group);
            world.hooks.merge(hooks);
        }
        for (index, value) in reader.list("script")?.iter().enumerate() {
            world.script.push(Scripted::read(value, &format!("world.script[{index}]"))?);
        }
        Ok(world)
    }
}

/// A list whose items are documents of AWS: objects, whatever their members.
fn objects(reader: &Reader<'_>, name: &str) -> Result<Vec<Value>, WorldError> {
    let items = reader.list(name)?;
    match items.iter().position(|item| !item.is_object()) {
        Some(index) => Err(expected(&format!("{}[{index}]", reader.place(name)), "an object")),
        None => Ok(items.to_vec()),
    }
}

/// A deployment group of CodeDeploy, and what functions answer to its hooks.
fn group(value: &Value, place: &str) -> Result<(Group, Hooks), WorldError> {
    let known = [
        "application",
        "group",
        "cluster",
        "service",
        "config",
        "termination_minutes",
        "ready_minutes",
        "rollback",
        "no_digest",
        "hooks",
    ];
    let reader = Reader::new(value, place, &known)?;
    let service = reader.text("service")?.ok_or_else(|| expected(&reader.place("service"), "to be given"))?;
    let cluster = reader.text("cluster")?.unwrap_or("default");
    // As ECS's console names them.
    let usual = |kind: &str| {
        let cut = |name: &str| name.chars().take(47).collect::<String>();
        format!("{kind}-{}-{}", cut(cluster), cut(service))
    };
    let config = reader.text("config")?.unwrap_or("CodeDeployDefault.ECSAllAtOnce");
    if weights(config).is_none() {
        return Err(expected(&reader.place("config"), "a configuration such as CodeDeployDefault.ECSAllAtOnce"));
    }
    let hooks = match reader.object("hooks")? {
        Some(members) => Hooks::read(members, &reader.place("hooks"))?,
        None => Hooks::default(),
    };
    let group = Group {
        application: reader.text("application")?.map_or_else(|| usual("AppECS"), str::to_owned),
        name: reader.text("group")?.map_or_else(|| usual("DgpECS"), str::to_owned),
        cluster: cluster.to_owned(),
        service: service.to_owned(),
        config: config.to_owned(),
        termination: reader.number("termination_minutes")?.unwrap_or(5.0),
        ready: reader.number("ready_minutes")?.filter(|minutes| *minutes > 0.0),
        rollback: reader.flag("rollback")?,
        no_digest: reader.flag("no_digest")?,
    };
    Ok((group, hooks))
}
