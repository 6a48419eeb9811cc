//! A rollout: a stream of events that ends in an outcome.

pub(crate) mod assure;
pub(crate) mod calls;
pub(crate) mod caution;
pub(crate) mod codedeploy;
pub(crate) mod diagnose;
pub(crate) mod elsewhere;
pub(crate) mod flows;
pub(crate) mod machine;
pub(crate) mod order;
pub(crate) mod prepare;
pub(crate) mod running;
pub(crate) mod service;
pub(crate) mod shapes;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod verdict;
pub(crate) mod watch;
pub(crate) mod work;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use serde::Serialize;
use serde_json::Value;

pub use flows::deploy_all::Rollouts;
pub use running::Running;

use crate::client::Client;
use crate::error::Error;
use crate::redact::words::Words;
use crate::texts::Texts;
use crate::types::deployment::Deployment;
use crate::types::event::{Event, Outcome};
use crate::types::outcome::{Ran, Registered};
use crate::types::plan::Plan;
use crate::types::service::{Service, Serviced};
use crate::types::task::{Register, Run};
pub(crate) use machine::Goal;
use machine::{Leash, Machine};

/// A deployment on its way: a [`Stream`] of [`Event`]s that does its work as it is polled.
///
/// Dropping it stops the watching, never the deployment.
#[must_use = "a rollout does nothing until it is polled: wait for its `outcome`, or `spawn` it"]
pub struct Rollout<E = Event, O = Outcome> {
    items: BoxStream<'static, Item<E, O>>,
    end: Option<Result<O, Error>>,
    leash: Arc<Leash>,
}

pub(crate) enum Item<E, O> {
    Event(E),
    End(Result<O, Error>),
}

impl Rollout {
    pub(crate) fn new(client: Client, deployment: Deployment) -> Self {
        Self::for_goal(client, deployment, Goal::Deploy)
    }

    pub(crate) fn for_goal(client: Client, deployment: Deployment, goal: Goal) -> Self {
        let secrets = Words::of(&deployment);
        let machine = Machine::with_goal(client, deployment, goal);
        let leash = machine.leash();
        Self::of_items(items(machine, |_, outcome| outcome), leash, secrets)
    }

    /// A revision, and nothing that runs it.
    pub(crate) async fn register(client: Client, register: Register) -> Result<Registered, Error> {
        let (is_plan, secrets) = (register.plan, Words::of(&register));
        let machine = Machine::with_goal(client, register.into_deployment(), Goal::Register);
        secrets.hide_in(Box::pin(machine.settle_definition(is_plan)).await)
    }

    /// What the rollout would do.
    pub(crate) async fn plan(client: Client, deployment: Deployment) -> Result<Plan, Error> {
        let secrets = Words::of(&deployment);
        secrets.hide_in(Machine::new(client, deployment).plan().await)
    }
}

impl Rollout<Event, Serviced> {
    pub(crate) fn of_service(client: Client, service: Service) -> Self {
        let secrets = Words::of(&service);
        let machine = Machine::of_service(client, service);
        let leash = machine.leash();
        Self::of_items(flows::service::items(machine), leash, secrets)
    }
}

impl Rollout<Event, Ran> {
    /// A task that runs to its end.
    pub(crate) fn of_task(client: Client, run: Run) -> Self {
        let secrets = Words::of(&run);
        let machine = Machine::of_task(client, run);
        let leash = machine.leash();
        let ran = |machine: &mut Machine, outcome| machine.tasks.take_ran(outcome);
        Self::of_items(items(machine, ran), leash, secrets)
    }
}

impl<O: Send + 'static> Rollout<Event, O> {
    /// A rollout of these items, none of which repeats a secret of the request. One that ends with an error says so in its last
    /// event.
    fn of_items(items: impl Stream<Item = Item<Event, O>> + Send + 'static, leash: Arc<Leash>, secrets: Words) -> Self
    where
        O: Texts,
    {
        let with_last = move |item| {
            let item = secrets.hide_in(item);
            let last = match &item {
                Item::End(Err(error)) => Some(Item::Event(Event::failed(error))),
                _ => None,
            };
            stream::iter(last.into_iter().chain([item]))
        };
        Self { items: items.flat_map(with_last).boxed(), end: None, leash }
    }
}

impl<E: Send + 'static, O: Clone + Send + 'static> Rollout<E, O> {
    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<E> {
        StreamExt::next(self).await
    }

    /// Waits for the end and says what it was. Can be called at any time and again; it always says the same.
    ///
    /// # Errors
    /// Whatever kept the deployment from being live and complete.
    #[must_use = "the outcome says whether the rollout ended well: await it and look"]
    pub async fn outcome(&mut self) -> Result<O, Error> {
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            self.next().await;
        }
    }

    /// With events and outcome as documents, as scripts see them.
    pub fn documents(self) -> Rollout<Value, Value>
    where
        E: Serialize,
        O: Serialize,
    {
        let document = |item| match item {
            Item::Event(event) => Item::Event(value(&event)),
            Item::End(end) => Item::End(end.map(|outcome| value(&outcome))),
        };
        Rollout {
            items: self.items.map(document).boxed(),
            end: self.end.map(|end| end.map(|one| value(&one))),
            leash: self.leash,
        }
    }

    /// Runs it in the background of the present tokio runtime, whether or not its events are read.
    pub fn spawn(self) -> Running<E, O> {
        Running::start(self)
    }
}

impl<E, O> Unpin for Rollout<E, O> {}

impl<E, O> Stream for Rollout<E, O> {
    type Item = E;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
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

/// How it has ended, in a word.
fn code<O>(end: Option<&Result<O, Error>>) -> String {
    match end {
        None => "none yet".to_owned(),
        Some(Ok(_)) => "success".to_owned(),
        Some(Err(error)) => error.code(),
    }
}

fn value(one: &impl Serialize) -> Value {
    serde_json::to_value(one).unwrap_or_default()
}

/// RoleChain until there is something to tell, tells it, and so on to the end.
fn items<O: Texts>(
    machine: Machine,
    outcome: fn(&mut Machine, Outcome) -> O,
) -> impl Stream<Item = Item<Event, O>> + Send {
    stream::unfold(Some(machine), move |machine| async move {
        let mut machine = machine?;
        loop {
            if let Some(event) = machine.take_event() {
                return Some((Item::Event(event), Some(machine)));
            }
            if let Some(end) = machine.end() {
                let end = end.map(|end| outcome(&mut machine, end));
                return Some((Item::End(machine.secrets.hide_in(end)), None));
            }
            machine.step().await;
        }
    })
}

impl<E: Texts, O: Texts> Texts for Item<E, O> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Event(event) => event.each(act),
            Self::End(end) => end.each(act),
        }
    }
}

/// Whether it has ended, and with which code: events and outcome are data.
impl<E, O> fmt::Debug for Rollout<E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout").field("end", &code(self.end.as_ref())).finish_non_exhaustive()
    }
}
