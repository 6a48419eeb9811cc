//! Decides how a deployment under a native strategy goes on: its stages, its hooks and the weights of traffic.

use serde_json::Value;

use super::ids::Ids;
use crate::outside::{Hooks, Verdict};

/// The least time that a stage takes, in seconds.
const STEP: f64 = 1.0;
const MINUTE: f64 = 60.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Reconcile,
    PreScaleUp,
    ScaleUp,
    PostScaleUp,
    TestShift,
    PostTestShift,
    PreProductionShift,
    ProductionShift,
    PostProductionShift,
    Bake,
    CleanUp,
}

/// All stages in their order, with their names in the API.
const STAGES: [(Stage, &str); 11] = [
    (Stage::Reconcile, "RECONCILE_SERVICE"),
    (Stage::PreScaleUp, "PRE_SCALE_UP"),
    (Stage::ScaleUp, "SCALE_UP"),
    (Stage::PostScaleUp, "POST_SCALE_UP"),
    (Stage::TestShift, "TEST_TRAFFIC_SHIFT"),
    (Stage::PostTestShift, "POST_TEST_TRAFFIC_SHIFT"),
    (Stage::PreProductionShift, "PRE_PRODUCTION_TRAFFIC_SHIFT"),
    (Stage::ProductionShift, "PRODUCTION_TRAFFIC_SHIFT"),
    (Stage::PostProductionShift, "POST_PRODUCTION_TRAFFIC_SHIFT"),
    (Stage::Bake, "BAKE_TIME"),
    (Stage::CleanUp, "CLEAN_UP"),
];

impl Stage {
    pub(crate) fn name(self) -> &'static str {
        STAGES[self as usize].1
    }

    fn next(self) -> Stage {
        STAGES[(self as usize + 1).min(STAGES.len() - 1)].0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pending,
    Running,
    Succeeded,
    Failed,
    TimedOut,
}

/// One hook at one stage: a function, or a pause until somebody goes on.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) stage: Stage,
    /// Absent: a pause.
    pub(crate) function: Option<String>,
    pub(crate) began: Option<f64>,
    pub(crate) outcome: Outcome,
    pub(crate) timeout: f64,
    /// Whether it counts as succeeded when its time is over.
    pub(crate) lenient: bool,
}

impl Hook {
    pub(crate) fn status(&self) -> &'static str {
        match (self.outcome, &self.function) {
            (Outcome::Succeeded, _) => "SUCCEEDED",
            (Outcome::Failed, _) => "FAILED",
            (Outcome::TimedOut, _) => "TIMED_OUT",
            (_, None) => "AWAITING_ACTION",
            (_, Some(_)) => "IN_PROGRESS",
        }
    }

    /// Whether it waits until somebody goes on.
    pub(crate) fn waits(&self) -> bool {
        self.outcome == Outcome::Running && self.function.is_none()
    }

    /// Moves it on; when to look again, while it is not done.
    fn run(&mut self, now: f64, world: &Hooks) -> Option<f64> {
        let began = *self.began.get_or_insert(now);
        if self.outcome == Outcome::Pending {
            self.outcome = Outcome::Running;
        }
        if self.outcome != Outcome::Running {
            return None;
        }
        let limit = began + self.timeout;
        let (verdict, seconds) = self.function.as_deref().map_or((Verdict::InProgress, 0.0), |name| world.of(name));
        let at = if verdict == Verdict::InProgress { f64::INFINITY } else { began + seconds };
        if now >= at.min(limit) {
            self.outcome = match verdict {
                _ if limit < at => Outcome::TimedOut,
                Verdict::Failed => Outcome::Failed,
                _ => Outcome::Succeeded,
            };
            return None;
        }
        Some(at.min(limit))
    }

    fn refused(&self) -> bool {
        match self.outcome {
            Outcome::Failed => true,
            Outcome::TimedOut => !self.lenient,
            _ => false,
        }
    }
}

/// Where a deployment under a native strategy is.
#[derive(Clone, Debug)]
pub(crate) struct Stages {
    pub(crate) stage: Stage,
    entered: f64,
    /// Weights of production traffic, with the seconds for which each is kept before the next.
    steps: Vec<(f64, f64)>,
    step: usize,
    stepped: f64,
    bake: f64,
    pub(crate) hooks: Vec<Hook>,
    /// Percents of traffic to the new revision.
    pub(crate) production: f64,
    pub(crate) test: f64,
    /// Since when it has all production traffic.
    pub(crate) live: Option<f64>,
    /// When something may happen by itself.
    pub(crate) until: f64,
}

impl Stages {
    /// The stages that `configuration` asks for; nothing when it is a rolling one.
    pub(crate) fn new(configuration: &Value, now: f64, ids: &mut Ids) -> Option<Stages> {
        let number = |pointer: &str| configuration.pointer(pointer).and_then(Value::as_f64);
        let steps = match configuration.get("strategy").and_then(Value::as_str) {
            Some("BLUE_GREEN") => vec![(100.0, 0.0)],
            Some("LINEAR") => {
                let percent = number("/linearConfiguration/stepPercent").unwrap_or(10.0).clamp(0.1, 100.0);
                let bake = number("/linearConfiguration/stepBakeTimeInMinutes").unwrap_or(6.0) * MINUTE;
                let count = (100.0 / percent).ceil() as u32;
                let step = |index: u32| match f64::from(index) * percent {
                    part if index < count => (part, bake),
                    _ => (100.0, 0.0),
                };
                (1..=count).map(step).collect()
            }
            Some("CANARY") => {
                let percent = number("/canaryConfiguration/canaryPercent").unwrap_or(5.0);
                let bake = number("/canaryConfiguration/canaryBakeTimeInMinutes").unwrap_or(10.0) * MINUTE;
                vec![(percent, bake), (100.0, 0.0)]
            }
            _ => return None,
        };
        Some(Stages {
            stage: Stage::Reconcile,
            entered: now,
            steps,
            step: 0,
            stepped: now,
            bake: number("/bakeTimeInMinutes").unwrap_or(15.0) * MINUTE,
            hooks: hooks(configuration, ids),
            production: 0.0,
            test: 0.0,
            live: None,
            until: now,
        })
    }

    pub(crate) fn begin(&mut self, now: f64) {
        self.entered = now;
        self.until = now;
    }

    /// Goes as far as it can by now; whether a hook ended it. `scaled`: the new tasks are all there and healthy.
    pub(crate) fn advance(&mut self, now: f64, scaled: bool, world: &Hooks) -> bool {
        loop {
            let stage = self.stage;
            let own = self.hooks.iter_mut().filter(|hook| hook.stage == stage);
            let waits: Vec<f64> = own.filter_map(|hook| hook.run(now, world)).collect();
            if self.hooks.iter().any(|hook| hook.stage == stage && hook.refused()) {
                return true;
            }
            let hooked = self.hooks.iter().any(|hook| hook.stage == stage);
            let done = match stage {
                _ if !waits.is_empty() => waits.into_iter().fold(f64::INFINITY, f64::min),
                Stage::CleanUp => f64::INFINITY,
                Stage::ScaleUp if !scaled => f64::INFINITY,
                Stage::ProductionShift => self.shift(now),
                Stage::Bake => self.entered + self.bake,
                Stage::PreProductionShift if !hooked => self.entered,
                _ => self.entered + STEP,
            };
            self.until = done;
            if now < done {
                return false;
            }
            self.enter(stage.next(), now);
        }
    }

    fn enter(&mut self, stage: Stage, now: f64) {
        self.stage = stage;
        self.entered = now;
        match stage {
            Stage::TestShift => self.test = 100.0,
            Stage::CleanUp => self.test = 0.0,
            Stage::ProductionShift => {
                self.stepped = now;
                self.production = self.steps[0].0;
            }
            _ => {}
        }
    }

    /// Steps the weights; when the next step is due, or the last one is over.
    fn shift(&mut self, now: f64) -> f64 {
        while self.step + 1 < self.steps.len() && now >= self.stepped + self.steps[self.step].1 {
            self.step += 1;
            self.stepped = now;
            self.production = self.steps[self.step].0;
        }
        match self.step + 1 < self.steps.len() {
            true => self.stepped + self.steps[self.step].1,
            false => {
                self.live.get_or_insert(self.stepped);
                self.stepped + STEP
            }
        }
    }

    /// All traffic goes back.
    pub(crate) fn undo(&mut self) {
        self.production = 0.0;
        self.test = 0.0;
        self.until = f64::INFINITY;
    }
}

fn hooks(configuration: &Value, ids: &mut Ids) -> Vec<Hook> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut made = Vec::new();
    for hook in list(configuration, "lifecycleHooks") {
        let pause = hook.get("targetType").is_some_and(|kind| kind == "PAUSE");
        let function = hook.get("hookTargetArn").and_then(Value::as_str).filter(|_| !pause);
        let limit = hook.pointer("/timeoutConfiguration/timeoutInMinutes").and_then(Value::as_f64);
        for name in list(&hook, "lifecycleStages") {
            let Some((stage, _)) = STAGES.iter().find(|(_, known)| name == **known) else { continue };
            made.push(Hook {
                id: ids.uuid(),
                stage: *stage,
                function: (!pause).then(|| function.unwrap_or_default().to_owned()),
                began: None,
                outcome: Outcome::Pending,
                timeout: limit.unwrap_or(1440.0) * MINUTE,
                lenient: hook.pointer("/timeoutConfiguration/action").is_some_and(|action| action == "CONTINUE"),
            });
        }
    }
    made
}
