//! `Simulator` in JavaScript: a method is called by its name, with its arguments as JSON text.

use napi::{Error, Result};
use napi_derive::napi;

use crate::client::Client;
use crate::convert::{exception, from_js, to_js};

/// A simulator that runs in this process.
#[napi]
pub struct Simulator(Option<ecs_rollout_simulator::Simulator>);

impl Simulator {
    fn running(&self) -> Result<&ecs_rollout_simulator::Simulator> {
        self.0.as_ref().ok_or_else(|| Error::from_reason("the simulator is closed"))
    }
}

#[napi]
impl Simulator {
    #[napi(constructor)]
    pub fn new(world: String) -> Result<Self> {
        let simulator = ecs_rollout_simulator::Simulator::start(from_js(&world)?);
        simulator.map(|simulator| Self(Some(simulator))).map_err(|error| Error::from_reason(error.to_string()))
    }

    #[napi]
    pub fn client(&self, settings: String) -> Result<Client> {
        let settings = ecs_rollout::parse_options("client", from_js(&settings)?).map_err(|error| exception(&error))?;
        self.running().map(|simulator| Client(simulator.client_with(settings)))
    }

    #[napi]
    pub fn ask(&self, method: String, arguments: Vec<String>) -> Result<String> {
        let arguments = arguments.iter().map(|one| from_js(one)).collect::<Result<_>>()?;
        to_js(&self.running()?.ask(&method, arguments).map_err(Error::from_reason)?)
    }

    #[napi]
    pub fn close(&mut self) {
        if let Some(simulator) = self.0.take() {
            simulator.close();
        }
    }
}

/// What differs first between two values, as JSON text.
#[napi]
pub fn difference(expected: String, seen: String) -> Result<Option<String>> {
    Ok(ecs_rollout_simulator::difference(&from_js(&expected)?, &from_js(&seen)?))
}
