//! Documents, JSON and YAML: refused, or a definition that comes back from its own text.
#![no_main]

use ecs_rollout::{Changes, TaskDefinition};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(definition) = text.parse::<TaskDefinition>() else { return };
    let again: TaskDefinition = definition.to_json().parse().expect("its own text is a definition");
    assert_eq!(again.to_json(), definition.to_json());
    assert_eq!(definition.render(&Changes::default()).expect("nothing is asked for"), definition);
    assert!(definition.diff(&again).is_empty());
    assert_eq!(definition.diff_text(&again, Some(false)), "");
    let _ = definition.validate();
});
