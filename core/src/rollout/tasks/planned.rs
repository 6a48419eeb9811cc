//! The calls that would start tasks, for a plan.

use serde_json::{Value, json};

use super::input::RunTaskInput;
use super::queue::{TaskSpec, When};
use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::rollout::workflow::Workflow;
use crate::types::plan::PlannedCall;

impl Workflow {
    /// The calls that would start the tasks before an order, or the only one.
    pub(crate) fn planned_tasks(&self) -> Vec<PlannedCall> {
        let known = self.tasks.current.iter().map(|current| self.planned_task(current.composed.clone()));
        known.chain(self.tasks.queue.iter().filter_map(|spec| self.planned_spec(spec))).collect()
    }

    /// The calls that would start the tasks of this moment after an order.
    pub(crate) fn planned_checks(&self, when: When) -> Vec<PlannedCall> {
        self.tasks.later.iter().filter(|spec| spec.when == when).filter_map(|spec| self.planned_spec(spec)).collect()
    }

    fn planned_spec(&self, spec: &TaskSpec) -> Option<PlannedCall> {
        let definition = self.prepared.rendered.as_ref().map(TaskDefinition::to_value).unwrap_or_default();
        self.compose(spec, &definition).ok().map(|composed| self.planned_task(composed))
    }

    fn planned_task(&self, composed: RunTaskInput) -> PlannedCall {
        let mut input = composed.input;
        // Without one it is registered first.
        input.extend(self.order.definition.as_ref().map(|arn| ("taskDefinition".to_owned(), json!(arn))));
        PlannedCall::new(Operation::RunTask, Some(Value::Object(input)))
    }

    /// Plans what would be written.
    pub(crate) fn planned_run(&mut self) {
        let mut planned = Vec::new();
        if self.order.definition.is_none() {
            planned.push(PlannedCall::new(Operation::RegisterTaskDefinition, None));
        }
        planned.extend(self.planned_tasks());
        self.order.changed = true;
        self.tasks.ran = Some(self.ran(planned));
    }
}
