//! Deploys a task definition to one service, or says what that would do.

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::types::deployment::Deployment;
use crate::types::plan::Plan;

impl Client {
    /// Deploys a task definition to a service and watches it to the verdict
    /// (DescribeServices, DescribeTaskDefinition, RegisterTaskDefinition, UpdateService, DescribeServices).
    ///
    /// Where AWS CodeDeploy deploys the service, the order goes there (GetDeploymentGroup, ListDeployments, CreateDeployment,
    /// GetDeployment, GetDeploymentTarget), and the verdict is CodeDeploy's.
    ///
    /// An image given by the tag that runs already is compared by digest (DescribeServiceRevisions, ListTasks and DescribeTasks;
    /// BatchGetImage, or the registry): a tag that names another image now is deployed anew.
    ///
    /// With `desired`, it is looked whether an autoscaler will take it back (DescribeScalableTargets).
    ///
    /// Nothing happens until the rollout is polled or spawned; nothing is written to AWS before every
    /// input has been checked.
    pub fn deploy(&self, deployment: Deployment) -> Rollout {
        Rollout::new(self.clone(), deployment)
    }

    /// Says what [`deploy`](Self::deploy) would do with the same request at this moment, without writing anything
    /// (DescribeServices, DescribeTaskDefinition).
    ///
    /// # Errors
    /// What `deploy` would refuse.
    pub async fn plan(&self, deployment: Deployment) -> Result<Plan, Error> {
        Rollout::plan(self.clone(), deployment).await
    }
}
