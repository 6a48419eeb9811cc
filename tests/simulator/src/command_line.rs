//! The simulator as the command line of `ecs-rollout` starts it.

use std::net::{Ipv4Addr, SocketAddr};

use ecs_rollout::cli::{Simulate, Simulation};
use serde_json::Value;

use crate::Simulator;

/// Starts simulators for the command line.
pub struct ForCommandLine;

impl Simulate for ForCommandLine {
    fn start(&self, world: Value, port: u16) -> Result<Simulation, String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let simulator = Simulator::start_on(address, world).map_err(|error| error.to_string())?;
        let (client, endpoint, region) = (simulator.client(), simulator.endpoint(), simulator.region().to_owned());
        let speed = simulator.clock().speed();
        Ok(Simulation::new(client, endpoint, region, speed, Box::new(simulator)))
    }
}
