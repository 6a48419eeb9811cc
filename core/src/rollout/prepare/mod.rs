//! From the request to a registered definition: find the service, read what it runs, render, check, register. Nothing is written
//! before everything is checked.

pub(crate) mod assure;
pub(crate) mod elsewhere;
mod findings;
mod lookups;
mod revision;
mod settle;
mod shapes;
pub(crate) mod tags;
mod variables;

use crate::engine::context::{Halt, persist};
use std::time::Duration;

use serde_json::{Map, Value, json};

pub(crate) use revision::{read as revision_of, refuse};
pub(crate) use settle::Ready;

use super::express::Express;
use super::service::snapshot::{self, ServiceView};
use super::service::strategy::{self, Kind};
use super::workflow::{Verb, Workflow};
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::error::finding::Finding;
use crate::types::deployment::Definition;
use crate::types::event::Event;
use lookups::Lookups;
use tags::Tags;

/// The pause before a look is repeated that would be the end.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// What was found before the order.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The service as ECS describes it.
    pub(crate) service: Map<String, Value>,
    /// The revision that it runs now.
    pub(crate) current: Option<Revision>,
    /// True once that was read.
    is_current_asked: bool,
    /// The definition that was named.
    pub(crate) given: Option<Revision>,
    /// The requested definition, rendered.
    pub(crate) rendered: Option<TaskDefinition>,
    /// The comparison of tags that were given.
    pub(crate) tags: Tags,
    /// The warnings about it.
    pub(crate) warnings: Vec<Finding>,
    /// What of it has been looked up.
    pub(crate) lookups: Lookups,
    /// The family's newest ACTIVE revision before, once that has been looked for.
    pub(crate) latest: Option<Option<Revision>>,
    /// Whether a revision was made.
    pub(crate) is_made: bool,
    /// How reliable the look at the service is.
    pub(crate) trust: Trust,
    /// What is known of it if ECS manages it whole.
    pub(crate) express: Express,
}

/// How reliable the look at the service is.
#[derive(Default)]
pub(crate) struct Trust {
    /// True once a look that showed no service, or none that is ACTIVE, was repeated.
    is_doubted: bool,
    /// How many times the service was read again because the look was stale.
    pub(crate) behind: u32,
    /// True once a second source has confirmed the first look.
    pub(crate) is_assured: bool,
}

impl Prepared {
    /// The look at the service was behind: all that was made of it is made again.
    pub(crate) fn start_over(&mut self) {
        let lookups = self.lookups.anew();
        *self = Self { lookups, trust: Trust { behind: self.trust.behind + 1, ..Trust::default() }, ..Self::default() };
    }
}

/// A registered definition.
#[derive(Clone)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    pub(crate) is_active: bool,
    pub(crate) definition: TaskDefinition,
}

impl Workflow {
    /// Validates the request. AWS is called for the values of variables alone.
    pub(crate) async fn check(&mut self) -> Result<(), Halt> {
        let checked = match self.verb {
            Verb::Run | Verb::Register => self.request.check_definition(),
            _ => self.request.check(),
        };
        checked.map_err(|error| match error {
            // The option `to` of `rollback` is the definition of the deployment that rolls back.
            Error::Invalid { path: Some(path), text, findings }
                if self.verb == Verb::Rollback && path == "definition" =>
            {
                Error::Invalid { path: Some("to".to_owned()), text, findings }
            }
            error => error,
        })?;
        self.check_tasks()?;
        self.check_settings()?;
        self.check_places()?;
        self.check_codedeploy()?;
        Box::pin(self.look_up_variables()).await?;
        if let Some(Definition::Document(document)) = &self.request.definition {
            let rendered = TaskDefinition::new(Value::Object(document.clone()))?.render(&self.request.changes())?;
            let wrong = self.judge(rendered.validate()).0;
            self.refuse_or_gather(wrong)?;
        }
        // A service's ARN names its cluster.
        let segments: Vec<&str> = self.request.service.split('/').collect();
        if let (true, [_, cluster, _]) = (self.request.cluster == "default", segments.as_slice()) {
            self.request.cluster = (*cluster).to_owned();
        }
        self.warn_of_options();
        Ok(Box::pin(self.check_region()).await?)
    }

    /// Finds the service and its deployments in progress: by record, or by the deployment group of CodeDeploy.
    pub(crate) async fn locate(&mut self) -> Result<(), Halt> {
        if self.request.service.is_empty() {
            self.emit_started("", &self.request.cluster.clone(), "TASK");
            return Ok(());
        }
        persist!(self, self.find().await)?;
        if self.creates() || matches!(self.verb, Verb::Run | Verb::Register) {
            return Ok(());
        }
        let decides = self.found.kind.is_staged() || self.found.kind.needs_record();
        let needs_records = decides || matches!(self.verb, Verb::Rollback | Verb::Resume { .. });
        if self.found.kind == Kind::CodeDeploy {
            Box::pin(self.locate_codedeploy()).await?;
        } else if needs_records {
            persist!(self, self.records().await)?;
        }
        self.refuse_unreachable()?;
        Ok(self.refuse_to_take_over()?)
    }

    /// Finds the service (DescribeServices).
    async fn find(&mut self) -> Result<(), Halt> {
        // Tags are compared once, and not shown unless they are requested.
        let include: &[&str] = if self.providing.is_some() { &["TAGS"] } else { &[] };
        let answer = self.describe_service_with(include).await?;
        if self.providing.is_some() && is_to_be_created(&answer) {
            if self.is_awaited() {
                return Err(Halt::Retry);
            }
            Box::pin(self.refuse_to_create_elsewhere()).await?;
            return Ok(self.begin_creating()?);
        }
        let Some(service) = snapshot::service(&answer) else {
            if !snapshot::is_missing(&answer) {
                return Err(self.setback(ApiError::unreadable(Operation::DescribeServices)).await);
            }
            self.look_twice_before_the_end()?;
            Box::pin(self.refuse_elsewhere()).await?;
            return Err(self.service_missing().into());
        };
        self.prepared.service = service.clone();
        self.watched.shown.note_service(service, true);
        self.check_found()?;
        let service = Value::Object(self.prepared.service.clone());
        self.found.before = ServiceView::of(&service);
        if self.found.before.is_torn() && self.may_start_over() {
            return Err(self.start_over());
        }
        if self.found.before.status != "ACTIVE" {
            self.look_twice_before_the_end()?;
        }
        if let Some((id, left)) =
            self.found.expected.take().filter(|(id, left)| *left > 0 && self.found.before.deployment(id).is_none())
        {
            self.found.expected = Some((id, left - 1));
            self.cx.timing.pause = Some(Duration::from_secs(2));
            return Err(Halt::Retry);
        }
        self.watched.known_events = self.found.before.messages.iter().map(|message| message.id.clone()).collect();
        if matches!(self.verb, Verb::Run | Verb::Register) {
            self.check_active()?;
            self.emit_started(&self.found.before.name.clone(), &self.found.before.cluster.clone(), "TASK");
            return Ok(());
        }
        let strategy = self.check_service(&service)?;
        self.provide()?;
        self.emit_started(&self.found.before.name.clone(), &self.found.before.cluster.clone(), &strategy);
        self.warn_of_unknown();
        Ok(())
    }

    /// Repeats a look that would be the end: it may be of a stale replica.
    fn look_twice_before_the_end(&mut self) -> Result<(), Halt> {
        if std::mem::replace(&mut self.prepared.trust.is_doubted, true) {
            return Ok(());
        }
        self.cx.timing.pause = Some(SECOND_LOOK);
        Err(Halt::Retry)
    }

    fn emit_started(&mut self, service: &str, cluster: &str, strategy: &str) {
        // A service that is read again has not started again.
        if self.prepared.trust.behind > 0 {
            return;
        }
        let (service, cluster, strategy) = (service.to_owned(), cluster.to_owned(), strategy.to_owned());
        self.emit(Event::Started { service, cluster, strategy, from: self.found.before.definition.clone() });
    }

    /// The service's strategy, if it is one that can be deployed to.
    fn check_service(&mut self, service: &Value) -> Result<String, Error> {
        let name = self.request.service.clone();
        self.check_active()?;
        let refuse = |why: String| Error::Unsupported { text: format!("service {name:?} {why}") };
        let (kind, strategy) = strategy::kind(service, &self.request.settings).map_err(refuse)?;
        if self.found.before.deployments.is_empty() {
            return Err(refuse("shows no deployments, without which there is no verdict".to_owned()));
        }
        if service["schedulingStrategy"] == "DAEMON" && self.request.desired.is_some() {
            return Err(refuse(
                "is a DAEMON, whose number of tasks is that of its instances: leave `desired` away".to_owned(),
            ));
        }
        self.found.kind = kind;
        self.refuse_for_express()?;
        self.check_codedeployed(service)?;
        Ok(strategy)
    }

    fn check_active(&self) -> Result<(), Error> {
        if self.found.before.status == "ACTIVE" {
            return Ok(());
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        Err(Error::ServiceInactive { service, cluster, status: self.found.before.status.clone() })
    }

    /// Whether a registered definition is to be deployed as it is.
    fn is_by_name_alone(&self) -> bool {
        matches!(self.request.definition, Some(Definition::Name(_))) && self.request.changes().is_empty()
    }

    /// Reads the running revision and the definition that was named, as far as needed (DescribeTaskDefinition).
    pub(crate) async fn read_definitions(&mut self) -> Result<(), Halt> {
        let is_named = matches!(self.request.definition, Some(Definition::Name(_)));
        let is_compared = !self.is_by_name_alone() || self.verb == Verb::Rollback || self.is_express();
        if self.found.before.definition.is_some() && is_compared && !self.creates() {
            persist!(self, self.read_current().await)?;
        }
        if self.is_express() {
            Box::pin(self.read_express()).await?;
        }
        if !is_named {
            return Ok(());
        }
        persist!(self, self.read_given().await)?;
        // A finding against the service may be one that the running revision already has.
        if self.found.before.definition.is_some() && !self.prepared.is_current_asked && self.given_is_doubtful() {
            persist!(self, self.read_current().await)?;
        }
        Ok(())
    }

    async fn read_current(&mut self) -> Result<(), Halt> {
        let name = self.found.before.definition.clone().unwrap_or_default();
        self.prepared.is_current_asked = true;
        match self.describe(&name).await {
            Ok(revision) => self.prepared.current = Some(revision),
            // If a definition is given, the running one is only compared with.
            Err(Halt::Fail(error)) if self.request.definition.is_some() && revision::is_unknown(&error) => {
                self.cx.warn("current", format!("the definition that the service runs now is unknown: {error}"));
            }
            Err(halt) => return Err(halt),
        }
        Ok(())
    }

    async fn read_given(&mut self) -> Result<(), Halt> {
        let Some(Definition::Name(name)) = self.request.definition.clone() else { return Ok(()) };
        let given = self.describe(&name).await?;
        if !given.is_active {
            let text = "it is INACTIVE: name an ACTIVE revision".to_owned();
            return Err(Error::DefinitionMissing { definition: name, text }.into());
        }
        self.prepared.given = Some(given);
        Ok(())
    }

    fn given_is_doubtful(&self) -> bool {
        let given = self.prepared.given.as_ref();
        given.is_some_and(|given| !self.service_findings(&given.definition).is_empty())
    }

    pub(crate) async fn describe(&mut self, name: &str) -> Result<Revision, Halt> {
        let input = json!({"taskDefinition": name, "include": ["TAGS"]});
        let answer = match self.call(Operation::DescribeTaskDefinition, &input).await? {
            Ok(answer) => answer,
            Err(fault) if revision::is_missing(&fault) => {
                return Err(Error::DefinitionMissing { definition: name.to_owned(), text: fault.text }.into());
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        match revision::read(&answer)? {
            Some(revision) => {
                self.check_given(name, &revision.arn)?;
                Ok(revision)
            }
            None => Err(self.setback(ApiError::unreadable(Operation::DescribeTaskDefinition)).await),
        }
    }
}

/// Whether a DescribeServices answer shows no service, or one that was deleted.
fn is_to_be_created(answer: &Value) -> bool {
    match snapshot::service(answer) {
        Some(service) => service.get("status").is_some_and(|status| status == "INACTIVE"),
        None => snapshot::is_missing(answer),
    }
}
