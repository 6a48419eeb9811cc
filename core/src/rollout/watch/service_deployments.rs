//! Reads the records of the service-deployment API: finds the record of our deployment, and follows it through its stages.
//!
//! A rolling deployment's record is read where the list of deployments leaves the verdict open. The record of a deployment in stages
//! decides, as long as the API is offered.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::{Next, Step, is_passing};
use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::lifecycle::{self, Staged};
use super::polling;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::json::{list, text, time};
use crate::rollout::assure::Word;
use crate::rollout::service::snapshot::DeploymentView;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::conclusion::Decision;
use crate::rollout::verdict::judge::{self, Tracked, Verdict};
use crate::rollout::verdict::tracker::Tracker;
use crate::rollout::workflow::Workflow;

/// How far apart the service itself is looked at while its record tells how far it is.
const LIST: Duration = Duration::from_secs(30);
/// The pause before a record that has not appeared yet is looked for again.
const APPEARS: Duration = Duration::from_secs(2);
/// How long a record may take to appear where the list can decide as well.
const ABSENT: Duration = Duration::from_secs(90);
/// Pages of records that are read at most. ECS does not say in which order it lists them.
const PAGES: usize = 100;
/// Revisions that one call describes at most.
const REVISIONS: usize = 20;
/// How long before our deployment the records begin that are listed, in seconds: AWS's clocks may differ.
const BEFORE: f64 = 60.0;
/// How long the list of records has to do before the record itself is asked for again.
const BRIEF: Duration = Duration::from_secs(60);
/// Attempts after which a record that cannot be read counts as none.
const ATTEMPTS: usize = 6;
/// The same where what answers may not be ECS.
const STRANGE: usize = 4;
/// The same where the API has answered before: it will again.
const ANSWERED: usize = 10;

/// What is known from the service-deployment API.
#[derive(Default)]
pub(crate) struct ServiceDeployments {
    /// It is not offered here, or not allowed.
    is_refused: bool,
    /// The ARNs of those that were there before the order.
    known: HashSet<String>,
    /// How many pages the last list had.
    pages: usize,
    /// The API has answered before: what it answers without words is a failure in passing.
    has_answered: bool,
    /// The newest of them.
    newest: Option<Newest>,
    /// Since when ours has been looked for.
    searched: Option<Duration>,
    /// The one that was on its way before the order.
    pub(crate) running: Option<ActiveServiceDeployment>,
    /// Revisions that were deployed in full, newest first.
    pub(crate) successes: Vec<String>,
    /// How long earlier ones took, in seconds.
    usual: Option<f64>,
    /// Since when only the list of records answers.
    brief: Option<Duration>,
    /// The ARN of ours.
    pub(crate) ours: Option<String>,
    staged: Staged,
    /// The deployment of somebody else that began while an order of ours got no answer.
    pub(crate) since: Option<DeploymentView>,
    /// How many looks in a row for a lost order have shown no service, or one that is being deleted.
    pub(crate) gone: u32,
    /// When the service itself was looked at last.
    listed: Option<Duration>,
}

/// What the records tell of an order that got no answer.
pub(crate) enum Traced {
    /// The record of the deployment that it began.
    Found(Value),
    /// It began none.
    None,
    /// The records are older than the list, or not all of them can be read yet.
    Behind,
    /// They may not be read, or are not offered.
    Denied,
}

/// The newest record of a service.
#[derive(Debug, Clone)]
struct Newest {
    status: String,
    created: f64,
    is_running: bool,
}

/// A record that had not come to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ActiveServiceDeployment {
    pub(crate) arn: String,
    /// The ARN of the definition that it deploys.
    pub(crate) definition: Option<String>,
    /// Whether it is that of the PRIMARY deployment, as far as their times tell.
    pub(crate) is_of_primary: bool,
}

impl ServiceDeployments {
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// The ARN of the record on its way that is of the PRIMARY deployment.
    pub(crate) fn of_primary(&self) -> Option<String> {
        self.running.as_ref().filter(|running| running.is_of_primary).map(|running| running.arn.clone())
    }

    /// Every record may be that of a deployment that was there before, too.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// The service is found anew, and its records with it.
    pub(crate) fn find_anew(&mut self) {
        let (is_refused, has_answered, usual) = (self.is_refused, self.has_answered, self.usual);
        *self = Self { is_refused, has_answered, usual, ..Self::default() };
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
        self.usual = polling::usual_of(successes.iter().filter_map(|record| lifecycle::seconds(record)));
    }
}

fn created(record: &Value) -> f64 {
    time(record, "createdAt").unwrap_or_default()
}

/// Whether a record deploys this definition. `definitions`: revisions, and the definition of each.
fn carries(record: &Value, definitions: &[(String, String)], definition: &str) -> bool {
    let revision = text(record, "targetServiceRevisionArn");
    definitions.iter().any(|(arn, carried)| *arn == revision && carried == definition)
}

impl Workflow {
    /// Whether the record of a deployment of this service is to decide.
    pub(crate) fn has_records(&self) -> bool {
        matches!(self.found.kind, Kind::Staged | Kind::Recorded) && !self.records.is_refused
    }

    /// Whether the newest record is that of the PRIMARY deployment and has come to its end.
    pub(crate) fn is_primary_over(&self) -> bool {
        let shown = self.found.before.primary().and_then(|primary| primary.created);
        let both = self.records.newest.as_ref().zip(shown);
        both.is_some_and(|(newest, shown)| !newest.is_running && newest.created >= shown - judge::TOGETHER)
    }

    /// Whether what is PRIMARY is a deployment that ECS has given up on.
    pub(crate) fn has_failed(&self) -> bool {
        let is_given_up = |status: &str| matches!(status, "STOPPED" | "ROLLBACK_FAILED");
        self.found.before.primary().is_some_and(|primary| match &primary.state {
            Some(state) => state == "FAILED",
            // Only the record says so of one that keeps no state.
            None => {
                self.has_records() && self.records.newest.as_ref().is_some_and(|newest| is_given_up(&newest.status))
            }
        })
    }

    /// Whether a failed call to the API may succeed when it is made again. There is a limit of attempts.
    pub(crate) fn is_worth_asking(&self, fault: &ApiError) -> bool {
        // Where it decides, an answer that is not ECS's is no answer: it may be a gateway's.
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

    /// Whether our deployment is being rolled back because that was asked for.
    pub(crate) fn goes_back(&self) -> bool {
        self.tracker.as_ref().is_some_and(Tracker::is_going_back)
    }

    /// How long this service's rollouts usually take, in seconds.
    pub(crate) fn usual_seconds(&self) -> Option<f64> {
        self.records.usual.or_else(|| polling::usual_seconds(&self.found.before))
    }

    /// Reads what deployments there were, and whether one is on its way (ListServiceDeployments).
    pub(crate) async fn records(&mut self) -> Result<(), Halt> {
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(fault) => return self.without_records(&fault),
        };
        self.records.take(&answer);
        let records = list(&answer, "serviceDeployments");
        let on_their_way = records.iter().filter(|record| lifecycle::is_running(record));
        // The newest: an earlier one may still be coming to its end.
        let running = on_their_way.max_by(|one, other| created(one).total_cmp(&created(other)));
        if let Some(running) = running {
            // The list may be behind: what has ended by its own record is not on its way.
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
            // The list of records is behind: it has none yet of what is PRIMARY.
            if !is_of_primary && self.is_worth_finding_anew() {
                return Err(self.find_anew());
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
        let is_way_back = text(record, "status").starts_with("ROLLBACK");
        is_way_back || (!is_of_another && apart(shown) <= judge::TOGETHER)
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
            // One that is over may have been gone back from, to the one that is shown.
            false if is_newer && (newest.is_running || newest.status == "SUCCESSFUL") => Word::Newer,
            _ => Word::None,
        })
    }

    /// The list has to do. That of a service behind a Classic Load Balancer never says that a deployment is complete.
    fn without_records(&mut self, fault: &ApiError) -> Result<(), Halt> {
        self.records.is_refused = true;
        if self.found.kind == Kind::Recorded {
            let text = format!(
                "service {:?} is behind a Classic Load Balancer: only the service-deployment API can say how its deployments end, \
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

    fn warn_of_list(&mut self, fault: &ApiError) {
        let (operation, code, text) = (fault.operation.name(), &fault.code, &fault.text);
        let text = format!("the list of deployments has to do: {operation} was refused: {code}: {text}");
        self.cx.warn("records", text);
    }

    async fn list_records(&mut self) -> Result<Result<Value, ApiError>, Halt> {
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
            // Pages may overlap where a record is added between them.
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
        // ECS takes so many at once.
        for some in revisions.chunks(REVISIONS) {
            let input = json!({"serviceRevisionArns": some});
            let answer = match self.call(Operation::DescribeServiceRevisions, &input).await? {
                Ok(answer) if answer["serviceRevisions"].is_array() => answer,
                // Something else has answered.
                Ok(_) => return Ok(Err(ApiError::unreadable(Operation::DescribeServiceRevisions))),
                Err(fault) => return Ok(Err(fault)),
            };
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
        let is_it = |record: &&Value| text(record, "serviceDeploymentArn") == arn;
        Ok(answer.and_then(|answer| {
            let records = list(&answer, "serviceDeployments");
            match records.iter().find(is_it) {
                // Something else has answered.
                None if !records.is_empty() => Err(ApiError::unreadable(Operation::DescribeServiceDeployments)),
                found => Ok(found.cloned()),
            }
        }))
    }

    /// Whether it is time to look at the service itself, for what only that tells.
    pub(crate) fn is_list_due(&self) -> bool {
        self.records.ours.is_some() && self.records.listed.is_none_or(|at| self.cx.elapsed().saturating_sub(at) >= LIST)
    }

    pub(crate) fn list_was_seen(&mut self) {
        self.records.listed = Some(self.cx.elapsed());
    }

    /// Looks at the record of our deployment (DescribeServiceDeployments), once it is found.
    pub(crate) async fn look_at_record(&mut self) -> Step {
        let Some(arn) = self.records.ours.clone() else { return self.find_record().await };
        let record = match self.record(&arn).await? {
            Ok(Some(record)) => record,
            Ok(None) if self.found.kind == Kind::Staged && !self.has_time_to_appear() => return self.go_by_list(),
            Ok(None) => return Ok(self.look_again(APPEARS)),
            Err(fault) => return self.record_fault(fault).await,
        };
        for event in self.records.staged.events(&record, self.cx.seconds()) {
            self.emit(event);
        }
        // Who took its place, and what runs now, only the service tells.
        let is_decided = !matches!(judge::judge_service_deployment(&record), Verdict::Pending | Verdict::Succeeded);
        if is_decided && !self.goes_back() {
            return Ok(Next::Settle(Box::new(record)));
        }
        if self.goes_back() && lifecycle::is_over(&record) {
            let definition = self.definition_of(text(&record["rollback"], "serviceRevisionArn")).await?;
            self.order.definition = definition.or(self.order.definition.take());
        }
        let next = self.saw_service_deployment(Some(&record));
        self.follow(next, None)
    }

    /// The record of our deployment: whole, or where that is not allowed as the list of records shows it.
    async fn record(&mut self, arn: &str) -> Result<Result<Option<Value>, ApiError>, Halt> {
        let now = self.cx.elapsed();
        if self.records.brief.is_none_or(|since| now.saturating_sub(since) >= BRIEF) {
            match self.describe_record(arn).await? {
                Err(fault) if !is_passing(&fault) && fault.kind != ApiErrorKind::Credentials => {
                    let text = format!("stages are not told: {} was refused: {}", fault.operation.name(), fault.text);
                    if self.records.brief.replace(now).is_none() {
                        self.cx.warn("records", text);
                    }
                }
                answer => return Ok(answer),
            }
        }
        let is_it = |record: &&Value| text(record, "serviceDeploymentArn") == arn;
        let found = |answer: Value| list(&answer, "serviceDeployments").iter().find(is_it).cloned();
        let brief = self.list_records().await?.map(found);
        // Only the whole record shows why it was stopped.
        match &brief {
            Ok(Some(record)) if record["status"] == "STOPPED" => match self.describe_record(arn).await? {
                Ok(Some(whole)) => Ok(Ok(Some(whole))),
                _ => Ok(brief),
            },
            _ => Ok(brief),
        }
    }

    /// Finds the record of an order whose answer was lost (ListServiceDeployments, DescribeServiceRevisions): newer than every earlier
    /// deployment, and with our definition. `since`: when the newest deployment of the list was created; older records tell nothing.
    pub(crate) async fn record_of_order(&mut self, since: Option<f64>) -> Result<Traced, Halt> {
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(_) => return Ok(Traced::Denied),
        };
        let newest_record = list(&answer, "serviceDeployments").iter().map(created).fold(0.0, f64::max);
        let newest =
            self.found.before.deployments.iter().filter_map(|deployment| deployment.created).fold(0.0, f64::max);
        let known = &self.records.known;
        // What was created with an earlier deployment is its record.
        let earlier: Vec<f64> = self.found.before.deployments.iter().filter_map(|one| one.created).collect();
        let records = list(&answer, "serviceDeployments");
        let of_earlier: Vec<&Value> = earlier.iter().filter_map(|at| judge::nearest_to(*at, records)).collect();
        let is_new = |record: &&Value| {
            let is_earlier = of_earlier.iter().any(|one| one["serviceDeploymentArn"] == record["serviceDeploymentArn"]);
            created(record) > newest && !is_earlier && !known.contains(&text(record, "serviceDeploymentArn"))
        };
        let new: Vec<Value> = list(&answer, "serviceDeployments").iter().filter(is_new).cloned().collect();
        // Without times nobody can tell.
        if newest == 0.0 {
            return Ok(Traced::Denied);
        }
        if new.is_empty() {
            let is_behind = since.is_some_and(|since| newest_record < since - judge::TOGETHER);
            return Ok(if is_behind { Traced::Behind } else { Traced::None });
        }
        let revisions: Vec<String> = new.iter().map(|record| text(record, "targetServiceRevisionArn")).collect();
        let definitions = match self.definitions_of(&revisions).await? {
            Ok(definitions) => definitions,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(_) => return Ok(Traced::Denied),
        };
        let ours = self.order.definition.clone().unwrap_or_default();
        let first = new
            .iter()
            .filter(|record| carries(record, &definitions, &ours))
            .min_by(|one, other| created(one).total_cmp(&created(other)));
        // A revision that is not answered may be the one with our definition.
        let is_answered = |revision: &String| definitions.iter().any(|(arn, _)| arn == revision);
        let otherwise = if revisions.iter().all(is_answered) { Traced::None } else { Traced::Behind };
        Ok(first.cloned().map_or(otherwise, Traced::Found))
    }

    /// Finds the newer deployment for which a STOPPED one was replaced (ListServiceDeployments, DescribeServiceRevisions). The list of
    /// deployments may not show it yet, or no longer.
    async fn find_successor(&mut self, record: &Value) -> Result<(), Halt> {
        let is_stopped = matches!(judge::judge_service_deployment(record), Verdict::Stopped { .. });
        let is_known = self.tracker.as_ref().is_none_or(Tracker::has_successor);
        if !is_stopped || is_known || self.goes_back() {
            return Ok(());
        }
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(_) => return Ok(()),
        };
        let records = list(&answer, "serviceDeployments");
        let Some(successor) = judge::successor(record, records) else {
            // A newer one is begun before ours is STOPPED: a list that shows the end of ours shows that one, too. Only a whole record says
            // whether ECS gave up on it.
            // Pages are of different moments.
            let is_whole = record["targetServiceRevision"].is_object() && self.records.pages == 1;
            let shows_end =
                |one: &Value| one["serviceDeploymentArn"] == record["serviceDeploymentArn"] && lifecycle::is_over(one);
            if let (true, Some(case)) = (is_whole && records.iter().any(shows_end), &mut self.tracker) {
                case.was_not_replaced();
            }
            return Ok(());
        };
        let (arn, at) = (text(successor, "serviceDeploymentArn"), created(successor));
        let definition = self.definition_of(text(successor, "targetServiceRevisionArn")).await?;
        if let Some(case) = &mut self.tracker {
            case.succeeded_by(arn, at, definition);
        }
        Ok(())
    }

    /// Finds what ECS went back to (DescribeServiceRevisions). The list may not show it, or may show what somebody has deployed since.
    async fn find_restored(&mut self, record: &Value) -> Result<(), Halt> {
        let revision = text(&record["rollback"], "serviceRevisionArn");
        if revision.is_empty() || self.goes_back() {
            return Ok(());
        }
        let definition = self.definition_of(revision).await?;
        if let (Some(definition), Some(case)) = (definition, &mut self.tracker) {
            case.went_back_to(definition);
        }
        Ok(())
    }

    /// The definition of one service revision (DescribeServiceRevisions), where that may be read.
    async fn definition_of(&mut self, revision: String) -> Result<Option<String>, Halt> {
        if revision.is_empty() {
            return Ok(None);
        }
        match self.definitions_of(&[revision]).await? {
            Ok(definitions) => Ok(definitions.into_iter().next().map(|(_, definition)| definition)),
            // What is denied is not waited for: it only says which definition it was.
            Err(fault) if fault.kind != ApiErrorKind::Denied && self.is_worth_asking(&fault) => {
                Err(self.wait_out(fault))
            }
            Err(_) => Ok(None),
        }
    }

    /// The record has come to a bad end: what runs instead of ours (DescribeServices)?
    pub(crate) async fn settle_record(&mut self, record: &Value) -> Step {
        self.find_successor(record).await?;
        let answer = self.describe_service().await?;
        if let Some(service) = crate::rollout::service::snapshot::service(&answer) {
            self.see(service);
        }
        self.find_restored(record).await?;
        let next = self.saw_service_deployment(Some(record));
        self.follow(next, None)
    }

    async fn record_fault(&mut self, fault: ApiError) -> Step {
        if fault.kind == ApiErrorKind::Credentials {
            return Err(self.setback(fault).await);
        }
        // Here the record decides: a failure in passing is waited out, and what was once offered is asked for again.
        if is_passing(&fault) || self.records.has_answered || self.found.kind == Kind::Recorded {
            return Err(self.wait_out(fault));
        }
        self.warn_of_list(&fault);
        self.go_by_list()
    }

    /// Whether a record that is not there may still appear. It says so where not.
    fn has_time_to_appear(&mut self) -> bool {
        let now = self.cx.elapsed();
        let has_time = now.saturating_sub(*self.records.searched.get_or_insert(now)) < ABSENT;
        if !has_time {
            self.cx.warn("records", "ECS shows no record of this deployment: the list of deployments has to do");
        }
        has_time
    }

    fn go_by_list(&mut self) -> Step {
        self.records.is_refused = true;
        if let Some(case) = &mut self.tracker {
            case.goes_by_record(false);
            case.doubts_list();
        }
        Ok(Next::Look)
    }

    /// Finds the record of the order: one that was not there before and that deploys our definition.
    async fn find_record(&mut self) -> Step {
        let Some(ours) = self.ours().cloned() else { return Ok(Next::Look) };
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) => return self.record_fault(fault).await,
        };
        let known = &self.records.known;
        let is_new = |record: &&Value| !known.contains(&text(record, "serviceDeploymentArn"));
        let fresh: Vec<Value> = list(&answer, "serviceDeployments").iter().filter(is_new).cloned().collect();
        if fresh.is_empty() {
            if self.found.kind == Kind::Staged && !self.has_time_to_appear() {
                return self.go_by_list();
            }
            return self.look_at_service(Some(APPEARS)).await;
        }
        let revisions: Vec<String> = fresh.iter().map(|record| text(record, "targetServiceRevisionArn")).collect();
        let found = match self.definitions_of(&revisions).await? {
            Ok(definitions) => {
                let carries = |record: &&Value| carries(record, &definitions, &ours.definition);
                // One that was created before ours is a former one, which the first list left out.
                let is_former = |record: &&Value| judge::is_former(&ours, record);
                let candidates: Vec<&Value> = fresh.iter().filter(carries).filter(|one| !is_former(one)).collect();
                // Without times, one that has ended may be that of a former deployment.
                judge::nearest(&ours, &candidates).filter(|one| ours.created.is_some() || lifecycle::is_running(one))
            }
            Err(fault) if is_passing(&fault) => return Err(self.setback(fault).await),
            // What it carries is not told: the only new one, created with ours, is ours.
            Err(_) if fresh.len() == 1 => judge::together(&ours, &fresh).into_iter().next(),
            Err(_) if self.found.kind == Kind::Staged && !self.has_time_to_appear() => return self.go_by_list(),
            Err(_) => None,
        };
        match found {
            Some(record) => {
                self.records.ours = Some(text(record, "serviceDeploymentArn"));
                Ok(Next::Look)
            }
            None => self.look_at_service(Some(APPEARS)).await,
        }
    }

    /// Reads the record where the list leaves the verdict open. It is never a condition: where it is not offered or not
    /// allowed, the list's verdict stands. A call that fails in passing is no answer, and is made again.
    pub(crate) async fn ask_service_deployment(&mut self) -> Step {
        if self.goes_by_record() && self.records.ours.is_some() {
            return self.look_at_record().await;
        }
        let record = match self.find_record_of_ours().await? {
            Ok(record) => record,
            Err(fault) if self.is_worth_asking(&fault) => return Err(self.wait_out(fault)),
            Err(_) => None,
        };
        if let Some(record) = &record {
            self.find_successor(record).await?;
            self.find_restored(record).await?;
        }
        // It is offered after all.
        self.records.is_refused &= record.is_none();
        let next = self.saw_service_deployment(record.as_ref());
        self.follow(next, None)
    }

    /// The record of our deployment: one created with it whose target revision carries our definition.
    pub(crate) async fn find_record_of_ours(&mut self) -> Result<Result<Option<Value>, ApiError>, Halt> {
        // A changed-in-place deployment has a record that ended long ago.
        let Some(ours) = self.ours().filter(|ours: &&Tracked| ours.changed_in_place.is_none()).cloned() else {
            return Ok(Ok(None));
        };
        if let Some(arn) = self.records.ours.clone() {
            return self.record(&arn).await;
        }
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        let near = judge::together(&ours, list(&answer, "serviceDeployments"));
        if near.is_empty() {
            return Ok(Ok(None));
        }
        let revisions: Vec<String> = near.iter().map(|record| text(record, "targetServiceRevisionArn")).collect();
        let found = match self.definitions_of(&revisions).await? {
            Ok(definitions) => {
                let carries = |record: &&Value| carries(record, &definitions, &ours.definition);
                let candidates: Vec<&Value> = near.into_iter().filter(carries).collect();
                judge::nearest(&ours, &candidates)
            }
            Err(fault) if is_passing(&fault) || !judge::is_clear(&ours, &answer) => return Ok(Err(fault)),
            // What it carries is not told: the one that was clearly created with ours is ours.
            Err(_) => judge::find_service_deployment(&ours, &answer),
        };
        let Some(brief) = found.cloned() else { return Ok(Ok(None)) };
        let arn = text(&brief, "serviceDeploymentArn");
        self.records.ours = Some(arn.clone());
        Ok(match self.describe_record(&arn).await? {
            // The list has the status, too.
            Err(fault) if !is_passing(&fault) => Ok(Some(brief)),
            answer => answer,
        })
    }

    fn saw_service_deployment(&mut self, record: Option<&Value>) -> Decision {
        let now = self.cx.elapsed();
        self.tracker.as_mut().map_or(Decision::Wait, |case| case.saw_service_deployment(record, now))
    }

    /// How far the stages are, for the pace.
    pub(crate) fn staged(&self) -> &Staged {
        &self.records.staged
    }
}
