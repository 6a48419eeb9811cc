//! A rollout: a stream of events that ends in an outcome.

mod calls;
mod case;
mod codedeploy;
mod collect;
mod diagnose;
mod join;
mod kind;
mod machine;
mod observe;
mod order;
mod pace;
mod planned;
mod prepare;
mod records;
mod recover;
mod running;
mod settings;
mod snapshot;
mod stage;
mod watch;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt};

pub use running::Running;

use crate::client::Client;
use crate::error::Error;
use crate::event::{Event, Outcome};
use crate::plan::Plan;
use crate::request::Deployment;
pub(crate) use machine::Goal;
use machine::{Leash, Machine};
pub(crate) use snapshot::last;

/// A deployment on its way: a [`Stream`] of [`Event`]s that does its work as it is polled.
///
/// Dropping it stops the watching, never the deployment.
pub struct Rollout {
    items: BoxStream<'static, Item>,
    end: Option<Result<Outcome, Error>>,
    leash: Arc<Leash>,
}

enum Item {
    Event(Event),
    End(Result<Outcome, Error>),
}

impl Rollout {
    pub(crate) fn new(client: Client, deployment: Deployment) -> Self {
        Self::for_goal(client, deployment, Goal::Deploy)
    }

    pub(crate) fn for_goal(client: Client, deployment: Deployment, goal: Goal) -> Self {
        let machine = Machine::with_goal(client, deployment, goal);
        let leash = machine.leash();
        Self { items: items(machine).boxed(), end: None, leash }
    }

    /// What the rollout would do.
    pub(crate) async fn plan(client: Client, deployment: Deployment) -> Result<Plan, Error> {
        Machine::new(client, deployment).plan().await
    }

    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        StreamExt::next(self).await
    }

    /// Waits for the end and says what it was. Can be called at any time and again; it always says the same.
    ///
    /// # Errors
    /// Whatever kept the deployment from being live and complete.
    pub async fn outcome(&mut self) -> Result<Outcome, Error> {
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            self.next().await;
        }
    }

    /// Runs it in the background of the present tokio runtime, whether or not its events are read.
    pub fn spawn(self) -> Running {
        Running::start(self)
    }
}

impl Stream for Rollout {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.end.is_some() {
            return Poll::Ready(None);
        }
        match self.items.poll_next_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Item::Event(event))) => Poll::Ready(Some(event)),
            Poll::Ready(Some(Item::End(end))) => {
                self.end = Some(end);
                Poll::Ready(None)
            }
            Poll::Ready(None) => Poll::Ready(None),
        }
    }
}

/// Steps until there is something to tell, tells it, and so on to the end.
fn items(machine: Machine) -> impl Stream<Item = Item> + Send {
    stream::unfold(Some(machine), |machine| async move {
        let mut machine = machine?;
        loop {
            if let Some(event) = machine.take_event() {
                return Some((Item::Event(event), Some(machine)));
            }
            if let Some(end) = machine.end() {
                return Some((Item::End(end), None));
            }
            machine.step().await;
        }
    })
}

impl fmt::Debug for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout").field("end", &self.end).finish_non_exhaustive()
    }
}
