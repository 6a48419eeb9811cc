//! Plans many services: what `deploy_all` would do.

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};

use super::member::Member;
use super::places::Places;
use crate::client::Client;
use crate::error::Error;
use crate::error::failure::FleetFailure;
use crate::redact::words::Words;
use crate::rollout::document;
use crate::types::deployment::Deployment;
use crate::types::event::{ServiceEnd, ServiceFailure};
use crate::types::fleet::DeployAll;
use crate::types::plan::{FleetPlan, Plan};

/// How many services are planned at the same time.
const PARALLEL: usize = 4;

impl Client {
    /// Returns what [`deploy_all`](Self::deploy_all) would do with the same options now: the plan of each service, in the order of
    /// the request. Writes nothing.
    ///
    /// # Errors
    /// Those of `deploy_all` that come before anything is written. If several services cannot be deployed, the error is that of the
    /// first, and `services` in its detail has all of them.
    pub async fn plan_all(&self, all: DeployAll) -> Result<Vec<FleetPlan>, Error> {
        let all = document::resolve(all)?;
        let secrets = Words::of(&all);
        let places = Places::of(self, &all.services);
        let waves: Vec<u32> = all.services.iter().map(|service| service.wave.unwrap_or(1)).collect();
        let members = all.services.into_iter().enumerate();
        let members: Vec<Member> =
            members.map(|(at, service)| Member::new(service, places.of_service(at), false, false)).collect();
        places.check(&members).await.map_err(|error| secrets.hide_in(error))?;
        let requests = members.iter().map(|member| (places.client(member.place).clone(), member.request.clone()));
        let requests: Vec<(Client, Deployment)> = requests.collect();
        let planned =
            requests.into_iter().map(|(client, request)| async move { Box::pin(client.plan(request)).await }.boxed());
        let plans: Vec<Result<Plan, Error>> = stream::iter(planned).buffered(PARALLEL).collect().await;
        let first = plans.iter().find_map(|plan| plan.as_ref().err().cloned());
        if let Some(first) = first {
            let services = members.iter().zip(&plans).map(|(member, plan)| member.planned_end(plan)).collect();
            let failure = Error::Fleet(Box::new(FleetFailure { first, services }));
            return Err(secrets.hide_in(failure));
        }
        let plans = members
            .iter()
            .zip(&waves)
            .zip(plans)
            .filter_map(|((member, wave), plan)| Some(member.plan(*wave, plan.ok()?)));
        Ok(plans.collect())
    }
}

impl Member {
    fn plan(&self, wave: u32, plan: Plan) -> FleetPlan {
        let of = self.named();
        FleetPlan {
            service: self.service.clone(),
            cluster: of.cluster.clone(),
            name: of.name.clone(),
            region: of.region.clone(),
            account: of.account.clone(),
            wave,
            plan,
        }
    }

    fn planned_end(&self, plan: &Result<Plan, Error>) -> ServiceEnd {
        let of = self.named();
        ServiceEnd {
            service: self.service.clone(),
            cluster: of.cluster.clone(),
            name: of.name.clone(),
            region: of.region.clone(),
            account: of.account.clone(),
            begun: false,
            outcome: None,
            error: plan.as_ref().err().map(ServiceFailure::of),
        }
    }
}
