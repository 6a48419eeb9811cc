//! Answers of STS and ELB in XML: none, or a document; whatever is nested in whatever.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| ecs_rollout::fuzz::answer_of_xml(body));
