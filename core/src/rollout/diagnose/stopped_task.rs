//! Finds how one task ended: which container made it stop, and why. ECS's texts come before exit codes, and texts about a container
//! before texts about the task.

use serde_json::Value;

use super::described::Described;
use super::kind::Kind;
use super::patterns::{classify, classify_exit};
use super::{Signature, extract};
use crate::error::failure::StoppedContainer;
use crate::json::{list, text};

/// The end of one task, as far as it matters for its cause.
pub(crate) struct Ended<'a> {
    described: Described<'a>,
    pub(crate) reason: String,
    code: String,
    pub(crate) containers: Vec<StoppedContainer>,
    /// The health of the containers, by position.
    health: Vec<String>,
    /// Whether they have begun to run, by position.
    begun: Vec<bool>,
    /// Seconds between the signal to stop and the end of the last container.
    stopping: f64,
}

impl<'a> Ended<'a> {
    pub(crate) fn of(task: &Value, described: Described<'a>) -> Self {
        let containers = list(task, "containers");
        let time = |member: &str| task[member].as_f64();
        Self {
            described,
            reason: text(task, "stoppedReason"),
            code: text(task, "stopCode"),
            containers: containers.iter().map(stopped_container).collect(),
            health: containers.iter().map(|container| text(container, "healthStatus")).collect(),
            begun: containers.iter().map(|container| container["lastStatus"] == "RUNNING").collect(),
            stopping: time("stoppingAt").zip(time("executionStoppedAt")).map_or(0.0, |(from, to)| to - from),
        }
    }

    pub(crate) fn clue(&self) -> Signature {
        // A text about a container is narrower than a text about its task.
        let known = self.containers.iter().filter_map(|container| {
            let words = container.reason.as_deref()?;
            Some((classify(words)?, words, Some(container)))
        });
        let known = known.chain(classify(&self.reason).map(|kind| (kind, self.reason.as_str(), None))).next();
        match known {
            Some((Kind::Dependency, words, container)) => self.dependency(container, words),
            Some((Kind::Unhealthy, words, _)) => self.unhealthy(words),
            Some((Kind::LoadBalancerUnhealthy, words, _)) => self.unbalanced(words),
            Some((kind, words, container)) => self.signature(kind, words, container),
            None => self.waiting().unwrap_or_else(|| self.ended()),
        }
    }

    /// The same of a task of no service: who ended it, or which of the `guilty` containers.
    pub(crate) fn clue_of(&self, guilty: &[String]) -> Signature {
        let words = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
        match self.code.as_str() {
            "UserInitiated" => return Signature { words, ..Signature::new(Kind::Stopped) },
            "SpotInterruption" | "TerminationNotice" => {
                return Signature { words, ..Signature::new(Kind::Interrupted) };
            }
            _ => {}
        }
        let has_words =
            |container: &&StoppedContainer| container.reason.as_deref().is_some_and(|it| classify(it).is_some());
        let is_guilty = |container: &&StoppedContainer| guilty.contains(&container.name);
        if classify(&self.reason).is_some() || self.containers.iter().filter(is_guilty).any(|one| has_words(&one)) {
            return self.clue();
        }
        let most = self.containers.iter().filter(is_guilty).rev().max_by_key(|container| self.blame(container));
        most.filter(|most| most.exit.is_some()).map_or_else(|| self.clue(), |most| self.exited(most))
    }

    /// A failure that ECS has a text for.
    fn signature(&self, kind: Kind, words: &str, container: Option<&StoppedContainer>) -> Signature {
        let name = container.map(|container| container.name.as_str());
        let (name, subject) = subject(kind, words, name, self.described);
        let exit = container.and_then(|container| container.exit).filter(|_| kind != Kind::PlatformMismatch);
        Signature { container: name, exit, subject, words: Some(words.to_owned()), ..Signature::new(kind) }
    }

    fn unhealthy(&self, words: &str) -> Signature {
        let sick =
            self.health.iter().position(|health| health == "UNHEALTHY").map(|at| self.containers[at].name.as_str());
        let container = sick.or(self.described.only_checked()).or(self.described.only_container()).map(str::to_owned);
        Signature { container, words: Some(words.to_owned()), ..Signature::new(Kind::Unhealthy) }
    }

    fn unbalanced(&self, words: &str) -> Signature {
        let group = extract::between(words, "(target-group ", ")").or_else(|| extract::between(words, "(elb ", ")"));
        unbalanced(group, self.described)
    }

    /// A container waited in vain for another.
    fn dependency(&self, waiting: Option<&StoppedContainer>, words: &str) -> Signature {
        let waiting = waiting.map(|container| container.name.as_str()).filter(|name| self.unmet(name).is_some());
        let waiting = waiting.or_else(|| self.names().find(|name| self.unmet(name).is_some()));
        let found = waiting.and_then(|waiting| Some((waiting, self.unmet(waiting)?)));
        let clue = Signature { words: Some(words.to_owned()), ..Signature::new(Kind::Dependency) };
        let Some((waiting, (container, condition))) = found else { return clue };
        Signature { container: Some(container), subject: Some(waiting.to_owned()), detail: Some(condition), ..clue }
    }

    /// A task that did not start, without a reason, in which one container never came after another.
    fn waiting(&self) -> Option<Signature> {
        let has_words = self.containers.iter().any(|container| container.reason.is_some());
        if self.code != "TaskFailedToStart" || has_words {
            return None;
        }
        self.names().find(|name| self.unmet(name).is_some())?;
        Some(self.dependency(None, &self.reason))
    }

    /// Why a task that runs or starts is not healthy or RUNNING.
    pub(crate) fn unready(&self) -> Option<Signature> {
        if let Some(at) = self.health.iter().position(|health| health == "UNHEALTHY") {
            let container = Some(self.containers[at].name.clone());
            return Some(Signature { container, ..Signature::new(Kind::Unhealthy) });
        }
        let waiting = (0..self.containers.len()).filter(|at| !self.begun[*at]).map(|at| &self.containers[at]);
        // The dependency must have begun: before that, its image may still be pulled.
        let is_running = |name: &str| self.names().zip(&self.begun).any(|(known, begun)| known == name && *begun);
        let found = waiting.filter_map(|one| Some((one, self.unmet(&one.name)?))).find(|(_, (on, _))| is_running(on));
        let (waiting, (container, condition)) = found?;
        let (subject, detail) = (Some(waiting.name.clone()), Some(condition));
        Some(Signature { container: Some(container), subject, detail, ..Signature::new(Kind::Dependency) })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.containers.iter().map(|container| container.name.as_str())
    }

    /// What a container that has not started waited for: the container and its condition.
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
        let all = self.described.dependencies(waiting);
        let unmet = all.iter().find(|one| is_unmet((one.container, one.condition)))?;
        Some((unmet.container.to_owned(), unmet.condition.to_owned()))
    }

    /// A container ended, and its exit code is all there is; or not even that.
    fn ended(&self) -> Signature {
        let Some(container) = self.blamed() else {
            let words = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
            return Signature { words, ..Signature::new(Kind::Other) };
        };
        self.exited(container)
    }

    fn exited(&self, container: &StoppedContainer) -> Signature {
        let kind = container.exit.map_or(Kind::Other, classify_exit);
        let words = container.reason.clone().or_else(|| Some(self.reason.clone()).filter(|_| kind == Kind::Other));
        Signature { container: Some(container.name.clone()), exit: container.exit, words, ..Signature::new(kind) }
    }

    /// The container that made the task stop: of those that the task ends with, the one that did not merely stop along.
    fn blamed(&self) -> Option<&StoppedContainer> {
        let by_itself = self.code == "EssentialContainerExited";
        let is_candidate = |container: &&StoppedContainer| !by_itself || self.described.is_essential(&container.name);
        // The first of the most likely.
        let most = self.containers.iter().filter(is_candidate).rev().max_by_key(|container| self.blame(container))?;
        (self.blame(most) > 0).then_some(most)
    }

    /// How likely it is that this container made the task stop. The others then get SIGTERM and, past their stopTimeout,
    /// SIGKILL.
    fn blame(&self, container: &StoppedContainer) -> u8 {
        let lingered = self.stopping >= self.described.stop_timeout(&container.name) - 1.0;
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
pub(crate) fn unbalanced(group: Option<&str>, described: Described<'_>) -> Signature {
    let container = group.and_then(|group| described.behind(group)).map(|(container, _)| container.to_owned());
    Signature { container, subject: group.map(str::to_owned), ..Signature::new(Kind::LoadBalancerUnhealthy) }
}

/// The subject of a failure and its container: from ECS's text, or from the definition if the text names nothing.
pub(crate) fn subject(
    kind: Kind,
    words: &str,
    container: Option<&str>,
    described: Described<'_>,
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
            let named = described.images_in(words);
            if container.is_none() && named.len() > 1 {
                return (None, Some(named.join(", ")));
            }
            let container =
                container.or_else(|| described.container_by_image(words)).or_else(|| described.only_container());
            let image = container.and_then(|container| described.image(container));
            let named = extract::between(words, "resolve ref ", ": ")
                .or_else(|| extract::between(words, "resolve reference \"", "\""));
            (owned(container), owned(image.or(named)))
        }
        Kind::SecretMissing | Kind::SecretDenied => {
            let arn = extract::arn(words, "secretsmanager").map(extract::secret).or_else(|| extract::arn(words, "ssm"));
            let secret = arn.map(str::to_owned).or_else(|| extract::parameters(words));
            let used =
                secret.as_deref().and_then(|secret| described.secret_use(secret)).map(|(container, _)| container);
            (owned(container.or(used)), secret)
        }
        Kind::EnvironmentFile => {
            (owned(container), owned(extract::arn(words, "s3")).or_else(|| only(described.environment_files())))
        }
        Kind::TargetGroup => (owned(container), owned(extract::between(words, "(target-group ", ")"))),
        Kind::LogGroupMissing | Kind::LogDenied => (owned(container), only(described.log_groups())),
        Kind::Role => (owned(container), owned(extract::arn(words, "iam"))),
        Kind::Network => (owned(container), owned(extract::word(words, "subnet-"))),
        Kind::Volume => (owned(container), owned(extract::word(words, "fs-").or_else(|| extract::word(words, "vol-")))),
        _ => (owned(container), None),
    }
}
