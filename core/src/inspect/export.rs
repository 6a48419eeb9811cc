//! Exports what a service runs as documents that the verbs take: task definition, service, scaling.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::files;
use super::live::ongoing;
use super::session::{Named, Session, place};
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::definition::TaskDefinition;
use crate::definition::schema::{ACTION, POLICY, SERVICE, Shape, is_empty};
use crate::engine::context::Halt;
use crate::error::Error;
use crate::json::{list, text};
use crate::options::define::options;
use crate::rollout::service::snapshot::ServiceView;
use crate::scaling::check::{DIMENSION, NAMESPACE};
use crate::scaling::policy::comparable;
use crate::scaling::state::ScalingState;
use crate::texts::texts;
use crate::types::event::Warning;

/// The files, in the order of the outcome's members.
const FILES: [&str; 3] = ["taskdef.json", "service.json", "scaling.json"];
/// Members of CreateService that DescribeServices shows at the deployment alone.
const OF_DEPLOYMENT: [&str; 3] = ["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"];
/// The role that Application Auto Scaling makes for itself.
const LINKED: &str = "/aws-service-role/";

options! {
    /// The options of `export`.
    pub struct Export(cluster, service) {
        use service;
        use cluster in new;
        /// A folder to write `taskdef.json`, `service.json` and `scaling.json` into; it is made if it is not there. Default: nothing is
        /// written.
        pub folder: Option<String>,
        /// Replace files of these names. Default: a file that is there is an error before any call.
        pub overwrite: bool,
        use unset;
    }
}

/// What a service runs, as documents that the verbs take.
#[derive(Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ExportOutcome {
    /// The service's name.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// The ARN of the task definition.
    pub definition: String,
    /// `taskdef.json`: the task definition with its tags, for `definition` of `deploy`, `service` and `register`. Values of its
    /// environment variables are shown.
    pub taskdef: Value,
    /// `service.json`: the service, for `settings` of `service`. Without `taskDefinition`: give `taskdef` as `definition`.
    pub settings: Value,
    /// `scaling.json`: the options of `scale` beside `service` and `cluster`. Absent if the service is not scaled, or if its
    /// scaling may not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Value>,
    /// The paths of the files that were written.
    pub files: Vec<String>,
    /// What is not in the documents.
    pub warnings: Vec<Warning>,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

/// Without the documents: they may hold secrets.
impl fmt::Debug for ExportOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, cluster, definition, files, .. } = self;
        let mut shown = f.debug_struct("ExportOutcome");
        shown.field("service", service).field("cluster", cluster).field("definition", definition);
        shown.field("files", files).finish_non_exhaustive()
    }
}

texts! {
    ExportOutcome: warnings;
}

impl Client {
    /// Exports what a service runs as documents that `deploy`, `service` and `scale` take, and that they plan as no change: the task
    /// definition, the service with its tags, and its scaling. Writes nothing to AWS, and files only with `folder`.
    ///
    /// # Errors
    /// `service_missing`, `service_inactive` and `cluster_missing`. `unsupported` for a service that ECS manages as a whole, and for
    /// one without a task definition. `invalid`, `denied`, `credentials`, `throttled`, `network` and `aws`.
    pub async fn export(&self, export: Export) -> Result<ExportOutcome, Error> {
        let named = Named::new(&export.service, &export.cluster)?;
        if let Some(folder) = &export.folder {
            files::check(folder, &FILES, export.overwrite)?;
        } else if export.overwrite {
            return Err(Error::invalid("overwrite", "it needs `folder`, which is not given"));
        }
        let mut session = Session::of_value(self.clone());
        let end = session.export(&export, &named).await;
        session.end(end)
    }
}

impl Session {
    async fn export(&mut self, export: &Export, named: &Named) -> Result<ExportOutcome, Halt> {
        let service = self.service(named, &["TAGS"]).await?;
        let view = ServiceView::of(&service);
        let (name, cluster) = place(&service);
        let status = text(&service, "status");
        if status != "ACTIVE" {
            return Err(Error::ServiceInactive { service: name, cluster, status }.into());
        }
        let definition = exportable(&service, &view)?;
        if let Some(one) = ongoing(&view) {
            let text =
                format!("deployment {} is in progress: exported is what it brings, which may not be live", one.id);
            self.cx.warn("in_progress", text);
        }
        let input = json!({"taskDefinition": definition, "include": ["TAGS"]});
        let mut answer = self.need(Operation::DescribeTaskDefinition, &input).await?;
        let tags = own_tags(list(&answer, "tags"));
        let mut taskdef = TaskDefinition::new(answer["taskDefinition"].take())?.registrable().into_value();
        if !tags.is_empty() {
            taskdef["tags"] = Value::Array(tags);
        }
        let settings = settings(&service);
        let scaling = match self.scaling(&name, &cluster).await? {
            Some(state) => options_of(&state),
            None => None,
        };
        let mut outcome = ExportOutcome { definition, taskdef, settings, scaling, ..ExportOutcome::default() };
        if let Some(folder) = &export.folder {
            self.write(&mut outcome, folder, export.overwrite)?;
        }
        let (warnings, calls) = (self.cx.warnings.clone(), self.cx.attempts.calls);
        Ok(ExportOutcome { service: name, cluster, warnings, calls, ..outcome })
    }

    fn write(&mut self, outcome: &mut ExportOutcome, folder: &str, overwrite: bool) -> Result<(), Error> {
        let [taskdef, service, scaling] = FILES;
        let mut documents = vec![(taskdef, &outcome.taskdef), (service, &outcome.settings)];
        documents.extend(outcome.scaling.as_ref().map(|document| (scaling, document)));
        let files = files::write(folder, &documents, overwrite)?;
        if outcome.scaling.is_none() && std::path::Path::new(folder).join(scaling).exists() {
            let text = format!("{scaling} in the folder is of an earlier time: there is no scaling to write now");
            self.cx.warn("scaling", text);
        }
        outcome.files = files;
        Ok(())
    }

    /// The scaling of a service (DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions). `None`, with a warning, if
    /// it may not be read.
    pub(crate) async fn scaling(&mut self, name: &str, cluster: &str) -> Result<Option<ScalingState>, Halt> {
        let resource = format!("service/{cluster}/{name}");
        let one = json!({"ServiceNamespace": NAMESPACE, "ResourceId": resource, "ScalableDimension": DIMENSION});
        let many = json!({"ServiceNamespace": NAMESPACE, "ResourceIds": [resource], "ScalableDimension": DIMENSION});
        let mut all = Vec::new();
        for (operation, input, member) in [
            (Operation::DescribeScalableTargets, many, "ScalableTargets"),
            (Operation::DescribeScalingPolicies, one.clone(), "ScalingPolicies"),
            (Operation::DescribeScheduledActions, one, "ScheduledActions"),
        ] {
            match self.pages(operation, input, (member, "NextToken")).await? {
                Ok(found) => all.push(found),
                Err(fault) => {
                    self.unknown("scaling", "how the service is scaled is not known", &fault);
                    return Ok(None);
                }
            }
        }
        let mut all = all.into_iter();
        let mut next = || all.next().unwrap_or_default();
        Ok(Some(ScalingState::of(&resource, next(), next(), next())))
    }
}

/// The task definition of a service that has one of its own.
fn exportable(service: &Value, view: &ServiceView) -> Result<String, Error> {
    let name = text(service, "serviceName");
    if text(service, "resourceManagementType") == "ECS" {
        let text = format!(
            "service {name:?} is managed by ECS as a whole (Express Mode): it has no task definition and service of its own to export"
        );
        return Err(Error::Unsupported { text });
    }
    view.definition.clone().filter(|definition| !definition.is_empty()).ok_or_else(|| {
        let text = format!("service {name:?} has no task definition: its task sets have them");
        Error::Unsupported { text }
    })
}

/// Tags that are not AWS's own.
fn own_tags(tags: &[Value]) -> Vec<Value> {
    let is_own = |tag: &&Value| !text(tag, "key").to_ascii_lowercase().starts_with("aws:");
    tags.iter().filter(is_own).cloned().collect()
}

/// A described service as CreateService and UpdateService take it.
fn settings(service: &Value) -> Value {
    let mut described = service.as_object().cloned().unwrap_or_default();
    let primary = list(service, "deployments").iter().find(|one| one["status"] == "PRIMARY");
    for member in OF_DEPLOYMENT {
        let own = primary.and_then(|primary| primary.get(member)).filter(|value| !is_empty(value));
        if let (Some(value), false) = (own, described.contains_key(member)) {
            described.insert(member.to_owned(), value.clone());
        }
    }
    SERVICE.strip_read_only(&mut described);
    let (name, cluster) = place(service);
    let mut settings = Map::new();
    settings.insert("serviceName".to_owned(), json!(name));
    settings.insert("cluster".to_owned(), json!(cluster));
    let tags = own_tags(list(service, "tags"));
    let is_daemon = service["schedulingStrategy"] == "DAEMON";
    let is_aside = |member: &str, value: &Value| match member {
        "taskDefinition" | "tags" | "role" | "clientToken" => true,
        "desiredCount" => is_daemon,
        // ECS takes it of a service with a load balancer alone.
        "healthCheckGracePeriodSeconds" => *value == 0,
        _ => is_empty(value),
    };
    settings.extend(described.into_iter().filter(|(member, value)| !value.is_null() && !is_aside(member, value)));
    if !tags.is_empty() {
        settings.insert("tags".to_owned(), Value::Array(tags));
    }
    Value::Object(settings)
}

/// The options of `scale` that a scaling answers to.
fn options_of(state: &ScalingState) -> Option<Value> {
    let (min, max) = state.range()?;
    let mut options = json!({"min": min, "max": max});
    let documents = |shape: &Shape, all: &[Map<String, Value>]| {
        Value::Array(all.iter().map(|one| Value::Object(comparable(shape, one))).collect())
    };
    if !state.policies.is_empty() {
        options["policies"] = documents(&POLICY, &state.policies);
    }
    if !state.actions.is_empty() {
        options["actions"] = documents(&ACTION, &state.actions);
    }
    let suspended = state.suspended();
    if suspended.inward || suspended.outward || suspended.scheduled {
        options["suspended"] = json!(suspended);
    }
    let role = state.target.as_ref().and_then(|target| target.get("RoleARN")?.as_str());
    if let Some(role) = role.filter(|role| !role.contains(LINKED)) {
        options["role"] = json!(role);
    }
    Some(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_exported_as_it_can_be_created() {
        let service = json!({
            "serviceName": "api", "clusterArn": "arn:aws:ecs:r:1:cluster/prod", "serviceArn": "arn:…", "status": "ACTIVE",
            "taskDefinition": "arn:…:1", "desiredCount": 2, "runningCount": 2, "loadBalancers": [], "roleArn": "arn:aws:iam::1:role/x",
            "healthCheckGracePeriodSeconds": 0, "enableExecuteCommand": false, "future": {"a": 1}, "events": [{}],
            "tags": [{"key": "team", "value": "a"}, {"key": "aws:cloudformation:stack-name", "value": "s"}],
            "deployments": [{"status": "PRIMARY", "serviceConnectConfiguration": {"enabled": true}, "volumeConfigurations": []}],
        });
        let expected = json!({
            "serviceName": "api", "cluster": "prod", "desiredCount": 2, "enableExecuteCommand": false, "future": {"a": 1},
            "serviceConnectConfiguration": {"enabled": true}, "tags": [{"key": "team", "value": "a"}],
        });
        assert_eq!(settings(&service), expected);
        let mut daemon = service;
        daemon["schedulingStrategy"] = json!("DAEMON");
        assert_eq!(settings(&daemon)["desiredCount"], Value::Null);
    }

    #[test]
    fn what_has_no_documents_of_its_own_is_refused_by_name() {
        for (service, expected) in [
            (json!({"serviceName": "api", "taskDefinition": "a:1"}), Ok("a:1")),
            (
                json!({"serviceName": "api", "resourceManagementType": "ECS", "taskDefinition": "a:1"}),
                Err("Express Mode"),
            ),
            (json!({"serviceName": "api"}), Err("its task sets")),
        ] {
            match (exportable(&service, &ServiceView::of(&service)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{error}"),
                (found, _) => panic!("{service}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_scaling_is_exported_as_options() {
        let map = |value: Value| value.as_object().cloned().unwrap();
        let mut state = ScalingState::default();
        assert_eq!(options_of(&state), None);
        state.target = Some(map(json!({"MinCapacity": 2, "MaxCapacity": 6,
            "RoleARN": "arn:aws:iam::1:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/X"})));
        state.policies =
            vec![map(json!({"PolicyName": "p", "PolicyType": "TargetTrackingScaling", "PolicyARN": "a", "Alarms": [],
            "ResourceId": "service/c/s", "ServiceNamespace": "ecs", "ScalableDimension": "d", "CreationTime": 1,
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0}}))];
        let policy = json!({"PolicyName": "p", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0}});
        assert_eq!(options_of(&state), Some(json!({"min": 2, "max": 6, "policies": [policy]})));
        state.policies.clear();
        state.target = Some(map(json!({"MinCapacity": 2, "MaxCapacity": 6, "RoleARN": "arn:aws:iam::1:role/mine",
            "SuspendedState": {"ScheduledScalingSuspended": true}})));
        let suspended = json!({"in": false, "out": false, "scheduled": true});
        let expected = json!({"min": 2, "max": 6, "suspended": suspended, "role": "arn:aws:iam::1:role/mine"});
        assert_eq!(options_of(&state), Some(expected));
    }
}
