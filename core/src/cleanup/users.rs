//! Finds what uses the revisions of a family: services, deployments in progress, tasks, schedules and rules. A lookup that is refused is
//! an error: what cannot be looked at is never taken for unused.

use serde_json::{Value, json};

use super::usage::{Usage, is_deploying, service_name};
use crate::arn::last;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::engine::context::Halt;
use crate::inspect::session::{Session, filter};
use crate::json::{list, text};
use crate::rollout::watch::lifecycle;

/// ARNs that one call describes.
const DESCRIBED: usize = 20;

impl Session {
    /// All that uses revisions of the family, in every cluster of the account and region.
    pub(crate) async fn usage(&mut self, family: &str) -> Result<Usage, Halt> {
        let mut usage = Usage::of(family);
        let clusters =
            self.all(Operation::ListClusters, json!({"maxResults": 100}), ("clusterArns", "nextToken")).await?;
        let clusters: Vec<String> = clusters.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        for cluster in &clusters {
            self.find_services(cluster, &mut usage).await?;
            self.find_tasks(cluster, family, &mut usage).await?;
        }
        self.find_schedules(&mut usage).await?;
        self.find_rules(&clusters, &mut usage).await?;
        Ok(usage)
    }

    /// A whole list, of which a refusal is the end.
    async fn all(&mut self, operation: Operation, input: Value, members: (&str, &str)) -> Result<Vec<Value>, Halt> {
        match self.pages(operation, input, members).await? {
            Ok(all) => Ok(all),
            Err(fault) => Err(self.error(fault).await.into()),
        }
    }

    async fn find_services(&mut self, cluster: &str, usage: &mut Usage) -> Result<(), Halt> {
        for service in self.services_of(cluster).await? {
            usage.add_service(&service);
            // A service that ECS manages as a whole names revisions of itself alone.
            let is_whole = text(&service, "taskDefinition").is_empty() && list(&service, "taskSets").is_empty();
            let is_of_ecs = service["deploymentController"]["type"].as_str().unwrap_or("ECS") == "ECS";
            let mut revisions: Vec<String> = Vec::new();
            if is_of_ecs && (is_whole || usage.concerns(&service)) {
                let current = list(&service, "currentServiceRevisions").iter().map(|one| text(one, "arn"));
                revisions.extend(current.filter(|_| is_whole || is_deploying(&service)));
                if is_deploying(&service) {
                    revisions.extend(self.revisions_in_progress(&service).await?);
                }
            }
            self.find_revisions(revisions, &service, usage).await?;
        }
        Ok(())
    }

    /// The service revisions that deployments in progress lead from and to.
    async fn revisions_in_progress(&mut self, service: &Value) -> Result<Vec<String>, Halt> {
        let input = json!({"cluster": service["clusterArn"], "service": service["serviceArn"], "maxResults": 100});
        let members = ("serviceDeployments", "nextToken");
        let records = self.all(Operation::ListServiceDeployments, input, members).await?;
        let running = records.iter().filter(|record| lifecycle::is_running(record));
        let arns: Vec<String> = running.map(|record| text(record, "serviceDeploymentArn")).collect();
        let mut revisions = Vec::new();
        for some in arns.chunks(DESCRIBED) {
            let answer =
                self.need(Operation::DescribeServiceDeployments, &json!({"serviceDeploymentArns": some})).await?;
            for record in list(&answer, "serviceDeployments") {
                let target = &record["targetServiceRevision"];
                let all = list(record, "sourceServiceRevisions").iter().chain([target]);
                revisions.extend(all.map(|one| text(one, "arn")));
                revisions.push(text(&record["rollback"], "serviceRevisionArn"));
            }
        }
        Ok(revisions)
    }

    async fn find_revisions(&mut self, mut arns: Vec<String>, service: &Value, usage: &mut Usage) -> Result<(), Halt> {
        arns.retain(|arn| !arn.is_empty());
        arns.sort();
        arns.dedup();
        for some in arns.chunks(DESCRIBED) {
            let answer = self.need(Operation::DescribeServiceRevisions, &json!({"serviceRevisionArns": some})).await?;
            for revision in list(&answer, "serviceRevisions") {
                let user = format!("a deployment in progress of {}", service_name(service));
                usage.add(&text(revision, "taskDefinition"), user);
            }
        }
        Ok(())
    }

    /// Tasks that run or are to run, of services and of none.
    async fn find_tasks(&mut self, cluster: &str, family: &str, usage: &mut Usage) -> Result<(), Halt> {
        let running = filter(json!({"family": family, "desiredStatus": "RUNNING"}));
        match self.tasks(cluster, &running).await? {
            Ok(tasks) => {
                for task in tasks {
                    let user = format!("task {} in cluster {}", last(&text(&task, "taskArn")), last(cluster));
                    usage.add(&text(&task, "taskDefinitionArn"), user);
                }
                Ok(())
            }
            Err(fault) => Err(self.error(fault).await.into()),
        }
    }

    /// Schedules of EventBridge Scheduler that run a task or call ECS, also those that are DISABLED.
    async fn find_schedules(&mut self, usage: &mut Usage) -> Result<(), Halt> {
        for brief in self.all(Operation::ListSchedules, json!({}), ("Schedules", "NextToken")).await? {
            if !calls_ecs(&text(&brief["Target"], "Arn")) {
                continue;
            }
            let (name, group) = (text(&brief, "Name"), text(&brief, "GroupName"));
            match self.call(Operation::GetSchedule, &json!({"Name": name, "GroupName": group})).await? {
                Ok(schedule) => usage.add_texts(&schedule["Target"], &format!("schedule {group}/{name}")),
                Err(fault) if is_gone(&fault) => {}
                Err(fault) => return Err(self.error(fault).await.into()),
            }
        }
        Ok(())
    }

    /// Rules of EventBridge that run a task, on every event bus.
    async fn find_rules(&mut self, clusters: &[String], usage: &mut Usage) -> Result<(), Halt> {
        let buses = self.all(Operation::ListEventBuses, json!({}), ("EventBuses", "NextToken")).await?;
        for bus in buses.iter().map(|bus| text(bus, "Name")) {
            for cluster in clusters {
                let input = json!({"TargetArn": cluster, "EventBusName": bus});
                let rules = self.all(Operation::ListRuleNamesByTarget, input, ("RuleNames", "NextToken")).await?;
                for rule in rules.iter().filter_map(Value::as_str) {
                    let input = json!({"Rule": rule, "EventBusName": bus});
                    match self.pages(Operation::ListTargetsByRule, input, ("Targets", "NextToken")).await? {
                        Ok(targets) => targets.iter().for_each(|target| {
                            usage.add_texts(target, &format!("rule {rule} of event bus {bus}"));
                        }),
                        Err(fault) if is_gone(&fault) => {}
                        Err(fault) => return Err(self.error(fault).await.into()),
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether the target of a schedule is ECS: a cluster, or a call of its API.
fn calls_ecs(target: &str) -> bool {
    target.contains(":ecs:")
}

/// Whether what was listed has been deleted since.
fn is_gone(fault: &ApiError) -> bool {
    fault.code == "ResourceNotFoundException"
}
