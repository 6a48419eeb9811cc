//! Finds out whether an autoscaler sets the number of tasks, and whether a requested number is then used.

use crate::engine::context::Halt;
use serde_json::{Value, json};

use crate::aws::operation::Operation;
use crate::json::list;
use crate::rollout::flows::service::is_worth_another;
use crate::rollout::workflow::{Verb, Workflow};

/// The scalable target of a service.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Autoscaling {
    /// It was not read.
    #[default]
    Unasked,
    /// Nothing scales the service.
    Without,
    /// It is kept from `min` to `max`.
    Within { min: i64, max: i64 },
    /// It could not be seen: why.
    Unknown(String),
}

impl Workflow {
    /// Whether it matters who else sets the number of tasks.
    pub(crate) fn asks_for_autoscaling(&self) -> bool {
        self.found.autoscaling == Autoscaling::Unasked
            && !self.is_express()
            && self.verb == Verb::Deploy
            && (self.request.desired.is_some() || self.providing.is_some())
            && self.prepared.service.get("schedulingStrategy").is_none_or(|strategy| strategy != "DAEMON")
    }

    /// Looks whether the service is scaled (DescribeScalableTargets).
    pub(crate) async fn autoscaled(&mut self) -> Result<(), Halt> {
        let resource = format!("service/{}/{}", self.found.before.cluster, self.found.before.name);
        let input = json!({"ServiceNamespace": "ecs", "ResourceIds": [resource], "ScalableDimension": "ecs:service:DesiredCount"});
        self.found.autoscaling = match self.call(Operation::DescribeScalableTargets, &input).await? {
            Ok(answer) => within(&answer),
            Err(fault) if is_worth_another(&fault, self.cx.attempts.failed) => return Err(self.setback(fault).await),
            Err(fault) => Autoscaling::Unknown(format!("{}: {}", fault.code, fault.text)),
        };
        self.settle_count();
        Ok(())
    }

    /// Decides about the number of tasks. An option is an order; a number from a document gives way to an autoscaler, and waits if the
    /// scalable target could not be read.
    fn settle_count(&mut self) {
        let count = self.providing.as_ref().and_then(|providing| providing.asked.desired);
        let differs = |count: u32| u64::from(count) != self.found.before.desired;
        match (&self.found.autoscaling, self.request.desired, count.filter(|count| differs(*count))) {
            (Autoscaling::Without, None, Some(count)) => {
                self.request.desired = Some(count);
                if let (Some(change), Some(providing)) = (self.desired_change(), &mut self.providing) {
                    providing.changes.insert(0, change);
                }
            }
            (Autoscaling::Within { min, max }, Some(desired), _) if !(*min..=*max).contains(&i64::from(desired)) => {
                let text = format!(
                    "`desired` is {desired}, and the service is scaled from {min} to {max}: the autoscaler will take it back. Change \
                     the range with `scale`"
                );
                self.cx.warn("autoscaled", text);
            }
            (Autoscaling::Within { min, max }, None, Some(count)) => {
                let text = format!(
                    "desiredCount {count} of `settings` is not sent: an autoscaler keeps the service from {min} to {max} tasks, and has \
                     it at {}. Give `desired` to set it in any case",
                    self.found.before.desired
                );
                self.cx.warn("autoscaled", text);
            }
            (Autoscaling::Unknown(why), None, Some(count)) => {
                let text = format!(
                    "desiredCount {count} of `settings` is not sent: whether an autoscaler sets the number of tasks is unknown \
                     ({why}). Give `desired` to set it in any case"
                );
                self.cx.warn("autoscaling", text);
            }
            (Autoscaling::Unknown(why), Some(_), _) => {
                let text = format!("whether an autoscaler will take `desired` back is not known ({why})");
                self.cx.warn("autoscaling", text);
            }
            _ => {}
        }
    }
}

fn within(answer: &Value) -> Autoscaling {
    let Some(target) = list(answer, "ScalableTargets").first() else { return Autoscaling::Without };
    match (target["MinCapacity"].as_i64(), target["MaxCapacity"].as_i64()) {
        (Some(min), Some(max)) => Autoscaling::Within { min, max },
        _ => Autoscaling::Unknown("its answer has no range".to_owned()),
    }
}
