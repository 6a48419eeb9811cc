//! The end of a command as one screen: the verdict, what changed, the cause with the last lines of its log, and what to do. Pure.

use serde_json::Value;

use super::{Numbers, duration, looking, outcome, short};
use crate::arn;
use crate::cli::refusal::Refusal;
use crate::cli::style::{Look, Role, plain};
use crate::cli::{exit_codes, links};
use crate::error::Error;

/// So many of the last lines of a log stand under a cause.
const LOG: usize = 6;
/// So many causes are shown.
const CAUSES: usize = 3;

/// What a command was about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) command: &'a str,
    pub(crate) request: &'a Value,
}

impl Subject<'_> {
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.request[name].as_str().filter(|word| !word.is_empty())
    }

    fn cluster(&self) -> &str {
        self.word("cluster").unwrap_or("default")
    }

    /// The command of this program that does something else about the same service.
    pub(crate) fn other(&self, command: &str) -> Option<String> {
        let settings = &self.request["settings"];
        let service = plain(self.word("service").or_else(|| settings["serviceName"].as_str())?);
        let cluster = match self.word("cluster").or_else(|| settings["cluster"].as_str()).unwrap_or("default") {
            "default" => String::new(),
            cluster => format!(" --cluster {}", plain(cluster)),
        };
        Some(format!("ecs-rollout {command} {service}{cluster}"))
    }
}

/// The end of a command that was done, as text.
pub(crate) fn success(end: &Value, subject: Subject<'_>, look: Look) -> String {
    let is_deployed = end.get("definition").is_some() && end.get("changed").is_some();
    let is_of_service = ["deploy", "watch", "rollback", "resume", "service"].contains(&subject.command);
    if is_deployed && is_of_service && subject.request["plan"] != true {
        return deployed(end, subject, look);
    }
    match (subject.command, end) {
        ("plan", plan) if plan["calls"].as_array().is_some_and(Vec::is_empty) => nothing(subject, look),
        // A policy is taken as it is: JSON.
        ("policy", policy) => serde_json::to_string_pretty(policy).unwrap_or_default(),
        ("plan-all", Value::Array(plans)) => plans.iter().map(|one| planned(one, look)).collect::<Vec<_>>().join("\n"),
        ("deploy-all", Value::Array(services)) => {
            let each = services.iter().map(|one| {
                let of = serde_json::json!({"service": one["service"], "cluster": one["cluster"]});
                deployed(&one["outcome"], Subject { command: "deploy", request: &of }, look)
            });
            each.collect::<Vec<_>>().join("\n")
        }
        (_, end) => looking::text(end, subject, look).unwrap_or_else(|| outcome::text(end, look)),
    }
}

/// The plan of one of many services.
fn planned(one: &Value, look: Look) -> String {
    let word = |name: &str| one[name].as_str().map(|word| format!(" {}", plain(word))).unwrap_or_default();
    let wave = one["wave"].as_u64().unwrap_or(1);
    if one["plan"]["calls"].as_array().is_some_and(Vec::is_empty) {
        return nothing(Subject { command: "plan", request: one }, look);
    }
    format!("wave {wave}{}{}\n{}", word("region"), word("account"), outcome::text(&one["plan"], look))
}

fn nothing(subject: Subject<'_>, look: Look) -> String {
    let service = plain(subject.word("service").unwrap_or_default());
    format!("{} {service} in {} runs as asked: nothing to do", look.paint(Role::Good, "✓"), plain(subject.cluster()))
}

/// The end of a deployment.
fn deployed(end: &Value, subject: Subject<'_>, look: Look) -> String {
    let definition = end["definition"].as_str().unwrap_or_default();
    // A document of `service` names it itself.
    let service = subject.word("service").or_else(|| end["service"].as_str()).unwrap_or_default();
    let name = look.link(&plain(arn::last(service)), links::service(definition, subject.cluster(), service).as_deref());
    let is_watched = subject.request["wait"] != false;
    let reached = end["reached"].as_str().filter(|reached| *reached != "live");
    let is_order = !["watch", "resume"].contains(&subject.command);
    let verdict = match (end["changed"] == false && is_order, is_watched, reached) {
        (true, ..) => "runs as asked: nothing to do".to_owned(),
        _ if end["created"] == true && is_watched => "is created, and live".to_owned(),
        (_, false, _) => "has a deployment on its way, which nobody watches".to_owned(),
        (.., Some(reached)) => format!("has reached {}", plain(reached)),
        _ => "is live".to_owned(),
    };
    let head = format!("{} {} in {} {verdict}", look.paint(Role::Good, "✓"), name, plain(arn::last(subject.cluster())));
    let mut rows = Rows::new(look);
    rows.arn("runs", definition);
    if let Some(previous) = end["previous"].as_str().filter(|previous| *previous != definition) {
        rows.arn("before", previous);
    }
    rows.images(&end["images"]);
    rows.word("deployment", end["deployment"].as_str());
    rows.word("endpoint", end["endpoint"].as_str());
    for (list, show) in [("changes", outcome::change as fn(&Value, Look) -> String), ("findings", outcome::finding)] {
        let lines: Vec<String> = end[list].as_array().into_iter().flatten().map(|one| show(one, look)).collect();
        rows.list(list, lines);
    }
    let warnings = end["warnings"].as_array().into_iter().flatten().filter_map(|warning| warning["text"].as_str());
    rows.list("warnings", warnings.map(plain).collect());
    let (seconds, calls) = (end["seconds"].as_f64().unwrap_or_default(), end["calls"].as_u64().unwrap_or_default());
    rows.word("took", Some(&format!("{}, {calls} calls", duration(seconds))));
    let mut text = format!("{head}\n{}", rows.text());
    if let (false, Some(watch)) = (is_watched || end["changed"] == false, subject.other("watch")) {
        text.push_str(&format!("\n{} `{watch}` watches it", look.paint(Role::Accent, "hint:")));
    }
    text
}

/// Rows of a name and what it is, the names aligned.
pub(super) struct Rows {
    look: Look,
    rows: Vec<(String, String)>,
}

impl Rows {
    pub(super) fn new(look: Look) -> Self {
        Self { look, rows: Vec::new() }
    }

    pub(super) fn word(&mut self, name: &str, value: Option<&str>) {
        self.rows.extend(value.filter(|value| !value.is_empty()).map(|value| (name.to_owned(), plain(value))));
    }

    /// A resource by its name, which leads to its page.
    pub(super) fn arn(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let shown = self.look.link(&plain(arn::last(value)), links::page(value).as_deref());
            self.rows.push((name.to_owned(), shown));
        }
    }

    fn images(&mut self, images: &Value) {
        for (container, image) in images.as_object().into_iter().flatten() {
            let image = image.as_str().or_else(|| image["image"].as_str()).unwrap_or_default();
            self.word("image", Some(&format!("{container} {image}")));
        }
    }

    pub(super) fn list(&mut self, name: &str, lines: Vec<String>) {
        for (at, line) in lines.into_iter().enumerate() {
            self.rows.push((if at == 0 { name.to_owned() } else { String::new() }, line));
        }
    }

    pub(super) fn text(&self) -> String {
        let width = self.rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let row = |(name, value): &(String, String)| {
            format!("  {}  {value}", self.look.paint(Role::Faint, &format!("{name:width$}")))
        };
        self.rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// The end of a command that failed.
pub(crate) fn failure(error: Error, subject: Subject<'_>, look: Look) -> Refusal {
    let mut refusal = Refusal::from(error);
    let data = (*refusal.data).clone();
    let begun = data.get("causes").is_some();
    if !begun {
        return refusal;
    }
    let causes: Vec<&Value> = data["causes"].as_array().into_iter().flatten().collect();
    if let Some(cause) = causes.first() {
        let summary = plain(cause["summary"].as_str().unwrap_or_default());
        if exit_codes::of(&refusal.code) >= exit_codes::FAILED {
            refusal.text = format!("{}: {summary}", verdict(&refusal.code, &data));
        }
    }
    refusal.detail = detail(&data, &causes, look);
    let advice = causes.first().and_then(|cause| cause["advice"].as_str()).map(plain);
    if causes.is_empty() && exit_codes::of(&refusal.code) >= exit_codes::FAILED {
        refusal.text = verdict(&refusal.code, &data);
    }
    let way_on = way_on(&refusal.code, &data, subject);
    let hints: Vec<String> = advice.into_iter().chain(way_on).collect();
    refusal.hint = (!hints.is_empty()).then(|| hints.join("; ")).or(refusal.hint);
    refusal
}

/// How it ended and the first cause, in a line; `None` where the code is none of a verdict.
pub(crate) fn headline(code: &str, data: &Value) -> Option<String> {
    let is_verdict = exit_codes::of(code) >= exit_codes::FAILED && data.get("causes").is_some();
    let cause =
        data["causes"].get(0).and_then(|cause| cause["summary"].as_str()).map(|cause| format!(": {}", plain(cause)));
    is_verdict.then(|| verdict(code, data) + &cause.unwrap_or_default())
}

/// How it ended, in words.
pub(crate) fn verdict(code: &str, data: &Value) -> String {
    let service = plain(data["service"].as_str().unwrap_or_default());
    let name = match service.as_str() {
        "" => "it",
        name => name,
    };
    match code {
        "failed" => format!("{name} failed"),
        "rolled_back" => format!("{name} was rolled back"),
        "superseded" => {
            format!("{name} was superseded by {}", plain(data["by"].as_str().unwrap_or("another deployment")))
        }
        "stopped" => format!("{name} was stopped"),
        "timed_out" => format!("{name} did not end within {}", duration(data["seconds"].as_f64().unwrap_or_default())),
        "cancelled" if service.is_empty() => "ended before it was done".to_owned(),
        "cancelled" => format!("{name} is no longer watched"),
        "task_failed" => "the task did not end well".to_owned(),
        other => format!("{name}: {other}"),
    }
}

/// The causes with the ends of their logs and their tasks; what the first is stands above them.
pub(super) fn causes(causes: &[&Value]) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, cause) in causes.iter().take(CAUSES).enumerate() {
        if at > 0 {
            lines.push(format!("also: {}", plain(cause["summary"].as_str().unwrap_or_default())));
        }
        let log: Vec<&str> = cause["log"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        lines.extend(log.iter().skip(log.len().saturating_sub(LOG)).map(|line| format!("| {}", plain(line))));
        let tasks = cause["tasks"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let tasks: Vec<&str> = tasks.map(short).collect();
        if !tasks.is_empty() {
            lines.push(format!("tasks: {}", tasks.join(", ")));
        }
    }
    lines
}

fn detail(data: &Value, known: &[&Value], look: Look) -> Vec<String> {
    let mut lines = causes(known);
    let mut rows = Rows::new(look);
    rows.word("reason", data["reason"].as_str());
    rows.word("deployment", data["deployment"].as_str());
    rows.word("last seen", last_seen(&data["last"]).as_deref());
    rows.arn("asked for", data["definition"].as_str().unwrap_or_default());
    rows.arn("runs now", data["restored"].as_str().unwrap_or_default());
    let recovery = &data["recovery"];
    let is_back = recovery["definition"].as_str().map(|definition| match recovery["error"].as_str() {
        Some(error) => format!("{}: {error}", arn::last(definition)),
        None => format!("{}, which is live again", arn::last(definition)),
    });
    rows.word("went back to", is_back.as_deref());
    lines.extend(rows.text().lines().map(|line| line.trim_start().to_owned()));
    for service in data["services"].as_array().into_iter().flatten() {
        lines.push(of_service(service));
    }
    lines
}

/// The progress when the time was over.
fn last_seen(last: &Value) -> Option<String> {
    let word = |name: &str| last[name].as_str().map(plain);
    let numbers = last.get("desired").map(|_| Numbers::of(last).text());
    let stage = word("stage").map(|stage| format!("stage {stage}"));
    let parts: Vec<String> = [word("status"), stage, numbers, word("message")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How one of many services ended.
fn of_service(end: &Value) -> String {
    let name = plain(end["service"].as_str().unwrap_or_default());
    match (end["error"]["text"].as_str(), end["begun"] == false) {
        (Some(text), _) => format!("{name}: {}", plain(text)),
        (None, true) => format!("{name}: not begun"),
        (None, false) => format!("{name}: live"),
    }
}

/// What to do next with this program.
fn way_on(code: &str, data: &Value, subject: Subject<'_>) -> Option<String> {
    match code {
        "timed_out" | "cancelled" if data.get("deployment").is_some() => {
            subject.other("watch").map(|watch| format!("the deployment goes on: `{watch}` joins it"))
        }
        "failed" => subject.other("rollback").map(|rollback| format!("`{rollback}` goes back to what ran before")),
        _ => None,
    }
}
