//! Pipelines, run on the simulator: the usual workflow as `migrate` writes it, every command line that `migrate` prints, the action of
//! this repository, and the examples for GitHub Actions, GitLab and CircleCI. And what must hold for the action's file.

#[path = "ci/github.rs"]
#[allow(dead_code, reason = "shared with the test `ci`, and neither uses all of it")]
mod github;
#[path = "cli/program.rs"]
#[allow(dead_code, reason = "shared with other tests, and none uses all of it")]
mod program;
#[path = "ci/workflow.rs"]
mod workflow;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use program::{Done, Folder, Program};
use serde_json::{Value, json};
use workflow::{Job, read_yaml};

/// The image that the pipelines bring.
const IMAGE: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:abc123";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A job of GitHub Actions, whose image ends at once if it is broken.
fn on_github(folder: &Folder) -> Program {
    folder.write("summary.md", "");
    let program = folder.program().simulated().with("GITHUB_ACTIONS", "true").with("CI", "true");
    program.with("GITHUB_STEP_SUMMARY", "summary.md")
}

/// A service that goes back by itself, and how its new image behaves.
fn world(image: &str, is_broken: bool) -> Value {
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    let mut behaviour = json!({"commands": {"node migrate.js": {"exit": {"code": 0, "after": 2}}}});
    if is_broken {
        behaviour["exit"] = json!({"code": 1, "after": 1});
        behaviour["log"] = json!(["starting", "cannot reach redis"]);
    }
    json!({"service": {"deploymentConfiguration": breaker}, "images": {(image): behaviour}})
}

fn assert_ends(job: &Job<'_>, is_good: bool, expected: bool) {
    let shown: Vec<String> = job.ends.iter().map(|(name, done)| format!("{name}:\n{}", done.shown(60))).collect();
    assert_eq!(is_good, expected, "{}", shown.join("\n"));
}

/// The pipeline that most teams have, as `migrate` writes it, in the shop that it is for.
fn seed(is_broken: bool) -> Folder {
    let image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-api:abc123";
    let mut world = world(image, is_broken);
    world["clusters"] = json!(["shop"]);
    let mut service = world["service"].take();
    (service["serviceName"], service["cluster"]) = (json!("shop-api"), json!("shop"));
    (service["taskDefinition"], service["desiredCount"]) = (json!("api:1"), json!(2));
    world["services"] = json!([service]);
    world.as_object_mut().unwrap().shift_remove("service");
    let folder = Folder::with(world);
    fs::create_dir(folder.path().join(".aws")).unwrap();
    folder.write(".aws/task-definition.json", &folder.read("taskdef.json"));
    folder.write("workflow.yml", &read("tests/migrate/01-five-steps.yml"));
    let done = folder.program().run(&["migrate", "workflow.yml", "--write"]);
    assert_eq!(done.status, 0, "{}", done.shown(60));
    folder
}

#[test]
fn the_usual_workflow_is_migrated_and_ends_green_or_red_with_its_cause() {
    for is_broken in [false, true] {
        let folder = seed(is_broken);
        let workflow = read_yaml(&folder.read("workflow.yml"));
        assert!(!folder.read("workflow.yml").contains("amazon-ecs-deploy"), "{}", folder.read("workflow.yml"));
        let job = &workflow["jobs"]["deploy"];
        let mut run =
            Job::new(&folder, on_github(&folder)).with_variables(&workflow["env"]).with_variables(&job["env"]);
        let is_good = run.run(&job["steps"]);
        assert_ends(&run, is_good, !is_broken);
        let (_, deploy) = run.ends.iter().find(|(name, _)| name == "Deploy Amazon ECS task definition").unwrap();
        assert_eq!(run.ends.last().unwrap().0, "Tell the team", "a step that is always run is run");
        let commands = github::obeyed(&deploy.stderr);
        let errors: Vec<&String> = commands.iter().filter(|command| command.starts_with("::error")).collect();
        let summary = folder.read("summary.md");
        if is_broken {
            assert_eq!((deploy.status, errors.len()), (11, 1), "{}", deploy.shown(60));
            assert!(
                errors[0].contains("shop-api was rolled back") && errors[0].contains("cannot reach redis"),
                "{errors:?}"
            );
            assert!(
                summary.contains("### ❌ shop-api was rolled back") && summary.contains("cannot reach redis"),
                "{summary}"
            );
        } else {
            assert!(errors.is_empty(), "{errors:?}");
            assert!(summary.contains("### ✅ shop-api in shop is live"), "{summary}");
        }
    }
}

/// The names of the shell's variables in a text.
fn variables(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = |rest: &str| rest.trim_start_matches('{').chars().take_while(|c| is_part(*c)).collect::<String>();
    text.split('$').skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

/// Each is run in a world without any service: one that the command line does not take ends with the code of usage.
#[test]
fn every_line_that_migrate_prints_is_one_that_the_program_takes() {
    let folder = Folder::new();
    folder.program_file("docker", "#!/bin/sh\nexit 0\n");
    folder.link_program();
    folder.write("world.json", "{\"speed\": 0}");
    let cases = fs::read_dir(root().join("tests/migrate")).unwrap().map(|entry| entry.unwrap().path());
    let mut lines = BTreeSet::new();
    for case in cases.filter(|path| path.extension().is_none_or(|extension| extension != "txt")) {
        let case = if case.is_dir() { case.join("ecspresso.yml") } else { case };
        let name = case.to_str().unwrap();
        let text = fs::read_to_string(&case).unwrap();
        let container = text.lines().next().and_then(|line| line.split("container: ").nth(1));
        let more = container.map(|container| vec!["--container", container]).unwrap_or_default();
        let done = folder.program().run(&[&["migrate", name, "--output", "json"], more.as_slice()].concat());
        // A file that is refused on purpose prints nothing.
        let Some(migration) = done.stdout.lines().next().map(|line| serde_json::from_str::<Value>(line).unwrap())
        else {
            continue;
        };
        let converted = migration["converted"].as_array().into_iter().flatten();
        let commands = converted.flat_map(|one| one["commands"].as_array().into_iter().flatten());
        lines.extend(commands.filter_map(|command| command["line"].as_str()).map(str::to_owned));
    }
    assert!(lines.len() > 30, "{}", lines.len());
    for line in &lines {
        let mut command = folder.program().simulated().under("bash");
        let path = format!("{}:{}", folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        // A switch takes a word; 1 is a number, a name and a family.
        let is_of_switch = |name: &str| line.split_whitespace().any(|word| word == format!("--wait=\"${name}\""));
        let value = |name: String| (name.clone(), if is_of_switch(&name) { "true" } else { "1" });
        command.args(["-c", line]).env("PATH", path).envs(variables(line).into_iter().map(value));
        let done = Done::of(command.output().unwrap());
        assert!(done.status != 2 && done.status != 127, "{line}\n{}", done.shown(60));
        assert!(!done.stderr.contains("unknown option"), "{line}\n{}", done.shown(60));
    }
}

/// The names in a list of the crate's source.
fn outputs_of_the_program() -> BTreeSet<String> {
    let source = read("core/src/cli/ci/outputs.rs");
    let (_, list) = source.split_once("NAMES: [&str; 10] = [").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_action_declares_every_output_and_no_input_is_a_part_of_a_script() {
    let action = read_yaml(&read("action.yml"));
    let declared: BTreeSet<String> = action["outputs"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(declared, outputs_of_the_program());
    for (name, output) in action["outputs"].as_object().unwrap() {
        assert_eq!(output["value"], format!("${{{{ steps.run.outputs.{name} }}}}"));
        assert!(output["description"].is_string(), "{name}");
    }
    assert_eq!(action["runs"]["using"], "composite");
    let mut used = BTreeSet::new();
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{") && step["shell"] == "bash", "{step}");
        for value in step["env"].as_object().unwrap().values() {
            let name = value.as_str().unwrap().strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}"));
            used.insert(name.unwrap_or_else(|| panic!("{value}")).to_owned());
        }
    }
    let inputs = action["inputs"].as_object().unwrap();
    assert_eq!(used, inputs.keys().cloned().collect());
    assert!(inputs.values().all(|input| input["description"].is_string()));
    assert_eq!(inputs["version"]["default"], env!("CARGO_PKG_VERSION"));
    // What is named in a script is set by the action's file.
    let run = action["runs"]["steps"].as_array().unwrap().iter().find(|step| step["id"] == "run").unwrap();
    for name in [
        "COMMAND",
        "SERVICE",
        "CLUSTER",
        "IMAGES",
        "DEFINITION",
        "REQUEST",
        "ARGUMENTS",
        "REGION",
        "ROLE",
        "REPORT",
        "SUMMARY",
    ] {
        assert!(read(".github/action/run.sh").contains(&format!("${name}")) && !run["env"][name].is_null(), "{name}");
    }
}

/// A release on this machine, of a program that says its name.
fn release(folder: &Folder) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let wheel = format!("ecs_rollout-{version}-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl");
    let script = "import hashlib, sys, zipfile\n\
        wheel, version = sys.argv[1:]\n\
        info = f'ecs_rollout-{version}.dist-info'\n\
        files = {'ecs_rollout_test.py': 'def main():\\n    print(\"installed\")\\n',\n\
        f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: ecs-rollout\\nVersion: {version}\\n',\n\
        f'{info}/WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: cp311-abi3-manylinux_2_17_x86_64\\n',\n\
        f'{info}/entry_points.txt': '[console_scripts]\\necs-rollout = ecs_rollout_test:main\\n', f'{info}/RECORD': ''}\n\
        with zipfile.ZipFile(wheel, 'w') as archive:\n    [archive.writestr(name, text) for name, text in files.items()]\n\
        print(hashlib.sha256(open(wheel, 'rb').read()).hexdigest())\n";
    let place = folder.path().join(format!("releases/v{version}"));
    fs::create_dir_all(&place).unwrap();
    let mut python = folder.program().under("python3");
    let done = Done::of(python.args(["-c", script]).arg(place.join(&wheel)).arg(version).output().unwrap());
    assert_eq!(done.status, 0, "{}", done.stderr);
    let sum = done.stdout.trim().to_owned();
    fs::write(place.join("SHA256SUMS"), format!("{}  other.whl\n{sum}  {wheel}\n", "0".repeat(64))).unwrap();
    sum
}

#[test]
fn the_program_is_installed_only_if_it_has_its_checksum() {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return;
    }
    let folder = Folder::new();
    let sum = release(&folder);
    let other = "f".repeat(64);
    let script = root().join(".github/action/install.sh");
    for (version, sha256, system, expected) in [
        (env!("CARGO_PKG_VERSION"), sum.as_str(), "Linux", None),
        (env!("CARGO_PKG_VERSION"), "", "Linux", None),
        (env!("CARGO_PKG_VERSION"), other.as_str(), "Linux", Some("is expected")),
        (env!("CARGO_PKG_VERSION"), "abc", "Linux", Some("is no SHA-256")),
        (env!("CARGO_PKG_VERSION"), "", "Windows", Some("has no program for Windows")),
        ("9.9.9", "", "Linux", Some("cannot be read")),
        ("$(touch x)", "", "Linux", Some("is no version")),
    ] {
        folder.write("path", "");
        let mut command = folder.program().under("bash");
        command.arg(&script).envs([
            ("VERSION", version),
            ("SHA256", sha256),
            ("RUNNER_OS", system),
            ("RUNNER_ARCH", "X64"),
        ]);
        command.env("ECS_ROLLOUT_RELEASES", format!("file://{}/releases", folder.path().display()));
        command.env("RUNNER_TEMP", folder.path()).env("GITHUB_PATH", folder.path().join("path"));
        let done = Done::of(command.output().unwrap());
        match expected {
            None => {
                assert_eq!(done.status, 0, "{}", done.shown(60));
                let program = Path::new(folder.read("path").trim()).join("ecs-rollout");
                let said = folder.program().under(program.to_str().unwrap()).output().unwrap();
                assert_eq!(String::from_utf8_lossy(&said.stdout), "installed\n");
            }
            Some(text) => {
                assert!(done.status == 1 && done.stdout.contains(text), "{version} {sha256}: {}", done.shown(60));
                assert_eq!(folder.read("path"), "");
            }
        }
    }
}

/// The program, but for what needs a builder.
fn without_builder(folder: &Folder) {
    let program = env!("CARGO_BIN_EXE_ecs-rollout");
    fs::remove_file(folder.path().join("bin/ecs-rollout")).unwrap();
    folder.program_file(
        "ecs-rollout",
        &format!("#!/bin/sh\nif [ \"$1\" = build ]; then echo {IMAGE}; else exec {program} \"$@\"; fi\n"),
    );
}

#[test]
fn the_examples_for_github_run() {
    for is_broken in [false, true] {
        let folder = Folder::with(world(IMAGE, is_broken));
        let mut job = Job::new(&folder, on_github(&folder));
        let workflow = read_yaml(&read("examples/github-actions/deploy.yml"));
        let is_good = job.run(&workflow["jobs"]["deploy"]["steps"]);
        assert_ends(&job, is_good, !is_broken);
        assert!(folder.read("report.html").contains(if is_broken { "rolled back" } else { "is live" }));
        if !is_broken {
            let (_, told) = job.ends.last().unwrap();
            assert!(told.stdout.contains("task-definition/api:2 runs, in place of arn:"), "{}", told.stdout);
        }
        for (name, expected) in [("plan", true), ("deploy", !is_broken)] {
            let folder = Folder::with(world(IMAGE, is_broken));
            for file in ["deploy.yaml", "schedule.yaml"] {
                folder.write(file, &read(&format!("examples/github-actions/{file}")));
            }
            let workflow = read_yaml(&read("examples/github-actions/pipeline.yml"));
            let mut job = Job::new(&folder, on_github(&folder)).with_variables(&workflow["env"]);
            without_builder(&folder);
            let is_good = job.run(&workflow["jobs"][name]["steps"]);
            assert_ends(&job, is_good, expected);
        }
    }
}

#[test]
fn the_example_for_gitlab_runs() {
    let document = read_yaml(&read("examples/gitlab-ci.yml"));
    let deploy = &document["deploy"];
    assert!(document["stages"].as_array().unwrap().contains(&deploy["stage"]));
    assert_eq!(deploy["artifacts"]["reports"]["junit"], "verdict.xml");
    for is_broken in [false, true] {
        let folder = Folder::with(world(IMAGE, is_broken));
        let program = folder.program().simulated().with("GITLAB_CI", "true").with("CI_COMMIT_SHA", "abc123");
        let mut job = Job::new(&folder, program.with("AWS_TOKEN", "token")).with_variables(&deploy["variables"]);
        let lines = |name: &str| {
            let lines: Vec<&str> = deploy[name].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
            lines.join("\n")
        };
        job.shell(&format!("{}\n{}", lines("before_script"), lines("script")), &[], Some("script"));
        let is_good = job.ends[0].1.status == 0;
        assert_ends(&job, is_good, !is_broken);
        assert!(folder.read("verdict.xml").contains(&format!("failures=\"{}\"", i32::from(is_broken))));
        assert!(folder.read("report.html").starts_with("<!doctype html>"));
        assert_eq!(folder.read(".aws-token"), "token");
        job.shell(&lines("after_script"), &[], Some("after_script"));
        assert!(!folder.path().join(".aws-token").exists());
    }
}

#[test]
fn the_example_for_circleci_runs() {
    let document = read_yaml(&read("examples/circleci.yml"));
    let deploy = &document["jobs"]["deploy"];
    for is_broken in [false, true] {
        let folder = Folder::with(world(IMAGE, is_broken));
        let program = folder.program().simulated().with("CIRCLECI", "true").with("CIRCLE_SHA1", "abc123");
        let program = program.with("CIRCLE_OIDC_TOKEN_V2", "token");
        let mut job = Job::new(&folder, program).with_variables(&deploy["environment"]);
        let steps = deploy["steps"].as_array().unwrap().iter().filter_map(|step| step["run"].as_object());
        for step in steps {
            job.shell(step["command"].as_str().unwrap(), &[], step["name"].as_str());
        }
        let is_good = job.ends.iter().all(|(_, done)| done.status == 0);
        assert_ends(&job, is_good, !is_broken);
        assert!(folder.read("results/verdict.xml").contains(&format!("failures=\"{}\"", i32::from(is_broken))));
        assert_eq!(folder.read(".aws-token"), "token");
    }
}

/// What a schema of workflows would find, and what a review of their safety asks for.
#[test]
fn the_examples_are_workflows() {
    let members = |document: &Value, known: &[&str], place: &str| {
        for name in document.as_object().unwrap().keys() {
            assert!(known.contains(&name.as_str()), "{place}: {name}");
        }
    };
    for name in ["deploy.yml", "pipeline.yml"] {
        let workflow = read_yaml(&read(&format!("examples/github-actions/{name}")));
        members(&workflow, &["name", "on", "permissions", "concurrency", "env", "jobs"], name);
        assert_eq!(workflow["permissions"], json!({}), "{name}: what a job may do is said by the job");
        for job in workflow["jobs"].as_object().unwrap().values() {
            members(job, &["if", "runs-on", "timeout-minutes", "environment", "permissions", "steps", "env"], name);
            assert!(job["permissions"]["id-token"] == "write" && job["timeout-minutes"].is_number(), "{name}");
            for step in job["steps"].as_array().unwrap() {
                members(step, &["id", "name", "if", "uses", "with", "run", "env"], name);
                assert!(step["uses"].is_string() != step["run"].is_string(), "{name}: {step}");
                assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{name}: {step}");
                let action = step["uses"].as_str().and_then(|action| action.split_once('@'));
                let is_pinned = |commit: &str| commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
                let is_own = |action: &str| action == "ecs-rollout/ecs-rollout";
                assert!(action.is_none_or(|(name, commit)| is_own(name) || is_pinned(commit)), "{name}: {step}");
            }
        }
    }
}
