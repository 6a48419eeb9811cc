//! How what is there becomes what is asked for: looked at, compared, written, and looked at again where the answer was lost.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::error::finding::Change;
use crate::redact;
use crate::rollout::watch::polling::{RetryPolicy, retry_after};
use crate::types::plan::PlannedCall;

/// How long a role may take until it can be assumed after it was made.
const PROPAGATION: Duration = Duration::from_secs(60);

/// Something of AWS that has a state.
pub(crate) trait Resource {
    /// The call that shows it.
    fn look(&self) -> (Operation, Value);
    /// The write that makes of it what is asked for; none where it is that.
    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error>;
}

/// A call that writes.
pub(crate) struct Write {
    pub(crate) operation: Operation,
    pub(crate) input: Value,
    /// What it changes in what is there.
    pub(crate) changes: Vec<Change>,
}

/// What came of one thing.
pub(crate) struct Applied {
    /// As it was seen last, before a write.
    pub(crate) there: Option<Value>,
    /// What the write answered.
    pub(crate) answer: Option<Value>,
    /// Whether it is, or would be, written.
    pub(crate) is_written: bool,
    /// Whether there was none before.
    pub(crate) is_new: bool,
}

impl Applied {
    /// A text out of the write's answer, or of what was there.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        let all = self.answer.iter().chain(&self.there);
        all.flat_map(|document| names.iter().filter_map(|name| document[*name].as_str())).next().map(str::to_owned)
    }
}

/// The verb at work: its calls, and what they have come to.
pub(crate) struct Act<'a> {
    pub(crate) client: &'a Client,
    pub(crate) is_plan: bool,
    started: Duration,
    deadline: Duration,
    pub(crate) calls: u32,
    pub(crate) changes: Vec<Change>,
    /// The writes: made, or to be made.
    pub(crate) planned: Vec<PlannedCall>,
}

/// Looks that may not show what a refusal has said to be there.
const UNSEEN: u32 = 10;

impl<'a> Act<'a> {
    pub(crate) fn new(client: &'a Client, seconds: f64, is_plan: bool) -> Self {
        let started = client.clock().now();
        let deadline = started + Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4);
        Self { client, is_plan, started, deadline, calls: 0, changes: Vec::new(), planned: Vec::new() }
    }

    /// Makes of a thing what is asked for.
    pub(crate) async fn settle(&mut self, thing: &impl Resource) -> Result<Applied, Error> {
        let there = self.see(thing).await?;
        self.settle_from(thing, there).await
    }

    /// What there is of a thing.
    pub(crate) async fn see(&mut self, thing: &impl Resource) -> Result<Option<Value>, Error> {
        let (look, input) = thing.look();
        let there = self.find(look, &input).await?;
        // Some servers show what is not there as null.
        Ok(there.map(|there| {
            let mut told = Value::Object(Map::new());
            json_patch::merge(&mut told, &there);
            told
        }))
    }

    /// The same of what was seen just before. A write whose answer was lost, and one that another came before, is looked at before
    /// it is repeated.
    pub(crate) async fn settle_from(&mut self, thing: &impl Resource, there: Option<Value>) -> Result<Applied, Error> {
        let mut settled = Applied { there, answer: None, is_written: false, is_new: false };
        let told = (self.changes.len(), self.planned.len());
        let (mut attempt, mut is_unsure, mut unseen) = (0, false, 0);
        loop {
            let Some(mut write) = thing.write(settled.there.as_ref())? else { return Ok(settled) };
            if !settled.is_written {
                self.changes.extend(redact::changes(std::mem::take(&mut write.changes)));
                self.planned.push(PlannedCall::new(write.operation, Some(without_token(&write.input))));
                settled.is_written = true;
                settled.is_new = settled.there.is_none();
            }
            if self.is_plan {
                return Ok(settled);
            }
            attempt += 1;
            let fault = match self.send(&write).await {
                Ok(answer) => return Ok(Applied { answer: Some(answer), ..settled }),
                Err(fault) => fault,
            };
            if is_missing(&fault) && is_removal(write.operation) {
                return Ok(settled);
            }
            is_unsure |= fault.is_ambiguous();
            if is_race(&fault) && !is_unsure {
                // What another did is not our change.
                self.changes.truncate(told.0);
                self.planned.truncate(told.1);
                settled.is_written = false;
            } else if !is_race(&fault) && !fault.is_ambiguous() {
                return Err(self.fatal(fault).await);
            }
            // Said twice to be there, and shown by no look, it is the end.
            let is_unseen = is_race(&fault) && settled.there.is_none();
            unseen += u32::from(is_unseen);
            if unseen > 1 {
                return Err(self.fatal(fault).await);
            }
            self.pause(fault.clone(), attempt).await?;
            settled.there = self.see(thing).await?;
            for _ in 0..UNSEEN {
                if !is_unseen || settled.there.is_some() {
                    break;
                }
                self.pause(fault.clone(), attempt).await?;
                settled.there = self.see(thing).await?;
            }
            if settled.there.is_some() {
                unseen = 0;
            }
        }
    }

    /// What a call shows; `None` where there is no such thing.
    pub(crate) async fn find(&mut self, operation: Operation, input: &Value) -> Result<Option<Value>, Error> {
        match self.look(operation, input).await? {
            Ok(answer) => Ok(Some(answer)),
            Err(fault) if is_missing(&fault) => Ok(None),
            Err(fault) => Err(self.fatal(fault).await),
        }
    }

    /// What a call shows of what must be there.
    pub(crate) async fn ask(&mut self, operation: Operation, input: &Value) -> Result<Value, Error> {
        match self.look(operation, input).await? {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(self.fatal(fault).await),
        }
    }

    /// A call that may be repeated; the fault is one that does not pass.
    pub(crate) async fn look(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.call(operation, input).await? {
                Err(fault) => match self.delay(&fault, attempt) {
                    Some(delay) => self.client.clock().sleep(delay).await,
                    None => return Ok(Err(fault)),
                },
                answer => return Ok(answer),
            }
        }
    }

    /// A write, repeated where it was not performed.
    async fn send(&mut self, write: &Write) -> Result<Value, ApiError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let fault = match self.call(write.operation, &write.input).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(fault)) => fault,
                // The connection came about with the look before.
                Err(_) => return Err(ApiError::late(write.operation)),
            };
            let now = self.client.clock().now();
            let is_new = is_role_new(&fault) && now < self.deadline.min(self.started + PROPAGATION);
            match (fault.kind, self.delay(&fault, attempt)) {
                (ApiErrorKind::Throttled | ApiErrorKind::Unreachable, Some(delay)) => {
                    self.client.clock().sleep(delay).await
                }
                _ if is_new => self.client.clock().sleep(Duration::from_secs(3)).await,
                _ => return Err(fault),
            }
        }
    }

    async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Error> {
        self.calls += 1;
        // In a box: a call is large, and every future on the way to it would be larger.
        Ok(Box::pin(self.client.aws().await?.call(operation, input)).await)
    }

    /// Waits after a failure that may pass. Otherwise, and once the time is over, it is the error.
    async fn pause(&self, fault: ApiError, attempt: usize) -> Result<(), Error> {
        let delay = if is_race(&fault) { Some(Duration::from_secs(1)) } else { self.delay(&fault, attempt) };
        match delay.filter(|_| !self.is_over()) {
            Some(delay) => self.client.clock().sleep(delay).await,
            None => return Err(self.fatal(fault).await),
        }
        Ok(())
    }

    fn delay(&self, fault: &ApiError, attempt: usize) -> Option<Duration> {
        // A server that does not know EventBridge says 500 without a word of AWS's, or anything at all.
        let is_wordless = fault.code == "http" || fault.kind == ApiErrorKind::Unreadable;
        let stake = match fault.kind {
            ApiErrorKind::Throttled | ApiErrorKind::ConnectionLost => RetryPolicy::UntilDeadline,
            ApiErrorKind::Server if !is_wordless => RetryPolicy::UntilDeadline,
            _ => RetryPolicy::FailFast,
        };
        let left = self.deadline.saturating_sub(self.client.clock().now());
        retry_after(fault, stake, attempt, false).filter(|_| !left.is_zero()).map(|delay| delay.min(left))
    }

    pub(crate) fn is_over(&self) -> bool {
        self.client.clock().now() >= self.deadline
    }

    pub(crate) async fn fatal(&self, fault: ApiError) -> Error {
        match self.client.aws().await {
            Ok(aws) => fault.into_error(aws.endpoint()),
            Err(error) => error,
        }
    }
}

fn is_missing(fault: &ApiError) -> bool {
    fault.code == "ResourceNotFoundException"
}

/// Whether what is missing is what was wanted.
fn is_removal(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::DeleteSchedule
            | Operation::DeleteRule
            | Operation::RemoveTargets
            | Operation::DeleteConnection
            | Operation::DeleteApiDestination
    )
}

/// Somebody else was there first: what there is now has to be looked at.
fn is_race(fault: &ApiError) -> bool {
    ["ConflictException", "ResourceAlreadyExistsException", "ConcurrentModificationException"]
        .contains(&fault.code.as_str())
}

/// IAM has not told everybody yet of a role that was just made.
fn is_role_new(fault: &ApiError) -> bool {
    fault.code == "ValidationException" && fault.text.contains("assume the role")
}

/// The input of a call without the token that only this call has.
fn without_token(input: &Value) -> Value {
    let mut input = input.clone();
    input.as_object_mut().map(|members| members.shift_remove("ClientToken"));
    input
}
