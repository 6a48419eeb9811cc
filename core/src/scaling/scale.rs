//! The verb `scale`: reads a service's scaling to the last page, decides what differs, and writes only that.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::check::{DIMENSION, NAMESPACE};
use super::decide::{Scaling, ScalingChanges, Write, decide};
use super::state::ScalingState;
use super::tracking::METRICS;
use super::{Remove, Scale, ScaleOutcome, resolution};
use crate::arn::{cluster_of_service, last};
use crate::aws::Aws;
use crate::aws::fault::{ApiError, ApiErrorKind, CallError};
use crate::aws::operation::Operation;
use crate::aws::retry::{RetryPolicy, retry, retry_after};
use crate::client::Client;
use crate::definition;
use crate::definition::schema::{ACTION, POLICY, Shape};
use crate::definition::validate::availability;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::json::{list, text};
use crate::options::arn;
use crate::options::names::suggestion;
use crate::redact;
use crate::redact::words::Words;
use crate::rollout::prepare::elsewhere::{caller, place_in};
use crate::types::plan::PlannedCall;

/// The time limit of one answer, in real time.
const ANSWER: Duration = Duration::from_secs(20);
/// The most pages that are read: a service has at most 50 policies and 200 actions.
const PAGES: usize = 100;

impl Client {
    /// Sets how a service scales, and returns how it scales then.
    ///
    /// Only what differs is written: the same call a second time writes nothing, and with the service alone nothing is ever
    /// written. If a write was cut off, the same call completes it. `null` for `cpu`, `memory` or `requests` removes that
    /// policy.
    ///
    /// # Errors
    /// `invalid` before anything is written. `service_missing`, `service_inactive` and `cluster_missing`. `unsupported` for a
    /// DAEMON service, and for `requests` if CodeDeploy deploys the service. `denied`, `credentials`, `throttled`, `network`
    /// and `aws`.
    pub async fn scale(&self, scale: Scale) -> Result<ScaleOutcome, Error> {
        Words::of(&scale).hide_in(self.scaled(scale).await)
    }

    async fn scaled(&self, scale: Scale) -> Result<ScaleOutcome, Error> {
        scale.check()?;
        let mut calls = Calls { client: self, made: 0 };
        let service = calls.service(&scale).await?;
        let name = text(&service, "serviceName");
        let resource = format!("service/{}/{name}", last(&text(&service, "clusterArn")));
        let label = match scale.requests.flatten() {
            Some(_) => Some(calls.label(&scale, &service).await?),
            None => None,
        };
        let scaling = Scaling { name: &name, resource, label };
        check_ids(&scale, &scaling)?;
        let state = calls.state(&scaling).await?;
        let mut decided = decide(&scale, &scaling, &state)?;
        if !scale.plan {
            calls.perform(&mut decided).await?;
        }
        let revision = match is_fast(&decided) {
            true => Some(calls.revision(&service).await),
            false => None,
        };
        let found = revision.map(|revision| resolution::unpublished(&decided.after, revision.as_ref()));
        let mut outcome = scaled(&scale, &service, decided, calls.made);
        outcome.findings.extend(found.unwrap_or_default());
        Ok(outcome)
    }
}

/// Whether a policy is written, or would be, that needs metrics of a high resolution.
fn is_fast(decided: &ScalingChanges) -> bool {
    let is = |write: &Write| write.input.as_object().is_some_and(resolution::is_high);
    decided.writes.iter().any(is)
}

/// Refuses documents that name another service.
fn check_ids(scale: &Scale, scaling: &Scaling) -> Result<(), Error> {
    for (option, documents) in [("policies", &scale.policies), ("actions", &scale.actions)] {
        let other =
            |document: &Map<String, Value>| document.get("ResourceId").is_some_and(|id| *id != scaling.resource);
        if let Some(at) = documents.iter().position(other) {
            let text = format!("{:?} expected, or omit it", scaling.resource);
            return Err(Error::invalid(format!("{option}[{at}].ResourceId"), text));
        }
    }
    Ok(())
}

struct Calls<'a> {
    client: &'a Client,
    made: u64,
}

impl Calls<'_> {
    /// Makes a call, and repeats it if the failure is transient. All of these are idempotent.
    async fn call(&mut self, operation: Operation, input: &Value) -> Result<Value, CallError> {
        let aws = self.client.aws().await.map_err(CallError::Other)?;
        let pause = |error: &ApiError, attempt| match error.code.as_str() {
            // AWS's error code for two writes at once: one has to wait.
            "ConcurrentUpdateException" if attempt < 20 => Some(Duration::from_millis(500)),
            _ => retry_after(error, RetryPolicy::FailFast, attempt, false),
        };
        let answer = retry(self.client.clock().as_ref(), None, pause, || {
            self.made += 1;
            attempt(aws, operation, input)
        });
        answer.await.map_err(|error| CallError::Api(error, aws.endpoint().to_owned()))
    }

    /// The same, where a service that is not offered is an end.
    async fn ask(&mut self, operation: Operation, input: &Value) -> Result<Value, Error> {
        self.call(operation, input).await.map_err(not_offered)
    }

    async fn service(&mut self, scale: &Scale) -> Result<Value, Error> {
        // A service's ARN names its cluster.
        let named = cluster_of_service(&scale.service).filter(|_| scale.cluster == "default");
        let cluster = named.unwrap_or(&scale.cluster).to_owned();
        let input = json!({"cluster": cluster, "services": [scale.service]});
        let answer = match self.call(Operation::DescribeServices, &input).await {
            Err(error) if error.is("ClusterNotFoundException") => {
                self.refuse_elsewhere(scale, &cluster).await?;
                return Err(Error::ClusterMissing { cluster, called: self.client.called() });
            }
            answer => answer.map_err(not_offered)?,
        };
        let Some(service) = list(&answer, "services").first().cloned() else {
            self.refuse_elsewhere(scale, &cluster).await?;
            let (service, called) = (scale.service.clone(), self.client.called());
            return Err(Error::ServiceMissing { service, cluster, called });
        };
        if service["status"] != "ACTIVE" {
            let (status, service) = (text(&service, "status"), scale.service.clone());
            return Err(Error::ServiceInactive { service, cluster, status });
        }
        if service["schedulingStrategy"] == "DAEMON" {
            let text = format!("service {:?} is a DAEMON: its instances are scaled, not its tasks", scale.service);
            return Err(Error::Unsupported { text });
        }
        Ok(service)
    }

    /// Refuses ARNs of another region or account than the client's; called when ECS does not find the service.
    async fn refuse_elsewhere(&mut self, scale: &Scale, cluster: &str) -> Result<(), Error> {
        let places = scale.places();
        if places.iter().all(|place| arn::parse(place.text).is_none()) {
            return Ok(());
        }
        let input = json!({"cluster": last(cluster), "services": [last(&scale.service)]});
        let named = self.call(Operation::DescribeServices, &input).await.ok().and_then(|answer| place_in(&answer));
        let called = match named {
            Some(arn) => Some(arn),
            None => caller(self.client).await,
        };
        called.map_or(Ok(()), |called| arn::check_called(&places, &called))
    }

    /// Reads the service's scaling (DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions).
    async fn state(&mut self, scaling: &Scaling<'_>) -> Result<ScalingState, Error> {
        let one =
            json!({"ServiceNamespace": NAMESPACE, "ResourceId": scaling.resource, "ScalableDimension": DIMENSION});
        let many =
            json!({"ServiceNamespace": NAMESPACE, "ResourceIds": [scaling.resource], "ScalableDimension": DIMENSION});
        let targets = self.pages(Operation::DescribeScalableTargets, many, "ScalableTargets").await?;
        let policies = self.pages(Operation::DescribeScalingPolicies, one.clone(), "ScalingPolicies").await?;
        let actions = self.pages(Operation::DescribeScheduledActions, one, "ScheduledActions").await?;
        Ok(ScalingState::of(&scaling.resource, targets, policies, actions))
    }

    async fn pages(&mut self, operation: Operation, mut input: Value, member: &str) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = self.ask(operation, &input).await?;
            all.extend(list(&answer, member).iter().cloned());
            match answer["NextToken"].as_str().filter(|token| !token.is_empty()) {
                Some(token) => input["NextToken"] = json!(token),
                None => break,
            }
        }
        Ok(all)
    }

    /// The newest revision that the service runs (DescribeServiceRevisions): it has what the service itself does not show. `None`
    /// where it cannot be had.
    async fn revision(&mut self, service: &Value) -> Option<Value> {
        let current = list(service, "currentServiceRevisions");
        let arns: Vec<&str> = current.iter().filter_map(|one| one["arn"].as_str()).collect();
        if arns.is_empty() {
            return None;
        }
        let input = json!({"serviceRevisionArns": arns});
        let answer = self.call(Operation::DescribeServiceRevisions, &input).await.ok()?;
        list(&answer, "serviceRevisions").iter().max_by(|one, other| at(one).total_cmp(&at(other))).cloned()
    }

    /// The `ResourceLabel` of the target group (DescribeTargetGroups): the ends of two ARNs.
    async fn label(&mut self, scale: &Scale, service: &Value) -> Result<String, Error> {
        if service["deploymentController"]["type"] == "CODE_DEPLOY" {
            let text = "requests are not counted for a service that CODE_DEPLOY deploys: scale it by `cpu` or `memory`";
            return Err(Error::Unsupported { text: text.to_owned() });
        }
        let group = group(scale, service)?;
        let input = json!({"TargetGroupArns": [group]});
        let answer = self.ask(Operation::DescribeTargetGroups, &input).await?;
        let described = list(&answer, "TargetGroups").first().cloned().unwrap_or_default();
        let balancer = list(&described, "LoadBalancerArns").first().and_then(Value::as_str);
        let label = balancer.and_then(|balancer| label(balancer, &group));
        label.ok_or_else(|| {
            let text = format!(
                "no Application Load Balancer sends requests to the target group {group}: there is none to count"
            );
            Error::invalid("requests", text)
        })
    }

    /// Makes the writes, and keeps the ARNs and alarms of their answers.
    async fn perform(&mut self, decided: &mut ScalingChanges) -> Result<(), Error> {
        for Write { operation, input } in decided.writes.clone() {
            let answer = match self.call(operation, &input).await {
                // Removed by another process, or by an attempt whose answer was lost.
                Err(error) if is_removal(operation) && error.is("ObjectNotFoundException") => continue,
                answer => answer.map_err(not_offered)?,
            };
            if operation == Operation::PutScalingPolicy {
                let mut policies = decided.after.policies.iter_mut();
                let Some(policy) = policies.find(|policy| policy.get("PolicyName") == input.get("PolicyName")) else {
                    continue;
                };
                for member in ["PolicyARN", "Alarms"] {
                    if let Some(value) = answer.get(member) {
                        policy.insert(member.to_owned(), value.clone());
                    }
                }
            }
        }
        Ok(())
    }
}

/// When a revision was made.
fn at(revision: &Value) -> f64 {
    revision["createdAt"].as_f64().unwrap_or_default()
}

fn is_removal(operation: Operation) -> bool {
    let removals =
        [Operation::DeleteScalingPolicy, Operation::DeleteScheduledAction, Operation::DeregisterScalableTarget];
    removals.contains(&operation)
}

/// One attempt, which is not waited for without end.
async fn attempt(aws: &Aws, operation: Operation, input: &Value) -> Result<Value, ApiError> {
    // In a box: a call is large, and every future on the way to it would be larger.
    let answer = tokio::time::timeout(ANSWER, Box::pin(aws.call(operation, input))).await;
    answer.unwrap_or_else(|_| Err(ApiError::late(operation)))
}

/// The error of a call. A server that stands in for AWS may not know Application Auto Scaling.
fn not_offered(error: CallError) -> Error {
    match error {
        CallError::Api(error, endpoint) if error.kind == ApiErrorKind::NotOffered => Error::Unsupported {
            text: format!("{} is not offered at {endpoint}: {}", error.operation.name(), error.text),
        },
        error => error.into(),
    }
}

/// The target group whose requests count.
fn group(scale: &Scale, service: &Value) -> Result<String, Error> {
    let groups: Vec<String> = list(service, "loadBalancers")
        .iter()
        .map(|one| text(one, "targetGroupArn"))
        .filter(|arn| !arn.is_empty())
        .collect();
    let name = |group: &str| arn::parse(group).and_then(|arn| arn.segment(1)).unwrap_or_default().to_owned();
    let names = || groups.iter().map(|arn| name(arn)).collect::<Vec<_>>().join(", ");
    if let Some(target) = &scale.target {
        let found = groups.iter().find(|arn| *arn == target || name(arn) == *target);
        let missing =
            || Error::invalid("target", format!("the service has no target group {target:?}: it has {}", names()));
        return found.cloned().ok_or_else(missing);
    }
    match groups.as_slice() {
        [] => Err(Error::invalid("requests", "the service has no target group whose requests could be counted")),
        [one] => Ok(one.clone()),
        _ => Err(Error::invalid("target", format!("the service has several target groups: name one of {}", names()))),
    }
}

/// `app/<name>/<id>/targetgroup/<name>/<id>`.
fn label(balancer: &str, group: &str) -> Option<String> {
    let balancer = arn::parse(balancer)?.resource.strip_prefix("loadbalancer/")?;
    let group = arn::parse(group)?.resource;
    (balancer.starts_with("app/") && group.starts_with("targetgroup/")).then(|| format!("{balancer}/{group}"))
}

fn scaled(scale: &Scale, service: &Value, decided: ScalingChanges, calls: u64) -> ScaleOutcome {
    let ScalingChanges { writes, changes, after } = decided;
    let (min, max) = after.range().unzip();
    let planned = writes.iter().filter(|_| scale.plan);
    let planned = planned.map(|Write { operation, input }| PlannedCall::new(*operation, Some(input.clone())));
    ScaleOutcome {
        changed: !writes.is_empty(),
        service: text(service, "serviceName"),
        min,
        max,
        desired: service["desiredCount"].as_u64().unwrap_or_default(),
        running: service["runningCount"].as_u64().unwrap_or_default(),
        policies: after.shown_policies(),
        actions: after.shown_actions(),
        suspended: after.suspended(),
        planned: planned.collect(),
        findings: findings(scale, service, &after),
        changes: redact::changes(changes),
        calls,
    }
}

fn findings(scale: &Scale, service: &Value, after: &ScalingState) -> Vec<Finding> {
    let documents = [("policies", &scale.policies, &POLICY), ("actions", &scale.actions, &ACTION)];
    let unknown =
        documents.into_iter().flat_map(|(option, documents, shape)| unknown_members(option, documents, shape));
    let mut findings: Vec<Finding> = unknown.collect();
    let least = after.range().map(|(min, _)| min);
    if least == Some(0) && METRICS.iter().any(|(_, metric)| after.tracking(metric).next().is_some()) {
        findings.push(Finding {
            level: Level::Warning,
            rule: "scale_from_zero".to_owned(),
            path: "/scaling/min".to_owned(),
            text: "a service without tasks has no load to be measured: these policies never start the first one"
                .to_owned(),
            advice: "scale with a `min` of 1 or more, or start the first task by another policy or a scheduled action"
                .to_owned(),
        });
    }
    findings.extend(resolution::rival_findings(after));
    if scale.remove != Some(Remove::All(true)) {
        findings.extend(availability::availability(None, service, &definition::ServiceFacts { least, zones: &[] }));
    }
    findings
}

fn unknown_members(option: &str, documents: &[Map<String, Value>], shape: &Shape) -> Vec<Finding> {
    let known: Vec<&str> = shape.fields().iter().filter(|field| !field.is_read_only).map(|field| field.name).collect();
    let unknown =
        documents.iter().enumerate().flat_map(|(at, document)| document.keys().map(move |member| (at, member)));
    let finding = |(at, member): (usize, &String)| Finding {
        level: Level::Warning,
        rule: "unknown_member".to_owned(),
        path: format!("/{option}/{at}/{member}"),
        text: format!("no member {member:?} is known to this version; it is sent as it is"),
        advice: suggestion(member, &known).trim_start_matches(": ").to_owned(),
    };
    unknown.filter(|(_, member)| !known.contains(&member.as_str())).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::read::parse_options;

    #[test]
    fn the_target_group_is_the_only_one_or_named() {
        let arn = |name: &str| format!("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/{name}/0a");
        let service = |names: &[&str]| {
            let balancers: Vec<Value> = names.iter().map(|name| json!({"targetGroupArn": arn(name)})).collect();
            json!({"loadBalancers": balancers})
        };
        let scale = |target: Value| {
            parse_options::<Scale>("options", json!({"service": "a", "requests": 5, "target": target})).unwrap()
        };
        for (names, target, expected) in [
            (&["a"] as &[&str], Value::Null, Ok(arn("a"))),
            (&["a", "b"], json!("b"), Ok(arn("b"))),
            (&["a", "b"], json!(arn("a")), Ok(arn("a"))),
            (&["a", "b"], Value::Null, Err("target: the service has several target groups: name one of a, b")),
            (&["a"], json!("c"), Err("target: the service has no target group \"c\": it has a")),
            (&[], Value::Null, Err("requests: the service has no target group")),
        ] {
            match (group(&scale(target), &service(names)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{error}"),
                (found, expected) => panic!("{names:?}: {found:?} instead of {expected:?}"),
            }
        }
    }

    #[test]
    fn a_label_is_the_ends_of_two_arns() {
        let group = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/tg/2";
        let balancer = |kind: &str| format!("arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/{kind}/lb/1");
        assert_eq!(label(&balancer("app"), group).as_deref(), Some("app/lb/1/targetgroup/tg/2"));
        assert_eq!(label(&balancer("net"), group), None);
    }
}
