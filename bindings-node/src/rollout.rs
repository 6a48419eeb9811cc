//! A verb that was begun, in JavaScript. What is awaited holds nothing of JavaScript's: a worker that is terminated takes its objects
//! away, and the call goes on.

use std::sync::Arc;

use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use serde_json::Value;
use tokio::sync::watch;

use crate::convert::{exception, to_js};

/// Events and outcome are documents, whichever verb they are of.
type RolloutHandle = ecs_rollout::RolloutHandle<Value, Value>;

/// A verb that runs in the background.
#[napi]
pub struct Rollout(pub(crate) Arc<RolloutHandle>);

#[napi]
impl Rollout {
    #[napi]
    pub fn events(&self) -> Events {
        Events { running: Arc::clone(&self.0), left: watch::Sender::new(false) }
    }

    #[napi]
    pub fn outcome<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, String>> {
        let running = Arc::clone(&self.0);
        env.spawn_future(async move { to_js(&running.outcome().await.map_err(|error| exception(&error))?) })
    }

    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// The events of a rollout, as one loop reads them.
#[napi]
pub struct Events {
    running: Arc<RolloutHandle>,
    /// Whether the loop has been left.
    left: watch::Sender<bool>,
}

#[napi]
impl Events {
    /// The next event as JSON text; null at the end, and once the loop has been left.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, Option<String>>> {
        let running = Arc::clone(&self.running);
        let mut left = self.left.subscribe();
        env.spawn_future(async move {
            tokio::select! {
                biased;
                _ = left.wait_for(|left| *left) => Ok(None),
                event = running.next() => event.map(|event| to_js(&event)).transpose(),
            }
        })
    }

    /// Leaves the loop: what waits for the next event would keep the process alive. The rollout goes on.
    #[napi]
    pub fn leave(&self) {
        self.left.send_replace(true);
    }
}
