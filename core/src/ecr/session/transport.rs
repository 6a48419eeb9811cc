//! One request to a registry: sent, followed to where it goes on, and not waited for without end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryFutureExt};
use reqwest::header::{AUTHORIZATION, HeaderMap, LOCATION};
use reqwest::{Method, Url};
use tokio::time::timeout;

use super::error::RegistryError;
use crate::http::{Http, root_cause};

/// How many redirects are followed.
pub(crate) const REDIRECTS: u32 = 10;
/// How long an answer may take, and each piece of it.
const QUIET: Duration = Duration::from_secs(60);
/// How long no piece of a body may leave, and no answer come after the last: the machine buffers some of it for a slow line.
const SENDING: Duration = Duration::from_secs(120);
/// Manifests and configurations are small; more than this is none.
const LARGEST: usize = 8 << 20;

/// A request. Each attempt makes its body anew.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body<'a>,
}

/// A request's body.
pub(crate) enum Body<'a> {
    /// Nothing.
    None,
    /// All of it at hand.
    Bytes(Bytes),
    /// Made as it is sent.
    Stream(&'a (dyn Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync)),
}

/// Sends a request and follows redirects. Credentials go to the origin of `base` alone, and not even there after a redirect by
/// another host: that host would choose what they are used for.
pub(crate) async fn follow(
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

/// The URL of a redirect; `None` for any other answer.
fn redirected(method: &Method, answer: &reqwest::Response) -> Result<Option<Url>, RegistryError> {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let goes_on = matches!((answer.status().as_u16(), is_read), (307 | 308, _) | (301..=303, true));
    let Some(location) = header(answer.headers(), LOCATION.as_str()).filter(|_| goes_on) else { return Ok(None) };
    elsewhere(answer.url(), &location).map(Some)
}

/// The URL in a redirect from `from`. A connection that was encrypted stays so.
pub(crate) fn elsewhere(from: &Url, location: &str) -> Result<Url, RegistryError> {
    let refused = |text: String| RegistryError::Other("redirect".to_owned(), text);
    let next = from.join(location).map_err(|error| refused(format!("it goes on at no URL: {error}")))?;
    match (from.scheme(), next.scheme()) {
        (_, "https") | ("http", "http") => Ok(next),
        _ => Err(refused(format!("it goes on unencrypted at {}, which is not followed", place(&next)))),
    }
}

/// A URL without its path and query: they may contain credentials.
pub(crate) fn place(url: &Url) -> String {
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

/// Gets a URL that contains its own authorization.
pub(crate) async fn fetch(http: &Http, url: Url) -> Result<reqwest::Response, RegistryError> {
    let request = Request { method: Method::GET, url, headers: Vec::new(), body: Body::None };
    follow(http, &request, &request.url, None).await
}

pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Sends a request without a body.
async fn answer(call: reqwest::RequestBuilder) -> Result<reqwest::Response, RegistryError> {
    let sent = timeout(QUIET, call.send()).await.map_err(|_| late())?;
    sent.map_err(|error| RegistryError::Network(root_cause(&error)))
}

/// Waits for the answer to a body that is sent, unless nothing of it has moved for a whole pause.
pub(crate) async fn unless_still<T, P: Future>(
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

/// The failure that an answer is.
pub(crate) async fn refusal(answer: reqwest::Response) -> RegistryError {
    let status = answer.status().as_u16();
    RegistryError::of(status, &body(answer).await.unwrap_or_default())
}
