//! Calls of a verb that looks or tidies: each is repeated while its failure is transient, and a refusal is an error or a warning.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::arn::{cluster_of_service, last};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::aws::retry::{RetryPolicy, retry_after};
use crate::client::Client;
use crate::engine::cancel::Cancellation;
use crate::engine::context::{Context, Events, Halt};
use crate::error::Error;
use crate::error::failure::Failure;
use crate::json::{list, text};
use crate::options::arn::{self, Place};
use crate::rollout::prepare::elsewhere::{caller, place_in};
use crate::texts::Texts;

/// How long a verb that only looks may take, in seconds of the client's clock.
const LOOKING: f64 = 600.0;
/// How long an answer from another region may take, on the wall.
const ANSWER: Duration = Duration::from_secs(8);
/// Pages of one list that are read at most.
const PAGES: usize = 1000;
/// Tasks that one call describes, and services.
const TASKS: usize = 100;
const SERVICES: usize = 10;

/// The calls of one verb.
pub(crate) struct Session {
    pub(crate) cx: Context,
}

/// A service as a request names it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) service: String,
    pub(crate) cluster: String,
}

impl Named {
    /// A service with its cluster: an ARN names its own. Refuses what cannot be one.
    pub(crate) fn new(service: &str, cluster: &str) -> Result<Self, Error> {
        for (option, value) in [("service", service), ("cluster", cluster)] {
            if value.trim().is_empty() {
                return Err(Error::invalid(option, "empty: give a name or an ARN"));
            }
        }
        let named = Self { service: service.to_owned(), cluster: cluster.to_owned() };
        named.places().iter().try_for_each(arn::check_kind)?;
        arn::check_cluster(service, cluster)?;
        arn::check_together(&named.places())?;
        let own = cluster_of_service(service).filter(|_| cluster == "default");
        Ok(Self { cluster: own.unwrap_or(cluster).to_owned(), ..named })
    }

    fn places(&self) -> [Place<'_>; 2] {
        let places = [("service", &self.service), ("cluster", &self.cluster)];
        places.map(|(option, text)| Place { option, kind: option, text })
    }
}

impl Session {
    /// Calls that last as long as the verb's own time, in seconds.
    pub(crate) fn new(mut cx: Context, seconds: f64) -> Self {
        let deadline = cx.started() + Duration::try_from_secs_f64(seconds.min(1e9)).unwrap_or_default();
        cx.ends_at(deadline);
        Self { cx }
    }

    /// Calls of a verb that gives a value alone.
    pub(crate) fn of_value(client: Client) -> Self {
        Self::new(Context::new(client, Events::kept(), Arc::<Cancellation>::default(), None), LOOKING)
    }

    /// The same with another limit of time, in seconds.
    pub(crate) fn lasting(self, seconds: f64) -> Self {
        Self::new(self.cx, seconds)
    }

    /// Makes a call, and repeats it while its failure is transient. Every write that goes this way may be made twice.
    pub(crate) async fn call(&mut self, operation: Operation, input: &Value) -> Result<Result<Value, ApiError>, Halt> {
        self.call_in(None, operation, input).await
    }

    /// The same in another region than the client's.
    pub(crate) async fn call_in(
        &mut self,
        region: Option<&str>,
        operation: Operation,
        input: &Value,
    ) -> Result<Result<Value, ApiError>, Halt> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let answer = match region {
                Some(region) => self.attempt_in(region, operation, input).await?,
                None if operation.is_write() => self.cx.write(operation, input).await?,
                None => self.cx.read(operation, input).await?,
            };
            let fault = match answer {
                Ok(answer) => {
                    self.cx.succeeded();
                    if operation == Operation::DescribeTaskDefinition {
                        self.cx.secrets.learn_registered(&answer["taskDefinition"]);
                    }
                    return Ok(Ok(answer));
                }
                Err(fault) => fault,
            };
            let Some(delay) = retry_after(&fault, RetryPolicy::FailFast, attempt, false) else {
                return Ok(Err(fault));
            };
            let _ = self.cx.retry(fault.clone(), delay);
            match self.cx.before_retry().await {
                Err(Halt::Deadline) => return Ok(Err(fault)),
                other => other?,
            }
        }
    }

    /// One attempt at a call that only reads, in another region.
    async fn attempt_in(
        &mut self,
        region: &str,
        operation: Operation,
        input: &Value,
    ) -> Result<Result<Value, ApiError>, Halt> {
        self.cx.wait_for_rate_limit().await;
        self.cx.attempts.calls += 1;
        let client = self.cx.client.clone();
        let aws = client.aws().await?;
        let call = tokio::time::timeout(ANSWER, aws.call_in(region, operation, input));
        let answer = self.cx.unless_cancelled(call).await?;
        Ok(answer.unwrap_or_else(|_| Err(ApiError::late(operation))))
    }

    /// Makes a call whose refusal is the end.
    pub(crate) async fn need(&mut self, operation: Operation, input: &Value) -> Result<Value, Halt> {
        match self.call(operation, input).await? {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(self.error(fault).await.into()),
        }
    }

    /// The error of a call that failed.
    pub(crate) async fn error(&self, fault: ApiError) -> Error {
        let aws = match self.cx.client.aws().await {
            Ok(aws) => aws,
            Err(error) => return error,
        };
        match fault.kind {
            ApiErrorKind::NotOffered => Error::Unsupported {
                text: format!("{} is not offered at {}: {}", fault.operation.name(), aws.endpoint(), fault.text),
            },
            _ => fault.into_error(aws.endpoint()),
        }
    }

    /// The entries of a list, to its last page. `token` is the name of the member that names the next page.
    pub(crate) async fn pages(
        &mut self,
        operation: Operation,
        mut input: Value,
        (member, token): (&str, &str),
    ) -> Result<Result<Vec<Value>, ApiError>, Halt> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = match self.call(operation, &input).await? {
                Ok(answer) => answer,
                Err(fault) => return Ok(Err(fault)),
            };
            all.extend(list(&answer, member).iter().cloned());
            match answer[token].as_str().filter(|next| !next.is_empty() && input[token] != **next) {
                Some(next) => input[token] = json!(next),
                None => break,
            }
        }
        Ok(Ok(all))
    }

    /// The service as it is described. One that is DRAINING, or INACTIVE and still shown, is one, too.
    pub(crate) async fn service(&mut self, named: &Named, include: &[&str]) -> Result<Value, Halt> {
        match self.find_service(named, include).await? {
            Some(service) => Ok(service),
            None => {
                self.refuse_elsewhere(named).await?;
                let (service, cluster) = (named.service.clone(), named.cluster.clone());
                Err(Error::ServiceMissing { service, cluster, called: self.cx.client.called() }.into())
            }
        }
    }

    /// The same; `None` if it is not there.
    pub(crate) async fn find_service(&mut self, named: &Named, include: &[&str]) -> Result<Option<Value>, Halt> {
        let mut input = json!({"cluster": named.cluster, "services": [named.service]});
        if !include.is_empty() {
            input["include"] = json!(include);
        }
        let answer = match self.call(Operation::DescribeServices, &input).await? {
            Ok(answer) => answer,
            Err(fault) if fault.code == "ClusterNotFoundException" => {
                self.refuse_elsewhere(named).await?;
                let (cluster, called) = (named.cluster.clone(), self.cx.client.called());
                return Err(Error::ClusterMissing { cluster, called }.into());
            }
            Err(fault) => return Err(self.error(fault).await.into()),
        };
        Ok(list(&answer, "services").first().cloned())
    }

    /// Refuses ARNs of another region or account than the client's, once ECS has not found what they name.
    pub(crate) async fn refuse_elsewhere(&mut self, named: &Named) -> Result<(), Halt> {
        let places = named.places();
        if places.iter().all(|place| arn::parse(place.text).is_none()) {
            return Ok(());
        }
        let input = json!({"cluster": last(&named.cluster), "services": [last(&named.service)]});
        let shown = self.call(Operation::DescribeServices, &input).await?.ok().and_then(|answer| place_in(&answer));
        let called = match shown {
            Some(arn) => Some(arn),
            None => caller(&self.cx.client).await,
        };
        Ok(called.map_or(Ok(()), |called| arn::check_called(&places, &called))?)
    }

    /// Tasks, as they are described (ListTasks, DescribeTasks). `filter`: members of ListTasks.
    pub(crate) async fn tasks(
        &mut self,
        cluster: &str,
        filter: &Map<String, Value>,
    ) -> Result<Result<Vec<Value>, ApiError>, Halt> {
        let mut input = Value::Object(filter.clone());
        input["cluster"] = json!(cluster);
        let arns = match self.pages(Operation::ListTasks, input, ("taskArns", "nextToken")).await? {
            Ok(arns) => arns,
            Err(fault) => return Ok(Err(fault)),
        };
        let mut tasks = Vec::new();
        for some in arns.chunks(TASKS) {
            let input = json!({"cluster": cluster, "tasks": some});
            match self.call(Operation::DescribeTasks, &input).await? {
                Ok(answer) => tasks.extend(list(&answer, "tasks").iter().cloned()),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(tasks))
    }

    /// All services of a cluster, as they are described (ListServices, DescribeServices).
    pub(crate) async fn services_of(&mut self, cluster: &str) -> Result<Vec<Value>, Halt> {
        let input = json!({"cluster": cluster, "maxResults": 100});
        let arns = match self.pages(Operation::ListServices, input, ("serviceArns", "nextToken")).await? {
            Ok(arns) => arns,
            Err(fault) => return Err(self.error(fault).await.into()),
        };
        let mut services = Vec::new();
        for some in arns.chunks(SERVICES) {
            let input = json!({"cluster": cluster, "services": some});
            let answer = self.need(Operation::DescribeServices, &input).await?;
            services.extend(list(&answer, "services").iter().cloned());
        }
        Ok(services)
    }

    /// A task definition, as it is registered (DescribeTaskDefinition).
    pub(crate) async fn definition(&mut self, name: &str) -> Result<Result<Value, ApiError>, Halt> {
        let answer = self.call(Operation::DescribeTaskDefinition, &json!({"taskDefinition": name})).await?;
        Ok(answer.map(|mut answer| answer["taskDefinition"].take()))
    }

    /// Warns that something is not known, because a call was refused.
    pub(crate) fn unknown(&mut self, code: &str, what: &str, fault: &ApiError) {
        let (operation, error, text) = (fault.operation.name(), &fault.code, &fault.text);
        self.cx.warn(code, format!("{what}: {operation} was refused: {error}: {text}"));
    }

    /// The end of a verb that gives a value alone, without the secrets that were met.
    pub(crate) fn end<T: Texts>(&self, end: Result<T, Halt>) -> Result<T, Error> {
        self.cx.secrets.hide_in(end.map_err(|halt| self.halted(halt, &Failure::default())))
    }

    /// The error of a flow that goes no further. `failure`: what was under way.
    pub(crate) fn halted(&self, halt: Halt, failure: &Failure) -> Error {
        match halt {
            Halt::Fail(error) | Halt::End(error) => *error,
            Halt::Cancelled | Halt::LeftOut => Error::Cancelled(Box::new(failure.clone())),
            Halt::Deadline | Halt::Retry | Halt::Stale => {
                let reason = self.cx.attempts.last_fault.clone().or_else(|| failure.reason.clone());
                let failure = Box::new(Failure { reason, ..failure.clone() });
                Error::TimedOut { seconds: self.cx.seconds().round(), failure }
            }
        }
    }
}

/// Name and cluster of a service as it is described.
pub(crate) fn place(service: &Value) -> (String, String) {
    (text(service, "serviceName"), last(&text(service, "clusterArn")).to_owned())
}

/// Members of ListTasks.
pub(crate) fn filter(members: Value) -> Map<String, Value> {
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
