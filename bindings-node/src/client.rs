//! `Client` in JavaScript: a verb is called by its name, with its options as JSON text.

use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::within_runtime_if_available;
use napi_derive::napi;

use crate::convert::{exception, from_js};
use crate::rollout::Rollout;

/// A connection to Amazon ECS in one account and region.
#[napi]
pub struct Client(pub(crate) ecs_rollout::Client);

#[napi]
impl Client {
    #[napi(constructor)]
    pub fn new(settings: String) -> Result<Self> {
        let client = ecs_rollout::parse_options("client", from_js(&settings)?).map(ecs_rollout::Client::new);
        client.map(Self).map_err(|error| exception(&error))
    }

    #[napi]
    pub fn begin(&self, verb: String, options: String) -> Result<Rollout> {
        let begun = self.0.call(&verb, from_js(&options)?).map_err(|error| exception(&error))?;
        Ok(within_runtime_if_available(|| Rollout(Arc::new(begun.rollout.spawn()))))
    }
}
