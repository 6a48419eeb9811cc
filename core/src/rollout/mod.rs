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
pub(crate) mod service;
pub(crate) mod shapes;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod verdict;
pub(crate) mod watch;

use futures_util::stream::{self, Stream};

pub use crate::engine::handle::RolloutHandle;
pub use flows::deploy_all::Rollouts;

use crate::client::Client;
use crate::engine::stream::{Item, Rollout};
use crate::error::Error;
use crate::redact::words::Words;
use crate::texts::Texts;
use crate::types::deployment::Deployment;
use crate::types::event::{Event, Outcome};
use crate::types::outcome::{RegisterOutcome, RunOutcome};
use crate::types::plan::Plan;
use crate::types::service::{Service, ServiceOutcome};
use crate::types::task::{Register, Run};
pub(crate) use machine::Goal;
use machine::Machine;

impl Rollout {
    pub(crate) fn new(client: Client, deployment: Deployment) -> Self {
        Self::for_goal(client, deployment, Goal::Deploy)
    }

    pub(crate) fn for_goal(client: Client, deployment: Deployment, goal: Goal) -> Self {
        let secrets = Words::of(&deployment);
        let machine = Machine::with_goal(client, deployment, goal);
        let cancellation = machine.cancellation();
        Self::of_items(items(machine, |_, outcome| outcome), cancellation, secrets)
    }

    /// A revision, and nothing that runs it.
    pub(crate) async fn register(client: Client, register: Register) -> Result<RegisterOutcome, Error> {
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

impl Rollout<Event, ServiceOutcome> {
    pub(crate) fn of_service(client: Client, service: Service) -> Self {
        let secrets = Words::of(&service);
        let machine = Machine::of_service(client, service);
        let cancellation = machine.cancellation();
        Self::of_items(flows::service::items(machine), cancellation, secrets)
    }
}

impl Rollout<Event, RunOutcome> {
    /// A task that runs to its end.
    pub(crate) fn of_task(client: Client, run: Run) -> Self {
        let secrets = Words::of(&run);
        let machine = Machine::of_task(client, run);
        let cancellation = machine.cancellation();
        let ran = |machine: &mut Machine, outcome| machine.tasks.take_ran(outcome);
        Self::of_items(items(machine, ran), cancellation, secrets)
    }
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
