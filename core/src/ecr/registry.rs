//! How a registry is spoken to: the OCI distribution API over HTTP, with each registry's own way of letting one in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryFutureExt};
use oci_spec::distribution::Reference;
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use tokio::time::timeout;

use super::host::{self, Registry};
use super::{docker, manifest};
use crate::client::Client;
use crate::error::Error;

/// A registry, as one repository of it is used.
pub(super) struct Session {
    http: reqwest::Client,
    client: Client,
    /// Scheme, host and port.
    base: Url,
    repository: String,
    /// What the `Authorization` header says, once that is known.
    authorization: Mutex<Option<String>>,
    /// User and password in Basic form, where there are any.
    basic: Option<String>,
    /// Whether it is not to be asked, because the client has an endpoint of its own.
    is_elsewhere: bool,
}

/// What is sent. Made again for each attempt.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body<'a>,
}

/// What goes along.
pub(super) enum Body<'a> {
    /// Nothing.
    None,
    /// All of it at hand.
    Bytes(Bytes),
    /// Made as it is sent.
    Stream(&'a (dyn Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync)),
}

/// Why a registry does not do what is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    /// It has no such thing.
    Missing(String),
    /// It does not let one do this.
    Denied(String),
    /// Requests come too fast.
    Throttled(String),
    /// No answer, or one of a broken server.
    Network(String),
    /// Anything else: its code, and its words.
    Other(String, String),
    /// It is not asked, because the client has an endpoint of its own.
    Elsewhere,
}

const ATTEMPTS: u32 = 4;
/// So long an answer may take, and each piece of it.
const QUIET: Duration = Duration::from_secs(60);
/// So long no piece of a body may leave, nor an answer come after the last: the machine keeps some of it for a slow line.
const SENDING: Duration = Duration::from_secs(120);
/// Manifests and configurations are small; more than this is none.
const LARGEST: usize = 8 << 20;

/// The client for registries: trusted roots of the machine, the TLS that AWS is called with.
pub(crate) fn http() -> Result<reqwest::Client, Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    connect(roots, |builder| builder)
}

fn connect(
    roots: rustls::RootCertStore,
    more: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, Error> {
    let broken = |error: &dyn std::fmt::Display| Error::Unsupported { text: format!("no TLS for registries: {error}") };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("ecs-rollout/", env!("CARGO_PKG_VERSION")))
        // No read_timeout: it runs while a body is sent, however well that goes on.
        .connect_timeout(Duration::from_secs(5));
    more(builder).build().map_err(|error| broken(&error))
}

/// The host that a registry's API is at.
pub(super) fn api_host(reference: &Reference) -> &str {
    match reference.registry() {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        host => host,
    }
}

/// Whether it is this machine, where registries speak plain HTTP.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Session {
    pub(super) async fn open(client: &Client, reference: &Reference) -> Result<Self, Error> {
        Self::open_with(client, reference, client.http()?.clone()).await
    }

    pub(super) async fn open_with(
        client: &Client,
        reference: &Reference,
        http: reqwest::Client,
    ) -> Result<Self, Error> {
        let host = api_host(reference);
        let scheme = if is_loopback(host) { "http" } else { "https" };
        let base =
            Url::parse(&format!("{scheme}://{host}/")).map_err(|error| Error::invalid("image", error.to_string()))?;
        let basic = match host::registry(host) {
            Some(Registry::Private { .. }) => {
                client.credential_for(host).await?.map(|credential| credential.basic().to_owned())
            }
            _ => docker::read(host),
        };
        let is_elsewhere = !is_loopback(host) && client.has_endpoint().await;
        // ECR takes nothing else, so that it need not be asked what it takes.
        let is_ecr = matches!(host::registry(host), Some(Registry::Private { .. }));
        let authorization = basic.as_ref().filter(|_| is_ecr).map(|basic| format!("Basic {basic}"));
        Ok(Self {
            http,
            client: client.clone(),
            base,
            repository: reference.repository().to_owned(),
            authorization: Mutex::new(authorization),
            basic,
            is_elsewhere,
        })
    }

    pub(super) fn host(&self) -> String {
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.base.host_str().unwrap_or_default())
    }

    /// The URL of something in the repository, such as `manifests/latest`.
    pub(super) fn url(&self, rest: &str) -> Url {
        let path = format!("/v2/{}/{rest}", self.repository);
        self.base.join(&path).unwrap_or_else(|_| self.base.clone())
    }

    /// The manifest that a tag or digest names, its bytes checked, and its digest.
    pub(super) async fn manifest(&self, name: &str) -> Result<(Vec<u8>, String), Refusal> {
        let request = self.get(&format!("manifests/{name}"));
        let request = Request { headers: vec![("accept", manifest::ACCEPTED.join(", "))], ..request };
        let answer = self.send(&request).await?;
        let told = header(answer.headers(), "docker-content-digest");
        let bytes = body(answer).await?;
        let digest = manifest::digest(&bytes);
        let expected = told.filter(|told| told.starts_with("sha256:")).unwrap_or_else(|| digest.clone());
        if expected != digest || (name.starts_with("sha256:") && name != digest) {
            return Err(Refusal::Other(
                "digest".to_owned(),
                format!("the manifest has digest {digest}, not {expected}"),
            ));
        }
        Ok((bytes, digest))
    }

    /// Whether there is such a manifest.
    pub(super) async fn has_manifest(&self, name: &str) -> Result<bool, Refusal> {
        let mut request = self.get(&format!("manifests/{name}"));
        request.method = Method::HEAD;
        request.headers = vec![("accept", manifest::ACCEPTED.join(", "))];
        match self.send(&request).await {
            Ok(_) => Ok(true),
            Err(Refusal::Missing(_)) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// The digest that a tag names, if it names one and the registry says which.
    pub(super) async fn digest_of(&self, name: &str) -> Result<Option<String>, Refusal> {
        let mut request = self.get(&format!("manifests/{name}"));
        request.method = Method::HEAD;
        request.headers = vec![("accept", manifest::ACCEPTED.join(", "))];
        match self.send(&request).await {
            Ok(answer) => Ok(header(answer.headers(), "docker-content-digest")),
            Err(Refusal::Missing(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether there is such a blob.
    pub(super) async fn has_blob(&self, digest: &str) -> Result<bool, Refusal> {
        let mut request = self.get(&format!("blobs/{digest}"));
        request.method = Method::HEAD;
        match self.send(&request).await {
            Ok(_) => Ok(true),
            Err(Refusal::Missing(_)) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// A small blob, such as an image's configuration.
    pub(super) async fn blob(&self, digest: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = body(self.send(&self.get(&format!("blobs/{digest}"))).await?).await?;
        match manifest::digest(&bytes) {
            other if other != digest => {
                Err(Refusal::Other("digest".to_owned(), format!("the blob has digest {other}, not {digest}")))
            }
            _ => Ok(bytes),
        }
    }

    /// The repository's tags, as far as one page goes.
    pub(super) async fn tags(&self) -> Vec<String> {
        let Ok(answer) = self.send(&self.get("tags/list?n=1000")).await else { return Vec::new() };
        let whole: Value =
            body(answer).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        whole["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub(super) fn get(&self, rest: &str) -> Request<'static> {
        Request { method: Method::GET, url: self.url(rest), headers: Vec::new(), body: Body::None }
    }

    /// Sends until there is an answer that will not get better, and says what a failure means. For what may be asked twice.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<reqwest::Response, Refusal> {
        let mut pause = Duration::from_millis(300);
        for attempt in 1.. {
            let (refusal, wait) = match self.once(request).await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let wait = header(answer.headers(), RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok());
                    (refusal(answer).await, wait.map(Duration::from_secs))
                }
                Err(refusal) => (refusal, None),
            };
            let passes = matches!(refusal, Refusal::Throttled(_) | Refusal::Network(_));
            if !passes || attempt == ATTEMPTS {
                return Err(refusal);
            }
            let wait = wait.unwrap_or(pause).min(Duration::from_secs(10));
            self.client.clock().sleep(wait.mul_f64(0.5 + fastrand::f64())).await;
            pause *= 2;
        }
        unreachable!("the last attempt returns")
    }

    /// One attempt, but for being let in.
    pub(super) async fn once(&self, request: &Request<'_>) -> Result<reqwest::Response, Refusal> {
        if self.is_elsewhere {
            return Err(Refusal::Elsewhere);
        }
        let answer = self.attempt(request).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenge = header(answer.headers(), WWW_AUTHENTICATE.as_str()).unwrap_or_default();
        match self.enter(&challenge).await? {
            Some(authorization) => {
                *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(authorization);
                self.attempt(request).await
            }
            None => Ok(answer),
        }
    }

    async fn attempt(&self, request: &Request<'_>) -> Result<reqwest::Response, Refusal> {
        let mut call = self.http.request(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let authorization = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // What lets one into the registry is for it alone: an upload may go on elsewhere.
        if let Some(authorization) = authorization.filter(|_| request.url.origin() == self.base.origin()) {
            call = call.header(AUTHORIZATION, authorization);
        }
        let moved = Arc::new(AtomicU64::new(0));
        let call = match &request.body {
            Body::None => return answer(call).await,
            Body::Bytes(bytes) => call.body(bytes.clone()),
            Body::Stream(make) => {
                let moved = Arc::clone(&moved);
                let pieces = make().inspect(move |_| {
                    moved.fetch_add(1, Ordering::Relaxed);
                });
                call.body(reqwest::Body::wrap_stream(pieces))
            }
        };
        let sent = call.send().map_err(|error| Refusal::Network(words(&error)));
        unless_still(sent, &moved, || tokio::time::sleep(SENDING)).await
    }

    /// What the registry wants to hear after it said no.
    async fn enter(&self, challenge: &str) -> Result<Option<String>, Refusal> {
        let (scheme, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            let authorization = self.basic.as_ref().map(|basic| format!("Basic {basic}"));
            let already = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
            return Ok(authorization.filter(|authorization| already.as_ref() != Some(authorization)));
        }
        let parameters = parameters(rest);
        let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let Some(Ok(mut realm)) = parameter("realm").map(Url::parse).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
        else {
            return Ok(None);
        };
        // The password goes to where it is safe, or nowhere.
        let host = realm.host_str().unwrap_or_default().to_owned();
        if realm.scheme() != "https" && !is_loopback(&host) {
            return Err(Refusal::Denied(format!("the registry wants a password sent unencrypted to {host}")));
        }
        for name in ["service", "scope"] {
            if let Some(value) = parameter(name) {
                realm.query_pairs_mut().append_pair(name, value);
            }
        }
        let mut call = self.http.get(realm);
        if let Some(basic) = &self.basic {
            call = call.header(AUTHORIZATION, format!("Basic {basic}"));
        }
        let answer = answer(call).await?;
        if !answer.status().is_success() {
            return Err(refusal(answer).await);
        }
        let whole: Value = serde_json::from_slice(&body(answer).await?).unwrap_or_default();
        let token = whole["token"].as_str().or_else(|| whole["access_token"].as_str());
        Ok(token.map(|token| format!("Bearer {token}")))
    }
}

/// `key="value",key=value`, as in a challenge.
fn parameters(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((key, rest)) = text.split_once('=') {
        let key = key.trim_matches(|c: char| c == ',' || c.is_whitespace()).to_ascii_lowercase();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        found.push((key, value.to_owned()));
        text = rest;
    }
    found
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What comes of a call that has no body.
pub(super) async fn answer(call: reqwest::RequestBuilder) -> Result<reqwest::Response, Refusal> {
    let sent = timeout(QUIET, call.send()).await.map_err(|_| late())?;
    sent.map_err(|error| Refusal::Network(words(&error)))
}

/// What comes of something that is sent, unless nothing has moved for a whole pause.
async fn unless_still<T, P: Future>(
    sent: impl Future<Output = Result<T, Refusal>>,
    moved: &AtomicU64,
    pause: impl Fn() -> P,
) -> Result<T, Refusal> {
    tokio::pin!(sent);
    let mut before = 0;
    loop {
        tokio::select! {
            biased;
            answer = &mut sent => return answer,
            _ = pause() => {}
        }
        match moved.load(Ordering::Relaxed) {
            now if now == before => return Err(late()),
            now => before = now,
        }
    }
}

fn late() -> Refusal {
    Refusal::Network("no answer in time".to_owned())
}

/// An answer's body, if it is small.
pub(super) async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        timeout(QUIET, answer.chunk()).await.map_err(|_| late())?.map_err(|error| Refusal::Network(words(&error)))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(Refusal::Other("size".to_owned(), "the answer is larger than any manifest".to_owned()));
        }
    }
    Ok(bytes)
}

/// What an answer of failure means.
pub(super) async fn refusal(answer: reqwest::Response) -> Refusal {
    let status = answer.status();
    let bytes = body(answer).await.unwrap_or_default();
    let whole: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let (code, said) = (whole["errors"][0]["code"].as_str(), whole["errors"][0]["message"].as_str());
    let text = match (code, said.filter(|said| !said.is_empty())) {
        (_, Some(said)) => said.to_owned(),
        (Some(code), None) => code.to_owned(),
        (None, None) => format!("HTTP status {}", status.as_u16()),
    };
    match (status.as_u16(), code) {
        (404, _) | (_, Some("MANIFEST_UNKNOWN" | "NAME_UNKNOWN" | "BLOB_UNKNOWN")) => Refusal::Missing(text),
        (429, _) | (_, Some("TOOMANYREQUESTS")) => Refusal::Throttled(text),
        (401 | 403, _) | (_, Some("DENIED" | "UNAUTHORIZED")) => Refusal::Denied(text),
        (500.., _) => Refusal::Network(text),
        (status, code) => Refusal::Other(code.map_or_else(|| status.to_string(), str::to_owned), text),
    }
}

/// The words at the bottom of an error, without the URL: it may carry what lets one in.
pub(crate) fn words(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else {
        deepest.to_string().lines().collect::<Vec<_>>().join("; ")
    }
}

impl Refusal {
    /// The error it is for somebody who wanted to read `image`. What is missing is for the caller to say.
    pub(super) fn into_error(self, operation: &str, image: &str, host: &str) -> Error {
        let operation = format!("{operation} {image}");
        match self {
            Self::Denied(text) => Error::Denied { operation, text, begun: None },
            Self::Throttled(text) => Error::Throttled { operation, text, begun: None },
            Self::Network(text) => Error::Network { operation, endpoint: host.to_owned(), text, begun: None },
            Self::Missing(text) => {
                Error::Aws { operation, name: "missing".to_owned(), text, request: None, begun: None }
            }
            Self::Other(name, text) => Error::Aws { operation, name, text, request: None, begun: None },
            Self::Elsewhere => Error::Unsupported {
                text: format!(
                    "{host} is not asked for {image}: with an endpoint in AWS's stead (`endpoint`, AWS_ENDPOINT_URL), no registry is"
                ),
            },
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Connections that find `host` at an address of this machine, and trust its certificate alone.
    pub(in crate::ecr) fn trusting(
        certificate: &std::path::Path,
        host: &str,
        at: std::net::SocketAddr,
    ) -> reqwest::Client {
        use rustls::pki_types::pem::PemObject;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
        connect(roots, |builder| builder.resolve(host, at).no_proxy()).unwrap()
    }

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

    #[test]
    fn sending_is_not_held_against_the_time_of_reading() {
        assert!(!format!("{:?}", http().unwrap()).contains("read_timeout"));
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for host in ["localhost", "localhost:5000", "127.0.0.1:1", "127.8.8.8", "[::1]:5000"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "10.0.0.1", "docker.io", "[2001:db8::1]:5000", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
