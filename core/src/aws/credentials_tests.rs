//! Roles, tokens and credentials that run out, over a server of HTTP on this machine.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::json;

use super::connect::CredentialSource;
use super::tests::{Loopback, Said, Seen};
use super::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const VIA: &str = "arn:aws:iam::123456789012:role/ci";

/// What STS answers for a role: the key says which it was, how often.
fn assumed(operation: &str, key: &str, valid: Duration) -> Said {
    let until = DateTime::from(SystemTime::now() + valid).fmt(Format::DateTime).unwrap();
    let body = format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result><Credentials>\
         <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey><SessionToken>hunter3</SessionToken>\
         <Expiration>{until}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId>\
         <Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn></AssumedRoleUser></{operation}Result></{operation}Response>"
    );
    (200, Vec::new(), body)
}

fn refused(code: &str, status: u16) -> Said {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>no way</Message></Error></ErrorResponse>");
    (status, Vec::new(), body)
}

/// The key that a request is signed with.
fn key(seen: &Seen) -> &str {
    seen.header("authorization").split_once("Credential=").map_or("", |(_, rest)| rest.split('/').next().unwrap())
}

/// The operation of STS or ECS that a request is for.
fn operation(seen: &Seen) -> String {
    if seen.line.starts_with("GET") {
        return "token".to_owned();
    }
    let body = String::from_utf8_lossy(&seen.body).into_owned();
    match body.strip_prefix("Action=") {
        Some(rest) => rest.split('&').next().unwrap().to_owned(),
        None => seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned(),
    }
}

async fn connect(server: &Loopback, options: ClientOptions, github: bool) -> Aws {
    let options =
        ClientOptions { region: Some("eu-central-1".to_owned()), endpoint: Some(server.url.clone()), ..options };
    let source = if github { CredentialSource::Environment } else { CredentialSource::Dummy };
    let url = format!("{}/token?a=b", server.url);
    let environment = |name: &str| match name {
        "ACTIONS_ID_TOKEN_REQUEST_URL" if github => Some(url.clone()),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" if github => Some("bearer-secret".to_owned()),
        _ => None,
    };
    Aws::connect_in(&options, source, environment).await.unwrap()
}

fn role() -> ClientOptions {
    ClientOptions { role: Some(ROLE.to_owned()), ..ClientOptions::default() }
}

/// What was asked for, and with which key.
fn asked(server: &Loopback) -> Vec<(String, String)> {
    server.seen.lock().unwrap().iter().map(|seen| (operation(seen), key(seen).to_owned())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

#[tokio::test]
async fn roles_are_assumed_one_after_the_other_with_name_and_tags() {
    let server = Loopback::with(|seen| match operation(seen).as_str() {
        "AssumeRole" if key(seen) == "simulator" => assumed("AssumeRole", "FIRST", Duration::from_secs(3600)),
        "AssumeRole" => assumed("AssumeRole", "SECOND", Duration::from_secs(3600)),
        _ => (200, Vec::new(), "{}".to_owned()),
    })
    .await;
    let tags = [("team".to_owned(), "a b".to_owned())].into_iter().collect();
    let options = ClientOptions { via: vec![VIA.to_owned()], session: Some("ci@7".to_owned()), tags, ..role() };
    let aws = connect(&server, options, false).await;
    aws.call(Operation::DescribeServices, &json!({})).await.unwrap();
    aws.call(Operation::GetLogEvents, &json!({})).await.unwrap();
    let expected = [
        ("AssumeRole", "simulator"),
        ("AssumeRole", "FIRST"),
        ("DescribeServices", "SECOND"),
        ("GetLogEvents", "SECOND"),
    ];
    assert_eq!(asked(&server), pairs(&expected));
    let bodies: Vec<_> =
        server.seen.lock().unwrap().iter().map(|seen| String::from_utf8_lossy(&seen.body).into_owned()).collect();
    assert!(bodies[0].ends_with("role%2Fci&RoleSessionName=ci%407"), "{}", bodies[0]);
    assert!(bodies[1].ends_with("&Tags.member.1.Key=team&Tags.member.1.Value=a%20b"), "{}", bodies[1]);
    assert!(!format!("{:?} {:?}", aws.credentials, aws.config).contains("hunter"));
}

#[tokio::test]
async fn a_job_of_github_becomes_a_role_without_keys() {
    let server = Loopback::with(|seen| match operation(seen).as_str() {
        "token" => (200, Vec::new(), r#"{"value": "ey.token"}"#.to_owned()),
        "AssumeRoleWithWebIdentity" => assumed("AssumeRoleWithWebIdentity", "WEB", Duration::from_secs(3600)),
        _ => (200, Vec::new(), "{}".to_owned()),
    })
    .await;
    let china = ClientOptions { audience: Some("sts.amazonaws.com.cn".to_owned()), ..role() };
    connect(&server, china, true).await.assumed().await.unwrap();
    let line = std::mem::take(&mut *server.seen.lock().unwrap()).remove(0).line;
    assert_eq!(line, "GET /token?a=b&audience=sts.amazonaws.com.cn");
    let aws = connect(&server, role(), true).await;
    let (arn, user) = aws.assumed().await.unwrap().unwrap();
    assert_eq!((arn.as_str(), user.as_str()), ("arn:aws:sts::123456789012:assumed-role/deploy/me", "AROA:me"));
    aws.call(Operation::DescribeServices, &json!({})).await.unwrap();
    assert_eq!(asked(&server), pairs(&[("token", ""), ("AssumeRoleWithWebIdentity", ""), ("DescribeServices", "WEB")]));
    let seen = server.seen.lock().unwrap();
    assert_eq!(seen[0].line, "GET /token?a=b&audience=sts.amazonaws.com");
    assert_eq!(seen[0].header("authorization"), "Bearer bearer-secret");
    let body = String::from_utf8_lossy(&seen[1].body).into_owned();
    assert!(body.contains("WebIdentityToken=ey.token") && body.contains("RoleSessionName=ecs-rollout"), "{body}");
}

#[tokio::test]
async fn a_role_is_assumed_anew_before_it_expires_and_kept_where_that_fails() {
    for (can, expected) in [(true, "KEY2"), (false, "KEY1")] {
        let count = Mutex::new(0);
        let server = Loopback::with(move |seen| match operation(seen).as_str() {
            "AssumeRole" => {
                let mut count = count.lock().unwrap();
                *count += 1;
                match *count {
                    // About to expire, but good yet.
                    1 => assumed("AssumeRole", "KEY1", Duration::from_secs(60)),
                    2 if !can => refused("AccessDenied", 403),
                    times => assumed("AssumeRole", &format!("KEY{times}"), Duration::from_secs(3600)),
                }
            }
            _ => (200, Vec::new(), "{}".to_owned()),
        })
        .await;
        let aws = connect(&server, role(), false).await;
        for _ in 0..3 {
            aws.call(Operation::DescribeServices, &json!({})).await.unwrap();
        }
        assert_eq!(key(server.seen.lock().unwrap().last().unwrap()), expected);
        assert_eq!(asked(&server).iter().filter(|(operation, _)| operation == "AssumeRole").count(), 2);
    }
}

#[tokio::test]
async fn credentials_that_ran_out_are_fetched_once_more_before_it_is_an_error() {
    for (operation_called, expired) in [
        (Operation::DescribeServices, r#"{"__type":"ExpiredTokenException","message":"expired"}"#),
        (Operation::GetAuthorizationToken, r#"{"__type":"UnrecognizedClientException","message":"who"}"#),
    ] {
        let count = Mutex::new(0);
        let server = Loopback::with(move |seen| {
            let mut count = count.lock().unwrap();
            match (operation(seen).as_str(), key(seen)) {
                ("AssumeRole", _) => {
                    *count += 1;
                    assumed("AssumeRole", &format!("KEY{count}"), Duration::from_secs(3600))
                }
                (_, "KEY2") => (200, Vec::new(), "{}".to_owned()),
                _ => (400, Vec::new(), expired.to_owned()),
            }
        })
        .await;
        let aws = connect(&server, role(), false).await;
        aws.call(operation_called, &json!({})).await.unwrap();
        let name = operation_called.name();
        let expected = [("AssumeRole", "simulator"), (name, "KEY1"), ("AssumeRole", "simulator"), (name, "KEY2")];
        assert_eq!(asked(&server), pairs(&expected));
        aws.credentials.renew(aws.credentials.generation().await).await.unwrap();
        let fault = aws.call(operation_called, &json!({})).await.unwrap_err();
        assert_eq!((fault.kind, asked(&server).len()), (ApiErrorKind::Credentials, 8), "once, and then it is an error");
    }
}

#[tokio::test]
async fn what_passes_while_credentials_are_renewed_passes() {
    for (said, expected) in [
        (refused("Throttling", 400), ApiErrorKind::Throttled),
        (refused("InternalFailure", 500), ApiErrorKind::Server),
        // The refusal itself says more than that there is no role any longer.
        (refused("AccessDenied", 403), ApiErrorKind::Credentials),
    ] {
        let count = Mutex::new(0);
        let server = Loopback::with(move |seen| {
            let mut count = count.lock().unwrap();
            match (operation(seen).as_str(), key(seen)) {
                ("AssumeRole", _) => {
                    *count += 1;
                    match (*count, expected) {
                        (1, _) => assumed("AssumeRole", "KEY1", Duration::from_secs(3600)),
                        (2..=4, ApiErrorKind::Throttled | ApiErrorKind::Server) | (_, ApiErrorKind::Credentials) => {
                            said.clone()
                        }
                        _ => assumed("AssumeRole", "KEY2", Duration::from_secs(3600)),
                    }
                }
                (_, "KEY2") => (200, Vec::new(), "{}".to_owned()),
                _ => (400, Vec::new(), r#"{"__type":"ExpiredTokenException","message":"expired"}"#.to_owned()),
            }
        })
        .await;
        let aws = connect(&server, role(), false).await;
        let fault = aws.call(Operation::DescribeServices, &json!({})).await.unwrap_err();
        assert_eq!(fault.kind, expected);
        let again = aws.call(Operation::DescribeServices, &json!({})).await;
        assert_eq!(again.is_ok(), expected != ApiErrorKind::Credentials, "{again:?}");
        let text = fault.into_error("e").to_string();
        assert_eq!(text.contains("ExpiredTokenException"), expected == ApiErrorKind::Credentials, "{text}");
    }
}

#[tokio::test]
async fn sts_need_not_say_until_when_or_who() {
    let server = Loopback::with(|seen| match operation(seen).as_str() {
        "AssumeRole" => {
            let keys = "<AccessKeyId>BARE</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey>";
            let body = format!("<AssumeRoleResponse><AssumeRoleResult><Credentials>{keys}</Credentials></AssumeRoleResult></AssumeRoleResponse>");
            (200, Vec::new(), body)
        }
        _ => (200, Vec::new(), "{}".to_owned()),
    })
    .await;
    let aws = connect(&server, role(), false).await;
    for _ in 0..2 {
        aws.call(Operation::DescribeServices, &json!({})).await.unwrap();
    }
    assert_eq!(aws.assumed().await.unwrap(), None);
    let expected = [("AssumeRole", "simulator"), ("DescribeServices", "BARE"), ("DescribeServices", "BARE")];
    assert_eq!(asked(&server), pairs(&expected));
}

#[tokio::test]
async fn why_there_is_no_role_is_said_without_secrets() {
    for (said, kind, expected) in [
        (
            refused("AccessDenied", 403),
            ApiErrorKind::Credentials,
            "AssumeRole of arn:aws:iam::123456789012:role/deploy failed: AccessDenied: no way",
        ),
        (refused("Throttling", 400), ApiErrorKind::Throttled, "Throttling"),
        ((200, Vec::new(), "<AssumeRoleResponse/>".to_owned()), ApiErrorKind::Credentials, "without credentials"),
    ] {
        let server = Loopback::with(move |_| said.clone()).await;
        let aws = connect(&server, role(), false).await;
        let fault = aws.call(Operation::DescribeServices, &json!({})).await.unwrap_err();
        let error = fault.clone().into_error("e").to_string();
        assert!(fault.kind == kind && error.contains(expected), "{error}");
    }
    for (status, body, expected) in [
        (403, "bearer-secret", "GitHub gives no ID token: HTTP status 403"),
        (200, "{}", "its answer has none"),
        (200, r#"{"value": "ey.token"}"#, "InvalidIdentityToken: no way"),
    ] {
        let server = Loopback::with(move |seen| match operation(seen).as_str() {
            "token" => (status, Vec::new(), body.to_owned()),
            _ => refused("InvalidIdentityToken", 400),
        })
        .await;
        let aws = connect(&server, role(), true).await;
        let error = aws.call(Operation::DescribeServices, &json!({})).await.unwrap_err().into_error("e").to_string();
        assert!(error.starts_with("no usable AWS credentials: ") && error.contains(expected), "{error}");
        assert!(!error.contains("secret") && !error.contains("ey.token"), "{error}");
    }
}

/// What a request of STS asks for.
fn form(seen: &Seen) -> String {
    percent_encoding::percent_decode(&seen.body).decode_utf8().unwrap().into_owned()
}

#[tokio::test]
async fn the_session_of_the_last_role_is_as_it_is_asked_for() {
    let server = Loopback::with(|seen| match operation(seen).as_str() {
        "AssumeRole" => assumed("AssumeRole", "KEY", Duration::from_secs(3600)),
        _ => (200, Vec::new(), "{}".to_owned()),
    })
    .await;
    let text = |text: &str| Some(text.to_owned());
    let policy = json!({"Version": "2012-10-17", "Statement": []}).as_object().unwrap().clone();
    let options = ClientOptions {
        via: vec![VIA.to_owned()],
        external: text("partner:7"),
        duration: Some(900),
        identity: text("me@ci"),
        policy,
        managed: vec!["arn:aws:iam::aws:policy/A".to_owned()],
        ..role()
    };
    let aws = connect(&server, options, false).await;
    aws.call(Operation::DescribeServices, &json!({})).await.unwrap();
    let forms: Vec<_> = server.seen.lock().unwrap().iter().take(2).map(form).collect();
    assert!(forms[0].ends_with("role/ci&RoleSessionName=ecs-rollout&SourceIdentity=me@ci"), "{}", forms[0]);
    let expected = "role/deploy&RoleSessionName=ecs-rollout&DurationSeconds=900\
        &Policy={\"Version\":\"2012-10-17\",\"Statement\":[]}&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/A&ExternalId=partner:7";
    assert!(forms[1].ends_with(expected), "{}", forms[1]);
}

fn identity(account: &str) -> Said {
    let body = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/ci</Arn><UserId>AIDA</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    (200, Vec::new(), body)
}

#[tokio::test]
async fn credentials_of_another_account_sign_no_call() {
    let own = ClientOptions { account: Some("123456789012".to_owned()), ..ClientOptions::default() };
    for (account, options, expected) in [
        ("123456789012", own.clone(), &["GetCallerIdentity", "DescribeServices", "UpdateService"][..]),
        ("210987654321", own.clone(), &["GetCallerIdentity", "GetCallerIdentity"]),
        // What STS answers for a role is enough.
        (
            "210987654321",
            ClientOptions { ..own.clone() }.role(ROLE.to_owned()),
            &["AssumeRole", "DescribeServices", "UpdateService"],
        ),
    ] {
        let server = Loopback::with(move |seen| match operation(seen).as_str() {
            "GetCallerIdentity" => identity(account),
            "AssumeRole" => assumed("AssumeRole", "KEY", Duration::from_secs(3600)),
            _ => (200, Vec::new(), "{}".to_owned()),
        })
        .await;
        let aws = connect(&server, options, false).await;
        let answers = [
            aws.call(Operation::DescribeServices, &json!({})).await,
            aws.call(Operation::UpdateService, &json!({})).await,
        ];
        let names: Vec<_> = asked(&server).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
        if !expected.contains(&"UpdateService") {
            let [_, refused] = answers;
            let text = refused.unwrap_err().into_error("e").to_string();
            let says = "arn:aws:iam::210987654321:user/ci of account 210987654321, and the client's `account` allows 123456789012 alone";
            assert!(text.starts_with("no usable AWS credentials: ") && text.contains(says), "{text}");
        }
    }
}

#[tokio::test]
async fn where_the_account_is_not_known_nothing_is_called() {
    for (said, kind, expected) in [
        (refused("Throttling", 400), ApiErrorKind::Throttled, "Throttling"),
        (refused("ExpiredToken", 403), ApiErrorKind::Credentials, "they have expired: sign in again"),
        (
            refused("AccessDenied", 403),
            ApiErrorKind::Credentials,
            "their account is not known, which `account` asks for",
        ),
    ] {
        let server = Loopback::with(move |_| said.clone()).await;
        let own = ClientOptions { account: Some("123456789012".to_owned()), ..ClientOptions::default() };
        let fault = connect(&server, own, false).await.call(Operation::UpdateService, &json!({})).await.unwrap_err();
        assert!(fault.kind == kind && fault.clone().into_error("e").to_string().contains(expected), "{fault:?}");
        assert!(asked(&server).iter().all(|(operation, _)| operation == "GetCallerIdentity"));
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_shown_by_what_it_says() {
    let token =
        id_token::tests::token(&json!({"iss": "https://gitlab.com", "sub": "project_path:g/p:ref:x", "aud": "me"}));
    let server = Loopback::with(|_| refused("AccessDenied", 403)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, &token).unwrap();
    let options = ClientOptions { token: Some(path.to_str().unwrap().to_owned()), ..role() };
    let aws = connect(&server, options, false).await;
    let text = aws.call(Operation::DescribeServices, &json!({})).await.unwrap_err().into_error("e").to_string();
    for fragment in
        ["AccessDenied: no way", "\"gitlab.com:sub\" that is or fits \"project_path:g/p:ref:x\"", "aud \"me\""]
    {
        assert!(text.contains(fragment), "{text}");
    }
    assert!(!text.contains(&token) && !text.contains("hunter2"), "{text}");
    assert!(form(&server.seen.lock().unwrap()[0]).contains(&format!("WebIdentityToken={token}")));
}
