//! From the request to a registered definition: find, render, check, register. Nothing is written before all is checked, and
//! a revision that may have been made without an answer is looked for before another is.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::machine::{Goal, Halt, Machine, State, Step};
use super::service::settings;
use super::service::snapshot::{self, DeploymentView, ServiceView};
use super::service::strategy::{self, Kind};
use super::tasks::queue::Act;
use super::verdict::judge::{InPlaceChange, Tracked};
use super::verdict::tracker::Tracker;
use super::watch::service_deployments::ActiveServiceDeployment;
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::definition::changes::Changes;
use crate::ecr;
use crate::ecr::verify::Checks;
use crate::error::Error;
use crate::error::finding::Finding;
use crate::json::text;
use crate::types::deployment::Definition;
use crate::types::event::Event;

/// The pause before a look that would be the end is made once more.
const SECOND_LOOK: Duration = Duration::from_secs(1);
/// How long the images may be looked at.
const IMAGES: Duration = Duration::from_secs(6);
/// How often the service is found anew before a deployment in stages that it shows on its way counts as such.
const BUSY: u32 = 2;

/// What has been found out on the way to the order.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The service as ECS describes it.
    pub(crate) service: Map<String, Value>,
    /// What it runs now.
    pub(crate) current: Option<Revision>,
    /// Whether that has been asked for.
    is_current_asked: bool,
    /// The definition that was named.
    pub(crate) given: Option<Revision>,
    /// The definition that is asked for.
    pub(crate) rendered: Option<TaskDefinition>,
    /// What is risky about it.
    pub(crate) warnings: Vec<Finding>,
    /// Whether its images have been looked at.
    has_images: bool,
    /// The family's newest ACTIVE revision before, once that has been looked for.
    pub(crate) latest: Option<Option<Revision>>,
    /// Whether a revision was made.
    pub(crate) is_made: bool,
    /// Whether a look that showed no service, or none that is ACTIVE, was doubted.
    is_doubted: bool,
    /// How often the service was found anew, because the look at it was behind.
    pub(crate) behind: u32,
    /// A second source has confirmed what the first look showed.
    pub(crate) is_assured: bool,
}

impl Prepared {
    /// The look at the service was behind: all that was made of it is made again.
    pub(crate) fn find_anew(&mut self) {
        *self = Self { behind: self.behind + 1, ..Self::default() };
    }
}

/// A registered definition.
#[derive(Clone)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    pub(crate) is_active: bool,
    pub(crate) definition: TaskDefinition,
}

impl Machine {
    /// What can be told to be wrong without a call.
    pub(crate) fn check(&mut self) -> Step {
        let checked = match self.goal {
            Goal::Run | Goal::Register => self.request.check_definition(),
            _ => self.request.check(),
        };
        checked.map_err(|error| match error {
            // What `rollback` is given as `to` is the definition of the deployment that goes back.
            Error::Invalid { path: Some(path), text, findings } if self.goal == Goal::Back && path == "definition" => {
                Error::Invalid { path: Some("to".to_owned()), text, findings }
            }
            error => error,
        })?;
        self.check_tasks()?;
        self.check_settings()?;
        self.check_places()?;
        self.check_codedeploy()?;
        if let Some(Definition::Document(document)) = &self.request.definition {
            let rendered = TaskDefinition::new(Value::Object(document.clone()))?.render(&self.request.changes())?;
            refuse(self.judge(rendered.validate()).0)?;
        }
        // A service's ARN names its cluster.
        let segments: Vec<&str> = self.request.service.split('/').collect();
        if let (true, [_, cluster, _]) = (self.request.cluster == "default", segments.as_slice()) {
            self.request.cluster = (*cluster).to_owned();
        }
        self.warn_of_options();
        if self.request.service.is_empty() {
            self.tell_started("", &self.request.cluster.clone(), "TASK");
            return self.after_find();
        }
        Ok(State::Find)
    }

    pub(crate) async fn find(&mut self) -> Step {
        let answer = self.describe_service().await?;
        if self.providing.is_some() && is_to_be_created(&answer) {
            if self.is_awaited() {
                return Ok(State::Find);
            }
            Box::pin(self.refuse_to_create_elsewhere()).await?;
            return self.begin_creating();
        }
        let Some(service) = snapshot::service(&answer) else {
            if snapshot::is_missing(&answer) && self.doubts() {
                return Ok(State::Find);
            }
            return Err(match snapshot::is_missing(&answer) {
                true => {
                    Box::pin(self.refuse_elsewhere()).await?;
                    self.service_missing().into()
                }
                false => self.setback(ApiError::unreadable(Operation::DescribeServices)).await,
            });
        };
        self.prepared.service = service.clone();
        self.check_found()?;
        let service = Value::Object(self.prepared.service.clone());
        self.before = ServiceView::of(&service);
        if self.before.is_torn() && self.is_worth_finding_anew() {
            return Ok(self.find_anew());
        }
        if self.before.status != "ACTIVE" && self.doubts() {
            return Ok(State::Find);
        }
        if let Some((id, left)) =
            self.expected.take().filter(|(id, left)| *left > 0 && self.before.deployment(id).is_none())
        {
            self.expected = Some((id, left - 1));
            self.pause = Some(Duration::from_secs(2));
            return Ok(State::Find);
        }
        self.watched.known_events = self.before.messages.iter().map(|message| message.id.clone()).collect();
        if matches!(self.goal, Goal::Run | Goal::Register) {
            self.check_active()?;
            self.tell_started(&self.before.name.clone(), &self.before.cluster.clone(), "TASK");
            return self.after_find();
        }
        let strategy = self.check_service(&service)?;
        self.provide()?;
        self.tell_started(&self.before.name.clone(), &self.before.cluster.clone(), &strategy);
        self.warn_of_unknown();
        if self.kind == Kind::CodeDeploy {
            return Ok(self.first_act());
        }
        let needs_records =
            matches!(self.kind, Kind::Staged | Kind::Recorded) || matches!(self.goal, Goal::Back | Goal::Resume { .. });
        if needs_records { Ok(State::ServiceDeployments) } else { self.after_find() }
    }

    /// Whether a look that would be the end is made once more: it may be of a replica that is behind.
    fn doubts(&mut self) -> bool {
        let is_first = !std::mem::replace(&mut self.prepared.is_doubted, true);
        if is_first {
            self.pause = Some(SECOND_LOOK);
        }
        is_first
    }

    fn tell_started(&mut self, service: &str, cluster: &str, strategy: &str) {
        // Found anew, it has not started again.
        if self.prepared.behind > 0 {
            return;
        }
        let (service, cluster, strategy) = (service.to_owned(), cluster.to_owned(), strategy.to_owned());
        self.tell(Event::Started { service, cluster, strategy, from: self.before.definition.clone() });
    }

    /// What comes once the service is known.
    pub(crate) fn after_find(&mut self) -> Step {
        self.refuse_to_take_over()?;
        match self.goal.clone() {
            Goal::Watch { deployment } => return self.join_other(deployment.as_deref()),
            Goal::Back => return Ok(State::Back),
            Goal::Resume { .. } => return Ok(State::Resume),
            Goal::Deploy | Goal::Run | Goal::Register => {}
        }
        if self.asks_for_autoscaling() {
            return Ok(State::Autoscaled);
        }
        let by_name_alone = self.is_by_name_alone();
        Ok(match (&self.request.definition, &self.before.definition) {
            (_, Some(_)) if !by_name_alone => State::Current,
            (Some(Definition::Name(_)), _) => State::Given,
            _ => State::Decide,
        })
    }

    /// The service's strategy, if it is one that can be deployed to.
    fn check_service(&mut self, service: &Value) -> Result<String, Error> {
        let name = self.request.service.clone();
        self.check_active()?;
        let refuse = |why: String| Error::Unsupported { text: format!("service {name:?} {why}") };
        let (kind, strategy) = strategy::kind(service, &self.request.settings).map_err(refuse)?;
        if self.before.deployments.is_empty() {
            return Err(refuse("shows no deployments, without which nothing can be said of one".to_owned()));
        }
        if service["schedulingStrategy"] == "DAEMON" && self.request.desired.is_some() {
            return Err(refuse(
                "is a DAEMON, whose number of tasks is that of its instances: leave `desired` away".to_owned(),
            ));
        }
        self.kind = kind;
        self.check_codedeployed(service)?;
        Ok(strategy)
    }

    fn check_active(&self) -> Result<(), Error> {
        if self.before.status == "ACTIVE" {
            return Ok(());
        }
        let (service, cluster) = (self.request.service.clone(), self.request.cluster.clone());
        Err(Error::ServiceInactive { service, cluster, status: self.before.status.clone() })
    }

    /// Whether a registered definition is to be deployed as it is.
    fn is_by_name_alone(&self) -> bool {
        matches!(self.request.definition, Some(Definition::Name(_))) && self.request.changes().is_empty()
    }

    pub(crate) async fn current(&mut self) -> Step {
        let name = self.before.definition.clone().unwrap_or_default();
        self.prepared.is_current_asked = true;
        match self.describe(&name).await {
            Ok(revision) => self.prepared.current = Some(revision),
            // With a definition given, what runs now is only compared with.
            Err(Halt::Fail(error)) if self.request.definition.is_some() && is_unknown(&error) => {
                self.warn("current", format!("what the service runs now is not known: {error}"));
            }
            Err(setback) => return Err(setback),
        }
        Ok(match &self.request.definition {
            Some(Definition::Name(_)) if self.prepared.given.is_none() => State::Given,
            _ => State::Decide,
        })
    }

    pub(crate) async fn given(&mut self) -> Step {
        let Some(Definition::Name(name)) = self.request.definition.clone() else { return Ok(State::Decide) };
        let given = self.describe(&name).await?;
        if !given.is_active {
            let text = "it is INACTIVE: name an ACTIVE revision".to_owned();
            return Err(Error::DefinitionMissing { definition: name, text }.into());
        }
        let is_doubtful = self.prepared.current.is_none()
            && self.before.definition.is_some()
            && !self.service_findings(&given.definition).is_empty();
        self.prepared.given = Some(given);
        // What does not fit the service may be what it puts up with so far.
        Ok(if is_doubtful && !self.prepared.is_current_asked { State::Current } else { State::Decide })
    }

    pub(crate) async fn describe(&mut self, name: &str) -> Result<Revision, Halt> {
        let input = json!({"taskDefinition": name, "include": ["TAGS"]});
        let answer = match self.call(Operation::DescribeTaskDefinition, &input).await? {
            Ok(answer) => answer,
            Err(fault) if is_missing(&fault) => {
                return Err(Error::DefinitionMissing { definition: name.to_owned(), text: fault.text }.into());
            }
            Err(fault) => return Err(self.setback(fault).await),
        };
        match revision(&answer)? {
            Some(revision) => {
                self.check_given(name, &revision.arn)?;
                Ok(revision)
            }
            None => Err(self.setback(ApiError::unreadable(Operation::DescribeTaskDefinition)).await),
        }
    }

    /// Renders, and checks all that can be checked without another call.
    pub(crate) fn decide(&mut self) -> Step {
        self.render()?;
        // Pinned, the images are other ones than those written: that comes before anything is compared.
        if self.request.pin { Ok(State::Images(Box::new(State::Compare))) } else { self.compare() }
    }

    /// Looks whether the images are there and fit, and what their tags name (ECR's BatchGetImage, or the registry).
    pub(crate) async fn images(&mut self, then: State) -> Step {
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(then) };
        let checks = Checks { verify: self.request.verify, pin: self.request.pin, limit: IMAGES };
        let verified = ecr::verify(&self.client, &rendered.to_value(), checks).await;
        // They come out of the looks that a rollout of a minute may take.
        self.watched.spent(verified.looked);
        if let Some(error) = verified.errors.into_iter().next() {
            return Err(error.into());
        }
        for (code, text) in verified.warnings {
            self.warn(code, text);
        }
        if !verified.pins.is_empty() {
            let pins = Changes { images: verified.pins, ..Changes::default() };
            self.prepared.rendered = Some(rendered.into_rendered(&pins)?);
        }
        self.prepared.has_images = true;
        Ok(then)
    }

    /// On to what writes, once the images have been looked at.
    pub(crate) fn writing(&self, state: State) -> State {
        let is_due = self.request.verify && !self.prepared.has_images;
        if is_due { State::Images(Box::new(state)) } else { state }
    }

    /// Compares with what there is; from here on nothing but AWS itself can refuse.
    pub(crate) fn compare(&mut self) -> Step {
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(State::Decide) };
        let running = self.before.definition.clone();
        let runs = |revision: &Revision| running.as_deref() == Some(revision.arn.as_str());
        let equal = [&self.prepared.given, &self.prepared.current]
            .into_iter()
            .flatten()
            .find(|revision| revision.definition.diff(&rendered).is_empty())
            .cloned();
        if matches!(self.goal, Goal::Run | Goal::Register) {
            return self.compare_alone(rendered, equal);
        }
        if self.compares_tags(equal.as_ref().is_some_and(runs)) {
            return Ok(State::Tags);
        }
        if self.kind == Kind::CodeDeploy {
            return self.decide_codedeploy(rendered, equal);
        }
        let Some(revision) = equal else {
            if self.doubts_record() {
                return Ok(self.find_anew());
            }
            self.refuse_to_interfere()?;
            return Ok(self.writing(State::Latest(Box::new(rendered))));
        };
        // The service says what it is to run, its PRIMARY deployment what it runs or is about to.
        let primary = self.before.primary().filter(|primary| primary.definition == revision.arn).cloned();
        let runs_already = runs(&revision);
        let is_ours = |record: &ActiveServiceDeployment| record.definition.as_ref() == Some(&revision.arn);
        let is_joined = runs_already && self.is_as_asked() && self.records.running.as_ref().is_none_or(is_ours);
        self.definition = Some(revision.arn.clone());
        if let (true, Some(primary)) = (is_joined, primary) {
            return Ok(self.join(&primary));
        }
        if self.doubts_record() {
            return Ok(self.find_anew());
        }
        self.refuse_to_interfere()?;
        if !revision.is_active {
            // It runs, but nothing new can be begun with it.
            self.definition = None;
            return Ok(self.writing(State::Latest(Box::new(rendered))));
        }
        if !runs_already {
            self.tell(Event::Registered { definition: revision.arn.clone(), reused: true });
        }
        Ok(self.writing(self.ordering()))
    }

    /// The same where no service is to run it.
    fn compare_alone(&mut self, rendered: TaskDefinition, equal: Option<Revision>) -> Step {
        if self.looks_for_run()? {
            return Ok(State::Task(Act::Find));
        }
        let is_forced = self.goal == Goal::Register && self.request.force;
        let Some(revision) = equal.filter(|revision| revision.is_active && !is_forced) else {
            return Ok(self.writing(State::Latest(Box::new(rendered))));
        };
        self.tell(Event::Registered { definition: revision.arn.clone(), reused: true });
        self.definition = Some(revision.arn);
        Ok(self.writing(State::Update))
    }

    /// Whether to look again before a deployment in stages counts as on its way.
    fn doubts_record(&self) -> bool {
        let is_complete = self.before.deployments.iter().all(|one| one.is("COMPLETED"));
        let contradicts = self.records.running.is_some() && is_complete;
        // One look alone may be of a replica that is behind.
        let is_worth = if contradicts { self.is_worth_finding_anew() } else { self.prepared.behind < BUSY };
        self.interferes() && is_worth
    }

    /// Stages that somebody else's deployment goes through are not cut off, unless that is asked for.
    fn refuse_to_interfere(&self) -> Result<(), Error> {
        if !self.interferes() {
            return Ok(());
        }
        let which = self.records.running.as_ref().map_or_else(String::new, |record| format!(" ({})", record.arn));
        let text = format!(
            "service {:?} is in the middle of a deployment in stages that this one would cut off{which}: \
             let it end (`watch`), go back first (`rollback`), or give `force`",
            self.before.name
        );
        Err(Error::Unsupported { text })
    }

    /// Whether the order would cut off stages that somebody else's deployment goes through.
    fn interferes(&self) -> bool {
        let is_on_its_way = match (self.kind, &self.records.running) {
            (Kind::Staged, Some(_)) => true,
            // Without the API: the list shows that another is being replaced.
            (Kind::Staged, None) if !self.has_records() => {
                self.before.deployments.len() > 1
                    && !self.before.primary().is_some_and(|primary| primary.is("COMPLETED"))
            }
            // The record of what the list shows on its way may not be there yet.
            (Kind::Staged, None) => {
                let is_moving = |primary: &DeploymentView| primary.is("IN_PROGRESS");
                self.before.deployments.len() > 1
                    && self.before.primary().is_some_and(is_moving)
                    && !self.is_primary_over()
            }
            _ => false,
        };
        let is_way_back = self.goal == Goal::Back || self.instead_of.is_some();
        let is_number = self.request.desired.is_some() && self.replaces_nothing();
        is_on_its_way && !self.request.force && !is_way_back && !is_number
    }

    fn replaces_nothing(&self) -> bool {
        self.definition.is_some() && self.definition == self.before.definition
    }

    /// The service runs as asked, or is on its way there: begun by an earlier run of this very request, it may be.
    fn join(&mut self, primary: &DeploymentView) -> State {
        let desired = self.request.desired.map(u64::from);
        let is_short = desired.is_some_and(|desired| primary.running != desired);
        let ours = self.ours_of(primary);
        let is_there = match self.has_records() {
            // Its record may not be listed yet.
            true => self.records.running.is_none() && !primary.is("IN_PROGRESS"),
            false => primary.is("COMPLETED"),
        };
        // The deployment is complete, the number of tasks that was asked for is not there: an earlier run did not wait for it.
        let changed_in_place = (is_there && is_short).then_some(InPlaceChange { desired });
        self.watch_over(Tracked { changed_in_place: changed_in_place.or(ours.changed_in_place.clone()), ..ours });
        self.records.ours = self.records.of_primary();
        if self.records.ours.is_none() && self.has_records() {
            // Its record may have ended, and so be among those that are known.
            self.records.forget();
        }
        if is_there && (!is_short || !self.request.wait) {
            self.warn_of_missing_tasks(primary);
        }
        self.warn_of_nothing_asked();
        match (is_there && !is_short, self.request.wait) {
            (true, _) => self.unchanged(),
            (false, true) => State::Look,
            (false, false) => self.ordered(),
        }
    }

    /// Warns where somebody else has changed the number of tasks since it was ordered.
    pub(crate) fn warn_of_other_number(&mut self) {
        let runs = self.case.as_ref().and_then(Tracker::other_number);
        if let Some((runs, asked)) = runs.zip(self.request.desired) {
            let text = format!(
                "service {:?} runs {runs} tasks and not {asked}, as an autoscaler or somebody has changed their number since it was \
                 ordered; `scale` sets the limits of an autoscaler",
                self.before.name
            );
            self.warn("desired_changed", text);
        }
    }

    /// Warns where the service runs fewer tasks than it is set to: it runs what was asked for, and yet may serve nobody.
    pub(crate) fn warn_of_missing_tasks(&mut self, primary: &DeploymentView) {
        let (running, desired) = (primary.running, primary.desired);
        if running < desired {
            let text = format!(
                "nothing is deployed, as service {:?} has this definition already, but only {running} of its {desired} tasks run; \
                 give `desired` to wait for them, or `force` for a new deployment",
                self.before.name
            );
            self.warn("tasks_missing", text);
        }
    }

    /// The definition to deploy, checked. What ECS has taken once is not refused for what it already had.
    fn render(&mut self) -> Result<(), Error> {
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
        refuse(wrong)?;
        self.compose_tasks(&rendered)?;
        let (wrong, risky) = self.judge(self.service_findings(&rendered));
        refuse(wrong)?;
        let warnings: Vec<_> = displaced.into_iter().chain(own).chain(risky).collect();
        for finding in &warnings {
            self.warn(&finding.rule, format!("{}: {}; {}", finding.path, finding.text, finding.advice));
        }
        self.prepared.warnings.extend(warnings);
        self.warn_of_family(rendered.family());
        self.prepared.rendered = Some(rendered.registrable());
        Ok(())
    }

    /// A setting of the service as it is. Volumes and Service Connect are told of a deployment, not of its service.
    pub(crate) fn setting(&self, member: &str) -> Option<&Value> {
        let service = &self.prepared.service;
        let deployments = service.get("deployments").and_then(Value::as_array);
        let primary = || deployments?.iter().find(|deployment| deployment["status"] == "PRIMARY");
        service.get(member).or_else(|| primary().and_then(|primary| primary.get(member)))
    }

    pub(crate) fn is_set(&self, member: &str, asked: &Value) -> bool {
        let set = self.setting(member).cloned().unwrap_or_default();
        settings::is_set(member, &set, asked)
    }

    /// Whether the service, running the right definition, is as asked in all else.
    fn is_as_asked(&self) -> bool {
        !self.request.force
            && !self.has_moved_tags()
            && self.request.desired.is_none_or(|desired| u64::from(desired) == self.before.desired)
            && self.request.settings.iter().all(|(member, asked)| self.is_set(member, asked))
            // What failed does not run, whatever the service says it is to run.
            && !self.has_failed()
    }

    /// An equal revision may be there already: from a run that was cut off, or of a service that shares the family.
    pub(crate) async fn latest(&mut self, target: Box<TaskDefinition>) -> Step {
        let family = target.family().unwrap_or_default().to_owned();
        let input = json!({"taskDefinition": family, "include": ["TAGS"]});
        match self.call(Operation::DescribeTaskDefinition, &input).await? {
            Ok(answer) => {
                // One that cannot be read as a definition is not equal to ours.
                let latest = revision(&answer).ok().flatten().filter(|latest| latest.is_active);
                let first = self.prepared.latest.as_ref().map(|known| known.as_ref().map(|known| known.arn.clone()));
                let is_new = self.is_new(latest.as_ref());
                let equal = latest.filter(|latest| is_new && latest.definition.diff(&target).is_empty());
                match equal {
                    // One that was not there at the first look was made by an attempt whose answer was lost.
                    Some(latest) => {
                        let reused = first.is_none_or(|first| first.as_ref() == Some(&latest.arn));
                        Ok(self.registered(latest.arn, reused))
                    }
                    None => {
                        self.refuse_to_register()?;
                        self.retry_from(State::Register(target))
                    }
                }
            }
            Err(fault) if is_missing(&fault) || fault.kind == ApiErrorKind::Denied => {
                self.prepared.latest.get_or_insert(None);
                self.refuse_to_register()?;
                self.retry_from(State::Register(target))
            }
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    /// Whether an equal revision would do: where a new one is wanted in any case, only one that came after the first look.
    fn is_new(&mut self, latest: Option<&Revision>) -> bool {
        let is_forced = self.goal == Goal::Register && self.request.force;
        let Some(known) = &self.prepared.latest else {
            self.prepared.latest = Some(latest.cloned());
            return !is_forced;
        };
        let arn = |revision: Option<&Revision>| revision.map(|revision| revision.arn.clone());
        !is_forced || arn(known.as_ref()) != arn(latest)
    }

    pub(crate) async fn register(&mut self, target: Box<TaskDefinition>) -> Step {
        let answer = match self.call(Operation::RegisterTaskDefinition, &target.to_value()).await? {
            Ok(answer) => answer,
            Err(fault) => {
                let is_ambiguous = fault.is_ambiguous();
                // It may have been done: the next attempt begins by looking for it.
                return match self.setback(fault).await {
                    Halt::Retry if is_ambiguous => self.retry_from(State::Latest(target)),
                    setback => Err(setback),
                };
            }
        };
        let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
        if arn.is_empty() {
            return match self.setback(ApiError::unreadable(Operation::RegisterTaskDefinition)).await {
                Halt::Retry => self.retry_from(State::Latest(target)),
                setback => Err(setback),
            };
        }
        Ok(self.registered(arn, false))
    }

    fn registered(&mut self, arn: String, reused: bool) -> State {
        self.tell(Event::Registered { definition: arn.clone(), reused });
        self.definition = Some(arn);
        self.prepared.is_made = !reused;
        self.attempt = 0;
        self.ordering()
    }
}

/// Whether a DescribeServices answer shows no service, or one that was deleted.
fn is_to_be_created(answer: &Value) -> bool {
    match snapshot::service(answer) {
        Some(service) => service.get("status").is_some_and(|status| status == "INACTIVE"),
        None => snapshot::is_missing(answer),
    }
}

/// A DescribeTaskDefinition answer as a registered definition; `None` where it is none.
fn revision(answer: &Value) -> Result<Option<Revision>, Error> {
    let arn = text(&answer["taskDefinition"], "taskDefinitionArn");
    if arn.is_empty() {
        return Ok(None);
    }
    let is_active = !matches!(answer["taskDefinition"]["status"].as_str(), Some("INACTIVE" | "DELETE_IN_PROGRESS"));
    // Other members of the answer are not the definition's.
    let whole = json!({"taskDefinition": answer["taskDefinition"], "tags": answer["tags"]});
    Ok(Some(Revision { arn, is_active, definition: TaskDefinition::new(whole)? }))
}

/// Whether an error leaves open what is there, and nothing else is wrong.
fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::DefinitionMissing { .. } | Error::Denied { .. } | Error::Invalid { .. })
}

fn is_missing(fault: &ApiError) -> bool {
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
