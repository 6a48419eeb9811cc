use serde_json::{Value, json};

use crate::definition::validate::testing::{container, found, found_on_fargate, table};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

#[test]
fn variables_and_secrets() {
    let with_role = |patch: &Value| {
        let mut document = container(patch);
        document["executionRoleArn"] = json!(ROLE);
        found(&document)
    };
    let secret = |name: &str| json!({"name": name, "valueFrom": "p"});
    table(
        with_role,
        [
            (
                json!({"environment": [{"name": "A", "value": ""}, {"name": "a", "value": "1"}], "secrets": [secret("B")]}),
                &[],
            ),
            (
                json!({"environment": [{"name": "A", "value": "1"}, {"name": "", "value": "2"}, {"value": "3"}, {"name": "A"}]}),
                &[
                    "E environment_name #0/environment/1/name",
                    "E environment_name #0/environment/2/name",
                    "W environment_name #0/environment/3/name",
                    "W environment_value #0/environment/3/value",
                ],
            ),
            (
                json!({"environment": [{"name": " "}, {"name": "B=1", "value": ""}, {"name": "C", "valueFrom": "p"}, {"name": "D", "value": null}]}),
                &[
                    "E environment_name #0/environment/0/name",
                    "W environment_value #0/environment/0/value",
                    "E environment_name #0/environment/1/name",
                    "E environment_value #0/environment/2/valueFrom",
                    "W environment_value #0/environment/3/value",
                ],
            ),
            (
                json!({"environment": [{"name": "A", "value": ""}], "secrets": [secret("A")]}),
                &["E secret_name #0/secrets/0/name"],
            ),
            (
                json!({"secrets": [secret("A"), secret("A"), secret("")]}),
                &["E secret_name #0/secrets/1/name", "E secret_name #0/secrets/2/name"],
            ),
            (json!({"environment": [{"name": "A", "value": 1}]}), &["E type #0/environment/0/value"]),
            (json!({"secrets": [{"name": "A"}]}), &["E missing #0/secrets/0/valueFrom"]),
            (
                json!({"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}),
                &["W plain_secret #0/environment/0/value"],
            ),
        ],
    );
}

#[test]
fn sources() {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCd12";
    for (from, level) in [
        (secret.to_owned(), ""),
        (format!("{secret}:key::"), ""),
        (format!("{secret}:key:AWSCURRENT:id"), ""),
        (format!("{secret}:key"), "E"),
        (format!("{secret}:key:"), "E"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:app".to_owned(), "W"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:app".to_owned(), "E"),
        ("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b".to_owned(), ""),
        ("arn:aws:ssm:eu-west-1:123456789012:a".to_owned(), "E"),
        ("arn:aws:ssm::123456789012:parameter/a".to_owned(), "E"),
        ("arn:aws:s3:::bucket/key".to_owned(), "E"),
        ("arn:azure:ssm:eu-west-1:123456789012:parameter/a".to_owned(), "E"),
        ("arn:".to_owned(), "E"),
        ("arn:aws:secretsmanager:region:aws_account_id:secret:app-AbCd12".to_owned(), "W"),
        ("arn:aws:ssm:eu-west-1::parameter/a".to_owned(), "E"),
        ("/app/db.password-1".to_owned(), ""),
        ("two words".to_owned(), "E"),
        (String::new(), "E"),
    ] {
        let expected = match level {
            "" => vec![],
            level => vec![format!("{level} secret_source #0/secrets/0/valueFrom")],
        };
        let patch = container(&json!({"secrets": [{"name": "A", "valueFrom": from}]}));
        assert_eq!(found_on_fargate(&patch), expected, "{from}");
    }
}

#[test]
fn files_and_credentials() {
    const FILE: &str = "E environment_file #0/environmentFiles/0/value";
    let file = |value: &str| container(&json!({"environmentFiles": [{"value": value, "type": "s3"}]}));
    let credentials = |value: &str| container(&json!({"repositoryCredentials": {"credentialsParameter": value}}));
    table(
        found_on_fargate,
        [
            (file("arn:aws-eusc:s3:::b/k/p.env"), &[]),
            (file("s3://b/p.env"), &[FILE]),
            (file("arn:aws:s3:::b"), &[FILE]),
            (file("arn:aws:s3:::b/p.txt"), &[FILE]),
            (
                container(&json!({"environmentFiles": [{"value": "arn:aws:s3:::b/p.env", "type": "url"}]})),
                &["W unknown_value #0/environmentFiles/0/type"],
            ),
            (credentials("name"), &[]),
            (credentials("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCd12"), &[]),
            (
                credentials("arn:aws:ssm:eu-west-1:123456789012:parameter/a"),
                &["E secret_source #0/repositoryCredentials/credentialsParameter"],
            ),
        ],
    );
    let files = vec![json!({"value": "arn:aws:s3:::b/p.env", "type": "s3"}); 11];
    assert_eq!(found_on_fargate(&container(&json!({"environmentFiles": files}))), ["E too_many #0/environmentFiles"]);
}

#[test]
fn what_is_read_with_the_execution_role() {
    for (member, value) in [
        ("secrets", json!([{"name": "A", "valueFrom": "p"}])),
        ("environmentFiles", json!([{"value": "arn:aws:s3:::b/p.env", "type": "s3"}])),
        ("repositoryCredentials", json!({"credentialsParameter": "name"})),
    ] {
        let patch = container(&json!({ member: value }));
        assert_eq!(found(&patch), [format!("E execution_role #0/{member}")]);
        assert!(found_on_fargate(&patch).is_empty());
    }
}
