//! Commands of GitHub Actions, which its runner reads from the log: groups, annotations, masks; and lines of its output file. Pure but
//! for random tokens.
//!
//! The runner obeys any line that looks like a command. What others wrote (messages of ECS, logs of containers) stands between
//! `stop-commands` and its token, which nobody can know before.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::history::Cause;
use crate::cli::refusal::Refusal;
use crate::cli::style::plain;
use serde_json::Value;

/// So many of the last lines of a log stand in an annotation.
const LOG: usize = 12;
/// GitHub shows ten annotations of a step.
const MOST: usize = 10;
/// The token of a fence, and the delimiter of an output.
const TOKEN_BYTES: usize = 16;

/// Between which lines the runner obeys nothing.
pub(crate) struct Fence {
    token: String,
    is_open: AtomicBool,
}

impl Fence {
    pub(crate) fn new() -> Self {
        Self { token: random(), is_open: AtomicBool::new(false) }
    }

    /// A text that may hold what others wrote.
    pub(crate) fn enclosed(&self, text: &str) -> String {
        match self.is_open.swap(true, Ordering::Relaxed) {
            true => text.to_owned(),
            false => format!("::stop-commands::{}\n{text}", self.token),
        }
    }

    /// A text that the runner is to obey.
    pub(crate) fn obeyed(&self, text: &str) -> String {
        match self.close() {
            Some(end) => format!("{end}\n{text}"),
            None => text.to_owned(),
        }
    }

    /// The end of what is not obeyed, if it has begun.
    pub(crate) fn close(&self) -> Option<String> {
        self.is_open.swap(false, Ordering::Relaxed).then(|| format!("::{}::", self.token))
    }
}

/// Characters that nobody can guess.
fn random() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    // The random numbers of TLS; where there are none, no call to AWS can be made either.
    if rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).is_err() {
        return crate::token::token();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a command.
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

pub(crate) fn group(title: &str) -> String {
    format!("::group::{}", data(title))
}

pub(crate) const END_OF_GROUP: &str = "::endgroup::";

/// What hides a value in all later output; a value of several lines is hidden by line.
pub(crate) fn masks(value: &str) -> Vec<String> {
    let lines = value.lines().map(str::trim).filter(|line| line.len() > 3);
    lines.map(|line| format!("::add-mask::{}", data(line))).collect()
}

pub(crate) fn warning(title: &str, text: &str) -> String {
    format!("::warning title={}::{}", property(&plain(title)), data(&plain(text)))
}

/// The annotations of an end that is none that was asked for: one a cause, with the last lines of its log; otherwise one with its text.
pub(crate) fn errors(refusal: &Refusal) -> Vec<String> {
    let own = Failed { title: refusal.title(), data: &refusal.data };
    let services = refusal.data["services"].as_array().into_iter().flatten();
    let of_services = services.filter(|end| end["error"].is_object()).map(|end| Failed {
        title: format!("{}: {}", word(end, "service"), word(&end["error"], "code")),
        data: &end["error"]["detail"],
    });
    let mut all: Vec<String> = of_services.flat_map(|failed| failed.annotations()).collect();
    if all.is_empty() {
        all = own.annotations();
    }
    if all.is_empty() {
        let lines = std::iter::once(refusal.text.clone()).chain(refusal.detail.clone()).chain(refusal.hint.clone());
        all.push(annotation(&refusal.title(), &lines.collect::<Vec<_>>().join("\n")));
    }
    all.truncate(MOST);
    all
}

/// A service that failed.
struct Failed<'a> {
    title: String,
    data: &'a Value,
}

impl Failed<'_> {
    fn annotations(&self) -> Vec<String> {
        let causes = self.data["causes"].as_array().into_iter().flatten().map(Cause);
        causes.map(|cause| annotation(&self.title, &text(cause))).collect()
    }
}

fn annotation(title: &str, text: &str) -> String {
    format!("::error title={}::{}", property(title), data(text))
}

fn text(cause: Cause<'_>) -> String {
    let log = cause.list("log");
    let last = log.iter().skip(log.len().saturating_sub(LOG)).map(|line| format!("| {line}"));
    let advice = Some(cause.word("advice")).filter(|advice| !advice.is_empty());
    std::iter::once(cause.word("summary")).chain(advice).chain(last).collect::<Vec<_>>().join("\n")
}

fn word(value: &Value, name: &str) -> String {
    plain(value[name].as_str().unwrap_or_default())
}

/// A line, or several, of the file of outputs. The delimiter is a random one: nobody can end a value before its end.
pub(crate) fn output(name: &str, value: &str) -> String {
    let delimiter = random();
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

/// A result that the runner does not take for a command. It obeys a line that begins with `::`, and `##[` anywhere. In JSON the same
/// text has another form; a person's text gets a space that is not seen.
pub(crate) fn harmless(text: &str) -> String {
    if text.trim_start().starts_with(['{', '[']) {
        return text.replace("##[", "#\\u0023[");
    }
    let line = |line: &str| match line.trim_start().starts_with("::") {
        true => format!("\u{200b}{line}"),
        false => line.to_owned(),
    };
    text.split('\n').map(|one| line(&one.replace("##[", "##\u{200b}["))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
