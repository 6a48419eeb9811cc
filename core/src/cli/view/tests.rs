use serde_json::{Value, json};

use super::frame::{Moment, frame};
use super::outcome;
use super::summary::{self, Subject};
use super::*;
use crate::cli::style::Look;
use crate::error::Error;
use crate::error::failure::{Cause, Failure};

const PLAIN: Look = Look { has_color: false, has_links: false };

fn state(events: &[Value]) -> State {
    let mut state = State::new("deploy api");
    events.iter().for_each(|event| state.take(event));
    state
}

fn half_way() -> State {
    state(&[
        json!({"type": "started", "service": "api", "cluster": "prod", "strategy": "ROLLING"}),
        json!({"type": "updated", "deployment": "ecs-svc/1"}),
        json!({"type": "progress", "desired": 4, "running": 2, "pending": 1, "failed": 1, "previous": 2, "percent": 50}),
        json!({"type": "message", "at": 1.0, "text": "(service api) has started 1 tasks: (task 0123456789abcdef0123456789abcdef)."}),
        json!({"type": "stage", "stage": "BAKE_TIME"}),
        json!({"type": "retrying", "operation": "DescribeServices", "code": "ThrottlingException", "delay": 1.25}),
    ])
}

#[test]
fn a_service_is_drawn_as_wide_as_the_terminal() {
    let moment = Moment { tick: 2, seconds: 75.0 };
    let wide = frame(&half_way(), PLAIN, 80, moment);
    let expected = [
        "⠹ api in prod  ROLLING  1:15 min",
        "  ━━━━━━━━━━━━━━━━━━━━──────────────────── 50%",
        "  ●●◐✗○○  2 of 4 run, 1 starting, 1 failed, 2 of before",
        "  stage BAKE_TIME",
        "  ↻ DescribeServices: ThrottlingException, again in 1.2 s",
        "  (service api) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
    ];
    assert_eq!(wide, expected);
    let narrow = frame(&half_way(), PLAIN, 40, moment);
    assert!(narrow.iter().all(|line| console::measure_text_width(line) < 40), "{narrow:#?}");
    assert_eq!(narrow[1], "  ━━━━━━━━━━━━━━━──────────────── 50%");
    assert_eq!(narrow[5], "  (service api) has started 1 tasks: (…");
}

#[test]
fn a_call_that_is_made_again_is_forgotten_with_the_next_event() {
    let mut state = half_way();
    state.take(&json!({"type": "progress", "desired": 1, "running": 1, "percent": 100}));
    assert!(state.facts.is_empty());
    assert_eq!(state.at_present(), "api in prod: 1 of 1 run, stage BAKE_TIME");
}

#[test]
fn an_event_is_a_line_and_an_unknown_one_too() {
    for (event, expected) in [
        (
            json!({"type": "started", "service": "api", "cluster": "prod", "strategy": "ROLLING", "from": "arn:a/api:1"}),
            Some("api in prod, ROLLING, which runs api:1"),
        ),
        (
            json!({"type": "stopped", "task": "t1", "kind": "exited", "reason": "Essential\u{1b}[31m container", "containers": [{"name": "api", "exit": 1}], "log": []}),
            Some("task t1 stopped, exited, api exit 1: Essential container"),
        ),
        (
            json!({"type": "pushing", "sent": 1_500_000, "skipped": 0, "total": 3_000_000}),
            Some("sent 1.5 MB of 3.0 MB"),
        ),
        (json!({"type": "novelty", "text": "hello", "number": 3, "list": []}), Some("novelty text hello, number 3")),
        (json!({"type": "succeeded"}), None),
    ] {
        assert_eq!(lines::line(&event).as_deref(), expected, "{event}");
    }
}

#[test]
fn a_deployment_ends_on_one_screen() {
    let request = json!({"service": "api", "cluster": "prod"});
    let subject = Subject { command: "deploy", request: &request };
    let end = json!({"changed": true, "definition": "arn:aws:ecs:x:1:task-definition/api:2", "previous": "arn:aws:ecs:x:1:task-definition/api:1",
        "deployment": "ecs-svc/1", "warnings": [{"code": "a", "text": "take care"}], "seconds": 75.2, "calls": 9});
    let expected = "✓ api in prod is live\n  runs        api:2\n  before      api:1\n  deployment  ecs-svc/1\n  warnings    take care\n  took        1:15 min, 9 calls";
    assert_eq!(summary::success(&end, subject, PLAIN), expected);
    let unwatched = json!({"service": "api", "wait": false});
    let subject = Subject { command: "deploy", request: &unwatched };
    let text = summary::success(&end, subject, PLAIN);
    assert!(text.ends_with("hint: `ecs-rollout watch api` watches it") && !text.contains("is live"), "{text}");
}

#[test]
fn a_failure_says_the_cause_first_and_the_way_on_last() {
    let cause = Cause {
        kind: "exited".to_owned(),
        summary: "container \"api\" exited with code 1".to_owned(),
        advice: Some("read its log".to_owned()),
        tasks: vec!["0123456789abcdef0".to_owned()],
        containers: Vec::new(),
        log: (1..9).map(|number| format!("line {number}")).collect(),
    };
    let failure = Failure {
        service: "api".to_owned(),
        deployment: Some("ecs-svc/1".to_owned()),
        definition: Some("arn:aws:ecs:x:1:task-definition/api:2".to_owned()),
        causes: vec![cause],
        ..Failure::default()
    };
    let request = json!({"service": "api", "cluster": "prod"});
    let subject = Subject { command: "deploy", request: &request };
    let refusal = summary::failure(Error::Failed(Box::new(failure)), subject, PLAIN);
    let shown = refusal.shown(PLAIN);
    assert!(shown.starts_with("error: api failed: container \"api\" exited with code 1\n  | line 3\n"), "{shown}");
    assert!(
        shown.contains("\n  | line 8\n  tasks: 0123456789ab\n  deployment  ecs-svc/1\n  asked for   api:2\n"),
        "{shown}"
    );
    assert!(
        shown.ends_with("hint: read its log; `ecs-rollout rollback api --cluster prod` goes back to what ran before"),
        "{shown}"
    );
    assert_eq!(refusal.exit, crate::cli::exit_codes::FAILED);
}

#[test]
fn any_outcome_is_text_and_has_an_id() {
    let document = json!({"image": "r/api@sha256:1", "platforms": ["linux/amd64", "linux/arm64"], "pushed": 1_800_000_000.0, "none": [],
        "changes": [{"path": "/cpu", "before": "256", "after": "512"}], "policies": [{"name": "a", "value": 1}], "target": {"min": 1}});
    let expected = "image      r/api@sha256:1\nplatforms  linux/amd64, linux/arm64\npushed     2027-01-15T08:00:00Z\nchanges\n  ~ /cpu: \"256\" -> \"512\"\npolicies\n  - name   a\n    value  1\ntarget\n  min  1";
    assert_eq!(outcome::text(&document, PLAIN), expected);
    assert_eq!(outcome::id(&document, &["/nothing", "/image"]).as_deref(), Some("r/api@sha256:1"));
    assert_eq!(
        outcome::id(&json!({"tasks": [{"task": "a"}, {"task": "b"}]}), &["/tasks/*/task"]).as_deref(),
        Some("a\nb")
    );
    assert_eq!(outcome::id(&json!(true), &[""]).as_deref(), Some("true"));
    assert_eq!(outcome::id(&json!([{"registry": "r"}]), &["/*/registry"]).as_deref(), Some("r"));
}
