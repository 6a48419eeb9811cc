use serde_json::json;

use super::*;
use crate::rollout::references::{Place, references};

#[test]
fn references_share_looks() {
    let secrets: Vec<Value> = (0..23)
        .map(|at| json!({"name": format!("A{at}"), "valueFrom": format!("/prod/{at}")}))
        .chain([json!({"name": "E", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/e"})])
        .collect();
    let role = "arn:aws:iam::123456789012:role/path/both";
    let group = |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/1");
    let definition = json!({
        "executionRoleArn": role, "taskRoleArn": role,
        "containerDefinitions": [{"secrets": secrets}, {"secrets": [{"name": "A", "valueFrom": "/prod/0"}]}]
    });
    let service = json!({"loadBalancers": [{"targetGroupArn": group("a")}, {"targetGroupArn": group("b")}],
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]});
    let place = Place { cluster: "prod", looks_for_cluster: false, service, settings: Vec::new() };
    let looks = plan(&references(&definition, &place));
    let parameters =
        |from: usize, to: usize| Look::Parameters(None, (from..to).map(|at| format!("/prod/{at}")).collect());
    let expected = [
        Look::Caller,
        Look::Role("both".to_owned()),
        Look::Cluster("prod".to_owned()),
        parameters(0, 10),
        parameters(10, 20),
        parameters(20, 23),
        Look::Parameters(Some("us-east-1".to_owned()), vec!["e".to_owned(), "/e".to_owned()]),
        Look::TargetGroups("eu-west-1".to_owned(), vec![group("a"), group("b")]),
    ];
    assert_eq!(looks, expected);
}

#[test]
fn the_values_of_parameters_are_dropped() {
    let answer =
        json!({"Parameters": [{"Name": "/a", "ARN": "arn:a", "Value": "hunter2"}], "InvalidParameters": ["/b"]});
    let Seen::Answer(kept) = named(Seen::Answer(answer)) else { panic!("no answer") };
    assert_eq!(kept, json!({"Names": ["/a", "arn:a"], "InvalidParameters": ["/b"]}));
}
