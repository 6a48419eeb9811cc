//! Keeps the evidence about failures, and decides when to collect more. No I/O.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::described::Described;
use super::merge::Evidence;
use super::owner::Owner;
use super::service_event::ReportedFailure;
use super::task::StoppedTask;
use crate::aws::operation::Operation;
use crate::error::failure::Cause;
use crate::rollout::diagnose::{self, Signature};
use crate::rollout::service::snapshot::EcsEvent;

/// The least time between two collections while ECS counts more and more failed tasks.
const COLLECT: Duration = Duration::from_secs(10);
/// When they are collected first although ECS counts none; then after twice that time, and so on.
const UNCOUNTED: Duration = Duration::from_secs(60);
/// Logs that are read while the deployment is in progress.
const LOGS: usize = 5;

/// Members of a service that can explain a failure.
const SETTINGS: [&str; 4] = ["deploymentConfiguration", "desiredCount", "loadBalancers", "taskSets"];

/// The evidence so far.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) pace: CollectionPace,
    /// Newest first, as causes list them.
    stopped: Vec<StoppedTask>,
    events: ReadEvents,
    other_tasks: HashSet<String>,
    /// The ids of all deployments and task sets that a look has shown.
    deployments: HashSet<String>,
    /// Failures that tasks which still run report.
    pub(crate) running: Vec<ReportedFailure>,
    logs: Vec<Logged>,
    described: Answers,
    operations: FailedOperations,
}

/// When stopped tasks are collected.
#[derive(Default)]
pub(crate) struct CollectionPace {
    /// The count of failed tasks when stopped tasks were collected last, and when that was.
    last: Option<(u64, Duration)>,
    /// When the first look was made.
    since: Option<Duration>,
    /// The time from there to the next collection that does not depend on the count.
    next: Option<Duration>,
    /// True if fewer tasks of ours run than are desired.
    pub(crate) is_short: bool,
}

/// What the service's events report.
#[derive(Default)]
struct ReadEvents {
    /// Failures, newest first.
    failures: Vec<ReportedFailure>,
    /// The ids of the events that have been read.
    ids: HashSet<String>,
    /// The ids of the tasks that ECS started.
    started: HashSet<String>,
}

/// The answers that explain a failure.
#[derive(Default)]
struct Answers {
    definition: Option<Value>,
    service: Option<Value>,
}

/// Operations that have failed, and those that are not called again.
#[derive(Default)]
struct FailedOperations {
    failed: HashSet<Operation>,
    refused: HashSet<Operation>,
}

/// The log of one container of one task, as far as it was readable.
struct Logged {
    container: String,
    task: String,
    /// The signature of the failure without the log.
    clue: Signature,
    lines: Vec<String>,
}

impl CollectionPace {
    /// Whether it is time to collect: tasks have failed that were not counted the last time, or tasks are missing for long. Then this
    /// counts as the last time.
    pub(crate) fn is_due(&mut self, failed: u64, now: Duration) -> bool {
        let is_news =
            self.last.is_none_or(|(known, at)| failed != known && now.saturating_sub(at) >= COLLECT) && failed > 0;
        if is_news {
            self.last = Some((failed, now));
        }
        // Some servers never count failed tasks, and ECS does not count those that ran before they stopped.
        let passed = now.saturating_sub(*self.since.get_or_insert(now));
        let next = self.next.get_or_insert(UNCOUNTED);
        let is_late = self.is_short && passed >= *next;
        while (is_late || is_news) && passed >= *next {
            *next *= 2;
        }
        is_news || is_late
    }
}

impl Collected {
    /// Keeps the definition that is deployed: it never changes.
    pub(crate) fn know_definition(&mut self, definition: impl FnOnce() -> Option<Value>) {
        self.described.definition = self.described.definition.take().or_else(definition);
    }

    pub(crate) fn knows_definition(&self) -> bool {
        self.described.definition.is_some()
    }

    pub(crate) fn know_deployments<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        self.deployments.extend(ids.map(str::to_owned));
    }

    pub(crate) fn deployments(&self) -> impl Iterator<Item = &String> {
        self.deployments.iter()
    }

    /// Keeps the service's settings that can explain its failures.
    pub(crate) fn know_service(&mut self, service: &Map<String, Value>) {
        let settings = service.iter().filter(|(member, _)| SETTINGS.contains(&member.as_str()));
        self.described.service = Some(settings.map(|(member, value)| (member.clone(), value.clone())).collect());
    }

    pub(crate) fn described(&self) -> Described<'_> {
        Described { definition: self.described.definition.as_ref(), service: self.described.service.as_ref() }
    }

    /// Reads service events, newest first.
    pub(crate) fn read_events<'a>(&mut self, messages: impl Iterator<Item = &'a EcsEvent>, deployment: &str) {
        let mut news = Vec::new();
        for message in messages {
            if !self.events.ids.insert(message.id.clone()) || !diagnose::concerns(&message.text, deployment) {
                continue;
            }
            self.events.started.extend(diagnose::started(&message.text));
            news.extend(diagnose::unmade(&message.text, self.described()));
        }
        self.events.failures.splice(0..0, news);
    }

    /// Reads ECS's reason for failing the deployment, if it names a failure.
    pub(crate) fn read_reason(&mut self, reason: &str) {
        let reported = diagnose::given_up(reason, self.described());
        self.events.failures.splice(0..0, reported);
    }

    /// Reads a DescribeTasks answer. Returns the tasks of ours that failed.
    pub(crate) fn read(&mut self, answer: &Value, owner: &Owner) -> Vec<StoppedTask> {
        self.meet(answer, owner);
        diagnose::stopped_tasks(answer, owner, self.described())
    }

    /// Reads which tasks of a DescribeTasks answer are not ours.
    pub(crate) fn meet(&mut self, answer: &Value, owner: &Owner) {
        self.other_tasks.extend(diagnose::other_tasks(answer, owner));
    }

    /// How many tasks of ours have failed.
    pub(crate) fn count(&self) -> usize {
        self.stopped.len()
    }

    pub(crate) fn has(&self, task: &str) -> bool {
        self.stopped.iter().any(|known| known.id == task)
    }

    /// Keeps a task that stopped. Returns it with the kind that logs have shown.
    pub(crate) fn keep(&mut self, task: StoppedTask) -> StoppedTask {
        let seen = self.seen(&task);
        self.stopped.insert(0, task);
        seen
    }

    /// Keeps the lines of a log, or that it has none.
    pub(crate) fn keep_log(&mut self, container: &str, task: &str, clue: &Signature, lines: Vec<String>) {
        self.logs.retain(|log| log.task != task || log.container != container);
        self.logs.push(Logged { container: container.to_owned(), task: task.to_owned(), clue: clue.clone(), lines });
    }

    /// Whether to read a log of that failure while the deployment is in progress.
    pub(crate) fn wants_log(&self, clue: &Signature) -> bool {
        self.logs.len() < LOGS && !self.logs.iter().any(|log| log.clue.is_same(clue))
    }

    /// The log of the newest of a cause's tasks that has one.
    pub(crate) fn log(&self, clue: &Signature, tasks: &[String]) -> Option<&[String]> {
        let container = clue.container.as_deref()?;
        let of = |task: &String| self.logs.iter().find(|log| log.task == *task && log.container == container);
        tasks.iter().filter_map(of).map(|log| log.lines.as_slice()).find(|lines| !lines.is_empty())
    }

    pub(crate) fn runtime(&self, task: &str) -> Option<&str> {
        self.stopped.iter().find(|known| known.id == task)?.runtime.as_deref()
    }

    /// Notes that an operation failed. Returns true if that is to be reported.
    pub(crate) fn give_up(&mut self, operation: Operation, is_busy: bool) -> bool {
        if !is_busy {
            self.operations.refused.insert(operation);
        }
        self.operations.failed.insert(operation)
    }

    pub(crate) fn may_ask(&self, operation: Operation) -> bool {
        !self.operations.refused.contains(&operation)
    }

    /// A stopped task with the kind that logs have shown.
    fn seen(&self, task: &StoppedTask) -> StoppedTask {
        let is_exit = task.clue.exit.is_some_and(|exit| exit != 0);
        let shows = |log: &Logged| log.clue.is_same(&task.clue) && diagnose::shows_platform(&log.lines);
        if is_exit && self.logs.iter().any(shows) { task.on_wrong_platform(self.described()) } else { task.clone() }
    }

    /// Why tasks stopped or were never made, most frequent first, each with its signature, which finds its log.
    pub(crate) fn causes(&self) -> Vec<(Signature, Cause)> {
        let stopped: Vec<_> = self.stopped.iter().map(|task| self.seen(task)).collect();
        let mut causes = diagnose::causes(&Evidence {
            stopped: &stopped,
            reported: &self.events.failures,
            running: &self.running,
            started: &self.events.started,
            other_tasks: &self.other_tasks,
            described: self.described(),
        });
        for (clue, cause) in &mut causes {
            cause.log = self.log(clue, &cause.tasks).unwrap_or_default().to_vec();
        }
        causes
    }

    /// Whether running tasks may explain the failure: a load balancer may be the cause, or no cause is known.
    pub(crate) fn suspects_running(&self) -> bool {
        let is_balancer = |clue: &Signature| clue.kind == diagnose::Kind::LoadBalancerUnhealthy;
        let clues = self
            .stopped
            .iter()
            .map(|task| &task.clue)
            .chain(self.events.failures.iter().map(|reported| &reported.clue));
        let clues: Vec<_> = clues.collect();
        clues.is_empty() || clues.into_iter().any(is_balancer)
    }

    /// How many times the deployment has failed for a cause that waiting does not cure: tasks of ours, each once, and service
    /// events about tasks that were never started.
    pub(crate) fn hopeless(&self) -> u64 {
        let stopped = self.stopped.iter().filter(|task| self.seen(task).keeps_failing()).count();
        let unmade = self.events.failures.iter().filter(|reported| reported.tasks.is_empty());
        let unmade = unmade.filter(|reported| diagnose::is_incurable(reported.clue.kind)).count();
        (stopped + unmade) as u64
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn failed_tasks_are_collected_as_they_are_counted() {
        let mut pace = CollectionPace::default();
        for (at, failed, due) in
            [(0, 0, false), (3, 1, true), (6, 2, false), (13, 2, true), (40, 2, false), (41, 3, true)]
        {
            assert_eq!(pace.is_due(failed, seconds(at)), due, "{at}");
        }
    }

    #[test]
    fn tasks_that_are_missing_are_looked_for_ever_more_rarely() {
        let mut pace = CollectionPace { is_short: true, ..CollectionPace::default() };
        let due: Vec<u64> = (0..1000).filter(|at| pace.is_due(0, seconds(*at))).collect();
        assert_eq!(due, [60, 120, 240, 480, 960]);
        let mut pace = CollectionPace::default();
        assert!(!(0..1000).any(|at| pace.is_due(0, seconds(at))));
    }

    fn exited(id: &str, code: i64, from: f64, to: f64) -> Value {
        json!({"taskArn": format!("arn/{id}"), "startedBy": "ecs-svc/2", "stopCode": "EssentialContainerExited", "startedAt": from,
            "stoppingAt": to, "stoppedAt": to, "containers": [{"name": "api", "exitCode": code}]})
    }

    #[test]
    fn only_what_waiting_does_not_cure_is_hopeless() {
        let mut collected = Collected::default();
        let answer =
            json!({"tasks": [exited("a", 1, 0.0, 5.0), exited("b", 1, 0.0, 900.0), exited("c", 143, 0.0, 5.0)]});
        for task in collected.read(&answer, &Owner::of("ecs-svc/2")) {
            collected.keep(task);
        }
        assert_eq!(collected.hopeless(), 1);
        let role = "(service api) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x')";
        let message = |id: &str, text: &str| EcsEvent { id: id.to_owned(), at: 1.0, text: text.to_owned() };
        let capacity = "(service api) was unable to place a task. Reason: Capacity is unavailable at this time.";
        collected.read_events([message("1", role), message("1", role), message("2", capacity)].iter(), "ecs-svc/2");
        assert_eq!(collected.hopeless(), 2);
    }

    #[test]
    fn a_log_may_show_another_kind_for_all_tasks_of_the_cause() {
        let mut collected = Collected::default();
        let answer = json!({"tasks": [exited("a", 1, 0.0, 5.0), exited("b", 1, 0.0, 4.0)]});
        for task in collected.read(&answer, &Owner::of("ecs-svc/2")) {
            if collected.wants_log(&task.clue) {
                collected.keep_log("api", &task.id, &task.clue, vec!["exec /app: exec format error".to_owned()]);
            }
            assert_eq!(collected.keep(task).clue.kind.name(), "platform_mismatch");
        }
        let causes = collected.causes();
        assert_eq!((causes.len(), causes[0].1.log.len()), (1, 1));
        assert_eq!(causes[0].1.kind, "platform_mismatch");
    }
}
