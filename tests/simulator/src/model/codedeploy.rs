//! Decides what a CodeDeploy deployment is made of: its steps, its hooks, its waits and how its traffic moves.

use super::Model;
use super::service::Around;
use crate::appspec::AppSpec;
use crate::outside::Verdict;

/// How long a replacement may take to become healthy, and a hook to answer, in seconds.
pub(super) const TIMEOUT: f64 = 3600.0;
/// The least time that a step takes which does something, in seconds.
pub(super) const STEP: f64 = 1.0;

/// A deployment group, as the world says it.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) application: String,
    pub(crate) name: String,
    pub(crate) cluster: String,
    pub(crate) service: String,
    pub(crate) config: String,
    /// Minutes before the original tasks go.
    pub(crate) termination: f64,
    /// Minutes that it waits for ContinueDeployment before traffic moves. Absent: it does not wait.
    pub(crate) ready: Option<f64>,
    pub(crate) rollback: bool,
    /// Whether GetDeployment leaves out the digest of the AppSpec.
    pub(crate) no_digest: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Created,
    InProgress,
    Ready,
    Succeeded,
    Failed,
    Stopped,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Created => "Created",
            Status::InProgress => "InProgress",
            Status::Ready => "Ready",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
            Status::Stopped => "Stopped",
        }
    }

    pub(crate) fn terminal(self) -> bool {
        matches!(self, Status::Succeeded | Status::Failed | Status::Stopped)
    }
}

/// The steps in their order. Those that are lifecycle events have their names in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    BeforeInstall,
    Install,
    AfterInstall,
    AllowTestTraffic,
    AfterAllowTestTraffic,
    ReadyWait,
    BeforeAllowTraffic,
    AllowTraffic,
    AfterAllowTraffic,
    TerminationWait,
    Terminate,
}

pub(crate) const STEPS: [(Step, Option<&str>); 11] = [
    (Step::BeforeInstall, Some("BeforeInstall")),
    (Step::Install, Some("Install")),
    (Step::AfterInstall, Some("AfterInstall")),
    (Step::AllowTestTraffic, Some("AllowTestTraffic")),
    (Step::AfterAllowTestTraffic, Some("AfterAllowTestTraffic")),
    (Step::ReadyWait, None),
    (Step::BeforeAllowTraffic, Some("BeforeAllowTraffic")),
    (Step::AllowTraffic, Some("AllowTraffic")),
    (Step::AfterAllowTraffic, Some("AfterAllowTraffic")),
    (Step::TerminationWait, None),
    (Step::Terminate, None),
];

/// One deployment of CodeDeploy.
#[derive(Clone, Debug)]
pub(crate) struct Deploy {
    pub(crate) id: String,
    pub(crate) group: Group,
    pub(crate) spec: AppSpec,
    pub(crate) sha256: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) status: Status,
    pub(crate) created: f64,
    pub(crate) finished: Option<f64>,
    pub(crate) error: Option<(&'static str, String)>,
    /// The deployment that it undoes, where it is a rollback.
    pub(crate) undoes: Option<String>,
    /// The deployment that undoes it.
    pub(crate) undone_by: Option<String>,
    /// Whether it is undone when it fails, and when it is stopped by an alarm or by somebody.
    pub(crate) undo: [bool; 3],
    pub(crate) alarms: Vec<String>,
    pub(crate) step: Step,
    /// When each step was entered.
    pub(crate) entered: Vec<f64>,
    /// The task sets: the one that was there, and the replacement.
    pub(crate) blue: String,
    pub(crate) green: Option<String>,
    /// Percents of traffic to the replacement, with the seconds each is kept.
    pub(crate) weights: Vec<(f64, f64)>,
    pub(crate) weight: f64,
    shifted: f64,
    shift: usize,
    /// A wait is over because somebody said so.
    pub(crate) resumed: bool,
    /// When something may happen by itself.
    pub(crate) until: f64,
}

/// What a step comes to.
pub(super) enum Turn {
    Done,
    Wait(f64),
    Failed(&'static str, String),
    Stopped(&'static str, String),
}

/// Percents of traffic and the seconds each is kept, of a configuration by its name.
pub(crate) fn weights(config: &str) -> Option<Vec<(f64, f64)>> {
    let name = config.strip_prefix("CodeDeployDefault.ECS").unwrap_or(config);
    if name == "AllAtOnce" {
        return Some(vec![(100.0, 0.0)]);
    }
    let numbers = |rest: &str, between: &str| {
        let (percent, minutes) = rest.strip_suffix("Minutes")?.split_once(between)?;
        let (percent, minutes): (f64, f64) = (percent.parse().ok()?, minutes.parse().ok()?);
        ((1.0..100.0).contains(&percent) && minutes > 0.0).then_some((percent, minutes * 60.0))
    };
    if let Some((percent, bake)) = name.strip_prefix("Canary").and_then(|rest| numbers(rest, "Percent")) {
        return Some(vec![(percent, bake), (100.0, 0.0)]);
    }
    let (percent, bake) = name.strip_prefix("Linear").and_then(|rest| numbers(rest, "PercentEvery"))?;
    let count = (100.0 / percent).ceil() as u32;
    Some((1..=count).map(|n| if n < count { (f64::from(n) * percent, bake) } else { (100.0, 0.0) }).collect())
}

impl Model {
    /// The id of the newest deployment, where there is one.
    pub(crate) fn newest_codedeploy(&self) -> Option<&str> {
        let all = self.services.iter().flat_map(|service| &service.deploys);
        all.max_by(|one, other| one.created.total_cmp(&other.created)).map(|deploy| deploy.id.as_str())
    }
}

impl Deploy {
    pub(crate) fn new(id: String, group: Group, spec: AppSpec, blue: String, now: f64) -> Deploy {
        Deploy {
            id,
            weights: weights(&group.config).unwrap_or_else(|| vec![(100.0, 0.0)]),
            undo: [group.rollback; 3],
            group,
            spec,
            sha256: None,
            description: None,
            status: Status::Created,
            created: now,
            finished: None,
            error: None,
            undoes: None,
            undone_by: None,
            alarms: Vec::new(),
            step: Step::BeforeInstall,
            entered: vec![now],
            blue,
            green: None,
            weight: 0.0,
            shifted: now,
            shift: 0,
            resumed: false,
            until: now,
        }
    }

    pub(crate) fn since(&self) -> f64 {
        self.entered.last().copied().unwrap_or(self.created)
    }

    pub(super) fn end(&mut self, status: Status, error: Option<(&'static str, String)>, now: f64) {
        self.status = status;
        self.error = error;
        self.finished = Some(now);
        self.until = f64::INFINITY;
    }

    pub(super) fn hook(&self, name: &str, around: &Around<'_>) -> Turn {
        let Some((_, function)) = self.spec.hooks.iter().find(|(event, _)| event == name) else { return Turn::Done };
        let (verdict, seconds) = around.outside.hooks.of(function);
        let failed = |why: &str| Turn::Failed("HOOK_EXECUTION_FAILURE", format!("The {name} hook {function} {why}"));
        let seconds = if verdict == Verdict::InProgress { TIMEOUT } else { seconds };
        match verdict {
            _ if around.now < self.since() + seconds => Turn::Wait(self.since() + seconds),
            Verdict::Succeeded => Turn::Done,
            Verdict::Failed => failed("reported that it failed."),
            Verdict::InProgress => failed("did not report within an hour."),
        }
    }

    /// Moves traffic on; when the next move is due, or the last one is over.
    pub(super) fn shift(&mut self, now: f64) -> Turn {
        if self.weight == 0.0 {
            self.shifted = now;
            self.weight = self.weights[0].0;
        }
        while self.shift + 1 < self.weights.len() && now >= self.shifted + self.weights[self.shift].1 {
            self.shift += 1;
            self.shifted = now;
            self.weight = self.weights[self.shift].0;
        }
        let last = self.shift + 1 == self.weights.len();
        let due = self.shifted + if last { STEP } else { self.weights[self.shift].1 };
        if last && now >= due { Turn::Done } else { Turn::Wait(due) }
    }

    /// A wait that somebody may end.
    pub(super) fn rest(&mut self, now: f64, seconds: f64) -> Turn {
        let end = self.since() + seconds;
        if std::mem::take(&mut self.resumed) || now >= end { Turn::Done } else { Turn::Wait(end) }
    }
}
