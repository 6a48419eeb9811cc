//! The deployments of a service in the last 90 days, from the records of the service-deployment API.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value, json};

use super::session::{Named, Session};
use crate::arn::last;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::engine::context::Halt;
use crate::json::{list, text, time};
use crate::rollout::service::snapshot::{DeploymentView, ServiceView};
use crate::rollout::verdict::judge;
use crate::rollout::verdict::past::{self, PastVerdict};
use crate::texts::texts;
use crate::types::event::RunningImage;

/// Records, and revisions, that one call describes.
const DESCRIBED: usize = 20;

/// A deployment of the last 90 days.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PastDeployment {
    /// `succeeded`, `in_progress`, or the code of the error that it would have been: `failed`, `rolled_back`, `stopped`, `superseded`.
    pub verdict: String,
    /// ECS's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The ARN of the service deployment; absent if the records may not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The id of the deployment, `ecs-svc/…`; absent once the service does not list it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The ARN of the task definition that it brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// When it was created, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<f64>,
    /// When it ended, in seconds since 1970; absent if it has not, or if the records may not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<f64>,
    /// The ARN of the service deployment that took its place, if it is `superseded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

texts! {
    PastDeployment: reason;
}

/// The records of a service, and what their revisions hold.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Newest first.
    pub(crate) records: Vec<Value>,
    /// By the ARN of the revision: its task definition and its images.
    pub(crate) revisions: HashMap<String, RevisionFacts>,
    /// Whether the records could be read.
    pub(crate) is_known: bool,
}

/// What a service revision holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RevisionFacts {
    pub(crate) definition: String,
    pub(crate) images: IndexMap<String, RunningImage>,
}

impl RevisionFacts {
    fn of(revision: &Value) -> Self {
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let images = list(revision, "containerImages").iter().filter_map(|one| {
            let image = RunningImage { image: filled(text(one, "image"))?, digest: filled(text(one, "imageDigest")) };
            Some((filled(text(one, "containerName"))?, image))
        });
        Self { definition: text(revision, "taskDefinition"), images: images.collect() }
    }
}

/// The ARN of the revision that a record brings.
pub(crate) fn target(record: &Value) -> String {
    let whole = text(&record["targetServiceRevision"], "arn");
    if whole.is_empty() { text(record, "targetServiceRevisionArn") } else { whole }
}

impl History {
    pub(crate) fn revision(&self, arn: &str) -> Option<&RevisionFacts> {
        self.revisions.get(arn)
    }

    pub(crate) fn definition(&self, record: &Value) -> Option<String> {
        let revision = self.revision(&target(record))?;
        Some(revision.definition.clone()).filter(|definition| !definition.is_empty())
    }

    /// The record of a deployment that the service lists: the one that was created with it. A rollback has none of its own: the one
    /// that it undoes brought another definition.
    pub(crate) fn record_of(&self, deployment: &DeploymentView) -> Option<&Value> {
        let record = judge::nearest_to(deployment.created?, &self.records)?;
        let is_other = |brought: String| !deployment.definition.is_empty() && brought != deployment.definition;
        Some(record).filter(|record| !self.definition(record).is_some_and(is_other))
    }

    /// A record as an outcome shows it.
    pub(crate) fn shown(&self, record: &Value, view: &ServiceView) -> PastDeployment {
        let PastVerdict { word, reason, by } = past::past(record, &self.records);
        let is_its = |one: &&DeploymentView| {
            self.record_of(one).is_some_and(|own| own["serviceDeploymentArn"] == record["serviceDeploymentArn"])
        };
        let mut listed: Vec<&DeploymentView> = view.deployments.iter().filter(is_its).collect();
        let at = time(record, "createdAt").unwrap_or_default();
        listed.sort_by(|one, other| apart(one, at).total_cmp(&apart(other, at)));
        PastDeployment {
            verdict: word.to_owned(),
            reason,
            record: Some(text(record, "serviceDeploymentArn")),
            deployment: listed.first().map(|one| one.id.clone()),
            definition: self.definition(record),
            created: time(record, "createdAt"),
            finished: judge::ended(record),
            by,
        }
    }

    /// The deployments that the service lists, where no records are to be had.
    pub(crate) fn listed(view: &ServiceView) -> Vec<PastDeployment> {
        let mut all: Vec<&DeploymentView> = view.deployments.iter().collect();
        all.sort_by(|one, other| other.created.unwrap_or_default().total_cmp(&one.created.unwrap_or_default()));
        let shown = |one: &DeploymentView| {
            let verdict = past::listed(one.state.as_deref(), one.reason.as_deref(), one.status == "PRIMARY");
            PastDeployment {
                verdict: verdict.word.to_owned(),
                reason: verdict.reason,
                deployment: Some(one.id.clone()),
                definition: Some(one.definition.clone()).filter(|definition| !definition.is_empty()),
                created: one.created,
                ..PastDeployment::default()
            }
        };
        all.into_iter().map(shown).collect()
    }
}

fn apart(one: &DeploymentView, at: f64) -> f64 {
    one.created.map_or(f64::INFINITY, |created| (created - at).abs())
}

impl Session {
    /// The records of a service, newest first, of which so many are described as a whole (ListServiceDeployments,
    /// DescribeServiceDeployments, DescribeServiceRevisions). What may not be read is a warning.
    pub(crate) async fn history(&mut self, named: &Named, whole: usize) -> Result<History, Halt> {
        let mut history = History::default();
        let input = json!({"cluster": named.cluster, "service": named.service, "maxResults": 100});
        match self.pages(Operation::ListServiceDeployments, input, ("serviceDeployments", "nextToken")).await? {
            Ok(records) => history.records = records,
            Err(fault) => {
                self.unknown("records", "earlier deployments are not known: the service's own list has to do", &fault);
                return Ok(history);
            }
        }
        history.is_known = true;
        let created = |record: &Value| time(record, "createdAt").unwrap_or_default();
        history.records.sort_by(|one, other| created(other).total_cmp(&created(one)));
        // Pages may overlap if a record is added between them.
        history.records.dedup_by(|one, other| one["serviceDeploymentArn"] == other["serviceDeploymentArn"]);
        let arns: Vec<String> =
            history.records.iter().take(whole).map(|record| text(record, "serviceDeploymentArn")).collect();
        let described = ("serviceDeploymentArns", "serviceDeployments");
        match self.described(Operation::DescribeServiceDeployments, described, &arns).await? {
            Ok(described) => {
                let mut by_arn: HashMap<String, Value> =
                    described.into_iter().map(|one| (text(&one, "serviceDeploymentArn"), one)).collect();
                for record in &mut history.records {
                    if let Some(whole) = by_arn.remove(&text(record, "serviceDeploymentArn")) {
                        *record = whole;
                    }
                }
            }
            Err(fault) => {
                let what = "why earlier deployments were stopped is not known, nor the stage of one in progress";
                self.unknown("records", what, &fault);
            }
        }
        let revisions: Vec<String> = history.records.iter().take(whole).map(target).collect();
        self.read_revisions(&mut history, revisions).await?;
        Ok(history)
    }

    /// Reads service revisions (DescribeServiceRevisions). What may not be read is a warning.
    pub(crate) async fn read_revisions(&mut self, history: &mut History, mut arns: Vec<String>) -> Result<(), Halt> {
        arns.retain(|arn| !arn.is_empty() && !history.revisions.contains_key(arn));
        arns.sort();
        arns.dedup();
        let members = ("serviceRevisionArns", "serviceRevisions");
        match self.described(Operation::DescribeServiceRevisions, members, &arns).await? {
            Ok(revisions) => {
                let facts = |one: &Value| (text(one, "serviceRevisionArn"), RevisionFacts::of(one));
                history.revisions.extend(revisions.iter().map(facts));
            }
            Err(fault) => self.unknown("records", "what earlier deployments brought is not known", &fault),
        }
        Ok(())
    }

    /// Describes the record that is asked for, if it is older than those that are described anyway.
    pub(crate) async fn describe_older(&mut self, history: &mut History, asked: &str) -> Result<(), Halt> {
        let arn_of = |record: &Value| text(record, "serviceDeploymentArn");
        let is_asked = |record: &Value| arn_of(record) == asked || last(&arn_of(record)) == asked;
        let Some(at) = history.records.iter().position(is_asked) else { return Ok(()) };
        if history.revisions.contains_key(&target(&history.records[at])) {
            return Ok(());
        }
        let members = ("serviceDeploymentArns", "serviceDeployments");
        let arn = arn_of(&history.records[at]);
        // Refused is warned of already: the newer ones are described the same way.
        if let Ok(described) = self.described(Operation::DescribeServiceDeployments, members, &[arn]).await?
            && let Some(whole) = described.into_iter().next()
        {
            history.records[at] = whole;
        }
        let revision = target(&history.records[at]);
        self.read_revisions(history, vec![revision]).await
    }

    async fn described(
        &mut self,
        operation: Operation,
        (asked, answered): (&str, &str),
        arns: &[String],
    ) -> Result<Result<Vec<Value>, ApiError>, Halt> {
        let mut all = Vec::new();
        for some in arns.chunks(DESCRIBED) {
            match self.call(operation, &json!({ asked: some })).await? {
                Ok(answer) => all.extend(list(&answer, answered).iter().cloned()),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(all))
    }
}
