//! The summary of a job's step in Markdown: verdict, what changed, when what happened, causes with their logs. Pure.

use serde_json::Value;

use crate::cli::history::{Cause, End, History};
use crate::cli::style::{Look, plain};
use crate::cli::view::{duration, lines, outcome};

/// GitHub refuses the summary of a step beyond 1 MiB.
pub(crate) const MOST: usize = 1024 * 1024;
/// What stands in the place of what was cut off.
const NOTE: &str = "\n\n_The rest is left out: a summary has at most 1 MiB._\n";
/// So many events stand in the timeline.
const EVENTS: usize = 200;
const PLAIN: Look = Look { has_color: false, has_links: false };

/// The whole summary.
pub(crate) fn summary(history: &History) -> String {
    if !is_worth_one(&history.command, &history.end) {
        return String::new();
    }
    let ends = history.ends();
    ends.iter().map(|end| of_service(end, history) + "\n").collect()
}

/// A text of at most so many bytes, with a note where it was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(NOTE.len() + 8) else { return String::new() };
    let end = text.floor_char_boundary(room);
    let whole = text[..end].rfind('\n').unwrap_or_default();
    let kept = &text[..whole];
    // A block that was cut is ended: the note stands outside.
    let open = kept.lines().filter(|line| line.starts_with("```")).count() % 2 == 1;
    let is_folded = kept.matches("<details>").count() > kept.matches("</details>").count();
    let (fence, details) = (if open { "\n```" } else { "" }, if is_folded { "\n\n</details>" } else { "" });
    let text = format!("{kept}{fence}{details}{NOTE}");
    if text.len() <= most { text } else { format!("{}{NOTE}", kept.lines().next().unwrap_or_default()) }
}

fn of_service(end: &End, history: &History) -> String {
    let mark = match end.verdict.as_str() {
        "succeeded" => "✅",
        "skipped" => "⏭️",
        _ => "❌",
    };
    let mut text = format!("### {mark} {}\n\n", escaped(&end.headline));
    text.push_str(&facts(end, history));
    for cause in end.causes() {
        text.push_str(&of_cause(cause));
    }
    let changes: Vec<String> = history.changes(end).iter().map(|change| outcome::change(change, PLAIN)).collect();
    if !changes.is_empty() {
        text.push_str(&format!(
            "#### What changed\n\n{}\n",
            block("diff", &changes.iter().map(|line| diff(line)).collect::<Vec<_>>())
        ));
    }
    let findings = end.data["findings"].as_array().into_iter().flatten().map(|one| outcome::finding(one, PLAIN));
    let warnings =
        end.data["warnings"].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str()).map(plain);
    for warning in warnings.chain(findings) {
        text.push_str(&format!("> ⚠️ {}\n\n", escaped(&warning)));
    }
    text.push_str(&timeline(end, history));
    text
}

/// A change as the highlighting of a diff knows it.
fn diff(line: &str) -> String {
    match line.strip_prefix('~') {
        Some(rest) => format!("!{rest}"),
        None => line.to_owned(),
    }
}

fn facts(end: &End, history: &History) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let names = [
        ("definition", "task definition"),
        ("previous", "before"),
        ("restored", "runs now"),
        ("deployment", "deployment"),
        ("endpoint", "endpoint"),
        ("reason", "reason of ECS"),
    ];
    rows.extend(names.iter().filter_map(|(name, label)| Some((*label, code(&end.word(name)?)))));
    for (container, image) in end.data["images"].as_object().into_iter().flatten() {
        let image = format!("{} {}", container, image["image"].as_str().unwrap_or_default());
        rows.push(("image", code(&plain(&image))));
    }
    let seconds = end.data["seconds"].as_f64().unwrap_or(history.seconds);
    rows.push(("took", duration(seconds)));
    if let Some(page) =
        end.word("console").filter(|page| page.starts_with("https://") && !page.contains(['(', ')', ' ', '<', '>']))
    {
        rows.push(("console", format!("[AWS]({page})")));
    }
    let rows: String = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| | |\n|---|---|\n{rows}\n")
}

fn of_cause(cause: Cause<'_>) -> String {
    let mut text = format!("#### {}\n\n", escaped(&cause.word("summary")));
    if !cause.word("advice").is_empty() {
        text.push_str(&format!("{}\n\n", escaped(&cause.word("advice"))));
    }
    let log = cause.list("log");
    if !log.is_empty() {
        text.push_str(&format!("{}\n", block("text", &log)));
    }
    text
}

fn timeline(end: &End, history: &History) -> String {
    let all: Vec<String> = history
        .of(&end.service)
        .filter_map(|entry| Some(format!("{:>9}  {}", duration(entry.elapsed), lines::line(&entry.event)?)))
        .collect();
    if all.is_empty() {
        return String::new();
    }
    let left_out = all.len().saturating_sub(EVENTS);
    let mut shown = all[left_out..].to_vec();
    if left_out > 0 {
        shown.insert(0, format!("{left_out} earlier lines are left out"));
    }
    format!("<details><summary>Timeline</summary>\n\n{}\n</details>\n\n", block("text", &shown))
}

/// Lines as a block of code, whose fence is longer than any within.
fn block(language: &str, lines: &[String]) -> String {
    let text = lines.join("\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// A word as code in a table.
fn code(text: &str) -> String {
    match text.contains(['`', '|', '<']) {
        true => escaped(text),
        false => format!("`{text}`"),
    }
}

/// A text that others wrote: no markup, no address, no picture.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '@' => shown.extend(['\\', c]),
            '\n' | '\r' => shown.push(' '),
            _ => shown.push(c),
        }
    }
    shown
}

/// Whether a command is worth a summary: one that is a question, such as `whoami`, is only where it failed.
fn is_worth_one(command: &str, end: &Value) -> bool {
    let deploys = ["deploy", "deploy-all", "watch", "rollback", "resume", "service", "run", "build", "push", "plan"];
    deploys.contains(&command) || end["type"] == "failed"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn history(log: &[&str]) -> History {
        let mut history =
            History { command: "deploy".into(), service: "api".into(), cluster: "prod".into(), ..History::default() };
        let changes = json!([{"path": "/cpu", "before": "256", "after": "512"}, {"path": "/memory", "after": "1"}]);
        history.take(&json!({"type": "registered", "definition": "api:2", "reused": false, "changes": changes}), 1.0);
        let causes = json!([{"summary": "<img src=x> [a](http://evil) @team", "advice": "look", "log": log}]);
        let detail = json!({"service": "api", "definition": "api:2", "restored": "api:1", "causes": causes});
        history.take(&json!({"type": "failed", "code": "rolled_back", "text": "t", "detail": detail}), 61.0);
        history
    }

    #[test]
    fn what_others_wrote_is_no_markup() {
        let text = summary(&history(&["````", "</details><script>"]));
        assert!(text.contains("&lt;img src=x&gt; \\[a\\]\\(http://evil\\) \\@team"), "{text}");
        assert!(text.contains("`````text\n````\n</details><script>\n`````\n"), "{text}");
        assert!(text.starts_with("### ❌ api was rolled back: "), "{text}");
        assert!(text.contains("```diff\n! /cpu: \"256\" -> \"512\"\n+ /memory: \"1\"\n```\n"), "{text}");
        assert!(text.contains("      1 s  api:2 registered"), "{text}");
    }

    #[test]
    fn a_long_summary_is_cut_with_a_note() {
        let line = "x".repeat(1000);
        let log: Vec<&str> = (0..2000).map(|_| line.as_str()).collect();
        let text = summary(&history(&log));
        assert!(text.len() > MOST);
        let short = cut(&text, MOST);
        assert!(short.len() <= MOST && short.len() > MOST / 2, "{}", short.len());
        assert!(short.ends_with(&format!("\n```{NOTE}")), "{}", &short[short.len() - 200..]);
        assert_eq!(cut("ä\n".repeat(50).as_str(), 10), "");
        assert_eq!(cut("short", MOST), "short");
    }
}
