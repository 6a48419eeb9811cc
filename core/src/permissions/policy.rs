//! The verb `policy`: the least IAM policy for a verb or a request. It makes no call.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::condition::Known;
use super::named::{Named, UNKNOWN};
use super::permission_verbs;
use super::statement::{PolicyStatement, document, statements};
use super::trust::{self, Trust};
use crate::cleanup::{Prune, Removal};
use crate::client::Client;
use crate::ecr::{Build, Login, Lookup, Push};
use crate::error::Error;
use crate::inspect::{Explain, Export, Logs, Revisions, Status};
use crate::options::define::options;
use crate::options::names;
use crate::options::read::parse_options;
use crate::rollout::document;
use crate::scaling::Scale;
use crate::schedule::Schedule;
use crate::types::check::Check;
use crate::types::deployment::{Deployment, Recover, Resume, Rollback, Watch};
use crate::types::fleet::{DeployAll, FleetService};
use crate::types::service::Service;
use crate::types::task::{Register, Run};

options! {
    /// Options of `policy`: which verb, and what it is asked for.
    pub struct Policy(verb) {
        /// The verb whose calls are to be allowed, such as `deploy`.
        pub verb: String,
        /// The options of that verb, as it is going to be called with. Default: none, so that the policy allows any service, and has
        /// everything that the verb may need.
        pub request: Option<Map<String, Value>>,
        /// The account's twelve digits. Default: that of the first ARN or image of ECR in the request, otherwise `*`.
        pub account: Option<String>,
        /// The region. Default: that of the first ARN or image of ECR in the request, otherwise `*`.
        pub region: Option<String>,
        /// Whether CodeDeploy deploys the service. Default: true if the request has `codedeploy`; otherwise it is not known, and the
        /// policy allows both.
        pub codedeploy: Option<bool>,
        /// Whether ECS manages the service whole (Express Mode). Default: true if the request has `express`; otherwise it is not known,
        /// and the policy allows both.
        pub express: Option<bool>,
        /// The CI system whose jobs may assume the role, for its trust policy. Default: no trust policy.
        pub trust: Option<impl Into<Trust>>,
    }
}

/// The outcome of `policy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PolicyOutcome {
    /// The policy without which calls fail, as IAM takes it.
    pub required: Value,
    /// The policy of the optional actions; `statements` shows what is missing without them.
    pub optional: Value,
    /// The statements of both policies, and why they are there.
    pub statements: Vec<PolicyStatement>,
    /// The role's trust policy, if `trust` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Value>,
    /// What to know before the policies are used, such as what is `*` because it is not known.
    pub notes: Vec<String>,
}

impl Client {
    /// Returns the least IAM policy for a verb or a request, with resources and conditions: what it needs, and apart from that what it
    /// can do without. With `trust`, the trust policy for the jobs of a CI system as well. No call is made.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown verb, or options that the verb does not have.
    pub async fn policy(&self, options: Policy) -> Result<PolicyOutcome, Error> {
        self::policy(options)
    }
}

/// Makes the policy.
///
/// # Errors
/// [`Error::Invalid`] for an unknown verb, or options that the verb does not have.
pub(crate) fn policy(options: Policy) -> Result<PolicyOutcome, Error> {
    let known: Vec<&str> = permission_verbs().collect();
    let verb = options.verb.replace('-', "_");
    if !known.contains(&verb.as_str()) {
        return Err(Error::invalid(
            "verb",
            format!("{:?} is unknown{}", options.verb, names::suggestion(&verb, &known)),
        ));
    }
    let mut notes = Vec::new();
    let request = options.request.map(Value::Object);
    if let Some(request) = &request {
        check(&verb, request)?;
    }
    let is_given = request.is_some();
    let request = match request {
        Some(request) if MANY.contains(&verb.as_str()) => of_services(request)?,
        request => request.unwrap_or_default(),
    };
    let (account, region) = (options.account.as_deref(), options.region.as_deref());
    let requests: Vec<(&str, &Value)> = match (verb.as_str(), request["services"].as_array()) {
        (many, Some(services)) if MANY.contains(&many) => services.iter().map(|service| (many, service)).collect(),
        (verb, _) => vec![(verb, &request)],
    };
    let named: Vec<Named<'_>> =
        requests.iter().map(|(verb, request)| Named::of(verb, request, account, region)).collect();
    let known = Known { codedeploy: options.codedeploy, express: options.express };
    let statements = match is_given {
        true => statements(&named, |rule, request| rule.applies(request, known)),
        // Without a request, everything that the verb may need.
        false => statements(&named, |rule, _| rule.may_apply(known)),
    };
    if statements.iter().any(|statement| statement.resources.iter().any(|resource| resource.contains(":*:*:"))) {
        notes
            .push("the account or the region is not known: `account` and `region` put them in place of `*`".to_owned());
    }
    if named.iter().any(|named| named.service == UNKNOWN && named.cluster.is_some()) {
        notes.push("no service is named: the policy is for every service of the cluster".to_owned());
    }
    if statements.iter().any(|statement| {
        statement.actions.iter().any(|action| action == "iam:PassRole")
            && statement.resources.iter().any(|resource| resource.ends_with(":role/*"))
    }) {
        notes.push("the roles are not in the request: put their ARNs in place of `role/*` of iam:PassRole".to_owned());
    }
    let trust = match &options.trust {
        Some(trust) => Some(trust::policy(trust, &named[0], &mut notes)?),
        None => None,
    };
    if requests.iter().any(|(verb, request)| MANY.contains(verb) && request["role"].is_string()) {
        let text = "services have a `role`: that role needs what is for them, and the caller sts:AssumeRole for it";
        notes.push(text.to_owned());
    }
    let document = |required: bool| document(statements.iter().filter(|statement| statement.required == required));
    Ok(PolicyOutcome { required: document(true), optional: document(false), statements, trust, notes })
}

/// The verbs of many services.
const MANY: [&str; 2] = ["deploy_all", "plan_all"];

/// A request of many services with their file read, and what holds for all of them with each.
fn of_services(request: Value) -> Result<Value, Error> {
    let all = document::resolve(parse_options::<DeployAll>("request", request)?)?;
    let (bake, recover) = (all.bake.filter(|bake| *bake > 0.0), all.recover == Recover::Rollback);
    let with_common = |service: &FleetService| {
        let mut one = serde_json::to_value(service).unwrap_or_default();
        if let Some(bake) = bake {
            one["bake"] = json!(bake);
        }
        if recover {
            one["recover"] = json!("rollback");
        }
        one
    };
    Ok(json!({"services": all.services.iter().map(with_common).collect::<Vec<_>>()}))
}

/// Refuses what the verb would refuse to read.
fn check(verb: &str, request: &Value) -> Result<(), Error> {
    fn read<T: serde::de::DeserializeOwned>(request: &Value) -> Result<(), Error> {
        parse_options::<T>("request", request.clone()).map(drop)
    }
    match verb {
        "deploy" | "plan" => read::<Deployment>(request),
        "check" => read::<Check>(request),
        "deploy_all" | "plan_all" => read::<DeployAll>(request),
        "watch" => read::<Watch>(request),
        "rollback" => read::<Rollback>(request),
        "resume" => read::<Resume>(request),
        "service" => read::<Service>(request),
        "scale" => read::<Scale>(request),
        "status" => read::<Status>(request),
        "explain" => read::<Explain>(request),
        "logs" => read::<Logs>(request),
        "export" => read::<Export>(request),
        "revisions" => read::<Revisions>(request),
        "prune" => read::<Prune>(request),
        "remove" => read::<Removal>(request),
        "run" => read::<Run>(request),
        "register" => read::<Register>(request),
        "schedule" => read::<Schedule>(request),
        "login" => read::<Login>(request),
        "resolve" | "exists" => read::<Lookup>(request),
        "push" => read::<Push>(request),
        "build" => read::<Build>(request),
        "policy" => read::<Policy>(request),
        _ if request.as_object().is_some_and(Map::is_empty) => Ok(()),
        _ => Err(Error::invalid("request", format!("`{verb}` takes no options"))),
    }
}

#[cfg(test)]
mod tests;
