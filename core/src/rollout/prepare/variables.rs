//! Values of `variables` from elsewhere: SSM, CloudFormation, Terraform's state, ARNs of secrets. Each place is looked up once, several
//! at once, before anything is written; all that is missing is in one error.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{StreamExt, stream};
use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::aws::retry::{retry, transient};
use crate::client::Client;
use crate::definition::tfstate::{self, Missing, near};
use crate::engine::context::Halt;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::file;
use crate::json::{list, word};
use crate::options::source::{Named, Source, Variable, bucket};
use crate::rollout::workflow::Workflow;

/// Calls on their way at the same time.
const AT_ONCE: usize = 8;
/// Attempts at a call whose failure passes.
const ATTEMPTS: usize = 4;
/// Names that GetParameters takes.
const PARAMETERS: usize = 10;

type Variables = IndexMap<String, Variable>;

impl Workflow {
    /// Puts texts in the place of the variables that are looked up.
    pub(crate) async fn look_up_variables(&mut self) -> Result<(), Halt> {
        let Some(variables) =
            self.request.variables.as_ref().filter(|all| all.values().any(|one| one.text().is_none()))
        else {
            return Ok(());
        };
        let (client, variables) = (self.cx.client.clone(), variables.clone());
        let looker = Looker { client: &client, calls: AtomicU64::new(0) };
        let found = self.cx.unless_cancelled(looker.values(&variables)).await?;
        self.cx.attempts.calls += looker.calls.into_inner();
        self.request.variables = Some(found?);
        Ok(())
    }
}

/// A place that is looked at once, whatever number of variables is in it.
#[derive(Debug, Clone, PartialEq)]
enum Look {
    Parameters(Option<String>, Vec<String>),
    Stack(Option<String>, String),
    Exports(Option<String>),
    State(Option<String>, String),
    Secret(Option<String>, String),
}

/// What a look came to: a document, or why there is none for the variables that are in it.
enum Seen {
    Document(Value),
    Nothing(Missing),
}

/// The looks for variables, each once.
fn plan(variables: &Variables) -> Result<Vec<Look>, Error> {
    let mut looks: Vec<Look> = Vec::new();
    let mut parameters: Vec<(Option<String>, Vec<String>)> = Vec::new();
    for (name, source) in sources(variables) {
        let named = source.named(&place(name))?;
        if let Named::Parameter(name) = named {
            match parameters.iter_mut().find(|(region, _)| *region == source.region) {
                Some((_, names)) if names.iter().any(|known| known == name) => {}
                Some((_, names)) => names.push(name.to_owned()),
                None => parameters.push((source.region.clone(), vec![name.to_owned()])),
            }
            continue;
        }
        let look = look_of(named, source);
        if !looks.contains(&look) {
            looks.push(look);
        }
    }
    let batches = parameters.into_iter().flat_map(|(region, names)| {
        names.chunks(PARAMETERS).map(|names| Look::Parameters(region.clone(), names.to_vec())).collect::<Vec<_>>()
    });
    Ok(batches.chain(looks).collect())
}

fn look_of(named: Named<'_>, source: &Source) -> Look {
    let region = source.region.clone();
    match named {
        Named::Parameter(name) => Look::Parameters(region, vec![name.to_owned()]),
        Named::Output { stack, .. } => Look::Stack(region, stack.to_owned()),
        Named::Export(_) => Look::Exports(region),
        Named::State { state, .. } => Look::State(region, state.to_owned()),
        Named::Secret(name) => Look::Secret(region, name.to_owned()),
    }
}

/// The variables that are looked up.
fn sources(variables: &Variables) -> impl Iterator<Item = (&str, &Source)> {
    variables.iter().filter_map(|(name, variable)| match variable {
        Variable::Lookup(source) => Some((name.as_str(), source)),
        Variable::Text(_) => None,
    })
}

fn place(name: &str) -> String {
    format!("variables.{name}")
}

/// Makes the calls, and counts them.
struct Looker<'a> {
    client: &'a Client,
    calls: AtomicU64,
}

impl Looker<'_> {
    /// All variables as texts. The error names every one that has no value.
    async fn values(&self, variables: &Variables) -> Result<Variables, Error> {
        let looks = plan(variables)?;
        let looks = looks.into_iter().map(|look| async move { (self.see(&look).await, look) });
        let mut seen = Vec::new();
        for (one, look) in stream::iter(looks).buffered(AT_ONCE).collect::<Vec<_>>().await {
            seen.push((look, one?));
        }
        let (mut found, mut findings) = (variables.clone(), Vec::new());
        for (name, source) in sources(variables) {
            match value(source.named(&place(name))?, source, &seen) {
                Ok(text) => drop(found.insert(name.to_owned(), Variable::Text(text))),
                Err(Missing { text, advice }) => findings.push(Finding {
                    level: Level::Error,
                    rule: "variable_source".to_owned(),
                    path: format!("/variables/{name}"),
                    text,
                    advice,
                }),
            }
        }
        if findings.is_empty() { Ok(found) } else { Err(missing(findings)) }
    }

    async fn see(&self, look: &Look) -> Result<Seen, Error> {
        let ask = |region: &Option<String>, operation, input| self.ask(region.clone(), operation, input);
        match look {
            Look::Parameters(region, names) => {
                ask(region, Operation::GetParameters, json!({"Names": names, "WithDecryption": false})).await
            }
            Look::Stack(region, stack) => ask(region, Operation::DescribeStacks, json!({"StackName": stack})).await,
            Look::Exports(region) => self.exports(region).await,
            Look::Secret(region, name) => ask(region, Operation::DescribeSecret, json!({"SecretId": name})).await,
            Look::State(region, state) => match bucket(state) {
                Some((bucket, key)) => ask(region, Operation::GetObject, json!({"Bucket": bucket, "Key": key})).await,
                None => Ok(read(state)),
            },
        }
    }

    /// All exports, page by page.
    async fn exports(&self, region: &Option<String>) -> Result<Seen, Error> {
        let (mut all, mut input) = (Vec::new(), json!({}));
        loop {
            let answer = match self.ask(region.clone(), Operation::ListExports, input.clone()).await? {
                Seen::Document(answer) => answer,
                nothing => return Ok(nothing),
            };
            all.extend(list(&answer, "Exports").iter().cloned());
            match word(&answer, "NextToken").filter(|token| !token.is_empty() && input["NextToken"] != **token) {
                Some(token) => input["NextToken"] = json!(token),
                None => return Ok(Seen::Document(json!({"Exports": all}))),
            }
        }
    }

    /// A refusal that says that there is no such thing is no error yet: others may be missing as well.
    async fn ask(&self, region: Option<String>, operation: Operation, input: Value) -> Result<Seen, Error> {
        let aws = self.client.aws().await?;
        let region = region.as_deref().unwrap_or_else(|| aws.region());
        let clock = self.client.clock();
        let call = || async {
            let wait = self.client.rate_limiter().acquire(clock.now());
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
            self.calls.fetch_add(1, Ordering::Relaxed);
            let answer = aws.call_in(region, operation, &input).await;
            match &answer {
                Ok(_) => self.client.rate_limiter().speed_up(),
                Err(fault) if fault.kind == ApiErrorKind::Throttled => self.client.rate_limiter().slow_down(),
                Err(_) => {}
            }
            answer
        };
        match retry(clock.as_ref(), None, transient(ATTEMPTS), call).await {
            Ok(answer) => Ok(Seen::Document(answer)),
            Err(fault) => match absent(operation, &fault.code, &fault.text) {
                Some(missing) => Ok(Seen::Nothing(missing)),
                None => Err(fault.into_error(aws.endpoint())),
            },
        }
    }
}

/// What a refusal says of a thing that is not there, or not as it should be; `None` for any other failure.
fn absent(operation: Operation, code: &str, text: &str) -> Option<Missing> {
    let advice = match (operation, code) {
        (Operation::DescribeStacks, "ValidationError") => "check the stack's name, and `region`",
        (Operation::DescribeSecret, "ResourceNotFoundException") => "check the secret's name, and `region`",
        (Operation::DescribeSecret | Operation::GetParameters, "ValidationException" | "InvalidParameterException") => {
            "check the name"
        }
        (Operation::GetObject, "NoSuchBucket" | "NoSuchKey" | "InvalidBucketName") => {
            "check bucket and key of `tfstate`"
        }
        (Operation::GetObject, "PermanentRedirect" | "AuthorizationHeaderMalformed" | "TemporaryRedirect") => {
            "the bucket is in another region: give that as `region`"
        }
        (Operation::GetObject, "unreadable") => "it is no JSON: give a state of Terraform, whose format version is 4",
        _ => return None,
    };
    Some(Missing { text: format!("{}: {code}: {text}", operation.name()), advice: advice.to_owned() })
}

/// A state in a file.
fn read(path: &str) -> Seen {
    let nothing = |text: String| {
        let advice = "`tfstate` is the path of a state, or s3://bucket/key".to_owned();
        Seen::Nothing(Missing { text, advice })
    };
    match file::read(Path::new(path)) {
        Err(error) => nothing(format!("the file {path:?} cannot be read: {error}")),
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(state) => Seen::Document(state),
            Err(error) => nothing(format!("the file {path:?} is no JSON: line {}", error.line())),
        },
    }
}

/// The value of a variable, in what was seen.
fn value(named: Named<'_>, source: &Source, seen: &[(Look, Seen)]) -> Result<String, Missing> {
    let is_it = |look: &Look| match (named, look) {
        (Named::Parameter(name), Look::Parameters(region, names)) => {
            *region == source.region && names.iter().any(|known| known == name)
        }
        _ => *look == look_of(named, source),
    };
    let document = match seen.iter().find(|(look, _)| is_it(look)) {
        Some((_, Seen::Document(document))) => document,
        Some((_, Seen::Nothing(missing))) => return Err(missing.clone()),
        None => return Err(Missing { text: "it was not looked up".to_owned(), advice: "report it".to_owned() }),
    };
    match named {
        Named::Parameter(name) => parameter(document, name),
        Named::Output { stack, output } => {
            let stacks = list(document, "Stacks").first().cloned().unwrap_or_default();
            let text = format!("the stack {stack} has no output {output:?}");
            member(&stacks["Outputs"], ("OutputKey", "OutputValue"), output, text)
        }
        Named::Export(name) => {
            let text = format!("no stack exports {name:?} here");
            member(&document["Exports"], ("Name", "Value"), name, text)
        }
        Named::State { address, .. } => tfstate::value(document, address),
        Named::Secret(name) => word(document, "ARN").map(str::to_owned).ok_or_else(|| Missing {
            text: format!("the secret {name:?} has no ARN in the answer"),
            advice: "check what answers in AWS's place".to_owned(),
        }),
    }
}

/// A parameter of GetParameters, which names it without a version, and by its name where it was asked for by its ARN.
fn parameter(document: &Value, asked: &str) -> Result<String, Missing> {
    let is_it = |one: &&Value| {
        let part = |name: &str| one[name].as_str().unwrap_or_default();
        [part("Name"), part("ARN")].iter().any(|name| *name == asked || format!("{name}{}", part("Selector")) == asked)
    };
    let Some(found) = list(document, "Parameters").iter().find(is_it) else {
        return Err(Missing {
            text: format!("SSM has no parameter {asked:?} here"),
            advice: "check its name, its version or label, and `region`".to_owned(),
        });
    };
    match (found["Type"].as_str(), found["Value"].as_str()) {
        (Some("SecureString"), _) => Err(Missing {
            text: format!("the parameter {asked:?} is a SecureString"),
            advice: format!(
                "a secret's value is never put into a definition: give its ARN{} in `secrets` of the container",
                found["ARN"].as_str().map(|arn| format!(" {arn}")).unwrap_or_default()
            ),
        }),
        (_, Some(value)) => Ok(value.to_owned()),
        _ => Err(Missing {
            text: format!("the parameter {asked:?} has no value in the answer"),
            advice: "check what answers in AWS's place".to_owned(),
        }),
    }
}

/// The value of an entry of a list by its name. A list without entries is an empty text in XML.
fn member(entries: &Value, (key, content): (&str, &str), name: &str, text: String) -> Result<String, Missing> {
    let entries = entries.as_array().map_or(&[][..], Vec::as_slice);
    let found = entries.iter().find(|entry| entry[key] == name).and_then(|entry| entry[content].as_str());
    let known = || entries.iter().filter_map(|entry| entry[key].as_str()).collect::<Vec<_>>();
    found.map(str::to_owned).ok_or_else(|| Missing { text, advice: near(name, &known()) })
}

/// One error that names all of them.
fn missing(findings: Vec<Finding>) -> Error {
    let all: Vec<String> = findings.iter().map(|one| format!("{}: {}; {}", one.path, one.text, one.advice)).collect();
    Error::Invalid { path: findings.first().map(|one| one.path.clone()), text: all.join(" | "), findings }
}

#[cfg(test)]
mod tests;
