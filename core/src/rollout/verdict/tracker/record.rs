//! Keeps what the service deployments (ListServiceDeployments, DescribeServiceDeployments) have shown of a deployment.

use serde_json::Value;

use crate::rollout::verdict::judge;

/// What is known of our service deployment.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// True if only the service deployment can show that ours is complete.
    pub(super) decides: bool,
    /// True if the list decides because the service deployment was refused: it is read once more before COMPLETED in the list counts.
    pub(super) was_refused: bool,
    /// True if it is an entry of ListServiceDeployments, which holds less.
    pub(super) list_only: bool,
    /// When it ended. The time is AWS's own.
    pub(super) ended: Option<f64>,
    /// The newer service deployment for which ours was stopped.
    pub(super) successor: Option<Replacement>,
    /// True if the list of service deployments is as new as the end of ours, and shows none that replaced it.
    pub(super) is_unreplaced: bool,
    /// The definition that ECS rolled back to.
    pub(super) restored: Option<String>,
}

/// The service deployment that replaced ours.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    pub(super) arn: String,
    pub(super) created: f64,
    pub(super) definition: Option<String>,
}

impl Record {
    /// Reads an answer; `None` if there is none.
    pub(super) fn read(&mut self, record: Option<&Value>) {
        self.ended = record.and_then(judge::ended);
        self.list_only = record.is_some_and(|record| !record["targetServiceRevision"].is_object());
    }

    /// When the deployment that replaced ours was created.
    pub(super) fn replaced_at(&self) -> Option<f64> {
        self.successor.as_ref().map(|successor| successor.created)
    }
}
