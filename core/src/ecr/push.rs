//! Pushes an image to a registry: missing blobs in parallel, in chunks that go on where they broke. The manifest with the tag is
//! last, so that no incomplete image has a name.

mod bytes;
mod mount;
mod upload;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use oci_spec::distribution::Reference;
use serde::Serialize;
use serde_json::Value;

use super::scan::{self, Scan, Scanned};
use super::session::Session;
use super::{repository, resolve, source, within};
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::image::registry::{self, Registry, Repository};
use crate::options::define::options;
use crate::redact;
use crate::redact::words::Words;
use crate::types::event::{Event, Warning};
use mount::Mounts;
#[cfg(feature = "fuzz")]
pub(crate) use upload::counted;
use upload::{CHUNK, Uploader};

options! {
    /// What `push` is asked for.
    pub struct Push(path: PathBuf, image: String) {
        /// The image: an OCI layout (a folder or a tar) or an archive of `docker save`; either tar may be gzipped.
        pub path: PathBuf,
        /// Where it goes: `registry/repository:tag`.
        pub image: String,
        /// Which image is meant where the file holds several: its name or tag there.
        pub select: Option<String>,
        /// Repositories of the same registry that may have some of its layers already: these are taken over then, and not sent. ECR
        /// does so where its account setting BLOB_MOUNTING is ENABLED; a warning says where layers were sent all the same.
        pub mount: Vec<String>,
        /// Make ECR's repository if it is not there. One that is there stays as it is. Where a repository creation template for
        /// CREATE_ON_PUSH covers it, ECR makes it with the template's settings, unless `immutable`, `exclude` or `lifecycle` is given.
        pub create: bool,
        /// With `create`: a tag, once given, names its image for ever.
        pub immutable: bool,
        /// With `create`: tags for which the opposite of `immutable` holds, such as `latest` or `dev-*`; five at most.
        pub exclude: Vec<String>,
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
    /// Bytes that were there already, or were taken over from a repository of `mount`.
    pub skipped: u64,
    /// Bytes of these that were taken over from a repository of `mount`.
    pub mounted: u64,
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

/// The time between two events of progress.
const TELL: Duration = Duration::from_millis(200);

pub(crate) async fn run(client: Client, push: Push, tell: EventSender<Event>) -> Result<PushOutcome, Error> {
    let begun = Instant::now();
    let reference = resolve::parse(&push.image)?;
    check(&push, &reference)?;
    check_account(&client, &reference)?;
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
        mounts: Mounts::of(push.mount.clone()),
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
    for text in uploader.mounts.warnings() {
        let _ = tell.send(Event::Warning { code: "mount".to_owned(), text });
    }
    let image = crate::image::reference::change(Some(&push.image), &format!("@{digest}"));
    let image = image.map_err(|text| Error::invalid("image", text))?;
    let scanned = match (&push.scan, Repository::of(&reference)) {
        (Some(scan), Some(repository)) => {
            let place = scan::Place { repository: &repository, image: &push.image };
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
        mounted: uploader.mounts.taken.load(Ordering::Relaxed),
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Refuses a registry of another account than the client is for.
pub(crate) fn check_account(client: &Client, reference: &Reference) -> Result<(), Error> {
    match (client.account(), Repository::of(reference)) {
        (Some(account), Some(Repository { account: own, .. })) if own != account => {
            let text = format!(
                "{} is the registry of account {own}, and the client's `account` allows {account} alone: push with a client of {own}",
                reference.registry()
            );
            Err(Error::invalid("image", text))
        }
        _ => Ok(()),
    }
}

/// Refuses what could not be meant, before anything is read or written.
fn check(push: &Push, reference: &Reference) -> Result<(), Error> {
    mount::check(&push.mount, reference)?;
    for (index, tag) in push.tags.iter().enumerate() {
        crate::image::reference::change(Some(&push.image), &format!(":{tag}"))
            .map_err(|text| Error::invalid(format!("tags[{index}]"), text))?;
    }
    let of_create =
        [("immutable", push.immutable), ("exclude", !push.exclude.is_empty()), ("lifecycle", push.lifecycle.is_some())];
    if let Some((name, _)) = of_create.into_iter().find(|(_, is_given)| *is_given && !push.create) {
        return Err(Error::invalid(name, "it is for a repository that is made: give `create`"));
    }
    repository::check(&push.exclude)?;
    if let Some(scan) = &push.scan {
        scan.check()?;
        if !matches!(registry::registry(reference.registry()), Some(Registry::Private { .. })) {
            let text = format!("{} is no registry that looks into images", reference.registry());
            return Err(Error::invalid("scan", text));
        }
    }
    Ok(())
}

crate::texts::texts! {
    PushOutcome: warnings;
}

#[cfg(test)]
mod tests;
