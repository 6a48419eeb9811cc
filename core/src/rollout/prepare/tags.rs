//! Whether a tag that is given again names another image now than the one that runs.
//!
//! ECS compares image references as texts, and so does the comparison of definitions: `:latest` over `:latest` is no change there. The
//! digests decide: that of the service revision or the running tasks, against the one in the registry now.

use crate::engine::context::Halt;
use crate::rollout::watch::ecs::is_passing;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::ecr;
use crate::ecr::resolve::Digests;
use crate::json::{list, text};
use crate::rollout::service::snapshot::ServiceView;
use crate::rollout::workflow::Workflow;

/// How long a registry may take to answer, on the wall.
const REGISTRY: Duration = Duration::from_secs(6);
/// Attempts at one look. It is never a condition: past them the tag counts as not compared.
const ATTEMPTS: usize = 3;

/// The digests that run, by container.
type RunningDigests = IndexMap<String, String>;

/// What is known about the tags that were given.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    is_compared: bool,
    /// The digests that moved tags name now, by container.
    pub(crate) moved: IndexMap<String, String>,
}

impl Workflow {
    /// Whether tags that were given must be compared before the service counts as running the request.
    pub(crate) fn compares_tags(&self, runs_already: bool) -> bool {
        runs_already && !self.request.force && !self.prepared.tags.is_compared && !self.given_tags().is_empty()
    }

    /// Whether a tag that was given names another image than the one that runs.
    pub(crate) fn has_moved_tags(&self) -> bool {
        !self.prepared.tags.moved.is_empty()
    }

    /// The images that were given by tag, by container.
    fn given_tags(&self) -> Vec<(String, String)> {
        let request = &self.request;
        // A named definition is requested as a whole. So is a patch that writes the containers again.
        let is_whole = request.definition.is_some()
            || request.patch.as_ref().is_some_and(|patch| patch.contains_key("containerDefinitions"));
        let is_given = |container: &str| {
            let by_change = request.containers.get(container).is_some_and(|change| change.image.is_some());
            is_whole || by_change || request.images.contains_key(container)
        };
        let images = self.prepared.rendered.as_ref().map(TaskDefinition::images).unwrap_or_default();
        images.into_iter().filter(|(container, image)| is_given(container) && !image.contains('@')).collect()
    }

    /// Compares the tags with the running images (DescribeServiceRevisions, or ListTasks and DescribeTasks; ECR's BatchGetImage, or
    /// the registry).
    pub(crate) async fn compare_tags(&mut self) -> Result<(), Halt> {
        let given = self.given_tags();
        let running = match self.running_digests(&given).await? {
            Ok(running) => running,
            Err(fault) => return Err(self.setback(fault).await),
        };
        self.prepared.tags.is_compared = true;
        let mut unknown = Vec::new();
        for (container, image) in given {
            let compared = match running.get(&container) {
                Some(runs) => {
                    let client = self.cx.client.clone();
                    let looked = self.cx.unless_cancelled(ecr::digests(&client, &image, REGISTRY)).await?;
                    looked.map(|names| (names, runs))
                }
                None => Err("ECS shows no digest of the running image".to_owned()),
            };
            match compared {
                Ok((names, runs)) if names.include(runs) => {}
                Ok((names, _)) => drop(self.prepared.tags.moved.insert(container, names.digest)),
                Err(why) => unknown.push(format!("images.{container}: {image:?} ({why})")),
            }
        }
        if self.has_moved_tags() {
            let images = self.prepared.rendered.as_ref().map(TaskDefinition::images).unwrap_or_default();
            let named: Vec<_> = self.prepared.tags.moved.keys().filter_map(|container| images.get(container)).collect();
            let names = crate::error::list(&named.into_iter().cloned().collect::<Vec<_>>());
            self.cx
                .warn("tag", format!("{names} names another image now than the one that runs: it is deployed again"));
        } else if !unknown.is_empty() {
            let text = format!(
                "nothing is deployed, although a tag may have moved: the service runs this reference already, and its image could \
                 not be compared with the running one: {}; give `force` to deploy in any case, or `pin` to deploy by digest",
                unknown.join(", ")
            );
            self.cx.warn("tag", text);
        }
        Ok(())
    }

    /// The running digests, as far as available. The error is a transient fault.
    async fn running_digests(&mut self, given: &[(String, String)]) -> Result<Result<RunningDigests, ApiError>, Halt> {
        let is_whole = |running: &RunningDigests| given.iter().all(|(container, _)| running.contains_key(container));
        let definition = self.order.definition.clone().or(self.found.before.definition.clone()).unwrap_or_default();
        let mut running = RunningDigests::new();
        let revisions: Vec<String> = list(&Value::Object(self.prepared.service.clone()), "currentServiceRevisions")
            .iter()
            .map(|revision| text(revision, "arn"))
            .filter(|arn| !arn.is_empty())
            .collect();
        if !revisions.is_empty() {
            let input = json!({"serviceRevisionArns": revisions});
            match self.call(Operation::DescribeServiceRevisions, &input).await? {
                Ok(answer) => {
                    self.watched.shown.note_revisions(&answer);
                    running = digests_of_revision(&answer, &definition);
                }
                Err(fault) if self.is_worth_repeating(&fault) => return Ok(Err(fault)),
                Err(_) => {}
            }
        }
        if is_whole(&running) {
            return Ok(Ok(running));
        }
        let (cluster, service) = (self.request.cluster.clone(), self.request.service.clone());
        let input = json!({"cluster": cluster, "serviceName": service, "desiredStatus": "RUNNING"});
        let tasks = match self.call(Operation::ListTasks, &input).await? {
            Ok(answer) => list(&answer, "taskArns").iter().take(100).cloned().collect::<Vec<_>>(),
            Err(fault) if self.is_worth_repeating(&fault) => return Ok(Err(fault)),
            Err(_) => Vec::new(),
        };
        if !tasks.is_empty() {
            let input = json!({"cluster": cluster, "tasks": tasks});
            match self.call(Operation::DescribeTasks, &input).await? {
                Ok(answer) => {
                    for (container, digest) in digests_of_tasks(&answer, &self.found.before, &definition) {
                        running.entry(container).or_insert(digest);
                    }
                }
                Err(fault) if self.is_worth_repeating(&fault) => return Ok(Err(fault)),
                Err(_) => {}
            }
        }
        Ok(Ok(running))
    }

    fn is_worth_repeating(&self, fault: &ApiError) -> bool {
        is_passing(fault) && self.cx.attempts.failed < ATTEMPTS
    }
}

/// The digests that the newest service revision of this definition resolved (DescribeServiceRevisions).
fn digests_of_revision(answer: &Value, definition: &str) -> RunningDigests {
    let created = |revision: &&Value| revision["createdAt"].as_f64().unwrap_or_default();
    let revisions = list(answer, "serviceRevisions").iter().filter(|one| text(one, "taskDefinition") == definition);
    let newest = revisions.max_by(|one, other| created(one).total_cmp(&created(other)));
    newest.map(|revision| digests(revision, "containerImages", "containerName")).unwrap_or_default()
}

/// The digests of the newest running task of the PRIMARY deployment (DescribeTasks). If tasks do not name their deployment, those of
/// its definition that were created since it began: an older one runs what the tag named before, and is no evidence for the deployment
/// in progress.
fn digests_of_tasks(answer: &Value, service: &ServiceView, definition: &str) -> RunningDigests {
    let Some(primary) = service.primary() else { return RunningDigests::new() };
    let created = |task: &&Value| task["createdAt"].as_f64().unwrap_or_default();
    let newest = |is_ours: &dyn Fn(&&Value) -> bool| {
        let tasks = list(answer, "tasks").iter().filter(|task| task["lastStatus"] == "RUNNING").filter(is_ours);
        tasks.max_by(|one, other| created(one).total_cmp(&created(other)))
    };
    let names_none = |task: &Value| service.deployment(&text(task, "startedBy")).is_none();
    let is_since = |task: &Value| primary.created.is_some_and(|began| task["createdAt"].as_f64() >= Some(began));
    let task = newest(&|task| text(task, "startedBy") == primary.id).or_else(|| {
        newest(&|task| names_none(task) && is_since(task) && text(task, "taskDefinitionArn") == definition)
    });
    task.map(|task| digests(task, "containers", "name")).unwrap_or_default()
}

fn digests(owner: &Value, member: &str, name: &str) -> RunningDigests {
    let both = |one: &Value| (text(one, name), text(one, "imageDigest"));
    list(owner, member).iter().map(both).filter(|(name, digest)| !name.is_empty() && !digest.is_empty()).collect()
}

impl Digests {
    /// Whether a digest that ECS shows is of this image: that of its index, or of one of its platforms.
    fn include(&self, digest: &str) -> bool {
        self.digest == digest || self.platforms.iter().any(|one| one == digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, digest: &str) -> RunningDigests {
        RunningDigests::from([(name.to_owned(), digest.to_owned())])
    }

    #[test]
    fn the_newest_revision_of_the_definition_shows_the_digests() {
        let revision = |definition: &str, created: f64, digest: &str| {
            json!({"taskDefinition": definition, "createdAt": created,
                "containerImages": [{"containerName": "api", "imageDigest": digest, "image": "api:1"}]})
        };
        let answer = json!({"serviceRevisions": [
            revision("api:1", 5.0, "sha256:b"), revision("api:1", 3.0, "sha256:a"), revision("api:2", 9.0, "sha256:c")]});
        assert_eq!(digests_of_revision(&answer, "api:1"), one("api", "sha256:b"));
        for answer in [
            json!({}),
            json!({"serviceRevisions": [{"taskDefinition": "api:1"}]}),
            json!({"serviceRevisions": [{"taskDefinition": "api:1", "containerImages": [{"containerName": "api"}]}]}),
        ] {
            assert_eq!(digests_of_revision(&answer, "api:1"), RunningDigests::new(), "{answer}");
        }
    }

    #[test]
    fn running_tasks_of_the_deployment_show_the_digests() {
        let task = |by: &str, definition: &str, created: f64, status: &str, digest: &str| {
            json!({"startedBy": by, "taskDefinitionArn": definition, "createdAt": created, "lastStatus": status,
                "containers": [{"name": "api", "imageDigest": digest}, {"name": "sidecar"}]})
        };
        let tasks = json!({"tasks": [
            task("ecs-svc/1", "api:1", 9.0, "RUNNING", "sha256:old"),
            task("ecs-svc/2", "api:1", 3.0, "RUNNING", "sha256:a"),
            task("ecs-svc/2", "api:1", 5.0, "RUNNING", "sha256:b"),
            task("ecs-svc/2", "api:1", 7.0, "PENDING", "sha256:c")]});
        let service = |others: &[&str], primary: &str, created: f64| {
            let others = others
                .iter()
                .map(|id| json!({"id": id, "status": "ACTIVE", "createdAt": 1.0, "taskDefinition": "api:1"}));
            let primary = json!({"id": primary, "status": "PRIMARY", "createdAt": created, "taskDefinition": "api:1"});
            ServiceView::of(&json!({"deployments": others.chain([primary]).collect::<Vec<_>>()}))
        };
        let digests = |others: &[&str], primary: &str, created: f64, definition: &str| {
            digests_of_tasks(&tasks, &service(others, primary, created), definition)
        };
        assert_eq!(digests(&["ecs-svc/1"], "ecs-svc/2", 2.0, "api:1"), one("api", "sha256:b"));
        // A server that does not show which deployment started a task.
        assert_eq!(digests(&[], "ecs-svc/3", 8.0, "api:1"), one("api", "sha256:old"));
        assert_eq!(digests(&[], "ecs-svc/3", 8.0, "api:2"), RunningDigests::new());
        // A deployment in progress without a running task: the images of the earlier one are no evidence.
        assert_eq!(digests(&[], "ecs-svc/3", 10.0, "api:1"), RunningDigests::new());
        assert_eq!(digests(&["ecs-svc/1", "ecs-svc/2"], "ecs-svc/3", 8.0, "api:1"), RunningDigests::new());
    }

    #[test]
    fn a_platform_of_an_index_is_the_same_image() {
        let names = Digests { digest: "sha256:i".to_owned(), platforms: vec!["sha256:p".to_owned()] };
        assert!(names.include("sha256:i") && names.include("sha256:p") && !names.include("sha256:x"));
    }
}
