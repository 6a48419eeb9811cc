//! From the order to the verdict: look, ask the witness where the list leaves it open, collect why tasks stopped.

use std::time::Duration;

use serde_json::{Value, json};

use super::diagnose::{self, StoppedTask};
use super::machine::{Machine, State, Step};
use super::observe::{self, Ours, Verdict};
use super::pace::{self, Phase, Progress};
use super::snapshot::{self, Snapshot, list, text};
use crate::aws::{Fault, FaultKind, Operation};
use crate::error::{Error, Failure};
use crate::event::Event;

/// Looks in a row that must leave our deployment out before that is asked about: fewer may be stale reads.
const UNSEEN: u32 = 3;
/// How long it must have been left out before it counts as gone where nobody can be asked.
const GONE: Duration = Duration::from_secs(30);
/// How long a FAILED deployment may stay PRIMARY before the rollback that ECS has promised counts as not coming.
const ROLLBACK_BEGINS: Duration = Duration::from_secs(2);
/// How far apart stopped tasks are collected while the deployment goes on.
const COLLECT: Duration = Duration::from_secs(10);
/// Attempts at a call that only explains a verdict.
const EXPLAINING: usize = 3;

/// What the looks so far have shown.
#[derive(Default)]
pub(super) struct Watched {
    /// When the order was taken.
    pub(super) begun: Duration,
    looks: u32,
    last: Option<Snapshot>,
    phase: Option<(Phase, Duration)>,
    /// The most tasks of earlier deployments that ran at once.
    most_previous: u64,
    /// Looks in a row without our deployment, and when they began.
    unseen: u32,
    unseen_since: Duration,
    failing_since: Option<Duration>,
    /// The count of failed tasks when stopped tasks were collected last, and when that was.
    collected: Option<(u64, Duration)>,
    stopped: Vec<StoppedTask>,
    warned: bool,
}

/// A verdict that ends the watching badly.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Conclusion {
    Failed { reason: Option<String> },
    RolledBack { reason: Option<String>, restored: Option<String> },
    Stopped { reason: Option<String>, restored: Option<String> },
    Superseded { by: String, definition: String },
    TimedOut { reason: Option<String> },
}

impl Machine {
    pub(super) async fn look(&mut self) -> Step {
        let Some(ours) = self.ours.clone() else { return Ok(State::Update) };
        let input = json!({"cluster": self.request.cluster, "services": [self.request.service]});
        let answer = match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Err(self.setback(fault).await),
        };
        let service = snapshot::service(&answer).cloned().map(Value::Object).unwrap_or_default();
        let look = Snapshot::of(&service);
        self.watched.looks += 1;
        self.watched.most_previous = self.watched.most_previous.max(look.running_beside(&ours.id));
        let before = self.watched.last.as_ref().unwrap_or(&self.before);
        for event in observe::events(&ours, before, &look, self.watched.most_previous) {
            self.tell(event);
        }
        let verdict = observe::judge(&ours, &look);
        let next = self.act(&ours, &look, verdict);
        // A look that leaves our deployment out is not what the next one is compared with.
        if look.deployment(&ours.id).is_some() {
            self.watched.last = Some(look);
        }
        next
    }

    /// What a verdict leads to.
    fn act(&mut self, ours: &Ours, look: &Snapshot, verdict: Verdict) -> Step {
        if verdict != Verdict::Unseen {
            self.watched.unseen = 0;
        }
        match verdict {
            Verdict::Pending => Ok(self.go_on(ours, look)),
            Verdict::Succeeded => Ok(self.succeed()),
            Verdict::Failed { reason } => Ok(self.end_with(Conclusion::Failed { reason })),
            Verdict::Failing { reason } => Ok(self.await_rollback(reason)),
            Verdict::RolledBack { reason, restored } => Ok(self.end_with(Conclusion::RolledBack { reason, restored })),
            Verdict::Stopped { reason, restored } => Ok(self.end_with(Conclusion::Stopped { reason, restored })),
            Verdict::Displaced { .. } => Ok(State::Witness(verdict)),
            Verdict::Unseen => Ok(self.unseen(look)),
            Verdict::Inactive { status } => {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                Err(Error::ServiceInactive { service, cluster, status }.into())
            }
        }
    }

    fn go_on(&mut self, ours: &Ours, look: &Snapshot) -> State {
        self.look_later(Some(look));
        let failed = look.deployment(&ours.id).map_or(0, |our| our.failed);
        let (known, at) = self.watched.collected.unwrap_or_default();
        let is_due = self.watched.collected.is_none() || self.elapsed().saturating_sub(at) >= COLLECT;
        if failed > known && is_due {
            self.watched.collected = Some((failed, self.elapsed()));
            return State::Collect(None);
        }
        State::Look
    }

    fn await_rollback(&mut self, reason: Option<String>) -> State {
        let now = self.elapsed();
        let since = *self.watched.failing_since.get_or_insert(now);
        if now.saturating_sub(since) >= ROLLBACK_BEGINS {
            return self.end_with(Conclusion::Failed { reason });
        }
        self.pause = Some(ROLLBACK_BEGINS / 2);
        State::Look
    }

    fn unseen(&mut self, look: &Snapshot) -> State {
        if self.watched.unseen == 0 {
            self.watched.unseen_since = self.elapsed();
        }
        self.watched.unseen += 1;
        self.pause = Some(Duration::from_secs(2));
        let gone = self.elapsed().saturating_sub(self.watched.unseen_since) >= GONE;
        match look.primary() {
            Some(primary) if self.watched.unseen >= UNSEEN => {
                let (by, definition) = (primary.id.clone(), primary.definition.clone());
                // Until it counts as gone, only the witness can decide.
                State::Witness(if gone { Verdict::Displaced { by, definition } } else { Verdict::Unseen })
            }
            _ => State::Look,
        }
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
            failing,
            usual: pace::usual_seconds(&self.before),
            looks: self.watched.looks,
        };
        // A little shorter by chance, so that many rollouts begun together do not look together.
        self.pause = Some(pace::next_look(&progress).mul_f64(1.0 - fastrand::f64() * 0.05));
    }

    /// Asks the service-deployment API. It is a witness, never a condition: where it is not offered or not allowed,
    /// the list's verdict stands.
    pub(super) async fn witness(&mut self, open: Verdict) -> Step {
        let record = match self.find_witness().await? {
            Ok(record) => record,
            Err(fault) if is_passing(&fault) && self.attempt < EXPLAINING => return Err(self.setback(fault).await),
            Err(_) => None,
        };
        let verdict = record.as_ref().map_or(Verdict::Pending, observe::judge_witness);
        let now = self.watched.last.as_ref().and_then(Snapshot::primary).map(|primary| primary.definition.clone());
        let live = match &open {
            Verdict::Displaced { definition, .. } => Some(definition.clone()),
            _ => now,
        };
        let is_live = |restored: Option<String>| restored.or(live);
        Ok(match (verdict, open) {
            (Verdict::Succeeded, _) => self.succeed(),
            (Verdict::Failed { reason }, _) => self.end_with(Conclusion::Failed { reason }),
            (Verdict::RolledBack { reason, restored }, _) => {
                self.end_with(Conclusion::RolledBack { reason, restored: is_live(restored) })
            }
            (Verdict::Stopped { reason, .. }, Verdict::Displaced { by, definition }) if self.is_newcomer(&by) => {
                // ECS says STOPPED of a deployment that a newer one replaces; the newer one is the reason.
                drop(reason);
                self.end_with(Conclusion::Superseded { by, definition })
            }
            (Verdict::Stopped { reason, restored }, _) => {
                self.end_with(Conclusion::Stopped { reason, restored: is_live(restored) })
            }
            (_, Verdict::Displaced { by, definition }) => self.end_with(Conclusion::Superseded { by, definition }),
            _ => State::Look,
        })
    }

    /// Whether a deployment was begun after ours.
    fn is_newcomer(&self, id: &str) -> bool {
        self.ours.as_ref().is_some_and(|ours| !ours.older.iter().any(|older| older == id))
    }

    /// The record of our deployment, if its target revision carries our definition.
    async fn find_witness(&mut self) -> Result<Result<Option<Value>, Fault>, super::machine::Setback> {
        let Some(ours) = self.ours.clone() else { return Ok(Ok(None)) };
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
        let carries_ours = list(&answer, "serviceRevisions")
            .iter()
            .any(|revision| text(revision, "taskDefinition") == ours.definition);
        if !carries_ours {
            return Ok(Ok(None));
        }
        let input = json!({"serviceDeploymentArns": [arn]});
        let answer = self.call(Operation::DescribeServiceDeployments, &input).await?;
        Ok(answer.map(|answer| list(&answer, "serviceDeployments").first().cloned()))
    }

    fn end_with(&mut self, conclusion: Conclusion) -> State {
        match conclusion {
            Conclusion::Superseded { .. } => self.conclude(conclusion),
            _ => State::Collect(Some(Box::new(conclusion))),
        }
    }

    /// Collects the tasks of our deployment that stopped: ECS keeps them for about an hour.
    pub(super) async fn collect(&mut self, conclusion: Option<Box<Conclusion>>) -> Step {
        let looked = self.pause.take();
        match self.find_stopped().await? {
            Ok(stopped) => self.keep_stopped(stopped),
            Err(fault) if conclusion.is_some() && is_passing(&fault) && self.attempt < EXPLAINING => {
                return Err(self.setback(fault).await);
            }
            Err(fault) if !self.watched.warned => {
                self.watched.warned = true;
                let text = format!(
                    "why tasks stopped is not known: {} failed: {}: {}",
                    fault.operation.name(),
                    fault.code,
                    fault.text
                );
                self.warn("diagnosis", text);
            }
            Err(_) => {}
        }
        self.pause = looked;
        Ok(match conclusion {
            Some(conclusion) => self.conclude(*conclusion),
            None => State::Look,
        })
    }

    async fn find_stopped(&mut self) -> Result<Result<Vec<StoppedTask>, Fault>, super::machine::Setback> {
        let Some(ours) = self.ours.clone() else { return Ok(Ok(Vec::new())) };
        let cluster = self.request.cluster.clone();
        // `startedBy` must be the only filter where it is used, so the deployment is told apart afterwards.
        let input = json!({"cluster": cluster, "serviceName": self.before.name, "desiredStatus": "STOPPED"});
        let answer = match self.call(Operation::ListTasks, &input).await? {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        let arns = list(&answer, "taskArns");
        if arns.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let input = json!({"cluster": cluster, "tasks": &arns[..arns.len().min(100)]});
        let answer = self.call(Operation::DescribeTasks, &input).await?;
        Ok(answer.map(|answer| diagnose::stopped_tasks(&answer, &ours.id)))
    }

    fn keep_stopped(&mut self, stopped: Vec<StoppedTask>) {
        for task in stopped.into_iter().rev() {
            if self.watched.stopped.iter().any(|known| known.id == task.id) {
                continue;
            }
            self.tell(Event::Stopped {
                task: task.id.clone(),
                kind: task.kind.to_owned(),
                reason: task.reason.clone(),
                containers: task.containers.clone(),
                log: Vec::new(),
            });
            // Newest first, as causes list them.
            self.watched.stopped.insert(0, task);
        }
    }

    /// The end that a conclusion is.
    pub(super) fn conclude(&mut self, conclusion: Conclusion) -> State {
        let mut failure = Box::new(Failure { causes: diagnose::causes(&self.watched.stopped), ..self.failure() });
        let error = match conclusion {
            Conclusion::Failed { reason } => {
                failure.reason = reason;
                Error::Failed(failure)
            }
            Conclusion::RolledBack { reason, restored } => {
                (failure.reason, failure.restored) = (reason, restored);
                Error::RolledBack(failure)
            }
            Conclusion::Stopped { reason, restored } => {
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

/// Whether a failed attempt may succeed when it is made again.
fn is_passing(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Throttled | FaultKind::Server | FaultKind::Broken | FaultKind::Unreachable)
}
