//! The OCI distribution API over HTTP, with each registry's own way to authenticate.

mod challenge;
mod error;
mod transport;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oci_spec::distribution::Reference;
use reqwest::header::{LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::{docker_config, manifest};
use crate::aws::retry::{retry, transient};
use crate::client::Client;
use crate::error::Error;
use crate::http::Http;
use crate::http::loopback::is_loopback;
use crate::image::registry::{self, Registry};
pub(crate) use challenge::{Wanted, token, wanted};
pub(crate) use error::RegistryError;
pub(crate) use transport::{Body, Request, body, fetch, header, refusal};
use transport::{elsewhere, follow, place};

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

const ATTEMPTS: usize = 4;
/// A registry may ask for a pause as long as this.
const LONGEST: Duration = Duration::from_secs(10);

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

    /// The index of what refers to a digest.
    pub(crate) async fn referrers(&self, digest: &str) -> Result<Vec<u8>, RegistryError> {
        let request = self.get(&format!("referrers/{digest}"));
        let request = Request { headers: vec![("accept", manifest::ACCEPTED[0].to_owned())], ..request };
        body(self.send(&request).await?).await
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

    /// Whether another repository of the registry is seen to have a blob. What is not allowed to be seen is not.
    pub(crate) async fn is_blob_of(&self, repository: &str, digest: &str) -> bool {
        let Ok(url) = self.base.join(&format!("/v2/{repository}/blobs/{digest}")) else { return false };
        let request = Request { method: Method::HEAD, url, headers: Vec::new(), body: Body::None };
        // No challenge is answered: a token for that repository would take the place of the one for this.
        self.attempt(&request).await.is_ok_and(|answer| answer.status().is_success())
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

    /// Sends a request, and again where its failure passes. Only for requests that may be made twice.
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

    /// One attempt, and a second one once the registry's challenge is answered.
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

    /// The `Authorization` header that answers the registry's challenge; `None` where there is no other than before.
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

#[cfg(test)]
mod tests;
