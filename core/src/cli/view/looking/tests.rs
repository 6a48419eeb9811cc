use serde_json::{Value, json};

use super::*;

const PLAIN: Look = Look { has_color: false, has_links: false };
const REVISION: &str = "arn:aws:ecs:r:1:task-definition/api";
const RECORD: &str = "arn:aws:ecs:r:1:service-deployment/prod/api";

fn shown(command: &str, request: Value, end: &Value) -> String {
    text(end, Subject { command, request: &request }, PLAIN).unwrap()
}

#[test]
fn a_status_is_read_from_top_to_bottom() {
    let end = json!({
        "service": "api", "cluster": "prod", "arn": "arn:aws:ecs:r:1:service/prod/api", "status": "ACTIVE", "strategy": "BLUE_GREEN",
        "live": {"definition": format!("{REVISION}:7"), "deployment": "ecs-svc/1", "since": 1_800_000_000.0,
            "images": {"api": {"image": "r/api:1", "digest": "sha256:ab"}, "redis": {"image": "redis@sha256:cd", "digest": "sha256:cd"}}},
        "ongoing": {"definition": format!("{REVISION}:8"), "deployment": "ecs-svc/2", "created": 1_800_000_060.0, "status": "IN_PROGRESS",
            "stage": "POST_TEST_TRAFFIC_SHIFT", "hook": "h1", "expires": 1_800_000_120.0, "desired": 2, "running": 1, "pending": 1, "failed": 3},
        "tasks": {"desired": 2, "running": 2, "pending": 0, "healthy": 1, "unhealthy": 0, "unknown": 1},
        "deployments": [
            {"verdict": "in_progress", "deployment": "ecs-svc/2", "definition": format!("{REVISION}:8"), "created": 1_800_000_060.0},
            {"verdict": "superseded", "record": format!("{RECORD}/x"), "by": format!("{RECORD}/y"), "reason": "no", "created": 1.0},
            {"verdict": "rolled_back", "record": format!("{RECORD}/z"), "definition": format!("{REVISION}:6"), "reason": "circuit breaker"},
        ],
        "events": [{"at": 1_800_000_000.0, "text": "(service api) has reached a steady state."}],
        "warnings": [{"code": "records", "text": "take\u{1b}[31m care"}], "calls": 5,
    });
    let expected = [
        "api in prod  ACTIVE, BLUE_GREEN",
        "  runs         api:7, since 2027-01-15T08:00:00Z",
        "  images       api  r/api:1  sha256:ab",
        "               redis  redis@sha256:cd",
        "  deployment   ecs-svc/1",
        "  tasks        2 of 2 run, 1 healthy, 1 of unknown health",
        "  going on     api:8, since 2027-01-15T08:01:00Z  ecs-svc/2",
        "               IN_PROGRESS, POST_TEST_TRAFFIC_SHIFT, 1 of 2 run, 1 starting, 3 failed",
        "               waits until 2027-01-15T08:02:00Z at hook h1: `ecs-rollout resume` lets it go on",
        "  deployments  … in_progress  2027-01-15T08:01:00Z  api:8  ecs-svc/2",
        "               – superseded                         -  x",
        "                 by y",
        "               ✗ rolled_back                        api:6  z",
        "                 circuit breaker",
        "  events       2027-01-15T08:00:00Z  (service api) has reached a steady state.",
        "  warnings     take care",
    ];
    assert_eq!(shown("status", json!({"service": "api"}), &end).lines().collect::<Vec<_>>(), expected);
    let never = json!({"service": "api", "cluster": "prod", "status": "ACTIVE", "strategy": "ROLLING", "tasks": {"desired": 1}});
    let text = shown("status", json!({}), &never);
    assert_eq!(text, "api in prod  ACTIVE, ROLLING\n  runs   no deployment is live and complete\n  tasks  0 of 1 run");
}

#[test]
fn an_explanation_begins_with_the_cause() {
    let end = json!({
        "service": "api", "cluster": "prod", "verdict": "rolled_back", "reason": "circuit breaker", "record": format!("{RECORD}/x"),
        "deployment": "ecs-svc/2", "definition": format!("{REVISION}:2"), "created": 1_800_000_000.0, "finished": 1_800_000_075.0,
        "causes": [{"kind": "exited", "summary": "container api exited with code 1", "advice": "read its log", "tasks": ["t1"], "log": ["one", "two"]}],
        "missing": ["the first events are gone"], "warnings": [],
    });
    let expected = [
        "✗ the deployment of api:2 to api in prod was rolled back: container api exited with code 1",
        "  | one",
        "  | two",
        "  tasks: t1",
        "  reason      circuit breaker",
        "  deployment  ecs-svc/2",
        "  record      x",
        "  began       2027-01-15T08:00:00Z",
        "  ended       2027-01-15T08:01:15Z, after 1:15 min",
        "  missing     the first events are gone",
        "hint: read its log",
    ];
    assert_eq!(shown("explain", json!({"service": "api"}), &end).lines().collect::<Vec<_>>(), expected);
    let request = json!({"service": "api", "cluster": "prod"});
    for (verdict, expected) in [
        ("succeeded", "✓ the deployment of an unknown definition to api in prod succeeded\n"),
        ("in_progress", "\nhint: `ecs-rollout watch api --cluster prod` watches it"),
        ("superseded", "– the deployment of an unknown definition to api in prod was superseded\n"),
    ] {
        let end = json!({"service": "api", "cluster": "prod", "verdict": verdict, "record": "x", "causes": [], "missing": []});
        let text = shown("explain", request.clone(), &end);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn what_was_tidied_is_said_and_what_stays_with_the_reason() {
    let end = json!({"changed": true, "family": "api", "removed": [format!("{REVISION}:1")], "calls": 9,
        "kept": [{"definition": format!("{REVISION}:2"), "why": ["one of the newest 1", "task t"]}], "planned": []});
    let stays = "  stay       api:2  one of the newest 1, task t";
    let planned = format!(
        "✓ api: 1 revision would be deregistered\n  would go  api:1\n{}",
        stays.replace("stay       ", "stay      ")
    );
    assert_eq!(shown("prune", json!({"plan": true}), &end), planned);
    assert!(shown("prune", json!({}), &end).starts_with("✓ api: 1 revision deregistered\n  gone  api:1\n"));
    let end = json!({"service": "api", "cluster": "prod", "changed": true, "status": "ACTIVE", "seconds": 1.0, "calls": 2, "planned": [
        {"operation": "UpdateService", "input": {"cluster": "prod", "desiredCount": 0}}, {"operation": "DeleteService", "input": {}}]});
    let text = shown("remove", json!({"plan": true}), &end);
    assert!(
        text.starts_with(
            "✓ api in prod would be removed\n  calls   UpdateService desiredCount=0\n          DeleteService\n"
        ),
        "{text}"
    );
    assert!(
        shown("remove", json!({}), &json!({"changed": false, "service": "api", "cluster": "prod"}))
            .contains("is gone already")
    );
}

#[test]
fn documents_are_files_or_json_and_a_line_has_its_time_and_task() {
    let files = json!({"service": "api", "cluster": "prod", "definition": format!("{REVISION}:1"), "files": ["x/taskdef.json", "x/service.json"]});
    let text = shown("export", json!({}), &files);
    assert!(text.contains("--settings x/service.json --definition x/taskdef.json --plan`"), "{text}");
    let none =
        json!({"taskdef": {"family": "api"}, "settings": {"serviceName": "api"}, "files": [], "definition": "d"});
    let text: Value = serde_json::from_str(&shown("export", json!({}), &none)).unwrap();
    assert_eq!(text, json!({"taskdef": {"family": "api"}, "settings": {"serviceName": "api"}}));
    let event =
        json!({"type": "log", "task": "0123456789abcdef", "container": "api", "text": "hi", "at": 1_800_000_000.5});
    assert_eq!(log_line(&event).as_deref(), Some("2027-01-15T08:00:00Z 0123456789ab api | hi"));
    assert_eq!(
        shown("logs", json!({}), &json!({"lines": 1, "streams": [{"lines": 1}, {"lines": 0}]})),
        "1 line of 1 log"
    );
    let all = json!([{"definition": format!("{REVISION}:10"), "status": "ACTIVE", "registered": 1_800_000_000.0, "images": {"api": "r/api:1"}},
        {"definition": format!("{REVISION}:9"), "status": "INACTIVE", "deregistered": 1_800_000_000.0, "images": {}}]);
    let expected = "api:10  ACTIVE    2027-01-15T08:00:00Z  api=r/api:1\napi:9   INACTIVE  until 2027-01-15T08:00:00Z";
    assert_eq!(shown("revisions", json!({}), &all), expected);
}
