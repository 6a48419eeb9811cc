//! Deploys a task definition to one service, or says what that would do.

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::types::deployment::Deployment;
use crate::types::plan::Plan;

impl Client {
    /// Deploys a task definition to a service, and watches the deployment until its end is known.
    ///
    /// Success means that the deployment which this call began, known by its id, is live and complete. Nothing is written to
    /// AWS before all options have been checked. If the service already runs what is asked, nothing is written and the
    /// outcome has `changed: false`. An image given by the tag that already runs is compared by digest: if the tag names
    /// another image now, that image is deployed.
    ///
    /// If CodeDeploy deploys the service, the deployment is created there, and CodeDeploy says how it ended. With `desired`,
    /// a warning says if an autoscaler sets the number of tasks.
    ///
    /// # Errors
    /// `invalid` for a wrong option or document, with its findings. `failed`, `rolled_back`, `superseded`, `stopped`,
    /// `timed_out` or `cancelled` if the deployment does not become live and complete, with the causes. `task_failed` if a
    /// task of `before` fails. `container_missing`, `image_missing`, `platform_mismatch`, `definition_missing`,
    /// `service_missing`, `service_inactive`, `cluster_missing` and `unsupported` before anything is written. `denied`,
    /// `credentials`, `throttled`, `network` and `aws` if AWS does not answer as needed.
    pub fn deploy(&self, deployment: Deployment) -> Rollout {
        Rollout::new(self.clone(), deployment)
    }

    /// Says what [`deploy`](Self::deploy) would do with the same options now. Writes nothing.
    ///
    /// # Errors
    /// Those of `deploy` that come before anything is written.
    pub async fn plan(&self, deployment: Deployment) -> Result<Plan, Error> {
        Rollout::plan(self.clone(), deployment).await
    }
}
