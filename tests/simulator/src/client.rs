//! How this project's own client comes to wait by the simulator's clock.

use std::sync::Arc;
use std::time::Duration;

use ecs_rollout::Client;
use futures_util::future::BoxFuture;

use crate::{Clock, Simulator};

impl ecs_rollout::Clock for Clock {
    fn now(&self) -> Duration {
        Clock::now(self)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Clock::sleep(self, duration))
    }
}

impl Simulator {
    /// A client that calls this simulator and waits by its clock, so that a rollout of minutes takes as long as the
    /// clock's speed makes it: no time at all at speed 0.
    pub fn client(&self) -> Client {
        Client::local(self.endpoint(), Arc::new(self.clock()))
    }
}
