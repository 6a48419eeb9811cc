//! Looks references up: as few calls as the APIs allow, several at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::{Value, json};

use super::judge::{Looks, Seen};
use super::{Reference, Target};
use crate::arn;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::aws::retry::{retry, transient};
use crate::client::Client;
use crate::error::finding::Finding;
use crate::json::{list, word};

/// Calls on their way at the same time.
const AT_ONCE: usize = 8;
/// Attempts at a call whose failure passes.
const ATTEMPTS: usize = 3;
/// Names that SSM takes in one filter.
const PARAMETERS: usize = 50;
/// Pages of a list of parameters: SSM may answer with empty ones.
const PAGES: usize = 10;
/// Target groups that Elastic Load Balancing takes in one call.
const GROUPS: usize = 20;

/// What came of looking.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// What is missing or does not fit, and what was not looked at; in the order of the references.
    pub(crate) findings: Vec<Finding>,
    /// How many calls were made, with failed ones.
    pub(crate) calls: u64,
}

/// What one or several references are looked up by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Look {
    /// Whose calls these are.
    Caller,
    Role(String),
    Secret(Option<String>, String),
    Parameters(Option<String>, Vec<String>),
    LogGroup(Option<String>, String),
    File(String, String),
    TargetGroups(String, Vec<String>),
    Cluster(String),
    FileSystem(String),
    AccessPoint(String),
}

/// Looks all references up. `limit`: how long a look may take, on the wall's clock, as sockets go by it.
pub(crate) async fn check(client: &Client, references: &[Reference], limit: Duration) -> Checked {
    let caller = Caller { client, calls: AtomicU64::new(0) };
    let looks = plan(references).into_iter().map(|look| async {
        let seen = tokio::time::timeout(limit, Box::pin(caller.see(&look))).await;
        let late = || Seen::Unseen(format!("no answer within {} s", limit.as_secs_f64()), None);
        (look, seen.unwrap_or_else(|_| late()))
    });
    let seen = Looks(stream::iter(looks).buffered(AT_ONCE).collect().await);
    let findings = references.iter().filter_map(|reference| seen.judge(reference)).collect();
    Checked { findings, calls: caller.calls.into_inner() }
}

/// The looks for the references, each once.
pub(crate) fn plan(references: &[Reference]) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    let (mut parameters, mut groups) = (Batches::default(), Batches::default());
    for reference in references {
        let one = match &reference.target {
            Target::Role { role, .. } => {
                // Whether a role of an account can be found depends on who asks.
                if arn::account(role).is_some() && !looks.contains(&Look::Caller) {
                    looks.push(Look::Caller);
                }
                Look::Role(arn::last(role).to_owned())
            }
            Target::Secret { id, region, .. } => Look::Secret(region.clone(), id.clone()),
            Target::Parameter { names, region, account, .. } => {
                if account.is_some() && !looks.contains(&Look::Caller) {
                    looks.push(Look::Caller);
                }
                let can_be = names.iter().filter(|name| is_parameter(name));
                can_be.for_each(|name| parameters.add(region.clone(), name));
                continue;
            }
            Target::LogGroup { name, region, .. } => Look::LogGroup(region.clone(), name.clone()),
            Target::File { bucket, key } => Look::File(bucket.clone(), key.clone()),
            Target::Group { arn, .. } => {
                groups.add(arn::parse(arn).map(|arn| arn.region.to_owned()), arn);
                continue;
            }
            Target::Cluster { cluster } | Target::CapacityProvider { cluster, .. } => Look::Cluster(cluster.clone()),
            Target::FileSystem { id } => Look::FileSystem(id.clone()),
            Target::AccessPoint { id, .. } => Look::AccessPoint(id.clone()),
        };
        if !looks.contains(&one) {
            looks.push(one);
        }
    }
    looks.extend(parameters.cut(PARAMETERS).map(|(region, names)| Look::Parameters(region, names)));
    looks.extend(groups.cut(GROUPS).map(|(region, arns)| Look::TargetGroups(region.unwrap_or_default(), arns)));
    looks
}

/// Names by region, each once.
#[derive(Default)]
struct Batches(Vec<(Option<String>, Vec<String>)>);

impl Batches {
    fn add(&mut self, region: Option<String>, name: &str) {
        let at = self.0.iter().position(|(known, _)| *known == region).unwrap_or_else(|| {
            self.0.push((region, Vec::new()));
            self.0.len() - 1
        });
        if !self.0[at].1.iter().any(|known| known == name) {
            self.0[at].1.push(name.to_owned());
        }
    }

    /// In batches of at most so many.
    fn cut(self, most: usize) -> impl Iterator<Item = (Option<String>, Vec<String>)> {
        self.0.into_iter().flat_map(move |(region, names)| {
            names.chunks(most).map(|names| (region.clone(), names.to_vec())).collect::<Vec<_>>()
        })
    }
}

/// Makes the calls, and counts them.
struct Caller<'a> {
    client: &'a Client,
    calls: AtomicU64,
}

impl Caller<'_> {
    async fn see(&self, look: &Look) -> Seen {
        match look {
            Look::Caller => match self.client.whoami().await {
                // What is not known is not compared.
                Err(error) => Seen::Unseen(error.to_string(), None),
                Ok(identity) => Seen::Answer(json!({"Account": identity.account})),
            },
            Look::Role(name) => self.ask(None, Operation::GetRole, json!({"RoleName": name})).await,
            Look::Secret(region, id) => {
                self.ask(region.as_deref(), Operation::DescribeSecret, json!({"SecretId": id})).await
            }
            Look::Parameters(region, names) => self.parameters(region.as_deref(), names).await,
            Look::LogGroup(region, name) => {
                let input = json!({"logGroupNamePrefix": name});
                self.ask(region.as_deref(), Operation::DescribeLogGroups, input).await
            }
            Look::File(bucket, key) => self.file(bucket, key).await,
            Look::TargetGroups(region, arns) => self.target_groups(region, arns).await,
            Look::Cluster(cluster) => self.ask(None, Operation::DescribeClusters, json!({"clusters": [cluster]})).await,
            Look::FileSystem(id) => self.ask(None, Operation::DescribeFileSystems, json!({"FileSystemId": id})).await,
            Look::AccessPoint(id) => {
                self.ask(None, Operation::DescribeAccessPoints, json!({"AccessPointId": id})).await
            }
        }
    }

    /// What is known of parameters without their values. A page may be empty although others follow.
    async fn parameters(&self, region: Option<&str>, names: &[String]) -> Seen {
        let filter = json!([{"Key": "Name", "Option": "Equals", "Values": names}]);
        let mut input = json!({"ParameterFilters": filter, "MaxResults": 50});
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = match self.ask(region, Operation::DescribeParameters, input.clone()).await {
                Seen::Answer(answer) => answer,
                unseen => return unseen,
            };
            all.extend(list(&answer, "Parameters").iter().cloned());
            match word(&answer, "NextToken") {
                Some(token) if !token.is_empty() => input["NextToken"] = json!(token),
                _ => return Seen::Answer(json!({"Parameters": all})),
            }
        }
        Seen::Unseen("the list did not end".to_owned(), Some(Operation::DescribeParameters))
    }

    /// An object of a bucket, which may be in another region: S3 names it.
    async fn file(&self, bucket: &str, key: &str) -> Seen {
        let input = json!({"Bucket": bucket, "Key": key});
        match self.ask(None, Operation::HeadObject, input.clone()).await {
            Seen::Failed(fault) if fault.code == "PermanentRedirect" => {
                self.ask(Some(&fault.text), Operation::HeadObject, input).await
            }
            seen => seen,
        }
    }

    /// Several target groups at once. If one is missing, AWS does not say which: each is asked for alone.
    async fn target_groups(&self, region: &str, arns: &[String]) -> Seen {
        let ask = |arns: Vec<String>| {
            self.ask(Some(region), Operation::DescribeTargetGroups, json!({"TargetGroupArns": arns}))
        };
        match ask(arns.to_vec()).await {
            Seen::Failed(fault) if fault.code == "TargetGroupNotFound" && arns.len() > 1 => {
                let mut groups = Vec::new();
                for arn in arns {
                    match ask(vec![arn.clone()]).await {
                        Seen::Answer(answer) => groups.extend(list(&answer, "TargetGroups").iter().cloned()),
                        Seen::Failed(fault) if fault.code == "TargetGroupNotFound" => {}
                        unseen => return unseen,
                    }
                }
                Seen::Answer(json!({"TargetGroups": groups}))
            }
            seen => seen,
        }
    }

    async fn ask(&self, region: Option<&str>, operation: Operation, input: Value) -> Seen {
        let aws = match self.client.aws().await {
            Ok(aws) => aws,
            Err(error) => return Seen::Unseen(error.to_string(), Some(operation)),
        };
        let clock = self.client.clock();
        let call = || async {
            let wait = self.client.rate_limiter().acquire(clock.now());
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
            self.calls.fetch_add(1, Ordering::Relaxed);
            let answer = match region {
                Some(region) => aws.call_in(region, operation, &input).await,
                None => aws.call(operation, &input).await,
            };
            self.note(&answer);
            answer
        };
        match retry(clock.as_ref(), None, transient(ATTEMPTS), call).await {
            Ok(answer) => Seen::Answer(answer),
            Err(fault) => Seen::Failed(fault),
        }
    }

    fn note(&self, answer: &Result<Value, ApiError>) {
        match answer {
            Ok(_) => self.client.rate_limiter().speed_up(),
            Err(fault) if fault.kind == ApiErrorKind::Throttled => self.client.rate_limiter().slow_down(),
            Err(_) => {}
        }
    }
}

/// Whether a parameter can have this name. One other name in a filter would fail the look at all.
pub(super) fn is_parameter(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
}

#[cfg(test)]
mod tests;
