//! Makes sure that a service exists as requested: creates it, or compares it and deploys the differences.

use crate::client::Client;
use crate::engine::context::{Context, Halt};
use crate::engine::stream::Rollout;
use crate::redact::words::Words;
use crate::rollout::watch::ecs::is_passing;
use crate::types::event::Event;
use crate::types::service::{Service, ServiceOutcome};
use futures_util::FutureExt;
use serde_json::{Map, Value, json};

use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::error::Error;
use crate::error::finding::Change;
use crate::json::pointer_step;
use crate::redact;
use crate::rollout::service::spec::ServiceSpec;
use crate::rollout::service::strategy::Kind;
use crate::rollout::service::{compare, settings};
use crate::rollout::workflow::{Verb, Workflow};

/// A service that is to exist, and what was found about it.
pub(crate) struct DesiredService {
    pub(crate) asked: ServiceSpec,
    /// Whether it is not there yet.
    pub(crate) creates: bool,
    /// True if its creation got no answer: a service that is there now is ours.
    pub(crate) is_lost: bool,
    /// True if CreateService has reported that the service exists, and how many looks may still leave it out.
    pub(crate) is_refused: bool,
    pub(crate) awaited: u32,
    pub(crate) arn: Option<String>,
    /// The changes besides the definition, as they were first found.
    pub(crate) changes: Vec<Change>,
    /// Tags to write.
    tags: Vec<Value>,
}

/// Attempts at TagResource after the deadline: the deployment is complete.
const OVERTIME: u32 = 5;

impl Client {
    /// Creates a service, or changes it to what is asked, and watches the deployment until its end is known.
    ///
    /// If the service exists, only the given members are compared, and only those that differ are sent. A member that only a
    /// new service can have (launch type, scheduling strategy, role, deployment controller) is refused by name. If the
    /// process was killed, the same call finds its own deployment again: it creates no second service and no second revision.
    ///
    /// # Errors
    /// Those of `deploy`.
    pub fn service(&self, service: Service) -> Rollout<Event, ServiceOutcome> {
        let secrets = Words::of(&service);
        let client = self.clone();
        Rollout::of_flow(secrets, move |events, cancellation| {
            async move {
                let cx = Context::new(client, events, cancellation, None);
                let (request, asked) = service.split()?;
                let mut work = Workflow::new(cx, request, Verb::Deploy);
                let is_plan = asked.plan;
                work.providing = Some(Box::new(DesiredService::new(asked)));
                let end =
                    if is_plan { Box::pin(work.plan_service()).await } else { Box::pin(work.keep_service()).await };
                work.cx.secrets.hide_in(end)
            }
            .boxed()
        })
    }
}

impl DesiredService {
    pub(crate) fn new(asked: ServiceSpec) -> Self {
        Self {
            asked,
            creates: false,
            is_lost: false,
            is_refused: false,
            awaited: 0,
            arn: None,
            changes: Vec::new(),
            tags: Vec::new(),
        }
    }
}

impl Workflow {
    /// Whether the service is to be created.
    pub(crate) fn creates(&self) -> bool {
        self.providing.as_ref().is_some_and(|providing| providing.creates)
    }

    /// Compares the service that was found: refuses changes that need another service, and drops settings that are as requested.
    pub(crate) fn provide(&mut self) -> Result<(), Error> {
        let Some(mut providing) = self.providing.take() else { return Ok(()) };
        // A look has confirmed CreateService's answer.
        (providing.is_refused, providing.awaited) = (false, 0);
        let service = &self.prepared.service;
        providing.arn = service.get("serviceArn").and_then(Value::as_str).map(str::to_owned);
        let unlike = compare::unlike(service, &providing.asked.fixed);
        if !unlike.is_empty() {
            let text = format!(
                "service {:?} cannot be changed as requested: {}. Only CreateService accepts that: delete the service and create it \
                 again, or keep it as it is",
                self.found.before.name,
                unlike.join("; ")
            );
            return Err(Error::Unsupported { text });
        }
        let tags = compare::tags(service, &providing.asked.tags);
        providing.tags = tags.iter().map(|(key, value, _)| json!({"key": key, "value": value})).collect();
        let settings = std::mem::take(&mut self.request.settings);
        self.request.settings = settings.into_iter().filter(|(member, asked)| !self.is_set(member, asked)).collect();
        providing.changes = self.settings_changes();
        let changes = tags.into_iter().map(|(key, value, before)| Change {
            path: format!("/tags/{}", pointer_step(&key)),
            before: before.map(Value::String),
            after: Some(Value::String(value)),
        });
        providing.changes.extend(changes.map(redact::change));
        self.providing = Some(providing);
        Ok(())
    }

    /// Notes that the service was created by an order whose answer was lost.
    pub(crate) fn note_created(&mut self) {
        self.order.changed |= self.providing.as_ref().is_some_and(|providing| providing.is_lost);
    }

    /// The service as it will be once the order is taken.
    pub(crate) fn service_after(&self) -> Value {
        if self.creates() {
            return self.new_service();
        }
        let mut after = Value::Object(self.prepared.service.clone());
        for (member, asked) in &self.request.settings {
            after[member] = settings::merged(&after[member], asked, settings::is_merged(member));
        }
        // A strategy takes the place of the launch type that the service had.
        let strategy = self.request.settings.get("capacityProviderStrategy").and_then(Value::as_array);
        if let (Some(_), Some(after)) = (strategy.filter(|list| !list.is_empty()), after.as_object_mut()) {
            after.shift_remove("launchType");
        }
        if let Some(desired) = self.request.desired {
            after["desiredCount"] = json!(desired);
        }
        after
    }

    /// Whether tags are still to be written.
    pub(crate) fn is_to_be_tagged(&self) -> bool {
        self.providing.as_ref().is_some_and(|providing| !providing.creates && !providing.tags.is_empty())
    }

    /// Writes the tags (TagResource). Writing them twice changes nothing: there is no look before a retry.
    pub(crate) async fn tag(&mut self) -> Result<(), Halt> {
        let input = self.tagging();
        let mut overtime = 0;
        while let Err(fault) = self.call(Operation::TagResource, &input).await? {
            overtime += u32::from(self.cx.left().is_zero());
            if overtime > OVERTIME {
                return Err(Halt::Deadline);
            }
            let setback = self.setback(fault).await;
            self.or_retry(setback).await?;
        }
        self.cx.succeeded();
        self.order.is_tagged = true;
        self.providing.iter_mut().for_each(|providing| providing.tags.clear());
        Ok(())
    }

    pub(crate) fn tagging(&self) -> Value {
        let providing = self.providing.as_ref();
        json!({"resourceArn": providing.and_then(|one| one.arn.clone()), "tags": providing.map(|one| one.tags.clone())})
    }

    /// Warns of members that are not known here: they are sent as they are.
    pub(crate) fn warn_of_unknown(&mut self) {
        let operation = if self.creates() { "CreateService" } else { "UpdateService" };
        let unknown = |member: &&String| !settings::is_known(member);
        let unknown: Vec<String> = self.request.settings.keys().filter(unknown).cloned().collect();
        for member in unknown {
            let text = format!("{operation} has no member {member:?} known to this version, and it is sent as it is");
            self.caution("setting", &format!("settings.{member}"), &text, &settings::hint(&member));
        }
    }

    /// Whether the service runs under a controller that this creates services for.
    pub(crate) fn refuse_to_create(&self, kind: Kind) -> Result<(), Error> {
        if kind != Kind::CodeDeploy {
            return Ok(());
        }
        let text = format!(
            "service {:?} is not there, and one that CODE_DEPLOY deploys is not created here: its application and deployment group \
             belong to it. Create the three of them first; then this verb keeps it as asked",
            self.request.service
        );
        Err(Error::Unsupported { text })
    }
}

/// Without members that are null: to ECS they are not there.
pub(crate) fn without_nulls(members: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> + '_ {
    members.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone()))
}

/// Whether an answer that is of use, and no more, is worth another attempt.
pub(crate) fn is_worth_another(fault: &crate::aws::fault::ApiError, attempt: usize) -> bool {
    fault.kind == ApiErrorKind::Credentials || (is_passing(fault) && attempt < 3)
}
