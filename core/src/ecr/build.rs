//! From a Dockerfile to an image: whichever builder is installed writes an OCI layout, and we push it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use futures_util::StreamExt;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::builder::{self, Builder, Kind, Places};
use super::push::{Push, Pushed};
use super::scan::Scan;
use super::source;
use crate::client::Client;
use crate::error::Error;
use crate::event::{Event, Warning};
use crate::file;
use crate::redact::{self, Words};
use crate::rollout::{Rollout, Tell};

/// What `build` is asked for.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The folder that is built from.
    pub context: PathBuf,
    /// The Dockerfile. `Dockerfile` or `Containerfile` in `context`, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// What it is to run on, as `os/architecture`. The builder's own, unless given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Build arguments. They stay in the image's history: they are no place for secrets.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub args: IndexMap<String, String>,
    /// Files with secrets by their ids, as `RUN --mount=type=secret,id=…` sees them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<String, PathBuf>,
    /// The stage to build. The last, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `docker`, `podman` or `buildah`, or a path to one. The first that is installed, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builder: Option<String>,
    /// Further options of that builder's `build`, passed as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// A folder for the OCI layout, which is not there yet. It is not kept, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<PathBuf>,
    /// Where the image is pushed: `registry/repository:tag`. It is not pushed, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// With `image`: further tags, as of `push`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// With `image`: make ECR's repository, as of `push`.
    #[serde(default)]
    pub create: bool,
    /// With `image`: what ECR finds in it, as of `push`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Scan>,
}

impl Build {
    /// A build of the folder `context`.
    pub fn new(context: impl Into<PathBuf>) -> Self {
        Self { context: context.into(), ..Self::default() }
    }
}

/// Without the values of build arguments.
impl std::fmt::Debug for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build")
            .field("context", &self.context)
            .field("args", &self.args.keys().collect::<Vec<_>>())
            .field("image", &self.image.as_deref().map(redact::word))
            .finish_non_exhaustive()
    }
}

/// What a build has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Built {
    /// The program that built it.
    pub builder: String,
    /// The image's digest: of the index where there are several platforms.
    pub digest: String,
    /// The OCI layout, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<PathBuf>,
    /// What the push has come to, where it was pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed: Option<Pushed>,
    /// All that were events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A build on its way: a stream of [`Event`]s. Dropping it stops the builder.
pub type Building = Rollout<Event, Built>;

impl Client {
    /// Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as [`push`](Self::push) does where `image` is
    /// given. No shell is involved.
    ///
    /// # Errors
    /// At the end: `unsupported` where no builder is installed, `invalid`, `push_failed` with the builder's last lines, and those
    /// of `push`.
    pub fn build(&self, build: Build) -> Building {
        let (client, secrets) = (self.clone(), secrets(&build));
        Rollout::of_work(
            secrets.clone(),
            |tell| Box::pin(run(client, build, secrets, tell)),
            |outcome, warnings| outcome.warnings = warnings,
        )
    }
}

/// So many of the builder's last lines stand in an error.
const LINES: usize = 15;

async fn run(client: Client, build: Build, secrets: Words, tell: Tell<Event>) -> Result<Built, Error> {
    let begun = Instant::now();
    check(&build)?;
    let builder = choose(&build).await?;
    let room = tempfile::tempdir().map_err(|error| Error::invalid("layout", format!("no room for it: {error}")))?;
    let layout = build.layout.clone().unwrap_or_else(|| room.path().join("layout"));
    let name = format!("localhost/ecs-rollout-{:016x}", fastrand::u64(..));
    let places = Places { layout: &layout, name: &name };
    let mut end = Ok(());
    for command in builder.commands(&build, &places) {
        end = Run { builder: &builder, command, secrets: &secrets, tell: &tell }.whole().await;
        if end.is_err() {
            break;
        }
    }
    if let Some(command) = builder.tidy(&build, &places) {
        // Nothing hangs on it, and where the build failed there is no such name.
        let _ = program(&builder, &command).stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    }
    let subject = build.image.clone().unwrap_or_else(|| build.context.display().to_string());
    end.map_err(|text| Error::PushFailed { image: subject, text: format!("it is not built: {text}") })?;
    let path = layout.clone();
    let opened = tokio::task::spawn_blocking(move || source::open(&path, None)).await;
    let opened = opened.unwrap_or_else(|error| Err(error.to_string()));
    let source = opened.map_err(|text| Error::invalid(layout.display().to_string(), text))?;
    let digest = source.manifests.last().map(|root| root.digest.clone()).unwrap_or_default();
    let pushed = match &build.image {
        Some(image) => Some(super::push::run(client, push(&build, &layout, image), tell).await?),
        None => None,
    };
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Built { builder: builder.name(), digest, layout: build.layout, pushed, warnings: Vec::new(), seconds })
}

fn push(build: &Build, layout: &Path, image: &str) -> Push {
    Push { tags: build.tags.clone(), create: build.create, scan: build.scan.clone(), ..Push::new(layout, image) }
}

fn check(build: &Build) -> Result<(), Error> {
    if !build.context.is_dir() {
        return Err(Error::invalid("context", format!("{} is no folder", build.context.display())));
    }
    let of_a_push = [("tags", !build.tags.is_empty()), ("create", build.create), ("scan", build.scan.is_some())];
    if let Some((name, _)) = of_a_push.into_iter().find(|(_, is_given)| *is_given && build.image.is_none()) {
        return Err(Error::invalid(name, "nothing is pushed: give `image`"));
    }
    if let Some(scan) = &build.scan {
        scan.check()?;
    }
    if build.image.is_none() && build.layout.is_none() {
        return Err(Error::invalid(
            "image",
            "nothing would come of it: give `image`, or `layout` to keep it as a folder",
        ));
    }
    let is_plain = |path: &Path| !path.to_string_lossy().contains([',', ':']);
    match &build.layout {
        Some(layout) if layout.exists() => {
            return Err(Error::invalid("layout", format!("{} is there already", layout.display())));
        }
        Some(layout) if !is_plain(layout) => {
            return Err(Error::invalid("layout", "builders take no folder with `,` or `:` in its name"));
        }
        _ => {}
    }
    for (id, file) in &build.secrets {
        let place = format!("secrets.{id}");
        if id.contains(',') || file.to_string_lossy().contains(',') {
            return Err(Error::invalid(place, "builders take no secret with `,` in its id or file"));
        }
        if !file.is_file() {
            return Err(Error::invalid(place, format!("{} is no file", file.display())));
        }
    }
    Ok(())
}

/// The builder asked for, or the first that can.
async fn choose(build: &Build) -> Result<Builder, Error> {
    if let Some(name) = &build.builder {
        return Builder::named(name);
    }
    for builder in Builder::installed() {
        if can(&builder, &build.options).await {
            return Ok(builder);
        }
    }
    let text = "no builder is installed that writes OCI layouts: install podman or buildah (which needs no service: \
        `apt-get install buildah`), or docker with buildx and a builder of its own (`docker buildx create --use`)";
    Err(Error::Unsupported { text: text.to_owned() })
}

/// Whether it can write a layout.
async fn can(builder: &Builder, options: &[String]) -> bool {
    if builder.kind != Kind::Docker {
        return true;
    }
    let said = |words: &'static [&'static str]| async {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let output = program(builder, &words).stderr(Stdio::null()).output().await.ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    if options.iter().any(|option| option.starts_with("--builder")) {
        return said(&["buildx", "version"]).await.is_some();
    }
    let Some(inspected) = said(&["buildx", "inspect"]).await else { return false };
    builder::exports(&inspected)
        || said(&["info", "--format", "{{.DriverStatus}}"]).await.is_some_and(|store| builder::is_containerd(&store))
}

fn program(builder: &Builder, arguments: &[OsString]) -> Command {
    let mut command = Command::new(&builder.program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What is not shown: values of arguments, what stands in the files of secrets, and options that look like either.
fn secrets(build: &Build) -> Words {
    // A pipe can be read once, and by the builder. What is no text the builder's lines show as this does.
    let files = build.secrets.values().filter_map(|path| file::read_plain(path).ok());
    let files: Vec<String> = files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    // Of secrets, the paths are none.
    let mut secrets = Words::of(&Build { secrets: IndexMap::new(), ..build.clone() });
    secrets.extend(build.args.values().chain(&files).map(String::as_str));
    secrets.extend(build.options.iter().filter_map(|option| argument(option)));
    secrets
}

/// The value of a build argument among a builder's own options: `--build-arg=NAME=value`, or `NAME=value` behind `--build-arg`.
fn argument(option: &str) -> Option<&str> {
    let pair = option.strip_prefix("--build-arg=").or((!option.starts_with('-')).then_some(option))?;
    pair.split_once('=').map(|(_, value)| value)
}

/// One run of a builder.
struct Run<'a> {
    builder: &'a Builder,
    command: Vec<OsString>,
    secrets: &'a Words,
    tell: &'a Tell<Event>,
}

impl Run<'_> {
    /// To its end, its lines told as they come. The error has the last of them.
    async fn whole(&self) -> Result<(), String> {
        let name = self.builder.name();
        let mut command = program(self.builder, &self.command);
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| format!("{name} does not start: {error}"))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let said = futures_util::stream::select(lines(out), lines(err));
        let mut last = VecDeque::new();
        tokio::pin!(said);
        while let Some(line) = said.next().await {
            let text = self.shown(&line);
            if text.trim().is_empty() {
                continue;
            }
            if last.len() == LINES {
                last.pop_front();
            }
            last.push_back(text.clone());
            let _ = self.tell.send(Event::Building { text });
        }
        let status = child.wait().await.map_err(|error| format!("{name}: {error}"))?;
        match status.success() {
            true => Ok(()),
            false => {
                let code = status.code().map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"));
                Err(format!("{name} ended with {code}: {}", Vec::from(last).join(" | ")))
            }
        }
    }

    /// A line without colours and without what is not shown.
    fn shown(&self, line: &str) -> String {
        self.secrets.hide(&console::strip_ansi_codes(line))
    }
}

fn lines(from: Option<impl AsyncRead + Unpin + Send>) -> impl futures_util::Stream<Item = String> {
    futures_util::stream::unfold(from.map(BufReader::new), |from| async move {
        let mut from = from?;
        let mut line = Vec::new();
        match from.read_until(b'\n', &mut line).await {
            Ok(read) if read > 0 => Some((String::from_utf8_lossy(&line).trim_end().to_owned(), Some(from))),
            _ => None,
        }
    })
}

crate::redact::texts! {
    Built: pushed warnings;
}

#[cfg(test)]
mod tests;
