//! What leaves for AWS and what becomes of the answers, over a server of HTTP on this machine.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use super::connect::CredentialSource;
use super::*;

/// A server of HTTP on this machine that remembers what it was asked.
pub(crate) struct Loopback {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    headers: hyper::HeaderMap,
    pub(crate) body: Bytes,
}

/// Status, headers and body of an answer.
pub(crate) type Said = (u16, Vec<(&'static str, String)>, String);

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `region/service` that the signature is for, and the headers it covers.
    fn scope(&self) -> (String, String) {
        let authorization = self.header("authorization");
        let part = |name: &str| {
            let rest = authorization.split_once(name).unwrap_or_else(|| panic!("{authorization:?}")).1;
            rest.split(',').next().unwrap().to_owned()
        };
        let scope: Vec<_> = part("Credential=").split('/').map(str::to_owned).collect();
        assert_eq!((scope[0].as_str(), scope[4].as_str()), ("simulator", "aws4_request"));
        (format!("{}/{}", scope[2], scope[3]), part("SignedHeaders="))
    }
}

impl Loopback {
    /// One that says one thing to everything.
    async fn start(status: u16, headers: &'static [(&'static str, &'static str)], body: &'static str) -> Self {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::with(move |_| (status, headers.clone(), body.to_owned())).await
    }

    pub(crate) async fn with(answer: impl Fn(&Seen) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, answer) = (log.clone(), answer.clone());
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let (log, answer): (Arc<Mutex<Vec<Seen>>>, _) = (log.clone(), answer.clone());
                    async move {
                        let line = format!("{} {}", request.method(), request.uri());
                        let headers = request.headers().clone();
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        let seen = Seen { line, headers, body };
                        let (status, headers, body) = answer(&seen);
                        log.lock().unwrap().push(seen);
                        let mut response = hyper::Response::builder().status(status);
                        for (name, value) in headers {
                            response = response.header(name, value);
                        }
                        Ok::<_, Infallible>(response.body(Full::new(Bytes::from(body))).unwrap())
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, seen }
    }

    pub(crate) async fn aws(&self) -> Aws {
        let options = ClientOptions {
            region: Some("eu-central-1".to_owned()),
            endpoint: Some(self.url.clone()),
            ..ClientOptions::default()
        };
        Aws::connect(&options, CredentialSource::Dummy).await.unwrap()
    }

    fn one(&self) -> Seen {
        let mut seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }
}

#[tokio::test]
async fn a_document_goes_out_signed_and_whole() {
    let input = json!({"z": "ü", "made-up": [1.50, {"a": null}]});
    for (operation, scope, target) in [
        (Operation::DescribeServices, "eu-central-1/ecs", "AmazonEC2ContainerServiceV20141113.DescribeServices"),
        (Operation::GetLogEvents, "eu-central-1/logs", "Logs_20140328.GetLogEvents"),
        (Operation::CreateDeployment, "eu-central-1/codedeploy", "CodeDeploy_20141006.CreateDeployment"),
        (
            Operation::DescribeScalableTargets,
            "eu-central-1/application-autoscaling",
            "AnyScaleFrontendService.DescribeScalableTargets",
        ),
        (Operation::PutRule, "eu-central-1/events", "AWSEvents.PutRule"),
        (Operation::DescribeImages, "eu-central-1/ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeImages"),
        (
            Operation::GetPublicAuthorizationToken,
            "eu-central-1/ecr-public",
            "SpencerFrontendService.GetAuthorizationToken",
        ),
    ] {
        let server = Loopback::start(200, &[], r#"{"b": 1.10, "c": 1e400, "a": {"made-up": "answer"}}"#).await;
        let answer = server.aws().await.call(operation, &input).await.unwrap();
        assert_eq!(answer.to_string(), r#"{"b":1.1,"c":"1e400","a":{"made-up":"answer"}}"#);
        let seen = server.one();
        assert_eq!(seen.line, "POST /");
        assert_eq!(seen.body, input.to_string());
        assert_eq!((seen.header("x-amz-target"), seen.header("content-type")), (target, "application/x-amz-json-1.1"));
        let (signed_as, covered) = seen.scope();
        assert_eq!(signed_as, scope);
        assert!(covered.contains("host") && covered.contains("x-amz-target"), "{covered}");
        assert!(seen.header("user-agent").starts_with("aws-sdk-rust/"), "{}", seen.header("user-agent"));
    }
}

#[tokio::test]
async fn forms_and_rest_are_spoken_as_well() {
    let server = Loopback::start(
        200,
        &[("content-type", "text/xml")],
        "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member><TargetHealth>\
         <State>healthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult>\
         </DescribeTargetHealthResponse>",
    )
    .await;
    let aws = server.aws().await;
    let answer = aws.call(Operation::DescribeTargetHealth, &json!({"TargetGroupArn": "a:b"})).await.unwrap();
    assert_eq!(answer["TargetHealthDescriptions"][0]["TargetHealth"]["State"], "healthy");
    let seen = server.one();
    assert_eq!(seen.line, "POST /");
    assert_eq!(seen.body, "Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=a%3Ab");
    assert_eq!(seen.scope().0, "eu-central-1/elasticloadbalancing");

    let server = Loopback::start(200, &[], "").await;
    let input = json!({"Name": "n/1", "GroupName": "g"});
    let answer = server.aws().await.call_in("us-east-1", Operation::DeleteSchedule, &input).await.unwrap();
    assert_eq!(answer, json!({}));
    let seen = server.one();
    assert_eq!((seen.line.as_str(), seen.body.len()), ("DELETE /schedules/n%2F1?groupName=g", 0));
    assert_eq!(seen.scope().0, "us-east-1/scheduler");
}

#[tokio::test]
async fn a_failed_answer_becomes_what_it_means() {
    const HEADER: &[(&str, &str)] = &[("x-amzn-errortype", "ThrottlingException:http://aws")];
    const NONE: &[(&str, &str)] = &[];
    use ApiErrorKind::*;
    for (operation, status, headers, body, expected) in [
        (Operation::GetLogEvents, 400, HEADER, "{}", (Throttled, "ThrottlingException")),
        (
            Operation::GetLogEvents,
            400,
            NONE,
            r#"{"__type":"a.b#ResourceNotFoundException"}"#,
            (Rejected, "ResourceNotFoundException"),
        ),
        (
            Operation::PutScalingPolicy,
            400,
            NONE,
            r#"{"__type":"LimitExceededException"}"#,
            (Rejected, "LimitExceededException"),
        ),
        (
            Operation::PutScalingPolicy,
            400,
            NONE,
            r#"{"__type":"AccessDeniedException"}"#,
            (Denied, "AccessDeniedException"),
        ),
        (
            Operation::PutRule,
            400,
            NONE,
            r#"{"__type":"ExpiredTokenException"}"#,
            (Credentials, "ExpiredTokenException"),
        ),
        (
            Operation::CreateDeployment,
            400,
            NONE,
            r#"{"__type":"UnknownOperationException"}"#,
            (NotOffered, "UnknownOperationException"),
        ),
        (Operation::CreateDeployment, 500, NONE, r#"{"__type":"InternalFailure"}"#, (Server, "InternalFailure")),
        (Operation::CreateDeployment, 501, NONE, r#"{"__type":"InternalFailure"}"#, (NotOffered, "InternalFailure")),
        // A write may have been performed.
        (Operation::CreateDeployment, 404, NONE, "<html>no</html>", (Foreign, "http")),
        (Operation::GetDeployment, 404, NONE, "<html>no</html>", (NotOffered, "http")),
        (Operation::CreateDeployment, 503, NONE, "<html>busy</html>", (Server, "http")),
        (Operation::CreateDeployment, 200, NONE, "<html>hello</html>", (NotOffered, "unreadable")),
        (Operation::CreateSchedule, 409, NONE, r#"{"Message":"there"}"#, (Rejected, "http")),
        (
            Operation::CreateSchedule,
            402,
            &[("x-amzn-ErrorType", "ServiceQuotaExceededException")],
            "{}",
            (Rejected, "ServiceQuotaExceededException"),
        ),
        (Operation::CreateSchedule, 429, NONE, "slow", (Throttled, "http")),
        (
            Operation::DescribeTargetHealth,
            400,
            NONE,
            "<ErrorResponse><Error><Code>Throttling</Code><Message>m</Message></Error></ErrorResponse>",
            (Throttled, "Throttling"),
        ),
        (
            Operation::DescribeTargetHealth,
            403,
            NONE,
            "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
            (Denied, "AccessDenied"),
        ),
        (
            Operation::DescribeTargetHealth,
            403,
            NONE,
            "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>",
            (Credentials, "InvalidClientTokenId"),
        ),
        (
            Operation::DescribeTargetHealth,
            400,
            NONE,
            "<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>",
            (NotOffered, "InvalidAction"),
        ),
        (Operation::DescribeServices, 200, NONE, "<html>hello</html>", (Unreadable, "unreadable")),
        (Operation::DescribeServices, 502, NONE, "<html>busy</html>", (Server, "http")),
        (Operation::DescribeServices, 404, NONE, "no", (Foreign, "http")),
        (Operation::UpdateService, 400, NONE, r#"{"code":"GatewayRefused"}"#, (Foreign, "GatewayRefused")),
        (
            Operation::UpdateService,
            404,
            NONE,
            r#"{"__type":"ClusterNotFoundException"}"#,
            (Rejected, "ClusterNotFoundException"),
        ),
        (Operation::UpdateService, 302, NONE, "", (Foreign, "http")),
        (Operation::UpdateService, 407, NONE, "<html>who are you?</html>", (Foreign, "http")),
        (Operation::UpdateService, 409, NONE, "no", (Foreign, "http")),
        (Operation::DescribeServices, 408, NONE, "", (Server, "http")),
        (Operation::DescribeServices, 425, NONE, "", (Server, "http")),
        (Operation::ListServiceDeployments, 404, NONE, "no", (NotOffered, "http")),
        (Operation::ListServiceDeployments, 500, NONE, "no", (NotOffered, "http")),
        (Operation::ListServiceDeployments, 501, NONE, "no", (NotOffered, "http")),
        // A gateway's word is not the server's.
        (Operation::ListServiceDeployments, 502, NONE, "<html>busy</html>", (Server, "http")),
        (Operation::DescribeServiceDeployments, 503, NONE, "<html>busy</html>", (Server, "http")),
        (Operation::DescribeServiceRevisions, 504, NONE, "", (Server, "http")),
        (Operation::UpdateService, 400, HEADER, r#"{"message":"Rate exceeded"}"#, (Throttled, "ThrottlingException")),
    ] {
        let server = Loopback::start(status, headers, body).await;
        let fault = server.aws().await.call(operation, &json!({})).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_str()), expected, "{operation:?} {status} {body}");
        assert_eq!(server.seen.lock().unwrap().len(), 1, "no attempt of its own");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_nested_too_deep_is_a_fault_on_a_worker_of_the_runtime_as_well() {
    const DEPTH: usize = 100_000;
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(DEPTH), close.repeat(DEPTH));
    let json = nested(r#"{"a":"#, "}");
    let member = format!(r#"{{"services":{}}}"#, nested("[", "]"));
    let xml =
        |name: &str| format!("<{name}Response><{name}Result>{}</{name}Result></{name}Response>", nested("<a>", "</a>"));
    for (operation, body) in [
        (Operation::DescribeServices, json.clone()),
        (Operation::DescribeServices, member),
        (Operation::GetLogEvents, json.clone()),
        (Operation::GetSchedule, json.clone()),
        (Operation::DescribeTargetHealth, xml("DescribeTargetHealth")),
        (Operation::GetCallerIdentity, xml("GetCallerIdentity")),
    ] {
        for status in [200, 400, 500] {
            let said = body.clone();
            let server = Loopback::with(move |_| (status, Vec::new(), said.clone())).await;
            let aws = server.aws().await;
            let called = tokio::spawn(async move { aws.call(operation, &json!({})).await });
            let fault = called.await.unwrap().unwrap_err();
            let expected = if status == 200 { "unreadable" } else { "http" };
            assert_eq!(fault.code, expected, "{operation:?} {status}");
        }
    }
}

#[tokio::test]
async fn no_answer_says_where_none_came_from() {
    let server = Loopback::start(200, &[], "").await;
    let mut aws = server.aws().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    aws.config = aws.config.into_builder().endpoint_url(&nowhere).build();
    let fault = aws.call(Operation::GetLogEvents, &json!({})).await.unwrap_err();
    assert_eq!(fault.kind, ApiErrorKind::Unreachable);
    let error = fault.into_error("elsewhere").to_string();
    assert!(error.contains("GetLogEvents") && error.contains(&nowhere), "{error}");
    assert!(server.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let whole = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    for operation in [Operation::DescribeServices, Operation::GetLogEvents] {
        let body = whole(super::connector::LIMIT + 1);
        let server = Loopback::with(move |_| (200, Vec::new(), body.clone())).await;
        let fault = server.aws().await.call(operation, &json!({})).await.unwrap_err();
        assert!(
            matches!(fault.kind, ApiErrorKind::ConnectionLost | ApiErrorKind::Unreadable),
            "{operation:?}: {fault:?}"
        );
    }
    let body = whole(1024 * 1024);
    let server = Loopback::with(move |_| (200, Vec::new(), body.clone())).await;
    assert!(server.aws().await.call(Operation::DescribeServices, &json!({})).await.is_ok());
}

#[tokio::test]
async fn a_proxy_is_asked_for_all_but_this_machine() {
    let proxy = Loopback::start(200, &[], r#"{"by": "proxy"}"#).await;
    let server = Loopback::start(200, &[], r#"{"by": "server"}"#).await;
    let mut aws = server.aws().await;
    let proxied = super::connector::Connections(crate::http::tests::proxied(&proxy.url));
    for (endpoint, by) in [(server.url.as_str(), "server"), ("http://ecs.example", "proxy")] {
        aws.config = aws.config.into_builder().endpoint_url(endpoint).http_client(proxied.clone()).build();
        assert_eq!(aws.call(Operation::GetLogEvents, &json!({})).await.unwrap(), json!({"by": by}));
    }
    assert_eq!((proxy.one().line.as_str(), server.one().line.as_str()), ("POST http://ecs.example/", "POST /"));
}

#[test]
fn nothing_that_is_sent_shows_itself() {
    let secret = json!({"password": "hunter2"});
    let request = protocol::request(Operation::CreateConnection, &secret);
    let answer =
        transport::Answer { status: 200, error: None, request: None, bucket_region: None, body: b"hunter2".to_vec() };
    assert!(!format!("{request:?} {answer:?}").contains("hunter2"));
}
