//! Deploys to many services at the same time: how many are in progress, and when no more begin.

use crate::engine::context::{Context, Events};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as Polling, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};
use futures_util::{FutureExt, stream};

use crate::client::Client;
use crate::engine::cancel::Cancellation;
use crate::engine::fleet::{Decision, Fleet};
use crate::engine::stream::{Item, Rollout};
use crate::error::Error;
use crate::error::failure::{Failure, FleetFailure};
use crate::redact::words::Words;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::{DeployAll, Deployment};
use crate::types::event::{Event, FleetEvent, FleetOutcome, Outcome, ServiceEnd, ServiceFailure};

/// Deployments to many services in progress: a stream of [`FleetEvent`]s.
///
/// Dropping it stops the watching, never the deployments.
pub type Rollouts = Rollout<FleetEvent, Vec<FleetOutcome>>;

impl Client {
    /// Deploys to many services at once, and watches them together: ten services with each call, and one rate limit for all.
    ///
    /// Services that begin together are all checked before the first of them is written to. The outcome is a list in the
    /// order of the request.
    ///
    /// # Errors
    /// The first failure, with how the other services ended; each as of `deploy`.
    pub fn deploy_all(&self, all: DeployAll) -> Rollouts {
        Rollouts::of_many(self.clone(), all)
    }
}

impl Rollouts {
    pub(crate) fn of_many(client: Client, all: DeployAll) -> Self {
        let cancellation = Arc::<Cancellation>::default();
        let secrets = Words::of(&all);
        let deployments = Deployments::new(client, all, Arc::clone(&cancellation));
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

/// One of many.
struct Member {
    service: String,
    cluster: String,
    request: Option<Deployment>,
    /// The events it has emitted.
    events: Events,
    /// Not begun, because another failed, or all were cancelled.
    is_left_out: bool,
    end: Option<Result<Outcome, Error>>,
}

struct Deployments {
    client: Client,
    members: Vec<Member>,
    /// The flows in progress, each with its index among the members.
    on: FuturesUnordered<BoxFuture<'static, (usize, Result<Outcome, Error>)>>,
    fleet: Fleet,
    parallel: usize,
    stops: bool,
    cancellation: Arc<Cancellation>,
    events: VecDeque<FleetEvent>,
    refused: Option<Error>,
    /// All have been told to end.
    is_ending: bool,
}

impl Deployments {
    fn new(client: Client, all: DeployAll, cancellation: Arc<Cancellation>) -> Self {
        let refused = all.check().err();
        let (parallel, stops) = (all.parallel.unwrap_or(usize::MAX), all.stop);
        let members = all.services.into_iter().map(Member::new).collect();
        let (on, fleet, events) = (FuturesUnordered::new(), Fleet::default(), VecDeque::new());
        Self { client, members, on, fleet, parallel, stops, cancellation, events, refused, is_ending: false }
    }

    /// The end, if all have ended: the outcome of each service, or the first failure in the order requested with the end of each.
    fn end(&self) -> Option<Result<Vec<FleetOutcome>, Error>> {
        if let Some(refused) = &self.refused {
            return Some(Err(refused.clone()));
        }
        let ends: Vec<&Result<Outcome, Error>> =
            self.members.iter().map(|member| member.end.as_ref()).collect::<Option<_>>()?;
        let failures = || ends.iter().filter_map(|end| end.as_ref().err());
        // A service that was not begun because of another is not the failure.
        let first = failures().find(|error| !matches!(error, Error::Cancelled(_))).or_else(|| failures().next());
        Some(match first {
            Some(first) => {
                let services = self.members.iter().filter_map(Member::service_end).collect();
                Err(Error::Fleet(Box::new(FleetFailure { first: first.clone(), services })))
            }
            None => Ok(self.members.iter().filter_map(Member::outcome).collect()),
        })
    }

    /// Continues until there is news, an end of one, or nothing to do before some later moment, which is waited for.
    async fn go_on(&mut self) {
        self.begin();
        let ended = poll_fn(|context| self.poll(context)).await;
        self.gather();
        match ended {
            Some((at, end)) => self.ended(at, end),
            None if self.events.is_empty() => self.decide().await,
            None => {}
        }
        self.gather();
    }

    /// One that has ended, or nothing once there are events to take or all wait.
    fn poll(&mut self, context: &mut Polling<'_>) -> Poll<Option<(usize, Result<Outcome, Error>)>> {
        match self.on.poll_next_unpin(context) {
            Poll::Ready(Some(ended)) => Poll::Ready(Some(ended)),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let has_news = self.members.iter().any(|member| !member.events.is_empty());
                if has_news || self.fleet.is_waiting() { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    /// Begins as many as may run at the same time; none after a failure or a cancellation.
    fn begin(&mut self) {
        let has_failed = self.members.iter().any(|member| member.end.as_ref().is_some_and(Result::is_err));
        let leaves_out = has_failed && self.stops;
        if leaves_out {
            self.fleet.stop();
        }
        for at in 0..self.members.len() {
            let Some(member) = self.members.get_mut(at).filter(|member| member.request.is_some()) else { continue };
            if self.cancellation.is_cancelled() {
                member.request = None;
                member.is_left_out = true;
                let failure = Failure { service: member.service.clone(), ..Failure::default() };
                self.ended(at, Err(Error::Cancelled(Box::new(failure))));
            } else if leaves_out {
                member.request = None;
                let error = Workflow::not_begun(&member.service);
                self.ended(at, Err(error));
            } else if self.on.len() < self.parallel
                && let Some(request) = member.request.take()
            {
                let (seat, events) = (self.fleet.take_in(at), member.events.clone());
                let cx = Context::new(self.client.clone(), events, Arc::clone(&self.cancellation), Some(seat));
                let work = Workflow::new(cx, request, Verb::Deploy);
                self.on.push(async move { (at, Box::pin(work.run_to_the_end()).await) }.boxed());
            }
        }
        self.fleet.expect(self.members.iter().filter(|member| member.request.is_some()).count());
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
        for member in &self.members {
            while let Some(event) = member.events.take() {
                let (service, cluster) = (member.service.clone(), member.cluster.clone());
                self.events.push_back(FleetEvent { service, cluster, event });
            }
        }
    }

    fn ended(&mut self, at: usize, end: Result<Outcome, Error>) {
        self.fleet.leave(at);
        let Some(member) = self.members.get_mut(at) else { return };
        if let Err(error) = &end {
            let (service, cluster) = (member.service.clone(), member.cluster.clone());
            self.events.push_back(FleetEvent { service, cluster, event: Event::failed(error) });
            member.is_left_out |= Workflow::is_not_begun(error);
        }
        member.end = Some(end);
    }
}

impl Member {
    fn new(request: Deployment) -> Self {
        Self {
            service: request.service.clone(),
            cluster: request.cluster.clone(),
            request: Some(request),
            events: Events::default(),
            is_left_out: false,
            end: None,
        }
    }

    fn outcome(&self) -> Option<FleetOutcome> {
        let outcome = self.end.clone()?.ok()?;
        Some(FleetOutcome { service: self.service.clone(), cluster: self.cluster.clone(), outcome })
    }

    fn service_end(&self) -> Option<ServiceEnd> {
        let end = self.end.as_ref()?;
        Some(ServiceEnd {
            service: self.service.clone(),
            cluster: self.cluster.clone(),
            begun: !self.is_left_out,
            outcome: end.as_ref().ok().cloned(),
            error: end.as_ref().err().map(ServiceFailure::of),
        })
    }
}
