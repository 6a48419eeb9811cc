//! An event as one line, for a log. Pure.

use serde_json::Value;

use super::{Numbers, short};
use crate::cli::style::plain;

/// The line of an event; `None` if it repeats an earlier line.
pub(crate) fn line(event: &Value) -> Option<String> {
    let word = |name: &str| plain(event[name].as_str().unwrap_or_default());
    let number = |name: &str| event[name].as_f64().unwrap_or_default();
    let line = match event["type"].as_str()? {
        "started" => {
            let from = event["from"].as_str().map(|from| format!(", which runs {}", crate::arn::last(from)));
            match word("service").as_str() {
                "" => format!("cluster {}", word("cluster")),
                service => {
                    format!("{service} in {}, {}{}", word("cluster"), word("strategy"), from.unwrap_or_default())
                }
            }
        }
        "warning" => format!("warning: {} ({})", word("text"), word("code")),
        "registered" => {
            let how = if event["reused"] == true { "is there already" } else { "registered" };
            format!("{} {how}", crate::arn::last(&word("definition")))
        }
        "updated" => format!("deployment {} has begun", word("deployment")),
        "progress" => format!("{:3}%  {}", Numbers::of(event).percent, Numbers::of(event).text()),
        "stage" => format!("stage {}", word("stage")),
        "traffic" => format!("traffic: {} % production, {} % test", number("production"), number("test")),
        "paused" => {
            let hook = event["hook"].as_str().map(|hook| format!(", hook {}", plain(hook))).unwrap_or_default();
            format!("waits in {}{hook}: `ecs-rollout resume` lets it go on", word("stage"))
        }
        "baking" => format!("live, watched for {} s more", number("seconds")),
        "message" => word("text"),
        "stopped" => stopped(event),
        "task" => {
            let health = event["health"].as_str().map(|health| format!(" {}", plain(health))).unwrap_or_default();
            format!("task {} {}{health}", short(&word("task")), word("status"))
        }
        "removing" => {
            let (running, desired) = (number("running"), number("desired"));
            format!("the service is {}, {running} of {desired} tasks run", word("status"))
        }
        "log" => format!("{} | {}", word("container"), word("text")),
        "building" => word("text"),
        "pushing" => pushing(event),
        "retrying" => format!("{}: {}, again in {:.1} s", word("operation"), word("code"), number("delay")),
        "succeeded" | "failed" => return None,
        other => generic(other, event),
    };
    Some(line.trim_end().to_owned())
}

fn stopped(event: &Value) -> String {
    let word = |name: &str| plain(event[name].as_str().unwrap_or_default());
    let containers = event["containers"].as_array().into_iter().flatten().filter_map(|container| {
        let exit = container["exit"].as_i64()?;
        Some(format!(", {} exit {exit}", plain(container["name"].as_str()?)))
    });
    let reason = match word("reason") {
        empty if empty.is_empty() => String::new(),
        reason => format!(": {reason}"),
    };
    format!("task {} stopped, {}{}{reason}", short(&word("task")), word("kind"), containers.collect::<String>())
}

fn pushing(event: &Value) -> String {
    let bytes = |name: &str| megabytes(event[name].as_u64().unwrap_or_default());
    let skipped = match event["skipped"].as_u64() {
        None | Some(0) => String::new(),
        Some(_) => format!(", {} were there", bytes("skipped")),
    };
    format!("sent {} of {}{skipped}", bytes("sent"), bytes("total"))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// An event that this version does not know: its type, and its words and numbers.
fn generic(kind: &str, event: &Value) -> String {
    let members = event.as_object().into_iter().flatten().filter(|(name, _)| *name != "type");
    let parts = members.filter_map(|(name, value)| match value {
        Value::String(text) => Some(format!(" {name} {}", plain(text))),
        Value::Number(_) | Value::Bool(_) => Some(format!(" {name} {value}")),
        _ => None,
    });
    format!("{}{}", plain(kind).replace('_', " "), parts.collect::<Vec<_>>().join(","))
}
