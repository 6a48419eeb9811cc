//! Many rollouts with one poller: whose turn it is, which of them one call can look at, and when none begins any more.

use crate::types::deployment::DeployAll;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};

use crate::arn::last;
use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::cancel::Cancellation;
use crate::engine::stream::{Item, Rollout};
use crate::error::Error;
use crate::error::failure::{Failure, FleetFailure};
use crate::json::{list, text};
use crate::redact::words::Words;
use crate::rollout::machine::{Halt, Machine};
use crate::types::deployment::Deployment;
use crate::types::event::{Event, FleetEvent, FleetOutcome, Outcome, ServiceEnd, ServiceFailure};

/// Deployments to many services on their way: a stream of [`FleetEvent`]s.
///
/// Dropping it stops the watching, never the deployments.
pub type Rollouts = Rollout<FleetEvent, Vec<FleetOutcome>>;

/// As many services as DescribeServices takes.
const BATCH: usize = 10;
/// Looks that are due so soon are made with those that are due now.
const TOGETHER: Duration = Duration::from_millis(800);

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
        let fleet = Fleet::new(client, all, Arc::clone(&cancellation));
        // Each service has an event for its own end; there is none for the end of all.
        Self::of_stream(items(fleet).map(move |item| secrets.hide_in(item)).boxed(), cancellation)
    }
}

fn items(fleet: Fleet) -> impl Stream<Item = Item<FleetEvent, Vec<FleetOutcome>>> + Send {
    stream::unfold(Some(fleet), |fleet| async move {
        let mut fleet = fleet?;
        loop {
            if let Some(event) = fleet.events.pop_front() {
                return Some((Item::Event(event), Some(fleet)));
            }
            if let Some(end) = fleet.end() {
                return Some((Item::End(end), None));
            }
            fleet.step().await;
        }
    })
}

/// One of many.
struct Member {
    service: String,
    cluster: String,
    /// Taken out while it makes a step.
    machine: Machine,
    has_begun: bool,
    /// Not begun, because another failed.
    is_left_out: bool,
    has_written: bool,
    /// When its next step is due, on the client's clock.
    due: Duration,
    end: Option<Result<Outcome, Error>>,
}

struct Fleet {
    client: Client,
    members: Vec<Member>,
    parallel: usize,
    stops: bool,
    cancellation: Arc<Cancellation>,
    events: VecDeque<FleetEvent>,
    refused: Option<Error>,
}

impl Fleet {
    fn new(client: Client, all: DeployAll, cancellation: Arc<Cancellation>) -> Self {
        let refused = all.check().err();
        let (parallel, stops) = (all.parallel.unwrap_or(usize::MAX), all.stop);
        let members = all.services.into_iter().map(|request| Member::new(&client, request)).collect();
        Self { client, members, parallel, stops, cancellation, events: VecDeque::new(), refused }
    }

    /// How it ended, if it has: what each service has come to, or the first failure in the order asked for with how each ended.
    fn end(&self) -> Option<Result<Vec<FleetOutcome>, Error>> {
        if let Some(refused) = &self.refused {
            return Some(Err(refused.clone()));
        }
        let ends: Vec<&Result<Outcome, Error>> =
            self.members.iter().map(|member| member.end.as_ref()).collect::<Option<_>>()?;
        let failures = || ends.iter().filter_map(|end| end.as_ref().err());
        // What was not begun because of another is not what went wrong.
        let first = failures().find(|error| !matches!(error, Error::Cancelled(_))).or_else(|| failures().next());
        Some(match first {
            Some(first) => {
                let services = self.members.iter().filter_map(Member::service_end).collect();
                Err(Error::Fleet(Box::new(FleetFailure { first: first.clone(), services })))
            }
            None => Ok(self.members.iter().filter_map(Member::outcome).collect()),
        })
    }

    async fn step(&mut self) {
        self.begin();
        let cancellation = Arc::clone(&self.cancellation);
        let now = self.client.clock().now();
        // A write is never cut off, nor is one begun that nobody wants.
        let writes =
            |member: &Member| member.machine.is_writing() && member.due <= now && member.may_step(&self.members);
        if cancellation.is_cancelled() {
            self.cancel();
            self.act().await;
        } else if self.members.iter().any(writes) {
            self.act().await;
        } else {
            let is_open = |member: &Member| member.end.is_none() && member.machine.case.is_none();
            let is_on_the_way = self.members.iter().any(is_open);
            tokio::select! {
                biased;
                () = cancellation.requested(is_on_the_way) => self.cancel(),
                () = self.act() => {}
            }
        }
        self.gather();
    }

    /// Lets as many begin as may be on their way at once; after a failure, none, nor does one write that has not yet.
    fn begin(&mut self) {
        let has_failed = self.members.iter().any(|member| member.end.as_ref().is_some_and(Result::is_err));
        let mut on = self.members.iter().filter(|member| member.is_on()).count();
        let now = self.client.clock().now();
        for member in &mut self.members {
            let is_held = !member.has_begun || member.is_on() && member.machine.is_writing() && !member.has_written;
            if is_held && has_failed && self.stops {
                self.events.push_back(member.leave_out());
            } else if !member.has_begun && on < self.parallel {
                (member.has_begun, member.due) = (true, now);
                member.machine.begin_at(now);
                on += 1;
            }
        }
    }

    /// Makes the steps that are due, or waits until one is.
    async fn act(&mut self) {
        let now = self.client.clock().now();
        let Some(due) =
            self.members.iter().filter(|member| member.may_step(&self.members)).map(|member| member.due).min()
        else {
            return;
        };
        if due > now {
            self.client.clock().sleep(due - now).await;
            return;
        }
        let looking = |member: &Member| member.is_on() && member.machine.is_looking() && member.due <= now + TOGETHER;
        let clusters: Vec<String> = self
            .members
            .iter()
            .filter(|member| looking(member) && member.due <= now)
            .map(|one| one.cluster().to_owned())
            .collect();
        if let Some(cluster) = clusters.first() {
            let batch: Vec<&mut Member> = self
                .members
                .iter_mut()
                .filter(|member| looking(member) && member.cluster() == cluster)
                .take(BATCH)
                .collect();
            look(cluster, batch).await;
            return;
        }
        let ready: Vec<bool> =
            self.members.iter().map(|member| member.due <= now && member.may_step(&self.members)).collect();
        let steps = self.members.iter_mut().zip(ready).filter(|(_, is_ready)| *is_ready).map(|(member, _)| {
            member.has_written |= member.machine.is_writing();
            member.machine.step()
        });
        join_all(steps).await;
    }

    /// Takes over what the members have to tell, and when their next steps are due.
    fn gather(&mut self) {
        let now = self.client.clock().now();
        for member in self.members.iter_mut().filter(|member| member.has_begun) {
            let (service, cluster) = (&member.service, &member.cluster);
            while let Some(event) = member.machine.take_event() {
                let (service, cluster) = (service.clone(), cluster.clone());
                self.events.push_back(FleetEvent { service, cluster, event });
            }
            if member.end.is_none() {
                member.end = member.machine.end();
                if let Some(Err(error)) = &member.end {
                    self.events.push_back(member.failed(error));
                }
            }
            if let Some(pause) = member.machine.pause.take() {
                member.due = now + member.machine.pausing(pause);
            }
        }
    }

    fn cancel(&mut self) {
        for member in self.members.iter_mut().filter(|member| member.end.is_none()) {
            let cancellation = member.machine.cancellation();
            // Once: what stops tasks on its way out takes some steps more.
            if cancellation.is_cancelled() {
                continue;
            }
            if self.cancellation.is_cancelled() {
                cancellation.cancel();
            }
            member.machine.cancel();
            member.is_left_out = !member.has_begun;
            (member.has_begun, member.due, member.end) = (true, Duration::ZERO, member.machine.end());
        }
    }
}

impl Member {
    fn new(client: &Client, request: Deployment) -> Self {
        let (service, cluster) = (request.service.clone(), request.cluster.clone());
        let machine = Machine::new(client.clone(), request);
        Self {
            service,
            cluster,
            machine,
            has_begun: false,
            is_left_out: false,
            has_written: false,
            due: Duration::ZERO,
            end: None,
        }
    }

    /// The cluster that it is in: a service's ARN names its own.
    fn cluster(&self) -> &str {
        &self.machine.request.cluster
    }

    fn is_on(&self) -> bool {
        self.has_begun && self.end.is_none()
    }

    /// Nothing is written before all that are on their way are ready for it.
    fn may_step(&self, all: &[Self]) -> bool {
        let is_preparing = |other: &Self| other.is_on() && other.machine.is_preparing();
        self.is_on() && !(self.machine.is_writing() && all.iter().any(is_preparing))
    }

    /// It does not begin any more.
    fn leave_out(&mut self) -> FleetEvent {
        let reason = Some("not begun, because another service failed before".to_owned());
        let failure = Failure { service: self.service.clone(), reason, ..Failure::default() };
        let error = Error::Cancelled(Box::new(failure));
        let event = self.failed(&error);
        (self.has_begun, self.is_left_out, self.end) = (true, true, Some(Err(error)));
        event
    }

    fn failed(&self, error: &Error) -> FleetEvent {
        FleetEvent { service: self.service.clone(), cluster: self.cluster.clone(), event: Event::failed(error) }
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

/// Looks at up to ten services with one call.
async fn look(cluster: &str, mut batch: Vec<&mut Member>) {
    let services: Vec<String> = batch.iter().map(|member| member.service.clone()).collect();
    let Some(first) = batch.first_mut() else { return };
    // The call is one of the first member's; the others look along.
    let answer =
        first.machine.call(Operation::DescribeServices, &json!({"cluster": cluster, "services": services})).await;
    // One service that may not be looked at denies the call for all: each is asked for by itself then.
    let is_denied = matches!(&answer, Ok(Err(fault)) if fault.kind == ApiErrorKind::Denied);
    let is_shared = batch.len() > 1;
    for member in batch {
        let machine = &mut member.machine;
        if is_denied && is_shared {
            machine.step().await;
            continue;
        }
        let step = match &answer {
            Ok(Ok(answer)) => {
                machine.count_look();
                machine.shown(&its_part(answer, &member.service), None)
            }
            Ok(Err(fault)) => Err(machine.setback(fault.clone()).await),
            Err(Halt::Fail(error)) => Err(Halt::Fail(error.clone())),
            Err(Halt::Retry) => Err(Halt::Retry),
        };
        machine.apply(step);
    }
}

/// What an answer of DescribeServices says of one service.
fn its_part(answer: &Value, service: &str) -> Value {
    let name = last(service);
    let is_its = |one: &&Value| text(one, "serviceName") == name || text(one, "serviceArn") == service;
    let services: Vec<&Value> = list(answer, "services").iter().filter(is_its).collect();
    let failures: Vec<&Value> =
        list(answer, "failures").iter().filter(|failure| last(&text(failure, "arn")) == name).collect();
    json!({"services": services, "failures": failures})
}
