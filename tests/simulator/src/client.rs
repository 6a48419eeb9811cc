//! A client of this project that waits by the simulator's clock.

use std::sync::Arc;
use std::time::Duration;

use ecs_rollout::{Client, ClientOptions};
use futures_util::future::BoxFuture;

use crate::server::Server;
use crate::{Clock, Simulator};

/// The simulator's time for a client, which keeps the simulator serving as long as it may be called.
struct Time {
    clock: Clock,
    _server: Arc<Server>,
}

impl ecs_rollout::Clock for Time {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn epoch(&self) -> Duration {
        self.clock.epoch()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.clock.sleep(duration))
    }
}

impl Simulator {
    /// Makes a client that calls this simulator and waits by its clock: at speed 0, a rollout of minutes takes no time. The simulator
    /// goes on serving as long as the client exists.
    pub fn client(&self) -> Client {
        self.client_with(ClientOptions::default())
    }

    /// The same with settings of its own, such as `account`. The simulator is its endpoint.
    pub fn client_with(&self, settings: ClientOptions) -> Client {
        let time = Time { clock: self.clock(), _server: Arc::clone(&self.server) };
        Client::local_with(self.endpoint(), settings, Arc::new(time))
    }
}
