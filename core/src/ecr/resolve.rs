//! Resolves image references: the digest behind a tag, and the platforms. With ECR's own API for ECR, the registry's for all others.

use std::time::Duration;

use futures_util::future::join;
use oci_spec::distribution::Reference;
use serde::Serialize;

use super::manifest::{ACCEPTED, Manifest, Platform};
use super::require;
use super::session::{self, RegistryError, Session};
use super::within;
use crate::aws::ecr::{Detail, Ecr};
use crate::aws::fault::{ApiError, ApiErrorKind, CallError};
use crate::aws::retry::Transient;
use crate::client::Client;
use crate::error::Error;
use crate::http::loopback::is_loopback;
use crate::image::reference;
use crate::image::registry::Repository;
use crate::options::define::options;

options! {
    /// What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`.
    pub struct Lookup(image) {
        /// The image's reference: `registry/repository:tag`, or with a digest.
        pub image: String,
        /// Seconds after which it is given up, however slowly the registry goes on answering.
        #[serde(default = "default_timeout")]
        pub timeout: f64 = default_timeout(),
        /// Of `resolve`: what must be attached to it: `"signature"`, `"sbom"`, `"provenance"`, an artifact type, or the ARN of a
        /// signing profile of AWS Signer, as ECR's managed signing has it. That it is attached is checked, and not who made it or
        /// what it says.
        pub require: Vec<String>,
    }
}

fn default_timeout() -> f64 {
    300.0
}

impl<T: Into<String>> From<T> for Lookup {
    fn from(image: T) -> Self {
        Self::new(image)
    }
}

/// What an image reference names at this moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ImageInfo {
    /// The reference with the digest in the tag's place: it names this very image for ever.
    pub image: String,
    /// The digest: of the index where there are several platforms.
    pub digest: String,
    /// The manifest's media type.
    pub media: String,
    /// What it runs on, as `os/architecture` with a variant where there are several. Empty where that is not known.
    pub platforms: Vec<String>,
    /// The size that the registry keeps, in bytes; absent if the registry does not return it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was pushed, in seconds since 1970. Only ECR gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed: Option<f64>,
    /// With `require`, the types of what was seen to be attached to it; none of it is verified. Otherwise empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<String>,
    /// The digests of its platforms, where it is an index.
    #[serde(skip)]
    pub(crate) manifests: Vec<String>,
}

/// Why an image could not be resolved.
pub(crate) enum Unresolved {
    /// The registry has no such image. With the tags in its repository that come nearest.
    Missing(Vec<String>),
    /// ECR keeps it where it cannot be pulled from: its status, such as ARCHIVED.
    Archived(String),
    /// The server that the client was pointed at does not know ECR: a fake, or a simulator.
    Unoffered(Error),
    /// Anything else.
    Other(Error),
}

impl Client {
    /// Returns what an image reference names: digest, platforms and size. It asks ECR, or the API of any other registry with the
    /// credentials of Docker's configuration or none.
    ///
    /// # Errors
    /// `image_missing` with the nearest tags. `image_archived` for an image in ECR's archive. `image_refused` for one that lacks what
    /// `require` asks for. `invalid` for what is no reference. `denied`, `throttled` and `network`.
    /// `timed_out` after `timeout` seconds, however slowly the registry goes on answering.
    pub async fn resolve(&self, lookup: impl Into<Lookup>) -> Result<ImageInfo, Error> {
        let Lookup { image, timeout, require } = lookup.into();
        let reference = parse(&image)?;
        let required = require::read(&require, "require")?;
        let look = async {
            let found = look(self, &image, &reference, Wanted::Everything).await;
            let mut found = found.map_err(|unresolved| unresolved.into_error(&image))?;
            if !required.is_empty() {
                // Of the very digest that was found.
                let reference = parse(&found.image)?;
                found.attached = require::look(self, &found.image, &reference, &required).await?.attached;
            }
            Ok(found)
        };
        within(timeout, format!("the look at what {image} names"), look).await
    }

    /// Returns whether a registry has an image that can be pulled, with one call. An image in ECR's archive is none: `resolve`
    /// tells it apart, and a push restores it.
    ///
    /// # Errors
    /// Those of [`resolve`](Self::resolve), without `image_missing` and `image_archived`.
    pub async fn exists(&self, lookup: impl Into<Lookup>) -> Result<bool, Error> {
        let Lookup { image, timeout, require } = lookup.into();
        if !require.is_empty() {
            return Err(Error::invalid("require", "`exists` sees nothing that is attached: ask `resolve`"));
        }
        let reference = parse(&image)?;
        within(timeout, format!("the look for {image}"), has(self, &image, &reference)).await
    }
}

async fn has(client: &Client, image: &str, reference: &Reference) -> Result<bool, Error> {
    if let Some(repository) = Repository::of(reference) {
        match client.ecr(&repository.region).await?.image(&repository, reference, &ACCEPTED).await {
            Ok(found) => return Ok(found.is_some()),
            Err(error) if is_inaccessible(&error) => return Ok(false),
            Err(error) if !is_for_another_way(&error) || client.has_endpoint().await => return Err(error.into()),
            Err(_) => {}
        }
    }
    let session = Session::open(client, reference).await?;
    let found = session.has_manifest(name(reference)).await;
    found.map_err(|refusal| refusal.into_error("look for", image, &session.host()))
}

/// The digests that one image goes by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Digests {
    /// What the reference names: an index where there are several platforms.
    pub(crate) digest: String,
    /// Those of its platforms, where it is an index.
    pub(crate) platforms: Vec<String>,
}

/// The digests behind a reference now (ECR's BatchGetImage, or the registry). The error is the reason why they are not known.
pub(crate) async fn digests(client: &Client, image: &str, limit: Duration) -> Result<Digests, String> {
    let reference = reference::parse(image)?;
    let look = look(client, image, &reference, Wanted::Digest);
    match tokio::time::timeout(limit, look).await {
        Ok(Ok(resolved)) => Ok(Digests { digest: resolved.digest, platforms: resolved.manifests }),
        Ok(Err(Unresolved::Missing(_))) => Err("it is not in its registry any more".to_owned()),
        Ok(Err(Unresolved::Archived(status))) => Err(format!("it is {status} in ECR")),
        Ok(Err(Unresolved::Unoffered(error) | Unresolved::Other(error))) => Err(error.to_string()),
        Err(_) => Err(format!("its registry did not answer within {} s", limit.as_secs())),
    }
}

/// How much is asked of the registry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All there is to know.
    Everything,
    /// The digest and the platforms.
    Fit,
    /// The digest.
    Digest,
}

pub(crate) fn parse(image: &str) -> Result<Reference, Error> {
    reference::check(image).and_then(|()| reference::parse(image)).map_err(|text| Error::invalid("image", text))
}

/// The tag or digest that decides.
pub(crate) fn name(reference: &Reference) -> &str {
    reference.digest().or_else(|| reference.tag()).unwrap_or("latest")
}

pub(crate) async fn look(
    client: &Client,
    image: &str,
    reference: &Reference,
    wanted: Wanted,
) -> Result<ImageInfo, Unresolved> {
    let mut resolved = match Repository::of(reference) {
        Some(repository) => match over_api(client, &repository, reference, wanted).await {
            Err(Looked::Failed(error)) if is_for_another_way(&error) && !client.has_endpoint().await => {
                // A role may pull without being allowed ECR's API.
                match over_http(client, image, reference, wanted).await {
                    Err(Unresolved::Unoffered(_) | Unresolved::Other(_)) => {
                        return Err(Unresolved::Other(error.into()));
                    }
                    other => other?,
                }
            }
            Err(Looked::Failed(error)) if error.is_not_offered() && client.has_endpoint().await => {
                return Err(Unresolved::Unoffered(error.into()));
            }
            Err(Looked::Failed(error)) => return Err(Unresolved::Other(error.into())),
            Err(Looked::Cache) => {
                let text =
                    format!("{image} is not there yet: it comes through a pull-through cache rule when first pulled");
                return Err(Unresolved::Other(Error::Unsupported { text }));
            }
            Err(Looked::Archived(status)) => return Err(Unresolved::Archived(status)),
            Err(Looked::Missing(tags)) => return Err(Unresolved::Missing(nearest(name(reference), tags))),
            Ok(resolved) => resolved,
        },
        None => over_http(client, image, reference, wanted).await?,
    };
    resolved.image = reference::change(Some(image), &format!("@{}", resolved.digest))
        .map_err(|text| Unresolved::Other(Error::invalid("image", text)))?;
    Ok(resolved)
}

async fn over_http(
    client: &Client,
    image: &str,
    reference: &Reference,
    wanted: Wanted,
) -> Result<ImageInfo, Unresolved> {
    let session = Session::open(client, reference).await.map_err(Unresolved::Other)?;
    let refused = |refusal: RegistryError| Unresolved::Other(refusal.into_error("resolve", image, &session.host()));
    let (bytes, digest) = match session.manifest(name(reference)).await {
        Ok(found) => found,
        Err(RegistryError::Missing(_)) => {
            return Err(Unresolved::Missing(nearest(name(reference), session.tags().await)));
        }
        Err(refusal) => return Err(refused(refusal)),
    };
    let Some(manifest) = Manifest::read(&bytes) else {
        let text = "what the registry gives is no manifest".to_owned();
        return Err(refused(RegistryError::Other("unreadable".to_owned(), text)));
    };
    let mut platforms = manifest.platforms();
    if let Some(config) = manifest.config.as_ref().filter(|_| wanted != Wanted::Digest) {
        let bytes = session.blob(&config.digest).await.map_err(refused)?;
        platforms = platform(&bytes);
    }
    let (media, size) = (manifest.media(), manifest.size());
    Ok(ImageInfo {
        image: String::new(),
        digest,
        media,
        platforms,
        size,
        pushed: None,
        attached: Vec::new(),
        manifests: manifest.digests(),
    })
}

/// The platform in an image's configuration.
pub(crate) fn platform(config: &[u8]) -> Vec<String> {
    let platform: Platform = serde_json::from_slice(config).unwrap_or_default();
    platform.name().into_iter().collect()
}

/// The tags that look most like the one asked for, the nearest first.
fn nearest(asked: &str, mut tags: Vec<String>) -> Vec<String> {
    let distance = |tag: &String| (strsim::jaro_winkler(tag, asked) * -1e6) as i64;
    tags.sort_by_key(distance);
    tags.truncate(3);
    tags
}

/// Whether ECR answers that an image is there and cannot be had. Its manual does not say whether an archived one is.
fn is_inaccessible(error: &CallError) -> bool {
    matches!(error, CallError::Other(Error::Aws { name, .. }) if name == "ImageInaccessible")
}

enum Looked {
    Missing(Vec<String>),
    /// There, but not to be pulled: its status.
    Archived(String),
    /// Missing so far: the first pull brings it.
    Cache,
    Failed(CallError),
}

impl From<CallError> for Looked {
    fn from(error: CallError) -> Self {
        Self::Failed(error)
    }
}

/// Whether the registry itself may still answer where ECR's API did not.
pub(crate) fn is_for_another_way(error: &CallError) -> bool {
    let is_refused = |error: &ApiError| matches!(error.kind, ApiErrorKind::Denied | ApiErrorKind::NotOffered);
    error.is_transient() || error.api().is_some_and(is_refused)
}

/// Asks ECR's API what a reference names.
async fn over_api(
    client: &Client,
    repository: &Repository,
    reference: &Reference,
    wanted: Wanted,
) -> Result<ImageInfo, Looked> {
    let ecr = client.ecr(&repository.region).await?;
    let detail = async {
        match wanted {
            Wanted::Everything => ecr.detail(repository, reference).await.unwrap_or_default(),
            Wanted::Fit | Wanted::Digest => Detail::default(),
        }
    };
    let (found, detail) = join(ecr.image(repository, reference, &ACCEPTED), detail).await;
    let image = match found {
        Ok(Some(image)) => image,
        Ok(None) => return Err(absent(&ecr, repository, reference).await),
        Err(error) if is_inaccessible(&error) => {
            let status = ecr.inactive(repository, reference).await.ok().flatten();
            return Err(status.map_or(Looked::Failed(error), Looked::Archived));
        }
        Err(error) => return Err(error.into()),
    };
    let manifest = Manifest::read(image.manifest.as_bytes()).unwrap_or_default();
    let mut platforms = manifest.platforms();
    if let Some(config) = manifest.config.as_ref().filter(|_| wanted != Wanted::Digest) {
        let bytes = configuration(client, &ecr, repository, &config.digest).await;
        platforms = bytes.map(|bytes| platform(&bytes)).unwrap_or_default();
    }
    Ok(ImageInfo {
        image: String::new(),
        digest: image.digest,
        media: image.media.unwrap_or_else(|| manifest.media()),
        platforms,
        size: detail.size.or_else(|| manifest.size()),
        pushed: detail.pushed,
        attached: Vec::new(),
        manifests: manifest.digests(),
    })
}

/// Why ECR gives no image. What it does not allow to be seen counts as missing.
async fn absent(ecr: &Ecr<'_>, repository: &Repository, reference: &Reference) -> Looked {
    if let Ok(Some(status)) = ecr.inactive(repository, reference).await {
        return Looked::Archived(status);
    }
    match is_cache(ecr, repository).await {
        true => Looked::Cache,
        false => Looked::Missing(ecr.tags(repository).await.unwrap_or_default()),
    }
}

/// An image's configuration. `None` where ECR does not give it: then the platform is not known.
async fn configuration(client: &Client, ecr: &Ecr<'_>, repository: &Repository, digest: &str) -> Option<Vec<u8>> {
    let url = reqwest::Url::parse(&ecr.download_url(repository, digest).await.ok()??).ok()?;
    if client.has_endpoint().await && !is_loopback(url.host_str()?) {
        return None;
    }
    let answer = session::fetch(client.http().ok()?, url).await.ok()?;
    let bytes = session::body(answer.error_for_status().ok()?).await.ok()?;
    (super::manifest::digest(&bytes) == digest).then_some(bytes)
}

/// Whether a pull-through cache rule covers the repository: then a missing image may come with the first pull.
async fn is_cache(ecr: &Ecr<'_>, repository: &Repository) -> bool {
    let prefixes = ecr.cached_prefixes(&repository.account).await.unwrap_or_default();
    prefixes.iter().any(|prefix| {
        prefix == "ROOT" || repository.name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_tags_come_first() {
        let tags = ["latest", "v1.4.1", "v1.4.2", "main", "v2.0.0"].map(str::to_owned).to_vec();
        assert_eq!(nearest("v1.4.3", tags)[..2], ["v1.4.1", "v1.4.2"]);
        assert!(nearest("x", Vec::new()).is_empty());
    }
}
