//! What the services around ECS tell of what a world lists, and what they refuse.

mod common;

use common::{code, ok};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn start() -> Simulator {
    Simulator::start(json!({
        "speed": 0, "clusters": ["prod"],
        "resources": {
            "roles": { "team/execution": "ecs-tasks.amazonaws.com" },
            "secrets": { "db": { "DeletedDate": 1.7e9 } },
            "parameters": { "/a": { "type": "SecureString", "value": "hunter2", "version": 3 }, "/b": "plain" },
            "log_groups": ["/ecs/api", "/ecs/api-old"],
            "files": { "files/prod.env": "A=1" },
            "file_systems": { "fs-1": { "access_points": ["fsap-1"] } },
            "stacks": { "net": { "Vpc": "vpc-1" } },
            "exports": { "vpc": "vpc-1" },
        },
    }))
    .expect("the world is sound")
}

#[test]
fn what_a_world_lists_is_there() {
    let simulator = start();
    let role = ok(&simulator, "iam:GetRole", json!({ "RoleName": "execution" }));
    assert_eq!(role["Role"]["Arn"], "arn:aws:iam::123456789012:role/team/execution");
    assert!(role["Role"]["AssumeRolePolicyDocument"].as_str().is_some_and(|text| text.starts_with("%7B")), "{role}");
    let secret = ok(&simulator, "secretsmanager:DescribeSecret", json!({ "SecretId": "db" }));
    assert_eq!(
        (&secret["ARN"], &secret["DeletedDate"]),
        (&json!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"), &json!(1.7e9))
    );
    let groups = ok(&simulator, "logs:DescribeLogGroups", json!({ "logGroupNamePrefix": "/ecs/api" }));
    assert_eq!(groups["logGroups"].as_array().map(Vec::len), Some(2));
    ok(&simulator, "s3:HeadObject", json!({ "Bucket": "files", "Key": "prod.env" }));
    let points = ok(&simulator, "elasticfilesystem:DescribeAccessPoints", json!({ "AccessPointId": "fsap-1" }));
    assert_eq!(points["AccessPoints"][0]["FileSystemId"], "fs-1");
    let stacks = ok(&simulator, "cloudformation:DescribeStacks", json!({ "StackName": "net" }));
    assert_eq!(stacks["Stacks"][0]["Outputs"][0]["OutputValue"], "vpc-1");
    assert_eq!(ok(&simulator, "cloudformation:ListExports", json!({}))["Exports"][0]["Name"], "vpc");
}

#[test]
fn parameters_are_described_in_pages_and_without_their_values() {
    let simulator = start();
    let filter = |names: &[&str]| json!([{ "Key": "Name", "Option": "Equals", "Values": names }]);
    let input = |names: &[&str]| json!({ "ParameterFilters": filter(names), "MaxResults": 1 });
    let first = ok(&simulator, "ssm:DescribeParameters", input(&["/a", "/b", "/c"]));
    assert_eq!((&first["Parameters"][0]["Name"], &first["Parameters"][0]["Version"]), (&json!("/a"), &json!(3)));
    assert!(!first.to_string().contains("hunter2"), "{first}");
    let mut next = input(&["/a", "/b", "/c"]);
    next["NextToken"] = first["NextToken"].clone();
    let last = ok(&simulator, "ssm:DescribeParameters", next);
    assert_eq!((&last["Parameters"][0]["Name"], &last["NextToken"]), (&json!("/b"), &Value::Null));
    let values = ok(&simulator, "ssm:GetParameters", json!({ "Names": ["/b", "/c"] }));
    assert_eq!((&values["Parameters"][0]["Value"], &values["InvalidParameters"]), (&json!("plain"), &json!(["/c"])));
}

#[test]
fn what_is_missing_or_malformed_is_refused_as_each_service_does() {
    let simulator = start();
    let many: Vec<String> = (0..51).map(|at| format!("/p{at}")).collect();
    let filter = |key: &str, option: &str, values: Value| json!({ "ParameterFilters": [{ "Key": key, "Option": option, "Values": values }] });
    for (operation, input, expected) in [
        ("iam:GetRole", json!({ "RoleName": "none" }), "NoSuchEntity"),
        ("iam:GetRole", json!({ "RoleName": "team/execution" }), "ValidationError"),
        ("secretsmanager:DescribeSecret", json!({ "SecretId": "none" }), "ResourceNotFoundException"),
        ("ssm:DescribeParameters", filter("Name", "Equals", json!(many)), "ValidationException"),
        ("ssm:DescribeParameters", filter("Name", "Equals", json!(["a b"])), "InvalidFilterValue"),
        ("ssm:DescribeParameters", filter("Colour", "Equals", json!(["a"])), "InvalidFilterKey"),
        ("ssm:DescribeParameters", json!({ "MaxResults": 51 }), "ValidationException"),
        ("ssm:DescribeParameters", json!({ "NextToken": "x" }), "InvalidNextToken"),
        ("ssm:GetParameters", json!({ "Names": [] }), "ValidationException"),
        ("s3:HeadObject", json!({ "Bucket": "files", "Key": "none.env" }), "NoSuchKey"),
        ("elasticfilesystem:DescribeFileSystems", json!({ "FileSystemId": "fs-2" }), "FileSystemNotFound"),
        ("elasticfilesystem:DescribeAccessPoints", json!({ "AccessPointId": "fsap-2" }), "AccessPointNotFound"),
        ("cloudformation:DescribeStacks", json!({ "StackName": "none" }), "ValidationError"),
    ] {
        assert_eq!(code(&simulator, operation, input), expected, "{operation}");
    }
    // A world that lists nothing has no such APIs.
    let bare = Simulator::start(json!({ "speed": 0 })).expect("the world is sound");
    assert_eq!(code(&bare, "iam:GetRole", json!({ "RoleName": "a" })), "UnsupportedOperationException");
}
