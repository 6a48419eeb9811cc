//! Which steps, hooks and pauses a deployment configuration may ask for. The ranges and the stages are those of the API reference; no
//! source has ECS's words for them, nor shows whether it refuses hooks of a ROLLING deployment: they pass.

use serde_json::{Map, Value};

use super::{list, text};
use crate::api::{ApiError, invalid};

/// Members with the least and the most of their values.
const RANGES: [(&str, f64, f64); 5] = [
    ("/linearConfiguration/stepPercent", 3.0, 100.0),
    ("/linearConfiguration/stepBakeTimeInMinutes", 0.0, 1440.0),
    ("/canaryConfiguration/canaryPercent", 0.1, 100.0),
    ("/canaryConfiguration/canaryBakeTimeInMinutes", 0.0, 1440.0),
    ("/bakeTimeInMinutes", 0.0, 1440.0),
];

/// Stages at which traffic moves, and none may wait.
const NO_PAUSE: [&str; 2] = ["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"];

pub(super) fn check_strategy(input: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(configuration) = input.get("deploymentConfiguration").filter(|one| !one.is_null()) else { return Ok(()) };
    for (pointer, least, most) in RANGES {
        check_range(configuration, pointer, least, most)?;
    }
    list(configuration, "lifecycleHooks").iter().try_for_each(check_hook)
}

fn check_range(value: &Value, pointer: &str, least: f64, most: f64) -> Result<(), ApiError> {
    let given = value.pointer(pointer).and_then(Value::as_f64);
    match given.is_some_and(|given| !(least..=most).contains(&given)) {
        true => Err(invalid(format!(
            "{} must be between {least} and {most}.",
            pointer.trim_start_matches('/').replace('/', ".")
        ))),
        false => Ok(()),
    }
}

fn check_hook(hook: &Value) -> Result<(), ApiError> {
    let stages: Vec<&str> = list(hook, "lifecycleStages").iter().filter_map(Value::as_str).collect();
    if stages.is_empty() {
        return Err(invalid("lifecycleHooks.lifecycleStages can not be empty."));
    }
    check_range(hook, "/timeoutConfiguration/timeoutInMinutes", 1.0, 20160.0)?;
    let is_pause = text(hook, "targetType") == "PAUSE";
    if let (true, Some(stage)) = (is_pause, stages.iter().find(|stage| NO_PAUSE.contains(stage))) {
        return Err(invalid(format!("A PAUSE hook is not permitted at the stage {stage}.")));
    }
    match is_pause || !text(hook, "hookTargetArn").is_empty() {
        true => Ok(()),
        false => Err(invalid("lifecycleHooks.hookTargetArn should not be null.")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_and_hooks_have_their_limits() {
        let pause = |stage: &str, minutes: i64| {
            json!({"strategy": "BLUE_GREEN", "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": [stage],
                "timeoutConfiguration": {"timeoutInMinutes": minutes}}]})
        };
        for (configuration, refused) in [
            (json!({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}}), Some("stepPercent")),
            (
                json!({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 3.0, "stepBakeTimeInMinutes": 0}}),
                None,
            ),
            (json!({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.05}}), Some("canaryPercent")),
            (
                json!({"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1441}}),
                Some("canaryBakeTime"),
            ),
            (pause("POST_SCALE_UP", 1), None),
            (pause("POST_SCALE_UP", 0), Some("timeoutInMinutes")),
            (pause("POST_SCALE_UP", 20161), Some("timeoutInMinutes")),
            (pause("TEST_TRAFFIC_SHIFT", 5), Some("not permitted")),
            (pause("PRODUCTION_TRAFFIC_SHIFT", 5), Some("not permitted")),
            (json!({"lifecycleHooks": [{"targetType": "PAUSE"}]}), Some("lifecycleStages")),
            (json!({"lifecycleHooks": [{"lifecycleStages": ["POST_SCALE_UP"]}]}), Some("hookTargetArn")),
        ] {
            let input = json!({ "deploymentConfiguration": configuration });
            let answer = check_strategy(input.as_object().unwrap());
            let text = answer.err().map(|error| error.text).unwrap_or_default();
            assert!(refused.map_or(text.is_empty(), |part| text.contains(part)), "{input}: {text:?}");
        }
    }
}
