//! What the answers say about each reference: missing, not fitting, or not looked at. Pure.

use serde_json::Value;

use super::look::{Look, is_parameter};
use super::trust::{self, Trusted};
use super::{Reference, Target};
use crate::arn;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::{Operation, Service};
use crate::error::finding::{Finding, Level};
use crate::json::{list, word};

/// What a look has shown.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    Answer(Value),
    Failed(ApiError),
    /// No call was made, or none was answered in time: why.
    Unseen(String, Option<Operation>),
}

/// All looks with what they have shown.
pub(crate) struct Looks(pub(crate) Vec<(Look, Seen)>);

/// What is wrong, and what to do about it.
type Wrong = (Level, String, String);

/// Codes of what is not there, each said by its own service alone.
const MISSING: [(Operation, &str); 6] = [
    (Operation::GetRole, "NoSuchEntity"),
    (Operation::DescribeSecret, "ResourceNotFoundException"),
    (Operation::HeadObject, "NotFound"),
    (Operation::DescribeTargetGroups, "TargetGroupNotFound"),
    (Operation::DescribeFileSystems, "FileSystemNotFound"),
    (Operation::DescribeAccessPoints, "AccessPointNotFound"),
];

impl Looks {
    /// The finding about a reference; `None` if it is there and fits.
    pub(crate) fn judge(&self, reference: &Reference) -> Option<Finding> {
        let (rule, what) = reference.target.rule();
        let (level, text, advice) = self.wrong(&reference.target, &what)?;
        Some(Finding { level, rule: rule.to_owned(), path: reference.path.clone(), text, advice })
    }

    fn wrong(&self, target: &Target, what: &str) -> Option<Wrong> {
        let seen = |look: &Look| self.0.iter().find(|(known, _)| known == look).map(|(_, seen)| seen);
        match target {
            Target::Role { role, principal } => self.role(role, principal, what),
            Target::Secret { id, region, stage, version } => {
                let answer = seen(&Look::Secret(region.clone(), id.clone()))?;
                there(answer, what, "create it, or correct the name")
                    .map_or_else(Some, |answer| secret(answer, what, stage.as_deref(), version.as_deref()))
            }
            Target::Parameter { names, region, account, selector } => {
                if let Some(wrong) = self.shared(account.as_deref(), what) {
                    return Some(wrong);
                }
                match self.parameter(names, region.as_deref(), what) {
                    Ok(found) => selector.as_deref().and_then(|selector| version(found, selector, what)),
                    Err(wrong) => Some(wrong),
                }
            }
            Target::LogGroup { name, region, is_created } => {
                let answer = seen(&Look::LogGroup(region.clone(), name.clone()))?;
                there(answer, what, "").map_or_else(Some, |answer| log_group(answer, what, name, *is_created))
            }
            Target::File { bucket, key } => {
                let answer = seen(&Look::File(bucket.clone(), key.clone()))?;
                there(answer, what, "upload it, or correct the ARN").err()
            }
            Target::Group { arn, .. } => {
                let look =
                    self.0.iter().find(|(look, _)| matches!(look, Look::TargetGroups(_, all) if all.contains(arn)));
                there(&look?.1, what, "create it, or correct the ARN")
                    .map_or_else(Some, |answer| target_group(answer, target, what))
            }
            Target::Cluster { cluster } => there(seen(&Look::Cluster(cluster.clone()))?, what, "")
                .map_or_else(Some, |answer| in_cluster(answer, what)),
            Target::CapacityProvider { cluster, name } => match seen(&Look::Cluster(cluster.clone()))? {
                Seen::Answer(answer) => capacity_provider(answer, name, what),
                unseen => there(unseen, what, "").err(),
            },
            Target::FileSystem { id } => {
                let answer = there(seen(&Look::FileSystem(id.clone()))?, what, "create it, or correct the id");
                answer.map_or_else(Some, |answer| available(list(answer, "FileSystems").first(), what))
            }
            Target::AccessPoint { id, file_system } => {
                let answer = there(seen(&Look::AccessPoint(id.clone()))?, what, "create it, or correct the id");
                answer.map_or_else(Some, |answer| access_point(answer, file_system, what))
            }
        }
    }

    fn role(&self, role: &str, principal: &str, what: &str) -> Option<Wrong> {
        let look = |look: Look| self.0.iter().find(|(known, _)| *known == look).map(|(_, seen)| seen);
        if let Some((account, own)) = arn::account(role).zip(self.own_account()).filter(|(account, own)| account != own)
        {
            let text = format!("{what} is of account {account}, and these calls are made in account {own}");
            return Some((Level::Warning, text, "name a role of the account that the tasks run in".to_owned()));
        }
        let answer = match there(look(Look::Role(arn::last(role).to_owned()))?, what, "create it, or correct the name")
        {
            Ok(answer) => &answer["Role"],
            Err(wrong) => return Some(wrong),
        };
        if let Some(found) = word(answer, "Arn").filter(|found| role.starts_with("arn:") && *found != role) {
            let advice = "name it by its ARN, which has its path in it".to_owned();
            return Some((Level::Error, format!("{what} is not there: the role of that name is {found}"), advice));
        }
        match trust::trusted(word(answer, "AssumeRolePolicyDocument").unwrap_or_default(), principal) {
            Trusted::Yes => None,
            Trusted::No(services) => {
                let others = if services.is_empty() { String::new() } else { format!(", but {}", services.join(", ")) };
                let text =
                    format!("{what} cannot be assumed by {principal}: its trust policy does not allow it{others}");
                let advice = format!("allow sts:AssumeRole to the service {principal} in its trust policy");
                Some((Level::Error, text, advice))
            }
            Trusted::Unknown => {
                let text = format!(
                    "whether {principal} may assume {what} was not checked: its trust policy was not understood"
                );
                Some((Level::Skipped, text, "check the trust policy by hand".to_owned()))
            }
        }
    }

    /// The account that the calls are made in.
    fn own_account(&self) -> Option<&str> {
        match self.0.iter().find(|(look, _)| *look == Look::Caller) {
            Some((_, Seen::Answer(identity))) => word(identity, "Account"),
            _ => None,
        }
    }

    /// A parameter of another account, or perhaps of one: SSM describes those of the caller's alone.
    fn shared(&self, account: Option<&str>, what: &str) -> Option<Wrong> {
        let account = account.filter(|account| self.own_account() != Some(*account))?;
        let text = match self.own_account() {
            Some(own) => format!(
                "{what} was not looked at: it is of account {account}, and these calls are made in account {own}"
            ),
            None => format!("{what} was not looked at: whether account {account} is the caller's is not known"),
        };
        Some((Level::Skipped, text, BY_HAND.to_owned()))
    }

    /// A parameter whose ARN may stand for several names is there if one of them is.
    fn parameter(&self, names: &[String], region: Option<&str>, what: &str) -> Result<&Value, Wrong> {
        let mut unseen = None;
        for name in names.iter().filter(|name| is_parameter(name)) {
            let look = self.0.iter().find(
                |(look, _)| matches!(look, Look::Parameters(of, all) if of.as_deref() == region && all.contains(name)),
            );
            match look.map(|(_, seen)| there(seen, what, "")) {
                Some(Ok(answer)) => {
                    let mut all = list(answer, "Parameters").iter();
                    if let Some(found) = all.find(|one| one["Name"] == name.as_str()) {
                        return Ok(found);
                    }
                }
                Some(Err(wrong)) => unseen = Some(wrong),
                None => {}
            }
        }
        let advice = "create it, or correct the name".to_owned();
        Err(unseen.unwrap_or_else(|| (Level::Error, format!("{what} is not there"), advice)))
    }
}

/// The version or label of a parameter that is asked for.
fn version(found: &Value, selector: &str, what: &str) -> Option<Wrong> {
    match (selector.parse::<u64>(), found["Version"].as_u64()) {
        (Ok(asked), Some(newest)) if asked > newest || asked == 0 => {
            let text = format!("{what} has no version {asked}: its newest is {newest}");
            Some((Level::Error, text, "correct the version, or leave it away".to_owned()))
        }
        (Ok(_), _) => None,
        (Err(_), _) => {
            let text = format!(
                "whether {what} has the label {selector} was not checked: the call that lists labels returns values"
            );
            Some((Level::Skipped, text, BY_HAND.to_owned()))
        }
    }
}

/// The answer of a look; or that the thing is missing, or was not looked at.
fn there<'a>(seen: &'a Seen, what: &str, remedy: &str) -> Result<&'a Value, Wrong> {
    let fault = match seen {
        Seen::Answer(answer) => return Ok(answer),
        Seen::Failed(fault) => fault,
        Seen::Unseen(why, operation) => {
            let action = operation.map_or_else(String::new, |operation| format!(" ({})", operation.name()));
            return Err((Level::Skipped, format!("{what} was not looked at{action}: {why}"), BY_HAND.to_owned()));
        }
    };
    if MISSING.iter().any(|(operation, code)| (*operation, *code) == (fault.operation, fault.code.as_str())) {
        return Err((Level::Error, format!("{what} is not there"), remedy.to_owned()));
    }
    let action = action(fault.operation);
    let (why, advice) = match fault.kind {
        ApiErrorKind::Denied if fault.operation == Operation::HeadObject => (
            format!("{action} is not allowed, or without s3:ListBucket S3 does not say that a file is missing"),
            format!("allow {action} and s3:ListBucket, or check it by hand"),
        ),
        ApiErrorKind::Denied => (format!("{action} is not allowed"), format!("allow {action}, or check it by hand")),
        ApiErrorKind::NotOffered => {
            (format!("the endpoint does not offer {}", fault.operation.name()), BY_HAND.to_owned())
        }
        _ => (format!("{} failed: {}: {}", fault.operation.name(), fault.code, fault.text), BY_HAND.to_owned()),
    };
    Err((Level::Skipped, format!("{what} was not looked at: {why}"), advice))
}

const BY_HAND: &str = "check it by hand";

/// The IAM action of a call.
fn action(operation: Operation) -> String {
    match operation {
        Operation::HeadObject => "s3:GetObject".to_owned(),
        _ if operation.service() == Service::Efs => format!("elasticfilesystem:{}", operation.name()),
        _ => format!("{}:{}", operation.service().signing(), operation.name()),
    }
}

fn secret(answer: &Value, what: &str, stage: Option<&str>, version: Option<&str>) -> Option<Wrong> {
    if !answer["DeletedDate"].is_null() {
        return Some((
            Level::Error,
            format!("{what} is scheduled for deletion"),
            "restore it, or name another".to_owned(),
        ));
    }
    let versions = answer["VersionIdsToStages"].as_object()?;
    if let Some(version) = version.filter(|version| !versions.contains_key(*version)) {
        return Some((Level::Error, format!("{what} has no version {version}"), "correct the version's id".to_owned()));
    }
    let stage = stage.or(version.is_none().then_some("AWSCURRENT"))?;
    let has = versions.values().any(|stages| stages.as_array().is_some_and(|all| all.iter().any(|one| one == stage)));
    (!has).then(|| {
        let text = format!("{what} has no version with the stage {stage}");
        (Level::Error, text, "give it a value, or correct the stage".to_owned())
    })
}

fn log_group(answer: &Value, what: &str, name: &str, is_created: bool) -> Option<Wrong> {
    let is_there = list(answer, "logGroups").iter().any(|group| group["logGroupName"] == name);
    (!is_there && !is_created).then(|| {
        let advice = "create it; or set `awslogs-create-group`, and allow logs:CreateLogGroup to the execution role";
        (Level::Error, format!("{what} is not there"), advice.to_owned())
    })
}

fn target_group(answer: &Value, target: &Target, what: &str) -> Option<Wrong> {
    let Target::Group { arn, kind, ports, is_new } = target else { return None };
    let found = list(answer, "TargetGroups").iter().find(|group| group["TargetGroupArn"] == *arn.as_str());
    let Some(group) = found else {
        return Some((Level::Error, format!("{what} is not there"), "create it, or correct the ARN".to_owned()));
    };
    if let Some(other) = word(group, "TargetType").filter(|other| other != kind) {
        let text = format!(
            "{what} has the target type {other}, and the tasks of this network mode are targets of type {kind}"
        );
        return Some((Level::Error, text, format!("create a target group of the type {kind}")));
    }
    let balancers = &group["LoadBalancerArns"];
    if *balancers == "" || balancers.as_array().is_some_and(Vec::is_empty) {
        // A service that has it already was taken with a load balancer once.
        let level = if *is_new { Level::Error } else { Level::Warning };
        let advice = "add a listener or a rule that forwards to it".to_owned();
        return Some((level, format!("{what} is of no load balancer, without which ECS does not take it"), advice));
    }
    let port = word(group, "HealthCheckPort").and_then(|port| port.parse::<u64>().ok());
    let port = port.filter(|port| *kind == "ip" && !ports.contains(port))?;
    let text = format!("{what} checks the health of tasks at port {port}, which no container maps");
    Some((Level::Warning, text, "set its health check's port to traffic-port, or map the port".to_owned()))
}

fn in_cluster(answer: &Value, what: &str) -> Option<Wrong> {
    let create = || "create it, or correct the name".to_owned();
    match list(answer, "clusters").first() {
        None => Some((Level::Error, format!("{what} is not there"), create())),
        Some(cluster) => match word(cluster, "status") {
            None | Some("ACTIVE" | "PROVISIONING") => None,
            Some(status) => Some((Level::Error, format!("{what} is {status}"), create())),
        },
    }
}

fn capacity_provider(answer: &Value, name: &str, what: &str) -> Option<Wrong> {
    let all = list(answer, "clusters").first()?["capacityProviders"].as_array()?;
    let names: Vec<&str> = all.iter().filter_map(Value::as_str).map(arn::last).collect();
    (!names.contains(&arn::last(name))).then(|| {
        let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let advice = "add it to the cluster (PutClusterCapacityProviders), or name another";
        (Level::Error, format!("{what} is not of the cluster, which has {has}"), advice.to_owned())
    })
}

/// A file system or an access point that goes away, or is broken.
fn available(one: Option<&Value>, what: &str) -> Option<Wrong> {
    let state = word(one?, "LifeCycleState")?;
    let is_gone = ["deleting", "deleted", "error"].contains(&state);
    is_gone.then(|| (Level::Error, format!("{what} is {state}"), "name one that is available".to_owned()))
}

fn access_point(answer: &Value, file_system: &str, what: &str) -> Option<Wrong> {
    let point = list(answer, "AccessPoints").first();
    match point.and_then(|point| word(point, "FileSystemId")).filter(|of| *of != arn::last(file_system)) {
        Some(of) => {
            let text = format!("{what} is of the file system {of}, not of {file_system}");
            Some((Level::Error, text, "name an access point of the volume's file system".to_owned()))
        }
        None => available(point, what),
    }
}
