//! Joins the newest deployment of an Express service by its record: after a rollback the list shows another as PRIMARY, and nothing of
//! the one that was rolled back.

use std::time::Duration;

use serde_json::Value;

use crate::engine::context::{Halt, persist};
use crate::json::text;
use crate::rollout::service::snapshot::DeploymentView;
use crate::rollout::verdict::judge;
use crate::rollout::watch::ecs::{Next, Step};
use crate::rollout::workflow::Workflow;

/// The pause before a record is looked for again that has not appeared yet.
const APPEARS: Duration = Duration::from_secs(2);

impl Workflow {
    /// The deployment of the newest record, if it is not the one that the list shows as PRIMARY: it stands for one that has left the
    /// list (DescribeServiceRevisions).
    pub(crate) async fn newest_by_record(&mut self) -> Result<Option<DeploymentView>, Halt> {
        let Some((arn, created, revision)) = self.records.newest_ended() else { return Ok(None) };
        if self.found.before.primary().is_some_and(|primary| self.belongs_to_primary(primary, created)) {
            return Ok(None);
        }
        let definition = persist!(self, self.definition_of(revision.clone()).await)?.unwrap_or_default();
        self.records.own.arn = Some(arn.clone());
        Ok(Some(DeploymentView { id: arn, created: Some(created), definition, ..DeploymentView::default() }))
    }

    /// Takes the record whose target revision is ours; no other one is, whatever it deploys.
    pub(crate) async fn find_record_of_revision(&mut self, revision: &str, fresh: &[Value]) -> Step {
        match fresh.iter().find(|record| text(record, "targetServiceRevisionArn") == revision) {
            Some(record) => {
                self.records.own.arn = Some(text(record, "serviceDeploymentArn"));
                Ok(Next::Look)
            }
            None => self.look_at_service(Some(APPEARS)).await,
        }
    }

    fn belongs_to_primary(&self, primary: &DeploymentView, record: f64) -> bool {
        // Of a newer PRIMARY deployment the record may not be listed yet; one of a rollback has none.
        let began = primary.created.unwrap_or(record);
        let is_rollback = primary.reason.as_deref().is_some_and(|reason| reason.contains("rolling back"));
        (began - record).abs() <= judge::TOGETHER && !is_rollback
    }
}
