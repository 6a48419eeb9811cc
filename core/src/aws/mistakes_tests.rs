//! Mistakes about where and as whom AWS is called: each text names the place, the cause and the remedy.

use serde_json::json;

use super::connect::CredentialSource;
use super::tests::{Loopback, Said};
use super::*;
use crate::client::Client;
use crate::error::Error;
use crate::types::deployment::Deployment;

fn options(region: &str, endpoint: Option<&str>) -> ClientOptions {
    ClientOptions { region: Some(region.to_owned()), endpoint: endpoint.map(str::to_owned), ..ClientOptions::default() }
}

async fn said(options: &ClientOptions) -> String {
    match Aws::connect_in(options, CredentialSource::Dummy, |_| None).await {
        Ok(aws) => match aws.call(Operation::DescribeServices, &json!({})).await {
            Ok(answer) => answer.to_string(),
            Err(fault) => fault.into_error(aws.endpoint()).to_string(),
        },
        Err(error) => error.to_string(),
    }
}

fn assert_says(text: &str, fragments: &[&str]) {
    for fragment in fragments {
        assert!(text.contains(fragment) && !text.contains('\n') && !text.contains("hunter2"), "{fragment:?} in {text}");
    }
}

#[tokio::test]
async fn a_wrong_region_or_endpoint_is_named_with_what_to_do() {
    let server = Loopback::with(|_| (200, Vec::new(), "{}".to_owned())).await;
    let https = server.url.replace("http://", "https://");
    for (options, fragments) in [
        (options("eu-central-1a", None), &["region: ", "is an availability zone: its region is eu-central-1"][..]),
        (options("EU-CENTRAL-1", None), &["region: ", "write eu-central-1"]),
        (options("Frankfurt am Main", None), &["region: ", "is no region"]),
        (options("eu-central-1", Some("localhost:4566")), &["endpoint: ", "write http://host:port"]),
        (options("eu-central-1", Some("http://u:hunter2@localhost")), &["endpoint: ", "leave user and password away"]),
        (options("eu-central-1", Some("http://127.0.0.1:1")), &["http://127.0.0.1:1", "nothing listens there"]),
        (
            options("eu-central-1", Some("http://ecs.invalid")),
            &["http://ecs.invalid", "the host is not known", "`region` or `endpoint`"],
        ),
        (options("eu-central-1", Some(&https)), &[&https, "does not speak TLS: write http://"]),
    ] {
        assert_says(&said(&options).await, fragments);
    }
}

#[tokio::test]
async fn what_is_no_endpoint_of_aws_is_told_from_one() {
    for (status, body) in
        [(404, "<html>not found</html>"), (400, "Client sent an HTTP request to an HTTPS server."), (200, "<html/>")]
    {
        let server = Loopback::with(move |_| (status, Vec::new(), body.to_owned())).await;
        let text = said(&options("eu-central-1", Some(&server.url))).await;
        assert_says(&text, &[&format!("check that {} is an endpoint of ECS", server.url)]);
    }
}

#[tokio::test]
async fn credentials_that_aws_does_not_take_are_told_apart() {
    for (code, fragments) in [
        ("ExpiredTokenException", &["have expired", "sign in again"][..]),
        ("UnrecognizedClientException", &["does not know this access key", "AWS_ACCESS_KEY_ID"]),
        ("InvalidSignatureException", &["secret access key", "clock"]),
        ("AccessDeniedException", &["DescribeServices was denied: why", "policy", "`whoami`"]),
    ] {
        let said_by_aws: Said = (400, Vec::new(), format!(r#"{{"__type":"{code}","message":"why"}}"#));
        let server = Loopback::with(move |_| said_by_aws.clone()).await;
        assert_says(&said(&options("eu-central-1", Some(&server.url))).await, fragments);
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_the_mistake_and_not_the_environment() {
    let profile = ClientOptions {
        profile: Some("no-such-profile".to_owned()),
        ..options("eu-central-1", Some("http://127.0.0.1:1"))
    };
    let aws = Aws::connect_in(&profile, CredentialSource::Environment, |_| None).await.unwrap();
    let fault = aws.call(Operation::DescribeServices, &json!({})).await.unwrap_err();
    let text = fault.into_error("ECS in eu-central-1").to_string();
    assert_says(
        &text,
        &["no usable AWS credentials: the option `profile` is \"no-such-profile\"", "have no such profile"],
    );
    assert!(!text.contains("environment"), "{text}");
    // Without a region it is still the profile.
    let profile = ClientOptions { profile: profile.profile, ..ClientOptions::default() };
    if std::env::var("AWS_REGION").is_err() && std::env::var("AWS_DEFAULT_REGION").is_err() {
        assert_says(&said(&profile).await, &["the option `profile` is \"no-such-profile\""]);
    }
}

/// The end of a deployment where every call is answered with this.
async fn end(service: &str, answer: &'static str, region: &str) -> Error {
    let server =
        Loopback::with(move |_| (if answer.contains("__type") { 400 } else { 200 }, Vec::new(), answer.to_owned()))
            .await;
    let client = Client::new(ClientOptions::default());
    client.set_connection(
        Aws::connect_in(&options(region, Some(&server.url)), CredentialSource::Dummy, |_| None).await.unwrap(),
    );
    client.deploy(Deployment::new("prod", service)).outcome().await.unwrap_err()
}

#[tokio::test]
async fn what_is_not_found_is_named_with_the_region() {
    const NO_CLUSTER: &str = r#"{"__type":"ClusterNotFoundException","message":"Cluster not found."}"#;
    const NO_SERVICE: &str = r#"{"services":[],"failures":[{"arn":"a","reason":"MISSING"}]}"#;
    let error = end("api", NO_CLUSTER, "eu-west-1").await;
    assert_says(&error.to_string(), &["no cluster \"prod\" in region eu-west-1 at http://", "check `cluster`"]);
    assert_eq!((error.code().as_str(), &error.detail()["region"]), ("cluster_missing", &json!("eu-west-1")));
    assert_says(
        &end("api", NO_SERVICE, "eu-west-1").await.to_string(),
        &["no service \"api\" in cluster \"prod\" in region eu-west-1"],
    );
    let arn = "arn:aws:ecs:us-east-1:123456789012:service/prod/api";
    for answer in [NO_CLUSTER, NO_SERVICE] {
        let text = end(arn, answer, "eu-west-1").await.to_string();
        assert_says(&text, &["service: its ARN is of region us-east-1, and the client calls eu-west-1"]);
    }
}

#[tokio::test]
async fn an_arn_of_another_region_is_refused_before_aws_itself_is_called() {
    let client = Client::new(ClientOptions::default());
    client
        .set_connection(Aws::connect_in(&options("eu-west-1", None), CredentialSource::Dummy, |_| None).await.unwrap());
    let arn = "arn:aws:ecs:us-east-1:123456789012:service/prod/api";
    let error = client.deploy(Deployment::new("prod", arn)).outcome().await.unwrap_err();
    assert_says(
        &error.to_string(),
        &["invalid input: service: its ARN is of region us-east-1, and the client calls eu-west-1"],
    );
}
