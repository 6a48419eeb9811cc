//! Reads the records of the service-deployment API: earlier deployments, and the one in progress.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::is_passing;
use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::lifecycle::{self, Staged};
use super::polling;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::{list, text, time};
use crate::rollout::prepare::assure::Word;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::judge;
use crate::rollout::verdict::tracker::Tracker;
use crate::rollout::workflow::Workflow;

/// Pages of records that are read at most. ECS does not document their order.
const PAGES: usize = 100;
/// Revisions that one call describes at most.
const REVISIONS: usize = 20;
/// How long before our deployment the records begin that are listed, in seconds: AWS's clocks may differ.
const BEFORE: f64 = 60.0;
/// Attempts after which a record that cannot be read counts as none.
const ATTEMPTS: usize = 6;
/// The same if the server may not be ECS.
const STRANGE: usize = 4;
/// The same if the API has answered before: it will again.
const ANSWERED: usize = 10;

/// What the service-deployment API has shown.
#[derive(Default)]
pub(crate) struct ServiceDeployments {
    /// It is not offered here, or not allowed.
    pub(crate) is_refused: bool,
    /// The ARNs of those that were there before the order.
    pub(crate) known: HashSet<String>,
    /// How many pages the last list had.
    pub(crate) pages: usize,
    /// The API has answered before: an unreadable answer is a transient failure.
    pub(crate) has_answered: bool,
    /// The newest of them.
    newest: Option<Newest>,
    /// The one that was in progress before the order.
    pub(crate) running: Option<ActiveServiceDeployment>,
    /// Revisions that were deployed in full, newest first.
    pub(crate) successes: Vec<String>,
    /// How long earlier ones took, in seconds.
    typical: Option<f64>,
    /// The record of our deployment.
    pub(crate) own: OwnRecord,
}

/// The record of our deployment.
#[derive(Default)]
pub(crate) struct OwnRecord {
    pub(crate) arn: Option<String>,
    /// Since when it has been looked for.
    pub(crate) searched: Option<Duration>,
    /// Since when only the list of records answers.
    pub(crate) brief: Option<Duration>,
    pub(crate) staged: Staged,
    /// When the service itself was looked at last.
    pub(crate) listed: Option<Duration>,
}

/// The newest record of a service.
#[derive(Debug, Clone)]
struct Newest {
    status: String,
    created: f64,
    is_running: bool,
}

/// A record that had not ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ActiveServiceDeployment {
    pub(crate) arn: String,
    /// The ARN of the definition that it deploys.
    pub(crate) definition: Option<String>,
    /// True if it belongs to the PRIMARY deployment, by their times.
    pub(crate) is_of_primary: bool,
}

impl ServiceDeployments {
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// The ARN of the record in progress that belongs to the PRIMARY deployment.
    pub(crate) fn of_primary(&self) -> Option<String> {
        self.running.as_ref().filter(|running| running.is_of_primary).map(|running| running.arn.clone())
    }

    /// Every record may be that of a deployment that was there before, too.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// Discards the records, because the service is read again.
    pub(crate) fn start_over(&mut self) {
        let (is_refused, has_answered, typical) = (self.is_refused, self.has_answered, self.typical);
        *self = Self { is_refused, has_answered, typical, ..Self::default() };
    }

    fn take(&mut self, answer: &Value) {
        let records = list(answer, "serviceDeployments");
        self.known.extend(records.iter().map(|record| text(record, "serviceDeploymentArn")));
        let newest = records.iter().max_by(|one, other| created(one).total_cmp(&created(other)));
        self.newest = newest.map(|record| Newest {
            status: text(record, "status"),
            created: created(record),
            is_running: lifecycle::is_running(record),
        });
        let mut successes: Vec<&Value> = records.iter().filter(|record| record["status"] == "SUCCESSFUL").collect();
        successes.sort_by(|one, other| created(other).total_cmp(&created(one)));
        self.successes = successes.iter().map(|record| text(record, "targetServiceRevisionArn")).collect();
        self.typical = polling::typical_of(successes.iter().filter_map(|record| lifecycle::seconds(record)));
    }
}

pub(crate) fn created(record: &Value) -> f64 {
    time(record, "createdAt").unwrap_or_default()
}

/// Whether a record deploys this definition. `definitions`: revisions, and the definition of each.
pub(crate) fn carries(record: &Value, definitions: &[(String, String)], definition: &str) -> bool {
    let revision = text(record, "targetServiceRevisionArn");
    definitions.iter().any(|(arn, carried)| *arn == revision && carried == definition)
}

impl Workflow {
    /// Whether the record of a deployment of this service is to decide.
    pub(crate) fn has_records(&self) -> bool {
        matches!(self.found.kind, Kind::Staged | Kind::Recorded) && !self.records.is_refused
    }

    /// Whether the newest record belongs to the PRIMARY deployment and has ended.
    pub(crate) fn is_primary_over(&self) -> bool {
        let shown = self.found.before.primary().and_then(|primary| primary.created);
        let both = self.records.newest.as_ref().zip(shown);
        both.is_some_and(|(newest, shown)| !newest.is_running && newest.created >= shown - judge::TOGETHER)
    }

    /// Whether ECS has failed the PRIMARY deployment.
    pub(crate) fn has_failed(&self) -> bool {
        let is_given_up = |status: &str| matches!(status, "STOPPED" | "ROLLBACK_FAILED");
        self.found.before.primary().is_some_and(|primary| match &primary.state {
            Some(state) => state == "FAILED",
            // For a deployment without a state, only the record shows it.
            None => {
                self.has_records() && self.records.newest.as_ref().is_some_and(|newest| is_given_up(&newest.status))
            }
        })
    }

    /// Whether a failed call to the API may succeed when it is made again. There is a limit of attempts.
    pub(crate) fn is_worth_asking(&self, fault: &ApiError) -> bool {
        // If the record decides, an answer that is not ECS's does not count: it may be a gateway's.
        let is_strange = matches!(fault.code.as_str(), "http" | "unreadable");
        let is_needed = is_strange && matches!(self.found.kind, Kind::Staged | Kind::Recorded);
        // Once the list decides, each further question is asked once.
        let is_given_up = self.tracker.as_ref().is_some_and(Tracker::is_unanswered) && !self.goes_by_record();
        let most = match self.records.has_answered {
            _ if is_given_up => 0,
            true if fault.kind != ApiErrorKind::Denied => ANSWERED,
            // A server may not have the operation at all, and the list can do.
            false if is_strange && self.found.kind == Kind::Staged => STRANGE,
            _ => ATTEMPTS,
        };
        // What was allowed a moment ago may be so again; what never was will not be.
        let has_answered = match fault.kind {
            ApiErrorKind::Denied => self.cx.attempts.answered.contains(&fault.operation),
            _ => self.records.has_answered,
        };
        (is_passing(fault) || has_answered || is_needed) && self.cx.attempts.failed < most
    }

    /// Whether the verdict on our deployment is the record's.
    pub(crate) fn goes_by_record(&self) -> bool {
        self.tracker.as_ref().is_some_and(Tracker::is_by_record)
    }

    /// Whether our deployment is being rolled back because the caller requested it.
    pub(crate) fn is_rolling_back(&self) -> bool {
        self.tracker.as_ref().is_some_and(Tracker::is_rolling_back)
    }

    /// How long this service's rollouts usually take, in seconds.
    pub(crate) fn typical_seconds(&self) -> Option<f64> {
        self.records.typical.or_else(|| polling::typical_seconds(&self.found.before))
    }

    /// Reads the earlier deployments, and whether one is in progress (ListServiceDeployments).
    pub(crate) async fn records(&mut self) -> Result<(), Halt> {
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(fault) => return self.without_records(&fault),
        };
        self.records.take(&answer);
        let records = list(&answer, "serviceDeployments");
        let on_their_way = records.iter().filter(|record| lifecycle::is_running(record));
        // The newest: an earlier one may still be ending.
        let running = on_their_way.max_by(|one, other| created(one).total_cmp(&created(other)));
        if let Some(running) = running {
            // The list may be stale: a deployment that has ended by its own record is not in progress.
            let record = self.describe_record(&text(running, "serviceDeploymentArn")).await?;
            if matches!(&record, Ok(Some(record)) if lifecycle::is_over(record)) {
                return Ok(());
            }
            let definition = match self.definitions_of(&[text(running, "targetServiceRevisionArn")]).await? {
                Ok(definitions) => definitions.into_iter().next().map(|(_, definition)| definition),
                Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
                Err(_) => None,
            };
            let is_of_primary = self.is_of_primary(running);
            // The list of records is stale: it does not hold the PRIMARY deployment yet.
            if !is_of_primary && self.may_start_over() {
                return Err(self.start_over());
            }
            let arn = text(running, "serviceDeploymentArn");
            self.records.running = Some(ActiveServiceDeployment { arn, definition, is_of_primary });
        }
        Ok(())
    }

    /// Whether a record may be that of the PRIMARY deployment: they were created together, and no other that is listed nearer to it. A
    /// deployment that is being rolled back keeps its record, and another is PRIMARY. All times are AWS's own.
    fn is_of_primary(&self, record: &Value) -> bool {
        let Some(shown) = self.found.before.primary().and_then(|primary| primary.created) else { return true };
        let apart = |at: f64| (created(record) - at).abs();
        let others = self.found.before.deployments.iter().filter(|one| one.status != "PRIMARY");
        let is_of_another = others.filter_map(|one| one.created).any(|at| apart(at) < apart(shown));
        let is_rolled_back = text(record, "status").starts_with("ROLLBACK");
        is_rolled_back || (!is_of_another && apart(shown) <= judge::TOGETHER)
    }

    /// Compares the newest record with the PRIMARY deployment of the look (ListServiceDeployments, unless already read).
    pub(crate) async fn newest_record(&mut self) -> Result<Word, Halt> {
        if self.records.newest.is_none() && !self.records.is_refused {
            match self.list_records().await? {
                Ok(answer) => self.records.take(&answer),
                Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
                Err(_) => return Ok(Word::None),
            }
        }
        let shown = self.found.before.primary().and_then(|primary| primary.created);
        let Some((newest, shown)) = self.records.newest.as_ref().zip(shown) else { return Ok(Word::None) };
        let is_newer = newest.created > shown + judge::TOGETHER;
        Ok(match (newest.created - shown).abs() <= judge::TOGETHER {
            // Another that began within seconds would look the same.
            true if newest.status == "SUCCESSFUL" && (newest.created - shown).abs() <= judge::CLEARLY => Word::Same,
            // One that has ended may have been rolled back, to the one that is shown.
            false if is_newer && (newest.is_running || newest.status == "SUCCESSFUL") => Word::Newer,
            _ => Word::None,
        })
    }

    /// Continues with the list alone. Behind a Classic Load Balancer it never shows that a deployment is complete.
    fn without_records(&mut self, fault: &ApiError) -> Result<(), Halt> {
        self.records.is_refused = true;
        if self.found.kind == Kind::Recorded {
            let text = format!(
                "service {:?} is behind a Classic Load Balancer: only the service-deployment API shows how its deployments end, \
                 and {} was refused: {}: {}",
                self.found.before.name,
                fault.operation.name(),
                fault.code,
                fault.text
            );
            return Err(Error::Unsupported { text }.into());
        }
        self.warn_of_list(fault);
        Ok(())
    }

    pub(crate) fn warn_of_list(&mut self, fault: &ApiError) {
        let (operation, code, text) = (fault.operation.name(), &fault.code, &fault.text);
        let text = format!("the list of deployments has to do: {operation} was refused: {code}: {text}");
        self.cx.warn("records", text);
    }

    pub(crate) async fn list_records(&mut self) -> Result<Result<Value, ApiError>, Halt> {
        let mut input = json!({"cluster": self.request.cluster, "service": self.request.service, "maxResults": 100});
        // Those of former deployments are of no account once ours is known.
        if let Some(created) = self.ours().and_then(|ours| ours.created) {
            input["createdAt"] = json!({"after": created - BEFORE});
        }
        let (mut records, mut arns) = (Vec::new(), HashSet::new());
        self.records.pages = 0;
        for _ in 0..PAGES {
            self.records.pages += 1;
            let answer = match self.call(Operation::ListServiceDeployments, &input).await? {
                Ok(answer) if answer["serviceDeployments"].is_array() => answer,
                // Something else has answered.
                Ok(_) => return Ok(Err(ApiError::unreadable(Operation::ListServiceDeployments))),
                Err(fault) => return Ok(Err(fault)),
            };
            self.records.has_answered = true;
            // Pages may overlap if a record is added between them.
            let is_new = |record: &&Value| arns.insert(text(record, "serviceDeploymentArn"));
            records.extend(list(&answer, "serviceDeployments").iter().filter(is_new).cloned());
            match answer["nextToken"].as_str().filter(|next| !next.is_empty()) {
                Some(next) if input["nextToken"] != next => input["nextToken"] = json!(next),
                _ => break,
            }
        }
        Ok(Ok(json!({ "serviceDeployments": records })))
    }

    /// The definitions of service revisions (DescribeServiceRevisions): revision and definition.
    pub(crate) async fn definitions_of(
        &mut self,
        revisions: &[String],
    ) -> Result<Result<Vec<(String, String)>, ApiError>, Halt> {
        let mut definitions = Vec::new();
        // ECS takes this many in one call.
        for some in revisions.chunks(REVISIONS) {
            let input = json!({"serviceRevisionArns": some});
            let answer = match self.call(Operation::DescribeServiceRevisions, &input).await? {
                Ok(answer) if answer["serviceRevisions"].is_array() => answer,
                // Something else has answered.
                Ok(_) => return Ok(Err(ApiError::unreadable(Operation::DescribeServiceRevisions))),
                Err(fault) => return Ok(Err(fault)),
            };
            self.watched.shown.note_revisions(&answer);
            let both = |revision: &Value| (text(revision, "serviceRevisionArn"), text(revision, "taskDefinition"));
            definitions.extend(list(&answer, "serviceRevisions").iter().map(both));
        }
        Ok(Ok(definitions))
    }

    pub(crate) async fn describe_record(&mut self, arn: &str) -> Result<Result<Option<Value>, ApiError>, Halt> {
        let answer = self.call(Operation::DescribeServiceDeployments, &json!({"serviceDeploymentArns": [arn]})).await?;
        let answer = answer.and_then(|answer| match answer["serviceDeployments"].is_array() {
            true => Ok(answer),
            false => Err(ApiError::unreadable(Operation::DescribeServiceDeployments)),
        });
        self.records.has_answered |= answer.is_ok();
        let matches = |record: &&Value| text(record, "serviceDeploymentArn") == arn;
        Ok(answer.and_then(|answer| {
            let records = list(&answer, "serviceDeployments");
            match records.iter().find(matches) {
                // Something else has answered.
                None if !records.is_empty() => Err(ApiError::unreadable(Operation::DescribeServiceDeployments)),
                found => Ok(found.cloned()),
            }
        }))
    }

    /// The definition of one service revision (DescribeServiceRevisions), if it may be read.
    pub(crate) async fn definition_of(&mut self, revision: String) -> Result<Option<String>, Halt> {
        if revision.is_empty() {
            return Ok(None);
        }
        match self.definitions_of(&[revision]).await? {
            Ok(definitions) => Ok(definitions.into_iter().next().map(|(_, definition)| definition)),
            // A denied call is not retried: it only returns which definition it was.
            Err(fault) if fault.kind != ApiErrorKind::Denied && self.is_worth_asking(&fault) => {
                Err(self.wait_out(fault))
            }
            Err(_) => Ok(None),
        }
    }
}
