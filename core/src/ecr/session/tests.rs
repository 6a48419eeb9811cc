use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::challenge::parameters;
use super::transport::{REDIRECTS, unless_still};
use super::*;
use crate::aws::connect::ClientOptions;
use crate::aws::tests::{Loopback, Said};
use crate::http::tests::proxied;

#[test]
fn a_challenge_is_taken_apart() {
    let parsed = parameters(
        r#"realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push" , X=y"#,
    );
    let parsed: Vec<_> = parsed.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        parsed,
        [
            ("realm", "https://auth.docker.io/token"),
            ("service", "registry.docker.io"),
            ("scope", "repository:a/b:pull,push"),
            ("x", "y")
        ]
    );
    assert!(parameters("").is_empty());
    assert_eq!(parameters("realm=\"unclosed").len(), 1);
}

#[tokio::test]
async fn what_is_sent_may_take_long_while_it_moves() {
    for (moves, ends, expected) in [(0, false, Err(1)), (3, false, Err(4)), (3, true, Ok(3))] {
        let (moved, pauses) = (AtomicU64::new(0), AtomicU64::new(0));
        let pause = || {
            let before = pauses.fetch_add(1, Ordering::Relaxed);
            moved.store((before + 1).min(moves), Ordering::Relaxed);
            std::future::ready(())
        };
        let sent = std::future::poll_fn(|_| match moved.load(Ordering::Relaxed) == moves && ends {
            true => std::task::Poll::Ready(Ok(())),
            false => std::task::Poll::Pending,
        });
        let found = unless_still(sent, &moved, pause).await;
        let pauses = pauses.load(Ordering::Relaxed);
        assert_eq!(found.map(|()| pauses).map_err(|_| pauses), expected, "{moves} {ends}");
    }
}

const PASSWORD: &str = "Basic dXNlcjpodW50ZXIy";

/// A registry on this machine with a password, which is spoken to beside a proxy.
async fn session(registry: &Loopback, proxy: &Loopback) -> Session {
    let client = Client::with_clock(ClientOptions::default(), Arc::new(crate::clock::tests::Leaping::default()));
    let image = format!("{}/app:v1", registry.url.trim_start_matches("http://"));
    let reference = crate::image::reference::parse(&image).unwrap();
    client.set_http(proxied(&proxy.url));
    let basic = PASSWORD.strip_prefix("Basic ").map(str::to_owned);
    Session { basic, ..Session::open(&client, &reference).await.unwrap() }
}

fn said(status: u16) -> Said {
    (status, Vec::new(), String::new())
}

fn moved(status: u16, to: &str) -> Said {
    (status, vec![("location", to.to_owned())], String::new())
}

fn challenge(realm: &str) -> Said {
    (401, vec![("www-authenticate", format!(r#"Bearer realm="{realm}/token",service="s""#))], String::new())
}

/// What was let in with at each request.
fn let_in(server: &Loopback) -> Vec<(String, String)> {
    let seen = server.seen.lock().unwrap();
    seen.iter().map(|seen| (seen.line.clone(), seen.header("authorization").to_owned())).collect()
}

/// A host that wants all it can get: it answers with a challenge of its own, and gives a token for whatever it is sent.
async fn stranger() -> Loopback {
    let own: Arc<std::sync::OnceLock<String>> = Arc::default();
    let url = Arc::clone(&own);
    let server = Loopback::with(move |seen| match seen.line.contains("/token") {
        true => (200, Vec::new(), r#"{"token": "bad"}"#.to_owned()),
        false => challenge(url.get().unwrap()),
    })
    .await;
    own.set(server.url.clone()).unwrap();
    server
}

/// One that asks for a token, had at `realm`, and then answers as told.
async fn registry(realm: String, then: impl Fn(&str) -> Said + Send + Sync + 'static) -> Loopback {
    Loopback::with(move |seen| match seen.header("authorization") {
        "Bearer good" => then(&seen.line),
        _ => challenge(&realm),
    })
    .await
}

/// Where tokens are had for the right password.
async fn realm() -> Loopback {
    Loopback::with(|seen| match seen.header("authorization") {
        PASSWORD => (200, Vec::new(), r#"{"token": "good"}"#.to_owned()),
        _ => said(403),
    })
    .await
}

#[tokio::test]
async fn a_host_that_the_registry_goes_on_at_gets_nothing_that_lets_one_in() {
    let bytes = || Body::Bytes(Bytes::from_static(b"layer"));
    for status in [301, 302, 303, 307, 308] {
        for (method, is_read) in [(Method::GET, true), (Method::HEAD, true), (Method::PUT, false)] {
            let (stranger, realm, proxy) = (stranger().await, realm().await, stranger().await);
            let to = format!("{}/blob?signature=s", stranger.url);
            let registry = registry(realm.url.clone(), move |_| moved(status, &to)).await;
            let session = session(&registry, &proxy).await;
            let body = if is_read { Body::None } else { bytes() };
            let request = Request { method: method.clone(), url: session.url("blobs/x"), headers: Vec::new(), body };
            let answer = session.once(&request).await;
            if is_read || status >= 307 {
                let text = format!("the registry goes on at {}, which wants a login of its own", stranger.url);
                assert!(matches!(&answer, Err(RegistryError::Denied(said)) if said.starts_with(&text)), "{answer:?}");
                assert_eq!(let_in(&stranger), [(format!("{method} /blob?signature=s"), String::new())]);
            } else {
                // A write that goes on as a read is none.
                assert_eq!(answer.unwrap().status().as_u16(), status);
                assert!(let_in(&stranger).is_empty());
            }
            assert_eq!(let_in(&realm).len(), 1, "its own realm has been asked");
            assert!(let_in(&proxy).is_empty());
        }
    }
}

#[tokio::test]
async fn an_upload_that_goes_on_elsewhere_goes_without_what_lets_one_in() {
    let (stranger, realm, proxy) = (stranger().await, realm().await, stranger().await);
    let to = format!("{}/upload", stranger.url);
    let registry = registry(realm.url.clone(), move |_| moved(202, &to)).await;
    let session = session(&registry, &proxy).await;
    let begun = session.once(&Request { method: Method::POST, ..session.get("blobs/uploads/") }).await.unwrap();
    let url = session.next(&begun).unwrap();
    let body = Body::Bytes(Bytes::from_static(b"layer"));
    let answer = session.once(&Request { method: Method::PUT, url, headers: Vec::new(), body }).await;
    assert!(matches!(&answer, Err(RegistryError::Denied(_))), "{answer:?}");
    assert_eq!(let_in(&stranger), [("PUT /upload".to_owned(), String::new())]);
}

#[tokio::test]
async fn a_way_over_another_host_leads_back_without_what_lets_one_in() {
    let (realm, proxy) = (realm().await, stranger().await);
    let registry_url: Arc<std::sync::OnceLock<String>> = Arc::default();
    let back = Arc::clone(&registry_url);
    let between = Loopback::with(move |_| moved(307, &format!("{}/v2/other/manifests/v1", back.get().unwrap()))).await;
    let to = between.url.clone();
    let registry = registry(realm.url.clone(), move |_| moved(307, &to)).await;
    registry_url.set(registry.url.clone()).unwrap();
    let session = session(&registry, &proxy).await;
    let body = Body::Bytes(Bytes::from_static(b"manifest"));
    let url = session.url("manifests/v1");
    let answer = session.once(&Request { method: Method::PUT, url, headers: Vec::new(), body }).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let seen = let_in(&registry);
    let others: Vec<_> = seen.iter().filter(|(line, _)| line.contains("/other/")).collect();
    assert!(!others.is_empty() && others.iter().all(|(_, authorization)| authorization.is_empty()), "{seen:?}");
}

#[tokio::test]
async fn a_token_is_had_on_another_host_where_the_registry_itself_says_so() {
    let (realm, proxy) = (realm().await, stranger().await);
    let registry = registry(realm.url.clone(), |_| said(200)).await;
    let session = session(&registry, &proxy).await;
    assert!(session.has_blob("sha256:a").await.unwrap());
    assert!(session.has_blob("sha256:b").await.unwrap());
    assert_eq!(let_in(&realm), [("GET /token?service=s".to_owned(), PASSWORD.to_owned())]);
    let seen: Vec<String> = let_in(&registry).into_iter().map(|(_, authorization)| authorization).collect();
    assert_eq!(seen, ["", "Bearer good", "Bearer good"]);
    assert!(let_in(&proxy).is_empty());
}

#[tokio::test]
async fn where_tokens_are_had_hands_the_password_on_to_nobody() {
    let (stranger, proxy) = (stranger().await, stranger().await);
    let to = format!("{}/token", stranger.url);
    let realm = Loopback::with(move |_| moved(302, &to)).await;
    let registry = registry(realm.url.clone(), |_| said(200)).await;
    let session = session(&registry, &proxy).await;
    let answer = session.has_blob("sha256:a").await;
    assert!(matches!(&answer, Err(RegistryError::Denied(_))), "{answer:?}");
    assert_eq!(let_in(&realm)[0].1, PASSWORD);
    assert_eq!(let_in(&stranger), [("GET /token".to_owned(), String::new())]);
}

#[tokio::test]
async fn a_password_is_sent_unencrypted_to_this_machine_alone_and_from_it_alone() {
    let (realm, proxy) = (realm().await, stranger().await);
    let registry = registry(realm.url.clone(), |_| said(200)).await;
    for (base, realm, is_sent) in [
        (registry.url.as_str(), realm.url.as_str(), true),
        (registry.url.as_str(), "http://auth.example/", false),
        (registry.url.as_str(), "ftp://127.0.0.1/", false),
        ("https://registry.example/", realm.url.as_str(), false),
        ("https://registry.example/", "http://auth.example/", false),
    ] {
        let session = Session { base: Url::parse(base).unwrap(), ..session(&registry, &proxy).await };
        let token = session.token(Url::parse(realm).unwrap()).await;
        match is_sent {
            true => assert_eq!(token, Ok(Some("Bearer good".to_owned()))),
            false => {
                assert!(matches!(&token, Err(RegistryError::Denied(text)) if text.contains("unencrypted")), "{token:?}")
            }
        }
    }
    assert_eq!(let_in(&realm).len(), 1);
    assert!(let_in(&proxy).is_empty());
}

#[tokio::test]
async fn a_way_without_an_end_is_given_up() {
    let (proxy, round) = (stranger().await, Loopback::with(|_| moved(302, "/again")).await);
    let session = session(&round, &proxy).await;
    let answer = session.has_blob("sha256:a").await;
    assert!(matches!(&answer, Err(RegistryError::Other(code, _)) if code == "redirect"), "{answer:?}");
    assert_eq!(round.seen.lock().unwrap().len(), REDIRECTS as usize + 1);
}

#[test]
fn what_was_encrypted_stays_so() {
    for (from, location, expected) in [
        ("https://r.example/v2/a", "/v2/b", Some("https://r.example/v2/b")),
        ("https://r.example/v2/a", "https://s3.example/b", Some("https://s3.example/b")),
        ("https://r.example/v2/a", "//s3.example/b", Some("https://s3.example/b")),
        ("https://r.example/v2/a", "http://r.example/v2/b", None),
        ("https://r.example/v2/a", "http://localhost/b", None),
        ("https://r.example/v2/a", "ftp://r.example/b", None),
        ("http://localhost/v2/a", "http://127.0.0.1/b", Some("http://127.0.0.1/b")),
        ("http://localhost/v2/a", "https://s3.example/b", Some("https://s3.example/b")),
        ("http://localhost/v2/a", "file:///etc/passwd", None),
        ("http://localhost/v2/a", "http://[", None),
    ] {
        let found = elsewhere(&Url::parse(from).unwrap(), location).ok();
        assert_eq!(found.as_ref().map(Url::as_str), expected, "{from} {location}");
    }
}
