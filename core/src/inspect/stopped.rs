//! Collects what is still known of an earlier deployment: ECS's events of its time, the tasks that stopped, and their logs.

use serde_json::{Map, Value, json};

use super::history::{History, PastDeployment};
use super::session::{Named, Session, filter};
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::engine::context::Halt;
use crate::error::failure::Cause;
use crate::json::{list, text, time};
use crate::rollout::diagnose::evidence::Collected;
use crate::rollout::diagnose::log::Log;
use crate::rollout::diagnose::owner::Owner;
use crate::rollout::diagnose::{self, extract};
use crate::rollout::service::snapshot::{EcsEvent, ServiceView};
use crate::rollout::verdict::past;

/// Causes whose logs are read, and tasks that ECS has forgotten.
const CAUSES: usize = 5;
const FORGOTTEN: usize = 2;
/// How long ECS keeps stopped tasks at least, and how many events of a service, in seconds and in number.
const KEPT: f64 = 3600.0;
const EVENTS: usize = 100;
/// Events and tasks may be of a few seconds after the end of their deployment.
const AFTER: f64 = 30.0;
/// The id of a deployment that nothing names any more.
const UNKNOWN: &str = "-";

/// What is known of one deployment.
pub(crate) struct Found {
    collected: Collected,
    owner: Owner,
    ended: Option<f64>,
    /// The events of its time, newest first.
    events: Vec<EcsEvent>,
    /// The time of the oldest event that ECS still has, if it may have had older ones.
    oldest: Option<f64>,
    reason: Option<String>,
    is_failure: bool,
    /// How many tasks of it that stopped are known, for whatever reason.
    stopped: usize,
    /// The logs of tasks that ECS has forgotten.
    remains: Vec<Cause>,
}

impl Found {
    pub(crate) fn new(service: &Value, view: &ServiceView, past: &PastDeployment) -> Self {
        let until = past.finished.map(|at| at + AFTER);
        let is_within = |at: f64| past.created.is_none_or(|from| at >= from) && until.is_none_or(|until| at <= until);
        let events: Vec<EcsEvent> = view.messages.iter().filter(|one| is_within(one.at)).cloned().collect();
        let id = past.deployment.clone().or_else(|| named(&events)).unwrap_or_else(|| UNKNOWN.to_owned());
        let mut collected = Collected::default();
        collected.know_service(service.as_object().unwrap_or(&Map::new()));
        let others = view.deployments.iter().map(|one| one.id.clone()).filter(|other| *other != id);
        let is_full = view.messages.len() >= EVENTS;
        Self {
            collected,
            owner: Owner {
                others: others.collect(),
                id,
                group: format!("service:{}", view.name),
                definition: past.definition.clone().unwrap_or_default(),
                created: past.created,
            },
            ended: past.finished,
            events,
            oldest: view.messages.iter().map(|one| one.at).reduce(f64::min).filter(|_| is_full),
            reason: past.reason.clone(),
            is_failure: past::is_failure(&past.verdict),
            stopped: 0,
            remains: Vec::new(),
        }
    }

    /// The id of the deployment, if anything names it.
    pub(crate) fn id(&self) -> Option<String> {
        Some(self.owner.id.clone()).filter(|id| id != UNKNOWN)
    }

    /// Why its tasks failed, most frequent first.
    pub(crate) fn causes(&self) -> Vec<Cause> {
        let known = self.collected.causes().into_iter().map(|(_, cause)| cause);
        known.chain(self.remains.iter().cloned()).collect()
    }

    /// What can no longer be had. `now`: seconds since 1970.
    pub(crate) fn missing(&self, history: &History, now: f64) -> Vec<String> {
        let mut missing = Vec::new();
        if !self.is_failure {
            return missing;
        }
        let age = self.ended.map(|ended| now - ended).filter(|age| *age > KEPT);
        if let (0, Some(age)) = (self.stopped, age) {
            missing.push(format!(
                "the tasks that stopped are gone: ECS keeps them for about an hour, and the deployment ended {} ago",
                ago(age)
            ));
        } else if self.stopped == 0 {
            missing.push("ECS knows no task of this deployment that stopped".to_owned());
        }
        if let (Some(oldest), Some(created)) = (self.oldest, self.owner.created)
            && oldest > created
        {
            missing.push(format!(
                "the first events are gone: ECS keeps {EVENTS} of a service, and the oldest is of {} after the deployment began",
                ago(oldest - created)
            ));
        }
        if self.owner.definition.is_empty() && history.is_known {
            missing.push("its service revision is gone, so that its task definition is not known".to_owned());
        }
        missing
    }

    /// Keeps the tasks of the deployment that stopped.
    fn keep(&mut self, tasks: Vec<Value>) {
        let until = self.ended.map(|ended| ended + AFTER);
        let is_within = |task: &Value| until.is_none_or(|until| time(task, "createdAt").is_none_or(|at| at <= until));
        let tasks: Vec<Value> = tasks.into_iter().filter(is_within).collect();
        self.stopped = tasks.iter().filter(|task| self.owner.owns(task)).count();
        let stopped = self.collected.read(&json!({ "tasks": tasks }), &self.owner);
        // The newest is kept last, and comes first.
        for task in stopped.into_iter().rev() {
            self.collected.keep(task);
        }
    }

    /// The tasks that events name as started and that ECS has forgotten, newest first.
    fn forgotten(&self) -> Vec<String> {
        let started = self.events.iter().flat_map(|event| diagnose::started(&event.text));
        started.filter(|task| !self.collected.has(task)).take(FORGOTTEN).collect()
    }
}

/// The deployment that events report as failed.
fn named(events: &[EcsEvent]) -> Option<String> {
    let failed = events.iter().filter(|event| event.text.contains("deployment failed"));
    failed.filter_map(|event| extract::between(&event.text, "(deployment ", ")")).next().map(str::to_owned)
}

/// A time span in words.
fn ago(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.0} h", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

impl Session {
    /// Collects all that is still known of a deployment. What may not be read is a warning.
    pub(crate) async fn gather(&mut self, found: &mut Found, named: &Named) -> Result<(), Halt> {
        if !found.owner.definition.is_empty() {
            match self.definition(&found.owner.definition).await? {
                Ok(definition) => found.collected.know_definition(|| Some(definition)),
                Err(fault) => self.unknown("diagnosis", "the task definition is not known", &fault),
            }
        }
        let (events, id) = (found.events.clone(), found.owner.id.clone());
        found.collected.read_events(events.iter(), &id);
        if let Some(reason) = found.reason.clone() {
            found.collected.read_reason(&reason);
        }
        let stopped = filter(json!({"serviceName": named.service, "desiredStatus": "STOPPED"}));
        match self.tasks(&named.cluster, &stopped).await? {
            Ok(tasks) => found.keep(tasks),
            Err(fault) => self.unknown("diagnosis", "why tasks stopped is not known", &fault),
        }
        self.read_logs_of_causes(found).await?;
        if found.is_failure && found.stopped == 0 {
            self.read_remains(found).await?;
        }
        Ok(())
    }

    /// Reads the end of the log of each cause's newest task.
    async fn read_logs_of_causes(&mut self, found: &mut Found) -> Result<(), Halt> {
        for (clue, cause) in found.collected.causes().into_iter().take(CAUSES) {
            let (Some(container), Some(task)) = (clue.logged(), cause.tasks.first()) else { continue };
            let runtime = found.collected.runtime(task).map(str::to_owned);
            let source = found.collected.described().log(container);
            let Some(log) = source.and_then(|source| source.log(container, task, runtime.as_deref())) else { continue };
            let Some(lines) = self.last_lines(&log).await? else { return Ok(()) };
            found.collected.keep_log(container, task, &clue, lines);
        }
        Ok(())
    }

    /// Reads the logs of tasks that ECS has forgotten: CloudWatch keeps them longer.
    async fn read_remains(&mut self, found: &mut Found) -> Result<(), Halt> {
        for task in found.forgotten() {
            let described = found.collected.described();
            let logs: Vec<(String, Log)> = list(described.definition.unwrap_or(&Value::Null), "containerDefinitions")
                .iter()
                .map(|container| text(container, "name"))
                .filter(|name| described.is_essential(name))
                .filter_map(|name| Some((name.clone(), described.log(&name)?.log(&name, &task, None)?)))
                .collect();
            for (container, log) in logs {
                let Some(lines) = self.last_lines(&log).await? else { return Ok(()) };
                if !lines.is_empty() {
                    found.remains.push(remains(&task, &container, lines));
                }
            }
        }
        Ok(())
    }

    /// The last lines of a log; none of a container that never wrote. `None`, with a warning, if logs may not be read.
    async fn last_lines(&mut self, log: &Log) -> Result<Option<Vec<String>>, Halt> {
        let is_none = |fault: &ApiError| fault.code == "ResourceNotFoundException";
        match self.call_in(log.region.as_deref(), Operation::GetLogEvents, &log.input()).await? {
            Ok(answer) => Ok(Some(diagnose::lines(&answer))),
            Err(fault) if is_none(&fault) => Ok(Some(Vec::new())),
            Err(fault) => {
                self.unknown("diagnosis", "the log of a container is not known", &fault);
                Ok(None)
            }
        }
    }
}

/// The log of a task that ECS has forgotten, as a cause.
fn remains(task: &str, container: &str, log: Vec<String>) -> Cause {
    let end = log.last().map(|line| format!(": {line}")).unwrap_or_default();
    Cause {
        kind: diagnose::Kind::Other.name().to_owned(),
        summary: format!("ECS no longer knows how task {task} ended; the log of container {container} ends so{end}"),
        advice: None,
        tasks: vec![task.to_owned()],
        containers: Vec::new(),
        log,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(past: &PastDeployment, messages: Value) -> Found {
        let service = json!({"serviceName": "api", "events": messages, "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY"}]});
        Found::new(&service, &ServiceView::of(&service), past)
    }

    fn failed() -> PastDeployment {
        let (verdict, definition) = ("rolled_back".to_owned(), Some("d:2".to_owned()));
        PastDeployment {
            verdict,
            definition,
            created: Some(1000.0),
            finished: Some(1100.0),
            ..PastDeployment::default()
        }
    }

    #[test]
    fn a_deployment_that_is_listed_no_more_is_known_by_its_events_revision_and_time() {
        let event = |at: f64, text: &str| json!({"id": format!("{at}"), "createdAt": at, "message": text});
        let messages = json!([
            event(2000.0, "(service api) (deployment ecs-svc/9) deployment failed: tasks failed to start."),
            event(1099.0, "(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start."),
            event(1010.0, "(service api) has started 2 tasks: (task t1) (task t2)."),
            event(900.0, "(service api) has started 1 tasks: (task t0)."),
        ]);
        let mut found = found(&failed(), messages);
        assert_eq!(found.id().as_deref(), Some("ecs-svc/2"));
        assert_eq!(found.forgotten(), ["t1", "t2"]);
        let task = |id: &str, by: &str, revision: &str, created: f64| {
            json!({"taskArn": format!("x/{id}"), "startedBy": by, "createdAt": created,
            "taskDefinitionArn": revision, "group": "service:api", "stopCode": "EssentialContainerExited", "stoppedAt": created + 5.0,
            "startedAt": created, "containers": [{"name": "api", "exitCode": 1}]})
        };
        found.keep(vec![
            task("t1", "ecs-svc/2", "d:2", 1010.0),
            task("t3", "ecs-svc/1", "d:2", 1020.0),
            task("t4", "ecs-svc/7", "d:2", 1500.0),
            task("t5", "ecs-svc/7", "d:1", 1020.0),
        ]);
        assert_eq!(found.stopped, 1);
        let causes = found.causes();
        assert_eq!((causes.len(), causes[0].tasks.clone()), (1, vec!["t1".to_owned()]));
    }

    #[test]
    fn what_is_gone_is_said() {
        let history = History { is_known: true, ..History::default() };
        let many: Value = (0..100)
            .map(|n| json!({"id": n.to_string(), "createdAt": 1060.0 + f64::from(n), "message": "m"}))
            .collect();
        for (past, messages, now, expected) in [
            (failed(), json!([]), 1200.0, vec!["ECS knows no task of this deployment"]),
            (failed(), json!([]), 1100.0 + 3.0 * 3600.0, vec!["and the deployment ended 3 h ago"]),
            (failed(), many, 1200.0, vec!["ECS knows no task", "the oldest is of 60 s after"]),
            (
                PastDeployment { definition: None, ..failed() },
                json!([]),
                1200.0,
                vec!["ECS knows no task", "its service revision is gone"],
            ),
            (PastDeployment { verdict: "succeeded".to_owned(), ..failed() }, json!([]), 99999.0, vec![]),
        ] {
            let missing = found(&past, messages).missing(&history, now);
            assert_eq!(missing.len(), expected.len(), "{missing:?}");
            assert!(missing.iter().zip(expected).all(|(seen, part)| seen.contains(part)), "{missing:?}");
        }
        let spans: Vec<String> = [5.0, 600.0, 7200.0, 400_000.0].into_iter().map(ago).collect();
        assert_eq!(spans, ["5 s", "10 min", "2 h", "5 days"]);
    }
}
