//! The program in a pipeline, on the simulator: what GitHub's runner obeys of its log, the files that it writes for GitHub, GitLab and
//! CircleCI, a deployment on GitHub, reports; and workflows that `migrate` has written, run.

#[path = "ci/github.rs"]
mod github;
#[allow(dead_code, reason = "shared with the test `cli`, and neither uses all of it")]
#[path = "cli/program.rs"]
mod program;
#[path = "ci/workflow.rs"]
#[allow(dead_code, reason = "shared with the test `pipelines`, and neither uses all of it")]
mod workflow;

use github::{Api, obeyed};
use program::{Done, Folder, Program};
use serde_json::{Value, json};

const DEPLOY: [&str; 6] = ["deploy", "api", "--cluster", "prod", "--image", "api=:2"];

/// What a container writes that wants to be obeyed.
const ATTACK: [&str; 4] =
    ["::error title=gotcha::gotcha", "##[error]gotcha", "::add-mask::prod", "cannot reach <redis> `x`"];

/// A world in which the new image ends at once, and ECS goes back.
fn broken() -> Folder {
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    let crash = json!({"api:2": {"exit": {"code": 1, "after": 1}, "log": ATTACK}});
    Folder::with(json!({"service": {"deploymentConfiguration": breaker}, "images": crash}))
}

/// The program as a job of GitHub Actions runs it.
fn on_github(folder: &Folder) -> Program {
    folder.write("output", "");
    folder.write("summary.md", "");
    let program = folder.program().simulated().with("GITHUB_ACTIONS", "true").with("CI", "true");
    program.with("GITHUB_OUTPUT", "output").with("GITHUB_STEP_SUMMARY", "summary.md")
}

fn output(folder: &Folder, name: &str) -> String {
    let all = workflow::outputs(&folder.read("output"));
    all.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}: {all:?}")).1.clone()
}

#[test]
fn a_deployment_that_is_live_has_outputs_and_a_summary() {
    let folder = Folder::new();
    let done = on_github(&folder).run(&DEPLOY);
    assert_eq!(done.status, 0, "{}", done.shown(40));
    assert_eq!(obeyed(&done.stderr), ["::group::deploy api", "::endgroup::"]);
    let ends = |name: &str, end: &str| {
        let value = output(&folder, name);
        assert!(value.ends_with(end), "{name}: {value}");
    };
    ends("changed", "true");
    ends("verdict", "succeeded");
    ends("task-definition-arn", ":task-definition/api:2");
    ends("previous", ":task-definition/api:1");
    ends("service-arn", ":service/prod/api");
    assert!(output(&folder, "deployment").starts_with("ecs-svc/"));
    assert!(output(&folder, "image").starts_with("api:2"), "{}", output(&folder, "image"));
    let summary = folder.read("summary.md");
    assert!(summary.starts_with("### ✅ api in prod is live\n"), "{summary}");
    assert!(summary.contains("```diff\n! /containerDefinitions/0/image: \"api:1\" -> \"api:2\"\n```"), "{summary}");
    assert!(summary.contains("<details><summary>Timeline</summary>"), "{summary}");
}

#[test]
fn a_cause_is_an_annotation_and_what_others_wrote_is_not_obeyed() {
    let folder = broken();
    let done = on_github(&folder).run(&DEPLOY);
    assert_eq!(done.status, 11, "{}", done.shown(40));
    let commands = obeyed(&done.stderr);
    let errors: Vec<&String> = commands.iter().filter(|command| command.starts_with("::error")).collect();
    assert_eq!(commands.len(), 2 + errors.len(), "{commands:#?}");
    let [error] = errors.as_slice() else { panic!("{errors:#?}") };
    assert!(error.starts_with("::error title=api was rolled back::"), "{error}");
    assert!(error.contains("exit") && error.contains("%0A| cannot reach <redis> `x`"), "{error}");
    assert!(done.stderr.contains("gotcha"), "it is shown all the same");
    assert_eq!(output(&folder, "verdict"), "rolled_back");
    let summary = folder.read("summary.md");
    assert!(summary.starts_with("### ❌ api was rolled back: "), "{summary}");
    assert!(summary.contains("\ncannot reach <redis> `x`\n```\n"), "{summary}");
}

#[test]
fn a_result_that_others_wrote_a_part_of_is_not_obeyed() {
    let folder = broken();
    let done = on_github(&folder).run(&[&DEPLOY[..], &["--output", "json"]].concat());
    assert_eq!(obeyed(&done.stdout), Vec::<String>::new());
    let last: Value = serde_json::from_str(done.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["detail"]["causes"][0]["log"], json!(ATTACK));
}

#[test]
fn a_mistake_is_an_annotation_and_a_warning_too() {
    let folder = Folder::new();
    let done = on_github(&folder).with("ECS_ROLLOUT_TIMOUT", "1").run(&["deploy", "api", "--imge", "api=:2"]);
    assert_eq!(done.status, 2);
    let [error] = obeyed(&done.stderr).try_into().unwrap();
    assert_eq!(error, "::error title=usage::unexpected argument '--imge' found%0Adid you mean --image?");
    let done = on_github(&folder).with("ECS_ROLLOUT_TIMOUT", "1").run(&["deploy", "none", "--cluster", "prod"]);
    let commands = obeyed(&done.stderr);
    assert!(
        commands[0].starts_with("::warning title=ecs-rollout::the environment variable ECS_ROLLOUT_TIMOUT"),
        "{commands:?}"
    );
    assert!(commands.last().unwrap().starts_with("::error title=service missing::"), "{commands:?}");
    assert_eq!(output(&folder, "verdict"), "service_missing");
}

#[test]
fn secrets_of_a_request_are_masked_and_in_no_file() {
    let folder = Folder::new();
    let secret = "hunter2-correct-horse";
    let variable = format!("api.DB_PASSWORD={secret}");
    let program =
        on_github(&folder).with("ECS_ROLLOUT_REPORT", "out/report.html").with("ECS_ROLLOUT_JUNIT", "junit.xml");
    let done = program.run(&[&DEPLOY[..], &["--env", &variable]].concat());
    assert_eq!(done.status, 0, "{}", done.shown(40));
    let mask = format!("::add-mask::{secret}");
    assert!(obeyed(&done.stderr).contains(&mask), "{}", done.stderr);
    // A mask is the one place where it may stand: the runner does not show that line.
    let without_masks: String = done.stderr.lines().filter(|line| !line.starts_with("::add-mask::")).collect();
    for text in [
        without_masks,
        done.stdout,
        folder.read("output"),
        folder.read("summary.md"),
        folder.read("out/report.html"),
        folder.read("junit.xml"),
    ] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(folder.read("out/report.html").contains("DB_PASSWORD"));
}

#[test]
fn a_summary_can_be_switched_off() {
    for (name, value, line) in [("ECS_ROLLOUT_SUMMARY", "0", None), ("CI", "true", Some("--no-summary"))] {
        let folder = Folder::new();
        let more: Vec<&str> = line.into_iter().collect();
        let done = on_github(&folder).with(name, value).run(&[&DEPLOY[..], &more].concat());
        assert_eq!((done.status, folder.read("summary.md").as_str()), (0, ""));
        assert_eq!(output(&folder, "verdict"), "succeeded");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_a_warning_and_the_verdict_stands() {
    let folder = Folder::new();
    let program = on_github(&folder).with("GITHUB_OUTPUT", ".").with("ECS_ROLLOUT_JUNIT", "taskdef.json/junit.xml");
    let done = program.run(&DEPLOY);
    let warnings = obeyed(&done.stderr).iter().filter(|command| command.starts_with("::warning")).count();
    assert_eq!((done.status, warnings), (0, 2), "{}", done.shown(40));
}

/// The program as a job that has a token for deployments.
fn with_token(folder: &Folder, api: &Api) -> Program {
    let program = on_github(folder).with("GITHUB_API_URL", &api.url).with("ECS_ROLLOUT_GITHUB_TOKEN", "ghs_secret");
    let program = program.with("GITHUB_REPOSITORY", "shop/api").with("GITHUB_SHA", "abc123").with("GITHUB_RUN_ID", "7");
    program.with("GITHUB_SERVER_URL", "https://github.com")
}

#[test]
fn a_deployment_on_github_follows_that_of_ecs() {
    for (folder, status, state) in [(Folder::new(), 0, "success"), (broken(), 11, "failure")] {
        let api = Api::start(201);
        let done = with_token(&folder, &api).run(&DEPLOY);
        assert_eq!(done.status, status, "{}", done.shown(40));
        let [made, begun, ended] = api.requests().try_into().unwrap();
        assert_eq!(
            (made.line.as_str(), made.token.as_str()),
            ("POST /repos/shop/api/deployments", "Bearer ghs_secret")
        );
        assert_eq!((&made.body["ref"], &made.body["environment"]), (&json!("abc123"), &json!("prod")));
        assert_eq!(made.body["required_contexts"], json!([]));
        assert_eq!(
            (begun.line.as_str(), &begun.body["state"]),
            ("POST /repos/shop/api/deployments/42/statuses", &json!("in_progress"))
        );
        assert_eq!(ended.body["state"], state);
        assert_eq!(ended.body["log_url"], "https://github.com/shop/api/actions/runs/7");
        assert!(ended.body["description"].as_str().unwrap().starts_with(if status == 0 {
            "api in prod is live"
        } else {
            "api was rolled back"
        }));
        assert!(!done.stderr.contains("ghs_secret"));
    }
}

#[test]
fn github_that_refuses_is_a_warning_and_the_verdict_stands() {
    let (folder, api) = (Folder::new(), Api::start(403));
    let done = with_token(&folder, &api).run(&DEPLOY);
    let warning = "::warning title=ecs-rollout::no deployment on GitHub: GitHub answered 403 no; the job needs `permissions: deployments: write`";
    assert_eq!(done.status, 0);
    assert!(obeyed(&done.stderr).iter().any(|command| command == warning), "{}", done.stderr);
    // Nothing was begun: there is no deployment to show.
    let (folder, api) = (Folder::new(), Api::start(201));
    let done = with_token(&folder, &api).run(&["deploy", "api", "--cluster", "prod", "--image", "api=:1"]);
    assert_eq!((done.status, api.requests().len()), (0, 0), "{}", done.shown(40));
}

#[test]
fn gitlab_has_sections_and_a_test_report() {
    let folder = broken();
    let done =
        folder.program().simulated().with("GITLAB_CI", "true").run(&[&DEPLOY[..], &["--junit", "junit.xml"]].concat());
    let marks = |what: &str| done.stderr.matches(&format!("\u{1b}[0Ksection_{what}:")).count();
    assert_eq!((done.status, marks("start"), marks("end")), (11, 1, 1), "{}", done.stderr);
    let junit = folder.read("junit.xml");
    assert!(junit.contains("<testcase classname=\"ecs-rollout.deploy\" name=\"api in prod\""), "{junit}");
    assert!(
        junit.contains("<failure type=\"rolled_back\" message=\"api was rolled back: ")
            && junit.contains("| cannot reach &lt;redis&gt; `x`"),
        "{junit}"
    );
    assert_eq!(obeyed(&done.stderr).iter().filter(|line| line.contains("stop-commands")).count(), 0);
}

#[test]
fn circleci_has_plain_lines_and_a_test_report() {
    let folder = Folder::new();
    let done = folder
        .program()
        .simulated()
        .with("CIRCLECI", "true")
        .run(&[&DEPLOY[..], &["--junit", "results/ecs.xml"]].concat());
    assert_eq!(done.status, 0);
    assert!(!done.stderr.contains('\u{1b}') && !done.stderr.contains("::"), "{}", done.stderr);
    assert!(folder.read("results/ecs.xml").contains("failures=\"0\""));
}

#[test]
fn a_report_is_the_same_from_events_of_before() {
    let folder = broken();
    let line = [&DEPLOY[..], &["--output", "json", "--report", "at-once.html"]].concat();
    let done: Done = folder.program().simulated().run(&line);
    folder.write("events.jsonl", &done.stdout);
    let later = folder.program().run(&["report", "events.jsonl", "--report", "later.html", "--junit", "later.xml"]);
    assert_eq!(later.status, 0, "{}", later.shown(40));
    let page = folder.read("at-once.html");
    assert_eq!(page, folder.read("later.html"));
    assert!(
        page.contains("<svg") && page.contains("rolled back") && page.contains("cannot reach &lt;redis&gt;"),
        "{page}"
    );
    assert!(folder.read("later.xml").contains("type=\"rolled_back\""));
    assert_eq!(folder.program().run(&["report", "events.jsonl"]).stdout, page);
    let wrong = folder.program().run(&["report", "taskdef.json"]);
    assert_eq!(wrong.status, 4);
    assert!(wrong.stderr.contains("taskdef.json:1: no event"), "{}", wrong.stderr);
}
