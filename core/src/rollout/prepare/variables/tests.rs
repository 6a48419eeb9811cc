use super::*;
use crate::options::read::parse_options;

fn variables(value: Value) -> Variables {
    let changes: crate::definition::changes::Changes = parse_options("changes", json!({"variables": value})).unwrap();
    changes.variables.unwrap()
}

#[test]
fn each_place_is_looked_at_once() {
    let mut all = json!({
        "A": "text",
        "B": {"cloudformation": "net.Vpc"}, "C": {"cloudformation": "net.Subnet"},
        "D": {"export": "x"}, "E": {"export": "y"}, "F": {"export": "y", "region": "eu-west-1"},
        "G": {"tfstate": "s3://b/k", "address": "output.a"}, "H": {"tfstate": "s3://b/k", "address": "output.b"},
        "I": {"ssm": "/0"},
    });
    for at in 0..11 {
        all[format!("P{at}")] = json!({"ssm": format!("/{at}")});
    }
    let looks = plan(&variables(all)).unwrap();
    let names: Vec<String> = (0..11).map(|at| format!("/{at}")).collect();
    assert_eq!(
        looks,
        [
            Look::Parameters(None, names[..10].to_vec()),
            Look::Parameters(None, names[10..].to_vec()),
            Look::Stack(None, "net".to_owned()),
            Look::Exports(None),
            Look::Exports(Some("eu-west-1".to_owned())),
            Look::State(None, "s3://b/k".to_owned()),
        ]
    );
}

#[test]
fn a_parameter_is_found_by_the_name_it_was_asked_for() {
    let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a";
    let document = json!({"Parameters": [
        {"Name": "/a", "ARN": arn, "Type": "String", "Value": "1"},
        {"Name": "/b", "Selector": ":3", "Type": "StringList", "Value": "x,y"},
        {"Name": "/c", "ARN": "arn:c", "Type": "SecureString", "Value": "hunter2"},
    ]});
    for (name, expected) in
        [("/a", Ok("1")), (arn, Ok("1")), ("/b:3", Ok("x,y")), ("/c", Err("SecureString")), ("/d", Err("no parameter"))]
    {
        match (parameter(&document, name), expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value, expected),
            (Err(missing), Err(expected)) => {
                assert!(missing.text.contains(expected) && !format!("{missing:?}").contains("hunter2"), "{missing:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}
