//! Decides what RunTask answers.

use serde_json::Value;

use super::{Answer, Input, object, tasks};
use crate::model::Model;

pub(super) fn run(model: &mut Model, input: &Input<'_>) -> Answer {
    let started = model.run_task(input.members())?;
    let is_started = |id: &&String| model.lone.iter().find(|lone| lone.task.id == **id);
    let shown = started.tasks.iter().filter_map(|id| is_started(&id)).map(|lone| tasks::show_lone(model, lone, true));
    Ok(object([("tasks", shown.collect()), ("failures", Value::Array(started.failures))]))
}
