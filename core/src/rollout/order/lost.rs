//! Finds the record of an order whose answer was lost.

use serde_json::Value;

use crate::engine::context::Halt;
use crate::json::{list, text};
use crate::rollout::verdict::judge;
use crate::rollout::watch::service_deployments::{carries, created};
use crate::rollout::workflow::Workflow;

/// What the records show of an order without an answer.
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

impl Workflow {
    /// Finds the record of an order whose answer was lost (ListServiceDeployments, DescribeServiceRevisions): newer than every earlier
    /// deployment, and with our definition. `since`: when the newest deployment of the list was created; older records are no
    /// evidence.
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
        // A record that was created together with an earlier deployment belongs to that.
        let earlier: Vec<f64> = self.found.before.deployments.iter().filter_map(|one| one.created).collect();
        let records = list(&answer, "serviceDeployments");
        let of_earlier: Vec<&Value> = earlier.iter().filter_map(|at| judge::nearest_to(*at, records)).collect();
        let is_new = |record: &&Value| {
            let is_earlier = of_earlier.iter().any(|one| one["serviceDeploymentArn"] == record["serviceDeploymentArn"]);
            created(record) > newest && !is_earlier && !known.contains(&text(record, "serviceDeploymentArn"))
        };
        let new: Vec<Value> = list(&answer, "serviceDeployments").iter().filter(is_new).cloned().collect();
        // Without times this is unknown.
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
        let made: Vec<String> = definitions.iter().map(|(_, definition)| definition.clone()).collect();
        Box::pin(self.learn_definition(&made)).await?;
        let ours = self.order.definition.clone().unwrap_or_default();
        // An answer may have named the revision.
        let revision = self.records.own.revision.clone();
        let is_ours = |record: &Value| match &revision {
            Some(revision) => text(record, "targetServiceRevisionArn") == *revision,
            None => carries(record, &definitions, &ours),
        };
        let first =
            new.iter().filter(|record| is_ours(record)).min_by(|one, other| created(one).total_cmp(&created(other)));
        // A revision that is not answered may be the one with our definition.
        let is_answered = |revision: &String| definitions.iter().any(|(arn, _)| arn == revision);
        let otherwise = if revisions.iter().all(is_answered) { Traced::None } else { Traced::Behind };
        Ok(first.cloned().map_or(otherwise, Traced::Found))
    }
}
