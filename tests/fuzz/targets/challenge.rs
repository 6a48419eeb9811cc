//! What a registry says in headers: `WWW-Authenticate`, with the answer of its realm, and `Range`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    ecs_rollout::fuzz::challenge(text);
    ecs_rollout::fuzz::range(text);
});
