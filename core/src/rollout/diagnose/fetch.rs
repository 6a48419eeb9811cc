//! Makes the calls that only explain: the log of a failing container, and the health of our tasks in target groups. They are bounded,
//! and never a reason to fail: what is not available is left out, with one warning.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use super::collector::{described, list_running};
use super::log::Log;
use super::task::StoppedTask;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::error::failure::Cause;
use crate::rollout::diagnose::{self, Signature};
use crate::rollout::workflow::Workflow;

/// Causes whose logs are read at the end.
const CAUSES: usize = 5;
/// Target groups that are asked: as many as ECS lets a service have.
const GROUPS: usize = 5;
/// How long an answer may take, on the wall: a look is waiting.
const ANSWER: Duration = Duration::from_secs(3);

impl Workflow {
    /// Reads the deployed definition if the rollout had no need of it so far: of a deployment that somebody else began.
    pub(crate) async fn find_definition(&mut self) -> Result<(), Halt> {
        let Some(arn) = self.ours().map(|ours| ours.definition.clone()) else { return Ok(()) };
        if self.watched.collected.knows_definition() {
            return Ok(());
        }
        let input = json!({ "taskDefinition": arn });
        match self.ask(Operation::DescribeTaskDefinition, None, &input).await? {
            Some(Ok(mut answer)) => {
                let definition = answer.get_mut("taskDefinition").map(Value::take);
                self.watched.collected.know_definition(|| definition);
            }
            Some(Err(fault)) => self.cannot_explain("the task definition", &fault),
            None => {}
        }
        Ok(())
    }

    /// The log of a task that stopped, if no other log of its cause has been read.
    pub(crate) async fn first_log(&mut self, task: &StoppedTask) -> Result<Vec<String>, Halt> {
        if !self.watched.collected.wants_log(&task.clue) {
            return Ok(Vec::new());
        }
        self.read_log(&task.clue, &task.id, task.runtime.as_deref()).await
    }

    /// Makes the remaining calls once the verdict is known. `is_failure`: whether it is about the tasks.
    pub(crate) async fn explain(&mut self, is_failure: bool) -> Result<(), Halt> {
        if is_failure && self.watched.collected.suspects_running() {
            self.look_at_running().await?;
        }
        self.read_logs().await
    }

    /// The end of the log of each cause's newest task.
    async fn read_logs(&mut self) -> Result<(), Halt> {
        let collected = &self.watched.collected;
        let newest = |(clue, cause): (Signature, Cause)| {
            let task = cause.tasks.first()?.clone();
            let is_read = collected.log(&clue, std::slice::from_ref(&task)).is_some();
            let runtime = collected.runtime(&task).map(str::to_owned);
            (!is_read).then_some((clue, task, runtime))
        };
        let wanted: Vec<_> = collected.causes().into_iter().take(CAUSES).filter_map(newest).collect();
        for (clue, task, runtime) in wanted {
            self.read_log(&clue, &task, runtime.as_deref()).await?;
        }
        Ok(())
    }

    async fn read_log(&mut self, clue: &Signature, task: &str, runtime: Option<&str>) -> Result<Vec<String>, Halt> {
        let collected = &self.watched.collected;
        let log = clue.logged().and_then(|container| {
            let log = collected.described().log(container)?.log(container, task, runtime)?;
            Some((container, log))
        });
        let Some((container, log)) = log else { return Ok(Vec::new()) };
        let lines = self.lines(&log).await?;
        self.watched.collected.keep_log(container, task, clue, lines.clone());
        Ok(lines)
    }

    async fn lines(&mut self, log: &Log) -> Result<Vec<String>, Halt> {
        let answer = self.ask(Operation::GetLogEvents, log.region.as_deref(), &log.input()).await?;
        // A container that never started has no log.
        let is_none = |fault: &ApiError| fault.code == "ResourceNotFoundException";
        Ok(match answer {
            Some(Ok(answer)) => diagnose::lines(&answer),
            Some(Err(fault)) if !is_none(&fault) => {
                self.cannot_explain("the log of a container", &fault);
                Vec::new()
            }
            _ => Vec::new(),
        })
    }

    /// Reads the health of our running tasks: from ECS, and from their target groups.
    async fn look_at_running(&mut self) -> Result<(), Halt> {
        let Some(owner) = self.owner() else { return Ok(()) };
        let running = list_running(&self.request.cluster, &self.found.before.name);
        let Some(Ok(page)) = self.ask(Operation::ListTasks, None, &running).await? else { return Ok(()) };
        let Some(input) = described(&self.request.cluster, &page) else { return Ok(()) };
        let Some(Ok(answer)) = self.ask(Operation::DescribeTasks, None, &input).await? else { return Ok(()) };
        let collected = &mut self.watched.collected;
        collected.meet(&answer, &owner);
        let unready = diagnose::unready(&answer, &owner, collected.described());
        collected.running.extend(unready);
        self.look_at_targets(&diagnose::addresses(&answer, &owner)).await
    }

    /// Reads the health of the targets with these addresses.
    async fn look_at_targets(&mut self, addresses: &[(String, String)]) -> Result<(), Halt> {
        let groups = self.watched.collected.described().target_groups();
        let groups: Vec<String> = groups.into_iter().take(GROUPS).map(str::to_owned).collect();
        if addresses.is_empty() {
            return Ok(());
        }
        for group in groups {
            let input = json!({ "TargetGroupArn": group });
            match self.ask(Operation::DescribeTargetHealth, None, &input).await? {
                Some(Ok(answer)) => {
                    let collected = &mut self.watched.collected;
                    let sick = diagnose::sick_targets(&answer, &group, addresses, collected.described());
                    collected.running.extend(sick);
                }
                Some(Err(fault)) => self.cannot_explain("the health of targets", &fault),
                None => {}
            }
        }
        Ok(())
    }

    /// Makes one attempt at a call that nothing depends on; `None` if it was refused before.
    pub(crate) async fn ask(
        &mut self,
        operation: Operation,
        region: Option<&str>,
        input: &Value,
    ) -> Result<Option<Result<Value, ApiError>>, Halt> {
        if !self.watched.collected.may_ask(operation) {
            return Ok(None);
        }
        self.cx.attempts.calls += 1;
        let client = self.cx.client.clone();
        let aws = client.aws().await?;
        let call = async {
            match region {
                Some(region) => aws.call_in(region, operation, input).await,
                None => aws.call(operation, input).await,
            }
        };
        let answer = self.cx.unless_cancelled(tokio::time::timeout(ANSWER, call)).await?;
        let answer = answer.unwrap_or_else(|_| Err(ApiError::late(operation)));
        if let Ok(answer) = &answer {
            self.learn(operation, answer);
        }
        Ok(Some(answer))
    }
}
