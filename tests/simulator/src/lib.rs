//! The Amazon ECS control plane in small, over HTTP and on a clock of its own: test deploy scripts without an account.
//!
//! [`Simulator::start`] takes a world document: clusters, task definitions, services that run already, how images
//! behave, faults, and what others do meanwhile. Point boto3, the AWS CLI or anything else that speaks to ECS at its
//! [`endpoint`](Simulator::endpoint), with any credentials.
//!
//! ```
//! use serde_json::json;
//! use ecs_rollout_simulator::Simulator;
//!
//! let simulator = Simulator::start(json!({
//!     "speed": 0,
//!     "definitions": [{ "family": "api", "containerDefinitions": [{ "name": "api", "memory": 64, "image": "api:1" }] }],
//!     "services": [{ "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 2 }],
//!     "images": { "api:2": { "exit": { "code": 1, "after": 1.0 } } },
//! }))?;
//! let answer = simulator.call("UpdateService", json!({ "service": "api", "forceNewDeployment": true }));
//! assert!(answer.is_ok());
//! simulator.clock().advance(std::time::Duration::from_secs(60));
//! assert_eq!(simulator.deployments()[1]["state"], "completed");
//! # Ok::<(), ecs_rollout_simulator::WorldError>(())
//! ```

mod api;
mod appspec;
mod ask;
mod behaviour;
mod client;
mod clock;
#[cfg(feature = "cli")]
mod command_line;
mod control;
mod elsewhere;
mod expect;
mod fault;
mod firing;
mod model;
mod outside;
mod page;
mod past;
mod proxy;
mod reader;
mod registry;
mod replica;
mod repositories;
mod rules;
mod script;
mod server;
mod still;
mod torn;
mod wire;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde_json::Value;

pub use clock::Clock;
#[cfg(feature = "cli")]
pub use command_line::ForCommandLine;
pub use expect::difference;
pub use reader::WorldError;

use control::Control;
use server::{Server, Shared};

/// A simulator of Amazon ECS that serves on an address of its own until it is closed, or it and its clients are dropped.
///
/// It has a clock of its own. The member `speed` of its world is the number of simulated seconds that pass in a second; with 0, time passes
/// only while a client of [`client`](Simulator::client) waits, so that a rollout takes no time.
pub struct Simulator {
    shared: Shared,
    server: Arc<Server>,
    region: String,
}

impl Simulator {
    /// Starts a simulator on a free port of 127.0.0.1. A world of `null` or `{}` is empty but for the cluster `default`.
    ///
    /// # Errors
    /// A text that names a member of the world that is unknown, of a wrong type, or refused by ECS.
    pub fn start(world: Value) -> Result<Simulator, WorldError> {
        Simulator::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), world)
    }

    /// Starts a simulator on the address given.
    ///
    /// # Errors
    /// As [`start`](Simulator::start), or the address cannot be listened on.
    pub fn start_on(addr: SocketAddr, world: Value) -> Result<Simulator, WorldError> {
        let control = Control::new(&world)?;
        let region = control.region().to_owned();
        let shared = Shared::new(control);
        let server = Arc::new(Server::start(addr, shared.clone())?);
        shared.lock().served_at(format!("http://{}", server.addr));
        Ok(Simulator { shared, server, region })
    }

    /// Its address, for instance `http://127.0.0.1:4566`, as an endpoint URL for any AWS SDK.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.addr)
    }

    /// The region its ARNs name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.shared.lock().clock()
    }

    /// Merges more world into the running one. Services added are in steady state at once.
    ///
    /// # Errors
    /// As those of a new simulator; nothing of the document is taken then. `speed` and `region` cannot be changed.
    pub fn add(&self, world: Value) -> Result<(), WorldError> {
        self.shared.lock().add(&world)
    }

    /// Performs one operation directly: no HTTP, no faults, no entry in [`calls`](Simulator::calls). An operation of
    /// another service than ECS is named with it: `logs:GetLogEvents`.
    ///
    /// # Errors
    /// The HTTP status and the body of the error that ECS would answer.
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, (u16, Value)> {
        self.shared.lock().call(operation, &input).map_err(|error| (error.status, error.body()))
    }

    /// Every HTTP call that came, in order, faulted ones included: `{at, operation, input, status, error?, service?}`, the
    /// service where it is not ECS. A call that got no answer has status 0. Calls of the world's script are among them, marked `"by": "script"`;
    /// answers that were old, and therefore others than those of the moment, are marked `"shown"`: `stale`, `torn` or `replica`.
    pub fn calls(&self) -> Value {
        self.shared.lock().calls()
    }

    /// Every call that a schedule of EventBridge Scheduler or a rule has made: `{at, schedule, group?, route, target, input?, http?,
    /// operation?, error?}`. An address is not called, a function neither; what is ECS's is performed.
    pub fn invocations(&self) -> Value {
        self.shared.lock().invocations()
    }

    /// Stops serving, whoever still calls.
    pub fn close(&self) {
        self.server.stop();
    }

    /// Every deployment as it really is, whatever the API shows: `{cluster, service, deployment, definition, by?, created, live?,
    /// finished?, state, reason?}`, the times in simulated seconds since the start. `by` is `script` or `rollback` if no caller began it.
    pub fn deployments(&self) -> Value {
        self.shared.lock().deployments()
    }
}
