//! What a reference names: the digest behind a tag, and what it can run on. ECR's own API for ECR, the registry's for all others.

use std::time::Duration;

use futures_util::future::join;
use oci_spec::distribution::Reference;
use serde::Serialize;
use serde_json::{Value, json};

use super::manifest::{ACCEPTED, Manifest, Platform};
use super::session::{self, Refusal, Session};
use super::{Asked, ask, passes, within};
use crate::aws::fault::{ApiError, ApiErrorKind};
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::http::loopback::is_loopback;
use crate::image::reference;
use crate::image::registry::{self, Registry};
use crate::options::define::options;

options! {
    /// What `resolve` and `exists` are asked about. A reference alone is one: `client.resolve("r.example/app:v1")`.
    pub struct Lookup(image) {
        /// The image's reference: `registry/repository:tag`, or with a digest.
        pub image: String,
        /// Seconds after which it is given up, however slowly the registry goes on answering.
        #[serde(default = "default_timeout")]
        pub timeout: f64 = default_timeout(),
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
    /// What the registry keeps of it, in bytes, as far as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was pushed, in seconds since 1970. ECR alone says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed: Option<f64>,
    /// The digests of its platforms, where it is an index.
    #[serde(skip)]
    pub(crate) manifests: Vec<String>,
}

/// Why there is nothing to tell about an image.
pub(crate) enum Unresolved {
    /// The registry has no such image. With the tags in its repository that come nearest.
    Missing(Vec<String>),
    /// The server that the client was pointed at does not know ECR: a fake, or a simulator.
    Unoffered(Error),
    /// Anything else.
    Other(Error),
}

impl Client {
    /// Says what an image reference names: digest, platforms and size. It asks ECR, or the API of any other registry with the
    /// credentials of Docker's configuration or none.
    ///
    /// # Errors
    /// `image_missing` with the nearest tags. `invalid` for what is no reference. `denied`, `throttled` and `network`.
    /// `timed_out` after `timeout` seconds, however slowly the registry goes on answering.
    pub async fn resolve(&self, lookup: impl Into<Lookup>) -> Result<ImageInfo, Error> {
        let Lookup { image, timeout } = lookup.into();
        let reference = parse(&image)?;
        let look = async {
            look(self, &image, &reference, Wanted::Everything).await.map_err(|unresolved| match unresolved {
                Unresolved::Missing(nearest) => Error::ImageMissing { container: None, image: image.clone(), nearest },
                Unresolved::Unoffered(error) | Unresolved::Other(error) => error,
            })
        };
        within(timeout, format!("the look at what {image} names"), look).await
    }

    /// Says whether a registry has an image, with one call.
    ///
    /// # Errors
    /// Those of [`resolve`](Self::resolve), without `image_missing`.
    pub async fn exists(&self, lookup: impl Into<Lookup>) -> Result<bool, Error> {
        let Lookup { image, timeout } = lookup.into();
        let reference = parse(&image)?;
        within(timeout, format!("the look for {image}"), has(self, &image, &reference)).await
    }
}

async fn has(client: &Client, image: &str, reference: &Reference) -> Result<bool, Error> {
    if let Some(place) = Place::of(reference) {
        match place.manifest(client, reference).await {
            Ok(found) => return Ok(found.is_some()),
            Err(asked) if !asked.is_for_another_way() || client.has_endpoint().await => return Err(asked.into()),
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

/// What a reference names now (ECR's BatchGetImage, or the registry). The error says why that is not known.
pub(crate) async fn digests(client: &Client, image: &str, limit: Duration) -> Result<Digests, String> {
    let reference = reference::parse(image)?;
    let look = look(client, image, &reference, Wanted::Digest);
    match tokio::time::timeout(limit, look).await {
        Ok(Ok(resolved)) => Ok(Digests { digest: resolved.digest, platforms: resolved.manifests }),
        Ok(Err(Unresolved::Missing(_))) => Err("it is not in its registry any more".to_owned()),
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
    let mut resolved = match Place::of(reference) {
        Some(place) => match place.look(client, reference, wanted).await {
            Err(Looked::Asked(asked)) if asked.is_for_another_way() && !client.has_endpoint().await => {
                // A role may pull without being allowed ECR's API.
                match over_http(client, image, reference, wanted).await {
                    Err(Unresolved::Unoffered(_) | Unresolved::Other(_)) => {
                        return Err(Unresolved::Other(asked.into()));
                    }
                    other => other?,
                }
            }
            Err(Looked::Asked(asked)) if asked.is_unoffered() && client.has_endpoint().await => {
                return Err(Unresolved::Unoffered(asked.into()));
            }
            Err(Looked::Asked(asked)) => return Err(Unresolved::Other(asked.into())),
            Err(Looked::Cache) => {
                let text =
                    format!("{image} is not there yet: it comes through a pull-through cache rule when first pulled");
                return Err(Unresolved::Other(Error::Unsupported { text }));
            }
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
    let refused = |refusal: Refusal| Unresolved::Other(refusal.into_error("resolve", image, &session.host()));
    let (bytes, digest) = match session.manifest(name(reference)).await {
        Ok(found) => found,
        Err(Refusal::Missing(_)) => {
            return Err(Unresolved::Missing(nearest(name(reference), session.tags().await)));
        }
        Err(refusal) => return Err(refused(refusal)),
    };
    let Some(manifest) = Manifest::read(&bytes) else {
        let text = "what the registry gives is no manifest".to_owned();
        return Err(refused(Refusal::Other("unreadable".to_owned(), text)));
    };
    let mut platforms = manifest.platforms();
    if let Some(config) = manifest.config.as_ref().filter(|_| wanted != Wanted::Digest) {
        let bytes = session.blob(&config.digest).await.map_err(refused)?;
        platforms = platform(&bytes);
    }
    let (media, size) = (manifest.media(), manifest.size());
    Ok(ImageInfo { image: String::new(), digest, media, platforms, size, pushed: None, manifests: manifest.digests() })
}

/// What an image's configuration says that it runs on.
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

/// A repository of ECR, as its API names it.
struct Place<'a> {
    account: String,
    region: String,
    repository: &'a str,
}

enum Looked {
    Missing(Vec<String>),
    /// Missing so far: the first pull brings it.
    Cache,
    Asked(Asked),
}

impl From<Asked> for Looked {
    fn from(asked: Asked) -> Self {
        Self::Asked(asked)
    }
}

impl Asked {
    fn is_unoffered(&self) -> bool {
        matches!(self, Self::ApiError(fault, _) if fault.kind == ApiErrorKind::NotOffered)
    }

    /// Whether the registry itself may still answer.
    fn is_for_another_way(&self) -> bool {
        match self {
            Self::Error(_) => false,
            Self::ApiError(fault, _) => {
                passes(fault) || matches!(fault.kind, ApiErrorKind::Denied | ApiErrorKind::NotOffered)
            }
        }
    }
}

impl<'a> Place<'a> {
    fn of(reference: &'a Reference) -> Option<Self> {
        match registry::registry(reference.registry())? {
            Registry::Private { account, region, .. } => {
                Some(Self { account, region, repository: reference.repository() })
            }
            Registry::Public => None,
        }
    }

    fn input(&self, more: Value) -> Value {
        let mut input = json!({"registryId": self.account, "repositoryName": self.repository});
        for (name, member) in more.as_object().into_iter().flatten() {
            input[name] = member.clone();
        }
        input
    }

    fn id(reference: &Reference) -> Value {
        match reference.digest() {
            Some(digest) => json!([{"imageDigest": digest}]),
            None => json!([{"imageTag": name(reference)}]),
        }
    }

    /// The manifest and its digest; `None` where there is none.
    async fn manifest(&self, client: &Client, reference: &Reference) -> Result<Option<(String, Value)>, Asked> {
        let input = self.input(json!({"imageIds": Self::id(reference), "acceptedMediaTypes": ACCEPTED}));
        let answer = match ask(client, &self.region, Operation::BatchGetImage, &input).await {
            Err(Asked::ApiError(fault, _)) if is_missing(&fault) => return Ok(None),
            answer => answer?,
        };
        let image = &answer["images"][0];
        if let Some(digest) = image["imageId"]["imageDigest"].as_str() {
            return Ok(Some((digest.to_owned(), image.clone())));
        }
        let failure = &answer["failures"][0];
        match failure["failureCode"].as_str() {
            Some("ImageNotFound" | "ImageTagDoesNotMatchDigest" | "InvalidImageTag" | "InvalidImageDigest") => Ok(None),
            code => {
                let operation = Operation::BatchGetImage.name().to_owned();
                let text = failure["failureReason"].as_str().unwrap_or("no image and no reason").to_owned();
                let name = code.unwrap_or("unreadable").to_owned();
                Err(Asked::Error(Error::Aws { operation, name, text, request: None, begun: None }))
            }
        }
    }

    async fn look(&self, client: &Client, reference: &Reference, wanted: Wanted) -> Result<ImageInfo, Looked> {
        let detail = async {
            match wanted {
                Wanted::Everything => self.detail(client, reference).await,
                Wanted::Fit | Wanted::Digest => None,
            }
        };
        let (found, detail) = join(self.manifest(client, reference), detail).await;
        let Some((digest, image)) = found? else {
            return Err(match self.is_cache(client).await {
                true => Looked::Cache,
                false => Looked::Missing(self.tags(client).await),
            });
        };
        let text = image["imageManifest"].as_str().unwrap_or_default();
        let manifest = Manifest::read(text.as_bytes()).unwrap_or_default();
        let mut platforms = manifest.platforms();
        if let Some(config) = manifest.config.as_ref().filter(|_| wanted != Wanted::Digest) {
            platforms = self.config(client, &config.digest).await.map(|bytes| platform(&bytes)).unwrap_or_default();
        }
        let media = image["imageManifestMediaType"].as_str().map_or_else(|| manifest.media(), str::to_owned);
        let detail = detail.unwrap_or_default();
        let size = detail["imageSizeInBytes"].as_u64().or_else(|| manifest.size());
        let pushed = detail["imagePushedAt"].as_f64();
        Ok(ImageInfo { image: String::new(), digest, media, platforms, size, pushed, manifests: manifest.digests() })
    }

    async fn detail(&self, client: &Client, reference: &Reference) -> Option<Value> {
        let input = self.input(json!({"imageIds": Self::id(reference)}));
        let answer = ask(client, &self.region, Operation::DescribeImages, &input).await.ok()?;
        answer["imageDetails"].get(0).cloned()
    }

    /// An image's configuration. `None` where ECR does not give it: then the platform is not known.
    async fn config(&self, client: &Client, digest: &str) -> Option<Vec<u8>> {
        let input = self.input(json!({"layerDigest": digest}));
        let answer = ask(client, &self.region, Operation::GetDownloadUrlForLayer, &input).await.ok()?;
        let url = reqwest::Url::parse(answer["downloadUrl"].as_str()?).ok()?;
        if client.has_endpoint().await && !is_loopback(url.host_str()?) {
            return None;
        }
        let answer = session::fetch(client.http().ok()?, url).await.ok()?;
        let bytes = session::body(answer.error_for_status().ok()?).await.ok()?;
        (super::manifest::digest(&bytes) == digest).then_some(bytes)
    }

    /// Whether a pull-through cache rule covers the repository: then what is not there may come.
    async fn is_cache(&self, client: &Client) -> bool {
        let input = json!({"registryId": self.account, "maxResults": 1000});
        let answer =
            ask(client, &self.region, Operation::DescribePullThroughCacheRules, &input).await.unwrap_or_default();
        let rules = answer["pullThroughCacheRules"].as_array().cloned().unwrap_or_default();
        rules.iter().filter_map(|rule| rule["ecrRepositoryPrefix"].as_str()).any(|prefix| {
            prefix == "ROOT" || self.repository.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    async fn tags(&self, client: &Client) -> Vec<String> {
        let input = self.input(json!({"filter": {"tagStatus": "TAGGED"}, "maxResults": 1000}));
        let answer = ask(client, &self.region, Operation::ListImages, &input).await.unwrap_or_default();
        let images = answer["imageIds"].as_array().cloned().unwrap_or_default();
        images.iter().filter_map(|image| image["imageTag"].as_str()).map(str::to_owned).collect()
    }
}

fn is_missing(fault: &ApiError) -> bool {
    matches!(fault.code.as_str(), "RepositoryNotFoundException" | "ImageNotFoundException")
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
