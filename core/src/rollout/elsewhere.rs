//! Checks that ARNs are of the account and region that are called. ECS reports a service in another account or region only as missing,
//! and creating one there by its name would make another service.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::arn::last;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::json::list;
use crate::options::arn;
use crate::rollout::workflow::Workflow;

/// How long STS may take for its answer, on the wall: it only explains.
const ANSWER: Duration = Duration::from_secs(4);

impl Workflow {
    /// Refuses ARNs of another account or region than the one called, once ECS has reported the service as missing.
    pub(crate) async fn refuse_elsewhere(&mut self) -> Result<(), Halt> {
        if !self.has_arns() {
            return Ok(());
        }
        self.check_called()?;
        if let Some(called) = self.place_called().await? {
            arn::check_called(&self.places(), &called)?;
        }
        Ok(())
    }

    /// Checks the same before a service is created by the name in an ARN. An unknown account or region is refused.
    pub(crate) async fn refuse_to_create_elsewhere(&mut self) -> Result<(), Halt> {
        if !self.has_arns() {
            return Ok(());
        }
        self.check_called()?;
        match self.place_called().await? {
            Some(called) => Ok(arn::check_called(&self.places(), &called)?),
            None => {
                let text = "the service is not there, and whether the account and region that are called are those of the ARNs given is \
                            not known: give `service` and `cluster` by their names to have it created";
                Err(Error::invalid("service", text).into())
            }
        }
    }

    fn has_arns(&self) -> bool {
        self.places().iter().any(|place| arn::parse(place.text).is_some())
    }

    /// An ARN of the account and region called: ECS makes one of the names it is asked for (DescribeServices), whether or not the
    /// service exists; otherwise STS returns the account (GetCallerIdentity).
    async fn place_called(&mut self) -> Result<Option<String>, Halt> {
        let (service, cluster) = (last(&self.request.service), last(&self.request.cluster));
        let input = json!({"cluster": cluster, "services": [service]});
        let named = match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => place_in(&answer),
            Err(_) => None,
        };
        Ok(match named {
            Some(arn) => Some(arn),
            None => caller(&self.cx.client).await,
        })
    }
}

/// The ARN of a service that an answer of DescribeServices holds or reports as missing.
pub(crate) fn place_in(answer: &Value) -> Option<String> {
    let services = list(answer, "services").iter().map(|service| &service["serviceArn"]);
    let mut arns = services.chain(list(answer, "failures").iter().map(|failure| &failure["arn"]));
    arns.find_map(Value::as_str).filter(|arn| arn::parse(arn).is_some()).map(str::to_owned)
}

/// The ARN of the caller, if STS returns it in time.
pub(crate) async fn caller(client: &Client) -> Option<String> {
    let identity = tokio::time::timeout(ANSWER, Box::pin(client.whoami())).await;
    identity.ok()?.ok().map(|identity| identity.arn)
}
