//! A simulator in AWS's place. It is a crate that stands on this one, so whoever has both hands it in.

use std::any::Any;
use std::path::Path;

use clap::ArgMatches;
use serde_json::{Value, json};

use super::printer::Printer;
use super::refusal::Refusal;
use super::{exit_codes, signals, value};
use crate::client::Client;
use crate::definition::TaskDefinition;

/// Serves a simulated ECS: `ecs_rollout_simulator::ForCommandLine` is it.
pub trait Simulate {
    /// Starts a simulator of a world on a port of this machine; 0: any free port.
    ///
    /// # Errors
    /// A text that names what is wrong in the world, or why the port cannot be had.
    fn start(&self, world: Value, port: u16) -> Result<Simulation, String>;
}

/// A simulator that serves until it is dropped.
#[non_exhaustive]
pub struct Simulation {
    /// A client that calls it, and waits by its clock.
    pub client: Client,
    /// Its URL.
    pub endpoint: String,
    /// The region of its ARNs.
    pub region: String,
    /// Simulated seconds in a second.
    pub speed: f64,
    /// The simulator itself.
    pub running: Box<dyn Any>,
}

impl Simulation {
    /// A simulator that runs, with a client of it.
    pub fn new(client: Client, endpoint: String, region: String, speed: f64, running: Box<dyn Any>) -> Self {
        Self { client, endpoint, region, speed, running }
    }
}

/// Starts the world of `--simulate`: a file, or JSON. `speed` counts if the world has none of its own.
pub(crate) fn start(simulator: &dyn Simulate, world: &str, port: u16, speed: f64) -> Result<Simulation, Refusal> {
    let (document, folder) = match world.trim_start().starts_with('{') {
        true => (crate::definition::parse("--simulate", world)?, Path::new("")),
        false => (value::read_file(Path::new(world))?.1, Path::new(world).parent().unwrap_or(Path::new(""))),
    };
    let document = with_definitions(document, folder, speed)?;
    let name = if world.trim_start().starts_with('{') { "--simulate" } else { world };
    simulator.start(document, port).map_err(|text| {
        let mut refusal = Refusal::usage(format!("{name}: {text}"), None);
        refusal.exit = exit_codes::INVALID;
        refusal
    })
}

/// With the definitions that are named as files, which stand beside the world.
fn with_definitions(mut world: Value, folder: &Path, speed: f64) -> Result<Value, Refusal> {
    for one in world.get_mut("definitions").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(name) = one.as_str() {
            *one = TaskDefinition::load(folder.join(name))?.into_value();
        }
    }
    if let Some(members) = world.as_object_mut() {
        members.entry("speed").or_insert(json!(speed));
    }
    Ok(world)
}

/// The command `simulate`: serves until Ctrl-C or SIGTERM.
pub(crate) fn serve(matches: &ArgMatches, simulator: &dyn Simulate, printer: &Printer) -> Result<u8, Refusal> {
    let named = matches.get_one::<String>("world").cloned();
    let world =
        named.or_else(|| super::variables::value(super::variables::SIMULATE)).unwrap_or_else(|| "{}".to_owned());
    let port = matches.get_one::<u16>("port").copied().unwrap_or_default();
    let speed = matches.get_one::<f64>("speed").copied();
    let simulation = start(simulator, &world, port, speed.unwrap_or(1.0))?;
    let Simulation { endpoint, region, speed, .. } = &simulation;
    printer.result(&format!("export AWS_ENDPOINT_URL={endpoint}"));
    printer.result("export AWS_ACCESS_KEY_ID=simulator AWS_SECRET_ACCESS_KEY=simulator");
    printer.result(&format!("export AWS_REGION={region} AWS_DEFAULT_REGION={region}"));
    if *speed == 0.0 {
        printer.warning("at speed 0 time stands still; POST {\"advance\": seconds} to /_simulator/clock moves it");
    }
    printer.line(&format!("serving at {speed} times the wall's speed; Ctrl-C ends it"));
    super::block_on(async {
        let mut signals = signals::Signals::new();
        signals.next().await;
    })?;
    Ok(exit_codes::SUCCESS)
}
