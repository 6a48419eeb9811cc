//! From a Dockerfile to an image: whichever builder is installed writes an OCI layout, and we push it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::select;
use indexmap::IndexMap;
use serde::Serialize;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::time::Instant;

use super::builder::{self, Builder, Kind, Places};
use super::push::{Push, PushOutcome, default_timeout};
use super::scan::Scan;
use super::{source, within};
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::file;
use crate::options::define::options;
use crate::redact::words::Words;
use crate::token::token;
use crate::types::event::{Event, Warning};

options! {
    /// What `build` is asked for.
    pub struct Build(context: PathBuf) {
        /// The folder that is built from.
        pub context: PathBuf,
        /// The Dockerfile. `Dockerfile` or `Containerfile` in `context`, unless given.
        pub file: Option<impl Into<PathBuf>>,
        /// What it is to run on, as `os/architecture`. The builder's own, unless given.
        pub platforms: Vec<String>,
        /// Build arguments. They stay in the image's history: they are no place for secrets.
        pub args: IndexMap<String, String>,
        /// Files with secrets by their ids, as `RUN --mount=type=secret,id=…` sees them.
        pub secrets: IndexMap<String, PathBuf>,
        /// The stage to build. The last, unless given.
        pub target: Option<String>,
        /// `docker`, `podman` or `buildah`, or a path to one. The first that is installed, unless given.
        pub builder: Option<String>,
        /// Further options of that builder's `build`, passed as they are.
        pub options: Vec<String>,
        /// A folder for the OCI layout, which is not there yet. It is not kept, unless given.
        pub layout: Option<impl Into<PathBuf>>,
        /// Where the image is pushed: `registry/repository:tag`. It is not pushed, unless given.
        pub image: Option<String>,
        /// With `image`: further tags, as of `push`.
        pub tags: Vec<String>,
        /// With `image`: make ECR's repository, as of `push`.
        pub create: bool,
        /// With `image`: what ECR finds in it, as of `push`.
        pub scan: Option<Scan>,
        /// Seconds after which it is given up, the push with it: the builder is ended then.
        #[serde(default = "default_timeout")]
        pub timeout: f64 = default_timeout(),
    }
}

/// What a build has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BuildOutcome {
    /// The program that built it.
    pub builder: String,
    /// The image's digest: of the index where there are several platforms.
    pub digest: String,
    /// The OCI layout, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<PathBuf>,
    /// What the push has come to, where it was pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed: Option<PushOutcome>,
    /// All that were events `warning`, in their order.
    pub warnings: Vec<Warning>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A build on its way: a stream of [`Event`]s. Dropping it stops the builder, as does the end of this process, whichever it is.
pub type Building = Rollout<Event, BuildOutcome>;

impl Client {
    /// Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it as [`push`](Self::push) does if `image` is
    /// given. Cancelling stops the builder, and so does the end of this process.
    ///
    /// No shell reads what is given. If the builder writes very much, only the first part becomes events.
    ///
    /// # Errors
    /// `unsupported` if no builder is installed. `invalid`. `push_failed` with the builder's last lines. `timed_out`, and
    /// those of `push`.
    pub fn build(&self, build: Build) -> Building {
        let (client, secrets) = (self.clone(), secrets(&build));
        let (timeout, what) = (build.timeout, format!("the build of {}", build.context.display()));
        let hidden = secrets.clone();
        let work = |tell| Box::pin(within(timeout, what, run(client, build, hidden, tell))) as BoxFuture<'static, _>;
        Rollout::of_work(secrets, work, |outcome, warnings| outcome.warnings = warnings)
    }
}

/// So many of the builder's last lines stand in an error.
const LINES: usize = 15;
/// So much of one line is told.
const LINE: usize = 4 << 10;
/// So much is told in all, with what an event takes beside its text.
const TOLD: usize = 16 << 20;
const EVENT: usize = 100;
/// So much a builder may say about itself.
const ANSWER: u64 = 1 << 20;
/// So long what a builder has left running may go on to speak in its name.
const AFTER: Duration = Duration::from_secs(2);

async fn run(client: Client, build: Build, secrets: Words, tell: EventSender<Event>) -> Result<BuildOutcome, Error> {
    let begun = Instant::now();
    check(&build)?;
    if let Some(image) = &build.image {
        super::push::check_account(&client, &super::resolve::parse(image)?)?;
    }
    let builder = choose(&build).await?;
    let room = tempfile::tempdir().map_err(|error| Error::invalid("layout", format!("no room for it: {error}")))?;
    let layout = build.layout.clone().unwrap_or_else(|| room.path().join("layout"));
    let name = format!("localhost/ecs-rollout-{}", token());
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
    Ok(BuildOutcome { builder: builder.name(), digest, layout: build.layout, pushed, warnings: Vec::new(), seconds })
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
        let mut child = program(builder, &words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut text = Vec::new();
        child.stdout.take()?.take(ANSWER).read_to_end(&mut text).await.ok()?;
        child.wait().await.ok()?.success().then(|| String::from_utf8_lossy(&text).into_owned())
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

/// Runs a builder for as long as standard input is open: it is a pipe that this process holds, which closes when the process ends,
/// however it does, or when nobody wants the build any more. Then all that the builder has started ends with it, being one group.
/// What is run comes as words of its own, which no shell reads.
#[cfg(unix)]
const KEEP: &str = r#"
exec 3<&0
{ read -r _ <&3; trap '' TERM; kill -TERM 0; sleep 5; kill -KILL 0; } >/dev/null 2>&1 &
watch=$!
"$@" 3<&- </dev/null &
wait $!
status=$?
kill "$watch"
exit "$status"
"#;

#[cfg(unix)]
fn kept(builder: &Builder, arguments: &[OsString]) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", KEEP, "sh"]).arg(&builder.program).args(arguments).process_group(0).stdin(Stdio::piped());
    command
}

/// There, the builder alone ends when nobody wants the build any more.
#[cfg(not(unix))]
fn kept(builder: &Builder, arguments: &[OsString]) -> Command {
    program(builder, arguments)
}

/// One run of a builder.
struct Run<'a> {
    builder: &'a Builder,
    command: Vec<OsString>,
    secrets: &'a Words,
    tell: &'a EventSender<Event>,
}

impl Run<'_> {
    /// To its end, its lines told as they come. The error has the last of them.
    async fn whole(&self) -> Result<(), String> {
        let name = self.builder.name();
        let mut command = kept(self.builder, &self.command);
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| format!("{name} does not start: {error}"))?;
        // Held until here is the end.
        let _life = child.stdin.take();
        let most = LINE + self.longest();
        let said = select(lines(child.stdout.take(), most), lines(child.stderr.take(), most));
        tokio::pin!(said);
        let mut heard = Heard::default();
        let (mut status, after) = (None, tokio::time::sleep(Duration::MAX));
        tokio::pin!(after);
        loop {
            tokio::select! {
                biased;
                () = &mut after, if status.is_some() => break,
                ended = child.wait(), if status.is_none() => {
                    status = Some(ended.map_err(|error| format!("{name}: {error}"))?);
                    after.as_mut().reset(Instant::now() + AFTER);
                }
                line = said.next() => match line {
                    Some(line) => heard.line(self.shown(&line), self.tell),
                    None => break,
                },
            }
        }
        let status = match status {
            Some(status) => status,
            None => child.wait().await.map_err(|error| format!("{name}: {error}"))?,
        };
        match status.success() {
            true => Ok(()),
            false => {
                let code = status.code().map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"));
                Err(format!("{name} ended with {code}: {}", Vec::from(heard.last).join(" | ")))
            }
        }
    }

    /// A line without colours and without what is not shown.
    fn shown(&self, line: &Line) -> String {
        let plain = console::strip_ansi_codes(&String::from_utf8_lossy(&line.bytes)).into_owned();
        let mut shown = self.secrets.hide(&plain);
        // Of a line that goes on, the last may be the first part of what is not shown.
        let known = if line.is_whole { shown.len() } else { shown.len().saturating_sub(self.longest()) };
        if known.min(LINE) < shown.len() {
            shown.truncate(shown.floor_char_boundary(known.min(LINE)));
            shown.push('…');
        }
        shown
    }

    fn longest(&self) -> usize {
        self.secrets.longest()
    }
}

/// What a builder has said.
#[derive(Default)]
struct Heard {
    last: VecDeque<String>,
    told: usize,
}

impl Heard {
    fn line(&mut self, text: String, tell: &EventSender<Event>) {
        if text.trim().is_empty() {
            return;
        }
        if self.last.len() == LINES {
            self.last.pop_front();
        }
        self.last.push_back(text.clone());
        let before = self.told;
        self.told = self.told.saturating_add(text.len() + EVENT);
        if self.told <= TOLD {
            let _ = tell.send(Event::Building { text });
        } else if before <= TOLD {
            let text =
                "(more than is told here: what follows is left out, but for the last lines in an error)".to_owned();
            let _ = tell.send(Event::Building { text });
        }
    }
}

/// A line of a builder, or its first part.
#[derive(Debug, PartialEq)]
struct Line {
    bytes: Vec<u8>,
    is_whole: bool,
}

/// The lines of a builder, `most` bytes of each.
fn lines(from: Option<impl AsyncRead + Unpin + Send>, most: usize) -> impl futures_util::Stream<Item = Line> {
    futures_util::stream::unfold(from.map(BufReader::new), move |from| async move {
        let mut from = from?;
        let line = line(&mut from, most).await?;
        Some((line, Some(from)))
    })
}

async fn line(from: &mut (impl AsyncBufRead + Unpin), most: usize) -> Option<Line> {
    let mut line = Line { bytes: Vec::new(), is_whole: true };
    let mut is_begun = false;
    loop {
        let piece = from.fill_buf().await.ok()?;
        if piece.is_empty() {
            return is_begun.then_some(line);
        }
        is_begun = true;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let text = &piece[..end.unwrap_or(piece.len())];
        let room = (most - line.bytes.len()).min(text.len());
        line.bytes.extend_from_slice(&text[..room]);
        line.is_whole &= room == text.len();
        let used = text.len() + usize::from(end.is_some());
        from.consume(used);
        if end.is_some() {
            return Some(line);
        }
    }
}

crate::texts::texts! {
    BuildOutcome: pushed warnings;
}

#[cfg(test)]
mod tests;
