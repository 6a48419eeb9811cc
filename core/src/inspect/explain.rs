//! Explains why an earlier deployment failed, with all that AWS still knows, and says what is gone.

use serde::Serialize;
use serde_json::Value;

use super::history::{History, PastDeployment};
use super::session::{Named, Session, place};
use super::stopped::Found;
use crate::arn::last;
use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::error::failure::Cause;
use crate::options::define::options;
use crate::rollout::service::snapshot::{ServiceView, is_codedeploy};
use crate::rollout::verdict::past;
use crate::texts::texts;
use crate::types::event::Warning;

/// Records that are described, to find the one that is asked for.
const RECORDS: usize = 100;

options! {
    /// The options of `explain`.
    pub struct Explain(cluster, service) {
        use service;
        use cluster in new;
        /// The deployment: its id `ecs-svc/…`, or the ARN of its service deployment, or that ARN's last part. Default: the newest that
        /// failed, was rolled back, stopped or superseded; if none did, the newest.
        pub deployment: Option<String>,
        use unset;
    }
}

/// Why an earlier deployment ended as it did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Explanation {
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// The deployment and its verdict.
    #[serde(flatten)]
    pub deployment: PastDeployment,
    /// Why its tasks stopped, were not created, or are unhealthy, most frequent first: as in the error of a rollout that failed.
    pub causes: Vec<Cause>,
    /// What can no longer be had, or may not be read, and why. Empty if nothing is missing.
    pub missing: Vec<String>,
    /// The events `warning`.
    pub warnings: Vec<Warning>,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

texts! {
    Explanation: deployment causes missing warnings;
}

impl Client {
    /// Explains why an earlier deployment failed, from its record, ECS's events, the tasks that stopped, and logs. Says in `missing`
    /// what is gone: ECS keeps stopped tasks for about an hour, 100 events of a service, and records for 90 days. Writes nothing.
    ///
    /// # Errors
    /// `service_missing` and `cluster_missing`. `invalid` if there is no such deployment, or none at all. `unsupported` if CodeDeploy
    /// deploys the service. `denied`, `credentials`, `throttled`, `network` and `aws`.
    pub async fn explain(&self, explain: Explain) -> Result<Explanation, Error> {
        let named = Named::new(&explain.service, &explain.cluster)?;
        if explain.deployment.as_ref().is_some_and(|id| id.trim().is_empty()) {
            return Err(Error::invalid("deployment", "empty: give an id or an ARN, or omit it"));
        }
        let mut session = Session::of_value(self.clone());
        let end = session.explained(&explain, &named).await;
        session.end(end)
    }
}

impl Session {
    async fn explained(&mut self, explain: &Explain, named: &Named) -> Result<Explanation, Halt> {
        let service = self.service(named, &[]).await?;
        let view = ServiceView::of(&service);
        if is_codedeploy(&service) {
            let text = "CodeDeploy deploys this service, and ECS keeps no records of its deployments: its console or GetDeployment tells \
                        why one failed";
            return Err(Error::Unsupported { text: text.to_owned() }.into());
        }
        let history = self.history(named, RECORDS).await?;
        let past = choose(explain.deployment.as_deref(), &view, &history)?;
        let mut found = Found::new(&service, &view, &past);
        if past::is_failure(&past.verdict) || past.verdict == past::IN_PROGRESS {
            self.gather(&mut found, named).await?;
        }
        let (name, cluster) = place(&service);
        let mut missing = found.missing(&history, self.cx.client.clock().epoch().as_secs_f64());
        missing.extend(self.cx.warnings.iter().map(|warning| warning.text.clone()));
        let deployment = PastDeployment { deployment: past.deployment.clone().or_else(|| found.id()), ..past };
        Ok(Explanation {
            service: name,
            cluster,
            deployment,
            causes: found.causes(),
            missing,
            warnings: self.cx.warnings.clone(),
            calls: self.cx.attempts.calls,
        })
    }
}

/// The deployment that is asked for, or the newest that did not become live.
fn choose(asked: Option<&str>, view: &ServiceView, history: &History) -> Result<PastDeployment, Error> {
    let mut all: Vec<PastDeployment> = match history.is_known {
        true => history.records.iter().map(|record| history.shown(record, view)).collect(),
        false => History::listed(view),
    };
    let at = match asked {
        Some(asked) => all.iter().position(|one| is_named(one, asked, view, history)),
        None => all.iter().position(|one| past::is_failure(&one.verdict)).or(Some(0).filter(|_| !all.is_empty())),
    };
    match (at, asked) {
        (Some(at), _) => Ok(all.swap_remove(at)),
        (None, Some(asked)) => {
            let known = all.iter().filter_map(|one| one.deployment.clone().or_else(|| one.record.clone())).take(5);
            let known = crate::error::list(&known.collect::<Vec<_>>());
            let text = format!(
                "service {:?} has no deployment {asked:?} of the last 90 days, which is how long ECS keeps records: the newest are {known}",
                view.name
            );
            Err(Error::invalid("deployment", text))
        }
        (None, None) => {
            let text = format!("service {:?} has had no deployment in the last 90 days", view.name);
            Err(Error::invalid("service", text))
        }
    }
}

/// Whether a deployment is meant by an id, an ARN, or the last part of one.
fn is_named(one: &PastDeployment, asked: &str, view: &ServiceView, history: &History) -> bool {
    let is_record = one.record.as_deref().is_some_and(|arn| arn == asked || last(arn) == asked);
    // Several deployments of the list may have one record: a rollback is part of the one that it undoes.
    let listed = view.deployment(asked).and_then(|listed| history.record_of(listed));
    let is_its = |record: &Value| one.record.as_deref() == record["serviceDeploymentArn"].as_str();
    is_record || one.deployment.as_deref() == Some(asked) || listed.is_some_and(is_its)
}
