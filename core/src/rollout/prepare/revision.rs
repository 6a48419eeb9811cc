//! The definition to deploy: rendered, checked, and registered unless an equal revision is there.

use crate::engine::context::{Halt, persist};

use serde_json::{Value, json};

use super::{Prepared, Revision};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::error::finding::Finding;
use crate::json::text;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::Definition;
use crate::types::event::Event;

impl Workflow {
    /// Renders and checks the definition. Findings that the running revision already has are no errors.
    pub(crate) fn render(&mut self) -> Result<(), Error> {
        let changes = self.request.changes();
        let (base, known) = match (&self.request.definition, &self.prepared) {
            (Some(Definition::Document(document)), _) => (TaskDefinition::new(Value::Object(document.clone()))?, false),
            (Some(_), Prepared { given: Some(revision), .. }) | (None, Prepared { current: Some(revision), .. }) => {
                (revision.definition.clone(), true)
            }
            _ => return Err(Error::invalid("definition", "the service runs no task definition yet: give one")),
        };
        let rendered = base.render(&changes)?;
        self.check_bare_images(&rendered)?;
        let displaced = base.displaced(&changes);
        let base = known.then_some(&base);
        let (wrong, own) = self.judge(new_findings(&rendered, base));
        self.refuse_or_gather(wrong)?;
        self.compose_tasks(&rendered)?;
        let (wrong, risky) = self.judge(self.service_findings(&rendered));
        self.refuse_or_gather(wrong)?;
        let warnings: Vec<_> = displaced.into_iter().chain(own).chain(risky).collect();
        for finding in &warnings {
            self.cx.warn(&finding.rule, format!("{}: {}; {}", finding.path, finding.text, finding.advice));
        }
        self.prepared.warnings.extend(warnings);
        self.warn_of_family(rendered.family());
        self.prepared.rendered = Some(rendered.registrable());
        Ok(())
    }

    /// The newest ACTIVE revision of the family, if it is equal to the rendered definition: from a run that was interrupted, or of a
    /// service that shares the family (DescribeTaskDefinition).
    pub(crate) async fn find_registered(&mut self, target: &TaskDefinition) -> Result<bool, Halt> {
        let family = target.family().unwrap_or_default().to_owned();
        let input = json!({"taskDefinition": family, "include": ["TAGS"]});
        let latest = match self.call(Operation::DescribeTaskDefinition, &input).await? {
            // One that cannot be read as a definition is not equal to ours.
            Ok(answer) => read(&answer).ok().flatten().filter(|latest| latest.is_active),
            Err(fault) if is_missing(&fault) || fault.kind == ApiErrorKind::Denied => {
                self.prepared.latest.get_or_insert(None);
                return Ok(false);
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        let first = self.prepared.latest.as_ref().map(|known| known.as_ref().map(|known| known.arn.clone()));
        let is_new = self.is_new(latest.as_ref());
        let Some(latest) = latest.filter(|latest| is_new && latest.definition.diff(target).is_empty()) else {
            return Ok(false);
        };
        // One that was not there at the first look was made by an attempt whose answer was lost.
        let reused = first.is_none_or(|first| first.as_ref() == Some(&latest.arn));
        self.registered(latest.arn, reused);
        Ok(true)
    }

    /// Whether an equal revision would do: if a new one is requested in any case, only one that is newer than the first look.
    fn is_new(&mut self, latest: Option<&Revision>) -> bool {
        let is_forced = self.verb == Verb::Register && self.request.force;
        let Some(known) = &self.prepared.latest else {
            self.prepared.latest = Some(latest.cloned());
            return !is_forced;
        };
        let arn = |revision: Option<&Revision>| revision.map(|revision| revision.arn.clone());
        !is_forced || arn(known.as_ref()) != arn(latest)
    }

    /// Registers the definition, unless an equal revision is there. An attempt without an answer may have done so: the next one
    /// begins by looking for it.
    pub(crate) async fn register(&mut self, target: &TaskDefinition) -> Result<(), Halt> {
        loop {
            // The attempts at registering count together.
            let failed = self.cx.attempts.failed;
            if persist!(self, self.find_registered(target).await)? {
                return Ok(());
            }
            self.cx.attempts.failed = failed;
            self.refuse_to_register()?;
            if self.try_to_register(target).await? {
                return Ok(());
            }
            self.cx.before_retry().await?;
        }
    }

    /// Makes one attempt, or several while none can have been done. Returns whether it is registered.
    async fn try_to_register(&mut self, target: &TaskDefinition) -> Result<bool, Halt> {
        loop {
            let fault = match self.call(Operation::RegisterTaskDefinition, &target.to_value()).await? {
                Ok(answer) => {
                    let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
                    if !arn.is_empty() {
                        self.registered(arn, false);
                        return Ok(true);
                    }
                    ApiError::unreadable(Operation::RegisterTaskDefinition)
                }
                Err(fault) => fault,
            };
            let is_ambiguous = fault.is_ambiguous();
            match self.setback(fault).await {
                Halt::Retry if is_ambiguous => return Ok(false),
                Halt::Retry => self.cx.before_retry().await?,
                halt => return Err(halt),
            }
        }
    }

    fn registered(&mut self, arn: String, reused: bool) {
        self.emit(Event::Registered { definition: arn.clone(), reused });
        self.order.definition = Some(arn);
        self.prepared.is_made = !reused;
        self.cx.succeeded();
    }
}

/// A DescribeTaskDefinition answer as a revision; `None` if it holds none.
pub(crate) fn read(answer: &Value) -> Result<Option<Revision>, Error> {
    let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
    if arn.is_empty() {
        return Ok(None);
    }
    let is_active = !matches!(answer["taskDefinition"]["status"].as_str(), Some("INACTIVE" | "DELETE_IN_PROGRESS"));
    // Other members of the answer are not the definition's.
    let whole = json!({"taskDefinition": answer["taskDefinition"], "tags": answer["tags"]});
    Ok(Some(Revision { arn, is_active, definition: TaskDefinition::new(whole)? }))
}

/// Whether an error only leaves open what exists, and nothing else is wrong.
pub(crate) fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::DefinitionMissing { .. } | Error::Denied { .. } | Error::Invalid { .. })
}

pub(crate) fn is_missing(fault: &ApiError) -> bool {
    fault.kind == ApiErrorKind::Rejected && fault.code == "ClientException"
}

/// The findings that the definition did not have before it was rendered.
fn new_findings(rendered: &TaskDefinition, base: Option<&TaskDefinition>) -> Vec<Finding> {
    let known = base.map(TaskDefinition::validate).unwrap_or_default();
    rendered.validate().into_iter().filter(|finding| !known.contains(finding)).collect()
}

pub(crate) fn refuse(findings: Vec<Finding>) -> Result<(), Error> {
    let Some(first) = findings.first() else { return Ok(()) };
    let more = match findings.len() {
        1 => String::new(),
        many => format!(" (and {} more findings)", many - 1),
    };
    let text = format!("{}: {}; {}{more}", first.path, first.text, first.advice);
    Err(Error::Invalid { path: Some(first.path.clone()), text, findings })
}
