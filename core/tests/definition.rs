//! Properties of task definitions as documents, over random ones.

use ecs_rollout::{Changes, TaskDefinition};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON value, its texts and numbers as awkward as they come.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[0-9]{1,30}\\.[0-9]{1,5}".prop_map(|text| serde_json::from_str(&format!("1{text}")).unwrap()),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{1,8}", inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A definition of one to four containers, with members that nobody knows at every level.
fn any_definition() -> impl Strategy<Value = Value> {
    let variables = prop::collection::hash_map("[A-Z]{1,5}", ".*", 0..4).prop_map(|variables| {
        variables.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>()
    });
    let container = (variables, any_value(), prop::collection::vec(".*", 0..3));
    let containers = prop::collection::vec(container, 1..4).prop_map(|containers| {
        let container = |(at, (variables, novelty, command)): (usize, (Vec<Value>, Value, Vec<String>))| {
            json!({"name": format!("c{at}"), "novelty": novelty, "image": format!("registry.example:5000/c{at}:1"),
                "environment": variables, "command": command})
        };
        containers.into_iter().enumerate().map(container).collect::<Vec<_>>()
    });
    (containers, any_value(), "[a-z]{1,9}").prop_map(|(containers, novelty, family)| {
        json!({"novelty": novelty, "family": family, "containerDefinitions": containers, "cpu": "256"})
    })
}

fn changes() -> Changes {
    let changes = json!({
        "images": {"c0": ":2"},
        "containers": {"c0": {"environment": {"A": null, "NEW": "x=${Y}\n"}, "labels": {"l": ""}}},
        "patch": {"cpu": "512", "fresh": {"a": [1]}}
    });
    Changes::from_value(changes).unwrap()
}

/// Every place in a value that can be changed, as JSON Pointers.
fn places(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                places(member, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (at, entry) in list.iter().enumerate() {
                places(entry, format!("{path}/{at}"), found);
            }
        }
        _ => found.push(path),
    }
}

proptest! {
    #[test]
    fn nothing_asked_for_changes_nothing(document in any_definition()) {
        let definition = TaskDefinition::new(document.clone()).unwrap();
        prop_assert_eq!(definition.to_value().to_string(), document.to_string());
        let rendered = definition.render(&Changes::default()).unwrap();
        prop_assert_eq!(rendered.to_json(), definition.to_json());
        prop_assert_eq!(rendered.to_json().parse::<TaskDefinition>().unwrap().to_json(), definition.to_json());
    }

    #[test]
    fn rendering_twice_is_rendering_once_and_the_unknown_survives(document in any_definition()) {
        let definition = TaskDefinition::new(document.clone()).unwrap();
        let once = definition.render(&changes()).unwrap();
        prop_assert_eq!(once.render(&changes()).unwrap().to_json(), once.to_json());
        prop_assert_eq!(&once.to_value()["novelty"], &document["novelty"]);
        let rendered = once.to_value();
        let containers = document["containerDefinitions"].as_array().unwrap();
        for (at, container) in containers.iter().enumerate() {
            prop_assert_eq!(&rendered["containerDefinitions"][at]["novelty"], &container["novelty"]);
            prop_assert_eq!(&rendered["containerDefinitions"][at]["command"], &container["command"]);
        }
    }

    #[test]
    fn a_definition_differs_from_itself_in_nothing(document in any_definition()) {
        let definition = TaskDefinition::new(document).unwrap();
        prop_assert!(definition.diff(&definition).is_empty());
        prop_assert!(definition.diff(&definition.render(&changes()).unwrap()).len() >= 3);
    }

    #[test]
    fn a_single_change_is_found(document in any_definition(), pick in any::<prop::sample::Index>()) {
        let mut found = Vec::new();
        places(&document, String::new(), &mut found);
        let place = pick.get(&found).clone();
        let mut changed = document.clone();
        *changed.pointer_mut(&place).unwrap() = json!("something else entirely");
        let (before, after) = (TaskDefinition::new(document).unwrap(), TaskDefinition::new(changed).unwrap());
        let changes = before.diff(&after);
        prop_assert!(!changes.is_empty(), "{place}");
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        // At its place, or around it: a changed name makes another container or variable.
        prop_assert!(changes.iter().all(|change| place.starts_with(&change.path) || change.path.starts_with(&parent)), "{place}: {changes:?}");
    }

    #[test]
    fn no_document_makes_it_panic(document in any_value(), text in ".*") {
        if let Ok(definition) = TaskDefinition::new(document) {
            let _ = definition.validate();
        }
        let _ = text.parse::<TaskDefinition>();
    }
}

#[test]
fn what_is_nested_as_deep_as_it_can_be_read_needs_little_stack() {
    let read = || {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"containerDefinitions":[{"environment":"#, "}]}")] {
            // Of brackets that JSON's reader allows, some are around it.
            let depth = 120 / open.matches(['[', '{']).count();
            let nested = |leaf: &str| format!("{}{leaf}{}", open.repeat(depth), close.repeat(depth));
            let whole = |leaf: &str| {
                let nested = nested(leaf);
                format!(
                    r#"{{"family":"f","a":{nested},"containerDefinitions":[{{"name":"c","image":"i:1","x":{nested}}}]}}"#
                )
            };
            let definition: TaskDefinition = whole("1").parse().unwrap();
            let other: TaskDefinition = whole("2").parse().unwrap();
            let patch: serde_json::Value = serde_json::from_str(&format!(r#"{{"a":{}}}"#, nested("3"))).unwrap();
            let changes = Changes::from_value(serde_json::json!({ "patch": patch })).unwrap();
            assert_ne!(definition.render(&changes).unwrap(), definition);
            assert!(!definition.diff(&other).is_empty() && !definition.diff_text(&other, Some(false)).is_empty());
            let _ = (definition.validate(), definition.to_json(), format!("{definition:?}"));
        }
        for deep in ["[".repeat(100_000), r#"{"a":"#.repeat(100_000), "- ".repeat(100_000), "a: {".repeat(100_000)] {
            assert!(deep.parse::<TaskDefinition>().is_err());
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(read).unwrap().join().unwrap();
}
