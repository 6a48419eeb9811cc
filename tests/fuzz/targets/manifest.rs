//! Manifests, indexes and configurations that a registry answers with.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| ecs_rollout::fuzz::manifest(body));
