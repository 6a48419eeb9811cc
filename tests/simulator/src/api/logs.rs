//! Decides what CloudWatch Logs answers: the lines of containers, by their group and stream.

use serde_json::{Value, json};

use super::{Answer, ApiError, Input, invalid};
use crate::model::Model;
use crate::model::task::Task;

/// Lines of a container that does not end by itself come within so many seconds.
const SPAN: f64 = 1.0;
pub(super) const PAGE: u64 = 10_000;

fn missing(what: &str) -> ApiError {
    ApiError::new("ResourceNotFoundException", format!("The specified log {what} does not exist."))
}

pub(super) fn get_events(model: &mut Model, input: &Input<'_>) -> Answer {
    let group = match input.text("logGroupName")? {
        Some(name) => name,
        None => input.need("logGroupIdentifier")?.split(":log-group:").last().unwrap_or_default(),
    };
    let stream = input.need("logStreamName")?;
    let bound = |name: &str| Ok::<_, ApiError>(input.count(name)?.map(|at| at as f64 / 1000.0));
    let (from, to) = (bound("startTime")?, bound("endTime")?);
    let mut lines = lines(model, group, stream)?;
    lines.retain(|(at, _)| {
        let at = model.epoch(*at);
        from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to)
    });
    let limit = input.count("limit")?.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(invalid("limit must be between 1 and 10000."));
    }
    let (first, last) = range(input, lines.len(), usize::try_from(limit).unwrap_or(usize::MAX))?;
    let shown = lines[first..last].iter().map(|(at, line)| {
        let stamp = (model.epoch(*at) * 1000.0).round() as i64;
        json!({ "timestamp": stamp, "message": line, "ingestionTime": stamp })
    });
    Ok(json!({
        "events": shown.collect::<Value>(),
        "nextForwardToken": format!("f/{last:056}/s"),
        "nextBackwardToken": format!("b/{first:056}/s"),
    }))
}

/// Which of `count` lines are asked for. A token names where the next page begins, or ends, so that the last one leads
/// to itself.
fn range(input: &Input<'_>, count: usize, limit: usize) -> Result<(usize, usize), ApiError> {
    let forward = |at: usize| (at.min(count), (at + limit).min(count));
    let backward = |at: usize| (at.min(count).saturating_sub(limit), at.min(count));
    let Some(token) = input.text("nextToken")? else {
        return Ok(if input.flag("startFromHead")? { forward(0) } else { backward(count) });
    };
    let at = token.get(2..58).and_then(|digits| digits.parse().ok());
    match (token.get(..2), at) {
        (Some("f/"), Some(at)) => Ok(forward(at)),
        (Some("b/"), Some(at)) => Ok(backward(at)),
        _ => Err(invalid("The specified nextToken is invalid.")),
    }
}

/// What a stream holds by now, with the times.
pub(super) fn lines(model: &Model, group: &str, stream: &str) -> Result<Vec<(f64, String)>, ApiError> {
    let mut known = model.definitions.iter().flat_map(|definition| definition.containers()).any(|container| {
        container.pointer("/logConfiguration/options/awslogs-group").and_then(Value::as_str) == Some(group)
    });
    for task in model.all_tasks() {
        for (index, container) in task.containers.iter().enumerate() {
            let Some([own, prefix]) = &container.logs else { continue };
            known |= own == group;
            if own == group && stream == format!("{prefix}/{}/{}", container.name, task.id) {
                return written(task, index, model.now).ok_or_else(|| missing("stream"));
            }
        }
    }
    Err(missing(if known { "stream" } else { "group" }))
}

/// The lines that a container has written; nothing when it never ran.
fn written(task: &Task, index: usize, now: f64) -> Option<Vec<(f64, String)>> {
    let begin = task.begin(index).filter(|_| task.begun(index, now))?;
    let behaviour = &task.containers[index].behaviour;
    let span = behaviour.exit.as_ref().map_or(SPAN, |exit| exit.after);
    let step = span / (behaviour.log.len() + 1) as f64;
    let until = task.stopped.unwrap_or(now).min(now);
    let line = |(number, line): (usize, &String)| (begin + step * (number + 1) as f64, line.clone());
    Some(
        behaviour
            .log
            .iter()
            .enumerate()
            .map(line)
            .filter(|(at, _)| *at <= until && at + behaviour.lag <= now)
            .collect(),
    )
}
