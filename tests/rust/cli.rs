//! The program `ecs-rollout` as a person and a pipeline use it, on the simulator: examples of its help, exit codes, streams, signals,
//! and what a terminal shows.
//!
//! What it writes is compared with `tests/cli/*.txt`; to write these anew: `ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-cli`.

mod cli {
    pub(crate) mod program;
    pub(crate) mod terminal;
}

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use cli::program::{Folder, compare};
use cli::terminal::Terminal;
use serde_json::{Value, json};

/// Examples that the simulator cannot answer, and why.
const ELSEWHERE: [(&str, &str); 5] = [
    ("push", "no registry is asked where a simulator stands in for AWS; `tests/rust/registry.rs` pushes"),
    ("build", "needs a builder; `core/src/ecr/build/tests.rs` builds"),
    ("resolve", "no registry is asked where a simulator stands in for AWS"),
    ("exists", "no registry is asked where a simulator stands in for AWS"),
    ("simulate", "ends by a signal alone: a test of its own"),
];

/// `resume` in the world of the examples, where no deployment waits.
const NOTHING_WAITS: i32 = 4;

/// How many lines of an example's output are compared: completions are long, and their form is not ours.
const LINES: usize = 40;

#[test]
fn every_example_of_help_does_what_it_says() {
    let folder = Folder::new();
    let mut text = String::new();
    for line in examples(&folder) {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        if ELSEWHERE.iter().any(|(command, _)| words[0] == *command) {
            continue;
        }
        let lines = if words[0] == "completions" { 2 } else { LINES };
        let done = folder.program().simulated().run(&words);
        text.push_str(&format!("$ {line}\n{}\n", done.shown(lines)));
        let expected = if line.contains("--exit-code") {
            3
        } else if words[0] == "resume" {
            NOTHING_WAITS
        } else {
            0
        };
        assert_eq!(done.status, expected, "{line}: {}", done.shown(LINES));
    }
    compare("examples.txt", &text);
}

/// The examples of all commands, from their help.
fn examples(folder: &Folder) -> Vec<String> {
    let all = folder.program().run(&["help"]).stdout;
    let commands = all.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    let of = |command: String| {
        let help = folder.program().run(&["help", &command]).stdout;
        let (_, examples) = help.split_once("Examples:").unwrap_or_else(|| panic!("{command} has no examples"));
        let lines = examples.lines().map(str::trim).filter(|line| line.starts_with("ecs-rollout"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    commands.flat_map(of).collect()
}

#[test]
fn help_fits_a_screen() {
    let folder = Folder::new();
    compare("help.txt", &folder.program().run(&["--help"]).stdout);
    compare("help-deploy.txt", &folder.program().run(&["deploy", "-h"]).stdout);
}

#[test]
fn each_end_has_its_exit_code() {
    let deploy = ["deploy", "api", "--cluster", "prod", "--image", "api=:2"];
    let breaker = |rollback: bool| json!({"deploymentCircuitBreaker": {"enable": true, "rollback": rollback}});
    let crash = json!({"api:2": {"exit": {"code": 1, "after": 1}, "log": ["cannot reach redis"]}});
    let script = |operation: &str, input: Value| json!([{"after": "UpdateService", "at": 1, "operation": operation, "input": input}]);
    let forced = script("UpdateService", json!({"cluster": "prod", "service": "api", "forceNewDeployment": true}));
    let with = |line: &[&'static str], more: &[&'static str]| [line, more].concat();
    for (code, line, world) in [
        (0, deploy.to_vec(), json!({})),
        (10, deploy.to_vec(), json!({"service": {"deploymentConfiguration": breaker(false)}, "images": crash})),
        (11, deploy.to_vec(), json!({"service": {"deploymentConfiguration": breaker(true)}, "images": crash})),
        (12, deploy.to_vec(), json!({"script": forced})),
        (14, with(&deploy, &["--timeout", "5"]), json!({"images": {"api:2": {"start": 600}}})),
        (16, vec!["run", "api", "--cluster", "prod", "--image", "api=:2"], json!({"images": crash})),
        (3, with(&["plan"], &["api", "--cluster", "prod", "--image", "api=:2", "--exit-code"]), json!({})),
        (0, with(&["plan"], &["api", "--cluster", "prod", "--image", "api=:1", "--exit-code"]), json!({})),
        (4, vec!["deploy", "web", "--cluster", "prod", "--image", "api=:2"], json!({})),
        (4, vec!["deploy", "api", "--cluster", "prod", "--image", "web=:2"], json!({})),
        (4, vec!["deploy", "api", "--cluster", "prod", "--image", "api=a b"], json!({})),
        (1, deploy.to_vec(), json!({"faults": [{"operation": "UpdateService", "kind": "denied"}]})),
        (2, vec!["deploy"], json!({})),
        (2, vec!["deploy", "api", "--imges", "a"], json!({})),
    ] {
        let folder = Folder::with(world);
        let done = folder.program().simulated().run(&line);
        assert_eq!(done.status, code, "{line:?}: {}", done.shown(LINES));
        assert!(code == 0 || code == 3 || done.stdout.is_empty(), "{line:?}: {}", done.stdout);
        let is_cause = |line: &str| line.starts_with("error: ");
        assert_eq!(
            done.stderr.lines().filter(|line| is_cause(line)).count(),
            usize::from(code != 0 && code != 3),
            "{}",
            done.stderr
        );
    }
}

#[test]
fn a_check_that_finds_an_error_has_the_status_of_a_request_that_cannot_be_done() {
    let folder = Folder::with(json!({"resources": {"log_groups": []}}));
    let done = folder.program().simulated().run(&["check", "--definition", "taskdef.json"]);
    assert_eq!(done.status, 4, "{}", done.shown(LINES));
    assert!(done.stdout.contains("the log group /ecs/api is not there"), "{}", done.stdout);
    let deploy = ["deploy", "api", "--cluster", "prod", "--image", "api=:2", "--verify=all"];
    let done = folder.program().simulated().run(&deploy);
    assert_eq!(done.status, 4, "{}", done.shown(LINES));
    assert!(done.stderr.contains("the log group /ecs/api is not there"), "{}", done.stderr);
}

#[test]
fn a_deployment_that_somebody_stopped_and_a_build_that_failed_have_theirs() {
    let folder = Folder::new();
    let scenario = include_str!("../scenarios/codedeploy-stopped.json");
    let scenario: Value = serde_json::from_str(scenario).unwrap();
    folder.write("world.json", &scenario["world"].to_string());
    folder.write("request.json", &scenario["request"].to_string());
    let done = folder.program().simulated().run(&["deploy", "--file", "request.json"]);
    assert_eq!(done.status, 13, "{}", done.shown(LINES));
    folder.script("buildah", "#!/bin/sh\necho no such base image >&2\nexit 1\n");
    let done = folder.program().simulated().run(&[
        "build",
        ".",
        "--builder",
        "./buildah",
        "--file",
        "taskdef.json",
        "--layout",
        "out",
    ]);
    assert_eq!(done.status, 17, "{}", done.shown(LINES));
    assert!(done.stderr.contains("no such base image"), "{}", done.stderr);
}

#[test]
fn a_failure_is_one_screen() {
    let crash = json!({"api:2": {"exit": {"code": 1, "after": 1}, "log": ["starting", "cannot reach redis"]}});
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    let folder = Folder::with(json!({"service": {"deploymentConfiguration": breaker}, "images": crash}));
    let done =
        folder.program().simulated().run(&["deploy", "api", "--cluster", "prod", "--image", "api=:2", "--quiet"]);
    compare("failure.txt", &done.shown(LINES));
}

#[test]
fn standard_output_is_the_result_alone() {
    let folder = Folder::new();
    let line = ["deploy", "api", "--cluster", "prod", "--image", "api=:2"];
    let run = |more: &[&str]| folder.program().simulated().run(&[&line, more].concat());
    let json = run(&["--output", "json"]);
    let events: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&events[0]["type"], &events[events.len() - 1]["type"]), (&json!("started"), &json!("succeeded")));
    assert!(events[events.len() - 1]["definition"].as_str().unwrap().ends_with("/api:2"));
    let id = run(&["--output", "id", "--quiet"]);
    assert!(
        id.stdout.starts_with("ecs-svc/") && id.stdout.lines().count() == 1 && id.stderr.is_empty(),
        "{}",
        id.shown(LINES)
    );
    let value = folder.program().simulated().run(&[
        "plan",
        "api",
        "--cluster",
        "prod",
        "--image",
        "api=:2",
        "--output",
        "json",
    ]);
    assert_eq!(serde_json::from_str::<Value>(&value.stdout).unwrap()["changed"], true);
    let failed = folder.program().simulated().run(&["deploy", "none", "--output", "json"]);
    let last: Value = serde_json::from_str(failed.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("failed"), &json!("service_missing")));
    assert!([json, id, value, failed].iter().all(|done| !done.shown(LINES).contains('\u{1b}')));
    let painted = folder.program().simulated().with("CLICOLOR_FORCE", "1").run(&line);
    assert!(painted.stdout.contains('\u{1b}'));
    let plain = folder.program().simulated().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1").run(&line);
    assert!(!plain.stdout.contains('\u{1b}'));
}

#[test]
fn a_mistake_names_what_is_meant() {
    let folder = Folder::new();
    folder.write("wrong.yaml", "service: api\ncluster: prod\nimages:\n  api: [1]\n");
    folder.write("wrong.json", "{\n  \"service\": api\n}\n");
    let mut text = String::new();
    for line in [
        "depoy api",
        "deploy api --imge api=:2",
        "deploy api --task-definition api:2",
        "deploy api --wait-for-service-stability",
        "deploy api --region-name eu-west-1",
        "deploy api --recover maybe",
        "deploy api --desired many",
        "deploy api --env KEY=1",
        "deploy --file wrong.yaml",
        "deploy --file wrong.json",
        "deploy --file nothing.yaml",
        "help depoy",
        "deploy api --simulate {\"clustrs\":[]}",
    ] {
        let done = folder.program().run(&line.split(' ').collect::<Vec<_>>());
        assert!([2, 4].contains(&done.status) && done.stdout.is_empty(), "{line}: {}", done.shown(LINES));
        text.push_str(&format!("$ ecs-rollout {line}\n{}\n", done.shown(LINES)));
    }
    compare("mistakes.txt", &text);
}

#[test]
fn variables_stand_for_options_and_unknown_ones_are_named() {
    let folder = Folder::new();
    let program = folder.program().simulated().with("ECS_ROLLOUT_CLUSTER", "prod").with("ECS_ROLLOUT_SERVICE", "api");
    let done =
        program.with("ECS_ROLLOUT_OUTPUT", "id").with("ECS_ROLLOUT_TIMOUT", "1").run(&["deploy", "--image", "api=:2"]);
    assert!(done.status == 0 && done.stdout.starts_with("ecs-svc/"), "{}", done.shown(LINES));
    assert!(
        done.stderr.contains("ECS_ROLLOUT_TIMOUT is unknown: did you mean \"ECS_ROLLOUT_TIMEOUT\"?"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_served_simulator_is_called_like_aws_and_ends_by_a_signal() {
    let folder = Folder::with(json!({"speed": 100}));
    let mut serving = folder.program().command(&["simulate", "world.json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let endpoint = lines.next().unwrap().unwrap().replace("export AWS_ENDPOINT_URL=", "");
    let program = folder.program().with("AWS_ENDPOINT_URL", &endpoint).with("AWS_ACCESS_KEY_ID", "a");
    let program = program.with("AWS_SECRET_ACCESS_KEY", "b").with("AWS_REGION", "eu-central-1");
    let done = program.run(&["deploy", "api", "--cluster", "prod", "--image", "api=:2"]);
    assert_eq!(done.status, 0, "{}", done.shown(LINES));
    signal(serving.id(), "TERM");
    assert_eq!(serving.wait().unwrap().code(), Some(0));
}

/// A world in which a deployment does not end by itself.
fn endless() -> Folder {
    Folder::with(json!({"speed": 20, "images": {"api:2": {"start": 100_000}}}))
}

#[test]
fn sigterm_leaves_at_once_and_says_how_to_join_again() {
    let folder = endless();
    let line = ["deploy", "api", "--cluster", "prod", "--image", "api=:2"];
    let mut left = folder.program().simulated().command(&line).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(left.stderr.take().unwrap()).lines();
    assert!(lines.by_ref().map(Result::unwrap).any(|line| line.contains("2 starting")));
    signal(left.id(), "TERM");
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(left.wait().unwrap().code(), Some(15), "{rest:#?}");
    let hint = "hint: the deployment goes on: `ecs-rollout watch api --cluster prod` joins it";
    assert_eq!(rest.last().map(String::as_str), Some(hint), "{rest:#?}");
}

#[test]
fn a_terminal_shows_one_view_in_place() {
    for columns in [80, 40] {
        let folder = endless();
        let line = "deploy api --cluster prod --image api=:2";
        let mut terminal = Terminal::start(folder.program().simulated(), line, columns);
        terminal.until("has started 2 tasks");
        compare(&format!("live-{columns}.txt"), &terminal.screen());
        terminal.write("\u{3}");
        terminal.until("[w]atching?");
        terminal.write("x\r");
        terminal.until("type l, r or w");
        // What stands above it is what the terminal made of `^C`.
        let screen = terminal.screen();
        let from = screen.find("the deployment of api goes on").unwrap();
        compare(&format!("question-{columns}.txt"), &screen[from..]);
        terminal.write("l\r");
        assert_eq!(terminal.end(), 15);
        assert!(terminal.screen().contains("no longer watched"), "{}", terminal.screen());
    }
}

#[test]
fn ctrl_c_twice_leaves_and_r_goes_back() {
    let line = "deploy api --cluster prod --image api=:2";
    for (answer, expected) in [("\u{3}", "goes on: `ecs-rollout"), ("r\r", "api in prod is live")] {
        let folder = endless();
        let mut terminal = Terminal::start(folder.program().simulated(), line, 100);
        terminal.until("has started 2 tasks");
        terminal.write("\u{3}");
        terminal.until("[w]atching?");
        terminal.write(answer);
        assert_eq!(terminal.end(), 15, "{}", terminal.screen());
        assert!(terminal.screen().contains(expected), "{}", terminal.screen());
    }
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let folder = Folder::new();
    let line = "deploy api --cluster prod --image api=:2";
    let mut terminal = Terminal::start(folder.program().simulated().with("TERM", "dumb"), line, 80);
    assert_eq!(terminal.end(), 0);
    assert!(
        terminal.screen().contains("100%  2 of 2 run") && !terminal.bytes().contains('\u{1b}'),
        "{}",
        terminal.bytes()
    );
}

fn signal(process: u32, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().unwrap();
    assert!(status.success());
}
