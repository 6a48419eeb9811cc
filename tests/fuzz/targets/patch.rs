//! Merge patches: a document with a patch applied is refused, or the patch changes nothing more when applied again.
#![no_main]

use ecs_rollout::{Changes, TaskDefinition};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: (&str, &str)| {
    let (document, patch) = input;
    let document = serde_json::from_str::<Value>(document).unwrap_or_else(|_| json!({"x": document}));
    let mut whole =
        json!({"family": "f", "containerDefinitions": [{"name": "c", "image": "a:1"}], "y": document.clone()});
    if let Value::Object(members) = document {
        members.into_iter().for_each(|(name, member)| whole[name] = member);
    }
    let Ok(definition) = TaskDefinition::new(whole) else { return };
    let Ok(patch) = serde_json::from_str::<Value>(patch) else { return };
    let Ok(changes) = Changes::from_value(json!({"patch": patch})) else { return };
    if let Ok(once) = definition.render(&changes) {
        let twice = once.render(&changes).expect("it went through once");
        assert_eq!(twice.to_json(), once.to_json());
        let _ = (once.validate(), definition.diff(&once), definition.diff_text(&once, Some(true)));
    }
});
