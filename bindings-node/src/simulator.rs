//! `Simulator` in JavaScript.

use std::time::Duration;

use napi::{Error, Result};
use napi_derive::napi;

use crate::client::Client;
use crate::convert::{from_js, to_js};

/// The ECS control plane in small, served from this process.
#[napi]
pub struct Simulator(Option<ecs_rollout_simulator::Simulator>);

impl Simulator {
    fn running(&self) -> Result<&ecs_rollout_simulator::Simulator> {
        self.0.as_ref().ok_or_else(|| Error::from_reason("the simulator is closed"))
    }
}

#[napi]
impl Simulator {
    /// Starts it with a world, as JSON text.
    #[napi(constructor)]
    pub fn new(world: String) -> Result<Self> {
        let simulator = ecs_rollout_simulator::Simulator::start(from_js(&world)?);
        simulator.map(|simulator| Self(Some(simulator))).map_err(|error| Error::from_reason(error.to_string()))
    }

    /// Where it serves.
    #[napi]
    pub fn endpoint(&self) -> Result<String> {
        self.running().map(ecs_rollout_simulator::Simulator::endpoint)
    }

    /// Simulated seconds since it started.
    #[napi]
    pub fn now(&self) -> Result<f64> {
        self.running().map(|simulator| simulator.clock().now().as_secs_f64())
    }

    /// Lets simulated seconds pass.
    #[napi]
    pub fn advance(&self, seconds: f64) -> Result<()> {
        let time = Duration::try_from_secs_f64(seconds).map_err(|error| Error::from_reason(error.to_string()))?;
        self.running().map(|simulator| simulator.clock().advance(time))
    }

    /// A client for it.
    #[napi]
    pub fn client(&self) -> Result<Client> {
        self.running().map(|simulator| Client::wrap(simulator.client()))
    }

    /// Adds to its world, given as JSON text.
    #[napi]
    pub fn add(&self, world: String) -> Result<()> {
        self.running()?.add(from_js(&world)?).map_err(|error| Error::from_reason(error.to_string()))
    }

    /// The calls that came, as JSON text.
    #[napi]
    pub fn calls(&self) -> Result<String> {
        to_js(&self.running()?.calls())
    }

    /// What really became of every deployment, as JSON text.
    #[napi]
    pub fn truth(&self) -> Result<String> {
        to_js(&self.running()?.truth())
    }

    /// The calls that schedules made, as JSON text.
    #[napi]
    pub fn invocations(&self) -> Result<String> {
        to_js(&self.running()?.invocations())
    }

    /// Stops it.
    #[napi]
    pub fn close(&mut self) {
        if let Some(simulator) = self.0.take() {
            simulator.close();
        }
    }
}
