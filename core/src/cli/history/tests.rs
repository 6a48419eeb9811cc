use super::*;

fn lines() -> String {
    let failed = json!({"type": "failed", "code": "rolled_back", "text": "the whole text", "detail": {"service": "api",
        "causes": [{"kind": "exited", "summary": "container api exited with 1", "tasks": ["t1"], "log": ["one", "two"]}]}});
    let events = [
        json!({"type": "started", "service": "api", "cluster": "prod", "strategy": "ROLLING", "elapsed": 0.5}),
        json!({"type": "registered", "definition": "api:2", "reused": false, "changes": [{"path": "/cpu", "before": "256", "after": "512"}], "elapsed": 1}),
        json!({"type": "message", "at": 1.0, "text": "a\u{1b}[31mb"}),
        failed,
    ];
    events.iter().map(|event| format!("{event}\n")).collect()
}

#[test]
fn a_file_of_events_is_read_with_its_end() {
    let history = History::read("e.jsonl", &lines()).unwrap();
    let [end] = history.ends().try_into().unwrap();
    assert_eq!((end.title.as_str(), end.verdict.as_str(), end.is_good()), ("api in prod", "rolled_back", false));
    assert_eq!(end.headline, "api was rolled back: container api exited with 1");
    assert_eq!(end.causes().next().unwrap().list("log"), ["one", "two"]);
    assert_eq!(history.changes(&end), [json!({"path": "/cpu", "before": "256", "after": "512"})]);
    // An event of an older version has no time: it came with the one before.
    assert_eq!((history.seconds, history.entries[2].word("text")), (1.0, "ab".to_owned()));
}

#[test]
fn what_is_no_file_of_events_is_refused_with_its_line() {
    for (text, expected) in [
        ("{\"type\": \"started\"}\nhello\n", "e.jsonl:2: no line of JSON, column 1"),
        ("{\"changed\": true}\n", "e.jsonl:1: no event"),
        ("\n", "the file has no events"),
    ] {
        let refusal = History::read("e.jsonl", text).unwrap_err();
        assert!(refusal.text.contains(expected), "{}", refusal.text);
    }
}

#[test]
fn each_of_many_services_has_its_end() {
    let outcome = json!({"changed": true, "reached": "live", "definition": "web:2"});
    let services = json!([
        {"service": "web", "cluster": "shop", "begun": true, "outcome": outcome},
        {"service": "api", "cluster": "prod", "begun": true, "error": {"code": "timed_out", "text": "t", "detail": {"service": "api", "seconds": 5.0, "causes": []}}},
        {"service": "job", "cluster": "prod", "begun": false},
    ]);
    let mut history = History { command: "deploy-all".to_owned(), ..History::default() };
    history.take(&json!({"service": "web", "cluster": "shop", "event": {"type": "succeeded"}}), 3.0);
    assert!(history.end.is_null());
    history.take(&json!({"type": "failed", "code": "timed_out", "detail": {"services": services}}), 4.0);
    let ends = history.ends();
    let shown: Vec<(&str, &str)> = ends.iter().map(|end| (end.verdict.as_str(), end.headline.as_str())).collect();
    let expected = [
        ("succeeded", "web in shop is live"),
        ("timed_out", "api did not end within 5 s"),
        ("skipped", "job in prod was not begun"),
    ];
    assert_eq!(shown, expected);
}
