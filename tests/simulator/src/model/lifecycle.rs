//! Decides what CodeDeploy does to a service: one deployment after another, and back where one went wrong.

use serde_json::Value;

use super::codedeploy::{Deploy, STEP, STEPS, Status, Step, TIMEOUT, Turn};
use super::definition::Definition;
use super::service::{Around, Service};
use crate::appspec::AppSpec;

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
