//! What all flows share: attempts at calls, pauses, the deadline, cancellation and events. It knows nothing of ECS.

use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;

use super::cancel::Cancellation;
use super::fleet::{Call, Seat};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::redact::words::Words;
use crate::types::event::{Event, Warning};

/// How long an answer may take on the wall: that of a look, and that of a call that only explains an end.
const LOOK: Duration = Duration::from_secs(8);
const EXPLANATION: Duration = Duration::from_secs(4);

/// Why a flow goes no further, or not yet.
#[derive(Debug)]
pub(crate) enum Halt {
    /// An attempt failed for a transient reason: it is repeated after the pause, which is set.
    Retry,
    /// What was read is older than something else that is known: all of it is read again.
    Stale,
    /// The caller cancelled the flow, or dropped everything that could listen.
    Cancelled,
    /// The time is over.
    Deadline,
    /// Another flow of the same fleet failed before this one had written anything.
    LeftOut,
    /// Waiting does not help.
    Fail(Box<Error>),
    /// The end, with a complete error.
    End(Box<Error>),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Fail(Box::new(error))
    }
}

/// Events that were emitted and not yet taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    queue: Arc<Mutex<VecDeque<Event>>>,
    /// They are taken only at the end.
    are_kept: bool,
}

impl Events {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Events that are taken only once the flow has ended.
    pub(crate) fn kept() -> Self {
        Self { are_kept: true, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue().is_empty()
    }

    pub(crate) fn take(&self) -> Option<Event> {
        self.queue().pop_front()
    }

    /// Waits until all have been taken, so that the flow does not continue before its caller has the events.
    async fn taken(&self) {
        poll_fn(|context| {
            if self.are_kept || self.is_empty() {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// The context of a flow.
pub(crate) struct Context {
    pub(crate) client: Client,
    events: Events,
    /// The secrets that no text of this flow may contain.
    pub(crate) secrets: Words,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) timing: Timing,
    pub(crate) attempts: Attempts,
    cancellation: Arc<Cancellation>,
    /// Dropping the caller's handle ends the flow: there is nothing left that must still be done.
    is_detachable: bool,
    /// Its place in a fleet, if it is in one.
    seat: Option<Seat>,
    /// Events of starting and of success are not emitted: the flow is a part of another one.
    is_part: bool,
}

/// When the flow began and how long it may take, on the client's clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timing {
    started: Duration,
    /// When the time is over.
    deadline: Duration,
    /// Pause before the next attempt or look.
    pub(crate) pause: Option<Duration>,
    /// The current step may exceed the deadline: it only explains or cleans up.
    pub(crate) overruns: bool,
    /// Even a cancelled flow goes on with what it does: it stops what it has started.
    pub(crate) is_winding_up: bool,
    /// The last look was made after the deadline.
    pub(crate) is_last_look: bool,
    /// The last observation is followed up although the deadline has passed.
    pub(crate) is_followed_up: bool,
}

/// The calls so far.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    pub(crate) calls: u64,
    /// Failed attempts in a row.
    pub(crate) failed: usize,
    pub(crate) last_fault: Option<String>,
    /// The operations that have been answered.
    pub(crate) answered: HashSet<Operation>,
}

impl Context {
    pub(crate) fn new(client: Client, events: Events, cancellation: Arc<Cancellation>, seat: Option<Seat>) -> Self {
        let started = client.clock().now();
        let timing = Timing { started, deadline: started, ..Timing::default() };
        Self {
            client,
            events,
            secrets: Words::default(),
            warnings: Vec::new(),
            timing,
            attempts: Attempts::default(),
            cancellation,
            is_detachable: false,
            seat,
            is_part: false,
        }
    }

    /// Makes the context of a flow that is a part of this one and has its own deadline.
    pub(crate) fn part(&self) -> Self {
        let events = self.events.clone();
        Self {
            secrets: self.secrets.clone(),
            warnings: self.warnings.clone(),
            is_detachable: true,
            is_part: true,
            ..Self::new(self.client.clone(), events, Arc::clone(&self.cancellation), self.seat.clone())
        }
    }

    /// Takes over the faults and warnings of a part of this flow.
    pub(crate) fn take_over(&mut self, part: &mut Self) {
        self.secrets = std::mem::take(&mut part.secrets);
        self.warnings = std::mem::take(&mut part.warnings);
    }

    pub(crate) fn now(&self) -> Duration {
        self.client.clock().now()
    }

    /// The time since the flow began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now().saturating_sub(self.timing.started)
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }

    pub(crate) fn started(&self) -> Duration {
        self.timing.started
    }

    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.timing.deadline.saturating_sub(self.now())
    }

    /// The time is over at this moment of the client's clock.
    pub(crate) fn ends_at(&mut self, deadline: Duration) {
        self.timing.deadline = deadline;
    }

    pub(crate) fn emit(&self, event: Event) {
        if !(self.is_part && matches!(event, Event::Started { .. } | Event::Succeeded(_))) {
            self.events.queue().push_back(self.secrets.hide_in(event));
        }
    }

    /// Emits a warning and keeps it for the outcome. The same warning is emitted once.
    pub(crate) fn warn(&mut self, code: &str, text: impl Into<String>) {
        let warning = Warning { code: code.to_owned(), text: text.into() };
        if !self.warnings.contains(&warning) {
            self.emit(Event::Warning { code: warning.code.clone(), text: warning.text.clone() });
            self.warnings.push(warning);
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// From now on being dropped ends the flow: there is nothing left that must still be done.
    pub(crate) fn set_detachable(&mut self) {
        self.is_detachable = true;
        if let Some(seat) = &mut self.seat {
            seat.set_detachable();
        }
    }

    /// Does work that is no call of ECS, unless the flow is to end meanwhile. Its type is erased: together with that of the flow it
    /// would be too deep for the compiler.
    pub(crate) async fn unless_cancelled<T>(&mut self, work: impl Future<Output = T> + Send) -> Result<T, Halt> {
        let work = work.boxed();
        let (goes_on, is_winding_up) = (self.goes_on(), self.timing.is_winding_up);
        tokio::select! {
            biased;
            () = self.cancellation.requested(&goes_on), if !is_winding_up => Err(Halt::Cancelled),
            done = work => Ok(done),
        }
    }

    /// Makes one attempt at a call that only reads. It is aborted when the flow is to end.
    pub(crate) async fn read(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.events.taken().await;
        let cancellation = Arc::clone(&self.cancellation);
        let (goes_on, is_winding_up) = (self.goes_on(), self.timing.is_winding_up);
        tokio::select! {
            biased;
            () = cancellation.requested(&goes_on), if !is_winding_up => Err(Halt::Cancelled),
            answer = self.attempt(operation, input) => answer,
        }
    }

    /// Makes one attempt at a call that writes. It is never aborted: nobody would know whether it was done. It is not begun once the
    /// flow is cancelled.
    pub(crate) async fn write(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.events.taken().await;
        if self.is_cancelled() && !self.timing.is_winding_up {
            return Err(Halt::Cancelled);
        }
        self.wait_to_write().await?;
        self.check_deadline()?;
        self.wait_for_rate_limit().await;
        self.attempts.calls += 1;
        let client = self.client.clone();
        let answer = Box::pin(client.aws().await?.call(operation, input)).await;
        self.note(operation, &answer);
        Ok(answer)
    }

    async fn attempt(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.wait_for_rate_limit().await;
        self.attempts.calls += 1;
        // On the system's clock, whatever the client's clock is: a missing answer must not outlast the deadline.
        let limit = if self.timing.overruns { EXPLANATION } else { LOOK.min(self.left() + Duration::from_millis(500)) };
        let client = self.client.clone();
        // In a box: every flow that calls would be as large.
        let answer = tokio::time::timeout(limit, Box::pin(client.aws().await?.call(operation, input))).await;
        let answer = answer.unwrap_or_else(|_| Err(ApiError::late(operation)));
        self.note(operation, &answer);
        Ok(answer)
    }

    fn note(&mut self, operation: Operation, answer: &Result<Value, ApiError>) {
        match answer {
            Ok(_) => {
                self.attempts.answered.insert(operation);
                self.client.rate_limiter().speed_up();
            }
            Err(fault) if fault.kind == ApiErrorKind::Throttled => self.client.rate_limiter().slow_down(),
            Err(_) => {}
        }
    }

    /// Waits until a call may be made.
    pub(crate) async fn wait_for_rate_limit(&self) {
        let wait = self.client.rate_limiter().acquire(self.now());
        if !wait.is_zero() {
            self.client.clock().sleep(wait).await;
        }
    }

    /// Sleeps, but not past the deadline, and not once the flow is to end.
    pub(crate) async fn sleep(&mut self, pause: Duration) -> Result<(), Halt> {
        let pause = if self.timing.overruns { pause } else { pause.min(self.left()) };
        self.events.taken().await;
        let due = self.now() + pause;
        let cancellation = Arc::clone(&self.cancellation);
        let (goes_on, is_winding_up) = (self.goes_on(), self.timing.is_winding_up);
        let wait = async {
            match &mut self.seat {
                Some(seat) => seat.sleep_until(due).await,
                None => self.client.clock().sleep(pause).await,
            }
        };
        tokio::select! {
            biased;
            () = cancellation.requested(&goes_on), if !is_winding_up => Err(Halt::Cancelled),
            () = wait => Ok(()),
        }
    }

    /// Sleeps for the pause that is set, if one is.
    pub(crate) async fn sleep_pause(&mut self) -> Result<(), Halt> {
        match self.timing.pause.take() {
            Some(pause) => self.sleep(pause).await,
            None => Ok(()),
        }
    }

    /// Before the same is tried again: the pause, and the end if the time is over.
    pub(crate) async fn before_retry(&mut self) -> Result<(), Halt> {
        self.sleep_pause().await?;
        self.check_deadline()
    }

    /// Resets the count of failed attempts after a success.
    pub(crate) fn succeeded(&mut self) {
        (self.attempts.failed, self.attempts.last_fault) = (0, None);
    }

    /// Sets the pause before another attempt, and emits that it will be made.
    pub(crate) fn retry(&mut self, fault: ApiError, delay: Duration) -> Halt {
        let operation = fault.operation.name();
        self.attempts.last_fault = Some(format!("{operation} failed last: {}: {}", fault.code, fault.text));
        self.emit(Event::Retrying { operation: operation.to_owned(), code: fault.code, delay: delay.as_secs_f64() });
        self.timing.pause = Some(delay);
        Halt::Retry
    }

    /// Waits at the place in a fleet until it is time to look at the service, alone or with others.
    pub(crate) async fn wait_to_look(&mut self, cluster: String, service: String) -> Result<Call, Halt> {
        self.events.taken().await;
        let due = self.now() + self.timing.pause.take().unwrap_or_default();
        let cancellation = Arc::clone(&self.cancellation);
        let (goes_on, is_winding_up) = (self.goes_on(), self.timing.is_winding_up);
        let Some(seat) = &mut self.seat else { return Ok(Call::Alone) };
        tokio::select! {
            biased;
            () = cancellation.requested(&goes_on), if !is_winding_up => Err(Halt::Cancelled),
            call = seat.wait_to_look(due, cluster, service) => Ok(call),
        }
    }

    /// The seat in a fleet, which shares looks.
    pub(crate) fn seat(&mut self) -> Option<&mut Seat> {
        self.seat.as_mut()
    }

    /// From now on the flow has nothing to write that others of its fleet would wait for, and may be dropped.
    pub(crate) fn is_past_preparing(&mut self) {
        if let Some(seat) = &mut self.seat {
            seat.is_past_preparing();
        }
    }

    /// Whether being dropped does not end the flow, as there is something that it must still do.
    fn goes_on(&self) -> impl Fn() -> bool + use<> {
        let (seat, is_detachable) = (self.seat.clone(), self.is_detachable);
        move || seat.as_ref().map_or(!is_detachable, Seat::must_go_on)
    }

    async fn wait_to_write(&mut self) -> Result<(), Halt> {
        // What may overrun the deadline is not held up by it.
        let until = if self.timing.overruns { Duration::MAX } else { self.timing.deadline };
        let Some(seat) = &mut self.seat else { return Ok(()) };
        let cancellation = Arc::clone(&self.cancellation);
        tokio::select! {
            biased;
            () = cancellation.requested(|| true), if !self.timing.is_winding_up => Err(Halt::Cancelled),
            may_write = seat.wait_to_write(until) => if may_write { Ok(()) } else { Err(Halt::LeftOut) },
        }
    }

    /// Ends the flow if the time is over.
    pub(crate) fn check_deadline(&self) -> Result<(), Halt> {
        if self.is_over() { Err(Halt::Deadline) } else { Ok(()) }
    }

    fn is_over(&self) -> bool {
        self.left().is_zero() && !self.timing.overruns && !self.timing.is_followed_up
    }
}

/// Repeats a step until it ends: after a transient failure it is made again after its pause.
macro_rules! persist {
    ($work:ident, $step:expr) => {
        loop {
            $work.cx.check_deadline()?;
            match $step {
                Err($crate::engine::context::Halt::Retry) => $work.cx.before_retry().await?,
                Ok(done) => {
                    $work.cx.succeeded();
                    break Ok(done);
                }
                Err(halt) => break Err(halt),
            }
        }
    };
}
pub(crate) use persist;
