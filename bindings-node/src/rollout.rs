//! `Rollout` in JavaScript.

use std::sync::Arc;

use napi::Result;
use napi_derive::napi;
use serde_json::Value;

use crate::convert::{exception, to_js};

/// Events and outcome cross as documents, whichever verb they are of.
type Running = ecs_rollout::Running<Value, Value>;

/// A deployment on its way.
#[napi]
pub struct Rollout(Arc<Running>);

impl Rollout {
    pub(crate) fn new(running: Running) -> Self {
        Self(Arc::new(running))
    }
}

#[napi]
impl Rollout {
    /// The next event as JSON text; null at the end.
    #[napi]
    pub async fn next(&self) -> Result<Option<String>> {
        let running = Arc::clone(&self.0);
        running.next().await.map(|event| to_js(&event)).transpose()
    }

    /// The outcome as JSON text, once it has come.
    #[napi]
    pub async fn outcome(&self) -> Result<String> {
        let running = Arc::clone(&self.0);
        match running.outcome().await {
            Ok(outcome) => to_js(&outcome),
            Err(error) => Err(exception(&error)),
        }
    }

    /// Stops the watching.
    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}
