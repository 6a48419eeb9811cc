//! Explains why an earlier deployment failed, with all that AWS still knows, and says what is gone.

use serde::Serialize;
use serde_json::Value;

use super::history::{History, PastDeployment};
use super::session::{Named, Session, place};
use super::stopped::Found;
use crate::arn::{self, last};
use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::error::failure::Cause;
use crate::options::arn::{Place, check_kind};
use crate::options::define::options;
use crate::rollout::service::snapshot::{ServiceView, is_codedeploy};
use crate::rollout::verdict::past;
use crate::texts::texts;
use crate::types::event::Warning;

/// Records that are described, to find the one that is asked for.
const RECORDS: usize = 100;

options! {
    /// The options of `explain`: of a service, or of one deployment.
    pub struct Explain {
        /// The service: its name or ARN. Needed unless `deployment` is an ARN, which names it.
        pub service: Option<String>,
        use cluster;
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
        let named = named(&explain)?;
        let mut session = Session::of_value(self.clone());
        let end = session.explained(&explain, &named).await;
        session.end(end)
    }
}

/// The service that is meant: by its own option, or by the ARN of a deployment.
fn named(explain: &Explain) -> Result<Named, Error> {
    let asked = explain.deployment.as_deref().unwrap_or_default();
    if explain.deployment.is_some() && asked.trim().is_empty() {
        return Err(Error::invalid("deployment", "empty: give an id or an ARN, or omit it"));
    }
    check_kind(&Place { option: "deployment", kind: "service-deployment", text: asked })?;
    let own = arn::service_of_record(asked);
    match (&explain.service, own) {
        (None, Some(own)) => Named::new(&own, &explain.cluster),
        (None, None) => {
            Err(Error::invalid("service", "give `service`, or as `deployment` the ARN of a service deployment"))
        }
        (Some(service), None) => Named::new(service, &explain.cluster),
        (Some(service), Some(own)) => {
            let named = Named::new(service, &explain.cluster)?;
            let is_own = last(service) == last(&own) && Some(last(&named.cluster)) == arn::cluster_of_service(&own);
            let text = format!("it is a deployment of another service, {own}: omit `service` and `cluster`");
            is_own.then_some(named).ok_or_else(|| Error::invalid("deployment", text))
        }
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
        let mut history = self.history(named, RECORDS).await?;
        if let Some(asked) = explain.deployment.as_deref() {
            self.describe_older(&mut history, asked).await?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_names_its_service_by_its_arn_alone() {
        let arn = "arn:aws:ecs:r:1:service-deployment/prod/api/abc";
        let asked = |service: Option<&str>, cluster: &str, deployment: Option<&str>| {
            let named = named(&Explain {
                service: service.map(str::to_owned),
                cluster: cluster.to_owned(),
                deployment: deployment.map(str::to_owned),
                ..Explain::default()
            });
            named.map(|named| (last(&named.service).to_owned(), named.cluster)).map_err(|error| error.to_string())
        };
        let own = Ok(("api".to_owned(), "prod".to_owned()));
        assert_eq!(asked(None, "default", Some(arn)), own);
        assert_eq!(asked(Some("api"), "prod", Some(arn)), own);
        assert_eq!(asked(Some("api"), "prod", Some("ecs-svc/1")), own);
        for (service, cluster, deployment, text) in [
            (None, "default", None, "service: give `service`"),
            (None, "default", Some("ecs-svc/1"), "service: give `service`"),
            (None, "dev", Some(arn), "cluster"),
            (Some("web"), "prod", Some(arn), "a deployment of another service"),
            (Some("api"), "dev", Some(arn), "a deployment of another service"),
            (Some("api"), "prod", Some(" "), "deployment: empty"),
            (Some("api"), "prod", Some("arn:aws:ecs:r:1:service/prod/api"), "the ARN of a service"),
        ] {
            let error = asked(service, cluster, deployment).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }
}
