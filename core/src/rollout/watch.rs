//! From the order to the verdict: look, ask the witness where the list leaves it open, collect why tasks stopped.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::collect::Collected;
use super::machine::{Machine, Setback, State, Step};
use super::observe::{self, Ours, Verdict};
use super::pace::{self, Phase, Progress};
use super::snapshot::{self, Snapshot, list, text};
use crate::aws::{Fault, FaultKind, Operation};
use crate::error::Error;
use crate::event::Event;

/// Looks in a row that must leave our deployment out before that is asked about: fewer may be stale reads.
const UNSEEN: u32 = 3;
/// How long it must have been left out before it counts as gone where nobody can be asked.
const GONE: Duration = Duration::from_secs(60);
/// How long a FAILED deployment may stay PRIMARY before it is asked whether the rollback that ECS has promised comes.
const ROLLBACK_BEGINS: Duration = Duration::from_secs(2);

/// What the looks so far have shown.
#[derive(Default)]
pub(super) struct Watched {
    /// When the order was taken.
    pub(super) begun: Duration,
    /// The ids of the service events that are known.
    pub(super) told: HashSet<String>,
    looks: u32,
    progress: Option<Event>,
    phase: Option<(Phase, Duration)>,
    /// The most tasks of earlier deployments that ran at once.
    most_previous: u64,
    /// The definition of the PRIMARY deployment in the last look.
    live: Option<String>,
    /// Looks in a row without our deployment, and when they began.
    unseen: u32,
    unseen_since: Duration,
    failing_since: Option<Duration>,
    /// Why tasks stopped.
    pub(super) collected: Collected,
}

/// A verdict that ends the watching badly.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Conclusion {
    Failed { reason: Option<String> },
    RolledBack { reason: Option<String> },
    Stopped { reason: Option<String> },
    Superseded { by: String, definition: String },
    TimedOut { reason: Option<String> },
}

impl Machine {
    pub(super) async fn look(&mut self) -> Step {
        let Some(ours) = self.ours.clone() else { return Ok(State::Update) };
        self.watched.looks += 1;
        let answer = self.describe_service().await?;
        let Some(service) = snapshot::service(&answer) else { return self.gone(snapshot::is_missing(&answer)) };
        let look = Snapshot::of(&Value::Object(service.clone()));
        self.watched.most_previous = self.watched.most_previous.max(look.running_beside(&ours.id));
        self.watched.live = look.primary().map(|primary| primary.definition.clone());
        let Watched { told, progress, most_previous, .. } = &mut self.watched;
        for event in observe::events(&ours, told, progress.as_ref(), &look, *most_previous) {
            if matches!(event, Event::Progress { .. }) {
                self.watched.progress = Some(event.clone());
            }
            self.tell(event);
        }
        self.hear(&ours, &look, service);
        self.act(&ours, &look, observe::judge(&ours, &look))
    }

    /// What a verdict leads to.
    fn act(&mut self, ours: &Ours, look: &Snapshot, verdict: Verdict) -> Step {
        if verdict != Verdict::Unseen {
            self.watched.unseen = 0;
        }
        match verdict {
            Verdict::Pending => Ok(self.go_on(ours, look)),
            Verdict::Succeeded => Ok(self.succeed()),
            Verdict::Failed { reason } => Ok(end_with(Conclusion::Failed { reason })),
            Verdict::Failing { .. } => Ok(self.await_rollback(verdict)),
            Verdict::RolledBack { reason } => Ok(end_with(Conclusion::RolledBack { reason })),
            Verdict::Stopped { reason } => Ok(end_with(Conclusion::Stopped { reason })),
            Verdict::Displaced { .. } => Ok(State::Witness(verdict)),
            Verdict::Unseen => Ok(self.unseen(look)),
            Verdict::Inactive { status } => {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                Err(Error::ServiceInactive { service, cluster, status }.into())
            }
        }
    }

    fn go_on(&mut self, ours: &Ours, look: &Snapshot) -> State {
        let failed = look.deployment(&ours.id).map_or(0, |our| our.failed);
        let is_due = self.watched.collected.is_due(failed, self.elapsed());
        self.look_later(Some(look));
        if !is_due {
            return State::Look;
        }
        // At once: the pause is for the look that comes after.
        State::Collect { conclusion: None, then: self.pause.take() }
    }

    fn await_rollback(&mut self, failing: Verdict) -> State {
        let now = self.elapsed();
        let since = *self.watched.failing_since.get_or_insert(now);
        if now.saturating_sub(since) >= ROLLBACK_BEGINS {
            return State::Witness(failing);
        }
        self.pause = Some(ROLLBACK_BEGINS / 2);
        State::Look
    }

    fn unseen(&mut self, look: &Snapshot) -> State {
        let gone = self.count_unseen();
        match look.primary() {
            Some(_) if self.watched.unseen < UNSEEN => State::Look,
            // Until it counts as gone, only the witness can decide.
            Some(primary) if gone => {
                let (by, definition) = (primary.id.clone(), primary.definition.clone());
                State::Witness(Verdict::Displaced { by, definition, back: true })
            }
            Some(_) => State::Witness(Verdict::Unseen),
            None => State::Look,
        }
    }

    /// Counts a look that leaves our deployment out; whether it has been left out for so long that it counts as gone.
    fn count_unseen(&mut self) -> bool {
        if self.watched.unseen == 0 {
            self.watched.unseen_since = self.elapsed();
        }
        self.watched.unseen += 1;
        self.pause = Some(Duration::from_secs(2));
        self.elapsed().saturating_sub(self.watched.unseen_since) >= GONE
    }

    /// The service itself is not in the answer.
    fn gone(&mut self, is_missing: bool) -> Step {
        if self.count_unseen() && is_missing {
            return Err(self.service_missing().into());
        }
        Ok(State::Look)
    }

    /// Sets the pause before the next look.
    pub(super) fn look_later(&mut self, look: Option<&Snapshot>) {
        let Some(ours) = &self.ours else { return };
        let now = self.elapsed();
        let phase = look.map_or(Phase::Starting, |look| pace::phase(ours, look, self.watched.most_previous));
        let since = match self.watched.phase {
            Some((known, since)) if known == phase => since,
            _ => now,
        };
        self.watched.phase = Some((phase, since));
        let failing = look.and_then(|look| look.deployment(&ours.id)).is_some_and(|our| our.failed > 0);
        let progress = Progress {
            phase,
            elapsed: now.saturating_sub(self.watched.begun).as_secs_f64(),
            in_phase: now.saturating_sub(since).as_secs_f64(),
            looks: self.watched.looks,
            failing,
            usual: pace::usual_seconds(&self.before),
        };
        // A little shorter by chance, so that many rollouts begun together do not look together.
        self.pause = Some(pace::next_look(&progress).mul_f64(1.0 - fastrand::f64() * 0.05));
    }

    /// Asks the service-deployment API. It is a witness, never a condition: where it is not offered or not allowed,
    /// the list's verdict stands. A call that fails in passing is no answer, and is made again.
    pub(super) async fn witness(&mut self, open: Verdict) -> Step {
        let record = match self.find_witness().await? {
            Ok(record) => record,
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            Err(_) => None,
        };
        let verdict = record.as_ref().map_or(Verdict::Pending, observe::judge_witness);
        Ok(match (verdict, open) {
            (Verdict::Succeeded, _) => self.succeed(),
            (Verdict::Failed { reason }, _) => end_with(Conclusion::Failed { reason }),
            (Verdict::RolledBack { reason }, _) => end_with(Conclusion::RolledBack { reason }),
            // ECS says STOPPED of a deployment that a newer one replaces, too: then the newer one is what happened.
            (_, Verdict::Displaced { by, definition, back: false }) => {
                end_with(Conclusion::Superseded { by, definition })
            }
            (Verdict::Stopped { reason }, _) => end_with(Conclusion::Stopped { reason }),
            (_, Verdict::Displaced { back: true, .. }) => end_with(Conclusion::RolledBack { reason: None }),
            (_, Verdict::Failing { reason }) => end_with(Conclusion::Failed { reason }),
            _ => State::Look,
        })
    }

    /// The record of our deployment: one created with it whose target revision carries our definition.
    async fn find_witness(&mut self) -> Result<Result<Option<Value>, Fault>, Setback> {
        // An amended deployment has a record that ended long ago.
        let Some(ours) = self.ours.clone().filter(|ours| ours.amended.is_none()) else { return Ok(Ok(None)) };
        let input = json!({"cluster": self.request.cluster, "service": self.request.service});
        let answer = match self.call(Operation::ListServiceDeployments, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        let Some(brief) = observe::pick_witness(&ours, &answer) else { return Ok(Ok(None)) };
        let (arn, revision) = (text(brief, "serviceDeploymentArn"), text(brief, "targetServiceRevisionArn"));
        let input = json!({"serviceRevisionArns": [revision]});
        let answer = match self.call(Operation::DescribeServiceRevisions, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        if !list(&answer, "serviceRevisions").iter().any(|revision| text(revision, "taskDefinition") == ours.definition)
        {
            return Ok(Ok(None));
        }
        let input = json!({"serviceDeploymentArns": [arn]});
        let answer = self.call(Operation::DescribeServiceDeployments, &input).await?;
        Ok(answer.map(|answer| list(&answer, "serviceDeployments").first().cloned()))
    }

    /// The end that a conclusion is.
    pub(super) fn conclude(&mut self, conclusion: Conclusion) -> State {
        let mut failure = Box::new(self.failure());
        let restored = self.watched.live.clone();
        let error = match conclusion {
            Conclusion::Failed { reason } => {
                failure.reason = reason;
                Error::Failed(failure)
            }
            Conclusion::RolledBack { reason } => {
                (failure.reason, failure.restored) = (reason, restored);
                Error::RolledBack(failure)
            }
            Conclusion::Stopped { reason } => {
                (failure.reason, failure.restored) = (reason, restored);
                Error::Stopped(failure)
            }
            Conclusion::Superseded { by, definition } => {
                failure.restored = Some(definition);
                Error::Superseded { by, failure }
            }
            Conclusion::TimedOut { reason } => {
                failure.reason = reason;
                Error::TimedOut { seconds: self.request.timeout, failure }
            }
        };
        State::Done(Box::new(Err(error)))
    }
}

fn end_with(conclusion: Conclusion) -> State {
    State::Collect { conclusion: Some(Box::new(conclusion)), then: None }
}

/// Whether a failed attempt may succeed when it is made again.
pub(super) fn is_passing(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Throttled | FaultKind::Server | FaultKind::Broken | FaultKind::Unreachable)
}
