//! A small reconciler: reads a resource, compares it, writes it, and reads it again if the answer was lost.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::aws::fault::{ApiError, ApiErrorKind, CallError};
use crate::aws::operation::Operation;
use crate::aws::retry::{RetryPolicy, retry, retry_after};
use crate::client::Client;
use crate::error::Error;
use crate::error::finding::Change;
use crate::redact;
use crate::types::plan::PlannedCall;

/// How long after its creation a role may not be assumable yet.
const PROPAGATION: Duration = Duration::from_secs(60);

/// A resource of AWS that can be read and written.
pub(crate) trait Resource {
    /// The call that reads it.
    fn look(&self) -> (Operation, Value);
    /// The write that makes it as requested; `None` if it is so already.
    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error>;
}

/// A call that writes.
pub(crate) struct Write {
    pub(crate) operation: Operation,
    pub(crate) input: Value,
    /// The changes that it makes.
    pub(crate) changes: Vec<Change>,
}

/// The result of applying one resource.
pub(crate) struct Applied {
    /// The resource as it was read last, before a write.
    pub(crate) there: Option<Value>,
    /// The answer of the write.
    pub(crate) answer: Option<Value>,
    /// Whether it is, or would be, written.
    pub(crate) is_written: bool,
    /// Whether there was none before.
    pub(crate) is_new: bool,
}

impl Applied {
    /// A text from the write's answer, or from the resource as it was.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        let all = self.answer.iter().chain(&self.there);
        all.flat_map(|document| names.iter().filter_map(|name| document[*name].as_str())).next().map(str::to_owned)
    }
}

/// Makes the verb's calls, and collects changes and planned calls.
pub(crate) struct Reconciler<'a> {
    pub(crate) client: &'a Client,
    pub(crate) is_plan: bool,
    started: Duration,
    deadline: Duration,
    pub(crate) calls: u32,
    pub(crate) changes: Vec<Change>,
    /// The writes that were made, or would be.
    pub(crate) planned: Vec<PlannedCall>,
}

/// Reads that may still miss a resource after a write was refused because it exists.
const UNSEEN: u32 = 10;

impl<'a> Reconciler<'a> {
    pub(crate) fn new(client: &'a Client, seconds: f64, is_plan: bool) -> Self {
        let started = client.clock().now();
        let deadline = started + Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4);
        Self { client, is_plan, started, deadline, calls: 0, changes: Vec::new(), planned: Vec::new() }
    }

    /// Makes a resource as requested.
    pub(crate) async fn apply(&mut self, resource: &impl Resource) -> Result<Applied, Error> {
        let there = self.describe(resource).await?;
        self.apply_from(resource, there).await
    }

    /// Reads a resource.
    pub(crate) async fn describe(&mut self, resource: &impl Resource) -> Result<Option<Value>, Error> {
        let (look, input) = resource.look();
        let there = self.find(look, &input).await?;
        // Some servers show absent members as null.
        Ok(there.map(|there| {
            let mut present = Value::Object(Map::new());
            json_patch::merge(&mut present, &there);
            present
        }))
    }

    /// The same for a resource that was just read. If the answer of a write was lost, or another process wrote first, the resource
    /// is read before the write is repeated.
    pub(crate) async fn apply_from(
        &mut self,
        resource: &impl Resource,
        there: Option<Value>,
    ) -> Result<Applied, Error> {
        let mut applied = Applied { there, answer: None, is_written: false, is_new: false };
        let before = (self.changes.len(), self.planned.len());
        let (mut attempt, mut is_unsure, mut unseen) = (0, false, 0);
        loop {
            let Some(mut write) = resource.write(applied.there.as_ref())? else { return Ok(applied) };
            if !applied.is_written {
                self.changes.extend(redact::changes(std::mem::take(&mut write.changes)));
                self.planned.push(PlannedCall::new(write.operation, Some(without_token(&write.input))));
                applied.is_written = true;
                applied.is_new = applied.there.is_none();
            }
            if self.is_plan {
                return Ok(applied);
            }
            attempt += 1;
            let fault = match self.send(&write).await {
                Ok(answer) => return Ok(Applied { answer: Some(answer), ..applied }),
                Err(CallError::Api(fault, _)) => fault,
                Err(CallError::Other(error)) => return Err(error),
            };
            if is_missing(&fault) && is_removal(write.operation) {
                return Ok(applied);
            }
            is_unsure |= fault.is_ambiguous();
            if is_race(&fault) && !is_unsure {
                // Another process made this change.
                self.changes.truncate(before.0);
                self.planned.truncate(before.1);
                applied.is_written = false;
            } else if !is_race(&fault) && !fault.is_ambiguous() {
                return Err(self.fatal(fault).await);
            }
            // Refused twice because it exists, but no read shows it: give up.
            let is_unseen = is_race(&fault) && applied.there.is_none();
            unseen += u32::from(is_unseen);
            if unseen > 1 {
                return Err(self.fatal(fault).await);
            }
            self.pause(&fault, attempt).await?;
            applied.there = self.describe(resource).await?;
            for _ in 0..UNSEEN {
                if !is_unseen || applied.there.is_some() {
                    break;
                }
                self.pause(&fault, attempt).await?;
                applied.there = self.describe(resource).await?;
            }
            if applied.there.is_some() {
                unseen = 0;
            }
        }
    }

    /// Makes a call that reads; `None` if the resource does not exist.
    pub(crate) async fn find(&mut self, operation: Operation, input: &Value) -> Result<Option<Value>, Error> {
        match self.look(operation, input).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.api().is_some_and(is_missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a call that reads a resource that must exist.
    pub(crate) async fn ask(&mut self, operation: Operation, input: &Value) -> Result<Value, Error> {
        Ok(self.look(operation, input).await?)
    }

    /// Makes a call that may be repeated.
    pub(crate) async fn look(&mut self, operation: Operation, input: &Value) -> Result<Value, CallError> {
        self.call(operation, input, pause_after).await
    }

    /// Makes a write, and repeats it if it was not performed.
    async fn send(&mut self, write: &Write) -> Result<Value, CallError> {
        let clock = Arc::clone(self.client.clock());
        let until = self.deadline.min(self.started + PROPAGATION);
        let pause = |error: &ApiError, attempt| match (error.kind, pause_after(error, attempt)) {
            (ApiErrorKind::Throttled | ApiErrorKind::Unreachable, Some(pause)) => Some(pause),
            _ if is_role_new(error) && clock.now() < until => Some(Duration::from_secs(3)),
            _ => None,
        };
        self.call(write.operation, &write.input, pause).await
    }

    async fn call(
        &mut self,
        operation: Operation,
        input: &Value,
        pause: impl Fn(&ApiError, usize) -> Option<Duration>,
    ) -> Result<Value, CallError> {
        let aws = self.client.aws().await.map_err(CallError::Other)?;
        let answer = retry(self.client.clock().as_ref(), Some(self.deadline), pause, || {
            self.calls += 1;
            // Boxed: a call's future is large, and would make all futures around it larger.
            Box::pin(aws.call(operation, input))
        });
        answer.await.map_err(|error| CallError::Api(error, aws.endpoint().to_owned()))
    }

    /// Waits after a transient failure. Any other failure, and one after the deadline, is returned as the error.
    async fn pause(&self, error: &ApiError, attempt: usize) -> Result<(), Error> {
        let pause = if is_race(error) { Some(Duration::from_secs(1)) } else { pause_after(error, attempt) };
        let left = self.deadline.saturating_sub(self.client.clock().now());
        match pause.filter(|_| !left.is_zero()) {
            Some(pause) => self.client.clock().sleep(pause.min(left)).await,
            None => return Err(self.fatal(error.clone()).await),
        }
        Ok(())
    }

    pub(crate) fn is_over(&self) -> bool {
        self.client.clock().now() >= self.deadline
    }

    async fn fatal(&self, error: ApiError) -> Error {
        match self.client.aws().await {
            Ok(aws) => error.into_error(aws.endpoint()),
            Err(error) => error,
        }
    }
}

/// How long to wait before a call is repeated; `None` if its failure is not transient.
fn pause_after(error: &ApiError, attempt: usize) -> Option<Duration> {
    // A server that does not know EventBridge answers 500 without an AWS error, or with any text.
    let is_wordless = error.code == "http" || error.kind == ApiErrorKind::Unreadable;
    let policy = match error.kind {
        ApiErrorKind::Throttled | ApiErrorKind::ConnectionLost => RetryPolicy::UntilDeadline,
        ApiErrorKind::Server if !is_wordless => RetryPolicy::UntilDeadline,
        _ => RetryPolicy::FailFast,
    };
    retry_after(error, policy, attempt, false)
}

fn is_missing(fault: &ApiError) -> bool {
    fault.code == "ResourceNotFoundException"
}

/// Whether the operation deletes: then a missing resource is fine.
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

/// Whether another process wrote first: the resource has to be read again.
fn is_race(fault: &ApiError) -> bool {
    ["ConflictException", "ResourceAlreadyExistsException", "ConcurrentModificationException"]
        .contains(&fault.code.as_str())
}

/// Whether a new role is not known everywhere yet: IAM is eventually consistent.
fn is_role_new(fault: &ApiError) -> bool {
    fault.code == "ValidationException" && fault.text.contains("assume the role")
}

/// The input of a call without its ClientToken.
fn without_token(input: &Value) -> Value {
    let mut input = input.clone();
    input.as_object_mut().map(|members| members.shift_remove("ClientToken"));
    input
}
