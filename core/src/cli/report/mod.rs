//! A report of a command as one page of HTML, which needs nothing else: no script, no other file, no connection. Pure.

mod chart;

use serde_json::Value;

use super::history::{Cause, End, History};
use super::style::{Look, plain};
use super::view::{duration, lines, outcome};
use chart::Chart;

const STYLE: &str = include_str!("style.css");
const PLAIN: Look = Look { has_color: false, has_links: false };

/// A text that others wrote, as HTML and XML have it. What XML does not have at all becomes a replacement character.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\n' | '\t' => shown.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
    }
    shown
}

/// The page.
pub(crate) fn page(history: &History) -> String {
    let ends = history.ends();
    let bad = ends.iter().find(|end| !end.is_good());
    let title = bad.or(ends.first()).map(|end| end.headline.clone()).unwrap_or_default();
    let sections: String = ends.iter().map(|end| service(end, history)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {sections}<footer>ecs-rollout {}</footer>\n</body>\n</html>\n",
        escaped(&title),
        env!("CARGO_PKG_VERSION")
    )
}

fn service(end: &End, history: &History) -> String {
    let class = match end.verdict.as_str() {
        "succeeded" => "good",
        "skipped" => "none",
        _ => "bad",
    };
    let mut text = format!(
        "<main class=\"{class}\">\n<header><p class=\"verdict\">{}</p><h1>{}</h1></header>\n",
        escaped(&end.verdict.replace('_', " ")),
        escaped(&end.headline)
    );
    let causes: String = end.causes().map(cause).collect();
    if !causes.is_empty() {
        text.push_str(&format!("<section><h2>Why</h2>\n{causes}</section>\n"));
    }
    text.push_str(&facts(end, history));
    text.push_str(&Chart::of(history, end).svg());
    text.push_str(&changes(end, history));
    text.push_str(&warnings(end));
    text.push_str(&events(end, history));
    text + "</main>\n"
}

fn cause(cause: Cause<'_>) -> String {
    let mut text = format!("<article><h3>{}</h3>", escaped(&cause.word("summary")));
    if !cause.word("advice").is_empty() {
        text.push_str(&format!("<p>{}</p>", escaped(&cause.word("advice"))));
    }
    let tasks = cause.list("tasks");
    if !tasks.is_empty() {
        text.push_str(&format!("<p class=\"faint\">tasks {}</p>", escaped(&tasks.join(", "))));
    }
    let log = cause.list("log");
    if !log.is_empty() {
        text.push_str(&format!("<pre>{}</pre>", escaped(&log.join("\n"))));
    }
    text + "</article>\n"
}

fn facts(end: &End, history: &History) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let names = [
        ("definition", "task definition"),
        ("previous", "before"),
        ("restored", "runs now"),
        ("deployment", "deployment"),
        ("reason", "reason of ECS"),
    ];
    rows.extend(names.iter().filter_map(|(name, label)| Some((*label, escaped(&end.word(name)?)))));
    for (container, image) in end.data["images"].as_object().into_iter().flatten() {
        let image = format!("{container} {}", image["image"].as_str().unwrap_or_default());
        rows.push(("image", escaped(&plain(&image))));
    }
    rows.extend(["endpoint", "console"].into_iter().filter_map(|name| Some((name, link(&end.word(name)?)))));
    let seconds = end.data["seconds"].as_f64().unwrap_or(history.seconds);
    rows.push(("took", escaped(&duration(seconds))));
    let rows: String = rows.iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n")).collect();
    format!("<dl>\n{rows}</dl>\n")
}

/// An address, which is a link if it is one of the web.
fn link(address: &str) -> String {
    let shown = escaped(address);
    match ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
        true => format!("<a href=\"{shown}\" rel=\"noreferrer\">{shown}</a>"),
        false => shown,
    }
}

fn changes(end: &End, history: &History) -> String {
    let line = |change: &Value| {
        let text = outcome::change(change, PLAIN);
        let class = match text.chars().next() {
            Some('+') => "added",
            Some('-') => "removed",
            _ => "changed",
        };
        format!("<span class=\"{class}\">{}</span>\n", escaped(&text))
    };
    let all: String = history.changes(end).iter().map(line).collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("<section><h2>What changed</h2>\n<pre class=\"diff\">{all}</pre></section>\n"),
    }
}

fn warnings(end: &End) -> String {
    let warnings =
        end.data["warnings"].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str()).map(plain);
    let findings = end.data["findings"].as_array().into_iter().flatten().map(|one| outcome::finding(one, PLAIN));
    let all: String = warnings.chain(findings).map(|text| format!("<li>{}</li>\n", escaped(&text))).collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("<section><h2>Warnings</h2>\n<ul>{all}</ul></section>\n"),
    }
}

fn events(end: &End, history: &History) -> String {
    let row = |(elapsed, kind, text): (f64, &str, String)| {
        let class = match kind {
            "stopped" => " class=\"bad\"",
            "warning" | "retrying" | "paused" => " class=\"caution\"",
            _ => "",
        };
        format!("<tr{class}><td>{}</td><td>{}</td></tr>\n", duration(elapsed), escaped(&text))
    };
    let entries = history.of(&end.service);
    let all: String =
        entries.filter_map(|entry| Some((entry.elapsed, entry.kind(), lines::line(&entry.event)?))).map(row).collect();
    match all.is_empty() {
        true => String::new(),
        false => {
            format!(
                "<details open=\"\"><summary>Everything that happened</summary>\n<table>\n{all}</table></details>\n"
            )
        }
    }
}

#[cfg(test)]
mod tests;
