//! Creates a missing service, and makes sure that an order without an answer creates no second one.

use crate::engine::context::Halt;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::arn::last;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::error::finding::Change;
use crate::redact;
use crate::rollout::flows::service::without_nulls;
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::service::strategy;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// Looks that may not show a service which CreateService has reported as existing, and the pause between them. After them it may be
/// gone, and the order is repeated.
const UNSEEN: u32 = 10;
const BETWEEN: Duration = Duration::from_secs(2);

impl Workflow {
    /// Checks and reads everything before a service is created.
    pub(crate) fn begin_creating(&mut self) -> Result<(), Error> {
        if let Some(providing) = &mut self.providing {
            (providing.creates, providing.is_lost) = (true, false);
        }
        self.prepared.service = Map::new();
        if self.asked_express().is_some() {
            return self.begin_creating_express();
        }
        let service = self.new_service();
        let (kind, strategy) = strategy::kind(&service, &Map::new())
            .map_err(|why| Error::Unsupported { text: format!("service {:?} {why}", self.request.service) })?;
        self.refuse_to_create(kind)?;
        self.found.kind = kind;
        let needs_count = service["schedulingStrategy"] != "DAEMON" && service["desiredCount"].is_null();
        if needs_count {
            let text = "the service does not exist yet: give the number of tasks to create it with, here or as desiredCount of \
                        `settings`; 2 or more survive the loss of one";
            return Err(Error::invalid("desired", text));
        }
        if self.request.definition.is_none() {
            let text =
                "the service does not exist yet: give the definition to run, here or as taskDefinition of `settings`";
            return Err(Error::invalid("definition", text));
        }
        // A service that was deleted is no earlier state of this one.
        self.found.before =
            ServiceView { cluster: last(&self.request.cluster).to_owned(), ..ServiceView::of(&service) };
        let changes = all_of(&service);
        if let Some(providing) = &mut self.providing {
            providing.changes = changes;
        }
        self.emit(Event::Started {
            service: self.found.before.name.clone(),
            cluster: self.found.before.cluster.clone(),
            strategy,
            from: None,
        });
        self.warn_of_unknown();
        Ok(())
    }

    /// The input of CreateService.
    pub(crate) fn new_service(&self) -> Value {
        let Some(providing) = &self.providing else { return Value::Null };
        let asked = &providing.asked;
        let mut input = json!({
            "cluster": self.request.cluster,
            "serviceName": last(&self.request.service),
            "clientToken": asked.token,
        });
        if let Some(definition) = &self.order.definition {
            input["taskDefinition"] = json!(definition);
        }
        if let Some(desired) = self.request.desired.or(asked.desired) {
            input["desiredCount"] = json!(desired);
        }
        for (member, value) in without_nulls(&asked.fixed).chain(without_nulls(&self.request.settings)) {
            input[member] = value;
        }
        if !asked.tags.is_empty() {
            input["tags"] = asked.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        }
        input
    }

    /// Creates the service (CreateService). An order without an answer is looked for; given again, it carries the same token.
    pub(crate) async fn create(&mut self) -> Result<(), Halt> {
        loop {
            let fault = match self.call(Operation::CreateService, &self.new_service()).await? {
                Ok(answer) => return self.accepted(&answer["service"]).await,
                Err(fault) => fault,
            };
            if is_there_already(&fault) {
                return Err(self.take_theirs(fault).await);
            }
            if is_draining(&fault) {
                let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
                return Err(Error::ServiceInactive { service, cluster, status: "DRAINING".to_owned() }.into());
            }
            let is_lost = fault.is_ambiguous();
            let setback = self.setback(fault).await;
            self.order.attempts += 1;
            if !is_lost {
                self.or_retry(setback).await?;
            } else if self.find_lost_order(setback).await? {
                return Ok(());
            }
        }
    }

    /// Takes over a service that somebody else has created meanwhile: it is changed to what is requested once a look shows it. If
    /// CreateService reports it twice and no look shows it, that is the end.
    pub(crate) async fn take_theirs(&mut self, mut fault: ApiError) -> Halt {
        let Some(providing) = &mut self.providing else { return Halt::Stale };
        providing.creates = false;
        providing.awaited = UNSEEN;
        if std::mem::replace(&mut providing.is_refused, true) {
            let (name, cluster) = (last(&self.request.service), last(&self.request.cluster));
            fault.text += &format!(
                " DescribeServices shows no service {name:?} in cluster {cluster:?} all the same: is the name right, and the account?"
            );
            return self.setback(fault).await;
        }
        self.cx.warn("created", "somebody else has created the service meanwhile: it is compared with the request");
        self.order.definition = None;
        Halt::Stale
    }

    /// Whether to repeat a look that shows no service, since CreateService has reported that it exists.
    pub(crate) fn is_awaited(&mut self) -> bool {
        let Some(providing) = self.providing.as_mut().filter(|providing| providing.awaited > 0) else { return false };
        providing.awaited -= 1;
        self.cx.timing.pause = Some(BETWEEN);
        true
    }

    /// Remembers the ARN of the service that an answer shows.
    pub(crate) fn note_service(&mut self, service: &Value) {
        if let (Some(providing), Some(arn)) = (&mut self.providing, service["serviceArn"].as_str()) {
            providing.arn = Some(arn.to_owned());
        }
    }
}

/// For a missing service, every member with a value is a change.
pub(crate) fn all_of(service: &Value) -> Vec<Change> {
    let names = ["cluster", "serviceName", "clientToken"];
    let members = service.as_object().into_iter().flatten().filter(|(member, _)| !names.contains(&member.as_str()));
    let change = |(member, value): (&String, &Value)| Change {
        path: format!("/{member}"),
        before: None,
        after: Some(value.clone()),
    };
    members.map(change).map(redact::change).collect()
}

/// ECS knows the service, under another token.
pub(crate) fn is_there_already(fault: &ApiError) -> bool {
    fault.code == "InvalidParameterException" && fault.text.contains("not idempotent")
}

pub(crate) fn is_draining(fault: &ApiError) -> bool {
    fault.code == "InvalidParameterException" && fault.text.contains("still Draining")
}
