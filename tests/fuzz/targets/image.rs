//! Image references: a render with one is refused, or gives a reference that a second render leaves as it is.
#![no_main]

use ecs_rollout::{Changes, TaskDefinition};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|input: (String, String)| {
    let (base, image) = input;
    let document = json!({"containerDefinitions": [{"name": "c", "image": base}]});
    let definition = TaskDefinition::new(document).expect("it has a container");
    let _ = definition.validate();
    let changes = Changes::from_value(json!({"images": {"c": &image}})).expect("a text is an image");
    if let Ok(once) = definition.render(&changes) {
        assert_eq!(once.render(&changes).expect("it went through once"), once, "{base:?} {image:?}");
        let whole = once.to_value()["containerDefinitions"][0]["image"].as_str().expect("it is a text").to_owned();
        let again = Changes::from_value(json!({"images": {"c": whole}})).expect("a text is an image");
        assert_eq!(definition.render(&again).expect("a rendered reference is a reference"), once);
    }
});
