//! What a stopped task (DescribeTasks) tells: whether it failed at all, which container made it stop, and why.

use serde_json::Value;

use super::facts::Facts;
use super::kind::{Kind, is_incurable};
use super::words::{classify, classify_exit};
use super::{Clue, names};
use crate::error::StoppedContainer;
use crate::rollout::snapshot::{last, list, text};

/// A task that ran at most so long has ended at its start, in seconds. ECS itself takes a task without health checks for
/// healthy after 40 s; a runtime that waits for a database before it gives up takes longer.
const START: f64 = 120.0;

/// A task of our deployment that stopped, and not because it was replaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoppedTask {
    pub(crate) id: String,
    pub(crate) clue: Clue,
    pub(crate) reason: Option<String>,
    pub(crate) containers: Vec<StoppedContainer>,
    /// The failing container's id in its runtime.
    pub(crate) runtime: Option<String>,
    pub(super) stopped: f64,
    /// How long it ran, in seconds; absent where it never did.
    ran: Option<f64>,
}

impl StoppedTask {
    /// Whether the next task will stop for the same cause, too. One that ran for a while before it ended may not.
    pub(crate) fn is_hopeless(&self) -> bool {
        is_incurable(self.clue.kind) && self.ran.is_none_or(|ran| ran <= START)
    }

    /// The same task where its log has shown that its image is of another platform.
    pub(crate) fn on_wrong_platform(&self, facts: Facts<'_>) -> Self {
        let container = self.clue.container.as_deref();
        let (container, subject) = subject(Kind::PlatformMismatch, "", container, facts);
        let words = Some("exec format error".to_owned());
        Self { clue: Clue { container, subject, words, ..Clue::new(Kind::PlatformMismatch) }, ..self.clone() }
    }
}

/// The tasks of a DescribeTasks answer that stopped for a reason of their own, newest first. `deployment`: the id of the
/// deployment or of the task set.
pub(crate) fn stopped_tasks(answer: &Value, deployment: &str, facts: Facts<'_>) -> Vec<StoppedTask> {
    let ours = list(answer, "tasks").iter().filter(|task| task["startedBy"] == deployment);
    let mut stopped: Vec<_> = ours.filter_map(|task| stopped_task(task, facts)).collect();
    stopped.sort_by(|one, other| other.stopped.total_cmp(&one.stopped));
    stopped
}

/// The ids of the tasks of a DescribeTasks answer that others than ours started.
pub(crate) fn strangers(answer: &Value, deployment: &str) -> Vec<String> {
    let others = list(answer, "tasks").iter().filter(|task| task["startedBy"] != deployment);
    others.map(id).collect()
}

/// The private addresses of the tasks that ours started, with the tasks' ids: what target groups know them by.
pub(crate) fn addresses(answer: &Value, deployment: &str) -> Vec<(String, String)> {
    let ours = list(answer, "tasks").iter().filter(|task| task["startedBy"] == deployment);
    ours.flat_map(|task| {
        let details = list(task, "attachments").iter().flat_map(|attachment| list(attachment, "details"));
        let addresses = details.filter(|detail| detail["name"] == "privateIPv4Address");
        addresses.map(|detail| (text(detail, "value"), id(task))).collect::<Vec<_>>()
    })
    .collect()
}

fn id(task: &Value) -> String {
    last(&text(task, "taskArn")).to_owned()
}

/// Why one task stopped; `None` where it did not fail.
pub(crate) fn stopped_task(task: &Value, facts: Facts<'_>) -> Option<StoppedTask> {
    let ended = Ended::of(task, facts);
    let clue = ended.clue();
    if is_replaced(task, &clue) {
        return None;
    }
    let runtime = |name: &String| {
        let container = list(task, "containers").iter().find(|container| container["name"] == name.as_str())?;
        container["runtimeId"].as_str().map(str::to_owned)
    };
    let time = |member: &str| task[member].as_f64();
    Some(StoppedTask {
        id: id(task),
        runtime: clue.container.as_ref().and_then(runtime),
        reason: Some(ended.reason).filter(|reason| !reason.is_empty()),
        containers: ended.containers,
        clue,
        stopped: time("stoppedAt").or(time("stoppingAt")).unwrap_or_default(),
        ran: time("startedAt").zip(time("stoppingAt").or(time("stoppedAt"))).map(|(from, to)| to - from),
    })
}

/// Words for an end that is no failure of the task's: others take its place, or its capacity was taken away.
const REPLACED: [&str; 5] = [
    "Scaling activity initiated by",
    "Your Spot Task was interrupted",
    "Task stopped by user",
    "ECS is performing maintenance",
    "rebalancing",
];

fn is_replaced(task: &Value, clue: &Clue) -> bool {
    let reason = text(task, "stoppedReason");
    match task["stopCode"].as_str() {
        Some("UserInitiated" | "SpotInterruption" | "TerminationNotice") => true,
        _ if REPLACED.iter().any(|words| reason.contains(words)) => true,
        // The scheduler stops tasks for their health or to have fewer of them; what it says in new words of the second is no
        // failure.
        Some("ServiceSchedulerInitiated") => clue.kind == Kind::Other && !speaks_of_failure(&reason),
        _ => false,
    }
}

fn speaks_of_failure(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("fail") || reason.contains("unhealthy")
}

/// The end of one task, as far as it matters for its cause.
struct Ended<'a> {
    facts: Facts<'a>,
    reason: String,
    code: String,
    containers: Vec<StoppedContainer>,
    /// The health of the containers, by position.
    health: Vec<String>,
    /// Seconds between the signal to stop and the end of the last container.
    stopping: f64,
}

impl<'a> Ended<'a> {
    fn of(task: &Value, facts: Facts<'a>) -> Self {
        let containers = list(task, "containers");
        let time = |member: &str| task[member].as_f64();
        Self {
            facts,
            reason: text(task, "stoppedReason"),
            code: text(task, "stopCode"),
            containers: containers.iter().map(stopped_container).collect(),
            health: containers.iter().map(|container| text(container, "healthStatus")).collect(),
            stopping: time("stoppingAt").zip(time("executionStoppedAt")).map_or(0.0, |(from, to)| to - from),
        }
    }

    fn clue(&self) -> Clue {
        // What is said of a container is narrower than what is said of its task.
        let told = self.containers.iter().filter_map(|container| {
            let words = container.reason.as_deref()?;
            Some((classify(words)?, words, Some(container)))
        });
        let told = told.chain(classify(&self.reason).map(|kind| (kind, self.reason.as_str(), None))).next();
        match told {
            Some((Kind::Dependency, words, container)) => self.dependency(container, words),
            Some((Kind::Unhealthy, words, _)) => self.unhealthy(words),
            Some((Kind::LoadBalancerUnhealthy, words, _)) => self.unbalanced(words),
            Some((kind, words, container)) => self.told(kind, words, container),
            None => self.waiting().unwrap_or_else(|| self.ended()),
        }
    }

    /// A failure that ECS has words for.
    fn told(&self, kind: Kind, words: &str, container: Option<&StoppedContainer>) -> Clue {
        let name = container.map(|container| container.name.as_str());
        let (name, subject) = subject(kind, words, name, self.facts);
        let exit = container.and_then(|container| container.exit).filter(|_| kind != Kind::PlatformMismatch);
        Clue { container: name, exit, subject, words: Some(words.to_owned()), ..Clue::new(kind) }
    }

    fn unhealthy(&self, words: &str) -> Clue {
        let sick =
            self.health.iter().position(|health| health == "UNHEALTHY").map(|at| self.containers[at].name.as_str());
        let container = sick.or(self.facts.only_checked()).or(self.facts.only_container()).map(str::to_owned);
        Clue { container, words: Some(words.to_owned()), ..Clue::new(Kind::Unhealthy) }
    }

    fn unbalanced(&self, words: &str) -> Clue {
        let group = names::between(words, "(target-group ", ")").or_else(|| names::between(words, "(elb ", ")"));
        unbalanced(group, self.facts)
    }

    /// A container waited in vain for another.
    fn dependency(&self, waiting: Option<&StoppedContainer>, words: &str) -> Clue {
        let waiting = waiting.map(|container| container.name.as_str()).filter(|name| self.unmet(name).is_some());
        let waiting = waiting.or_else(|| self.names().find(|name| self.unmet(name).is_some()));
        let found = waiting.and_then(|waiting| Some((waiting, self.unmet(waiting)?)));
        let clue = Clue { words: Some(words.to_owned()), ..Clue::new(Kind::Dependency) };
        let Some((waiting, (container, condition))) = found else { return clue };
        Clue { container: Some(container), subject: Some(waiting.to_owned()), detail: Some(condition), ..clue }
    }

    /// A task that did not start, without a word why, in which one container never came after another.
    fn waiting(&self) -> Option<Clue> {
        let has_words = self.containers.iter().any(|container| container.reason.is_some());
        if self.code != "TaskFailedToStart" || has_words {
            return None;
        }
        self.names().find(|name| self.unmet(name).is_some())?;
        Some(self.dependency(None, &self.reason))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.containers.iter().map(|container| container.name.as_str())
    }

    /// What a container that has not started waited for: the container, and what that was to come to.
    fn unmet(&self, waiting: &str) -> Option<(String, String)> {
        let seen = |name: &str| self.containers.iter().position(|container| container.name == name);
        if seen(waiting).is_some_and(|at| self.containers[at].exit.is_some()) {
            return None;
        }
        let is_unmet = |(container, condition): (&str, &str)| {
            let exit = seen(container).and_then(|at| self.containers[at].exit);
            let is_healthy = seen(container).is_some_and(|at| self.health[at] == "HEALTHY");
            match condition {
                "HEALTHY" => !is_healthy,
                "COMPLETE" => exit.is_none(),
                "SUCCESS" => exit != Some(0),
                _ => false,
            }
        };
        let all = self.facts.dependencies(waiting);
        let unmet = all.iter().find(|one| is_unmet((one.container, one.condition)))?;
        Some((unmet.container.to_owned(), unmet.condition.to_owned()))
    }

    /// A container ended, and its exit code is all there is; or not even that.
    fn ended(&self) -> Clue {
        let Some(container) = self.blamed() else {
            let words = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
            return Clue { words, ..Clue::new(Kind::Other) };
        };
        let kind = container.exit.map_or(Kind::Other, classify_exit);
        let words = container.reason.clone().or_else(|| Some(self.reason.clone()).filter(|_| kind == Kind::Other));
        Clue { container: Some(container.name.clone()), exit: container.exit, words, ..Clue::new(kind) }
    }

    /// The container that made the task stop: of those that the task ends with, the one that did not merely stop along.
    fn blamed(&self) -> Option<&StoppedContainer> {
        let by_itself = self.code == "EssentialContainerExited";
        let is_candidate = |container: &&StoppedContainer| !by_itself || self.facts.is_essential(&container.name);
        // The first of the most likely.
        let most = self.containers.iter().filter(is_candidate).rev().max_by_key(|container| self.blame(container))?;
        (self.blame(most) > 0).then_some(most)
    }

    /// How likely it is that this container made the task stop. The others then get SIGTERM and, past their stopTimeout,
    /// SIGKILL.
    fn blame(&self, container: &StoppedContainer) -> u8 {
        let lingered = self.stopping >= self.facts.stop_timeout(&container.name) - 1.0;
        match (&container.reason, container.exit) {
            (Some(_), _) => 6,
            (None, Some(137)) if lingered => 1,
            (None, Some(137)) => 4,
            (None, Some(143)) => 2,
            (None, Some(0)) => 3,
            (None, Some(_)) => 5,
            (None, None) => 0,
        }
    }
}

fn stopped_container(container: &Value) -> StoppedContainer {
    StoppedContainer {
        name: text(container, "name"),
        exit: container["exitCode"].as_i64(),
        reason: Some(text(container, "reason")).filter(|reason| !reason.is_empty()),
    }
}

/// A target group, or a Classic load balancer, that finds a container unhealthy.
pub(super) fn unbalanced(group: Option<&str>, facts: Facts<'_>) -> Clue {
    let container = group.and_then(|group| facts.behind(group)).map(|(container, _)| container.to_owned());
    Clue { container, subject: group.map(str::to_owned), ..Clue::new(Kind::LoadBalancerUnhealthy) }
}

/// What a failure is about, and whose it is: out of ECS's words, and out of the definition where they name nothing.
pub(super) fn subject(
    kind: Kind,
    words: &str,
    container: Option<&str>,
    facts: Facts<'_>,
) -> (Option<String>, Option<String>) {
    let only = |all: Vec<&str>| match all.as_slice() {
        [only] => Some((*only).to_owned()),
        _ => None,
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    match kind {
        Kind::ImageMissing
        | Kind::PlatformMismatch
        | Kind::RegistryDenied
        | Kind::RegistryUnreachable
        | Kind::RegistryLimit
        | Kind::PullFailed
        | Kind::DiskFull => {
            let container = container.or_else(|| facts.container_by_image(words)).or_else(|| facts.only_container());
            let image = container.and_then(|container| facts.image(container));
            let said = names::between(words, "resolve ref ", ": ")
                .or_else(|| names::between(words, "resolve reference \"", "\""));
            (owned(container), owned(image.or(said)))
        }
        Kind::SecretMissing | Kind::SecretDenied => {
            let arn = names::arn(words, "secretsmanager").map(names::secret).or_else(|| names::arn(words, "ssm"));
            let secret = arn.or_else(|| words.split_once("parameters: ").map(|(_, names)| names.trim_end_matches('.')));
            let used = secret.and_then(|secret| facts.secret_use(secret)).map(|(container, _)| container);
            (owned(container.or(used)), owned(secret))
        }
        Kind::EnvironmentFile => {
            (owned(container), owned(names::arn(words, "s3")).or_else(|| only(facts.environment_files())))
        }
        Kind::LogGroupMissing | Kind::LogDenied => (owned(container), only(facts.log_groups())),
        Kind::Role => (owned(container), owned(names::arn(words, "iam"))),
        Kind::Network => (owned(container), owned(names::word(words, "subnet-"))),
        Kind::Volume => (owned(container), owned(names::word(words, "fs-").or_else(|| names::word(words, "vol-")))),
        _ => (owned(container), None),
    }
}
