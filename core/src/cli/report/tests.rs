use serde_json::json;

use super::*;

/// What must not get into a page as markup, wherever it comes from.
const EVIL: &str = "</title></pre></text><script>alert(1)</script><img src=x onerror='a' \"b\"&";

fn history() -> History {
    let mut history =
        History { command: "deploy".into(), service: "api".into(), cluster: EVIL.into(), ..History::default() };
    let progress = |running: u64, pending: u64, previous: u64| json!({"type": "progress", "desired": 2, "running": running, "pending": pending, "failed": 0, "previous": previous, "percent": 1});
    for (elapsed, event) in [
        (0.0, json!({"type": "started", "service": "api", "cluster": EVIL, "strategy": EVIL})),
        (
            1.0,
            json!({"type": "registered", "definition": EVIL, "reused": false, "changes": [{"path": format!("/{EVIL}"), "after": EVIL}]}),
        ),
        (2.0, progress(0, 2, 2)),
        (3.0, json!({"type": "stage", "stage": EVIL})),
        (4.0, json!({"type": "traffic", "production": 10.0, "test": 100.0})),
        (5.0, json!({"type": "message", "at": 1.0, "text": EVIL})),
        (
            6.0,
            json!({"type": "stopped", "task": EVIL, "kind": EVIL, "reason": EVIL, "containers": [{"name": EVIL, "exit": 1}], "log": [EVIL]}),
        ),
        (7.0, json!({"type": EVIL, "text": EVIL})),
        (8.0, progress(1, 1, 2)),
    ] {
        history.take(&event, elapsed);
    }
    let causes = json!([{"summary": EVIL, "advice": EVIL, "tasks": [EVIL], "log": [EVIL, "last line"]}]);
    let detail = json!({"service": EVIL, "definition": EVIL, "reason": EVIL, "deployment": EVIL, "causes": causes,
        "endpoint": "javascript:alert(1)", "warnings": [{"code": "a", "text": EVIL}], "images": {(EVIL): {"image": EVIL}}});
    history.take(&json!({"type": "failed", "code": EVIL, "text": EVIL, "detail": detail}), 10.0);
    history
}

/// The page as a parser of XML reads it, which takes no stray markup: what HTML leaves open is closed first.
fn parsed(page: &str) -> String {
    let body = page.replace("<!doctype html>\n", "");
    let closed: Vec<String> = body
        .lines()
        .map(|line| match line.starts_with("<meta ") {
            true => line.replace("\">", "\"/>"),
            false => line.to_owned(),
        })
        .collect();
    closed.join("\n")
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let page = page(&history());
    let whole = parsed(&page);
    let document = roxmltree::Document::parse(&whole).unwrap_or_else(|error| panic!("{error}\n{whole}"));
    let known = [
        "html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "h3", "section",
        "article", "pre", "dl", "dt", "dd", "svg", "g", "text", "rect", "path", "circle", "span", "ul", "li",
        "details", "summary", "table", "tr", "td", "footer",
    ];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{}", node.tag_name().name());
        assert!(node.attributes().all(|one| !one.name().starts_with("on") && one.name() != "src"), "{node:?}");
    }
    let texts: String = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.contains(EVIL), "what was written is shown");
    assert!(!page.contains("<script") && !page.contains("href=\"javascript"));
}

#[test]
fn a_page_needs_nothing_else() {
    let page = page(&history());
    assert!(page.contains("default-src 'none'"));
    // That no element has a `src` is looked up above, where texts are told from attributes.
    for outside in ["<link", "<script", "<img", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn it_draws_tasks_stages_traffic_and_marks() {
    let page = page(&history());
    let count = |what: &str| page.matches(what).count();
    assert_eq!(count("<rect class=\"running\" x"), 1 + 1, "one stretch, and the legend");
    assert_eq!(count("<rect class=\"starting\" x"), 2 + 1);
    assert_eq!(count("<rect class=\"stage\""), 1);
    assert_eq!(count("<path class=\"production\"") + count("<path class=\"test\""), 2);
    assert_eq!(count("<circle class=\"mark stopped\""), 1);
    assert!(page.contains("last line</pre>"));
}

#[test]
fn a_command_without_events_is_a_page_without_a_drawing() {
    let mut history = History { command: "push".into(), ..History::default() };
    history.take(&json!({"type": "succeeded", "image": "a@sha256:1", "changed": true}), 0.0);
    let page = page(&history);
    assert!(!page.contains("<svg") && page.contains("push: done"), "{page}");
}
