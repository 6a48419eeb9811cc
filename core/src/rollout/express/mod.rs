//! Services that ECS manages whole (Express Mode): load balancer, scaling, alarms and canary are ECS's own, and an update says what is
//! to run. Only the record of the service deployment shows how one ends: the one whose target revision the update has named.
//!
//! Such a service has a task definition of its own, or ECS makes one of `primaryContainer`. What is asked goes the way that the service
//! uses, and what this way has no place for is refused before anything is written.

pub(crate) mod compare;
pub(crate) mod container;
pub(crate) mod create;
pub(crate) mod order;
pub(crate) mod watch;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::arn::last;
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::engine::context::{Halt, persist};
use crate::error::Error;
use crate::error::finding::Change;
use crate::redact;
use crate::rollout::prepare::{Ready, Revision};
use crate::rollout::service::spec::OF_DEFINITION;
use crate::rollout::service::strategy::Kind;
use crate::rollout::workflow::{Verb, Workflow};

/// How long the look for the endpoint may take, on the system's clock.
const ENDPOINT: Duration = Duration::from_secs(4);

/// What is known of a service that ECS manages whole, and of the order for it.
#[derive(Default)]
pub(crate) struct Express {
    /// The answer of DescribeExpressGatewayService, once it was read.
    described: Option<Value>,
    /// True if the definition goes as `taskDefinitionArn`: it is the customer's own.
    is_own: bool,
    /// The members to send beside `serviceArn`, and beside a definition of one's own.
    members: Map<String, Value>,
    /// True if the cluster is not there: ECS creates it with the service.
    pub(crate) lacks_cluster: bool,
}

impl Workflow {
    /// Whether ECS manages the service whole.
    pub(crate) fn is_express(&self) -> bool {
        self.found.kind == Kind::Express
    }

    /// The option `express` of `service`.
    pub(crate) fn asked_express(&self) -> Option<&Map<String, Value>> {
        self.providing.as_ref()?.asked.express.as_ref()
    }

    /// The family of the task definitions that ECS makes for the service. Source: the ARNs in public deploy scripts.
    fn managed_family(&self) -> String {
        let (cluster, service) = (last(&self.request.cluster), last(&self.request.service));
        let of = |found: &str, asked: &str| if found.is_empty() { asked.to_owned() } else { found.to_owned() };
        format!("{}-{}", of(&self.found.before.cluster, cluster), of(&self.found.before.name, service))
    }

    /// Refuses options that an Express service has no place for, and `express` for a service that is none.
    pub(crate) fn refuse_for_express(&self) -> Result<(), Error> {
        let name = &self.found.before.name;
        if !self.is_express() {
            let text = format!(
                "service {name:?} is there and is no Express service: give `settings`, or create another service with `express`"
            );
            return self.asked_express().map_or(Ok(()), |_| Err(Error::invalid("express", text)));
        }
        if !matches!(self.verb, Verb::Deploy | Verb::Rollback) {
            return Ok(());
        }
        let refuse = |option: String, why: &str| {
            let text = format!("service {name:?} is an Express service, which ECS manages whole: {why}");
            Err(Error::invalid(option, text))
        };
        if self.request.desired.is_some() {
            let why = "ECS sets the number of its tasks by load. Give the range with `service`, \
                       as `express: {scalingTarget: {minTaskCount, maxTaskCount}}`";
            return refuse("desired".to_owned(), why);
        }
        if let Some(member) = self.request.settings.keys().next() {
            let why = match member.as_str() {
                "networkConfiguration" => {
                    "give subnets and security groups with `service`, as `express: {networkConfiguration: {subnets, securityGroups}}`"
                }
                "loadBalancers" | "deploymentConfiguration" => {
                    "load balancer and strategy are ECS's own, and cannot be changed. Leave it away, or use a service that is yours"
                }
                _ => {
                    "its deployments take no settings of UpdateService. `service` with `express` changes networkConfiguration, \
                     scalingTarget and healthCheckPath; leave the others away"
                }
            };
            return refuse(format!("settings.{member}"), why);
        }
        Ok(())
    }

    /// Reads the service as the Express API shows it (DescribeExpressGatewayService), if that is needed: to change what ECS makes of
    /// `primaryContainer`, or to compare the option `express`.
    pub(crate) async fn read_express(&mut self) -> Result<(), Halt> {
        let family = self.managed_family();
        let is_own = self.prepared.current.as_ref().is_some_and(|one| container::is_own(&one.definition, &family));
        if self.creates() || (is_own && self.asked_express().is_none()) {
            return Ok(());
        }
        persist!(self, self.describe_express().await)?;
        Ok(self.compare_role()?)
    }

    async fn describe_express(&mut self) -> Result<(), Halt> {
        let input = json!({"serviceArn": self.service_arn()});
        match self.call(Operation::DescribeExpressGatewayService, &input).await? {
            Ok(answer) => {
                self.prepared.express.described = Some(answer["service"].clone());
                Ok(())
            }
            Err(fault) => Err(self.setback(fault).await),
        }
    }

    /// The ARN as ECS gives it: its partition, region and account are never made up.
    fn service_arn(&self) -> Value {
        self.prepared.service.get("serviceArn").cloned().unwrap_or_default()
    }

    /// Refuses another infrastructure role: only a new service can have one.
    fn compare_role(&self) -> Result<(), Error> {
        let asked = self.asked_express().and_then(|asked| asked.get("infrastructureRoleArn")).and_then(Value::as_str);
        let has = self.prepared.express.described.as_ref().and_then(|one| one["infrastructureRoleArn"].as_str());
        match asked.zip(has).filter(|(asked, has)| asked != has) {
            Some((asked, has)) => {
                let text = format!(
                    "service {:?} has the infrastructure role {has:?}, {asked:?} is asked for, and only a new service can have another: \
                     delete the service and create it again, or leave the role as it is",
                    self.found.before.name
                );
                Err(Error::invalid("express.infrastructureRoleArn", text))
            }
            None => Ok(()),
        }
    }

    /// The base of the definition with the members of the option `express`.
    pub(crate) fn with_express(&self, base: TaskDefinition) -> Result<TaskDefinition, Error> {
        let Some(asked) = self.asked_express().filter(|_| self.request.definition.is_none()) else { return Ok(base) };
        TaskDefinition::new(Value::Object(container::applied(base.members().clone(), asked)))
    }

    /// The definition that ECS will make for a new service, as far as that is known.
    pub(crate) fn express_definition(&self) -> Option<Result<TaskDefinition, Error>> {
        let asked = self.asked_express().filter(|_| self.creates() && self.request.definition.is_none())?;
        Some(TaskDefinition::new(Value::Object(container::made(&self.managed_family(), asked))))
    }

    /// Decides which way the definition goes, what is to be sent, and whether anything is to be done.
    pub(crate) async fn decide_express(
        &mut self,
        rendered: TaskDefinition,
        equal: Option<Revision>,
    ) -> Result<Ready, Halt> {
        let family = self.managed_family();
        let current = self.prepared.current.as_ref().map(|revision| revision.definition.clone());
        let is_given = self.request.definition.is_some() && rendered.family() != Some(&family);
        let has_own = current.as_ref().is_some_and(|current| container::is_own(current, &family));
        self.prepared.express.is_own = is_given || has_own;
        self.prepared.express.members = Map::new();
        if self.prepared.express.is_own {
            self.check_own(&rendered, has_own)?;
        } else {
            self.check_managed()?;
            self.prepared.express.members = self.managed_members(current.as_ref(), &rendered)?;
        }
        self.compare_express_members().await?;
        if self.prepared.express.is_own {
            return self.compare_service(rendered, equal);
        }
        self.compare_managed(current.as_ref(), &rendered)
    }

    /// Refuses a definition that ECS does not take, and warns if the service changes over to it.
    fn check_own(&mut self, rendered: &TaskDefinition, has_own: bool) -> Result<(), Error> {
        if let Some((path, text)) = container::unfit(rendered) {
            let text = format!(
                "{text}. An Express service takes a definition with FARGATE and a container {:?} that has one named TCP port",
                container::MAIN
            );
            return Err(Error::invalid(path, text));
        }
        let asked = self.asked_express();
        if let Some(member) =
            OF_DEFINITION.iter().find(|member| asked.is_some_and(|asked| asked.contains_key(**member)))
        {
            let text = "the service has a task definition of its own, which says that: give it there, by `definition`, `containers` or \
                        `patch`";
            return Err(Error::invalid(format!("express.{member}"), text));
        }
        if !has_own && !self.creates() {
            let text = "ECS has made the task definition of the service from `primaryContainer` until now: from this deployment on the \
                        service uses the one that is given, and deployments need it or its family";
            self.caution("express_definition", "definition", text, "leave `definition` away to stay with ECS's own");
        }
        Ok(())
    }

    /// Refuses tasks before the order where there is no definition that they could run: ECS makes it with the order.
    fn check_managed(&self) -> Result<(), Error> {
        if self.request.before.is_empty() {
            return Ok(());
        }
        let text = format!(
            "ECS makes the task definition of the Express service {:?} with the update itself, so that there is none before that such a \
             task could run: give the service a definition of its own with `definition`, or use `after`",
            self.request.service
        );
        Err(Error::invalid("before", text))
    }

    /// The members that make the definition; refuses what none of them can say.
    fn managed_members(
        &self,
        current: Option<&TaskDefinition>,
        rendered: &TaskDefinition,
    ) -> Result<Map<String, Value>, Error> {
        let made = self.express_definition().transpose()?;
        let Some(before) = current.or(made.as_ref()) else { return Ok(Map::new()) };
        let described = match self.creates() {
            true => self.asked_express().and_then(|asked| asked.get("primaryContainer")?.as_object().cloned()),
            false => self.described_container(),
        };
        container::members(before, rendered, &described.unwrap_or_default()).map_err(|path| {
            let text = format!(
                "service {:?} is an Express service whose task definition ECS makes, and the Express API has no place for this member. It \
                 has image, containerPort, command, environment, secrets, repositoryCredentials and awsLogsConfiguration of the container \
                 {:?}, and cpu, memory, the two roles and cpuArchitecture. Leave it away, or give the service a definition of its own \
                 with `definition`",
                self.found.before.name,
                container::MAIN
            );
            Error::invalid(path, text)
        })
    }

    fn described_container(&self) -> Option<Map<String, Value>> {
        let described = self.prepared.express.described.as_ref()?;
        let configuration = compare::configuration(described, self.found.before.definition.as_deref())?;
        configuration.get("primaryContainer")?.as_object().cloned()
    }

    /// Adds the members of the option `express` that are no part of the definition and differ (DescribeServiceRevisions, for the
    /// security groups that ECS has added).
    async fn compare_express_members(&mut self) -> Result<(), Halt> {
        let Some(asked) = self.asked_express().cloned().filter(|_| !self.creates()) else { return Ok(()) };
        let described = self.prepared.express.described.clone().unwrap_or_default();
        let definition = self.found.before.definition.clone();
        let Some(configuration) = compare::configuration(&described, definition.as_deref()).cloned() else {
            return Ok(());
        };
        let mut added = None;
        let has_groups = asked.get("networkConfiguration").is_some_and(|network| network["securityGroups"].is_array());
        if let Some(revision) = configuration.get("serviceRevisionArn").filter(|_| has_groups) {
            let input = json!({"serviceRevisionArns": [revision]});
            // Without it, one more group than was asked for counts as ECS's.
            if let Ok(answer) = self.call(Operation::DescribeServiceRevisions, &input).await? {
                self.watched.shown.note_revisions(&answer);
                added = compare::added_groups(&answer);
            }
        }
        let mut differing = compare::differing(&asked, &configuration, added.as_deref());
        let beside = container::beside(&asked, &self.running_container());
        if !beside.is_empty() && !self.prepared.express.is_own {
            let sent = self.prepared.express.members.shift_remove("primaryContainer");
            let mut container = sent.unwrap_or_else(|| Value::Object(self.running_container()));
            beside.into_iter().for_each(|(member, value)| container[member] = value);
            differing.insert("primaryContainer".to_owned(), container);
        }
        let changes = differing.iter().map(|(member, after)| Change {
            path: format!("/{member}"),
            before: configuration.get(member).cloned(),
            after: Some(after.clone()),
        });
        let changes: Vec<Change> = changes.map(redact::change).collect();
        if let Some(providing) = &mut self.providing {
            providing.changes.retain(|change| !changes.iter().any(|one| one.path == change.path));
            providing.changes.extend(changes);
        }
        self.prepared.express.members.extend(differing);
        Ok(())
    }

    /// Compares with what runs where ECS makes the definition. Nothing is registered: ECS does that.
    fn compare_managed(&mut self, current: Option<&TaskDefinition>, rendered: &TaskDefinition) -> Result<Ready, Halt> {
        let runs = current.is_some_and(|current| {
            container::members(current, rendered, &Map::new()).is_ok_and(|none| none.is_empty())
        });
        if !runs || !self.prepared.express.members.is_empty() {
            self.refuse_to_interfere()?;
            self.order.definition = None;
            return Ok(Ready::Order);
        }
        // What ECS has registered is what is asked for, down to what no request says.
        let running = self.prepared.current.clone().map(|revision| Revision { is_active: true, ..revision });
        let ready = self.compare_service(rendered.clone(), running)?;
        if ready == Ready::Order {
            // ECS makes a revision of the same.
            self.order.definition = None;
        }
        Ok(ready)
    }

    /// Whether ECS will register the definition itself.
    pub(crate) fn registers_itself(&self) -> bool {
        self.is_express() && !self.prepared.express.is_own
    }

    /// Finds the endpoint (DescribeExpressGatewayService), unless it is known. It is never a condition.
    pub(crate) async fn find_endpoint(&mut self) {
        let moves = self.prepared.express.members.contains_key("networkConfiguration");
        if !self.is_express() || (self.endpoint().is_some() && !moves) || self.service_arn().is_null() {
            return;
        }
        let input = json!({"serviceArn": self.service_arn()});
        self.cx.timing.overruns = true;
        let call = Box::pin(self.call(Operation::DescribeExpressGatewayService, &input));
        let look = tokio::time::timeout(ENDPOINT, call).await;
        self.cx.timing.overruns = false;
        if let Ok(Ok(Ok(answer))) = look {
            self.prepared.express.described = Some(answer["service"].clone());
        }
    }

    /// The URL of the service, as ECS gives it.
    pub(crate) fn endpoint(&self) -> Option<String> {
        compare::endpoint(self.prepared.express.described.as_ref()?, self.order.definition.as_deref())
    }
}
