//! Answers of AWS in JSON: none, or a document; and what an answer of failure says.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| ecs_rollout::fuzz::answer_of_json(body));
