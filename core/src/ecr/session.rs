//! How a registry is spoken to: the OCI distribution API over HTTP, with each registry's own way of letting one in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryFutureExt};
use oci_spec::distribution::Reference;
use reqwest::header::{AUTHORIZATION, HeaderMap, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use tokio::time::timeout;

use super::{docker_config, manifest};
use crate::aws::retry::{Transient, retry, transient};
use crate::client::Client;
use crate::error::{Error, said as line};
use crate::http::loopback::is_loopback;
use crate::http::{Http, root_cause};
use crate::image::registry::{self, Registry};

/// A registry, as one repository of it is used.
pub(crate) struct Session {
    http: Http,
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
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body<'a>,
}

/// What goes along.
pub(crate) enum Body<'a> {
    /// Nothing.
    None,
    /// All of it at hand.
    Bytes(Bytes),
    /// Made as it is sent.
    Stream(&'a (dyn Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync)),
}

/// Why a registry does not do what is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RegistryError {
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

const ATTEMPTS: usize = 4;
/// A registry may ask for a pause as long as this.
const LONGEST: Duration = Duration::from_secs(10);
/// So often an answer may say that it goes on elsewhere.
const REDIRECTS: u32 = 10;
/// So long an answer may take, and each piece of it.
const QUIET: Duration = Duration::from_secs(60);
/// So long no piece of a body may leave, nor an answer come after the last: the machine keeps some of it for a slow line.
const SENDING: Duration = Duration::from_secs(120);
/// Manifests and configurations are small; more than this is none.
const LARGEST: usize = 8 << 20;

/// The host that a registry's API is at.
pub(crate) fn api_host(reference: &Reference) -> &str {
    match reference.registry() {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        host => host,
    }
}

impl Session {
    pub(crate) async fn open(client: &Client, reference: &Reference) -> Result<Self, Error> {
        let http = client.http()?.clone();
        let host = api_host(reference);
        // Another registry without TLS is not spoken to at all: its password, and what it gives, would be anybody's.
        let scheme = if is_loopback(host) { "http" } else { "https" };
        let base =
            Url::parse(&format!("{scheme}://{host}/")).map_err(|error| Error::invalid("image", error.to_string()))?;
        let basic = match registry::registry(host) {
            Some(Registry::Private { .. }) => {
                client.credential_for(host).await?.map(|credential| credential.basic().to_owned())
            }
            _ => docker_config::read(host),
        };
        let is_elsewhere = !is_loopback(host) && client.has_endpoint().await;
        // ECR takes nothing else, so that it need not be asked what it takes.
        let is_ecr = matches!(registry::registry(host), Some(Registry::Private { .. }));
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

    pub(crate) fn host(&self) -> String {
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.base.host_str().unwrap_or_default())
    }

    /// The URL of something in the repository, such as `manifests/latest`.
    pub(crate) fn url(&self, rest: &str) -> Url {
        let path = format!("/v2/{}/{rest}", self.repository);
        self.base.join(&path).unwrap_or_else(|_| self.base.clone())
    }

    /// The manifest that a tag or digest names, its bytes checked, and its digest.
    pub(crate) async fn manifest(&self, name: &str) -> Result<(Vec<u8>, String), RegistryError> {
        let request = self.get(&format!("manifests/{name}"));
        let request = Request { headers: vec![("accept", manifest::ACCEPTED.join(", "))], ..request };
        let answer = self.send(&request).await?;
        let told = header(answer.headers(), "docker-content-digest");
        let bytes = body(answer).await?;
        let digest = manifest::digest(&bytes);
        let expected = told.filter(|told| told.starts_with("sha256:")).unwrap_or_else(|| digest.clone());
        if expected != digest || (name.starts_with("sha256:") && name != digest) {
            return Err(RegistryError::Other(
                "digest".to_owned(),
                format!("the manifest has digest {digest}, not {expected}"),
            ));
        }
        Ok((bytes, digest))
    }

    /// Whether there is such a manifest.
    pub(crate) async fn has_manifest(&self, name: &str) -> Result<bool, RegistryError> {
        let mut request = self.get(&format!("manifests/{name}"));
        request.method = Method::HEAD;
        request.headers = vec![("accept", manifest::ACCEPTED.join(", "))];
        match self.send(&request).await {
            Ok(_) => Ok(true),
            Err(RegistryError::Missing(_)) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// The digest that a tag names, if it names one and the registry says which.
    pub(crate) async fn digest_of(&self, name: &str) -> Result<Option<String>, RegistryError> {
        let mut request = self.get(&format!("manifests/{name}"));
        request.method = Method::HEAD;
        request.headers = vec![("accept", manifest::ACCEPTED.join(", "))];
        match self.send(&request).await {
            Ok(answer) => Ok(header(answer.headers(), "docker-content-digest")),
            Err(RegistryError::Missing(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether there is such a blob.
    pub(crate) async fn has_blob(&self, digest: &str) -> Result<bool, RegistryError> {
        let mut request = self.get(&format!("blobs/{digest}"));
        request.method = Method::HEAD;
        match self.send(&request).await {
            Ok(_) => Ok(true),
            Err(RegistryError::Missing(_)) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// A small blob, such as an image's configuration.
    pub(crate) async fn blob(&self, digest: &str) -> Result<Vec<u8>, RegistryError> {
        let bytes = body(self.send(&self.get(&format!("blobs/{digest}"))).await?).await?;
        match manifest::digest(&bytes) {
            other if other != digest => {
                Err(RegistryError::Other("digest".to_owned(), format!("the blob has digest {other}, not {digest}")))
            }
            _ => Ok(bytes),
        }
    }

    /// The repository's tags, as far as one page goes.
    pub(crate) async fn tags(&self) -> Vec<String> {
        let Ok(answer) = self.send(&self.get("tags/list?n=1000")).await else { return Vec::new() };
        let whole: Value =
            body(answer).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        whole["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub(crate) fn get(&self, rest: &str) -> Request<'static> {
        Request { method: Method::GET, url: self.url(rest), headers: Vec::new(), body: Body::None }
    }

    /// Sends until there is an answer that will not get better, and says what a failure means. For what may be asked twice.
    pub(crate) async fn send(&self, request: &Request<'_>) -> Result<reqwest::Response, RegistryError> {
        let pause = |(error, asked): &(RegistryError, Option<Duration>), attempt| {
            let pause = transient(ATTEMPTS)(error, attempt)?;
            Some(asked.map_or(pause, |asked| asked.min(LONGEST)))
        };
        let answer = retry(self.client.clock().as_ref(), None, pause, || self.successful(request)).await;
        answer.map_err(|(error, _)| error)
    }

    /// One attempt that has to succeed. The failure comes with the pause that the registry asks for.
    async fn successful(&self, request: &Request<'_>) -> Result<reqwest::Response, (RegistryError, Option<Duration>)> {
        match self.once(request).await {
            Ok(answer) if answer.status().is_success() => Ok(answer),
            Ok(answer) => {
                let seconds = header(answer.headers(), RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok());
                Err((refusal(answer).await, seconds.map(Duration::from_secs)))
            }
            Err(error) => Err((error, None)),
        }
    }

    /// One attempt, but for being let in.
    pub(crate) async fn once(&self, request: &Request<'_>) -> Result<reqwest::Response, RegistryError> {
        if self.is_elsewhere {
            return Err(RegistryError::Elsewhere);
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

    /// The URL that an answer names for what comes next.
    pub(crate) fn next(&self, answer: &reqwest::Response) -> Result<Url, RegistryError> {
        let odd = |text: &str| RegistryError::Other("upload".to_owned(), text.to_owned());
        let location = header(answer.headers(), LOCATION.as_str());
        elsewhere(answer.url(), &location.ok_or_else(|| odd("the registry does not say where it goes on"))?)
    }

    /// Whether it is the registry itself, and no host that it goes on at.
    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// An answer. That another host wants one to log in is none: whatever it asks for, it gets nothing of the registry's.
    async fn attempt(&self, request: &Request<'_>) -> Result<reqwest::Response, RegistryError> {
        let authorization = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = follow(&self.http, request, &self.base, authorization.as_deref()).await?;
        let is_own = self.is_own(&request.url) && self.is_own(answer.url());
        if answer.status() == StatusCode::UNAUTHORIZED && !is_own {
            let place = place(answer.url());
            return Err(RegistryError::Denied(format!(
                "the registry goes on at {place}, which wants a login of its own"
            )));
        }
        Ok(answer)
    }

    /// What the registry wants to hear after it said no.
    async fn enter(&self, challenge: &str) -> Result<Option<String>, RegistryError> {
        match wanted(challenge) {
            Some(Wanted::Password) => {
                let authorization = self.basic.as_ref().map(|basic| format!("Basic {basic}"));
                let already = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
                Ok(authorization.filter(|authorization| already.as_ref() != Some(authorization)))
            }
            Some(Wanted::Token(realm)) => self.token(realm).await,
            None => Ok(None),
        }
    }

    /// Fetches a token where the registry says: with the password, which goes to where it is safe, or nowhere.
    async fn token(&self, realm: Url) -> Result<Option<String>, RegistryError> {
        let host = realm.host_str().unwrap_or_default();
        let is_on_this_machine = realm.scheme() == "http" && self.base.scheme() == "http" && is_loopback(host);
        if realm.scheme() != "https" && !is_on_this_machine {
            return Err(RegistryError::Denied(format!("the registry wants a password sent unencrypted to {host}")));
        }
        let request = Request { method: Method::GET, url: realm.clone(), headers: Vec::new(), body: Body::None };
        let authorization = self.basic.as_ref().map(|basic| format!("Basic {basic}"));
        let answer = follow(&self.http, &request, &realm, authorization.as_deref()).await?;
        if !answer.status().is_success() {
            return Err(refusal(answer).await);
        }
        Ok(token(&body(answer).await?).map(|token| format!("Bearer {token}")))
    }
}

/// Sends a request, and again where an answer says that it goes on elsewhere. What lets one in goes to the origin of `base` alone,
/// and not even there once the way has led over another host: that one would choose what is done with it.
async fn follow(
    http: &Http,
    request: &Request<'_>,
    base: &Url,
    authorization: Option<&str>,
) -> Result<reqwest::Response, RegistryError> {
    let (mut url, mut is_own) = (request.url.clone(), true);
    for _ in 0..=REDIRECTS {
        is_own &= url.origin() == base.origin();
        let answer = dispatch(http, request, &url, authorization.filter(|_| is_own)).await?;
        match redirected(&request.method, &answer)? {
            Some(next) => url = next,
            None => return Ok(answer),
        }
    }
    Err(RegistryError::Other("redirect".to_owned(), "it goes on elsewhere without an end".to_owned()))
}

/// Where an answer says that the same request is to be made; `None` where it is an answer.
fn redirected(method: &Method, answer: &reqwest::Response) -> Result<Option<Url>, RegistryError> {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let goes_on = matches!((answer.status().as_u16(), is_read), (307 | 308, _) | (301..=303, true));
    let Some(location) = header(answer.headers(), LOCATION.as_str()).filter(|_| goes_on) else { return Ok(None) };
    elsewhere(answer.url(), &location).map(Some)
}

/// The URL that somebody at `from` names. What was encrypted so far stays so.
fn elsewhere(from: &Url, location: &str) -> Result<Url, RegistryError> {
    let refused = |text: String| RegistryError::Other("redirect".to_owned(), text);
    let next = from.join(location).map_err(|error| refused(format!("it goes on at no URL: {error}")))?;
    match (from.scheme(), next.scheme()) {
        (_, "https") | ("http", "http") => Ok(next),
        _ => Err(refused(format!("it goes on unencrypted at {}, which is not followed", place(&next)))),
    }
}

/// A URL without its path and query: they may carry what lets one in.
fn place(url: &Url) -> String {
    url.origin().ascii_serialization()
}

async fn dispatch(
    http: &Http,
    request: &Request<'_>,
    url: &Url,
    authorization: Option<&str>,
) -> Result<reqwest::Response, RegistryError> {
    let mut call = http.request(request.method.clone(), url.clone());
    for (name, value) in &request.headers {
        call = call.header(*name, value);
    }
    if let Some(authorization) = authorization {
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
    let sent = call.send().map_err(|error| RegistryError::Network(root_cause(&error)));
    unless_still(sent, &moved, || tokio::time::sleep(SENDING)).await
}

/// Gets what is at a URL that lets one in by itself.
pub(crate) async fn fetch(http: &Http, url: Url) -> Result<reqwest::Response, RegistryError> {
    let request = Request { method: Method::GET, url, headers: Vec::new(), body: Body::None };
    follow(http, &request, &request.url, None).await
}

/// What a challenge asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// User and password, as HTTP's Basic authorization has them.
    Password,
    /// A token, which is to be had there.
    Token(Url),
}

/// Reads a challenge; `None` where it asks for something else.
pub(crate) fn wanted(challenge: &str) -> Option<Wanted> {
    let (scheme, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Wanted::Password);
    }
    let parameters = parameters(rest);
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut realm = parameter("realm").and_then(|realm| Url::parse(realm).ok())?;
    if !scheme.eq_ignore_ascii_case("bearer") || !realm.has_host() {
        return None;
    }
    for name in ["service", "scope"] {
        if let Some(value) = parameter(name) {
            realm.query_pairs_mut().append_pair(name, value);
        }
    }
    Some(Wanted::Token(realm))
}

/// The token in the answer of where tokens are had.
pub(crate) fn token(answer: &[u8]) -> Option<String> {
    let whole: Value = serde_json::from_slice(answer).unwrap_or_default();
    whole["token"].as_str().or_else(|| whole["access_token"].as_str()).map(str::to_owned)
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

pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What comes of a call that has no body.
async fn answer(call: reqwest::RequestBuilder) -> Result<reqwest::Response, RegistryError> {
    let sent = timeout(QUIET, call.send()).await.map_err(|_| late())?;
    sent.map_err(|error| RegistryError::Network(root_cause(&error)))
}

/// What comes of something that is sent, unless nothing has moved for a whole pause.
async fn unless_still<T, P: Future>(
    sent: impl Future<Output = Result<T, RegistryError>>,
    moved: &AtomicU64,
    pause: impl Fn() -> P,
) -> Result<T, RegistryError> {
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

fn late() -> RegistryError {
    RegistryError::Network("no answer in time".to_owned())
}

/// An answer's body, if it is small.
pub(crate) async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, RegistryError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = timeout(QUIET, answer.chunk())
        .await
        .map_err(|_| late())?
        .map_err(|error| RegistryError::Network(root_cause(&error)))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(RegistryError::Other("size".to_owned(), "the answer is larger than any manifest".to_owned()));
        }
    }
    Ok(bytes)
}

/// What an answer of failure means.
pub(crate) async fn refusal(answer: reqwest::Response) -> RegistryError {
    let status = answer.status();
    let bytes = body(answer).await.unwrap_or_default();
    let whole: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let (code, said) = (whole["errors"][0]["code"].as_str(), whole["errors"][0]["message"].as_str());
    let text = match (code, said.map(line).filter(|said| !said.is_empty())) {
        (_, Some(said)) => said,
        (Some(code), None) => line(code),
        (None, None) => format!("HTTP status {}", status.as_u16()),
    };
    match (status.as_u16(), code) {
        (404, _) | (_, Some("MANIFEST_UNKNOWN" | "NAME_UNKNOWN" | "BLOB_UNKNOWN")) => RegistryError::Missing(text),
        (429, _) | (_, Some("TOOMANYREQUESTS")) => RegistryError::Throttled(text),
        (401 | 403, _) | (_, Some("DENIED" | "UNAUTHORIZED")) => RegistryError::Denied(text),
        (500.., _) => RegistryError::Network(text),
        (status, code) => RegistryError::Other(code.map_or_else(|| status.to_string(), line), text),
    }
}

impl Transient for RegistryError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Network(_))
    }
}

impl RegistryError {
    /// The error it is for somebody who wanted to read `image`. What is missing is for the caller to say.
    pub(crate) fn into_error(self, operation: &str, image: &str, host: &str) -> Error {
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
mod tests;
