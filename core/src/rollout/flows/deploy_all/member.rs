//! One of many services: how far it is, and how it has ended.

use crate::arn;
use crate::engine::context::Events;
use crate::error::Error;
use crate::rollout::workflow::Workflow;
use crate::types::deployment::{Deployment, Recover};
use crate::types::event::{Event, FleetEvent, FleetOutcome, Outcome, ServiceEnd, ServiceFailure, Warning};
use crate::types::fleet::FleetService;

/// How far a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for others, and is to be checked before.
    Unchecked,
    Checking,
    /// It may begin as soon as the others let it.
    Waiting,
    Deploying,
    /// It is live, and the others of its wave are not all.
    Live,
    Baking,
    /// It has ended, unless it is taken back.
    Done,
    GoingBack,
    Back,
}

impl Phase {
    /// Whether it has not begun yet.
    pub(super) fn is_to_come(self) -> bool {
        matches!(self, Self::Unchecked | Self::Checking | Self::Waiting)
    }

    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::GoingBack | Self::Back)
    }
}

/// One of many services.
pub(super) struct Member {
    pub(super) service: String,
    named: Named,
    pub(super) request: Deployment,
    /// The number of the client that calls for it.
    pub(super) place: usize,
    /// The events it has emitted.
    pub(super) events: Events,
    pub(super) phase: Phase,
    /// The calls with which it was checked before it could begin.
    pub(super) calls: u64,
    /// Its flow once it is over: it may be watched on, and taken back.
    pub(super) work: Option<Box<Workflow>>,
    /// The event of its success, until nothing can come after it.
    pub(super) held: Option<Event>,
    /// Not begun, because another failed, or all were cancelled.
    pub(super) is_left_out: bool,
    /// It was live, and is taken back because of another one.
    pub(super) is_taken_back: bool,
    pub(super) end: Option<Result<Outcome, Error>>,
}

/// What tells it from the others, as it was given.
pub(super) struct Named {
    pub(super) cluster: String,
    pub(super) name: Option<String>,
    pub(super) region: Option<String>,
    pub(super) account: Option<String>,
}

impl Member {
    pub(super) fn new(service: FleetService, place: usize, waits: bool, recovers: bool) -> Self {
        let named = Named {
            cluster: service.cluster.clone(),
            name: service.name.clone(),
            region: service.region.clone(),
            account: service
                .account
                .clone()
                .or_else(|| service.role.as_deref().and_then(arn::account).map(str::to_owned)),
        };
        let mut request = service.into_deployment();
        if recovers {
            request.recover = Recover::Rollback;
        }
        Self {
            service: request.service.clone(),
            named,
            request,
            place,
            events: Events::default(),
            phase: if waits { Phase::Unchecked } else { Phase::Waiting },
            calls: 0,
            work: None,
            held: None,
            is_left_out: false,
            is_taken_back: false,
            end: None,
        }
    }

    /// The name by which others need it.
    pub(super) fn called(&self) -> &str {
        self.named.name.as_deref().unwrap_or_else(|| arn::last(&self.service))
    }

    /// What tells it from the others.
    pub(super) fn named(&self) -> &Named {
        &self.named
    }

    /// The account that was given for it.
    pub(super) fn account(&self) -> Option<&str> {
        self.named.account.as_deref()
    }

    pub(super) fn error(&self) -> Option<&Error> {
        self.end.as_ref().and_then(|end| end.as_ref().err())
    }

    pub(super) fn has_failed(&self) -> bool {
        self.error().is_some()
    }

    /// Whether this rollout has changed it, so that it is taken back if another one fails. What failed before it was live is rolled
    /// back by its own `recover`.
    pub(super) fn is_to_go_back(&self) -> bool {
        let was_live = self.held.is_some() || matches!(&self.end, Some(Ok(outcome)) if outcome.changed);
        let is_burnt = matches!(self.error(), Some(Error::Failed(failure)) if failure.recovery.is_none());
        let is_open = matches!(self.phase, Phase::Done) && self.work.is_some() || self.phase == Phase::GoingBack;
        is_open && (was_live || is_burnt)
    }

    pub(super) fn event(&self, event: Event) -> FleetEvent {
        let Named { cluster, name, region, account } = &self.named;
        FleetEvent {
            service: self.service.clone(),
            cluster: cluster.clone(),
            name: name.clone(),
            region: region.clone(),
            account: account.clone(),
            event,
        }
    }

    /// It was to be taken back, and ran the same definition before.
    pub(super) fn stays(&mut self) -> Option<FleetEvent> {
        let text = "another service failed, and this one ran the same task definition before: there is nothing to go back to, and its \
                    settings stay as they are";
        let warning = Warning { code: "rollback".to_owned(), text: text.to_owned() };
        let Some(Ok(outcome)) = &mut self.end else { return None };
        outcome.warnings.push(warning.clone());
        Some(self.event(Event::Warning { code: warning.code, text: warning.text }))
    }

    pub(super) fn outcome(&self) -> Option<FleetOutcome> {
        let Named { cluster, name, region, account } = &self.named;
        Some(FleetOutcome {
            service: self.service.clone(),
            cluster: cluster.clone(),
            name: name.clone(),
            region: region.clone(),
            account: account.clone(),
            outcome: self.end.clone()?.ok()?,
        })
    }

    pub(super) fn service_end(&self) -> Option<ServiceEnd> {
        let Named { cluster, name, region, account } = &self.named;
        let end = self.end.as_ref()?;
        Some(ServiceEnd {
            service: self.service.clone(),
            cluster: cluster.clone(),
            name: name.clone(),
            region: region.clone(),
            account: account.clone(),
            begun: !self.is_left_out,
            outcome: end.as_ref().ok().cloned(),
            error: end.as_ref().err().map(ServiceFailure::of),
        })
    }
}
