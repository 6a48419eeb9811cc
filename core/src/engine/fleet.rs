//! Runs many flows on one clock: which one continues, which looks one call can serve, and when nothing may be written.
//!
//! A flow that has nothing to do at the moment waits at its seat: until a time, to look at something that others look at too, or to
//! write. When all wait, the fleet decides who is next. So the order of things depends on the clock alone.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use serde_json::Value;

use crate::aws::fault::ApiError;

/// Looks that are due this soon are made together with those that are due now.
const TOGETHER: Duration = Duration::from_millis(800);
/// As many as one call may look at.
const BATCH: usize = 10;

/// The seats of a fleet's flows.
#[derive(Clone, Default)]
pub(crate) struct Fleet(Arc<Mutex<Seats>>);

#[derive(Default)]
struct Seats {
    flows: BTreeMap<usize, State>,
    /// How many flows have still to be taken in.
    to_come: usize,
    /// Nothing more may begin to write: a flow has failed.
    is_stopped: bool,
}

struct State {
    place: usize,
    waits: Waits,
    waker: Option<Waker>,
    /// Nothing has been settled yet that could be written.
    is_preparing: bool,
    has_written: bool,
    /// Being dropped ends the flow.
    is_detachable: bool,
}

/// What a flow waits for.
#[derive(Debug)]
enum Waits {
    /// For nothing: it is at work.
    No,
    Until(Duration),
    ToLook {
        due: Duration,
        cluster: String,
        service: String,
    },
    ToWrite {
        until: Duration,
    },
    /// It was called, with this.
    Called(Call),
}

/// Why a flow may continue.
#[derive(Debug)]
pub(crate) enum Call {
    /// Its time has come.
    GoOn,
    /// It is to look at all these services: its own and those of others.
    Lead(Vec<Shared>),
    /// Another has looked for it.
    Answer(Result<Value, ApiError>),
    /// It is to look alone.
    Alone,
    /// It must not write any more.
    LeftOut,
}

/// A look that another flow waits for.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    flow: usize,
    pub(crate) service: String,
}

/// What is to be done once all flows wait.
pub(crate) enum Decision {
    /// Some continue.
    GoOn,
    /// Nothing before this moment.
    SleepUntil(Duration),
    /// There is none left.
    Over,
}

impl Fleet {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a flow in. Only looks of flows of one place, an account and a region, can be made together.
    pub(crate) fn take_in(&self, flow: usize, place: usize) -> Seat {
        let (waits, waker) = (Waits::No, None);
        let state = State { place, waits, waker, is_preparing: true, has_written: false, is_detachable: false };
        self.seats().flows.insert(flow, state);
        Seat { fleet: self.clone(), flow }
    }

    /// Removes a flow that has ended.
    pub(crate) fn leave(&self, flow: usize) {
        self.seats().flows.remove(&flow);
    }

    /// No flow that has not written yet may begin to.
    pub(crate) fn stop(&self) {
        self.seats().is_stopped = true;
    }

    /// Flows may begin to write again.
    pub(crate) fn go_on(&self) {
        self.seats().is_stopped = false;
    }

    /// Whether every flow waits.
    pub(crate) fn is_waiting(&self) -> bool {
        self.seats().flows.values().all(|state| !matches!(state.waits, Waits::No | Waits::Called(_)))
    }

    /// So many flows are still to be taken in.
    pub(crate) fn expect(&self, to_come: usize) {
        self.seats().to_come = to_come;
    }

    /// Whether being dropped ends nothing yet: a flow has still something that it must do.
    pub(crate) fn must_go_on(&self) -> bool {
        let seats = self.seats();
        seats.to_come > 0 || seats.flows.values().any(|state| !state.is_detachable)
    }

    /// Lets all flows see that they are to end.
    pub(crate) fn wake_all(&self) {
        for state in self.seats().flows.values_mut() {
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
        }
    }

    /// Lets the next flows continue, once every flow waits.
    pub(crate) fn decide(&self, now: Duration) -> Decision {
        let mut seats = self.seats();
        if seats.flows.is_empty() {
            return Decision::Over;
        }
        if let Some(batch) = seats.batch(now) {
            seats.lead(batch);
            return Decision::GoOn;
        }
        if seats.let_write() | seats.wake(now) {
            return Decision::GoOn;
        }
        let due = seats.flows.values().filter_map(|state| state.waits.due()).min();
        due.map_or(Decision::Over, Decision::SleepUntil)
    }
}

impl Waits {
    fn due(&self) -> Option<Duration> {
        match self {
            Self::Until(due) | Self::ToLook { due, .. } | Self::ToWrite { until: due } => Some(*due),
            Self::No | Self::Called(_) => None,
        }
    }
}

impl State {
    fn call(&mut self, call: Call) {
        self.waits = Waits::Called(call);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Seats {
    /// The flows whose looks one call can serve, if one is due.
    fn batch(&self, now: Duration) -> Option<Vec<Shared>> {
        let look = |state: &State| match &state.waits {
            Waits::ToLook { due, cluster, service } => Some((*due, (state.place, cluster.clone()), service.clone())),
            _ => None,
        };
        let (_, chosen, _) = self.flows.values().filter_map(look).find(|(due, ..)| *due <= now)?;
        let of_chosen = self.flows.iter().filter_map(|(flow, state)| {
            let (due, place, service) = look(state)?;
            (place == chosen && due <= now + TOGETHER).then_some(Shared { flow: *flow, service })
        });
        Some(of_chosen.take(BATCH).collect())
    }

    /// The first of a batch looks for all.
    fn lead(&mut self, batch: Vec<Shared>) {
        let leader = batch.first().map(|first| first.flow);
        for one in &batch {
            if Some(one.flow) != leader
                && let Some(state) = self.flows.get_mut(&one.flow)
            {
                // It is at work, as it were, until it is answered.
                state.waits = Waits::No;
            }
        }
        if let Some(state) = leader.and_then(|leader| self.flows.get_mut(&leader)) {
            state.call(Call::Lead(batch));
        }
    }

    /// Lets those write that wait for it, once none prepares.
    fn let_write(&mut self) -> bool {
        let is_stopped = self.is_stopped;
        let is_open = self.flows.values().all(|state| !state.is_preparing);
        let mut has_called = false;
        for state in self.flows.values_mut().filter(|state| matches!(state.waits, Waits::ToWrite { .. })) {
            if is_stopped && !state.has_written {
                state.call(Call::LeftOut);
                has_called = true;
            } else if is_open {
                state.has_written = true;
                state.call(Call::GoOn);
                has_called = true;
            }
        }
        has_called
    }

    /// Lets those flows continue whose time has come.
    fn wake(&mut self, now: Duration) -> bool {
        let mut has_called = false;
        for state in self.flows.values_mut() {
            if matches!(state.waits, Waits::Until(due) | Waits::ToWrite { until: due } if due <= now) {
                state.call(Call::GoOn);
                has_called = true;
            }
        }
        has_called
    }
}

/// The place of one flow in its fleet.
#[derive(Clone)]
pub(crate) struct Seat {
    fleet: Fleet,
    flow: usize,
}

impl Seat {
    pub(crate) async fn sleep_until(&mut self, due: Duration) {
        self.wait(Waits::Until(due)).await;
    }

    /// Waits until it may write; whether it may.
    pub(crate) async fn wait_to_write(&mut self, until: Duration) -> bool {
        self.is_past_preparing();
        !matches!(self.wait(Waits::ToWrite { until }).await, Call::LeftOut)
    }

    /// Waits until the service is to be looked at.
    pub(crate) async fn wait_to_look(&mut self, due: Duration, cluster: String, service: String) -> Call {
        self.wait(Waits::ToLook { due, cluster, service }).await
    }

    /// Lets another flow continue that waits for a look: with its answer, or to look alone.
    pub(crate) fn answer(&self, shared: &Shared, call: Call) {
        if shared.flow != self.flow
            && let Some(state) = self.fleet.seats().flows.get_mut(&shared.flow)
        {
            state.call(call);
        }
    }

    pub(crate) fn is_past_preparing(&mut self) {
        if let Some(state) = self.fleet.seats().flows.get_mut(&self.flow) {
            state.is_preparing = false;
        }
    }

    /// From now on being dropped ends the flow.
    pub(crate) fn set_detachable(&mut self) {
        if let Some(state) = self.fleet.seats().flows.get_mut(&self.flow) {
            state.is_detachable = true;
        }
    }

    /// Whether a flow of the fleet has still something that it must do.
    pub(crate) fn must_go_on(&self) -> bool {
        self.fleet.must_go_on()
    }

    async fn wait(&mut self, waits: Waits) -> Call {
        // A flow that stops waiting is at work again.
        let _working = Working(self.clone());
        let mut waits = Some(waits);
        poll_fn(|context| {
            let mut seats = self.fleet.seats();
            let Some(state) = seats.flows.get_mut(&self.flow) else { return Poll::Ready(Call::GoOn) };
            if let Some(waits) = waits.take() {
                state.waits = waits;
            }
            match std::mem::replace(&mut state.waits, Waits::No) {
                Waits::Called(call) => Poll::Ready(call),
                waiting => {
                    state.waits = waiting;
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

/// Notes that a flow does not wait any more.
struct Working(Seat);

impl Drop for Working {
    fn drop(&mut self) {
        let mut seats = self.0.fleet.seats();
        let Some(state) = seats.flows.get_mut(&self.0.flow) else { return };
        let waits = std::mem::replace(&mut state.waits, Waits::No);
        // Whoever was to look for others does not any more.
        if let Waits::Called(Call::Lead(batch)) = waits {
            for one in batch.iter().filter(|one| one.flow != self.0.flow) {
                if let Some(state) = seats.flows.get_mut(&one.flow) {
                    state.call(Call::Alone);
                }
            }
        }
    }
}
