//! Finds the record of our deployment (the service-deployment API), and follows it through its stages.
//!
//! Reads the record of our deployment. For a rolling deployment it is read if the list of deployments leaves the verdict open; for a
//! deployment in stages it decides, as long as the API is offered.

use std::time::Duration;

use serde_json::Value;

use super::ecs::{Next, Step, is_passing};
use super::lifecycle::{self, Staged};
use super::service_deployments::{carries, created};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::engine::context::Halt;
use crate::json::{list, text};
use crate::rollout::service::snapshot;
use crate::rollout::service::strategy::Kind;
use crate::rollout::verdict::conclusion::Decision;
use crate::rollout::verdict::judge::{self, Verdict};
use crate::rollout::verdict::tracker::Tracker;
use crate::rollout::workflow::Workflow;

/// The time between two looks at the service itself while its record shows the progress.
const LIST: Duration = Duration::from_secs(30);
/// The pause before a record that has not appeared yet is looked for again.
const APPEARS: Duration = Duration::from_secs(2);
/// How long a record may take to appear if the list can decide as well.
const ABSENT: Duration = Duration::from_secs(90);
/// How long the list of records is used before the record itself is read again.
const BRIEF: Duration = Duration::from_secs(60);

/// Attempts to find out for which deployment a STOPPED one was replaced: some four minutes.
const SUCCESSOR: usize = 20;

impl Workflow {
    /// Whether it is time to look at the service itself, for what its record does not show.
    pub(crate) fn is_list_due(&self) -> bool {
        self.records.own.arn.is_some()
            && self.records.own.listed.is_none_or(|at| self.cx.elapsed().saturating_sub(at) >= LIST)
    }

    pub(crate) fn list_was_seen(&mut self) {
        self.records.own.listed = Some(self.cx.elapsed());
    }

    /// Looks at the record of our deployment (DescribeServiceDeployments), once it is found.
    pub(crate) async fn look_at_record(&mut self) -> Step {
        let Some(arn) = self.records.own.arn.clone() else { return self.find_record().await };
        let record = match self.record(&arn).await? {
            Ok(Some(record)) => record,
            Ok(None) if self.found.kind == Kind::Staged && !self.has_time_to_appear() => return self.go_by_list(),
            Ok(None) => return Ok(self.look_again(APPEARS)),
            Err(fault) => return self.record_fault(fault).await,
        };
        self.note_own(&record);
        if let Some(next) = self.stops_at(&record) {
            return Ok(next);
        }
        // Only the service shows what replaced it, and what runs now.
        let is_decided = !matches!(judge::judge_service_deployment(&record), Verdict::Pending | Verdict::Succeeded);
        if is_decided && !self.is_rolling_back() {
            return Ok(Next::Settle(Box::new(record)));
        }
        if self.is_rolling_back() && lifecycle::is_over(&record) {
            let definition = self.definition_of(text(&record["rollback"], "serviceRevisionArn")).await?;
            self.order.definition = definition.or(self.order.definition.take());
        }
        let next = self.saw_service_deployment(Some(&record));
        self.follow(next, None)
    }

    /// Notes our record, and emits what is new in it.
    pub(crate) fn note_own(&mut self, record: &Value) {
        self.watched.shown.note_record(record);
        for event in self.records.own.staged.events(record, self.cx.seconds()) {
            self.emit(event);
        }
    }

    /// The record of our deployment: whole, or if that is not allowed, as in the list of records.
    async fn record(&mut self, arn: &str) -> Result<Result<Option<Value>, ApiError>, Halt> {
        let now = self.cx.elapsed();
        if self.records.own.brief.is_none_or(|since| now.saturating_sub(since) >= BRIEF) {
            match self.describe_record(arn).await? {
                Err(fault) if !is_passing(&fault) && fault.kind != ApiErrorKind::Credentials => {
                    let text =
                        format!("stages are not reported: {} was refused: {}", fault.operation.name(), fault.text);
                    if self.records.own.brief.replace(now).is_none() {
                        self.cx.warn("records", text);
                    }
                }
                answer => return Ok(answer),
            }
        }
        let matches = |record: &&Value| text(record, "serviceDeploymentArn") == arn;
        let found = |answer: Value| list(&answer, "serviceDeployments").iter().find(matches).cloned();
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

    /// Whether a list that nothing else can replace is asked for once more: it has answered before, and is not denied.
    fn may_still_answer(&self, fault: &ApiError) -> bool {
        self.records.has_answered && fault.kind != ApiErrorKind::Denied && self.cx.attempts.failed < SUCCESSOR
    }

    /// Finds the newer deployment for which a STOPPED one was replaced (ListServiceDeployments, DescribeServiceRevisions). The list of
    /// deployments may not show it yet, or no longer.
    async fn find_successor(&mut self, record: &Value) -> Result<(), Halt> {
        let is_stopped = matches!(judge::judge_service_deployment(record), Verdict::Stopped { .. });
        let is_known = self.tracker.as_ref().is_none_or(Tracker::has_successor);
        if !is_stopped || is_known || self.is_rolling_back() {
            return Ok(());
        }
        let answer = match self.list_records().await? {
            Ok(answer) => answer,
            Err(fault) if self.is_worth_asking(&fault) || self.may_still_answer(&fault) => {
                return Err(self.wait_out(fault));
            }
            Err(_) => return Ok(()),
        };
        let records = list(&answer, "serviceDeployments");
        let Some(successor) = judge::successor(record, records) else {
            // A newer deployment is begun before ours is STOPPED: a list that shows the end of ours shows that one, too. Only a whole
            // record shows whether ECS failed it. Pages are of different moments.
            let is_whole = record["targetServiceRevision"].is_object() && self.records.pages == 1;
            let shows_end =
                |one: &Value| one["serviceDeploymentArn"] == record["serviceDeploymentArn"] && lifecycle::is_over(one);
            if let (true, Some(tracker)) = (is_whole && records.iter().any(shows_end), &mut self.tracker) {
                tracker.was_not_replaced();
            }
            return Ok(());
        };
        let (arn, at) = (text(successor, "serviceDeploymentArn"), created(successor));
        let definition = self.definition_of(text(successor, "targetServiceRevisionArn")).await?;
        if let Some(tracker) = &mut self.tracker {
            tracker.succeeded_by(arn, at, definition);
        }
        Ok(())
    }

    /// Finds the definition that ECS rolled back to (DescribeServiceRevisions). The list may not show it, or may show what somebody
    /// has deployed since.
    async fn find_restored(&mut self, record: &Value) -> Result<(), Halt> {
        let revision = text(&record["rollback"], "serviceRevisionArn");
        if revision.is_empty() || self.is_rolling_back() {
            return Ok(());
        }
        let definition = self.definition_of(revision).await?;
        if let (Some(definition), Some(tracker)) = (definition, &mut self.tracker) {
            tracker.rolled_back_to(definition);
        }
        Ok(())
    }

    /// Looks at what runs instead of ours, after its record has failed (DescribeServices).
    pub(crate) async fn settle_record(&mut self, record: &Value) -> Step {
        self.find_successor(record).await?;
        let answer = self.describe_service().await?;
        if let Some(service) = snapshot::service(&answer) {
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
        // Here the record decides: a transient failure is waited out, and an API that was once offered is called again.
        if is_passing(&fault) || self.records.has_answered || self.found.kind == Kind::Recorded {
            return Err(self.wait_out(fault));
        }
        self.warn_of_list(&fault);
        self.go_by_list()
    }

    /// Whether a missing record may still appear. Warns if not.
    fn has_time_to_appear(&mut self) -> bool {
        let now = self.cx.elapsed();
        let has_time = now.saturating_sub(*self.records.own.searched.get_or_insert(now)) < ABSENT;
        if !has_time {
            self.cx.warn("records", "ECS shows no record of this deployment: the list of deployments has to do");
        }
        has_time
    }

    fn go_by_list(&mut self) -> Step {
        self.records.is_refused = true;
        if let Some(tracker) = &mut self.tracker {
            tracker.goes_by_record(false);
            tracker.doubts_list();
        }
        Ok(Next::Look)
    }

    /// Finds the record of the order: one that was not there before and that deploys our definition.
    async fn find_record(&mut self) -> Step {
        let Some(ours) = self.tracker.as_ref().map(Tracker::ours_among_seen) else { return Ok(Next::Look) };
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
            // Its definition is unknown: the only new record, created together with ours, is ours.
            Err(_) if fresh.len() == 1 => judge::together(&ours, &fresh).into_iter().next(),
            Err(_) if self.found.kind == Kind::Staged && !self.has_time_to_appear() => return self.go_by_list(),
            Err(_) => None,
        };
        match found {
            Some(record) => {
                self.records.own.arn = Some(text(record, "serviceDeploymentArn"));
                Ok(Next::Look)
            }
            None => self.look_at_service(Some(APPEARS)).await,
        }
    }

    /// Reads the record if the list leaves the verdict open. It is never required: if the API is not offered or not allowed, the
    /// list's verdict counts. A call that fails for a transient reason is no answer, and is repeated.
    pub(crate) async fn ask_service_deployment(&mut self) -> Step {
        if self.goes_by_record() && self.records.own.arn.is_some() {
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
        let ours = self.tracker.as_ref().map(Tracker::ours_among_seen);
        let Some(ours) = ours.filter(|ours| ours.changed_in_place.is_none()) else { return Ok(Ok(None)) };
        if let Some(arn) = self.records.own.arn.clone() {
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
            // Its definition is unknown: the record that was clearly created together with ours is ours.
            Err(_) => judge::find_service_deployment(&ours, &answer),
        };
        let Some(brief) = found.cloned() else { return Ok(Ok(None)) };
        let arn = text(&brief, "serviceDeploymentArn");
        self.records.own.arn = Some(arn.clone());
        Ok(match self.describe_record(&arn).await? {
            // The list has the status, too.
            Err(fault) if !is_passing(&fault) => Ok(Some(brief)),
            answer => answer,
        })
    }

    fn saw_service_deployment(&mut self, record: Option<&Value>) -> Decision {
        let now = self.cx.elapsed();
        self.tracker.as_mut().map_or(Decision::Wait, |tracker| tracker.saw_service_deployment(record, now))
    }

    /// The progress of the stages, for the pause.
    pub(crate) fn staged(&self) -> &Staged {
        &self.records.own.staged
    }
}
