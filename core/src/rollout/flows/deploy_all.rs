//! Deploys to many services: how many are in progress, which begin when, and what happens to the others if one fails.

mod ends;
mod member;
mod places;
mod plan;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as Polling, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};
use futures_util::{FutureExt, stream};

use crate::client::Client;
use crate::engine::cancel::Cancellation;
use crate::engine::context::{Context, Events};
use crate::engine::fleet::{Decision, Fleet};
use crate::engine::stream::{Item, Rollout};
use crate::error::Error;
use crate::error::failure::Failure;
use crate::redact::words::Words;
use crate::rollout::document;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::Recover;
use crate::types::event::{Event, FleetEvent, FleetOutcome, Outcome};
use crate::types::fleet::DeployAll;
use crate::types::fleet::order::Order;
use member::{Member, Phase};
use places::Places;

/// Deployments to many services in progress: a stream of [`FleetEvent`]s.
///
/// Dropping it stops the watching, never the deployments.
pub type Rollouts = Rollout<FleetEvent, Vec<FleetOutcome>>;

impl Client {
    /// Deploys to many services at once, and watches them together: ten services with each call, and one rate limit for all of an
    /// account and region.
    ///
    /// The services may come from a file, wait for each other (`needs`, `wave`), and be of several regions and accounts. All options
    /// are checked before anything is written, and each service that waits for others is checked with AWS, too; so are services
    /// that begin together. The outcome is a list in the order of the request.
    ///
    /// # Errors
    /// `invalid` for wrong options, with all that is wrong in its findings. Otherwise the first failure, with how the other services
    /// ended; each as of `deploy`. `failed` and `superseded` also for a service that does not stay live for `bake` seconds, and
    /// `rolled_back` for one that was live and is taken back by `recover`.
    pub fn deploy_all(&self, all: DeployAll) -> Rollouts {
        Rollouts::of_many(self.clone(), all)
    }
}

impl Rollouts {
    pub(crate) fn of_many(client: Client, all: DeployAll) -> Self {
        let cancellation = Arc::<Cancellation>::default();
        let (all, refused) = match document::resolve(all) {
            Ok(all) => (all, None),
            Err(error) => (DeployAll::default(), Some(error)),
        };
        let secrets = Words::of(&all);
        let deployments = Deployments::new(client, all, refused, Arc::clone(&cancellation));
        // Each service has an event for its own end; there is none for the end of all.
        Self::of_stream(items(deployments).map(move |item| secrets.hide_in(item)).boxed(), cancellation)
    }
}

fn items(all: Deployments) -> impl Stream<Item = Item<FleetEvent, Vec<FleetOutcome>>> + Send {
    stream::unfold(Some(all), |all| async move {
        let mut all = all?;
        loop {
            if let Some(event) = all.events.pop_front() {
                return Some((Item::Event(event), Some(all)));
            }
            if let Some(end) = all.end() {
                return Some((Item::End(end), None));
            }
            all.go_on().await;
        }
    })
}

/// What a flow has come to.
enum Step {
    /// It was checked with so many calls, and nothing was written.
    Checked(u64, Result<(), Error>),
    Deployed(Box<Result<Outcome, Error>>, Box<Workflow>),
    Baked(Result<(), Error>, Box<Workflow>),
    /// It was taken back; `None` if there was nothing to go back to.
    Back(Option<Error>),
}

/// A flow in progress, with the number of its member.
type Flow = BoxFuture<'static, (usize, Step)>;

struct Deployments {
    client: Client,
    places: Places,
    members: Vec<Member>,
    order: Order,
    on: FuturesUnordered<Flow>,
    fleet: Fleet,
    rules: Rules,
    cancellation: Arc<Cancellation>,
    events: VecDeque<FleetEvent>,
    refused: Option<Error>,
    /// All have been told to end.
    is_ending: bool,
    is_begun: bool,
}

/// What was asked for all of them.
#[derive(Clone, Copy)]
struct Rules {
    parallel: usize,
    stops: bool,
    /// In seconds.
    bake: f64,
    recovers: bool,
}

impl Deployments {
    fn new(client: Client, all: DeployAll, refused: Option<Error>, cancellation: Arc<Cancellation>) -> Self {
        let rules = Rules {
            parallel: all.parallel.unwrap_or(usize::MAX),
            stops: all.stop,
            bake: all.bake.unwrap_or_default(),
            recovers: all.recover == Recover::Rollback,
        };
        // What cannot be an order was refused already.
        let order = Order::of(&all.services).unwrap_or_default();
        let places = Places::of(&client, &all.services);
        let members = all.services.into_iter().enumerate().map(|(at, service)| {
            let waits = order.waits(at);
            Member::new(service, places.of_service(at), waits, rules.recovers)
        });
        Self {
            members: members.collect(),
            client,
            places,
            order,
            on: FuturesUnordered::new(),
            fleet: Fleet::default(),
            rules,
            cancellation,
            events: VecDeque::new(),
            refused,
            is_ending: false,
            is_begun: false,
        }
    }

    /// Continues until there is news, an end of one, or nothing to do before some later moment, which is waited for.
    async fn go_on(&mut self) {
        if !self.is_begun {
            self.is_begun = true;
            self.refused = self.places.check(&self.members).await.err();
            return;
        }
        self.begin();
        let ended = poll_fn(|context| self.poll(context)).await;
        self.gather();
        match ended {
            Some((at, step)) => self.stepped(at, step),
            None if self.events.is_empty() => self.decide().await,
            None => {}
        }
        self.gather();
    }

    /// One that has ended, or nothing once there are events to take or all wait.
    fn poll(&mut self, context: &mut Polling<'_>) -> Poll<Option<(usize, Step)>> {
        match self.on.poll_next_unpin(context) {
            Poll::Ready(Some(ended)) => Poll::Ready(Some(ended)),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let has_news = self.members.iter().any(|member| !member.events.is_empty());
                if has_news || self.fleet.is_waiting() { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    /// Begins what may begin now.
    fn begin(&mut self) {
        if self.rules.stops && self.members.iter().any(Member::has_failed) {
            self.fleet.stop();
        }
        self.check_those_that_wait();
        self.end_waves();
        for at in 0..self.members.len() {
            if self.members[at].phase != Phase::Waiting {
                continue;
            }
            if self.cancellation.is_cancelled() {
                let failure = Failure { service: self.members[at].service.clone(), ..Failure::default() };
                self.members[at].is_left_out = true;
                self.ended(at, Err(Error::Cancelled(Box::new(failure))));
            } else if let Some(cause) = self.left_out_by(at) {
                let error = Workflow::not_begun(&self.members[at].service, Some(&cause));
                self.ended(at, Err(error));
            } else if self.may_begin(at) {
                self.deploy(at);
            }
        }
        self.take_back();
        self.fleet.expect(self.members.iter().filter(|member| member.phase.is_to_come()).count());
    }

    /// Checks the services that cannot begin yet, so that what is wrong with them is known before the first write.
    fn check_those_that_wait(&mut self) {
        for at in (0..self.members.len()).filter(|at| self.members[*at].phase == Phase::Unchecked).collect::<Vec<_>>() {
            if self.cancellation.is_cancelled() {
                self.members[at].phase = Phase::Waiting;
                continue;
            }
            self.members[at].phase = Phase::Checking;
            let mut work = Box::new(self.workflow(at, Events::kept()));
            self.on.push(
                async move {
                    let end = match Box::pin(work.plan()).await {
                        Ok(_) => Ok(()),
                        Err(halt) => Box::pin(work.finish(Err(halt))).await.map(drop),
                    };
                    let end = end.map_err(|error| work.cx.secrets.hide_in(error));
                    (at, Step::Checked(work.cx.attempts.calls, end))
                }
                .boxed(),
            );
        }
    }

    /// The service because of which one does not begin, if there is one.
    fn left_out_by(&self, at: usize) -> Option<String> {
        let failed = |at: &usize| self.members[*at].has_failed();
        let needed = self.order.before(at).find(failed);
        let stops = self.rules.stops || needed.is_some();
        let all = || (0..self.members.len()).filter(failed);
        // The one that failed itself, rather than one that did not begin because of it.
        let own = needed.filter(|at| !self.members[*at].is_left_out);
        let cause = own.or_else(|| all().find(|at| !self.members[*at].is_left_out)).or_else(|| all().next());
        cause.filter(|_| stops).map(|cause| self.members[cause].called().to_owned())
    }

    /// Whether all have come as far as this one needs, and not too many are on their way.
    fn may_begin(&self, at: usize) -> bool {
        let is_there = |other: usize| match self.members[other].phase {
            Phase::Done => true,
            Phase::Live => !self.order.is_in_earlier_wave(other, at),
            _ => false,
        };
        let on = self.members.iter().filter(|member| member.phase == Phase::Deploying).count();
        on < self.rules.parallel && self.order.before(at).all(is_there)
    }

    fn deploy(&mut self, at: usize) {
        let mut work = Box::new(self.workflow(at, self.members[at].events.clone()));
        work.cx.attempts.calls = self.members[at].calls;
        self.members[at].phase = Phase::Deploying;
        self.on.push(
            async move {
                let end = Box::pin(work.run_whole()).await;
                (at, Step::Deployed(Box::new(end), work))
            }
            .boxed(),
        );
    }

    fn workflow(&self, at: usize, events: Events) -> Workflow {
        let member = &self.members[at];
        let seat = self.fleet.take_in(at, member.place);
        let client = self.places.client(member.place).clone();
        let cx = Context::new(client, events, Arc::clone(&self.cancellation), Some(seat));
        Workflow::new(cx, member.request.clone(), Verb::Deploy)
    }

    /// Lets the waves bake of which all services are live.
    fn end_waves(&mut self) {
        for at in 0..self.members.len() {
            let wave: Vec<usize> = self.order.wave_of(at).collect();
            let is_settled = wave.iter().all(|at| matches!(self.members[*at].phase, Phase::Live | Phase::Done));
            if self.members[at].phase != Phase::Live || !is_settled {
                continue;
            }
            let is_live = wave.iter().all(|at| !self.members[*at].has_failed());
            for at in wave.into_iter().filter(|at| self.members[*at].phase == Phase::Live).collect::<Vec<_>>() {
                if is_live && !self.cancellation.is_cancelled() { self.bake(at) } else { self.finish(at) }
            }
        }
    }

    fn bake(&mut self, at: usize) {
        let Some(mut work) = self.members[at].work.take() else { return self.finish(at) };
        self.members[at].phase = Phase::Baking;
        self.fleet.take_in(at, self.members[at].place);
        let seconds = self.rules.bake;
        self.on.push(
            async move {
                let end = Box::pin(work.bake(seconds)).await;
                (at, Step::Baked(end, work))
            }
            .boxed(),
        );
    }

    /// Takes back what this rollout has made live, if one has failed: a service before those that it needs.
    fn take_back(&mut self) {
        let is_over = self.members.iter().all(|member| member.phase.is_over());
        let has_failed = self.members.iter().any(Member::has_failed);
        if !(self.rules.recovers && is_over && has_failed) || self.cancellation.is_cancelled() {
            return;
        }
        self.fleet.go_on();
        let because = self.first_failed().map(|first| format!("service {:?} failed", self.members[first].called()));
        let because = because.unwrap_or_default();
        for at in 0..self.members.len() {
            let others_are_back = self.order.after(at).all(|other| !self.members[other].is_to_go_back());
            if self.members[at].phase != Phase::Done || !self.members[at].is_to_go_back() || !others_are_back {
                continue;
            }
            let member = &mut self.members[at];
            let Some(mut work) = member.work.take() else { continue };
            member.phase = Phase::GoingBack;
            let (error, because) = (member.error().cloned(), because.clone());
            self.fleet.take_in(at, member.place);
            self.on.push(async move { (at, Step::Back(Box::pin(work.take_back(error, &because)).await)) }.boxed());
        }
    }

    /// Lets the next flows continue, or waits until one may.
    async fn decide(&mut self) {
        let now = self.client.clock().now();
        if let Decision::SleepUntil(due) = self.fleet.decide(now) {
            let fleet = self.fleet.clone();
            tokio::select! {
                biased;
                // Once: what stops tasks on its way out takes some time more.
                () = self.cancellation.requested(|| fleet.must_go_on()), if !self.is_ending => {
                    self.is_ending = true;
                    self.fleet.wake_all();
                }
                () = self.client.clock().sleep(due.saturating_sub(now)) => {}
            }
        }
    }

    /// Takes the events that the members have emitted.
    fn gather(&mut self) {
        let bakes = self.rules.bake > 0.0;
        for member in &mut self.members {
            while let Some(event) = member.events.take() {
                // It is said once nothing can come after it.
                match event {
                    Event::Succeeded(_) if bakes => member.held = Some(event),
                    event => self.events.push_back(member.event(event)),
                }
            }
        }
    }

    fn stepped(&mut self, at: usize, step: Step) {
        self.fleet.leave(at);
        match step {
            Step::Checked(calls, Ok(())) => {
                (self.members[at].calls, self.members[at].phase) = (calls, Phase::Waiting);
            }
            Step::Checked(_, Err(error)) => self.ended(at, Err(error)),
            Step::Deployed(end, work) => {
                self.members[at].work = Some(work);
                let is_live = end.is_ok();
                self.ended(at, *end);
                if is_live && self.rules.bake > 0.0 {
                    self.members[at].phase = Phase::Live;
                }
            }
            Step::Baked(end, work) => {
                self.members[at].work = Some(work);
                match end {
                    Ok(()) => self.finish(at),
                    Err(error) => self.ended(at, Err(error)),
                }
            }
            Step::Back(error) => self.went_back(at, error),
        }
    }

    /// Notes the end of one.
    fn ended(&mut self, at: usize, end: Result<Outcome, Error>) {
        let mut end = end;
        if end.as_ref().is_err_and(Workflow::is_not_begun) {
            self.members[at].is_left_out = true;
            if let Some(cause) = self.left_out_by(at) {
                end = Err(Workflow::not_begun(&self.members[at].service, Some(&cause)));
            }
        }
        let member = &mut self.members[at];
        member.phase = Phase::Done;
        if let Err(error) = &end {
            member.held = None;
            let event = member.event(Event::failed(error));
            self.events.push_back(event);
        }
        member.end = Some(end);
    }

    /// Nothing comes after its success any more.
    fn finish(&mut self, at: usize) {
        let member = &mut self.members[at];
        member.phase = Phase::Done;
        if let Some(event) = member.held.take() {
            let event = member.event(event);
            self.events.push_back(event);
        }
    }

    fn went_back(&mut self, at: usize, error: Option<Error>) {
        let member = &mut self.members[at];
        let was_live = member.error().is_none();
        match error {
            Some(error) => {
                member.is_taken_back = was_live;
                if was_live {
                    let event = member.event(Event::failed(&error));
                    self.events.push_back(event);
                }
                member.end = Some(Err(error));
            }
            None => {
                if let Some(event) = member.stays() {
                    self.events.push_back(event);
                }
            }
        }
        member.phase = Phase::Back;
    }
}
