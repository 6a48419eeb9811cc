//! Files of variables: refused, or variables that a container can be given as they are.
#![no_main]

use ecs_rollout::{Changes, TaskDefinition, dotenv};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &[u8]| {
    let file = std::env::temp_dir().join(format!("ecs-rollout-fuzz-{}.env", std::process::id()));
    std::fs::write(&file, text).expect("the temporary folder can be written to");
    let Ok(variables) = dotenv(&file) else { return };
    let document = json!({"containerDefinitions": [{"name": "c", "image": "a"}]});
    let definition = TaskDefinition::new(document).expect("it has a container");
    let mut changes = Changes::default();
    changes.containers.entry("c".to_owned()).or_default().environment.clone_from(&variables);
    let rendered = definition.render(&changes).expect("variables are texts").to_value();
    let given = rendered["containerDefinitions"][0]["environment"].as_array().map_or(0, Vec::len);
    assert_eq!(given, variables.len());
    // What no substitution touches, no substitution can have lost: dollars are all there.
    let dollars = |text: &str| text.matches('$').count();
    let kept: usize = variables.values().flatten().map(|value| dollars(value)).sum();
    assert!(kept <= dollars(&String::from_utf8_lossy(text)));
});
