//! Every file of `tests/migrate` against what is expected of it; `ECS_ROLLOUT_PRINT=1` writes that anew. And what must hold for each.

use std::fs;
use std::path::{Path, PathBuf};

use ecs_rollout::migrate::{Migration, Reading, migrate};
use ecs_rollout::{Client, Error, Policy, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// The files that are read: those of the folder, and the configurations of the folders in it.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrate");
    let entries = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut all: Vec<PathBuf> = entries(&folder)
        .into_iter()
        .flat_map(|path| if path.is_dir() { vec![path.join("ecspresso.yml")] } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension != "txt"))
        .collect();
    all.sort();
    all
}

/// The case's name: its file, or its folder.
fn title(path: &Path) -> String {
    let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
    if folder == "migrate" { path.file_stem().unwrap().to_string_lossy().into_owned() } else { folder }
}

fn run(path: &Path) -> Result<Migration, Error> {
    let text = fs::read_to_string(path).unwrap();
    let folder = path.parent().unwrap().to_owned();
    let read = |asked: &Path| fs::read_to_string(folder.join(asked));
    let name = path.file_name().unwrap().to_string_lossy();
    // A case that names a container says so in its first line.
    let container = text.lines().next().and_then(|line| line.split("container: ").nth(1)).map(str::to_owned);
    migrate(&name, &text, &Reading { container: container.as_deref(), read: &read })
}

fn shown(migration: &Result<Migration, Error>) -> String {
    match migration {
        Ok(migration) => {
            let files = migration.files.iter().map(|(path, text)| format!("\n=== {}\n{text}", path.display()));
            migration.report() + &files.collect::<String>()
        }
        Err(error) => format!("{error}\n"),
    }
}

#[test]
fn each_case_becomes_what_is_expected() {
    let is_printing = std::env::var_os("ECS_ROLLOUT_PRINT").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let shown = shown(&run(&path));
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrate/{}.txt", title(&path)));
        if is_printing {
            fs::write(&expected, &shown).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != shown {
            wrong.push(format!("{}:\n{shown}", title(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_workflows_enough() {
    let workflows = cases().iter().filter(|path| run(path).is_ok_and(|migration| migration.kind == "github")).count();
    assert!(workflows >= 30, "{workflows}");
}

/// Comments outside of what a block scalar has.
fn comments(text: &str) -> Vec<String> {
    let whole = text.lines().map(str::trim).filter(|line| line.starts_with('#') && !line.starts_with("#!"));
    whole.map(str::to_owned).collect()
}

#[test]
fn a_changed_workflow_keeps_its_comments() {
    for path in cases() {
        let Ok(migration) = run(&path) else { continue };
        let before = fs::read_to_string(&path).unwrap();
        for (file, text) in migration.files.iter().filter(|_| migration.kind == "github") {
            for comment in comments(&before) {
                assert!(text.contains(&comment), "{}: {comment:?} of {} is lost\n{text}", title(&path), file.display());
            }
        }
    }
}

#[test]
fn what_was_changed_is_not_changed_again() {
    for path in cases() {
        let Ok(migration) = run(&path) else { continue };
        for (file, text) in migration.files.iter().filter(|_| matches!(migration.kind, "github" | "shell")) {
            let reading = Reading { container: None, read: &|path| fs::read_to_string(path) };
            let again = migrate(&file.display().to_string(), text, &reading);
            let again = again.unwrap_or_else(|error| panic!("{}: {error}\n{text}", title(&path)));
            assert_eq!(again.files, Vec::new(), "{}:\n{text}", title(&path));
        }
    }
}

/// Whether a shell puts something into a request.
fn is_open(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('$'),
        Value::Array(list) => list.iter().any(is_open),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('$') || is_open(value)),
        _ => false,
    }
}

/// Whether a verb reads a request: without, it has no policy.
async fn check(verb: &str, request: &Value) -> Result<(), Error> {
    let client = Client::new(parse_options("client", json!({}))?);
    let options = json!({"verb": verb, "request": request});
    client.policy(parse_options::<Policy>("options", options)?).await.map(drop)
}

#[tokio::test]
async fn each_request_is_one_that_its_verb_reads() {
    let mut count = 0;
    for path in cases() {
        let Ok(migration) = run(&path) else { continue };
        for command in migration.converted.iter().flat_map(|one| &one.commands) {
            let mut request = command.request.clone();
            // A file is read by the command line.
            if let Some(members) = request.as_object_mut() {
                let is_file =
                    |option: &str, value: &Value| matches!(option, "settings" | "codedeploy") && value.is_string();
                let is_needed = |option: &str| matches!(option, "service" | "name" | "image");
                members.retain(|option, value| is_needed(option) || !(is_open(value) || is_file(option, value)));
            }
            if command.verb != "render" {
                let read = check(&command.verb, &request).await;
                assert!(read.is_ok(), "{}: {read:?}\n{}", title(&path), command.line);
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn mistakes_name_file_line_and_column() {
    const DEPLOY: &str = "aws-actions/amazon-ecs-deploy-task-definition@v2";
    let workflow = |step: &str| format!("jobs:\n  a:\n    steps:\n      - {step}\n");
    for (text, expected) in [
        ("jobs: [".to_owned(), "w.yml:"),
        ("a: 1\n".to_owned(), "w.yml:1:1: neither a workflow"),
        (workflow(&format!("uses: {DEPLOY}")), "w.yml:4:9: the input `task-definition` is needed"),
        (
            workflow(&format!(
                "uses: {DEPLOY}\n        with:\n          task-definition: t.json\n          service: s\n          desired-count: two"
            )),
            "w.yml:8:26: a whole number is expected",
        ),
        (
            workflow(&format!(
                "uses: {DEPLOY}\n        with:\n          task-definition: t.json\n          service: s\n          run-task: true\n          run-task-tags: '{{'"
            )),
            "w.yml:9:26: no JSON",
        ),
        (
            workflow(
                "uses: aws-actions/amazon-ecs-render-task-definition@v1\n        with:\n          task-definition: t.json\n          container-name: a\n          image: b\n          environment-variables: LEVEL",
            ),
            "w.yml:9:34: the line \"LEVEL\" has no `=`",
        ),
        (
            "cluster: a\ntask_definition: t.json\nservise: x\nservice: y\n".to_owned(),
            "w.yml:3:1: ecspresso has no member \"servise\": did you mean \"service\"?",
        ),
        ("cluster: a\nservice: y\ntask_definition: t.json\n".to_owned(), "w.yml:3:18: t.json: the file cannot be read"),
        ("name: a\ntype: Backend Servic\n".to_owned(), "w.yml:2:7: Copilot has no type \"Backend Servic\""),
    ] {
        let reading = Reading { container: None, read: &|_| Err(std::io::Error::from(std::io::ErrorKind::NotFound)) };
        let error = migrate("w.yml", &text, &reading).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

/// A file that is cut off anywhere is read, or refused with its place.
#[test]
fn a_file_that_is_cut_off_is_read_or_refused() {
    for path in cases() {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        for end in (0..text.len()).filter(|at| at % 13 == 0 && text.is_char_boundary(*at)) {
            let reading =
                Reading { container: None, read: &|_| Err(std::io::Error::from(std::io::ErrorKind::NotFound)) };
            if let Err(error) = migrate(&name, &text[..end], &reading) {
                assert!(error.to_string().contains(&*name), "{name} {end}: {error}");
            }
        }
    }
}

/// The request of the five-step pipeline's deploy step, with its variables filled in as the job has them.
fn five_steps(image: &str) -> Value {
    let path = cases().into_iter().find(|path| title(path) == "01-five-steps").unwrap();
    let migration = run(&path).unwrap();
    let deploy =
        migration.converted.iter().flat_map(|one| &one.commands).find(|command| command.verb == "deploy").unwrap();
    let mut text = deploy.request.to_string();
    for (name, value) in [
        ("CONTAINER_NAME", "api"),
        ("ECS_SERVICE", "api"),
        ("ECS_CLUSTER", "prod"),
        ("IMAGE", image),
        ("ECS_TASK_DEFINITION", "file"),
    ] {
        text = text.replace(&format!("${name}"), value);
    }
    assert!(!text.contains('$'), "{text}");
    let mut request: Value = serde_json::from_str(&text).unwrap();
    // The file that the repository has.
    request["definition"] = definition();
    request
}

fn definition() -> Value {
    json!({"family": "api", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "containerDefinitions": [{"name": "api", "image": "registry.example/api:1", "essential": true}]})
}

/// The pipeline that most teams have, migrated: it ends well with an image that runs, and with the cause where there is none.
#[tokio::test]
async fn the_five_step_pipeline_deploys() {
    for (image, error) in [("registry.example/api:2", None), ("registry.example/api:missing", Some("rolled_back"))] {
        let world = json!({
            "speed": 0, "clusters": ["prod"], "definitions": [definition()],
            "services": [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2, "launchType": "FARGATE",
                "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}}],
            "images": {"registry.example/api:missing": {"missing": true}},
        });
        let simulator = Simulator::start(world).unwrap();
        let mut begun = simulator.client().call("deploy", five_steps(image)).unwrap();
        match (begun.rollout.outcome().await, error) {
            (Ok(outcome), None) => assert!(outcome["definition"].as_str().unwrap().ends_with("api:2"), "{outcome}"),
            (Err(seen), Some(code)) => {
                assert_eq!(seen.code(), code);
                assert!(seen.to_string().contains("CannotPullContainerError"), "{seen}");
            }
            (seen, _) => panic!("{image}: {seen:?}"),
        }
    }
}
