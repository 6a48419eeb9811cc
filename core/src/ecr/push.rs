//! How an image gets into a registry: what is missing goes up in parallel, in chunks that are taken up again where they broke; the
//! manifest that carries the tag goes last, so that nothing half-made has a name.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use oci_spec::distribution::Reference;
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::scan::{self, Scan, Scanned};
use super::session::{self, Body, Refusal, Request, Session, header};
use super::source::{self, Blob, FileSlice, Named, Source};
use super::{manifest, repository, resolve, within};
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::image::registry::{self, Registry};
use crate::options::define::options;
use crate::redact;
use crate::redact::words::Words;
use crate::types::event::{Event, Warning};

options! {
    /// What `push` is asked for.
    pub struct Push(path: PathBuf, image: String) {
        /// The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped.
        pub path: PathBuf,
        /// Where it goes: `registry/repository:tag`.
        pub image: String,
        /// Which image is meant where the file holds several: its name or tag there.
        pub select: Option<String>,
        /// Repositories of the same registry that may have some of its layers already: they are not sent then.
        pub mount: Vec<String>,
        /// Make ECR's repository if it is not there. One that is there stays as it is.
        pub create: bool,
        /// With `create`: a tag, once given, names its image for ever.
        pub immutable: bool,
        /// Further tags that the image gets in the same repository.
        pub tags: Vec<String>,
        /// Wait for the vulnerabilities that ECR finds in it, and fail where they are too bad (DescribeImageScanFindings,
        /// StartImageScan). With `create`, the repository looks into each image that is pushed.
        pub scan: Option<Scan>,
        /// With `create`: ECR's lifecycle policy, a document. A repository that has another keeps it, with a warning.
        pub lifecycle: Option<impl Into<Value>>,
        /// Seconds after which it is given up, the wait for a scan with it. What the registry has by then it keeps.
        #[serde(default = "default_timeout")]
        pub timeout: f64 = default_timeout(),
    }
}

pub(crate) fn default_timeout() -> f64 {
    3600.0
}

/// What a push has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PushOutcome {
    /// The image by its digest, fit for a task definition.
    pub image: String,
    /// The digest: of the index where there are several platforms.
    pub digest: String,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes that were there already.
    pub skipped: u64,
    /// What ECR found in it, where it was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanned: Option<Scanned>,
    /// All that were events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A push on its way: a stream of [`Event`]s. Dropping it stops it; what the registry has by then it keeps.
pub type Pushing = Rollout<Event, PushOutcome>;

impl Client {
    /// Pushes an image from a file to a registry, without Docker. Cancelling stops it.
    ///
    /// What the registry already has is not sent. The manifest is sent last, so that no tag ever names an incomplete image.
    ///
    /// # Errors
    /// `invalid` for a file that holds no whole image. `push_failed`, `denied`, `throttled`, `network` and `timed_out`.
    pub fn push(&self, push: Push) -> Pushing {
        let (client, secrets) = (self.clone(), Words::of(&push));
        let (timeout, what) = (push.timeout, format!("the push of {}", redact::word(&push.image)));
        let work = |tell| Box::pin(within(timeout, what, run(client, push, tell))) as BoxFuture<'static, _>;
        Rollout::of_work(secrets, work, |outcome, warnings| outcome.warnings = warnings)
    }
}

/// Blobs on their way at once.
const AT_ONCE: usize = 6;
/// One chunk. A registry may keep what came of one that broke; if not, this much is sent again, or (the CNCF's registry) the whole
/// blob. ECR wants at least 5 MiB.
const CHUNK: u64 = 16 << 20;
/// What is read and sent at once.
const READ: usize = 256 << 10;
/// A blob up to this size goes in one request.
const SMALL: u64 = 1 << 20;
/// How often a blob may break without getting any further.
const BREAKS: u32 = 5;
const TELL: Duration = Duration::from_millis(200);

pub(crate) async fn run(client: Client, push: Push, tell: EventSender<Event>) -> Result<PushOutcome, Error> {
    let begun = Instant::now();
    let reference = resolve::parse(&push.image)?;
    check(&push, &reference)?;
    let (path, select) = (push.path.clone(), push.select.clone());
    let opened = tokio::task::spawn_blocking(move || source::open(&path, select.as_deref())).await;
    let opened = opened.unwrap_or_else(|error| Err(error.to_string()));
    let source = opened.map_err(|text| Error::invalid(push.path.display().to_string(), text))?;
    if push.create {
        repository::create(&client, &push, &reference, &tell).await?;
    }
    let session = Session::open(&client, &reference).await?;
    let total = source.blobs.iter().fold(0_u64, |sum, blob| sum.saturating_add(blob.piece.size));
    let uploader = Uploader {
        session,
        mount: push.mount.clone(),
        tags: push.tags.clone(),
        chunk: CHUNK,
        sent: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
        total,
        client: client.clone(),
    };
    let outcome = {
        let work = uploader.whole(&source, &reference);
        tokio::pin!(work);
        let mut ticks = tokio::time::interval(TELL);
        let mut last = None;
        loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                _ = ticks.tick() => {
                    let event = uploader.event();
                    if last.as_ref() != Some(&event) {
                        let _ = tell.send(event.clone());
                        last = Some(event);
                    }
                }
            }
        }
    };
    let digest = outcome.map_err(|refusal| uploader.error(refusal, &push.image))?;
    let _ = tell.send(uploader.event());
    let image = crate::image::reference::change(Some(&push.image), &format!("@{digest}"));
    let image = image.map_err(|text| Error::invalid("image", text))?;
    let scanned = match (&push.scan, registry::registry(reference.registry())) {
        (Some(scan), Some(Registry::Private { account, region, .. })) => {
            let place = scan::Place {
                account: &account,
                region: &region,
                repository: reference.repository(),
                image: &push.image,
            };
            Some(scan::gate(&client, &place, &source.images(), scan, &tell).await?)
        }
        _ => None,
    };
    Ok(PushOutcome {
        image,
        digest,
        scanned,
        warnings: Vec::new(),
        sent: uploader.sent.load(Ordering::Relaxed),
        skipped: uploader.skipped.load(Ordering::Relaxed),
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Refuses what could not be meant, before anything is read or written.
fn check(push: &Push, reference: &Reference) -> Result<(), Error> {
    for (index, tag) in push.tags.iter().enumerate() {
        crate::image::reference::change(Some(&push.image), &format!(":{tag}"))
            .map_err(|text| Error::invalid(format!("tags[{index}]"), text))?;
    }
    let of_create = [("immutable", push.immutable), ("lifecycle", push.lifecycle.is_some())];
    if let Some((name, _)) = of_create.into_iter().find(|(_, is_given)| *is_given && !push.create) {
        return Err(Error::invalid(name, "it is for a repository that is made: give `create`"));
    }
    if let Some(scan) = &push.scan {
        scan.check()?;
        if !matches!(registry::registry(reference.registry()), Some(Registry::Private { .. })) {
            let text = format!("{} is no registry that looks into images", reference.registry());
            return Err(Error::invalid("scan", text));
        }
    }
    Ok(())
}

/// One push to one repository.
struct Uploader {
    session: Session,
    mount: Vec<String>,
    tags: Vec<String>,
    chunk: u64,
    sent: AtomicU64,
    skipped: AtomicU64,
    total: u64,
    client: Client,
}

/// How a blob's upload came to an end.
enum Broke {
    /// It can be tried again from the start.
    Restart(Refusal),
    /// It cannot.
    For(Refusal),
}

impl From<Refusal> for Broke {
    fn from(refusal: Refusal) -> Self {
        Self::For(refusal)
    }
}

impl Uploader {
    fn event(&self) -> Event {
        Event::Pushing {
            sent: self.sent.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
            total: self.total,
        }
    }

    fn error(&self, refusal: Refusal, image: &str) -> Error {
        let failed = |text: String| Error::PushFailed { image: image.to_owned(), text };
        match refusal {
            Refusal::Missing(text) => {
                failed(format!("{text}: the registry has no such repository; `create` makes one of ECR's"))
            }
            Refusal::Other(code, text) => failed(format!("{code}: {text}")),
            refusal => refusal.into_error("push", image, &self.session.host()),
        }
    }

    /// Everything, in the order that leaves nothing half-made. Gives the digest.
    async fn whole(&self, source: &Source, reference: &Reference) -> Result<String, Refusal> {
        let Some((root, others)) = source.manifests.split_last() else {
            return Err(Refusal::Other("source".to_owned(), "there is no manifest in it".to_owned()));
        };
        if let Some(wanted) = reference.digest().filter(|wanted| *wanted != root.digest) {
            return Err(Refusal::Other(
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
    async fn parts(&self, source: &Source, others: &[Named]) -> Result<(), Refusal> {
        let uploads: Vec<BoxFuture<'_, _>> =
            source.blobs.iter().map(|blob| Box::pin(self.blob(blob)) as BoxFuture<'_, _>).collect();
        stream::iter(uploads).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        for manifest in others {
            self.manifest(manifest, &manifest.digest).await?;
        }
        Ok(())
    }

    async fn manifest(&self, manifest: &Named, name: &str) -> Result<(), Refusal> {
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
                Err(Refusal::Other("digest".to_owned(), text))
            }
            _ => Ok(()),
        }
    }

    async fn blob(&self, blob: &Blob) -> Result<(), Refusal> {
        if self.session.has_blob(&blob.digest).await? {
            self.skipped.fetch_add(blob.piece.size, Ordering::Relaxed);
            return Ok(());
        }
        let mut location = None;
        for from in &self.mount {
            match self.begin(Some((&blob.digest, from))).await? {
                Some(begun) => location = Some(begun),
                None => {
                    self.skipped.fetch_add(blob.piece.size, Ordering::Relaxed);
                    return Ok(());
                }
            }
        }
        for attempt in 1.. {
            match self.upload(blob, location.take()).await {
                Ok(()) => return Ok(()),
                Err(Broke::Restart(_)) if attempt < BREAKS => self.pause(attempt).await,
                Err(Broke::Restart(refusal) | Broke::For(refusal)) => return Err(refusal),
            }
        }
        unreachable!("the last attempt returns")
    }

    /// Begins an upload and says where it goes on; `None` where the blob could be taken over from another repository.
    async fn begin(&self, mount: Option<(&str, &String)>) -> Result<Option<Url>, Refusal> {
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

    /// Sends the blob's bytes. What breaks goes on where the registry says that it is.
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
                    Refusal::Network("it keeps nothing of what is sent".to_owned())
                }
                Ok(answer) => session::refusal(answer).await,
                Err(refusal) => refusal,
            };
            // It broke because the last bytes were kept back.
            Hashed::check(hash, blob).map_err(Broke::For)?;
            breaks += 1;
            // A range that does not fit is one that came in part.
            let passes = match &refusal {
                Refusal::Throttled(_) | Refusal::Network(_) => true,
                Refusal::Other(code, _) => matches!(code.as_str(), "416" | "RANGE_INVALID" | "BLOB_UPLOAD_INVALID"),
                Refusal::Missing(_) => return Err(Broke::Restart(refusal)),
                Refusal::Denied(_) | Refusal::Elsewhere => false,
            };
            if !passes || breaks > BREAKS {
                return Err(Broke::For(refusal));
            }
            self.pause(breaks).await;
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
            Refusal::Throttled(_) | Refusal::Network(_) | Refusal::Missing(_) | Refusal::Other(..) => {
                match self.session.has_blob(&blob.digest).await {
                    Ok(true) => Ok(()),
                    _ => Err(Broke::Restart(refusal)),
                }
            }
            refusal => Err(Broke::For(refusal)),
        }
    }

    async fn pause(&self, times: u32) {
        let pause = Duration::from_millis(200 << times.min(5));
        self.client.clock().sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
    }
}

/// What an upload has added to the count, taken back if it comes to nothing.
struct Progress<'a> {
    counter: &'a AtomicU64,
    counted: u64,
}

impl Progress<'_> {
    fn at(&mut self, at: u64) {
        match at.checked_sub(self.counted) {
            Some(more) => self.counter.fetch_add(more, Ordering::Relaxed),
            None => self.counter.fetch_sub(self.counted - at, Ordering::Relaxed),
        };
        self.counted = at;
    }

    fn keep(mut self) {
        self.counted = 0;
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

/// The hash of what has been read so far. Bytes that are read again are not hashed again.
#[derive(Default)]
struct Hashed {
    hash: Sha256,
    at: u64,
}

impl Hashed {
    fn take(&mut self, offset: u64, bytes: &[u8]) {
        let known = self.at.saturating_sub(offset) as usize;
        if let Some(new) = bytes.get(known..).filter(|_| offset <= self.at) {
            self.hash.update(new);
            self.at += new.len() as u64;
        }
    }

    /// Refuses a blob that has been read to its end and is another than it says.
    fn check(hash: &Mutex<Self>, blob: &Blob) -> Result<(), Refusal> {
        let hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
        if hash.at < blob.piece.size {
            return Ok(());
        }
        match manifest::shown(hash.hash.clone().finalize().as_slice()) {
            digest if digest == blob.digest => Ok(()),
            digest => Err(mismatch(&blob.digest, &digest)),
        }
    }
}

fn mismatch(expected: &str, digest: &str) -> Refusal {
    Refusal::Other("digest".to_owned(), format!("the blob {expected} is not what it says: its digest is {digest}"))
}

fn odd(text: &str) -> Refusal {
    Refusal::Other("upload".to_owned(), text.to_owned())
}

fn read(piece: &FileSlice) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    piece.open()?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes from `at` to `end`, read as they are sent, so that none are kept. Those that end a blob which is another than it says
/// are not sent: no registry gets the whole of it.
fn stream_of(blob: &Blob, at: u64, end: u64, hash: &Arc<Mutex<Hashed>>) -> BoxStream<'static, io::Result<Bytes>> {
    let FileSlice { path, offset, .. } = blob.piece.clone();
    let piece = FileSlice { path, offset: offset + at, size: end - at };
    let (hash, blob) = (Arc::clone(hash), Arc::new(blob.clone()));
    let pieces = stream::try_unfold((None, at), move |(file, at)| {
        let (piece, hash, blob) = (piece.clone(), Arc::clone(&hash), Arc::clone(&blob));
        async move {
            if at == end {
                return Ok(None);
            }
            let read = move || {
                let mut file = match file {
                    Some(file) => file,
                    None => piece.open()?,
                };
                let mut bytes = vec![0; READ.min((end - at) as usize)];
                file.read_exact(&mut bytes)?;
                hash.lock().unwrap_or_else(PoisonError::into_inner).take(at, &bytes);
                Hashed::check(&hash, &blob).map_err(|_| io::Error::other("its digest is another"))?;
                Ok::<_, io::Error>((Bytes::from(bytes), file))
            };
            let (bytes, file) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
            let at = at + bytes.len() as u64;
            Ok::<_, io::Error>(Some((bytes, (Some(file), at))))
        }
    });
    Box::pin(pieces)
}

/// How many bytes of an upload the registry has.
fn reached(answer: &reqwest::Response) -> Option<u64> {
    counted(&header(answer.headers(), "range")?)
}

/// So many bytes are there as `Range: 0-99` says. It says `0-0` of none as well.
pub(crate) fn counted(range: &str) -> Option<u64> {
    let last: u64 = range.trim_start_matches("bytes=").split_once('-')?.1.parse().ok()?;
    if last == 0 { Some(0) } else { last.checked_add(1) }
}

crate::texts::texts! {
    PushOutcome: warnings;
}

#[cfg(test)]
mod tests;
