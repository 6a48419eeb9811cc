use serde_json::json;

use super::*;
use crate::rollout::references::{Place, references};

#[test]
fn references_share_looks() {
    let secrets: Vec<Value> = (0..60)
        .map(|at| json!({"name": format!("A{at}"), "valueFrom": format!("/prod/{at}")}))
        .chain([
            json!({"name": "E", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/e"}),
            json!({"name": "F", "valueFrom": "/prod/${STAGE}"}),
        ])
        .collect();
    let role = "arn:aws:iam::123456789012:role/path/both";
    let group = |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/1");
    let definition = json!({
        "executionRoleArn": role, "taskRoleArn": role,
        "containerDefinitions": [{"secrets": secrets}, {"secrets": [{"name": "A", "valueFrom": "/prod/0"}]}]
    });
    let service = json!({"loadBalancers": [{"targetGroupArn": group("a")}, {"targetGroupArn": group("b")}],
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]});
    let place = Place { cluster: "prod", service, ..Place::default() };
    let looks = plan(&references(&definition, &place));
    let parameters =
        |from: usize, to: usize| Look::Parameters(None, (from..to).map(|at| format!("/prod/{at}")).collect());
    let expected = [
        Look::Caller,
        Look::Role("both".to_owned()),
        Look::Cluster("prod".to_owned()),
        parameters(0, 50),
        parameters(50, 60),
        Look::Parameters(Some("us-east-1".to_owned()), vec!["e".to_owned(), "/e".to_owned()]),
        Look::TargetGroups("eu-west-1".to_owned(), vec![group("a"), group("b")]),
    ];
    assert_eq!(looks, expected);
}

#[test]
fn a_name_that_no_parameter_can_have_spoils_no_look() {
    assert!(is_parameter("/prod/a_b.c-d") && !is_parameter("/prod/${A}") && !is_parameter("a b") && !is_parameter(""));
}
