//! Decides how a CodeDeploy deployment goes on: its lifecycle events, its waits, and how it ends.

use serde_json::Value;

use super::definition::Definition;
use super::service::{Around, Service};
use crate::appspec::AppSpec;
use crate::outside::Verdict;

/// How long a replacement may take to become healthy, and a hook to answer, in seconds.
const TIMEOUT: f64 = 3600.0;
/// The least time that a step takes which does something, in seconds.
const STEP: f64 = 1.0;

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
enum Turn {
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

/// Why ECS would not make a task set as `spec` says.
fn refusal(definition: Option<&Definition>, spec: &AppSpec) -> Option<String> {
    let Some(definition) = definition.filter(|known| known.active()) else {
        return Some("TaskDefinition is inactive or missing.".to_owned());
    };
    let container = definition.containers().iter().find(|one| one["name"] == *spec.container);
    let Some(container) = container else {
        return Some(format!("The container {} does not exist in the task definition.", spec.container));
    };
    let mut ports = container.get("portMappings").and_then(Value::as_array).into_iter().flatten();
    let known = ports.any(|port| port["containerPort"].as_i64() == Some(spec.port));
    let (name, port) = (&spec.container, spec.port);
    (!known).then(|| format!("The container {name} did not have a container port {port} defined."))
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

    fn end(&mut self, status: Status, error: Option<(&'static str, String)>, now: f64) {
        self.status = status;
        self.error = error;
        self.finished = Some(now);
        self.until = f64::INFINITY;
    }

    fn hook(&self, name: &str, around: &Around<'_>) -> Turn {
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
    fn shift(&mut self, now: f64) -> Turn {
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
    fn rest(&mut self, now: f64, seconds: f64) -> Turn {
        let end = self.since() + seconds;
        if std::mem::take(&mut self.resumed) || now >= end { Turn::Done } else { Turn::Wait(end) }
    }
}

impl Service {
    /// Begins a deployment; the truth about it is kept by its own id.
    pub(crate) fn begin_codedeploy(&mut self, deploy: Deploy, definition: &str) {
        self.note_truth(&deploy.id, definition, deploy.created);
        self.deploys.push(deploy);
        self.steady = false;
    }

    /// The deployment that goes on, if any.
    pub(crate) fn codedeploying(&self) -> Option<&Deploy> {
        self.deploys.last().filter(|deploy| !deploy.status.terminal())
    }

    pub(crate) fn step_codedeploy(&mut self, around: &mut Around<'_>) {
        if self.codedeploying().is_none() {
            return;
        }
        let Some(mut deploy) = self.deploys.pop() else { return };
        let mut undo = None;
        loop {
            let turn = match deploy.undoes {
                Some(_) => self.turn_back(&mut deploy, around),
                None => self.turn(&mut deploy, around),
            };
            match turn {
                Turn::Wait(until) => {
                    deploy.until = until;
                    break;
                }
                Turn::Done if deploy.step == Step::Terminate => {
                    deploy.end(Status::Succeeded, None, around.now);
                    self.finish(&deploy.id, "completed", None, around.now);
                    break;
                }
                Turn::Done => {
                    deploy.step = STEPS[deploy.step as usize + 1].0;
                    deploy.entered.push(around.now);
                    deploy.status = Status::InProgress;
                }
                Turn::Failed(code, text) => {
                    undo = deploy.undo[0].then_some("rolled_back").or(Some("failed"));
                    deploy.end(Status::Failed, Some((code, text)), around.now);
                    break;
                }
                Turn::Stopped(code, text) => {
                    let back = deploy.undo[usize::from(code != "ALARM_ACTIVE") + 1];
                    undo = Some(if back && code == "ALARM_ACTIVE" { "rolled_back" } else { "stopped" });
                    deploy.end(Status::Stopped, Some((code, text)), around.now);
                    break;
                }
            }
        }
        if deploy.weight >= 100.0 && deploy.undoes.is_none() {
            self.note_live(&deploy.id, around.now);
        }
        self.deploys.push(deploy);
        if let Some(state) = undo {
            self.end_codedeploy(state, state == "rolled_back", around);
        }
    }

    /// After the last deployment ended badly: the truth, and the deployment that undoes it where that is wanted.
    pub(crate) fn end_codedeploy(&mut self, state: &'static str, back: bool, around: &mut Around<'_>) {
        let Some(failed) = self.deploys.last_mut() else { return };
        let (id, error) = (failed.id.clone(), failed.error.clone());
        let green = failed.green.clone();
        let back = back && failed.undoes.is_none();
        let mut rollback = Deploy::new(
            around.ids.codedeploy(),
            failed.group.clone(),
            failed.spec.clone(),
            failed.blue.clone(),
            around.now,
        );
        if back {
            rollback.undoes = Some(id.clone());
            rollback.green = green;
            rollback.undo = [false; 3];
            rollback.step = Step::Terminate;
            failed.undone_by = Some(rollback.id.clone());
        }
        self.finish(&id, state, error.map(|(_, text)| text), around.now);
        if back {
            let blue = rollback.blue.clone();
            let definition = self.deployments.iter().find(|set| *set.id() == blue);
            let definition = definition.map(|set| set.source.definition.clone()).unwrap_or_default();
            self.begin_codedeploy(rollback, &definition);
        }
    }

    fn turn(&mut self, deploy: &mut Deploy, around: &mut Around<'_>) -> Turn {
        let now = around.now;
        if deploy.status == Status::Created && now < deploy.created + STEP {
            return Turn::Wait(deploy.created + STEP);
        }
        if deploy.status == Status::Created {
            deploy.status = Status::InProgress;
        }
        if let Some(name) = deploy.alarms.iter().find(|name| around.outside.alarms.on(name, now)) {
            let text = format!(
                "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the \
                 affected deployments have been stopped. Activated alarms: <{name}>"
            );
            return Turn::Stopped("ALARM_ACTIVE", text);
        }
        match deploy.step {
            Step::Install => self.install(deploy, around),
            Step::AllowTestTraffic if now < deploy.since() + STEP => Turn::Wait(deploy.since() + STEP),
            Step::AllowTestTraffic => Turn::Done,
            Step::ReadyWait => match deploy.group.ready {
                None => Turn::Done,
                Some(minutes) => {
                    deploy.status = Status::Ready;
                    if !deploy.resumed && now >= deploy.since() + minutes * 60.0 {
                        let text = "The deployment timed out because it was not continued within its waiting time.";
                        return Turn::Stopped("TIMEOUT", text.to_owned());
                    }
                    deploy.rest(now, minutes * 60.0)
                }
            },
            Step::AllowTraffic => {
                let turn = deploy.shift(now);
                if let (Turn::Done, Some(green)) = (&turn, &deploy.green) {
                    self.make_primary(green, now);
                }
                turn
            }
            Step::TerminationWait => {
                let minutes = deploy.group.termination;
                deploy.rest(now, minutes * 60.0)
            }
            Step::Terminate => self.drained(&deploy.blue.clone(), now),
            hook => deploy.hook(STEPS[hook as usize].1.unwrap_or_default(), around),
        }
    }

    /// Makes the replacement task set, and waits until it is there.
    fn install(&mut self, deploy: &mut Deploy, around: &mut Around<'_>) -> Turn {
        let now = around.now;
        let Some(green) = deploy.green.clone() else {
            let found = around.definitions.iter().rev().find(|known| known.arn == deploy.spec.definition);
            if let Some(why) = refusal(found, &deploy.spec) {
                let text = format!("The ECS service cannot be updated due to an unexpected error: {why}");
                return Turn::Failed("ECS_UPDATE_ERROR", text);
            }
            // What an earlier deployment left behind goes first.
            let primary = self.deployments.first().map(|set| set.id().to_owned()).unwrap_or_default();
            self.deployments.iter_mut().filter(|set| *set.id() != primary).for_each(|set| {
                set.replaced.get_or_insert(now);
            });
            let id = self.add_set(&deploy.spec, &deploy.id, around);
            deploy.green = Some(id);
            return Turn::Wait(now + STEP);
        };
        let serving = self.tasks.iter().filter(|task| task.serving() && task.deployment == green).count() as u64;
        let end = deploy.since() + TIMEOUT;
        match (serving >= self.desired, now >= end) {
            (true, _) => Turn::Done,
            (_, true) => Turn::Failed(
                "TIMEOUT",
                "The deployment timed out while waiting for the replacement task set to become healthy. This time out \
                 period is 60 minutes."
                    .to_owned(),
            ),
            (false, false) => Turn::Wait(end),
        }
    }

    /// A rollback: traffic goes back at once, and the replacement goes.
    fn turn_back(&mut self, deploy: &mut Deploy, around: &mut Around<'_>) -> Turn {
        let now = around.now;
        if now < deploy.created + STEP {
            return Turn::Wait(deploy.created + STEP);
        }
        deploy.status = Status::InProgress;
        let blue = deploy.blue.clone();
        self.make_primary(&blue, now);
        self.note_live(&deploy.id, now);
        match deploy.green.clone() {
            Some(green) => self.drained(&green, now),
            None => Turn::Done,
        }
    }

    /// Takes a task set away, and waits until its tasks are gone.
    fn drained(&mut self, id: &str, now: f64) -> Turn {
        let set = self.deployments.iter_mut().find(|set| *set.id() == *id);
        match set {
            Some(set) => {
                set.replaced.get_or_insert(now);
                Turn::Wait(f64::INFINITY)
            }
            None => Turn::Done,
        }
    }
}
