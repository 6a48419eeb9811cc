use serde_json::{Value, json};

use super::*;
use crate::definition::TaskDefinition;
use crate::definition::changes::Changes;
use crate::options::read::parse_options;

fn source(value: Value) -> Source {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_source_names_one_thing() {
    for (value, expected) in [
        (json!({"ssm": "/a"}), Named::Parameter("/a")),
        (json!({"cloudformation": "net.prod.Vpc"}), Named::Output { stack: "net.prod", output: "Vpc" }),
        (json!({"export": "net:Vpc"}), Named::Export("net:Vpc")),
        (json!({"secret": "db"}), Named::Secret("db")),
        (
            json!({"tfstate": "s3://b/k", "address": "output.vpc", "region": "eu-west-1"}),
            Named::State { state: "s3://b/k", address: "output.vpc" },
        ),
    ] {
        assert_eq!(source(value).named("x").unwrap(), expected);
    }
    for (value, expected) in [
        (json!({}), "variables.A: give one of ssm"),
        (json!({"ssm": "/a", "export": "b"}), "variables.A: give one of ssm"),
        (json!({"ssm": " "}), "variables.A.ssm: it is empty"),
        (json!({"ssm": "a", "address": "b"}), "variables.A.address: it goes with `tfstate`"),
        (json!({"cloudformation": "stack"}), "variables.A.cloudformation: write the stack's name"),
        (json!({"tfstate": "a.tfstate"}), "variables.A.address: needed"),
        (json!({"tfstate": "gs://b/k", "address": "a"}), "variables.A.tfstate: a state is read from a file"),
        (json!({"tfstate": "s3://b", "address": "a"}), "from s3://bucket/key"),
    ] {
        let error = source(value).named("variables.A").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_mistake_within_a_variable_is_named() {
    for (value, expected) in [
        (json!(1), "a text, or where it is looked up"),
        (json!({"smm": "/a"}), "did you mean \"ssm\"?"),
        (json!({"ssm": 1}), "ssm"),
    ] {
        let error = parse_options::<Changes>("changes", json!({"variables": {"A": value}})).unwrap_err().to_string();
        assert!(error.contains("variables.A") && error.contains(expected), "{error}");
    }
}

#[test]
fn a_document_alone_looks_nothing_up() {
    let definition =
        TaskDefinition::new(json!({"family": "${A}", "containerDefinitions": [{"name": "api", "image": "api:1"}]}))
            .unwrap();
    let changes = parse_options::<Changes>("changes", json!({"variables": {"A": {"ssm": "/a"}}})).unwrap();
    let error = definition.render(&changes).unwrap_err().to_string();
    assert!(
        error.contains("variables.A: it is looked up in AWS or a file") && error.contains("give its text"),
        "{error}"
    );
    assert!(!format!("{:?}", Changes::default().variables([("A", "hunter2")])).contains("hunter2"));
}
