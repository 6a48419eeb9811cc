//! Decides whether what was said of a deployment is what happened, by the simulator's own truth.

use ecs_rollout::{Deployment, Error, Failure, Outcome, Recovery};
use serde_json::{Value, json};

use super::Trial;

/// How long before the deadline an end should have been seen, in seconds.
const SEEN: f64 = 60.0;
/// How long causes are looked for after a deployment has failed: what is said then was true so long ago.
const CAUSES: f64 = 60.0;
/// How far a replica is behind that is a little behind, in seconds.
const BEHIND: f64 = 5.0;
/// How many looks in a row may fail before anything is ordered: then a clear error is worth more than waiting.
const PREPARING: usize = 10;

/// The truth about a world, and which of it is of our order.
struct Facts<'a> {
    truth: Vec<Value>,
    trial: &'a Trial<'a>,
    now: f64,
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or(f64::INFINITY)
}

impl Facts<'_> {
    /// Deployments of our order: we alone register a definition, and a way back is no order.
    fn ours(&self) -> Vec<&Value> {
        let is_it = |one: &&Value| {
            let definition = one["definition"].as_str().unwrap_or_default();
            let is_new = !definition.ends_with(":1") && !definition.ends_with(":2");
            is_new && one["by"].is_null() && number(one, "created") >= self.trial.start
        };
        self.truth.iter().filter(is_it).collect()
    }

    /// What somebody else ordered of the same definition, where no answer tells it from ours: in the same millisecond, or while
    /// nobody answered our order.
    fn twins(&self) -> impl Iterator<Item = &Value> {
        let ours = self.ours();
        let apart = if self.is_lost() { 5.0 } else { 0.001 };
        let is_twin = move |one: &&Value| {
            let same = |ours: &&Value| {
                ours["definition"] == one["definition"]
                    && (number(ours, "created") - number(one, "created")).abs() < apart
            };
            let definition = one["definition"].as_str().unwrap_or_default();
            let is_new = !definition.ends_with(":1") && !definition.ends_with(":2");
            one["by"] == "script" && is_new && (ours.is_empty() || ours.iter().any(same))
        };
        self.truth.iter().filter(is_twin)
    }

    /// How many of the last calls of an operation failed, one after another.
    fn failed_in_a_row(&self, operation: &str) -> usize {
        let of_it = self.trial.calls.iter().rev().filter(|call| call["operation"] == operation);
        of_it.take_while(|call| call["status"] != 200).count()
    }

    /// Whether an order of ours got no proper answer.
    fn is_lost(&self) -> bool {
        self.trial.calls.iter().any(|call| call["operation"] == "UpdateService" && call["status"] != 200)
    }

    /// Whether ours was complete only after the last look at it, or so short before it that a replica which is a little behind did not
    /// show it.
    fn is_complete_since(&self, failure: &Failure) -> bool {
        let is_look = |call: &&&Value| {
            ["DescribeServices", "DescribeServiceDeployments", "ListServiceDeployments"]
                .iter()
                .any(|name| call["operation"] == *name)
        };
        let last = self.trial.calls.iter().rfind(is_look).map_or(0.0, |call| number(call, "at"));
        self.of(failure).is_ok_and(|one| one["state"] == "completed" && number(one, "finished") > last - BEHIND)
    }

    /// Whether somebody has stopped a deployment a moment ago: the truth shows it at the next moment of the simulator.
    fn is_just_stopped(&self) -> bool {
        let is_it = |call: &&&Value| {
            call["operation"] == "StopServiceDeployment" && call["status"] == 200 && number(call, "at") > self.now - 1.0
        };
        self.trial.others.iter().any(|call| is_it(&call))
    }

    /// Whether ours was complete only after a second order had been given: that of the way back.
    fn is_complete_after_the_way_back(&self, failure: &Failure) -> bool {
        let Ok(ours) = self.of(failure) else { return false };
        let is_it = |call: &&&Value| {
            let at = number(call, "at");
            call["operation"] == "UpdateService" && at > number(ours, "created") && at < number(ours, "finished")
        };
        ours["state"] == "completed" && self.trial.calls.iter().any(|call| is_it(&call))
    }

    /// Whether somebody's deployment that replaced ours was gone back from within the half-second in which it began.
    fn is_gone_back_with_its_successor(&self, failure: &Failure) -> bool {
        let Ok(ours) = self.of(failure) else { return false };
        let at = number(ours, "finished");
        let is_it = |one: &Value| {
            let has_gone = one["state"] == "stopped" || one["state"] == "rolled_back";
            has_gone && (number(one, "created") - at).abs() < 0.01 && number(one, "finished") - at < 0.5
        };
        ours["state"] == "superseded" && self.truth.iter().any(is_it)
    }

    fn of(&self, failure: &Failure) -> Result<&Value, String> {
        let id = failure.deployment.as_deref();
        let all = self.ours().into_iter().chain(self.twins());
        let found = { all }.find(|one| is_called(one, id));
        found.ok_or_else(|| format!("said of {id:?}, ours are {:?}", self.ours()))
    }

    fn is(&self, failure: &Failure, states: &[&str]) -> Result<&Value, String> {
        let truth = self.of(failure)?;
        let fits = |one: &Value| states.iter().any(|state| one["state"] == *state);
        match fits(truth) || self.twins().any(fits) {
            true => Ok(truth),
            false => Err(format!("it is {truth}")),
        }
    }

    /// What was complete when ours began: what a way back leads to.
    fn base(&self, ours: &Value) -> Option<&str> {
        let complete = |one: &&Value| one["state"] == "completed" && number(one, "finished") <= number(ours, "created");
        let all = self.truth.iter().filter(complete);
        all.max_by(|one, other| number(one, "finished").total_cmp(&number(other, "finished")))?["definition"].as_str()
    }

    /// Whether a deployment of somebody else, or a way back, was begun after ours.
    fn came_after(&self, ours: &Value, by: &str) -> bool {
        // Where the list never showed it, its record has to name it.
        if by.contains(":service-deployment/") {
            return ours["state"] == "superseded";
        }
        self.truth.iter().any(|one| {
            one["deployment"] == by && by != ours["deployment"] && number(one, "created") >= number(ours, "created")
        })
    }

    /// Whether the service was deleted after the start.
    fn is_deleted(&self) -> bool {
        let is_it = |call: &&&Value| {
            call["operation"] == "DeleteService" && call["status"] == 200 && number(call, "at") >= self.trial.start
        };
        self.trial.others.iter().any(|call| is_it(&call))
    }

    fn is_denied(&self, operation: &str) -> bool {
        // The records and the tasks are witnesses, never a condition.
        let is_witness = ["ServiceDeployment", "ServiceRevision", "Tasks"].iter().any(|part| operation.contains(part));
        let is_it = |call: &Value| call["operation"] == operation && call["error"] == "AccessDeniedException";
        !is_witness && self.trial.calls.iter().any(|call| is_it(call))
    }

    /// Whether the records of deployments may not be listed, to the end.
    fn is_unrecorded(&self) -> bool {
        self.is_denied_to_the_end("ListServiceDeployments")
    }

    fn is_denied_to_the_end(&self, operation: &str) -> bool {
        let is_it =
            |fault: &Value| fault["kind"] == "denied" && fault["operation"] == operation && fault["to"].is_null();
        self.faults().any(is_it)
    }

    fn faults(&self) -> impl Iterator<Item = &Value> {
        self.trial.world["faults"].as_array().into_iter().flatten()
    }

    /// Whether nobody says how the deployment goes: the list shows no state in time, and the records may not be listed.
    fn is_untold(&self) -> bool {
        let world = self.trial.world;
        let is_native = world["services"][0]["deploymentConfiguration"]["strategy"] != "ROLLING";
        let is_late = world["list_lag"].as_f64() > Some(0.0);
        let shown = if is_native { &world["list_rollout_state"] } else { &world["rolling_rollout_state"] };
        (is_late || *shown == false) && self.is_unrecorded()
    }

    /// Until when answers may be old or none at all, by the longest of what the world has.
    fn is_clear_from(&self) -> f64 {
        let replicas = self.trial.world["replicas"].as_array().into_iter().flatten();
        let until = |one: &Value| one["to"].as_f64().unwrap_or(0.0) + one["lag"].as_f64().unwrap_or(0.0);
        let ends = replicas.map(until).chain(self.faults().map(|fault| fault["to"].as_f64().unwrap_or(0.0)));
        ends.fold(self.trial.start, f64::max)
    }
}

/// Whether what was said is what happened: how many revisions there are too many, where that was to be.
pub(super) fn judge(trial: &Trial<'_>, request: &Deployment, end: &Result<Outcome, Error>) -> Result<u64, String> {
    let truth = trial.simulator.deployments().as_array().cloned().unwrap_or_default();
    let facts = Facts { truth, trial, now: trial.simulator.clock().now().as_secs_f64() };
    match end {
        Ok(outcome) => judge_success(&facts, outcome)?,
        Err(error) => judge_error(&facts, request, error)?,
    }
    let ours = facts.ours().len();
    // What was ordered of a service that was deleted is gone with it.
    if ours > 1 && !facts.is_deleted() {
        return Err(format!("double order: {ours} deployments"));
    }
    revisions(trial)
}

/// A deployment that the list never showed is called by the ARN of its record.
fn is_called(one: &Value, id: Option<&str>) -> bool {
    id.is_some() && [one["deployment"].as_str(), one["record"].as_str()].contains(&id)
}

/// Only our own deployment, complete, and not yet replaced for long.
fn judge_success(facts: &Facts<'_>, outcome: &Outcome) -> Result<(), String> {
    let ours: Vec<&Value> = facts.ours().into_iter().chain(facts.twins()).collect();
    let found = ours.iter().find(|one| is_called(one, outcome.deployment.as_deref()));
    let Some(truth) = found else {
        return Err(format!("false success: of {:?}, which is not ours: {ours:?}", outcome.deployment));
    };
    if truth["state"] != "completed" || number(truth, "finished") > facts.now {
        return Err(format!("false success: at {} of {truth}", facts.now));
    }
    if truth["definition"] != outcome.definition.as_str() {
        return Err(format!("false success: of the definition {} with {truth}", outcome.definition));
    }
    Ok(())
}

fn judge_error(facts: &Facts<'_>, request: &Deployment, error: &Error) -> Result<(), String> {
    match error {
        Error::RolledBack(failure) => {
            let states: &[&str] = match facts.is_just_stopped() {
                true => &["rolled_back", "stopped", "in_progress"],
                // What replaced it was gone back from in the same moment: the service's events cannot be told apart.
                false if facts.is_gone_back_with_its_successor(failure) => &["rolled_back", "stopped", "superseded"],
                false => &["rolled_back", "stopped"],
            };
            let truth = facts.is(failure, states)?;
            restored(facts, truth, failure)
        }
        // Nobody says whether the order was taken before somebody else's.
        Error::Superseded { by, failure, .. } if failure.deployment.is_none() && facts.is_lost() => {
            let is_it = |one: &&Value| one["deployment"] == by.as_str() && number(one, "created") >= facts.trial.start;
            match facts.truth.iter().any(|one| is_it(&one)) {
                true => Ok(()),
                false => Err(format!("superseded by {by:?}, which is nobody")),
            }
        }
        Error::Superseded { by, failure, .. } => {
            // Complete and then replaced between two looks, which only the records tell.
            let states: &[&str] = if facts.is_deleted() {
                // What became of it went with the service that was deleted, too.
                &["superseded", "stopped", "completed", "failed", "rolled_back"]
            } else if facts.is_unrecorded() {
                &["superseded", "stopped", "completed", "failed"]
            } else {
                &["superseded", "stopped"]
            };
            let truth = facts.is(failure, states)?;
            if truth["state"] == "stopped" && !facts.is_deleted() {
                return Err(format!("it is {truth}"));
            }
            if facts.came_after(truth, by) {
                Ok(())
            } else {
                Err(format!("superseded by {by:?}, which is nobody: {truth}"))
            }
        }
        Error::Stopped(failure) => {
            let states: &[&str] = if facts.is_just_stopped() { &["stopped", "in_progress"] } else { &["stopped"] };
            let truth = facts.is(failure, states)?;
            restored(facts, truth, failure)
        }
        // Given up on for good by ECS, or by `failures` where nothing in ECS ever does; recovered from, it is superseded.
        Error::Failed(failure) => {
            let states: &[&str] = match &failure.recovery {
                Some(Recovery { error: None, .. }) => &["failed", "superseded", "rolled_back", "stopped"],
                // It was complete only after the way back had been ordered, which did not come to be.
                Some(_) if facts.is_complete_after_the_way_back(failure) => &["completed"],
                Some(_) => &["failed", "superseded", "rolled_back", "stopped", "in_progress"],
                // Its tasks kept stopping, and then the service was deleted.
                None if facts.is_deleted() => &["failed", "in_progress", "rolled_back", "superseded", "stopped"],
                // It may have been complete for a moment after the last look.
                None if facts.is_complete_since(failure) => &["failed", "completed"],
                None => &["failed", "in_progress", "rolled_back", "superseded"],
            };
            let truth = facts.is(failure, states)?;
            // Somebody may have begun another while the causes were looked for.
            let is_other = failure.recovery.is_none()
                && truth["state"] != "failed"
                && truth["state"] != "completed"
                && !facts.is_deleted()
                && number(truth, "finished") < facts.now - CAUSES;
            if is_other { Err(format!("it is {truth}")) } else { Ok(()) }
        }
        Error::TimedOut { failure, .. } => judge_time_out(facts, request, failure),
        Error::ServiceInactive { .. } if facts.is_deleted() => Ok(()),
        // Only what waiting does not cure ends it otherwise.
        Error::Credentials { .. } => Ok(()),
        Error::Denied { operation, .. } if facts.is_denied(operation) => Ok(()),
        Error::Unsupported { .. } if is_busy(facts) => Ok(()),
        // The connection breaks so often that nothing is ordered.
        Error::Network { .. } if facts.ours().is_empty() => Ok(()),
        // A proxy or a gateway that goes on answering in the place of AWS, before anything is ordered, or of an order whose deployment went
        // with its service.
        Error::Aws { name, .. }
            if ["http", "unreadable", "GatewayRefused"].contains(&name.as_str())
                && (facts.ours().is_empty() || facts.is_deleted()) =>
        {
            Ok(())
        }
        // ECS answered each of so many looks with an error of its own, before anything was ordered.
        Error::Aws { operation, name, .. }
            if name == "ServerException"
                && facts.ours().is_empty()
                && facts.failed_in_a_row(operation) >= PREPARING =>
        {
            Ok(())
        }
        other => Err(format!("unexpected {}", other.code())),
    }
}

/// What is said to run again is what ran before, never what somebody has deployed since.
fn restored(facts: &Facts<'_>, truth: &Value, failure: &Failure) -> Result<(), String> {
    match (&failure.restored, facts.base(truth)) {
        (Some(restored), Some(base)) if restored != base => Err(format!("restored is {restored}, and it was {base}")),
        _ => Ok(()),
    }
}

fn judge_time_out(facts: &Facts<'_>, request: &Deployment, failure: &Failure) -> Result<(), String> {
    let deadline = facts.trial.start + request.timeout;
    let Ok(truth) = facts.of(failure) else {
        let early = facts.ours().into_iter().find(|one| number(one, "created") < deadline - SEEN);
        return early.map_or(Ok(()), |ours| Err(format!("out of time, and ours is not known: {ours}")));
    };
    // What ended long before the time was up should have been seen.
    let seen = facts.is_clear_from().max(number(truth, "finished")) + SEEN;
    let has_ended =
        ["completed", "rolled_back", "failed", "superseded", "stopped"].iter().any(|state| truth["state"] == *state);
    let is_one_of_two = facts.twins().next().is_some();
    match has_ended && seen < deadline && failure.recovery.is_none() && !facts.is_untold() && !is_one_of_two {
        true => Err(format!("out of time, but {truth}")),
        false => Ok(()),
    }
}

/// Whether another deployment was on its way when ours was to begin, or a way back.
fn is_busy(facts: &Facts<'_>) -> bool {
    // A replica that is behind shows what was on its way so long ago.
    let replicas = facts.trial.world["replicas"].as_array().into_iter().flatten();
    let old = facts.faults().filter(|fault| fault["kind"] == "stale" || fault["kind"] == "torn");
    let lags = replicas.filter_map(|one| one["lag"].as_f64()).chain(old.filter_map(|one| one["seconds"].as_f64()));
    let lag = lags.fold(0.0, f64::max);
    let around = |one: &Value| number(one, "created") < facts.now && number(one, "finished") > facts.trial.start - lag;
    facts.truth.iter().any(around)
}

/// A second revision only where the answer to the first was lost: how many of those.
fn revisions(trial: &Trial<'_>) -> Result<u64, String> {
    let input = json!({"familyPrefix": "api"});
    let answer = trial.simulator.call("ListTaskDefinitions", input).map_err(|(_, error)| error.to_string())?;
    let revisions = answer["taskDefinitionArns"].as_array().map_or(0, Vec::len) as u64;
    let is_lost = |call: &&&Value| {
        call["operation"] == "RegisterTaskDefinition" && (call["error"] == "lost" || call["error"] == "proxy")
    };
    let lost = trial.calls.iter().filter(|call| is_lost(call)).count() as u64;
    // Two were there.
    let extra = revisions.saturating_sub(3);
    if extra > lost { Err(format!("double revision: {extra} more, {lost} answers lost")) } else { Ok(extra) }
}
