//! Removes a service: scales it down, waits until its tasks have drained, deletes it, and waits until it is gone.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Value, json};

use super::drain::{Look, Removing, Step};
use crate::arn::last;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::context::{Context, Halt};
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::error::failure::{Failure, LastSeen};
use crate::inspect::session::{Named, Session, place};
use crate::json::{list, text};
use crate::options::define::options;
use crate::redact::words::Words;
use crate::rollout::service::snapshot::{ServiceView, is_codedeploy};
use crate::scaling::check::{DIMENSION, NAMESPACE};
use crate::texts::texts;
use crate::types::event::{Event, Warning};
use crate::types::plan::PlannedCall;

/// The first pause between two looks and the longest, in seconds.
const PAUSES: (f64, f64) = (2.0, 15.0);
/// The status of a service that ECS does not show any more.
const MISSING: &str = "MISSING";

options! {
    /// The options of `remove`.
    pub struct Removal(cluster, service) {
        use service;
        use cluster in new;
        /// The removal goes on at AWS: the same call joins it.
        use timeout;
        use plan;
        use unset;
    }
}

/// How the removal of a service ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RemovalOutcome {
    /// Whether something was written; false if the service was gone, or being deleted by somebody else. With `plan`, whether something
    /// would be.
    pub changed: bool,
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// ECS's status of the service: INACTIVE, or MISSING once ECS shows it no more. With `plan`, its status now.
    pub status: String,
    /// With `plan`, the calls that would write, in order; otherwise none.
    pub planned: Vec<PlannedCall>,
    /// The events `warning`, in their order, such as what of the service is left.
    pub warnings: Vec<Warning>,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

texts! {
    RemovalOutcome: warnings;
}

/// What was written.
#[derive(Default)]
struct Progress {
    removing: Removing,
    changed: bool,
    /// The tasks as they were shown last, and the ids of the events that are known.
    shown: Option<Look>,
    messages: HashSet<String>,
}

impl Client {
    /// Removes a service: its scalable target with policies and scheduled actions, then its tasks, which drain, then the service itself.
    /// Ends once it is gone. A service that is gone already is `changed: false`. Task definitions, load balancers and log groups stay.
    ///
    /// If it is cancelled or times out, what was written stays written, and the same call goes on.
    ///
    /// # Errors
    /// `unsupported` for a service that ECS manages as a whole (Express Mode), and for one whose task sets another controller keeps.
    /// `invalid` while CodeDeploy deploys. `cluster_missing`, `timed_out` and `cancelled`. `denied`, `credentials`, `throttled`, `network`
    /// and `aws`.
    pub fn remove(&self, removal: Removal) -> Rollout<Event, RemovalOutcome> {
        let client = self.clone();
        Rollout::of_flow(Words::of(&removal), move |events, cancellation| {
            async move {
                let cx = Context::new(client, events, cancellation, None);
                let mut session = Session::new(cx, removal.timeout);
                let mut progress = Progress::default();
                let end = session.remove(&removal, &mut progress).await;
                let end = end.map_err(|halt| {
                    let failure = progress.failure(&removal.service);
                    let error = session.halted(halt, &failure);
                    if progress.changed { error.with_begun(failure) } else { error }
                });
                session.cx.secrets.hide_in(end)
            }
            .boxed()
        })
    }
}

impl Progress {
    fn failure(&self, service: &str) -> Failure {
        let last = self.shown.as_ref().map(|look| LastSeen {
            status: None,
            desired: Some(look.desired),
            running: Some(look.running),
            pending: Some(look.pending),
            failed: Some(0),
            ..LastSeen::default()
        });
        let status = self.shown.as_ref().map(|look| format!("the service is {}", look.status));
        Failure {
            service: last_part(service),
            reason: status.map(|status| format!("{status}; the same call goes on with the removal")),
            last,
            removal: true,
            ..Failure::default()
        }
    }
}

fn last_part(service: &str) -> String {
    last(service).to_owned()
}

impl Session {
    async fn remove(&mut self, removal: &Removal, progress: &mut Progress) -> Result<RemovalOutcome, Halt> {
        let named = Named::new(&removal.service, &removal.cluster)?;
        if removal.timeout.is_nan() || removal.timeout <= 0.0 {
            return Err(Error::invalid("timeout", "a number of seconds above 0 expected").into());
        }
        let Some(service) = self.find_service(&named, &[]).await? else {
            self.refuse_elsewhere(&named).await?;
            return Ok(self.removed(&named, MISSING, progress));
        };
        let look = Look::of(&service);
        if look.status == "INACTIVE" {
            return Ok(self.removed(&named, "INACTIVE", progress));
        }
        refuse(&service)?;
        if is_codedeploy(&service) {
            self.cx.warn("codedeploy", "the application and the deployment group of CodeDeploy stay");
        }
        progress.removing.created = look.created;
        let is_draining = look.status == "DRAINING";
        let target = if is_draining { None } else { self.scalable_target(&service).await? };
        if removal.plan {
            let planned = planned(&look, &named, target.as_ref());
            let outcome = self.removed(&named, &look.status, progress);
            return Ok(RemovalOutcome { changed: !planned.is_empty(), planned, ..outcome });
        }
        if let Some(input) = target {
            self.deregister(&input, progress).await?;
        }
        progress.messages.extend(ServiceView::of(&service).messages.into_iter().map(|message| message.id));
        let status = self.drain(&named, service, progress).await?;
        Ok(self.removed(&named, &status, progress))
    }

    fn removed(&self, named: &Named, status: &str, progress: &Progress) -> RemovalOutcome {
        RemovalOutcome {
            changed: progress.changed,
            service: last_part(&named.service),
            cluster: last_part(&named.cluster),
            status: status.to_owned(),
            planned: Vec::new(),
            warnings: self.cx.warnings.clone(),
            seconds: (self.cx.seconds() * 1000.0).round() / 1000.0,
            calls: self.cx.attempts.calls,
        }
    }

    /// The input of DeregisterScalableTarget, if the service is scaled. What may not be looked at is a warning.
    async fn scalable_target(&mut self, service: &Value) -> Result<Option<Value>, Halt> {
        let (name, cluster) = place(service);
        let resource = format!("service/{cluster}/{name}");
        let input = json!({"ServiceNamespace": NAMESPACE, "ResourceIds": [resource], "ScalableDimension": DIMENSION});
        let own =
            |target: &Value| text(target, "ResourceId") == resource && text(target, "ScalableDimension") == DIMENSION;
        match self.pages(Operation::DescribeScalableTargets, input, ("ScalableTargets", "NextToken")).await? {
            Ok(targets) => Ok(targets.iter().any(own).then(
                || json!({"ServiceNamespace": NAMESPACE, "ResourceId": resource, "ScalableDimension": DIMENSION}),
            )),
            Err(fault) => {
                let what =
                    "a scalable target of the service may be left, and may start tasks until the service is deleted";
                self.unknown("scaling", what, &fault);
                Ok(None)
            }
        }
    }

    /// Removes the scalable target with its policies and scheduled actions: otherwise it would start tasks again.
    async fn deregister(&mut self, input: &Value, progress: &mut Progress) -> Result<(), Halt> {
        match self.call(Operation::DeregisterScalableTarget, input).await? {
            Ok(_) => progress.changed = true,
            // Removed by another process, or by an attempt whose answer was lost.
            Err(fault) if fault.code == "ObjectNotFoundException" => {}
            Err(fault) => self.unknown("scaling", "the scalable target of the service is left", &fault),
        }
        Ok(())
    }

    /// Goes on until the service is gone. Returns its last status.
    async fn drain(&mut self, named: &Named, service: Value, progress: &mut Progress) -> Result<String, Halt> {
        let (mut pause, longest) = PAUSES;
        let mut seen = Some(service);
        loop {
            let look = seen.as_ref().map(Look::of);
            if let Some(service) = &seen {
                self.report(service, progress);
            }
            let now = self.cx.elapsed();
            match progress.removing.step(look.as_ref(), now) {
                Step::Gone => return Ok(look.map_or_else(|| MISSING.to_owned(), |look| look.status)),
                Step::ScaleDown => self.scale_down(named, progress).await?,
                Step::Delete { force } => self.delete(named, force, progress).await?,
                Step::Wait => {}
            }
            self.cx.check_deadline()?;
            self.cx.sleep(Duration::from_secs_f64(pause)).await?;
            pause = (pause * 1.3).min(longest);
            seen = self.find_service(named, &[]).await?;
        }
    }

    /// Reports what is new: the status and the number of tasks, and ECS's events.
    fn report(&mut self, service: &Value, progress: &mut Progress) {
        for message in ServiceView::of(service).messages.into_iter().rev() {
            if progress.messages.insert(message.id) {
                self.cx.emit(Event::Message { at: message.at, text: message.text });
            }
        }
        let look = Look::of(service);
        if progress.shown.as_ref() != Some(&look) {
            self.cx.emit(Event::Removing {
                status: look.status.clone(),
                desired: look.desired,
                running: look.running,
                pending: look.pending,
            });
            progress.shown = Some(look);
        }
    }

    async fn scale_down(&mut self, named: &Named, progress: &mut Progress) -> Result<(), Halt> {
        let input = json!({"cluster": named.cluster, "service": named.service, "desiredCount": 0});
        match self.call(Operation::UpdateService, &input).await? {
            Ok(_) => progress.changed = true,
            // Somebody else deletes it.
            Err(fault) if is_gone(&fault.code) => {}
            Err(fault) => return Err(self.error(fault).await.into()),
        }
        progress.removing.scaled = Some(self.cx.elapsed());
        Ok(())
    }

    async fn delete(&mut self, named: &Named, force: bool, progress: &mut Progress) -> Result<(), Halt> {
        let mut input = json!({"cluster": named.cluster, "service": named.service});
        if force {
            input["force"] = json!(true);
        }
        match self.call(Operation::DeleteService, &input).await? {
            Ok(_) => progress.changed = true,
            // Deleted by an attempt whose answer was lost, or by somebody else.
            Err(fault) if is_gone(&fault.code) => {}
            Err(fault) => return Err(self.error(fault).await.into()),
        }
        progress.removing.is_deleted = true;
        Ok(())
    }
}

/// Whether an error is that of a service that is being deleted, or is deleted.
fn is_gone(code: &str) -> bool {
    matches!(code, "ServiceNotActiveException" | "ServiceNotFoundException")
}

/// Refuses services that are not removed this way, by name and with the way that is right.
fn refuse(service: &Value) -> Result<(), Error> {
    let name = text(service, "serviceName");
    let unsupported = |text: String| Err(Error::Unsupported { text });
    if text(service, "resourceManagementType") == "ECS" {
        return unsupported(format!(
            "service {name:?} is managed by ECS as a whole (Express Mode): DeleteExpressGatewayService removes it with its load balancer \
             and scaling"
        ));
    }
    match service["deploymentController"]["type"].as_str() {
        Some("EXTERNAL") => unsupported(format!(
            "service {name:?} has the deployment controller EXTERNAL: whoever keeps its task sets must delete them first"
        )),
        Some("CODE_DEPLOY") if list(service, "taskSets").len() > 1 => {
            let text =
                format!("CodeDeploy deploys service {name:?}: wait for the end, or stop the deployment (`rollback`)");
            Err(Error::invalid("service", text))
        }
        _ => Ok(()),
    }
}

/// The calls that would be made.
fn planned(look: &Look, named: &Named, target: Option<&Value>) -> Vec<PlannedCall> {
    if look.status == "DRAINING" {
        return Vec::new();
    }
    let own = json!({"cluster": named.cluster, "service": named.service});
    let with = |member: &str, value: Value| {
        let mut input = own.clone();
        input[member] = value;
        input
    };
    let mut calls = Vec::new();
    calls.extend(target.map(|input| PlannedCall::new(Operation::DeregisterScalableTarget, Some(input.clone()))));
    if look.desired > 0 && !look.is_daemon {
        calls.push(PlannedCall::new(Operation::UpdateService, Some(with("desiredCount", json!(0)))));
    }
    let is_forced = look.is_daemon || look.has_sets;
    let input = if is_forced { with("force", json!(true)) } else { own.clone() };
    calls.push(PlannedCall::new(Operation::DeleteService, Some(input)));
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_another_way_is_refused_by_name() {
        for (service, expected) in [
            (json!({"serviceName": "api"}), None),
            (json!({"serviceName": "api", "resourceManagementType": "ECS"}), Some("DeleteExpressGatewayService")),
            (json!({"serviceName": "api", "resourceManagementType": "CUSTOMER"}), None),
            (json!({"serviceName": "api", "deploymentController": {"type": "EXTERNAL"}}), Some("EXTERNAL")),
            (json!({"serviceName": "api", "deploymentController": {"type": "CODE_DEPLOY"}, "taskSets": [{}]}), None),
            (
                json!({"serviceName": "api", "deploymentController": {"type": "CODE_DEPLOY"}, "taskSets": [{}, {}]}),
                Some("rollback"),
            ),
        ] {
            let error = refuse(&service).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(expected.map_or(error.is_empty(), |text| error.contains(text)), "{service}: {error}");
        }
    }

    #[test]
    fn a_plan_has_the_calls_in_their_order() {
        let named = Named { service: "api".to_owned(), cluster: "prod".to_owned() };
        let active = Look { status: "ACTIVE".to_owned(), desired: 2, ..Look::default() };
        for (look, target, expected) in [
            (active.clone(), None, &["UpdateService", "DeleteService"] as &[&str]),
            (active.clone(), Some(json!({})), &["DeregisterScalableTarget", "UpdateService", "DeleteService"]),
            (Look { desired: 0, ..active.clone() }, None, &["DeleteService"]),
            (Look { is_daemon: true, ..active.clone() }, None, &["DeleteService"]),
            (Look { status: "DRAINING".to_owned(), ..active }, None, &[]),
        ] {
            let calls = planned(&look, &named, target.as_ref());
            assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), expected);
        }
    }
}
