//! That long and many rollouts stay cheap: each bound is many times what it takes here, and far below what it took when
//! every tick of every service was stepped.

mod common;

use std::time::{Duration, Instant};

use common::{CRASH, breaker, service, start, states, update, wait};
use serde_json::json;

fn timed(act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    began.elapsed()
}

#[test]
fn many_rollouts_of_one_service() {
    let simulator = start(2, breaker(true));
    let took = timed(|| {
        for round in 0..300 {
            update(
                &simulator,
                json!({ "taskDefinition": if round % 10 == 9 { CRASH } else { "api:2" }, "forceNewDeployment": true }),
            );
            wait(&simulator, 60.0);
            service(&simulator);
        }
    });
    assert_eq!(states(&simulator).iter().filter(|state| *state == "rolled_back").count(), 30);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn hours_in_which_nothing_succeeds() {
    let simulator = start(4, json!({}));
    update(&simulator, json!({ "taskDefinition": CRASH }));
    let took = timed(|| {
        wait(&simulator, 21_600.0);
        service(&simulator);
    });
    assert!(took < Duration::from_secs(15), "{took:?}");
}
