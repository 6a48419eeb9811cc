//! Time may be advanced in one leap or tick by tick: what happens, and when, is the same.

mod common;

use common::{CRASH, MISSING, SICK, breaker, messages, service, start, update, wait};
use serde_json::{Value, json};

const LAMBDA: &str = "arn:aws:lambda:eu-central-1:123456789012:function:check";

/// What came of `definition` in a quarter of an hour, looked at after each `step`.
fn story(configuration: &Value, definition: &str, step: f64) -> (Value, Vec<String>) {
    let simulator = start(2, configuration.clone());
    let world = json!({
        "alarms": { "errors": { "from": 61, "to": 90 } },
        "hooks": { LAMBDA: { "result": "SUCCEEDED", "seconds": 33 } },
        "drain": 17,
        "images": { "better": { "spot": { "after": 300 }, "exit": { "code": 1, "after": 600 } } },
    });
    simulator.add(world).expect("a sound world");
    let mut updated = update(&simulator, json!({ "taskDefinition": definition }));
    assert!(updated["deployments"].take().is_array());
    for _ in 0..(900.0 / step) as u32 {
        wait(&simulator, step);
        // What may change something, even if it is not known, makes the scheduler look at the next tick.
        let _ = simulator.call("Nothing", json!({}));
    }
    (simulator.deployments(), messages(&service(&simulator)))
}

#[test]
fn a_leap_is_as_good_as_many_ticks() {
    let alarms = json!({ "alarms": { "alarmNames": ["errors"], "enable": true, "rollback": true } });
    let native = |strategy: &str| {
        json!({
            "strategy": strategy, "bakeTimeInMinutes": 3,
            "linearConfiguration": { "stepPercent": 30, "stepBakeTimeInMinutes": 1 },
            "canaryConfiguration": { "canaryPercent": 10, "canaryBakeTimeInMinutes": 2 },
            "lifecycleHooks": [{ "hookTargetArn": LAMBDA, "lifecycleStages": ["POST_SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT"] }],
            "deploymentCircuitBreaker": { "enable": true, "rollback": true },
        })
    };
    let configurations = [
        json!({}),
        breaker(true),
        breaker(false),
        alarms,
        native("BLUE_GREEN"),
        native("LINEAR"),
        native("CANARY"),
        json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 }),
    ];
    for configuration in configurations {
        for definition in ["api:2", MISSING, CRASH, SICK] {
            let ticks = story(&configuration, definition, 0.25);
            for step in [5.0, 900.0] {
                assert_eq!(story(&configuration, definition, step), ticks, "{configuration} {definition} {step}");
            }
        }
    }
}
