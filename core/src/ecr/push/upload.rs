//! One push to one repository: blobs in parallel, each in chunks that go on where they broke, and the manifests last.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use oci_spec::distribution::Reference;
use reqwest::{Method, Url};

use super::bytes::{Hashed, Progress, mismatch, read, stream_of};
use super::mount::{Mounted, Mounts};
use crate::aws::retry::{backoff, retry};
use crate::client::Client;
use crate::ecr::manifest;
use crate::ecr::session::{self, Body, RegistryError, Request, Session, header};
use crate::ecr::source::{Blob, ManifestEntry, Source};
use crate::error::Error;
use crate::types::event::Event;

/// Blobs on their way at once.
const AT_ONCE: usize = 6;
/// One chunk. A registry may keep what came of one that broke; if not, this much is sent again, or (the CNCF's registry) the whole
/// blob. ECR wants at least 5 MiB.
pub(crate) const CHUNK: u64 = 16 << 20;
/// A blob up to this size goes in one request.
const SMALL: u64 = 1 << 20;
/// How often a blob may break without getting any further.
pub(crate) const BREAKS: usize = 5;
/// The first pause after that, in seconds.
const PAUSE: f64 = 0.5;
/// One push to one repository.
pub(crate) struct Uploader {
    pub(crate) session: Session,
    pub(crate) mounts: Mounts,
    pub(crate) tags: Vec<String>,
    pub(crate) chunk: u64,
    pub(crate) sent: AtomicU64,
    pub(crate) skipped: AtomicU64,
    pub(crate) total: u64,
    pub(crate) client: Client,
}

/// How a blob's upload came to an end.
enum Broke {
    /// It can be tried again from the start.
    Restart(RegistryError),
    /// It cannot.
    For(RegistryError),
}

impl From<RegistryError> for Broke {
    fn from(refusal: RegistryError) -> Self {
        Self::For(refusal)
    }
}

impl Uploader {
    pub(crate) fn event(&self) -> Event {
        Event::Pushing {
            sent: self.sent.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
            total: self.total,
        }
    }

    pub(crate) fn error(&self, refusal: RegistryError, image: &str) -> Error {
        let failed = |text: String| Error::PushFailed { image: image.to_owned(), text };
        match refusal {
            RegistryError::Missing(text) => failed(format!(
                "{text}: the registry has no such repository; `create` makes one of ECR's, and so does ECR where a repository \
                     creation template for CREATE_ON_PUSH covers it"
            )),
            RegistryError::Other(code, text) if text.contains("immutable") => failed(format!(
                "{code}: {text} Push it under another tag, or exclude this one from the repository's immutability"
            )),
            RegistryError::Other(code, text) => failed(format!("{code}: {text}")),
            refusal => refusal.into_error("push", image, &self.session.host()),
        }
    }

    /// Everything, in the order that leaves nothing half-made. Gives the digest.
    pub(crate) async fn whole(&self, source: &Source, reference: &Reference) -> Result<String, RegistryError> {
        let Some((root, others)) = source.manifests.split_last() else {
            return Err(RegistryError::Other("source".to_owned(), "there is no manifest in it".to_owned()));
        };
        if let Some(wanted) = reference.digest().filter(|wanted| *wanted != root.digest) {
            return Err(RegistryError::Other(
                "digest".to_owned(),
                format!("the image has digest {}, not {wanted}", root.digest),
            ));
        }
        let name = reference.tag().or_else(|| reference.digest()).unwrap_or("latest");
        // What has the tag is whole: a registry takes no manifest without its parts.
        if self.session.digest_of(name).await? == Some(root.digest.clone()) {
            self.skipped.store(self.total, Ordering::Relaxed);
        } else {
            self.parts(source, others).await?;
            self.manifest(root, name).await?;
        }
        for tag in &self.tags {
            if self.session.digest_of(tag).await?.as_ref() != Some(&root.digest) {
                self.manifest(root, tag).await?;
            }
        }
        Ok(root.digest.clone())
    }

    /// All that the image is made of.
    async fn parts(&self, source: &Source, others: &[ManifestEntry]) -> Result<(), RegistryError> {
        let uploads: Vec<BoxFuture<'_, _>> =
            source.blobs.iter().map(|blob| Box::pin(self.blob(blob)) as BoxFuture<'_, _>).collect();
        stream::iter(uploads).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        for manifest in others {
            self.manifest(manifest, &manifest.digest).await?;
        }
        Ok(())
    }

    async fn manifest(&self, manifest: &ManifestEntry, name: &str) -> Result<(), RegistryError> {
        let request = Request {
            method: Method::PUT,
            url: self.session.url(&format!("manifests/{name}")),
            headers: vec![("content-type", manifest.media.clone())],
            body: Body::Bytes(manifest.bytes.clone()),
        };
        let answer = self.session.send(&request).await?;
        match header(answer.headers(), "docker-content-digest") {
            Some(digest) if digest.starts_with("sha256:") && digest != manifest.digest => {
                let text = format!("the registry keeps the manifest as {digest}, not {}", manifest.digest);
                Err(RegistryError::Other("digest".to_owned(), text))
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn blob(&self, blob: &Blob) -> Result<(), RegistryError> {
        if self.session.has_blob(&blob.digest).await? {
            self.skipped.fetch_add(blob.piece.size, Ordering::Relaxed);
            return Ok(());
        }
        let mut location = match self.mounted(blob).await? {
            Mounted::Not(location) => location,
            Mounted::Taken => {
                self.skipped.fetch_add(blob.piece.size, Ordering::Relaxed);
                return Ok(());
            }
        };
        let pause = |broke: &Broke, attempt| {
            (attempt < BREAKS && matches!(broke, Broke::Restart(_))).then(|| backoff(PAUSE, attempt))
        };
        let uploaded = retry(self.client.clock().as_ref(), None, pause, || self.upload(blob, location.take())).await;
        uploaded.map_err(|(Broke::Restart(error) | Broke::For(error))| error)
    }

    /// Begins an upload and returns the URL of its next part; `None` if the blob could be taken over from another repository.
    pub(crate) async fn begin(&self, mount: Option<(&str, &String)>) -> Result<Option<Url>, RegistryError> {
        let mut url = self.session.url("blobs/uploads/");
        if let Some((digest, from)) = mount {
            url.query_pairs_mut().append_pair("mount", digest).append_pair("from", from);
        }
        let headers = vec![("content-length", "0".to_owned())];
        let request = Request { method: Method::POST, url, headers, body: Body::None };
        let answer = self.session.send(&request).await?;
        if answer.status().as_u16() == 201 {
            return Ok(None);
        }
        self.session.next(&answer).map(Some)
    }

    /// One upload from its beginning to its end.
    async fn upload(&self, blob: &Blob, begun: Option<Url>) -> Result<(), Broke> {
        let mut location = match begun {
            Some(begun) => begun,
            None => self.begin(None).await?.ok_or_else(|| odd("an upload ended before it began"))?,
        };
        let size = blob.piece.size;
        let mut progress = Progress { counter: &self.sent, counted: 0 };
        if size > SMALL {
            let hash = Arc::new(Mutex::new(Hashed::default()));
            location = self.chunks(blob, location, &hash, &mut progress).await?;
            if hash.lock().unwrap_or_else(PoisonError::into_inner).at < size {
                return Err(Broke::Restart(odd("the registry counts bytes that it was not sent")));
            }
            self.end(blob, location, Body::None).await?;
        } else {
            let piece = blob.piece.clone();
            let bytes =
                tokio::task::spawn_blocking(move || read(&piece)).await.map_err(|error| odd(&error.to_string()))?;
            let bytes = bytes.map_err(|error| odd(&error.to_string()))?;
            if manifest::digest(&bytes) != blob.digest {
                return Err(Broke::For(mismatch(&blob.digest, &manifest::digest(&bytes))));
            }
            self.end(blob, location, Body::Bytes(bytes.into())).await?;
            progress.at(size);
        }
        progress.keep();
        Ok(())
    }

    /// Sends the blob's bytes. A broken upload continues at the offset that the registry reports.
    async fn chunks(
        &self,
        blob: &Blob,
        mut location: Url,
        hash: &Arc<Mutex<Hashed>>,
        progress: &mut Progress<'_>,
    ) -> Result<Url, Broke> {
        let (mut at, mut breaks) = (0, 0);
        while at < blob.piece.size {
            let end = (at + self.chunk).min(blob.piece.size);
            let body = || stream_of(blob, at, end, hash);
            let request = Request {
                method: Method::PATCH,
                url: location.clone(),
                headers: vec![
                    ("content-type", "application/octet-stream".to_owned()),
                    ("content-length", (end - at).to_string()),
                    ("content-range", format!("{at}-{}", end - 1)),
                ],
                body: Body::Stream(&body),
            };
            let refusal = match self.session.once(&request).await {
                Ok(answer) if answer.status().is_success() => {
                    location = self.session.next(&answer)?;
                    let before = at;
                    at = reached(&answer).unwrap_or(end).clamp(at, end);
                    progress.at(at);
                    if at > before {
                        breaks = 0;
                        continue;
                    }
                    RegistryError::Network("it keeps nothing of what is sent".to_owned())
                }
                Ok(answer) => session::refusal(answer).await,
                Err(refusal) => refusal,
            };
            // It broke because the last bytes were kept back.
            Hashed::check(hash, blob).map_err(Broke::For)?;
            breaks += 1;
            // A range that does not fit is one that came in part.
            let passes = match &refusal {
                RegistryError::Throttled(_) | RegistryError::Network(_) => true,
                RegistryError::Other(code, _) => {
                    matches!(code.as_str(), "416" | "RANGE_INVALID" | "BLOB_UPLOAD_INVALID")
                }
                RegistryError::Missing(_) => return Err(Broke::Restart(refusal)),
                RegistryError::Denied(_) | RegistryError::Elsewhere => false,
            };
            if !passes || breaks > BREAKS {
                return Err(Broke::For(refusal));
            }
            self.client.clock().sleep(backoff(PAUSE, breaks)).await;
            let status = Request { method: Method::GET, url: location.clone(), headers: Vec::new(), body: Body::None };
            match self.session.once(&status).await {
                Ok(answer) if answer.status().is_success() => {
                    let before = at;
                    at = reached(&answer).unwrap_or(0).min(blob.piece.size);
                    location = self.session.next(&answer).unwrap_or(location);
                    progress.at(at);
                    if at > before {
                        breaks = 0;
                    }
                }
                // A registry that does not know where it was.
                Ok(_) => return Err(Broke::Restart(refusal)),
                Err(_) => {}
            }
        }
        Ok(location)
    }

    async fn end(&self, blob: &Blob, mut location: Url, body: Body<'_>) -> Result<(), Broke> {
        location.query_pairs_mut().append_pair("digest", &blob.digest);
        let length = if let Body::Bytes(bytes) = &body { bytes.len() } else { 0 };
        let headers =
            vec![("content-type", "application/octet-stream".to_owned()), ("content-length", length.to_string())];
        let request = Request { method: Method::PUT, url: location, headers, body };
        let refusal = match self.session.once(&request).await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => session::refusal(answer).await,
            Err(refusal) => refusal,
        };
        match refusal {
            // The answer may be all that was lost; and a piece that came twice makes another digest.
            RegistryError::Throttled(_)
            | RegistryError::Network(_)
            | RegistryError::Missing(_)
            | RegistryError::Other(..) => match self.session.has_blob(&blob.digest).await {
                Ok(true) => Ok(()),
                _ => Err(Broke::Restart(refusal)),
            },
            refusal => Err(Broke::For(refusal)),
        }
    }
}

fn odd(text: &str) -> RegistryError {
    RegistryError::Other("upload".to_owned(), text.to_owned())
}

/// How many bytes of an upload the registry has.
fn reached(answer: &reqwest::Response) -> Option<u64> {
    counted(&header(answer.headers(), "range")?)
}

/// The number of bytes that the registry has, by `Range: 0-99`. The range of no bytes is `0-0`, too.
pub(crate) fn counted(range: &str) -> Option<u64> {
    let last: u64 = range.trim_start_matches("bytes=").split_once('-')?.1.parse().ok()?;
    if last == 0 { Some(0) } else { last.checked_add(1) }
}
