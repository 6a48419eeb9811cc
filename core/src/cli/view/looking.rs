//! What the verbs that look and tidy have found, for a person. Pure.

use serde_json::{Value, json};

use super::outcome::moment;
use super::summary::{Rows, Subject, causes};
use super::{duration, lines, short};
use crate::arn;
use crate::cli::links;
use crate::cli::style::{Look, Role, plain};

/// The text of an outcome; `None` for one that has no form of its own.
pub(crate) fn text(end: &Value, subject: Subject<'_>, look: Look) -> Option<String> {
    match subject.command {
        "status" => Some(status(end, look)),
        "explain" => Some(explanation(end, subject, look)),
        "revisions" => Some(revisions(end, look)),
        "prune" => Some(pruned(end, subject, look)),
        "remove" => Some(removed(end, subject, look)),
        "export" => Some(exported(end, look)),
        "logs" => Some(read(end)),
        _ => None,
    }
}

fn word(value: &Value, name: &str) -> String {
    plain(value[name].as_str().unwrap_or_default())
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    items(value, name).filter_map(Value::as_str).map(plain).collect()
}

fn warnings(end: &Value) -> Vec<String> {
    items(end, "warnings").map(|warning| word(warning, "text")).collect()
}

/// The name of a resource, which leads to its page.
fn name(arn: &str, look: Look) -> String {
    look.link(&plain(arn::last(arn)), links::page(arn).as_deref())
}

fn time(value: &Value, name: &str) -> Option<String> {
    value[name].as_f64().and_then(moment)
}

/// How a deployment ended, as a sign with a colour.
fn sign(verdict: &str, look: Look) -> String {
    match verdict {
        "succeeded" => look.paint(Role::Good, "✓"),
        "in_progress" => look.paint(Role::Accent, "…"),
        "superseded" | "stopped" => look.paint(Role::Caution, "–"),
        _ => look.paint(Role::Bad, "✗"),
    }
}

// ----- status

fn status(end: &Value, look: Look) -> String {
    let service = look.link(&word(end, "service"), links::page(&word(end, "arn")).as_deref());
    let head = format!("{service} in {}  {}, {}", word(end, "cluster"), word(end, "status"), word(end, "strategy"));
    let mut rows = Rows::new(look);
    let live = &end["live"];
    match live.is_null() {
        true => rows.word("runs", Some("no deployment is live and complete")),
        false => {
            let since = time(live, "since").map(|since| format!(", since {since}")).unwrap_or_default();
            let definition = name(live["definition"].as_str().unwrap_or_default(), look);
            rows.list("runs", vec![format!("{definition}{since}")]);
            rows.list("images", images(&live["images"]));
            rows.word("deployment", live["deployment"].as_str());
        }
    }
    rows.word("tasks", Some(&tasks(&end["tasks"])));
    rows.list("going on", ongoing(&end["ongoing"], look));
    rows.list("deployments", past(items(end, "deployments"), look));
    let events =
        items(end, "events").map(|event| format!("{}  {}", time(event, "at").unwrap_or_default(), word(event, "text")));
    rows.list("events", events.collect());
    rows.list("warnings", warnings(end));
    format!("{}\n{}", look.paint(Role::Strong, &head), rows.text())
}

fn images(images: &Value) -> Vec<String> {
    let each = images.as_object().into_iter().flatten();
    each.map(|(container, image)| {
        let digest = image["digest"].as_str().filter(|digest| !word(image, "image").contains(*digest));
        let digest = digest.map(|digest| format!("  {}", plain(digest))).unwrap_or_default();
        format!("{}  {}{digest}", plain(container), word(image, "image"))
    })
    .collect()
}

fn tasks(tasks: &Value) -> String {
    let mut text = format!("{} of {} run", number(tasks, "running"), number(tasks, "desired"));
    for (member, what) in
        [("pending", "starting"), ("healthy", "healthy"), ("unhealthy", "unhealthy"), ("unknown", "of unknown health")]
    {
        if number(tasks, member) > 0 {
            text.push_str(&format!(", {} {what}", number(tasks, member)));
        }
    }
    text
}

fn ongoing(one: &Value, look: Look) -> Vec<String> {
    if one.is_null() {
        return Vec::new();
    }
    let definition = name(one["definition"].as_str().unwrap_or_default(), look);
    let words = [word(one, "status"), word(one, "stage")].into_iter().filter(|word| !word.is_empty());
    let state: Vec<String> = words.chain([tasks(one)]).collect();
    let failed = number(one, "failed");
    let failed = if failed > 0 { look.paint(Role::Bad, &format!(", {failed} failed")) } else { String::new() };
    let since = time(one, "created").map(|at| format!(", since {at}")).unwrap_or_default();
    let mut lines =
        vec![format!("{definition}{since}  {}", word(one, "deployment")), format!("{}{failed}", state.join(", "))];
    if one.get("hook").is_some() {
        let until = time(one, "expires").map(|at| format!(" until {at}")).unwrap_or_default();
        let text = format!("waits{until} at hook {}: `ecs-rollout resume` lets it go on", word(one, "hook"));
        lines.push(look.paint(Role::Caution, &text));
    }
    lines
}

/// Deployments as a table; the reason of one that failed stands below it.
fn past<'a>(all: impl Iterator<Item = &'a Value>, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    for one in all {
        let verdict = word(one, "verdict");
        let created = time(one, "created").unwrap_or_default();
        let definition = plain(arn::last(one["definition"].as_str().unwrap_or("-")));
        let id = one["deployment"].as_str().or_else(|| one["record"].as_str().map(arn::last)).unwrap_or_default();
        let row = format!("{} {verdict:11}  {created:20}  {definition}  {}", sign(&verdict, look), plain(id));
        lines.push(row.trim_end().to_owned());
        if let Some(by) = one["by"].as_str() {
            lines.push(format!("  by {}", plain(arn::last(by))));
        } else if verdict != "succeeded" && !word(one, "reason").is_empty() {
            lines.push(look.paint(Role::Faint, &format!("  {}", word(one, "reason"))));
        }
    }
    lines
}

// ----- explain

fn explanation(end: &Value, subject: Subject<'_>, look: Look) -> String {
    let verdict = word(end, "verdict");
    let how = match verdict.as_str() {
        "succeeded" => "succeeded".to_owned(),
        "in_progress" => "is in progress".to_owned(),
        "failed" => "failed".to_owned(),
        other => format!("was {}", other.replace('_', " ")),
    };
    let known: Vec<&Value> = items(end, "causes").collect();
    let why = known.first().map(|cause| format!(": {}", word(cause, "summary"))).unwrap_or_default();
    let definition = end["definition"].as_str().map_or("an unknown definition".to_owned(), |arn| name(arn, look));
    let head =
        format!("the deployment of {definition} to {} in {} {how}{why}", word(end, "service"), word(end, "cluster"));
    let mut text = vec![format!("{} {}", sign(&verdict, look), look.paint(Role::Strong, &head))];
    text.extend(causes(&known).into_iter().map(|line| format!("  {line}")));
    let mut rows = Rows::new(look);
    rows.word("reason", end["reason"].as_str());
    rows.word("deployment", end["deployment"].as_str());
    rows.word("record", end["record"].as_str().map(arn::last));
    rows.word("replaced by", end["by"].as_str().map(arn::last));
    rows.word("began", time(end, "created").as_deref());
    let took =
        end["finished"].as_f64().zip(end["created"].as_f64()).map(|(finished, created)| duration(finished - created));
    rows.word("ended", time(end, "finished").map(|at| format!("{at}, after {}", took.unwrap_or_default())).as_deref());
    rows.list("missing", texts(end, "missing"));
    text.push(rows.text());
    let advice = known.iter().filter_map(|cause| cause["advice"].as_str()).map(plain).next();
    let next = match verdict.as_str() {
        "in_progress" => subject.other("watch").map(|watch| format!("`{watch}` watches it")),
        "superseded" => subject.other("status").map(|status| format!("`{status}` tells what runs")),
        _ => None,
    };
    let hints: Vec<String> = advice.into_iter().chain(next).collect();
    if !hints.is_empty() {
        text.push(format!("{} {}", look.paint(Role::Accent, "hint:"), hints.join("; ")));
    }
    text.join("\n")
}

// ----- the others

fn revisions(all: &Value, look: Look) -> String {
    let each = all.as_array().into_iter().flatten();
    let rows: Vec<(String, &Value)> = each.map(|one| (plain(arn::last(&word(one, "definition"))), one)).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let line = |(shown, one): &(String, &Value)| {
        let status = word(one, "status");
        let role = if status == "ACTIVE" { Role::Good } else { Role::Faint };
        let at = time(one, "deregistered").map(|at| format!("until {at}")).or_else(|| time(one, "registered"));
        let images = one["images"].as_object().into_iter().flatten();
        let images: Vec<String> = images
            .map(|(name, image)| format!("{}={}", plain(name), plain(image.as_str().unwrap_or_default())))
            .collect();
        let gap = " ".repeat(width - shown.len());
        let linked = name(one["definition"].as_str().unwrap_or_default(), look);
        let line = format!(
            "{linked}{gap}  {}  {}  {}",
            look.paint(role, &format!("{status:8}")),
            at.unwrap_or_default(),
            images.join(" ")
        );
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn pruned(end: &Value, subject: Subject<'_>, look: Look) -> String {
    let gone: Vec<String> = items(end, "removed").filter_map(Value::as_str).map(|arn| name(arn, look)).collect();
    let is_planned = subject.request["plan"] == true;
    let revisions = if gone.len() == 1 { "1 revision".to_owned() } else { format!("{} revisions", gone.len()) };
    let what = match (gone.is_empty(), is_planned) {
        (true, _) => "nothing to deregister".to_owned(),
        (false, true) => format!("{revisions} would be deregistered"),
        (false, false) => format!("{revisions} deregistered"),
    };
    let mut rows = Rows::new(look);
    rows.list(if is_planned { "would go" } else { "gone" }, gone);
    let kept = items(end, "kept").map(|one| {
        format!("{}  {}", name(one["definition"].as_str().unwrap_or_default(), look), texts(one, "why").join(", "))
    });
    rows.list("stay", kept.collect());
    format!("{} {}: {what}\n{}", look.paint(Role::Good, "✓"), word(end, "family"), rows.text())
}

fn removed(end: &Value, subject: Subject<'_>, look: Look) -> String {
    let is_planned = subject.request["plan"] == true;
    let what = match (is_planned, end["changed"] == true) {
        (true, true) => "would be removed",
        (true, false) => "is gone, or being deleted: nothing to do",
        (false, true) => "is removed",
        (false, false) => "is gone already",
    };
    let mut rows = Rows::new(look);
    rows.list("calls", items(end, "planned").map(call_text).collect());
    rows.word("status", end["status"].as_str());
    rows.list("warnings", warnings(end));
    rows.word(
        "took",
        Some(&format!("{}, {} calls", duration(end["seconds"].as_f64().unwrap_or_default()), number(end, "calls"))),
    );
    let sign = look.paint(Role::Good, "✓");
    format!("{sign} {} in {} {what}\n{}", word(end, "service"), word(end, "cluster"), rows.text())
}

/// A planned call with what tells it from others.
fn call_text(call: &Value) -> String {
    let input = call["input"].as_object().into_iter().flatten();
    let own = input.filter(|(name, _)| ["desiredCount", "force"].contains(&name.as_str()));
    let own: Vec<String> = own.map(|(name, value)| format!(" {name}={value}")).collect();
    format!("{}{}", word(call, "operation"), own.concat())
}

/// Where the files are; the documents themselves, as JSON, if none were written.
fn exported(end: &Value, look: Look) -> String {
    let files = texts(end, "files");
    if files.is_empty() {
        let documents = ["taskdef", "settings", "scaling"].into_iter().filter_map(|name| Some((name, end.get(name)?)));
        let all: serde_json::Map<String, Value> = documents.map(|(name, one)| (name.to_owned(), one.clone())).collect();
        return format!("{:#}", json!(all));
    }
    let mut rows = Rows::new(look);
    rows.arn("runs", end["definition"].as_str().unwrap_or_default());
    rows.list("files", files.clone());
    rows.list("warnings", warnings(end));
    let find = |name: &str| files.iter().find(|file| file.ends_with(name));
    let again = find("service.json").zip(find("taskdef.json"));
    let hint = again.map(|(service, taskdef)| {
        let plan = format!("ecs-rollout service --settings {service} --definition {taskdef} --plan");
        format!("\n{} `{plan}` compares them with what runs", look.paint(Role::Accent, "hint:"))
    });
    let head =
        format!("{} {} in {} is exported", look.paint(Role::Good, "✓"), word(end, "service"), word(end, "cluster"));
    format!("{head}\n{}{}", rows.text(), hint.unwrap_or_default())
}

/// What was read: the lines themselves stand above.
fn read(end: &Value) -> String {
    let logs = items(end, "streams").filter(|stream| number(stream, "lines") > 0).count();
    let plural = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!("{} of {}", plural(number(end, "lines"), "line"), plural(logs as u64, "log"))
}

/// A line of a container with its time and its task.
pub(crate) fn log_line(event: &Value) -> Option<String> {
    let at = time(event, "at").map(|at| format!("{at} ")).unwrap_or_default();
    Some(format!("{at}{} {}", short(&word(event, "task")), lines::line(event)?))
}

#[cfg(test)]
mod tests;
